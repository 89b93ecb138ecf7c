//! What common files that are no text begin with, and what kind of file each is.

use super::file::Source;

/// What one format begins with.
#[derive(Debug)]
pub(super) struct Signature {
    start: &'static [u8],
    /// More bytes, and where they stand, if the first ones could begin a text.
    then: (usize, &'static [u8]),
    /// What such a file is, for a sentence: `a PNG picture`.
    pub with_article: &'static str,
    /// Its kind, with the format in brackets: `picture (PNG)`.
    kind: &'static str,
}

/// Returns what a file that begins with `start` is, if that is known and no text.
pub(super) fn signature(start: &[u8]) -> Option<&'static Signature> {
    SIGNATURES.iter().find(|signature| {
        let (at, then) = signature.then;
        start.starts_with(signature.start) && start.get(at..).is_some_and(|rest| rest.starts_with(then))
    })
}

/// Returns the kind of a file that is no text and begins with `start`, with its format in brackets where that is known.
pub(super) fn other_kind(start: &[u8], source: &Source) -> String {
    let Some(signature) = signature(start) else { return "binary file".to_owned() };
    // Office files are ZIP archives, and only their names tell them from others.
    match source.ending().to_str() {
        Some(ending @ ("docx" | "xlsx" | "pptx" | "odt" | "ods" | "odp")) if signature.start.starts_with(b"PK") => {
            format!("office file ({ending})")
        }
        Some("epub") if signature.start.starts_with(b"PK") => "e-book (EPUB)".to_owned(),
        _ => signature.kind.to_owned(),
    }
}

const fn plain(start: &'static [u8], with_article: &'static str, kind: &'static str) -> Signature {
    Signature { start, then: (0, b""), with_article, kind }
}

const fn with(
    start: &'static [u8],
    then: (usize, &'static [u8]),
    with_article: &'static str,
    kind: &'static str,
) -> Signature {
    Signature { start, then, with_article, kind }
}

/// Each is long enough that no text begins so, in UTF-16 neither.
const SIGNATURES: [Signature; 43] = [
    plain(b"PK\x03\x04", "a ZIP archive", "archive (ZIP)"),
    plain(b"PAR1", "a Parquet file", "table (Parquet)"),
    plain(b"%PDF-", "a PDF", "PDF"),
    // All in letters, but half of it says how the text looks.
    plain(b"{\\rtf", "an RTF file", "office file (RTF)"),
    plain(b"\x89PNG\r\n", "a PNG picture", "picture (PNG)"),
    plain(b"\xff\xd8\xff", "a JPEG picture", "picture (JPEG)"),
    plain(b"GIF87a", "a GIF picture", "picture (GIF)"),
    plain(b"GIF89a", "a GIF picture", "picture (GIF)"),
    with(b"RIFF", (8, b"WEBP"), "a WebP picture", "picture (WebP)"),
    with(b"BM", (6, b"\0\0\0\0"), "a bitmap picture", "picture (BMP)"),
    plain(b"\0\0\x01\0", "an icon", "picture (ICO)"),
    plain(b"II*\0", "a TIFF picture", "picture (TIFF)"),
    plain(b"MM\0*", "a TIFF picture", "picture (TIFF)"),
    with(b"\0\0\0", (4, b"ftypavif"), "an AVIF picture", "picture (AVIF)"),
    with(b"\0\0\0", (4, b"ftyphei"), "an HEIF picture", "picture (HEIF)"),
    with(b"\0\0\0", (4, b"ftypM4A"), "an MPEG-4 sound file", "sound file (MPEG-4)"),
    with(b"\0\0\0", (4, b"ftyp"), "an MPEG-4 video file", "video file (MPEG-4)"),
    with(b"RIFF", (8, b"AVI "), "an AVI video file", "video file (AVI)"),
    plain(b"\x1a\x45\xdf\xa3", "a Matroska video file", "video file (Matroska)"),
    with(b"RIFF", (8, b"WAVE"), "a WAV sound file", "sound file (WAV)"),
    plain(b"ID3\x02", "an MP3 sound file", "sound file (MP3)"),
    plain(b"ID3\x03", "an MP3 sound file", "sound file (MP3)"),
    plain(b"ID3\x04", "an MP3 sound file", "sound file (MP3)"),
    plain(b"OggS\0", "an Ogg sound file", "sound file (Ogg)"),
    plain(b"fLaC\0", "a FLAC sound file", "sound file (FLAC)"),
    plain(b"wOFF\0\x01", "a WOFF font", "font (WOFF)"),
    plain(b"wOFFOTTO", "a WOFF font", "font (WOFF)"),
    plain(b"wOF2\0\x01", "a WOFF font", "font (WOFF)"),
    plain(b"wOF2OTTO", "a WOFF font", "font (WOFF)"),
    plain(b"\0\x01\0\0\0", "a TrueType font", "font (TrueType)"),
    plain(b"OTTO\0", "an OpenType font", "font (OpenType)"),
    plain(b"SQLite format 3\0", "an SQLite database", "database (SQLite)"),
    plain(b"\x7fELF", "a program", "program (ELF)"),
    plain(b"MZ\x90\0", "a program", "program (Windows)"),
    plain(b"\xcf\xfa\xed\xfe", "a program", "program (Mach-O)"),
    plain(b"\xca\xfe\xba\xbe", "a program", "program (Java or Mach-O)"),
    plain(b"\0asm", "a program", "program (WebAssembly)"),
    plain(b"7z\xbc\xaf\x27\x1c", "a 7z archive", "archive (7z)"),
    plain(b"Rar!\x1a\x07", "a RAR archive", "archive (RAR)"),
    with(b"", (257, b"ustar\0"), "a tar archive", "archive (tar)"),
    with(b"", (257, b"ustar  \0"), "a tar archive", "archive (tar)"),
    plain(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an office file", "office file (OLE)"),
    plain(b"\0\0\0\x01Bud1", "a file of folder settings", "binary file (DS_Store)"),
];

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(start: &[u8], name: &str) -> String {
        other_kind(start, &Source { named: false, ..Source::given(name) })
    }

    #[test]
    fn a_kind_comes_with_its_format_and_an_office_file_is_told_by_its_name() {
        assert_eq!(kind(b"RIFF\x10\0\0\0WEBPVP8 ", "a"), "picture (WebP)");
        assert_eq!(kind(b"PK\x03\x04 and more", "a.zip"), "archive (ZIP)");
        assert_eq!(kind(b"PK\x03\x04 and more", "a.DOCX"), "office file (docx)");
        assert_eq!(kind(b"\x01\x02\x03", "a.docx"), "binary file");
        assert_eq!(kind(b"{\\rtf1\\ansi One.}", "a.rtf"), "office file (RTF)");
    }

    #[test]
    fn words_that_begin_as_a_signature_does_are_text() {
        for text in ["RIFF is short for WEBP", "BMP and PNG", "GIF8 is no format", "The ftyp box", "ID3 tags", "MZ", ""]
        {
            assert!(signature(text.as_bytes()).is_none(), "{text}");
        }
    }
}
