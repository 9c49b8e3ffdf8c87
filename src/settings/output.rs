//! What is written and where, and how the program talks meanwhile.

use std::path::PathBuf;

use crate::diagnostics::Failure;
use crate::diagnostics::terminal::{ColourChoice, ShellOptions};

use super::config::{ColourWord, Config, ErrorFormat};
use super::layers::Layers;

/// What is written and where.
#[derive(Debug, Clone, PartialEq)]
pub struct Output {
    /// Name of a format, as typed; the formats know whether it exists.
    pub format: Option<String>,
    /// Id of the one table that is wanted; absent for all.
    pub table: Option<String>,
    /// Where to; absent: standard output, and for `report` a folder.
    pub out: Option<OutTarget>,
    /// Never replace a file.
    pub no_clobber: bool,
    /// Print personal data where a table has it.
    pub include_pii: bool,
    /// No guard against formulas in CSV.
    pub raw_csv: bool,
    /// Pixels per unit in PNG; above 0.
    pub scale: f64,
    /// A period without records fails the run.
    pub fail_on_empty: bool,
}

/// Where output goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OutTarget {
    /// `-`
    Stdout,
    /// A file or a folder.
    Path(PathBuf),
}

const DEFAULT_SCALE: f64 = 2.0;

/// The output.
pub fn output(config: &Config, layers: &Layers) -> Result<Output, Failure> {
    let scale = config.scale.unwrap_or(DEFAULT_SCALE);
    if !(0.1..=10.0).contains(&scale) {
        let text = format!("`{scale}` is no scale (0.1 to 10)");
        return Err(layers.complaint("scale", &text).into());
    }
    Ok(Output {
        format: config.format.clone(),
        table: config.table.clone(),
        out: out_target(config, layers)?,
        no_clobber: config.no_clobber.unwrap_or(false),
        include_pii: config.include_pii.unwrap_or(false),
        raw_csv: config.raw_csv.unwrap_or(false),
        scale,
        fail_on_empty: config.fail_on_empty.unwrap_or(false),
    })
}

fn out_target(config: &Config, layers: &Layers) -> Result<Option<OutTarget>, Failure> {
    match config.out.as_deref() {
        None => Ok(None),
        Some("-") => Ok(Some(OutTarget::Stdout)),
        Some("") => Err(layers.complaint("out", "expected a path or `-`").into()),
        Some(path) => Ok(Some(OutTarget::Path(layers.located("out", path)))),
    }
}

/// How the program talks.
pub fn conversation(config: &Config) -> ShellOptions {
    ShellOptions {
        quiet: config.quiet.unwrap_or(false),
        verbose: config.verbose.unwrap_or(0),
        colour: match config.color {
            None | Some(ColourWord::Auto) => ColourChoice::Auto,
            Some(ColourWord::Always) => ColourChoice::Always,
            Some(ColourWord::Never) => ColourChoice::Never,
        },
        error_json: config.error_format == Some(ErrorFormat::Json),
    }
}
