//! The kernels for engines keep what the kernels of one machine keep: keys are sorted, pairs measured and texts decided each
//! by itself, and texts are told apart by a seed of their own.

#![allow(clippy::unwrap_used)] // helpers of tests fail like tests

use std::collections::{BTreeMap, BTreeSet};

use doublon_core::cluster::KeepOrder;
use doublon_core::hash::mix;
use doublon_core::kernel::{
    FoundMeetings, KeepDecider, KeyedSketch, Measurer, MeetingReader, PairFinder, SelectionRules, SketchRows,
    TextBatch, is_compared,
};
use doublon_core::verify::Overlap;
use doublon_core::{Config, Sketcher};

/// What goes, and for what.
type Removed = BTreeSet<(u64, u64)>;

fn by_one_machine(texts: &[&str], config: &Config) -> Removed {
    let (sketcher, texts) = (Sketcher::new(config), TextBatch::from(texts));
    let mut rows = SketchRows::default();
    sketcher.sketch(&texts, &mut rows, &mut sketcher.scratch());
    let mut finder = PairFinder::new(config);
    finder.decide(&texts, &rows, &KeepOrder::default());
    let keepers = &finder.selected().keepers;
    let keeper_of = |doc: u32| keepers.get(&doc).map(|&(keeper, _)| keeper);
    let near = (0..texts.len() as u32).filter_map(|doc| Some((doc, keeper_of(doc)?)));
    let copies = finder.copies().iter().map(|copy| (copy.doc, keeper_of(copy.first).unwrap_or(copy.first)));
    near.chain(copies).map(|(doc, keeper)| (doc.into(), keeper.into())).collect()
}

/// Also returns how many texts were in a crowd.
fn by_engine(texts: &[&str], config: &Config) -> (Removed, usize) {
    let public = Sketcher::new(config);
    let private = public.reseeded(0x5eed);
    let (mut rows, mut scratch, mut own) = (SketchRows::default(), public.scratch(), private.scratch());
    let (mut firsts, mut copies) = (BTreeMap::new(), Vec::new());
    for (text, doc) in texts.iter().zip(0u64..) {
        let masks = scratch.masks(text);
        public.add_masked(text, &masks, &mut rows, &mut scratch);
        let fingerprint = private.fingerprint(text, &masks, &mut own);
        assert_eq!(fingerprint != 0, is_compared(rows.streams()[doc as usize]), "{text}");
        let first = *firsts.entry(fingerprint).or_insert(doc);
        if first != doc && fingerprint != 0 {
            copies.push((doc, first));
        }
    }
    let mut keyed = Vec::new();
    for &doc in firsts.values().filter(|&&doc| is_compared(rows.streams()[doc as usize])) {
        let sketch = rows.sketches()[doc as usize];
        let keys = rows.keys().iter().zip(0u64..).map(|(keys, band)| band << 32 | u64::from(keys[doc as usize]));
        keyed.extend(keys.map(|key| KeyedSketch { key, place: doc, sketch }));
    }
    let found = meetings(keyed, config);
    let keepers = decide(texts, &private, &found, config);
    let of_copies = copies.iter().map(|(doc, first)| (*doc, *keepers.get(first).unwrap_or(first)));
    let removed = keepers.iter().map(|(&doc, &keeper)| (doc, keeper)).chain(of_copies).collect();
    (removed, found.crowded.iter().collect::<BTreeSet<_>>().len())
}

fn meetings(mut keyed: Vec<KeyedSketch>, config: &Config) -> FoundMeetings {
    keyed.sort_unstable_by_key(|row| (row.key, row.place));
    let (mut reader, mut found) = (MeetingReader::new(config), FoundMeetings::default());
    for row in keyed {
        reader.push(row, &mut found).unwrap();
    }
    reader.finish(&mut found);
    found
}

fn decide(texts: &[&str], private: &Sketcher, found: &FoundMeetings, config: &Config) -> BTreeMap<u64, u64> {
    let pairs: BTreeSet<(u64, u64)> = found.pairs.iter().map(|&(earlier, later)| (later, earlier)).collect();
    let pairs: Vec<(u32, u32)> = pairs.iter().map(|&(later, earlier)| (earlier as u32, later as u32)).collect();
    let mut overlaps = Vec::new();
    Measurer::by(private.clone()).measure(&texts.into(), &pairs, &mut overlaps);
    let (crowd, mut scratch): (BTreeSet<u64>, _) = (found.crowded.iter().copied().collect(), private.scratch());
    let mut decider = KeepDecider::new(SelectionRules::of(config));
    for &doc in crowd.iter().step_by(3) {
        decider.count(&private.set(texts[doc as usize], &mut scratch));
    }
    let mut decide = |doc: u64| {
        let ours = pairs.iter().zip(&overlaps).filter(|((_, later), _)| u64::from(*later) == doc);
        let measured: Vec<(u64, Overlap)> = ours.map(|(&(earlier, _), &overlap)| (earlier.into(), overlap)).collect();
        let shingles = crowd.contains(&doc).then(|| private.set(texts[doc as usize], &mut scratch));
        let kept = decider.decide(doc, &measured, shingles).unwrap()?;
        Some((kept.removed, kept.keeper))
    };
    (0..texts.len() as u64).filter_map(&mut decide).collect()
}

/// Words of a text, from a seed.
fn words(seed: u64, count: usize) -> Vec<String> {
    (0..count as u64).map(|n| format!("w{}", mix(seed << 32 | n) % 5000)).collect()
}

/// Pages of one template with some words of their own, those of each three alike.
fn pages() -> Vec<String> {
    let page = |n: usize| [words(n as u64 / 3, 20 + n % 9), words(999, 90)].concat().join(" ");
    (0..400).map(page).collect()
}

/// Copies of one text that differ in their last word, each twice.
fn near() -> Vec<String> {
    (0..300).map(|n| words(7, 100).join(" ") + &format!(" end{}", n / 2)).collect()
}

/// Texts of which each is like the one before it, so that the first and the third are not.
fn chains() -> Vec<String> {
    let mut texts = Vec::new();
    for chain in 0..40u64 {
        let mut text = words(chain + 50, 60);
        for step in 0..6 {
            text[step * 9] = format!("other{chain}");
            texts.push(text.join(if step % 2 == 0 { " " } else { ", " }));
        }
    }
    texts.extend(["", " \n", "!?", "C++", "C#", "two words", "two words"].map(str::to_owned));
    texts
}

#[test]
fn the_kernels_of_engines_remove_what_those_of_one_machine_remove() {
    for (texts, least_removed, least_crowded) in [(pages(), 200, 200), (near(), 290, 140), (chains(), 60, 0)] {
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        let (mut all_removed, mut all_crowded) = (0, 0);
        for threshold in [0.8, 0.6] {
            let config = Config::builder().threshold(threshold).build().unwrap();
            let (removed, crowded) = by_engine(&texts, &config);
            assert_eq!(removed, by_one_machine(&texts, &config), "{threshold}");
            all_removed += removed.len();
            all_crowded += crowded;
        }
        assert!(all_removed >= least_removed && all_crowded >= least_crowded, "{all_removed} {all_crowded}");
    }
}
