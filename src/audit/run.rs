//! The proof as a whole.

use std::path::{Path, PathBuf};

use doublon_core::{Config, Keep, Level};

use super::beside::{Beside, Copies};
use super::evidence::Evidence;
use super::fault::{Fault, Faults, Promise};
use super::indexed::IndexProof;
use super::kept::Kept;
use super::removed::Meter;
use super::repeats::Repeats;
use crate::error::Result;
use crate::finding::{Finding, Parameters};
use crate::scan::{Progress, Resources, decontaminate, read_known_text, scan_into, scan_revised};
use crate::source::{Source, SourceOptions, copies_of};
use crate::store::private_seed;

/// What was checked of a clean copy, and what does not hold.
#[derive(Clone, Debug)]
pub struct Audit {
    /// Files that were read beside their copies.
    pub sources: u64,
    /// Documents in them.
    pub documents: u64,
    /// Documents that went.
    pub removed: u64,
    /// Places that were cut or marked.
    pub cuts: u64,
    /// Repeats in the copy; none if it was not scanned.
    pub matches: Option<u64>,
    /// How many faults there are.
    pub faults: u64,
    /// The first 1,000 of them.
    pub listed: Vec<Fault>,
}

impl Audit {
    /// Returns whether a promise was kept.
    pub fn holds(&self, promise: Promise) -> bool {
        self.listed.iter().all(|fault| fault.promise != promise)
    }
}

/// Proves what a clean copy at `out`, a folder or a file, promises: reads the inputs, the copy, and the evidence in it. Inputs are looked for
/// at the paths by which they were scanned.
///
/// That cleaning is final is checked by a scan of the copy, where passages were cut to the end or left alone.
///
/// # Errors
///
/// If the evidence is missing or damaged, an input or a copy cannot be read, or the known text at `ignored` is not that
/// with which the copy was made. What does not hold is no error.
pub fn audit(out: &Path, ignored: &[PathBuf], resources: &Resources, progress: &dyn Progress) -> Result<Audit> {
    let (mut evidence, mut faults) = (Evidence::read(out)?, Faults::default());
    let Parameters { config, input } = &mut evidence.settings.parameters;
    if !ignored.is_empty() {
        *config = config.with_known_text(read_known_text(ignored, input)?)?;
    }
    config.check_known_text()?;
    let options = SourceOptions::from(evidence.settings.parameters.input.clone()).without_metadata();
    progress.phase("reading", None);
    let index = evidence.settings.index.as_ref().map(IndexProof::open).transpose()?;
    let seed = index.as_ref().map_or_else(private_seed, IndexProof::seed);
    let kept = Kept::read(&evidence, &options, seed, &mut faults)?;
    let meter = Meter::new(&evidence, &kept, index.as_ref(), seed);
    let folder = copies_of(out);
    let mut beside = Beside { evidence: &evidence, out: folder, options: &options, meter, copies: Copies::default() };
    progress.phase("comparing documents", None);
    for number in 0..evidence.sources.len() {
        beside.source(number, &mut faults)?;
    }
    let copies = beside.copies;
    count(&evidence, &mut faults);
    let mut matches = repeats(&evidence, &copies, folder, &mut faults, (resources, progress))?;
    if let (Some(index), Some(matches)) = (&index, &mut matches) {
        *matches += repeats_of_index((&evidence, &copies), index, folder, &mut faults, (resources, progress))?;
    }
    Ok(Audit {
        sources: evidence.sources.len() as u64,
        documents: copies.documents,
        removed: evidence.documents.len() as u64,
        cuts: cuts(&evidence),
        matches,
        faults: faults.count,
        listed: faults.listed,
    })
}

fn cuts(evidence: &Evidence) -> u64 {
    evidence.cuts.values().map(|cuts| cuts.len() as u64).sum()
}

/// P4: the counts add up.
fn count(evidence: &Evidence, faults: &mut Faults) {
    let counts = &evidence.counts;
    let are_right = counts.documents == counts.kept + counts.removed + counts.skipped
        && counts.removed + counts.marked == evidence.documents.len() as u64
        && counts.passages == cuts(evidence);
    if !are_right {
        faults.add(Promise::P4, "summary.json", "its counts are not those of removed.jsonl, or do not add up");
    }
}

/// P10: scans the copy. Returns how many matches it has.
fn repeats(
    evidence: &Evidence,
    copies: &Copies,
    out: &Path,
    faults: &mut Faults,
    (resources, progress): (&Resources, &dyn Progress),
) -> Result<Option<u64>> {
    let settings = &evidence.settings;
    let is_marked = settings.passages == "mark" || settings.marks_documents();
    if settings.contamination.is_some() {
        // What repeats in the copy, and is no evaluation item, was not looked for.
        return items(evidence, out, faults, resources, progress);
    }
    if !settings.is_final || is_marked || settings.parameters.config.keep == Keep::None {
        return Ok(None);
    }
    // Which passages repeat those of an index, that tells; among the copies they were not looked for.
    let has_passages = settings.passages == "cut" && settings.index.is_none();
    let level = if has_passages { settings.parameters.config.level } else { Level::Documents };
    let mut builder = settings.parameters.config.to_builder().level(level);
    if matches!(settings.parameters.config.keep, Keep::Prefer(_)) {
        // The names of copies need not match; the sources are in that order already.
        builder = builder.keep(Keep::GivenOrder);
    }
    if settings.index.is_some() {
        builder = builder.against(false); // what was held in an index is in no source
    }
    let config: Config = builder.build()?;
    let mut paths: Vec<(PathBuf, usize)> = Vec::new();
    for (number, source) in evidence.sources.iter().enumerate() {
        let original = source.info.against.then(|| source.info.to_path()).transpose()?;
        paths.extend(source.copy()?.map(|copy| out.join(copy)).or(original).map(|path| (path, number)));
    }
    let only: Vec<PathBuf> = paths.iter().map(|(path, _)| path.clone()).collect();
    if only.is_empty() {
        return Ok(Some(0));
    }
    let mut found = Repeats::new(evidence, copies, &paths, faults);
    let input = &settings.parameters.input;
    if config.is_grouped() {
        // Which copies are compared with each other is told of the sources.
        let root = |&(_, number): &(PathBuf, usize)| evidence.sources[number].info.root.unwrap_or_default() as usize;
        let roots: Vec<usize> = paths.iter().map(root).collect();
        let is_against = |&(_, number): &(PathBuf, usize)| evidence.sources[number].info.against;
        let against = paths.iter().map(is_against);
        let sources: Vec<Source> =
            only.into_iter().zip(against).map(|(path, against)| Source { against, ..Source::given(path) }).collect();
        let parameters = Parameters { config, input: input.clone() };
        scan_revised((&sources, &roots), &parameters, &(), resources, progress, &mut found)?;
    } else {
        scan_into(&only, &config, input, resources, progress, &mut found)?;
    }
    Ok(Some(found.matches))
}

/// P10, where an index was compared with: the copy repeats nothing that the index had but what is told. Returns how many
/// passages it repeats.
fn repeats_of_index(
    (evidence, copies): (&Evidence, &Copies),
    index: &IndexProof,
    out: &Path,
    faults: &mut Faults,
    (resources, progress): (&Resources, &dyn Progress),
) -> Result<u64> {
    let (mut numbered, settings) = (Vec::new(), &evidence.settings);
    for (number, source) in evidence.sources.iter().enumerate() {
        numbered.extend(source.copy()?.map(|copy| (out.join(copy), number)));
    }
    if numbered.is_empty() {
        return Ok(0);
    }
    let paths: Vec<PathBuf> = numbered.iter().map(|(path, _)| path.clone()).collect();
    for doc in index.repeats(&paths, &settings.parameters.input, (resources, progress))? {
        faults.add(Promise::P10, format!("{doc} of the copy"), "repeats a document that the index had");
    }
    let mut found = Repeats::new(evidence, copies, &numbered, faults);
    if settings.passages == "cut" {
        for place in &index.repeated_places(&paths, &settings.parameters, (resources, progress))? {
            found.repeat(place, false);
        }
    }
    Ok(found.matches)
}

/// P10, where something went for evaluation items: the copy holds none. Returns how many repeats it has of what was looked
/// for, which is none, if that was checked.
fn items(
    evidence: &Evidence,
    out: &Path,
    faults: &mut Faults,
    resources: &Resources,
    progress: &dyn Progress,
) -> Result<Option<u64>> {
    let Some(rule) = evidence.settings.contamination.as_ref().filter(|_| evidence.settings.is_final) else {
        return Ok(None);
    };
    let (mut paths, mut parameters) = (Vec::new(), evidence.settings.parameters.clone());
    let mut against = Vec::new();
    for source in &evidence.sources {
        match source.copy()? {
            Some(copy) => paths.push(out.join(copy)),
            None if source.info.against => against.push(source.info.to_path()?),
            None => {}
        }
    }
    if paths.is_empty() {
        return Ok(Some(0));
    }
    parameters.input.against = against.iter().cloned().collect();
    paths.extend(against);
    let mut found: Vec<Finding> = Vec::new();
    decontaminate(&paths, &parameters, rule, resources, progress, &mut found)?;
    for finding in found {
        if let Finding::Contamination(found) = finding {
            let place = format!("{}, record {}", found.document.source, found.document.record);
            faults.add(Promise::P10, place, format!("holds {} of an evaluation item", found.share));
        }
    }
    Ok(Some(0))
}
