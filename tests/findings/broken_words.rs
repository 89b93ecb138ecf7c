//! Words that line ends break, as in text that was taken out of PDF files: the same documents and passages as in text
//! that flows.

#![allow(clippy::unwrap_used)] // helpers of tests fail like tests

use std::fs;

use doublon::finding::{Findings, InputOptions, PlacedSpan};
use doublon::scan::{Resources, scan};
use doublon::{Config, Level};
use tempfile::TempDir;

const REPORT: &str = "The harbour commission published its annual review on Thursday. According to the secretary, \
    revenue from moorings increased considerably, although unfavourable weather throughout September discouraged \
    visitors. Restoration of the nineteenth-century lighthouse was nevertheless completed, because neighbouring \
    municipalities contributed generously. Representatives of the fishermen's association complained that \
    navigational instruments are frequently unavailable, and requested additional investments before Christmas. The \
    administration promised an independent investigation, and recommended that experienced engineers supervise \
    the reconstruction of the northern breakwater immediately.";

/// How programs write the break in a word.
const GAPS: [&str; 8] = ["-\n", "-\r\n", "- \n  ", "\u{2010}\n", "\u{ac}\n", "\u{ad}\n", "\u{ad} ", "\n\u{ad}\n"];

/// Returns a text in lines of `columns` characters, as many words as possible with a gap inside, wherever that falls.
fn in_columns(text: &str, columns: usize, gap: &str) -> String {
    let (mut lines, mut line) = (String::new(), String::new());
    for word in text.split(' ') {
        let room = columns.saturating_sub(line.len() + 2);
        let is_plain = word.chars().all(|c| c.is_ascii_alphabetic());
        if line.len() + 1 + word.len() <= columns || line.is_empty() {
            line += if line.is_empty() { "" } else { " " };
            line += word;
        } else if is_plain && room >= 2 && word.len() >= room + 2 {
            let (first, second) = word.split_at(room);
            lines += &[line.as_str(), " ", first, gap].concat();
            second.clone_into(&mut line);
        } else {
            lines += &[line.as_str(), "\n"].concat();
            word.clone_into(&mut line);
        }
    }
    lines + &line
}

fn found(texts: &[String], level: Level) -> Findings {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("docs.jsonl");
    let line = |text: &String| serde_json::json!({ "text": text }).to_string() + "\n";
    fs::write(&path, texts.iter().map(line).collect::<String>()).unwrap();
    let config = Config::builder().level(level).build().unwrap();
    scan(&[path], &config, &InputOptions::default(), &Resources::default(), &()).unwrap()
}

#[test]
fn a_report_in_columns_is_a_copy_of_the_one_that_flows() {
    let columns = [(42, "-\n"), (60, "-\n"), (78, "-\n"), (25, "-\r\n")];
    let columns = columns.map(|(columns, gap)| in_columns(REPORT, columns, gap));
    assert!(columns.iter().all(|text| text.matches("-\n").count() + text.matches("-\r\n").count() >= 2), "{columns:?}");
    let gaps = GAPS.map(|gap| in_columns(REPORT, 42, gap));
    let texts: Vec<String> = [REPORT.to_owned()].into_iter().chain(columns).chain(gaps).collect();
    let found = found(&texts, Level::Documents);
    let [cluster] = &found.clusters[..] else { panic!("{:?}", found.clusters) };
    assert_eq!(cluster.members.len(), texts.len() - 1);
    assert!(cluster.members.iter().all(|member| member.jaccard.to_bits() == 1f64.to_bits()), "{:?}", cluster.members);
}

#[test]
fn a_passage_holds_the_whole_of_the_words_at_its_ends() {
    for gap in GAPS {
        let passage = format!("Rep{gap}resentatives {} break{gap}water", in_columns(&REPORT[64..], 50, gap));
        let texts = [
            format!("One letter came first. {}", passage.replace(gap, "").replace('\n', " ")),
            format!("Nothing else was told about that.\n\n{passage} of it."),
        ];
        let found = found(&texts, Level::Passages);
        let [only] = &found.matches[..] else { panic!("{gap:?}: {:?}", found.matches) };
        assert_eq!(only.identity.to_bits(), 1f64.to_bits(), "{gap:?}");
        let text_at = |place: &PlacedSpan| &texts[place.doc.record as usize][place.start..place.end];
        assert_eq!(text_at(&only.b), passage, "{gap:?}");
    }
}
