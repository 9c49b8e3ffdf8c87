//! No person in any output unless asked for.

use std::io::Read;

use crate::fixture::{Run, shared, skipped};

const LEADS: &str = "Lead ID,Created,Email,First Name,Phone,Channel,Stage,Owner,Score\n\
    Jane.Doe@Example.com,2026-01-05,Jane.Doe@Example.com,Jane,+15551234567,SEO,SQL,rep@firm.example,50\n\
    bob@example.org,2026-01-06,bob@example.org,Bob,(555) 123-4567,SEO,Lead,rep@firm.example,10\n\
    cleo@example.net,2026-01-07,cleo@example.net,Cleo,,Ads,MQL,rep@firm.example,30\n";
const DEALS: &str = "Deal ID,Deal Name,Contact ID,Stage,Amount,Create Date,Close Date,Owner,Next Step\n\
    7,jane.doe@example.com renewal,JANE.DOE@example.com,Proposal,100,2026-01-20,,rep@firm.example,call +15551234567\n\
    8,Deal of bob@example.org,bob@example.org,Closed Won,50,2026-01-20,2026-02-01,rep@firm.example,\n\
    9,Other,stranger@example.com,Closed Lost,50,2026-01-20,2026-02-01,rep@firm.example,\n";
const ACTIVITIES: &str = "Lead ID,Activity Type,Activity Date,Owner\n\
    Jane.Doe@Example.com,call,2026-01-05 12:00,rep@firm.example\n";

/// What must occur nowhere.
const PERSONS: &[&str] = &[
    "jane.doe@",
    "bob@",
    "cleo@",
    "stranger@",
    "rep@",
    "5551234567",
    "5,551,234",
    "123-4567",
];

fn company() -> Run {
    let run = Run::with(&[
        ("leads.csv", LEADS),
        ("deals.csv", DEALS),
        ("activities.csv", ACTIVITIES),
    ]);
    run.file(
        "leadflow.toml",
        "as_of = \"2026-03-01\"\n[[input]]\npath = \"leads.csv\"\nkind = \"leads-table\"\n[input.columns]\n\
         \"First Name\" = \"First Name\"\nphone = \"Phone\"\n\
         [[input]]\npath = \"deals.csv\"\n[[input]]\npath = \"activities.csv\"\n",
    );
    run
}

/// The text of a file; the parts of a workbook one after the other.
fn words(bytes: &[u8]) -> String {
    let Ok(mut archive) = zip::ZipArchive::new(std::io::Cursor::new(bytes)) else {
        return String::from_utf8_lossy(bytes).to_lowercase();
    };
    let mut text = String::new();
    for part in 0..archive.len() {
        let mut words = String::new();
        let _ = archive.by_index(part).unwrap().read_to_string(&mut words);
        text.push_str(&words.to_lowercase());
    }
    text
}

fn names_nobody(bytes: &[u8], what: &str) {
    let text = words(bytes);
    for person in PERSONS {
        assert!(!text.contains(person), "`{person}` in {what}:\n{text}");
    }
}

#[test]
fn no_command_names_a_person() {
    let run = company();
    for command in [
        "funnel --by owner",
        "funnel --by phone",
        "funnel --rows mql",
        "inspect --table columns",
        "channels",
        "pipeline --list --by owner",
        "leaks --ids",
        "sla",
        "score --list",
        "inspect",
        "report --period 2026-01",
        "query tables",
        "query 'select * from leads'",
        "query 'select * from deals'",
        "query 'select substr(id, 1, 9) as a, lower(name) as b from deals'",
        "query 'select * from activities'",
        "query \"select replace(email, 'm', 'w') as e from leads\"",
    ] {
        for format in ["table", "json", "csv", "markdown", "html", "xlsx", "svg"] {
            let outcome = run.leadflow(&format!("{command} --format {format}"));
            let what = format!("{command} --format {format}");
            names_nobody(&outcome.bytes, &what);
            names_nobody(outcome.stderr.as_bytes(), &what);
            let no_chart = format == "svg" && outcome.stderr.contains("no chart");
            assert!(outcome.status == 0 || no_chart, "{outcome}");
        }
    }
    for line in [
        "report --period 2026-01 --out report",
        "export --out columns",
        "export --out tables --format csv",
    ] {
        let outcome = run.leadflow(line).ended(0);
        names_nobody(&outcome.bytes, line);
        names_nobody(outcome.stderr.as_bytes(), line);
    }
    let inputs = ["leads.csv", "deals.csv", "activities.csv"];
    for name in run
        .files()
        .iter()
        .filter(|name| !inputs.contains(&name.as_str()))
    {
        names_nobody(&std::fs::read(run.path(name)).unwrap(), name);
    }
    for name in ["tables/leads.csv", "tables/deals.csv"] {
        let text = run.read(name);
        assert!(
            !text.contains("Jane") && !text.contains("Cleo"),
            "{name}: {text}"
        );
    }
}

#[test]
fn one_person_has_one_pseudonym_in_every_table() {
    let run = company();
    let column = |table: &str, place: usize| -> Vec<String> {
        let csv = run
            .leadflow(&format!("export --table {table} --quiet"))
            .ended(0);
        let cell = |line: &str| line.split(',').nth(place).unwrap().to_owned();
        csv.stdout.lines().skip(1).map(cell).collect()
    };
    let leads = column("leads", 0);
    assert_eq!(leads.len(), 3);
    assert!(
        leads
            .iter()
            .all(|id| id.starts_with("person-") && id.len() == 23),
        "{leads:?}"
    );
    let deals = column("deals", 1);
    assert_eq!(deals[..2], leads[..2], "the contact of a deal is the lead");
    let listed = run
        .json("query 'select id from leads'")
        .texts("query", "id");
    assert_eq!(listed, leads, "export and query say the same");
}

#[test]
fn asked_for_persons_are_there() {
    let run = company();
    for line in [
        "export --table leads --include-pii",
        "query 'select id, email from leads' --include-pii --format csv",
    ] {
        let shown = run.leadflow(line).ended(0).stdout.to_lowercase();
        assert!(shown.contains("jane.doe@example.com"), "{line}: {shown}");
    }
}

#[test]
fn the_key_decides_the_pseudonyms() {
    let run = company();
    run.file("a.key", "0123456789abcdef0123456789abcdef\n");
    run.file("b.key", "another key of sufficient length");
    run.file("short.key", "guess me");
    let leads = |options: &str| {
        run.leadflow(&format!("export --table leads --quiet {options}"))
            .ended(0)
            .stdout
    };
    let (none, a, b) = (
        leads(""),
        leads("--pii-key-file a.key"),
        leads("--pii-key-file b.key"),
    );
    assert_eq!(none, leads(""));
    assert!(none != a && a != b && none != b);
    let variable = [("LEADFLOW_PII_KEY_FILE", "a.key")];
    let by_variable = run.leadflow_with("export --table leads --quiet", &variable, "");
    assert_eq!(by_variable.stdout, a);
    // The same person under the same key in another company.
    run.file(
        "one.csv",
        "Lead ID,Created,Email\nJANE.DOE@example.com,2026-01-05,x@y.example\n",
    );
    let other = run
        .leadflow("query 'select id from leads' one.csv --format csv --pii-key-file a.key")
        .ended(0);
    let person = other.stdout.lines().nth(1).unwrap().to_owned();
    assert!(a.contains(&person), "{person} in {a}");
    assert!(!leads("").contains(&person));
    let refused = run
        .leadflow("export --table leads --pii-key-file short.key")
        .ended(2);
    assert!(refused.stderr.contains("16"), "{refused}");
    run.leadflow("export --table leads --pii-key-file none.key")
        .ended(2);
}

#[test]
fn the_made_up_export_with_persons_stays_silent() {
    let Some(folder) = shared("nasty-csv/made-marketing") else {
        return;
    };
    let path = folder.join("53-pii.csv");
    if !path.exists() {
        return skipped("53-pii.csv is not there");
    }
    let run = Run::new();
    let path = path.display();
    let funnel = run.json(&format!("funnel '{path}'"));
    assert_eq!(funnel.row("stages", &[("stage", "lead")])["reached"], 2);
    for command in [
        "inspect",
        "funnel",
        "query 'select * from leads'",
        "export --table leads",
    ] {
        let outcome = run.leadflow(&format!("{command} '{path}'")).ended(0);
        for text in [&outcome.stdout, &outcome.stderr] {
            let text = text.to_lowercase();
            for person in [
                "jane",
                "bob",
                "5551234567",
                "5,551,234",
                "123-4567",
                "@example",
            ] {
                assert!(!text.contains(person), "{person} in {outcome}");
            }
        }
    }
}
