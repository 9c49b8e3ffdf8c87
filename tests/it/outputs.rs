//! What leaves the program.
//!
//! Exported tables say the same as the inputs; files are whole or not there, whatever
//! happens meanwhile; nobody's address is in them; no text of a file becomes a formula, a
//! tag or a path.

/// Files under faults: full disks, limits, signals, several runs at once.
mod faults;
/// Formulas, tags and control characters: text stays text in every part of every format.
mod parts;
/// E-mail addresses, telephone numbers and names: hidden, the same pseudonym everywhere.
mod persons;

use serde_json::Value;

use crate::fixture::{Answer, Run, copy_folder, count, root};

/// The example company in a folder of its own.
fn example() -> Run {
    let run = Run::new();
    copy_folder(&root().join("examples/monthly-report"), &run.path("."));
    run
}

/// A table of an answer, without what is said about files.
fn rows(answer: &Answer, table: &str) -> Vec<Value> {
    answer.table(table).to_vec()
}

#[test]
fn exported_tables_give_the_same_figures() {
    let run = example();
    for (format, folder) in [("csv", "tables"), ("parquet", "columns")] {
        let line = format!("export --out {folder} --format {format}");
        run.leadflow(&line).ended(0);
        for (command, tables) in [
            ("funnel", &["stages", "durations"][..]),
            ("funnel --by channel,owner", &["stages_by"]),
            ("funnel --period 2026-05 --by region", &["stages_by"]),
            ("channels", &["channels"]),
            ("channels --by channel,month", &["channels"]),
        ] {
            let first = run.json(command);
            let again = run.json(&format!("{command} -c {folder}/leadflow.toml"));
            for table in tables.iter().filter(|table| first.has(table)) {
                assert_eq!(
                    rows(&again, table),
                    rows(&first, table),
                    "{command}: {table}"
                );
            }
            assert!(tables.iter().any(|table| first.has(table)), "{command}");
        }
    }
}

#[test]
fn what_is_known_without_a_time_comes_back_too() {
    let run = Run::with(&[
        (
            "leads.csv",
            "Lead ID,Created,Channel,Stage,MQL Date\n\
             a,2026-01-05,SEO,MQL,2026-01-07\nb,2026-01-06,SEO,SQL,\nc,2026-01-07,Ads,Lead,\n\
             d,2026-01-08,Ads,Disqualified,\n",
        ),
        (
            "leadflow.toml",
            "as_of = \"2026-03-01\"\n[[input]]\npath = \"leads.csv\"\n",
        ),
    ]);
    for policy in ["implied", "explicit"] {
        let line = format!("export --out tables --format csv --set funnel.policy={policy}");
        run.leadflow(&line).ended(0);
        let first = run.json(&format!("funnel --by channel --policy {policy}"));
        let again = run.json("funnel --by channel -c tables/leadflow.toml");
        assert_eq!(rows(&again, "stages"), rows(&first, "stages"), "{policy}");
        assert_eq!(
            rows(&again, "stages_by"),
            rows(&first, "stages_by"),
            "{policy}"
        );
    }
}

#[test]
fn deals_without_leads_come_back_as_they_are() {
    let run = Run::with(&[
        (
            "deals.csv",
            "Deal ID,Stage,Amount,Create Date,Close Date,Channel\n\
             1,Closed Won,10.25,2026-01-05,2026-02-01,SEO\n2,Proposal,7,2026-01-06,,SEO\n",
        ),
        (
            "leadflow.toml",
            "as_of = \"2026-03-01\"\n[[input]]\npath = \"deals.csv\"\n",
        ),
    ]);
    run.leadflow("export --out tables --format csv").ended(0);
    for command in ["funnel", "channels"] {
        let table = if command == "funnel" {
            "stages"
        } else {
            "channels"
        };
        let first = run.json(command);
        let again = run.json(&format!("{command} -c tables/leadflow.toml"));
        assert_eq!(rows(&again, table), rows(&first, table), "{command}");
    }
}

#[test]
fn an_export_is_the_same_bytes_wherever_it_is_made() {
    let run = example();
    for (folder, threads) in [("one", 1), ("eight", 8)] {
        let line = format!("export --out {folder} --threads {threads} --quiet");
        assert!(run.leadflow(&line).ended(0).stdout.is_empty());
    }
    let names: Vec<String> = run.files();
    let of_one = names.iter().filter_map(|name| name.strip_prefix("one/"));
    let of_one: Vec<&str> = of_one.collect();
    assert!(of_one.contains(&"manifest.json") && of_one.contains(&"leads.parquet"));
    let place = run.path(".").canonicalize().unwrap().display().to_string();
    for name in of_one {
        let bytes = |folder: &str| std::fs::read(run.path(&format!("{folder}/{name}"))).unwrap();
        let one = bytes("one");
        assert!(one == bytes("eight"), "{name} differs");
        let text = String::from_utf8_lossy(&one).into_owned();
        assert!(!text.contains(&place), "{name} names {place}");
    }
}

#[test]
fn one_table_in_the_form_of_its_suffix() {
    let run = example();
    run.leadflow("export --table owners -o owners.parquet")
        .ended(0);
    assert!(
        std::fs::read(run.path("owners.parquet"))
            .unwrap()
            .starts_with(b"PAR1")
    );
    let csv = run.leadflow("export --table owners --quiet").ended(0);
    assert!(csv.stdout.starts_with("from,to,active,"), "{csv}");
    assert_eq!(csv.stdout.lines().count(), 43);
    let piped = run
        .leadflow("export --table owners -o - --format parquet")
        .ended(0);
    assert!(piped.bytes.starts_with(b"PAR1"));
}

#[test]
fn what_an_export_does_not_replace() {
    let run = example();
    let configuration = run.read("leadflow.toml");
    let refused = run.leadflow("export --out .").ended(2);
    assert!(refused.stderr.contains("leadflow.toml"), "{refused}");
    assert_eq!(run.read("leadflow.toml"), configuration);
    assert!(!run.path("leads.parquet").exists());
    run.file("other/leadflow.toml", "currency = \"USD\"\n");
    run.leadflow("export --out other").ended(2);
    assert_eq!(run.read("other/leadflow.toml"), "currency = \"USD\"\n");
    // The second export takes the place of the first, unless nothing may be replaced.
    run.leadflow("export --out tables").ended(0);
    run.leadflow("export --out tables").ended(0);
    run.leadflow("export --out tables --no-clobber").ended(2);
    run.leadflow("export --out no/where").ended(2);
    // Its own input is no output.
    let run = Run::with(&[("leads.csv", "Lead ID,Created,Channel\na,2026-01-05,SEO\n")]);
    let refused = run
        .leadflow("export leads.csv --out . --format csv")
        .ended(2);
    assert!(refused.stderr.contains("one of the inputs"), "{refused}");
    assert_eq!(run.files(), ["leads.csv"]);
}

#[test]
fn words_that_an_export_does_not_take() {
    let run = example();
    for (words, said) in [
        ("export --out t --by channel", "no --by"),
        ("export --out t --where \"channel = 'SEO'\"", "no --where"),
        ("export --out t --period 2026-01", "no --period"),
        ("export --out t --format xlsx", "csv or parquet"),
        ("export", "--out tables/"),
        ("export --table leeds", "did you mean `leads`"),
    ] {
        let refused = run.leadflow(words).ended(2);
        assert!(refused.stderr.contains(said), "{refused}");
        assert!(
            refused.stdout.is_empty() && !run.path("t").exists(),
            "{refused}"
        );
    }
}

#[test]
fn addresses_join_whatever_their_spelling() {
    let run = Run::with(&[
        (
            "leads.csv",
            "Lead ID,Created,Email,Channel,Account ID\n\
             L1,2026-01-05,Ann@X.example,SEO,A1\nL2,2026-01-06,ben@x.example,Ads,A2\n\
             L3,2026-01-07,ben@x.example,SEO,A3\n",
        ),
        (
            "deals.csv",
            "Deal ID,Contact ID,Stage,Amount,Create Date,Close Date\n\
             1,  ann@x.EXAMPLE,Closed Won,10,2026-02-05,2026-03-01\n\
             2,\u{ff22}en@x\u{ff0e}example,Closed Won,20,2026-02-05,2026-03-01\n\
             3,ann+x@x.example,Closed Won,40,2026-02-05,2026-03-01\n",
        ),
    ]);
    let answer = run.json("channels leads.csv deals.csv");
    let revenue = |channel| {
        let row = answer.row("channels", &[("channel", channel)]);
        row["revenue"].as_f64().unwrap_or(f64::NAN)
    };
    // Of two leads with one address the first row counts; a tag is another mailbox.
    assert_eq!((revenue("SEO"), revenue("Ads")), (10.0, 20.0));
    assert_eq!(revenue("(no lead)"), 40.0);
    let notes = answer.notes().join("\n");
    assert!(
        notes.contains("shared_address") || notes.contains("several leads"),
        "{notes}"
    );
    let joins = run.json("inspect leads.csv deals.csv");
    let join = joins.row("joins", &[("from", "deals.lead")]);
    assert_eq!((count(join, "matched"), count(join, "unmatched")), (2, 1));
}

#[test]
fn touches_that_know_an_address_alone_are_touches_of_its_lead() {
    let run = Run::with(&[
        (
            "leads.csv",
            "Lead ID,Created,Email,Stage\n\
             L1,2026-01-05,Ann@X.example,Customer\nL2,2026-01-06,ben@x.example,Customer\n\
             L3,2026-01-07,ben@x.example,Customer\n",
        ),
        (
            "touches.csv",
            "Email,Timestamp,Channel\n ann@x.EXAMPLE,2026-01-02,Fair\nBEN@x.example,2026-01-03,Podcast\n",
        ),
        (
            "visits.csv",
            "Visitor ID,Timestamp,Channel\nw1,2026-01-01,Blog\n",
        ),
        ("ids.csv", "Visitor ID,Lead ID\nw1,L1\nx,ANN@x.example\n"),
    ]);
    let line = "attribution leads.csv touches.csv visits.csv ids.csv --model linear --target lead";
    let answer = run.json(line);
    let credit = |channel: &str| {
        let row = answer.row("credit", &[("channel", channel)]);
        row["conversions"].as_f64().unwrap_or(f64::NAN)
    };
    assert_eq!((credit("Fair"), credit("Blog")), (0.5, 0.5));
    // Of two leads with one address the first row counts; the other is without a touch.
    assert_eq!(credit("Podcast"), 1.0);
    let totals = answer.row("totals", &[("model", "linear")]);
    assert_eq!(totals["unattributed_conversions"].as_f64(), Some(1.0));
}

#[test]
fn the_nearest_spelling_of_a_lost_key_is_said() {
    let run = Run::with(&[
        (
            "deals.csv",
            "Deal ID,Account,Stage,Amount,Create Date,Close Date\n\
             1,GTX Pro,Closed Won,10,2026-02-05,2026-03-01\n\
             2,Acme Corp,Closed Won,20,2026-02-05,2026-03-01\n",
        ),
        (
            "mrr.csv",
            "Customer,Month,MRR\nGTXPro,2026-03,5\nAcme Corp,2026-03,6\nNobody,2026-03,7\n",
        ),
    ]);
    let answer = run.json("inspect deals.csv mrr.csv");
    let join = answer.row("joins", &[("from", "billing.customer")]);
    assert_eq!((count(join, "matched"), count(join, "unmatched")), (1, 2));
    assert_eq!(join["examples"], "GTXPro (GTX Pro?), Nobody");
}
