//! Arguments as a shell takes them.

/// Quotes an argument for a shell, if it needs quotes.
///
/// # Examples
///
/// ```
/// use doublon::report::shell::quoted;
///
/// assert_eq!(quoted("a/b.txt"), "a/b.txt");
/// assert_eq!(quoted("it's"), r"'it'\''s'");
/// ```
pub fn quoted(argument: &str) -> String {
    let is_plain = |c: char| c.is_alphanumeric() || "/._-=:,@%+".contains(c);
    if !argument.is_empty() && argument.chars().all(is_plain) {
        argument.to_owned()
    } else {
        format!("'{}'", argument.replace('\'', r"'\''"))
    }
}
