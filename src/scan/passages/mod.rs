//! The pipeline of passages: from documents to every passage that repeats within or across them.
//!
//! While documents are read they become sequences of word numbers, four bytes a word (`words`). Windowed minima of
//! their shingles become postings, and postings that share a key become candidates (`candidates`); candidates are
//! aligned pair of documents by pair of documents (`repeats`), and the passages found become families. Only then are
//! the documents that hold one read again, to say where in their text it stands (`report`).
//!
//! Each step is divided among the threads so that its result does not depend on how: by document, by range of keys, by
//! pair of documents.
//!
//! The memory is that of the words, four bytes each, and of what is found; besides, 3.2 bytes a word of postings at a
//! time, and 16 a candidate. With a budget, words, postings and candidates go to temporary files beyond their parts of
//! it.
//!
//! Where whole units are compared (`units`), documents are sequences of hashes instead, and families follow from sorting them.

mod candidates;
mod classes;
mod find;
mod linker;
mod places;
mod repeats;
mod report;
mod spooled;
mod units;

pub(super) use find::{Passages, find, find_units};
