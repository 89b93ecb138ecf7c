//! The sums over documents, made of parts that can be added up.

use std::cmp::Ordering;

use super::distribution::Distribution;
use crate::finding::Skipped;
use crate::finding::statistics::{
    C4Summary, DocumentStatistics, MeasureSummary, SizeSummary, Sizes, StatisticsSummary,
};
use doublon_core::text::repetition::MEASURES;

/// Shares are counted in ten thousandths.
const UNIT: f64 = 10_000.0;

/// What is kept of documents one by one.
#[derive(Clone, Copy, Debug)]
pub(super) struct Listing {
    /// Whether all are listed.
    pub all: bool,
    /// How many of the worst are.
    pub worst: usize,
}

/// What some documents have together.
#[derive(Clone, Debug)]
pub(super) struct Tally {
    listing: Listing,
    pub documents: u64,
    /// Characters of the documents that are no duplicates.
    pub kept_characters: u64,
    lossy: u64,
    sizes: [Distribution; 5],
    shares: [Distribution; MEASURES.len()],
    /// Documents over each limit, and the largest share.
    over: [u64; MEASURES.len()],
    max: [f64; MEASURES.len()],
    over_any: u64,
    c4: C4Summary,
    pub listed: Vec<Numbered>,
    pub worst: Vec<Numbered>,
    pub skipped: Vec<Skipped>,
}

/// A document with its number in the run.
#[derive(Clone, Debug)]
pub(super) struct Numbered {
    pub number: u32,
    pub document: DocumentStatistics,
}

impl Tally {
    pub fn new(listing: Listing) -> Self {
        Self {
            listing,
            documents: 0,
            kept_characters: 0,
            lossy: 0,
            sizes: Default::default(),
            shares: Default::default(),
            over: [0; MEASURES.len()],
            max: [0.0; MEASURES.len()],
            over_any: 0,
            c4: C4Summary::default(),
            listed: Vec::new(),
            worst: Vec::new(),
            skipped: Vec::new(),
        }
    }

    /// Adds a document; `lossy` says whether bytes that are not UTF-8 were replaced in it.
    fn add(&mut self, number: u32, lossy: bool, document: DocumentStatistics) {
        self.documents += 1;
        self.lossy += u64::from(lossy);
        if !document.repeats.is_some_and(|repeats| repeats.duplicate) {
            self.kept_characters += document.sizes.characters;
        }
        for (sizes, size) in self.sizes.iter_mut().zip(document.sizes.all()) {
            sizes.add(size);
        }
        self.add_shares(&document);
        add_c4(&mut self.c4, &document);
        let is_over = !document.over.is_empty();
        self.over_any += u64::from(is_over);
        let numbered = Numbered { number, document };
        if is_over {
            self.worst.push(numbered.clone());
            self.drop_all_but_the_worst(2);
        }
        if self.listing.all {
            self.listed.push(numbered);
        }
    }

    /// Adds a document, or the reason that there is none.
    pub fn add_or_skip(&mut self, number: u32, lossy: bool, described: Result<DocumentStatistics, Skipped>) {
        match described {
            Ok(document) => self.add(number, lossy, document),
            Err(why) => self.skipped.push(why),
        }
    }

    fn add_shares(&mut self, document: &DocumentStatistics) {
        for (at, share) in document.gopher.0.into_iter().enumerate() {
            self.shares[at].add((share * UNIT).round() as u64);
            self.over[at] += u64::from(share > MEASURES[at].limit);
            self.max[at] = self.max[at].max(share);
        }
    }

    /// Adds what documents that come after these have.
    pub fn merge(mut self, other: Self) -> Self {
        self.documents += other.documents;
        self.kept_characters += other.kept_characters;
        self.lossy += other.lossy;
        self.sizes.iter_mut().zip(other.sizes).for_each(|(sizes, others)| sizes.merge(others));
        self.shares.iter_mut().zip(other.shares).for_each(|(shares, others)| shares.merge(others));
        for at in 0..MEASURES.len() {
            self.over[at] += other.over[at];
            self.max[at] = self.max[at].max(other.max[at]);
        }
        self.over_any += other.over_any;
        self.c4 = sum_of(self.c4, other.c4);
        self.listed.extend(other.listed);
        self.worst.extend(other.worst);
        self.drop_all_but_the_worst(1);
        self.skipped.extend(other.skipped);
        self
    }

    /// Numbers the documents from `first` on, which are numbered from 0.
    pub fn number_from(&mut self, first: u32) {
        self.listed.iter_mut().chain(&mut self.worst).for_each(|one| one.number += first);
    }

    /// Marks the ids of the documents of those numbers, ascending: others have them too.
    pub fn mark_repeated_ids(&mut self, numbers: &[u32]) {
        let listed = self.listed.iter_mut().chain(&mut self.worst);
        for one in listed.filter(|one| numbers.binary_search(&one.number).is_ok()) {
            let doc = &mut one.document.doc;
            doc.id = doc.id.take().map(|id| id.repeated(true));
        }
    }

    /// Leaves the worst documents, worst first, once there are `times` more than are listed.
    fn drop_all_but_the_worst(&mut self, times: usize) {
        if self.worst.len() >= self.listing.worst.saturating_mul(times) {
            self.worst.sort_by(worse_first);
            self.worst.truncate(self.listing.worst);
        }
    }

    /// Returns the summary, in which what is known of the whole run is still missing.
    pub fn summary(&mut self) -> StatisticsSummary {
        self.worst.sort_by(worse_first);
        StatisticsSummary {
            documents: self.documents,
            lossy: self.lossy,
            sizes: Sizes::NAMES.into_iter().zip(&self.sizes).map(size_summary).collect(),
            gopher: (0..MEASURES.len()).map(|at| self.measure_summary(at)).collect(),
            over: self.over_any,
            c4: self.c4,
            ..StatisticsSummary::default()
        }
    }

    fn measure_summary(&self, at: usize) -> MeasureSummary {
        let quantile = |percent| self.shares[at].quantile(percent) as f64 / UNIT;
        let (measure, over, max) = (MEASURES[at], self.over[at], self.max[at]);
        let (median, p95) = (quantile(50), quantile(95));
        MeasureSummary { measure: measure.name, limit: measure.limit, over, median, p95, max }
    }
}

fn worse_first(a: &Numbered, b: &Numbered) -> Ordering {
    b.document.gopher.excess().total_cmp(&a.document.gopher.excess()).then(a.number.cmp(&b.number))
}

fn size_summary((size, sizes): (&'static str, &Distribution)) -> SizeSummary {
    let [min, median, p95] = [0, 50, 95].map(|percent| sizes.quantile(percent));
    SizeSummary { size, total: sizes.total(), min, median, p95, max: sizes.max() }
}

fn add_c4(sum: &mut C4Summary, document: &DocumentStatistics) {
    let found = &document.c4;
    let one = C4Summary {
        lines: document.sizes.lines,
        unended_lines: found.unended_lines,
        short_lines: found.short_lines,
        javascript_lines: found.javascript_lines,
        kept_lines: found.kept_lines,
        few_sentences: found.few_sentences.into(),
        lorem_ipsum: found.lorem_ipsum.into(),
        curly_bracket: found.curly_bracket.into(),
        dropped: found.drops().into(),
    };
    *sum = sum_of(*sum, one);
}

fn sum_of(a: C4Summary, b: C4Summary) -> C4Summary {
    C4Summary {
        lines: a.lines + b.lines,
        unended_lines: a.unended_lines + b.unended_lines,
        short_lines: a.short_lines + b.short_lines,
        javascript_lines: a.javascript_lines + b.javascript_lines,
        kept_lines: a.kept_lines + b.kept_lines,
        few_sentences: a.few_sentences + b.few_sentences,
        lorem_ipsum: a.lorem_ipsum + b.lorem_ipsum,
        curly_bracket: a.curly_bracket + b.curly_bracket,
        dropped: a.dropped + b.dropped,
    }
}
