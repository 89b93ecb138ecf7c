use super::known::places;
use super::*;

use crate::finding::{DocumentCluster, Equality, Findings, Fingerprint, Member, NewRepeats, PlacedSpan, samples};

fn place(source: &str, at: usize, words: &str) -> PlacedSpan {
    let hash = doublon_core::hash::seeded_hash(words.as_bytes(), 0);
    let span = samples::span(samples::doc(source, 0), at..at + words.len(), (1, 1));
    PlacedSpan { excerpt: words.into(), fingerprint: Some(Fingerprint(hash)), ..span }
}

fn passages(families: &[&[PlacedSpan]]) -> Findings {
    let family = |places: &&[PlacedSpan]| samples::family("f1", places[0].clone(), places[1..].to_vec());
    Findings { families: families.iter().map(family).collect(), ..samples::nothing() }
}

/// The new places, and what is counted.
fn new(found: &Findings, baseline: &Findings) -> (Vec<String>, NewRepeats) {
    let mut known = Baseline::default();
    baseline.clone().send(&mut known).expect("memory takes all");
    let mut marker = Marker::new(known, Findings::default());
    found.clone().send(&mut marker).expect("memory takes all");
    let found = marker.into_next();
    let new = found.families.iter().flat_map(places).filter(|place| place.new);
    (new.map(|place| format!("{}:{}", place.doc.source, place.start)).collect(), found.summary.new.unwrap_or_default())
}

#[test]
fn what_only_moved_is_known() {
    let baseline = passages(&[&[place("a", 0, "one two three four"), place("b", 50, "one two three four")]]);
    let moved = passages(&[&[place("a", 900, "one two three four"), place("c", 7, "one two three four")]]);
    assert_eq!(new(&moved, &baseline), (Vec::new(), NewRepeats::default()));
    assert_eq!(new(&baseline, &baseline).0, [""; 0]);
}

#[test]
fn a_record_that_moved_is_known_by_its_id() {
    let of = |record, words: [&str; 2]| {
        let doc = crate::finding::DocumentRef { id: Some("x".into()), ..samples::doc("a.jsonl", record) };
        passages(&[&[
            PlacedSpan { doc: doc.clone(), ..place("", 0, words[0]) },
            PlacedSpan { doc, ..place("", 99, words[1]) },
        ]])
    };
    let baseline = of(7, ["one two three four", "one two three 4"]);
    assert_eq!(new(&of(3, ["one two 3 four", "one two 3 4"]), &baseline).0, [""; 0]);
}

#[test]
fn a_third_place_is_new_and_named() {
    let baseline = passages(&[&[place("b", 0, "one two three four"), place("c", 50, "one two three four")]]);
    let words = "one two three four";
    let found = passages(&[&[place("a", 0, words), place("b", 9, words), place("c", 50, words)]]);
    let (places, counted) = new(&found, &baseline);
    assert_eq!((places, counted.passages, counted.bytes), (vec!["a:0".to_owned()], 1, 18));
}

#[test]
fn of_a_new_family_one_place_is_no_repetition() {
    let found = passages(&[&[place("a", 0, "one two three four"), place("b", 0, "one two three four")]]);
    let (places, counted) = new(&found, &samples::nothing());
    assert_eq!((places.len(), counted.passages, counted.bytes), (2, 1, 18));
}

#[test]
fn a_known_passage_may_be_edited_but_not_become_another() {
    let baseline = passages(&[&[place("a", 0, "one two three four"), place("b", 0, "one two three four")]]);
    let edited = passages(&[&[place("a", 0, "one two three 4"), place("b", 0, "one two three 4")]]);
    assert_eq!(new(&edited, &baseline).0, [""; 0]);
    let long = "one two three four five six seven eight nine ten";
    let grown = passages(&[&[place("a", 0, long), place("b", 0, long)]]);
    assert_eq!(new(&grown, &baseline).1.passages, 1);
}

#[test]
fn a_place_without_an_excerpt_is_known_by_where_it_stands() {
    let bare = |at, words: &str| PlacedSpan { excerpt: "".into(), ..place("a", at, words) };
    let baseline = passages(&[&[place("b", 0, "one two three four"), bare(100, "one two three four")]]);
    let known = |at| {
        let found = passages(&[&[place("b", 0, "one two three four"), bare(at, "one two three")]]);
        new(&found, &baseline).0.is_empty()
    };
    assert_eq!((known(104), known(110)), (true, false));
}

fn documents(names: &[(&str, u64)]) -> Findings {
    let (keep, members) = names.split_first().expect("one is kept");
    let member = |&(name, text): &(&str, u64)| Member {
        doc: samples::doc(name, 0),
        jaccard: 1.0,
        containment: 1.0,
        exact: true,
        equality: Equality::Bytes,
        differences: Vec::new(),
        more_differences: 0,
        bytes: 100,
        fingerprint: Some(Fingerprint(text)),
        new: false,
    };
    let members = members.iter().map(member).collect();
    let cluster = samples::cluster("d1", samples::doc(keep.0, 0), members);
    let cluster = DocumentCluster { fingerprint: Some(Fingerprint(keep.1)), ..cluster };
    Findings { clusters: vec![cluster], ..samples::nothing() }
}

#[test]
fn a_document_is_known_by_its_name_or_its_text() {
    let baseline = documents(&[("b", 1), ("c", 1)]);
    let counted = |names| {
        let new = new(&documents(names), &baseline).1;
        (new.documents, new.bytes)
    };
    assert_eq!(counted(&[("b", 1), ("c", 1)]), (0, 0));
    assert_eq!(counted(&[("b", 2), ("c", 3)]), (0, 0), "edited");
    assert_eq!(counted(&[("x", 1), ("y", 1)]), (0, 0), "renamed");
    assert_eq!(counted(&[("b", 1), ("c", 1), ("d", 1)]), (1, 100), "one more");
    assert_eq!(counted(&[("a", 1), ("b", 1), ("c", 1)]), (1, 100), "one more that is kept");
    assert_eq!(counted(&[("x", 7), ("y", 7)]), (1, 100), "others");
}

#[test]
fn what_was_skipped_changes_no_count() {
    let mut found = passages(&[&[place("a", 0, "one two three four"), place("b", 0, "one two three four")]]);
    let expected = new(&found, &samples::nothing());
    found.skipped = samples::skipped().skipped;
    assert_eq!(new(&found, &samples::nothing()), expected);
}
