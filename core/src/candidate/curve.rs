//! The curve of bands and rows: which pairs they find at each similarity, and how many wrong ones they let through.
//!
//! The chances are exact; see [`Chance`]. How many wrong pairs there are depends on the corpus, so their number is that
//! of a model: each document resembles [`NEIGHBOURS`] others, at similarities spread evenly from 0 to 1. It is the model
//! by which [`choose`](super::choose) weighs wrong pairs. It is made for comparing shapes: the numbers of real corpora
//! differ from it by powers of ten.

use super::params::{Bands, Chance, area};

/// Others that a document of the model resembles.
pub const NEIGHBOURS: u32 = 360;

/// Pairs of the model for a million documents: each counts once for both of its documents.
const PAIRS_PER_MILLION: f64 = 1e6 * NEIGHBOURS as f64 / 2.0;

/// Which pairs a shape finds, by their similarity, and what it costs at a threshold.
#[derive(Clone, Debug, PartialEq)]
pub struct Curve {
    /// The shape.
    pub shape: Bands,
    /// The similarity from which documents are duplicates.
    pub threshold: f64,
    /// The point at the threshold.
    pub at_threshold: CurvePoint,
    /// Points at each tenth and around the threshold, ascending; none stands twice.
    pub points: Vec<CurvePoint>,
    /// The share of the pairs at the threshold that agree in a band and are lost by the sketch.
    pub sketch_loss: f64,
    /// Pairs below the threshold that agree in a band, for a million documents of the model.
    pub wrong_met: f64,
    /// Those of them that pass the sketch and are measured in vain.
    pub wrong_measured: f64,
}

/// How many of the pairs of one similarity are found; shares are `0.0..=1.0`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CurvePoint {
    /// Their Jaccard similarity.
    pub similarity: f64,
    /// The share that agrees in a band.
    pub met: f64,
    /// The share that passes the sketch too, and is measured: [`Chance::of`]. From the threshold on it is the recall.
    pub measured: f64,
}

impl Curve {
    /// Computes the curve of a shape. The threshold must be above 0 and at most 1.
    pub fn new(shape: Bands, threshold: f64) -> Self {
        let chance = Chance::new(shape, threshold);
        let point = |similarity| CurvePoint {
            similarity,
            met: shape.collision_probability(similarity),
            measured: chance.of(similarity),
        };
        let at_threshold = point(threshold);
        let wrong = |share: &dyn Fn(f64) -> f64| PAIRS_PER_MILLION * area(threshold, share);
        Self {
            shape,
            threshold,
            at_threshold,
            points: similarities(threshold).into_iter().map(point).collect(),
            sketch_loss: if at_threshold.met > 0.0 { 1.0 - at_threshold.measured / at_threshold.met } else { 0.0 },
            wrong_met: wrong(&|similarity| shape.collision_probability(similarity)),
            wrong_measured: wrong(&|similarity| chance.of(similarity)),
        }
    }
}

/// The tenths, the threshold, and what lies around it, ascending.
fn similarities(threshold: f64) -> Vec<f64> {
    let tenths = (1..=10).map(|tenth| f64::from(tenth) / 10.0);
    let around = [-0.05, 0.05, 0.1].map(|step| ((threshold + step) * 1e9).round() / 1e9);
    // The threshold itself stays as it is: of equals, the first remains.
    let mut all: Vec<f64> = [threshold].into_iter().chain(tenths).chain(around).collect();
    all.retain(|&similarity| similarity > 0.0 && similarity <= 1.0);
    all.sort_by(f64::total_cmp);
    all.dedup_by(|later, first| (*later - *first).abs() < 1e-9);
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_curve_has_the_tenths_and_what_lies_around_the_threshold_each_once() {
        assert_eq!(similarities(0.8), [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.75, 0.8, 0.85, 0.9, 1.0]);
        assert_eq!(similarities(1.0), [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 1.0]);
        assert_eq!(similarities(0.02)[..3], [0.02, 0.07, 0.1]);
        assert!(similarities(0.8123).contains(&0.8123));
    }

    #[test]
    fn points_are_the_exact_chances() {
        let shape = Bands::new(14, 8).expect("valid");
        let (curve, chance) = (Curve::new(shape, 0.75), Chance::new(shape, 0.75));
        assert_eq!(curve.points.len(), 12);
        for point in &curve.points {
            assert_eq!(point.measured.to_bits(), chance.of(point.similarity).to_bits(), "{point:?}");
            assert_eq!(point.met.to_bits(), shape.collision_probability(point.similarity).to_bits(), "{point:?}");
        }
        assert!(curve.points.contains(&curve.at_threshold));
        assert!(curve.sketch_loss > 0.0 && curve.sketch_loss < 4e-4, "{}", curve.sketch_loss);
    }

    #[test]
    fn wrong_pairs_are_those_of_the_model() {
        // One band of one row meets pairs of similarity s with chance s: below 0.5 that are 0.5^2 / 2 of all.
        let curve = Curve::new(Bands::new(1, 1).expect("valid"), 0.5);
        assert!((curve.wrong_met - 180e6 * 0.125).abs() < 1.0, "{}", curve.wrong_met);
        let [few, many] = [4, 40].map(|bands| Curve::new(Bands::new(bands, 5).expect("valid"), 0.8));
        assert!(few.wrong_met < many.wrong_met && many.wrong_measured < many.wrong_met, "{few:?} {many:?}");
    }
}
