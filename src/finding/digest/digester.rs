//! The sink that digests findings.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::PathBuf;
use std::sync::Arc;

use super::charts::ChartMeasures;
use super::drawn::{DrawnDocuments, FamilyTag, PlaceMap};
use super::largest::{FrequentFamily, LargeCluster, keep_cluster, keep_family};
use super::shortlist::{FamilyShortlists, Ranked, ShelvedFamilies, Shortlist};
use super::shown::{Digest, DigestLimits};
use super::skips::SkippedRuns;
use crate::error::Result;
use crate::finding::measure::RepeatMeasure;
use crate::finding::order::Standing;
use crate::finding::replay::{Replay, key};
use crate::finding::{
    DocumentCluster, DocumentPair, DocumentRef, Finding, Findings, Header, PassageFamily, PassageMatch, PlacedSpan,
    Sink, Skipped, Sort, Summary,
};

/// Digests findings as they come.
#[derive(Debug)]
pub struct Digester {
    limits: DigestLimits,
    header: Header,
    summary: Summary,
    repeats: RepeatMeasure,
    clusters: Shortlist<DocumentCluster>,
    pairs: Shortlist<DocumentPair>,
    families: FamilyShortlists,
    match_count: u64,
    /// By the hash of the family's id, the least identity of its matches, where that is below 1.
    least_identities: HashMap<u64, f64>,
    matches: Replay,
    /// All families, if documents are drawn, without the texts of their places.
    all_families: Replay,
    largest: Vec<LargeCluster>,
    frequent: Vec<FrequentFamily>,
    skipped: SkippedRuns,
    measures: ChartMeasures,
    places: PlaceMap,
    sources_of_records: BTreeSet<Arc<str>>,
}

impl Digester {
    /// Digests findings; temporary files go to the system's folder for them.
    pub fn new(limits: DigestLimits) -> Self {
        Self::in_folder(limits, std::env::temp_dir())
    }

    /// Digests findings; temporary files go to `folder`.
    pub fn in_folder(limits: DigestLimits, folder: PathBuf) -> Self {
        let DigestLimits { groups, shelving, sort, skipped_runs, skipped_records, .. } = limits;
        Self {
            limits,
            header: Header::default(),
            summary: Summary::default(),
            repeats: RepeatMeasure::default(),
            clusters: Shortlist::new(groups, sort),
            pairs: Shortlist::new(groups, sort),
            families: FamilyShortlists::new(shelving, groups, sort),
            match_count: 0,
            least_identities: HashMap::new(),
            matches: Replay::new(folder.clone()),
            all_families: Replay::new(folder),
            largest: Vec::new(),
            frequent: Vec::new(),
            skipped: SkippedRuns::new(skipped_runs, skipped_records),
            measures: ChartMeasures::default(),
            places: PlaceMap::default(),
            sources_of_records: BTreeSet::new(),
        }
    }

    /// Lets findings go to temporary files at once.
    #[cfg(test)]
    pub(super) fn spilling(mut self) -> Self {
        self.matches.spill_early();
        self.all_families.spill_early();
        self
    }

    /// Returns the digest of all findings that came.
    ///
    /// # Errors
    ///
    /// When a temporary file cannot be read.
    pub fn finish(mut self) -> Result<Digest> {
        let has_baseline = self.summary.new.is_some();
        let families =
            std::mem::replace(&mut self.families, FamilyShortlists::new(self.limits.shelving, 0, self.limits.sort));
        let mut families = families.finish(has_baseline);
        let (mut drawn, document_count) = std::mem::take(&mut self.places).finish(self.limits.documents);
        let tagged = self.families_drawn(&mut drawn)?;
        let (matches, labels) = self.matches_of(&families, &tagged)?;
        for Ranked { standing, group } in families.0.iter_mut().flat_map(|shelf| &mut shelf.shown) {
            let identities = matches.get(&group.id).into_iter().flatten().map(|found| found.identity);
            standing.similarity = identities.fold(1.0, f64::min);
        }
        let tag = |(id, (position, count)): (&String, &(usize, usize))| {
            let label = labels.get(id).filter(|(matches, _)| *matches == 1 && *count <= 2);
            let label = label.map_or_else(|| id.clone(), |(_, label)| label.clone());
            (id.clone(), Arc::new(FamilyTag { id: id.clone(), position: *position, label }))
        };
        let tags: BTreeMap<String, Arc<FamilyTag>> = tagged.iter().map(tag).collect();
        Ok(Digest {
            repeated: self.repeats.finish(&self.summary),
            clusters: self.clusters.finish(has_baseline),
            pairs: self.pairs.finish(false), // nothing is known of which pairs are new
            families,
            matches,
            match_count: self.match_count,
            largest: self.largest,
            frequent: self.frequent,
            skipped: self.skipped.finish(),
            measures: self.measures,
            documents: drawn.finish(&tags),
            document_count,
            sources_of_records: self.sources_of_records,
            header: self.header,
            summary: self.summary,
        })
    }

    /// Collects the places in the documents that are drawn. Returns their families: by id, their position and how many
    /// places they have.
    fn families_drawn(&mut self, drawn: &mut DrawnDocuments) -> Result<BTreeMap<String, (usize, usize)>> {
        let (mut families, mut position) = (BTreeMap::new(), 0);
        self.all_families.each(|finding| {
            if let Finding::PassageFamily(family) = finding {
                if drawn.family(family) {
                    families.insert(family.id.clone(), (position, family.count));
                }
                position += 1;
            }
            Ok(())
        })?;
        Ok(families)
    }

    /// Returns the matches of the families shown; and of those drawn, how many there are and the id of the first.
    #[allow(clippy::type_complexity)] // two maps that one pass makes
    fn matches_of(
        &mut self,
        families: &ShelvedFamilies,
        drawn: &BTreeMap<String, (usize, usize)>,
    ) -> Result<(BTreeMap<String, Vec<PassageMatch>>, BTreeMap<String, (usize, String)>)> {
        let shown: BTreeSet<&str> = families.groups().map(|family| family.id.as_str()).collect();
        let keys: BTreeSet<u64> = shown.iter().copied().chain(drawn.keys().map(String::as_str)).map(key).collect();
        let (mut matches, mut labels) = (BTreeMap::<String, Vec<PassageMatch>>::new(), BTreeMap::new());
        self.matches.each_of(
            |key| keys.contains(&key),
            |finding| {
                let Finding::PassageMatch(found) = finding else { return Ok(()) };
                if shown.contains(found.family.as_str()) {
                    matches.entry(found.family.clone()).or_default().push(found.clone());
                }
                if drawn.contains_key(&found.family) {
                    labels.entry(found.family.clone()).or_insert_with(|| (0, found.id.clone())).0 += 1;
                }
                Ok(())
            },
        )?;
        Ok((matches, labels))
    }

    fn cluster(&mut self, cluster: DocumentCluster) {
        self.repeats.cluster(&cluster);
        self.measures.cluster(&cluster);
        self.name_document(&cluster.keep);
        cluster.members.iter().for_each(|member| self.name_document(&member.doc));
        keep_cluster(&mut self.largest, &cluster);
        let standing = Standing::of_cluster(&cluster, self.clusters.len());
        self.clusters.add(standing, cluster.new > 0, cluster);
    }

    fn pair(&mut self, pair: DocumentPair) {
        self.name_document(&pair.a);
        self.name_document(&pair.b);
        self.pairs.add(Standing::of_pair(&pair, self.pairs.len()), false, pair);
    }

    fn passage_match(&mut self, found: PassageMatch) -> Result<()> {
        self.match_count += 1;
        self.measures.passage_match(&found);
        self.name_document(&found.a.doc);
        self.name_document(&found.b.doc);
        if self.limits.sort == Sort::Similarity && found.identity < 1.0 {
            let least = self.least_identities.entry(key(&found.family)).or_insert(1.0);
            *least = least.min(found.identity);
        }
        self.matches.keep(Finding::PassageMatch(found))
    }

    fn family(&mut self, family: PassageFamily) -> Result<()> {
        self.repeats.family(&family);
        self.measures.family(&family);
        for place in family.occurrences.iter().chain([&family.keep]) {
            self.name_document(&place.doc);
        }
        keep_family(&mut self.frequent, &family);
        if self.limits.documents > 0 {
            self.places.family(&family);
            self.all_families.keep(Finding::PassageFamily(without_quotes(&family)))?;
        }
        let similarity = self.least_identities.get(&key(&family.id)).copied().unwrap_or(1.0);
        let standing = Standing::of_family(&family, similarity, self.families.len());
        self.families.add(standing, family);
        Ok(())
    }

    fn skip(&mut self, skipped: Skipped) {
        if skipped.record.is_some_and(|record| record > 0) && !self.sources_of_records.contains(&*skipped.source) {
            self.sources_of_records.insert(skipped.source.as_str().into());
        }
        self.skipped.add(skipped);
    }

    fn name_document(&mut self, doc: &DocumentRef) {
        if doc.is_record() && !self.sources_of_records.contains(&*doc.source) {
            self.sources_of_records.insert(doc.source.clone());
        }
    }
}

impl Sink for Digester {
    fn receive(&mut self, finding: Finding) -> Result<()> {
        match finding {
            Finding::Header(header) => self.header = header,
            Finding::DocumentCluster(cluster) => self.cluster(cluster),
            Finding::DocumentPair(pair) => self.pair(pair),
            Finding::PassageMatch(found) => return self.passage_match(found),
            Finding::PassageFamily(family) => return self.family(family),
            Finding::Skipped(skipped) => self.skip(skipped),
            Finding::Summary(summary) => self.summary = summary,
            // Reports of evaluation items need no digest.
            Finding::Contamination(_) => {}
        }
        Ok(())
    }
}

fn without_quotes(family: &PassageFamily) -> PassageFamily {
    let occurrences = family.occurrences.iter().map(PlacedSpan::without_quotes).collect();
    PassageFamily { id: family.id.clone(), keep: family.keep.without_quotes(), occurrences, ..*family }
}

impl Digest {
    /// Digests findings that are held already; each is cloned on the way.
    ///
    /// # Errors
    ///
    /// When a temporary file cannot be written or read.
    pub fn of(findings: &Findings, limits: DigestLimits) -> Result<Self> {
        let mut digester = Digester::new(limits);
        findings.send_clones(&mut digester)?;
        digester.finish()
    }
}
