//! One question, one answer: does the change pay, how sure is that, and why.

use super::Driver;
use super::drivers::{Drivers, drivers};
use super::elsewhere::{self, Elsewhere};
use super::evidence::{Evidence, evidence};
use super::history::{Channel, Company, FEWEST_MONTHS};
use super::model::{Lift, Model, Posterior, Series};
use super::outcome::{Outcome, Terms, outcome};
use super::rates::{Given, Rates, rates};
use super::response::{Plan, Response};
use super::waiting::{self, Test};

/// Months of which the mean is business as usual.
const USUAL_MONTHS: usize = 3;
/// Below it the history cannot tell.
pub const LEAST_INFORMATION: f64 = 0.25;
/// The same where effort went with the calendar: growth of any cause looks like its effect,
/// so that some of what seems learned of it is not.
pub const LEAST_INFORMATION_WITH_TIME: f64 = 0.35;
/// From here on it is informative.
pub const MUCH_INFORMATION: f64 = 0.5;
/// Steps of the response curve.
const CURVE_STEPS: usize = 24;

/// The five answers, and the two that are none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// At least 90 in 100.
    Pays,
    /// At least 70.
    ProbablyPays,
    /// Between 30 and 70, or the history says too little.
    CannotTell,
    /// At most 30.
    ProbablyNot,
    /// At most 10.
    DoesNotPay,
    /// Fewer than six complete months.
    NotEnoughData,
}

impl Class {
    /// By the chance of a net above zero.
    #[must_use]
    pub fn of(pays: f64) -> Self {
        match pays {
            p if p >= 0.90 => Self::Pays,
            p if p >= 0.70 => Self::ProbablyPays,
            p if p > 0.30 => Self::CannotTell,
            p if p > 0.10 => Self::ProbablyNot,
            _ => Self::DoesNotPay,
        }
    }

    /// The name in the data formats.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Pays => "pays",
            Self::ProbablyPays => "probably_pays",
            Self::CannotTell => "cannot_tell",
            Self::ProbablyNot => "probably_not",
            Self::DoesNotPay => "does_not_pay",
            Self::NotEnoughData => "not_enough_data",
        }
    }
}

/// What is asked.
#[derive(Debug, Clone, PartialEq)]
pub struct Question {
    /// Index of the channel.
    pub channel: usize,
    /// What is changed.
    pub driver: Driver,
    /// How.
    pub change: Change,
    /// Months of visits looked at, from the first month of the plan.
    pub horizon: usize,
    /// Price of an hour, or 1 for money.
    pub unit_cost: f64,
    /// Price of an hour for the other channels.
    pub hour_cost: Option<f64>,
    /// Share of revenue that is gross profit.
    pub margin: f64,
    /// Discount rate of a year.
    pub discount: f64,
    /// Paid once.
    pub fixed_cost: f64,
    /// Extra direct visits per extra visit.
    pub halo: f64,
    /// Rates that the user states.
    pub given: Given,
    /// Extra visits of the last unit of effort, and their deviation.
    pub prior_per_unit: Option<(f64, f64)>,
    /// Experiments.
    pub lifts: Vec<Lift>,
    /// First month after a lasting change, as an index of the company's months.
    pub shift: Option<usize>,
    /// Seed of all draws.
    pub seed: u64,
}

/// A change of effort.
#[derive(Debug, Clone, PartialEq)]
pub enum Change {
    /// So much more (or less) in each of so many months.
    Steady {
        /// Of a month.
        amount: f64,
        /// How many.
        months: usize,
    },
    /// Effort month by month, in place of the usual; absent: as usual.
    Path(Vec<Option<f64>>),
}

impl Question {
    /// A steady change with everything else as usual: twelve months, horizon of 24.
    #[must_use]
    pub fn steady(channel: usize, driver: Driver, amount: f64, unit_cost: f64) -> Self {
        Self {
            channel,
            driver,
            change: Change::Steady { amount, months: 12 },
            horizon: 24,
            unit_cost,
            hour_cost: (driver == Driver::Hours).then_some(unit_cost),
            margin: 1.0,
            discount: 0.0,
            fixed_cost: 0.0,
            halo: 0.0,
            given: Given::default(),
            prior_per_unit: None,
            lifts: Vec::new(),
            shift: None,
            seed: 1,
        }
    }

    /// True where the user knows something that the history does not.
    #[must_use]
    pub fn has_prior(&self) -> bool {
        self.prior_per_unit.is_some() || !self.lifts.is_empty()
    }

    /// What money is paid and earned.
    #[must_use]
    pub fn terms(&self) -> Terms {
        Terms {
            unit_cost: self.unit_cost,
            margin: self.margin,
            discount: self.discount,
            fixed_cost: self.fixed_cost,
            halo: self.halo,
            seed: self.seed,
        }
    }

    fn plan(&self, usual: f64) -> Plan {
        let change = match &self.change {
            Change::Steady { amount, months } => vec![*amount; *months],
            Change::Path(path) => path
                .iter()
                .map(|effort| effort.map_or(0.0, |effort| effort - usual))
                .collect(),
        };
        Plan {
            usual,
            change,
            horizon: self.horizon,
        }
    }
}

/// The answer where there is one.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// Which of the five.
    pub class: Class,
    /// True where the class is that of too little information, whatever the chance.
    pub overridden: bool,
    /// The plan.
    pub plan: Plan,
    /// What it leads to.
    pub outcome: Outcome,
    /// The rates behind it.
    pub rates: Rates,
    /// Visits of all months over effort of all months.
    pub average_per_unit: f64,
    /// Extra visits of the plan over its extra effort; absent without extra effort.
    pub marginal_per_unit: Option<f64>,
    /// Visits that a unit of effort must bring; absent where a visit is worth nothing.
    pub needed_per_unit: Option<f64>,
    /// Price of a unit of effort at which nothing is left; absent without extra effort.
    pub break_even_unit_cost: Option<f64>,
    /// True where the plan goes beyond the effort seen so far.
    pub outside: bool,
    /// The same money in every channel, this one first.
    pub elsewhere: Vec<Elsewhere>,
    /// What drives the answer.
    pub drivers: Drivers,
    /// The most that any knowledge is worth.
    pub certainty: f64,
    /// Tests on offer.
    pub tests: Vec<Test>,
    /// Can the history tell?
    pub evidence: Evidence,
    /// Visits a month by lasting effort: effort, expected, ends of the 80 % interval.
    pub curve: Vec<CurvePoint>,
    /// Months that stand for business as usual.
    pub usual_months: usize,
}

/// Lasting effort and the visits that it brings beyond those of none.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CurvePoint {
    /// Effort of a month.
    pub effort: f64,
    /// Expected visits of a month, all causes.
    pub visits: f64,
    /// Ends of the 80 % interval.
    pub low: f64,
    /// Ends of the 80 % interval.
    pub high: f64,
}

/// Why there is no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoAnswer {
    /// Fewer than six complete months with visits and effort.
    FewMonths(usize),
    /// No effort of this kind in any month.
    NoEffort,
    /// A month, as an index of the company's, whose effort is below nothing.
    NegativeEffort(usize),
    /// No visits in any month.
    NoVisits,
    /// No deal was ever won and no value is given.
    NoDealValue,
    /// No lead is known and no rate is given.
    NoLeads,
}

/// A channel, fitted.
pub struct Fitted {
    /// The regression.
    pub model: Model,
    /// What it says.
    pub posterior: Posterior,
    /// What was fitted.
    pub series: Series,
    /// Effort of a month as usual.
    pub usual: f64,
}

/// Fits a channel to its own effort.
///
/// # Errors
/// Why it cannot be fitted.
pub fn fit(
    channel: &Channel,
    driver: Driver,
    shift: Option<usize>,
    lifts: impl Fn(f64) -> Vec<Lift>,
) -> Result<Fitted, NoAnswer> {
    if channel.effort(driver).is_none() {
        return Err(NoAnswer::NoEffort);
    }
    let series = channel.series(driver, shift).ok_or(NoAnswer::NoVisits)?;
    let first = channel.span(driver).map_or(0, |(first, _)| first);
    if let Some(month) = series.effort.iter().position(|effort| *effort < 0.0) {
        return Err(NoAnswer::NegativeEffort(first + month));
    }
    let months = series.visits.iter().flatten().count();
    if months < FEWEST_MONTHS {
        return Err(NoAnswer::FewMonths(months));
    }
    let usual = usual(&series.effort);
    let model = Model::new(&series)
        .ok_or(NoAnswer::NoVisits)?
        .with_lifts(&lifts(usual));
    let posterior = model.posterior();
    Ok(Fitted {
        model,
        posterior,
        series,
        usual,
    })
}

/// The mean of the last months.
#[must_use]
pub fn usual(effort: &[f64]) -> f64 {
    let last = &effort[effort.len().saturating_sub(USUAL_MONTHS)..];
    last.iter().sum::<f64>() / last.len().max(1) as f64
}

/// Answers a question about the change of a channel's effort.
///
/// # Errors
/// Why there is no answer.
pub fn answer(company: &Company, question: &Question) -> Result<Answer, NoAnswer> {
    let channel = &company.channels[question.channel];
    check_rates(company, channel, question)?;
    let lifts = |usual: f64| lifts(question, usual);
    let fitted = fit(channel, question.driver, question.shift, lifts)?;
    let rates = rates(company, channel, &question.given);
    let Fitted {
        model,
        posterior,
        series,
        usual,
    } = &fitted;
    let plan = question.plan(*usual);
    let terms = question.terms();
    let most_seen = series.effort.iter().copied().fold(0.0, f64::max);
    let response = Response::new(model, posterior, &plan, most_seen);
    let outcome = outcome(&response, &plan, &rates, &company.lags, &terms, "asked");
    let evidence = evidence(series).ok_or(NoAnswer::NoVisits)?;
    let total = plan.total();
    let per_unit = |amount: f64| (total != 0.0).then(|| amount / total);
    let value = outcome.value_per_visit.mean;
    let own = Class::of(outcome.pays);
    let needed = information_needed(&evidence);
    let weak = evidence.information_share < needed && !question.has_prior();
    let change = plan.change.iter().copied().fold(0.0, f64::max);
    let tests = waiting::tests(
        model,
        posterior,
        &plan,
        change,
        (
            outcome.net.mean,
            value * outcome.present_share * (1.0 + question.halo),
        ),
        question.unit_cost,
    );
    Ok(Answer {
        class: if weak { Class::CannotTell } else { own },
        overridden: weak,
        average_per_unit: model.mean_visits / model.mean_effort,
        marginal_per_unit: per_unit(response.mean()),
        needed_per_unit: (value > 0.0).then(|| question.unit_cost / value),
        break_even_unit_cost: per_unit(outcome.profit.mean),
        outside: response.outside,
        elsewhere: elsewhere::elsewhere(company, question, &outcome, response.outside),
        drivers: drivers(&response, &rates, &outcome, &terms),
        certainty: waiting::value_of_certainty(outcome.net.mean, outcome.net_if_positive),
        tests: if change > 0.0 { tests } else { Vec::new() },
        curve: curve(&fitted, plan.most().max(most_seen)),
        evidence,
        outcome,
        rates,
        plan,
        usual_months: USUAL_MONTHS.min(series.effort.len()),
    })
}

/// The information share from which on the history can tell.
#[must_use]
pub fn information_needed(evidence: &Evidence) -> f64 {
    if evidence.follows_the_calendar() {
        LEAST_INFORMATION_WITH_TIME
    } else {
        LEAST_INFORMATION
    }
}

fn check_rates(company: &Company, channel: &Channel, question: &Question) -> Result<(), NoAnswer> {
    let has_deals = || {
        let deals = company.channels.iter().flat_map(|channel| &channel.deals);
        deals.copied().any(|deal| deal > 0.0)
    };
    if question.given.deal_value.is_none() && !has_deals() {
        return Err(NoAnswer::NoDealValue);
    }
    let has_leads = company.channels.iter().any(|channel| channel.leads > 0);
    if question.given.visit_to_lead.is_none() && (!has_leads || channel.visits_of_leads == 0) {
        return Err(NoAnswer::NoLeads);
    }
    Ok(())
}

/// What the user knows, as extra effort that brought extra visits.
fn lifts(question: &Question, usual: f64) -> Vec<Lift> {
    let mut lifts = question.lifts.clone();
    if let Some((visits, deviation)) = question.prior_per_unit {
        let plan = question.plan(usual);
        let total = plan.total();
        if total != 0.0 {
            lifts.push(Lift {
                effort: plan.change,
                months: question.horizon,
                visits: visits * total,
                standard_error: deviation * total.abs(),
            });
        }
    }
    lifts
}

/// The response curve: what lasting effort brings, at the level of the months seen.
fn curve(fitted: &Fitted, most: f64) -> Vec<CurvePoint> {
    let Fitted {
        model, posterior, ..
    } = fitted;
    let mut steps: Vec<f64> = (0..=CURVE_STEPS)
        .map(|step| most * 1.1 * step as f64 / CURVE_STEPS as f64)
        .collect();
    steps.push(fitted.usual);
    steps.sort_by(f64::total_cmp);
    steps.dedup();
    let visits = super::response::steady(model, posterior, &steps);
    steps
        .into_iter()
        .zip(visits)
        .map(|(effort, (mean, low, high))| CurvePoint {
            effort,
            visits: model.mean_visits * (1.0 + mean),
            low: model.mean_visits * (1.0 + low),
            high: model.mean_visits * (1.0 + high),
        })
        .collect()
}
