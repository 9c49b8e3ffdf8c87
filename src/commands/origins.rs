//! `--rows`: the lines of the inputs behind a number.

use super::prepare::Prepared;
use super::{Run, context, emit, failures};
use crate::diagnostics::{Diagnostic, Failure, codes};
use crate::domain::names::near_or_all;
use crate::metrics::measure::{Measure, Origin, origins};
use crate::report::document::{Block, Cell, Column, Kind, Section, Table, Weight};
use crate::report::views::Parts;
use crate::settings::RowsQuery;
use crate::shell::ExitStatus;

/// What an answer to `--rows` calls its command, whichever command was asked.
pub const NAME: &str = "rows";

/// Prints file, line and id of the rows behind a measure.
///
/// # Errors
/// Where the measure is unknown or cannot be told apart by the dimensions.
pub fn run(
    run: &Run,
    prepared: &Prepared,
    query: &RowsQuery,
    measures: &[Measure],
    known: &[String],
) -> Result<ExitStatus, Failure> {
    if measures.is_empty() {
        return Err(unknown(&query.key, known).into());
    }
    let dimensions: Vec<(String, String)> = query
        .dims
        .iter()
        .filter(|(name, _)| name != "stage")
        .cloned()
        .collect();
    let mut list: Vec<Origin> = Vec::new();
    for measure in measures {
        let part = origins(&prepared.data, measure, &dimensions)
            .map_err(|error| failures::compute_error(&error))?;
        list.extend(part.map_err(|reason| {
            let text = format!(
                "the rows of `{}` cannot be listed: {}",
                query.key,
                reason.words()
            );
            Diagnostic::new(&codes::UNKNOWN_NAME, text)
        })?);
    }
    let rows = list
        .iter()
        .map(|origin| {
            let id = origin.id.clone().map_or(Cell::Blank, Cell::Text);
            vec![
                origin.file.as_str().into(),
                u64::from(origin.line).into(),
                id,
            ]
        })
        .collect();
    let table = Table {
        id: "rows".into(),
        title: format!("Rows behind {}", query.key),
        columns: vec![
            Column::new("file", "File", Kind::Text).weight(Weight::Key),
            Column::new("line", "Line", Kind::Count).weight(Weight::Key),
            Column::new("id", "Id", Kind::Text).weight(Weight::Key),
        ],
        rows,
        remarks: vec![format!("{} rows", list.len())],
    };
    let parts = Parts {
        sections: vec![Section {
            id: "rows".into(),
            title: format!("Rows behind {}", query.key),
            blocks: vec![Block::Table("rows".into())],
        }],
        tables: vec![table],
        ..Parts::default()
    };
    let report = context::report(run, prepared, NAME, "Rows behind a number".into(), parts);
    emit::emit(run, prepared, &report)
}

fn unknown(key: &str, known: &[String]) -> Diagnostic {
    Diagnostic::new(
        &codes::UNKNOWN_NAME,
        format!("`{key}` is no number of this command"),
    )
    .hint(near_or_all(
        key,
        known.iter().map(String::as_str),
        "known are",
    ))
}
