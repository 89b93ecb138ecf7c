//! Where something stands in a text, and in the text that it was made from.

/// A half-open byte range `start..end` into the original UTF-8 text of a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// The first byte.
    pub start: usize,
    /// The byte after the last.
    pub end: usize,
}

impl Span {
    /// Makes the span `start..end`.
    pub fn new(start: usize, end: usize) -> Self {
        debug_assert!(start <= end, "span {start}..{end} ends before it starts");
        Self { start, end }
    }

    /// Returns the length in bytes.
    pub fn len(self) -> usize {
        self.end - self.start
    }

    /// Returns whether the span holds no byte.
    pub fn is_empty(self) -> bool {
        self.start == self.end
    }

    /// Returns whether the two spans share a byte.
    ///
    /// # Examples
    ///
    /// ```
    /// use doublon_core::Span;
    /// assert!(Span::new(0, 5).overlaps(Span::new(4, 9)));
    /// assert!(!Span::new(0, 5).overlaps(Span::new(5, 9)));
    /// ```
    pub fn overlaps(self, other: Self) -> bool {
        self.start < other.end && other.start < self.end
    }

    /// Returns whether every byte of `other` lies in this span.
    pub fn contains(self, other: Self) -> bool {
        self.start <= other.start && other.end <= self.end
    }

    /// Returns the bytes of `text` that the span names, or `None` if it does not fall on character boundaries of it.
    pub fn of(self, text: &str) -> Option<&str> {
        text.get(self.start..self.end)
    }
}

/// Where the bytes of a text stand in another that it was made from, as the visible text of a page was from its markup.
///
/// It is a list of pieces without gaps. A piece that is as long in both texts was copied byte by byte; any other, such
/// as the one character that `&eacute;` became, is one unit on both sides.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OffsetMap {
    pieces: Vec<Piece>,
    length: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Piece {
    /// The first byte in the text.
    start: usize,
    origin: Span,
}

impl OffsetMap {
    /// Appends a piece: the next `length` bytes of the text were made from `origin`, which does not start before the
    /// piece appended last ends. A piece that goes on where the last one ended, both copied, becomes part of it.
    pub fn push(&mut self, length: usize, origin: Span) {
        let (start, is_copy) = (self.length, length == origin.len());
        self.length += length;
        if let Some(last) = self.pieces.last_mut()
            && is_copy
            && last.origin.len() == start - last.start
            && last.origin.end == origin.start
        {
            last.origin.end = origin.end;
        } else if length > 0 {
            self.pieces.push(Piece { start, origin });
        }
    }

    /// Returns the bytes of the other text that `span`, which is not empty and lies in the text, was made from; what
    /// stands between its pieces there is part of it.
    pub fn origin(&self, span: Span) -> Span {
        Span::new(self.byte(span.start).start, self.byte(span.end - 1).end)
    }

    /// Returns the length of the text in bytes.
    pub fn len(&self) -> usize {
        self.length
    }

    /// Returns whether the text is empty.
    pub fn is_empty(&self) -> bool {
        self.length == 0
    }

    /// Returns the pieces in order: the length in the text, and what it was made from.
    pub fn pieces(&self) -> impl Iterator<Item = (usize, Span)> {
        let ends = self.pieces.iter().skip(1).map(|piece| piece.start).chain([self.length]);
        self.pieces.iter().zip(ends).map(|(piece, end)| (end - piece.start, piece.origin))
    }

    /// What one byte of the text was made from.
    fn byte(&self, at: usize) -> Span {
        let n = self.pieces.partition_point(|piece| piece.start <= at).saturating_sub(1);
        let Some(piece) = self.pieces.get(n) else { return Span::new(at, at + 1) };
        let end = self.pieces.get(n + 1).map_or(self.length, |next| next.start);
        if piece.origin.len() == end - piece.start {
            let byte = piece.origin.start + at - piece.start;
            Span::new(byte, byte + 1)
        } else {
            piece.origin
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_that_follow_each_other_are_one_and_units_stay_whole() {
        // "caf&eacute; <b>noir</b>" became "café noir".
        let mut map = OffsetMap::default();
        map.push(3, Span::new(0, 3));
        map.push("é".len(), Span::new(3, 11));
        map.push(1, Span::new(11, 12));
        map.push(2, Span::new(15, 17));
        map.push(2, Span::new(17, 19));
        assert_eq!(map.len(), "café noir".len());
        assert_eq!(map.pieces().count(), 4);
        assert_eq!(map.origin(Span::new(0, 3)), Span::new(0, 3));
        assert_eq!(map.origin(Span::new(2, 5)), Span::new(2, 11));
        assert_eq!(map.origin(Span::new(4, 5)), Span::new(3, 11), "half a character is its whole unit");
        assert_eq!(map.origin(Span::new(5, 7)), Span::new(11, 16), "the tag between is part of it");
        assert_eq!(map.origin(Span::new(8, 10)), Span::new(17, 19));
    }
}
