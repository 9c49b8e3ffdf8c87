//! Facebook campaigns: clicks, enquiries and sales beside the money, day first.

use serde_json::Value;

use super::{collection, configured};
use crate::fixture::{Run, count, near, number};

const CONFIGURATION: &str = r#"
currency = "USD"

[funnel]
stages = ["enquiry", "approved"]

[[input]]
path = "DATA/KAG_conversion_data.csv"
table = "spend"
[input.columns]
period = "Date"
campaign = "xyz_campaign_id"
money = "Spent"
impressions = "Impressions"
clicks = "Clicks"
"count.enquiry" = "Total_Conversion"
"count.approved" = "Approved_Conversion"
[input.set]
channel = "Paid Social"
"#;

fn company() -> Option<(Run, Value)> {
    let (folder, expected) = collection("kag-facebook-ads")?;
    Some((configured(&folder, CONFIGURATION), expected))
}

/// Counts, money and ratios of sums.
fn check(row: &Value, wanted: &Value, what: &str) {
    for (column, key) in [
        ("impressions", "impressions"),
        ("clicks", "clicks"),
        ("enquiry", "enquiries"),
        ("approved", "approved"),
    ] {
        assert_eq!(row[column], wanted[key], "{what}: {key} of {row:#}");
    }
    let close = |found: f64, key: &str, tolerance: f64| {
        near(
            found,
            wanted[key].as_f64().unwrap(),
            tolerance,
            &format!("{what}: {key}"),
        );
    };
    close(number(row, "spend"), "spent", 0.005);
    close(number(row, "ctr"), "ctr", 5e-9);
    close(number(row, "cpc"), "cpc", 1e-6);
    close(number(row, "cost_per_enquiry"), "cost_per_enquiry", 1e-6);
    close(number(row, "cost_per_approved"), "cost_per_approved", 1e-6);
    close(
        number(&row["enquiry_to_approved"], "rate"),
        "enquiry_to_approved",
        1e-6,
    );
    assert!(
        row["enquiry_to_approved"]["ci_low"].is_null(),
        "{what}: counts have no interval"
    );
}

#[test]
fn campaigns_and_their_total() {
    let Some((run, expected)) = company() else {
        return;
    };
    let answer = run.json("channels --by campaign");
    check(answer.only("channels_total"), &expected["all"], "all");
    let campaigns = expected["by_campaign"].as_object().unwrap();
    assert_eq!(answer.table("channels").len(), campaigns.len());
    for (campaign, wanted) in campaigns {
        check(
            answer.row("channels", &[("campaign", campaign)]),
            wanted,
            campaign,
        );
    }
}

#[test]
fn behind_the_money_stand_the_ads() {
    let Some((run, expected)) = company() else {
        return;
    };
    let lines = |key: &str| {
        run.json(&format!("channels --rows '{key}'"))
            .table("rows")
            .len() as u64
    };
    assert_eq!(lines("spend"), expected["all"]["ads"].as_u64().unwrap());
    for (campaign, wanted) in expected["by_campaign"].as_object().unwrap() {
        let key = format!("spend{{campaign={campaign}}}");
        assert_eq!(lines(&key), wanted["ads"].as_u64().unwrap(), "{campaign}");
    }
    let free = run.json("channels --where 'money = 0 and \"count.approved\" > 0' --rows spend");
    let wanted = expected["zero_spend_rows_with_approved"].as_u64().unwrap();
    assert_eq!(free.table("rows").len() as u64, wanted);
}

#[test]
fn the_days_come_first() {
    let Some((run, expected)) = company() else {
        return;
    };
    let answer = run.json("inspect");
    let input = answer.only("inputs");
    assert_eq!(count(input, "used"), expected["rows"].as_u64().unwrap());
    let month = run.json("channels --period 2023-08");
    let all = run.json("channels");
    assert_eq!(
        month.only("channels_total")["spend"],
        all.only("channels_total")["spend"]
    );
}
