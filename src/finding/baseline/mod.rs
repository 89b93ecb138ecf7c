//! Marks the findings that an earlier run did not have: whoever checks a collection again and again wants to hear of
//! new duplicates only.
//!
//! A place is known if the baseline has one like it. Which place is like it is told by content, so that lines may move
//! and files be renamed: first a place with the same words in the same document, then one with the same words anywhere,
//! then, for a passage that was edited, one in the same document of which the excerpt has most words in common. Each
//! place of the baseline makes one place known, so that a paragraph pasted a third time is new, and the new place is
//! the one in the document that had none.
//!
//! A group without a known place is new as a whole, and then one of its places is no repetition.
//!
//! [`Baseline`] collects the earlier findings, [`Marker`] is a step in the stream of the new ones.

mod known;
mod marker;
#[cfg(test)]
mod tests;

pub use known::Baseline;
pub use marker::Marker;
