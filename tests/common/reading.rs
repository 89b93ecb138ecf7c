//! Reads sources as a scan does, and keeps everything that they gave.

#![allow(clippy::unwrap_used)] // a helper that fails is a test that fails

use std::ffi::OsStr;
use std::fs;
#[cfg(feature = "gzip")]
use std::io::Write;
use std::path::{Path, PathBuf};

use doublon::finding::{InputOptions, Reason, Skipped, SourceInfo};
use doublon::source::{Item, Record, SourceReader, parse, walk};
use tempfile::TempDir;

/// Everything that a set of paths gave.
#[derive(Debug, Default)]
pub struct Outcome {
    pub sources: Vec<SourceInfo>,
    pub documents: Vec<(String, Record)>,
    pub skipped: Vec<Skipped>,
}

impl Outcome {
    pub fn texts(&self) -> Vec<&str> {
        self.documents.iter().map(|(_, record)| record.text.as_str()).collect()
    }

    pub fn ids(&self) -> Vec<Option<&str>> {
        self.documents.iter().map(|(_, record)| record.id.as_deref()).collect()
    }

    pub fn reasons(&self) -> Vec<Reason> {
        self.skipped.iter().map(|skipped| skipped.reason).collect()
    }

    pub fn details(&self) -> Vec<&str> {
        self.skipped.iter().map(|skipped| skipped.detail.as_deref().unwrap_or_default()).collect()
    }

    /// The names of the files that gave documents, without their folder.
    pub fn files(&self) -> Vec<&str> {
        self.sources.iter().map(|source| source.path.rsplit('/').next().unwrap()).collect()
    }

    pub fn document(&self, file: &str) -> &Record {
        let named = |(name, _): &&(String, Record)| Path::new(name).file_name() == Some(OsStr::new(file));
        &self.documents.iter().find(named).unwrap_or_else(|| panic!("no {file} in {self:#?}")).1
    }

    /// Reads what one source gives until its end.
    pub fn take(&mut self, mut reader: SourceReader, name: &str, options: &InputOptions) {
        let mut items = Vec::new();
        while let Some(block) = reader.next_block() {
            match block {
                Ok(mut block) => parse(&mut block, reader.format(), name, &options.clone().into(), &mut items),
                Err(skipped) => items.push(Item::Skipped(skipped)),
            }
        }
        for item in items {
            match item {
                Item::Document(record) => self.documents.push((name.to_owned(), record)),
                Item::Skipped(skipped) => self.skipped.push(skipped),
            }
        }
        let (info, skipped) = reader.finish();
        self.sources.push(info);
        self.skipped.extend(skipped);
    }
}

pub fn read(paths: &[PathBuf], options: &InputOptions) -> Outcome {
    let found = walk(paths, options).unwrap();
    let mut outcome = Outcome { skipped: found.skipped, ..Outcome::default() };
    for source in &found.sources {
        match SourceReader::open(source, &options.clone().into()) {
            Ok(reader) => outcome.take(reader, &source.name(), options),
            Err(skipped) => outcome.skipped.push(skipped),
        }
    }
    outcome
}

pub fn read_default(path: impl Into<PathBuf>) -> Outcome {
    read(&[path.into()], &InputOptions::default())
}

/// Reads `bytes` as a file of the name.
pub fn read_bytes(name: &str, bytes: &[u8], options: &InputOptions) -> Outcome {
    let folder = folder([(name, bytes)]);
    read(&[folder.path().join(name)], options)
}

pub fn read_jsonl(lines: &[u8]) -> Outcome {
    read_bytes("a.jsonl", lines, &InputOptions::default())
}

pub fn folder<const N: usize>(files: [(&str, &[u8]); N]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
    folder
}

#[cfg(feature = "gzip")]
pub fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}
