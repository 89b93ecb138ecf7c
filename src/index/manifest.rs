//! The manifest: what an index is made of, and by which settings.
//!
//! One line of JSON and its checksum. It is replaced as a whole, so that the index is in one state or the other.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::Path;

use doublon_core::Config;
use doublon_core::hash::content_hash;
use doublon_core::text::{TOKENIZER_VERSION, Unit, unicode_version};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::folder::{IndexFolder, MANIFEST, failed};
use crate::error::{Error, Result};

/// The format of an index of documents.
const FORMAT: &str = "doublon.index/1";

/// The format of an index that finds passages as well.
const PASSAGE_FORMAT: &str = "doublon.index/2";

/// The most bytes of a manifest that is read.
const LARGEST: u64 = 64 << 20;

/// What an index is made of.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Manifest {
    pub format: String,
    pub tokenizer: u32,
    pub unicode: String,
    /// Counts the states of the index.
    pub generation: u64,
    /// Drawn when the index was made; its segments have it too.
    #[serde(with = "hex")]
    pub index: u128,
    /// The seed by which words are hashed to be measured, which nobody may know who makes texts.
    #[serde(with = "hex")]
    pub seed: u128,
    pub config: Config,
    /// Whether it finds passages.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub passages: bool,
    /// The number of the next document.
    pub next: u64,
    /// The number of the next file.
    pub next_file: u64,
    pub segments: Vec<SegmentEntry>,
    pub removed: Option<RemovedEntry>,
    /// What all adds met.
    pub met: MetCounts,
}

/// A segment, in keep order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SegmentEntry {
    pub file: String,
    pub bytes: u64,
    pub documents: u32,
    pub text_bytes: u64,
    /// The hash of its header.
    #[serde(with = "hex")]
    pub header: u128,
    /// What leads to its passages, if the index finds any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub passages: Option<PassageEntry>,
}

/// The file that leads to the passages of a segment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PassageEntry {
    pub file: String,
    pub bytes: u64,
    /// The hash of its header.
    #[serde(with = "hex")]
    pub header: u128,
}

/// The file with the numbers of documents that were removed and are in a segment still.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RemovedEntry {
    pub file: String,
    pub documents: u64,
    pub text_bytes: u64,
    /// The hash of the file.
    #[serde(with = "hex")]
    pub content: u128,
}

/// What all adds met.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct MetCounts {
    pub adds: u64,
    pub documents: u64,
    pub duplicates: u64,
}

/// 128-bit numbers as 32 digits: JSON numbers of other programs hold 53 bits.
mod hex {
    use serde::{Deserialize, Deserializer, Serializer, de};

    pub fn serialize<S: Serializer>(value: &u128, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&format_args!("{value:032x}"))
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u128, D::Error> {
        let digits = String::deserialize(deserializer)?;
        u128::from_str_radix(&digits, 16).map_err(de::Error::custom)
    }
}

impl Manifest {
    /// Makes that of an index without a document.
    pub fn new(config: Config, passages: bool, index: u128, seed: u64) -> Self {
        Self {
            format: if passages { PASSAGE_FORMAT } else { FORMAT }.to_owned(),
            tokenizer: TOKENIZER_VERSION,
            unicode: unicode_version(),
            generation: 0,
            index,
            seed: u128::from(seed),
            config,
            passages,
            next: 0,
            next_file: 1,
            segments: Vec::new(),
            removed: None,
            met: MetCounts::default(),
        }
    }

    /// Returns whether a folder is an index.
    pub fn is_in(folder: &Path) -> bool {
        folder.join(MANIFEST).is_file()
    }

    /// Reads the manifest of an index.
    ///
    /// # Errors
    ///
    /// If it is not there, damaged, or of another version of the format, the tokens or Unicode.
    pub fn read(folder: &IndexFolder) -> Result<Self> {
        let refused = |detail: String| Error::Refused { path: folder.path().to_owned(), detail };
        let path = folder.file(MANIFEST);
        if !folder.path().exists() {
            return Err(Error::Missing { path: folder.path().to_owned() });
        }
        let length = match fs::metadata(&path) {
            Ok(metadata) => metadata.len(),
            Err(cause) if cause.kind() == std::io::ErrorKind::NotFound => {
                return Err(refused("it is no index; make one with `doublon index build`".to_owned()));
            }
            Err(cause) => return Err(failed(&path)(cause)),
        };
        if length > LARGEST {
            return Err(refused(format!("its manifest has {length} bytes, and this version reads at most {LARGEST}")));
        }
        let bytes = fs::read(&path).map_err(failed(&path))?;
        let manifest = Self::parse(&bytes).map_err(refused)?;
        Ok(manifest)
    }

    fn parse(bytes: &[u8]) -> std::result::Result<Self, String> {
        let damaged = || "its manifest is damaged: the checksum is wrong".to_owned();
        let text = std::str::from_utf8(bytes).map_err(|_| damaged())?;
        let (json, checksum) = text.split_once('\n').ok_or_else(damaged)?;
        if checksum != format!("{:032x}\n", content_hash(json.as_bytes())) {
            return Err(damaged());
        }
        let value: Value = serde_json::from_str(json).map_err(|error| format!("its manifest is damaged: {error}"))?;
        // What another version wrote may have other fields, so versions are looked at first.
        let found = |name: &str| value.get(name).cloned().unwrap_or_default();
        let format = if found("format") == PASSAGE_FORMAT { PASSAGE_FORMAT } else { FORMAT };
        let versions: [(&str, Value); 3] =
            [("format", format.into()), ("tokenizer", TOKENIZER_VERSION.into()), ("unicode", unicode_version().into())];
        for (name, ours) in versions {
            if found(name) != ours {
                let theirs = found(name);
                return Err(format!("it was made with {name} {theirs}, and this version has {ours}; build it again"));
            }
        }
        let manifest: Self =
            serde_json::from_value(value).map_err(|error| format!("its manifest cannot be read: {error}"))?;
        let is_sound = manifest.segments.iter().all(|segment| segment.passages.is_some() == manifest.passages)
            && manifest.passages == (format == PASSAGE_FORMAT);
        if is_sound { Ok(manifest) } else { Err("its manifest cannot be read: passages are missing".to_owned()) }
    }

    /// Writes the manifest in place of the one before, which makes it the state of the index.
    pub fn publish(&mut self, folder: &IndexFolder) -> Result<()> {
        self.generation += 1;
        let json = serde_json::to_string(self).map_err(|error| Error::Refused {
            path: folder.path().to_owned(),
            detail: format!("its manifest cannot be written: {error}"),
        })?;
        let mut file = folder.create(MANIFEST)?;
        let content = format!("{json}\n{:032x}\n", content_hash(json.as_bytes()));
        file.write_all(content.as_bytes()).map_err(file.failed())?;
        file.publish()
    }

    /// Returns the name of a file that is to be made.
    pub fn new_file(&mut self, kind: &str) -> String {
        let number = self.next_file;
        self.next_file += 1;
        format!("{kind}-{number:08}")
    }

    /// Returns whether a file belongs to the index.
    pub fn has_file(&self, name: &str) -> bool {
        let removed = self.removed.iter().map(|removed| &removed.file);
        let passages = self.segments.iter().filter_map(|segment| segment.passages.as_ref()).map(|entry| &entry.file);
        self.segments.iter().map(|segment| &segment.file).chain(removed).chain(passages).any(|file| file == name)
    }

    /// Documents that are in segments, and bytes of their texts.
    pub fn counts(&self) -> (u64, u64) {
        let documents = self.segments.iter().map(|segment| u64::from(segment.documents)).sum::<u64>();
        let bytes = self.segments.iter().map(|segment| segment.text_bytes).sum::<u64>();
        let (gone, gone_bytes) =
            self.removed.as_ref().map_or((0, 0), |removed| (removed.documents, removed.text_bytes));
        (documents.saturating_sub(gone), bytes.saturating_sub(gone_bytes))
    }

    /// Bytes of the files that lead to passages, if the index finds any.
    pub fn passage_bytes(&self) -> Option<u64> {
        let bytes = self.segments.iter().filter_map(|segment| segment.passages.as_ref()).map(|entry| entry.bytes);
        self.passages.then(|| bytes.sum())
    }

    pub fn private_seed(&self) -> u64 {
        self.seed as u64
    }
}

/// Refuses settings that are not those of the index, and names the first that differs, with both values.
pub(super) fn check_settings(folder: &Path, ours: &Config, theirs: &Config) -> Result<()> {
    check_wanted(folder, ours, theirs, |_| true)
}

/// Does the same, but only for settings that somebody made: `is_given`, or other than by default. Whoever gives none means
/// those of the index.
pub(super) fn check_given(
    folder: &Path,
    ours: &Config,
    theirs: &Config,
    is_given: &dyn Fn(&str) -> bool,
) -> Result<()> {
    // Bands and rows follow from the threshold, unless somebody says otherwise.
    let by_threshold = Config::builder().threshold(theirs.threshold).build()?;
    let [by_default, by_threshold, set] = [&Config::default(), &by_threshold, theirs].map(settings);
    check_wanted(folder, ours, theirs, |name| {
        let default = if name == "threshold" { &by_default } else { &by_threshold };
        is_given(name) || set.get(name) != default.get(name)
    })
}

fn check_wanted(folder: &Path, ours: &Config, theirs: &Config, is_wanted: impl Fn(&str) -> bool) -> Result<()> {
    let [of_index, given] = [ours, theirs].map(settings);
    let differs = of_index.iter().find(|(name, value)| given.get(*name) != Some(value) && is_wanted(name));
    let Some((name, value)) = differs else { return Ok(()) };
    let given = given.get(name).cloned().unwrap_or_default();
    let name = name.replace('_', "-");
    let detail = format!(
        "the index was made with {name} {value}, and this run has {given}; leave --{name} out, or build an index with it"
    );
    Err(Error::Refused { path: folder.to_owned(), detail })
}

/// The settings that determine which documents are duplicates.
fn settings(config: &Config) -> BTreeMap<String, Value> {
    let all = serde_json::to_value(config).unwrap_or_default(); // plain data, of which serde refuses none
    let mut flat = BTreeMap::new();
    for name in ["threshold", "containment", "exact", "bands", "rows", "seed", "keep", "ignore_text"] {
        // What is not saved is not set.
        flat.insert(name.to_owned(), all.get(name).cloned().unwrap_or_else(|| "none".into()));
    }
    let text = all.get("text").and_then(Value::as_object).cloned().unwrap_or_default();
    flat.extend(text);
    flat
}

/// Refuses settings of which an index can make nothing, which finds passages or not.
pub(super) fn check_indexable(config: &Config, passages: bool) -> Result<()> {
    let refused =
        |name, value: String, expected| Err(Error::Core(doublon_core::Error::Parameter { name, value, expected }));
    if let Some(share) = config.containment {
        return refused("containment", share.to_string(), "left out: an index finds documents by their similarity");
    }
    if passages && config.text.shingle.unit != Unit::Word {
        let expected = "of words: an index that finds passages holds the words of documents";
        return refused("shingle", config.text.shingle.to_string(), expected);
    }
    if passages && config.unit.is_some() {
        return refused("unit", "set".to_owned(), "left out: an index finds passages by windows of words");
    }
    if config.isolate || config.against {
        return refused("isolate", "set".to_owned(), "left out: an index compares a document with all others");
    }
    if !config.known_text.is_none() {
        return refused("ignore-text", "set".to_owned(), "left out: an index has no known text");
    }
    if !config.keep.goes_by_number() || config.keep == doublon_core::Keep::None {
        return refused(
            "keep",
            config.keep.to_string(),
            "first, prefer:GLOB,... or given-order: what is in an index stays",
        );
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn manifest() -> Manifest {
        let segment = SegmentEntry {
            file: "segment-00000001".into(),
            bytes: 9,
            documents: 3,
            text_bytes: 40,
            header: 1,
            passages: None,
        };
        let removed =
            RemovedEntry { file: "removed-00000002".into(), documents: 1, text_bytes: 10, content: u128::MAX };
        let (segments, removed) = (vec![segment], Some(removed));
        Manifest { segments, removed, next_file: 3, ..Manifest::new(Config::default(), false, 7 << 100, u64::MAX) }
    }

    #[test]
    fn a_manifest_comes_back_and_no_flipped_bit_passes() {
        let place = tempfile::tempdir().expect("a folder");
        let folder = IndexFolder::at(place.path());
        let mut manifest = manifest();
        manifest.publish(&folder).expect("is written");
        assert_eq!(Manifest::read(&folder).expect("is read"), manifest);
        assert_eq!((manifest.counts(), manifest.generation), ((2, 30), 1));
        assert!(manifest.has_file("removed-00000002") && !manifest.has_file("segment-00000003"));
        let bytes = fs::read(folder.file(MANIFEST)).expect("is there");
        for at in 0..bytes.len() {
            for bit in 0..8 {
                let mut changed = bytes.clone();
                changed[at] ^= 1 << bit;
                assert!(Manifest::parse(&changed).is_err(), "byte {at}, bit {bit}");
            }
        }
        assert!(Manifest::parse(&bytes[..bytes.len() - 1]).is_err(), "cut short");
    }

    #[test]
    #[cfg(unix)]
    fn nobody_else_reads_the_seed() {
        use std::os::unix::fs::PermissionsExt;
        let place = tempfile::tempdir().expect("a folder");
        let folder = IndexFolder::at(place.path());
        manifest().publish(&folder).expect("is written");
        let mode = fs::metadata(folder.file(MANIFEST)).expect("is there").permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }

    #[test]
    fn f37_other_versions_are_refused_by_name() {
        let saved = |change: fn(&mut Manifest)| {
            let mut manifest = manifest();
            change(&mut manifest);
            let json = serde_json::to_string(&manifest).expect("is plain data");
            let content = format!("{json}\n{:032x}\n", content_hash(json.as_bytes()));
            Manifest::parse(content.as_bytes()).map_err(|why| why.split(", and").next().unwrap_or_default().to_owned())
        };
        assert_eq!(saved(|_| {}), Ok(manifest()));
        let refused = |why: &str| Err(why.to_owned());
        assert_eq!(saved(|manifest| manifest.format = "x/2".into()), refused("it was made with format \"x/2\""));
        assert_eq!(saved(|manifest| manifest.tokenizer = 9), refused("it was made with tokenizer 9"));
        assert_eq!(saved(|manifest| manifest.unicode = "1".into()), refused("it was made with unicode \"1\""));
    }

    #[test]
    fn f37_other_settings_are_refused_with_both_values() {
        let config = |builder: doublon_core::Builder| builder.build().expect("valid");
        let default = Config::default();
        let check = |other: Config| check_settings(Path::new("idx"), &default, &other).map_err(|why| why.to_string());
        assert_eq!(check(config(Config::builder().min_words(40).pairs(true))), Ok(()));
        let expected = "idx: the index was made with threshold 0.8, and this run has 0.9; leave --threshold out, or build \
                        an index with it";
        assert_eq!(check(config(Config::builder().threshold(0.9).bands(12, 5))), Err(expected.to_owned()));
        let shingle = config(Config::builder().shingle("char:9".parse().expect("valid")));
        assert!(check(shingle).is_err_and(|why| why.contains("shingle \"word:5\", and this run has \"char:9\"")));
        let exact = config(Config::builder().exact(true));
        assert!(check(exact.clone()).is_err());
        let of_index = config(Config::builder().threshold(0.9).recall(0.999));
        let set = |other: &Config, given: &'static str| {
            check_given(Path::new("idx"), &of_index, other, &|name| name == given).map_err(|why| why.to_string())
        };
        assert_eq!(set(&default, ""), Ok(()), "who says nothing means what the index has");
        assert!(set(&default, "threshold").is_err_and(|why| why.contains("threshold 0.9, and this run has 0.8")));
        assert_eq!(set(&config(Config::builder().threshold(0.9)), "threshold"), Ok(()), "whatever its recall");
        assert!(set(&config(Config::builder().threshold(0.9)), "bands").is_err(), "--recall was given");
        assert!(set(&config(Config::builder().threshold(0.7)), "").is_err(), "a file says it");
        assert!(set(&exact, "").is_err());
        let refused = |config: &Config| check_indexable(config, false).map_err(|why| why.to_string());
        assert_eq!(refused(&default), Ok(()));
        assert_eq!(refused(&exact), Ok(()));
        let contained = config(Config::builder().containment(Some(0.9)));
        assert!(refused(&contained).is_err_and(|why| why.starts_with("containment is 0.9, but it must be left out")));
        assert!(refused(&config(Config::builder().keep(doublon_core::Keep::Longest))).is_err());
    }
}
