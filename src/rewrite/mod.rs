//! Writing a clean copy of an archive: the same files without what repeats, with evidence for all that is missing.
//!
//! [`plan()`] turns findings into what goes and why, source by source, and takes up again the texts from which passages
//! are to be cut, to measure each cut against the place that stays. [`check`] goes over the finished plan once more by
//! itself: nothing is written by a plan in which a removed document or place does not name a kept one that it was
//! measured against. [`apply()`] copies each source without what the plan removes; whatever is not removed stays as it
//! is, byte for byte. All of it goes to a folder beside the output ([`Target`]), which takes its name at the very end:
//! a run that fails or is interrupted leaves no output at all.
//!
//! Sources are read once more for the copy, and the bytes read are hashed: if any differ from those that were scanned,
//! nothing is written. The memory taken is that of the plan, which grows with what is removed, and one block of input.

mod apply;
mod check;
mod cut;
mod encode;
mod evidence;
mod names;
#[cfg(feature = "parquet")]
pub mod parquet;
mod passages;
mod plan;
mod records;
mod target;

pub use apply::{Copied, apply};
pub use check::{Checked, check};
pub use evidence::{Summary, removals, staying};
pub use names::names;
pub use plan::path as source_path;
pub use plan::{Cut, Drop, Edge, Edit, Kept, Left, Options, Passages, Plan, Planned, Rules, Spared, Whole, Why, plan};
pub use target::{Sink, Target};
