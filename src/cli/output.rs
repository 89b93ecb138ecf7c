//! Where results go: standard output, or a file that is there whole or not at all.
//!
//! A file is written under a temporary name in its folder, synced, and renamed over what was there; then the folder is
//! synced, without which a power loss could undo the rename. What could go wrong is tried before the work.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use anstream::{AutoStream, ColorChoice};
use anyhow::{Context, Result, bail};
use tempfile::{NamedTempFile, TempDir};

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
        temporary(path)?; // removed at once: only a try
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
        if let Ok(metadata) = fs::symlink_metadata(path) {
            if !metadata.is_dir() {
                bail!("{shown} is no folder; tables are several files, so name a folder for them");
            }
            check_holds_only(path, names)?;
        }
        check_is_no_input(path, inputs)?;
        partial_folder(path)?; // removed at once: only a try
        Ok(Self::Folder(path.to_owned()))
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
    content: impl FnOnce(Vec<BufWriter<File>>) -> Result<T>,
) -> Result<T> {
    let shown = || path.display().to_string();
    let partial = partial_folder(path)?;
    let failed = |cause| anyhow::Error::from(doublon::Error::Output { cause });
    let open = |name: &String| File::create(partial.path().join(name)).map(BufWriter::new);
    let files = names.iter().map(open).collect::<io::Result<Vec<_>>>();
    let files = files.map_err(failed).map_err(|error| named(error, &shown()))?;
    let done = content(files).map_err(|error| named(error, &shown()))?;
    let publish = || -> io::Result<()> {
        names.iter().try_for_each(|name| File::open(partial.path().join(name))?.sync_all())?;
        take_place(partial.path(), path, names)?;
        sync_folder(path)
    };
    publish().map_err(failed).map_err(|error| named(error, &shown()))?;
    let _ = partial.keep(); // it has another name now
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
    let mut file = temporary(path)?;
    let mut out = BufWriter::with_capacity(1 << 16, &mut file);
    let done = content(&mut out)?;
    flush(&mut out)?;
    drop(out);
    let publish = || -> io::Result<()> {
        file.as_file().sync_all()?;
        file.persist(path)?;
        sync_folder(path)
    };
    publish().map_err(|cause| doublon::Error::Output { cause })?;
    Ok(done)
}

fn flush(out: &mut impl Write) -> doublon::Result<()> {
    out.flush().map_err(|cause| doublon::Error::Output { cause })
}

/// Gives a folder the name `path`. A folder of the same files that has it goes once that is done.
fn take_place(partial: &Path, path: &Path, names: &[String]) -> io::Result<()> {
    if fs::symlink_metadata(path).is_err() {
        return fs::rename(partial, path);
    }
    // It was empty, or held nothing but such files, when the run began; what came since stops this.
    check_holds_only(path, names).map_err(io::Error::other)?;
    let aside = temporaries(0o700).tempdir_in(folder(path))?;
    let old = aside.path().join("old");
    fs::rename(path, &old)?;
    fs::rename(partial, path).inspect_err(|_| _ = fs::rename(&old, path))
}

fn check_holds_only(path: &Path, names: &[String]) -> Result<()> {
    let shown = path.display();
    for entry in fs::read_dir(path).with_context(|| format!("{shown}: cannot be read"))? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        if !names.contains(&name) {
            bail!("{shown} has something else in it, {name}; name a new folder");
        }
    }
    Ok(())
}

/// Makes a temporary folder beside `path`, with the permissions that a new folder gets.
fn partial_folder(path: &Path) -> Result<TempDir> {
    temporaries(0o777).tempdir_in(folder(path)).with_context(|| format!("{}: cannot be written", path.display()))
}

/// Makes a temporary file beside `path`, with the permissions that a new file gets.
fn temporary(path: &Path) -> Result<NamedTempFile> {
    temporaries(0o666).tempfile_in(folder(path)).with_context(|| format!("{}: cannot be written", path.display()))
}

/// Makes temporary files and folders with the permissions `mode`, as far as the user lets new ones have them.
fn temporaries(mode: u32) -> tempfile::Builder<'static, 'static> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".doublon-").suffix(".tmp");
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(mode));
    #[cfg(not(unix))]
    let _ = mode;
    builder
}

fn folder(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}

fn sync_folder(path: &Path) -> io::Result<()> {
    if cfg!(unix) { File::open(folder(path))?.sync_all() } else { Ok(()) }
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
