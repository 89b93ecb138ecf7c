//! The last net under a bug: a document on which doublon fails is reported, and the run goes on without it.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::finding::{Reason, Skipped};

/// Calls `f`. If it panics, says what it said; what it was changing is then in no certain state.
pub(crate) fn guarded<T>(f: impl FnOnce() -> T) -> Result<T, String> {
    catch_unwind(AssertUnwindSafe(f)).map_err(|panic| said(panic.as_ref()).to_owned())
}

/// Reports what doublon failed on: a record, if it is known which, with its id.
pub(crate) fn internal_error(source: &str, place: Option<(u64, u64)>, id: Option<&str>, panic: &str) -> Skipped {
    let id = id.map(|id| format!("id {id}: ")).unwrap_or_default();
    let detail = format!("{id}doublon failed on it ({panic}); please report this as a bug");
    Skipped {
        source: source.to_owned(),
        record: place.map(|(record, _)| record),
        offset: place.map(|(_, offset)| offset),
        reason: Reason::InternalError,
        detail: Some(detail),
        against: false,
    }
}

fn said(panic: &(dyn Any + Send)) -> &str {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("it did not say why")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn f47_a_panic_becomes_a_report_that_names_the_document() {
        assert_eq!(guarded(|| 5), Ok(5));
        let panic = guarded(|| -> u8 { panic!("at {}", 7) }).expect_err("panics");
        let skipped = internal_error("a.jsonl", Some((3, 99)), Some("x"), &panic);
        assert_eq!((skipped.record, skipped.offset, skipped.reason), (Some(3), Some(99), Reason::InternalError));
        let expected = "id x: doublon failed on it (at 7); please report this as a bug";
        assert_eq!(skipped.detail.as_deref(), Some(expected));
    }
}
