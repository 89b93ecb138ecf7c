//! What all parts of the page look up.

use std::collections::{BTreeSet, HashMap};

use doublon_core::text::Tokenizer;

use super::place::{CommonPlace, PageInput};
use crate::finding::digest::{Digest, FamilyTag};
use crate::finding::{DocumentRef, PlacedSpan};
use crate::report::text::page::Names;
use crate::report::visible::visible;

/// Colours of passages; the style sheet has them.
const HUES: usize = 8;

/// What all parts of the page look up.
pub struct PageContext<'a> {
    pub digest: &'a Digest,
    /// Names with all folders; [`PageContext::document`] has shorter ones.
    pub names: Names<'a>,
    pub tokenizer: Tokenizer,
    /// Where the sources lie.
    pub common: CommonPlace<'a>,
    /// What a command that acts on the same input begins with, and where its copy would go, if there can be one.
    pub command: Option<(String, String)>,
    /// The numbers of the sources that a reader can choose, in order of their paths; none if there is one source only.
    sources: HashMap<&'a str, usize>,
    is_unlimited: bool,
}

impl<'a> PageContext<'a> {
    /// `input` are the arguments of a command that reads the same; without them it reads the folder of all sources.
    pub fn new(digest: &'a Digest, input: Option<&PageInput>, limit: usize) -> Self {
        let parameters = &digest.header.parameters;
        let common = CommonPlace::of(digest.header.sources.iter().map(|source| source.path.as_str()));
        let mut paths: Vec<&str> = digest.header.sources.iter().map(|source| source.path.as_str()).collect();
        paths.sort_unstable();
        let sources = if paths.len() > 1 { paths.into_iter().zip(0..).collect() } else { HashMap::new() };
        Self {
            digest,
            names: Names::new(digest),
            tokenizer: Tokenizer::new(parameters.config.text, parameters.config.seed),
            command: common.command(input),
            common,
            sources,
            is_unlimited: limit == usize::MAX,
        }
    }

    /// Returns `n`, or no limit if all is to be shown.
    pub fn at_most(&self, n: usize) -> usize {
        if self.is_unlimited { usize::MAX } else { n }
    }

    /// Returns the name of a document without the folder that all have in common.
    pub fn document(&self, doc: &DocumentRef) -> String {
        self.below(doc, self.names.document(doc))
    }

    /// Returns the name of a place without the folder that all have in common.
    pub fn place(&self, place: &PlacedSpan) -> String {
        self.below(&place.doc, self.names.place(place))
    }

    fn below(&self, doc: &DocumentRef, name: String) -> String {
        let (whole, below) = (visible(&doc.source), visible(self.common.below(&doc.source)));
        match name.strip_prefix(&*whole) {
            Some(rest) => format!("{below}{rest}"),
            None => name,
        }
    }

    /// Returns the number of a document's source among those that a reader can choose.
    pub fn source(&self, doc: &DocumentRef) -> Option<usize> {
        self.sources.get(&*doc.source).copied()
    }

    /// Returns the number of a document's source among all, in order of their paths.
    pub fn number(&self, doc: &DocumentRef) -> Option<usize> {
        let is_only = self.sources.is_empty() && self.digest.header.sources.iter().all(|one| *one.path == *doc.source);
        self.source(doc).or(is_only.then_some(0)).filter(|_| &*doc.source != "-")
    }

    /// Returns the paths of sources by their numbers, which are in order.
    pub fn paths(&self, numbers: &BTreeSet<usize>) -> Vec<(usize, &'a str)> {
        let mut paths: Vec<&str> = self.digest.header.sources.iter().map(|source| source.path.as_str()).collect();
        paths.sort_unstable();
        numbers.iter().filter_map(|&number| Some((number, *paths.get(number)?))).collect()
    }

    /// Returns the command that makes a clean copy, with more flags.
    pub fn clean(&self, flags: &str) -> Option<String> {
        self.command.as_ref().map(|(input, out)| format!("doublon clean {input} --out {out}{flags}"))
    }
}

/// Returns the colour of a family: the same one wherever the page shows it, and others for its neighbours.
pub fn hue(family: &FamilyTag) -> usize {
    family.position % HUES
}
