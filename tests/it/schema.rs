//! The published schema of the output: kept, and kept to.
//!
//! `docs/report.schema.json` is what `leadflow explain --schema` prints
//! (`LEADFLOW_BLESS=1` writes it), and the JSON of every command is valid under it.

/// As much of JSON Schema as the schema uses.
mod validator;

use std::collections::BTreeSet;
use std::fs;

use serde_json::{Value, json};

use crate::fixture::{Run, copy_folder, json_file, root};
use validator::mistakes;

const PUBLISHED: &str = "docs/report.schema.json";

fn published() -> Value {
    json_file(&root().join(PUBLISHED))
}

fn example() -> Run {
    let run = Run::new();
    copy_folder(&root().join("examples"), &run.path("."));
    run
}

#[test]
fn the_published_schema_is_that_of_the_program() {
    let run = Run::new();
    let printed = run.leadflow("explain --schema").ended(0).stdout;
    let path = root().join(PUBLISHED);
    if std::env::var_os("LEADFLOW_BLESS").is_some() {
        fs::write(&path, &printed).unwrap();
    }
    let committed = fs::read_to_string(&path).unwrap();
    assert!(
        printed == committed,
        "{PUBLISHED} is old: LEADFLOW_BLESS=1 cargo test --test it schema"
    );
    run.leadflow("explain --schema -o there.json").ended(0);
    assert_eq!(run.read("there.json"), printed);
}

/// Demands that an answer fits the schema, and what no schema can say.
#[track_caller]
fn is_valid(schema: &Value, answer: &Value, line: &str) {
    let found = mistakes(schema, answer);
    assert!(
        found.is_empty(),
        "`leadflow {line}`: {:#?}",
        &found[..found.len().min(10)]
    );
    let (tables, columns) = (&answer["tables"], &answer["columns"]);
    let ids = |of: &Value| of.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    assert_eq!(ids(tables), ids(columns), "`leadflow {line}`");
    for (id, rows) in tables.as_object().unwrap() {
        let columns = columns[id].as_array().unwrap();
        for row in rows.as_array().unwrap() {
            row_fits(columns, row, &format!("`leadflow {line}`, {id}"));
        }
    }
}

/// A row has the keys of its columns, values of their kinds, and reasons for nothing else
/// than what is null.
#[track_caller]
fn row_fits(columns: &[Value], row: &Value, place: &str) {
    let ids: Vec<&str> = columns
        .iter()
        .map(|column| column["id"].as_str().unwrap())
        .collect();
    let keys = row.as_object().unwrap().keys().map(String::as_str);
    let keys: Vec<&str> = keys.filter(|key| *key != "undefined").collect();
    assert_eq!(keys, ids, "{place}");
    for column in columns {
        let value = &row[column["id"].as_str().unwrap()];
        let fits = match column["kind"].as_str().unwrap() {
            "text" => value.is_string(),
            "flag" => value.is_boolean(),
            "rate" => value.is_object() || value.is_number(),
            "count" => value.is_i64() || value.is_u64(),
            // A table of keys and values has values of all kinds.
            _ => !value.is_array(),
        };
        assert!(fits || value.is_null(), "{place}: {value} in {column}");
    }
    for (id, _) in row["undefined"].as_object().into_iter().flatten() {
        assert!(
            row[id].is_null() && row.get(id).is_some(),
            "{place}: {id} of {row}"
        );
    }
}

/// Every command that has an answer, on companies that let it say much.
const LINES: &[&str] = &[
    "report -c monthly-report/leadflow.toml --check 'lead >= 100' --check 'roi{channel=*} >= 0 min_n=10'",
    "report -c monthly-report/leadflow.toml --period 2026-Q3 --by region",
    "funnel -c monthly-report/leadflow.toml --by channel,month",
    "funnel -c monthly-report/leadflow.toml --view cohort --policy strict",
    "funnel -c monthly-report/leadflow.toml --view period --period 2026-10",
    "funnel -c monthly-report/leadflow.toml --rows mql{channel=SEO} --period 2026-10",
    "funnel -c journeys/leadflow.toml --steps 'visit,signup,demo request'",
    "channels -c monthly-report/leadflow.toml --by campaign",
    "channels -c monthly-report/leadflow.toml --basis cohort --period 2026-05",
    "attribution -c journeys/leadflow.toml",
    "paths -c journeys/leadflow.toml",
    "pipeline -c monthly-report/leadflow.toml --period 2026-10",
    "pipeline -c monthly-report/leadflow.toml --list --period 2026-10",
    "leaks -c monthly-report/leadflow.toml --ids",
    "sla -c monthly-report/leadflow.toml --by region",
    "score -c monthly-report/leadflow.toml",
    "flywheel -c monthly-report/leadflow.toml",
    "whatif SEO --add-hours 10 -c monthly-report/leadflow.toml",
    "optimize -c monthly-report/leadflow.toml",
    "check -c monthly-report/leadflow.toml --check 'lead{channel=*} vs yoy >= 0% min_n=30 confident' --check 'mql >= target'",
    "diff old.json new.json --all",
    "inspect -c monthly-report/leadflow.toml",
    "inspect monthly-report/timesheet.csv",
    "query 'select channel, count(*) as n, avg(1.5) as mean from leads group by channel' -c monthly-report/leadflow.toml",
    "query tables -c monthly-report/leadflow.toml",
    "explain roi",
    "explain --list",
    "config show --origin -c monthly-report/leadflow.toml",
];

#[test]
fn the_answer_of_every_command_is_valid() {
    let (run, schema) = (example(), published());
    for (month, file) in [("2026-09", "old.json"), ("2026-10", "new.json")] {
        run.leadflow(&format!(
            "report -c monthly-report/leadflow.toml --period {month} -o {file}"
        ))
        .ended(0);
    }
    let mut commands = BTreeSet::new();
    for line in LINES {
        let outcome = run.leadflow(&format!("{line} --format json -q"));
        assert!(outcome.status < 2, "{outcome}");
        let answer: Value = serde_json::from_str(&outcome.stdout).unwrap();
        is_valid(&schema, &answer, line);
        commands.insert(answer["command"].as_str().unwrap().to_owned());
    }
    let known = schema["properties"]["command"]["enum"].as_array().unwrap();
    let known: BTreeSet<String> = known
        .iter()
        .map(|name| name.as_str().unwrap().to_owned())
        .collect();
    assert_eq!(commands, known, "a command is not tried");
}

#[test]
fn the_folder_of_a_report_holds_a_valid_answer() {
    let (run, schema) = (example(), published());
    run.leadflow("report -c monthly-report/leadflow.toml --out out -q")
        .ended(0);
    let answer = json_file(&run.path("out/report.json"));
    is_valid(&schema, &answer, "report --out out");
    assert!(answer["tables"].as_object().unwrap().len() > 20);
}

#[test]
fn answers_without_dates_members_or_records_are_valid() {
    let run = Run::with(&[
        ("empty.csv", "Lead ID,Created,Channel,Stage\n"),
        ("undated.csv", "Lead ID,Channel,Stage\na,SEO,MQL\nb,,Lead\n"),
        (
            "odd.csv",
            "Lead ID,Created,Channel,Stage\na,2026-01-05,\"=1+1 \\u202e::error\",MQL\n",
        ),
    ]);
    let schema = published();
    for line in [
        "funnel empty.csv",
        "channels empty.csv",
        "funnel undated.csv",
        "channels undated.csv",
        "funnel odd.csv --by channel",
        "report odd.csv --period 2026-01",
        "check odd.csv --period 2026-01 --check 'mql_to_sql >= 1%' --check 'lead vs prev >= 0%'",
    ] {
        let outcome = run.leadflow(&format!("{line} --format json -q"));
        assert!(outcome.status < 2, "{outcome}");
        let answer: Value = serde_json::from_str(&outcome.stdout).unwrap();
        is_valid(&schema, &answer, line);
    }
}

#[test]
fn the_schema_refuses_what_breaks_the_contract() {
    let (run, schema) = (example(), published());
    let line = "channels -c monthly-report/leadflow.toml --check 'lead >= 1' --check 'lead{channel=Display} >= 1'";
    let good: Value =
        serde_json::from_str(&run.leadflow(&format!("{line} --format json -q")).stdout).unwrap();
    is_valid(&schema, &good, line);
    let rate = "/tables/channels_total/0/lead_to_mql";
    let changed = |place: &str, value: Value| {
        let mut bad = good.clone();
        *bad.pointer_mut(place).unwrap_or_else(|| panic!("{place}")) = value;
        bad
    };
    for (place, value) in [
        ("/schema_version", json!(2)),
        ("/command", json!("chanels")),
        ("/as_of", json!("yesterday")),
        ("/period/end", json!("2026-13")),
        ("/inputs/0/sha256", json!("abc")),
        ("/inputs/0/rows", json!(-1)),
        ("/tables/channels/0/channel", json!(["SEO"])),
        ("/columns/channels/0/kind", json!("words")),
        ("/checks/0/status", json!("ok")),
        ("/checks/0/value", Value::Null),
        (rate, json!(0.25)).clone(),
        (rate, json!({"k": 1, "n": 4})),
        ("/tables/channels_total/0/lead_to_mql/n", json!(0)),
        ("/tables/channels_total/0/lead_to_mql/ci_low", Value::Null),
        ("/tables/channels_total/0/lead_to_mql/view", json!("always")),
    ] {
        let bad = changed(place, value.clone());
        // A number in the place of a rate is what the columns tell, not the schema.
        let is_seen = value != json!(0.25);
        assert_eq!(
            !mistakes(&schema, &bad).is_empty(),
            is_seen,
            "{place}: {value}"
        );
    }
    for place in ["", "/tool", "/period", "/inputs/0", "/checks/0", rate] {
        let mut bad = good.clone();
        bad.pointer_mut(place).unwrap()["further"] = json!(1);
        assert!(
            !mistakes(&schema, &bad).is_empty(),
            "a further key in {place}"
        );
        let mut bad = good.clone();
        let keys = bad.pointer_mut(place).unwrap().as_object_mut().unwrap();
        let first = keys.keys().next().unwrap().clone();
        keys.remove(&first);
        assert!(
            !mistakes(&schema, &bad).is_empty(),
            "{place} without {first}"
        );
    }
    let mut bad = good.clone();
    bad["tables"]["channels_total"][0]["undefined"] = json!({"roi": "because"});
    assert!(!mistakes(&schema, &bad).is_empty(), "an unknown reason");
}
