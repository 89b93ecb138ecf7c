//! The file of settings: where it is, and which values its lines set.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

use anyhow::{Context, Result, bail};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// What the file is called.
const NAME: &str = "doublon.toml";

/// A file that was read.
pub struct SettingsFile {
    /// Its path for people.
    pub path: String,
    /// By section and name. What stands above all sections has none.
    entries: BTreeMap<(Option<String>, String), FileEntry>,
}

/// A key and its value.
pub struct FileEntry {
    pub name: String,
    pub values: Vec<String>,
    pub is_boolean: bool,
    pub is_list: bool,
    /// One-based.
    pub line: usize,
}

impl SettingsFile {
    /// Reads the file that was named, or else the nearest, if there is one.
    pub fn of(named: Option<&Path>, no_config: bool) -> Result<Option<Self>> {
        if no_config {
            return Ok(None);
        }
        if let Some(path) = named {
            let text = fs::read_to_string(path).with_context(|| path.display().to_string())?;
            return Self::parse(&path.display().to_string(), &text).map(Some);
        }
        // A folder that is gone has no file in it.
        let Ok(folder) = env::current_dir() else { return Ok(None) };
        let Some((path, text)) = find(&folder, home().as_deref())? else { return Ok(None) };
        Self::parse(&shown(&path, &folder), &text).map(Some)
    }

    /// Parses the text of a file. Errors name `path`.
    pub fn parse(path: &str, text: &str) -> Result<Self> {
        let table = DeTable::parse(text).map_err(|error| {
            let line = error.span().map_or(1, |span| line(text, span.start));
            anyhow::anyhow!("{path}:{line}: {}", error.message())
        })?;
        let mut entries = BTreeMap::new();
        for (key, value) in table.get_ref() {
            match value.get_ref() {
                DeValue::Table(section) if !is_inline(text, value) => {
                    for (name, value) in section {
                        let entry = entry(path, text, name, value)?;
                        entries.insert((Some(key.get_ref().to_string()), entry.name.clone()), entry);
                    }
                }
                _ => {
                    let entry = entry(path, text, key, value)?;
                    entries.insert((None, entry.name.clone()), entry);
                }
            }
        }
        Ok(Self { path: path.to_owned(), entries })
    }

    /// Returns the value of a key for a command: that of its section, or else the one above all sections.
    pub fn entry(&self, command: &str, name: &str) -> Option<&FileEntry> {
        let of = |section: Option<&str>| self.entries.get(&(section.map(str::to_owned), name.to_owned()));
        of(Some(command)).or_else(|| of(None))
    }

    /// Returns all keys and values, each with its section.
    pub fn entries(&self) -> impl Iterator<Item = (Option<&str>, &FileEntry)> {
        self.entries.iter().map(|((section, _), entry)| (section.as_deref(), entry))
    }
}

/// Returns the path for people of the file that a command would read that was told nothing of it, if there is one.
pub fn nearest_settings() -> Option<String> {
    let folder = env::current_dir().ok()?;
    find(&folder, home().as_deref()).ok()?.map(|(path, _)| shown(&path, &folder))
}

/// Looks for the file in a folder and those above it, up to the home folder.
fn find(folder: &Path, home: Option<&Path>) -> Result<Option<(PathBuf, String)>> {
    for folder in folder.ancestors() {
        let path = folder.join(NAME);
        match fs::read_to_string(&path) {
            Ok(text) => return Ok(Some((path, text))),
            Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::IsADirectory) => {}
            Err(error) => return Err(error).with_context(|| path.display().to_string()),
        }
        if Some(folder) == home {
            break;
        }
    }
    Ok(None)
}

fn is_inline(text: &str, value: &Spanned<DeValue<'_>>) -> bool {
    text[value.span().start..].starts_with('{')
}

fn entry(path: &str, text: &str, key: &Spanned<impl AsRef<str>>, value: &Spanned<DeValue<'_>>) -> Result<FileEntry> {
    let (name, line) = (key.get_ref().as_ref().to_owned(), line(text, key.span().start));
    let refused = |what: &str| format!("{path}:{line}: {name} is {what}, but it must be a value");
    let (values, is_list) = match value.get_ref() {
        DeValue::Array(values) => {
            let values = values.iter().map(|value| scalar(value.get_ref()).with_context(|| refused("a list of lists")));
            (values.collect::<Result<_>>()?, true)
        }
        DeValue::Table(_) => bail!(refused("a table")),
        single => (vec![scalar(single).with_context(|| refused("a date"))?], false),
    };
    Ok(FileEntry { is_boolean: value.get_ref().is_bool(), name, values, is_list, line })
}

/// A value as it would stand on the command line.
fn scalar(value: &DeValue<'_>) -> Option<String> {
    match value {
        DeValue::String(text) => Some(text.to_string()),
        DeValue::Integer(number) => Some(number.as_str().to_owned()),
        DeValue::Float(number) => Some(number.as_str().to_owned()),
        DeValue::Boolean(value) => Some(value.to_string()),
        DeValue::Datetime(_) | DeValue::Array(_) | DeValue::Table(_) => None,
    }
}

fn line(text: &str, at: usize) -> usize {
    text.bytes().take(at).filter(|&byte| byte == b'\n').count() + 1
}

/// Returns the folder in which looking for a file ends.
fn home() -> Option<PathBuf> {
    env::home_dir().filter(|home| home.is_absolute())
}

/// Returns a path as it is shown: relative to `folder`, if it lies in it.
fn shown(path: &Path, folder: &Path) -> String {
    path.strip_prefix(folder).unwrap_or(path).display().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_file_is_taken_and_none_above_home() {
        let root = tempfile::tempdir().expect("a folder");
        let [home, project, deep] = ["home", "home/project", "home/project/a/b"].map(|path| root.path().join(path));
        fs::create_dir_all(&deep).expect("writable");
        let found = || find(&deep, Some(&home)).expect("readable").map(|(path, _)| path);
        fs::write(root.path().join(NAME), "").expect("writable");
        assert_eq!(found(), None);
        fs::write(home.join(NAME), "").expect("writable");
        assert_eq!(found(), Some(home.join(NAME)));
        fs::write(project.join(NAME), "").expect("writable");
        assert_eq!(found(), Some(project.join(NAME)));
    }

    #[test]
    fn values_are_what_they_would_be_on_the_command_line() {
        let file =
            SettingsFile::parse("f", "a = 1_0\nb = 0.5\n\"c\" = 'x y'\nd = [1, 'z']\ne.f = true").expect("valid");
        let values = |name| file.entry("e", name).map(|entry| entry.values.join("|"));
        assert_eq!(
            ["a", "b", "c", "d", "f"].map(|name| values(name).unwrap_or_default()),
            ["10", "0.5", "x y", "1|z", "true"]
        );
    }
}
