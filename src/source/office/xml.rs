//! The elements and the text of a part, one after another.

use quick_xml::Reader;
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::{BytesRef, BytesStart, Event};

use crate::finding::Reason;
use crate::source::skip::SkipCause;

/// What stands in a part. Names are without their prefix.
pub(super) enum XmlItem<'a> {
    /// A start tag.
    Start(&'a str, XmlAttributes<'a>),
    /// An end tag, or the end of an element without content.
    End(&'a str),
    /// Text.
    Text(&'a str),
}

/// The attributes of a tag.
pub(super) struct XmlAttributes<'a>(&'a BytesStart<'a>);

impl XmlAttributes<'_> {
    /// Returns the value of the first attribute of this name, whatever its prefix.
    pub fn get(&self, name: &str) -> Option<String> {
        let mut all = self.0.attributes();
        let found = all.with_checks(false).flatten().find(|attribute| attribute.key.local_name().as_ref() == name)?;
        found.normalized_value(quick_xml::XmlVersion::Implicit1_0).ok().map(std::borrow::Cow::into_owned)
    }
}

/// Calls `take` with all that stands in a part, which is called `name`, in order.
pub(super) fn each(xml: &str, name: &str, mut take: impl FnMut(XmlItem)) -> Result<(), SkipCause> {
    let mut reader = Reader::from_str(xml);
    reader.config_mut().check_end_names = false;
    loop {
        let event = reader
            .read_event()
            .map_err(|error| (Reason::BadData, format!("{name}: byte {}: {error}", reader.error_position())))?;
        match event {
            Event::Start(tag) => take(XmlItem::Start(tag.local_name().as_ref(), XmlAttributes(&tag))),
            Event::Empty(tag) => {
                take(XmlItem::Start(tag.local_name().as_ref(), XmlAttributes(&tag)));
                take(XmlItem::End(tag.local_name().as_ref()));
            }
            Event::End(tag) => take(XmlItem::End(tag.local_name().as_ref())),
            Event::Text(text) => take(XmlItem::Text(&text.xml10_content())),
            Event::CData(text) => take(XmlItem::Text(&text.xml10_content())),
            Event::GeneralRef(reference) => take(XmlItem::Text(&resolved(&reference))),
            Event::Eof => return Ok(()),
            _ => {}
        }
    }
}

/// What a reference stands for; nothing if that is not known. Entities of a document's own are not read.
fn resolved(reference: &BytesRef) -> String {
    match reference.resolve_char_ref() {
        Ok(Some(character)) => character.to_string(),
        _ => resolve_predefined_entity(reference).unwrap_or_default().to_owned(),
    }
}

/// Returns the text of the first element of this name.
pub(super) fn text_of(xml: &str, part: &str, name: &str) -> Result<Option<String>, SkipCause> {
    let (mut found, mut is_inside): (Option<String>, bool) = (None, false);
    each(xml, part, |item| match item {
        XmlItem::Start(tag, _) if tag == name && found.is_none() => {
            is_inside = true;
            found = Some(String::new());
        }
        XmlItem::End(tag) if tag == name => is_inside = false,
        XmlItem::Text(text) if is_inside => found.get_or_insert_default().push_str(text),
        _ => {}
    })?;
    Ok(found.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty()))
}
