//! What is written and where, and how the program talks meanwhile.

use std::path::PathBuf;

use crate::diagnostics::Failure;
use crate::diagnostics::terminal::{ColourChoice, ShellOptions, Speech};
use crate::language::{self, Language};

use super::config::{ColourWord, Config, ErrorFormat};
use super::files::unreadable;
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
    /// Key of the pseudonyms of persons; absent: derived from the inputs.
    pub pii_key: Option<Vec<u8>>,
    /// What the formats for people speak.
    pub language: &'static Language,
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

/// The report that a new one is set against.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PreviousReport {
    /// That of the period before, where its folder lies beside the one that is written.
    Beside,
    /// A folder or file.
    Path(PathBuf),
    /// None.
    Nothing,
}

/// The report that a new one is set against; only `report` writes one.
pub fn previous_report(config: &Config, command: &str) -> PreviousReport {
    match config.report.previous.as_deref() {
        _ if command != "report" => PreviousReport::Nothing,
        None => PreviousReport::Beside,
        Some("none") => PreviousReport::Nothing,
        Some(path) => PreviousReport::Path(PathBuf::from(path)),
    }
}

fn language(config: &Config, layers: &Layers) -> Result<&'static Language, Failure> {
    let Some(code) = config.lang.as_deref() else {
        return Ok(&language::ALL[0]);
    };
    Language::by_code(code).ok_or_else(|| {
        let known = language::ALL.iter();
        let known: Vec<String> = known
            .map(|language| format!("{} ({})", language.code, language.name))
            .collect();
        layers
            .complaint("lang", &format!("`{code}` is no language of the report"))
            .hint(format!("it speaks {}", known.join(", ")))
            .into()
    })
}

const DEFAULT_SCALE: f64 = 2.0;

/// Bytes of a key that nobody guesses.
const SHORTEST_KEY: usize = 16;

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
        pii_key: pii_key(config, layers)?,
        language: language(config, layers)?,
        raw_csv: config.raw_csv.unwrap_or(false),
        scale,
        fail_on_empty: config.fail_on_empty.unwrap_or(false),
    })
}

/// The key as it stands in its file, without blanks at its ends; a short one is guessed.
fn pii_key(config: &Config, layers: &Layers) -> Result<Option<Vec<u8>>, Failure> {
    let Some(name) = config.pii_key_file.as_deref() else {
        return Ok(None);
    };
    let path = layers.located("pii_key_file", name);
    let bytes = std::fs::read(path).map_err(|error| unreadable("key file", name, &error))?;
    let key = bytes.trim_ascii();
    if key.len() < SHORTEST_KEY {
        let text = format!(
            "`{name}` holds {} bytes, and a key has {SHORTEST_KEY} or more",
            key.len()
        );
        return Err(layers
            .complaint("pii_key_file", &text)
            .hint("make one: head -c 32 /dev/urandom | base64 > pseudonyms.key")
            .into());
    }
    Ok(Some(key.to_vec()))
}

fn out_target(config: &Config, layers: &Layers) -> Result<Option<OutTarget>, Failure> {
    match config.out.as_deref() {
        None => Ok(None),
        Some("-") => Ok(Some(OutTarget::Stdout)),
        Some("") => Err(layers.complaint("out", "expected a path or `-`").into()),
        Some(path) => Ok(Some(OutTarget::Path(layers.located("out", path)))),
    }
}

/// What a word of `--error-format` means; one that means nothing is refused elsewhere.
pub fn speech(word: &str) -> Speech {
    match word {
        "json" => Speech::Json,
        "github" => Speech::Annotations,
        _ => Speech::Text,
    }
}

/// How the program talks.
pub fn conversation(config: &Config) -> ShellOptions {
    let annotates = config.format.as_deref() == Some("github");
    ShellOptions {
        quiet: config.quiet.unwrap_or(false),
        verbose: config.verbose.unwrap_or(0),
        colour: match config.color {
            None | Some(ColourWord::Auto) => ColourChoice::Auto,
            Some(ColourWord::Always) => ColourChoice::Always,
            Some(ColourWord::Never) => ColourChoice::Never,
        },
        speech: match config.error_format {
            Some(ErrorFormat::Json) => Speech::Json,
            Some(ErrorFormat::Github) => Speech::Annotations,
            None if annotates => Speech::Annotations,
            Some(ErrorFormat::Text) | None => Speech::Text,
        },
        findings_in_answer: annotates,
    }
}
