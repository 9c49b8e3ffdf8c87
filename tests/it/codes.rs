//! What machines are told of trouble: codes that stay, JSON, annotations of a workflow.

use std::collections::BTreeMap;
use std::fs;

use serde_json::Value;

use crate::fixture::{Outcome, Run, root};

/// One line per code: its name and its severity.
const LIST: &str = "testdata/golden/codes.txt";

/// Codes by name with their severities, as `explain` lists them.
fn explained() -> BTreeMap<String, String> {
    let run = Run::new();
    let list = run.json("explain --list");
    let codes = list
        .table("topics")
        .iter()
        .filter(|topic| topic["kind"] == "diagnostic");
    let severity = |code: &str| {
        let said = run.json(&format!("explain {code}"));
        let texts = said.texts("explanation", "text");
        let line = texts.iter().find_map(|text| {
            text.trim_start_matches("As a finding: ")
                .strip_prefix("Severity: ")
        });
        line.unwrap_or_else(|| panic!("no severity of {code}: {texts:?}"))
            .trim_end_matches('.')
            .to_owned()
    };
    codes
        .map(|topic| topic["topic"].as_str().unwrap().to_owned())
        .map(|code| (code.clone(), severity(&code)))
        .collect()
}

#[test]
fn a_code_is_never_taken_away_or_renamed() {
    let path = root().join(LIST);
    let codes = explained();
    let kept = fs::read_to_string(&path).unwrap_or_default();
    for line in kept.lines() {
        let (code, severity) = line.split_once(' ').unwrap();
        let now = codes.get(code);
        assert_eq!(
            now.map(String::as_str),
            Some(severity),
            "`{code}` is part of the contract"
        );
    }
    let list: String = codes
        .iter()
        .map(|(code, severity)| format!("{code} {severity}\n"))
        .collect();
    // Only new ones can be added this way: the lines above hold the old ones.
    if std::env::var_os("LEADFLOW_BLESS").is_some() {
        fs::write(&path, &list).unwrap();
    }
    assert_eq!(
        fs::read_to_string(&path).unwrap(),
        list,
        "{LIST} lacks a new code: LEADFLOW_BLESS=1 cargo test --test it codes"
    );
}

/// Two rows whose dates are none, one whose channel would be a command.
const ROWS: &str = "Lead ID,Created,Channel,Stage\na,2026-02-30,SEO,MQL\nb,2026-01-05,::set-output name=x::y,Lead\nc,31/31/2026,SEO,Lead\n";

fn in_actions(run: &Run, line: &str) -> Outcome {
    run.leadflow_with(line, &[("GITHUB_ACTIONS", "true")], "")
}

/// Lines that the runner would take for a command.
fn commands(text: &str) -> Vec<&str> {
    let is_command = |line: &&str| line.trim_start().starts_with("::") || line.contains("##[");
    text.lines().filter(is_command).collect()
}

#[test]
fn every_error_of_a_run_is_one_line_of_json_with_its_place() {
    let run = Run::with(&[("leads.csv", ROWS), ("leadflow.toml", "[funel]\n")]);
    for (line, code, place) in [
        ("funnel leads.csv -c none.toml", "not_found", false),
        ("funnel leads.csv", "unknown_key", true),
        ("funnel nowhere.csv -c none.toml", "not_found", false),
        ("funel", "usage", false),
        ("", "usage", false),
        (
            "check leads.csv --check 'lead => 1' --set funnel.stages=1",
            "unknown_key",
            true,
        ),
    ] {
        let outcome = run
            .leadflow(&format!("{line} --error-format json"))
            .ended(2);
        let errors: Vec<Value> = outcome
            .stderr
            .lines()
            .map(|line| {
                serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {outcome}"))
            })
            .collect();
        let keys = [
            "severity", "code", "message", "file", "line", "column", "header", "hint", "count",
        ];
        for error in &errors {
            let found: Vec<&str> = error
                .as_object()
                .unwrap()
                .keys()
                .map(String::as_str)
                .collect();
            assert_eq!(found, keys, "{outcome}");
        }
        let error = errors.iter().find(|error| error["severity"] == "error");
        let error = error.unwrap_or_else(|| panic!("no error in {outcome}"));
        assert_eq!(error["code"], code, "{outcome}");
        assert_eq!(error["line"].is_u64(), place, "{outcome}");
    }
}

#[test]
fn in_actions_errors_are_annotations_at_their_place() {
    let run = Run::with(&[("leads.csv", ROWS)]);
    let outcome = in_actions(&run, "funnel leads.csv").ended(2);
    let found = commands(&outcome.stderr);
    assert!(!found.is_empty(), "{outcome}");
    for line in &found {
        assert!(
            line.starts_with("::error file=leads.csv,line=") || line.starts_with("::warning "),
            "{outcome}"
        );
    }
    assert!(
        found.iter().any(|line| line
            .starts_with("::error file=leads.csv,line=2,col=2,title=leadflow bad_date::")),
        "{outcome}"
    );
    // What was asked for by name counts more than where the program runs.
    let text = in_actions(&run, "funnel leads.csv --error-format text").ended(2);
    assert!(
        commands(&text.stderr).is_empty() && text.stderr.contains("error: leads.csv:2:2"),
        "{text}"
    );
    let json = in_actions(&run, "funnel leads.csv --error-format json").ended(2);
    assert!(
        json.stderr.lines().all(|line| line.starts_with('{')),
        "{json}"
    );
    // And elsewhere it can be asked for.
    let asked = run
        .leadflow("funnel leads.csv --error-format github")
        .ended(2);
    assert_eq!(asked.stderr, outcome.stderr);
    let senseless = in_actions(&run, "funnel --nope").ended(2);
    assert!(
        senseless
            .stderr
            .starts_with("::error title=leadflow usage::"),
        "{senseless}"
    );
}

#[test]
fn in_actions_a_failed_check_is_an_annotation_once() {
    let run = Run::with(&[(
        "leads.csv",
        "Lead ID,Created,Channel,Stage\na,2026-01-05,SEO,MQL\n",
    )]);
    let line = "check leads.csv --period 2026-01 --check 'lead >= 2' --check 'warn lead >= 3'";
    let outcome = in_actions(&run, line).ended(1);
    let found = commands(&outcome.stderr);
    let of = |kind: &str| {
        found
            .iter()
            .filter(|line| line.starts_with(kind) && line.contains("does not hold"))
            .count()
    };
    assert_eq!((of("::error "), of("::warning ")), (1, 1), "{outcome}");
    assert!(commands(&outcome.stdout).is_empty(), "{outcome}");
    let printed = in_actions(&run, &format!("{line} --format github")).ended(1);
    assert!(commands(&printed.stderr).is_empty(), "{printed}");
    assert_eq!(
        commands(&printed.stdout)
            .iter()
            .filter(|line| line.contains("does not hold"))
            .count(),
        2
    );
}

#[test]
fn annotations_are_few_and_the_rest_is_counted() {
    let rows: String = (0..30)
        .map(|row| format!("l{row},2026-02-3{},SEO,Lead\n", row % 10))
        .collect();
    let run = Run::with(&[(
        "leads.csv",
        &format!("Lead ID,Created,Channel,Stage\n{rows}"),
    )]);
    let outcome = in_actions(&run, "funnel leads.csv --date-format %Y-%m-%d").ended(2);
    let errors: Vec<&str> = commands(&outcome.stderr)
        .into_iter()
        .filter(|line| line.starts_with("::error"))
        .collect();
    assert!(errors.len() <= 10, "{outcome}");
    let kinds: String = (0..12)
        .map(|check| format!(" --check 'lead{{channel=SEO}} >= {}'", check + 100))
        .collect();
    let run = Run::with(&[(
        "leads.csv",
        "Lead ID,Created,Channel,Stage\na,2026-01-05,SEO,MQL\n",
    )]);
    let outcome = in_actions(&run, &format!("check leads.csv --period 2026-01{kinds}")).ended(1);
    let errors: Vec<&str> = commands(&outcome.stderr)
        .into_iter()
        .filter(|line| line.starts_with("::error"))
        .collect();
    assert_eq!(errors.len(), 10, "{outcome}");
    assert!(errors[9].ends_with("::and 3 more"), "{outcome}");
    // Nothing is lost: the others stand there as lines.
    assert_eq!(
        outcome.stderr.matches("does not hold").count(),
        12,
        "{outcome}"
    );
}

#[test]
fn no_name_of_a_file_commands_the_runner() {
    let names = [
        "::set-output name=x::y",
        "  ::error::gone",
        "a ##[set-output name=x]y",
        "##[debug]x",
    ];
    let rows: String = names
        .iter()
        .enumerate()
        .map(|(row, name)| format!("l{row},2026-01-05,{name},Lead\n"))
        .collect();
    let run = Run::with(&[(
        "leads.csv",
        &format!("Lead ID,Created,Channel,Stage\n{rows}"),
    )]);
    for line in [
        "funnel leads.csv --by channel",
        "funnel leads.csv --by channel --format json",
        "funnel leads.csv --by channel --format markdown",
        "channels leads.csv",
        "check leads.csv --period 2026-01 --check 'lead{channel=*} >= 2'",
        "check leads.csv --period 2026-01 --check 'lead{channel=\"::set-output name=x::z\"} >= 2'",
        "inspect leads.csv",
    ] {
        let outcome = in_actions(&run, line);
        let all = format!("{}\n{}", outcome.stdout, outcome.stderr);
        for command in commands(&all) {
            let ours = command.starts_with("::error ") || command.starts_with("::warning ");
            assert!(ours, "{command}\n{outcome}");
        }
    }
}
