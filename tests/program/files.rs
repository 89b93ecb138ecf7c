//! Which files are read: work trees of Git, lists of files, patterns.

use serde_json::Value;

use crate::bench::{Bench, all_files, lines, words};

/// A work tree in which six texts are the same one, but two are not to be read.
fn work_tree() -> Bench {
    let text = words(0, 40);
    let bench = Bench::with(&[
        ("tree/.git/HEAD", &text),
        ("tree/.git/info/exclude", "/private.txt\n"),
        ("tree/.gitignore", "# what is made\nbuild/\n*.log\n!kept.log\n"),
        ("tree/.ignore", "old.txt\n"),
        ("tree/docs/.gitignore", "/draft.txt\n!/.shown.txt\n"),
    ]);
    for name in ["a.txt", "kept.log", "docs/b.txt", "docs/deep/draft.txt", "docs/.shown.txt"] {
        bench.write(&format!("tree/{name}"), &text);
    }
    for ignored in ["build/c.txt", "build/d.txt", "run.log", "old.txt", "private.txt", "docs/draft.txt"] {
        bench.write(&format!("tree/{ignored}"), &text);
    }
    bench.write("tree/.env.txt", &text);
    bench
}

fn sources(bench: &Bench, arguments: &str) -> Vec<String> {
    let (out, _) = bench.expect(0, &format!("scan {arguments} --format json"));
    let header: Value = serde_json::from_str(out.lines().next().unwrap()).unwrap();
    header["sources"].as_array().unwrap().iter().map(|source| source["path"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn in_a_work_tree_ignored_and_hidden_files_are_left_out_and_told() {
    let bench = work_tree();
    let read = ["tree/a.txt", "tree/docs/.shown.txt", "tree/docs/b.txt", "tree/docs/deep/draft.txt", "tree/kept.log"];
    assert_eq!(sources(&bench, "tree"), read);
    let (_, told) = bench.expect(0, "scan tree");
    // The folder `build` counts as one; of the hidden ones, `.gitignore` (twice) and `.ignore` are three.
    assert!(told.contains("left out: .git, 5 ignored by Git, 4 hidden (--no-ignore, --hidden)\n"), "{told}");
    let found = lines(&bench.expect(0, "scan tree --format json").0);
    let counts = &found.last().unwrap()["left_out"];
    assert_eq!(*counts, serde_json::json!({"git": 1, "ignored": 5, "hidden": 4}));
    for alone in ["", " --alone"] {
        let (out, _) = bench.expect(0, &format!("stats tree --format json{alone}"));
        assert_eq!(lines(&out).last().unwrap()["left_out"], *counts, "stats{alone}");
    }
}

#[test]
fn a_folder_in_a_work_tree_has_the_rules_of_those_above_it() {
    let bench = work_tree();
    assert_eq!(sources(&bench, "tree/docs"), ["tree/docs/.shown.txt", "tree/docs/b.txt", "tree/docs/deep/draft.txt"]);
    // A folder or a file that is named itself is read, whatever the rules say.
    assert_eq!(sources(&bench, "tree/build tree/run.log"), ["tree/build/c.txt", "tree/build/d.txt", "tree/run.log"]);
    let (_, told) = bench.expect(0, "scan tree tree/build tree/run.log");
    assert!(told.contains("left out: .git, 3 ignored by Git"), "{told}");
}

#[test]
fn flags_bring_back_what_is_left_out() {
    let bench = work_tree();
    let all = sources(&bench, "tree --no-ignore --hidden");
    assert_eq!(all.len(), all_files(&bench.path("tree")).len() - 2, "all but the two files in .git: {all:?}");
    let ignored = sources(&bench, "tree --no-ignore");
    assert!(ignored.contains(&"tree/build/c.txt".to_owned()) && !ignored.contains(&"tree/.env.txt".to_owned()));
    let hidden = sources(&bench, "tree --hidden");
    assert!(hidden.contains(&"tree/.env.txt".to_owned()) && !hidden.contains(&"tree/build/c.txt".to_owned()));
    let header = &lines(&bench.expect(0, "scan tree --hidden --format json").0)[0];
    assert_eq!((&header["parameters"]["hidden"], &header["parameters"]["no_ignore"]), (&true.into(), &Value::Null));
}

#[test]
fn outside_of_a_work_tree_all_is_read_but_git_itself() {
    let text = words(0, 40);
    let bench = Bench::with(&[("in/.gitignore", "*.txt\n"), ("in/a.txt", &text), ("in/.b.txt", &text)]);
    bench.write("in/clone/.git/HEAD", &text).write("in/clone/c.txt", &text);
    assert_eq!(sources(&bench, "in"), ["in/.b.txt", "in/.gitignore", "in/a.txt", "in/clone/c.txt"]);
    let (_, told) = bench.expect(0, "scan in");
    assert!(told.contains("left out: .git\n"), "{told}");
}

#[test]
fn the_rules_of_a_linked_work_tree_are_those_of_its_repository() {
    let text = words(0, 40);
    let bench = Bench::with(&[("linked/.git", "gitdir: ../main/.git/worktrees/linked\n"), ("linked/a.txt", &text)]);
    bench.write("main/.git/worktrees/linked/commondir", "../..\n").write("main/.git/info/exclude", "b.txt\n");
    bench.write("linked/b.txt", &text);
    assert_eq!(sources(&bench, "linked"), ["linked/a.txt"]);
}

#[test]
fn a_copy_of_a_work_tree_lacks_what_was_left_out_and_says_so() {
    let bench = work_tree();
    let (_, told) = bench.expect(0, "clean tree --out out");
    assert!(
        told.contains("neither read nor copied: .git, 5 ignored by Git, 4 hidden (--no-ignore, --hidden)"),
        "{told}"
    );
    assert_eq!(bench.summary("out")["left_out"], serde_json::json!({"git": 1, "ignored": 5, "hidden": 4}));
    assert!(bench.path("out/a.txt").exists() ^ bench.path("out/docs/.shown.txt").exists());
    assert!(!bench.path("out/build").exists() && !bench.path("out/.env.txt").exists());
    let (_, told) = bench.expect(0, "clean tree --no-ignore --hidden --out whole");
    assert!(told.contains("neither read nor copied: .git\n"), "{told}");
}

#[test]
fn all_left_out_is_told_as_such() {
    let text = words(0, 40);
    let bench = Bench::with(&[("tree/.git/HEAD", ""), ("tree/.gitignore", "*.txt\n"), ("tree/a.txt", &text)]);
    let (_, told) = bench.expect(0, "scan tree");
    assert!(told.contains("all that was met was left out") && !told.contains("right path"), "{told}");
}

#[test]
fn a_list_names_the_files_that_are_read() {
    let text = words(0, 40);
    let bench = Bench::with(&[("in/a.txt", &text), ("in/b c.txt", &text), ("in/d.txt", &text)]);
    bench.write("in/shot.png", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR");
    bench.write("lines.txt", "in/a.txt\r\n\nin/b c.txt\nin/shot.png\n").write("nul", "in/d.txt\0in/b c.txt\0");
    assert_eq!(sources(&bench, "--files-from lines.txt"), ["in/a.txt", "in/b c.txt"]);
    assert_eq!(sources(&bench, "--files-from nul"), ["in/b c.txt", "in/d.txt"]);
    assert_eq!(sources(&bench, "in/a.txt --files-from nul").len(), 3);
    let (out, _) = bench.expect(0, "scan --files-from lines.txt");
    assert!(out.contains("1 other file (1 picture)"), "{out}");
}

#[test]
fn a_name_in_a_list_that_is_not_there_is_told_and_the_others_are_read() {
    let text = words(0, 40);
    let bench = Bench::with(&[("a.txt", &text), ("b.txt", &text), ("list", "a.txt\ngone.txt\nb.txt\n")]);
    let (out, _) = bench.expect(3, "scan --files-from list");
    assert!(out.contains("gone.txt") && out.contains("3 = 1 kept + 1 removed + 1 skipped"), "{out}");
    bench.expect(2, "scan a.txt gone.txt");
    let (_, told) = bench.expect(2, "scan --files-from absent");
    assert!(told.contains("absent: "), "{told}");
}

#[test]
fn a_list_can_come_from_standard_input() {
    use std::io::Write;
    use std::process::{Command, Stdio};
    let bench = Bench::with(&[("a.txt", &words(0, 40)), ("b.txt", &words(50, 40))]);
    let mut command = Command::new(env!("CARGO_BIN_EXE_doublon"));
    command
        .args(["scan", "--files-from", "-"])
        .current_dir(bench.folder())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped());
    let mut child = command.spawn().unwrap();
    child.stdin.take().unwrap().write_all(b"a.txt\0b.txt\0").unwrap();
    let out = child.wait_with_output().unwrap();
    assert!(String::from_utf8_lossy(&out.stdout).contains("2 = 2 kept"), "{out:?}");
    let (_, told) = bench.expect(2, "scan - --files-from -");
    assert!(told.contains("only once"), "{told}");
}

#[test]
fn a_copy_of_listed_files_has_their_paths() {
    let text = words(0, 40);
    let bench = Bench::with(&[("x/a.txt", &text), ("y/a.txt", &words(50, 40)), ("list", "x/a.txt\ny/a.txt\n")]);
    bench.expect(0, "clean --files-from list --out out");
    assert_eq!((bench.read("out/x/a.txt"), bench.read("out/y/a.txt")), (text, words(50, 40)));
}

#[test]
fn a_pattern_in_quotes_is_what_matches_it() {
    let text = words(0, 40);
    let bench = Bench::with(&[("a.md", &text), ("docs/b.md", &text), ("docs/deep/c.md", &text), ("docs/d.txt", &text)]);
    bench.write(".hidden.md", &text);
    assert_eq!(sources(&bench, "*.md"), ["a.md"]);
    assert_eq!(sources(&bench, "**/*.md"), ["a.md", "docs/b.md", "docs/deep/c.md"]);
    assert_eq!(sources(&bench, "docs/*.{md,txt}"), ["docs/b.md", "docs/d.txt"]);
    assert_eq!(sources(&bench, "./do?s"), ["docs/b.md", "docs/d.txt", "docs/deep/c.md"]);
    let (_, told) = bench.expect(2, "scan *.html");
    assert!(told.contains("*.html: nothing matches"), "{told}");
    bench.write("[x]*.md", words(50, 40));
    assert_eq!(sources(&bench, "[x]*.md"), ["[x]*.md"], "a file of that name goes before");
    bench.expect(0, "clean docs/**/*.md --out out");
    assert!(bench.path("out/docs/b.md").exists() && !bench.path("out/docs/d.txt").exists());
}
