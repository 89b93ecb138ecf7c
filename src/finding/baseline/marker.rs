//! The step in the stream that marks what is new.
//!
//! Which place a place of the baseline makes known depends on all the others, and a match is new if a place of a family
//! is, which comes later. So clusters, matches and families wait in a [`Replay`] until all of their type have come. In
//! memory stay one byte for each place and 32 for each new one.

use std::collections::BTreeSet;
use std::path::PathBuf;

use doublon_core::text::Tokenizer;

use super::known::{Baseline, duplicates, places};
use crate::error::Result;
use crate::finding::measure::{DocumentPlace, RepeatMeasure, SourceNumbers};
use crate::finding::replay::Replay;
use crate::finding::{DocumentCluster, Finding, Header, NewRepeats, PassageFamily, PassageMatch, PlacedSpan, Sink};

/// Marks the findings that a baseline does not have, counts them in the summary, and passes all on.
#[derive(Debug)]
pub struct Marker<S> {
    baseline: Baseline,
    next: S,
    folder: PathBuf,
    header: Header,
    /// What waits, and has not been marked.
    clusters: Option<Replay>,
    matches: Replay,
    families: Option<Replay>,
    /// Whether matches and families have been passed on, as they are before the first skipped record.
    are_released: bool,
    /// For each place of the families, in order, whether the baseline has it.
    known: Vec<bool>,
    measure: RepeatMeasure,
    new: NewRepeats,
}

impl<S: Sink> Marker<S> {
    /// Passes marked findings on to `next`; temporary files go to the system's folder for them.
    pub fn new(baseline: Baseline, next: S) -> Self {
        Self::in_folder(baseline, next, std::env::temp_dir())
    }

    /// Passes marked findings on to `next`; temporary files go to `folder`.
    pub fn in_folder(baseline: Baseline, next: S, folder: PathBuf) -> Self {
        Self {
            baseline,
            next,
            header: Header::default(),
            clusters: None,
            matches: Replay::new(folder.clone()),
            families: None,
            folder,
            are_released: false,
            known: Vec::new(),
            measure: RepeatMeasure::default(),
            new: NewRepeats::default(),
        }
    }

    /// Returns the sink that marked findings went to.
    pub fn into_next(self) -> S {
        self.next
    }

    fn cluster(&mut self, cluster: DocumentCluster) -> Result<()> {
        let known = &mut self.baseline.duplicates;
        for duplicate in duplicates(&cluster) {
            // A document that is known by its name uses up its text, if that is still the same.
            if known.has_name(&duplicate) {
                known.take_text(&duplicate);
            }
        }
        self.measure.cluster(&cluster);
        let waiting = self.clusters.get_or_insert_with(|| Replay::new(self.folder.clone()));
        waiting.keep(Finding::DocumentCluster(cluster))
    }

    fn release_clusters(&mut self) -> Result<()> {
        let Some(waiting) = self.clusters.take() else { return Ok(()) };
        let Self { baseline, next, new, .. } = self;
        waiting.drain(|finding| {
            let Finding::DocumentCluster(mut cluster) = finding else { return Ok(()) };
            let is_known =
                |duplicate| baseline.duplicates.has_name(&duplicate) || baseline.duplicates.take_text(&duplicate);
            let known: Vec<bool> = duplicates(&cluster).map(is_known).collect();
            new.documents += mark_cluster(&mut cluster, &known);
            new.bytes += bytes_of_new(&cluster);
            next.receive(Finding::DocumentCluster(cluster))
        })
    }

    fn family(&mut self, family: PassageFamily) -> Result<()> {
        let known = &mut self.baseline.places;
        self.known.extend(places(&family).map(|place| known.take_here(place)));
        let waiting = self.families.get_or_insert_with(|| Replay::new(self.folder.clone()));
        waiting.keep(Finding::PassageFamily(family))
    }

    fn release_passages(&mut self) -> Result<()> {
        if std::mem::replace(&mut self.are_released, true) {
            return Ok(());
        }
        self.release_clusters()?;
        let mut families = self.families.take().unwrap_or_default();
        let tokenizer = Tokenizer::new(self.header.parameters.config.text, 0);
        let Self { baseline, known, .. } = self;
        look_up(&mut families, known, |place| baseline.places.take_anywhere(place))?;
        look_up(&mut families, known, |place| baseline.places.take_alike(place, &tokenizer))?;
        self.release_matches(&mut families)?;
        self.release_families(families)
    }

    fn release_matches(&mut self, families: &mut Replay) -> Result<()> {
        let new = NewPlaces::new(families, &self.known)?;
        let Self { matches, next, .. } = self;
        std::mem::take(matches).drain(|finding| {
            let Finding::PassageMatch(found) = finding else { return Ok(()) };
            let (a, b) = (new.overlap(&found.a), new.overlap(&found.b));
            let (a, b) = (PlacedSpan { new: a, ..found.a }, PlacedSpan { new: b, ..found.b });
            next.receive(Finding::PassageMatch(PassageMatch { a, b, ..found }))
        })
    }

    fn release_families(&mut self, families: Replay) -> Result<()> {
        let mut known = std::mem::take(&mut self.known).into_iter();
        let Self { next, measure, new, .. } = self;
        families.drain(|finding| {
            let Finding::PassageFamily(mut family) = finding else { return Ok(()) };
            for place in [&mut family.keep].into_iter().chain(&mut family.occurrences) {
                place.new = !known.next().unwrap_or(true);
            }
            family.new = places(&family).filter(|place| place.new).count();
            // Of a family that is new as a whole, the first place is what the others repeat.
            let is_whole = family.new == family.occurrences.len() + 1;
            for place in places(&family).skip(usize::from(is_whole)).filter(|place| place.new) {
                new.passages += 1;
                measure.place(place);
            }
            next.receive(Finding::PassageFamily(family))
        })
    }
}

impl<S: Sink> Sink for Marker<S> {
    fn receive(&mut self, finding: Finding) -> Result<()> {
        match finding {
            Finding::Header(header) => {
                self.header = header.clone();
                self.next.receive(Finding::Header(header))
            }
            Finding::DocumentCluster(cluster) => self.cluster(cluster),
            Finding::DocumentPair(_) => {
                self.release_clusters()?;
                self.next.receive(finding)
            }
            Finding::PassageMatch(_) => {
                self.release_clusters()?;
                self.matches.keep(finding)
            }
            Finding::PassageFamily(family) => self.family(family),
            Finding::Skipped(_) | Finding::Contamination(_) => {
                self.release_passages()?;
                self.next.receive(finding)
            }
            Finding::Summary(mut summary) => {
                self.release_passages()?;
                let bytes = self.new.bytes + self.measure.bytes_of_places();
                summary.new = Some(NewRepeats { bytes, ..self.new });
                self.next.receive(Finding::Summary(summary))
            }
        }
    }
}

/// Marks the documents of a cluster; returns how many are duplicates that the baseline does not have.
fn mark_cluster(cluster: &mut DocumentCluster, known: &[bool]) -> u64 {
    let mut known = known.iter();
    let is_new_keep = known.next() == Some(&false);
    for (member, known) in cluster.members.iter_mut().zip(known) {
        member.new = !known;
    }
    let new_members = cluster.members.iter().filter(|member| member.new).count();
    cluster.new = new_members + usize::from(is_new_keep);
    let is_whole = cluster.new == cluster.members.len() + 1;
    (cluster.new - usize::from(is_whole)) as u64
}

/// Returns the bytes of the new duplicates. Where only the kept document is new, any of the others stands for it.
fn bytes_of_new(cluster: &DocumentCluster) -> u64 {
    let new: Vec<u64> = cluster.members.iter().filter(|member| member.new).map(|member| member.bytes).collect();
    let is_new_keep = cluster.new > new.len() && new.len() < cluster.members.len();
    let of_keep = cluster.members.iter().find(|member| !member.new).filter(|_| is_new_keep);
    new.iter().sum::<u64>() + of_keep.map_or(0, |member| member.bytes)
}

/// Asks for each place that is not known yet whether the baseline has it after all.
fn look_up(families: &mut Replay, known: &mut [bool], mut is_known: impl FnMut(&PlacedSpan) -> bool) -> Result<()> {
    if known.iter().all(|known| *known) {
        return Ok(());
    }
    let mut known = known.iter_mut();
    families.each(|finding| {
        if let Finding::PassageFamily(family) = finding {
            for (place, known) in places(family).zip(known.by_ref()).filter(|(_, known)| !**known) {
                *known = is_known(place);
            }
        }
        Ok(())
    })
}

/// The places of families that the baseline does not have.
#[derive(Debug, Default)]
struct NewPlaces {
    sources: SourceNumbers,
    places: BTreeSet<(DocumentPlace, usize, usize)>,
}

impl NewPlaces {
    fn new(families: &mut Replay, known: &[bool]) -> Result<Self> {
        let (mut new, mut known) = (Self::default(), known.iter());
        if known.clone().all(|known| *known) {
            return Ok(new);
        }
        families.each(|finding| {
            if let Finding::PassageFamily(family) = finding {
                for (place, _) in places(family).zip(known.by_ref()).filter(|(_, known)| !**known) {
                    new.places.insert((new.sources.place(&place.doc), place.start, place.end));
                }
            }
            Ok(())
        })?;
        Ok(new)
    }

    /// Returns whether a place of a match has bytes in common with a new place: the places of a match are places of its
    /// family, or parts of them.
    fn overlap(&self, place: &PlacedSpan) -> bool {
        let Some(document) = self.sources.known_place(&place.doc) else { return false };
        let mut of_document = self.places.range((document, 0, 0)..=(document, place.end, usize::MAX));
        of_document.any(|&(_, start, end)| start < place.end && place.start < end)
    }
}
