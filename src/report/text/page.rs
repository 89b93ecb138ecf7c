//! The parts that the report is set from: headings, titles, labelled lines; and the names of places.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::io::{self, Write};

use unicode_width::UnicodeWidthStr;

pub use super::paint::Paint;
use super::paint::PaintedText;
use super::phrase::{below, counted};
use super::style::Style;
use super::wrap::{one_line, shorten, wrap};
use crate::finding::digest::Digest;
use crate::finding::{DocumentRef, Metadata, PlacedSpan, Skipped};
use crate::report::visible::visible;

/// What stands for the rest of a text.
const MORE: &str = " ...";
/// Columns before the text of a group, and of a label.
const INDENT: usize = 4;
const LABEL: usize = 11;

/// Writes lines of a width.
pub struct Page<'a, W> {
    out: &'a mut W,
    color: bool,
    width: usize,
    isolate: bool,
}

impl<'a, W: Write> Page<'a, W> {
    pub fn new(out: &'a mut W, style: &Style) -> Self {
        Self { out, color: style.color, width: style.width.max(40), isolate: style.isolate }
    }

    pub fn heading(&mut self, text: &str) -> io::Result<()> {
        let text = self.painted(text, Paint::Strong);
        writeln!(self.out, "{text}\n")
    }

    /// The id of a group and what it is, in the width of the page.
    pub fn title(&mut self, id: &str, text: &str) -> io::Result<()> {
        let id = format!("{:<width$} ", visible(id), width = INDENT - 1);
        for (i, line) in wrap(text, self.width - INDENT).iter().enumerate() {
            let start = if i == 0 { self.painted(&id, Paint::Strong) } else { " ".repeat(INDENT) };
            let line = self.painted(line, Paint::Strong);
            writeln!(self.out, "{start}{line}")?;
        }
        Ok(())
    }

    /// The title of a text, or its first words, on one line.
    pub fn opening(&mut self, text: &str) -> io::Result<()> {
        let lines = wrap(&one_line(text), self.width - INDENT - 2 - MORE.len());
        let (first, more) = (lines.first().map_or("", String::as_str), if lines.len() > 1 { MORE } else { "" });
        let bar = self.painted("|", Paint::Faint);
        let line = format!("{first}{more}");
        let line = self.isolated(&line, line.clone());
        writeln!(self.out, "{:INDENT$}{bar} {line}", "")
    }

    /// What stands in a place, on a few lines.
    pub fn excerpt(&mut self, text: &str, lines: usize) -> io::Result<()> {
        let width = self.width - INDENT - 2;
        // A line loses up to a word where it is broken, so somewhat less than all columns are filled.
        let text = shorten(&one_line(text), width * lines - width / 4);
        for line in wrap(&text, width) {
            let bar = self.painted("|", Paint::Faint);
            let line = self.isolated(&line, line.clone());
            writeln!(self.out, "{:INDENT$}{bar} {line}", "")?;
        }
        Ok(())
    }

    /// The texts of two places as one, on as many lines at most. What is beyond loses its middle.
    pub fn aligned(&mut self, pieces: &[PaintedText], most: usize) -> io::Result<()> {
        let pieces: Vec<PaintedText> = pieces.iter().map(|(text, paint)| (one_line(text), *paint)).collect();
        let text: String = pieces.iter().map(|(text, _)| text.as_str()).collect();
        let visible =
            |(text, paint): &PaintedText| text.chars().filter(|&c| c != ' ').map(|_| *paint).collect::<Vec<_>>();
        // Lines are broken at spaces and lose nothing else, so that what is no space keeps its colour by its number.
        let paints: Vec<Paint> = pieces.iter().flat_map(visible).collect();
        let lines = wrap(&text, self.width - INDENT - 2);
        let hidden = if lines.len() > most { most / 2..lines.len() - (most - most / 2 - 1) } else { 0..0 };
        let mut at = 0;
        for (n, line) in lines.iter().enumerate() {
            let painted = self.painted_by(line, &paints, &mut at);
            let painted = self.isolated(line, painted);
            let bar = self.painted("|", Paint::Faint);
            if !hidden.contains(&n) {
                writeln!(self.out, "{:INDENT$}{bar} {painted}", "")?;
            } else if n == hidden.start {
                writeln!(self.out, "{:INDENT$}{bar} [...]", "")?;
            }
        }
        Ok(())
    }

    /// A line in isolates (UAX 9, FSI and PDI), so that the bar before it stays where it is.
    fn isolated(&self, line: &str, painted: String) -> String {
        if self.isolate && line.contains(is_right_to_left) { format!("\u{2068}{painted}\u{2069}") } else { painted }
    }

    /// A line of which each character that is no space has a colour of its own, from number `at` on.
    fn painted_by(&self, line: &str, paints: &[Paint], at: &mut usize) -> String {
        let mut runs: Vec<PaintedText> = Vec::new();
        for c in line.chars() {
            let paint = paints.get(*at).copied().unwrap_or(Paint::Plain);
            *at += usize::from(c != ' ');
            match runs.last_mut() {
                Some((run, of_run)) if *of_run == paint || c == ' ' => run.push(c),
                _ => runs.push((c.to_string(), paint)),
            }
        }
        runs.iter().map(|(run, paint)| self.painted(run, *paint)).collect()
    }

    /// A label and a text.
    pub fn labelled(&mut self, label: &str, text: &str, paint: Paint) -> io::Result<()> {
        for (i, line) in wrap(text, self.width - INDENT - LABEL).iter().enumerate() {
            let label = if i == 0 { label } else { "" };
            let line = self.painted(line, paint);
            writeln!(self.out, "{:INDENT$}{label:<LABEL$}{line}", "")?;
        }
        Ok(())
    }

    /// A label, a place, and a note on it. The place is never broken: then it could neither be copied nor clicked. A note
    /// for which there is no room beside it stands below.
    pub fn place(&mut self, label: &str, place: &str, note: &str) -> io::Result<()> {
        let note = note.trim_start();
        let used = INDENT + LABEL + place.width() + 2 + note.width();
        let label = self.painted(&format!("{label:<LABEL$}"), role(label));
        let place = self.painted(place, Paint::Place);
        match note {
            "" => writeln!(self.out, "{:INDENT$}{label}{place}", ""),
            _ if used > self.width => {
                writeln!(self.out, "{:INDENT$}{label}{place}", "")?;
                self.continued(note, Paint::Plain)
            }
            _ => writeln!(self.out, "{:INDENT$}{label}{place}  {note}", ""),
        }
    }

    /// A text below the one that has the label.
    pub fn continued(&mut self, text: &str, paint: Paint) -> io::Result<()> {
        self.labelled("", text, paint)
    }

    /// One line of a list, not broken.
    pub fn entry(&mut self, text: &str) -> io::Result<()> {
        writeln!(self.out, "{:INDENT$}{text}", "")
    }

    /// How many places of a group are not shown, if any.
    pub fn more_places(&mut self, total: usize, shown: usize) -> io::Result<()> {
        match total.saturating_sub(shown) {
            0 => Ok(()),
            more => self.continued(&format!("and {}", counted(more as u64, "more place")), Paint::Plain),
        }
    }

    /// A sentence of its own.
    pub fn plain(&mut self, text: &str) -> io::Result<()> {
        for line in wrap(text, self.width) {
            writeln!(self.out, "{line}")?;
        }
        self.blank()
    }

    pub fn blank(&mut self) -> io::Result<()> {
        writeln!(self.out)
    }

    fn painted(&self, text: &str, paint: Paint) -> String {
        match paint.code() {
            Some(code) if self.color => format!("\u{1b}[{code}m{text}\u{1b}[0m"),
            _ => text.to_owned(),
        }
    }
}

/// The address and the date of what an archive captured: its records have ids that were made up by programs.
fn capture(doc: &DocumentRef) -> Option<String> {
    let (id, metadata) = (doc.id.as_deref()?, doc.metadata.as_deref()?);
    let Metadata { url: Some(url), date, .. } = metadata else { return None };
    let date = date.as_deref().map(|date| format!(", {date}")).unwrap_or_default();
    (id.starts_with("urn:uuid:") || id == &**url).then(|| format!("{url}{date}"))
}

/// Returns the colour of the role of a place: what stays and what could go look different.
fn role(label: &str) -> Paint {
    match label {
        "kept" => Paint::Kept,
        "" | "first" | "second" => Paint::Plain,
        _ => Paint::Gone,
    }
}

/// Characters of an id that is shown whole.
const WHOLE_ID: usize = 48;

/// Returns the start and the end of a long id, which tell it from others as a rule.
fn shortened(id: &str) -> Cow<'_, str> {
    let count = id.chars().count();
    if count <= WHOLE_ID {
        return id.into();
    }
    let start: String = id.chars().take(WHOLE_ID / 2).collect();
    let end: String = id.chars().skip(count - WHOLE_ID / 4).collect();
    format!("{start}…{end}").into()
}

/// Hebrew, Arabic and the other blocks that Unicode keeps for scripts written from right to left.
fn is_right_to_left(c: char) -> bool {
    matches!(c, '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{fefc}' | '\u{10800}'..='\u{10fff}'
        | '\u{1e800}'..='\u{1efff}')
}

/// Returns the name of a document of a source that has several: `a.jsonl:18 (id x)`,
/// `a.warc:2 (https://example.org/, 2025-01-02T03:04:05Z)`.
pub fn record_name(doc: &DocumentRef) -> String {
    let own = capture(doc).or_else(|| doc.id.as_ref().map(|id| format!("id {}", shortened(&id.typed()))));
    let own = own.map(|own| format!(" ({})", visible(&own))).unwrap_or_default();
    format!("{}:{}{own}", visible(&doc.source), doc.record.saturating_add(1))
}

/// Names documents and places. A source of which only record 0 is known, without an id, is one document: its path
/// says all. In any other the record counts from 1, as lines do.
pub struct Names<'a> {
    of_records: BTreeSet<&'a str>,
}

impl<'a> Names<'a> {
    /// Makes names for the documents of a digest.
    pub fn new(digest: &'a Digest) -> Self {
        Self { of_records: digest.sources_of_records.iter().map(|source| &**source).collect() }
    }

    /// Makes names for these documents and skipped records.
    pub fn of(documents: impl Iterator<Item = &'a DocumentRef>, skipped: &'a [Skipped]) -> Self {
        let several = documents.filter(|doc| doc.is_record()).map(|doc| &*doc.source);
        let skipped = skipped.iter().filter(|s| s.record.is_some_and(|record| record > 0));
        Self { of_records: several.chain(skipped.map(|s| s.source.as_str())).collect() }
    }

    /// `a.txt`, `a.jsonl:18 (id x)`, `a.warc:2 (https://example.org/, 2025-01-02T03:04:05Z)`.
    pub fn document(&self, doc: &DocumentRef) -> String {
        if self.has_records(&doc.source) { record_name(doc) } else { visible(&doc.source).into() }
    }

    /// `a.txt:30:1`, `a.jsonl:18 (id x), line 30:1`, `a.md:30:1 › Exit codes`; without the column where that is not known. What
    /// is in an index has no line: `a.txt in the index`.
    pub fn place(&self, span: &PlacedSpan) -> String {
        if span.in_index.is_some() {
            return format!("{} in the index", self.document(&span.doc));
        }
        let separator = if self.has_records(&span.doc.source) { ", line " } else { ":" };
        let column = if span.column == 0 { String::new() } else { format!(":{}", span.column) };
        format!("{}{separator}{}{column}{}", self.document(&span.doc), span.line, below(span))
    }

    /// `a.txt`, `a.jsonl:18`.
    pub fn skipped(&self, skipped: &Skipped) -> String {
        let path = visible(&skipped.source);
        match skipped.record {
            Some(record) if self.has_records(&skipped.source) => format!("{path}:{}", record.saturating_add(1)),
            _ => path.into(),
        }
    }

    fn has_records(&self, source: &str) -> bool {
        self.of_records.contains(source)
    }
}
