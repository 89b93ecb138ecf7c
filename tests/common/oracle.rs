//! The definition of duplicate documents, in a few lines that share nothing with the library, and how tests run a scan.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use doublon::finding::InputOptions;
use doublon::finding::{DocumentRef, Finding, Findings};
use doublon::scan::{Resources, scan};
use doublon::{Config, Level};
use unicode_normalization::UnicodeNormalization;
use unicode_properties::{GeneralCategory, UnicodeGeneralCategory};

use crate::generator::Generated;

/// Tokens of a shingle.
const K: usize = 5;

/// Returns the tokens of a text: runs of letters and digits, and single characters of scripts without spaces. A text
/// without any has all its characters but white space.
pub fn tokens(text: &str) -> Vec<String> {
    let normal: String = text.nfkc().flat_map(char::to_lowercase).filter(|c| !is_ignored(*c)).collect();
    let normal = normal.replace('ς', "σ");
    let mut spaced = String::new();
    for c in normal.chars() {
        match c {
            _ if is_single(c) => spaced.extend([' ', c, ' ']),
            _ if c.is_alphanumeric() => spaced.push(c),
            _ => spaced.push(' '),
        }
    }
    let words: Vec<String> = spaced.split(' ').filter(|word| !word.is_empty()).map(str::to_owned).collect();
    let visible = || normal.chars().filter(|c| !c.is_whitespace()).map(String::from);
    if words.is_empty() { visible().collect() } else { words }
}

fn is_ignored(c: char) -> bool {
    use GeneralCategory::{EnclosingMark, Format, NonspacingMark};
    matches!(c.general_category(), NonspacingMark | EnclosingMark | Format)
}

fn is_single(c: char) -> bool {
    // Thai and Lao, Myanmar, Khmer, kana, Han.
    matches!(c, '\u{e01}'..='\u{eff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}' | '\u{3041}'..='\u{30ff}'
        | '\u{3400}'..='\u{9fff}' | '\u{20000}'..='\u{3ffff}')
        && c.is_alphanumeric()
}

/// Returns the set of shingles of a text; one that is shorter than a shingle is one, and one without a token has none.
fn shingles(text: &str) -> BTreeSet<Vec<String>> {
    let tokens = tokens(text);
    match tokens.len() {
        0 => BTreeSet::new(),
        1..K => BTreeSet::from([tokens]),
        _ => tokens.windows(K).map(<[String]>::to_vec).collect(),
    }
}

/// What all pairs of some texts share, counted shingle by shingle.
pub struct Oracle {
    sizes: Vec<usize>,
    /// `shared[b][a]` for `a < b`.
    shared: Vec<Vec<u32>>,
    /// For each text the first one with the same tokens.
    pub first: Vec<usize>,
}

impl Oracle {
    pub fn of<'a>(texts: impl IntoIterator<Item = &'a str>) -> Self {
        let (mut sizes, mut shared, mut first) = (Vec::new(), Vec::new(), Vec::new());
        let mut seen: BTreeMap<Vec<String>, Vec<usize>> = BTreeMap::new();
        let mut streams = BTreeMap::new();
        for (b, text) in texts.into_iter().enumerate() {
            let set = shingles(text);
            sizes.push(set.len());
            let mut counts = vec![0; b];
            for shingle in set {
                let having = seen.entry(shingle).or_default();
                for &a in having.iter() {
                    counts[a] += 1;
                }
                having.push(b);
            }
            shared.push(counts);
            first.push(*streams.entry(tokens(text)).or_insert(b));
        }
        Self { sizes, shared, first }
    }

    pub fn len(&self) -> usize {
        self.sizes.len()
    }

    pub fn is_empty_text(&self, a: usize) -> bool {
        self.sizes[a] == 0
    }

    pub fn jaccard(&self, a: usize, b: usize) -> f64 {
        let shared = self.shared(a, b);
        let all = self.sizes[a] + self.sizes[b] - shared;
        if all == 0 { 0.0 } else { shared as f64 / all as f64 }
    }

    /// Returns the share of the shingles of `a` that `b` has.
    pub fn containment(&self, a: usize, b: usize) -> f64 {
        self.shared(a, b) as f64 / self.sizes[a] as f64
    }

    fn shared(&self, a: usize, b: usize) -> usize {
        self.shared[a.max(b)][a.min(b)] as usize
    }
}

/// Puts texts into documents with ids in their order.
pub fn documents<T: Into<String>>(texts: impl IntoIterator<Item = T>) -> Vec<Generated> {
    let document =
        |(text, number): (T, u64)| Generated { number, id: number.to_string(), text: text.into(), truth: None };
    texts.into_iter().zip(0..).map(document).collect()
}

/// Writes documents as JSON Lines, split evenly over so many files of a folder, in order.
pub fn write_corpus(folder: &Path, documents: &[Generated], files: usize) -> Vec<PathBuf> {
    let share = documents.len().div_ceil(files).max(1);
    let write = |(number, part): (usize, &[Generated])| {
        let path = folder.join(format!("part-{number:03}.jsonl"));
        let lines = part.iter().map(|document| serde_json::to_string(document).unwrap() + "\n");
        fs::write(&path, lines.collect::<String>()).unwrap();
        path
    };
    documents.chunks(share).enumerate().map(write).collect()
}

/// Scans for duplicate documents.
pub fn scan_documents(paths: &[PathBuf], parameters: &Config, threads: usize) -> Findings {
    let parameters = parameters.to_builder().level(Level::Documents).build().unwrap();
    scan(paths, &parameters, &InputOptions::default(), &Resources { threads, ..Resources::default() }, &()).unwrap()
}

/// Returns the number of a generated document.
pub fn number(doc: &DocumentRef) -> usize {
    doc.id.as_deref().unwrap().parse().unwrap()
}

/// Returns `(removed, keeper)` of all clusters, in order.
pub fn removals(findings: &Findings) -> Vec<(usize, usize)> {
    let clusters = findings.clusters.iter();
    clusters.flat_map(|c| c.members.iter().map(|member| (number(&member.doc), number(&c.keep)))).collect()
}

/// Returns the findings as they are written, a line each.
pub fn serialised(findings: &Findings) -> String {
    let mut all: Vec<Finding> = Vec::new();
    findings.send_clones(&mut all).unwrap();
    all.iter().map(|line| serde_json::to_string(line).unwrap() + "\n").collect()
}
