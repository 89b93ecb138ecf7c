//! Turns a stream of findings into a plan.
//!
//! Of the findings the planner holds what a plan is made of and no more: see [`Gathered`].

use std::collections::HashSet;
use std::path::PathBuf;
use std::sync::Arc;

use doublon_core::Settings;

use super::below::AllowedPaths;
use super::choices::Choices;
use super::decisions::Decisions;
use super::gathered::Gathered;
use super::held::PlanArchive;
use super::index::SourceIndex;
use super::options::{AddedFields, CleanOptions, DocumentTreatment, PassageTreatment};
use super::passages::add_passages;
use super::plan::{Plan, PlannedSource, UnreadFile};
use super::rebind::mend;
use super::regroup::regroup;
use super::removal::{DocumentRemoval, RemovalRules};
use super::review::Review;
use crate::error::{Error, Result};
use crate::finding::{
    ContaminationRule, DocumentRef, Finding, Findings, Header, HeldIndex, Parameters, Reason, Sink, Skipped,
    SourceInfo, Summary,
};
use crate::source::Source;

/// Plans what goes, by findings. Where passages are cut or marked, the documents that hold them are read again.
///
/// # Errors
///
/// If a source is not what was scanned, gave its bytes only once, or has a name that two of them have.
pub fn plan(findings: &Findings, options: &CleanOptions) -> Result<Plan> {
    let mut planner = Planner::new(*options);
    planner.add_header(&findings.header)?;
    findings.clusters.iter().try_for_each(|cluster| planner.gathered.add_cluster(cluster))?;
    findings.matches.iter().try_for_each(|found| planner.gathered.add_match(found))?;
    findings.families.iter().try_for_each(|family| planner.gathered.add_family(family))?;
    findings.contaminations.iter().try_for_each(|found| planner.gathered.add_contamination(found))?;
    findings.skipped.iter().try_for_each(|skipped| planner.add_skipped(skipped))?;
    planner.add_summary(&findings.summary);
    planner.finish()
}

/// Receives findings one by one, and makes a plan of them.
///
/// # Examples
///
/// ```
/// use doublon::finding::Findings;
/// use doublon::rewrite::{CleanOptions, Planner};
///
/// let mut planner = Planner::new(CleanOptions::default());
/// Findings::default().send(&mut planner)?;
/// assert_eq!(planner.finish()?.drops().count(), 0);
/// # Ok::<(), doublon::Error>(())
/// ```
#[derive(Debug)]
pub struct Planner {
    options: CleanOptions,
    gathered: Gathered,
    parameters: Parameters,
    /// When an evaluation item counts as found, if such were looked for.
    contamination: Option<ContaminationRule>,
    /// The index that documents were held against, if there was one.
    index: Option<HeldIndex>,
    sources: Vec<PlannedSource>,
    unread: Vec<UnreadFile>,
    scanned: Summary,
    /// The names of sources that were not read to their end.
    cut_off: HashSet<String>,
    /// What findings from elsewhere may name.
    allowed: Option<AllowedPaths>,
    /// What a person decided on what is found.
    review: Option<Review>,
}

impl Planner {
    /// Makes a planner that has received nothing yet.
    pub fn new(options: CleanOptions) -> Self {
        Self {
            options,
            gathered: Gathered::new(SourceIndex::default(), options.passages != PassageTreatment::Keep),
            parameters: Parameters::default(),
            contamination: None,
            index: None,
            sources: Vec::new(),
            unread: Vec::new(),
            scanned: Summary::default(),
            cut_off: HashSet::new(),
            allowed: None,
            review: None,
        }
    }

    /// Says that the findings are from elsewhere: they may name only what is at and below the paths `given`. If there is
    /// none, they may name any source, since those are copied only if they have the hash that they had, and of other files
    /// those below the current folder.
    #[must_use]
    pub fn of_saved(self, given: Vec<PathBuf>) -> Self {
        Self { allowed: Some(AllowedPaths::new(given)), ..self }
    }

    /// Lets go and stay what was decided. A decision acts on what is found where it says, and on nothing else: what goes
    /// is a verified copy of what stays as without decisions.
    #[must_use]
    pub fn with_decisions(self, decisions: Decisions) -> Self {
        Self { review: Some(Review::new(decisions)), ..self }
    }

    /// Returns the plan, when all findings were received. Where passages are cut or marked, the documents that hold them
    /// are read again.
    ///
    /// # Errors
    ///
    /// If a source is not what was scanned.
    pub fn finish(self) -> Result<Plan> {
        self.finish_with(&PlanArchive::default())
    }

    /// Returns the plan, where documents and passages went for those of a saved index, of which the words are read.
    ///
    /// # Errors
    ///
    /// As [`finish`](Self::finish), or if the index cannot be read.
    #[cfg(feature = "index")]
    pub fn finish_against(self, index: &crate::index::Index) -> Result<Plan> {
        self.finish_with(&PlanArchive::of(index))
    }

    fn finish_with(mut self, archive: &PlanArchive) -> Result<Plan> {
        for (source, drop) in self.gathered.drops.drain(..) {
            self.sources[source].drops.push(drop);
        }
        for source in &mut self.sources {
            source.is_whole = !self.cut_off.contains(&source.info.path);
            source.drops.sort_by_key(|drop| drop.doc.record);
        }
        let Settings { threshold, containment, exact, .. } = *self.parameters.config;
        let documents = self.scanned.documents.saturating_sub(self.scanned.compared_with());
        let mut large = std::mem::take(&mut self.gathered.large);
        large.retain(|large| large.members as u64 * 100 > documents);
        // Of the n-grams that are too common to count, some are not when documents have gone.
        let is_final = self.contamination.as_ref().is_none_or(|rule| rule.most_documents.is_none());
        let mut plan = Plan {
            rules: RemovalRules { threshold, containment, exact, min_left: self.options.min_left },
            parameters: self.parameters,
            contamination: self.contamination,
            index: self.index,
            documents: self.options.documents,
            added: AddedFields::default(),
            passages: self.options.passages,
            choices: Choices::default(),
            unmet: Vec::new(),
            sources: self.sources,
            left: Vec::new(),
            unread: self.unread,
            spared: Vec::new(),
            large,
            scanned: self.scanned,
            rounds: 0,
            is_final,
        };
        if let Some(review) = self.review {
            plan.unmet = review.unmet(self.options.passages != PassageTreatment::Keep);
            plan.choices = review.choices;
            regroup(&review.regrouped, &mut self.gathered, &mut plan)?;
        }
        if self.options.passages != PassageTreatment::Keep {
            let index = self.gathered.index.clone();
            add_passages(self.gathered, self.options, &mut plan, archive)?;
            if loses_keeper(&plan) {
                mend(&mut plan, &self.options, &index, archive)?;
            }
            plan.is_final &= plan.contamination.is_none() || plan.left.is_empty();
        }
        Ok(plan)
    }

    fn add_header(&mut self, header: &Header) -> Result<()> {
        if header.contamination.is_some() && self.options.documents == DocumentTreatment::Mark {
            return Err(marked_items());
        }
        if let Some(index) = &header.index {
            self.check_held(index)?;
        }
        self.sources = header.sources.iter().map(planned).collect::<Result<_>>()?;
        if let Some(allowed) = &self.allowed {
            self.sources.iter().try_for_each(|planned| allowed.check_source(&planned.source.path))?;
        }
        self.gathered.index = SourceIndex::new(&header.sources);
        self.parameters = header.parameters.clone();
        self.contamination.clone_from(&header.contamination);
        self.index.clone_from(&header.index);
        Ok(())
    }

    /// Refuses what needs the texts or the records of an index, which holds none.
    fn check_held(&self, index: &HeldIndex) -> Result<()> {
        let path = &index.path;
        let detail = if self.allowed.is_some() {
            format!(
                "the findings name documents of this index, which saved findings cannot prove; clean with it: `doublon \
                 clean NEW --against {path} --out OUT`"
            )
        } else if self.options.documents == DocumentTreatment::Mark {
            "it is an index, of which the documents are no records of the copy; leave --documents out".to_owned()
        } else if self.review.is_some() {
            "it is an index, of which every document stays; leave --decisions out".to_owned()
        } else {
            return Ok(());
        };
        Err(Error::Refused { path: path.into(), detail })
    }

    /// Gathers a group, as far as it was decided that it goes.
    fn add_group(&mut self, finding: Finding) -> Result<()> {
        let Some(review) = &mut self.review else { return self.gathered.receive(finding) };
        match finding {
            Finding::DocumentCluster(cluster) => match review.cluster(cluster, &self.gathered.index)? {
                Some(cluster) => self.gathered.add_cluster(&cluster),
                None => Ok(()),
            },
            Finding::PassageFamily(family) => {
                self.gathered.add_family(&family)?;
                let found = self.gathered.families.last_mut();
                found.filter(|found| *found.id == *family.id).map_or(Ok(()), |found| review.family(&family, found))
            }
            other => self.gathered.receive(other),
        }
    }

    fn add_skipped(&mut self, skipped: &Skipped) -> Result<()> {
        let Skipped { source, record: None, reason, against: false, .. } = skipped else { return Ok(()) };
        if !self.gathered.index.has(source) {
            let file = UnreadFile { path: source.into(), reason: *reason };
            if let Some(allowed) = self.allowed.as_ref().filter(|_| file.is_copied()) {
                allowed.check_other(&file.path)?;
            }
            self.unread.push(file);
        } else if *reason != Reason::Changed {
            self.cut_off.insert(source.clone());
        }
        Ok(())
    }

    fn add_summary(&mut self, summary: &Summary) {
        self.scanned = summary.clone();
    }
}

impl Sink for Planner {
    fn receive(&mut self, finding: Finding) -> Result<()> {
        match finding {
            Finding::Header(header) => self.add_header(&header)?,
            Finding::Skipped(skipped) => self.add_skipped(&skipped)?,
            Finding::Summary(summary) => self.add_summary(&summary),
            other => self.add_group(other)?,
        }
        Ok(())
    }
}

/// Whether a document goes for one of which nothing is left.
fn loses_keeper(plan: &Plan) -> bool {
    let place = |doc: &DocumentRef| (Arc::clone(&doc.source), doc.record);
    let short = plan.drops().filter(|drop| drop.keeper().is_none());
    let short: HashSet<(Arc<str>, u64)> = short.map(|drop| place(&drop.doc)).collect();
    plan.drops().filter_map(DocumentRemoval::keeper_in_sources).any(|keeper| short.contains(&place(keeper)))
}

/// Returns a source to which nothing is done yet.
fn planned(info: &SourceInfo) -> Result<PlannedSource> {
    let source = Source { against: info.against, ..Source::given(info.to_path()?) };
    if source.is_stream() {
        return Err(stream(source.path));
    }
    Ok(PlannedSource { source, info: info.clone(), is_whole: true, drops: Vec::new(), edits: Vec::new() })
}

/// A mark names the cluster of a document, and one that holds an evaluation item is of none.
fn marked_items() -> Error {
    let (value, expected) = (DocumentTreatment::Mark.name().to_owned(), "`drop` for findings about evaluation items");
    Error::Core(doublon_core::Error::Parameter { name: "documents", value, expected })
}

fn stream(path: PathBuf) -> Error {
    Error::Refused { path, detail: "it gives its bytes only once; write it to a file and clean that".to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;

    use crate::finding::{Coverage, Equality, Member, PlacedSpan, samples};

    fn doc(record: u64) -> DocumentRef {
        DocumentRef { source: "a.jsonl".into(), record, id: None, metadata: None }
    }

    fn member(record: u64) -> Member {
        let (doc, jaccard, containment) = (doc(record), 0.9, 1.0);
        Member {
            doc,
            jaccard,
            containment,
            exact: false,
            equality: Equality::None,
            differences: Vec::new(),
            more_differences: 0,
            bytes: 0,
            fingerprint: None,
            new: false,
        }
    }

    fn findings() -> Findings {
        let mut findings = Findings::default();
        let info = samples::source("a.jsonl");
        findings.header.sources.push(info);
        let members = vec![member(3), member(2)];
        findings.clusters.push(samples::cluster("d1", doc(1), members));
        let skipped = |source: &str, reason| Skipped {
            source: source.to_owned(),
            record: None,
            offset: None,
            reason,
            detail: None,
            against: false,
        };
        findings.skipped = vec![skipped("a.jsonl", Reason::Truncated), skipped("a.png", Reason::Binary)];
        findings.summary.documents = 4;
        findings
    }

    fn place(record: u64, excerpt: &str) -> PlacedSpan {
        PlacedSpan {
            doc: doc(record),
            start: 0,
            end: 9,
            char_start: 0,
            char_end: 9,
            source_start: None,
            source_end: None,
            heading: None,
            line: 1,
            column: 1,
            end_line: 1,
            paragraphs: (1, 1),
            paragraph_count: 1,
            document_bytes: 9,
            covers: Coverage::Whole,
            before: "".into(),
            after: "".into(),
            excerpt: excerpt.into(),
            fingerprint: None,
            new: false,
            in_index: None,
        }
    }

    #[test]
    fn a_stream_of_findings_gives_the_plan_of_all_together() {
        let findings = findings();
        let options = CleanOptions::default();
        let whole = plan(&findings, &options).expect("a plan");
        let mut planner = Planner::new(options);
        findings.send(&mut planner).expect("is received");
        let streamed = planner.finish().expect("a plan");
        assert_eq!(streamed, whole);
        let records: Vec<u64> = streamed.drops().map(|drop| drop.doc.record).collect();
        assert_eq!((records, streamed.sources[0].is_whole), (vec![2, 3], false));
        assert_eq!(streamed.unread, [UnreadFile { path: "a.png".into(), reason: Reason::Binary }]);
    }

    #[test]
    fn no_text_of_a_passage_is_held() {
        let mut planner = Planner::new(CleanOptions { passages: PassageTreatment::Cut, ..CleanOptions::default() });
        planner.add_header(&findings().header).expect("a header");
        let (keep, occurrences) = (place(1, "some words"), vec![place(2, "some words")]);
        let excerpt = Arc::clone(&keep.excerpt);
        let family = samples::family("f1", keep, occurrences);
        planner.receive(Finding::PassageFamily(family)).expect("is received");
        assert_eq!((planner.gathered.families[0].places.len(), Arc::strong_count(&excerpt)), (2, 1));
    }

    #[test]
    fn a_source_that_the_header_does_not_list_is_refused() {
        let mut planner = Planner::new(CleanOptions::default());
        let cluster = findings().clusters.remove(0);
        let error = planner.receive(Finding::DocumentCluster(cluster)).expect_err("no header").to_string();
        assert!(error.contains("their header does not list it"), "{error}");
    }
}
