//! Reads any bytes as saved findings: they are refused with an error, or what was read can be written and read again.
//!
//! ```text
//! cargo +nightly fuzz run findings
//! ```

#![no_main]

use std::path::Path;

use doublon::report::json;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let path = Path::new("findings.jsonl");
    let Ok(findings) = json::read_all(input, path) else { return };
    let mut written = Vec::new();
    json::write(&findings, &mut written).expect("memory takes all");
    let again = json::read_all(&*written, path).expect("what was written can be read");
    let mut twice = Vec::new();
    json::write(&again, &mut twice).expect("memory takes all");
    assert_eq!(written, twice);
});
