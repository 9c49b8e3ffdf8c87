//! The definitions of the metrics, run as examples.
//!
//! A specification is a Markdown file of `tests/spec/`: prose, input files, commands and
//! the tables that must come out. Its format is described in `tests/spec/README.md`.
//! `LEADFLOW_BLESS=1` writes the tables that come out into the files instead; read the
//! difference before keeping it.

/// A cell that is expected, and whether the one that came out fits.
mod cell;
/// From Markdown to files, commands and expected tables.
mod document;

use std::fs;
use std::path::PathBuf;

use crate::fixture::{Answer, Outcome, Run, root};
use cell::{Expected, written};
use document::{Block, Piece, Table};

/// One test per file, so that they run side by side and fail by name.
macro_rules! specifications {
    ($($test:ident $file:literal)*) => {
        const LISTED: &[&str] = &[$($file),*];
        $(
            #[test]
            fn $test() {
                check($file);
            }
        )*
    };
}

specifications! {
    wilson "wilson"
    two_rates "two-rates"
    policies "policies"
    path_quality "path-quality"
    views "views"
    undefined_is_not_zero "undefined-is-not-zero"
    equal_age "equal-age"
    horizons "horizons"
    durations "durations"
    dimensions "dimensions"
    untimed "untimed"
    stages_without_input "stages-without-input"
    customers_and_accounts "customers-and-accounts"
    accounts "accounts"
    cost_and_roi "cost-and-roi"
    visitor_value "visitor-value"
    counted_lists "counted-lists"
    spans "spans"
    currencies "currencies"
    exclusions "exclusions"
    segments "segments"
    channels "channels"
    never_twice "never-twice"
    snapshots "snapshots"
    months_and_zones "months-and-zones"
    targets "targets"
    why "why"
    input_keys "input-keys"
    attribution "attribution"
    touches "touches"
    credited_revenue "credited-revenue"
    event_funnels "event-funnels"
    pipeline "pipeline"
    deal_history "deal-history"
    deal_snapshots "deal-snapshots"
    deal_edges "deal-edges"
    pipelines "pipelines"
    score "score"
    scorecard "scorecard"
    learned_score "learned-score"
    flywheel "flywheel"
    retention "retention"
    ripening "ripening"
    referrals "referrals"
    what_if "what-if"
    sla "sla"
    leaks "leaks"
    export "export"
}

#[test]
fn every_specification_is_run() {
    let folder = root().join("tests/spec");
    let mut names: Vec<String> = fs::read_dir(folder)
        .expect("tests/spec")
        .filter_map(|entry| Some(entry.ok()?.path().file_stem()?.to_str()?.to_owned()))
        .filter(|name| name != "README")
        .collect();
    names.sort();
    let mut listed: Vec<&str> = LISTED.to_vec();
    listed.sort_unstable();
    assert_eq!(names, listed);
}

fn path_of(name: &str) -> PathBuf {
    root().join("tests/spec").join(format!("{name}.md"))
}

fn check(name: &str) {
    let text = fs::read_to_string(path_of(name)).expect("the specification");
    let mut pieces = document::read(&text);
    let bless = std::env::var_os("LEADFLOW_BLESS").is_some();
    let complaints = play(name, &mut pieces, bless);
    if bless {
        fs::write(path_of(name), document::write(&pieces)).expect("the specification");
    }
    assert!(complaints.is_empty(), "\n{}", complaints.join("\n"));
}

/// Runs the pieces in order and collects what does not fit.
fn play(name: &str, pieces: &mut [Piece], bless: bool) -> Vec<String> {
    let mut complaints = Vec::new();
    let mut run = Run::new();
    let mut common: Vec<(String, String)> = Vec::new();
    let mut in_section = false;
    let mut last: Option<Outcome> = None;
    let wants_json = wants_json(pieces);
    for (index, piece) in pieces.iter_mut().enumerate() {
        let at = format!("tests/spec/{name}.md:{}", piece.line);
        match &mut piece.block {
            Block::Heading => {
                in_section = true;
                run = Run::new();
                for (file, text) in &common {
                    run.file(file, text);
                }
            }
            Block::File { file, text } => {
                run.file(file, text.as_str());
                if !in_section {
                    common.push((file.clone(), text.clone()));
                }
            }
            Block::Command {
                line,
                status,
                says,
                env,
            } => {
                let format = if wants_json[index] {
                    " --format json"
                } else {
                    ""
                };
                let variables: Vec<(&str, &str)> = env
                    .iter()
                    .map(|(key, value)| (key.as_str(), value.as_str()))
                    .collect();
                let outcome = run.leadflow_with(&format!("{line}{format}"), &variables, "");
                complaints.extend(disagreements(&at, &outcome, *status, says));
                last = Some(outcome);
            }
            Block::Table(table) => {
                let Some(answer) = answer(last.as_ref()) else {
                    complaints.push(format!("{at}: no JSON to look for `{}` in", table.id));
                    continue;
                };
                if bless {
                    fill_in(table, &answer);
                } else {
                    complaints.extend(compare(&at, table, &answer));
                }
            }
            Block::Text(_) => {}
        }
    }
    complaints
}

/// For each piece: whether it is a command that tables follow.
fn wants_json(pieces: &[Piece]) -> Vec<bool> {
    let mut wants = vec![false; pieces.len()];
    let mut command = None;
    for (index, piece) in pieces.iter().enumerate() {
        match piece.block {
            Block::Command { .. } => command = Some(index),
            Block::Table(_) => {
                if let Some(command) = command {
                    wants[command] = true;
                }
            }
            _ => {}
        }
    }
    wants
}

fn answer(outcome: Option<&Outcome>) -> Option<Answer> {
    serde_json::from_str(&outcome?.stdout).ok().map(Answer)
}

fn disagreements(at: &str, outcome: &Outcome, status: i32, says: &[String]) -> Vec<String> {
    let mut complaints = Vec::new();
    if outcome.status != status {
        complaints.push(format!(
            "{at}: exit status {status} is demanded of {outcome}"
        ));
    }
    for text in says {
        if !(outcome.stdout.contains(text) || outcome.stderr.contains(text)) {
            complaints.push(format!("{at}: `{text}` is missing in {outcome}"));
        }
    }
    complaints
}

fn compare(at: &str, table: &Table, answer: &Answer) -> Vec<String> {
    if !answer.has(&table.id) {
        return vec![format!("{at}: the answer has no table `{}`", table.id)];
    }
    let rows = answer.table(&table.id);
    let mut complaints = Vec::new();
    if !table.partial && rows.len() != table.rows.len() {
        let found: Vec<String> = rows.iter().map(|row| key_of(table, row)).collect();
        let (found, wanted) = (found.join(" | "), table.rows.len());
        complaints.push(format!(
            "{at}: {wanted} rows are expected in `{}`, found {found}",
            table.id
        ));
    }
    for (index, cells) in table.rows.iter().enumerate() {
        let Some(row) = table.find(rows, index) else {
            complaints.push(format!(
                "{at}: no row {:?} in `{}`",
                cells.first(),
                table.id
            ));
            continue;
        };
        for (column, cell) in table.columns.iter().zip(cells) {
            if let Err(found) = Expected::read(cell).fits(row, column) {
                let key = key_of(table, row);
                complaints.push(format!(
                    "{at}: `{column}` of `{key}`: expected {cell}, found {found}"
                ));
            }
        }
    }
    complaints
}

fn key_of(table: &Table, row: &serde_json::Value) -> String {
    let keys = table.columns.iter().take(table.keys());
    keys.map(|column| written(row, column, ""))
        .collect::<Vec<_>>()
        .join(" ")
}

fn fill_in(table: &mut Table, answer: &Answer) {
    if !answer.has(&table.id) {
        return;
    }
    let rows = answer.table(&table.id);
    let fresh = |row: &serde_json::Value, old: Option<&Vec<String>>| -> Vec<String> {
        let cell = |(index, column): (usize, &String)| {
            let old = old
                .and_then(|cells| cells.get(index))
                .map_or("", String::as_str);
            match Expected::read(old).fits(row, column) {
                Ok(()) if !old.is_empty() => old.to_owned(),
                _ => written(row, column, old),
            }
        };
        table.columns.iter().enumerate().map(cell).collect()
    };
    let filled = if table.partial {
        let indexes = 0..table.rows.len();
        indexes
            .map(|index| match table.find(rows, index) {
                Some(row) => fresh(row, table.rows.get(index)),
                None => table.rows[index].clone(),
            })
            .collect()
    } else {
        rows.iter()
            .enumerate()
            .map(|(index, row)| fresh(row, table.rows.get(index)))
            .collect()
    };
    table.rows = filled;
}
