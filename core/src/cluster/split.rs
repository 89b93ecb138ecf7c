//! Cutting stretches where others begin and end.
//!
//! A long stretch may hold a shorter one that stands in many more places. Cut at its ends, each part has a family of its
//! own, and nothing that repeats is hidden in a longer neighbour.

use std::collections::BTreeSet;
use std::ops::Range;

use super::families::Occurrence;
use super::stretch::{EqualRun, Share, Stretch};

/// Cuts stretches, by text and place, at the edges of others in the texts that stay, as far as all parts have `least`
/// words and reach the share.
pub fn split(stretches: Vec<Stretch>, share: Share, least: u32) -> Vec<Stretch> {
    let edges = Edges::of(&stretches, least);
    let mut parts = Vec::with_capacity(stretches.len());
    for mut stretch in stretches {
        for at in edges.inside(&stretch.kept.clone(), least) {
            if let Some((head, tail)) = halves(&stretch, at)
                .filter(|(head, tail)| [head, tail].iter().all(|part| is_enough(part, share, least)))
            {
                parts.push(head);
                stretch = tail;
            }
        }
        parts.push(stretch);
    }
    parts
}

fn is_enough(part: &Stretch, share: Share, least: u32) -> bool {
    let words = part.place.end - part.place.start;
    words >= least && part.kept.end - part.kept.start >= least && share.is_reached(part.equal(), u64::from(words))
}

/// Where stretches are cut: words of texts that stay, in order, at least so many apart.
struct Edges(BTreeSet<(u32, u32)>);

impl Edges {
    /// Chooses where most stretches begin or end.
    fn of(stretches: &[Stretch], least: u32) -> Self {
        let ends = stretches.iter().flat_map(|Stretch { kept, .. }| [(kept.doc, kept.start), (kept.doc, kept.end)]);
        let mut ends: Vec<(u32, u32)> = ends.collect();
        ends.sort_unstable();
        let counted = ends.chunk_by(|x, y| x == y).map(|same| (std::cmp::Reverse(same.len()), same[0]));
        let mut counted: Vec<(std::cmp::Reverse<usize>, (u32, u32))> = counted.collect();
        counted.sort_unstable();
        let mut chosen = BTreeSet::new();
        for (_, (doc, at)) in counted {
            let near = (doc, at.saturating_sub(least.saturating_sub(1)))..(doc, at.saturating_add(least));
            if chosen.range(near).next().is_none() {
                chosen.insert((doc, at));
            }
        }
        Self(chosen)
    }

    /// Returns the edges inside a place that leave so many words on both sides.
    fn inside(&self, kept: &Occurrence, least: u32) -> impl Iterator<Item = u32> {
        let range: Range<(u32, u32)> = (kept.doc, kept.start.saturating_add(least))
            ..(kept.doc, kept.end.saturating_sub(least).saturating_add(1).max(kept.start.saturating_add(least)));
        self.0.range(range).map(|&(_, at)| at)
    }
}

/// Cuts a stretch before the word `at` of the text that stays. Words between the halves go with the first.
fn halves(stretch: &Stretch, at: u32) -> Option<(Stretch, Stretch)> {
    let part = |range: Range<u32>| -> Vec<EqualRun> {
        let within = |run: &EqualRun| {
            let (kept, end) = (run.kept.max(range.start), run.kept_end().min(range.end));
            (kept < end).then(|| EqualRun { start: run.start + kept - run.kept, len: end - kept, kept })
        };
        stretch.runs.iter().filter_map(within).collect()
    };
    let (doc, kept) = (stretch.place.doc, &stretch.kept);
    let mut head = Stretch::new(doc, kept.doc, part(kept.start..at))?;
    let mut tail = Stretch::new(doc, kept.doc, part(at..kept.end))?;
    head.place.start = stretch.place.start;
    head.place.end = tail.place.start;
    tail.place.end = stretch.place.end;
    Some((head, tail))
}
