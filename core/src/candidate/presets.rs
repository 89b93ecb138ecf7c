//! Settings that others have published, by name.
//!
//! A preset has the shingles, bands and rows of a published pipeline, so that its choice of pairs can be compared with
//! ours. It is not that pipeline: most of them call every pair that agrees in a band a duplicate, while here each is
//! measured against the threshold, and the texts are cut into words and characters as everywhere here.

use crate::sketch::WindowParameters;

/// How a published pipeline finds duplicate documents.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Preset {
    /// What it is called on the command line.
    pub name: &'static str,
    /// Its shingles, as `--shingle` takes them.
    pub shingle: &'static str,
    /// Number of bands.
    pub bands: usize,
    /// Rows in a band.
    pub rows: usize,
    /// The Jaccard similarity that it is meant for.
    pub threshold: f64,
    /// Where bands, rows and shingles were published.
    pub source: &'static str,
    /// Where the threshold comes from.
    pub threshold_source: &'static str,
}

/// The presets for documents.
pub const DOCUMENT_PRESETS: [Preset; 6] = [
    Preset {
        name: "fineweb",
        shingle: "word:5",
        bands: 14,
        rows: 8,
        threshold: 0.75,
        source: "Penedo et al., The FineWeb Datasets, 2024, section 3.4; datatrove, examples/fineweb.py",
        threshold_source: "published: documents that are at least 75% similar",
    },
    // Section 3.3 of the paper speaks of 20 buckets of 450 hashes. Its appendix, and the FineWeb paper on it, have 450
    // of 20, and only that finds pairs at all.
    Preset {
        name: "refinedweb",
        shingle: "word:5",
        bands: 450,
        rows: 20,
        threshold: 0.8,
        source: "Penedo et al., The RefinedWeb Dataset for Falcon LLM, 2023, appendix G.3.1",
        threshold_source: "not published; 0.8 is that of Lee et al., Deduplicating Training Data Makes Language Models \
                           Better, 2022, whose bands and rows these are",
    },
    // The features are runs of characters of the text without punctuation (to_hash.py). 9 x 13 is what datasketch picks
    // for 128 functions at 0.8.
    Preset {
        name: "slimpajama",
        shingle: "char:13",
        bands: 9,
        rows: 13,
        threshold: 0.8,
        source: "Soboleva et al., SlimPajama, Cerebras, 2023, with the code in Cerebras/modelzoo",
        threshold_source: "published",
    },
    Preset {
        name: "redpajama2",
        shingle: "word:13",
        bands: 9,
        rows: 13,
        threshold: 0.8,
        source: "Weber et al., RedPajama, 2024; RedPajama-Data-V2, minhash_signature_0.8",
        threshold_source: "published, with others for 0.7, 0.9 and 1.0",
    },
    // 25 x 10 is what datasketch picks for 256 functions at 0.7. The first paper on The Stack has a threshold of 0.85.
    Preset {
        name: "bigcode",
        shingle: "word:5",
        bands: 25,
        rows: 10,
        threshold: 0.7,
        source: "Ben Allal et al., SantaCoder, 2023; bigcode-project/bigcode-dataset, near_deduplication",
        threshold_source: "published, with 256 functions; bands and rows follow from both",
    },
    Preset {
        name: "nemo",
        shingle: "char:24",
        bands: 20,
        rows: 13,
        threshold: 0.8,
        source: "NVIDIA NeMo Curator, fuzzy duplicate removal, its defaults since 2025",
        threshold_source: "published: about 0.8",
    },
];

/// The presets for passages: how windows are cut, from the fastest on.
pub const PASSAGE_PRESETS: [(&str, WindowParameters); 3] = [
    ("fast", WindowParameters { k: 5, words: 12, bands: 1, rows: 1, exhaustive: false }),
    ("default", WindowParameters { k: 5, words: 8, bands: 1, rows: 1, exhaustive: false }),
    ("thorough", WindowParameters { k: 4, words: 12, bands: 3, rows: 1, exhaustive: false }),
];

/// Returns the preset for documents that has this name.
pub fn document_preset(name: &str) -> Option<&'static Preset> {
    DOCUMENT_PRESETS.iter().find(|preset| preset.name == name)
}

/// Returns the preset for passages that has this name.
pub fn passage_preset(name: &str) -> Option<WindowParameters> {
    PASSAGE_PRESETS.iter().find(|(known, _)| *known == name).map(|&(_, windows)| windows)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::candidate::{Bands, Chance};

    #[test]
    fn presets_find_what_was_published_of_them() {
        // FineWeb and RefinedWeb state these themselves; the others follow from the formula.
        let published = [
            ("fineweb", 0.7, 0.56),
            ("fineweb", 0.75, 0.77),
            ("fineweb", 0.8, 0.92),
            ("refinedweb", 0.75, 0.76),
            ("refinedweb", 0.8, 0.994),
            ("slimpajama", 0.8, 0.40),
            ("redpajama2", 0.8, 0.40),
            ("bigcode", 0.7, 0.51),
            ("nemo", 0.8, 0.68),
        ];
        for (name, similarity, expected) in published {
            let preset = document_preset(name).expect("a preset");
            let shape = Bands::new(preset.bands, preset.rows).expect("valid");
            let found = Chance::new(shape, preset.threshold).of(similarity);
            assert!((found - expected).abs() < 0.006, "{name} finds {found} at {similarity}, published {expected}");
        }
    }

    #[test]
    fn no_name_stands_twice() {
        let mut names: Vec<_> = DOCUMENT_PRESETS.iter().map(|preset| preset.name).collect();
        names.extend(PASSAGE_PRESETS.map(|(name, _)| name));
        let count = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), count);
        assert_eq!((document_preset("fast"), passage_preset("nemo")), (None, None));
    }

    #[test]
    fn shingles_of_presets_are_shingles() {
        for preset in &DOCUMENT_PRESETS {
            let shingle = preset.shingle.parse::<crate::text::Shingle>().expect(preset.name);
            assert_eq!(shingle.to_string(), preset.shingle);
        }
    }

    #[test]
    fn the_default_preset_of_passages_is_the_default() {
        assert_eq!(passage_preset("default"), Some(WindowParameters::default()));
    }
}
