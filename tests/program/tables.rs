//! `--format parquet`: findings as tables in a folder, whole or not at all.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::Path;

use parquet::file::reader::SerializedFileReader;
use parquet::record::{Field, Row, RowAccessor};

use crate::bench::{Bench, lines};

const TABLES: [&str; 4] = ["documents", "pairs", "passages", "families"];

fn rows(folder: &Path, table: &str) -> Vec<Row> {
    let file = File::open(folder.join(format!("{table}.parquet"))).unwrap();
    let reader = SerializedFileReader::new(file).unwrap();
    reader.into_iter().collect::<Result<_, _>>().unwrap()
}

fn value<'r>(row: &'r Row, name: &str) -> &'r Field {
    row.get_column_iter().find(|(column, _)| *column == name).unwrap().1
}

#[test]
fn tables_have_what_the_findings_have() {
    let bench = Bench::new();
    for name in ["article.txt", "news.jsonl"] {
        let from = if name == "news.jsonl" { "data/archive/news.jsonl" } else { "data/seed/article.txt" };
        bench.write(&format!("in/{name}"), fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join(from)).unwrap());
    }
    bench.expect(3, "scan in --pairs --format json -o found.jsonl");
    bench.expect(3, "scan in --pairs --format parquet -o tables");
    let found = lines(&bench.read("found.jsonl"));
    let of_type = |kind: &str| found.iter().filter(|line| line["type"] == kind).collect::<Vec<_>>();
    let folder = bench.path("tables");
    let counts: BTreeMap<&str, usize> = TABLES.map(|table| (table, rows(&folder, table).len())).into();
    let members =
        |of: &str, kind: &str| of_type(kind).iter().map(|line| line[of].as_array().unwrap().len() + 1).sum::<usize>();
    assert_eq!(counts["documents"], members("members", "document_cluster"));
    assert_eq!(counts["pairs"], of_type("document_pair").len());
    assert_eq!(counts["passages"], of_type("passage_match").len());
    assert_eq!(counts["families"], members("occurrences", "passage_family"));
    assert!(counts.values().all(|&count| count > 0), "{counts:?}");
    for (row, found) in rows(&folder, "passages").iter().zip(of_type("passage_match")) {
        assert_eq!(row.get_string(0).unwrap(), found["id"].as_str().unwrap());
        assert_eq!(*value(row, "identity"), Field::Double(found["identity"].as_f64().unwrap()));
        assert_eq!(*value(row, "b_end"), Field::Long(found["b"]["end"].as_i64().unwrap()));
        assert_eq!(*value(row, "b_text"), Field::Str(found["b"]["excerpt"].as_str().unwrap().to_owned()));
    }
    let documents = rows(&folder, "documents");
    assert!(documents.iter().any(|row| *value(row, "date") != Field::Null), "records have dates");
    // The same from saved findings, for any number of threads, in place of the tables that were there.
    let bytes =
        |folder: &str| TABLES.map(|table| fs::read(bench.path(folder).join(format!("{table}.parquet"))).unwrap());
    let first = bytes("tables");
    bench.expect(0, "report found.jsonl --format parquet -o again");
    assert!(bytes("again") == first);
    bench.expect(3, "scan in --pairs --format parquet --threads 1 -o tables");
    assert!(bytes("tables") == first);
}

#[test]
fn tables_are_there_whole_or_not_at_all() {
    let bench = Bench::with(&[("in/a.txt", "one two three"), ("full/note.txt", "mine"), ("cut.jsonl", "{}\n")]);
    let refused = |arguments: &str, expected: &str| {
        let (_, told) = bench.expect(2, arguments);
        assert!(told.contains(expected), "{told}");
    };
    refused("scan in --format parquet", "name a folder for them with -o DIR");
    refused("scan in --format parquet -o in/a.txt", "is no folder");
    refused("scan in --format parquet -o full", "full: has something else in it, note.txt");
    refused("scan in --format parquet -o in/tables", "lies in in, which is read");
    bench.expect(0, "scan in --format parquet -o tables");
    let before = fs::read(bench.path("tables/documents.parquet")).unwrap();
    refused("report cut.jsonl --format parquet -o tables", "cut.jsonl:1: these are no findings");
    assert!(fs::read(bench.path("tables/documents.parquet")).unwrap() == before, "what was there stays");
    refused("report cut.jsonl --format parquet -o none", "cut.jsonl:1: these are no findings");
    let mut names: Vec<String> = fs::read_dir(bench.folder())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    assert_eq!(names, ["cut.jsonl", "full", "in", "tables"]);
}
