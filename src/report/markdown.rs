//! Findings as a short summary in Markdown, for the comment of a pull request or the summary of a build.
//!
//! Text from documents is escaped: it is neither markup, nor a mention, nor a link there.

use std::io::{self, Write};
use std::path::PathBuf;

use super::headline::headline;
use super::sink::{Report, output, write_all};
use super::text::page::Names;
use super::text::{bytes, counted, number, one_line, start_of, summary_line};
use crate::error::Result;
use crate::finding::digest::{Digest, DigestLimits, Digester, Shelving};
use crate::finding::{
    DocumentCluster, Finding, Findings, GroupKind, PassageFamily, Sink, Sort, Standing, cost_of_cluster, cost_of_family,
};

/// The groups that a summary lists unless it is told otherwise.
pub const LIMIT: usize = 10;
/// Characters of the text of a group.
const TITLE: usize = 80;
/// The most places named of a group.
const PLACES: usize = 3;

/// Digests findings, and writes the summary at the end.
#[derive(Debug)]
pub struct MarkdownReport<W> {
    out: W,
    sort: Sort,
    limit: usize,
    digester: Digester,
}

impl<W: Write> MarkdownReport<W> {
    /// Writes to `out` a summary with at most `limit` groups, the first ones in the order of `sort`; temporary files go
    /// to `folder`.
    pub fn in_folder(out: W, sort: Sort, limit: usize, folder: PathBuf) -> Self {
        let limits = DigestLimits {
            groups: limit,
            shelving: Shelving::Kinds,
            sort,
            skipped_runs: 0,
            skipped_records: 0,
            documents: 0,
        };
        Self { out, sort, limit, digester: Digester::in_folder(limits, folder) }
    }
}

impl<W: Write> Sink for MarkdownReport<W> {
    fn receive(&mut self, finding: Finding) -> Result<()> {
        self.digester.receive(finding)
    }
}

impl<W: Write> Report for MarkdownReport<W> {
    fn finish(mut self: Box<Self>) -> Result<()> {
        let digest = self.digester.finish()?;
        output(write_digest(&digest, self.sort, self.limit, &mut self.out))?;
        output(self.out.flush())
    }
}

/// Writes the summary of findings that are held, with at most `limit` groups.
///
/// # Errors
///
/// When `out` cannot be written to.
pub fn write(findings: &Findings, sort: Sort, limit: usize, out: &mut dyn Write) -> io::Result<()> {
    write_all(findings, Box::new(MarkdownReport::in_folder(out, sort, limit, std::env::temp_dir())))
}

fn write_digest(digest: &Digest, sort: Sort, limit: usize, out: &mut dyn Write) -> io::Result<()> {
    let names = Names::new(digest);
    let clusters = digest.clusters.shown.iter().map(|ranked| (ranked.standing, of_cluster(&ranked.group, &names)));
    let families = GroupKind::ALL.into_iter().flat_map(|kind| &digest.families.of(kind.rank()).shown);
    let families = families.map(|ranked| (ranked.standing, of_family(&ranked.group, &names)));
    let mut rows: Vec<(Standing, String)> = clusters.chain(families).collect();
    rows.sort_by(|(x, _), (y, _)| sort.compare(x, y));
    rows.truncate(limit);
    let of_kind = |kind: GroupKind| digest.families.of(kind.rank()).wanted;
    let all = digest.clusters.wanted + GroupKind::ALL.into_iter().map(of_kind).sum::<usize>();
    writeln!(out, "### doublon: {}\n", headline(digest))?;
    if !rows.is_empty() {
        writeln!(out, "| | text | where | repeated |\n| --- | --- | --- | ---: |")?;
        rows.iter().try_for_each(|(_, row)| writeln!(out, "{row}"))?;
        writeln!(out)?;
    }
    match all.saturating_sub(rows.len()) {
        0 => {}
        more => writeln!(out, "and {}\n", counted(more as u64, "more group"))?,
    }
    writeln!(out, "{}", escaped(&summary_line(&digest.header, &digest.summary)))
}

fn of_cluster(cluster: &DocumentCluster, names: &Names<'_>) -> String {
    let title = cluster.keep.metadata.as_deref().and_then(|metadata| metadata.title.as_deref());
    let documents = cluster.members.iter().map(|member| names.document(&member.doc));
    let places: Vec<_> = [names.document(&cluster.keep)].into_iter().chain(documents).take(PLACES).collect();
    let title = title.unwrap_or(&cluster.opening);
    row(&cluster.id, title, &places, cluster.members.len() + 1, cost_of_cluster(cluster))
}

fn of_family(family: &PassageFamily, names: &Names<'_>) -> String {
    let places = [&family.keep].into_iter().chain(&family.occurrences).take(PLACES);
    let places: Vec<_> = places.map(|place| names.place(place)).collect();
    row(&family.id, &family.keep.excerpt, &places, family.count, cost_of_family(family))
}

fn row(id: &str, title: &str, places: &[String], count: usize, cost: u64) -> String {
    let more = match count.saturating_sub(places.len()) {
        0 => String::new(),
        more => format!(", and {} more", number(more as u64)),
    };
    let places: Vec<String> = places.iter().map(|place| escaped(place)).collect();
    format!(
        "| {} | {} | {}{more} | {} |",
        escaped(id),
        escaped(&start_of(title, TITLE)),
        places.join(", "),
        bytes(cost)
    )
}

/// Escapes what Markdown, the table or the code host would take for more than text.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    for c in one_line(text).chars() {
        match c {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            // A mention or the number of an issue would notify somebody.
            '@' => out.push_str("&#64;"),
            '#' => out.push_str("&#35;"),
            ':' => out.push_str("&#58;"),
            '|' | '`' | '*' | '_' | '[' | ']' | '\\' | '~' | '!' | '$' => out.extend(['\\', c]),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::samples;

    fn written(findings: &Findings, limit: usize) -> String {
        let mut out = Vec::new();
        write(findings, Sort::Cost, limit, &mut out).expect("a vector takes everything");
        String::from_utf8(out).expect("is UTF-8")
    }

    #[test]
    fn the_groups_that_cost_most_stand_in_a_table() {
        let told = written(&samples::everything(), LIMIT);
        let lines: Vec<&str> = told.lines().collect();
        assert!(lines[0].starts_with("### doublon: "), "{told}");
        assert!(lines[4].starts_with("| d1 | Le chef de la diplomatie turque"), "{told}");
        assert!(lines[5].ends_with(" | 390 bytes |"), "{told}");
        assert!(written(&samples::everything(), 1).contains("\nand 1 more group\n"));
    }

    #[test]
    fn text_is_no_markup() {
        let mut findings = samples::documents();
        findings.clusters[0].opening = "a | b `c` <img src=x> @team #1 [x](y) \u{202e}".into();
        let told = written(&findings, LIMIT);
        let cell = "a \\| b \\`c\\` &lt;img src=x&gt; &#64;team &#35;1 \\[x\\](y) &lt;U+202E&gt;";
        assert!(told.contains(cell), "{told}");
    }
}
