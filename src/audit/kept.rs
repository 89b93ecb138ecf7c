//! What stays, as far as removals name it: the words of places, and the shingles of documents.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use doublon_core::Span;
use doublon_core::kernel::{Sketcher, TextMasker};
use doublon_core::text::{Tokenizer, characters};

use super::contaminated::ItemWords;
use super::evidence::{Evidence, Place};
use super::fault::{Faults, Promise};
use super::origins::left;
use super::records::Records;
use crate::error::Result;
use crate::finding::SourceInfo;
use crate::source::SourceOptions;

/// What is wrong with a kept document that is shorter than its kept place says.
const NO_PLACE: &str = "does not have the place that is named as kept";

/// What removals are measured against.
#[derive(Default)]
pub(super) struct Kept {
    /// The hashes of the words of each place.
    pub places: BTreeMap<Place, BTreeMap<Span, Vec<u64>>>,
    pub documents: BTreeMap<Place, KeptDocument>,
}

/// A document for which others went: as it was, and without its cuts if it has any. Others may have gone for it before
/// these or after them.
pub(super) struct KeptDocument {
    pub shingles: Vec<Vec<u64>>,
    /// None but where characters are compared.
    pub characters: Vec<String>,
    /// Its words, if it is an evaluation item.
    pub item: Option<ItemWords>,
}

impl Kept {
    /// Reads it from the inputs; words are hashed by `seed`.
    pub fn read(evidence: &Evidence, options: &SourceOptions, seed: u64, faults: &mut Faults) -> Result<Self> {
        let mut kept = Self::default();
        for cut in evidence.cuts.values().flatten() {
            if let Some(place) = cut.kept.read() {
                kept.places.entry(place).or_default().insert(cut.kept_span, Vec::new());
            }
        }
        let keepers: BTreeSet<Place> = evidence.documents.values().filter_map(|gone| gone.kept).collect();
        let config = &evidence.settings.parameters.config;
        let (sketcher, tokenizer) = (Sketcher::new(config).reseeded(seed), Tokenizer::new(config.text, seed));
        let mut reader = tokenizer.reader();
        let (mut scratch, mut masker) = (sketcher.scratch(), TextMasker::new(config));
        let (rule, input) = (evidence.settings.contamination.as_ref(), &evidence.settings.parameters.input);
        let of_items = rule.map(|rule| SourceOptions::from(rule.item_input(input)).without_metadata());
        let of_items = of_items.unwrap_or_else(|| options.clone());
        for (number, source) in evidence.sources.iter().enumerate() {
            let of_source = (number, 0)..(number + 1, 0);
            if kept.places.range(of_source.clone()).next().is_none() && keepers.range(of_source).next().is_none() {
                continue;
            }
            let options = if source.info.against { &of_items } else { options };
            let mut records = Records::open(&source.info.to_path()?, options)?;
            while let Some(record) = records.next()? {
                let place = (number, record.record);
                for (span, words) in kept.places.get_mut(&place).into_iter().flatten() {
                    match span.of(&record.text) {
                        Some(text) => reader.for_each(text, |token| words.push(token.hash)),
                        None => faults.add(Promise::P2, evidence.name(place), NO_PLACE),
                    }
                }
                if keepers.contains(&place) {
                    let mut texts = vec![Cow::Borrowed(record.text.as_str())];
                    texts.extend(Some(left(&record.text, evidence.cuts_of(place))).filter(|left| *left != record.text));
                    let shingles = texts.iter().map(|text| sketcher.set(text, &mut scratch)).collect();
                    let characters = texts.iter().filter(|_| config.exact).map(|text| characters(text)).collect();
                    let item = rule.map(|rule| ItemWords::new(&record.text, &tokenizer, &mut masker, rule));
                    kept.documents.insert(place, KeptDocument { shingles, characters, item });
                }
            }
            check_same(&records.finish()?, &source.info, faults);
        }
        Ok(kept)
    }
}

/// P1: the bytes of a source are those that were scanned.
pub(super) fn check_same(now: &SourceInfo, then: &SourceInfo, faults: &mut Faults) {
    if (now.bytes, &now.xxh3_128) != (then.bytes, &then.xxh3_128) {
        faults.add(Promise::P1, then.path.clone(), "its content is not what was scanned");
    }
}
