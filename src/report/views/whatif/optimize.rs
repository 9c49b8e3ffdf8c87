//! The best split: the plan with its proof, and what it gains.

use super::money;
use crate::report::document::{Block, Cell, Kind, Section, Weight};
use crate::report::views::words::Speak;
use crate::report::views::{Parts, columns, section, table};
use crate::whatif::Driver;
use crate::whatif::optimize::{Bound, Optimum, Planned, Request, Total};
use crate::whatif::outcome::DRAWS;

/// A plan with what is needed to word it.
#[derive(Clone, Copy)]
pub struct Shown<'a> {
    /// The plan.
    pub optimum: &'a Optimum,
    /// What was asked.
    pub request: &'a Request,
    /// True where a margin is known; else gross profit is revenue.
    pub has_margin: bool,
    /// Formats figures in sentences.
    pub speak: Speak<'a>,
}

impl Shown<'_> {
    fn money(&self, amount: f64) -> String {
        (self.speak)(&money(amount), Kind::Estimate)
    }

    fn splits_hours(&self) -> bool {
        matches!(self.request.total, Some(Total::Hours(_)))
    }
}

/// Tables `plan` and `gain`.
#[must_use]
pub fn view(shown: &Shown) -> Parts {
    let sentence = verdict(shown);
    let mut parts = Parts {
        sections: vec![Section {
            id: "verdict".into(),
            title: "The best split".into(),
            blocks: vec![Block::List(beside(shown))],
        }],
        summary: vec![sentence],
        ..Parts::default()
    };
    parts.append(plan(shown));
    parts.append(gain(shown));
    parts
}

fn verdict(shown: &Shown) -> String {
    let optimum = shown.optimum;
    let gain = &optimum.gain;
    let chance = super::sentences::chance(optimum.better);
    let profit = if shown.has_margin {
        "gross profit"
    } else {
        "revenue, not profit,"
    };
    let size = format!(
        "{} more {profit} a month than now, less what it costs more (80 %: {} to {}), better \
         than now: {chance}",
        shown.money(gain.mean),
        shown.money(gain.low80),
        shown.money(gain.high80),
    );
    if optimum.keep {
        format!("Keep as is: the best split would bring {size}, which is not enough to move money.")
    } else {
        format!("Move: the best split brings {size}.")
    }
}

fn beside(shown: &Shown) -> Vec<String> {
    let optimum = shown.optimum;
    let mut points = Vec::new();
    let free = optimum.plan.iter().filter(|line| line.bound.is_none());
    let (count, unit) = (
        free.count(),
        if shown.splits_hours() {
            "hour"
        } else {
            "unit of money"
        },
    );
    points.push(match count {
        0 => "Every channel is held by a bound.".to_owned(),
        1 => "One channel alone is held by no bound, and takes what is left.".to_owned(),
        _ if shown.splits_hours() => format!(
            "Hours went one by one to where the next earns most; now the best earns {}.",
            shown.money(optimum.shadow_price)
        ),
        _ => format!(
            "The proof: in the {count} channels that no bound holds, the next {unit} earns {}.",
            shown.money(optimum.shadow_price)
        ),
    });
    let outside: Vec<&str> = optimum
        .plan
        .iter()
        .filter(|line| line.outside)
        .map(|line| line.channel.as_str())
        .collect();
    if !outside.is_empty() {
        points.push(format!(
            "Outside the range seen, so less sure than it looks: {}. --bounds 0.5..1.5 keeps the \
             plan nearer to now.",
            outside.join(", ")
        ));
    }
    if optimum.stopped {
        points.push("A channel stopped at ten times its present amount.".into());
    }
    if !optimum.left_out.is_empty() {
        points.push(format!(
            "Left as they are, for want of months or leads: {}.",
            optimum.left_out.join(", ")
        ));
    }
    points
}

fn plan(shown: &Shown) -> Parts {
    let unit = if shown.splits_hours() {
        "hour"
    } else {
        "unit of money"
    };
    let columns = columns(&[
        ("channel", "Channel", Kind::Text, Weight::Key),
        ("driver", "Driver", Kind::Text, Weight::Detail),
        ("now", "Now", Kind::Estimate, Weight::Key),
        ("proposed", "Proposed", Kind::Estimate, Weight::Key),
        ("change", "Change", Kind::Estimate, Weight::Normal),
        (
            "marginal_now",
            "Next unit now",
            Kind::Estimate,
            Weight::Normal,
        ),
        (
            "marginal_proposed",
            "Next unit then",
            Kind::Estimate,
            Weight::Normal,
        ),
        ("bound", "Held by", Kind::Text, Weight::Normal),
        (
            "outside_range_seen",
            "Outside the range seen",
            Kind::Flag,
            Weight::Detail,
        ),
        ("price", "Price of a unit", Kind::Estimate, Weight::DataOnly),
    ]);
    let rows = shown.optimum.plan.iter().map(plan_row).collect();
    let mut table = table("plan", "The plan, a month", columns, rows);
    let bounds = match shown.request.bounds {
        Some(_) => "Bounds as asked.",
        None => {
            "Held within the range seen, give or take a quarter; --bounds 0.5..1.5 sets others."
        }
    };
    table.remarks = vec![
        bounds.to_owned(),
        format!(
            "Next unit: {} that one more {unit} brings. Hours are hours, money is money.",
            if shown.has_margin {
                "gross profit"
            } else {
                "revenue, not profit,"
            }
        ),
    ];
    let blocks = vec![Block::Table("plan".into())];
    section("plan", "The plan and its proof", blocks, vec![table])
}

fn plan_row(line: &Planned) -> Vec<Cell> {
    let (driver, amount): (&str, fn(f64) -> Cell) = match line.driver {
        Driver::Hours => ("hours", |hours| Cell::from(hours)),
        Driver::Money => ("money", money),
    };
    let bound = match line.bound {
        None => Cell::Blank,
        Some(Bound::Least) => "least".into(),
        Some(Bound::Most) => "most".into(),
        Some(Bound::Fixed) => "fixed".into(),
    };
    vec![
        line.channel.as_str().into(),
        driver.into(),
        amount(line.now),
        amount(line.proposed),
        amount(line.proposed - line.now),
        line.marginal_now.into(),
        line.marginal_proposed.into(),
        bound,
        line.outside.into(),
        money(line.price),
    ]
}

fn gain(shown: &Shown) -> Parts {
    let optimum = shown.optimum;
    let columns = columns(&[
        ("decision", "Decision", Kind::Text, Weight::Key),
        ("p_better", "Chance to be better", Kind::Share, Weight::Key),
        ("gain", "Gain a month", Kind::Estimate, Weight::Key),
        ("low80", "80 % from", Kind::Estimate, Weight::Normal),
        ("high80", "to", Kind::Estimate, Weight::Normal),
        ("low95", "95 % from", Kind::Estimate, Weight::DataOnly),
        ("high95", "95 % to", Kind::Estimate, Weight::DataOnly),
        (
            "shadow_price",
            "Next unit earns",
            Kind::Estimate,
            Weight::Normal,
        ),
        ("total_now", "Total now", Kind::Estimate, Weight::Normal),
        (
            "total_proposed",
            "Total then",
            Kind::Estimate,
            Weight::Normal,
        ),
        ("draws", "Draws", Kind::Count, Weight::DataOnly),
        ("seed", "Seed", Kind::Count, Weight::DataOnly),
    ]);
    let total = |amount: f64| {
        if shown.splits_hours() {
            Cell::from(amount)
        } else {
            money(amount)
        }
    };
    let gain = &optimum.gain;
    let row = vec![
        if optimum.keep { "keep_as_is" } else { "move" }.into(),
        optimum.better.into(),
        money(gain.mean),
        money(gain.low80),
        money(gain.high80),
        money(gain.low95),
        money(gain.high95),
        optimum.shadow_price.into(),
        total(optimum.total.0),
        total(optimum.total.1),
        (DRAWS as u64).into(),
        shown.request.seed.into(),
    ];
    let table = table("gain", "What the plan gains", columns, vec![row]);
    let blocks = vec![Block::Table("gain".into())];
    section("gain", "Is it worth moving", blocks, vec![table])
}
