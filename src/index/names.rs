//! What a finding says of a document of an index, as bytes.

use std::sync::Arc;

use super::bytes::{ByteReader, put_text};
use crate::finding::{DocumentRef, Metadata, RecordId};

/// What is kept of the name of a document besides its source and its position there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct DocumentName {
    pub id: Option<RecordId>,
    pub metadata: Option<Arc<Metadata>>,
    /// The first words of its text.
    pub opening: Arc<str>,
}

impl DocumentName {
    /// Appends the name.
    pub fn write(&self, out: &mut Vec<u8>) {
        let id = self.id.as_ref().map(RecordId::json);
        let of =
            |field: fn(&Metadata) -> &Option<Arc<str>>| self.metadata.as_ref().and_then(|data| field(data).as_deref());
        let fields = [id.as_deref(), of(|data| &data.title), of(|data| &data.url), of(|data| &data.date)];
        let present = fields.iter().zip(0..).filter(|(field, _)| field.is_some());
        out.push(present.map(|(_, bit)| 1u8 << bit).sum());
        fields.into_iter().flatten().for_each(|field| put_text(field, out));
        put_text(&self.opening, out);
    }

    /// Reads a name and goes on behind it.
    pub fn read(reader: &mut ByteReader) -> Option<Self> {
        let [present] = reader.array()?;
        let mut field = |bit: u8| if present >> bit & 1 == 1 { reader.text().map(Some) } else { Some(None) };
        let [id, title, url, date] = [field(0)?, field(1)?, field(2)?, field(3)?];
        let opening = reader.text()?.into();
        let id = match id {
            Some(json) => Some(RecordId::of_json(json)?),
            None => None,
        };
        let [title, url, date] = [title, url, date].map(|field| field.map(Arc::from));
        let metadata = Some(Metadata { title, url, date }).filter(|data| *data != Metadata::default());
        Some(Self { id, metadata: metadata.map(Arc::new), opening })
    }

    /// Returns what findings name the document by.
    pub fn reference(&self, source: Arc<str>, record: u64, is_repeated: bool) -> DocumentRef {
        let id = self.id.clone().map(|id| id.repeated(is_repeated));
        DocumentRef { source, record, id, metadata: self.metadata.clone() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_come_back_one_behind_the_other() {
        let url = Metadata { url: Some("https://example.org/é".into()), ..Metadata::default() };
        let named = DocumentName { id: Some("7".into()), metadata: Some(Arc::new(url)), opening: "Un été".into() };
        let number = DocumentName { id: RecordId::of_json("7"), ..DocumentName::default() };
        let mut bytes = Vec::new();
        let all = [named, DocumentName::default(), number];
        for name in &all {
            name.write(&mut bytes);
        }
        let mut reader = ByteReader(&bytes);
        let read: Vec<_> = all.iter().map(|_| DocumentName::read(&mut reader).expect("is there")).collect();
        assert_eq!(read, all);
        assert!(reader.0.is_empty());
        assert_eq!(DocumentName::read(&mut ByteReader(&bytes[..5])), None);
    }
}
