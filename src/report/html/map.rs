//! The documents with the most repeated text, drawn with all passages that repeat in them.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use super::context::{PageContext, hue};
use super::listing::{GroupListing, GroupSource};
use super::strip::{FamilyPlaces, Strip};
use super::words::{anchor, more};
use crate::finding::bytes_of;
use crate::finding::digest::{DrawnDocument, FamilyTag};
use crate::report::text::{bytes, counted, number, percent};
use crate::report::visible::visible;

/// Documents that are drawn.
pub const DRAWN: usize = 5;
/// The most passages that the legend of a document names.
const LEGEND: usize = 8;

/// A document with all its repeats.
pub struct Drawn {
    pub name: String,
    pub repeated: String,
    pub strip: Strip,
    pub label: String,
    pub families: Vec<Legend>,
    pub more: String,
}

/// A passage in a drawing.
pub struct Legend {
    pub id: String,
    pub anchor: Option<String>,
    pub hue: usize,
    pub lines: String,
}

/// Draws the documents with the most repeated text, and says how many more there are.
pub fn drawn(context: &PageContext<'_>, listing: &GroupListing<'_>) -> (Vec<Drawn>, String) {
    let digest = context.digest;
    if digest.families.all() < 2 {
        return (Vec::new(), String::new()); // the list draws it
    }
    let id = |source: &GroupSource<'_>| match source {
        GroupSource::Family(family, _) => Some(family.id.clone()),
        _ => None,
    };
    let listed: BTreeSet<String> = listing.groups().filter_map(|group| id(&group.source)).collect();
    let documents = digest.documents.iter().map(|document| Drawn::new(context, document, &listed));
    (documents.collect(), more(digest.document_count, DRAWN, "document"))
}

impl Drawn {
    fn new(context: &PageContext<'_>, document: &DrawnDocument, listed: &BTreeSet<String>) -> Self {
        let DrawnDocument { doc, repeated, places } = document;
        let places: FamilyPlaces<'_> = places.iter().map(|(family, place)| (&**family, place)).collect();
        let len = places.first().map_or(0, |(_, place)| place.document_bytes as u64);
        let share = if len == 0 { String::new() } else { format!(" ({})", percent(*repeated as f64 / len as f64)) };
        let name = context.document(doc);
        let families = by_size(&places);
        let label = format!("{} repeated in {}", bytes(*repeated), counted(places.len() as u64, "place"));
        let legend = |(_, family, lines): &(usize, &FamilyTag, Vec<usize>)| legend(family, lines, listed);
        Self {
            repeated: format!("{}{share} in repeated passages", bytes(*repeated)),
            strip: Strip::of_document(&places),
            label: format!("{name}: {label}"),
            name,
            more: more(families.len(), LEGEND, "passage"),
            families: families.iter().take(LEGEND).map(legend).collect(),
        }
    }
}

/// Returns the passages in a document with the lines where they start, those with the most text first.
fn by_size<'a>(places: &FamilyPlaces<'a>) -> Vec<(usize, &'a FamilyTag, Vec<usize>)> {
    let mut families: BTreeMap<&str, (usize, &FamilyTag, Vec<usize>)> = BTreeMap::new();
    for (family, place) in places {
        let (bytes, _, lines) = families.entry(&family.id).or_insert_with(|| (0, family, Vec::new()));
        *bytes = bytes.saturating_add(bytes_of(place).len());
        lines.push(place.line);
    }
    let mut families: Vec<_> = families.into_values().collect();
    families.sort_by_key(|(bytes, _, lines)| (Reverse(*bytes), lines[0]));
    families
}

fn legend(family: &FamilyTag, lines: &[usize], listed: &BTreeSet<String>) -> Legend {
    let lines: Vec<String> = lines.iter().take(4).map(|line| number(*line as u64)).collect();
    Legend {
        id: visible(&family.label).into_owned(),
        anchor: anchor(&family.label).filter(|_| listed.contains(&family.id)).map(str::to_owned),
        hue: hue(family),
        lines: format!("line{} {}", if lines.len() > 1 { "s" } else { "" }, lines.join(", ")),
    }
}
