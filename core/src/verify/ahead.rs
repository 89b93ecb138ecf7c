//! The words on one side of an anchor, towards which an alignment is extended.

use std::ops::Range;

use crate::text::vocabulary::TokenId;

/// The words on one side of an anchor, counted from the anchor outwards.
pub(super) struct WordsAhead<'t> {
    pub a: &'t [TokenId],
    pub b: &'t [TokenId],
    pub backward: bool,
    /// In one document: how far the first words ahead of the two sides are apart.
    pub apart: Option<usize>,
}

impl WordsAhead<'_> {
    #[inline]
    pub fn a(&self, n: usize) -> TokenId {
        if self.backward { self.a[self.a.len() - 1 - n] } else { self.a[n] }
    }

    #[inline]
    pub fn b(&self, n: usize) -> TokenId {
        if self.backward { self.b[self.b.len() - 1 - n] } else { self.b[n] }
    }

    pub fn equal_run(&self, a_from: usize, b_from: usize) -> usize {
        let room = (self.a.len() - a_from).min(self.b.len() - b_from);
        (0..room).take_while(|n| self.a(a_from + n) == self.b(b_from + n)).count()
    }

    /// Returns how many words of `b` may be consumed from `b_from` on once `consumed` words of `a` are from `a_from`
    /// on: in one document the two sides never meet.
    #[inline]
    pub fn allowed(&self, a_from: usize, b_from: usize, consumed: usize) -> Range<usize> {
        let a = a_from + consumed;
        match self.apart {
            None => 0..usize::MAX,
            Some(apart) if self.backward => 0..(a + apart).saturating_sub(b_from),
            Some(apart) => (a + 1).saturating_sub(b_from + apart)..usize::MAX,
        }
    }
}
