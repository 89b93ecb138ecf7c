//! What all parts of the page look up.

use doublon_core::text::Tokenizer;

use crate::finding::digest::{Digest, FamilyTag};
use crate::report::text::page::Names;

/// Colours of passages; the style sheet has them.
const HUES: usize = 8;

/// What all parts of the page look up.
pub struct PageContext<'a> {
    pub digest: &'a Digest,
    pub names: Names<'a>,
    pub tokenizer: Tokenizer,
    is_unlimited: bool,
}

impl<'a> PageContext<'a> {
    pub fn new(digest: &'a Digest, limit: usize) -> Self {
        let parameters = &digest.header.parameters;
        Self {
            digest,
            names: Names::new(digest),
            tokenizer: Tokenizer::new(parameters.config.text, parameters.config.seed),
            is_unlimited: limit == usize::MAX,
        }
    }

    /// Returns `n`, or no limit if all is to be shown.
    pub fn at_most(&self, n: usize) -> usize {
        if self.is_unlimited { usize::MAX } else { n }
    }
}

/// Returns the colour of a family: the same one wherever the page shows it, and others for its neighbours.
pub fn hue(family: &FamilyTag) -> usize {
    family.position % HUES
}
