//! Runs that go on where others were stopped: where their state is, and what is told of it.

use std::ffi::OsString;
use std::fmt::Debug;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Result, bail};
use doublon::report::text::counted;
use doublon::scan::{Resumed, RunState};
use doublon_core::hash::seeded_hash;

use super::say::say;

/// Refuses what cannot go on: what is read only once, and what a saved index decides.
///
/// # Errors
///
/// If there is such.
pub fn refuse(paths: &[PathBuf], is_with_index: bool) -> Result<()> {
    if is_with_index {
        bail!("--resume does not go with an index: what it decides is not kept");
    }
    if paths.iter().any(|path| path == Path::new("-")) {
        bail!("--resume does not go with standard input, which gives its bytes only once; write it to a file");
    }
    Ok(())
}

/// Opens the state of a run beside its output, for inputs and settings that are told apart by what `settings` shows.
///
/// # Errors
///
/// If another run goes on with it, or it cannot be made.
pub fn open(output: &Path, settings: &impl Debug, quiet: bool) -> Result<Arc<RunState>> {
    let folder = folder(output);
    let settings = format!("{} {settings:?}", env!("CARGO_PKG_VERSION"));
    // Known text may be part of it, so that only its hash is kept, by two seeds.
    let settings = [0, 1].map(|seed| format!("{:016x}", seeded_hash(settings.as_bytes(), seed))).concat();
    let state = RunState::open(&folder, &settings)?;
    if state.is_begun() && !quiet {
        say(&format!("goes on with what an earlier run kept in {}", folder.display()));
    }
    Ok(state.into())
}

/// Says that what a run has finished is kept, though it failed.
pub fn tell_kept(state: Option<&Arc<RunState>>, quiet: bool) {
    if state.is_some_and(|state| state.is_begun()) && !quiet {
        say("what is finished is kept; give the same command again to go on with it");
    }
}

/// Ends the state of a run whose output is whole, and says what was taken up.
pub fn close(state: &RunState, quiet: bool) {
    if let Some(told) = told(&state.resumed()).filter(|_| !quiet) {
        say(&told);
    }
    if let Err(error) = state.remove() {
        say(&format!("warning: what is no longer needed could not be removed: {error}"));
    }
}

/// `.NAME.doublon-resume` beside the output.
fn folder(output: &Path) -> PathBuf {
    let mut name = OsString::from(".");
    name.push(output.file_name().unwrap_or_default());
    name.push(".doublon-resume");
    output.with_file_name(name)
}

fn told(resumed: &Resumed) -> Option<String> {
    let Resumed { is_other, read, scans, files } = *resumed;
    let what = [
        read.then(|| "what it had read".to_owned()),
        (scans > 0).then(|| format!("the findings of {}", counted(scans as u64, "scan"))),
        (files > 0).then(|| format!("{} that it had written", counted(files, "file"))),
    ];
    let what: Vec<String> = what.into_iter().flatten().collect();
    if !what.is_empty() {
        return Some(format!("taken from the earlier run: {}", what.join(", ")));
    }
    let began = "the input or the settings are not those of the earlier run, so that all was done anew";
    is_other.then(|| began.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_taken_up_is_told_in_one_line() {
        assert_eq!(told(&Resumed::default()), None);
        let all = Resumed { is_other: false, read: true, scans: 2, files: 1 };
        let expected =
            "taken from the earlier run: what it had read, the findings of 2 scans, 1 file that it had written";
        assert_eq!(told(&all).as_deref(), Some(expected));
        let other = Resumed { is_other: true, ..Resumed::default() };
        assert!(told(&other).is_some_and(|told| told.ends_with("done anew")));
        assert_eq!(folder(Path::new("a/clean")), Path::new("a/.clean.doublon-resume"));
        assert_eq!(folder(Path::new("clean/")), Path::new(".clean.doublon-resume"));
    }
}
