//! Links the postings of a share, and divides the candidates by documents.
//!
//! A text of one word over and over has a posting for each of its words, all with one key. So a share of the postings that does
//! not fit in memory, and a bucket in it that does not either, are sorted on disk, and read from there place by place.

use std::cmp::Reverse;
use std::sync::{Mutex, PoisonError};

use doublon_core::Config;
use doublon_core::candidate::postings::{
    Candidate, Following, LinkAcross, LinkWithin, Links, OrderedPlace, Posting, WordPlace,
};
use doublon_core::groups::DocumentGroups;
use doublon_core::kernel::{FOLLOWING, following, links};

use crate::error::{Error, Result};
use crate::store::{BitSet, Budget, Partition, Partitions, Sorter, Words, WordsAhead, divide};

/// Candidates are divided in so many shares, by their first document.
const DOCUMENT_SHARES: usize = 64;

/// Buckets of fewer places are held, whatever the memory: small ones give all their pairs.
const LEAST_LARGE: usize = 64;

/// So many candidates are divided at a time.
const TOGETHER: usize = 1 << 16;

/// Candidates, and the documents that they are of.
pub(super) struct Candidates {
    /// In shares, by first document; one that shares several keys stands there several times.
    pub shares: Vec<Partition<Candidate>>,
    /// The documents, in order, where what is known of words is on disk.
    pub docs: Vec<u32>,
}

/// Links postings, on any thread.
pub(super) struct Linker<'a> {
    words: &'a Words,
    groups: &'a DocumentGroups,
    config: &'a Config,
    budget: &'a Budget,
    /// The first document of each share of the candidates.
    firsts: Vec<u32>,
    found: Mutex<(Partitions<Candidate>, LinkedDocuments)>,
}

impl<'a> Linker<'a> {
    pub fn new(words: &'a Words, groups: &'a DocumentGroups, config: &'a Config, budget: &'a Budget) -> Result<Self> {
        let found = Partitions::new(DOCUMENT_SHARES, budget.candidates(), &budget.folder);
        let (firsts, found) = (words.shares(DOCUMENT_SHARES)?, Mutex::new((found, LinkedDocuments::new(words))));
        Ok(Self { words, groups, config, budget, firsts, found })
    }

    /// Links the postings of a share.
    pub fn link(&self, share: Partition<Posting>) -> Result<()> {
        let mut place = PlaceReader { words: self.words, k: self.config.windows.k, ahead: WordsAhead::default() };
        let mut found = Emitter { linker: self, candidates: Vec::new(), failed: None };
        if share.len() * size_of::<Posting>() <= self.budget.share() {
            let (following, emit) = (|at| place.following(at), |candidate| found.add(candidate));
            links(self.config).candidates(&mut share.load()?, self.groups, &mut Vec::new(), following, emit)?;
        } else {
            self.link_sorted(share, &mut place, &mut found)?;
        }
        found.finish()
    }

    /// Returns all candidates.
    pub fn finish(self) -> Candidates {
        let (shares, docs) = self.found.into_inner().unwrap_or_else(PoisonError::into_inner);
        Candidates { shares: shares.finish(), docs: docs.into_docs() }
    }

    /// Links postings that are too many to be held.
    fn link_sorted(
        &self,
        share: Partition<Posting>,
        place: &mut PlaceReader<'_>,
        found: &mut Emitter<'_>,
    ) -> Result<()> {
        let mut sorter = Sorter::new(Posting::order, self.budget.share(), &self.budget.folder);
        share.for_each(|posting| sorter.push(posting))?;
        let links = links(self.config);
        let most = if links.exhaustive { usize::MAX } else { self.budget.share() / size_of::<OrderedPlace>() / 2 };
        let most = most.max(LEAST_LARGE);
        let (mut bucket, mut ordered) = (Vec::new(), Vec::new());
        let mut postings = sorter.sorted()?.peekable();
        while let Some(posting) = postings.next().transpose()? {
            bucket.push(posting);
            let has_next = matches!(postings.peek(), Some(Ok(next)) if next.key == posting.key);
            if has_next && bucket.len() < most {
                continue;
            }
            if has_next {
                self.budget.cancel.check()?;
                let mut large = LargeBucket::new(links, self.groups, self.budget);
                bucket.iter().try_for_each(|posting| large.add(posting.place, place))?;
                while let Some(next) = postings.next_if(|next| !matches!(next, Ok(next) if next.key != posting.key)) {
                    large.add(next?.place, place)?;
                }
                large.link(self.groups, found)?;
            } else {
                links.bucket(&bucket, self.groups, &mut ordered, |at| place.following(at), |one| found.add(one))?;
            }
            bucket.clear();
        }
        Ok(())
    }
}

/// Reads the words that follow places.
struct PlaceReader<'a> {
    words: &'a Words,
    k: usize,
    ahead: WordsAhead,
}

impl PlaceReader<'_> {
    fn following(&mut self, place: WordPlace) -> Result<Following> {
        let start = place.at as usize + self.k;
        Ok(following(self.words.ahead(place.doc, (start, FOLLOWING), &mut self.ahead)?))
    }
}

/// The places of a bucket that is too large to be held, to be taken up in the orders in which they are linked.
struct LargeBucket {
    within: Option<Sorter<OrderedPlace, (u32, Following, u32)>>,
    across: Option<Sorter<OrderedPlace, Reverse<OrderedPlace>>>,
    /// The other way, where only places of different groups are linked.
    back: Option<Sorter<OrderedPlace, OrderedPlace>>,
}

impl LargeBucket {
    fn new(links: Links, groups: &DocumentGroups, budget: &Budget) -> Self {
        let (bytes, folder) = (budget.share() / 2, &budget.folder);
        let across = links.are_across();
        Self {
            within: links.are_within(groups).then(|| Sorter::new(LinkWithin::order, bytes, folder)),
            across: across.then(|| Sorter::new(|&next: &OrderedPlace| Reverse(next), bytes, folder)),
            back: (across && !groups.is_none()).then(|| Sorter::new(|&next: &OrderedPlace| next, bytes, folder)),
        }
    }

    fn add(&mut self, place: WordPlace, reader: &mut PlaceReader<'_>) -> Result<()> {
        let next = OrderedPlace { following: reader.following(place)?, place };
        self.within.as_mut().map_or(Ok(()), |sorter| sorter.push(next))?;
        self.across.as_mut().map_or(Ok(()), |sorter| sorter.push(next))?;
        self.back.as_mut().map_or(Ok(()), |sorter| sorter.push(next))
    }

    fn link(self, groups: &DocumentGroups, found: &mut Emitter<'_>) -> Result<()> {
        let mut emit = |candidate| found.add(candidate);
        if let Some(within) = self.within {
            let mut link = LinkWithin::default();
            within.sorted()?.try_for_each(|next| next.map(|next| link.add(next.place, &mut emit)))?;
        }
        if let Some(across) = self.across {
            let mut link = LinkAcross::default();
            across.sorted()?.try_for_each(|next| next.map(|next| link.add(next.place, groups, &mut emit)))?;
        }
        if let Some(back) = self.back {
            let mut link = LinkAcross::default();
            back.sorted()?.try_for_each(|next| next.map(|next| link.add(next.place, groups, &mut emit)))?;
        }
        Ok(())
    }
}

/// Hands candidates on, some thousand at a time.
struct Emitter<'l> {
    linker: &'l Linker<'l>,
    candidates: Vec<Candidate>,
    failed: Option<Error>,
}

impl Emitter<'_> {
    fn add(&mut self, candidate: Candidate) {
        self.candidates.push(candidate);
        if self.candidates.len() >= TOGETHER {
            self.hand_on();
        }
    }

    fn hand_on(&mut self) {
        let firsts = &self.linker.firsts;
        let share_of = |candidate: &Candidate| firsts.partition_point(|&first| first <= candidate.a.doc).max(1) - 1;
        let divided = divide(&self.candidates, DOCUMENT_SHARES, share_of);
        let mut found = self.linker.found.lock().unwrap_or_else(PoisonError::into_inner);
        found.1.add(&self.candidates);
        if let Err(failed) = found.0.extend(divided) {
            self.failed.get_or_insert(failed);
        }
        self.candidates.clear();
    }

    fn finish(mut self) -> Result<()> {
        self.hand_on();
        self.failed.map_or(Ok(()), Err)
    }
}

/// The documents that candidates are of, where they are wanted.
struct LinkedDocuments(Option<BitSet>);

impl LinkedDocuments {
    fn new(words: &Words) -> Self {
        Self(words.vocabulary().is_none().then(|| BitSet::new(words.documents())))
    }

    fn add(&mut self, candidates: &[Candidate]) {
        if let Some(documents) = &mut self.0 {
            let of_both = candidates.iter().flat_map(|candidate| [candidate.a.doc, candidate.b.doc]);
            of_both.for_each(|doc| documents.insert(doc));
        }
    }

    fn into_docs(self) -> Vec<u32> {
        self.0.map(|documents| documents.into_numbers().collect()).unwrap_or_default()
    }
}
