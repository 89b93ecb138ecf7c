//! The groups that the page lists, on a shelf for each kind, each in the order asked for.

use doublon_core::Keep;

use super::context::PageContext;
use crate::finding::digest::Shortlisted;
use crate::finding::{DocumentCluster, DocumentPair, GroupKind, PassageFamily, Sort, Standing};
use crate::report::text::{number, percent};

/// The groups that the page lists.
pub struct GroupListing<'a> {
    pub sort: Sort,
    /// One for each kind, in their order.
    pub shelves: Vec<GroupShelf<'a>>,
}

/// The groups of one kind.
pub struct GroupShelf<'a> {
    pub kind: GroupKind,
    /// Those that are listed.
    pub groups: Vec<ListedGroup<'a>>,
    /// How many there are. Held against a baseline, only what is new counts.
    pub wanted: usize,
    /// Bytes that could go, of all of them.
    pub cost: u64,
}

/// A group of the list.
pub struct ListedGroup<'a> {
    /// Its position is that among all groups.
    pub standing: Standing,
    pub source: GroupSource<'a>,
}

/// What a group is made from.
#[derive(Clone, Copy)]
pub enum GroupSource<'a> {
    Cluster(&'a DocumentCluster),
    /// A pair of documents that both stay.
    Pair(&'a DocumentPair),
    /// A passage, and its number among all passages.
    Family(&'a PassageFamily, usize),
}

impl<'a> GroupListing<'a> {
    pub fn new(context: &PageContext<'a>, sort: Sort, limit: usize) -> Self {
        let digest = context.digest;
        let mut shelves: Vec<_> = GroupKind::ALL.into_iter().map(GroupShelf::new).collect();
        let duplicates = &mut shelves[GroupKind::Duplicate.rank()];
        duplicates.add(&digest.clusters, 0, |cluster, _| GroupSource::Cluster(cluster));
        let mut before = digest.clusters.all;
        if digest.header.parameters.config.keep == Keep::None {
            if digest.summary.new.is_none() {
                duplicates.add(&digest.pairs, before, |pair, _| GroupSource::Pair(pair));
            }
            before += digest.pairs.all;
        }
        for shelf in &mut shelves {
            shelf.add(digest.families.of(shelf.kind.rank()), before, GroupSource::Family);
            shelf.groups.sort_by(|x, y| sort.compare(&x.standing, &y.standing));
        }
        let shares = shares(&shelves.iter().map(|shelf| shelf.groups.len()).collect::<Vec<_>>(), limit);
        shelves.iter_mut().zip(shares).for_each(|(shelf, share)| shelf.groups.truncate(share));
        Self { sort, shelves }
    }

    /// Returns the groups that are listed, shelf by shelf.
    pub fn groups(&self) -> impl Iterator<Item = &ListedGroup<'a>> {
        self.shelves.iter().flat_map(|shelf| &shelf.groups)
    }

    /// Returns how many groups there are.
    pub fn wanted(&self) -> usize {
        self.shelves.iter().map(|shelf| shelf.wanted).sum()
    }

    /// Says what the list leaves out.
    pub fn notice(&self) -> String {
        let (shown, wanted) = (self.groups().count(), self.wanted());
        if shown == wanted {
            return String::new();
        }
        let listed = self.groups().map(|group| group.standing.cost).fold(0, u64::saturating_add);
        let all = self.shelves.iter().map(|shelf| shelf.cost).fold(0, u64::saturating_add);
        let share = percent(listed as f64 / (all as f64).max(1.0));
        format!(
            "The list has {} of {} groups, of each kind those {}, with {share} of the repeated text. \
             With --limit 0 the report lists every one.",
            number(shown as u64),
            number(wanted as u64),
            in_words(self.sort),
        )
    }
}

impl<'a> GroupShelf<'a> {
    fn new(kind: GroupKind) -> Self {
        Self { kind, groups: Vec::new(), wanted: 0, cost: 0 }
    }

    /// Adds groups of one type, of which so many others stand before.
    fn add<T>(&mut self, groups: &'a Shortlisted<T>, before: usize, source: fn(&'a T, usize) -> GroupSource<'a>) {
        self.wanted += groups.wanted;
        self.cost = self.cost.saturating_add(groups.cost);
        self.groups.extend(groups.shown.iter().map(|ranked| ListedGroup {
            standing: Standing { position: before + ranked.standing.position, ..ranked.standing },
            source: source(&ranked.group, ranked.standing.position),
        }));
    }
}

/// Divides `limit` among shelves: each gets all that it has, or as many as the others that have more.
fn shares(counts: &[usize], limit: usize) -> Vec<usize> {
    let mut order: Vec<usize> = (0..counts.len()).collect();
    order.sort_by_key(|&shelf| counts[shelf]);
    let (mut shares, mut left) = (vec![0; counts.len()], limit);
    for (done, &shelf) in order.iter().enumerate() {
        shares[shelf] = counts[shelf].min(left.div_ceil(order.len() - done));
        left -= shares[shelf];
    }
    shares
}

impl GroupSource<'_> {
    /// Returns how many of its documents or places a baseline does not have.
    pub fn new_places(&self) -> usize {
        match self {
            Self::Cluster(cluster) => cluster.new,
            Self::Pair(_) => 0,
            Self::Family(family, _) => family.new,
        }
    }
}

/// Says of the first groups what puts them first.
pub fn in_words(sort: Sort) -> &'static str {
    match sort {
        Sort::Cost => "with the most repeated text",
        Sort::Count => "with the most places",
        Sort::Similarity => "most alike",
        Sort::Position => "that are first in the input",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shelves_share_the_limit_and_use_what_others_leave() {
        assert_eq!(shares(&[900, 3, 0, 900], 403), [200, 3, 0, 200]);
        assert_eq!(shares(&[5, 900, 0, 0], 400), [5, 395, 0, 0]);
        assert_eq!(shares(&[5, 7, 1, 2], usize::MAX), [5, 7, 1, 2]);
        assert_eq!(shares(&[9, 9, 9, 9], 1).iter().sum::<usize>(), 1);
    }
}
