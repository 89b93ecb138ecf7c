//! Findings as tables. Rows that were given as such are named by their numbers, records of files by file and record.

use doublon::finding::{DocumentCluster, DocumentRef, Findings, MatchScope, PlacedSpan};

use crate::errors::Result;
use crate::output::ColumnKind::{self, Flag, Number, Share, Text};
use crate::output::{Cell, Table, TableMaker};
use crate::rows::AllRows;

type Columns = Vec<(String, ColumnKind)>;

/// The documents: of rows all, in their order; of files those that have duplicates or are such.
pub fn documents(found: &Findings, rows: Option<&AllRows>) -> Result<Table> {
    match rows {
        Some(rows) => row_documents(found, rows),
        None => file_documents(found),
    }
}

/// What is known of a row; numbers are those of clusters in the findings, and of the removed documents in them.
#[derive(Clone, Copy, Default)]
struct RowState {
    cluster: Option<(u32, Option<u32>)>,
    skipped: Option<&'static str>,
}

fn row_documents(found: &Findings, rows: &AllRows) -> Result<Table> {
    let columns: [(&str, ColumnKind); 10] = [
        ("index", Number),
        ("id", Text),
        ("cluster", Text),
        ("keep", Flag),
        ("count", Number),
        ("kept_index", Number),
        ("jaccard", Share),
        ("containment", Share),
        ("equality", Text),
        ("skipped", Text),
    ];
    let mut table = TableMaker::new(columns);
    for (state, row) in states(found, rows).into_iter().zip(0..) {
        let id = rows.id(row);
        let start = [Cell::Number(row), Cell::text(id.as_deref())];
        let Some((number, member)) = state.cluster else {
            let rest = [Cell::Null, Cell::Flag(true), Cell::Number(1), Cell::Null, Cell::Null, Cell::Null, Cell::Null];
            table.row(start.into_iter().chain(rest).chain([Cell::text(state.skipped)]));
            continue;
        };
        let cluster = &found.clusters[number as usize];
        let member = member.map(|member| &cluster.members[member as usize]);
        let of_cluster =
            [Cell::Text(&cluster.id), Cell::Flag(member.is_none()), Cell::count(cluster.members.len() + 1)];
        let of_copy = match member {
            None => [Cell::Null; 4],
            Some(copy) => [
                Cell::Number(cluster.keep.record),
                Cell::Share(copy.jaccard),
                Cell::Share(copy.containment),
                Cell::Text(copy.equality.name()),
            ],
        };
        table.row(start.into_iter().chain(of_cluster).chain(of_copy));
    }
    table.finish()
}

fn states(found: &Findings, rows: &AllRows) -> Vec<RowState> {
    let mut states = vec![RowState::default(); usize::try_from(rows.len()).unwrap_or_default()];
    let mut set = |row: u64, state| {
        if let Some(place) = usize::try_from(row).ok().and_then(|row| states.get_mut(row)) {
            *place = state;
        }
    };
    for (cluster, number) in found.clusters.iter().zip(0..) {
        set(cluster.keep.record, RowState { cluster: Some((number, None)), skipped: None });
        for (member, place) in cluster.members.iter().zip(0..) {
            set(member.doc.record, RowState { cluster: Some((number, Some(place))), skipped: None });
        }
    }
    for skipped in &found.skipped {
        if let Some(row) = skipped.record {
            set(row, RowState { cluster: None, skipped: Some(skipped.reason.name()) });
        }
    }
    states
}

/// The rows that stay, ascending.
pub fn kept(found: &Findings, rows: &AllRows) -> Vec<u64> {
    let goes = |state: &RowState| matches!(state.cluster, Some((_, Some(_))));
    let states = states(found, rows);
    states.iter().zip(0..).filter(|(state, _)| !goes(state)).map(|(_, row)| row).collect()
}

fn file_documents(found: &Findings) -> Result<Table> {
    let columns: [(&str, ColumnKind); 14] = [
        ("source", Text),
        ("record", Number),
        ("id", Text),
        ("title", Text),
        ("url", Text),
        ("date", Text),
        ("cluster", Text),
        ("keep", Flag),
        ("count", Number),
        ("jaccard", Share),
        ("containment", Share),
        ("equality", Text),
        ("bytes", Number),
        ("opening", Text),
    ];
    let mut table = TableMaker::new(columns);
    for cluster in &found.clusters {
        let DocumentCluster { id, keep, bytes, opening, members, .. } = cluster;
        let of = |is_kept| [Cell::Text(id), Cell::Flag(is_kept), Cell::count(members.len() + 1)];
        let kept = [Cell::Null, Cell::Null, Cell::Null, Cell::Number(*bytes), Cell::Text(opening)];
        table.row(document(keep).into_iter().chain(of(true)).chain(kept));
        for copy in members {
            let measures = [Cell::Share(copy.jaccard), Cell::Share(copy.containment), Cell::Text(copy.equality.name())];
            let rest = [Cell::Number(copy.bytes), Cell::Null];
            table.row(document(&copy.doc).into_iter().chain(of(false)).chain(measures).chain(rest));
        }
    }
    table.finish()
}

fn document(doc: &DocumentRef) -> [Cell<'_>; 6] {
    let known = doc.metadata.as_deref();
    [
        Cell::Text(&doc.source),
        Cell::Number(doc.record),
        Cell::text(doc.id.as_deref()),
        Cell::text(known.and_then(|known| known.title.as_deref())),
        Cell::text(known.and_then(|known| known.url.as_deref())),
        Cell::text(known.and_then(|known| known.date.as_deref())),
    ]
}

/// The columns that name a document, with a letter before each.
fn place_columns(side: &str, is_rows: bool) -> Columns {
    let names: &[(&str, ColumnKind)] = if is_rows {
        &[("index", Number), ("id", Text)]
    } else {
        &[("source", Text), ("record", Number), ("id", Text)]
    };
    names.iter().map(|(name, kind)| (format!("{side}{name}"), *kind)).collect()
}

fn place(doc: &DocumentRef, is_rows: bool) -> impl Iterator<Item = Cell<'_>> {
    let source = (!is_rows).then(|| Cell::Text(&doc.source));
    source.into_iter().chain([Cell::Number(doc.record), Cell::text(doc.id.as_deref())])
}

/// The verified pairs, if they were asked for.
pub fn pairs(found: &Findings, is_rows: bool) -> Result<Table> {
    let measures = ["jaccard", "containment_a", "containment_b"].map(|name| (name.to_owned(), Share));
    let columns = place_columns("a_", is_rows).into_iter().chain(place_columns("b_", is_rows)).chain(measures);
    let mut table = TableMaker::new(columns);
    for pair in &found.pairs {
        let measures = [pair.jaccard, pair.containment_a, pair.containment_b].map(Cell::Share);
        table.row(place(&pair.a, is_rows).chain(place(&pair.b, is_rows)).chain(measures));
    }
    table.finish()
}

const OF_SPAN: [(&str, ColumnKind); 7] = [
    ("start", Number),
    ("end", Number),
    ("char_start", Number),
    ("char_end", Number),
    ("line", Number),
    ("column", Number),
    ("text", Text),
];

fn span_columns(side: &str, is_rows: bool) -> impl Iterator<Item = (String, ColumnKind)> {
    let side = side.to_owned();
    let of_span = OF_SPAN.map(|(name, kind)| (format!("{side}{name}"), kind));
    place_columns(&side, is_rows).into_iter().chain(of_span)
}

fn span(at: &PlacedSpan, is_rows: bool) -> impl Iterator<Item = Cell<'_>> {
    let numbers = [at.start, at.end, at.char_start, at.char_end, at.line, at.column].map(Cell::count);
    place(&at.doc, is_rows).chain(numbers).chain([Cell::Text(&at.excerpt)])
}

/// The repeated passages, two places a row.
pub fn passages(found: &Findings, is_rows: bool) -> Result<Table> {
    let of_match: [(&str, ColumnKind); 8] = [
        ("id", Text),
        ("family", Text),
        ("scope", Text),
        ("words", Number),
        ("identity", Share),
        ("jaccard", Share),
        ("containment_a", Share),
        ("containment_b", Share),
    ];
    let of_match = of_match.map(|(name, kind)| (name.to_owned(), kind)).into_iter();
    let columns = of_match.chain(span_columns("a_", is_rows)).chain(span_columns("b_", is_rows));
    let mut table = TableMaker::new(columns);
    for passage in &found.matches {
        let scope = if passage.scope == MatchScope::Within { "within" } else { "across" };
        let names = [Cell::Text(&passage.id), Cell::Text(&passage.family), Cell::Text(scope)];
        let measures =
            [passage.identity, passage.jaccard, passage.containment_a, passage.containment_b].map(Cell::Share);
        let of_match = names.into_iter().chain([Cell::count(passage.words)]).chain(measures);
        table.row(of_match.chain(span(&passage.a, is_rows)).chain(span(&passage.b, is_rows)));
    }
    table.finish()
}

/// The families of passages, a place a row.
pub fn families(found: &Findings, is_rows: bool) -> Result<Table> {
    let of_family: [(&str, ColumnKind); 4] =
        [("family", Text), ("keep", Flag), ("count", Number), ("documents", Number)];
    let of_family = of_family.map(|(name, kind)| (name.to_owned(), kind)).into_iter();
    let mut table = TableMaker::new(of_family.chain(span_columns("", is_rows)));
    for family in &found.families {
        for (n, at) in [&family.keep].into_iter().chain(&family.occurrences).enumerate() {
            let counts = [Cell::count(family.count), Cell::count(family.documents)];
            let of_family = [Cell::Text(&family.id), Cell::Flag(n == 0)].into_iter().chain(counts);
            table.row(of_family.chain(span(at, is_rows)));
        }
    }
    table.finish()
}
