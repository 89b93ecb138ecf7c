//! PDF files: the text that their pages draw is compared, and hostile ones are given up.

#![allow(clippy::unwrap_used)] // helpers of tests fail like tests

use std::fmt::Write;

use crate::bench::{Bench, words};

const FONT: &str = "<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>";

/// Puts objects into a file, the first with the number 1, which is the catalogue.
fn file(objects: &[String], info: &str) -> Vec<u8> {
    let mut out = String::from("%PDF-1.7\n");
    let mut places = Vec::new();
    for (object, number) in objects.iter().zip(1..) {
        places.push(out.len());
        writeln!(out, "{number} 0 obj\n{object}\nendobj").unwrap();
    }
    let (at, size) = (out.len(), objects.len() + 1);
    write!(out, "xref\n0 {size}\n0000000000 65535 f \n").unwrap();
    for place in &places {
        writeln!(out, "{place:010} 00000 n ").unwrap();
    }
    write!(out, "trailer\n<</Size {size}/Root 1 0 R{info}>>\nstartxref\n{at}\n%%EOF\n").unwrap();
    out.into_bytes()
}

fn stream(about: &str, content: &str) -> String {
    format!("<<{about}/Length {}>>\nstream\n{content}\nendstream", content.len())
}

/// A file of pages that draw by these operators, with a font `F`, and with forms `X0`, `X1` and so on.
fn pdf(pages: &[&str], forms: &[&str]) -> Vec<u8> {
    let first_form = 4 + 2 * pages.len();
    let named: Vec<String> = (0..forms.len()).map(|n| format!("/X{n} {} 0 R", first_form + n)).collect();
    let kids: Vec<String> = (0..pages.len()).map(|n| format!("{} 0 R", 4 + 2 * n)).collect();
    let mut objects = vec![
        "<</Type/Catalog/Pages 2 0 R>>".to_owned(),
        format!(
            "<</Type/Pages/Count {}/Kids[{}]/MediaBox[0 0 595 842]/Resources<</Font<</F 3 0 R>>/XObject<<{}>>>>>>",
            pages.len(),
            kids.join(" "),
            named.join(" ")
        ),
        FONT.to_owned(),
    ];
    for (page, n) in pages.iter().zip(0..) {
        objects.push(format!("<</Type/Page/Parent 2 0 R/Contents {} 0 R>>", 5 + 2 * n));
        objects.push(stream("", page));
    }
    objects.extend(forms.iter().map(|form| stream("/Type/XObject/Subtype/Form/BBox[0 0 9 9]", form)));
    file(&objects, "/Info<</Title(The paper)>>")
}

/// Operators that draw lines of text from a height on, each below the last one.
fn lines(from: u32, lines: &[&str]) -> String {
    let drawn: Vec<String> = lines.iter().map(|line| format!("({line}) Tj 0 -14 Td ")).collect();
    format!("BT /F 12 Tf 50 {from} Td {}ET ", drawn.concat())
}

/// Asserts that a file is told to be skipped for this, and that what lies beside it is read.
fn assert_skipped(pdf: &[u8], told: &str) {
    let bench = Bench::with(&[("in/a.txt", "One.")]);
    bench.write("in/b.pdf", pdf);
    let (found, _) = bench.expect(3, "scan in --level documents");
    assert!(found.contains(told) && found.contains("1 kept"), "{told}: {found}");
}

#[test]
fn the_text_of_the_pages_is_read_in_lines_and_paragraphs() {
    let pages = [lines(800, &["One two", "three, four."]) + &lines(700, &["Five six."]), lines(800, &["Seven."])];
    let unread = "/Odd cs 1 2 3 scn /None gs BI /W 1 /H 1 ID x EI /X1 Do ";
    let first = format!("{unread}{} q 1 0 0 1 0 -300 cm /X0 Do Q", pages[0]);
    let bench = Bench::with(&[("in/b.txt", "One two\nthree, four.\n\nFive six.\n\nIn a form.\n\nSeven.")]);
    let mut made = pdf(&[&first, &pages[1]], &[&lines(800, &["In a form."]), "picture"]);
    let at = made.windows(16).rposition(|window| window == b"/Subtype/Form/BB").unwrap();
    made[at + 9..at + 13].copy_from_slice(b"Junk"); // a picture is no form, and is not drawn
    bench.write("in/a.pdf", made);
    let (found, _) = bench.expect(0, "scan in --level documents --format json");
    assert!(found.contains("\"equality\":\"characters\"") && found.contains("The paper"), "{found}");
}

#[test]
fn they_are_copied_or_left_out_as_a_whole() {
    let [text, own] = [0, 100].map(|n| words(n, 30));
    let [first, second] = [vec![&*text], vec![&*own, &*text]].map(|shown| pdf(&[&lines(800, &shown)], &[]));
    let bench = Bench::new();
    bench.write("in/a.pdf", &first).write("in/b.pdf", &second).write("in/c.pdf", &first);
    bench.expect(0, "clean in --out out --passages cut");
    assert_eq!(std::fs::read(bench.path("out/a.pdf")).unwrap(), first);
    assert_eq!(std::fs::read(bench.path("out/b.pdf")).unwrap(), second);
    assert!(!bench.path("out/c.pdf").exists());
    assert!(bench.read("out/_doublon/staying.jsonl").contains("\"reason\":\"format\""));
    bench.expect(0, "verify out");
}

#[test]
fn what_is_broken_or_locked_is_told() {
    let whole = pdf(&[&lines(800, &["One."])], &[]);
    assert_skipped(&whole[..whole.len() - 60], "in/b.pdf: bad data: it cannot be decoded");
    assert_skipped(b"%PDF-1.7\nno more", "in/b.pdf: bad data: it cannot be decoded");
    assert_skipped(&pdf(&["/F 12 Tf (One.) Tj /X5 Do"], &[]), "it draws X5, which it lacks");
    let locked = String::from_utf8(whole).unwrap().replace("/Info<<", "/Encrypt<</Filter/Standard/V 9>>/Info<<");
    assert_skipped(locked.as_bytes(), "in/b.pdf: unsupported: it is encrypted");
}

#[test]
fn what_draws_itself_or_without_an_end_is_given_up() {
    let itself = pdf(&["/X0 Do"], &["/X1 Do", "/X0 Do"]);
    assert_skipped(&itself, "its forms draw each other without an end");
    // Each draws the next one thirty times: 30^12 in all.
    let forms: Vec<String> = (1..=12).map(|next| format!("/X{next} Do ").repeat(30)).collect();
    let mut forms: Vec<&str> = forms.iter().map(String::as_str).collect();
    forms.push("BT ET");
    assert_skipped(&pdf(&["/X0 Do"], &forms), "it unpacks to over 250 times its size");
    // The node above a page is that page.
    let above = ["<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Count 1/Kids[3 0 R]>>", "<</Type/Page/Parent 3 0 R>>"];
    let bench = Bench::with(&[("in/a.txt", "One.")]);
    bench.write("in/b.pdf", file(&above.map(str::to_owned), ""));
    let (found, _) = bench.expect(0, "scan in --level documents");
    assert!(found.contains("in/b.pdf: nothing but white space"), "{found}");
}
