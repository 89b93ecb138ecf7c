//! The program as people and scripts run it: settings from files and the environment, baselines, colour, what is made
//! from the definition of the command line.

#![allow(clippy::expect_used)] // helpers of tests fail like tests

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

/// A paragraph of 25 words that no other has.
fn paragraph(name: &str) -> String {
    let words: Vec<String> = (0..25).map(|n| format!("{name}{}", char::from(b'A' + n))).collect();
    format!("{}.\n\n", words.join(" "))
}

/// Runs doublon in a folder, in no other environment than its own.
fn run_in(folder: &Path, arguments: &[&str], variables: &[(&str, &str)]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_doublon"));
    command.args(arguments).current_dir(folder).env_clear().envs(variables.iter().copied());
    command.output().expect("the program runs")
}

fn stdout(output: &Output) -> &str {
    std::str::from_utf8(&output.stdout).expect("UTF-8")
}

fn stderr(output: &Output) -> &str {
    std::str::from_utf8(&output.stderr).expect("UTF-8")
}

fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    for (name, content) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().expect("it has one")).expect("writable");
        fs::write(path, content).expect("writable");
    }
    folder
}

#[test]
fn only_what_the_baseline_lacks_fails_a_check() {
    let [one, two] = ["first", "second"].map(paragraph);
    let docs = folder(&[("docs/a.md", &format!("# A\n\n{one}{two}")), ("docs/b.md", &format!("# B\n\n{one}"))]);
    let known = run_in(docs.path(), &["scan", "docs", "--format", "json", "-o", "known.jsonl"], &[]);
    assert_eq!(known.status.code(), Some(0), "{}", stderr(&known));
    let check = ["scan", "docs", "--baseline", "known.jsonl", "--fail-over", "0%"];
    let same = run_in(docs.path(), &check, &[]);
    assert_eq!(same.status.code(), Some(0), "{}", stderr(&same));
    assert!(stdout(&same).contains("nothing that the baseline lacks"), "{}", stdout(&same));

    // Lines move and a file is renamed: still nothing new.
    fs::write(docs.path().join("docs/a.md"), format!("# A\n\nAn introduction.\n\n{one}{two}")).expect("writable");
    fs::rename(docs.path().join("docs/b.md"), docs.path().join("docs/c.md")).expect("writable");
    let moved = run_in(docs.path(), &check, &[]);
    assert_eq!(moved.status.code(), Some(0), "{}", stdout(&moved));

    fs::write(docs.path().join("docs/d.md"), format!("# D\n\n{two}")).expect("writable");
    let more = run_in(docs.path(), &check, &[]);
    assert_eq!(more.status.code(), Some(1), "{}", stdout(&more));
    assert!(stdout(&more).contains("docs/d.md:3:1 › D  (new)"), "{}", stdout(&more));
    assert!(stdout(&more).contains("1 passage that the baseline has"), "{}", stdout(&more));
    assert!(stderr(&more).contains("repeated and not in the baseline, more than --fail-over 0%"), "{}", stderr(&more));
}

#[test]
fn settings_are_found_above_the_current_folder_and_flags_go_before_them() {
    let text = format!("{0}{0}", paragraph("only"));
    let files = [("doublon.toml", "min-words = 60\n[scan]\nlimit = 7\n"), ("in/deep/a.txt", text.as_str())];
    let place = folder(&files);
    let deep = place.path().join("in/deep");
    let found = |arguments: &[&str], variables: &[(&str, &str)]| {
        let output = run_in(&deep, arguments, variables);
        assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
        stdout(&output).contains("1 repeated passage")
    };
    assert!(!found(&["scan", "a.txt"], &[]));
    assert!(found(&["scan", "a.txt", "--no-config"], &[]));
    assert!(found(&["scan", "a.txt", "--min-words", "20"], &[]));
    assert!(found(&["scan", "a.txt"], &[("DOUBLON_MIN_WORDS", "20")]));
    assert!(!found(&["scan", "a.txt", "--min-words", "60"], &[("DOUBLON_MIN_WORDS", "20")]));
    let told = |arguments: &[&str]| stderr(&run_in(&deep, arguments, &[])).contains("doublon.toml");
    assert!(told(&["scan", "a.txt"]), "it may have come with an archive");
    assert!(!told(&["scan", "a.txt", "-q"]) && !told(&["scan", "a.txt", "--config", "../../doublon.toml"]));
    let shown = run_in(&deep, &["config", "scan", "--threshold", "0.9"], &[("DOUBLON_PAIRS", "1")]);
    let lines: Vec<_> =
        stdout(&shown).lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect();
    let place_of =
        |line| format!("{}:{line}", fs::canonicalize(place.path()).expect("is there").join("doublon.toml").display());
    for line in [
        format!("min-words = 60 # {}", place_of(1)),
        format!("limit = 7 # {}", place_of(3)),
        "threshold = 0.9 # flag".into(),
        "pairs = true # DOUBLON_PAIRS".into(),
        "seed = 0 # default".into(),
    ] {
        assert!(lines.contains(&line), "{line} in {lines:#?}");
    }
}

#[test]
fn a_wrong_setting_ends_the_run_with_its_place() {
    let place = folder(&[("doublon.toml", "\ntreshold = 0.7\n"), ("range.toml", "threshold = 7\n"), ("a.txt", "text")]);
    let told = |arguments: &[&str], variables: &[(&str, &str)]| {
        let output = run_in(place.path(), arguments, variables);
        assert_eq!((output.status.code(), stdout(&output)), (Some(2), ""));
        stderr(&output).to_owned()
    };
    let unknown = "doublon: doublon.toml:2: unknown setting treshold; did you mean threshold?\n";
    assert_eq!(told(&["scan", "a.txt"], &[]), unknown);
    let range = "doublon: range.toml:1: threshold is 7, but it must be above 0 and at most 1\n";
    assert_eq!(told(&["scan", "a.txt", "--config", "range.toml"], &[]), range);
    assert_eq!(told(&["scan", "a.txt"], &[("DOUBLON_CONFIG", "range.toml")]), range);
    let variable = "doublon: DOUBLON_THRESHOLD: threshold is 7, but it must be above 0 and at most 1\n";
    assert_eq!(told(&["scan", "a.txt", "--no-config"], &[("DOUBLON_THRESHOLD", "7")]), variable);
}

#[test]
fn what_people_type_is_understood_or_told() {
    let place = folder(&[("a.txt", "one two three"), ("doublon.toml", "recall = '99.5%'\n")]);
    let run = |arguments: &[&str], variables: &[(&str, &str)]| {
        let output = run_in(place.path(), arguments, variables);
        (output.status.code(), stdout(&output).to_owned(), stderr(&output).to_owned())
    };
    let path = run(&["a.txt"], &[]);
    assert_eq!(path.0, Some(2));
    assert_eq!(path.2, "doublon: a.txt is no command; to look for duplicates in it: doublon scan a.txt\n");
    let found = run(&["scan", "a.txt", "--threshold", "90%", "-j", "1", "--format", "json"], &[]).1;
    assert!(found.contains("\"threshold\":0.9,") && found.contains("\"recall\":0.995"), "{found}");
    let misspelt = run(&["scan", "a.txt", "-q"], &[("DOUBLON_TRESHOLD", "0.9")]);
    assert_eq!(misspelt.0, Some(0));
    assert_eq!(misspelt.2, "doublon: DOUBLON_TRESHOLD sets nothing; did you mean DOUBLON_THRESHOLD?\n");
}

#[test]
fn the_settings_shown_are_a_file_that_says_the_same() {
    for command in ["scan", "clean", "report", "params", "stats", "compare"] {
        let place = folder(&[]);
        let flags: &[&str] = if command == "report" { &["--limit", "3"] } else { &[] };
        let shown = run_in(place.path(), &[&["config", command], flags].concat(), &[]);
        assert_eq!(shown.status.code(), Some(0), "{command}: {}", stderr(&shown));
        fs::write(place.path().join("doublon.toml"), stdout(&shown)).expect("writable");
        let again = run_in(place.path(), &["config", command], &[]);
        assert_eq!(again.status.code(), Some(0), "{command}: {}", stderr(&again));
        let values = |output: &Output| -> Vec<String> {
            let settings = stdout(output).lines().filter(|line| !line.starts_with('#'));
            settings.map(|line| line.split(" # ").next().unwrap_or_default().trim().to_owned()).collect()
        };
        assert_eq!(values(&shown), values(&again), "{command}");
    }
}

#[test]
fn colour_is_for_terminals_unless_it_is_asked_for() {
    let place = folder(&[("a.txt", &format!("{0}{0}", paragraph("same")))]);
    let has_escapes = |flags: &[&str], variables: &[(&str, &str)]| {
        let output = run_in(place.path(), &[&["scan", "a.txt"], flags].concat(), variables);
        stdout(&output).contains('\u{1b}')
    };
    assert!(!has_escapes(&[], &[("TERM", "xterm-256color")]));
    assert!(has_escapes(&["--color", "always"], &[]));
    assert!(has_escapes(&[], &[("CLICOLOR_FORCE", "1")]));
    assert!(!has_escapes(&["--color", "never"], &[("CLICOLOR_FORCE", "1")]));
    assert!(has_escapes(&["--color", "always"], &[("NO_COLOR", "1")]), "what is asked for goes before the environment");
}

#[test]
fn manual_pages_and_completions_are_written_for_everything() {
    let place = folder(&[]);
    let written = |arguments: &[&str]| {
        let output = run_in(place.path(), arguments, &[]);
        assert_eq!((output.status.code(), stderr(&output)), (Some(0), ""), "{arguments:?}");
        stdout(&output).to_owned()
    };
    assert!(written(&["man"]).contains(".TH doublon 1"));
    for command in ["scan", "clean", "report", "params", "stats", "config", "compare", "explain", "schema", "verify"] {
        let page = written(&["man", command]);
        assert!(
            page.contains(&format!(".TH doublon\\-{command} 1")) || page.contains(&format!(".TH doublon-{command} 1")),
            "{page}"
        );
    }
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        assert!(written(&["completions", shell]).contains("threshold"), "{shell}");
    }
    let unknown = run_in(place.path(), &["man", "nothing"], &[]);
    assert_eq!((unknown.status.code(), stdout(&unknown)), (Some(2), ""));
}

#[test]
fn records_without_a_text_are_told_with_the_fields_they_have() {
    let record = "{\"id\":\"1\",\"body\":\"a text\"}\n";
    let place = folder(&[("a.jsonl", &record.repeat(40))]);
    let output = run_in(place.path(), &["scan", "a.jsonl"], &[]);
    assert_eq!(output.status.code(), Some(3));
    let hint =
        "40 records have no field `text`, but `id`, `body`; name the one that holds the text, as in --text-field body";
    assert_eq!(stderr(&output).matches(hint).count(), 1, "{}", stderr(&output));
    assert!(stdout(&output).contains("a.jsonl: no text field in 37 more records"), "{}", stdout(&output));
    let quiet = run_in(place.path(), &["scan", "a.jsonl", "-q"], &[]);
    assert_eq!(stderr(&quiet), "");
}
