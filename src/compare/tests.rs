use serde_json::{Value, json};

use super::*;

fn report(leads: u64, hits: u64) -> Value {
    json!({
        "schema_version": 1,
        "tool": {"name": "leadflow", "version": "0.1.0", "channel_rules": "ga4-2026-05"},
        "command": "report",
        "period": {"label": "2026-10", "start": "2026-10-01", "end": "2026-11-01"},
        "as_of": "2026-11-01", "time_zone": "UTC", "currency": "EUR",
        "inputs": [{"file": "a.csv", "rows": 3, "sha256": "x"}],
        "columns": {
            "channels": [
                {"id": "channel", "kind": "text"}, {"id": "lead", "kind": "count"},
                {"id": "lead_to_mql", "kind": "rate"}, {"id": "cost", "kind": "money"},
                {"id": "best", "kind": "text"}
            ],
            "figures": [
                {"id": "key", "kind": "text"}, {"id": "value", "kind": "number"},
                {"id": "unit", "kind": "text"}
            ]
        },
        "tables": {
            "channels": [
                {"channel": "SEO", "lead": leads, "cost": 10.5, "best": "blog",
                 "lead_to_mql": {"k": hits, "n": 100, "rate": hits as f64 / 100.0}},
                {"channel": "Email", "lead": 5, "cost": null, "best": "news",
                 "lead_to_mql": null, "undefined": {"cost": "no_data", "lead_to_mql": "small"}}
            ],
            "figures": [{"key": "speed", "value": 2.5, "unit": "days"}]
        }
    })
}

fn of(value: &Value) -> Report {
    read(value.to_string().as_bytes()).unwrap()
}

fn november(mut report: Value) -> Value {
    report["period"] = json!({"label": "2026-11", "start": "2026-11-01", "end": "2026-12-01"});
    report["as_of"] = json!("2026-12-01T00:00:00+01:00");
    report
}

#[test]
fn the_same_report_has_no_change() {
    let found = compare(&of(&report(100, 20)), &of(&report(100, 20)));
    assert!(found.is_empty());
    // Two rows of two figures... and one of one: words are no figures.
    assert_eq!(found.compared, 7);
}

#[test]
fn rows_are_matched_by_name_and_chance_is_told_from_change() {
    let old = report(100, 20);
    let mut new = november(report(160, 22));
    let rows = new["tables"]["channels"].as_array_mut().unwrap();
    rows.swap(0, 1);
    rows[0]["cost"] = json!(3.0);
    rows.push(json!({"channel": "Fair", "lead": 1}));
    let found = compare(&of(&old), &of(&new));
    let told: Vec<(&str, &str, Option<f64>, Option<bool>)> = found
        .figures
        .iter()
        .map(|figure| {
            let row = figure.row.as_str();
            (
                row,
                figure.column.as_str(),
                figure.change,
                figure.beyond_chance,
            )
        })
        .collect();
    // 60 of 160 and 100 is 3.7 times the scatter of sqrt(260); two points of 100 are chance.
    let change = 160.0 / 100.0 - 1.0;
    assert_eq!(
        told,
        [
            ("SEO", "lead", Some(change), Some(true)),
            ("Email", "cost", None, None),
            ("SEO", "lead_to_mql", None, Some(false)),
        ]
    );
    assert_eq!(found.figures[1].old, Side::Nothing(Some("no_data".into())));
    assert!((found.figures[2].difference.unwrap() - 0.02).abs() < 1e-12);
    assert_eq!(found.rows.len(), 1);
    assert!(found.rows[0].is_new && found.rows[0].row == "Fair");
    assert!(!found.same_period);
}

#[test]
fn what_had_longer_to_convert_is_no_change() {
    let mut new = november(report(160, 60));
    new["as_of"] = json!("2026-12-31");
    let found = compare(&of(&report(100, 20)), &of(&new));
    assert_eq!(found.ages, Some((0, 30)));
    let verdicts = found.figures.iter().map(|figure| figure.beyond_chance);
    assert!(verdicts.flatten().next().is_none());
}

#[test]
fn of_one_period_nothing_is_chance() {
    let found = compare(&of(&report(100, 20)), &of(&report(200, 20)));
    assert!(found.same_period);
    assert_eq!(found.figures[0].beyond_chance, None);
    assert_eq!(found.figures[0].difference, Some(100.0));
}

#[test]
fn settings_inputs_and_currencies_are_told() {
    let mut new = report(100, 20);
    new["currency"] = json!("USD");
    new["tables"]["channels"][0]["cost"] = json!(12.0);
    new["inputs"] = json!([{"file": "b.csv", "rows": 4, "sha256": "y"}]);
    let found = compare(&of(&report(100, 20)), &of(&new));
    let names: Vec<&str> = found.settings.iter().map(|setting| setting.name).collect();
    assert_eq!(names, ["currency"]);
    let inputs: Vec<(&str, Option<u64>, Option<u64>)> = found
        .inputs
        .iter()
        .map(|input| (input.file.as_str(), input.old, input.new))
        .collect();
    assert_eq!(inputs, [("a.csv", Some(3), None), ("b.csv", None, Some(4))]);
    // Euros less dollars is nothing.
    assert_eq!(found.figures[0].column, "cost");
    assert_eq!(
        (found.figures[0].difference, found.figures[0].change),
        (None, None)
    );
}

#[test]
fn what_is_no_report_is_refused() {
    for (text, wanted) in [
        ("", Unreadable::NoReport),
        ("a,b\n1,2\n", Unreadable::NoReport),
        ("{}", Unreadable::NoReport),
        ("[1]", Unreadable::NoReport),
        ("<html></html>", Unreadable::NoReport),
        (
            "<script id=\"report-data\">%%%</script>",
            Unreadable::Damaged,
        ),
        ("<script id=\"report-data\">H4sI", Unreadable::Damaged),
        (
            "{\"schema_version\": 1, \"tables\": [], \"columns\": {}}",
            Unreadable::NoReport,
        ),
        ("{\"schema_version\": 9}", Unreadable::Version(9)),
    ] {
        assert_eq!(read(text.as_bytes()), Err(wanted), "{text}");
    }
    assert_eq!(read(b"\xff\xfe"), Err(Unreadable::NoReport));
}

#[test]
fn rows_of_one_name_are_numbered() {
    let mut old = report(1, 1);
    old["tables"]["channels"][1]["channel"] = json!("SEO");
    let found = compare(&of(&old), &of(&report(1, 1)));
    let rows: Vec<(&str, bool)> = found
        .rows
        .iter()
        .map(|row| (row.row.as_str(), row.is_new))
        .collect();
    assert_eq!(rows, [("Email", true), ("SEO (2)", false)]);
}
