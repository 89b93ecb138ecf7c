//! The evaluation items, and the phrases of words by which they are found.

use std::ops::Range;

use doublon_core::kernel::PhraseIndex;
use doublon_core::text::tokens_a_word_in;

use super::words::{MASKED, TextWords};
use crate::error::{Error, Result};
use crate::finding::{ContaminationRule, ContaminationUnit, DocumentRef, EvaluationSet, MOST_ITEMS};

/// All evaluation items.
#[derive(Default)]
pub(super) struct EvaluationItems {
    pub index: PhraseIndex,
    pub items: Vec<EvaluationItem>,
    /// The evaluation sets, with the counts of their items.
    pub sets: Vec<EvaluationSet>,
    /// Of each phrase the items that have it; none if those are too many.
    holders: Vec<Vec<u32>>,
    /// How many phrases too many items have.
    pub shared: u64,
}

/// An evaluation item.
pub(super) struct EvaluationItem {
    pub doc: DocumentRef,
    /// The number of its set.
    pub set: usize,
    pub text_bytes: usize,
    /// Its words, among those that the index has taken up.
    pub words: Range<u32>,
    /// How many of them are no known text.
    pub own_words: usize,
    /// How many of them are a word of a script with spaces.
    tokens_a_word: usize,
    /// The number of the first word of each of its phrases, ascending, and the phrase.
    pub phrases: Vec<(u32, u32)>,
}

impl EvaluationItem {
    /// Returns how many words it has, in words of scripts with spaces.
    pub fn word_count(&self) -> usize {
        self.words.len() / self.tokens_a_word
    }
}

impl EvaluationItems {
    /// Adds a set that items follow of, and returns its number.
    pub fn add_set(&mut self, source: &str) -> usize {
        self.sets.push(EvaluationSet { source: source.to_owned(), items: 0, found: 0, too_short: 0, shared: 0 });
        self.sets.len() - 1
    }

    /// Adds an item with a text and its words.
    ///
    /// # Errors
    ///
    /// If there are too many words.
    pub fn add(
        &mut self,
        set: usize,
        doc: DocumentRef,
        text: &str,
        words: &TextWords,
        rule: &ContaminationRule,
    ) -> Result<()> {
        let tokens_a_word = tokens_a_word_in(words.spans.iter().filter_map(|span| span.of(text)));
        let own = words.hashes.split(|&hash| hash == MASKED).map(<[u64]>::len);
        let (own_words, longest) = own.fold((0, 0), |(sum, longest), length| (sum + length, longest.max(length)));
        let place = self.index.add_text(&words.hashes);
        let place = place.ok_or(Error::TooMany { what: "words of evaluation items", limit: u64::from(u32::MAX) })?;
        let length = rule.phrase_length(longest, tokens_a_word);
        self.sets[set].items += 1;
        self.sets[set].too_short += u64::from(length.is_none());
        let (words, text_bytes) = (place.clone(), text.len());
        let phrases = length.map_or_else(Vec::new, |length| self.phrases(&place, length));
        self.items.push(EvaluationItem { doc, set, text_bytes, words, own_words, tokens_a_word, phrases });
        Ok(())
    }

    /// Says that no more items will come.
    #[must_use]
    pub fn finish(mut self) -> Self {
        self.holders = vec![Vec::new(); self.index.len()];
        for (item, number) in self.items.iter().zip(0..) {
            for &(_, phrase) in &item.phrases {
                let holders = &mut self.holders[phrase as usize];
                // One more than may be tells that there are too many.
                if holders.len() <= MOST_ITEMS && holders.last() != Some(&number) {
                    holders.push(number);
                }
            }
        }
        for holders in self.holders.iter_mut().filter(|holders| holders.len() > MOST_ITEMS) {
            *holders = Vec::new();
            self.shared += 1;
        }
        for item in &self.items {
            let is_shared = |&(_, phrase): &(u32, u32)| self.holders[phrase as usize].is_empty();
            if !item.phrases.is_empty() && item.phrases.iter().all(is_shared) {
                self.sets[item.set].shared += 1;
            }
        }
        self.index = self.index.finish();
        self
    }

    /// Returns the items that have a phrase; none if those are too many.
    pub fn holders(&self, phrase: u32) -> &[u32] {
        &self.holders[phrase as usize]
    }

    /// Returns the share of an item that phrases make up, in the unit of the rule.
    pub fn share(&self, item: u32, rule: &ContaminationRule, has: impl Fn(u32) -> bool) -> f64 {
        let item = &self.items[item as usize];
        let found = item.phrases.iter().filter(|&&(_, phrase)| has(phrase));
        if rule.unit != ContaminationUnit::Words {
            return found.count() as f64 / item.phrases.len().max(1) as f64;
        }
        let (mut covered, mut end) = (0, 0);
        for &(start, phrase) in found {
            let next = start + self.index.words(phrase).len() as u32;
            covered += next - start.max(end);
            end = next;
        }
        f64::from(covered) / item.own_words.max(1) as f64
    }

    /// Files the phrases of a length at a place of the index, but for those that known text is in.
    fn phrases(&mut self, place: &Range<u32>, length: usize) -> Vec<(u32, u32)> {
        let last = place.end.saturating_sub(length as u32);
        let whole = |index: &PhraseIndex, start: u32| !index.text(start..start + length as u32).contains(&MASKED);
        let starts: Vec<u32> = (place.start..=last).filter(|&start| whole(&self.index, start)).collect();
        starts.into_iter().map(|start| (start - place.start, self.index.add(start..start + length as u32))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::samples;

    fn items(texts: &[&str], rule: &ContaminationRule) -> EvaluationItems {
        let mut items = EvaluationItems::default();
        let set = items.add_set("eval.jsonl");
        for (text, record) in texts.iter().zip(0..) {
            items
                .add(set, samples::doc("eval.jsonl", record), text, &TextWords::of_test(text), rule)
                .expect("they are few");
        }
        items.finish()
    }

    fn rule(name: &str) -> ContaminationRule {
        ContaminationRule::named(name).expect("there is one")
    }

    #[test]
    fn an_item_is_looked_for_by_its_ngrams_or_as_a_whole() {
        let words: Vec<String> = (0..20).map(|n| format!("w{n}")).collect();
        let [long, short, tiny] = [20, 9, 7].map(|length| words[..length].join(" "));
        let found = items(&[&long, &short, &tiny], &rule("ngram"));
        assert_eq!(found.items.iter().map(|item| item.phrases.len()).collect::<Vec<_>>(), [8, 1, 0]);
        assert_eq!((found.sets[0].items, found.sets[0].too_short), (3, 1));
        assert_eq!(items(&[&long], &rule("item")).items[0].phrases.len(), 1);
    }

    #[test]
    fn scripts_without_spaces_have_longer_ngrams() {
        let han: String = ('一'..).take(40).collect();
        let found = items(&[&han, &han[..45]], &rule("ngram"));
        assert_eq!(found.items[0].phrases.len(), 40 - 26 + 1);
        assert_eq!((found.items[0].word_count(), found.sets[0].too_short), (20, 1), "fifteen characters are 7 words");
    }

    #[test]
    fn a_share_is_of_ngrams_or_of_words() {
        let words: Vec<String> = (0..16).map(|n| format!("w{n}")).collect();
        let text = words.join(" ");
        let (palm, tulu) = (rule("palm"), rule("tulu3"));
        let found = items(&[&text], &palm);
        let first = found.items[0].phrases[0].1;
        let per_mille = |share: f64| (share * 1000.0) as u32;
        let share = |rule| per_mille(found.share(0, rule, |phrase| phrase == first));
        assert_eq!((share(&palm), share(&tulu)), (111, 500));
        assert_eq!([true, false].map(|has| per_mille(found.share(0, &tulu, |_| has))), [1000, 0]);
    }

    #[test]
    fn what_very_many_items_have_is_of_none() {
        let instruction = "Answer the question below with one of the four letters given before it";
        let own = |n: usize| (0..14).map(|word| format!("q{n}x{word}")).collect::<Vec<_>>().join(" ");
        let texts: Vec<String> = (0..=MOST_ITEMS).map(|n| format!("{instruction} {}", own(n))).collect();
        let mut texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        texts.push(instruction);
        let found = items(&texts, &rule("ngram"));
        assert_eq!((found.shared, found.sets[0].shared), (1, 1));
        let phrases = &found.items[0].phrases;
        assert_eq!((found.holders(phrases[0].1), found.holders(phrases[1].1)), (&[][..], &[0][..]));
        texts.pop();
        texts.pop();
        assert_eq!(items(&texts, &rule("ngram")).shared, 0, "as many as may be");
    }
}
