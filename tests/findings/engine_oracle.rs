//! The library over texts in memory finds what a scan finds over the same texts in files.

#![allow(clippy::unwrap_used)] // helpers of tests fail like tests

use std::collections::BTreeSet;
use std::fs;
use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;

use doublon::finding::{DocumentRef, Findings, Header, InputOptions, PlacedSpan, Reason, RecordId};
use doublon::report::json;
use doublon::scan::{Cancel, Progress, Resources, TextColumn, scan};
use doublon::{Config, Deduper, Error, Level, Scope};
use doublon_core::cluster::KeepOrder;
use doublon_core::kernel::{
    PairFinder, PassageRepeats, PostingLinker, PostingMaker, RepeatAligner, SketchRows, TextBatch, WordBatch, extent,
};
use doublon_core::text::Tokenizer;
use doublon_core::verify::Overlap;
use doublon_core::{SharedPassage, Sketcher, Span, compare, repeats};

use crate::generator::{Corpus, Mix, Options};

/// A pair of documents with what was measured: Jaccard similarity and both containments, as bits.
type PairBits = (usize, usize, [u64; 3]);

/// A passage at two places: documents and bytes, words, and the bits of the identity.
type Passage = ([(usize, usize, usize); 2], usize, u64);

/// The texts of the tests' corpora, each corpus with a name.
fn corpora() -> Vec<(&'static str, Vec<String>)> {
    let read = |path: &str| fs::read_to_string(path).unwrap();
    let texts_of = |jsonl: &str| {
        // One line of the archive is broken.
        let record = |line: &str| {
            let value: serde_json::Value = serde_json::from_str(line).ok()?;
            value["text"].as_str().map(Into::into)
        };
        read(jsonl).lines().filter_map(record).collect()
    };
    let handbook = ["backup", "install", "upgrade"].map(|name| read(&format!("data/handbook/{name}.md")));
    let mix =
        Mix { exact: 60, equal: 60, near: 220, chain: 80, template: 160, quote: 80, repeat: 60, short: 60, empty: 20 };
    let generated = Corpus::new(Options { seed: 9, documents: 250, words: 120, mix }).map(|document| document.text);
    vec![
        ("seed", vec![read("data/seed/article.txt")]),
        ("archive", texts_of("data/archive/news.jsonl")),
        ("handbook", handbook.to_vec()),
        ("generated", generated.collect()),
    ]
}

fn configs() -> Vec<Config> {
    let builders = [
        Config::builder(),
        Config::builder().pairs(true).threshold(0.6).min_words(8),
        Config::builder().containment(0.9).inside_duplicates(true),
        Config::builder().shingle("char:13".parse().unwrap()).seed(7).scope(Scope::Within),
    ];
    builders.map(|builder| builder.build().unwrap()).into()
}

/// Scans the texts as the lines of one file; the record of each is its number.
fn scan_texts(texts: &[&str], config: &Config) -> Findings {
    let folder = tempfile::tempdir().unwrap();
    let path: PathBuf = folder.path().join("texts.jsonl");
    let line = |text: &&str| serde_json::json!({ "text": text }).to_string() + "\n";
    fs::write(&path, texts.iter().map(line).collect::<String>()).unwrap();
    scan(&[path], config, &InputOptions::default(), &Resources::default(), &()).unwrap()
}

fn number(doc: &DocumentRef) -> usize {
    usize::try_from(doc.record).unwrap()
}

/// Hands the texts to a [`Deduper`] one by one.
fn push_texts(texts: &[&str], config: &Config, threads: usize) -> Findings {
    let mut dedup = Deduper::new(config.clone()).threads(threads).memory(64 << 20);
    for text in texts {
        dedup.push("", text).unwrap();
    }
    let mut findings = Findings::default();
    let summary = dedup.finish(&mut findings).unwrap();
    assert_eq!(summary, findings.summary);
    findings
}

/// Texts that stay where they are.
struct HeldTexts(Vec<String>);

impl TextColumn for HeldTexts {
    fn len(&self) -> usize {
        self.0.len()
    }

    fn text(&self, row: usize) -> Result<&str, Reason> {
        self.0.get(row).map(String::as_str).ok_or(Reason::MissingText)
    }
}

/// Hands the texts to a [`Deduper`] as two columns, with one text between that comes by itself.
fn push_columns(texts: &[&str], config: &Config, threads: usize) -> Findings {
    let mut dedup = Deduper::new(config.clone()).threads(threads);
    let half = texts.len() / 2;
    let column = |texts: &[&str]| Arc::new(HeldTexts(texts.iter().map(|&text| text.to_owned()).collect()));
    dedup.push_column(column(&texts[..half])).unwrap();
    let rest = texts[half..].split_first().map_or(texts, |(text, rest)| {
        dedup.push_row(None, Some(text)).unwrap();
        rest
    });
    dedup.push_column(column(rest)).unwrap();
    let mut findings = Findings::default();
    dedup.finish(&mut findings).unwrap();
    findings
}

/// The findings as they are saved, without the header and with no name for the source.
fn saved_without_source(findings: Findings) -> String {
    let source = findings.header.sources.first().map(|source| source.path.clone()).unwrap_or_default();
    let mut out = Vec::new();
    json::write(&Findings { header: Header::default(), ..findings }, &mut out).unwrap();
    String::from_utf8(out).unwrap().replace(&format!("\"source\":\"{source}\""), "\"source\":\"\"")
}

#[test]
fn texts_in_memory_give_the_findings_of_the_same_texts_in_a_file() {
    for ((name, texts), config) in corpora().iter().flat_map(|corpus| configs().into_iter().map(move |c| (corpus, c))) {
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        // The offset at which a record without a word stands is known of files only.
        let mut scanned = scan_texts(&texts, &config);
        for skipped in &mut scanned.skipped {
            skipped.offset = None;
        }
        let scanned = saved_without_source(scanned);
        for threads in [1, 3] {
            assert_eq!(saved_without_source(push_texts(&texts, &config, threads)), scanned, "{name}");
            assert_eq!(saved_without_source(push_columns(&texts, &config, threads)), scanned, "{name}, as columns");
        }
    }
}

/// The parts of the texts that a kernel is given at a time.
fn batches<'t>(texts: &'t [&'t str], size: usize) -> Vec<(Range<u32>, TextBatch<'t>)> {
    let starts = (0u32..).step_by(size);
    starts.zip(texts.chunks(size)).map(|(start, texts)| (start..start + texts.len() as u32, texts.into())).collect()
}

/// What the kernels find: (removed, keeper), pairs, passages.
struct Found {
    removed: BTreeSet<(usize, usize)>,
    pairs: BTreeSet<PairBits>,
    passages: BTreeSet<Passage>,
}

fn measures(overlap: Overlap) -> [u64; 3] {
    [overlap.jaccard(), overlap.containment_a(), overlap.containment_b()].map(f64::to_bits)
}

fn by_kernel(texts: &[&str], size: usize, config: &Config) -> Found {
    let sketcher = Sketcher::new(config);
    let (mut rows, mut scratch) = (SketchRows::default(), sketcher.scratch());
    for (_, batch) in batches(texts, size) {
        sketcher.sketch(&batch, &mut rows, &mut scratch);
    }
    let mut finder = PairFinder::new(config);
    finder.decide(&texts.into(), &rows, &KeepOrder::default());
    let of_copies = finder.copies().iter().map(|copy| {
        let keeper = finder.selected().keepers.get(&copy.first).map_or(copy.first, |&(keeper, _)| keeper);
        (copy.doc as usize, keeper as usize)
    });
    let keepers = &finder.selected().keepers;
    let near = (0..texts.len() as u32).filter_map(|doc| Some((doc as usize, keepers.get(&doc)?.0 as usize)));
    let removed: BTreeSet<(usize, usize)> = near.chain(of_copies).collect();
    let pairs = finder.selected().pairs.iter();
    let pairs = pairs.map(|pair| (pair.earlier as usize, pair.later as usize, measures(pair.overlap)));
    let pairs = pairs.filter(|&(_, _, measured)| measured != [1.0f64.to_bits(); 3]).collect();
    let is_removed = |doc: u32| removed.iter().any(|&(removed, _)| removed == doc as usize);
    let is_included = |doc: u32| config.inside_duplicates || !is_removed(doc);
    let passages = passages_by_kernel(texts, size, config, is_included);
    Found { removed, pairs, passages }
}

fn passages_by_kernel(
    texts: &[&str],
    size: usize,
    config: &Config,
    is_included: impl Fn(u32) -> bool,
) -> BTreeSet<Passage> {
    let parts = batches(texts, size);
    let words = WordBatch::new(parts.iter().map(|&(_, batch)| batch), config);
    let (mut postings, mut candidates, mut found) = (Vec::new(), Vec::new(), PassageRepeats::default());
    let mut maker = PostingMaker::new(config);
    for (docs, _) in parts {
        for doc in docs.filter(|&doc| is_included(doc)) {
            maker.postings(&words, doc..doc + 1, &mut postings);
        }
    }
    PostingLinker::new(config).link(&words, &mut postings, &mut candidates);
    RepeatAligner::new(words.vocabulary(), config).align(&words, &candidates, &mut found);
    let mut reader = Tokenizer::new(config.text, config.seed).reader();
    let mut spans = |doc: u32, range: Range<usize>| {
        let text = texts[doc as usize];
        let words: Vec<Span> = reader.tokens(text).iter().map(|token| token.span).collect();
        let Span { start, end } = extent(text, &words, &range);
        (doc as usize, start, end)
    };
    let mut passage = |n: usize| {
        let repeat = &found.listed[n];
        let places = [&repeat.a, &repeat.b].map(|place| spans(place.doc, place.words()));
        (places, repeat.words(), found.identity(repeat).to_bits())
    };
    (0..found.listed.len()).map(&mut passage).collect()
}

fn removed_by_scan(found: &Findings) -> BTreeSet<(usize, usize)> {
    let clusters = found.clusters.iter();
    let members = clusters.flat_map(|cluster| cluster.members.iter().map(|member| (&member.doc, &cluster.keep)));
    members.map(|(doc, keep)| (number(doc), number(keep))).collect()
}

/// The pairs listed, without those of copies: of the same words, all measures are 1.
fn pairs_of_scan(found: &Findings) -> BTreeSet<PairBits> {
    let pairs = found.pairs.iter().map(|pair| {
        let measured = [pair.jaccard, pair.containment_a, pair.containment_b].map(f64::to_bits);
        (number(&pair.a), number(&pair.b), measured)
    });
    pairs.filter(|&(_, _, measured)| measured != [1.0f64.to_bits(); 3]).collect()
}

fn passages_of_scan(found: &Findings) -> BTreeSet<Passage> {
    let place = |span: &PlacedSpan| (number(&span.doc), span.start, span.end);
    let matches = found.matches.iter();
    matches.map(|found| ([place(&found.a), place(&found.b)], found.words, found.identity.to_bits())).collect()
}

#[test]
fn the_kernels_find_what_a_scan_finds_in_batches_of_any_size() {
    let (mut all_removed, mut all_passages) = (0, 0);
    for (name, texts) in corpora() {
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        for config in configs() {
            let scanned = scan_texts(&texts, &config);
            let (removed, passages) = (removed_by_scan(&scanned), passages_of_scan(&scanned));
            for size in [1, 7, 4096] {
                let found = by_kernel(&texts, size, &config);
                assert_eq!(found.removed, removed, "{name} in batches of {size} with {config:?}");
                assert_eq!(found.passages, passages, "{name} in batches of {size} with {config:?}");
                if config.pairs {
                    assert_eq!(found.pairs, pairs_of_scan(&scanned), "{name} in batches of {size}");
                }
            }
            all_removed += removed.len();
            all_passages += passages.len();
        }
    }
    assert!(all_removed > 200 && all_passages > 100, "{all_removed} removed, {all_passages} passages");
}

fn of_library(passage: &SharedPassage, [a, b]: [usize; 2]) -> Passage {
    let place = |doc, span: Span| (doc, span.start, span.end);
    ([place(a, passage.a), place(b, passage.b)], passage.words, passage.identity.to_bits())
}

#[test]
fn repeats_and_comparisons_are_those_of_a_scan() {
    let mut both = [0, 0];
    for (name, texts) in corpora() {
        let texts: Vec<&str> = texts.iter().map(String::as_str).take(40).collect();
        for config in configs() {
            let scanned = |texts: &[&str], scope| {
                let config = config.to_builder().level(Level::Passages).scope(scope).build().unwrap();
                passages_of_scan(&scan_texts(texts, &config))
            };
            for (n, pair) in texts.windows(2).enumerate().step_by(3) {
                let found = compare(pair[0], pair[1], &config).unwrap();
                let listed: BTreeSet<Passage> = found.passages.iter().map(|p| of_library(p, [0, 1])).collect();
                assert_eq!(listed, scanned(pair, Scope::Across), "{name} {n} with {config:?}");
                both[0] += listed.len();
            }
            for (n, text) in texts.iter().enumerate().step_by(3) {
                let found = repeats(text, &config).unwrap();
                let listed: BTreeSet<Passage> = found.iter().map(|p| of_library(p, [0, 0])).collect();
                assert_eq!(listed, scanned(&[text], Scope::Within), "{name} {n} with {config:?}");
                both[1] += listed.len();
            }
        }
    }
    assert!(both.iter().all(|&passages| passages > 0), "{both:?}");
}

#[test]
fn the_measures_of_a_comparison_are_those_of_the_pairs_of_a_scan() {
    let config = Config::builder().pairs(true).threshold(0.3).recall(0.9).level(Level::Documents).build().unwrap();
    for (name, texts) in corpora() {
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        for pair in scan_texts(&texts, &config).pairs {
            let found = compare(texts[number(&pair.a)], texts[number(&pair.b)], &config).unwrap();
            let measured = [found.jaccard(), found.containment_a(), found.containment_b()];
            let told = [pair.jaccard, pair.containment_a, pair.containment_b];
            assert_eq!(measured.map(f64::to_bits), told.map(f64::to_bits), "{name}");
        }
    }
}

/// Ends a run when a phase of it begins.
struct EndsAt {
    phase: &'static str,
    cancel: Cancel,
}

impl Progress for EndsAt {
    fn phase(&self, name: &str, _: Option<u64>) {
        if name == self.phase {
            self.cancel.cancel();
        }
    }

    fn advance(&self, _: u64) {}
}

#[test]
fn a_run_that_is_ended_early_fails_in_each_phase() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("texts.jsonl");
    let text = |n: usize| (0..60).map(|word| format!("w{}", (n / 2 * 7 + word) % 90)).collect::<Vec<_>>().join(" ");
    let line = |n: usize| serde_json::json!({ "text": text(n) }).to_string() + "\n";
    fs::write(&path, (0..40).map(line).collect::<String>()).unwrap();
    for phase in ["reading", "comparing documents", "comparing passages", "none"] {
        let cancel = Cancel::default();
        let resources = Resources { cancel: cancel.clone(), ..Resources::default() };
        let input = InputOptions::default();
        let found =
            scan(std::slice::from_ref(&path), &Config::default(), &input, &resources, &EndsAt { phase, cancel });
        assert_eq!(matches!(found, Err(Error::Cancelled)), phase != "none", "{phase}");
        assert!(phase != "none" || !found.unwrap().matches.is_empty(), "there are passages to be compared");
    }
}

#[test]
fn a_row_without_a_text_is_skipped_and_keeps_its_number() {
    let mut dedup = Deduper::new(Config::default());
    dedup.push_row(RecordId::of_json("7"), None).unwrap();
    dedup.push_row(RecordId::of_json("8"), Some("A text of some words.")).unwrap();
    dedup.push_row(RecordId::of_json("9"), Some("A text of some words.")).unwrap();
    let mut findings = Findings::default();
    let summary = dedup.finish(&mut findings).unwrap();
    assert_eq!((summary.documents, summary.kept, summary.removed), (3, 1, 1));
    assert_eq!((findings.skipped[0].record, findings.skipped[0].reason), (Some(0), Reason::MissingText));
    let cluster = &findings.clusters[0];
    assert_eq!((cluster.keep.record, cluster.members[0].doc.record), (1, 2));
    assert_eq!(cluster.keep.id.as_ref().map(RecordId::is_string), Some(false));
}
