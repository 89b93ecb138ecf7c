//! Sketches: small summaries that two similar texts are likely to share.

pub mod minhash;
pub mod window;

pub use minhash::{MinHasher, Tiles};
pub use window::{WindowParameters, Windows};
