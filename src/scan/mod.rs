//! The pipelines: documents, passages. The only place that knows threads and the memory budget.

pub mod describe;
pub mod passages;
