//! The sheet of windows, for people and for programs: which passages they find, and what they cost.

use std::io::{self, Write};

use serde::Serialize;

use super::sheet::{Rounded, labelled, paragraph};
use super::text::counted;
use crate::finding::trial::{TrialCell, TrialTally};
use doublon_core::sketch::WindowParameters;

/// One setting of windows, and what it found in trials.
#[derive(Clone, Debug)]
pub struct WindowSetting {
    /// The name of the preset; none if the values are those of no preset.
    pub name: Option<&'static str>,
    /// The values.
    pub windows: WindowParameters,
    /// How many keys are stored for a word, on average.
    pub keys_per_word: f64,
    /// What was found, by the length of the passages and then by the rate of edits.
    pub cells: Vec<TrialCell>,
}

/// Windows, and all that `params` tells of them.
#[derive(Clone, Debug)]
pub struct WindowSheet {
    /// Words of the shortest passage that is listed.
    pub min_words: usize,
    /// The setting that was asked for.
    pub current: WindowSetting,
    /// Others to compare it with, all tried on the same passages.
    pub others: Vec<WindowSetting>,
}

/// Writes the sheet for people, in at most 80 columns.
///
/// # Errors
///
/// When `out` fails.
pub fn write_text(sheet: &WindowSheet, out: &mut dyn Write) -> io::Result<()> {
    head(sheet, out)?;
    let trials = sheet.current.cells.first().map_or(0, |cell| cell.met.trials);
    writeln!(out, "\npassages that meet, by their words and by how many of them were replaced\n")?;
    table(&sheet.current.cells, |cell| cell.met, out)?;
    writeln!(out, "\npassages that are listed\n")?;
    table(&sheet.current.cells, |cell| cell.listed, out)?;
    writeln!(out)?;
    paragraph(&trials_in_words(trials), out)?;
    comparison(sheet, out)
}

fn head(sheet: &WindowSheet, out: &mut dyn Write) -> io::Result<()> {
    let WindowParameters { k, words, bands, rows, .. } = sheet.current.windows;
    let (bands_of, rows_of) = (counted(bands as u64, "band"), counted(rows as u64, "row"));
    writeln!(out, "windows of {words} words, shingles of {k}, {bands_of} of {rows_of}\n")?;
    let least = sheet.min_words;
    let verbatim = format!(
        "Two places that share {words} words in a row always meet, wherever the words start and whatever stands around \
         them. Case, punctuation, spacing and accents do not matter here. So every repeat of {least} words or more in \
         a row is listed. What is shorter is counted, not listed (--min-words)."
    );
    let places = "Where more than four places share a key, each is compared with its nearest, ordered by the words that \
                  follow. All of them stand in one family; not every pair is a match. With --exhaustive, all pairs \
                  are compared.";
    let similar = format!(
        "Two windows meet with probability {}, where s is the Jaccard similarity of their shingles: {}. A passage has \
         about as many windows as words, each of which may meet.",
        formula(bands, rows),
        chances(bands, rows)
    );
    let cost = format!("{:.2} keys for each word of the texts.", sheet.current.keys_per_word);
    labelled("verbatim", &verbatim, out)?;
    labelled("places", places, out)?;
    labelled("similar", &similar, out)?;
    labelled("cost", &cost, out)
}

fn formula(bands: usize, rows: usize) -> String {
    match (bands, rows) {
        (1, 1) => "s".to_owned(),
        (1, rows) => format!("s^{rows}"),
        (bands, 1) => format!("1 - (1 - s)^{bands}"),
        (bands, rows) => format!("1 - (1 - s^{rows})^{bands}"),
    }
}

/// Returns the chance that two windows of this similarity share a key.
pub(super) fn chance(similarity: f64, windows: &WindowParameters) -> f64 {
    // Multiplied out, because powers of the C library differ between systems.
    let power = |base: f64, exponent: usize| (0..exponent).fold(1.0, |product, _| product * base);
    1.0 - power(1.0 - power(similarity, windows.rows), windows.bands)
}

fn chances(bands: usize, rows: usize) -> String {
    let windows = WindowParameters { bands, rows, ..WindowParameters::default() };
    let chances: Vec<String> = SIMILARITIES.iter().map(|&s| format!("{} at {s}", share(chance(s, &windows)))).collect();
    chances.join(", ")
}

/// Similarities that the formula is worked out for.
const SIMILARITIES: [f64; 4] = [0.3, 0.5, 0.7, 0.9];

fn table(cells: &[TrialCell], tally: impl Fn(&TrialCell) -> TrialTally, out: &mut dyn Write) -> io::Result<()> {
    for (n, of_length) in cells.chunk_by(|x, y| x.words == y.words).enumerate() {
        if n == 0 {
            write!(out, "   words")?;
            columns::<8>(of_length.iter().map(|cell| format!("{}%", cell.changed)), out)?;
        }
        write!(out, "{:>8}", of_length[0].words)?;
        columns::<8>(of_length.iter().map(|cell| share(tally(cell).share())), out)?;
    }
    Ok(())
}

/// Ends a line by these columns.
fn columns<const WIDTH: usize>(values: impl Iterator<Item = String>, out: &mut dyn Write) -> io::Result<()> {
    for value in values {
        write!(out, "{value:>WIDTH$}")?;
    }
    writeln!(out)
}

/// A share in per cent, rounded down to a tenth, so that only all of it is `100%`.
fn share(share: f64) -> String {
    let tenths = (share.clamp(0.0, 1.0) * 1e3 + 1e-7).floor();
    if tenths >= 1e3 { "100%".into() } else { format!("{:.1}%", tenths / 10.0) }
}

fn trials_in_words(trials: usize) -> String {
    let at = |share: f64| {
        let (low, high) = TrialTally { trials, hits: (share * trials as f64).round() as usize }.interval();
        format!("{:.1} points at {:.0}%", (high - low) * 50.0, share * 100.0)
    };
    format!(
        "Each figure is from {trials} pairs of passages of random words in other random words, looked for by the code \
         of a scan; with 95% confidence it is right to within {}, {} and {}. A word is replaced with the given \
         probability. A passage is met if its two places share a key; it is listed if a match covers at least half of \
         it. Words replaced near its ends leave it shorter, so that passages just above the least number of words are \
         met more often than listed.",
        at(0.5),
        at(0.9),
        at(0.99)
    )
}

fn comparison(sheet: &WindowSheet, out: &mut dyn Write) -> io::Result<()> {
    let Some(first) = sheet.others.first() else { return Ok(()) };
    writeln!(out, "\npassages that are listed by each preset, and by these settings (*)\n")?;
    write!(out, "   {:<10}{:>14}", "", "keys a word")?;
    columns::<10>(first.cells.iter().map(|cell| format!("{}, {}%", cell.words, cell.changed)), out)?;
    for setting in &sheet.others {
        let mark = if setting.windows == sheet.current.windows { '*' } else { ' ' };
        let name = setting.name.unwrap_or("these");
        write!(out, " {mark} {name:<10}{:>14.2}", setting.keys_per_word)?;
        columns::<10>(setting.cells.iter().map(|cell| share(cell.listed.share())), out)?;
    }
    Ok(())
}

/// Writes the sheet as one JSON object, with a line break.
///
/// # Errors
///
/// When `out` fails.
pub fn write_json(sheet: &WindowSheet, out: &mut dyn Write) -> io::Result<()> {
    let json = WindowSheetJson {
        r#type: "params_passages",
        min_words: sheet.min_words,
        always_met_words: sheet.current.windows.words,
        current: WindowSettingJson::of(&sheet.current),
        others: sheet.others.iter().map(WindowSettingJson::of).collect(),
    };
    serde_json::to_writer(&mut *out, &json)?;
    writeln!(out)
}

#[derive(Serialize)]
struct WindowSheetJson {
    r#type: &'static str,
    min_words: usize,
    always_met_words: usize,
    #[serde(flatten)]
    current: WindowSettingJson,
    others: Vec<WindowSettingJson>,
}

#[derive(Serialize)]
struct WindowSettingJson {
    preset: Option<&'static str>,
    windows: WindowParameters,
    keys_per_word: Rounded,
    similar: Vec<ChanceJson>,
    cells: Vec<CellJson>,
}

#[derive(Serialize)]
struct ChanceJson {
    similarity: f64,
    met: Rounded,
}

#[derive(Serialize)]
struct CellJson {
    words: usize,
    changed: f64,
    trials: usize,
    met: ShareJson,
    listed: ShareJson,
}

#[derive(Serialize)]
struct ShareJson {
    value: Rounded,
    low: Rounded,
    high: Rounded,
}

impl WindowSettingJson {
    fn of(setting: &WindowSetting) -> Self {
        let similar = SIMILARITIES.iter();
        let similar =
            similar.map(|&similarity| ChanceJson { similarity, met: Rounded(chance(similarity, &setting.windows)) });
        Self {
            preset: setting.name,
            windows: setting.windows,
            keys_per_word: Rounded(setting.keys_per_word),
            similar: similar.collect(),
            cells: setting.cells.iter().map(CellJson::of).collect(),
        }
    }
}

impl CellJson {
    fn of(cell: &TrialCell) -> Self {
        Self {
            words: cell.words,
            changed: cell.changed as f64 / 100.0,
            trials: cell.met.trials,
            met: ShareJson::of(cell.met),
            listed: ShareJson::of(cell.listed),
        }
    }
}

impl ShareJson {
    fn of(tally: TrialTally) -> Self {
        let (low, high) = tally.interval();
        Self { value: Rounded(tally.share()), low: Rounded(low), high: Rounded(high) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tally(hits: usize) -> TrialTally {
        TrialTally { trials: 1000, hits }
    }

    fn sheet() -> WindowSheet {
        let cell = |words, changed, met, listed| TrialCell { words, changed, met: tally(met), listed: tally(listed) };
        let cells =
            vec![cell(20, 0, 1000, 1000), cell(20, 10, 964, 640), cell(40, 0, 1000, 1000), cell(40, 10, 999, 998)];
        let setting =
            |name, windows, keys_per_word| WindowSetting { name, windows, keys_per_word, cells: cells.clone() };
        let current = WindowParameters { bands: 3, rows: 2, ..WindowParameters::default() };
        WindowSheet {
            min_words: 20,
            current: setting(None, current, 1.2),
            others: vec![setting(Some("default"), WindowParameters::default(), 0.4), setting(None, current, 1.2)],
        }
    }

    fn text(sheet: &WindowSheet) -> String {
        let mut out = Vec::new();
        write_text(sheet, &mut out).expect("memory takes all");
        String::from_utf8(out).expect("UTF-8")
    }

    #[test]
    fn cells_stand_by_length_and_rate() {
        let text = text(&sheet());
        for line in [
            "   words      0%     10%",
            "      20    100%   96.4%",
            "      20    100%   64.0%",
            "      40    100%   99.9%",
            " * these               1.20      100%     64.0%      100%     99.8%",
        ] {
            assert!(text.lines().any(|found| found == line), "no {line:?} in\n{text}");
        }
    }

    #[test]
    fn only_all_of_it_is_all() {
        assert_eq!([share(1.0), share(0.9999), share(0.5), share(0.0)], ["100%", "99.9%", "50.0%", "0.0%"]);
    }

    #[test]
    fn the_formula_is_that_of_bands_and_rows() {
        assert_eq!([formula(1, 1), formula(3, 1)], ["s", "1 - (1 - s)^3"]);
        assert_eq!([formula(1, 2), formula(3, 2)], ["s^2", "1 - (1 - s^2)^3"]);
        let windows = WindowParameters { bands: 3, rows: 2, ..WindowParameters::default() };
        assert!((chance(0.5, &windows) - 0.578_125).abs() < 1e-12);
    }

    #[test]
    fn lines_are_at_most_80_columns() {
        for line in text(&sheet()).lines() {
            assert!(line.chars().count() <= 80, "{line}");
        }
    }

    #[test]
    fn json_has_every_cell_with_its_interval() {
        let mut out = Vec::new();
        write_json(&sheet(), &mut out).expect("memory takes all");
        let json: serde_json::Value = serde_json::from_slice(&out).expect("JSON");
        assert_eq!(json["always_met_words"], 8);
        assert_eq!(json["windows"]["rows"], 2);
        assert_eq!(json["cells"].as_array().map(Vec::len), Some(4));
        assert_eq!(json["cells"][1]["listed"]["value"], 0.64);
        assert!(json["cells"][1]["listed"]["low"].as_f64() < Some(0.64));
        assert_eq!(json["others"][0]["preset"], "default");
    }
}
