//! From an office file to a document.

use super::book;
use super::document::{self, DOCX, DOCX_NOTES, ODT};
use super::flow::OfficeText;
use super::package::Package;
use super::xml::text_of;
use crate::finding::{Metadata, Reason};
use crate::source::document::PageOrigin;
use crate::source::options::SourceOptions;
use crate::source::record::Record;
use crate::source::skip::SkipCause;

/// Returns the document in an office file.
///
/// # Errors
///
/// Says why it cannot be read: it is of another kind, broken, or unpacks to too much.
pub fn read(bytes: &[u8], options: &SourceOptions) -> Result<Record, SkipCause> {
    let mut package = Package::open(bytes, options.max_record, options.max_ratio)?;
    let (mut out, kind) = (OfficeText::default(), package.part("mimetype")?.unwrap_or_default());
    let title = if kind.trim() == "application/epub+zip" {
        book::read(&mut package, &mut out)?
    } else if kind.starts_with("application/vnd.oasis.opendocument.text") {
        document::read(&package.needed("content.xml")?, "content.xml", &ODT, &mut out)?;
        title(&mut package, "meta.xml")?
    } else if package.has("word/document.xml") {
        word(&mut package, &mut out)?;
        title(&mut package, "docProps/core.xml")?
    } else {
        return Err((Reason::WrongShape, "the file is no .docx, .odt or .epub, though it is a ZIP archive".to_owned()));
    };
    let OfficeText { text, headings, .. } = out;
    let origin = Some(Box::new(PageOrigin { headings, ..PageOrigin::default() }));
    let metadata = Metadata::of(title.as_deref(), None, None);
    Ok(Record { metadata, text, origin, ..Record::default() })
}

/// Appends the text of a `.docx` file, notes at its end.
fn word(package: &mut Package, out: &mut OfficeText) -> Result<(), SkipCause> {
    let name = "word/document.xml";
    document::read(&package.needed(name)?, name, &DOCX, out)?;
    for (name, format) in ["word/footnotes.xml", "word/endnotes.xml"].into_iter().zip(&DOCX_NOTES) {
        if let Some(notes) = package.part(name)? {
            document::read(&notes, name, format, out)?;
        }
    }
    Ok(())
}

fn title(package: &mut Package, name: &str) -> Result<Option<String>, SkipCause> {
    match package.part(name)? {
        Some(about) => text_of(&about, name, "title"),
        None => Ok(None),
    }
}
