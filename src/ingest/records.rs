//! Records of a text with their true lines.
//!
//! The csv crate splits cells and honours quotes; this adds where each record begins and
//! ends in the text, how many blank lines stand before it, and whether a quote is left open.

use csv::{Reader, ReaderBuilder, StringRecord};

use super::cell::trimmed;

/// Where a record stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Spot {
    /// Line of its first character, from 1.
    pub line: u64,
    /// Bytes of the text, with the line end.
    pub start: usize,
    pub end: usize,
    /// Blank lines between the record before and this one.
    pub blanks: u64,
}

/// Reads the records of a part of a text.
pub(crate) struct Records<'t> {
    text: &'t str,
    reader: Reader<&'t [u8]>,
    base: usize,
    base_line: u64,
}

impl<'t> Records<'t> {
    /// Records from `start`, which is in `line`, to the end of the text.
    pub(crate) fn new(text: &'t str, start: usize, line: u64, delimiter: u8) -> Self {
        let part = text.as_bytes().get(start..).unwrap_or_default();
        let reader = ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .delimiter(delimiter)
            .buffer_capacity(1 << 16)
            .from_reader(part);
        Self {
            text,
            reader,
            base: start,
            base_line: line,
        }
    }

    /// The next record, or nothing at the end.
    pub(crate) fn read(&mut self, record: &mut StringRecord) -> Result<Option<Spot>, csv::Error> {
        let before = self.reader.position().clone();
        if !self.reader.read_record(record)? {
            return Ok(None);
        }
        let here = self.base + usize::try_from(before.byte()).unwrap_or(0);
        let skipped = Skipped::at(self.text.as_bytes(), here);
        let after = self.base + usize::try_from(self.reader.position().byte()).unwrap_or(0);
        Ok(Some(Spot {
            line: self.base_line + before.line() - 1 + skipped.newlines,
            start: here + skipped.bytes,
            end: after + usize::from(splits_line_end(self.text.as_bytes(), after)),
            blanks: skipped.blanks,
        }))
    }
}

/// The reader stops between the two characters of a line end.
fn splits_line_end(text: &[u8], at: usize) -> bool {
    let before = at.checked_sub(1).and_then(|before| text.get(before));
    before == Some(&b'\r') && text.get(at) == Some(&b'\n')
}

/// Line ends that the reader passes over before a record.
struct Skipped {
    bytes: usize,
    newlines: u64,
    blanks: u64,
}

impl Skipped {
    fn at(text: &[u8], here: usize) -> Self {
        let mut skipped = Self {
            bytes: 0,
            newlines: 0,
            blanks: 0,
        };
        let mut previous = here
            .checked_sub(1)
            .and_then(|before| text.get(before))
            .copied();
        while let Some(byte @ (b'\r' | b'\n')) = text.get(here + skipped.bytes).copied() {
            // The second half of a line end is no line of its own.
            let half = byte == b'\n' && previous == Some(b'\r');
            skipped.bytes += 1;
            skipped.newlines += u64::from(byte == b'\n');
            skipped.blanks += u64::from(!half);
            previous = Some(byte);
        }
        skipped
    }
}

/// The line of a quote that is opened in this record and never closed.
pub(crate) fn open_quote(record: &str, first_line: u64, delimiter: u8) -> Option<u64> {
    let (mut state, mut line, mut opened) = (Quote::CellStart, first_line, first_line);
    for byte in record.bytes() {
        line += u64::from(byte == b'\n');
        let ends = byte == delimiter || byte == b'\n' || byte == b'\r';
        state = match state {
            Quote::CellStart if byte == b'"' => {
                opened = line;
                Quote::Inside
            }
            Quote::Inside if byte == b'"' => Quote::Closed,
            Quote::Inside => Quote::Inside,
            Quote::Closed if byte == b'"' => Quote::Inside,
            _ if ends => Quote::CellStart,
            _ => Quote::Outside,
        };
    }
    (state == Quote::Inside).then_some(opened)
}

#[derive(Clone, Copy, PartialEq)]
enum Quote {
    CellStart,
    Outside,
    Inside,
    Closed,
}

/// True for rows of nothing but empty cells.
pub(crate) fn is_blank(record: &StringRecord) -> bool {
    let all = record.as_slice();
    all.is_empty() || all.len() < 256 && trimmed(all).is_empty()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;

    fn spots(text: &str) -> Vec<(u64, String, u64)> {
        let mut records = Records::new(text, 0, 1, b',');
        let mut record = StringRecord::new();
        let mut all = Vec::new();
        while let Some(spot) = records.read(&mut record).unwrap() {
            let raw = text[spot.start..spot.end].trim_end().to_owned();
            all.push((spot.line, raw, spot.blanks));
        }
        all
    }

    #[test]
    fn lines_are_those_of_an_editor() {
        let spot = |line, raw: &str, blanks| (line, raw.to_owned(), blanks);
        for end in ["\n", "\r\n"] {
            let text = ["", "a,b", "1,\"x", "", "y\"", "", "", "2,z"].join(end);
            let quoted = format!("1,\"x{end}{end}y\"");
            let expected = [spot(2, "a,b", 1), spot(3, &quoted, 0), spot(8, "2,z", 2)];
            assert_eq!(spots(&text), expected);
        }
        assert_eq!(
            spots("a\r\nb\nc\r\n"),
            [spot(1, "a", 0), spot(2, "b", 0), spot(3, "c", 0)]
        );
    }

    #[test]
    fn open_quotes_are_found_by_line() {
        assert_eq!(open_quote("1,\"open,1\n2,b\n", 2, b','), Some(2));
        assert_eq!(open_quote("1,\"a\nb\",\"open\n", 2, b','), Some(3));
        assert_eq!(open_quote("1,\"a \"\"b\"\"\",\"\"\n", 2, b','), None);
        assert_eq!(open_quote("1,a \"b\n", 2, b','), None);
        assert_eq!(open_quote("1,\"a\"b,2", 2, b','), None);
    }
}
