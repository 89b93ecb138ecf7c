//! How single values are saved: which are left out, since every reader takes them for granted, and how shares are
//! rounded.

use serde::Serializer;

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

#[allow(clippy::trivially_copy_pass_by_ref)]
pub(super) fn is_zero_share(share: &f64) -> bool {
    *share <= 0.0
}

/// Rounds a share to six decimals: more would show how a processor rounds.
pub(super) fn rounded(share: f64) -> f64 {
    (share * 1e6).round() / 1e6
}

#[allow(clippy::trivially_copy_pass_by_ref)]
pub(super) fn rounded_share<S: Serializer>(share: &f64, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_f64(rounded(*share))
}
