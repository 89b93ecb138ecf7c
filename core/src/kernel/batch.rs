//! Texts as they lie in memory: borrowed bytes with offsets, or borrowed strings.

use crate::error::{Error, Result};

/// Some texts, none of which is copied.
///
/// # Examples
///
/// The two buffers of an Arrow `LargeUtf8` array pass as they are:
///
/// ```
/// use doublon_core::kernel::TextBatch;
///
/// let batch = TextBatch::new("un étédeux".as_bytes(), [0i64, 8, 8, 12].as_slice())?;
/// assert_eq!(batch.iter().collect::<Vec<_>>(), ["un été", "", "deux"]);
/// assert!(TextBatch::new("été".as_bytes(), [0i64, 1, 5].as_slice()).is_err()); // inside a character
/// assert_eq!(TextBatch::from(["un", "deux"].as_slice()).get(1), "deux");
/// # Ok::<(), doublon_core::Error>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct TextBatch<'a> {
    layout: Layout<'a>,
}

#[derive(Clone, Copy, Debug)]
enum Layout<'a> {
    /// The text between the first offset, which is `base`, and the last; all offsets have been checked.
    Buffer {
        text: &'a str,
        base: usize,
        offsets: Offsets<'a>,
    },
    Strings(&'a [&'a str]),
}

/// The places where texts start in a buffer, and after them the place where the last one ends.
#[derive(Clone, Copy, Debug)]
pub enum Offsets<'a> {
    /// As in an Arrow array of `Utf8`.
    I32(&'a [i32]),
    /// As in an Arrow array of `LargeUtf8`.
    I64(&'a [i64]),
    /// Without a sign.
    U64(&'a [u64]),
}

impl<'a> From<&'a [i32]> for Offsets<'a> {
    fn from(offsets: &'a [i32]) -> Self {
        Self::I32(offsets)
    }
}

impl<'a> From<&'a [i64]> for Offsets<'a> {
    fn from(offsets: &'a [i64]) -> Self {
        Self::I64(offsets)
    }
}

impl<'a> From<&'a [u64]> for Offsets<'a> {
    fn from(offsets: &'a [u64]) -> Self {
        Self::U64(offsets)
    }
}

impl Offsets<'_> {
    fn len(self) -> usize {
        match self {
            Self::I32(offsets) => offsets.len(),
            Self::I64(offsets) => offsets.len(),
            Self::U64(offsets) => offsets.len(),
        }
    }

    /// Returns an offset, unless it is negative or larger than any memory.
    fn get(self, index: usize) -> Option<usize> {
        match self {
            Self::I32(offsets) => usize::try_from(*offsets.get(index)?).ok(),
            Self::I64(offsets) => usize::try_from(*offsets.get(index)?).ok(),
            Self::U64(offsets) => usize::try_from(*offsets.get(index)?).ok(),
        }
    }
}

impl<'a> TextBatch<'a> {
    /// Takes texts that lie in one buffer: text `n` is `bytes[offsets[n]..offsets[n + 1]]`. Bytes before the first
    /// offset and after the last belong to no text.
    ///
    /// # Errors
    ///
    /// If there is no offset, one is smaller than the one before it or beyond the bytes, or a text is not UTF-8.
    pub fn new(bytes: &'a [u8], offsets: impl Into<Offsets<'a>>) -> Result<Self> {
        let offsets = offsets.into();
        let (base, end) = check_order(offsets, bytes.len())?;
        let text = std::str::from_utf8(&bytes[base..end]).map_err(|error| {
            let at = base + error.valid_up_to();
            let after = (0..offsets.len()).find(|&n| offsets.get(n).is_some_and(|offset| offset > at));
            wrong(after.unwrap_or(offsets.len()).saturating_sub(1), "the text that starts there is not UTF-8")
        })?;
        let is_inside = |&n: &usize| !offsets.get(n).is_some_and(|offset| text.is_char_boundary(offset - base));
        match (0..offsets.len()).find(is_inside) {
            Some(n) => Err(wrong(n, "it stands inside a character")),
            None => Ok(Self { layout: Layout::Buffer { text, base, offsets } }),
        }
    }

    /// Returns the number of texts.
    pub fn len(&self) -> usize {
        match self.layout {
            Layout::Buffer { offsets, .. } => offsets.len() - 1,
            Layout::Strings(texts) => texts.len(),
        }
    }

    /// Returns whether there is no text.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Returns the text number `n`.
    ///
    /// # Panics
    ///
    /// If there are no more than `n` texts.
    pub fn get(&self, n: usize) -> &'a str {
        match self.layout {
            Layout::Strings(texts) => texts[n],
            Layout::Buffer { text, base, offsets } => match (offsets.get(n), offsets.get(n + 1)) {
                (Some(start), Some(end)) => &text[start - base..end - base],
                _ => panic!("text {n} of {}", self.len()),
            },
        }
    }

    /// Calls up all texts in order.
    pub fn iter(&self) -> impl Iterator<Item = &'a str> + '_ {
        (0..self.len()).map(|n| self.get(n))
    }
}

impl<'a> From<&'a [&'a str]> for TextBatch<'a> {
    fn from(texts: &'a [&'a str]) -> Self {
        Self { layout: Layout::Strings(texts) }
    }
}

/// Returns the first offset and the last.
fn check_order(offsets: Offsets<'_>, bytes: usize) -> Result<(usize, usize)> {
    if offsets.len() == 0 {
        return Err(wrong(0, "it is missing: n texts have n + 1 offsets"));
    }
    let (mut first, mut last) = (None, 0);
    for n in 0..offsets.len() {
        let offset = offsets.get(n).ok_or_else(|| wrong(n, "it is negative, or too large"))?;
        if offset < last {
            return Err(wrong(n, "it is smaller than the one before"));
        }
        if offset > bytes {
            return Err(wrong(n, "it lies beyond the bytes"));
        }
        first = first.or(Some(offset));
        last = offset;
    }
    Ok((first.unwrap_or(0), last))
}

fn wrong(index: usize, detail: &'static str) -> Error {
    Error::BadOffsets { index, detail }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(bytes: &[u8], offsets: &[i64]) -> String {
        TextBatch::new(bytes, offsets).expect_err("refused").to_string()
    }

    #[test]
    fn wrong_offsets_are_named() {
        assert_eq!(refusal(b"", &[]), "offset 0 of the batch is wrong: it is missing: n texts have n + 1 offsets");
        assert_eq!(refusal(b"abc", &[0, -1]), "offset 1 of the batch is wrong: it is negative, or too large");
        assert_eq!(refusal(b"abc", &[0, 2, 1]), "offset 2 of the batch is wrong: it is smaller than the one before");
        assert_eq!(refusal(b"abc", &[0, 2, 4]), "offset 2 of the batch is wrong: it lies beyond the bytes");
        let inside = "offset 1 of the batch is wrong: it stands inside a character";
        assert_eq!(refusal("é".as_bytes(), &[0, 1, 2]), inside);
        let not_utf8 = "offset 1 of the batch is wrong: the text that starts there is not UTF-8";
        assert_eq!(refusal(b"ab\xffc", &[0, 2, 4]), not_utf8);
    }

    #[test]
    fn bytes_around_the_texts_are_not_looked_at() {
        let batch = TextBatch::new(b"\xffab\xff", [1u64, 2, 3].as_slice()).expect("valid");
        assert_eq!(batch.iter().collect::<Vec<_>>(), ["a", "b"]);
        let batch = TextBatch::new(b"abc", [3i32].as_slice()).expect("valid");
        assert!(batch.is_empty());
    }
}
