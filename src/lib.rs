//! doublon finds duplicate and near-duplicate documents, and passages that repeat within or across documents.
//!
//! Over texts in memory:
//!
//! ```
//! use doublon::finding::Finding;
//! use doublon::{Config, Deduper};
//!
//! let mut dedup = Deduper::new(Config::builder().threshold(0.8).build()?);
//! dedup.push("lead", "The council met on Monday and agreed on the plan for the old harbour.")?;
//! dedup.push("copy", "The council met on Monday, and agreed on the plan for the old harbour!")?;
//! let mut findings: Vec<Finding> = Vec::new(); // or any other Sink
//! let summary = dedup.finish(&mut findings)?;
//! assert_eq!((summary.kept, summary.removed), (1, 1));
//! # Ok::<(), doublon::Error>(())
//! ```
//!
//! - [`scan`] compares documents in files, or those given to a [`Deduper`], and hands findings to a
//!   [`Sink`](finding::Sink) one by one.
//! - `index` (feature `index`) keeps what was seen, and holds new documents against it.
//! - [`finding`] is what was found, and the format it is saved in.
//! - [`source`] reads archives, [`rewrite`] writes clean copies of them, [`audit`] proves what these promise.
//! - [`inspect`] compares two documents and explains findings, [`stats`] measures a corpus, [`report`] renders all.
//! - [`core`] is the engine by itself, for texts in memory, without files and threads.

// The program's own rooms name the library as all its users do.
#[cfg(feature = "cli")]
extern crate self as doublon;

pub mod audit;
#[cfg(feature = "cli")]
#[doc(hidden)]
pub mod cli;
mod disk;
pub mod error;
pub mod finding;
#[cfg(feature = "index")]
pub mod index;
pub mod inspect;
pub mod report;
pub mod rewrite;
pub mod scan;
pub mod source;
pub mod stats;
mod store;

pub use doublon_core as core;
pub use doublon_core::{Config, Keep, Level, Scope, Span};
pub use error::{Error, Result};
pub use finding::InputOptions;
pub use scan::Deduper;
