//! The program and what it writes: commands, their output and exit status, clean copies, explanations and schemas.

#![allow(clippy::unwrap_used)] // helpers of tests fail like tests

#[path = "../../benches/generator/mod.rs"]
#[allow(dead_code)] // each user of the generator uses a part of it
mod generator;
#[path = "../common/oracle.rs"]
#[allow(dead_code)] // each user of the oracle uses a part of it
mod oracle;

#[cfg(feature = "cli")]
mod added;
#[cfg(feature = "cli")]
mod against;
#[cfg(all(feature = "cli", feature = "warc"))]
mod archives;
#[cfg(feature = "cli")]
mod audit;
#[cfg(feature = "cli")]
mod bench;
#[cfg(feature = "cli")]
mod clean;
#[cfg(feature = "cli")]
mod cli;
#[cfg(feature = "cli")]
mod cmd;
#[cfg(feature = "cli")]
mod collisions;
#[cfg(feature = "cli")]
mod decisions;
#[cfg(feature = "cli")]
mod decontaminate;
#[cfg(feature = "cli")]
mod encodings;
#[cfg(feature = "report")]
mod explain;
#[cfg(feature = "cli")]
mod fields;
#[cfg(all(feature = "cli", feature = "glob"))]
mod files;
#[cfg(feature = "cli")]
mod finality;
#[cfg(all(feature = "cli", feature = "html"))]
mod headings;
#[cfg(feature = "cli")]
mod hints;
#[cfg(feature = "cli")]
mod ids;
#[cfg(all(feature = "cli", feature = "html"))]
mod ignored;
#[cfg(feature = "cli")]
mod index;
#[cfg(feature = "cli")]
mod index_cuts;
#[cfg(all(feature = "cli", unix))]
mod interrupts;
#[cfg(feature = "cli")]
mod isolate;
#[cfg(all(feature = "cli", feature = "glob"))]
mod keep;
#[cfg(feature = "cli")]
mod known_text;
#[cfg(feature = "cli")]
mod limits;
#[cfg(feature = "cli")]
mod lists;
#[cfg(all(feature = "cli", feature = "mail"))]
mod mail;
#[cfg(all(feature = "cli", feature = "office"))]
mod office;
#[cfg(feature = "cli")]
mod one_file;
#[cfg(feature = "cli")]
mod others;
#[cfg(all(feature = "cli", feature = "html"))]
mod pages;
#[cfg(all(feature = "cli", feature = "office"))]
mod pdf;
#[cfg(feature = "cli")]
mod proof;
#[cfg(feature = "cli")]
mod resume;
#[cfg(feature = "report")]
mod schema;
#[cfg(feature = "report")]
mod stats;
#[cfg(feature = "cli")]
mod subtitles;
#[cfg(all(feature = "cli", feature = "parquet"))]
mod tables;
#[cfg(feature = "cli")]
mod trust;
#[cfg(feature = "cli")]
mod units;
