//! Catches the panics of the crate that decodes, which are faults of the file that is read.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};

use super::footer::ParquetFault;

thread_local! {
    static IS_GUARDED: std::cell::Cell<bool> = const { std::cell::Cell::new(false) };
}

/// Returns whether this thread is decoding a file, so that a panic becomes a fault of the file and is reported as that.
pub fn is_guarded() -> bool {
    IS_GUARDED.get()
}

/// Calls `read`; a panic in it is a fault of the file.
pub(crate) fn guarded<T>(read: impl FnOnce() -> Result<T, ParquetFault>) -> Result<T, ParquetFault> {
    let outer = IS_GUARDED.replace(true);
    let done = catch_unwind(AssertUnwindSafe(read));
    IS_GUARDED.set(outer);
    done.unwrap_or_else(|panic| Err(ParquetFault::bad(format!("it cannot be decoded ({})", message(&*panic)))))
}

fn message(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<String>().map(String::as_str).or_else(|| panic.downcast_ref::<&str>().copied());
    text.unwrap_or("without a reason")
}
