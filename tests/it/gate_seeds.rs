//! The gate of `docs/gate.md` on companies that differ by chance alone: a few of the many
//! that `benches/gate_seeds.rs` draws.

use std::fs;

use serde_json::Value;

use crate::fixture::{Run, root};

/// The periods of the two lists of the document.
const PERIODS: [&str; 2] = ["2026-10", "2025-11..2026-10"];

/// The two lists, as TOML.
fn lists() -> Vec<String> {
    let text = fs::read_to_string(root().join("docs/gate.md")).unwrap();
    let blocks = text.split("```toml\n").skip(1);
    let lists: Vec<String> = blocks
        .map(|block| block.split("```").next().unwrap().to_owned())
        .collect();
    assert_eq!(lists.len(), PERIODS.len());
    lists
}

/// A drawn company that runs a list, and the results of it.
fn results(run: &Run, list: &str, period: &str, more: &str, status: i32) -> Vec<(String, String)> {
    let configuration = run.read("leadflow.toml");
    run.file("gated.toml", format!("{configuration}\n{list}"));
    let line = format!("check -c gated.toml --period {period} --format json -q {more}");
    let outcome = run.leadflow(&line).ended(status);
    let answer: Value = serde_json::from_str(&outcome.stdout).unwrap();
    let text = |line: &Value, key: &str| line[key].as_str().unwrap().to_owned();
    let lines = answer["checks"].as_array().unwrap().iter();
    lines
        .map(|line| (text(line, "check"), text(line, "status")))
        .collect()
}

#[test]
fn no_check_of_the_gate_flips_by_chance() {
    for seed in [1, 2, 3, 4] {
        let run = Run::new();
        run.leadflow(&format!("demo --out . --seed {seed}"))
            .ended(0);
        for (list, period) in lists().iter().zip(PERIODS) {
            let results = results(&run, list, period, "", 0);
            let asked = list.matches("[[check]]").count();
            assert!(asked >= 3 && results.len() >= asked, "{results:?}");
            for (check, status) in &results {
                // One value of a wildcard may be too small; a check is of one value at least.
                assert_ne!(status, "fail", "{check} with seed {seed}");
            }
            for check in list
                .lines()
                .filter_map(|line| line.strip_prefix("that = '"))
            {
                let check = check.split('\'').next().unwrap();
                let passes = |(words, status): &(String, String)| {
                    words.starts_with(check) && status == "pass"
                };
                assert!(
                    results.iter().any(passes),
                    "{check} checks nothing with seed {seed}"
                );
            }
        }
    }
}

/// Leaves of the exports whose names begin so nothing but the header.
fn empty(run: &Run, begin: &[&str]) {
    let is_meant = |name: &&String| begin.iter().any(|begin| name.starts_with(begin));
    for name in run.files().iter().filter(is_meant) {
        let text = run.read(name);
        let header = text.lines().next().unwrap();
        run.file(name, format!("{header}\n"));
    }
}

#[test]
fn nothing_passes_without_data() {
    let run = Run::new();
    run.leadflow("demo --out .").ended(0);
    empty(&run, &["exports/hubspot", "exports/billing"]);
    for (list, period) in lists().iter().zip(PERIODS) {
        // Skipped is not passed, and is said; who wants a red light asks for it.
        for (check, status) in results(&run, list, period, "", 0) {
            // Visits have channels and rows can be rejected, leads or not.
            let of_rows = ["none_share", "unassigned_share", "rejected_share"];
            let is_of_rows = of_rows.iter().any(|figure| check.starts_with(figure));
            assert!(is_of_rows || status == "skipped", "{check}: {status}");
        }
        results(&run, list, period, "--fail-on-empty", 1);
        results(&run, list, period, "--strict", 1);
    }
    // Where there is no date at all, nothing can be said.
    for name in run
        .files()
        .iter()
        .filter(|name| name.contains("ga4") || name.contains("ads"))
    {
        run.file(name, "");
    }
    let nothing = run.leadflow("check --period 2026-10 --check 'lead >= 1'");
    assert_eq!(nothing.status, 2, "{nothing}");
}
