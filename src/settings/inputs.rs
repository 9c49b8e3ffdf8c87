//! What is read, and how.

use std::path::{Component, Path, PathBuf};

use chrono_tz::Tz;
use glob::{MatchOptions, Pattern};

use crate::diagnostics::{Diagnostic, Failure, codes};
use crate::ingest::spec::{Decimal, InputSpec, PerColumn};

use super::config::Config;
use super::env::Environment;
use super::layers::Layers;
use super::moments;

/// How inputs are read that do not say it themselves.
#[derive(Debug, Clone, PartialEq)]
pub struct Reading {
    /// Zone of times without an offset.
    pub zone: Tz,
    /// Label of the encoding; absent: detected.
    pub encoding: Option<String>,
    /// What separates cells; absent: detected.
    pub delimiter: Option<u8>,
    /// strftime pattern of dates; absent: decided per column.
    pub date_format: Option<String>,
    /// Decimal sign; absent: decided per column.
    pub decimal: Option<Decimal>,
    /// `false`: no header row; absent: there is one.
    pub header: Option<bool>,
    /// Names of the columns of files without a header row.
    pub columns: Option<Vec<String>>,
    /// How many bad rows may be set aside.
    pub max_rejects: RejectLimit,
    /// Where the rows set aside are written.
    pub rejects: Option<PathBuf>,
    /// Leave out files that cannot be read.
    pub keep_going: bool,
}

/// How many bad rows may be set aside.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum RejectLimit {
    /// At most so many rows in all.
    Count(u64),
    /// At most this share of the rows of a file (0.02 is 2 %).
    Share(f64),
    /// Any number.
    Unlimited,
}

/// The header row and its names, which only the command line can say.
#[derive(Debug, Clone, Copy, Default)]
pub struct TypedHeader<'a> {
    /// `--no-header`
    pub absent: bool,
    /// `--columns`
    pub columns: &'a [String],
}

/// How inputs are read.
pub fn reading(
    config: &Config,
    layers: &Layers,
    report_zone: Tz,
    typed: TypedHeader<'_>,
) -> Result<Reading, Failure> {
    let zone = moments::zone(layers, "input_time_zone", config.input_time_zone.as_deref())?;
    let delimiter = config.delimiter.as_deref();
    let rejects = config.rejects.as_deref();
    Ok(Reading {
        zone: zone.unwrap_or(report_zone),
        encoding: config.encoding.clone(),
        delimiter: delimiter
            .map(|text| parse_delimiter(layers, "delimiter", text))
            .transpose()?,
        date_format: config.date_format.clone(),
        decimal: config.decimal,
        header: typed.absent.then_some(false),
        columns: (!typed.columns.is_empty()).then(|| typed.columns.to_vec()),
        max_rejects: reject_limit(config, layers)?,
        rejects: rejects.map(|path| layers.located("rejects", path)),
        keep_going: config.keep_going.unwrap_or(false),
    })
}

fn parse_delimiter(layers: &Layers, key: &str, text: &str) -> Result<u8, Failure> {
    match text.as_bytes() {
        b"tab" | b"\\t" => Ok(b'\t'),
        [single] if single.is_ascii() && !b"\"\r\n".contains(single) => Ok(*single),
        _ => {
            let text = format!("`{text}` is no delimiter");
            Err(layers
                .complaint(key, &text)
                .hint("write one character, or `tab`")
                .into())
        }
    }
}

fn reject_limit(config: &Config, layers: &Layers) -> Result<RejectLimit, Failure> {
    let Some(word) = &config.max_rejects else {
        return Ok(RejectLimit::Count(0));
    };
    let text = word.text();
    if text == "unlimited" {
        return Ok(RejectLimit::Unlimited);
    }
    let share = |percent: &str| {
        let percent = percent.trim().parse::<f64>().ok()?;
        (0.0..=100.0)
            .contains(&percent)
            .then_some(RejectLimit::Share(percent / 100.0))
    };
    let limit = match text.strip_suffix('%') {
        Some(percent) => share(percent),
        None => text.parse().ok().map(RejectLimit::Count),
    };
    limit.ok_or_else(|| {
        let text = format!("`{text}` is no limit");
        let finding = layers.complaint("max_rejects", &text);
        finding
            .hint("write a number of rows (5), a share of them (2%) or `unlimited`")
            .into()
    })
}

/// The inputs of a run and the folder that their paths are relative to.
pub struct Inputs {
    /// What is read.
    pub specs: Vec<InputSpec>,
    /// What the paths are relative to.
    pub base: PathBuf,
}

/// The inputs: FILES that were typed, else those of the configuration.
///
/// A typed file that a configured `[[input]]` names or matches keeps that mapping.
pub fn inputs(
    config: &Config,
    layers: &Layers,
    files: &[String],
    config_folder: Option<&Path>,
    environment: &Environment,
) -> Result<Inputs, Failure> {
    for (spec, number) in config.input.iter().zip(1..) {
        check(layers, spec, &format!("input[{number}]"))?;
    }
    let here = &environment.working_directory;
    let folder = config_folder.unwrap_or(here);
    let (mut specs, base) = if files.is_empty() {
        (config.input.clone(), folder)
    } else {
        (typed(files, &config.input, folder, here), here.as_path())
    };
    check_standard_input(&specs, environment)?;
    specs
        .iter_mut()
        .for_each(|spec| impose(spec, config, layers));
    Ok(Inputs {
        specs,
        base: base.to_owned(),
    })
}

fn check(layers: &Layers, spec: &InputSpec, key: &str) -> Result<(), Failure> {
    if spec
        .path
        .as_deref()
        .is_none_or(|path| path.trim().is_empty())
    {
        let finding = layers.complaint(key, "an input needs a `path`");
        return Err(finding.hint("write path = \"exports/file.csv\"").into());
    }
    moments::zone(
        layers,
        &format!("{key}.time_zone"),
        spec.time_zone.as_deref(),
    )?;
    if let Some(delimiter) = &spec.delimiter {
        parse_delimiter(layers, &format!("{key}.delimiter"), delimiter)?;
    }
    Ok(())
}

/// Options of this run win over what an input says of itself.
fn impose(spec: &mut InputSpec, config: &Config, layers: &Layers) {
    let said = |key: &str| layers.origin(key).is_for_this_run();
    if said("encoding") {
        spec.encoding.clone_from(&config.encoding);
    }
    if said("delimiter") {
        spec.delimiter.clone_from(&config.delimiter);
    }
    if said("date_format") {
        spec.date_format = config.date_format.clone().map(PerColumn::All);
    }
    if said("decimal") {
        spec.decimal = config.decimal;
    }
    if said("input_time_zone") {
        spec.time_zone.clone_from(&config.input_time_zone);
    }
}

fn check_standard_input(specs: &[InputSpec], environment: &Environment) -> Result<(), Failure> {
    let times = specs
        .iter()
        .filter(|spec| spec.path.as_deref() == Some("-"))
        .count();
    if times > 1 {
        return Err(
            Diagnostic::new(&codes::USAGE, "standard input (`-`) can be read only once").into(),
        );
    }
    if times == 1 && environment.stdin_is_terminal {
        let text = "`-` is standard input, and that is a terminal";
        let hint = "pipe a file into it, or name the file instead of `-`";
        return Err(Diagnostic::new(&codes::USAGE, text).hint(hint).into());
    }
    Ok(())
}

fn typed(files: &[String], configured: &[InputSpec], folder: &Path, here: &Path) -> Vec<InputSpec> {
    let spec = |file: &String| {
        let place = absolute(here, file);
        let known = configured.iter().find(|spec| covers(spec, folder, &place));
        let mapping = known.filter(|_| file != "-").cloned().unwrap_or_default();
        InputSpec {
            path: Some(file.clone()),
            ..mapping
        }
    };
    files.iter().map(spec).collect()
}

/// True where the path or glob of a configured input means the file at `place`.
fn covers(spec: &InputSpec, folder: &Path, place: &Path) -> bool {
    let Some(path) = &spec.path else { return false };
    let named = absolute(folder, path);
    if named == place {
        return true;
    }
    let pattern = match Path::new(path).is_absolute() {
        true => path.clone(),
        false => format!("{}/{path}", Pattern::escape(&folder.to_string_lossy())),
    };
    let pattern = lexical(Path::new(&pattern)).to_string_lossy().into_owned();
    let options = MatchOptions {
        require_literal_separator: true,
        ..MatchOptions::default()
    };
    Pattern::new(&pattern).is_ok_and(|pattern| pattern.matches_path_with(place, options))
}

fn absolute(folder: &Path, path: &str) -> PathBuf {
    lexical(&folder.join(path))
}

/// Without `.` and with `..` taken back, without asking the disk.
fn lexical(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir if plain.pop() => {}
            other => plain.push(other),
        }
    }
    plain
}
