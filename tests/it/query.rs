//! `leadflow query`: the same rows that the figures are made of, in the words of people.

use crate::fixture::{Run, count};

const LEADS: &str = "Lead ID,Created,Channel,Stage,MQL Date\n\
                     L-1,2026-03-01 23:30,SEO,MQL,2026-03-29 12:00\n\
                     L-2,2026-03-02 08:00,Paid Search,Lead,\n\
                     L-3,2026-03-05 08:00,SEO,MQL,2026-03-06 09:00\n";
const DEALS: &str = "Deal ID,Contact ID,Stage,Amount,Create Date,Close Date\n\
                     D-1,L-1,Closed Won,1200.50,2026-04-01,2026-05-01\n\
                     D-2,L-3,Proposal,99.99,2026-04-02,\n";

fn run() -> Run {
    let run = Run::with(&[("leads.csv", LEADS), ("deals.csv", DEALS)]);
    run.file("leadflow.toml", "time_zone = \"Europe/Berlin\"\n");
    run
}

fn rows(run: &Run, sql: &str) -> Vec<Vec<String>> {
    let line = format!("query \"{sql}\" leads.csv deals.csv --format csv --quiet --raw-csv");
    let out = run.leadflow(&line).ended(0).stdout;
    out.lines()
        .skip(1)
        .map(|line| line.split(',').map(str::to_owned).collect())
        .collect()
}

#[test]
fn the_rows_behind_the_figures() {
    let run = run();
    let found = rows(
        &run,
        "select channel, count(*) as n from leads group by channel",
    );
    assert_eq!(found, [["Paid Search", "1"], ["SEO", "2"]]);
    let funnel = run.json("funnel leads.csv deals.csv");
    let answer =
        run.json("query 'select count(*) as n from leads where is_mql' leads.csv deals.csv");
    let mql = funnel.row("stages", &[("stage", "mql")]);
    assert_eq!(count(&answer.table("query")[0], "n"), count(mql, "reached"));
    let sum = run.json("query 'select sum(amount) as s from deals' leads.csv deals.csv");
    assert_eq!(sum.table("query")[0]["s"], 1300.49);
}

/// Berlin is an hour before UTC in winter and two in summer; the clocks change on 29 March.
#[test]
fn times_are_those_of_the_report_zone() {
    let run = run();
    let sql =
        "query 'select created, mql_at, source_file, source_line from leads order by id' leads.csv";
    let answer = run.json(&format!("{sql} --input-tz UTC"));
    let first = &answer.table("query")[0];
    assert_eq!(first["created"], "2026-03-02 00:30:00");
    assert_eq!(first["mql_at"], "2026-03-29 14:00:00");
    assert_eq!(first["source_file"], "leads.csv");
    assert_eq!(count(first, "source_line"), 2);
}

#[test]
fn what_cannot_be_answered_has_a_way_out() {
    let run = run();
    for (words, said, way_out) in [
        (
            "'select chanel from leads'",
            "chanel",
            "did you mean `channel`",
        ),
        ("'select * from lead'", "lead", "did you mean"),
        ("'selec 1'", "selec", "query tables"),
        ("'select 1' --by channel", "a query has no --by", "GROUP BY"),
        (
            "'select 1' --where \"id = 'L-1'\"",
            "a query has no --where",
            "WHERE",
        ),
    ] {
        let refused = run.leadflow(&format!("query {words} leads.csv")).ended(2);
        assert!(refused.stderr.contains(said), "{words}: {}", refused.stderr);
        assert!(
            refused.stderr.contains(way_out),
            "{words}: {}",
            refused.stderr
        );
        assert!(refused.stdout.is_empty());
    }
    let tables = run.json("query tables leads.csv deals.csv");
    let names = tables.texts("query", "table");
    assert_eq!(names, ["leads", "deals"]);
}

/// Addresses join tables and are never shown.
#[test]
fn addresses_stay_inside() {
    let run = Run::with(&[(
        "leads.csv",
        "Lead ID,Created,Email\nL-1,2026-03-01,ann@example.com\n",
    )]);
    let all = run
        .leadflow("query 'select * from leads' leads.csv --format json")
        .ended(0);
    assert!(!all.stdout.contains("ann@example.com"));
}
