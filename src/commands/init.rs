//! `leadflow init`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::Run;
use crate::cli::InitArgs;
use crate::diagnostics::{Diagnostic, Failure, codes};
use crate::ingest::detect::{Recognition, contradiction, recognise};
use crate::ingest::load::{Found, expand, look};
use crate::shell::{ExitStatus, OutputRules};

const NAME: &str = "leadflow.toml";

/// Writes a commented configuration for the exports it finds.
///
/// # Errors
/// Where no export is found, or the configuration exists already.
pub fn run(run: &Run, args: &InitArgs) -> Result<ExitStatus, Failure> {
    let folder = &run.environment.working_directory;
    let files = candidates(&args.files, folder)?;
    let found: Vec<(String, Taken)> = files
        .iter()
        .filter_map(|file| Some((file.name.clone(), taken(file)?)))
        .collect();
    if found.is_empty() {
        let text = "no export was found";
        return Err(Diagnostic::new(&codes::NOT_FOUND, text)
            .hint("name the files: leadflow init exports/*.csv")
            .into());
    }
    let text = configuration(&found);
    if args.dry_run {
        run.shell.data(text.as_bytes())?;
        return Ok(ExitStatus::Done);
    }
    let path = PathBuf::from(NAME);
    if path.exists() && !args.force {
        return Err(
            Diagnostic::new(&codes::OUTPUT_EXISTS, format!("{NAME} exists already"))
                .hint("look at what would be written with --dry-run, or replace it with --force")
                .into(),
        );
    }
    run.shell.write_file(
        &path,
        text.as_bytes(),
        &OutputRules {
            no_clobber: false,
            inputs: &[],
        },
    )?;
    run.shell.data(
        format!(
            "{NAME} written for {} files; next: leadflow inspect\n",
            found.len()
        )
        .as_bytes(),
    )?;
    Ok(ExitStatus::Done)
}

/// Suffixes of files that may be tables.
const TABLES: [&str; 11] = [
    "csv", "tsv", "csv.gz", "csv.zst", "zip", "xlsx", "ods", "json", "ndjson", "jsonl", "parquet",
];

/// The files named and those in named folders, else every table below the working directory,
/// two folders deep.
fn candidates(named: &[String], folder: &Path) -> Result<Vec<Found>, Failure> {
    if named.is_empty() {
        return Ok(tables_below("", folder));
    }
    let mut files = Vec::new();
    for name in named {
        if folder.join(name).is_dir() {
            let inside = format!("{}/", name.trim_end_matches('/'));
            files.extend(tables_below(inside.trim_start_matches("./"), folder));
        } else {
            files.extend(expand(name, folder)?);
        }
    }
    Ok(files)
}

/// The tables in a folder and in the folders directly below it.
fn tables_below(inside: &str, base: &Path) -> Vec<Found> {
    let below = |deeper: &str| TABLES.map(|suffix| format!("{inside}{deeper}*.{suffix}"));
    let patterns = [below(""), below("*/")].concat();
    let found = patterns
        .iter()
        .filter_map(|pattern| expand(pattern, base).ok());
    found.flatten().collect()
}

/// Pattern of the names, and kind, of files that belong to one input.
type Family = (String, Option<String>);

/// What a file was taken for.
struct Taken {
    kind: Option<String>,
    title: String,
    header: Vec<String>,
}

fn taken(file: &Found) -> Option<Taken> {
    let (decoded, dialect) = look(file)?;
    let (kind, title) = match recognise(&dialect.header) {
        Recognition::Known(source)
            if contradiction(source, &decoded.text, &dialect, &file.name).is_some() =>
        {
            (None, "unknown".into())
        }
        Recognition::Known(source) | Recognition::Generic { source, .. } => {
            (Some(source.name.clone()), source.title.clone())
        }
        Recognition::Ambiguous(several) => (
            several.first().map(|source| source.name.clone()),
            "ambiguous".into(),
        ),
        Recognition::Unknown { .. } => (None, "unknown".into()),
    };
    Some(Taken {
        kind,
        title,
        header: dialect.header,
    })
}

fn configuration(found: &[(String, Taken)]) -> String {
    let mut text = String::from(HEAD);
    let mut inputs: BTreeMap<Family, Vec<&(String, Taken)>> = BTreeMap::new();
    for file in found {
        let key = if file.1.kind.is_some() {
            pattern(&file.0)
        } else {
            file.0.clone()
        };
        inputs
            .entry((key, file.1.kind.clone()))
            .or_default()
            .push(file);
    }
    for ((pattern, kind), files) in &inputs {
        let Some((first, taken)) = files.first() else {
            continue;
        };
        let path = if files.len() > 1 { pattern } else { first };
        text.push_str(&format!(
            "\n[[input]]                 # {}\npath = {}\n",
            taken.title,
            quoted(path)
        ));
        if files.len() > 1 {
            text.push_str("several = \"latest\"        # parts: rows add up | latest: the newest row of an id wins | snapshots\n");
        }
        if kind.is_none() {
            text.push_str(&unknown(&taken.header));
        }
    }
    text.push_str(TAIL);
    text
}

/// `exports/ga4-2026-10.csv` and its siblings as `exports/ga4-*.csv`.
fn pattern(name: &str) -> String {
    let digits = |c: char| c.is_ascii_digit() || matches!(c, '-' | '_' | '.');
    let (stem, suffix) = name.rsplit_once('.').unwrap_or((name, "csv"));
    let trimmed = stem.trim_end_matches(digits);
    if trimmed.len() == stem.len() || trimmed.is_empty() {
        name.to_owned()
    } else {
        format!("{trimmed}*.{suffix}")
    }
}

fn unknown(header: &[String]) -> String {
    let mut text = String::from(
        "# Not a known export: say which table it is and where its columns are.\n# table = \"leads\"         # leads, stage_events, deals, visits, spend\n# [input.columns]\n",
    );
    for name in header.iter().take(12) {
        text.push_str(&format!("# ... = {}\n", quoted(name)));
    }
    text
}

/// A TOML string of any text.
fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}

const HEAD: &str = "\
# leadflow configuration; paths are relative to this file.
# Every setting: leadflow config show --origin. Every number: leadflow explain --list.

# currency = \"EUR\"          # else the only one that occurs
time_zone = \"UTC\"            # decides which day and month a moment falls in
# gross_margin = 0.8         # without it ROI is revenue, not profit

[funnel]
stages = [\"lead\", \"mql\", \"sql\", \"opportunity\", \"customer\"]
horizon_days = 90            # how long a step may take
# policy = \"implied\"         # implied | explicit | strict
";

const TAIL: &str = "
# One name for every spelling of a channel in every file; `leadflow inspect` shows the spellings.
# [[channel]]
# name = \"SEO\"
# match = [\"Organic Search\", \"SEO*\"]

# What an hour costs; without it the cost of a channel with hours is undefined.
# [hours]
# rate = 60

# Money without a file: retainers, tools.
# [[cost]]
# channel = \"SEO\"
# money = 1200
# every = \"month\"
# from = \"2026-01\"

# Rates of other currencies, in units of the report currency.
# [fx]
# USD = 0.92

# [[exclude]]
# table = \"leads\"
# where = \"email like '%@your-company.example'\"
# why = \"ourselves\"
";
