//! Findings as tables in Parquet, for `DuckDB`, polars, Spark and the like: `documents`, `pairs`, `passages` and `families`,
//! a file each.
//!
//! Rows are written in groups as findings come, so that nothing holds all findings: the memory is that of one group of rows
//! in each table, at most some 16 MiB of text. Columns have types, and nulls where a value is not known. The settings and
//! the counts of the run stand in the metadata of each file (`doublon.parameters`, `doublon.summary`), as JSON.

use std::io::{self, Write};
use std::sync::Arc;

use parquet::basic::{Compression, LogicalType, Repetition, Type as Physical, ZstdLevel};
use parquet::column::writer::ColumnWriter;
use parquet::data_type::ByteArray;
use parquet::errors::ParquetError;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::types::Type;

use super::sink::{Report, output};
use crate::error::Result;
use crate::finding::{
    DocumentCluster, DocumentPair, DocumentRef, Finding, MatchScope, Member, Parameters, PassageClass, PassageFamily,
    PassageMatch, PlacedSpan, SCHEMA, Sink, Summary,
};

/// The names of the tables, in the order in which their outputs are given.
pub const TABLES: [&str; 4] = ["documents", "pairs", "passages", "families"];

/// A group of rows is written when it has so many rows, or so many bytes of text.
const GROUP_ROWS: usize = 1 << 16;
const GROUP_BYTES: usize = 16 << 20;

/// What a column holds. Those that end in a question mark, so to speak, may be null.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum ColumnKind {
    Text,
    MaybeText,
    Number,
    MaybeNumber,
    MaybeShare,
    Flag,
}

use ColumnKind::{Flag, MaybeNumber, MaybeShare, MaybeText, Number, Text};

/// A column by its name.
type ColumnSpec = (&'static str, ColumnKind);

const DOCUMENTS: &[ColumnSpec] = &[
    ("cluster", Text),
    ("role", Text),
    ("source", Text),
    ("record", Number),
    ("id", MaybeText),
    ("title", MaybeText),
    ("url", MaybeText),
    ("date", MaybeText),
    ("jaccard", MaybeShare),
    ("containment", MaybeShare),
    ("equality", MaybeText),
    ("bytes", MaybeNumber),
    ("opening", MaybeText),
    ("new", Flag),
];

const PAIRS: &[ColumnSpec] = &[
    ("a_source", Text),
    ("a_record", Number),
    ("a_id", MaybeText),
    ("b_source", Text),
    ("b_record", Number),
    ("b_id", MaybeText),
    ("jaccard", MaybeShare),
    ("containment_a", MaybeShare),
    ("containment_b", MaybeShare),
];

const PASSAGES: &[ColumnSpec] = &[
    ("id", Text),
    ("family", Text),
    ("scope", Text),
    ("class", MaybeText),
    ("words", Number),
    ("identity", MaybeShare),
    ("jaccard", MaybeShare),
    ("containment_a", MaybeShare),
    ("containment_b", MaybeShare),
    ("changed_words", Number),
    ("differences", Number),
    ("a_source", Text),
    ("a_record", Number),
    ("a_id", MaybeText),
    ("a_start", Number),
    ("a_end", Number),
    ("a_line", Number),
    ("a_column", MaybeNumber),
    ("a_text", MaybeText),
    ("b_source", Text),
    ("b_record", Number),
    ("b_id", MaybeText),
    ("b_start", Number),
    ("b_end", Number),
    ("b_line", Number),
    ("b_column", MaybeNumber),
    ("b_text", MaybeText),
];

const FAMILIES: &[ColumnSpec] = &[
    ("family", Text),
    ("role", Text),
    ("class", MaybeText),
    ("places", Number),
    ("documents", MaybeNumber),
    ("source", Text),
    ("record", Number),
    ("id", MaybeText),
    ("title", MaybeText),
    ("url", MaybeText),
    ("date", MaybeText),
    ("start", Number),
    ("end", Number),
    ("char_start", Number),
    ("char_end", Number),
    ("line", Number),
    ("column", MaybeNumber),
    ("end_line", Number),
    ("document_bytes", MaybeNumber),
    ("text", MaybeText),
    ("new", Flag),
];

/// Writes findings as tables.
///
/// # Examples
///
/// ```
/// use doublon::finding::Findings;
/// use doublon::report::Report;
/// use doublon::report::parquet::ParquetReport;
///
/// let mut tables: [Vec<u8>; 4] = Default::default();
/// let [documents, pairs, passages, families] = &mut tables;
/// let mut report = Box::new(ParquetReport::new([documents, pairs, passages, families])?);
/// Findings::default().send(&mut *report)?;
/// report.finish()?;
/// assert!(tables.iter().all(|table| table.starts_with(b"PAR1") && table.ends_with(b"PAR1")));
/// # Ok::<(), doublon::Error>(())
/// ```
pub struct ParquetReport<W: Write + Send> {
    documents: FindingTable<W>,
    pairs: FindingTable<W>,
    passages: FindingTable<W>,
    families: FindingTable<W>,
    parameters: Option<Parameters>,
    summary: Option<Summary>,
}

impl<W: Write + Send> ParquetReport<W> {
    /// Writes to these outputs, one for each of [`TABLES`].
    ///
    /// # Errors
    ///
    /// When one cannot be written to.
    pub fn new([documents, pairs, passages, families]: [W; 4]) -> Result<Self> {
        Ok(Self {
            documents: FindingTable::new(DOCUMENTS, documents)?,
            pairs: FindingTable::new(PAIRS, pairs)?,
            passages: FindingTable::new(PASSAGES, passages)?,
            families: FindingTable::new(FAMILIES, families)?,
            parameters: None,
            summary: None,
        })
    }

    fn cluster(&mut self, cluster: &DocumentCluster) -> Result<()> {
        let DocumentCluster { id, keep, bytes, opening, members, new, .. } = cluster;
        let new_members = members.iter().filter(|member| member.new).count();
        let name = |role| [Cell::Text(id), Cell::Text(role)].into_iter();
        let kept = name("kept").chain(document(keep)).chain([Cell::Null, Cell::Null, Cell::Null]);
        let kept = kept.chain([known(*bytes), text(opening), Cell::Flag(*new > new_members)]);
        self.documents.row(kept)?;
        for Member { doc, jaccard, containment, equality, bytes, new, .. } in members {
            let measures = [Cell::Share(*jaccard), Cell::Share(*containment), Cell::Text(equality.name())];
            let rest = [known(*bytes), Cell::Null, Cell::Flag(*new)];
            self.documents.row(name("removed").chain(document(doc)).chain(measures).chain(rest))?;
        }
        Ok(())
    }

    fn pair(&mut self, pair: &DocumentPair) -> Result<()> {
        let DocumentPair { a, b, jaccard, containment_a, containment_b } = pair;
        let measures = [jaccard, containment_a, containment_b].map(|&share| Cell::Share(share));
        self.pairs.row(named(a).into_iter().chain(named(b)).chain(measures))
    }

    fn passage(&mut self, found: &PassageMatch) -> Result<()> {
        let scope = match found.scope {
            MatchScope::Within => "within",
            MatchScope::Across => "across",
        };
        let differences = found.differences.len() + found.more_differences;
        let measures = [
            Cell::Text(&found.id),
            Cell::Text(&found.family),
            Cell::Text(scope),
            class(found.class),
            number(found.words),
            Cell::Share(found.identity),
            Cell::Share(found.jaccard),
            Cell::Share(found.containment_a),
            Cell::Share(found.containment_b),
            number(found.changed_words),
            number(differences),
        ];
        self.passages.row(measures.into_iter().chain(side(&found.a)).chain(side(&found.b)))
    }

    fn family(&mut self, family: &PassageFamily) -> Result<()> {
        for (n, place) in [&family.keep].into_iter().chain(&family.occurrences).enumerate() {
            let group = [
                Cell::Text(&family.id),
                Cell::Text(if n == 0 { "kept" } else { "repeated" }),
                class(family.class),
                number(family.count),
                known(family.documents as u64),
            ];
            let at = [
                number(place.start),
                number(place.end),
                number(place.char_start),
                number(place.char_end),
                number(place.line),
                known(place.column as u64),
                number(place.end_line),
                known(place.document_bytes as u64),
                text(&place.excerpt),
                Cell::Flag(place.new),
            ];
            self.families.row(group.into_iter().chain(document(&place.doc)).chain(at))?;
        }
        Ok(())
    }
}

impl<W: Write + Send> Sink for ParquetReport<W> {
    fn receive(&mut self, finding: Finding) -> Result<()> {
        match finding {
            Finding::Header(header) => self.parameters = Some(header.parameters),
            Finding::DocumentCluster(cluster) => self.cluster(&cluster)?,
            Finding::DocumentPair(pair) => self.pair(&pair)?,
            Finding::PassageMatch(found) => self.passage(&found)?,
            Finding::PassageFamily(family) => self.family(&family)?,
            // Whoever asks for tables of evaluation items is refused before.
            Finding::Skipped(_) | Finding::Contamination(_) => {}
            Finding::Summary(summary) => self.summary = Some(summary),
        }
        Ok(())
    }
}

impl<W: Write + Send> Report for ParquetReport<W> {
    fn finish(self: Box<Self>) -> Result<()> {
        let Self { documents, pairs, passages, families, parameters, summary } = *self;
        let json = |value: serde_json::Result<String>| output(value.map_err(io::Error::from));
        let about = [
            ("doublon.schema", SCHEMA.to_owned()),
            ("doublon.parameters", json(serde_json::to_string(&parameters))?),
            ("doublon.summary", json(serde_json::to_string(&summary))?),
        ];
        [documents, pairs, passages, families].into_iter().try_for_each(|table| table.finish(&about))
    }
}

/// A value on its way to a column.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Cell<'a> {
    Null,
    Text(&'a str),
    Number(i64),
    Share(f64),
    Flag(bool),
}

fn number(n: usize) -> Cell<'static> {
    Cell::Number(i64::try_from(n).unwrap_or(i64::MAX))
}

/// A number that is 0 where it is not known.
fn known(n: u64) -> Cell<'static> {
    if n == 0 { Cell::Null } else { Cell::Number(i64::try_from(n).unwrap_or(i64::MAX)) }
}

/// A text that is empty where there is none.
fn text(text: &str) -> Cell<'_> {
    if text.is_empty() { Cell::Null } else { Cell::Text(text) }
}

fn class(class: Option<PassageClass>) -> Cell<'static> {
    class.map_or(Cell::Null, |class| Cell::Text(class.name()))
}

fn named(doc: &DocumentRef) -> [Cell<'_>; 3] {
    let record = i64::try_from(doc.record).unwrap_or(i64::MAX);
    let id = doc.id.as_ref().map_or(Cell::Null, |id| Cell::Text(id.shown()));
    [Cell::Text(&doc.source), Cell::Number(record), id]
}

/// One side of a match.
fn side(place: &PlacedSpan) -> impl Iterator<Item = Cell<'_>> {
    let PlacedSpan { doc, start, end, line, column, excerpt, .. } = place;
    let at = [number(*start), number(*end), number(*line), known(*column as u64), text(excerpt)];
    named(doc).into_iter().chain(at)
}

fn document(doc: &DocumentRef) -> impl Iterator<Item = Cell<'_>> {
    let metadata = doc.metadata.as_deref();
    let [title, url, date] = [
        metadata.and_then(|metadata| metadata.title.as_deref()),
        metadata.and_then(|metadata| metadata.url.as_deref()),
        metadata.and_then(|metadata| metadata.date.as_deref()),
    ];
    let told = [title, url, date].map(|told| told.map_or(Cell::Null, Cell::Text));
    named(doc).into_iter().chain(told)
}

/// A table that is written group by group.
struct FindingTable<W: Write + Send> {
    writer: SerializedFileWriter<W>,
    columns: Vec<ColumnBuffer>,
    rows: usize,
    /// Bytes of text in the buffers.
    bytes: usize,
}

/// The values of a column that wait to be written, without nulls, and for each row whether it has one.
#[derive(Default)]
struct ColumnBuffer {
    texts: Vec<ByteArray>,
    numbers: Vec<i64>,
    shares: Vec<f64>,
    flags: Vec<bool>,
    levels: Vec<i16>,
}

impl<W: Write + Send> FindingTable<W> {
    fn new(specs: &[ColumnSpec], out: W) -> Result<Self> {
        let open = || -> std::result::Result<_, ParquetError> {
            let columns = specs.iter().map(|&spec| Ok(Arc::new(column_type(spec)?)));
            let columns = columns.collect::<std::result::Result<Vec<_>, ParquetError>>()?;
            let schema = Type::group_type_builder("schema").with_fields(columns).build()?;
            let compression = Compression::ZSTD(ZstdLevel::try_new(3)?);
            let properties = WriterProperties::builder().set_compression(compression).build();
            SerializedFileWriter::new(out, Arc::new(schema), Arc::new(properties))
        };
        let columns = specs.iter().map(|_| ColumnBuffer::default()).collect();
        Ok(Self { writer: written(open())?, columns, rows: 0, bytes: 0 })
    }

    fn row<'c>(&mut self, cells: impl Iterator<Item = Cell<'c>>) -> Result<()> {
        let mut count = 0;
        for (column, cell) in self.columns.iter_mut().zip(cells) {
            self.bytes += column.add(cell);
            count += 1;
        }
        debug_assert_eq!(count, self.columns.len(), "a value for each column");
        self.rows += 1;
        if self.rows >= GROUP_ROWS || self.bytes >= GROUP_BYTES { self.flush() } else { Ok(()) }
    }

    /// Writes the rows that wait as a group.
    fn flush(&mut self) -> Result<()> {
        if self.rows == 0 {
            return Ok(());
        }
        let mut write = || -> std::result::Result<(), ParquetError> {
            let mut group = self.writer.next_row_group()?;
            let mut columns = self.columns.iter_mut();
            while let Some(mut writer) = group.next_column()? {
                let missing = || ParquetError::General("there are more columns than values".into());
                columns.next().ok_or_else(missing)?.write(writer.untyped())?;
                writer.close()?;
            }
            group.close().map(|_| ())
        };
        written(write())?;
        (self.rows, self.bytes) = (0, 0);
        Ok(())
    }

    fn finish(mut self, about: &[(&str, String)]) -> Result<()> {
        self.flush()?;
        for (key, value) in about {
            self.writer.append_key_value_metadata(KeyValue::new((*key).to_owned(), value.clone()));
        }
        let mut out = written(self.writer.into_inner())?;
        output(out.flush())
    }
}

impl ColumnBuffer {
    /// Takes up a value; returns the bytes of its text.
    fn add(&mut self, cell: Cell<'_>) -> usize {
        self.levels.push(i16::from(cell != Cell::Null));
        match cell {
            Cell::Null => {}
            Cell::Text(text) => {
                self.texts.push(ByteArray::from(text.as_bytes().to_vec()));
                return text.len();
            }
            Cell::Number(n) => self.numbers.push(n),
            Cell::Share(share) => self.shares.push(share),
            Cell::Flag(flag) => self.flags.push(flag),
        }
        0
    }

    /// Writes what waits to a column of its type, and forgets it.
    fn write(&mut self, writer: &mut ColumnWriter<'_>) -> std::result::Result<(), ParquetError> {
        let levels = Some(&self.levels[..]);
        match writer {
            ColumnWriter::ByteArrayColumnWriter(to) => to.write_batch(&self.texts, levels, None)?,
            ColumnWriter::Int64ColumnWriter(to) => to.write_batch(&self.numbers, levels, None)?,
            ColumnWriter::DoubleColumnWriter(to) => to.write_batch(&self.shares, levels, None)?,
            ColumnWriter::BoolColumnWriter(to) => to.write_batch(&self.flags, levels, None)?,
            _ => return Err(ParquetError::General("a column of a type that no table has".into())),
        };
        *self = Self::default();
        Ok(())
    }
}

fn column_type((name, kind): ColumnSpec) -> std::result::Result<Type, ParquetError> {
    let (physical, logical) = match kind {
        Text | MaybeText => (Physical::BYTE_ARRAY, Some(LogicalType::String)),
        Number | MaybeNumber => (Physical::INT64, None),
        MaybeShare => (Physical::DOUBLE, None),
        Flag => (Physical::BOOLEAN, None),
    };
    let repetition = match kind {
        Text | Number | Flag => Repetition::REQUIRED,
        MaybeText | MaybeNumber | MaybeShare => Repetition::OPTIONAL,
    };
    Type::primitive_type_builder(name, physical).with_repetition(repetition).with_logical_type(logical).build()
}

/// Names a failure of the output.
fn written<T>(result: std::result::Result<T, ParquetError>) -> Result<T> {
    output(result.map_err(|error| match error {
        ParquetError::External(cause) => match cause.downcast::<io::Error>() {
            Ok(cause) => *cause,
            Err(other) => io::Error::other(other),
        },
        other => io::Error::other(other),
    }))
}

#[cfg(test)]
mod tests {
    use parquet::file::reader::{FileReader, SerializedFileReader};
    use parquet::record::{Field, Row};

    use super::*;
    use crate::finding::{Findings, samples};

    /// Writes findings and reads each table back.
    fn tables(findings: &Findings) -> [SerializedFileReader<bytes::Bytes>; 4] {
        let mut tables: [Vec<u8>; 4] = Default::default();
        let [documents, pairs, passages, families] = &mut tables;
        let mut report = Box::new(ParquetReport::new([documents, pairs, passages, families]).expect("opens"));
        findings.send_clones(&mut *report).expect("is received");
        report.finish().expect("is written");
        tables.map(|table| SerializedFileReader::new(bytes::Bytes::from(table)).expect("is Parquet"))
    }

    fn rows(table: &SerializedFileReader<bytes::Bytes>) -> Vec<Row> {
        table.get_row_iter(None).expect("has rows").collect::<std::result::Result<_, _>>().expect("is read")
    }

    fn value<'r>(row: &'r Row, name: &str) -> &'r Field {
        row.get_column_iter().find(|(column, _)| *column == name).expect(name).1
    }

    fn told(row: &Row, name: &str) -> Option<String> {
        match value(row, name) {
            Field::Null => None,
            Field::Str(text) => Some(text.clone()),
            other => Some(other.to_string()),
        }
    }

    #[test]
    fn clusters_are_a_row_for_each_document() {
        let findings = samples::documents();
        let [documents, ..] = tables(&findings);
        let rows = rows(&documents);
        let expected: usize = findings.clusters.iter().map(|cluster| cluster.members.len() + 1).sum();
        assert_eq!(rows.len(), expected);
        let (cluster, member) = (&findings.clusters[0], &findings.clusters[0].members[0]);
        assert_eq!(told(&rows[0], "role").as_deref(), Some("kept"));
        assert_eq!(told(&rows[0], "source").as_deref(), Some(&*cluster.keep.source));
        assert_eq!((told(&rows[0], "jaccard"), told(&rows[0], "containment")), (None, None));
        assert_eq!(told(&rows[1], "role").as_deref(), Some("removed"));
        assert_eq!(*value(&rows[1], "jaccard"), Field::Double(member.jaccard));
        assert_eq!(*value(&rows[1], "record"), Field::Long(member.doc.record.cast_signed()));
        assert_eq!(told(&rows[1], "id"), member.doc.id.as_ref().map(ToString::to_string));
    }

    #[test]
    fn passages_have_both_sides_and_families_all_places() {
        let findings = samples::seed();
        let [.., passages, families] = tables(&findings);
        let (matches, places) = (rows(&passages), rows(&families));
        assert_eq!(matches.len(), findings.matches.len());
        let (first, m) = (&matches[0], &findings.matches[0]);
        assert_eq!(told(first, "id").as_deref(), Some(m.id.as_str()));
        assert_eq!(*value(first, "b_start"), Field::Long(m.b.start.cast_signed() as i64));
        assert_eq!(told(first, "a_text").as_deref(), Some(&*m.a.excerpt));
        assert_eq!(*value(first, "identity"), Field::Double(m.identity));
        let expected: usize = findings.families.iter().map(|family| family.occurrences.len() + 1).sum();
        assert_eq!(places.len(), expected);
        assert_eq!(told(&places[0], "role").as_deref(), Some("kept"));
        assert_eq!(told(&places[1], "role").as_deref(), Some("repeated"));
    }

    #[test]
    fn settings_and_counts_stand_in_the_metadata() {
        let findings = samples::documents();
        for table in tables(&findings) {
            let about = table.metadata().file_metadata().key_value_metadata().expect("metadata").clone();
            let of = |key: &str| about.iter().find(|pair| pair.key == key).and_then(|pair| pair.value.clone());
            assert_eq!(of("doublon.schema").as_deref(), Some(SCHEMA));
            let summary: Summary = serde_json::from_str(&of("doublon.summary").expect("a summary")).expect("JSON");
            assert_eq!(summary, findings.summary);
        }
    }

    #[test]
    fn many_rows_are_several_groups() {
        let mut table = Vec::new();
        let mut written = FindingTable::new(PAIRS, &mut table).expect("opens");
        let long = "x".repeat(GROUP_BYTES / 4);
        for n in 0..9 {
            let doc = [Cell::Text(&long), Cell::Number(n), Cell::Null];
            let shares = [Cell::Share(0.5); 3];
            written.row(doc.into_iter().chain(doc).chain(shares)).expect("is written");
            assert!(written.bytes < GROUP_BYTES, "no more is held");
        }
        written.finish(&[]).expect("is written");
        let table = SerializedFileReader::new(bytes::Bytes::from(table)).expect("is Parquet");
        assert_eq!((table.num_row_groups(), rows(&table).len()), (5, 9));
    }
}
