//! The history of deals from the outside: rows in any order, words and dates that do not fit,
//! dated exports with deals that vanish, and questions that make no sense.

use crate::fixture::{Answer, Run, count, number, rate, reason};

const DEALS: &str = "\
id,stage,amount,created,closed
D1,Proposal,300,2026-06-01,
D2,Closed Won,500,2026-06-02,2026-08-03
D3,Closed Lost,700,2026-06-03,2026-08-04
D4,Meeting,900,2026-07-05,
";

const HISTORY: &str = "\
id,at,stage,amount
D1,2026-06-01,Meeting,100
D1,2026-07-10,Proposal,100
D1,2026-08-10,Proposal,300
D2,2026-06-02,Meeting,400
D2,2026-07-12,Proposal,400
D3,2026-06-03,Meeting,700
D4,2026-07-05,Meeting,900
";

/// A configuration for deals and their history, with further lines for the pipeline.
fn config(further: &str) -> String {
    format!(
        r#"currency = "EUR"
as_of = "2026-09-30"

[[input]]
path = "deals.csv"
table = "deals"
columns = {{ id = "id", stage = "stage", amount = "amount", created = "created", closed = "closed" }}

[[input]]
path = "history.csv"
table = "stage_events"
columns = {{ id = "id", at = "at", stage = "stage", amount = "amount" }}

[[pipeline]]
stages = ["Meeting", "Proposal"]
won = ["Closed Won"]
lost = ["Closed Lost"]
{further}
"#
    )
}

fn company(history: &str) -> Run {
    Run::with(&[
        ("deals.csv", DEALS),
        ("history.csv", history),
        ("leadflow.toml", &config("")),
    ])
}

fn value(answer: &Answer, step: &str) -> f64 {
    number(answer.row("movement", &[("step", step)]), "value")
}

#[track_caller]
fn refused(run: &Run, line: &str, words: &[&str]) {
    let outcome = run.leadflow(line).ended(2);
    assert!(outcome.stdout.is_empty(), "{outcome}");
    for word in words {
        assert!(outcome.stderr.contains(word), "`{word}` in {outcome}");
    }
}

#[test]
fn the_order_of_the_rows_says_nothing() {
    let mut lines: Vec<&str> = HISTORY.lines().collect();
    lines[1..].reverse();
    let turned = lines.join("\n");
    let tables = |history: &str, threads: &str| {
        let line = format!("pipeline --period 2026-Q3 --threads {threads}");
        company(history).json(&line).0["tables"].clone()
    };
    assert_eq!(tables(HISTORY, "1"), tables(&turned, "4"));
}

#[test]
fn a_move_backwards_and_again_is_counted_as_it_was() {
    let history = format!("{HISTORY}D1,2026-08-20,Meeting,300\nD1,2026-08-25,Proposal,300\n");
    let answer = company(&history).json("pipeline --period 2026-Q3");
    let moves = |from: &str, to: &str| {
        let row = answer.row("transitions", &[("stage", from), ("to", to)]);
        (count(row, "moves"), rate(row, "share"))
    };
    // Meeting was left four times: D1 twice, D2 and D3.
    assert_eq!(moves("Meeting", "Proposal"), (3, (3, 4)));
    assert_eq!(moves("Meeting", "lost"), (1, (1, 4)));
    assert_eq!(moves("Proposal", "Meeting"), (1, (1, 2)));
    // Between the two ends of the quarter it went on.
    let row = answer.row("stage_movement", &[("stage", "Meeting")]);
    assert_eq!(rate(row, "advanced"), (1, 3));
    assert_eq!(value(&answer, "closing"), 1200.0);
}

#[test]
fn won_at_the_amount_of_today_s_row() {
    let answer = company(HISTORY).json("pipeline --period 2026-Q3");
    let expected = [
        ("opening", 1200.0),
        ("new", 900.0),
        ("increased", 300.0),
        ("won", -500.0),
        ("lost", -700.0),
        ("closing", 1200.0),
    ];
    for (step, amount) in expected {
        assert_eq!(value(&answer, step), amount, "{step}");
    }
}

#[test]
fn an_earlier_moment_sees_the_deals_of_then() {
    let answer = company(HISTORY).json("pipeline --as-of 2026-07-31 --period 2026-07");
    let stage = |name: &str| answer.row("pipeline", &[("stage", name)]);
    // D3 and D4 stood in Meeting; D1 and D2 in Proposal with 100 and 400.
    assert_eq!(number(stage("Meeting"), "value"), 1600.0);
    assert_eq!(number(stage("Proposal"), "value"), 500.0);
    assert_eq!(count(stage("(all)"), "deals"), 4);
}

#[test]
fn deals_without_amounts_are_counted_beside_the_sums() {
    let run = company(HISTORY);
    run.file("deals.csv", DEALS.replace(",900,", ",,"));
    run.file("history.csv", HISTORY.replace(",900", ","));
    let answer = run.json("pipeline --period 2026-Q3");
    let new = answer.row("movement", &[("step", "new")]);
    assert_eq!((count(new, "deals"), number(new, "value")), (1, 0.0));
    let all = answer.row("pipeline", &[("stage", "(all)")]);
    assert_eq!((count(all, "deals"), count(all, "missing_amount")), (2, 1));
    let listed = run.json("pipeline --list");
    let row = listed.row("list", &[("id", "D4")]);
    assert_eq!(reason(row, "amount"), "missing_amount");
}

#[test]
fn ids_that_no_deal_has_are_no_deals() {
    let history = format!("{HISTORY}X9,2026-07-01,Meeting,99\n");
    let run = company(&history);
    let answer = run.json("pipeline --period 2026-Q3");
    assert_eq!(value(&answer, "closing"), 1200.0);
    let inspected = run.json("inspect");
    let join = inspected.row("joins", &[("from", "stage_events.id")]);
    assert_eq!(count(join, "unmatched"), 1);
}

#[test]
fn amounts_of_another_currency_need_a_rate() {
    let run = company("id,at,stage,amount\nD1,2026-06-01,Meeting,100 USD\n");
    refused(&run, "pipeline", &["history.csv", "USD", "[fx]"]);
}

#[test]
fn a_word_that_no_ladder_knows_is_said_with_its_line() {
    let run = company(&HISTORY.replace("D2,2026-07-12,Proposal", "D2,2026-07-12,Propsal"));
    let outcome = run.leadflow("pipeline --period 2026-Q3").ended(0);
    for words in ["history.csv:6", "`Propsal`", "\"Propsal\" = \"Proposal\""] {
        assert!(outcome.stderr.contains(words), "{words}: {outcome}");
    }
    // A word of the ladder is none.
    assert!(!outcome.stderr.contains("`Meeting`"), "{outcome}");
}

#[test]
fn without_a_configured_ladder_the_way_of_the_deals_is_the_order() {
    let run = company(HISTORY);
    let whole = config("");
    let (before, _) = whole.split_once("[[pipeline]]").unwrap();
    run.file("leadflow.toml", before);
    let answer = run.json("pipeline --period 2026-Q3");
    assert_eq!(
        answer.texts("pipeline", "stage"),
        ["Meeting", "Proposal", "(all)"]
    );
    let row = answer.row("stage_movement", &[("stage", "Meeting")]);
    assert_eq!(rate(row, "advanced"), (1, 3));
}

#[test]
fn deals_that_left_before_they_were_qualified_are_no_losses() {
    let run = company(HISTORY);
    let answer = run.json("pipeline --period 2026-Q3");
    let closed = |answer: &Answer| {
        rate(
            answer.row("win_rate", &[("method", "win_rate_closed")]),
            "rate",
        )
    };
    assert_eq!(closed(&answer), (1, 2));
    run.file("leadflow.toml", config("qualified_from = \"Proposal\""));
    assert_eq!(closed(&run.json("pipeline --period 2026-Q3")), (1, 1));
    run.file("leadflow.toml", config("qualified_from = \"Propsal\""));
    refused(
        &run,
        "pipeline",
        &["qualified_from", "Propsal", "did you mean `Proposal`"],
    );
}

#[test]
fn questions_that_make_no_sense_are_refused() {
    let run = company(HISTORY);
    refused(
        &run,
        "pipeline --list --since yesterday",
        &["--since", "2026-09-30"],
    );
    refused(
        &run,
        "pipeline --list --since 2026-10-05",
        &["as-of moment"],
    );
    refused(&run, "pipeline --since 2026-07-01", &["--list"]);
    refused(&run, "pipeline --closing soon", &["--closing", "2026-Q4"]);
}

fn exports(files: &[(&str, &str)]) -> Run {
    let run = Run::with(files);
    run.file(
        "leadflow.toml",
        r#"currency = "EUR"
[[input]]
path = "d*.csv"
table = "deals"
several = "snapshots"
columns = { id = "id", stage = "stage", amount = "amount", created = "created", closed = "closed" }
[[pipeline]]
stages = ["Meeting", "Proposal"]
won = ["Closed Won"]
lost = ["Closed Lost"]
"#,
    );
    run
}

fn rows(ids: std::ops::RangeInclusive<u32>) -> String {
    let lines = ids.map(|id| format!("D{id},Meeting,10,2026-06-0{id},\n"));
    format!(
        "id,stage,amount,created,closed\n{}",
        lines.collect::<String>()
    )
}

#[test]
fn many_that_vanish_at_once_were_probably_filtered() {
    let run = exports(&[
        ("d-2026-07-31.csv", &rows(1..=5)),
        ("d-2026-08-31.csv", &rows(4..=5)),
    ]);
    let answer = run.json("pipeline --period 2026-08");
    assert_eq!(value(&answer, "removed"), -30.0);
    assert_eq!(
        (value(&answer, "lost"), value(&answer, "closing")),
        (0.0, 20.0)
    );
    let notes = answer.0["notes"].to_string();
    assert!(
        notes.contains("3 of 5 ids are missing") && notes.contains("filtered"),
        "{notes}"
    );
    // What was removed is not open.
    let all = answer.row("pipeline", &[("stage", "(all)")]);
    assert_eq!(count(all, "deals"), 2);
}

#[test]
fn an_export_without_a_date_cannot_be_compared() {
    let run = exports(&[
        ("d-2026-07-31.csv", &rows(1..=2)),
        ("deals.csv", &rows(1..=3)),
    ]);
    refused(
        &run,
        "pipeline",
        &["deals.csv", "the date of this snapshot is not known"],
    );
}

#[test]
fn a_deal_that_was_opened_again_between_two_exports_is_open() {
    let row = |stage: &str, closed: &str| {
        format!("id,stage,amount,created,closed\nD1,{stage},10,2026-06-01,{closed}\n")
    };
    let run = exports(&[
        ("d-2026-06-30.csv", &row("Meeting", "")),
        ("d-2026-07-31.csv", &row("Closed Lost", "2026-07-10")),
        ("d-2026-08-31.csv", &row("Proposal", "")),
    ]);
    let july = run.json("pipeline --period 2026-07");
    assert_eq!(
        (value(&july, "lost"), value(&july, "closing")),
        (-10.0, 0.0)
    );
    let august = run.json("pipeline --period 2026-08");
    assert_eq!(
        (value(&august, "reopened"), value(&august, "closing")),
        (10.0, 10.0)
    );
    let listed = run.json("pipeline --list --since 2026-07-31");
    let deal = listed.row("list", &[("id", "D1")]);
    assert_eq!(deal["changes"], "reopened, stage Meeting > Proposal");
}

#[test]
fn two_deals_of_one_lead_are_two_deals() {
    let run = company(HISTORY);
    run.file("leads.csv", "id,created\nL1,2026-05-01\n");
    run.file(
        "deals.csv",
        DEALS
            .replace("id,stage", "lead,id,stage")
            .replace("\nD", "\nL1,D"),
    );
    let more = r#"
[[input]]
path = "leads.csv"
table = "leads"
columns = { id = "id", created = "created" }
"#;
    let with_lead = config(more).replace(
        "{ id = \"id\", stage = \"stage\", amount",
        "{ lead = \"lead\", id = \"id\", stage = \"stage\", amount",
    );
    run.file("leadflow.toml", with_lead);
    let answer = run.json("pipeline --period 2026-Q3");
    let all = answer.row("pipeline", &[("stage", "(all)")]);
    assert_eq!((count(all, "deals"), number(all, "value")), (2, 1200.0));
    // The lead is won once, with its first deal.
    let funnel = run.json("funnel --period all");
    assert_eq!(
        count(funnel.row("stages", &[("stage", "customer")]), "reached"),
        1
    );
}

#[test]
fn a_word_that_ends_another_pipeline_wins_no_lead() {
    let run = Run::with(&[
        ("leads.csv", "id,created\nL1,2026-05-01\n"),
        (
            "deals.csv",
            "id,lead,pipeline,stage,amount,created\nD1,L1,New,Signed,100,2026-06-01\n",
        ),
        ("history.csv", "id,at,stage\nD1,2026-07-01,Signed\n"),
    ]);
    run.file(
        "leadflow.toml",
        r#"currency = "EUR"
as_of = "2026-09-30"
[[input]]
path = "leads.csv"
table = "leads"
columns = { id = "id", created = "created" }
[[input]]
path = "deals.csv"
table = "deals"
columns = { id = "id", lead = "lead", pipeline = "pipeline", stage = "stage", amount = "amount", created = "created" }
[[input]]
path = "history.csv"
table = "stage_events"
columns = { id = "id", at = "at", stage = "stage" }
[[pipeline]]
name = "New"
stages = ["Meeting", "Signed"]
[[pipeline]]
name = "Partners"
stages = ["Meeting"]
won = ["Signed"]
"#,
    );
    let answer = run.json("pipeline --period 2026-Q3");
    let signed = answer.row("pipeline", &[("stage", "Signed")]);
    assert_eq!(count(signed, "deals"), 1);
    let funnel = run.json("funnel --period all");
    let customer = funnel.row("stages", &[("stage", "customer")]);
    assert_eq!(count(customer, "reached"), 0);
}

#[test]
fn an_owner_who_changed_midway_is_told() {
    let run = company(HISTORY);
    run.file(
        "history.csv",
        "id,at,stage,amount,owner\nD1,2026-06-01,Meeting,100,Anna\nD1,2026-07-10,Proposal,100,Anna\nD1,2026-08-10,Proposal,300,Ben\n",
    );
    let with_owner = config("").replace(
        "amount = \"amount\"",
        "amount = \"amount\", owner = \"owner\"",
    );
    run.file("leadflow.toml", with_owner);
    run.file(
        "deals.csv",
        "id,stage,amount,created,closed,owner\nD1,Proposal,300,2026-06-01,,Ben\n",
    );
    let listed = run.json("pipeline --list --since 2026-07-31");
    let deal = listed.row("list", &[("id", "D1")]);
    assert_eq!(
        (&deal["owner"], &deal["changes"]),
        (
            &"Ben".into(),
            &"amount €100 > €300, owner Anna > Ben".into()
        )
    );
    let by = run.json("pipeline --by owner");
    assert_eq!(by.texts("pipeline_by", "owner"), ["Ben"]);
}

#[test]
fn every_format_prints_it() {
    let run = company(HISTORY);
    for format in ["table", "markdown", "html", "csv", "svg", "png", "json"] {
        let outcome = run.leadflow(&format!("pipeline --format {format} --out out.{format}"));
        outcome.ended(0);
    }
    let page = run.read("out.html");
    assert!(page.contains("Where the deals of each stage went"));
}

#[test]
fn the_new_figures_are_explained() {
    let run = Run::new();
    for key in [
        "pipeline_coverage",
        "coverage_needed",
        "slip_rate",
        "close_date_pushes",
        "win_rate_broad",
        "win_rate_stale_adjusted",
        "velocity_ratio",
        "average_deal_size",
        "win_probability",
        "movement",
        "stage_movement",
        "dwell",
    ] {
        let outcome = run.leadflow(&format!("explain {key}")).ended(0);
        assert!(outcome.stdout.contains("Formula:"), "{outcome}");
    }
}
