//! Journeys from touches: whichever way a file is read, however many threads, and against
//! ready-made paths that a slow count makes of the same rows.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde_json::Value;

use crate::fixture::{Answer, Dice, Run, near, number};

const CHANNELS: [&str; 5] = [
    "Paid Search",
    "Email",
    "Direct",
    "Organic Search",
    "Fair, Basel",
];

#[derive(Clone)]
struct Row {
    person: u64,
    second: u64,
    channel: &'static str,
    value: Option<u64>,
}

/// Touches of 300 persons in no order, many of them at the same moment.
fn rows(seed: u64) -> Vec<Row> {
    let mut dice = Dice::new(seed);
    (0..2500)
        .map(|_| Row {
            person: dice.below(300) * dice.below(2) + dice.below(40),
            second: dice.below(28) * 86_400 + dice.below(3),
            channel: CHANNELS[dice.below(5) as usize],
            value: (dice.below(9) == 0).then(|| dice.below(500)),
        })
        .collect()
}

fn file(rows: &[Row], quoted: bool) -> String {
    let mut text = "Visitor ID,Occurred At,Channel,Value\n".to_owned();
    for row in rows {
        let (day, rest) = (row.second / 86_400, row.second % 86_400);
        let value = row.value.map_or(String::new(), |cents| {
            format!("{}.{:02}", cents / 100, cents % 100)
        });
        let cell = |text: &str| match quoted || text.contains(',') {
            true => format!("\"{text}\""),
            false => text.to_owned(),
        };
        let at = format!("2026-03-{:02}T00:00:{rest:02}Z", day + 1);
        let cells = [
            cell(&format!("p{}", row.person)),
            cell(&at),
            cell(row.channel),
            cell(&value),
        ];
        writeln!(text, "{}", cells.join(",")).unwrap();
    }
    text
}

/// Every purchase looks back on its own; who never bought is one journey.
fn paths(rows: &[Row], lookback: Option<u64>) -> BTreeMap<Vec<&'static str>, (u64, u64, u64)> {
    let mut persons: BTreeMap<u64, Vec<&Row>> = BTreeMap::new();
    for row in rows {
        persons.entry(row.person).or_default().push(row);
    }
    let mut paths: BTreeMap<Vec<&'static str>, (u64, u64, u64)> = BTreeMap::new();
    for touches in persons.values_mut() {
        // Stable: touches of one moment stay in the order of the rows.
        touches.sort_by_key(|row| row.second);
        let until = |end: usize| -> Vec<&'static str> {
            let last = touches[end].second;
            let inside =
                |row: &&&Row| lookback.is_none_or(|lookback| row.second + lookback >= last);
            touches[..=end]
                .iter()
                .filter(inside)
                .map(|row| row.channel)
                .collect()
        };
        let bought: Vec<usize> = (0..touches.len())
            .filter(|place| touches[*place].value.is_some())
            .collect();
        for place in &bought {
            let (conversions, cents, _) = paths.entry(until(*place)).or_default();
            *conversions += 1;
            *cents += touches[*place].value.unwrap();
        }
        if bought.is_empty() {
            paths.entry(until(touches.len() - 1)).or_default().2 += 1;
        }
    }
    paths
}

fn table_of(paths: &BTreeMap<Vec<&'static str>, (u64, u64, u64)>) -> String {
    let mut text = "path,conversions,value,non_converting\n".to_owned();
    for (path, (conversions, cents, lost)) in paths {
        let value = format!("{}.{:02}", cents / 100, cents % 100);
        writeln!(
            text,
            "\"{}\",{conversions},{value},{lost}",
            path.join(" > ")
        )
        .unwrap();
    }
    text
}

fn tables(answer: &Answer) -> Value {
    answer.0["tables"].clone()
}

const MODELS: &str = "--model first,last,last_non_direct,linear,position,j,decay:1step,participation,shapley,markov:1,markov:2";

#[test]
fn the_same_numbers_from_touches_and_from_paths() {
    for (seed, lookback) in [(1, None), (2, Some(7)), (3, Some(0))] {
        let rows = rows(seed);
        let seconds = lookback.map(|days| days * 86_400);
        let run = Run::with(&[
            ("touches.csv", &file(&rows, false)),
            ("paths.csv", &table_of(&paths(&rows, seconds))),
        ]);
        let word = lookback.map_or("none".to_owned(), |days| days.to_string());
        let touched = run.json(&format!(
            "attribution touches.csv --lookback {word} {MODELS}"
        ));
        let ready = run.json(&format!("attribution paths.csv {MODELS}"));
        assert_eq!(touched.table("credit").len(), ready.table("credit").len());
        for one in touched.table("credit") {
            let key = |key: &'static str| (key, one[key].as_str().unwrap());
            let other = ready.row("credit", &[key("model"), key("channel")]);
            let what = format!("{} {}", one["model"], one["channel"]);
            for key in ["conversions", "value", "share", "share_low", "share_high"] {
                near(
                    number(one, key),
                    number(other, key),
                    1e-9,
                    &format!("{what} {key}"),
                );
            }
        }
    }
}

#[test]
fn however_a_file_is_read() {
    let rows = rows(7);
    let run = Run::with(&[
        ("plain.csv", &file(&rows, false)),
        ("quoted.csv", &file(&rows, true)),
        // A condition is asked of a table: the file is held as a whole.
        (
            "whole.toml",
            "[[input]]\npath = 'plain.csv'\nwhere = \"channel <> 'nobody'\"",
        ),
    ]);
    let asked = "--lookback 9 --model first,linear,decay:7d,markov:1";
    let plain = tables(&run.json(&format!("attribution plain.csv {asked}")));
    for line in [
        format!("attribution quoted.csv {asked}"),
        format!("attribution -c whole.toml {asked}"),
        format!("attribution plain.csv {asked} --threads 1"),
        format!("attribution plain.csv {asked} --threads 5"),
        format!("attribution plain.csv {asked} --memory-limit 256MiB"),
    ] {
        assert_eq!(tables(&run.json(&line)), plain, "{line}");
    }
    let paths = tables(&run.json("paths plain.csv"));
    assert_eq!(tables(&run.json("paths -c whole.toml")), paths);
}

#[test]
fn credit_and_what_had_no_touch_are_all_there_is() {
    let rows = rows(9);
    let run = Run::with(&[("touches.csv", &file(&rows, false))]);
    let sold: u64 = rows.iter().filter_map(|row| row.value).sum();
    let count = rows.iter().filter(|row| row.value.is_some()).count();
    let answer = run.json("attribution touches.csv");
    for total in answer
        .table("totals")
        .iter()
        .filter(|row| row["model"] != "participation")
    {
        near(
            number(total, "conversions"),
            count as f64,
            1e-9,
            "conversions",
        );
        near(number(total, "value"), sold as f64 / 100.0, 1e-6, "value");
    }
    // Month by month the parts add up to the whole too.
    let months = run.json("channels touches.csv --model linear --by channel,month");
    let revenue = months
        .table("channels")
        .iter()
        .map(|row| row["revenue"].as_f64().unwrap_or(0.0));
    near(
        revenue.sum(),
        sold as f64 / 100.0,
        1e-4,
        "revenue of all months",
    );
}

#[test]
fn a_defect_is_named_however_large_the_file() {
    let mut text = file(&rows(4), false);
    text.push_str("p1,yesterday,Email,\n");
    let outcome = Run::with(&[("touches.csv", &text)]).leadflow("attribution touches.csv");
    assert_eq!(outcome.status, 2);
    assert!(
        outcome.stderr.contains("touches.csv:2502"),
        "{}",
        outcome.stderr
    );
}

#[test]
fn a_visitor_of_two_leads_is_said() {
    let run = Run::with(&[
        (
            "touches.csv",
            "Visitor ID,Occurred At,Channel\nv,2026-01-01,Email\nw,2026-01-01,Fair\n",
        ),
        (
            "leads.csv",
            "Lead ID,Created,Channel\nL1,2026-01-02,x\nL2,2026-01-02,x\n",
        ),
        ("ids.csv", "Visitor ID,Lead ID\nv,L1\nv,L2\nw,L1\n"),
    ]);
    let answer = run.json("attribution *.csv --target lead --model linear");
    let notes = answer.notes();
    assert!(notes.contains(&"conflicting_id"), "{notes:?}");
    // L2 has the visitor of the last row, L1 the other one.
    for channel in ["Email", "Fair"] {
        let row = answer.row("credit", &[("channel", channel)]);
        near(number(row, "conversions"), 1.0, 1e-12, channel);
    }
}

#[test]
fn touches_and_costs_alone_make_a_report() {
    let run = Run::with(&[
        (
            "touches.csv",
            "Visitor ID,Occurred At,Channel,Event,Value\nv,2025-06-01T10:00:00Z,Direct,visit,\nv,2025-06-03T10:00:00Z,Email,order,5.00\n",
        ),
        ("spend.csv", "Month,Channel,Cost\n2025-06,Email,2\n"),
    ]);
    let line =
        "report touches.csv spend.csv --period all --model last --fail-on-empty --format json";
    let outcome = run.leadflow(line);
    assert_eq!(outcome.status, 0, "{outcome}");
    assert!(!outcome.stderr.contains("no records"), "{outcome}");
    let answer = outcome.answer();
    // The rows add up to the total, and the sentence counts what the row counts.
    near(
        number(answer.only("channels_total"), "revenue"),
        5.0,
        1e-12,
        "revenue",
    );
    assert!(
        answer.0["summary"].to_string().contains("(1 win)"),
        "{}",
        answer.0["summary"]
    );
    assert_eq!(number(answer.only("time_lag"), "median_days"), 2.0);
}

#[test]
fn an_event_may_be_the_sale() {
    let run = Run::with(&[(
        "touches.csv",
        "Visitor ID,Occurred At,Channel,Event,Value\nv,2025-06-03,Email,order,5.00\nw,2025-06-03,Direct,signup,7.00\n",
    )]);
    let revenue = |more: &str| {
        let answer = run.json(&format!("channels touches.csv --model last {more}"));
        number(answer.row("channels", &[("channel", "Direct")]), "revenue")
    };
    assert_eq!(revenue(""), 7.0);
    assert_eq!(revenue("--set attribution.target=order"), 0.0);
}

#[test]
fn a_touch_without_a_channel_is_no_end() {
    let run = Run::with(&[(
        "touches.csv",
        "Visitor ID,Occurred At,Channel,Value\nv,2025-06-01,Direct,\nv,2025-06-02,,\nv,2025-06-03,Direct,5.00\nw,2025-06-01,Direct,\n",
    )]);
    let answer = run.json("attribution touches.csv --model markov:1");
    let steps: Vec<(&str, &str)> = answer
        .table("transitions")
        .iter()
        .map(|row| (row["from"].as_str().unwrap(), row["to"].as_str().unwrap()))
        .collect();
    let mut different = steps.clone();
    different.sort_unstable();
    different.dedup();
    assert_eq!(steps.len(), different.len(), "{steps:?}");
}

#[test]
fn an_id_that_many_share_is_refused() {
    let mut text =
        "Visitor ID,Occurred At,Channel,Value\nv,2026-01-01T00:00:00Z,Email,\n".to_owned();
    for second in 0..14_000 {
        let (hour, minute) = (second / 3600, second / 60 % 60);
        writeln!(
            text,
            "kiosk,2026-01-02T{hour:02}:{minute:02}:{:02}Z,Fair,1.50",
            second % 60
        )
        .unwrap();
    }
    let run = Run::with(&[("touches.csv", &text)]);
    let outcome = run.leadflow("attribution touches.csv --model linear --draws 0");
    assert_eq!(outcome.status, 2, "{outcome}");
    assert!(outcome.stderr.contains("14000 touches"), "{outcome}");
    assert!(outcome.stderr.contains("row 2 "), "{outcome}");
    // A short window makes them countable.
    let outcome = run.leadflow("attribution touches.csv --model linear --draws 0 --lookback 0.01");
    assert_eq!(outcome.status, 0, "{outcome}");
}
