//! From text to shingle hashes, in bytes of text, for documents of 4 KB in four languages.

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use doublon_core::hash::mix;
use doublon_core::text::{Shingle, Shingler, TextOptions, TokenReader, Tokenizer, Unit};

const LANGUAGES: [(&str, &str); 4] = [
    ("en", include_str!("../data/bench/en.txt")),
    ("fr", include_str!("../data/bench/fr.txt")),
    ("ru", include_str!("../data/bench/ru.txt")),
    ("zh", include_str!("../data/bench/zh.txt")),
];
const DOCUMENTS: u64 = 64;
const BYTES: usize = 4096;

fn shingles(c: &mut Criterion) {
    for shingle in [Shingle { unit: Unit::Word, k: 5 }, Shingle { unit: Unit::Char, k: 13 }] {
        let options = TextOptions { shingle, ..TextOptions::default() };
        let mut group = c.benchmark_group(format!("shingles/{shingle}"));
        for (language, text) in LANGUAGES {
            let documents = documents(text);
            let mut reader = Tokenizer::new(options, 0).reader();
            check(&mut reader, &documents);
            let shingler = Shingler::new(options.shingle.k);
            let (mut units, mut shingles) = (Vec::new(), Vec::new());
            group.throughput(Throughput::Bytes(documents.iter().map(String::len).sum::<usize>() as u64));
            group.bench_function(language, |b| {
                b.iter(|| {
                    let mut count = 0;
                    for document in &documents {
                        units.clear();
                        shingles.clear();
                        reader.units(document, &mut units);
                        shingler.shingles(&units, &mut shingles);
                        count += shingles.len();
                    }
                    count
                });
            });
        }
    }
}

fn tokens(c: &mut Criterion) {
    let tokenizer = Tokenizer::default();
    for (language, text) in LANGUAGES {
        let mut group = c.benchmark_group(format!("tokens/{language}"));
        let documents = documents(text);
        group.throughput(Throughput::Bytes(documents.iter().map(String::len).sum::<usize>() as u64));
        let mut reader = tokenizer.reader();
        let mut hashes = Vec::new();
        group.bench_function("hashes", |b| {
            b.iter(|| {
                hashes.clear();
                for document in &documents {
                    reader.hashes(document, &mut hashes);
                }
                hashes.len()
            });
        });
        group.bench_function("with places", |b| {
            b.iter(|| documents.iter().map(|document| reader.tokens(document).len()).sum::<usize>());
        });
        group.bench_function("plain", |b| {
            b.iter(|| {
                let mut count = 0;
                for document in &documents {
                    tokenizer.for_each(document, |_, _| count += 1);
                }
                count
            });
        });
    }
}

/// Draws documents from the lines of `text`.
fn documents(text: &str) -> Vec<String> {
    let lines: Vec<&str> = text.lines().collect();
    let document = |n| {
        let mut document = String::new();
        for draw in 0u64.. {
            let line = lines[(mix(n << 32 | draw) % lines.len() as u64) as usize];
            if document.len() + line.len() > BYTES {
                break;
            }
            document.push_str(line);
            document.push('\n');
        }
        document
    };
    (1..=DOCUMENTS).map(document).collect()
}

/// Compares with the plain tokenizer what is about to be measured.
fn check(reader: &mut TokenReader, documents: &[String]) {
    let tokenizer = reader.tokenizer().clone();
    for document in documents {
        let (mut fast, mut plain) = (Vec::new(), Vec::new());
        reader.units(document, &mut fast);
        let mut words = Vec::new();
        tokenizer.for_each(document, |word, _| words.push(word.to_owned()));
        match tokenizer.options().shingle.unit {
            Unit::Word => plain.extend(words.iter().map(|word| tokenizer.hash(word))),
            Unit::Char => plain.extend(words.join(" ").split_inclusive(|_| true).map(|c| tokenizer.hash(c))),
        }
        assert_eq!(fast, plain, "{document}");
    }
}

criterion_group!(benches, shingles, tokens);
criterion_main!(benches);
