use std::collections::BTreeMap;
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use doublon_core::{Keep, Level};
use sha2::{Digest as _, Sha256};

use super::charts::parts;
use super::words::anchor;
use super::*;
use crate::finding::digest::{Digest, oracle};
use crate::finding::{
    Difference, DifferenceKind, DocumentPair, DocumentRef, Findings, MatchScope, Metadata, NewRepeats, PassageClass,
    PlacedSpan, Sort, SourceInfo, Summary, samples,
};
use crate::report::text::Style;

const EVIL: &str = "x\"><script>alert(1)</script><img src=x onerror='alert(1)'>javascript:alert(1)</style>\
    </title>--><!--&lt;{{ 7 }}\u{2028}\u{202e}gpj\u{1b}]0;\u{7}\r\n\0";

fn page_of(findings: &Findings, limit: usize) -> String {
    let mut out = Vec::new();
    write(findings, Sort::Cost, limit, &mut out).expect("a vector takes everything");
    String::from_utf8(out).expect("the page is UTF-8")
}

fn page(findings: &Findings) -> String {
    page_of(findings, LIMIT)
}

fn between<'t>(text: &'t str, start: &str, end: &str) -> &'t str {
    let at = text.find(start).unwrap_or_else(|| panic!("no {start} in {text}")) + start.len();
    &text[at..at + text[at..].find(end).unwrap_or_else(|| panic!("no {end}"))]
}

fn count(text: &str, part: &str) -> usize {
    text.matches(part).count()
}

#[test]
fn the_teaser_is_told_in_words_with_both_places_and_what_differs() {
    let page = page(&samples::seed());
    let headline = "In <span class=\"folder\" lang=\"\" dir=\"auto\">a.txt</span>, one passage stands more than once; 13.2% of the \
        text is repeated.";
    assert_eq!(between(&page, "<h1>", "</h1>"), headline);
    assert!(
        between(&page, "class=\"title\" lang=\"\" dir=\"auto\">", "</span>")
            .starts_with("Le chef de la diplomatie turque")
    );
    let verdict = between(&page, "class=\"verdict\">", "</span>");
    assert!(verdict.starts_with("Paragraph 15, the last, repeats paragraphs 5 and 6, joined"), "{verdict}");
    assert!(
        page.contains("<code>data/seed/article.txt:10:1</code>") && page.contains("<code>line 30:1</code>"),
        "{page}"
    );
    assert!(page.contains("<li>a paragraph break became a space</li>"), "{page}");
    assert!(page.contains("<del class=\"gap\">¶</del><ins class=\"gap\">␣</ins>"), "{page}");
    assert_eq!(between(&page, "<span class=\"id\">", "</span>"), "p1");
}

#[test]
fn duplicates_name_the_kept_document_and_each_removed_one() {
    let page = page(&samples::documents());
    assert!(
        between(&page, "<h1>", "</h1>").ends_with("2 of 3 documents are duplicates; 66.7% of the text is repeated.")
    );
    let verdict = between(&page, "class=\"verdict\">", "</span>");
    assert_eq!(verdict, "2 documents repeat another: 1 exact, 1 nearly the same");
    assert_eq!((count(&page, ">exact copy<"), count(&page, ">near copy<"), count(&page, "class=\"kept\"")), (1, 1, 1));
    assert!(
        between(&page, "class=\"title\" lang=\"\" dir=\"auto\">", "<").starts_with("Le chef de la diplomatie"),
        "the kept text"
    );
    assert!(page.contains("docs.jsonl:18 (id news/17)"), "{page}");
}

#[test]
fn f41_nothing_from_input_is_markup() {
    let page = page(&hostile());
    assert_eq!((count(&page, "<script"), count(&page, "</script"), count(&page, "</style")), (1, 1, 1));
    assert_eq!(count(&page, "<noscript>"), count(&page, "</noscript"), "nothing ends what is folded");
    for markup in ["<img", "onerror='", "<!--", "x\"><", "href=\"javascript"] {
        assert_eq!(count(&page, markup), count(&page_of(&samples::everything(), LIMIT), markup), "{markup}");
    }
    // Each of the two ways in which text gets into the page.
    assert!(count(&page, "x&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;") > 5, "{page}");
    assert!(count(&page, "x&#34;&#62;&#60;script&#62;alert(1)&#60;/script&#62;") > 5, "{page}");
}

#[test]
fn f39_f40_f41_what_acts_or_hides_is_written_out() {
    let page = page(&hostile());
    let acting: Vec<char> = page
        .chars()
        .filter(|&c| c != '\n' && (c.is_control() || matches!(c, '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')))
        .collect();
    assert_eq!(acting, Vec::<char>::new());
    assert!(page.contains("&lt;U+202E&gt;") && page.contains("&lt;U+001B&gt;"), "{page}");
}

fn evil_metadata() -> Arc<Metadata> {
    let [title, url, date] = [EVIL; 3].map(|evil| Some(evil.into()));
    Arc::new(Metadata { title, url, date })
}

/// The samples with hostile text wherever text comes from input.
fn hostile() -> Findings {
    let mut findings = samples::everything();
    let doc = || DocumentRef { source: EVIL.into(), record: 3, id: Some(EVIL.into()), metadata: Some(evil_metadata()) };
    findings.header.version = EVIL.into();
    findings.header.sources = vec![SourceInfo { path: EVIL.into(), ..findings.header.sources[0].clone() }];
    findings.header.sources[0].xxh3_128 = EVIL.into();
    findings.header.parameters.config =
        findings.header.parameters.config.to_builder().keep(Keep::Max(EVIL.into())).build().expect("valid");
    findings.clusters[0].id = EVIL.into();
    findings.clusters[0].keep = doc();
    findings.clusters[0].opening = EVIL.into();
    findings.clusters[0].members[0].doc = doc();
    for kind in [DifferenceKind::Words, DifferenceKind::Form, DifferenceKind::Separator] {
        let difference = Difference { kind, a: EVIL.into(), b: format!("{EVIL}b") };
        findings.clusters[0].members[0].differences.push(difference);
    }
    let m = &mut findings.matches[0];
    m.scope = MatchScope::Across;
    m.id = EVIL.into();
    m.identity = 0.7;
    for span in [&mut m.a, &mut m.b] {
        (span.doc, span.excerpt, span.before, span.after) = (doc(), EVIL.into(), EVIL.into(), EVIL.into());
    }
    m.b.excerpt = format!("other {EVIL} words").into();
    for kind in [DifferenceKind::Words, DifferenceKind::Form, DifferenceKind::Separator] {
        m.differences.push(Difference { kind, a: EVIL.into(), b: format!("{EVIL}b") });
    }
    let mut family = findings.families[0].clone();
    (family.id, family.count, family.keep) = (EVIL.into(), 3, m.a.clone());
    family.occurrences = vec![m.b.clone()];
    findings.families.push(family);
    let mut other = findings.matches[0].clone();
    other.family = EVIL.into();
    findings.matches.extend([other.clone(), other]);
    findings.skipped[0].source = EVIL.into();
    findings.skipped[0].detail = Some(EVIL.into());
    findings.summary.skipped.insert(EVIL.into(), 1);
    findings.summary.other_files.insert(EVIL.into(), 1);
    findings
}

#[test]
fn the_policy_allows_only_the_style_and_the_script_of_the_page() {
    let page = page(&samples::everything());
    let policy = between(&page, "http-equiv=\"Content-Security-Policy\" content=\"", "\"").replace("&#39;", "'");
    let hash = |text: &str| STANDARD.encode(Sha256::digest(text));
    let style = hash(between(&page, "<style>", "</style>"));
    let script = hash(between(&page, "<script>", "</script>"));
    let expected = format!(
        "default-src 'none'; style-src 'sha256-{style}'; script-src 'sha256-{script}'; base-uri 'none'; \
         form-action 'none'"
    );
    assert_eq!(policy, expected);
    // A policy covers only what comes after it.
    assert!(page.find("Content-Security-Policy") < page.find("<style>"));
    for inline in [" style=", " onclick=", " onload="] {
        assert_eq!(count(&page, inline), 0, "{inline}");
    }
}

#[test]
fn the_page_names_no_other_place() {
    let page = page(&samples::everything());
    for other in ["http://", "https://", "//www", "url(", "@import", " src=", "<link", "<iframe"] {
        assert_eq!(count(&page, other), 0, "{other}");
    }
}

#[test]
fn f39_an_id_names_an_element_only_if_it_is_one_of_ours() {
    assert_eq!(["d1", "f20", "p300"].map(anchor), [Some("d1"), Some("f20"), Some("p300")]);
    assert_eq!(["", "d", "x1", "d1 ", "f1\"", "search", "d１"].map(anchor), [None; 7]);
}

#[test]
fn groups_beyond_the_limit_are_counted_and_the_largest_come_first() {
    let mut findings = samples::documents();
    for n in 2..=9 {
        let mut cluster = findings.clusters[0].clone();
        cluster.id = format!("d{n}");
        cluster.members[0].bytes = 1000 * n;
        findings.clusters.push(cluster);
    }
    let page = page_of(&findings, 3);
    assert_eq!(count(&page, "<details class=\"group"), 3);
    assert!(page.find("id=\"d9\"") < page.find("id=\"d8\""), "{page}");
    let notice =
        "The list has 3 of 9 groups, of each kind those with the most repeated text, with 44.6% of the repeated text.";
    assert!(page.contains(notice), "{page}");
    let all = page_of(&findings, usize::MAX);
    assert_eq!((count(&all, "<details class=\"group"), count(&all, "class=\"notice\"")), (9, 0));
}

#[test]
fn a_passage_of_many_places_lists_some_and_counts_all() {
    let mut findings = samples::seed();
    let family = &mut findings.families[0];
    let place = |line| PlacedSpan { line, ..samples::span(samples::doc("menu.txt", 0), 0..9, (2, 2)) };
    family.occurrences = (1..=30).map(place).collect();
    family.count = 1200;
    let told = page(&findings);
    assert_eq!(between(&told, "class=\"verdict\">", "</span>"), "63 words stand in 1,200 places · word for word");
    // The document is named once, and then the lines.
    assert!(told.contains("<code>menu.txt:1:1</code>") && told.contains("<code>line 4:1</code>"), "{told}");
    assert!(!told.contains("line 5:1<") && told.contains("and 1,195 more places"), "{told}");
    assert!(page_of(&findings, usize::MAX).contains("line 30:1<"));
}

#[test]
fn pairs_are_listed_where_all_documents_stay() {
    let mut findings = samples::everything();
    assert_eq!(count(&page(&findings), "Two documents are alike"), 0);
    findings.header.parameters.config =
        findings.header.parameters.config.to_builder().keep(Keep::None).build().expect("valid");
    findings.clusters.clear();
    assert_eq!(count(&page(&findings), "Two documents are alike, similarity 93%"), 1);
}

#[test]
fn held_against_a_baseline_only_what_is_new_is_listed() {
    let mut findings = samples::everything();
    findings.summary.new = Some(NewRepeats { documents: 0, passages: 1, bytes: 390 });
    findings.families[0].new = 1;
    findings.families[0].occurrences[0].new = true;
    let page = page(&findings);
    assert_eq!((count(&page, "<details class=\"group"), count(&page, "<span class=\"new\">1 new<")), (1, 1));
    let told = "0 duplicate documents and 1 place of repeated passages are new, 390 bytes of text. What the baseline has \
        is counted, and not listed: 1 group.";
    assert!(page.contains(told), "{page}");
}

#[test]
fn groups_are_in_the_order_asked_for() {
    let mut findings = samples::everything();
    findings.families[0].count = 5;
    let first = |sort| {
        let mut out = Vec::new();
        write(&findings, sort, 1, &mut out).expect("a vector takes everything");
        between(&String::from_utf8(out).expect("is UTF-8"), "<span class=\"id\">", "<").to_owned()
    };
    let firsts = [Sort::Cost, Sort::Count, Sort::Similarity, Sort::Position].map(first);
    assert_eq!(firsts, ["d1", "f1", "f1", "d1"], "f1 is word for word");
    assert_eq!(count(&page(&findings), "<option value=\"cost\" selected>"), 1);
}

#[test]
fn a_run_that_finds_nothing_says_so() {
    let mut findings = samples::nothing();
    let headline = |findings: &Findings| between(&page(findings), "</span>, ", "</h1>").to_owned();
    assert_eq!(headline(&findings), "no document and no passage is repeated.");
    assert_eq!(count(&page(&findings), "class=\"card "), 0);
    findings.header.parameters.config =
        findings.header.parameters.config.to_builder().level(Level::Passages).build().expect("valid");
    assert_eq!(headline(&findings), "no passage of 20 words or more is repeated.");
    findings.summary = Summary::default();
    assert_eq!(headline(&findings), "no document was compared.");
}

#[test]
fn skipped_input_is_counted_and_listed() {
    let page = page(&samples::skipped());
    assert!(page.contains("<li><b>1</b> permission denied</li>"), "{page}");
    assert!(
        page.contains("Other files") && page.contains("1 other file (1 picture)") && !page.contains("logo.png"),
        "{page}"
    );
    assert!(page.contains("a.jsonl:18") && page.contains("expected `,` at column 12"), "{page}");
}

#[test]
fn the_same_findings_give_the_same_page_and_shares_make_up_all() {
    let findings = samples::everything();
    assert_eq!(page(&findings), page(&findings));
    let digest = Digest::of(&samples::seed(), limits(Sort::Cost, LIMIT)).expect("memory takes all");
    let shares: Vec<String> = parts(&digest).into_iter().map(|part| part.share).collect();
    assert_eq!(shares, ["86.8%", "13.2%"]);
}

#[test]
fn hostile_measures_make_no_page_fail() {
    let mut findings = samples::everything();
    findings.families[0].count = usize::MAX;
    findings.families[0].keep.end = usize::MAX;
    findings.families[0].occurrences[0].start = usize::MAX;
    findings.matches[0].identity = f64::NAN;
    findings.matches[0].a.char_end = 0;
    findings.clusters[0].members[0].jaccard = -3.0;
    findings.summary.skipped = BTreeMap::from([("empty".into(), 3)]);
    let pair = DocumentPair { jaccard: 7.0, ..findings.pairs[0].clone() };
    findings.pairs.push(pair);
    assert!(page(&findings).ends_with("</html>\n"));
}

#[test]
fn the_page_of_a_stream_is_that_of_all_findings() {
    let mut findings = samples::many(7);
    for keep in [Keep::First, Keep::None] {
        let config = findings.header.parameters.config.to_builder().keep(keep).build();
        findings.header.parameters.config = config.expect("valid");
        for (limit, sort) in oracle::all_limits() {
            let (mut streamed, mut at_once) = (Vec::new(), Vec::new());
            write(&findings, sort, limit, &mut streamed).expect("memory takes all");
            let digest = oracle::digest(&findings, limits(sort, limit));
            write_digest(&digest, sort, limit, &mut at_once).expect("memory takes all");
            assert!(streamed == at_once, "{limit} by {sort:?}");
        }
    }
}

#[test]
fn the_page_and_the_text_have_groups_in_the_same_order() {
    let mut findings = samples::many(7);
    (findings.pairs, findings.families, findings.matches) = Default::default();
    for sort in [Sort::Cost, Sort::Position, Sort::Similarity, Sort::Count] {
        let (mut page, mut text) = (Vec::new(), Vec::new());
        write(&findings, sort, 20, &mut page).expect("memory takes all");
        let style = Style { limit: 20, sort, ..Style::default() };
        crate::report::text::write(&findings, &style, &mut text).expect("memory takes all");
        let (page, text) = (String::from_utf8(page).expect("UTF-8"), String::from_utf8(text).expect("UTF-8"));
        let of_page: Vec<&str> =
            page.split("<span class=\"id\">").skip(1).filter_map(|rest| rest.split('<').next()).collect();
        let is_title = |line: &&str| line.starts_with('d') && line.contains(" of one document");
        let of_text: Vec<&str> = text.lines().filter(is_title).filter_map(|line| line.split(' ').next()).collect();
        assert_eq!((of_page.len(), of_page), (20, of_text), "{sort:?}");
    }
}

#[test]
fn cards_say_what_to_do_and_with_which_command() {
    let mut findings = samples::everything();
    findings.summary.removed = 2;
    let told = page(&findings);
    assert_eq!(count(&told, "<li class=\"card "), 2);
    assert!(told.contains("<h3>Remove 2 duplicate documents</h3>"), "{told}");
    assert!(told.contains("<h3>Cut 1 repeated passage</h3>"), "{told}");
    let command = |page: &str| between(page, "<code>", "</code>").replace("<span>", "").replace("</span>", "");
    assert_eq!(command(&told).trim_end(), "doublon clean a.txt --out a.txt.clean");
    let mut out = Vec::new();
    let input = PageInput { arguments: "'a b' --record lines".into(), copy: Some("c".into()) };
    let report = PageReport::new(&mut out, Sort::Cost, LIMIT).with_input(Some(input));
    crate::report::sink::write_all(&findings, Box::new(report)).expect("a vector takes everything");
    let told = String::from_utf8(out).expect("is UTF-8");
    assert_eq!(command(&told).trim_end(), "doublon clean &#39;a b&#39; --record lines --out c");
}

#[test]
fn findings_stand_on_the_shelf_of_their_kind() {
    let mut findings = samples::everything();
    let family = |id: &str, class, documents, excerpt: &str| {
        let mut family = samples::seed().families.remove(0);
        (family.id, family.class, family.documents) = (id.into(), Some(class), documents);
        family.keep.excerpt = excerpt.into();
        family
    };
    findings.families = vec![
        family("f1", PassageClass::Copy, 2, "a text"),
        family("f2", PassageClass::Furniture, 9, "a menu"),
        family("f3", PassageClass::Rewrite, 2, "another text"),
        family("f4", PassageClass::Copy, 2, "1 2 3 4 5 6"),
    ];
    let page = page(&findings);
    let ids = |shelf: &str| {
        let shelf = between(&page, &format!("<section class=\"shelf\" id=\"{shelf}\""), "</section>");
        shelf
            .split("<span class=\"id\">")
            .skip(1)
            .filter_map(|rest| rest.split('<').next())
            .collect::<Vec<_>>()
            .join(" ")
    };
    let shelves = ["duplicates", "boilerplate", "rewrites", "noise"].map(ids);
    assert_eq!(shelves, ["d1 p1", "f2", "f3", "f4"]);
    assert_eq!(count(&page, "<details class=\"fold\">"), 2, "rewrites and noise are folded");
}

#[test]
fn folded_groups_are_whole_without_the_script() {
    let page = page(&samples::everything());
    let folded = page.split("<noscript>").skip(1).filter_map(|rest| rest.split("</noscript>").next());
    assert!(folded.into_iter().any(|folded| folded.contains("<code>data/seed/article.txt:10:1</code>")), "{page}");
}

#[test]
fn sources_are_a_tree_with_their_share_of_the_repeats() {
    let mut findings = samples::documents();
    let source = |path: &str| SourceInfo { path: path.into(), ..findings.header.sources[0].clone() };
    findings.header.sources = ["x/docs.jsonl", "x/sub/b.txt", "x/sub/c.txt"].map(source).to_vec();
    findings.clusters[0].keep.source = "x/docs.jsonl".into();
    findings.clusters[0].members[0].doc.source = "x/docs.jsonl".into();
    findings.clusters[0].members[1].doc.source = "x/sub/b.txt".into();
    let mut other = findings.clusters[0].clone();
    (other.id, other.members) = ("d2".into(), vec![other.members[0].clone()]);
    findings.clusters.push(other);
    let page = page(&findings);
    let rows = page.split("<a href=\"#in=").skip(1).map(|row| {
        let (sources, name, share) = (row.split('"').next(), between(row, "auto\">", "<"), between(row, "<b>", "<"));
        (sources.unwrap_or_default(), name, share)
    });
    let expected = [("0-0", "docs.jsonl", "66.7%"), ("1-2", "sub/", "33.3%"), ("1-1", "b.txt", "33.3%")];
    assert_eq!(rows.collect::<Vec<_>>(), expected);
    assert!(page.contains("data-in=\"0 1\""), "{page}");
}
