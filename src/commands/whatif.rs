//! `leadflow whatif`, and the `[[whatif]]` of the report.

use chrono::Datelike;

use super::prepare::{Prepared, prepare};
use super::{Run, context, emit, failures};
use crate::diagnostics::{Diagnostic, Failure, Location, codes};
use crate::domain::channel::Rules;
use crate::domain::money::Money;
use crate::domain::names::near_or_all;
use crate::domain::period::{Period, PeriodSpec};
use crate::metrics::what_if;
use crate::render::number;
use crate::report::document::{Cell, Kind, Report};
use crate::report::views::Parts;
use crate::report::views::whatif::{self as views, plain, rates as rate_views};
use crate::settings::{PlanFile, PlanMonth, WhatIf, WhatIfQuestion};
use crate::shell::ExitStatus;
use crate::whatif::Driver;
use crate::whatif::answer::{Change, NoAnswer, Question, answer};
use crate::whatif::arithmetic::UnitChain;
use crate::whatif::history::{Channel, Company, FEWEST_MONTHS};
use crate::whatif::model::Lift;
use crate::whatif::rates::{Given, Rate, rates};
use crate::whatif::steps::Basis;

/// Days of a month, for the length of tests.
const MONTH_DAYS: f64 = 365.25 / 12.0;

/// Whether a change pays.
///
/// # Errors
/// What stops the run.
pub fn run(run: &Run) -> Result<ExitStatus, Failure> {
    emit::check(run)?;
    refuse_splits(run)?;
    let Some(asked) = &run.settings.what_if else {
        return Ok(ExitStatus::Done);
    };
    if let Some(parts) = without_data(run, asked) {
        let report = Report {
            command: "whatif".into(),
            title: title(asked),
            context: context::without_data(run),
            summary: parts.summary,
            sections: parts.sections,
            tables: parts.tables,
            charts: parts.charts,
            notes: Vec::new(),
            checks: Vec::new(),
        };
        emit::print(run, &report, &[])?;
        return Ok(ExitStatus::Done);
    }
    let prepared = prepare(run, PeriodSpec::All)?;
    let company = company(&prepared)?;
    let parts = parts(run, &prepared, &company, asked, 1)?;
    let report = context::report(run, &prepared, "whatif", title(asked), parts);
    emit::emit(run, &prepared, &report)
}

/// The company by month and channel.
///
/// # Errors
/// A condition that does not fit the data.
pub fn company(prepared: &Prepared) -> Result<Company, Failure> {
    let ends = [prepared.data.as_of, prepared.complete_through];
    let through = ends.into_iter().flatten().min();
    what_if::company(&prepared.data, through).map_err(|error| failures::compute_error(&error))
}

/// The answer to a question, as parts of a report; `tried` what-ifs are answered in this run.
///
/// # Errors
/// A channel or step that does not exist; what is missing for an answer.
pub fn parts(
    run: &Run,
    prepared: &Prepared,
    company: &Company,
    asked: &WhatIf,
    tried: usize,
) -> Result<Parts, Failure> {
    let speak = |cell: &Cell, kind: Kind| number::cell(cell, kind, prepared.currency.as_deref());
    let channel = asked
        .channel
        .as_deref()
        .map(|name| channel_of(run, prepared, company, name))
        .transpose()?;
    let asking = Asking {
        run,
        prepared,
        company,
        asked,
        margin: margin(run, asked),
        tried,
        speak: &speak,
    };
    match (&asked.question, channel) {
        (WhatIfQuestion::Rate(rate), channel) => asking.step(channel, rate.as_ref()),
        (WhatIfQuestion::BreakEven | WhatIfQuestion::Suppose { .. }, Some(channel)) => {
            asking.arithmetic(channel)
        }
        (_, Some(channel)) => asking.change(channel),
        (_, None) => Ok(Parts::default()),
    }
}

/// `seo, 10 hours more a month`.
fn title(asked: &WhatIf) -> String {
    match &asked.channel {
        Some(channel) => format!("What if: {channel}"),
        None => "What if".into(),
    }
}

/// Options that a question about a whole history cannot take.
///
/// # Errors
/// Where one of them is given.
pub fn refuse_splits(run: &Run) -> Result<(), Failure> {
    let settings = run.settings;
    let named = [
        ("--by", !settings.by.is_empty()),
        ("--period", settings.period.is_some()),
    ];
    let Some((option, _)) = named.iter().find(|(_, given)| *given) else {
        return Ok(());
    };
    let text =
        format!("{option} does not fit a what-if, which needs the whole history of a channel");
    Err(Diagnostic::new(&codes::USAGE, text)
        .hint("to ask as of an earlier day: --as-of 2026-06-30")
        .into())
}

fn margin(run: &Run, asked: &WhatIf) -> Option<f64> {
    asked.margin.or(run.settings.gross_margin)
}

/// Arithmetic with every rate by hand needs no input.
fn without_data(run: &Run, asked: &WhatIf) -> Option<Parts> {
    let (visits_per_hour, hours) = supposed(asked)?;
    let chain = UnitChain {
        visit_to_lead: asked.visit_to_lead?,
        lead_to_customer: asked.lead_to_customer?,
        deal_value: asked.deal_value?,
        margin: margin(run, asked).unwrap_or(1.0),
    };
    let hour_cost = asked
        .hour_cost
        .or(run.settings.hours.rate.map(Money::units));
    // An hour that costs nothing known needs the time sheets.
    if hours.is_some() && hour_cost.is_none() {
        return None;
    }
    let currency = run
        .settings
        .currency
        .clone()
        .unwrap_or_else(|| "USD".into());
    let speak = |cell: &Cell, kind: Kind| number::cell(cell, kind, Some(&currency));
    let ladder = &run.settings.ladder;
    Some(plain::view(&plain::Shown {
        channel: asked.channel.as_deref().unwrap_or_default(),
        chain,
        hour_cost,
        has_margin: margin(run, asked).is_some(),
        visits_per_hour,
        plan: plan_sums(asked, &chain, visits_per_hour, hours, hour_cost),
        source: "as given",
        guess: None,
        stages: (ladder.first(), ladder.last()),
        speak: &speak,
    }))
}

/// Visits of an hour and hours of a month, where only arithmetic is asked for.
fn supposed(asked: &WhatIf) -> Option<(Option<f64>, Option<f64>)> {
    match asked.question {
        WhatIfQuestion::BreakEven => Some((None, None)),
        WhatIfQuestion::Suppose {
            visits_per_hour,
            hours,
        } => Some((Some(visits_per_hour), hours)),
        _ => None,
    }
}

fn plan_sums(
    asked: &WhatIf,
    chain: &UnitChain,
    visits_per_hour: Option<f64>,
    hours: Option<f64>,
    hour_cost: Option<f64>,
) -> Option<(f64, usize, crate::whatif::arithmetic::Sums)> {
    let (visits, hours, cost) = (visits_per_hour?, hours?, hour_cost?);
    let sums = chain.sums(hours, asked.months, visits, (cost, asked.fixed_cost));
    Some((hours, asked.months, sums))
}

/// The channel that a name means: as it is called, in any case, or by any spelling.
pub fn channel_of<'a>(
    run: &Run,
    prepared: &Prepared,
    company: &'a Company,
    name: &str,
) -> Result<(usize, &'a Channel), Failure> {
    let find = |name: &str| {
        let same = |channel: &&Channel| channel.name.to_lowercase() == name.to_lowercase();
        let mut numbered = company.channels.iter().enumerate();
        numbered.find(|(_, channel)| same(channel))
    };
    let rules = Rules::new(run.settings.channel_rules.clone(), run.settings.extensions);
    let spelt = || {
        let spellings = prepared.accounts.spellings.iter();
        let mut same =
            spellings.filter(|found| found.spelling.to_lowercase() == name.to_lowercase());
        same.find_map(|found| find(&found.channel))
    };
    let by_rule = || find(&rules.by_spelling(name)?.channel);
    find(name).or_else(spelt).or_else(by_rule).ok_or_else(|| {
        let names = company.channels.iter().map(|channel| channel.name.as_str());
        Diagnostic::new(
            &codes::UNKNOWN_NAME,
            format!("`{name}` is no channel of these inputs"),
        )
        .hint(near_or_all(name, names, "the channels are"))
        .into()
    })
}

/// Everything that an answer needs.
struct Asking<'a> {
    run: &'a Run<'a>,
    prepared: &'a Prepared,
    company: &'a Company,
    asked: &'a WhatIf,
    margin: Option<f64>,
    tried: usize,
    speak: &'a dyn Fn(&Cell, Kind) -> String,
}

impl Asking<'_> {
    fn given(&self) -> Given {
        Given {
            visit_to_lead: self.asked.visit_to_lead,
            lead_to_customer: self.asked.lead_to_customer,
            deal_value: self.asked.deal_value,
        }
    }

    /// A change of effort.
    fn change(&self, (index, channel): (usize, &Channel)) -> Result<Parts, Failure> {
        let question = self.question(index, channel)?;
        let answer = match answer(self.company, &question) {
            Ok(answer) => answer,
            Err(NoAnswer::FewMonths(months)) => {
                return Ok(self.not_enough(channel, &question, months));
            }
            Err(reason) => return Err(self.no_answer(channel, question.driver, reason).into()),
        };
        let labels = &self.company.months;
        let series = channel.series(question.driver, None);
        let span = channel
            .span(question.driver)
            .filter(|_| series.is_some())
            .map_or(("", ""), |(first, last)| {
                (labels[first].as_str(), labels[last].as_str())
            });
        Ok(views::view(&views::Shown {
            channel: &channel.name,
            driver: question.driver,
            answer: &answer,
            unit_cost: question.unit_cost,
            has_margin: self.margin.is_some(),
            has_prior: question.has_prior(),
            months: span,
            left_out: self.company.left_out_month.as_deref(),
            decided_after_days: self.company.decided_after_days,
            seed: question.seed,
            tried: self.tried,
            guess: self.guess().as_deref(),
            speak: self.speak,
        }))
    }

    /// Steps that no decided lead of any channel says anything of, in a sentence.
    fn guess(&self) -> Option<String> {
        if self.asked.lead_to_customer.is_some() {
            return None;
        }
        let seen = |step: usize| {
            let of = |channel: &Channel| channel.steps.get(step).is_some_and(|(_, n)| *n > 0);
            self.company.channels.iter().any(of)
        };
        let steps = self.company.steps.iter().enumerate();
        let guessed = steps.filter(|(step, _)| !seen(*step));
        let names: Vec<&str> = guessed.map(|(_, key)| key.as_str()).collect();
        (!names.is_empty()).then(|| {
            format!(
                "No lead is old enough to tell {}: one in two is supposed, which says nothing; \
                 --lead-to-customer 5% says it.",
                names.join(" and ")
            )
        })
    }

    fn question(&self, index: usize, channel: &Channel) -> Result<Question, Failure> {
        let asked = self.asked;
        let steady = |amount: f64| Change::Steady {
            amount,
            months: asked.months,
        };
        let (driver, change) = match &asked.question {
            WhatIfQuestion::Hours(hours) => (Driver::Hours, steady(*hours)),
            WhatIfQuestion::Money(money) => (Driver::Money, steady(*money)),
            WhatIfQuestion::Plan(plan) => {
                let driver = if plan.is_hours {
                    Driver::Hours
                } else {
                    Driver::Money
                };
                (driver, Change::Path(self.path(plan)?))
            }
            _ => (Driver::Hours, steady(0.0)),
        };
        let hour_cost = self.hour_cost(channel);
        let unit_cost = match (driver, hour_cost) {
            (Driver::Money, _) => 1.0,
            (Driver::Hours, Some(cost)) => cost,
            (Driver::Hours, None) => return Err(no_hour_cost().into()),
        };
        if let Change::Steady { amount, .. } = change
            && amount < 0.0
            && let Some(usual) = self.usual(channel, driver)
            && -amount > usual
        {
            let text = format!(
                "{} has {usual:.1} hours a month as usual; {} cannot be taken away",
                channel.name, -amount
            );
            let most = (usual * 10.0).floor() / 10.0;
            return Err(Diagnostic::new(&codes::USAGE, text)
                .hint(format!("the most is --remove-hours {most}"))
                .into());
        }
        let horizon = match &change {
            Change::Path(path) => asked.horizon.max(path.len()),
            Change::Steady { .. } => asked.horizon,
        };
        Ok(Question {
            channel: index,
            driver,
            change,
            horizon,
            unit_cost,
            // Other channels have their own people, unless the price was typed.
            hour_cost: asked.hour_cost,
            margin: self.margin.unwrap_or(1.0),
            discount: asked.discount,
            fixed_cost: asked.fixed_cost,
            halo: asked.halo,
            given: self.given(),
            prior_per_unit: asked.prior,
            lifts: self.lifts(index)?,
            shift: self.shift()?,
            seed: self.run.settings.seed,
        })
    }

    fn usual(&self, channel: &Channel, driver: Driver) -> Option<f64> {
        let series = channel.series(driver, None)?;
        Some(crate::whatif::answer::usual(&series.effort))
    }

    /// The plan by month, from the month after the last complete one.
    fn path(&self, plan: &PlanFile) -> Result<Vec<Option<f64>>, Failure> {
        let first = self
            .company
            .months
            .last()
            .and_then(|label| Period::parse(label).ok());
        let mut path: Vec<Option<f64>> = Vec::new();
        for row in &plan.rows {
            let index = match &row.month {
                PlanMonth::Number(number) => Some(*number - 1),
                PlanMonth::Calendar(month) => first.as_ref().and_then(|last| {
                    let months = |date: chrono::NaiveDate| date.year() * 12 + date.month0() as i32;
                    usize::try_from(months(month.start) - months(last.end)).ok()
                }),
            };
            let place = || row.place.clone();
            let Some(index) = index.filter(|index| *index < MOST_PLANNED) else {
                let text = "the plan begins in the month after the last complete one".to_owned();
                let from = first.as_ref().map(|last| Period::month(last.end).label);
                let mut finding = Diagnostic::new(&codes::USAGE, text).at(place());
                if let Some(from) = from {
                    finding = finding.hint(format!("here that is {from}"));
                }
                return Err(finding.into());
            };
            if path.len() <= index {
                path.resize(index + 1, None);
            }
            if path[index].replace(row.effort).is_some() {
                let text = "the month stands in the plan twice";
                return Err(Diagnostic::new(&codes::USAGE, text).at(place()).into());
            }
        }
        Ok(path)
    }

    /// Tests of this channel, as extra effort by month; those of others say nothing here.
    fn lifts(&self, channel: usize) -> Result<Vec<Lift>, Failure> {
        let mut lifts = Vec::new();
        for test in &self.asked.tests {
            let found = channel_of(self.run, self.prepared, self.company, &test.channel);
            let (tested, _) = found.map_err(|failure| placed(failure, &test.place))?;
            if tested != channel {
                continue;
            }
            let days = (test.end - test.start).num_days() + 1;
            let months = (days as f64 / MONTH_DAYS).round().max(1.0) as usize;
            lifts.push(Lift {
                effort: vec![test.extra_driver / months as f64; months],
                months,
                visits: test.extra_sessions,
                standard_error: test.standard_error,
            });
        }
        Ok(lifts)
    }

    fn shift(&self) -> Result<Option<usize>, Failure> {
        let Some(month) = &self.asked.shift else {
            return Ok(None);
        };
        let label = Period::month(month.start).label;
        let index = self.company.months.iter().position(|known| *known == label);
        match index {
            Some(index) if index > 0 => Ok(Some(index)),
            _ => {
                let known = &self.company.months;
                let text = format!("--break: {label} is not inside the complete months");
                let hint = match (known.get(1), known.last()) {
                    (Some(first), Some(last)) => format!("they are {first} to {last}"),
                    _ => "there are none".into(),
                };
                Err(Diagnostic::new(&codes::USAGE, text).hint(hint).into())
            }
        }
    }

    /// Break-even, and what a supposed effect would bring.
    fn arithmetic(&self, (_, channel): (usize, &Channel)) -> Result<Parts, Failure> {
        let (visits_per_hour, hours) = supposed(self.asked).unwrap_or_default();
        let chain = self
            .chain(channel)
            .map_err(|reason| Failure::from(self.no_answer(channel, Driver::Hours, reason)))?;
        let hour_cost = self.hour_cost(channel);
        if hours.is_some() && hour_cost.is_none() {
            return Err(no_hour_cost().into());
        }
        Ok(self.plain(channel, chain, (visits_per_hour, hours), hour_cost))
    }

    fn hour_cost(&self, channel: &Channel) -> Option<f64> {
        let rate = self.run.settings.hours.rate.map(Money::units);
        self.asked.hour_cost.or(channel.hour_cost).or(rate)
    }

    fn plain(
        &self,
        channel: &Channel,
        chain: UnitChain,
        (visits_per_hour, hours): (Option<f64>, Option<f64>),
        hour_cost: Option<f64>,
    ) -> Parts {
        let stages = &self.company.stages;
        let first = stages.first().map_or("lead", String::as_str);
        let last = stages.last().map_or("customer", String::as_str);
        plain::view(&plain::Shown {
            channel: &channel.name,
            chain,
            hour_cost,
            has_margin: self.margin.is_some(),
            visits_per_hour,
            plan: plan_sums(self.asked, &chain, visits_per_hour, hours, hour_cost),
            source: "means of the data, unless given",
            guess: self.guess().as_deref(),
            stages: (first, last),
            speak: self.speak,
        })
    }

    /// The means of the rates, for arithmetic.
    fn chain(&self, channel: &Channel) -> Result<UnitChain, NoAnswer> {
        let given = self.given();
        let anybody = self
            .company
            .channels
            .iter()
            .any(|channel| channel.leads > 0);
        if given.visit_to_lead.is_none() && (!anybody || channel.visits_of_leads == 0) {
            return Err(NoAnswer::NoLeads);
        }
        let rates = rates(self.company, channel, &given);
        let deal = rates.deal.ok_or(NoAnswer::NoDealValue)?;
        Ok(UnitChain {
            visit_to_lead: rates.steps[0].mean(),
            lead_to_customer: rates.steps[1..].iter().map(Rate::mean).product(),
            deal_value: deal.expected(),
            margin: self.margin.unwrap_or(1.0),
        })
    }

    /// Too few months for a model: the break-even alone.
    fn not_enough(&self, channel: &Channel, question: &Question, months: usize) -> Parts {
        let sentence = format!(
            "Not enough data: {months} complete months with visits and {} of {}, {FEWEST_MONTHS} \
             are needed. Until then only the break-even can be said.",
            effort_words(question.driver),
            channel.name
        );
        let hour_cost = self
            .hour_cost(channel)
            .filter(|_| question.driver == Driver::Hours);
        let chain = self.chain(channel);
        let mut parts = match chain {
            Ok(chain) => self.plain(channel, chain, (None, None), hour_cost),
            Err(_) => Parts::default(),
        };
        let guess = self.guess().filter(|_| !parts.tables.is_empty());
        let sentence = std::iter::once(sentence).chain(guess);
        let sentence = sentence.collect::<Vec<_>>().join(" ");
        views::not_enough(&mut parts, &channel.name, &sentence);
        parts
    }

    /// Another rate of a step, or which step is worth most.
    fn step(
        &self,
        channel: Option<(usize, &Channel)>,
        rate: Option<&(String, f64)>,
    ) -> Result<Parts, Failure> {
        let channel = channel.map(|(_, channel)| channel);
        let basis = Basis::new(self.company, channel, &self.given(), self.run.settings.seed);
        let months = self.asked.months;
        let known: Vec<&str> = basis.keys().collect();
        if known.is_empty() || basis.months == 0 {
            let text = "there is no step of the funnel whose rate and leads by month are known";
            return Err(Diagnostic::new(&codes::NO_HISTORY, text)
                .hint("a what-if on a rate needs leads with dates and at least two stages")
                .into());
        }
        let decided = |channel: &Channel| channel.steps.iter().any(|(_, n)| *n > 0);
        if basis.leads_per_month <= 0.0 || !self.company.channels.iter().any(decided) {
            let text = format!(
                "no step has leads to learn from: none of the last {} months, or none old enough",
                basis.months
            );
            let days = self.company.decided_after_days.round();
            return Err(Diagnostic::new(&codes::NO_HISTORY, text)
                .hint(format!("leads count from the age of {days} days on"))
                .into());
        }
        let asked = match rate {
            None => None,
            Some((key, rate)) => {
                let found = basis.with(key, *rate, months).ok_or_else(|| {
                    Diagnostic::new(
                        &codes::UNKNOWN_NAME,
                        format!("`{key}` is no step of these inputs"),
                    )
                    .hint(near_or_all(
                        key,
                        known.iter().copied(),
                        "the steps are",
                    ))
                })?;
                Some(found)
            }
        };
        Ok(rate_views::view(&rate_views::Shown {
            channel: channel.map(|channel| channel.name.as_str()),
            asked: asked.as_ref(),
            ranked: &basis.ranked(months),
            months,
            basis_months: basis.months,
            leads_per_month: basis.leads_per_month,
            decided_after_days: self.company.decided_after_days,
            seed: self.run.settings.seed,
            speak: self.speak,
        }))
    }

    fn no_answer(&self, channel: &Channel, driver: Driver, reason: NoAnswer) -> Diagnostic {
        let name = &channel.name;
        let effort = effort_words(driver);
        match reason {
            NoAnswer::NoEffort => {
                let with = self.company.channels.iter();
                let with: Vec<&str> = with
                    .filter(|channel| channel.effort(driver).is_some())
                    .map(|channel| channel.name.as_str())
                    .collect();
                let hint = if with.is_empty() {
                    format!(
                        "no channel has {effort}: give the time sheets or the spend too, or calculate with --visitors-per-hour"
                    )
                } else {
                    format!("channels with {effort}: {}", with.join(", "))
                };
                Diagnostic::new(
                    &codes::NO_HISTORY,
                    format!("{name} has no {effort} in any month"),
                )
                .hint(hint)
            }
            NoAnswer::NegativeEffort(month) => {
                let month = self.company.months.get(month).map_or("", String::as_str);
                Diagnostic::new(
                    &codes::NO_HISTORY,
                    format!("{name} has less than no {effort} in {month}"),
                )
                .hint("book the correction in the month that it corrects")
            }
            NoAnswer::NoVisits | NoAnswer::FewMonths(_) => Diagnostic::new(
                &codes::NO_HISTORY,
                format!("{name} has no month with both visits and {effort}"),
            )
            .hint("give an export of web analytics by channel and month"),
            NoAnswer::NoDealValue => Diagnostic::new(
                &codes::NO_HISTORY,
                "no deal was won, so a customer has no value",
            )
            .hint("say what one is worth: --deal-value 3000"),
            NoAnswer::NoLeads => Diagnostic::new(
                &codes::NO_HISTORY,
                format!("no leads are known for the months in which {name} has visits"),
            )
            .hint("give the leads too, or say the rate: --visit-to-lead 2%"),
        }
    }
}

/// The same failure, at the place that led to it.
fn placed(failure: Failure, place: &Location) -> Failure {
    let at = |finding: Diagnostic| finding.at(place.clone());
    Failure(failure.0.into_iter().map(at).collect())
}

/// Months that a plan may have.
const MOST_PLANNED: usize = 120;

fn effort_words(driver: Driver) -> &'static str {
    match driver {
        Driver::Hours => "hours",
        Driver::Money => "spend",
    }
}

fn no_hour_cost() -> Diagnostic {
    Diagnostic::new(&codes::USAGE, "nobody said what an hour costs")
        .hint("--hour-cost 60, or [hours] rate = 60 in leadflow.toml; or only --break-even")
}
