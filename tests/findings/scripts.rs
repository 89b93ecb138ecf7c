//! Passages in the scripts of the world: their places are right in bytes and in characters, and cut no character from
//! its marks, however either text was composed.

#![allow(clippy::unwrap_used)] // helpers of tests fail like tests

use std::fs;

use doublon::finding::InputOptions;
use doublon::finding::{Findings, PlacedSpan};
use doublon::scan::{Resources, scan};
use doublon::{Config, Level};
use proptest::prelude::*;
use tempfile::TempDir;
use unicode_normalization::UnicodeNormalization;
use unicode_properties::{GeneralCategoryGroup, UnicodeGeneralCategory};

fn passages(texts: &[String], min_words: usize) -> Findings {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("docs.jsonl");
    let line = |text: &String| serde_json::json!({ "text": text }).to_string() + "\n";
    fs::write(&path, texts.iter().map(line).collect::<String>()).unwrap();
    let parameters = Config::builder().level(Level::Passages).min_words(min_words).build().unwrap();
    scan(&[path], &parameters, &InputOptions::default(), &Resources::default(), &()).unwrap()
}

/// Returns the text of a place, after checking that its bytes and its characters are the same place.
fn text_at<'t>(texts: &'t [String], place: &PlacedSpan) -> &'t str {
    let text = &texts[place.doc.record as usize];
    let in_chars = |byte: usize| text[..byte].chars().count();
    assert_eq!((in_chars(place.start), in_chars(place.end)), (place.char_start, place.char_end), "{place:?}");
    // A mark is part of the letter before it; one behind punctuation is none of a word.
    for at in [place.start, place.end] {
        let follows_letter = text[..at].chars().rev().find(|&c| !is_mark(c)).is_some_and(char::is_alphanumeric);
        let is_cut = follows_letter && text[at..].chars().next().is_some_and(is_mark);
        assert!(!is_cut, "cuts a mark off: {place:?} in {text:?}");
    }
    &text[place.start..place.end]
}

fn is_mark(c: char) -> bool {
    c.general_category_group() == GeneralCategoryGroup::Mark
}

/// A script, two texts around a passage, the passage, and how many words it has.
type Sample = (&'static str, [&'static str; 2], &'static str, usize);

const SAMPLES: [Sample; 8] = [
    (
        "Han",
        ["去年冬天下了很大的雪。", "他们明年要搬到海边去住。"],
        "图书馆每天早上九点开门，晚上八点关门，读者可以借五本书，借期为三个星期",
        32,
    ),
    // Outside of the plane of sixteen bits: four bytes, one character.
    ("rare Han", ["王先生說：", "李小姐寫道："], "𠀋𠂉𠃌𠄌𠅃𠆢𠈓𠌫𠍱𠎁𠏹𠑊𠔉𠗖𠘨𠝏𠠇𠠺𠢹𠥼𠦝𠫓", 22),
    (
        "kana",
        ["きのうは雨でした。", "山のむこうに町がある。"],
        "ガラスのびんをデパートでかってから、バスにのって、ゆっくりとうちへかえりました",
        37,
    ),
    ("Thai", ["เมื่อวานฝนตกหนัก ", "พรุ่งนี้เราจะไปทะเล "], "ห้องสมุดเปิดทุกวันตั้งแต่เก้าโมงเช้าถึงสองทุ่ม ผู้อ่านยืมหนังสือได้ห้าเล่มที่นี่", 53),
    (
        "Arabic",
        ["نزل المطر أمس. ", "سنسافر غدا إلى البحر. "],
        "تَفتَحُ المَكتَبَةُ أَبوابَها كُلَّ يَومٍ مِنَ السّاعَةِ التّاسِعَةِ صَباحًا حَتّى الثّامِنَةِ مَساءً، وَيُمكِنُ لِلقارِئِ أَن يَستَعيرَ خَمسَةَ كُتُبٍ لِمُدَّةِ \
         ثَلاثَةِ أَسابيعَ دونَ أَيِّ رُسومٍ",
        24,
    ),
    (
        "Cyrillic",
        ["Вчера шёл сильный дождь. ", "Завтра мы поедем к морю. "],
        "Каждый день библиотека открыта с девяти утра до восьми вечера, и любой читатель может взять домой пять книг \
         на три недели, ничего не платя за ещё",
        26,
    ),
    (
        "Vietnamese",
        ["Hôm qua trời mưa to. ", "Ngày mai chúng tôi đi biển. "],
        "Thư viện mở cửa mỗi ngày từ chín giờ sáng đến tám giờ tối, mỗi độc giả được mượn năm quyển sách trong ba \
         tuần lễ",
        26,
    ),
    (
        "Hangul",
        ["어제는 비가 많이 왔다. ", "내일 우리는 바다에 간다. "],
        "도서관은 매일 아침 아홉 시에 문을 열고 저녁 여덟 시에 문을 닫으며 모든 독자는 책을 다섯 권까지 삼 주 동안 빌려 갈 수 \
         있습니다",
        24,
    ),
];

/// How many tokens of a script count as one word.
fn in_a_word(script: &str) -> usize {
    match script {
        "Han" | "rare Han" | "kana" => 2,
        "Thai" => 4,
        _ => 1,
    }
}

#[test]
fn a_passage_is_found_to_the_character_in_every_script_and_composition() {
    for (script, [before_a, before_b], passage, words) in SAMPLES {
        for decomposed in [false, true] {
            let composed = |text: &str| text.nfc().collect::<String>();
            let other = |text: &str| if decomposed { text.nfd().collect() } else { composed(text) };
            let texts = [
                composed(&format!("{before_a}{passage}. {before_a}")),
                other(&format!("{before_b}{before_b}«{passage}» {before_b}")),
            ];
            let words = words / in_a_word(script);
            let found = passages(&texts, words.min(20));
            let [only] = &found.matches[..] else { panic!("{script}, {decomposed}: {:?}", found.matches) };
            assert_eq!((only.words, only.identity.to_bits()), (words, 1f64.to_bits()), "{script}, {decomposed}");
            let words_at = |place| text_at(&texts, place).trim_matches(['«', '»', '.']); // these may hang on
            assert_eq!(words_at(&only.a), composed(passage), "{script}, {decomposed}");
            assert_eq!(words_at(&only.b), other(passage), "{script}, {decomposed}");
        }
    }
}

/// Vowel signs and points say how a word is read; most copies leave them out.
#[test]
fn arabic_without_its_points_is_the_same_passage() {
    let (_, [before_a, before_b], passage, words) = SAMPLES[4];
    let plain: String = passage.chars().filter(|&c| !is_mark(c)).collect();
    let texts = [format!("{before_a}{passage}."), format!("{before_b}{plain}.")];
    let found = passages(&texts, 20);
    assert_eq!(found.matches.len(), 1);
    assert_eq!(found.matches[0].words, words);
    assert_eq!(
        (text_at(&texts, &found.matches[0].a), text_at(&texts, &found.matches[0].b)),
        (format!("{passage}.").as_str(), format!("{plain}.").as_str())
    );
}

#[test]
fn where_words_have_no_spaces_a_character_is_half_a_word() {
    let (_, [before_a, before_b], passage, _) = SAMPLES[0];
    let characters: Vec<char> = passage.chars().filter(|c| c.is_alphanumeric()).collect();
    for (count, is_listed) in [(19, false), (20, true)] {
        let passage: String = characters[..count].iter().collect();
        let found = passages(&[format!("{before_a}{passage}。"), format!("{before_b}{passage}。")], 10);
        assert_eq!((found.matches.len(), found.summary.short_repeats), (usize::from(is_listed), u64::from(!is_listed)));
    }
}

proptest! {
    #[test]
    fn no_place_cuts_a_character_from_its_marks(
        unit in "[東語ガกีเที่ےبَéйx]{4,12}",
        marks in "[\u{301}\u{64e}\u{e34}\u{3099}\u{fe0f}]{0,2}",
        times in 8usize..20,
        between in "[ 、.\u{200b}\u{ad}]{0,2}",
    ) {
        let unit = format!("{unit}{marks}{between}");
        let texts = [unit.repeat(times), format!("前 {} après", unit.repeat(times).nfd().collect::<String>())];
        let found = passages(&texts, 5);
        for place in found.matches.iter().flat_map(|found| [&found.a, &found.b]) {
            text_at(&texts, place);
        }
        for family in &found.families {
            std::iter::once(&family.keep).chain(&family.occurrences).for_each(|place| { text_at(&texts, place); });
        }
    }
}
