//! Two documents side by side: what they share, what a scan would make of them, and where they differ.

use doublon_core::candidate::Bands;
use doublon_core::{Config, Settings};
use std::io::{self, Write};

use serde::{Serialize, Serializer};
use unicode_width::UnicodeWidthStr;

use super::params::Rounded;
use super::text::page::{Names, Page, Paint};
use super::text::{Style, counted, number, one_line, percent};
use crate::finding::{DocumentRef, Parameters, PassageMatch, PlacedSpan};
use doublon_core::sketch::WindowParameters;

/// Two documents, measured.
#[derive(Clone, Debug)]
pub struct Comparison {
    /// What determines the result.
    pub parameters: Parameters,
    /// The document that was named first.
    pub a: Side,
    /// The other one.
    pub b: Side,
    /// In what they are equal.
    pub equality: Equality,
    /// Shingles in both.
    pub shared: usize,
    /// What the settings do with a pair like this.
    pub search: Search,
    /// What a scan of just these two comes to.
    pub verdict: Verdict,
    /// The passages that stand in both.
    pub passages: Vec<Aligned>,
}

/// One of two documents.
#[derive(Clone, Debug, Serialize)]
pub struct Side {
    /// The document.
    pub doc: DocumentRef,
    /// Bytes of its text.
    pub bytes: usize,
    /// Characters of its text.
    pub characters: usize,
    /// Words of its text.
    pub words: usize,
    /// Shingles in its set.
    pub shingles: usize,
}

/// In what two texts are equal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Equality {
    /// The same bytes.
    Bytes,
    /// The same words in the same order.
    Words,
    /// Neither.
    None,
}

/// How a pair is looked for, and what came of it.
#[derive(Clone, Debug)]
pub struct Search {
    /// The chance that these settings measure a pair of this similarity, over all seeds.
    pub chance: f64,
    /// The bands in which all rows agree, counted from 1.
    pub bands_met: Vec<usize>,
    /// Values of the sketches that agree.
    pub sketch_equal: usize,
    /// How many of them have to.
    pub sketch_least: usize,
    /// Values of a sketch.
    pub sketch_values: usize,
}

/// What a scan comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "result", rename_all = "snake_case")]
pub enum Verdict {
    /// The first document goes.
    RemovesA {
        /// Why.
        rule: Rule,
    },
    /// The second document goes.
    RemovesB {
        /// Why.
        rule: Rule,
    },
    /// They are duplicates, and both stay, as the policy says.
    Pair {
        /// Why they are duplicates.
        rule: Rule,
    },
    /// They reach the threshold, and no band met.
    Missed,
    /// A text without words is no duplicate of anything.
    Empty,
    /// Neither goes.
    Different,
}

/// By what a document is a duplicate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Rule {
    /// It is the same bytes.
    ExactCopy,
    /// It has the same words in the same order.
    SameWords,
    /// The similarity reaches the threshold.
    Similarity,
    /// It is contained in the other one.
    Containment,
}

/// A passage at two places, aligned.
#[derive(Clone, Debug, Serialize)]
pub struct Aligned {
    /// The places, and their measures.
    #[serde(flatten)]
    pub found: PassageMatch,
    /// Words of the longest run that is equal on both sides.
    pub longest_run: usize,
    /// All of the text of both sides.
    pub pieces: Vec<Piece>,
}

/// Two texts, aligned from start to end.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Alignment {
    /// The share of its columns that hold two equal words.
    pub identity: f64,
    /// Words of the longest run that is equal on both sides.
    pub longest_run: usize,
    /// All of both texts.
    pub pieces: Vec<Piece>,
}

/// A stretch of two aligned texts. The pieces of a side together are its text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Piece {
    /// How the two sides compare.
    pub kind: PieceKind,
    /// The text of the first side.
    pub a: String,
    /// The text of the second side.
    pub b: String,
}

/// How the two sides of a piece compare.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum PieceKind {
    /// The same bytes.
    Equal,
    /// Other words.
    Words,
    /// The same words in other letters.
    Form,
    /// Only what stands between the words.
    Separator,
}

impl Comparison {
    /// Returns the share of the shingles of either that both have.
    pub fn jaccard(&self) -> f64 {
        share(self.shared, self.all())
    }

    /// Returns the share of the shingles of `a` that `b` has.
    pub fn containment_a(&self) -> f64 {
        share(self.shared, self.a.shingles)
    }

    /// Returns the share of the shingles of `b` that `a` has.
    pub fn containment_b(&self) -> f64 {
        share(self.shared, self.b.shingles)
    }

    fn all(&self) -> usize {
        self.a.shingles + self.b.shingles - self.shared
    }
}

fn share(part: usize, whole: usize) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}

/// Writes a comparison for people.
///
/// # Errors
///
/// When `out` cannot be written to.
pub fn write_text(found: &Comparison, style: &Style, mut out: &mut dyn Write) -> io::Result<()> {
    let names = Names::of([&found.a.doc, &found.b.doc].into_iter(), &[]);
    side("a", &found.a, &names, style, out)?;
    side("b", &found.b, &names, style, out)?;
    writeln!(out)?;
    let mut page = Page::new(&mut out, style);
    measures(found, &mut page)?;
    page.labelled("verdict", &verdict(found), Paint::Strong)?;
    page.blank()?;
    passages(found, &names, style, out)
}

/// Writes the passages that stand in both documents.
pub(super) fn passages(found: &Comparison, names: &Names, style: &Style, mut out: &mut dyn Write) -> io::Result<()> {
    if found.passages.is_empty() {
        let least = found.parameters.config.min_words;
        return Page::new(&mut out, style).plain(&format!("No passage of {least} words or more stands in both."));
    }
    let heading = format!("{} in both", counted(found.passages.len() as u64, "passage"));
    Page::new(&mut out, style).heading(&heading)?;
    for aligned in found.passages.iter().take(style.limit) {
        passage(aligned, names, style, out)?;
    }
    more(found.passages.len(), style.limit, "passage", out)
}

/// Writes a comparison for programs, as one JSON object.
///
/// # Errors
///
/// When `out` cannot be written to.
pub fn write_json(found: &Comparison, mut out: &mut dyn Write) -> io::Result<()> {
    serde_json::to_writer(&mut out, found)?;
    out.write_all(b"\n")
}

impl Serialize for Comparison {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Json::of(self).serialize(serializer)
    }
}

/// Tells how many more there are than were shown, if any.
pub(super) fn more(total: usize, shown: usize, what: &str, out: &mut dyn Write) -> io::Result<()> {
    match total.saturating_sub(shown) {
        0 => Ok(()),
        more => writeln!(out, "{}; --limit 0 shows all", counted(more as u64, &format!("more {what}"))),
    }
}

fn side(label: &str, side: &Side, names: &Names, style: &Style, mut out: &mut dyn Write) -> io::Result<()> {
    let [bytes, words, shingles] = [(side.bytes, "byte"), (side.words, "word"), (side.shingles, "shingle")]
        .map(|(n, noun)| counted(n as u64, noun));
    let mut page = Page::new(&mut out, style);
    page.place(label, &names.document(&side.doc), "")?;
    page.continued(&format!("{bytes} of text, {words}, {shingles}"), Paint::Faint)
}

/// Writes what two documents share, and how the settings look for such a pair.
pub(super) fn measures<W: Write>(found: &Comparison, page: &mut Page<'_, W>) -> io::Result<()> {
    let [shared, all] = [found.shared, found.all()].map(|n| number(n as u64));
    let equality = match found.equality {
        Equality::Bytes => "the same bytes",
        Equality::Words => "the same words in the same order; case, spaces or punctuation differ",
        Equality::None => "neither the same bytes nor the same words",
    };
    page.labelled("texts", equality, Paint::Plain)?;
    let jaccard = format!("{} (Jaccard): {shared} of the {all} shingles of either are in both", four(found.jaccard()));
    page.labelled("similarity", &jaccard, Paint::Strong)?;
    let [a, b] = [found.containment_a(), found.containment_b()].map(percent);
    page.labelled("contained", &format!("{a} of a is in b, {b} of b is in a"), Paint::Plain)?;
    let Bands { bands, rows } = found.parameters.config.shape();
    let shape = format!("{} of {}", counted(bands as u64, "band"), counted(rows as u64, "row"));
    let chance = format!("{shape} find a pair of this similarity with a chance of {}", percent(found.search.chance));
    page.labelled("chance", &chance, Paint::Plain)?;
    page.labelled("bands", &bands_met(&found.search, bands), Paint::Plain)
}

fn bands_met(search: &Search, bands: usize) -> String {
    const LISTED: usize = 12;
    let Search { bands_met, sketch_equal, sketch_least, sketch_values, .. } = search;
    if bands_met.is_empty() {
        return "none meets with this seed".to_owned();
    }
    let tail = format!(
        "with this seed; {sketch_equal} of {sketch_values} values of the sketches agree, and {sketch_least} have to"
    );
    if bands_met.len() == bands && bands > 1 {
        return format!("all meet {tail}");
    }
    let listed: Vec<String> = bands_met.iter().take(LISTED).map(ToString::to_string).collect();
    let rest = if bands_met.len() > LISTED { ", ..." } else { "" };
    let noun = if bands_met.len() == 1 { "band" } else { "bands" };
    let verb = if bands_met.len() == 1 { "meets" } else { "meet" };
    format!("{noun} {}{rest} {verb} {tail}", listed.join(", "))
}

fn verdict(found: &Comparison) -> String {
    let Settings { threshold, containment, keep, .. } = &*found.parameters.config;
    let reaches = |rule| reason(rule, &found.parameters.config);
    match found.verdict {
        Verdict::RemovesA { rule } => format!("a is removed for b (--keep {keep}): {}", reaches(rule)),
        Verdict::RemovesB { rule } => format!("b is removed for a (--keep {keep}): {}", reaches(rule)),
        Verdict::Pair { rule } => format!("duplicates, of which --keep {keep} removes none: {}", reaches(rule)),
        Verdict::Missed => format!("both stay: the similarity reaches {threshold}, but the pair is not found"),
        Verdict::Empty => "both stay: a text without a word is a duplicate of nothing".to_owned(),
        Verdict::Different => match containment {
            None => format!("both stay: the similarity is below the threshold of {threshold}"),
            Some(share) => {
                format!("both stay: they reach neither the threshold of {threshold} nor containment {share}")
            }
        },
    }
}

/// Returns by which rule a document is a duplicate, in words.
pub(super) fn reason(rule: Rule, config: &Config) -> String {
    let Settings { threshold, containment, .. } = &**config;
    match rule {
        Rule::ExactCopy => "it is an exact copy".to_owned(),
        Rule::SameWords => "it has the same words".to_owned(),
        Rule::Similarity => format!("the similarity reaches the threshold of {threshold}"),
        Rule::Containment => {
            format!("as much of it as --containment {} is in the other", containment.unwrap_or_default())
        }
    }
}

/// Writes a passage with its two places, its measures, and the two texts aligned.
pub(super) fn passage(aligned: &Aligned, names: &Names, style: &Style, mut out: &mut dyn Write) -> io::Result<()> {
    places(&aligned.found, names, &mut Page::new(&mut out, style))?;
    writeln!(out)?;
    marked(&aligned.pieces, style, out)?;
    writeln!(out)
}

/// Writes the places of a passage, and its measures.
pub(super) fn places<W: Write>(found: &PassageMatch, names: &Names, page: &mut Page<'_, W>) -> io::Result<()> {
    let PassageMatch { identity, jaccard, containment_a, containment_b, .. } = found;
    let words = counted(found.words as u64, "word");
    page.title(&found.id, &format!("{words}, {} of them equal in their order", percent(*identity)))?;
    page.place("a", &names.place(&found.a), &extent(&found.a))?;
    page.place("b", &names.place(&found.b), &extent(&found.b))?;
    let [a, b] = [containment_a, containment_b].map(|share| percent(*share));
    let measures = format!("similarity {}; {a} of a is in b, {b} of b is in a", four(*jaccard));
    page.labelled("shingles", &measures, Paint::Plain)
}

pub(super) fn extent(span: &PlacedSpan) -> String {
    format!("bytes {} to {}", number(span.start as u64), number(span.end as u64))
}

/// Returns what the windows of a scan promise of a passage whose longest equal run has so many words.
pub(super) fn promise(windows: &WindowParameters, longest_run: usize, jaccard: f64) -> String {
    let WindowParameters { words, bands, rows, .. } = *windows;
    if longest_run >= words {
        return format!(
            "always: it has {longest_run} equal words in a row, and any two places that share {words} in a row meet"
        );
    }
    let power = |base: f64, exponent: usize| (0..exponent).fold(1.0, |product, _| product * base);
    let chance = 1.0 - power(1.0 - power(jaccard, rows), bands);
    format!(
        "by chance: its longest equal run has {longest_run} words, and only {words} in a row always meet; two windows \
         as similar as this passage meet with a chance of {}, and it has about as many windows as words",
        percent(chance)
    )
}

/// The most words of a stretch that is equal on both sides; of a longer one, the middle is left out.
const EQUAL_WORDS: usize = 24;
/// The most lines of an alignment, unless all is shown.
const LINES: usize = 24;

/// Writes two aligned texts as one, with what only one side has in marks, or in colour where there is colour.
pub(super) fn marked(pieces: &[Piece], style: &Style, out: &mut dyn Write) -> io::Result<()> {
    const INDENT: usize = 4;
    let width = style.width.max(40) - INDENT - 2;
    let bar = paint("|", Some("2"), style);
    let lines = lines(&words(pieces, style), width);
    let most = if style.limit == usize::MAX { usize::MAX } else { LINES };
    for line in lines.iter().take(most) {
        let shown: Vec<String> = line.iter().map(|word| word.painted(style)).collect();
        writeln!(out, "{:INDENT$}{bar} {}", "", shown.concat().trim_end())?;
    }
    match lines.len().saturating_sub(most) {
        0 => Ok(()),
        more => writeln!(out, "{:INDENT$}{}; --limit 0 shows all", "", counted(more as u64, "more line")),
    }
}

/// A word to show, with the space before it if there is one.
#[derive(Clone, Debug)]
struct Word {
    text: String,
    spaced: bool,
    change: Option<Change>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Change {
    Old,
    New,
}

impl Word {
    fn width(&self) -> usize {
        self.text.width() + usize::from(self.spaced)
    }

    fn painted(&self, style: &Style) -> String {
        let code = self.change.map(|change| if change == Change::Old { "31" } else { "32" });
        let space = if self.spaced { " " } else { "" };
        format!("{space}{}", paint(&self.text, code, style))
    }
}

fn paint(text: &str, code: Option<&str>, style: &Style) -> String {
    match code {
        Some(code) if style.color => format!("\u{1b}[{code}m{text}\u{1b}[0m"),
        _ => text.to_owned(),
    }
}

fn words(pieces: &[Piece], style: &Style) -> Vec<Word> {
    let mut words = Vec::new();
    let mut after_space = false;
    for (n, piece) in pieces.iter().enumerate() {
        let (a, b) = (one_line(&piece.a), one_line(&piece.b));
        let first = words.len();
        let ends_in_space = if piece.kind == PieceKind::Equal || a == b {
            append_equal(&a, (n == 0, n + 1 == pieces.len()), style, &mut words);
            false
        } else {
            append_changes(&a, &b, style, &mut words)
        };
        if let Some(word) = words.get_mut(first) {
            word.spaced |= after_space;
        }
        after_space = ends_in_space;
    }
    words
}

/// Appends what is equal; of a long stretch only what is next to a change.
fn append_equal(text: &str, (is_first, is_last): (bool, bool), style: &Style, words: &mut Vec<Word>) {
    let mut all = Vec::new();
    append(text, None, &mut all);
    let half = EQUAL_WORDS / 2;
    let (start, end) = match (is_first, is_last) {
        (true, true) => (EQUAL_WORDS * 2, half),
        (true, false) => (half / 2, half),
        (false, true) => (half, half / 2),
        (false, false) => (half, half),
    };
    if style.limit == usize::MAX || all.len() <= start + end + 4 {
        words.append(&mut all);
        return;
    }
    let tail = all.split_off(all.len() - end);
    let left_out = all.split_off(start).iter().filter(|word| word.text != "¶").count() as u64;
    words.append(&mut all);
    words.push(Word { text: format!("[... {} equal words ...]", number(left_out)), spaced: true, change: None });
    words.extend(tail);
}

/// Appends both sides of a change, and returns whether a space follows. Spaces at its ends that both sides have, or all
/// that there are, are no part of it.
fn append_changes(a: &str, b: &str, style: &Style, words: &mut Vec<Word>) -> bool {
    let both = |test: fn(&str) -> bool| [a, b].into_iter().all(|text| text.is_empty() || test(text));
    let (leads, trails) = (both(|text| text.starts_with(' ')), both(|text| text.ends_with(' ')));
    let inner = |text: &str| {
        let text = if leads { text.trim_start() } else { text };
        if trails { text.trim_end().to_owned() } else { text.to_owned() }
    };
    let (inner_a, inner_b) = (inner(a), inner(b));
    if inner_a.is_empty() && inner_b.is_empty() {
        append_change(a, Change::Old, style, words);
        append_change(b, Change::New, style, words);
        return false;
    }
    let first = words.len();
    append_change(&inner_a, Change::Old, style, words);
    append_change(&inner_b, Change::New, style, words);
    if let Some(word) = words.get_mut(first) {
        word.spaced |= leads;
    }
    trails
}

fn append_change(text: &str, change: Change, style: &Style, words: &mut Vec<Word>) {
    let (open, close) = match (style.color, change) {
        (true, _) => ("", ""),
        (false, Change::Old) => ("[-", "-]"),
        (false, Change::New) => ("{+", "+}"),
    };
    if !text.is_empty() {
        append(&format!("{open}{text}{close}"), Some(change), words);
    }
}

fn append(text: &str, change: Option<Change>, words: &mut Vec<Word>) {
    for (n, part) in text.split(' ').enumerate() {
        if n > 0 || !part.is_empty() {
            words.push(Word { text: part.to_owned(), spaced: n > 0, change });
        }
    }
}

/// Breaks words into lines; a word without a space before it stays with the one before.
fn lines(words: &[Word], width: usize) -> Vec<Vec<Word>> {
    let mut lines: Vec<Vec<Word>> = vec![Vec::new()];
    let mut used = 0;
    let mut rest = words;
    while let Some(first) = rest.first() {
        let glued = 1 + rest[1..].iter().take_while(|word| !word.spaced).count();
        let (unit, others) = rest.split_at(glued);
        rest = others;
        let needed: usize = unit.iter().map(Word::width).sum();
        let line = lines.len() - 1;
        if used > 0 && used + needed > width && first.spaced {
            let mut unit = unit.to_vec();
            unit[0].spaced = false;
            used = needed - 1;
            lines.push(unit);
        } else {
            used += needed;
            lines[line].extend_from_slice(unit);
        }
    }
    lines
}

/// A share with four decimals, rounded down, so that only all of it is 1.
pub(super) fn four(share: f64) -> String {
    format!("{:.4}", (share * 1e4 + 1e-9).floor() / 1e4)
}

/// A comparison as it is written for programs.
#[derive(Serialize)]
struct Json<'a> {
    r#type: &'static str,
    schema: &'static str,
    parameters: &'a Parameters,
    a: &'a Side,
    b: &'a Side,
    equality: Equality,
    shared_shingles: usize,
    all_shingles: usize,
    jaccard: f64,
    containment_a: f64,
    containment_b: f64,
    chance: Rounded,
    bands_met: &'a [usize],
    sketch_equal: usize,
    sketch_least: usize,
    sketch_values: usize,
    verdict: Verdict,
    passages: &'a [Aligned],
}

/// The name and version of the format.
const SCHEMA: &str = "doublon.comparison/1";

impl<'a> Json<'a> {
    fn of(found: &'a Comparison) -> Self {
        let Search { chance, bands_met, sketch_equal, sketch_least, sketch_values } = &found.search;
        Self {
            r#type: "comparison",
            schema: SCHEMA,
            parameters: &found.parameters,
            a: &found.a,
            b: &found.b,
            equality: found.equality,
            shared_shingles: found.shared,
            all_shingles: found.all(),
            jaccard: found.jaccard(),
            containment_a: found.containment_a(),
            containment_b: found.containment_b(),
            chance: Rounded(*chance),
            bands_met,
            sketch_equal: *sketch_equal,
            sketch_least: *sketch_least,
            sketch_values: *sketch_values,
            verdict: found.verdict,
            passages: &found.passages,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn piece(kind: PieceKind, a: &str, b: &str) -> Piece {
        Piece { kind, a: a.into(), b: b.into() }
    }

    fn shown(pieces: &[Piece], style: &Style) -> String {
        let mut out = Vec::new();
        marked(pieces, style, &mut out).expect("memory takes all");
        String::from_utf8(out).expect("text")
    }

    #[test]
    fn changes_are_marked_and_all_else_is_there_once() {
        let pieces = [
            piece(PieceKind::Equal, "The price is ", "The price is "),
            piece(PieceKind::Words, "20", "25"),
            piece(PieceKind::Equal, " euros", " euros"),
            piece(PieceKind::Separator, "\n\n", " "),
            piece(PieceKind::Equal, "today", "today"),
            piece(PieceKind::Words, "", ", again"),
        ];
        assert_eq!(shown(&pieces, &Style::default()), "    | The price is [-20-]{+25+} euros [-¶-] today{+, again+}\n");
        let colored = shown(&pieces, &Style { color: true, ..Style::default() });
        assert!(colored.contains("\u{1b}[31m20\u{1b}[0m\u{1b}[32m25\u{1b}[0m euros"), "{colored}");
    }

    #[test]
    fn no_line_is_wider_than_the_page_and_long_equal_text_is_left_out() {
        let long = (0..300).map(|n| format!("word{n}")).collect::<Vec<_>>().join(" ");
        let pieces = [
            piece(PieceKind::Equal, &long, &long),
            piece(PieceKind::Words, " x ", " y "),
            piece(PieceKind::Equal, &long, &long),
        ];
        let style = Style { width: 60, ..Style::default() };
        let text = shown(&pieces, &style);
        assert!(text.lines().all(|line| line.width() <= 60), "{text}");
        assert!(text.contains("equal words ...] ") && text.contains("[-x-]{+y+}"), "{text}");
        assert!(shown(&pieces, &Style { limit: usize::MAX, ..style }).contains("word150 "));
    }

    #[test]
    fn what_acts_on_a_terminal_is_written_out() {
        let text = shown(&[piece(PieceKind::Words, "\u{1b}[2J", "\u{202e}b")], &Style::default());
        assert_eq!(text, "    | [-<U+001B>[2J-]{+<U+202E>b+}\n");
    }
}
