//! What is taken out of the text of a page, or of another file with markup, taken out of the file itself.
//!
//! Blocks of which all text goes are left out from start tag to end tag. Of others, and of those that hold a picture, a
//! field or a script, only the text goes and all tags stay. The page is read again to see that what is left is the text
//! without its cuts; where it is not, since a block that is gone kept two texts apart, all tags stay. Of subtitles they never do:
//! a cue with its times and no text is none.

use doublon_core::Span;

use super::left::{Pieces, text_left};
use crate::source::{Format, Visible, visible_text};

/// Returns a page without pieces of its text.
///
/// # Errors
///
/// Says so if the text of the page does not have the pieces, or the page has another text without them.
pub(super) fn page_left(page: &str, format: Format, pieces: &Pieces) -> Result<String, &'static str> {
    let read = visible_text(page, format);
    let expected = text_left(&read.text, pieces).ok_or("its text is shorter than the cuts")?;
    let is_expected =
        |left: &String| visible_text(left, format).text.split_whitespace().eq(expected.split_whitespace());
    let ways = std::iter::once(blocks_within(&read, pieces)).chain((format != Format::Subtitles).then(Vec::new));
    let mut left = ways.map(|blocks| without(page, &stretches(&read, pieces, blocks)));
    left.find(is_expected).ok_or("its text would not be what is left without the cuts")
}

/// The outermost blocks of which all text is in the pieces.
fn blocks_within(read: &Visible, pieces: &Pieces) -> Vec<Span> {
    let mut blocks: Vec<Span> = Vec::new();
    for element in read.elements.iter().filter(|element| element.is_removable) {
        let is_new = blocks.last().is_none_or(|last| last.end <= element.page.start);
        let n = pieces.partition_point(|(piece, _)| piece.end < element.text.end);
        if is_new && pieces.get(n).is_some_and(|(piece, _)| piece.contains(element.text)) {
            blocks.push(element.page);
        }
    }
    blocks
}

/// Returns what goes of a page, in order and apart: the blocks, and the bytes from which the rest of the pieces was made.
fn stretches(read: &Visible, pieces: &Pieces, mut blocks: Vec<Span>) -> Vec<Span> {
    let mut end = 0;
    let of_text = read.map.pieces().flat_map(|(length, origin)| {
        end += length;
        parts(read, Span::new(end - length, end), origin, pieces)
    });
    let is_outside = |blocks: &[Span], part: Span| {
        let n = blocks.partition_point(|block| block.end <= part.start);
        blocks.get(n).is_none_or(|block| !block.overlaps(part))
    };
    let outside: Vec<Span> = of_text.filter(|&part| is_outside(&blocks, part)).collect();
    blocks.extend(outside);
    blocks.sort_unstable();
    blocks
}

/// Returns what the pieces have of a stretch of the text that was made from `origin`.
fn parts(read: &Visible, stretch: Span, origin: Span, pieces: &Pieces) -> Vec<Span> {
    let first = pieces.partition_point(|(piece, _)| piece.end <= stretch.start);
    let here = pieces[first..].iter().map(|&(piece, _)| piece).take_while(|piece| piece.start < stretch.end);
    if origin.len() != stretch.len() {
        // Made as a whole: a reference such as `&eacute;`, or the white space for which tags stand, and they stay.
        let is_text = stretch.of(&read.text).is_some_and(|text| !text.trim_ascii().is_empty());
        let is_taken = |piece: Span| is_text && piece.contains(stretch);
        return here.filter(|&piece| is_taken(piece)).map(|_| origin).collect();
    }
    let of_piece = |piece: Span| {
        let (start, end) = (piece.start.max(stretch.start), piece.end.min(stretch.end));
        Span::new(origin.start + start - stretch.start, origin.start + end - stretch.start)
    };
    here.map(of_piece).collect()
}

fn without(page: &str, stretches: &[Span]) -> String {
    let (mut left, mut at) = (String::with_capacity(page.len()), 0);
    for stretch in stretches {
        left.push_str(page.get(at..stretch.start).unwrap_or_default());
        at = stretch.end;
    }
    left + page.get(at..).unwrap_or_default()
}

#[cfg(test)]
#[cfg(feature = "html")]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::source::html::visible;

    /// Returns a page without the blocks or words of its text that `cuts` name, of each the last that is equal.
    fn left(page: &str, cuts: &[&str]) -> String {
        let text = visible(page).text;
        let piece = |cut: &&str| {
            let start = text.rfind(cut).unwrap_or_else(|| panic!("{cut:?} is not in {text:?}"));
            (Span::new(start, start + cut.len()), false)
        };
        let pieces: Vec<(Span, bool)> = cuts.iter().map(piece).collect();
        page_left(page, Format::Html, &pieces).expect("has the pieces")
    }

    #[test]
    fn blocks_go_with_their_tags() {
        let page = "<body>\n<ul><li>One<li><a href=x>Two</a></ul><p class=a>Three &amp; <b>four</b></p>five<hr>";
        assert_eq!(left(page, &["Three & four"]), page.replace("<p class=a>Three &amp; <b>four</b></p>", ""));
        assert_eq!(left(page, &["Two"]), page.replace("<li><a href=x>Two</a>", ""));
        assert_eq!(left(page, &["One\nTwo"]), page.replace("<ul><li>One<li><a href=x>Two</a></ul>", ""));
        assert_eq!(left(page, &["five"]), page.replace("five", ""), "it is in no block of its own");
    }

    #[test]
    fn tags_stay_where_more_than_text_would_go() {
        for (page, cut, gone) in [
            ("<p>One <img src=a> two</p><p>three</p>", "One two", "<p><img src=a> </p><p>three</p>"),
            ("<table><tr><td>a<td>b</table>", "b", "<table><tr><td>a<td></table>"),
            ("<p>&eacute;t&eacute;<script>x</script></p>a", "été", "<p><script>x</script></p>a"),
            ("<div>One<p>two</p>three</div>", "two", "<div>One<p></p>three</div>"),
            ("<p>One <b>two</b></p>", "ne", "<p>O <b>two</b></p>"),
        ] {
            assert_eq!(left(page, &[cut]), gone);
        }
    }

    #[test]
    fn a_page_without_the_pieces_is_told() {
        assert!(page_left("<p>one</p>", Format::Html, &[(Span::new(0, 9), false)]).is_err());
    }

    const PIECES: &[&str] = &[
        "<p>",
        "</p>",
        "<div>",
        "</div>",
        "<li>",
        "<ul>",
        "</ul>",
        "<b>",
        "</b>",
        "<pre>",
        "</pre>",
        "<br>",
        "<img>",
        "<td>",
        "<table>",
        "</table>",
        "<tr>",
        "<svg>",
        "</svg>",
        "<script>",
        "</script>",
        "<i hidden>",
        "</i>",
        "<!-- x -->",
        "&eacute;",
        "&amp",
        "&#32;",
        "<",
        "\0",
        " ",
        "\n",
        "one",
        "two",
        "中",
        "<xmp>",
        "</xmp>",
        "&",
        "<option>",
        "<a href='>'>",
        "</a>",
        "<hr>",
        "<button>",
        "<dialog>",
        "<body>",
        "</body>",
        "-",
        ";",
        "/",
        ">",
        "</",
    ];

    /// Writes cues of some lines as `.srt`, with and without blank lines between, as `.vtt`, or as a transcript.
    fn subtitles(cues: &[Vec<&str>], way: usize) -> String {
        let cue = |(n, lines): (usize, &Vec<&str>)| match way {
            0 => format!("{n}\r\n00:00:01,000 --> 00:00:03,200\r\n{}\r\n\r\n", lines.join("\r\n")),
            1 => format!("{n}\n00:00:01,000 --> 00:00:03,200\n{}\n", lines.join("\n")),
            2 => format!("name {n}\n00:01.000 --> 00:03.200 line:0\n{}\n\nNOTE {n}\n\n", lines.join("\n")),
            _ => format!("[00:01.000 --> 00:03.200]  {}\n", lines.join("\n")),
        };
        let head = if way == 2 { "WEBVTT\n\n" } else { "" };
        head.to_owned() + &cues.iter().enumerate().map(cue).collect::<String>()
    }

    const LINES: &[&str] = &[
        "one two",
        "<i>three</i> four",
        "{\\an8}é <b>",
        " ",
        "<00:00:02.000>five<c> six</c>",
        "<a -> b",
        "7",
        "seven\\Neight",
    ];

    proptest! {
        #[test]
        fn the_text_left_of_a_page_is_that_of_the_page_left(
            pieces in prop::collection::vec(prop::sample::select(PIECES), 0..40),
            gone in prop::collection::vec(any::<bool>(), 40),
        ) {
            let page = pieces.concat();
            let read = visible(&page);
            let origin = crate::source::PageOrigin { elements: read.elements.clone(), ..Default::default() };
            let segments = origin.segments(&read.text).into_iter().zip(gone);
            let cuts: Vec<(Span, bool)> = segments.filter(|(_, gone)| *gone).map(|(span, _)| (span, false)).collect();
            prop_assert!(page_left(&page, Format::Html, &cuts).is_ok(), "{page:?} without {cuts:?} of {:?}", read.text);
        }

        #[test]
        fn what_is_left_of_subtitles_is_said(
            cues in prop::collection::vec(prop::collection::vec(prop::sample::select(LINES), 1..4), 0..10),
            way in 0usize..4,
            gone in prop::collection::vec(any::<bool>(), 30),
        ) {
            let file = subtitles(&cues, way);
            let read = visible_text(&file, Format::Subtitles);
            let origin = crate::source::PageOrigin { elements: read.elements.clone(), ..Default::default() };
            let segments = origin.segments(&read.text).into_iter().zip(gone);
            let cuts: Vec<(Span, bool)> = segments.filter(|(_, gone)| *gone).map(|(span, _)| (span, false)).collect();
            let left = page_left(&file, Format::Subtitles, &cuts);
            prop_assert!(left.is_ok(), "{file:?} without {cuts:?} of {:?}", read.text);
        }
    }
}
