//! The engine of doublon: texts in, measures out.
//!
//! It finds duplicate and near-duplicate texts, and passages that repeat within or across them. It reads no file, starts
//! no thread and knows no clock, so that it can be used wherever there are texts in memory. Reading archives, using all
//! cores, saving and reporting findings and writing clean copies is the crate `doublon`, which is made of this one.
//!
//! The modules form floors, and a module uses modules of lower floors only:
//!
//! ```text
//! 5  config
//! 4  verify, cluster
//! 3  candidate
//! 2  text, then sketch
//! 1  span, hash, error, effort
//! ```

pub mod candidate;
pub mod cluster;
pub mod config;
#[doc(hidden)] // for the tests of this project
pub mod effort;
pub mod error;
pub mod hash;
pub mod sketch;
pub mod span;
pub mod text;
pub mod verify;

pub use candidate::postings::Scope;
pub use cluster::keep::Keep;
pub use config::{Builder, Config, Level, Settings};
pub use error::{Error, Result};
pub use span::{OffsetMap, Span};
