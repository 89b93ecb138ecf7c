//! Pairs of texts from keys that were sorted elsewhere, such as by the shuffle of an engine.
//!
//! It reads rows of a key, a place in keep order and a sketch, sorted by key and place, and holds one bucket. A bucket that
//! is a crowd by the rule of [`MemberBuckets`](super::MemberBuckets) gives its members and no pair: they are to be looked up by
//! their rarest shingles, which [`KeepDecider`](super::KeepDecider) does. So a bucket gives no more than some ten pairs a
//! member, whatever its size.

use crate::candidate::Chance;
use crate::candidate::lsh::{Sketch, equal_bytes};
use crate::config::Config;
use crate::error::{Error, Result};
use crate::kernel::buckets::is_crowd;

/// A row of a text and one of its keys. The place is the text's rank in keep order; no other text has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeyedSketch {
    /// The key of a band, with the number of the band.
    pub key: u64,
    /// The text.
    pub place: u64,
    /// Its sketch.
    pub sketch: Sketch,
}

/// What buckets gave. A pair or member that meets in several buckets stands there several times.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FoundMeetings {
    /// Places of two texts that may be duplicates, the earlier one first.
    pub pairs: Vec<(u64, u64)>,
    /// Places of texts that share boilerplate with many others.
    pub crowded: Vec<u64>,
}

/// Finds pairs in sorted rows that come one by one.
///
/// # Examples
///
/// ```
/// use doublon_core::Config;
/// use doublon_core::kernel::{FoundMeetings, KeyedSketch, MeetingReader};
///
/// let row = |key, place| KeyedSketch { key, place, sketch: [0; 64] };
/// let (mut reader, mut found) = (MeetingReader::new(&Config::default()), FoundMeetings::default());
/// for row in [row(1, 5), row(1, 7), row(2, 5)] {
///     reader.push(row, &mut found)?;
/// }
/// reader.finish(&mut found);
/// assert_eq!(found.pairs, [(5, 7)]);
/// assert!(reader.push(row(3, 1), &mut found).is_ok()); // of another table
/// assert!(reader.push(row(2, 9), &mut found).is_err());
/// # Ok::<(), doublon_core::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct MeetingReader {
    /// Least number of equal bytes of two sketches that are alike.
    cut: usize,
    key: u64,
    places: Vec<u64>,
    sketches: Vec<Sketch>,
    rows: u64,
}

impl MeetingReader {
    /// Makes one that has read nothing.
    pub fn new(config: &Config) -> Self {
        let cut = Chance::new(config.shape(), config.threshold).cut();
        Self { cut, key: 0, places: Vec::new(), sketches: Vec::new(), rows: 0 }
    }

    /// Takes the next row, and appends to `found` what the bucket before it gave, if it begins another.
    ///
    /// # Errors
    ///
    /// If the row has a smaller key than the one before, or the same key and a place that is not larger.
    pub fn push(&mut self, row: KeyedSketch, found: &mut FoundMeetings) -> Result<()> {
        if let Some(&last) = self.places.last()
            && (row.key, row.place) <= (self.key, last)
        {
            return Err(Error::Unsorted { row: self.rows, by: "key and place, each pair once" });
        }
        if row.key != self.key {
            self.end_bucket(found);
        }
        self.key = row.key;
        self.places.push(row.place);
        self.sketches.push(row.sketch);
        self.rows += 1;
        Ok(())
    }

    /// Appends to `found` what the last bucket gave, and is ready for other rows.
    pub fn finish(&mut self, found: &mut FoundMeetings) {
        self.end_bucket(found);
        self.rows = 0;
    }

    fn end_bucket(&mut self, found: &mut FoundMeetings) {
        let Self { cut, places, sketches, .. } = self;
        let are_alike = |x: usize, y: usize| equal_bytes(&sketches[x], &sketches[y]) >= *cut;
        if is_crowd(places.len(), are_alike) {
            found.crowded.extend_from_slice(places);
        } else {
            for later in 1..places.len() {
                let alike = (0..later).filter(|&earlier| are_alike(earlier, later));
                found.pairs.extend(alike.map(|earlier| (places[earlier], places[later])));
            }
        }
        places.clear();
        sketches.clear();
    }
}
