//! Captures of web archives: their addresses and dates in reports, and which of several stays.

#![allow(clippy::unwrap_used)] // helpers of tests fail like tests

use std::io::{Read, Write};

use serde_json::{Value, json};

use crate::bench::{Bench, lines, words};

const PAGE: &str = "<title>Members &amp; guests</title><p>The rowing club meets at the slipway on Mondays, and spare oars \
                    hang in the shed to the left of the crane. Please log the boat before you take it out.</p>";

/// A record of a response, with a status line and headers as they stand.
fn capture(number: u32, url: &str, date: &str, status: &str) -> String {
    capture_of(PAGE, number, url, date, status)
}

fn capture_of(page: &str, number: u32, url: &str, date: &str, status: &str) -> String {
    let block = format!("HTTP/1.1 {status}\r\nContent-Type: text/html\r\nX-Rank: {number}\r\n\r\n{page}");
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
fn revisits_are_told_where_captures_went() {
    let bench = bench();
    let (_, told) = bench.expect(0, "clean in --out out");
    assert!(!told.contains("revisit"), "{told}");
    let revisit = capture(4, "http://club.example/", "2025-04-01T00:00:00Z", "200 OK").replace("response", "revisit");
    bench.write("in/more.warc", revisit);
    let (_, told) = bench.expect(0, "clean in --out more");
    assert!(told.contains("1 revisit record may refer to records that went: removed.jsonl names them"), "{told}");
    assert!(bench.read("more/more.warc").contains("WARC-Type: revisit"));
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

/// Compresses each record with a dictionary, and begins the file with it, as it is or compressed.
fn with_dictionary(records: &[String], dictionary: &[u8], is_compressed: bool) -> Vec<u8> {
    let content = if is_compressed { zstd::encode_all(dictionary, 19).unwrap() } else { dictionary.to_vec() };
    let mut file = [&0x184D_2A5D_u32.to_le_bytes()[..], &(content.len() as u32).to_le_bytes(), &content].concat();
    for record in records {
        let mut encoder = zstd::Encoder::with_dictionary(Vec::new(), 3, dictionary).unwrap();
        encoder.write_all(record.as_bytes()).unwrap();
        file.extend(encoder.finish().unwrap());
    }
    file
}

#[test]
fn archives_with_a_dictionary_are_read_and_copied_with_it() {
    let page = |n: u32| capture(n, &format!("http://a.example/{n}"), "2025-01-01T00:00:00Z", "200 OK");
    let samples: Vec<String> = (100..600).map(page).collect();
    let dictionary = zstd::dict::from_samples(&samples, 4096).unwrap();
    let records = [1, 2, 3].map(page);
    for is_compressed in [false, true] {
        let bench = Bench::with(&[("in/note.txt", "one")]);
        let file = with_dictionary(&records, &dictionary, is_compressed);
        bench.write("in/a.warc.zst", &file);
        let (_, told) = bench.expect(0, "clean in --out out");
        assert!(told.contains("4 = 2 kept + 2 removed"), "{told}");
        let copy = std::fs::read(bench.path("out/a.warc.zst")).unwrap();
        let (stored, frames) = copy.split_at(stored_length(&file));
        assert_eq!(stored, &file[..stored.len()], "the dictionary stands where it stood");
        let mut text = String::new();
        zstd::Decoder::with_dictionary(frames, &dictionary).unwrap().read_to_string(&mut text).unwrap();
        assert_eq!(text, records[0]);
        assert!(frames.len() < 400, "it is used: {} bytes", frames.len());
        bench.write("in/a.warc.zst", &file[stored_length(&file)..]);
        let (out, _) = bench.expect(3, "scan in");
        assert!(out.contains("needs dictionary: 1"), "{out}");
    }
}

/// The bytes of the frame with which a file begins.
fn stored_length(file: &[u8]) -> usize {
    8 + u32::from_le_bytes(file[4..8].try_into().unwrap()) as usize
}

#[test]
fn long_windows_are_read_within_the_memory() {
    let text = "The weather mast on the hill was painted red and white again last week, after years of only white.";
    let mut encoder = zstd::Encoder::new(Vec::new(), 1).unwrap();
    encoder.window_log(28).unwrap();
    for n in 0..2 {
        writeln!(encoder, "{}", json!({"id": n, "text": text})).unwrap();
    }
    let bench = Bench::new();
    bench.write("in/a.jsonl.zst", encoder.finish().unwrap());
    let (out, _) = bench.expect(0, "scan in --level documents");
    assert!(out.contains("2 = 1 kept + 1 removed + 0 skipped"), "{out}");
    bench.expect(0, "clean in --out out");
    bench.expect(3, "scan in --memory 128MiB --format json -o found");
    let skipped = lines(&bench.read("found")).into_iter().find(|line| line["type"] == "skipped").unwrap();
    let why = "a window of 256 MiB, more than the 128 MiB that are allowed; raise --memory";
    assert!(skipped["detail"].as_str().unwrap().contains(why), "{skipped}");
}

/// A gzip member that a program would not write again: it has a name and is not compressed.
fn member(content: &str) -> Vec<u8> {
    let level = flate2::Compression::none();
    let mut out = flate2::GzBuilder::new().filename("record").write(Vec::new(), level);
    out.write_all(content.as_bytes()).unwrap();
    out.finish().unwrap()
}

fn unpacked(bytes: &[u8]) -> String {
    let mut text = String::new();
    flate2::read::MultiGzDecoder::new(bytes).read_to_string(&mut text).unwrap();
    text
}

#[test]
fn members_of_records_that_stay_are_copied_as_they_are_stored() {
    let own = |n: u32| {
        let (page, url) = (words(u64::from(n) * 50, 40), format!("http://a.example/{n}"));
        capture_of(&page, n, &url, "2025-01-01T00:00:00Z", "200 OK")
    };
    let copy = |n| capture(n, "http://b.example/", "2025-01-01T00:00:00Z", "200 OK");
    let bench = Bench::new();
    let clean = |parts: &[Vec<u8>]| {
        bench.write("in/a.warc.gz", parts.concat());
        bench.expect(0, "clean in --out out --overwrite");
        std::fs::read(bench.path("out/a.warc.gz")).unwrap()
    };
    let alone = [copy(1), own(2), copy(3), own(4), copy(5)].map(|record| member(&record));
    assert_eq!(clean(&alone), [&alone[0][..], &alone[1], &alone[3]].concat());
    // Zeros may stand between members, and are no part of one.
    let padded = [alone[0].clone(), vec![0; 512], alone[2].clone(), alone[3].clone()];
    assert_eq!(clean(&padded), [&padded[0][..], &padded[3]].concat());
    let shared = [member(&(copy(1) + &own(2))), member(&(copy(3) + &own(4))), member(&own(5))];
    let out = clean(&shared);
    assert_eq!(unpacked(&out), copy(1) + &own(2) + &own(4) + &own(5));
    assert!(out.ends_with(&shared[2]), "the record that has a member of its own");
}

/// A page of a site: an article between a menu and a list of what else there is.
#[cfg(feature = "article")]
fn page(title: &str, article: &str, others: u64) -> String {
    let links = |first: u64| (0..40).map(move |n| format!("<li><a href=\"/{n}\">{}</a></li>", words(first + 7 * n, 5)));
    let (menu, list): (String, String) = (links(others).collect(), links(others + 1000).collect());
    format!(
        "<html><head><title>{title}</title></head><body><nav><ul>{menu}</ul></nav><main><article><h1>{title}</h1><p>{}</p>\
         </article></main><aside><ul>{list}</ul></aside></body></html>",
        article.replace(" / ", "</p><p>")
    )
}

#[cfg(feature = "article")]
#[test]
fn a_story_is_found_again_under_another_menu() {
    let story = format!("{}, and so it went on. / {}, as was said.", words(1, 90), words(300, 90));
    let captures = [(1, 5000), (2, 9000)].map(|(number, others)| {
        let url = format!("http://paper.example/{number}");
        capture_of(&page("The story", &story, others), number, &url, "2025-01-01T00:00:00Z", "200 OK")
    });
    let bench = Bench::with(&[("in/crawl.warc", &captures.concat())]);
    bench.write("pages/1.html", page("The story", &story, 5000)).write("pages/2.html", page("The story", &story, 9000));
    for place in ["in", "pages"] {
        let found = |page: &str| bench.expect(0, &format!("scan {place} --level documents --html {page}")).0;
        assert!(found("visible").contains("2 = 2 kept + 0 removed"), "{place}: {}", found("visible"));
        assert!(found("article").contains("2 = 1 kept + 1 removed"), "{place}: {}", found("article"));
    }
    let copied = bench.expect(0, "clean in --html article --out out").1;
    assert!(copied.contains("2 = 1 kept + 1 removed"), "{copied}");
}
