use std::io::{Cursor, Write};
use std::path::Path;

use super::Decoder;
use crate::finding::Reason;
use crate::source::compression::Compression;
use crate::source::raw::RawBytes;

fn gzip(text: &str) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(text.as_bytes()).expect("is written");
    encoder.finish().expect("is written")
}

fn zstd(text: &str) -> Vec<u8> {
    let mut encoder = zstd::Encoder::new(Vec::new(), 3).expect("an encoder");
    encoder.include_checksum(true).expect("is known");
    encoder.write_all(text.as_bytes()).expect("is written");
    encoder.finish().expect("is written")
}

fn bzip2(text: &str) -> Vec<u8> {
    let mut encoder = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::fast());
    encoder.write_all(text.as_bytes()).expect("is written");
    encoder.finish().expect("is written")
}

fn lz4(text: &str) -> Vec<u8> {
    let info = lz4_flex::frame::FrameInfo::new().content_checksum(true);
    let mut encoder = lz4_flex::frame::FrameEncoder::with_frame_info(info, Vec::new());
    encoder.write_all(text.as_bytes()).expect("is written");
    encoder.finish().expect("is written")
}

#[cfg(feature = "xz")]
fn xz(text: &str) -> Vec<u8> {
    let mut encoder = liblzma::write::XzEncoder::new(Vec::new(), 1);
    encoder.write_all(text.as_bytes()).expect("is written");
    encoder.finish().expect("is written")
}

type Encode = fn(&str) -> Vec<u8>;

fn encoders() -> Vec<(Compression, Encode)> {
    let all: [(Compression, Encode); 4] =
        [(Compression::Gzip, gzip), (Compression::Zstd, zstd), (Compression::Bzip2, bzip2), (Compression::Lz4, lz4)];
    #[cfg(feature = "xz")]
    let all: Vec<(Compression, Encode)> = all.into_iter().chain([(Compression::Xz, xz as Encode)]).collect();
    all.into_iter().collect()
}

/// Decodes in pieces of `wanted` bytes; returns the text, and the faults on the way.
fn decode(bytes: &[u8], wanted: usize) -> (String, Vec<Reason>) {
    let compression = Compression::of(bytes, Path::new("")).expect("is compressed");
    let stored = RawBytes::new(Box::new(Cursor::new(bytes.to_vec())));
    let mut decoder = Decoder::new(compression, stored, 1 << 27).unwrap_or_else(|fault| panic!("{}", fault.detail));
    let (mut out, mut faults) = (Vec::new(), Vec::new());
    loop {
        let before = out.len();
        match decoder.append(&mut out, wanted) {
            Ok(()) if out.len() < before + wanted => break,
            Ok(()) => {}
            Err(fault) => {
                faults.push(fault.reason);
                if !decoder.resume() {
                    break;
                }
            }
        }
    }
    (String::from_utf8_lossy(&out).into_owned(), faults)
}

fn text(n: usize) -> String {
    (0..n).map(|n| format!("line {n} of {}", n * n)).collect::<Vec<_>>().join("\n") + "\n"
}

#[test]
fn all_members_are_read_in_pieces_of_any_size() {
    let (a, b) = (text(3000), text(10));
    for (compression, encode) in encoders() {
        let members = [encode(&a), encode(""), encode(&b)].concat();
        for wanted in [1, 1000, 1 << 20] {
            let found = decode(&members, wanted);
            assert!(found == (format!("{a}{b}"), vec![]), "{compression:?} {wanted} {:?}", found.1);
        }
    }
}

#[test]
fn what_is_cut_off_is_told_and_what_came_before_is_there() {
    let whole = text(3000);
    for (compression, encode) in encoders() {
        let bytes = encode(&whole);
        for length in (10..bytes.len()).step_by(bytes.len() / 40) {
            let (found, faults) = decode(&bytes[..length], 4096);
            assert!(whole.starts_with(&found), "{compression:?} {length}");
            assert_eq!(faults, [Reason::Truncated], "{compression:?} {length}");
        }
    }
}

#[test]
fn garbage_after_the_end_is_told_and_zeros_are_not() {
    for (compression, encode) in encoders() {
        let bytes = encode("text");
        let garbage = [bytes.as_slice(), b"garbage that is longer than a header"].concat();
        assert_eq!(decode(&garbage, 100), ("text".into(), vec![Reason::TrailingGarbage]), "{compression:?}");
        if matches!(compression, Compression::Gzip | Compression::Xz) {
            let zeros = [bytes.as_slice(), &[0; 1024], &bytes].concat();
            assert_eq!(decode(&zeros, 100), ("texttext".into(), vec![]), "{compression:?}");
        }
    }
}

#[test]
fn gzip_goes_on_behind_a_bad_member() {
    let (good, mut bad) = (gzip("good\n"), gzip(&text(100)));
    let checksum = bad.len() - 8;
    bad[checksum] ^= 1;
    let (found, faults) = decode(&[bad.as_slice(), &good].concat(), 100);
    assert_eq!((found, faults), (text(100) + "good\n", vec![Reason::BadChecksum]));
    // One that is cut off takes the start of the next for its own.
    let cut = &gzip(&text(100))[..200];
    let (found, faults) = decode(&[cut, &good, &good].concat(), 100);
    assert!(found.ends_with("good\ngood\n"), "{found}");
    assert!(!faults.is_empty() && faults.iter().all(|&fault| fault == Reason::BadData), "{faults:?}");
}

#[test]
fn frames_that_are_to_be_skipped_are_skipped() {
    let skipped = [0x53, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3];
    for encode in [zstd, lz4] {
        let frames = [encode("a").as_slice(), &skipped, &encode("b"), &skipped].concat();
        assert_eq!(decode(&frames, 10), ("ab".into(), vec![]));
        assert_eq!(decode(&frames[..frames.len() - 1], 10), ("ab".into(), vec![Reason::Truncated]));
    }
    assert_eq!(decode(&[skipped.as_slice(), &zstd("b")].concat(), 10), ("b".into(), vec![]));
}

#[test]
fn what_cannot_be_read_is_told_by_name() {
    let refused = |bytes: &[u8]| decode(bytes, 10).1;
    assert_eq!(refused(b"\x28\xb5\x2f\xfd\x01\x00\x07padding"), [Reason::NeedsDictionary]);
    assert_eq!(refused(b"\x28\xb5\x2f\xfd\x00\xa8padding"), [Reason::WindowLimit]);
    assert_eq!(refused(b"\x02\x21\x4c\x18\x00\x00\x00\x00"), [Reason::BadHeader]);
    assert_eq!(refused(b"\x1f\x8b\x07\x00\x00\x00\x00\x00\x00\x00"), [Reason::BadHeader]);
}

#[test]
fn the_content_tells_the_compression_and_the_name_only_where_it_leaves_two() {
    let of = |start: &[u8], name: &str| Compression::of(start, Path::new(name));
    for (compression, encode) in encoders() {
        assert_eq!(of(&encode("a"), "a.txt"), Some(compression));
    }
    let skippable = b"\x50\x2a\x4d\x18\x00\x00\x00\x00";
    assert_eq!(of(skippable, "a.LZ4"), Some(Compression::Lz4));
    assert_eq!(of(skippable, "a.gz"), Some(Compression::Zstd));
    assert_eq!(of(b"BZh9 is no header", "a.bz2"), None);
    assert_eq!(of(b"BZh9", "a.bz2"), Some(Compression::Bzip2));
    assert_eq!(of(b"text", "a.gz"), None);
}
