//! The clean copy of an archive.

#[cfg(feature = "parquet")]
pub mod parquet;
