//! Renderings of findings, of statistics, and of what settings promise. They only read.

pub mod html;
pub mod json;
pub mod measure;
pub mod params;
pub mod stats;
pub mod text;
pub mod visible;
pub mod windows;
