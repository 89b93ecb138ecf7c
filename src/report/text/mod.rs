//! The report for people.
//!
//! Groups are shown largest first, as many as asked for; all of what was skipped is counted, and the counts at the end
//! add up. Everything that comes from input is made visible first ([`super::visible`]), into a pipe too: nobody knows
//! who reads the other end.

pub(super) mod page;
pub(super) mod phrase;
#[cfg(test)]
pub(crate) mod samples;
pub(super) mod wrap;

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::io::{self, Write};

use self::page::{Names, Page, Paint};
pub(super) use self::phrase::reason_in_words;
pub use self::phrase::{bytes, counted, number, percent};
use self::phrase::{covered, differences, regrouped};
pub use self::wrap::wrap;
use super::measure::Repeated;
use super::visible::visible;
use crate::finding::{
    DocumentCluster, Findings, Level, MatchScope, Member, PassageFamily, PassageMatch, PlacedSpan, Skipped, Summary,
};

/// How the report looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Style {
    /// Whether it holds terminal escapes for colour.
    pub color: bool,
    /// Columns of a line. A path is never broken.
    pub width: usize,
    /// The most groups shown of each kind.
    pub limit: usize,
}

impl Default for Style {
    fn default() -> Self {
        Self { color: false, width: 80, limit: 20 }
    }
}

/// The most places shown of a group, unless all groups are.
const PLACES: usize = 10;
/// The most differences told of a match.
const DIFFERENCES: usize = 5;
/// Lines of the excerpt of a match, and of a family.
const MATCH_LINES: usize = 6;
const FAMILY_LINES: usize = 2;

/// Writes the report.
///
/// # Errors
///
/// When `out` cannot be written to.
pub fn write(findings: &Findings, style: &Style, out: &mut impl Write) -> io::Result<()> {
    let mut report = Report { findings, style, names: Names::new(findings), page: Page::new(out, style) };
    report.documents()?;
    report.passages()?;
    report.skipped()?;
    report.nothing_found()?;
    report.summary()
}

/// Returns the counts in one line: documents, passages, and the sum that holds.
pub fn summary_line(findings: &Findings) -> String {
    let summary = &findings.summary;
    let noun = if summary.documents == 1 { "document" } else { "documents" };
    let documents = format!("{noun}: {}", documents_sum(summary));
    if findings.header.parameters.level.passages() {
        format!("{documents}; {}", passages_found(summary))
    } else {
        documents
    }
}

struct Report<'a, W> {
    findings: &'a Findings,
    style: &'a Style,
    names: Names<'a>,
    page: Page<'a, W>,
}

impl<W: Write> Report<'_, W> {
    fn documents(&mut self) -> io::Result<()> {
        let mut clusters: Vec<_> = self.findings.clusters.iter().collect();
        clusters.sort_by_key(|cluster| Reverse(cluster.members.len()));
        if clusters.is_empty() {
            return Ok(());
        }
        self.page.heading("Duplicate documents")?;
        for cluster in clusters.iter().take(self.style.limit) {
            self.cluster(cluster)?;
        }
        self.more(clusters.len(), self.style.limit, "group")
    }

    fn cluster(&mut self, cluster: &DocumentCluster) -> io::Result<()> {
        let duplicates = counted(cluster.members.len() as u64, "duplicate");
        self.page.title(&cluster.id, &format!("{duplicates} of one document"))?;
        self.page.place("kept", &self.names.document(&cluster.keep), "")?;
        for member in cluster.members.iter().take(self.places()) {
            self.member(member)?;
        }
        self.page.more_places(cluster.members.len(), self.places())?;
        self.page.blank()
    }

    fn member(&mut self, member: &Member) -> io::Result<()> {
        let name = self.names.document(&member.doc);
        if member.exact {
            return self.page.place("exact copy", &name, "");
        }
        if member.jaccard >= 1.0 {
            return self.page.place("same words", &name, "(equal but for case, spaces, punctuation or order)");
        }
        let (similarity, containment) = (percent(member.jaccard), percent(member.containment));
        let measured = format!("(similarity {similarity}, {containment} of it in the kept one)");
        self.page.place("near copy", &name, &measured)
    }

    fn passages(&mut self) -> io::Result<()> {
        let mut matches: BTreeMap<&str, Vec<&PassageMatch>> = BTreeMap::new();
        for m in &self.findings.matches {
            matches.entry(&m.family).or_default().push(m);
        }
        let mut families: Vec<_> = self.findings.families.iter().collect();
        families.sort_by_key(|family| Reverse(repeated_chars(family)));
        if families.is_empty() {
            return Ok(());
        }
        self.page.heading("Repeated passages")?;
        for family in families.iter().take(self.style.limit) {
            match matches.get(family.id.as_str()) {
                Some(matches) if family.count <= 2 => matches.iter().try_for_each(|m| self.passage_match(m))?,
                matches => self.family(family, matches.map_or(&[], Vec::as_slice))?,
            }
        }
        self.more(families.len(), self.style.limit, "passage")
    }

    fn passage_match(&mut self, m: &PassageMatch) -> io::Result<()> {
        let title = format!("{}: {}", self.repeats(m), same_words(m));
        self.page.title(&m.id, &title)?;
        self.page.excerpt(&m.a.excerpt, MATCH_LINES)?;
        self.place("first", &m.a)?;
        self.place("second", &m.b)?;
        self.page.labelled("match", &measured(m), Paint::Plain)?;
        self.differences(m)?;
        self.page.blank()
    }

    /// `Paragraph 15 repeats paragraphs 5 and 6, joined`.
    fn repeats(&self, m: &PassageMatch) -> String {
        let of = |span: &PlacedSpan| match m.scope {
            MatchScope::Within => String::new(),
            MatchScope::Across => format!(" of {}", self.names.document(&span.doc)),
        };
        let (a, b) = (covered(&m.a), covered(&m.b));
        let verb = if b.starts_with("paragraphs") { "repeat" } else { "repeats" };
        capitalised(&format!("{b}{} {verb} {a}{}{}", of(&m.b), of(&m.a), regrouped(&m.a, &m.b)))
    }

    fn place(&mut self, label: &str, span: &PlacedSpan) -> io::Result<()> {
        let lines = if span.line == span.end_line {
            String::new() // the name has it
        } else {
            format!("lines {}-{}, ", span.line, span.end_line)
        };
        self.page.place(label, &self.names.place(span), "")?;
        let (bytes, chars) = ((span.start, span.end), (span.char_start, span.char_end));
        let spans = format!("{lines}bytes {}..{}, characters {}..{}", bytes.0, bytes.1, chars.0, chars.1);
        self.page.continued(&spans, Paint::Faint)
    }

    fn differences(&mut self, m: &PassageMatch) -> io::Result<()> {
        let told = differences(m);
        if told.is_empty() && m.more_differences == 0 {
            return self.page.labelled("differs", "nothing", Paint::Plain);
        }
        for (i, (phrase, times)) in told.iter().take(DIFFERENCES).enumerate() {
            let times = if *times > 1 { format!(", {} times", number(*times as u64)) } else { String::new() };
            let label = if i == 0 { "differs" } else { "" };
            self.page.labelled(label, &format!("{phrase}{times}"), Paint::Change)?;
        }
        let hidden: usize = told.iter().skip(DIFFERENCES).map(|(_, times)| times).sum();
        match hidden + m.more_differences {
            0 => Ok(()),
            more => self.page.continued(&format!("and {}", counted_more(more, "difference")), Paint::Plain),
        }
    }

    fn family(&mut self, family: &PassageFamily, matches: &[&PassageMatch]) -> io::Result<()> {
        let words = matches.iter().map(|m| m.words).max();
        let words = words.map_or_else(|| "one passage".into(), |words| counted(words as u64, "word"));
        self.page.title(&family.id, &format!("{words} in {}", counted(family.count as u64, "place")))?;
        self.page.excerpt(&family.keep.excerpt, FAMILY_LINES)?;
        self.family_place("kept", &family.keep)?;
        for place in family.occurrences.iter().take(self.places()) {
            self.family_place("again", place)?;
        }
        self.page.more_places(family.count.saturating_sub(1), self.places().min(family.occurrences.len()))?;
        self.page.blank()
    }

    fn family_place(&mut self, label: &str, place: &PlacedSpan) -> io::Result<()> {
        self.page.place(label, &self.names.place(place), &covered(place))
    }

    fn skipped(&mut self) -> io::Result<()> {
        let mut skipped: Vec<&Skipped> = self.findings.skipped.iter().collect();
        skipped.sort_by_key(|skipped| !skipped.reason.is_fault());
        if skipped.is_empty() {
            return Ok(());
        }
        self.page.heading("Skipped input")?;
        for skipped in skipped.iter().take(self.style.limit) {
            let reason = reason_in_words(skipped.reason.name());
            let detail = skipped.detail.as_deref().map(|detail| without_line(detail, skipped.record));
            let detail = detail.map(|detail| format!(": {}", visible(detail))).unwrap_or_default();
            self.page.entry(&format!("{}: {reason}{detail}", self.names.skipped(skipped)))?;
        }
        self.more(skipped.len(), self.style.limit, "record")?;
        self.page.blank()
    }

    fn nothing_found(&mut self) -> io::Result<()> {
        let Findings { header, clusters, families, matches, summary, .. } = self.findings;
        if summary.kept + summary.removed == 0 {
            self.page.plain("No document was compared.")
        } else if clusters.is_empty() && families.is_empty() && matches.is_empty() {
            let passages = format!("no repeated passage of {} words or more", header.parameters.min_words);
            self.page.plain(&match header.parameters.level {
                Level::Documents => "No duplicate document was found.".into(),
                Level::Passages => format!("{} was found.", capitalised(&passages)),
                Level::All => format!("No duplicate document and {passages} was found."),
            })
        } else {
            Ok(())
        }
    }

    fn summary(&mut self) -> io::Result<()> {
        let Findings { header, summary, .. } = self.findings;
        let level = header.parameters.level;
        self.page.heading("Summary")?;
        self.page.labelled("documents", &documents_sum(summary), Paint::Plain)?;
        if !summary.skipped.is_empty() {
            self.page.labelled("skipped", &skipped_by_reason(summary), Paint::Plain)?;
        }
        self.page.labelled("text", &self.text_counts(), Paint::Plain)?;
        if level.passages() {
            self.page.labelled("passages", &passages_found(summary), Paint::Plain)?;
            if summary.short_repeats > 0 {
                self.page.continued(&short_repeats(summary, header.parameters.min_words), Paint::Plain)?;
            }
        }
        if let Some(recall) = summary.recall_estimate {
            let (low, high) = (percent(recall.low), percent(recall.high));
            let text = format!("{} of duplicate pairs (estimate; 95% interval {low} to {high})", percent(recall.value));
            self.page.labelled("recall", &text, Paint::Plain)?;
        }
        Ok(())
    }

    fn text_counts(&self) -> String {
        let (repeated, lossy) = (Repeated::of(self.findings), self.findings.summary.lossy);
        let part = |n: u64, place: &str| {
            (n > 0).then(|| format!("{} ({}) in {place}", bytes(n), percent(n as f64 / repeated.text.max(1) as f64)))
        };
        let documents = part(repeated.documents, "removed documents");
        let passages = part(repeated.passages, "repeated passages");
        let parts: Vec<String> = [documents, passages].into_iter().flatten().collect();
        let of_which = if parts.is_empty() { String::new() } else { format!(", of which {}", parts.join(" and ")) };
        let broken = if lossy == 0 {
            String::new()
        } else {
            format!("; bytes that are not UTF-8 in {}", counted(lossy, "document"))
        };
        let decoded = self
            .findings
            .summary
            .encodings
            .iter()
            .fold(String::new(), |told, (name, &n)| told + "; " + &counted(n, "document") + " in " + name);
        format!("{}{of_which}{decoded}{broken}", bytes(repeated.text))
    }

    fn more(&mut self, total: usize, limit: usize, noun: &str) -> io::Result<()> {
        match total.saturating_sub(limit) {
            0 => Ok(()),
            more => self.page.entry(&format!("and {} (--limit 0 shows all)", counted_more(more, noun))),
        }
    }

    fn places(&self) -> usize {
        if self.style.limit == usize::MAX { usize::MAX } else { PLACES }
    }
}

/// What cutting all places but one would save, roughly.
fn repeated_chars(family: &PassageFamily) -> usize {
    let span = &family.keep;
    span.char_end.saturating_sub(span.char_start).saturating_mul(family.count.saturating_sub(1))
}

fn same_words(m: &PassageMatch) -> String {
    let words = counted(m.words as u64, "word");
    if m.identity >= 1.0 {
        format!("{words}, word for word")
    } else {
        format!("{words}, {} alike", percent(m.identity))
    }
}

fn measured(m: &PassageMatch) -> String {
    let (a, b) = (percent(m.containment_a), percent(m.containment_b));
    let containment = if a == b {
        format!("containment {a} both ways")
    } else {
        format!("containment {a} of the first in the second, {b} of the second in the first")
    };
    format!("{}, identity {}, {containment}", counted(m.words as u64, "word"), percent(m.identity))
}

fn documents_sum(summary: &Summary) -> String {
    let skipped: u64 = summary.skipped.values().sum();
    let [kept, removed, skipped] = [summary.kept, summary.removed, skipped].map(number);
    format!("{} = {kept} kept + {removed} removed + {skipped} skipped", number(summary.documents))
}

/// A detail without the line that it begins with: the place before it says that already.
fn without_line(detail: &str, record: Option<u64>) -> &str {
    let line = record.map(|record| format!("line {}: ", record + 1));
    line.and_then(|line| detail.strip_prefix(&line)).unwrap_or(detail)
}

fn skipped_by_reason(summary: &Summary) -> String {
    let counts: Vec<_> =
        summary.skipped.iter().map(|(reason, n)| format!("{}: {}", reason_in_words(reason), number(*n))).collect();
    counts.join(", ")
}

fn passages_found(summary: &Summary) -> String {
    let matches = counted(summary.passage_matches, "match");
    match summary.passage_families {
        0 => "no repeated passage".into(),
        families => format!("{} ({matches})", counted(families, "repeated passage")),
    }
}

fn short_repeats(summary: &Summary, min_words: usize) -> String {
    format!("{} of fewer than {min_words} words not listed", counted(summary.short_repeats, "repeat"))
}

fn counted_more(n: usize, noun: &str) -> String {
    counted(n as u64, &format!("more {noun}"))
}

fn capitalised(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::{Coverage, Difference, DifferenceKind};

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

p1  Paragraph 15 repeats paragraphs 5 and 6, joined: 63 words, word for word
    | Le chef de la diplomatie turque Mevlut Cavusoglu a exhorté jeudi la Russie
    | à faire stopper les attaques du régime syrien dans la province rebelle
    | d'Idleb \"le plus rapidement possible\". ¶ \"Nous nous attendons à ce que la
    | Russie freine le régime le plus rapidement possible\", a déclaré M.
    | Cavusoglu lors d'une conférence de presse retransmise par les télévisions
    | turques depuis Bakou.
    first      data/seed/article.txt:10
               lines 10-12, bytes 183..574, characters 180..561
    second     data/seed/article.txt:30
               bytes 2554..2944, characters 2491..2871
    match      63 words, identity 100%, containment 100% both ways
    differs    a paragraph break became a space
               \" ...\" stands only after the second place

Summary

    documents  1 = 1 kept + 0 removed + 0 skipped
    text       2,948 bytes, of which 390 bytes (13.2%) in repeated passages
    passages   1 repeated passage (1 match)
               2 repeats of fewer than 20 words not listed
";
        assert_eq!(rendered(&samples::seed()), expected);
    }

    #[test]
    fn duplicates_name_the_kept_document_and_each_removed_one() {
        let expected = "\
Duplicate documents

d1  2 duplicates of one document
    kept       docs.jsonl:1
    exact copy docs.jsonl:18 (id news/17)
    near copy  b.txt  (similarity 93%, 97% of it in the kept one)

Summary

    documents  3 = 1 kept + 2 removed + 0 skipped
    text       9,000 bytes, of which 6,000 bytes (66.6%) in removed documents
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
    a.jsonl:1: no words in it

No duplicate document and no repeated passage of 20 words or more was found.

Summary

    documents  4 = 1 kept + 0 removed + 3 skipped
    skipped    no words in it: 1, invalid JSON: 1, permission denied: 1
    text       2,948 bytes
    passages   no repeated passage
";
        assert_eq!(rendered(&samples::skipped()), expected);
    }

    #[test]
    fn a_run_that_finds_nothing_says_so() {
        let mut findings = samples::nothing();
        let first_line = |findings: &Findings| rendered(findings).lines().next().unwrap_or_default().to_owned();
        assert_eq!(
            first_line(&findings),
            "No duplicate document and no repeated passage of 20 words or more was found."
        );
        findings.header.parameters.level = Level::Documents;
        assert_eq!(first_line(&findings), "No duplicate document was found.");
        findings.header.parameters.level = Level::Passages;
        assert_eq!(first_line(&findings), "No repeated passage of 20 words or more was found.");
        findings.summary = Summary::default();
        assert_eq!(first_line(&findings), "No document was compared.");
    }

    /// The samples with text that attacks a terminal wherever text comes from input.
    fn hostile() -> Findings {
        const EVIL: &str = "x\u{1b}]0;title\u{7}\u{9b}31m\u{202e}gpj\r\n\n\0";
        let mut findings = samples::everything();
        let doc = || crate::finding::DocumentRef { source: EVIL.into(), record: 3, id: Some(EVIL.into()) };
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
        findings
    }

    #[test]
    fn nothing_from_input_acts_on_the_terminal() {
        let text = rendered(&hostile());
        let acting: Vec<_> =
            text.chars().filter(|&c| c != '\n' && (c.is_control() || ('\u{202a}'..='\u{202e}').contains(&c))).collect();
        assert_eq!(acting, [], "{text}");
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
        assert!(text.contains("f1  63 words in 1,200 places\n"), "{text}");
        assert!(text.contains("    again      menu.txt:10  the end of paragraph 2\n"), "{text}");
        assert!(!text.contains("menu.txt:11 "), "{text}");
        assert!(text.contains("and 1,189 more places\n"), "{text}");
    }

    #[test]
    fn largest_groups_come_first() {
        let mut findings = samples::seed();
        let mut small = findings.families[0].clone();
        small.id = "f0".into();
        small.count = 3;
        small.keep.char_end = small.keep.char_start + 60;
        findings.families.insert(0, small);
        let text = rendered(&findings);
        assert!(text.find("\nf0 ") > text.find("\np1 "), "{text}");
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
            summary_line(&samples::seed()),
            "document: 1 = 1 kept + 0 removed + 0 skipped; 1 repeated passage (1 match)"
        );
    }
}
