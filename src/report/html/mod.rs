//! The report as a page.
//!
//! It is one file that loads nothing, says so to the browser (a content security policy names the only style and the
//! only script by their hashes), shows everything without the script, and can be searched, filtered and sorted with it.
//! Charts and drawings are SVG with plain attributes, since the policy forbids inline styles too. Numbers and charts
//! count all findings; the groups are listed up to a limit, those with the most repeated text first, so that the page
//! opens whatever was found. It is written group by group.

mod aligned;
mod charts;
mod context;
mod group;
mod head;
mod listing;
mod map;
mod report;
mod shown;
mod strip;
mod tail;
#[cfg(test)]
mod tests;
mod words;

pub use self::report::{LIMIT, PageReport, limits, write, write_digest};
