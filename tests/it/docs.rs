//! The guide in `docs`: a page for each command and one of definitions, written from what the
//! program says of itself, so that no page can grow old.
//!
//! `LEADFLOW_BLESS=1 cargo test --test it docs` writes them.

use std::fmt::Write;
use std::fs;
use std::path::Path;

use crate::fixture::{Run, copy_folder, root};

const MONTH: &str = "-c examples/monthly-report/leadflow.toml";
const JOURNEYS: &str = "-c examples/journeys/leadflow.toml";
const SEO: &str = "-c examples/seo-hours/leadflow.toml";

/// What each command is asked here, to see which tables it answers with.
const ASKED: &[(&str, &str)] = &[
    ("report", MONTH),
    ("funnel", MONTH),
    ("channels", MONTH),
    ("attribution", JOURNEYS),
    ("paths", JOURNEYS),
    ("pipeline", MONTH),
    ("leaks", MONTH),
    ("sla", MONTH),
    ("score", MONTH),
    ("flywheel", MONTH),
    ("whatif", SEO),
    ("optimize", SEO),
    ("inspect", MONTH),
];

/// Arguments that a command cannot do without.
fn arguments(command: &str) -> &'static str {
    match command {
        "whatif" => "seo --add-hours 10",
        "optimize" => "--budget 7000",
        _ => "",
    }
}

fn workplace() -> Run {
    let run = Run::new();
    copy_folder(&root().join("examples"), &run.path("examples"));
    run
}

/// Compares a page with what it should be, or writes it.
fn hold(name: &str, wanted: &str) {
    let file = root().join("docs").join(name);
    if std::env::var_os("LEADFLOW_BLESS").is_some() {
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(&file, wanted).unwrap();
        return;
    }
    let found = fs::read_to_string(&file).unwrap_or_default();
    assert!(
        found == wanted,
        "docs/{name} is not what the program says; LEADFLOW_BLESS=1 cargo test --test it docs writes it"
    );
}

/// Name and purpose of every command.
fn commands(run: &Run) -> Vec<(String, String)> {
    let help = run.leadflow("--help").ended(0).stdout;
    let list = help.lines().skip_while(|line| *line != "Commands:").skip(1);
    let named = list.take_while(|line| line.starts_with("  "));
    let pair = |line: &str| {
        let (name, purpose) = line.trim().split_once("  ")?;
        Some((name.to_owned(), purpose.trim().to_owned()))
    };
    named
        .filter_map(pair)
        .filter(|(name, _)| name != "help")
        .collect()
}

/// The page of a command: what it is for, what it answers with, all of its options.
fn page(run: &Run, name: &str, purpose: &str) -> String {
    let help = run.leadflow_with(&format!("{name} --help"), &[("COLUMNS", "100")], "");
    let help = help.ended(0).stdout;
    let (about, usage) = help.split_once("Usage:").unwrap();
    let (usage, examples) = match usage.split_once("Examples:\n") {
        Some((usage, examples)) => (usage, Some(examples)),
        None => (usage, None),
    };
    let mut page = format!("# `leadflow {name}`\n\n{purpose}.\n");
    let more = about
        .trim()
        .lines()
        .skip(1)
        .collect::<Vec<&str>>()
        .join("\n");
    if !more.trim().is_empty() {
        write!(page, "\n{}\n", more.trim()).unwrap();
    }
    if let Some(examples) = examples {
        let lines: Vec<&str> = examples
            .trim_end()
            .lines()
            .map(|line| line.strip_prefix("  ").unwrap_or(line))
            .collect();
        write!(
            page,
            "\n## Examples\n\n```text\n{}\n```\n",
            lines.join("\n")
        )
        .unwrap();
    }
    page.push_str(&answer(run, name));
    write!(
        page,
        "\n## Usage\n\n```text\nUsage:{}\n```\n",
        usage.trim_end()
    )
    .unwrap();
    page.push_str("\nResults go to standard output or into files, everything else to standard error. Exit status: 0 done, 1 a gate was breached, 2 could not do it. What a figure means: [definitions](../definitions.md).\n");
    page
}

/// The tables of its answer to the example.
fn answer(run: &Run, name: &str) -> String {
    let Some((_, config)) = ASKED.iter().find(|(asked, _)| *asked == name) else {
        return String::new();
    };
    let line = format!("{name} {} {config} -q", arguments(name));
    let answer = run.json(&line);
    let mut text = format!(
        "\n## What it answers with\n\nOf `leadflow {}` (keys of the JSON form, and `--table`; other data and options may give fewer or more):\n\n| table | columns |\n|---|---|\n",
        line.trim_end_matches(" -q")
            .split_whitespace()
            .collect::<Vec<&str>>()
            .join(" ")
    );
    let tables = answer.0["columns"].as_object().unwrap();
    for (id, columns) in tables {
        let ids: Vec<&str> = columns
            .as_array()
            .unwrap()
            .iter()
            .filter_map(|column| column["id"].as_str())
            .collect();
        writeln!(text, "| `{id}` | {} |", ids.join(", ")).unwrap();
    }
    text
}

#[test]
fn every_command_has_its_page() {
    let run = workplace();
    let commands = commands(&run);
    assert!(commands.len() >= 20, "{commands:?}");
    let mut index = String::from(
        "# Guide\n\nWhere to begin: the [README](../README.md) for a tour, the [cookbook](cookbook.md) for questions, a page below for all options of a command.\n\n| command | for |\n|---|---|\n",
    );
    for (name, purpose) in &commands {
        hold(&format!("commands/{name}.md"), &page(&run, name, purpose));
        writeln!(index, "| [{name}](commands/{name}.md) | {purpose} |").unwrap();
    }
    index.push_str("\n- [Definitions](definitions.md): every figure, model and message, with formula, unit and edges.\n- [Differences](differences.md): what other tools do, and what is done here.\n- [Which model to trust](attribution-truth.md), [how often what-ifs are right](whatif-truth.md), [which gates chance flips](gate.md): measured on companies whose truth is known.\n- [The output](output.md) and its [schema](report.schema.json), for those who build on it.\n");
    hold("README.md", &index);
    // A page of a command that is no more would stay for ever.
    for entry in fs::read_dir(root().join("docs/commands")).unwrap() {
        let name = entry.unwrap().file_name().to_string_lossy().into_owned();
        let known = commands
            .iter()
            .any(|(command, _)| name == format!("{command}.md"));
        assert!(known, "docs/commands/{name} is no command");
    }
}

/// Topic and kind of everything that can be explained.
fn topics(run: &Run) -> Vec<(String, String)> {
    let list = run.leadflow("explain --list").ended(0).stdout;
    let rows = list
        .lines()
        .skip_while(|line| !line.starts_with('\u{2500}'))
        .skip(1);
    let row = |line: &str| {
        let mut words = line.split_whitespace();
        let (topic, kind) = (words.next()?.to_owned(), words.next()?.to_owned());
        (!line.contains("leadflow explain")).then_some((topic, kind))
    };
    rows.map_while(row).collect()
}

#[test]
fn everything_that_is_computed_is_defined() {
    let run = Run::new();
    let topics = topics(&run);
    assert!(topics.len() > 150, "{}", topics.len());
    let mut page = String::from(
        "# Definitions\n\nWhat `leadflow explain TOPIC` says, of every topic. `STAGE`, `FROM` and `TO` stand for stages of yours.\n",
    );
    let mut kind = "";
    for (topic, of) in &topics {
        if kind != of {
            kind = of;
            write!(page, "\n## {kind}\n").unwrap();
        }
        let name = topic
            .replace("STAGE", "lead")
            .replace("FROM", "lead")
            .replace("TO", "mql");
        let said = run.leadflow(&format!("explain {name}")).ended(0).stdout;
        write!(page, "\n### `{topic}`\n\n").unwrap();
        let points = said.lines().filter(|line| line.starts_with("- "));
        points.for_each(|line| writeln!(page, "{}", escaped(line)).unwrap());
    }
    hold("definitions.md", &page);
}

/// Text as Markdown text: nothing in it is markup.
fn escaped(text: &str) -> String {
    let (mark, rest) = text.split_at(2);
    let mut out = String::from(mark);
    for letter in rest.chars() {
        if matches!(letter, '<' | '*' | '_' | '[' | ']' | '|' | '`') {
            out.push('\\');
        }
        out.push(letter);
    }
    out
}

/// Every link of the guide leads somewhere.
#[test]
fn links_of_the_guide_lead_somewhere() {
    let link = regex::Regex::new(r"\]\(([^)#]+)(?:#[^)]*)?\)").unwrap();
    let mut seen = 0;
    let mut folders = vec![root().join("docs")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            if path.extension().is_none_or(|suffix| suffix != "md") {
                continue;
            }
            let text = fs::read_to_string(&path).unwrap();
            for found in link.captures_iter(&text) {
                let target = &found[1];
                if target.starts_with("http") {
                    continue;
                }
                let there = path.parent().unwrap_or(Path::new("")).join(target);
                assert!(there.exists(), "{}: {target}", path.display());
                seen += 1;
            }
        }
    }
    assert!(seen > 20, "{seen}");
}
