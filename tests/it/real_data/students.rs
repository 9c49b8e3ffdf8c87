//! 9,240 leads of a course provider, no dates at all.

use serde_json::Value;

use super::{collection, configured, group};
use crate::fixture::{Run, agrees, count, near, number, reason};

const CONFIGURATION: &str = r#"
[funnel]
stages = ["lead", "converted"]

[[input]]
path = "DATA/Leads.csv"
table = "leads"
[input.columns]
id = "Prospect ID"
source = "Lead Source"
lead_origin = "Lead Origin"
"stage.converted" = "Converted"
"#;

fn company() -> Option<(Run, Value)> {
    let (folder, expected) = collection("x-education")?;
    Some((configured(&folder, CONFIGURATION), expected))
}

#[test]
fn conversion_by_raw_source_and_by_origin() {
    let Some((run, expected)) = company() else {
        return;
    };
    for (dimension, key) in [
        ("source", "by_lead_source_raw"),
        ("lead_origin", "by_lead_origin"),
    ] {
        let answer = run.json(&format!("funnel --by {dimension}"));
        let leads = count(answer.row("stages", &[("stage", "lead")]), "reached");
        assert_eq!(leads, expected["leads"].as_u64().unwrap());
        agrees(
            &answer.only("ratios")["to_date"],
            &expected["overall"],
            "overall",
        );
        let groups = expected[key].as_object().unwrap();
        assert_eq!(answer.table("ratios_by").len(), groups.len());
        for (name, wanted) in groups {
            let row = answer.row("ratios_by", &[(dimension, group(name))]);
            agrees(&row["to_date"], wanted, name);
        }
    }
}

#[test]
fn what_needs_a_time_is_refused() {
    let Some((run, _)) = company() else { return };
    let answer = run.json("funnel --view cohort");
    assert_eq!(reason(answer.only("ratios"), "value"), "no_times");
    assert_eq!(reason(answer.only("step_times"), "median_days"), "no_times");
    assert_eq!(reason(answer.only("durations"), "mean_days"), "no_times");
    for question in [
        "funnel --period 2026-10",
        "funnel --period last-month",
        "report",
        "funnel --policy strict",
    ] {
        let outcome = run.leadflow(question).ended(2);
        assert!(outcome.stderr.contains("no dates"), "{outcome}");
        assert!(outcome.stdout.is_empty(), "{outcome}");
    }
}

#[test]
fn a_column_of_numbers_is_described() {
    let Some((run, expected)) = company() else {
        return;
    };
    let answer = run.json("inspect");
    let column = answer.row("columns", &[("column", "TotalVisits")]);
    let wanted = &expected["total_visits"];
    let leads = expected["leads"].as_u64().unwrap();
    assert_eq!(
        count(column, "filled"),
        leads - wanted["blank"].as_u64().unwrap()
    );
    for key in ["sum", "median", "max"] {
        near(
            number(column, key),
            wanted[key].as_f64().unwrap(),
            1e-9,
            key,
        );
    }
}
