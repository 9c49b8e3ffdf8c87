//! `--rows 'KEY{dim=value}'`: which number's input lines are asked for.

use unicode_width::UnicodeWidthStr;

use crate::diagnostics::terminal::for_terminal;
use crate::diagnostics::{Diagnostic, Failure, codes};

/// A number of the output: its key, and the row it stands in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowsQuery {
    /// Column id or ratio: `mql`, `lead_to_mql`.
    pub key: String,
    /// Dimension and value, as written; empty: the total.
    pub dims: Vec<(String, String)>,
}

impl RowsQuery {
    /// Reads `KEY`, `KEY{dim=value}` or `KEY{dim=value, dim2="value 2"}`.
    ///
    /// # Errors
    /// A finding with a caret under the place where the text stops making sense.
    pub fn parse(text: &str) -> Result<Self, Failure> {
        let mut reader = Reader { text, at: 0 };
        reader
            .query()
            .map_err(|expected| complaint(text, reader.at, expected).into())
    }
}

fn complaint(text: &str, at: usize, expected: &str) -> Diagnostic {
    let before = text.get(..at).unwrap_or(text);
    let indent = " ".repeat(for_terminal(before).width());
    let said = format!("--rows: expected {expected}\n{text}\n{indent}^");
    Diagnostic::new(&codes::USAGE, said)
        .hint("write KEY{dim=value}, such as mql{channel=\"Paid Search\"}")
}

/// A position in the text; errors say what was expected there.
struct Reader<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Reader<'a> {
    fn query(&mut self) -> Result<RowsQuery, &'static str> {
        let key = self.until("{}=,\"'").to_owned();
        if key.is_empty() {
            return Err("the key of a number");
        }
        let dims = if self.take('{') {
            self.dimensions()?
        } else {
            Vec::new()
        };
        self.skip_blanks();
        if self.rest().is_empty() {
            Ok(RowsQuery { key, dims })
        } else {
            Err("`{` or the end")
        }
    }

    fn dimensions(&mut self) -> Result<Vec<(String, String)>, &'static str> {
        let mut dims: Vec<(String, String)> = Vec::new();
        loop {
            let start = self.at;
            let name = self.until("{}=,\"'").to_owned();
            if name.is_empty() {
                return Err("the name of a dimension");
            }
            if dims.iter().any(|(known, _)| *known == name) {
                self.at = start;
                return Err("each dimension once");
            }
            if !self.take('=') {
                return Err("`=` and a value");
            }
            dims.push((name, self.value()?));
            if self.take('}') {
                return Ok(dims);
            }
            if !self.take(',') {
                return Err("`,` or `}`");
            }
        }
    }

    fn value(&mut self) -> Result<String, &'static str> {
        for quote in ['"', '\''] {
            if self.take(quote) {
                return self.quoted(quote);
            }
        }
        let value = self.until("{},\"'");
        if value.is_empty() {
            Err("a value")
        } else {
            Ok(value.to_owned())
        }
    }

    /// The text up to the closing quote; a doubled quote stands for one.
    fn quoted(&mut self, quote: char) -> Result<String, &'static str> {
        let mut value = String::new();
        while let Some(end) = self.rest().find(quote) {
            value.push_str(&self.rest()[..end]);
            self.at += end + 1;
            if !self.rest().starts_with(quote) {
                return Ok(value);
            }
            value.push(quote);
            self.at += 1;
        }
        self.at = self.text.len();
        Err("a closing quote")
    }

    /// The trimmed text before the next of `stops`.
    fn until(&mut self, stops: &str) -> &'a str {
        let rest = self.rest();
        let end = rest.find(|c| stops.contains(c)).unwrap_or(rest.len());
        self.at += end;
        rest[..end].trim()
    }

    fn take(&mut self, wanted: char) -> bool {
        self.skip_blanks();
        let found = self.rest().starts_with(wanted);
        if found {
            self.at += wanted.len_utf8();
        }
        found
    }

    fn skip_blanks(&mut self) {
        let rest = self.rest();
        self.at += rest.len() - rest.trim_start().len();
    }

    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn parsed(text: &str) -> (String, Vec<(String, String)>) {
        let query = RowsQuery::parse(text).unwrap();
        (query.key, query.dims)
    }

    fn pair(name: &str, value: &str) -> (String, String) {
        (name.to_owned(), value.to_owned())
    }

    #[test]
    fn every_form_is_read() {
        assert_eq!(parsed("mql"), ("mql".into(), vec![]));
        assert_eq!(
            parsed(" mql { channel = SEO } "),
            ("mql".into(), vec![pair("channel", "SEO")])
        );
        assert_eq!(
            parsed("lead_to_mql{channel=\"Paid, {Search}\",month='2026-10'}").1,
            vec![pair("channel", "Paid, {Search}"), pair("month", "2026-10")]
        );
        assert_eq!(
            parsed("mql{owner=Anna Lee}").1,
            vec![pair("owner", "Anna Lee")]
        );
        assert_eq!(
            parsed("mql{owner=\"the \"\"boss\"\"\"}").1,
            vec![pair("owner", "the \"boss\"")]
        );
        assert_eq!(parsed("mql{渠道=\"搜索\"}").1, vec![pair("渠道", "搜索")]);
    }

    #[test]
    fn the_caret_stands_where_sense_ends() {
        for (text, expected, column) in [
            ("", "the key of a number", 0),
            ("{channel=SEO}", "the key of a number", 0),
            ("mql{channel}", "`=` and a value", 11),
            ("mql{}", "the name of a dimension", 4),
            ("mql{channel=}", "a value", 12),
            ("mql{channel=SEO", "`,` or `}`", 15),
            ("mql{channel=\"SEO}", "a closing quote", 17),
            ("mql{channel=SEO} x", "`{` or the end", 17),
            ("mql}", "`{` or the end", 3),
            ("mql{a=1,a=2}", "each dimension once", 8),
            ("mql{渠道}", "`=` and a value", 8),
        ] {
            let failure = RowsQuery::parse(text).unwrap_err();
            let lines: Vec<&str> = failure.0[0].text.lines().collect();
            assert_eq!(lines[0], format!("--rows: expected {expected}"), "{text}");
            assert_eq!(lines[lines.len() - 1].find('^'), Some(column), "{text}");
        }
    }
}
