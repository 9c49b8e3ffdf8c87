//! Where people and money are lost.
//!
//! Definitions: metrics dictionary 5.4 and 5.5. A rule looks at the [`World`] and gives lines:
//! whom it blames, of how many, and what that cost, if it can be told. The rules are a list
//! ([`rules::ALL`]); a new one is a constant in a file and a line there. A lead may stand in
//! several lines, which is why they are never added up.

pub mod cost;
pub mod reasons;
pub mod rules;
pub mod world;

use polars::prelude::PolarsResult;

use crate::domain::calendar::Millis;
use crate::domain::figure::{Figure, Rate};
use crate::domain::money::Money;
use crate::domain::service_level::{ServiceLevels, Thresholds};
use crate::metrics::data::{Data, Scope};
use crate::metrics::pipeline::ladder::LadderSetup;
use crate::metrics::worked;

use cost::Cost;
use reasons::{Reason, Validity};
use world::World;

/// What a line is measured against.
#[derive(Debug, Clone, PartialEq)]
pub enum Reference {
    /// A promise: its time, and the name of its calendar.
    Within(Millis, Option<String>),
    /// So many days.
    Days(f64),
    /// So many of what is named.
    Most(u64, &'static str),
    /// At least so many of what is named.
    Least(u64, &'static str),
    /// The rate of others.
    Rate(String, Rate),
    /// Nothing but the condition itself.
    None,
}

/// A place where people are lost.
#[derive(Debug, Clone, PartialEq)]
pub struct Line {
    /// The rule.
    pub leak: &'static str,
    /// Which part of the eligible; `(all)`.
    pub place: String,
    /// Whom the rule blames.
    pub people: u64,
    /// Of how many.
    pub share: Figure<Rate>,
    /// What that cost; undefined where the end of the records is not known yet.
    pub cost: Figure<Cost>,
    /// Amount of the open deals among them.
    pub at_stake: Option<Money>,
    /// What it is measured against.
    pub reference: Reference,
    /// What to do.
    pub advice: &'static str,
    /// Ids of the records.
    pub ids: Vec<String>,
}

/// What a rule found.
#[derive(Debug, Clone, PartialEq)]
pub struct Checked {
    /// The rule.
    pub leak: &'static str,
    /// What it looks for.
    pub condition: &'static str,
    /// Lines, or why it cannot be told.
    pub lines: Result<u64, &'static str>,
}

/// The answer.
#[derive(Debug, Clone)]
pub struct Leaks {
    /// Lines with somebody in them, most money first.
    pub lines: Vec<Line>,
    /// Every rule.
    pub checked: Vec<Checked>,
    /// Why records were lost.
    pub reasons: Vec<Reason>,
    /// How many leads were leads.
    pub validity: Validity,
    /// Leads looked at.
    pub leads: u64,
}

/// What is looked for.
#[derive(Clone, Copy)]
pub struct Asked<'a> {
    /// What was promised.
    pub levels: &'a ServiceLevels,
    /// From when on something is a leak.
    pub thresholds: &'a Thresholds,
    /// The ladders of deals.
    pub ladders: &'a [LadderSetup],
}

/// All rules over the data. `Ok(None)` where nothing has a date.
///
/// # Errors
/// What polars cannot do with the filter.
pub fn compute(data: &Data, scope: &Scope, asked: Asked) -> PolarsResult<Option<Leaks>> {
    let Some(leads) = worked::leads(data, &[], asked.levels.start)? else {
        return Ok(None);
    };
    let world = World::new(data, scope, &leads, asked)?;
    let (mut lines, mut checked) = (Vec::new(), Vec::new());
    for rule in rules::ALL {
        let found = (rule.find)(&world).map(|found| {
            let found: Vec<Line> = found.into_iter().filter(|line| line.people > 0).collect();
            let count = found.len() as u64;
            lines.extend(found);
            count
        });
        checked.push(Checked {
            leak: rule.key,
            condition: rule.condition,
            lines: found,
        });
    }
    lines.sort_by(|a, b| {
        money(b)
            .total_cmp(&money(a))
            .then(customers(b).total_cmp(&customers(a)))
    });
    Ok(Some(Leaks {
        lines,
        checked,
        reasons: reasons::reasons(&world),
        validity: reasons::validity(&world),
        leads: leads.list.len() as u64,
    }))
}

/// Money of a line for the ranking: what is not known stands below what is nothing.
fn money(line: &Line) -> f64 {
    let value = line.cost.and_then(|cost| cost.value);
    value.map_or(-1.0, |(value, _, _)| value)
}

fn customers(line: &Line) -> f64 {
    line.cost.map_or(-1.0, |cost| cost.customers.0)
}
