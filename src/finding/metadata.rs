//! What a document says of itself besides its text.

use std::sync::Arc;

/// The title, address and date of a document, as far as its format has them. Each is on one line and not empty.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Metadata {
    /// The title of a page or a record, of at most [`LONGEST_TITLE`] characters.
    pub title: Option<Arc<str>>,
    /// The address where it was found, of at most [`LONGEST_URL`] characters.
    pub url: Option<Arc<str>>,
    /// When it was captured or published, as it stands in the record; ISO 8601 in web archives.
    pub date: Option<Arc<str>>,
}

/// Longer titles are cut, and end with an ellipsis.
pub const LONGEST_TITLE: usize = 300;
/// Longer addresses are cut too.
pub const LONGEST_URL: usize = 2000;
const LONGEST_DATE: usize = 64;

impl Metadata {
    /// Takes a title, an address and a date as they were found. Returns `None` if none of them says anything.
    pub fn of(title: Option<&str>, url: Option<&str>, date: Option<&str>) -> Option<Arc<Self>> {
        let (title, url) = (one_line(title, LONGEST_TITLE), one_line(url, LONGEST_URL));
        let metadata = Self { title, url, date: one_line(date, LONGEST_DATE) };
        (metadata != Self::default()).then(|| Arc::new(metadata))
    }

    /// Returns the address and the date, if it has one of them.
    pub fn without_title(&self) -> Option<Arc<Self>> {
        let rest = Self { title: None, ..self.clone() };
        (rest != Self::default()).then(|| Arc::new(rest))
    }
}

/// Returns a text on one line, cut if it is longer than `limit` characters, unless it is blank.
fn one_line(text: Option<&str>, limit: usize) -> Option<Arc<str>> {
    let mut line = String::new();
    for word in text?.split_whitespace() {
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
        // A character has at most four bytes.
        if line.len() > 4 * limit {
            break;
        }
    }
    if let Some((end, _)) = line.char_indices().nth(limit) {
        line.truncate(end);
        line.push('…');
    }
    (!line.is_empty()).then(|| line.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_on_one_line_and_bounded() {
        let found = Metadata::of(Some(" A \n\ttitle "), Some(&"é".repeat(5000)), Some(" ")).expect("it has a title");
        assert_eq!(found.title.as_deref(), Some("A title"));
        assert_eq!(found.url.as_deref().map(|url| url.chars().count()), Some(LONGEST_URL + 1));
        assert_eq!(found.date, None);
        assert_eq!(Metadata::of(Some("\n"), Some(""), None), None);
    }
}
