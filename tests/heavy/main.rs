//! Tests that take hundreds of megabytes, or measure the memory or the work of a process: run apart from the others, one
//! at a time.
//!
//! ```text
//! cargo test --test heavy -- --test-threads=1
//! ```
//!
//! A plain `cargo test` leaves them out (`test = false` in `Cargo.toml`); `scripts/test` runs them.

#![allow(clippy::unwrap_used)] // helpers of tests fail like tests

#[path = "../../benches/generator/mod.rs"]
#[allow(dead_code)] // each user of the generator uses a part of it
mod generator;
#[path = "../common/oracle.rs"]
#[allow(dead_code)] // each user of the oracle uses a part of it
mod oracle;
#[path = "../common/reading.rs"]
#[allow(dead_code)] // each user uses a part of it
mod reading;

mod bombs;
#[cfg(all(target_os = "linux", feature = "cli"))]
mod ceilings;
#[cfg(all(target_os = "linux", feature = "cli"))]
mod program;
mod work;
