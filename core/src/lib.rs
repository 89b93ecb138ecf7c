//! The engine of doublon: texts in, measures out.
//!
//! ```
//! use doublon_core::{Config, Sketcher, compare, repeats};
//!
//! let config = Config::builder().threshold(0.8).min_words(10).build()?;
//! let lead = "The council has met on Monday and agreed on the new plan for the old harbour.";
//! let (text, other) = (format!("{lead} Nobody was against it. {lead}"), format!("News of today. {lead}"));
//!
//! let found = compare(&text, &other, &config)?; // exact Jaccard, both containments, passages in both
//! assert_eq!(found.passages[0].b.of(&other), Some(lead));
//! assert_eq!(repeats(&text, &config)?[0].words, 16); // passages that stand twice in one text
//! let [a, b] = [&text, &other].map(|text| Sketcher::new(&config).signature(text)); // to keep, and to compare later
//! assert!((a.jaccard(&b)? - found.jaccard()).abs() < 0.3);
//! # Ok::<(), doublon_core::Error>(())
//! ```
//!
//! Many texts at a time, from the buffers of whoever holds them, are the business of [`kernel`].
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
//! 1  span, hash, groups, error, effort
//! ```

pub mod candidate;
pub mod cluster;
mod compare;
pub mod config;
#[doc(hidden)] // for the tests of this project
pub mod effort;
pub mod error;
pub mod groups;
pub mod hash;
pub mod kernel;
pub mod sets;
mod signature;
pub mod sketch;
pub mod span;
pub mod text;
pub mod verify;

pub use candidate::postings::Scope;
pub use cluster::keep::Keep;
pub use compare::{SharedPassage, TextComparison, compare, repeats};
pub use config::{Builder, Config, Level, Settings};
pub use error::{Error, Result};
pub use kernel::Sketcher;
pub use signature::Signature;
pub use span::{OffsetMap, Span};

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
