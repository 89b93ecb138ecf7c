//! Units that stand more than once, line by line, paragraph by paragraph or sentence by sentence.
//!
//! The first document that has a unit keeps it, and each other place of it repeats that one: a family is a unit. Units
//! are sorted by their hashes, in shares of the hashes if they are many, so the cost is that of sorting them.
//!
//! This is what `CCNet` does with the lines of a shard (Wenzek et al., "`CCNet`: Extracting High Quality Monolingual
//! Datasets from Web Crawl Data", LREC 2020), but for the whole corpus, and with the first copy kept.

use doublon_core::Scope;
use doublon_core::cluster::families::{Families, Occurrence};
use doublon_core::groups::DocumentGroups;
use rayon::prelude::*;

use crate::error::Result;
use crate::store::{Budget, UnitPlace, Units};

/// The most shares in which units are sorted.
const MOST_SHARES: usize = 256;

/// Returns a family for each unit that stands more than once in the documents `included`, which are in order. There are
/// no matches.
pub(super) fn unit_families(
    units: &Units,
    (included, groups): (&[u32], &DocumentGroups),
    scope: Scope,
    budget: &Budget,
) -> Result<Families> {
    let mut families: Vec<Vec<Occurrence>> = Vec::new();
    let shares = (units.len() * size_of::<UnitPlace>()).div_ceil(budget.postings().max(1)).clamp(1, MOST_SHARES);
    for share in 0..shares {
        let mut places: Vec<UnitPlace> = Vec::new();
        units.for_each(included, |place| {
            if place.key as usize % shares == share {
                places.push(place);
            }
        })?;
        places.par_sort_unstable();
        let equal = places.par_chunk_by(|x, y| x.key == y.key).filter(|equal| equal.len() > 1);
        families.par_extend(equal.flat_map_iter(|equal| in_scope(equal, groups, scope)));
    }
    families.par_sort_unstable_by(|x, y| x[0].cmp(&y[0]));
    Ok(Families { families, of_match: Vec::new() })
}

/// Returns the families of equal units, which are in order: those of each document, all of them, or each document's
/// first one and those of others; with groups the first one and those of other groups.
fn in_scope(equal: &[UnitPlace], groups: &DocumentGroups, scope: Scope) -> Vec<Vec<Occurrence>> {
    let first = equal[0].doc;
    let families: Vec<Vec<Occurrence>> = match scope {
        Scope::Both => vec![equal.iter().map(occurrence).collect()],
        Scope::Within => {
            equal.chunk_by(|x, y| x.doc == y.doc).map(|here| here.iter().map(occurrence).collect()).collect()
        }
        Scope::Across => {
            let others = equal[1..].iter().filter(|place| groups.of(place.doc) != groups.of(first));
            vec![equal[..1].iter().chain(others).map(occurrence).collect()]
        }
    };
    families.into_iter().filter(|places| places.len() > 1).collect()
}

fn occurrence(place: &UnitPlace) -> Occurrence {
    Occurrence { doc: place.doc, start: place.unit, end: place.unit + 1 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places(docs: &[u32]) -> Vec<UnitPlace> {
        docs.iter().zip(0..).map(|(&doc, unit)| UnitPlace { key: 1, doc, unit }).collect()
    }

    #[test]
    fn a_scope_limits_what_a_unit_repeats() {
        let found = |scope| {
            let families = in_scope(&places(&[0, 0, 1, 2, 2]), &DocumentGroups::default(), scope);
            families.iter().map(|places| places.iter().map(|place| place.start).collect()).collect::<Vec<Vec<u32>>>()
        };
        assert_eq!(found(Scope::Both), [[0, 1, 2, 3, 4]]);
        assert_eq!(found(Scope::Across), [[0, 2, 3, 4]]);
        assert_eq!(found(Scope::Within), [[0, 1], [3, 4]]);
        assert!(in_scope(&places(&[3, 3]), &DocumentGroups::default(), Scope::Across).is_empty());
    }
}
