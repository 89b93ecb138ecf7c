//! Sentences.

use super::markdown::markdown_blocks;
use super::segment::paragraphs;
use crate::span::Span;

/// A word before a full stop that is shorter than this is an abbreviation: `M.`, `Dr.`
const LEAST_LAST_WORD: usize = 3;

/// A paragraph whose longest line has fewer bytes was not wrapped by a program: each of its lines stands for itself.
const LEAST_WRAPPED: usize = 40;

/// Returns where the sentences of a paragraph start. They end at a full stop, a question or exclamation mark, with the
/// quotes and brackets that close there, before white space; the full stops of scripts without spaces need none; and
/// with a line that was not wrapped. The number of a section and an abbreviation do not end one: a cut that ends at a
/// sentence may end too late for a reader, but not inside one.
pub fn sentences(text: &str, paragraph: Span) -> Vec<usize> {
    let text = &text[paragraph.start..paragraph.end];
    let (mut starts, mut start) = (vec![paragraph.start], 0);
    let lines = line_ends(text);
    let mut lines = lines.iter().peekable();
    for (at, stop) in stops(text) {
        let is_line = stop == '\n' && lines.next_if(|&&end| end == at).is_some();
        let rest = &text[at + stop.len_utf8()..];
        let closed = rest.trim_start_matches(|c: char| is_stop(c) || is_closing(c));
        let next = if is_line { rest.trim_start() } else { closed.trim_start() };
        let parted = is_wide_stop(stop) || next.len() < closed.len();
        let ends = is_line || (stop != '\n' && parted && !ends_in_abbreviation(&text[start.min(at)..at], stop));
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

/// Returns the line feeds of a paragraph that end what stands on a line: the next line begins with a mark of a list, or
/// its first word would have had room on the line, which whoever wrapped the text would have used.
fn line_ends(paragraph: &str) -> Vec<usize> {
    if memchr::memchr(b'\n', paragraph.as_bytes()).is_none() {
        return Vec::new();
    }
    let longest = paragraph.lines().map(str::len).max().unwrap_or(0);
    let (mut ends, mut at) = (Vec::new(), 0);
    let lines: Vec<&str> = paragraph.split('\n').collect();
    for two in lines.windows(2) {
        at += two[0].len();
        let room = longest - two[0].trim_end().len().min(longest);
        let first = unmarked(two[1]).split_whitespace().next().map_or(0, str::len);
        if longest < LEAST_WRAPPED || first < room || starts_item(two[1]) {
            ends.push(at);
        }
        at += 1;
    }
    ends
}

/// Returns a line without the white space and the quote marks that it begins with.
fn unmarked(line: &str) -> &str {
    line.trim_start_matches(|c: char| c.is_whitespace() || c == '>')
}

fn starts_item(line: &str) -> bool {
    let line = unmarked(line);
    let number = line.trim_start_matches(|c: char| c.is_ascii_digit());
    let is_numbered = number.len() < line.len() && (number.starts_with(". ") || number.starts_with(") "));
    is_numbered || ["- ", "* ", "+ ", "• ", "– ", "# "].iter().any(|mark| line.starts_with(mark))
}

fn is_stop(c: char) -> bool {
    matches!(c, '.' | '!' | '?' | '…' | '؟' | '۔' | '।') || is_wide_stop(c)
}

fn is_wide_stop(c: char) -> bool {
    matches!(c, '。' | '！' | '？')
}

fn is_closing(c: char) -> bool {
    matches!(c, '"' | '\'' | '”' | '’' | '»' | '›' | ')' | ']' | '」' | '』' | '）')
}

fn ends_in_abbreviation(sentence: &str, stop: char) -> bool {
    let is_number = !sentence.contains(char::is_alphabetic);
    let word = sentence.rsplit(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
    let is_short = !word.is_empty() && word.chars().count() < LEAST_LAST_WORD && !word.ends_with(char::is_numeric);
    stop == '.' && (is_number || is_short)
}

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
        assert_eq!(divided("x\n\nHome\nAbout us\nTerms\n\ny"), ["x", "Home", "About us", "Terms", "y"]);
        let wrapped =
            "These words were wrapped by someone at a column\nthat is far to the right, so that they are one.";
        assert_eq!(
            divided(&format!("x\n\n{wrapped}\n- an item\n- another\n")),
            ["x", wrapped, "- an item", "- another"]
        );
    }
}
