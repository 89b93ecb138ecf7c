//! The kernels allocate nothing once their buffers are as large as the texts need.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

use doublon_core::cluster::KeepOrder;
use doublon_core::hash::mix;
use doublon_core::kernel::{
    Measurer, PairFinder, PassageRepeats, PostingLinker, PostingMaker, RepeatAligner, SketchRows, TextBatch, WordBatch,
};
use doublon_core::{Config, Sketcher};

/// Counts the allocations of each thread.
struct CountingAllocator;

thread_local! {
    static COUNT: Cell<usize> = const { Cell::new(0) };
}

fn count() {
    // A thread that ends has no counter any more, and nobody asks for it.
    let _ = COUNT.try_with(|count| count.set(count.get() + 1));
}

// SAFETY: all calls go to the system's allocator as they are.
unsafe impl GlobalAlloc for CountingAllocator {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count();
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        unsafe { System.dealloc(pointer, layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        count();
        unsafe { System.realloc(pointer, layout, size) }
    }
}

#[global_allocator]
static ALLOCATOR: CountingAllocator = CountingAllocator;

fn allocations(work: impl FnOnce()) -> usize {
    let before = COUNT.get();
    work();
    COUNT.get() - before
}

/// Texts of which some are copies, some near copies, very many share a template, and some repeat a line over and over.
fn texts() -> Vec<String> {
    let word = |n: u64| format!("w{}", mix(n + 1) % 5000);
    let run = |from: u64, words: u64| (from..from + words).map(word).collect::<Vec<_>>().join(" ");
    let copies = (0..60).map(|n| format!("{} {}", run(n % 20 * 1000, 80), if n < 40 { "" } else { "end" }));
    let of_template = (0..300).map(|n| format!("{} {}", run(1 << 40, 200), run(50_000 + n * 100, 3)));
    let part = |n: u64, part: u64| format!("{} new{n}x{part}", run(part * 50 + n % 2, 29));
    let edited = (0..10).map(|n| (0..8).map(|of_text| part(n, of_text)).collect::<Vec<_>>().join(" "));
    let lines = [3, 30].map(|words| format!("{} ", run(70_000, words)).repeat(25));
    copies.chain(of_template).chain(edited).chain(lines).collect()
}

#[test]
fn the_second_batch_allocates_nothing() {
    for config in [
        Config::builder(),
        Config::builder().pairs(true),
        Config::builder().containment(0.9),
        Config::builder().shingle("char:13".parse().expect("valid")),
    ] {
        let config = config.build().expect("valid");
        let all = texts();
        let all: Vec<&str> = all.iter().map(String::as_str).collect();
        let texts = TextBatch::from(all.as_slice());
        let words = WordBatch::new([texts], &config);
        let (sketcher, order) = (Sketcher::new(&config), KeepOrder::default());
        let (mut rows, mut scratch, mut keys) = (SketchRows::default(), sketcher.scratch(), Vec::new());
        let (mut finder, mut measurer) = (PairFinder::new(&config), Measurer::new(&config));
        let (mut pairs, mut overlaps) = (Vec::new(), Vec::new());
        let (mut maker, mut linker) = (PostingMaker::new(&config), PostingLinker::new(&config));
        let (mut postings, mut candidates) = (Vec::new(), Vec::new());
        let (mut aligner, mut repeats) = (RepeatAligner::new(words.vocabulary(), &config), PassageRepeats::default());
        let mut removed = 0;
        let mut counts = [[0; 6]; 2];
        for counted in &mut counts {
            counted[0] = allocations(|| {
                rows.clear();
                sketcher.sketch(&texts, &mut rows, &mut scratch);
                keys.clear();
                sketcher.wide_keys(&texts, &mut keys, &mut scratch);
            });
            counted[1] = allocations(|| finder.decide(&texts, &rows, &order));
            removed = finder.copies().len() + finder.selected().keepers.len();
            counted[2] = allocations(|| {
                finder.start(&texts, &rows, &order);
                while finder.next_pairs(&texts, &mut pairs) {
                    overlaps.clear();
                    measurer.measure(&texts, &pairs, &mut overlaps);
                    finder.settle(&overlaps);
                }
            });
            assert_eq!(removed, finder.copies().len() + finder.selected().keepers.len());
            counted[3] = allocations(|| {
                postings.clear();
                maker.postings(&words, 0..all.len() as u32, &mut postings);
            });
            counted[4] = allocations(|| {
                candidates.clear();
                linker.link(&words, &mut postings, &mut candidates);
            });
            counted[5] = allocations(|| {
                repeats.clear();
                aligner.align(&words, &candidates, &mut repeats);
            });
        }
        assert!(removed > 300 && !candidates.is_empty(), "{removed} of {}", all.len());
        let with_runs = repeats.listed.iter().filter(|repeat| repeats.runs(repeat).count() > 1).count();
        let within = repeats.listed.iter().filter(|repeat| repeat.a.doc == repeat.b.doc).count();
        assert!(with_runs > 20 && within > 20, "{with_runs} repeats with changes, {within} within a text");
        assert!(counts[0].iter().all(|&count| count > 0), "the counter counts: {counts:?}");
        assert_eq!(counts[1], [0; 6], "sketch, decide, pairs and measure, postings, link, align");
    }
}
