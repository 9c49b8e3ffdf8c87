//! Leaks: lines ranked by money, the rules behind them, reasons, and ids on request.

use super::words::Speak;
use super::{Parts, capitalised, columns, section, table};
use crate::domain::event_funnel::span_in_words;
use crate::domain::figure::{Figure, Undefined};
use crate::domain::money::Money;
use crate::metrics::leaks::cost::Cost;
use crate::metrics::leaks::{Leaks, Line, Reference};
use crate::report::document::{Bar, Bars, Block, Cell, Chart, Kind, Plot, Table, Weight};

/// Leaks with what is needed to word them.
#[derive(Clone, Copy)]
pub struct Shown<'a> {
    /// What was found.
    pub leaks: &'a Leaks,
    /// Formats figures in sentences.
    pub speak: Speak<'a>,
}

/// The place of a line about all of the eligible.
const ALL: &str = "(all)";
/// Lines of the summary.
const TOLD: usize = 3;

/// Tables `leaks`, `lost_reasons`, `validity`, `rules`.
#[must_use]
pub fn view(shown: &Shown) -> Parts {
    let mut parts = lines(shown);
    parts.append(reasons(shown));
    parts.append(rules(shown));
    parts.summary = summary(shown);
    parts
}

/// What the monthly report keeps: the lines and the reasons.
#[must_use]
pub fn brief(shown: &Shown) -> Parts {
    let mut parts = lines(shown);
    if !shown.leaks.reasons.is_empty() {
        parts.append(reasons(shown).without("validity"));
        for section in &mut parts.sections {
            let is_validity = |block: &Block| matches!(block, Block::Table(id) if id == "validity");
            section.blocks.retain(|block| !is_validity(block));
        }
    }
    parts.summary = summary(shown);
    parts.summary.truncate(2);
    parts.next = next(shown);
    parts
}

/// Leaks that the report says to mend.
const MENDED: usize = 2;

/// What to do about the leaks that surely cost money, and about the open deals at stake.
fn next(shown: &Shown) -> Vec<String> {
    let say = |cell: Cell, kind: Kind| (shown.speak)(&cell, kind);
    let told = |line: &Line, what: String| {
        let people = say(line.people.into(), Kind::Count);
        let advice = capitalised(line.advice);
        let leak = line.leak.replace('_', " ");
        format!(
            "{advice} ({leak}: {people} {}; {what}).",
            plural(line.people)
        )
    };
    let costs = shown.leaks.lines.iter().filter_map(|line| {
        let (value, low, high) = line.cost.ok()?.value.ok()?;
        let money = |units: f64| say(Money::from_units(units).into(), Kind::Estimate);
        let lost = format!(
            "an estimated {} lost, 95 %: {} to {}",
            money(value),
            money(low),
            money(high)
        );
        (low > 0.0).then(|| told(line, lost))
    });
    let staked = shown
        .leaks
        .lines
        .iter()
        .filter(|line| line.at_stake.is_some());
    let largest = staked.max_by_key(|line| line.at_stake);
    let at_stake = largest.and_then(|line| {
        let money = say(line.at_stake?.into(), Kind::Money);
        Some(told(line, format!("{money} at stake")))
    });
    costs.take(MENDED).chain(at_stake).collect()
}

fn plural(people: u64) -> &'static str {
    match people {
        1 => "record",
        _ => "records",
    }
}

/// Table `ids`: the records behind every line.
#[must_use]
pub fn ids(shown: &Shown) -> Parts {
    let rows = shown.leaks.lines.iter().flat_map(|line| {
        let row = |id: &String| {
            vec![
                line.leak.into(),
                line.place.as_str().into(),
                id.as_str().into(),
            ]
        };
        line.ids.iter().map(row).collect::<Vec<_>>()
    });
    let ids = table(
        "ids",
        "Records behind the leaks",
        columns(&[
            ("leak", "Leak", Kind::Text, Weight::Key),
            ("where", "Where", Kind::Text, Weight::Normal),
            ("id", "Id", Kind::Text, Weight::Key),
        ]),
        rows.collect(),
    );
    let blocks = vec![Block::Table("ids".into())];
    section("ids", "Records behind the leaks", blocks, vec![ids])
}

fn lines(shown: &Shown) -> Parts {
    let rows = shown.leaks.lines.iter().map(|line| cells(shown, line));
    let mut main = table(
        "leaks",
        "Where people and money are lost",
        columns(&[
            ("leak", "Leak", Kind::Text, Weight::Key),
            ("where", "Where", Kind::Text, Weight::Normal),
            ("people", "People", Kind::Count, Weight::Key),
            ("eligible", "Of", Kind::Count, Weight::DataOnly),
            ("share", "Share", Kind::Rate, Weight::Normal),
            (
                "lost_customers",
                "Customers lost",
                Kind::Estimate,
                Weight::Normal,
            ),
            (
                "lost_customers_low",
                "95 % from",
                Kind::Estimate,
                Weight::DataOnly,
            ),
            (
                "lost_customers_high",
                "to",
                Kind::Estimate,
                Weight::DataOnly,
            ),
            ("lost_value", "Money lost", Kind::Estimate, Weight::Key),
            ("low", "95 % from", Kind::Estimate, Weight::Normal),
            ("high", "to", Kind::Estimate, Weight::Normal),
            ("at_stake", "Still open", Kind::Money, Weight::Normal),
            ("reference", "Measured against", Kind::Text, Weight::Detail),
            ("advice", "What to do", Kind::Text, Weight::Detail),
        ]),
        rows.collect(),
    );
    main.remarks = vec![
        "Money lost: if breached leads had converted like the others of their group (channel and \
         band of the score), at the value of their customers; how leads convert is asked of all \
         that are old enough. An association: the others may have \
         been better leads. Interval: 2,000 draws of the leads."
            .into(),
        "A record may stand in several lines: they are not to be added up. Lines without money \
         are about records whose end is not known, or that nobody can be compared with."
            .into(),
    ];
    if shown
        .leaks
        .lines
        .iter()
        .any(|line| line.leak == "slow_handoff")
    {
        main.remarks.push(
            "slow_handoff counts leads that never reached the stage of sales, and those cannot \
             have been won: read its money as the most that speed alone could have cost."
                .into(),
        );
    }
    let mut blocks = Vec::new();
    let chart = chart(shown);
    if chart.is_some() {
        blocks.push(Block::Chart("leaks".into()));
    }
    if shown.leaks.lines.is_empty() {
        blocks.push(Block::Text(
            "No rule that could be checked found anybody.".into(),
        ));
    }
    blocks.push(Block::Table("leaks".into()));
    if !shown.leaks.lines.is_empty() {
        blocks.push(Block::List(advice(shown)));
    }
    let mut parts = section(
        "leaks",
        "Where people and money are lost",
        blocks,
        vec![main],
    );
    parts.charts.extend(chart);
    parts
}

/// What to do about each line, since tables have no room for it.
fn advice(shown: &Shown) -> Vec<String> {
    let mut said: Vec<&str> = Vec::new();
    let mut points = Vec::new();
    for line in &shown.leaks.lines {
        if said.contains(&line.leak) {
            continue;
        }
        said.push(line.leak);
        let against = match reference(shown, line) {
            Cell::Text(text) => format!(" ({text})"),
            _ => String::new(),
        };
        points.push(format!("{}{against}: {}.", line.leak, line.advice));
    }
    points
}

fn end(cost: &Figure<Cost>, of: fn(&Cost) -> f64) -> Cell {
    cost.as_ref().map(of).map_err(|reason| *reason).into()
}

fn money(cost: &Figure<Cost>, of: fn((f64, f64, f64)) -> f64) -> Cell {
    let value = cost.and_then(|cost| cost.value);
    value.map(|ends| Money::from_units(of(ends))).into()
}

fn cells(shown: &Shown, line: &Line) -> Vec<Cell> {
    vec![
        line.leak.into(),
        line.place.as_str().into(),
        line.people.into(),
        line.share
            .as_ref()
            .map(|rate| rate.n)
            .map_err(|r| *r)
            .into(),
        line.share.clone().into(),
        end(&line.cost, |cost| cost.customers.0),
        end(&line.cost, |cost| cost.customers.1),
        end(&line.cost, |cost| cost.customers.2),
        money(&line.cost, |ends| ends.0),
        money(&line.cost, |ends| ends.1),
        money(&line.cost, |ends| ends.2),
        line.at_stake.map_or(Cell::Blank, Cell::from),
        reference(shown, line),
        line.advice.into(),
    ]
}

fn reference(shown: &Shown, line: &Line) -> Cell {
    let count = |count: u64| (shown.speak)(&count.into(), Kind::Count);
    match &line.reference {
        Reference::Within(within, None) => format!("within {}", span_in_words(*within)).into(),
        Reference::Within(within, Some(calendar)) => {
            format!("within {} of {calendar}", span_in_words(*within)).into()
        }
        Reference::Days(days) => {
            format!("{} days", (shown.speak)(&Cell::Number(*days), Kind::Number)).into()
        }
        Reference::Most(most, what) => format!("at most {} {what}", count(*most)).into(),
        Reference::Least(least, what) => format!("at least {} {what}", count(*least)).into(),
        Reference::Rate(name, rate) => {
            let rate = (shown.speak)(&rate.clone().into(), Kind::Rate);
            format!("{name}: {rate}").into()
        }
        Reference::None => Cell::Blank,
    }
}

/// Money lost with its interval, of the lines that have money.
fn chart(shown: &Shown) -> Option<Chart> {
    let bar = |line: &Line| {
        let (value, low, high) = line.cost.ok()?.value.ok()?;
        let name = match line.place.as_str() {
            ALL => line.leak.to_owned(),
            place => format!("{}: {place}", line.leak),
        };
        (value > 0.0).then(|| Bar {
            label: name,
            value: Ok(value),
            interval: Some((low, high)),
            remark: Some(format!(
                "{} people",
                (shown.speak)(&line.people.into(), Kind::Count)
            )),
        })
    };
    let bars: Vec<Bar> = shown.leaks.lines.iter().filter_map(bar).collect();
    (!bars.is_empty()).then(|| Chart {
        id: "leaks".into(),
        title: "Money lost by leak".into(),
        description: "What each leak cost, if breached leads had converted like the others of \
                      their group, with 95 % intervals. The bars overlap and are not to be added."
            .into(),
        table: "leaks".into(),
        plot: Plot::Histogram(Bars {
            kind: Kind::Money,
            bars,
        }),
    })
}

fn reasons(shown: &Shown) -> Parts {
    let rows = shown.leaks.reasons.iter().map(|reason| {
        vec![
            reason.record.into(),
            reason.reason.as_str().into(),
            reason.count.into(),
            reason.share.clone().into(),
            match (reason.record, reason.amount) {
                (_, Some(amount)) => amount.into(),
                ("deal", None) => Cell::Undefined(Undefined::MissingAmount),
                _ => Cell::Blank,
            },
        ]
    });
    let reasons = table(
        "lost_reasons",
        "Why records were lost",
        columns(&[
            ("record", "Record", Kind::Text, Weight::Key),
            ("reason", "Reason", Kind::Text, Weight::Key),
            ("count", "Lost", Kind::Count, Weight::Key),
            ("share", "Share", Kind::Rate, Weight::Normal),
            ("amount", "Amount", Kind::Money, Weight::Normal),
        ]),
        rows.collect(),
    );
    let validity: Table = table(
        "validity",
        "Leads that were leads",
        columns(&[
            ("key", "Figure", Kind::Text, Weight::Key),
            ("rate", "Share", Kind::Rate, Weight::Key),
        ]),
        vec![vec![
            "valid_lead_rate".into(),
            shown.leaks.validity.rate.clone().into(),
        ]],
    );
    let mut blocks = vec![Block::Table("validity".into())];
    if !shown.leaks.reasons.is_empty() {
        blocks.insert(0, Block::Table("lost_reasons".into()));
    }
    section(
        "lost-reasons",
        "Why records were lost",
        blocks,
        vec![reasons, validity],
    )
}

/// What a rule without lines says.
fn nothing(leak: &str) -> &'static str {
    match leak {
        "lost_reasons" => "every one has a reason",
        "weak_step" => "none by more than chance",
        _ => "nobody found",
    }
}

fn rules(shown: &Shown) -> Parts {
    let rows = shown.leaks.checked.iter().map(|checked| {
        let (found, why) = match checked.lines {
            Ok(0) => (Cell::Count(0), nothing(checked.leak).into()),
            Ok(lines) => (lines.into(), Cell::Blank),
            Err(why) => (Cell::Blank, format!("not told: {why}").into()),
        };
        vec![checked.leak.into(), found, why, checked.condition.into()]
    });
    let rules = table(
        "rules",
        "What was looked for",
        columns(&[
            ("leak", "Leak", Kind::Text, Weight::Key),
            ("lines", "Lines", Kind::Count, Weight::Key),
            ("why", "Why none", Kind::Text, Weight::Key),
            (
                "condition",
                "What is looked for",
                Kind::Text,
                Weight::Normal,
            ),
        ]),
        rows.collect(),
    );
    let blocks = vec![Block::Table("rules".into())];
    section("rules", "What was looked for", blocks, vec![rules])
}

fn summary(shown: &Shown) -> Vec<String> {
    let mut sentences = Vec::new();
    for line in shown.leaks.lines.iter().take(TOLD) {
        let Ok((value, low, high)) = line.cost.and_then(|cost| cost.value) else {
            continue;
        };
        if value <= 0.0 {
            continue;
        }
        let money = |units: f64| (shown.speak)(&Money::from_units(units).into(), Kind::Estimate);
        let place = match line.place.as_str() {
            ALL => String::new(),
            place => format!(", {place}"),
        };
        sentences.push(format!(
            "{}{place}: {} people; {} lost if they had converted like the others of their group \
             (95 %: {} to {}).",
            super::title_of(line.leak),
            (shown.speak)(&line.people.into(), Kind::Count),
            money(value),
            money(low),
            money(high),
        ));
    }
    if sentences.is_empty() {
        let lines = shown.leaks.lines.len() as u64;
        sentences.push(format!(
            "{} lines of leaks; none of them has lost money that can be told.",
            (shown.speak)(&lines.into(), Kind::Count)
        ));
    }
    sentences
}
