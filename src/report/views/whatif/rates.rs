//! What a better stage step would bring, and which step is worth most.

use super::money;
use crate::domain::figure::Undefined;
use crate::report::document::{Bar, Bars, Block, Cell, Chart, Kind, Plot, Section, Weight};
use crate::report::views::words::Speak;
use crate::report::views::{Parts, columns, section, table};
use crate::whatif::outcome::{DRAWS, Spread};
use crate::whatif::steps::{Better, TENTH};

/// What was asked.
#[derive(Clone, Copy)]
pub struct Shown<'a> {
    /// The channel; absent for all of them.
    pub channel: Option<&'a str>,
    /// The answer to a rate that was named.
    pub asked: Option<&'a Better>,
    /// Every step, ten points better.
    pub ranked: &'a [Better],
    /// Months that are looked at.
    pub months: usize,
    /// Months whose leads stand for them.
    pub basis_months: usize,
    /// Leads of a month.
    pub leads_per_month: f64,
    /// Days after which a lead counts as decided.
    pub decided_after_days: f64,
    /// Seed of the draws.
    pub seed: u64,
    /// Formats figures in sentences.
    pub speak: Speak<'a>,
}

/// Tables `verdict`, `steps` and, with a rate, `chain`.
#[must_use]
pub fn view(shown: &Shown) -> Parts {
    let sentence = match shown.asked {
        Some(asked) => asked_sentence(shown, asked),
        None => ranked_sentence(shown),
    };
    let of = shown
        .channel
        .map_or_else(String::new, |channel| format!(" of {channel}"));
    let mut parts = Parts {
        sections: vec![Section {
            id: "verdict".into(),
            title: format!("What a better step{of} would bring"),
            blocks: Vec::new(),
        }],
        summary: vec![sentence],
        ..Parts::default()
    };
    if let Some(asked) = shown.asked {
        parts.append(chain(shown, asked));
    }
    parts.append(steps(shown));
    parts
}

fn asked_sentence(shown: &Shown, asked: &Better) -> String {
    let share = |share: f64| (shown.speak)(&Cell::Share(share), Kind::Share);
    let number = |number: f64| (shown.speak)(&Cell::from(number), Kind::Estimate);
    let customers = &asked.customers;
    let sign = |value: f64| if value > 0.0 { "+" } else { "" };
    let revenue = asked.revenue.map_or_else(String::new, |revenue| {
        let money = |amount: f64| (shown.speak)(&money(amount), Kind::Estimate);
        format!(
            " and {}{} revenue (80 %: {} to {})",
            sign(revenue.mean),
            money(revenue.mean),
            money(revenue.low80),
            money(revenue.high80)
        )
    });
    format!(
        "{} at {} instead of {} ({} of {}) brings {}{} customers (80 %: {} to {}){revenue} in {} \
         months.",
        asked.step.key,
        share(asked.rate),
        share(asked.step.rate.0),
        asked.step.k,
        asked.step.n,
        sign(customers.mean),
        number(customers.mean),
        number(customers.low80),
        number(customers.high80),
        shown.months,
    )
}

fn ranked_sentence(shown: &Shown) -> String {
    let Some(best) = shown.ranked.first() else {
        return "There is no step whose rate is known.".into();
    };
    let number = |number: f64| (shown.speak)(&Cell::from(number), Kind::Estimate);
    format!(
        "{} is worth most: ten points more bring {} customers in {} months (80 %: {} to {}).",
        best.step.key,
        number(best.customers.mean),
        shown.months,
        number(best.customers.low80),
        number(best.customers.high80)
    )
}

fn chain(shown: &Shown, asked: &Better) -> Parts {
    let row = |measure: &str, spread: Option<Spread>, seen: Option<Spread>| {
        let cell = |spread: Option<Spread>, of: fn(&Spread) -> f64| match spread {
            Some(spread) => super::measured(measure, of(&spread)),
            None => Cell::Blank,
        };
        let expected = |of| match spread {
            None => Cell::Undefined(Undefined::MissingAmount),
            some => cell(some, of),
        };
        vec![
            measure.into(),
            expected(|spread| spread.mean),
            expected(|spread| spread.low80),
            expected(|spread| spread.high80),
            expected(|spread| spread.low95),
            expected(|spread| spread.high95),
            cell(seen, |spread| spread.low80),
            cell(seen, |spread| spread.high80),
            cell(seen, |spread| spread.low95),
            cell(seen, |spread| spread.high95),
        ]
    };
    let rows = vec![
        row("customers", Some(asked.customers), Some(asked.seen)),
        row("revenue", asked.revenue, None),
    ];
    let title = format!("What {} at another rate brings", asked.step.key);
    let mut table = table("chain", &title, super::chain_columns(), rows);
    table.remarks = remarks(shown);
    let blocks = vec![Block::Table("chain".into())];
    section("chain", "Extra customers and revenue", blocks, vec![table])
}

fn steps(shown: &Shown) -> Parts {
    let columns = columns(&[
        ("step", "Step", Kind::Text, Weight::Key),
        ("k", "Went on", Kind::Count, Weight::Detail),
        ("n", "Of", Kind::Count, Weight::Normal),
        ("rate", "Rate", Kind::Share, Weight::Key),
        ("rate_low80", "80 % from", Kind::Share, Weight::DataOnly),
        ("rate_high80", "to", Kind::Share, Weight::DataOnly),
        (
            "customers",
            "Customers by 10 points more",
            Kind::Estimate,
            Weight::Key,
        ),
        ("low80", "80 % from", Kind::Estimate, Weight::Normal),
        ("high80", "to", Kind::Estimate, Weight::Normal),
        ("revenue", "Revenue", Kind::Estimate, Weight::Normal),
    ]);
    let row = |better: &Better| {
        let (mean, low, high) = better.step.rate;
        vec![
            better.step.key.as_str().into(),
            better.step.k.into(),
            better.step.n.into(),
            mean.into(),
            low.into(),
            high.into(),
            better.customers.mean.into(),
            better.customers.low80.into(),
            better.customers.high80.into(),
            better
                .revenue
                .map_or(Cell::Undefined(Undefined::MissingAmount), |revenue| {
                    money(revenue.mean)
                }),
        ]
    };
    let rows = shown.ranked.iter().map(row).collect();
    let mut table = table("steps", "Which step is worth most", columns, rows);
    table.remarks = remarks(shown);
    let bars = shown.ranked.iter().map(|better| Bar {
        label: better.step.key.clone(),
        value: Ok(better.customers.mean),
        interval: Some((better.customers.low95, better.customers.high95)),
        remark: None,
    });
    let chart = Chart {
        id: "steps".into(),
        title: "Customers won by ten points more of a step".into(),
        description: "For each step of the funnel, the customers that ten points more of its \
                      rate would bring; the line is the 95 % interval."
            .into(),
        table: "steps".into(),
        plot: Plot::Bars(Bars {
            kind: Kind::Number,
            bars: bars.collect(),
        }),
    };
    let blocks = vec![Block::Chart("steps".into()), Block::Table("steps".into())];
    let mut parts = section("steps", "Which step is worth most", blocks, vec![table]);
    parts.charts.push(chart);
    parts
}

fn remarks(shown: &Shown) -> Vec<String> {
    let number = |number: f64| (shown.speak)(&Cell::from(number), Kind::Estimate);
    vec![
        format!(
            "{} leads a month, the mean of the last {} complete months; the other steps stay as \
             they are. Rates come from leads older than {} days. n = {}, seed {}.",
            number(shown.leads_per_month),
            shown.basis_months,
            number(shown.decided_after_days.round()),
            (shown.speak)(&Cell::from(DRAWS as u64), Kind::Count),
            shown.seed,
        ),
        format!(
            "Ten points are {} of a rate, or what is left to all.",
            (shown.speak)(&Cell::Share(TENTH), Kind::Share)
        ),
    ]
}
