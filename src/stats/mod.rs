//! Statistics of a corpus: every document measured, alone or with what a scan found in it.

mod distribution;
mod repeats;
mod run;
mod tally;

pub use run::{StatsRequest, stats};
