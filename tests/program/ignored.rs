//! Comments in Markdown and pages say what shall not count.

#![allow(clippy::unwrap_used)] // helpers of tests fail like tests

use crate::bench::{Bench, words};

#[test]
fn what_comments_ignore_is_never_told_or_cut() {
    let [a, b, c] = [0, 1, 2].map(|n| words(n * 100, 40) + ".");
    let guide = |own: &str| {
        format!(
            "# Title\n\n<!-- doublon-ignore-start -->\n\n{a}\n\n```\n{b}\n```\n\n<!-- doublon-ignore-end -->\n\n{own}\n\n\
             <!-- doublon-ignore -->\n{b}\n\n{c}\n"
        )
    };
    let [one, two, three, four] = [10, 11, 12, 13].map(|n| words(n * 100, 50) + ".");
    let bench = Bench::with(&[("in/a.md", &guide(&one)), ("in/b.md", &guide(&two))]);
    let (found, _) = bench.expect(0, "scan in --level passages");
    assert!(found.contains(&c[..30]) && !found.contains(&a[..30]) && !found.contains(&b[..30]), "{found}");
    assert!(found.contains("in 4 places of known text"), "{found}");
    bench.expect(0, "clean in --passages cut --out out");
    assert_eq!(bench.read("out/b.md"), guide(&two).replace(&format!("\n\n{c}"), ""));
    // Without the comments the rest would go.
    bench.write("in/c.md", format!("{three}\n\n{a}\n\n{b}\n\n{c}\n")).write("in/d.md", format!("{four}\n\n{a}\n"));
    bench.expect(0, "clean in --passages cut --out more");
    assert_eq!(bench.read("more/c.md"), format!("{three}\n\n{a}\n\n{b}\n"));
    assert_eq!(bench.read("more/d.md"), four + "\n");
}

#[test]
fn what_comments_ignore_in_pages_is_no_text() {
    let [a, b, c] = [0, 1, 2].map(|n| words(n * 100, 40) + ".");
    let page = |own: &str| {
        format!(
            "<div><!-- doublon-ignore --><p>{a}</p></div><p>{c}</p>\
             <section><!-- doublon-ignore --> {b} <!-- /doublon-ignore --></section><p>{own}</p>"
        )
    };
    let [one, two] = [10, 11].map(|n| words(n * 100, 50) + ".");
    let bench = Bench::with(&[("in/a.html", &page(&one)), ("in/b.html", &page(&two))]);
    let (found, _) = bench.expect(0, "scan in --level passages");
    assert!(found.contains(&c[..30]) && !found.contains(&a[..30]) && !found.contains(&b[..30]), "{found}");
    assert!(found.contains("ignored    1,280 bytes in 4 places of known text"), "{found}");
    bench.expect(0, "clean in --passages cut --out out");
    assert_eq!(bench.read("out/b.html"), page(&two).replace(&format!("<p>{c}</p>"), ""));
}

#[test]
fn a_comment_that_nothing_ends_is_told() {
    let a = words(0, 40);
    let bench = Bench::with(&[("in/a.md", &format!("{a}.\n"))]);
    bench.write("in/b.md", format!("Own.\n\n<!-- doublon-ignore-start -->\n{a}.\n"));
    bench.write("in/c.html", format!("<p>Of its own<!-- doublon-ignore-start --><p>{a}."));
    let (found, told) = bench.expect(0, "scan in");
    for name in ["in/b.md", "in/c.html"] {
        let line =
            format!("{name}: no comment ends what `doublon-ignore-start` begins; all that follows it there is ignored");
        assert!(told.contains(&line), "{told}");
    }
    assert!(found.contains("no repeated passage"), "{found}");
}
