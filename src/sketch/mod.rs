//! Sketches: small summaries that two similar texts are likely to share.

pub mod window;
