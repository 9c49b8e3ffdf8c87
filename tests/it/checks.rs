//! Gates: what holds, what does not, what cannot be said, and what cannot be understood.

/// What a check can name, and what it is told where it cannot.
mod words;

use serde_json::Value;

use crate::fixture::{Outcome, Run};

/// Forty leads in September, ten of them MQL; thirty in October, three of them MQL. All of
/// them are of SEO but for two of Email in October.
fn company() -> Run {
    let mut leads = String::from("id,created,channel,mql\n");
    let mut add = |count: u32, month: &str, channel: &str, converted: u32| {
        for number in 0..count {
            let mql = match number < converted {
                true => format!("{month}-10"),
                false => String::new(),
            };
            leads.push_str(&format!(
                "{month}{channel}{number},{month}-05,{channel},{mql}\n"
            ));
        }
    };
    add(40, "2026-09", "SEO", 10);
    add(28, "2026-10", "SEO", 3);
    add(2, "2026-10", "Email", 0);
    Run::with(&[("leads.csv", &leads), ("leadflow.toml", CONFIGURATION)])
}

const CONFIGURATION: &str = "\
as_of = 2026-10-31

[funnel]
stages = [\"lead\", \"mql\"]

[[input]]
path = \"leads.csv\"
table = \"leads\"
[input.columns]
id = \"id\"
created = \"created\"
channel = \"channel\"
\"stage.mql\" = \"mql\"

[[channel]]
name = \"Fair\"
match = [\"Trade show\"]

[[target]]
metric = \"lead\"
period = \"2026-Q4\"
value = 92
";

/// The check run over October.
fn october(check: &str, more: &str) -> Outcome {
    company().leadflow(&format!(
        "check --period 2026-10 --check '{check}' --format json {more}"
    ))
}

/// The lines of the contract; there are some whether the run ends with 0 or with 1.
fn results(outcome: &Outcome) -> Vec<Value> {
    let answer: Value = serde_json::from_str(&outcome.stdout).unwrap();
    answer["checks"].as_array().unwrap().clone()
}

/// The only result of a check.
fn result(check: &str, status: i32) -> Value {
    let outcome = october(check, "").ended(status);
    let results = results(&outcome);
    assert_eq!(results.len(), 1, "{outcome}");
    results[0].clone()
}

fn holds(check: &str) -> Value {
    let result = result(check, 0);
    assert_eq!(result["status"], "pass", "{result}");
    result
}

fn fails(check: &str) -> Value {
    let result = result(check, 1);
    assert_eq!(result["status"], "fail", "{result}");
    result
}

#[test]
fn a_check_holds_or_ends_with_one() {
    let rate = holds("lead_to_mql >= 1%");
    assert_eq!(rate["n"], 30);
    assert_eq!(rate["value"], 0.1);
    assert_eq!(rate["threshold"], 0.01);
    fails("lead_to_mql >= 99.9%");
    fails("l2m > 10%");
    holds("lead == 30");
    holds("lead{channel=SEO} == 28");
    holds("lead_to_mql{channel=\"SEO\"} <= 0.2");
}

#[test]
fn warnings_and_skipped_checks_fail_only_where_that_is_asked_for() {
    let warned = october("warn lead >= 100", "").ended(0);
    assert!(warned.stderr.contains("does not hold"), "{warned}");
    october("warn lead >= 100", "--strict").ended(1);
    let skipped = october("lead_to_mql{channel=Email} >= 1% min_n=30", "").ended(0);
    assert!(skipped.stderr.contains("nothing was checked"), "{skipped}");
    assert_eq!(results(&skipped)[0]["reason"], "n=2 < 30");
    october("lead_to_mql{channel=Email} >= 1% min_n=30", "--strict").ended(1);
}

#[test]
fn three_checks_have_three_lines() {
    let run = company();
    let line =
        "check --period 2026-10 --check 'lead >= 10' --check 'lead >= 31' --check 'mql >= 4'";
    let outcome = run.leadflow(line).ended(1);
    let line = |words: &str| outcome.stdout.lines().find(|line| line.contains(words));
    for (words, result) in [
        ("lead >= 10", "pass"),
        ("lead >= 31", "fail"),
        ("mql >= 4", "fail"),
    ] {
        assert!(
            line(words).is_some_and(|line| line.starts_with(result)),
            "{outcome}"
        );
    }
    // The files of a report are written all the same.
    run.leadflow("report --period 2026-10 --out out --check 'lead >= 31'")
        .ended(1);
    let report = run.read("out/report.json");
    assert!(report.contains("\"status\":\"fail\"") || report.contains("\"status\": \"fail\""));
    assert!(run.files().contains(&"out/manifest.json".to_owned()));
}

#[test]
fn another_period_is_compared_at_equal_age() {
    let less = fails("lead vs prev >= -15%");
    assert_eq!(less["value"], -0.25);
    // 30 after 40 may be chance: the interval of the ratio reaches from -53 % to +20 %.
    holds("lead vs prev >= -15% confident");
    holds("lead vs prev >= -10");
    let points = fails("lead_to_mql vs prev >= -2pp");
    assert!(
        (points["value"].as_f64().unwrap() + 0.15).abs() < 1e-12,
        "{points}"
    );
    let nothing = result("lead vs yoy >= 0%", 0);
    assert_eq!(nothing["status"], "skipped");
}

#[test]
fn a_report_file_and_a_target_are_compared() {
    let run = company();
    run.leadflow("report --period 2026-09 --format json -o old.json")
        .ended(0);
    let check = |words: &str| run.leadflow(&format!("check --period 2026-10 --check '{words}'"));
    check("lead{channel=SEO} vs old.json >= -12").ended(0);
    check("lead{channel=SEO} vs old.json >= -11").ended(1);
    check("lead{channel=Email} vs old.json >= 0").ended(0);
    check("lead vs older.json >= 0").ended(2);
    // 92 in a quarter of 92 days; 31 of them have passed.
    let target = fails("lead >= target");
    assert_eq!(
        (&target["value"], &target["threshold"]),
        (&30.0.into(), &31.0.into())
    );
    assert_eq!(result("mql >= target", 0)["status"], "skipped");
}

#[test]
fn a_wildcard_is_one_line_for_each_value() {
    let outcome = october("lead{channel=*} >= 10", "").ended(1);
    let results = results(&outcome);
    let lines: Vec<(&str, &str)> = results
        .iter()
        .map(|line| {
            (
                line["check"].as_str().unwrap(),
                line["status"].as_str().unwrap(),
            )
        })
        .collect();
    assert!(
        lines.contains(&("lead{channel=*} >= 10 [SEO]", "pass")),
        "{lines:?}"
    );
    assert!(
        lines.contains(&("lead{channel=*} >= 10 [Email]", "fail")),
        "{lines:?}"
    );
}

#[test]
fn what_is_known_but_not_there_is_skipped_and_what_is_unknown_is_refused() {
    let fair = result("lead_to_mql{channel=Fair} >= 10%", 0);
    assert_eq!(fair["status"], "skipped", "{fair}");
    for (check, words) in [
        ("lead_to_mlq >= 1%", "lead_to_mql"),
        ("lead{channel=SOE} >= 1", "`SEO`"),
        ("lead{chanel=SEO} >= 1", "`channel`"),
        ("lead >= 5%", "count"),
        ("lead_to_mql >= 5", "5%"),
        ("lead_to_mql >= 5EUR", "money"),
        ("lead@mature > 5", "@mature"),
    ] {
        let outcome = october(check, "").ended(2);
        assert!(outcome.stderr.contains(words), "{check}: {outcome}");
    }
    // Nothing of a report is written.
    let run = company();
    run.leadflow("report --period 2026-10 --out out --check 'leed >= 1'")
        .ended(2);
    assert!(
        !run.files().iter().any(|file| file.starts_with("out")),
        "{:?}",
        run.files()
    );
}

#[test]
fn a_caret_stands_below_what_is_not_understood() {
    let outcome = october("lead_to_mql => 5", "").ended(2);
    let lines: Vec<&str> = outcome.stderr.lines().collect();
    let check = lines
        .iter()
        .position(|line| line.contains("lead_to_mql => 5"))
        .unwrap();
    let place = lines[check].find("=>").unwrap();
    assert_eq!(lines[check + 1].find('^'), Some(place), "{outcome}");

    let run = company();
    let listed = format!("{CONFIGURATION}\n[[check]]\nthat = \"lead >== 1\"\n");
    run.file("leadflow.toml", &listed);
    let outcome = run.leadflow("check").ended(2);
    assert!(outcome.stderr.contains("leadflow.toml:25:1"), "{outcome}");
}

#[test]
fn the_list_of_the_configuration_is_run_by_check_and_report_alone() {
    let run = company();
    let listed = format!("{CONFIGURATION}\n[[check]]\nthat = \"lead >= 31\"\n");
    run.file("leadflow.toml", &listed);
    run.leadflow("check --period 2026-10").ended(1);
    run.leadflow("report --period 2026-10 --format json")
        .ended(1);
    run.leadflow("funnel --period 2026-10").ended(0);
    run.leadflow("funnel --period 2026-10 --check 'lead >= 31'")
        .ended(1);
    run.file("leadflow.toml", CONFIGURATION);
    let nothing = run.leadflow("check").ended(2);
    assert!(nothing.stderr.contains("nothing to check"), "{nothing}");
}

#[test]
fn a_month_that_is_not_over_is_not_compared() {
    let run = company();
    let outcome = run.leadflow(
        "check --period 2026-10 --as-of 2026-10-20 --format json --check 'lead vs prev >= 0%'",
    );
    let check = &outcome.ended(0).answer().0["checks"][0];
    assert_eq!(check["reason"], "partial period", "{check}");
}

#[test]
fn the_newest_mature_month_is_named() {
    let run = company();
    let line = "check --period 2026-10 --set funnel.horizon_days=20 --format json \
                --check 'lead_to_mql@mature >= 25%'";
    let check = &run.leadflow(line).ended(0).answer().0["checks"][0];
    assert_eq!(
        (&check["reason"], &check["value"]),
        (&"2026-09".into(), &0.25.into())
    );
}

/// Checks of which two hold, one fails, one warns and one is skipped.
const MIXED: &str = "check leads.csv --period 2026-01 --check 'lead >= 1' --check 'mql >= 0' \
                     --check 'lead{channel=*} >= 100 min_n=2' --check 'warn lead >= 1000'";

fn mixed() -> Run {
    let hostile = "::set-output name=x::y";
    let table = format!(
        "Lead ID,Created,Channel,Stage\na,2026-01-05,SEO,MQL\nb,2026-01-06,SEO,Lead\nc,2026-01-07,{hostile},Lead\n"
    );
    Run::with(&[("leads.csv", &table)])
}

#[test]
fn junit_counts_what_the_lines_say() {
    let run = mixed();
    run.leadflow(&format!("{MIXED} --junit results.xml -q"))
        .ended(1);
    let xml = run.read("results.xml");
    let document = roxmltree::Document::parse(&xml).unwrap();
    let suite = document
        .descendants()
        .find(|node| node.has_tag_name("testsuite"))
        .unwrap();
    let said = |name: &str| suite.attribute(name).unwrap().parse::<usize>().unwrap();
    let answer = run.leadflow(&format!("{MIXED} --format json -q")).ended(1);
    let answer: serde_json::Value = serde_json::from_str(&answer.stdout).unwrap();
    let checks = answer["checks"].as_array().unwrap();
    let count = |status: &str, level: &str| {
        let is = |check: &&serde_json::Value| check["status"] == status && check["level"] == level;
        checks.iter().filter(is).count()
    };
    assert_eq!(said("tests"), checks.len());
    assert_eq!(said("failures"), count("fail", "error"));
    assert_eq!(said("skipped"), count("skipped", "error"));
    assert!(said("failures") > 0 && said("skipped") > 0);
    // Written all the same where the report is a folder; refused where it cannot be.
    run.leadflow(
        "report leads.csv --period 2026-01 --out out --check 'lead >= 9' --junit r.xml -q",
    )
    .ended(1);
    assert!(run.read("r.xml").contains("failures=\"1\""));
    run.leadflow(&format!("{MIXED} --junit nowhere/r.xml"))
        .ended(2);
}

#[test]
fn annotations_stay_on_their_lines() {
    let run = mixed();
    let outcome = run
        .leadflow(&format!("{MIXED} --format github -q"))
        .ended(1);
    assert!(!outcome.stdout.is_empty());
    for line in outcome.stdout.lines() {
        let known = ["::error title=leadflow::", "::warning title=leadflow::"];
        assert!(known.iter().any(|head| line.starts_with(head)), "{line}");
    }
    assert!(outcome.stdout.contains("::set-output"), "{outcome}");
    let quiet = run
        .leadflow("check leads.csv --period 2026-01 --check 'lead >= 1' --format github -q")
        .ended(0);
    assert!(!quiet.stdout.contains("::error"), "{quiet}");
    // However many channels fail, GitHub shows ten of a kind.
    let rows: String = (0..30)
        .map(|number| format!("l{number},2026-01-05,Channel {number},Lead\n"))
        .collect();
    run.file("many.csv", format!("Lead ID,Created,Channel,Stage\n{rows}"));
    let line = "check many.csv --period 2026-01 --check 'lead{channel=*} >= 2' --format github -q";
    let outcome = run.leadflow(line).ended(1);
    let errors = outcome
        .stdout
        .lines()
        .filter(|line| line.starts_with("::error"));
    assert_eq!(errors.count(), 10, "{outcome}");
    assert!(outcome.stdout.contains("and 21 more"), "{outcome}");
}

#[test]
fn a_summary_is_appended_and_stays_small() {
    let run = mixed();
    run.file("summary.md", "before\n");
    let line = "check leads.csv --period 2026-01 --check 'lead >= 1' -q";
    run.leadflow(&format!("{line} --summary summary.md"))
        .ended(0);
    let path = run.path("summary.md");
    let path = path.to_str().unwrap();
    run.leadflow_with(line, &[("GITHUB_STEP_SUMMARY", path)], "")
        .ended(0);
    // Only what a pipeline runs goes there unasked.
    run.leadflow_with("funnel leads.csv -q", &[("GITHUB_STEP_SUMMARY", path)], "")
        .ended(0);
    let text = run.read("summary.md");
    assert!(text.starts_with("before\n"), "{text}");
    assert_eq!(text.matches("# Checks of 2026-01").count(), 2, "{text}");
    run.file("full.md", "x".repeat((1 << 20) - 300));
    run.leadflow("report leads.csv --period 2026-01 --out out -q --summary full.md")
        .ended(0);
    let full = run.read("full.md");
    assert!(full.len() <= 1 << 20, "{}", full.len());
    assert!(full.contains("left out"), "{}", &full[full.len() - 300..]);
}
