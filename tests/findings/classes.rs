//! The classes of passages: what is furniture, a form filled in again, a rewrite, and a copy.

#![allow(clippy::unwrap_used)] // helpers of tests fail like tests

use std::fmt::Write as _;
use std::fs;

use doublon::finding::{Findings, PassageClass, PassageFamily, PassageMatch};
use doublon::scan::{Resources, scan};
use doublon::{Config, InputOptions, Level};
use tempfile::TempDir;

use crate::generator::Random;

/// Finds the passages of some texts with so many threads.
fn found_by(texts: &[String], threads: usize) -> Findings {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("docs.jsonl");
    let line = |text: &String| serde_json::json!({ "text": text }).to_string() + "\n";
    fs::write(&path, texts.iter().map(line).collect::<String>()).unwrap();
    let config = Config::builder().level(Level::Passages).build().unwrap();
    let resources = Resources { threads, ..Resources::default() };
    scan(&[path], &config, &InputOptions::default(), &resources, &()).unwrap()
}

fn found(texts: &[String]) -> Findings {
    found_by(texts, 2)
}

/// Words that stand nowhere else.
fn words(random: &mut Random, count: usize) -> String {
    (0..count).map(|_| letters(random, 7)).collect::<Vec<_>>().join(" ")
}

fn letters(random: &mut Random, count: usize) -> String {
    (0..count).map(|_| char::from(b'a' + random.below(26) as u8)).collect()
}

fn class_of(found: &Findings, part: &str) -> Vec<Option<PassageClass>> {
    let holds = |family: &&PassageFamily| family.keep.excerpt.contains(part);
    found.families.iter().filter(holds).map(|family| family.class).collect()
}

/// Twelve articles with a menu above, one of three bios below, and a footer.
fn site() -> (Vec<String>, [String; 2], [String; 3]) {
    let mut random = Random::new(7, 0);
    let (menu, footer) = (words(&mut random, 30), words(&mut random, 25));
    let bios = [0; 3].map(|_| words(&mut random, 28));
    let mut page = |n: usize| {
        let own = 60 + 40 * (n % 4);
        format!("{menu}\n\n{}\n\n{}\n\n{footer}", words(&mut random, own), bios[n % 3])
    };
    ((0..12).map(&mut page).collect(), [menu, footer], bios)
}

#[test]
fn a_menu_and_a_footer_are_furniture_and_a_bio_is_a_copy() {
    let (texts, furniture, bios) = site();
    let found = found(&texts);
    for text in &furniture {
        assert_eq!(class_of(&found, text.trim()), [Some(PassageClass::Furniture)], "{:?}", found.families);
    }
    for bio in &bios {
        assert_eq!(class_of(&found, bio.trim()), [Some(PassageClass::Copy)]);
    }
    let menu = found.families.iter().find(|family| family.documents == 12).unwrap();
    assert!((menu.alike_places - 1.0).abs() < 1e-9 && menu.documents_repeated < 0.7, "{menu:?}");
    let of_furniture = |found: &PassageMatch| found.class == Some(PassageClass::Furniture);
    let matches = found.matches.iter().filter(|&found| of_furniture(found)).count() as u64;
    let counts = &found.summary.passage_classes;
    assert_eq!((counts["furniture"].matches, counts["furniture"].families, counts["copy"].families), (matches, 2, 3));
    assert_eq!(counts.values().map(|counts| counts.matches).sum::<u64>(), found.summary.passage_matches);
}

#[test]
fn versions_of_one_text_are_no_furniture() {
    let mut random = Random::new(8, 0);
    let paragraphs: Vec<String> = (0..8).map(|_| words(&mut random, 40)).collect();
    let mut version = |n: usize| {
        let mut version = paragraphs.clone();
        version[n] = words(&mut random, 40);
        version.join("\n\n")
    };
    let found = found(&(0..8).map(&mut version).collect::<Vec<_>>());
    assert!(found.families.iter().any(|family| family.documents > 5), "{:?}", found.summary);
    assert!(found.families.iter().all(|family| family.class == Some(PassageClass::Copy)), "{:?}", found.families);
}

#[test]
fn a_quoted_text_stands_anywhere_and_is_no_furniture() {
    let mut random = Random::new(9, 0);
    let quote = words(&mut random, 30);
    let mut article = |n: usize| {
        let (before, after) = (words(&mut random, 20 * n + 5), words(&mut random, 200 - 20 * n));
        format!("{before}\n\n{quote}\n\n{after}")
    };
    let found = found(&(0..9).map(&mut article).collect::<Vec<_>>());
    assert_eq!(class_of(&found, quote.trim()), [Some(PassageClass::Copy)]);
    assert_eq!(found.families[0].documents, 9);
}

/// A table of wages in words around numbers.
fn table(random: &mut Random) -> String {
    let mut number = || 100 + random.below(900);
    let rows = [
        "untergebrachte Ehegatten",
        "gemeinsam lebende Kinder",
        "nicht versorgte Vollwaisen",
        "alle anderen Berechtigten",
    ];
    rows.iter().fold(String::new(), |mut text, row| {
        let _ = write!(text, "für {row} von {} auf {} Deutsche Mark nach {} ", number(), number(), number());
        text
    })
}

#[test]
fn the_same_form_with_other_numbers_is_told_apart() {
    let mut random = Random::new(10, 0);
    let text = format!("{}\n\n{}\n\n{}", table(&mut random), words(&mut random, 50), table(&mut random));
    let found = found(&[text]);
    let [table] = &found.matches[..] else { panic!("{:?}", found.matches) };
    assert_eq!(table.class, Some(PassageClass::SameForm), "{table:?}");
    assert_eq!((table.changed_words, table.changed_with_digit), (22, 22));
    assert_eq!(found.families[0].class, Some(PassageClass::SameForm));
}

#[test]
fn a_rewrite_has_every_sixth_word_changed_and_a_copy_one_in_twenty() {
    let mut random = Random::new(11, 0);
    let mut edited = |every: usize| {
        let (text, between) = (words(&mut random, 80), words(&mut random, 30));
        let edit =
            |(n, word): (usize, &str)| if n % every == every / 2 { letters(&mut random, 9) } else { word.into() };
        let other: Vec<String> = text.split(' ').enumerate().map(edit).collect();
        format!("{text}\n\n{between}\n\n{}", other.join(" "))
    };
    let classes = [6, 20].map(|every| found(&[edited(every)]).matches[0].class.unwrap());
    assert_eq!(classes, [PassageClass::Rewrite, PassageClass::Copy]);
}

#[test]
fn a_list_of_files_in_which_no_two_entries_are_alike_is_no_passage() {
    let entry =
        |n: usize| format!("![bgbl1_{}_j{}.jpg](bgbl1_{n}_j{}.jpg)", 1900 + n * 7 % 97, n * 7919 % 9001, n * 31);
    let list: Vec<String> = (0..60).map(entry).collect();
    let found = found(&[list.join("\n")]);
    assert!(found.matches.iter().all(|found| found.jaccard > 0.0), "{:?}", found.matches);
}

#[test]
fn classes_do_not_depend_on_threads() {
    let (texts, ..) = site();
    let classes = |threads| {
        let found = found_by(&texts, threads);
        let matches: Vec<_> = found.matches.iter().map(|found| (found.class, found.changed_words)).collect();
        let spread =
            |family: &PassageFamily| (family.class, family.documents, family.alike_places, family.documents_repeated);
        (matches, found.families.iter().map(spread).collect::<Vec<_>>(), found.summary.passage_classes)
    };
    assert_eq!(classes(1), classes(5));
}

/// The name of a shelf of a page, and how many groups it holds.
#[cfg(feature = "report")]
fn shelf(markup: &str) -> (&str, usize) {
    (&markup[..markup.find('"').unwrap()], markup.matches("<details class=\"group\"").count())
}

#[test]
#[cfg(feature = "report")]
fn reports_show_copies_first_and_furniture_once() {
    use doublon::finding::Sort;
    use doublon::report::{html, text};

    let (texts, [menu, _], bios) = site();
    let found = found(&texts);
    let mut out = Vec::new();
    text::write(&found, &text::Style::default(), &mut out).unwrap();
    let told = String::from_utf8(out).unwrap();
    let at = |part: &str| told.find(part).unwrap_or_else(|| panic!("{part:?} in {told}"));
    assert!(at("Repeated passages") < at(&bios[2][..30]) && at(&bios[2][..30]) < at("Furniture"));
    assert!(at("Furniture") < at(&menu[..30]));
    assert!(told.contains("3 copies, 2 of furniture"), "{told}");
    let after = &told[at("Furniture")..at("Summary")];
    assert_eq!((after.matches("kept ").count(), after.matches("again ").count()), (2, 0), "{after}");
    let mut page = Vec::new();
    html::write(&found, Sort::Cost, 100, &mut page).unwrap();
    let page = String::from_utf8(page).unwrap();
    let shelves: Vec<(&str, usize)> = page.split("<section class=\"shelf\" id=\"").skip(1).map(shelf).collect();
    assert_eq!(shelves, [("duplicates", 3), ("boilerplate", 2)]);
}
