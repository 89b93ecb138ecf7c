//! What runs write, held to the schemas that are published, ours and that of SARIF.

#![allow(clippy::expect_used)] // helpers of tests fail like tests

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use boon::{Compiler, SchemaIndex, Schemas};
use doublon::finding::Findings;
use doublon::finding::{InputOptions, RecordMode};
use doublon::report::{csv, json, sarif, stats::write_json};
use doublon::scan::{Resources, scan};
use doublon::stats::{StatsRequest, stats};
use doublon::{Config, Keep};
use encoding_rs::Encoding;
use serde_json::Value;

/// A schema of a file in the repository.
struct Checker {
    schemas: Schemas,
    index: SchemaIndex,
}

impl Checker {
    fn new(path: &str) -> Self {
        let text = fs::read_to_string(path).expect("the schema is published");
        let schema = serde_json::from_str(&text).expect("a schema is JSON");
        let (mut schemas, mut compiler) = (Schemas::new(), Compiler::new());
        compiler.add_resource("http://doublon.test/schema", schema).expect("a place for it");
        let index = compiler.compile("http://doublon.test/schema", &mut schemas).expect("a sound schema");
        Self { schemas, index }
    }

    /// Returns what is wrong with a line.
    fn fault(&self, line: &Value) -> Option<String> {
        self.schemas.validate(line, self.index).err().map(|error| format!("{error:#}\n{line}"))
    }

    /// Checks all lines, and returns which types they have.
    fn check(&self, text: &str) -> Vec<String> {
        let mut types = Vec::new();
        for line in text.lines() {
            let line: Value = serde_json::from_str(line).expect("a line is JSON");
            assert_eq!(self.fault(&line), None);
            types.push(line["type"].as_str().unwrap_or_default().to_owned());
        }
        types.dedup();
        types
    }
}

fn found(path: &Path, config: &Config) -> Findings {
    found_with(path, config, &InputOptions::default())
}

fn found_with(path: &Path, config: &Config, input: &InputOptions) -> Findings {
    scan(&[path.to_path_buf()], config, input, &Resources::default(), &()).expect("the scan ends")
}

fn lines(findings: &Findings) -> String {
    let mut out = Vec::new();
    json::write(findings, &mut out).expect("memory takes all");
    String::from_utf8(out).expect("JSON is UTF-8")
}

/// Texts that share most of their words with a template, as licences do, and copies of them.
fn corpus() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let template: Vec<String> = (0..300).map(|n| format!("word{:x}", n * n * 7919 % 10_007)).collect();
    let mut records = String::new();
    for n in 0..40 {
        let mut words = template.clone();
        for changed in 0..n / 4 {
            words[(changed * 37 + n) % 300] = format!("own{n}and{changed}");
        }
        let text = words.join(if n % 2 == 0 { " " } else { "\\n" });
        writeln!(records, r#"{{"id":"n{}","text":"{text}"}}"#, n % 30).expect("a string takes all");
    }
    fs::write(folder.path().join("texts.jsonl"), records + "not JSON\n{\"text\":\" . \"}\n").expect("is written");
    fs::write(folder.path().join("page.html"), "<p>One.<p>One.").expect("is written");
    folder
}

#[test]
fn findings_of_any_run_are_as_the_schema_says() {
    let schema = Checker::new("docs/findings.schema.json");
    let default = Config::default;
    assert_eq!(
        schema.check(&lines(&found(Path::new("data/seed"), &default()))),
        ["header", "passage_match", "passage_family", "summary"]
    );
    assert!(schema.check(&lines(&found(Path::new("data/bad"), &default()))).contains(&"skipped".to_owned()));
    let corpus = corpus();
    let all = ["header", "document_cluster", "document_pair", "passage_match", "passage_family", "skipped", "summary"];
    let parameters = default().to_builder().pairs(true).inside_duplicates(true).threshold(0.95).build().unwrap();
    assert_eq!(schema.check(&lines(&found(corpus.path(), &parameters))), all);
    let parameters = default().to_builder().keep(Keep::None).containment(Some(0.9)).build().unwrap();
    assert_eq!(schema.check(&lines(&found(corpus.path(), &parameters)))[..2], ["header", "document_pair"]);
    let config = Config::builder().keep("max:a.b".parse().expect("a policy")).build().unwrap();
    let input = InputOptions { encoding: Encoding::for_label(b"UTF-8"), ..InputOptions::default() };
    schema.check(&lines(&found_with(corpus.path(), &config, &input)));
}

#[test]
fn statistics_of_any_run_are_as_the_schema_says() {
    let schema = Checker::new("docs/stats.schema.json");
    let corpus = corpus();
    for (path, compare) in [(corpus.path(), true), (corpus.path(), false), (Path::new("data/bad"), true)] {
        let request = StatsRequest { compare, documents: true, worst: 5 };
        let (parameters, options) = (Config::default(), InputOptions::default());
        let found = stats(&[path.to_path_buf()], request, &parameters, &options, &Resources::default(), &());
        let mut out = Vec::new();
        write_json(&found.expect("the corpus is read"), &mut out).expect("memory takes all");
        let types = schema.check(&String::from_utf8(out).expect("JSON is UTF-8"));
        assert!(types.contains(&"document".to_owned()) && types.contains(&"skipped".to_owned()), "{types:?}");
    }
}

#[test]
fn a_line_that_is_no_finding_is_refused() {
    let schema = Checker::new("docs/findings.schema.json");
    let text = lines(&found(Path::new("data/seed"), &Config::default()));
    let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    let faulty = |n: usize, pointer: &str, value: Value| {
        let mut line = lines[n].clone();
        *line.pointer_mut(pointer).expect(pointer) = value;
        schema.fault(&line).is_some()
    };
    assert!(faulty(0, "/schema", "doublon.findings/1".into()));
    assert!(faulty(0, "/parameters/keep", "latest".into()));
    assert!(faulty(0, "/parameters/text/shingle", "word".into()));
    assert!(faulty(0, "/sources/0/xxh3_128", "abc".into()));
    assert!(faulty(1, "/type", "passage".into()));
    assert!(faulty(1, "/identity", 1.5.into()));
    assert!(faulty(1, "/a/start", (-1).into()));
    assert!(faulty(1, "/a/source", Value::Null));
    assert!(faulty(1, "/scope", "both".into()));
    let mut without = lines[1].clone();
    without.as_object_mut().expect("an object").remove("words");
    assert!(schema.fault(&without).is_some());
    let mut with = lines[1].clone();
    with.as_object_mut().expect("an object").insert("later".into(), 1.into());
    assert_eq!(schema.fault(&with), None, "a field of a later version");
}

fn log(findings: &Findings, limit: usize) -> Value {
    let mut out = Vec::new();
    sarif::write(findings, limit, &mut out).expect("memory takes all");
    serde_json::from_slice(&out).expect("one JSON value")
}

fn results(log: &Value) -> &Vec<Value> {
    log["runs"][0]["results"].as_array().expect("a list of results")
}

#[test]
fn sarif_of_any_run_is_as_its_standard_says() {
    let schema = Checker::new("tests/sarif/sarif-schema-2.1.0.json");
    let corpus = corpus();
    let hostile = hostile();
    let contained = Config::builder().containment(Some(0.9)).threshold(0.95).build().unwrap();
    for (path, parameters) in [
        (Path::new("data/seed"), Config::default()),
        (Path::new("data/bad"), Config::default()),
        (corpus.path(), contained),
        (hostile.path(), Config::default()),
    ] {
        let by_line = InputOptions { record: RecordMode::Lines, ..InputOptions::default() };
        assert_eq!(schema.fault(&log(&found_with(path, &parameters, &by_line), usize::MAX)), None);
        let found = found(path, &parameters);
        let whole = log(&found, usize::MAX);
        assert_eq!(schema.fault(&whole), None);
        assert!(!results(&whole).is_empty(), "{whole:#}");
        assert_eq!(schema.fault(&log(&found, 1)), None);
    }
    let mut wrong = log(&found(corpus.path(), &Config::default()), 1);
    wrong["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["region"] =
        serde_json::json!({ "startLine": 0 });
    assert!(schema.fault(&wrong).is_some());
}

/// Files whose names and contents would break a careless writer.
fn hostile() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let text = (0..60).map(|n| format!("word{} ", n * 31 % 1009)).collect::<Vec<_>>().concat();
    let mut names = vec!["=1+1 \"quoted\", #100%.txt".to_owned(), "été.md".into(), "a:b".into(), "[x]{y}.txt".into()];
    if cfg!(windows) {
        names = vec!["=1+1, #100%.txt".into(), "été.md".into(), "[x]{y}.txt".into()];
    }
    for (n, name) in names.iter().enumerate() {
        fs::write(folder.path().join(name), format!("\u{1b}[2J own{n}\n\n{text}")).expect("is written");
    }
    #[cfg(unix)]
    {
        use std::os::unix::ffi::OsStrExt;
        let name = std::ffi::OsStr::from_bytes(b"\xff\xfe.txt");
        // Not every file system takes it.
        let _ = fs::write(folder.path().join(name), format!("again\n\n{text}"));
    }
    folder
}

#[test]
fn a_region_of_sarif_is_the_passage_in_the_file() {
    let folder = tempfile::tempdir().expect("a folder");
    let passage = (0..40).map(|n| format!("wört{} ", n * 31 % 1009)).collect::<Vec<_>>().concat();
    let text = format!("Élan: début.\n\n{passage}\n\nun autre texte ici\n\n{passage}");
    fs::write(folder.path().join("a.txt"), &text).expect("is written");
    let log = log(&found(folder.path(), &Config::default()), usize::MAX);
    let location = &results(&log)[0]["locations"][0]["physicalLocation"];
    let of = |name: &str| location["region"][name].as_u64().expect(name) as usize;
    let (start, length) = (of("byteOffset"), of("byteLength"));
    assert_eq!(&text[start..start + length], passage.trim());
    let characters: String = text.chars().skip(of("charOffset")).take(of("charLength")).collect();
    assert_eq!(characters, passage.trim());
    assert_eq!((of("startLine"), of("endLine")), (7, 7));
    assert!(location["artifactLocation"]["uri"].as_str().is_some_and(|uri| uri.starts_with("file:///")));
}

#[test]
fn a_table_of_any_run_has_a_row_a_pair() {
    let corpus = corpus();
    let found = found(corpus.path(), &Config::builder().pairs(true).build().unwrap());
    let mut out = Vec::new();
    csv::write(&found, usize::MAX, &mut out).expect("memory takes all");
    let lines = String::from_utf8(out).expect("UTF-8").lines().count();
    let removed: usize = found.clusters.iter().map(|cluster| cluster.members.len()).sum();
    assert_eq!(lines, 1 + removed + found.pairs.len() + found.matches.len());
}
