//! P10: cleaning is final. A second `clean` of a copy removes nothing, and what a scan of the copy lists is told.

#![allow(clippy::unwrap_used)] // helpers of tests fail like tests

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;
use tempfile::TempDir;

use crate::bench::words;
use crate::proof::prove;

/// Runs a command in a folder; it must succeed. Returns what it writes to standard output.
fn doublon(folder: &Path, arguments: &str) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_doublon"));
    command.args(arguments.split_whitespace()).arg("--no-progress").current_dir(folder);
    let output = command.output().unwrap();
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "doublon {arguments} in {}\n{told}", folder.display());
    String::from_utf8(output.stdout).unwrap()
}

fn lines(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn evidence(folder: &Path, out: &str, name: &str) -> Vec<Value> {
    lines(&fs::read_to_string(folder.join(out).join("_doublon").join(name)).unwrap())
}

fn key(span: &Value) -> String {
    let file = Path::new(span["source"].as_str().unwrap()).file_name().unwrap();
    format!("{} {} {}", file.display(), span["record"], span["start"])
}

/// Cleans texts twice, and checks the second run and a scan of the copy against each other. Returns what went.
fn clean_twice(texts: &[String], flags: &str) -> Vec<Value> {
    let folder = TempDir::new().unwrap();
    let folder = folder.path();
    fs::create_dir(folder.join("in")).unwrap();
    let all: String = texts.iter().map(|text| serde_json::json!({ "text": text }).to_string() + "\n").collect();
    fs::write(folder.join("in/a.jsonl"), all).unwrap();
    let flags = format!("--passages cut {flags}");
    doublon(folder, &format!("clean in --out one {flags}"));
    doublon(folder, &format!("clean one --out two {flags}"));
    prove(folder, &format!("clean in --out one {flags}"));
    let again = evidence(folder, "two", "removed.jsonl");
    assert_eq!(again, [] as [Value; 0], "removed again with {flags} from {texts:#?}");
    assert_eq!(fs::read(folder.join("one/a.jsonl")).unwrap(), fs::read(folder.join("two/a.jsonl")).unwrap());
    let staying = evidence(folder, "two", "staying.jsonl");
    let told: BTreeSet<String> = staying.iter().filter_map(|line| line.get("span")).map(key).collect();
    for found in lines(&doublon(folder, "scan one --level passages --format json")) {
        if found["type"] == "passage_match" {
            assert!(told.contains(&key(&found["b"])), "{flags}: {} is told nowhere", found["b"]);
        }
    }
    evidence(folder, "one", "removed.jsonl")
}

/// Sentences of words that come in no order of their own.
struct Sentences(u64);

impl Sentences {
    fn next(&mut self, below: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % below
    }

    fn sentence(&mut self) -> String {
        let mut text = String::from("It");
        for _ in 0..7 + self.next(8) {
            write!(text, " w{}", self.next(5_000)).unwrap();
        }
        text + "."
    }

    fn text(&mut self, sentences: usize) -> String {
        (0..sentences).map(|_| self.sentence()).collect::<Vec<_>>().join(" ")
    }

    /// The text with one word in `every` put in place of another.
    fn edited(&mut self, text: &str, every: u64) -> String {
        let word = |word: &str, n: u64, other: u64| if n == 0 { format!("x{other}") } else { word.to_owned() };
        let words: Vec<String> = text.split(' ').map(|one| word(one, self.next(every), self.next(5_000))).collect();
        words.join(" ")
    }

    /// A text from a form: what stands between the data is the same in all, some lack a part, and lines break anywhere.
    fn form(&mut self) -> String {
        let name = format!("Name{}", self.next(400));
        let mut n = |below: u64| self.next(below);
        let mut text = format!("{name}, County{}", n(9));
        let lies = format!(
            "{name} is a village in the administrative district of Gmina{}, within County{}, in Region{}, in the north of the \
             country. It lies approximately {} kilometres from Town{} and {} kilometres north-west of the capital Town{}. \
             The village has a population of {}.",
            n(40),
            n(9),
            n(6),
            n(30),
            n(50),
            n(90),
            n(50),
            n(900)
        );
        let census = format!(
            "According to the {} census, there were {} people residing in {name} village, of whom {}% were male and {}% were \
             female. In the village, the population was spread out with {}% under the age of 18, {}% from 18 to 44, and {}% \
             who were 65 years of age or older.",
            2000 + n(3),
            n(900),
            n(99),
            n(99),
            n(99),
            n(99),
            n(99)
        );
        for part in [lies, census] {
            let part = if n(3) == 0 { part.replace(". ", ".\n") } else { part };
            if n(4) > 0 {
                write!(text, "\n\n{part}").unwrap();
            }
        }
        text
    }

    /// Texts that hold each kind of repeat.
    fn corpus(&mut self) -> Vec<String> {
        let (exact, nested, hub) = (self.text(4), self.text(8), self.text(3));
        let inner: String = nested.split_inclusive(". ").skip(2).take(4).collect();
        let chain: Vec<String> = (0..8).map(|_| self.sentence()).collect();
        let mut texts: Vec<String> = Vec::new();
        for n in 0..6 {
            let (before, after) = (self.text(3), self.text(2));
            texts.push(format!("{before} {exact} {after}\n\n{hub}"));
            let edited = self.edited(&exact, 12);
            texts.push(format!("{after}\n\n{edited}\n\n{hub} {before}"));
            texts.push(format!("{}\n\n{}", self.text(2), if n % 2 == 0 { &nested } else { &inner }));
            texts.push(format!("{} {}", chain[n..n + 3].join(" "), self.text(1)));
            texts.push(format!("{}\n\n{hub}", self.text(4)));
        }
        let unit = self.text(2);
        texts.push([unit.as_str(); 7].join(" "));
        let last = texts.len() as u64;
        (0..last).for_each(|n| texts.swap(n as usize, self.next(last) as usize));
        texts
    }
}

#[test]
fn p10_a_second_clean_removes_nothing() {
    for seed in 0..6 {
        for flags in ["", "--cut-at word", "--cut-at paragraph", "--threshold 0.7 --min-left 20"] {
            let texts = Sentences(seed).corpus();
            assert!(!clean_twice(&texts, flags).is_empty(), "nothing goes with {flags}");
        }
    }
}

#[test]
fn p10_forms_with_other_data_are_cut_to_their_end() {
    for seed in 0..8 {
        let mut words = Sentences(seed);
        let texts: Vec<String> = (0..70).map(|_| words.form()).collect();
        for flags in ["", "--cut-at word", "--cut-at word --threshold 0.7"] {
            clean_twice(&texts, flags);
            let all = format!("{flags} --cut-other-data");
            assert!(!clean_twice(&texts, &all).is_empty(), "nothing goes with {all}");
        }
    }
}

/// What went for a place that is cut later goes on to what that place repeats; decided again, it would take a round each.
#[test]
fn p10_chains_of_forms_settle_in_few_rounds() {
    for seed in [0, 3, 7] {
        let mut words = Sentences(seed);
        let folder = TempDir::new().unwrap();
        let line = |text: String| serde_json::json!({ "text": text }).to_string() + "\n";
        fs::write(folder.path().join("a.jsonl"), (0..300).map(|_| line(words.form())).collect::<String>()).unwrap();
        doublon(folder.path(), "clean a.jsonl --out one --passages cut --cut-at word --cut-other-data");
        let summary = fs::read_to_string(folder.path().join("one/_doublon/summary.json")).unwrap();
        let summary: Value = serde_json::from_str(&summary).unwrap();
        assert!(summary["is_final"] == true && summary["rounds"].as_u64() <= Some(9), "{seed}: {summary}");
    }
}

/// Two texts are one once other places are cut from both, so one of them goes. In the same round the other loses what only
/// then stands together as in a third text, so that it is no copy of the first any more.
#[test]
fn p3_a_copy_of_what_is_left_goes_for_what_stays_in_the_end() {
    let sentence = |first, count| format!("It {}.", words(first, count));
    let [one, two, last] = [sentence(1_000, 11), sentence(2_000, 11), sentence(3_000, 5)];
    let [in_first, in_second] = [sentence(4_000, 60), sentence(5_000, 60)];
    let texts = [
        format!("{}\n\n{one} {two}\n\n{}", sentence(6_000, 30), sentence(7_000, 30)),
        format!("{}\n\n{in_first}", sentence(8_000, 80)),
        format!("{}\n\n{in_second}", sentence(9_000, 80)),
        format!("{one} {in_first} {two} {last}"),
        format!("{one} {in_second} {two} {last}"),
    ];
    let removed = clean_twice(&texts, "");
    let gone: Vec<&Value> = removed.iter().filter(|line| line["what"] == "document").collect();
    assert_eq!(gone.len(), 1, "{removed:#?}");
    assert_eq!((&gone[0]["doc"]["record"], &gone[0]["kept"]["record"]), (&4.into(), &3.into()));
}

#[test]
fn p10_bios_above_a_common_footer_stay_once() {
    let mut words = Sentences(1);
    let (bios, footer) = ([words.text(3), words.text(3), words.text(3)], words.text(3));
    let texts: Vec<String> = (0..12).map(|n| format!("{}\n\n{}\n\n{footer}", words.text(4), bios[n % 3])).collect();
    let removed = clean_twice(&texts, "");
    let words: u64 = removed.iter().map(|line| line["words"].as_u64().unwrap()).sum();
    let count = |text: &String| text.split_whitespace().count() as u64;
    assert_eq!(words, 3 * bios.iter().map(count).sum::<u64>() + 11 * count(&footer));
}

#[test]
fn p2_documents_that_stand_in_another_go_for_it() {
    let mut words = Sentences(3);
    let (inner, other) = (words.text(5), words.text(5));
    let near = inner.replacen(" w", " v", 1);
    let texts = [format!("{}\n\n{inner}\n\n{}", words.text(2), words.text(2)), inner, near, other];
    let removed = clean_twice(&texts, "");
    let gone: Vec<&Value> = removed.iter().filter(|line| line["what"] == "document").map(|line| &line["doc"]).collect();
    assert_eq!(gone.iter().map(|doc| doc["record"].as_u64().unwrap()).collect::<Vec<_>>(), [1, 2]);
    for line in removed.iter().filter(|line| line["what"] == "passage") {
        assert_eq!(line["kept"]["record"], 0, "{line}");
    }
}

#[test]
fn p10_windows_that_move_on_leave_each_word_once() {
    let mut words = Sentences(2);
    let all: Vec<String> = (0..14).map(|_| words.sentence()).collect();
    let texts: Vec<String> = (0..8).map(|n| all[n..n + 6].join(" ")).collect();
    clean_twice(&texts, "");
    clean_twice(&texts, "--cut-at word");
}

/// Passages that repeat in other columns, whose lines end inside words, between other texts.
#[test]
fn no_cut_leaves_half_of_a_word_that_a_line_end_breaks() {
    let mut random = Sentences(11);
    let mut words = |count: usize| -> String {
        let mut word = || (0..14).map(|_| char::from(b'a' + random.next(26) as u8)).collect::<String>();
        (0..count).map(|_| word()).collect::<Vec<_>>().join(" ")
    };
    let in_columns = |text: &str, columns: usize| {
        let broken = |line: &[u8]| String::from_utf8(line.to_vec()).unwrap();
        text.as_bytes().chunks(columns).map(broken).collect::<Vec<_>>().join("-\n")
    };
    let passages: Vec<String> = (0..3).map(|_| words(40)).collect();
    let texts: Vec<String> = (0..9)
        .map(|at| {
            let passage = in_columns(&passages[at % 3], 31 + at);
            format!("{}. {passage} {}.\n\n{}", words(20), words(5), words(30))
        })
        .collect();
    for flags in ["--cut-at word", "--cut-at sentence", "--min-words 8 --cut-at word"] {
        let cuts = clean_twice(&texts, flags);
        assert!(!cuts.is_empty(), "{flags}: {texts:#?}");
        for cut in cuts {
            let text = &texts[cut["span"]["record"].as_u64().unwrap() as usize];
            let tokens = doublon_core::text::Tokenizer::default().tokens(text);
            for edge in ["start", "end"].map(|edge| cut["span"][edge].as_u64().unwrap() as usize) {
                let parted = tokens.iter().find(|token| token.span.start < edge && edge < token.span.end);
                assert!(parted.is_none(), "{flags}: {cut} parts {:?}", parted.and_then(|token| token.span.of(text)));
            }
        }
    }
}
