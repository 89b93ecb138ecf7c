//! How much a file may unpack to.

use super::skip::SkipCause;
use crate::finding::Reason;

/// A file that unpacks to less than this is no attack, whatever its ratio.
const ALWAYS_READ: u64 = 64 << 20;

/// The bytes that a file may still unpack to, and what is said when it is more.
#[derive(Clone, Debug)]
pub(super) struct Allowance {
    left: u64,
    limit: SkipCause,
}

impl Allowance {
    /// A file of `size` bytes may unpack to `max_record` bytes, and to `max_ratio` times its size unless that is 0.
    pub fn new(size: u64, max_record: u64, max_ratio: u64) -> Self {
        let most = match max_ratio {
            0 => u64::MAX,
            ratio => size.saturating_mul(ratio).max(ALWAYS_READ),
        };
        let limit = if most < max_record {
            let detail =
                format!("it unpacks to over {max_ratio} times its size; not read, unless --max-ratio allows it");
            (Reason::Bomb, detail)
        } else {
            (Reason::TooLarge, format!("it unpacks to more than {max_record} bytes; raise --max-record"))
        };
        Self { left: most.min(max_record), limit }
    }

    /// Returns how many bytes may still come.
    pub fn left(&self) -> u64 {
        self.left
    }

    /// Takes what came off.
    ///
    /// # Errors
    ///
    /// Says that it is too much.
    pub fn take(&mut self, bytes: u64) -> Result<(), SkipCause> {
        self.left = self.left.checked_sub(bytes).ok_or_else(|| self.limit.clone())?;
        Ok(())
    }
}
