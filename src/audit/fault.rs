//! What does not hold.

use serde::Serialize;

/// A promise of a clean copy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Promise {
    /// Inputs are not modified.
    P1,
    /// The last copy of anything stays.
    P2,
    /// A removal rests on a verified match with what stays.
    P3,
    /// Nothing is lost silently: what is missing in the copy is what was removed.
    P4,
    /// Cleaning is final.
    P10,
}

impl Promise {
    /// All of them, in order.
    pub const ALL: [Self; 5] = [Self::P1, Self::P2, Self::P3, Self::P4, Self::P10];

    /// Returns what it says.
    pub fn text(self) -> &'static str {
        match self {
            Self::P1 => "the inputs are what they were",
            Self::P2 => "what each removal names stays",
            Self::P3 => "each removal has the words that it must share with what stays",
            Self::P4 => "the copy is the input without what was removed",
            Self::P10 => "a second clean removes nothing, and what still repeats is told",
        }
    }
}

/// A promise that does not hold, and where.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Fault {
    /// The promise.
    pub promise: Promise,
    /// The file or the document.
    pub place: String,
    /// What is wrong there.
    pub detail: String,
}

/// The most faults that are listed.
const LISTED: usize = 1000;

/// Collects faults.
#[derive(Debug, Default)]
pub(super) struct Faults {
    pub listed: Vec<Fault>,
    pub count: u64,
}

impl Faults {
    pub fn add(&mut self, promise: Promise, place: impl Into<String>, detail: impl Into<String>) {
        self.count += 1;
        if self.listed.len() < LISTED {
            self.listed.push(Fault { promise, place: place.into(), detail: detail.into() });
        }
    }
}
