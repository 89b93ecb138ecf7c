//! Compressed files that unpack to far more than they are.

use doublon::finding::{InputOptions, Reason};

use crate::reading::{gzip, read_bytes};

#[test]
fn f19_a_bomb_is_given_up_and_what_came_before_it_is_read() {
    let good = b"{\"text\":\"good\"}\n";
    let bomb = [good.as_slice(), &vec![b'0'; 200 << 20]].concat();
    let options = InputOptions { max_record: 1 << 20, ..InputOptions::default() };
    let outcome = read_bytes("a.jsonl.gz", &gzip(&bomb), &options);
    assert_eq!((outcome.texts(), outcome.reasons()), (vec!["good"], vec![Reason::TooLarge, Reason::Bomb]));
    // What ends in time is only too large.
    let large = [good.as_slice(), &vec![b'0'; 40 << 20], b"\n", good].concat();
    let outcome = read_bytes("a.jsonl.gz", &gzip(&large), &options);
    assert_eq!((outcome.texts(), outcome.reasons()), (vec!["good", "good"], vec![Reason::TooLarge]));
    // Inside another, it is not unpacked at all.
    let outcome = read_bytes("a.jsonl.gz.gz", &gzip(&gzip(&bomb)), &options);
    assert_eq!((outcome.reasons(), outcome.documents.len()), (vec![Reason::Binary], 0));
}

#[test]
fn f19_equal_records_without_end_are_given_up_unless_that_is_allowed() {
    let record = format!("{{\"text\":\"{}\"}}\n", "equal ".repeat(4000));
    let records = (150 << 20) / record.len();
    let packed = gzip(record.repeat(records).as_bytes());
    for (max_ratio, is_given_up) in [(50, true), (0, false), (100_000, false)] {
        let outcome = read_bytes("a.jsonl.gz", &packed, &InputOptions { max_ratio, ..InputOptions::default() });
        assert_eq!(outcome.reasons(), if is_given_up { vec![Reason::Bomb] } else { vec![] }, "{max_ratio}");
        let read = outcome.documents.len() * record.len();
        assert_eq!(outcome.documents.len() < records, is_given_up, "{max_ratio}");
        assert!(read >= 60 << 20, "what came before is read: {read} bytes");
    }
}
