//! Renderings of findings, of statistics, and of what settings promise. They only read.

pub mod baseline;
mod changes;
pub mod comparison;
pub mod csv;
mod excerpt;
pub mod explanation;
pub mod html;
pub mod json;
pub mod measure;
pub mod params;
pub mod sarif;
pub mod schema;
mod sheet;
pub mod stats;
pub mod text;
pub mod visible;
pub mod windows;
