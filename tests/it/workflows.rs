//! The files for continuous integration and releases: they parse, their scripts are scripts,
//! and nothing that a stranger may write becomes a part of one.

use std::path::PathBuf;
use std::process::Command;

use serde_yaml_ng::Value;

use crate::fixture::{Run, copy_folder, root};

fn files() -> Vec<PathBuf> {
    let named = [
        "action.yml",
        ".github/workflows/ci.yml",
        ".github/workflows/release.yml",
        "examples/ci-gate/funnel.yml",
    ];
    named.map(|name| root().join(name)).to_vec()
}

fn parsed(file: &PathBuf) -> Value {
    let text = std::fs::read_to_string(file).unwrap();
    serde_yaml_ng::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
}

/// Every value below a key of this name, wherever it stands.
fn below(value: &Value, key: &str, found: &mut Vec<String>) {
    match value {
        Value::Mapping(map) => {
            for (name, inner) in map {
                if let (Some(name), Some(text)) = (name.as_str(), inner.as_str())
                    && name == key
                {
                    found.push(text.to_owned());
                }
                below(inner, key, found);
            }
        }
        Value::Sequence(list) => list.iter().for_each(|inner| below(inner, key, found)),
        _ => {}
    }
}

fn all(file: &PathBuf, key: &str) -> Vec<String> {
    let mut found = Vec::new();
    below(&parsed(file), key, &mut found);
    found
}

#[test]
fn workflows_have_what_every_workflow_needs() {
    for file in files() {
        let workflow = parsed(&file);
        if file.ends_with("action.yml") {
            assert_eq!(workflow["runs"]["using"], "composite");
            continue;
        }
        // `on` is a word that YAML 1.1 reads as yes; here it is a word.
        assert!(!workflow["on"].is_null(), "{}", file.display());
        assert_eq!(
            workflow["permissions"]["contents"],
            "read",
            "{}",
            file.display()
        );
        let jobs = workflow["jobs"].as_mapping().unwrap();
        for (name, job) in jobs {
            assert!(!job["runs-on"].is_null(), "{name:?}");
        }
    }
}

#[test]
fn actions_of_others_are_pinned_to_a_commit() {
    let pinned = regex::Regex::new(r"^actions/[a-z-]+@[0-9a-f]{40}$").unwrap();
    for file in files() {
        for used in all(&file, "uses") {
            let own = used.starts_with("leadflow/leadflow@v");
            assert!(own || pinned.is_match(&used), "{}: {used}", file.display());
        }
    }
}

#[test]
fn scripts_are_scripts_and_take_nothing_from_expressions() {
    let mut scripts = 0;
    for file in files() {
        for script in all(&file, "run") {
            assert!(!script.contains("${{"), "{}: {script}", file.display());
            let run = Run::new();
            run.file("script.sh", &script);
            let checked = Command::new("bash")
                .arg("-n")
                .arg(run.path("script.sh"))
                .output();
            let Ok(checked) = checked else {
                crate::fixture::skipped("there is no bash to check scripts with");
                return;
            };
            assert!(
                checked.status.success(),
                "{}: {}",
                file.display(),
                String::from_utf8_lossy(&checked.stderr)
            );
            scripts += 1;
        }
    }
    assert!(scripts >= 6, "{scripts}");
}

/// The step of the action that runs the program, with arguments that a shell would take apart.
#[cfg(unix)]
#[test]
fn arguments_of_the_action_stay_what_they_are() {
    let scripts = all(&root().join("action.yml"), "run");
    let script = scripts
        .iter()
        .find(|script| script.contains("ARGS"))
        .unwrap();
    let run = Run::new();
    copy_folder(&root().join("examples"), &run.path("examples"));
    run.file("step.sh", script);
    let folder = std::path::Path::new(crate::fixture::PROGRAM)
        .parent()
        .unwrap();
    let path = format!(
        "{}:{}",
        folder.display(),
        std::env::var("PATH").unwrap_or_default()
    );
    let step = |arguments: &str| {
        let output = Command::new("bash")
            .args(["--noprofile", "--norc", "-e", "-o", "pipefail", "step.sh"])
            .current_dir(run.path("."))
            .env("PATH", &path)
            .env("COMMAND", "check")
            .env("CONFIG", "examples/ci-gate/leadflow.toml")
            .env("ARGS", arguments)
            .env("GITHUB_OUTPUT", run.path("output"))
            .output()
            .unwrap();
        let said = run.read("output");
        let status = said.lines().last().unwrap_or_default().to_owned();
        (output.status.code(), status)
    };
    assert_eq!(step(""), (Some(0), "status=0".into()));
    assert_eq!(
        step("--check\nlead{channel=\"Organic Search\"} >= 100000"),
        (Some(1), "status=1".into())
    );
    assert_eq!(
        step("--check\n$(touch owned) >= 1"),
        (Some(2), "status=2".into())
    );
    assert!(!run.path("owned").exists());
}

/// Silent on success, 1 where there is nothing to report on.
#[cfg(unix)]
#[test]
fn the_script_for_cron_is_silent_where_all_is_well() {
    let run = Run::new();
    copy_folder(&root().join("examples"), &run.path("examples"));
    let folder = std::path::Path::new(crate::fixture::PROGRAM)
        .parent()
        .unwrap();
    let path = format!(
        "{}:{}",
        folder.display(),
        std::env::var("PATH").unwrap_or_default()
    );
    let script = |arguments: &[&str]| {
        Command::new("sh")
            .arg(run.path("examples/ci-gate/monthly.sh"))
            .args(arguments)
            .env("PATH", &path)
            .output()
            .unwrap()
    };
    let fine = script(&[]);
    assert_eq!(
        fine.status.code(),
        Some(0),
        "{}",
        String::from_utf8_lossy(&fine.stderr)
    );
    assert!(fine.stdout.is_empty() && fine.stderr.is_empty());
    assert!(
        run.path("examples/ci-gate/report-2026-10/manifest.json")
            .exists()
    );
    // The later period wins, and has no records.
    let empty = script(&["--where", "channel = 'Nowhere'"]);
    assert_eq!(
        empty.status.code(),
        Some(1),
        "{}",
        String::from_utf8_lossy(&empty.stderr)
    );
}
