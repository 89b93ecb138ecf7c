//! Pairs worth verifying. Nothing is claimed about them.

pub mod postings;
