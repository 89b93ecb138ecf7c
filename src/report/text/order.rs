//! The order in which groups are shown.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use crate::finding::{DocumentCluster, PassageFamily, PassageMatch};

/// What groups are ordered by. Those that are equal in it keep the order of the findings.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sort {
    /// The bytes that repeat, most first.
    #[default]
    Cost,
    /// The place of the one that is kept: the order of the findings.
    Position,
    /// How alike they are, most first.
    Similarity,
    /// How many there are, most first.
    Count,
}

/// Returns the bytes of text in the removed documents.
pub fn cost_of_cluster(cluster: &DocumentCluster) -> u64 {
    cluster.members.iter().map(|member| member.bytes).sum()
}

/// Returns the bytes of text in all places but the kept one. One that is not listed counts as the kept one.
pub fn cost_of_family(family: &PassageFamily) -> u64 {
    let listed: usize = family.occurrences.iter().map(|place| place.end.saturating_sub(place.start)).sum();
    let unlisted = family.count.saturating_sub(1 + family.occurrences.len());
    let kept = family.keep.end.saturating_sub(family.keep.start);
    listed.saturating_add(unlisted.saturating_mul(kept)) as u64
}

/// Returns clusters in order.
pub fn clusters(clusters: &[DocumentCluster], sort: Sort) -> Vec<&DocumentCluster> {
    let mut sorted: Vec<_> = clusters.iter().collect();
    let count = |cluster: &DocumentCluster| cluster.members.len();
    match sort {
        Sort::Position => {}
        // Findings of earlier versions have no bytes of documents.
        Sort::Cost => sorted.sort_by_key(|cluster| Reverse((cost_of_cluster(cluster), count(cluster)))),
        Sort::Count => sorted.sort_by_key(|cluster| Reverse(count(cluster))),
        Sort::Similarity => {
            let nearest = |cluster: &DocumentCluster| cluster.members.iter().map(|m| m.jaccard).fold(0.0, f64::max);
            sorted.sort_by(|x, y| nearest(y).total_cmp(&nearest(x)));
        }
    }
    sorted
}

/// Returns families in order. `matches` has those of each family.
pub fn families<'a>(
    families: &'a [PassageFamily],
    matches: &BTreeMap<&str, Vec<&PassageMatch>>,
    sort: Sort,
) -> Vec<&'a PassageFamily> {
    let mut sorted: Vec<_> = families.iter().collect();
    match sort {
        Sort::Position => {}
        Sort::Cost => sorted.sort_by_key(|family| Reverse(cost_of_family(family))),
        Sort::Count => sorted.sort_by_key(|family| Reverse(family.count)),
        Sort::Similarity => {
            let of = |family: &PassageFamily| matches.get(family.id.as_str()).into_iter().flatten();
            let nearest = |family: &PassageFamily| of(family).map(|m| m.identity).fold(0.0, f64::max);
            sorted.sort_by(|x, y| nearest(y).total_cmp(&nearest(x)));
        }
    }
    sorted
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::text::samples;

    fn cluster(id: &str, sizes: &[u64], jaccard: f64) -> DocumentCluster {
        let one = samples::documents().clusters.remove(0);
        let member = |&bytes: &u64| crate::finding::Member { jaccard, bytes, ..one.members[0].clone() };
        {
            let members = sizes.iter().map(member).collect();
            DocumentCluster { id: id.into(), members, ..one.clone() }
        }
    }

    #[test]
    fn clusters_are_ordered_by_what_was_asked_for() {
        let all = [cluster("d1", &[10], 0.8), cluster("d2", &[3, 4, 5], 0.9), cluster("d3", &[9, 9], 1.0)];
        let ids = |sort| clusters(&all, sort).iter().map(|c| c.id.clone()).collect::<Vec<_>>().join(" ");
        assert_eq!(ids(Sort::Cost), "d3 d2 d1");
        assert_eq!(ids(Sort::Position), "d1 d2 d3");
        assert_eq!(ids(Sort::Similarity), "d3 d2 d1");
        assert_eq!(ids(Sort::Count), "d2 d3 d1");
        let unknown = [cluster("d1", &[0], 0.8), cluster("d2", &[0, 0], 0.9)];
        assert_eq!(clusters(&unknown, Sort::Cost)[0].id, "d2");
    }

    #[test]
    fn families_are_ordered_by_what_was_asked_for() {
        let of_seed = samples::seed();
        let family = |id: &str, count, len| {
            let keep = samples::span(samples::doc("a", 0), 0..len, (1, 1));
            PassageFamily { id: id.into(), keep, occurrences: Vec::new(), count, ..of_seed.families[0].clone() }
        };
        let all = [family("f1", 2, 90), family("f2", 9, 11), family("f3", 3, 100)];
        let m = |identity| PassageMatch { identity, ..of_seed.matches[0].clone() };
        let of = [m(0.5), m(0.9), m(0.7)];
        let matches = BTreeMap::from([("f1", vec![&of[0], &of[2]]), ("f2", vec![&of[1]])]);
        let ids = |sort| families(&all, &matches, sort).iter().map(|f| f.id.clone()).collect::<Vec<_>>().join(" ");
        assert_eq!(ids(Sort::Cost), "f3 f1 f2");
        assert_eq!(ids(Sort::Position), "f1 f2 f3");
        assert_eq!(ids(Sort::Similarity), "f2 f1 f3");
        assert_eq!(ids(Sort::Count), "f2 f3 f1");
    }
}
