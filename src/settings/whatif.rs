//! What-ifs as asked: the options of `whatif` and `optimize`, and `[[whatif]]`.
//!
//! Both spellings become one table first and are checked once. Whether a channel or a step
//! exists only the data can tell.

mod files;
mod optimize;

pub use files::{DriverTest, PlanFile, PlanMonth};
pub use optimize::{Optimize, OptimizeTable, SplitTotal, optimize};

use crate::cli::{Cli, Command, WhatIfArgs};
use crate::diagnostics::{Diagnostic, Failure, Location, codes};
use crate::domain::period::Period;

use super::config::{Config, ShareWord, WhatIfTable, Word};
use super::layers::Layers;
use files::{plan, tests};

const MONTHS: usize = 12;
const HORIZON: usize = 24;
/// Longer plans are no plans.
const MOST_MONTHS: usize = 120;
/// A trillion of anything is a slip of the keyboard, and no sum can be told exactly beyond.
const MOST_AMOUNT: f64 = 1e12;

/// A question about a change.
#[derive(Debug, Clone, PartialEq)]
pub struct WhatIf {
    /// Where it stands in the configuration; absent for the command line.
    pub place: Option<Location>,
    /// The channel as written.
    pub channel: Option<String>,
    /// What is asked.
    pub question: WhatIfQuestion,
    /// Months of the plan.
    pub months: usize,
    /// Months of visits that count.
    pub horizon: usize,
    /// Price of an hour.
    pub hour_cost: Option<f64>,
    /// Share of revenue that is gross profit.
    pub margin: Option<f64>,
    /// Discount rate of a year.
    pub discount: f64,
    /// Paid once.
    pub fixed_cost: f64,
    /// Leads per visit.
    pub visit_to_lead: Option<f64>,
    /// Customers per lead.
    pub lead_to_customer: Option<f64>,
    /// Value of a customer.
    pub deal_value: Option<f64>,
    /// Visits of another unit of effort, and their deviation.
    pub prior: Option<(f64, f64)>,
    /// Results of tests.
    pub tests: Vec<DriverTest>,
    /// The month from which visits are at another level.
    pub shift: Option<Period>,
    /// Extra direct visits per extra visit.
    pub halo: f64,
}

/// The kinds of questions.
#[derive(Debug, Clone, PartialEq)]
pub enum WhatIfQuestion {
    /// Hours more (or less, below zero) in each month.
    Hours(f64),
    /// Money more in each month.
    Money(f64),
    /// Effort month by month.
    Plan(PlanFile),
    /// Only what an hour must bring.
    BreakEven,
    /// Suppose that an hour brings so many visits; hours more in each month, where said.
    Suppose {
        /// Visits of an hour.
        visits_per_hour: f64,
        /// Hours more in each month.
        hours: Option<f64>,
    },
    /// Another rate of a step; without one: which step is worth most.
    Rate(Option<(String, f64)>),
}

/// Says what is wrong with a key, where it stands.
type Complain<'a> = &'a dyn Fn(&str, &str) -> Diagnostic;

/// The question of the command line; absent for other commands.
pub fn asked(cli: &Cli, layers: &Layers) -> Result<Option<WhatIf>, Failure> {
    let Command::WhatIf(args) = &cli.command else {
        return Ok(None);
    };
    let complain = |key: &str, text: &str| {
        let option = match key {
            "shift" => "break".to_owned(),
            "channel" => return Diagnostic::new(&codes::USAGE, text.to_owned()),
            other => other.replace('_', "-"),
        };
        Diagnostic::new(&codes::USAGE, format!("--{option}: {text}"))
    };
    let located = |_: &str, file: &str| layers.located("", file);
    read(&typed(args), &complain, &located).map(Some)
}

/// Every `[[whatif]]`, in order.
pub fn configured(config: &Config, layers: &Layers) -> Result<Vec<WhatIf>, Failure> {
    let numbered = config.whatif.iter().zip(1..);
    let one = |(table, number): (&WhatIfTable, usize)| {
        let path = format!("whatif[{number}]");
        let key_of = |key: &str| match key {
            "shift" => format!("{path}.break"),
            "channel" => path.clone(),
            other => format!("{path}.{other}"),
        };
        let complain = |key: &str, text: &str| layers.complaint(&key_of(key), text);
        let located = |key: &str, file: &str| layers.located(&key_of(key), file);
        let place = layers.complaint(&path, "").location;
        read(table, &complain, &located).map(|asked| WhatIf { place, ..asked })
    };
    numbered.map(one).collect()
}

fn typed(args: &WhatIfArgs) -> WhatIfTable {
    let share = |text: &Option<String>| text.clone().map(ShareWord::Text);
    let (change, terms, known) = (&args.change, &args.terms, &args.known);
    WhatIfTable {
        channel: args.channel().map(str::to_owned),
        add_hours: change.add_hours,
        remove_hours: change.remove_hours,
        add_spend: change.add_spend,
        from_file: change.from_file.clone(),
        rate: change.rate.clone(),
        break_even: change.break_even.then_some(true),
        visitors_per_hour: change.visitors_per_hour,
        months: terms.months,
        horizon: terms.horizon,
        hour_cost: terms.hour_cost,
        margin: share(&terms.margin),
        discount: share(&terms.discount),
        fixed_cost: terms.fixed_cost,
        visit_to_lead: share(&known.visit_to_lead),
        lead_to_customer: share(&known.lead_to_customer),
        deal_value: known.deal_value,
        prior_visits_per_hour: known.prior_visits_per_hour,
        prior_sd: known.prior_sd,
        experiment: known.experiment.clone(),
        shift: known.shift.clone().map(Word::Text),
        halo: share(&known.halo),
    }
}

fn read(
    table: &WhatIfTable,
    complain: Complain,
    located: &dyn Fn(&str, &str) -> std::path::PathBuf,
) -> Result<WhatIf, Failure> {
    let months = count(table.months, "months", complain)?;
    let question = question(table, complain, located)?;
    let horizon = count(table.horizon, "horizon", complain)?;
    let planned = match &question {
        WhatIfQuestion::Plan(plan) => plan.rows.len(),
        _ => months.unwrap_or(MONTHS),
    };
    // What is late of the last months still counts.
    let usual = HORIZON.max(planned + HORIZON - MONTHS);
    let horizon = horizon.unwrap_or(usual);
    if horizon < planned {
        let text = format!("{horizon} months end before the plan of {planned} months does");
        return Err(complain("horizon", &text)
            .hint("the horizon counts from the first month of the plan")
            .into());
    }
    let channel = table.channel.clone().filter(|name| !name.trim().is_empty());
    if channel.is_none() && !matches!(question, WhatIfQuestion::Rate(_)) {
        return Err(complain("channel", "a what-if needs a channel")
            .hint("leadflow whatif seo --add-hours 10")
            .into());
    }
    Ok(WhatIf {
        place: None,
        channel,
        question,
        months: planned,
        horizon,
        hour_cost: amount(table.hour_cost, "hour_cost", complain)?,
        margin: margin(table.margin.as_ref(), complain)?,
        discount: share(table.discount.as_ref(), "discount", complain)?.unwrap_or(0.0),
        fixed_cost: amount(table.fixed_cost, "fixed_cost", complain)?.unwrap_or(0.0),
        visit_to_lead: rate(table.visit_to_lead.as_ref(), "visit_to_lead", complain)?,
        lead_to_customer: rate(
            table.lead_to_customer.as_ref(),
            "lead_to_customer",
            complain,
        )?,
        deal_value: amount(table.deal_value, "deal_value", complain)?,
        prior: prior(table, complain)?,
        tests: match &table.experiment {
            Some(file) => tests(&located("experiment", file), file)?,
            None => Vec::new(),
        },
        shift: table
            .shift
            .as_ref()
            .map(|word| {
                Period::parse(&word.text()).map_err(|error| complain("shift", &error.to_string()))
            })
            .transpose()?,
        halo: share(table.halo.as_ref(), "halo", complain)?.unwrap_or(0.0),
    })
}

/// Exactly one question.
fn question(
    table: &WhatIfTable,
    complain: Complain,
    located: &dyn Fn(&str, &str) -> std::path::PathBuf,
) -> Result<WhatIfQuestion, Failure> {
    let supposed = table.visitors_per_hour.is_some();
    let asked = [
        ("add_hours", table.add_hours.is_some() && !supposed),
        ("remove_hours", table.remove_hours.is_some()),
        ("add_spend", table.add_spend.is_some()),
        ("from_file", table.from_file.is_some()),
        ("rate", table.rate.is_some()),
        ("visitors_per_hour", supposed),
    ];
    let mut asked = asked
        .iter()
        .filter(|(_, given)| *given)
        .map(|(key, _)| *key);
    let first = asked.next();
    if let (Some(first), Some(second)) = (first, asked.next()) {
        let text = format!("stands beside {first}; ask one thing at a time").replace('_', "-");
        return Err(complain(second, &text).into());
    }
    let only_break_even = table.break_even == Some(true) && !supposed;
    if only_break_even {
        return Ok(WhatIfQuestion::BreakEven);
    }
    let effort = |value: Option<f64>, key: &str, other: &str| -> Result<f64, Failure> {
        let value = value.unwrap_or(0.0);
        if (0.0..=MOST_AMOUNT).contains(&value) {
            return Ok(value);
        }
        if value > MOST_AMOUNT {
            return Err(too_much(value, key, complain));
        }
        let mut finding = complain(key, &format!("`{value}` is no amount from 0 on"));
        if value < 0.0 && !other.is_empty() {
            finding = finding.hint(format!("to take away: {other} {}", -value));
        }
        Err(finding.into())
    };
    match first {
        Some("add_hours") => {
            effort(table.add_hours, "add_hours", "--remove-hours").map(WhatIfQuestion::Hours)
        }
        Some("remove_hours") => effort(table.remove_hours, "remove_hours", "--add-hours")
            .map(|hours| WhatIfQuestion::Hours(-hours)),
        Some("add_spend") => effort(table.add_spend, "add_spend", "").map(WhatIfQuestion::Money),
        Some("visitors_per_hour") => Ok(WhatIfQuestion::Suppose {
            visits_per_hour: effort(table.visitors_per_hour, "visitors_per_hour", "")?,
            hours: table
                .add_hours
                .map(|hours| effort(Some(hours), "add_hours", ""))
                .transpose()?,
        }),
        Some("rate") => step_rate(table.rate.as_deref().unwrap_or_default(), complain),
        Some(_) => {
            let file = table.from_file.as_deref().unwrap_or_default();
            plan(&located("from_file", file), file).map(WhatIfQuestion::Plan)
        }
        None => Err(complain("channel", "nothing is asked")
            .hint(
                "ask with --add-hours, --remove-hours, --add-spend, --from-file, --rate or \
                 --break-even",
            )
            .into()),
    }
}

/// `lead_to_mql=25%`; the name of a step alone, or nothing, asks which is worth most.
fn step_rate(text: &str, complain: Complain) -> Result<WhatIfQuestion, Failure> {
    let Some((step, rate)) = text.split_once('=') else {
        if text.is_empty() || text.contains("_to_") {
            return Ok(WhatIfQuestion::Rate(None));
        }
        return Err(complain("rate", &format!("`{text}` is no step"))
            .hint("write it so: --rate lead_to_mql=25%; files stand before --rate")
            .into());
    };
    let rate = fraction(rate).filter(|rate| (0.0..=1.0).contains(rate));
    let rate = rate.ok_or_else(|| {
        complain("rate", &format!("`{text}` is no step and rate"))
            .hint("write it so: --rate lead_to_mql=25%")
    })?;
    Ok(WhatIfQuestion::Rate(Some((step.trim().to_owned(), rate))))
}

/// The number of `0.02` or `2%`.
fn fraction(text: &str) -> Option<f64> {
    let text = text.trim();
    let (digits, factor) = match text.strip_suffix('%') {
        Some(digits) => (digits.trim(), 0.01),
        None => (text, 1.0),
    };
    let number: f64 = digits.parse().ok()?;
    // 2 % is the number next to 0.02, not the product of two roundings.
    let number = if factor < 1.0 { number / 100.0 } else { number };
    number.is_finite().then_some(number)
}

fn share(word: Option<&ShareWord>, key: &str, complain: Complain) -> Result<Option<f64>, Failure> {
    let Some(word) = word else { return Ok(None) };
    let (found, written) = match word {
        ShareWord::Number(number) => (Some(*number), number.to_string()),
        ShareWord::Text(text) => (fraction(text), text.clone()),
    };
    match found.filter(|share| share.is_finite() && *share >= 0.0) {
        Some(share) => Ok(Some(share)),
        None => Err(complain(key, &format!("`{written}` is no share; write 0.2 or 20%")).into()),
    }
}

fn rate(word: Option<&ShareWord>, key: &str, complain: Complain) -> Result<Option<f64>, Failure> {
    match share(word, key, complain)? {
        Some(rate) if rate > 1.0 => {
            Err(complain(key, &format!("`{rate}` is more than all; write 0.02 or 2%")).into())
        }
        rate => Ok(rate),
    }
}

fn margin(word: Option<&ShareWord>, complain: Complain) -> Result<Option<f64>, Failure> {
    match rate(word, "margin", complain)? {
        Some(0.0) => Err(complain("margin", "a margin of 0 never pays; write 0.7 or 70%").into()),
        margin => Ok(margin),
    }
}

fn amount(value: Option<f64>, key: &str, complain: Complain) -> Result<Option<f64>, Failure> {
    match value {
        Some(value) if value > MOST_AMOUNT => Err(too_much(value, key, complain)),
        Some(value) if value.is_nan() || value < 0.0 => {
            Err(complain(key, &format!("`{value}` is no amount from 0 on")).into())
        }
        value => Ok(value),
    }
}

fn too_much(value: f64, key: &str, complain: Complain) -> Failure {
    complain(key, &format!("`{value:e}` is more than any company has")).into()
}

fn count(value: Option<i64>, key: &str, complain: Complain) -> Result<Option<usize>, Failure> {
    let Some(value) = value else { return Ok(None) };
    match usize::try_from(value) {
        Ok(months) if (1..=MOST_MONTHS).contains(&months) => Ok(Some(months)),
        _ => {
            let text = format!("`{value}` is no number of months from 1 to {MOST_MONTHS}");
            Err(complain(key, &text).into())
        }
    }
}

fn prior(table: &WhatIfTable, complain: Complain) -> Result<Option<(f64, f64)>, Failure> {
    match (table.prior_visits_per_hour, table.prior_sd) {
        (None, None) => Ok(None),
        (Some(visits), Some(_)) if !visits.is_finite() => {
            let text = format!("`{visits}` is no number of visits");
            Err(complain("prior_visits_per_hour", &text).into())
        }
        (Some(visits), Some(deviation)) if deviation.is_finite() && deviation > 0.0 => {
            Ok(Some((visits, deviation)))
        }
        (Some(_), Some(_)) => {
            Err(complain("prior_sd", "a standard deviation is a number above 0").into())
        }
        (Some(_), None) => {
            Err(complain("prior_visits_per_hour", "needs prior_sd beside it").into())
        }
        (None, Some(_)) => {
            Err(complain("prior_sd", "needs prior_visits_per_hour beside it").into())
        }
    }
}
