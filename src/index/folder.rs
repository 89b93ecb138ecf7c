//! The folder of an index: files that are there whole or not at all.
//!
//! A file is written under a temporary name, synced and renamed; then the folder is synced. Nothing is ever changed in
//! place, so that whoever reads has what he opened, and a run that is killed at any step leaves files that no manifest
//! names. Each step goes through [`disk`], where tests stop a run as if it were killed.

use std::fs;
use std::io::{self, Seek, Write};
use std::path::{Path, PathBuf};

use crate::disk::{self, DiskFile};
use crate::error::{Error, Result};
use crate::store::FileLock;

/// The file that says what the index is made of.
pub(super) const MANIFEST: &str = "manifest";
const LOCK: &str = "lock";
const TEMPORARY: &str = ".tmp";

/// The folder.
#[derive(Clone, Debug)]
pub(super) struct IndexFolder {
    path: PathBuf,
}

/// A file that is being written.
pub(super) struct NewFile {
    file: DiskFile,
    folder: IndexFolder,
    name: String,
}

impl IndexFolder {
    pub fn at(path: &Path) -> Self {
        Self { path: path.to_owned() }
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    pub fn file(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    /// Locks the folder for one writer.
    pub fn lock(&self) -> Result<FileLock> {
        let path = self.file(LOCK);
        let lock = FileLock::take(&path).map_err(failed(&path))?;
        lock.ok_or_else(|| Error::Refused {
            path: self.path.clone(),
            detail: "another run writes to this index; wait until it has ended".to_owned(),
        })
    }

    /// Makes the folder if it is not there, and refuses one that holds anything else than what a killed run left.
    pub fn make(&self) -> Result<()> {
        disk::create_folders(&self.path).map_err(failed(&self.path))?;
        let names = self.names()?;
        match names.iter().find(|name| !is_own(name) || *name == MANIFEST) {
            None => Ok(()),
            Some(name) => {
                let is_index = name == MANIFEST;
                let detail = if is_index { "it is an index already" } else { "it is a folder with other files in it" };
                Err(Error::Refused { path: self.path.clone(), detail: format!("{detail}; name a new folder") })
            }
        }
    }

    /// Begins a file.
    pub fn create(&self, name: &str) -> Result<NewFile> {
        let path = self.file(&format!("{name}{TEMPORARY}"));
        // The manifest has the seed that no text may be made for, and segments what can be told from it.
        let file = DiskFile::create(&path, 0o600).map_err(failed(&path))?;
        Ok(NewFile { file, folder: self.clone(), name: name.to_owned() })
    }

    /// Removes the files that are this program's and are not `wanted`; returns how many there were.
    pub fn sweep(&self, wanted: impl Fn(&str) -> bool) -> Result<usize> {
        let names = self.names()?;
        let unwanted = names.iter().filter(|name| is_own(name) && *name != MANIFEST && *name != LOCK && !wanted(name));
        let mut count = 0;
        for name in unwanted {
            let path = self.file(name);
            disk::remove_file(&path).map_err(failed(&path))?;
            count += 1;
        }
        Ok(count)
    }

    fn names(&self) -> Result<Vec<String>> {
        let list = || -> io::Result<Vec<String>> {
            let names = fs::read_dir(&self.path)?.map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned()));
            names.collect()
        };
        let mut names = list().map_err(failed(&self.path))?;
        names.sort();
        Ok(names)
    }
}

impl NewFile {
    /// Gives the file its name, in place of what has it.
    pub fn publish(self) -> Result<()> {
        let Self { file, folder, name } = self;
        let path = folder.file(&name);
        let publish = || {
            file.sync()?;
            disk::rename(&folder.file(&format!("{name}{TEMPORARY}")), &path)?;
            disk::sync_folder(&folder.path)
        };
        publish().map_err(failed(&path))
    }

    /// Writes bytes at the start of the file, over those that are there.
    pub fn write_at_start(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.file.as_file().rewind()?;
        self.file.write_all(bytes)
    }

    /// Says at which path an operation failed.
    pub fn failed(&self) -> impl FnOnce(io::Error) -> Error + use<> {
        failed(&self.folder.file(&self.name))
    }
}

impl Write for NewFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

/// Whether a file is named as this program names those of an index.
fn is_own(name: &str) -> bool {
    let base = name.strip_suffix(TEMPORARY).unwrap_or(name);
    let numbered = |prefix| {
        let number = base.strip_prefix(prefix);
        number.is_some_and(|number: &str| number.len() == 8 && number.bytes().all(|byte| byte.is_ascii_digit()))
    };
    base == MANIFEST || name == LOCK || ["segment-", "passages-", "removed-"].into_iter().any(numbered)
}

/// Says at which path an operation failed.
pub(super) fn failed(path: &Path) -> impl FnOnce(io::Error) -> Error + use<> {
    let path = path.to_owned();
    move |cause| Error::Io { path, cause }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_files_of_an_index_are_swept_away() {
        let names =
            ["segment-00000001", "passages-00000003", "removed-00000002.tmp", "manifest.tmp", "manifest", "lock"];
        assert!(names.iter().all(|name| is_own(name)));
        let others = ["segment-1", "segment-0000000x", "notes.txt", "lock.tmp", "manifest.old", "segment-00000001.txt"];
        assert!(!others.iter().any(|name| is_own(name)));
    }

    #[test]
    fn a_file_has_its_name_when_it_is_whole() {
        let place = tempfile::tempdir().expect("a folder");
        let folder = IndexFolder::at(place.path());
        let mut file = folder.create("segment-00000001").expect("is made");
        file.write_all(b"content").expect("is written");
        assert!(!folder.file("segment-00000001").exists());
        file.publish().expect("is renamed");
        assert_eq!(fs::read(folder.file("segment-00000001")).expect("is there"), b"content");
        fs::write(folder.file("notes.txt"), "mine").expect("is written");
        assert!(folder.make().is_err());
        assert_eq!(folder.sweep(|name| name == "segment-00000001").expect("is swept"), 0);
        assert_eq!(folder.sweep(|_| false).expect("is swept"), 1);
        assert!(folder.file("notes.txt").exists());
    }
}
