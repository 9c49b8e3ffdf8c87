//! One line of a delimited file, reused from row to row.
//!
//! The generator writes millions of rows; a line is a buffer that is filled cell by
//! cell and handed over whole. Quoting follows RFC 4180.

use std::fmt::Display;
use std::io::{self, Write};

use super::moment::Moment;

/// Which text cells get quotes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Quotes {
    /// Those that need them.
    Needed,
    /// All of them.
    Always,
}

/// A line under construction.
pub struct Line {
    bytes: Vec<u8>,
    quotes: Quotes,
    ending: &'static str,
    first: bool,
}

impl Line {
    /// An empty line of a file with these habits.
    #[must_use]
    pub fn new(quotes: Quotes, ending: &'static str) -> Self {
        Self {
            bytes: Vec::with_capacity(512),
            quotes,
            ending,
            first: true,
        }
    }

    /// A cell of text.
    pub fn text(&mut self, text: &str) -> &mut Self {
        self.next();
        let special = text
            .bytes()
            .any(|byte| matches!(byte, b',' | b'"' | b'\n' | b'\r'));
        if !special && self.quotes == Quotes::Needed {
            self.bytes.extend_from_slice(text.as_bytes());
            return self;
        }
        self.bytes.push(b'"');
        for byte in text.bytes() {
            if byte == b'"' {
                self.bytes.push(b'"');
            }
            self.bytes.push(byte);
        }
        self.bytes.push(b'"');
        self
    }

    /// A cell that is written as it stands: a number, or text known to be harmless.
    pub fn plain(&mut self, value: impl Display) -> &mut Self {
        self.next();
        // Writing to a vector cannot fail.
        let _ = write!(self.bytes, "{value}");
        self
    }

    /// A cell without anything.
    pub fn empty(&mut self) -> &mut Self {
        self.next();
        self
    }

    /// A cell with a local time, or without anything.
    pub fn moment(&mut self, moment: Option<Moment>) -> &mut Self {
        self.next();
        if let Some(moment) = moment {
            moment.write(&mut self.bytes);
        }
        self
    }

    /// A cell with a date.
    pub fn date(&mut self, moment: Moment) -> &mut Self {
        self.next();
        moment.write_date(&mut self.bytes);
        self
    }

    /// A cell with an amount of hundredths: `7408.80`.
    pub fn hundredths(&mut self, hundredths: u64) -> &mut Self {
        self.plain(format_args!("{}.{:02}", hundredths / 100, hundredths % 100))
    }

    /// One cell of text per element.
    pub fn texts(&mut self, texts: &[&str]) -> &mut Self {
        for text in texts {
            self.text(text);
        }
        self
    }

    /// Writes the line and starts the next one.
    ///
    /// # Errors
    /// What the writer reports.
    pub fn end(&mut self, out: &mut dyn Write) -> io::Result<()> {
        self.bytes.extend_from_slice(self.ending.as_bytes());
        let result = out.write_all(&self.bytes);
        self.bytes.clear();
        self.first = true;
        result
    }

    fn next(&mut self) {
        if !self.first {
            self.bytes.push(b',');
        }
        self.first = false;
    }
}

/// A whole number with commas between thousands, as reports for people have it.
#[must_use]
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// Hundredths as `1,234.56`.
#[must_use]
pub fn grouped_hundredths(hundredths: u64) -> String {
    format!("{}.{:02}", grouped(hundredths / 100), hundredths % 100)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn cells_are_quoted_where_they_must_be() {
        let mut out = Vec::new();
        let mut line = Line::new(Quotes::Needed, "\r\n");
        line.text("plain")
            .text("a,b")
            .text("say \"no\"")
            .empty()
            .plain(7)
            .hundredths(740_805);
        line.end(&mut out).unwrap();
        line.moment(Some(Moment::midnight(2026, 1, 2))).moment(None);
        line.end(&mut out).unwrap();
        let expected = "plain,\"a,b\",\"say \"\"no\"\"\",,7,7408.05\r\n2026-01-02 00:00,\r\n";
        assert_eq!(String::from_utf8(out).unwrap(), expected);
    }

    #[test]
    fn thousands_are_grouped() {
        assert_eq!(grouped(0), "0");
        assert_eq!(grouped(999), "999");
        assert_eq!(grouped(1_234_567), "1,234,567");
        assert_eq!(grouped_hundredths(123_456), "1,234.56");
    }
}
