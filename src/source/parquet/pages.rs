//! The pages of a column, each checked before the crate that decodes it trusts what it says of itself.
//!
//! That crate reserves memory for as many values and bytes as a page claims to hold, and lets some decompressors run
//! without a limit. So a page is refused here if it would take more than `limit` bytes, if it holds more values than it
//! has bytes for, or if its parts lie outside of it. Besides, [`PageProgress`] tells how many rows may be asked for without
//! loading a further page: asking for no more keeps memory at one page a column.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use flate2::read::MultiGzDecoder;
use parquet::basic::{Compression, Encoding, Type as Physical};
use parquet::column::page::{Page, PageMetadata, PageReader};
use parquet::column::reader::{ColumnReader, get_column_reader};
use parquet::errors::{ParquetError, Result};
use parquet::file::metadata::{ColumnChunkMetaData, RowGroupMetaData};
use parquet::file::reader::{ChunkReader, Length, SerializedPageReader};
use parquet::schema::types::ColumnDescPtr;

use super::compact::{Compact, I32, STRUCT};
use super::footer::ParquetFault;
use crate::finding::Reason;

/// The smallest limit of a page, for a limit on records that is smaller says nothing of pages, which hold many.
const LEAST_LIMIT: u64 = 64 << 20;

/// Bytes by which a column may be longer than its size says; the header of a dictionary takes some twenty.
const SIZE_SLACK: u64 = 100;

/// Opens one column of a row group. No page of it may take more than `max_record` bytes, or 64 MiB if that is less.
pub(crate) fn open(
    file: &Arc<File>,
    group: &RowGroupMetaData,
    column: usize,
    max_record: u64,
) -> std::result::Result<(ColumnReader, Arc<PageProgress>), ParquetFault> {
    let length = file.metadata()?.len();
    let chunk = group.column(column);
    let sized = with_slack(chunk, length)?;
    let limit = max_record.max(LEAST_LIMIT);
    let chunks = Chunks { file: Arc::clone(file), length, codec: chunk.compression(), limit, header: Mutex::default() };
    let pages = Pages {
        inner: SerializedPageReader::new(Arc::new(chunks), &sized, group.num_rows() as usize, None)?,
        column: chunk.column_descr_ptr(),
        progress: Arc::default(),
        dictionary: 0,
        left: chunk.num_values(),
    };
    let progress = Arc::clone(&pages.progress);
    Ok((get_column_reader(chunk.column_descr_ptr(), Box::new(pages)), progress))
}

/// Returns the description of a column that lies within the file, with a size that is not too short.
///
/// Old writers leave the header of the dictionary out of the size (PARQUET-816). Pages are read until all values are
/// there, so it does no harm to let the column end somewhat later.
fn with_slack(chunk: &ColumnChunkMetaData, length: u64) -> std::result::Result<ColumnChunkMetaData, ParquetFault> {
    let refused =
        |reason, what| Err(ParquetFault::new(reason, format!("column `{}` {what}", chunk.column_path().string())));
    let start = chunk.dictionary_page_offset().unwrap_or_else(|| chunk.data_page_offset());
    let (Ok(start), Ok(size)) = (u64::try_from(start), u64::try_from(chunk.compressed_size())) else {
        return refused(Reason::BadHeader, "has no place in the file");
    };
    let Some(rest) = start.checked_add(size).and_then(|end| length.checked_sub(end)) else {
        return refused(Reason::BadHeader, "lies outside the file");
    };
    if chunk.file_path().is_some() {
        return refused(Reason::Encoding, "is in another file");
    }
    let size = (size + rest.min(SIZE_SLACK)).cast_signed();
    Ok(chunk.clone().into_builder().set_total_compressed_size(size).build()?)
}

/// How far the reading of a column without repeated values may go at once.
#[derive(Debug, Default)]
pub(crate) struct PageProgress {
    /// Values that the current page still has.
    left: AtomicUsize,
    /// The most values of it that are to be asked for at once.
    stride: AtomicUsize,
}

impl PageProgress {
    /// Returns how many rows may be read at once; one if that loads a page.
    pub fn step(&self) -> usize {
        self.left.load(Ordering::Relaxed).min(self.stride.load(Ordering::Relaxed)).max(1)
    }

    /// Notes that `rows` rows were read, which were no more than [`Self::step`].
    pub fn advance(&self, rows: usize) {
        let left = self.left.load(Ordering::Relaxed);
        self.left.store(left.saturating_sub(rows), Ordering::Relaxed);
    }

    fn load(&self, values: usize, stride: usize) {
        self.left.store(values, Ordering::Relaxed);
        self.stride.store(stride, Ordering::Relaxed);
    }
}

/// The bytes of a file, for a reader of pages. It asks first for the header of a page, then for its bytes.
struct Chunks {
    file: Arc<File>,
    length: u64,
    codec: Compression,
    limit: u64,
    header: Mutex<PageHeader>,
}

impl Length for Chunks {
    fn len(&self) -> u64 {
        self.length
    }
}

impl ChunkReader for Chunks {
    type T = BufReader<ReadFrom>;

    fn get_read(&self, start: u64) -> Result<Self::T> {
        let mut reader = BufReader::new(ReadFrom { file: Arc::clone(&self.file), offset: start });
        let header = PageHeader::peek(reader.fill_buf()?)
            .ok_or_else(|| ParquetError::from(ParquetFault::bad("the header of a page cannot be read")))?;
        if header.uncompressed > self.limit {
            let detail = format!("a page of {} bytes; raise --max-record", header.uncompressed);
            return Err(ParquetFault::new(Reason::TooLarge, detail).into());
        }
        *self.header.lock().unwrap_or_else(PoisonError::into_inner) = header;
        Ok(reader)
    }

    fn get_bytes(&self, start: u64, length: usize) -> Result<Bytes> {
        let mut bytes = Vec::with_capacity(length.min(self.length as usize));
        ReadFrom { file: Arc::clone(&self.file), offset: start }.take(length as u64).read_to_end(&mut bytes)?;
        let header = *self.header.lock().unwrap_or_else(PoisonError::into_inner);
        let fits = bytes.get(header.levels..).is_some_and(|body| !self.inflates_beyond(body, header.uncompressed));
        if bytes.len() != length || !fits {
            return Err(ParquetFault::bad("a page does not hold what its header says").into());
        }
        Ok(bytes.into())
    }
}

impl Chunks {
    /// Returns whether decompressing `body` would give more than `size` bytes, where the decompressor would not stop
    /// there by itself. Only bodies that could exceed the limit are decompressed for that.
    fn inflates_beyond(&self, body: &[u8], size: u64) -> bool {
        let could = |ratio: u64| body.len() as u64 * ratio > self.limit;
        match self.codec {
            // Deflate gives 1032 bytes at most for one, the frames of LZ4 255.
            Compression::GZIP(_) if could(1032) => exceeds(MultiGzDecoder::new(body), size),
            Compression::LZ4 if could(255) => exceeds(lz4_flex::frame::FrameDecoder::new(body), size),
            Compression::BROTLI(_) => exceeds(brotli_decompressor::Decompressor::new(body, 1 << 12), size),
            _ => false,
        }
    }
}

fn exceeds(reader: impl Read, size: u64) -> bool {
    io::copy(&mut reader.take(size.saturating_add(1)), &mut io::sink()).is_ok_and(|copied| copied > size)
}

/// Reads a file from an offset on, wherever others that share the file have left its position.
struct ReadFrom {
    file: Arc<File>,
    offset: u64,
}

impl Read for ReadFrom {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut file = &*self.file;
        file.seek(SeekFrom::Start(self.offset))?;
        let read = file.read(buffer)?;
        self.offset += read as u64;
        Ok(read)
    }
}

/// What the header of a page says of its size.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct PageHeader {
    uncompressed: u64,
    /// Bytes before those that are compressed.
    levels: usize,
}

/// The number of a data page of the second version, whose levels are not compressed.
const DATA_PAGE_V2: i64 = 3;

impl PageHeader {
    /// Takes the sizes from the start of a header. The rest, in which the statistics are, may be cut off.
    fn peek(bytes: &[u8]) -> Option<Self> {
        let (mut kind, mut uncompressed, mut levels) = (None, None, None);
        let mut take = |header: &mut Compact, id: i16, field: u8| {
            match (id, field) {
                (1, I32) => kind = Some(header.int()?),
                (2, I32) => uncompressed = Some(header.int()?),
                (8, STRUCT) => {
                    let mut sum = (None, None);
                    let read = header.structure(|header, id, field| match (id, field) {
                        (5, I32) => header.int().map(|length| sum.0 = Some(length)).map(|()| true),
                        (6, I32) => header.int().map(|length| sum.1 = Some(length)).map(|()| true),
                        _ => Some(false),
                    });
                    levels = sum.0.zip(sum.1).and_then(|(a, b)| a.checked_add(b));
                    return read.map(|()| true);
                }
                _ => return Some(false),
            }
            Some(true)
        };
        Compact(bytes).structure(&mut take);
        let levels = if kind? == DATA_PAGE_V2 { levels? } else { 0 };
        Some(Self { uncompressed: u64::try_from(uncompressed?).ok()?, levels: usize::try_from(levels).ok()? })
    }
}

/// The pages of a column, each checked.
struct Pages {
    inner: SerializedPageReader<Chunks>,
    column: ColumnDescPtr,
    progress: Arc<PageProgress>,
    /// Bytes of the dictionary, if there is one.
    dictionary: usize,
    /// Values, nulls among them, in the pages that were not read.
    left: i64,
}

impl PageReader for Pages {
    fn get_next_page(&mut self) -> Result<Option<Page>> {
        while self.left > 0
            && let Some(page) = self.inner.get_next_page()?
        {
            check(&page, &self.column)?;
            if page.is_dictionary_page() {
                self.dictionary = page.buffer().len();
                return Ok(Some(page));
            }
            // A page without values would be taken for the end of the column.
            if page.num_values() > 0 {
                self.left -= i64::from(page.num_values());
                self.progress.load(page.num_values() as usize, stride(&page, self.dictionary));
                return Ok(Some(page));
            }
        }
        Ok(None)
    }

    /// Rows are not skipped, so nobody asks. To look ahead would also part the headers from the bytes that [`Chunks`]
    /// knows them by.
    fn peek_next_page(&mut self) -> Result<Option<PageMetadata>> {
        Err(ParquetError::NYI("looking ahead".into()))
    }

    fn skip_next_page(&mut self) -> Result<()> {
        Err(ParquetError::NYI("skipping".into()))
    }

    /// Only of the last page it is known that a row ends with it; elsewhere the next page tells.
    fn at_record_boundary(&mut self) -> Result<bool> {
        Ok(self.left <= 0)
    }
}

impl Iterator for Pages {
    type Item = Result<Page>;

    fn next(&mut self) -> Option<Self::Item> {
        self.get_next_page().transpose()
    }
}

/// Bytes that the values asked for at once may take where they can take more than their page: it refers to a
/// dictionary, or to the value before.
const MADE_BYTES: usize = 16 << 20;

fn stride(page: &Page, dictionary: usize) -> usize {
    match page.encoding() {
        Encoding::DELTA_BYTE_ARRAY => MADE_BYTES / page.buffer().len().max(1),
        Encoding::PLAIN_DICTIONARY | Encoding::RLE_DICTIONARY => MADE_BYTES / dictionary.max(1),
        _ => usize::MAX,
    }
}

/// Checks that a page has room for the values that it says to hold.
fn check(page: &Page, column: &ColumnDescPtr) -> Result<()> {
    let refused = |what: &str| Err(ParquetFault::bad(format!("column `{}`: {what}", column.path().string())).into());
    let (bytes, count) = (page.buffer(), page.num_values() as usize);
    if page.is_dictionary_page() {
        let needed = count.checked_mul(least_bytes(column));
        return match needed {
            Some(needed) if needed <= bytes.len() => Ok(()),
            _ => refused("a dictionary is shorter than its entries"),
        };
    }
    let Some(values) = values(page, column) else {
        return refused("the levels of a page are longer than the page");
    };
    let sound = match page.encoding() {
        Encoding::DELTA_LENGTH_BYTE_ARRAY => delta_end(values, count).is_some(),
        Encoding::DELTA_BYTE_ARRAY => {
            delta_end(values, count).is_some_and(|end| delta_end(&values[end..], count).is_some())
        }
        _ => true,
    };
    if sound { Ok(()) } else { refused("a page says to hold more values than it has room for") }
}

/// The fewest bytes that an entry of a dictionary takes.
fn least_bytes(column: &ColumnDescPtr) -> usize {
    match column.physical_type() {
        Physical::BOOLEAN => 1,
        Physical::INT32 | Physical::FLOAT | Physical::BYTE_ARRAY => 4,
        Physical::INT64 | Physical::DOUBLE => 8,
        Physical::INT96 => 12,
        Physical::FIXED_LEN_BYTE_ARRAY => usize::try_from(column.type_length()).unwrap_or(1).max(1),
    }
}

/// Returns the part of a data page behind its levels.
fn values<'a>(page: &'a Page, column: &ColumnDescPtr) -> Option<&'a [u8]> {
    match page {
        Page::DataPageV2 { buf, def_levels_byte_len, rep_levels_byte_len, .. } => {
            buf.get((*def_levels_byte_len as usize).checked_add(*rep_levels_byte_len as usize)?..)
        }
        Page::DataPage { buf, num_values, rep_level_encoding, def_level_encoding, .. } => {
            let levels = [(column.max_rep_level(), rep_level_encoding), (column.max_def_level(), def_level_encoding)];
            levels.into_iter().try_fold(&buf[..], |rest, (max, encoding)| match (max, encoding) {
                (0, _) => Some(rest),
                (_, Encoding::RLE) => {
                    let (length, rest) = rest.split_first_chunk()?;
                    rest.get(u32::from_le_bytes(*length) as usize..)
                }
                _ => rest.get((*num_values as usize).checked_mul(bits(max))?.div_ceil(8)..),
            })
        }
        Page::DictionaryPage { .. } => None,
    }
}

/// The bits that a number up to `max` takes.
fn bits(max: i16) -> usize {
    (i16::BITS - max.leading_zeros()) as usize
}

/// Returns where a sequence of delta-encoded lengths ends, if it has `most` of them at most.
///
/// Source: "Delta Encoding (`DELTA_BINARY_PACKED` = 5)", Apache Parquet, Encodings.md.
fn delta_end(bytes: &[u8], most: usize) -> Option<usize> {
    let mut rest = Compact(bytes);
    let (block, minis, count) = (rest.varint()?, rest.varint()?, rest.varint()?);
    rest.varint()?;
    let minis = usize::try_from(minis).ok().filter(|&minis| minis > 0)?;
    let in_mini = usize::try_from(block).ok()? / minis;
    if count > most as u64 || in_mini == 0 {
        return None;
    }
    let mut left = count.saturating_sub(1) as usize;
    while left > 0 {
        rest.varint()?;
        let (widths, body) = rest.0.split_at_checked(minis)?;
        rest.0 = body;
        for &width in widths {
            if left == 0 {
                break;
            }
            let mini = in_mini.checked_mul(width.into())?.div_ceil(8);
            // The last one may be cut off behind its last value.
            rest.0 = rest.0.get(mini.min(rest.0.len())..)?;
            left = left.saturating_sub(in_mini);
        }
    }
    Some(bytes.len() - rest.0.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_gives_its_sizes_even_if_its_end_is_not_there() {
        let first = [0x15, 0x00, 0x15, 0x80, 0x02, 0x15, 0x40, 0x2c, 0x15];
        assert_eq!(PageHeader::peek(&first), Some(PageHeader { uncompressed: 128, levels: 0 }));
        let second = [0x15, 0x06, 0x15, 0x14, 0x15, 0x14, 0x5c, 0x55, 0x04, 0x15, 0x06, 0x18, 0x7f];
        assert_eq!(PageHeader::peek(&second), Some(PageHeader { uncompressed: 10, levels: 5 }));
        assert_eq!(PageHeader::peek(&second[..9]), None);
        assert_eq!(PageHeader::peek(&[0x15, 0x00, 0x15, 0x03]), None, "a negative size");
    }

    /// Blocks of 128 in 4 parts of 32; 34 lengths, all 5, with differences in 2 bits.
    const LENGTHS: [u8; 21] = [0x80, 0x01, 4, 34, 10, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, b't', b'h', b'e'];

    #[test]
    fn lengths_end_where_their_last_part_ends() {
        assert_eq!(delta_end(&LENGTHS, 34), Some(18));
        assert_eq!(delta_end(&LENGTHS[..17], 34), Some(17), "the last part may be cut off");
    }

    #[test]
    fn more_lengths_than_the_page_has_values_are_refused() {
        assert_eq!(delta_end(&LENGTHS, 33), None);
        assert_eq!(delta_end(&[0x80, 0x01, 0x04, 0xff, 0xff, 0xff, 0xff, 0x7f, 0], 100), None);
        assert_eq!(delta_end(&[0x80, 0x01, 0x00, 1, 0], 100), None);
        assert_eq!(delta_end(&[], 100), None);
    }

    #[test]
    fn what_a_gzip_stream_gives_is_counted_up_to_its_limit() {
        let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        io::copy(&mut io::repeat(0).take(1 << 20), &mut packed).unwrap();
        let packed = packed.finish().unwrap();
        assert!(exceeds(MultiGzDecoder::new(&packed[..]), (1 << 20) - 1));
        assert!(!exceeds(MultiGzDecoder::new(&packed[..]), 1 << 20));
    }
}
