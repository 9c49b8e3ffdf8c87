//! A report to where it was asked for.

use std::path::Path;

use super::failures::{output_error, render_error};
use super::prepare::{Prepared, input_paths};
use super::{Run, gate};
use crate::diagnostics::{Diagnostic, Failure, codes};
use crate::domain::names::near_or_all;
use crate::ingest::load::Reject;
use crate::render::speech::Speech;
use crate::render::{self, Format, Options};
use crate::report::document::Report;
use crate::settings::OutTarget;
use crate::shell::{ExitStatus, OutputRules};

/// The format asked for: `--format`, else the suffix of the output, else a table.
///
/// # Errors
/// Where no such format exists.
pub fn format(run: &Run) -> Result<&'static Format, Failure> {
    let output = &run.settings.output;
    if let Some(name) = &output.format {
        return render::by_name(name).ok_or_else(|| unknown_format(name).into());
    }
    let suffix = match &output.out {
        Some(OutTarget::Path(path)) => path
            .extension()
            .map(|suffix| suffix.to_string_lossy().into_owned()),
        _ => None,
    };
    let by_suffix = suffix.and_then(|suffix| render::by_suffix(&suffix));
    let table = render::by_name("table");
    by_suffix
        .or(table)
        .ok_or_else(|| unknown_format("table").into())
}

fn unknown_format(name: &str) -> Diagnostic {
    let names = render::ALL.iter().map(|format| format.name);
    Diagnostic::new(&codes::USAGE, format!("`{name}` is no output format")).hint(near_or_all(
        name,
        names,
        "the formats are",
    ))
}

/// Refuses an output that cannot be written, before anything is computed.
///
/// # Errors
/// As the shell says.
pub fn check(run: &Run) -> Result<(), Failure> {
    format(run)?;
    if let Some(OutTarget::Path(path)) = &run.settings.output.out {
        run.shell.check_output(path, &rules(run, &[]))?;
    }
    if let Some(path) = &run.settings.junit {
        run.shell.check_output(path, &rules(run, &[]))?;
    }
    Ok(())
}

fn rules<'a>(run: &Run, inputs: &'a [std::path::PathBuf]) -> OutputRules<'a> {
    OutputRules {
        no_clobber: run.settings.output.no_clobber,
        inputs,
    }
}

/// Options for the renderers; a terminal decides width and colour.
#[must_use]
pub fn options(run: &Run, to_terminal: bool) -> Options {
    let output = &run.settings.output;
    Options {
        width: run.shell.width().filter(|_| to_terminal),
        colour: to_terminal && run.shell.colours_data(),
        raw_csv: output.raw_csv,
        scale: output.scale,
        extra_font: run.settings.fonts.clone(),
        assets: false,
        speech: speech(run),
    }
}

/// The language that the formats for people speak.
#[must_use]
pub fn speech(run: &Run) -> Speech {
    Speech::of(run.settings.output.language)
}

/// Prints a report, or writes it, with the results of its checks; they decide how the run ends.
///
/// # Errors
/// What cannot be rendered or written.
pub fn emit(run: &Run, prepared: &Prepared, report: &Report) -> Result<ExitStatus, Failure> {
    let inputs = input_paths(run.settings, &prepared.accounts.inputs);
    let passed = gate::passed(run, prepared, report)?;
    let (report, status) = match &passed {
        Some((checked, status)) => (checked, *status),
        None => (report, ExitStatus::Done),
    };
    print(run, report, &inputs)?;
    write_results(run, report, &inputs)?;
    write_rejects(run, &prepared.rejects, &inputs)?;
    Ok(status)
}

/// The results of the checks where `--junit` wants them.
///
/// # Errors
/// What cannot be written.
pub fn write_results(
    run: &Run,
    report: &Report,
    inputs: &[std::path::PathBuf],
) -> Result<(), Failure> {
    if let Some(path) = &run.settings.junit {
        let bytes = render::junit::render(report);
        run.shell.write_file(path, &bytes, &rules(run, inputs))?;
    }
    match &run.settings.summary {
        None => Ok(()),
        Some(path) => append_summary(run, report, path),
    }
}

/// The answer behind what the file holds already.
fn append_summary(run: &Run, report: &Report, path: &Path) -> Result<(), Failure> {
    let mut text = match std::fs::read(path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Vec::new(),
        Err(error) => {
            return Err(output_error(
                &path.display().to_string(),
                &error.to_string(),
            ));
        }
    };
    let rendered = render::markdown::render(report, &options(run, false));
    let rendered = rendered.map_err(|error| render_error(&error))?;
    let rendered = String::from_utf8_lossy(&rendered);
    let room = render::markdown::SUMMARY_BYTES.saturating_sub(text.len());
    text.extend_from_slice(render::markdown::cut(&rendered, room).as_bytes());
    let rules = OutputRules {
        no_clobber: false,
        inputs: &[],
    };
    run.shell.write_file(path, &text, &rules)
}

/// As [`emit`], without rejects.
///
/// # Errors
/// What cannot be rendered or written.
pub fn print(run: &Run, report: &Report, inputs: &[std::path::PathBuf]) -> Result<(), Failure> {
    let format = format(run)?;
    let only = only_table(run, report)?;
    let report = only.as_ref().unwrap_or(report);
    let to_stdout = !matches!(run.settings.output.out, Some(OutTarget::Path(_)));
    let bytes =
        (format.render)(report, &options(run, to_stdout)).map_err(|error| render_error(&error))?;
    match &run.settings.output.out {
        Some(OutTarget::Path(path)) => run.shell.write_file(path, &bytes, &rules(run, inputs)),
        _ => run.shell.data(&bytes),
    }
}

/// A text that is no report, to where the output goes.
///
/// # Errors
/// What cannot be written.
pub fn text(run: &Run, bytes: &[u8]) -> Result<ExitStatus, Failure> {
    match &run.settings.output.out {
        Some(OutTarget::Path(path)) => run.shell.write_file(path, bytes, &rules(run, &[]))?,
        _ => run.shell.data(bytes)?,
    }
    Ok(ExitStatus::Done)
}

/// The report with the table of `--table` alone; nothing where all are wanted.
fn only_table(run: &Run, report: &Report) -> Result<Option<Report>, Failure> {
    let Some(id) = &run.settings.output.table else {
        return Ok(None);
    };
    let only = report.only(id).ok_or_else(|| {
        let ids = report.tables.iter().map(|table| table.id.as_str());
        Diagnostic::new(
            &codes::UNKNOWN_NAME,
            format!("`{id}` is no table of this answer"),
        )
        .hint(near_or_all(id, ids, "it has"))
    })?;
    Ok(Some(only))
}

/// Rows set aside for a defect: file, line, reason, the row as it stands.
///
/// # Errors
/// What cannot be written.
pub fn write_rejects(
    run: &Run,
    rejects: &[Reject],
    inputs: &[std::path::PathBuf],
) -> Result<(), Failure> {
    let Some(path) = &run.settings.reading.rejects else {
        return Ok(());
    };
    let mut writer = csv::WriterBuilder::new().from_writer(Vec::new());
    let header = ["file", "line", "reason", "raw"].map(str::to_owned);
    let rows = rejects.iter().map(|reject| {
        [
            reject.file.clone(),
            reject.line.to_string(),
            reject.reason.clone(),
            reject.raw.clone(),
        ]
    });
    for row in std::iter::once(header).chain(rows) {
        writer
            .write_record(&row)
            .map_err(|error| output_error("the list of rejects", &error.to_string()))?;
    }
    let bytes = writer
        .into_inner()
        .map_err(|error| output_error("the list of rejects", &error.to_string()))?;
    run.shell
        .write_file(Path::new(path), &bytes, &rules(run, inputs))
}

/// Exit 1 where nothing was found and that was to be an error; the warning in any case.
#[must_use]
pub fn emptiness(run: &Run, is_empty: bool) -> ExitStatus {
    if !is_empty {
        return ExitStatus::Done;
    }
    run.shell.tell(&Diagnostic::new(
        &codes::NO_RECORDS,
        "there are no records in the period",
    ));
    if run.settings.output.fail_on_empty {
        ExitStatus::CheckFailed
    } else {
        ExitStatus::Done
    }
}
