//! A CRM workspace: leads, deals and campaigns with money like `$342.09K`.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{collection, configured};
use crate::fixture::{Run, agrees, count, near, number};

/// Leads, deals and campaigns together: what a campaign brought.
const TOGETHER: &str = r#"
currency = "USD"
as_of = 2021-05-31

[funnel]
stages = ["lead", "opportunity", "customer"]

[[input]]
path = "DATA/Leads.csv"

[[input]]
path = "DATA/Potentials.csv"
[input.columns]
deal_stage = "Stage"
[input.kinds]
"Existing Business" = "new"

[[input]]
path = "DATA/Campaigns.csv"
"#;

/// Leads alone, with the word of the CRM for a lead that has a deal.
const LEADS: &str = r#"
as_of = 2021-05-31

[funnel]
stages = ["lead", "converted"]

[[input]]
path = "DATA/Leads.csv"
[input.columns]
"stage.converted" = "CONVERTED"
"#;

/// Deals alone: each deal is followed from its creation to its win.
const DEALS: &str = r#"
currency = "USD"
as_of = 2021-05-31

[funnel]
stages = ["deal", "won"]
[funnel.from_deals]
deal = "created"
won = "won"

[[input]]
path = "DATA/Potentials.csv"
[input.columns]
deal_stage = "Stage"
"#;

fn company(configuration: &str) -> Option<(Run, Value, String)> {
    let (folder, expected) = collection("zoho-crm")?;
    Some((configured(&folder, configuration), expected, folder))
}

#[test]
fn leads_and_their_months() {
    let Some((run, expected, _)) = company(LEADS) else {
        return;
    };
    let answer = run.json("funnel --by month");
    let leads = count(answer.row("stages", &[("stage", "lead")]), "reached");
    assert_eq!(leads, expected["leads"].as_u64().unwrap());
    agrees(
        &answer.only("ratios")["to_date"],
        &expected["converted"],
        "converted",
    );
    let months = expected["leads_by_month"].as_object().unwrap();
    for (month, wanted) in months {
        let row = answer.row("stages_by", &[("month", month), ("stage", "lead")]);
        assert_eq!(&row["reached"], wanted, "{month}");
    }
    let all: u64 = answer
        .table("stages_by")
        .iter()
        .filter(|row| row["stage"] == "lead")
        .map(|row| count(row, "reached"))
        .sum();
    assert_eq!(all, leads);
}

#[test]
fn deals_by_stage_and_the_win_rate() {
    let Some((run, expected, _)) = company(DEALS) else {
        return;
    };
    let answer = run.json("funnel --by deal_stage");
    let deals = count(answer.row("stages", &[("stage", "deal")]), "reached");
    assert_eq!(deals, expected["deals"].as_u64().unwrap());
    for (stage, wanted) in expected["stage_counts"].as_object().unwrap() {
        let row = answer.row("stages_by", &[("deal_stage", stage), ("stage", "deal")]);
        assert_eq!(&row["reached"], wanted, "{stage}");
    }
    let closed = run.json("funnel --where \"deal_stage in ('Closed Won', 'Closed Lost')\"");
    agrees(
        &closed.only("ratios")["to_date"],
        &expected["win_rate"],
        "win rate",
    );
    let open = run.json("funnel --where \"deal_stage not like 'Closed%'\"");
    let open = open.row("stages", &[("stage", "deal")]);
    assert_eq!(open["reached"], expected["open_count"]);
}

#[test]
fn money_won_and_money_open() {
    let Some((run, expected, _)) = company(TOGETHER) else {
        return;
    };
    let answer = run.json("channels");
    let total = answer.only("channels_total");
    near(
        number(total, "revenue"),
        expected["won_amount"].as_f64().unwrap(),
        1e-6,
        "won",
    );
    near(
        number(total, "pipeline_value"),
        expected["open_amount"].as_f64().unwrap(),
        1e-6,
        "open",
    );
    let cost = &expected["campaign_cost"];
    near(
        number(total, "spend"),
        cost["actual"].as_f64().unwrap(),
        1e-6,
        "campaign cost",
    );
    let columns = run.json("inspect");
    let budget = columns.row("columns", &[("column", "Budgeted Cost")]);
    near(
        number(budget, "sum"),
        cost["budgeted"].as_f64().unwrap(),
        1e-6,
        "budget",
    );
}

/// `$342.09K` in dollars.
fn dollars(cell: &str) -> f64 {
    let plain = cell.replace(['$', ','], "");
    match plain.strip_suffix('K') {
        Some(thousands) => (thousands.parse::<f64>().unwrap() * 1_000.0 * 100.0).round() / 100.0,
        None => plain.parse().unwrap(),
    }
}

#[test]
fn return_by_campaign() {
    let Some((run, _, folder)) = company(TOGETHER) else {
        return;
    };
    let rows = |name: &str| {
        let mut reader = csv::Reader::from_path(format!("{folder}/{name}")).unwrap();
        reader
            .deserialize::<BTreeMap<String, String>>()
            .map(Result::unwrap)
            .collect::<Vec<_>>()
    };
    let mut won: BTreeMap<String, f64> = BTreeMap::new();
    for deal in rows("Potentials.csv")
        .iter()
        .filter(|deal| deal["Stage"] == "Closed Won")
    {
        *won.entry(deal["Campaign Id"].clone()).or_default() += dollars(&deal["Amount"]);
    }
    let answer = run.json("channels --by campaign --period all");
    for campaign in rows("Campaigns.csv") {
        let id = campaign["CAMPAIGNID"].as_str();
        let (revenue, cost) = (
            won.get(id).copied().unwrap_or(0.0),
            dollars(&campaign["Actual Cost"]),
        );
        let row = answer.row("channels", &[("campaign", id)]);
        near(number(row, "cost"), cost, 1e-6, id);
        near(number(row, "revenue"), revenue, 1e-6, id);
        near(number(row, "roi"), (revenue - cost) / cost, 1e-9, id);
    }
}

#[test]
fn the_exports_are_known_and_join() {
    let Some((run, _, _)) = company(TOGETHER) else {
        return;
    };
    let answer = run.json("inspect");
    assert_eq!(
        answer.texts("inputs", "kind"),
        ["zoho-leads", "zoho-deals", "zoho-campaigns"]
    );
    let rows: Vec<u64> = answer
        .table("inputs")
        .iter()
        .map(|row| count(row, "used"))
        .collect();
    assert_eq!(rows, [3_900, 3_632, 110]);
    let join = answer.row("joins", &[("from", "deals.lead")]);
    assert_eq!(
        (count(join, "matched"), count(join, "unmatched")),
        (3_632, 0)
    );
}

#[test]
fn the_pipeline_by_stage() {
    let Some((run, expected, _)) = company(TOGETHER) else {
        return;
    };
    let answer = run.json("pipeline --period all");
    for row in answer.table("pipeline") {
        let stage = row["stage"].as_str().unwrap();
        let known = match stage {
            "(all)" => &expected["open_count"],
            stage => &expected["stage_counts"][stage],
        };
        assert_eq!(&row["deals"], known, "{stage}");
    }
    let all = answer.row("pipeline", &[("stage", "(all)")]);
    let open = expected["open_amount"].as_f64().unwrap();
    near(number(all, "value"), open, 1e-6, "open");
    let closed = answer.row("win_rate", &[("method", "win_rate_closed")]);
    agrees(&closed["rate"], &expected["win_rate"], "win rate");
}
