//! What a run may use, and how it divides the memory.

use std::path::PathBuf;
use std::sync::Arc;

use super::cancel::Cancel;
use super::run_state::RunState;
use super::steps::Steps;

/// What a run may use. Nothing of it changes the findings.
#[derive(Clone, Debug, Default)]
pub struct Resources {
    /// Number of threads; 0 for one a core.
    pub threads: usize,
    /// Most bytes of memory, as far as it depends on the number of documents; `None` for no limit.
    pub memory: Option<u64>,
    /// Where temporary files go; `None` for the system's folder for them.
    pub tmp: Option<PathBuf>,
    /// What ends the run early.
    pub cancel: Cancel,
    /// Where what is finished is kept until all is, and taken from; `None` if nothing is kept.
    pub state: Option<Arc<RunState>>,
}

/// The parts of the memory that may be used.
#[derive(Clone, Debug)]
pub(crate) struct Budget {
    /// Bytes of the tables, words included, which go to disk beyond that.
    pub table: usize,
    /// Shingles that are held for verification.
    pub sets: usize,
    /// All of it.
    pub memory: usize,
    /// Where temporary files go.
    pub folder: PathBuf,
    /// How far the comparison of passages is.
    pub steps: Arc<Steps>,
    /// What ends the run early.
    pub cancel: Cancel,
}

/// Shingles held where there is no limit: 64 MiB.
const SETS_HELD: usize = 8 << 20;

/// Bytes of documents written down that stay in memory: a run that needs no more writes no file for them.
const SPOOL_HELD: usize = 64 << 20;

/// Bytes of text of passages that are compared at a time.
const PASSAGE_TEXTS: usize = 8 << 20;

/// Matches that are made at a time.
const MATCHES: usize = 1 << 14;

/// Bytes of the records of skipped documents that stay in memory.
const SKIPPED_HELD: usize = 16 << 20;

/// Bytes read ahead for each thread while the others work.
const READ_AHEAD: usize = 2 << 20;

impl Budget {
    pub fn new(resources: &Resources) -> Self {
        let memory = resources.memory.map_or(usize::MAX, |bytes| usize::try_from(bytes).unwrap_or(usize::MAX));
        let folder = resources.tmp.clone().unwrap_or_else(std::env::temp_dir);
        let sets = SETS_HELD.min(memory / 4 / size_of::<u64>());
        let (steps, cancel) = (Arc::default(), resources.cancel.clone());
        Self { table: memory / 3, sets, memory, folder, steps, cancel }
    }

    /// Bytes of the vocabularies of all threads while documents are read; what does not fit is numbered on disk.
    pub fn lexicons(&self) -> usize {
        self.memory / 4
    }

    /// Bytes of words that wait in memory to be numbered, or for those who read them.
    pub fn closed_lexicons(&self) -> usize {
        self.memory / 16
    }

    /// Bytes of what is known of all words, when they are numbered.
    pub fn vocabulary(&self) -> usize {
        self.memory / 4
    }

    /// Bytes of postings that are held. Tables and sets are done with when they are made.
    pub fn postings(&self) -> usize {
        self.memory / 4
    }

    /// Bytes of a share of postings or of candidates that are sorted in memory; what is more waits in a file.
    pub fn share(&self) -> usize {
        self.memory / 16
    }

    /// Bytes of candidate passages that are held beside postings.
    pub fn candidates(&self) -> usize {
        self.memory / 8
    }

    /// Bytes of described places that are held.
    pub fn places(&self) -> usize {
        self.memory / 8
    }

    /// Bytes of text of passages that are held to be compared.
    pub fn passage_texts(&self) -> usize {
        PASSAGE_TEXTS.min(self.memory / 8)
    }

    /// How many matches are made at a time, of about 2 kB each.
    pub fn matches(&self) -> usize {
        MATCHES.min(self.memory / 16 / 2048).max(1)
    }

    /// Bytes of documents that are written down before they go to disk.
    pub fn spool(&self) -> usize {
        SPOOL_HELD.min(self.memory / 16)
    }

    /// Bytes of the list of what was skipped before it goes to disk.
    pub fn skipped(&self) -> usize {
        SKIPPED_HELD.min(self.memory / 32)
    }

    /// Bytes that `threads` threads read while the others work: of each there are two in flight, once more as text.
    pub fn read_ahead(&self, threads: usize) -> usize {
        (READ_AHEAD * threads).min(self.memory / 16).max(1 << 20)
    }
}
