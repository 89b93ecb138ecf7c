//! One text or two by themselves.

use doublon::Span;
use doublon::cli::named::{NamedScan, scan_of_texts};
use doublon::core::SharedPassage;
use doublon::finding::DocumentRef;
use doublon::finding::comparison::Comparison;
use doublon::inspect::single::Single;
use doublon::source::Record;
use serde_json::{Value, json};

use crate::errors::{Failure, Result};
use crate::settings::Settings;

/// Returns the passages that repeat inside a text, with places in characters.
pub fn repeats(text: &str, settings: &Settings) -> Result<Vec<Value>> {
    let config = of_texts(settings)?.parameters.config;
    let found = doublon::core::repeats(text, &config).map_err(doublon::Error::from)?;
    let places = CharacterPlaces::new(text, &found);
    let side = |span: Span| {
        let (start, end) = (places.of(span.start), places.of(span.end));
        json!({ "start": start, "end": end, "text": span.of(text) })
    };
    let repeat = |SharedPassage { a, b, words, identity, .. }: &SharedPassage| json!({ "words": words, "identity": identity, "a": side(*a), "b": side(*b) });
    Ok(found.iter().map(repeat).collect())
}

/// Compares two texts as `doublon compare` does.
pub fn compare(a: String, b: String, settings: &Settings) -> Result<Comparison> {
    let parameters = of_texts(settings)?.parameters;
    let single = |name: &str, text: String| {
        let doc = DocumentRef { source: name.into(), record: 0, id: None, metadata: None };
        let length = text.len() as u64;
        Single { doc, record: Record { text, length, ..Record::default() } }
    };
    Ok(doublon::inspect::compare::compare(&single("a", a), &single("b", b), &parameters)?)
}

fn of_texts(settings: &Settings) -> Result<NamedScan> {
    scan_of_texts(settings).map_err(Failure::from)
}

/// Where bytes of a text stand among its characters.
struct CharacterPlaces(Vec<(usize, usize)>);

impl CharacterPlaces {
    /// Looks at the text once, for the ends of all passages.
    fn new(text: &str, found: &[SharedPassage]) -> Self {
        let spans = found.iter().flat_map(|found| [found.a, found.b]);
        let mut bytes: Vec<usize> = spans.flat_map(|span| [span.start, span.end]).collect();
        bytes.sort_unstable();
        bytes.dedup();
        let (mut at, mut characters, mut places) = (0, 0, Vec::new());
        for byte in bytes {
            characters += text.get(at..byte).map_or(0, |between| between.chars().count());
            at = byte;
            places.push((byte, characters));
        }
        Self(places)
    }

    fn of(&self, byte: usize) -> usize {
        self.0.binary_search_by_key(&byte, |&(byte, _)| byte).map_or(0, |at| self.0[at].1)
    }
}
