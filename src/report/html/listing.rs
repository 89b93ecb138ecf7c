//! The list of groups of all types, in one order: copies first, then the other classes of passages one after another.

use doublon_core::Keep;

use super::context::PageContext;
use crate::finding::digest::Shortlisted;
use crate::finding::{DocumentCluster, DocumentPair, PassageClass, PassageFamily, Sort, Standing};
use crate::report::text::{number, percent};

/// The groups that the page lists.
pub struct GroupListing<'a> {
    pub sort: Sort,
    pub groups: Vec<ListedGroup<'a>>,
    /// How many groups there are. Held against a baseline, only what is new counts.
    pub wanted: usize,
    /// Bytes that could go, of all groups.
    cost: u64,
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
        let mut listing = Self { sort, groups: Vec::new(), wanted: 0, cost: 0 };
        listing.add(&digest.clusters, 0, |cluster, _| GroupSource::Cluster(cluster));
        let mut before = digest.clusters.all;
        if digest.header.parameters.config.keep == Keep::None {
            if digest.summary.new.is_none() {
                listing.add(&digest.pairs, before, |pair, _| GroupSource::Pair(pair));
            }
            before += digest.pairs.all;
        }
        for class in PassageClass::ALL {
            listing.add(digest.families.of(class), before, GroupSource::Family);
        }
        let rank = |group: &ListedGroup<'_>| group.source.class();
        listing.groups.sort_by(|x, y| rank(x).cmp(&rank(y)).then_with(|| sort.compare(&x.standing, &y.standing)));
        listing.groups.truncate(limit);
        listing
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

    /// Says what the list leaves out.
    pub fn notice(&self) -> String {
        if self.groups.len() == self.wanted {
            return String::new();
        }
        let listed = self.groups.iter().map(|group| group.standing.cost).fold(0, u64::saturating_add);
        let share = percent(listed as f64 / (self.cost as f64).max(1.0));
        format!(
            "The list has the {} groups {}, with {share} of the repeated text. The numbers above count all {}. \
             With --limit 0 the report lists every one.",
            number(self.groups.len() as u64),
            in_words(self.sort),
            number(self.wanted as u64)
        )
    }
}

impl GroupSource<'_> {
    /// Returns the class under which the page lists it: documents stand among copies.
    pub fn class(&self) -> PassageClass {
        match self {
            Self::Family(family, _) => family.class.unwrap_or(PassageClass::Copy),
            Self::Cluster(_) | Self::Pair(_) => PassageClass::Copy,
        }
    }

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
