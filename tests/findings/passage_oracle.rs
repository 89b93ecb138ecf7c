//! The passages found, against their definition: a full local alignment of every pair of documents.
//!
//! The promise that is held here, with every pair of places compared (`exhaustive`): let `P` be the optimal local
//! alignment of two documents, or of one document with a later part of itself, under the scores of `verify::align`,
//! cut where its score falls by more than `X_DROP`. If a part of `P` has at least `min_words` words on both sides, the
//! least identity, the least score, and a run of at least `windows.words` equal words, then one reported match covers
//! at least 80% of it on both sides. The same holds for the next best alignment outside of the places of `P`, and so
//! on.

#![allow(clippy::expect_used)] // helpers of tests fail like tests

use doublon_core::sketch::WindowParameters;
use std::collections::BTreeSet;
use std::fs;
use std::ops::Range;
use std::path::PathBuf;

use doublon::finding::InputOptions;
use doublon::finding::{Findings, MatchScope, PassageMatch, PlacedSpan};
use doublon::scan::{Resources, scan};
use doublon::{Config, Level, Scope};
use doublon_core::hash::mix;
use doublon_core::kernel::{LEAST_SCORE, LEAST_SCORE_OF_CHARACTERS};
use doublon_core::text::{Lexicon, TokenId, Tokenizer, Vocabulary};
use doublon_core::verify::align::{DIFFERENT, EQUAL, GAP, SIMILAR, X_DROP};
use proptest::prelude::*;

// --- running ---------------------------------------------------------------------------------------------------------

fn passages(texts: &[String], parameters: &Config) -> Findings {
    let (_folder, path) = written(texts);
    scanned(&path, parameters, &Resources { threads: 2, ..Resources::default() })
}

/// Writes texts as the lines of one file, which is there as long as its folder is.
fn written(texts: &[String]) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("texts.jsonl");
    let lines = texts.iter().map(|text| serde_json::json!({ "text": text }).to_string() + "\n");
    fs::write(&path, lines.collect::<String>()).expect("is written");
    (folder, path)
}

fn scanned(path: &std::path::Path, parameters: &Config, resources: &Resources) -> Findings {
    let parameters = parameters.to_builder().level(Level::Passages).build().unwrap();
    scan(&[path.to_owned()], &parameters, &InputOptions::default(), resources, &()).expect("scans")
}

fn exhaustive() -> Config {
    let windows = WindowParameters { exhaustive: true, ..WindowParameters::default() };

    Config::builder().windows(windows).build().unwrap()
}

// --- the oracle ------------------------------------------------------------------------------------------------------

/// The texts as words, with the start and the end of each.
struct Words {
    vocabulary: Vocabulary,
    tokens: Vec<Vec<TokenId>>,
    places: Vec<Vec<(usize, usize)>>,
}

impl Words {
    fn of(texts: &[String]) -> Self {
        let tokenizer = Tokenizer::default();
        let mut lexicon = Lexicon::default();
        let (mut tokens, mut places) = (Vec::new(), Vec::new());
        for text in texts {
            let (mut of_text, mut at) = (Vec::new(), Vec::new());
            tokenizer.for_each(text, |word, span| {
                of_text.push(lexicon.number(tokenizer.hash(word), || word));
                at.push((span.start, span.end));
            });
            tokens.push(of_text);
            places.push(at);
        }
        let (vocabulary, numbers) = Vocabulary::merge(&[lexicon]);
        tokens.iter_mut().flatten().for_each(|token| *token = numbers[0][*token as usize]);
        Self { vocabulary, tokens, places }
    }

    fn compare(&self, a: TokenId, b: TokenId) -> i32 {
        if a == b {
            EQUAL
        } else if self.vocabulary.spelling(a).is_similar(self.vocabulary.spelling(b)) {
            SIMILAR
        } else {
            DIFFERENT
        }
    }

    fn score(&self, a: usize, b: usize, column: (Option<usize>, Option<usize>)) -> i32 {
        match column {
            (Some(i), Some(j)) => self.compare(self.tokens[a][i], self.tokens[b][j]),
            _ => GAP,
        }
    }

    /// Whether the words at both ends of a place share no character with others, as those of `½` do, so that the range
    /// of words is known from the place.
    fn is_exact(&self, place: &PlacedSpan) -> bool {
        let (words, range) = (&self.places[place.doc.record as usize], self.range(place));
        let shares = |n: usize| n > 0 && n < words.len() && words[n].0 < words[n - 1].1;
        ![range.start.wrapping_sub(1), range.start, range.start + 1, range.end - 1, range.end].into_iter().any(shares)
    }

    /// Whether two places may have a word in common that neither is told with: no word is between them, and one of them
    /// begins or ends in a character of several words, of which a place is told only when it has all.
    fn may_share(&self, x: &PlacedSpan, y: &PlacedSpan) -> bool {
        let (of_x, of_y) = (self.range(x), self.range(y));
        let adjoin = x.doc == y.doc && (of_x.end == of_y.start || of_y.end == of_x.start);
        adjoin && !(self.is_exact(x) && self.is_exact(y))
    }

    /// The range of words that a reported place covers.
    fn range(&self, place: &PlacedSpan) -> Range<usize> {
        let words = &self.places[place.doc.record as usize];
        words.partition_point(|word| word.0 < place.start)..words.partition_point(|word| word.1 <= place.end)
    }
}

/// A column: the words of both sides that it holds, `None` for a gap.
type Path = Vec<(Option<usize>, Option<usize>)>;

/// The best local alignment (Smith and Waterman) through cells that are not blocked.
fn best_path(words: &Words, a: usize, b: usize, blocked: &[(Range<usize>, Range<usize>)]) -> Path {
    let (rows, width) = (words.tokens[a].len() + 1, words.tokens[b].len() + 1);
    let compare = |i: usize, j: usize| words.compare(words.tokens[a][i - 1], words.tokens[b][j - 1]);
    let mut scores = vec![0; rows * width];
    let mut best = (0, 0, 0);
    for i in 1..rows {
        for j in 1..width {
            let meets = a == b && i >= j;
            if meets || blocked.iter().any(|(in_a, in_b)| in_a.contains(&(i - 1)) && in_b.contains(&(j - 1))) {
                continue;
            }
            let diagonal = scores[(i - 1) * width + j - 1] + compare(i, j);
            let score = diagonal.max(scores[(i - 1) * width + j] + GAP).max(scores[i * width + j - 1] + GAP).max(0);
            scores[i * width + j] = score;
            if score > best.0 {
                best = (score, i, j);
            }
        }
    }
    let (mut path, mut i, mut j) = (Path::new(), best.1, best.2);
    while scores[i * width + j] > 0 {
        let score = scores[i * width + j];
        if score == scores[(i - 1) * width + j - 1] + compare(i, j) {
            (i, j) = (i - 1, j - 1);
            path.push((Some(i), Some(j)));
        } else if score == scores[(i - 1) * width + j] + GAP {
            i -= 1;
            path.push((Some(i), None));
        } else {
            j -= 1;
            path.push((None, Some(j)));
        }
    }
    path.reverse();
    path
}

/// Cuts a path where its score falls by more than `X_DROP`; each part ends at its highest score.
fn cut_at_drops(words: &Words, a: usize, b: usize, path: &Path) -> Vec<Path> {
    let mut parts = Vec::new();
    let (mut start, mut best_end, mut score, mut best) = (0, 0, 0, 0);
    for (n, &column) in path.iter().enumerate() {
        score += words.score(a, b, column);
        if score > best {
            (best, best_end) = (score, n + 1);
        } else if best - score > X_DROP || (best == 0 && score < 0) {
            parts.push(path[start..best_end].to_vec());
            (start, best_end, score, best) = (n + 1, n + 1, 0, 0);
        }
    }
    parts.push(path[start..best_end].to_vec());
    parts.retain(|part| !part.is_empty());
    parts
}

fn sides(path: &Path) -> (Range<usize>, Range<usize>) {
    let side = |words: Vec<usize>| words.first().copied().unwrap_or(0)..words.last().map_or(0, |last| last + 1);
    (side(path.iter().filter_map(|c| c.0).collect()), side(path.iter().filter_map(|c| c.1).collect()))
}

/// Whether the promise at the top of this file speaks of this part of an alignment.
fn is_promised(words: &Words, a: usize, b: usize, part: &Path, parameters: &Config) -> bool {
    let equal = |&(i, j): &(Option<usize>, Option<usize>)| {
        i.zip(j).is_some_and(|(i, j)| words.tokens[a][i] == words.tokens[b][j])
    };
    let longest = part.chunk_by(|x, y| equal(x) == equal(y)).filter(|run| equal(&run[0])).map(<[_]>::len).max();
    let identity = part.iter().filter(|c| equal(c)).count() as f64 / part.len() as f64;
    let (in_a, in_b) = sides(part);
    let score: i32 = part.iter().map(|&column| words.score(a, b, column)).sum();
    let characters = words.tokens[a][in_a.clone()].iter().any(|&word| words.vocabulary.is_character(word));
    let count = |doc: usize, side: Range<usize>| words.vocabulary.count_words(&words.tokens[doc][side]);
    let least = if characters { LEAST_SCORE_OF_CHARACTERS } else { LEAST_SCORE };
    i64::from(score) >= least
        && count(a, in_a.clone()).min(count(b, in_b.clone())) >= parameters.min_words
        && longest.unwrap_or(0) >= parameters.windows.words
        && identity >= parameters.min_identity
        && (a != b || in_a.end <= in_b.start)
}

fn covers(found: &Range<usize>, wanted: &Range<usize>) -> bool {
    let shared = found.end.min(wanted.end).saturating_sub(found.start.max(wanted.start));
    shared * 10 >= wanted.len() * 8
}

/// Checks the promise, and returns how many parts it spoke of.
fn check_promise(texts: &[String], parameters: &Config) -> usize {
    let words = Words::of(texts);
    let found = passages(texts, parameters);
    let mut promised = 0;
    for a in 0..texts.len() {
        for b in a..texts.len() {
            let between: Vec<_> = found
                .matches
                .iter()
                .filter(|m| (m.a.doc.record, m.b.doc.record) == (a as u64, b as u64))
                .map(|m| (words.range(&m.a), words.range(&m.b)))
                .collect();
            let mut blocked = Vec::new();
            for _ in 0..6 {
                let path = best_path(&words, a, b, &blocked);
                for part in cut_at_drops(&words, a, b, &path) {
                    if is_promised(&words, a, b, &part, parameters) {
                        promised += 1;
                        let (in_a, in_b) = sides(&part);
                        assert!(
                            between.iter().any(|(x, y)| covers(x, &in_a) && covers(y, &in_b)),
                            "documents {a} and {b}: words {in_a:?} and {in_b:?} are covered by none of {between:?}\n{}\n{}",
                            texts[a],
                            texts[b]
                        );
                    }
                }
                blocked.push(sides(&path));
            }
        }
    }
    promised
}

// --- corpora ---------------------------------------------------------------------------------------------------------

#[derive(Clone, Copy, Debug)]
enum Script {
    Latin,
    Cyrillic,
    Han,
}

const SCRIPTS: [Script; 3] = [Script::Latin, Script::Cyrillic, Script::Han];

/// Makes texts of words whose frequencies fall as those of a language do, always the same for a seed.
struct Generator {
    state: u64,
    script: Script,
}

impl Generator {
    fn new(script: Script, seed: u64) -> Self {
        Self { state: mix(seed + 1), script }
    }

    fn below(&mut self, n: usize) -> usize {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        (mix(self.state) % n as u64) as usize
    }

    fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    fn word(&mut self) -> String {
        // The product of two uniform numbers is small far more often than large.
        let rank = self.below(60) * self.below(60);
        let syllable = |n: usize| match self.script {
            Script::Latin => ["ra", "té", "lon", "mi", "que", "sou", "bat", "vi", "çon", "dre"][n % 10].to_owned(),
            Script::Cyrillic => ["ра", "те", "лон", "ми", "ква", "суй", "бат", "ви", "чён", "дре"][n % 10].to_owned(),
            Script::Han => char::from_u32(0x4e00 + n as u32).map(String::from).unwrap_or_default(),
        };
        match self.script {
            Script::Han => syllable(rank),
            _ => (0..=rank % 3).map(|n| syllable(rank / 10usize.pow(n as u32) + n)).collect(),
        }
    }

    fn words(&mut self, n: usize) -> Vec<String> {
        (0..n).map(|_| self.word()).collect()
    }

    /// Changes, inserts, deletes and misspells words, each `percent` times in a hundred in all.
    fn edited(&mut self, words: &[String], percent: usize) -> Vec<String> {
        let mut edited = Vec::new();
        for word in words {
            if !self.chance(percent) {
                edited.push(word.clone());
                continue;
            }
            match self.below(4) {
                0 => edited.push(self.word()),
                1 => edited.extend([word.clone(), self.word()]),
                2 => {
                    edited
                        .push(word.chars().rev().skip(1).collect::<Vec<_>>().into_iter().rev().chain(['x']).collect());
                }
                _ => {}
            }
        }
        edited
    }

    /// Writes words as sentences and paragraphs.
    fn written(&mut self, words: &[String]) -> String {
        let (space, stop) = if matches!(self.script, Script::Han) { ("", "。") } else { (" ", ". ") };
        let mut text = String::new();
        for word in words {
            text += word;
            text += if self.chance(8) { stop } else { space };
            text += if self.chance(3) { "\n\n" } else { "" };
        }
        text
    }

    /// Documents of which some hold a passage of others or of their own, edited.
    fn corpus(&mut self) -> Vec<String> {
        let mut documents: Vec<Vec<String>> = Vec::new();
        for n in 0..14 {
            let len = 40 + self.below(160);
            let mut words = self.words(len);
            for _ in 0..2 {
                let own = words.clone();
                let source = if n > 0 && self.chance(60) { &documents[self.below(n)] } else { &own };
                let len = (12 + self.below(70)).min(source.len());
                let start = self.below(source.len() - len + 1);
                let rate = [0, 3, 8, 15][self.below(4)];
                let passage = self.edited(&source[start..start + len], rate);
                let at = self.below(words.len() + 1);
                words.splice(at..at, passage);
            }
            documents.push(words);
        }
        documents.iter().map(|words| self.written(words)).collect()
    }
}

// --- tests -----------------------------------------------------------------------------------------------------------

#[test]
fn every_promised_alignment_is_covered() {
    for script in SCRIPTS {
        let promised: usize =
            (0..4).map(|seed| check_promise(&Generator::new(script, seed).corpus(), &exhaustive())).sum();
        assert!(promised > 60, "{script:?}: the promise spoke of {promised} passages only");
    }
}

#[test]
fn every_promised_alignment_of_short_passages_is_covered() {
    let parameters = exhaustive().to_builder().min_words(8).build().unwrap();
    for script in SCRIPTS {
        let promised = check_promise(&Generator::new(script, 9).corpus(), &parameters);
        assert!(promised > 15, "{script:?}: the promise spoke of {promised} passages only");
    }
}

/// The words of a reported place as strings.
fn strings(texts: &[String], place: &PlacedSpan) -> Vec<String> {
    let mut words = Vec::new();
    let text = &texts[place.doc.record as usize][place.start..place.end];
    Tokenizer::default().for_each(text, |word, _| words.push(word.to_owned()));
    words
}

fn shingles(words: &[String], k: usize) -> BTreeSet<&[String]> {
    words.windows(k.min(words.len())).collect()
}

/// Bounds of the identity of a global alignment of best score: the least and the most equal words that one can have,
/// by the most and the least columns.
fn identities(words: &Words, found: &PassageMatch) -> (f64, f64) {
    let x = &words.tokens[found.a.doc.record as usize][words.range(&found.a)];
    let y = &words.tokens[found.b.doc.record as usize][words.range(&found.b)];
    // The greatest sum of a second measure of the columns, among the alignments of best score.
    let most = |second: &dyn Fn(bool) -> i64| {
        let add = |sum: (i64, i64), score: i32, equal: bool| (sum.0 + i64::from(score), sum.1 + second(equal));
        let mut row = vec![(0, 0)];
        (0..y.len()).for_each(|n| row.push(add(row[n], GAP, false)));
        for &word in x {
            let mut next = vec![add(row[0], GAP, false)];
            for (n, &other) in y.iter().enumerate() {
                let both = add(row[n], words.compare(word, other), word == other);
                next.push(both.max(add(row[n + 1], GAP, false)).max(add(next[n], GAP, false)));
            }
            row = next;
        }
        row[y.len()].1 as f64
    };
    let (most_equal, least_equal) = (most(&|equal| i64::from(equal)), -most(&|equal| -i64::from(equal)));
    let (most_columns, least_columns) = (most(&|_| 1), -most(&|_| -1));
    (least_equal / most_columns, most_equal / least_columns)
}

/// A character of Thai counts as a quarter of a word.
fn counted(words: &[String]) -> usize {
    let quarters = |word: &String| match word.chars().next() {
        Some('\u{e00}'..='\u{eff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}') => 1,
        _ => 4,
    };
    words.iter().map(quarters).sum::<usize>() / 4
}

#[test]
fn reported_numbers_equal_their_definition() {
    let mut edited = 0;
    for (script, seed) in SCRIPTS.into_iter().flat_map(|script| (0..4).map(move |seed| (script, seed))) {
        let texts = Generator::new(script, seed).corpus();
        let words = Words::of(&texts);
        for found in passages(&texts, &exhaustive()).matches {
            let (a, b) = (strings(&texts, &found.a), strings(&texts, &found.b));
            let (set_a, set_b) = (shingles(&a, 5), shingles(&b, 5));
            let shared = set_a.intersection(&set_b).count() as f64;
            assert_eq!(found.words, counted(&a).min(counted(&b)), "{found:?}");
            let numbers = [found.jaccard, found.containment_a, found.containment_b];
            let by_definition = [set_a.union(&set_b).count(), set_a.len(), set_b.len()].map(|all| shared / all as f64);
            assert_eq!(numbers.map(f64::to_bits), by_definition.map(f64::to_bits), "{found:?}");
            let (low, high) = identities(&words, &found);
            assert!((low..=high).contains(&found.identity), "{} is not in {low}..={high}: {found:?}", found.identity);
            edited += usize::from(found.identity < 1.0);
        }
    }
    assert!(edited > 100, "{edited} edited matches");
}

/// What holds for all findings, whatever the input.
fn check_invariants(texts: &[String], parameters: &Config) -> Findings {
    let found = passages(texts, parameters);
    let words = Words::of(texts);
    let overlap = |x: &PlacedSpan, y: &PlacedSpan| x.doc == y.doc && x.start < y.end && y.start < x.end;
    for m in &found.matches {
        assert!(!overlap(&m.a, &m.b), "{m:?}");
        assert!((m.a.doc.record, m.a.start) < (m.b.doc.record, m.b.start), "{m:?}");
        assert!(m.words >= parameters.min_words && m.identity >= parameters.min_identity, "{m:?}");
        assert_eq!(m.scope == MatchScope::Within, m.a.doc == m.b.doc);
        let (in_a, in_b) = (words.range(&m.a), words.range(&m.b));
        if words.is_exact(&m.a) && words.is_exact(&m.b) {
            let (a, b) = (&words.tokens[m.a.doc.record as usize], &words.tokens[m.b.doc.record as usize]);
            assert!(words.compare(a[in_a.start], b[in_b.start]) > 0, "starts with other words: {m:?}");
            assert!(words.compare(a[in_a.end - 1], b[in_b.end - 1]) > 0, "ends with other words: {m:?}");
        }
        let family = found.families.iter().find(|family| family.id == m.family);
        let Some(family) = family else { panic!("{} names no family that is listed", m.id) };
        let places: Vec<_> = std::iter::once(&family.keep).chain(&family.occurrences).collect();
        // The other side may repeat what stays elsewhere.
        let meets = |x: &PlacedSpan, y: &PlacedSpan| overlap(x, y) || words.may_share(x, y);
        assert!(places.iter().any(|place| meets(place, &m.a) || meets(place, &m.b)), "{m:?} {family:?}");
    }
    for family in &found.families {
        let places: Vec<_> = std::iter::once(&family.keep).chain(&family.occurrences).collect();
        assert_eq!(family.count, places.len());
        assert!(places.len() > 1, "{family:?}");
        for pair in places.windows(2) {
            assert!((pair[0].doc.record, pair[0].start) < (pair[1].doc.record, pair[1].start), "{family:?}");
            assert!(!overlap(pair[0], pair[1]), "{family:?}");
        }
    }
    found
}

proptest! {
    #[test]
    fn invariants_hold_on_texts_of_few_words(
        texts in prop::collection::vec("([abc] |[abc]\n|d\u{300}\u{bd} |東){0,120}", 1..6),
        exhaustive: bool,
        min_words in 5usize..30,
        bands in 1usize..3,
    ) {
        let windows = WindowParameters { exhaustive, bands, ..WindowParameters::default().within(min_words) };
        let parameters = Config::builder().min_words(min_words).windows(windows).build().unwrap();
        check_invariants(&texts, &parameters);
    }

    #[test]
    fn invariants_hold_on_any_text(text in "\\PC{0,200}", repeats in 1usize..4, min_words in 3usize..12) {
        let parameters = Config::builder().min_words(min_words).build().unwrap();
        check_invariants(&[text.repeat(repeats), format!("{text} x {text}")], &parameters);
    }
}

#[test]
fn invariants_hold_on_generated_texts() {
    for script in SCRIPTS {
        let texts = Generator::new(script, 5).corpus();
        assert!(!check_invariants(&texts, &Config::default()).matches.is_empty());
    }
}

#[test]
fn texts_without_a_repeat_give_nothing() {
    for texts in [vec![], vec![""], vec!["", " \n", "mot"], vec!["mot", "mot"], vec!["un deux trois quatre"]] {
        let texts: Vec<String> = texts.into_iter().map(str::to_owned).collect();
        let found = passages(&texts, &Config::default());
        assert!(found.matches.is_empty() && found.families.is_empty(), "{texts:?}: {found:?}");
        assert_eq!(found.summary.short_repeats, 0, "{texts:?}");
    }
}

#[test]
fn a_text_that_repeats_over_and_over_is_one_family() {
    for (unit, times) in [(1, 100), (2, 31), (3, 200), (7, 40), (19, 9), (20, 5), (33, 12), (50, 300)] {
        let unit: String = Generator::new(Script::Latin, unit).words(unit as usize).join(" ") + " ";
        let texts = [format!("avant {}après", unit.repeat(times))];
        let found = check_invariants(&texts, &Config::default());
        let (unit, total) = (unit.split(' ').count() - 1, texts[0].split(' ').count());
        assert_eq!(found.families.len(), 1, "unit {unit}, {times} times: {:?}", found.families);
        assert!(found.matches.len() < times, "unit {unit}, {times} times: {} matches", found.matches.len());
        let words = Words::of(&texts);
        let places = std::iter::once(&found.families[0].keep).chain(&found.families[0].occurrences);
        let covered: usize = places.map(|place| words.range(place).len()).sum();
        assert!(covered + unit.min(20) + 2 >= total, "unit {unit}, {times} times: {covered} of {total} words");
    }
}

#[test]
fn a_loop_of_which_one_word_changes_is_one_family() {
    for from in [0, 5, 100] {
        let line = |n: usize| format!("Step {}: open the door and walk through it into the hall.\n", from + n);
        for times in [4, 25, 60] {
            let found = check_invariants(&[(0..times).map(line).collect()], &Config::default());
            assert_eq!(found.families.len(), 1, "{times} from {from}: {:?}", found.families);
            assert_eq!(found.families[0].count, times, "from {from}");
        }
    }
}

#[test]
fn results_do_not_depend_on_the_number_of_threads() {
    let texts: Vec<String> = SCRIPTS.into_iter().flat_map(|script| Generator::new(script, 7).corpus()).collect();
    let (_folder, path) = written(&texts);
    let with = |threads| scanned(&path, &Config::default(), &Resources { threads, ..Resources::default() });
    let one = with(1);
    assert!(!one.matches.is_empty());
    assert_eq!(one, with(2));
    assert_eq!(one, with(8));
}

#[test]
fn scope_chooses_where_repeats_are_looked_for() {
    let texts = Generator::new(Script::Latin, 11).corpus();
    let scopes = |scope| {
        let found = passages(&texts, &exhaustive().to_builder().scope(scope).build().unwrap());
        found.matches.iter().map(|m| (m.a.clone(), m.b.clone())).collect::<Vec<_>>()
    };
    let (within, across, both) = (scopes(Scope::Within), scopes(Scope::Across), scopes(Scope::Both));
    assert!(!within.is_empty() && !across.is_empty());
    assert!(within.iter().all(|(a, b)| a.doc == b.doc) && across.iter().all(|(a, b)| a.doc != b.doc));
    assert_eq!(within.len() + across.len(), both.len());
}

#[test]
fn every_page_with_one_menu_is_in_its_family() {
    let mut generator = Generator::new(Script::Latin, 3);
    let menu = generator.words(40).join(" ");
    let texts: Vec<String> = (0..400)
        .map(|_| format!("{}\n\n{menu}\n\n{}", generator.words(30).join(" "), generator.words(30).join(" ")))
        .collect();
    let found = check_invariants(&texts, &Config::default());
    let largest = found.families.iter().max_by_key(|family| family.count).expect("a family");
    assert_eq!(largest.count, texts.len());
    assert!(found.matches.len() < 6 * texts.len(), "{} matches", found.matches.len());
}

#[test]
fn the_seed_article_repeats_its_lead_in_its_last_paragraph() {
    let texts = [include_str!("../../data/seed/article.txt").to_owned()];
    let found = check_invariants(&texts, &Config::default());
    let [teaser] = &found.matches[..] else { panic!("{:?}", found.matches) };
    assert_eq!((teaser.a.line, teaser.a.end_line, teaser.b.line, teaser.words), (10, 12, 30, 63));
    assert_eq!((teaser.identity, teaser.jaccard, &*teaser.b.after), (1.0, 1.0, " ..."));
    assert_eq!(teaser.differences.len(), 1, "{:?}", teaser.differences);
    assert_eq!((teaser.differences[0].a.as_str(), teaser.differences[0].b.as_str()), ("\n\n", " "));
    // "Rechercher" stands twice as a line, and the caption shares eight words with the lead.
    assert_eq!(found.summary.short_repeats, 2);
}
