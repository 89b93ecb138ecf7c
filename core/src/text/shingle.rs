//! Shingles: runs of `k` consecutive tokens, each as one 64-bit hash.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::error::Error;
use crate::hash::ShingleHasher;

/// What a shingle is made of, and of how many. Written `word:5` or `char:13`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Shingle {
    /// What is counted.
    pub unit: Unit,
    /// How many of it make a shingle, 1 to 64.
    pub k: usize,
}

/// What shingles are made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Tokens: words, or single characters where words have no spaces.
    Word,
    /// The characters of the normalised tokens, with one space between each token and the next.
    Char,
}

impl Default for Shingle {
    fn default() -> Self {
        Self { unit: Unit::Word, k: 5 }
    }
}

impl fmt::Display for Shingle {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self.unit {
            Unit::Word => write!(f, "word:{}", self.k),
            Unit::Char => write!(f, "char:{}", self.k),
        }
    }
}

impl FromStr for Shingle {
    type Err = Error;

    fn from_str(s: &str) -> Result<Self, Error> {
        let bad = || refused(s.to_owned());
        let (unit, k) = s.split_once(':').ok_or_else(bad)?;
        let unit = match unit {
            "word" => Unit::Word,
            "char" => Unit::Char,
            _ => return Err(bad()),
        };
        let shingle = Self { unit, k: k.parse().map_err(|_| bad())? };
        shingle.check().map_err(|_| bad())?;
        Ok(shingle)
    }
}

impl Shingle {
    /// The most of what is counted that make a shingle.
    pub const LONGEST: usize = 64;

    /// Refuses a number that is out of range.
    pub(crate) fn check(self) -> Result<(), Error> {
        if (1..=Self::LONGEST).contains(&self.k) { Ok(()) } else { Err(refused(self.to_string())) }
    }
}

fn refused(value: String) -> Error {
    Error::Parameter { name: "shingle", value, expected: "word:N or char:N with N from 1 to 64" }
}

impl From<Shingle> for String {
    fn from(shingle: Shingle) -> Self {
        shingle.to_string()
    }
}

impl TryFrom<String> for Shingle {
    type Error = Error;

    fn try_from(s: String) -> Result<Self, Error> {
        s.parse()
    }
}

/// Turns the hashes of tokens, or of characters, into shingle hashes.
#[derive(Clone, Copy, Debug)]
pub struct Shingler {
    hasher: ShingleHasher,
}

impl Shingler {
    /// Makes a shingler for runs of `k` tokens, `k` at least 1.
    pub fn new(k: usize) -> Self {
        Self { hasher: ShingleHasher::new(k) }
    }

    /// Appends the hash of each run of `k` tokens, in order: `tokens.len() - k + 1` of them. Fewer than `k` tokens
    /// are one shingle, no token is none.
    pub fn shingles(self, tokens: &[u64], out: &mut Vec<u64>) {
        let k = self.hasher.k();
        if tokens.len() < k {
            if !tokens.is_empty() {
                out.push(self.hasher.finish_short(self.run(tokens), tokens.len()));
            }
            return;
        }
        let count = self.count(tokens.len());
        let (first, half) = (out.len(), count / 2);
        out.resize(first + count, 0);
        let (left, right) = out[first..].split_at_mut(half);
        // Each step waits for the one before, so two halves that do not wait for each other take turns.
        self.roll_both([&tokens[..half + k - 1], &tokens[half..half + half + k - 1]], [left, &mut right[..half]]);
        if count > half + half {
            right[half] = self.hasher.finish(self.run(&tokens[half + half..]));
        }
    }

    /// Returns how many shingles so many tokens have, each counted where it stands: fewer than a shingle has are one.
    pub fn count(self, tokens: usize) -> usize {
        if tokens == 0 { 0 } else { (tokens + 1).saturating_sub(self.hasher.k()).max(1) }
    }

    /// Writes the shingles of two runs of as many tokens, in step.
    fn roll_both(self, tokens: [&[u64]; 2], out: [&mut [u64]; 2]) {
        let k = self.hasher.k();
        let count = out[0].len();
        if count == 0 {
            return;
        }
        let mut runs = tokens.map(|tokens| self.run(&tokens[..k]));
        let [left, right] = out;
        (left[0], right[0]) = (self.hasher.finish(runs[0]), self.hasher.finish(runs[1]));
        let steps = |side: usize| tokens[side].iter().zip(&tokens[side][k..]);
        let places = left[1..].iter_mut().zip(&mut right[1..]);
        for ((places, step), other) in places.zip(steps(0)).zip(steps(1)) {
            runs = [self.hasher.roll(runs[0], *step.0, *step.1), self.hasher.roll(runs[1], *other.0, *other.1)];
            *places.0 = self.hasher.finish(runs[0]);
            *places.1 = self.hasher.finish(runs[1]);
        }
    }

    fn run(self, tokens: &[u64]) -> u64 {
        tokens.iter().fold(0, |run, &token| self.hasher.push(run, token))
    }

    /// Returns the set of shingles: sorted, each once.
    ///
    /// # Examples
    ///
    /// ```
    /// use doublon_core::text::Shingler;
    ///
    /// let pairs = Shingler::new(2);
    /// assert_eq!(pairs.set(&[7, 8, 7, 8]).len(), 2); // 7 8, 8 7
    /// assert_eq!(pairs.set(&[7]).len(), 1); // too short: the whole is one shingle
    /// assert!(pairs.set(&[]).is_empty());
    /// ```
    pub fn set(self, tokens: &[u64]) -> Vec<u64> {
        let mut set = Vec::with_capacity(tokens.len());
        self.shingles(tokens, &mut set);
        set.sort_unstable();
        set.dedup();
        set
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn rolling_equals_hashing_each_run_anew(tokens in prop::collection::vec(any::<u64>(), 0..40), k in 1usize..9) {
            let (mut rolled, mut anew) = (Vec::new(), Vec::new());
            Shingler::new(k).shingles(&tokens, &mut rolled);
            for run in tokens.windows(k) {
                Shingler::new(k).shingles(run, &mut anew);
            }
            if tokens.len() >= k {
                prop_assert_eq!(rolled, anew);
            } else {
                prop_assert_eq!(rolled.len(), usize::from(!tokens.is_empty()));
            }
        }
    }

    #[test]
    fn a_short_text_is_no_shingle_of_a_longer_one() {
        let shingler = Shingler::new(5);
        let short = shingler.set(&[1, 2, 3]);
        assert!(!shingler.set(&[0, 0, 1, 2, 3, 4]).contains(&short[0]));
        assert_ne!(short, shingler.set(&[3, 2, 1]));
    }

    #[test]
    fn shingles_are_written_as_unit_and_number() {
        assert_eq!("word:5".parse::<Shingle>().expect("valid"), Shingle::default());
        assert_eq!(Shingle { k: 13, ..Shingle::default() }.to_string(), "word:13");
        let chars = Shingle { unit: Unit::Char, k: 24 };
        assert_eq!("char:24".parse::<Shingle>().expect("valid"), chars);
        assert_eq!(chars.to_string(), "char:24");
        for bad in ["word", "word:0", "word:65", "char:0", "char:", "line:5", "5"] {
            assert!(bad.parse::<Shingle>().is_err(), "{bad}");
        }
    }
}
