//! What groups and documents are called: by their text, or by what a document says of itself.

use super::context::PageContext;
use super::words::first_words;
use crate::finding::{DocumentCluster, DocumentRef, PassageFamily};
use crate::report::visible::visible;

/// Characters of the title of a group.
const TITLE: usize = 120;

/// Returns the title of the kept document, its first words, or its name if neither is known.
pub fn title_of_cluster(cluster: &DocumentCluster, context: &PageContext<'_>) -> String {
    match (title_of_document(&cluster.keep), &*cluster.opening) {
        (Some(title), _) => title,
        (None, "") => context.document(&cluster.keep),
        (None, opening) => first_words(opening, TITLE),
    }
}

/// Returns the first words of the kept place.
pub fn title_of_family(family: &PassageFamily) -> String {
    match &*family.keep.excerpt {
        "" => "a passage".into(),
        excerpt => first_words(excerpt, TITLE),
    }
}

/// Returns the title that a document has.
pub fn title_of_document(doc: &DocumentRef) -> Option<String> {
    let title = doc.metadata.as_deref()?.title.as_deref()?;
    Some(first_words(title, TITLE))
}

/// Returns the address and the date of a document, as far as its name does not have them.
pub fn about_document(doc: &DocumentRef, name: &str) -> Vec<String> {
    let Some(metadata) = doc.metadata.as_deref() else { return Vec::new() };
    let values = [metadata.url.as_deref(), metadata.date.as_deref()].into_iter().flatten();
    values.map(|value| visible(value).into_owned()).filter(|value| !name.contains(value.as_str())).collect()
}
