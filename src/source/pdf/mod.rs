//! PDF files: the text that their pages draw, in the order in which they draw it.
//!
//! Words, lines and paragraphs are told by where letters stand. Text in pictures is none, so a scanned book without a
//! layer of text is empty. Such files are copied or left out as a whole.
//!
//! The crate that decodes trusts the file: it runs what a page draws as often as the file says, it unpacks without a
//! limit, and it stops at what it does not know, colours and pictures too. So a file is first [measured](unpacked), and
//! [reduced](drawing) to what draws text.
//!
//! Format: ISO 32000-2 (PDF 2.0).

mod drawing;
mod layout;
mod read;
mod unpacked;

pub(super) use read::{is_pdf, read};
