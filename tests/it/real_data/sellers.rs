//! 8,000 leads of a marketplace with an origin; 842 won deals in a second file.

use std::collections::BTreeMap;

use chrono::{Datelike, Days, NaiveDate};
use serde_json::Value;

use super::{collection, configured, group};
use crate::fixture::{Answer, Run, agrees, count, near, number, rate, reason};

const CONFIGURATION: &str = r#"
[funnel]
stages = ["mql", "won"]
[funnel.from_deals]
won = "won"

[[input]]
path = "DATA/olist_marketing_qualified_leads_dataset.csv"
table = "leads"
[input.columns]
id = "mql_id"
"stage.mql" = "first_contact_date"
channel = "origin"
source = "origin"

[[input]]
path = "DATA/olist_closed_deals_dataset.csv"
table = "deals"
[input.columns]
lead = "mql_id"
closed = "won_date"
business = "business_segment"
[input.set]
outcome = "won"
"#;

fn company() -> Option<(Run, Value, String)> {
    let (folder, expected) = collection("olist")?;
    Some((configured(&folder, CONFIGURATION), expected, folder))
}

#[test]
fn won_by_origin() {
    let Some((run, expected, _)) = company() else {
        return;
    };
    let answer = run.json("funnel --by source");
    let stages = |stage| count(answer.row("stages", &[("stage", stage)]), "reached");
    assert_eq!(stages("mql"), expected["mqls"].as_u64().unwrap());
    assert_eq!(stages("won"), expected["won"].as_u64().unwrap());
    agrees(
        &answer.only("ratios")["to_date"],
        &expected["overall"],
        "overall",
    );
    let origins = expected["by_origin"].as_object().unwrap();
    assert_eq!(answer.table("ratios_by").len(), origins.len());
    for (origin, wanted) in origins {
        let row = answer.row("ratios_by", &[("source", group(origin))]);
        agrees(&row["to_date"], wanted, origin);
    }
}

#[test]
fn days_to_the_win_are_fractions_and_the_impossible_one_is_told() {
    let Some((run, expected, _)) = company() else {
        return;
    };
    let answer = run.json("funnel");
    let days = answer.only("durations");
    let wanted = &expected["days_to_won"];
    assert_eq!(count(days, "n"), wanted["n"].as_u64().unwrap());
    for (key, column) in [
        ("mean", "mean_days"),
        ("median", "median_days"),
        ("p75", "p75_days"),
        ("p90", "p90_days"),
        ("min", "min_days"),
        ("max", "max_days"),
    ] {
        near(
            number(days, column),
            wanted[key].as_f64().unwrap(),
            1e-6,
            key,
        );
    }
    assert_eq!(
        count(days, "negative"),
        expected["negative_days"].as_u64().unwrap()
    );
    assert!(
        answer.notes().contains(&"out_of_order"),
        "{:?}",
        answer.notes()
    );
}

#[test]
fn the_files_say_from_when_to_when_they_reach() {
    let Some((run, expected, _)) = company() else {
        return;
    };
    let answer = run.json("inspect");
    let inputs = answer.table("inputs");
    let reach = |row: &Value, key: &str| row[key].as_str().unwrap_or_default().to_owned();
    for (input, range) in inputs.iter().zip(["first_contact_range", "won_range"]) {
        for (key, wanted) in ["first", "last"]
            .iter()
            .zip(expected[range].as_array().unwrap())
        {
            let wanted = wanted.as_str().unwrap().replace(' ', "T");
            let found = reach(input, key);
            assert!(
                found.starts_with(&wanted),
                "{key} of {input:#} is not {wanted}"
            );
        }
    }
    let join = answer.row("joins", &[("from", "deals.lead")]);
    assert_eq!((count(join, "matched"), count(join, "unmatched")), (842, 0));
}

/// Month -> (leads observed for the horizon, won within it), straight from the files.
fn cohorts(folder: &str, horizon: u64, until: NaiveDate) -> BTreeMap<String, (u64, u64)> {
    let rows = |name: &str| {
        let mut reader = csv::Reader::from_path(format!("{folder}/{name}")).unwrap();
        reader
            .deserialize::<BTreeMap<String, String>>()
            .map(Result::unwrap)
            .collect::<Vec<_>>()
    };
    let deals = rows("olist_closed_deals_dataset.csv");
    let won: BTreeMap<&str, &str> = deals
        .iter()
        .map(|deal| (deal["mql_id"].as_str(), deal["won_date"].as_str()))
        .collect();
    let mut cohorts: BTreeMap<String, (u64, u64)> = BTreeMap::new();
    for lead in rows("olist_marketing_qualified_leads_dataset.csv") {
        let day: NaiveDate = lead["first_contact_date"].parse().unwrap();
        let cohort = cohorts
            .entry(format!("{}-{:02}", day.year(), day.month()))
            .or_default();
        let limit = day + Days::new(horizon);
        if limit > until {
            continue;
        }
        cohort.0 += 1;
        let limit = format!("{limit} 00:00:00");
        let within = won
            .get(lead["mql_id"].as_str())
            .is_some_and(|at| **at <= *limit);
        cohort.1 += u64::from(within);
    }
    cohorts
}

#[test]
fn monthly_cohorts_are_mature_or_marked() {
    let Some((run, _, folder)) = company() else {
        return;
    };
    let until: NaiveDate = "2018-11-14".parse().unwrap();
    for horizon in [90, 200] {
        let answer = run.json(&format!("funnel --by month --horizon {horizon}"));
        let cohorts = cohorts(&folder, horizon, until);
        assert_eq!(answer.table("ratios_by").len(), cohorts.len());
        let mut immature = 0;
        for (month, (n, k)) in cohorts {
            let row = answer.row("ratios_by", &[("month", &month)]);
            if n == 0 {
                assert_eq!(reason(row, "value"), "not_mature", "{month}");
                assert!(row["to_date"].is_object(), "{month}");
                immature += 1;
            } else {
                assert_eq!(rate(row, "value"), (k, n), "{month} within {horizon} days");
            }
        }
        assert_eq!(immature, if horizon == 200 { 1 } else { 0 });
    }
}

#[test]
fn an_earlier_moment_sees_less() {
    let Some((run, _, _)) = company() else { return };
    let reached =
        |answer: &Answer, stage| count(answer.row("stages", &[("stage", stage)]), "reached");
    let answer = run.json("funnel --as-of 2018-03-31");
    assert!(reached(&answer, "mql") < 8_000 && reached(&answer, "won") < 842);
    assert!(
        answer.notes().contains(&"after_as_of"),
        "{:?}",
        answer.notes()
    );
}
