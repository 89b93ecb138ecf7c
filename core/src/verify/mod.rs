//! Exact measures of a candidate: overlap of sets, alignment of sequences, and which words differ.

pub mod align;
pub mod difference;
pub mod overlap;
pub mod pair;
pub mod set;
pub mod subsequence;

pub use overlap::Overlap;
pub use set::ShingleSet;
