//! What does not fit in memory: columns of values, partitions, spooled bytes and rows of words, and the budget that
//! says when they leave it.
//!
//! Each is held in memory up to its part of the budget and then goes on in a `SpillFile`.

mod budget;
mod cancel;
mod column;
mod partition;
mod private;
mod spill;
mod spool;
mod steps;
mod units;
mod words;

pub(crate) use budget::Budget;
pub use budget::Resources;
pub use cancel::Cancel;
pub(crate) use column::SpillColumn;
pub(crate) use partition::{Partition, Partitions, divide};
pub(crate) use private::private_seed;
pub(crate) use spool::Spool;
pub use steps::{Step, Steps};
pub(crate) use units::{UnitPlace, UnitReader, UnitRows, Units};
pub(crate) use words::{HeldWords, WordReader, WordRows, Words};
