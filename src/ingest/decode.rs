//! From bytes to text.
//!
//! Exports arrive compressed, in four encodings, as workbooks, columns or records of JSON,
//! and sometimes are no table at all but a login page. The first bytes decide what a file is, never its name. What had
//! to be deduced is said; what cannot be text is refused by its name. Nothing here
//! knows of rows or cells.

pub mod archive;
mod cells;
mod columns;
pub mod container;
mod records;
mod workbook;

use std::io::Read;
use std::str::Utf8Error;

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};
use flate2::read::MultiGzDecoder;

use crate::diagnostics::{Diagnostic, Location, codes};
use crate::domain::names::near_or_all;
use cells::Written;
use container::Container;

/// What stands for the encoding of a workbook.
const WORKBOOK: &str = "workbook";

/// What may be said about the bytes of an input.
#[derive(Debug, Clone)]
pub struct DecodeOptions {
    /// Label of the encoding (`utf-8`, `windows-1252`, `utf-16le`, ...); deduced where absent.
    pub encoding: Option<String>,
    /// The sheet of a workbook; the first with a table where absent.
    pub sheet: Option<String>,
    /// True where the name of the file says that it is text: what is none is then refused
    /// by its name, since somebody was mistaken.
    pub named_text: bool,
    /// Most bytes that a compressed file may unfold to.
    pub max_decompressed_bytes: u64,
}

impl Default for DecodeOptions {
    fn default() -> Self {
        Self {
            encoding: None,
            sheet: None,
            named_text: false,
            max_decompressed_bytes: 8 << 30,
        }
    }
}

/// The text of a file.
#[derive(Debug)]
pub struct Decoded {
    /// Without byte-order mark and without NUL; a file with bare carriage returns has newlines instead.
    pub text: String,
    /// Name of the encoding: `UTF-8`, `UTF-16LE`, `windows-1252`, ...
    pub encoding: &'static str,
    /// What had to be deduced, where the file does not say it.
    pub assumed: Option<Assumption>,
    /// True where the file was compressed.
    pub compressed: bool,
    /// True where the file was no text: cells are separated by commas, numbers have a point.
    pub typed: bool,
    /// Names of the columns, where no line of the text has them.
    pub header: Option<Vec<String>>,
}

/// A deduced encoding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assumption {
    /// One sentence without a full stop.
    pub text: String,
    /// Line that led to it, from 1.
    pub line: Option<u64>,
}

impl Decoded {
    /// True for a sheet of a workbook.
    #[must_use]
    pub fn is_workbook(&self) -> bool {
        self.encoding == WORKBOOK
    }

    /// The deduction as a warning, where there was one.
    #[must_use]
    pub fn finding(&self, file: &str) -> Option<Diagnostic> {
        let assumed = self.assumed.as_ref()?;
        let place = Location {
            line: assumed.line,
            ..Location::file(file)
        };
        let code = match self.typed {
            true => &codes::ASSUMED,
            false => &codes::ASSUMED_ENCODING,
        };
        Some(
            Diagnostic::new(code, &assumed.text)
                .at(place)
                .hint(match self.typed {
                    true => "choose another with sheet = \"...\" in its [[input]]",
                    false => "if letters look wrong, say it with --encoding or encoding = \"...\"",
                }),
        )
    }
}

/// Why a file is no text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DecodeError {
    /// No bytes.
    Empty,
    /// Something else than a table.
    Wrong(Container),
    /// A compressed file ends too early.
    Truncated,
    /// A compressed file whose checksum does not fit its content.
    Checksum,
    /// A compressed file that is damaged otherwise.
    Damaged,
    /// A ZIP archive that cannot be unfolded.
    Archive,
    /// A ZIP archive with a password.
    Encrypted,
    /// A workbook that cannot be read: what its reader says.
    Workbook(String),
    /// A sheet that the workbook does not have.
    UnknownSheet {
        /// The name asked for.
        wanted: String,
        /// The names there are.
        names: Vec<String>,
    },
    /// A Parquet file that cannot be read: what is wrong.
    Columns(String),
    /// A line that is no record of JSON.
    Record {
        /// The line, from 1.
        line: u64,
        /// The letter of the line, from 1.
        column: u64,
    },
    /// A compressed file that unfolds to more than the limit.
    TooLarge {
        /// The limit in bytes.
        limit: u64,
    },
    /// No encoding has this label.
    UnknownEncoding(String),
    /// The bytes do not fit the encoding.
    Malformed {
        /// Name of the encoding.
        encoding: &'static str,
        /// Line of the first bad byte, from 1.
        line: u64,
        /// Position of that byte in its line, from 1; absent where the encoding hides it.
        byte: Option<u64>,
    },
    /// A NUL byte in text.
    Nul {
        /// Its line, from 1.
        line: u64,
        /// Its position in the line, from 1.
        byte: u64,
    },
}

impl DecodeError {
    /// The error as a finding about `file`.
    #[must_use]
    pub fn diagnostic(&self, file: &str) -> Diagnostic {
        let place = |line: u64| Location::line(file, line);
        match self {
            Self::Empty => Diagnostic::new(&codes::EMPTY_FILE, "the file is empty")
                .at(Location::file(file))
                .hint("export it again, or take it out of the inputs"),
            Self::Wrong(container) => Diagnostic::new(
                &codes::WRONG_CONTAINER,
                format!("the file is {}, not a table of text", container.name()),
            )
            .at(Location::file(file))
            .hint(container.advice()),
            Self::Truncated => broken_archive(file, "the compressed data is truncated: the file ends too early"),
            Self::Checksum => broken_archive(file, "the compressed data is damaged: its checksum is wrong"),
            Self::Damaged => broken_archive(file, "the compressed data is damaged"),
            Self::Archive => broken_archive(file, "the ZIP archive is damaged or cut off"),
            Self::Encrypted => Diagnostic::new(&codes::BROKEN_ARCHIVE, "the ZIP archive has a password")
                .at(Location::file(file))
                .hint("unpack it and give the files inside"),
            Self::Workbook(text) => {
                broken_archive(file, &format!("the workbook cannot be read: {}", shown(text)))
            }
            Self::UnknownSheet { wanted, names } => Diagnostic::new(
                &codes::UNKNOWN_NAME,
                format!("the workbook has no sheet `{}`", shown(wanted)),
            )
            .at(Location::file(file))
            .hint(near_or_all(wanted, names.iter().map(String::as_str), "its sheets are")),
            Self::Columns(text) => {
                broken_archive(file, &format!("the Parquet file cannot be read: {}", shown(text)))
            }
            Self::Record { line, column } => Diagnostic::new(
                &codes::WRONG_CONTAINER,
                format!("line {line}, letter {column} is no record of JSON, though what stands before it is"),
            )
            .at(place(*line))
            .hint("such a file has one object per line, or is one list of objects; export it again"),
            Self::TooLarge { limit } => Diagnostic::new(
                &codes::LIMIT,
                format!("the compressed file unfolds to more than {limit} bytes"),
            )
            .at(Location::file(file))
            .hint("limit max_decompressed_bytes: decompress the file yourself, or split the export"),
            Self::UnknownEncoding(label) => Diagnostic::new(
                &codes::BAD_ENCODING,
                format!("there is no encoding named `{}`", shown(label)),
            )
            .at(Location::file(file))
            .hint("known are utf-8, utf-16le, utf-16be, windows-1252, windows-1251, shift_jis and the other labels of web browsers"),
            Self::Malformed { encoding, line, byte } => {
                let byte = byte.map_or(String::new(), |byte| format!(", byte {byte}"));
                Diagnostic::new(
                    &codes::BAD_ENCODING,
                    format!("line {line}{byte} is not text in {encoding}"),
                )
                .at(place(*line))
                .hint("say the encoding with --encoding or encoding = \"...\", or export as UTF-8")
            }
            Self::Nul { line, byte } => Diagnostic::new(
                &codes::NUL_BYTE,
                format!("line {line}, byte {byte} is a NUL byte, which no text has"),
            )
            .at(place(*line))
            .hint("the file is damaged or no text; export it again, or name its --encoding"),
        }
    }
}

fn broken_archive(file: &str, text: &str) -> Diagnostic {
    Diagnostic::new(&codes::BROKEN_ARCHIVE, text)
        .at(Location::file(file))
        .hint("download or export the file again")
}

fn shown(label: &str) -> String {
    label
        .chars()
        .filter(|c| !c.is_control())
        .take(120)
        .collect()
}

/// Turns the bytes of a file into text.
///
/// A plain UTF-8 file keeps its buffer: nothing is copied.
///
/// # Errors
/// Every way in which the bytes are not the text of a table.
pub fn decode(bytes: Vec<u8>, options: &DecodeOptions) -> Result<Decoded, DecodeError> {
    let (bytes, compressed) = unfolded(bytes, options.max_decompressed_bytes)?;
    if bytes.is_empty() {
        return Err(DecodeError::Empty);
    }
    match container::of_bytes(&bytes) {
        None => {}
        Some(other) if options.named_text => return Err(DecodeError::Wrong(other)),
        Some(Container::Xlsx | Container::Ods | Container::Xls) => {
            let written = workbook::read(bytes, options.sheet.as_deref())?;
            return Ok(typed(WORKBOOK, written, compressed));
        }
        Some(Container::Parquet) => {
            return Ok(typed("parquet", columns::read(bytes)?, compressed));
        }
        Some(Container::Zip) => {
            let inside = archive::only_member(&bytes, options.max_decompressed_bytes)?;
            // An archive in an archive is nobody's export.
            return match inside.filter(|bytes| container::of_bytes(bytes) != Some(Container::Zip)) {
                Some(inside) => decode(inside, options),
                None => Err(DecodeError::Wrong(Container::Zip)),
            };
        }
        Some(other) => return Err(DecodeError::Wrong(other)),
    }
    let text = match &options.encoding {
        Some(label) => decode_as(bytes, label)?,
        None => deduce(bytes)?,
    };
    checked(text, compressed)
}

fn typed(kind: &'static str, written: Written, compressed: bool) -> Decoded {
    Decoded {
        text: written.text,
        encoding: kind,
        assumed: written.chosen.map(|text| Assumption { text, line: None }),
        compressed,
        typed: true,
        header: written.header,
    }
}

/// Text with the name of its encoding, before it is checked.
struct Raw {
    text: String,
    encoding: &'static Encoding,
    assumed: Option<Assumption>,
}

impl Raw {
    fn certain(text: String, encoding: &'static Encoding) -> Self {
        Self {
            text,
            encoding,
            assumed: None,
        }
    }
}

fn checked(raw: Raw, compressed: bool) -> Result<Decoded, DecodeError> {
    match container::of_text(&raw.text) {
        Some(Container::Json) if records::are(&raw.text) => {
            return Ok(typed(
                records::form(&raw.text),
                records::read(&raw.text)?,
                compressed,
            ));
        }
        Some(container) => return Err(DecodeError::Wrong(container)),
        None => {}
    }
    // `contains` looks at whole words of memory; `position` alone does not.
    if raw.text.as_bytes().contains(&0) {
        let at = raw.text.bytes().position(|byte| byte == 0).unwrap_or(0);
        let (line, byte) = place_of(raw.text.as_bytes(), at);
        return Err(DecodeError::Nul { line, byte });
    }
    Ok(Decoded {
        text: with_newlines(raw.text),
        encoding: raw.encoding.name(),
        assumed: raw.assumed,
        compressed,
        typed: false,
        header: None,
    })
}

/// The content of a gzip or zstd file, or the bytes as they are.
fn unfolded(bytes: Vec<u8>, limit: u64) -> Result<(Vec<u8>, bool), DecodeError> {
    let mut content = Vec::new();
    let unfold: Box<dyn Read + '_> = match bytes.as_slice() {
        [0x1f, 0x8b, ..] => Box::new(MultiGzDecoder::new(bytes.as_slice())),
        [0x28, 0xB5, 0x2F, 0xFD, ..] => Box::new(
            zstd::stream::read::Decoder::new(bytes.as_slice()).map_err(|error| broken(&error))?,
        ),
        _ => return Ok((bytes, false)),
    };
    unfold
        .take(limit.saturating_add(1))
        .read_to_end(&mut content)
        .map_err(|error| broken(&error))?;
    if content.len() as u64 > limit {
        return Err(DecodeError::TooLarge { limit });
    }
    Ok((content, true))
}

fn broken(error: &std::io::Error) -> DecodeError {
    match error.kind() {
        std::io::ErrorKind::UnexpectedEof => DecodeError::Truncated,
        std::io::ErrorKind::InvalidInput if error.to_string().contains("checksum") => {
            DecodeError::Checksum
        }
        _ => DecodeError::Damaged,
    }
}

/// Decodes with the encoding that somebody named; a mark at the start still wins among the
/// two orders of UTF-16.
fn decode_as(bytes: Vec<u8>, label: &str) -> Result<Raw, DecodeError> {
    let named = Encoding::for_label_no_replacement(label.trim().as_bytes())
        .ok_or_else(|| DecodeError::UnknownEncoding(label.to_owned()))?;
    let (marked, mark) = Encoding::for_bom(&bytes).unwrap_or((named, 0));
    if marked == UTF_8 && named == UTF_8 {
        return utf8(bytes, mark).map_err(|(bytes, error)| malformed_utf8(&bytes, mark, error));
    }
    let wide = |encoding| encoding == UTF_16LE || encoding == UTF_16BE;
    let (encoding, mark) = if marked == named || (wide(marked) && wide(named)) {
        (marked, mark)
    } else {
        (named, 0)
    };
    strict(&bytes, mark, encoding)
}

/// Decodes by the mark at the start, the pattern of NUL bytes, or the validity of UTF-8.
fn deduce(bytes: Vec<u8>) -> Result<Raw, DecodeError> {
    if bytes.starts_with(&[0xFF, 0xFE, 0, 0]) || bytes.starts_with(&[0, 0, 0xFE, 0xFF]) {
        return Err(DecodeError::Wrong(Container::Utf32));
    }
    match Encoding::for_bom(&bytes) {
        Some((encoding, mark)) if encoding == UTF_8 => {
            utf8(bytes, mark).map_err(|(bytes, error)| malformed_utf8(&bytes, mark, error))
        }
        Some((encoding, mark)) => strict(&bytes, mark, encoding),
        None => without_mark(bytes),
    }
}

fn without_mark(bytes: Vec<u8>) -> Result<Raw, DecodeError> {
    if let Some(encoding) = wide_pattern(&bytes)
        && let Ok(raw) = strict(&bytes, 0, encoding)
    {
        let text = format!("read as {}, deduced from its NUL bytes", encoding.name());
        return Ok(Raw {
            assumed: Some(Assumption { text, line: None }),
            ..raw
        });
    }
    match utf8(bytes, 0) {
        Ok(raw) => Ok(raw),
        Err((bytes, error)) => Ok(legacy(&bytes, error)),
    }
}

/// UTF-8 without a copy; the bytes come back where they are none.
fn utf8(mut bytes: Vec<u8>, mark: usize) -> Result<Raw, (Vec<u8>, Utf8Error)> {
    match std::str::from_utf8(bytes.get(mark..).unwrap_or_default()) {
        Err(error) => Err((bytes, error)),
        Ok(_) => {
            bytes.drain(..mark);
            String::from_utf8(bytes)
                .map(|text| Raw::certain(text, UTF_8))
                .map_err(|error| {
                    let reason = error.utf8_error();
                    (error.into_bytes(), reason)
                })
        }
    }
}

fn malformed_utf8(bytes: &[u8], mark: usize, error: Utf8Error) -> DecodeError {
    let text = bytes.get(mark..).unwrap_or_default();
    let (line, byte) = place_of(text, error.valid_up_to());
    DecodeError::Malformed {
        encoding: UTF_8.name(),
        line,
        byte: Some(byte),
    }
}

/// Text that is neither marked nor UTF-8. Where it holds far more well-formed letters
/// beyond ASCII than bad bytes, it is damaged UTF-8 and the bad bytes show as U+FFFD;
/// else it is taken for windows-1252, in which every byte is a letter.
fn legacy(bytes: &[u8], error: Utf8Error) -> Raw {
    let (line, byte) = place_of(bytes, error.valid_up_to());
    let bad = bytes.get(error.valid_up_to()).copied().unwrap_or_default();
    let place = format!("line {line}, byte {byte} (0x{bad:02X}) is not UTF-8");
    let (mut letters, mut bad_chunks) = (0_usize, 0_usize);
    for chunk in bytes.utf8_chunks() {
        letters += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
        bad_chunks += usize::from(!chunk.invalid().is_empty());
    }
    let damaged = letters > 4 * bad_chunks;
    let (text, encoding, sentence) = if damaged {
        let text = String::from_utf8_lossy(bytes).into_owned();
        let sentence = format!("{place}; {bad_chunks} such places are shown as \u{FFFD}");
        (text, UTF_8, sentence)
    } else {
        let (text, _) = WINDOWS_1252.decode_without_bom_handling(bytes);
        let sentence = format!("{place}; read as windows-1252");
        (text.into_owned(), WINDOWS_1252, sentence)
    };
    Raw {
        text,
        encoding,
        assumed: Some(Assumption {
            text: sentence,
            line: Some(line),
        }),
    }
}

fn strict(bytes: &[u8], mark: usize, encoding: &'static Encoding) -> Result<Raw, DecodeError> {
    let body = bytes.get(mark..).unwrap_or_default();
    match encoding.decode_without_bom_handling_and_without_replacement(body) {
        Some(text) => Ok(Raw::certain(text.into_owned(), encoding)),
        None => Err(DecodeError::Malformed {
            encoding: encoding.name(),
            line: line_of_bad_letter(body, encoding),
            byte: None,
        }),
    }
}

/// The line in which decoding stops.
fn line_of_bad_letter(bytes: &[u8], encoding: &'static Encoding) -> u64 {
    let mut decoder = encoding.new_decoder_without_bom_handling();
    let mut part = String::with_capacity(1 << 16);
    let (mut rest, mut newlines) = (bytes, 0);
    loop {
        part.clear();
        let (result, read) = decoder.decode_to_string_without_replacement(rest, &mut part, true);
        newlines += part.bytes().filter(|byte| *byte == b'\n').count() as u64;
        rest = rest.get(read..).unwrap_or_default();
        if result != encoding_rs::DecoderResult::OutputFull {
            return newlines + 1;
        }
    }
}

/// UTF-16 shows as NUL bytes at every second place.
fn wide_pattern(bytes: &[u8]) -> Option<&'static Encoding> {
    let head = bytes.get(..bytes.len().min(4096)).unwrap_or_default();
    let (mut even, mut odd, mut pairs) = (0_usize, 0_usize, 0_usize);
    for pair in head.chunks_exact(2) {
        pairs += 1;
        even += usize::from(pair.first() == Some(&0));
        odd += usize::from(pair.last() == Some(&0));
    }
    match (even, odd) {
        (0, odd) if odd * 5 > pairs => Some(UTF_16LE),
        (even, 0) if even * 5 > pairs => Some(UTF_16BE),
        _ => None,
    }
}

/// Files of old computers end lines with a bare carriage return.
fn with_newlines(text: String) -> String {
    if text.as_bytes().contains(&b'\n') || !text.as_bytes().contains(&b'\r') {
        return text;
    }
    text.replace('\r', "\n")
}

/// Line and position within it, both from 1, of the byte at `offset`.
fn place_of(bytes: &[u8], offset: usize) -> (u64, u64) {
    let before = bytes.get(..offset).unwrap_or(bytes);
    let line = before.iter().filter(|byte| **byte == b'\n').count() as u64 + 1;
    let start = before
        .iter()
        .rposition(|byte| *byte == b'\n')
        .map_or(0, |newline| newline + 1);
    (line, (before.len() - start) as u64 + 1)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;
    use std::io::Write;

    const TABLE: &str = "Name,Town\nAnna,K\u{f6}ln\n";

    fn read(bytes: &[u8]) -> Result<Decoded, DecodeError> {
        decode(bytes.to_vec(), &DecodeOptions::default())
    }

    fn read_as(bytes: &[u8], label: &str) -> Result<Decoded, DecodeError> {
        let options = DecodeOptions {
            encoding: Some(label.to_owned()),
            ..DecodeOptions::default()
        };
        decode(bytes.to_vec(), &options)
    }

    fn utf16(text: &str, order: fn(u16) -> [u8; 2]) -> Vec<u8> {
        text.encode_utf16().flat_map(order).collect()
    }

    fn gzip(text: &[u8]) -> Vec<u8> {
        let mut writer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        writer.write_all(text).unwrap();
        writer.finish().unwrap()
    }

    #[test]
    fn every_usual_encoding_gives_the_same_text() {
        let little = utf16(TABLE, u16::to_le_bytes);
        let big = utf16(TABLE, u16::to_be_bytes);
        let marked = |mark: &[u8], text: &[u8]| [mark, text].concat();
        for (bytes, encoding, assumed) in [
            (TABLE.as_bytes().to_vec(), "UTF-8", false),
            (marked(b"\xEF\xBB\xBF", TABLE.as_bytes()), "UTF-8", false),
            (marked(b"\xFF\xFE", &little), "UTF-16LE", false),
            (marked(b"\xFE\xFF", &big), "UTF-16BE", false),
            (little, "UTF-16LE", true),
            (big, "UTF-16BE", true),
            (b"Name,Town\nAnna,K\xF6ln\n".to_vec(), "windows-1252", true),
        ] {
            let decoded = read(&bytes).unwrap();
            assert_eq!(decoded.text, TABLE, "{encoding}");
            assert_eq!(decoded.encoding, encoding);
            assert_eq!(decoded.assumed.is_some(), assumed, "{encoding}");
        }
    }

    #[test]
    fn plain_text_keeps_its_buffer() {
        let bytes = TABLE.as_bytes().to_vec();
        let address = bytes.as_ptr();
        let decoded = decode(bytes, &DecodeOptions::default()).unwrap();
        assert_eq!(decoded.text.as_ptr(), address);
    }

    #[test]
    fn the_warning_names_line_and_byte() {
        let decoded = read(b"a,b\n1,\xFC\n").unwrap();
        let finding = decoded.finding("leads.csv").unwrap();
        assert_eq!(
            finding.text,
            "line 2, byte 3 (0xFC) is not UTF-8; read as windows-1252"
        );
        assert_eq!(finding.location.unwrap().to_string(), "leads.csv:2");
    }

    #[test]
    fn one_bad_byte_does_not_spoil_the_other_letters() {
        let mut bytes = "name\n\u{4f60}\u{597d}\u{4e16}\u{754c}\u{5427}\n"
            .as_bytes()
            .to_vec();
        bytes.extend(b"x\xFF\n");
        let decoded = read(&bytes).unwrap();
        assert_eq!(decoded.encoding, "UTF-8");
        assert!(decoded.text.contains("\u{4f60}\u{597d}"));
        assert!(decoded.text.contains("x\u{FFFD}"));
        assert!(decoded.assumed.unwrap().text.starts_with("line 3, byte 2"));
    }

    #[test]
    fn a_named_encoding_is_obeyed_strictly() {
        assert_eq!(read_as(b"K\xF6ln", "latin1").unwrap().text, "K\u{f6}ln");
        assert_eq!(
            read_as(b"a\nb\nK\xF6ln", "utf-8").unwrap_err(),
            DecodeError::Malformed {
                encoding: "UTF-8",
                line: 3,
                byte: Some(2)
            }
        );
        assert_eq!(
            read_as(b"a\n\x82", "shift_jis").unwrap_err(),
            DecodeError::Malformed {
                encoding: "Shift_JIS",
                line: 2,
                byte: None
            }
        );
        let marked = [b"\xFE\xFF".to_vec(), utf16("a,b", u16::to_be_bytes)].concat();
        assert_eq!(read_as(&marked, "utf-16").unwrap().text, "a,b");
        assert!(matches!(
            read_as(b"a", "klingon"),
            Err(DecodeError::UnknownEncoding(_))
        ));
    }

    #[test]
    fn gzip_is_unfolded_member_by_member() {
        let two = [gzip(b"Name,Town\n"), gzip("Anna,K\u{f6}ln\n".as_bytes())].concat();
        let decoded = read(&two).unwrap();
        assert_eq!(decoded.text, TABLE);
        assert!(decoded.compressed);
    }

    #[test]
    fn broken_gzip_is_named() {
        let whole = gzip(&[b'x'; 5000]);
        assert_eq!(
            read(&whole[..whole.len() - 12]).unwrap_err(),
            DecodeError::Truncated
        );
        let mut wrong = whole.clone();
        let checksum = wrong.len() - 8;
        wrong[checksum] ^= 1;
        assert_eq!(read(&wrong).unwrap_err(), DecodeError::Checksum);
        let options = DecodeOptions {
            max_decompressed_bytes: 4999,
            ..DecodeOptions::default()
        };
        let error = decode(whole, &options).unwrap_err();
        assert_eq!(error, DecodeError::TooLarge { limit: 4999 });
        assert_eq!(error.diagnostic("a.gz").code.id, "limit");
    }

    #[test]
    fn nothing_and_nul_are_refused() {
        assert_eq!(read(b"").unwrap_err(), DecodeError::Empty);
        assert_eq!(
            read(b"id,stage\n1,M\0QL\n").unwrap_err(),
            DecodeError::Nul { line: 2, byte: 4 }
        );
    }

    #[test]
    fn old_line_ends_become_newlines() {
        assert_eq!(read(b"a,b\r1,2\r").unwrap().text, "a,b\n1,2\n");
        assert_eq!(read(b"a,b\r\n1,2\r\n").unwrap().text, "a,b\r\n1,2\r\n");
    }

    #[test]
    fn other_containers_are_refused_by_name() {
        let error = read(&gzip(b"SQLite format 3\0rest")).unwrap_err();
        assert_eq!(error, DecodeError::Wrong(Container::Sqlite));
        let finding = error.diagnostic("leads.csv");
        assert_eq!(finding.code.id, "wrong_container");
        assert!(finding.text.contains("SQLite"));
        let error = read(&gzip(b"PK\x03\x04rest")).unwrap_err();
        assert!(error.diagnostic("leads.csv").text.contains("ZIP"));
        let page = [
            b"\xFF\xFE".to_vec(),
            utf16("<!doctype html>", u16::to_le_bytes),
        ]
        .concat();
        assert_eq!(
            read(&page).unwrap_err(),
            DecodeError::Wrong(Container::Html)
        );
    }
}
