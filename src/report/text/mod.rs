//! The report for people.
//!
//! Groups are shown by what they cost, or as asked for; all of what was skipped is counted, and the counts at the end
//! add up. Everything that comes from input is made visible first ([`super::visible`]), into a pipe too: nobody knows
//! who reads the other end.

mod aligned;
mod closing;
mod order;
pub(super) mod page;
mod paint;
pub(super) mod phrase;
#[cfg(test)]
pub(crate) mod samples;
pub(super) mod wrap;

use std::collections::BTreeMap;
use std::io::{self, Write};

use self::aligned::aligned;
use self::closing::{documents_sum, passages_found};
pub use self::order::Sort;
use self::order::{cost_of_cluster, cost_of_family};
use self::page::{Names, Page, Paint};
use self::phrase::differences;
pub use self::phrase::{bytes, counted, number, percent};
pub(super) use self::phrase::{covered, reason_in_words, regrouped};
pub(super) use self::wrap::one_line;
pub use self::wrap::wrap;
use super::visible::visible;
use crate::finding::{
    Coverage, DocumentCluster, DocumentPair, Findings, MatchScope, Member, PassageFamily, PassageMatch, PlacedSpan,
    Reason, Skipped,
};
use doublon_core::text::Tokenizer;
use doublon_core::{Keep, Level};

/// How the report looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Style {
    /// Whether it holds terminal escapes for colour.
    pub color: bool,
    /// Columns of a line. A path is never broken.
    pub width: usize,
    /// The most groups shown of each kind.
    pub limit: usize,
    /// What they are ordered by.
    pub sort: Sort,
    /// Whether excerpts written from right to left are set apart from what stands beside them, by characters that only
    /// a terminal should see.
    pub isolate: bool,
}

impl Default for Style {
    fn default() -> Self {
        Self { color: false, width: 80, limit: 20, sort: Sort::default(), isolate: false }
    }
}

/// The most places shown of a group, unless all groups are.
const PLACES: usize = 10;
/// Records of one source that are listed with one reason, unless all are.
const ALIKE: usize = 3;
/// The most differences told of a match.
const DIFFERENCES: usize = 5;
/// Lines of the excerpt of a match, and of a family.
const MATCH_LINES: usize = 8;
const FAMILY_LINES: usize = 2;

/// Writes the report.
///
/// # Errors
///
/// When `out` cannot be written to.
pub fn write(findings: &Findings, style: &Style, out: &mut impl Write) -> io::Result<()> {
    let parameters = &findings.header.parameters;
    let tokenizer = Tokenizer::new(parameters.config.text, parameters.config.seed);
    let mut report = Report { findings, style, tokenizer, names: Names::new(findings), page: Page::new(out, style) };
    report.documents()?;
    report.pairs()?;
    report.passages()?;
    report.skipped()?;
    report.nothing_found()?;
    closing::write(findings, &report.names, &mut report.page)
}

/// Returns the counts in one line: documents, passages, and the sum that holds.
pub fn summary_line(findings: &Findings) -> String {
    let summary = &findings.summary;
    let noun = if summary.documents == 1 { "document" } else { "documents" };
    let documents = format!("{noun}: {}", documents_sum(summary));
    if findings.header.parameters.config.level.passages() {
        format!("{documents}; {}", passages_found(summary))
    } else {
        documents
    }
}

struct Report<'a, W> {
    findings: &'a Findings,
    style: &'a Style,
    tokenizer: Tokenizer,
    names: Names<'a>,
    page: Page<'a, W>,
}

impl<W: Write> Report<'_, W> {
    fn documents(&mut self) -> io::Result<()> {
        let mut clusters = order::clusters(&self.findings.clusters, self.style.sort);
        let all = clusters.len();
        clusters.retain(|cluster| self.is_wanted(cluster.new));
        if all == 0 {
            return Ok(());
        }
        self.page.heading("Duplicate documents")?;
        for cluster in clusters.iter().take(self.style.limit) {
            self.cluster(cluster)?;
        }
        self.more(clusters.len(), all, "group")
    }

    /// Duplicates of which none is removed, the most alike first. Otherwise clusters have told of them.
    fn pairs(&mut self) -> io::Result<()> {
        let Findings { header, pairs, .. } = self.findings;
        if header.parameters.config.keep != Keep::None || pairs.is_empty() {
            return Ok(());
        }
        let mut pairs: Vec<&DocumentPair> = pairs.iter().collect();
        pairs.sort_by(|x, y| y.jaccard.total_cmp(&x.jaccard));
        self.page.heading("Pairs of duplicates, all kept")?;
        for pair in pairs.iter().take(self.style.limit) {
            let (a, b) = (self.names.document(&pair.a), self.names.document(&pair.b));
            self.page.entry(&format!("{a} and {b}: similarity {}", percent(pair.jaccard)))?;
        }
        let beyond = pairs.len().saturating_sub(self.style.limit);
        if beyond > 0 {
            self.page.entry(&format!("and {} (--limit 0 shows all)", counted_more(beyond, "pair")))?;
        }
        self.page.blank()
    }

    fn cluster(&mut self, cluster: &DocumentCluster) -> io::Result<()> {
        let duplicates = counted(cluster.members.len() as u64, "duplicate");
        let cost = cost(cost_of_cluster(cluster));
        self.page.title(&cluster.id, &format!("{duplicates} of one document{cost}{}", told_new(cluster.new)))?;
        let new_members = cluster.members.iter().filter(|member| member.new).count();
        self.page.place("kept", &self.names.document(&cluster.keep), mark(cluster.new > new_members))?;
        let (new, known): (Vec<_>, Vec<_>) = cluster.members.iter().partition(|member| member.new);
        for member in new.into_iter().chain(known).take(self.places()) {
            self.member(member)?;
        }
        self.page.more_places(cluster.members.len(), self.places())?;
        self.page.blank()
    }

    fn member(&mut self, member: &Member) -> io::Result<()> {
        let name = self.names.document(&member.doc);
        let new = mark(member.new);
        if member.exact {
            return self.page.place("exact copy", &name, new);
        }
        if member.jaccard >= 1.0 {
            let equal = format!("(equal but for case, spaces, punctuation or order){new}");
            return self.page.place("same words", &name, &equal);
        }
        let (similarity, containment) = (percent(member.jaccard), percent(member.containment));
        let measured = format!("(similarity {similarity}, {containment} of it in the kept one){new}");
        self.page.place("near copy", &name, &measured)
    }

    fn passages(&mut self) -> io::Result<()> {
        let mut matches: BTreeMap<&str, Vec<&PassageMatch>> = BTreeMap::new();
        for m in &self.findings.matches {
            matches.entry(&m.family).or_default().push(m);
        }
        let mut families = order::families(&self.findings.families, &matches, self.style.sort);
        let all = families.len();
        families.retain(|family| self.is_wanted(family.new));
        if all == 0 {
            return Ok(());
        }
        self.page.heading("Repeated passages")?;
        for family in families.iter().take(self.style.limit) {
            match matches.get(family.id.as_str()) {
                Some(matches) if family.count <= 2 => matches.iter().try_for_each(|m| self.passage_match(m))?,
                matches => self.family(family, matches.map_or(&[], Vec::as_slice))?,
            }
        }
        self.more(families.len(), all, "passage")
    }

    fn passage_match(&mut self, m: &PassageMatch) -> io::Result<()> {
        let title = format!("{}: {}", self.repeats(m), same_words(m));
        self.page.title(&m.id, &title)?;
        self.page.aligned(&aligned(&m.a, &m.b, &self.tokenizer), MATCH_LINES)?;
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
        let (a, b) = (covered(&m.a), last_or_covered(&m.b));
        let verb = if b.starts_with("paragraphs") { "repeat" } else { "repeats" };
        capitalised(&format!("{b}{} {verb} {a}{}{}", of(&m.b), of(&m.a), regrouped(&m.a, &m.b)))
    }

    fn place(&mut self, label: &str, span: &PlacedSpan) -> io::Result<()> {
        let lines = if span.line == span.end_line {
            String::new() // the name has it
        } else {
            format!("lines {}-{}, ", span.line, span.end_line)
        };
        self.page.place(label, &self.names.place(span), mark(span.new))?;
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
        let is_one_length = matches.iter().all(|m| Some(m.words) == words);
        let up_to = if is_one_length { "" } else { "up to " };
        let words =
            words.map_or_else(|| "one passage".into(), |words| format!("{up_to}{}", counted(words as u64, "word")));
        let (places, repeated) = (counted(family.count as u64, "place"), cost_of_family(family));
        let repeated = if repeated == 0 { String::new() } else { format!(", {} stand again", bytes(repeated)) };
        self.page.title(&family.id, &format!("{words} in {places}{repeated}{}", told_new(family.new)))?;
        self.page.excerpt(&family.keep.excerpt, FAMILY_LINES)?;
        self.family_place("kept", &family.keep)?;
        let (new, known): (Vec<_>, Vec<_>) = family.occurrences.iter().partition(|place| place.new);
        for place in new.into_iter().chain(known).take(self.places()) {
            self.family_place("again", place)?;
        }
        self.page.more_places(family.count.saturating_sub(1), self.places().min(family.occurrences.len()))?;
        self.page.blank()
    }

    fn family_place(&mut self, label: &str, place: &PlacedSpan) -> io::Result<()> {
        self.page.place(label, &self.names.place(place), &format!("{}{}", covered(place), mark(place.new)))
    }

    fn skipped(&mut self) -> io::Result<()> {
        let mut skipped: Vec<&Skipped> = self.findings.skipped.iter().collect();
        skipped.sort_by_key(|skipped| !skipped.reason.is_fault());
        if skipped.is_empty() {
            return Ok(());
        }
        self.page.heading("Skipped input")?;
        let alike = |x: &&Skipped, y: &&Skipped| (&x.source, x.reason) == (&y.source, y.reason);
        let groups: Vec<&[&Skipped]> = skipped.chunk_by(alike).collect();
        for group in groups.iter().take(self.style.limit) {
            self.skipped_alike(group)?;
        }
        let hidden: usize = groups.iter().skip(self.style.limit).map(|group| group.len()).sum();
        if hidden > 0 {
            self.page.entry(&format!("and {} (--limit 0 shows all)", counted_more(hidden, "record")))?;
        }
        self.page.blank()
    }

    /// Records of one source that were skipped for one reason: some of them, and how many more there are.
    fn skipped_alike(&mut self, group: &[&Skipped]) -> io::Result<()> {
        let most = if self.style.limit == usize::MAX { usize::MAX } else { ALIKE };
        for skipped in group.iter().take(most) {
            self.page.entry(&format!("{}: {}", self.names.skipped(skipped), why(skipped)))?;
        }
        let (source, reason) = (visible(&group[0].source), reason_in_words(group[0].reason.name()));
        match group.len().saturating_sub(most) {
            0 => Ok(()),
            more => self.page.entry(&format!("{source}: {reason} in {}", counted_more(more, "record"))),
        }
    }

    fn nothing_found(&mut self) -> io::Result<()> {
        let Findings { header, clusters, pairs, families, matches, summary, .. } = self.findings;
        if summary.kept + summary.removed == 0 {
            self.page.plain("No document was compared.")
        } else if clusters.is_empty() && pairs.is_empty() && families.is_empty() && matches.is_empty() {
            let passages = format!("no repeated passage of {} words or more", header.parameters.config.min_words);
            self.page.plain(&match header.parameters.config.level {
                Level::Documents => "No duplicate document was found.".into(),
                Level::Passages => format!("{} was found.", capitalised(&passages)),
                Level::All => format!("No duplicate document and {passages} was found."),
            })
        } else {
            Ok(())
        }
    }

    /// How many groups are not shown: those beyond the limit, and those that a baseline has.
    fn more(&mut self, wanted: usize, all: usize, noun: &str) -> io::Result<()> {
        let (beyond, known) = (wanted.saturating_sub(self.style.limit), all - wanted);
        if beyond > 0 {
            self.page.entry(&format!("and {} (--limit 0 shows all)", counted_more(beyond, noun)))?;
        }
        if known > 0 {
            self.page.entry(&format!("{} that the baseline has", counted(known as u64, noun)))?;
        }
        if beyond + known > 0 { self.page.blank() } else { Ok(()) }
    }

    /// Held against a baseline, only what is new is shown.
    fn is_wanted(&self, new: usize) -> bool {
        new > 0 || self.findings.summary.new.is_none()
    }

    fn places(&self) -> usize {
        if self.style.limit == usize::MAX { usize::MAX } else { PLACES }
    }
}

/// `paragraph 15, the last,`, or what else a place covers.
pub(super) fn last_or_covered(place: &PlacedSpan) -> String {
    let is_last = place.paragraphs.0 == place.paragraph_count && place.paragraph_count > 1;
    let comma = if is_last && place.covers == Coverage::Whole { ", the last," } else { "" };
    format!("{}{comma}", covered(place))
}

/// What the removal of a group would save, as an appendix to its title.
fn cost(n: u64) -> String {
    if n == 0 { String::new() } else { format!(", {} could go", bytes(n)) }
}

fn told_new(n: usize) -> String {
    if n == 0 { String::new() } else { format!(", {} new", number(n as u64)) }
}

fn mark(is_new: bool) -> &'static str {
    if is_new { " (new)" } else { "" }
}

fn same_words(m: &PassageMatch) -> String {
    if m.identity >= 1.0 {
        counted(m.words as u64, "equal word")
    } else {
        format!("{}, {} alike", counted(m.words as u64, "word"), percent(m.identity))
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

/// Why a record was skipped. Where the detail says it all, the reason would only say it again.
fn why(skipped: &Skipped) -> String {
    let reason = reason_in_words(skipped.reason.name());
    let Some(detail) = skipped.detail.as_deref().map(|detail| without_line(detail, skipped.record)) else {
        return reason;
    };
    let detail = visible(detail);
    match skipped.reason {
        Reason::Binary | Reason::MissingText | Reason::MissingColumn => detail.into_owned(),
        Reason::Missing | Reason::Permission | Reason::Vanished if detail.ends_with(')') => reason,
        _ => format!("{reason}: {detail}"),
    }
}

/// A detail without the line that it begins with: the place before it says that already.
fn without_line(detail: &str, record: Option<u64>) -> &str {
    let line = record.map(|record| format!("line {}: ", record + 1));
    line.and_then(|line| detail.strip_prefix(&line)).unwrap_or(detail)
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
    use crate::finding::{Coverage, Difference, DifferenceKind, Summary};

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
    a.jsonl:1: no words in it

No duplicate document and no repeated passage of 20 words or more was found.

Summary

    documents  4 = 1 kept + 0 removed + 3 skipped
    skipped    no words in it: 1, invalid JSON: 1, permission denied: 1
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
        assert_eq!(
            told(Reason::Binary, "the file is a program, not text"),
            "    locked: the file is a program, not text"
        );
        assert_eq!(
            told(Reason::Missing, "No such file or directory (os error 2)"),
            "    locked: no such file or folder"
        );
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
        assert_eq!(
            first_line(&findings),
            "No duplicate document and no repeated passage of 20 words or more was found."
        );
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
        let told = "1 duplicate document and 0 places of passages that the baseline\n               lacks, 3,000 bytes (33.3%)";
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
        let largest =
            "    largest    d4: 3 duplicates of docs.jsonl:1\n               d1: 2 duplicates of docs.jsonl:1\n";
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
            summary_line(&samples::seed()),
            "document: 1 = 1 kept + 0 removed + 0 skipped; 1 repeated passage (1 match)"
        );
    }
}
