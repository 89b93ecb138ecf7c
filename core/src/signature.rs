//! Signatures that can be kept: the `MinHash` values of one text, comparable with those of any other text that were
//! made with the same settings.

use crate::error::{Error, Result};
use crate::hash::seeded_hash;
use crate::kernel::Sketcher;

/// The `MinHash` values of one text.
///
/// # Examples
///
/// ```
/// use doublon_core::{Config, Signature, Sketcher};
///
/// let config = Config::builder().bands(32, 8).build()?;
/// let sketcher = Sketcher::new(&config);
/// let a = sketcher.signature("The council has met and agreed on the new plan for the old harbour.");
/// let b = sketcher.signature("The council has met and agreed on the new plan for the old town.");
/// assert!((a.jaccard(&b)? - 9.0 / 11.0).abs() < 0.1); // 10 shingles of 5 words each, 9 of them shared
///
/// let kept = a.to_bytes();
/// assert_eq!(Signature::from_bytes(&kept)?, a);
/// let other = Sketcher::new(&Config::builder().seed(7).build()?).signature("The council has met.");
/// assert!(a.jaccard(&other).is_err()); // made with other settings
/// # Ok::<(), doublon_core::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signature {
    settings: u64,
    values: Vec<u32>,
}

/// What the bytes of a signature start with.
const MAGIC: [u8; 4] = *b"dsig";
/// The form of the bytes.
const VERSION: u32 = 1;
/// Bytes before the values: magic, version, settings, number of values.
const HEAD: usize = 20;
/// Bytes after the values: the checksum.
const TAIL: usize = 8;

impl Sketcher {
    /// Returns the signature of a text.
    pub fn signature(&self, text: &str) -> Signature {
        let values = self.values(text, &mut self.scratch()).to_vec();
        Signature { settings: self.settings(), values }
    }
}

impl Signature {
    /// Returns the values.
    pub fn values(&self) -> &[u32] {
        &self.values
    }

    /// Returns whether the text was blank.
    pub fn is_empty(&self) -> bool {
        self.values.iter().all(|&value| value == u32::MAX)
    }

    /// Returns an estimate of the Jaccard similarity of the two texts: the share of equal values. With `n` values its
    /// standard error is at most `0.5 / sqrt(n)`. A blank text resembles none.
    ///
    /// # Errors
    ///
    /// If the two were made with different settings.
    pub fn jaccard(&self, other: &Self) -> Result<f64> {
        if self.settings != other.settings || self.values.len() != other.values.len() {
            return Err(Error::UnlikeSettings);
        }
        if self.is_empty() || other.is_empty() {
            return Ok(0.0);
        }
        let equal = self.values.iter().zip(&other.values).filter(|(x, y)| x == y).count();
        Ok(equal as f64 / self.values.len() as f64)
    }

    /// Returns the signature as bytes, little-endian: `dsig`, the version, the hash of the settings, the number of
    /// values, the values, and a checksum of all these.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(HEAD + 4 * self.values.len() + TAIL);
        bytes.extend(MAGIC);
        bytes.extend(VERSION.to_le_bytes());
        bytes.extend(self.settings.to_le_bytes());
        bytes.extend((self.values.len() as u32).to_le_bytes());
        self.values.iter().for_each(|value| bytes.extend(value.to_le_bytes()));
        bytes.extend(seeded_hash(&bytes, 0).to_le_bytes());
        bytes
    }

    /// Reads what [`to_bytes`](Self::to_bytes) gave.
    ///
    /// # Errors
    ///
    /// If the bytes are anything else: cut short, changed, or of a version that this release does not know.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self> {
        let wrong = |detail| Error::BadSignature { detail };
        let (magic, rest) = bytes.split_first_chunk().ok_or(wrong("it is cut short"))?;
        if *magic != MAGIC {
            return Err(wrong("it does not start with `dsig`"));
        }
        let (version, rest) = rest.split_first_chunk().ok_or(wrong("it is cut short"))?;
        if u32::from_le_bytes(*version) != VERSION {
            return Err(wrong("this release does not know its version"));
        }
        let (settings, rest) = rest.split_first_chunk().ok_or(wrong("it is cut short"))?;
        let (count, rest) = rest.split_first_chunk().ok_or(wrong("it is cut short"))?;
        let (values, checksum) = rest.split_last_chunk().ok_or(wrong("it is cut short"))?;
        if values.len() as u64 != 4 * u64::from(u32::from_le_bytes(*count)) {
            return Err(wrong("it has another length than it says"));
        }
        if seeded_hash(&bytes[..bytes.len() - TAIL], 0) != u64::from_le_bytes(*checksum) {
            return Err(wrong("its checksum does not fit"));
        }
        let (values, _) = values.as_chunks();
        let values = values.iter().map(|value| u32::from_le_bytes(*value)).collect();
        Ok(Self { settings: u64::from_le_bytes(*settings), values })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;

    fn small() -> Signature {
        Signature { settings: 0x0123_4567_89ab_cdef, values: vec![1, 0x0203_0405, u32::MAX] }
    }

    #[test]
    fn bytes_never_change() {
        let bytes = small().to_bytes();
        let (content, checksum) = bytes.split_at(bytes.len() - TAIL);
        let expected =
            b"dsig\x01\0\0\0\xef\xcd\xab\x89\x67\x45\x23\x01\x03\0\0\0\x01\0\0\0\x05\x04\x03\x02\xff\xff\xff\xff";
        assert_eq!(content, expected);
        assert_eq!(u64::from_le_bytes(checksum.try_into().expect("8 bytes")), GOLDEN_CHECKSUM);
    }

    const GOLDEN_CHECKSUM: u64 = 0xede3_9f12_5e89_08ee;

    #[test]
    fn changed_or_cut_bytes_are_refused() {
        for signature in [small(), Sketcher::new(&Config::default()).signature("Some words of a text."), empty()] {
            let bytes = signature.to_bytes();
            assert_eq!(Signature::from_bytes(&bytes), Ok(signature));
            for cut in 0..bytes.len() {
                assert!(Signature::from_bytes(&bytes[..cut]).is_err(), "cut to {cut} bytes");
            }
            for at in 0..bytes.len() {
                for flip in [1, 0x80, 0xff] {
                    let mut changed = bytes.clone();
                    changed[at] ^= flip;
                    assert!(Signature::from_bytes(&changed).is_err(), "byte {at} ^ {flip}");
                }
            }
            assert!(Signature::from_bytes(&[bytes, vec![0]].concat()).is_err());
        }
    }

    fn empty() -> Signature {
        Signature { settings: 0, values: Vec::new() }
    }

    #[test]
    fn settings_that_change_no_value_are_alike() {
        let signature =
            |builder: crate::Builder| Sketcher::new(&builder.build().expect("valid")).signature("a b c d e f");
        let base = signature(Config::builder());
        assert_eq!(base.jaccard(&signature(Config::builder().threshold(0.9).bands(6, 10))), Ok(1.0));
        for other in [
            Config::builder().seed(1),
            Config::builder().bands(12, 6),
            Config::builder().shingle("word:4".parse().expect("valid")),
        ] {
            assert_eq!(base.jaccard(&signature(other)), Err(Error::UnlikeSettings));
        }
    }

    #[test]
    fn a_blank_text_resembles_none() {
        let sketcher = Sketcher::new(&Config::default());
        let nothing = sketcher.signature(" \n ");
        assert!(nothing.is_empty());
        assert_eq!(nothing.jaccard(&nothing), Ok(0.0));
    }
}
