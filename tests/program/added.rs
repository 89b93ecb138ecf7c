//! Fields that a copy adds to its records: marks, counts, and values of duplicates.

use serde_json::{Value, json};

use crate::bench::{Bench, lines, words};

/// Three copies and a text of its own, with the fields that crawls have.
fn crawl() -> Bench {
    let record = |id: u32, dump: &str, first: u64| {
        format!("{{\"id\": {id}, \"dump\": \"{dump}\", \"text\": \"{}\" }}\n", words(first, 30))
    };
    let records = [record(1, "b", 0), record(2, "a", 100), record(3, "c", 0), record(4, "a", 0)];
    Bench::with(&[("in/crawl.jsonl", &records.concat())])
}

fn by_id(records: &[Value], id: u32) -> Value {
    records.iter().find(|record| record["id"] == id).unwrap().clone()
}

#[test]
fn a_kept_record_says_how_many_there_were_and_where_from() {
    let bench = crawl();
    bench.expect(0, "clean in --out out --count-field size --merge-field dump --merge-field id=ids");
    let copy = bench.read("out/crawl.jsonl");
    let records = lines(&copy);
    assert_eq!(records.len(), 2);
    let first = by_id(&records, 1);
    assert_eq!((&first["size"], &first["merged_dump"], &first["ids"]), (&json!(3), &json!(["c", "a"]), &json!([3, 4])));
    let alone = by_id(&records, 2);
    assert_eq!((&alone["size"], alone.get("ids")), (&json!(1), None));
    // All that was there is as it was.
    let before = bench.read("in/crawl.jsonl");
    let stem = before.lines().next().unwrap().trim_end_matches('}');
    assert!(copy.starts_with(stem), "{copy}");
}

#[test]
fn a_field_to_merge_that_no_duplicate_has_is_told() {
    let bench = crawl();
    let (_, told) = bench.expect(0, "clean in --out out --merge-field dump --merge-field dmup");
    assert!(told.contains("none of the duplicates has the field `dmup` of --merge-field"), "{told}");
    assert!(!told.contains("`dump`"), "{told}");
    bench.write("in/crawl.jsonl", format!("{{\"text\": \"{}\"}}\n", words(0, 30)));
    let (_, told) = bench.expect(0, "clean in --out alone --merge-field dmup");
    assert!(!told.contains("dmup"), "there are no duplicates: {told}");
}

#[test]
fn all_records_stay_and_say_of_which_cluster_they_are() {
    let bench = crawl();
    let (_, told) = bench.expect(0, "clean in --out out --documents mark --count-field size");
    assert!(told.contains("4 = 4 kept + 0 removed + 0 skipped; 2 marked"), "{told}");
    let records = lines(&bench.read("out/crawl.jsonl"));
    assert_eq!(records.len(), 4);
    assert_eq!(by_id(&records, 1)["doublon"], json!({"cluster": "d1", "is_duplicate": false}));
    assert_eq!(by_id(&records, 2).get("doublon"), None);
    let mark = &by_id(&records, 4)["doublon"];
    assert_eq!((&mark["cluster"], &mark["is_duplicate"], &mark["jaccard"]), (&json!("d1"), &json!(true), &json!(1.0)));
    assert_eq!(mark["duplicate_of"], json!({"source": "in/crawl.jsonl", "record": 0, "id": 1}));
    let summary = bench.summary("out");
    assert_eq!((&summary["removed"], &summary["marked"], &summary["duplicates"]), (&json!(0), &json!(2), &json!(2)));
    assert!(bench.removed("out").iter().all(|line| line["reason"] == "marked"));
    assert_eq!(bench.removed("out").len(), 2);
    bench.expect(2, "clean in --out other --documents mark --passages cut");
}

#[test]
fn elements_of_lists_and_rows_of_tables_get_them_too() {
    let bench = crawl();
    let records: Vec<Value> = lines(&bench.read("in/crawl.jsonl"));
    bench.write("list/a.json", serde_json::to_string_pretty(&json!({"version": 1, "data": records})).unwrap());
    let flags = "--count-field size --merge-field dump --documents mark";
    bench.expect(0, &format!("clean list --out of-list {flags}"));
    let list: Value = serde_json::from_str(&bench.read("of-list/a.json")).unwrap();
    let first = &list["data"][0];
    assert_eq!(
        (&first["size"], &first["merged_dump"], list["data"].as_array().unwrap().len()),
        (&json!(3), &json!(["c", "a"]), 4)
    );
    assert_eq!(list["data"][3]["doublon"]["cluster"], "d1");

    let row = |record: &Value| {
        let [id, dump, text] = ["id", "dump", "text"].map(|name| record[name].to_string());
        format!("{id};{dump};{text}\r\n")
    };
    let rows: String = records.iter().map(row).collect();
    bench.write("table/a.csv", format!("sep=;\r\nid;dump;text\r\n{rows}"));
    bench.expect(0, &format!("clean table --out of-table {flags}"));
    let copy = bench.read("of-table/a.csv");
    let lines: Vec<&str> = copy.lines().collect();
    assert_eq!(lines[1], "id;dump;text;size;doublon;merged_dump");
    assert!(lines[2].ends_with(r#";3;"{""cluster"":""d1"",""is_duplicate"":false}";"[""c"",""a""]""#), "{copy}");
    assert!(lines[3].ends_with(";1;;"), "{copy}");
    assert!(lines[5].contains(r#";1;"{""cluster"":""d1"",""duplicate_of"":"#), "{copy}");
    assert_eq!((copy.matches("\r\n").count(), lines.len()), (6, 6), "{copy}");
    bench.expect(0, "clean table --out fewer --count-field size");
    assert_eq!(bench.read("fewer/a.csv").lines().count(), 4);
}

#[test]
#[cfg(feature = "parquet")]
fn rows_of_parquet_files_get_them_too() {
    use parquet::record::RowAccessor;

    let bench = Bench::new();
    let texts = [words(0, 30), words(100, 30), words(0, 30)];
    crate::clean::write_parquet(&bench.path("in/a.parquet"), &texts.each_ref().map(String::as_str));
    let read = |out: &str| {
        let file = std::fs::File::open(bench.path(&format!("{out}/a.parquet"))).unwrap();
        parquet::file::reader::SerializedFileReader::new(file).unwrap()
    };
    let rows = |out: &str| -> Vec<parquet::record::Row> {
        let reader = read(out);
        parquet::file::reader::FileReader::get_row_iter(&reader, None).unwrap().map(Result::unwrap).collect()
    };
    bench.expect(0, "clean in --out out --count-field size --merge-field text");
    let kept = rows("out");
    assert_eq!((kept.len(), kept[0].get_long(2).unwrap(), kept[1].get_long(2).unwrap()), (2, 2, 1));
    assert_eq!(kept[0].get_string(3).unwrap(), &json!([texts[2]]).to_string());
    assert!(kept[1].get_string(3).is_err(), "null: {:?}", kept[1]);
    bench.expect(0, "clean in --out marked --documents mark");
    let marked = rows("marked");
    let mark: Value = serde_json::from_str(marked[2].get_string(2).unwrap()).unwrap();
    assert_eq!((marked.len(), &mark["cluster"], &mark["duplicate_of"]["record"]), (3, &json!("d1"), &json!(0)));
    let (_, told) = bench.expect(2, "clean in --out other --count-field text");
    assert!(told.contains("has a column `text` already"), "{told}");
}

#[test]
fn files_without_fields_are_told_of() {
    let bench = crawl();
    let text = words(700, 30);
    bench.write("in/a.txt", &text).write("in/b.txt", &text);
    let (_, told) = bench.expect(0, "clean in --out out --documents mark");
    assert!(told.contains("warning: of 2 documents, in files that take no fields"), "{told}");
    assert_eq!(bench.read("out/b.txt"), text);
    assert_eq!(bench.removed("out").len(), 3);
}

#[test]
fn a_field_that_is_there_already_is_not_overwritten() {
    let bench = crawl();
    let (_, told) = bench.expect(2, "clean in --out out --count-field dump");
    assert!(told.contains("it has a field `dump` already"), "{told}");
    assert!(!bench.path("out").exists());
    bench.write("in/a.csv", "id,\"Copies\",text\n1,7,one two three\n2,8,one two three\n");
    let (_, told) = bench.expect(2, "clean in/a.csv --out out --count-field Copies");
    assert!(told.contains("it has a column `Copies` already") && !bench.path("out").exists(), "{told}");
    for flags in ["--count-field x --merge-field dump=x", "--merge-field =x", "--merge-field dump="] {
        bench.expect(2, &format!("clean in --out out {flags}"));
    }
}

#[test]
fn counts_and_values_come_from_saved_findings_too() {
    let bench = crawl();
    let flags = "--count-field size --merge-field dump";
    bench.expect(0, "scan in --format json -o found.jsonl");
    bench.expect(0, &format!("clean --from found.jsonl --out from {flags}"));
    bench.expect(0, &format!("clean in --out out {flags}"));
    assert_eq!(bench.read("from/crawl.jsonl"), bench.read("out/crawl.jsonl"));
}
