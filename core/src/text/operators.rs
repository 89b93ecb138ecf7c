//! Operators: signs between words or before one that make another meaning of the same words, as in `a*b`, `x == y`, `a < b`,
//! `!ready`, `.NET` and `(-5)`.
//!
//! Words are cut without them, as they are in prose. What tells an operator from punctuation, marks of Markdown, bullets and
//! quotes is where it stands: between two operands of one line with the same white space on both sides, or directly
//! before its operand with nothing of a word before it. Hyphens, slashes but between values (`6 / 3`), and single `&` and `|` are no
//! operators, since they stand between words of prose as well (`well-known`, `and/or`, `R&B`).

use crate::span::Span;

/// The bytes that an operator may be made of.
const SIGNS: &[u8] = b"*+/=<>!&|-:~";

/// More signs than this are a line, such as `=====`.
const MOST_SIGNS: usize = 3;

/// Bytes from a key to the second of the mark that makes it one, with a variation selector between.
const KEY_BYTES: usize = 5;

/// Bytes that are looked at together.
const CHUNK: usize = 32;

/// Calls `emit` with each operator of a text and its place, in order.
///
/// # Examples
///
/// ```
/// use doublon_core::text::for_each_operator;
///
/// let operators = |text: &str| {
///     let mut found = Vec::new();
///     for_each_operator(text, |operator, _| found.push(operator.to_owned()));
///     found
/// };
/// assert_eq!(operators("area = width*height"), ["=", "*"]);
/// assert!(operators("a *well-known* work, see and/or\n> quote").is_empty());
/// ```
pub fn for_each_operator(text: &str, mut emit: impl FnMut(&str, Span)) {
    let (bytes, mut at) = (text.as_bytes(), 0);
    for_each_sign(bytes, |sign| {
        if sign < at {
            return;
        }
        let start = sign - bytes[at..sign].iter().rev().take_while(|byte| SIGNS.contains(byte)).count();
        let end = end_of_signs(bytes, start);
        if let Some(start) = start_of_operator(bytes, start, end).map(|start| start.max(at)) {
            emit(text.get(start..end).unwrap_or_default(), Span::new(start, end));
        }
        // The other signs of these would be looked at as these are.
        at = end;
    });
}

/// Returns where the operator starts of which the signs are these, if they are one.
fn start_of_operator(bytes: &[u8], start: usize, end: usize) -> Option<usize> {
    match bytes[start] {
        b'.' => {
            let is_name = bytes.get(end).is_some_and(|&byte| is_of_operand(byte) && !byte.is_ascii_digit());
            (is_name && is_apart(bytes, start)).then_some(start)
        }
        KEYCAP => {
            // A digit on the key is a word, and other signs there are not.
            let from = start.saturating_sub(KEY_BYTES);
            let key = bytes[from..start].iter().rposition(u8::is_ascii).map(|key| from + key);
            let key = key.filter(|&key| b"#*".contains(&bytes[key]));
            (bytes.get(start + 1) == Some(&0xa3)).then(|| key.unwrap_or(start - 1))
        }
        _ => (is_between(bytes, start, end) || is_before(bytes, start, end)).then_some(start),
    }
}

/// Returns where the signs end that begin at a byte.
fn end_of_signs(bytes: &[u8], start: usize) -> usize {
    let signs = bytes[start..].iter().take_while(|byte| SIGNS.contains(byte)).count();
    start + if bytes[start] == KEYCAP { 2 } else { signs.max(1) }
}

/// Whether signs stand between two operands on one line, with as much white space before as behind.
fn is_between(bytes: &[u8], start: usize, end: usize) -> bool {
    let is_blank = |byte: &&u8| matches!(byte, b' ' | b'\t');
    let before = bytes[..start].iter().rev().take_while(is_blank).count();
    // A line may end behind an operator; before one it begins with a bullet.
    let after = bytes[end..].iter().take_while(|byte| byte.is_ascii_whitespace()).count();
    let (left, right) = (&bytes[..start - before], &bytes[end + after..]);
    let is_spaced = before > 0;
    let is_formula = || is_spaced && (is_value(left.iter().rev()) || is_value(right.iter()));
    let has_operands = ends_operand(left) && begins_operand(right);
    has_operands && is_spaced == (after > 0) && may_be_between(&bytes[start..end], is_formula)
}

/// Whether an operand ends there: with a word, a closing bracket, or a quote that closes.
fn ends_operand(left: &[u8]) -> bool {
    match left {
        [.., before, b'"' | b'\''] => is_of_operand(*before) || b")]}.".contains(before),
        [.., last] => is_of_operand(*last) || b")]}".contains(last),
        [] => false,
    }
}

/// Whether an operand begins there: a word, an opening bracket, or what stands directly before a word. The stop of a sentence
/// and a quote that closes do not.
fn begins_operand(right: &[u8]) -> bool {
    match right {
        [b'"' | b'\'' | b'.' | b'$' | b'@', after, ..] => is_of_operand(*after),
        [first, ..] => is_of_operand(*first) || b"([{".contains(first),
        [] => false,
    }
}

/// Whether a number or a single letter comes first.
fn is_value<'b>(bytes: impl Iterator<Item = &'b u8>) -> bool {
    let mut bytes = bytes.take_while(|&&byte| is_of_operand(byte));
    let (first, second) = (bytes.next(), bytes.next());
    first.is_some_and(|byte| byte.is_ascii_digit() || byte.is_ascii_alphabetic() && second.is_none())
}

fn may_be_between(signs: &[u8], is_formula: impl Fn() -> bool) -> bool {
    match signs {
        [b'*' | b'+' | b'=' | b'<' | b'>'] => true,
        [b'/'] => is_formula(),
        [_] => false,
        _ => signs.len() <= MOST_SIGNS && signs != b"***" && signs.iter().any(|sign| b"=<>!&|+*".contains(sign)),
    }
}

/// Whether signs stand directly before an operand and behind no word.
fn is_before(bytes: &[u8], start: usize, end: usize) -> bool {
    let (before, after) = (bytes[..start].last().copied(), bytes.get(end).copied().unwrap_or_default());
    let is_line_start = before.is_none_or(|byte| byte == b'\n');
    is_apart(bytes, start)
        && match &bytes[start..end] {
            b"!" => is_of_operand(after) || after == b'(',
            b"-" => after.is_ascii_digit() && before.is_some_and(|byte| !byte.is_ascii_whitespace()),
            b"<" | b"<=" | b">=" => after.is_ascii_digit(),
            b">" => after.is_ascii_digit() && !is_line_start,
            _ => false,
        }
}

/// Whether no word and no other sign stands directly before a byte.
fn is_apart(bytes: &[u8], start: usize) -> bool {
    bytes[..start].last().is_none_or(|&byte| byte.is_ascii_whitespace() || byte == b'(')
}

fn is_of_operand(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || !byte.is_ascii()
}

/// Calls `see` with each byte that may begin an operator, in order.
fn for_each_sign(bytes: &[u8], mut see: impl FnMut(usize)) {
    if bytes.first().is_some_and(|&byte| may_begin(b' ', byte)) {
        see(0);
    }
    let mut at = 1;
    // Few stretches of a text have one, which a CPU sees for some bytes at a time.
    while let Some(chunk) = bytes.get(at - 1..).and_then(|rest| rest.first_chunk::<{ CHUNK + 1 }>()) {
        if has_sign(chunk) {
            let may_be = |&n: &usize| MAY_BEGIN[usize::from(chunk[n + 1])] && may_begin(chunk[n], chunk[n + 1]);
            (0..CHUNK).filter(may_be).for_each(|n| see(at + n));
        }
        at += CHUNK;
    }
    (at..bytes.len()).filter(|&at| may_begin(bytes[at - 1], bytes[at])).for_each(see);
}

/// Whether a byte may begin an operator, whatever stands before it. One by one, it is faster to look this up first.
static MAY_BEGIN: [bool; 256] = {
    let (mut may_begin, mut n) = ([false; 256], 0);
    while n < SIGNS.len() {
        may_begin[SIGNS[n] as usize] = true;
        n += 1;
    }
    may_begin[b'.' as usize] = true;
    may_begin[KEYCAP as usize] = true;
    may_begin
};

fn has_sign(chunk: &[u8; CHUNK + 1]) -> bool {
    chunk[..CHUNK].iter().zip(&chunk[1..]).fold(false, |any, (&before, &byte)| any | may_begin(before, byte))
}

/// The second of three bytes of U+20E3, which makes a key of the character before it; the first is [`SYMBOLS`].
const KEYCAP: u8 = 0x83;

/// The first byte of U+2000 to U+2FFF.
const SYMBOLS: u8 = 0xe2;

/// Whether a byte may begin an operator, given the byte before it: one of `* + < = >`, the second of `&&` or `||`, one of `. - / !` behind white
/// space or an opening bracket (or one of `!"#$%&'`), or the second byte of U+20E3.
#[allow(clippy::needless_bitwise_bool)] // without branches, so that a compiler makes vectors of it
#[inline]
fn may_begin(before: u8, byte: u8) -> bool {
    let is_between = (byte.wrapping_sub(b'*') < 2) | (byte.wrapping_sub(b'<') < 3);
    let is_pair = (byte == before) & ((byte == b'&') | (byte == b'|'));
    let is_before = ((byte.wrapping_sub(b'-') < 3) | (byte == b'!')) & (before <= b'(');
    is_between | is_pair | is_before | ((byte == KEYCAP) & (before == SYMBOLS))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn operators(text: &str) -> Vec<String> {
        let mut found = Vec::new();
        for_each_operator(text, |operator, place| {
            assert_eq!(place.of(text), Some(operator));
            found.push(operator.to_owned());
        });
        found
    }

    #[test]
    fn a_long_row_of_signs_is_looked_at_once() {
        let row = "=".repeat(1 << 20);
        assert_eq!(operators(&format!("a = b\n{row}\nc{row}d * e {row}")), ["=", "*"]);
        assert_eq!(operators(&"中\u{20e3}".repeat(1 << 18)).len(), 1 << 18);
    }

    #[test]
    fn signs_of_another_meaning_are_told() {
        for (a, b) in [
            ("a*b", "a/b"),
            ("area = width * height", "area = width / height"),
            ("x << 2", "x >> 2"),
            ("x<<2", "x>>2"),
            ("if a == b", "if a != b"),
            ("a==b", "a!=b"),
            ("one + two", "one - two"),
            ("3 + 4", "3 - 4"),
            ("6 / 3", "6 - 3"),
            ("a < b", "a > b"),
            ("a <= b", "a >= b"),
            ("dose <5 mg", "dose >5 mg"),
            ("a && b", "a || b"),
            ("if (!ready)", "if (ready)"),
            ("the .NET people", "the NET people"),
            (".NET", "NET"),
            ("(-5)", "(5)"),
            ("x=-5", "x=5"),
            ("press 1\u{fe0f}\u{20e3} now", "press 1 now"),
            ("press #\u{fe0f}\u{20e3} now", "press *\u{fe0f}\u{20e3} now"),
            ("p->next", "p<-next"),
            ("x = .5", "x + .5"),
            ("'a'*\"b\"", "'a'+\"b\""),
            ("a*b + c", "a + b*c"),
        ] {
            assert_ne!(operators(a), operators(b), "{a} and {b}");
        }
    }

    #[test]
    fn punctuation_and_marks_are_no_operators() {
        for text in [
            "Well-known, and/or: R&B (24/7) -- a dash - and another. \"Yes!\" she said...",
            "- one\n* two\n+ three\n> quote\n>quote\n# Title\n> 5 things\n>5 things\n",
            "some *marked* words, **bold** ones and ***both***, `code`",
            "so sagte er \".Selon",
            "Photo AFP / Adem ALTAN, read / write",
            "a | b | c\n|---|---|\n=====\nText\n-----\n***",
            "Mot ! Quoi ? Oui : non",
            "https://example.org/a/b-c.html",
            "キャリア 僣 5 ⃠",
            "i++; C++ and C# at 50% of 5%-6%, 2024-05-17, tel. 06-12",
            "No: ![image](a) *note",
            "Copyright (c) <year> <owner>. All rights\n\n<owner>.",
            "he said \"*hello*\" and '*so*', (*here*)",
            "he said *\"hello\"*, *'so'*.",
        ] {
            assert_eq!(operators(text), [""; 0], "{text}");
        }
    }

    #[test]
    fn spaces_case_and_the_form_of_letters_do_not_matter() {
        for (a, b) in [
            ("a*b", "A  *  B"),
            ("caf\u{e9} + 1", "cafe\u{301} + 1"),
            ("x == 1", "x==1"),
            ("x *\n  b", "x * b"),
            ("a = b", "a=b"),
            ("one + two, three", "one + two: three"),
        ] {
            assert_eq!(operators(a), operators(b), "{a} and {b}");
            assert!(!operators(a).is_empty(), "{a}");
        }
    }

    proptest! {
        #[test]
        fn all_that_may_begin_one_is_looked_at(text in "([ab5 é’.,\n(){}<>=!*+/&|^%:-]|\u{20e3}|[a-z ]{30}){0,60}") {
            let bytes = text.as_bytes();
            let before = |at: usize| if at == 0 { b' ' } else { bytes[at - 1] };
            let expected: Vec<usize> = (0..bytes.len()).filter(|&at| may_begin(before(at), bytes[at])).collect();
            let mut found = Vec::new();
            for_each_sign(bytes, |sign| found.push(sign));
            prop_assert_eq!(found, expected);
            operators(&text);
        }
    }
}
