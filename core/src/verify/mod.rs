//! Exact measures of a candidate: overlap of sets, alignment of sequences, and which words differ.

mod ahead;
pub mod align;
mod band;
mod column;
mod dense;
pub mod difference;
pub mod overlap;
pub mod pair;
pub mod set;
pub mod subsequence;

pub use overlap::Overlap;
pub use set::ShingleSet;
