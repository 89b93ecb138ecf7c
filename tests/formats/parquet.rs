//! Parquet files as they are met: every type of text column, damage, lies about sizes, and the clean copy.

#![allow(clippy::unwrap_used)] // a helper that fails is a test that fails

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use doublon::Keep;
use doublon::finding::InputOptions;
use doublon::finding::{Reason, Skipped};
use doublon::rewrite::parquet::{Edits, Rewritten, RowAction, rewrite};
use doublon::source::parquet::ParquetReader;
use doublon::source::{Block, Format, Item, JoinedText, Record, SourceOptions, parse};
use parquet::basic::{Compression, GzipLevel};
use parquet::column::writer::ColumnWriter;
use parquet::data_type::{ByteArray, DataType, Int64Type};
use parquet::file::metadata::{KeyValue, ParquetMetaData, ParquetMetaDataReader};
use parquet::file::properties::{EnabledStatistics, WriterProperties, WriterPropertiesBuilder};
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::file::writer::{SerializedFileWriter, SerializedRowGroupWriter};
use parquet::record::Row as Values;
use parquet::schema::parser::parse_message_type;

/// What a file gave.
#[derive(Debug, Default)]
struct Outcome {
    documents: Vec<Record>,
    skipped: Vec<Skipped>,
}

impl Outcome {
    fn of(file: &File, options: &SourceOptions) -> Self {
        let mut outcome = Self::default();
        match ParquetReader::open(Arc::new(file.try_clone().unwrap()), "a.parquet", options) {
            Err(skipped) => outcome.skipped.push(skipped),
            Ok(mut reader) => {
                while let Some(items) = reader.next_batch() {
                    for item in items {
                        match item {
                            Item::Document(record) => outcome.documents.push(record),
                            Item::Skipped(skipped) => outcome.skipped.push(skipped),
                        }
                    }
                }
            }
        }
        outcome
    }

    fn texts(&self) -> Vec<&str> {
        self.documents.iter().map(|record| record.text.as_str()).collect()
    }

    fn reasons(&self) -> Vec<Reason> {
        self.skipped.iter().map(|skipped| skipped.reason).collect()
    }

    fn detail(&self) -> &str {
        self.skipped[0].detail.as_deref().unwrap()
    }
}

fn data(path: &str) -> File {
    File::open(Path::new("data/parquet").join(path)).unwrap()
}

fn files(folder: &str) -> Vec<PathBuf> {
    let folder = Path::new("data/parquet").join(folder);
    let mut files: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|path| path.extension().is_some_and(|ending| ending == "parquet"));
    files.sort();
    files
}

fn text_field(field: &str) -> SourceOptions {
    InputOptions { text_field: field.into(), ..InputOptions::default() }.into()
}

fn temporary(bytes: &[u8]) -> File {
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(bytes).unwrap();
    file
}

/// Writes a file: `groups` fill one row group each.
#[allow(clippy::type_complexity)] // it cannot be named without the lifetimes of the closures
fn written(
    schema: &str,
    properties: WriterPropertiesBuilder,
    groups: &[&dyn Fn(&mut SerializedRowGroupWriter<&mut Vec<u8>>)],
) -> Vec<u8> {
    let mut bytes = Vec::new();
    let schema = Arc::new(parse_message_type(schema).unwrap());
    let mut writer = SerializedFileWriter::new(&mut bytes, schema, Arc::new(properties.build())).unwrap();
    for fill in groups {
        let mut group = writer.next_row_group().unwrap();
        fill(&mut group);
        group.close().unwrap();
    }
    writer.close().unwrap();
    bytes
}

/// Fills the next column of a row group.
fn column<T: DataType>(
    group: &mut SerializedRowGroupWriter<&mut Vec<u8>>,
    values: &[T::T],
    definitions: Option<&[i16]>,
    repetitions: Option<&[i16]>,
) {
    let mut column = group.next_column().unwrap().unwrap();
    column.typed::<T>().write_batch(values, definitions, repetitions).unwrap();
    column.close().unwrap();
}

/// Fills the next column with strings.
fn strings(group: &mut SerializedRowGroupWriter<&mut Vec<u8>>, values: &[&str]) {
    let mut column = group.next_column().unwrap().unwrap();
    match column.untyped() {
        ColumnWriter::ByteArrayColumnWriter(writer) => {
            let values: Vec<ByteArray> = values.iter().map(|&value| value.into()).collect();
            writer.write_batch(&values, None, None).unwrap();
        }
        _ => unreachable!("a column of strings was wanted"),
    }
    column.close().unwrap();
}

const TEXT: &str = "message m { required binary text (STRING); }";

#[test]
fn texts_are_read_whatever_their_type_and_compression() {
    for name in
        ["dictionary", "large_string", "string_view", "codec_brotli", "codec_gzip", "codec_none", "codec_snappy"]
    {
        let outcome = Outcome::of(&data(&format!("made/{name}.parquet")), &text_field("text"));
        assert_eq!((outcome.documents.len(), outcome.skipped.len()), (8, 0), "{name}: {outcome:#?}");
    }
    for (name, field, rows) in [
        ("alltypes_dictionary", "date_string_col", 2),
        ("alltypes_plain", "date_string_col", 8),
        ("alltypes_plain.snappy", "date_string_col", 2),
        ("binary_truncated_min_max", "utf8_full_truncation", 12),
        ("data_index_bloom_encoding_stats", "String", 14),
        ("data_index_bloom_encoding_with_length", "String", 14),
        ("delta_length_byte_array", "FRUIT", 1000),
        ("hadoop_lz4_compressed", "c1", 4),
        ("lz4_raw_compressed", "c1", 4),
        ("nation.dict-malformed", "name", 25),
        ("non_hadoop_lz4_compressed", "c1", 4),
        ("plain-dict-uncompressed-checksum", "binary_field", 1000),
        ("sort_columns", "b", 6),
        ("unknown-logical-type", "column with known type", 3),
    ] {
        let outcome = Outcome::of(&data(&format!("apache/{name}.parquet")), &text_field(field));
        assert_eq!((outcome.documents.len(), outcome.skipped.len()), (rows, 0), "{name}: {outcome:#?}");
    }
}

#[test]
fn rows_without_text_are_reported_by_their_number() {
    let outcome = Outcome::of(&data("made/nulls.parquet"), &text_field("text"));
    assert_eq!(outcome.documents.iter().map(|record| record.record).collect::<Vec<_>>(), [0, 2, 4, 5, 6, 7]);
    assert_eq!(outcome.reasons(), [Reason::TextNotString; 2]);
    assert_eq!((outcome.skipped[0].record, outcome.detail()), (Some(1), "row 2: the text is null"));
    assert_eq!(Outcome::of(&data("made/all_null.parquet"), &text_field("text")).skipped.len(), 8);
    let none = Outcome::of(&data("made/no_rows.parquet"), &text_field("text"));
    assert_eq!((none.documents.len(), none.skipped.len()), (0, 0));
}

#[test]
fn bytes_that_are_no_utf8_spoil_one_row() {
    let outcome = Outcome::of(&data("made/binary_bad_utf8.parquet"), &text_field("text"));
    let lossy: Vec<&Record> = outcome.documents.iter().filter(|record| record.lossy).collect();
    assert_eq!((outcome.documents.len(), lossy.len(), outcome.skipped.len()), (8, 1, 0));
    assert!(lossy[0].text.contains('\u{fffd}') && lossy[0].raw_hash.is_some());
}

#[test]
fn a_column_that_holds_no_strings_is_refused_by_its_type() {
    for (name, field, reason, said) in [
        ("made/int_text", "text", Reason::TextNotString, "holds integers (INT64)"),
        ("made/null_type", "text", Reason::TextNotString, "holds nothing but nulls (INT32)"),
        (
            "made/struct_text",
            "text",
            Reason::TextNotString,
            "is an object {text}, but it must be a string; try --text-field text.text",
        ),
        (
            "made/codec_none",
            "body",
            Reason::MissingColumn,
            "no column `body`; name the column with --text-field, as in",
        ),
        (
            "apache/ARROW-GH-47662",
            "text",
            Reason::MissingColumn,
            "no column `text`; name the column with --text-field (it has",
        ),
    ] {
        let outcome = Outcome::of(&data(&format!("{name}.parquet")), &text_field(field));
        assert_eq!((outcome.reasons(), outcome.documents.len()), (vec![reason], 0), "{name}");
        assert!(outcome.detail().contains(said), "{name}: {}", outcome.detail());
    }
    let inner = Outcome::of(&data("made/struct_text.parquet"), &text_field("text.text"));
    assert_eq!((inner.documents.len(), inner.skipped.len()), (8, 0));
}

/// Four rows with lists and structs in each of the ways that files write them, with nulls and empty ones at each level.
fn lists_and_structs() -> (Vec<u8>, [&'static str; 4]) {
    let schema = "message m { optional int64 id;
        optional group messages (LIST) { repeated group list { optional group element {
            optional binary role (STRING); optional binary content (STRING); } } }
        repeated binary tags (STRING);
        optional group old (LIST) { repeated group array { required binary text (STRING); } }
        optional group older (LIST) { repeated binary element (STRING); }
        optional group map (MAP) { repeated group key_value { required binary key (STRING); optional binary value (STRING); } }
        optional group deep (LIST) { repeated group list { optional group element (LIST) {
            repeated group list { optional binary element (STRING); } } } }
        required group page { optional binary body (STRING); optional double score; } }";
    let file = written(
        schema,
        WriterProperties::builder(),
        &[&|group| {
            column::<Int64Type>(group, &[1, 3], Some(&[1, 0, 1, 0]), None);
            let mut strings = |values: &[&str], definitions: &[i16], repetitions: Option<&[i16]>| {
                let values: Vec<ByteArray> = values.iter().map(|&value| value.into()).collect();
                column::<parquet::data_type::ByteArrayType>(group, &values, Some(definitions), repetitions);
            };
            strings(&["user", "assistant"], &[4, 4, 0, 1, 2, 3], Some(&[0, 1, 0, 0, 0, 1]));
            strings(&["a", "b", "c"], &[4, 4, 0, 1, 2, 4], Some(&[0, 1, 0, 0, 0, 1]));
            strings(&["x", "y", "z"], &[1, 1, 0, 0, 1], Some(&[0, 1, 0, 0, 0]));
            strings(&["p", "q", "r"], &[2, 0, 1, 2, 2], Some(&[0, 0, 0, 0, 1]));
            strings(&["o", "l"], &[2, 0, 1, 2], Some(&[0, 0, 0, 0]));
            strings(&["k", "n"], &[2, 0, 1, 2], Some(&[0, 0, 0, 0]));
            strings(&["v"], &[3, 0, 1, 2], Some(&[0, 0, 0, 0]));
            strings(&["s", "t", "u"], &[5, 5, 0, 3, 2, 5], Some(&[0, 1, 0, 0, 0, 1]));
            strings(&["one", "two", "four"], &[1, 1, 0, 1], None);
            column::<parquet::data_type::DoubleType>(group, &[1.5], Some(&[1, 0, 0, 0]), None);
        }],
    );
    let records = [
        r#"{"id":1,"messages":[{"role":"user","content":"a"},{"role":"assistant","content":"b"}],"tags":["x","y"],
            "old":[{"text":"p"}],"older":["o"],"map":[{"key":"k","value":"v"}],"deep":[["s"],["t"]],"page":{"body":"one"}}"#,
        r#"{"id":null,"messages":null,"tags":[],"old":null,"older":null,"map":null,"deep":null,"page":{"body":"two"}}"#,
        r#"{"id":3,"messages":[],"tags":[],"old":[],"older":[],"map":[],"deep":[[]],"page":{"body":null}}"#,
        r#"{"id":null,"messages":[null,{"role":null,"content":"c"}],"tags":["z"],"old":[{"text":"q"},{"text":"r"}],
            "older":["l"],"map":[{"key":"n","value":null}],"deep":[null,["u"]],"page":{"body":"four"}}"#,
    ];
    (file, records)
}

/// The texts and ids of records, or why they have none. What they have instead, the schema tells of a table.
fn told(items: &[Item]) -> Vec<String> {
    let told = |item: &Item| match item {
        Item::Document(record) => format!("{:?} {:?}", record.id, record.text),
        Item::Skipped(skipped) => {
            let detail = skipped.detail.as_deref().unwrap_or_default();
            let (_, detail) = detail.split_once(": ").unwrap_or_default();
            format!("{:?}: {}", skipped.reason, detail.split([';', '(']).next().unwrap_or_default())
        }
    };
    items.iter().map(told).collect()
}

#[test]
fn a_path_means_in_lists_and_structs_what_it_means_in_json() {
    let (file, records) = lists_and_structs();
    let lines = records.map(|record| record.replace('\n', "") + "\n").concat();
    for fields in [
        "messages[].content",
        "messages.content",
        "messages[role=assistant].content",
        "messages[role!=user].content",
        "messages[0].content",
        "messages[].content?",
        "tags",
        "old",
        "old[].text",
        "older",
        "map[].value",
        "deep",
        "deep[1]",
        "messages[role=nobody].content?",
        "page.body messages[1].content?",
        "tags old messages.content",
    ] {
        let names: Vec<String> = fields.split(' ').map(str::to_owned).collect();
        let options: SourceOptions =
            InputOptions { text_field: names.try_into().unwrap(), ..InputOptions::default() }.into();
        let mut reader = ParquetReader::open(Arc::new(temporary(&file)), "a", &options).expect(fields);
        let read: Vec<Item> = std::iter::from_fn(|| reader.next_batch()).flatten().collect();
        let mut expected = Vec::new();
        parse(&mut Block::of(lines.clone().into_bytes(), 0, 0), Format::Jsonl, "a", &options, &mut expected);
        assert_eq!((read.len(), told(&read)), (4, told(&expected)), "{fields}");
    }
}

#[test]
fn a_field_that_no_row_has_is_told_once() {
    let (file, _) = lists_and_structs();
    for (field, reason, said) in [
        (
            "messages[].body",
            Reason::MissingColumn,
            "no column `messages[].body`; name the column with --text-field, as in --text-field",
        ),
        (
            "messages",
            Reason::TextNotString,
            "is a list of objects {content, role}, but it must be text; try --text-field",
        ),
        ("page.score", Reason::TextNotString, "column `page.score` holds numbers (DOUBLE)"),
        ("nothing", Reason::MissingColumn, "`messages` list of objects {content, role}"),
    ] {
        let outcome = Outcome::of(&temporary(&file), &text_field(field));
        assert_eq!((outcome.reasons(), outcome.documents.len()), (vec![reason], 0), "{field}");
        assert!(outcome.detail().contains(said), "{field}: {}", outcome.detail());
    }
}

/// Writes each text in capitals, wherever it stands.
struct Capitals;

impl Edits for Capitals {
    fn row(&mut self, row: u64) -> RowAction {
        if row == 1 { RowAction::Drop } else { RowAction::Edit }
    }

    fn text(&mut self, _: u64, _: &str) -> String {
        unreachable!("texts are not in one column")
    }

    fn object(&mut self, _: u64, object: &str, joined: &JoinedText) -> String {
        let mut left = object.to_owned();
        for piece in &joined.pieces {
            left.replace_range(piece.literal.clone(), &object[piece.literal.clone()].to_uppercase());
        }
        left
    }
}

#[test]
fn an_edit_changes_strings_in_lists_and_nothing_else() {
    let input = temporary(&lists_and_structs().0);
    let (done, output) = copied(&input, &text_field("messages[].content?"), &mut Capitals);
    assert_eq!((done.rows, done.kept, done.edited), (4, 3, 3));
    let (mut before, after) = (values(&input), values(&output));
    before.remove(1);
    for (old, new) in [("content: \"a\"", "content: \"A\""), ("content: \"b\"", "content: \"B\"")] {
        before[0] = before[0].replace(old, new);
    }
    before[2] = before[2].replace("content: \"c\"", "content: \"C\"");
    assert_eq!(after, before);
}

#[test]
fn ids_and_values_are_taken_as_they_are_written() {
    let schema = "message m { required binary text (STRING); optional int64 id (INTEGER(64, false));
        required int32 price (DECIMAL(6, 2)); required fixed_len_byte_array(16) key (UUID); required double score; }";
    let bytes = written(
        schema,
        WriterProperties::builder(),
        &[&|group| {
            strings(group, &["a", "b", "c"]);
            column::<Int64Type>(group, &[-1, 7], Some(&[1, 0, 1]), None);
            column::<parquet::data_type::Int32Type>(group, &[12345, -5, 0], None, None);
            let keys: Vec<_> = (0..3).map(|i| ByteArray::from(vec![i; 16]).into()).collect();
            column::<parquet::data_type::FixedLenByteArrayType>(group, &keys, None, None);
            column::<parquet::data_type::DoubleType>(group, &[0.5, f64::NAN, -3.0], None, None);
        }],
    );
    let taken = |id_field: &str, value_field: &str| {
        let input = InputOptions { id_field: id_field.into(), ..InputOptions::default() };
        let options = SourceOptions::new(&input, &Keep::Max(value_field.into()));
        let outcome = Outcome::of(&temporary(&bytes), &options);
        assert_eq!(outcome.texts(), ["a", "b", "c"]);
        let shown = |value: Option<String>| value.unwrap_or_else(|| "-".into());
        outcome
            .documents
            .into_iter()
            .map(|it| [shown(it.id.map(|id| id.to_string())), shown(it.value)].join(" "))
            .collect::<Vec<_>>()
    };
    assert_eq!(taken("id", "price"), ["18446744073709551615 123.45", "- -0.05", "7 0.00"]);
    assert_eq!(taken("text", "text"), [r#"a "a""#, r#"b "b""#, r#"c "c""#]);
    assert_eq!(taken("key", "score")[1], "01010101-0101-0101-0101-010101010101 -");
    assert_eq!(taken("none", "score"), ["- 0.5", "- -", "- -3"]);
}

#[test]
fn broken_files_are_reported_with_what_is_wrong() {
    for (name, reason) in [
        ("broken/cut_half", Reason::Truncated),
        ("broken/cut_tail", Reason::Truncated),
        ("broken/empty", Reason::Truncated),
        ("broken/magic_only", Reason::Truncated),
        ("broken/magic_twice", Reason::Truncated),
        ("broken/footer_length_huge", Reason::BadHeader),
        ("broken/footer_length_0", Reason::BadHeader),
        ("broken/footer_zeroed", Reason::BadHeader),
        ("broken/is_text", Reason::WrongShape),
        ("broken/encrypted_magic", Reason::Encoding),
        ("apache/encrypt_columns_and_footer", Reason::Encoding),
        ("apache/encrypt_columns_plaintext_footer", Reason::Encoding),
        ("apache/PARQUET-1481", Reason::BadHeader),
    ] {
        let outcome = Outcome::of(&data(&format!("{name}.parquet")), &text_field("text"));
        assert_eq!((outcome.reasons(), outcome.documents.len()), (vec![reason], 0), "{name}");
    }
    let checksum =
        Outcome::of(&data("apache/rle-dict-uncompressed-corrupt-checksum.parquet"), &text_field("binary_field"));
    assert_eq!((checksum.reasons(), checksum.documents.len()), (vec![Reason::BadChecksum], 0));
    let negative = Outcome::of(&data("apache/ARROW-RS-GH-6229-DICTHEADER.parquet"), &text_field("name"));
    assert_eq!((negative.reasons(), negative.documents.len()), (vec![Reason::BadData], 0));
}

#[test]
fn damage_costs_the_row_group_that_it_is_in() {
    let outcome = Outcome::of(&data("broken/data_flip0.parquet"), &text_field("text"));
    assert_eq!(outcome.documents.iter().map(|record| record.record).collect::<Vec<_>>(), (4..12).collect::<Vec<_>>());
    assert_eq!((outcome.reasons(), outcome.skipped[0].record), (vec![Reason::BadChecksum], Some(0)));
    assert!(outcome.detail().starts_with("rows 1 to 4: "), "{}", outcome.detail());
}

#[test]
fn each_row_of_a_shared_text_is_read_without_holding_all() {
    let mut reader =
        ParquetReader::open(Arc::new(data("made/dict_expands_44mb.parquet")), "a.parquet", &text_field("text"))
            .unwrap();
    let (mut rows, mut most) = (0, 0);
    while let Some(items) = reader.next_batch() {
        rows += items.len();
        most = most.max(items.len());
    }
    assert_eq!(rows, 2000);
    assert!(most < 1200, "{most} texts of 22 KB in one batch");
}

#[test]
fn footers_that_cost_more_than_they_weigh_are_refused() {
    let nested = |depth: usize| {
        let groups = "required group g { ".repeat(depth);
        let schema = format!("message m {{ {groups} required int32 leaf; {} }}", "}".repeat(depth));
        Outcome::of(&temporary(&written(&schema, WriterProperties::builder(), &[])), &text_field("text"))
    };
    assert_eq!(nested(90).reasons(), [Reason::MissingColumn]);
    assert_eq!(nested(300).reasons(), [Reason::BadHeader]);
    assert_eq!(nested(300).detail(), "columns nest deeper than 100 levels");
    let columns = "required int32 c; ".repeat(3000);
    let schema = format!("message m {{ required group {} {{ {columns} }} }}", "n".repeat(30_000));
    let long = Outcome::of(&temporary(&written(&schema, WriterProperties::builder(), &[])), &text_field("text"));
    assert_eq!(long.detail(), "column names take more than 67108864 bytes");
}

#[test]
fn a_page_or_text_beyond_the_limit_is_refused() {
    let long = "x".repeat(70 << 20);
    let gzip = WriterProperties::builder().set_compression(Compression::GZIP(GzipLevel::default()));
    let gzip = gzip.set_dictionary_enabled(false).set_statistics_enabled(EnabledStatistics::None);
    let file =
        temporary(&written(TEXT, gzip, &[&|group| strings(group, &[&long]), &|group| strings(group, &["ab", "abc"])]));
    let small = Outcome::of(&file, &InputOptions { max_record: 2, ..InputOptions::default() }.into());
    assert_eq!((small.reasons(), small.texts()), (vec![Reason::TooLarge; 2], vec!["ab"]));
    assert_eq!(small.detail(), "row 1: a page of 73400324 bytes; raise --max-record");
    assert_eq!(small.skipped[1].detail.as_deref(), Some("row 3: longer than 2 bytes; raise --max-record"));
    assert_eq!(Outcome::of(&file, &SourceOptions::default()).documents.len(), 3);
}

/// Reads a file wholly, and rewrites it, with each of its bytes changed in turn or so. Nothing but an abort fails.
#[test]
fn no_changed_byte_brings_the_program_down() {
    let sources =
        ["made/codec_none", "made/nulls", "apache/delta_length_byte_array", "apache/data_index_bloom_encoding_stats"];
    for (name, field) in sources.iter().zip(["text", "text", "FRUIT", "String"]) {
        let mut bytes = fs::read(format!("data/parquet/{name}.parquet")).unwrap();
        let options = text_field(field);
        let mut refused = 0;
        for i in (0..bytes.len()).step_by(7) {
            let (before, new) = (bytes[i], [0x00, 0xff, 0x7f, 0x80][i % 4]);
            bytes[i] = new;
            let file = temporary(&bytes);
            let outcome = Outcome::of(&file, &options);
            let copy = rewrite(&file, io::sink(), &options, &mut Every(2));
            refused += u64::from(!outcome.skipped.is_empty() || copy.is_err());
            bytes[i] = before;
        }
        assert!(refused > 0, "{name}: no change was noticed");
    }
}

/// Drops every row whose number is divisible.
struct Every(u64);

impl Edits for Every {
    fn row(&mut self, row: u64) -> RowAction {
        if row.is_multiple_of(self.0) { RowAction::Drop } else { RowAction::Keep }
    }

    fn text(&mut self, _: u64, _: &str) -> String {
        unreachable!("no row is edited")
    }
}

/// Does to each row what its place in the list says, and writes texts in capitals.
struct Listed(Vec<RowAction>);

impl Edits for Listed {
    fn row(&mut self, row: u64) -> RowAction {
        self.0[row as usize]
    }

    fn text(&mut self, row: u64, text: &str) -> String {
        format!("{row}: {}", text.to_uppercase())
    }
}

fn copied(input: &File, options: &SourceOptions, edits: &mut dyn Edits) -> (Rewritten, File) {
    let mut output = tempfile::tempfile().unwrap();
    (rewrite(input, &mut output, options, edits).unwrap(), output)
}

fn values(file: &File) -> Vec<String> {
    let reader = SerializedFileReader::new(file.try_clone().unwrap()).unwrap();
    let rows: Result<Vec<Values>, _> = reader.get_row_iter(None).unwrap().collect();
    rows.unwrap().iter().map(ToString::to_string).collect()
}

fn metadata(file: &File) -> ParquetMetaData {
    ParquetMetaDataReader::new().parse_and_finish(file).unwrap()
}

#[test]
fn the_copy_has_the_values_and_the_schema_of_the_rows_that_stay() {
    let known = |path: &PathBuf| {
        ParquetReader::open(Arc::new(File::open(path).unwrap()), "a.parquet", &text_field("text"))
            .err()
            .is_none_or(|skipped| !matches!(skipped.reason, Reason::Encoding | Reason::BadHeader))
    };
    let mut compared = 0;
    for path in files("made").iter().chain(&files("apache")).filter(|path| known(path)) {
        let input = File::open(path).unwrap();
        let mut output = tempfile::tempfile().unwrap();
        let Ok(done) = rewrite(&input, &mut output, &text_field("text"), &mut Every(3)) else { continue };
        let (before, after) = (metadata(&input), metadata(&output));
        assert_eq!(before.file_metadata().schema(), after.file_metadata().schema(), "{}", path.display());
        assert_eq!(before.file_metadata().key_value_metadata(), after.file_metadata().key_value_metadata());
        // The crate does not show rows of every type.
        if let Ok(before) = std::panic::catch_unwind(|| values(&input)) {
            let stay: Vec<&String> =
                before.iter().zip(0_u64..).filter(|(_, row)| row % 3 != 0).map(|(it, _)| it).collect();
            assert_eq!(stay, values(&output).iter().collect::<Vec<_>>(), "{}", path.display());
            assert_eq!((done.rows, done.kept), (before.len() as u64, stay.len() as u64));
            compared += 1;
        }
    }
    assert!(compared >= 30, "only {compared} files were compared");
}

/// Texts with nulls, and lists of lists with nulls and empty ones on both levels.
fn nested() -> Vec<u8> {
    let schema = "message m { optional binary text (STRING);
        optional group l (LIST) { repeated group list { optional group element (LIST) {
            repeated group list { optional int64 element; } } } } }";
    let properties = WriterProperties::builder()
        .set_key_value_metadata(Some(vec![KeyValue::new("ARROW:schema".into(), "not looked at".to_owned())]))
        .set_compression(Compression::ZSTD(parquet::basic::ZstdLevel::default()));
    written(
        schema,
        properties,
        &[
            &|group| {
                let texts: Vec<ByteArray> = ["one", "three"].map(ByteArray::from).into();
                column::<parquet::data_type::ByteArrayType>(group, &texts, Some(&[1, 0, 1]), None);
                // [[1, null], []], null, [null, [2]]
                column::<Int64Type>(group, &[1, 2], Some(&[5, 4, 3, 0, 2, 5]), Some(&[0, 2, 1, 0, 0, 1]));
            },
            &|group| {
                column::<parquet::data_type::ByteArrayType>(group, &["four".into()], Some(&[1]), None);
                column::<Int64Type>(group, &[], Some(&[1]), Some(&[0]));
            },
        ],
    )
}

#[test]
fn an_edit_changes_the_text_and_nothing_else() {
    let input = temporary(&nested());
    let (done, output) = copied(
        &input,
        &text_field("text"),
        &mut Listed(vec![RowAction::Drop, RowAction::Edit, RowAction::Edit, RowAction::Keep]),
    );
    assert_eq!((done.rows, done.kept, done.edited), (4, 3, 1));
    let (mut before, after) = (values(&input), values(&output));
    before.remove(0);
    before[1] = before[1].replace("\"three\"", "\"2: THREE\"");
    assert_eq!(after, before);
    let after = metadata(&output);
    assert_eq!(after.num_row_groups(), 2);
    assert_eq!(after.file_metadata().key_value_metadata().unwrap()[0].key, "ARROW:schema");
    let chunk = after.row_group(0).column(1);
    assert!(matches!(chunk.compression(), Compression::ZSTD(_)) && chunk.dictionary_page_offset().is_some());
}

#[test]
fn a_copy_without_rows_is_a_file_with_the_schema() {
    let input = temporary(&nested());
    let (done, output) = copied(&input, &text_field("text"), &mut Every(1));
    assert_eq!((done.rows, done.kept, metadata(&output).num_row_groups()), (4, 0, 0));
    assert_eq!(metadata(&output).file_metadata().schema(), metadata(&input).file_metadata().schema());
    assert_eq!(Outcome::of(&output, &text_field("text")).documents.len(), 0);
}

#[test]
fn the_copy_is_the_same_every_time() {
    let bytes = |modulus| {
        let mut output = Vec::new();
        rewrite(&temporary(&nested()), &mut output, &text_field("text"), &mut Every(modulus)).unwrap();
        output
    };
    assert_eq!(bytes(2), bytes(2));
    assert_ne!(bytes(2), bytes(3));
}

#[test]
fn what_cannot_be_read_as_a_whole_is_not_copied() {
    let broken =
        rewrite(&data("broken/data_flip0.parquet"), io::sink(), &text_field("text"), &mut Every(2)).unwrap_err();
    assert_eq!(broken.kind(), io::ErrorKind::InvalidData, "{broken}");
    let no_text =
        rewrite(&temporary(&nested()), io::sink(), &text_field("body"), &mut Listed(vec![RowAction::Edit; 4]));
    assert_eq!(no_text.unwrap_err().to_string(), "there is no column of texts to change");
    assert!(rewrite(&temporary(&nested()), io::sink(), &text_field("body"), &mut Every(2)).is_ok());
}

/// A device without room.
struct Full;

impl Write for Full {
    fn write(&mut self, _: &[u8]) -> io::Result<usize> {
        Err(io::ErrorKind::StorageFull.into())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn an_error_of_the_output_is_told_from_one_of_the_input() {
    let full = rewrite(&temporary(&nested()), Full, &text_field("text"), &mut Every(2)).unwrap_err();
    assert_eq!(full.kind(), io::ErrorKind::StorageFull, "{full}");
}
