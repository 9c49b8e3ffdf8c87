//! `leadflow config show`.

use super::sources::plain;
use super::{Run, emit};
use crate::cli::{ConfigArgs, ConfigCommand};
use crate::diagnostics::Failure;
use crate::report::document::{Cell, Column, Kind, Table, Weight};
use crate::shell::ExitStatus;

/// Every setting with the place it came from.
///
/// # Errors
/// What cannot be written.
pub fn run(run: &Run, args: &ConfigArgs) -> Result<ExitStatus, Failure> {
    emit::check(run)?;
    let ConfigCommand::Show(show) = &args.command;
    let mut columns = vec![
        Column::new("key", "Setting", Kind::Text).weight(Weight::Key),
        Column::new("value", "Value", Kind::Text).weight(Weight::Key),
    ];
    if show.origin {
        columns.push(Column::new("origin", "From", Kind::Text).weight(Weight::Key));
    }
    let rows = run
        .settings
        .describe()
        .iter()
        .map(|described| {
            let mut cells: Vec<Cell> = vec![
                described.key.as_str().into(),
                described.value.as_str().into(),
            ];
            if show.origin {
                cells.push(described.origin.to_string().into());
            }
            cells
        })
        .collect();
    let table = Table {
        id: "settings".into(),
        title: "Settings".into(),
        columns,
        rows,
        remarks: Vec::new(),
    };
    emit::print(run, &plain("config", "Settings", table), &[])?;
    Ok(ExitStatus::Done)
}
