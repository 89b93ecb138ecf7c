//! A document drawn as a bar, from its first byte to its last, with the places of passages as segments of it and arcs
//! that join the places of one passage.
//!
//! A drawing is [`WIDTH`] units wide and is stretched to the page, so only heights are pixels.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::context::hue;
use crate::finding::digest::FamilyTag;
use crate::finding::{PlacedSpan, bytes_of};
use crate::report::visible::visible;

/// Units from one end of a document to the other.
const WIDTH: f64 = 1000.0;
/// The least width of a segment, so that it can be seen.
const LEAST: f64 = 4.0;
/// Pixels from one bar to the next, without and with arcs above it. The style sheet has them too.
const ROW: usize = 40;
const TALL_ROW: usize = 84;
const BAR: usize = 14;
/// The most places drawn in one document.
const SEGMENTS: usize = 24;
/// The most arcs in one document, so that they can still be told apart.
const ARCS: usize = 12;

/// Places in a document, with the passages that they belong to.
pub type FamilyPlaces<'a> = Vec<(&'a FamilyTag, &'a PlacedSpan)>;

/// A drawing of a document.
pub struct Strip {
    pub segments: Vec<StripSegment>,
    pub bands: Vec<StripBand>,
    /// Where the bar begins, from the top.
    pub y: usize,
    pub height: usize,
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

/// An arc that joins two places.
pub struct StripBand {
    pub path: String,
    pub hue: usize,
}

impl Strip {
    /// Draws a document with all passages that repeat in it.
    pub fn of_document(places: &FamilyPlaces<'_>) -> Self {
        let mut of_family: BTreeMap<&str, (&FamilyTag, Vec<&PlacedSpan>)> = BTreeMap::new();
        for (family, place) in places {
            of_family.entry(&family.id).or_insert_with(|| (*family, Vec::new())).1.push(place);
        }
        let is_tall = of_family.values().any(|(_, places)| places.len() > 1);
        let height = if is_tall { TALL_ROW } else { ROW };
        let y = height - BAR - if is_tall { 8 } else { 13 };
        let segments =
            longest(places).iter().map(|(family, place)| segment(place, hue(family), &family.label)).collect();
        Self { y, height, segments, bands: largest_arcs(of_family.into_values().collect(), y) }
    }
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
    use crate::finding::samples;

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
    fn places_of_one_passage_are_joined_by_an_arc() {
        let findings = samples::seed();
        let family = &findings.families[0];
        let tag = FamilyTag::new(family, 0, &findings.matches);
        let joined = Strip::of_document(&vec![(&tag, &family.keep), (&tag, &family.occurrences[0])]);
        assert_eq!((joined.segments.len(), joined.bands.len(), joined.height), (2, 1, TALL_ROW));
        let alone = Strip::of_document(&vec![(&tag, &family.keep)]);
        assert_eq!((alone.segments.len(), alone.bands.len(), alone.height), (1, 0, ROW));
    }
}
