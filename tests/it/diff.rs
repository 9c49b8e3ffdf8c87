//! What changed between two reports: the words, the formats, what is refused.

use serde_json::{Value, json};

use crate::fixture::{Run, count};
use crate::markup::{Page, Rendered};

const LEADS: &str = "Lead ID,Created,Channel,Stage\n";

/// A company that writes the report of a month as JSON, HTML and folder.
fn company(rows: &[&str]) -> Run {
    let run = Run::with(&[("leads.csv", &format!("{LEADS}{}\n", rows.join("\n")))]);
    run.leadflow("funnel leads.csv --by channel --format json -o old.json -q")
        .ended(0);
    run.leadflow("funnel leads.csv --by channel --format html -o old.html -q")
        .ended(0);
    run
}

fn rows() -> Vec<&'static str> {
    vec![
        "a,2026-01-05,SEO,MQL",
        "b,2026-01-06,Email,Lead",
        "c,2026-01-07,SEO,Lead",
    ]
}

#[test]
fn the_same_report_is_no_change() {
    let run = company(&rows());
    for other in ["old.json", "old.html"] {
        let line = format!("diff old.json {other}");
        let outcome = run.leadflow(&line).ended(0);
        assert!(outcome.stdout.contains("No change"), "{outcome}");
        assert!(outcome.stderr.is_empty(), "{outcome}");
    }
}

#[test]
fn an_edited_row_is_told_by_name() {
    let run = company(&rows());
    let mut edited = rows();
    edited[2] = "c,2026-01-07,SEO,MQL";
    edited.push("d,2026-01-08,Fair,Lead");
    run.file("leads.csv", format!("{LEADS}{}\n", edited.join("\n")));
    run.leadflow("funnel leads.csv --by channel --format json -o new.json -q")
        .ended(0);
    let answer = run.json("diff old.html new.json");
    let mql = answer.row(
        "figures",
        &[("table", "stages"), ("row", "mql"), ("figure", "reached")],
    );
    assert_eq!((count(mql, "old"), count(mql, "new")), (1, 2));
    assert_eq!(mql["change"].as_f64(), Some(1.0));
    let input = answer.only("inputs");
    assert_eq!(input["what"], "changed");
    assert_eq!((count(input, "old_rows"), count(input, "new_rows")), (3, 4));
    // Tables by dimensions are asked for.
    let hidden = |answer: &crate::fixture::Answer| {
        answer.has("rows")
            && answer
                .texts("rows", "table")
                .contains(&"stages_by".to_owned())
    };
    assert!(!hidden(&answer));
    let all = run.json("diff old.html new.json --all");
    assert!(hidden(&all));
    let fair = all.row("rows", &[("table", "stages_by"), ("row", "Fair, lead")]);
    assert_eq!(fair["what"], "new");
}

#[test]
fn what_is_no_report_is_refused_by_name() {
    let run = company(&rows());
    run.file("text.json", "not json");
    run.file("page.html", "<!DOCTYPE html><title>x</title>");
    let mut other: Value = serde_json::from_str(&run.read("old.json")).unwrap();
    other["schema_version"] = json!(2);
    run.file("later.json", other.to_string());
    let html = run.read("old.html");
    let (head, data) = html.split_once("id=\"report-data\">").unwrap();
    run.file(
        "cut.html",
        format!("{head}id=\"report-data\">{}", &data[..200]),
    );
    for (name, words) in [
        ("missing.json", "not found"),
        ("text.json", "no report of leadflow"),
        ("page.html", "no report of leadflow"),
        ("leads.csv", "no report of leadflow"),
        ("later.json", "schema version 2"),
        ("cut.html", "damaged"),
    ] {
        let outcome = run.leadflow(&format!("diff old.json {name}")).ended(2);
        assert!(outcome.stdout.is_empty(), "{outcome}");
        assert!(outcome.stderr.contains(words), "{outcome}");
        assert!(outcome.stderr.contains(name), "{outcome}");
        assert!(outcome.stderr.lines().count() < 6, "{outcome}");
    }
    // A folder without a report, and the two left alone.
    std::fs::create_dir(run.path("empty")).unwrap();
    let outcome = run.leadflow("diff empty old.json").ended(2);
    assert!(outcome.stderr.contains("report.json"), "{outcome}");
    run.leadflow("diff old.json old.html -o old.json").ended(2);
    assert!(run.read("old.json").starts_with('{'));
}

#[test]
fn names_of_a_strangers_report_are_text() {
    let run = company(&rows());
    let name = "</script><img src=x onerror=alert(1)>|`[a](javascript:b)`\u{1b}[31m";
    let text = run.read("old.json");
    let mut hostile: Value = serde_json::from_str(&text).unwrap();
    hostile["currency"] = json!(name);
    hostile["period"]["label"] = json!(name);
    hostile["inputs"][0]["file"] = json!(name);
    hostile["tables"]["stages"][0]["stage"] = json!(name);
    hostile["tables"][name] = json!([{"a": name}]);
    hostile["columns"][name] = json!([{"id": "a", "kind": name}]);
    run.file("hostile.json", hostile.to_string());
    let html = run.leadflow("diff old.json hostile.json --all --format html");
    let page = Page::of(&html.ended(0).stdout);
    assert!(!page.elements.contains_key("img"), "{:?}", page.elements);
    page.is_inert();
    let markdown = run.leadflow("diff old.json hostile.json --all --format markdown");
    let rendered = Rendered::of(&markdown.ended(0).stdout);
    assert!(rendered.foreign.is_empty(), "{rendered:?}");
    let table = run.leadflow("diff old.json hostile.json --all").ended(0);
    assert!(!table.stdout.contains('\u{1b}'), "{table}");
}
