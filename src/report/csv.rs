//! Findings as a table for spreadsheets: one row a pair, the place or document that stays and the one that could go.
//! Records count from 1, as in the report for people.
//!
//! A cell that a spreadsheet would take for a formula begins with an apostrophe, which tells it that this is text: a
//! path or an id may be `=HYPERLINK(...)`. Numbers are never negative, so none of them is such a cell.
//!
//! Source: RFC 4180 for the form; OWASP, "CSV Injection", for what begins a formula.

use std::borrow::Cow;
use std::io::{self, Write};

use csv::{Terminator, WriterBuilder};

use super::sink::{Report, output, write_all};
use super::text::one_line;
use crate::error::Result;
use crate::finding::{
    DocumentCluster, DocumentPair, DocumentRef, Equality, Finding, Findings, Member, PassageClass, PassageMatch,
    PlacedSpan, Sink,
};

/// The columns, in order.
const COLUMNS: [&str; 30] = [
    "type",
    "id",
    "family",
    "kept_source",
    "kept_record",
    "kept_id",
    "source",
    "record",
    "record_id",
    "exact",
    "jaccard",
    "containment",
    "kept_containment",
    "identity",
    "words",
    "kept_line",
    "kept_start",
    "kept_end",
    "kept_char_start",
    "kept_char_end",
    "line",
    "start",
    "end",
    "char_start",
    "char_end",
    "equality",
    "class",
    "kept_heading",
    "heading",
    "excerpt",
];

/// Writes the rows of each finding when it comes.
pub struct CsvReport<W: Write> {
    table: csv::Writer<W>,
    /// How many more rows of duplicates, of pairs and of passages may be written.
    duplicates: usize,
    pairs: usize,
    passages: usize,
}

impl<W: Write> CsvReport<W> {
    /// Writes to `out`, at most `limit` rows of each type.
    pub fn new(out: W, limit: usize) -> Self {
        let table = WriterBuilder::new().terminator(Terminator::CRLF).from_writer(out);
        Self { table, duplicates: limit, pairs: limit, passages: limit }
    }

    fn finding(&mut self, finding: &Finding) -> io::Result<()> {
        match finding {
            Finding::Header(_) => Ok(self.table.write_record(COLUMNS)?),
            Finding::DocumentCluster(cluster) => {
                let mut members = cluster.members.iter().take_while(|_| take(&mut self.duplicates));
                members.try_for_each(|member| duplicate(cluster, member).write(&mut self.table))
            }
            Finding::DocumentPair(found) if take(&mut self.pairs) => pair(found).write(&mut self.table),
            Finding::PassageMatch(found) if take(&mut self.passages) => passage(found).write(&mut self.table),
            _ => Ok(()),
        }
    }
}

impl<W: Write> Sink for CsvReport<W> {
    fn receive(&mut self, finding: Finding) -> Result<()> {
        output(self.finding(&finding))
    }
}

impl<W: Write> Report for CsvReport<W> {
    fn finish(mut self: Box<Self>) -> Result<()> {
        output(self.table.flush())
    }
}

/// Writes the pairs of findings that are held, at most `limit` of each type.
///
/// # Errors
///
/// When `out` cannot be written to.
pub fn write(findings: &Findings, limit: usize, out: &mut dyn Write) -> io::Result<()> {
    write_all(findings, Box::new(CsvReport::new(out, limit)))
}

/// Takes one of what is left, if anything is.
fn take(left: &mut usize) -> bool {
    let is_left = *left > 0;
    *left = left.saturating_sub(1);
    is_left
}

/// A row. What it has no value for is empty.
#[derive(Default)]
struct CsvRow<'a> {
    kind: &'static str,
    id: &'a str,
    family: &'a str,
    kept: Option<&'a DocumentRef>,
    other: Option<&'a DocumentRef>,
    exact: Option<bool>,
    equality: Option<Equality>,
    jaccard: f64,
    /// Of the other one in the kept one.
    containment: f64,
    kept_containment: Option<f64>,
    identity: Option<f64>,
    words: Option<usize>,
    places: Option<(&'a PlacedSpan, &'a PlacedSpan)>,
    class: Option<PassageClass>,
    /// The text that repeats, or the first words of it.
    excerpt: &'a str,
}

fn duplicate<'a>(cluster: &'a DocumentCluster, member: &'a Member) -> CsvRow<'a> {
    CsvRow {
        kind: "duplicate_document",
        id: &cluster.id,
        kept: Some(&cluster.keep),
        other: Some(&member.doc),
        exact: Some(member.exact),
        equality: Some(member.equality),
        jaccard: member.jaccard,
        containment: member.containment,
        excerpt: &cluster.opening,
        ..CsvRow::default()
    }
}

fn pair(pair: &DocumentPair) -> CsvRow<'_> {
    CsvRow {
        kind: "document_pair",
        kept: Some(&pair.a),
        other: Some(&pair.b),
        jaccard: pair.jaccard,
        containment: pair.containment_b,
        kept_containment: Some(pair.containment_a),
        ..CsvRow::default()
    }
}

fn passage(found: &PassageMatch) -> CsvRow<'_> {
    CsvRow {
        kind: "passage_match",
        id: &found.id,
        family: &found.family,
        kept: Some(&found.a.doc),
        other: Some(&found.b.doc),
        jaccard: found.jaccard,
        containment: found.containment_b,
        kept_containment: Some(found.containment_a),
        identity: Some(found.identity),
        words: Some(found.words),
        places: Some((&found.a, &found.b)),
        class: found.class,
        excerpt: &found.b.excerpt,
        ..CsvRow::default()
    }
}

impl CsvRow<'_> {
    fn write<W: Write>(&self, table: &mut csv::Writer<W>) -> io::Result<()> {
        let mut cells: Vec<String> = Vec::with_capacity(COLUMNS.len());
        cells.extend([self.kind, self.id, self.family].map(|cell| safe(cell).into_owned()));
        for doc in [self.kept, self.other] {
            cells.extend(named(doc));
        }
        cells.push(shown(self.exact));
        cells.extend([self.jaccard.to_string(), self.containment.to_string()]);
        cells.extend([shown(self.kept_containment), shown(self.identity), shown(self.words)]);
        for place in [self.places.map(|(kept, _)| kept), self.places.map(|(_, other)| other)] {
            // What is in an index has no place in a text.
            let numbers = place
                .filter(|place| place.in_index.is_none())
                .map(|place| [place.line, place.start, place.end, place.char_start, place.char_end]);
            cells.extend(numbers.map_or_else(Default::default, |numbers| numbers.map(|n| n.to_string())));
        }
        cells.push(self.equality.map_or("", Equality::name).to_owned());
        cells.push(shown(self.class));
        for place in [self.places.map(|(kept, _)| kept), self.places.map(|(_, other)| other)] {
            let heading = place.and_then(|place| place.heading.as_deref()).unwrap_or_default();
            cells.push(safe(&one_line(heading)).into_owned());
        }
        // A row stays one line for whoever reads the table by lines.
        cells.push(safe(&one_line(self.excerpt)).into_owned());
        Ok(table.write_record(cells)?)
    }
}

fn named(doc: Option<&DocumentRef>) -> [String; 3] {
    let Some(DocumentRef { source, record, id, .. }) = doc else { return Default::default() };
    [
        safe(source).into_owned(),
        record.saturating_add(1).to_string(),
        safe(id.as_deref().unwrap_or_default()).into_owned(),
    ]
}

fn shown(value: Option<impl ToString>) -> String {
    value.map(|value| value.to_string()).unwrap_or_default()
}

/// Puts an apostrophe before what a spreadsheet would take for a formula, in wide characters too.
fn safe(cell: &str) -> Cow<'_, str> {
    let is_formula = cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠']);
    if is_formula { format!("'{cell}").into() } else { cell.into() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::samples;

    fn rows(findings: &Findings, limit: usize) -> Vec<Vec<String>> {
        let mut out = Vec::new();
        write(findings, limit, &mut out).expect("memory takes all");
        let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(out.as_slice());
        let record = |record: csv::StringRecord| record.iter().map(str::to_owned).collect();
        reader.records().map(|found| record(found.expect("a table"))).collect()
    }

    #[test]
    fn a_pair_is_a_row_under_its_columns() {
        let rows = rows(&samples::everything(), usize::MAX);
        assert_eq!(rows[0], COLUMNS);
        let kinds: std::collections::BTreeSet<&str> = rows[1..].iter().map(|row| row[0].as_str()).collect();
        assert_eq!(kinds.into_iter().collect::<Vec<_>>(), ["document_pair", "duplicate_document", "passage_match"]);
        let passage = rows.iter().find(|row| row[0] == "passage_match").expect("one");
        let of = |name: &str| &passage[COLUMNS.iter().position(|column| *column == name).expect(name)];
        let found = &samples::everything().matches[0];
        assert_eq!(of("source"), &*found.b.doc.source);
        assert_eq!((of("kept_start"), of("char_end")), (&found.a.start.to_string(), &found.b.char_end.to_string()));
        assert_eq!((of("words").as_str(), of("class").as_str()), ("63", "copy"));
        assert_eq!(of("exact"), "");
        assert_eq!((of("record").as_str(), of("excerpt").as_str()), ("1", one_line(&found.b.excerpt).as_str()));
    }

    #[test]
    fn f42_no_cell_is_a_formula() {
        let hostile =
            ["=HYPERLINK(\"http://x\")", "+1", "-1", "@SUM(A1)", "\tx", "\r=1", "\n=1", "＝1", "a,\"b\"\r\n=1"];
        for name in hostile {
            let mut findings = samples::everything();
            for found in &mut findings.matches {
                found.a.doc.source = name.into();
                found.b.doc.id = Some(name.into());
            }
            for cluster in &mut findings.clusters {
                cluster.keep.id = Some(name.into());
                cluster.members.iter_mut().for_each(|member| member.doc.source = name.into());
            }
            let rows = rows(&findings, usize::MAX);
            let found: Vec<&String> = rows.iter().flatten().filter(|cell| cell.ends_with(name)).collect();
            assert!(found.len() >= 4, "{name:?} is in the table");
            assert!(rows.iter().all(|row| row.len() == COLUMNS.len()));
            for cell in rows.iter().flatten() {
                assert!(!cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '＝']), "{cell:?}");
            }
        }
    }

    #[test]
    fn lines_end_as_the_standard_says() {
        let mut out = Vec::new();
        write(&samples::nothing(), usize::MAX, &mut out).expect("memory takes all");
        assert_eq!(String::from_utf8(out).expect("text"), format!("{}\r\n", COLUMNS.join(",")));
    }

    #[test]
    fn no_more_rows_than_asked_for() {
        assert_eq!(rows(&samples::everything(), 1).len(), 4);
    }
}
