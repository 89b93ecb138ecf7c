//! Findings made by hand, for tests.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use crate::finding::{
    Contamination, ContaminationRule, ContaminationSummary, Coverage, Difference, DifferenceKind, DocumentCluster,
    DocumentPair, DocumentRef, Equality, EvaluationSet, Findings, Header, MatchScope, Member, Parameters, PassageClass,
    PassageFamily, PassageMatch, PlacedSpan, Reason, RecallEstimate, SCHEMA, Skipped, SourceInfo, Summary,
};

const LEAD: &str = "Le chef de la diplomatie turque Mevlut Cavusoglu a exhorté jeudi la Russie à faire stopper les \
    attaques du régime syrien dans la province rebelle d'Idleb \"le plus rapidement possible\".";
const QUOTE: &str = "\"Nous nous attendons à ce que la Russie freine le régime le plus rapidement possible\", a \
    déclaré M. Cavusoglu lors d'une conférence de presse retransmise par les télévisions turques depuis Bakou.";

pub fn doc(source: &str, record: u64) -> DocumentRef {
    DocumentRef { source: source.into(), record, id: None, metadata: None }
}

pub fn span(doc: DocumentRef, bytes: Range<usize>, paragraphs: (usize, usize)) -> PlacedSpan {
    PlacedSpan {
        doc,
        start: bytes.start,
        end: bytes.end,
        char_start: bytes.start,
        char_end: bytes.end,
        source_start: None,
        source_end: None,
        heading: None,
        line: 1,
        column: 1,
        end_line: 1,
        paragraphs,
        paragraph_count: 15,
        document_bytes: 2948,
        covers: Coverage::Whole,
        before: "".into(),
        after: "".into(),
        excerpt: "a passage".into(),
        fingerprint: None,
        new: false,
        in_index: None,
    }
}

/// A file that was read.
pub fn source(path: &str) -> SourceInfo {
    SourceInfo {
        path: path.into(),
        path_base64: None,
        bytes: 2948,
        xxh3_128: "0".repeat(32),
        root: None,
        against: false,
    }
}

/// Nothing found in one document.
pub fn nothing() -> Findings {
    Findings {
        header: Header {
            schema: SCHEMA.into(),
            version: "0.1.0".into(),
            parameters: Parameters::default(),
            contamination: None,
            index: None,
            sources: vec![source("a.txt")],
        },
        clusters: Vec::new(),
        pairs: Vec::new(),
        matches: Vec::new(),
        families: Vec::new(),
        contaminations: Vec::new(),
        skipped: Vec::new(),
        summary: Summary { documents: 1, kept: 1, text_bytes: 2948, ..Summary::default() },
    }
}

/// A news article whose teaser repeats both paragraphs of its lead, joined.
pub fn seed() -> Findings {
    let article = || doc("data/seed/article.txt", 0);
    let a = PlacedSpan {
        char_start: 180,
        char_end: 561,
        line: 10,
        end_line: 12,
        excerpt: format!("{LEAD}\n\n{QUOTE}").into(),
        ..span(article(), 183..574, (5, 6))
    };
    let b = PlacedSpan {
        char_start: 2491,
        char_end: 2871,
        line: 30,
        end_line: 30,
        after: " ...".into(),
        excerpt: format!("{LEAD} {QUOTE}").into(),
        ..span(article(), 2554..2944, (15, 15))
    };
    let difference = Difference { kind: DifferenceKind::Separator, a: "\".\n\n\"".into(), b: "\". \"".into() };
    let found = PassageMatch {
        id: "p1".into(),
        family: "f1".into(),
        scope: MatchScope::Within,
        a: a.clone(),
        b: b.clone(),
        words: 63,
        identity: 1.0,
        jaccard: 1.0,
        containment_a: 1.0,
        containment_b: 1.0,
        changed_words: 0,
        changed_with_digit: 0,
        class: Some(PassageClass::Copy),
        differences: vec![difference],
        more_differences: 0,
    };
    let mut findings = nothing();
    findings.matches = vec![found];
    findings.families = vec![family("f1", a, vec![b])];
    findings.summary.passage_matches = 1;
    findings.summary.passage_families = 1;
    findings.summary.short_repeats = 2;
    findings
}

/// A family of copies at a kept place and others.
pub fn family(id: &str, keep: PlacedSpan, occurrences: Vec<PlacedSpan>) -> PassageFamily {
    let docs: BTreeSet<(&str, u64)> =
        occurrences.iter().chain([&keep]).map(|place| (&*place.doc.source, place.doc.record)).collect();
    PassageFamily {
        id: id.into(),
        count: occurrences.len() + 1,
        documents: docs.len(),
        alike_places: 0.5,
        documents_repeated: 0.25,
        class: Some(PassageClass::Copy),
        more_matches: 0,
        new: 0,
        keep,
        occurrences,
    }
}

/// A kept document with an exact and a near copy, from a file of records.
pub fn documents() -> Findings {
    let member = |doc, jaccard, containment, exact| {
        let (bytes, fingerprint) = (3000, None);
        let equality = if exact { Equality::Bytes } else { Equality::None };
        let (differences, more_differences) = (Vec::new(), 0);
        Member {
            doc,
            jaccard,
            containment,
            exact,
            equality,
            differences,
            more_differences,
            bytes,
            fingerprint,
            new: false,
        }
    };
    let with_id = DocumentRef { id: Some("news/17".into()), ..doc("docs.jsonl", 17) };
    let keep = doc("docs.jsonl", 0);
    let mut findings = nothing();
    let members = vec![member(with_id, 1.0, 1.0, true), member(doc("b.txt", 0), 0.93, 0.97, false)];
    let cluster = cluster("d1", keep, members);
    findings.clusters = vec![DocumentCluster { opening: LEAD.into(), bytes: 3000, ..cluster }];
    findings.summary = Summary {
        documents: 3,
        kept: 1,
        removed: 2,
        text_bytes: 9000,
        removed_bytes: 6000,
        recall_estimate: Some(RecallEstimate { value: 0.998, low: 0.991, high: 1.0 }),
        ..Summary::default()
    };
    findings
}

/// A cluster of which no more is known than its documents.
pub fn cluster(id: &str, keep: DocumentRef, members: Vec<Member>) -> DocumentCluster {
    DocumentCluster {
        id: id.into(),
        keep,
        indexed: None,
        opening: "".into(),
        bytes: 0,
        fingerprint: None,
        new: 0,
        members,
    }
}

/// Input of which nothing, or not all, could be read.
pub fn skipped() -> Findings {
    let skipped = |source: &str, record, reason, detail: Option<&str>| Skipped {
        source: source.into(),
        record,
        offset: record.map(|n| n * 100),
        reason,
        detail: detail.map(Into::into),
        against: false,
    };
    let mut findings = nothing();
    findings.skipped = vec![
        skipped("a.jsonl", Some(0), Reason::Empty, None),
        skipped("a.jsonl", Some(17), Reason::InvalidJson, Some("expected `,` at column 12")),
        skipped("locked", None, Reason::Permission, None),
        skipped("logo.png", None, Reason::OtherFile, Some("picture (PNG)")),
    ];
    findings.summary.other_files = BTreeMap::from([("picture".into(), 1)]);
    findings.summary.documents = 4;
    findings.summary.skipped =
        BTreeMap::from([("empty".into(), 1), ("invalid_json".into(), 1), ("permission".into(), 1)]);
    findings
}

/// One finding of each type.
pub fn everything() -> Findings {
    let (seed, documents) = (seed(), documents());
    let (a, b) = (doc("b.txt", 0), doc("docs.jsonl", 0));
    let pair = DocumentPair { a, b, jaccard: 0.93, containment_a: 0.97, containment_b: 0.96 };
    let skipped = skipped().skipped.remove(1);
    Findings { clusters: documents.clusters, pairs: vec![pair], skipped: vec![skipped], ..seed }
}

/// An evaluation item that stands in a document.
pub fn contamination() -> Findings {
    let (item, document) = (doc("eval.jsonl", 3), doc("a.txt", 0));
    let places = vec![span(document.clone(), 5..80, (1, 1))];
    let found = Contamination { id: "e1".into(), item, words: 15, item_bytes: 75, document, share: 1.0, places };
    let set = EvaluationSet { source: "eval.jsonl".into(), items: 40, found: 1, too_short: 2, shared: 0 };
    let (documents, contaminations) = (1, 1);
    let counts = ContaminationSummary { sets: vec![set], documents, contaminations, ..ContaminationSummary::default() };
    let mut findings = nothing();
    findings.header.contamination = Some(ContaminationRule::default());
    findings.header.sources.push(SourceInfo { against: true, ..source("eval.jsonl") });
    findings.contaminations.push(found);
    findings.summary.contamination = Some(counts);
    findings
}

/// Some hundred findings of all types, in which sizes and similarities repeat, as a seed has it.
pub fn many(seed: u64) -> Findings {
    let mut random = SampleRandom(seed);
    let mut findings = nothing();
    findings.clusters = (1..=150).map(|n| random.cluster(n)).collect();
    findings.pairs = (0..60).map(|_| random.pair()).collect();
    findings.families = (1..=200).map(|n| random.family(n)).collect();
    for n in 1..=300 {
        let family = findings.families[random.below(findings.families.len())].clone();
        let found = random.passage_match(n, &family);
        findings.matches.push(found);
    }
    findings.skipped = (0..80).map(|_| random.skipped()).collect();
    findings.summary.text_bytes = 10_000_000;
    findings.summary.removed_bytes = 123_456;
    findings
}

/// Numbers without a pattern (Knuth, "The Art of Computer Programming", volume 2, 3.3.4, line 26 of table 1).
struct SampleRandom(u64);

impl SampleRandom {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % n
    }

    fn is_rare(&mut self) -> bool {
        self.below(5) == 0
    }

    fn doc(&mut self) -> DocumentRef {
        match self.below(3) {
            0 => doc(&format!("folder/{}.txt", self.below(30)), 0),
            1 => doc("few.jsonl", self.below(12) as u64),
            _ => DocumentRef { id: Some("an id".into()), ..doc("many.jsonl", self.below(500) as u64) },
        }
    }

    fn similarity(&mut self) -> f64 {
        [1.0, 1.0, 0.99, 0.97, 0.9, 0.85, 0.8][self.below(7)]
    }

    fn cluster(&mut self, n: usize) -> DocumentCluster {
        let member = |random: &mut Self| Member {
            doc: random.doc(),
            jaccard: random.similarity(),
            containment: random.similarity(),
            exact: random.is_rare(),
            equality: Equality::None,
            differences: Vec::new(),
            more_differences: 0,
            bytes: [0, 500, 1000, 1000, 4000][random.below(5)],
            fingerprint: None,
            new: random.is_rare(),
        };
        let members: Vec<Member> = (0..=self.below(14)).map(|_| member(self)).collect();
        let new = members.iter().filter(|member| member.new).count();
        DocumentCluster { new, ..cluster(&format!("d{n}"), self.doc(), members) }
    }

    fn pair(&mut self) -> DocumentPair {
        let [jaccard, containment_a, containment_b] = std::array::from_fn(|_| self.similarity());
        DocumentPair { a: self.doc(), b: self.doc(), jaccard, containment_a, containment_b }
    }

    fn place(&mut self) -> PlacedSpan {
        let (start, len) = (self.below(20) * 50, [60, 100, 100, 390][self.below(4)]);
        let (line, new) = (start / 50 + 1, self.is_rare());
        let excerpt = format!("the words that stand from byte {start} on").into();
        PlacedSpan { line, end_line: line + 1, new, excerpt, ..span(self.doc(), start..start + len, (1, 2)) }
    }

    fn family(&mut self, n: usize) -> PassageFamily {
        let (keep, id) = (self.place(), format!("f{n}"));
        let most = [1, 1, 3, 15][self.below(4)];
        let occurrences: Vec<PlacedSpan> = (0..=self.below(most)).map(|_| self.place()).collect();
        let new = occurrences.iter().filter(|place| place.new).count();
        let (unlisted, more_matches) = (if self.is_rare() { 9 } else { 0 }, self.below(2));
        let class = Some(PassageClass::ALL[self.below(4)]);
        let family = family(&id, keep, occurrences);
        PassageFamily { count: family.count + unlisted, class, more_matches, new, ..family }
    }

    fn passage_match(&mut self, n: usize, family: &PassageFamily) -> PassageMatch {
        let (a, b) = (family.keep.clone(), family.occurrences[0].clone());
        let scope = if a.doc == b.doc { MatchScope::Within } else { MatchScope::Across };
        let (identity, words) = (self.similarity(), 20 + self.below(3));
        let (id, class) = (family.id.clone(), family.class);
        PassageMatch {
            id: format!("p{n}"),
            family: id,
            scope,
            a,
            b,
            words,
            identity,
            class,
            ..seed().matches.remove(0)
        }
    }

    fn skipped(&mut self) -> Skipped {
        let reason =
            [Reason::Empty, Reason::Empty, Reason::InvalidJson, Reason::ReadError, Reason::OtherFile][self.below(5)];
        let source = ["a.jsonl", "a.jsonl", "b.jsonl"][self.below(3)].to_owned();
        Skipped { source, record: Some(self.below(9) as u64), offset: None, reason, detail: None, against: false }
    }
}
