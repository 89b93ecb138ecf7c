//! The join of one band: which documents share a key, in keys, by one thread over the whole range of keys,
//! with memory that is used again, as the bands of a scan do.

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use doublon_core::candidate::lsh::Joiner;
use doublon_core::hash::mix;

/// Millions of keys.
const MILLIONS: [usize; 2] = [1, 10];

fn join(c: &mut Criterion) {
    let mut group = c.benchmark_group("join");
    group.sample_size(10);
    for millions in MILLIONS {
        let keys = keys(millions * keys_of_a_million());
        check(&keys);
        group.throughput(Throughput::Elements(keys.len() as u64));
        group.bench_with_input(BenchmarkId::from_parameter(format!("{millions}M")), &keys, |b, keys| {
            let mut joiner = Joiner::new();
            b.iter(|| joiner.buckets(keys, 0..1 << 32, |_| true).iter().count());
        });
    }
}

/// How many keys stand for a million: where nothing is measured, fewer are enough.
fn keys_of_a_million() -> usize {
    if std::env::args().any(|argument| argument == "--bench") { 1_000_000 } else { 10_000 }
}

/// Random keys of which every tenth repeats an earlier one; at 10 million some more collide by accident.
fn keys(count: usize) -> Vec<u32> {
    let distinct = count * 9 / 10;
    (0..count).map(|n| (mix((n % distinct) as u64 + 1) >> 32) as u32).collect()
}

/// Compares with sorting what is about to be measured.
fn check(keys: &[u32]) {
    let mut sorted = keys.to_vec();
    sorted.sort_unstable();
    let repeated = sorted.chunk_by(|x, y| x == y).filter(|group| group.len() > 1);
    let expected = repeated.fold((0, 0), |(groups, keys), group| (groups + 1, keys + group.len()));
    let found = Joiner::new().buckets(keys, 0..1 << 32, |_| true);
    assert!(expected.0 >= keys.len() / 10 - keys.len() / 1000, "{expected:?} of {} measure nothing", keys.len());
    assert_eq!((found.iter().count(), found.iter().map(<[u32]>::len).sum()), expected);
}

criterion_group!(benches, join);
criterion_main!(benches);
