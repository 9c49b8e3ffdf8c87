//! What an earlier report said that today's data say otherwise.

use crate::fixture::{Run, count, number};

const SEPTEMBER: &str = "Lead ID,Created,Source,MQL Date\n\
    1,2026-08-03,SEO,2026-08-20\n2,2026-08-05,SEO,2026-10-02\n3,2026-09-01,SEO,2026-09-04\n\
    4,2026-09-02,SEO,\n5,2026-09-03,SEO,\n";

/// A month later: 2 became an MQL in October as before, 3 is none any more, 5 is gone, 6 was
/// entered afterwards for September, 7 is of October.
const OCTOBER: &str = "Lead ID,Created,Source,MQL Date\n\
    1,2026-08-03,SEO,2026-08-20\n2,2026-08-05,SEO,2026-10-02\n3,2026-09-01,SEO,\n\
    4,2026-09-02,SEO,\n6,2026-09-20,SEO,\n7,2026-10-09,SEO,\n";

fn month(run: &Run, month: &str, as_of: &str, more: &str) -> crate::fixture::Outcome {
    run.leadflow(&format!(
        "report leads.csv --period {month} --as-of {as_of} -q {more}"
    ))
}

fn both() -> Run {
    let run = Run::with(&[("leads.csv", SEPTEMBER)]);
    month(&run, "2026-09", "2026-10-01", "").ended(0);
    run.file("leads.csv", OCTOBER);
    run
}

#[test]
fn what_was_changed_afterwards_is_restated_and_what_has_ripened_is_not() {
    let run = both();
    let answer = run.json("report leads.csv --period 2026-10 --as-of 2026-11-01 -q");
    let found = answer.table("restated");
    // August reads the same: that lead 2 became an MQL on 2 October was not known then, and
    // is not counted now.
    let told: Vec<(String, String)> = found
        .iter()
        .map(|row| {
            let text = |key: &str| row[key].as_str().unwrap().to_owned();
            (text("period"), text("key"))
        })
        .collect();
    assert_eq!(
        told,
        [
            ("2026-09".into(), "mql".into()),
            ("2026-09".into(), "lead_to_mql".into())
        ],
        "{found:#?}"
    );
    assert_eq!(
        (number(&found[0], "old"), number(&found[0], "new")),
        (1.0, 0.0)
    );
    let input = answer.only("restated_inputs");
    assert_eq!(input["what"], "changed");
    // 6 and 7 are new, 5 is gone, 3 was changed.
    let rows = ["added", "removed", "changed"].map(|key| count(input, key));
    assert_eq!(rows, [2, 1, 1]);
    let summary = answer.0["summary"].to_string();
    assert!(
        summary.contains("figures that the report of 2026-09 gave read differently"),
        "{summary}"
    );
}

#[test]
fn a_folder_beside_this_one_is_found_and_none_is_asked_for() {
    let run = both();
    month(&run, "2026-10", "2026-11-01", "").ended(0);
    let page = run.read("report-2026-10/report.md");
    assert!(
        page.contains("## Restated since the report of 2026-09"),
        "{page}"
    );
    month(&run, "2026-10", "2026-11-01", "--previous none").ended(0);
    let page = run.read("report-2026-10/report.md");
    assert!(!page.contains("Restated"), "{page}");
    // The same data again: everything reads the same, and that is said.
    run.file("leads.csv", SEPTEMBER);
    month(&run, "2026-10", "2026-11-01", "").ended(0);
    let page = run.read("report-2026-10/report.md");
    assert!(page.contains("read the same from today's data"), "{page}");
}

#[test]
fn ten_runs_beside_an_earlier_folder_have_the_same_bytes() {
    let run = both();
    let mut seen: Option<Vec<String>> = None;
    for threads in [1, 8, 1] {
        month(
            &run,
            "2026-10",
            "2026-11-01",
            &format!("--threads {threads}"),
        )
        .ended(0);
        let files = [
            "report.json",
            "report.html",
            "fingerprints.json",
            "manifest.json",
        ];
        let texts: Vec<String> = files
            .iter()
            .map(|name| run.read(&format!("report-2026-10/{name}")))
            .collect();
        if let Some(before) = &seen {
            assert!(*before == texts, "with {threads} threads");
        }
        seen = Some(texts);
    }
}

#[test]
fn what_cannot_be_compared_is_said_or_refused() {
    let run = both();
    // Found by itself and damaged: a warning. Named: an error.
    run.file("report-2026-09/report.json", "{}");
    month(&run, "2026-10", "2026-11-01", "").ended(0);
    let page = run.read("report-2026-10/report.md");
    assert!(
        page.contains("the report of the period before cannot be read"),
        "{page}"
    );
    let refused = month(&run, "2026-10", "2026-11-01", "--previous report-2026-09").ended(2);
    assert!(
        refused.stderr.contains("is no report of leadflow"),
        "{refused}"
    );
    let missing = month(&run, "2026-10", "2026-11-01", "--previous nowhere.json").ended(2);
    assert!(missing.stderr.contains("nowhere.json"), "{missing}");

    let run = both();
    let zone = "--previous report-2026-09 --tz Europe/Berlin";
    let refused = month(&run, "2026-10", "2026-11-01", zone).ended(2);
    assert!(
        refused
            .stderr
            .contains("time_zone `UTC`, not `Europe/Berlin`"),
        "{refused}"
    );
    let later = month(&run, "2026-08", "2026-09-01", "--previous report-2026-09").ended(2);
    assert!(later.stderr.contains("made of later data"), "{later}");
}

#[test]
fn addresses_leave_no_fingerprint_of_their_own() {
    let leads = "Email,Created,Source\nada@example.test,2026-09-01,SEO\n";
    let run = Run::with(&[("leads.csv", leads)]);
    let config = "[[input]]\npath = \"leads.csv\"\ntable = \"leads\"\n[input.columns]\n\
                  id = \"Email\"\nemail = \"Email\"\ncreated = \"Created\"\nchannel = \"Source\"\n";
    run.file("leadflow.toml", config);
    run.leadflow("report --period 2026-09 --as-of 2026-10-01 -q")
        .ended(0);
    let prints: serde_json::Value =
        serde_json::from_str(&run.read("report-2026-09/fingerprints.json")).unwrap();
    let encoded = prints["rows"]["leads.csv"].as_str().unwrap();
    // The first four bytes, those of the id, are nothing.
    assert!(encoded.starts_with("AAAAA"), "{encoded}");
}
