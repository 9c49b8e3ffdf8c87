//! One company, told by five systems, has one set of figures.
//!
//! The generator writes the same leads and deals as HubSpot, as Salesforce with history, as
//! tables of one's own (one column per stage, one row per change) and as the state at the
//! end of each month. What is defined in two of them is equal; what snapshots cannot tell
//! is undefined for that reason and no other.

use serde_json::{Map, Value};

use crate::fixture::Run;

const COMMANDS: [&str; 8] = [
    "funnel",
    "funnel --by channel",
    "funnel --by owner",
    "funnel --by month",
    "funnel --period 2026-07",
    "channels",
    "channels --by month",
    "channels --basis cohort",
];

/// What is told of the files, not of the company.
const OF_FILES: [&str; 7] = [
    "inputs",
    "inputs_by_kind",
    "set_aside",
    "joins",
    "data_quality",
    "problems",
    "locked",
];

fn company(shape: &str) -> Run {
    let run = Run::new();
    run.leadflow(&format!("demo --rows 1500 --shape {shape} --out ."))
        .ended(0);
    run
}

fn tables(run: &Run, command: &str) -> Map<String, Value> {
    let mut answer = run.leadflow(&format!("{command} --format json")).answer();
    let tables = answer.0["tables"].as_object_mut().unwrap();
    OF_FILES.iter().for_each(|table| {
        tables.remove(*table);
    });
    tables.clone()
}

/// The words of a row, which say which one it is.
fn words(row: &Value) -> Vec<String> {
    let cells = row.as_object().unwrap().values();
    cells
        .filter_map(|cell| cell.as_str().map(str::to_owned))
        .collect()
}

/// Compares the rows of two tables, in their order; returns how many cells were equal.
fn compare(one: &Value, other: &Value, allowed: Option<&str>, what: &str) -> usize {
    let (one, other) = (one.as_array().unwrap(), other.as_array().unwrap());
    assert_eq!(one.len(), other.len(), "rows of {what}");
    let mut equal = 0;
    for (first, second) in one.iter().zip(other) {
        assert_eq!(words(first), words(second), "{what}");
        for (key, wanted) in first.as_object().unwrap() {
            let found = &second[key];
            if key == "undefined" {
                continue;
            }
            // Moves are told by rows of changes and by nothing else.
            if wanted.is_null() && first["undefined"][key] == "wide_input" {
                continue;
            }
            if found.is_null() && !wanted.is_null() {
                let reason = second["undefined"][key].as_str();
                assert!(
                    allowed.is_some() && reason == allowed,
                    "{key} of {what} {:?}: {reason:?} in place of {wanted}",
                    words(first)
                );
                continue;
            }
            assert_eq!(wanted, found, "{key} of {what} {:?}", words(first));
            equal += usize::from(!wanted.is_null());
        }
    }
    equal
}

fn same_figures(command: &str, one: &Run, other: &Run, allowed: Option<&str>) -> usize {
    let (one, other) = (tables(one, command), tables(other, command));
    one.iter()
        .map(|(name, table)| {
            let told = other
                .get(name)
                .unwrap_or_else(|| panic!("{command} has no {name}"));
            compare(table, told, allowed, &format!("{command}: {name}"))
        })
        .sum()
}

#[test]
fn every_shape_has_the_same_figures() {
    let wide = company("wide");
    for shape in ["hubspot", "salesforce", "long"] {
        let told = company(shape);
        for command in COMMANDS {
            let equal = same_figures(command, &wide, &told, None);
            assert!(equal > 90, "{equal} cells of {command} in {shape}");
        }
    }
}

#[test]
fn snapshots_tell_what_they_can() {
    let (wide, snapshots) = (company("wide"), company("snapshots"));
    for command in COMMANDS {
        let equal = same_figures(command, &wide, &snapshots, Some("snapshot_resolution"));
        assert!(equal > 40, "{equal} cells of {command}");
    }
}

#[test]
fn the_pipeline_is_one_with_history_and_one_without() {
    let without = same_figures("pipeline", &company("wide"), &company("hubspot"), None);
    let with = same_figures("pipeline", &company("long"), &company("salesforce"), None);
    assert!(without > 200 && with > 200, "{without}, {with}");
}
