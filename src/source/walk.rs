//! Finding the files: what was named, and what lies in the folders that were named.
//!
//! The result depends on the set of paths alone, not on their order nor on that of the system: sources are sorted by
//! the bytes of their paths. A place that is reached twice, because it was named twice or lies in two folders that
//! were named, is one source under the smallest of its names. A file with several names in the tree (hard links, or
//! links that are followed) is read once, and the other names are reported.

use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};
use std::fs::{self, FileType, Metadata};
use std::io;
use std::path::{Path, PathBuf};

use walkdir::{DirEntry, WalkDir};

use super::evidence::is_evidence;
use super::file::Source;
use super::filter::PathFilter;
use super::skip::{SkipCause, reason_of, skipped_source};
use super::work_tree::{LeftOut, WorkTree};
use crate::error::{Error, Result};
use crate::finding::{BadInput, InputOptions, Reason, Skipped};

/// The sources that some paths lead to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FoundSources {
    /// What is to be read, sorted by the bytes of the path.
    pub sources: Vec<Source>,
    /// For each source the number of the path that leads to it, of several the deepest.
    pub roots: Vec<usize>,
    /// What is not read, in order.
    pub skipped: Vec<Skipped>,
    /// How many files in folders [`InputOptions::glob`] and [`InputOptions::exclude`] left out; a folder that is
    /// left out is not entered and counts as one.
    pub left_out: u64,
    /// How many others were left out, by the reason, counted likewise.
    pub left_out_by_default: BTreeMap<LeftOut, u64>,
}

/// Finds the sources that `paths` lead to: files as named, folders with all that is in them, `-` as standard input.
///
/// Links are followed if they were named, those in folders only with [`InputOptions::follow`]. What is no regular
/// file is a source only if it was named itself. `.git` in a folder is left out; so is, in a work tree of Git, what Git
/// ignores ([`InputOptions::no_ignore`]) or is hidden ([`InputOptions::hidden`]). The deepest of several
/// paths that lead to a file says whether others are compared with it ([`InputOptions::against`]).
///
/// # Errors
///
/// A path that was named does not exist (unless [`BadInput::Skip`]), or a pattern is not valid.
pub fn walk(paths: &[PathBuf], options: &InputOptions) -> Result<FoundSources> {
    let filter = PathFilter::new(options)?;
    let mut tree = MetPaths::default();
    for (number, path) in paths.iter().enumerate() {
        (tree.root, tree.against) = (number, options.against.has(path));
        tree.add_named(path, options, &filter)?;
    }
    Ok(tree.into_found())
}

/// The numbers of device and file, which no two files on a machine share.
pub(super) type FileId = (u64, u64);

#[cfg(unix)]
#[allow(clippy::unnecessary_wraps)] // other systems have none
pub(super) fn file_id(metadata: &Metadata) -> Option<FileId> {
    use std::os::unix::fs::MetadataExt;
    Some((metadata.dev(), metadata.ino()))
}

#[cfg(not(unix))]
pub(super) fn file_id(_: &Metadata) -> Option<FileId> {
    None
}

/// Says what is there, for people.
pub(super) fn kind_of(kind: FileType) -> &'static str {
    #[cfg(unix)]
    {
        use std::os::unix::fs::FileTypeExt;
        match () {
            () if kind.is_fifo() => return "a named pipe",
            () if kind.is_socket() => return "a socket",
            () if kind.is_block_device() || kind.is_char_device() => return "a device",
            () => {}
        }
    }
    match () {
        () if kind.is_symlink() => "a link",
        () if kind.is_dir() => "a folder",
        () if kind.is_file() => "a file",
        () => "no regular file",
    }
}

/// All paths that were met.
#[derive(Default)]
struct MetPaths {
    entries: Vec<MetPath>,
    left_out: u64,
    left_out_by_default: BTreeMap<PathBuf, LeftOut>,
    /// The number of the path that is gone through.
    root: usize,
    /// Whether others are compared with what it leads to.
    against: bool,
    /// How many folders deep it is.
    root_depth: usize,
}

struct MetPath {
    /// The name without links in what was given, so that one place has one such path whatever led to it.
    place: PathBuf,
    name: PathBuf,
    /// How many folders deep the path is that led to it, whether others are compared with what it leads to, and its number.
    root: (Reverse<usize>, bool, usize),
    /// The file, or why it is none.
    what: std::result::Result<MetFile, SkipCause>,
}

struct MetFile {
    named: bool,
    id: Option<FileId>,
}

impl MetPaths {
    fn add_named(&mut self, path: &Path, options: &InputOptions, filter: &PathFilter) -> Result<()> {
        let is_listed = options.listed.has(path);
        if path == Path::new("-") {
            self.add(path.into(), path.into(), Ok(MetFile { named: true, id: None }));
            return Ok(());
        }
        let place = fs::canonicalize(path).or_else(|_| std::path::absolute(path)).unwrap_or_else(|_| path.into());
        self.root_depth = place.components().count();
        match fs::metadata(path) {
            Ok(metadata) if metadata.is_dir() => self.add_folder(path, &place, options, filter),
            Ok(metadata) if is_listed && !metadata.is_file() => {
                self.add(place, path.into(), Err(not_regular(metadata.file_type())));
            }
            Ok(metadata) => self.add(place, path.into(), Ok(MetFile { named: !is_listed, id: file_id(&metadata) })),
            Err(error) => {
                let reason = reason_of_named(path, &error);
                if reason == Reason::Missing && options.bad_input == BadInput::Fail && !is_listed {
                    return Err(Error::Missing { path: path.into() });
                }
                self.add(place, path.into(), Err((reason, error.to_string())));
            }
        }
        Ok(())
    }

    fn add_folder(&mut self, root: &Path, place: &Path, options: &InputOptions, filter: &PathFilter) {
        let mut walk = WalkDir::new(root).follow_links(options.follow).into_iter();
        let mut tree = WorkTree::of(place, options);
        while let Some(entry) = walk.next() {
            let path = entry.as_ref().map_or_else(|error| error.path().unwrap_or(root), DirEntry::path);
            let below = path.strip_prefix(root).unwrap_or(path);
            let is_folder = entry.as_ref().is_ok_and(|entry| entry.file_type().is_dir());
            // What could not be read may be a folder of wanted files.
            let is_left_out = !filter.admits(below, is_folder || entry.is_err()) || is_folder && is_evidence(path);
            let is_root = below.as_os_str().is_empty();
            let found_at = place.join(below);
            let depth = below.components().count();
            let by_default = if is_root || is_left_out { None } else { tree.leaves_out(&found_at, depth, is_folder) };
            let is_left_out = !is_root && (is_left_out || by_default.is_some());
            if is_left_out && is_folder {
                walk.skip_current_dir();
            }
            match by_default {
                Some(why) => _ = self.left_out_by_default.insert(found_at, why),
                None if is_left_out => self.left_out += 1,
                None if is_folder => {}
                None => self.add(found_at, path.into(), entry.as_ref().map_err(why).and_then(regular)),
            }
        }
    }

    fn add(&mut self, place: PathBuf, name: PathBuf, what: std::result::Result<MetFile, SkipCause>) {
        let root = (Reverse(self.root_depth), self.against, self.root);
        self.entries.push(MetPath { place, name, root, what });
    }

    fn into_found(mut self) -> FoundSources {
        self.join_places();
        let left_out_by_default = self.count_left_out();
        self.entries.sort_by(|a, b| bytes(&a.name).cmp(bytes(&b.name)));
        let mut found = FoundSources { left_out: self.left_out, left_out_by_default, ..FoundSources::default() };
        let mut first_names: HashMap<(bool, FileId), String> = HashMap::new();
        for MetPath { name: path, what, root: (_, against, root), .. } in self.entries {
            let name = path.to_string_lossy();
            let mut skip = |reason, detail| {
                found.skipped.push(Skipped { against, ..skipped_source(&name, reason, detail) });
            };
            let first_name = match &what {
                Ok(MetFile { id: Some(id), .. }) => first_names.get(&(against, *id)),
                _ => None,
            };
            match (what, first_name) {
                (Err((reason, detail)), _) => skip(reason, detail),
                (Ok(_), Some(first)) => {
                    let detail = format!("the same file as {first}");
                    skip(Reason::SameFile, detail);
                }
                (Ok(MetFile { named, id }), None) => {
                    first_names.extend(id.map(|id| ((against, id), name.into_owned())));
                    found.sources.push(Source { path, named, against });
                    found.roots.push(root);
                }
            }
        }
        found
    }

    /// Counts what was left out and was not reached by another of the paths. The entries are in order of their places.
    fn count_left_out(&self) -> BTreeMap<LeftOut, u64> {
        let is_reached = |place: &Path| {
            let below = [bytes(place), std::path::MAIN_SEPARATOR_STR.as_bytes()].concat();
            let at = |start: &[u8]| self.entries.get(self.entries.partition_point(|entry| bytes(&entry.place) < start));
            at(bytes(place)).is_some_and(|entry| entry.place == place)
                || at(&below).is_some_and(|entry| bytes(&entry.place).starts_with(&below))
        };
        let mut counts = BTreeMap::new();
        for (_, why) in self.left_out_by_default.iter().filter(|(place, _)| !is_reached(place)) {
            *counts.entry(*why).or_default() += 1;
        }
        counts
    }

    /// Leaves one entry for each place. A name that was given outdoes one that was met: a pipe may be both.
    fn join_places(&mut self) {
        self.entries.sort_by(|a, b| {
            let key = |entry: &MetPath| (entry.what.is_err(), !entry.what.as_ref().is_ok_and(|file| file.named));
            let (name_a, name_b) = (bytes(&a.name), bytes(&b.name));
            bytes(&a.place).cmp(bytes(&b.place)).then(key(a).cmp(&key(b))).then(name_a.cmp(name_b))
        });
        self.entries.dedup_by(|later, first| {
            let same = later.place == first.place;
            if same && later.what.is_ok() && bytes(&later.name) < bytes(&first.name) {
                std::mem::swap(&mut later.name, &mut first.name);
            }
            if same {
                first.root = first.root.min(later.root);
            }
            same
        });
    }
}

/// Whether a walk that met this may read it, and why not.
fn regular(entry: &DirEntry) -> std::result::Result<MetFile, SkipCause> {
    let kind = entry.file_type();
    if !kind.is_file() {
        return Err(not_regular(kind));
    }
    let metadata = entry.metadata().map_err(|error| why(&error))?;
    Ok(MetFile { named: false, id: file_id(&metadata) })
}

fn not_regular(kind: FileType) -> SkipCause {
    (Reason::NotRegular, format!("{} is read only if it is named itself", kind_of(kind)))
}

/// Why a walk could not go on at some place.
fn why(error: &walkdir::Error) -> SkipCause {
    if let Some(ancestor) = error.loop_ancestor() {
        return (Reason::LinkLoop, format!("the link leads back to {}", ancestor.display()));
    }
    let is_link = error.path().is_some_and(Path::is_symlink);
    let Some(cause) = error.io_error() else {
        return (Reason::ReadError, error.to_string());
    };
    let reason = match reason_of(cause) {
        Reason::Vanished if is_link => Reason::Missing,
        Reason::ReadError if is_link => Reason::LinkLoop,
        reason => reason,
    };
    (reason, cause.to_string())
}

fn reason_of_named(path: &Path, error: &io::Error) -> Reason {
    match reason_of(error) {
        Reason::Permission => Reason::Permission,
        Reason::ReadError if path.is_symlink() => Reason::LinkLoop,
        _ => Reason::Missing,
    }
}

/// Paths compare by component, but they are listed in the order of their bytes, as every other tool sorts them.
fn bytes(path: &Path) -> &[u8] {
    path.as_os_str().as_encoded_bytes()
}
