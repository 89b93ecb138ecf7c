//! The page as a sink: it digests findings, and is written group by group when they have all come.

use std::collections::BTreeSet;
use std::io::{self, Write};
use std::path::PathBuf;

use askama::Template;

use super::context::PageContext;
use super::group::Group;
use super::head::{PageHead, ShelfEnd, ShelfHead};
use super::listing::GroupListing;
use super::map::DRAWN;
use super::place::PageInput;
use super::tail::{PageTail, SKIPPED};
use crate::error::Result;
use crate::finding::digest::{Digest, DigestLimits, Digester, Shelving};
use crate::finding::{Finding, Findings, Sink, Sort};
use crate::report::sink::{Report, output, write_all};

/// The groups that a page lists unless it is told otherwise.
pub const LIMIT: usize = 400;

/// Digests findings, and writes the page at the end.
#[derive(Debug)]
pub struct PageReport<W> {
    out: W,
    sort: Sort,
    limit: usize,
    input: Option<PageInput>,
    digester: Digester,
}

impl<W: Write> PageReport<W> {
    /// Writes to `out` a page with at most `limit` groups, the first ones in the order of `sort`; temporary files go to
    /// the system's folder for them.
    pub fn new(out: W, sort: Sort, limit: usize) -> Self {
        Self::in_folder(out, sort, limit, std::env::temp_dir())
    }

    /// As [`PageReport::new`], with temporary files in `folder`.
    pub fn in_folder(out: W, sort: Sort, limit: usize, folder: PathBuf) -> Self {
        Self { out, sort, limit, input: None, digester: Digester::in_folder(limits(sort, limit), folder) }
    }

    /// Tells what the commands on the page read. Without it that is the folder that holds all sources.
    #[must_use]
    pub fn with_input(self, input: Option<PageInput>) -> Self {
        Self { input, ..self }
    }
}

impl<W: Write> Sink for PageReport<W> {
    fn receive(&mut self, finding: Finding) -> Result<()> {
        self.digester.receive(finding)
    }
}

impl<W: Write> Report for PageReport<W> {
    fn finish(mut self: Box<Self>) -> Result<()> {
        let digest = self.digester.finish()?;
        output(write_page(&digest, self.input.as_ref(), self.sort, self.limit, &mut self.out))?;
        output(self.out.flush())
    }
}

/// Returns how much of the findings a page needs.
pub fn limits(sort: Sort, limit: usize) -> DigestLimits {
    let skipped = if limit == usize::MAX { usize::MAX } else { SKIPPED };
    DigestLimits {
        groups: limit,
        shelving: Shelving::Kinds,
        sort,
        skipped_runs: skipped,
        skipped_records: skipped,
        documents: DRAWN,
    }
}

/// Writes the page of findings that are held, with at most `limit` groups, the first ones in the order of `sort`.
///
/// # Errors
///
/// When `out` cannot be written to.
pub fn write(findings: &Findings, sort: Sort, limit: usize, out: &mut dyn Write) -> io::Result<()> {
    write_all(findings, Box::new(PageReport::new(out, sort, limit)))
}

/// Writes the page of a digest that was made with these [`limits`].
///
/// # Errors
///
/// When `out` cannot be written to.
pub fn write_digest(digest: &Digest, sort: Sort, limit: usize, out: &mut dyn Write) -> io::Result<()> {
    write_page(digest, None, sort, limit, out)
}

fn write_page(
    digest: &Digest,
    input: Option<&PageInput>,
    sort: Sort,
    limit: usize,
    mut out: &mut dyn Write,
) -> io::Result<()> {
    let context = PageContext::new(digest, input, limit);
    let listing = GroupListing::new(&context, sort, limit);
    PageHead::new(&context, &listing).write_into(&mut out)?;
    let (mut is_first, mut named) = (true, BTreeSet::new());
    for shelf in listing.shelves.iter().filter(|shelf| !shelf.groups.is_empty()) {
        ShelfHead::new(shelf).write_into(&mut out)?;
        for listed in &shelf.groups {
            let group = Group::new(listed, &context);
            let group = if is_first { group.open() } else { group };
            named.extend(group.named_sources());
            group.write_into(&mut out)?;
            is_first = false;
        }
        ShelfEnd::new(shelf).write_into(&mut out)?;
    }
    PageTail::new(&context, &listing, &named).write_into(&mut out)?;
    writeln!(out) // a template loses its last line break
}
