//! The claim of a run on an output, and what runs leave that are killed.
//!
//! A run holds a lock on the file `.NAME.doublon-lock` beside the output from before it looks at what is there until all has
//! its name, and then removes the file. When the copy is whole, that is written to the file: from then on whoever finds it
//! gives the names that are still to be given, and before it clears what was written.

use std::fs;
use std::io::{self, Read, Seek, Write};
use std::path::{Path, PathBuf};

use crate::disk::{self, DiskFile};
use crate::error::{Error, Result};
use crate::source::{EVIDENCE, evidence_beside};
use crate::store::FileLock;

/// The places of an output and of what stands beside it on the way.
#[derive(Clone, Debug)]
pub(super) struct OutputNames {
    pub place: PathBuf,
    /// Whether it is a file.
    pub is_file: bool,
    /// What is written.
    pub partial: PathBuf,
    /// What was there before, until it is removed: the folder, or the evidence of the file.
    old: PathBuf,
    lock: PathBuf,
}

/// What a killed run left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Leftover {
    /// Nothing.
    None,
    /// A part of an output, which was removed.
    Part,
    /// A whole output, which was given its name.
    Whole,
    /// The output that it was about to replace, which is in its place again.
    Replaced,
}

impl Leftover {
    /// Returns what people are told of it.
    pub fn told(self) -> Option<&'static str> {
        match self {
            Self::None => None,
            Self::Part => Some("an earlier run to this output was killed; what it had written of it was removed"),
            Self::Whole => Some("an earlier run was killed when this output was whole; it was given its name"),
            Self::Replaced => Some("an earlier run was killed while it replaced this output, which was put back"),
        }
    }
}

/// A lock on an output.
#[derive(Debug)]
pub(super) struct Claim(FileLock);

/// What the file holds once the copy is whole.
const WHOLE: &[u8] = b"whole\n";

impl Claim {
    /// Claims an output, which was `given` by this name.
    pub fn take(names: &OutputNames, given: &Path) -> Result<Self> {
        let lock = FileLock::take(&names.lock).map_err(failed(&names.lock))?;
        let is_held = || Error::Refused { path: given.into(), detail: "another run writes to it".to_owned() };
        lock.map(Self).ok_or_else(is_held)
    }

    /// Says that the copy is whole: what is left to do is to give names.
    pub fn mark_whole(&mut self) -> io::Result<()> {
        self.0.file.write_all(WHOLE)?;
        self.0.file.sync()?;
        self.0.path().parent().map_or(Ok(()), disk::sync_folder)
    }

    /// Ends what a killed run began, or takes it back.
    pub fn recover(&mut self, names: &OutputNames) -> Result<Leftover> {
        let mut content = Vec::new();
        self.0.file.as_file().read_to_end(&mut content).map_err(failed(self.0.path()))?;
        let is_whole = content == WHOLE;
        let begin_anew = |file: &DiskFile| file.set_len(0).and_then(|()| file.as_file().rewind());
        let leftover = if is_whole { names.finish()? } else { names.take_back()? };
        begin_anew(&self.0.file).map_err(failed(self.0.path()))?;
        Ok(leftover)
    }
}

impl OutputNames {
    pub fn of(place: PathBuf, is_file: bool) -> Self {
        let beside = |ending: &str| {
            let mut hidden = std::ffi::OsString::from(".");
            hidden.push(place.file_name().unwrap_or_default());
            hidden.push(ending);
            place.with_file_name(hidden)
        };
        let (partial, old, lock) = (beside(".doublon-partial"), beside(".doublon-old"), beside(".doublon-lock"));
        Self { place, is_file, partial, old, lock }
    }

    /// Gives a whole copy its name in the place of what is there, as far as it has not been given it.
    pub fn give(&self) -> Result<()> {
        if self.is_file {
            self.give_file()?;
        } else if exists(&self.partial) {
            self.replace(&self.partial, &self.place)?;
        }
        disk::sync_folder(self.place.parent().unwrap_or(Path::new("/"))).map_err(failed(&self.place))?;
        remove(&self.old)
    }

    fn give_file(&self) -> Result<()> {
        let (evidence, of_copy) = (evidence_beside(&self.place), self.partial.join(EVIDENCE));
        if exists(&of_copy) {
            self.replace(&of_copy, &evidence)?;
        }
        let file = self.partial.join(self.place.file_name().unwrap_or_default());
        if exists(&file)
            && let Err(cause) = disk::rename(&file, &self.place)
        {
            // The evidence of the file that is still there comes back.
            let _ = disk::remove_folder(&evidence);
            let _ = disk::rename(&self.old, &evidence);
            return Err(failed(&self.place)(cause));
        }
        remove(&self.partial)
    }

    /// Renames a folder; what is at its new place becomes the old one, and comes back if that fails.
    fn replace(&self, from: &Path, to: &Path) -> Result<()> {
        if exists(to) && !exists(&self.old) {
            disk::rename(to, &self.old).map_err(failed(to))?;
        }
        let renamed = disk::rename(from, to);
        if renamed.is_err() && exists(&self.old) {
            disk::rename(&self.old, to).map_err(failed(to))?;
        }
        renamed.map_err(failed(to))
    }

    /// Ends what a run was about to when its copy was whole.
    fn finish(&self) -> Result<Leftover> {
        let is_left = exists(&self.partial) || exists(&self.old);
        self.give()?;
        Ok(if is_left { Leftover::Whole } else { Leftover::None })
    }

    /// Takes back what a run did before its copy was whole, and what one of an earlier version did after.
    fn take_back(&self) -> Result<Leftover> {
        let replaced = if self.is_file { evidence_beside(&self.place) } else { self.place.clone() };
        let mut leftover = Leftover::None;
        if exists(&self.old) && !exists(&replaced) {
            disk::rename(&self.old, &replaced).map_err(failed(&replaced))?;
            leftover = Leftover::Replaced;
        }
        remove(&self.old)?;
        let is_folder = fs::symlink_metadata(&self.partial).map(|metadata| metadata.is_dir());
        match (is_folder, leftover) {
            (Err(_), _) => return Ok(leftover),
            (Ok(false), _) => {
                return Err(Error::Refused {
                    path: self.partial.clone(),
                    detail: "is in the way; remove it".to_owned(),
                });
            }
            (Ok(true), Leftover::None) => leftover = Leftover::Part,
            (Ok(true), _) => {}
        }
        remove(&self.partial)?;
        Ok(leftover)
    }
}

fn exists(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok()
}

fn remove(folder: &Path) -> Result<()> {
    if exists(folder) { disk::remove_folder(folder).map_err(failed(folder)) } else { Ok(()) }
}

/// Says at which path an operation failed.
pub(super) fn failed(path: &Path) -> impl FnOnce(io::Error) -> Error {
    let path = path.to_owned();
    move |cause| Error::Io { path, cause }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_claim_says_when_a_copy_is_whole_and_goes_when_it_has_its_name() {
        let folder = tempfile::tempdir().expect("a folder");
        let names = OutputNames::of(folder.path().join("out"), false);
        fs::create_dir(&names.partial).expect("is made");
        let mut claim = Claim::take(&names, Path::new("out")).expect("is free");
        assert!(matches!(Claim::take(&names, Path::new("out")), Err(Error::Refused { .. })), "it is held");
        assert_eq!(fs::read(&names.lock).expect("is there"), b"");
        claim.mark_whole().expect("is written");
        assert_eq!(fs::read(&names.lock).expect("is there"), WHOLE);
        fs::create_dir(&names.place).expect("is made");
        fs::write(names.partial.join("a"), "new").expect("is written");
        names.give().expect("is given");
        assert_eq!(fs::read(names.place.join("a")).expect("is there"), b"new");
        drop(claim);
        assert_eq!(fs::read_dir(folder.path()).expect("is there").count(), 1, "nothing is left beside it");
    }
}
