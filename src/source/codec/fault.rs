//! What is wrong with stored bytes.

use std::io;

use crate::finding::Reason;

/// What is wrong with stored bytes.
#[derive(Debug)]
pub(crate) struct CodecFault {
    pub reason: Reason,
    pub detail: String,
}

impl CodecFault {
    pub fn new(reason: Reason, detail: impl Into<String>) -> Self {
        Self { reason, detail: detail.into() }
    }
}

impl From<io::Error> for CodecFault {
    fn from(error: io::Error) -> Self {
        Self::new(Reason::ReadError, error.to_string())
    }
}

pub(super) fn truncated() -> CodecFault {
    CodecFault::new(Reason::Truncated, "the file ends in the middle of it")
}
