//! The folder or the file that a clean copy is written to: there whole, or not at all.
//!
//! All files are written to a folder beside it, `.NAME.doublon-partial`, and synced; at the end that folder takes the
//! name. Of a copy that is one file, the evidence gets its place beside it first, and the file then takes its name. A run
//! that fails takes the folder away; one that was killed leaves it, and the next run to the same output clears it, unless
//! another process still holds its lock.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};
use crate::source::{EVIDENCE, SUMMARY, evidence_beside};

/// Where files of a copy go.
pub trait CopySink {
    /// Makes a file with the given path below the output.
    ///
    /// # Errors
    ///
    /// If there is one already, or the system does not make it.
    fn file(&mut self, name: &Path) -> Result<Box<dyn Write + Send + '_>>;

    /// Closes the file made last, and returns when its content is on the disk.
    ///
    /// # Errors
    ///
    /// If the system could not write it.
    fn close(&mut self) -> Result<()>;
}

/// Takes what a copy would hold, and keeps nothing.
impl CopySink for () {
    fn file(&mut self, _: &Path) -> Result<Box<dyn Write + Send + '_>> {
        Ok(Box::new(io::sink()))
    }

    fn close(&mut self) -> Result<()> {
        Ok(())
    }
}

/// An output in the making: a folder, or a file with its evidence beside it.
#[derive(Debug)]
pub struct CopyTarget {
    /// Its place.
    folder: PathBuf,
    is_file: bool,
    partial: PathBuf,
    /// Held until the run ends.
    lock: Option<File>,
    replaces: bool,
    folders: Vec<PathBuf>,
    current: Option<(PathBuf, File)>,
    published: bool,
}

const LOCK: &str = ".doublon-lock";

impl CopyTarget {
    /// Prepares the output `folder` for a copy of what is at `inputs`. With `overwrite`, an earlier output may be there.
    ///
    /// # Errors
    ///
    /// If there is something else at its place, it lies in a folder that is read or an input lies in it, another run
    /// writes to it, or the system does not let it be made.
    pub fn prepare(folder: &Path, inputs: &[PathBuf], overwrite: bool) -> Result<Self> {
        let place = place(folder)?;
        check_apart(folder, &place, inputs)?;
        let replaces = check_replaceable(folder, overwrite)?;
        Self::claimed(folder, place, replaces, false)
    }

    /// Prepares the output `file` for a copy of the file `input`. With `overwrite`, an earlier output may be there.
    ///
    /// # Errors
    ///
    /// As [`prepare`](Self::prepare).
    pub fn prepare_file(file: &Path, input: &Path, overwrite: bool) -> Result<Self> {
        let place = place(file)?;
        check_apart(file, &place, &[input.to_owned()])?;
        let replaces = check_replaceable_file(file, overwrite)?;
        Self::claimed(file, place, replaces, true)
    }

    fn claimed(given: &Path, place: PathBuf, replaces: bool, is_file: bool) -> Result<Self> {
        let mut hidden = std::ffi::OsString::from(".");
        hidden.push(place.file_name().unwrap_or_default());
        hidden.push(".doublon-partial");
        let partial = place.with_file_name(hidden);
        let lock = Some(claim(&partial, given)?);
        let folders = vec![partial.clone()];
        Ok(Self { folder: place, is_file, folders, partial, lock, replaces, current: None, published: false })
    }

    /// Returns the name of the copy where that is one file.
    pub fn file_name(&self) -> Option<&Path> {
        self.folder.file_name().filter(|_| self.is_file).map(Path::new)
    }

    /// Writes a file at the given path below the output.
    ///
    /// # Errors
    ///
    /// If there is one already, or it cannot be written.
    pub fn write(&mut self, name: &Path, content: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<()> {
        let mut out = BufWriter::with_capacity(1 << 16, self.file(name)?);
        let written = content(&mut out).and_then(|()| out.flush());
        drop(out);
        written.map_err(|cause| Error::Io { path: self.folder.join(name), cause })?;
        self.close()
    }

    /// Gives the output its name.
    ///
    /// # Errors
    ///
    /// If the system refuses; the output is then as it was before.
    pub fn publish(mut self) -> Result<()> {
        fs::remove_file(self.partial.join(LOCK)).map_err(failed(&self.partial))?;
        self.folders.iter().try_for_each(|folder| sync_folder(folder).map_err(failed(folder)))?;
        let old = self.partial.with_extension("doublon-old");
        if self.is_file {
            let (evidence, file) = (evidence_beside(&self.folder), self.folder.file_name().unwrap_or_default());
            let replaces = fs::symlink_metadata(&evidence).is_ok();
            take_place(&self.partial.join(EVIDENCE), &evidence, replaces.then_some(&old))?;
            if let Err(cause) = fs::rename(self.partial.join(file), &self.folder) {
                // The evidence of the file that is still there comes back.
                let _ = fs::remove_dir_all(&evidence);
                let _ = fs::rename(&old, &evidence);
                return Err(failed(&self.folder)(cause));
            }
            fs::remove_dir(&self.partial).map_err(failed(&self.partial))?;
        } else {
            take_place(&self.partial, &self.folder, self.replaces.then_some(&old))?;
        }
        self.published = true;
        sync_folder(self.folder.parent().unwrap_or(Path::new("/"))).map_err(failed(&self.folder))?;
        if old.is_dir() {
            fs::remove_dir_all(&old).map_err(failed(&old))?;
        }
        Ok(())
    }
}

/// Renames a folder; what is at its new place goes to `old`, and comes back if that fails.
fn take_place(from: &Path, to: &Path, old: Option<&PathBuf>) -> Result<()> {
    if let Some(old) = old {
        fs::rename(to, old).map_err(failed(to))?;
    }
    if let Err(cause) = fs::rename(from, to) {
        if let Some(old) = old {
            fs::rename(old, to).map_err(failed(to))?;
        }
        return Err(failed(to)(cause));
    }
    Ok(())
}

fn failed(path: &Path) -> impl FnOnce(io::Error) -> Error {
    let path = path.to_owned();
    move |cause| Error::Io { path, cause }
}

impl CopySink for CopyTarget {
    fn file(&mut self, name: &Path) -> Result<Box<dyn Write + Send + '_>> {
        let path = self.partial.join(name);
        let mut make = || -> io::Result<File> {
            self.make_folders(&path)?;
            OpenOptions::new().write(true).create_new(true).open(&path)
        };
        let file = make().map_err(|cause| Error::Io { path: self.folder.join(name), cause })?;
        let (_, file) = self.current.insert((self.folder.join(name), file));
        Ok(Box::new(file))
    }

    fn close(&mut self) -> Result<()> {
        match self.current.take() {
            Some((path, file)) => file.sync_all().map_err(|cause| Error::Io { path, cause }),
            None => Ok(()),
        }
    }
}

impl Drop for CopyTarget {
    fn drop(&mut self) {
        if !self.published {
            let _ = fs::remove_dir_all(&self.partial); // what is left is cleared by the next run
        }
        drop(self.lock.take());
    }
}

/// Returns the path of the folder with all links in its parent resolved.
fn place(folder: &Path) -> Result<PathBuf> {
    let refused = |detail: &str| Error::Refused { path: folder.into(), detail: detail.to_owned() };
    let name = folder.file_name().ok_or_else(|| refused("is no name for a new folder"))?;
    let parent = folder.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let parent = parent.canonicalize().map_err(|_| refused("the folder that it would be in is not there"))?;
    Ok(parent.join(name))
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

/// Returns whether there is something to be replaced.
fn check_replaceable(folder: &Path, overwrite: bool) -> Result<bool> {
    let refused = |detail: &str| Err(Error::Refused { path: folder.into(), detail: detail.to_owned() });
    let Ok(metadata) = fs::symlink_metadata(folder) else { return Ok(false) };
    if metadata.is_symlink() {
        return refused("is a link; name the folder itself");
    }
    if !metadata.is_dir() {
        return refused("is no folder");
    }
    let is_empty = fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_none());
    match (is_empty, overwrite) {
        (true, _) => Ok(false),
        (false, false) => refused("is not empty; name a new folder, or replace an earlier output with --overwrite"),
        (false, true) if !folder.join(EVIDENCE).join(SUMMARY).is_file() => {
            refused("is no output of an earlier run; --overwrite replaces nothing else")
        }
        (false, true) => Ok(true),
    }
}

/// Returns whether there is a file to be replaced, or the evidence of one.
fn check_replaceable_file(file: &Path, overwrite: bool) -> Result<bool> {
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
    Ok(is_there)
}

/// Makes the folder for the unfinished copy, or takes over the folder that a killed run left.
fn claim(partial: &Path, folder: &Path) -> Result<File> {
    let failed = |cause| Error::Io { path: partial.to_owned(), cause };
    if fs::symlink_metadata(partial).is_ok_and(|metadata| !metadata.is_dir()) {
        return Err(Error::Refused { path: partial.into(), detail: "is in the way; remove it".to_owned() });
    }
    fs::create_dir_all(partial).map_err(failed)?;
    let path = partial.join(LOCK);
    let lock = OpenOptions::new().write(true).create(true).truncate(false).open(&path).map_err(failed)?;
    match lock.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => {
            return Err(Error::Refused { path: folder.into(), detail: "another run writes to it".to_owned() });
        }
        Err(TryLockError::Error(cause)) => return Err(failed(cause)),
    }
    for entry in fs::read_dir(partial).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        if entry.file_name() == LOCK {
            continue;
        }
        let is_folder = entry.file_type().map_err(failed)?.is_dir();
        let removed = if is_folder { fs::remove_dir_all(entry.path()) } else { fs::remove_file(entry.path()) };
        removed.map_err(failed)?;
    }
    Ok(lock)
}

impl CopyTarget {
    fn make_folders(&mut self, path: &Path) -> io::Result<()> {
        let mut missing: Vec<&Path> = path.ancestors().skip(1).take_while(|folder| !folder.is_dir()).collect();
        while let Some(folder) = missing.pop() {
            fs::create_dir(folder)?;
            self.folders.push(folder.to_owned());
        }
        Ok(())
    }
}

fn sync_folder(folder: &Path) -> io::Result<()> {
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}
