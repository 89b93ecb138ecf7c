//! Sources as they are met: each format, whole and damaged, and what a user's machine does to the reading of them.

#![allow(clippy::unwrap_used)] // helpers of tests fail like tests

#[path = "../common/reading.rs"]
#[allow(dead_code)] // each user uses a part of it
mod reading;

mod faults;
#[cfg(feature = "parquet")]
mod parquet;
mod saved;
#[cfg(feature = "warc")]
mod warc;
