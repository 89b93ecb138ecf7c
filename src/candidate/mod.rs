//! Pairs worth verifying. Nothing is claimed about them.

pub mod estimate;
pub mod lsh;
pub mod params;
pub mod postings;

pub use params::{Bands, Chance, choose};
