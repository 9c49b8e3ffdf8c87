//! The list of naughty strings as names of campaigns: nothing of them acts anywhere.

use std::io::{Cursor, Read};

use roxmltree::Document;

use crate::fixture::{Run, names_below, shared};
use crate::markup::{Page, Rendered};

/// The strings that a cell can hold: not empty, each once.
fn strings() -> Option<Vec<String>> {
    let text = std::fs::read_to_string(shared("nasty-csv/naughty-strings/blns.json")?).unwrap();
    let all: Vec<String> = serde_json::from_str(&text).unwrap();
    let mut strings: Vec<String> = Vec::new();
    for string in all {
        let says = !string.trim().is_empty();
        if says && !strings.contains(&string) {
            strings.push(string);
        }
    }
    assert!(strings.len() > 400, "{}", strings.len());
    Some(strings)
}

/// A company with a lead from each campaign.
fn company(campaigns: &[String]) -> Run {
    let mut leads = csv::Writer::from_writer(Vec::new());
    let header = [
        "Lead ID", "Created", "Source", "Medium", "Campaign", "Stage",
    ];
    leads.write_record(header).unwrap();
    for (number, campaign) in campaigns.iter().enumerate() {
        let (id, day) = (
            format!("L{number}"),
            format!("2026-01-{:02}", number % 28 + 1),
        );
        leads
            .write_record([&id, &day, "google", "cpc", campaign, "MQL"])
            .unwrap();
    }
    let run = Run::new();
    run.file("leads.csv", leads.into_inner().unwrap());
    run
}

/// Campaigns as they come out: those that are the same but for case or blanks are one.
fn campaigns(run: &Run) -> Vec<String> {
    let answer = run.json("channels leads.csv --by campaign");
    let rows = answer.table("channels").iter();
    rows.map(|row| row["campaign"].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn campaigns_of_any_name_leave_every_output_whole() {
    let Some(strings) = strings() else { return };
    let naughty = company(&strings);
    let count = campaigns(&naughty).len();
    assert!(count > 380, "{count}");
    let plain: Vec<String> = (0..count).map(|number| format!("c {number}")).collect();
    let plain = company(&plain);
    for command in [
        "channels leads.csv --by campaign",
        "funnel leads.csv --by campaign",
    ] {
        let html = |run: &Run| {
            let answer = run.leadflow(&format!("{command} --format html"));
            Page::of(&answer.ended(0).stdout)
        };
        let (page, clean) = (html(&naughty), html(&plain));
        page.is_built_like(&clean);
        page.is_inert();
        let answer = naughty.leadflow(&format!("{command} --format markdown"));
        let rendered = Rendered::of(&answer.ended(0).stdout);
        assert!(rendered.foreign.is_empty(), "{:?}", rendered.foreign);
        for table in &rendered.tables {
            assert!(table.iter().all(|cells| *cells == table[0]), "{table:?}");
        }
        let answer = naughty.leadflow(command).ended(0);
        let acts = |c: char| c.is_control() && c != '\n' && c != '\t';
        assert!(!answer.stdout.contains(acts), "{command}");
    }
}

#[test]
fn drawings_and_workbooks_of_any_name_are_well_formed() {
    let Some(strings) = strings() else { return };
    let run = company(&strings);
    run.leadflow("report leads.csv --period 2026-01 --by campaign --out report -q")
        .ended(0);
    for name in names_below(&run.path("report")) {
        let path = format!("report/{name}");
        if name.ends_with(".svg") {
            let text = run.read(&path);
            Document::parse(&text).unwrap_or_else(|error| panic!("{name}: {error}"));
        }
        if name.ends_with(".xlsx") {
            let bytes = std::fs::read(run.path(&path)).unwrap();
            let mut book = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
            for part in 0..book.len() {
                let mut part = book.by_index(part).unwrap();
                let mut text = String::new();
                part.read_to_string(&mut text).unwrap();
                let parsed = Document::parse(&text);
                let parsed = parsed.unwrap_or_else(|error| panic!("{:?}: {error}", part.name()));
                // A chart refers to cells by formulas of its own; a sheet has none.
                if part
                    .name()
                    .is_ok_and(|name| name.starts_with("xl/worksheets/"))
                {
                    let formulas = parsed.descendants().filter(|node| node.has_tag_name("f"));
                    assert_eq!(formulas.count(), 0);
                }
            }
        }
    }
}
