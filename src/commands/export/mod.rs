//! `leadflow export`.

mod again;

use std::path::{Path, PathBuf};

use super::failures::{output_error, render_error};
use super::prepare::{Prepared, input_paths, prepare};
use super::{Run, emit, folder};
use crate::diagnostics::{Diagnostic, Failure, codes};
use crate::domain::columns::Columns;
use crate::domain::names::near_or_all;
use crate::domain::period::PeriodSpec;
use crate::metrics::exported;
use crate::render::columns;
use crate::settings::OutTarget;
use crate::shell::{ExitStatus, OutputRules};

/// How tables are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Csv,
    Parquet,
}

impl Form {
    fn by_name(name: &str) -> Option<Self> {
        match name {
            "csv" => Some(Self::Csv),
            "parquet" => Some(Self::Parquet),
            _ => None,
        }
    }

    fn suffix(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Parquet => "parquet",
        }
    }
}

/// What was asked for.
enum Asked<'a> {
    /// Every table, into a folder.
    All(&'a Path),
    /// One table, to a file or to standard output.
    One(&'a str),
}

/// The canonical tables into a folder, or one of them to standard output or a file.
///
/// # Errors
/// What stops the run.
pub fn run(run: &Run) -> Result<ExitStatus, Failure> {
    refuse_what_it_lacks(run)?;
    let asked = asked(run)?;
    let form = form(run, &asked)?;
    match asked {
        Asked::All(folder) => {
            run.shell.check_folder(folder)?;
            spare_configuration(folder)?;
        }
        Asked::One(_) => emit::check(run)?,
    }
    let prepared = prepare(run, PeriodSpec::All)?;
    let tables = exported::tables(&prepared.data, &prepared.persons);
    // The configuration is read as well, and an export writes one of that name.
    let mut inputs = input_paths(run.settings, &prepared.accounts.inputs);
    inputs.extend(run.settings.config_file.clone());
    match asked {
        Asked::All(folder) => all(run, &prepared, &tables, form, folder, &inputs)?,
        Asked::One(name) => one(run, &prepared, &tables, form, name, &inputs)?,
    }
    emit::write_rejects(run, &prepared.rejects, &inputs)?;
    Ok(emit::emptiness(run, tables.is_empty()))
}

/// An export is of everything: a part of it is a query.
fn refuse_what_it_lacks(run: &Run) -> Result<(), Failure> {
    let settings = run.settings;
    let said = [
        (!settings.by.is_empty(), "--by"),
        (settings.filter.is_some(), "--where"),
        (settings.period.is_some(), "--period"),
    ];
    match said.into_iter().find(|(given, _)| *given) {
        None => Ok(()),
        Some((_, flag)) => {
            let text = format!("an export has no {flag}: it holds whole tables");
            Err(Diagnostic::new(&codes::USAGE, text)
                .hint("take a part with: leadflow query \"select ... from leads where ...\" -o part.csv")
                .into())
        }
    }
}

fn asked<'a>(run: &Run<'a>) -> Result<Asked<'a>, Failure> {
    let output = &run.settings.output;
    match (&output.table, &output.out) {
        (Some(name), _) => Ok(Asked::One(name)),
        (None, Some(OutTarget::Path(folder))) => Ok(Asked::All(folder)),
        (None, _) => Err(
            Diagnostic::new(&codes::USAGE, "several tables need a folder")
                .hint("name one (--out tables/), or one table (--table leads)")
                .into(),
        ),
    }
}

/// A folder may hold somebody's project: its configuration is not replaced, that of an
/// earlier export is.
fn spare_configuration(folder: &Path) -> Result<(), Failure> {
    let path = folder.join("leadflow.toml");
    let there = std::fs::read_to_string(&path);
    if there.is_ok_and(|text| !text.starts_with(again::HEADING)) {
        let text = format!(
            "`{}` is a configuration of yours and would be replaced",
            path.display()
        );
        return Err(Diagnostic::new(&codes::OUTPUT_EXISTS, text)
            .hint("name another folder, such as --out tables/")
            .into());
    }
    Ok(())
}

/// `--format`, else the suffix of the one file, else Parquet for a folder and CSV for a table.
fn form(run: &Run, asked: &Asked) -> Result<Form, Failure> {
    let output = &run.settings.output;
    if let Some(name) = &output.format {
        return Form::by_name(name).ok_or_else(|| {
            let text = format!("tables are exported as csv or parquet, not as `{name}`");
            let hint =
                "other formats hold answers: leadflow query \"select * from leads\" --format json";
            Diagnostic::new(&codes::USAGE, text).hint(hint).into()
        });
    }
    match (asked, &output.out) {
        (Asked::All(_), _) => Ok(Form::Parquet),
        (Asked::One(_), Some(OutTarget::Path(path))) => {
            let suffix = path
                .extension()
                .map(|suffix| suffix.to_string_lossy().to_lowercase());
            Ok(suffix
                .and_then(|suffix| Form::by_name(&suffix))
                .unwrap_or(Form::Csv))
        }
        (Asked::One(_), _) => Ok(Form::Csv),
    }
}

fn bytes(run: &Run, prepared: &Prepared, table: &Columns, form: Form) -> Result<Vec<u8>, Failure> {
    let raw = run.settings.output.raw_csv;
    let bytes = match form {
        Form::Csv => columns::csv(table, prepared.data.zone, raw),
        Form::Parquet => columns::parquet(table),
    };
    bytes.map_err(|error| render_error(&error))
}

fn one(
    run: &Run,
    prepared: &Prepared,
    tables: &[Columns],
    form: Form,
    name: &str,
    inputs: &[PathBuf],
) -> Result<(), Failure> {
    let Some(table) = tables.iter().find(|table| table.name == name) else {
        return Err(no_table(prepared, tables, name));
    };
    let bytes = bytes(run, prepared, table, form)?;
    match &run.settings.output.out {
        Some(OutTarget::Path(path)) => {
            let rules = rules(run, inputs);
            run.shell.write_file(path, &bytes, &rules)
        }
        _ => run.shell.data(&bytes),
    }
}

fn no_table(prepared: &Prepared, tables: &[Columns], name: &str) -> Failure {
    let all = exported::names(&prepared.data);
    if all.contains(&name) {
        let there: Vec<&str> = tables.iter().map(|table| table.name).collect();
        let text = format!("the inputs have no rows for the table `{name}`");
        return Diagnostic::new(&codes::UNKNOWN_NAME, text)
            .hint(format!("there are {}", there.join(", ")))
            .into();
    }
    Diagnostic::new(&codes::UNKNOWN_NAME, format!("`{name}` is no table"))
        .hint(near_or_all(name, all, "the tables are"))
        .into()
}

fn rules<'a>(run: &Run, inputs: &'a [PathBuf]) -> OutputRules<'a> {
    OutputRules {
        no_clobber: run.settings.output.no_clobber,
        inputs,
    }
}

/// Every table, the configuration that reads them again, and last the manifest.
fn all(
    run: &Run,
    prepared: &Prepared,
    tables: &[Columns],
    form: Form,
    folder: &Path,
    inputs: &[PathBuf],
) -> Result<(), Failure> {
    let mut files: Vec<(String, Vec<u8>)> = Vec::new();
    for table in tables {
        let name = format!("{}.{}", table.name, form.suffix());
        files.push((name, bytes(run, prepared, table, form)?));
    }
    let again = again::configuration(run.settings, prepared, tables, form.suffix())?;
    files.push(("leadflow.toml".to_owned(), again.into_bytes()));
    let manifest = manifest(prepared, tables, form, &files)?;
    files.push(("manifest.json".to_owned(), manifest));
    let paths: Vec<PathBuf> = files.iter().map(|(name, _)| folder.join(name)).collect();
    let rules = rules(run, inputs);
    run.shell.make_folder(folder)?;
    for path in &paths {
        run.shell.check_output(path, &rules)?;
    }
    for (path, (_, bytes)) in paths.iter().zip(&files) {
        run.shell.write_file(path, bytes, &rules)?;
    }
    if run.shell.is_quiet() {
        return Ok(());
    }
    let rows = tables
        .iter()
        .map(|table| format!("{} {}", table.name, table.height()));
    let rows: Vec<String> = rows.collect();
    let said = format!("{}\nWritten to {}\n", rows.join("\n"), folder.display());
    run.shell.data(said.as_bytes())
}

/// What was read and written.
fn manifest(
    prepared: &Prepared,
    tables: &[Columns],
    form: Form,
    files: &[(String, Vec<u8>)],
) -> Result<Vec<u8>, Failure> {
    let zone = prepared.data.zone;
    let tables: Vec<serde_json::Value> = tables
        .iter()
        .map(|table| {
            let columns: Vec<&str> = table
                .columns
                .iter()
                .map(|column| column.name.as_str())
                .collect();
            serde_json::json!({ "table": table.name, "rows": table.height(), "columns": columns })
        })
        .collect();
    let inputs: Vec<serde_json::Value> = prepared
        .accounts
        .inputs
        .iter()
        .map(|input| {
            serde_json::json!({
                "file": input.file, "kind": input.kind, "sha256": input.sha256, "rows": input.rows,
            })
        })
        .collect();
    let files: Vec<serde_json::Value> = files
        .iter()
        .map(|(file, bytes)| serde_json::json!({ "file": file, "sha256": folder::sha256(bytes) }))
        .collect();
    let manifest = serde_json::json!({
        "schema_version": 1,
        "tool": { "name": "leadflow", "version": env!("CARGO_PKG_VERSION") },
        "format": form.suffix(),
        "as_of": prepared.data.as_of
            .map(|at| crate::domain::calendar::rfc3339(at.saturating_add(1), zone)),
        "time_zone": zone.name(),
        "currency": prepared.currency,
        "persons": if prepared.persons.are_shown() { "shown" } else { "pseudonyms" },
        "inputs": inputs,
        "tables": tables,
        "files": files,
    });
    let mut bytes = serde_json::to_vec_pretty(&manifest)
        .map_err(|error| output_error("manifest.json", &error.to_string()))?;
    bytes.push(b'\n');
    Ok(bytes)
}
