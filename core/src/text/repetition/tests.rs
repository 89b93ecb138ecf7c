//! The measures against their definition, word by word and n-gram by n-gram.

use std::collections::{HashMap, HashSet};

use proptest::prelude::*;

use super::*;

fn measure(text: &str) -> Repetition {
    RepetitionMeter::new().measure(text)
}

/// The definition of words, for text without characters that are normalised together.
fn words(text: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut open = None;
    for c in text.chars() {
        match (class(c), open) {
            (Class::Word | Class::Ignored | Class::Joiner | Class::Mark, Some(Class::Word))
            | (Class::Mark, Some(_)) => {
                words.last_mut().expect("a word is open").push(c);
            }
            (Class::Ignored | Class::Joiner, _) => open = None,
            (Class::Separator, _) if c.is_whitespace() => open = None,
            (Class::Separator | Class::Symbol, _) => {
                words.push(c.into());
                open = None;
            }
            (class, _) => {
                words.push(c.into());
                open = Some(if class == Class::Single { Class::Single } else { Class::Word });
            }
        }
    }
    words
}

fn characters(parts: &[String], between: usize) -> usize {
    parts.iter().map(|part| part.chars().count()).sum::<usize>() + between * (parts.len() - 1)
}

fn top(words: &[String], n: usize) -> usize {
    let mut counts: HashMap<&[String], usize> = HashMap::new();
    words.windows(n).for_each(|ngram| *counts.entry(ngram).or_default() += 1);
    let most = words.windows(n).map(|ngram| counts[ngram]).max().unwrap_or(0);
    let first = words.windows(n).find(|&ngram| most > 1 && counts[ngram] == most);
    first.map_or(0, |ngram| most * characters(ngram, 1))
}

fn again(words: &[String], n: usize) -> usize {
    let (mut seen, mut sum, mut at) = (HashSet::new(), 0, 0);
    while at + n <= words.len() {
        let ngram = &words[at..at + n];
        if seen.insert(ngram) {
            at += 1;
        } else {
            sum += characters(ngram, 0);
            at += n;
        }
    }
    sum
}

fn parts_again(parts: &[String]) -> Repeats {
    let mut seen = HashSet::new();
    let again: Vec<_> = parts.iter().filter(|part| !seen.insert(*part)).collect();
    let characters = again.iter().map(|part| part.chars().count()).sum();
    Repeats { count: parts.len(), again: again.len(), characters }
}

fn defined(text: &str) -> Repetition {
    let words = words(text);
    let lines: Vec<&str> = text.split('\n').map(str::trim).collect();
    let paragraphs = lines.split(|line| line.is_empty()).filter(|lines| !lines.is_empty());
    // The lines of a paragraph are compared as they stand, so this holds for text without white space around lines.
    let paragraphs: Vec<String> = paragraphs.map(|lines| lines.join("\n")).collect();
    let lines: Vec<String> = lines.iter().filter(|line| !line.is_empty()).map(ToString::to_string).collect();
    Repetition {
        characters: text.chars().count(),
        words: words
            .iter()
            .filter(|word| !word.starts_with(|c| matches!(class(c), Class::Separator | Class::Symbol)))
            .count(),
        lines: parts_again(&lines),
        paragraphs: parts_again(&paragraphs),
        top: [2, 3, 4].map(|n| top(&words, n)),
        again: [5, 6, 7, 8, 9, 10].map(|n| again(&words, n)),
    }
}

const SEED: &str = include_str!("../../../data/article.txt");

/// Checked against `GopherRepetitionFilter` of datatrove 0.10.1 with its words replaced by ours: the article is over
/// three limits and would be dropped whole.
#[test]
fn the_seed_article_is_over_the_limits_of_8_to_10_words() {
    let found = measure(SEED);
    assert_eq!((found.characters, found.words), (2875, 484));
    assert_eq!(found.lines, Repeats { count: 16, again: 1, characters: 10 });
    assert_eq!(found.paragraphs, Repeats { count: 15, again: 0, characters: 0 });
    assert_eq!((found.top, found.again), ([27, 72, 108], [355, 345, 340, 360, 319, 308]));
    let shares = found.shares();
    assert!((shares[10] - 0.1252).abs() < 0.00005, "{shares:?}");
    let over: Vec<_> = MEASURES.iter().zip(shares).filter(|(m, share)| *share > m.limit).map(|(m, _)| m.name).collect();
    let names = ["duplicate_8_gram_characters", "duplicate_9_gram_characters", "duplicate_10_gram_characters"];
    assert_eq!(over, names);
}

#[test]
fn a_text_without_repeats_has_none_and_an_empty_one_no_shares() {
    for text in ["", " \n\t\n", "one", "one two three four five six seven eight nine ten eleven"] {
        assert!(measure(text).shares().iter().all(|&share| share == 0.0), "{text:?}");
    }
}

#[test]
fn no_share_is_more_than_all() {
    let shares = measure(&"- ".repeat(100)).shares();
    assert!(shares.iter().all(|share| (0.0..=1.0).contains(share)), "{shares:?}");
}

#[test]
fn words_of_scripts_without_spaces_are_characters() {
    assert_eq!(measure("東京都に住む。").words, 6);
    assert_eq!(measure("L'été, c'est 2.5 km_2 !").words, 8);
    assert_eq!(measure("نص عربي قصير").words, 3);
}

#[test]
fn line_ends_of_any_system_separate_paragraphs() {
    let (unix, windows) = (measure("a b\nc\n\na b\nc\n \nd"), measure("a b\r\nc\r\n\r\na b\r\nc\r\n \r\nd\r\n"));
    assert_eq!((unix.paragraphs.count, unix.paragraphs.again, unix.paragraphs.characters), (3, 1, 5));
    assert_eq!((windows.paragraphs.count, windows.paragraphs.again), (3, 1));
    assert_eq!((unix.lines, windows.lines.again), (windows.lines, 2));
}

#[test]
fn a_meter_used_again_measures_the_same() {
    let mut meter = RepetitionMeter::new();
    for text in [SEED, "", "a b a b a b", SEED] {
        assert_eq!(meter.measure(text), measure(text));
    }
}

proptest! {
    #[test]
    fn measures_are_those_of_the_definition(
        words in prop::collection::vec("[ab]{1,2}|c\u{e9}|\u{6771}|,|\u{3b1}b|1|_|\u{41a}", 0..120),
        gaps in prop::collection::vec(" |\n|\n\n|\t|\u{a0}|", 120),
    ) {
        let text: String = words.iter().zip(&gaps).flat_map(|(word, gap)| [word.as_str(), gap.as_str()]).collect();
        let text = text.trim_end_matches([' ', '\t', '\u{a0}']);
        prop_assert_eq!(measure(text), defined(text), "{:?}", text);
    }
}
