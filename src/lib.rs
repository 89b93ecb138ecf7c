//! doublon finds duplicate and near-duplicate documents, and passages that repeat within or across documents.

#[cfg(feature = "cli")]
pub mod cli;
pub mod error;
pub mod finding;
pub mod report;
pub mod rewrite;
pub mod scan;
pub mod source;

pub use doublon_core as core;
pub use doublon_core::{Config, Keep, Level, Scope, Span};
pub use error::{Error, Result};
pub use finding::InputOptions;
