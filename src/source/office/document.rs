//! The text of a word processor's document.

use super::flow::OfficeText;
use super::xml::{XmlAttributes, XmlItem, each};
use crate::source::skip::SkipCause;

/// What elements of a format mean.
pub(super) struct DocumentFormat {
    /// The element that holds the document.
    body: &'static str,
    /// The elements in which text counts.
    text: &'static [&'static str],
    /// Elements of which nothing is seen.
    unseen: &'static [&'static str],
    /// Whether white space is one space, and spaces are elements.
    collapses: bool,
}

/// Office Open XML.
pub(super) const DOCX: DocumentFormat = DocumentFormat {
    body: "body",
    text: &["t"],
    // A `Fallback` says again what stands before it; the properties of a paragraph have tabs that are stops.
    unseen: &["del", "moveFrom", "Fallback", "tabs"],
    collapses: false,
};

/// Notes of it, by the element that holds them.
pub(super) const DOCX_NOTES: [DocumentFormat; 2] =
    [DocumentFormat { body: "footnotes", ..DOCX }, DocumentFormat { body: "endnotes", ..DOCX }];

/// ODF.
pub(super) const ODT: DocumentFormat = DocumentFormat {
    body: "body",
    text: &["p", "h"],
    unseen: &["annotation", "tracked-changes", "note-citation", "desc", "title"],
    collapses: true,
};

/// Appends the text of a part, which is called `name`.
pub(super) fn read(xml: &str, name: &str, format: &DocumentFormat, out: &mut OfficeText) -> Result<(), SkipCause> {
    let mut reader = DocumentReader { format, out, body: 0, text: 0, unseen: 0 };
    each(xml, name, |item| reader.take(&item))
}

struct DocumentReader<'a> {
    format: &'a DocumentFormat,
    out: &'a mut OfficeText,
    /// How many elements of each kind are open.
    body: usize,
    text: usize,
    unseen: usize,
}

impl DocumentReader<'_> {
    fn take(&mut self, item: &XmlItem) {
        match item {
            XmlItem::Start(name, attributes) => self.start(name, attributes),
            XmlItem::End(name) => self.end(name),
            XmlItem::Text(text) if self.text > 0 && self.is_seen() => self.push(text),
            XmlItem::Text(_) => {}
        }
    }

    fn is_seen(&self) -> bool {
        self.body > 0 && self.unseen == 0
    }

    fn start(&mut self, name: &str, attributes: &XmlAttributes) {
        self.body += usize::from(name == self.format.body);
        self.unseen += usize::from(self.format.unseen.contains(&name));
        self.text += usize::from(self.format.text.contains(&name));
        if !self.is_seen() {
            return;
        }
        match name {
            "p" => self.out.paragraph(),
            "h" => {
                self.out.paragraph();
                self.out.heading();
            }
            "pStyle" if attributes.get("val").is_some_and(|style| is_heading(&style)) => self.out.heading(),
            "tbl" | "table" => self.out.table(),
            "tab" => self.out.push("\t"),
            "br" | "cr" | "line-break" => self.out.push("\n"),
            "noBreakHyphen" => self.out.push("\u{2011}"),
            "s" if self.format.collapses => {
                let count = attributes.get("c").and_then(|count| count.parse().ok()).unwrap_or(1);
                self.out.push(&" ".repeat(usize::min(count, SPACES)));
            }
            _ => {}
        }
    }

    fn end(&mut self, name: &str) {
        if self.is_seen() {
            match name {
                "p" | "h" => self.out.end_paragraph(),
                "tc" | "table-cell" => self.out.end_cell(),
                "tr" | "table-row" => self.out.end_row(),
                "tbl" | "table" => self.out.end_table(),
                _ => {}
            }
        }
        self.text -= usize::from(self.text > 0 && self.format.text.contains(&name));
        self.unseen -= usize::from(self.unseen > 0 && self.format.unseen.contains(&name));
        self.body -= usize::from(self.body > 0 && name == self.format.body);
    }

    fn push(&mut self, text: &str) {
        if !self.format.collapses {
            self.out.push(text);
            return;
        }
        let is_space = |c: char| matches!(c, ' ' | '\t' | '\n' | '\r');
        for (n, word) in text.split(is_space).enumerate() {
            let is_after_space = self.out.text.ends_with(is_space);
            self.out.push(if n > 0 && !is_after_space && !self.out.text.is_empty() { " " } else { "" });
            self.out.push(word);
        }
    }
}

/// The most spaces that an element stands for.
const SPACES: usize = 100;

/// Whether a style is that of a heading or the title; other languages have their own names for them.
fn is_heading(style: &str) -> bool {
    let style = style.to_lowercase();
    ["heading", "title", "berschrift", "titre", "titolo", "ttulo", "titel", "kop"]
        .iter()
        .any(|name| style.starts_with(name))
        || style.starts_with("überschrift")
}
