//! Which values are left out of what is saved: those that every reader takes for granted.

#[allow(clippy::trivially_copy_pass_by_ref)] // serde passes a reference
pub(super) fn is_false(value: &bool) -> bool {
    !value
}

#[allow(clippy::trivially_copy_pass_by_ref)]
pub(super) fn is_zero(n: &usize) -> bool {
    *n == 0
}

#[allow(clippy::trivially_copy_pass_by_ref)]
pub(super) fn is_zero_u64(n: &u64) -> bool {
    *n == 0
}
