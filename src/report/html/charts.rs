//! What the charts show: counts over all findings, whatever the page lists.

use crate::finding::digest::{ChartMeasures, Digest, GROUP_SIZES, SimilarityCounts};
use crate::report::text::{bytes, counted, number, percent};
use crate::report::visible::visible;

/// Findings with fewer groups tell all that a chart could.
const LEAST_GROUPS: usize = 3;
/// Sources with a bar of their own.
const SOURCES: usize = 8;
/// Heights and widths of the columns' drawing. The template has them too.
const COLUMNS_WIDTH: f64 = 340.0;
const COLUMNS_HEIGHT: f64 = 104.0;
const COLUMNS_TOP: f64 = 16.0;

/// A part of all text.
pub struct TextPart {
    pub class: &'static str,
    pub label: &'static str,
    pub value: String,
    pub share: String,
    pub x: String,
    pub width: String,
}

/// Splits the text into what stays and what repeats.
pub fn parts(digest: &Digest) -> Vec<TextPart> {
    let repeated = digest.repeated;
    let unique = repeated.text.saturating_sub(repeated.documents).saturating_sub(repeated.passages);
    let of_text = |n: u64| n as f64 / repeated.text.max(1) as f64;
    let all = [
        ("unique", "stands once", unique),
        ("passages", "repeated passages", repeated.passages),
        ("documents", "duplicate documents", repeated.documents),
    ];
    // Shares are rounded down; what stands once takes what that leaves, so that they make up 100%.
    let tenths = |n| (of_text(n) * 1000.0).floor() / 1000.0;
    let rest = 1.0 - tenths(repeated.passages) - tenths(repeated.documents);
    let mut end = 0.0;
    let mut part = |(class, label, n)| {
        let (start, width) = (end, of_text(n) * 1000.0);
        end += width;
        let (x, width) = (format!("{start:.1}"), format!("{width:.1}"));
        TextPart {
            class,
            label,
            value: bytes(n),
            share: percent(if class == "unique" { rest } else { of_text(n) }),
            x,
            width,
        }
    };
    all.into_iter().filter(|(class, _, n)| *n > 0 || *class == "unique").map(&mut part).collect()
}

/// A chart of bars or columns, which a table tells in numbers.
pub struct Chart {
    pub title: &'static str,
    pub note: String,
    pub class: &'static str,
    /// What the numbers count.
    pub unit: &'static str,
    pub bars: Vec<ChartBar>,
    pub is_columns: bool,
}

/// A bar with its label.
pub struct ChartBar {
    pub label: String,
    pub value: String,
    /// Where it stands and how large it is, in units of the drawing.
    pub x: String,
    pub y: String,
    pub width: String,
    pub height: String,
    /// The middle of its foot, and what stands there; not all columns have room for their label.
    pub middle: String,
    pub tick: String,
    /// The value in few characters.
    pub short: String,
}

/// Returns the charts for which there is enough to show.
pub fn charts(digest: &Digest) -> Vec<Chart> {
    if digest.clusters.all + digest.families.all() < LEAST_GROUPS {
        return Vec::new();
    }
    let measures = &digest.measures;
    let all = [alike_documents(measures), alike_passages(measures), sizes(measures), by_source(measures)];
    all.into_iter().flatten().collect()
}

fn by_source(measures: &ChartMeasures) -> Option<Chart> {
    let mut rows: Vec<(&str, u64)> = measures.by_source.iter().map(|(source, bytes)| (&**source, *bytes)).collect();
    if rows.len() < 2 {
        return None;
    }
    rows.sort_by_key(|&(_, bytes)| std::cmp::Reverse(bytes));
    let others = rows.iter().skip(SOURCES).map(|(_, bytes)| *bytes).fold(0, u64::saturating_add);
    let note = match rows.len().saturating_sub(SOURCES) {
        0 => String::new(),
        more => format!("{} in {}.", bytes(others), counted(more as u64, "more source")),
    };
    rows.truncate(SOURCES);
    let most = rows.first().map_or(1, |&(_, bytes)| bytes).max(1) as f64;
    let bar = |(source, n): (&str, u64)| ChartBar {
        label: visible(source).into_owned(),
        value: bytes(n),
        width: format!("{:.1}", n as f64 / most * 100.0),
        ..ChartBar::empty()
    };
    let bars = rows.into_iter().map(bar).collect();
    let title = "Where repeated text stands";
    Some(Chart { title, note, class: "both", unit: "Repeated text", bars, is_columns: false })
}

fn alike_documents(measures: &ChartMeasures) -> Option<Chart> {
    let bars = histogram(&measures.duplicates, "the same words", Some(measures.exact))?;
    Some(Chart {
        title: "How alike the duplicate documents are",
        note: "Jaccard similarity to the kept document; the last column is copies of the same bytes.".into(),
        class: "documents",
        unit: "Documents",
        bars,
        is_columns: true,
    })
}

fn alike_passages(measures: &ChartMeasures) -> Option<Chart> {
    let bars = histogram(&measures.passages, "word for word", None)?;
    Some(Chart {
        title: "How alike the repeated passages are",
        note: "Aligned words that are equal, of each pair of places listed.".into(),
        class: "passages",
        unit: "Pairs of places",
        bars,
        is_columns: true,
    })
}

/// Draws counts in steps of 5%, from the least on. Equal ones stand apart, and so do exact copies, if they are told.
fn histogram(values: &SimilarityCounts, equal_label: &str, exact: Option<u64>) -> Option<Vec<ChartBar>> {
    let least = values.steps.iter().position(|&n| n > 0).unwrap_or(values.steps.len()).min(16);
    let step = |(step, &n): (usize, &u64)| ChartColumn {
        label: format!("{} to {}%", step * 5, step * 5 + 5),
        tick: if step % 2 == 0 { format!("{}%", step * 5) } else { String::new() },
        n,
    };
    let mut counts: Vec<ChartColumn> = values.steps.iter().enumerate().skip(least).map(step).collect();
    counts.push(ChartColumn { label: equal_label.to_owned(), tick: "100%".to_owned(), n: values.equal });
    if let Some(n) = exact {
        counts.push(ChartColumn { label: "the same bytes".to_owned(), tick: "bytes".to_owned(), n });
    }
    columns(&counts)
}

fn sizes(measures: &ChartMeasures) -> Option<Chart> {
    const LABELS: [&str; GROUP_SIZES.len()] = ["2", "3", "4–5", "6–10", "11–100", "> 100"];
    let count = |(label, &n): (&str, &u64)| ChartColumn { label: label.to_owned(), tick: label.to_owned(), n };
    let counts: Vec<ChartColumn> = LABELS.into_iter().zip(&measures.sizes).map(count).collect();
    Some(Chart {
        title: "How large the groups are",
        note: "Documents of a group of duplicates, or places of a passage.".into(),
        class: "both",
        unit: "Groups",
        bars: columns(&counts)?,
        is_columns: true,
    })
}

/// What a column stands for.
struct ChartColumn {
    label: String,
    tick: String,
    n: u64,
}

/// Draws counts as columns next to each other; none if there is nothing.
fn columns(counts: &[ChartColumn]) -> Option<Vec<ChartBar>> {
    let most = counts.iter().map(|count| count.n).max().filter(|&most| most > 0)? as f64;
    let step = COLUMNS_WIDTH / counts.len() as f64;
    let column = |(i, count): (usize, &ChartColumn)| {
        let height = if count.n == 0 { 0.0 } else { (count.n as f64 / most * COLUMNS_HEIGHT).max(2.0) };
        let x = i as f64 * step;
        ChartBar {
            label: count.label.clone(),
            value: number(count.n),
            x: format!("{:.1}", x + 1.5),
            y: format!("{:.1}", COLUMNS_TOP + COLUMNS_HEIGHT - height),
            width: format!("{:.1}", step - 3.0),
            height: format!("{height:.1}"),
            middle: format!("{:.1}", x + step / 2.0),
            tick: count.tick.clone(),
            short: short(count.n),
        }
    };
    Some(counts.iter().enumerate().map(column).collect())
}

/// `17`, `12k`; nothing for 0.
fn short(n: u64) -> String {
    match n {
        0 => String::new(),
        1..=999 => n.to_string(),
        _ => format!("{}k", n / 1000),
    }
}

impl ChartBar {
    fn empty() -> Self {
        let [label, value, x, y, width, height, middle, tick, short] = std::array::from_fn(|_| String::new());
        Self { label, value, x, y, width, height, middle, tick, short }
    }
}
