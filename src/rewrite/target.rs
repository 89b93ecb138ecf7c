//! The folder or the file that a clean copy is written to: there whole, or not at all.
//!
//! All files are written to a folder beside it, `.NAME.doublon-partial`, and synced; at the end that folder takes the
//! name. Of a copy that is one file, the evidence gets its place beside it first, and the file then takes its name. A run
//! that fails takes the folder away; what one leaves that was killed is found by the next run to the same output, see
//! [`claim`](super::claim).

use std::fs;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::claim::{ClaimedOutput, Leftover, Rescue, failed, place};
use super::copied::CopiedSource;
use super::finished::FinishedFiles;
use super::modes::Modes;
use super::plan::Plan;
use crate::disk::{self, DiskFile};
use crate::error::{Error, Result};
use crate::source::{EVIDENCE, SUMMARY, evidence_beside};
use crate::store::RunState;

/// Where files of a copy go.
pub trait CopySink {
    /// Makes a file with the given path below the output. It and its folders are open to the same people as the file at
    /// `like` and its folders; without one, to those to whom all files are that were made before.
    ///
    /// # Errors
    ///
    /// If there is one already, or the system does not make it.
    fn file(&mut self, name: &Path, like: Option<&Path>) -> Result<Box<dyn Write + Send + '_>>;

    /// Returns where the file of that name below the output is to be, for messages.
    fn place(&self, name: &Path) -> PathBuf {
        name.to_owned()
    }

    /// Hears that what is at `input` is read: what the evidence tells of it is open to those alone to whom it is.
    ///
    /// # Errors
    ///
    /// If it is not there any more.
    fn read(&mut self, input: &Path) -> Result<()>;

    /// Closes the file made last, and returns when its content is on the disk.
    ///
    /// # Errors
    ///
    /// If the system could not write it.
    fn close(&mut self) -> Result<()>;

    /// Takes the copy of this number, that of the input `like`, from an earlier run, if that finished it.
    ///
    /// # Errors
    ///
    /// If it cannot be given its name.
    fn take_finished(&mut self, _number: usize, _name: &Path, _like: &Path) -> Result<Option<CopiedSource>> {
        Ok(None)
    }

    /// Hears that the copy of this number is on the disk.
    ///
    /// # Errors
    ///
    /// If that cannot be noted.
    fn note_finished(&mut self, _number: usize, _name: &Path, _copied: &CopiedSource) -> Result<()> {
        Ok(())
    }
}

/// Takes what a copy would hold, and keeps nothing.
impl CopySink for () {
    fn file(&mut self, _: &Path, _: Option<&Path>) -> Result<Box<dyn Write + Send + '_>> {
        Ok(Box::new(io::sink()))
    }

    fn read(&mut self, _: &Path) -> Result<()> {
        Ok(())
    }

    fn close(&mut self) -> Result<()> {
        Ok(())
    }
}

/// An output in the making: a folder, or a file with its evidence beside it.
#[derive(Debug)]
pub struct CopyTarget {
    output: ClaimedOutput,
    folders: Vec<PathBuf>,
    modes: Modes,
    current: Option<(PathBuf, DiskFile)>,
    /// What an earlier run finished, and this one does, if that is kept.
    finished: Option<FinishedFiles>,
}

impl CopyTarget {
    /// Prepares the output `folder` for a copy of what is at `inputs`. With `overwrite`, an earlier output may be there. What
    /// is finished is noted in `state`, and taken from there.
    ///
    /// # Errors
    ///
    /// If there is something else at its place, it lies in a folder that is read or an input lies in it, another run
    /// writes to it, or the system does not let it be made.
    pub fn prepare(folder: &Path, inputs: &[PathBuf], overwrite: bool, state: Option<&Arc<RunState>>) -> Result<Self> {
        check_apart(folder, &place(folder)?, inputs)?;
        Self::of((folder, false), state, || check_replaceable(folder, overwrite))
    }

    /// Prepares the output `file` for a copy of the file `input`, as [`prepare`](Self::prepare) does.
    ///
    /// # Errors
    ///
    /// As [`prepare`](Self::prepare).
    pub fn prepare_file(file: &Path, input: &Path, overwrite: bool, state: Option<&Arc<RunState>>) -> Result<Self> {
        check_apart(file, &place(file)?, &[input.to_owned()])?;
        Self::of((file, true), state, || check_replaceable_file(file, overwrite))
    }

    fn of(
        (given, is_file): (&Path, bool),
        state: Option<&Arc<RunState>>,
        check: impl FnOnce() -> Result<()>,
    ) -> Result<Self> {
        let mut rescued = None;
        let mut rescue = |partial: &Path| {
            rescued = state.map(|state| FinishedFiles::rescue(Arc::clone(state), partial)).transpose()?;
            Ok(())
        };
        let rescue: Option<Rescue<'_>> = if state.is_some() { Some(&mut rescue) } else { None };
        let mut output = ClaimedOutput::claim(given, is_file, rescue, check)?;
        // If all was whole, there is nothing to take up but what the state has.
        let anew = || state.map(|state| FinishedFiles::rescue(Arc::clone(state), output.partial())).transpose();
        let finished = if rescued.is_some() { rescued } else { anew()? };
        let modes = Modes::of_new_folder(output.partial()).map_err(failed(output.partial()))?;
        let folders = vec![output.partial().to_owned()];
        if finished.is_some() {
            output.keep_part();
        }
        Ok(Self { output, folders, modes, current: None, finished })
    }

    /// Begins to write what `plan` leaves, to files of these names. What an earlier run finished of another plan is dropped.
    ///
    /// # Errors
    ///
    /// If what is finished is to be noted and cannot be.
    pub fn begin(&mut self, plan: &Plan, names: &[PathBuf]) -> Result<()> {
        let partial = self.output.partial();
        self.finished.as_mut().map_or(Ok(()), |finished| finished.begin(partial, plan, names))
    }

    /// Returns what an earlier run left that was killed.
    pub fn leftover(&self) -> Leftover {
        self.output.leftover()
    }

    /// Returns the name of the copy where that is one file.
    pub fn file_name(&self) -> Option<&Path> {
        self.output.place().file_name().filter(|_| self.output.is_file()).map(Path::new)
    }

    /// Writes a file at the given path below the output.
    ///
    /// # Errors
    ///
    /// If there is one already, or it cannot be written.
    pub fn write(&mut self, name: &Path, content: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<()> {
        let mut out = BufWriter::with_capacity(1 << 16, self.file(name, None)?);
        let written = content(&mut out).and_then(|()| out.flush());
        drop(out);
        written.map_err(|cause| Error::Io { path: self.place(name), cause })?;
        self.close()
    }

    /// Gives the output its name.
    ///
    /// # Errors
    ///
    /// If the system refuses; the output is then as it was before.
    pub fn publish(mut self) -> Result<()> {
        self.finished.take().map_or(Ok(()), FinishedFiles::end)?;
        self.modes.open(&self.folders).map_err(failed(self.output.partial()))?;
        self.folders.iter().try_for_each(|folder| disk::sync_folder(folder).map_err(failed(folder)))?;
        self.output.publish()
    }

    /// Takes the file at `from`, which is whole, as the one of that name below the output, a copy of the input `like`.
    fn adopt(&mut self, from: &Path, name: &Path, like: &Path) -> Result<()> {
        let path = self.output.partial().join(name);
        let mut adopt = || {
            self.make_folders(&path)?;
            disk::rename(from, &path)?;
            self.modes.adopt_file(&path, self.output.partial(), like)
        };
        adopt().map_err(failed(&self.output.place().join(name)))
    }

    fn make_folders(&mut self, path: &Path) -> io::Result<()> {
        let mut missing: Vec<&Path> = path.ancestors().skip(1).take_while(|folder| !folder.is_dir()).collect();
        while let Some(folder) = missing.pop() {
            Modes::make_folder(folder)?;
            self.folders.push(folder.to_owned());
        }
        Ok(())
    }
}

impl CopySink for CopyTarget {
    fn file(&mut self, name: &Path, like: Option<&Path>) -> Result<Box<dyn Write + Send + '_>> {
        let (path, shown) = (self.output.partial().join(name), self.place(name));
        let mut make = || -> io::Result<DiskFile> {
            self.make_folders(&path)?;
            self.modes.make_file(&path, self.output.partial(), like)
        };
        let file = make().map_err(|cause| Error::Io { path: shown.clone(), cause })?;
        let (_, file) = self.current.insert((shown, file));
        Ok(Box::new(file))
    }

    fn place(&self, name: &Path) -> PathBuf {
        self.output.place().join(name)
    }

    fn read(&mut self, input: &Path) -> Result<()> {
        self.modes.add(input).map_err(failed(input))
    }

    fn close(&mut self) -> Result<()> {
        let Some((path, file)) = self.current.take() else { return Ok(()) };
        self.modes.open_file(&file).and_then(|()| file.sync()).map_err(|cause| Error::Io { path, cause })
    }

    fn take_finished(&mut self, number: usize, name: &Path, like: &Path) -> Result<Option<CopiedSource>> {
        let Some((copied, file)) = self.finished.as_mut().and_then(|finished| finished.take(number)) else {
            return Ok(None);
        };
        file.map_or(Ok(()), |file| self.adopt(&file, name, like))?;
        Ok(Some(copied))
    }

    fn note_finished(&mut self, number: usize, name: &Path, copied: &CopiedSource) -> Result<()> {
        self.finished.as_mut().map_or(Ok(()), |finished| finished.note(number, name, copied))
    }
}

fn check_apart(folder: &Path, place: &Path, inputs: &[PathBuf]) -> Result<()> {
    for (input, found) in inputs.iter().filter_map(|input| Some((input, input.canonicalize().ok()?))) {
        let shown = input.display();
        let detail = if found == place {
            format!("it is the input {shown}; inputs are never written to")
        } else if found.starts_with(place) {
            format!("the input {shown} lies in it; inputs are never written to")
        } else if place.starts_with(&found) {
            format!("lies in {shown}, which is read; write it elsewhere, or the next run would read it")
        } else {
            continue;
        };
        return Err(Error::Refused { path: folder.into(), detail });
    }
    Ok(())
}

/// Checks that what is there may be replaced.
fn check_replaceable(folder: &Path, overwrite: bool) -> Result<()> {
    let refused = |detail: &str| Err(Error::Refused { path: folder.into(), detail: detail.to_owned() });
    let Ok(metadata) = fs::symlink_metadata(folder) else { return Ok(()) };
    if metadata.is_symlink() {
        return refused("is a link; name the folder itself");
    }
    if !metadata.is_dir() {
        return refused("is no folder");
    }
    let is_empty = fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_none());
    let is_output = folder.join(EVIDENCE).join(SUMMARY).is_file();
    match overwrite {
        _ if is_empty => Ok(()),
        false => refused("is not empty; name a new folder, or replace an earlier output with --overwrite"),
        true if !is_output => refused("is no output of an earlier run; --overwrite replaces nothing else"),
        true => Ok(()),
    }
}

/// Checks that the file that is there, or the evidence of one, may be replaced.
fn check_replaceable_file(file: &Path, overwrite: bool) -> Result<()> {
    let evidence = evidence_beside(file);
    let refused = |path: &Path, detail: &str| Err(Error::Refused { path: path.into(), detail: detail.to_owned() });
    let mut is_there = false;
    for (path, must_be_file) in [(file, true), (&evidence, false)] {
        let Ok(metadata) = fs::symlink_metadata(path) else { continue };
        is_there = true;
        match (metadata.is_symlink(), metadata.is_file() == must_be_file, overwrite) {
            (true, ..) => return refused(path, "is a link; name the file itself"),
            (_, false, _) => return refused(path, "is in the way; remove it, or name another file"),
            (_, _, false) => {
                return refused(
                    path,
                    "is there already; name a new file, or replace an earlier output with --overwrite",
                );
            }
            _ => {}
        }
    }
    if is_there && !evidence.join(SUMMARY).is_file() {
        return refused(file, "is no output of an earlier run; --overwrite replaces nothing else");
    }
    Ok(())
}
