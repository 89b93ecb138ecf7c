//! From matches to clusters and families, and the choice of the one that is kept.

pub mod families;
pub mod keep;
pub mod order;

pub use order::KeepOrder;
