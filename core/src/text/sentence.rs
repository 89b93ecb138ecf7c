//! Sentences.

use super::markdown::markdown_blocks;
use super::segment::paragraphs;
use super::wrap::line_ends;
use crate::span::Span;

/// Abbreviations of two small letters that could be words.
const SHORT: [&str; 10] = ["al", "ca", "co", "ed", "eg", "ex", "id", "ie", "no", "op"];

/// Returns where the sentences of a paragraph start. They end at a full stop, a question or exclamation mark, with the
/// quotes and brackets that close there, before white space; the full stops of scripts without spaces need none; and
/// with a line that was not wrapped. The number of a section and an abbreviation do not end one: a cut that ends at a
/// sentence may end too late for a reader, but not inside one.
pub fn sentences(text: &str, paragraph: Span) -> Vec<usize> {
    let lines = line_ends(text, paragraph);
    let mut lines = lines.iter().peekable();
    let text = &text[paragraph.start..paragraph.end];
    let (mut starts, mut start) = (vec![paragraph.start], 0);
    for (at, stop) in stops(text) {
        let is_line = stop == '\n' && lines.next_if(|&&end| end == paragraph.start + at).is_some();
        let rest = &text[at + stop.len_utf8()..];
        let closed = rest.trim_start_matches(|c: char| is_stop(c) || is_closing(c));
        let next = if is_line { rest.trim_start() } else { closed.trim_start() };
        let parted = is_wide_stop(stop) || next.len() < closed.len();
        let ends = is_line || (stop != '\n' && parted && !ends_in_abbreviation(&text[start.min(at)..at], stop, next));
        if at >= start && ends && !next.is_empty() {
            start = text.len() - next.len();
            starts.push(paragraph.start + start);
        }
    }
    starts
}

/// Returns where the sentences of a text start, in order, but for those inside of a block of Markdown; such a block is one.
///
/// # Examples
///
/// ```
/// use doublon_core::text::sentence_starts;
///
/// assert_eq!(sentence_starts("One. Two.\n\nThree."), [0, 5, 11]);
/// ```
pub fn sentence_starts(text: &str) -> Vec<usize> {
    let starts = paragraphs(text).into_iter().flat_map(|paragraph| sentences(text, paragraph));
    starts_outside(starts, &markdown_blocks(text))
}

/// Returns the starts of parts of a text that are not inside of any of some blocks, and where those start and end: all in
/// order, each once.
pub fn starts_outside(starts: impl Iterator<Item = usize>, blocks: &[Span]) -> Vec<usize> {
    let is_inside = |start: usize| {
        let n = blocks.partition_point(|block| block.end <= start);
        blocks.get(n).is_some_and(|block| block.start < start)
    };
    let mut starts: Vec<usize> = starts.filter(|&start| !is_inside(start)).collect();
    if !blocks.is_empty() {
        starts.extend(blocks.iter().flat_map(|block| [block.start, block.end]));
        starts.sort_unstable();
        starts.dedup();
    }
    starts
}

/// Returns the line feeds and the characters that may end a sentence, each with where it is.
fn stops(text: &str) -> impl Iterator<Item = (usize, char)> {
    // By bytes: in Arabic and in Hindi most characters begin with the byte with which their stops begin.
    let bytes = text.as_bytes();
    let mut from = 0;
    std::iter::from_fn(move || {
        loop {
            let at = from + bytes[from..].iter().position(|&byte| MAY_BEGIN_STOP[byte as usize])?;
            from = at + 1;
            if let Some(stop) = stop_at(&bytes[at..]) {
                return Some((at, stop));
            }
        }
    })
}

/// Whether a stop or line feed begins with a byte. Looking it up takes a third of the time of comparing each byte with all.
static MAY_BEGIN_STOP: [bool; 256] = {
    let mut may_begin = [false; 256];
    let first = b"\n.!?\xd8\xdb\xe0\xe2\xe3\xef";
    let mut n = 0;
    while n < first.len() {
        may_begin[first[n] as usize] = true;
        n += 1;
    }
    may_begin
};

/// Returns the stop or line feed that some bytes begin with.
#[inline]
fn stop_at(bytes: &[u8]) -> Option<char> {
    let stop = match bytes {
        [b'\n', ..] => '\n',
        [b'.', ..] => '.',
        [b'!', ..] => '!',
        [b'?', ..] => '?',
        [0xd8, 0x9f, ..] => '؟',
        [0xdb, 0x94, ..] => '۔',
        [0xe0, 0xa5, 0xa4, ..] => '।',
        [0xe2, 0x80, 0xa6, ..] => '…',
        [0xe3, 0x80, 0x82, ..] => '。',
        [0xef, 0xbc, 0x81, ..] => '！',
        [0xef, 0xbc, 0x9f, ..] => '？',
        _ => return None,
    };
    Some(stop)
}

/// Returns whether a character may end a sentence.
pub fn is_stop(c: char) -> bool {
    matches!(c, '.' | '!' | '?' | '…' | '؟' | '۔' | '।') || is_wide_stop(c)
}

fn is_wide_stop(c: char) -> bool {
    matches!(c, '。' | '！' | '？')
}

fn is_closing(c: char) -> bool {
    matches!(c, '"' | '\'' | '”' | '’' | '»' | '›' | ')' | ']' | '」' | '』' | '）')
}

/// Whether a full stop belongs to the number of a section, or to an abbreviation.
fn ends_in_abbreviation(sentence: &str, stop: char, next: &str) -> bool {
    let is_number = !sentence.contains(char::is_alphabetic);
    let word = sentence.rsplit(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
    stop == '.' && (is_number || is_abbreviation(word, next))
}

/// Whether a word before a full stop is an abbreviation: a letter (`M.`), or two that are no word (`Dr.`, `pp.`, `ул.`). `it.`,
/// `là.`, `TV.` and two letters of a script without capitals end a sentence, unless a small letter or a number follows.
fn is_abbreviation(word: &str, next: &str) -> bool {
    let mut letters = word.chars();
    let (Some(first), second, None) = (letters.next(), letters.next(), letters.next()) else { return false };
    let Some(second) = second else { return !first.is_numeric() };
    let goes_on = next.starts_with(|c: char| c.is_lowercase() || c.is_numeric());
    let has_vowel = || word.chars().any(|c| !c.is_ascii() || "aeiouy".contains(c));
    match (first.is_uppercase(), second.is_uppercase()) {
        _ if second.is_numeric() => false,
        _ if goes_on => true,
        (false, false) if !second.is_lowercase() => false,
        _ if first as u32 >= LATIN_END || second as u32 >= LATIN_END => true,
        (true, true) => word.chars().all(|c| "IVXLCDM".contains(c)),
        (false, false) => SHORT.contains(&word) || !has_vowel(),
        _ => true,
    }
}

/// The first character behind those of Latin script that Western languages use.
const LATIN_END: u32 = 0x250;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::paragraphs;

    /// The sentences of a text as they are divided.
    fn divided(text: &str) -> Vec<&str> {
        let starts: Vec<usize> = paragraphs(text).iter().flat_map(|&one| sentences(text, one)).collect();
        let ends = starts[1..].iter().copied().chain([text.len()]);
        starts.iter().zip(ends).map(|(&start, end)| text[start..end].trim_end()).collect()
    }

    #[test]
    fn stops_are_those_of_all_characters() {
        let text = "a. b! c? d… e؟ f۔ g। h。 i！ j？\né ü — » 中 ́ 🙂 ॥.";
        let all = text.char_indices().filter(|&(_, c)| is_stop(c) || c == '\n');
        assert_eq!(stops(text).collect::<Vec<_>>(), all.collect::<Vec<_>>());
    }

    #[test]
    fn sentences_end_at_stops_and_at_lines_that_are_no_wrapped_text() {
        assert_eq!(divided("By M. Smith, here. \"There.\" 3. Yes?"), ["By M. Smith, here.", "\"There.\"", "3. Yes?"]);
        assert_eq!(
            divided("She kept it. On TV. C'est là. من. J. R. Smith, pp. 3, Dr. No, cf. p. 4, et al. in II. Out."),
            ["She kept it.", "On TV.", "C'est là.", "من.", "J. R. Smith, pp. 3, Dr. No, cf. p. 4, et al. in II. Out."]
        );
        assert_eq!(divided("x\n\nHome\nAbout us\nTerms\n\ny"), ["x", "Home", "About us", "Terms", "y"]);
        let wrapped =
            "These words were wrapped by someone at a column\nthat is far to the right, so that they are one.";
        assert_eq!(
            divided(&format!("x\n\n{wrapped}\n- an item\n- another\n")),
            ["x", wrapped, "- an item", "- another"]
        );
    }
}
