//! The engine by the batch: texts in, measures out, on the caller's thread.
//!
//! | step | from | to |
//! | --- | --- | --- |
//! | [`Sketcher::sketch`] | texts | hash of the tokens, band keys and 64-byte sketch of each |
//! | [`PairFinder`] | sketches | pairs of texts that may be duplicates, round by round, and which texts stay |
//! | [`Measurer`] | pairs | exact overlaps |
//! | [`PostingMaker`], then [`PostingLinker`] | words | places that share a windowed minimum, then pairs of them |
//! | [`RepeatAligner`] | pairs of places | the passages that repeat, word by word |
//! | [`MeetingReader`], [`Measurer`], then [`KeepDecider`] | rows that an engine sorted | pairs of texts, and which texts stay |
//! | [`Components`] | pairs | the components that they form |
//! | [`PhraseSearcher`] | words | the places of given phrases |
//!
//! Texts come as a [`TextBatch`]: borrowed offsets and bytes, so that an Arrow `LargeUtf8` buffer passes without a copy.
//! Whoever has many threads gives each a part of the batch and a scratch of its own; the results do not depend on how
//! the texts were divided. Buffers and scratch are used again: [`Sketcher::sketch`], [`PairFinder`], [`Measurer`],
//! [`PostingMaker`], [`PostingLinker`] and [`RepeatAligner`] allocate nothing once they are as large as the texts need.

mod align;
mod batch;
mod buckets;
mod components;
mod decide;
mod extent;
mod known;
mod masker;
mod measure;
mod meeting;
mod pairs;
mod parts;
mod phrases;
mod postings;
mod select;
mod sketch;
mod words;

pub use align::{
    LEAST_SCORE, LEAST_SCORE_OF_CHARACTERS, PackedRuns, PassageRepeat, PassageRepeats, RepeatAligner, RepeatDifference,
    ShingleCounts, acceptance, least_score, word_shingles,
};
pub use batch::{Offsets, TextBatch};
pub use buckets::{Meeting, MemberBuckets};
pub use components::Components;
pub use decide::{KeepDecider, KeptFor};
pub use extent::extent;
pub use known::{KnownTextFinder, Masks};
pub use masker::TextMasker;
pub use measure::Measurer;
pub use meeting::{FoundMeetings, KeyedSketch, MeetingReader};
pub use pairs::{PairFinder, TextCopy};
pub use phrases::{PhraseHit, PhraseIndex, PhraseSearcher};
pub use postings::{FOLLOWING, PostingLinker, PostingMaker, following, links};
pub use select::{Question, Selected, SelectedPair, Selection, SelectionRules};
pub use sketch::{KNOWN_ONLY, NO_TOKEN, SketchRows, SketchScratch, Sketcher, is_compared};
pub use words::WordBatch;
