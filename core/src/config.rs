//! Everything that determines a result, checked once.
//!
//! A [`Config`] is made by its [`Builder`] or read back from a file, and both go through the same check; so whoever
//! holds one need not ask whether a value has sense. How input is found and read is no part of it.

use std::ops::Deref;

use serde::{Deserialize, Serialize};

use crate::candidate::postings::Scope;
use crate::candidate::presets::Preset;
use crate::candidate::{Bands, choose};
use crate::cluster::keep::Keep;
use crate::error::{Error, Result};
use crate::hash::content_hash;
use crate::sketch::WindowParameters;
use crate::text::{KnownText, PassageUnit, Shingle, TextOptions};

/// Settings that have been checked. Its values are the fields of [`Settings`], which can be read and not changed.
///
/// # Examples
///
/// ```
/// use doublon_core::Config;
///
/// let config = Config::builder().threshold(0.9).min_words(30).build()?;
/// assert_eq!((config.threshold, config.bands, config.rows), (0.9, 10, 9));
/// assert!(Config::builder().threshold(1.5).build().is_err());
/// # Ok::<(), doublon_core::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(into = "Settings", try_from = "Settings")]
#[derive(Default)]
pub struct Config(Settings);

/// Everything that determines the findings, and nothing that does not: no thread count, no path of output.
///
/// This is the form that is saved, and what a [`Config`] lets read. Values by themselves may have no sense; those of a
/// [`Config`] do.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[non_exhaustive]
#[allow(clippy::struct_excessive_bools)] // each is a setting of its own
pub struct Settings {
    /// What is compared.
    pub level: Level,
    /// Least Jaccard similarity of duplicate documents, above 0, at most 1.
    pub threshold: f64,
    /// If given, a document is removed too when a kept one has at least this share of its shingles, above 0, at most 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub containment: Option<f64>,
    /// Whether only documents with the same characters are duplicates, up to white space and Unicode normalisation.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub exact: bool,
    /// Least share of pairs at the threshold that must be found, above 0, below 1.
    pub recall: f64,
    /// Number of bands of the documents' signatures.
    pub bands: usize,
    /// Rows in a band.
    pub rows: usize,
    /// How text becomes tokens and shingles.
    pub text: TextOptions,
    /// Seed of all hash functions.
    pub seed: u64,
    /// Which of several duplicates stays.
    pub keep: Keep,
    /// Whether every verified pair of documents is listed.
    pub pairs: bool,
    /// Where repeated passages are looked for.
    pub scope: Scope,
    /// Whether documents are compared only if different ones of the given paths lead to them. Passages are then looked for
    /// across documents only.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub isolate: bool,
    /// Whether some of the documents are only compared with: they stay, and others are compared with them alone. Passages
    /// are then looked for across documents only.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub against: bool,
    /// Whether they are looked for inside removed documents too.
    pub inside_duplicates: bool,
    /// If given, whole units that are equal are passages, and nothing else is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<PassageUnit>,
    /// Least number of words of a passage that is reported.
    pub min_words: usize,
    /// Least identity of a passage that is reported, above 0, at most 1.
    pub min_identity: f64,
    /// How candidates of repeated passages are found.
    pub windows: WindowParameters,
    /// Known text, which counts for nothing wherever it stands. It is saved as a hash.
    #[serde(rename = "ignore_text", default, skip_serializing_if = "KnownText::is_none")]
    pub known_text: KnownText,
}

/// What is compared.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// Documents only.
    Documents,
    /// Passages only.
    Passages,
    /// Documents, then passages in the documents kept.
    #[default]
    All,
}

impl Level {
    /// Returns whether documents are compared.
    pub fn documents(self) -> bool {
        self != Self::Passages
    }

    /// Returns whether passages are compared.
    pub fn passages(self) -> bool {
        self != Self::Documents
    }
}

impl Config {
    /// Starts from the defaults of the program: threshold 0.8, recall 0.99 (12 bands of 5 rows), passages of 20 words.
    pub fn builder() -> Builder {
        Builder::default()
    }

    /// Starts from the values of this one; bands and rows stay as they are unless they are set anew.
    pub fn to_builder(&self) -> Builder {
        let Settings { bands, rows, .. } = self.0;
        Builder { settings: self.0.clone(), shape: Some((bands, rows)), windows: Some(self.0.windows) }
    }

    /// Returns the bands and rows of the signatures of documents.
    pub fn shape(&self) -> Bands {
        Bands { bands: self.0.bands, rows: self.0.rows }
    }

    /// Returns the same with the known text that belongs to it.
    ///
    /// # Errors
    ///
    /// If it is not that of which the hash was saved.
    pub fn with_known_text(&self, known_text: KnownText) -> Result<Self> {
        let other = || Error::Parameter {
            name: "ignore-text",
            value: "other text".to_owned(),
            expected: "the known text of that run: give the same files again",
        };
        let known_text = self.0.known_text.given(known_text).ok_or_else(other)?;
        Ok(Self(Settings { known_text, ..self.0.clone() }))
    }

    /// Refuses to work without the known text that belongs to settings which were read back.
    ///
    /// # Errors
    ///
    /// If the texts have not been given again.
    pub fn check_known_text(&self) -> Result<()> {
        let expected = "the known text of that run: give the same files again";
        let missing = Error::Parameter { name: "ignore-text", value: "missing".to_owned(), expected };
        if self.0.known_text.is_missing() { Err(missing) } else { Ok(()) }
    }

    /// Returns a hash of all values, which tells results apart that must not be mixed.
    pub fn hash(&self) -> u128 {
        // The values are plain data, of which serde refuses none.
        content_hash(&serde_json::to_vec(&self.0).unwrap_or_default())
    }
}

impl Deref for Config {
    type Target = Settings;

    fn deref(&self) -> &Settings {
        &self.0
    }
}

impl From<Config> for Settings {
    fn from(config: Config) -> Self {
        config.0
    }
}

impl TryFrom<Settings> for Config {
    type Error = Error;

    /// Checks values that were read back.
    fn try_from(settings: Settings) -> Result<Self> {
        settings.check()?;
        Ok(Self(settings))
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            level: Level::All,
            threshold: 0.8,
            containment: None,
            exact: false,
            recall: 0.99,
            bands: 12,
            rows: 5,
            text: TextOptions::default(),
            seed: 0,
            keep: Keep::First,
            pairs: false,
            scope: Scope::Both,
            isolate: false,
            against: false,
            inside_duplicates: false,
            unit: None,
            min_words: LEAST_WORDS_OF_DEFAULT,
            min_identity: 0.45,
            windows: WindowParameters::default(),
            known_text: KnownText::default(),
        }
    }
}

const LEAST_WORDS_OF_DEFAULT: usize = 20;

impl Settings {
    /// Returns whether documents are in groups, of which only those of different ones are compared.
    pub fn is_grouped(&self) -> bool {
        self.isolate || self.against
    }

    fn check(&self) -> Result<()> {
        share("threshold", self.threshold)?;
        self.containment.map_or(Ok(()), |containment| share("containment", containment))?;
        if let Some(containment) = self.containment.filter(|_| self.exact) {
            return Err(refused("containment", containment, "no share where only exact copies are duplicates"));
        }
        share("min-identity", self.min_identity)?;
        open_share("recall", self.recall)?;
        Bands::new(self.bands, self.rows)?;
        self.text.shingle.check()?;
        match self.unit {
            None => self.windows.check(self.min_words),
            Some(_) if self.min_words == 0 => Err(refused("min-words", 0.0, "at least 1")),
            Some(_) => self.windows.check(self.least_words()),
        }
    }

    /// Returns the least number of words of a passage that is found by windows: where units are compared, known text is.
    pub fn least_words(&self) -> usize {
        if self.unit.is_some() { self.min_words.max(LEAST_WORDS_OF_DEFAULT) } else { self.min_words }
    }
}

/// Collects the values of a [`Config`].
#[derive(Clone, Debug, Default)]
pub struct Builder {
    settings: Settings,
    /// Bands and rows, if they do not follow from threshold and recall.
    shape: Option<(usize, usize)>,
    /// The windows, if they do not follow from the least number of words.
    windows: Option<WindowParameters>,
}

impl Builder {
    /// Sets what is compared; by default documents, and passages in those kept.
    #[must_use]
    pub fn level(mut self, level: Level) -> Self {
        self.settings.level = level;
        self
    }

    /// Sets the least Jaccard similarity of duplicate documents, above 0, at most 1; 0.8 by default.
    #[must_use]
    pub fn threshold(mut self, threshold: f64) -> Self {
        self.settings.threshold = threshold;
        self
    }

    /// Sets the share of a document in a kept one with which it is removed too, above 0, at most 1; by default none.
    #[must_use]
    pub fn containment(mut self, containment: impl Into<Option<f64>>) -> Self {
        self.settings.containment = containment.into();
        self
    }

    /// Sets whether only documents with the same characters are duplicates, up to white space and Unicode normalisation;
    /// by default not.
    #[must_use]
    pub fn exact(mut self, exact: bool) -> Self {
        self.settings.exact = exact;
        self
    }

    /// Sets the least share of the pairs at the threshold that must be found, above 0, below 1; 0.99 by default.
    #[must_use]
    pub fn recall(mut self, recall: f64) -> Self {
        self.settings.recall = recall;
        self
    }

    /// Sets bands and rows, which otherwise are the cheapest that reach the recall at the threshold.
    #[must_use]
    pub fn bands(mut self, bands: usize, rows: usize) -> Self {
        self.shape = Some((bands, rows));
        self
    }

    /// Lets bands and rows follow from threshold and recall again, whatever was set before.
    #[must_use]
    pub fn bands_by_recall(mut self) -> Self {
        self.shape = None;
        self
    }

    /// Sets shingles, bands, rows and threshold as they were published.
    ///
    /// # Errors
    ///
    /// None for the presets of this crate.
    pub fn preset(mut self, preset: &Preset) -> Result<Self> {
        self.settings.text.shingle = preset.shingle.parse()?;
        Ok(self.threshold(preset.threshold).bands(preset.bands, preset.rows))
    }

    /// Sets how text becomes tokens and shingles.
    #[must_use]
    pub fn text(mut self, text: TextOptions) -> Self {
        self.settings.text = text;
        self
    }

    /// Sets what the shingles of documents are; 5 words by default.
    #[must_use]
    pub fn shingle(mut self, shingle: Shingle) -> Self {
        self.settings.text.shingle = shingle;
        self
    }

    /// Sets the seed of all hash functions; 0 by default.
    #[must_use]
    pub fn seed(mut self, seed: u64) -> Self {
        self.settings.seed = seed;
        self
    }

    /// Sets which of several duplicates stays; the first by default.
    #[must_use]
    pub fn keep(mut self, keep: Keep) -> Self {
        self.settings.keep = keep;
        self
    }

    /// Sets whether every verified pair of documents is listed; not by default.
    #[must_use]
    pub fn pairs(mut self, pairs: bool) -> Self {
        self.settings.pairs = pairs;
        self
    }

    /// Sets where repeated passages are looked for; inside documents and between them by default.
    #[must_use]
    pub fn scope(mut self, scope: Scope) -> Self {
        self.settings.scope = scope;
        self
    }

    /// Sets whether documents are compared only if different ones of the given paths lead to them; not by default. The scope
    /// is then [`Scope::Across`], whatever was set.
    #[must_use]
    pub fn isolate(mut self, isolate: bool) -> Self {
        self.settings.isolate = isolate;
        self
    }

    /// Sets whether some of the documents are only compared with: they stay, and others are compared with them alone, or
    /// with [`isolate`](Self::isolate) with each other too; not by default. The scope is then [`Scope::Across`], whatever
    /// was set.
    #[must_use]
    pub fn against(mut self, against: bool) -> Self {
        self.settings.against = against;
        self
    }

    /// Sets whether passages are looked for inside removed documents too; not by default.
    #[must_use]
    pub fn inside_duplicates(mut self, inside_duplicates: bool) -> Self {
        self.settings.inside_duplicates = inside_duplicates;
        self
    }

    /// Sets the unit in which texts are compared where passages are: whole units that are equal, of any length, instead
    /// of passages. None by default.
    #[must_use]
    pub fn unit(mut self, unit: impl Into<Option<PassageUnit>>) -> Self {
        self.settings.unit = unit.into();
        self
    }

    /// Sets the least number of words of a passage that is reported, at least 3, or 1 where units are compared; 20 by
    /// default.
    #[must_use]
    pub fn min_words(mut self, min_words: usize) -> Self {
        self.settings.min_words = min_words;
        self
    }

    /// Sets the least identity of a passage that is reported, above 0, at most 1; 0.45 by default.
    #[must_use]
    pub fn min_identity(mut self, min_identity: f64) -> Self {
        self.settings.min_identity = min_identity;
        self
    }

    /// Sets how candidates of repeated passages are found. By default as [`WindowParameters::default`], with windows
    /// no longer than the shortest passage.
    #[must_use]
    pub fn windows(mut self, windows: WindowParameters) -> Self {
        self.windows = Some(windows);
        self
    }

    /// Sets known text, which counts for nothing wherever it stands; none by default.
    #[must_use]
    pub fn known_text(mut self, known_text: KnownText) -> Self {
        self.settings.known_text = known_text;
        self
    }

    /// Returns the least number of words of a passage that is found by windows, as far as it is set.
    pub fn least_words(&self) -> usize {
        self.settings.least_words()
    }

    /// Checks the values, and works out those that follow from others.
    ///
    /// # Errors
    ///
    /// If a value is outside its range, which the error names; or if no shape of at most 4,096 hash functions reaches
    /// the recall at the threshold.
    pub fn build(self) -> Result<Config> {
        let Self { mut settings, shape, windows } = self;
        share("threshold", settings.threshold)?;
        open_share("recall", settings.recall)?;
        let shape = match shape {
            Some((bands, rows)) => Bands::new(bands, rows)?,
            None => choose(settings.threshold, settings.recall)?,
        };
        (settings.bands, settings.rows) = (shape.bands, shape.rows);
        if settings.is_grouped() {
            settings.scope = Scope::Across;
        }
        settings.windows = windows.unwrap_or_else(|| WindowParameters::default().within(settings.least_words()));
        Config::try_from(settings)
    }
}

fn share(name: &'static str, value: f64) -> Result<()> {
    let is_valid = value > 0.0 && value <= 1.0; // false for NaN
    if is_valid { Ok(()) } else { Err(refused(name, value, "above 0 and at most 1")) }
}

fn open_share(name: &'static str, value: f64) -> Result<()> {
    let is_valid = value > 0.0 && value < 1.0;
    if is_valid { Ok(()) } else { Err(refused(name, value, "above 0 and below 1")) }
}

fn refused(name: &'static str, value: f64, expected: &'static str) -> Error {
    Error::Parameter { name, value: value.to_string(), expected }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_is_what_the_builder_makes() {
        assert_eq!(Config::builder().build(), Ok(Config::default()));
    }

    #[test]
    fn a_config_comes_back_as_it_was_saved() {
        let config = Config::builder().threshold(0.7).bands(9, 4).min_words(6).build().expect("valid");
        let json = serde_json::to_string(&config).expect("is plain data");
        assert_eq!(serde_json::from_str::<Config>(&json).expect("valid"), config);
        assert_eq!(config.to_builder().build(), Ok(config.clone()));
        assert_ne!(config.hash(), Config::default().hash());
    }

    #[test]
    fn no_value_that_is_read_back_goes_unchecked() {
        let whole = serde_json::to_value(Config::default()).expect("is plain data");
        for (place, value, message) in [
            ("/threshold", "0.0", "threshold is 0, but it must be above 0 and at most 1"),
            ("/threshold", "1e999", "number out of range"),
            ("/recall", "1.0", "recall is 1, but it must be above 0 and below 1"),
            ("/bands", "0", "bands is 0, but it must be at least 1"),
            ("/rows", "0", "rows is 0, but it must be at least 1"),
            ("/bands", "18446744073709551615", "bands times rows"),
            ("/min_identity", "-1.0", "min-identity is -1, but it must be above 0 and at most 1"),
            ("/min_words", "2", "min-words is 2, but it must be at least 3"),
            ("/text/shingle", "\"word:0\"", "shingle is word:0"),
            ("/windows/k", "0", "window-shingle is 0, but it must be from 2 to 64"),
            ("/windows/k", "9", "window-shingle is 9, but it must be at most --window"),
            ("/windows/words", "0", "window is 0, but it must be at least 1"),
            ("/windows/words", "21", "window is 21, but it must be at most --min-words"),
            ("/windows/bands", "0", "window-bands is 0, but it must be at least 1"),
            ("/windows/rows", "0", "window-rows is 0, but it must be at least 1"),
            ("/windows/rows", "257", "window-bands times window-rows is 257, but it must be at most 256"),
        ] {
            let mut changed = whole.clone();
            let result = serde_json::from_str(value).map(|value| *changed.pointer_mut(place).expect(place) = value);
            let result = result.and_then(|()| serde_json::from_value::<Config>(changed));
            let refusal = result.expect_err(place).to_string();
            assert!(refusal.contains(message), "{place} {value}: {refusal}");
        }
        let mut contained = whole.clone();
        let mut exact = contained.clone();
        (exact["exact"], exact["containment"]) = (true.into(), 0.9.into());
        assert!(serde_json::from_value::<Config>(exact).is_err());
        contained["containment"] = 2.0.into();
        assert!(serde_json::from_value::<Config>(contained).is_err());
    }

    #[test]
    fn windows_shrink_with_the_shortest_passage() {
        let shape = |min_words| {
            let WindowParameters { k, words, .. } =
                Config::builder().min_words(min_words).build().expect("valid").windows;
            (k, words)
        };
        assert_eq!([shape(20), shape(6), shape(3)], [(5, 8), (5, 6), (3, 3)]);
    }
}
