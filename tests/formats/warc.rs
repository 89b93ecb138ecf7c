//! Reads archives as a scan does, block by block, whole and broken, and holds what comes out against what is in them.

#![cfg(feature = "warc")]

use std::fs;
use std::path::Path;

use doublon::finding::InputOptions;
use doublon::finding::{Reason, Skipped};
use doublon::source::warc::{self, ArchiveCut, NextStart};
use doublon::source::{Block, Item, Record};
use proptest::prelude::*;

/// Reads an archive with a buffer that grows by `step` bytes.
fn read_by(bytes: &[u8], step: usize, options: &InputOptions) -> Vec<Item> {
    let (mut start, mut end, mut record) = (0, 0, 0);
    let mut items = Vec::new();
    loop {
        let ended = end == bytes.len();
        match warc::cut(&bytes[start..end], ended, options.max_record) {
            ArchiveCut::Records { length, records } => {
                let block = Block::of(bytes[start..start + length].to_vec(), record, start as u64);
                warc::records(&block, "a.warc", &options.clone().into(), &mut items);
                (start, record) = (start + length, record + records);
            }
            ArchiveCut::More(wanted) => {
                assert!(!ended, "there is no more to be had at {start}");
                end = bytes.len().min((start + wanted).max(end + step));
            }
            ArchiveCut::Fault(fault) => {
                let mut after = fault.after;
                let next = loop {
                    match warc::next_start(&bytes[start..end], after, end == bytes.len()) {
                        NextStart::At(at) => break at,
                        NextStart::NotBefore(_) if end == bytes.len() => break end - start,
                        NextStart::NotBefore(at) => (after, end) = (at, bytes.len().min(end + step)),
                    }
                };
                items.push(Item::Skipped(Skipped {
                    source: "a.warc".into(),
                    record: Some(record),
                    offset: Some((start + fault.start) as u64),
                    reason: fault.reason,
                    detail: Some(fault.detail),
                    against: false,
                }));
                (start, record) = (start + next, record + 1);
            }
            ArchiveCut::End => return items,
        }
    }
}

/// Reads an archive with buffers of several sizes, which must make no difference.
fn read(bytes: &[u8]) -> Vec<Item> {
    let options = InputOptions::default();
    let items = read_by(bytes, bytes.len() + 1, &options);
    for step in [1, 10, 1000] {
        assert_eq!(read_by(bytes, step, &options), items, "read {step} bytes at a time");
    }
    items
}

/// The texts and, for what is none, the reasons.
fn outcome(items: &[Item]) -> Vec<Result<&str, Reason>> {
    items
        .iter()
        .map(|item| match item {
            Item::Document(document) => Ok(document.text.as_str()),
            Item::Skipped(skipped) => Err(skipped.reason),
        })
        .collect()
}

fn documents(items: &[Item]) -> Vec<&Record> {
    items.iter().filter_map(|item| if let Item::Document(document) = item { Some(document) } else { None }).collect()
}

fn fixture(name: &str) -> Vec<u8> {
    let path = Path::new("data/warc").join(name);
    fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn record(head: &str, block: &str) -> String {
    format!("WARC/1.0\r\n{head}\r\nContent-Length: {}\r\n\r\n{block}\r\n\r\n", block.len())
}

/// A record of WET: the shortest that is a document.
fn wet(text: &str) -> String {
    record("WARC-Type: conversion\r\nWARC-Record-ID: <urn:x>\r\nContent-Type: text/plain", text)
}

fn page(head: &str, body: &str) -> String {
    record(
        "WARC-Type: response\r\nContent-Type: application/http; msgtype=response",
        &format!("HTTP/1.1 200 OK\r\n{head}\r\n\r\n{body}"),
    )
}

#[test]
fn the_archives_of_warcio_are_read() {
    let example = read(&fixture("example.warc"));
    let [first] = documents(&example)[..] else { panic!("{example:?}") };
    assert!(first.text.starts_with("Example Domain\n\nThis domain is established"), "{}", first.text);
    assert_eq!(first.id.as_deref(), Some("urn:uuid:a9c51e3e-0221-11e7-bf66-0242ac120005"));
    let arc = read(&fixture("example.arc"));
    assert_eq!(documents(&arc).iter().map(|page| &page.text).collect::<Vec<_>>(), [&first.text]);
    assert_eq!(documents(&arc)[0].id.as_deref(), Some("http://example.com/"));
    let chunked = read(&fixture("chunked.warc"));
    assert!(documents(&chunked)[0].text.contains("Internet Assigned Numbers Authority"), "{chunked:?}");
    assert!(!documents(&chunked)[0].text.contains("\n0\n"), "the sizes of chunks are no text");
}

#[test]
fn f21_broken_archives_of_warcio_are_read_as_far_as_they_are_sound() {
    let wrong_chunks = read(&fixture("wrong-chunks.warc"));
    assert!(documents(&wrong_chunks)[0].text.starts_with("Example Domain"), "{wrong_chunks:?}");
    let truncated = read(&fixture("truncated.warc"));
    let truncated = outcome(&truncated);
    // The response was cut short, and other records follow it.
    assert_eq!(truncated, [Err(Reason::BadLength)]);
    let bad = read(&fixture("bad.arc"));
    assert!(outcome(&bad).contains(&Err(Reason::BadLength)), "{bad:?}");
}

#[test]
fn each_record_is_a_document_or_named_by_its_kind() {
    let archive = [
        record("WARC-Type: warcinfo", "software: x"),
        page("Content-Type: text/html", "<p>one"),
        record("WARC-Type: request", "GET / HTTP/1.1\r\n\r\n"),
        record("WARC-Type: revisit", "HTTP/1.1 200 OK\r\n\r\n"),
        page("Content-Type: image/png", "\u{89}PNG"),
        record("warc-type: resource\r\nContent-Type: text/plain\r\nX: a\r\n  b", "two"),
        record("WARC-Type: metadata\r\nContent-Type: text/plain", "three"),
        wet(""),
    ]
    .concat();
    let items = read(archive.as_bytes());
    let expected = [Ok("one"), Err(Reason::Revisit), Err(Reason::NotText), Ok("two"), Err(Reason::NotText), Ok("")];
    assert_eq!(outcome(&items), expected);
    assert!([Reason::Revisit, Reason::NotText].iter().all(|reason| !reason.is_fault()));
    let numbers: Vec<u64> = documents(&items).iter().map(|document| document.record).collect();
    assert_eq!(numbers, [1, 5, 7], "all records count");
}

#[test]
fn offset_and_length_hold_the_whole_record() {
    let records = [wet("one"), page("", "<p>two"), wet("three")];
    let archive = records.concat();
    for (document, record) in documents(&read(archive.as_bytes())).iter().zip(&records) {
        let (start, end) = (document.offset as usize, (document.offset + document.length) as usize);
        assert_eq!(&archive[start..end], record);
        let alone = Block::of(record.as_bytes().to_vec(), document.record, document.offset);
        let mut again = Vec::new();
        warc::records(&alone, "a.warc", &InputOptions::default().into(), &mut again);
        assert_eq!(documents(&again), [*document]);
    }
}

#[test]
fn f21_a_wrong_length_costs_one_record() {
    let long = "long text that a wrong length cuts. ".repeat(20);
    for length in
        ["3", "700", "760", "900", "99999", "-1", "9223372036854775807", "18446744073709551616", "12abc", "", "+720"]
    {
        let bad = format!("WARC/1.0\r\nWARC-Type: conversion\r\nContent-Length: {length}\r\n\r\n{long}\r\n\r\n");
        let archive = [wet("one"), bad, wet("two"), wet("three")].concat();
        let items = read(archive.as_bytes());
        let expected = [Ok("one"), Err(Reason::BadLength), Ok("two"), Ok("three")];
        let too_large = [Ok("one"), Err(Reason::TooLarge), Ok("two"), Ok("three")];
        assert!([expected, too_large].contains(&[0, 1, 2, 3].map(|i| outcome(&items)[i])), "{length}: {items:?}");
        let Item::Skipped(skipped) = &items[1] else { panic!("{items:?}") };
        assert_eq!((skipped.record, skipped.offset), (Some(1), Some(wet("one").len() as u64)));
    }
}

#[test]
fn f21_missing_and_superfluous_blank_lines_cost_nothing() {
    let (one, two) = (wet("one"), wet("two"));
    for archive in [
        [one.trim_end(), two.trim_end()].concat(),
        ["\r\n\r\n", &one, "\r\n\n\n\n\r\n", &two, "\r\n\r\n"].concat(),
        [one.as_str(), &two].concat().replace("\r\n", "\n"),
        [one.replace("\r\n", "\n"), two.clone()].concat(),
    ] {
        assert_eq!(outcome(&read(archive.as_bytes())), [Ok("one"), Ok("two")], "{archive:?}");
    }
}

#[test]
fn f21_broken_headers_cost_one_record() {
    let (one, two) = (wet("one"), wet("two"));
    for (bad, reason) in [
        (wet("bad").replace("WARC-Type: conversion\r\n", ""), Reason::BadHeader),
        (wet("bad").replace("WARC/1.0", "WARC/9.9"), Reason::BadHeader),
        (wet("bad").replace("WARC/1.0", "WORC/1.0"), Reason::BadHeader),
        (wet("bad").replace("\r\nContent-Type", "\r\nContent-Length: 4\r\nContent-Type"), Reason::BadHeader),
        (wet("bad").replace("Content-Length: 3\r\n", ""), Reason::BadLength),
        ("garbage\0\r\n\r\nmore of it\r\n".to_owned(), Reason::BadHeader),
        ("WARC/1.0\r\nWARC-Type: conversion\r\n".to_owned(), Reason::BadHeader),
        (format!("WARC/1.0\r\nX: {}\r\n\r\n", "x".repeat(1 << 20)), Reason::BadHeader),
        (format!("WARC/1.0\r\n{}\r\n", "X: y\r\n".repeat(1 << 18)), Reason::BadHeader),
    ] {
        let archive = [one.as_str(), &bad, &two].concat();
        let items = read_by(archive.as_bytes(), 1 << 16, &InputOptions::default());
        assert_eq!(outcome(&items), [Ok("one"), Err(reason), Ok("two")], "{:?}", &bad[..bad.len().min(200)]);
    }
    let lenient = wet("fine").replace("\r\nContent-Type", "\r\nno colon here\r\nContent-Type");
    assert_eq!(outcome(&read([one, lenient].concat().as_bytes())), [Ok("one"), Ok("fine")]);
}

#[test]
fn f21_what_is_cut_off_is_no_document() {
    let (one, two) = (wet("one"), wet("two and more"));
    for cut in 1..two.trim_end().len() {
        let archive = [&one, &two[..cut]].concat();
        assert_eq!(outcome(&read(archive.as_bytes())), [Ok("one"), Err(Reason::Truncated)], "{cut}: {archive:?}");
    }
}

#[test]
fn f21_a_record_in_a_record_is_text() {
    let inner = wet("inner");
    let archive = [wet(&format!("about\n{inner}archives")), wet("two")].concat();
    assert_eq!(documents(&read(archive.as_bytes())).len(), 2);
}

#[test]
fn f21_a_large_record_is_passed_over_without_being_kept() {
    let options = InputOptions { max_record: 1000, ..InputOptions::default() };
    let archive = [wet("one"), wet(&"large ".repeat(100_000)), wet("two")].concat();
    assert_eq!(outcome(&read_by(archive.as_bytes(), 500, &options)), [Ok("one"), Err(Reason::TooLarge), Ok("two")]);
    let head = wet(&"large ".repeat(100_000));
    assert!(matches!(warc::cut(&head.as_bytes()[..20_000], false, 1000), ArchiveCut::Fault(_)), "the header is enough");
}

#[test]
fn f39_names_of_records_are_only_names() {
    for uri in ["../../etc/passwd", "/etc/passwd", "C:\\x", "\u{1b}[31m", &"x".repeat(9000)] {
        let head = format!("WARC-Type: conversion\r\nWARC-Target-URI: {uri}\r\nContent-Type: text/plain");
        let items = read(record(&head, "text").as_bytes());
        assert_eq!(documents(&items)[0].id.as_deref(), Some(uri));
    }
}

#[test]
fn arc_faults_cost_one_record() {
    let line = |length: &str| format!("http://a.example/{length} x 192.0.2.1 20200102030405 text/plain {length}\n");
    let good = |text: &str| format!("{}{text}\n", line(&text.len().to_string()));
    let description = "filedesc://x.arc 0.0.0.0 20200102030405 text/plain 3\n1 0\n";
    for length in ["-5", "2", "40", "abc", "99999999999999999999"] {
        let bad = format!("{}some text that is bad\n", line(length));
        let archive = [description, &good("one"), &bad, &good("two")].concat();
        let items = read(archive.as_bytes());
        assert_eq!(outcome(&items), [Ok("one"), Err(Reason::BadLength), Ok("two")], "{length}");
    }
    let cut = good("one") + &good("two and more")[..70];
    assert_eq!(outcome(&read(cut.as_bytes())), [Ok("one"), Err(Reason::Truncated)]);
}

#[test]
fn the_first_bytes_tell_an_archive() {
    for start in ["WARC/1.0\r\nWARC-Type: warcinfo\r\n", "filedesc://x.arc 0.0.0.0 20200102030405 text/plain 3\n"] {
        assert!(warc::is_archive(start.as_bytes()), "{start}");
    }
    for start in ["", "WARC", "WARC/1.0 is a format\n", "http://a.example/ is a page\n", "<html>"] {
        assert!(!warc::is_archive(start.as_bytes()), "{start}");
    }
}

proptest! {
    #[test]
    fn any_bytes_are_an_archive_of_some_kind(pieces in prop::collection::vec(prop::sample::select(&[
        "WARC/1.0\r\n", "WARC/1.1\n", "WARC-Type: conversion\r\n", "WARC-Type: response\r\n", "Content-Length: 5\r\n",
        "Content-Length: 40\r\n", "Content-Length: 9999999999999\r\n", "Content-Type: application/http\r\n", "\r\n", "\n",
        "\r\n\r\n", "HTTP/1.1 200 OK\r\n", "Transfer-Encoding: chunked\r\n", "Content-Encoding: gzip\r\n", "5\r\nhello\r\n",
        "hello", "\0", "é", "http://a.example/ 192.0.2.1 20200102030405 text/html 5\n", "x", "WARC/",
    ][..]), 0..30), step in 1_usize..200) {
        let bytes = pieces.concat().into_bytes();
        let options = InputOptions::default();
        let items = read_by(&bytes, bytes.len() + 1, &options);
        prop_assert_eq!(&read_by(&bytes, step, &options), &items);
        for document in documents(&items) {
            prop_assert!(document.offset + document.length <= bytes.len() as u64);
        }
    }

    #[test]
    fn any_damage_is_survived(at in 0_usize..5000, byte: u8, cut in 0_usize..5000) {
        let mut bytes = fixture("example.warc");
        let length = bytes.len();
        bytes[at % length] = byte;
        bytes.truncate(cut.max(at % length));
        let options = InputOptions::default();
        prop_assert_eq!(read_by(&bytes, 100, &options), read_by(&bytes, length, &options));
    }
}
