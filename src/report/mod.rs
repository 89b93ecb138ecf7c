//! Renderings of findings, of statistics, and of what settings promise. They only read.

#[cfg(feature = "report")]
mod annotation;
#[cfg(feature = "report")]
mod changes;
#[cfg(feature = "report")]
pub mod comparison;
#[cfg(feature = "report")]
pub mod csv;
#[cfg(feature = "report")]
mod excerpt;
#[cfg(feature = "report")]
pub mod explanation;
#[cfg(feature = "report")]
mod headline;
#[cfg(feature = "report")]
pub mod html;
pub mod json;
#[cfg(feature = "report")]
pub mod markdown;
#[cfg(feature = "report")]
pub mod params;
#[cfg(feature = "parquet")]
pub mod parquet;
#[cfg(feature = "report")]
pub mod remarks;
#[cfg(feature = "report")]
pub mod sarif;
#[cfg(feature = "report")]
pub mod schema;
#[cfg(feature = "report")]
mod sheet;
#[cfg(feature = "report")]
pub mod shell;
mod sink;
#[cfg(feature = "report")]
pub mod stats;
#[cfg(feature = "report")]
pub mod text;
#[cfg(feature = "report")]
pub mod visible;
#[cfg(feature = "report")]
pub mod windows;

pub use sink::Report;
