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
