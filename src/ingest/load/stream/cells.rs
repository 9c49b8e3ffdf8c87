//! The cells of a record, as slices of its block.
//!
//! Reads what the csv crate reads, only faster, and nothing else: a record that is not
//! plainly one (text around a quoted cell, a quote left open) is called odd, and the file
//! is then read by that crate.

use super::marks::Marks;

/// A record that is not plainly one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Odd;

/// The cells of a record, from and to.
pub type Spans = Vec<(u32, u32)>;

/// Splits a block into records.
pub struct Splitter<'b> {
    bytes: &'b [u8],
    at: usize,
    delimiter: u8,
    marks: Marks<'b>,
    /// Line ends passed so far.
    pub lines: u64,
    /// True where a cell of the record holds doubled quotes, which are still doubled.
    pub escaped: bool,
}

impl<'b> Splitter<'b> {
    /// Of a block that begins with a record.
    pub fn new(block: &'b str, delimiter: u8) -> Self {
        Self {
            bytes: block.as_bytes(),
            at: 0,
            delimiter,
            marks: Marks::new(block.as_bytes(), delimiter),
            lines: 0,
            escaped: false,
        }
    }

    /// The cells of the next record; false at the end. A blank line is a record with one
    /// empty cell.
    pub fn next_record(&mut self, spans: &mut Spans) -> Result<bool, Odd> {
        spans.clear();
        self.escaped = false;
        if self.at >= self.bytes.len() {
            return Ok(false);
        }
        let mut from = self.at;
        loop {
            let place = self.next_mark();
            match self.bytes.get(place) {
                Some(byte) if *byte == self.delimiter => {
                    spans.push((from as u32, place as u32));
                    from = place + 1;
                }
                Some(b'"') if place == from => {
                    let closing = self.closing()?;
                    spans.push((from as u32 + 1, closing as u32));
                    let after = self.next_mark();
                    match self.bytes.get(closing + 1..after) {
                        Some(b"") if self.bytes.get(after) == Some(&self.delimiter) => {
                            from = after + 1;
                        }
                        Some(b"") => return Ok(self.ends(after)),
                        Some(b"\r") if self.bytes.get(after) == Some(&b'\n') => {
                            return Ok(self.ends(after));
                        }
                        _ => return Err(Odd),
                    }
                }
                // Within a cell it is a letter.
                Some(b'"') => {}
                _ => {
                    let carriage = self.bytes[from..place].last() == Some(&b'\r');
                    spans.push((from as u32, (place - usize::from(carriage)) as u32));
                    return Ok(self.ends(place));
                }
            }
        }
    }

    /// The next mark, else the end of the block.
    fn next_mark(&mut self) -> usize {
        self.marks.next().unwrap_or(self.bytes.len())
    }

    /// The record ends with the line end at `place`, or with the block.
    fn ends(&mut self, place: usize) -> bool {
        self.at = place + 1;
        self.lines += 1;
        true
    }

    /// Where the quote that closes a cell stands.
    fn closing(&mut self) -> Result<usize, Odd> {
        loop {
            let place = self.marks.next().ok_or(Odd)?;
            match self.bytes[place] {
                b'"' if self.bytes.get(place + 1) == Some(&b'"') => {
                    self.escaped = true;
                    self.marks.next();
                }
                b'"' => return Ok(place),
                b'\n' => self.lines += 1,
                _ => {}
            }
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

    /// The records as the csv crate writes them, quoted all or where they must be.
    fn written(records: &[Vec<String>], always: bool) -> String {
        let style = match always {
            true => csv::QuoteStyle::Always,
            false => csv::QuoteStyle::Necessary,
        };
        let mut writer = csv::WriterBuilder::new()
            .flexible(true)
            .quote_style(style)
            .from_writer(Vec::new());
        for record in records {
            writer.write_record(record).unwrap();
        }
        String::from_utf8(writer.into_inner().unwrap()).unwrap()
    }

    proptest! {
        #[test]
        fn reads_what_was_written(
            records in proptest::collection::vec(
                proptest::collection::vec("[a-e,\n]{0,40}|[a-e]{1,90}|é", 2..7),
                0..12,
            ),
            always in proptest::bool::ANY,
        ) {
            let text = written(&records, always);
            prop_assert_eq!(split(&text), Ok(records.clone()));
            let mut splitter = Splitter::new(&text, b',');
            let mut spans = Vec::new();
            while splitter.next_record(&mut spans).unwrap() {}
            prop_assert_eq!(splitter.lines, text.matches('\n').count() as u64);
        }

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
