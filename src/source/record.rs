//! Documents as they are read, before they are numbered in a run.

use encoding_rs::Encoding;

use super::document::PageOrigin;
use crate::finding::Skipped;

/// A record of a source: a document, or the finding that it is none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Item {
    /// A document. Its text may be empty.
    Document(Record),
    /// A record that is no document, and why.
    Skipped(Skipped),
}

/// A document as it was read, before it is numbered in a run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Record {
    /// The zero-based line, for a row of a table its first line; the row of a Parquet file; 0 for a file that is one
    /// document. Blank lines count, though they are no documents.
    pub record: u64,
    /// The record's own id: a string that is not empty, or a number as it is written. It may repeat in a source; see
    /// [`drop_repeated_ids`].
    pub id: Option<String>,
    /// The JSON of the value field, if the record has it.
    pub value: Option<String>,
    /// The decoded text. A byte order mark at the start of UTF-8 text stays in it as U+FEFF, so that offsets into the
    /// text of a plain file are offsets into the file; decoding UTF-16 drops it.
    pub text: String,
    /// Whether bytes that could not be decoded were replaced by U+FFFD.
    pub lossy: bool,
    /// If `lossy`, the hash of the bytes that the text was decoded from, so that unequal bytes stay unequal.
    pub raw_hash: Option<u128>,
    /// The encoding that the text was decoded from, where it is not UTF-8.
    pub encoding: Option<&'static Encoding>,
    /// What the text was made from, where it is not what was decoded.
    pub origin: Option<Box<PageOrigin>>,
    /// The byte in the decompressed source at which the record starts.
    pub offset: u64,
    /// The bytes of the record, without the line end behind it.
    pub length: u64,
}

/// Takes away every id that stands more than once in `ids`, which are those of one source: such an id names no record.
pub fn drop_repeated_ids(ids: &mut [Option<String>]) {
    let mut order: Vec<usize> = (0..ids.len()).filter(|&i| ids[i].is_some()).collect();
    order.sort_unstable_by(|&a, &b| ids[a].cmp(&ids[b]));
    let groups: Vec<&[usize]> = order.chunk_by(|&a, &b| ids[a] == ids[b]).filter(|group| group.len() > 1).collect();
    for &i in groups.into_iter().flatten() {
        ids[i] = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn repeated_ids_name_no_record() {
        let mut ids = ["a", "b", "a", "", "c", "a"].map(|id| (!id.is_empty()).then(|| id.to_owned()));
        drop_repeated_ids(&mut ids);
        assert_eq!(ids.map(Option::unwrap_or_default), ["", "b", "", "", "c", ""]);
    }
}
