//! Sentences in subtitles: where a cue ends is where the screen was full, and no end of what is said.

use doublon_core::Span;
use doublon_core::text::{is_stop, lines, sentences};

/// What goes on for more lines without a stop is no sentence: captions that were made by a program have no stops.
const MOST_LINES: usize = 12;

/// Returns where sentences start in the text of subtitles, in order. They run over lines. Where there are no stops, and in
/// captions that roll, so that each line is shown more than once, each line stands for itself.
pub(super) fn spoken_sentences(text: &str) -> Vec<usize> {
    let lines: Vec<Span> = lines(text).into_iter().filter(|line| !line.is_empty()).collect();
    if is_rolling(text, &lines) {
        return lines.iter().map(|line| line.start).collect();
    }
    // A line feed and a space are one byte each.
    let flowing = text.replace('\n', " ");
    let starts = sentences(&flowing, Span::new(0, text.len()));
    let ends = starts.iter().skip(1).copied().chain([text.len()]);
    let mut units = Vec::new();
    for (&start, end) in starts.iter().zip(ends) {
        let first = lines.partition_point(|line| line.start <= start);
        let within = &lines[first..lines.partition_point(|line| line.start < end)];
        let is_sentence = within.len() < MOST_LINES && has_stop(&text[start..end]);
        let begins = |line: &&Span| !is_sentence || begins_turn(&text[line.start..line.end]);
        units.push(start);
        units.extend(within.iter().filter(begins).map(|line| line.start));
    }
    units
}

/// Whether one line in four stands once more among the two before it.
fn is_rolling(text: &str, lines: &[Span]) -> bool {
    let texts: Vec<&str> = lines.iter().map(|line| &text[line.start..line.end]).collect();
    let repeats = |n: &usize| texts[n.saturating_sub(2)..*n].contains(&texts[*n]);
    (0..texts.len()).filter(repeats).count() * 4 >= texts.len().max(4)
}

/// Whether a sentence ends in a stop, perhaps with quotes and brackets behind it.
fn has_stop(sentence: &str) -> bool {
    let after = sentence.trim_end_matches(|c: char| !c.is_alphanumeric());
    sentence[after.len()..].contains(is_stop)
}

/// Whether another begins to speak in a line, or to sing, or a sound is told.
fn begins_turn(line: &str) -> bool {
    line.starts_with(['-', '–', '—', '♪', '[', '(', '>'])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(text: &str) -> Vec<&str> {
        let starts = spoken_sentences(text);
        let ends = starts.iter().skip(1).copied().chain([text.len()]);
        starts.iter().zip(ends).map(|(&start, end)| text[start..end].trim()).collect()
    }

    #[test]
    fn sentences_run_over_lines() {
        assert_eq!(
            parts("We begin with\nthe one. It hums\nin the wind!"),
            ["We begin with\nthe one.", "It hums\nin the wind!"]
        );
        assert_eq!(
            parts("Who is\nthere?\n- Ann.\n- Come in, it\nis open."),
            ["Who is\nthere?", "- Ann.", "- Come in, it\nis open."]
        );
    }

    #[test]
    fn lines_stand_for_themselves_where_there_are_no_stops() {
        assert_eq!(parts("so we begin\nwith the one\nthat hums"), ["so we begin", "with the one", "that hums"]);
        let long = (0..14).map(|n| format!("line {n} of it")).collect::<Vec<_>>().join("\n") + ".";
        assert_eq!(parts(&long).len(), 14);
    }

    #[test]
    fn captions_that_roll_are_taken_line_by_line() {
        assert_eq!(parts("One two\nOne two\nthree. Four\nthree. Four\nfive.").len(), 5);
    }
}
