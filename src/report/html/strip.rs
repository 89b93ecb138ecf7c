//! Documents drawn as bars, from their first byte to their last, with the places of passages as segments of them and
//! bands that join the places of one passage.
//!
//! A drawing is [`WIDTH`] units wide and is stretched to the page, so only heights are pixels.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use super::context::{PageContext, hue};
use super::words::more;
use crate::finding::digest::FamilyTag;
use crate::finding::{DocumentRef, PassageFamily, PlacedSpan, bytes_of};
use crate::report::visible::visible;

/// Units from one end of a document to the other.
const WIDTH: f64 = 1000.0;
/// The least width of a segment, so that it can be seen.
const LEAST: f64 = 4.0;
/// Pixels from one bar to the next, without and with arcs above it. The style sheet has them too.
const ROW: usize = 40;
const TALL_ROW: usize = 84;
const BAR: usize = 14;
/// The most documents that the drawing of one passage shows.
const DOCUMENTS: usize = 6;
/// The most places drawn in one document.
const SEGMENTS: usize = 80;
/// The most arcs in one document, so that they can still be told apart.
const ARCS: usize = 12;

/// Places in a document, with the passages that they belong to.
pub type FamilyPlaces<'a> = Vec<(&'a FamilyTag, &'a PlacedSpan)>;

/// A drawing of one or more documents.
pub struct Strip {
    pub rows: Vec<StripRow>,
    pub bands: Vec<StripBand>,
    pub height: usize,
    /// Documents that are not drawn.
    pub more: String,
}

/// A document.
pub struct StripRow {
    pub name: String,
    /// The name without folders.
    pub short: String,
    pub y: usize,
    pub is_tall: bool,
    pub segments: Vec<StripSegment>,
}

/// A place.
pub struct StripSegment {
    pub x: String,
    pub end: String,
    pub width: String,
    pub hue: usize,
    /// What a pointer that rests on it is told.
    pub title: String,
}

/// A band that joins two places.
pub struct StripBand {
    pub path: String,
    pub hue: usize,
}

impl Strip {
    /// Draws the documents in which a passage stands.
    pub fn of_family<'a>(family: &'a PassageFamily, tag: &'a FamilyTag, context: &PageContext<'_>) -> Self {
        let mut documents: Vec<(&DocumentRef, FamilyPlaces<'a>)> = Vec::new();
        for place in std::iter::once(&family.keep).chain(&family.occurrences) {
            match documents.iter().position(|(doc, _)| *doc == &place.doc) {
                Some(at) => documents[at].1.push((tag, place)),
                None if documents.len() < DOCUMENTS => documents.push((&place.doc, vec![(tag, place)])),
                None => {} // counted below
            }
        }
        let more = more(documents_of(family), documents.len(), "document");
        let mut strip = Self { more, ..Self::draw(&documents, context) };
        strip.join_rows(&documents, hue(tag));
        strip
    }

    /// Draws one document with all passages that repeat in it.
    pub fn of_document(doc: &DocumentRef, places: &FamilyPlaces<'_>, context: &PageContext<'_>) -> Self {
        Self::draw(&[(doc, places.clone())], context)
    }

    fn draw(documents: &[(&DocumentRef, FamilyPlaces<'_>)], context: &PageContext<'_>) -> Self {
        let mut strip = Self { rows: Vec::new(), bands: Vec::new(), height: 0, more: String::new() };
        for (doc, places) in documents {
            let mut of_family: BTreeMap<&str, (&FamilyTag, Vec<&PlacedSpan>)> = BTreeMap::new();
            for (family, place) in places {
                of_family.entry(&family.id).or_insert_with(|| (*family, Vec::new())).1.push(place);
            }
            let is_tall = of_family.values().any(|(_, places)| places.len() > 1);
            let y = strip.height + if is_tall { TALL_ROW - BAR - 8 } else { ROW - BAR - 13 };
            strip.height += if is_tall { TALL_ROW } else { ROW };
            strip.bands.extend(largest_arcs(of_family.into_values().collect(), y));
            let longest = longest(places);
            let segments = longest.iter().map(|(family, place)| segment(place, hue(family), &family.label)).collect();
            let name = context.names.document(doc);
            strip.rows.push(StripRow { short: without_folders(&name, &doc.source), name, y, is_tall, segments });
        }
        strip
    }

    /// Joins the first place in each document to the first one in the next.
    fn join_rows(&mut self, documents: &[(&DocumentRef, FamilyPlaces<'_>)], hue: usize) {
        for (rows, pair) in self.rows.windows(2).zip(documents.windows(2)) {
            let ((_, above), (_, below)) = (pair[0].1[0], pair[1].1[0]);
            let (from, to) = (rows[0].y + BAR, rows[1].y);
            let ([a, b], [c, d]) = (ends(above), ends(below));
            let middle = usize::midpoint(from, to);
            let path = format!(
                "M{a:.1} {from}C{a:.1} {middle} {c:.1} {middle} {c:.1} {to}L{d:.1} {to}C{d:.1} {middle} {b:.1} \
                 {middle} {b:.1} {from}Z"
            );
            self.bands.push(StripBand { path, hue });
        }
    }
}

/// Returns in how many documents the listed places of a passage stand.
pub fn documents_of(family: &PassageFamily) -> usize {
    let docs: BTreeSet<&DocumentRef> =
        family.occurrences.iter().chain([&family.keep]).map(|place| &place.doc).collect();
    docs.len()
}

/// Returns the longest places, as many as can be told apart, in their order.
fn longest<'a>(places: &FamilyPlaces<'a>) -> FamilyPlaces<'a> {
    let mut order: Vec<usize> = (0..places.len()).collect();
    order.sort_by_key(|&n| (Reverse(bytes_of(places[n].1).len()), n));
    order.truncate(SEGMENTS);
    order.sort_unstable();
    order.into_iter().map(|n| places[n]).collect()
}

/// Draws the arcs of the longest places of a document.
fn largest_arcs(mut families: Vec<(&FamilyTag, Vec<&PlacedSpan>)>, y: usize) -> Vec<StripBand> {
    families.sort_by_key(|(_, places)| Reverse(places.iter().map(|place| bytes_of(place).len()).max()));
    families.into_iter().flat_map(|(family, places)| arcs(&places, y, hue(family))).take(ARCS).collect()
}

/// Draws arcs above a document, from the first place of a passage to each other one.
fn arcs(places: &[&PlacedSpan], y: usize, hue: usize) -> Vec<StripBand> {
    let Some((first, others)) = places.split_first() else { return Vec::new() };
    let arc = |other: &&PlacedSpan| {
        let (left, right) = if other.start < first.start { (*other, *first) } else { (*first, *other) };
        let ([from, inner_from], [inner_to, to]) = (ends(left), ends(right));
        // A curve of this kind rises to three quarters of its handles.
        let (outer, inner) = (y as f64 - 76.0 * rise(from, to), y as f64 - 76.0 * rise(inner_from, inner_to));
        let path = format!(
            "M{from:.1} {y}C{from:.1} {outer:.0} {to:.1} {outer:.0} {to:.1} {y}L{inner_to:.1} {y}\
             C{inner_to:.1} {inner:.0} {inner_from:.1} {inner:.0} {inner_from:.1} {y}Z"
        );
        StripBand { path, hue }
    };
    others.iter().map(arc).collect()
}

/// Returns the name of a document of `source` from the last part of its path on.
fn without_folders(name: &str, source: &str) -> String {
    let path = visible(source);
    let folders = path.rfind('/').map_or("", |at| &path[..=at]);
    name.strip_prefix(folders).unwrap_or(name).to_owned()
}

/// How high an arc is, `0.0..=1.0`: those between places far apart are higher.
fn rise(from: f64, to: f64) -> f64 {
    0.25 + 0.75 * ((to - from).abs() / WIDTH).sqrt().min(1.0)
}

fn segment(place: &PlacedSpan, hue: usize, id: &str) -> StripSegment {
    let [start, end] = ends(place);
    let lines = if place.line == place.end_line {
        format!("line {}", place.line)
    } else {
        format!("lines {} to {}", place.line, place.end_line)
    };
    let [x, end, width] = [start, end, end - start].map(|value| format!("{value:.1}"));
    StripSegment { x, end, width, hue, title: format!("{}, {lines}", visible(id)) }
}

/// Returns where a place starts and ends in the drawing.
fn ends(place: &PlacedSpan) -> [f64; 2] {
    let len = place.document_bytes.max(place.end).max(1) as f64;
    let (start, end) = (place.start as f64 / len * WIDTH, place.end as f64 / len * WIDTH);
    let start = start.min(WIDTH - LEAST);
    [start, end.max(start + LEAST).min(WIDTH)]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::digest::Digest;
    use crate::finding::{Sort, samples};
    use crate::report::html::limits;

    #[test]
    fn a_place_is_drawn_where_it_stands_and_never_too_thin_to_see() {
        let place = |bytes| PlacedSpan { document_bytes: 1000, ..samples::span(samples::doc("a", 0), bytes, (1, 1)) };
        assert_eq!(ends(&place(100..300)).map(|x| x as u32), [100, 300]);
        assert_eq!(ends(&place(1000..1000)).map(|x| x as u32), [996, 1000]);
        let unknown = PlacedSpan { document_bytes: 0, ..place(50..100) };
        assert_eq!(ends(&unknown).map(|x| x as u32), [500, 1000]);
        let nothing = PlacedSpan { document_bytes: 0, ..place(0..0) };
        assert_eq!(ends(&nothing).map(|x| x as u32), [0, 4]);
    }

    #[test]
    fn places_in_one_document_are_joined_by_an_arc_and_documents_by_bands() {
        let findings = samples::seed();
        let digest = Digest::of(&findings, limits(Sort::Cost, 10)).expect("memory takes all");
        let context = PageContext::new(&digest, 10);
        let mut family = findings.families[0].clone();
        let tag = FamilyTag::new(&family, 0, &findings.matches);
        let within = Strip::of_family(&family, &tag, &context);
        assert_eq!((within.rows.len(), within.rows[0].segments.len(), within.bands.len()), (1, 2, 1));
        assert_eq!((within.height, within.rows[0].is_tall), (TALL_ROW, true));
        for n in 0..9 {
            let doc = samples::doc(&format!("b{n}"), 0);
            family.occurrences.push(PlacedSpan { doc, ..family.keep.clone() });
        }
        let across = Strip::of_family(&family, &tag, &context);
        assert_eq!(
            (across.rows.len(), across.more.as_str(), across.bands.len()),
            (DOCUMENTS, "and 4 more documents", 1 + 5)
        );
        assert_eq!(across.height, TALL_ROW + 5 * ROW);
    }
}
