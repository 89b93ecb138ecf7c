//! Findings as remarks at places: what could go there, and what it repeats. Editors, code hosts and builds show them.

use std::sync::Arc;

use super::text::{below, covered, percent, start_of};
use super::visible::visible;
use crate::finding::{
    DocumentCluster, DocumentRef, Equality, Finding, Fingerprint, Member, PassageClass, PassageFamily, PlacedSpan,
};

/// Characters of the text that a remark quotes.
const QUOTE: usize = 60;

/// A remark at a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Annotation {
    /// What it is about: `duplicate-document` or `repeated-passage`.
    pub rule: &'static str,
    /// The path of the source.
    pub path: Arc<str>,
    /// The first and the last line, one-based; that of the record where records are lines.
    pub lines: (usize, usize),
    /// The one-based column of the first character; 1 if it is not known.
    pub column: usize,
    /// What is said there, on one line, with what acts or hides written out.
    pub message: String,
    /// Tells the text there from others, if it is known.
    pub fingerprint: Option<Fingerprint>,
    /// Whether a baseline lacks it, if there is one.
    pub is_new: bool,
}

/// Returns the remarks of a finding, in order: one for each document or place that could go, those
/// that a baseline lacks first. Furniture is told once.
pub fn annotations(finding: &Finding) -> Vec<Annotation> {
    match finding {
        Finding::DocumentCluster(cluster) => cluster.members.iter().map(|member| of_member(cluster, member)).collect(),
        Finding::PassageFamily(family) => {
            let is_furniture = family.class == Some(PassageClass::Furniture);
            // A place in an index is one of an old document, which may be there no more.
            let places = family.occurrences.iter().filter(|place| place.in_index.is_none());
            let (new, known): (Vec<_>, Vec<_>) = places.partition(|place| place.new);
            let places = new.into_iter().chain(known).take(if is_furniture { 1 } else { usize::MAX });
            places.map(|place| of_place(family, place)).collect()
        }
        _ => Vec::new(),
    }
}

fn of_member(cluster: &DocumentCluster, member: &Member) -> Annotation {
    let kept = named(&cluster.keep);
    let message = match member {
        Member { exact: true, .. } => format!("an exact copy of {kept}"),
        Member { equality: Equality::Characters, .. } => format!("the same text as {kept}"),
        Member { jaccard: 1.0.., .. } => format!("the same words as {kept}"),
        _ => format!("{} alike with {kept}", percent(member.jaccard)),
    };
    let line = record_line(&member.doc).unwrap_or(1);
    Annotation {
        rule: "duplicate-document",
        path: member.doc.source.clone(),
        lines: (line, line),
        column: 1,
        message,
        fingerprint: member.fingerprint,
        is_new: member.new,
    }
}

fn of_place(family: &PassageFamily, place: &PlacedSpan) -> Annotation {
    let keep = &family.keep;
    let kept = match record_line(&keep.doc) {
        _ if keep.in_index.is_some() => format!("{} in the index, {}", named(&keep.doc), covered(keep)),
        Some(_) => format!("{}, line {}{}", named(&keep.doc), keep.line, below(keep)),
        None => format!("{}:{}{}", named(&keep.doc), keep.line, below(keep)),
    };
    let quote =
        if keep.excerpt.is_empty() { String::new() } else { format!(": \"{}\"", start_of(&keep.excerpt, QUOTE)) };
    let of_many = if family.documents > 2 { format!(" (in {} documents)", family.documents) } else { String::new() };
    let lines = record_line(&place.doc).map_or((place.line, place.end_line), |line| (line, line));
    Annotation {
        rule: "repeated-passage",
        path: place.doc.source.clone(),
        lines,
        column: if record_line(&place.doc).is_some() { 1 } else { place.column.max(1) },
        message: format!("repeats {kept}{of_many}{quote}"),
        fingerprint: place.fingerprint,
        is_new: place.new,
    }
}

/// `a.txt`, `a.jsonl:18`.
fn named(doc: &DocumentRef) -> String {
    let path = visible(&doc.source);
    record_line(doc).map_or_else(|| path.to_string(), |line| format!("{path}:{line}"))
}

/// Returns the line of a record, if the document is one of several in its source.
fn record_line(doc: &DocumentRef) -> Option<usize> {
    doc.is_record().then(|| usize::try_from(doc.record).unwrap_or(usize::MAX).saturating_add(1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::{IndexedWords, samples};

    #[test]
    fn each_place_that_could_go_has_a_remark() {
        let found = samples::everything();
        let of_cluster = annotations(&Finding::DocumentCluster(found.clusters[0].clone()));
        let told: Vec<_> = of_cluster.iter().map(|a| (&*a.path, a.lines.0, a.message.as_str())).collect();
        let expected = [("docs.jsonl", 18, "an exact copy of docs.jsonl"), ("b.txt", 1, "93% alike with docs.jsonl")];
        assert_eq!(told, expected);
        let mut family = found.families[0].clone();
        let of_family = annotations(&Finding::PassageFamily(family.clone()));
        assert_eq!((of_family.len(), of_family[0].lines), (1, (30, 30)));
        assert!(of_family[0].message.starts_with("repeats data/seed/article.txt:10: \"Le chef de la"), "{of_family:?}");
        family.occurrences.extend(family.occurrences.clone());
        assert_eq!(annotations(&Finding::PassageFamily(family.clone())).len(), 2);
        family.class = Some(PassageClass::Furniture);
        assert_eq!(annotations(&Finding::PassageFamily(family.clone())).len(), 1);
        family.occurrences.truncate(1);
        family.occurrences[0].in_index = Some(IndexedWords { number: 0, words: (0, 9) });
        assert_eq!(annotations(&Finding::PassageFamily(family)), [], "a place in an index");
    }
}
