//! To whom a copy is open: to nobody to whom what it was made from is not.
//!
//! A file of the copy has the mode of its input, a folder that of the folder of its inputs (its owner can always write to
//! it). What has no counterpart, as the evidence, is as open as all inputs are, and as any new file of this user. All is
//! made for its owner alone and opened when it is whole.

pub(super) use system::Modes;

#[cfg(unix)]
mod system {
    use std::collections::{HashMap, HashSet};
    use std::fs::{self, Permissions};
    use std::io;
    use std::os::unix::fs::PermissionsExt;
    use std::path::{Path, PathBuf};

    use crate::disk::{self, DiskFile};

    /// The modes of what is written.
    #[derive(Debug)]
    pub struct Modes {
        /// That of a new folder of this user.
        usual: u32,
        /// What all inputs allow.
        common: u32,
        /// That of the file made last.
        current: u32,
        /// For each folder what the folders of its inputs allow.
        folders: HashMap<PathBuf, u32>,
        /// Folders, each with one of its inputs, that were looked at.
        met: HashSet<(PathBuf, PathBuf)>,
    }

    impl Modes {
        /// Makes a folder, for its owner alone.
        pub fn of_new_folder(folder: &Path) -> io::Result<Self> {
            disk::create_folder(folder, 0o777)?;
            let usual = fs::metadata(folder)?.permissions().mode() & 0o777;
            disk::set_permissions(folder, Permissions::from_mode(0o700))?;
            let (folders, met) = (HashMap::new(), HashSet::new());
            Ok(Self { usual, common: 0o777, current: 0, folders, met })
        }

        /// Takes up an input.
        pub fn add(&mut self, input: &Path) -> io::Result<()> {
            self.common &= fs::metadata(input)?.permissions().mode();
            Ok(())
        }

        pub fn make_folder(folder: &Path) -> io::Result<()> {
            disk::create_folder(folder, 0o700)
        }

        /// Makes a file, for its owner alone until it is opened. `like` is the input that it is a copy of, `top` the outermost
        /// of its folders that is of the copy.
        pub fn make_file(&mut self, path: &Path, top: &Path, like: Option<&Path>) -> io::Result<DiskFile> {
            let file = DiskFile::create_new(path, 0o600)?;
            self.current = match like {
                Some(like) => {
                    self.add_folders(path, top, like)?;
                    fs::metadata(like)?.permissions().mode() & 0o777
                }
                None => self.usual & self.common & 0o666,
            };
            Ok(file)
        }

        /// Opens a file of an earlier run, as one that [`make_file`](Self::make_file) makes.
        pub fn adopt_file(&mut self, path: &Path, top: &Path, like: &Path) -> io::Result<()> {
            self.add_folders(path, top, like)?;
            disk::set_permissions(path, Permissions::from_mode(fs::metadata(like)?.permissions().mode() & 0o777))
        }

        /// Notes the folders of an input for those of its copy, as far as they have the same names.
        fn add_folders(&mut self, path: &Path, top: &Path, like: &Path) -> io::Result<()> {
            let (mut path, mut like) = (path, like);
            while let (Some(folder), Some(input)) = (path.parent(), like.parent()) {
                let input = if input.as_os_str().is_empty() { Path::new(".") } else { input };
                if self.met.insert((folder.to_owned(), input.to_owned())) {
                    let mode = fs::metadata(input)?.permissions().mode();
                    *self.folders.entry(folder.to_owned()).or_insert(0o777) &= mode;
                }
                if folder == top || folder.file_name() != input.file_name() {
                    break;
                }
                (path, like) = (folder, input);
            }
            Ok(())
        }

        /// Opens the file made last to those to whom it may be open.
        pub fn open_file(&self, file: &DiskFile) -> io::Result<()> {
            file.set_permissions(Permissions::from_mode(self.current))
        }

        /// Opens all folders, of which inner ones come after outer ones.
        pub fn open(&self, folders: &[PathBuf]) -> io::Result<()> {
            // Who may read what is in a folder may enter it.
            let readable = self.common & 0o044;
            let common = self.usual & (self.common & 0o022 | readable | readable >> 2);
            folders.iter().rev().try_for_each(|folder| {
                let mode = self.folders.get(folder).copied().unwrap_or(common);
                disk::set_permissions(folder, Permissions::from_mode(0o700 | mode & 0o077))
            })
        }
    }
}

/// Where there are no modes, what is new is as the system makes it.
#[cfg(not(unix))]
mod system {
    use std::io;
    use std::path::{Path, PathBuf};

    use crate::disk::{self, DiskFile};

    #[derive(Debug)]
    pub struct Modes;

    impl Modes {
        pub fn of_new_folder(folder: &Path) -> io::Result<Self> {
            disk::create_folder(folder, 0o777).map(|()| Self)
        }

        pub fn add(&mut self, _: &Path) -> io::Result<()> {
            Ok(())
        }

        pub fn make_folder(folder: &Path) -> io::Result<()> {
            disk::create_folder(folder, 0o700)
        }

        pub fn make_file(&mut self, path: &Path, _: &Path, _: Option<&Path>) -> io::Result<DiskFile> {
            DiskFile::create_new(path, 0o600)
        }

        pub fn adopt_file(&mut self, _: &Path, _: &Path, _: &Path) -> io::Result<()> {
            Ok(())
        }

        pub fn open_file(&self, _: &DiskFile) -> io::Result<()> {
            Ok(())
        }

        pub fn open(&self, _: &[PathBuf]) -> io::Result<()> {
            Ok(())
        }
    }
}
