//! Documents that are held elsewhere as words, such as in an index, and that those which are read are compared with.

use crate::error::Result;
use crate::finding::{AgainstDocuments, DocumentRef, HeldIndex};

/// What takes the words of a document one by one: the hash and the normalised form of each, or none for what does not count.
pub(crate) type EachWord<'e> = dyn FnMut(Option<(u64, &str)>) + 'e;

/// Documents of which the words are held, and the text is not. They are numbered from 0, in the order in which they are kept,
/// and come before all that are read.
pub(crate) trait HeldDocuments: Send + Sync {
    /// How many there are.
    fn len(&self) -> u32;

    /// Calls `each` with the words of a document in order: the hash of each by the seed that the reader of words was given,
    /// and its normalised form; none where something stood that does not count.
    fn words(&self, doc: u32, each: &mut EachWord) -> Result<()>;

    /// Returns what findings name a document by.
    fn name(&self, doc: u32) -> Result<DocumentRef>;

    /// Returns the number that a document has where it is held.
    fn number(&self, doc: u32) -> Result<u64>;

    /// Returns what findings say of where they are held, and of all that are held there.
    fn source(&self) -> (HeldIndex, AgainstDocuments);
}

/// What stands in place of what does not count.
const GAP: &str = "…";

/// Returns the words of a document as a text: one space between two, and [`GAP`] where something stood that does not count.
pub(super) fn joined_words(held: &dyn HeldDocuments, doc: u32) -> Result<String> {
    let mut text = String::new();
    held.words(doc, &mut |word| {
        if !text.is_empty() {
            text.push(' ');
        }
        text.push_str(word.map_or(GAP, |(_, word)| word));
    })?;
    Ok(text)
}
