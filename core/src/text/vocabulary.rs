//! The vocabulary of a run: each distinct token once, as a small number.
//!
//! Passages are compared as sequences of these numbers: four bytes a word instead of the word itself, and everything
//! that is known of a word (its hash, its letters) is found by indexing.
//!
//! Two words with one hash are two words: which is which is told by a second hash of what is spelled alike.
//!
//! The numbers are given in the order of the hashes, so they do not depend on how the documents were divided among
//! threads: each part of the documents has a vocabulary of its own first ([`Lexicon`]), and [`Vocabulary::merge`]
//! numbers them all anew.

use std::borrow::Cow;

use bytemuck::{Pod, Zeroable};
use unicode_normalization::UnicodeNormalization;

use super::normalize::{Class, class, is_of_short_words};
use super::numbers::NumberTable;
use crate::hash::{mix, seeded_hash};

/// The number of a token in a [`Vocabulary`].
pub type TokenId = u32;

/// Every distinct token of a run.
#[derive(Clone, Debug, Default)]
pub struct Vocabulary {
    // What is known of the words, column by column: each step looks up one thing of words all over the vocabulary.
    hashes: Vec<u64>,
    folded: Vec<u64>,
    spellings: Vec<Spelling>,
    kinds: Vec<WordKind>,
    /// The number that words of known text have, if there are any.
    masked: Option<TokenId>,
}

/// The seed of the second hash of words.
const CHECK: u64 = 1;

/// The hash that stands for every word of known text. No word is compared with one of these.
const MASKED: u64 = u64::MAX;

/// A vocabulary that takes up tokens while it is used, numbered as they come.
#[derive(Clone, Debug, Default)]
pub struct GrowingVocabulary {
    numbers: NumberTable,
    vocabulary: Vocabulary,
}

/// The distinct tokens of a part of the documents, numbered as they come.
#[derive(Debug, Default)]
pub struct Lexicon {
    numbers: NumberTable,
    entries: Vec<LexiconEntry>,
}

/// What is known of a token.
#[derive(Clone, Copy, Debug)]
struct LexiconEntry {
    hash: u64,
    /// A hash by another function: no two words are known, nor can be found, that have both in common.
    check: u64,
    folded: u64,
    spelling: Spelling,
    kind: WordKind,
}

/// All that is known of a token, as it can be written to a file and read again.
#[derive(Clone, Copy, Debug, Pod, Zeroable)]
#[repr(C)]
pub struct WordRecord {
    hash: u64,
    check: u64,
    folded: u64,
    spelling: u64,
    kind: [u8; 4],
    /// The number of the token in the vocabulary that it is from.
    pub number: TokenId,
}

/// What a token is made of.
#[derive(Clone, Copy, Debug)]
struct WordKind {
    token: TokenKind,
    has_digit: bool,
}

/// What a token is, for counting words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum TokenKind {
    Word,
    /// An emoji or another symbol.
    Symbol,
    /// A character of Chinese or Japanese, which often is a word.
    Ideograph,
    /// A character of Thai, Lao, Khmer or Burmese, whose words have about four.
    Syllable,
}

/// Returns about how many tokens make a word, in the script in which a token is written: 1, 2 of Han or kana, 4 of Thai, Lao,
/// Khmer or Burmese.
pub fn tokens_a_word(token: &str) -> usize {
    match TokenKind::of(token) {
        TokenKind::Ideograph => 2,
        TokenKind::Syllable => 4,
        TokenKind::Word | TokenKind::Symbol => 1,
    }
}

/// Returns about how many of the tokens of a text make a word, by the mean of [`tokens_a_word`]: 1, 2 or 4.
pub fn tokens_a_word_in<'t>(tokens: impl IntoIterator<Item = &'t str>) -> usize {
    let (mut count, mut sum) = (0, 0);
    for token in tokens {
        count += 1;
        sum += tokens_a_word(token);
    }
    match sum as f64 / f64::from(count.max(1)) {
        mean if mean >= 3.0 => 4,
        mean if mean >= 1.5 => 2,
        _ => 1,
    }
}

impl TokenKind {
    /// All of them, in order of their numbers.
    const ALL: [Self; 4] = [Self::Word, Self::Symbol, Self::Ideograph, Self::Syllable];

    fn of(word: &str) -> Self {
        match word.chars().next() {
            Some(c) if class(c) == Class::Symbol => Self::Symbol,
            Some(c) if class(c) == Class::Single => {
                if is_of_short_words(c) {
                    Self::Ideograph
                } else {
                    Self::Syllable
                }
            }
            _ => Self::Word,
        }
    }

    fn quarters(self) -> usize {
        match self {
            Self::Word | Self::Ideograph => 4,
            // Symbols are often set in rows, as ornaments.
            Self::Syllable | Self::Symbol => 1,
        }
    }
}

/// The character bigrams of a token, with those at its two ends and without accents, each as one of 64 bits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Spelling(u64);

impl LexiconEntry {
    /// Returns what tells words apart, and puts them in order.
    fn key(&self) -> u128 {
        u128::from(self.hash) << 64 | u128::from(self.check)
    }

    fn new(word: &str, hash: u64) -> Self {
        let folded = folded(word);
        let kind = WordKind { token: TokenKind::of(word), has_digit: word.chars().any(char::is_numeric) };
        let check = seeded_hash(word.as_bytes(), CHECK);
        Self { hash, check, folded: hash_of_folded(&folded), spelling: Spelling::of(&folded), kind }
    }
}

impl WordRecord {
    fn new(entry: &LexiconEntry, number: TokenId) -> Self {
        let LexiconEntry { hash, check, folded, spelling, kind } = *entry;
        let kind = [kind.token as u8, u8::from(kind.has_digit), 0, 0];
        Self { hash, check, folded, spelling: spelling.0, kind, number }
    }

    /// Returns what puts words in the order of their numbers in a joint vocabulary: equal for equal words only.
    #[inline]
    pub fn order(&self) -> u128 {
        u128::from(self.hash) << 64 | u128::from(self.check)
    }

    /// Returns in which of `shares` shares of that order the word is.
    pub fn share(&self, shares: usize) -> usize {
        ((u128::from(self.hash) * shares as u128) >> 64) as usize
    }

    /// Returns the hash of the word without its accents.
    pub fn folded_hash(&self) -> u64 {
        self.folded
    }

    /// Returns whether it stands for the words of known text.
    pub fn is_masked(&self) -> bool {
        self.hash == MASKED
    }

    fn kind(&self) -> WordKind {
        let token = TokenKind::ALL.get(usize::from(self.kind[0])).copied().unwrap_or(TokenKind::Word);
        WordKind { token, has_digit: self.kind[1] != 0 }
    }
}

impl Lexicon {
    /// Returns the number of distinct tokens.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Returns whether there is no token.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Returns what is known of all tokens, by their numbers in this part.
    pub fn into_records(self) -> Vec<WordRecord> {
        self.entries.iter().zip(0..).map(|(entry, number)| WordRecord::new(entry, number)).collect()
    }

    /// Returns the number in this part of the token whose hash is `hash`. The first time `word` is asked for it.
    pub fn number<W: AsRef<str>>(&mut self, hash: u64, word: impl FnOnce() -> W) -> TokenId {
        let entries = &mut self.entries;
        self.numbers.number(hash, || entries.push(LexiconEntry::new(word().as_ref(), hash)))
    }

    /// Appends the numbers in this part of tokens whose hashes are `keys` by a seed of its own, so that none is taken for
    /// another. [`masked_key`](Self::masked_key) is that of a word of known text. The first time a token comes, `word` is
    /// asked for it by its place among them, and `hash` for its hash by the seed of the run.
    pub fn number_all<W: AsRef<str>>(
        &mut self,
        keys: &[u64],
        out: &mut Vec<TokenId>,
        word: impl Fn(usize) -> W,
        hash: impl Fn(&str) -> u64,
    ) {
        let entries = &mut self.entries;
        self.numbers.number_all(keys, out, |at| {
            let entry = || {
                let word = word(at);
                LexiconEntry::new(word.as_ref(), hash(word.as_ref()))
            };
            entries.push(if keys[at] == MASKED { LexiconEntry::new("", MASKED) } else { entry() });
        });
    }

    /// Returns the hash that stands for every word of known text, which equals no other.
    pub fn masked_key() -> u64 {
        MASKED
    }

    /// Returns a hash of a token of this part without its accents; none for a word of known text.
    pub fn folded_hash(&self, token: TokenId) -> Option<u64> {
        let LexiconEntry { hash, folded, .. } = self.entries[token as usize];
        (hash != MASKED).then_some(folded)
    }

    /// Returns the number in this part of a word of known text, which equals no other.
    pub fn masked(&mut self) -> TokenId {
        self.number(MASKED, || "")
    }

    /// Gives back the memory that only further tokens would need.
    pub fn finish(&mut self) {
        self.numbers = NumberTable::default();
        self.entries.shrink_to_fit();
    }
}

impl Vocabulary {
    /// Joins the vocabularies of all parts. Also returns, for each part, the new number of each of its tokens.
    pub fn merge(parts: &[Lexicon]) -> (Self, Vec<Vec<TokenId>>) {
        let of_part = |(n, part): (u32, &Lexicon)| {
            let keys = part.entries.iter().map(LexiconEntry::key).zip(0_u32..);
            keys.map(|(key, at)| (key, n, at)).collect::<Vec<_>>()
        };
        let mut order: Vec<(u128, u32, u32)> = (0..).zip(parts).flat_map(of_part).collect();
        order.sort_unstable_by_key(|&(key, ..)| key);
        let mut vocabulary = Self::default();
        let mut numbers: Vec<Vec<TokenId>> = parts.iter().map(|part| vec![0; part.entries.len()]).collect();
        for of_word in order.chunk_by(|x, y| x.0 == y.0) {
            for &(_, part, at) in of_word {
                numbers[part as usize][at as usize] = vocabulary.len() as TokenId;
            }
            let (_, part, at) = of_word[0];
            vocabulary.push(&parts[part as usize].entries[at as usize]);
        }
        let has_masked = vocabulary.hashes.last() == Some(&MASKED);
        vocabulary.masked = has_masked.then(|| (vocabulary.len() - 1) as TokenId);
        (vocabulary, numbers)
    }

    /// Adds a token, whose number is the next one. That of known text, if there is one, is the last.
    pub fn push_record(&mut self, record: &WordRecord) {
        if record.is_masked() {
            self.masked = Some(self.len() as TokenId);
        }
        self.hashes.push(record.hash);
        self.folded.push(record.folded);
        self.spellings.push(Spelling(record.spelling));
        self.kinds.push(record.kind());
    }

    /// Makes one of what is known of its tokens, in order of their numbers.
    pub fn of_records(records: &[WordRecord]) -> Self {
        let mut vocabulary = Self::default();
        for record in records {
            vocabulary.push_record(record);
        }
        vocabulary
    }

    /// Returns what is known of all tokens, in order of their numbers. What told them apart while they were numbered is not
    /// kept, so that they cannot be [put in order](WordRecord::order) with those of others.
    pub fn records(&self) -> impl Iterator<Item = WordRecord> {
        (0..self.len()).map(|at| {
            let (hash, folded, spelling, kind) = (self.hashes[at], self.folded[at], self.spellings[at], self.kinds[at]);
            WordRecord::new(&LexiconEntry { hash, check: 0, folded, spelling, kind }, at as TokenId)
        })
    }

    /// Drops all tokens and keeps their memory.
    pub fn clear(&mut self) {
        self.truncate(0);
        self.masked = None;
    }

    /// Returns the bytes of memory in use.
    pub fn held_bytes(&self) -> usize {
        self.hashes.capacity() * (2 * size_of::<u64>() + size_of::<Spelling>() + size_of::<WordKind>())
    }

    fn push(&mut self, entry: &LexiconEntry) {
        self.hashes.push(entry.hash);
        self.folded.push(entry.folded);
        self.spellings.push(entry.spelling);
        self.kinds.push(entry.kind);
    }

    fn truncate(&mut self, len: usize) {
        self.hashes.truncate(len);
        self.folded.truncate(len);
        self.spellings.truncate(len);
        self.kinds.truncate(len);
    }

    /// Returns the number of the words of known text, if there are any. They match nothing, not each other either.
    pub fn masked(&self) -> Option<TokenId> {
        self.masked
    }

    /// Returns the hash of a token.
    pub fn hash(&self, token: TokenId) -> u64 {
        self.hashes[token as usize]
    }

    /// Returns a hash of a token without its accents.
    pub fn folded_hash(&self, token: TokenId) -> u64 {
        self.folded[token as usize]
    }

    /// Returns whether a token is a character of a script written without spaces.
    pub fn is_character(&self, token: TokenId) -> bool {
        matches!(self.kinds[token as usize].token, TokenKind::Ideograph | TokenKind::Syllable)
    }

    /// Returns whether a token has a digit, or another character that is a number, such as `½`.
    pub fn has_digit(&self, token: TokenId) -> bool {
        self.kinds[token as usize].has_digit
    }

    /// Returns how many words some tokens are, rounded down. Where words have no spaces between them, a token is a
    /// character: a Han or kana character counts as a word, one of Thai, Lao, Khmer or Burmese as a quarter. A symbol is a
    /// quarter too.
    pub fn count_words(&self, tokens: &[TokenId]) -> usize {
        tokens.iter().map(|&token| self.kinds[token as usize].token.quarters()).sum::<usize>() / 4
    }

    /// Returns the number of distinct tokens.
    pub fn len(&self) -> usize {
        self.hashes.len()
    }

    /// Returns whether there is no token.
    pub fn is_empty(&self) -> bool {
        self.hashes.is_empty()
    }

    /// Returns how a token is spelled.
    #[inline]
    pub fn spelling(&self, token: TokenId) -> Spelling {
        self.spellings[token as usize]
    }
}

impl GrowingVocabulary {
    /// Returns the number of the token whose hash is `hash`. The first time `word` is asked for it.
    pub fn number<W: AsRef<str>>(&mut self, hash: u64, word: impl FnOnce() -> W) -> TokenId {
        let vocabulary = &mut self.vocabulary;
        self.numbers.number(hash, || vocabulary.push(&LexiconEntry::new(word().as_ref(), hash)))
    }

    /// Returns what is known of the tokens so far.
    pub fn vocabulary(&self) -> &Vocabulary {
        &self.vocabulary
    }

    /// Drops all tokens but the first `len`.
    pub fn truncate(&mut self, len: usize) {
        self.numbers.truncate(len);
        self.vocabulary.truncate(len);
    }
}

impl Spelling {
    fn of(folded: &str) -> Self {
        const END: u64 = u32::MAX as u64;
        let (mut bits, mut last) = (0, END);
        for c in folded.chars().map(u64::from).chain([END]) {
            bits |= 1 << (mix(last << 32 | c) >> 58);
            last = c;
        }
        Self(bits)
    }

    #[cfg(test)]
    pub(crate) fn of_bits(bits: u64) -> Self {
        Self(bits)
    }

    /// Returns the bits that its bigrams have.
    #[inline]
    pub(crate) fn bits(self) -> u64 {
        self.0
    }

    /// Returns whether two tokens are spelled nearly alike: they have two bigrams in common, and the Dice coefficient of
    /// their bigrams is 0.6 or more. The bigrams are folded into 64 bits, so the measure is approximate; it is meant for
    /// misread and inflected words, not for a claim.
    ///
    /// Source: Dice, "Measures of the Amount of Ecologic Association Between Species", Ecology 26 (1945); for words,
    /// Adamson and Boreham, Information Storage and Retrieval 10 (1974).
    #[inline]
    pub fn is_similar(self, other: Self) -> bool {
        let common = self.0 & other.0;
        // Most pairs of words have less in common, so nothing needs to be counted.
        let has_two = common & common.wrapping_sub(1) != 0;
        has_two && 10 * common.count_ones() >= 3 * (self.0.count_ones() + other.0.count_ones())
    }
}

/// Returns a hash of a normalised word without its accents, as [`Vocabulary::folded_hash`] has it.
pub fn folded_hash(word: &str) -> u64 {
    hash_of_folded(&folded(word))
}

fn hash_of_folded(folded: &str) -> u64 {
    seeded_hash(folded.as_bytes(), 0)
}

/// Returns a word without its accents.
fn folded(word: &str) -> Cow<'_, str> {
    if word.is_ascii() {
        return Cow::Borrowed(word); // which has none, and nothing that is ignored
    }
    word.nfd().filter(|&c| class(c) != Class::Ignored).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::text::Tokenizer;

    fn lexicon(words: &str) -> (Lexicon, Vec<TokenId>) {
        let mut lexicon = Lexicon::default();
        let tokenizer = Tokenizer::default();
        let numbers = words.split(' ').map(|word| lexicon.number(tokenizer.hash(word), || word)).collect();
        (lexicon, numbers)
    }

    #[test]
    fn equal_tokens_of_different_parts_get_one_number() {
        let (first, in_first) = lexicon("le chat et le chien");
        let (second, in_second) = lexicon("le chien dort");
        let (vocabulary, numbers) = Vocabulary::merge(&[first, second]);
        assert_eq!(vocabulary.len(), 5);
        let le = numbers[0][in_first[0] as usize];
        assert_eq!(le, numbers[1][in_second[0] as usize]);
        assert_eq!(vocabulary.hash(le), Tokenizer::default().hash("le"));
        assert_eq!(numbers[0][in_first[4] as usize], numbers[1][in_second[1] as usize]);
    }

    #[test]
    fn numbers_do_not_depend_on_the_parts() {
        let whole = lexicon("un deux trois quatre deux");
        let parted = lexicon("trois quatre deux");
        let rest = lexicon("un deux");
        let (one, in_one) = Vocabulary::merge(&[whole.0]);
        let (two, in_two) = Vocabulary::merge(&[parted.0, rest.0]);
        assert_eq!(in_one[0][whole.1[2] as usize], in_two[0][parted.1[0] as usize]);
        assert_eq!(in_one[0][whole.1[0] as usize], in_two[1][rest.1[0] as usize]);
        assert_eq!(one.len(), two.len());
    }

    #[test]
    fn two_words_with_one_hash_are_two_words() {
        let (mut first, mut second) = (Lexicon::default(), Lexicon::default());
        let hash = |_: &str| 7;
        let (mut in_first, mut in_second) = (Vec::new(), Vec::new());
        first.number_all(&[1, 2], &mut in_first, |at| ["b", "a"][at], hash);
        second.number_all(&[9, 8], &mut in_second, |at| ["a", "b"][at], hash);
        let (vocabulary, numbers) = Vocabulary::merge(&[first, second]);
        let number = |part: usize, token: TokenId| numbers[part][token as usize];
        assert_eq!(vocabulary.len(), 2);
        assert_eq!([0, 1].map(|n| number(0, in_first[n])), [1, 0].map(|n| number(1, in_second[n])));
        assert_eq!([0, 1].map(|token| vocabulary.hash(token)), [7, 7]);
    }

    #[test]
    fn accents_are_folded_and_vowels_are_not() {
        let (lexicon, numbers) = lexicon("été ete धुन धान धन ดุ ดี ด");
        let (vocabulary, new) = Vocabulary::merge(&[lexicon]);
        let token = |n: usize| new[0][numbers[n] as usize];
        let folded: HashSet<u64> = (1..8).map(|n| vocabulary.folded_hash(token(n))).collect();
        assert_eq!((vocabulary.folded_hash(token(0)), folded.len()), (vocabulary.folded_hash(token(1)), 7));
        assert_eq!([4, 5, 6, 7].map(|n| vocabulary.is_character(token(n))), [false, true, true, true]);
    }

    #[test]
    fn digits_of_any_script_are_digits() {
        let (lexicon, numbers) = lexicon("1987 j2540 3.5 ٣ ½ jeudi c++ 三");
        let (vocabulary, new) = Vocabulary::merge(&[lexicon]);
        let has_digit = |n: usize| vocabulary.has_digit(new[0][numbers[n] as usize]);
        assert_eq!((0..8).map(has_digit).collect::<Vec<_>>(), [true, true, true, true, true, false, false, false]);
    }

    #[test]
    fn a_vocabulary_that_grows_knows_of_its_words_what_a_merged_one_does() {
        let (lexicon, numbers) = lexicon("un deux été 東 un");
        let (merged, new) = Vocabulary::merge(&[lexicon]);
        let (mut grown, tokenizer) = (GrowingVocabulary::default(), Tokenizer::default());
        for _ in 0..2 {
            for (word, &number) in "un deux été 東 un".split(' ').zip(&numbers) {
                let (token, expected) = (grown.number(tokenizer.hash(word), || word), new[0][number as usize]);
                assert_eq!((grown.vocabulary().hash(token), token), (merged.hash(expected), number), "{word}");
                assert_eq!(grown.vocabulary().folded_hash(token), merged.folded_hash(expected), "{word}");
                assert_eq!(grown.vocabulary().spelling(token), merged.spelling(expected), "{word}");
            }
            grown.truncate(2);
            assert_eq!(grown.vocabulary().len(), 2);
        }
    }

    #[test]
    fn words_of_known_text_have_one_number_in_all_parts() {
        let (mut first, (mut second, _)) = (Lexicon::default(), lexicon("un deux"));
        let masked = [first.masked(), second.masked()];
        let (vocabulary, new) = Vocabulary::merge(&[first, second]);
        for (part, masked) in masked.into_iter().enumerate() {
            assert_eq!(vocabulary.masked(), Some(new[part][masked as usize]));
        }
        let (other, _) = lexicon("un deux");
        assert_eq!(Vocabulary::merge(&[other]).0.masked(), None);
    }

    #[test]
    fn a_record_holds_all_that_is_known_of_a_word() {
        let words = "été 1987 東 ดี € 가 c++";
        let ((merged, new), numbers) = {
            let (mut lexicon, numbers) = lexicon(words);
            lexicon.masked();
            (Vocabulary::merge(&[lexicon]), numbers)
        };
        let (mut again, _) = lexicon(words);
        again.masked();
        let mut records = again.into_records();
        records.sort_unstable_by_key(WordRecord::order);
        let mut recorded = Vocabulary::default();
        for record in &records {
            recorded.push_record(record);
        }
        for number in numbers.into_iter().map(|number| new[0][number as usize]).chain(merged.masked()) {
            assert_eq!(recorded.hash(number), merged.hash(number));
            assert_eq!(recorded.folded_hash(number), merged.folded_hash(number));
            assert_eq!(recorded.spelling(number), merged.spelling(number));
            assert_eq!(recorded.has_digit(number), merged.has_digit(number));
            assert_eq!(recorded.count_words(&[number; 4]), merged.count_words(&[number; 4]));
        }
        assert_eq!((recorded.masked(), recorded.len()), (merged.masked(), merged.len()));
        let shares: Vec<usize> = records.iter().map(|record| record.share(16)).collect();
        assert!(shares.is_sorted() && shares.last() == Some(&15), "{shares:?}");
    }

    #[test]
    fn characters_count_as_parts_of_words() {
        let (lexicon, numbers) = lexicon("le 東 か ー ดี ລ က្ 👍 € 가 धुन");
        let (vocabulary, new) = Vocabulary::merge(&[lexicon]);
        let quarters = |n: usize| vocabulary.count_words(&[new[0][numbers[n] as usize]; 4]);
        assert_eq!((0..11).map(quarters).collect::<Vec<_>>(), [4, 4, 4, 4, 1, 1, 1, 1, 1, 4, 4]);
        assert_eq!(vocabulary.count_words(&new[0]), (6 * 4 + 5) / 4);
        assert_eq!(vocabulary.count_words(&[]), 0);
    }

    #[test]
    fn misread_words_are_similar_and_other_words_are_not() {
        let (lexicon, numbers) = lexicon("gouvernement gouvernernent gouvernements parlement le la 東 京 été ete");
        let (vocabulary, new) = Vocabulary::merge(&[lexicon]);
        let spelling = |n: usize| vocabulary.spelling(new[0][numbers[n] as usize]);
        let similar = |a: usize, b: usize| spelling(a).is_similar(spelling(b));
        assert!(similar(0, 1) && similar(0, 2) && similar(8, 9));
        assert!(!similar(0, 3) && !similar(4, 5) && !similar(6, 7));
    }
}
