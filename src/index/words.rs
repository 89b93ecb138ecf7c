//! The words of documents as numbers, which is what an index verifies by.
//!
//! A text is the sequence of the hashes of its words by the seed of the index; a vocabulary numbers the hashes, and a
//! text is written as these numbers, 7 bits a byte. In a segment the most frequent word has the number 0, so that most
//! words take one or two bytes. Shingles, and any measure of two texts, are made of the hashes again.

use doublon_core::text::NumberTable;

use super::bytes::{VARINT_BYTES, put_varint, varint_at};

/// Numbers words in the order in which they come.
#[derive(Debug, Default)]
pub(super) struct WordNumbers {
    numbers: NumberTable,
    hashes: Vec<u64>,
}

impl WordNumbers {
    /// Returns the hashes of all words, by number.
    pub fn hashes(&self) -> &[u64] {
        &self.hashes
    }

    /// Appends the numbers of some words.
    pub fn number_all(&mut self, hashes: &[u64], out: &mut Vec<u32>) {
        self.numbers.number_all(hashes, out, |at| self.hashes.push(hashes[at]));
    }

    /// Forgets all words.
    pub fn clear(&mut self) {
        self.numbers.clear();
        self.hashes.clear();
    }
}

/// Appends words as numbers, in LEB128.
pub(super) fn encode(words: impl ExactSizeIterator<Item = u32>, out: &mut Vec<u8>) {
    let mut at = out.len();
    out.resize(at + words.len() * VARINT_BYTES, 0);
    for word in words {
        at = put_varint(word, out, at);
    }
    out.truncate(at);
}

/// Appends the words that are written in `bytes`; none if a number is no word.
pub(super) fn decode<T: Copy>(bytes: &[u8], by_number: &[T], out: &mut Vec<T>) -> Option<()> {
    out.reserve(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let number;
        (number, at) = varint_at(bytes, at)?;
        out.push(*by_number.get(number as usize)?);
    }
    Some(())
}

/// Appends the numbers of the words that are written in `bytes`; none if one is not below `count`.
pub(super) fn decode_numbers(bytes: &[u8], count: u32, out: &mut Vec<u32>) -> Option<()> {
    out.reserve(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let number;
        (number, at) = varint_at(bytes, at)?;
        out.push(Some(number).filter(|&number| number < count)?);
    }
    Some(())
}

/// Gives words other numbers.
pub(super) fn renumber(bytes: &[u8], numbers: &[u32], words: &mut Vec<u32>, out: &mut Vec<u8>) -> Option<()> {
    words.clear();
    decode(bytes, numbers, words)?;
    encode(words.iter().copied(), out);
    Some(())
}

/// The vocabulary of a segment: words by how often they stand.
pub(super) struct Ranking {
    /// The hashes of the words, the most frequent one first.
    pub hashes: Vec<u64>,
    /// For each number before the one after.
    pub numbers: Vec<u32>,
}

impl Ranking {
    /// Ranks words by their counts. A word that does not stand anywhere has no number.
    pub fn of(hashes: &[u64], counts: &[u32]) -> Self {
        let mut order: Vec<u32> = (0..hashes.len() as u32).filter(|&n| counts[n as usize] > 0).collect();
        order.sort_unstable_by_key(|&n| (std::cmp::Reverse(counts[n as usize]), n));
        let mut numbers = vec![u32::MAX; hashes.len()];
        for (&before, after) in order.iter().zip(0..) {
            numbers[before as usize] = after;
        }
        Self { hashes: order.iter().map(|&n| hashes[n as usize]).collect(), numbers }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_come_back_and_frequent_ones_get_small_numbers() {
        let mut numbers = WordNumbers::default();
        let words = [70, 80, 90, 90, 90, 80];
        let (mut numbered, mut bytes) = (Vec::new(), Vec::new());
        numbers.number_all(&words, &mut numbered);
        encode(numbered.into_iter(), &mut bytes);
        assert_eq!(bytes, [0, 1, 2, 2, 2, 1]);
        let ranking = Ranking::of(numbers.hashes(), &[1, 2, 3]);
        assert_eq!(ranking.hashes, [90, 80, 70]);
        let mut ranked = Vec::new();
        renumber(&bytes, &ranking.numbers, &mut Vec::new(), &mut ranked).expect("all are words");
        let mut found = Vec::new();
        decode(&ranked, &ranking.hashes, &mut found).expect("all are words");
        assert_eq!((ranked, found), (vec![2, 1, 0, 0, 0, 1], words.to_vec()));
    }

    #[test]
    fn what_is_no_word_is_refused() {
        let mut out = Vec::new();
        assert_eq!(decode(&[3], &[1u64, 2, 3], &mut out), None);
        assert_eq!(decode(&[0xff], &[1u64], &mut out), None);
        assert_eq!(renumber(&[1], &[0], &mut Vec::new(), &mut Vec::new()), None);
        assert_eq!(Ranking::of(&[5, 6], &[0, 1]).hashes, [6], "a word that does not stand anywhere");
    }
}
