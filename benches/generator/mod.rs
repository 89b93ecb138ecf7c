//! Corpora of any size with known duplicates, made from a seed: the same on every machine, and free of any licence.
//!
//! A document is a function of the seed and its number. A copy makes the document that it copies again instead of
//! remembering it, so a corpus takes the memory of two documents, however long it is. Only originals are copied, so
//! that what is said of a document ([`Truth`]) is said against a text that nothing else has changed. Documents of one
//! original resemble each other, too; that is not said.

use std::ops::Range;

use serde::Serialize;

pub use prose::Prose;
use prose::{Rendered, disguise};
pub use random::Random;

mod prose;
mod random;

/// What a corpus is made of.
#[derive(Clone, Debug)]
pub struct Options {
    /// Another seed is another corpus.
    pub seed: u64,
    /// How many documents.
    pub documents: u64,
    /// Words of an original: from 5 to twice as many, evenly.
    pub words: usize,
    /// What the documents are.
    pub mix: Mix,
}

/// How many of a thousand documents are what; the others are originals.
#[derive(Clone, Debug)]
#[allow(missing_docs)] // the names are those of `Truth`
pub struct Mix {
    pub exact: usize,
    pub equal: usize,
    pub near: usize,
    pub chain: usize,
    pub template: usize,
    pub quote: usize,
    pub repeat: usize,
    pub short: usize,
    pub empty: usize,
}

impl Default for Mix {
    fn default() -> Self {
        Self { exact: 40, equal: 30, near: 80, chain: 20, template: 60, quote: 60, repeat: 20, short: 15, empty: 5 }
    }
}

/// A document with what is known of it.
#[derive(Clone, Debug, Serialize)]
pub struct Generated {
    /// Its number in the corpus, from 0.
    #[serde(skip)]
    pub number: u64,
    /// The number as its id.
    pub id: String,
    /// The text.
    pub text: String,
    /// What it has in common with an earlier document or itself; nothing for an original.
    #[serde(skip)]
    pub truth: Option<Truth>,
}

/// What document `b` was made from. `a` is always an original, and `a < b`.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Truth {
    /// The same bytes.
    Exact { a: u64, b: u64 },
    /// The same words in other bytes: case, spaces, accents as marks, invisible characters.
    Equal { a: u64, b: u64 },
    /// Words substituted, deleted and inserted; similarities are spread over 0.6 to 1.0.
    Near { a: u64, b: u64, jaccard: f64 },
    /// The original after `step` rounds of edits, each of about 0.88 similarity to the round before. Equal steps of one
    /// original are equal texts.
    Chain { a: u64, b: u64, step: usize, jaccard: f64 },
    /// A page with a paragraph that all pages of the template share.
    Template { template: u64, b: Place, share: f64 },
    /// A passage, `edits` of its words changed.
    Quote { a: Place, b: Place, words: usize, edits: usize },
    /// A passage that stands twice in one document, `edits` of its words changed.
    Repeat { a: Place, b: Place, words: usize, edits: usize },
    /// A text of fewer words than a shingle.
    Short { b: u64, words: usize },
    /// A text without a word.
    Empty { b: u64 },
}

/// Where a passage stands; all ranges are half-open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[allow(missing_docs)]
pub struct Place {
    pub document: u64,
    pub start: usize,
    pub end: usize,
    pub char_start: usize,
    pub char_end: usize,
}

/// A corpus, document by document.
pub struct Corpus {
    options: Options,
    next: u64,
}

impl Corpus {
    pub fn new(options: Options) -> Self {
        Self { options, next: 0 }
    }
}

impl Iterator for Corpus {
    type Item = Generated;

    fn next(&mut self) -> Option<Generated> {
        let number = self.next;
        (number < self.options.documents).then(|| {
            self.next += 1;
            self.document(number)
        })
    }
}

/// `documents` equal documents.
pub fn equal(seed: u64, documents: u64, words: usize) -> impl Iterator<Item = Generated> {
    let text = Prose::write(words, &mut Random::new(seed, 0)).render().text;
    (0..documents).map(move |number| Generated::new(number, text.clone(), None))
}

/// `documents` pages, each of them one common paragraph and then own words.
pub fn pages(seed: u64, documents: u64, template: usize, own: usize) -> impl Iterator<Item = Generated> {
    let common = Prose::write(template, &mut Random::new(seed, u64::MAX));
    (0..documents).map(move |number| {
        let mut page = Prose::write(own, &mut Random::new(seed, number));
        page.insert(0, &common);
        Generated::new(number, page.render().text, None)
    })
}

/// `documents` texts of one to four words; some are equal.
pub fn short(seed: u64, documents: u64) -> impl Iterator<Item = Generated> {
    (0..documents).map(move |number| {
        let mut random = Random::new(seed, number);
        let words = 1 + random.below(4);
        Generated::new(number, Prose::write(words, &mut random).render().text, None)
    })
}

/// A text and its `links` descendants, each edited to about the similarity, in thousandths, to the one before it.
pub fn chain(seed: u64, links: u64, words: usize, thousandths: usize) -> impl Iterator<Item = Generated> {
    let mut random = Random::new(seed, 0);
    let mut text = Prose::write(words, &mut random);
    (0..=links).map(move |number| {
        let edited = text.edited_to(thousandths, &mut random);
        let link = std::mem::replace(&mut text, edited);
        Generated::new(number, link.render().text, None)
    })
}

impl Generated {
    fn new(number: u64, text: String, truth: Option<Truth>) -> Self {
        Self { number, id: number.to_string(), text, truth }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Exact,
    Equal,
    Near,
    Chain,
    Template,
    Quote,
    Repeat,
    Short,
    Empty,
    Original,
}

/// Documents in a row whose chains have one origin.
const CHAIN_BLOCK: u64 = 256;

/// Documents that share a template, on average, among those that have one.
const PAGES: u64 = 8;

impl Corpus {
    fn document(&self, number: u64) -> Generated {
        let mut random = Random::new(self.options.seed, number);
        let kind = self.kind(&mut random);
        let (text, truth) = self.derived(kind, number, &mut random).unzip();
        // What has nothing before it to be made from is a text of its own.
        let text = text.unwrap_or_else(|| self.prose(&mut random).render().text);
        Generated::new(number, text, truth)
    }

    /// Draws what a document is: the first thing that its random numbers decide.
    fn kind(&self, random: &mut Random) -> Kind {
        let mix = &self.options.mix;
        let shares = [
            (Kind::Exact, mix.exact),
            (Kind::Equal, mix.equal),
            (Kind::Near, mix.near),
            (Kind::Chain, mix.chain),
            (Kind::Template, mix.template),
            (Kind::Quote, mix.quote),
            (Kind::Repeat, mix.repeat),
            (Kind::Short, mix.short),
            (Kind::Empty, mix.empty),
        ];
        let mut rest = random.below(1000);
        for (kind, share) in shares {
            match rest.checked_sub(share) {
                None => return kind,
                Some(more) => rest = more,
            }
        }
        Kind::Original
    }

    fn prose(&self, random: &mut Random) -> Prose {
        Prose::write(random.below(2 * self.options.words + 1).max(5), random)
    }

    /// Makes the original of a number again, or `None` if the document is none.
    fn original(&self, number: u64) -> Option<Prose> {
        let mut random = Random::new(self.options.seed, number);
        (self.kind(&mut random) == Kind::Original).then(|| self.prose(&mut random))
    }

    fn original_before(&self, number: u64, random: &mut Random) -> Option<(u64, Prose)> {
        let mut numbers = (0..32).map(|_| random.below(number as usize) as u64).filter(|&a| a < number);
        numbers.find_map(|a| Some((a, self.original(a)?)))
    }

    fn derived(&self, kind: Kind, b: u64, random: &mut Random) -> Option<(String, Truth)> {
        match kind {
            Kind::Original => None,
            Kind::Short => Some(short_text(b, random)),
            Kind::Empty => Some((empty_text(random), Truth::Empty { b })),
            Kind::Template => Some(self.page(b, random)),
            Kind::Repeat => self.repeat(b, random),
            Kind::Chain => self.link(b, random),
            Kind::Exact | Kind::Equal | Kind::Near | Kind::Quote => {
                let (a, original) = self.original_before(b, random)?;
                match kind {
                    Kind::Exact => Some((original.render().text, Truth::Exact { a, b })),
                    Kind::Equal => Some((disguise(&original.render().text, random), Truth::Equal { a, b })),
                    Kind::Near => Some(near(a, &original, b, random)),
                    _ => self.quote(a, &original, b, random),
                }
            }
        }
    }

    fn link(&self, b: u64, random: &mut Random) -> Option<(String, Truth)> {
        let block = b / CHAIN_BLOCK * CHAIN_BLOCK;
        let (a, original) = (block..b).find_map(|a| Some((a, self.original(a)?)))?;
        let step = 1 + random.below(4);
        let mut edits = Random::new(!self.options.seed, a);
        let link = (0..step).fold(original.clone(), |text, _| text.edited_to(880, &mut edits));
        Some((link.render().text, Truth::Chain { a, b, step, jaccard: link.jaccard(&original) }))
    }

    fn page(&self, b: u64, random: &mut Random) -> (String, Truth) {
        let pages = self.options.documents * self.options.mix.template as u64 / 1000;
        let template = random.below((pages / PAGES + 1) as usize) as u64;
        let common = self.prose(&mut Random::new(!self.options.seed, !template));
        let tenths = 1 + random.below(9);
        let mut page = Prose::write(common.len() * (10 - tenths) / tenths, random);
        let share = common.len() as f64 / (common.len() + page.len()) as f64;
        let at = random.below(page.len() + 1);
        let range = page.insert(at, &common);
        let rendered = page.render();
        let truth = Truth::Template { template, b: Place::of(b, &rendered, &range), share };
        (rendered.text, truth)
    }

    fn quote(&self, a: u64, original: &Prose, b: u64, random: &mut Random) -> Option<(String, Truth)> {
        let Passage { range, prose, edits } = Passage::of(original, random)?;
        let mut text = self.prose(random);
        let at = random.below(text.len() + 1);
        let quoted = text.insert(at, &prose);
        let rendered = text.render();
        let (words, a) = (range.len(), Place::of(a, &original.render(), &range));
        let truth = Truth::Quote { a, b: Place::of(b, &rendered, &quoted), words, edits };
        Some((rendered.text, truth))
    }

    fn repeat(&self, number: u64, random: &mut Random) -> Option<(String, Truth)> {
        let mut text = self.prose(random);
        let Passage { range, prose, edits } = Passage::of(&text, random)?;
        let at = range.end + random.below(text.len() + 1 - range.end);
        let repeated = text.insert(at, &prose);
        let rendered = text.render();
        let (a, b) = (Place::of(number, &rendered, &range), Place::of(number, &rendered, &repeated));
        Some((rendered.text, Truth::Repeat { a, b, words: range.len(), edits }))
    }
}

fn near(a: u64, original: &Prose, b: u64, random: &mut Random) -> (String, Truth) {
    let edited = original.edited_to(600 + random.below(400), random);
    (edited.render().text, Truth::Near { a, b, jaccard: edited.jaccard(original) })
}

fn short_text(b: u64, random: &mut Random) -> (String, Truth) {
    let words = 1 + random.below(4);
    (Prose::write(words, random).render().text, Truth::Short { b, words })
}

fn empty_text(random: &mut Random) -> String {
    let texts = ["", " \n", "\u{2026}", "\u{feff}", "— !", "\u{301}"];
    texts[random.below(texts.len())].to_owned()
}

/// Words of a text, and what they become where they are repeated.
struct Passage {
    range: Range<usize>,
    prose: Prose,
    edits: usize,
}

impl Passage {
    /// Takes 20 to 120 words, or `None` if the text is shorter. Half of the passages stay as they are, the others have
    /// up to 15% of their words edited.
    fn of(text: &Prose, random: &mut Random) -> Option<Self> {
        let longest = text.len().min(120);
        let words = 20 + random.below(longest.checked_sub(20)? + 1);
        let start = random.below(text.len() - words + 1);
        let prose = text.part(start..start + words);
        if random.one_in(2) {
            return Some(Self { range: start..start + words, prose, edits: 0 });
        }
        let edits = 1 + random.below(words * 15 / 100);
        Some(Self { range: start..start + words, prose: prose.edited(edits, random), edits })
    }
}

impl Place {
    fn of(document: u64, rendered: &Rendered, words: &Range<usize>) -> Self {
        let start = rendered.words[words.start].start;
        let end = rendered.words[words.end - 1].end;
        let chars = |bytes: Range<usize>| rendered.text[bytes].chars().count();
        let char_start = chars(0..start);
        Self { document, start, end, char_start, char_end: char_start + chars(start..end) }
    }
}
