//! Evaluation items in a corpus: which of them stand there, and where.
//!
//! The evaluation sets are read first and held; the corpus is read once, and of it only those documents are noted in which
//! something of an item stands. Memory grows with the evaluation sets and with what is found.

mod items;
mod judge;
mod measure;
mod run;
mod words;

pub use run::decontaminate;
