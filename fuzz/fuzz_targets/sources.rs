//! Reads any bytes as a source of each format, compressed or not: nothing panics, hangs or is left out in silence.
//!
//! ```text
//! cargo +nightly fuzz run sources
//! ```

#![no_main]

use std::fs;

use doublon::finding::InputOptions;
use doublon::source::{SourceReader, parse, walk};
use libfuzzer_sys::fuzz_target;

/// The ends of the names that the file gets; the first byte of the input chooses.
const ENDS: [&str; 15] = [
    "jsonl", "csv", "tsv", "txt", "html", "warc", "arc", "parquet", "jsonl.gz", "csv.zst", "warc.bz2", "txt.lz4", "eml",
    "mbox", "srt",
];

fuzz_target!(|input: (u8, &[u8])| {
    let (choice, bytes) = input;
    let folder = tempfile::tempdir().expect("a folder for temporary files");
    let path = folder.path().join("source").with_extension(ENDS[usize::from(choice) % ENDS.len()]);
    fs::write(&path, bytes).expect("room for a temporary file");

    let options = InputOptions { max_record: 1 << 20, ..InputOptions::default() };
    let found = walk(&[path], &options).expect("the file is there");
    for source in &found.sources {
        let Ok(mut reader) = SourceReader::open(source, &options.clone().into()) else { continue };
        let mut items = Vec::new();
        while let Some(block) = reader.next_block() {
            let Ok(mut block) = block else { continue };
            parse(&mut block, reader.format(), "source", &options.clone().into(), &mut items);
        }
        reader.finish();
    }
});
