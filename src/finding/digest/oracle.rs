//! The definition of a digest: all findings at once, sorted and counted in the plainest way.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::charts::{ChartMeasures, GROUP_SIZES, SimilarityCounts};
use super::drawn::{DrawnDocument, FamilyTag};
use super::largest::{FrequentFamily, LargeCluster};
use super::shortlist::{Ranked, SHELVES, ShelvedFamilies, Shortlisted};
use super::shown::{Digest, DigestLimits};
use super::skips::{SkippedDigest, SkippedRun};
use crate::finding::{
    DocumentRef, Findings, PassageClass, PassageFamily, PassageMatch, PlacedSpan, Repeated, Skipped, Sort, Standing,
    bytes_of, cost_of_cluster, cost_of_family,
};

/// Returns what [`Digest::of`] must return.
pub fn digest(findings: &Findings, limits: DigestLimits) -> Digest {
    let Findings { header, clusters, pairs, matches, families, summary, .. } = findings;
    let has_baseline = summary.new.is_some();
    let of = |family: &PassageFamily| -> Vec<PassageMatch> {
        matches.iter().filter(|found| found.family == family.id).cloned().collect()
    };
    let least = |family: &PassageFamily| of(family).iter().map(|found| found.identity).fold(1.0, f64::min);
    let ranked_clusters = clusters.iter().zip(0..).map(|(group, n)| (Standing::of_cluster(group, n), group, group.new));
    let ranked_pairs = pairs.iter().zip(0..).map(|(group, n)| (Standing::of_pair(group, n), group, 0));
    let families_shown = ShelvedFamilies(std::array::from_fn::<_, SHELVES, _>(|rank| {
        let on_shelf = families.iter().zip(0..).filter(|(family, _)| limits.shelving.shelf(family) == rank);
        let ranked = on_shelf.map(|(group, n)| (Standing::of_family(group, least(group), n), group, group.new));
        shortlist(ranked, limits, has_baseline)
    }));
    let matches_shown = families_shown.groups().filter(|family| !of(family).is_empty());
    let (documents, document_count) = documents(findings, limits.documents, of);
    Digest {
        header: header.clone(),
        summary: summary.clone(),
        repeated: repeated(findings),
        clusters: shortlist(ranked_clusters, limits, has_baseline),
        pairs: shortlist(ranked_pairs, limits, false),
        matches: matches_shown.map(|family| (family.id.clone(), of(family))).collect(),
        families: families_shown,
        match_count: matches.len() as u64,
        largest: largest(findings),
        frequent: frequent(findings),
        skipped: skipped(&findings.skipped, limits),
        measures: measures(findings),
        documents,
        document_count,
        sources_of_records: sources_of_records(findings),
    }
}

fn shortlist<'a, T: Clone + 'a>(
    groups: impl Iterator<Item = (Standing, &'a T, usize)>,
    limits: DigestLimits,
    has_baseline: bool,
) -> Shortlisted<T> {
    let groups: Vec<_> = groups.collect();
    let all = groups.len();
    let mut wanted: Vec<_> = groups.into_iter().filter(|(_, _, new)| *new > 0 || !has_baseline).collect();
    wanted.sort_by(|(x, ..), (y, ..)| limits.sort.compare(x, y));
    let cost = wanted.iter().map(|(standing, ..)| standing.cost).sum();
    let shown = wanted.iter().take(limits.groups);
    let shown = shown.map(|(standing, group, _)| Ranked { standing: *standing, group: (*group).clone() }).collect();
    Shortlisted { shown, wanted: wanted.len(), all, cost }
}

fn union_len(places: &[&PlacedSpan]) -> u64 {
    let last = places.iter().map(|place| place.end).max().unwrap_or_default();
    let mut is_covered = vec![false; last];
    for place in places {
        is_covered[place.start..place.end].fill(true);
    }
    is_covered.into_iter().filter(|covered| *covered).count() as u64
}

fn repeated(findings: &Findings) -> Repeated {
    let removed: BTreeSet<&DocumentRef> =
        findings.clusters.iter().flat_map(|cluster| &cluster.members).map(|member| &member.doc).collect();
    let mut places: BTreeMap<&DocumentRef, Vec<&PlacedSpan>> = BTreeMap::new();
    for place in findings.families.iter().flat_map(|family| &family.occurrences) {
        if !removed.contains(&place.doc) {
            places.entry(&place.doc).or_default().push(place);
        }
    }
    let passages = places.values().map(|places| union_len(places)).sum();
    Repeated { text: findings.summary.judged_bytes(), documents: findings.summary.removed_bytes, passages }
}

fn documents(
    findings: &Findings,
    limit: usize,
    matches: impl Fn(&PassageFamily) -> Vec<PassageMatch>,
) -> (Vec<DrawnDocument>, usize) {
    let mut documents: BTreeMap<&DocumentRef, Vec<(Arc<FamilyTag>, &PlacedSpan)>> = BTreeMap::new();
    for (n, family) in findings.families.iter().enumerate() {
        let tag = Arc::new(FamilyTag::new(family, n, &matches(family)));
        for place in family.occurrences.iter().chain([&family.keep]) {
            documents.entry(&place.doc).or_default().push((tag.clone(), place));
        }
    }
    let count = if limit > 0 { documents.len() } else { 0 };
    let mut drawn: Vec<_> = documents
        .into_iter()
        .map(|(doc, mut places)| {
            let repeated = union_len(&places.iter().map(|(_, place)| *place).collect::<Vec<_>>());
            places.sort_by_key(|(tag, place)| (place.start, place.end, tag.id.clone()));
            let places = places.into_iter().map(|(tag, place)| (tag, place.without_quotes())).collect();
            DrawnDocument { doc: doc.clone(), repeated, places }
        })
        .collect();
    drawn.sort_by_key(|document| (Reverse(document.repeated), document.doc.clone()));
    drawn.truncate(limit);
    (drawn, count)
}

fn largest(findings: &Findings) -> Vec<LargeCluster> {
    let large = findings.clusters.iter().map(|cluster| LargeCluster {
        id: cluster.id.clone(),
        keep: cluster.keep.clone(),
        members: cluster.members.len(),
        cost: cost_of_cluster(cluster),
    });
    let mut large: Vec<LargeCluster> = large.collect();
    large.sort_by_key(|cluster| Reverse((cluster.members, cluster.cost)));
    large.truncate(3);
    large
}

fn frequent(findings: &Findings) -> Vec<FrequentFamily> {
    let is_frequent = |family: &&PassageFamily| family.count >= 3 && family.class != Some(PassageClass::Furniture);
    let frequent = findings.families.iter().filter(is_frequent).map(|family| FrequentFamily {
        id: family.id.clone(),
        count: family.count,
        excerpt: family.keep.excerpt.clone(),
        cost: cost_of_family(family),
    });
    let mut frequent: Vec<FrequentFamily> = frequent.collect();
    frequent.sort_by_key(|family| Reverse((family.count, family.cost)));
    frequent.truncate(3);
    frequent
}

fn skipped(skipped: &[Skipped], limits: DigestLimits) -> SkippedDigest {
    let mut sorted: Vec<&Skipped> = skipped.iter().filter(|skipped| skipped.other_kind().is_none()).collect();
    let all = sorted.len();
    sorted.sort_by_key(|skipped| !skipped.reason.is_fault());
    let runs: Vec<&[&Skipped]> = sorted.chunk_by(|x, y| (&x.source, x.reason) == (&y.source, y.reason)).collect();
    let beyond = runs.iter().skip(limits.skipped_runs).map(|run| run.len()).sum();
    let run = |run: &&[&Skipped]| SkippedRun {
        first: run.iter().take(limits.skipped_records).map(|skipped| (*skipped).clone()).collect(),
        count: run.len(),
    };
    SkippedDigest { runs: runs.iter().take(limits.skipped_runs).map(run).collect(), beyond, all }
}

fn measures(findings: &Findings) -> ChartMeasures {
    let members = || findings.clusters.iter().flat_map(|cluster| &cluster.members);
    let places = findings.families.iter().flat_map(|family| &family.occurrences);
    let sizes: Vec<usize> = findings
        .clusters
        .iter()
        .map(|cluster| cluster.members.len() + 1)
        .chain(findings.families.iter().map(|family| family.count))
        .collect();
    let mut by_source: BTreeMap<Arc<str>, u64> = BTreeMap::new();
    for (doc, bytes) in members()
        .map(|member| (&member.doc, member.bytes))
        .chain(places.map(|place| (&place.doc, bytes_of(place).len() as u64)))
    {
        *by_source.entry(doc.source.clone()).or_default() += bytes;
    }
    by_source.retain(|_, bytes| *bytes > 0);
    ChartMeasures {
        duplicates: distribution(members().filter(|member| !member.exact).map(|member| member.jaccard).collect()),
        exact: members().filter(|member| member.exact).count() as u64,
        passages: distribution(findings.matches.iter().map(|found| found.identity).collect()),
        sizes: GROUP_SIZES.map(|(from, to)| sizes.iter().filter(|size| (from..=to).contains(size)).count() as u64),
        by_source,
    }
}

/// Counts values that are whole percents.
fn distribution(values: Vec<f64>) -> SimilarityCounts {
    let mut distribution = SimilarityCounts::default();
    for value in values {
        match (value * 100.0).round() as usize {
            100 => distribution.equal += 1,
            percent => distribution.steps[percent / 5] += 1,
        }
    }
    distribution
}

fn sources_of_records(findings: &Findings) -> BTreeSet<Arc<str>> {
    let members = findings.clusters.iter().flat_map(|c| c.members.iter().map(|m| &m.doc).chain([&c.keep]));
    let pairs = findings.pairs.iter().flat_map(|pair| [&pair.a, &pair.b]);
    let matches = findings.matches.iter().flat_map(|m| [&m.a.doc, &m.b.doc]);
    let families = findings.families.iter().flat_map(|f| f.occurrences.iter().chain([&f.keep]).map(|s| &s.doc));
    let documents = members.chain(pairs).chain(matches).chain(families);
    let several = documents.filter(|doc| doc.record > 0 || doc.id.is_some()).map(|doc| doc.source.clone());
    let skipped = findings.skipped.iter().filter(|skipped| skipped.record.is_some_and(|record| record > 0));
    several.chain(skipped.map(|skipped| skipped.source.as_str().into())).collect()
}

/// The limits at which a digest is compared: few, some and all groups, in each order.
pub fn all_limits() -> Vec<(usize, Sort)> {
    let sorts = [Sort::Cost, Sort::Position, Sort::Similarity, Sort::Count];
    [1, 3, usize::MAX].into_iter().flat_map(|limit| sorts.map(|sort| (limit, sort))).collect()
}
