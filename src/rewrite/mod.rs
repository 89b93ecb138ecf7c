//! Writing a clean copy of an archive: the same files without what repeats, with evidence for all that is missing.
//!
//! [`plan()`] turns findings into removals and edits, source by source; a [`Planner`] does the same for findings that come
//! one by one. The texts from which passages are to be cut are read again, to measure each cut against the place that
//! stays. [`check()`] goes over the finished plan once more by itself: it refuses a plan in which a removed document or
//! place does not name a kept one that it was measured against. [`apply()`] copies each source without what the plan
//! removes; all else stays as it is, byte for byte. The copy goes to a folder beside the output ([`CopyTarget`]), which
//! takes its name at the very end: a run that fails or is interrupted leaves no output at all.
//!
//! Sources are read once more for the copy, and the bytes read are hashed: if any differ from those that were scanned,
//! nothing is written. The memory taken is that of the plan, which grows with what is removed, and one block of input.

mod added;
mod apply;
mod below;
mod check;
mod choices;
mod claim;
mod compared;
mod context;
mod copied;
mod cues;
mod cut;
mod cutter;
mod decisions;
mod edges;
mod edit;
mod editor;
mod encode;
mod evidence;
mod finished;
mod gathered;
mod gone;
mod held;
mod index;
mod kept;
mod left;
#[cfg(feature = "index")]
mod left_to_add;
mod members;
mod modes;
mod names;
mod operators;
mod options;
mod page;
#[cfg(feature = "parquet")]
pub mod parquet;
#[cfg(feature = "parquet")]
mod parquet_texts;
mod passages;
mod places;
mod plan;
mod planner;
mod rebind;
mod records;
mod regroup;
mod removal;
mod review;
mod rounds;
mod runs;
mod target;
mod told;
mod utf16;

pub use apply::apply;
pub use check::{CheckedPlan, check};
pub use choices::{Choices, StayingDocument};
#[cfg(feature = "cli")]
pub(crate) use claim::ClaimedOutput;
pub use claim::Leftover;
pub use copied::CopiedSource;
pub use decisions::{DECISIONS_SCHEMA, Decision, Decisions, GivenDecision, Undecided};
pub use edit::{DocumentEdit, JoinedPlace, KeptPassage, PassageCut, StayingPassage};
pub use evidence::{CleanSummary, removals, sources, staying};
#[cfg(feature = "index")]
pub use left_to_add::prepare_left;
pub use names::names;
pub use options::{AddedFields, CleanOptions, CutEdge, DocumentTreatment, MergedField, PassageTreatment};
pub use plan::{Plan, PlannedSource, SparedSource, UnreadFile};
pub use planner::{Planner, plan};
pub use removal::{DocumentRemoval, LargeRemoval, RemovalCause, RemovalRules};
pub use rounds::settle;
#[cfg(feature = "index")]
pub use rounds::settle_against;
pub use target::{CopySink, CopyTarget};
