//! The cuts of one source: its documents are read one after another, and each is decided on.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::Arc;

use doublon_core::Span;
use doublon_core::text::Token;

use super::choices::{Choices, DECIDED, UNDECIDED};
use super::compared::ComparedWords;
use super::context::{PassageContext, not_there};
use super::cut::CuttableText;
use super::edit::{DocumentEdit, JoinedPlace, PassageCut, StayingPassage};
use super::kept::{KeptText, PairedPart};
use super::left::{Origins, spans_left, text_left};
use super::operators::Operators;
use super::options::PassageTreatment;
use super::places::{PlaceJob, of_record, records};
use super::plan::PlannedSource;
use super::records::{Editable, StoredRecord, visit};
use super::removal::{DocumentRemoval, RemovalCause};
use super::runs::{DecidedCut, RepeatedPart, decide};
use crate::error::Result;
use crate::finding::DocumentRef;
use crate::source::Record;

/// Places that are cut, by source and record, in the original texts.
pub(super) type NewCuts = BTreeMap<(usize, u64), Vec<Span>>;

/// Decides on the places of one source.
pub(super) struct SourceCutter<'w, 'a> {
    pub context: &'w PassageContext,
    /// What was decided on documents and places.
    pub choices: &'w Choices,
    /// The kept places of all families.
    pub kept: &'w [PlaceJob<'a>],
    /// The words of each family's kept place.
    pub texts: &'w [KeptText],
    /// The places that stay.
    pub left: &'w mut Vec<(PlaceJob<'a>, StayingPassage)>,
    /// What is cut.
    pub new: &'w mut NewCuts,
}

/// A document that is looked at, as the plan leaves it so far, and the kept places in it.
struct OpenDocument<'a> {
    record: &'a Record,
    text: CuttableText<'a>,
    origins: Origins,
    /// The words before which something was taken out.
    seams: Vec<usize>,
    stored: &'a StoredRecord<'a>,
    kept: &'a [PlaceJob<'a>],
    /// The places of which it was decided that they stay.
    decided: Vec<Span>,
}

impl OpenDocument<'_> {
    /// Whether a place has a part of one of which it was decided that it stays.
    fn was_decided(&self, place: Span) -> bool {
        self.decided.iter().any(|decided| decided.overlaps(place))
    }
}

impl<'w, 'a> SourceCutter<'w, 'a> {
    /// Adds the cuts in one source to it.
    pub fn cut(&mut self, jobs: &[PlaceJob<'a>], planned: &mut PlannedSource) -> Result<()> {
        let (mut edits, mut drops) = (Vec::new(), Vec::new());
        let options = self.context.options;
        visit(planned, &records(jobs), &self.context.reading, &mut |record, stored| {
            let here = of_record(jobs, record.record);
            let kept = self.kept_in(here[0].source, record.record);
            let left = text_left(&record.text, planned.pieces(record.record));
            let left: Cow<str> = left.ok_or_else(|| not_there(planned, record.record))?;
            let document = self.open(record, &left, stored, kept, (here[0].source, planned));
            let Some((edit, words)) = self.edit(&document, here, planned)? else { return Ok(()) };
            let is_of_others = words > 0 && self.context.keepers.contains(&(here[0].source, record.record));
            let is_keeper = !kept.is_empty() || is_of_others;
            let may_go = !is_keeper && self.choices.may_empty(here[0].source, record.record);
            if may_go && words < options.min_left && options.passages == PassageTreatment::Cut {
                drops.push(DocumentRemoval { doc: edit.doc.clone(), cause: RemovalCause::TooShort { left: words } });
            }
            edits.push(edit);
            Ok(())
        })?;
        planned.drops.extend(drops);
        planned.drops.sort_by_key(|drop| drop.doc.record);
        planned.change(edits);
        Ok(())
    }

    /// Returns the kept places in one record.
    fn kept_in(&self, source: usize, record: u64) -> &'w [PlaceJob<'a>] {
        let from = self.kept.partition_point(|job| (job.source, job.record) < (source, record));
        let to = self.kept.partition_point(|job| (job.source, job.record) <= (source, record));
        &self.kept[from..to]
    }

    fn open<'d>(
        &self,
        record: &'d Record,
        left: &'d str,
        stored: &'d StoredRecord<'d>,
        kept: &'d [PlaceJob<'d>],
        (source, planned): (usize, &PlannedSource),
    ) -> OpenDocument<'d> {
        let (tokenizer, pieces) = (&self.context.tokenizer, planned.pieces(record.record));
        let text = match &record.origin {
            Some(page) => {
                let blocks = spans_left(&page.segments(&record.text), pieces);
                if stored.is_subtitles() {
                    CuttableText::of_subtitles(left, blocks, tokenizer)
                } else {
                    CuttableText::of_page(left, blocks, tokenizer)
                }
            }
            None => CuttableText::new(left, self.context.options.cut_at, tokenizer),
        };
        let origins = Origins::new(pieces);
        let parts = origins.together(Span::new(0, left.len())).skip(1);
        let first = |part: Span| text.tokens.partition_point(|token| token.span.start < part.start);
        let seams: Vec<usize> = parts.map(first).collect();
        let decided = spans_left(self.choices.places(source, record.record), pieces);
        OpenDocument { record, text, origins, seams, stored, kept, decided }
    }

    /// Decides on the places of one document. Returns what changes, if anything more does, and how many words are left.
    fn edit(
        &mut self,
        document: &OpenDocument,
        jobs: &[PlaceJob<'a>],
        planned: &PlannedSource,
    ) -> Result<Option<(DocumentEdit, usize)>> {
        let (record, origins) = (document.record, &document.origins);
        let doc = self.context.index.document(jobs[0].source, record.record, jobs[0].id);
        if jobs.iter().any(|job| !document.text.has(job.span)) {
            return Err(not_there(planned, record.record));
        }
        let (mut cuts, mut staying) = self.decide(document, jobs);
        let new: Vec<Span> = cuts.iter().map(|cut| cut.span).collect();
        let fitted = match planned.edit(record.record) {
            None => self.fitted(doc.clone(), cuts, &document.text),
            Some(before) => {
                cuts.extend(before.cuts.iter().cloned());
                cuts.sort_by_key(|cut| cut.span);
                let text = CuttableText::new(&record.text, self.context.options.cut_at, &self.context.tokenizer);
                self.fitted(doc.clone(), cuts, &text)
            }
        };
        let is_changed = !new.is_empty() && document.stored.can_lose(&fitted.0.pieces);
        if !new.is_empty() && !is_changed {
            staying = jobs.iter().map(|&job| (job, "no_whole_element")).collect();
        }
        for (job, reason) in staying {
            let family = Arc::clone(&self.context.families[job.family].id);
            let span = origins.original(job.span);
            self.left.push((job, StayingPassage { doc: doc.clone(), span, family, reason }));
        }
        if is_changed {
            self.new.insert((jobs[0].source, record.record), new);
        }
        Ok(is_changed.then_some(fitted))
    }

    /// Returns an edit with what is taken out of the original text, and how many words are left.
    fn fitted(&self, doc: DocumentRef, cuts: Vec<PassageCut>, text: &CuttableText) -> (DocumentEdit, usize) {
        let spans: Vec<Span> = cuts.iter().map(|cut| cut.span).collect();
        let pieces = text.pieces(&spans, &self.context.tokenizer);
        let words = text.words_outside(&pieces);
        (DocumentEdit { doc, cuts, pieces }, words)
    }

    /// Returns what goes of the places of a document, and those of which all stays, with the reason.
    fn decide(
        &self,
        document: &OpenDocument,
        jobs: &[PlaceJob<'a>],
    ) -> (Vec<PassageCut>, Vec<(PlaceJob<'a>, &'static str)>) {
        let options = self.context.options;
        let staying_for = |reason| (Vec::new(), jobs.iter().map(|&job| (job, reason)).collect());
        match document.stored.editable(document.record) {
            Editable::Text if options.passages == PassageTreatment::Mark => return staying_for("no_field_for_marks"),
            Editable::No(reason) => return staying_for(reason),
            Editable::Text | Editable::Field | Editable::Column => {}
        }
        let may_cut =
            |job: &PlaceJob| self.choices.may_cut(job.source, job.record, document.origins.original(job.span));
        let (jobs, undecided): (Vec<PlaceJob>, Vec<PlaceJob>) = jobs.iter().copied().partition(may_cut);
        let (cuts, mut staying) = match self.context.unit {
            Some(_) => self.decide_units(document, &jobs),
            None => self.decide_places(document, &jobs),
        };
        staying.extend(undecided.into_iter().map(|job| (job, UNDECIDED)));
        (cuts, staying)
    }

    /// Returns what goes of places that may go, and those of which all stays, with the reason.
    fn decide_places(
        &self,
        document: &OpenDocument,
        jobs: &[PlaceJob<'a>],
    ) -> (Vec<PassageCut>, Vec<(PlaceJob<'a>, &'static str)>) {
        let part = |(of, job): (usize, &PlaceJob)| {
            RepeatedPart::new(of, document.text.words(job.span), self.texts[job.family].words())
        };
        let mut kept: Vec<Span> = document.kept.iter().map(|kept| kept.span).chain(document.decided.clone()).collect();
        kept.sort_unstable();
        let decided = decide(&document.text, &self.context.rules, &kept, jobs.iter().enumerate().map(part).collect());
        let mut staying = decided.staying;
        staying.retain(|&(of, _)| !decided.cuts.iter().any(|cut| cut.number == of));
        staying.sort_by_key(|&(of, _)| of);
        staying.dedup_by_key(|&mut (of, _)| of);
        let cuts = decided.cuts.iter().flat_map(|cut| self.passage_cuts(document, &jobs[cut.number], cut));
        let reason = |job: &PlaceJob, reason| if document.was_decided(job.span) { DECIDED } else { reason };
        let staying = staying.into_iter().map(|(of, why)| (jobs[of], reason(&jobs[of], why))).collect();
        (cuts.collect(), staying)
    }

    /// Returns the units of a document that go, each equal to the one that stays for it, and those that stay, with the
    /// reason.
    fn decide_units(
        &self,
        document: &OpenDocument,
        jobs: &[PlaceJob<'a>],
    ) -> (Vec<PassageCut>, Vec<(PlaceJob<'a>, &'static str)>) {
        let mut reader = self.context.tokenizer.reader();
        let (mut cuts, mut staying) = (Vec::new(), Vec::new());
        for &job in jobs {
            let unit = document.text.content(job.span).unwrap_or_default();
            let tokens = reader.tokens(unit);
            let (hashes, operators) = (hashes(&tokens), Operators::of(unit, 0, &tokens, &self.context.tokenizer));
            let is_kept = document.kept.iter().any(|kept| kept.span.overlaps(job.span));
            if document.was_decided(job.span) {
                staying.push((job, DECIDED));
                continue;
            }
            if let Some(reason) = document.text.holds_together(job.span) {
                staying.push((job, reason));
                continue;
            }
            match self.texts[job.family].as_unit(&hashes, &operators) {
                Some(keep) if !is_kept => {
                    let words = document.text.words(job.span);
                    let part = PairedPart { words: words.clone(), kept: self.texts[job.family].words(), keep };
                    let cut = self.passage_cut(document, &job, &part, words, job.span);
                    // A unit is equal by its own words; signs beside it may join one of them in the text.
                    cuts.extend(cut.map(|cut| PassageCut { covered: 1.0, differs: Box::default(), ..cut }));
                }
                Some(_) => staying.push((job, "holds_a_kept_place")),
                None => staying.push((job, "unverified")),
            }
        }
        cuts.sort_by_key(|cut| cut.span);
        (cuts, staying)
    }

    /// Returns the cuts in the original text that come to one in what is left of it: one more for each stretch that was
    /// taken out of it or of its kept place.
    fn passage_cuts(&self, document: &OpenDocument, job: &PlaceJob, cut: &DecidedCut) -> Vec<PassageCut> {
        let DecidedCut { words, covered, .. } = cut;
        let text = &document.text;
        let hashes = hashes(&text.tokens[words.clone()]);
        let seams = document.seams.iter().filter(|&&seam| words.start < seam && seam < words.end);
        let mut seams: Vec<usize> = seams.map(|seam| seam - words.start).collect();
        seams.dedup();
        let parts = self.texts[job.family].paired(&hashes, &seams, self.context.rules.threshold);
        let ranges = text.parted(words, parts.iter().map(|part| part.words.start));
        let places = parts.iter().zip(&ranges).zip(text.places_of(cut.span, &ranges));
        let mut cuts: Vec<PassageCut> = places
            .filter_map(|((part, words), span)| self.passage_cut(document, job, part, words.clone(), span))
            .collect();
        if cuts.iter().any(|part| part.covered < self.context.rules.threshold) {
            let (parts, words) = (cuts.len(), words.len());
            let joined = JoinedPlace { number: cuts[0].span.start, parts, words, covered: *covered };
            for cut in &mut cuts {
                cut.joined = Some(joined.clone());
            }
        }
        cuts
    }

    /// Returns a cut in the original text: the part of it that stands together with its words.
    fn passage_cut(
        &self,
        document: &OpenDocument,
        job: &PlaceJob,
        part: &PairedPart,
        words: Range<usize>,
        span: Span,
    ) -> Option<PassageCut> {
        let first = document.text.tokens.get(words.start)?.span.start;
        let together = document.origins.together(span).find(|part| part.end > first)?;
        let is_marked = self.context.options.passages == PassageTreatment::Mark;
        let compared = ComparedWords::new(&document.text, &words, part.kept);
        Some(PassageCut {
            span: document.origins.original(together),
            characters: is_marked.then(|| document.text.characters(span)),
            family: Arc::clone(&self.context.families[job.family].id),
            keep: Arc::clone(part.keep),
            words: words.len(),
            covered: compared.share(),
            differs: compared.differing(),
            joined: None,
        })
    }
}

fn hashes(tokens: &[Token]) -> Vec<u64> {
    tokens.iter().map(|token| token.hash).collect()
}
