//! Where results go: standard output, or a file that is there whole or not at all.
//!
//! A file is written to a folder beside its place, synced, and renamed over what was there, by the code that gives a clean
//! copy its name: see [`ClaimedOutput`]. What could go wrong is tried before the work.

use std::fs;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use anstream::{AutoStream, ColorChoice};
use anyhow::{Context, Result, bail};

use crate::disk::{self, DiskFile};
use crate::rewrite::ClaimedOutput;

/// The permissions of a new file, as far as the user lets new ones have them.
const FILE_MODE: u32 = 0o666;

/// Where results go.
#[derive(Debug, PartialEq, Eq)]
pub enum Output {
    /// Standard output.
    Stdout,
    /// A file, which replaces what is there.
    File(PathBuf),
    /// A folder of tables, which replaces an earlier one.
    Folder(PathBuf),
}

impl Output {
    /// Chooses the output; none, or `-`, is standard output.
    ///
    /// # Errors
    ///
    /// When the file could not be written, or is an input or would become one in the next run.
    pub fn prepare(path: Option<&Path>, inputs: &[PathBuf]) -> Result<Self> {
        let Some(path) = path.filter(|path| *path != Path::new("-")) else { return Ok(Self::Stdout) };
        check_replaceable(path)?;
        check_is_no_input(path, inputs)?;
        PartialFile::make(path)?; // removed at once: only a try
        Ok(Self::File(path.to_owned()))
    }

    /// Chooses a folder for files of these names.
    ///
    /// # Errors
    ///
    /// When it could not be written, has other files in it, or is an input or would become one in the next run.
    pub fn prepare_folder(path: Option<&Path>, inputs: &[PathBuf], names: &[String]) -> Result<Self> {
        let Some(path) = path.filter(|path| *path != Path::new("-")) else {
            bail!("tables are several files; name a folder for them with -o DIR");
        };
        let shown = path.display();
        if fs::symlink_metadata(path).is_ok_and(|metadata| !metadata.is_dir()) {
            bail!("{shown} is no folder; tables are several files, so name a folder for them");
        }
        check_is_no_input(path, inputs)?;
        partial_folder(path, names)?; // removed at once: only a try
        Ok(Self::Folder(path.to_owned()))
    }

    /// Returns the path of the file or the folder, if it is one.
    pub fn place(&self) -> Option<&Path> {
        match self {
            Self::Stdout => None,
            Self::File(path) | Self::Folder(path) => Some(path),
        }
    }

    /// Writes the results. `color` says whether they hold escapes, which an old console has to be told.
    ///
    /// # Errors
    ///
    /// When writing fails. A file is then as it was before.
    pub fn write(&self, color: bool, content: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<()> {
        self.stream(color, |mut out| content(&mut out).map_err(|cause| doublon::Error::Output { cause }.into()))
    }

    /// Writes what `content` writes while it works, and returns what it returns. `color` says whether that holds
    /// escapes, which an old console has to be told.
    ///
    /// # Errors
    ///
    /// When `content` or writing fails. A file is then as it was before.
    pub fn stream<T>(&self, color: bool, content: impl FnOnce(&mut (dyn Write + Send)) -> Result<T>) -> Result<T> {
        match self {
            Self::Stdout => stream_stdout(color, content).map_err(|error| named(error, "standard output")),
            Self::File(path) => stream_file(path, content).map_err(|error| named(error, &path.display().to_string())),
            Self::Folder(path) => bail!("{} is a folder, and this is one file", path.display()),
        }
    }
}

/// Writes files of these names into a folder while `content` works, and returns what it returns. The folder takes its
/// name when all are whole; one that was there is replaced.
///
/// # Errors
///
/// When `content` or writing fails. The folder is then as it was before.
pub fn stream_folder<T>(
    path: &Path,
    names: &[String],
    content: impl FnOnce(Vec<BufWriter<DiskFile>>) -> Result<T>,
) -> Result<T> {
    let shown = path.display().to_string();
    let failed = |cause| anyhow::Error::new(cause).context(shown.clone());
    let output = partial_folder(path, names)?;
    let places: Vec<PathBuf> = names.iter().map(|name| output.partial().join(name)).collect();
    let files = places.iter().map(|place| DiskFile::create_new(place, FILE_MODE).map(BufWriter::new));
    let files = files.collect::<io::Result<Vec<_>>>().map_err(failed)?;
    let done = content(files).map_err(|error| named(error, &shown))?;
    let synced = places.iter().try_for_each(|place| disk::sync_file(place));
    synced.and_then(|()| disk::sync_folder(output.partial())).map_err(failed)?;
    output.publish()?;
    Ok(done)
}

/// Says where the output goes that could not be written; any other error stays as it is.
fn named(error: anyhow::Error, name: &str) -> anyhow::Error {
    match error.downcast::<doublon::Error>() {
        Ok(doublon::Error::Output { cause }) => anyhow::Error::new(cause).context(name.to_owned()),
        Ok(other) => other.into(),
        Err(error) => error,
    }
}

fn stream_stdout<T>(color: bool, content: impl FnOnce(&mut (dyn Write + Send)) -> Result<T>) -> Result<T> {
    let choice = if color { ColorChoice::Always } else { ColorChoice::AlwaysAnsi };
    let mut out = BufWriter::with_capacity(1 << 16, AutoStream::new(io::stdout(), choice));
    let done = content(&mut out)?;
    flush(&mut out)?;
    Ok(done)
}

fn stream_file<T>(path: &Path, content: impl FnOnce(&mut (dyn Write + Send)) -> Result<T>) -> Result<T> {
    let PartialFile { mut file, output } = PartialFile::make(path)?;
    let mut out = BufWriter::with_capacity(1 << 16, &mut file);
    let done = content(&mut out)?;
    flush(&mut out)?;
    drop(out);
    let synced = file.sync().and_then(|()| disk::sync_folder(output.partial()));
    synced.map_err(|cause| doublon::Error::Output { cause })?;
    drop(file); // not every system renames one that is open
    output.publish()?;
    Ok(done)
}

/// A file that is being written.
struct PartialFile {
    file: DiskFile,
    output: ClaimedOutput,
}

impl PartialFile {
    fn make(path: &Path) -> Result<Self> {
        let output = ClaimedOutput::claim(path, true, None, || Ok(()))?;
        let make = || {
            disk::create_folder(output.partial(), 0o700)?;
            DiskFile::create_new(&output.partial().join(path.file_name().unwrap_or_default()), FILE_MODE)
        };
        let file = make().with_context(|| format!("{}: cannot be written", path.display()))?;
        Ok(Self { file, output })
    }
}

fn flush(out: &mut impl Write) -> doublon::Result<()> {
    out.flush().map_err(|cause| doublon::Error::Output { cause })
}

/// Checks that a folder is not there, or holds nothing but files of these names.
fn check_holds_only(path: &Path, names: &[String]) -> doublon::Result<()> {
    if fs::symlink_metadata(path).is_err() {
        return Ok(());
    }
    let failed = |cause| doublon::Error::Io { path: path.to_owned(), cause };
    for entry in fs::read_dir(path).map_err(failed)? {
        let name = entry.map_err(failed)?.file_name().to_string_lossy().into_owned();
        if !names.contains(&name) {
            let detail = format!("has something else in it, {name}; name a new folder");
            return Err(doublon::Error::Refused { path: path.to_owned(), detail });
        }
    }
    Ok(())
}

/// Makes the folder that is to be the one at `path`, which holds nothing but files of these names.
fn partial_folder(path: &Path, names: &[String]) -> Result<ClaimedOutput> {
    let output = ClaimedOutput::claim(path, false, None, || check_holds_only(path, names))?;
    let made = disk::create_folder(output.partial(), 0o777);
    made.with_context(|| format!("{}: cannot be written", path.display()))?;
    Ok(output)
}

fn folder(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}

fn check_replaceable(path: &Path) -> Result<()> {
    let shown = path.display();
    let Ok(metadata) = fs::symlink_metadata(path) else { return Ok(()) };
    if metadata.is_symlink() {
        bail!("{shown} is a link; name the file itself");
    }
    if !metadata.is_file() {
        bail!("{shown} is no regular file; -o - writes to standard output");
    }
    if metadata.permissions().readonly() {
        bail!("{shown} is read-only");
    }
    Ok(())
}

fn check_is_no_input(path: &Path, inputs: &[PathBuf]) -> Result<()> {
    let shown = path.display();
    let name = path.file_name().with_context(|| format!("{shown} names no file"))?;
    let folder = folder(path).canonicalize().with_context(|| format!("{shown}: its folder is not there"))?;
    let place = folder.join(name);
    // An input that is not there is the scan's to report.
    for (given, input) in inputs.iter().filter_map(|given| Some((given.display(), given.canonicalize().ok()?))) {
        if place == input {
            bail!("{shown} is an input; inputs are never written to");
        }
        if place.starts_with(&input) {
            bail!("{shown} lies in {given}, which is read; write it elsewhere, or the next run would read it");
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(path: &Path, inputs: &[&Path]) -> String {
        let inputs: Vec<_> = inputs.iter().map(|input| (*input).to_owned()).collect();
        format!("{:#}", Output::prepare(Some(path), &inputs).expect_err("must be refused"))
    }

    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).expect("is there").filter_map(std::result::Result::ok);
        entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect()
    }

    #[test]
    fn a_file_is_replaced_whole() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("found.jsonl");
        fs::write(&path, "old").expect("writable");
        let output = Output::prepare(Some(&path), &[]).expect("may be replaced");
        assert_eq!(fs::read(&path).expect("is there"), b"old");
        output.write(false, |out| out.write_all(b"new")).expect("is written");
        assert_eq!(fs::read(&path).expect("is there"), b"new");
        assert_eq!(names(folder.path()), ["found.jsonl"]);
    }

    #[test]
    fn f25_a_failure_leaves_the_old_file_and_no_other() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("found.jsonl");
        fs::write(&path, "old").expect("writable");
        let output = Output::prepare(Some(&path), &[]).expect("may be replaced");
        let full = |out: &mut dyn Write| {
            out.write_all(b"half")?;
            Err(io::Error::from(io::ErrorKind::StorageFull))
        };
        let error = output.write(false, full).expect_err("must fail");
        assert!(format!("{error:#}").contains("found.jsonl: "), "{error:#}");
        assert_eq!(fs::read(&path).expect("is there"), b"old");
        assert_eq!(names(folder.path()), ["found.jsonl"]);
    }

    #[test]
    fn f28_an_input_is_no_output() {
        let folder = tempfile::tempdir().expect("a folder");
        let input = folder.path().join("in.txt");
        fs::write(&input, "text").expect("writable");
        let detour = folder.path().join(".").join("in.txt");
        assert!(refusal(&detour, &[&input]).ends_with("is an input; inputs are never written to"));
        assert!(refusal(&folder.path().join("out"), &[folder.path()]).contains("lies in "));
        assert!(Output::prepare(Some(&folder.path().join("out")), &[input]).is_ok());
    }

    #[test]
    #[cfg(unix)]
    fn f28_what_is_no_plain_writable_file_is_refused() {
        let folder = tempfile::tempdir().expect("a folder");
        let [file, link, missing] = ["file", "link", "no/file"].map(|name| folder.path().join(name));
        fs::write(&file, "text").expect("writable");
        std::os::unix::fs::symlink(&file, &link).expect("a link");
        assert!(refusal(&link, &[]).ends_with("is a link; name the file itself"));
        assert!(refusal(folder.path(), &[]).contains("is no regular file"));
        assert!(refusal(Path::new("/dev/null"), &[]).contains("is no regular file"));
        assert!(refusal(&missing, &[]).contains("its folder is not there"));
        let mut permissions = fs::metadata(&file).expect("is there").permissions();
        permissions.set_readonly(true);
        fs::set_permissions(&file, permissions).expect("own file");
        assert!(refusal(&file, &[]).ends_with("is read-only"));
    }

    #[test]
    fn no_file_is_standard_output() {
        assert_eq!(Output::prepare(None, &[]).expect("is there"), Output::Stdout);
        assert_eq!(Output::prepare(Some(Path::new("-")), &[]).expect("is there"), Output::Stdout);
    }
}
