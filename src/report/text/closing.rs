//! The end of the report: what the run comes to.

use std::collections::BTreeMap;
use std::io::{self, Write};

use super::page::{Names, Page, Paint};
use super::phrase::{bytes, counted, counted_classes, number, percent, quote, reason_in_words};
use crate::finding::digest::Digest;
use crate::finding::{Header, IgnoredText, PassageClass, Repeated, Summary};
use crate::report::visible::visible;

/// Writes the counts.
pub fn write<W: Write>(digest: &Digest, names: &Names<'_>, page: &mut Page<'_, W>) -> io::Result<()> {
    let Digest { header, summary, .. } = digest;
    let parameters = &header.parameters;
    page.heading("Summary")?;
    page.labelled("documents", &documents_sum(summary), Paint::Plain)?;
    if !summary.skipped.is_empty() {
        page.labelled("skipped", &skipped_by_reason(summary), Paint::Plain)?;
    }
    if !summary.other_files.is_empty() {
        page.labelled("not text", &other_files(&summary.other_files), Paint::Plain)?;
    }
    page.labelled("text", &text_counts(summary), Paint::Plain)?;
    if let Some(ignored) = summary.ignored {
        page.labelled("ignored", &ignored_text(ignored), Paint::Plain)?;
    }
    page.labelled("repeated", &repeated(&digest.repeated), Paint::Plain)?;
    if let Some(new) = new(summary) {
        page.labelled("new", &new, Paint::Plain)?;
    }
    if parameters.config.level.passages() {
        page.labelled("passages", &passages_found(summary), Paint::Plain)?;
        if let Some(classes) = classes(summary) {
            page.continued(&classes, Paint::Plain)?;
        }
        if summary.short_repeats > 0 {
            page.continued(&short_repeats(summary, parameters.config.min_words), Paint::Plain)?;
        }
    }
    list("largest", &largest(digest, names), page)?;
    list("frequent", &frequent(digest), page)?;
    if let Some(recall) = summary.recall_estimate {
        let (low, high) = (percent(recall.low), percent(recall.high));
        let text = format!("{} of duplicate pairs (estimate; 95% interval {low} to {high})", percent(recall.value));
        page.labelled("recall", &text, Paint::Plain)?;
    }
    Ok(())
}

/// Returns the counts in one line: documents, passages, and the sum that holds.
pub fn summary_line(header: &Header, summary: &Summary) -> String {
    let noun = if summary.documents == 1 { "document" } else { "documents" };
    let others = match summary.other_files.len() {
        0 => String::new(),
        _ => format!("; {}", other_files(&summary.other_files)),
    };
    let documents = format!("{noun}: {}{others}", documents_sum(summary));
    if header.parameters.config.level.passages() {
        format!("{documents}; {}", passages_found(summary))
    } else {
        documents
    }
}

/// Returns how many documents there are, the sum that holds, and how many they were only compared with.
pub fn documents_sum(summary: &Summary) -> String {
    let skipped: u64 = summary.skipped.values().sum();
    let [removed, skipped] = [summary.removed, skipped].map(number);
    let (against, told) = summary.against.map_or_else(Default::default, |against| {
        (against.documents, format!("; compared with {}", counted(against.documents, "document")))
    });
    let [documents, kept] = [summary.documents, summary.kept].map(|n| number(n.saturating_sub(against)));
    format!("{documents} = {kept} kept + {removed} removed + {skipped} skipped{told}")
}

/// Returns how many passages repeat.
pub fn passages_found(summary: &Summary) -> String {
    let matches = counted(summary.passage_matches, "match");
    match summary.passage_families {
        0 => "no repeated passage".into(),
        families => format!("{} ({matches})", counted(families, "repeated passage")),
    }
}

/// How many passages there are of each class, unless all are copies.
pub fn classes(summary: &Summary) -> Option<String> {
    let families = |class: PassageClass| summary.passage_classes.get(class.name()).map_or(0, |counts| counts.families);
    let others = PassageClass::ALL.into_iter().skip(1).map(families).fold(0, u64::saturating_add);
    (others > 0).then(|| counted_classes(PassageClass::ALL.map(|class| (class, families(class))).into_iter()))
}

/// Returns how many files hold no text, and what they are: `3 other files (1 database, 2 pictures)`.
pub fn other_files(kinds: &BTreeMap<String, u64>) -> String {
    let told: Vec<_> = kinds.iter().map(|(kind, &n)| counted(n, &visible(kind))).collect();
    let all = kinds.values().copied().fold(0, u64::saturating_add);
    format!("{} ({})", counted(all, "other file"), told.join(", "))
}

fn skipped_by_reason(summary: &Summary) -> String {
    let counts = summary.skipped.iter().map(|(reason, n)| format!("{}: {}", reason_in_words(reason), number(*n)));
    counts.collect::<Vec<_>>().join(", ")
}

fn text_counts(summary: &Summary) -> String {
    let of_encoding = |(name, &n): (&String, &u64)| format!("; {} in {name}", counted(n, "document"));
    let encodings: String = summary.encodings.iter().map(of_encoding).collect();
    let broken = match summary.lossy {
        0 => String::new(),
        lossy => format!("; bytes that could not be decoded in {}", counted(lossy, "document")),
    };
    let against =
        summary.against.map_or_else(String::new, |against| format!("; compared with {}", bytes(against.text_bytes)));
    format!("{}{against}{encodings}{broken}", bytes(summary.judged_bytes()))
}

/// Returns how much known text there is, which the other counts are without.
pub fn ignored_text(ignored: IgnoredText) -> String {
    let IgnoredText { places, bytes: length, documents } = ignored;
    let alone = match documents {
        0 => String::new(),
        n => format!("; {} with nothing else", counted(n, "document")),
    };
    format!("{} in {} of known text{alone}", bytes(length), counted(places, "place"))
}

/// What stands elsewhere too.
fn repeated(repeated: &Repeated) -> String {
    let part = |n: u64, place: &str| (n > 0).then(|| format!("{} in {place}", bytes(n)));
    let documents = part(repeated.documents, "removed documents");
    let passages = part(repeated.passages, "passages that stand elsewhere");
    let all = format!("{} ({})", bytes(repeated.documents + repeated.passages), percent(repeated.share()));
    match (documents, passages) {
        (None, None) => "nothing".into(),
        (Some(documents), Some(passages)) => format!("{all}: {documents}, {passages}"),
        (Some(_), None) => format!("{all}, in removed documents"),
        (None, Some(_)) => format!("{all}, in passages that stand elsewhere"),
    }
}

/// What a baseline lacks.
fn new(summary: &Summary) -> Option<String> {
    let new = summary.new?;
    let share = new.bytes as f64 / summary.judged_bytes().max(1) as f64;
    Some(match (new.documents, new.passages) {
        (0, 0) => "nothing that the baseline lacks".into(),
        (documents, passages) => format!(
            "{} and {} of passages that the baseline lacks, {} ({})",
            counted(documents, "duplicate document"),
            counted(passages, "place"),
            bytes(new.bytes),
            percent(share)
        ),
    })
}

fn short_repeats(summary: &Summary, min_words: usize) -> String {
    format!("{} of fewer than {min_words} words not listed", counted(summary.short_repeats, "repeat"))
}

/// The clusters of most documents, if there are more than are named.
fn largest(digest: &Digest, names: &Names<'_>) -> Vec<String> {
    if digest.clusters.all <= digest.largest.len() {
        return Vec::new();
    }
    let told = digest.largest.iter().map(|cluster| {
        let duplicates = counted(cluster.members as u64, "duplicate");
        format!("{}: {duplicates} of {}", visible(&cluster.id), names.document(&cluster.keep))
    });
    told.collect()
}

/// The passages of most places, if any stands in several.
fn frequent(digest: &Digest) -> Vec<String> {
    let told = digest.frequent.iter().map(|family| {
        let places = counted(family.count as u64, "place");
        format!("{}: {places}, {}", visible(&family.id), quote(&family.excerpt))
    });
    told.collect()
}

fn list<W: Write>(label: &str, lines: &[String], page: &mut Page<'_, W>) -> io::Result<()> {
    for (n, line) in lines.iter().enumerate() {
        page.labelled(if n == 0 { label } else { "" }, line, Paint::Plain)?;
    }
    Ok(())
}
