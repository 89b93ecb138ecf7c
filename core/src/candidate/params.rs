//! Bands and rows: how they follow from a threshold and a recall, and how likely they find a pair.
//!
//! A signature is cut into `bands` bands of `rows` values; a pair is a candidate when all rows agree in at least one
//! band. More bands find more pairs, more rows find fewer. Source: Leskovec, Rajaraman and Ullman, "Mining of Massive
//! Datasets", section 3.4.
//!
//! A candidate is dropped unverified when too few bytes of two 64-byte sketches agree, so the probability of being
//! found is that of both events together. [`Chance`] computes it exactly.

use crate::error::{Error, Result};

/// Bytes of the sketch that filters candidates: one of each of the first so many values of a signature.
pub const SKETCH_BYTES: usize = 64;

/// The share of the pairs at the threshold that the sketch may lose.
const SKETCH_LOSS: f64 = 3e-4;

/// Chance that one byte of two different values agrees.
const ACCIDENT: f64 = 1.0 / 256.0;

/// What a step of the area below the curve costs in hash functions; see [`work`].
const AREA_COST: f64 = 1000.0;

/// The shape of a signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bands {
    /// Number of bands, at least 1.
    pub bands: usize,
    /// Rows in a band, at least 1.
    pub rows: usize,
}

impl Bands {
    /// Makes the shape.
    ///
    /// # Errors
    ///
    /// If one of them is 0, or there are more than 65,536 values.
    pub fn new(bands: usize, rows: usize) -> Result<Self> {
        for (name, value) in [("bands", bands), ("rows", rows)] {
            if value == 0 {
                return Err(Error::Parameter { name, value: value.to_string(), expected: "at least 1" });
            }
        }
        match bands.checked_mul(rows) {
            Some(len) if len <= 65_536 => Ok(Self { bands, rows }),
            product => Err(Error::Parameter {
                name: "bands times rows",
                value: product.map_or_else(|| format!("{bands} * {rows}"), |product| product.to_string()),
                expected: "at most 65536",
            }),
        }
    }

    /// Returns the number of values of the signature.
    pub fn len(self) -> usize {
        self.bands * self.rows
    }

    /// Returns whether the signature has no value, which [`new`](Self::new) rules out.
    pub fn is_empty(self) -> bool {
        self.len() == 0
    }

    /// Returns the probability that two sets of Jaccard similarity `similarity`, in `0.0..=1.0`, agree in all rows of
    /// at least one band: `1 - (1 - s^rows)^bands`.
    ///
    /// # Examples
    ///
    /// ```
    /// use doublon_core::candidate::Bands;
    ///
    /// let bands = Bands::new(20, 5)?;
    /// assert!(bands.collision_probability(0.8) > 0.999);
    /// assert!(bands.collision_probability(0.2) < 0.007);
    /// # Ok::<(), doublon_core::Error>(())
    /// ```
    pub fn collision_probability(self, similarity: f64) -> f64 {
        1.0 - power(1.0 - power(similarity, self.rows), self.bands)
    }
}

/// Returns the cheapest bands and rows that find a pair at Jaccard similarity `threshold` with a probability of at
/// least `recall`: of the [`alternatives`], the one with the least work.
///
/// # Errors
///
/// If the threshold is not above 0 and at most 1, the recall not above 0 and below 1, or no shape of at most 4,096
/// functions reaches the recall.
///
/// # Examples
///
/// ```
/// use doublon_core::candidate::{Bands, choose};
///
/// assert_eq!(choose(0.8, 0.99)?, Bands::new(12, 5)?);
/// # Ok::<(), doublon_core::Error>(())
/// ```
pub fn choose(threshold: f64, recall: f64) -> Result<Bands> {
    let cheapest = alternatives(threshold, recall)?.into_iter().min_by(|x, y| x.work.total_cmp(&y.work));
    cheapest.map(|alternative| alternative.shape).ok_or_else(|| Error::Parameter {
        name: "threshold",
        value: format!("{threshold} with recall {recall}"),
        expected: "within reach of 4096 hash functions; raise it, or lower the recall",
    })
}

/// A shape that reaches a recall.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Alternative {
    /// The shape.
    pub shape: Bands,
    /// What it costs, in hash functions; see [`work`].
    pub work: f64,
}

/// Returns for each number of rows the fewest bands that find a pair at Jaccard similarity `threshold` with a
/// probability of at least `recall`, by ascending rows; numbers of rows that take more than 4,096 functions are left
/// out.
///
/// # Errors
///
/// If the threshold is not above 0 and at most 1, or the recall not above 0 and below 1.
pub fn alternatives(threshold: f64, recall: f64) -> Result<Vec<Alternative>> {
    let within = |name, value: f64, ok, expected| {
        if ok { Ok(()) } else { Err(Error::Parameter { name, value: value.to_string(), expected }) }
    };
    within("threshold", threshold, threshold > 0.0 && threshold <= 1.0, "above 0 and at most 1")?;
    within("recall", recall, recall > 0.0 && recall < 1.0, "above 0 and below 1")?;
    let shapes = (1..=24).filter_map(|rows| cheapest_of_rows(rows, threshold, recall));
    Ok(shapes.map(|shape| Alternative { shape, work: work(shape, threshold) }).collect())
}

/// Returns what a shape costs: the number of its hash functions plus 1,000 times the area below its curve left of the
/// threshold.
///
/// The first is time for every document, the second for candidates that verification has to refuse: few rows are cheap
/// to compute and let many wrong pairs through. The weight corresponds to 500 shingles a document and 360 other
/// documents that it resembles a little, evenly over all similarities.
pub fn work(shape: Bands, threshold: f64) -> f64 {
    shape.len() as f64 + AREA_COST * area(threshold, |similarity| shape.collision_probability(similarity))
}

/// The area below a curve from 0 to `end`.
pub(super) fn area(end: f64, height: impl Fn(f64) -> f64) -> f64 {
    const STEPS: usize = 200;
    (0..STEPS).map(|step| height(end * (step as f64 + 0.5) / STEPS as f64)).sum::<f64>() * end / STEPS as f64
}

/// The fewest bands of so many rows that reach the recall, the loss by the sketch included.
fn cheapest_of_rows(rows: usize, threshold: f64, recall: f64) -> Option<Bands> {
    let wanted = recall / (1.0 - SKETCH_LOSS);
    let miss = 1.0 - power(threshold, rows);
    let estimate = if miss <= 0.0 { 1.0 } else { ((1.0 - wanted).ln() / miss.ln()).floor().max(1.0) };
    if wanted >= 1.0 || !estimate.is_finite() || estimate > 4096.0 {
        return None;
    }
    (estimate as usize..=4096 / rows)
        .map(|bands| Bands { bands, rows })
        .find(|shape| shape.collision_probability(threshold) >= wanted)
}

fn power(base: f64, exponent: usize) -> f64 {
    base.powi(i32::try_from(exponent).unwrap_or(i32::MAX))
}

/// The chance of a pair to be found: to agree in a band, and to pass the sketch.
#[derive(Clone, Debug)]
pub struct Chance {
    shape: Bands,
    cut: usize,
}

impl Chance {
    /// Makes it for a shape, with the highest cut that loses at most 3 in 10,000 of the pairs at `threshold`.
    pub fn new(shape: Bands, threshold: f64) -> Self {
        let passed = met_and_equal(shape, threshold);
        let met: f64 = passed.iter().sum();
        let mut kept = met;
        let mut cut = 0;
        for equal in &passed {
            if kept - equal < met * (1.0 - SKETCH_LOSS) {
                break;
            }
            kept -= equal;
            cut += 1;
        }
        Self { shape, cut }
    }

    /// Returns the least number of equal bytes of two sketches, those not in use included, with which a candidate is
    /// verified.
    pub fn cut(&self) -> usize {
        self.cut + SKETCH_BYTES - sketch_len(self.shape)
    }

    /// Returns the probability that a pair of Jaccard similarity `similarity` is found, `0.0..=1.0`.
    pub fn of(&self, similarity: f64) -> f64 {
        met_and_equal(self.shape, similarity)[self.cut..].iter().sum::<f64>().min(1.0)
    }
}

/// Returns how many bytes of a sketch are in use.
pub fn sketch_len(shape: Bands) -> usize {
    shape.len().min(SKETCH_BYTES)
}

/// For each number of equal sketch bytes: the probability of that number *and* of agreeing in at least one band.
fn met_and_equal(shape: Bands, similarity: f64) -> Vec<f64> {
    let len = sketch_len(shape);
    // [not met yet, met], by number of equal bytes
    let mut state = [vec![0.0; len + 1], vec![0.0; len + 1]];
    state[0][0] = 1.0;
    let in_sketch = len.div_ceil(shape.rows);
    for band in 0..in_sketch {
        let seen = (len - band * shape.rows).min(shape.rows);
        state = after_band(&state, shape.rows, seen, similarity);
    }
    // Bands beyond the sketch change no byte of it, so they count together.
    let others = Bands { bands: shape.bands - in_sketch, ..shape }.collision_probability(similarity);
    let [fresh, met] = state;
    fresh.iter().zip(&met).map(|(fresh, met)| met + fresh * others).collect()
}

/// One more band, of whose `rows` values the first `seen` are in the sketch.
fn after_band(state: &[Vec<f64>; 2], rows: usize, seen: usize, similarity: f64) -> [Vec<f64>; 2] {
    let agree = binomial(seen, similarity + (1.0 - similarity) * ACCIDENT);
    let full = power(similarity, rows);
    let mut next = [vec![0.0; state[0].len()], vec![0.0; state[0].len()]];
    for (equal, (&fresh, &met)) in state[0].iter().zip(&state[1]).enumerate() {
        if fresh == 0.0 && met == 0.0 {
            continue;
        }
        for (more, &probability) in agree.iter().enumerate() {
            // A band that agrees in all rows has all its bytes equal.
            let hit = if more == seen { full } else { 0.0 };
            next[0][equal + more] += fresh * (probability - hit).max(0.0);
            next[1][equal + more] += met * probability + fresh * hit;
        }
    }
    next
}

/// The probabilities of 0 to `n` successes.
fn binomial(n: usize, p: f64) -> Vec<f64> {
    let mut row = vec![1.0];
    for _ in 0..n {
        let mut next = vec![0.0; row.len() + 1];
        for (k, probability) in row.iter().enumerate() {
            next[k] += probability * (1.0 - p);
            next[k + 1] += probability * p;
        }
        row = next;
    }
    row
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn published_shapes_reach_what_is_said_of_them() {
        let at = |bands, rows| Bands { bands, rows }.collision_probability(0.8);
        for (bands, rows, percent) in [(14, 8, 92.0), (9, 13, 40.0), (8, 16, 20.0), (20, 13, 68.0)] {
            assert!((at(bands, rows) * 100.0 - percent).abs() < 1.0, "{bands}x{rows}: {}", at(bands, rows));
        }
    }

    #[test]
    fn the_choice_reaches_the_recall_for_every_threshold() {
        for threshold in [0.3, 0.5, 0.7, 0.8, 0.9, 0.95, 1.0] {
            for recall in [0.5, 0.9, 0.99, 0.999] {
                let Ok(shape) = choose(threshold, recall) else {
                    assert!(threshold < 0.5, "{recall} at {threshold} is out of reach");
                    continue;
                };
                let found = Chance::new(shape, threshold).of(threshold);
                assert!(found >= recall, "{shape:?} finds {found} at {threshold}, wanted {recall}");
            }
        }
        assert_eq!(choose(0.7, 0.99).expect("in reach"), Bands { bands: 17, rows: 4 });
    }

    #[test]
    fn nonsense_is_refused_by_name() {
        for (threshold, recall, message) in [
            (0.0, 0.9, "threshold is 0, but it must be above 0 and at most 1"),
            (1.5, 0.9, "threshold is 1.5, but it must be above 0 and at most 1"),
            (f64::NAN, 0.9, "threshold is NaN, but it must be above 0 and at most 1"),
            (0.8, 1.0, "recall is 1, but it must be above 0 and below 1"),
        ] {
            assert_eq!(choose(threshold, recall).expect_err("refused").to_string(), message);
        }
        assert!(Bands::new(0, 5).is_err() && Bands::new(5, 0).is_err() && Bands::new(usize::MAX, 2).is_err());
    }

    #[test]
    fn bands_beyond_the_sketch_count_as_if_one_by_one() {
        for (bands, rows) in [(450, 20), (14, 8), (100, 1), (65, 1), (64, 1), (2, 70)] {
            let shape = Bands { bands, rows };
            for similarity in [0.0, 0.3, 0.8, 1.0] {
                let len = sketch_len(shape);
                let mut state = [vec![0.0; len + 1], vec![0.0; len + 1]];
                state[0][0] = 1.0;
                for band in 0..bands {
                    let seen = len.saturating_sub(band * rows).min(rows);
                    state = after_band(&state, rows, seen, similarity);
                }
                for (one_by_one, together) in state[1].iter().zip(met_and_equal(shape, similarity)) {
                    assert!((one_by_one - together).abs() < 1e-12, "{shape:?} at {similarity}");
                }
            }
        }
    }

    #[test]
    fn the_chance_is_that_of_the_bands_less_what_the_sketch_loses() {
        for shape in [Bands { bands: 12, rows: 5 }, Bands { bands: 14, rows: 8 }, Bands { bands: 5, rows: 4 }] {
            let chance = Chance::new(shape, 0.8);
            for similarity in [0.5, 0.8, 0.9, 1.0] {
                let (found, met) = (chance.of(similarity), shape.collision_probability(similarity));
                assert!(found <= met + 1e-12, "{shape:?} at {similarity}: {found} of {met}");
                if similarity >= 0.8 {
                    assert!(found >= met * (1.0 - 1.01 * SKETCH_LOSS), "{shape:?} at {similarity}: {found} of {met}");
                }
            }
            assert!((chance.of(1.0) - 1.0).abs() < 1e-12);
        }
    }
}
