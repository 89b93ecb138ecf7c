//! Catches the panics of the crates that decode, which are faults of the file that is read.

use std::cell::Cell;

thread_local! {
    static IS_GUARDED: Cell<bool> = const { Cell::new(false) };
}

/// Returns whether this thread is decoding a file, so that a panic becomes a fault of the file and is reported as that.
pub fn is_guarded() -> bool {
    IS_GUARDED.get()
}

/// Calls `read`; a panic in it is a fault of the file, made by `fault` of what it says.
#[cfg(any(feature = "office", feature = "parquet"))]
pub(crate) fn guarded<T, E>(read: impl FnOnce() -> Result<T, E>, fault: impl FnOnce(String) -> E) -> Result<T, E> {
    let outer = IS_GUARDED.replace(true);
    let done = std::panic::catch_unwind(std::panic::AssertUnwindSafe(read));
    IS_GUARDED.set(outer);
    done.unwrap_or_else(|panic| Err(fault(format!("it cannot be decoded ({})", message(&*panic)))))
}

#[cfg(any(feature = "office", feature = "parquet"))]
fn message(panic: &(dyn std::any::Any + Send)) -> &str {
    let text = panic.downcast_ref::<String>().map(String::as_str).or_else(|| panic.downcast_ref::<&str>().copied());
    text.unwrap_or("without a reason")
}
