//! Subtitles: what is said, without the numbers and times of the cues.
//!
//! A cue begins with a line of its times, in `.srt` and `.vtt` perhaps with a line before that names it,
//! and goes on to the next. In transcripts and `.lrc` the times stand in brackets before the text, two of them or one, in `.ass`
//! behind `Dialogue:`.
//! Headers, notes, styles and tags are no text. Each cue is a line, and so is each line in one.
//!
//! Format: W3C, "`WebVTT`: The Web Video Text Tracks Format", 2019. The others have no standard.

use memchr::memchr_iter;

use super::Visible;
use crate::source::document::PageElement;
use doublon_core::Span;

/// Returns what a file of subtitles says, with the place of each byte.
///
/// # Examples
///
/// ```
/// use doublon::source::subtitles;
///
/// let file = "1\n00:00:01,000 --> 00:00:03,200\n<i>Good</i> evening.\n\n2\n00:00:03,200 --> 00:00:05,000\nWelcome.\n";
/// assert_eq!(subtitles(file).text, "Good evening.\nWelcome.");
/// ```
pub fn subtitles(file: &str) -> Visible {
    let lines = lines(file);
    // A `.vtt` file says where a cue ends, so that notes and styles are told from it; in others a blank line may be one of its own.
    let is_strict = file.trim_start_matches('\u{feff}').starts_with("WEBVTT");
    // Where cues have two times, one in brackets is text.
    let times =
        if lines.iter().any(|&line| timed(of(file, line), Times::Two).is_some()) { Times::Two } else { Times::One };
    let timed = |line| timed(line, times);
    let mut cues = CueReader { file, found: Visible::default(), cue: None };
    let (mut n, mut is_over) = (0, is_strict);
    while let Some(&line) = lines.get(n) {
        let text = of(file, line);
        let next = lines.get(n + 1).map_or("", |&next| of(file, next));
        match timed(text) {
            Some(TimedLine::Times) => {
                cues.begin(line.start);
                is_over = false;
            }
            Some(TimedLine::Text(at)) => {
                cues.begin(line.start);
                // The times stay where other lines of the cue do.
                cues.line(Span::new(line.start + at, line.end), None);
                is_over = false;
            }
            // A line before the times names the cue; in `.srt` it is a number.
            None if timed(next) == Some(TimedLine::Times) && (is_number(text) || is_strict && is_over) => {
                cues.begin(line.start);
                (n, is_over) = (n + 1, false);
            }
            None if text.is_empty() => is_over = is_strict,
            None if is_over => {}
            None => cues.line(line, Some(line)),
        }
        n += 1;
    }
    cues.finish()
}

/// Returns whether the first lines that are not blank begin with times, as in transcripts and subtitles without an ending
/// that tells them.
pub(crate) fn is_timed(start: &str) -> bool {
    let mut lines = start.lines().map(str::trim).filter(|line| !line.is_empty()).take(2).peekable();
    let has_two = |line| matches!(timed(line, Times::Two), Some(TimedLine::Text(_)));
    lines.peek().is_some() && lines.all(has_two) || begins_with_single_times(start)
}

/// Lines that begin with one time, from which a transcript is told from the log of a chat.
const LEAST_SINGLE_TIMES: usize = 3;

/// Whether the first lines begin with one time each, which do not go back, the first of them in the first minute. In the log of
/// a chat names follow (`<ann>`), or marks.
fn begins_with_single_times(start: &str) -> bool {
    let lines = start.lines().map(str::trim).filter(|line| !line.is_empty()).take(LEAST_SINGLE_TIMES);
    let seconds = |line: &str| {
        let (time, said) = line.strip_prefix('[')?.split_once(']')?;
        let is_said = said.trim_start().starts_with(|c: char| !matches!(c, '<' | '*' | '-'));
        seconds(time).filter(|_| is_said)
    };
    let times: Option<Vec<f64>> = lines.map(seconds).collect();
    times.is_some_and(|times| times.len() == LEAST_SINGLE_TIMES && times[0] < 60.0 && times.is_sorted())
}

/// Returns the seconds of a time, in which the part behind the last colon is seconds.
fn seconds(time: &str) -> Option<f64> {
    let parts = is_time(time).then(|| time.split(':'))?;
    parts.map(|part| part.replace(',', ".").parse::<f64>().ok()).try_fold(0.0, |sum, part| Some(sum * 60.0 + part?))
}

/// The lines of a file, without their ends.
fn lines(file: &str) -> Vec<Span> {
    let ends = memchr_iter(b'\n', file.as_bytes()).chain([file.len()]);
    let mut start = if file.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    let line = |end: usize| {
        let line = Span::new(start.min(end), end);
        start = end + 1;
        let is_crlf = of(file, line).ends_with('\r');
        Span::new(line.start, line.end - usize::from(is_crlf))
    };
    ends.map(line).collect()
}

fn of(file: &str, span: Span) -> &str {
    span.of(file).unwrap_or_default()
}

fn is_number(line: &str) -> bool {
    let line = line.trim();
    !line.is_empty() && line.bytes().all(|byte| byte.is_ascii_digit())
}

/// A line that begins a cue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum TimedLine {
    /// Times alone.
    Times,
    /// Text from this byte on, after times.
    Text(usize),
}

/// How many times begin a cue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Times {
    One,
    Two,
}

fn timed(line: &str, times: Times) -> Option<TimedLine> {
    let inner = line.trim_start();
    let at = line.len() - inner.len();
    if let Some(bracketed) = inner.strip_prefix('[') {
        let end = bracketed.find(']')?;
        if times == Times::One {
            let text = behind_times(inner);
            return (text > 0).then_some(TimedLine::Text(at + text));
        }
        return is_two_times(&bracketed[..end], "-->").then_some(TimedLine::Text(at + end + 2));
    }
    if let Some(fields) = inner.strip_prefix("Dialogue:") {
        // Layer, start, end, style, name, three margins, effect, text.
        let comma = memchr_iter(b',', fields.as_bytes()).nth(8)?;
        let mut times = fields.split(',').skip(1).map(str::trim);
        let is_cue = is_time(times.next()?) && is_time(times.next()?);
        return is_cue.then_some(TimedLine::Text(at + "Dialogue:".len() + comma + 1));
    }
    (is_two_times(inner, "-->") || inner.contains('.') && is_two_times(inner, ",")).then_some(TimedLine::Times)
}

/// Returns where the text begins behind single times in brackets, of which a line of `.lrc` has one for each time when it is
/// sung; 0 if there is none.
fn behind_times(line: &str) -> usize {
    let mut text = 0;
    while let Some((time, _)) = line[text..].strip_prefix('[').and_then(|rest| rest.split_once(']'))
        && is_time(time)
    {
        text += time.len() + 2;
    }
    text
}

/// Whether a text is two times with a sign between, and perhaps settings after them.
fn is_two_times(text: &str, sign: &str) -> bool {
    text.split_once(sign)
        .is_some_and(|(start, end)| is_time(start.trim()) && end.split_ascii_whitespace().next().is_some_and(is_time))
}

/// Whether a text is a time: `01:02.345`, `1:02:03.45`, `00:01:02,345`.
fn is_time(text: &str) -> bool {
    let parts = text.split([':', '.', ',']);
    let is_digits = |part: &str| (1..=3).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
    (2..=4).contains(&parts.clone().count()) && text.contains(':') && parts.clone().all(is_digits)
}

struct CueReader<'f> {
    file: &'f str,
    found: Visible,
    /// The first byte of the cue that is read, and the number of its element, when it has text.
    cue: Option<(usize, Option<usize>)>,
}

impl CueReader<'_> {
    /// Begins a cue at a byte of the file.
    fn begin(&mut self, start: usize) {
        self.end(start);
        self.cue = Some((start, None));
    }

    /// Takes text of the file, which is all of a line if that is given; what stands before the first cue is no text.
    fn line(&mut self, text: Span, line: Option<Span>) {
        let Some((start, element)) = self.cue else { return };
        let before = self.found.text.len();
        let mut at = text.start;
        for part in shown(self.file, text) {
            self.gap(before, at, part);
            self.found.text.push_str(of(self.file, part));
            self.found.map.push(part.len(), part);
            at = part.end;
        }
        let after = self.found.text.len();
        if after == before {
            return;
        }
        // A line goes with its end.
        let end = self.file[text.end..].find('\n').map_or(self.file.len(), |end| text.end + end + 1);
        let of_line = line.map_or(text, |line| Span::new(line.start, end));
        let text = Span::new(before + usize::from(before > 0), after);
        if element.is_none() {
            self.cue = Some((start, Some(self.found.elements.len())));
            self.found.elements.push(PageElement { text, page: Span::new(start, end), is_removable: true });
        }
        self.found.elements.push(PageElement { text, page: of_line, is_removable: true });
    }

    /// Ends the line before if `part` begins one; `before` is where its text begins.
    fn gap(&mut self, before: usize, at: usize, part: Span) {
        let is_line_start = self.found.text.len() == before;
        if is_line_start && before > 0 {
            self.found.text.push('\n');
            let end = self.found.map.origin(Span::new(before - 1, before)).end;
            self.found.map.push(1, Span::new(end, part.start));
        } else if !is_line_start && part.start > at && is_line_break(&self.file[at..part.start]) {
            self.found.text.push('\n');
            self.found.map.push(1, Span::new(at, part.start));
        }
    }

    /// Ends the cue that is read, before a byte of the file.
    fn end(&mut self, at: usize) {
        if let Some((_, Some(element))) = self.cue.take() {
            let text_end = self.found.text.len();
            let element = &mut self.found.elements[element];
            element.text.end = text_end;
            element.page.end = at;
        }
    }

    fn finish(mut self) -> Visible {
        self.end(self.file.len());
        self.found
    }
}

/// Whether tags end a line: `\N` in `.ass`.
fn is_line_break(tags: &str) -> bool {
    tags.contains("\\N") || tags.contains("\\n")
}

/// Returns the parts of a text that are shown: those between tags (`<i>`, `<00:00:01.000>`, `{\an8}`, `\N`), without the
/// white space around all of them.
fn shown(file: &str, text: Span) -> Vec<Span> {
    let content = of(file, text);
    let start = text.start + (content.len() - content.trim_start().len());
    let end = start + content.trim().len();
    let (mut parts, mut at) = (Vec::new(), start);
    while at < end {
        let rest = &file[at..end];
        let Some((from, length)) = tag(rest) else {
            parts.push(Span::new(at, end));
            break;
        };
        if from > 0 {
            parts.push(Span::new(at, at + from));
        }
        at += from + length;
    }
    parts
}

/// Returns where the first tag in a text begins and its length.
fn tag(text: &str) -> Option<(usize, usize)> {
    let starts = text.char_indices().filter(|(_, c)| matches!(c, '<' | '{' | '\\'));
    starts.map(|(at, _)| at).find_map(|at| {
        let rest = &text.as_bytes()[at..];
        let closed = |end: u8| rest.iter().position(|&byte| byte == end).map(|end| (at, end + 1));
        match rest {
            [b'<', b'/' | b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z', ..] => closed(b'>'),
            [b'{', b'\\', ..] => closed(b'}'),
            [b'\\', b'N' | b'n' | b'h', ..] => Some((at, 2)),
            _ => None,
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_format_gives_what_is_said() {
        for (format, file) in [
            (
                "SubRip",
                "1\r\n00:00:01,000 --> 00:00:03,200\r\nOne\r\ntwo\r\n\r\n2\r\n00:00:03,200 --> 00:00:03,210\r\nthree 3\r\n",
            ),
            (
                "SubRip without blank lines",
                "1\n00:00:01,000 --> 00:00:03,200\nOne\ntwo\n2\n00:00:03,200 --> 00:00:03,210\nthree 3",
            ),
            (
                "WebVTT",
                "WEBVTT - a title\nKind: captions\n\nNOTE a note\nof two lines\n\nfirst\n00:01.000 --> 00:03.200 align:start\n\
                 <v Ann>One</v>\n<c.red>two</c>\n\n00:03.200 --> 01:00:05.000\n<00:03.300>three <b>3</b>\n\nSTYLE\n::cue {}\n",
            ),
            ("SBV", "0:00:01.000,0:00:03.200\nOne\ntwo\n\n0:00:03.200,0:00:05.000\nthree 3\n"),
            (
                "a transcript",
                "[00:00.000 --> 00:04.000]  One\n[00:04.000 --> 00:05.000]  two\n[00:05.000 --> 00:08.000] three 3\n",
            ),
            ("a transcript with single times", "[00:00] One\n[00:04] two\n[1:00:05] three 3\n"),
            ("lyrics", "[ar: Ann]\n[00:00.50]One\n[00:04.00][01:04.00]two\n[00:05.00]three <00:06.10>3\n"),
            (
                "Advanced SubStation",
                "[Script Info]\nTitle: x\n\n[Events]\nFormat: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text\n\
                 Dialogue: 0,0:00:01.00,0:00:03.20,Default,,0,0,0,,{\\an8}One\\Ntwo\n\
                 Dialogue: 0,0:00:03.20,0:00:05.00,Default,,0,0,0,,three 3\n",
            ),
        ] {
            let found = subtitles(file);
            assert_eq!(found.text, "One\ntwo\nthree 3", "{format}");
            assert_eq!(found.map.len(), found.text.len(), "{format}");
        }
    }

    #[test]
    fn a_cue_is_a_block_of_its_lines() {
        let file = "WEBVTT\n\n1\n00:01.000 --> 00:02.000\nOne\ntwo\n\n2\n00:02.000 --> 00:03.000\nthree\n";
        let found = subtitles(file);
        let of_element = |element: &PageElement| (element.text.of(&found.text), element.page.of(file));
        let elements: Vec<_> = found.elements.iter().map(of_element).collect();
        let expected = [
            ("One\ntwo", "1\n00:01.000 --> 00:02.000\nOne\ntwo\n\n"),
            ("One", "One\n"),
            ("two", "two\n"),
            ("three", "2\n00:02.000 --> 00:03.000\nthree\n"),
            ("three", "three\n"),
        ];
        assert_eq!(elements, expected.map(|(text, page)| (Some(text), Some(page))));
    }

    #[test]
    fn texts_that_only_look_like_it_have_no_cues() {
        for text in [
            "",
            "\u{feff}",
            "a --> b\nc",
            "1\n2\n\n3",
            "[note] text",
            "10:30, 11:45\nlunch",
            "[1] One\n[2] two\n[3] three",
        ] {
            assert_eq!(subtitles(text).text, "", "{text}");
            assert!(!is_timed(text), "{text}");
        }
        for log in [
            "[00:01] <ann> hello\n[00:02] <bob> hi\n[00:02] <ann> so\n",
            "[10:30] ann: hello\n[10:31] bob: hi\n[10:31] ann: so\n",
            "[00:05] One\n[00:04] two\n[00:06] three\n",
        ] {
            assert!(!is_timed(log), "{log}");
        }
        assert!(is_timed("[00:00] One\n\n[00:04] two\n[01:00:04] three\n"));
        assert!(is_timed("\n[00:00.000 --> 00:04.000]  One\n[00:04.000 --> 00:08.000]  two\n"));
    }

    #[test]
    fn every_byte_has_a_place_that_says_the_same() {
        let file = "\u{feff}1\n00:00:01,000 --> 00:00:03,200\n<i>Él</i> dijo: {\\an8}«¡no!»\n";
        let found = subtitles(file);
        assert_eq!(found.text, "Él dijo: «¡no!»");
        let place = found.map.origin(Span::new(found.text.find("dijo").expect("said"), found.text.len()));
        assert_eq!(place.of(file), Some("dijo: {\\an8}«¡no!»"));
    }
}
