//! The text of an e-book (EPUB): its pages in the order in which they are read.

use std::collections::HashMap;

use super::flow::OfficeText;
use super::package::Package;
use super::xml::{XmlItem, each, text_of};
use crate::finding::Reason;
use crate::source::html::visible;
use crate::source::skip::SkipCause;
use doublon_core::Span;

/// Appends the text of a book. Returns its title.
pub(super) fn read(package: &mut Package, out: &mut OfficeText) -> Result<Option<String>, SkipCause> {
    if package.has("META-INF/rights.xml") {
        return Err((Reason::Unsupported, "the book is locked by a rights management".to_owned()));
    }
    let root = root_file(&package.needed("META-INF/container.xml")?)?;
    let contents = package.needed(&root)?;
    let folder = root.rfind('/').map_or("", |end| &root[..=end]);
    for page in pages(&contents, &root)? {
        // What is listed and not there, a reader passes over.
        if let Some(page) = package.part(&resolved(folder, &page))? {
            append(&page, out);
        }
    }
    text_of(&contents, &root, "title")
}

/// Returns the part that lists the pages.
fn root_file(container: &str) -> Result<String, SkipCause> {
    let (name, mut found) = ("META-INF/container.xml", None);
    each(container, name, |item| {
        if let XmlItem::Start("rootfile", attributes) = item
            && found.is_none()
        {
            found = attributes.get("full-path");
        }
    })?;
    found.ok_or_else(|| (Reason::BadData, format!("{name} names no root file")))
}

/// Returns the pages in reading order, but for the table of contents.
fn pages(contents: &str, name: &str) -> Result<Vec<String>, SkipCause> {
    let (mut items, mut order): (HashMap<String, String>, Vec<String>) = (HashMap::new(), Vec::new());
    each(contents, name, |item| match item {
        XmlItem::Start("item", attributes) => {
            let is_page = attributes.get("media-type").is_some_and(|kind| kind.contains("html"));
            let is_contents =
                attributes.get("properties").is_some_and(|all| all.split_whitespace().any(|one| one == "nav"));
            if let (true, false, Some(id), Some(place)) =
                (is_page, is_contents, attributes.get("id"), attributes.get("href"))
            {
                items.insert(id, place);
            }
        }
        XmlItem::Start("itemref", attributes) => order.extend(attributes.get("idref")),
        _ => {}
    })?;
    Ok(order.iter().filter_map(|id| items.remove(id)).collect())
}

/// Returns the name of a part from an address relative to a folder.
fn resolved(folder: &str, address: &str) -> String {
    let address = address.split('#').next().unwrap_or_default();
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    let unescaped = unescaped(address);
    for part in unescaped.split('/') {
        match part {
            "." | "" => {}
            ".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    parts.join("/")
}

/// Undoes `%20` and the like.
fn unescaped(address: &str) -> String {
    let mut bytes = Vec::with_capacity(address.len());
    let mut rest = address.as_bytes();
    while let [first, after @ ..] = rest {
        let code = std::str::from_utf8(after.get(..2).unwrap_or_default()).ok();
        let byte = code.filter(|_| *first == b'%').and_then(|code| u8::from_str_radix(code, 16).ok());
        rest = if byte.is_some() { &after[2..] } else { after };
        bytes.push(byte.unwrap_or(*first));
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn append(page: &str, out: &mut OfficeText) {
    let page = visible(page);
    out.paragraph();
    out.push(&page.text);
    let start = out.text.len() - page.text.len();
    out.headings.extend(page.headings.iter().map(|heading| Span::new(start + heading.start, start + heading.end)));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_relative_to_the_list_of_pages() {
        assert_eq!(resolved("OEBPS/", "text/a%20b.xhtml#c"), "OEBPS/text/a b.xhtml");
        assert_eq!(resolved("a/b/", "../c.html"), "a/c.html");
        assert_eq!(resolved("", "../100%.html"), "100%.html");
    }
}
