//! What a first try on the exports of a CRM or a billing system meets: rows about nobody,
//! rows twice, ids with two stories. Nothing of it ends a run that it need not end.

use std::fs;

use serde_json::Value;

use crate::accounts::accounts_add_up;
use crate::fixture::{Answer, Run, count, near, number, root};

const LEADS: &str = "Lead ID,Created,Channel\na,2026-01-05,SEO\nb,2026-01-06,Email\n";

const ACTIVITIES: &str = "Lead ID,Activity Type,Activity Date\n\
    a,Call,2026-01-07 10:00\n\
    ,Task,2026-01-08 11:00\n\
    ,Meeting,\n\
    b,Call,2026-01-09 09:30\n";

/// Rows set aside: reason -> (rows, first line), in one file.
#[track_caller]
fn aside(answer: &Answer, file: &str, reason: &str) -> (u64, u64) {
    let row = answer.row("set_aside", &[("file", file), ("reason", reason)]);
    (count(row, "rows"), count(row, "first_line"))
}

/// The finding of a code: severity and text.
#[track_caller]
fn finding<'a>(answer: &'a Answer, code: &str) -> (&'a str, &'a str) {
    let row = answer.row("problems", &[("code", code)]);
    let text = |key: &str| row[key].as_str().unwrap();
    (text("severity"), text("text"))
}

#[test]
fn activities_about_nobody_are_set_aside_and_counted() {
    let run = Run::with(&[("leads.csv", LEADS), ("activities.csv", ACTIVITIES)]);
    run.leadflow("funnel leads.csv activities.csv").ended(0);
    let answer = run.json("inspect leads.csv activities.csv");
    // The meeting has no time either: it is nobody's all the same.
    assert_eq!(aside(&answer, "activities.csv", "about_nobody"), (2, 3));
    let input = answer.row("inputs", &[("file", "activities.csv")]);
    assert_eq!((count(input, "used"), count(input, "rejected")), (2, 0));
    let said = "2 rows are about no lead, contact or deal: set aside, no defect";
    assert_eq!(finding(&answer, "about_nobody"), ("note", said));
    accounts_add_up(&answer);
}

#[test]
fn the_data_quality_of_the_report_says_who_is_missing() {
    let run = Run::with(&[("leads.csv", LEADS), ("activities.csv", ACTIVITIES)]);
    run.leadflow("report leads.csv activities.csv --period 2026-01 --out out")
        .ended(0);
    let page = run.read("out/report.html");
    assert!(page.contains("about no lead, contact or deal"), "{page}");
}

#[test]
fn null_ids_of_salesforce_are_nobody() {
    let file = root().join("testdata/exports/salesforce-activities/events/Event.csv");
    let answer = Run::new().json(&format!("inspect '{}'", file.display()));
    let name = file.display().to_string();
    assert_eq!(aside(&answer, &name, "about_nobody"), (1, 4));
}

#[test]
fn amounts_of_no_customer_are_told() {
    let billing = "Customer ID,Month,MRR\nA-1,2026-01,100\n,2026-01,40.5\nA-1,2026-02,100\n";
    let run = Run::with(&[("mrr.csv", billing)]);
    let answer = run.json("inspect mrr.csv");
    assert_eq!(aside(&answer, "mrr.csv", "about_nobody"), (1, 3));
    let said = "1 row is of no customer, with 40.5 in all: set aside, no defect";
    assert_eq!(finding(&answer, "about_nobody"), ("note", said));
    accounts_add_up(&answer);
}

#[test]
fn touches_of_strangers_are_set_aside() {
    let touches = "Visitor ID,Timestamp,Source,Medium\n\
        v1,2026-01-05 10:00,google,cpc\n\
        ,2026-01-05 11:00,google,organic\n\
        v1,2026-01-06 10:00,(direct),(none)\n";
    let run = Run::with(&[("touches.csv", touches)]);
    let answer = run.json("inspect touches.csv");
    assert_eq!(aside(&answer, "touches.csv", "about_nobody"), (1, 3));
    accounts_add_up(&answer);
}

#[test]
fn a_file_in_which_every_row_is_about_nobody_is_a_warning() {
    let activities = "Lead ID,Activity Type,Activity Date\n,Call,2026-01-07\n,Call,2026-01-08\n";
    let run = Run::with(&[("leads.csv", LEADS), ("activities.csv", activities)]);
    let answer = run.json("inspect leads.csv activities.csv");
    let row = answer.row("problems", &[("code", "about_nobody")]);
    assert_eq!(row["severity"], "warning");
    assert!(
        row["hint"].as_str().unwrap().contains("[input.columns]"),
        "{row}"
    );
    run.leadflow("funnel leads.csv activities.csv").ended(0);
}

/// Where a row must be somebody's, and where a cell cannot be read, the defect stays one.
#[test]
fn defects_stay_defects() {
    let leads = "Lead ID,Created,Channel\na,2026-01-05,SEO\n,2026-01-06,Email\n";
    let run = Run::with(&[("leads.csv", leads)]);
    let outcome = run.leadflow("funnel leads.csv").ended(2);
    assert!(outcome.stderr.contains("leads.csv:3"), "{outcome}");
    let activities = "Lead ID,Activity Type,Activity Date\n\
        a,Call,2026-01-07\n,Call,2026-01-08\n,Call,soon\n";
    let run = Run::with(&[("leads.csv", LEADS), ("activities.csv", activities)]);
    let outcome = run.leadflow("funnel leads.csv activities.csv").ended(2);
    assert!(outcome.stderr.contains("activities.csv:4"), "{outcome}");
    let answer = run.json("inspect leads.csv activities.csv --lax");
    assert_eq!(aside(&answer, "activities.csv", "about_nobody"), (1, 3));
    assert_eq!(aside(&answer, "activities.csv", "rejected"), (1, 4));
}

/// `a` repeats exactly, `b` contradicts itself.
const TWICE: &str = "Lead ID,Created,Channel\n\
    a,2026-01-05,SEO\na,2026-01-05,SEO\nb,2026-01-06,Email\nb,2026-01-06,SEO\nc,2026-01-07,SEO\n";
const FIRST: &str = "Lead ID,Created,Channel\na,2026-01-05,SEO\nb,2026-01-06,Email\n";
const LATER: &str =
    "Lead ID,Created,Channel\na,2026-01-05,SEO\nb,2026-01-06,Ads\nc,2026-01-07,SEO\n";

#[test]
fn repeats_and_conflicts_of_one_file_are_counted_apart() {
    let run = Run::with(&[("leads.csv", TWICE)]);
    let answer = run.json("inspect leads.csv");
    assert_eq!(aside(&answer, "leads.csv", "duplicate_row"), (1, 2));
    assert_eq!(aside(&answer, "leads.csv", "superseded"), (1, 4));
    let said = "1 row repeats an earlier row exactly and is counted once";
    assert_eq!(finding(&answer, "duplicate_row"), ("note", said));
    let said = "the id of this row stood before with other values (line 4); this row counts";
    assert_eq!(finding(&answer, "conflicting_id"), ("warning", said));
    accounts_add_up(&answer);
    let funnel = run.json("funnel leads.csv --by channel");
    assert_eq!(funnel.row("stages", &[("stage", "lead")])["reached"], 3);
    let seo = funnel.row("stages_by", &[("channel", "SEO"), ("stage", "lead")]);
    assert_eq!(seo["reached"], 3, "the later row of b counts");
}

fn two_files(several: &str) -> Run {
    let config = format!("[[input]]\npath = \"leads-*.csv\"\nkind = \"leads-table\"\n{several}\n");
    Run::with(&[
        ("leads-2026-01-31.csv", FIRST),
        ("leads-2026-02-28.csv", LATER),
        ("leadflow.toml", &config),
    ])
}

#[test]
fn repeats_and_conflicts_of_parts_name_both_places() {
    let answer = two_files("several = \"parts\"").json("inspect");
    let first = "leads-2026-01-31.csv";
    assert_eq!(aside(&answer, first, "duplicate_row"), (1, 2));
    assert_eq!(aside(&answer, first, "superseded"), (1, 3));
    let (severity, text) = finding(&answer, "conflicting_id");
    assert_eq!(severity, "warning");
    assert!(text.contains("(leads-2026-01-31.csv:3)"), "{text}");
    accounts_add_up(&answer);
}

/// The newest state replaces the older one: no conflict, but both are counted.
#[test]
fn the_latest_file_supersedes_without_a_conflict() {
    let run = two_files("several = \"latest\"");
    let answer = run.json("inspect");
    let first = "leads-2026-01-31.csv";
    assert_eq!(aside(&answer, first, "duplicate_row"), (1, 2));
    assert_eq!(aside(&answer, first, "superseded"), (1, 3));
    let conflicts = answer.table("problems").iter();
    let conflicts = conflicts.filter(|row| row["code"] == "conflicting_id");
    assert_eq!(conflicts.count(), 0);
    run.leadflow("funnel").ended(0);
}

#[test]
fn files_that_contradict_each_other_ask_what_they_are() {
    let outcome = two_files("").leadflow("funnel").ended(2);
    for words in [
        "leads-2026-02-28.csv:3",
        "leads-2026-01-31.csv:3",
        "several",
    ] {
        assert!(outcome.stderr.contains(words), "`{words}` in {outcome}");
    }
}

/// A folder with the look-alikes of these cases.
fn exports(cases: &[&str]) -> Run {
    let run = Run::new();
    for case in cases {
        let folder = root().join("testdata/exports").join(case);
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            if name != "expected.json" {
                run.file(&name, fs::read(&path).unwrap());
            }
        }
    }
    run
}

/// Folders as people export them, and whether deals are among the files.
const FOLDERS: &[(&[&str], bool)] = &[
    (&["hubspot-contacts/all-properties"], false),
    (&["hubspot-deals/labels"], true),
    (
        &[
            "hubspot-contacts/all-properties",
            "hubspot-deals/labels",
            "hubspot-companies/all",
            "hubspot-activities/report",
            "hubspot-activities/calls",
        ],
        true,
    ),
    (&["salesforce-leads/data-export"], false),
    (
        &[
            "salesforce-leads/data-export",
            "salesforce-opportunities/data-export",
            "salesforce-opportunity-history/data-export",
            "salesforce-activities/tasks",
            "salesforce-activities/events",
            "salesforce-campaigns/data-export",
        ],
        true,
    ),
    (
        &[
            "zoho-leads/analytics",
            "zoho-deals/analytics",
            "zoho-campaigns/analytics",
        ],
        true,
    ),
    (
        &["pipedrive-deals/list-view", "pipedrive-persons/list-view"],
        true,
    ),
    (
        &["dynamics-leads/view", "dynamics-opportunities/view"],
        true,
    ),
];

#[test]
fn a_first_try_on_a_folder_of_exports_succeeds() {
    for (cases, has_deals) in FOLDERS {
        let run = exports(cases);
        let files: Vec<String> = run.files();
        let quoted: Vec<String> = files.iter().map(|file| format!("'{file}'")).collect();
        run.leadflow(&format!("init {}", quoted.join(" "))).ended(0);
        let funnel: Value = run.json("funnel").0;
        assert_eq!(
            funnel["inputs"].as_array().map(Vec::len),
            Some(files.len()),
            "{cases:?}: every file is an input"
        );
        run.leadflow("report --out out").ended(0);
        assert!(run.path("out/report.html").exists(), "{cases:?}");
        // A pipeline without deals is a question without an answer, and says so.
        let pipeline = run
            .leadflow("pipeline")
            .ended(if *has_deals { 0 } else { 2 });
        assert_eq!(
            pipeline.stderr.contains("no input holds deals"),
            !has_deals,
            "{pipeline}"
        );
    }
}

fn stripe(case: &str) -> String {
    let file = format!("testdata/exports/stripe-payments/{case}/unified_payments.csv");
    root().join(file).display().to_string()
}

/// By hand: August 49 + (1,299 - 299), September 49 - 49; 120 of a guest; two payments failed.
#[test]
fn payments_less_refunds_are_revenue_of_their_month() {
    let file = stripe("dashboard");
    let answer = Run::new().json(&format!("inspect '{file}'"));
    assert_eq!(aside(&answer, &file, "excluded"), (2, 4));
    assert_eq!(aside(&answer, &file, "about_nobody"), (1, 6));
    let said = "1 row is of no customer, with 120 in all: set aside, no defect";
    assert_eq!(finding(&answer, "about_nobody"), ("note", said));
    accounts_add_up(&answer);
    let run = Run::new();
    let recurring = |period: &str| {
        let answer = run.json(&format!("flywheel '{file}' --period {period}"));
        number(answer.row("flywheel", &[("key", "recurring")]), "value")
    };
    near(recurring("2026-08"), 1049.0, 1e-9, "August");
    // A refund in full leaves nobody who pays.
    let query = "select customer, amount from billing order by source_line";
    let rows = run.json(&format!("query \"{query}\" '{file}'"));
    let amounts: Vec<f64> = rows
        .table("query")
        .iter()
        .map(|row| row["amount"].as_f64().unwrap())
        .collect();
    assert_eq!(amounts, [49.0, 1000.0, 0.0]);
}

/// Exports are in whole units: nothing is divided for a currency without cents.
#[test]
fn yen_are_yen() {
    let file = stripe("yen");
    let query = format!("query \"select sum(amount) as amount from billing\" '{file}'");
    let rows = Run::new().json(&query);
    assert_eq!(rows.only("query")["amount"], 9000.0);
}

/// A table that was exported is read back as it was: refunds are not taken off twice.
#[test]
fn refunds_are_taken_off_once() {
    let text = "Customer,Month,MRR,Refunded\nA,2026-01,100,30\nB,2026-01,50,\n";
    let run = Run::with(&[("mrr.csv", text)]);
    run.leadflow("export mrr.csv --out tables").ended(0);
    let total = "query \"select sum(amount) as amount from billing\"";
    let before = run.json(&format!("{total} mrr.csv"));
    let after = run.json(&format!("{total} --config tables/leadflow.toml"));
    assert_eq!(before.only("query")["amount"], 120.0);
    assert_eq!(after.only("query")["amount"], 120.0);
}
