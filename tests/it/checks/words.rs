//! What a check can name: the list of figures, wildcards, misspelt names, reports of others.

use serde_json::Value;

use super::{company, october, results};
use crate::fixture::{Run, copy_folder, root};

fn example() -> Run {
    let run = Run::new();
    copy_folder(&root().join("examples/monthly-report"), &run.path("."));
    run
}

#[test]
fn everything_that_is_listed_can_be_checked() {
    let run = example();
    let list = run.json("check --list");
    let figures = list.table("checkable");
    assert!(figures.len() > 150, "{}", figures.len());
    let text = |row: &Value, key: &str| row[key].as_str().unwrap_or_default().to_owned();
    let mut line = String::from("check --format json -q");
    for row in figures {
        let by = text(row, "by");
        let braces = match by.as_str() {
            "" => String::new(),
            "any" => "{channel=*,region=*}".to_owned(),
            by => {
                let stars: Vec<String> = by.split(", ").map(|name| format!("{name}=*")).collect();
                format!("{{{}}}", stars.join(","))
            }
        };
        // The unit as the list has it.
        let value = match text(row, "unit").as_str() {
            "percent" => "-999999%".to_owned(),
            "EUR" => "-99999999EUR".to_owned(),
            "days" => "-9999d".to_owned(),
            "time" => "-9999h".to_owned(),
            "count" | "number" | "ratio" => "-99999999".to_owned(),
            unit => panic!("`{unit}` of {row}"),
        };
        line.push_str(&format!(
            " --check '{}{braces} >= {value}'",
            text(row, "figure")
        ));
        if by == "any" {
            line.push_str(&format!(" --check '{} >= {value}'", text(row, "figure")));
        }
    }
    let outcome = run.leadflow(&line).ended(0);
    let results = results(&outcome);
    assert!(results.len() > figures.len(), "{}", results.len());
    let passed = results
        .iter()
        .filter(|line| line["status"] == "pass")
        .count();
    assert!(passed * 2 > results.len(), "{passed} of {}", results.len());
    for line in &results {
        let skipped = line["status"] == "skipped" && line["reason"].is_string();
        assert!(line["status"] == "pass" || skipped, "{line}");
    }
    // What the list says it is now is what a check finds.
    for row in figures.iter().filter(|row| row["value"].is_number()) {
        let words = format!("{} >= ", text(row, "figure"));
        let found = results
            .iter()
            .find(|line| line["check"].as_str().unwrap().starts_with(&words));
        let found = found.unwrap_or_else(|| panic!("no result for {row}"));
        assert_eq!(found["value"].as_f64(), row["value"].as_f64(), "{row}");
        assert_eq!(found["n"], row["n"], "{row}");
    }
}

#[test]
fn figures_have_their_dimensions_units_and_good_side() {
    let list = example().json("check --list");
    for (figure, by, unit, good) in [
        ("lead_to_mql", "any", "percent", "up"),
        ("cac", "any", "EUR", "down"),
        ("hours", "any", "number", ""),
        ("unassigned_share", "", "percent", "down"),
        ("stages.median_days", "stage", "days", "down"),
        ("recurring", "", "EUR", "up"),
        ("turn_time", "", "days", "down"),
        ("compliance.rate", "promise", "percent", ""),
        ("win_rate_closed", "", "percent", "up"),
    ] {
        let row = list.row("checkable", &[("figure", figure), ("by", by)]);
        let found = ["by", "unit", "good"].map(|key| row[key].as_str().unwrap_or_default());
        assert_eq!(found, [by, unit, good], "{row}");
    }
}

#[test]
fn a_wildcard_means_the_values_that_somebody_gave() {
    let rows = "Lead ID,Created,Channel,Stage\na,2026-01-05,SEO,MQL\nb,2026-01-06,,Lead\nc,2026-01-07,Radio,Lead\n";
    let run = Run::with(&[("leads.csv", rows)]);
    let check = |words: &str| {
        let line = format!("check leads.csv --period 2026-01 --format json -q --check '{words}'");
        results(&run.leadflow(&line))
            .iter()
            .map(|it| it["check"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    let listed = run
        .json("channels leads.csv --period 2026-01")
        .texts("channels", "channel");
    assert!(
        listed
            .iter()
            .any(|channel| channel == "Unassigned" || channel.starts_with('(')),
        "{listed:?}"
    );
    let found = check("lead{channel=*} >= 1");
    assert!(
        found.iter().any(|line| line.ends_with("[SEO]")),
        "{found:?}"
    );
    assert!(
        !found
            .iter()
            .any(|line| line.contains("[(") || line.contains("[Unassigned]")),
        "{found:?}"
    );
    // By its own name it is a row as any other.
    let nameless = listed
        .iter()
        .find(|channel| channel.starts_with('(') || *channel == "Unassigned")
        .unwrap();
    assert_eq!(
        check(&format!("lead{{channel=\"{nameless}\"}} >= 1")).len(),
        1
    );
    // Where nobody gave a value there is nothing to check, and that is said.
    let none = Run::with(&[(
        "leads.csv",
        "Lead ID,Created,Channel,Stage\na,2026-01-05,,MQL\n",
    )]);
    let line = "check leads.csv --period 2026-01 --format json --check 'lead{channel=*} >= 1'";
    let outcome = none.leadflow(line).ended(0);
    assert_eq!(results(&outcome)[0]["status"], "skipped", "{outcome}");
    assert!(outcome.stderr.contains("nothing was checked"), "{outcome}");
}

#[test]
fn who_is_counted_behind_a_figure() {
    let run = example();
    let counted = [
        ("cost_per_lead", "lead"),
        ("cost_per_customer", "customer"),
        ("cac", "customers"),
        ("roi", "wins"),
        ("ctr", "impressions"),
        ("cpc", "clicks"),
        ("visitor_value", "visits"),
    ];
    let others = ["spend", "step_times.median_days{to=mql}"];
    let figures = counted.iter().map(|(figure, _)| *figure).chain(others);
    let checks: String = figures
        .map(|figure| format!(" --check '{figure} >= 0'"))
        .collect();
    let found = results(&run.leadflow(&format!("check --format json -q{checks}")));
    let channels = run.json("channels --period 2026-10");
    let total = channels.only("channels_total");
    for ((figure, column), line) in counted.iter().zip(&found) {
        assert_eq!(line["n"], total[*column], "{figure}");
    }
    assert_eq!(found[7]["n"], Value::Null);
    assert!(found[8]["n"].as_u64() > Some(30), "{}", found[8]);
    let line = "check --check 'spend >= 1 min_n=3'";
    let outcome = run.leadflow(line).ended(2);
    assert!(outcome.stderr.contains("min_n"), "{outcome}");
}

#[test]
fn misspelt_names_have_their_neighbours() {
    let run = example();
    for (check, words) in [
        ("leed_to_mql >= 1%", "`lead_to_mql`"),
        ("cacc <= 5EUR", "`cac`"),
        ("lead{channel=SEOO} >= 1", "`SEO`"),
        ("lead{regio=DACH} >= 1", "`region`"),
        ("lead{region=DACHH} >= 1", "`DACH`"),
        ("median_days{stage=costumer} <= 45d", "`customer`"),
        ("median_days{stag=mql} <= 45d", "`stage`"),
        ("sla_compliance{promise=firts_attempt} >= 1%", "attempt"),
        ("chanels.lead >= 1", "channel"),
        ("median_days <= 45d", "stage"),
    ] {
        let outcome = run.leadflow(&format!("check --check '{check}'")).ended(2);
        assert!(outcome.stderr.contains(words), "{check}: {outcome}");
        assert!(outcome.stdout.is_empty(), "{outcome}");
        let lines = outcome
            .stderr
            .lines()
            .filter(|line| !line.starts_with("warning") && !line.starts_with("note"));
        assert!(lines.count() < 6, "{outcome}");
    }
}

#[test]
fn every_command_refuses_a_bad_check_before_it_reads() {
    let run = Run::new();
    for command in ["funnel", "channels", "report", "check", "pipeline"] {
        let outcome = run
            .leadflow(&format!("{command} nowhere.csv --check 'lead => 1'"))
            .ended(2);
        assert!(outcome.stderr.contains("is no comparison"), "{outcome}");
    }
}

#[test]
fn the_other_report_may_be_a_page_or_a_folder() {
    let run = company();
    for (out, name) in [
        ("old.html", "old.html"),
        ("old", "old"),
        ("old.json", "old.json"),
    ] {
        run.leadflow(&format!("report --period 2026-09 -o {out} -q"))
            .ended(0);
        let line = format!("check --period 2026-10 --format json --check 'lead vs {name} >= -10'");
        let outcome = run.leadflow(&line).ended(0);
        assert_eq!(results(&outcome)[0]["value"], -10.0, "{outcome}");
    }
    run.file(
        "newer.json",
        "{\"schema_version\": 9, \"tables\": {}, \"columns\": {}}",
    );
    let outcome = run
        .leadflow("check --period 2026-10 --check 'lead vs newer.json >= 0'")
        .ended(2);
    assert!(outcome.stderr.contains("version 9"), "{outcome}");
}

#[test]
fn a_failed_check_of_the_configuration_is_told_with_its_line() {
    let run = company();
    let listed = format!(
        "{}\n[[check]]\nthat = \"lead >= 31\"\n",
        run.read("leadflow.toml")
    );
    run.file("leadflow.toml", listed);
    let outcome = run.leadflow("check --period 2026-10").ended(1);
    assert!(
        outcome
            .stderr
            .contains("error: leadflow.toml:25:1: does not hold"),
        "{outcome}"
    );
    let asked = october("lead >= 31", "").ended(1);
    assert!(asked.stderr.contains("error: does not hold"), "{asked}");
}

#[test]
fn a_figure_that_these_inputs_cannot_make_is_skipped() {
    // No deals, no bills, no activities: what the dictionary defines is known all the same.
    for figure in [
        "win_rate_closed",
        "customer_churn",
        "sla_compliance{promise=first_attempt}",
    ] {
        let outcome = october(&format!("{figure} >= 10%"), "").ended(0);
        assert_eq!(results(&outcome)[0]["status"], "skipped", "{outcome}");
        october(&format!("{figure} >= 10%"), "--strict").ended(1);
    }
}
