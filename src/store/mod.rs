//! What does not fit in memory: columns of values, partitions, spooled bytes and rows of words, the budget that says
//! when they leave it, a lock on a place, and what a run has finished.
//!
//! Each is held in memory up to its part of the budget and then goes on in a `SpillFile`.

mod bits;
mod budget;
mod cancel;
mod column;
mod known;
mod lock;
mod numbering;
mod part;
mod partition;
mod private;
mod run_state;
mod sorter;
mod spill;
mod spool;
mod steps;
mod units;
mod words;

pub(crate) use bits::BitSet;
pub(crate) use budget::Budget;
pub use budget::Resources;
pub use cancel::Cancel;
pub(crate) use column::SpillColumn;
pub(crate) use lock::FileLock;
pub(crate) use numbering::Lexicons;
pub(crate) use part::{PartReader, PartWriter};
pub(crate) use partition::{Partition, Partitions, divide};
pub(crate) use private::private_seed;
pub use run_state::{Resumed, RunState};
pub(crate) use sorter::{Sorted, Sorter};
#[cfg(feature = "index")]
pub(crate) use spill::read_at;
pub(crate) use spool::Spool;
pub use steps::{Step, Steps};
pub(crate) use units::{UnitPlace, UnitReader, UnitRows, Units};
pub(crate) use words::{HeldWords, PairWords, WordReader, WordRows, Words, WordsAhead};
