//! Reduces a file to what draws its text, and bounds how often that is drawn.
//!
//! A page draws by operators, and draws forms, which are such lists of their own with their own fonts. A form may draw
//! others, and itself if the file is hostile.

use std::collections::BTreeMap;
use std::rc::Rc;

use pdf_extract::content::{Content, Operation};
use pdf_extract::{Dictionary, Document, Object, ObjectId};

use super::unpacked::empty;
use crate::finding::Reason;
use crate::source::allowance::Allowance;
use crate::source::skip::SkipCause;

/// Forms inside of each other. Files in the wild have a few.
const MOST_DEPTH: usize = 24;

/// Bytes of what one page or form draws: decoded, they take about thirty times as much.
const MOST_DRAWN: usize = 16 << 20;

/// Nodes above a page in the tree of pages.
const MOST_ANCESTORS: usize = 64;

/// Operators that draw text, move it, choose its font or draw a form.
const TEXT: [&str; 20] = [
    "BT", "ET", "Tf", "Tj", "TJ", "'", "\"", "Td", "TD", "Tm", "T*", "Tc", "Tw", "Tz", "TL", "Ts", "Tr", "q", "Q", "cm",
];

/// Drops from all pages, and from the forms that they draw, whatever draws no text.
///
/// # Errors
///
/// Says that forms draw each other, that it would be drawn more often than is allowed, or that it cannot be decoded.
pub(super) fn reduce(document: &mut Document, allowance: &mut Allowance) -> Result<(), SkipCause> {
    let pages: Vec<ObjectId> = document.page_iter().collect();
    let mut drawing = Drawing { document, forms: BTreeMap::new(), allowance };
    let reduced = pages.iter().map(|&page| drawing.page(page)).collect::<Result<Vec<_>, _>>()?;
    let forms = drawing.forms;
    for (id, form) in forms {
        if let Ok(stream) = document.get_object_mut(id).and_then(Object::as_stream_mut) {
            empty(stream);
            stream.set_content(form.content.clone());
        }
    }
    for (id, page) in pages.into_iter().zip(reduced) {
        let content = document.add_object(pdf_extract::Stream::new(Dictionary::new(), page.content));
        let kept = [("Resources", page.resources), ("MediaBox", page.sheet), ("Contents", Object::Reference(content))];
        if let Ok(dictionary) = document.get_dictionary_mut(id) {
            // What a page has of those above it was looked up: that has an end here.
            dictionary.remove(b"Parent");
            dictionary.remove(b"ArtBox");
            for (key, value) in kept {
                dictionary.set(key, value);
            }
        }
    }
    Ok(())
}

struct Drawing<'a, 'b> {
    document: &'a Document,
    forms: BTreeMap<ObjectId, Rc<Drawn>>,
    allowance: &'b mut Allowance,
}

/// What draws text of a page or form.
#[derive(Default)]
struct Drawn {
    content: Vec<u8>,
    /// The names of what it draws, as often as it does.
    drawn: Vec<Vec<u8>>,
}

/// A page on its own.
struct Page {
    content: Vec<u8>,
    resources: Object,
    sheet: Object,
}

impl<'a> Drawing<'a, '_> {
    fn page(&mut self, id: ObjectId) -> Result<Page, SkipCause> {
        let content = self.document.get_page_content(id).map_err(|error| broken(&error))?;
        let dictionary = self.document.get_dictionary(id).map_err(|error| broken(&error))?;
        let resources = self.inherited(dictionary, b"Resources");
        let resources = resources.and_then(|found| found.as_dict().ok()).cloned().unwrap_or_default();
        let sheet = self.inherited(dictionary, b"MediaBox").and_then(numbers).unwrap_or_else(a4);
        let drawn = reduced(&content)?;
        self.draw(&drawn, &resources, 0)?;
        Ok(Page { content: drawn.content, resources: Object::Dictionary(resources), sheet })
    }

    /// Goes through what is drawn as often as it will be.
    fn draw(&mut self, drawn: &Drawn, resources: &Dictionary, depth: usize) -> Result<(), SkipCause> {
        if depth > MOST_DEPTH {
            return Err((Reason::BadData, "its forms draw each other without an end".to_owned()));
        }
        self.allowance.take(drawn.content.len() as u64)?;
        for name in &drawn.drawn {
            let document = self.document;
            let found = document.get_dict_in_dict(resources, b"XObject").and_then(|all| all.get(name));
            let Ok((Some(id), Object::Stream(stream))) = found.and_then(|found| document.dereference(found)) else {
                return Err((Reason::BadData, format!("it draws {}, which it lacks", String::from_utf8_lossy(name))));
            };
            let form = self.form(id)?;
            let own = stream.dict.get_deref(b"Resources", document).and_then(Object::as_dict);
            self.draw(&form, own.unwrap_or(resources), depth + 1)?;
        }
        Ok(())
    }

    /// Returns what draws text of a form, nothing of a picture.
    fn form(&mut self, id: ObjectId) -> Result<Rc<Drawn>, SkipCause> {
        if let Some(known) = self.forms.get(&id) {
            return Ok(Rc::clone(known));
        }
        let stream = self.document.get_object(id).and_then(Object::as_stream).map_err(|error| broken(&error))?;
        let kind = stream.dict.get_deref(b"Subtype", self.document).and_then(Object::as_name);
        let form = match kind {
            Ok(b"Form") => reduced(&stream.decompressed_content().map_err(|error| broken(&error))?)?,
            _ => Drawn::default(),
        };
        let form = Rc::new(form);
        self.forms.insert(id, Rc::clone(&form));
        Ok(form)
    }

    /// Returns what a page says, or else the nodes above it.
    fn inherited(&self, page: &'a Dictionary, key: &[u8]) -> Option<&'a Object> {
        let above = |node: &&'a Dictionary| node.get_deref(b"Parent", self.document).and_then(Object::as_dict).ok();
        let mut nodes = std::iter::successors(Some(page), above).take(MOST_ANCESTORS);
        nodes.find_map(|node| node.get_deref(key, self.document).ok())
    }
}

/// Decodes operators, and keeps those that draw text.
fn reduced(content: &[u8]) -> Result<Drawn, SkipCause> {
    if content.len() > MOST_DRAWN {
        return Err((Reason::TooLarge, format!("a page draws by {} bytes, which is over 16 MiB", content.len())));
    }
    let mut operations = Content::decode(content).map_err(|error| broken(&error))?.operations;
    let mut drawn = Vec::new();
    operations.retain(|operation| match drawn_name(operation) {
        Some(name) => {
            drawn.push(name.to_vec());
            true
        }
        None => TEXT.contains(&operation.operator.as_str()),
    });
    let content = Content { operations }.encode().map_err(|error| broken(&error))?;
    Ok(Drawn { content, drawn })
}

fn drawn_name(operation: &Operation) -> Option<&[u8]> {
    let name = operation.operands.first().filter(|_| operation.operator == "Do")?;
    name.as_name().ok()
}

/// Returns a box with its numbers alone, which may be written apart.
fn numbers(sheet: &Object) -> Option<Object> {
    let sheet = sheet.as_array().ok().filter(|sheet| sheet.len() == 4)?;
    let numbers: Option<Vec<Object>> = sheet.iter().map(|side| side.as_float().ok().map(Object::Real)).collect();
    numbers.map(Object::Array)
}

/// The sheet of a page that has none, in points. It is not looked at for text.
fn a4() -> Object {
    Object::Array([0.0, 0.0, 595.0, 842.0].map(Object::Real).to_vec())
}

pub(super) fn broken(error: &dyn std::fmt::Display) -> SkipCause {
    (Reason::BadData, format!("it cannot be decoded ({error})"))
}
