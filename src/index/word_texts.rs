//! What words are, by their numbers: the normalised form of each, which passages are compared by.

/// The text of what counts where documents are measured and is no word of a passage: an operator, or a character of a text that
/// has no word.
pub(super) const NO_WORD: &str = "";

/// The texts of words, one behind the other.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct WordTexts {
    text: String,
    ends: Vec<usize>,
}

impl WordTexts {
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Adds the word with the next number.
    pub fn push(&mut self, word: &str) {
        self.text.push_str(word);
        self.ends.push(self.text.len());
    }

    /// Gives no text to the words up to a number that have none yet.
    pub fn fill(&mut self, len: usize) {
        self.ends.resize(len.max(self.ends.len()), self.text.len());
    }

    /// Returns a word, or [`NO_WORD`].
    pub fn get(&self, n: usize) -> &str {
        let start = n.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.text[start..self.ends[n]]
    }

    /// Returns all words by number.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        (0..self.len()).map(|n| self.get(n))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_have_their_numbers() {
        let mut texts = WordTexts::default();
        texts.push("été");
        texts.fill(3);
        texts.push("à");
        texts.fill(2);
        assert_eq!(texts.iter().collect::<Vec<_>>(), ["été", "", "", "à"]);
    }
}
