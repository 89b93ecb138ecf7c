//! Findings in words.

use unicode_normalization::UnicodeNormalization;

use super::wrap::{one_line, shorten, start_of};
use crate::finding::{
    Coverage, Difference, DifferenceKind, IndexedWords, Member, PassageClass, PassageMatch, PlacedSpan,
};
use crate::report::visible::{visible, visible_with_joiners};

/// Columns of a quotation.
const QUOTE_COLUMNS: usize = 60;
/// Characters of a heading.
const HEADING: usize = 50;

/// Returns which paragraphs a span covers: `paragraphs 5 and 6`, `the end of paragraph 3`, `the whole text`; of a place in an
/// index which words it is: `words 1 to 40`.
pub fn covered(span: &PlacedSpan) -> String {
    if let Some(IndexedWords { words: (start, end), .. }) = span.in_index {
        return format!("words {} to {}", number(start as u64 + 1), number(end as u64));
    }
    let (first, last) = span.paragraphs;
    if span.covers == Coverage::Whole && first == 1 && last == span.paragraph_count {
        return "the whole text".into();
    }
    let paragraphs = match last.saturating_sub(first) {
        0 => format!("paragraph {first}"),
        1 => format!("paragraphs {first} and {last}"),
        _ => format!("paragraphs {first} to {last}"),
    };
    match span.covers {
        Coverage::Whole => paragraphs,
        Coverage::Start => format!("the start of {paragraphs}"),
        Coverage::End => format!("the end of {paragraphs}"),
        Coverage::Inside => format!("a part of {paragraphs}"),
    }
}

/// Returns what a place covers, and whether that is all of the last paragraph: `paragraph 15, the last,`.
pub fn last_or_covered(place: &PlacedSpan) -> String {
    let is_last = place.paragraphs.0 == place.paragraph_count && place.paragraph_count > 1;
    let comma = if is_last && place.covers == Coverage::Whole { ", the last," } else { "" };
    format!("{}{comma}", covered(place))
}

/// Returns the heading below which a place stands, as an appendix to its name: ` › Exit codes`.
pub fn below(place: &PlacedSpan) -> String {
    place.heading.as_deref().map_or_else(String::new, |heading| format!(" › {}", start_of(heading, HEADING)))
}

/// Returns how the cut into paragraphs differs, as an appendix to `b repeats a`: `, joined` or `, split`.
pub fn regrouped(a: &PlacedSpan, b: &PlacedSpan) -> &'static str {
    if a.in_index.or(b.in_index).is_some() {
        return "";
    }
    let count = |span: &PlacedSpan| span.paragraphs.1.saturating_sub(span.paragraphs.0);
    match (count(a), count(b)) {
        (1.., 0) => ", joined",
        (0, 1..) => ", split",
        _ => "",
    }
}

/// Returns in words all that differs between the two places of a match, and how many times each.
pub fn differences(m: &PassageMatch) -> Vec<(String, usize)> {
    let mut phrases: Vec<(String, usize)> = Vec::new();
    for phrase in m.differences.iter().map(difference) {
        match phrases.iter_mut().find(|(known, _)| *known == phrase) {
            Some((_, times)) => *times += 1,
            None => phrases.push((phrase, 1)),
        }
    }
    let before = edge("before", &m.a.before, &m.b.before, |outer, mark| outer.ends_with(mark));
    let after = edge("after", &m.a.after, &m.b.after, |outer, mark| outer.starts_with(mark));
    phrases.extend([before, after].into_iter().flatten().map(|phrase| (phrase, 1)));
    phrases
}

/// Returns the words that a near copy has in place of others, each change once.
pub fn changed_words(member: &Member) -> Vec<&Difference> {
    let mut changes: Vec<&Difference> = Vec::new();
    for found in member.differences.iter().filter(|found| found.kind == DifferenceKind::Words) {
        if !changes.contains(&found) {
            changes.push(found);
        }
    }
    changes
}

/// Returns `n` with its noun in the right number: `1 word`, `1,200 words`, `2 copies`, `2 matches`.
pub fn counted(n: u64, noun: &str) -> String {
    let n_shown = number(n);
    match noun.strip_suffix('y') {
        _ if n == 1 => format!("{n_shown} {noun}"),
        Some(stem) => format!("{n_shown} {stem}ies"),
        None if noun.ends_with("ch") => format!("{n_shown} {noun}es"),
        None => format!("{n_shown} {noun}s"),
    }
}

/// Returns how many more there are than are shown: `3 more pairs`.
pub fn counted_more(n: usize, noun: &str) -> String {
    counted(n as u64, &format!("more {noun}"))
}

/// Returns a sentence that begins with a capital letter.
pub fn capitalised(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

/// Returns `n` with a comma every three digits.
pub fn number(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// Returns a share as a percentage, rounded to a tenth; but only all of it is `100%`, and only nothing is `0%`.
pub fn percent(share: f64) -> String {
    let tenths = (share.clamp(0.0, 1.0) * 1000.0).round() as u64;
    let tenths = if share < 1.0 { tenths.min(999) } else { tenths };
    match (tenths / 10, tenths % 10) {
        (0, 0) if share > 0.0 => "under 0.1%".into(),
        (whole, 0) => format!("{whole}%"),
        (whole, tenth) => format!("{whole}.{tenth}%"),
    }
}

/// Returns a number of bytes in a unit that suits it: `390 bytes`, `12.3 MB`.
pub fn bytes(n: u64) -> String {
    const UNITS: [(u64, &str); 4] =
        [(1_000_000_000_000, "TB"), (1_000_000_000, "GB"), (1_000_000, "MB"), (10_000, "kB")];
    match UNITS.iter().find(|(size, _)| n >= *size) {
        Some(&(_, "kB")) => format!("{:.1} kB", n as f64 / 1e3),
        Some(&(size, unit)) => format!("{:.1} {unit}", n as f64 / size as f64),
        None => counted(n, "byte"),
    }
}

/// Returns what the name of a class means, as a reader calls one of it.
pub fn class_in_words(class: PassageClass) -> &'static str {
    match class {
        PassageClass::Copy => "copy",
        PassageClass::Rewrite => "rewrite",
        PassageClass::SameForm => "same form with other data",
        PassageClass::Furniture => "furniture",
    }
}

/// Returns how many there are of each class: `3 copies, 1 rewrite, 2 of the same form with other data, 12 of furniture`.
pub fn counted_classes(counts: impl Iterator<Item = (PassageClass, u64)>) -> String {
    let told = counts.filter(|&(_, n)| n > 0).map(|(class, n)| match class {
        PassageClass::Copy | PassageClass::Rewrite => counted(n, class_in_words(class)),
        PassageClass::SameForm => format!("{} of the {}", number(n), class_in_words(class)),
        PassageClass::Furniture => format!("{} of {}", number(n), class_in_words(class)),
    });
    told.collect::<Vec<_>>().join(", ")
}

/// Returns what the name of a reason means. A name that this build does not know stays.
pub fn reason_in_words(name: &str) -> String {
    let words = match name {
        "empty" => "nothing but white space",
        "invalid_json" => "invalid JSON",
        "invalid_utf8" => "not UTF-8",
        "not_an_object" => "not a JSON object",
        "missing_text" => "no text field",
        "text_not_string" => "text is no string",
        "duplicate_key" => "text or id field stands twice",
        "wrong_shape" => "not of the shape that its name says",
        "encoding" => "unknown encoding",
        "binary" => "not text",
        "other_file" => "a file that is no text",
        "too_large" => "larger than --max-record",
        "permission" => "permission denied",
        "not_regular" => "no regular file",
        "vanished" => "vanished while scanning",
        "missing" => "no such file or folder",
        "changed" => "changed while it was read",
        "same_file" => "another name of a file already read",
        "link_loop" => "loop of links",
        "read_error" => "could not be read",
        "internal_error" => "internal error, please report it",
        other => return visible(&other.replace('_', " ")).into_owned(),
    };
    words.to_owned()
}

/// Returns `text` in quotes, on one line, shortened if long.
pub fn quote(text: &str) -> String {
    format!("\"{}\"", shorten(&visible_with_joiners(&one_line(text)), QUOTE_COLUMNS))
}

fn difference(difference: &Difference) -> String {
    let (a, b) = (difference.a.as_str(), difference.b.as_str());
    match difference.kind {
        DifferenceKind::Separator => separator(a, b),
        DifferenceKind::Form if a.nfc().eq(b.nfc()) => format!("{} has its accents in other code points", quote(a)),
        _ if a.is_empty() => format!("{} stands only in the second place", quote(b)),
        _ if b.is_empty() => format!("{} stands only in the first place", quote(a)),
        _ => format!("{} became {}", quote(a), quote(b)),
    }
}

fn separator(a: &str, b: &str) -> String {
    let (a, b) = without_common_ends(a, b);
    match (gap(a), gap(b)) {
        (a, b) if a == b => "the white space differs".into(),
        (_, added) if a.is_empty() => format!("{added} was added"),
        (dropped, _) if b.is_empty() => format!("{dropped} was dropped"),
        (from, to) => format!("{from} became {to}"),
    }
}

fn without_common_ends<'a>(a: &'a str, b: &'a str) -> (&'a str, &'a str) {
    let same_len = |(x, y): (char, char)| (x == y).then_some(x.len_utf8());
    let head: usize = a.chars().zip(b.chars()).map_while(same_len).sum();
    let (a, b) = (&a[head..], &b[head..]);
    let tail: usize = a.chars().rev().zip(b.chars().rev()).map_while(same_len).sum();
    (&a[..a.len() - tail], &b[..b.len() - tail])
}

/// Names what stands between two words.
fn gap(text: &str) -> String {
    match text {
        " " => "a space".into(),
        "\t" => "a tab".into(),
        "\u{a0}" | "\u{202f}" => "a no-break space".into(),
        _ if text.is_empty() || !text.chars().all(char::is_whitespace) => quote(text),
        _ => match text.matches('\n').count() {
            0 if text.chars().all(|c| c == ' ') => counted(text.len() as u64, "space"),
            0 => text.chars().map(|c| format!("U+{:04X}", u32::from(c))).collect::<Vec<_>>().join(" "),
            1 => "a line break".into(),
            _ => "a paragraph break".into(),
        },
    }
}

/// Says which marks stand beside one place and not the other. Words there are another matter: the paragraph goes on,
/// which [`covered`] tells. `touches` says whether a mark is the part of an outer text that is next to the place.
fn edge(side: &str, a: &str, b: &str, touches: impl Fn(&str, &str) -> bool) -> Option<String> {
    let only = |mark: &str, other: &str| {
        is_mark(mark) && !is_mark(other) && (other.trim().is_empty() || !touches(other.trim(), mark.trim()))
    };
    if only(a, b) {
        return Some(format!("{} stands only {side} the first place", quote(a)));
    }
    if only(b, a) {
        return Some(format!("{} stands only {side} the second place", quote(b)));
    }
    let both = is_mark(a) && is_mark(b) && a.trim() != b.trim();
    both.then(|| format!("{} stands {side} the first place, {} {side} the second", quote(a), quote(b)))
}

fn is_mark(text: &str) -> bool {
    !text.trim().is_empty() && !text.contains(char::is_alphanumeric)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::samples;

    fn phrase(kind: DifferenceKind, a: &str, b: &str) -> String {
        difference(&Difference { kind, a: a.into(), b: b.into() })
    }

    #[test]
    fn paragraphs_are_named_as_a_reader_would() {
        let span = |paragraphs, covers| PlacedSpan { covers, ..samples::span(samples::doc("a", 0), 0..9, paragraphs) };
        assert_eq!(covered(&span((5, 6), Coverage::Whole)), "paragraphs 5 and 6");
        assert_eq!(covered(&span((5, 9), Coverage::Start)), "the start of paragraphs 5 to 9");
        assert_eq!(covered(&span((5, 5), Coverage::Inside)), "a part of paragraph 5");
        assert_eq!(covered(&PlacedSpan { paragraph_count: 2, ..span((1, 2), Coverage::Whole) }), "the whole text");
        let (one, two) = (span((3, 3), Coverage::Whole), span((5, 6), Coverage::Whole));
        assert_eq!((regrouped(&two, &one), regrouped(&one, &two), regrouped(&two, &two)), (", joined", ", split", ""));
    }

    #[test]
    fn separators_are_named() {
        use DifferenceKind::Separator as S;
        assert_eq!(phrase(S, "\".\n\n\"", "\". \""), "a paragraph break became a space");
        assert_eq!(phrase(S, "\r\n", " "), "a line break became a space");
        assert_eq!(phrase(S, ", ", " "), "\",\" was dropped");
        assert_eq!(phrase(S, " ", " - "), "\"- \" was added");
        assert_eq!(phrase(S, "\n\n", "\n \n\n"), "a line break was added");
        assert_eq!(phrase(S, "\n\n", "\r\n\r\n"), "the white space differs");
        assert_eq!(phrase(S, " ", "\u{2003}"), "a space became U+2003");
    }

    #[test]
    fn words_and_forms_are_quoted() {
        use DifferenceKind::{Form, Words};
        assert_eq!(phrase(Words, "jeudi", "mardi"), "\"jeudi\" became \"mardi\"");
        assert_eq!(phrase(Words, "", "hier"), "\"hier\" stands only in the second place");
        assert_eq!(phrase(Words, "hier", ""), "\"hier\" stands only in the first place");
        assert_eq!(phrase(Form, "e\u{301}", "é"), "\"e\u{301}\" has its accents in other code points");
        assert_eq!(phrase(Form, "souvenir", "sou\u{ad}venir"), "\"souvenir\" became \"sou<U+00AD>venir\"");
        assert_eq!(phrase(Form, "a\u{200d}b", "ab"), "\"a<U+200D>b\" became \"ab\"");
    }

    #[test]
    fn marks_beside_one_place_only_are_told() {
        let after = |a, b| edge("after", a, b, |outer, mark| outer.starts_with(mark));
        assert_eq!(after("", " ...").as_deref(), Some("\" ...\" stands only after the second place"));
        assert_eq!(after(".", "").as_deref(), Some("\".\" stands only after the first place"));
        assert_eq!(
            after(".", " ...").as_deref(),
            Some("\".\" stands after the first place, \" ...\" after the second")
        );
        assert_eq!(after(" Il ajoute", " ...").as_deref(), Some("\" ...\" stands only after the second place"));
        assert_eq!(after(". Il ajoute", "."), None);
        assert_eq!(after(".", ". "), None);
        assert_eq!(after("", ""), None);
    }

    #[test]
    fn classes_are_counted_in_words() {
        let [copy, rewrite, form, furniture] = PassageClass::ALL;
        let told = |counts: &[(PassageClass, u64)]| counted_classes(counts.iter().copied());
        assert_eq!(told(&[(copy, 3), (rewrite, 1), (form, 0)]), "3 copies, 1 rewrite");
        assert_eq!(told(&[(form, 2), (furniture, 1200)]), "2 of the same form with other data, 1,200 of furniture");
    }

    #[test]
    fn equal_differences_are_counted_together() {
        let mut m = samples::seed().matches.remove(0);
        m.differences = [("\n", " "), ("x\n", "x "), ("\n\n", " ")]
            .map(|(a, b)| Difference { kind: DifferenceKind::Separator, a: a.into(), b: b.into() })
            .into();
        let told = differences(&m);
        assert_eq!(told[0], ("a line break became a space".into(), 2));
        assert_eq!(told[1], ("a paragraph break became a space".into(), 1));
    }

    #[test]
    fn changes_of_a_copy_are_told_once() {
        let mut member = samples::documents().clusters.remove(0).members.remove(1);
        let change = |kind, b: &str| Difference { kind, a: "users".into(), b: b.into() };
        let [form, words] = [DifferenceKind::Form, DifferenceKind::Words];
        member.differences =
            vec![change(words, "items"), change(form, "Users"), change(words, "items"), change(words, "x")];
        let told: Vec<_> = changed_words(&member).iter().map(|found| found.b.as_str()).collect();
        assert_eq!(told, ["items", "x"]);
    }

    #[test]
    fn numbers_are_readable_and_never_rounded_up() {
        assert_eq!([0, 999, 1000, 1_234_567].map(number), ["0", "999", "1,000", "1,234,567"]);
        assert_eq!([0.0, 0.0001, 0.93, 0.9996, 1.0].map(percent), ["0%", "under 0.1%", "93%", "99.9%", "100%"]);
        assert_eq!([1, 390, 12_345, 20_500_000].map(bytes), ["1 byte", "390 bytes", "12.3 kB", "20.5 MB"]);
        let counts = [counted(1, "family"), counted(2, "family"), counted(0, "word"), counted(3, "match")];
        assert_eq!(counts, ["1 family", "2 families", "0 words", "3 matches"]);
    }
}
