//! Exact measures of a candidate: overlap of sets, alignment of sequences.

pub mod overlap;

pub use overlap::Overlap;
