//! Single documents of an archive, by the names that people give them.
//!
//! A source is read from start to end, since only that shows its hash, whether an id stands in it twice, and whether it
//! is one document.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::error::{Error, Result};
use crate::finding::{DocumentRef, Skipped, SourceInfo};
use crate::scan::guarded;
use crate::source::{self, Item, Record, Source, SourceOptions, SourceReader};

/// Names a document: `a.txt`, `corpus.jsonl#17`, `corpus.jsonl:18`, `corpus.jsonl#id:ABC`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name {
    /// The file, or `-` for standard input.
    pub path: PathBuf,
    /// Which document of the file.
    pub which: Which,
}

/// Which document of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Which {
    /// The only one.
    Only,
    /// That of a zero-based record.
    Record(u64),
    /// That of a one-based line or record, as a report names it; of a file that is one document, a line in it.
    Line(u64),
    /// The one with this id.
    Id(String),
}

impl Name {
    /// Reads a name. What `is_known` knows is a path, whatever stands in it.
    ///
    /// # Examples
    ///
    /// ```
    /// use doublon::inspect::single::{Name, Which};
    ///
    /// let which = |name| Name::parse(name, |path| path == "a#1.txt").which;
    /// assert_eq!(which("corpus.jsonl#17"), Which::Record(17));
    /// assert_eq!(which("corpus.jsonl#id:x#y"), Which::Id("x#y".into()));
    /// assert_eq!(which("a#1.txt"), Which::Only);
    /// ```
    pub fn parse(name: &str, is_known: impl Fn(&str) -> bool) -> Self {
        let of = |path: &str, which| Self { path: path.into(), which };
        if is_known(name) {
            return of(name, Which::Only);
        }
        if let Some((path, id)) = name.split_once("#id:") {
            return of(path, Which::Id(id.to_owned()));
        }
        let number = |mark| name.rsplit_once(mark).and_then(|(path, n)| Some((path, n.parse::<u64>().ok()?)));
        match (number('#'), number(':')) {
            (Some((path, record)), _) => of(path, Which::Record(record)),
            (None, Some((path, line))) if line > 0 => of(path, Which::Line(line)),
            _ => of(name, Which::Only),
        }
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let path = self.path.display();
        match &self.which {
            Which::Only => write!(f, "{path}"),
            Which::Record(record) => write!(f, "{path}#{record}"),
            Which::Line(line) => write!(f, "{path}:{line}"),
            Which::Id(id) => write!(f, "{path}#id:{id}"),
        }
    }
}

/// A document that was read by its name.
#[derive(Clone, Debug)]
pub struct Single {
    /// What it is called.
    pub doc: DocumentRef,
    /// The document.
    pub record: Record,
}

/// Some documents of one source.
#[derive(Debug)]
pub struct Read {
    /// For each name that was asked for, in order, the document or why there is none.
    pub found: Vec<Result<Single>>,
    /// The bytes that were read.
    pub info: SourceInfo,
}

/// Reads a document by its name, and tells what its source is now.
///
/// # Errors
///
/// If the source cannot be read, or has no such document, or more than one.
pub fn read_one(name: &Name, options: &SourceOptions) -> Result<(Single, SourceInfo)> {
    let mut read = read_all(&name.path, std::slice::from_ref(&name.which), options)?;
    let found = read.found.pop();
    let single = found.unwrap_or_else(|| Err(refused(&name.path, "no document was asked for".to_owned())))?;
    Ok((single, read.info))
}

/// Reads documents of one source.
///
/// # Errors
///
/// If the source cannot be read. Where one of the documents is not there, only that has an error.
pub fn read_all(path: &Path, wanted: &[Which], options: &SourceOptions) -> Result<Read> {
    let source = Source::given(path);
    if !source.is_stdin() && !path.exists() {
        return Err(Error::Missing { path: path.to_owned() });
    }
    if path.is_dir() {
        return Err(refused(path, "it is a folder; name a file in it".to_owned()));
    }
    let mut search = Search::new(&source, wanted);
    let mut reader = SourceReader::open(&source, options).map_err(|skipped| not_read(path, &skipped))?;
    let (format, mut items) = (reader.format(), Vec::new());
    while let Some(block) = reader.next_block() {
        match block {
            Err(skipped) => search.fault = Some(skipped),
            Ok(mut block) => {
                guarded(|| source::parse(&mut block, format, &search.name, options, &mut items))
                    .map_err(|panic| refused(path, format!("doublon failed on it ({panic}); please report this")))?;
                items.drain(..).for_each(|item| search.see(item));
            }
        }
    }
    let found = search.finish(path);
    Ok(Read { found, info: reader.finish().0 })
}

/// What is looked for in a source, and what there was so far.
struct Search<'a> {
    wanted: &'a [Which],
    name: Arc<str>,
    documents: u64,
    records: u64,
    found: Vec<Found>,
    /// What could not be read of the source.
    fault: Option<Skipped>,
}

#[derive(Default)]
struct Found {
    record: Option<Record>,
    skipped: Option<Skipped>,
    /// Further records of the same name.
    others: Vec<u64>,
}

impl<'a> Search<'a> {
    fn new(source: &Source, wanted: &'a [Which]) -> Self {
        let found = wanted.iter().map(|_| Found::default()).collect();
        Self { wanted, name: source.name().into(), documents: 0, records: 0, found, fault: None }
    }

    fn see(&mut self, item: Item) {
        match item {
            Item::Document(record) => {
                self.documents += 1;
                self.records = record.record + 1;
                for (which, found) in self.wanted.iter().zip(&mut self.found) {
                    found.offer(which, &record, self.documents);
                }
            }
            Item::Skipped(skipped) => {
                self.records = self.records.max(skipped.record.map_or(0, |record| record + 1));
                for (which, found) in self.wanted.iter().zip(&mut self.found) {
                    if which.record().is_some_and(|record| skipped.record == Some(record)) {
                        found.skipped = Some(skipped.clone());
                    }
                }
            }
        }
    }

    fn finish(self, path: &Path) -> Vec<Result<Single>> {
        let Self { wanted, name, documents, records, found, fault } = self;
        let each = wanted.iter().zip(found);
        each.map(|(which, found)| {
            // Half of a text is not the text; of records, those that are there are whole.
            if let (Which::Only, Some(fault)) = (which, &fault) {
                return Err(refused(path, told(fault)));
            }
            found.finish(which, documents, records).map_err(|detail| match &fault {
                Some(fault) => refused(path, format!("{detail}; of what is left, {}", told(fault))),
                None => refused(path, detail),
            })
        })
        .map(|record| record.map(|record| single(&name, record)))
        .collect()
    }
}

impl Which {
    fn record(&self) -> Option<u64> {
        match self {
            Self::Record(record) => Some(*record),
            Self::Line(line) => Some(line - 1),
            Self::Only | Self::Id(_) => None,
        }
    }

    fn is(&self, record: &Record, documents: u64) -> bool {
        match self {
            // A line in a file that is one document names that document, so the first one is kept in mind.
            Self::Line(line) => record.record + 1 == *line || documents == 1,
            Self::Only => true,
            Self::Record(number) => record.record == *number,
            Self::Id(id) => record.id.as_deref() == Some(id),
        }
    }
}

impl Found {
    fn offer(&mut self, which: &Which, record: &Record, documents: u64) {
        if !which.is(record, documents) {
            return;
        }
        if self.record.is_some() && !matches!(which, Which::Line(_)) {
            self.others.push(record.record);
        } else {
            self.record = Some(record.clone());
        }
    }

    fn finish(self, which: &Which, documents: u64, records: u64) -> std::result::Result<Record, String> {
        let skipped = self.skipped.as_ref();
        if let Some(skipped) = skipped {
            return Err(told(skipped));
        }
        let first_only = |record: &Record| which.record().is_some_and(|wanted| wanted != record.record);
        let record = self.record.filter(|record| documents == 1 || !first_only(record));
        match (record, self.others.as_slice()) {
            (Some(record), []) => Ok(record),
            (Some(record), others) if matches!(which, Which::Only) => Err(format!(
                "it holds {} documents; name one of them by its record, as in #{}",
                others.len() + 1,
                record.record
            )),
            (Some(record), others) => Err(format!(
                "records {} and {} have this id; name one of them by its record, as in #{}",
                record.record, others[0], record.record
            )),
            (None, _) => Err(absent(which, records)),
        }
    }
}

fn absent(which: &Which, records: u64) -> String {
    if let Some(record) = which.record().filter(|&record| record < records) {
        return format!("record #{record} is no document: it is blank, or has no text");
    }
    let range = match records {
        0 => "it has none".to_owned(),
        1 => "it has #0 only".to_owned(),
        _ => format!("it has #0 to #{}", records - 1),
    };
    match which {
        Which::Id(id) => format!("no record has the id {id}; --id-field names the field of ids"),
        Which::Only => "it holds no document".to_owned(),
        Which::Record(record) => format!("there is no document #{record}; {range}"),
        Which::Line(line) => format!("there is no document in line {line}; {range}"),
    }
}

fn single(source: &Arc<str>, record: Record) -> Single {
    let id = record.id.clone();
    Single {
        doc: DocumentRef { source: Arc::clone(source), record: record.record, id, metadata: record.metadata.clone() },
        record,
    }
}

fn told(skipped: &Skipped) -> String {
    let detail = skipped.detail.as_deref().map(|detail| format!(" ({detail})")).unwrap_or_default();
    format!("it is no document: {}{detail}", skipped.reason.name())
}

fn not_read(path: &Path, skipped: &Skipped) -> Error {
    refused(path, told(skipped))
}

fn refused(path: &Path, detail: String) -> Error {
    Error::Refused { path: path.to_owned(), detail }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, which: Which) -> std::result::Result<(u64, String), String> {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("a.jsonl");
        std::fs::write(&path, text).expect("is written");
        let found = read_one(&Name { path: path.clone(), which }, &SourceOptions::default());
        let place = format!("{}: ", path.display());
        found
            .map(|(single, _)| (single.doc.record, single.record.text))
            .map_err(|error| error.to_string().replace(&place, ""))
    }

    #[test]
    fn a_record_is_found_by_its_number_its_line_or_its_id() {
        let text = "{\"id\":\"x\",\"text\":\"a\"}\n\n{\"id\":2,\"text\":\"b\"}\nbad\n";
        let b = Ok((2, "b".to_owned()));
        assert_eq!(read(text, Which::Record(2)), b);
        assert_eq!(read(text, Which::Line(3)), b);
        assert_eq!(read(text, Which::Id("2".into())), b);
        assert_eq!(read(text, Which::Record(1)), Err("record #1 is no document: it is blank, or has no text".into()));
        assert!(
            read(text, Which::Record(3)).is_err_and(|why| why.starts_with("it is no document: invalid_json (line 4"))
        );
        assert_eq!(read(text, Which::Line(9)), Err("there is no document in line 9; it has #0 to #3".into()));
        assert!(read(text, Which::Only).is_err_and(|why| why.starts_with("it holds 2 documents")));
    }

    #[test]
    fn an_only_document_needs_no_number() {
        let text = "{\"text\":\"a\"}\n";
        for which in [Which::Only, Which::Record(0), Which::Line(1), Which::Line(7)] {
            assert_eq!(read(text, which), Ok((0, "a".to_owned())));
        }
    }

    #[test]
    fn an_id_that_stands_twice_names_nothing() {
        let text = "{\"id\":\"x\",\"text\":\"a\"}\n{\"id\":\"x\",\"text\":\"b\"}\n";
        assert!(read(text, Which::Id("x".into())).is_err_and(|why| why.starts_with("records 0 and 1 have this id")));
    }
}
