//! From a PDF file to a document.

use pdf_extract::{Document, Error, Object, OutputError, decode_text_string, output_doc};

use super::drawing::{broken, reduce};
use super::layout::PageText;
use super::unpacked::{measure_bytes, measure_streams};
use crate::finding::{Metadata, Reason};
use crate::source::allowance::Allowance;
use crate::source::guard::guarded;
use crate::source::options::SourceOptions;
use crate::source::record::Record;
use crate::source::skip::SkipCause;

/// Returns whether a file begins as a PDF file does.
pub fn is_pdf(start: &[u8]) -> bool {
    start.starts_with(b"%PDF-")
}

/// Returns the document in a PDF file.
///
/// # Errors
///
/// Says why it cannot be read: it is broken, needs a password, or unpacks to too much.
pub fn read(bytes: &[u8], options: &SourceOptions) -> Result<Record, SkipCause> {
    let allowance = Allowance::new(bytes.len() as u64, options.max_record, options.max_ratio);
    guarded(|| read_within(bytes, &allowance), |detail| (Reason::BadData, detail))
}

/// Reads a file. Each of its measures may come to all that is allowed.
fn read_within(bytes: &[u8], allowance: &Allowance) -> Result<Record, SkipCause> {
    measure_bytes(bytes, &mut allowance.clone())?;
    let mut document = Document::load_mem(bytes).map_err(|error| refused(&error))?;
    if document.is_encrypted() {
        document.decrypt("").map_err(|error| refused(&error))?;
    }
    if document.page_iter().next().is_none() {
        return Err(if document.trailer.has(b"Encrypt") {
            (Reason::Unsupported, "it is encrypted in a way that is not known".to_owned())
        } else {
            (Reason::BadData, "it has no pages".to_owned())
        });
    }
    measure_streams(&mut document, &mut allowance.clone())?;
    reduce(&mut document, &mut allowance.clone())?;
    let mut pages = PageText::new(usize::try_from(allowance.left()).unwrap_or(usize::MAX));
    let done = output_doc(&document, &mut pages);
    let Some(text) = pages.text() else {
        return Err(allowance.clone().take(u64::MAX).err().unwrap_or_else(|| broken(&"its text has no end")));
    };
    done.map_err(|error| broken(&said(&error)))?;
    let metadata = Metadata::of(title(&document).as_deref(), None, None);
    Ok(Record { metadata, text, ..Record::default() })
}

fn title(document: &Document) -> Option<String> {
    let about = document.trailer.get_deref(b"Info", document).and_then(Object::as_dict).ok()?;
    let title = about.get_deref(b"Title", document).and_then(decode_text_string).ok()?;
    Some(title).filter(|title| !title.trim().is_empty())
}

fn refused(error: &Error) -> SkipCause {
    match error {
        Error::Decryption(_) | Error::InvalidPassword => {
            (Reason::Unsupported, format!("it is encrypted, and opens with no empty password ({error})"))
        }
        error => broken(error),
    }
}

fn said(error: &OutputError) -> String {
    match error {
        OutputError::PdfError(error) => error.to_string(),
        error => error.to_string(),
    }
}
