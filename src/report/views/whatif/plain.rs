//! Arithmetic without a model: break-even, and what a supposed effect would bring.

use super::{chain_columns, measured, money};
use crate::domain::figure::Undefined;
use crate::report::document::{Block, Cell, Kind, Section, Weight};
use crate::report::views::words::Speak;
use crate::report::views::{Parts, columns, section, table};
use crate::whatif::arithmetic::{Sums, UnitChain, at_most, seen as seen_at};

/// What is calculated.
#[derive(Clone, Copy)]
pub struct Shown<'a> {
    /// The channel as written.
    pub channel: &'a str,
    /// What a visit leads to.
    pub chain: UnitChain,
    /// Price of an hour.
    pub hour_cost: Option<f64>,
    /// True where a margin is known.
    pub has_margin: bool,
    /// Visits of an hour as supposed.
    pub visits_per_hour: Option<f64>,
    /// Hours a month, months, and what they bring.
    pub plan: Option<(f64, usize, Sums)>,
    /// Where the rates come from.
    pub source: &'a str,
    /// What was taken without knowing it.
    pub guess: Option<&'a str>,
    /// Names of the first and the last stage.
    pub stages: (&'a str, &'a str),
    /// Formats figures in sentences.
    pub speak: Speak<'a>,
}

impl Shown<'_> {
    fn money(&self, amount: f64) -> String {
        (self.speak)(&money(amount), Kind::Money)
    }

    fn number(&self, number: f64) -> String {
        (self.speak)(&Cell::from(number), Kind::Estimate)
    }
}

/// Tables `verdict`, `payback` and, with a plan, `chain`.
#[must_use]
pub fn view(shown: &Shown) -> Parts {
    let mut parts = verdict(shown);
    parts.append(break_even(shown));
    if shown.plan.is_some() {
        parts.append(chain(shown));
    }
    parts
}

fn verdict(shown: &Shown) -> Parts {
    let sentences = sentences(shown);
    let class = match shown.plan {
        None => Cell::Undefined(Undefined::NoData),
        Some((_, _, sums)) if sums.net > 0.0 => "pays".into(),
        Some(_) => "does_not_pay".into(),
    };
    let columns = columns(&[
        ("channel", "Channel", Kind::Text, Weight::Key),
        ("class", "Class", Kind::Text, Weight::Key),
        ("p_pays", "Chance that it pays", Kind::Share, Weight::Key),
        (
            "information_share",
            "Information share",
            Kind::Ratio,
            Weight::Key,
        ),
        ("sentence", "Verdict", Kind::Text, Weight::Key),
    ]);
    let row = vec![
        shown.channel.into(),
        class,
        Cell::Undefined(Undefined::NoData),
        Cell::Undefined(Undefined::NoData),
        sentences.join(" ").into(),
    ];
    let points = vec!["This is arithmetic: it says nothing about whether visits will come.".into()];
    Parts {
        sections: vec![Section {
            id: "verdict".into(),
            title: format!("Break-even of {}", shown.channel),
            blocks: vec![Block::List(points)],
        }],
        tables: vec![table("verdict", "Verdict", columns, vec![row])],
        summary: sentences,
        ..Parts::default()
    }
}

fn sentences(shown: &Shown) -> Vec<String> {
    let value = shown.chain.value_per_visit();
    let name = if shown.has_margin {
        "gross profit"
    } else {
        "revenue, not profit"
    };
    let mut sentences = vec![format!(
        "A visitor is worth {} ({name}).",
        shown.money(value)
    )];
    sentences.extend(shown.guess.map(str::to_owned));
    if let (Some(cost), Some(visits)) = (
        shown.hour_cost,
        shown
            .hour_cost
            .and_then(|cost| shown.chain.break_even_visits(cost)),
    ) {
        sentences.push(format!(
            "At {} an hour, {} visitors an hour break even.",
            shown.money(cost),
            shown.number(visits)
        ));
    }
    if let Some((hours, months, sums)) = shown.plan {
        let pays = if sums.net > 0.0 {
            "pays"
        } else {
            "does not pay"
        };
        let roi = sums
            .roi
            .map(|roi| (shown.speak)(&Cell::Share(roi), Kind::Share))
            .map_or_else(String::new, |roi| format!(", ROI {roi}"));
        sentences.push(format!(
            "{} more hours a month for {}, if each brings {} visitors: {} visitors, \
             {} customers, {} {}, cost {}, net {}{roi}: it {pays}.",
            shown.number(hours),
            super::months(months),
            shown.number(shown.visits_per_hour.unwrap_or(0.0)),
            shown.number(sums.visits),
            shown.number(sums.customers),
            name,
            shown.money(sums.gross_profit),
            shown.money(sums.cost),
            shown.money(sums.net),
        ));
    }
    sentences
}

fn break_even(shown: &Shown) -> Parts {
    let chain = shown.chain;
    let row = |measure: String, value: Cell| vec![Cell::from(measure), value];
    let (first, last) = shown.stages;
    let or_none = |value: Option<Cell>, reason: Undefined| value.unwrap_or(Cell::Undefined(reason));
    let mut rows = vec![
        row(
            format!("visit_to_{first}"),
            Cell::Share(chain.visit_to_lead),
        ),
        row(
            format!("{first}_to_{last}"),
            Cell::Share(chain.lead_to_customer),
        ),
        row("deal_value".into(), money(chain.deal_value)),
        row("value_per_visit".into(), money(chain.value_per_visit())),
        row(
            "needed_visits_per_hour".into(),
            match shown.hour_cost {
                None => Cell::Undefined(Undefined::NoHourlyCost),
                Some(cost) => or_none(
                    chain.break_even_visits(cost).map(Cell::from),
                    Undefined::ZeroDenominator,
                ),
            },
        ),
    ];
    if let Some(visits) = shown.visits_per_hour {
        rows.push(row(
            "break_even_hour_cost".into(),
            money(chain.break_even_cost(visits)),
        ));
    }
    let columns = columns(&[
        ("measure", "Figure", Kind::Text, Weight::Key),
        ("value", "Value", Kind::Estimate, Weight::Key),
    ]);
    let mut table = table("payback", "Break-even", columns, rows);
    table.remarks = vec![format!("Rates: {}.", shown.source)];
    let blocks = vec![Block::Table("payback".into())];
    section("payback", "Break-even", blocks, vec![table])
}

fn chain(shown: &Shown) -> Parts {
    let Some((_, months, sums)) = shown.plan else {
        return Parts::default();
    };
    let (first, last) = shown.stages;
    let lines = [
        ("visits", Some(sums.visits), true),
        (first, Some(sums.leads), true),
        (last, Some(sums.customers), true),
        ("revenue", Some(sums.revenue), false),
        ("gross_profit", Some(sums.gross_profit), false),
        ("cost", Some(sums.cost), false),
        ("net", Some(sums.net), false),
        ("roi", sums.roi, false),
    ];
    let row = |(measure, value, is_count): (&str, Option<f64>, bool)| {
        let cell = value.map_or(Cell::Undefined(Undefined::ZeroDenominator), |value| {
            measured(measure, value)
        });
        let seen = |q: f64| match value.filter(|_| is_count) {
            Some(mean) => Cell::from(seen_at(mean, q)),
            None => Cell::Blank,
        };
        vec![
            measure.into(),
            cell,
            Cell::Blank,
            Cell::Blank,
            Cell::Blank,
            Cell::Blank,
            seen(0.1),
            seen(0.9),
            seen(0.025),
            seen(0.975),
        ]
    };
    let rows = lines.into_iter().map(row).collect();
    let title = format!("What it brings in {}, if it is so", super::months(months));
    let mut table = table("chain", &title, chain_columns(), rows);
    let none = at_most(sums.customers, 0);
    let one = at_most(sums.customers, 1);
    if one > 0.01 {
        table.remarks.push(format!(
            "With {} customers expected, none at all happens {}, at most one {}.",
            shown.number(sums.customers),
            super::sentences::chance(none),
            super::sentences::chance(one)
        ));
    }
    let blocks = vec![Block::Table("chain".into())];
    section("chain", "From visits to money", blocks, vec![table])
}
