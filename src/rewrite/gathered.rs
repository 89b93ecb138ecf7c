//! What a plan is made of, gathered from findings as they come: of each document that goes and of each place of a repeated
//! passage its source, record, id and span, without any text.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use doublon_core::Span;

use super::index::SourceIndex;
use super::places::{FoundFamily, FoundMatch, FoundPlace, HeldPlace};
use super::removal::{DocumentRemoval, LargeRemoval, RemovalCause};
use crate::error::Result;
use crate::finding::{
    Contamination, DocumentCluster, DocumentRef, Finding, Member, Metadata, PassageFamily, PassageMatch, PlacedSpan,
    Sink,
};

/// A warning names a kept document for which so many or more go, if they are more than 1% of all documents.
const LARGE_CLUSTER: usize = 100;

/// Documents that go, and places that may.
#[derive(Debug, Default)]
pub(super) struct Gathered {
    pub index: SourceIndex,
    /// Whether anything is gathered of passages.
    pub with_passages: bool,
    /// The documents that go, each with the number of its source.
    pub drops: Vec<(usize, DocumentRemoval)>,
    pub large: Vec<LargeRemoval>,
    /// The documents for which others go, by source and record, if passages are gathered.
    pub keepers: BTreeSet<(usize, u64)>,
    pub families: Vec<FoundFamily>,
    pub matches: Vec<FoundMatch>,
    /// The names of the families of matches, which all matches of a family share.
    names: HashMap<String, Arc<str>>,
}

impl Gathered {
    pub fn new(index: SourceIndex, with_passages: bool) -> Self {
        Self { index, with_passages, ..Self::default() }
    }

    pub fn add_cluster(&mut self, cluster: &DocumentCluster) -> Result<()> {
        let indexed = cluster.indexed;
        let keep = if indexed.is_some() {
            // It is in none of the sources, though one may have its name.
            DocumentRef { metadata: known(&cluster.keep), ..cluster.keep.clone() }
        } else {
            let (number, keep) = self.located(&cluster.keep)?;
            if self.with_passages {
                self.keepers.insert((number, keep.record));
            }
            keep
        };
        let keep = Arc::new(keep);
        for member in &cluster.members {
            let &Member { jaccard, containment, exact, equality, .. } = member;
            let keep = Arc::clone(&keep);
            let cause = RemovalCause::Duplicate { keep, indexed, jaccard, containment, exact, equality };
            let (number, doc) = self.located(&member.doc)?;
            self.drops.push((number, DocumentRemoval { doc, cause }));
        }
        if cluster.members.len() >= LARGE_CLUSTER {
            self.large.push(LargeRemoval { keep: keep.as_ref().clone(), members: cluster.members.len() });
        }
        Ok(())
    }

    pub fn add_family(&mut self, family: &PassageFamily) -> Result<()> {
        if self.with_passages {
            let held = HeldPlace::new(&family.keep);
            let places = std::iter::once(&family.keep).chain(&family.occurrences);
            let places = places.filter(|place| place.in_index.is_none());
            let places = places.map(|place| FoundPlace::new(place, &self.index)).collect::<Result<_>>()?;
            self.families.push(FoundFamily { id: family.id.as_str().into(), held, places });
        }
        Ok(())
    }

    pub fn add_match(&mut self, found: &PassageMatch) -> Result<()> {
        if self.with_passages {
            let family = match self.names.get(&found.family) {
                Some(name) => Arc::clone(name),
                None => Arc::clone(self.names.entry(found.family.clone()).or_insert(found.family.as_str().into())),
            };
            let is_read = |place: &&PlacedSpan| place.in_index.is_none();
            let a = Some(&found.a).filter(is_read).map(|place| FoundPlace::new(place, &self.index)).transpose()?;
            self.matches.push(FoundMatch { family, a, b: FoundPlace::new(&found.b, &self.index)? });
        }
        Ok(())
    }

    /// Takes up an evaluation item in a document: the document goes, or where passages are gathered the places in it do, for
    /// the whole item. Of several items in a document the one counts of which it has the largest share.
    pub fn add_contamination(&mut self, found: &Contamination) -> Result<()> {
        let (number, doc) = self.located(&found.document)?;
        let (of_item, item) = self.located(&found.item)?;
        if self.with_passages {
            let span = Span::new(0, found.item_bytes);
            let whole = FoundPlace { source: of_item, record: item.record, id: item.id, span };
            let places = found.places.iter().map(|place| FoundPlace::new(place, &self.index));
            let places = std::iter::once(Ok(whole)).chain(places).collect::<Result<_>>()?;
            self.families.push(FoundFamily { id: found.id.as_str().into(), held: None, places });
            return Ok(());
        }
        let cause = RemovalCause::Contaminated { item: Arc::new(item), share: found.share };
        match self.drops.last_mut().filter(|(last, drop)| (*last, drop.doc.record) == (number, doc.record)) {
            Some((_, DocumentRemoval { cause: RemovalCause::Contaminated { share, .. }, .. }))
                if *share >= found.share => {}
            Some((_, drop)) => drop.cause = cause,
            None => self.drops.push((number, DocumentRemoval { doc, cause })),
        }
        Ok(())
    }

    /// Returns the number of a document's source, and the document with the name of the source that all share.
    fn located(&self, doc: &DocumentRef) -> Result<(usize, DocumentRef)> {
        let number = self.index.number(doc)?;
        let found = self.index.document(number, doc.record, doc.id.as_ref());
        Ok((number, DocumentRef { metadata: known(doc), ..found }))
    }
}

/// Returns what is held of what a document says of itself: its address and date tell it from others.
fn known(doc: &DocumentRef) -> Option<Arc<Metadata>> {
    doc.metadata.as_deref().and_then(Metadata::without_title)
}

impl Sink for Gathered {
    fn receive(&mut self, finding: Finding) -> Result<()> {
        match finding {
            Finding::DocumentCluster(cluster) => self.add_cluster(&cluster),
            Finding::PassageFamily(family) => self.add_family(&family),
            Finding::PassageMatch(found) => self.add_match(&found),
            Finding::Contamination(found) => self.add_contamination(&found),
            Finding::Header(_) | Finding::DocumentPair(_) | Finding::Skipped(_) | Finding::Summary(_) => Ok(()),
        }
    }
}
