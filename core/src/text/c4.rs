//! What the cleaning of C4 looks at: lines that are no sentence, and marks of pages that are no text.
//!
//! Source: Raffel et al., "Exploring the Limits of Transfer Learning with a Unified Text-to-Text Transformer", JMLR 21,
//! 2020, section 2.2, with the values of its code (`c4_utils.py` of TensorFlow Datasets): lines end in a mark and have
//! 5 words, pages have 3 sentences. The paper's rules for policy notices, bad words, citations and languages are left
//! out. Here the marks of other languages end a line too, and a sentence ends at such a mark before white space: C4
//! asks a model of English, which also knows abbreviations.

use super::normalize::{Class, class};
use super::repetition::lines;

/// Fewest words of a line that C4 keeps.
const LINE_WORDS: usize = 5;
/// Fewest sentences of a page that C4 keeps.
const SENTENCES: usize = 3;

/// What C4's rules find in one text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[allow(clippy::struct_excessive_bools)] // each rule holds or not
pub struct Cleaning {
    /// Lines that are not blank.
    pub lines: usize,
    /// Lines that do not end as a sentence does.
    pub unended_lines: usize,
    /// Lines of fewer than 5 words.
    pub short_lines: usize,
    /// Lines with the word Javascript.
    pub javascript_lines: usize,
    /// Lines to which none of this applies.
    pub kept_lines: usize,
    /// Whether those have fewer than 3 sentences.
    pub few_sentences: bool,
    /// Whether the text holds `lorem ipsum`.
    pub lorem_ipsum: bool,
    /// Whether the text holds a `{`.
    pub curly_bracket: bool,
}

impl Cleaning {
    /// Applies the rules to a text.
    ///
    /// # Examples
    ///
    /// ```
    /// use doublon_core::text::Cleaning;
    ///
    /// let found = Cleaning::of("Home\nIt rained all day in Paris. We stayed at home.\nPlease enable JavaScript!");
    /// assert_eq!((found.lines, found.kept_lines), (3, 1));
    /// assert_eq!((found.unended_lines, found.short_lines, found.javascript_lines), (1, 2, 1));
    /// assert!(found.few_sentences);
    /// ```
    pub fn of(text: &str) -> Self {
        let mut found =
            Self { lorem_ipsum: holds(text, "lorem ipsum"), curly_bracket: text.contains('{'), ..Self::default() };
        let mut sentences_kept = 0;
        for line in lines(text) {
            let faults = [!ends_a_sentence(line), is_short(line), holds(line, "javascript")];
            let [unended, short, javascript] = faults.map(usize::from);
            found.lines += 1;
            found.unended_lines += unended;
            found.short_lines += short;
            found.javascript_lines += javascript;
            if !faults.contains(&true) {
                found.kept_lines += 1;
                sentences_kept += if sentences_kept < SENTENCES { sentences(line) } else { 0 };
            }
        }
        found.few_sentences = sentences_kept < SENTENCES;
        found
    }
}

fn is_sentence_mark(c: char) -> bool {
    matches!(c, '.' | '?' | '!' | '。' | '？' | '！' | '．' | '｡' | '؟' | '۔' | '।' | '॥' | '።' | '။' | '។')
}

/// What may stand between the mark that ends a sentence and the white space behind it.
fn is_closing(c: char) -> bool {
    matches!(c, '"' | '\'' | ')' | ']' | '»' | '›' | '”' | '’' | '“' | '」' | '』' | '）')
}

/// C4 takes a line that ends in `"` too, and none that ends in `...`: such lines are cut short.
fn ends_a_sentence(line: &str) -> bool {
    let is_end = |c| is_sentence_mark(c) || matches!(c, '"' | '»' | '”' | '」' | '』');
    line.ends_with(is_end) && !line.ends_with("...")
}

/// Where words have no spaces between them, each character is one.
fn is_short(line: &str) -> bool {
    let single = |&c: &char| class(c) == Class::Single;
    line.split_whitespace().nth(LINE_WORDS - 1).is_none() && line.chars().filter(single).nth(LINE_WORDS - 1).is_none()
}

/// How many sentences a line has that ends as one does.
fn sentences(line: &str) -> usize {
    let mut count = 1;
    let mut ended = false;
    for c in line.chars() {
        count += usize::from(ended && c.is_whitespace());
        ended = is_sentence_mark(c) || (ended && is_closing(c));
    }
    count
}

/// Returns whether `text` holds `needle`, which is ASCII in lower case, in any case.
fn holds(text: &str, needle: &str) -> bool {
    let (text, needle) = (text.as_bytes(), needle.as_bytes());
    let is_there = |at: usize| text.get(at..at + needle.len()).is_some_and(|part| part.eq_ignore_ascii_case(needle));
    memchr::memchr2_iter(needle[0], needle[0].to_ascii_uppercase(), text).any(is_there)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_end_in_a_mark_of_any_language_and_not_cut_short() {
        for line in ["Il pleut.", "He said \"no\"", "Vraiment ?", "« Oui »", "下雨了。", "क्या हुआ।"]
        {
            assert!(ends_a_sentence(line), "{line}");
        }
        for line in ["Read more", "and so on...", "Photo AFP / Adem ALTAN", "12:30", ""] {
            assert!(!ends_a_sentence(line), "{line}");
        }
    }

    #[test]
    fn a_line_without_spaces_is_as_long_as_its_characters() {
        assert!(is_short("天气好") && !is_short("今天天气很好"));
        assert!(is_short("one two, three four") && !is_short("one two three four 5"));
    }

    #[test]
    fn sentences_end_before_white_space() {
        assert_eq!(sentences("It rained, 2.5 mm."), 1);
        assert_eq!(sentences("He asked \"why?\" She left. (Yes!) And so it ended."), 4);
        assert_eq!(sentences("One... two... three."), 3);
    }

    #[test]
    fn marks_of_pages_are_found_in_any_case() {
        assert!(holds("please enable JavaScript", "javascript") && !holds("java script", "javascript"));
        let found = Cleaning::of("Lorem Ipsum dolor sit amet, consectetur.\nif (a) { b(); }");
        assert!(found.lorem_ipsum && found.curly_bracket && found.few_sentences);
        assert_eq!((found.lines, found.kept_lines, found.unended_lines), (2, 1, 1));
    }

    #[test]
    fn an_article_keeps_its_paragraphs_and_loses_menu_and_teaser() {
        let found = Cleaning::of(include_str!("../../data/article.txt"));
        assert_eq!((found.lines, found.kept_lines, found.unended_lines, found.short_lines), (16, 10, 6, 3));
        assert!(!found.few_sentences && !found.lorem_ipsum && !found.curly_bracket);
    }
}
