//! `leadflow query`.

use super::prepare::{Prepared, prepare};
use super::{Run, context, emit, failures};
use crate::cli::QueryArgs;
use crate::diagnostics::{Diagnostic, Failure, codes};
use crate::domain::names::did_you_mean;
use crate::domain::period::PeriodSpec;
use crate::metrics::query::{self, Answer, Sort, Value};
use crate::report::views;
use crate::shell::ExitStatus;

/// The answer to a query, or the tables that one may name.
///
/// # Errors
/// What stops the run, and what is wrong with the query.
pub fn run(run: &Run, args: &QueryArgs) -> Result<ExitStatus, Failure> {
    emit::check(run)?;
    refuse_what_sql_says(run)?;
    let prepared = prepare(run, PeriodSpec::All)?;
    let answer = match args.sql.trim() {
        "tables" => tables(&prepared)?,
        sql => query::run(&prepared.data, &prepared.persons, sql)
            .map_err(|error| wrong(&error.to_string(), &prepared))?,
    };
    let report = context::report(
        run,
        &prepared,
        "query",
        "Query".into(),
        views::query::view(&answer),
    );
    let status = emit::emit(run, &prepared, &report)?;
    Ok(status.max(emit::emptiness(run, answer.rows.is_empty())))
}

/// A query chooses its rows and groups itself.
fn refuse_what_sql_says(run: &Run) -> Result<(), Failure> {
    let settings = run.settings;
    let said = [
        (!settings.by.is_empty(), "--by", "GROUP BY"),
        (settings.filter.is_some(), "--where", "WHERE"),
    ];
    match said.into_iter().find(|(given, _, _)| *given) {
        None => Ok(()),
        Some((_, flag, word)) => {
            let text = format!("a query has no {flag}");
            Err(Diagnostic::new(&codes::USAGE, text)
                .hint(format!("say it in the query: {word} ..."))
                .into())
        }
    }
}

fn tables(prepared: &Prepared) -> Result<Answer, Failure> {
    let tables = query::tables(&prepared.data, &prepared.persons)
        .map_err(|error| failures::compute_error(&error))?;
    let mut answer = Answer {
        columns: vec![
            ("table".into(), Sort::Text),
            ("rows".into(), Sort::Count),
            ("columns".into(), Sort::Text),
        ],
        rows: Vec::new(),
    };
    for (name, table) in tables {
        let columns: Vec<String> = table
            .get_column_names_owned()
            .iter()
            .map(ToString::to_string)
            .collect();
        answer.rows.push(vec![
            Value::Text(name.to_owned()),
            Value::Count(i64::try_from(table.height()).unwrap_or(i64::MAX)),
            Value::Text(columns.join(", ")),
        ]);
    }
    Ok(answer)
}

/// What is wrong with a query, with the names that come near.
fn wrong(error: &str, prepared: &Prepared) -> Failure {
    let line = error.lines().next().unwrap_or_default();
    let text: String = line.chars().filter(|c| !c.is_control()).take(160).collect();
    let finding = Diagnostic::new(
        &codes::USAGE,
        format!("the query cannot be answered: {text}"),
    );
    let known = query::tables(&prepared.data, &prepared.persons).unwrap_or_default();
    let columns = known
        .iter()
        .flat_map(|(_, table)| table.get_column_names_owned());
    let mut names: Vec<String> = columns.map(|name| name.to_string()).collect();
    names.extend(known.iter().map(|(name, _)| (*name).to_owned()));
    names.sort();
    names.dedup();
    let wanted = unknown(&text).filter(|wanted| !names.contains(wanted));
    let near = wanted.and_then(|name| did_you_mean(&name, names.iter().map(String::as_str)));
    let all = || "`leadflow query tables` lists tables and columns".to_owned();
    finding.hint(near.unwrap_or_else(all)).into()
}

/// The name that a message of the engine quotes.
fn unknown(text: &str) -> Option<String> {
    let mut parts = text.split(['"', '\'', '`']);
    parts.next()?;
    parts
        .next()
        .filter(|name| !name.is_empty())
        .map(str::to_owned)
}
