//! Where what a copy holds of a text stands in the original.

use std::borrow::Cow;

use super::evidence::Cut;

/// Steps: from a byte of the copy on, the byte of the original.
#[derive(Clone, Debug, Default)]
pub(super) struct Origins(Vec<(usize, usize)>);

impl Origins {
    /// Compares a text without its cuts with its copy, white space apart. Returns where each part of the copy stands, or
    /// none if they differ.
    pub fn of(text: &str, cuts: &[Cut], copy: &str) -> Option<Self> {
        let mut steps: Vec<(usize, usize)> = Vec::new();
        let mut cuts = cuts.iter().peekable();
        let mut copied = copy.char_indices().filter(|(_, c)| !c.is_whitespace());
        for (at, c) in text.char_indices().filter(|(_, c)| !c.is_whitespace()) {
            while cuts.next_if(|cut| cut.span.end <= at).is_some() {}
            if cuts.peek().is_some_and(|cut| cut.span.start <= at) {
                continue;
            }
            let (there, other) = copied.next()?;
            if other != c {
                return None;
            }
            if steps.last().is_none_or(|&(from, origin)| there - from != at - origin) {
                steps.push((there, at));
            }
        }
        copied.next().is_none().then_some(Self(steps))
    }

    /// Returns the byte of the original.
    pub fn original(&self, byte: usize) -> usize {
        let after = self.0.partition_point(|step| step.0 <= byte);
        after.checked_sub(1).map_or(byte, |n| self.0[n].1 + (byte - self.0[n].0))
    }
}

/// Returns a text without its cuts, of which each leaves a space: a document that goes once others are cut is compared as
/// it is then.
pub(super) fn left<'t>(text: &'t str, cuts: &[Cut]) -> Cow<'t, str> {
    if cuts.is_empty() {
        return Cow::Borrowed(text);
    }
    let (mut left, mut at) = (String::with_capacity(text.len()), 0);
    for cut in cuts {
        left.push_str(text.get(at..cut.span.start).unwrap_or_default());
        left.push(' ');
        at = cut.span.end.max(at);
    }
    left.push_str(text.get(at..).unwrap_or_default());
    Cow::Owned(left)
}

#[cfg(test)]
mod tests {
    use doublon_core::Span;

    use super::*;
    use crate::audit::evidence::CutKeeper;

    fn cut(start: usize, end: usize) -> Cut {
        let span = Span::new(start, end);
        Cut {
            span,
            kept: CutKeeper::Read((0, 0)),
            kept_span: span,
            words: 0,
            covered: 1.0,
            differs: Vec::new(),
            joined: None,
        }
    }

    #[test]
    fn what_is_left_stands_where_it_stood() {
        let text = "one two three four";
        let origins = Origins::of(text, &[cut(4, 13)], "one four").expect("is the text without the cut");
        assert_eq!([0, 2, 4, 7].map(|byte| origins.original(byte)), [0, 2, 14, 17]);
        assert!(Origins::of(text, &[cut(4, 13)], "one  \n four ").is_some(), "white space does not count");
        for wrong in ["one", "one fou", "one two four", "one four!", ""] {
            assert!(Origins::of(text, &[cut(4, 13)], wrong).is_none(), "{wrong}");
        }
        assert!(Origins::of(text, &[], text).is_some());
    }
}
