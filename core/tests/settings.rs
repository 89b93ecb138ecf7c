//! No settings that are accepted let any text panic.

use doublon_core::cluster::KeepOrder;
use doublon_core::kernel::{PairFinder, SketchRows, TextBatch};
use doublon_core::sketch::WindowParameters;
use doublon_core::text::{Shingle, TextOptions, Unit};
use doublon_core::{Builder, Config, Scope, Signature, Sketcher, compare, repeats};
use proptest::prelude::*;

/// Shares, the smallest and the largest that there are among them.
fn share() -> impl Strategy<Value = f64> {
    prop_oneof![
        Just(f64::MIN_POSITIVE),
        Just(5e-324),
        Just(1e-9),
        Just(0.5),
        Just(1.0 - f64::EPSILON),
        Just(1.0),
        0.01..1.0
    ]
}

fn size() -> impl Strategy<Value = usize> {
    prop_oneof![3usize..30, Just(1_000_000_000_000_000_000), Just(i64::MAX as usize), Just(usize::MAX)]
}

fn shape() -> impl Strategy<Value = (usize, usize)> {
    prop_oneof![(1usize..20, 1usize..20), Just((65_536, 1)), Just((1, 65_536)), Just((256, 256)), Just((64, 1))]
}

fn windows() -> impl Strategy<Value = Option<WindowParameters>> {
    let functions = prop_oneof![Just((1, 1)), Just((256, 1)), Just((1, 256)), Just((3, 4))];
    let windows = (2usize..=64, size(), functions, any::<bool>());
    prop::option::of(windows.prop_map(|(k, words, (bands, rows), exhaustive)| WindowParameters {
        k,
        words,
        bands,
        rows,
        exhaustive,
    }))
}

fn text_options() -> impl Strategy<Value = TextOptions> {
    let unit = prop_oneof![Just(Unit::Word), Just(Unit::Char)];
    let k = prop_oneof![Just(1usize), Just(64), 1usize..=64];
    (unit, k, any::<[bool; 4]>()).prop_map(|(unit, k, [keep_case, fold_accents, fold_script, fold_digits])| {
        TextOptions { shingle: Shingle { unit, k }, keep_case, fold_accents, fold_script, fold_digits }
    })
}

fn builder() -> impl Strategy<Value = Builder> {
    let seed = prop_oneof![Just(0), Just(u64::MAX), any::<u64>()];
    let scope = prop_oneof![Just(Scope::Within), Just(Scope::Across), Just(Scope::Both)];
    let of_documents = (share(), prop::option::of(share()), shape(), any::<bool>());
    let of_passages = (size(), share(), windows(), scope);
    (of_documents, of_passages, text_options(), seed).prop_map(|(documents, passages, text, seed)| {
        let (threshold, containment, (bands, rows), pairs) = documents;
        let (min_words, min_identity, windows, scope) = passages;
        let builder = Config::builder().threshold(threshold).containment(containment).bands(bands, rows).pairs(pairs);
        let builder = builder.min_words(min_words).min_identity(min_identity).scope(scope).text(text).seed(seed);
        match windows {
            Some(windows) => builder.windows(windows),
            None => builder,
        }
    })
}

fn texts() -> impl Strategy<Value = Vec<String>> {
    let loops = (1usize..60).prop_map(|times| "one two three ".repeat(times));
    let words = prop::collection::vec("[a-e]{1,3}|東|½|\u{e01}\u{e34}", 0..60).prop_map(|words| words.join(" "));
    prop::collection::vec(prop_oneof!["\\PC{0,60}", loops, words], 1..5)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, ..ProptestConfig::default() })]

    #[test]
    fn no_settings_that_are_accepted_panic(builder in builder(), texts in texts()) {
        // Most settings are accepted; those that are not have to say so without a panic.
        let Ok(config) = builder.build() else { return Ok(()) };
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        let sketcher = Sketcher::new(&config);
        for text in &texts {
            let signature = sketcher.signature(text);
            prop_assert_eq!(Signature::from_bytes(&signature.to_bytes()), Ok(signature));
            repeats(text, &config).expect("checked settings");
            let found = compare(text, texts[0], &config).expect("checked settings");
            for passage in &found.passages {
                prop_assert!(passage.a.of(text).is_some() && passage.b.of(texts[0]).is_some());
            }
        }
        let batch = TextBatch::from(texts.as_slice());
        let mut rows = SketchRows::default();
        sketcher.sketch(&batch, &mut rows, &mut sketcher.scratch());
        let mut finder = PairFinder::new(&config);
        finder.decide(&batch, &rows, &KeepOrder::default());
        prop_assert!(finder.copies().len() + finder.selected().keepers.len() < texts.len());
    }
}
