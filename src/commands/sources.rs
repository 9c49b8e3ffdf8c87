//! `leadflow sources`.

use super::{Run, emit};
use crate::cli::SourcesArgs;
use crate::diagnostics::{Diagnostic, Failure, codes};
use crate::domain::names::did_you_mean;
use crate::ingest::sources;
use crate::ingest::spec::SourceSpec;
use crate::report::document::{
    Block, Column, Context, Kind, PeriodInfo, Report, Section, Table, Weight,
};
use crate::shell::ExitStatus;

/// The known formats, or one of them in words.
///
/// # Errors
/// Where the name is unknown.
pub fn run(run: &Run, args: &SourcesArgs) -> Result<ExitStatus, Failure> {
    emit::check(run)?;
    let report = match &args.name {
        None => list(),
        Some(name) => one(sources::by_name(name).ok_or_else(|| unknown(name))?),
    };
    emit::print(run, &report, &[])?;
    Ok(ExitStatus::Done)
}

fn unknown(name: &str) -> Diagnostic {
    Diagnostic::new(&codes::UNKNOWN_NAME, format!("`{name}` is no known source")).hint(
        did_you_mean(name, sources::names())
            .unwrap_or_else(|| "`leadflow sources` lists them".into()),
    )
}

fn list() -> Report {
    let mut known: Vec<&SourceSpec> = sources::all().iter().chain(sources::generic()).collect();
    known.sort_by_key(|source| source.group);
    let rows = known
        .into_iter()
        .map(|source| {
            let table = source.input.table.clone().unwrap_or_default();
            vec![
                source.group.title().into(),
                source.name.as_str().into(),
                source.title.as_str().into(),
                table.into(),
            ]
        })
        .collect();
    let table = Table {
        id: "sources".into(),
        title: "Known exports".into(),
        columns: vec![
            Column::new("group", "Of", Kind::Text).weight(Weight::Key),
            Column::new("name", "Name", Kind::Text).weight(Weight::Key),
            Column::new("title", "Export", Kind::Text).weight(Weight::Key),
            Column::new("table", "Table", Kind::Text).weight(Weight::Key),
        ],
        rows,
        remarks: vec!["`leadflow sources NAME` says how one is read. Any other file: say in leadflow.toml which table it is.".into()],
    };
    plain("sources", "Known exports", table)
}

fn one(source: &SourceSpec) -> Report {
    let rows = source
        .input
        .columns
        .iter()
        .map(|(column, reference)| {
            vec![
                column.as_str().into(),
                reference.headers().collect::<Vec<&str>>().join(", ").into(),
            ]
        })
        .collect();
    let table = Table {
        id: "columns".into(),
        title: source.title.clone(),
        columns: vec![
            Column::new("column", "Column", Kind::Text).weight(Weight::Key),
            Column::new("headers", "Headers", Kind::Text).weight(Weight::Key),
        ],
        rows,
        remarks: Vec::new(),
    };
    let mut report = plain("sources", &source.title, table);
    if let Some(section) = report.sections.first_mut() {
        section
            .blocks
            .insert(0, Block::Text(source.doc.trim().to_owned()));
    }
    report
}

/// A report of one table that is about no data.
#[must_use]
pub fn plain(command: &str, title: &str, table: Table) -> Report {
    Report {
        command: command.into(),
        title: title.into(),
        context: Context {
            period: PeriodInfo {
                label: String::new(),
                start: None,
                end: None,
                partial: false,
            },
            as_of: None,
            as_of_assumed: false,
            time_zone: String::new(),
            currency: None,
            channel_rules: crate::domain::channel::RULES_VERSION.into(),
            seed: 0,
            inputs: Vec::new(),
        },
        summary: Vec::new(),
        sections: vec![Section {
            id: command.into(),
            title: title.into(),
            blocks: vec![Block::Table(table.id.clone())],
        }],
        tables: vec![table],
        charts: Vec::new(),
        notes: Vec::new(),
        checks: Vec::new(),
    }
}
