//! Two documents by themselves: the same measures, bands and alignments as in a scan, and with them why a scan does what
//! it does.

use std::cmp::Ordering;
use std::collections::HashMap;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use doublon_core::candidate::params::{SKETCH_BYTES, sketch_len};
use doublon_core::candidate::{Chance, lsh};
use doublon_core::text::{Lexicon, Shingler, TokenId, Tokenizer, Vocabulary};
use doublon_core::verify::Overlap;
use doublon_core::verify::align::{Aligner, Alignment, Column, Run};
use doublon_core::verify::difference::{SideText, pieces};
use doublon_core::verify::pair::{Acceptance, PairAligner};
use doublon_core::{Config, Keep, Level, Scope, Sketcher};

use super::single::Single;
use crate::error::Result;
use crate::finding::comparison::{
    AlignedPassage, ComparedDocument, Comparison, PairSearch, Rule, TextAlignment, TextPiece, Verdict,
};
use crate::finding::{Equality, Findings, Parameters, PassageMatch, PlacedSpan, Reason};
use crate::scan::{self, CorpusBuilder};
use crate::source::{Item, Record, Source, SourceOrder};
use crate::store::private_seed;
use crate::store::{Budget, Resources};

/// Compares two documents as a scan of just these two would.
///
/// # Errors
///
/// If a parameter has no sense.
pub fn compare(a: &Single, b: &Single, parameters: &Parameters) -> Result<Comparison> {
    let pair = ComparedPair::new(a, b, &parameters.config)?;
    let verdict = pair.verdict();
    Ok(Comparison {
        parameters: parameters.clone(),
        a: pair.side(a, 0),
        b: pair.side(b, 1),
        equality: pair.equality,
        shared: pair.overlap.shared,
        search: pair.search(),
        verdict,
        passages: pair.passages(a, b),
    })
}

/// Aligns two texts from start to end, by the words that a scan compares.
pub fn aligned(a: &str, b: &str, config: &Config) -> TextAlignment {
    let tokenizer = Tokenizer::new(config.text, private_seed());
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
    let mut whole = Alignment::default();
    Aligner::new(vocabulary).align_halves(tokens, 0..a.len(), a.len()..tokens.len(), &mut whole);
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
    let mut aligner = PairAligner::new(vocabulary, k, acceptance);
    let found = aligner.across(a, b, candidates).iter();
    // Of equal ones the first, so that the whole stays if nothing is better.
    let better = |best: Alignment, other: Alignment| if other.score > best.score { other } else { best };
    found.map(Alignment::best_part).fold(whole, better)
}

/// Two documents, the one whose path and place come first as number 0, and what a scan of just these two finds.
struct ComparedPair<'p> {
    config: &'p Config,
    /// The texts of `a` and `b`.
    texts: [&'p str; 2],
    /// Whether number 0 is `b`.
    is_swapped: bool,
    equality: Equality,
    /// The shingles of `a` and `b`.
    sets: [Vec<u64>; 2],
    /// Of `a` and `b`.
    overlap: Overlap,
    found: Findings,
}

impl<'p> ComparedPair<'p> {
    fn new(a: &'p Single, b: &'p Single, config: &'p Config) -> Result<Self> {
        let order = SourceOrder::of(&config.keep)?;
        let place = |given: usize, single: &Single| {
            (order.rank(Path::new(&*single.doc.source), given), single.doc.source.clone(), single.record.record)
        };
        let is_swapped = place(1, b).cmp(&place(0, a)) == Ordering::Less;
        config.check_known_text()?;
        let shingler = Shingler::new(config.text.shingle.k);
        let mut scratch = Sketcher::new(config).reseeded(private_seed()).scratch();
        let units = [a, b].map(|single| scratch.tokens(&single.record.text).to_vec());
        let sets = units.each_ref().map(|units| shingler.set(units));
        let same_words = || units[0] == units[1] && (config.known_text.is_none() || !units[0].is_empty());
        let equality = a.record.compared().equality(&b.record.compared(), same_words);
        let found = found(if is_swapped { [b, a] } else { [a, b] }, config)?;
        let (texts, overlap) = ([a, b].map(|single| single.record.text.as_str()), Overlap::of(&sets[0], &sets[1]));
        Ok(Self { config, texts, is_swapped, equality, sets, overlap, found })
    }

    fn side(&self, single: &Single, number: usize) -> ComparedDocument {
        let text = self.texts[number];
        let tokens = Tokenizer::new(self.config.text, self.config.seed).reader().tokens(text);
        ComparedDocument {
            doc: single.doc.clone(),
            bytes: text.len(),
            characters: text.chars().count(),
            words: tokens.len(),
            shingles: self.sets[number].len(),
        }
    }

    fn search(&self) -> PairSearch {
        let shape = self.config.shape();
        let sketcher = Sketcher::new(self.config);
        let [a, b] = self.texts.map(|text| sketcher.values(text, &mut sketcher.scratch()).to_vec());
        let met = lsh::band_keys(&a, shape).zip(lsh::band_keys(&b, shape)).zip(1..);
        let chance = Chance::new(shape, self.config.threshold);
        // Bytes that are not in use agree.
        let unused = SKETCH_BYTES - sketch_len(shape);
        PairSearch {
            chance: chance.of(self.overlap.jaccard()),
            bands_met: met.filter(|((a, b), _)| a == b).map(|(_, band)| band).collect(),
            sketch_equal: lsh::equal_bytes(&lsh::sketch(&a, shape), &lsh::sketch(&b, shape)) - unused,
            sketch_least: chance.cut() - unused,
            sketch_values: sketch_len(shape),
        }
    }

    fn verdict(&self) -> Verdict {
        if self.found.summary.skipped.contains_key(Reason::Empty.name()) {
            return Verdict::Empty;
        }
        let rule = self.rule();
        match self.found.clusters.first() {
            Some(cluster) if (cluster.keep.record == 1) == self.is_swapped => Verdict::RemovesB { rule },
            Some(_) => Verdict::RemovesA { rule },
            None if !self.found.pairs.is_empty() && self.config.keep == Keep::None => Verdict::Pair { rule },
            None if self.overlap.reaches(self.config.threshold) && !self.config.exact => Verdict::Missed,
            None => Verdict::Different,
        }
    }

    /// The rule by which they are duplicates, if they are.
    fn rule(&self) -> Rule {
        match self.equality {
            Equality::Bytes => Rule::ExactCopy,
            Equality::Characters => Rule::SameCharacters,
            Equality::Words => Rule::SameWords,
            Equality::None if self.overlap.reaches(self.config.threshold) => Rule::Similarity,
            Equality::None => Rule::Containment,
        }
    }

    fn passages(&self, a: &Single, b: &Single) -> Vec<AlignedPassage> {
        let named = |found: &PassageMatch| {
            let found = if self.is_swapped { swapped(found.clone()) } else { found.clone() };
            let place = |place: PlacedSpan, single: &Single| PlacedSpan { doc: single.doc.clone(), ..place };
            PassageMatch { a: place(found.a, a), b: place(found.b, b), ..found }
        };
        let mut matches: Vec<PassageMatch> = self.found.matches.iter().map(named).collect();
        matches.sort_by_key(|found| (found.a.start, found.b.start));
        let align = |(n, found): (usize, PassageMatch)| {
            let [a, b] = self.texts;
            let texts = (&a[found.a.start..found.a.end], &b[found.b.start..found.b.end]);
            let TextAlignment { longest_run, pieces, .. } = aligned(texts.0, texts.1, self.config);
            AlignedPassage { found: PassageMatch { id: format!("p{}", n + 1), ..found }, longest_run, pieces }
        };
        matches.into_iter().enumerate().map(align).collect()
    }
}

/// Scans two documents, which are records 0 and 1 of a source without a name.
fn found(both: [&Single; 2], config: &Config) -> Result<Findings> {
    let config = &config
        .to_builder()
        .level(Level::All)
        .isolate(false)
        .against(false)
        .scope(Scope::Across)
        .inside_duplicates(true)
        .build()?;
    let budget = Budget::new(&Resources::default());
    let mut builder = CorpusBuilder::new(config, &budget);
    let number = builder.add_source(&Source::given(PathBuf::new()), &Arc::default())?;
    for (n, single) in (0..).zip(both) {
        let source = Source::given(&*single.doc.source);
        let record = Record { record: n, id: None, ..single.record.clone() };
        builder.push(number, scan::modified(&source, &config.keep), vec![vec![Item::Document(record)]])?;
    }
    let parameters = Parameters { config: config.clone(), ..Parameters::default() };
    let mut findings = Findings::default();
    scan::compare(builder.finish()?, &parameters, &budget, &(), &mut findings)?;
    Ok(findings)
}

/// The match with its sides exchanged.
fn swapped(found: PassageMatch) -> PassageMatch {
    let PassageMatch { a, b, containment_a, containment_b, mut differences, .. } = found;
    for difference in &mut differences {
        std::mem::swap(&mut difference.a, &mut difference.b);
    }
    PassageMatch { a: b, b: a, containment_a: containment_b, containment_b: containment_a, differences, ..found }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::DocumentRef;
    use crate::source::Record;
    use doublon_core::verify::difference::PieceKind;

    fn single(path: &str, text: &str) -> Single {
        let doc = DocumentRef { source: path.into(), record: 0, id: None, metadata: None };
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
        assert_eq!(verdict(&text, " \n", &default), Verdict::Empty);
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
