//! From candidates to the passages that repeat: each pair of texts is aligned by itself.

use std::ops::Range;

use crate::candidate::postings::Candidate;
use crate::cluster::families::Occurrence;
use crate::cluster::stretch::{EqualRun, Matches};
use crate::config::Config;
use crate::kernel::parts::compared_parts;
use crate::text::{Shingler, TokenId, Vocabulary};
use crate::verify::Overlap;
use crate::verify::align::{Alignment, Column, EQUAL, Run, identity};
use crate::verify::pair::{Acceptance, PairAligner};

/// A passage that is listed reaches this score, or that of the least number of equal words: of 20 words, 17 are equal.
pub const LEAST_SCORE: i64 = 28;
/// The same for a passage in a script without spaces, where a word is a character and says less.
pub const LEAST_SCORE_OF_CHARACTERS: i64 = 32;

/// A passage at two places, the earlier one first. Millions of them may be held: each takes 56 bytes, and four for each of
/// its runs unless all words are equal. [`PassageRepeats`] holds the runs.
#[derive(Clone, Debug)]
pub struct PassageRepeat {
    /// The earlier place.
    pub a: Occurrence,
    /// The later place.
    pub b: Occurrence,
    words: u32,
    shingles: ShingleCounts,
    /// How many of the words that differ have a digit.
    with_digit: u32,
    /// The place of its runs among those of all repeats, and how many there are: none if all columns are equal.
    runs_start: u64,
    runs_len: u32,
}

/// How many shingles the two sides of a repeat have, and share; none where they have not been counted. Where all words are
/// equal, a shingle that stands several times counts as several: the shares that follow are the same.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ShingleCounts {
    /// Shingles of the first side.
    pub a: u32,
    /// Shingles of the second side.
    pub b: u32,
    /// Shingles of both.
    pub shared: u32,
}

/// In what the two sides of a repeat differ.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct RepeatDifference {
    /// The share of the columns that hold two equal words, `0.0..=1.0`.
    pub identity: f64,
    /// Words of both sides that have no equal one in their column.
    pub changed_words: u32,
    /// How many of those have a digit.
    pub with_digit: u32,
}

/// The passages found.
#[derive(Clone, Debug, Default)]
pub struct PassageRepeats {
    /// Those to list.
    pub listed: Vec<PassageRepeat>,
    /// The places of those that are too short.
    pub short: Vec<(Occurrence, Occurrence)>,
    /// Of texts that repeat over and over in units too short to be listed, each unit with the next one.
    pub loops: Vec<PassageRepeat>,
    /// The runs of those to list and of the loops, packed.
    runs: PackedRuns,
}

/// Which word stands for which, of many repeats.
#[derive(Clone, Debug, Default)]
pub struct PackedRuns(Vec<u32>);

impl PassageRepeat {
    /// Measures both sides, whose words are `a` and `b`: their shingles, and the words that differ. `runs` are those of
    /// the repeats of which this is one.
    pub fn measure(&mut self, [a, b]: [&[TokenId]; 2], runs: &PackedRuns, vocabulary: &Vocabulary, shingler: Shingler) {
        if self.is_verbatim() {
            let count = shingler.count(a.len()) as u32;
            self.shingles = ShingleCounts { a: count, b: count, shared: count };
            return;
        }
        let set = |words| word_shingles(words, vocabulary, shingler);
        self.with_digit = changed(runs.of(self), a, b).filter(|&word| vocabulary.has_digit(word)).count() as u32;
        let Overlap { a, b, shared } = Overlap::of(&set(a), &set(b));
        self.shingles = ShingleCounts { a: a as u32, b: b as u32, shared: shared as u32 };
    }

    /// Returns whether all words of the two sides are equal.
    pub fn is_verbatim(&self) -> bool {
        self.runs_len == 0
    }

    /// Returns the shingles of both sides, if they have been counted.
    pub fn shingles(&self) -> Option<ShingleCounts> {
        Some(self.shingles).filter(|shingles| shingles.a > 0)
    }

    /// Returns the number of words of the shorter side, as [`Vocabulary::count_words`] counts them.
    pub fn words(&self) -> usize {
        self.words as usize
    }

    /// The order of repeats: by their places, and those with the same places as they were found.
    fn order(&self) -> (&Occurrence, &Occurrence, u64, u32) {
        (&self.a, &self.b, self.runs_start, self.runs_len)
    }
}

/// Those to list come first, then the loops.
impl Matches for PassageRepeats {
    fn count(&self) -> usize {
        self.listed.len() + self.loops.len()
    }

    fn sides(&self, n: usize) -> (&Occurrence, &Occurrence) {
        let repeat = self.at(n);
        (&repeat.a, &repeat.b)
    }

    fn is_loop(&self, n: usize) -> bool {
        n >= self.listed.len()
    }

    fn equal_runs(&self, n: usize, runs: &mut Vec<EqualRun>) {
        let repeat = self.at(n);
        let (mut a, mut b) = (repeat.a.start, repeat.b.start);
        runs.clear();
        for Run { column, len } in self.runs(repeat) {
            let len = len as u32;
            if column == Column::Equal {
                runs.push(EqualRun { start: b, len, kept: a });
            }
            a += if column.has_a() { len } else { 0 };
            b += if column.has_b() { len } else { 0 };
        }
    }
}

impl PassageRepeats {
    /// Returns those to list, to be measured, and the runs of all.
    pub fn listed_with_runs(&mut self) -> (&mut [PassageRepeat], &PackedRuns) {
        (&mut self.listed, &self.runs)
    }

    /// Returns in what the sides of `repeat`, one of those to list, differ. It was measured.
    pub fn difference(&self, repeat: &PassageRepeat) -> RepeatDifference {
        let (mut columns, mut equal) = (0, 0);
        for run in self.runs(repeat) {
            columns += run.len;
            equal += if run.column == Column::Equal { run.len } else { 0 };
        }
        let words = repeat.a.words().len() + repeat.b.words().len();
        RepeatDifference {
            identity: equal as f64 / columns.max(1) as f64,
            changed_words: (words - 2 * equal) as u32,
            with_digit: repeat.with_digit,
        }
    }

    /// Returns one of those to list or, after them, of the loops.
    fn at(&self, n: usize) -> &PassageRepeat {
        self.listed.get(n).unwrap_or_else(|| &self.loops[n - self.listed.len()])
    }

    /// Returns which word stands for which in `repeat`, one of those to list.
    pub fn runs(&self, repeat: &PassageRepeat) -> impl Iterator<Item = Run> {
        self.runs.of(repeat)
    }

    /// Returns the share of the columns of `repeat`, one of those to list, that hold two equal words.
    pub fn identity(&self, repeat: &PassageRepeat) -> f64 {
        identity(self.runs(repeat))
    }

    /// Joins what was found in parts, in their order.
    pub fn joined(parts: Vec<Self>) -> Self {
        let mut all = Self::default();
        let sum = |len: fn(&Self) -> usize| parts.iter().map(len).sum();
        all.listed.reserve_exact(sum(|part| part.listed.len()));
        all.short.reserve_exact(sum(|part| part.short.len()));
        all.loops.reserve_exact(sum(|part| part.loops.len()));
        all.runs.0.reserve_exact(sum(|part| part.runs.0.len()));
        for part in parts {
            all.append(part);
        }
        all
    }

    /// Appends what was found elsewhere.
    pub fn append(&mut self, other: Self) {
        let before = self.runs.0.len() as u64;
        let moved = |repeat: PassageRepeat| PassageRepeat { runs_start: before + repeat.runs_start, ..repeat };
        self.listed.extend(other.listed.into_iter().map(moved));
        self.short.extend(other.short);
        self.loops.extend(other.loops.into_iter().map(moved));
        self.runs.0.extend(other.runs.0);
    }

    /// Orders those to list by their places.
    pub fn sort(&mut self) {
        self.listed.sort_unstable_by(|x, y| x.order().cmp(&y.order())); // a stable sort would allocate
    }

    /// Drops all and keeps their memory.
    pub fn clear(&mut self) {
        self.listed.clear();
        self.short.clear();
        self.loops.clear();
        self.runs.0.clear();
    }

    /// Returns a passage whose sides are `a` and `b`, with its runs among the others.
    fn repeat(&mut self, [a, b]: [Occurrence; 2], words: usize, runs: &[Run]) -> PassageRepeat {
        let start = self.runs.0.len();
        pack(runs, &mut self.runs.0);
        let (runs_start, runs_len) = (start as u64, (self.runs.0.len() - start) as u32);
        let shingles = ShingleCounts::default();
        PassageRepeat { a, b, words: words as u32, shingles, with_digit: 0, runs_start, runs_len }
    }
}

impl PackedRuns {
    /// Returns which word stands for which in a repeat, one of those that these runs are of.
    fn of(&self, repeat: &PassageRepeat) -> impl Iterator<Item = Run> {
        let start = repeat.runs_start as usize;
        let packed = self.0.get(start..start + repeat.runs_len as usize).unwrap_or_default();
        unpack(packed, repeat.a.words().len())
    }
}

/// Calls up the words of both sides that have no equal one in their column.
fn changed<'t>(runs: impl Iterator<Item = Run>, a: &'t [TokenId], b: &'t [TokenId]) -> impl Iterator<Item = TokenId> {
    let (mut at_a, mut at_b) = (0, 0);
    runs.flat_map(move |Run { column, len }| {
        let (from_a, from_b) = (at_a, at_b);
        at_a += if column.has_a() { len } else { 0 };
        at_b += if column.has_b() { len } else { 0 };
        let changed = if column == Column::Equal { [&[][..]; 2] } else { [&a[from_a..at_a], &b[from_b..at_b]] };
        changed.into_iter().flatten().copied()
    })
}

/// Returns the sorted set of the shingles of some words.
pub fn word_shingles(words: &[TokenId], vocabulary: &Vocabulary, shingler: Shingler) -> Vec<u64> {
    let hashes: Vec<u64> = words.iter().map(|&word| vocabulary.hash(word)).collect();
    shingler.set(&hashes)
}

/// Aligns candidates pair of texts by pair of texts, with memory that is used again.
///
/// # Examples
///
/// ```
/// use doublon_core::Config;
/// use doublon_core::kernel::{PassageRepeats, PostingLinker, PostingMaker, RepeatAligner, TextBatch, WordBatch};
///
/// let config = Config::builder().min_words(8).build()?;
/// let texts = ["so the council has met and agreed on the plan", "it hears the council has met and agreed on the plan"];
/// let words = WordBatch::new([TextBatch::from(texts.as_slice())], &config);
/// let (mut postings, mut candidates, mut found) = (Vec::new(), Vec::new(), PassageRepeats::default());
/// PostingMaker::new(&config).postings(&words, 0..2, &mut postings);
/// PostingLinker::new(&config).link(&words, &mut postings, &mut candidates);
/// RepeatAligner::new(words.vocabulary(), &config).align(&words, &candidates, &mut found);
/// assert_eq!((found.listed[0].a.words(), found.listed[0].b.words()), (1..10, 2..11));
/// assert_eq!(found.identity(&found.listed[0]), 1.0);
/// # Ok::<(), doublon_core::Error>(())
/// ```
#[derive(Debug)]
pub struct RepeatAligner<'v> {
    vocabulary: &'v Vocabulary,
    aligner: PairAligner<'v>,
    shared: SharedShingles,
    least: usize,
}

impl<'v> RepeatAligner<'v> {
    /// Makes an aligner for texts of one vocabulary.
    pub fn new(vocabulary: &'v Vocabulary, config: &Config) -> Self {
        let aligner = PairAligner::new(vocabulary, config.windows.k, acceptance(config));
        Self { vocabulary, aligner, shared: SharedShingles::new(config.windows.k), least: config.min_words }
    }

    /// Appends the passages of one pair of texts, whose words are `a` and `b`; or of one text, which then is both. There
    /// is at least one candidate.
    pub fn align_pair(&mut self, words: [&[TokenId]; 2], candidates: &[Candidate], repeats: &mut PassageRepeats) {
        let Some(&Candidate { a, b }) = candidates.first() else { return };
        self.align_candidates([a.doc, b.doc], words, candidates.iter().copied(), repeats);
    }

    /// Does what [`align_pair`](Self::align_pair) does with candidates that come one by one: those of the texts numbered
    /// `docs`, in order.
    pub fn align_candidates(
        &mut self,
        docs: [u32; 2],
        [a, b]: [&[TokenId]; 2],
        candidates: impl Iterator<Item = Candidate>,
        repeats: &mut PassageRepeats,
    ) {
        let places = candidates.map(|candidate| (candidate.a.at as usize, candidate.b.at as usize));
        let masked = self.vocabulary.masked();
        let has_known = masked.is_some_and(|masked| a.contains(&masked) || b.contains(&masked));
        if !has_known {
            let [a, b] = [(docs[0], a), (docs[1], b)].map(|(doc, words)| TextPart { doc, words, start: 0 });
            self.align_parts(a, b, places, repeats);
            return;
        }
        let [parts_of_a, parts_of_b] = [a, b].map(|words| compared_parts(words, masked).collect::<Vec<_>>());
        let part = |parts: &[Range<usize>], at: usize| parts.partition_point(|part| part.end <= at);
        let mut by_parts: Vec<([usize; 2], (usize, usize))> =
            places.map(|(at_a, at_b)| ([part(&parts_of_a, at_a), part(&parts_of_b, at_b)], (at_a, at_b))).collect();
        by_parts.sort_by_key(|&(parts, _)| parts);
        for of_parts in by_parts.chunk_by(|x, y| x.0 == y.0) {
            let [of_a_part, of_b_part] = of_parts[0].0;
            let (Some(in_a), Some(in_b)) = (parts_of_a.get(of_a_part), parts_of_b.get(of_b_part)) else { continue };
            let a = TextPart { doc: docs[0], words: &a[in_a.clone()], start: in_a.start };
            let b = TextPart { doc: docs[1], words: &b[in_b.clone()], start: in_b.start };
            let places = of_parts.iter().map(|&(_, (at_a, at_b))| (at_a - in_a.start, at_b - in_b.start));
            self.align_parts(a, b, places, repeats);
        }
    }

    /// Appends the passages of two parts of texts, or of one part with itself, that hold one of some places.
    fn align_parts(
        &mut self,
        a: TextPart<'_>,
        b: TextPart<'_>,
        places: impl Iterator<Item = (usize, usize)>,
        repeats: &mut PassageRepeats,
    ) {
        let Self { vocabulary, aligner, shared, least } = self;
        let count = |found: &Alignment| {
            let count = |side: &[TokenId]| vocabulary.count_words(side);
            count(&a.words[found.a.clone()]).min(count(&b.words[found.b.clone()]))
        };
        let sides = |found: &Alignment| [a.place(&found.a), b.place(&found.b)];
        let keep = |found: &Alignment| {
            if !shared.has_any(found, [a.words, b.words], vocabulary) {
                return;
            }
            let words = count(found);
            if words < *least {
                let [a, b] = sides(found);
                repeats.short.push((a, b));
            } else if found.score >= least_score_of(&a.words[found.a.clone()], vocabulary, *least) {
                let repeat = repeats.repeat(sides(found), words, &found.runs);
                repeats.listed.push(repeat);
            }
        };
        if (a.doc, a.start) != (b.doc, b.start) {
            aligner.across(a.words, b.words, places).iter().for_each(keep);
            return;
        }
        aligner.within(a.words, places).iter().for_each(keep);
        for unit in aligner.loops() {
            let repeat = repeats.repeat(sides(unit), count(unit), &unit.runs);
            repeats.loops.push(repeat);
        }
    }
}

/// Tells alignments from those whose columns agree by chance, with memory that is used again.
#[derive(Debug)]
struct SharedShingles {
    k: usize,
    shingler: Shingler,
    hashes: Vec<u64>,
    sets: [Vec<u64>; 2],
}

impl SharedShingles {
    fn new(k: usize) -> Self {
        Self { k, shingler: Shingler::new(k), hashes: Vec::new(), sets: <[Vec<u64>; 2]>::default() }
    }

    /// Returns whether the two sides of an alignment share a shingle, accents aside. One without comes of a text that
    /// repeats in short units of which no two are alike, such as a list of file names.
    fn has_any(&mut self, found: &Alignment, texts: [&[TokenId]; 2], vocabulary: &Vocabulary) -> bool {
        if found.runs.iter().any(|run| run.column == Column::Equal && run.len >= self.k) {
            return true;
        }
        let [a, b] = texts;
        for (side, set) in [&a[found.a.clone()], &b[found.b.clone()]].into_iter().zip(&mut self.sets) {
            self.hashes.clear();
            self.hashes.extend(side.iter().map(|&word| vocabulary.folded_hash(word)));
            set.clear();
            self.shingler.shingles(&self.hashes, set);
            set.sort_unstable();
            set.dedup();
        }
        let [a, b] = &self.sets;
        Overlap::of(a, b).shared > 0
    }
}

/// Words of a text between known text, or all of them.
#[derive(Clone, Copy)]
struct TextPart<'w> {
    doc: u32,
    words: &'w [TokenId],
    /// The number of the first of them.
    start: usize,
}

impl TextPart<'_> {
    fn place(self, words: &Range<usize>) -> Occurrence {
        Occurrence::new(self.doc, self.start + words.start..self.start + words.end)
    }
}

/// Returns what an alignment must reach to be a passage, listed or not.
pub fn acceptance(config: &Config) -> Acceptance {
    let least = config.min_words;
    Acceptance { score: score_of_equal(least.min(config.windows.words)), identity: config.min_identity, unit: least }
}

/// Returns the score that a passage of so many words must reach to be listed, of which so many are characters of a
/// script without spaces.
pub fn least_score(words: usize, characters: usize, least: usize) -> i64 {
    let more = (LEAST_SCORE_OF_CHARACTERS - LEAST_SCORE) * score_of_equal(characters) / score_of_equal(words).max(1);
    (LEAST_SCORE + more).min(score_of_equal(least))
}

fn least_score_of(words: &[TokenId], vocabulary: &Vocabulary, least: usize) -> i64 {
    let characters = words.iter().filter(|&&word| vocabulary.is_character(word)).count();
    least_score(words.len(), characters, least)
}

/// The score of so many equal words; of more than any text has, one that no text reaches.
fn score_of_equal(words: usize) -> i64 {
    i64::try_from(words).unwrap_or(i64::MAX).saturating_mul(i64::from(EQUAL))
}

const COLUMNS: [Column; 5] = [Column::Equal, Column::Similar, Column::Different, Column::OnlyA, Column::OnlyB];
const LENGTH_SHIFT: u32 = 3;
const LONGEST: usize = (u32::MAX >> LENGTH_SHIFT) as usize;

/// Appends runs in four bytes each: the column in the lowest bits, the length above. None are appended if all columns
/// are equal, as they are in most repeats.
fn pack(runs: &[Run], packed: &mut Vec<u32>) {
    if let [Run { column: Column::Equal, .. }] = runs {
        return;
    }
    for run in runs {
        let of_column = COLUMNS.iter().position(|&column| column == run.column).unwrap_or(0);
        let whole = std::iter::repeat_n(LONGEST, run.len / LONGEST);
        let pieces = whole.chain(Some(run.len % LONGEST)).filter(|&len| len > 0);
        packed.extend(pieces.map(|len| (len << LENGTH_SHIFT | of_column) as u32));
    }
}

/// Returns the runs that `packed` holds, of an alignment of which the first side has so many words.
fn unpack(packed: &[u32], words: usize) -> impl Iterator<Item = Run> {
    let all_equal = packed.is_empty().then_some(Run { column: Column::Equal, len: words });
    let column = |packed: u32| COLUMNS[(packed & ((1 << LENGTH_SHIFT) - 1)) as usize];
    let run = move |&packed: &u32| Run { column: column(packed), len: (packed >> LENGTH_SHIFT) as usize };
    all_equal.into_iter().chain(packed.iter().map(run))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kernel::{TextBatch, WordBatch};

    fn run(column: Column, len: usize) -> Run {
        Run { column, len }
    }

    /// A repeat of 70 words from word `start` of the first document on, with the given runs.
    fn push(repeats: &mut PassageRepeats, start: usize, runs: &[Run]) {
        let repeat = repeats.repeat([0, 1].map(|doc| Occurrence::new(doc, start..start + 70)), 70, runs);
        repeats.listed.push(repeat);
    }

    #[test]
    fn runs_come_back_as_they_were() {
        let equal = [run(Column::Equal, 70)];
        let all: Vec<Run> = COLUMNS.iter().zip(1..).map(|(&column, len)| run(column, len)).collect();
        let other = [run(Column::Similar, LONGEST), run(Column::Equal, 3)];
        let (mut first, mut second) = (PassageRepeats::default(), PassageRepeats::default());
        push(&mut first, 300, &other);
        push(&mut second, 100, &all);
        push(&mut second, 0, &equal);
        push(&mut second, 200, &other);
        first.append(second);
        first.sort();
        let runs: Vec<Vec<Run>> = first.listed.iter().map(|repeat| first.runs(repeat).collect()).collect();
        assert_eq!(runs, [&equal[..], &all, &other, &other]);
        assert_eq!(first.runs.0.len(), all.len() + 2 * other.len(), "runs of equal sides take no memory");
    }

    #[test]
    fn repeats_of_the_same_places_stay_as_they_were_found() {
        let mut repeats = PassageRepeats::default();
        for n in 1..40 {
            push(&mut repeats, 0, &[run(Column::Different, n)]);
        }
        repeats.sort();
        let lengths: Vec<usize> =
            repeats.listed.iter().flat_map(|repeat| repeats.runs(repeat)).map(|run| run.len).collect();
        assert_eq!(lengths, (1..40).collect::<Vec<_>>());
    }

    #[test]
    fn a_repeat_has_56_bytes() {
        assert_eq!(size_of::<PassageRepeat>(), 56); // as its comment and ARCHITECTURE.md say
    }

    #[test]
    fn words_that_differ_are_counted_on_both_sides_and_so_are_those_with_a_digit() {
        let texts = [
            "the coin of 5 Mark of 1953 was struck by the mint here",
            "the coin of 2 Mark of June 1979 was struck by a mint here",
        ];
        let config = Config::builder().min_words(5).build().expect("valid");
        let words = WordBatch::new([TextBatch::from(texts.as_slice())], &config);
        let mut found = PassageRepeats::default();
        let columns = [(Column::Equal, 3), (Column::Different, 1), (Column::Equal, 2), (Column::OnlyB, 1)];
        let rest = [(Column::Different, 1), (Column::Equal, 3), (Column::Similar, 1), (Column::Equal, 2)];
        let runs: Vec<Run> = columns.iter().chain(&rest).map(|&(column, len)| run(column, len)).collect();
        let repeat = found.repeat([Occurrence::new(0, 0..13), Occurrence::new(1, 0..14)], 13, &runs);
        found.listed.push(repeat);
        let (listed, runs) = found.listed_with_runs();
        listed[0].measure([words.tokens(0), words.tokens(1)], runs, words.vocabulary(), Shingler::new(5));
        let expected = RepeatDifference { identity: 10.0 / 14.0, changed_words: 7, with_digit: 4 };
        assert_eq!(found.difference(&found.listed[0]), expected);
        assert_eq!(found.identity(&found.listed[0]).to_bits(), expected.identity.to_bits());
    }

    #[test]
    fn columns_that_agree_by_chance_are_no_passage() {
        let entry = |n: u64| format!("scan {} page {} jpg", n * 7919, n * 31);
        let of_files = |n: u64| (n..n + 9).map(entry).collect::<Vec<_>>().join(" ");
        let texts = [of_files(1), of_files(20)];
        let config = Config::builder().min_words(5).build().expect("valid");
        let texts = [texts[0].as_str(), texts[1].as_str()];
        let words = WordBatch::new([TextBatch::from(texts.as_slice())], &config);
        let mut shared = SharedShingles::new(5);
        let aligned = |columns: &[(Column, usize)]| Alignment {
            a: 0..45,
            b: 0..45,
            runs: columns.iter().map(|&(column, len)| run(column, len)).collect(),
            score: 0,
        };
        let by_chance = aligned(&[(Column::Equal, 1), (Column::Different, 1)]);
        let sides = |b| [words.tokens(0), words.tokens(b)];
        assert!(!shared.has_any(&by_chance, sides(1), words.vocabulary()));
        assert!(shared.has_any(&by_chance, sides(0), words.vocabulary()), "whatever the columns say");
        assert!(shared.has_any(&aligned(&[(Column::Equal, 5)]), sides(1), words.vocabulary()));
    }

    #[test]
    fn no_least_number_of_words_is_too_large() {
        assert_eq!(least_score(30, 0, usize::MAX), LEAST_SCORE);
        assert_eq!(score_of_equal(usize::MAX), i64::MAX);
    }
}
