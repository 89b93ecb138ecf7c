//! Exact measures of a candidate: overlap of sets, alignment of sequences.

pub mod align;
pub mod overlap;
pub mod pair;

pub use overlap::Overlap;
