//! The folder that a clean copy is written to: there whole, or not at all.
//!
//! All files are written to a folder beside it, `.NAME.doublon-partial`, and synced; at the end that folder takes the
//! name. A run that fails takes the folder away; one that was killed leaves it, and the next run to the same output
//! clears it, unless another process still holds its lock.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};
use crate::source::{EVIDENCE, SUMMARY};

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

/// An output folder in the making.
#[derive(Debug)]
pub struct CopyTarget {
    folder: PathBuf,
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
        let name = place.file_name().unwrap_or_default();
        let mut hidden = std::ffi::OsString::from(".");
        hidden.push(name);
        hidden.push(".doublon-partial");
        let partial = place.with_file_name(hidden);
        let lock = claim(&partial, folder)?;
        Ok(Self {
            folder: place,
            folders: vec![partial.clone()],
            partial,
            lock: Some(lock),
            replaces,
            current: None,
            published: false,
        })
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
        let failed = |path: &Path| {
            let path = path.to_owned();
            move |cause| Error::Io { path, cause }
        };
        fs::remove_file(self.partial.join(LOCK)).map_err(failed(&self.partial))?;
        self.folders.iter().try_for_each(|folder| sync_folder(folder).map_err(failed(folder)))?;
        let old = self.partial.with_extension("doublon-old");
        if self.replaces {
            fs::rename(&self.folder, &old).map_err(failed(&self.folder))?;
        }
        if let Err(cause) = fs::rename(&self.partial, &self.folder) {
            if self.replaces {
                fs::rename(&old, &self.folder).map_err(failed(&self.folder))?;
            }
            return Err(Error::Io { path: self.folder.clone(), cause });
        }
        self.published = true;
        sync_folder(self.folder.parent().unwrap_or(Path::new("/"))).map_err(failed(&self.folder))?;
        if self.replaces {
            fs::remove_dir_all(&old).map_err(failed(&old))?;
        }
        Ok(())
    }
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
        let detail = if found.starts_with(place) {
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
