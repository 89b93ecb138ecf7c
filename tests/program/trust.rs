//! What is written is open to nobody to whom its input is not, names of findings lead nowhere, and outputs are whole.

use std::fs;

use crate::bench::{Bench, lines, words};

#[cfg(unix)]
fn mode(bench: &Bench, name: &str) -> u32 {
    use std::os::unix::fs::PermissionsExt;
    fs::metadata(bench.path(name)).unwrap().permissions().mode() & 0o777
}

#[cfg(unix)]
fn set_mode(bench: &Bench, name: &str, mode: u32) {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(bench.path(name), fs::Permissions::from_mode(mode)).unwrap();
}

#[cfg(unix)]
#[test]
fn copies_have_the_modes_of_their_inputs() {
    let bench = Bench::with(&[("in/a.txt", &words(0, 50)), ("in/b/c.txt", &words(100, 50))]);
    bench.write("in/b/d/e.txt", words(200, 50)).write("in/b/d/picture.png", b"\x89PNG\r\n\x1a\n\0\0");
    let modes = [
        ("a.txt", 0o640),
        ("b/c.txt", 0o604),
        ("b/d/e.txt", 0o444),
        ("b/d/picture.png", 0o600),
        ("b/d", 0o710),
        ("b", 0o750),
        ("", 0o705),
    ];
    for (name, mode) in modes {
        set_mode(&bench, &format!("in/{name}"), mode);
    }
    bench.expect(0, "clean in --out out");
    for (name, expected) in modes {
        let found = mode(&bench, &format!("out/{name}"));
        assert_eq!(found, expected, "{name}: {found:o}");
    }
    assert_eq!(mode(&bench, "out/_doublon") & 0o077 & !0o044 & !0o011, 0);
    assert_eq!(mode(&bench, "out/_doublon/removed.jsonl") & 0o077, 0, "two of the inputs are open to no one in common");
}

#[cfg(unix)]
#[test]
fn what_was_private_stays_so() {
    let bench = Bench::with(&[("in/a.txt", &words(0, 50)), ("in/b.txt", &words(0, 50)), ("one.txt", &words(5, 50))]);
    for name in ["in/b.txt", "one.txt"] {
        set_mode(&bench, name, 0o600);
    }
    bench.expect(0, "clean in --out out");
    assert_eq!(mode(&bench, "out/a.txt"), mode(&bench, "in/a.txt"));
    for name in ["_doublon", "_doublon/removed.jsonl", "_doublon/sources.jsonl", "_doublon/summary.json"] {
        assert_eq!(mode(&bench, &format!("out/{name}")) & 0o077, 0, "{name} tells of b.txt, which has no copy");
    }
    bench.expect(0, "clean one.txt --out two.txt");
    assert_eq!(mode(&bench, "two.txt"), 0o600);
    assert_eq!(mode(&bench, "_doublon-two.txt") & 0o077, 0);
    let private = Bench::with(&[("in/a.txt", &words(0, 50))]);
    set_mode(&private, "in", 0o700);
    private.expect(0, "clean in/a.txt --out out");
    assert_eq!(mode(&private, "out"), 0o700, "its folder is");
}

#[test]
fn findings_name_no_file_that_was_not_asked_for() {
    let bench =
        Bench::with(&[("in/a.txt", &words(0, 50)), ("secret/key", "a secret"), ("in/picture.png", "\u{89}PNG\r\n")]);
    bench.expect(0, "scan in --format json -o found.jsonl");
    let found = bench.read("found.jsonl");
    let lies = |source: &str, reason: &str| {
        let lie = format!("{{\"type\":\"skipped\",\"source\":\"{source}\",\"reason\":\"{reason}\"}}\n");
        let at = found.find("{\"type\":\"summary\"").unwrap();
        bench.write("evil.jsonl", format!("{}{lie}{}", &found[..at], &found[at..]));
    };
    let outside = tempfile::tempdir().unwrap();
    fs::write(outside.path().join("key"), "a secret").unwrap();
    for (source, given) in [
        ("secret/key", "in"),
        ("in/../secret/key", "in"),
        (outside.path().join("key").to_str().unwrap(), "in"),
        (outside.path().join("key").to_str().unwrap(), ""),
    ] {
        for reason in ["binary", "other_file", "encoding", "empty"] {
            lies(source, reason);
            let (_, told) = bench.expect(2, &format!("clean --from evil.jsonl {given} --out out"));
            assert!(told.contains("the findings name it"), "{told}");
            assert!(!bench.path("out").exists());
        }
    }
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink(outside.path().join("key"), bench.path("in/link")).unwrap();
        lies("in/link", "binary");
        bench.expect(2, "clean --from evil.jsonl in --out out");
    }
    let header = found.replace("\"path\":\"in/a.txt\"", "\"path\":\"secret/key\"");
    bench.write("evil.jsonl", header);
    bench.expect(2, "clean --from evil.jsonl in --out out");
    bench.expect(4, "clean --from evil.jsonl --out out");
    for given in ["in", ""] {
        bench.expect(0, &format!("clean --from found.jsonl {given} --out out{}", given.len()));
    }
    assert!(["out0/picture.png", "out2/picture.png"].iter().all(|name| bench.path(name).is_file()));
}

/// A killed run leaves its lock file behind; it holds this once the copy is whole.
const LOCK: &str = ".out.doublon-lock";

#[test]
fn f26_what_killed_runs_leave_is_found_and_ended() {
    let bench = Bench::with(&[("in/a.txt", &words(0, 50)), ("in/b.txt", &words(0, 50))]);
    let clean = |code: i32, flags: &str| bench.expect(code, &format!("clean in --out out {flags}")).1;
    let beside = || {
        let names = fs::read_dir(bench.folder()).unwrap().map(|entry| entry.unwrap().file_name());
        names.filter(|name| name.to_string_lossy().starts_with('.')).count()
    };
    clean(0, "");
    let rename = |from: &str, to: &str| fs::rename(bench.path(from), bench.path(to)).unwrap();
    // Between the two renames: the whole copy waits, and what was there has gone.
    rename("out", ".out.doublon-partial");
    bench.write(".out.doublon-old/x.txt", "old").write(LOCK, "whole\n");
    let told = clean(2, "");
    assert!(told.contains("is not empty") && told.contains("was killed when this output was whole"), "{told}");
    assert_eq!((bench.read("out/a.txt"), beside()), (words(0, 50), 0));
    // While what was there is removed.
    bench.write(".out.doublon-old/x.txt", "old").write(LOCK, "whole\n");
    let told = clean(0, "--overwrite");
    assert!(told.contains("was killed when this output was whole"), "{told}");
    assert_eq!((bench.read("out/a.txt"), beside()), (words(0, 50), 0));
    // While it is written.
    bench.write(".out.doublon-partial/half", "ha").write(LOCK, "");
    let told = clean(0, "--overwrite");
    assert!(told.contains("what it had written of it was removed"), "{told}");
    assert_eq!(beside(), 0);
    // One of an earlier version, which noted nothing.
    rename("out", ".out.doublon-old");
    bench.write(".out.doublon-partial/a.txt", "new");
    let told = clean(2, "");
    assert!(told.contains("which was put back"), "{told}");
    assert_eq!((bench.read("out/a.txt"), beside()), (words(0, 50), 0));
    assert!(!clean(0, "--overwrite").contains("killed"));
}

#[test]
fn f26_the_same_for_one_file() {
    let bench = Bench::with(&[("in.txt", &words(0, 50))]);
    let rename = |from: &str, to: &str| fs::rename(bench.path(from), bench.path(to)).unwrap();
    for (n, overwrite) in [(0, ""), (1, ""), (0, "--overwrite"), (1, "--overwrite")] {
        bench.expect(0, &format!("clean in.txt --out out.txt {overwrite}"));
        let partial = ".out.txt.doublon-partial";
        fs::create_dir(bench.path(partial)).unwrap();
        rename("out.txt", &format!("{partial}/out.txt"));
        if n == 0 {
            rename("_doublon-out.txt", &format!("{partial}/_doublon"));
        }
        if !overwrite.is_empty() {
            bench.write(".out.txt.doublon-old/summary.json", "{}").write("out.txt", "old");
        }
        bench.write(".out.txt.doublon-lock", "whole\n");
        let (_, told) = bench.expect(2, "clean in.txt --out out.txt");
        assert!(told.contains("was killed when this output was whole"), "{told}");
        assert_eq!(bench.read("out.txt"), words(0, 50));
        assert!(bench.path("_doublon-out.txt/removed.jsonl").is_file());
        assert!(
            ![partial, ".out.txt.doublon-old", ".out.txt.doublon-lock"].iter().any(|name| bench.path(name).exists())
        );
        fs::remove_dir_all(bench.path("_doublon-out.txt")).unwrap();
        fs::remove_file(bench.path("out.txt")).unwrap();
    }
}

#[test]
fn of_two_runs_to_one_output_one_is_refused() {
    let bench = Bench::new();
    for n in 0..100 {
        bench.write(&format!("in/{n}/a.txt"), words(n * 100, 30));
    }
    let wrote = (0..4).map(|_| {
        let run = || bench.run("clean in --out out -q").status.code();
        let codes = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..3).map(|_| scope.spawn(run)).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect::<Vec<_>>()
        });
        assert_eq!(crate::bench::files(&bench.path("out")).len(), 100);
        assert_eq!(lines(&bench.read("out/_doublon/sources.jsonl")).len(), 101);
        fs::remove_dir_all(bench.path("out")).unwrap();
        codes.iter().filter(|code| **code == Some(0)).count()
    });
    assert!(wrote.collect::<Vec<_>>().iter().all(|&wrote| wrote == 1));
}
