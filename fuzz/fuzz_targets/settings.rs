//! Reads any bytes as settings: they are refused with an error, or are settings that the builder accepts too.
//!
//! ```text
//! cargo +nightly fuzz run settings
//! ```

#![no_main]

use doublon_core::Config;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let Ok(config) = serde_json::from_slice::<Config>(input) else { return };
    assert_eq!(config.to_builder().build().expect("what is a config can be built"), config);
});
