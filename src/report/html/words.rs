//! Phrases and names that several parts of the page use.

use crate::report::text::counted;

/// Returns how many of `all` are not among those shown, `and 1,200 more places`; nothing if all are.
pub fn more(all: usize, shown: usize, noun: &str) -> String {
    match all.saturating_sub(shown) {
        0 => String::new(),
        more => format!("and {}", counted(more as u64, &format!("more {noun}"))),
    }
}

/// Returns an id that can name an element, unless it is not one that doublon gives.
pub fn anchor(id: &str) -> Option<&str> {
    let digits = id.strip_prefix(['d', 'f', 'p'])?;
    (!digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())).then_some(id)
}
