//! Office files and e-books: the text of `.docx`, `.odt` and `.epub`, which are ZIP archives of XML.
//!
//! What a reader sees of the body is text, in its order: paragraphs, cells and rows of tables, notes where they stand. What
//! was deleted, comments, headers and footers of pages are none. Such files are copied or left out as a whole.
//!
//! Formats: ECMA-376 (Office Open XML), OASIS ODF 1.3, EPUB 3.3.

mod book;
mod document;
mod flow;
mod package;
mod read;
mod xml;

pub(super) use read::read;
