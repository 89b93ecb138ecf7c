//! From matches to clusters and families, and the choice of the one that is kept.

mod chain;
pub mod families;
pub mod keep;
pub mod order;
mod overhang;
mod select;
mod split;
pub mod spread;
mod standing;
pub mod stretch;
mod told;

pub use order::KeepOrder;
pub use overhang::Breaks;
pub use told::{families_apart, families_in_order, repeated_stretches};
