//! The part of the report that lists skipped input, and the sentence of a run that found nothing.

use std::io::{self, Write};
use std::{iter, slice};

use doublon_core::Level;

use super::page::{Names, Page};
use super::phrase::{capitalised, counted_more, reason_in_words};
use crate::finding::digest::{Digest, SkippedDigest, SkippedRun};
use crate::finding::{Reason, Skipped};
use crate::report::visible::visible;

/// Writes what was skipped, faults first.
pub fn skipped<W: Write>(skipped: &SkippedDigest, names: &Names<'_>, page: &mut Page<'_, W>) -> io::Result<()> {
    if skipped.all == 0 {
        return Ok(());
    }
    page.heading("Skipped input")?;
    skipped.runs.iter().try_for_each(|run| records_alike(run, names, page))?;
    if skipped.beyond > 0 {
        page.entry(&format!("and {} (--limit 0 shows all)", counted_more(skipped.beyond, "record")))?;
    }
    page.blank()
}

/// What was skipped and why, on a line: `a.jsonl:18: broken JSON: expected value at column 4`.
pub fn skipped_in_words(skipped: &Skipped) -> String {
    let names = Names::of(iter::empty(), slice::from_ref(skipped));
    format!("{}: {}", names.skipped(skipped), why(skipped))
}

/// Records of one source that were skipped for one reason: some of them, and how many more there are.
fn records_alike<W: Write>(run: &SkippedRun, names: &Names<'_>, page: &mut Page<'_, W>) -> io::Result<()> {
    for skipped in &run.first {
        page.entry(&format!("{}: {}", names.skipped(skipped), why(skipped)))?;
    }
    let (Some(first), more @ 1..) = (run.first.first(), run.count - run.first.len()) else { return Ok(()) };
    let (source, reason) = (visible(&first.source), reason_in_words(first.reason.name()));
    page.entry(&format!("{source}: {reason} in {}", counted_more(more, "record")))
}

/// Says that nothing was found, if nothing was.
pub fn nothing_found<W: Write>(digest: &Digest, page: &mut Page<'_, W>) -> io::Result<()> {
    let Digest { header, clusters, pairs, families, match_count, summary, .. } = digest;
    if summary.kept + summary.removed == 0 {
        return page.plain("No document was compared.");
    }
    if clusters.all > 0 || pairs.all > 0 || families.all() > 0 || *match_count > 0 {
        return Ok(());
    }
    let passages = format!("no repeated passage of {} words or more", header.parameters.config.min_words);
    page.plain(&match header.parameters.config.level {
        Level::Documents => "No duplicate document was found.".into(),
        Level::Passages => format!("{} was found.", capitalised(&passages)),
        Level::All => format!("No duplicate document and {passages} was found."),
    })
}

/// Why a record was skipped. Where the detail says it all, the reason would only say it again.
fn why(skipped: &Skipped) -> String {
    let reason = reason_in_words(skipped.reason.name());
    let Some(detail) = skipped.detail.as_deref().map(|detail| without_line(detail, skipped.record)) else {
        return reason;
    };
    let detail = visible(detail);
    match skipped.reason {
        Reason::Binary | Reason::MissingText | Reason::MissingColumn => detail.into_owned(),
        Reason::Missing | Reason::Permission | Reason::Vanished if detail.ends_with(')') => reason,
        _ => format!("{reason}: {detail}"),
    }
}

/// A detail without the line that it begins with: the place before it says that already.
fn without_line(detail: &str, record: Option<u64>) -> &str {
    let line = record.map(|record| format!("line {}: ", record + 1));
    line.and_then(|line| detail.strip_prefix(&line)).unwrap_or(detail)
}
