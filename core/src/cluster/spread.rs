//! How the places of a family stand in their documents: what tells the menu of a site from a text that was copied.
//!
//! A menu, a footer or a signature stands in many documents, as far from the start or from the end in each, and those
//! documents have other text of their own. A paragraph that was copied stands anywhere; one of the versions of a text
//! stands at the same place in each, but then nearly all of these versions stands elsewhere too.
//!
//! The cost is that of sorting the places.

use super::families::Occurrence;

/// Two places are alike in their distance from the start, or from the end, if it differs by no more than this share of
/// the document.
const TOLERANCE: f64 = 0.1;

/// How the places of a family stand in their documents.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct FamilySpread {
    /// Documents that have a place.
    pub documents: u32,
    /// The share of those documents whose first place is as far from the start, or whose last place is as far from the
    /// end, as in the document in the middle, give or take a tenth of the document; the larger one. `0.0..=1.0`.
    pub alike: f64,
    /// The share of the words of such a document that are in any place of any family, in the document in the middle.
    pub repeated: f64,
}

/// Returns the spread of each family. `words` gives how many words a document has, at least as many as its places.
pub fn spreads(families: &[Vec<Occurrence>], words: impl Fn(u32) -> u64) -> Vec<FamilySpread> {
    let repeated = RepeatedShares::new(families, &words);
    families.iter().map(|places| spread(places, &repeated, &words)).collect()
}

fn spread(places: &[Occurrence], repeated: &RepeatedShares, words: &impl Fn(u32) -> u64) -> FamilySpread {
    let mut sorted: Vec<&Occurrence> = places.iter().collect();
    sorted.sort_unstable();
    let documents = || sorted.chunk_by(|x, y| x.doc == y.doc);
    let from_start = |of_doc: &[&Occurrence]| (u64::from(of_doc[0].start), words(of_doc[0].doc));
    let from_end = |of_doc: &[&Occurrence]| {
        let (all, end) = (words(of_doc[0].doc), u64::from(of_doc[of_doc.len() - 1].end));
        (all.saturating_sub(end), all)
    };
    let alike = alike(documents().map(from_start).collect()).max(alike(documents().map(from_end).collect()));
    let mut shares: Vec<f64> = documents().map(|of_doc| repeated.of(of_doc[0].doc)).collect();
    if shares.is_empty() {
        return FamilySpread::default();
    }
    let count = shares.len();
    let (_, &mut repeated, _) = shares.select_nth_unstable_by(count / 2, f64::total_cmp);
    FamilySpread { documents: count as u32, alike, repeated }
}

/// Returns the share of distances that are like the one in the middle; each comes with the words of its document.
fn alike(mut distances: Vec<(u64, u64)>) -> f64 {
    if distances.is_empty() {
        return 0.0;
    }
    let count = distances.len();
    let (_, &mut (middle, _), _) = distances.select_nth_unstable(count / 2);
    let is_alike = |&&(distance, words): &&(u64, u64)| distance.abs_diff(middle) as f64 <= TOLERANCE * words as f64;
    distances.iter().filter(is_alike).count() as f64 / count as f64
}

/// The share of the words of each document that are in a place of a family.
struct RepeatedShares(Vec<(u32, f64)>);

impl RepeatedShares {
    fn new(families: &[Vec<Occurrence>], words: &impl Fn(u32) -> u64) -> Self {
        let mut places: Vec<&Occurrence> = families.iter().flatten().collect();
        places.sort_unstable();
        let share = |of_doc: &[&Occurrence]| {
            let doc = of_doc[0].doc;
            (doc, covered(of_doc) as f64 / words(doc).max(1) as f64)
        };
        Self(places.chunk_by(|x, y| x.doc == y.doc).map(share).collect())
    }

    fn of(&self, doc: u32) -> f64 {
        self.0.binary_search_by_key(&doc, |&(doc, _)| doc).map_or(0.0, |n| self.0[n].1)
    }
}

/// Returns how many words are in any of some places of a document, which are in order.
fn covered(places: &[&Occurrence]) -> u64 {
    let mut end = 0;
    let new = |place: &&Occurrence| {
        let start = place.start.max(end);
        end = end.max(place.end);
        u64::from(place.end.saturating_sub(start))
    };
    places.iter().map(new).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Documents of 100, 130, 160 words and so on.
    fn words(doc: u32) -> u64 {
        100 + 30 * u64::from(doc)
    }

    fn family(docs: u32, place: impl Fn(u32, u32) -> u32) -> Vec<Occurrence> {
        (0..docs)
            .map(|doc| place(doc, words(doc) as u32))
            .zip(0..)
            .map(|(start, doc)| Occurrence { doc, start, end: start + 20 })
            .collect()
    }

    #[test]
    fn a_menu_and_a_footer_stand_at_like_places() {
        let menu = family(8, |doc, _| doc % 3);
        let footer = family(8, |_, words| words - 20);
        let quoted = family(8, |doc, words| (words - 20) * (doc * 5 % 8) / 8);
        let alike: Vec<f64> = spreads(&[menu, footer, quoted], words).iter().map(|spread| spread.alike).collect();
        assert!((alike[0], alike[1]) == (1.0, 1.0) && alike[2] <= 0.5, "{alike:?}");
    }

    #[test]
    fn documents_count_once_and_words_that_repeat_once() {
        let twice = [0, 1].map(|doc| Occurrence { doc, start: 0, end: 50 });
        let again = Occurrence { doc: 1, start: 40, end: 65 };
        let spread = spreads(&[[&twice[..], &[again]].concat()], words)[0];
        assert_eq!((spread.documents, spread.repeated), (2, 0.5));
        assert_eq!(spreads(&[], words), []);
        assert_eq!(spreads(&[Vec::new()], words), [FamilySpread::default()]);
    }

    #[test]
    fn versions_of_a_text_have_nothing_of_their_own() {
        let paragraphs: Vec<Vec<Occurrence>> =
            (0..10).map(|n| (0..6).map(|doc| Occurrence { doc, start: n * 10, end: n * 10 + 10 }).collect()).collect();
        let spreads = spreads(&paragraphs, |_| 100);
        let whole = FamilySpread { documents: 6, alike: 1.0, repeated: 1.0 };
        assert!(spreads.iter().all(|spread| *spread == whole), "{spreads:?}");
    }
}
