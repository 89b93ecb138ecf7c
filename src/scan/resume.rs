//! A scan that goes on where another run was stopped: what was read is kept as a part of the state of the run, and so are
//! the findings of each scan.
//!
//! Both are taken up only if the inputs are what they were: each file is read again for its hash, which takes a small part
//! of the time of a scan.

use std::collections::HashMap;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::PathBuf;
use std::time::UNIX_EPOCH;

use doublon_core::hash::{ContentHasher, seeded_hash};
use doublon_core::{Config, Keep};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::corpus::{Corpus, CorpusBuilder, find_sources};
use super::progress::Progress;
use crate::error::Result;
use crate::finding::{Finding, InputOptions, Parameters, Sink, SourceInfo, Summary};
use crate::source::{FoundSources, Source};
use crate::store::{Budget, Cancel, PartReader, PartWriter, RunState};

/// The part that holds what was read.
const READ: &str = "read";

/// The part that says what the inputs were.
const INPUTS: &str = "inputs";

/// Bytes of a file that are hashed at a time.
const PIECE: usize = 1 << 20;

/// Drops what a state has of inputs that have changed since, or are others.
pub(super) fn check_inputs(
    state: &RunState,
    paths: &[PathBuf],
    (config, input): (&Config, &InputOptions),
    budget: &Budget,
    progress: &dyn Progress,
) -> Result<()> {
    let Some(mut part) = state.reader(INPUTS, budget.table, &budget.folder)? else { return state.drop_all() };
    let saved: Vec<SavedInput> = part.json()?;
    let found = find_sources(paths, config, input)?;
    progress.phase("checking", Some(saved.iter().map(|input| input.length).sum()));
    let same = |(saved, source): (&SavedInput, &Source)| saved.is(source, &config.keep, &budget.cancel, progress);
    let is_same = saved.len() == found.sources.len()
        && saved.par_iter().zip(&found.sources).map(same).try_reduce(|| true, |x, y| Ok(x && y))?;
    if is_same { Ok(()) } else { state.drop_all() }
}

/// Returns what is at `paths`: as another run has read it, or else as it is read now and kept in the state.
pub(super) fn read(
    state: &RunState,
    builder: CorpusBuilder,
    paths: &[PathBuf],
    (config, input): (&Config, &InputOptions),
    budget: &Budget,
    progress: &dyn Progress,
) -> Result<Corpus> {
    let found = find_sources(paths, config, input)?;
    if let Some(mut part) = state.reader(READ, budget.table, &budget.folder)? {
        state.note(|resumed| resumed.read = true);
        return Corpus::load(&mut part, &found, (config, input), budget);
    }
    let corpus = builder.read_placed(&found, input, progress)?;
    let mut part = state.writer(INPUTS)?;
    part.json(&saved_inputs(&found, &corpus.sources))?;
    part.finish()?;
    let mut part = state.writer(READ)?;
    corpus.save(&mut part)?;
    part.finish()?;
    Ok(corpus)
}

/// Hands on the findings of the next scan: those that another run has kept, or else those of `scan`, which are kept.
pub(super) fn find(
    state: &RunState,
    parameters: &Parameters,
    budget: &Budget,
    sink: &mut (dyn Sink + Send),
    scan: impl FnOnce(&mut (dyn Sink + Send)) -> Result<Summary>,
) -> Result<Summary> {
    let name = format!("found-{}", state.next_scan());
    if let Some(part) = state.reader(&name, budget.table, &budget.folder)? {
        state.note(|resumed| resumed.scans += 1);
        return send(part, parameters, sink);
    }
    let mut keeper = FindingKeeper { sink, part: state.writer(&name)? };
    let summary = scan(&mut keeper)?;
    keeper.part.finish()?;
    state.drop_part(READ)?; // all that followed from it is known
    Ok(summary)
}

/// Hands on findings that were kept. What determined them is not saved whole: it is that of this run.
fn send(mut part: PartReader, parameters: &Parameters, sink: &mut dyn Sink) -> Result<Summary> {
    let mut summary = Summary::default();
    while !part.is_at_end() {
        let mut finding = part.json()?;
        match &mut finding {
            Finding::Header(header) => header.parameters = parameters.clone(),
            Finding::Summary(last) => summary = last.clone(),
            _ => {}
        }
        sink.receive(finding)?;
    }
    Ok(summary)
}

/// Keeps findings, and hands them on.
struct FindingKeeper<'a> {
    sink: &'a mut (dyn Sink + Send),
    part: PartWriter,
}

impl Sink for FindingKeeper<'_> {
    fn receive(&mut self, finding: Finding) -> Result<()> {
        self.part.json(&finding)?;
        self.sink.receive(finding)
    }
}

/// What an input was when it was read.
#[derive(Serialize, Deserialize)]
struct SavedInput {
    /// A hash of its path.
    path: u64,
    length: u64,
    /// When it was modified, in nanoseconds since 1970; 0 if that is not known.
    modified: u64,
    /// How many bytes were read, and their hash; none of what could not be read.
    read: Option<(u64, String)>,
}

fn saved_inputs(found: &FoundSources, infos: &[SourceInfo]) -> Vec<SavedInput> {
    let infos: HashMap<&str, &SourceInfo> = infos.iter().map(|info| (&*info.path, info)).collect();
    let of = |source: &Source| {
        let info = infos.get(&*source.name());
        SavedInput { read: info.map(|info| (info.bytes, info.xxh3_128.clone())), ..SavedInput::now(source) }
    };
    found.sources.iter().map(of).collect()
}

impl SavedInput {
    /// Returns what an input is now, without its hash.
    fn now(source: &Source) -> Self {
        let metadata = fs::metadata(&source.path).ok();
        let length = metadata.as_ref().map_or(0, fs::Metadata::len);
        let since = metadata.and_then(|metadata| metadata.modified().ok()?.duration_since(UNIX_EPOCH).ok());
        let modified = since.map_or(0, |since| u64::try_from(since.as_nanos()).unwrap_or(u64::MAX));
        let path = seeded_hash(source.path.as_os_str().as_encoded_bytes(), 0);
        Self { path, length, modified, read: None }
    }

    /// Returns whether a source is what was read.
    fn is(&self, source: &Source, keep: &Keep, cancel: &Cancel, progress: &dyn Progress) -> Result<bool> {
        let now = Self::now(source);
        let by_time = self.read.is_none() || matches!(keep, Keep::Newest | Keep::Oldest);
        if (now.path, now.length) != (self.path, self.length) || by_time && now.modified != self.modified {
            return Ok(false);
        }
        let Some((bytes, hash)) = &self.read else { return Ok(true) };
        // One that cannot be read any more is another one.
        Ok(hash_of(source, *bytes, cancel, progress)?.is_ok_and(|found| found == *hash))
    }
}

/// Returns the hash of the first bytes of a source, in hexadecimal digits, or why it cannot be read.
fn hash_of(source: &Source, bytes: u64, cancel: &Cancel, progress: &dyn Progress) -> Result<io::Result<String>> {
    let mut input = match File::open(&source.path) {
        Ok(file) => file.take(bytes),
        Err(cause) => return Ok(Err(cause)),
    };
    let (mut hasher, mut buffer) = (ContentHasher::default(), vec![0; PIECE]);
    loop {
        cancel.check()?;
        match input.read(&mut buffer) {
            Ok(0) => return Ok(Ok(format!("{:032x}", hasher.finish()))),
            Ok(read) => {
                hasher.update(&buffer[..read]);
                progress.advance(read as u64);
            }
            Err(cause) => return Ok(Err(cause)),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;
    use std::sync::Arc;

    use doublon_core::Level;
    use doublon_core::text::PassageUnit;

    use super::*;
    use crate::error::Error;
    use crate::scan::{Resources, scan_into};
    use crate::store::Resumed;

    /// Takes so many findings, and then fails.
    struct FailingSink(usize);

    impl Sink for FailingSink {
        fn receive(&mut self, _: Finding) -> Result<()> {
            self.0 = self.0.checked_sub(1).ok_or(Error::Cancelled)?;
            Ok(())
        }
    }

    struct Run<'a> {
        paths: &'a [PathBuf],
        config: &'a Config,
        memory: Option<u64>,
        folder: &'a Path,
    }

    impl Run<'_> {
        fn scan(&self, sink: &mut (dyn Sink + Send), state: Option<&Arc<RunState>>) -> Result<Summary> {
            let (memory, state) = (self.memory, state.cloned());
            let resources = Resources { threads: 2, memory, state, ..Resources::default() };
            scan_into(self.paths, self.config, &InputOptions::default(), &resources, &(), sink)
        }

        fn state(&self) -> Arc<RunState> {
            RunState::open(&self.folder.join("state"), "settings").expect("is opened").into()
        }

        fn found(&self, state: Option<&Arc<RunState>>) -> Vec<Finding> {
            let mut findings: Vec<Finding> = Vec::new();
            self.scan(&mut findings, state).expect("is done");
            findings
        }
    }

    /// Texts of the repository in many formats, and some that cannot be read.
    fn paths() -> Vec<PathBuf> {
        let of_file = |name: &str| PathBuf::from("data").join(name);
        ["archive", "bad", "handbook", "seed", "warc"].map(of_file).to_vec()
    }

    fn configs() -> Vec<Config> {
        let make = |level, unit, keep| Config::builder().level(level).unit(unit).keep(keep).build().expect("valid");
        let line = Some(PassageUnit::Line);
        vec![
            make(Level::All, None, Keep::First),
            make(Level::Documents, None, Keep::Longest),
            make(Level::Passages, line, Keep::Newest),
            Config::builder().isolate(true).build().expect("valid"),
        ]
    }

    #[test]
    fn f26_a_scan_goes_on_behind_its_reading_and_behind_its_end() {
        for (config, memory) in configs().iter().flat_map(|config| [(config, None), (config, Some(1))]) {
            let folder = tempfile::tempdir().expect("a folder");
            let run = Run { paths: &paths(), config, memory, folder: folder.path() };
            let expected = run.found(None);
            let state = run.state();
            assert!(matches!(run.scan(&mut FailingSink(3), Some(&state)), Err(Error::Cancelled)));
            drop(state);
            let state = run.state();
            assert_eq!(run.found(Some(&state)), expected, "{config:?}, {memory:?}");
            assert_eq!(state.resumed(), Resumed { read: true, ..Resumed::default() });
            drop(state);
            let state = run.state();
            assert_eq!(run.found(Some(&state)), expected, "{config:?}, {memory:?}");
            assert_eq!(state.resumed(), Resumed { scans: 1, ..Resumed::default() });
        }
    }

    #[test]
    fn f26_inputs_that_changed_are_read_again() {
        let folder = tempfile::tempdir().expect("a folder");
        let (input, config) = (folder.path().join("in"), Config::default());
        fs::create_dir(&input).expect("is made");
        let write = |name: &str, text: &str| fs::write(input.join(name), text).expect("is written");
        write("a.txt", "one text of some words");
        write("b.txt", "another text of words");
        let run = Run { paths: std::slice::from_ref(&input), config: &config, memory: None, folder: folder.path() };
        let change_and_scan = |change: &dyn Fn()| {
            run.found(Some(&run.state()));
            change();
            let state = run.state();
            assert_eq!(run.found(Some(&state)), run.found(None));
            state.resumed()
        };
        let other = Resumed { is_other: true, ..Resumed::default() };
        assert_eq!(change_and_scan(&|| write("b.txt", "one text of some words")), other, "of another length");
        assert_eq!(change_and_scan(&|| write("b.txt", "one text of same words")), other, "of another hash");
        assert_eq!(change_and_scan(&|| write("c.txt", "one more")), other, "one more");
        assert_eq!(change_and_scan(&|| fs::remove_file(input.join("c.txt")).expect("goes")), other, "one less");
        assert_eq!(change_and_scan(&|| ()), Resumed { scans: 1, ..Resumed::default() });
    }
}
