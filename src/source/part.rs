//! Lines and fields as text, in the encoding of their file.

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};

use super::charset;
use super::options::SourceOptions;

/// What bytes say.
pub(super) struct DecodedPart {
    pub text: String,
    pub lossy: bool,
    /// If it is not UTF-8.
    pub encoding: Option<&'static Encoding>,
}

/// Returns the encoding of lines or rows in a file that starts with `start`, if it is not UTF-8.
pub(super) fn record_encoding(start: &[u8], options: &SourceOptions) -> Option<&'static Encoding> {
    // What is in UTF-16 was decoded before records could be told.
    let is_decoded = |encoding| [UTF_8, UTF_16LE, UTF_16BE].contains(&encoding);
    match options.encoding {
        Some(encoding) => Some(encoding).filter(|&encoding| !is_decoded(encoding)),
        None => charset::of_records(start),
    }
}

/// Decodes a line or a field, by an encoding if it is not UTF-8.
pub(super) fn decode_part(bytes: &[u8], encoding: Option<&'static Encoding>) -> DecodedPart {
    if let Some(encoding) = encoding {
        let (text, lossy) = encoding.decode_with_bom_removal(bytes);
        return DecodedPart { text: text.into_owned(), lossy, encoding: Some(encoding) };
    }
    match simdutf8::basic::from_utf8(bytes) {
        Ok(text) => DecodedPart { text: text.to_owned(), lossy: false, encoding },
        Err(_) => DecodedPart { text: String::from_utf8_lossy(bytes).into_owned(), lossy: true, encoding },
    }
}
