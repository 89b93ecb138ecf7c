//! Subtitles: what is said counts, in whatever format, and a cut takes cues.

#![allow(clippy::unwrap_used)] // helpers of tests fail like tests

use crate::bench::{Bench, words};

/// Eight lines that are said, of seven words each.
fn said() -> Vec<String> {
    (0..8).map(|n| words(n * 7, 7)).collect()
}

fn time(n: usize, mark: char) -> String {
    format!("00:00:{n:02}{mark}000")
}

/// One file of each format that says the same.
fn one_talk() -> [(&'static str, String); 5] {
    let said = said();
    let cues = |cue: &dyn Fn(usize, &str) -> String| -> String {
        said.iter().enumerate().map(|(n, line)| cue(n, line)).collect()
    };
    let srt = |n: usize, line: &str| format!("{}\n{} --> {}\n{line}\n\n", n + 1, time(n, ','), time(n + 1, ','));
    let vtt = |n: usize, line: &str| format!("{} --> {}\n<i>{line}</i>\n\n", time(n, '.'), time(n + 1, '.'));
    let log = |n: usize, line: &str| format!("[00:{n:02}.000 --> 00:{:02}.000]  {line}\n", n + 1);
    let ass = |n: usize, line: &str| format!("Dialogue: 0,0:00:{n:02}.00,0:00:{:02}.00,D,,0,0,0,,{line}\n", n + 1);
    [
        ("in/a.srt", cues(&srt)),
        ("in/b.vtt", format!("WEBVTT\n\n{}", cues(&vtt))),
        ("in/c.txt", said.join("\n") + "\n"),
        ("in/d.txt", cues(&log)),
        ("in/e.ass", format!("[Events]\n{}", cues(&ass))),
    ]
}

#[test]
fn one_talk_in_several_formats_is_one_document() {
    let bench = Bench::new();
    for (name, file) in one_talk() {
        bench.write(name, file);
    }
    let (out, _) = bench.expect(0, "scan in --level documents");
    assert!(out.contains("d1  4 duplicates of one document"), "{out}");
    assert!(out.contains("exact copy in/b.vtt"), "{out}");
}

#[test]
fn rolling_captions_are_cut_to_each_line_once() {
    let mut shown = Vec::new();
    // Each line comes in below the one before, stands alone, and moves up.
    let mut before = " ".to_owned();
    for line in said() {
        shown.extend([format!("{before}\n{line}"), format!("{line}\n ")]);
        before = line;
    }
    let cue =
        |(n, lines): (usize, &String)| format!("{}\n{} --> {}\n{lines}\n\n", n + 1, time(n, ','), time(n + 1, ','));
    let file: String = shown.iter().enumerate().map(cue).collect();
    let bench = Bench::new();
    bench.write("in/a.srt", file);
    bench.expect(0, "clean in --passages cut --min-words 5 --out out");
    let left = bench.read("out/a.srt");
    for line in said() {
        assert_eq!(left.matches(&line).count(), 1, "{left}");
    }
    assert_eq!(left.matches("-->").count(), 8, "cues without text go: {left}");
    let (_, told) = bench.expect(0, "clean out --passages cut --min-words 5 --dry-run");
    assert!(!told.contains("would cut"), "{told}");
}

/// A talk with an announcement that all talks have, in words.
fn talk(own: &str) -> Vec<String> {
    let text = format!(
        "Good evening and welcome to the talk about {own}. {}. This programme is brought to you by the friends of the old \
         harbour, who keep the lamps burning and the ropes dry, and who ask you to send them a postcard from wherever you \
         happen to be this winter. Now back to the {own}: {}.",
        words(own.len() as u64 * 40, 30),
        words(own.len() as u64 * 50, 12)
    );
    text.split(' ').map(str::to_owned).collect()
}

#[test]
fn a_sentence_goes_with_the_cues_that_hold_nothing_else() {
    for (ending, length) in [("srt", 7), ("srt", 8), ("vtt", 8), ("txt", 8), ("lrc", 8)] {
        let cue = |(n, words): (usize, &[String])| {
            let said = words.join(" ");
            match ending {
                "txt" | "lrc" => format!("[00:{n:02}] {said}\n"),
                _ => format!("{}\n{} --> {}\n{said}\n\n", n + 1, time(n, '.'), time(n + 1, '.')),
            }
        };
        let file = |own: &str| -> String { talk(own).chunks(length).enumerate().map(cue).collect() };
        let bench = Bench::new();
        let head = if ending == "vtt" { "WEBVTT\n\n" } else { "" };
        for own in ["bridges", "wells"] {
            bench.write(&format!("in/{own}.{ending}"), format!("{head}{}", file(own)));
        }
        bench.expect(0, "clean in --passages cut --out out");
        let left = bench.read(&format!("out/wells.{ending}"));
        let is_said = |line: &&str| line.contains(|c: char| c.is_alphabetic()) && !line.starts_with("WEBVTT");
        let said: Vec<&str> =
            left.lines().filter(is_said).map(|line| line.trim_start_matches(|c: char| !c.is_alphabetic())).collect();
        let expected = format!(
            "Good evening and welcome to the talk about wells. {}. Now back to the wells: {}.",
            words(200, 30),
            words(250, 12)
        );
        assert_eq!(said.join(" ").split_whitespace().collect::<Vec<_>>().join(" "), expected, "{left}");
        let times = left.matches("-->").count() + left.matches('[').count();
        assert_eq!(times, said.len(), "no time stands without a text: {left}");
    }
}
