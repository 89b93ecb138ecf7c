//! Pairs worth verifying. Nothing is claimed about them.

pub mod curve;
pub mod estimate;
pub mod lsh;
pub mod params;
pub mod postings;
pub mod prefix;
pub mod presets;

pub use params::{Bands, Chance, choose};
