//! Clean copies without the passages that an index holds.

use serde_json::{Value, json};

use crate::bench::{Bench, all_files, lines, words};

/// A paragraph of two sentences that has this number.
fn paragraph(number: u64) -> String {
    format!("So {}. And {}.", words(number * 60, 24), words(number * 60 + 30, 24))
}

/// Numbers that look random, each below `end`.
struct Random(u64);

impl Random {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % end
    }
}

/// Some documents of paragraphs that others have too, as they are or a little changed, and at least one that no other has.
fn documents(count: u64, seed: u64) -> Vec<String> {
    let mut random = Random(seed);
    let shared = |random: &mut Random| {
        let text = paragraph(random.below(12));
        match random.below(4) {
            0 => text.replacen(' ', " well ", 1),
            1 => text.replacen(". And", &format!(" {}. And", random.below(900)), 1),
            _ => text,
        }
    };
    let document = |number: u64| {
        let mut paragraphs = vec![paragraph(seed * 400 + number)];
        paragraphs.extend((0..random.below(5)).map(|_| shared(&mut random)));
        let first = random.below(paragraphs.len() as u64) as usize;
        paragraphs.rotate_left(first);
        paragraphs.join("\n\n")
    };
    (0..count).map(document).collect()
}

fn rows(texts: &[String]) -> String {
    texts.iter().enumerate().map(|(id, text)| json!({"id": id, "text": text}).to_string() + "\n").collect()
}

/// Old and new documents, and an index of the old ones. Of the new ones one has the words of an old one, one most of them, and
/// one has nothing of its own.
fn bench() -> (Bench, Vec<String>) {
    let (bench, old) = (Bench::new(), documents(40, 1));
    let mut new = documents(40, 2);
    new.extend([old[3].to_uppercase(), format!("{} and more", old[4]), [paragraph(1), paragraph(2)].join(" ")]);
    bench.write("old.jsonl", rows(&old)).write("new.jsonl", rows(&new));
    bench.expect(0, "index build seen old.jsonl --level all");
    (bench, old)
}

fn evidence(bench: &Bench, copy: &str) -> Vec<Value> {
    lines(&bench.read(&format!("_doublon-{copy}/removed.jsonl")))
}

/// What went, without what only an index or only files have.
fn common(mut line: Value) -> Value {
    let fields = line.as_object_mut().unwrap();
    fields.retain(|name, _| name != "family" && name != "indexed");
    for name in ["start", "end", "in_index"] {
        fields["kept"].as_object_mut().unwrap().remove(name);
    }
    line
}

/// The words of a kept place, of which the document is one of `old`.
fn kept_words(kept: &Value, old: &[String]) -> Vec<String> {
    let text = &old[kept["record"].as_u64().unwrap() as usize];
    let number = |value: &Value| value.as_u64().unwrap() as usize;
    let words = |text: &str| -> Vec<String> {
        text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_lowercase).collect()
    };
    match &kept["in_index"]["words"] {
        Value::Null => words(&text[number(&kept["start"])..number(&kept["end"])]),
        range => words(text)[number(&range[0])..number(&range[1])].to_vec(),
    }
}

#[test]
fn lines_with_other_operators_than_the_old_ones_stay() {
    let text = |own: u64, operator: &str| {
        let [before, after] = [own, 9_000].map(|first| words(first, 24));
        format!("{before}\n\ntotal = sum(box.width {operator} box.height for box in boxes if box.size)\n\nSo {after}.")
    };
    let bench = Bench::new();
    bench.write("old.jsonl", rows(&[text(100, "*")]));
    bench.write("new.jsonl", rows(&[text(200, "/"), text(300, "*")]));
    bench.expect(0, "index build seen old.jsonl --level all");
    for (out, flags) in [("a", ""), ("b", " --cut-other-data")] {
        bench.expect(0, &format!("clean new.jsonl --against seen --passages cut --out {out}.jsonl{flags}"));
        bench.expect(0, &format!("clean new.jsonl --against old.jsonl --passages cut --out {out}-files.jsonl{flags}"));
        let left = bench.read(&format!("{out}.jsonl"));
        assert_eq!(left, bench.read(&format!("{out}-files.jsonl")), "{flags}");
        assert_eq!(
            [left.matches('/').count(), left.matches('*').count()],
            [usize::from(flags.is_empty()), 0],
            "{left}"
        );
    }
}

#[test]
fn passages_go_for_those_of_an_index_as_for_those_of_its_files() {
    let (bench, old) = bench();
    let flags = ["", " --cut-at word", " --min-words 40", " --cut-other-data -j 1", " --min-left 30"];
    for (n, flags) in flags.iter().enumerate() {
        let (of_index, of_files) = (format!("a{n}.jsonl"), format!("b{n}.jsonl"));
        bench.expect(0, &format!("clean new.jsonl --against seen --passages cut --out {of_index}{flags}"));
        bench.expect(0, &format!("clean new.jsonl --against old.jsonl --passages cut --out {of_files}{flags}"));
        assert_eq!(bench.read(&of_index), bench.read(&of_files), "{flags}");
        let (of_index, of_files) = (evidence(&bench, &of_index), evidence(&bench, &of_files));
        assert!(of_index.iter().filter(|line| line["what"] == "passage").count() > 30, "{of_index:?}");
        assert!(of_index.iter().filter(|line| line["what"] == "document").count() > 1, "{of_index:?}");
        for (line, other) in of_index.iter().zip(&of_files).filter(|(line, _)| line["what"] == "passage") {
            assert_eq!(kept_words(&line["kept"], &old), kept_words(&other["kept"], &old), "{line}\n{other}");
        }
        let without = |found: Vec<Value>| found.into_iter().filter(|line| !line["kept"].is_null()).map(common);
        assert_eq!(
            without(of_index).collect::<Vec<_>>(),
            without(of_files).collect::<Vec<_>>(),
            "what went, and for what: {flags}"
        );
        let again = format!("clean a{n}.jsonl --against seen --passages cut --out again{n}.jsonl{flags}");
        let (_, told) = bench.expect(0, &again);
        assert!(told.contains(" + 0 removed") && told.contains("passages: 0 cut"), "{told}");
    }
    assert_eq!(bench.read("a0.jsonl"), bench.read("again0.jsonl"));
    bench.expect(0, "clean new.jsonl --against seen --passages mark --out marked.jsonl");
    bench.expect(0, "clean new.jsonl --against old.jsonl --passages mark --out other.jsonl");
    assert_eq!(bench.read("marked.jsonl"), bench.read("other.jsonl"));
    let (plan, _) = bench.expect(0, "clean new.jsonl --against seen --passages cut --dry-run");
    assert!(plan.contains(" in the index, words ") && plan.contains("| So "), "{plan}");
}

#[test]
fn what_the_cuts_leave_is_added_in_the_same_step() {
    let (bench, old) = bench();
    let held = all_files(&bench.path("seen"));
    bench.expect(2, "clean new.jsonl --against seen --passages cut --add --out no/such/folder.jsonl");
    bench.write("held.jsonl", rows(&old[..2]));
    let (_, told) = bench.expect(2, "clean held.jsonl --against seen --passages cut --add --out out.jsonl");
    assert!(told.contains("nothing would be left of its 2"), "{told}");
    assert_eq!(all_files(&bench.path("seen")), held, "a run that fails adds nothing");
    bench.expect(0, "clean new.jsonl --against seen --passages cut --out alone.jsonl");
    let (_, told) = bench.expect(0, "clean new.jsonl --against seen --passages cut --add --out out.jsonl");
    assert_eq!(bench.read("out.jsonl"), bench.read("alone.jsonl"));
    let kept = lines(&bench.read("out.jsonl"));
    assert!(told.contains(&format!("{} documents added to seen", kept.len())), "{told}");
    bench.expect(0, "index verify seen");
    // The documents as they stand in the copy are in the index, and not as they were.
    let (_, told) = bench.expect(0, "clean out.jsonl --against seen --out none.jsonl --allow-wipeout");
    assert!(told.contains(&format!("= 0 kept + {} removed", kept.len())), "{told}");
    assert!(
        evidence(&bench, "none.jsonl")
            .iter()
            .all(|line| line["equality"] == "bytes" || line["equality"] == "characters")
    );
    // What only a new document had goes from the next for it, and what it lost for the old one.
    bench.write("next.jsonl", rows(&[format!("{}\n\n{}\n\n{}", paragraph(7), paragraph(805), paragraph(1500))]));
    bench.expect(0, "clean next.jsonl --against seen --passages cut --out next_out.jsonl");
    let numbers: Vec<u64> = evidence(&bench, "next_out.jsonl")
        .iter()
        .map(|line| line["kept"]["in_index"]["number"].as_u64().unwrap())
        .collect();
    assert!(numbers.len() == 2 && numbers[0] < 40 && numbers[1] >= 40, "{numbers:?}");
    assert_eq!(lines(&bench.read("next_out.jsonl"))[0]["text"], json!(paragraph(1500)));
}

#[test]
fn marked_texts_are_added_whole() {
    let (bench, _) = bench();
    bench.expect(0, "clean new.jsonl --against seen --passages mark --add --out out.jsonl");
    let (_, told) = bench.expect(0, "clean new.jsonl --against seen --out none.jsonl --allow-wipeout");
    assert!(told.contains("43 = 0 kept + 43 removed"), "{told}");
}

#[test]
fn a_proof_finds_places_that_an_index_does_not_hold() {
    let (bench, _) = bench();
    bench.expect(0, "clean new.jsonl --against seen --passages cut --add --out out.jsonl");
    let path = "_doublon-out.jsonl/removed.jsonl";
    let whole = bench.read(path);
    let line = evidence(&bench, "out.jsonl").into_iter().find(|line| line["what"] == "passage").unwrap();
    let place = line["kept"]["in_index"].clone();
    let number = place["number"].as_u64().unwrap();
    let [first, end] = [0, 1].map(|n| place["words"][n].as_u64().unwrap());
    let told = |number: u64, first: u64, end: u64| format!("{{\"number\":{number},\"words\":[{first},{end}]}}");
    for (place, fault) in [
        (told(number, first + 9, end), "is told wrong"),
        (told(number, first, end + 100_000), "which has not the words that are named"),
        (told(number + 1, first, end), "the index holds another document by its number"),
        (told(41, first, end), "which the index did not hold then"),
    ] {
        bench.write(path, whole.replacen(&told(number, first, end), &place, 1));
        let proof = bench.expect(1, "verify out.jsonl").0;
        assert!(proof.contains(fault), "{place}: {proof}");
    }
    bench.write(path, &whole);
    // A passage of the copy that the index had.
    let copy = bench.read("out.jsonl");
    let mut documents = lines(&copy);
    let longer = format!("{}\n\n{}", documents[0]["text"].as_str().unwrap(), paragraph(7));
    documents[0]["text"] = json!(longer);
    bench.write("out.jsonl", documents.iter().map(|line| line.to_string() + "\n").collect::<String>());
    assert!(
        bench.expect(1, "verify out.jsonl").0.contains("repeats another place, and staying.jsonl does not tell it")
    );
    bench.write("out.jsonl", &copy);
    bench.expect(0, "verify out.jsonl");
    bench.expect(0, "index remove seen --source old.jsonl");
    assert!(bench.expect(1, "verify out.jsonl").0.contains("which the index does not hold any more"));
}

#[test]
fn a_key_that_very_many_documents_have_loses_none_of_them() {
    let template = format!("So {}. And {}.", words(0, 40), words(50, 40));
    let own = |n: u64| format!("{template} Own {}.", words(1000 + 20 * n, 12));
    let old: Vec<String> = (0..200).map(own).collect();
    let inside = |n: u64| format!("{}.\n\n{}\n\n{}.", words(9000 + 200 * n, 60), own(n), words(9100 + 200 * n, 60));
    let new: Vec<String> = (70..200).step_by(20).flat_map(|n| [format!("{} And more.", own(n)), inside(n)]).collect();
    let bench = Bench::new();
    bench.write("old.jsonl", rows(&old)).write("new.jsonl", rows(&new));
    bench.expect(0, "index build seen old.jsonl --level all");
    bench.expect(0, "clean new.jsonl --against seen --passages cut --out out.jsonl");
    let kept: Vec<u64> =
        evidence(&bench, "out.jsonl").iter().map(|line| line["kept"]["id"].as_u64().unwrap()).collect();
    let each_twice: Vec<u64> = (70..200).step_by(20).flat_map(|n| [n, n]).collect();
    assert_eq!(kept, each_twice, "the one that has its own words too, of documents and of passages");
    bench.expect(0, "clean new.jsonl --against old.jsonl --passages cut --out other.jsonl");
    assert_eq!(bench.read("out.jsonl"), bench.read("other.jsonl"));
}
