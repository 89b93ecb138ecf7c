//! A comparison of two documents, for people and for programs.

use doublon_core::candidate::Bands;
use doublon_core::{Config, Settings};
use std::io::{self, Write};

use super::changes::marked;
use super::text::page::{Names, Page, Paint};
use super::text::{Style, counted, number, percent};
use super::windows::chance;
use crate::finding::Equality;
use crate::finding::comparison::{AlignedPassage, ComparedDocument, Comparison, PairSearch, Rule, Verdict};
use crate::finding::{PassageMatch, PlacedSpan};
use doublon_core::sketch::WindowParameters;

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

/// Tells how many more there are than were shown, if any.
pub(super) fn more(total: usize, shown: usize, what: &str, out: &mut dyn Write) -> io::Result<()> {
    match total.saturating_sub(shown) {
        0 => Ok(()),
        more => writeln!(out, "{}; --limit 0 shows all", counted(more as u64, &format!("more {what}"))),
    }
}

fn side(label: &str, side: &ComparedDocument, names: &Names, style: &Style, mut out: &mut dyn Write) -> io::Result<()> {
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
        Equality::Characters => "the same characters; only white space or the form of characters differs",
        Equality::Words => "the same words in the same order; case, spaces or punctuation differ",
        Equality::None => "neither the same bytes nor the same words",
    };
    page.labelled("texts", equality, Paint::Plain)?;
    let jaccard = format!("{} (Jaccard): {shared} of the {all} shingles of either are in both", four(found.jaccard()));
    page.labelled("similarity", &jaccard, Paint::Strong)?;
    let [a, b] = [found.containment_a(), found.containment_b()].map(percent);
    page.labelled("contained", &format!("{a} of a is in b, {b} of b is in a"), Paint::Plain)?;
    if found.parameters.config.exact {
        return Ok(());
    }
    let Bands { bands, rows } = found.parameters.config.shape();
    let shape = format!("{} of {}", counted(bands as u64, "band"), counted(rows as u64, "row"));
    let chance = format!("{shape} find a pair of this similarity with a chance of {}", percent(found.search.chance));
    page.labelled("chance", &chance, Paint::Plain)?;
    page.labelled("bands", &bands_met(&found.search, bands), Paint::Plain)
}

fn bands_met(search: &PairSearch, bands: usize) -> String {
    const LISTED: usize = 12;
    let PairSearch { bands_met, sketch_equal, sketch_least, sketch_values, .. } = search;
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
    let Settings { threshold, containment, exact, keep, .. } = &*found.parameters.config;
    let reaches = |rule| reason(rule, &found.parameters.config);
    match found.verdict {
        Verdict::RemovesA { rule } => format!("a is removed for b (--keep {keep}): {}", reaches(rule)),
        Verdict::RemovesB { rule } => format!("b is removed for a (--keep {keep}): {}", reaches(rule)),
        Verdict::Pair { rule } => format!("duplicates, of which --keep {keep} removes none: {}", reaches(rule)),
        Verdict::Missed => format!("both stay: the similarity reaches {threshold}, but the pair is not found"),
        Verdict::Empty => "both stay: a text of nothing but white space is a duplicate of nothing".to_owned(),
        Verdict::Different if *exact => "both stay: their characters differ (--exact)".to_owned(),
        Verdict::Different => match containment {
            None => format!("both stay: the similarity is below the threshold of {threshold}"),
            Some(share) => {
                format!("both stay: they reach neither the threshold of {threshold} nor containment {share}")
            }
        },
    }
}

/// Returns in words why a document is a duplicate.
pub(super) fn reason(rule: Rule, config: &Config) -> String {
    let Settings { threshold, containment, .. } = &**config;
    match rule {
        Rule::ExactCopy => "it is an exact copy".to_owned(),
        Rule::SameCharacters => "it has the same characters".to_owned(),
        Rule::SameWords => "it has the same words".to_owned(),
        Rule::Similarity => format!("the similarity reaches the threshold of {threshold}"),
        Rule::Containment => {
            format!("as much of it as --containment {} is in the other", containment.unwrap_or_default())
        }
    }
}

/// Writes a passage with its two places, its measures, and the two texts aligned.
pub(super) fn passage(
    aligned: &AlignedPassage,
    names: &Names,
    style: &Style,
    mut out: &mut dyn Write,
) -> io::Result<()> {
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

/// Returns where a place starts and ends in its text, in words.
pub(super) fn extent(span: &PlacedSpan) -> String {
    format!("bytes {} to {}", number(span.start as u64), number(span.end as u64))
}

/// Returns in words how surely a scan finds a passage whose longest run of equal words has this length.
pub(super) fn promise(windows: &WindowParameters, longest_run: usize, jaccard: f64) -> String {
    let words = windows.words;
    if longest_run >= words {
        return format!(
            "always: it has {longest_run} equal words in a row, and any two places that share {words} in a row meet"
        );
    }
    format!(
        "by chance: its longest equal run has {longest_run} words, and only {words} in a row always meet; two windows \
         as similar as this passage meet with a chance of {}, and it has about as many windows as words",
        percent(chance(jaccard, windows))
    )
}

/// A share with four decimals, rounded down, so that only all of it is 1.
pub(super) fn four(share: f64) -> String {
    format!("{:.4}", (share * 1e4 + 1e-9).floor() / 1e4)
}
