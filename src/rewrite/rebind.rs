//! Binds cuts anew of which the kept place is cut by now, to what that place repeats.
//!
//! Of a hundred equal places each may go for the one before it stands, and that one in a later round for another that is
//! nearly the same. What went for it is then compared with what stays in its stead: the parts of the kept place that still
//! stand, and the kept places of those that went. A cut is divided among them, and each part is measured against the words
//! of its own. Where a part is not like them, and where the cut is itself a part of a larger place, it is left as it is, for
//! the caller to take back. So it is for a document that went for one of which all is cut: it is cut for the same places.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use doublon_core::Span;
use doublon_core::text::Tokenizer;

use super::compared::ComparedWords;
use super::context::not_there;
use super::cut::CuttableText;
use super::edit::{DocumentEdit, KeptPassage, PassageCut};
use super::gone::{Gone, GonePlace, restore};
use super::held::PlanArchive;
use super::index::SourceIndex;
use super::kept::KeptText;
use super::operators::Operators;
use super::options::{CleanOptions, CutEdge};
use super::plan::{Plan, PlannedSource};
use super::records::visit;
use super::removal::RemovalCause;
use crate::error::Result;
use crate::source::SourceOptions;

/// The longest chain of kept places that is followed.
const LONGEST_CHAIN: usize = 8;

/// Makes a plan hold where something goes for what goes too: binds it anew, or takes it back.
///
/// # Errors
///
/// If a source is not what was scanned.
pub(super) fn mend(plan: &mut Plan, options: &CleanOptions, index: &SourceIndex, archive: &PlanArchive) -> Result<()> {
    rebind(plan, options, index, archive)?;
    restore(plan, options, index)
}

/// Binds all cuts whose kept place is cut, as far as that can be.
fn rebind(plan: &mut Plan, options: &CleanOptions, index: &SourceIndex, archive: &PlanArchive) -> Result<()> {
    let config = &plan.parameters.config;
    let tokenizer = Tokenizer::new(config.text, archive.seed());
    let reading = SourceOptions::from(plan.parameters.input.clone()).without_metadata();
    for _ in 0..LONGEST_CHAIN {
        let lost = lost(plan, index)?;
        let mut words = KeptPlaces::wanted(&lost, index, archive)?;
        words.read(plan, &reading, &tokenizer)?;
        let mut count = 0;
        for of_source in lost.chunk_by(|x, y| x.source == y.source) {
            let cut_other_data = options.cut_other_data;
            let binder = Binder { words: &words, tokenizer: &tokenizer, index, cut_other_data };
            count += binder.bind(of_source, plan, &reading)?;
        }
        if count == 0 {
            return Ok(());
        }
    }
    Ok(())
}

/// A cut of which the kept place is cut, at least in part, or a document of which the kept one is cut as a whole.
struct LostCut {
    source: usize,
    record: u64,
    /// None for a document.
    span: Option<Span>,
    /// A family of the places that stay for it.
    family: Arc<str>,
    /// What stays in place of its kept place, in the order of that.
    stead: Vec<Arc<KeptPassage>>,
}

/// Returns what lost its kept place, in the order of reading.
fn lost(plan: &Plan, index: &SourceIndex) -> Result<Vec<LostCut>> {
    let gone = Gone::new(plan, index);
    let mut lost = Vec::new();
    for (source, planned) in plan.sources.iter().enumerate() {
        for drop in &planned.drops {
            let Some(keeper) = drop.keeper_in_sources() else { continue };
            if let Some(whole) = gone.whole(keeper)? {
                lost.extend(lost_cut((source, drop.doc.record, None), &whole, &gone)?);
            }
        }
        for edit in &planned.edits {
            for cut in &edit.cuts {
                if !gone.has_document(&cut.keep)? {
                    lost.extend(lost_cut((source, edit.doc.record, Some(cut.span)), &cut.keep, &gone)?);
                }
            }
        }
    }
    lost.sort_by_key(|cut| (cut.source, cut.record, cut.span));
    Ok(lost)
}

/// Returns a cut or a document with what stays for it, if its kept place is cut.
fn lost_cut(place: (usize, u64, Option<Span>), keep: &KeptPassage, gone: &Gone) -> Result<Option<LostCut>> {
    let (source, record, span) = place;
    let Some(first) = gone.parts(keep)?.next() else { return Ok(None) };
    let family = Arc::clone(&first.family);
    Ok(Some(LostCut { source, record, span, family, stead: stead(keep, gone)? }))
}

/// Returns what stays in place of a kept place of which a part is cut.
fn stead(keep: &KeptPassage, gone: &Gone) -> Result<Vec<Arc<KeptPassage>>> {
    let (mut stead, mut at) = (Vec::new(), keep.span.start);
    let standing = |start, end| Arc::new(KeptPassage { span: Span::new(start, end), ..keep.clone() });
    for GonePlace { span, keep: other, .. } in gone.parts(keep)? {
        if at < span.start {
            stead.push(standing(at, span.start));
        }
        stead.push(Arc::clone(other));
        at = span.end;
    }
    if at < keep.span.end {
        stead.push(standing(at, keep.span.end));
    }
    Ok(stead)
}

/// The places that stay.
struct KeptPlaces<'a> {
    /// By source and record; each is there once it was read.
    places: BTreeMap<(usize, u64), BTreeMap<Span, Option<KeptPlace>>>,
    archive: &'a PlanArchive<'a>,
}

/// A place without the white space at its ends, which may go with the next cut, the hashes of its words, and its operators.
struct KeptPlace {
    span: Span,
    words: Vec<u64>,
    operators: Operators,
}

impl KeptPlace {
    /// Reads a place of a text, or nothing if the text does not have it.
    fn read(span: Span, text: &str, tokenizer: &Tokenizer) -> Option<Self> {
        let place = span.of(text)?;
        let start = span.start + (place.len() - place.trim_start().len());
        let tokens = tokenizer.tokens(place);
        let (words, operators) =
            (tokens.iter().map(|token| token.hash).collect(), Operators::of(text, span.start, &tokens, tokenizer));
        Some(Self { span: Span::new(start, start + place.trim().len()), words, operators })
    }
}

impl<'a> KeptPlaces<'a> {
    /// Makes room for the words that cuts are compared with.
    fn wanted(lost: &[LostCut], index: &SourceIndex, archive: &'a PlanArchive<'a>) -> Result<Self> {
        let mut places: BTreeMap<_, BTreeMap<_, _>> = BTreeMap::new();
        for keep in lost.iter().flat_map(|cut| &cut.stead) {
            if let Some(doc) = keep.doc_in_sources() {
                let document = (index.number(doc)?, doc.record);
                places.entry(document).or_default().insert(keep.span, None);
            }
        }
        Ok(Self { places, archive })
    }

    fn read(&mut self, plan: &Plan, reading: &SourceOptions, tokenizer: &Tokenizer) -> Result<()> {
        let documents: Vec<(usize, u64)> = self.places.keys().copied().collect();
        for of_source in documents.chunk_by(|x, y| x.0 == y.0) {
            let (number, planned) = (of_source[0].0, &plan.sources[of_source[0].0]);
            let records: Vec<u64> = of_source.iter().map(|document| document.1).collect();
            visit(planned, &records, reading, &mut |record, _| {
                for (span, place) in self.places.get_mut(&(number, record.record)).into_iter().flatten() {
                    let read = KeptPlace::read(*span, &record.text, tokenizer);
                    *place = Some(read.ok_or_else(|| not_there(planned, record.record))?);
                }
                Ok(())
            })?;
        }
        Ok(())
    }

    /// Returns places of a cut's kept place as one text.
    fn text(&self, stead: &[Arc<KeptPassage>], index: &SourceIndex) -> Result<KeptText> {
        let mut text = KeptText::default();
        for keep in stead {
            let Some(doc) = keep.doc_in_sources() else {
                let (words, operators) = self.archive.words(keep)?;
                text.add(&words, &operators, Arc::clone(keep));
                continue;
            };
            let document = self.places.get(&(index.number(doc)?, doc.record));
            if let Some(Some(place)) = document.and_then(|places| places.get(&keep.span)) {
                let (doc, span) = (doc.clone(), place.span);
                text.add(&place.words, &place.operators, Arc::new(KeptPassage { doc, span, indexed: None }));
            }
        }
        Ok(text)
    }
}

/// Binds the cuts of one source.
struct Binder<'a> {
    words: &'a KeptPlaces<'a>,
    tokenizer: &'a Tokenizer,
    index: &'a SourceIndex,
    /// Whether lines and sentences with other data than the kept place go too.
    cut_other_data: bool,
}

impl Binder<'_> {
    /// Reads the documents of what lost its kept place again and binds it. Returns how many could be bound.
    fn bind(&self, lost: &[LostCut], plan: &mut Plan, reading: &SourceOptions) -> Result<usize> {
        let (threshold, planned) = (plan.rules.threshold, &mut plan.sources[lost[0].source]);
        let mut records: Vec<u64> = lost.iter().map(|cut| cut.record).collect();
        records.dedup();
        let (mut edits, mut documents, mut count) = (Vec::new(), BTreeSet::new(), 0);
        visit(planned, &records, reading, &mut |record, _| {
            let text = CuttableText::new(&record.text, CutEdge::Word, self.tokenizer);
            let here = &lost[lost.partition_point(|cut| cut.record < record.record)..];
            let here = &here[..here.partition_point(|cut| cut.record == record.record)];
            if let Some(whole) = here.iter().find(|cut| cut.span.is_none()) {
                let edit = self.document(whole, planned, &text, threshold)?;
                documents.extend(edit.as_ref().map(|edit| edit.doc.record));
                edits.extend(edit);
            } else if let Some(edit) = planned.edit(record.record) {
                let (edit, bound) = self.edit(edit, here, &text, threshold)?;
                count += bound;
                edits.push(edit);
            }
            Ok(())
        })?;
        count += documents.len();
        planned.change(edits);
        let bound = planned.drops.iter_mut().filter(|drop| documents.contains(&drop.doc.record));
        bound.for_each(|drop| drop.cause = RemovalCause::TooShort { left: 0 });
        Ok(count)
    }

    /// Returns the cuts that come to a whole document, if what stays for it has all its words.
    fn document(
        &self,
        lost: &LostCut,
        planned: &PlannedSource,
        text: &CuttableText,
        threshold: f64,
    ) -> Result<Option<DocumentEdit>> {
        let Some(drop) = planned.drops.iter().find(|drop| drop.doc.record == lost.record) else { return Ok(None) };
        let Some(keep) = lost.stead.first() else { return Ok(None) };
        let (family, keep) = (Arc::clone(&lost.family), Arc::clone(keep));
        let span = text.place(&(0..text.tokens.len()));
        let differs = Box::default();
        let cut = PassageCut { span, characters: None, family, keep, words: 0, covered: 0.0, differs, joined: None };
        let cuts = self.bound(&cut, &lost.stead, text, (threshold, true))?;
        Ok(cuts.map(|cuts| {
            let pieces = text.pieces(&[span], self.tokenizer);
            DocumentEdit { doc: drop.doc.clone(), cuts, pieces }
        }))
    }

    /// Binds the cuts of a document. Returns how many could be bound.
    fn edit(
        &self,
        edit: &DocumentEdit,
        lost: &[LostCut],
        text: &CuttableText,
        threshold: f64,
    ) -> Result<(DocumentEdit, usize)> {
        let mut steads = lost.iter().map(|cut| (cut.span, &cut.stead)).peekable();
        let (mut cuts, mut count) = (Vec::with_capacity(edit.cuts.len()), 0);
        for cut in &edit.cuts {
            let stead = steads.next_if(|(span, _)| *span == Some(cut.span)).filter(|_| cut.joined.is_none());
            let bound = stead
                .map(|(_, stead)| self.bound(cut, stead, text, (threshold, self.cut_other_data)))
                .transpose()?
                .flatten();
            count += usize::from(bound.is_some());
            cuts.extend(bound.unwrap_or_else(|| vec![cut.clone()]));
        }
        Ok((DocumentEdit { cuts, ..edit.clone() }, count))
    }

    /// Divides a cut among what stays for it, or returns `None` if a part of it is not like that. Its data and operators are those
    /// of what stays, unless it `may_differ` in them, as documents may.
    fn bound(
        &self,
        cut: &PassageCut,
        stead: &[Arc<KeptPassage>],
        text: &CuttableText,
        (threshold, may_differ): (f64, bool),
    ) -> Result<Option<Vec<PassageCut>>> {
        let kept = self.words.text(stead, self.index)?;
        let words = text.words(cut.span);
        let hashes: Vec<u64> = text.tokens[words.clone()].iter().map(|token| token.hash).collect();
        let parts = kept.paired(&hashes, &[], threshold);
        let ranges = text.parted(&words, parts.iter().map(|part| part.words.start));
        let mut bound = Vec::with_capacity(parts.len());
        for ((part, words), span) in parts.iter().zip(&ranges).zip(text.places_of(cut.span, &ranges)) {
            let compared = ComparedWords::new(text, words, part.kept);
            if compared.share() < threshold || !may_differ && !compared.other_data().is_empty() {
                return Ok(None);
            }
            let (keep, covered, differs) = (Arc::clone(part.keep), compared.share(), compared.differing());
            bound.push(PassageCut { span, keep, words: words.len(), covered, differs, ..cut.clone() });
        }
        Ok((!bound.is_empty()).then_some(bound))
    }
}
