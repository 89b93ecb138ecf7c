//! The claim of a run on an output, and what runs leave that are killed.
//!
//! A run holds a lock on the file `.NAME.doublon-lock` beside the output from before it looks at what is there until all has
//! its name, and then removes the file. When the copy is whole, that is written to the file: from then on whoever finds it
//! gives the names that are still to be given, and before it clears what was written.

use std::fs;
use std::io::{self, Read, Seek, Write};
use std::path::{Path, PathBuf};

use crate::disk;
use crate::error::{Error, Result};
use crate::source::{EVIDENCE, evidence_beside};
use crate::store::FileLock;

/// The places of an output and of what stands beside it on the way.
#[derive(Clone, Debug)]
struct OutputNames {
    place: PathBuf,
    /// Whether it is a file.
    is_file: bool,
    /// What is written.
    partial: PathBuf,
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

/// An output in the making that this run has claimed: a file, or a folder. What is to get its name is written to a folder
/// beside it, which goes if the run fails.
#[derive(Debug)]
pub(crate) struct ClaimedOutput {
    names: OutputNames,
    /// Held until the run ends.
    claim: Claim,
    leftover: Leftover,
    is_published: bool,
    /// Whether what is written stays if the run fails.
    is_kept: bool,
}

impl ClaimedOutput {
    /// Claims the output `given`, and ends what a killed run began there; before what that wrote is cleared, `rescue` takes
    /// what it wants of it. Then `check` says whether what is there may be replaced.
    ///
    /// # Errors
    ///
    /// If another run writes to it, `check` fails, or the system does not let it be written.
    pub fn claim(
        given: &Path,
        is_file: bool,
        rescue: Option<Rescue<'_>>,
        check: impl FnOnce() -> Result<()>,
    ) -> Result<Self> {
        let names = OutputNames::of(place(given)?, is_file);
        let mut claim = Claim::take(&names, given)?;
        // What is there is looked at only now: another run may have been about to give it its name.
        let leftover = claim.recover(&names, rescue).inspect_err(|_| claim.0.keep())?;
        check().map_err(|error| told(error, leftover))?;
        Ok(Self { names, claim, leftover, is_published: false, is_kept: false })
    }

    /// Returns what an earlier run left that was killed.
    pub fn leftover(&self) -> Leftover {
        self.leftover
    }

    /// Returns the place of the output, with all links in its folder resolved.
    pub fn place(&self) -> &Path {
        &self.names.place
    }

    /// Whether it is a file.
    pub fn is_file(&self) -> bool {
        self.names.is_file
    }

    /// Returns the folder to be made and written to: it becomes the output, or holds the file of its name.
    pub fn partial(&self) -> &Path {
        &self.names.partial
    }

    /// Leaves what is written where it is if the run fails: a later one takes it up.
    pub fn keep_part(&mut self) {
        self.is_kept = true;
    }

    /// Gives the output its name, when all of it is written and synced. What was there before and cannot be removed is
    /// left to the next run.
    ///
    /// # Errors
    ///
    /// If the system refuses; the output is then as it was before, unless the error says that it is whole.
    pub fn publish(mut self) -> Result<()> {
        self.claim.mark_whole().map_err(failed(&self.names.place))?;
        self.names.give()?;
        self.is_published = true;
        let synced = self.names.sync();
        if synced.is_err() || self.names.clear().is_err() {
            self.claim.0.keep();
        }
        synced
    }
}

impl Drop for ClaimedOutput {
    fn drop(&mut self) {
        if self.is_published {
            return;
        }
        let clear = || if self.is_kept { Ok(()) } else { disk::remove_folder(&self.names.partial) };
        // A run that is killed while it removes a part may not have said before that this is the whole.
        match self.claim.unmark() {
            Ok(()) => _ = clear(), // what is left is cleared by the next run
            Err(_) => self.claim.0.keep(),
        }
    }
}

/// Takes what it wants of the folder that a killed run wrote to.
pub(crate) type Rescue<'r> = &'r mut dyn FnMut(&Path) -> Result<()>;

/// A lock on an output.
#[derive(Debug)]
struct Claim(FileLock);

/// What the file holds once the copy is whole.
const WHOLE: &[u8] = b"whole\n";

impl Claim {
    /// Claims an output, which was `given` by this name.
    fn take(names: &OutputNames, given: &Path) -> Result<Self> {
        let lock = FileLock::take(&names.lock).map_err(failed(given))?;
        let is_held = || Error::Refused { path: given.into(), detail: "another run writes to it".to_owned() };
        lock.map(Self).ok_or_else(is_held)
    }

    /// Says that the copy is whole: what is left to do is to give names.
    fn mark_whole(&mut self) -> io::Result<()> {
        self.0.file.write_all(WHOLE)?;
        self.0.file.sync()?;
        self.0.path().parent().map_or(Ok(()), disk::sync_folder)
    }

    /// Says of no copy any more that it is whole.
    fn unmark(&mut self) -> io::Result<()> {
        let mut file = self.0.file.as_file();
        if file.metadata()?.len() > 0 {
            self.0.file.set_len(0)?;
            self.0.file.sync()?;
            file.rewind()?;
        }
        Ok(())
    }

    /// Ends what a killed run began, or takes it back.
    fn recover(&mut self, names: &OutputNames, rescue: Option<Rescue<'_>>) -> Result<Leftover> {
        let mut content = Vec::new();
        self.0.file.as_file().read_to_end(&mut content).map_err(failed(self.0.path()))?;
        let leftover = match rescue {
            _ if content == WHOLE => names.finish()?,
            None => names.take_back()?,
            Some(rescue) => {
                rescue(&names.partial)?;
                match names.take_back()? {
                    Leftover::Part => Leftover::None, // what was whole of it is taken up
                    other => other,
                }
            }
        };
        self.unmark().map_err(failed(self.0.path()))?;
        Ok(leftover)
    }
}

impl OutputNames {
    fn of(place: PathBuf, is_file: bool) -> Self {
        let beside = |ending: &str| {
            let mut hidden = std::ffi::OsString::from(".");
            hidden.push(place.file_name().unwrap_or_default());
            hidden.push(ending);
            place.with_file_name(hidden)
        };
        let (partial, old, lock) = (beside(".doublon-partial"), beside(".doublon-old"), beside(".doublon-lock"));
        Self { place, is_file, partial, old, lock }
    }

    /// Gives a whole copy its name in the place of what is there, as far as it has not been given it. If that fails, all has
    /// the names that it had.
    fn give(&self) -> Result<()> {
        if self.is_file {
            self.give_file()
        } else if exists(&self.partial) {
            self.replace(&self.partial, &self.place)
        } else {
            Ok(())
        }
    }

    fn give_file(&self) -> Result<()> {
        let (evidence, of_copy) = (evidence_beside(&self.place), self.partial.join(EVIDENCE));
        if exists(&of_copy) {
            self.replace(&of_copy, &evidence)?;
        }
        let file = self.partial.join(self.place.file_name().unwrap_or_default());
        if !exists(&file) {
            return Ok(());
        }
        disk::rename(&file, &self.place).map_err(|cause| {
            // The evidence of the file that is still there comes back.
            let _ = disk::rename(&evidence, &of_copy);
            let _ = disk::rename(&self.old, &evidence);
            failed(&self.place)(cause)
        })
    }

    /// Returns when the names that were given are on the disk.
    fn sync(&self) -> Result<()> {
        disk::sync_folder(self.place.parent().unwrap_or(Path::new("/"))).map_err(|cause| {
            let told = format!("it is whole, but a power failure could undo that: {cause}");
            failed(&self.place)(io::Error::new(cause.kind(), told))
        })
    }

    /// Removes what is left when all has its name.
    fn clear(&self) -> Result<()> {
        if self.is_file {
            remove(&self.partial)?;
        }
        remove(&self.old)
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
        self.sync()?;
        self.clear()?;
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

/// Says of an output that is in the way where it comes from.
fn told(error: Error, leftover: Leftover) -> Error {
    match (error, leftover.told()) {
        (Error::Refused { path, detail }, Some(told)) => Error::Refused { path, detail: format!("{detail} ({told})") },
        (error, _) => error,
    }
}

/// Returns the path of an output with all links in its folder resolved.
pub(super) fn place(output: &Path) -> Result<PathBuf> {
    let refused = |detail: &str| Error::Refused { path: output.into(), detail: detail.to_owned() };
    let name = output.file_name().ok_or_else(|| refused("is no name for a new folder"))?;
    let folder = output.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let folder = folder.canonicalize().map_err(|_| refused("the folder that it would be in is not there"))?;
    Ok(folder.join(name))
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
        names.give().and_then(|()| names.clear()).expect("is given");
        assert_eq!(fs::read(names.place.join("a")).expect("is there"), b"new");
        drop(claim);
        assert_eq!(fs::read_dir(folder.path()).expect("is there").count(), 1, "nothing is left beside it");
    }
}
