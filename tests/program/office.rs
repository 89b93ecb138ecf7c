//! Office files and e-books: their text is compared, and they go as a whole.

#![allow(clippy::unwrap_used)] // helpers of tests fail like tests

use crate::bench::{Bench, words};

/// The checksum of ZIP, bit by bit.
fn crc32(bytes: &[u8]) -> u32 {
    let step = |crc: u32| if crc & 1 == 1 { crc >> 1 ^ 0xedb8_8320 } else { crc >> 1 };
    let byte = |crc: u32, byte: &u8| (0..8).fold(crc ^ u32::from(*byte), |crc, _| step(crc));
    !bytes.iter().fold(u32::MAX, byte)
}

/// Packs files as they are.
fn zip(files: &[(&str, &str)]) -> Vec<u8> {
    let (mut out, mut list) = (Vec::new(), Vec::new());
    for (name, content) in files {
        let (at, size) = (out.len() as u32, content.len() as u32);
        let mut head = vec![20, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        for number in [crc32(content.as_bytes()), size, size, name.len() as u32] {
            head.extend(number.to_le_bytes()); // the length of the name has two bytes, and two of nothing follow
        }
        out.extend(b"PK\x03\x04".iter().chain(&head).chain(name.as_bytes()).chain(content.as_bytes()));
        list.extend(b"PK\x01\x02\x14\0".iter().chain(&head).chain(&[0; 10]).copied());
        list.extend(at.to_le_bytes());
        list.extend(name.as_bytes());
    }
    let (at, size, count) = (out.len() as u32, list.len() as u32, files.len() as u16);
    out.append(&mut list);
    out.extend(b"PK\x05\x06\0\0\0\0");
    out.extend(count.to_le_bytes().into_iter().chain(count.to_le_bytes()));
    out.extend(size.to_le_bytes().into_iter().chain(at.to_le_bytes()).chain([0, 0]));
    out
}

fn docx(body: &str) -> Vec<u8> {
    let document = format!("<?xml version='1.0'?><w:document xmlns:w='w'><w:body>{body}</w:body></w:document>");
    zip(&[
        ("word/document.xml", &document),
        (
            "word/footnotes.xml",
            "<w:footnotes><w:footnote><w:p><w:r><w:t>A note.</w:t></w:r></w:p></w:footnote></w:footnotes>",
        ),
        ("docProps/core.xml", "<cp:coreProperties><dc:title>The report</dc:title></cp:coreProperties>"),
    ])
}

fn odt(body: &str) -> Vec<u8> {
    let content = format!(
        "<office:document-content><office:styles><text:p>no</text:p></office:styles>\
        <office:body><office:text>{body}</office:text></office:body></office:document-content>"
    );
    zip(&[("mimetype", "application/vnd.oasis.opendocument.text"), ("content.xml", &content)])
}

fn epub(pages: [&str; 2]) -> Vec<u8> {
    let root = "<container><rootfiles><rootfile full-path='OEBPS/a.opf'/></rootfiles></container>";
    let list = "<package><metadata><dc:title>The book</dc:title></metadata><manifest>\
        <item id='b' href='b%20b.xhtml' media-type='application/xhtml+xml'/>\
        <item id='n' href='n.xhtml' media-type='application/xhtml+xml' properties='nav'/>\
        <item id='a' href='text/../a.xhtml' media-type='application/xhtml+xml'/></manifest>\
        <spine><itemref idref='n'/><itemref idref='a'/><itemref idref='b'/></spine></package>";
    zip(&[
        ("mimetype", "application/epub+zip"),
        ("META-INF/container.xml", root),
        ("OEBPS/a.opf", list),
        ("OEBPS/n.xhtml", "<nav>Contents</nav>"),
        ("OEBPS/a.xhtml", pages[0]),
        ("OEBPS/b b.xhtml", pages[1]),
    ])
}

/// The text of the only document of a file: what its copy in plain text must have.
fn assert_text(name: &str, file: Vec<u8>, text: &str) {
    let bench = Bench::with(&[("in/b.txt", text)]);
    bench.write(&format!("in/{name}"), file);
    let (found, _) = bench.expect(0, "scan in --level documents --format json");
    assert!(found.contains("\"exact\":true"), "{name} is not {text:?}: {found}");
}

#[test]
fn the_text_of_the_body_is_read_in_order() {
    let text = words(0, 30);
    let body = format!(
        "<w:p><w:pPr><w:pStyle w:val='Heading1'/><w:tabs><w:tab/></w:tabs></w:pPr><w:r><w:t>Head</w:t></w:r></w:p>\
         <w:p><w:r><w:t xml:space='preserve'>{text} &amp;</w:t><w:tab/><w:t>more</w:t><w:br/></w:r>\
         <w:del><w:r><w:t>gone</w:t></w:r></w:del><w:r><w:t>line</w:t></w:r></w:p>\
         <w:tbl><w:tr><w:tc><w:p><w:r><w:t>a</w:t></w:r></w:p></w:tc><w:tc><w:p><w:r><w:t>b</w:t></w:r></w:p></w:tc></w:tr>\
         <w:tr><w:tc><w:p><w:r><w:t>c</w:t></w:r></w:p></w:tc></w:tr></w:tbl><w:p><w:r><w:t>End.</w:t></w:r></w:p>"
    );
    assert_text("a.docx", docx(&body), &format!("Head\n\n{text} &\tmore\nline\n\na\tb\nc\n\nEnd.\n\nA note."));
    let body = format!(
        "<text:h>Head</text:h>\n<text:p>{text}\n <text:span>more</text:span><text:s text:c='2'/>x<office:annotation>\
         <text:p>no</text:p></office:annotation></text:p><table:table><table:table-row><table:table-cell><text:p>a</text:p>\
         </table:table-cell><table:table-cell><text:p>b</text:p></table:table-cell></table:table-row></table:table>"
    );
    assert_text("a.odt", odt(&body), &format!("Head\n\n{text} more  x\n\na\tb"));
    let pages = [&*format!("<h1>One</h1><p>{text}</p>"), "<p>Two</p>"];
    assert_text("a.epub", epub(pages), &format!("One\n\n{text}\n\nTwo"));
}

#[test]
fn they_are_named_by_title_and_heading_and_go_whole() {
    let [text, own] = [0, 100].map(|n| words(n, 50));
    let paragraph = |text: &str| format!("<w:p><w:r><w:t>{text}.</w:t></w:r></w:p>");
    let head = "<w:p><w:pPr><w:pStyle w:val='Heading2'/></w:pPr><w:r><w:t>Exit codes</w:t></w:r></w:p>";
    let first = docx(&(head.to_owned() + &paragraph(&text)));
    let second = docx(&(paragraph(&own) + head + &paragraph(&text)));
    let bench = Bench::new();
    bench.write("in/a.docx", &first).write("in/b.docx", &second).write("in/c.docx", &first);
    let (found, _) = bench.expect(0, "scan in");
    assert!(found.contains("in/a.docx:1:1 › Exit codes") && found.contains("| The report"), "{found}");
    bench.expect(0, "clean in --out out --passages cut");
    assert_eq!(std::fs::read(bench.path("out/a.docx")).unwrap(), first);
    assert_eq!(std::fs::read(bench.path("out/b.docx")).unwrap(), second);
    assert!(!bench.path("out/c.docx").exists());
    assert!(bench.read("out/_doublon/staying.jsonl").contains("\"reason\":\"format\""));
}

#[test]
fn what_is_broken_or_too_large_is_told_and_copied() {
    let bench = Bench::with(&[("in/a.txt", "One.")]);
    let whole = docx("<w:p><w:r><w:t>One</w:t></w:r></w:p>");
    bench.write("in/cut.docx", &whole[..whole.len() / 2]).write("in/none.docx", zip(&[("a", "b")]));
    bench.write("in/bad.odt", odt("<!-- ")).write("in/~$lock.docx", b"\x05name\0\0\0\0\0\0\0\0\0\0");
    bench.write("in/large.docx", docx(&format!("<!--{}-->", " ".repeat(5000))));
    let (found, _) = bench.expect(3, "scan in --max-record 4096");
    for told in [
        "in/bad.odt: bad data: content.xml: byte ",
        "in/cut.docx: bad data: ",
        "in/large.docx: larger than --max-record: ",
        "in/none.docx: ",
        "the file is no .docx, .odt or .epub, though it is a ZIP archive",
        "1 other file",
    ] {
        assert!(found.contains(told), "{told}: {found}");
    }
    bench.expect(3, "clean in --out out");
    assert_eq!(std::fs::read(bench.path("out/cut.docx")).unwrap(), whole[..whole.len() / 2]);
}
