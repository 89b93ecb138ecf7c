//! The report of evaluation items in a corpus: set by set, then item by item with the places where they stand.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};
use std::path::PathBuf;

use super::closing::{documents_sum, other_files};
use super::page::{Names, Page, Paint};
use super::phrase::{counted, counted_more, number, percent, reason_in_words};
use super::style::Style;
use crate::error::Result;
use crate::finding::{
    CONTAMINATION_RULES, Contamination, ContaminationRule, ContaminationSummary, ContaminationUnit, DocumentRef,
    EvaluationSet, Finding, Header, Replay, Skipped, Summary,
};
use crate::report::sink::output;
use crate::report::visible::visible;

/// The most documents shown of an item, unless all items are.
const DOCUMENTS: usize = 5;
/// The most places shown of an item in a document.
const PLACES: usize = 3;
/// Lines of the excerpt of an item.
const LINES: usize = 3;

/// Gathers what is told of evaluation items: of each one counts, the rest in a file beyond some memory.
#[derive(Debug)]
pub struct ContaminationReport {
    header: Header,
    found: Replay,
    items: BTreeMap<DocumentRef, ItemCounts>,
    skipped: Vec<Skipped>,
    skipped_count: usize,
    summary: Summary,
}

#[derive(Debug, Default)]
struct ItemCounts {
    documents: usize,
    /// The largest share of it that a document has.
    share: f64,
}

impl ContaminationReport {
    /// Begins a report; temporary files go to `folder`.
    pub fn new(header: Header, folder: PathBuf) -> Self {
        Self {
            header,
            found: Replay::new(folder),
            items: BTreeMap::new(),
            skipped: Vec::new(),
            skipped_count: 0,
            summary: Summary::default(),
        }
    }

    /// Takes the next finding. So many of what was skipped are held as are shown.
    ///
    /// # Errors
    ///
    /// When a temporary file cannot be written.
    pub fn receive(&mut self, finding: Finding, style: &Style) -> Result<()> {
        match finding {
            Finding::Contamination(found) => {
                let counts = self.items.entry(found.item.clone()).or_default();
                counts.documents += 1;
                counts.share = counts.share.max(found.share);
                self.found.keep(Finding::Contamination(found))?;
            }
            Finding::Skipped(skipped) if skipped.other_kind().is_none() => {
                self.skipped_count += 1;
                if self.skipped.len() < style.limit {
                    self.skipped.push(skipped);
                }
            }
            Finding::Summary(summary) => self.summary = summary,
            _ => {}
        }
        Ok(())
    }

    /// Writes the report.
    ///
    /// # Errors
    ///
    /// When it cannot be written, or a temporary file cannot be read.
    pub fn write(mut self, style: &Style, out: &mut impl Write) -> Result<()> {
        let mut shown: Vec<(&DocumentRef, &ItemCounts)> = self.items.iter().collect();
        shown
            .sort_by(|x, y| y.1.documents.cmp(&x.1.documents).then(y.1.share.total_cmp(&x.1.share)).then(x.0.cmp(y.0)));
        shown.truncate(style.limit);
        let most = if style.limit == usize::MAX { usize::MAX } else { DOCUMENTS };
        let wanted: BTreeSet<&DocumentRef> = shown.iter().map(|(doc, _)| *doc).collect();
        let mut told: BTreeMap<DocumentRef, Vec<Contamination>> = BTreeMap::new();
        self.found.each(|finding| {
            let Finding::Contamination(found) = finding else { return Ok(()) };
            if wanted.contains(&found.item) {
                let list = told.entry(found.item.clone()).or_default();
                // The documents that hold most of it; of equals the first.
                let at = list.partition_point(|other| other.share >= found.share);
                list.insert(at, found.clone());
                list.truncate(most);
            }
            Ok(())
        })?;
        let documents =
            told.iter().flat_map(|(item, found)| std::iter::once(item).chain(found.iter().map(|f| &f.document)));
        let sources = self.summary.contamination.as_ref().map_or(&[][..], |found| &found.sets);
        let names = Names::of(documents, &self.skipped);
        let mut sheet = ContaminationPage { report: &self, names: &names, page: &mut Page::new(out, style) };
        output(sheet.sets(sources))?;
        output(sheet.items(&shown, &told))?;
        output(sheet.skipped())?;
        output(sheet.summary())
    }
}

struct ContaminationPage<'a, 'p, W> {
    report: &'a ContaminationReport,
    names: &'a Names<'a>,
    page: &'a mut Page<'p, W>,
}

impl<W: Write> ContaminationPage<'_, '_, W> {
    fn sets(&mut self, sets: &[EvaluationSet]) -> io::Result<()> {
        self.page.heading("Evaluation sets")?;
        for set in sets {
            let share = percent(set.found as f64 / set.items.max(1) as f64);
            let (found, items) = (number(set.found), counted(set.items, "item"));
            self.page.entry(&format!("{}: {found} of {items} found ({share})", visible(&set.source)))?;
            let left = [(set.too_short, "too short to look for"), (set.shared, "all of it in many other items too")];
            let left: Vec<String> =
                left.iter().filter(|(n, _)| *n > 0).map(|(n, why)| format!("{} {why}", number(*n))).collect();
            if !left.is_empty() {
                self.page.continued(&left.join(", "), Paint::Plain)?;
            }
        }
        self.page.blank()
    }

    fn items(
        &mut self,
        shown: &[(&DocumentRef, &ItemCounts)],
        told: &BTreeMap<DocumentRef, Vec<Contamination>>,
    ) -> io::Result<()> {
        if shown.is_empty() {
            return self.page.plain("No evaluation item was found.");
        }
        self.page.heading("Evaluation items in the corpus")?;
        for (item, counts) in shown {
            let found = told.get(item).map_or(&[][..], Vec::as_slice);
            let Some(best) = found.first() else { continue };
            let documents = counted(counts.documents as u64, "document");
            self.page.title(&best.id, &format!("{} of the item, in {documents}", percent(counts.share)))?;
            if let Some(place) = best.places.first() {
                self.page.excerpt(&place.excerpt, LINES)?;
            }
            self.page.place(
                "item",
                &self.names.document(item),
                &format!("({})", counted(best.words as u64, "word")),
            )?;
            found.iter().try_for_each(|found| self.document(found))?;
            self.page.more_places(counts.documents, found.len())?;
            self.page.blank()?;
        }
        let beyond = self.report.items.len() - shown.len();
        if beyond == 0 {
            return Ok(());
        }
        self.page.entry(&format!("and {} (--limit 0 shows all)", counted_more(beyond, "item")))?;
        self.page.blank()
    }

    fn document(&mut self, found: &Contamination) -> io::Result<()> {
        let share = format!("({} of it)", percent(found.share));
        for (place, n) in found.places.iter().take(PLACES).zip(0..) {
            let (label, note) = if n == 0 { ("found", share.as_str()) } else { ("", "") };
            self.page.place(label, &self.names.place(place), note)?;
        }
        self.page.more_places(found.places.len(), PLACES)
    }

    fn skipped(&mut self) -> io::Result<()> {
        if self.report.skipped_count == 0 {
            return Ok(());
        }
        self.page.heading("Skipped input")?;
        for skipped in &self.report.skipped {
            let reason = reason_in_words(skipped.reason.name());
            let detail = skipped.detail.as_deref().map(|detail| format!(": {}", visible(detail)));
            self.page.entry(&format!("{}: {reason}{}", self.names.skipped(skipped), detail.unwrap_or_default()))?;
        }
        let beyond = self.report.skipped_count - self.report.skipped.len();
        if beyond > 0 {
            self.page.entry(&format!("and {} (--limit 0 shows all)", counted_more(beyond, "record")))?;
        }
        self.page.blank()
    }

    fn summary(&mut self) -> io::Result<()> {
        let summary = &self.report.summary;
        self.page.heading("Summary")?;
        self.page.labelled("documents", &documents_sum(summary), Paint::Plain)?;
        if !summary.other_files.is_empty() {
            self.page.labelled("not text", &other_files(&summary.other_files), Paint::Plain)?;
        }
        if let Some(rule) = &self.report.header.contamination {
            self.page.labelled("rule", &rule_in_words(rule), Paint::Plain)?;
        }
        let Some(found) = &summary.contamination else { return Ok(()) };
        self.page.labelled("found", &items_found(found), Paint::Plain)?;
        for (n, why) in
            [(found.shared_ngrams, "more than 100 items have"), (found.common_ngrams, "too many documents have")]
        {
            if n > 0 {
                self.page.labelled("left out", &format!("{} that {why}", counted(n, "n-gram")), Paint::Plain)?;
            }
        }
        Ok(())
    }
}

/// `3 of 120 items (2.5%), in 4 documents`.
pub fn items_found(found: &ContaminationSummary) -> String {
    let (items, of_them) = found.items();
    let (share, documents) = (percent(of_them as f64 / items.max(1) as f64), counted(found.documents, "document"));
    format!("{} of {} ({share}), in {documents}", number(of_them), counted(items, "item"))
}

/// Says what a rule asks for.
fn rule_in_words(rule: &ContaminationRule) -> String {
    let named = CONTAMINATION_RULES.iter().find(|(name, _)| *name == rule.name);
    let plain = ContaminationRule { text_field: None, ..rule.clone() };
    if let Some((name, says)) = named.filter(|_| ContaminationRule::named(&rule.name).as_ref() == Some(&plain)) {
        return format!("{name}: {says}");
    }
    let ngrams = format!("n-grams of {}", counted(rule.ngram as u64, "word"));
    let mut words = match rule.unit {
        ContaminationUnit::Ngrams if rule.least <= 0.0 => {
            format!("one n-gram of {}", counted(rule.ngram as u64, "word"))
        }
        ContaminationUnit::Ngrams => format!("{} of the {ngrams}", percent(rule.least)),
        ContaminationUnit::Words => format!("{} of the words, in {ngrams}", percent(rule.least)),
        ContaminationUnit::Item => "all words in a row".to_owned(),
        ContaminationUnit::Passage => format!("{} of the words in their order, in one place", percent(rule.least)),
    };
    if rule.in_corpus {
        words += ", in all documents together";
    }
    if let Some(most) = rule.most_documents {
        words = format!("{words}; n-grams in at most {}", counted(u64::from(most), "document"));
    }
    words
}
