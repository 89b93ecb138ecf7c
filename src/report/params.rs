//! The sheet of bands and rows, for people and for programs: which pairs of documents they find, and what they cost.

use std::io::{self, Write};

use serde::Serialize;

use super::sheet::{Rounded, labelled, paragraph};
use super::text::{counted, number};
use doublon_core::candidate::Chance;
use doublon_core::candidate::curve::{Curve, CurvePoint, NEIGHBOURS};
use doublon_core::candidate::params::Alternative;
use doublon_core::candidate::presets::Preset;

/// Bands and rows, and all that `params` tells of them.
#[derive(Clone, Debug)]
pub struct ShapeSheet {
    /// The published settings that were asked for.
    pub preset: Option<&'static Preset>,
    /// Shingles, as they are written on the command line.
    pub shingle: String,
    /// The recall that was asked for.
    pub recall: f64,
    /// Whether bands and rows follow from the recall; otherwise they were given.
    pub chosen: bool,
    /// Bands and rows, and what they promise.
    pub current: (Alternative, Curve),
    /// All shapes that reach the recall at the threshold, by ascending rows.
    pub alternatives: Vec<(Alternative, Curve)>,
    /// The memory that one document takes, in bytes, by what it is used for.
    pub bytes: Vec<(&'static str, usize)>,
}

/// Alternatives shown on each side of the shape.
const SHOWN: usize = 4;

/// Columns of the plot for a similarity of 0.1, and lines for a chance of 1.
const TENTH: usize = 6;
const HEIGHT: usize = 10;

/// Writes the sheet for people, in at most 80 columns.
///
/// # Errors
///
/// When `out` fails.
pub fn write_text(sheet: &ShapeSheet, out: &mut dyn Write) -> io::Result<()> {
    head(sheet, out)?;
    table(&sheet.current.1, out)?;
    plot(&sheet.current.1, out)?;
    alternatives(sheet, out)?;
    costs(sheet, out)
}

fn head(sheet: &ShapeSheet, out: &mut dyn Write) -> io::Result<()> {
    let Curve { shape, threshold, .. } = &sheet.current.1;
    let (bands, rows) = (counted(shape.bands as u64, "band"), counted(shape.rows as u64, "row"));
    writeln!(out, "{bands} of {rows}, {} shingles, threshold {threshold}\n", sheet.shingle)?;
    if let Some(preset) = sheet.preset {
        labelled(preset.name, preset.source, out)?;
        labelled("threshold", preset.threshold_source, out)?;
        writeln!(out)?;
    }
    let rule = "Two documents are measured if all rows of at least one band agree, and their sketches are alike; they \
                are found if their similarity is at least the threshold. More bands find more pairs, and more wrong \
                candidates; more rows find fewer of both.";
    paragraph(rule, out)
}

fn table(curve: &Curve, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "\nsimilarity   agree in a band   are measured")?;
    for &CurvePoint { similarity, met, measured } in &curve.points {
        let is_threshold = similarity.to_bits() == curve.threshold.to_bits();
        let mark = if is_threshold { "   <- threshold" } else { "" };
        writeln!(out, "{:>10}   {:>15}   {:>12}{mark}", two_decimals(similarity), share(met), share(measured))?;
    }
    writeln!(out)
}

/// Draws the share of pairs that are measured over their similarity.
fn plot(curve: &Curve, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "share of pairs that are measured")?;
    let chance = Chance::new(curve.shape, curve.threshold);
    let heights: Vec<usize> = (1..=10 * TENTH).map(|column| height(chance.of(similarity_at(column)))).collect();
    for line in (1..=HEIGHT).rev() {
        let label = if line.is_multiple_of(2) { format!("{}%", line * 100 / HEIGHT) } else { String::new() };
        let bars: String = heights.iter().map(|&height| if height >= line { '#' } else { ' ' }).collect();
        writeln!(out, "{label:>5} |{}", bars.trim_end())?;
    }
    writeln!(out, "{:>5} +{}", "0%", format!("{:->TENTH$}", "+").repeat(10))?;
    write!(out, "{:>7} ", 0)?;
    (1..=10).try_for_each(|tenth| write!(out, "{:>TENTH$.1}", f64::from(tenth) / 10.0))?;
    writeln!(out)?;
    let column = (curve.threshold * (10 * TENTH) as f64).round() as usize;
    writeln!(out, "{:column$}      ^ threshold", "")
}

fn similarity_at(column: usize) -> f64 {
    column as f64 / (10 * TENTH) as f64
}

fn height(chance: f64) -> usize {
    (chance * HEIGHT as f64).round() as usize
}

fn alternatives(sheet: &ShapeSheet, out: &mut dyn Write) -> io::Result<()> {
    let (threshold, recall) = (sheet.current.1.threshold, share(sheet.recall).replace(".00%", "%"));
    let reach = format!("find {recall} of the pairs at {threshold}");
    let text = match (sheet.alternatives.is_empty(), sheet.chosen) {
        (true, _) => format!("No shape of at most 4,096 hash functions would {reach}."),
        (_, true) => format!("Of the shapes that {reach}, the one with the least work was chosen (*)."),
        (_, false) => format!("The bands and rows given (*) compare with shapes that {reach}."),
    };
    writeln!(out)?;
    paragraph(&text, out)?;
    writeln!(out, "\n     bands   rows   functions   measured at {threshold}   wrong candidates      work")?;
    shown(sheet).into_iter().try_for_each(|row| alternative(row, row.0.shape == sheet.current.0.shape, out))
}

/// The current shape, and the alternatives around the one with the least work, by ascending rows.
fn shown(sheet: &ShapeSheet) -> Vec<&(Alternative, Curve)> {
    let work = |i: &usize| sheet.alternatives[*i].0.work;
    let cheapest = (0..sheet.alternatives.len()).min_by(|x, y| work(x).total_cmp(&work(y))).unwrap_or(0);
    let near = sheet.alternatives.iter().enumerate().filter(|(i, _)| i.abs_diff(cheapest) <= SHOWN);
    let others = near.map(|(_, other)| other).filter(|other| other.0.shape != sheet.current.0.shape);
    let mut shown: Vec<_> = others.chain([&sheet.current]).collect();
    shown.sort_by_key(|(alternative, _)| (alternative.shape.rows, alternative.shape.bands));
    shown
}

fn alternative((shape, curve): &(Alternative, Curve), is_current: bool, out: &mut dyn Write) -> io::Result<()> {
    let mark = if is_current { '*' } else { ' ' };
    let found = share(curve.at_threshold.measured);
    let width = "measured at ".len() + curve.threshold.to_string().len();
    let [bands, rows, functions] = [shape.shape.bands, shape.shape.rows, shape.shape.len()].map(|n| number(n as u64));
    let (wrong, work) = (rounded(curve.wrong_met), rounded(shape.work));
    writeln!(out, " {mark} {bands:>7}   {rows:>4}   {functions:>9}   {found:>width$}   {wrong:>16}   {work:>7}")
}

fn costs(sheet: &ShapeSheet, out: &mut dyn Write) -> io::Result<()> {
    let (Alternative { shape, .. }, curve) = &sheet.current;
    let total: usize = sheet.bytes.iter().map(|(_, bytes)| bytes).sum();
    let parts: Vec<_> =
        sheet.bytes.iter().map(|(what, bytes)| format!("{} for {what}", number(*bytes as u64))).collect();
    let time = format!("{} for each shingle of a document.", counted(shape.len() as u64, "hash function"));
    let memory = format!("{} for each document: {}.", counted(total as u64, "byte"), parts.join(", "));
    let sketch = format!("loses {} of the pairs at the threshold that agree in a band.", share(curve.sketch_loss));
    let candidates = format!(
        "{} wrong ones per million documents: pairs below the threshold that agree in a band. Of these {} pass the \
         sketch and are measured in vain. The numbers are those of a model: each document resembles {NEIGHBOURS} \
         others, at similarities spread evenly from 0 to 1. Corpora differ from it by powers of ten; it serves to \
         compare shapes.",
        rounded(curve.wrong_met),
        rounded(curve.wrong_measured)
    );
    let work = "hash functions, and one more for each 180,000 wrong candidates: these take about as long as one hash \
                function does for a million documents of 500 shingles.";
    writeln!(out)?;
    labelled("time", &time, out)?;
    labelled("memory", &memory, out)?;
    labelled("sketch", &sketch, out)?;
    labelled("candidates", &candidates, out)?;
    labelled("work", work, out)
}

/// A similarity with two decimals, or with four if it has more.
fn two_decimals(similarity: f64) -> String {
    let hundredths = similarity * 100.0;
    let decimals = if (hundredths - hundredths.round()).abs() < 1e-7 { 2 } else { 4 };
    format!("{similarity:.decimals$}")
}

/// A share in per cent, rounded down to a hundredth, so that only all of it is `100%`.
fn share(share: f64) -> String {
    // 0.9913 * 1e4 may be a little less than 9913 in binary.
    let hundredths = (share.clamp(0.0, 1.0) * 1e4 + 1e-7).floor();
    if hundredths >= 1e4 { "100%".into() } else { format!("{:.2}%", hundredths / 100.0) }
}

/// A number with three digits that count, as it is shown.
fn rounded(value: f64) -> String {
    number(three_digits(value))
}

/// A number of which three digits count: no model is better than that.
fn three_digits(value: f64) -> u64 {
    let unit = 10f64.powi((value.max(1.0).log10().floor() as i32 - 2).max(0));
    ((value / unit).round() * unit) as u64
}

/// Writes the sheet as one JSON object, with a line break.
///
/// # Errors
///
/// When `out` fails.
pub fn write_json(sheet: &ShapeSheet, out: &mut dyn Write) -> io::Result<()> {
    serde_json::to_writer(&mut *out, &ShapeSheetJson::of(sheet))?;
    writeln!(out)
}

#[derive(Serialize)]
struct ShapeSheetJson<'a> {
    r#type: &'static str,
    preset: Option<PresetJson>,
    shingle: &'a str,
    threshold: f64,
    recall: f64,
    chosen: bool,
    #[serde(flatten)]
    current: ShapeJson,
    sketch_loss: Rounded,
    bytes_per_document: usize,
    curve: Vec<CurvePointJson>,
    alternatives: Vec<ShapeJson>,
}

#[derive(Serialize)]
struct PresetJson {
    name: &'static str,
    source: &'static str,
    threshold_source: &'static str,
}

#[derive(Serialize)]
struct ShapeJson {
    bands: usize,
    rows: usize,
    hash_functions: usize,
    found_at_threshold: Rounded,
    wrong_candidates_per_million: u64,
    wrong_measured_per_million: u64,
    work: u64,
}

#[derive(Serialize)]
struct CurvePointJson {
    similarity: f64,
    met: Rounded,
    measured: Rounded,
}

impl<'a> ShapeSheetJson<'a> {
    fn of(sheet: &'a ShapeSheet) -> Self {
        let curve = &sheet.current.1;
        Self {
            r#type: "params",
            preset: sheet.preset.map(PresetJson::of),
            shingle: &sheet.shingle,
            threshold: curve.threshold,
            recall: sheet.recall,
            chosen: sheet.chosen,
            current: ShapeJson::of(&sheet.current),
            sketch_loss: Rounded(curve.sketch_loss),
            bytes_per_document: sheet.bytes.iter().map(|(_, bytes)| bytes).sum(),
            curve: curve.points.iter().map(CurvePointJson::of).collect(),
            alternatives: sheet.alternatives.iter().map(ShapeJson::of).collect(),
        }
    }
}

impl PresetJson {
    fn of(preset: &Preset) -> Self {
        Self { name: preset.name, source: preset.source, threshold_source: preset.threshold_source }
    }
}

impl ShapeJson {
    fn of((alternative, curve): &(Alternative, Curve)) -> Self {
        let Alternative { shape, work } = *alternative;
        Self {
            bands: shape.bands,
            rows: shape.rows,
            hash_functions: shape.len(),
            found_at_threshold: Rounded(curve.at_threshold.measured),
            wrong_candidates_per_million: three_digits(curve.wrong_met),
            wrong_measured_per_million: three_digits(curve.wrong_measured),
            work: three_digits(work),
        }
    }
}

impl CurvePointJson {
    fn of(point: &CurvePoint) -> Self {
        Self { similarity: point.similarity, met: Rounded(point.met), measured: Rounded(point.measured) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sheet::WIDTH;
    use doublon_core::candidate::params::{self, Bands};
    use doublon_core::candidate::presets::{DOCUMENT_PRESETS, document_preset};

    fn sheet(bands: usize, rows: usize, threshold: f64, preset: Option<&'static Preset>) -> ShapeSheet {
        let with = |alternative: Alternative| (alternative, Curve::new(alternative.shape, threshold));
        let shape = Bands::new(bands, rows).expect("valid");
        ShapeSheet {
            preset,
            shingle: "word:5".into(),
            recall: 0.99,
            chosen: preset.is_none(),
            current: with(Alternative { shape, work: params::work(shape, threshold) }),
            alternatives: params::alternatives(threshold, 0.99).expect("valid").into_iter().map(with).collect(),
            bytes: vec![("band keys", 4 * bands), ("the sketch", 64)],
        }
    }

    fn text(sheet: &ShapeSheet) -> String {
        let mut out = Vec::new();
        write_text(sheet, &mut out).expect("memory takes all");
        String::from_utf8(out).expect("UTF-8")
    }

    fn json(sheet: &ShapeSheet) -> serde_json::Value {
        let mut out = Vec::new();
        write_json(sheet, &mut out).expect("memory takes all");
        let text = String::from_utf8(out).expect("UTF-8");
        assert_eq!(text.lines().count(), 1, "{text}");
        serde_json::from_str(&text).expect("JSON")
    }

    #[test]
    fn the_table_has_the_chances_and_marks_the_threshold() {
        let text = text(&sheet(14, 8, 0.75, document_preset("fineweb")));
        let row = "      0.75            77.16%         77.14%   <- threshold";
        assert!(text.lines().any(|line| line == row), "{text}");
        assert_eq!(text.matches("<- threshold").count(), 1);
    }

    #[test]
    fn each_column_of_the_plot_is_as_high_as_its_chance() {
        for (bands, rows, threshold) in [(12, 5, 0.8), (14, 8, 0.75), (1, 1, 0.5), (450, 20, 0.8)] {
            let text = text(&sheet(bands, rows, threshold, None));
            let lines: Vec<_> = text.lines().filter_map(|line| line.get(6..)?.strip_prefix('|')).collect();
            assert_eq!(lines.len(), HEIGHT, "{text}");
            let chance = Chance::new(Bands::new(bands, rows).expect("valid"), threshold);
            for column in 1..=60 {
                let high = lines.iter().filter(|line| line.as_bytes().get(column - 1) == Some(&b'#')).count();
                let found = chance.of(column as f64 / 60.0);
                assert!((high as f64 - found * 10.0).abs() <= 0.5 + 1e-9, "column {column}: {high}, {found}\n{text}");
            }
        }
    }

    #[test]
    fn the_plot_marks_the_threshold_below_its_column() {
        let text = text(&sheet(12, 5, 0.8, None));
        let find = |line: usize, what| text.lines().nth(line).and_then(|line: &str| line.find(what));
        let axis = text.lines().position(|line| line.contains("+-----+")).expect("an axis");
        let tick = text.lines().nth(axis).and_then(|line| line.match_indices('+').nth(8));
        let tick = tick.map(|(column, _)| column);
        assert!(tick.is_some(), "{text}");
        assert_eq!(find(axis + 1, "0.8").map(|column| column + 1), tick, "{text}");
        assert_eq!(find(axis + 2, "^ threshold"), tick, "{text}");
    }

    #[test]
    fn the_shape_stands_among_those_around_the_cheapest() {
        let chosen = text(&sheet(12, 5, 0.8, None));
        assert!(
            chosen.contains("Of the shapes that find 99% of the pairs at 0.8, the one with the least work"),
            "{chosen}"
        );
        let marked =
            |text: &str| text.lines().filter(|line| line.starts_with(" * ")).map(str::to_owned).collect::<Vec<_>>();
        assert_eq!(marked(&chosen), [" *      12      5          60            99.13%         44,500,000       307"]);
        let given = text(&sheet(450, 20, 0.8, document_preset("refinedweb")));
        assert_eq!(marked(&given), [" *     450     20       9,000            99.44%         14,900,000     9,080"]);
        assert!(given.lines().any(|line| line.starts_with("        12      5  ")), "{given}");
        let hopeless = text(&sheet(12, 5, 0.0005, None));
        assert!(hopeless.contains("No shape of at most 4,096 hash functions would find 99% of the pairs at 0.0005."));
    }

    #[test]
    fn no_line_is_wider_than_the_page() {
        let presets =
            DOCUMENT_PRESETS.iter().map(|preset| sheet(preset.bands, preset.rows, preset.threshold, Some(preset)));
        for sheet in presets.chain([sheet(1, 1, 1.0, None), sheet(65_536, 1, 0.1234, None)]) {
            for line in text(&sheet).lines() {
                assert!(line.chars().count() <= WIDTH && line.is_ascii() && line == line.trim_end(), "{line:?}");
            }
        }
    }

    #[test]
    fn json_has_the_same_numbers() {
        let sheet = sheet(14, 8, 0.75, document_preset("fineweb"));
        let value = json(&sheet);
        let measured = Chance::new(Bands::new(14, 8).expect("valid"), 0.75).of(0.75);
        assert!((value["found_at_threshold"].as_f64().expect("a number") - measured).abs() < 1e-6);
        assert_eq!((&value["bands"], &value["rows"], &value["hash_functions"]), (&14.into(), &8.into(), &112.into()));
        assert_eq!((&value["preset"]["name"], &value["chosen"]), (&"fineweb".into(), &false.into()));
        assert_eq!(value["bytes_per_document"], 56 + 64);
        assert_eq!(value["curve"].as_array().map(Vec::len), Some(sheet.current.1.points.len()));
        assert_eq!(value["alternatives"].as_array().map(Vec::len), Some(sheet.alternatives.len()));
    }

    #[test]
    fn numbers_are_rounded_but_not_up_to_all() {
        assert_eq!([share(1.0), share(0.999_999), share(0.9913), share(0.0)], ["100%", "99.99%", "99.13%", "0.00%"]);
        assert_eq!(
            [rounded(0.0), rounded(999.0), rounded(12_345.0), rounded(44_471_781.0)],
            ["0", "999", "12,300", "44,500,000"]
        );
        assert_eq!([two_decimals(0.8), two_decimals(0.8123), two_decimals(1.0)], ["0.80", "0.8123", "1.00"]);
    }
}
