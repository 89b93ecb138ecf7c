//! The order in which groups are shown, the same in every report.

use std::cmp::Ordering;

use super::document::{DocumentCluster, DocumentPair};
use super::measure::bytes_of;
use super::passage::PassageFamily;

/// What groups are ordered by. Those that are equal in it keep the order of the findings.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sort {
    /// The bytes that repeat, most first. Groups of which no byte can go, such as pairs of documents that all stay,
    /// come last: those of more places first, then the most similar first.
    #[default]
    Cost,
    /// The place of the one that is kept: the order of the findings.
    Position,
    /// How similar they are, most similar first. A group counts as similar as the two of it that differ most.
    Similarity,
    /// How many there are, most first.
    Count,
}

/// What decides the rank of a group: a cluster, a pair, or a family.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Standing {
    /// Bytes that only repeat the kept one.
    pub cost: u64,
    /// Documents or places, the kept one included.
    pub count: usize,
    /// The least similarity in it, `0.0..=1.0`.
    pub similarity: f64,
    /// Its number among the findings of its type, or among all groups.
    pub position: usize,
}

impl Standing {
    /// Returns the standing of a cluster.
    pub fn of_cluster(cluster: &DocumentCluster, position: usize) -> Self {
        let similarity = cluster.members.iter().map(|member| member.jaccard).fold(1.0, f64::min);
        Self { cost: cost_of_cluster(cluster), count: cluster.members.len() + 1, similarity, position }
    }

    /// Returns the standing of a pair of documents that both stay.
    pub fn of_pair(pair: &DocumentPair, position: usize) -> Self {
        Self { cost: 0, count: 2, similarity: pair.jaccard, position }
    }

    /// Returns the standing of a family. `similarity` is the least identity of its matches, 1 if none is listed.
    pub fn of_family(family: &PassageFamily, similarity: f64, position: usize) -> Self {
        Self { cost: cost_of_family(family), count: family.count, similarity, position }
    }
}

impl Sort {
    /// Returns `Less` if the first group is shown before the second.
    pub fn compare(self, first: &Standing, second: &Standing) -> Ordering {
        let by_cost = second.cost.cmp(&first.cost);
        let by_count = second.count.cmp(&first.count);
        let by_similarity = second.similarity.total_cmp(&first.similarity);
        let chosen = match self {
            Self::Position => Ordering::Equal,
            Self::Similarity => by_similarity,
            Self::Count => by_count,
            Self::Cost if first.cost == 0 && second.cost == 0 => by_count.then(by_similarity),
            Self::Cost => by_cost,
        };
        chosen.then(first.position.cmp(&second.position))
    }
}

/// Returns the bytes of text in the removed documents.
pub fn cost_of_cluster(cluster: &DocumentCluster) -> u64 {
    cluster.members.iter().map(|member| member.bytes).fold(0, u64::saturating_add)
}

/// Returns the bytes of text in all places but the kept one. A place that is not listed counts as long as the kept one.
pub fn cost_of_family(family: &PassageFamily) -> u64 {
    let listed = family.occurrences.iter().map(|place| bytes_of(place).len() as u64).fold(0, u64::saturating_add);
    let unlisted = family.count.saturating_sub(family.occurrences.len().saturating_add(1)) as u64;
    listed.saturating_add(unlisted.saturating_mul(bytes_of(&family.keep).len() as u64))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::{Member, samples};

    fn cluster(sizes: &[u64], similarities: &[f64]) -> DocumentCluster {
        let one = samples::documents().clusters.remove(0);
        let member = |(&bytes, &jaccard): (&u64, &f64)| Member { jaccard, bytes, ..one.members[0].clone() };
        DocumentCluster { members: sizes.iter().zip(similarities).map(member).collect(), ..one.clone() }
    }

    fn family(count: usize, len: usize) -> PassageFamily {
        let keep = samples::span(samples::doc("a", 0), 0..len, (1, 1));
        PassageFamily { keep, occurrences: Vec::new(), count, ..samples::seed().families.remove(0) }
    }

    /// The numbers of the groups, from 1, in order.
    fn sorted(mut all: Vec<Standing>, sort: Sort) -> Vec<usize> {
        all.sort_by(|x, y| sort.compare(x, y));
        all.iter().map(|standing| standing.position + 1).collect()
    }

    #[test]
    fn clusters_are_ordered_by_what_was_asked_for() {
        let all = [
            cluster(&[10], &[0.8]),
            cluster(&[3, 4, 5], &[0.9, 0.9, 0.9]),
            cluster(&[9, 9], &[1.0, 0.85]), // the most similar copy, but not the most similar group
        ];
        let standings = || all.iter().zip(0..).map(|(cluster, n)| Standing::of_cluster(cluster, n)).collect();
        assert_eq!(sorted(standings(), Sort::Cost), [3, 2, 1]);
        assert_eq!(sorted(standings(), Sort::Position), [1, 2, 3]);
        assert_eq!(sorted(standings(), Sort::Similarity), [2, 3, 1]);
        assert_eq!(sorted(standings(), Sort::Count), [2, 3, 1]);
        let unknown = [cluster(&[0], &[0.8]), cluster(&[0, 0], &[0.9, 0.9])];
        let unknown = unknown.iter().zip(0..).map(|(cluster, n)| Standing::of_cluster(cluster, n)).collect();
        assert_eq!(sorted(unknown, Sort::Cost), [2, 1]);
    }

    #[test]
    fn families_are_ordered_by_what_was_asked_for() {
        let all = [(family(2, 90), 0.5), (family(9, 11), 0.9), (family(3, 100), 0.7)];
        let standings = || all.iter().zip(0..).map(|((of, least), n)| Standing::of_family(of, *least, n)).collect();
        assert_eq!(sorted(standings(), Sort::Cost), [3, 1, 2]);
        assert_eq!(sorted(standings(), Sort::Position), [1, 2, 3]);
        assert_eq!(sorted(standings(), Sort::Similarity), [2, 3, 1]);
        assert_eq!(sorted(standings(), Sort::Count), [2, 3, 1]);
    }

    #[test]
    fn pairs_that_cost_nothing_come_after_groups_the_most_similar_first() {
        let pair = |jaccard| DocumentPair { jaccard, ..samples::everything().pairs.remove(0) };
        let standings = || {
            let pairs = [pair(0.8), pair(0.95)];
            let mut all = vec![Standing::of_cluster(&cluster(&[10], &[0.9]), 0)];
            all.extend(pairs.iter().zip(1..).map(|(pair, n)| Standing::of_pair(pair, n)));
            all
        };
        assert_eq!(sorted(standings(), Sort::Cost), [1, 3, 2]);
        assert_eq!(sorted(standings(), Sort::Similarity), [3, 1, 2]);
        assert_eq!(sorted(standings(), Sort::Position), [1, 2, 3]);
    }
}
