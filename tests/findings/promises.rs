//! The promises P1 to P7 that the README makes of duplicate documents, each tried where it is hardest to keep.

#![allow(clippy::unwrap_used)] // helpers of tests fail like tests

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use doublon::Config;
use doublon::finding::{DocumentPair, Findings, Reason};
use tempfile::TempDir;

use crate::generator::{self, Corpus, Generated, Mix, Options, Random};
use crate::oracle::{Oracle, documents, number, removals, scan_documents, serialised, write_corpus};

fn corpus(seed: u64, documents: u64) -> Vec<Generated> {
    Corpus::new(Options { seed, documents, words: 80, mix: Mix::default() }).collect()
}

fn oracle(documents: &[Generated]) -> Oracle {
    Oracle::of(documents.iter().map(|document| document.text.as_str()))
}

fn with_pairs() -> Config {
    Config::builder().pairs(true).build().unwrap()
}

/// Scans documents that are written to so many files of a fresh folder.
fn found(documents: &[Generated], files: usize, parameters: &Config) -> Findings {
    let folder = TempDir::new().unwrap();
    scan_documents(&write_corpus(folder.path(), documents, files), parameters, 2)
}

fn shuffle<T>(items: &mut [T], random: &mut Random) {
    for last in (1..items.len()).rev() {
        items.swap(last, random.below(last + 1));
    }
}

/// P1: all that a folder holds, to the byte, with the times at which it was changed.
fn snapshot(folder: &Path) -> BTreeMap<PathBuf, (Vec<u8>, SystemTime)> {
    let mut files = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(snapshot(&path));
        }
        let bytes = if path.is_dir() { Vec::new() } else { fs::read(&path).unwrap() };
        let changed = fs::metadata(&path).unwrap().modified().unwrap();
        files.insert(path, (bytes, changed));
    }
    files
}

#[test]
fn p1_a_scan_changes_no_input() {
    let folder = TempDir::new().unwrap();
    write_corpus(folder.path(), &corpus(1, 60), 2);
    write_bad_lines(&folder.path().join("bad.jsonl"));
    fs::create_dir(folder.path().join("texts")).unwrap();
    fs::write(folder.path().join("texts/one.txt"), "ein Text \r\n").unwrap();
    fs::write(folder.path().join("texts/two.txt"), b"no text \xff\xfe").unwrap();
    let old = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000_000);
    for path in snapshot(folder.path()).into_keys() {
        fs::File::open(path).unwrap().set_modified(old).unwrap();
    }
    let before = snapshot(folder.path());
    scan_documents(&[folder.path().into()], &with_pairs(), 2);
    assert!(before == snapshot(folder.path()), "a scan changed a file in the folder that it read");
    assert!(before.values().all(|(_, changed)| *changed == old), "the times were not set");
}

#[test]
fn p2_what_is_removed_names_what_is_kept() {
    for seed in 1..4 {
        let findings = found(&corpus(seed, 300), 3, &Config::default());
        let (removed, keepers): (Vec<usize>, BTreeSet<usize>) = removals(&findings).into_iter().unzip();
        let distinct: BTreeSet<usize> = removed.iter().copied().collect();
        assert!(!removed.is_empty());
        assert_eq!(distinct.len(), removed.len(), "seed {seed}: a document is removed twice");
        assert!(distinct.is_disjoint(&keepers), "seed {seed}: a document is kept and removed");
    }
}

#[test]
fn p2_one_of_each_text_or_one_like_it_stays() {
    let documents = corpus(4, 300);
    let removed: BTreeMap<usize, usize> = removals(&found(&documents, 3, &Config::default())).into_iter().collect();
    let oracle = oracle(&documents);
    for doc in (0..oracle.len()).filter(|&doc| !oracle.is_empty_text(doc)) {
        let mut others = (0..oracle.len()).filter(|other| !removed.contains_key(other));
        let stays = others.any(|kept| kept == doc || oracle.jaccard(doc, kept) >= 0.8);
        assert!(stays, "nothing like document {doc} stays: {:?}", documents[doc].text);
    }
}

/// P3: texts of which each resembles the next, and none resembles the one after that.
fn chain(seed: u64) -> (Vec<Generated>, Oracle) {
    let documents: Vec<Generated> = generator::chain(seed, 6, 600, 840).collect();
    let oracle = oracle(&documents);
    (1..oracle.len()).for_each(|b| assert!(oracle.jaccard(b - 1, b) >= 0.8, "the chain is broken before {b}"));
    (2..oracle.len()).for_each(|b| assert!(oracle.jaccard(b - 2, b) < 0.8, "the chain is too close at {b}"));
    (documents, oracle)
}

#[test]
fn p3_a_chain_is_cut_where_the_similarity_ends() {
    for seed in 1..5 {
        let removed = removals(&found(&chain(seed).0, 1, &Config::default()));
        assert_eq!(removed, [(1, 0), (3, 2), (5, 4)], "seed {seed}: every second link stays");
    }
}

#[test]
fn p3_a_middle_link_that_comes_first_removes_both_ends() {
    for seed in 1..5 {
        let (chain, _) = chain(seed);
        let middle_first = documents([1, 0, 2].map(|link: usize| chain[link].text.clone()));
        assert_eq!(removals(&found(&middle_first, 1, &Config::default())), [(1, 0), (2, 0)], "seed {seed}");
    }
}

#[test]
fn p3_no_order_of_a_chain_removes_what_is_too_far_from_the_kept_one() {
    let mut random = Random::new(3, 0);
    for seed in 1..5 {
        let mut links = chain(seed).0;
        for order in 0..6 {
            shuffle(&mut links, &mut random);
            let shuffled = documents(links.iter().map(|link| link.text.clone()));
            let oracle = oracle(&shuffled);
            for (doc, keeper) in removals(&found(&shuffled, 2, &with_pairs())) {
                let jaccard = oracle.jaccard(doc, keeper);
                assert!(jaccard >= 0.8, "seed {seed}, order {order}: {doc} goes for {keeper} at {jaccard}");
            }
        }
    }
}

/// Lines that are documents, of which two are equal and two are empty, and lines that are none.
fn write_bad_lines(path: &Path) {
    let lines: [&[u8]; 14] = [
        br#"{"id":"a","text":"the one document of this file"}"#,
        br#"{"id":"b","text":"cut off"#,
        b"",
        br#"{"id":"c","body":"no text"}"#,
        br#"{"id":"d","text":17}"#,
        br#"{"id":"e","text":null}"#,
        br#"["text"]"#,
        b"{\"id\":\"f\",\"text\":\"\xff\xfe\"}",
        br#"{"id":"g","text":""}"#,
        br#"{"id":"h","text":" ... "}"#,
        br#"{"id":"i","text":"twice","text":"twice"}"#,
        b"   \t",
        br#"{"id":"j","text":"The one document, of this file."}"#,
        b"plain words",
    ];
    fs::write(path, lines.join(&b'\n')).unwrap();
}

#[test]
fn p4_every_line_is_kept_removed_or_skipped_with_its_reason() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("bad.jsonl");
    write_bad_lines(&path);
    let findings = scan_documents(&[path], &Config::default(), 2);
    let skipped: Vec<(u64, Reason)> =
        findings.skipped.iter().map(|skipped| (skipped.record.unwrap(), skipped.reason)).collect();
    let expected = [
        (1, Reason::InvalidJson),
        (3, Reason::MissingText),
        (4, Reason::TextNotString),
        (5, Reason::TextNotString),
        (6, Reason::NotAnObject),
        (7, Reason::InvalidUtf8),
        (8, Reason::Empty),
        (10, Reason::DuplicateKey),
        (13, Reason::InvalidJson),
    ];
    assert_eq!(skipped, expected);
    let summary = &findings.summary;
    assert_eq!((summary.documents, summary.kept, summary.removed), (12, 2, 1));
}

#[test]
fn p4_the_sum_holds_for_folders_with_bad_lines() {
    for seed in 1..4 {
        let folder = TempDir::new().unwrap();
        write_corpus(folder.path(), &corpus(seed, 200), 4);
        let bad = ["part-000-bad.jsonl", "part-002-bad.jsonl"].map(|name| folder.path().join(name));
        for path in &bad {
            write_bad_lines(path);
        }
        fs::write(folder.path().join("empty.jsonl"), "").unwrap();
        fs::write(folder.path().join("text.txt"), "plain text").unwrap();
        fs::write(folder.path().join("blank.txt"), " \n").unwrap();

        let findings = scan_documents(&[folder.path().into()], &Config::default(), 2);
        let summary = &findings.summary;
        let listed: usize = findings.clusters.iter().map(|cluster| cluster.members.len()).sum();
        assert_eq!(summary.documents, 200 + 2 * 12 + 2, "seed {seed}: {summary:?}");
        assert_eq!(summary.documents, summary.kept + summary.removed + summary.skipped.values().sum::<u64>());
        assert_eq!(summary.removed, listed as u64, "seed {seed}");
        assert_eq!(summary.skipped, by_reason(&findings), "seed {seed}");
        assert_eq!(summary.skipped["invalid_json"], 4, "seed {seed}");
    }
}

fn by_reason(findings: &Findings) -> BTreeMap<String, u64> {
    let mut counts = BTreeMap::new();
    for skipped in &findings.skipped {
        *counts.entry(skipped.reason.name().to_owned()).or_insert(0) += 1;
    }
    counts
}

/// P5: a folder with duplicates, bad lines and plain texts, and its files.
fn folder_of_all_kinds(seed: u64) -> (TempDir, Vec<PathBuf>) {
    let folder = TempDir::new().unwrap();
    let mut paths = write_corpus(folder.path(), &corpus(seed, 400), 7);
    let add = |name: &str| folder.path().join(name);
    paths.extend([add("bad.jsonl"), add("q.txt"), add("z.txt")]);
    write_bad_lines(&paths[7]);
    fs::write(&paths[8], "The one document of this file").unwrap();
    fs::write(&paths[9], b"no text \xff").unwrap();
    (folder, paths)
}

#[test]
fn p5_findings_are_the_same_for_any_number_of_threads() {
    for seed in 1..4 {
        let (_folder, paths) = folder_of_all_kinds(seed);
        let with = |threads| serialised(&scan_documents(&paths, &with_pairs(), threads));
        let one = with(1);
        assert!(one.contains("document_cluster") && one.contains("document_pair") && one.contains("skipped"));
        for threads in [2, 8, 0] {
            assert!(one == with(threads), "seed {seed}: {threads} threads find something else than one");
        }
    }
}

#[test]
fn p5_findings_are_the_same_for_any_order_of_the_files() {
    let mut random = Random::new(5, 0);
    let (folder, mut paths) = folder_of_all_kinds(9);
    let sorted = serialised(&scan_documents(&paths, &with_pairs(), 2));
    let named = |paths: &[PathBuf]| serialised(&scan_documents(paths, &with_pairs(), 2));
    assert!(sorted == named(&[folder.path().into()]), "the folder and its files differ");
    for _ in 0..4 {
        shuffle(&mut paths, &mut random);
        assert!(sorted == named(&paths), "another order has other findings: {paths:?}");
    }
    let twice = [&paths[..], &[folder.path().into(), paths[3].clone()]].concat();
    assert!(sorted == named(&twice), "a file that is named twice is read twice");
}

#[test]
fn p6_of_equal_documents_the_first_stays_however_they_are_spread() {
    let mut random = Random::new(6, 0);
    for copies in [2, 3, 50, 200] {
        for files in [1, 2, 7] {
            let other = Generated::clone(&corpus(6, 1)[0]);
            let mut texts: Vec<String> = generator::equal(6, copies, 60).map(|document| document.text).collect();
            texts.extend([other.text, String::new()]);
            shuffle(&mut texts, &mut random);
            let first = texts.iter().position(|text| texts.iter().filter(|t| t == &text).count() > 1).unwrap();

            let shuffled = documents(texts);
            let expected =
                (0..shuffled.len()).filter(|&doc| doc != first && shuffled[doc].text == shuffled[first].text);
            let expected: Vec<(usize, usize)> = expected.map(|doc| (doc, first)).collect();
            let findings = found(&shuffled, files, &Config::default());
            assert_eq!(removals(&findings), expected, "{copies} copies in {files} files");
            assert!(findings.clusters[0].members.iter().all(|member| member.exact));
            assert_eq!(findings.summary.kept, 2, "the first copy and the other document");
        }
    }
}

#[test]
fn p6_the_first_of_equal_files_stays_in_any_order_of_the_paths() {
    let folder = TempDir::new().unwrap();
    let names = ["B.txt", "a", "a.txt", "a/b.txt", "a1.txt", "z/a.txt", "é.txt"];
    let paths: Vec<PathBuf> = names.iter().filter(|name| **name != "a").map(|name| folder.path().join(name)).collect();
    for path in &paths {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, "the same text in each of the files").unwrap();
    }
    let mut random = Random::new(6, 1);
    let mut shuffled = paths.clone();
    for _ in 0..5 {
        shuffle(&mut shuffled, &mut random);
        let findings = scan_documents(&shuffled, &Config::default(), 2);
        assert_eq!(findings.clusters.len(), 1);
        assert_eq!(Path::new(&*findings.clusters[0].keep.source), paths[0]);
        assert_eq!(findings.clusters[0].members.len(), paths.len() - 1);
    }
}

#[test]
fn p6_equal_documents_are_tied_by_one_pair_each() {
    let findings = found(&generator::equal(6, 5000, 40).collect::<Vec<_>>(), 3, &with_pairs());
    let pairs: Vec<(usize, usize)> = findings.pairs.iter().map(|pair| (number(&pair.a), number(&pair.b))).collect();
    assert!(pairs.iter().copied().eq((1..5000).map(|doc| (0, doc))), "{} pairs", pairs.len());
    assert_eq!((findings.summary.kept, findings.summary.removed), (1, 4999));
}

#[test]
fn p6_no_crowd_of_pages_is_too_big() {
    let pages: Vec<Generated> = generator::pages(6, 3000, 120, 4).collect();
    let findings = found(&pages, 2, &Config::default());
    assert_eq!(findings.clusters.len(), 1, "all pages resemble the first");
    assert_eq!((number(&findings.clusters[0].keep), findings.summary.removed), (0, 2999));

    let pages: Vec<Generated> = generator::pages(6, 3000, 60, 60).collect();
    let findings = found(&pages, 2, &Config::default());
    assert_eq!(findings.summary.removed, 0, "half of each page is its own");
}

#[test]
fn p7_short_texts_are_duplicates_if_and_only_if_they_are_equal() {
    let short: Vec<Generated> = generator::short(7, 3000).collect();
    let oracle = oracle(&short);
    let expected: Vec<(usize, usize)> =
        (0..short.len()).filter(|&doc| oracle.first[doc] != doc).map(|doc| (doc, oracle.first[doc])).collect();
    let findings = found(&short, 3, &with_pairs());
    let removed: BTreeMap<usize, usize> = removals(&findings).into_iter().collect();
    assert!(expected.len() > 100, "{} equal texts try nothing", expected.len());
    assert_eq!(removed.into_iter().collect::<Vec<_>>(), expected);
    assert_eq!(findings.summary.kept, (short.len() - expected.len()) as u64);
    assert_eq!(findings.pairs.len(), expected.len());
    let of_equals = |pair: &DocumentPair| pair.jaccard >= 1.0 && pair.containment_a >= 1.0 && pair.containment_b >= 1.0;
    assert!(findings.pairs.iter().all(of_equals), "equal texts are measured as unequal: {:?}", findings.pairs);
}

#[test]
fn p7_one_word_is_enough_to_differ() {
    let texts =
        ["word", "ward", "Word!", "word word", "wor\u{ad}d", "東", "東京", "京", "東.", "7", "07", "word, ward"];
    let findings = found(&documents(texts), 1, &with_pairs());
    assert_eq!(removals(&findings), [(2, 0), (4, 0), (8, 5)]);
    assert_eq!(findings.summary.kept, 9);
}

#[test]
fn p7_a_short_text_is_no_duplicate_of_a_long_one_that_holds_it() {
    let texts = ["one two three four", "one two three four five", "one two three", "one two three four five six"];
    assert_eq!(removals(&found(&documents(texts), 1, &with_pairs().to_builder().threshold(0.6).build().unwrap())), []);
}

#[test]
fn p7_texts_without_a_word_are_compared_by_their_characters() {
    let texts = ["", "", "…", "…", " \n", "\u{feff}", "\u{301}", "🜚", "a", "a"];
    let findings = found(&documents(texts), 2, &with_pairs());
    assert_eq!(removals(&findings), [(3, 2), (9, 8)]);
    assert_eq!(findings.summary.skipped, BTreeMap::from([("empty".to_owned(), 5)]));
    assert_eq!(findings.pairs.len(), 2);
}
