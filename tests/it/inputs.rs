//! Inputs in any state: what may not be read, pipes and terminals, archives in parts,
//! sheets, currencies, and where rejected rows are shown.

use std::fs;
use std::io::{Cursor, Write};
use std::process::Command;

use crate::fixture::{PROGRAM, Run, count, root, skipped};

const LEADS: &str =
    "lead_id,created,stage\na,2026-01-05,mql\nb,2026-02-30,mql\nc,2026-01-07,lead\n";

/// The rows of a rejects file: line, reason, raw text.
fn rejects(run: &Run, name: &str) -> Vec<(String, String, String)> {
    let text = run.read(name);
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    assert_eq!(
        reader.headers().unwrap(),
        &csv::StringRecord::from(vec!["file", "line", "reason", "raw"])
    );
    let cell = |record: &csv::StringRecord, index: usize| record[index].to_owned();
    reader
        .records()
        .map(|record| record.unwrap())
        .map(|record| (cell(&record, 1), cell(&record, 2), cell(&record, 3)))
        .collect()
}

#[cfg(unix)]
#[test]
fn a_file_that_may_not_be_read() {
    use std::os::unix::fs::PermissionsExt;
    let run = Run::with(&[("leads.csv", LEADS)]);
    let path = run.path("leads.csv");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o000)).unwrap();
    if fs::read(&path).is_ok() {
        return skipped("whoever runs the tests may read everything");
    }
    let outcome = run.leadflow("funnel leads.csv").ended(2);
    assert!(
        outcome.stderr.contains("leads.csv: permission denied"),
        "{outcome}"
    );
}

/// Nobody types a table: a terminal in place of a pipe is said at once.
#[cfg(unix)]
#[test]
fn a_terminal_is_no_file() {
    let line = format!("'{PROGRAM}' funnel -");
    let output = Command::new("script")
        .args(["-qec", &line, "/dev/null"])
        .output();
    let Ok(output) = output else {
        return skipped("there is no script(1)");
    };
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(
        said.contains("standard input, and that is a terminal"),
        "{said}"
    );
}

/// A row is shown as it was read: with the separator, the header row and the encoding that
/// were named.
#[test]
fn rejected_rows_are_shown_as_they_were_read() {
    let run = Run::new();
    let text = "Report, all\nmade by hand\nlead_id|created|stage\na|2026-01-05|mql\nM\u{fc}ller, b|2026-02-30|mql\n";
    let (bytes, _, _) = encoding_rs::WINDOWS_1252.encode(text);
    run.file("leads.csv", bytes);
    run.file(
        "leadflow.toml",
        "[[input]]\npath = 'leads.csv'\ntable = 'leads'\ndelimiter = '|'\nheader_row = 3\n\
         encoding = 'windows-1252'\n[input.columns]\nid = 'lead_id'\ncreated = 'created'\n",
    );
    run.leadflow("funnel --lax --rejects rejects.csv").ended(0);
    let rows = rejects(&run, "rejects.csv");
    assert_eq!(rows.len(), 1);
    let (line, reason, raw) = &rows[0];
    assert_eq!(
        (line.as_str(), raw.as_str()),
        ("5", "M\u{fc}ller, b|2026-02-30|mql")
    );
    assert!(reason.contains("a date that does not exist"), "{reason}");
    run.leadflow("funnel --max-rejects 0").ended(2);
    run.leadflow("funnel --max-rejects 1").ended(0);
}

/// The sheet that was named, and not the first one with a table.
#[test]
fn rejected_rows_of_a_named_sheet() {
    let run = Run::new();
    fs::copy(
        root().join("testdata/containers/deals.xlsx"),
        run.path("deals.xlsx"),
    )
    .unwrap();
    let configured = |sheet: &str| {
        run.file(
            "leadflow.toml",
            format!(
                "[[input]]\npath = 'deals.xlsx'\nsheet = '{sheet}'\ntable = 'deals'\n\
                 [input.columns]\nid = 'Deal ID'\ncreated = 'Deal ID'\n"
            ),
        );
        run.leadflow("inspect --lax --rejects rejects.csv").ended(0);
        rejects(&run, "rejects.csv")
    };
    let (deals, older) = (configured("Deals"), configured("Older"));
    assert!(!deals.is_empty() && older.len() == 1, "{deals:?} {older:?}");
    let raw = &older[0].2;
    assert!(
        !raw.is_empty() && deals.iter().all(|row| row.2 != *raw),
        "{raw}"
    );
}

/// What can be read once only is kept, and not opened a second time.
#[cfg(unix)]
#[test]
fn rejected_rows_of_a_pipe() {
    let run = Run::with(&[("leads.csv", LEADS)]);
    let piped = run.leadflow_with("funnel - --lax --rejects stdin.csv", &[], LEADS);
    assert_eq!(piped.status, 0, "{piped}");
    let script = format!(
        "mkfifo pipe && (cat leads.csv > pipe &) && exec timeout 30 '{PROGRAM}' funnel pipe --lax --rejects fifo.csv"
    );
    let status = Command::new("sh")
        .args(["-c", &script])
        .current_dir(run.path("."))
        .output()
        .unwrap();
    assert!(
        status.status.success(),
        "{}",
        String::from_utf8_lossy(&status.stderr)
    );
    for name in ["stdin.csv", "fifo.csv"] {
        let rows = rejects(&run, name);
        assert_eq!(rows.len(), 1, "{name}");
        assert_eq!(
            (rows[0].0.as_str(), rows[0].2.as_str()),
            ("3", "b,2026-02-30,mql"),
            "{name}"
        );
    }
}

/// Large exports come as several files in one archive: all of them are the table.
#[test]
fn an_archive_of_parts_is_one_table() {
    let run = Run::new();
    let whole: String = (0..40)
        .map(|n| format!("l{n},2026-01-{:02},mql\n", n % 28 + 1))
        .collect();
    let (first, second) = whole.split_at(whole.find("l20,").unwrap());
    let header = "lead_id,created,stage\n";
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, rows) in [("leads-1.csv", first), ("leads-2.csv", second)] {
        let plain = zip::write::SimpleFileOptions::default();
        writer.start_file(name, plain).unwrap();
        writer
            .write_all(format!("{header}{rows}").as_bytes())
            .unwrap();
    }
    run.file("parts.zip", writer.finish().unwrap().into_inner());
    run.file("whole.csv", format!("{header}{whole}"));
    let parts = run.json("funnel parts.zip --by month");
    let plain = run.json("funnel whole.csv --by month");
    assert_eq!(parts.0["tables"], plain.0["tables"]);
    let lead = parts.row("stages_by", &[("stage", "lead"), ("month", "2026-01")]);
    assert_eq!(count(lead, "reached"), 40);
}

/// The currency stands in the header, in the cell or in a column of its own.
#[test]
fn currencies_are_never_added_up() {
    let spend = |header: &str, rows: [&str; 2]| {
        let run = Run::new();
        run.file(
            "cost.csv",
            format!("channel,from,to,{header}\n{}\n{}\n", rows[0], rows[1]),
        );
        run
    };
    let by_cell = [
        "SEO,2026-01-01,2026-01-31,$ 10",
        "Ads,2026-01-01,2026-01-31,\u{20ac} 20",
    ];
    let by_column = [
        "SEO,2026-01-01,2026-01-31,10,USD",
        "Ads,2026-01-01,2026-01-31,20,EUR",
    ];
    for (header, rows) in [("cost", by_cell), ("cost,currency", by_column)] {
        let run = spend(header, rows);
        let outcome = run.leadflow("channels cost.csv").ended(2);
        assert!(outcome.stdout.is_empty(), "{outcome}");
        for word in ["USD", "EUR", "cost.csv"] {
            assert!(
                outcome.stderr.contains(word),
                "`{word}` is missing in {outcome}"
            );
        }
    }
    let run = spend(
        "cost (EUR)",
        [
            "SEO,2026-01-01,2026-01-31,10",
            "Ads,2026-01-01,2026-01-31,20",
        ],
    );
    let answer = run.json("channels cost.csv");
    assert_eq!(answer.0["currency"], "EUR");
    assert_eq!(answer.only("channels_total")["spend"], 30);
}

/// Columns that nobody reads are not summed where a sum would mean nothing.
#[test]
fn inspect_says_what_it_does_not_add_up() {
    let run = Run::with(&[(
        "a.csv",
        "k,money,rate,mark,twice,twice\nx,$ 5,5%,\"1,234\",1,2\ny,\u{20ac} 6,0.5,\"5,678\",3,4\nz,7,0,\"9,012\",5,6\n",
    )]);
    let answer = run.json("inspect a.csv");
    let sum = |column: &str| answer.row("columns", &[("column", column)])["sum"].clone();
    assert!(sum("money").is_null() && sum("rate").is_null());
    assert_eq!(sum("mark"), 15_924);
    let problem = |code: &str| answer.row("problems", &[("code", code)])["text"].clone();
    assert_eq!(
        problem("mixed_currency"),
        "`money` has amounts in several currencies, so they have no sum: $ (1), \u{20ac} (1)"
    );
    assert_eq!(
        problem("mixed_numbers"),
        "`rate` has 1 cells with a per cent sign and 1 without, so they have no sum"
    );
    assert_eq!(
        problem("ambiguous_number"),
        "`1,234` in `mark` was read as thousands: nothing in the column decides its mark"
    );
    assert_eq!(
        problem("duplicate_header"),
        "columns 5 and 6 are both called `twice`; which one is meant nobody can say"
    );
}

/// Exit statuses of `inspect`: usable, unusable, unreadable.
#[test]
fn inspect_ends_as_the_files_deserve() {
    let run = Run::with(&[
        ("good.csv", "lead_id,created,stage\na,2026-01-05,mql\n"),
        ("bad.csv", LEADS),
        (
            "open.csv",
            "lead_id,created\na,\"2026-01-05\nb,2026-01-06\n",
        ),
        ("empty.csv", ""),
    ]);
    run.leadflow("inspect good.csv").ended(0);
    for file in ["bad.csv", "open.csv", "empty.csv", "nowhere.csv"] {
        let outcome = run.leadflow(&format!("inspect {file} --format json"));
        assert_ne!(outcome.status, 0, "{outcome}");
        assert!(outcome.stderr.contains(file), "{outcome}");
    }
    let good = run.json("inspect good.csv");
    let input = good.only("inputs");
    for (key, value) in [
        ("encoding", "UTF-8"),
        ("delimiter", "comma"),
        ("first", "2026-01-05"),
        ("last", "2026-01-05"),
    ] {
        assert!(
            input[key]
                .as_str()
                .is_some_and(|text| text.starts_with(value)),
            "{key} of {input:#}"
        );
    }
}

/// An undecided column names two lines, a contradiction both of its sides.
#[test]
fn two_lines_are_named() {
    let run = Run::with(&[
        (
            "open.csv",
            "lead_id,created\na,02/01/2026\nb,02/02/2026\nc,03/04/2026\n",
        ),
        ("both.csv", "lead_id,created\na,13/01/2026\nb,01/14/2026\n"),
        (
            "signs.csv",
            "channel,from,to,cost\nSEO,2026-01-01,2026-01-31,\"1.234,50\"\nAds,2026-01-01,2026-01-31,\"1,234.50\"\n",
        ),
    ]);
    for (line, words) in [
        (
            "funnel open.csv",
            [
                "`02/01/2026` (line 2), `03/04/2026` (line 4)",
                "--date-format",
            ],
        ),
        (
            "funnel both.csv",
            ["`13/01/2026` (line 2)", "`01/14/2026` (line 3)"],
        ),
        (
            "channels signs.csv",
            ["`1,234.50` (line 3)", "`1.234,50` (line 2)"],
        ),
    ] {
        let outcome = run.leadflow(line).ended(2);
        for word in words {
            assert!(
                outcome.stderr.contains(word),
                "`{word}` is missing in {outcome}"
            );
        }
    }
    run.leadflow("funnel open.csv --date-format %d/%m/%Y")
        .ended(0);
}

/// `init --force` puts a new file in the place of the old one, and asks nobody anything.
#[cfg(unix)]
#[test]
fn init_replaces_as_a_whole() {
    use std::os::unix::fs::MetadataExt;
    let run = Run::with(&[("leads.csv", LEADS), ("leadflow.toml", "# mine\n")]);
    // A second name keeps the old file, so that its number is not given again.
    fs::hard_link(run.path("leadflow.toml"), run.path("kept.toml")).unwrap();
    let before = fs::metadata(run.path("leadflow.toml")).unwrap().ino();
    run.leadflow("init leads.csv --force").ended(0);
    assert_ne!(
        fs::metadata(run.path("leadflow.toml")).unwrap().ino(),
        before
    );
    assert_eq!(run.read("kept.toml"), "# mine\n");
    assert_eq!(run.files(), ["kept.toml", "leadflow.toml", "leads.csv"]);
}

#[test]
fn a_last_day_that_was_not_over_is_said() {
    let table = |last: u32| {
        let days = (1..=30).map(|day| {
            let sessions = if day == 30 { last } else { 100 };
            format!("2026-09-{day:02},SEO,{sessions}\n")
        });
        format!("Date,Channel,Sessions\n{}", days.collect::<String>())
    };
    let said = |last: u32| {
        let run = Run::with(&[("visits.csv", &table(last))]);
        let answer = run.json("channels visits.csv -q");
        answer.notes().contains(&"last_day")
    };
    assert!(said(12));
    assert!(!said(80));
}
