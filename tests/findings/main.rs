//! What scans find: against definitions by brute force, against guarantees, and against the promises of the README.

#![allow(clippy::unwrap_used)] // helpers of tests fail like tests

#[path = "../../benches/generator/mod.rs"]
#[allow(dead_code)] // each user of the generator uses a part of it
mod generator;
#[path = "../common/oracle.rs"]
#[allow(dead_code)] // each user of the oracle uses a part of it
mod oracle;
#[path = "../common/runs.rs"]
mod runs;

mod broken_words;
mod budget;
mod classes;
mod containment;
mod contamination;
mod document_oracle;
mod engine_oracle;
mod keep;
mod passage_oracle;
mod peer_cases;
mod promises;
mod recall;
mod scripts;
mod verbatim_runs;
