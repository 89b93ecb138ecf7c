//! What a scan costs, as the number of comparisons: linear where many documents are alike.

#![cfg(debug_assertions)] // only such builds count
#![allow(clippy::unwrap_used)] // helpers of tests fail like tests

use doublon::Config;
use doublon_core::effort::comparisons;

use crate::generator::{self, Generated};
use crate::oracle::{scan_documents, write_corpus};

/// Scans documents and returns how many comparisons that took, and how many were removed.
fn work(documents: &[Generated], pairs: bool) -> (u64, u64) {
    let folder = tempfile::tempdir().unwrap();
    let paths = write_corpus(folder.path(), documents, 1);
    let config = Config::builder().pairs(pairs).build().unwrap();
    let before = comparisons();
    let findings = scan_documents(&paths, &config, 1);
    (comparisons() - before, findings.summary.removed)
}

#[test]
fn p6_work_grows_with_the_number_of_equal_documents_and_not_with_its_square() {
    for documents in [2500, 40_000] {
        let (comparisons, removed) = work(&generator::equal(6, documents, 20).collect::<Vec<_>>(), true);
        assert_eq!(removed, documents - 1);
        assert!(comparisons <= documents, "{documents} equal documents take {comparisons} comparisons");
    }
}

#[test]
fn p6_work_grows_with_the_number_of_near_copies_and_not_with_its_square() {
    let work_of = |documents| {
        let (comparisons, removed) = work(&generator::pages(6, documents, 120, 4).collect::<Vec<_>>(), false);
        assert_eq!(removed, documents - 1, "all pages resemble the first");
        assert!(comparisons >= documents - 1, "{comparisons} comparisons: not all are counted");
        comparisons
    };
    let (less, more) = (work_of(1000), work_of(8000));
    // Eight times as many if the cost is linear, 64 times if it is quadratic.
    assert!(more < less * 16, "1,000 pages take {less} comparisons, 8,000 {more}");
}

#[test]
fn p6_pages_that_share_a_template_are_not_looked_up_by_it() {
    // A little less than the threshold, so that a few shingles of the template are among the rarest of each page. Where
    // the steps of sizes lie, by which its lists are divided, is luck: four templates.
    let work_of = |documents| -> u64 {
        let of_template = |template| {
            let (comparisons, removed) = work(&generator::pages(6, documents, template, 50).collect::<Vec<_>>(), false);
            assert_eq!(removed, 0, "no page has enough of the template");
            comparisons
        };
        [280, 300, 320, 340].map(of_template).iter().sum()
    };
    let (less, more) = (work_of(500), work_of(4000));
    assert!(more < less * 16, "500 pages take {less} comparisons, 4,000 {more}");
}
