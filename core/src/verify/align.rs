//! Alignment: from a place where two documents share a shingle to the whole passage they share.
//!
//! The shared shingle is extended both ways. As long as words are equal nothing else is considered; where they differ,
//! a banded dynamic programme over words looks for the way on, with gaps, until it has lost [`X_DROP`] against the best
//! score so far, or until it has found a run of `COMMIT_RUN` equal words from which to go on plainly. Words spelled
//! nearly alike count half, so that misread text stays one passage. The result is the best-scoring end on each side: a
//! passage starts and ends with words that are (nearly) equal.
//!
//! The cost is linear in the passage: the band is about as wide as [`X_DROP`] gaps cost, and only stretches that differ
//! have one.
//!
//! Sources: seed and extend with X-drop is Altschul et al., "Gapped BLAST and PSI-BLAST", Nucleic Acids Research 25
//! (1997), and Zhang, Schwartz, Wagner and Miller, "A Greedy Algorithm for Aligning DNA Sequences", Journal of
//! Computational Biology 7 (2000); the score that it approximates is that of Smith and Waterman, Journal of Molecular
//! Biology 147 (1981). It departs from them in gaps, which cost the same for each word, and in going on plainly from a
//! run of equal words.

use std::ops::Range;

use super::ahead::WordsAhead;
use super::band::{Best, VectorBand};
use super::column::COMMIT_RUN;
pub use super::column::{Column, DIFFERENT, EQUAL, GAP, SIMILAR, X_DROP};
use crate::text::vocabulary::{Spelling, TokenId, Vocabulary};

/// So many equal columns after each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Run {
    /// What each of them holds.
    pub column: Column,
    /// How many there are, at least 1.
    pub len: usize,
}

/// Two stretches of words, and which word stands for which.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Alignment {
    /// The words of the first side.
    pub a: Range<usize>,
    /// The words of the second side.
    pub b: Range<usize>,
    /// The columns from start to end; neighbours differ.
    pub runs: Vec<Run>,
    /// The sum of the scores of the columns.
    pub score: i64,
}

/// A run of equal or nearly equal words to start from.
#[derive(Clone, Copy, Debug)]
pub struct Anchor {
    /// Its first word in the first document.
    pub a: usize,
    /// Its first word in the second document.
    pub b: usize,
    /// How many words it has, at least 1.
    pub len: usize,
}

impl Alignment {
    pub(super) fn at(a: usize, b: usize) -> Self {
        Self { a: a..a, b: b..b, runs: Vec::new(), score: 0 }
    }

    /// Starts again as an alignment of no words at two places, with the memory of its runs.
    pub(super) fn restart(&mut self, a: usize, b: usize) {
        (self.a, self.b, self.score) = (a..a, b..b, 0);
        self.runs.clear();
    }

    /// Becomes a copy of another alignment, with the memory of its runs.
    pub fn copy_from(&mut self, other: &Self) {
        (self.a, self.b, self.score) = (other.a.clone(), other.b.clone(), other.score);
        self.runs.clear();
        self.runs.extend_from_slice(&other.runs);
    }

    /// Returns the number of words of the shorter side.
    pub fn words(&self) -> usize {
        self.a.len().min(self.b.len())
    }

    /// Returns the share of the columns that hold two equal words, `0.0..=1.0`.
    pub fn identity(&self) -> f64 {
        identity(self.runs.iter().copied())
    }

    pub(super) fn push(&mut self, column: Column, len: usize) {
        if len == 0 {
            return;
        }
        self.lengthen(column, len);
        match self.runs.last_mut() {
            Some(last) if last.column == column => last.len += len,
            _ => self.runs.push(Run { column, len }),
        }
    }

    fn shift(&mut self, a: usize, b: usize) {
        self.a = self.a.start + a..self.a.end + a;
        self.b = self.b.start + b..self.b.end + b;
    }

    /// Adds to the sides and the score what so many columns hold, and leaves the runs as they are.
    pub(super) fn lengthen(&mut self, column: Column, len: usize) {
        self.a.end += if column.has_a() { len } else { 0 };
        self.b.end += if column.has_b() { len } else { 0 };
        self.score += i64::from(column.score()) * i64::try_from(len).unwrap_or(i64::MAX / 4);
    }

    /// Returns the part of highest score, the first if there are several. It starts and ends with (nearly) equal words.
    #[must_use]
    pub fn best_part(&self) -> Self {
        let mut best = Self::default();
        self.best_part_into(&mut best);
        best
    }

    /// Writes the part of highest score over `best`; see [`best_part`](Self::best_part).
    pub fn best_part_into(&self, best: &mut Self) {
        best.restart(0, 0);
        // Sides and score of the part that ends here; its runs are those of this alignment from `first` on.
        let (mut part, mut first, mut runs) = (Self::at(self.a.start, self.b.start), 0, 0..0);
        for (n, run) in self.runs.iter().enumerate() {
            part.lengthen(run.column, run.len);
            if part.score <= 0 {
                (part, first) = (Self::at(part.a.end, part.b.end), n + 1);
            } else if part.score > best.score {
                (best.a, best.b, best.score) = (part.a.clone(), part.b.clone(), part.score);
                runs = first..n + 1;
            }
        }
        best.runs.extend_from_slice(&self.runs[runs]);
    }

    /// Cuts the alignment of a document with itself, whose sides overlap because a text repeats over and over, into
    /// alignments of each repetition with the next one. Each is written over `part` and handed to `each`.
    pub fn for_each_repetition(&self, part: &mut Self, mut each: impl FnMut(&Self)) {
        part.restart(self.a.start, self.b.start);
        for run in &self.runs {
            let mut left = run.len;
            while left > 0 {
                let room = if run.column.has_a() { part.b.start - part.a.end } else { left };
                part.push(run.column, left.min(room));
                left -= left.min(room);
                if part.a.end == part.b.start {
                    each(part);
                    part.restart(part.a.end, part.b.end);
                }
            }
        }
        if !part.runs.is_empty() {
            each(part);
        }
    }
}

/// Returns the share of the columns of some runs that hold two equal words, `0.0..=1.0`; 0 without any column.
pub fn identity(runs: impl Iterator<Item = Run>) -> f64 {
    let (mut columns, mut equal) = (0, 0);
    for run in runs {
        columns += run.len;
        equal += if run.column == Column::Equal { run.len } else { 0 };
    }
    if columns == 0 { 0.0 } else { equal as f64 / columns as f64 }
}

/// Extends anchors. What it needs for that it keeps for the next one.
#[derive(Debug)]
pub struct Aligner<'v> {
    vocabulary: &'v Vocabulary,
    /// The band in vectors, where the CPU has them; what follows is for others, and for bands that get too wide.
    vectors: Option<VectorBand>,
    last: BandRow,
    row: BandRow,
    steps: Vec<Column>,
    rows: Vec<(usize, usize)>,
    /// The words of `b` in the columns of the band so far, after one that stands for none.
    columns: Vec<(TokenId, Spelling)>,
    /// The columns of a way that is traced back.
    path: Vec<Column>,
    /// The alignment on one side of an anchor.
    side: Alignment,
}

impl<'v> Aligner<'v> {
    /// Makes an aligner for documents of one vocabulary.
    pub fn new(vocabulary: &'v Vocabulary) -> Self {
        Self {
            vocabulary,
            vectors: VectorBand::available(),
            last: BandRow::default(),
            row: BandRow::default(),
            steps: Vec::new(),
            rows: Vec::new(),
            columns: Vec::new(),
            path: Vec::new(),
            side: Alignment::default(),
        }
    }

    /// Writes the passage around an anchor in two documents over `found`.
    pub fn align(&mut self, a: &[TokenId], b: &[TokenId], anchor: Anchor, found: &mut Alignment) {
        self.both_ways(a, b, anchor, None, found);
    }

    /// Writes the passage around an anchor in one document, whose later place is `anchor.b`, over `found`. The two sides
    /// never meet at the same word, but they may overlap; see [`Alignment::for_each_repetition`].
    pub fn align_within(&mut self, text: &[TokenId], anchor: Anchor, found: &mut Alignment) {
        self.both_ways(text, text, anchor, Some(anchor.b - anchor.a), found);
    }

    /// Writes the passage that two stretches of one text start with over `found`; it has no runs if there is none.
    pub fn align_halves(&mut self, text: &[TokenId], a: Range<usize>, b: Range<usize>, found: &mut Alignment) {
        let (a_start, b_start) = (a.start, b.start);
        let ahead = WordsAhead { a: &text[a], b: &text[b], backward: false, apart: None };
        let mut whole = std::mem::take(&mut self.side);
        self.extend(&ahead, &mut whole);
        whole.shift(a_start, b_start);
        whole.best_part_into(found);
        self.side = whole;
    }

    fn both_ways(&mut self, a: &[TokenId], b: &[TokenId], anchor: Anchor, apart: Option<usize>, found: &mut Alignment) {
        let before = WordsAhead { a: &a[..anchor.a], b: &b[..anchor.b], backward: true, apart };
        let (a_end, b_end) = (anchor.a + anchor.len, anchor.b + anchor.len);
        let after = WordsAhead { a: &a[a_end..], b: &b[b_end..], backward: false, apart };
        let mut side = std::mem::take(&mut self.side);
        self.extend(&before, &mut side);
        found.restart(anchor.a - side.a.end, anchor.b - side.b.end);
        side.runs.iter().rev().for_each(|run| found.push(run.column, run.len));
        (0..anchor.len).for_each(|n| found.push(self.compare(a[anchor.a + n], b[anchor.b + n]), 1));
        self.extend(&after, &mut side);
        side.runs.iter().for_each(|run| found.push(run.column, run.len));
        self.side = side;
    }

    /// Writes the best alignment that starts at the first of the words ahead, in their direction, over `found`.
    fn extend(&mut self, ahead: &WordsAhead<'_>, found: &mut Alignment) {
        found.restart(0, 0);
        loop {
            found.push(Column::Equal, ahead.equal_run(found.a.end, found.b.end));
            if !self.bridge(ahead, found) {
                return;
            }
        }
    }

    /// Appends the best way on from the end of `found`; returns whether it goes on plainly from there.
    fn bridge(&mut self, ahead: &WordsAhead<'_>, found: &mut Alignment) -> bool {
        let from = [found.a.end, found.b.end];
        let in_vectors = self.vectors.as_mut().and_then(|band| band.find(ahead, from, self.vocabulary));
        let best = if let (Some(best), Some(band)) = (in_vectors, &self.vectors) {
            band.trace(best, &mut self.path);
            best
        } else {
            let best = self.find(ahead, from);
            self.trace(best);
            best
        };
        self.path.iter().rev().for_each(|&column| found.push(column, 1));
        best.is_committed
    }

    /// Finds the best way on from two places in the words ahead, cell by cell.
    fn find(&mut self, ahead: &WordsAhead<'_>, [a_from, b_from]: [usize; 2]) -> Best {
        let (a_left, b_left) = (ahead.a.len() - a_from, ahead.b.len() - b_from);
        self.start_rows(b_left, ahead.allowed(a_from, b_from, 0));
        let mut best = Best::default();
        for consumed in 1..=a_left {
            let word = ahead.a(a_from + consumed - 1);
            let allowed = ahead.allowed(a_from, b_from, consumed);
            let allowed = allowed.start..allowed.end.min(b_left + 1);
            let Some((at, cell)) = self.next_row(word, |n| ahead.b(b_from + n), allowed, best.score) else { break };
            if cell.score > best.score {
                best = Best { score: cell.score, a: consumed, b: at, is_committed: cell.run >= COMMIT_RUN };
                if best.is_committed {
                    break;
                }
            }
        }
        best
    }

    /// Lays the row in which no word of `a` is consumed.
    fn start_rows(&mut self, b_left: usize, allowed: Range<usize>) {
        self.steps.clear();
        self.rows.clear();
        self.columns.clear();
        self.columns.push((TokenId::MAX, Spelling::default()));
        self.row.first = 0;
        self.row.cells.clear();
        let width = ((X_DROP / -GAP) as usize).min(b_left).min(allowed.end.saturating_sub(1));
        self.row.cells.extend((0..).take(width + 1).map(|n| BandCell { score: GAP * n, run: 0 }));
        self.rows.push((0, 0));
        self.steps.resize(width + 1, Column::OnlyB);
    }

    /// Computes the next row of the band, `word` of `a` against the words of `b` in the columns allowed, and returns its
    /// best cell, the first if there are several, unless all have fallen too low.
    fn next_row(
        &mut self,
        word: TokenId,
        b: impl Fn(usize) -> TokenId,
        allowed: Range<usize>,
        best: i32,
    ) -> Option<(usize, BandCell)> {
        std::mem::swap(&mut self.last, &mut self.row);
        let first = self.last.first.max(allowed.start);
        let last_end = self.last.first + self.last.cells.len();
        // Beyond the last row only its diagonal and gaps lead on.
        let end = allowed.end.min(last_end + 1 + (X_DROP / -GAP) as usize).max(first);
        while self.columns.len() < end {
            let word = b(self.columns.len() - 1);
            self.columns.push((word, self.vocabulary.spelling(word)));
        }
        let offset = self.steps.len();
        self.rows.push((first, offset));
        self.steps.resize(offset + end - first, Column::OnlyB);
        let mut diagonal = first.checked_sub(1).map_or(BandCell::DEAD, |before| self.last.get(before));
        self.last.cells.resize(end.max(last_end) - self.last.first, BandCell::DEAD);
        let above = &self.last.cells[first - self.last.first..];
        let spelling = self.vocabulary.spelling(word);
        let row = &mut self.row.cells;
        row.clear();
        let (mut left, mut top, mut alive) = (BandCell::DEAD, (first, BandCell::DEAD), first..first);
        for (at, ((&above, step), &(other, other_spelling))) in
            (first..end).zip(above.iter().zip(&mut self.steps[offset..]).zip(&self.columns[first..end]))
        {
            let column = column(word == other, || spelling.is_similar(other_spelling));
            (left, *step) = cell(diagonal, above, left, column);
            diagonal = above;
            if left.score >= best - X_DROP {
                alive = if alive.is_empty() { at } else { alive.start }..at + 1;
                top = if left.score > top.1.score { (at, left) } else { top };
            } else {
                left = BandCell::DEAD;
                if at > last_end {
                    break;
                }
            }
            row.push(left);
        }
        self.row.keep(first, &alive);
        top.1.is_alive().then_some(top)
    }

    /// Returns what a column of two words is.
    pub fn compare(&self, a: TokenId, b: TokenId) -> Column {
        column(a == b, || self.vocabulary.spelling(a).is_similar(self.vocabulary.spelling(b)))
    }

    /// Writes the columns that lead to the best cell over `path`, from the last to the first.
    fn trace(&mut self, best: Best) {
        let (mut a, mut b) = (best.a, best.b);
        self.path.clear();
        while (a, b) != (0, 0) {
            let (first, offset) = self.rows[a];
            let column = self.steps[offset + b - first];
            a -= usize::from(column.has_a());
            b -= usize::from(column.has_b());
            self.path.push(column);
        }
    }
}

#[inline]
fn column(equal: bool, similar: impl FnOnce() -> bool) -> Column {
    if equal {
        Column::Equal
    } else if similar() {
        Column::Similar
    } else {
        Column::Different
    }
}

/// Returns the best cell after its three neighbours, and the column that leads to it; `column` is that of the diagonal.
#[inline]
fn cell(diagonal: BandCell, above: BandCell, left: BandCell, column: Column) -> (BandCell, Column) {
    let (gap, gap_column) =
        if above.score >= left.score { (above.score, Column::OnlyA) } else { (left.score, Column::OnlyB) };
    let (score, gap) = (diagonal.score + column.score(), gap + GAP);
    if score < gap {
        return (BandCell { score: gap, run: 0 }, gap_column);
    }
    (BandCell { score, run: if column == Column::Equal { diagonal.run + 1 } else { 0 } }, column)
}

#[derive(Clone, Copy, Debug)]
struct BandCell {
    score: i32,
    run: u32,
}

impl BandCell {
    const DEAD: Self = Self { score: i32::MIN / 2, run: 0 };

    #[inline]
    fn is_alive(self) -> bool {
        self.score > Self::DEAD.score
    }
}

/// The cells of the band for one word of `a`.
#[derive(Debug, Default)]
struct BandRow {
    first: usize,
    cells: Vec<BandCell>,
}

impl BandRow {
    #[inline]
    fn get(&self, at: usize) -> BandCell {
        self.cells.get(at.wrapping_sub(self.first)).copied().unwrap_or(BandCell::DEAD)
    }

    /// Keeps the cells from the first to the last one alive; `first` is the column of the first cell there is.
    fn keep(&mut self, first: usize, alive: &Range<usize>) {
        self.cells.truncate(alive.end - first);
        self.cells.drain(..alive.start - first);
        self.first = alive.start;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::text::{Lexicon, Tokenizer};

    /// Two texts as words of one vocabulary.
    fn words(a: &str, b: &str) -> (Vocabulary, Vec<TokenId>, Vec<TokenId>) {
        let (tokenizer, mut lexicon) = (Tokenizer::default(), Lexicon::default());
        let mut number = |text: &str| {
            let mut words = Vec::new();
            tokenizer.for_each(text, |word, _| words.push(lexicon.number(tokenizer.hash(word), || word)));
            words
        };
        let (a, b) = (number(a), number(b));
        let (vocabulary, new) = Vocabulary::merge(&[lexicon]);
        let renumber = |words: Vec<TokenId>| words.iter().map(|&word| new[0][word as usize]).collect();
        (vocabulary, renumber(a), renumber(b))
    }

    fn align(a: &str, b: &str, anchor: Anchor) -> (Alignment, Vec<(Column, usize)>) {
        let (vocabulary, a, b) = words(a, b);
        let mut found = Alignment::default();
        Aligner::new(&vocabulary).align(&a, &b, anchor, &mut found);
        let runs = found.runs.iter().map(|run| (run.column, run.len)).collect();
        (found, runs)
    }

    /// Words of which some are spelled nearly alike.
    const SPELLED: [&str; 12] = [
        "gouvernement",
        "gouvernernent",
        "gouvernements",
        "le",
        "la",
        "les",
        "chat",
        "chats",
        "parlement",
        "東",
        "1987",
        "été",
    ];

    /// Two texts of the first `kinds` of those words: of many, the second one is the first one with changes.
    fn two_texts() -> impl Strategy<Value = (String, String)> {
        let words = || prop::collection::vec(0..12_usize, 1..120);
        (words(), words(), prop::collection::vec(0..40_usize, 0..120), 1..=12_usize, any::<bool>()).prop_map(
            |(a, other, edits, kinds, is_copy)| {
                let spelled = |words: &[usize]| words.iter().map(|n| SPELLED[n % kinds]).collect::<Vec<_>>().join(" ");
                let mut b = Vec::new();
                for (n, &word) in a.iter().enumerate() {
                    match edits.get(n).unwrap_or(&9) {
                        0 => {}
                        1 => b.extend([word, n]),
                        2 => b.push(word + 1),
                        3 => b.extend(&other[..n.min(other.len())]),
                        _ => b.push(word),
                    }
                }
                (spelled(&a), spelled(if is_copy && !b.is_empty() { &b } else { &other }))
            },
        )
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]
        #[test]
        fn vectors_give_what_single_cells_give((a, b) in two_texts(), at in any::<[prop::sample::Index; 2]>()) {
            let (vocabulary, a, b) = words(&a, &b);
            let mut plain = Aligner { vectors: None, ..Aligner::new(&vocabulary) };
            let mut fast = Aligner::new(&vocabulary);
            let [mut expected, mut found] = [Alignment::default(), Alignment::default()];
            let anchor = Anchor { a: at[0].index(a.len()), b: at[1].index(b.len()), len: 1 };
            plain.align(&a, &b, anchor, &mut expected);
            fast.align(&a, &b, anchor, &mut found);
            prop_assert_eq!(&found, &expected);
            let (first, second) = (at[0].index(a.len()), at[1].index(a.len()));
            if first != second {
                let anchor = Anchor { a: first.min(second), b: first.max(second), len: 1 };
                plain.align_within(&a, anchor, &mut expected);
                fast.align_within(&a, anchor, &mut found);
                prop_assert_eq!(&found, &expected);
            }
        }
    }

    #[test]
    fn a_band_that_gets_too_wide_for_vectors_is_computed_cell_by_cell() {
        // Twice eight words more on one side, and no way that is clear: each fifth word is spelled in another way.
        let unlike = |words: Range<u64>| words.map(|n| (n * 7_654_321_987).to_string()).collect::<Vec<_>>();
        let misspelled = |words: Range<u64>| {
            let spelled = |(n, word)| if n % 5 == 4 { format!("{word}0") } else { word };
            unlike(words).into_iter().enumerate().map(spelled).collect::<Vec<_>>()
        };
        let a = unlike(1..41).join(" ");
        let b = [unlike(60..68), misspelled(1..21), unlike(70..78), misspelled(21..41)].concat().join(" ");
        let (vocabulary, a, b) = words(&a, &b);
        let mut plain = Aligner { vectors: None, ..Aligner::new(&vocabulary) };
        let mut fast = Aligner::new(&vocabulary);
        let ahead = WordsAhead { a: &a, b: &b, backward: false, apart: None };
        if let Some(band) = &mut fast.vectors {
            assert_eq!(band.find(&ahead, [0, 0], &vocabulary), None);
        }
        let [mut expected, mut found] = [Alignment::default(), Alignment::default()];
        plain.extend(&ahead, &mut expected);
        fast.extend(&ahead, &mut found);
        assert_eq!((&found, found.a.clone(), found.b.clone()), (&expected, 0..40, 0..56));
    }

    const LEAD: &str =
        "le chef de la diplomatie turque a exhorté jeudi la Russie à faire stopper les attaques du régime";

    #[test]
    fn equal_words_are_extended_to_both_ends() {
        let b = format!("avant {LEAD} après");
        let (found, runs) = align(LEAD, &b, Anchor { a: 5, b: 6, len: 5 });
        assert_eq!((found.a.clone(), found.b.clone(), found.score), (0..18, 1..19, 36));
        assert_eq!(runs, [(Column::Equal, 18)]);
        assert!((found.identity() - 1.0).abs() < f64::EPSILON);
    }

    #[test]
    fn changes_are_bridged_and_misspelled_words_count_half() {
        let b = LEAD.replace("jeudi", "hier").replace("exhorté", "exhorte").replace("faire ", "");
        let (found, runs) = align(LEAD, &b, Anchor { a: 0, b: 0, len: 5 });
        let equal = |len| (Column::Equal, len);
        let one = |column| (column, 1);
        assert_eq!(
            runs,
            [equal(7), one(Column::Similar), one(Column::Different), equal(3), one(Column::OnlyA), equal(5),]
        );
        assert_eq!(found.score, i64::from(15 * EQUAL + SIMILAR + DIFFERENT + GAP));
        assert_eq!(found.words(), 17);
        assert!((found.identity() - 15.0 / 18.0).abs() < f64::EPSILON);
    }

    #[test]
    fn a_passage_ends_with_words_of_both_sides() {
        let (found, _) =
            align(&format!("{LEAD} un deux trois"), &format!("{LEAD} quatre cinq"), Anchor { a: 3, b: 3, len: 5 });
        assert_eq!((found.a, found.b), (0..18, 0..18));
    }

    #[test]
    fn too_long_a_difference_is_not_bridged() {
        let far =
            |n: usize| format!("{LEAD} {} {LEAD}", (0..n).map(|i| format!("mot{i}x{i}")).collect::<Vec<_>>().join(" "));
        let room = (X_DROP / -GAP) as usize;
        let whole = align(&far(0), &far(room), Anchor { a: 0, b: 0, len: 5 }).0;
        assert_eq!(whole.a, 0..36);
        let half = align(&far(0), &far(room + 1), Anchor { a: 0, b: 0, len: 5 }).0;
        assert_eq!(half.a, 0..18);
    }

    #[test]
    fn a_text_that_repeats_is_cut_into_its_units() {
        let (vocabulary, text, _) = words(&"un deux trois quatre cinq ".repeat(4), "");
        let (mut found, mut units) = (Alignment::default(), Vec::new());
        Aligner::new(&vocabulary).align_within(&text, Anchor { a: 0, b: 5, len: 5 }, &mut found);
        assert_eq!((found.a.clone(), found.b.clone()), (0..15, 5..20));
        found.for_each_repetition(&mut Alignment::default(), |unit| units.push((unit.a.clone(), unit.b.clone())));
        assert_eq!(units, [(0..5, 5..10), (5..10, 10..15), (10..15, 15..20)]);
    }

    #[test]
    fn the_best_part_drops_what_costs_more_than_it_brings() {
        let mut alignment = Alignment::at(3, 4);
        for (column, len) in [(Column::Equal, 1), (Column::Different, 5), (Column::Equal, 4), (Column::OnlyB, 2)] {
            alignment.push(column, len);
        }
        let best = alignment.best_part();
        assert_eq!((best.a, best.b, best.score), (9..13, 10..14, 8));
    }
}
