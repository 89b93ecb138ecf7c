//! Suggests commands to try after a scan, by what was found.

use std::path::{Path, PathBuf};

use doublon::report::html::PageInput;
use doublon::report::shell::quoted;
use doublon::report::text::counted;
use doublon::report::visible::visible;
use doublon_core::Level;

use super::facts::RunFacts;

/// The most commands that are named.
const MOST: usize = 3;

/// The facts about findings that decide which commands are suggested.
#[derive(Clone, Copy, Debug, Default)]
pub struct FoundKinds<'f> {
    level: Level,
    documents: bool,
    passages: bool,
    /// The first finding that can be explained.
    first: Option<&'f str>,
    short_repeats: u64,
}

impl<'f> From<&'f RunFacts> for FoundKinds<'f> {
    fn from(facts: &'f RunFacts) -> Self {
        let &RunFacts { ref header, documents, passages, ref first, ref summary, .. } = facts;
        Self {
            level: header.parameters.config.level,
            documents,
            passages,
            first: first.as_deref(),
            short_repeats: summary.short_repeats,
        }
    }
}

/// Returns commands, each with its purpose. `flags` are those of the scan that say how to read and compare.
pub fn commands(found: FoundKinds<'_>, paths: &[PathBuf], flags: &[String]) -> Vec<(String, String)> {
    let Some(input) = input(paths, flags) else { return Vec::new() };
    let level = match found.level {
        Level::Documents => " --level documents",
        Level::Passages => " --level passages",
        Level::All => "",
    };
    let scan = format!("doublon scan {input}{level}");
    let mut told = Vec::new();
    if found.documents || found.passages {
        told.push((format!("{scan} --format html -o report.html"), "the same to look through".to_owned()));
        let cut = if found.passages { " --passages cut" } else { "" };
        let clean = format!("doublon clean {input} --out {}{cut}", quoted(&clean_name(paths)));
        told.push((clean, "a copy without what repeats".to_owned()));
        if let Some(id) = found.first {
            let save = format!("{scan} --format json -o found.jsonl && doublon explain found.jsonl {id}");
            told.push((save, format!("why {id} was found")));
        }
    } else if found.short_repeats > 0 {
        let short = counted(found.short_repeats, "short repeat");
        told.push((format!("{scan} --min-words 8"), format!("more of the {short}")));
    }
    told.truncate(MOST);
    told.into_iter().map(|(command, what)| (visible(&command).into_owned(), what)).collect()
}

/// Returns the arguments of a command that reads the same, for a page; none for standard input.
pub fn page_input(paths: &[PathBuf], flags: &[String]) -> Option<PageInput> {
    input(paths, flags).map(|arguments| PageInput { arguments, copy: Some(quoted(&clean_name(paths))) })
}

/// Returns the arguments of a command that reads the same in the same way; none for standard input, which gives its bytes
/// only once.
fn input(paths: &[PathBuf], flags: &[String]) -> Option<String> {
    let is_lost = paths.iter().any(|path| path == Path::new("-"));
    let arguments =
        paths.iter().map(|path| quoted(&path.to_string_lossy())).chain(flags.iter().map(|flag| quoted(flag)));
    (!is_lost).then(|| arguments.collect::<Vec<_>>().join(" "))
}

/// Returns a name for the folder of the copy, made from the first path.
fn clean_name(paths: &[PathBuf]) -> String {
    let name = paths.first().and_then(|path| path.file_name()).map(|name| name.to_string_lossy().into_owned());
    format!("{}.clean", name.unwrap_or_else(|| "doublon".to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const PASSAGES: FoundKinds<'_> =
        FoundKinds { level: Level::All, documents: false, passages: true, first: Some("p1"), short_repeats: 0 };

    fn told(found: FoundKinds<'_>, paths: &[&str], flags: &[&str]) -> Vec<String> {
        let paths: Vec<PathBuf> = paths.iter().map(PathBuf::from).collect();
        let flags: Vec<String> = flags.iter().map(|&flag| flag.to_owned()).collect();
        commands(found, &paths, &flags).into_iter().map(|(command, _)| command).collect()
    }

    #[test]
    fn commands_fit_what_was_found() {
        let expected = [
            "doublon scan a/b --format html -o report.html",
            "doublon clean a/b --out b.clean --passages cut",
            "doublon scan a/b --format json -o found.jsonl && doublon explain found.jsonl p1",
        ];
        assert_eq!(told(PASSAGES, &["a/b"], &[]), expected);
        let documents = FoundKinds { documents: true, passages: false, first: Some("d1"), ..PASSAGES };
        assert!(told(documents, &["a"], &[])[1].ends_with("--out a.clean"));
        let commands = told(FoundKinds { level: Level::Documents, ..documents }, &["a"], &[]);
        assert_eq!(commands[0], "doublon scan a --level documents --format html -o report.html");
        assert_eq!(commands[1], "doublon clean a --out a.clean");
        assert_eq!(told(FoundKinds::default(), &["a"], &[]), [""; 0]);
        let short = FoundKinds { short_repeats: 2, ..FoundKinds::default() };
        assert_eq!(told(short, &["a"], &[]), ["doublon scan a --min-words 8"]);
        assert_eq!(told(PASSAGES, &["-"], &[]), [""; 0]);
    }

    #[test]
    fn commands_can_be_given_to_a_shell() {
        let told = told(PASSAGES, &["it's a \u{1b}"], &["--glob=*.txt"]);
        assert_eq!(told[0], r"doublon scan 'it'\''s a <U+001B>' '--glob=*.txt' --format html -o report.html");
    }
}
