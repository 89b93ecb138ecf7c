//! Two documents by themselves: the same measures, bands and alignments as in a scan, and with them why a scan does what
//! it does.

use std::cmp::Ordering;
use std::collections::HashMap;

use super::corpus::Corpus;
use super::order::Order;
use super::passages::{WordReader, WordRows, Words};
use super::single::Single;
use super::table::{Rows, Sketcher, Table};
use super::texts::{Store, Texts, document};
use super::{Budget, Resources, documents, passages};
use crate::error::Result;
use crate::finding::comparison::{
    AlignedPassage, ComparedDocument, Comparison, Equality, PairSearch, Rule, TextAlignment, TextPiece, Verdict,
};
use crate::finding::{Parameters, PassageMatch};
use crate::source::Document;
use crate::source::{Source, SourceOptions};
use doublon_core::candidate::params::sketch_len;
use doublon_core::candidate::{Bands, Chance, lsh};
use doublon_core::cluster::keep::{self, Merits};
use doublon_core::text::{Lexicon, TokenId, Tokenizer, Vocabulary};
use doublon_core::verify::Overlap;
use doublon_core::verify::align::{Aligner, Alignment, Column, Run};
use doublon_core::verify::difference::{SideText, pieces};
use doublon_core::verify::pair::{Acceptance, PairAligner};
use doublon_core::{Config, Keep, Scope};

/// Compares two documents as a scan of just these two would.
///
/// # Errors
///
/// If a parameter has no sense.
pub fn compare(a: &Single, b: &Single, parameters: &Parameters) -> Result<Comparison> {
    let pair = Pair::new(a, b, &parameters.config)?;
    let verdict = pair.verdict()?;
    Ok(Comparison {
        parameters: parameters.clone(),
        a: pair.side(a),
        b: pair.side(b),
        equality: pair.equality,
        shared: pair.overlap.shared,
        search: pair.search()?,
        verdict,
        passages: pair.passages()?,
    })
}

/// Aligns two texts from start to end, by the words that a scan compares.
pub fn aligned(a: &str, b: &str, config: &Config) -> TextAlignment {
    let tokenizer = Tokenizer::new(config.text, config.seed);
    let mut reader = tokenizer.reader();
    let (mut lexicon, mut tokens) = (Lexicon::default(), Vec::new());
    let mut words_of_a = 0;
    for text in [a, b] {
        words_of_a = tokens.len();
        reader.for_each(text, |token| tokens.push(lexicon.number(token.hash, || tokenizer.word(text, token))));
    }
    lexicon.finish();
    let (vocabulary, new) = Vocabulary::merge(&[lexicon]);
    for token in &mut tokens {
        *token = new[0][*token as usize];
    }
    let runs = runs(&vocabulary, &tokens, words_of_a, config.windows.k);
    let equal = runs.iter().filter(|run| run.column == Column::Equal).map(|run| run.len);
    let (a, b) = (SideText::read(a, &mut reader), SideText::read(b, &mut reader));
    TextAlignment {
        longest_run: equal.max().unwrap_or(0),
        pieces: pieces(&a, &b, &runs).iter().map(|piece| TextPiece::of(piece, &a, &b)).collect(),
        identity: Alignment { runs, ..Alignment::default() }.identity(),
    }
}

/// Aligns all words of two texts, of which `tokens` has one after the other. What lies before and after the passage that
/// they share stands for nothing.
fn runs(vocabulary: &Vocabulary, tokens: &[TokenId], words_of_a: usize, k: usize) -> Vec<Run> {
    let (a, b) = tokens.split_at(words_of_a);
    let Alignment { a: in_a, b: in_b, runs, .. } = shared_passage(vocabulary, tokens, words_of_a, k);
    let head = [(Column::OnlyA, in_a.start), (Column::OnlyB, in_b.start)];
    let tail = [(Column::OnlyA, a.len() - in_a.end), (Column::OnlyB, b.len() - in_b.end)];
    let only = |(column, len)| Some(Run { column, len }).filter(|run| run.len > 0);
    head.into_iter().filter_map(only).chain(runs).chain(tail.into_iter().filter_map(only)).collect()
}

/// Returns the best alignment of two texts: from their starts, as two places of a match are aligned, unless one around
/// words that stand in both is better.
fn shared_passage(vocabulary: &Vocabulary, tokens: &[TokenId], words_of_a: usize, k: usize) -> Alignment {
    let (a, b) = tokens.split_at(words_of_a);
    let whole = Aligner::new(vocabulary).align_halves(tokens, 0..a.len(), a.len()..tokens.len());
    let whole = if whole.runs.is_empty() {
        Alignment::default()
    } else {
        Alignment { b: whole.b.start - a.len()..whole.b.end - a.len(), ..whole }
    };
    if whole.identity() > 0.5 && (whole.a.len() == a.len() || whole.b.len() == b.len()) {
        return whole;
    }
    let mut places: HashMap<&[TokenId], usize> = HashMap::new();
    for (at, words) in b.windows(k).enumerate() {
        places.entry(words).or_insert(at);
    }
    let candidates = a.windows(k).enumerate().filter_map(|(at, words)| Some((at, *places.get(words)?)));
    let acceptance = Acceptance { score: 1, identity: 0.0, unit: usize::MAX };
    let found = PairAligner::new(vocabulary, k, acceptance).across(a, b, candidates);
    // Of equal ones the first, so that the whole stays if nothing is better.
    let better = |best: Alignment, other: Alignment| if other.score > best.score { other } else { best };
    found.into_iter().map(|found| found.best_part()).fold(whole, better)
}

/// Two documents as a corpus, the one whose path and place come first as number 0.
struct Pair<'p> {
    config: &'p Config,
    corpus: Corpus,
    /// Whether number 0 is `b`.
    is_swapped: bool,
    equality: Equality,
    /// Of `a` and `b`.
    overlap: Overlap,
}

impl<'p> Pair<'p> {
    fn new(a: &Single, b: &Single, config: &'p Config) -> Result<Self> {
        let place = |single: &Single| (single.doc.source.clone(), single.record.record);
        let is_swapped = place(b).cmp(&place(a)) == Ordering::Less;
        let shape = Bands::new(config.bands, config.rows)?;
        let sketcher = Sketcher::new(config.text, shape, config.seed);
        let mut scratch = sketcher.scratch();
        let sets = [a, b].map(|single| sketcher.set(&single.record.text, &mut scratch));
        let tokens = [a, b].map(|single| scratch.tokens(&single.record.text).to_vec());
        let same_text = a.record.text == b.record.text;
        let equality = match same_text && a.record.raw_hash == b.record.raw_hash {
            true => Equality::Bytes,
            false if tokens[0] == tokens[1] => Equality::Words,
            false => Equality::None,
        };
        let both = if is_swapped { [b, a] } else { [a, b] };
        let corpus = corpus(both, sketcher, shape, config);
        Ok(Self { config, corpus, is_swapped, equality, overlap: Overlap::of(&sets[0], &sets[1]) })
    }

    fn side(&self, single: &Single) -> ComparedDocument {
        let (text, sketcher) = (&single.record.text, &self.corpus.sketcher);
        let tokens = Tokenizer::new(self.config.text, self.config.seed).reader().tokens(text);
        ComparedDocument {
            doc: single.doc.clone(),
            bytes: text.len(),
            characters: text.chars().count(),
            words: tokens.len(),
            shingles: sketcher.set(text, &mut sketcher.scratch()).len(),
        }
    }

    fn search(&self) -> Result<PairSearch> {
        let table = &self.corpus.table;
        let shape = Bands::new(self.config.bands, self.config.rows)?;
        let chance = Chance::new(shape, self.config.threshold);
        let mut bands_met = Vec::new();
        for (band, keys) in (1..).zip(&table.keys) {
            if keys.get(0)? == keys.get(1)? {
                bands_met.push(band);
            }
        }
        let (a, b) = (table.sketches.get(0)?, table.sketches.get(1)?);
        // Bytes that are not in use agree.
        let unused = a.len() - sketch_len(shape);
        Ok(PairSearch {
            chance: chance.of(self.overlap.jaccard()),
            bands_met,
            sketch_equal: lsh::equal_bytes(&a, &b) - unused,
            sketch_least: chance.cut() - unused,
            sketch_values: sketch_len(shape),
        })
    }

    fn verdict(&self) -> Result<Verdict> {
        if !self.corpus.empty()?.is_empty() {
            return Ok(Verdict::Empty);
        }
        let found = documents::find(&self.corpus, self.config, super::SETS_HELD)?;
        let rule = self.rule();
        let is_similar = self.overlap.reaches(self.config.threshold);
        Ok(match found.removed.first() {
            Some(removal) if (removal.doc == 0) == self.is_swapped => Verdict::RemovesB { rule },
            Some(_) => Verdict::RemovesA { rule },
            None if !found.pairs.is_empty() && self.config.keep == Keep::None => Verdict::Pair { rule },
            None if is_similar => Verdict::Missed,
            None => Verdict::Different,
        })
    }

    /// The rule by which they are duplicates, if they are.
    fn rule(&self) -> Rule {
        match self.equality {
            Equality::Bytes => Rule::ExactCopy,
            Equality::Words => Rule::SameWords,
            Equality::None if self.overlap.reaches(self.config.threshold) => Rule::Similarity,
            Equality::None => Rule::Containment,
        }
    }

    fn passages(&self) -> Result<Vec<AlignedPassage>> {
        let config = &self.config.to_builder().scope(Scope::Across).build()?;
        let texts = &self.corpus.texts;
        let included: Vec<u32> =
            (0..2).filter(|doc| !self.corpus.empty().is_ok_and(|empty| empty.contains(doc))).collect();
        let words = words(texts, config);
        let found = passages::find(&self.corpus, words, &included, config, &Budget::new(&Resources::default()))?;
        let matches = found.matches.into_iter().map(|found| if self.is_swapped { swapped(found) } else { found });
        let mut matches: Vec<PassageMatch> = matches.collect();
        matches.sort_by_key(|found| (found.a.start, found.b.start));
        let text = |side: usize| match &texts.store {
            Store::Held(documents) => documents[side].text.as_str(),
            Store::Placed(..) => "",
        };
        let (a, b) = if self.is_swapped { (text(1), text(0)) } else { (text(0), text(1)) };
        let align = |(n, found): (usize, PassageMatch)| {
            let texts = (&a[found.a.start..found.a.end], &b[found.b.start..found.b.end]);
            let TextAlignment { longest_run, pieces, .. } = aligned(texts.0, texts.1, config);
            AlignedPassage { found: PassageMatch { id: format!("p{}", n + 1), ..found }, longest_run, pieces }
        };
        Ok(matches.into_iter().enumerate().map(align).collect())
    }
}

/// The match with its sides exchanged.
fn swapped(found: PassageMatch) -> PassageMatch {
    let PassageMatch { a, b, containment_a, containment_b, mut differences, .. } = found;
    for difference in &mut differences {
        std::mem::swap(&mut difference.a, &mut difference.b);
    }
    PassageMatch { a: b, b: a, containment_a: containment_b, containment_b: containment_a, differences, ..found }
}

fn corpus(both: [&Single; 2], sketcher: Sketcher, shape: Bands, config: &Config) -> Corpus {
    let (mut table, mut rows, mut scratch) = (Table::new(shape), Rows::default(), sketcher.scratch());
    for single in both {
        sketcher.add(&single.record.text, &mut rows, &mut scratch);
    }
    table.append(&rows);
    let documents: Vec<Document> = (0..).zip(both).map(|(n, single)| document(n, single.record.clone())).collect();
    let sources = both.map(|single| Source { path: (&*single.doc.source).into(), named: true });
    Corpus {
        sources: Vec::new(),
        names: both.iter().map(|single| single.doc.source.clone()).collect(),
        texts: Texts {
            sources: sources.to_vec(),
            options: SourceOptions::default(),
            stamps: vec![None; 2],
            changed: vec![false; 2],
            store: Store::Held(documents),
        },
        table,
        words: Words::default(),
        skipped: Vec::new(),
        records: 2,
        skipped_sources: 0,
        text_bytes: 0,
        lossy: 0,
        with_value: 0,
        encodings: std::collections::BTreeMap::new(),
        repeated_ids: Vec::new(),
        order: order(both, config),
        sketcher,
    }
}

fn order(both: [&Single; 2], config: &Config) -> Order {
    let ranks = both.map(|single| {
        let source = Source { path: (&*single.doc.source).into(), named: true };
        let modified = super::corpus::modified(&source, &config.keep);
        let (text_bytes, value) = (single.record.text.len() as u64, single.record.value.as_deref());
        keep::rank(&config.keep, Merits { text_bytes, modified, value })
    });
    Order::by_key(&ranks)
}

fn words(texts: &Texts, config: &Config) -> Words {
    let (mut words, mut rows) = (Words::default(), WordRows::default());
    let mut reader = WordReader::new(0, config);
    if let Store::Held(documents) = &texts.store {
        for document in documents {
            reader.add(&document.text, &mut rows);
        }
    }
    words.append(&rows);
    words.finish(vec![reader]);
    words
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::DocumentRef;
    use crate::source::Record;
    use doublon_core::verify::difference::PieceKind;

    fn single(path: &str, text: &str) -> Single {
        let doc = DocumentRef { source: path.into(), record: 0, id: None };
        Single { doc, record: Record { text: text.into(), ..Record::default() } }
    }

    fn words(range: std::ops::Range<usize>) -> String {
        range.map(|n| format!("word{}", n * n + 7)).collect::<Vec<_>>().join(" ") + " "
    }

    fn of(config: &Config) -> Parameters {
        Parameters { config: config.clone(), ..Parameters::default() }
    }

    fn verdict(a: &str, b: &str, config: &Config) -> Verdict {
        compare(&single("a", a), &single("b", b), &of(config)).expect("sound config").verdict
    }

    #[test]
    fn the_verdict_is_that_of_a_scan() {
        let (text, default) = (words(0..100), Config::default());
        let changed = text.replace("word16 ", "");
        assert_eq!(verdict(&text, &text, &default), Verdict::RemovesB { rule: Rule::ExactCopy });
        assert_eq!(verdict(&text, &text.to_uppercase(), &default), Verdict::RemovesB { rule: Rule::SameWords });
        assert_eq!(verdict(&text, &changed, &default), Verdict::RemovesB { rule: Rule::Similarity });
        assert_eq!(verdict(&text, &words(200..300), &default), Verdict::Different);
        assert_eq!(verdict(&text, "...", &default), Verdict::Empty);
        let longest = Config::builder().keep(Keep::Longest).build().expect("valid");
        assert_eq!(verdict(&changed, &text, &longest), Verdict::RemovesA { rule: Rule::Similarity });
        let none = Config::builder().keep(Keep::None).build().expect("valid");
        assert_eq!(verdict(&text, &changed, &none), Verdict::Pair { rule: Rule::Similarity });
        let contained = Config::builder().containment(Some(0.9)).build().expect("valid");
        assert_eq!(verdict(&text, &words(0..40), &contained), Verdict::RemovesB { rule: Rule::Containment });
    }

    #[test]
    fn a_pair_that_no_band_finds_is_told_from_one_that_is_too_different() {
        let text = words(0..100);
        let strict = Config::builder().bands(1, 60).build().expect("valid");
        let found = compare(&single("a", &text), &single("b", &text.replace("word16 ", "")), &of(&strict));
        let found = found.expect("sound config");
        assert_eq!((found.verdict, found.search.bands_met.len()), (Verdict::Missed, 0));
        assert!(found.search.chance < 0.2 && found.jaccard() >= 0.8, "{:?}", found.search);
    }

    #[test]
    fn sides_stay_those_that_were_named_whatever_their_order() {
        let (long, short) = (words(0..100), format!("other start {}", words(0..60)));
        let found = compare(&single("z", &long), &single("b", &short), &Parameters::default()).expect("sound");
        assert_eq!((found.a.words, found.b.words), (100, 62));
        let passage = &found.passages[0].found;
        assert_eq!((passage.a.start, passage.b.start, &*passage.b.doc.source), (0, 12, "b"));
        assert!(found.containment_b() > 0.9 && found.containment_a() < 0.6);
    }

    #[test]
    fn pieces_hold_all_of_both_texts() {
        let config = Config::default();
        let texts = [
            "One two three four five six, seven eight nine ten.\n",
            "Before it: one two THREE four five six; seven\neight 9 ten!",
            "½ of it, and é of e\u{301}",
            "",
            "nothing in common with any other",
        ];
        for a in texts {
            for b in texts {
                let pieces = aligned(a, b, &config).pieces;
                let all: (String, String) = pieces.iter().map(|piece| (piece.a.as_str(), piece.b.as_str())).unzip();
                assert_eq!((all.0.as_str(), all.1.as_str()), (a, b), "{pieces:?}");
                let is_true = |piece: &TextPiece| (piece.kind == PieceKind::Equal) == (piece.a == piece.b);
                assert!(pieces.iter().all(is_true), "{pieces:?}");
            }
        }
    }

    #[test]
    fn an_alignment_finds_what_texts_share_wherever_they_start() {
        let (a, b) = (words(0..100), words(60..160));
        let found = aligned(&a, &b, &Config::default());
        assert_eq!(found.longest_run, 40);
        let is_equal = |piece: &&TextPiece| piece.kind == PieceKind::Equal && piece.a.len() > 1;
        assert_eq!(found.pieces.iter().filter(is_equal).count(), 1, "{:?}", found.pieces);
    }
}
