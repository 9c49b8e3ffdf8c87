//! The example company against figures worked out elsewhere.
//!
//! `testdata/golden/monthly-report/expected.py` reads the same exports with nothing of the
//! program; every figure of its JSON is looked for here.

/// What sales did and what customers paid, counted again from the files.
mod sales;

use serde_json::Value;

use crate::fixture::{Answer, Run, copy_folder, count, json_file, near, number, root};

const STAGES: [&str; 5] = ["lead", "mql", "sql", "opportunity", "customer"];

fn company() -> (Run, Value) {
    let run = Run::new();
    copy_folder(&root().join("examples/monthly-report"), &run.path("."));
    let golden = root().join("testdata/golden/monthly-report/expected.json");
    (run, json_file(&golden))
}

fn check_funnel(answer: &Answer, table: &str, keys: &[(&str, &str)], wanted: &Value) {
    for stage in STAGES {
        let mut keys = keys.to_vec();
        keys.push(("stage", stage));
        let row = answer.row(table, &keys);
        assert_eq!(
            count(row, "reached"),
            wanted[stage].as_u64().unwrap(),
            "{keys:?}"
        );
    }
}

#[test]
fn the_funnel_of_everybody_of_each_month_and_of_each_region() {
    let (run, expected) = company();
    for (dimension, key) in [("month", "funnel_by_month"), ("region", "funnel_by_region")] {
        let answer = run.json(&format!("funnel --by {dimension}"));
        check_funnel(&answer, "stages", &[], &expected["funnel"]);
        for (group, wanted) in expected[key].as_object().unwrap() {
            check_funnel(&answer, "stages_by", &[(dimension, group)], wanted);
        }
    }
}

fn check_row(row: &Value, wanted: &Value, what: &str) {
    for (key, wanted) in wanted.as_object().unwrap() {
        let what = format!("{what} {key}");
        match wanted.as_f64() {
            Some(wanted) => near(
                number(row, key),
                wanted,
                1e-6 * wanted.abs().max(1.0),
                &what,
            ),
            None => assert!(row[key].is_null(), "{what} has a value in {row:#}"),
        }
    }
}

#[test]
fn the_channels_of_all_months_and_of_two() {
    let (run, expected) = company();
    for (period, tables) in expected["channels"].as_object().unwrap() {
        let answer = run.json(&format!("channels --period {period}"));
        check_row(answer.only("channels_total"), &tables["total"], period);
        for (channel, wanted) in tables["rows"].as_object().unwrap() {
            // Who sold without a lead entered no stage as a lead.
            let row = answer.row("channels", &[("channel", channel)]);
            check_row(row, wanted, &format!("{period} {channel}"));
        }
    }
}

#[test]
fn the_report_says_the_same_as_the_channels() {
    let (run, expected) = company();
    let answer = run.json("report");
    let total = &expected["channels"]["2026-10"]["total"];
    for (key, column) in [
        ("lead", "lead"),
        ("mql", "mql"),
        ("customers", "customers"),
        ("cost", "cost"),
        ("revenue", "revenue"),
        ("visits", "visits"),
        ("roi", "roi"),
    ] {
        let row = answer.row("key_figures", &[("key", key)]);
        near(
            number(row, "value"),
            total[column].as_f64().unwrap(),
            1e-6,
            key,
        );
    }
    let before = &expected["channels"]["2026-09"]["total"];
    for key in ["visits", "cost"] {
        let row = answer.row("key_figures", &[("key", key)]);
        near(
            number(row, "previous"),
            before[key].as_f64().unwrap(),
            1e-6,
            key,
        );
    }
}

/// What sales and customers did is known by its headers alone, and no row of it is lost.
#[test]
fn the_exports_of_sales_and_billing_are_recognised_and_read_whole() {
    let (run, _) = company();
    let answer = run.json("inspect");
    for (file, kind, rows) in [
        (
            "exports/hubspot-crm-exports-activities-2026-11-01.csv",
            "hubspot-activities",
            13_256,
        ),
        ("exports/billing-mrr-2026-11-01.csv", "billing-table", 2_410),
        ("exports/nps-survey-2026-11-01.csv", "feedback-table", 179),
        ("sales-team.csv", "owners-table", 42),
    ] {
        let row = answer.row("inputs", &[("file", file)]);
        assert_eq!(row["kind"], kind);
        assert_eq!(
            (count(row, "rows"), count(row, "used")),
            (rows, rows),
            "{file}"
        );
    }
    let log = run.json("inspect exports/hubspot-crm-exports-deal-stage-log-2026-11-01.csv");
    assert_eq!(log.only("inputs")["kind"], "stage-table");
    assert_eq!(count(log.only("inputs"), "used"), 2_796);
}

/// Without a log the exports of four months stand in for it, with one line of configuration.
#[test]
fn the_earlier_exports_of_the_deals_are_snapshots() {
    let (run, _) = company();
    let path = "\"exports/hubspot-crm-exports-all-deals-*.csv\"";
    let all = "\"*/hubspot-crm-exports-all-deals-*.csv\"\nseveral = \"snapshots\"";
    let text = run.read("leadflow.toml");
    assert!(text.contains(path));
    run.file("leadflow.toml", text.replace(path, all));
    let answer = run.json("inspect");
    let deals = answer
        .table("inputs")
        .iter()
        .filter(|row| row["kind"] == "hubspot-deals");
    let rows: Vec<u64> = deals.map(|row| count(row, "rows")).collect();
    assert_eq!(rows, [339, 370, 391, 425]);
}
