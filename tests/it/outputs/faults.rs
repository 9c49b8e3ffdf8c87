//! Whole files or none, whatever happens meanwhile.

#![cfg(unix)]

use std::fs;
use std::process::Stdio;
use std::time::Duration;

use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::fixture::{Outcome, PROGRAM, Run, skipped};

const LEADS: &str = "Lead ID,Created,Channel,Stage\n\
    a,2026-01-05,SEO,MQL\nb,2026-01-06,SEO,Lead\nc,2026-01-07,Ads,SQL\n";

fn company() -> Run {
    Run::with(&[("leads.csv", LEADS)])
}

fn shell(run: &Run, script: &str) -> Outcome {
    let output = std::process::Command::new("/bin/sh")
        .env_clear()
        .env("LF", PROGRAM)
        .env("PATH", "/usr/bin:/bin:/usr/sbin:/sbin")
        .current_dir(run.path("."))
        .args(["-c", script])
        .output()
        .unwrap();
    Outcome::of(script, &output)
}

fn nothing_half_done(run: &Run) {
    let left = run.files();
    assert!(
        left.iter().all(|name| !name.contains(".leadflow-")),
        "{left:?}"
    );
}

/// True where every file of the manifest is there with the bytes it had when it was listed.
fn is_whole(run: &Run, folder: &str) -> bool {
    let Ok(text) = fs::read(run.path(&format!("{folder}/manifest.json"))) else {
        return false;
    };
    let manifest: Value = serde_json::from_slice(&text).expect("a manifest is whole");
    manifest["files"].as_array().unwrap().iter().all(|file| {
        let path = run.path(&format!("{folder}/{}", file["file"].as_str().unwrap()));
        let digest = Sha256::digest(fs::read(path).unwrap_or_default());
        let hex: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
        file["sha256"] == hex.as_str()
    })
}

#[test]
fn a_limit_of_file_size_is_an_error_and_the_old_file_stays() {
    let run = company();
    run.file("old.html", "old");
    for line in [
        "funnel leads.csv --format html --out old.html",
        "report leads.csv --period 2026-01 --out report",
    ] {
        let outcome = shell(&run, &format!("ulimit -f 8; exec \"$LF\" {line}")).ended(2);
        assert!(outcome.stderr.contains("no space"), "{outcome}");
        assert!(!outcome.stderr.contains("panicked"), "{outcome}");
        nothing_half_done(&run);
    }
    assert_eq!(run.read("old.html"), "old");
    assert!(
        !is_whole(&run, "report"),
        "no manifest of a report that is not whole"
    );
}

#[test]
fn a_full_file_system_is_an_error_and_the_old_file_stays() {
    let run = company();
    let script = "mkdir -p full && unshare -rm sh -c '\
        mount -t tmpfs -o size=16k tmpfs full || exit 77; \
        echo old > full/page.html; \
        \"$LF\" funnel leads.csv --format html --out full/page.html; a=$?; \
        \"$LF\" export leads.csv --out full/tables; b=$?; \
        echo \"$a $b $(cat full/page.html)\"; ls -A full'";
    let outcome = shell(&run, script);
    if outcome.status == 77 || outcome.stderr.contains("unshare") {
        return skipped("a file system of a few pages cannot be mounted here");
    }
    let mut lines = outcome.stdout.lines();
    assert!(lines.next().unwrap().starts_with("2 "), "{outcome}");
    assert!(outcome.stdout.contains("old\n"), "{outcome}");
    assert!(outcome.stderr.contains("no space"), "{outcome}");
    assert!(!outcome.stdout.contains(".leadflow-"), "{outcome}");
}

#[test]
fn a_folder_that_may_not_be_written_is_left_alone() {
    let run = company();
    let script = "mkdir -p locked && unshare -rm sh -c '\
        mount -t tmpfs tmpfs locked && echo old > locked/f.csv && \
        mount -o remount,ro tmpfs locked || exit 77; \
        \"$LF\" funnel leads.csv --out locked/f.csv; a=$?; \
        \"$LF\" export leads.csv --out locked/tables; b=$?; \
        \"$LF\" report leads.csv --period 2026-01 --out locked; c=$?; \
        echo \"$a $b $c $(ls -A locked) $(cat locked/f.csv)\"'";
    let outcome = shell(&run, script);
    if outcome.status == 77 || outcome.stderr.contains("unshare") {
        return skipped("no file system can be mounted read-only here");
    }
    assert_eq!(outcome.stdout, "2 2 2 f.csv old\n", "{outcome}");
}

#[test]
fn a_run_that_is_killed_leaves_whole_files() {
    let run = company();
    let line = [
        "report",
        "leads.csv",
        "--period",
        "2026-01",
        "--out",
        "report",
        "--quiet",
    ];
    let start = || {
        let mut command = run.command();
        command
            .args(line)
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        command.spawn().unwrap()
    };
    assert!(start().wait().unwrap().success() && is_whole(&run, "report"));
    let whole = run.files();
    let mut random = crate::fixture::Dice::new(63);
    for _ in 0..12 {
        let mut child = start();
        std::thread::sleep(Duration::from_millis(random.below(900)));
        let _gone = child.kill();
        child.wait().unwrap();
        // The same input gives the same bytes, so that old and new files are one.
        assert!(is_whole(&run, "report"));
        let named: Vec<String> = run.files();
        let named = named
            .into_iter()
            .filter(|name| !name.contains(".leadflow-"));
        assert_eq!(named.collect::<Vec<_>>(), whole);
    }
    assert!(
        start().wait().unwrap().success(),
        "what a killed run left disturbs nobody"
    );
}

#[test]
fn a_signal_while_a_report_is_written_leaves_no_temporary_file() {
    for (signal, status) in [("INT", 130), ("TERM", 143)] {
        let run = company();
        let mut random = crate::fixture::Dice::new(64);
        for _ in 0..4 {
            let mut child = run
                .command()
                .args([
                    "report",
                    "leads.csv",
                    "--period",
                    "2026-01",
                    "--out",
                    "r",
                    "-q",
                ])
                .stdout(Stdio::null())
                .spawn()
                .unwrap();
            std::thread::sleep(Duration::from_millis(100 + random.below(500)));
            let id = child.id().to_string();
            let kill = std::process::Command::new("/bin/kill")
                .args(["-s", signal, &id])
                .status();
            if kill.is_err() {
                child.wait().unwrap();
                return skipped("/bin/kill is not there");
            }
            // It may have been done by then.
            let ended = child.wait().unwrap().code();
            assert!(
                [Some(0), Some(status)].contains(&ended),
                "{signal}: {ended:?}"
            );
            nothing_half_done(&run);
        }
    }
}

#[test]
fn ten_runs_into_one_folder_leave_one_whole_folder() {
    let run = company();
    for line in [
        &[
            "report",
            "leads.csv",
            "--period",
            "2026-01",
            "--out",
            "r",
            "-q",
        ][..],
        &["export", "leads.csv", "--out", "tables", "-q"],
    ] {
        let children: Vec<_> = (0..10)
            .map(|_| {
                run.command()
                    .args(line)
                    .stdout(Stdio::null())
                    .spawn()
                    .unwrap()
            })
            .collect();
        for mut child in children {
            assert!(child.wait().unwrap().success(), "{line:?}");
        }
        let folder = if line[0] == "report" { "r" } else { "tables" };
        assert!(is_whole(&run, folder), "{line:?}");
        nothing_half_done(&run);
    }
}

#[test]
fn little_memory_is_no_abort() {
    let run = company();
    let outcome = shell(
        &run,
        "ulimit -v 2000000; exec \"$LF\" funnel leads.csv --threads 1",
    );
    assert!([0, 2].contains(&outcome.status), "{outcome}");
    assert!(!outcome.stderr.contains("panicked"), "{outcome}");
}

#[test]
fn where_memory_ends_the_run_does_and_says_so() {
    let run = Run::new();
    let row = |number: u32| {
        let day = number % 28 + 1;
        format!("L{number:08},2026-01-{day:02},Channel {day},MQL,Somebody {day} of the team\n")
    };
    let rows: String = (0..1_200_000).map(row).collect();
    let table = format!("Lead ID,Created,Channel,Stage,Owner\n{rows}");
    run.file("leads.csv", table);
    let script = "ulimit -v 480000; exec \"$LF\" funnel leads.csv --threads 1 -q --format json";
    let outcome = shell(&run, script);
    assert_eq!(outcome.status, 2, "{outcome}");
    assert!(outcome.stdout.is_empty(), "{outcome}");
    assert!(outcome.stderr.contains("memory"), "{outcome}");
}

#[test]
fn outputs_that_are_no_files_are_written_in_place() {
    let run = company();
    let script = "mkfifo pipe; cat pipe > got & \"$LF\" funnel leads.csv --format csv --out pipe; \
        s=$?; wait; test -p pipe && exit $s";
    shell(&run, script).ended(0);
    assert!(run.read("got").starts_with("stage,"));
    // A link is replaced, and what it leads to stays.
    run.file("target.csv", "old");
    std::os::unix::fs::symlink("target.csv", run.path("link.csv")).unwrap();
    run.leadflow("export leads.csv --table leads --out link.csv")
        .ended(0);
    assert_eq!(run.read("target.csv"), "old");
    assert!(run.read("link.csv").starts_with("id,"));
}

#[test]
fn nothing_is_opened_but_the_output() {
    let run = company();
    let probe = shell(&run, "strace -o /dev/null true");
    if probe.status != 0 {
        return skipped("strace is not there");
    }
    let script = "strace -f -e trace=network,openat,open,creat -o calls \
        \"$LF\" export leads.csv --out tables -q";
    shell(&run, script).ended(0);
    let place = run.path(".").canonicalize().unwrap().display().to_string();
    for call in run.read("calls").lines() {
        assert!(
            !call.contains("socket(") && !call.contains("connect("),
            "{call}"
        );
        let writes = ["O_WRONLY", "O_RDWR", "O_CREAT"]
            .iter()
            .any(|flag| call.contains(flag));
        if writes {
            let own = call.contains("\"tables/") || call.contains(&format!("\"{place}/tables/"));
            assert!(own, "opened for writing: {call}");
        }
    }
}
