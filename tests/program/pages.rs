//! `doublon clean --passages cut` on pages: blocks go with their tags.

#![allow(clippy::unwrap_used)] // helpers of tests fail like tests

use crate::bench::{Bench, lines, words};

const MENU: &str = "<nav class=top>\n<ul>\n<li><a href=/>The front page of our paper</a>\n<li><a href=/town>News from the \
    town and the harbour</a>\n<li><a href=/weather>Weather, tides and ferries for today and tomorrow</a>\n</ul>\n</nav>\n";
const LEAD: &str = "<p>The council voted late on Thursday to close the old <b>bridge</b> over the river for repairs that \
    are expected to last until the end of next summer, the mayor said.</p>\n";

fn page(title: &str, content: &str) -> String {
    format!("<!doctype html>\n<html><head><title>{title}</title></head>\n<body>{content}</body></html>\n")
}

/// Forty words that no other page has.
fn own(first: u64) -> String {
    words(first, 40)
}

#[test]
fn menus_and_paragraphs_go_with_their_tags_and_all_else_stays() {
    let [first, second, third] = [
        format!("{MENU}<h1>Bridge closes</h1>\n{LEAD}<p>Boats go on.</p>\n"),
        format!("{MENU}<h1>What else?</h1>\n<p>Nothing was decided about the school.</p>\n{LEAD}"),
        format!("{MENU}<h1>Caf&eacute; opens</h1><img src=cafe.jpg>\n<p>It opens at ten &amp; closes at six.</p>"),
    ];
    let pages = [page("One", &first), page("Two", &second), page("Three", &third)];
    let files: Vec<(String, &String)> = (1..).zip(&pages).map(|(n, page)| (format!("in/{n}.html"), page)).collect();
    let files: Vec<(&str, &str)> = files.iter().map(|(name, page)| (name.as_str(), page.as_str())).collect();
    let bench = Bench::with(&files);
    bench.expect(0, "clean in --out out --passages cut");
    assert_eq!(bench.read("out/1.html"), pages[0]);
    assert_eq!(bench.read("out/2.html"), pages[1].replace(MENU.trim_end(), "").replace(LEAD.trim_end(), ""));
    assert_eq!(bench.read("out/3.html"), pages[2].replace(MENU.trim_end(), ""));
    assert_eq!(bench.removed("out").len(), 3);
    bench.expect(0, "clean out --out two --passages cut");
    assert_eq!(bench.removed("two").len(), 0);
}

#[test]
fn no_cut_ends_inside_of_a_block_and_a_picture_stays() {
    let text = LEAD.trim_end().trim_start_matches("<p>").trim_end_matches("</p>");
    let pages = [
        page("One", &format!("{LEAD}<p>{own}</p>", own = own(100))),
        page("Two", &format!("<p>{text} Nobody had asked the shops.</p><p>{}</p>", own(200))),
        page("Three", &format!("<p><img src=bridge.jpg>{text}</p><p>{}</p>", own(300))),
    ];
    let bench = Bench::with(&[("in/1.html", &pages[0]), ("in/2.html", &pages[1]), ("in/3.html", &pages[2])]);
    for edge in ["sentence", "word"] {
        bench.expect(0, &format!("clean in --out {edge} --passages cut --cut-at {edge}"));
        assert_eq!(bench.read(&format!("{edge}/2.html")), pages[1], "{edge}");
        let left = bench.read(&format!("{edge}/3.html"));
        assert!(left.contains("<p><img src=bridge.jpg>") && !left.contains("council"), "{left}");
        let staying = lines(&bench.read(&format!("{edge}/_doublon/staying.jsonl")));
        let reasons: Vec<&str> = staying.iter().filter_map(|line| line["reason"].as_str()).collect();
        assert_eq!(reasons, ["no_whole_element"], "{edge}");
    }
}

#[test]
fn a_page_in_another_encoding_stays_and_is_told() {
    let bench = Bench::with(&[]);
    for (name, more) in [("in/1.html", own(100)), ("in/2.html", own(200))] {
        let page = page("One", &format!("<meta charset=latin1>{LEAD}<p>d\u{e9}j\u{e0} vu {more}</p>"));
        let latin: Vec<u8> = page.chars().map(|c| c as u8).collect();
        bench.write(name, latin);
    }
    bench.expect(0, "clean in --out out --passages cut");
    let staying = bench.read("out/_doublon/staying.jsonl");
    assert!(staying.contains("\"reason\":\"format\""), "{staying}");
}
