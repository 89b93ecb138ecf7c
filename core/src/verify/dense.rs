//! The parts of an alignment in which most words are equal.
//!
//! An alignment may go on for long in words that are only spelled alike, such as the numbers of two tables, so that the
//! paragraph between them that is the same word for word would be lost among them.

use std::ops::Range;

use super::align::{Alignment, Column};

/// The weight of a column that holds two equal words, if no other one is to be in a part.
const WHOLE: i64 = 1 << 20;

/// Finds such parts, with memory that is used again.
#[derive(Debug, Default)]
pub(super) struct DenseParts {
    parts: Vec<DensePart>,
}

/// Runs of an alignment that are a part so far.
#[derive(Clone, Debug)]
struct DensePart {
    runs: Range<usize>,
    /// The weight of all runs before it, and with it.
    before: i64,
    after: i64,
    /// The last of the parts before it that has less weight before it.
    link: Option<usize>,
}

impl DenseParts {
    /// Hands each part of an alignment to `each` whose identity is at least `identity` and that no neighbour would make
    /// better: the maximal scoring parts, where an equal word counts for as much as its identity is above that, and any
    /// other column against it. They are disjoint and in order, and start and end with equal words. Each is written over
    /// `part`. Takes time in proportion to the runs.
    ///
    /// Source: Ruzzo and Tompa, "A Linear Time Algorithm for Finding All Maximal Scoring Subsequences", Proceedings of
    /// the Seventh International Conference on Intelligent Systems for Molecular Biology (1999).
    pub fn for_each(&mut self, of: &Alignment, identity: f64, part: &mut Alignment, mut each: impl FnMut(&Alignment)) {
        self.find(of, identity);
        let (mut place, mut next) = (Alignment::at(of.a.start, of.b.start), 0);
        for DensePart { runs, .. } in &self.parts {
            of.runs[next..runs.start].iter().for_each(|run| place.lengthen(run.column, run.len));
            part.restart(place.a.end, place.b.end);
            of.runs[runs.clone()].iter().for_each(|run| part.push(run.column, run.len));
            place.restart(part.a.end, part.b.end);
            next = runs.end;
            each(part);
        }
    }

    fn find(&mut self, of: &Alignment, identity: f64) {
        let against = (identity.clamp(0.0, 1.0) * WHOLE as f64) as i64;
        let mut total = 0;
        self.parts.clear();
        for (n, run) in of.runs.iter().enumerate() {
            let (before, len) = (total, i64::try_from(run.len).unwrap_or(i64::MAX / WHOLE));
            if run.column == Column::Equal {
                total += (WHOLE - against) * len;
                self.add(DensePart { runs: n..n + 1, before, after: total, link: None });
            } else {
                total -= against * len;
            }
        }
    }

    /// Adds a part behind all others; it joins an earlier one if what lies between them costs less than either brings.
    fn add(&mut self, mut new: DensePart) {
        loop {
            let mut link = self.parts.len().checked_sub(1);
            while let Some(at) = link.filter(|&at| self.parts[at].before >= new.before) {
                link = self.parts[at].link;
            }
            match link {
                Some(at) if self.parts[at].after < new.after => {
                    let first = &self.parts[at];
                    new = DensePart { runs: first.runs.start..new.runs.end, before: first.before, ..new };
                    self.parts.truncate(at);
                }
                _ => {
                    self.parts.push(DensePart { link, ..new });
                    return;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const COLUMNS: [Column; 5] = [Column::Equal, Column::Similar, Column::Different, Column::OnlyA, Column::OnlyB];

    fn alignment(runs: &[(usize, usize)]) -> Alignment {
        let mut alignment = Alignment::at(3, 7);
        for &(column, len) in runs {
            alignment.push(COLUMNS[column], len);
        }
        alignment
    }

    fn parts(of: &Alignment, identity: f64) -> Vec<Alignment> {
        let (mut dense, mut part, mut found) = (DenseParts::default(), Alignment::default(), Vec::new());
        dense.for_each(of, identity, &mut part, |part| found.push(part.clone()));
        found
    }

    /// The maximal scoring parts by their definition: the best one, then those of what is left and right of it.
    fn by_definition(runs: &[bool], identity: f64, first: usize, found: &mut Vec<Range<usize>>) {
        let against = (identity * WHOLE as f64) as i64;
        let mut best = (0, 0..0);
        for start in 0..runs.len() {
            let mut weight = 0;
            for (end, &is_equal) in runs.iter().enumerate().skip(start) {
                weight += if is_equal { WHOLE - against } else { -against };
                let is_shorter = weight == best.0 && end + 1 - start < best.1.len();
                if weight > best.0 || is_shorter {
                    best = (weight, start..end + 1);
                }
            }
        }
        if best.0 > 0 {
            by_definition(&runs[..best.1.start], identity, first, found);
            found.push(first + best.1.start..first + best.1.end);
            by_definition(&runs[best.1.end..], identity, first + best.1.end, found);
        }
    }

    proptest! {
        #[test]
        fn parts_are_those_of_the_definition(
            runs in prop::collection::vec((0..5_usize, 1..6_usize), 0..30),
            percent in 5..100_u32,
        ) {
            let (of, identity) = (alignment(&runs), f64::from(percent) / 100.0);
            let columns: Vec<bool> =
                of.runs.iter().flat_map(|run| vec![run.column == Column::Equal; run.len]).collect();
            let mut expected = Vec::new();
            by_definition(&columns, identity, 0, &mut expected);
            let found = parts(&of, identity);
            let equal = |range: &Range<usize>| columns[range.clone()].iter().filter(|&&equal| equal).count();
            let lengths: Vec<usize> = found.iter().map(|part| part.runs.iter().map(|run| run.len).sum()).collect();
            prop_assert_eq!(lengths, expected.iter().map(ExactSizeIterator::len).collect::<Vec<_>>());
            for (part, range) in found.iter().zip(&expected) {
                prop_assert!(part.identity() >= identity - 1e-5);
                let count = part.runs.iter().filter(|run| run.column == Column::Equal).map(|run| run.len).sum::<usize>();
                prop_assert_eq!(count, equal(range));
                let before = of.runs.iter().flat_map(|run| vec![run.column; run.len]).take(range.start);
                let (mut a, mut b) = (of.a.start, of.b.start);
                before.for_each(|column| {
                    a += usize::from(column.has_a());
                    b += usize::from(column.has_b());
                });
                prop_assert_eq!((part.a.start, part.b.start), (a, b));
            }
        }
    }

    #[test]
    fn what_is_equal_is_found_between_what_is_only_alike() {
        let found = parts(&alignment(&[(1, 60), (0, 37), (1, 60), (0, 20), (2, 3)]), 0.45);
        let places: Vec<_> = found.iter().map(|part| (part.a.clone(), part.b.clone())).collect();
        assert_eq!(places, [(63..100, 67..104), (160..180, 164..184)]);
    }

    #[test]
    fn many_parts_take_time_in_proportion() {
        let runs: Vec<(usize, usize)> = (0..400_000).map(|n| if n % 2 == 0 { (0, 1) } else { (1, 3) }).collect();
        assert_eq!(parts(&alignment(&runs), 0.45).len(), 200_000);
    }
}
