//! From bytes to text, whatever the encoding.
//!
//! What was said of the encoding counts in this order: the user, a byte order mark, whoever sent the bytes (a header
//! of HTTP), the markup itself; then the bytes are asked: UTF-16 without a mark, UTF-8, and last a detector that knows
//! which letters follow each other in which language (`chardetng`, the one of Firefox).
//!
//! Servers and templates lie, so what they say is checked: bytes outside ASCII that are all valid UTF-8 are UTF-8,
//! which no text in another encoding is by chance; and bytes that are invalid in the encoding said are in another one,
//! if one is found in which they are valid. What the user says is not checked.
//!
//! The first bytes of markup are searched as the HTML standard says (13.2.3.2, "prescan a byte stream"), but further:
//! browsers find a late declaration too, when they parse the page.

use std::borrow::Cow;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252, X_USER_DEFINED};
use memchr::{memchr, memmem, memrchr};

/// Bytes of markup that are searched for a declaration.
const PRESCAN: usize = 16 << 10;
/// Bytes that the detector looks at. It is much slower than decoding, and its guess gets surer over the first thousands.
const DETECT: usize = 1 << 20;

/// What is known of the encoding before the bytes are looked at.
#[derive(Clone, Copy, Debug, Default)]
pub struct CharsetHints<'a> {
    /// The encoding that the user wants.
    pub forced: Option<&'static Encoding>,
    /// The name of the encoding as whoever sent the bytes gave it, such as the `charset` of a `Content-Type`.
    pub declared: Option<&'a str>,
    /// Whether the bytes are HTML or XML, which may declare an encoding.
    pub markup: bool,
}

/// A text, and what it was decoded from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DecodedText<'a> {
    /// The text. A byte order mark of UTF-8 stays in it as U+FEFF, so that offsets are those in the bytes; that of
    /// UTF-16 does not.
    pub text: Cow<'a, str>,
    /// Whether bytes that could not be decoded were replaced by U+FFFD.
    pub lossy: bool,
    /// The encoding of the bytes.
    pub encoding: &'static Encoding,
}

/// Decodes `bytes`. Valid UTF-8 is not copied.
///
/// # Examples
///
/// ```
/// use doublon::source::charset::{CharsetHints, decode};
///
/// let page = b"<meta charset=iso-8859-1><p>d\xe9j\xe0 vu";
/// let decoded = decode(page, &CharsetHints { markup: true, ..CharsetHints::default() });
/// assert!(decoded.text.ends_with("déjà vu"));
/// assert_eq!((decoded.encoding.name(), decoded.lossy), ("windows-1252", false));
/// ```
pub fn decode<'a>(bytes: &'a [u8], hints: &CharsetHints) -> DecodedText<'a> {
    if let Some(encoding) = hints.forced {
        return decode_as(encoding, bytes);
    }
    if let Some(encoding) = marked(bytes) {
        return decode_as(encoding, bytes);
    }
    let declared = || hints.declared.and_then(|label| Encoding::for_label_no_replacement(label.as_bytes()));
    let in_markup = || hints.markup.then(|| declared_in_markup(&bytes[..bytes.len().min(PRESCAN)])).flatten();
    match declared().or_else(in_markup) {
        Some(encoding) => decode_declared(encoding, bytes),
        None => decode_unknown(bytes),
    }
}

fn decode_as<'a>(encoding: &'static Encoding, bytes: &'a [u8]) -> DecodedText<'a> {
    if encoding == UTF_8
        && let Ok(text) = simdutf8::basic::from_utf8(bytes)
    {
        return DecodedText { text: text.into(), lossy: false, encoding };
    }
    let mark = Encoding::for_bom(bytes).filter(|&(marked, _)| marked == encoding && marked != UTF_8);
    let (text, lossy) = encoding.decode_without_bom_handling(&bytes[mark.map_or(0, |(_, length)| length)..]);
    DecodedText { text, lossy, encoding }
}

/// Returns the encoding that a byte order mark tells. Other text may begin with the two bytes of that of UTF-16, but then
/// what follows is neither.
fn marked(bytes: &[u8]) -> Option<&'static Encoding> {
    let (encoding, length) = Encoding::for_bom(bytes)?;
    let rest = &bytes[length..];
    let is_narrow = || rest.len() >= 16 && memchr(0, rest).is_none() && simdutf8::basic::from_utf8(rest).is_ok();
    (encoding == UTF_8 || !is_narrow()).then_some(encoding)
}

/// Decodes bytes that are said to be in some encoding.
fn decode_declared<'a>(encoding: &'static Encoding, bytes: &'a [u8]) -> DecodedText<'a> {
    let is_wide = encoding == UTF_16LE || encoding == UTF_16BE;
    if let Some(found) = utf16_without_mark(bytes) {
        return decode_as(if is_wide { encoding } else { found }, bytes);
    }
    if encoding != UTF_8
        && (is_wide || !bytes.is_ascii())
        && let Ok(text) = simdutf8::basic::from_utf8(bytes)
    {
        return DecodedText { text: text.into(), lossy: false, encoding: UTF_8 };
    }
    let decoded = decode_as(encoding, bytes);
    if !decoded.lossy || encoding == UTF_8 && is_mostly_utf8(bytes) {
        return decoded;
    }
    let detected = decode_as(detect(bytes), bytes);
    if detected.lossy { decoded } else { detected }
}

fn decode_unknown(bytes: &[u8]) -> DecodedText<'_> {
    if let Some(encoding) = utf16_without_mark(bytes) {
        return decode_as(encoding, bytes);
    }
    let decoded = decode_as(UTF_8, bytes);
    if !decoded.lossy || is_mostly_utf8(bytes) {
        return decoded;
    }
    let detected = decode_as(detect(bytes), bytes);
    if detected.lossy { decoded } else { detected }
}

/// Returns the encoding of lines or rows, of which the file says nothing, by its first bytes; none if they are UTF-8, or are
/// valid in no other.
pub(super) fn of_records(start: &[u8]) -> Option<&'static Encoding> {
    // The last character may be cut.
    let start = &start[..memrchr(b'\n', start).map_or(start.len(), |end| end + 1)];
    if simdutf8::basic::from_utf8(start).is_ok() || is_mostly_utf8(start) {
        return None;
    }
    Some(detect(start)).filter(|encoding| !decode_as(encoding, start).lossy)
}

fn detect(bytes: &[u8]) -> &'static Encoding {
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Allow);
    detector.feed(&bytes[..bytes.len().min(DETECT)], bytes.len() <= DETECT);
    detector.guess(None, Utf8Detection::Deny)
}

/// Whether most characters outside ASCII are valid UTF-8, or nothing is wrong but that the last one is cut.
fn is_mostly_utf8(bytes: &[u8]) -> bool {
    let (mut valid, mut wrong) = (0, 0);
    for chunk in bytes.utf8_chunks() {
        // Continuation bytes are passed over: one lead byte is one character.
        valid += chunk.valid().bytes().filter(|&byte| byte >= 0xc0).count();
        wrong += usize::from(!chunk.invalid().is_empty());
    }
    valid > wrong || std::str::from_utf8(bytes).is_err_and(|error| error.error_len().is_none())
}

/// Tells UTF-16 of text that is mostly Latin: every other byte is zero. Three in five leave room for other scripts.
fn utf16_without_mark(bytes: &[u8]) -> Option<&'static Encoding> {
    // Text in other encodings has no NUL.
    memchr(0, &bytes[..bytes.len().min(64)])?;
    let (pairs, _) = bytes[..bytes.len().min(64 << 10)].as_chunks::<2>();
    let zeros = |side: usize| pairs.iter().filter(|pair| pair[side] == 0).count();
    let (high_first, low_first) = (zeros(0), zeros(1));
    let (few, many) = (high_first.min(low_first), high_first.max(low_first));
    let is_wide = pairs.len() >= 2 && many * 5 >= pairs.len() * 3 && few * 20 <= pairs.len();
    is_wide.then_some(if high_first > low_first { UTF_16BE } else { UTF_16LE })
}

/// Returns the encoding that markup declares in a `meta` element or an XML declaration.
fn declared_in_markup(bytes: &[u8]) -> Option<&'static Encoding> {
    let label = xml_declaration(bytes).and_then(known);
    label.or_else(|| MarkupScanner { bytes, at: 0 }.declaration()).map(|encoding| match encoding {
        // What could be read as ASCII is no UTF-16.
        wide if wide == UTF_16LE || wide == UTF_16BE => UTF_8,
        own if own == X_USER_DEFINED => WINDOWS_1252,
        other => other,
    })
}

fn known(label: &[u8]) -> Option<&'static Encoding> {
    Encoding::for_label_no_replacement(label)
}

fn xml_declaration(bytes: &[u8]) -> Option<&[u8]> {
    let declaration = bytes.strip_prefix(b"<?xml")?;
    let declaration = &declaration[..memchr(b'>', declaration)?];
    let rest = &declaration[memmem::find(declaration, b"encoding")? + b"encoding".len()..];
    let rest = rest.trim_ascii_start().strip_prefix(b"=")?.trim_ascii_start();
    let quote = *rest.first().filter(|&quote| matches!(quote, b'"' | b'\''))?;
    let label = &rest[1..];
    Some(&label[..memchr(quote, label)?])
}

/// Reads markup as far as a declaration needs it.
struct MarkupScanner<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> MarkupScanner<'a> {
    fn declaration(&mut self) -> Option<&'static Encoding> {
        while let Some(start) = memchr(b'<', self.bytes.get(self.at..)?) {
            self.at += start;
            let rest = &self.bytes[self.at..];
            if rest.starts_with(b"<!--") {
                // The dashes may be those of the start: `<!-->` is a comment.
                self.at += 2 + memmem::find(&rest[2..], b"-->")? + 3;
            } else if is_meta(rest) {
                self.at += b"<meta".len();
                if let Some(encoding) = self.meta() {
                    return Some(encoding);
                }
            } else if is_tag(rest) {
                self.at += rest.iter().position(|&byte| is_space(byte) || byte == b'>')?;
                while self.attribute().is_some() {}
            } else if matches!(rest.get(1), Some(b'!' | b'/' | b'?')) {
                self.at += memchr(b'>', rest)?;
            } else {
                self.at += 1;
            }
        }
        None
    }

    fn meta(&mut self) -> Option<&'static Encoding> {
        let (mut is_pragma, mut of_charset, mut of_content) = (false, None, None);
        let mut seen: Vec<Vec<u8>> = Vec::new();
        while let Some((name, value)) = self.attribute() {
            if seen.contains(&name) {
                continue;
            }
            match name.as_slice() {
                b"http-equiv" => is_pragma = value.eq_ignore_ascii_case(b"content-type"),
                b"charset" => of_charset = Some(known(value)),
                b"content" => of_content = charset_in(value).and_then(known),
                _ => continue,
            }
            seen.push(name);
        }
        of_charset.unwrap_or(of_content.filter(|_| is_pragma))
    }

    /// Returns the next attribute of a tag, the name in lower case, or `None` at the end of the tag.
    fn attribute(&mut self) -> Option<(Vec<u8>, &'a [u8])> {
        self.skip(|byte| is_space(byte) || byte == b'/');
        let start = self.at;
        if self.peek()? == b'>' {
            return None;
        }
        // A `=` at the start belongs to the name.
        self.at += 1;
        self.skip(|byte| !is_space(byte) && !matches!(byte, b'=' | b'/' | b'>'));
        let name = self.bytes[start..self.at].to_ascii_lowercase();
        self.skip(is_space);
        if self.peek()? != b'=' {
            return Some((name, b""));
        }
        self.at += 1;
        self.skip(is_space);
        let first = self.peek()?;
        let value = if matches!(first, b'"' | b'\'') {
            let start = self.at + 1;
            self.at = start + memchr(first, &self.bytes[start..])? + 1;
            &self.bytes[start..self.at - 1]
        } else {
            let start = self.at;
            self.skip(|byte| !is_space(byte) && byte != b'>');
            &self.bytes[start..self.at]
        };
        Some((name, value))
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn skip(&mut self, wanted: impl Fn(u8) -> bool) {
        self.at += self.bytes[self.at..].iter().take_while(|&&byte| wanted(byte)).count();
    }
}

fn is_meta(rest: &[u8]) -> bool {
    let name = rest.get(..5).is_some_and(|name| name.eq_ignore_ascii_case(b"<meta"));
    name && rest.get(5).is_some_and(|&byte| is_space(byte) || byte == b'/')
}

fn is_tag(rest: &[u8]) -> bool {
    let name = if rest.get(1) == Some(&b'/') { 2 } else { 1 };
    rest.get(name).is_some_and(u8::is_ascii_alphabetic)
}

/// Returns the name after `charset=` in the value of a `Content-Type`.
pub(super) fn charset_in(value: &[u8]) -> Option<&[u8]> {
    let lower = value.to_ascii_lowercase();
    let rest = memmem::find_iter(&lower, b"charset")
        .find_map(|at| value[at + b"charset".len()..].trim_ascii_start().strip_prefix(b"="))?
        .trim_ascii_start();
    match rest.first()? {
        quote @ (b'"' | b'\'') => Some(&rest[1..=memchr(*quote, &rest[1..])?]),
        _ => rest.split(|&byte| is_space(byte) || byte == b';').next(),
    }
}

fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r' | b'\x0c')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const FRENCH: &str = "Élève déjà prêt à négocier dès l'été, où ça ? ";

    fn markup(bytes: &[u8]) -> DecodedText<'_> {
        decode(bytes, &CharsetHints { markup: true, ..CharsetHints::default() })
    }

    fn name_in(html: &str) -> &'static str {
        declared_in_markup(html.as_bytes()).map_or("", Encoding::name)
    }

    fn in_encoding(label: &str, text: &str) -> Vec<u8> {
        Encoding::for_label(label.as_bytes()).unwrap().encode(text).0.into_owned()
    }

    #[test]
    fn markup_declares_its_encoding() {
        assert_eq!(name_in("<meta charset=iso-8859-2>"), "ISO-8859-2");
        assert_eq!(name_in("<!-- <meta charset=a> --><META x CHARSET = 'koi8-r' />"), "KOI8-R");
        assert_eq!(name_in("<p a='<meta charset=koi8-r>'><meta charset=utf-8>"), "UTF-8");
        assert_eq!(name_in("<meta http-equiv=Content-Type content=\"text/html; charset=Shift_JIS\">"), "Shift_JIS");
        assert_eq!(name_in("<meta content='text/html; charset=\"gbk\"' http-equiv=content-type>"), "GBK");
        assert_eq!(name_in("<meta content='text/html; charset=gbk'>"), "");
        assert_eq!(name_in("<meta charset=klingon><meta charset=big5>"), "Big5");
        assert_eq!(name_in("<meta charset=utf-16>"), "UTF-8");
        assert_eq!(name_in("<meta charset=x-user-defined>"), "windows-1252");
        assert_eq!(name_in("<?xml version='1.0' encoding=\"euc-jp\"?><meta charset=big5>"), "EUC-JP");
        assert_eq!(name_in("<meta charset=iso-2022-kr>"), "", "decoders refuse it");
        for cut in ["<meta charset=", "<meta charset='koi8-r", "<meta", "<!--", "<!", "<", "<a b", "<a b=", "<a b='"] {
            assert_eq!(name_in(cut), "", "{cut}");
        }
    }

    #[test]
    fn forced_comes_before_a_mark_and_a_mark_before_the_header() {
        let bytes = b"\xef\xbb\xbf\xc3\xa9";
        let header = CharsetHints { declared: Some("iso-8859-1"), ..CharsetHints::default() };
        assert_eq!(decode(bytes, &header).text, "\u{feff}é");
        let forced = CharsetHints { forced: Some(WINDOWS_1252), ..header };
        assert_eq!(decode(bytes, &forced).text, "ï»¿Ã©");
        let utf16 = decode(b"\xff\xfe\xe9\0", &header);
        assert_eq!((utf16.text.as_ref(), utf16.encoding), ("é", UTF_16LE));
        let mark_alone = decode(b"\xff\xfe and then plain words", &CharsetHints::default());
        assert!(mark_alone.text.ends_with(" and then plain words"), "{mark_alone:?}");
    }

    #[test]
    fn f12_the_header_comes_before_the_markup() {
        let bytes = in_encoding("windows-1251", "<meta charset=koi8-r>Привет");
        let hints = CharsetHints { declared: Some("windows-1251"), markup: true, ..CharsetHints::default() };
        assert!(decode(&bytes, &hints).text.ends_with("Привет"));
    }

    #[test]
    fn f12_a_wrong_declaration_is_not_followed() {
        let says_latin = format!("<meta charset=iso-8859-1>{FRENCH}");
        assert_eq!(markup(says_latin.as_bytes()).text, says_latin);
        let says_utf8 = format!("<meta charset=utf-8>{}", FRENCH.repeat(4));
        let bytes = in_encoding("windows-1252", &says_utf8);
        assert_eq!(markup(&bytes).text, says_utf8);
        let says_japanese = format!("<meta charset=euc-jp>{}", FRENCH.repeat(4));
        let bytes = in_encoding("windows-1252", &says_japanese);
        assert_eq!(markup(&bytes).text, says_japanese);
    }

    #[test]
    fn f12_what_nobody_declared_is_detected() {
        let samples = [
            ("windows-1252", FRENCH),
            ("koi8-r", "Съешь же ещё этих мягких французских булок, да выпей чаю. "),
            ("shift_jis", "日本語のテキストはしばしばシフトＪＩＳで書かれている。"),
            ("gb18030", "中文网页过去常常使用国标编码来书写文字。"),
            ("windows-1256", "النصوص العربية القديمة على الشبكة مكتوبة بترميز قديم. "),
        ];
        for (label, text) in samples {
            let text = text.repeat(4);
            let bytes = in_encoding(label, &text);
            let decoded = decode(&bytes, &CharsetHints::default());
            assert_eq!((decoded.text.as_ref(), decoded.lossy), (text.as_str(), false), "{label}");
        }
    }

    #[test]
    fn f12_utf16_needs_no_mark() {
        let units = || "<p>Déjà vu, 中文</p>".encode_utf16();
        let (little, big): (Vec<u8>, Vec<u8>) =
            (units().flat_map(u16::to_le_bytes).collect(), units().flat_map(u16::to_be_bytes).collect());
        assert_eq!(markup(&little).text, "<p>Déjà vu, 中文</p>");
        assert_eq!(markup(&big).encoding, UTF_16BE);
        assert!(markup(b"a\0b\0\0").lossy, "half a unit");
        assert_eq!(markup(b"one\0two").text, "one\0two");
    }

    #[test]
    fn utf8_with_few_bad_bytes_stays_utf8() {
        let mut bytes = FRENCH.as_bytes().to_vec();
        bytes.insert(0, 0xff);
        for hints in [CharsetHints::default(), CharsetHints { declared: Some("utf-8"), ..CharsetHints::default() }] {
            let decoded = decode(&bytes, &hints);
            assert_eq!((decoded.encoding, decoded.lossy), (UTF_8, true));
            assert_eq!(decoded.text, format!("\u{fffd}{FRENCH}"));
        }
        let cut = decode(b"cut here: \xe4\xb8", &CharsetHints::default());
        assert_eq!((cut.encoding, cut.lossy), (UTF_8, true));
    }

    #[test]
    fn valid_utf8_is_borrowed() {
        assert!(matches!(decode(FRENCH.as_bytes(), &CharsetHints::default()).text, Cow::Borrowed(_)));
    }

    proptest! {
        #[test]
        fn any_bytes_are_decoded(bytes: Vec<u8>, markup: bool, declared in prop::option::of("utf-8|utf-16|gbk|x|iso-2022-jp")) {
            let hints = CharsetHints { forced: None, declared: declared.as_deref(), markup };
            let decoded = decode(&bytes, &hints);
            let replaced = decoded.text.contains(char::REPLACEMENT_CHARACTER);
            prop_assert!(decoded.lossy || !replaced || std::str::from_utf8(&bytes).is_ok());
        }

        #[test]
        fn any_markup_is_scanned(pieces in prop::collection::vec(prop::sample::select(
            &["<", ">", "meta", "<meta ", "charset", "=", "'", "\"", "utf-8", " ", "/", "content", "http-equiv",
              "content-type", ";", "<!--", "-->", "<?xml ", "encoding", "a"][..]), 0..20)) {
            declared_in_markup(pieces.concat().as_bytes());
        }
    }
}
