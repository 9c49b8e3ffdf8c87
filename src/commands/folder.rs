//! The folder of a report: every format, every table, every chart, and a manifest
//! that is written last.

use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::emit::write_rejects;
use super::failures::{output_error, render_error};
use super::prepare::{Prepared, input_paths};
use super::{Run, emit, restated};
use crate::diagnostics::{Diagnostic, Failure, codes};
use crate::domain::period::Period;
use crate::render::speech::Speech;
use crate::render::{self, Options, chart, csv as csv_format, escape};
use crate::report::document::Report;
use crate::settings::OutTarget;
use crate::shell::OutputRules;

/// The folder asked for, else `report-<period>` in the working directory; refused before
/// the work where it cannot be made.
///
/// # Errors
/// As the shell says.
pub fn target(run: &Run, period: &str) -> Result<PathBuf, Failure> {
    let folder = match &run.settings.output.out {
        Some(OutTarget::Path(path)) => path.clone(),
        _ => PathBuf::from(format!("report-{}", file_label(period))),
    };
    run.shell.check_folder(&folder)?;
    Ok(folder)
}

/// The folder that the report of the period before has, where this one is written into a
/// folder that is named after its period.
#[must_use]
pub fn of_period_before(run: &Run, period: &Period) -> Option<PathBuf> {
    let (now, before) = (
        file_label(&period.label),
        file_label(&period.previous().label),
    );
    let folder = match &run.settings.output.out {
        Some(OutTarget::Path(path)) => path.clone(),
        Some(OutTarget::Stdout) => return None,
        None => PathBuf::from(format!("report-{now}")),
    };
    let name = folder.file_name()?.to_str()?;
    let other = name.replace(&now, &before);
    (other != name).then(|| folder.with_file_name(other))
}

/// Labels such as `2026-01..2026-06` as they are; anything else as a slug.
fn file_label(period: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.');
    if period.chars().all(plain) {
        period.to_owned()
    } else {
        escape::slug(period)
    }
}

struct Writer<'a> {
    run: &'a Run<'a>,
    folder: &'a Path,
    inputs: Vec<PathBuf>,
    speech: Speech,
    /// Name and bytes of each file, in the order of writing.
    files: Vec<(String, Vec<u8>)>,
}

/// Writes the folder and prints the summary with its name.
///
/// # Errors
/// What cannot be rendered or written.
pub fn write(
    run: &Run,
    prepared: &Prepared,
    report: &Report,
    folder: &Path,
) -> Result<(), Failure> {
    let inputs = input_paths(run.settings, &prepared.accounts.inputs);
    let mut writer = Writer {
        run,
        folder,
        inputs: inputs.clone(),
        speech: emit::speech(run),
        files: Vec::new(),
    };
    writer.tables(report)?;
    writer.charts(report)?;
    writer.formats(report)?;
    writer.fingerprints(prepared)?;
    writer.manifest(report)?;
    writer.write()?;
    write_rejects(run, &prepared.rejects, &inputs)?;
    if run.shell.is_quiet() {
        return Ok(());
    }
    let spoken = emit::speech(run).report(report).into_owned();
    run.shell.data(summary(&spoken, folder).as_bytes())
}

fn summary(report: &Report, folder: &Path) -> String {
    use crate::diagnostics::terminal::for_terminal;
    let mut text = format!("{}\n\n", for_terminal(&report.title));
    for sentence in &report.summary {
        text.push_str(&format!("- {}\n", for_terminal(sentence)));
    }
    let page = folder.join("report.html");
    text.push_str(&format!(
        "\nWritten to {} (open {})\n",
        folder.display(),
        page.display()
    ));
    text
}

impl Writer<'_> {
    fn file(&mut self, name: &str, bytes: Vec<u8>) {
        self.files.push((name.to_owned(), bytes));
    }

    /// Writes what was drawn; until here nothing has touched the disk.
    fn write(&self) -> Result<(), Failure> {
        for folder in ["", "tables", "charts"] {
            self.run.shell.make_folder(&self.folder.join(folder))?;
        }
        let rules = OutputRules {
            no_clobber: self.run.settings.output.no_clobber,
            inputs: &self.inputs,
        };
        for (name, bytes) in &self.files {
            let path = self.folder.join(name);
            self.run.shell.write_file(&path, bytes, &rules)?;
        }
        Ok(())
    }

    fn tables(&mut self, report: &Report) -> Result<(), Failure> {
        for table in &report.tables {
            let bytes = csv_format::table(table, self.run.settings.output.raw_csv)
                .map_err(|error| render_error(&error))?;
            self.file(&format!("tables/{}.csv", table.id), bytes);
        }
        Ok(())
    }

    fn charts(&mut self, report: &Report) -> Result<(), Failure> {
        let options = self.options();
        let currency = report.context.currency.as_deref();
        let spoken = self.speech.report(report).into_owned();
        for drawing in &spoken.charts {
            let svg = chart::svg(drawing, currency).map_err(|error| render_error(&error))?;
            self.file(&format!("charts/{}.svg", drawing.id), svg.into_bytes());
            let png =
                chart::png(drawing, currency, &options).map_err(|error| render_error(&error))?;
            self.file(&format!("charts/{}.png", drawing.id), png.bytes);
            if !png.missing_glyphs.is_empty() {
                let text = format!(
                    "charts/{}.png lacks letters that no font has: {}",
                    drawing.id,
                    png.missing_glyphs.join(", ")
                );
                let finding = Diagnostic::new(&codes::MISSING_GLYPH, text)
                    .hint("name a font that has them: [charts] font = \"path.ttf\"");
                self.run.shell.tell(&finding);
            }
        }
        Ok(())
    }

    fn options(&self) -> Options {
        Options {
            width: None,
            colour: false,
            raw_csv: self.run.settings.output.raw_csv,
            scale: self.run.settings.output.scale,
            extra_font: self.run.settings.fonts.clone(),
            assets: true,
            speech: self.speech.clone(),
        }
    }

    fn formats(&mut self, report: &Report) -> Result<(), Failure> {
        for (name, format) in [
            ("report.html", "html"),
            ("report.md", "markdown"),
            ("report.json", "json"),
            ("report.xlsx", "xlsx"),
        ] {
            let Some(format) = render::by_name(format) else {
                continue;
            };
            let bytes =
                (format.render)(report, &self.options()).map_err(|error| render_error(&error))?;
            self.file(name, bytes);
        }
        Ok(())
    }

    /// What tells the next report which rows were changed.
    fn fingerprints(&mut self, prepared: &Prepared) -> Result<(), Failure> {
        let bytes = restated::fingerprints(&prepared.accounts.inputs)
            .map_err(|error| output_error(restated::FINGERPRINTS, &error.to_string()))?;
        self.file(restated::FINGERPRINTS, bytes);
        Ok(())
    }

    /// What was read, obeyed and written; written last, so that its presence says that
    /// the folder is whole.
    fn manifest(&mut self, report: &Report) -> Result<(), Failure> {
        let files: Vec<serde_json::Value> = self
            .files
            .iter()
            .map(|(file, bytes)| serde_json::json!({ "file": file, "sha256": sha256(bytes) }))
            .collect();
        let inputs: Vec<serde_json::Value> = report
            .context
            .inputs
            .iter()
            .map(|input| {
                serde_json::json!({
                    "file": input.file, "kind": input.kind, "sha256": input.sha256,
                    "rows": input.rows, "rejected": input.rejected,
                })
            })
            .collect();
        let configuration: serde_json::Map<String, serde_json::Value> = self
            .run
            .settings
            .describe()
            .iter()
            .filter(|described| !is_of_this_machine(&described.key))
            .map(|described| (described.key.clone(), described.value.clone().into()))
            .collect();
        let manifest = serde_json::json!({
            "schema_version": 1,
            "tool": { "name": "leadflow", "version": env!("CARGO_PKG_VERSION") },
            "period": report.context.period.label,
            "as_of": report.context.as_of,
            "inputs": inputs,
            "configuration": configuration,
            "files": files,
        });
        let mut bytes = serde_json::to_vec_pretty(&manifest)
            .map_err(|error| output_error("manifest.json", &error.to_string()))?;
        bytes.push(b'\n');
        self.file("manifest.json", bytes);
        Ok(())
    }
}

/// The SHA-256 of some bytes, in hexadecimal digits.
#[must_use]
pub fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes)
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

/// Settings that say where or how a run happened, not what its numbers are.
fn is_of_this_machine(key: &str) -> bool {
    const KEYS: &[&str] = &[
        "out",
        "threads",
        "quiet",
        "verbose",
        "color",
        "rejects",
        "config",
        "error_format",
        "no_clobber",
    ];
    KEYS.contains(&key)
}
