//! Postings: which places of the documents share a windowed minimum, and which pairs of them are worth aligning.
//!
//! All places with one key are a bucket. A small bucket gives all its pairs. In a large one, which is boilerplate or a
//! set phrase, each place is linked to a few others only: it is ordered by the words that follow, so that neighbours
//! share the longest continuation, and each place is linked to the next ones in another document, and to the next ones
//! in its own. So a passage that stands in a million documents costs a few million links, not a trillion, no place is
//! left out, and the links of the passage's different keys together tie its places to one family.
//!
//! The cost is that of sorting: no step is quadratic in a bucket, unless [`Links::exhaustive`] asks for it.

use bytemuck::{Pod, Zeroable};
use serde::{Deserialize, Serialize};

use crate::groups::DocumentGroups;
use crate::text::vocabulary::TokenId;

/// Where repeated passages are looked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// Inside each document.
    Within,
    /// Between documents.
    Across,
    /// Both.
    #[default]
    Both,
}

/// A place in a document. Places are ordered by document, then by position.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Pod, Zeroable)]
#[repr(C)]
pub struct WordPlace {
    /// The number of the document among those compared.
    pub doc: u32,
    /// The position of a word in it.
    pub at: u32,
}

/// A key and where it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Pod, Zeroable)]
#[repr(C)]
pub struct Posting {
    /// The hash of a shingle under one band's hash function.
    pub key: u64,
    /// The first word of the shingle.
    pub place: WordPlace,
}

/// Two places that start with the same shingle, the earlier one first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Pod, Zeroable)]
#[repr(C)]
pub struct Candidate {
    /// The earlier place.
    pub a: WordPlace,
    /// The later place.
    pub b: WordPlace,
}

impl Posting {
    /// Returns the order of postings as one number, so that comparing two of them takes no branch.
    #[inline]
    pub fn order(&self) -> u128 {
        u128::from(self.key) << 64 | u128::from(self.place.doc) << 32 | u128::from(self.place.at)
    }
}

impl Candidate {
    /// Returns what orders candidates by pair of documents, then by position: one number, so that comparing two of them
    /// takes no branch.
    #[inline]
    pub fn by_pair(&self) -> u128 {
        let Self { a, b } = self;
        let joined = |first: u32, second: u32| u128::from(u64::from(first) << 32 | u64::from(second));
        joined(a.doc, b.doc) << 64 | joined(a.at, b.at)
    }

    /// Returns whether two candidates are of the same pair of documents.
    #[inline]
    pub fn is_same_pair(&self, other: &Self) -> bool {
        (self.a.doc, self.b.doc) == (other.a.doc, other.b.doc)
    }
}

/// The first words after a shingle, [`TokenId::MAX`] where the document ends.
pub type Following = [TokenId; 3];

/// A place of a large bucket. Places are ordered by the words that follow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Pod, Zeroable)]
#[repr(C)]
pub struct OrderedPlace {
    /// The words after the shingle.
    pub following: Following,
    /// Where the shingle stands.
    pub place: WordPlace,
}

/// Which places of a bucket are linked.
#[derive(Clone, Copy, Debug)]
pub struct Links {
    /// Whether places in one document, in two, or both.
    pub scope: Scope,
    /// Whether all pairs of a bucket, however large.
    pub exhaustive: bool,
}

/// Buckets of at most this many places give all their pairs.
const SMALL_BUCKET: usize = 4;

impl Links {
    /// Calls `emit` with the candidates among `postings`, which it sorts: all those with one key must be among them.
    /// A pair that shares several keys comes once for each. With groups, places are linked across them only. `ordered` is
    /// working memory.
    ///
    /// # Errors
    ///
    /// When `following`, which is asked for the places of large buckets in order, fails.
    pub fn candidates<E>(
        self,
        postings: &mut [Posting],
        groups: &DocumentGroups,
        ordered: &mut Vec<OrderedPlace>,
        mut following: impl FnMut(WordPlace) -> Result<Following, E>,
        mut emit: impl FnMut(Candidate),
    ) -> Result<(), E> {
        postings.sort_unstable_by_key(Posting::order);
        for bucket in postings.chunk_by(|a, b| a.key == b.key) {
            self.bucket(bucket, groups, ordered, &mut following, &mut emit)?;
        }
        Ok(())
    }

    /// Calls `emit` with the candidates of one bucket, in order, as [`candidates`](Self::candidates) does.
    ///
    /// # Errors
    ///
    /// When `following` fails.
    pub fn bucket<E>(
        self,
        bucket: &[Posting],
        groups: &DocumentGroups,
        ordered: &mut Vec<OrderedPlace>,
        mut following: impl FnMut(WordPlace) -> Result<Following, E>,
        mut emit: impl FnMut(Candidate),
    ) -> Result<(), E> {
        if self.exhaustive || bucket.len() <= SMALL_BUCKET {
            self.all_pairs(bucket, groups, &mut emit);
            return Ok(());
        }
        ordered.clear();
        for posting in bucket {
            ordered.push(OrderedPlace { following: following(posting.place)?, place: posting.place });
        }
        if self.are_within(groups) {
            ordered.sort_unstable_by_key(LinkWithin::order);
            ordered.dedup();
            let mut link = LinkWithin::default();
            for next in &*ordered {
                link.add(next.place, &mut emit);
            }
        }
        if self.are_across() {
            ordered.sort_unstable();
            let mut link = LinkAcross::default();
            for next in ordered.iter().rev() {
                link.add(next.place, groups, &mut emit);
            }
            if !groups.is_none() {
                // The last places in order are all of one group, and have none after them to be linked to.
                let mut link = LinkAcross::default();
                for next in &*ordered {
                    link.add(next.place, groups, &mut emit);
                }
            }
        }
        Ok(())
    }

    /// Returns whether places of large buckets are linked in one document.
    pub fn are_within(self, groups: &DocumentGroups) -> bool {
        self.scope != Scope::Across && groups.is_none()
    }

    /// Returns whether places of large buckets are linked across documents.
    pub fn are_across(self) -> bool {
        self.scope != Scope::Within
    }

    fn all_pairs(self, bucket: &[Posting], groups: &DocumentGroups, emit: &mut impl FnMut(Candidate)) {
        for (n, a) in bucket.iter().enumerate() {
            for b in &bucket[n + 1..] {
                if self.admits(a.place, b.place) && groups.are_apart(a.place.doc, b.place.doc) {
                    link(a.place, b.place, emit);
                }
            }
        }
    }

    fn admits(self, a: WordPlace, b: WordPlace) -> bool {
        match self.scope {
            Scope::Within => a.doc == b.doc,
            Scope::Across => a.doc != b.doc,
            Scope::Both => true,
        }
    }
}

/// Links the places of a large bucket to the next ones in their own documents. They come in its [`order`](Self::order).
#[derive(Clone, Copy, Debug, Default)]
pub struct LinkWithin {
    last: Option<WordPlace>,
}

impl LinkWithin {
    /// Returns what orders the places.
    pub fn order(next: &OrderedPlace) -> (u32, Following, u32) {
        (next.place.doc, next.following, next.place.at)
    }

    /// Takes the next place.
    pub fn add(&mut self, place: WordPlace, emit: &mut impl FnMut(Candidate)) {
        if let Some(last) = self.last.replace(place).filter(|last| last.doc == place.doc) {
            link(last, place, emit);
        }
    }
}

/// Links the places of a large bucket to the next ones in other documents, or in documents of other groups. They come from
/// the last one in order to the first: what is nearest to a place in order comes before it.
#[derive(Clone, Copy, Debug, Default)]
pub struct LinkAcross {
    last: Option<WordPlace>,
    /// The nearest one that is of another document than the last.
    other: Option<WordPlace>,
}

impl LinkAcross {
    /// Takes the next place.
    pub fn add(&mut self, place: WordPlace, groups: &DocumentGroups, emit: &mut impl FnMut(Candidate)) {
        let is_other = |&other: &WordPlace| groups.of(place.doc) != groups.of(other.doc);
        if let Some(last) = self.last.replace(place).filter(is_other) {
            self.other = Some(last);
        }
        if let Some(other) = self.other.filter(is_other) {
            link(place, other, emit);
        }
    }
}

/// A key of several rows comes again for the same place where another row finds an equal value farther on. A place is no
/// repeat of itself.
fn link(a: WordPlace, b: WordPlace, emit: &mut impl FnMut(Candidate)) {
    if a != b {
        emit(Candidate { a: a.min(b), b: a.max(b) });
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn candidates(links: Links, places: &[(u32, u32)]) -> BTreeSet<((u32, u32), (u32, u32))> {
        candidates_apart(links, &DocumentGroups::default(), places)
    }

    fn candidates_apart(
        links: Links,
        groups: &DocumentGroups,
        places: &[(u32, u32)],
    ) -> BTreeSet<((u32, u32), (u32, u32))> {
        let mut postings: Vec<_> =
            places.iter().map(|&(doc, at)| Posting { key: 7, place: WordPlace { doc, at } }).collect();
        let mut found = BTreeSet::new();
        let emit = |c: Candidate| {
            found.insert(((c.a.doc, c.a.at), (c.b.doc, c.b.at)));
        };
        links
            .candidates(&mut postings, groups, &mut Vec::new(), |place| Ok::<_, ()>([place.at, 0, 0]), emit)
            .expect("reads nothing");
        found
    }

    const DEFAULT: Links = Links { scope: Scope::Both, exhaustive: false };

    #[test]
    fn a_small_bucket_gives_all_pairs() {
        let places = [(0, 1), (0, 9), (1, 3), (2, 5)];
        assert_eq!(candidates(DEFAULT, &places).len(), 6);
        assert_eq!(candidates(Links { scope: Scope::Within, ..DEFAULT }, &places), [((0, 1), (0, 9))].into());
        assert_eq!(candidates(Links { scope: Scope::Across, ..DEFAULT }, &places).len(), 5);
    }

    #[test]
    fn a_place_is_no_repeat_of_itself() {
        assert!(candidates(DEFAULT, &[(3, 1), (3, 1)]).is_empty());
        let places: Vec<_> = (0..10).flat_map(|at| [(0, at), (0, at)]).collect();
        let found = candidates(Links { scope: Scope::Within, ..DEFAULT }, &places);
        assert_eq!(found.len(), 9, "{found:?}");
    }

    #[test]
    fn one_place_alone_gives_none() {
        assert!(candidates(DEFAULT, &[(3, 1)]).is_empty());
    }

    #[test]
    fn a_large_bucket_links_every_place_and_is_linear() {
        let places: Vec<_> = (0..1000).map(|doc| (doc, doc % 10)).collect();
        let found = candidates(DEFAULT, &places);
        assert!(found.len() <= places.len(), "{} links", found.len());
        for &place in &places {
            assert!(found.iter().any(|&(a, b)| a == place || b == place), "{place:?} is alone");
        }
        let same_context = found.iter().filter(|(a, b)| a.1 == b.1).count();
        assert!(same_context * 10 > found.len() * 9, "{same_context} of {} links share what follows", found.len());
    }

    #[test]
    fn places_of_one_document_are_linked_to_each_other_and_to_other_documents() {
        let places: Vec<_> = (0..50).map(|at| (0, at)).chain([(1, 25)]).collect();
        let found = candidates(DEFAULT, &places);
        assert!((0..49).all(|at| found.contains(&((0, at), (0, at + 1)))));
        assert!(found.iter().any(|(_, b)| b.0 == 1));
        assert!(candidates(Links { scope: Scope::Across, ..DEFAULT }, &places).iter().all(|(a, b)| a.0 != b.0));
    }

    #[test]
    fn with_groups_every_place_is_linked_to_another_group_and_none_to_its_own() {
        let mut groups = DocumentGroups::default();
        for (first, group) in [(0, 0), (20, 1), (40, 2)] {
            groups.push(first, group);
        }
        for count in [4, 60] {
            let places: Vec<_> = (0..60).step_by(60 / count).map(|doc| (doc, doc / 20)).collect();
            let found = candidates_apart(Links { scope: Scope::Across, ..DEFAULT }, &groups, &places);
            assert!(found.iter().all(|(a, b)| a.0 / 20 != b.0 / 20), "{found:?}");
            assert!(places.iter().all(|&place| found.iter().any(|&(a, b)| a == place || b == place)), "{found:?}");
            assert!(count < 60 || found.len() <= 2 * places.len());
        }
    }

    #[test]
    fn exhaustive_gives_all_pairs() {
        let places: Vec<_> = (0..30).map(|doc| (doc, 0)).collect();
        assert_eq!(candidates(Links { exhaustive: true, ..DEFAULT }, &places).len(), 30 * 29 / 2);
    }
}
