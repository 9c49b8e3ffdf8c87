//! The company as a whole: same bytes, right counts, and all the dirt.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};
use std::path::Path;

use super::{DEFAULT_SEED, Demo, Plan, PlanError, Shape};

/// Path and text of every file.
fn written(plan: Plan) -> BTreeMap<String, String> {
    let demo = Demo::new(plan).unwrap();
    let files = demo.files();
    let text = |file: &super::DemoFile| {
        let mut bytes = Vec::new();
        file.write(&mut bytes).unwrap();
        String::from_utf8(bytes).unwrap()
    };
    files
        .iter()
        .map(|file| (file.path.clone(), text(file)))
        .collect()
}

/// Rows as maps from header to cell. Quoted cells of the CRM hold no quotes.
fn rows(text: &str) -> Vec<BTreeMap<String, String>> {
    let mut lines = text.lines().map(cells);
    let header = lines.next().unwrap();
    lines
        .map(|cells| {
            assert_eq!(cells.len(), header.len(), "{cells:?}");
            header.iter().cloned().zip(cells).collect()
        })
        .collect()
}

fn cells(line: &str) -> Vec<String> {
    let (mut cells, mut quoted) = (vec![String::new()], false);
    for character in line.chars() {
        match character {
            '"' => quoted = !quoted,
            ',' if !quoted => cells.push(String::new()),
            other => cells.last_mut().unwrap().push(other),
        }
    }
    cells
}

const CONTACTS: &str = "exports/hubspot-crm-exports-all-contacts-2026-11-01.csv";
const EARLIER: &str = "exports/hubspot-crm-exports-all-contacts-2026-10-01.csv";
const DEALS: &str = "exports/hubspot-crm-exports-all-deals-2026-11-01.csv";
const ACTIVITIES: &str = "exports/hubspot-crm-exports-activities-2026-11-01.csv";
const LOG: &str = "exports/hubspot-crm-exports-deal-stage-log-2026-11-01.csv";
const BILLING: &str = "exports/billing-mrr-2026-11-01.csv";
const SURVEY: &str = "exports/nps-survey-2026-11-01.csv";
const SNAPSHOT: &str = "snapshots/hubspot-crm-exports-all-deals-2026-09-01.csv";

#[test]
fn the_same_plan_gives_the_same_bytes() {
    let once = written(Plan::new(500, 9));
    assert_eq!(once, written(Plan::new(500, 9)));
    let other = written(Plan::new(500, 10));
    assert_ne!(once[CONTACTS], other[CONTACTS]);
    assert_ne!(once[DEALS], other[DEALS]);
    assert_ne!(once["timesheet.csv"], other["timesheet.csv"]);
    for file in [ACTIVITIES, LOG, BILLING, SURVEY, SNAPSHOT] {
        assert_ne!(once[file], other[file], "{file}");
    }
}

/// Pins every byte, on every machine. After a wanted change make the example again:
/// `leadflow demo --rows 5000 --out examples/monthly-report`.
#[test]
fn the_example_of_the_repository_is_what_the_generator_writes() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/monthly-report");
    for (path, text) in written(Plan::new(5_000, DEFAULT_SEED)) {
        let kept = std::fs::read_to_string(folder.join(&path)).expect(&path);
        assert!(kept == text, "{path} is not what the generator writes");
    }
}

#[test]
fn there_are_as_many_contacts_as_asked_for() {
    for count in [100, 101, 1_234] {
        let files = written(Plan::new(count, 1));
        assert_eq!(rows(&files[CONTACTS]).len() as u64, count);
    }
}

#[test]
fn there_is_a_file_for_each_month() {
    let files = written(Plan::new(100, 1));
    for month in ["2025-05", "2026-01", "2026-10"] {
        for name in ["ga4-traffic-acquisition", "google-ads", "meta-ads"] {
            assert!(files.contains_key(&format!("exports/{name}-{month}.csv")));
        }
    }
    assert_eq!(files.len(), 13 + 3 * 18);
}

#[test]
fn other_months_work_as_well() {
    let plan = Plan {
        rows: 300,
        seed: 1,
        months: 1,
        last_month: (2024, 2),
        shape: Shape::Whole,
    };
    let files = written(plan);
    let contacts = &files["exports/hubspot-crm-exports-all-contacts-2024-03-01.csv"];
    assert_eq!(rows(contacts).len(), 300);
    assert!(files["leadflow.toml"].contains("as_of = \"2024-02-29\""));
    assert!(files["leadflow.toml"].contains("period = \"2024-Q1\""));
    assert!(!files.keys().any(|path| path.starts_with("snapshots/")));
    assert!(files["sales-team.csv"].contains(",2024-Q1\n"));
    let bills = rows(&files["exports/billing-mrr-2024-03-01.csv"]);
    assert!(bills.iter().all(|row| row["Month"] == "2024-02"));
}

#[test]
fn nothing_lies_after_the_export_but_plans() {
    let files = written(Plan::new(3_000, 1));
    for row in rows(&files[CONTACTS]) {
        for (column, cell) in &row {
            assert!(
                !column.contains("Date") || cell.as_str() < "2026-11-01",
                "{column}: {cell}"
            );
        }
        assert!(row["Create Date"] <= row["Became a Lead Date"]);
    }
    for row in rows(&files[DEALS]) {
        let open = !row["Deal Stage"].starts_with("Closed");
        assert_eq!(open, row["Close Date"].as_str() >= "2026-11-01", "{row:?}");
        assert!(row["Create Date"].as_str() < "2026-11-01");
        assert!(row["Create Date"] < row["Close Date"]);
        assert!(row["Last Activity Date"].as_str() < "2026-11-01");
        assert_eq!(
            row["Deal Stage"] == "Closed Lost",
            !row["Closed Lost Reason"].is_empty()
        );
    }
}

#[test]
fn both_sides_of_the_link_agree() {
    let files = written(Plan::new(3_000, 2));
    let pairs = |file: &str, mine: &str, theirs: &str, turned: bool| {
        let mut pairs = BTreeSet::new();
        for row in rows(&files[file]) {
            for other in row[theirs].split(';').filter(|id| !id.is_empty()) {
                let (a, b) = (row[mine].clone(), other.to_owned());
                pairs.insert(if turned { (b, a) } else { (a, b) });
            }
        }
        pairs
    };
    let contacts = pairs(CONTACTS, "Record ID", "Associated Deal IDs", false);
    assert_eq!(
        contacts,
        pairs(DEALS, "Record ID", "Associated Contact IDs", true)
    );
    let ids = rows(&files[DEALS])
        .into_iter()
        .map(|row| row["Record ID"].clone());
    let ids: Vec<String> = ids.collect();
    assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ids.len());
}

#[test]
fn the_earlier_export_is_a_subset_in_an_earlier_state() {
    let files = written(Plan::new(3_000, 1));
    let now: BTreeMap<String, String> = rows(&files[CONTACTS])
        .into_iter()
        .map(|row| (row["Record ID"].clone(), row["Lifecycle Stage"].clone()))
        .collect();
    let before = rows(&files[EARLIER]);
    assert!(before.len() > 200 && before.len() < 600, "{}", before.len());
    let moved = before
        .iter()
        .filter(|row| now[&row["Record ID"]] != row["Lifecycle Stage"]);
    assert!(moved.count() > 10);
    assert!(
        before
            .iter()
            .all(|row| row["Became a Lead Date"].as_str() < "2026-10-01")
    );
}

#[test]
fn the_dirt_of_real_months_is_there_even_in_a_small_company() {
    let files = written(Plan::new(400, 1));
    let (contacts, deals) = (rows(&files[CONTACTS]), rows(&files[DEALS]));
    let contact = |test: &dyn Fn(&BTreeMap<String, String>) -> bool| contacts.iter().any(test);
    let deal = |test: &dyn Fn(&BTreeMap<String, String>) -> bool| deals.iter().any(test);
    let count = |cell: &str| cell.split(';').filter(|id| !id.is_empty()).count();

    assert!(
        contact(&|row| row["Email"].ends_with("@fernau.example")),
        "test leads"
    );
    assert!(
        contact(&|row| row["Original Source"].is_empty()),
        "no source"
    );
    assert!(
        contact(&|row| count(&row["Associated Deal IDs"]) >= 2),
        "two deals"
    );
    assert!(
        contact(&|row| {
            let date = |stage: &str| row[&format!("Became a {stage} Qualified Lead Date")].clone();
            !date("Sales").is_empty() && date("Sales") < date("Marketing")
        }),
        "a stage out of order"
    );
    assert!(
        deal(&|row| row["Deal Stage"] == "Closed Won" && count(&row["Associated Contact IDs"]) == 4),
        "four contacts of a won deal"
    );
    assert!(
        deal(&|row| row["Deal Stage"] == "Closed Won" && row["Associated Contact IDs"].is_empty()),
        "won without a contact"
    );
    assert!(
        deal(&|row| row["Deal Name"].starts_with("TEST")),
        "test deal"
    );
    assert!(deal(&|row| row["Deal Type"] == "Renewal"), "renewal");
    assert!(deal(&|row| row["Currency"] == "USD") && deal(&|row| row["Currency"] == "EUR"));
    for (text, file) in [
        ("S.E.O.", "timesheet.csv"),
        ("Contant", "timesheet.csv"),
        ("排班软件 亚太", CONTACTS),
        ("Mas madaling iskedyul PH", CONTACTS),
    ] {
        assert!(files[file].contains(text), "{text}");
    }
    small_signs_of_sales(&files);
    let letters = |from: char, to: char| files[DEALS].chars().any(|c| (from..=to).contains(&c));
    assert!(letters('\u{10d0}', '\u{10ff}'), "Georgian");
    assert!(letters('\u{0600}', '\u{06ff}'), "Arabic");
}

/// What sales and customers do, in a company of four hundred leads.
fn small_signs_of_sales(files: &BTreeMap<String, String>) {
    let any = |file: &str, column: &str, cell: &str| {
        assert!(
            rows(&files[file]).iter().any(|row| row[column] == cell),
            "{file}: {column} {cell}"
        );
    };
    for outcome in [
        "Connected",
        "No answer",
        "No show",
        "Completed",
        "Scheduled",
    ] {
        any(ACTIVITIES, "Outcome", outcome);
    }
    any(ACTIVITIES, "Direction", "Inbound");
    any(ACTIVITIES, "Sent by", "Workflow");
    any(LOG, "Stage", "Contract Sent");
    any(BILLING, "Type", "Service");
    any(BILLING, "Renewed", "Yes");
    any(BILLING, "MRR", "0.00");
    any(CONTACTS, "Referrer Type", "Customer");
    any(CONTACTS, "Unqualified Reason", "Spam");
    any(DEALS, "Forecast category", "Best case");
    any("sales-team.csv", "Active", "No");
    assert!(!rows(&files[SURVEY]).is_empty());
    assert!(!rows(&files[SNAPSHOT]).is_empty());
}

#[test]
fn only_planned_meetings_lie_after_the_export() {
    let files = written(Plan::new(3_000, 8));
    for row in rows(&files[ACTIVITIES]) {
        let later = row["Activity date"].as_str() >= "2026-11-01";
        assert_eq!(later, row["Outcome"] == "Scheduled", "{row:?}");
    }
    for row in rows(&files[LOG]) {
        assert!(row["Changed At"].as_str() < "2026-11-01", "{row:?}");
    }
    for row in rows(&files[DEALS]) {
        assert!(row["Delivery Date"].as_str() < "2026-11-01", "{row:?}");
        let won = row["Deal Stage"] == "Closed Won";
        assert!(won || (row["Delivery Date"].is_empty() && row["Amount Collected"] == "0.00"));
    }
    for row in rows(&files[BILLING]) {
        assert!(row["Month"].as_str() < "2026-11", "{row:?}");
        let told = row["Renewed"].is_empty() || !row["Renewal Date"].is_empty();
        assert!(told, "{row:?}");
    }
}

#[test]
fn totals_are_the_sums_of_their_rows() {
    let files = written(Plan::new(5_000, 1));
    let number = |cell: &str| cell.replace([',', '.'], "").parse::<u64>().unwrap();
    let google = &files["exports/google-ads-2026-10.csv"];
    let table = rows(google.splitn(3, '\n').nth(2).unwrap());
    let total = |name: &str| {
        number(
            &table
                .iter()
                .find(|row| row["Campaign status"] == name)
                .unwrap()["Cost"],
        )
    };
    let campaigns = table
        .iter()
        .filter(|row| !row["Campaign status"].starts_with("Total"));
    let sum: u64 = campaigns.map(|row| number(&row["Cost"])).sum();
    assert_eq!(sum, total("Total: Account"));
    assert_eq!(
        sum,
        total("Total: Search") + total("Total: Display") + total("Total: Performance Max")
    );

    let meta = rows(&files["exports/meta-ads-2026-10.csv"]);
    let spent: Vec<u64> = meta
        .iter()
        .map(|row| number(&row["Amount spent (EUR)"]))
        .collect();
    assert_eq!(meta[0]["Campaign name"], "");
    assert_eq!(spent[0], spent[1..].iter().sum::<u64>());
}

#[test]
fn web_analytics_has_its_preamble_and_line_ends() {
    let files = written(Plan::new(5_000, 1));
    let text = &files["exports/ga4-traffic-acquisition-2026-02.csv"];
    assert!(text.contains("# Start date: 20260201\r\n# End date: 20260228\r\nSession primary"));
    assert_eq!(text.matches('\n').count(), text.matches("\r\n").count());
    assert!(text.contains("\r\nDisplay,") && !text.contains("AI Assistant"));
    assert!(files["exports/ga4-traffic-acquisition-2026-10.csv"].contains("AI Assistant"));
}

#[test]
fn the_configuration_is_toml_and_names_what_is_there() {
    let files = written(Plan::new(5_000, 1));
    let table: toml::Table = files["leadflow.toml"].parse().unwrap();
    assert!(!files["leadflow.toml"].contains('{') || !files["leadflow.toml"].contains("{agency"));
    let inputs = table["input"].as_array().unwrap();
    for input in inputs {
        let path = input["path"].as_str().unwrap();
        let stem = path.split('*').next().unwrap();
        assert!(files.keys().any(|file| file.starts_with(stem)), "{path}");
    }
    let costs = table["cost"].as_array().unwrap();
    assert_eq!(costs[0]["money"].as_integer(), Some(1_200));
    assert_eq!(costs[0]["from"].as_str(), Some("2026-01"));
}

#[test]
fn impossible_plans_are_refused() {
    let refused = |plan: Plan| Demo::new(plan).err();
    assert_eq!(refused(Plan::new(99, 1)), Some(PlanError::Rows(99)));
    assert_eq!(
        refused(Plan::new(5_000_001, 1)),
        Some(PlanError::Rows(5_000_001))
    );
    let months = Plan {
        months: 0,
        ..Plan::new(100, 1)
    };
    assert_eq!(refused(months), Some(PlanError::Months(0)));
    let last = Plan {
        last_month: (2026, 13),
        ..Plan::new(100, 1)
    };
    assert_eq!(refused(last), Some(PlanError::LastMonth(2026, 13)));
}

/// Counts what passes through and remembers the largest piece.
#[derive(Default)]
struct Meter {
    lines: u64,
    largest: usize,
}

impl Write for Meter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.lines += bytes.iter().filter(|byte| **byte == b'\n').count() as u64;
        self.largest = self.largest.max(bytes.len());
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_large_company_streams() {
    let demo = Demo::new(Plan::new(100_000, 1)).unwrap();
    let files = demo.files();
    let mut meter = Meter::default();
    let mut write = |path: &str| {
        let file = files.iter().find(|file| file.path == path).unwrap();
        file.write(&mut meter).unwrap();
        std::mem::take(&mut meter.lines)
    };
    assert_eq!(write(CONTACTS), 100_001);
    assert!(write(ACTIVITIES) > 200_000);
    assert!(write(LOG) > 40_000);
    assert!(meter.largest <= 1 << 16, "{}", meter.largest);
}

#[test]
fn the_largest_company_fills_several_files_from_where_the_last_ended() {
    let demo = Demo::new(Plan::new(2_500_000, 1)).unwrap();
    let paths: Vec<String> = demo.files().into_iter().map(|file| file.path).collect();
    for part in 1..=3 {
        let path = CONTACTS.replace(".csv", &format!("-{part}.csv"));
        assert!(paths.contains(&path), "{path}");
    }
    assert!(!paths.contains(&CONTACTS.to_owned()));
}

/// Passes a limited number of bytes, then fails as a full disk does.
struct FullDisk(usize);

impl Write for FullDisk {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if bytes.len() > self.0 {
            return Err(io::Error::from(io::ErrorKind::StorageFull));
        }
        self.0 -= bytes.len();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_full_disk_is_reported() {
    let demo = Demo::new(Plan::new(5_000, 1)).unwrap();
    for file in demo.files() {
        let error = file.write(&mut FullDisk(100)).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::StorageFull, "{}", file.path);
    }
}

#[test]
fn every_shape_has_a_name_and_files_of_its_own() {
    for (name, shape) in Shape::ALL {
        assert_eq!(Shape::named(name), Some(*shape));
        let files = written(Plan {
            shape: *shape,
            ..Plan::new(200, 3)
        });
        assert!(
            files.contains_key("leadflow.toml") && files.len() >= 3,
            "{name}"
        );
    }
    assert_eq!(Shape::named("narrow"), None);
}
