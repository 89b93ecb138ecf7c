//! The text that a plan leaves of a document, and where each part of it stands in the original.

use std::borrow::Cow;
use std::ops::Range;

use doublon_core::Span;

/// What is taken out of a text, in order and apart; `true` puts one space there instead.
pub(super) type Pieces = [(Span, bool)];

/// Returns what is left of a text without the pieces, or `None` if it does not have them.
pub(super) fn text_left<'t>(text: &'t str, pieces: &Pieces) -> Option<Cow<'t, str>> {
    if pieces.is_empty() {
        return Some(Cow::Borrowed(text));
    }
    let (mut left, mut at) = (String::with_capacity(text.len()), 0);
    for &(piece, space) in pieces {
        left.push_str(text.get(at..piece.start)?);
        left.push_str(if space { " " } else { "" });
        at = piece.end;
    }
    left.push_str(text.get(at..)?);
    Some(Cow::Owned(left))
}

/// Returns where spans of a text, in order and apart, are in what is left of it: from the first byte to the last that is.
pub(super) fn spans_left(spans: &[Span], pieces: &Pieces) -> Vec<Span> {
    let edges: Vec<usize> = spans.iter().flat_map(|span| [span.start, span.end]).collect();
    let left = positions_left(&edges, pieces);
    left.chunks_exact(2).filter(|edge| edge[0] < edge[1]).map(|edge| Span::new(edge[0], edge[1])).collect()
}

/// Returns where bytes of a text, in order, are in what is left of it.
pub(super) fn positions_left(positions: &[usize], pieces: &Pieces) -> Vec<usize> {
    let (mut pieces, mut gone) = (pieces.iter().peekable(), 0);
    let mut left = |at: usize| {
        while let Some(&(piece, space)) = pieces.next_if(|(piece, _)| piece.end <= at) {
            gone += piece.len() - usize::from(space);
        }
        at - gone - pieces.peek().map_or(0, |(piece, _)| at.saturating_sub(piece.start))
    };
    positions.iter().map(|&at| left(at)).collect()
}

/// Where the text that is left stands in the original.
#[derive(Debug, Default)]
pub(super) struct Origins {
    /// For each part that stays together, where it begins in what is left, and where it is in the original.
    parts: Vec<(usize, Span)>,
}

impl Origins {
    /// Of a text from which pieces are taken out. It has no end: pieces do not tell it.
    pub fn new(pieces: &Pieces) -> Self {
        let (mut parts, mut at, mut from) = (Vec::with_capacity(pieces.len() + 1), 0, 0);
        for &(piece, space) in pieces {
            if piece.start > from {
                parts.push((at, Span::new(from, piece.start)));
            }
            at += piece.start - from + usize::from(space);
            from = piece.end;
        }
        parts.push((at, Span::new(from, usize::MAX)));
        Self { parts }
    }

    /// Returns where a span of what is left begins and ends in the original. It may have pieces inside that were taken out.
    pub fn original(&self, span: Span) -> Span {
        let start = self.original_of(span.start);
        if span.is_empty() { Span::new(start, start) } else { Span::new(start, self.original_of(span.end - 1) + 1) }
    }

    /// Returns the parts of a span of what is left that stand together in the original.
    pub fn together(&self, span: Span) -> impl Iterator<Item = Span> {
        let ends = self.parts[1..].iter().map(|part| part.0).chain([usize::MAX]);
        self.parts.iter().zip(ends).filter_map(move |(&(at, origin), next)| {
            let end = span.end.min(next).min(at.saturating_add(origin.len()));
            let start = span.start.max(at);
            (start < end).then(|| Span::new(start, end))
        })
    }

    fn original_of(&self, byte: usize) -> usize {
        let after = self.parts.partition_point(|part| part.0 <= byte);
        match after.checked_sub(1).map(|n| self.parts[n]) {
            // A space that stands for a piece is at the end of what is before it.
            Some((at, origin)) => (origin.start + (byte - at)).min(origin.end),
            None => self.parts.first().map_or(0, |part| part.1.start),
        }
    }
}

/// Divides words of a place and words of its kept place where something was taken out between them. `common` are the
/// words that both have, by position in each, and `seams` the first words of parts in each. Words that are not common go
/// with those next to them on the same side of a seam. Returns, for each part, the words of both.
pub(super) fn divided(
    words: (usize, usize),
    common: &[(usize, usize)],
    seams: (&[usize], &[usize]),
) -> Vec<(Range<usize>, Range<usize>)> {
    let of_place = seams.0.iter().map(|&seam| {
        let next = common.partition_point(|pair| pair.0 < seam);
        (seam, common.get(next).map_or(words.1, |pair| pair.1))
    });
    let of_kept = seams.1.iter().map(|&seam| {
        let next = common.partition_point(|pair| pair.1 < seam);
        (common.get(next).map_or(words.0, |pair| pair.0), seam)
    });
    let mut ends: Vec<(usize, usize)> = of_place.chain(of_kept).collect();
    ends.push(words);
    ends.sort_unstable();
    let (mut parts, mut from) = (Vec::new(), (0, 0));
    for end in ends {
        let kept = from.1..end.1.max(from.1);
        if end.0 > from.0 {
            parts.push((from.0..end.0, kept));
        }
        from = (end.0.max(from.0), end.1.max(from.1));
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_is_found_in_the_original() {
        let text = "one two three four";
        let pieces = [(Span::new(0, 4), false), (Span::new(7, 14), true)];
        let (left, origins) = (text_left(text, &pieces).expect("has them"), Origins::new(&pieces));
        assert_eq!(left, "two four");
        assert_eq!(origins.original(Span::new(0, 3)), Span::new(4, 7));
        assert_eq!(origins.original(Span::new(4, 8)), Span::new(14, 18));
        assert_eq!(origins.original(Span::new(1, 8)), Span::new(5, 18));
        let together: Vec<Span> = origins.together(Span::new(1, 8)).collect();
        assert_eq!(together, [Span::new(1, 3), Span::new(4, 8)]);
        assert_eq!(text_left(text, &[(Span::new(0, 40), false)]), None);
    }

    #[test]
    fn spans_are_found_in_what_is_left() {
        let pieces = [(Span::new(0, 4), false), (Span::new(7, 14), true)];
        let spans = [Span::new(0, 3), Span::new(3, 7), Span::new(8, 13), Span::new(13, 18)];
        assert_eq!(text_left("one two three four", &pieces).as_deref(), Some("two four"));
        assert_eq!(spans_left(&spans, &pieces), [Span::new(0, 3), Span::new(3, 8)]);
        assert_eq!(spans_left(&spans, &[]), spans);
        assert_eq!(positions_left(&[2, 7, 7, 14, 18], &pieces), [0, 3, 3, 4, 8]);
    }

    #[test]
    fn words_are_divided_at_the_seams_of_both_sides() {
        let common: Vec<(usize, usize)> = (0..10).filter(|n| *n != 4).map(|n| (n, n + 1)).collect();
        assert_eq!(divided((10, 11), &common, (&[], &[])), [(0..10, 0..11)]);
        assert_eq!(divided((10, 11), &common, (&[3], &[])), [(0..3, 0..4), (3..10, 4..11)]);
        assert_eq!(divided((10, 11), &common, (&[], &[5])), [(0..5, 0..5), (5..10, 5..11)]);
        assert_eq!(divided((10, 11), &common, (&[3], &[4])), [(0..3, 0..4), (3..10, 4..11)]);
    }
}
