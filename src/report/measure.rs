//! How much of the text repeats, computed from the findings alone.

use std::collections::{BTreeMap, BTreeSet};

use crate::finding::{DocumentRef, Findings, PlacedSpan};
use doublon_core::Span;

/// How much of the compared text is repeated.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Repeated {
    /// Bytes of text in all documents compared.
    pub text: u64,
    /// Bytes of text in the removed documents.
    pub documents: u64,
    /// Bytes of text in the kept documents that only repeat a passage kept elsewhere, each byte once.
    pub passages: u64,
}

impl Repeated {
    /// Measures the findings of a run. Of a family, the places that are listed count.
    pub fn of(findings: &Findings) -> Self {
        Self {
            text: findings.summary.text_bytes,
            documents: findings.summary.removed_bytes,
            passages: repeated_in_passages(findings),
        }
    }

    /// Returns the share of the text that could go without losing anything, `0.0..=1.0`; 0 if there is no text.
    pub fn share(self) -> f64 {
        if self.text == 0 { 0.0 } else { self.documents.saturating_add(self.passages) as f64 / self.text as f64 }
    }
}

fn repeated_in_passages(findings: &Findings) -> u64 {
    let removed: BTreeSet<&DocumentRef> =
        findings.clusters.iter().flat_map(|cluster| &cluster.members).map(|member| &member.doc).collect();
    let mut spans: BTreeMap<&DocumentRef, Vec<&PlacedSpan>> = BTreeMap::new();
    for place in findings.families.iter().flat_map(|family| &family.occurrences) {
        if !removed.contains(&place.doc) {
            spans.entry(&place.doc).or_default().push(place);
        }
    }
    spans.into_values().map(|places| union_len(places.iter().map(|place| bytes_of(place)))).sum()
}

/// Returns the bytes of a place. Findings from a file may say anything, so one that ends before it starts is empty.
pub(super) fn bytes_of(place: &PlacedSpan) -> Span {
    Span::new(place.start, place.end.max(place.start))
}

/// Returns how many bytes are in any of the spans.
pub(super) fn union_len(spans: impl Iterator<Item = Span>) -> u64 {
    let mut spans: Vec<Span> = spans.collect();
    spans.sort_unstable();
    let mut covered_to = 0;
    let mut len = 0;
    for span in spans {
        len += span.end.saturating_sub(span.start.max(covered_to));
        covered_to = covered_to.max(span.end);
    }
    len as u64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::PassageFamily;
    use crate::report::text::samples;

    #[test]
    fn each_repeated_byte_counts_once() {
        let spans = [Span::new(10, 20), Span::new(0, 12), Span::new(15, 18), Span::new(30, 31)];
        assert_eq!(union_len(spans.into_iter()), 21);
    }

    #[test]
    fn the_seed_article_repeats_the_teaser() {
        let repeated = Repeated::of(&samples::seed());
        assert_eq!(repeated, Repeated { text: 2948, documents: 0, passages: 390 });
        assert!((repeated.share() - 390.0 / 2948.0).abs() < 1e-12);
        assert!(Repeated::default().share().abs() < 1e-12);
    }

    #[test]
    fn passages_of_removed_documents_do_not_count_twice() {
        let mut findings = samples::documents();
        let doc = findings.clusters[0].members[0].doc.clone();
        let place = samples::span(doc, 0..10, (1, 1));
        let family = PassageFamily {
            id: "f1".into(),
            keep: place.clone(),
            occurrences: vec![place],
            count: 2,
            more_matches: 0,
            new: 0,
        };
        findings.families.push(family);
        assert_eq!(Repeated::of(&findings).passages, 0);
    }
}
