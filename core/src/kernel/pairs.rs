//! Pairs of texts that may be duplicates, from their sketches.
//!
//! Exact copies collapse first: the first of them in keep order stands for all. The others meet in buckets by band, and
//! sketches that differ too much part them again. A bucket of very many is boilerplate, and its texts are looked up by
//! their rarest shingles. Pairs come in rounds, and what a round has removed proposes no more pairs: so a million near
//! copies cost a million pairs, not the square of it, unless all pairs are asked for.

use std::ops::Range;

use crate::candidate::Chance;
use crate::candidate::lsh::{Buckets, Joiner};
use crate::cluster::KeepOrder;
use crate::config::Config;
use crate::kernel::batch::TextBatch;
use crate::kernel::buckets::{Meeting, MemberBuckets};
use crate::kernel::measure::Measurer;
use crate::kernel::select::{Question, Selected, Selection, SelectionRules};
use crate::kernel::sketch::{SketchRows, SketchScratch, Sketcher, is_compared};
use crate::verify::Overlap;

/// Texts of the same words with other operators that are told from one another among those to be compared for copies.
const MOST_VARIANTS: usize = 16;

/// Finds pairs and decides which texts stay, with memory that is used again.
///
/// # Examples
///
/// All at once:
///
/// ```
/// use doublon_core::cluster::KeepOrder;
/// use doublon_core::kernel::{PairFinder, SketchRows, TextBatch};
/// use doublon_core::{Config, Sketcher};
///
/// let config = Config::builder().shingle("word:1".parse()?).build()?;
/// let texts = ["a b c d e f g h i j", "A B C D E F G H I J", "a b c d e f g h i k j", "something else"];
/// let texts = TextBatch::from(texts.as_slice());
/// let sketcher = Sketcher::new(&config);
/// let mut rows = SketchRows::default();
/// sketcher.sketch(&texts, &mut rows, &mut sketcher.scratch());
///
/// let mut finder = PairFinder::new(&config);
/// finder.decide(&texts, &rows, &KeepOrder::default());
/// assert_eq!((finder.copies()[0].doc, finder.copies()[0].first), (1, 0));
/// let (keeper, overlap) = finder.selected().keepers[&2];
/// assert_eq!((keeper, overlap.jaccard()), (0, 10.0 / 11.0));
/// # Ok::<(), doublon_core::Error>(())
/// ```
///
/// Round by round, with whatever measures them:
///
/// ```
/// # use doublon_core::cluster::KeepOrder;
/// # use doublon_core::kernel::{Measurer, PairFinder, SketchRows, TextBatch};
/// # use doublon_core::{Config, Sketcher};
/// # let config = Config::builder().shingle("word:1".parse()?).build()?;
/// # let texts = ["a b c d e f g h i j", "a b c d e f g h i k j"];
/// # let texts = TextBatch::from(texts.as_slice());
/// # let sketcher = Sketcher::new(&config);
/// # let mut rows = SketchRows::default();
/// # sketcher.sketch(&texts, &mut rows, &mut sketcher.scratch());
/// let (mut finder, mut measurer) = (PairFinder::new(&config), Measurer::new(&config));
/// let (mut pairs, mut overlaps) = (Vec::new(), Vec::new());
/// finder.start(&texts, &rows, &KeepOrder::default());
/// while finder.next_pairs(&texts, &mut pairs) {
///     overlaps.clear();
///     measurer.measure(&texts, &pairs, &mut overlaps);
///     finder.settle(&overlaps);
/// }
/// assert_eq!(finder.selected().keepers[&1].0, 0);
/// # Ok::<(), doublon_core::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct PairFinder {
    sketcher: Sketcher,
    scratch: SketchScratch,
    measurer: Measurer,
    rules: SelectionRules,
    selection: Selection,
    copies: Vec<TextCopy>,
    is_copy: Vec<bool>,
    /// Numbers of the texts that have a token, in the order of their streams.
    by_stream: Vec<u32>,
    tokens: Vec<u64>,
    joiner: Joiner,
    buckets: Buckets,
    meetings: Vec<Meeting>,
    /// Those of a round, of which the first `asked` are in use.
    questions: Vec<Question>,
    asked: usize,
}

/// A text that equals an earlier one after normalisation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TextCopy {
    /// The text.
    pub doc: u32,
    /// The one that stands for all that are equal.
    pub first: u32,
    /// Whether the two are the same bytes.
    pub exact: bool,
}

impl PairFinder {
    /// Makes a finder for the documents of `config`.
    pub fn new(config: &Config) -> Self {
        let (sketcher, rules) = (Sketcher::new(config), SelectionRules::of(config));
        let cut = Chance::new(config.shape(), config.threshold).cut();
        Self {
            scratch: sketcher.scratch(),
            sketcher,
            measurer: Measurer::new(config),
            rules,
            selection: Selection::new(rules, MemberBuckets::new(cut)),
            copies: Vec::new(),
            is_copy: Vec::new(),
            by_stream: Vec::new(),
            tokens: Vec::new(),
            joiner: Joiner::new(),
            buckets: Buckets::default(),
            meetings: Vec::new(),
            questions: Vec::new(),
            asked: 0,
        }
    }

    /// Finds the duplicates among all texts; `rows` has one row for each of them.
    pub fn decide(&mut self, texts: &TextBatch<'_>, rows: &SketchRows, order: &KeepOrder) {
        self.start(texts, rows, order);
        self.measurer.forget();
        while self.ask(texts) {
            let Self { selection, measurer, rules, questions, asked, .. } = self;
            for question in &questions[..*asked] {
                selection.answer(question, |earlier, later| {
                    let (earlier, later) = measurer.both(texts, earlier, later);
                    rules.measure(earlier, later)
                });
            }
            selection.settle(&questions[..*asked]);
        }
    }

    /// Starts with other texts: finds the copies, and joins the bands of all others.
    pub fn start(&mut self, texts: &TextBatch<'_>, rows: &SketchRows, order: &KeepOrder) {
        self.find_copies(texts, rows, order);
        let Self { selection, buckets, meetings, joiner, is_copy, rules, .. } = self;
        let members = selection.restart();
        let included = |doc: u32| is_compared(rows.streams()[doc as usize]) && !is_copy[doc as usize];
        if rules.containment.is_some() {
            self.by_stream.clear();
            self.by_stream.extend((0..rows.len() as u32).filter(|&doc| included(doc)));
            self.by_stream.sort_unstable_by_key(|&doc| order.rank(doc));
            members.take_all(self.by_stream.iter().copied());
        } else {
            buckets.clear();
            meetings.clear();
            for keys in rows.keys() {
                joiner.append_buckets(keys, 0..1 << 32, included, buckets);
            }
            Meeting::append_all(buckets, |doc| order.rank(doc), meetings);
            meetings.sort_unstable();
            members.fill(buckets, meetings);
            members.close_large_of(|doc| rows.sketches()[doc as usize]);
        }
        self.count_sample(texts);
    }

    /// Writes the pairs of the next round to `pairs`, the earlier text in keep order first. Returns whether there was a
    /// round, which may have no pair.
    pub fn next_pairs(&mut self, texts: &TextBatch<'_>, pairs: &mut Vec<(u32, u32)>) -> bool {
        pairs.clear();
        if !self.ask(texts) {
            return false;
        }
        let doc = |member: u32| self.selection.document(member);
        for question in &self.questions[..self.asked] {
            pairs.extend(question.earlier().iter().map(|&earlier| (doc(earlier), doc(question.member()))));
        }
        true
    }

    /// Ends a round by the overlaps of its pairs, in their order; a pair without an overlap counts as different.
    pub fn settle(&mut self, overlaps: &[Overlap]) {
        let Self { selection, questions, asked, .. } = self;
        let mut start = 0;
        for question in &questions[..*asked] {
            let earlier = question.earlier();
            let of_question = overlaps.get(start..start + earlier.len()).unwrap_or_default();
            start += earlier.len();
            selection.answer_by(question, of_question);
        }
        selection.settle(&questions[..*asked]);
    }

    /// Returns the copies, ascending.
    pub fn copies(&self) -> &[TextCopy] {
        &self.copies
    }

    /// Returns what has been decided about the others.
    pub fn selected(&self) -> &Selected {
        self.selection.selected()
    }

    fn find_copies(&mut self, texts: &TextBatch<'_>, rows: &SketchRows, order: &KeepOrder) {
        let streams = rows.streams();
        let Self { by_stream, copies, is_copy, tokens, scratch, .. } = self;
        by_stream.clear();
        by_stream.extend((0..rows.len() as u32).filter(|&doc| is_compared(streams[doc as usize])));
        by_stream.sort_unstable_by_key(|&doc| (streams[doc as usize], order.rank(doc)));
        copies.clear();
        for mut group in by_stream.chunk_by_mut(|&x, &y| streams[x as usize] == streams[y as usize]) {
            // Texts of the same words differ in few operators; others were made to have the hash of these.
            for _ in 0..MOST_VARIANTS {
                let [first, others @ ..] = group else { break };
                if others.is_empty() {
                    break;
                }
                let text = texts.get(*first as usize);
                tokens.clear();
                tokens.extend(scratch.tokens(text));
                let mut unlike = 0;
                for n in 0..others.len() {
                    let doc = others[n];
                    let exact = texts.get(doc as usize) == text;
                    if exact || scratch.tokens(texts.get(doc as usize)) == tokens {
                        copies.push(TextCopy { doc, first: *first, exact });
                    } else {
                        others[unlike] = doc;
                        unlike += 1;
                    }
                }
                group = &mut others[..unlike];
            }
        }
        copies.sort_unstable_by_key(|copy| copy.doc);
        is_copy.clear();
        is_copy.resize(rows.len(), false);
        for copy in copies {
            is_copy[copy.doc as usize] = true;
        }
    }

    /// Counts the shingles of a sample of the texts that share boilerplate.
    fn count_sample(&mut self, texts: &TextBatch<'_>) {
        let Self { selection, sketcher, scratch, tokens, by_stream, .. } = self;
        by_stream.clear();
        by_stream.extend(selection.sample());
        for &doc in &*by_stream {
            tokens.clear();
            sketcher.append_shingles(texts.get(doc as usize), scratch, tokens);
            selection.count(tokens);
        }
    }

    /// Asks about the members of the next round, if there is one.
    fn ask(&mut self, texts: &TextBatch<'_>) -> bool {
        let Self { selection, sketcher, scratch, questions, asked, .. } = self;
        let round: Range<u32> = selection.next_round();
        *asked = round.len();
        if questions.len() < *asked {
            questions.resize_with(*asked, Question::default);
        }
        for (member, question) in round.zip(&mut *questions) {
            let doc = selection.document(member);
            let shingles = selection.is_boilerplate(member).then(|| {
                let mut shingles = question.take_buffer();
                sketcher.append_shingles(texts.get(doc as usize), scratch, &mut shingles);
                shingles
            });
            selection.ask(member, shingles, question);
        }
        selection.ask_each_other(&mut questions[..*asked]);
        questions[..*asked].iter_mut().for_each(Question::sort);
        *asked > 0
    }
}
