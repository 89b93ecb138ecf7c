//! What an index promises: the same removals as one scan, one state or the other, and no answer from damaged bytes.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use doublon_core::kernel::PostingMaker;
use doublon_core::text::{Tokenizer, folded_hash};
use doublon_core::{Config, Level, Span};
use proptest::prelude::*;

use super::told::{IndexCheck, Selection};
use super::{Index, check_segment};
use crate::disk::faults::{self, DiskFault, ENOSPC};
use crate::error::Result;
use crate::finding::{
    Coverage, DocumentCluster, Equality, Finding, Findings, IndexedWords, InputOptions, PassageFamily, PassageMatch,
    PlacedSpan, RecordId, Summary,
};
use crate::scan::{Resources, scan};

/// Documents by place: the source and the record.
type Places = BTreeSet<(Arc<str>, u64)>;

fn removed(clusters: &[DocumentCluster]) -> Places {
    clusters
        .iter()
        .flat_map(|cluster| &cluster.members)
        .map(|member| (member.doc.source.clone(), member.doc.record))
        .collect()
}

/// What is said of each removed document.
fn told(clusters: &[DocumentCluster]) -> Vec<String> {
    let of_cluster = |cluster: &DocumentCluster| {
        let keep = cluster.keep.clone();
        let tell = move |member: &crate::finding::Member| {
            let name = |doc: &crate::finding::DocumentRef| format!("{}#{} {:?}", doc.source, doc.record, doc.id);
            let (own, kept) = (name(&member.doc), name(&keep));
            format!("{own} {kept} {} {} {:?}", member.jaccard, member.containment, member.equality)
        };
        cluster.members.iter().map(tell).collect::<Vec<_>>()
    };
    let mut all: Vec<String> = clusters.iter().flat_map(of_cluster).collect();
    all.sort();
    all
}

fn config(threshold: f64) -> Config {
    Config::builder().threshold(threshold).recall(0.999).level(Level::Documents).build().expect("valid")
}

/// Writes texts to files of JSON lines, divided at `cuts`.
fn write_parts(folder: &Path, texts: &[String], cuts: &[usize]) -> Vec<PathBuf> {
    let mut cuts: Vec<usize> = cuts.iter().map(|cut| cut % (texts.len() + 1)).chain([0, texts.len()]).collect();
    cuts.sort_unstable();
    let parts = cuts.windows(2).zip(0..);
    let write = |(cut, number): (&[usize], usize)| {
        let path = folder.join(format!("part-{number:03}.jsonl"));
        let line = |(text, id): (&String, usize)| serde_json::json!({ "id": id % 40, "text": text }).to_string() + "\n";
        let lines: String = texts[cut[0]..cut[1]].iter().zip(cut[0]..).map(line).collect();
        fs::write(&path, lines).expect("is written");
        path
    };
    parts.map(write).collect()
}

fn add(index: &mut Index, path: &Path) -> Result<(Summary, Findings)> {
    let mut findings = Findings::default();
    let summary = index.add(&[path.to_owned()], &InputOptions::default(), &Resources::default(), &(), &mut findings)?;
    Ok((summary, findings))
}

fn against(index: &Index, path: &Path, threads: usize) -> Result<Findings> {
    let (mut findings, resources) = (Findings::default(), Resources { threads, ..Resources::default() });
    index.against(&[path.to_owned()], &InputOptions::default(), &resources, &(), &mut findings)?;
    Ok(findings)
}

/// What changes an index, given a file to add.
type Work = fn(&mut Index, &Path) -> Result<()>;

/// Texts that are edited copies of each other, by few choices, so that many have the same words and not the same characters.
fn texts() -> impl Strategy<Value = Vec<String>> {
    let edits = prop_oneof![Just(Vec::new()), prop::collection::vec((0usize..60, 0u8..3), 1..6)];
    let len = prop_oneof![2 => Just(30usize), 1 => 1usize..60];
    let text = (0u32..4, len, edits, 0u8..5).prop_map(|(base, len, edits, form)| {
        let mut words: Vec<String> = (0..len).map(|n| format!("w{}", (n as u32 * 7 + base * 1000) % 900)).collect();
        for (at, kind) in edits {
            let at = at % words.len();
            words[at] = format!("x{}", u32::from(kind) + base);
        }
        let text = words.join(" ");
        match form {
            0 => text.replace(' ', " \n"), // the same characters
            1 | 2 => text.to_uppercase() + "!",
            _ => text,
        }
    });
    let odd = prop_oneof![Just(String::new()), Just(" \n".to_owned()), Just("?!".to_owned()), Just("👍".to_owned())];
    prop::collection::vec(prop_oneof![8 => text, 1 => odd, 1 => Just("a".to_owned())], 1..40)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn adds_give_the_removals_of_one_scan_however_a_corpus_is_divided(
        texts in texts(),
        cuts in prop::collection::vec(0usize..40, 0..10),
        threshold in prop_oneof![Just(0.5), Just(0.8), Just(1.0)],
        batch in prop_oneof![Just(3), Just(1000)],
        compacts in any::<bool>(),
        exact in any::<bool>(),
    ) {
        let folder = tempfile::tempdir().expect("a folder");
        let parts = write_parts(folder.path(), &texts, &cuts);
        let config = config(threshold).to_builder().exact(exact).build().expect("valid");
        let input = InputOptions::default();
        let whole = scan(&parts, &config, &input, &Resources::default(), &()).expect("is scanned");
        let mut index = Index::create(&folder.path().join("index"), &config).expect("is made");
        index.set_batch(batch);
        let mut clusters = Vec::new();
        for part in &parts {
            let (_, found) = add(&mut index, part).expect("is added");
            clusters.extend(found.clusters);
            if compacts {
                index.compact(&Resources::default()).expect("is compacted");
            }
        }
        prop_assert_eq!(told(&clusters), told(&whole.clusters));
        prop_assert_eq!(index.info().expect("is told").documents, whole.summary.kept);
        let check = index.verify().expect("is checked");
        prop_assert_eq!((check.faults, check.documents), (Vec::new(), whole.summary.kept));
        // What was seen once is a duplicate ever after, and of what stayed.
        let again = parts.iter().map(|part| against(&index, part, 1).expect("is asked").summary.removed).sum::<u64>();
        prop_assert_eq!(again, whole.summary.kept + whole.summary.removed);
    }

    #[test]
    fn what_is_found_is_what_measuring_each_pair_finds(texts in texts(), cut in 0usize..40) {
        let folder = tempfile::tempdir().expect("a folder");
        let parts = write_parts(folder.path(), &texts, &[cut]);
        // So many bands that no pair is missed.
        let config = Config::builder().threshold(0.6).bands(200, 2).level(Level::Documents).build().expect("valid");
        let mut index = Index::create(&folder.path().join("index"), &config).expect("is made");
        let found: Places = parts.iter().flat_map(|part| removed(&add(&mut index, part).expect("is added").1.clusters)).collect();
        let (mut kept, mut expected): (Vec<&String>, usize) = (Vec::new(), 0);
        for text in &texts {
            let is_like = |other: &&String| doublon_core::compare(other, text, &config).expect("is compared").overlap.jaccard() >= 0.6;
            match kept.iter().find(|other| is_like(other)) {
                _ if text.trim().is_empty() => {}
                Some(_) => expected += 1,
                None => kept.push(text),
            }
        }
        prop_assert_eq!(found.len(), expected);
    }
}

/// A small index of three segments, one of them with a removed document, and what is asked of it.
fn small(folder: &Path) -> (PathBuf, PathBuf) {
    let text = |n: usize| (0..30).map(|m| format!("t{n}w{m}")).collect::<Vec<_>>().join(" ");
    let texts: Vec<String> = (0..9).map(text).collect();
    let parts = write_parts(folder, &texts, &[3, 6]);
    let place = folder.join("index");
    let mut index = Index::create_with_passages(&place, &config(0.8)).expect("is made");
    for part in &parts {
        add(&mut index, part).expect("is added");
    }
    let which = Selection { ids: vec![RecordId::of_typed("4")], ..Selection::default() };
    assert_eq!(index.remove(&which).expect("is removed").documents, 1);
    let asked = folder.join("asked.jsonl");
    let lines: Vec<String> =
        texts.iter().map(|text| serde_json::json!({ "text": format!("{text} and more") }).to_string()).collect();
    fs::write(&asked, lines.join("\n")).expect("is written");
    (place, asked)
}

#[test]
fn f37_any_flipped_byte_is_found_and_never_gives_another_answer() {
    let folder = tempfile::tempdir().expect("a folder");
    let text = |n: usize| (0..5).map(|m| format!("t{n}w{m}")).collect::<Vec<_>>().join(" ");
    let texts: Vec<String> = (0..4).map(text).collect();
    let parts = write_parts(folder.path(), &texts, &[2]);
    let place = folder.path().join("index");
    let config = Config::builder().threshold(0.8).bands(2, 2).build().expect("valid");
    let mut index = Index::create_with_passages(&place, &config).expect("is made");
    for part in &parts {
        add(&mut index, part).expect("is added");
    }
    index.remove(&Selection { ids: vec![RecordId::of_typed("3")], ..Selection::default() }).expect("is removed");
    let answers = |index: &Index| texts.iter().map(|text| index.query(text)).collect::<Result<Vec<_>>>();
    let expected = answers(&Index::open(&place).expect("opens")).expect("are given");
    assert_eq!(expected.iter().filter(|answer| answer.is_some()).count(), 3, "all but the one that was removed");
    let entries = fs::read_dir(&place).expect("is there").map(|entry| entry.expect("is there").path());
    let files: BTreeSet<PathBuf> = entries.collect();
    assert_eq!(files.len(), 6, "{files:?}");
    for file in files {
        let whole = fs::read(&file).expect("is there");
        // Every byte, each by one bit; the manifest has a test of its own for all bits.
        for at in 0..whole.len() {
            let mut changed = whole.clone();
            changed[at] ^= 1 << (at % 8);
            fs::write(&file, &changed).expect("is written");
            let opened = Index::open(&place);
            let faults = opened.as_ref().map(|index| index.verify().expect("is checked").faults);
            assert!(!faults.is_ok_and(|faults| faults.is_empty()), "{} at {at} is not found", file.display());
            // An answer that can be given at all is the right one.
            if let Ok(found) = opened.and_then(|index| answers(&index)) {
                assert_eq!(found, expected, "{} at {at}", file.display());
            }
        }
        for length in [0, 1, whole.len() / 2, whole.len() - 1] {
            fs::write(&file, &whole[..length]).expect("is written");
            assert!(Index::open(&place).is_err(), "{} cut to {length}", file.display());
        }
        fs::write(&file, whole).expect("is written");
    }
}

/// Holds that the keys of each document lead to it, and that what its words are is known; returns how many documents there are.
fn check_passages(place: &Path, texts: &[&str]) -> usize {
    let opened = super::open::OpenIndex::open(place).expect("opens");
    let config = &opened.manifest.config;
    let (tokenizer, mut count) = (Tokenizer::new(config.text, config.seed), 0);
    for segment in &opened.snapshot.segments {
        let passages = segment.passages().expect("are there");
        for at in 0..segment.len() {
            let named = segment.named(at).expect("is named");
            let id: usize = named.reference.id.expect("has one").shown().parse().expect("is a number");
            let mut words = Vec::new();
            tokenizer.for_each(&counted_text(texts[id]), |word, _| words.push(word.to_owned()));
            let mut numbers = Vec::new();
            let written = segment.numbered_words(&named.row).expect("are read");
            super::words::decode_numbers(&written, segment.header().words, &mut numbers).expect("are words");
            let of_index: Vec<&str> =
                numbers.iter().map(|&number| passages.texts().expect("are read").get(number as usize)).collect();
            if words.is_empty() {
                assert!(of_index.iter().all(|word| word.is_empty()), "{:?}", texts[id]);
                continue;
            }
            assert_eq!(of_index, words);
            let folded: Vec<u64> = words.iter().map(|word| folded_hash(word)).collect();
            let mut keys = Vec::new();
            PostingMaker::new(config).keys(&folded, passages.gaps(at).expect("are read"), |key| keys.push(key));
            for key in keys {
                let mut rows = Vec::new();
                passages.for_each_row(&[key], usize::MAX, |_| true, |row| rows.push(row)).expect("is looked up");
                assert!(rows.contains(&at), "{key:x} of {id} leads to {rows:?}");
            }
            count += 1;
        }
    }
    count
}

/// Returns what of a text counts.
fn counted_text(text: &str) -> String {
    match (text.find("<!-- doublon-ignore-start"), text.find("<!-- doublon-ignore-end")) {
        (Some(start), Some(end)) => format!("{}{}", &text[..start], &text[end + "<!-- doublon-ignore-end -->".len()..]),
        _ if text.starts_with("<!-- doublon-ignore -->") => String::new(),
        _ => text.to_owned(),
    }
}

#[test]
fn keys_lead_to_each_document_whatever_is_done_to_an_index() {
    let folder = tempfile::tempdir().expect("a folder");
    let noise = |n: u64| doublon_core::hash::mix(n) % 400;
    let text = |n: u64| (0..250).map(|m| format!("W{}é", noise(n * 1000 + m))).collect::<Vec<_>>().join(" ");
    let mut texts: Vec<String> = (0..13).map(text).collect();
    texts.extend(["?!".to_owned(), "<!-- doublon-ignore -->ja".to_owned(), "un deux".to_owned()]);
    let marked =
        format!("{}\n<!-- doublon-ignore-start -->\nno words\n<!-- doublon-ignore-end -->\n{}", text(20), text(21));
    texts.push(marked);
    let plain: Vec<&str> = texts.iter().map(String::as_str).collect();
    let parts = write_parts(folder.path(), &texts, &[6, 11]);
    let place = folder.path().join("index");
    let mut index = Index::create_with_passages(&place, &config(0.8)).expect("is made");
    index.set_batch(4);
    for part in &parts {
        add(&mut index, part).expect("is added");
    }
    let held = check_passages(&place, &plain);
    let which = Selection { ids: vec![RecordId::of_typed("3")], ..Selection::default() };
    assert_eq!(index.remove(&which).expect("is removed").documents, 1);
    index.compact(&Resources { memory: Some(1 << 20), ..Resources::default() }).expect("is compacted");
    assert_eq!(check_passages(&place, &plain), held - 1);
    assert_eq!(index.verify().expect("is checked"), IndexCheck { files: 3, documents: 15, faults: Vec::new() });
    let info = index.info().expect("is told");
    assert!(info.passage_bytes.is_some_and(|bytes| bytes < info.bytes), "{info:?}");
}

/// A word that is spelled like no other: those that are nearly alike count half where passages are aligned.
fn word(n: u64) -> String {
    let bits = doublon_core::hash::mix(n);
    (0..9).map(|at| char::from(b'a' + (bits >> (at * 5) & 31) as u8 % 26)).collect()
}

/// Texts of words of their own, in which some parts of a few phrases stand, edited here and there.
fn texts_with_passages(number: usize) -> impl Strategy<Value = Vec<String>> {
    let part = (0usize..4, 0usize..30, 8usize..60, prop::collection::vec(0usize..60, 0..3), 3usize..40);
    let text = (prop::collection::vec(part, 0..4), prop::bool::weighted(0.2));
    prop::collection::vec(text, number..number + 6).prop_map(move |texts| {
        let of_text = |(n, (parts, is_loud)): (usize, (Vec<_>, bool))| {
            let own = |m: usize| word((number * 100 + n + 1) as u64 * 1_000_000 + m as u64);
            let mut words: Vec<String> = (0..90).map(own).collect();
            for (phrase, start, len, edits, more) in parts {
                let of_phrase = |m: usize| word((phrase * 100 + m) as u64);
                let mut passage: Vec<String> = (start..start + len).map(of_phrase).collect();
                for at in edits {
                    passage[at % len] = own(1000 + at);
                }
                words.extend(passage);
                let first = 100 * (words.len() + 1);
                words.extend((0..more).map(|m| own(first + m)));
            }
            // Operators count where documents are measured, and are no words of a passage.
            let line = |(n, line): (usize, &[String])| line.join(if n % 3 == 1 { " == " } else { " " });
            let text = words.chunks(12).enumerate().map(line).collect::<Vec<_>>().join(".\n\n");
            if is_loud { text.to_uppercase() } else { text }
        };
        texts.into_iter().enumerate().map(of_text).collect()
    })
}

fn passages(index: &Index, path: &Path, config: &Config, resources: &Resources) -> Findings {
    let mut findings = Findings::default();
    index
        .passages(&[path.to_owned()], config, &InputOptions::default(), resources, &(), &mut findings)
        .expect("is asked");
    findings
}

/// The words of a text, as passages are compared by them, and where each stands.
fn placed_words(text: &str) -> Vec<(u64, Span)> {
    Tokenizer::default().tokens(text).into_iter().map(|token| (token.hash, token.span)).collect()
}

/// What a scan with the files of the index says of the matches and families, and places of the index told as it tells them.
fn told_by_scan(found: &Findings, old: &[String]) -> (Vec<PassageMatch>, Vec<PassageFamily>) {
    let in_index = |place: &mut PlacedSpan| {
        if !place.doc.source.ends_with("old/part-000.jsonl") {
            return;
        }
        let words = placed_words(&old[place.doc.record as usize]);
        let start = words.partition_point(|&(_, span)| span.start < place.start);
        let end = words.partition_point(|&(_, span)| span.start < place.end);
        *place = place.clone().in_index(IndexedWords { number: place.doc.record, words: (start, end) });
        *place = PlacedSpan { covers: Coverage::Whole, ..place.without_quotes() };
    };
    let (mut matches, mut families) = (found.matches.clone(), found.families.clone());
    for found in &mut matches {
        (found.differences, found.more_differences) = (Vec::new(), 0);
    }
    change_places(&mut matches, &mut families, in_index);
    (matches, families)
}

/// The same of what an index found, without the words that it quotes.
fn told_by_index(found: &Findings) -> (Vec<PassageMatch>, Vec<PassageFamily>) {
    let (mut matches, mut families) = (found.matches.clone(), found.families.clone());
    change_places(&mut matches, &mut families, |place| {
        if place.in_index.is_some() {
            *place = PlacedSpan { covers: Coverage::Whole, ..place.without_quotes() };
        }
    });
    (matches, families)
}

fn change_places(
    matches: &mut [PassageMatch],
    families: &mut [PassageFamily],
    mut change: impl FnMut(&mut PlacedSpan),
) {
    matches.iter_mut().flat_map(|found| [&mut found.a, &mut found.b]).for_each(&mut change);
    for family in families {
        change(&mut family.keep);
        family.occurrences.iter_mut().for_each(&mut change);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn passages_in_an_index_are_those_that_a_scan_finds_in_the_old_files(
        old in texts_with_passages(4),
        new in texts_with_passages(3),
        cuts in prop::collection::vec(0usize..10, 0..3),
        min_words in prop_oneof![Just(8), Just(20)],
    ) {
        let folder = tempfile::tempdir().expect("a folder");
        let (old_files, new_files) = (folder.path().join("old"), folder.path().join("new"));
        fs::create_dir_all(&old_files).expect("is made");
        fs::create_dir_all(&new_files).expect("is made");
        // Sources are one, so that a record is the number of a text.
        let whole = write_parts(&old_files, &old, &[]).remove(0);
        let asked = write_parts(&new_files, &new, &[]).remove(0);
        let config = config(0.9).to_builder().min_words(min_words).build().expect("valid");
        let mut index = Index::create_with_passages(&folder.path().join("index"), &config).expect("is made");
        index.set_batch(1 + cuts.len() as u32 * 2);
        add(&mut index, &whole).expect("is added");
        prop_assert_eq!(index.info().expect("is told").documents, old.len() as u64, "none is a duplicate");
        let of_scan = config.to_builder().level(Level::Passages).against(true).build().expect("valid");
        let input = InputOptions { against: std::iter::once(whole.clone()).collect(), ..InputOptions::default() };
        let paths = [asked.clone(), whole];
        let scanned = scan(&paths, &of_scan, &input, &Resources::default(), &()).expect("is scanned");
        let found = passages(&index, &asked, &config, &Resources::default());
        prop_assert_eq!(told_by_index(&found), told_by_scan(&scanned, &old));
        let counts = |found: &Findings| {
            let Summary { documents, kept, passage_matches, passage_families, text_bytes, .. } = found.summary.clone();
            (documents, kept, passage_matches, passage_families, text_bytes, found.summary.against)
        };
        prop_assert_eq!(counts(&found), counts(&scanned));
        // What is found is the same in little memory, with one thread, and after all became one segment.
        let small = Resources { memory: Some(1 << 20), threads: 1, ..Resources::default() };
        prop_assert_eq!(&passages(&index, &asked, &config, &small), &found);
        index.compact(&Resources::default()).expect("is compacted");
        prop_assert_eq!(&passages(&index, &asked, &config, &Resources::default()), &found);
        // By definition: of each run of words that a new text has in common with an old one, all words are told, where each
        // place is compared with all that share a key.
        let found = passages(&index, &asked, &exhaustive(&config), &Resources::default());
        for (record, text) in new.iter().enumerate() {
            let words = placed_words(text);
            let is_told = |at: usize| found.matches.iter().any(|found| {
                found.b.doc.record == record as u64 && (found.b.start..found.b.end).contains(&words[at].1.start)
            });
            for start in 0..words.len().saturating_sub(min_words - 1) {
                let run: Vec<u64> = words[start..start + min_words].iter().map(|&(hash, _)| hash).collect();
                let has_run = |text: &String| {
                    let hashes: Vec<u64> = placed_words(text).into_iter().map(|(hash, _)| hash).collect();
                    hashes.windows(min_words).any(|window| window == run)
                };
                if old.iter().any(has_run) {
                    prop_assert!((start..start + min_words).all(is_told), "words from {start} of text {record}");
                }
            }
        }
    }
}

/// The settings by which all places that share a key are compared.
fn exhaustive(config: &Config) -> Config {
    let windows = doublon_core::sketch::WindowParameters { exhaustive: true, ..config.windows };
    config.to_builder().windows(windows).build().expect("valid")
}

#[test]
fn boilerplate_of_very_many_documents_is_found_in_the_first_of_them() {
    let folder = tempfile::tempdir().expect("a folder");
    let own = |n: u64| (0..200).map(|m| word(n * 1000 + 1000 + m)).collect::<Vec<_>>().join(" ");
    let notice = (0..40).map(word).collect::<Vec<_>>().join(" ");
    let old: Vec<String> = (0..150).map(|n| format!("{}. {notice}. {}", own(n), own(1000 + n))).collect();
    // One old text is the only one to have the notice and what follows there.
    let new = vec![format!("{}. {notice}. {}", own(5000), own(1120)), own(7000)];
    let (old_files, new_files) = (folder.path().join("old"), folder.path().join("new"));
    fs::create_dir_all(&old_files).expect("is made");
    fs::create_dir_all(&new_files).expect("is made");
    let (whole, asked) = (write_parts(&old_files, &old, &[]).remove(0), write_parts(&new_files, &new, &[]).remove(0));
    let mut index = Index::create_with_passages(&folder.path().join("index"), &config(0.8)).expect("is made");
    add(&mut index, &whole).expect("is added");
    let found = passages(&index, &asked, &config(0.8), &Resources::default());
    let kept: BTreeSet<u64> = found.matches.iter().filter_map(|found| Some(found.a.in_index?.number)).collect();
    assert!(kept.contains(&120) && kept.len() <= 80, "{kept:?}");
    let words = placed_words(&new[0]);
    let longest = found.matches.iter().max_by_key(|found| found.words).expect("is found");
    assert_eq!((longest.b.start, longest.b.end, longest.words), (words[200].1.start, new[0].len(), 240));
    let all = passages(&index, &asked, &exhaustive(&config(0.8)), &Resources::default());
    assert_eq!(all.summary.passage_matches, 150);
}

#[test]
fn documents_that_were_removed_have_no_passages_and_what_does_not_count_ends_them() {
    let folder = tempfile::tempdir().expect("a folder");
    let run = |first: usize| (first..first + 30).map(|m| format!("w{m}")).collect::<Vec<_>>().join(" ");
    let ignored = "<!-- doublon-ignore-start -->\nmenu\n<!-- doublon-ignore-end -->";
    let old = vec![format!("{}\n{ignored}\n{}", run(0), run(30)), "?!".to_owned(), run(100)];
    let new = vec![format!("{} {}", run(0), run(30)), "?!".to_owned(), run(100)];
    let (old_files, new_files) = (folder.path().join("old"), folder.path().join("new"));
    fs::create_dir_all(&old_files).expect("is made");
    fs::create_dir_all(&new_files).expect("is made");
    let (whole, asked) = (write_parts(&old_files, &old, &[]).remove(0), write_parts(&new_files, &new, &[]).remove(0));
    let mut index = Index::create_with_passages(&folder.path().join("index"), &config(0.8)).expect("is made");
    add(&mut index, &whole).expect("is added");
    let told = |index: &Index| {
        let found = passages(index, &asked, &config(0.8), &Resources::default());
        let told = |found: &PassageMatch| (found.a.doc.record, found.b.doc.record, found.words);
        found.matches.iter().map(told).collect::<Vec<_>>()
    };
    assert_eq!(told(&index), [(0, 0, 30), (0, 0, 30), (2, 2, 30)], "no passage goes on across what does not count");
    let which = Selection { ids: vec![RecordId::of_typed("2")], ..Selection::default() };
    index.remove(&which).expect("is removed");
    assert_eq!(told(&index), [(0, 0, 30), (0, 0, 30)]);
    index.compact(&Resources::default()).expect("is compacted");
    assert_eq!(told(&index), [(0, 0, 30), (0, 0, 30)]);
}

#[test]
fn an_index_of_documents_says_that_it_finds_no_passages() {
    let folder = tempfile::tempdir().expect("a folder");
    let asked = folder.path().join("new.txt");
    fs::write(&asked, "text").expect("is written");
    let refusal = |index: &Index, config: &Config| {
        let (paths, mut sink) = ([asked.clone()], Vec::<Finding>::new());
        let asked = index.passages(&paths, config, &InputOptions::default(), &Resources::default(), &(), &mut sink);
        asked.err().map(|error| error.to_string()).unwrap_or_default()
    };
    let index = Index::create(&folder.path().join("documents"), &config(0.8)).expect("is made");
    assert!(refusal(&index, &config(0.8)).contains("build one with --level all"));
    let index = Index::create_with_passages(&folder.path().join("all"), &config(0.8)).expect("is made");
    assert_eq!(refusal(&index, &config(0.8)), "");
    let shorter = config(0.8).to_builder().min_words(6).windows(config(0.8).windows.within(6)).build().expect("valid");
    assert!(refusal(&index, &shorter).contains("by the windows that it was built with"));
}

#[test]
fn an_index_of_passages_needs_words() {
    let folder = tempfile::tempdir().expect("a folder");
    let of_characters = Config::builder().shingle("char:9".parse().expect("valid")).build().expect("valid");
    let refused = Index::create_with_passages(&folder.path().join("index"), &of_characters);
    assert!(refused.is_err_and(|error| error.to_string().contains("shingle is char:9")));
}

#[test]
fn f25_f26_a_run_that_fails_or_is_killed_at_any_step_leaves_the_old_state_or_the_new_one() {
    let folder = tempfile::tempdir().expect("a folder");
    let (place, asked) = small(folder.path());
    let copy = |to: &Path| {
        fs::create_dir(to).expect("is made");
        for entry in fs::read_dir(&place).expect("is there") {
            let entry = entry.expect("is there");
            fs::copy(entry.path(), to.join(entry.file_name())).expect("is copied");
        }
    };
    let works: [(&str, Work); 3] = [
        ("add", |index, asked| add(index, asked).map(|_| ())),
        ("compact", |index, _| index.compact(&Resources::default()).map(|_| ())),
        ("remove", |index, _| {
            index.remove(&Selection { ids: vec![RecordId::of_typed("7")], ..Selection::default() }).map(|_| ())
        }),
    ];
    for ((name, work), fault) in
        works.iter().flat_map(|work| [DiskFault::Kill, DiskFault::Error(ENOSPC)].map(|fault| (work, fault)))
    {
        let mut states = BTreeSet::new();
        for steps in 0.. {
            let at = folder.path().join(format!("{name}-{fault:?}-{steps}"));
            copy(&at);
            let mut index = Index::open(&at).expect("opens");
            let before = index.info().expect("is told");
            let planned = faults::plan(&at, fault, steps);
            let done = work(&mut index, &asked);
            let met = planned.met();
            drop(planned);
            let what = format!("{name}, {fault:?} at step {steps}: {met:?}");
            let opened = Index::open(&at).expect("opens after it was killed");
            let after = opened.info().expect("is told");
            assert_eq!(opened.verify().expect("is checked").faults, [""; 0], "{what}");
            let is_old = (before.documents, before.bytes) == (after.documents, after.bytes);
            assert!(is_old || after.adds + after.removed != before.adds + before.removed, "{what}: {after:?}");
            states.insert(is_old);
            if let (Err(error), DiskFault::Error(_)) = (&done, fault) {
                let told = error.to_string();
                assert!(told.contains("No space left") && told.contains(&at.display().to_string()), "{what}: {told}");
            }
            // The next run goes on as if nothing had been, and clears away what is left.
            let mut next = Index::open(&at).expect("opens");
            work(&mut next, &asked).expect("is done");
            let files = fs::read_dir(&at).expect("is there").count() as u64;
            assert_eq!(files, next.verify().expect("is checked").files, "{what}: something is left");
            if met.is_none() {
                assert!(done.is_ok() && steps > 6, "{what}: it has steps at which it can be stopped");
                break;
            }
            assert!(steps < 400, "{name} comes to an end");
        }
        assert!(states.len() == 2 || *name == "add" && states.len() == 1, "{name}: both states were met: {states:?}");
    }
}

#[test]
fn f26_what_was_prepared_is_added_by_a_commit_and_by_nothing_else() {
    let folder = tempfile::tempdir().expect("a folder");
    let (place, asked) = small(folder.path());
    let files = || {
        let names = fs::read_dir(&place).expect("is there").map(|entry| entry.expect("is there").file_name());
        names.collect::<BTreeSet<_>>()
    };
    let (input, resources, paths) = (InputOptions::default(), Resources::default(), [asked]);
    let (before, mut index) = (files(), Index::open(&place).expect("opens"));
    let mut decided = Findings::default();
    index.decide(&paths, &input, &resources, &(), &mut decided).expect("is decided");
    assert_eq!((files(), decided.summary.kept - decided.summary.compared_with()), (before.clone(), 1));
    let mut found = Findings::default();
    let (prepared, _) = index.prepare(&paths, &input, &resources, &(), &mut found).expect("is prepared");
    assert_eq!(found, decided, "who adds nothing is told the same");
    let old = Index::open(&place).expect("opens");
    assert_eq!(old.info().expect("is told").documents, 8, "nothing is added yet");
    assert!(add(&mut Index::open(&place).expect("opens"), &paths[0]).is_err(), "it is locked until then");
    assert!(files().len() > before.len());
    drop(prepared);
    assert_eq!(files(), before, "and nothing is left of it");
    let (prepared, _) = index.prepare(&paths, &input, &resources, &(), &mut found).expect("is prepared");
    prepared.commit().expect("is added");
    assert_eq!(Index::open(&place).expect("opens").info().expect("is told").documents, 9);
    // A document that is not there, one that was removed, and one that is.
    let measured = |number| index.measure(number, "t0w0").expect("is measured").map(|found| found.doc.record);
    assert_eq!([0, 4, 9, 10].map(measured), [Some(0), None, Some(4), None]);
}

#[test]
fn findings_are_the_same_for_any_number_of_threads() {
    let folder = tempfile::tempdir().expect("a folder");
    let (place, asked) = small(folder.path());
    let index = Index::open(&place).expect("opens");
    let one = against(&index, &asked, 1).expect("is asked");
    assert_eq!(against(&index, &asked, 7).expect("is asked"), one);
    let cluster = &one.clusters[0];
    assert!(cluster.keep.source.ends_with("part-000.jsonl"), "the old document is named: {:?}", cluster.keep);
    assert_eq!(
        (cluster.keep.record, cluster.keep.id.as_deref(), &*cluster.members[0].doc.source),
        (0, Some("0"), &*asked.to_string_lossy())
    );
    assert!(cluster.opening.starts_with("t0w0 t0w1"));
}

#[test]
fn one_text_is_asked_for_by_many_threads_at_once() {
    let folder = tempfile::tempdir().expect("a folder");
    let (place, _) = small(folder.path());
    let index = Index::open(&place).expect("opens");
    let text = |n: usize| (0..30).map(|m| format!("t{n}w{m}")).collect::<Vec<_>>().join(" ");
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for n in 0..9 {
                    let found = index.query(&text(n)).expect("is asked");
                    let id = found.as_ref().and_then(|found| found.doc.id.as_deref().map(str::to_owned));
                    assert_eq!(id, (n != 4).then(|| n.to_string()), "4 was removed");
                    assert!(found.is_none_or(|found| (found.jaccard, found.equality) == (1.0, Equality::Bytes)));
                }
            });
        }
    });
    assert_eq!(index.query(" ").expect("is asked"), None);
}

#[test]
fn f36_there_is_one_writer_and_readers_keep_their_state() {
    let folder = tempfile::tempdir().expect("a folder");
    let (place, asked) = small(folder.path());
    let reader = Index::open(&place).expect("opens");
    let before = against(&reader, &asked, 1).expect("is asked");
    let lock = super::folder::IndexFolder::at(&place).lock().expect("is free");
    let mut writer = Index::open(&place).expect("opens");
    let refusal = add(&mut writer, &asked).expect_err("is locked").to_string();
    assert!(refusal.ends_with("another run writes to this index; wait until it has ended"), "{refusal}");
    drop(lock);
    let mut late = Index::open(&place).expect("opens");
    let new = folder.path().join("new.txt");
    fs::write(&new, "Something that nobody has written before, not even here.").expect("is written");
    add(&mut writer, &new).expect("is added");
    writer.compact(&Resources::default()).expect("is compacted");
    assert_eq!(against(&reader, &asked, 1).expect("is asked"), before, "the files are gone and its state is not");
    // A writer takes up what another has written since it was opened.
    assert_eq!(add(&mut late, &new).expect("is added").0.removed, 1);
    assert_eq!(late.info().expect("is told").documents, 9);
}

#[test]
fn what_was_removed_is_new_again_and_goes_when_segments_are_merged() {
    let folder = tempfile::tempdir().expect("a folder");
    let (place, asked) = small(folder.path());
    let mut index = Index::open(&place).expect("opens");
    let of = |ids: &[&str], sources: &[&str]| {
        let ids = ids.iter().map(|id| RecordId::of_typed(id)).collect();
        Selection { ids, sources: sources.iter().map(|&name| name.to_owned()).collect() }
    };
    let removed = index.remove(&of(&["4", "88", "2"], &[])).expect("is removed");
    assert_eq!((removed.documents, removed.unknown), (1, vec!["4".to_owned(), "88".to_owned()]));
    assert!(index.remove(&of(&[], &[])).is_err());
    let before = index.info().expect("is told");
    assert_eq!((before.documents, before.removed, before.segments), (7, 2, 3));
    let answer = against(&index, &asked, 1).expect("is asked");
    index.compact(&Resources::default()).expect("is compacted");
    let after = index.info().expect("is told");
    assert_eq!((after.documents, after.removed, after.segments), (7, 0, 1));
    assert_eq!(after.text_bytes, before.text_bytes);
    assert_eq!(against(&index, &asked, 1).expect("is asked"), answer);
    let (summary, _) = add(&mut index, &asked).expect("is added");
    assert_eq!((summary.kept - summary.compared_with(), summary.removed), (2, 7));
    let of_source = index.remove(&of(&[], &[&asked.to_string_lossy()])).expect("is removed");
    assert_eq!((of_source.documents, index.info().expect("is told").documents), (2, 7));
    let all: Vec<RecordId> = (0..9).map(|n| RecordId::of_typed(&n.to_string())).collect();
    index.remove(&Selection { ids: all, ..Selection::default() }).expect("is removed");
    index.compact(&Resources::default()).expect("is compacted");
    assert_eq!(index.info().expect("is told").documents, 0);
    assert_eq!(against(&index, &asked, 1).expect("is asked").summary.removed, 0);
}

#[test]
fn many_adds_leave_few_segments() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut index = Index::create(&folder.path().join("index"), &config(0.8)).expect("is made");
    for n in 0..70 {
        let path = folder.path().join(format!("{n}.txt"));
        let text: Vec<String> = (0..20).map(|m| format!("t{n}w{m}")).collect();
        fs::write(&path, text.join(" ")).expect("is written");
        add(&mut index, &path).expect("is added");
        if n == 20 {
            let which = Selection { sources: vec![path.to_string_lossy().into_owned()], ..Selection::default() };
            assert_eq!(index.remove(&which).expect("is removed").documents, 1);
        }
    }
    let info = index.info().expect("is told");
    assert_eq!((info.documents, info.adds), (69, 70));
    assert!(info.segments <= 33, "{info:?}");
    let check = index.verify().expect("is checked");
    assert!(check.faults.is_empty(), "{check:?}");
    let opened = Index::open(&folder.path().join("index")).expect("opens");
    let found = against(&opened, &folder.path().join("3.txt"), 1).expect("is asked");
    assert_eq!(found.summary.removed, 1);
}

#[test]
fn f37_what_is_no_index_is_refused_by_name() {
    let folder = tempfile::tempdir().expect("a folder");
    let refusal = |path: &Path| Index::open(path).err().map(|error| error.to_string()).unwrap_or_default();
    assert!(refusal(folder.path()).ends_with("it is no index; make one with `doublon index build`"));
    assert!(refusal(&folder.path().join("none")).ends_with("no such file or folder"));
    let file = folder.path().join("file");
    fs::write(&file, "text").expect("is written");
    assert!(!refusal(&file).is_empty());
    assert!(Index::create(folder.path(), &config(0.8)).is_err(), "it has a file in it");
    let (place, asked) = small(folder.path());
    assert!(
        Index::create(&place, &config(0.8)).is_err_and(|error| error.to_string().contains("it is an index already"))
    );
    let index = Index::open(&place).expect("opens");
    let inside = index.against(
        &[folder.path().to_owned()],
        &InputOptions::default(),
        &Resources::default(),
        &(),
        &mut Vec::<Finding>::new(),
    );
    assert!(inside.is_err_and(|error| error.to_string().contains("is in it; name what is to be read")));
    assert!(check_segment(&asked).is_err());
    let other = folder.path().join("other");
    Index::create(&other, &config(0.9)).expect("is made");
    // A segment of one index is none of another.
    let manifest = fs::read(place.join("manifest")).expect("is there");
    fs::write(other.join("manifest"), manifest).expect("is written");
    assert!(refusal(&other).contains("segment-00000001"), "{}", refusal(&other));
}

/// The files of an index, by name; `lock` is none.
fn files_of(place: &Path) -> BTreeSet<std::ffi::OsString> {
    let names = fs::read_dir(place).expect("is there").map(|entry| entry.expect("is there").file_name());
    names.filter(|name| name != "lock").collect()
}

#[test]
fn f26_an_index_that_was_killed_while_it_was_made_is_made_by_the_next_run() {
    let folder = tempfile::tempdir().expect("a folder");
    for steps in 0.. {
        let place = folder.path().join(steps.to_string());
        let killed = faults::plan(&place, DiskFault::Kill, steps);
        let made = Index::create(&place, &config(0.8));
        drop(killed);
        assert!(made.is_ok() == Index::is_at(&place) || steps > 2, "there is none but a whole one, {steps}");
        if Index::is_at(&place) {
            assert_eq!(Index::open(&place).expect("opens").info().expect("is told").documents, 0);
        } else {
            Index::create(&place, &config(0.8)).expect("is made");
        }
        assert_eq!(files_of(&place), BTreeSet::from(["manifest".into()]), "{steps}: something is left");
        if made.is_ok() {
            assert!(steps >= 5, "it has steps at which it can be stopped");
            break;
        }
    }
}

#[test]
fn f26_a_run_that_is_killed_while_it_merges_has_added_all_or_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    let text = |n: usize| (0..12).map(|m| format!("t{n}w{m}")).collect::<Vec<_>>().join(" ");
    let place = folder.path().join("index");
    let mut index = Index::create(&place, &config(0.8)).expect("is made");
    let paths: Vec<PathBuf> = (0..33).map(|n| folder.path().join(format!("{n}.txt"))).collect();
    for (path, n) in paths.iter().zip(0..) {
        fs::write(path, text(n)).expect("is written");
    }
    for path in &paths[..32] {
        add(&mut index, path).expect("is added");
    }
    // One that is removed stands in a segment that is merged, and one in a segment that is not.
    let sources = [0, 31].map(|n: usize| paths[n].to_string_lossy().into_owned()).to_vec();
    index.remove(&Selection { sources, ..Selection::default() }).expect("is removed");
    let mut states = BTreeSet::new();
    for steps in 0.. {
        let at = folder.path().join(format!("merge-{steps}"));
        fs::create_dir(&at).expect("is made");
        for name in files_of(&place) {
            fs::copy(place.join(&name), at.join(&name)).expect("is copied");
        }
        let mut killed = Index::open(&at).expect("opens");
        let plan = faults::plan(&at, DiskFault::Kill, steps);
        let done = add(&mut killed, &paths[32]);
        drop(plan);
        let opened = Index::open(&at).expect("opens after it was killed");
        assert_eq!(opened.verify().expect("is checked").faults, [""; 0], "stopped after {steps} steps");
        let info = opened.info().expect("is told");
        states.insert((info.documents, info.segments));
        let finds = |n: usize| opened.query(&text(n)).expect("is asked").is_some();
        assert!((1..31).all(finds) && !finds(0) && !finds(31), "after {steps} steps");
        assert_eq!(finds(32), info.documents == 31, "after {steps} steps");
        add(&mut Index::open(&at).expect("opens"), &paths[32]).expect("is added");
        let files = Index::open(&at).expect("opens").verify().expect("is checked").files;
        assert_eq!(files_of(&at).len() as u64, files, "{steps}: something is left");
        if done.is_ok() {
            break;
        }
        assert!(steps < 400, "the run comes to an end: {done:?}");
    }
    assert_eq!(states.len(), 3, "the old state, what was added, and what was merged: {states:?}");
}

/// An index that an earlier version of this program wrote, and the texts in it. The index has their paths as they are here.
fn saved_by_version_1() -> PathBuf {
    "tests/index_format/v1".into()
}

/// What is in the saved index: files one after another, then one document removed.
const SAVED: [&str; 2] = ["old.jsonl", "new.jsonl"];

/// The same, of an index that finds passages.
fn saved_by_version_2() -> PathBuf {
    "tests/index_format/v2".into()
}

/// Writes the index of the texts that are saved in `texts`, with the seed and the number of `like`, if there is one.
fn write_saved(place: &Path, (texts, passages): (&Path, bool), like: Option<&super::manifest::Manifest>) -> Index {
    let text = doublon_core::text::TextOptions { fold_accents: true, ..Default::default() };
    let config = Config::builder().threshold(0.7).text(text).build().expect("valid");
    let create = if passages { Index::create_with_passages } else { Index::create };
    create(place, &config).expect("is made");
    if let Some(like) = like {
        let folder = super::folder::IndexFolder::at(place);
        let mut manifest = super::manifest::Manifest::read(&folder).expect("is there");
        (manifest.index, manifest.seed) = (like.index, like.seed);
        manifest.publish(&folder).expect("is written");
    }
    let mut index = Index::open(place).expect("opens");
    for name in SAVED {
        add(&mut index, &texts.join(name)).expect("is added");
    }
    let which = Selection { ids: vec![RecordId::of_typed("17")], ..Selection::default() };
    assert_eq!(index.remove(&which).expect("is removed").documents, 1);
    index
}

#[test]
fn f37_an_index_of_this_format_is_read_as_it_was_written_once() {
    let saved = saved_by_version_1();
    let place = saved.join("index");
    if std::env::var_os("INDEX_FIXTURE").is_some_and(|value| value == "overwrite") {
        let _ = fs::remove_dir_all(&place);
        write_saved(&place, (&saved, false), None);
    }
    let index = Index::open(&place).expect("a new version of the format needs a new number, and this one a test");
    let check = index.verify().expect("is checked");
    assert_eq!((check.files, check.documents, check.faults), (4, 5, Vec::new()));
    let info = index.info().expect("is told");
    assert_eq!(
        (info.documents, info.segments, info.removed, info.adds, info.read, info.duplicates),
        (4, 2, 1, 2, 7, 2)
    );
    let found = |text: &str| {
        let found = index.query(text).expect("is asked")?;
        let name =
            |doc: &crate::finding::DocumentRef| format!("{} {:?}", doc.record, doc.id.as_ref().map(RecordId::typed));
        Some((name(&found.doc), found.opening.to_string(), format!("{:.3}", found.jaccard), found.equality))
    };
    let text = "L'été dernier, la commune a planté quatre cents arbres le long du canal, entre le pont et l'écluse.";
    let opening = "L'été dernier, la commune a planté quatre cents arbres le long du canal, entre le pont et l'écluse.";
    let like =
        |jaccard: &str, equality| Some(("0 Some(\"a\")".to_owned(), opening.to_owned(), jaccard.to_owned(), equality));
    assert_eq!(found(text), like("1.000", Equality::Bytes));
    assert_eq!(found(&text.replace("été", "ete")), like("1.000", Equality::Words));
    assert_eq!(found(&format!("{text} Voilà.")), like("0.941", Equality::None));
    assert_eq!(found("The bridge is closed until Friday, and the ferry runs every twenty minutes instead."), None);
}

#[test]
fn f37_an_index_of_passages_is_read_as_it_was_written_once() {
    let (place, texts) = (saved_by_version_2().join("index"), saved_by_version_1());
    if std::env::var_os("INDEX_FIXTURE").is_some_and(|value| value == "overwrite") {
        let _ = fs::remove_dir_all(&place);
        write_saved(&place, (&texts, true), None);
    }
    let index = Index::open(&place).expect("a new version of the format needs a new number, and this one a test");
    let check = index.verify().expect("is checked");
    assert_eq!((check.files, check.documents, check.faults), (6, 5, Vec::new()));
    let folder = tempfile::tempdir().expect("a folder");
    let asked = folder.path().join("new.txt");
    let known = "la commune a planté quatre cents arbres le long du canal, entre le pont et l'écluse.";
    fs::write(&asked, format!("Rien de neuf. {known} Voilà qui est dit.")).expect("is written");
    let config = index.config().to_builder().min_words(8).build().expect("valid");
    let found = passages(&index, &asked, &config, &Resources::default());
    let told = |found: &PassageMatch| (found.a.doc.source.to_string(), found.a.in_index, found.b.excerpt.to_string());
    let words = Some(IndexedWords { number: 0, words: (3, 20) });
    let expected = ("tests/index_format/v1/old.jsonl".to_owned(), words, known.to_owned());
    assert_eq!(found.matches.iter().map(told).collect::<Vec<_>>(), [expected]);
    // What leads to passages is written as it was then, but for what is drawn.
    let of_saved = super::open::OpenIndex::open(&place).expect("opens");
    write_saved(&folder.path().join("index"), (&texts, true), Some(&of_saved.manifest));
    let written = super::open::OpenIndex::open(&folder.path().join("index")).expect("opens");
    for (now, then) in written.snapshot.segments.iter().zip(&of_saved.snapshot.segments) {
        let [now, then] = [now, then].map(|segment| segment.passages().expect("are there"));
        let (header, old) = (now.header(), then.header());
        assert_eq!((header.ends, header.postings, header.bits), (old.ends, old.postings, old.bits));
        assert_eq!(now.texts().expect("are read"), then.texts().expect("are read"));
        for piece in 0..header.posting_pieces() {
            assert_eq!(now.postings(piece).expect("are read"), then.postings(piece).expect("are read"));
        }
    }
}

#[test]
fn f37_an_index_is_written_as_this_format_says() {
    let saved = saved_by_version_1();
    let folder = tempfile::tempdir().expect("a folder");
    let of_saved = super::open::OpenIndex::open(&saved.join("index")).expect("opens");
    write_saved(&folder.path().join("index"), (&saved, false), Some(&of_saved.manifest));
    let written = super::open::OpenIndex::open(&folder.path().join("index")).expect("opens");
    assert_eq!(written.manifest.removed, of_saved.manifest.removed);
    for (now, then) in written.snapshot.segments.iter().zip(&of_saved.snapshot.segments) {
        // But for the salt of the checksums, and these.
        let (header, old) = (now.header(), then.header());
        assert_eq!((header.ends, header.settings, header.words), (old.ends, old.settings, old.words));
        assert_eq!(now.vocabulary().expect("is read"), then.vocabulary().expect("is read"));
        for at in 0..now.len() {
            let rows = [now, then].map(|segment| segment.row(at).expect("is read"));
            assert_eq!(rows[0], rows[1]);
            let [words, old] = [now, then].map(|segment| segment.numbered_words(&rows[0]).expect("is read"));
            assert_eq!(words, old);
        }
        for band in 0..header.bands as usize {
            assert_eq!(now.keys(band, 0).expect("is read"), then.keys(band, 0).expect("is read"));
        }
        assert_eq!(now.names(0).expect("is read"), then.names(0).expect("is read"));
    }
}
