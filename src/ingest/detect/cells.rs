//! Reports that have the same headers and differ by the words below one of them.

use crate::diagnostics::{Diagnostic, Location, codes};
use crate::domain::text::normal_form;
use crate::ingest::cell::{is_missing, shown};
use crate::ingest::dialect::Dialect;
use crate::ingest::reader::Rows;
use crate::ingest::reader::totals::is_total_label;
use crate::ingest::spec::SourceSpec;

/// The first cell that says that a file is another report than its headers suggest.
#[must_use]
pub fn contradiction(
    source: &SourceSpec,
    text: &str,
    dialect: &Dialect,
    file: &str,
) -> Option<Diagnostic> {
    for (header, words) in &source.recognise.cells {
        let named = |name: &String| normal_form(name) == normal_form(header);
        let Some(column) = dialect.header.iter().position(named) else {
            continue;
        };
        let known: Vec<String> = words.iter().map(|word| normal_form(word)).collect();
        let mut rows = Rows::new(text, dialect);
        while let Ok(Some(row)) = rows.next_row() {
            let cell = row.cell(column);
            let says_nothing = is_missing(cell) || is_total_label(cell);
            if !says_nothing && !known.contains(&normal_form(cell)) {
                return Some(other_report(source, header, words, cell, file, row.line));
            }
        }
    }
    None
}

fn other_report(
    source: &SourceSpec,
    header: &str,
    words: &[String],
    cell: &str,
    file: &str,
    line: u64,
) -> Diagnostic {
    let text = format!(
        "has the headers of {}, but its `{header}` says `{}`, which is none of {}",
        source.title,
        shown(cell),
        words.join(", ")
    );
    let hint = format!(
        "if that is one of them in your language: kind = \"{}\" in its [[input]], and the word in \
         [input.channels]; another report needs table and [input.columns]",
        source.name
    );
    Diagnostic::new(&codes::UNRECOGNISED, text)
        .at(Location::line(file, line))
        .hint(hint)
}
