//! Exports as people left them: title lines, totals, blocks, UTF-16.

use serde_json::Value;

use super::{collection, configured};
use crate::fixture::{Answer, Run, count, near, number};

fn samples() -> Option<(String, Value)> {
    collection("export-samples")
}

fn inspected(folder: &str, file: &str) -> Answer {
    Run::new().json(&format!("inspect '{folder}/{file}'"))
}

/// The column adds up to what is expected.
fn adds_up(answer: &Answer, column: &str, wanted: &Value) {
    let sum = number(answer.row("columns", &[("column", column)]), "sum");
    near(sum, wanted.as_f64().unwrap(), 1e-9, column);
}

#[test]
fn ga4_traffic_acquisition() {
    let Some((folder, expected)) = samples() else {
        return;
    };
    let wanted = &expected["ga4_traffic_acquisition"];
    let answer = inspected(&folder, "ga4_ui_traffic_acquisition.csv");
    let input = answer.only("inputs");
    assert_eq!(input["kind"], "ga4-traffic-acquisition");
    assert_eq!(&input["rows"], &wanted["rows"]);
    let columns: Vec<String> = answer.texts("columns", "column");
    assert_eq!(Value::from(columns), wanted["columns"]);
    let dimension = wanted["dimension"].as_str().unwrap();
    assert_eq!(
        answer.row("columns", &[("column", dimension)])["maps_to"],
        "channel"
    );
    adds_up(&answer, "Sessions", &wanted["sessions"]);
    adds_up(&answer, "Key events", &wanted["key_events"]);
    let day = |key: &str| {
        let text = wanted[key].as_str().unwrap();
        format!("{}-{}-{}", &text[..4], &text[4..6], &text[6..])
    };
    assert!(
        input["first"]
            .as_str()
            .unwrap_or_default()
            .starts_with(&day("start")),
        "{input:#}"
    );
    let reach = [input["last"].as_str(), input["through"].as_str()];
    assert!(
        reach
            .iter()
            .flatten()
            .any(|text| text.starts_with(&day("end"))),
        "{input:#}"
    );
}

#[test]
fn key_events_per_session_and_channel() {
    let Some((folder, expected)) = samples() else {
        return;
    };
    let wanted = &expected["ga4_traffic_acquisition"];
    let run = configured(
        &folder,
        r#"
[funnel]
stages = ["lead"]
[[input]]
path = "DATA/ga4_ui_traffic_acquisition.csv"
[input.columns]
"count.lead" = "Key events"
"#,
    );
    let answer = run.json("channels");
    let total = answer.only("channels_total");
    assert_eq!(total["visits"], wanted["sessions"]);
    assert_eq!(total["lead"], wanted["key_events"]);
    let overall = wanted["session_key_event_rate_overall"].as_f64().unwrap();
    near(
        number(&total["visit_to_lead"], "rate"),
        overall,
        1e-6,
        "key events per session",
    );
    let channels = wanted["by_channel"].as_object().unwrap();
    assert_eq!(answer.table("channels").len(), channels.len());
    for (channel, wanted) in channels {
        let row = answer.row("channels", &[("channel", channel)]);
        assert_eq!(row["visits"], wanted["sessions"], "{channel}");
        assert_eq!(row["lead"], wanted["key_events"], "{channel}");
        let share = wanted["key_events_per_session"].as_f64().unwrap();
        near(number(&row["visit_to_lead"], "rate"), share, 1e-6, channel);
    }
}

#[test]
fn a_grand_total_with_one_cell_too_many() {
    let Some((folder, expected)) = samples() else {
        return;
    };
    let wanted = &expected["ga4_exploration"];
    let answer = inspected(&folder, "ga4_exploration_user_explorer.csv");
    let header = answer.table("columns").len() as u64;
    assert_eq!(header, wanted["header_cells"].as_u64().unwrap());
    assert_eq!(
        answer.only("inputs")["rows"],
        wanted["rows_without_grand_total"]
    );
    adds_up(&answer, "Event count", &wanted["event_count_sum"]);
}

#[test]
fn google_ads_in_rupees() {
    let Some((folder, expected)) = samples() else {
        return;
    };
    let wanted = &expected["google_ads_inr"];
    let answer = inspected(&folder, "google_ads_campaign_report_inr.csv");
    let input = answer.only("inputs");
    assert_eq!(input["kind"], "google-ads");
    assert_eq!(
        count(input, "used"),
        wanted["campaign_rows"].as_u64().unwrap()
    );
    let totals = answer.row("set_aside", &[("reason", "totals_row")]);
    assert_eq!(totals["rows"], wanted["total_rows_to_ignore"]);
    assert_eq!(answer.0["currency"], wanted["currency"][0]);
    assert!(
        input["first"]
            .as_str()
            .unwrap_or_default()
            .starts_with("2025-07-08"),
        "{input:#}"
    );
    adds_up(&answer, "Cost", &wanted["cost"]);
    adds_up(&answer, "Impr.", &wanted["impressions"]);
    adds_up(&answer, "Conversions", &wanted["conversions"]);
    let run = Run::new();
    let file = format!("'{folder}/google_ads_campaign_report_inr.csv'");
    let channels = run.json(&format!("channels {file} --by campaign --period 2025-07"));
    let total = channels.only("channels_total");
    near(
        number(total, "spend"),
        wanted["cost"].as_f64().unwrap(),
        1e-9,
        "spend",
    );
    let mut campaigns: Vec<String> = channels.texts("channels", "campaign");
    campaigns.sort_unstable_by(|a, b| b.cmp(a));
    assert_eq!(Value::from(campaigns), wanted["campaigns"]);
}

#[test]
fn a_time_series_with_dates_in_words() {
    let Some((folder, expected)) = samples() else {
        return;
    };
    let wanted = &expected["google_ads_overview_time_series"];
    let answer = inspected(&folder, "google_ads_overview_time_series.csv");
    let input = answer.only("inputs");
    assert_eq!(&input["rows"], &wanted["days"]);
    for (key, wanted) in [("first", &wanted["first"]), ("last", &wanted["last"])] {
        let found = input[key].as_str().unwrap_or_default();
        assert!(
            found.starts_with(wanted.as_str().unwrap()),
            "{key} of {input:#}"
        );
    }
    adds_up(&answer, "Cost", &wanted["cost"]);
    adds_up(&answer, "Clicks", &wanted["clicks"]);
    adds_up(&answer, "Impressions", &wanted["impressions"]);
}

#[test]
fn utf_16_with_two_blocks() {
    let Some((folder, expected)) = samples() else {
        return;
    };
    let wanted = &expected["meta_suite_reach"];
    let answer = inspected(&folder, "meta_business_suite_reach_utf16_tsv.csv");
    let input = answer.only("inputs");
    assert!(
        input["encoding"]
            .as_str()
            .unwrap()
            .eq_ignore_ascii_case("utf-16le"),
        "{input:#}"
    );
    assert_eq!(&input["rows"], &wanted["first_block_days"]);
    adds_up(&answer, "Primary", &wanted["first_block_sum"]);
    let problems = answer.texts("problems", "code");
    assert!(
        problems.iter().any(|code| code == "second_table"),
        "{problems:?}"
    );
    // The file itself is no known export; said what its columns are, its days are read.
    let run = configured(
        &folder,
        r#"
[funnel]
stages = ["lead"]
[[input]]
path = "DATA/meta_business_suite_reach_utf16_tsv.csv"
table = "visits"
[input.columns]
period = "Date"
users = "Primary"
[input.set]
channel = "Organic Social"
"#,
    );
    let read = run.json("inspect");
    let input = read.only("inputs");
    for key in ["first", "last"] {
        let day = wanted[key].as_str().unwrap();
        let found = input[key].as_str().unwrap_or_default();
        assert!(
            found.starts_with(&day[..10]),
            "{key} of {input:#} is not {day}"
        );
    }
    let channels = run.json("channels");
    assert_eq!(
        channels.only("channels_total")["visits"],
        wanted["first_block_sum"]
    );
}

#[test]
fn no_rows_are_no_error() {
    let Some((folder, expected)) = samples() else {
        return;
    };
    let answer = inspected(&folder, "meta_ads_empty_export.csv");
    let input = answer.only("inputs");
    assert_eq!(input["kind"], "meta-ads");
    assert_eq!(&input["rows"], &expected["meta_ads_empty"]["rows"]);
    assert_eq!(count(input, "rejected"), 0);
}

#[test]
fn every_sample_is_read_or_named() {
    let Some((folder, _)) = samples() else { return };
    for entry in std::fs::read_dir(&folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|suffix| suffix != "csv") {
            continue;
        }
        let run = Run::new();
        let outcome = run.leadflow(&format!("inspect '{}'", path.display()));
        assert!([0, 2].contains(&outcome.status), "{outcome}");
        assert!(run.files().is_empty(), "inspect wrote {:?}", run.files());
    }
}
