//! Two aligned texts as one, in lines: what is equal stands once, and each change has both of its sides.
//!
//! Comparisons show all of two texts this way, not only excerpts as findings have them. Of a long stretch that is equal
//! only its ends are shown, and of many lines only the first, unless all was asked for.

use std::io::{self, Write};

use doublon_core::verify::difference::PieceKind;
use unicode_width::UnicodeWidthStr;

use super::text::{Style, counted, number, one_line};
use crate::finding::comparison::TextPiece;

/// The most words of a stretch that is equal on both sides; of a longer one, the middle is left out.
const EQUAL_WORDS: usize = 24;
/// The most lines of an alignment, unless all is shown.
const LINES: usize = 24;

/// Writes two aligned texts as one, with what only one side has in marks, or in colour where there is colour.
pub(super) fn marked(pieces: &[TextPiece], style: &Style, out: &mut dyn Write) -> io::Result<()> {
    const INDENT: usize = 4;
    let width = style.width.max(40) - INDENT - 2;
    let bar = paint("|", Some("2"), style);
    let lines = lines(&words(pieces, style), width);
    let most = if style.limit == usize::MAX { usize::MAX } else { LINES };
    for line in lines.iter().take(most) {
        let shown: Vec<String> = line.iter().map(|word| word.painted(style)).collect();
        writeln!(out, "{:INDENT$}{bar} {}", "", shown.concat().trim_end())?;
    }
    match lines.len().saturating_sub(most) {
        0 => Ok(()),
        more => writeln!(out, "{:INDENT$}{}; --limit 0 shows all", "", counted(more as u64, "more line")),
    }
}

/// A word to show, with the space before it if there is one.
#[derive(Clone, Debug)]
struct ShownWord {
    text: String,
    spaced: bool,
    change: Option<ChangeSide>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum ChangeSide {
    Old,
    New,
}

impl ShownWord {
    fn width(&self) -> usize {
        self.text.width() + usize::from(self.spaced)
    }

    fn painted(&self, style: &Style) -> String {
        let code = self.change.map(|change| if change == ChangeSide::Old { "31" } else { "32" });
        let space = if self.spaced { " " } else { "" };
        format!("{space}{}", paint(&self.text, code, style))
    }
}

fn paint(text: &str, code: Option<&str>, style: &Style) -> String {
    match code {
        Some(code) if style.color => format!("\u{1b}[{code}m{text}\u{1b}[0m"),
        _ => text.to_owned(),
    }
}

fn words(pieces: &[TextPiece], style: &Style) -> Vec<ShownWord> {
    let mut words = Vec::new();
    let mut after_space = false;
    for (n, piece) in pieces.iter().enumerate() {
        let (a, b) = (one_line(&piece.a), one_line(&piece.b));
        let first = words.len();
        let ends_in_space = if piece.kind == PieceKind::Equal || a == b {
            append_equal(&a, (n == 0, n + 1 == pieces.len()), style, &mut words);
            false
        } else {
            append_changes(&a, &b, style, &mut words)
        };
        if let Some(word) = words.get_mut(first) {
            word.spaced |= after_space;
        }
        after_space = ends_in_space;
    }
    words
}

/// Appends what is equal; of a long stretch only what is next to a change.
fn append_equal(text: &str, (is_first, is_last): (bool, bool), style: &Style, words: &mut Vec<ShownWord>) {
    let mut all = Vec::new();
    append(text, None, &mut all);
    let half = EQUAL_WORDS / 2;
    let (start, end) = match (is_first, is_last) {
        (true, true) => (EQUAL_WORDS * 2, half),
        (true, false) => (half / 2, half),
        (false, true) => (half, half / 2),
        (false, false) => (half, half),
    };
    if style.limit == usize::MAX || all.len() <= start + end + 4 {
        words.append(&mut all);
        return;
    }
    let tail = all.split_off(all.len() - end);
    let left_out = all.split_off(start).iter().filter(|word| word.text != "¶").count() as u64;
    words.append(&mut all);
    words.push(ShownWord { text: format!("[... {} equal words ...]", number(left_out)), spaced: true, change: None });
    words.extend(tail);
}

/// Appends both sides of a change, and returns whether a space follows. Spaces at its ends that both sides have, or all
/// that there are, are no part of it.
fn append_changes(a: &str, b: &str, style: &Style, words: &mut Vec<ShownWord>) -> bool {
    let both = |test: fn(&str) -> bool| [a, b].into_iter().all(|text| text.is_empty() || test(text));
    let (leads, trails) = (both(|text| text.starts_with(' ')), both(|text| text.ends_with(' ')));
    let inner = |text: &str| {
        let text = if leads { text.trim_start() } else { text };
        if trails { text.trim_end().to_owned() } else { text.to_owned() }
    };
    let (inner_a, inner_b) = (inner(a), inner(b));
    if inner_a.is_empty() && inner_b.is_empty() {
        append_change(a, ChangeSide::Old, style, words);
        append_change(b, ChangeSide::New, style, words);
        return false;
    }
    let first = words.len();
    append_change(&inner_a, ChangeSide::Old, style, words);
    append_change(&inner_b, ChangeSide::New, style, words);
    if let Some(word) = words.get_mut(first) {
        word.spaced |= leads;
    }
    trails
}

fn append_change(text: &str, change: ChangeSide, style: &Style, words: &mut Vec<ShownWord>) {
    let (open, close) = match (style.color, change) {
        (true, _) => ("", ""),
        (false, ChangeSide::Old) => ("[-", "-]"),
        (false, ChangeSide::New) => ("{+", "+}"),
    };
    if !text.is_empty() {
        append(&format!("{open}{text}{close}"), Some(change), words);
    }
}

fn append(text: &str, change: Option<ChangeSide>, words: &mut Vec<ShownWord>) {
    for (n, part) in text.split(' ').enumerate() {
        if n > 0 || !part.is_empty() {
            words.push(ShownWord { text: part.to_owned(), spaced: n > 0, change });
        }
    }
}

/// Breaks words into lines; a word without a space before it stays with the one before.
fn lines(words: &[ShownWord], width: usize) -> Vec<Vec<ShownWord>> {
    let mut lines: Vec<Vec<ShownWord>> = vec![Vec::new()];
    let mut used = 0;
    let mut rest = words;
    while let Some(first) = rest.first() {
        let glued = 1 + rest[1..].iter().take_while(|word| !word.spaced).count();
        let (unit, others) = rest.split_at(glued);
        rest = others;
        let needed: usize = unit.iter().map(ShownWord::width).sum();
        let line = lines.len() - 1;
        if used > 0 && used + needed > width && first.spaced {
            let mut unit = unit.to_vec();
            unit[0].spaced = false;
            used = needed - 1;
            lines.push(unit);
        } else {
            used += needed;
            lines[line].extend_from_slice(unit);
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    fn piece(kind: PieceKind, a: &str, b: &str) -> TextPiece {
        TextPiece { kind, a: a.into(), b: b.into() }
    }

    fn shown(pieces: &[TextPiece], style: &Style) -> String {
        let mut out = Vec::new();
        marked(pieces, style, &mut out).expect("memory takes all");
        String::from_utf8(out).expect("text")
    }

    #[test]
    fn changes_are_marked_and_all_else_is_there_once() {
        let pieces = [
            piece(PieceKind::Equal, "The price is ", "The price is "),
            piece(PieceKind::Words, "20", "25"),
            piece(PieceKind::Equal, " euros", " euros"),
            piece(PieceKind::Separator, "\n\n", " "),
            piece(PieceKind::Equal, "today", "today"),
            piece(PieceKind::Words, "", ", again"),
        ];
        assert_eq!(shown(&pieces, &Style::default()), "    | The price is [-20-]{+25+} euros [-¶-] today{+, again+}\n");
        let colored = shown(&pieces, &Style { color: true, ..Style::default() });
        assert!(colored.contains("\u{1b}[31m20\u{1b}[0m\u{1b}[32m25\u{1b}[0m euros"), "{colored}");
    }

    #[test]
    fn no_line_is_wider_than_the_page_and_long_equal_text_is_left_out() {
        let long = (0..300).map(|n| format!("word{n}")).collect::<Vec<_>>().join(" ");
        let pieces = [
            piece(PieceKind::Equal, &long, &long),
            piece(PieceKind::Words, " x ", " y "),
            piece(PieceKind::Equal, &long, &long),
        ];
        let style = Style { width: 60, ..Style::default() };
        let text = shown(&pieces, &style);
        assert!(text.lines().all(|line| line.width() <= 60), "{text}");
        assert!(text.contains("equal words ...] ") && text.contains("[-x-]{+y+}"), "{text}");
        assert!(shown(&pieces, &Style { limit: usize::MAX, ..style }).contains("word150 "));
    }

    #[test]
    fn what_acts_on_a_terminal_is_written_out() {
        let text = shown(&[piece(PieceKind::Words, "\u{1b}[2J", "\u{202e}b")], &Style::default());
        assert_eq!(text, "    | [-<U+001B>[2J-]{+<U+202E>b+}\n");
    }
}
