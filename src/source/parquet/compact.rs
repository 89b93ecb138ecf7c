//! As much of Thrift's compact protocol as it takes to look at a structure before another reader trusts it.
//!
//! Source: "Thrift Compact protocol encoding", Apache Thrift, doc/specs/thrift-compact-protocol.md.

/// The kinds of fields that are looked at.
pub(super) const I32: u8 = 5;
pub(super) const BINARY: u8 = 8;
pub(super) const LIST: u8 = 9;
pub(super) const STRUCT: u8 = 12;

const TRUE: u8 = 1;
const FALSE: u8 = 2;

/// How deep structures that nobody looks at may nest.
const MAX_SKIP_DEPTH: u32 = 64;

/// A place in bytes. What reads on returns `None` at what is no Thrift, and at the end of the bytes.
pub(super) struct Compact<'a>(pub &'a [u8]);

impl<'a> Compact<'a> {
    /// Reads a structure. `visit` is given the id and the kind of each field, and either reads it and returns `true`, or
    /// leaves it to be skipped.
    pub fn structure(&mut self, mut visit: impl FnMut(&mut Self, i16, u8) -> Option<bool>) -> Option<()> {
        let mut id = 0_i16;
        loop {
            let head = self.byte()?;
            if head == 0 {
                return Some(());
            }
            let (step, kind) = (head >> 4, head & 15);
            id = if step == 0 { i16::try_from(self.int()?).ok()? } else { id.checked_add(step.into())? };
            if !visit(self, id, kind)? {
                self.skip(kind, MAX_SKIP_DEPTH)?;
            }
        }
    }

    /// Reads the start of a list: the kind of its elements, and how many there are.
    pub fn list(&mut self) -> Option<(u8, u64)> {
        let head = self.byte()?;
        let count = if head >> 4 == 15 { self.varint()? } else { u64::from(head >> 4) };
        Some((head & 15, count))
    }

    /// Reads an integer of any width.
    pub fn int(&mut self) -> Option<i64> {
        let folded = self.varint()?;
        Some((folded >> 1).cast_signed() ^ -(folded & 1).cast_signed())
    }

    /// Reads a string of bytes.
    pub fn binary(&mut self) -> Option<&'a [u8]> {
        let length = usize::try_from(self.varint()?).ok()?;
        let (bytes, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(bytes)
    }

    /// Reads an integer without sign, seven bits a byte.
    pub fn varint(&mut self) -> Option<u64> {
        let mut value = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            value |= u64::from(byte & 127) << shift;
            if byte < 128 {
                return Some(value);
            }
        }
        None
    }

    fn byte(&mut self) -> Option<u8> {
        let (&byte, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(byte)
    }

    fn skip(&mut self, kind: u8, depth: u32) -> Option<()> {
        let depth = depth.checked_sub(1)?;
        match kind {
            TRUE | FALSE => Some(()),
            3 => self.byte().map(drop),
            4..=6 => self.varint().map(drop),
            7 => self.0.split_at_checked(8).map(|(_, rest)| self.0 = rest),
            BINARY => self.binary().map(drop),
            LIST | 10 => {
                let (kind, count) = self.list()?;
                (0..count).try_for_each(|_| self.skip_element(kind, depth))
            }
            11 => self.skip_map(depth),
            STRUCT => loop {
                let head = self.byte()?;
                if head == 0 {
                    return Some(());
                }
                if head >> 4 == 0 {
                    self.int()?;
                }
                self.skip(head & 15, depth)?;
            },
            _ => None,
        }
    }

    fn skip_map(&mut self, depth: u32) -> Option<()> {
        let count = self.varint()?;
        let kinds = if count > 0 { self.byte()? } else { 0 };
        (0..count).try_for_each(|_| {
            self.skip_element(kinds >> 4, depth)?;
            self.skip_element(kinds & 15, depth)
        })
    }

    /// A boolean is a byte of its own among elements, while as a field it is part of the field's head.
    fn skip_element(&mut self, kind: u8, depth: u32) -> Option<()> {
        if matches!(kind, TRUE | FALSE) { self.byte().map(drop) } else { self.skip(kind, depth) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_that_nobody_reads_are_passed_over() {
        let bytes = [
            0x11, // 1: true
            0x15, 0x03, // 2: -2
            0x19, 0x22, 0x01, 0x02, // 3: a list of two booleans
            0x1b, 0x01, 0x85, 0x01, b'k', 0x02, // 4: a map of one string to an integer
            0x1c, 0x18, 0x01, b'x', 0x00, // 5: a structure
            0x05, 0x14, 0x08, // 10, by its full number: 4
            0x00,
        ];
        let mut integers = Vec::new();
        let mut compact = Compact(&bytes);
        let end = compact.structure(|compact, id, kind| {
            if kind == I32 {
                integers.push((id, compact.int()?));
            }
            Some(kind == I32)
        });
        assert_eq!((end, integers, compact.0.len()), (Some(()), vec![(2, -2), (10, 4)], 0));
    }

    #[test]
    fn what_ends_early_or_nests_too_deep_is_refused() {
        assert_eq!(Compact(&[0x15]).structure(|_, _, _| Some(false)), None);
        assert_eq!(Compact(&[0x18, 0x05, b'a']).structure(|_, _, _| Some(false)), None);
        assert_eq!(Compact(&[0x1c; 5000]).structure(|_, _, _| Some(false)), None);
        assert_eq!(Compact(&[0xff; 11]).varint(), None);
    }
}
