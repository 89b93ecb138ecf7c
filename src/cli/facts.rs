//! The facts about a run that the program judges and tells after it, gathered while findings pass by.

use doublon::finding::{Finding, Header, NewRepeats, Reason, RepeatMeasure, Repeated, Sink, Skipped, Summary};

/// The most records without a text that are looked at for their fields.
const ASKED: usize = 100;

/// The most records that could not be read and are told one by one.
const TOLD: usize = 5;

/// What is known of a run when its last finding has passed.
#[derive(Debug, Default)]
pub struct RunFacts {
    pub header: Header,
    pub summary: Summary,
    pub repeated: Repeated,
    pub skipped: SkipFacts,
    /// Whether there are duplicate documents.
    pub documents: bool,
    /// Whether there are repeated passages.
    pub passages: bool,
    /// The id of the first finding that can be explained.
    pub first: Option<String>,
}

impl RunFacts {
    /// Returns the share of the text that `--fail-over` judges: all that is repeated, or with a baseline only what is new.
    pub fn share(&self) -> f64 {
        let share = |new: NewRepeats| new.bytes as f64 / self.summary.judged_bytes().max(1) as f64;
        self.summary.new.map_or_else(|| self.repeated.share(), share)
    }

    /// Returns whether no document was compared, but those that others would have been compared with.
    pub fn is_empty(&self) -> bool {
        self.summary.kept + self.summary.removed == self.summary.compared_with()
    }

    /// Returns whether documents were to be compared with others, of which none could be read.
    pub fn is_against_nothing(&self) -> bool {
        self.skipped.lacks_against && self.summary.against.is_some_and(|against| against.documents == 0)
    }
}

/// What is known of all that was skipped.
#[derive(Debug, Default)]
pub struct SkipFacts {
    /// Whether some input should have been readable and was not.
    pub has_fault: bool,
    /// Whether something that others should have been compared with was not.
    pub lacks_against: bool,
    /// How much of it has a text field or needs none.
    pub faults: u64,
    /// The first of that.
    pub first: Vec<Skipped>,
    /// How many records and tables have no text field.
    pub without_text: u64,
    /// Whether tables are among them.
    pub has_tables: bool,
    /// The first of them.
    pub samples: Vec<Skipped>,
}

impl SkipFacts {
    /// Takes up one.
    pub fn add(&mut self, skipped: &Skipped) {
        self.has_fault |= skipped.reason.is_fault();
        self.lacks_against |= skipped.against && skipped.reason.is_fault();
        if !matches!(skipped.reason, Reason::MissingText | Reason::MissingColumn) {
            self.faults += u64::from(skipped.reason.is_fault());
            if skipped.reason.is_fault() && self.first.len() < TOLD {
                self.first.push(skipped.clone());
            }
            return;
        }
        self.without_text += 1;
        self.has_tables |= skipped.reason == Reason::MissingColumn;
        if self.samples.len() < ASKED {
            self.samples.push(skipped.clone());
        }
    }
}

impl<'s> FromIterator<&'s Skipped> for SkipFacts {
    fn from_iter<I: IntoIterator<Item = &'s Skipped>>(all: I) -> Self {
        let mut facts = Self::default();
        all.into_iter().for_each(|skipped| facts.add(skipped));
        facts
    }
}

/// Gathers facts from findings, and passes the findings on.
pub struct FactsGatherer<S> {
    next: S,
    facts: RunFacts,
    measure: RepeatMeasure,
}

impl<S: Sink> FactsGatherer<S> {
    /// Passes findings on to `next`.
    pub fn new(next: S) -> Self {
        Self { next, facts: RunFacts::default(), measure: RepeatMeasure::default() }
    }

    /// Returns the facts, and the sink that findings went to.
    pub fn finish(self) -> (RunFacts, S) {
        let Self { next, mut facts, measure } = self;
        facts.repeated = measure.finish(&facts.summary);
        (facts, next)
    }
}

impl<S: Sink> Sink for FactsGatherer<S> {
    fn receive(&mut self, finding: Finding) -> doublon::Result<()> {
        let facts = &mut self.facts;
        match &finding {
            Finding::Header(header) => facts.header = header.clone(),
            Finding::DocumentCluster(cluster) => {
                facts.documents = true;
                facts.first.get_or_insert_with(|| cluster.id.clone());
                self.measure.cluster(cluster);
            }
            Finding::PassageMatch(found) => {
                facts.first.get_or_insert_with(|| found.id.clone());
            }
            Finding::PassageFamily(family) => {
                facts.passages = true;
                self.measure.family(family);
            }
            Finding::Skipped(skipped) => facts.skipped.add(skipped),
            Finding::Summary(summary) => facts.summary = summary.clone(),
            _ => {} // pairs repeat what clusters say
        }
        self.next.receive(finding)
    }
}
