//! Reads any bytes as a segment of an index: it is refused with an error, or read to its end. Checksums pass here, so that
//! what stands behind them is tried too.
//!
//! ```text
//! cargo +nightly fuzz run index
//! ```

#![no_main]

use std::io::Write;

use doublon::index::check_segment;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let mut file = tempfile::NamedTempFile::new().expect("a temporary file");
    file.write_all(input).expect("is written");
    let _ = check_segment(file.path());
});
