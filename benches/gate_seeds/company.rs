//! A company on the disk: drawn, broken, checked.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::PathBuf;
use std::process::Command;

use leadflow::demo::{Demo, Plan};
use serde_json::Value;
use tempfile::TempDir;

use super::gate::Verdict;

/// A company, gone when it is dropped.
pub struct Company {
    folder: TempDir,
}

/// What may go wrong in a month without anybody noticing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Damage {
    /// A form is broken: two of three leads of the month are missing.
    FewLeads,
    /// The tags are gone: half of the leads of the month have no source.
    NoSource,
    /// The rule of the score is off: nobody became MQL in the month.
    NoMql,
    /// A campaign runs away: the cost of advertising is six times what it was.
    Cost,
    /// The sales team is on holiday: no lead of the month was called or written to.
    NoAttempt,
    /// The exports of the CRM and of the bills have their headers and nothing else.
    Empty,
}

impl Damage {
    /// In the order of the document.
    pub const ALL: [Self; 6] = [
        Self::FewLeads,
        Self::NoSource,
        Self::NoMql,
        Self::Cost,
        Self::NoAttempt,
        Self::Empty,
    ];

    /// What happened.
    pub fn words(self) -> &'static str {
        match self {
            Self::FewLeads => "a form is broken: two of three leads of the month are missing",
            Self::NoSource => "tags are gone: half of the leads of the month have no source",
            Self::NoMql => "the rule of the score is off: no lead of the month is an MQL",
            Self::Cost => "a campaign runs away: clicks cost six times as much in the month",
            Self::NoAttempt => "nobody calls: no activity of the month is in the export",
            Self::Empty => "the exports of the CRM and of the bills have a header and no row",
        }
    }
}

impl Company {
    /// The example company with another seed.
    pub fn draw(rows: u64, seed: u64) -> Self {
        let demo = Demo::new(Plan::new(rows, seed)).expect("a plan");
        let folder = tempfile::tempdir().expect("a folder");
        for file in demo.files() {
            let path = folder.path().join(&file.path);
            fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
            let mut out = File::create(path).expect("a file");
            file.write(&mut out).expect("it is written");
        }
        Self { folder }
    }

    /// The verdict on each check over a period, or why one of them is refused.
    pub fn check(
        &self,
        period: &str,
        checks: &[&str],
    ) -> Result<BTreeMap<String, Verdict>, String> {
        let mut command = Command::new(env!("CARGO_BIN_EXE_leadflow"));
        command.env_clear().current_dir(self.folder.path());
        command.args(["check", "--period", period, "--format", "json", "-q"]);
        command.args(["--threads", "1"]);
        checks.iter().for_each(|check| {
            command.args(["--check", check]);
        });
        let output = command.output().expect("the program runs");
        if output.status.code() >= Some(2) {
            return Err(String::from_utf8_lossy(&output.stderr).into_owned());
        }
        let answer: Value = serde_json::from_slice(&output.stdout).expect("an answer");
        let mut verdicts = BTreeMap::new();
        for line in answer["checks"].as_array().expect("checks") {
            let words = line["check"].as_str().unwrap_or_default();
            // Behind the words stand the values of the wildcards.
            let words = words.split(" [").next().unwrap_or_default();
            let verdict = match line["status"].as_str() {
                Some("pass") => Verdict::Pass,
                Some("fail") => Verdict::Fail,
                _ => Verdict::Skipped,
            };
            let worst = verdicts.entry(words.to_owned()).or_insert(verdict);
            *worst = verdict.max(*worst);
        }
        Ok(verdicts)
    }

    /// Breaks the exports.
    pub fn damage(&self, damage: Damage) {
        let month = |text: &str| text.starts_with("2026-10");
        match damage {
            Damage::FewLeads => {
                let mut met = 0;
                self.rows("all-contacts", |header, row| {
                    let is_new = month(&row[column(header, "Create Date")]);
                    met += usize::from(is_new);
                    !is_new || met % 3 == 0
                });
            }
            Damage::NoSource => {
                let mut met = 0;
                self.rows("all-contacts", |header, row| {
                    if month(&row[column(header, "Create Date")]) {
                        met += 1;
                        if met % 2 == 0 {
                            row[column(header, "Original Source")].clear();
                            row[column(header, "Original Source Drill-Down 1")].clear();
                            row[column(header, "Original Source Drill-Down 2")].clear();
                        }
                    }
                    true
                });
            }
            Damage::NoMql => self.rows("all-contacts", |header, row| {
                if month(&row[column(header, "Create Date")]) {
                    for stage in [
                        "Marketing Qualified Lead",
                        "Sales Qualified Lead",
                        "Opportunity",
                        "Customer",
                    ] {
                        let name = match stage {
                            "Opportunity" => "Became an Opportunity Date".to_owned(),
                            stage => format!("Became a {stage} Date"),
                        };
                        row[column(header, &name)].clear();
                    }
                    row[column(header, "Associated Deal IDs")].clear();
                    row[column(header, "Lifecycle Stage")] = "Lead".into();
                }
                true
            }),
            Damage::Cost => self.lines("google-ads-2026-10", times_six),
            Damage::NoAttempt => self.rows("activities", |header, row| {
                !row.iter().any(|cell| month(cell)) || header.is_empty()
            }),
            Damage::Empty => {
                for kind in ["hubspot", "billing"] {
                    self.rows(kind, |_, _| false);
                }
            }
        }
    }

    /// The exports of a kind.
    fn files(&self, kind: &str) -> Vec<PathBuf> {
        let exports = fs::read_dir(self.folder.path().join("exports")).expect("exports");
        let paths = exports.map(|entry| entry.expect("an entry").path());
        let mut paths: Vec<PathBuf> = paths
            .filter(|path| path.to_string_lossy().contains(kind))
            .collect();
        paths.sort();
        paths
    }

    /// Lets `keep` change the rows of the exports of a kind, and decide which stay.
    fn rows(&self, kind: &str, mut keep: impl FnMut(&csv::StringRecord, &mut Vec<String>) -> bool) {
        for path in self.files(kind) {
            let mut reader = csv::ReaderBuilder::new()
                .flexible(true)
                .from_path(&path)
                .expect("a table");
            let header = reader.headers().expect("a header").clone();
            let mut writer = csv::WriterBuilder::new()
                .flexible(true)
                .from_writer(Vec::new());
            writer.write_record(&header).expect("a row");
            for record in reader.records() {
                let mut row: Vec<String> =
                    record.expect("a row").iter().map(str::to_owned).collect();
                if keep(&header, &mut row) {
                    writer.write_record(&row).expect("a row");
                }
            }
            fs::write(path, writer.into_inner().expect("bytes")).expect("a file");
        }
    }

    fn lines(&self, kind: &str, change: impl Fn(&str) -> String) {
        for path in self.files(kind) {
            let text = fs::read_to_string(&path).expect("text");
            let lines: Vec<String> = text.lines().map(&change).collect();
            fs::write(path, lines.join("\n") + "\n").expect("a file");
        }
    }
}

fn column(header: &csv::StringRecord, name: &str) -> usize {
    let found = header.iter().position(|it| it == name);
    found.unwrap_or_else(|| unreachable!("no column {name}"))
}

/// A line of the Google Ads export with six times its cost: the twelfth cell.
fn times_six(line: &str) -> String {
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .from_reader(line.as_bytes());
    let Some(Ok(record)) = reader.records().next() else {
        return line.to_owned();
    };
    let mut cells: Vec<String> = record.iter().map(str::to_owned).collect();
    let cost = cells
        .get(11)
        .and_then(|cell| cell.replace(',', "").parse::<f64>().ok());
    let Some(cost) = cost else {
        return line.to_owned();
    };
    cells[11] = format!("{:.2}", cost * 6.0);
    let mut writer = csv::WriterBuilder::new().from_writer(Vec::new());
    writer.write_record(&cells).expect("a row");
    let bytes = writer.into_inner().expect("bytes");
    String::from_utf8_lossy(&bytes).trim_end().to_owned()
}
