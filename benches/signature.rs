//! Signatures, in shingles, for each path of this CPU.

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use doublon_core::hash::mix;
use doublon_core::sketch::{MinHasher, Tiles};

fn signatures(c: &mut Criterion) {
    for len in [60, 64, 128] {
        let mut group = c.benchmark_group(format!("signature/{len}"));
        for path in Tiles::available() {
            for count in [30, 1000] {
                let hasher = MinHasher::with_path(len, 0, path);
                let shingles: Vec<u64> = (1..=count).map(mix).collect();
                let mut signature = vec![0; len];
                hasher.sign(&shingles, &mut signature);
                assert_eq!(signature, plain(len, &shingles), "{path:?}");
                group.throughput(Throughput::Elements(count));
                group.bench_with_input(BenchmarkId::new(format!("{path:?}"), count), &shingles, |b, shingles| {
                    b.iter(|| {
                        hasher.sign(shingles, &mut signature);
                        signature[0]
                    });
                });
            }
        }
    }
}

fn plain(len: usize, shingles: &[u64]) -> Vec<u32> {
    let mut signature = vec![0; len];
    MinHasher::with_path(len, 0, Tiles::Plain).sign(shingles, &mut signature);
    signature
}

criterion_group!(benches, signatures);
criterion_main!(benches);
