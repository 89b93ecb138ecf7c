//! P2 and P3: what removals name stays, and has what it must have of them.

use std::borrow::Cow;
use std::collections::BTreeMap;

use doublon_core::Span;
use doublon_core::kernel::{SketchScratch, Sketcher};
use doublon_core::text::{Token, Tokenizer, characters};
use doublon_core::verify::Overlap;
use doublon_core::verify::subsequence::common_subsequence;

use super::evidence::{Cut, CutKeeper, Evidence, GoneDocument, IndexedDocument, Place, name};
use super::fault::{Faults, Promise};
use super::indexed::IndexProof;
use super::kept::Kept;
use super::origins::left;

/// Measures removals again.
pub(super) struct Meter<'a> {
    evidence: &'a Evidence,
    kept: &'a Kept,
    /// If documents went for those of a saved index.
    index: Option<&'a IndexProof>,
    sketcher: Sketcher,
    scratch: SketchScratch,
    tokenizer: Tokenizer,
}

impl<'a> Meter<'a> {
    /// Makes one by the seed with which what is kept was read.
    pub fn new(evidence: &'a Evidence, kept: &'a Kept, index: Option<&'a IndexProof>, seed: u64) -> Self {
        let config = &evidence.settings.parameters.config;
        let sketcher = Sketcher::new(config).reseeded(seed);
        let (scratch, tokenizer) = (sketcher.scratch(), Tokenizer::new(config.text, seed));
        Self { evidence, kept, index, sketcher, scratch, tokenizer }
    }

    /// Checks a document that goes.
    pub fn document(&mut self, place: Place, gone: &GoneDocument, text: &str, faults: &mut Faults) {
        if let Some(kept) = &gone.indexed {
            let left = left(text, self.evidence.cuts_of(place));
            if let Err((promise, fault)) = self.indexed(gone, kept, &left) {
                faults.add(promise, &gone.name, fault);
            }
            return;
        }
        let fault = match gone.kept {
            None => self.short(place, gone, text),
            Some(kept) if self.evidence.is_gone(kept) => {
                return faults.add(
                    Promise::P2,
                    &gone.name,
                    format!("went for {}, which went too", self.evidence.name(kept)),
                );
            }
            Some(kept) if gone.share.is_some() => self.contaminated(kept, gone, text),
            Some(kept) => self.duplicate(kept, gone, &left(text, self.evidence.cuts_of(place))),
        };
        if let Some(fault) = fault {
            faults.add(Promise::P3, &gone.name, fault);
        }
    }

    fn duplicate(&mut self, kept: Place, gone: &GoneDocument, text: &str) -> Option<String> {
        let config = &self.evidence.settings.parameters.config;
        let Some(other) = self.kept.documents.get(&kept) else {
            return Some(format!("went for {}, which is not there", self.evidence.name(kept)));
        };
        let set = self.sketcher.set(text, &mut self.scratch);
        let overlaps = other.shingles.iter().map(|shingles| Overlap::of(shingles, &set));
        let is_exact = !config.exact || other.characters.contains(&characters(text));
        self.judged(gone, &overlaps.collect::<Vec<_>>(), is_exact, &self.evidence.name(kept))
    }

    /// Checks a document that went for one of the index.
    fn indexed(&self, gone: &GoneDocument, kept: &IndexedDocument, text: &str) -> Result<(), (Promise, String)> {
        let (overlap, has_characters) = self.index()?.measure(gone, kept, text)?;
        let is_exact = !self.evidence.settings.parameters.config.exact || has_characters;
        let fault = self.judged(gone, &[overlap], is_exact, &name(&kept.doc));
        fault.map_or(Ok(()), |fault| Err((Promise::P3, fault)))
    }

    /// Holds what is told of a removal against what was measured: one of `found`, as others went before it or after it.
    fn judged(&self, gone: &GoneDocument, found: &[Overlap], is_exact: bool, kept: &str) -> Option<String> {
        let config = &self.evidence.settings.parameters.config;
        let is_told = |overlap: &Overlap| {
            let off = [overlap.jaccard() - gone.jaccard, overlap.containment_b() - gone.containment];
            off.iter().all(|off| off.abs() < 1e-9)
        };
        let Some(overlap) = found.iter().find(|overlap| is_told(overlap)) else {
            let measured: Vec<String> = found.iter().map(|overlap| format!("{:.4}", overlap.jaccard())).collect();
            let measured = measured.join(" or ");
            return Some(format!("its similarity to {kept} is {measured}, and told as {:.4}", gone.jaccard));
        };
        let (jaccard, containment) = (overlap.jaccard(), overlap.containment_b());
        let is_contained = config.containment.is_some_and(|least| containment >= least);
        let is_equal = gone.equality.is_none() || jaccard >= 1.0;
        let is_enough = is_exact && is_equal && (jaccard >= config.threshold || is_contained);
        (!is_enough).then(|| format!("is not enough like {kept}: similarity {jaccard:.4}"))
    }

    fn contaminated(&self, kept: Place, gone: &GoneDocument, text: &str) -> Option<String> {
        let settings = &self.evidence.settings;
        let (rule, told) = (settings.contamination.as_ref(), gone.share.unwrap_or_default());
        let item = self.kept.documents.get(&kept).and_then(|kept| kept.item.as_ref());
        let is_item = self.evidence.sources[kept.0].info.against;
        let (Some(rule), Some(item), true) = (rule, item, is_item) else {
            return Some(format!("went for {}, which is no evaluation item", self.evidence.name(kept)));
        };
        let share = item.share(text, &self.tokenizer, rule);
        let is_met = rule.is_met(told) || rule.in_corpus && told > 0.0;
        let holds = is_met && told <= share + 1e-9;
        (!holds).then(|| format!("has {share:.4} of {}, and {told:.4} is told", self.evidence.name(kept)))
    }

    fn short(&self, place: Place, gone: &GoneDocument, text: &str) -> Option<String> {
        let cuts = self.evidence.cuts_of(place);
        let tokens = self.tokenizer.tokens(text);
        let is_cut = |span: Span| {
            let next = cuts.partition_point(|cut| cut.span.end <= span.start);
            cuts.get(next).is_some_and(|cut| cut.span.overlaps(span))
        };
        let left = tokens.iter().filter(|token| !is_cut(token.span)).count();
        let is_right = !cuts.is_empty() && left < self.evidence.settings.min_left && gone.words_left == Some(left);
        (!is_right).then(|| format!("went as too short, but {left} words are left of it"))
    }

    /// Checks the cuts of a document.
    pub fn cuts(&self, place: Place, text: &str, faults: &mut Faults) {
        let cuts = self.evidence.cuts_of(place);
        if cuts.windows(2).any(|two| two[0].span.end > two[1].span.start) {
            faults.add(Promise::P4, self.evidence.name(place), "has cuts that overlap or are in no order");
        }
        if cuts.is_empty() {
            return;
        }
        // A sign may be a word or not by what stands beside it, so the text is read as a whole.
        let words = TextWords { text, tokens: self.tokenizer.tokens(text) };
        for cut in cuts {
            if let Some((promise, fault)) = self.cut(cut, &words) {
                faults.add(promise, self.cut_name(place, cut), fault);
            }
        }
        for parts in places(cuts) {
            if let Some(fault) = self.decided(&parts, &words) {
                faults.add(Promise::P3, self.cut_name(place, parts[0]), fault);
            }
        }
    }

    fn cut_name(&self, place: Place, cut: &Cut) -> String {
        format!("{}, bytes {} to {}", self.evidence.name(place), cut.span.start, cut.span.end)
    }

    fn cut(&self, cut: &Cut, words: &TextWords) -> Option<(Promise, String)> {
        if let Some(fault) = cut.kept.read().and_then(|kept| self.lost(kept, cut.kept_span)) {
            return Some((Promise::P2, fault));
        }
        let kept_words = match self.words(cut) {
            Ok(words) => words,
            Err(fault) => return Some(fault),
        };
        if cut.span.of(words.text).is_none() {
            return Some((Promise::P4, "is not in the text".to_owned()));
        }
        let tokens = words.of(cut.span);
        let hashes: Vec<u64> = tokens.iter().map(|token| token.hash).collect();
        let common = common_subsequence(&hashes, &kept_words);
        let mut common_words = common.iter().map(|pair| pair.0).peekable();
        let differing = tokens.iter().enumerate().filter(|(n, _)| common_words.next_if_eq(n).is_none());
        let differs: Vec<&str> = differing.filter_map(|(_, token)| token.span.of(words.text)).collect();
        let covered = common.len() as f64 / tokens.len().max(1) as f64;
        let is_told = tokens.len() == cut.words && (covered - cut.covered).abs() < 1e-9 && differs == cut.differs;
        (!is_told).then(|| (Promise::P3, format!("is told wrong: {} words, {covered:.4} covered", tokens.len())))
    }

    /// Returns what is wrong with a kept place that is not in the copy.
    fn lost(&self, kept: Place, span: Span) -> Option<String> {
        let name = self.evidence.name(kept);
        if self.evidence.is_gone(kept) {
            return Some(format!("went for a place in {name}, which went as a whole"));
        }
        let is_cut = self.evidence.settings.passages == "cut";
        let takes = |other: &Cut| other.span.overlaps(span);
        (is_cut && self.evidence.cuts_of(kept).iter().any(takes))
            .then(|| format!("went for a place in {name}, of which a part went too"))
    }

    /// Whether what a place was decided by holds: of its words, those that its kept place has, in the same order.
    fn decided(&self, parts: &[&Cut], text: &TextWords) -> Option<String> {
        let least = self.evidence.settings.parameters.config.threshold;
        if let ([cut], None) = (parts, parts[0].joined) {
            return (cut.covered < least).then(|| format!("has {:.4} of its words in the kept place", cut.covered));
        }
        let joined = parts[0].joined?;
        let mut words = Vec::new();
        let mut kept: Vec<u64> = Vec::new();
        for (n, cut) in parts.iter().enumerate() {
            words.extend(text.of(cut.span).iter().map(|token| token.hash));
            if n == 0 || (&cut.kept, cut.kept_span) != (&parts[n - 1].kept, parts[n - 1].kept_span) {
                kept.extend_from_slice(&self.words(cut).unwrap_or_default()); // what is wrong with one is told of it
            }
        }
        let covered = common_subsequence(&words, &kept).len() as f64 / words.len().max(1) as f64;
        let is_whole = parts.len() == joined.parts && words.len() == joined.words;
        let holds = is_whole && covered >= least && joined.covered >= least;
        (!holds).then(|| format!("is a part of a place of which {covered:.4} is in the kept one"))
    }

    /// Returns the words of the place that stays for a cut.
    fn words(&self, cut: &Cut) -> Result<Cow<'_, [u64]>, (Promise, String)> {
        match &cut.kept {
            CutKeeper::Read(place) => {
                let words = self.kept.places.get(place).and_then(|places| places.get(&cut.kept_span));
                Ok(Cow::Borrowed(words.map_or(&[], Vec::as_slice)))
            }
            CutKeeper::Indexed(kept) => self.index()?.words(kept, cut.kept_span).map(Cow::Owned),
        }
    }

    fn index(&self) -> Result<&IndexProof, (Promise, String)> {
        self.index
            .ok_or_else(|| (Promise::P3, "went for a document of an index, and sources.jsonl names none".to_owned()))
    }
}

/// A text and its words.
struct TextWords<'t> {
    text: &'t str,
    tokens: Vec<Token>,
}

impl TextWords<'_> {
    /// Returns the words in a span.
    fn of(&self, span: Span) -> &[Token] {
        let first = self.tokens.partition_point(|token| token.span.start < span.start);
        let end = self.tokens.partition_point(|token| token.span.start < span.end);
        &self.tokens[first..end.max(first)]
    }
}

/// Returns the cuts by the places by which they were decided, each with one cut at least: what earlier cuts parted is one
/// place.
fn places(cuts: &[Cut]) -> Vec<Vec<&Cut>> {
    let mut joined: BTreeMap<usize, Vec<&Cut>> = BTreeMap::new();
    let mut places = Vec::with_capacity(cuts.len());
    for cut in cuts {
        match cut.joined {
            Some(place) => joined.entry(place.number).or_default().push(cut),
            None => places.push(vec![cut]),
        }
    }
    places.extend(joined.into_values());
    places
}
