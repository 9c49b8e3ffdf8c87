//! One table in every form in which it may arrive gives the same figures; what is damaged
//! or locked is refused by its name.

use std::fs;
use std::io::{Cursor, Write};

use crate::fixture::{Answer, Run, root};

const FORMS: [&str; 6] = [
    "deals.xlsx",
    "deals.ods",
    "deals.parquet",
    "deals.ndjson",
    "deals.zip",
    "deals.csv.zst",
];

fn folder() -> std::path::PathBuf {
    root().join("testdata/containers")
}

fn answer(command: &str, file: &str) -> Answer {
    Run::new().json(&format!("{command} '{}'", folder().join(file).display()))
}

#[test]
fn every_form_gives_the_figures_of_the_plain_one() {
    for command in ["pipeline --list", "funnel", "channels"] {
        let plain = answer(command, "deals.csv");
        for form in FORMS {
            let found = answer(command, form);
            let tables = plain.0["tables"].as_object().unwrap();
            assert!(!tables.is_empty());
            for (id, table) in tables {
                assert_eq!(&found.0["tables"][id], table, "{command} of {form}: {id}");
            }
        }
    }
    let inputs = answer("inspect", "deals.zip");
    assert_eq!(inputs.table("inputs").len(), 2, "a member is a file");
}

#[test]
fn the_sheet_is_chosen_and_said() {
    let found = answer("inspect", "deals.xlsx");
    let said = found.texts("problems", "text");
    let said = said
        .iter()
        .find(|text| text.contains("sheet `Deals` is read"));
    assert!(said.is_some_and(|text| text.contains("About, Older")));

    let run = Run::new();
    fs::copy(folder().join("deals.xlsx"), run.path("deals.xlsx")).unwrap();
    let configured = |sheet: &str| {
        let text = format!("[[input]]\npath = \"deals.xlsx\"\nsheet = \"{sheet}\"\n");
        run.file("leadflow.toml", text);
    };
    configured("older");
    let deals = run.json("inspect");
    let ids = deals.row("columns", &[("column", "Deal ID")]);
    assert_eq!(ids["filled"], 1);
    configured("Oldre");
    let refused = run.leadflow("pipeline").ended(2);
    assert!(
        refused.stderr.contains("no sheet `Oldre`"),
        "{}",
        refused.stderr
    );
    assert!(refused.stderr.contains("Older"), "{}", refused.stderr);
}

/// A row of a sheet, a line of records and the row of a member are where they are said to be.
#[test]
fn defects_have_their_line() {
    let run = Run::new();
    let records = "{\"lead_id\":\"L-1\",\"created\":\"2026-01-02\",\"stage\":\"mql\"}\n\n\
                   {\"lead_id\":\"L-2\",\"created\":\"soon\",\"stage\":\"mql\"}\n";
    run.file("leads.ndjson", records);
    let refused = run.leadflow("funnel leads.ndjson").ended(2);
    assert!(
        refused.stderr.contains("leads.ndjson:3"),
        "{}",
        refused.stderr
    );

    run.file("broken.ndjson", "{\"lead_id\":\"L-1\"}\n{\"lead_id\":}\n");
    let refused = run.leadflow("funnel broken.ndjson").ended(2);
    assert!(
        refused.stderr.contains("broken.ndjson:2"),
        "{}",
        refused.stderr
    );
    assert!(
        refused.stderr.contains("no record of JSON"),
        "{}",
        refused.stderr
    );

    run.file("answer.csv", "{\"error\":\"rate limit\"}\n");
    let refused = run.leadflow("funnel answer.csv").ended(2);
    assert!(
        refused.stderr.contains("a JSON document"),
        "{}",
        refused.stderr
    );
}

fn zipped(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in members {
        let plain = zip::write::SimpleFileOptions::default();
        writer.start_file(*name, plain).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

#[test]
fn archives_hold_tables_or_are_refused() {
    let run = Run::new();
    let (head, first) = ("Lead ID,Created,Stage\n", "L-1,2026-01-02,mql\n");
    let second = format!("{head}L-2,2026-01-03,oops\n");
    let first = format!("{head}{first}");
    run.file("one.zip", zipped(&[("leads.csv", first.as_bytes())]));
    let lead = |answer: &Answer| answer.table("stages")[0]["reached"].clone();
    assert_eq!(lead(&run.json("funnel one.zip")), 1);
    let both = [
        ("b/leads-2.csv", second.as_bytes()),
        ("leads-1.csv", first.as_bytes()),
    ];
    run.file("two.zip", zipped(&both));
    assert_eq!(lead(&run.json("funnel two.zip")), 2);
    let said = run.leadflow("funnel two.zip -v").stderr;
    assert!(said.contains("two.zip/b/leads-2.csv:2"), "{said}");

    run.file("one.csv", zipped(&[("leads.csv", first.as_bytes())]));
    let refused = run.leadflow("funnel one.csv").ended(2);
    assert!(
        refused.stderr.contains("the file is a ZIP archive"),
        "{}",
        refused.stderr
    );

    run.file("empty.zip", zipped(&[(".DS_Store", b"x")]));
    let refused = run.leadflow("funnel empty.zip").ended(2);
    assert!(refused.stderr.contains("empty"), "{}", refused.stderr);

    let whole = zipped(&both);
    run.file("cut.zip", &whole[..whole.len() - 30]);
    let refused = run.leadflow("funnel cut.zip").ended(2);
    assert!(
        refused.stderr.contains("the ZIP archive is damaged"),
        "{}",
        refused.stderr
    );
}

/// Whatever byte is wrong, the run ends with a message and never by a signal.
#[test]
fn damage_is_refused_and_never_fatal() {
    for form in FORMS {
        let bytes = fs::read(folder().join(form)).unwrap();
        let run = Run::new();
        for step in 1..12 {
            let place = bytes.len() * step / 12;
            let mut damaged = bytes.clone();
            damaged[place] ^= 0xA5;
            run.file("damaged", &damaged);
            run.file("cut", &bytes[..place]);
            for name in ["damaged", "cut"] {
                let status = run.leadflow(&format!("inspect {name}")).status;
                assert!(
                    [0, 2].contains(&status),
                    "{form} {name} at {place}: {status}"
                );
            }
        }
    }
}
