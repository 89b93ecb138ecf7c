//! `--memory` is a ceiling, whatever the input is made of: the inputs here are those that once took many times as much.

#![allow(clippy::unwrap_used)] // helpers of tests fail like tests

use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::Path;

use crate::generator::Random;
use crate::program::scan;

/// The least budget that the program accepts.
const BUDGET: &str = "64MiB";

/// What it may take with that, in kB: 64 MiB more.
const CEILING: u64 = (64 + 64) << 10;

/// Scans what `write` writes at a level, with a budget and without one.
fn keeps_below_its_ceiling(level: &str, least: u64, write: impl FnOnce(&mut BufWriter<File>)) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("docs.jsonl");
    let mut file = BufWriter::new(File::create(&path).unwrap());
    write(&mut file);
    file.flush().unwrap();
    drop(file);
    let (with, without) = (folder.path().join("with"), folder.path().join("without"));
    let held = scan(level, &path, &with, &["--memory", BUDGET, "--tmp", folder.path().to_str().unwrap()]);
    let free = scan(level, &path, &without, &[]);
    assert_eq!((held.0, free.0), (Some(0), Some(0)));
    assert!(free.1 > least, "{} kB without a budget: too little to measure one", free.1);
    assert!(held.1 <= CEILING, "{} kB with a budget of {BUDGET}, {} kB without", held.1, free.1);
    assert!(same(&with, &without), "the findings differ");
}

fn same(a: &Path, b: &Path) -> bool {
    fs::read(a).unwrap() == fs::read(b).unwrap()
}

fn write_text(file: &mut BufWriter<File>, text: &str) {
    writeln!(file, "{}", serde_json::json!({ "text": text })).unwrap();
}

#[test]
fn words_that_occur_once_stay_below_the_ceiling() {
    keeps_below_its_ceiling("passages", 3 * CEILING, |file| {
        let mut word = 0_u32;
        let passage: Vec<String> = (0..40).map(|n| format!("passage{n}")).collect();
        for n in 0..10_000 {
            let mut next = || {
                word += 1;
                format!("{:x}", word.wrapping_mul(2_654_435_761))
            };
            let mut words: Vec<String> = (0..400).map(|_| next()).collect();
            // Of 100 texts one has a passage that others have, with a word of its own.
            if n % 100 == 0 {
                let mut passage = passage.clone();
                passage[20] = next();
                words.splice(200..200, passage);
            }
            write_text(file, &words.join(" "));
        }
    });
}

#[test]
fn a_text_of_one_word_stays_below_the_ceiling() {
    keeps_below_its_ceiling("passages", CEILING, |file| write_text(file, &"mot ".repeat(3_000_000)));
}

#[test]
fn lines_that_texts_share_stay_below_the_ceiling() {
    keeps_below_its_ceiling("passages", CEILING, |file| {
        let mut random = Random::new(6, 0);
        let mut line = || (0..24).map(|_| format!("w{}", random.below(20_000))).collect::<Vec<_>>().join(" ");
        let lines: Vec<String> = (0..1000).map(|_| line()).collect();
        let mut random = Random::new(7, 0);
        for _ in 0..5000 {
            let text: Vec<&str> = (0..20).map(|_| lines[random.below(lines.len())].as_str()).collect();
            write_text(file, &text.join("\n"));
        }
    });
}

#[test]
fn many_short_texts_stay_below_the_ceiling() {
    keeps_below_its_ceiling("documents", CEILING, |file| {
        let mut random = Random::new(8, 0);
        for _ in 0..700_000 {
            let words: [usize; 6] = std::array::from_fn(|_| random.below(30_000));
            let words = words.map(|word| format!("w{word}"));
            writeln!(file, "{{\"text\":\"{}\"}}", words.join(" ")).unwrap();
        }
    });
}
