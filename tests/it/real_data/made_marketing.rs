//! Sixty-five small exports gone wrong, each in its own way.

use std::collections::BTreeMap;

use serde_json::Value;

use super::shown;
use crate::accounts::accounts_add_up;
use crate::fixture::{Outcome, Run, count, json_file, near, number, shared};

struct Case {
    file: String,
    path: String,
    expected: Value,
}

fn cases() -> Vec<Case> {
    let Some(folder) = shared("nasty-csv/made-marketing") else {
        return Vec::new();
    };
    let list = json_file(&folder.join("expect.json"));
    let case = |expected: &Value| {
        let file = expected["file"].as_str().unwrap().to_owned();
        Case {
            path: shown(&folder.join(&file)),
            file,
            expected: expected.clone(),
        }
    };
    list.as_array().unwrap().iter().map(case).collect()
}

fn case(number: &str) -> Option<Case> {
    cases()
        .into_iter()
        .find(|case| case.file.starts_with(number))
}

impl Case {
    fn run(&self, command: &str, options: &str) -> Outcome {
        let run = Run::new();
        let outcome = run.leadflow(&format!("{command} '{}' {options}", self.path));
        assert!(
            run.files().is_empty(),
            "{} left {:?}",
            self.file,
            run.files()
        );
        outcome
    }

    fn may_end_with(&self, status: i32) -> bool {
        let exit = &self.expected["exit"];
        let allowed = |value: &Value| value.as_i64() == Some(i64::from(status));
        exit.as_array()
            .map_or_else(|| allowed(exit), |list| list.iter().any(allowed))
    }
}

/// What no message may hold: debug forms, source paths, control characters.
pub(super) fn is_for_people(outcome: &Outcome) {
    for word in [
        "Some(",
        "None)",
        "Os {",
        "Err(",
        "unwrap",
        "src/",
        ".rs:",
        "panicked",
        "RUST_BACKTRACE",
    ] {
        assert!(!outcome.stderr.contains(word), "`{word}` in {outcome}");
    }
    let control = |c: char| (c < ' ' && c != '\n' && c != '\t') || c == '\u{7f}' || c == '\u{202e}';
    assert!(
        !outcome.stderr.chars().any(control),
        "control characters in {outcome}"
    );
}

#[test]
fn every_file_ends_as_expected() {
    for case in cases() {
        let outcome = case.run("inspect", "--format json");
        // A directory and broken rows are refused; --lax is tested below.
        assert!(
            case.may_end_with(outcome.status),
            "{}: {outcome}",
            case.file
        );
        // What is known of a file is told even where it cannot be used.
        let told =
            outcome.stdout.is_empty() || serde_json::from_str::<Value>(&outcome.stdout).is_ok();
        assert!(told, "{}: {outcome}", case.file);
        assert!(
            !outcome.bytes.contains(&0) && !outcome.stdout.contains('\u{1b}'),
            "{}",
            case.file
        );
        is_for_people(&outcome);
        if outcome.status == 2 {
            assert!(
                outcome.stderr.contains(&case.file),
                "the file is not named in {outcome}"
            );
        }
    }
}

#[test]
fn records_and_sums_are_exact() {
    for case in cases()
        .into_iter()
        .filter(|case| case.expected["exit"] == 0)
    {
        let answer = case.run("inspect", "--format json").answer();
        accounts_add_up(&answer);
        let input = answer.only("inputs");
        let rows = count(input, "rows") - totals(&answer.0);
        if let Some(wanted) = case.expected["rows"].as_u64() {
            assert_eq!(rows, wanted, "{}: {input:#}", case.file);
        }
        for (key, wanted) in case.expected.as_object().unwrap() {
            let Some(name) = key.strip_prefix("sum_") else {
                continue;
            };
            let is_it = |row: &&Value| {
                row["column"]
                    .as_str()
                    .is_some_and(|text| text.to_lowercase().trim() == name)
            };
            let column = answer.table("columns").iter().find(is_it);
            let column = column.unwrap_or_else(|| panic!("{}: no column {name}", case.file));
            let wanted: f64 = wanted.as_str().unwrap().parse().unwrap();
            near(
                number(column, "sum"),
                wanted,
                1e-9,
                &format!("{} {key}", case.file),
            );
        }
    }
}

fn totals(answer: &Value) -> u64 {
    let rows = answer["tables"]["set_aside"].as_array().unwrap();
    rows.iter()
        .filter(|row| row["reason"] == "totals_row")
        .map(|row| count(row, "rows"))
        .sum()
}

/// Behaviour 36: one content in thirteen disguises gives one funnel.
#[test]
fn disguises_of_one_file_give_one_funnel() {
    let mut plain: Option<Value> = None;
    for number in [
        "01", "02", "03", "04", "09", "35", "36", "39", "42", "60", "61", "62", "63",
    ] {
        let Some(case) = case(number) else { return };
        let answer = case.run("funnel", "--by channel --format json").answer();
        let tables = answer.0["tables"].clone();
        match &plain {
            None => plain = Some(tables),
            Some(plain) => assert_eq!(*plain, tables, "{}", case.file),
        }
    }
}

#[test]
fn other_encodings_are_read_and_named() {
    for (number, text) in [("06", "Frühjahr – “Größe” €"), ("07", "Señor Müller")] {
        let Some(case) = case(number) else { return };
        let outcome = case.run("funnel", "--by campaign --format json");
        assert!(outcome.stderr.contains("windows-1252"), "{outcome}");
        let answer = outcome.answer();
        let campaigns = answer.texts("stages_by", "campaign");
        assert!(campaigns.iter().any(|name| name == text), "{campaigns:?}");
    }
}

#[test]
fn dates_are_decided_or_asked_for() {
    let Some(decidable) = case("14") else { return };
    let answer = decidable.run("funnel", "--by month --format json").answer();
    let leads = |month: &str| {
        count(
            answer.row("stages_by", &[("month", month), ("stage", "lead")]),
            "reached",
        )
    };
    assert_eq!((leads("2025-12"), leads("2026-01")), (1, 2));

    let undecided = case("15").unwrap();
    let outcome = undecided.run("funnel", "").ended(2);
    assert!(
        outcome.stderr.contains("date_format") || outcome.stderr.contains("--date-format"),
        "{outcome}"
    );
    undecided.run("funnel", "--date-format %d/%m/%Y").ended(0);

    let mixed = case("16").unwrap();
    let outcome = mixed.run("funnel", "--lax --format json");
    assert!([0, 2].contains(&outcome.status), "{outcome}");
    let outcome = mixed.run("funnel", "").ended(2);
    assert!(
        outcome.stderr.contains(":8") && outcome.stderr.contains(":9"),
        "{outcome}"
    );
}

#[test]
fn zones_decide_the_month() {
    let Some(case) = case("18") else { return };
    for (zone, months) in [
        ("UTC", vec![("2026-01", 2), ("2026-02", 1)]),
        ("America/New_York", vec![("2026-01", 3)]),
    ] {
        let answer = case
            .run("funnel", &format!("--by month --tz {zone} --format json"))
            .answer();
        let found: BTreeMap<String, u64> = answer
            .table("stages_by")
            .iter()
            .filter(|row| row["stage"] == "lead" && count(row, "reached") > 0)
            .map(|row| {
                (
                    row["month"].as_str().unwrap().to_owned(),
                    count(row, "reached"),
                )
            })
            .collect();
        let wanted = months
            .into_iter()
            .map(|(month, leads)| (month.to_owned(), leads))
            .collect();
        assert_eq!(found, wanted, "{zone}");
    }
    let doubtful = self::case("17")
        .unwrap()
        .run("funnel", "--tz Europe/Berlin --format json")
        .answer();
    let notes = doubtful.0["notes"].as_array().unwrap();
    let note = notes
        .iter()
        .find(|note| note["code"] == "local_time")
        .expect("a note on local times");
    assert_eq!(note["count"], 2);
}

#[test]
fn repeats_count_once() {
    let Some(duplicates) = case("19") else { return };
    let answer = duplicates.run("inspect", "--format json").answer();
    let input = answer.only("inputs");
    assert_eq!((count(input, "rows"), count(input, "used")), (7, 5));
    assert_eq!(
        count(
            answer.row("set_aside", &[("reason", "duplicate_row")]),
            "rows"
        ),
        2
    );

    let conflict = case("20").unwrap().run("funnel", "--format json").answer();
    let notes = conflict.0["notes"].as_array().unwrap();
    let note = notes
        .iter()
        .find(|note| note["code"] == "conflicting_id")
        .expect("a conflict");
    assert_eq!(note["count"], 1);
    assert_eq!(
        count(conflict.row("stages", &[("stage", "lead")]), "reached"),
        5
    );
}

#[test]
fn totals_and_dashes_are_no_money() {
    let Some(totals) = case("23") else { return };
    let answer = totals.run("channels", "--format json").answer();
    near(
        number(answer.only("channels_total"), "spend"),
        200.0,
        0.0,
        "spend",
    );
    let visits = case("24").unwrap().run("channels", "--format json");
    let answer = visits.answer();
    assert_eq!(answer.only("channels_total")["visits"], 1_540);
    assert!(
        answer.notes().contains(&"other_row"),
        "{:?}",
        answer.notes()
    );
    let dashes = case("25")
        .unwrap()
        .run("channels", "--format json")
        .answer();
    near(
        number(dashes.only("channels_total"), "spend"),
        50.0,
        0.0,
        "spend",
    );
}

#[test]
fn spellings_of_a_channel_are_one_channel() {
    let Some(case) = case("26") else { return };
    let answer = case.run("funnel", "--by channel --format json").answer();
    let leads = |channel: &str| {
        count(
            answer.row("stages_by", &[("channel", channel), ("stage", "lead")]),
            "reached",
        )
    };
    assert_eq!((leads("Paid Search"), leads("Paid Social")), (4, 3));
    assert_eq!(
        answer
            .table("stages_by")
            .iter()
            .filter(|row| row["stage"] == "lead")
            .count(),
        2
    );
}

#[test]
fn broken_rows_are_refused_or_set_aside() {
    let Some(ragged) = case("30") else { return };
    let outcome = ragged.run("funnel", "").ended(2);
    assert!(
        outcome.stderr.contains(":3") && outcome.stderr.contains(":4"),
        "{outcome}"
    );
    ragged.run("funnel", "--max-rejects 1").ended(2);
    ragged.run("funnel", "--max-rejects 2").ended(0);
    let answer = ragged.run("inspect", "--lax --format json").answer();
    let input = answer.only("inputs");
    assert_eq!((count(input, "rows"), count(input, "rejected")), (4, 2));
    for (number, place) in [("31", ":2"), ("32", ":2")] {
        let outcome = case(number).unwrap().run("funnel", "").ended(2);
        assert!(outcome.stderr.contains(place), "{outcome}");
        assert!(outcome.stdout.is_empty(), "{outcome}");
    }
}

#[test]
fn containers_are_named() {
    for (number, word) in [
        ("33", "empty"),
        ("40", "truncated"),
        ("41", "checksum"),
        ("44", "ZIP"),
        ("45", "HTML"),
        ("46", "JSON"),
        ("65", "directory"),
    ] {
        let Some(case) = case(number) else { return };
        let outcome = case.run("funnel", "").ended(2);
        let text = outcome.stderr.to_lowercase();
        assert!(
            text.contains(&word.to_lowercase()),
            "`{word}` is missing in {outcome}"
        );
    }
}

#[test]
fn a_header_without_rows_has_no_rates() {
    let Some(case) = case("34") else { return };
    let outcome = case.run("funnel", "");
    assert_eq!(outcome.status, 0, "{outcome}");
    for word in ["NaN", " inf", " 0 %", "0.0 %"] {
        assert!(!outcome.stdout.contains(word), "`{word}` in {outcome}");
    }
    assert!(outcome.stderr.contains("no records"), "{outcome}");
    case.run("funnel", "--fail-on-empty").ended(1);
}

#[test]
fn personal_data_stays_inside() {
    let Some(case) = case("53") else { return };
    for options in [
        "",
        "--format json",
        "--format csv",
        "--by channel --format markdown",
    ] {
        let outcome = case.run("funnel", options);
        let said = format!("{}{}", outcome.stdout, outcome.stderr).to_lowercase();
        for secret in ["jane", "example.com", "555", "bob"] {
            assert!(!said.contains(secret), "`{secret}` in {outcome}");
        }
    }
    let answer = case.run("funnel", "--format json").answer();
    assert_eq!(
        count(answer.row("stages", &[("stage", "lead")]), "reached"),
        2
    );
}

#[test]
fn ids_are_texts() {
    let Some(case) = case("64") else { return };
    let answer = case.run("inspect", "--format json").answer();
    let column = answer.row("columns", &[("column", "Record ID")]);
    assert_eq!(count(column, "distinct"), 5);
}

#[test]
fn stages_out_of_order_are_counted() {
    let Some(case) = case("57") else { return };
    let answer = case.run("funnel", "--format json").answer();
    let notes = answer.notes();
    for code in ["out_of_order", "implausible_date"] {
        assert!(notes.contains(&code), "{code} is missing in {notes:?}");
    }
}

/// Behaviours 37 and 38: no header with NUL, no lost row, the bad byte named.
#[test]
fn doubtful_encodings_lose_nothing() {
    let Some(case) = case("05") else { return };
    let answer = case.run("inspect", "--format json").answer();
    assert_eq!(answer.only("inputs")["encoding"], "UTF-16LE");
    let headers = answer.texts("columns", "column");
    assert_eq!(headers[0], "Lead ID");
    let byte = self::case("08").unwrap();
    let outcome = byte.run("funnel", "--by campaign --format json");
    assert!(
        outcome.stderr.contains("line 6, byte 35 (0xFF)"),
        "{outcome}"
    );
    let answer = outcome.answer();
    assert_eq!(
        count(answer.row("stages", &[("stage", "lead")]), "reached"),
        5
    );
}

/// Behaviour 39: grouping is read, currencies are not added up, assumptions are printed.
#[test]
fn amounts_are_exact_or_doubted() {
    let Some(grouped) = case("10") else { return };
    let sum = |case: &Case, column: &str| {
        let answer = case.run("inspect", "--format json").answer();
        answer.row("columns", &[("column", column)])["sum"].clone()
    };
    assert_eq!(sum(&grouped, "Amount"), 12_346_906.15);
    assert!(sum(&case("11").unwrap(), "Amount").is_null());
    assert!(sum(&case("13").unwrap(), "Rate").is_null());
    assert_eq!(sum(&case("55").unwrap(), "Amount"), 1_000);
    for (number, code) in [
        ("11", "mixed_currency"),
        ("12", "ambiguous_number"),
        ("13", "mixed_numbers"),
        ("21", "duplicate_header"),
        ("26", "merged_spellings"),
    ] {
        let answer = case(number)
            .unwrap()
            .run("inspect", "--format json")
            .answer();
        let codes = answer.texts("problems", "code");
        assert!(
            codes.iter().any(|found| found == code),
            "{number}: {codes:?}"
        );
    }
}

/// Behaviour 49: what has no finite value is named by line and never part of a sum.
#[test]
fn amounts_without_a_value_are_named() {
    let Some(case) = case("54") else { return };
    let run = Run::with(&[(
        "leadflow.toml",
        &format!(
            "[[input]]\npath = '{}'\ntable = 'deals'\n[input.columns]\nid = 'Lead ID'\namount = 'Amount'\n",
            case.path
        ),
    )]);
    let line = "query 'select count(*) as n, sum(amount) as total from deals'";
    let refused = run
        .leadflow(&format!("{line} --error-format json"))
        .ended(2);
    for place in [2, 3, 5, 6, 7] {
        assert!(
            refused.stderr.contains(&format!("\"line\":{place}")),
            "{refused}"
        );
    }
    let answer = run.json(&format!("{line} --lax"));
    assert_eq!(answer.only("query")["n"], 3);
    near(number(answer.only("query"), "total"), 0.3, 0.0, "total");
}

/// Behaviour 49: four anomalies are counted, two forms of one name are one.
#[test]
fn times_and_names_gone_wrong_are_counted() {
    let Some(case) = case("57") else { return };
    let answer = case
        .run("funnel", "--as-of 2026-12-31 --format json")
        .answer();
    let notes = answer.0["notes"].as_array().unwrap();
    for code in ["after_as_of", "out_of_order", "implausible_date"] {
        let note = notes.iter().find(|note| note["code"] == code);
        assert_eq!(note.expect(code)["count"], 1, "{code}");
    }
    assert_eq!(answer.row("stages", &[("stage", "mql")])["skipped"], 1);

    let names = self::case("58").unwrap();
    let answer = names.run("funnel", "--by campaign --format json").answer();
    let row = answer.row("stages_by", &[("campaign", "caf\u{e9}"), ("stage", "lead")]);
    assert_eq!(count(row, "reached"), 2);
}

/// Behaviour 45: the rejects file has line, reason and the row as it stands.
#[test]
fn rejected_rows_are_kept() {
    let Some(case) = case("30") else { return };
    let run = Run::new();
    let line = format!("funnel '{}' --lax --rejects rejects.csv", case.path);
    run.leadflow(&line).ended(0);
    let text = run.read("rejects.csv");
    let rows: Vec<&str> = text.lines().skip(1).collect();
    assert_eq!(rows.len(), 2, "{text}");
    assert!(rows[0].ends_with(r#",3,line 3 has 2 cells where the header has 3,"L-002,MQL""#));
    assert!(
        rows[1].ends_with(r#",4,line 4 has 4 cells where the header has 3,"L-003,MQL,3,extra""#)
    );
}

/// Behaviours 47 and 48: the first bytes decide, limits have names.
#[test]
fn sizes_and_shapes_are_survived() {
    let Some(packed) = case("43") else { return };
    let answer = packed.run("inspect", "--format json").answer();
    assert_eq!(answer.only("inputs")["rows"], 5);
    for number in ["37", "38"] {
        case(number).unwrap().run("funnel", "").ended(0);
    }
    let bomb = case("47").unwrap().run("funnel", "").ended(2);
    assert!(bomb.stderr.contains("the limit for one cell"), "{bomb}");
}
