//! Mail: what a person wrote counts, without headers and whatever the encoding, and quotes can be cut.

#![allow(clippy::unwrap_used)] // helpers of tests fail like tests

use crate::bench::{Bench, words};

fn message(number: u64, encoding: &str, body: &str) -> String {
    format!(
        "From: p{number}@a.example\r\nDate: Mon, 3 Mar 2025 10:0{number}:00 +0000\r\nSubject: The lamp\r\n\
         Message-ID: <{number}@a.example>\r\nContent-Type: text/plain; charset=utf-8\r\n\
         Content-Transfer-Encoding: {encoding}\r\n\r\n{body}\r\n"
    )
}

/// Breaks a text into lines of some words.
fn wrapped(text: &str, words: usize, mark: &str) -> String {
    let all: Vec<&str> = text.split(' ').collect();
    let lines: Vec<String> = all.chunks(words).map(|line| format!("{mark}{}\r\n", line.join(" "))).collect();
    lines.concat()
}

#[test]
fn the_same_words_are_one_document_however_they_were_sent() {
    let text = format!("{} café {}.", words(0, 30), words(30, 30));
    let quoted = wrapped(&text.replace('é', "=C3=A9"), 5, "").replace("\r\n", " =\r\n");
    let bench = Bench::with(&[("in/a.eml", &message(1, "8bit", &wrapped(&text, 9, "")))]);
    bench.write("in/b.eml", message(2, "quoted-printable", &quoted));
    bench.write("in/c.eml", message(3, "8bit", &wrapped(&text, 7, "> ")));
    let (out, _) = bench.expect(0, "scan in --level documents");
    assert!(out.contains("d1  2 duplicates of one document") && out.contains("The lamp"), "{out}");
}

#[test]
fn quotes_of_a_thread_go_with_their_marks() {
    let [first, second, third] = [0, 1, 2].map(|n| words(n * 100, 40) + ".");
    let wrote = "On Monday somebody wrote:\r\n";
    let bench = Bench::with(&[("in/1.eml", &message(1, "7bit", &wrapped(&first, 8, "")))]);
    let reply = wrapped(&second, 8, "") + "\r\n" + wrote + "\r\n" + &wrapped(&first, 6, "> ");
    bench.write("in/2.eml", message(2, "7bit", &reply));
    let quotes = wrapped(&second, 7, "> ") + ">\r\n> " + wrote + ">\r\n" + &wrapped(&first, 5, "> > ");
    bench.write("in/3.eml", message(3, "7bit", &(wrapped(&third, 8, "") + "\r\n" + &quotes)));
    let (_, told) = bench.expect(0, "clean in --passages cut --out out");
    assert!(told.contains("3 cut"), "{told}");
    assert_eq!(bench.read("out/1.eml"), bench.read("in/1.eml"));
    assert_eq!(bench.read("out/2.eml"), message(2, "7bit", &(wrapped(&second, 8, "") + "\r\n" + wrote + "\r\n")));
    let left = bench.read("out/3.eml");
    assert!(left.contains(&wrapped(&third, 8, "")) && !left.contains("> >") && !left.contains(&second[..20]), "{left}");
}

/// The line that begins a message of a folder.
fn from_line(number: u64) -> String {
    format!("From p{number}@a.example Mon Mar  3 10:0{number}:00 2025\r\n")
}

/// A message of a folder, with the blank line behind it.
fn filed(number: u64, body: &str) -> String {
    from_line(number) + &message(number, "8bit", body) + "\r\n"
}

#[test]
fn messages_of_a_folder_are_documents_and_go_whole() {
    let text = wrapped(&words(0, 60), 9, "");
    let quoted = format!(
        "{text}>From the start.\r\n\r\nFrom there on it was 10:00.\r\n>>From {}",
        wrapped(&words(100, 9), 9, "")
    );
    let folder = [filed(1, &text), filed(2, &quoted), filed(3, &text), filed(4, &wrapped(&words(200, 60), 9, ""))];
    let bench = Bench::with(&[("in/a.mbox", &folder.concat())]);
    // A folder may have no ending.
    bench.write("in/sent", [&*folder[1], &*filed(5, "Own.\r\n"), &*folder[0]].concat());
    let (found, _) = bench.expect(0, "scan in --level documents --format json");
    assert!(found.contains(r#""id":"3@a.example","title":"The lamp","date":"2025-03-03T10:03:00Z""#), "{found}");
    let (_, told) = bench.expect(0, "clean in --out out");
    assert_eq!(bench.read("out/a.mbox"), [&*folder[0], &*folder[1], &*folder[3]].concat(), "{told}");
    assert_eq!(bench.read("out/sent"), filed(5, "Own.\r\n"));
    let (_, told) = bench.expect(0, "clean in --out max --keep max:date");
    assert_eq!(bench.read("max/a.mbox"), [&*folder[1], &*folder[2], &*folder[3]].concat(), "{told}");
}

#[test]
fn quotes_in_a_folder_go_with_their_marks() {
    let [first, second] = [0, 1].map(|n| words(n * 100, 40) + ".");
    let original = wrapped(&first, 8, "") + "\r\n>From here on it is another matter.\r\n";
    let wrote = "\r\nOn Monday somebody wrote:\r\n\r\n";
    let reply = |quote: &str| wrapped(&second, 8, "") + wrote + quote;
    let folder = filed(1, &original) + &filed(2, &reply(&wrapped(&first, 6, "> "))) + &filed(3, "Another.\r\n");
    let bench = Bench::with(&[("in/a.mbox", &folder)]);
    let (_, told) = bench.expect(0, "clean in --passages cut --out out");
    assert_eq!(
        bench.read("out/a.mbox"),
        filed(1, &original) + &filed(2, &reply("")) + &filed(3, "Another.\r\n"),
        "{told}"
    );
}

#[test]
fn what_is_no_message_is_told_and_stays() {
    let text = wrapped(&words(0, 60), 9, "");
    let large = filed(5, &wrapped(&words(500, 3000), 9, ""));
    let folder =
        [filed(1, &text), from_line(2) + "\r\nno header\r\n\r\n", large, filed(3, &text), filed(4, "Last.\r\n")];
    let bench = Bench::with(&[("in/a.mbox", &folder.concat())]);
    let (found, _) = bench.expect(3, "scan in --max-record 4096");
    assert!(found.contains("message 2: it has no header"), "{found}");
    assert!(found.contains("message 3: longer than 4096 bytes; raise --max-record"), "{found}");
    bench.expect(3, "clean in --out out --max-record 4096");
    assert_eq!(bench.read("out/a.mbox"), [&*folder[0], &*folder[1], &*folder[2], &*folder[4]].concat());
    bench.write("text.mbox", "Dear all,\n\nthis is no folder.\n");
    let (found, _) = bench.expect(3, "scan text.mbox");
    assert!(found.contains("the file is no folder of mail: it does not begin with `From `"), "{found}");
}
