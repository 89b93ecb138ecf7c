use doublon_core::Level;

use super::*;
use crate::finding::digest::oracle;
use crate::finding::{
    Coverage, Difference, DifferenceKind, DocumentCluster, Findings, MatchScope, Member, PlacedSpan, Reason, Skipped,
    Summary,
};

fn rendered_as(findings: &Findings, style: Style) -> String {
    let mut out = Vec::new();
    write(findings, &style, &mut out).expect("a vector takes everything");
    String::from_utf8(out).expect("the report is UTF-8")
}

fn rendered(findings: &Findings) -> String {
    rendered_as(findings, Style::default())
}

#[test]
fn a_long_id_stands_apart_and_same_words_are_called_so() {
    let mut findings = samples::documents();
    findings.clusters[0].id = "d1234567".into();
    for member in &mut findings.clusters[0].members {
        (member.exact, member.jaccard) = (false, 1.0);
    }
    let mut out = Vec::new();
    write(&findings, &Style::default(), &mut out).expect("writes to memory");
    let text = String::from_utf8(out).expect("is UTF-8");
    assert!(text.contains("\nd1234567 "), "{text}");
    assert!(text.contains("same words") && !text.contains("near copy"), "{text}");
}

#[test]
fn the_teaser_is_told_in_one_sentence_with_both_places() {
    let expected = "\
Repeated passages

p1  Paragraph 15, the last, repeats paragraphs 5 and 6, joined: 63 equal words
    | Le chef de la diplomatie turque Mevlut Cavusoglu a exhorté jeudi la Russie
    | à faire stopper les attaques du régime syrien dans la province rebelle
    | d'Idleb \"le plus rapidement possible\". ¶ \"Nous nous attendons à ce que la
    | Russie freine le régime le plus rapidement possible\", a déclaré M.
    | Cavusoglu lors d'une conférence de presse retransmise par les télévisions
    | turques depuis Bakou.
    first      data/seed/article.txt:10:1
               lines 10-12, bytes 183..574, characters 180..561
    second     data/seed/article.txt:30:1
               bytes 2554..2944, characters 2491..2871
    match      63 words, identity 100%, containment 100% both ways
    differs    a paragraph break became a space
               \" ...\" stands only after the second place

Summary

    documents  1 = 1 kept + 0 removed + 0 skipped
    text       2,948 bytes
    repeated   390 bytes (13.2%), in passages that stand elsewhere
    passages   1 repeated passage (1 match)
               2 repeats of fewer than 20 words not listed
";
    assert_eq!(rendered(&samples::seed()), expected);
}

#[test]
fn duplicates_name_the_kept_document_and_each_removed_one() {
    let expected = "\
Duplicate documents

d1  2 duplicates of one document, 6,000 bytes could go
    | Le chef de la diplomatie turque Mevlut Cavusoglu a exhorté jeudi la ...
    kept       docs.jsonl:1
    exact copy docs.jsonl:18 (id news/17)
    near copy  b.txt  (similarity 93%, 97% of it in the kept one)

Summary

    documents  3 = 1 kept + 2 removed + 0 skipped
    text       9,000 bytes
    repeated   6,000 bytes (66.7%), in removed documents
    passages   no repeated passage
    recall     99.8% of duplicate pairs (estimate; 95% interval 99.1% to 100%)
";
    assert_eq!(rendered(&samples::documents()), expected);
}

#[test]
fn skipped_input_is_listed_with_its_place_faults_first() {
    let expected = "\
Skipped input

    a.jsonl:18: invalid JSON: expected `,` at column 12
    locked: permission denied
    a.jsonl:1: nothing but white space

No duplicate document and no repeated passage of 20 words or more was found.

Summary

    documents  4 = 1 kept + 0 removed + 3 skipped
    skipped    nothing but white space: 1, invalid JSON: 1, permission denied: 1
    not text   1 other file (1 picture)
    text       2,948 bytes
    repeated   nothing
    passages   no repeated passage
";
    assert_eq!(rendered(&samples::skipped()), expected);
}

#[test]
fn a_reason_is_told_once() {
    let mut findings = samples::skipped();
    let mut told = |reason, detail: &str| {
        findings.skipped =
            vec![Skipped { reason, detail: Some(detail.into()), ..samples::skipped().skipped.remove(2) }];
        rendered(&findings).lines().nth(2).unwrap_or_default().to_owned()
    };
    assert_eq!(told(Reason::Binary, "the file is a program, not text"), "    locked: the file is a program, not text");
    assert_eq!(told(Reason::Missing, "No such file or directory (os error 2)"), "    locked: no such file or folder");
    assert_eq!(told(Reason::InvalidJson, "expected `,`"), "    locked: invalid JSON: expected `,`");
}

#[test]
fn many_records_of_a_file_with_one_fault_are_counted() {
    let mut findings = samples::skipped();
    let one = findings.skipped.remove(1);
    findings.skipped = (0..9).map(|n| Skipped { record: Some(n), ..one.clone() }).collect();
    let text = rendered(&findings);
    assert_eq!(text.matches("invalid JSON: expected").count(), 3, "{text}");
    assert!(text.contains("    a.jsonl: invalid JSON in 6 more records\n\n"), "{text}");
    let all = rendered_as(&findings, Style { limit: usize::MAX, ..Style::default() });
    assert_eq!(all.matches("invalid JSON: expected").count(), 9, "{all}");
}

#[test]
fn a_run_that_finds_nothing_says_so() {
    let mut findings = samples::nothing();
    let first_line = |findings: &Findings| rendered(findings).lines().next().unwrap_or_default().to_owned();
    assert_eq!(first_line(&findings), "No duplicate document and no repeated passage of 20 words or more was found.");
    findings.header.parameters.config =
        findings.header.parameters.config.to_builder().level(Level::Documents).build().expect("valid");
    assert_eq!(first_line(&findings), "No duplicate document was found.");
    findings.header.parameters.config =
        findings.header.parameters.config.to_builder().level(Level::Passages).build().expect("valid");
    assert_eq!(first_line(&findings), "No repeated passage of 20 words or more was found.");
    findings.summary = Summary::default();
    assert_eq!(first_line(&findings), "No document was compared.");
}

/// The samples with text that attacks a terminal wherever text comes from input.
fn hostile() -> Findings {
    const EVIL: &str = "x\u{1b}]0;title\u{7}\u{9b}31m\u{202e}gpj\r\n\n\0";
    let mut findings = samples::everything();
    let doc = || crate::finding::DocumentRef { source: EVIL.into(), record: 3, id: Some(EVIL.into()), metadata: None };
    findings.clusters[0].id = EVIL.into();
    findings.clusters[0].keep = doc();
    findings.clusters[0].members[0].doc = doc();
    let m = &mut findings.matches[0];
    m.scope = MatchScope::Across;
    m.id = EVIL.into();
    for span in [&mut m.a, &mut m.b] {
        span.doc = doc();
        span.excerpt = EVIL.into();
        span.before = "\u{1b}[2J".into();
    }
    m.b.before = "\u{202e}".into();
    for kind in [DifferenceKind::Words, DifferenceKind::Form, DifferenceKind::Separator] {
        m.differences.push(Difference { kind, a: EVIL.into(), b: "\u{1b}c\u{85}".into() });
    }
    let mut family = findings.families[0].clone();
    family.id = EVIL.into();
    family.count = 3;
    family.keep = m.a.clone();
    findings.families.push(family);
    findings.skipped[0].source = EVIL.into();
    findings.skipped[0].detail = Some(EVIL.into());
    findings.summary.skipped.insert(EVIL.into(), 1);
    findings.summary.other_files.insert(EVIL.into(), 1);
    findings
}

#[test]
fn nothing_from_input_acts_on_the_terminal() {
    let text = rendered(&hostile());
    let acting: Vec<_> =
        text.chars().filter(|&c| c != '\n' && (c.is_control() || ('\u{202a}'..='\u{202e}').contains(&c))).collect();
    assert_eq!(acting, Vec::<char>::new(), "{text}");
    assert!(text.contains("x<U+001B>]0;title<U+0007><U+009B>31m<U+202E>gpj"), "{text}");
    assert!(text.lines().all(|line| !line.starts_with("gpj")), "{text}");
}

#[test]
fn colour_only_adds_escapes() {
    let findings = samples::everything();
    let coloured = rendered_as(&findings, Style { color: true, ..Style::default() });
    assert!(coloured.contains("\u{1b}[1m"));
    let pieces = coloured.split('\u{1b}').enumerate();
    let plain: String =
        pieces.map(|(i, s)| if i == 0 { s } else { s.split_once('m').map_or("", |(_, text)| text) }).collect();
    assert_eq!(plain, rendered(&findings));
}

#[test]
fn groups_beyond_the_limit_are_counted() {
    let mut findings = samples::skipped();
    findings.clusters = vec![samples::documents().clusters.remove(0); 3];
    let text = rendered_as(&findings, Style { limit: 1, ..Style::default() });
    assert!(text.contains("and 2 more groups (--limit 0 shows all)"), "{text}");
    assert!(text.contains("and 2 more records (--limit 0 shows all)"), "{text}");
    assert_eq!(text.matches("exact copy").count(), 1, "{text}");
}

#[test]
fn a_family_of_many_places_lists_them_once_with_its_size() {
    let mut findings = samples::seed();
    let family = &mut findings.families[0];
    let place = PlacedSpan { covers: Coverage::End, ..samples::span(samples::doc("menu.txt", 0), 0..9, (2, 2)) };
    family.occurrences = (1..=12).map(|line| PlacedSpan { line, ..place.clone() }).collect();
    family.count = 1200;
    let text = rendered(&findings);
    assert!(text.contains("f1  63 words in 1,200 places, 464.2 kB stand again\n"), "{text}");
    assert!(text.contains("    again      menu.txt:10:1  the end of paragraph 2\n"), "{text}");
    assert!(!text.contains("menu.txt:11:"), "{text}");
    assert!(text.contains("and 1,189 more places\n"), "{text}");
}

#[test]
fn largest_groups_come_first() {
    let mut findings = samples::seed();
    let mut small = findings.families[0].clone();
    small.id = "f0".into();
    small.count = 3;
    small.occurrences.clear();
    small.keep.end = small.keep.start + 60;
    findings.families.insert(0, small);
    let text = rendered(&findings);
    assert!(text.find("\nf0 ") > text.find("\np1 "), "{text}");
}

#[test]
fn words_that_differ_are_marked_where_they_stand() {
    let mut findings = samples::seed();
    findings.matches[0].b.excerpt = findings.matches[0].b.excerpt.replace("jeudi", "mardi").into();
    let text = rendered(&findings);
    assert!(text.contains("Cavusoglu a exhorté\n    | [-jeudi-]{+mardi+} la"), "{text}");
    let coloured = rendered_as(&findings, Style { color: true, ..Style::default() });
    assert!(coloured.contains("\u{1b}[33m[-jeudi-]{+mardi+} \u{1b}[0m"), "{coloured}");
}

#[test]
fn held_against_a_baseline_only_what_is_new_is_shown() {
    let mut findings = samples::everything();
    findings.summary.new = Some(crate::finding::NewRepeats { documents: 1, passages: 0, bytes: 3000 });
    findings.summary.text_bytes = 9000;
    findings.clusters[0].new = 1;
    findings.clusters[0].members[1].new = true;
    let text = rendered(&findings);
    assert!(text.contains("d1  2 duplicates of one document, 6,000 bytes could go, 1 new\n"), "{text}");
    assert!(text.contains("97% of it in the kept one) (new)\n    exact copy docs"), "{text}");
    assert!(text.contains("1 passage that the baseline has\n") && !text.contains("p1 "), "{text}");
    let told =
        "1 duplicate document and 0 places of passages that the baseline\n               lacks, 3,000 bytes (33.3%)";
    assert!(text.contains(told), "{text}");
}

#[test]
fn large_and_frequent_groups_are_named_at_the_end() {
    let mut findings = samples::everything();
    let cluster = findings.clusters[0].clone();
    findings.clusters = (1..=4).map(|n| DocumentCluster { id: format!("d{n}"), ..cluster.clone() }).collect();
    findings.clusters[3].members.push(cluster.members[0].clone());
    findings.families[0].count = 4;
    let text = rendered(&findings);
    let largest = "    largest    d4: 3 duplicates of docs.jsonl:1\n               d1: 2 duplicates of docs.jsonl:1\n";
    assert!(text.contains(largest), "{text}");
    assert!(text.contains("    frequent   f1: 4 places, \"Le chef de la diplomatie"), "{text}");
    assert!(!rendered(&samples::everything()).contains("largest"));
}

#[test]
fn on_a_terminal_excerpts_from_right_to_left_stand_apart() {
    let mut findings = samples::seed();
    let m = &mut findings.matches[0];
    for place in [&mut m.a, &mut m.b] {
        place.excerpt = "שלום עולם".into();
    }
    let on_terminal = Style { isolate: true, ..Style::default() };
    assert!(rendered_as(&findings, on_terminal).contains("    | \u{2068}שלום עולם\u{2069}\n"));
    assert!(rendered(&findings).contains("    | שלום עולם\n"));
    assert!(!rendered_as(&samples::seed(), on_terminal).contains('\u{2068}'));
}

#[test]
fn lines_keep_to_the_width() {
    let mut findings = samples::seed();
    findings.matches[0].a.excerpt = "東京".repeat(400).into();
    let text = rendered_as(&findings, Style { width: 50, ..Style::default() });
    let wide: Vec<_> = text.lines().filter(|line| unicode_width::UnicodeWidthStr::width(*line) > 50).collect();
    assert_eq!(wide, [""; 0]);
}

#[test]
fn the_counts_fit_one_line() {
    assert_eq!(
        summary_line(&samples::seed().header, &samples::seed().summary),
        "document: 1 = 1 kept + 0 removed + 0 skipped; 1 repeated passage (1 match)"
    );
}

#[test]
fn the_report_of_a_stream_is_that_of_all_findings() {
    let findings = samples::many(7);
    for (limit, sort) in oracle::all_limits() {
        let style = Style { limit, sort, ..Style::default() };
        let mut out = Vec::new();
        write_digest(&oracle::digest(&findings, limits(&style)), &style, &mut out).expect("memory takes all");
        assert_eq!(rendered_as(&findings, style), String::from_utf8(out).expect("UTF-8"), "{limit} by {sort:?}");
    }
}

#[test]
fn what_stays_and_what_could_go_have_different_colours() {
    let style = Style { color: true, ..Style::default() };
    let told = rendered_as(&samples::documents(), style);
    for painted in
        ["\u{1b}[32mkept       \u{1b}[0m", "\u{1b}[31mexact copy \u{1b}[0m", "\u{1b}[31mnear copy  \u{1b}[0m"]
    {
        assert!(told.contains(painted), "{told:?}");
    }
}

#[test]
fn long_ids_are_shortened_and_a_note_without_room_stands_below() {
    let mut findings = samples::documents();
    findings.clusters[0].keep.id = Some("0123456789".repeat(9).into());
    findings.clusters[0].members[1].doc.source = "folder/".repeat(6).into();
    let told = rendered(&findings);
    assert!(told.contains("docs.jsonl:1 (id 012345678901234567890123…890123456789)\n"), "{told}");
    let wrapped = format!("{}\n{:15}(similarity 93%, 97% of it in the kept one)\n", "folder/".repeat(6), "");
    assert!(told.contains(&wrapped), "{told}");
}

#[test]
fn copies_of_a_template_are_told_as_such_with_what_they_have_instead() {
    let mut findings = samples::documents();
    let near = &mut findings.clusters[0].members[1];
    let change = |a: &str, b: &str| Difference { kind: DifferenceKind::Words, a: a.into(), b: b.into() };
    near.differences = vec![change("users", "teams"), change("GET", "")];
    let other = Member { differences: vec![change("users", "items")], ..near.clone() };
    findings.clusters[0].members.push(other);
    let told = rendered(&findings);
    assert!(told.contains("d1  4 documents share a template and differ in few places"), "{told}");
    assert!(told.contains(&format!("{:15}[-users-]{{+teams+}} ... [-GET-]\n", "")), "{told}");
}
