//! Text of tables that are no text: workbooks, columns, records of JSON.
//!
//! Their cells are written as the CSV that everything else is read as, one line per row,
//! so that there is one place that judges defects and a line is the row of the sheet, the
//! line of the file or the number of the record. What the cells knew stays known: numbers
//! are written with a point, dates year first.

/// A table that has become text.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Written {
    /// CSV with commas, one line per row.
    pub text: String,
    /// Names of the columns, where they are no row of the text.
    pub header: Option<Vec<String>>,
    /// What was chosen, where there was a choice.
    pub chosen: Option<String>,
}

impl Written {
    /// Adds a row; an empty one is a blank line.
    pub fn push<'a>(&mut self, cells: impl Iterator<Item = &'a str> + Clone) {
        if cells.clone().any(|cell| !cell.is_empty()) {
            for (number, cell) in cells.enumerate() {
                if number > 0 {
                    self.text.push(',');
                }
                self.cell(cell);
            }
        }
        self.text.push('\n');
    }

    /// A cell; line ends in it become blanks, so that a row stays a line, and a NUL, which no
    /// text has, is made visible.
    fn cell(&mut self, cell: &str) {
        let is_plain = !cell.contains([',', '"', '\n', '\r', '\0']) && cell.trim() == cell;
        if is_plain {
            self.text.push_str(cell);
            return;
        }
        self.text.push('"');
        for letter in cell.chars() {
            match letter {
                '"' => self.text.push_str("\"\""),
                '\n' | '\r' => self.text.push(' '),
                '\0' => self.text.push('\u{fffd}'),
                other => self.text.push(other),
            }
        }
        self.text.push('"');
    }
}

/// A number as people would write it: fifteen digits, as spreadsheets keep them, no exponent.
#[must_use]
pub fn number(value: f64) -> String {
    let kept = format!("{value:.14e}").parse().unwrap_or(value);
    format!("{kept}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_stay_lines() {
        let mut written = Written::default();
        written.push(["id", "two\nlines", "a,b"].into_iter());
        written.push(["", ""].into_iter());
        written.push(["say \"so\"", " x", "\0"].into_iter());
        assert_eq!(
            written.text,
            "id,\"two lines\",\"a,b\"\n\n\"say \"\"so\"\"\",\" x\",\"\u{fffd}\"\n"
        );
    }

    #[test]
    fn numbers_have_the_digits_of_a_spreadsheet() {
        for (value, text) in [
            (0.1 + 0.2, "0.3"),
            (1_234.560_000_000_000_1, "1234.56"),
            (1e15, "1000000000000000"),
            (-0.000_001, "-0.000001"),
            (42.0, "42"),
        ] {
            assert_eq!(number(value), text);
        }
    }
}
