//! Duplicate documents from files to clusters, in bytes of JSON Lines, on a corpus with known duplicates.

#![allow(clippy::unwrap_used)] // a bench that cannot write its input has nothing to measure

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use doublon::finding::Findings;
use doublon::finding::InputOptions;
use doublon::scan::{Resources, scan};
use doublon::{Config, Level};
use generator::{Corpus, Mix, Options, Truth};

#[path = "generator/mod.rs"]
#[allow(dead_code)] // each user of the generator uses a part of it
mod generator;

const THREADS: [usize; 2] = [1, 2];

/// What is known of the corpus before it is scanned.
#[derive(Default)]
struct Planted {
    /// Documents that resemble an original at least as much as the threshold.
    duplicates: u64,
    /// Documents with something in common with others, of which this is not known.
    others: u64,
}

fn documents(c: &mut Criterion) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("docs.jsonl");
    let planted = write_corpus(&path);
    let mut group = c.benchmark_group("documents");
    group.sample_size(10);
    group.throughput(Throughput::Bytes(path.metadata().unwrap().len()));
    let paths = [path];
    for threads in THREADS {
        planted.check(&find(&paths, threads));
        group.bench_function(BenchmarkId::new("threads", threads), |b| {
            b.iter(|| find(&paths, threads).summary.removed);
        });
    }
}

fn find(paths: &[PathBuf], threads: usize) -> Findings {
    let parameters = Config::builder().level(Level::Documents).build().unwrap();
    let resources = Resources { threads, ..Resources::default() };
    scan(paths, &parameters, &InputOptions::default(), &resources, &()).unwrap()
}

/// Writes some 50 MB, or less where nothing is measured.
fn write_corpus(path: &Path) -> Planted {
    let documents = if std::env::args().any(|argument| argument == "--bench") { 20_000 } else { 500 };
    let mut file = BufWriter::new(File::create(path).unwrap());
    let mut planted = Planted::default();
    for document in Corpus::new(Options { seed: 1, documents, words: 300, mix: Mix::default() }) {
        serde_json::to_writer(&mut file, &document).unwrap();
        file.write_all(b"\n").unwrap();
        planted.count(document.truth.as_ref());
    }
    file.flush().unwrap();
    planted
}

impl Planted {
    fn count(&mut self, truth: Option<&Truth>) {
        let threshold = Config::default().threshold;
        match truth {
            None | Some(Truth::Empty { .. }) => {}
            Some(Truth::Exact { .. } | Truth::Equal { .. }) => self.duplicates += 1,
            Some(Truth::Near { jaccard, .. }) => self.duplicates += u64::from(*jaccard >= threshold),
            Some(Truth::Chain { jaccard, .. }) if *jaccard >= threshold => self.duplicates += 1,
            Some(_) => self.others += 1,
        }
    }

    /// All but 1% of the duplicates go, and nothing that has nothing in common with another.
    fn check(&self, findings: &Findings) {
        let (removed, Self { duplicates, others }) = (findings.summary.removed, self);
        let least = duplicates - duplicates / 100;
        assert!((least..=duplicates + others).contains(&removed), "{removed} of {duplicates} + {others}");
    }
}

criterion_group!(benches, documents);
criterion_main!(benches);
