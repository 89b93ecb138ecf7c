//! doublon finds duplicate and near-duplicate documents, and passages that repeat within or across documents.
//!
//! The modules form floors, and a module uses modules of lower floors only (`ARCHITECTURE.md` has the plan,
//! `tests/architecture.rs` holds it):
//!
//! ```text
//! 6  cli        arguments, messages, progress
//! 5  scan       the pipelines
//! 4  verify, cluster, report, rewrite
//! 3  finding, statistics, candidate, source
//! 2  text, sketch, document
//! 1  span, hash, error
//! ```

pub mod candidate;
#[cfg(feature = "cli")]
pub mod cli;
pub mod cluster;
pub mod document;
pub mod error;
pub mod finding;
pub mod hash;
pub mod report;
pub mod rewrite;
pub mod scan;
pub mod sketch;
pub mod source;
pub mod span;
pub mod statistics;
pub mod text;
pub mod verify;

pub use error::{Error, Result};
pub use span::{OffsetMap, Span};
