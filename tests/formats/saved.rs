//! Findings that were saved in each format that there was, read by this build.
//!
//! `tests/findings_format/` holds the findings of `doublon scan data/archive data/seed --pairs --format json`, as the last
//! version that wrote format 1 and the first that wrote format 2 saved them.

use std::fs;
use std::path::{Path, PathBuf};

use doublon::finding::{DocumentCluster, DocumentRef, Equality, Findings, PassageFamily, SCHEMA};
use doublon::report::json;
use doublon::scan::{Resources, scan};
use doublon::{Config, InputOptions};

fn saved(version: u32) -> (Findings, String) {
    let path = PathBuf::from(format!("tests/findings_format/v{version}.jsonl"));
    let text = fs::read_to_string(&path).unwrap();
    (json::read_all(text.as_bytes(), &path).unwrap(), text)
}

fn written(findings: &Findings) -> String {
    let mut out = Vec::new();
    json::write(findings, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn both_formats_are_read_and_the_newer_is_written() {
    let ((first, _), (second, text)) = (saved(1), saved(2));
    assert_eq!(first.header.schema, SCHEMA);
    assert_eq!(first, second);
    assert_eq!(written(&first), text);
    assert!(!first.clusters.is_empty() && !first.pairs.is_empty() && !first.families.is_empty());
}

#[test]
fn what_was_saved_is_what_is_found_now() {
    let config = Config::builder().pairs(true).build().unwrap();
    let paths = ["data/archive", "data/seed"].map(PathBuf::from);
    let found = scan(&paths, &config, &InputOptions::default(), &Resources::default(), &()).unwrap();
    assert!(found.matches.iter().all(|found| found.class.is_some()) && found.families[0].documents > 0);
    assert!(found.clusters[0].opening.starts_with("The town library") && found.clusters[0].bytes > 0);
    assert_eq!(found.clusters[0].members[1].differences.len(), 2);
    assert_eq!(written(&as_first_saved(found)), saved(2).1);
}

/// Takes out what was added since: fields that are left out where they have no value, so that a reader has to do without.
fn as_first_saved(mut findings: Findings) -> Findings {
    for cluster in &mut findings.clusters {
        (cluster.opening, cluster.bytes) = ("".into(), 0);
        for member in &mut cluster.members {
            member.equality = Equality::None;
            (member.differences, member.more_differences) = (Vec::new(), 0);
        }
    }
    for found in &mut findings.matches {
        (found.a.heading, found.b.heading) = (None, None);
        (found.class, found.changed_words, found.changed_with_digit) = (None, 0, 0);
    }
    for family in &mut findings.families {
        family.keep.heading = None;
        family.occurrences.iter_mut().for_each(|place| place.heading = None);
        (family.class, family.documents, family.alike_places, family.documents_repeated) = (None, 0, 0.0, 0.0);
    }
    findings.summary.passage_classes.clear();
    for doc in documents(&mut findings) {
        doc.metadata = None;
    }
    findings
}

fn documents<'f>(findings: &'f mut Findings) -> impl Iterator<Item = &'f mut DocumentRef> {
    let Findings { clusters, pairs, matches, families, .. } = findings;
    let of_cluster = |DocumentCluster { keep, members, .. }: &'f mut DocumentCluster| {
        std::iter::once(keep).chain(members.iter_mut().map(|member| &mut member.doc))
    };
    let of_family = |PassageFamily { keep, occurrences, .. }: &'f mut PassageFamily| {
        std::iter::once(&mut keep.doc).chain(occurrences.iter_mut().map(|place| &mut place.doc))
    };
    let of_pairs = pairs.iter_mut().flat_map(|pair| [&mut pair.a, &mut pair.b]);
    let of_matches = matches.iter_mut().flat_map(|found| [&mut found.a.doc, &mut found.b.doc]);
    let of_documents = clusters.iter_mut().flat_map(of_cluster).chain(of_pairs);
    of_documents.chain(of_matches).chain(families.iter_mut().flat_map(of_family))
}

#[test]
fn a_setting_that_cannot_be_is_refused_with_its_name() {
    let text = saved(2).1;
    for (value, wrong, message) in [
        ("\"rows\":5", "\"rows\":0", "rows is 0, but it must be at least 1"),
        ("\"threshold\":0.8", "\"threshold\":7.0", "threshold is 7, but it must be above 0 and at most 1"),
        ("\"k\":5", "\"k\":0", "window-shingle is 0, but it must be from 2 to 64"),
        ("\"shingle\":\"word:5\"", "\"shingle\":\"word:900\"", "shingle is word:900"),
    ] {
        assert!(text.contains(value), "{value}");
        let refusal = json::read_all(text.replacen(value, wrong, 1).as_bytes(), Path::new("found.jsonl")).unwrap_err();
        assert!(refusal.to_string().contains(message), "{wrong}: {refusal}");
    }
}
