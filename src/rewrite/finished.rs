//! The files of a copy that are whole, kept until all are: a run that was stopped goes on behind them.
//!
//! Notes of what is whole lie with the files that they are about: in the output in the making, and in the state of the run,
//! where a later run moves what the first one finished before the output in the making is cleared. From there each file moves
//! into the new output. A file is noted when it is on the disk, and in the place where it is.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use doublon_core::hash::ContentHasher;
use serde::{Deserialize, Serialize};

use super::claim::failed;
use super::copied::CopiedSource;
use super::evidence::removals;
use super::plan::Plan;
use crate::disk::{self, DiskFile};
use crate::error::Result;
use crate::store::RunState;

/// The notes in a state, and before a number the files that they are about.
const SAVED: &str = "copied";

/// The notes in an output in the making.
const WRITTEN: &str = ".doublon-copied";

/// The files of a copy that are finished.
#[derive(Debug)]
pub(super) struct FinishedFiles {
    state: Arc<RunState>,
    /// The plan of those in the state.
    plan: Option<String>,
    /// What became of the source of each that is in the state, by number.
    files: BTreeMap<usize, CopiedSource>,
    /// The notes of this run.
    notes: Option<Notes>,
}

/// A file of notes, one a line.
#[derive(Debug)]
struct Notes {
    file: DiskFile,
    path: PathBuf,
}

/// One line of notes.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Note {
    /// A hash of the plan that is carried out, and of the names of all copies. It comes first.
    Plan(String),
    /// A file that is whole: its number among the copies, its name below the output, and what became of its source.
    File(usize, PathBuf, CopiedSource),
}

impl FinishedFiles {
    /// Moves what is finished of the output in the making at `partial`, which is about to be cleared, to what `state` has
    /// already.
    ///
    /// # Errors
    ///
    /// If it cannot be moved.
    pub fn rescue(state: Arc<RunState>, partial: &Path) -> Result<Self> {
        let mut finished = Self { plan: None, files: BTreeMap::new(), notes: None, state };
        finished.take_saved();
        let mut written = read(&partial.join(WRITTEN)).into_iter();
        if let Some(Note::Plan(plan)) = written.next() {
            finished.take_written(plan, written, partial)?;
        }
        Ok(finished)
    }

    /// Begins to note what is finished at `partial` for a plan and copies of these names. What is there for another plan is
    /// dropped.
    ///
    /// # Errors
    ///
    /// If the notes cannot be written.
    pub fn begin(&mut self, partial: &Path, plan: &Plan, names: &[PathBuf]) -> Result<()> {
        let plan = hash_of(plan, names);
        if self.plan.as_ref() != Some(&plan) {
            self.files.clear();
            self.state.drop_part(SAVED)?;
        }
        self.drop_others()?;
        let path = partial.join(WRITTEN);
        let mut notes = Notes { file: DiskFile::create_new(&path, 0o600).map_err(failed(&path))?, path };
        notes.append(&Note::Plan(plan))?;
        self.notes = Some(notes);
        Ok(())
    }

    /// Hands out the copy of this number, if it is finished: what became of its source, and the file, if it has one.
    pub fn take(&mut self, number: usize) -> Option<(CopiedSource, Option<PathBuf>)> {
        let copied = self.files.remove(&number)?;
        self.state.note(|resumed| resumed.files += 1);
        let file = copied.has_file.then(|| self.place(number));
        Some((copied, file))
    }

    /// Notes that the copy of this number is on the disk.
    ///
    /// # Errors
    ///
    /// If the note cannot be written.
    pub fn note(&mut self, number: usize, name: &Path, copied: &CopiedSource) -> Result<()> {
        let note = Note::File(number, name.to_owned(), copied.clone());
        self.notes.as_mut().map_or(Ok(()), |notes| notes.append(&note).and_then(|()| notes.sync()))
    }

    /// Takes the notes out of the output, which is whole.
    ///
    /// # Errors
    ///
    /// If they cannot be removed.
    pub fn end(self) -> Result<()> {
        self.notes.map_or(Ok(()), |notes| disk::remove_file(&notes.path).map_err(failed(&notes.path)))
    }

    /// Takes up what the state has. A file without a note counts for nothing: it may be of another plan.
    fn take_saved(&mut self) {
        for note in read(&self.state.path(SAVED)) {
            match note {
                Note::Plan(plan) => self.plan = Some(plan),
                Note::File(number, _, copied) if !copied.has_file || self.place(number).is_file() => {
                    self.files.insert(number, copied);
                }
                Note::File(..) => {}
            }
        }
    }

    /// Moves the files that are noted in the output in the making, and then notes them in the state.
    fn take_written(&mut self, plan: String, written: impl Iterator<Item = Note>, partial: &Path) -> Result<()> {
        let path = self.state.path(SAVED);
        let is_new = self.plan.as_ref() != Some(&plan);
        if is_new {
            self.files.clear();
            self.state.drop_part(SAVED)?;
        }
        let mut saved = Notes { file: DiskFile::open_or_create(&path).map_err(failed(&path))?, path };
        saved.go_to_end()?;
        if is_new {
            saved.append(&Note::Plan(plan.clone()))?;
        }
        for note in written {
            let Note::File(number, name, copied) = &note else { continue };
            let from = partial.join(name);
            if copied.has_file && !from.is_file() {
                continue;
            }
            if copied.has_file {
                disk::rename(&from, &self.place(*number)).map_err(failed(&from))?;
            }
            saved.append(&note)?;
            self.files.insert(*number, copied.clone());
        }
        self.plan = Some(plan);
        saved.sync()
    }

    /// Removes the files in the state that are not taken up.
    fn drop_others(&self) -> Result<()> {
        for (number, path) in self.state.numbered(&format!("{SAVED}-"))? {
            if !self.files.contains_key(&number) {
                disk::remove_file(&path).map_err(failed(&path))?;
            }
        }
        Ok(())
    }

    /// Where a file waits that is finished.
    fn place(&self, number: usize) -> PathBuf {
        self.state.path(&format!("{SAVED}-{number}"))
    }
}

impl Notes {
    /// Goes behind the last line, which may have been cut off.
    fn go_to_end(&mut self) -> Result<()> {
        let moved = io::Seek::seek(&mut self.file.as_file(), io::SeekFrom::End(0));
        let ended = moved.and_then(|length| if length > 0 { self.file.write_all(b"\n") } else { Ok(()) });
        ended.map_err(failed(&self.path))
    }

    fn append(&mut self, note: &Note) -> Result<()> {
        let mut line = serde_json::to_vec(note).map_err(|error| failed(&self.path)(error.into()))?;
        line.push(b'\n');
        self.file.write_all(&line).map_err(failed(&self.path))
    }

    fn sync(&self) -> Result<()> {
        self.file.sync().map_err(failed(&self.path))
    }
}

/// Returns the notes at a path, but for a line that was cut off.
fn read(path: &Path) -> Vec<Note> {
    let notes = fs::read_to_string(path).unwrap_or_default();
    notes.lines().filter_map(|line| serde_json::from_str(line).ok()).collect()
}

/// Returns a hash of all that a plan removes and of the names of all copies, in hexadecimal digits.
fn hash_of(plan: &Plan, names: &[PathBuf]) -> String {
    let mut hasher = HashingWriter(ContentHasher::default());
    let _ = removals(plan, &mut hasher); // a hash takes all that is written
    for name in names {
        hasher.0.update(name.as_os_str().as_encoded_bytes());
        hasher.0.update(&[0]);
    }
    format!("{:032x}", hasher.0.finish())
}

struct HashingWriter(ContentHasher);

impl Write for HashingWriter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
