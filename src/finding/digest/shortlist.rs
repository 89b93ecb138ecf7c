//! The groups that come first, out of any number.

use crate::finding::order::{Sort, Standing};
use crate::finding::{GroupKind, PassageClass, PassageFamily};

/// A group with what decides its rank.
#[derive(Clone, Debug, PartialEq)]
pub struct Ranked<T> {
    /// What decides its rank; its position is that among all groups of its type.
    pub standing: Standing,
    /// The group.
    pub group: T,
}

/// The first groups of one type, in order, and counts of all of them. Held against a baseline, a group without
/// anything new is not wanted.
#[derive(Clone, Debug, PartialEq)]
pub struct Shortlisted<T> {
    /// The first ones of those that are wanted.
    pub shown: Vec<Ranked<T>>,
    /// How many are wanted.
    pub wanted: usize,
    /// How many there are.
    pub all: usize,
    /// Bytes that could go, of all that are wanted.
    pub cost: u64,
}

impl<T> Default for Shortlisted<T> {
    fn default() -> Self {
        Self { shown: Vec::new(), wanted: 0, all: 0, cost: 0 }
    }
}

impl<T> Shortlisted<T> {
    /// Returns the groups that are shown.
    pub fn groups(&self) -> impl Iterator<Item = &T> {
        self.shown.iter().map(|ranked| &ranked.group)
    }
}

/// What families are sorted by before they are shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Shelving {
    /// By [`PassageClass`]. A family of which no class is known counts as a copy.
    #[default]
    Classes,
    /// By [`GroupKind`].
    Kinds,
}

/// Shelves for families: as many as there are classes, and as kinds.
pub(super) const SHELVES: usize = PassageClass::ALL.len();
const _: () = assert!(GroupKind::ALL.len() == SHELVES);

impl Shelving {
    /// Returns the number of the shelf of a family.
    pub(super) fn shelf(self, family: &PassageFamily) -> usize {
        match self {
            Self::Classes => family.class.unwrap_or(PassageClass::Copy).rank(),
            Self::Kinds => GroupKind::of_family(family).rank(),
        }
    }
}

/// The first families of each class or kind, in order.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ShelvedFamilies(pub(super) [Shortlisted<PassageFamily>; SHELVES]);

impl ShelvedFamilies {
    /// Returns those of the class or kind of this rank.
    pub fn of(&self, rank: usize) -> &Shortlisted<PassageFamily> {
        &self.0[rank]
    }

    /// Returns how many families there are.
    pub fn all(&self) -> usize {
        self.0.iter().map(|shelf| shelf.all).sum()
    }

    /// Returns the families that are shown, shelf by shelf.
    pub fn groups(&self) -> impl Iterator<Item = &PassageFamily> {
        self.0.iter().flat_map(Shortlisted::groups)
    }
}

/// Keeps the first families of each shelf.
#[derive(Debug)]
pub(super) struct FamilyShortlists {
    shelving: Shelving,
    shelves: [Shortlist<PassageFamily>; SHELVES],
}

impl FamilyShortlists {
    pub fn new(shelving: Shelving, limit: usize, sort: Sort) -> Self {
        Self { shelving, shelves: std::array::from_fn(|_| Shortlist::new(limit, sort)) }
    }

    /// Returns how many families have come.
    pub fn len(&self) -> usize {
        self.shelves.iter().map(Shortlist::len).sum()
    }

    pub fn add(&mut self, standing: Standing, family: PassageFamily) {
        self.shelves[self.shelving.shelf(&family)].add(standing, family.new > 0, family);
    }

    pub fn finish(self, has_baseline: bool) -> ShelvedFamilies {
        ShelvedFamilies(self.shelves.map(|shelf| shelf.finish(has_baseline)))
    }
}

/// Keeps the first groups of one type. Whether there is a baseline is known at the end only, so those with something
/// new are kept apart.
#[derive(Debug)]
pub(super) struct Shortlist<T> {
    sort: Sort,
    new: FirstGroups<T>,
    known: FirstGroups<T>,
}

impl<T> Shortlist<T> {
    pub fn new(limit: usize, sort: Sort) -> Self {
        Self { sort, new: FirstGroups::new(limit), known: FirstGroups::new(limit) }
    }

    /// Returns how many groups have come.
    pub fn len(&self) -> usize {
        self.new.count + self.known.count
    }

    pub fn add(&mut self, standing: Standing, is_new: bool, group: T) {
        let list = if is_new { &mut self.new } else { &mut self.known };
        list.add(Ranked { standing, group }, self.sort);
    }

    pub fn finish(self, has_baseline: bool) -> Shortlisted<T> {
        let (all, limit) = (self.len(), self.new.limit);
        let Self { sort, new, known } = self;
        let wanted = if has_baseline { vec![new] } else { vec![new, known] };
        let (count, cost) = (
            wanted.iter().map(|list| list.count).sum(),
            wanted.iter().map(|list| list.cost).fold(0, u64::saturating_add),
        );
        let mut shown: Vec<Ranked<T>> = wanted.into_iter().flat_map(|list| list.first).collect();
        first(&mut shown, limit, sort);
        Shortlisted { shown, wanted: count, all, cost }
    }
}

#[derive(Debug)]
struct FirstGroups<T> {
    limit: usize,
    first: Vec<Ranked<T>>,
    count: usize,
    cost: u64,
}

impl<T> FirstGroups<T> {
    fn new(limit: usize) -> Self {
        Self { limit, first: Vec::new(), count: 0, cost: 0 }
    }

    fn add(&mut self, ranked: Ranked<T>, sort: Sort) {
        self.count += 1;
        self.cost = self.cost.saturating_add(ranked.standing.cost);
        self.first.push(ranked);
        // Twice as many as are wanted, so that sorting costs little for each.
        if self.first.len() > self.limit.saturating_mul(2) {
            first(&mut self.first, self.limit, sort);
        }
    }
}

/// Leaves the first ones, in order.
fn first<T>(groups: &mut Vec<Ranked<T>>, limit: usize, sort: Sort) {
    groups.sort_by(|x, y| sort.compare(&x.standing, &y.standing));
    groups.truncate(limit);
}
