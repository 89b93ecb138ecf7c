//! Captures of web archives: their addresses and dates in reports, and which of several stays.

#![allow(clippy::unwrap_used)] // helpers of tests fail like tests

use serde_json::{Value, json};

use crate::bench::{Bench, lines};

const PAGE: &str = "<title>Members &amp; guests</title><p>The rowing club meets at the slipway on Mondays, and spare oars \
                    hang in the shed to the left of the crane. Please log the boat before you take it out.</p>";

/// A record of a response, with a status line and headers as they stand.
fn capture(number: u32, url: &str, date: &str, status: &str) -> String {
    let block = format!("HTTP/1.1 {status}\r\nContent-Type: text/html\r\nX-Rank: {number}\r\n\r\n{PAGE}");
    format!(
        "WARC/1.1\r\nWARC-Type: response\r\nWARC-Record-ID: <urn:uuid:{number}>\r\nWARC-Target-URI: {url}\r\n\
         WARC-Date: {date}\r\nContent-Type: application/http; msgtype=response\r\nContent-Length: {}\r\n\r\n{block}\r\n\r\n",
        block.len()
    )
}

/// Three captures of a page: the first was refused, the second is the newest.
fn bench() -> Bench {
    let captures = [
        capture(1, "http://club.example/?sid=1", "2025-01-01T00:00:00Z", "403 Forbidden"),
        capture(2, "http://club.example/", "2025-02-01T00:00:00Z", "200 OK"),
        capture(3, "http://club.example/", "2025-03-01T00:00:00Z", "200 OK"),
    ];
    Bench::with(&[("in/crawl.warc", &captures.concat())])
}

fn cluster(bench: &Bench, arguments: &str) -> Value {
    bench.expect(0, &format!("scan in --level documents --format json -o found {arguments}"));
    lines(&bench.read("found")).into_iter().find(|line| line["type"] == "document_cluster").unwrap()
}

#[test]
fn a_capture_is_named_by_its_address_and_date() {
    let bench = bench();
    let (out, _) = bench.expect(0, "scan in --level documents");
    assert!(out.contains("in/crawl.warc:3 (http://club.example/, 2025-03-01T00:00:00Z)"), "{out}");
    let keep = cluster(&bench, "")["keep"].clone();
    let expected = json!({"source": "in/crawl.warc", "record": 1, "id": "urn:uuid:2", "title": "Members & guests",
        "url": "http://club.example/", "date": "2025-02-01T00:00:00Z"});
    assert_eq!(keep, expected);
    bench.expect(0, "clean in --out out");
    assert_eq!(bench.removed("out")[0]["doc"]["url"], "http://club.example/?sid=1");
}

#[test]
fn what_a_server_refused_stays_only_if_nothing_else_does() {
    let bench = bench();
    assert_eq!(cluster(&bench, "")["keep"]["record"], 1);
    assert_eq!(cluster(&bench, "--keep max:warc.date")["keep"]["record"], 2);
    assert_eq!(cluster(&bench, "--keep min:WARC-Date")["keep"]["record"], 1, "the first of those that were sent");
    assert_eq!(cluster(&bench, "--keep max:http.x-rank --threads 1")["keep"]["record"], 2);
    assert_eq!(cluster(&bench, "--keep longest")["keep"]["record"], 1);
    let refused = [1, 2].map(|number| capture(number, "http://a.example/", "2025-01-01T00:00:00Z", "404 Not Found"));
    bench.write("in/crawl.warc", refused.concat());
    assert_eq!(cluster(&bench, "")["keep"]["record"], 0);
}

#[test]
fn fields_of_both_headers_can_be_ids() {
    let bench = bench();
    let id = |field: &str| cluster(&bench, &format!("--id-field {field}"))["keep"]["id"].clone();
    assert_eq!(id("WARC-Target-URI"), "http://club.example/");
    assert_eq!(id("warc.url"), "http://club.example/");
    assert_eq!(id("http.status"), "200");
    let (_, told) = bench.expect(0, "scan in --level documents --id-field http.nothing");
    assert!(told.contains("no record has the field `http.nothing`"), "{told}");
}

#[test]
fn records_of_json_have_a_title_an_address_and_a_date() {
    let text = "The weather mast on the hill was painted red and white again last week, after years of only white.";
    let record = |n: u32| json!({"url": format!("http://a.example/{n}"), "title": "Mast", "date": 2020, "text": text});
    let all = [record(1), record(2)].map(|record| record.to_string() + "\n").concat();
    let bench = Bench::with(&[("in/a.jsonl", &all)]);
    let expected = json!({"source": "in/a.jsonl", "record": 0, "title": "Mast", "url": "http://a.example/1"});
    assert_eq!(cluster(&bench, "")["keep"], expected);
    // Read again where they are reported, and taken from lists whose fields are looked for with care.
    assert_eq!(cluster(&bench, "--memory 64MiB")["keep"], expected);
    assert_eq!(cluster(&bench, "--text-field text --text-field author?")["keep"], expected);
    assert_eq!(cluster(&bench, "--id-field title")["keep"]["id"], "Mast");
}
