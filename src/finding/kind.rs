//! Kinds of groups: what somebody who goes through findings does about one.

use super::class::{LEAST_DOCUMENTS, PassageClass};
use super::passage::PassageFamily;

/// What to do about a group, as far as findings tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum GroupKind {
    /// The same text again: all but one of its places can go. Clusters of documents are of this kind too.
    Duplicate,
    /// Text that stands in many documents, such as a menu or a notice: furniture, and copies in [`LEAST_DOCUMENTS`]
    /// documents and more.
    Boilerplate,
    /// Text that was edited, or the same form with other words: somebody has to look.
    Rewrite,
    /// Text of few letters, or of words as nobody writes: tables of numbers, encoded files.
    Noise,
}

/// The least share of the characters of a text that are letters, white space aside.
const LEAST_LETTERS: f64 = 0.5;
/// The most bytes of a word of ASCII letters, digits and signs. Most addresses of pages are shorter.
const LONGEST_WORD: usize = 60;

impl GroupKind {
    /// All kinds in the order in which a reader meets them.
    pub const ALL: [Self; 4] = [Self::Duplicate, Self::Boilerplate, Self::Rewrite, Self::Noise];

    /// Returns the kind of a family, by its class, its documents and the letters of its kept place.
    pub fn of_family(family: &PassageFamily) -> Self {
        match family.class.unwrap_or(PassageClass::Copy) {
            _ if is_noise(&family.keep.excerpt) => Self::Noise,
            PassageClass::Furniture => Self::Boilerplate,
            PassageClass::Copy if family.documents >= LEAST_DOCUMENTS => Self::Boilerplate,
            PassageClass::Copy => Self::Duplicate,
            PassageClass::Rewrite | PassageClass::SameForm => Self::Rewrite,
        }
    }

    /// Returns its number in [`ALL`](Self::ALL).
    pub fn rank(self) -> usize {
        self as usize
    }
}

/// Returns whether a text has few letters, or consists for the most part of words that are too long to be words.
fn is_noise(text: &str) -> bool {
    let (mut letters, mut all) = (0_usize, 0_usize);
    for c in text.chars().filter(|c| !c.is_whitespace()) {
        all += 1;
        letters += usize::from(c.is_alphabetic());
    }
    // Scripts without spaces have long runs, and none of them is of ASCII.
    let is_code = |word: &&str| word.len() > LONGEST_WORD && word.is_ascii();
    let in_code: usize = text.split_whitespace().filter(is_code).map(str::len).sum();
    all > 0 && ((letters as f64) < all as f64 * LEAST_LETTERS || in_code * 2 > text.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::samples;

    #[test]
    fn a_family_is_sorted_by_its_class_and_documents() {
        let mut family = samples::seed().families.remove(0);
        let mut kind = |class, documents| {
            (family.class, family.documents) = (class, documents);
            GroupKind::of_family(&family)
        };
        assert_eq!(kind(None, 2), GroupKind::Duplicate);
        assert_eq!(kind(Some(PassageClass::Copy), 4), GroupKind::Duplicate);
        assert_eq!(kind(Some(PassageClass::Copy), 5), GroupKind::Boilerplate);
        assert_eq!(kind(Some(PassageClass::Furniture), 5), GroupKind::Boilerplate);
        assert_eq!(kind(Some(PassageClass::Rewrite), 9), GroupKind::Rewrite);
        assert_eq!(kind(Some(PassageClass::SameForm), 1), GroupKind::Rewrite);
        family.keep.excerpt = "12.5 | 13.0 | -4 | 7e3".into();
        assert_eq!(GroupKind::of_family(&family), GroupKind::Noise);
    }

    #[test]
    fn tables_and_encoded_files_are_noise_and_text_is_none() {
        let uuencoded = "M5&AI<R!I<R!A('1E<W0@;V8@=75E;F-O9&EN9RX@270@:&%S(&UA;GD@;&EN97,N";
        for noise in ["1 2 3 4 a", "| 4.2 | 5.1 | n/a |", uuencoded, &"QUJD".repeat(40), "=== --- ==="] {
            assert!(is_noise(noise), "{noise}");
        }
        for text in [
            "",
            "On 3 May 2020 it rose by 4%",
            "東京都に住む人は多い".repeat(9).as_str(),
            "see https://example.org/a/b",
        ] {
            assert!(!is_noise(text), "{text}");
        }
    }
}
