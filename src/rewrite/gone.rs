//! What goes by a plan, and taking back what goes for something that goes too.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use doublon_core::Span;
use doublon_core::text::Tokenizer;

use super::context::not_there;
use super::cut::CuttableText;
use super::edit::{DocumentEdit, KeptPassage, PassageCut};
use super::index::SourceIndex;
use super::options::CleanOptions;
use super::plan::{Plan, PlannedSource};
use super::records::visit;
use super::removal::{DocumentRemoval, RemovalCause};
use crate::error::Result;
use crate::finding::DocumentRef;
use crate::source::SourceOptions;
use crate::store::private_seed;

/// The documents that go and the places that are cut, by source and record.
pub(super) struct Gone<'i> {
    index: &'i SourceIndex,
    documents: BTreeSet<(usize, u64)>,
    /// The cuts of each document, in order.
    places: BTreeMap<(usize, u64), Vec<GonePlace>>,
}

/// A place that is cut, and the one that stays for it.
pub(super) struct GonePlace {
    pub span: Span,
    pub keep: Arc<KeptPassage>,
    pub family: Arc<str>,
}

impl<'i> Gone<'i> {
    pub fn new(plan: &Plan, index: &'i SourceIndex) -> Self {
        let (mut documents, mut places) = (BTreeSet::new(), BTreeMap::new());
        for (number, planned) in plan.sources.iter().enumerate() {
            documents.extend(planned.drops.iter().map(|drop| (number, drop.doc.record)));
            let of_edit = |edit: &DocumentEdit| ((number, edit.doc.record), cuts(edit));
            places.extend(planned.edits.iter().map(of_edit));
        }
        Self { index, documents, places }
    }

    /// Returns whether a document goes as a whole.
    pub fn has(&self, doc: &DocumentRef) -> Result<bool> {
        Ok(self.documents.contains(&(self.index.number(doc)?, doc.record)))
    }

    /// Returns whether the document of a place goes as a whole.
    pub fn has_document(&self, place: &KeptPassage) -> Result<bool> {
        place.doc_in_sources().map_or(Ok(false), |doc| self.has(doc))
    }

    /// Returns a document as a place, if it goes because of cuts: from its start to the end of the last.
    pub fn whole(&self, doc: &DocumentRef) -> Result<Option<KeptPassage>> {
        if !self.has(doc)? {
            return Ok(None);
        }
        let cuts = self.places.get(&(self.index.number(doc)?, doc.record));
        let last = cuts.and_then(|cuts| cuts.last());
        Ok(last.map(|last| KeptPassage { doc: doc.clone(), span: Span::new(0, last.span.end), indexed: None }))
    }

    /// Returns the cuts that have a part of a place, in order; nothing of an index is cut.
    pub fn parts(&self, place: &KeptPassage) -> Result<impl Iterator<Item = &GonePlace>> {
        let doc = place.doc_in_sources().map(|doc| self.index.place(doc)).transpose()?;
        let cuts = doc.and_then(|doc| self.places.get(&doc)).map_or(&[][..], Vec::as_slice);
        let first = cuts.partition_point(|cut| cut.span.end <= place.span.start);
        let touched = cuts[first..].iter().take_while(|cut| cut.span.start < place.span.end);
        Ok(touched.filter(|cut| cut.span.overlaps(place.span)))
    }

    /// Returns whether a part of a place goes.
    fn has_part(&self, place: &KeptPassage) -> Result<bool> {
        Ok(self.has_document(place)? || self.parts(place)?.next().is_some())
    }
}

fn cuts(edit: &DocumentEdit) -> Vec<GonePlace> {
    let place = |cut: &PassageCut| {
        let (keep, family) = (Arc::clone(&cut.keep), Arc::clone(&cut.family));
        GonePlace { span: cut.span, keep, family }
    };
    edit.cuts.iter().map(place).collect()
}

/// Takes back what goes for something that goes by now too.
///
/// # Errors
///
/// If a source is not what was scanned, or is not one of the plan's.
pub(super) fn restore(plan: &mut Plan, options: &CleanOptions, index: &SourceIndex) -> Result<()> {
    let restored = restored(plan, index)?;
    refit(&restored, options, plan)
}

/// Takes back what is in the way. Returns the documents of which places came back, by source and record.
fn restored(plan: &mut Plan, index: &SourceIndex) -> Result<BTreeSet<(usize, u64)>> {
    let mut restored = BTreeSet::new();
    loop {
        let gone = Gone::new(plan, index);
        let mut count = 0;
        for (number, planned) in plan.sources.iter_mut().enumerate() {
            count += restore_in(planned, number, &gone, &mut restored)?;
        }
        if count == 0 {
            return Ok(restored);
        }
    }
}

/// Takes back removals in one source; returns how many.
fn restore_in(
    planned: &mut PlannedSource,
    number: usize,
    gone: &Gone,
    restored: &mut BTreeSet<(usize, u64)>,
) -> Result<usize> {
    let stays = |drop: &DocumentRemoval| drop.keeper_in_sources().map_or(Ok(true), |keeper| Ok(!gone.has(keeper)?));
    let mut count = retain(&mut planned.drops, stays)?;
    for edit in &mut planned.edits {
        let back = retain_joined(&mut edit.cuts, |cut| gone.has_part(&cut.keep))?;
        if back > 0 {
            count += back;
            restored.insert((number, edit.doc.record));
            let record = edit.doc.record;
            let is_short = |drop: &DocumentRemoval| matches!(drop.cause, RemovalCause::TooShort { .. });
            planned.drops.retain(|drop| drop.doc.record != record || !is_short(drop));
        }
    }
    Ok(count)
}

/// Takes out the cuts for which a condition holds, and of parts of one place all if it holds for one; returns how many.
fn retain_joined(cuts: &mut Vec<PassageCut>, is_broken: impl Fn(&PassageCut) -> Result<bool>) -> Result<usize> {
    let mut broken = BTreeSet::new();
    let number = |cut: &PassageCut| cut.joined.as_ref().map(|place| place.number);
    for cut in cuts.iter() {
        if is_broken(cut)? {
            broken.extend(number(cut));
        }
    }
    retain(cuts, |cut| Ok(!is_broken(cut)? && number(cut).is_none_or(|number| !broken.contains(&number))))
}

/// Keeps what a condition holds for; returns how many go.
fn retain<T>(items: &mut Vec<T>, stays: impl Fn(&T) -> Result<bool>) -> Result<usize> {
    let stays: Vec<bool> = items.iter().map(stays).collect::<Result<_>>()?;
    let (before, mut stays) = (items.len(), stays.into_iter());
    items.retain(|_| stays.next().unwrap_or(true));
    Ok(before - items.len())
}

/// Keeps the cuts of a page that take whole segments of its text, alone or with others.
fn retain_whole(cuts: &mut Vec<PassageCut>, segments: &[Span], text: &CuttableText) -> Result<()> {
    loop {
        let mut taken = vec![false; text.tokens.len()];
        for cut in cuts.iter() {
            taken[text.words(cut.span)].fill(true);
        }
        let parts = segments.iter().filter(|&&segment| {
            let words = &taken[text.words(segment)];
            words.contains(&true) && words.contains(&false)
        });
        let parts: Vec<Span> = parts.copied().collect();
        let is_part = |cut: &PassageCut| Ok(parts.iter().any(|part| part.overlaps(cut.span)));
        if retain_joined(cuts, is_part)? == 0 {
            return Ok(());
        }
    }
}

/// Works out again what is taken out of documents of which cuts were taken back.
fn refit(restored: &BTreeSet<(usize, u64)>, options: &CleanOptions, plan: &mut Plan) -> Result<()> {
    let reading = SourceOptions::from(plan.parameters.input.clone()).without_metadata();
    let config = &plan.parameters.config;
    let tokenizer = Tokenizer::new(config.text, private_seed()); // words are counted, not compared
    let restored: Vec<(usize, u64)> = restored.iter().copied().collect();
    for of_source in restored.chunk_by(|x, y| x.0 == y.0) {
        let planned = &mut plan.sources[of_source[0].0];
        let records: Vec<u64> = of_source.iter().map(|&(_, record)| record).collect();
        let mut edits = Vec::with_capacity(records.len());
        visit(planned, &records, &reading, &mut |record, stored| {
            let edit = planned.edit(record.record).ok_or_else(|| not_there(planned, record.record))?;
            let text = CuttableText::new(&record.text, options.cut_at, &tokenizer);
            let mut cuts = edit.cuts.clone();
            if let Some(page) = record.origin.as_ref().filter(|_| !stored.is_subtitles()) {
                retain_whole(&mut cuts, &page.segments(&record.text), &text)?;
            }
            let spans: Vec<Span> = cuts.iter().map(|cut| cut.span).collect();
            let mut pieces = text.pieces(&spans, &tokenizer);
            if !stored.can_lose(&pieces) {
                (cuts, pieces) = (Vec::new(), Vec::new());
            }
            edits.push(DocumentEdit { cuts, pieces, ..edit.clone() });
            Ok(())
        })?;
        planned.change(edits);
        planned.edits.retain(|edit| !edit.cuts.is_empty());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rewrite::options::CutEdge;

    #[test]
    fn parts_of_blocks_stay_where_the_rest_does() {
        let tokenizer = Tokenizer::default();
        let text = CuttableText::new("one two three four\nfive six\nseven", CutEdge::Word, &tokenizer);
        let segments = [Span::new(0, 18), Span::new(19, 27), Span::new(28, 33)];
        let doc = DocumentRef { source: "a".into(), record: 0, id: None, metadata: None };
        let keep = Arc::new(KeptPassage { doc, span: Span::new(0, 9), indexed: None });
        let cut = |start, end| PassageCut {
            span: Span::new(start, end),
            characters: None,
            family: "f1".into(),
            keep: Arc::clone(&keep),
            words: 2,
            covered: 1.0,
            differs: Box::default(),
            joined: None,
        };
        let left = |cuts: &[(usize, usize)]| {
            let mut cuts: Vec<PassageCut> = cuts.iter().map(|&(start, end)| cut(start, end)).collect();
            retain_whole(&mut cuts, &segments, &text).expect("nothing is read");
            cuts.iter().map(|cut| (cut.span.start, cut.span.end)).collect::<Vec<_>>()
        };
        assert_eq!(left(&[(0, 7), (8, 18), (28, 33)]), [(0, 7), (8, 18), (28, 33)]);
        assert_eq!(left(&[(0, 7), (28, 33)]), [(28, 33)]);
        assert_eq!(left(&[(0, 7), (8, 23), (24, 33)]), [(0, 7), (8, 23), (24, 33)]);
        assert_eq!(left(&[(0, 7), (8, 23)]), [(0, 0); 0], "what is left of the second takes the third along");
    }
}
