//! Statistics of a corpus, for people and for programs.

use std::io::{self, Write};

use super::text::page::{Names, Page, Paint};
use super::text::{Style, counted, ignored_text, number, other_files, percent, reason_in_words};
use super::visible::visible;
use crate::finding::Skipped;
use crate::finding::statistics::{
    C4Summary, DocumentStatistics, FrequentPassage, MeasureSummary, RepeatSummary, SizeSummary, Statistics,
    StatisticsLine, StatisticsSummary,
};
use doublon_core::text::repetition::MEASURES;

/// The names of the measures, in their order.
const LABELS: [&str; MEASURES.len()] = [
    "repeated lines",
    "repeated paragraphs",
    "characters in repeated lines",
    "characters in repeated paragraphs",
    "characters in the top 2-gram",
    "characters in the top 3-gram",
    "characters in the top 4-gram",
    "characters in repeated 5-grams",
    "characters in repeated 6-grams",
    "characters in repeated 7-grams",
    "characters in repeated 8-grams",
    "characters in repeated 9-grams",
    "characters in repeated 10-grams",
];

/// Shorter names of the measures, for where there is little room.
const SHORT_LABELS: [&str; MEASURES.len()] = [
    "repeated lines",
    "repeated paragraphs",
    "characters in repeated lines",
    "characters in repeated paragraphs",
    "top 2-gram",
    "top 3-gram",
    "top 4-gram",
    "5-grams",
    "6-grams",
    "7-grams",
    "8-grams",
    "9-grams",
    "10-grams",
];

/// The most lines that an excerpt of a passage takes.
const EXCERPT_LINES: usize = 2;

/// Writes statistics for people.
///
/// # Errors
///
/// When `out` cannot be written to.
pub fn write_text(statistics: &Statistics, style: &Style, mut out: &mut dyn Write) -> io::Result<()> {
    let listed = statistics.documents.iter().chain(&statistics.worst).map(|document| &document.doc);
    let kept = statistics.passages.iter().map(|passage| &passage.keep.doc);
    let names = Names::of(listed.chain(kept), &statistics.skipped);
    let mut sheet = StatisticsPage { statistics, limit: style.limit, names, page: Page::new(&mut out, style) };
    if statistics.summary.documents > 0 {
        sheet.sizes()?;
        sheet.gopher()?;
        sheet.c4()?;
    }
    sheet.worst()?;
    sheet.passages()?;
    sheet.skipped()?;
    sheet.summary()
}

struct StatisticsPage<'a, W> {
    statistics: &'a Statistics,
    limit: usize,
    names: Names<'a>,
    page: Page<'a, W>,
}

impl<W: Write> StatisticsPage<'_, W> {
    fn sizes(&mut self) -> io::Result<()> {
        self.page.heading("Sizes of documents")?;
        self.row(&format!("{:12}{:>15}{:>12}{:>12}{:>12}{:>12}", "", "total", "least", "median", "95%", "most"))?;
        for SizeSummary { size, total, min, median, p95, max } in &self.statistics.summary.sizes {
            let [total, min, median, p95, max] = [total, min, median, p95, max].map(|n| number(*n));
            self.row(&format!("{size:12}{total:>15}{min:>12}{median:>12}{p95:>12}{max:>12}"))?;
        }
        self.page.blank()
    }

    fn gopher(&mut self) -> io::Result<()> {
        let summary = &self.statistics.summary;
        self.page.heading("Repetition inside documents, and the limits of Gopher")?;
        self.row(&format!("{:34}{:>6}{:>16}{:>10}{:>9}", "", "limit", "documents over", "median", "95%"))?;
        for (label, MeasureSummary { limit, over, median, p95, .. }) in LABELS.iter().zip(&summary.gopher) {
            let [limit, median, p95] = [limit, median, p95].map(|share| percent(*share));
            self.row(&format!("{label:34}{limit:>6}{:>16}{median:>10}{p95:>9}", number(*over)))?;
        }
        self.row(&format!("{:40}{:>16}", "any of them", number(summary.over)))?;
        self.page.blank()
    }

    fn c4(&mut self) -> io::Result<()> {
        let StatisticsSummary { documents, c4, .. } = &self.statistics.summary;
        let C4Summary { lines, unended_lines, short_lines, javascript_lines, kept_lines, .. } = *c4;
        let C4Summary { few_sentences, lorem_ipsum, curly_bracket, dropped, .. } = *c4;
        self.page.heading("Lines and documents by the rules of C4")?;
        let of_lines = [
            ("lines that do not end as a sentence does", unended_lines),
            ("lines of fewer than 5 words", short_lines),
            ("lines with the word Javascript", javascript_lines),
            ("lines without any of this, kept", kept_lines),
        ];
        let of_documents = [
            ("documents of fewer than 3 sentences in such lines", few_sentences),
            ("documents with \"lorem ipsum\"", lorem_ipsum),
            ("documents with \"{\"", curly_bracket),
            ("documents with any of this, dropped", dropped),
        ];
        of_lines.iter().try_for_each(|(label, n)| self.part(label, *n, lines))?;
        of_documents.iter().try_for_each(|(label, n)| self.part(label, *n, *documents))?;
        self.page.blank()
    }

    fn part(&mut self, label: &str, n: u64, of: u64) -> io::Result<()> {
        self.row(&format!("{label:50}{:>13}{:>12}", number(n), percent(ratio(n, of))))
    }

    fn worst(&mut self) -> io::Result<()> {
        let (worst, over) = (&self.statistics.worst, self.statistics.summary.over);
        if worst.is_empty() {
            return Ok(());
        }
        self.page.heading("Documents over a limit of Gopher, the worst first")?;
        for document in worst {
            let name = self.names.document(&document.doc);
            self.page.entry(&name)?;
            self.page.continued(&measures_over(document), Paint::Plain)?;
        }
        self.more(over, worst.len(), "document")?;
        self.page.blank()
    }

    fn passages(&mut self) -> io::Result<()> {
        let passages = &self.statistics.passages;
        if passages.is_empty() {
            return Ok(());
        }
        self.page.heading("Passages with the most repeated text")?;
        for FrequentPassage { family, count, documents, characters, keep } in passages.iter().take(self.limit) {
            let (places, characters) = (counted(*count, "place"), counted(*characters, "character"));
            self.page.title(family, &format!("{places} in {}, {characters}", counted(*documents, "document")))?;
            self.page.excerpt(&keep.excerpt, EXCERPT_LINES)?;
            let place = self.names.place(keep);
            self.page.place("kept", &place, "")?;
            self.page.blank()?;
        }
        self.more(passages.len() as u64, self.limit, "passage")?;
        if passages.len() > self.limit { self.page.blank() } else { Ok(()) }
    }

    fn skipped(&mut self) -> io::Result<()> {
        let documents = self.statistics.skipped.iter().filter(|skipped| skipped.other_kind().is_none());
        let mut skipped: Vec<&Skipped> = documents.collect();
        skipped.sort_by_key(|skipped| !skipped.reason.is_fault());
        if skipped.is_empty() {
            return Ok(());
        }
        self.page.heading("Skipped input")?;
        for skipped in skipped.iter().take(self.limit) {
            let detail = skipped.detail.as_deref().map(|detail| format!(": {}", visible(detail))).unwrap_or_default();
            let reason = reason_in_words(skipped.reason.name());
            self.page.entry(&format!("{}: {reason}{detail}", self.names.skipped(skipped)))?;
        }
        self.more(skipped.len() as u64, self.limit, "record")?;
        self.page.blank()
    }

    fn summary(&mut self) -> io::Result<()> {
        let summary = &self.statistics.summary;
        self.page.heading("Summary")?;
        self.page.labelled("documents", &documents_sum(summary), Paint::Plain)?;
        if !summary.other_files.is_empty() {
            self.page.labelled("not text", &other_files(&summary.other_files), Paint::Plain)?;
        }
        if summary.documents == 0 {
            return Ok(());
        }
        let dropped = |n| format!("{} ({})", counted(n, "document"), percent(ratio(n, summary.documents)));
        self.page.labelled("Gopher", &format!("would drop {}", dropped(summary.over)), Paint::Plain)?;
        let C4Summary { lines, kept_lines, dropped: by_c4, .. } = summary.c4;
        let lines = percent(ratio(lines - kept_lines, lines));
        self.page.labelled("C4", &format!("would drop {}, and {lines} of all lines", dropped(by_c4)), Paint::Plain)?;
        if let Some(ignored) = summary.ignored {
            self.page.labelled("ignored", &ignored_text(ignored), Paint::Plain)?;
        }
        match &summary.repeats {
            Some(repeats) => self.repeats(repeats, summary.documents),
            None => self.page.labelled("repeats", "not looked for across documents (--alone)", Paint::Plain),
        }
    }

    fn repeats(&mut self, repeats: &RepeatSummary, documents: u64) -> io::Result<()> {
        let RepeatSummary { duplicates, characters, within, across, .. } = *repeats;
        let share = |n| format!("{} ({})", counted(n, "character"), percent(ratio(n, characters)));
        let duplicates = format!("{} ({})", counted(duplicates, "duplicate"), percent(ratio(duplicates, documents)));
        let text = format!(
            "{duplicates}; of the other documents, {} stand earlier in the same document, and {} in another one",
            share(within),
            share(across)
        );
        self.page.labelled("repeats", &text, Paint::Plain)
    }

    fn row(&mut self, text: &str) -> io::Result<()> {
        self.page.entry(text)
    }

    fn more(&mut self, total: u64, shown: usize, noun: &str) -> io::Result<()> {
        match total.saturating_sub(shown as u64) {
            0 => Ok(()),
            more => {
                let more = counted(more, &format!("more {noun}"));
                self.page.entry(&format!("and {more} (--limit 0 shows all)"))
            }
        }
    }
}

/// `8-grams 12.52% (limit 12%), 9-grams 11.09% (limit 11%)`.
fn measures_over(document: &DocumentStatistics) -> String {
    let all = MEASURES.iter().zip(SHORT_LABELS).zip(document.gopher.0);
    let over = all.filter(|((measure, _), share)| *share > measure.limit);
    let told = over.map(|((m, label), share)| format!("{label} {} (limit {})", hundredths(share), percent(m.limit)));
    told.collect::<Vec<_>>().join(", ")
}

/// A share in per cent with two decimals, rounded down as [`percent`] does: with one, many would look like their limit.
fn hundredths(share: f64) -> String {
    format!("{:.2}%", (share * 1e4 + 1e-7).floor() / 100.0)
}

fn documents_sum(summary: &StatisticsSummary) -> String {
    let skipped: u64 = summary.skipped.values().sum();
    let reasons: Vec<_> =
        summary.skipped.iter().map(|(reason, n)| format!("{}: {}", reason_in_words(reason), number(*n))).collect();
    let why = if reasons.is_empty() { String::new() } else { format!(" ({})", reasons.join(", ")) };
    let [met, documents, skipped] = [summary.met, summary.documents, skipped].map(number);
    format!("{met} = {documents} measured + {skipped} skipped{why}")
}

fn ratio(part: u64, whole: u64) -> f64 {
    part as f64 / whole.max(1) as f64
}

/// Writes statistics as one JSON object a line: the header, documents, passages, what was skipped, the summary.
///
/// # Errors
///
/// When `out` cannot be written to.
pub fn write_json(statistics: &Statistics, mut out: impl Write) -> io::Result<()> {
    let mut line = |line: StatisticsLine| {
        serde_json::to_writer(&mut out, &line)?;
        out.write_all(b"\n")
    };
    line(StatisticsLine::Header(&statistics.header))?;
    statistics.documents.iter().map(StatisticsLine::Document).try_for_each(&mut line)?;
    statistics.passages.iter().map(StatisticsLine::Passage).try_for_each(&mut line)?;
    statistics.skipped.iter().map(StatisticsLine::Skipped).try_for_each(&mut line)?;
    line(StatisticsLine::Summary(&statistics.summary))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::statistics::{
        C4, DocumentRepeats, RepetitionShares, SCHEMA, Sizes, StatisticsHeader, StatisticsSummary,
    };
    use crate::finding::{Parameters, Reason};
    use crate::report::text::samples;

    fn document(source: &str) -> DocumentStatistics {
        let mut shares = RepetitionShares::default();
        (shares.0[0], shares.0[10], shares.0[11]) = (0.29, 0.125_217, 0.110_957);
        DocumentStatistics {
            doc: samples::doc(source, 0),
            sizes: Sizes { bytes: 2948, characters: 2875, words: 484, lines: 16, paragraphs: 15 },
            gopher: shares,
            over: shares.over().map(|(measure, _)| measure).collect(),
            c4: C4::default(),
            repeats: Some(DocumentRepeats { duplicate: false, repeated_within: 380, repeated_across: 0 }),
        }
    }

    fn statistics() -> Statistics {
        let findings = samples::seed();
        let keep = findings.families[0].keep.clone();
        Statistics {
            header: StatisticsHeader {
                schema: SCHEMA,
                version: "0.1.0",
                compared: true,
                parameters: Parameters::default(),
                sources: Vec::new(),
            },
            documents: vec![document("a.txt")],
            worst: vec![document("a\u{1b}[31m.txt")],
            passages: vec![FrequentPassage { family: "f1".into(), count: 2, documents: 1, characters: 381, keep }],
            skipped: vec![Skipped {
                source: "b.jsonl".into(),
                record: Some(3),
                offset: None,
                reason: Reason::InvalidJson,
                detail: None,
                against: false,
            }],
            summary: StatisticsSummary { met: 2, documents: 1, over: 7, ..StatisticsSummary::default() },
        }
    }

    fn text(statistics: &Statistics) -> String {
        let mut out = Vec::new();
        write_text(statistics, &Style::default(), &mut out).expect("memory takes all");
        String::from_utf8(out).expect("UTF-8")
    }

    #[test]
    fn a_document_is_told_with_each_limit_it_is_over() {
        let text = text(&statistics());
        assert!(text.contains("    a<U+001B>[31m.txt\n"), "{text}");
        assert!(text.contains("8-grams 12.52% (limit 12%), 9-grams 11.09% (limit 11%)\n"), "{text}");
        assert!(text.contains("and 6 more documents (--limit 0 shows all)"), "{text}");
        assert!(text.contains("2 = 1 measured + 0 skipped"), "{text}");
        assert!(text.contains("b.jsonl:4: invalid JSON"), "{text}");
        assert!(text.lines().all(|line| line.chars().count() <= 80), "{text}");
    }

    #[test]
    fn every_line_is_one_object_and_the_summary_is_the_last() {
        let mut out = Vec::new();
        write_json(&statistics(), &mut out).expect("memory takes all");
        let lines: Vec<serde_json::Value> =
            out.split_inclusive(|&b| b == b'\n').map(|line| serde_json::from_slice(line).expect("JSON")).collect();
        let types: Vec<_> = lines.iter().map(|line| line["type"].as_str().expect("a type")).collect();
        assert_eq!(types, ["header", "document", "passage", "skipped", "summary"]);
        assert_eq!((&lines[0]["schema"], &lines[1]["source"]), (&"doublon.stats/1".into(), &"a.txt".into()));
        assert_eq!(lines[1]["gopher"]["duplicate_8_gram_characters"], 0.125_217);
        assert_eq!((&lines[1]["repeated_within"], &lines[1]["words"]), (&380.into(), &484.into()));
    }
}
