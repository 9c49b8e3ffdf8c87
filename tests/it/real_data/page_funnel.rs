//! One table of visitors, one list of ids for each page.

use serde_json::Value;

use super::{collection, configured};
use crate::fixture::{Answer, Run, agrees, count, near, number, rate};

const STAGES: [&str; 4] = ["home", "search", "payment", "confirmation"];

fn company() -> Option<(Run, Value)> {
    let (folder, expected) = collection("page-funnel")?;
    let files = [
        "home_page",
        "search_page",
        "payment_page",
        "payment_confirmation",
    ];
    let mut configuration = String::from(
        r#"
[funnel]
stages = ["home", "search", "payment", "confirmation"]

[[input]]
path = "DATA/user_table.csv"
table = "leads"
[input.columns]
id = "user_id"
created = "date"
device = "device"
"#,
    );
    for (stage, file) in STAGES.iter().zip(files) {
        configuration.push_str(&format!(
            r#"
[[input]]
path = "DATA/{file}_table.csv"
table = "stage_events"
[input.columns]
id = "user_id"
[input.set]
stage = "{stage}"
"#
        ));
    }
    Some((configured(&folder, &configuration), expected))
}

/// Counts, step rates and the whole way; `keys` pick the rows of a group.
fn check(answer: &Answer, suffix: &str, keys: &[(&str, &str)], wanted: &Value) {
    let with = |key: &'static str, text: &'static str| {
        let mut keys = keys.to_vec();
        keys.push((key, text));
        keys
    };
    for (index, stage) in STAGES.into_iter().enumerate() {
        let row = answer.row(&format!("stages{suffix}"), &with("stage", stage));
        assert_eq!(
            count(row, "reached"),
            wanted["steps"][index].as_u64().unwrap(),
            "{keys:?} {stage}"
        );
        if index > 0 {
            let step = wanted["step_rates"][index - 1].as_f64().unwrap();
            near(
                number(&row["conversion_to_date"], "rate"),
                step,
                1e-6,
                stage,
            );
        }
    }
    let row = answer.row(
        &format!("ratios{suffix}"),
        &with("key", "home_to_confirmation"),
    );
    agrees(&row["to_date"], &wanted["overall"], "home to confirmation");
}

#[test]
fn visitors_to_payments_by_device() {
    let Some((run, expected)) = company() else {
        return;
    };
    let answer = run.json("funnel --by device");
    assert_eq!(expected["users"], expected["all"]["steps"][0]);
    check(&answer, "", &[], &expected["all"]);
    for (device, wanted) in expected["by_device"].as_object().unwrap() {
        check(&answer, "_by", &[("device", device)], wanted);
    }
    // Nested: nobody reached a page without the ones before it.
    assert_eq!(expected["nested"], true);
    for row in answer.table("stages") {
        assert_eq!(count(row, "skipped"), 0, "{row:#}");
    }
}

#[test]
fn the_date_of_the_visitor_chooses_the_month() {
    let Some((run, expected)) = company() else {
        return;
    };
    let answer = run.json("funnel --by month");
    let last = |month: &str| {
        rate(
            answer.row(
                "ratios_by",
                &[("month", month), ("key", "home_to_confirmation")],
            ),
            "to_date",
        )
    };
    let months = ["2015-01", "2015-02", "2015-03", "2015-04"];
    let sums = months
        .map(last)
        .iter()
        .fold((0, 0), |sum, (k, n)| (sum.0 + k, sum.1 + n));
    let overall = &expected["all"]["overall"];
    assert_eq!(
        sums,
        (
            overall["k"].as_u64().unwrap(),
            overall["n"].as_u64().unwrap()
        )
    );
    // The drop from March on.
    let share = |month| {
        let (k, n) = last(month);
        k as f64 / n as f64
    };
    assert!(share("2015-02") > 3.0 * share("2015-03"));
}
