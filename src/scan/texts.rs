//! Where the pipelines get a document's text from.

use crate::document::Document;
use crate::hash::content_hash;

/// The texts of all documents, by number.
pub(super) struct Texts<'a> {
    documents: &'a [Document],
}

impl<'a> Texts<'a> {
    pub fn held(documents: &'a [Document]) -> Self {
        Self { documents }
    }

    pub fn len(&self) -> usize {
        self.documents.len()
    }

    pub fn text(&self, doc: u32) -> &'a str {
        &self.documents[doc as usize].text
    }

    /// The hash of the bytes that the text was decoded from.
    pub fn content(&self, doc: u32) -> u128 {
        let document = &self.documents[doc as usize];
        document.raw_hash.unwrap_or_else(|| content_hash(document.text.as_bytes()))
    }
}
