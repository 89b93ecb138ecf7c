//! The report as a sink: it digests findings, and is written when they have all come.

use std::io::{self, Write};
use std::path::PathBuf;

use doublon_core::text::Tokenizer;

use super::closing;
use super::contamination::ContaminationReport;
use super::groups::Groups;
use super::page::{Names, Page};
use super::skips::{nothing_found, skipped};
use super::style::Style;
use crate::error::Result;
use crate::finding::digest::{Digest, DigestLimits, Digester, Shelving};
use crate::finding::{Finding, Findings, Header, Sink};
use crate::report::sink::{Report, output, write_all};

/// Records of one source that are listed with one reason, unless all are.
const ALIKE: usize = 3;

/// Digests findings, and writes the report for people at the end.
#[derive(Debug)]
pub struct TextReport<W> {
    out: W,
    style: Style,
    folder: PathBuf,
    gathered: Gathered,
}

/// What the report is made of.
#[derive(Debug)]
enum Gathered {
    Digest(Box<Digester>),
    Items(Box<ContaminationReport>),
}

impl<W: Write> TextReport<W> {
    /// Writes to `out`; temporary files go to the system's folder for them.
    pub fn new(out: W, style: Style) -> Self {
        Self::in_folder(out, style, std::env::temp_dir())
    }

    /// Writes to `out`; temporary files go to `folder`.
    pub fn in_folder(out: W, style: Style, folder: PathBuf) -> Self {
        let gathered = Gathered::Digest(Box::new(Digester::in_folder(limits(&style), folder.clone())));
        Self { out, style, folder, gathered }
    }
}

impl<W: Write> Sink for TextReport<W> {
    fn receive(&mut self, finding: Finding) -> Result<()> {
        if let Finding::Header(header @ Header { contamination: Some(_), .. }) = finding {
            self.gathered = Gathered::Items(Box::new(ContaminationReport::new(header, self.folder.clone())));
            return Ok(());
        }
        match &mut self.gathered {
            Gathered::Digest(digester) => digester.receive(finding),
            Gathered::Items(items) => items.receive(finding, &self.style),
        }
    }
}

impl<W: Write> Report for TextReport<W> {
    fn finish(mut self: Box<Self>) -> Result<()> {
        match self.gathered {
            Gathered::Digest(digester) => {
                output(write_digest(&digester.finish()?, &self.style, &mut self.out))?;
            }
            Gathered::Items(items) => items.write(&self.style, &mut self.out)?,
        }
        output(self.out.flush())
    }
}

/// Returns how much of the findings a report of this style needs.
pub fn limits(style: &Style) -> DigestLimits {
    let skipped_records = if style.limit == usize::MAX { usize::MAX } else { ALIKE };
    DigestLimits {
        groups: style.limit,
        shelving: Shelving::Classes,
        sort: style.sort,
        skipped_runs: style.limit,
        skipped_records,
        documents: 0,
    }
}

/// Writes the report of findings that are held.
///
/// # Errors
///
/// When `out` cannot be written to.
pub fn write(findings: &Findings, style: &Style, out: &mut impl Write) -> io::Result<()> {
    write_all(findings, Box::new(TextReport::new(out, *style)))
}

/// Writes the report of a digest that was made with the [`limits`] of the style.
///
/// # Errors
///
/// When `out` cannot be written to.
pub fn write_digest(digest: &Digest, style: &Style, out: &mut impl Write) -> io::Result<()> {
    let parameters = &digest.header.parameters;
    let tokenizer = Tokenizer::new(parameters.config.text, parameters.config.seed);
    let (names, mut page) = (Names::new(digest), Page::new(out, style));
    let is_unlimited = style.limit == usize::MAX;
    let mut groups = Groups { digest, names: &names, tokenizer: &tokenizer, is_unlimited, page: &mut page };
    groups.documents()?;
    groups.pairs()?;
    groups.passages()?;
    skipped(&digest.skipped, &names, &mut page)?;
    nothing_found(digest, &mut page)?;
    closing::write(digest, &names, &mut page)
}
