//! How input is found and read.

#![allow(clippy::ref_option_ref)] // serde passes a reference to the encoding

use std::collections::HashSet;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use encoding_rs::Encoding;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// How input is found and read: together with a [`Config`](doublon_core::Config), everything that determines a result.
#[allow(clippy::struct_excessive_bools)] // each is a flag of its own
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InputOptions {
    /// The fields of a record that hold its text, which is all of them, joined by paragraph breaks. Each is a name or a
    /// path, such as `page.body` or `messages[role=user].content`.
    pub text_field: TextFields,
    /// The field of a record that holds its id, a name or a path.
    pub id_field: String,
    /// The list of records in a JSON file that is an object, a key or several with dots between; `None` for the only one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub records: Option<String>,
    /// Whether the first row of a table is a record, so that columns are named by their numbers, from 1 on.
    #[serde(default, skip_serializing_if = "super::fields::is_false")]
    pub no_header: bool,
    /// The largest record that is read, in bytes. It bounds the memory that one source takes.
    pub max_record: u64,
    /// A compressed source that unpacks to more than so many times its size is given up after its first 64 MiB, the body of
    /// a page in a web archive after its first 256 KiB; 0 for no limit.
    #[serde(default)]
    pub max_ratio: u64,
    /// What one document of plain text is.
    #[serde(rename = "lines", default, skip_serializing_if = "RecordMode::is_file")]
    pub record: RecordMode,
    /// What the text of a page is.
    #[serde(rename = "article", default, skip_serializing_if = "PageText::is_visible")]
    pub page: PageText,
    /// The encoding of all text but Parquet, and but JSON that is in UTF-8; `None` to tell it from the content.
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        serialize_with = "to_name",
        deserialize_with = "by_name"
    )]
    pub encoding: Option<&'static Encoding>,
    /// If not empty, only files in folders that match one of these patterns are read. A pattern without a slash is
    /// matched against the name of the file, one with a slash against its path below the folder that was named.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub glob: Vec<String>,
    /// Files and folders that match one of these patterns are left out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub exclude: Vec<String>,
    /// Whether links met in folders are followed.
    #[serde(default, skip_serializing_if = "super::fields::is_false")]
    pub follow: bool,
    /// Whether hidden files are read in a work tree of Git too.
    #[serde(default, skip_serializing_if = "super::fields::is_false")]
    pub hidden: bool,
    /// Whether files that Git ignores are read in a work tree too.
    #[serde(default, skip_serializing_if = "super::fields::is_false")]
    pub no_ignore: bool,
    /// Those of the paths that a list or a pattern gave: files at them count as found in a folder, and one that is not
    /// there is skipped. They are not saved: findings tell what was read.
    #[serde(skip)]
    pub listed: PathSet,
    /// Those of the paths that others are only compared with, if [`Config`](doublon_core::Config) says that there are such:
    /// what they lead to stays. Where another path leads to a file as well, the deeper one counts. They are not saved:
    /// findings tell it of what was read.
    #[serde(skip)]
    pub against: PathSet,
    /// What to do when a path that was named is not there. It is not saved: findings tell what was read.
    #[serde(skip)]
    pub bad_input: BadInput,
}

impl Default for InputOptions {
    fn default() -> Self {
        Self {
            text_field: "text".into(),
            id_field: ID.into(),
            records: None,
            no_header: false,
            max_record: 256 << 20,
            max_ratio: 250,
            record: RecordMode::File,
            page: PageText::default(),
            encoding: None,
            glob: Vec::new(),
            exclude: Vec::new(),
            follow: false,
            hidden: false,
            no_ignore: false,
            listed: PathSet::default(),
            against: PathSet::default(),
            bad_input: BadInput::Fail,
        }
    }
}

/// The field of ids where none is named.
const ID: &str = "id";

impl InputOptions {
    /// Returns whether the field of ids is another than the one that is taken where none is named.
    pub fn names_id(&self) -> bool {
        self.id_field != ID
    }
}

/// The fields that hold a text, at least one. Saved as a string, or as a list of several.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "SavedFields", try_from = "SavedFields")]
pub struct TextFields(Vec<String>);

impl TextFields {
    /// Returns the names, at least one.
    pub fn names(&self) -> &[String] {
        &self.0
    }
}

impl From<&str> for TextFields {
    fn from(name: &str) -> Self {
        Self(vec![name.to_owned()])
    }
}

impl From<String> for TextFields {
    fn from(name: String) -> Self {
        Self(vec![name])
    }
}

impl TryFrom<Vec<String>> for TextFields {
    type Error = &'static str;

    fn try_from(names: Vec<String>) -> Result<Self, Self::Error> {
        if names.is_empty() { Err("no field of text is named") } else { Ok(Self(names)) }
    }
}

/// Names the fields as messages do.
impl fmt::Display for TextFields {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        let names: Vec<String> = self.0.iter().map(|name| format!("`{name}`")).collect();
        f.write_str(&names.join(", "))
    }
}

/// How fields are saved.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum SavedFields {
    One(String),
    Several(Vec<String>),
}

impl From<TextFields> for SavedFields {
    fn from(fields: TextFields) -> Self {
        let mut names = fields.0;
        if names.len() == 1 { Self::One(names.remove(0)) } else { Self::Several(names) }
    }
}

impl TryFrom<SavedFields> for TextFields {
    type Error = &'static str;

    fn try_from(saved: SavedFields) -> Result<Self, Self::Error> {
        match saved {
            SavedFields::One(name) => Ok(name.into()),
            SavedFields::Several(names) => names.try_into(),
        }
    }
}

/// Some of the paths that were given.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PathSet(Arc<HashSet<PathBuf>>);

impl PathSet {
    /// Returns whether a path is among them.
    pub fn has(&self, path: &Path) -> bool {
        self.0.contains(path)
    }
}

impl FromIterator<PathBuf> for PathSet {
    fn from_iter<I: IntoIterator<Item = PathBuf>>(paths: I) -> Self {
        Self(Arc::new(paths.into_iter().collect()))
    }
}

/// What to do when a path that was named is not there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum BadInput {
    /// End before any work.
    #[default]
    Fail,
    /// Report it and read the others.
    Skip,
}

/// What one document of plain text is. Saved as whether it is a line.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "bool", from = "bool")]
pub enum RecordMode {
    /// A file.
    #[default]
    File,
    /// A line that is not blank.
    Lines,
}

impl RecordMode {
    #[allow(clippy::trivially_copy_pass_by_ref)] // serde passes a reference
    fn is_file(&self) -> bool {
        *self == Self::File
    }
}

impl From<bool> for RecordMode {
    fn from(is_lines: bool) -> Self {
        if is_lines { Self::Lines } else { Self::File }
    }
}

impl From<RecordMode> for bool {
    fn from(mode: RecordMode) -> Self {
        mode == RecordMode::Lines
    }
}

/// What the text of a page is. Saved as whether it is the article.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "bool", from = "bool")]
pub enum PageText {
    /// All that a reader sees.
    #[default]
    Visible,
    /// What seems to be its article; all that a reader sees where there is none. Places in the page are given as far as
    /// they can be told.
    #[cfg(feature = "article")]
    Article,
}

impl PageText {
    #[allow(clippy::trivially_copy_pass_by_ref)] // serde passes a reference
    fn is_visible(&self) -> bool {
        *self == Self::Visible
    }
}

impl From<bool> for PageText {
    /// Returns the article if that is asked for and this build can tell it.
    fn from(is_article: bool) -> Self {
        #[cfg(feature = "article")]
        if is_article {
            return Self::Article;
        }
        let _ = is_article;
        Self::Visible
    }
}

impl From<PageText> for bool {
    fn from(page: PageText) -> Self {
        page != PageText::Visible
    }
}

#[allow(clippy::ref_option, clippy::trivially_copy_pass_by_ref)] // serde passes a reference
fn to_name<S: Serializer>(encoding: &Option<&'static Encoding>, serializer: S) -> Result<S::Ok, S::Error> {
    encoding.map(Encoding::name).serialize(serializer)
}

fn by_name<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<&'static Encoding>, D::Error> {
    let known = |name: String| {
        let encoding = Encoding::for_label(name.as_bytes());
        encoding.ok_or_else(|| de::Error::custom(format_args!("encoding is {name}, which is none that is known")))
    };
    Option::<String>::deserialize(deserializer)?.map(known).transpose()
}
