//! `funnel --steps`, from the outside.

use std::collections::BTreeMap;
use std::fmt::Write;

use crate::fixture::{Answer, Dice, Run, count};

const EVENTS: [&str; 4] = ["view", "cart", "pay", "chat"];
const CHANNELS: [&str; 3] = ["Email", "Paid Search", ""];

/// Minutes of a day that begins on 2026-10-01.
type Minute = i64;

/// Minute, event, channel.
type Event = (Minute, usize, usize);

/// Three days of events of some persons, many of them at the same minute.
fn persons(seed: u64) -> BTreeMap<String, Vec<Event>> {
    let mut dice = Dice::new(seed);
    let mut persons: BTreeMap<String, Vec<Event>> = BTreeMap::new();
    for _ in 0..900 {
        let name = format!("p{:03}", dice.below(150));
        let minute = dice.below(3 * 1_440 / 15) as Minute * 15;
        let (event, channel) = (dice.below(4) as usize, dice.below(3) as usize);
        persons
            .entry(name)
            .or_default()
            .push((minute, event, channel));
    }
    for events in persons.values_mut() {
        events.sort_by_key(|event| event.0);
    }
    persons
}

fn csv(persons: &BTreeMap<String, Vec<Event>>) -> String {
    let mut text = String::from("Visitor ID,Occurred At,Event,Channel\n");
    for (name, events) in persons {
        for (minute, event, channel) in events {
            let (day, hour, minute) = (1 + minute / 1_440, minute % 1_440 / 60, minute % 60);
            let (event, channel) = (EVENTS[*event], CHANNELS[*channel]);
            writeln!(
                text,
                "{name},2026-10-{day:02}T{hour:02}:{minute:02}:00Z,{event},{channel}"
            )
            .unwrap();
        }
    }
    text
}

/// How deep each start comes, by trying one start after the other: start, then the time
/// of each step.
fn attempts(events: &[Event], window: Minute) -> Vec<Vec<Minute>> {
    let starts = events.iter().filter(|event| event.1 == 0);
    let follow = |start: &Event| {
        let mut times = vec![start.0];
        for step in 1..3 {
            let last = times[times.len() - 1];
            let next = events
                .iter()
                .find(|event| event.1 == step && event.0 >= last && event.0 - start.0 <= window);
            match next {
                Some(event) => times.push(event.0),
                None => break,
            }
        }
        times
    };
    starts.map(follow).collect()
}

/// People per step, drop-offs and in progress before each, of starts up to a minute.
fn slow_count(
    persons: &BTreeMap<String, Vec<Event>>,
    window: Minute,
    last_start: Minute,
    as_of: Minute,
) -> [[u64; 3]; 3] {
    let mut rows = [[0; 3]; 3];
    for events in persons.values() {
        let mut attempts = attempts(events, window);
        attempts.retain(|times| times[0] <= last_start);
        let depth = attempts.iter().map(Vec::len).max().unwrap_or(0);
        (0..depth).for_each(|step| rows[step][0] += 1);
        if depth == 0 || depth == 3 {
            continue;
        }
        let at_depth = attempts.iter().filter(|times| times.len() == depth);
        let latest = at_depth.map(|times| times[0]).max().unwrap();
        // The as-of moment is the millisecond before the minute.
        let open = latest + window >= as_of;
        rows[depth][if open { 2 } else { 1 }] += 1;
    }
    rows
}

fn found(answer: &Answer) -> [[u64; 3]; 3] {
    let number = |step: usize, column: &str| {
        let row = answer.row("steps", &[("step", EVENTS[step])]);
        row[column].as_u64().unwrap_or(0)
    };
    [0, 1, 2].map(|step| ["people", "drop_off", "in_progress"].map(|column| number(step, column)))
}

#[test]
fn counts_are_those_of_trying_every_start() {
    let as_of = 3 * 1_440;
    for (seed, window) in [(1, 60), (2, 240), (3, 1_440), (4, 15)] {
        let persons = persons(seed);
        let run = Run::with(&[("events.csv", &csv(&persons))]);
        let line = format!(
            "funnel events.csv --as-of 2026-10-03 --steps 'view, cart, pay' --window {window}min"
        );
        let answer = run.json(&line);
        let expected = slow_count(&persons, window, as_of, as_of);
        assert_eq!(found(&answer), expected, "{line}");
        let mature = slow_count(&persons, window, as_of - window - 1, as_of);
        let row = answer.row("steps", &[("step", "pay")]);
        assert_eq!(row["conversion_mature"]["k"].as_u64(), Some(mature[2][0]));
        assert_eq!(row["conversion_mature"]["n"].as_u64(), Some(mature[1][0]));
    }
}

#[test]
fn groups_add_up_and_threads_change_nothing() {
    let run = Run::with(&[("events.csv", &csv(&persons(5)))]);
    let line = "funnel events.csv --steps 'view, chat?, cart, pay' --window 6h --by channel,event";
    let answer = run.json(line);
    for step in ["view", "chat", "cart", "pay"] {
        let rows = answer.table("steps_by");
        let group: u64 = rows
            .iter()
            .filter(|row| row["step"] == step)
            .map(|row| count(row, "people"))
            .sum();
        let total = answer.row("steps", &[("step", step)]);
        assert_eq!(group, count(total, "people"), "{step}");
    }
    let alone = run.leadflow(&format!("{line} --threads 1 --format json"));
    let together = run.leadflow(&format!("{line} --threads 8 --format json"));
    assert_eq!(alone.stdout, together.stdout);
}

#[test]
fn every_format_tells_the_funnel() {
    let run = Run::with(&[("events.csv", &csv(&persons(6)))]);
    let line = "funnel events.csv --steps 'view, cart' --window 3h";
    for (format, said) in [
        ("table", "people entered"),
        ("markdown", "| cart"),
        ("html", "Time to convert"),
        ("json", "\"conversion_mature\""),
    ] {
        let outcome = run.leadflow(&format!("{line} --format {format}")).ended(0);
        assert!(outcome.stdout.contains(said), "{format}: {outcome}");
    }
    let any = run.leadflow(&format!("{line} --order any")).ended(0);
    assert!(any.stdout.contains("did all of them"), "{any}");
    let table = run
        .leadflow(&format!("{line} --format csv --table steps"))
        .ended(0);
    let header = table.stdout.lines().next().unwrap_or_default();
    assert!(header.starts_with("step,optional,people,"), "{header}");
}

#[test]
fn what_makes_no_sense_is_refused() {
    let run = Run::with(&[
        ("events.csv", &csv(&persons(7))),
        ("leads.csv", "Lead ID,Created,Channel\na,2026-10-01,SEO\n"),
    ]);
    for (line, said) in [
        ("events.csv --steps 'view, crat'", "did you mean `cart`"),
        ("events.csv --steps 'view, Email'", "channel=Email"),
        (
            "events.csv --steps 'view, cart' --by owner",
            "`owner` is no column",
        ),
        (
            "events.csv --steps 'view, cart' --exclude chta",
            "did you mean `chat`",
        ),
        (
            "events.csv --steps 'view, cart' --where \"channel = 'x'\"",
            "--where",
        ),
        (
            "events.csv --steps 'view, cart' --policy strict",
            "--policy",
        ),
        ("events.csv --steps 'view?, cart'", "cannot be optional"),
        (
            "events.csv --steps 'view, cart' --window soon",
            "no span of time",
        ),
        ("events.csv --window 1h", "--steps"),
        ("leads.csv --steps 'view, cart'", "no input has any"),
    ] {
        let outcome = run.leadflow(&format!("funnel {line}")).ended(2);
        assert!(outcome.stderr.contains(said), "{line}: {outcome}");
        assert!(outcome.stdout.is_empty(), "{line}");
    }
}

#[test]
fn a_variable_and_a_configured_funnel_ask_for_the_same() {
    let run = Run::with(&[
        ("events.csv", &csv(&persons(8))),
        (
            "leadflow.toml",
            "[[input]]\npath = 'events.csv'\n[[event_funnel]]\nname = 'shop'\nsteps = ['view', 'cart']\nwindow = '2h'\n",
        ),
    ]);
    let named = run.json("funnel --steps shop");
    let typed = run.json("funnel --steps 'view, cart' --window 2h");
    let variables = [("LEADFLOW_STEPS", "view, cart"), ("LEADFLOW_WINDOW", "2h")];
    let said = run
        .leadflow_with("funnel --format json", &variables, "")
        .answer();
    assert_eq!(named.table("steps"), typed.table("steps"));
    assert_eq!(named.table("steps"), said.table("steps"));
}
