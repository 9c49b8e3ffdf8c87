//! The flywheel through the program: any order of rows, any number of threads, odd inputs.

use crate::fixture::Run;

const BILLING: &str = "\
Customer ID,Month,MRR,Plan,Reason
A,2026-01,100,pro,
B,2026-01,50,basic,
C,2026-01,70,pro,
A,2026-02,120,pro,
B,2026-02,0,basic,price
C,2026-02,60,pro,
D,2026-02,30,basic,
A,2026-03,120,pro,
B,2026-03,40,basic,
D,2026-03,30,basic,
";

const LEADS: &str = "\
Lead ID,Created,Account ID,Referred By,Customer Date
L1,2026-01-05,D,A,2026-02-03
L2,2026-02-05,,jane@acme.example,
";

fn run(billing: &str) -> Run {
    let run = Run::with(&[("billing.csv", billing), ("leads.csv", LEADS)]);
    run.file(
        "leadflow.toml",
        "currency = \"EUR\"\n[[input]]\npath = \"*.csv\"\n",
    );
    run
}

/// The file with its rows in the reverse order.
fn reversed(table: &str) -> String {
    let (header, rows) = table.split_once('\n').expect("a header");
    let mut rows: Vec<&str> = rows.lines().collect();
    rows.reverse();
    format!("{header}\n{}\n", rows.join("\n"))
}

#[test]
fn order_of_rows_and_threads_change_nothing() {
    let command = "flywheel --period 2026-03 --by plan";
    let tables = |run: &Run, more: &str| run.json(&format!("{command} {more}")).0["tables"].clone();
    let there = tables(&run(BILLING), "");
    assert_eq!(there, tables(&run(BILLING), "--threads 1"));
    assert_eq!(there, tables(&run(&reversed(BILLING)), ""));
}

#[test]
fn who_referred_is_never_shown() {
    let outcome = run(BILLING).leadflow("flywheel --period 2026-02 --format json");
    assert_eq!(outcome.status, 0, "{outcome}");
    assert!(!outcome.stdout.contains("acme.example"), "{outcome}");
    assert!(outcome.stdout.contains("(unknown)"), "{outcome}");
}

#[test]
fn two_exports_of_the_same_month_are_refused() {
    let run = run(BILLING);
    run.file("billing-again.csv", reversed(BILLING));
    let outcome = run.leadflow("flywheel");
    assert_eq!(outcome.status, 2, "{outcome}");
    assert!(outcome.stderr.contains("covers the same days"), "{outcome}");
    assert!(outcome.stderr.contains("several = \"latest\""), "{outcome}");
}

#[test]
fn a_month_that_is_not_over_says_so() {
    let run = run(BILLING);
    let answer = run.json("flywheel --period 2026-03 --as-of 2026-03-15");
    let row = answer.row("flywheel", &[("key", "customer_churn")]);
    assert_eq!(row["undefined"]["value"], "not_mature");
    // Without March nobody left in March.
    let two = run.json("flywheel --period 2026-02 --as-of 2026-03-15");
    let churn = two.row("flywheel", &[("key", "customer_churn")]);
    assert_eq!(
        (churn["rate"]["k"].as_u64(), churn["rate"]["n"].as_u64()),
        (Some(1), Some(3))
    );
}

#[test]
fn billing_that_ends_early_is_no_churn() {
    let run = run(BILLING);
    run.file("late.csv", "Lead ID,Created,Channel\nZ1,2026-05-20,Email\n");
    let answer = run.json("flywheel --period 2026-04");
    let row = answer.row("flywheel", &[("key", "customer_churn")]);
    assert_eq!(row["undefined"]["value"], "no_data");
}

#[test]
fn a_condition_on_deals_keeps_their_customers() {
    let run = run(BILLING);
    run.file(
        "deals.csv",
        "Deal ID,Account ID,Stage,Amount,Created,Closed,Owner\n\
         d1,A,Closed Won,100,2025-12-01,2025-12-20,Anna\n\
         d2,C,Closed Won,100,2025-12-01,2025-12-20,Ben\n",
    );
    let answer = run.json("flywheel --period 2026-03 --where \"owner = 'Ben'\"");
    let row = answer.row("flywheel", &[("key", "customer_churn")]);
    assert_eq!(
        (row["rate"]["k"].as_u64(), row["rate"]["n"].as_u64()),
        (Some(1), Some(1))
    );
    let outcome =
        run.leadflow("flywheel --period 2026-03 --where \"plan = 'pro' AND owner = 'Ben'\"");
    assert_eq!(outcome.status, 2, "{outcome}");
    assert!(
        outcome.stderr.contains("not_filterable") || outcome.stderr.contains("neither billing")
    );
}

#[test]
fn the_report_has_the_section_where_something_is_known() {
    let run = run(BILLING);
    let month = run.json("report --period 2026-03");
    assert!(month.has("flywheel") && month.has("mrr_bridge") && month.has("retention"));
    // A week cuts the months of billing: left out, and said.
    let week = run.json("report --period 2026-W10");
    assert!(!week.has("flywheel"));
    assert!(
        week.0["notes"]
            .to_string()
            .contains("no run of whole months")
    );
    let without = Run::with(&[("leads.csv", "Lead ID,Created\nL1,2026-03-05\n")]);
    let plain = without.json("report leads.csv --period 2026-03");
    assert!(!plain.has("flywheel"));
}

#[test]
fn answers_and_referrals_alone_are_enough() {
    let run = Run::with(&[("leads.csv", LEADS)]);
    let answer = run.json("flywheel leads.csv --period 2026-02");
    let row = answer.row("flywheel", &[("key", "customer_churn")]);
    assert_eq!(row["undefined"]["value"], "no_data");
    assert_eq!(
        answer.row("referrals", &[("referrer", "(all)")])["referrals"],
        1
    );
    let run = Run::with(&[(
        "answers.csv",
        "Customer ID,NPS,Date\nA,9,2026-02-01\nB,2,2026-02-03\n",
    )]);
    let answer = run.json("flywheel answers.csv --period 2026-02");
    assert_eq!(answer.table("nps")[0]["nps"].as_f64(), Some(0.0));
}

#[test]
fn every_picture_is_drawn() {
    let run = run(BILLING);
    let outcome = run.leadflow("flywheel --format svg -o wheel.svg");
    assert_eq!(outcome.status, 0, "{outcome}");
    let picture = run.read("wheel.svg");
    for title in [
        "Recurring amount from start to end",
        "Share of customers who stay",
    ] {
        assert!(picture.contains(title), "{title}");
    }
}
