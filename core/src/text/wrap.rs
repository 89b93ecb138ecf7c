//! Lines that a program wrapped at a column, and lines that stand for themselves.

use std::collections::HashSet;

use crate::span::Span;

/// A block whose longest line has so many characters may have been wrapped by a program.
const LEAST_WRAPPED: usize = 40;

/// A narrower block may have been, if it has this many, and three of four lines have no room for a word more.
const LEAST_NARROW: usize = 24;

/// Lines that are longer than this were not wrapped: each is a paragraph.
const MOST_WRAPPED: usize = 200;

/// Words that a line has at least, on average, where a narrow block is wrapped text and not a menu.
const LEAST_WORDS: usize = 3;

/// Returns the line feeds of a block that end what stands on a line, as bytes of the text: the next line begins with a mark
/// of a list, or its first word would have had room on the line, which whoever wrapped the text would have used.
pub(super) fn line_ends(text: &str, block: Span) -> Vec<usize> {
    if memchr::memchr(b'\n', &text.as_bytes()[block.start..block.end]).is_none() {
        return Vec::new();
    }
    Lines::of(text, block).ends()
}

/// Returns the paragraphs of a text without blank lines, if a program wrapped it; none if its lines are paragraphs.
pub(super) fn wrapped_paragraphs(text: &str, block: Span) -> Option<Vec<Span>> {
    let lines = Lines::of(text, block);
    lines.are_wrapped().then(|| {
        let mut start = block.start;
        let paragraph = |end: usize| {
            let part = &text[std::mem::replace(&mut start, end)..end];
            let from = end - part.trim_start().len();
            Span::new(from, from + part.trim().len())
        };
        lines.ends().into_iter().chain([block.end]).map(paragraph).filter(|part| !part.is_empty()).collect()
    })
}

/// The lines of a block.
struct Lines<'t> {
    /// Each with where it ends.
    all: Vec<(Line<'t>, usize)>,
    longest: usize,
}

impl<'t> Lines<'t> {
    fn of(text: &'t str, block: Span) -> Self {
        // A block begins with a word; what its first line is indented by stands before it.
        let start = memchr::memrchr(b'\n', &text.as_bytes()[..block.start]).map_or(0, |end| end + 1);
        let mut at = start;
        let line = |line: &'t str| {
            at += line.len() + 1;
            (Line::of(line), at - 1)
        };
        let all: Vec<(Line, usize)> = text[start..block.end].split('\n').map(line).collect();
        let longest = all.iter().map(|(line, _)| line.width).max().unwrap_or(0);
        Self { all, longest }
    }

    fn ends(&self) -> Vec<usize> {
        let is_narrow = self.longest < LEAST_WRAPPED && !self.is_narrow_column();
        let ends = self.all.windows(2).filter(|two| is_narrow || self.ends_at(&two[0].0, &two[1].0));
        ends.map(|two| two[0].1).collect()
    }

    /// Whether a line ends what stands on it. A mark of a quote or comment alone belongs to what follows.
    fn ends_at(&self, line: &Line, next: &Line) -> bool {
        !line.text.is_empty() && (next.text.is_empty() || next.starts_item(line) || self.has_room(line, next))
    }

    fn has_room(&self, line: &Line, next: &Line) -> bool {
        next.first_word < self.longest - line.width
    }

    /// How many lines have no room for the first word of the next one.
    fn full(&self) -> usize {
        self.all.windows(2).filter(|two| !self.has_room(&two[0].0, &two[1].0)).count()
    }

    /// Whether one in three lines goes on with what the line before says: with a letter that is no capital. Lines of a log are as
    /// long as each other, too.
    fn goes_on(&self) -> bool {
        let goes_on = |line: &Line| line.text.starts_with(|c: char| c.is_alphabetic() && !c.is_uppercase());
        self.all[1..].iter().filter(|(line, _)| goes_on(line)).count() * 3 >= self.all.len() - 1
    }

    /// Whether a narrow block is wrapped text all the same.
    fn is_narrow_column(&self) -> bool {
        let words = || self.all.iter().map(|(line, _)| line.text.split_whitespace().count()).sum::<usize>();
        self.all.len() > 2
            && self.longest >= LEAST_NARROW
            && self.full() * 4 >= (self.all.len() - 1) * 3
            && self.goes_on()
            && words() >= LEAST_WORDS * self.all.len()
    }

    /// Whether most lines were ended where the next word had no room. Captions and loops have lines that stand there again.
    fn are_wrapped(&self) -> bool {
        let mut seen = HashSet::new();
        self.all.len() > 2
            && self.longest <= MOST_WRAPPED
            && (self.longest >= LEAST_WRAPPED || self.is_narrow_column())
            && self.full() * 2 >= self.all.len() - 1
            && self.goes_on()
            && self.all.iter().all(|(line, _)| line.text.is_empty() || seen.insert(line.text))
    }
}

/// A line of a block.
struct Line<'t> {
    /// Without white space and marks of quotes and comments before it, and white space behind it.
    text: &'t str,
    /// Whether there is a mark of a comment in a program, or of a heading in Markdown.
    has_mark: bool,
    /// Characters, with those before the text.
    width: usize,
    first_word: usize,
}

impl<'t> Line<'t> {
    fn of(line: &'t str) -> Self {
        let quoted = line.trim_start_matches(|c: char| c.is_whitespace() || c == '>').trim_end();
        let marked = ["#", "//"].iter().find_map(|mark| quoted.strip_prefix(mark));
        let text = marked.filter(|text| text.is_empty() || text.starts_with(' ')).map_or(quoted, str::trim_start);
        let width = line.trim_end().chars().count();
        let first_word = text.split_whitespace().next().map_or(0, |word| word.chars().count());
        let has_mark = text.len() < quoted.len();
        Self { text, has_mark, width, first_word }
    }

    /// Whether the line begins with a mark of a list.
    fn is_item(&self) -> bool {
        let number = self.text.trim_start_matches(|c: char| c.is_ascii_digit());
        let is_numbered = number.len() < self.text.len() && (number.starts_with(". ") || number.starts_with(") "));
        is_numbered || ["- ", "* ", "+ ", "• ", "– "].iter().any(|mark| self.text.starts_with(mark))
    }

    /// Whether the line begins an item of a list, a heading or a comment.
    fn starts_item(&self, before: &Line) -> bool {
        self.is_item() || self.has_mark && !before.has_mark
    }
}

#[cfg(test)]
mod tests {
    use crate::text::{paragraphs, sentence_starts};

    const TEXT: &str = "The boats are moved to the upper basin until the work is done by the company from the town, \
        and the swans have found another pond to live on. The keeper hands the keys out to nobody before the first of May.";

    const NEXT: &str = "Some of the guests left before the music began, because the last ferry goes at ten past ten in \
        winter. Others slept in the hall, and took the first one in the morning, when the water was as smooth as glass";

    fn wrapped(text: &str, width: usize, first: &str, others: &str) -> String {
        let mut lines = vec![first.to_owned()];
        for word in text.split(' ') {
            let line = lines.last().expect("the first");
            if line.chars().count() + 1 + word.chars().count() > width {
                lines.push(others.to_owned());
            }
            let line = lines.last_mut().expect("one was pushed");
            *line += if line.ends_with(' ') || line.is_empty() { "" } else { " " };
            *line += word;
        }
        lines.join("\n")
    }

    #[test]
    fn wrapped_text_is_divided_where_its_sentences_and_paragraphs_end() {
        for width in [30, 36, 40, 60, 80] {
            let starts =
                [("", ""), ("    ", ""), ("", "    "), ("- ", "  "), ("> ", "> "), ("# ", "# "), ("// ", "// ")];
            for (first, others) in starts {
                let [one, next] = [TEXT, NEXT].map(|text| wrapped(text, width, first, others));
                // A line with the mark alone is as one that is blank.
                for between in ["", &format!("{}\n", others.trim())] {
                    let text = format!("{one}\n{between}{next}.\n");
                    // Where the last line of a paragraph has no room, nothing shows that it is the last one.
                    let longest = text.lines().map(str::len).max();
                    let is_full = one.lines().last().map(|line| line.len() + " Some".len()) > longest;
                    let count = if is_full && between.is_empty() { 1 } else { 2 };
                    assert_eq!(paragraphs(&text).len(), count, "{text}");
                    assert_eq!(sentence_starts(&text).len(), 4, "{text}");
                }
                let apart = format!("{one}\n\n    {}", one.replace('\n', " \n    "));
                assert_eq!(sentence_starts(&apart).len(), 4, "{apart}");
            }
        }
    }

    #[test]
    fn lines_that_no_program_wrapped_are_paragraphs() {
        let menu = "Home\nAbout the company\nTerms of use\nPrivacy\nContact and imprint of this site\n";
        let captions = wrapped(TEXT, 42, "", "").lines().flat_map(|line| [line, "\n"].repeat(2)).collect::<String>();
        let articles = format!("{TEXT}\n{TEXT} {TEXT}\nA title\n{TEXT} More.\n{TEXT} {TEXT} {TEXT}");
        let log = (0..9)
            .map(|n| format!("2026-11-{n:02} 10:00:0{n} INFO The server has taken call {n} of them\n"))
            .collect::<Vec<_>>();
        for text in [menu, &captions, &articles, &log.concat()] {
            assert_eq!(paragraphs(text).len(), text.lines().count(), "{text}");
        }
    }
}
