//! The engine of doublon: texts in, measures out.
//!
//! It finds duplicate and near-duplicate texts, and passages that repeat within or across them. It reads no file, starts
//! no thread and knows no clock, so that it can be used wherever there are texts in memory. Reading archives, using all
//! cores, saving and reporting findings and writing clean copies is the crate `doublon`, which is made of this one.
//!
//! The modules form floors, and a module uses modules of lower floors only:
//!
//! ```text
//! 7  compare
//! 6  kernel, then signature
//! 5  config
//! 4  verify, cluster
//! 3  candidate
//! 2  text, then sketch
//! 1  span, hash, error
//! ```

pub mod candidate;
pub mod cluster;
mod compare;
pub mod config;
pub mod error;
pub mod hash;
pub mod kernel;
mod signature;
pub mod sketch;
pub mod span;
pub mod text;
pub mod verify;

pub use candidate::postings::Scope;
pub use cluster::keep::Keep;
pub use config::{Builder, Config, Level, Settings};
pub use compare::{SharedPassage, TextComparison, compare, repeats};
pub use error::{Error, Result};
pub use kernel::Sketcher;
pub use signature::Signature;
pub use span::{OffsetMap, Span};
