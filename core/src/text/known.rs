//! Text that is known beforehand, such as a licence header or a template, and shall not count.

use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::hash::content_hash;

/// Texts that are known beforehand. Where they stand in other texts, they count for nothing.
///
/// It is saved as a hash of the texts, so what is read back has no texts until they are [given](Self::given) again.
///
/// # Examples
///
/// ```
/// use doublon_core::text::KnownText;
///
/// let known = KnownText::new(["Copyright", "All rights reserved.", " \n", "Copyright"].map(String::from));
/// assert_eq!(known.texts(), ["All rights reserved.".into(), "Copyright".into()]); // in order, each once
/// assert!(KnownText::default().is_none());
/// ```
#[derive(Clone, Debug, Default)]
pub struct KnownText {
    texts: Arc<[Box<str>]>,
    hash: Option<u128>,
}

impl KnownText {
    /// Takes texts, in any order. Blank ones and copies are dropped; if nothing is left, there is no known text.
    pub fn new(texts: impl IntoIterator<Item = String>) -> Self {
        let mut texts: Vec<Box<str>> = texts.into_iter().map(String::into_boxed_str).collect();
        texts.retain(|text| !text.trim().is_empty());
        texts.sort_unstable();
        texts.dedup();
        let hash = (!texts.is_empty()).then(|| hash_of(&texts));
        Self { texts: texts.into(), hash }
    }

    /// Returns whether there is none.
    pub fn is_none(&self) -> bool {
        self.hash.is_none()
    }

    /// Returns whether the texts are missing: this was read back, and they have not been given again.
    pub fn is_missing(&self) -> bool {
        self.hash.is_some() && self.texts.is_empty()
    }

    /// Returns the texts in order, none if they are missing.
    pub fn texts(&self) -> &[Box<str>] {
        &self.texts
    }

    /// Returns `other` if it has the texts of which this has the hash.
    pub fn given(&self, other: Self) -> Option<Self> {
        (self.hash == other.hash && !other.is_missing()).then_some(other)
    }
}

/// The lengths are hashed too, so that texts cannot run into each other.
fn hash_of(texts: &[Box<str>]) -> u128 {
    let mut bytes = Vec::new();
    for text in texts {
        bytes.extend((text.len() as u64).to_le_bytes());
        bytes.extend(text.as_bytes());
    }
    content_hash(&bytes)
}

/// Known texts are the same if their hashes are.
impl PartialEq for KnownText {
    fn eq(&self, other: &Self) -> bool {
        self.hash == other.hash
    }
}

impl Serialize for KnownText {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.hash.map(|hash| format!("{hash:032x}")).serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for KnownText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let hash = Option::<String>::deserialize(deserializer)?.map(|digits| {
            let hash = u128::from_str_radix(&digits, 16).ok().filter(|_| digits.len() == 32);
            hash.ok_or_else(|| de::Error::custom(format_args!("ignore_text is {digits}, but it must be 32 hex digits")))
        });
        Ok(Self { texts: Arc::default(), hash: hash.transpose()? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known(texts: &[&str]) -> KnownText {
        KnownText::new(texts.iter().map(|&text| text.to_owned()))
    }

    #[test]
    fn order_and_copies_do_not_matter() {
        assert_eq!(known(&["b", "a", "b", "\n"]), known(&["a", "b"]));
        assert_ne!(known(&["a", "b"]), known(&["ab"]));
        assert_ne!(known(&["ab", "c"]), known(&["a", "bc"]));
        assert_eq!(known(&[" "]), KnownText::default());
    }

    #[test]
    fn what_is_read_back_lacks_its_texts_until_the_same_are_given() {
        let whole = known(&["a header"]);
        let json = serde_json::to_string(&whole).expect("is plain data");
        let read: KnownText = serde_json::from_str(&json).expect("is what was written");
        assert!(read == whole && read.is_missing() && !whole.is_missing());
        assert_eq!(read.given(known(&["another"])), None);
        assert!(read.given(whole.clone()).is_some_and(|given| given.texts() == whole.texts()));
        assert!(read.given(read.clone()).is_none(), "it lacks them too");
        assert!(serde_json::from_str::<KnownText>("\"12\"").is_err());
    }
}
