//! The footer of a Parquet file: where it is, what must hold before it is trusted, and the columns it describes.
//!
//! The crate that decodes it recurses into nested columns and copies the names of all ancestors of each column, so a
//! footer of a few megabytes could overflow the stack or ask for gigabytes. Both are measured here first.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};

use parquet::errors::ParquetError;
use parquet::file::metadata::{ParquetMetaData, ParquetMetaDataReader};

use super::compact::{BINARY, Compact, I32, LIST, STRUCT};
use crate::finding::Reason;
use crate::source::guard::guarded;

/// Why a file, or a part of it, is not read.
#[derive(Debug)]
pub(crate) struct ParquetFault {
    pub reason: Reason,
    pub detail: String,
}

impl ParquetFault {
    pub fn new(reason: Reason, detail: impl Into<String>) -> Self {
        Self { reason, detail: detail.into() }
    }

    /// A fault of the pages.
    pub fn bad(detail: impl Into<String>) -> Self {
        Self::new(Reason::BadData, detail)
    }

    /// Calls `read`; a panic in it is a fault of the pages.
    pub fn guarded<T>(read: impl FnOnce() -> Result<T, Self>) -> Result<T, Self> {
        guarded(read, Self::bad)
    }

    /// A fault of the footer.
    fn footer(detail: impl Into<String>) -> Self {
        Self::new(Reason::BadHeader, detail)
    }
}

impl From<io::Error> for ParquetFault {
    fn from(error: io::Error) -> Self {
        Self::new(Reason::ReadError, error.to_string())
    }
}

impl From<ParquetError> for ParquetFault {
    fn from(error: ParquetError) -> Self {
        match error {
            ParquetError::General(detail) if detail.contains("checksum mismatch") => {
                Self::new(Reason::BadChecksum, "a page does not have the bytes that its checksum was made of")
            }
            ParquetError::General(detail) | ParquetError::EOF(detail) => Self::bad(detail),
            ParquetError::NYI(detail) => Self::new(Reason::Encoding, detail),
            ParquetError::External(error) => match error.downcast::<FaultOnTheWay>() {
                Ok(refusal) => refusal.0,
                Err(error) if error.is::<io::Error>() => Self::new(Reason::ReadError, error.to_string()),
                Err(error) => Self::bad(error.to_string()),
            },
            error => Self::bad(error.to_string()),
        }
    }
}

impl From<ParquetFault> for ParquetError {
    fn from(fault: ParquetFault) -> Self {
        Self::External(Box::new(FaultOnTheWay(fault)))
    }
}

/// A fault on its way through the crate that reads pages.
#[derive(Debug, thiserror::Error)]
#[error("{}", .0.detail)]
struct FaultOnTheWay(ParquetFault);

/// The marks at both ends of a file, and at the end of one whose footer is encrypted.
const MAGIC: &[u8; 4] = b"PAR1";
const MAGIC_ENCRYPTED: &[u8; 4] = b"PARE";

/// The largest footer that is read. It takes some twenty times its size in memory.
const MAX_FOOTER: u64 = 64 << 20;

/// Reads the footer of a file.
pub(crate) fn read(file: &File) -> Result<ParquetMetaData, ParquetFault> {
    let footer = find(file)?;
    check(&footer)?;
    let metadata = ParquetMetaDataReader::decode_metadata(&footer)
        .map_err(|error| ParquetFault { reason: Reason::BadHeader, ..error.into() })?;
    for (i, group) in metadata.row_groups().iter().enumerate() {
        if group.num_rows() < 0 || group.num_columns() != metadata.file_metadata().schema_descr().num_columns() {
            return Err(ParquetFault::footer(format!("row group {i} is not as the schema says")));
        }
    }
    Ok(metadata)
}

fn find(mut file: &File) -> Result<Vec<u8>, ParquetFault> {
    let length = file.metadata()?.len();
    let (mut head, mut tail) = ([0; 4], [0; 8]);
    if length >= 12 {
        file.rewind()?;
        file.read_exact(&mut head)?;
        file.seek(SeekFrom::End(-8))?;
        file.read_exact(&mut tail)?;
    }
    let ([a, b, c, d, magic @ ..], whole) = (tail, length >= 12);
    match &magic {
        MAGIC => {}
        MAGIC_ENCRYPTED => return Err(ParquetFault::new(Reason::Encoding, "the file is encrypted")),
        _ if whole && &head != MAGIC => {
            return Err(ParquetFault::new(
                Reason::WrongShape,
                "is no Parquet file: it has no `PAR1` at its start and end",
            ));
        }
        _ => {
            return Err(ParquetFault::new(Reason::Truncated, "the file is cut short: it does not end with a footer"));
        }
    }
    let size = u64::from(u32::from_le_bytes([a, b, c, d]));
    if size > length - 12 {
        return Err(ParquetFault::footer(format!(
            "the footer says that it takes {size} bytes, but the file has {length}"
        )));
    }
    if size > MAX_FOOTER {
        return Err(ParquetFault::new(
            Reason::TooLarge,
            format!("the footer takes {size} bytes, more than {MAX_FOOTER}"),
        ));
    }
    let mut footer = vec![0; size as usize];
    file.seek(SeekFrom::Start(length - 8 - size))?;
    file.read_exact(&mut footer)?;
    Ok(footer)
}

/// How deep columns may nest. Real schemas have a handful of levels; the stack holds thousands.
const MAX_DEPTH: usize = 100;

/// The most bytes that the paths of all columns together may take.
const MAX_PATHS: usize = 64 << 20;

/// Measures what decoding the footer would cost.
fn check(footer: &[u8]) -> Result<(), ParquetFault> {
    let (mut encrypted, mut schema) = (false, Nesting::default());
    let parsed = Compact(footer).structure(|footer, id, kind| {
        encrypted |= id == 8; // the algorithm
        if id == 2 && kind == LIST { schema.measure(footer).map(|()| true) } else { Some(false) }
    });
    match parsed {
        _ if schema.deepest > MAX_DEPTH => {
            Err(ParquetFault::footer(format!("columns nest deeper than {MAX_DEPTH} levels")))
        }
        _ if schema.paths > MAX_PATHS => {
            Err(ParquetFault::footer(format!("column names take more than {MAX_PATHS} bytes")))
        }
        Some(()) if encrypted => Err(ParquetFault::new(Reason::Encoding, "the file is encrypted")),
        Some(()) => Ok(()),
        None => Err(ParquetFault::footer("the footer cannot be read")),
    }
}

/// What the columns of a schema cost, which lists them depth first.
#[derive(Default)]
struct Nesting {
    /// The groups that are not complete: how many children they lack, and the bytes of their path.
    open: Vec<(i64, usize)>,
    deepest: usize,
    paths: usize,
}

impl Nesting {
    /// Reads the list of columns and groups; ends early, with `None`, at one that is too costly.
    fn measure(&mut self, footer: &mut Compact) -> Option<()> {
        let (kind, count) = footer.list()?;
        for _ in 0..count {
            let (mut name, mut children) = (0, 0);
            footer.structure(|column, id, kind| {
                match (id, kind) {
                    (4, BINARY) => name = column.binary()?.len(),
                    (5, I32) => children = column.int()?,
                    _ => return Some(false),
                }
                Some(true)
            })?;
            self.add(name, children);
            if self.deepest > MAX_DEPTH || self.paths > MAX_PATHS {
                return None;
            }
        }
        (kind == STRUCT || count == 0).then_some(())
    }

    fn add(&mut self, name: usize, children: i64) {
        while self.open.pop_if(|(lacking, _)| *lacking <= 0).is_some() {}
        // A name in a path is a string of its own.
        let path = self.open.last().map_or(0, |(_, path)| *path) + name + size_of::<String>();
        if let Some((lacking, _)) = self.open.last_mut() {
            *lacking -= 1;
        }
        if children > 0 {
            self.open.push((children, path));
            self.deepest = self.deepest.max(self.open.len());
        } else {
            self.paths += path;
        }
    }
}
