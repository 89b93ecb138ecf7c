//! What a run will need, told before anything is read.
//!
//! Only sizes of files are known then, so the number of documents is a guess. Memory and disk follow from it and are
//! upper bounds, as far as the guess is right. Memory is that of the tables; what is read at the time comes on top, and
//! comparing takes about a fifth more: 1.2 million documents took 229 MB, of which 192 MB are the tables.

use std::path::PathBuf;

use super::texts::TextPlace;
use crate::source::{Compression, Source, SourceOptions};
use crate::store::Budget;
use doublon_core::Config;
use doublon_core::candidate::Bands;
use doublon_core::candidate::lsh::Sketch;
use doublon_core::cluster::keep::Rank;
use doublon_core::text::TokenId;

/// Bytes of a record, on the average: pages of the web have 2,000 to 5,000.
pub const BYTES_PER_RECORD: u64 = 3000;

/// What a run will need.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Forecast {
    /// Bytes of the input.
    pub input: u64,
    /// About how many documents there are: one for each file of plain text, one for each [`BYTES_PER_RECORD`] of others.
    pub documents: u64,
    /// Bytes that the tables have of a document, whatever its length.
    pub bytes_per_document: u64,
    /// Bytes of the tables in memory, at most.
    pub tables: u64,
    /// Bytes of texts that stay in memory, at most.
    pub texts: u64,
    /// Bytes of the words of texts in memory, at most, where passages are compared.
    pub words: u64,
    /// Bytes of temporary files, at most.
    pub disk: u64,
    /// Where those lie.
    pub folder: PathBuf,
}

/// Returns what the tables have of each document when texts are read again: for what, and how many bytes.
pub fn bytes_per_document(shape: Bands) -> [(&'static str, usize); 5] {
    [
        ("band keys", shape.bands * size_of::<u32>()),
        ("the sketch", size_of::<Sketch>()),
        ("a hash of its tokens", size_of::<u64>()),
        ("its place", size_of::<TextPlace>()),
        ("its id", size_of::<u64>()),
    ]
}

impl Forecast {
    /// Forecasts a run over `sources`, in order; `sizes` are their bytes, and `held` says whether texts stay in memory.
    pub(super) fn new(
        sources: &[Source],
        sizes: &[u64],
        config: &Config,
        options: &SourceOptions,
        held: bool,
        budget: &Budget,
    ) -> Self {
        let input = sizes.iter().sum();
        let texts = sources.iter().zip(sizes).map(|(source, &size)| unpacked(source, size)).sum();
        let spooled = if held { 0 } else { spooled(sources, sizes, options) };
        let on_disk = if spooled > budget.spool() as u64 { spooled } else { 0 };
        let documents: u64 = sources.iter().zip(sizes).map(|(source, &size)| documents(source, size, options)).sum();
        let in_tables = bytes_in_tables(config, held);
        let tables = documents.saturating_mul(in_tables);
        // Ranks stay in memory.
        let rank = if config.keep.goes_by_number() { 0 } else { size_of::<Rank>() as u64 };
        let words = if config.level.passages() { bytes_of_words(texts) } else { 0 };
        // Tables are moved when the room that they have taken, which may be twice what they fill, is too much.
        let fits = tables.saturating_add(words).saturating_mul(2) < budget.table as u64;
        let room = budget.table as u64;
        Self {
            input,
            documents,
            bytes_per_document: in_tables + rank,
            tables: tables.min(room) + documents.saturating_mul(rank),
            texts: if held { texts } else { spooled - on_disk },
            words: words.min(room.saturating_sub(tables)),
            disk: on_disk + if fits { 0 } else { tables.saturating_add(words) },
            folder: budget.folder.clone(),
        }
    }
}

/// Bytes of the numbers of words in so much text, if words have six bytes on the average, what parts them included.
fn bytes_of_words(texts: u64) -> u64 {
    texts.div_ceil(6).saturating_mul(size_of::<TokenId>() as u64)
}

fn documents(source: &Source, size: u64, options: &SourceOptions) -> u64 {
    match source.format_by_ending(options) {
        None => 1,
        Some(format) if format.is_document() => 1,
        _ => unpacked(source, size).div_ceil(BYTES_PER_RECORD),
    }
}

/// Text takes about a quarter when it is compressed.
fn unpacked(source: &Source, size: u64) -> u64 {
    if Compression::by_ending(&source.path).is_some() { size.saturating_mul(4) } else { size }
}

/// Bytes that are written down, because they cannot be read again by their place.
fn spooled(sources: &[Source], sizes: &[u64], options: &SourceOptions) -> u64 {
    let is_spooled = |source: &Source| {
        let is_page = source.format_by_ending(options).is_some_and(|format| format.is_markup() && format.is_document());
        is_page || Compression::by_ending(&source.path).is_some()
    };
    sources
        .iter()
        .zip(sizes)
        .filter(|(source, _)| is_spooled(source))
        .map(|(source, &size)| unpacked(source, size))
        .sum()
}

fn bytes_in_tables(config: &Config, held: bool) -> u64 {
    let shape = Bands { bands: config.bands, rows: config.rows };
    let compared = config.level.documents();
    let [keys, sketch, tokens, place, id] = bytes_per_document(shape).map(|(_, bytes)| bytes as u64);
    let of_signature = if compared { keys + sketch } else { 0 };
    let of_place = if held { 0 } else { place };
    of_signature + tokens + of_place + id
}

#[cfg(test)]
mod tests {
    use doublon_core::Keep;

    use super::*;
    use crate::scan::Resources;
    use doublon_core::Level;

    fn forecast(level: Level, memory: Option<u64>) -> Forecast {
        forecast_of(&Config::builder().level(level).build().expect("valid"), memory)
    }

    fn forecast_of(config: &Config, memory: Option<u64>) -> Forecast {
        let source = |path: &str| Source::given(path);
        let budget = Budget::new(&Resources { memory, tmp: Some("scratch".into()), ..Resources::default() });
        let sources = [source("a.txt"), source("b.jsonl")];
        let held = config.level.passages();
        Forecast::new(&sources, &[50_000, 2_999_001], config, &SourceOptions::default(), held, &budget)
    }

    #[test]
    fn documents_are_counted_by_files_or_bytes() {
        let found = forecast(Level::Documents, None);
        assert_eq!((found.input, found.documents), (3_049_001, 1001));
        assert_eq!((found.tables, found.texts, found.disk), (1001 * 160, 0, 0));
    }

    #[test]
    fn texts_that_stay_take_memory_in_place_of_their_places() {
        let found = forecast(Level::All, None);
        assert_eq!((found.tables, found.texts), (1001 * 128, 3_049_001));
        assert_eq!(found.words, 508_167 * 4);
        assert_eq!(forecast(Level::Passages, None).tables, 1001 * 16);
    }

    #[test]
    fn what_is_compressed_is_unpacked_and_written_down() {
        let budget = Budget::new(&Resources { memory: Some(1 << 30), ..Resources::default() });
        let source = |path: &str| Source::given(path);
        let sources = [source("a.jsonl.gz"), source("b.html"), source("c.jsonl")];
        let config = Config::builder().level(Level::Documents).build().expect("valid");
        let found = |sizes: &[u64]| Forecast::new(&sources, sizes, &config, &SourceOptions::default(), false, &budget);
        let small = found(&[3000, 500, 3000]);
        assert_eq!((small.documents, small.texts, small.disk), (4 + 1 + 1, 12_500, 0));
        let large = found(&[30 << 20, 0, 0]);
        assert_eq!((large.texts, large.disk), (0, 120 << 20));
    }

    #[test]
    fn tables_that_may_not_fit_take_disk() {
        let taken = |memory| {
            let found = forecast(Level::Documents, Some(memory));
            (found.tables, found.disk)
        };
        assert_eq!(taken(1001 * 160 * 6 + 6), (1001 * 160, 0));
        assert_eq!(taken(1001 * 160 * 6), (1001 * 160, 1001 * 160));
        assert_eq!(taken(300), (100, 1001 * 160));
        let passages = forecast(Level::Passages, Some(300));
        assert_eq!((passages.tables, passages.words, passages.disk), (100, 0, 1001 * 16 + 508_167 * 4));
        assert_eq!(forecast(Level::Documents, Some(100)).folder, PathBuf::from("scratch"));
    }

    #[test]
    fn a_policy_that_ranks_takes_24_bytes_that_stay_in_memory() {
        let config = Config::builder().level(Level::Documents).keep(Keep::Longest).build().expect("valid");
        let found = forecast_of(&config, Some(300));
        assert_eq!((found.bytes_per_document, found.tables, found.disk), (184, 100 + 1001 * 24, 1001 * 160));
    }

    #[test]
    fn the_default_takes_what_the_documentation_says() {
        let total: usize = bytes_per_document(Bands { bands: 12, rows: 5 }).iter().map(|(_, bytes)| bytes).sum();
        assert_eq!(total, 152 + 8, "152 in the tables, and 8 for the id");
    }
}
