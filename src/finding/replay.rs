//! Findings that are needed a second time, once more is known: kept in memory while they are few, in a temporary file
//! beyond that.
//!
//! The file has no name and goes with the run. Each line of it is a hash of the group that the finding belongs to, and
//! the finding as it is saved, so that findings of other groups are passed over without being read.

use std::io::{self, BufRead, BufReader, BufWriter, Seek, Write};
use std::path::PathBuf;

use doublon_core::hash::seeded_hash;

use super::line::Finding;
use crate::disk::DiskFile;
use crate::error::{Error, Result};

/// Places and documents in memory beyond which findings go to the file: some 20 MB.
const HELD: usize = 1 << 16;

/// The hash before each line of the file, in hexadecimal digits.
const KEY_DIGITS: usize = 16;

/// Findings in the order in which they were kept.
#[derive(Debug)]
pub struct Replay {
    folder: PathBuf,
    most: usize,
    held: Vec<Finding>,
    weight: usize,
    /// Holds the findings before those in memory.
    file: Option<BufWriter<DiskFile>>,
}

impl Default for Replay {
    /// Keeps findings in the system's folder for temporary files.
    fn default() -> Self {
        Self::new(std::env::temp_dir())
    }
}

impl Replay {
    /// Keeps findings in memory, and many of them in a file in `folder`.
    pub fn new(folder: PathBuf) -> Self {
        Self { folder, most: HELD, held: Vec::new(), weight: 0, file: None }
    }

    /// Keeps a finding.
    ///
    /// # Errors
    ///
    /// When the temporary file cannot be written to.
    pub fn keep(&mut self, finding: Finding) -> Result<()> {
        self.weight += weight(&finding);
        self.held.push(finding);
        if self.weight > self.most { self.spill() } else { Ok(()) }
    }

    /// Shows all findings of the groups for which `is_wanted` holds, by `key` of the id of the group; a finding of no
    /// group has that of the empty name.
    ///
    /// # Errors
    ///
    /// When the temporary file cannot be read, or `visit` fails.
    pub fn each_of(
        &mut self,
        is_wanted: impl Fn(u64) -> bool,
        mut visit: impl FnMut(&Finding) -> Result<()>,
    ) -> Result<()> {
        self.read_file(&is_wanted, |finding| visit(&finding))?;
        self.held.iter().filter(|finding| is_wanted(key(group(finding)))).try_for_each(visit)
    }

    /// Shows all findings.
    ///
    /// # Errors
    ///
    /// When the temporary file cannot be read, or `visit` fails.
    pub fn each(&mut self, visit: impl FnMut(&Finding) -> Result<()>) -> Result<()> {
        self.each_of(|_| true, visit)
    }

    /// Hands out all findings.
    ///
    /// # Errors
    ///
    /// When the temporary file cannot be read, or `take` fails.
    pub fn drain(mut self, mut take: impl FnMut(Finding) -> Result<()>) -> Result<()> {
        self.read_file(&|_| true, &mut take)?;
        self.held.into_iter().try_for_each(take)
    }

    /// Lets all but a few findings go to the file.
    #[cfg(test)]
    pub(crate) fn spill_early(&mut self) {
        self.most = 8;
    }

    fn spill(&mut self) -> Result<()> {
        let Self { folder, held, file, .. } = self;
        let write = || {
            let file = match file {
                Some(file) => file,
                none => none.insert(BufWriter::new(DiskFile::nameless(folder)?)),
            };
            held.drain(..).try_for_each(|finding| write_line(&finding, file))
        };
        self.weight = 0;
        write().map_err(|cause| Error::Io { path: self.folder.clone(), cause })
    }

    fn read_file(
        &mut self,
        is_wanted: &impl Fn(u64) -> bool,
        mut take: impl FnMut(Finding) -> Result<()>,
    ) -> Result<()> {
        let Some(file) = &mut self.file else { return Ok(()) };
        let failed = |cause| Error::Io { path: self.folder.clone(), cause };
        file.flush().map_err(failed)?;
        let mut file = file.get_ref().as_file();
        file.rewind().map_err(failed)?;
        let (mut lines, mut line) = (BufReader::with_capacity(1 << 16, file), Vec::new());
        while next_line(&mut lines, &mut line).map_err(failed)? {
            let (key, json) = line.split_at_checked(KEY_DIGITS).unwrap_or_default();
            let key = std::str::from_utf8(key).ok().and_then(|key| u64::from_str_radix(key, 16).ok());
            if key.is_some_and(is_wanted) {
                take(serde_json::from_slice(json).map_err(|error| failed(error.into()))?)?;
            }
        }
        file.seek(io::SeekFrom::End(0)).map_err(failed)?;
        Ok(())
    }
}

/// Returns what stands for the id of a group. Two groups that share it are both shown, so check the id.
pub fn key(group: &str) -> u64 {
    seeded_hash(group.as_bytes(), 0)
}

fn group(finding: &Finding) -> &str {
    match finding {
        Finding::PassageMatch(found) => &found.family,
        Finding::PassageFamily(family) => &family.id,
        Finding::DocumentCluster(cluster) => &cluster.id,
        _ => "",
    }
}

fn weight(finding: &Finding) -> usize {
    match finding {
        Finding::DocumentCluster(cluster) => 1 + cluster.members.len(),
        Finding::PassageFamily(family) => 1 + family.occurrences.len(),
        Finding::PassageMatch(found) => 2 + found.differences.len() / 2,
        Finding::Contamination(found) => 2 + found.places.len(),
        _ => 1,
    }
}

fn write_line(finding: &Finding, file: &mut impl Write) -> io::Result<()> {
    write!(file, "{:0KEY_DIGITS$x}", key(group(finding)))?;
    serde_json::to_writer(&mut *file, finding)?;
    file.write_all(b"\n")
}

fn next_line(input: &mut impl BufRead, line: &mut Vec<u8>) -> io::Result<bool> {
    line.clear();
    Ok(input.read_until(b'\n', line)? > 0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::{Findings, samples};

    fn kept(most: usize) -> Replay {
        let mut replay = Replay { most, ..Replay::default() };
        for _ in 0..3 {
            let mut all: Vec<Finding> = Vec::new();
            samples::everything().send(&mut all).expect("a vector takes all");
            all.into_iter().try_for_each(|finding| replay.keep(finding)).expect("is kept");
        }
        replay
    }

    fn all(replay: &mut Replay) -> Vec<Finding> {
        let mut all = Vec::new();
        replay
            .each(|finding| {
                let _: () = all.push(finding.clone());
                Ok(())
            })
            .expect("is read");
        all
    }

    #[test]
    fn findings_come_again_as_they_were_from_memory_and_from_a_file() {
        let (mut held, mut filed) = (kept(usize::MAX), kept(4));
        assert!(held.file.is_none() && filed.file.is_some());
        let expected = all(&mut held);
        assert_eq!(expected.len(), 21);
        assert_eq!(all(&mut filed), expected);
        filed.keep(Finding::Summary(Findings::default().summary)).expect("is kept after reading");
        assert_eq!(all(&mut filed).len(), 22);
        let mut drained = Vec::new();
        kept(4)
            .drain(|finding| {
                let _: () = drained.push(finding);
                Ok(())
            })
            .expect("is read");
        assert_eq!(drained, expected);
    }

    #[test]
    fn findings_of_a_group_are_found() {
        for most in [4, usize::MAX] {
            let mut matches = 0;
            let wanted = key("f1");
            kept(most)
                .each_of(
                    |key| key == wanted,
                    |_| {
                        let _: () = matches += 1;
                        Ok(())
                    },
                )
                .expect("is read");
            assert_eq!(matches, 6, "three matches and three families");
        }
    }
}
