use super::oracle::{all_limits, digest};
use super::*;
use crate::finding::{Findings, NewRepeats, samples};

fn limits(groups: usize, sort: crate::finding::Sort) -> DigestLimits {
    let shelving = if groups == 3 { Shelving::Kinds } else { Shelving::Classes };
    DigestLimits { groups, shelving, sort, skipped_runs: groups, skipped_records: 3, documents: groups.min(10) }
}

fn digested(findings: &Findings, limits: DigestLimits, is_spilling: bool) -> Digest {
    let digester = Digester::new(limits);
    let mut digester = if is_spilling { digester.spilling() } else { digester };
    findings.send_clones(&mut digester).expect("all is taken");
    digester.finish().expect("all is read")
}

#[test]
fn a_digest_of_a_stream_is_that_of_all_findings_at_once() {
    let baseline = NewRepeats { documents: 3, passages: 4, bytes: 500 };
    for (seed, new) in [(1, None), (2, Some(baseline))] {
        let mut findings = samples::many(seed);
        findings.summary.new = new;
        for (groups, sort) in all_limits() {
            let limits = limits(groups, sort);
            let expected = digest(&findings, limits);
            assert_eq!(digested(&findings, limits, false), expected, "{limits:?}, seed {seed}");
            assert_eq!(digested(&findings, limits, true), expected, "{limits:?}, seed {seed}, from a file");
        }
    }
}

#[test]
fn a_digest_of_nothing_is_empty() {
    let digest = digested(&samples::nothing(), limits(3, crate::finding::Sort::Cost), false);
    let expected = Digest {
        header: samples::nothing().header,
        summary: samples::nothing().summary,
        repeated: crate::finding::Repeated { text: 2948, ..Default::default() },
        ..Digest::default()
    };
    assert_eq!(digest, expected);
}
