//! Every file of every collection of broken tables: read, or refused by name.
//!
//! No panic, no signal, bounded memory and time, nothing left behind, nothing on standard
//! output that is no JSON. What is refused names the file, and the line where a line is to
//! blame; what is read accounts for every row.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use serde_json::Value;

use super::made_marketing::is_for_people;
use crate::accounts::accounts_add_up;
use crate::fixture::{Answer, Outcome, PROGRAM, Run, names_below, shared, words};

/// Address space of a run, in kilobytes: the program itself takes a third of it.
const MEMORY: u32 = 3 << 20;

/// A debug build is several times slower than what people run, and the machine is shared.
const PATIENCE: Duration = Duration::from_secs(40);

/// Finds of fuzzers look alike to a command; one command tries them all.
const FUZZED: &[&str] = &["duckdb-csv/afl/", "duckdb-csv/fuzzing/"];

fn files() -> Option<(PathBuf, Vec<String>)> {
    let folder = shared("nasty-csv")?;
    let names = names_below(&folder);
    assert!(names.len() > 900, "only {} files", names.len());
    Some((folder, names))
}

fn leadflow(run: &Run, line: &str) -> Outcome {
    let started = Instant::now();
    let mut command = Command::new("sh");
    command
        .args([
            "-c",
            &format!("ulimit -v {MEMORY}; exec \"$0\" \"$@\""),
            PROGRAM,
        ])
        .args(words(line))
        .env_clear()
        .current_dir(run.path("."))
        .stdin(Stdio::null());
    let outcome = Outcome::of(line, &command.output().expect("a shell"));
    let took = started.elapsed();
    assert!(took < PATIENCE, "{} s: {outcome}", took.as_secs());
    outcome
}

/// What holds for any file and any command.
fn is_sound(run: &Run, folder: &Path, name: &str, command: &str) -> Outcome {
    let path = folder.join(name);
    let outcome = leadflow(
        run,
        &format!("{command} '{}' --format json", path.display()),
    );
    assert!([0, 2].contains(&outcome.status), "{name}: {outcome}");
    assert!(run.files().is_empty(), "{name} left {:?}", run.files());
    is_for_people(&outcome);
    let quiet = outcome.stdout.is_empty();
    let json = serde_json::from_str::<Value>(&outcome.stdout).is_ok();
    assert!(quiet || json, "no JSON: {outcome}");
    if outcome.status == 2 {
        let file = name.rsplit('/').next().unwrap_or(name);
        assert!(outcome.stderr.contains(file), "no name in {outcome}");
        assert!(names_its_line(&outcome.stderr), "no line in {outcome}");
    }
    outcome
}

/// A message about a line has its number behind the name of the file.
fn names_its_line(text: &str) -> bool {
    let about_a_line = |error: &&str| {
        let first = error.lines().next().unwrap_or_default();
        ["line ", "quote opened", "a cell of"]
            .iter()
            .any(|word| first.contains(word))
    };
    let placed = |error: &str| {
        let after = |at: usize| error[at + 1..].starts_with(|c: char| c.is_ascii_digit());
        error.match_indices(':').any(|(at, _)| after(at))
    };
    text.split("error: ")
        .skip(1)
        .filter(about_a_line)
        .all(placed)
}

/// Runs a check over all names on two threads.
fn over_all(names: &[String], check: impl Fn(&Run, &str) + Sync) {
    let next = AtomicUsize::new(0);
    let work = || {
        let run = Run::new();
        while let Some(name) = names.get(next.fetch_add(1, Ordering::Relaxed)) {
            check(&run, name);
        }
    };
    std::thread::scope(|scope| {
        scope.spawn(work);
        scope.spawn(work);
    });
}

#[test]
fn every_file_is_described_or_refused() {
    let Some((folder, names)) = files() else {
        return;
    };
    over_all(&names, |run, name| {
        let outcome = is_sound(run, &folder, name, "inspect");
        if outcome.status == 0 {
            accounts_add_up(&Answer(serde_json::from_str(&outcome.stdout).unwrap()));
        }
    });
}

#[test]
fn every_file_is_counted_or_refused() {
    let Some((folder, mut names)) = files() else {
        return;
    };
    names.retain(|name| !FUZZED.iter().any(|part| name.starts_with(part)));
    over_all(&names, |run, name| {
        is_sound(run, &folder, name, "funnel");
    });
}

/// A file that nobody knows hides none of its broken rows either.
#[test]
fn rows_of_the_wrong_width_are_said_of_unknown_files() {
    let Some((folder, _)) = files() else { return };
    for (name, rows, lines) in [
        ("csvkit-examples/bad.csv", 3, &[2, 3][..]),
        ("csvkit-examples/test_join_short_rows.csv", 3, &[2, 3]),
        ("duckdb-csv/top/issue6764.csv", 2, &[2, 3]),
        (
            "duckdb-csv/rejects/incorrect_columns/mix_columns.csv",
            2772,
            &[1604, 1671, 2751, 2768],
        ),
    ] {
        let path = folder.join(name);
        let answer = Run::new().json(&format!("inspect '{}'", path.display()));
        let input = answer.only("inputs");
        assert_eq!(input["rows"], rows, "{name}: {input:#}");
        assert_eq!(input["rejected"], lines.len(), "{name}: {input:#}");
        let of_kind = |row: &&Value| row["code"] == "ragged_row";
        let named: Vec<u64> = answer
            .table("problems")
            .iter()
            .filter(of_kind)
            .filter_map(|row| row["line"].as_u64())
            .collect();
        assert_eq!(named, lines, "{name}");
    }
}

/// One table in several forms: the same columns, values and sums.
#[test]
fn twins_hold_the_same() {
    let Some((folder, _)) = files() else { return };
    let columns = |name: &str| {
        let path = folder.join(name);
        let answer = Run::new().json(&format!("inspect '{}'", path.display()));
        let mut columns = answer.table("columns").to_vec();
        for column in &mut columns {
            column["file"] = Value::Null;
        }
        columns
    };
    for (first, others) in [
        (
            "csvkit-examples/dummy.csv",
            &[
                "csvkit-examples/dummy.csv.gz",
                "csvkit-examples/dummy.tsv",
                "csvkit-examples/dummy.xls",
                "csvkit-examples/dummy.xlsx",
            ][..],
        ),
        (
            "csvkit-examples/test_utf8.csv",
            &["csvkit-examples/test_utf8_bom.csv"],
        ),
        (
            "csvkit-examples/test_utf16_big.csv",
            &["csvkit-examples/test_utf16_little.csv"],
        ),
        (
            "csvkit-examples/testjson_multiline.json",
            &["csvkit-examples/testjson_multiline_converted.csv"],
        ),
        ("csvkit-examples/test.xlsx", &["csvkit-examples/test.xls"]),
        (
            "tabulator-special/table.csv",
            &[
                "tabulator-special/table.csv.gz",
                "tabulator-special/table.csv.zip",
                "tabulator-special/table.ndjson",
                "tabulator-special/table.ods",
                "tabulator-special/table.xls",
                "tabulator-special/table.xlsx",
            ],
        ),
        (
            "messytables-horror/simple.csv",
            &[
                "messytables-horror/simple.ssv",
                "messytables-horror/simple.xls",
                "messytables-horror/simple.xlsx",
                "messytables-horror/simple.zip",
            ],
        ),
        (
            "qsv-test/boston311-100.csv.gz",
            &[
                "qsv-test/boston311-100.csv.multimember.gz",
                "qsv-test/boston311-100.csv.zip",
                "qsv-test/boston311-100.csv.zst",
            ],
        ),
    ] {
        let wanted = columns(first);
        assert!(!wanted.is_empty(), "{first}");
        for other in others {
            assert_eq!(columns(other), wanted, "{other}");
        }
    }
}
