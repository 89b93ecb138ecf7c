//! What to try after a scan: commands that fit what was found.

use std::path::{Path, PathBuf};

use crate::finding::Findings;
use crate::report::text::counted;
use crate::report::visible::visible;
use doublon_core::Level;

/// The most commands that are named.
const MOST: usize = 3;

/// Returns commands and what they are for. `flags` are those of the scan that say how to read and compare.
pub fn commands(findings: &Findings, paths: &[PathBuf], flags: &[String]) -> Vec<(String, String)> {
    if paths.iter().any(|path| path == Path::new("-")) {
        return Vec::new(); // it gives its bytes only once
    }
    let Findings { clusters, families, matches, summary, .. } = findings;
    let input = paths.iter().map(|path| quoted(&path.to_string_lossy())).chain(flags.iter().map(|flag| quoted(flag)));
    let input = input.collect::<Vec<_>>().join(" ");
    let level = match findings.header.parameters.config.level {
        Level::Documents => " --level documents",
        Level::Passages => " --level passages",
        Level::All => "",
    };
    let scan = format!("doublon scan {input}{level}");
    let (documents, passages) = (!clusters.is_empty(), !families.is_empty());
    let mut told = Vec::new();
    if documents || passages {
        told.push((format!("{scan} --format html -o report.html"), "the same to look through".to_owned()));
        let cut = if passages { " --passages cut" } else { "" };
        let clean = format!("doublon clean {input} --out {}{cut}", quoted(&clean_name(paths)));
        told.push((clean, "a copy without what repeats".to_owned()));
        let id = clusters.first().map(|cluster| &cluster.id).or(matches.first().map(|m| &m.id));
        if let Some(id) = id {
            let save = format!("{scan} --format json -o found.jsonl && doublon explain found.jsonl {id}");
            told.push((save, format!("why {id} was found")));
        }
    } else if summary.short_repeats > 0 {
        let short = counted(summary.short_repeats, "short repeat");
        told.push((format!("{scan} --min-words 8"), format!("more of the {short}")));
    }
    told.truncate(MOST);
    told.into_iter().map(|(command, what)| (visible(&command).into_owned(), what)).collect()
}

/// A name for the copy beside the first path.
fn clean_name(paths: &[PathBuf]) -> String {
    let name = paths.first().and_then(|path| path.file_name()).map(|name| name.to_string_lossy().into_owned());
    format!("{}.clean", name.unwrap_or_else(|| "doublon".to_owned()))
}

/// An argument as a shell takes it.
fn quoted(argument: &str) -> String {
    let is_plain = |c: char| c.is_alphanumeric() || "/._-=:,@%+".contains(c);
    if !argument.is_empty() && argument.chars().all(is_plain) {
        argument.to_owned()
    } else {
        format!("'{}'", argument.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::text::samples;

    fn told(findings: &Findings, paths: &[&str], flags: &[&str]) -> Vec<String> {
        let paths: Vec<PathBuf> = paths.iter().map(PathBuf::from).collect();
        let flags: Vec<String> = flags.iter().map(|&flag| flag.to_owned()).collect();
        commands(findings, &paths, &flags).into_iter().map(|(command, _)| command).collect()
    }

    #[test]
    fn commands_fit_what_was_found() {
        let expected = [
            "doublon scan a/b --format html -o report.html",
            "doublon clean a/b --out b.clean --passages cut",
            "doublon scan a/b --format json -o found.jsonl && doublon explain found.jsonl p1",
        ];
        assert_eq!(told(&samples::seed(), &["a/b"], &[]), expected);
        assert!(told(&samples::documents(), &["a"], &[])[1].ends_with("--out a.clean"));
        let mut documents = samples::documents();
        documents.header.parameters.config =
            documents.header.parameters.config.to_builder().level(Level::Documents).build().expect("valid");
        let commands = told(&documents, &["a"], &[]);
        assert_eq!(commands[0], "doublon scan a --level documents --format html -o report.html");
        assert_eq!(commands[1], "doublon clean a --out a.clean");
        assert_eq!(told(&samples::nothing(), &["a"], &[]), [""; 0]);
        let mut short = samples::nothing();
        short.summary.short_repeats = 2;
        assert_eq!(told(&short, &["a"], &[]), ["doublon scan a --min-words 8"]);
        assert_eq!(told(&samples::seed(), &["-"], &[]), [""; 0]);
    }

    #[test]
    fn commands_can_be_given_to_a_shell() {
        let told = told(&samples::seed(), &["it's a \u{1b}"], &["--glob=*.txt"]);
        assert_eq!(told[0], r"doublon scan 'it'\''s a <U+001B>' '--glob=*.txt' --format html -o report.html");
    }
}
