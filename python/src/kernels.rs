//! The kernels of the core for engines: tables in, tables out, on the caller's thread.

use std::sync::Arc;

use arrow_array::builder::{
    BinaryBuilder, BooleanBuilder, Float64Builder, Int64Builder, LargeStringBuilder, ListBuilder, StringBuilder,
};
use arrow_array::{ArrayRef, Int64Array};
use doublon::cli::named::{NamedScan, scan_of_texts};
use doublon::core::kernel::{
    Components, FoundMeetings, KeepDecider, KeptFor, KeyedSketch, Measurer, MeetingReader, NO_TOKEN, SelectionRules,
    SketchRows, SketchScratch, TextBatch, is_compared,
};
use doublon::core::verify::Overlap;
use doublon::core::{Config, Keep, Sketcher};
use doublon::finding::Parameters;
use doublon::source::{Block, Format, Item, SourceOptions, parse};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict};

use crate::batches::{Batches, Texts, bytes, numbers};
use crate::errors::{Failure, Result};
use crate::output::Table;
use crate::settings::settings;

/// What all tasks of a job compare documents by: settings, and a seed that nobody else knows.
#[pyclass(frozen, module = "doublon.kernels")]
pub struct Kernels {
    given: Py<PyDict>,
    secret: u64,
    parameters: Parameters,
    /// Makes keys and sketches, by the seed of the settings.
    public: Sketcher,
    /// Makes what texts are compared by, by the secret seed.
    private: Sketcher,
}

/// What makes an object again, and with which arguments.
type Reduced<'py> = (Bound<'py, PyAny>, (u64, Bound<'py, PyDict>));

#[pymethods]
impl Kernels {
    #[new]
    #[pyo3(signature = (secret, **settings))]
    fn new(py: Python<'_>, secret: u64, settings: Option<&Bound<'_, PyDict>>) -> PyResult<Self> {
        let given = settings.map_or_else(|| Ok(PyDict::new(py)), PyDictMethods::copy)?;
        let scan = scan_of_texts(&self::settings(Some(&given))?).map_err(|error| Failure::from(error).raise(py))?;
        let NamedScan { parameters, .. } = scan;
        check(&parameters.config).map_err(|error| error.raise(py))?;
        let public = Sketcher::new(&parameters.config);
        let private = public.reseeded(secret);
        Ok(Self { given: given.unbind(), secret, parameters, public, private })
    }

    /// All that another process needs to make this again.
    fn __reduce__<'py>(&self, py: Python<'py>) -> PyResult<Reduced<'py>> {
        let make = py.import("doublon.kernels")?.getattr("_kernels")?;
        Ok((make, (self.secret, self.given.bind(py).copy()?)))
    }

    /// The settings that determine the result, as findings have them.
    #[getter]
    fn parameters<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        crate::findings::from_json(py, &self.parameters)
    }

    /// Returns of each text a fingerprint, a sketch and the keys of its bands.
    fn sketch(&self, py: Python<'_>, texts: &Bound<'_, PyAny>) -> PyResult<Table> {
        let texts = Texts::of(texts)?;
        py.detach(|| self.sketch_all(&texts)).map_err(|error| error.raise(py))
    }

    /// Returns the records of some lines of JSON, of which the first is number `first` and stands at `offset`.
    #[pyo3(signature = (lines, *, first=0, offset=0))]
    fn json_lines(&self, py: Python<'_>, lines: &Bound<'_, PyBytes>, first: u64, offset: u64) -> PyResult<Table> {
        let lines = lines.as_bytes();
        py.detach(|| self.read_lines(lines.to_vec(), first, offset)).map_err(|error| error.raise(py))
    }

    /// Returns the pairs of rows that may be duplicates, and those in a crowd.
    fn pairs(&self, py: Python<'_>, rows: &Bound<'_, PyAny>) -> PyResult<Table> {
        let rows = Batches::of(rows)?;
        py.detach(|| self.find_pairs(&rows)).map_err(|error| error.raise(py))
    }

    /// Measures pairs of texts, given by their row numbers.
    fn verify(&self, py: Python<'_>, texts: &Bound<'_, PyAny>, earlier: Vec<u32>, later: Vec<u32>) -> PyResult<Table> {
        let texts = Texts::of(texts)?;
        py.detach(|| self.measure(&texts, &earlier, &later)).map_err(|error| error.raise(py))
    }

    /// Returns of each text its shingles.
    fn shingles(&self, py: Python<'_>, texts: &Bound<'_, PyAny>) -> PyResult<Table> {
        let texts = Texts::of(texts)?;
        py.detach(|| self.all_shingles(&texts)).map_err(|error| error.raise(py))
    }
}

/// Refuses what needs more of other documents than kernels know.
fn check(config: &Config) -> Result<()> {
    let refused = |name: &str| Err(Failure::Setting(format!("{name} is not supported by kernels; use doublon.clean")));
    match config {
        config if config.containment.is_some() => refused("containment"),
        config if config.pairs => refused("pairs"),
        config if config.keep != Keep::First => refused("keep"),
        config if config.unit.is_some() => refused("unit"),
        config if !config.known_text.is_none() => refused("ignore_text"),
        _ => Ok(()),
    }
}

impl Kernels {
    fn sketch_all(&self, texts: &Texts) -> Result<Table> {
        let mut rows = SketchBuilder::default();
        let mut scratch = (self.public.scratch(), self.private.scratch());
        for text in texts.iter() {
            match text {
                Ok(text) => self.sketch_one(text, &mut rows, &mut scratch),
                Err(reason) => rows.skip(reason),
            }
        }
        rows.finish()
    }

    fn sketch_one(&self, text: &str, out: &mut SketchBuilder, scratch: &mut (SketchScratch, SketchScratch)) {
        let (public, private) = scratch;
        let masks = public.masks(text);
        out.rows.clear();
        self.public.add_masked(text, &masks, &mut out.rows, public);
        let stream = out.rows.streams()[0];
        if stream == NO_TOKEN {
            return out.skip("empty");
        }
        out.reasons.append_null();
        if !is_compared(stream) {
            // It has nothing but what comments leave out: it stays, and is like no other.
            return out.nothing();
        }
        out.fingerprints.append_value(self.private.fingerprint(text, &masks, private).to_le_bytes());
        if self.parameters.config.exact {
            out.sketches.append_null();
        } else {
            out.sketches.append_value(out.rows.sketches()[0]);
            for (keys, band) in out.rows.keys().iter().zip(0u64..) {
                out.keys.values().append_value((band << 32 | u64::from(keys[0])).cast_signed());
            }
        }
        out.keys.append(true);
    }

    fn read_lines(&self, lines: Vec<u8>, first: u64, offset: u64) -> Result<Table> {
        let options = SourceOptions::new(&self.parameters.input, &self.parameters.config.keep).without_metadata();
        let (mut items, mut block) = (Vec::new(), Block::of(lines, first, offset));
        parse(&mut block, Format::Jsonl, "", &options, &mut items);
        let [mut records, mut offsets] = [Int64Builder::new(), Int64Builder::new()];
        let (mut ids, mut texts, mut reasons) = (StringBuilder::new(), LargeStringBuilder::new(), StringBuilder::new());
        for item in items {
            let (record, at) = match item {
                Item::Document(found) => {
                    ids.append_option(found.id.as_deref());
                    texts.append_value(&found.text);
                    reasons.append_null();
                    (Some(found.record), Some(found.offset))
                }
                Item::Skipped(skipped) => {
                    ids.append_null();
                    texts.append_null();
                    reasons.append_value(skipped.reason.name());
                    (skipped.record, skipped.offset)
                }
            };
            records.append_option(record.map(u64::cast_signed));
            offsets.append_option(at.map(u64::cast_signed));
        }
        Table::of([
            ("record", Arc::new(records.finish()) as ArrayRef),
            ("offset", Arc::new(offsets.finish())),
            ("id", Arc::new(ids.finish())),
            ("text", Arc::new(texts.finish())),
            ("reason", Arc::new(reasons.finish())),
        ])
    }

    fn find_pairs(&self, rows: &Batches) -> Result<Table> {
        let (mut reader, mut found) = (MeetingReader::new(&self.parameters.config), FoundMeetings::default());
        for [keys, places, sketches] in rows.columns(["key", "place", "sketch"])? {
            let (keys, places, sketches) = (numbers(&keys)?, numbers(&places)?, bytes(&sketches)?);
            for row in 0..keys.len() {
                let sketch = sketches.get(row).and_then(|sketch| sketch.try_into().ok());
                let sketch = sketch.ok_or_else(|| Failure::Type("a sketch must have 64 bytes".to_owned()))?;
                let [key, place] = [keys, places].map(|numbers| numbers.value(row).cast_unsigned());
                reader.push(KeyedSketch { key, place, sketch }, &mut found).map_err(doublon::Error::from)?;
            }
        }
        reader.finish(&mut found);
        let [mut earlier, mut later] = [Int64Builder::new(), Int64Builder::new()];
        for (a, b) in found.pairs {
            earlier.append_value(a.cast_signed());
            later.append_value(b.cast_signed());
        }
        for member in found.crowded {
            earlier.append_null();
            later.append_value(member.cast_signed());
        }
        Table::of([("earlier", Arc::new(earlier.finish()) as ArrayRef), ("later", Arc::new(later.finish()))])
    }

    fn measure(&self, texts: &Texts, earlier: &[u32], later: &[u32]) -> Result<Table> {
        let texts: Vec<&str> = texts.iter().map(std::result::Result::unwrap_or_default).collect();
        let pairs: Vec<(u32, u32)> = earlier.iter().copied().zip(later.iter().copied()).collect();
        let is_there = |&(a, b): &(u32, u32)| a.max(b) < texts.len() as u32;
        if earlier.len() != later.len() || !pairs.iter().all(is_there) {
            return Err(Failure::Type("earlier and later must have a row number of a text for each pair".to_owned()));
        }
        let (mut overlaps, mut rows) = (Vec::new(), OverlapBuilder::default());
        Measurer::by(self.private.clone()).measure(&TextBatch::from(texts.as_slice()), &pairs, &mut overlaps);
        let rules = SelectionRules::of(&self.parameters.config);
        let mut matches = BooleanBuilder::new();
        for overlap in overlaps {
            rows.add(overlap);
            matches.append_value(rules.match_by(overlap));
        }
        Table::of(rows.finish().into_iter().chain([("match", Arc::new(matches.finish()) as ArrayRef)]))
    }

    fn all_shingles(&self, texts: &Texts) -> Result<Table> {
        let (mut scratch, mut sets) = (self.private.scratch(), BinaryBuilder::new());
        for text in texts.iter() {
            let set = self.private.set(text.unwrap_or_default(), &mut scratch);
            sets.append_value(set.iter().flat_map(|shingle| shingle.to_le_bytes()).collect::<Vec<u8>>());
        }
        Table::of([("shingles", Arc::new(sets.finish()) as ArrayRef)])
    }
}

/// The rows of `sketch`.
#[derive(Default)]
struct SketchBuilder {
    /// The row of one text.
    rows: SketchRows,
    reasons: StringBuilder,
    fingerprints: BinaryBuilder,
    sketches: BinaryBuilder,
    keys: ListBuilder<Int64Builder>,
}

impl SketchBuilder {
    fn skip(&mut self, reason: &str) {
        self.reasons.append_value(reason);
        self.nothing();
    }

    fn nothing(&mut self) {
        self.fingerprints.append_null();
        self.sketches.append_null();
        self.keys.append(true);
    }

    fn finish(mut self) -> Result<Table> {
        Table::of([
            ("reason", Arc::new(self.reasons.finish()) as ArrayRef),
            ("fingerprint", Arc::new(self.fingerprints.finish())),
            ("sketch", Arc::new(self.sketches.finish())),
            ("keys", Arc::new(self.keys.finish())),
        ])
    }
}

/// Columns of overlaps, of which `a` is the earlier text.
#[derive(Default)]
struct OverlapBuilder {
    counts: [Int64Builder; 3],
    jaccard: Float64Builder,
}

impl OverlapBuilder {
    fn add(&mut self, overlap: Overlap) {
        for (column, count) in self.counts.iter_mut().zip([overlap.a, overlap.b, overlap.shared]) {
            column.append_value(i64::try_from(count).unwrap_or(i64::MAX));
        }
        self.jaccard.append_value(overlap.jaccard());
    }

    fn finish(self) -> [(&'static str, ArrayRef); 4] {
        let Self { counts, mut jaccard } = self;
        let [a, b, shared] = counts.map(|mut count| Arc::new(count.finish()) as ArrayRef);
        [("a", a), ("b", b), ("shared", shared), ("jaccard", Arc::new(jaccard.finish()))]
    }
}

/// Decides which documents stay, from matches and from the shingles of those in a crowd, both in keep order.
#[pyclass(module = "doublon.kernels")]
pub struct Decider {
    rule: KeepDecider,
    /// Of each match the later place, then the earlier one, in this order.
    matches: Vec<(u64, u64, Overlap)>,
    /// How many of them are decided.
    next: usize,
    decided: Vec<KeptFor>,
}

/// Documents of a crowd by which rare shingles are told from common ones.
const SAMPLE: usize = 4096;

#[pymethods]
impl Decider {
    #[new]
    fn new(py: Python<'_>, kernels: &Kernels, matches: &Bound<'_, PyAny>) -> PyResult<Self> {
        let matches = matches_of(&Batches::of(matches)?).map_err(|error| error.raise(py))?;
        let rule = KeepDecider::new(SelectionRules::of(&kernels.parameters.config));
        Ok(Self { rule, matches, next: 0, decided: Vec::new() })
    }

    /// Takes documents of a crowd, after those that came before.
    fn push(&mut self, py: Python<'_>, crowd: &Bound<'_, PyAny>) -> PyResult<()> {
        let crowd = Batches::of(crowd)?;
        py.detach(|| self.take(&crowd)).map_err(|error| error.raise(py))
    }

    /// Returns which documents go, and for which.
    fn finish(&mut self, py: Python<'_>) -> PyResult<Table> {
        py.detach(|| {
            self.decide_before(u64::MAX)?;
            let [mut removed, mut keepers] = [Int64Builder::new(), Int64Builder::new()];
            let mut rows = OverlapBuilder::default();
            for KeptFor { keeper, removed: place, overlap } in self.decided.drain(..) {
                removed.append_value(place.cast_signed());
                keepers.append_value(keeper.cast_signed());
                rows.add(overlap);
            }
            let places = [("removed", Arc::new(removed.finish()) as ArrayRef), ("keeper", Arc::new(keepers.finish()))];
            Table::of(places.into_iter().chain(rows.finish()))
        })
        .map_err(|error: Failure| error.raise(py))
    }
}

impl Decider {
    fn take(&mut self, crowd: &Batches) -> Result<()> {
        let parts = crowd.columns(["place", "shingles"])?;
        let mut rows = Vec::new();
        for [places, shingles] in &parts {
            let shingles = bytes(shingles)?;
            let set = |row: usize| shingles.get(row).unwrap_or_default().chunks_exact(8);
            let set = |row: usize| set(row).filter_map(|shingle| Some(u64::from_le_bytes(shingle.try_into().ok()?)));
            rows.extend(
                numbers(places)?.values().iter().enumerate().map(|(row, &place)| (place, set(row).collect::<Vec<_>>())),
            );
        }
        rows.iter().step_by(rows.len() / SAMPLE + 1).for_each(|(_, shingles)| self.rule.count(shingles));
        for (place, shingles) in rows {
            let place = place.cast_unsigned();
            self.decide_before(place)?;
            self.decide(place, Some(shingles))?;
        }
        Ok(())
    }

    /// Decides the documents before `place`, none of which is in a crowd.
    fn decide_before(&mut self, place: u64) -> Result<()> {
        while let Some(&(later, ..)) = self.matches.get(self.next).filter(|(later, ..)| *later < place) {
            self.decide(later, None)?;
        }
        Ok(())
    }

    fn decide(&mut self, place: u64, shingles: Option<Vec<u64>>) -> Result<()> {
        let rest = &self.matches[self.next..];
        let ours = rest.partition_point(|(later, ..)| *later <= place);
        let measured: Vec<(u64, Overlap)> =
            rest[..ours].iter().map(|&(_, earlier, overlap)| (earlier, overlap)).collect();
        self.next += ours;
        self.decided.extend(self.rule.decide(place, &measured, shingles).map_err(doublon::Error::from)?);
        Ok(())
    }
}

/// Takes matches from a table, and sorts them.
fn matches_of(table: &Batches) -> Result<Vec<(u64, u64, Overlap)>> {
    let mut matches = Vec::new();
    for columns in table.columns(["earlier", "later", "a", "b", "shared"])? {
        let [earlier, later, a, b, shared] = [0, 1, 2, 3, 4].map(|at: usize| numbers(&columns[at]));
        let (earlier, later, a, b, shared) = (earlier?, later?, a?, b?, shared?);
        for row in 0..earlier.len() {
            let count = |column: &Int64Array| usize::try_from(column.value(row)).unwrap_or(0);
            let overlap = Overlap { a: count(a), b: count(b), shared: count(shared) };
            matches.push((later.value(row).cast_unsigned(), earlier.value(row).cast_unsigned(), overlap));
        }
    }
    matches.sort_unstable_by_key(|&(later, earlier, _)| (later, earlier));
    matches.dedup_by_key(|&mut (later, earlier, _)| (later, earlier));
    Ok(matches)
}

/// Returns each place of some pairs with the smallest place of its component.
pub fn components(pairs: &Batches) -> Result<Table> {
    let mut components = Components::default();
    for [earlier, later] in pairs.columns(["earlier", "later"])? {
        let (earlier, later) = (numbers(&earlier)?, numbers(&later)?);
        for (&a, &b) in earlier.values().iter().zip(later.values()) {
            components.join(a.cast_unsigned(), b.cast_unsigned());
        }
    }
    let [mut places, mut labels] = [Int64Builder::new(), Int64Builder::new()];
    for (place, label) in components.labels() {
        places.append_value(place.cast_signed());
        labels.append_value(label.cast_signed());
    }
    Table::of([("place", Arc::new(places.finish()) as ArrayRef), ("component", Arc::new(labels.finish()))])
}
