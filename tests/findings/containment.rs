//! `--containment` against its definition.

#![allow(clippy::unwrap_used)] // a failed unwrap is a failed test

use crate::generator::{Corpus, Mix, Options};
use crate::oracle::{Oracle, documents, removals, scan_documents, write_corpus};
use doublon::Config;

/// Documents, halves and extensions of them, in any order.
fn texts(seed: u64) -> Vec<String> {
    let options = Options { seed, documents: 60, words: 60, mix: Mix::default() };
    let whole: Vec<String> = Corpus::new(options).map(|document| document.text).collect();
    let mut texts = Vec::new();
    for (n, text) in whole.iter().enumerate() {
        let half = (0..=text.len() / 2).rev().find(|&at| text.is_char_boundary(at)).unwrap_or(0);
        match n % 4 {
            0 => texts.extend([text.clone(), text[..half].to_owned()]),
            1 => texts.extend([text[half..].to_owned(), text.clone()]),
            2 => texts.extend([text.clone(), format!("{text} {}", whole[(n + 1) % whole.len()])]),
            _ => texts.push(text.clone()),
        }
    }
    texts
}

#[test]
fn what_a_kept_document_contains_goes_and_nothing_else() {
    for seed in 1..=3 {
        for (threshold, containment) in [(0.8, 0.9), (0.8, 0.5), (0.5, 1.0)] {
            let corpus = documents(texts(seed));
            let truth = Oracle::of(corpus.iter().map(|document| document.text.as_str()));
            let mut kept: Vec<usize> = Vec::new();
            let mut expected = Vec::new();
            for doc in (0..corpus.len()).filter(|&doc| !truth.is_empty_text(doc)) {
                let matches = |&&other: &&usize| {
                    truth.jaccard(other, doc) >= threshold || truth.containment(doc, other) >= containment
                };
                match kept.iter().find(matches) {
                    Some(&keeper) => expected.push((keeper, doc)),
                    None => kept.push(doc),
                }
            }
            expected.sort_unstable();
            let folder = tempfile::tempdir().expect("a folder");
            let paths = write_corpus(folder.path(), &corpus, 2);
            let parameters = Config::builder().threshold(threshold).containment(Some(containment)).build().unwrap();
            let findings = scan_documents(&paths, &parameters, 2);
            let mut found: Vec<(usize, usize)> = removals(&findings).into_iter().map(|(doc, by)| (by, doc)).collect();
            found.sort_unstable();
            assert_eq!(found, expected, "seed {seed}, threshold {threshold}, containment {containment}");
            assert!(expected.len() > 10, "there is something to remove");
        }
    }
}
