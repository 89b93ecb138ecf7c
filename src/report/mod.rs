//! Renderings of findings, and of what settings promise. They only read.

pub mod json;
pub mod measure;
pub mod params;
pub mod text;
pub mod visible;
pub mod windows;
