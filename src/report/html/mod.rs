//! The report as a page, made for decisions: what the run comes to in one line, what to do about it on cards, and the
//! findings on shelves by what a reader does about them (`finding::GroupKind`).
//!
//! It is one file that loads nothing, says so to the browser (a content security policy names the only style and the
//! only script by their hashes), and shows everything without the script; with it, it can be searched, filtered and
//! sorted. What is folded stands inside of `noscript`, which a browser with the script keeps as one text and takes apart
//! when it is unfolded: 400 groups have fewer than 20,000 nodes. Drawings are SVG with plain attributes, since the policy
//! forbids inline styles too. Numbers and charts count all findings; the groups are listed up to a limit that the shelves
//! share, those with the most repeated text first. It is written group by group.

mod aligned;
mod cards;
mod charts;
mod context;
mod group;
mod head;
mod listing;
mod map;
mod place;
mod report;
mod shown;
mod strip;
mod tail;
#[cfg(test)]
mod tests;
mod title;
mod tree;
mod words;

pub use self::place::PageInput;
pub use self::report::{LIMIT, PageReport, limits, write, write_digest};
