//! The wheel of a period (dictionary 9 and 10): size, speed, what pushes it, what it adds by
//! itself, what friction takes.
//!
//! Everything is seen from the end of the period, so that periods compare. Where a figure
//! needs cases that had time to happen, they are those old enough at that end.

use polars::prelude::PolarsResult;

use super::bridge::{self, Bridge};
use super::ledger::{Customer, Ledger, last_over};
use super::months::{Month, Span};
use super::referrals::{People, Referral, Referrals};
use super::renewals::{self, Contract};
use super::rows::{Lead, Rows};
use super::sourced::REFERRAL;
use crate::domain::calendar::{DAY_MILLIS, Millis, day_start};
use crate::domain::figure::{Basis, Figure, Rate, Undefined, View, ratio};
use crate::domain::money::Money;
use crate::metrics::channels::{self, Question};
use crate::metrics::data::{Data, Scope};
use crate::metrics::known::Known;
use crate::stats::quantile::quantile;
use crate::stats::wilson;

/// Days from which the cases behind a turn are taken.
pub const TRAILING_DAYS: i64 = 365;

/// What wheels of all periods are computed from.
pub struct Sources<'a> {
    /// The derived tables.
    pub data: &'a Data,
    /// Plain rows.
    pub rows: &'a Rows,
    /// The customers.
    pub ledger: Option<&'a Ledger>,
    /// Who is who.
    pub people: &'a People<'a>,
    /// Who brought whom.
    pub referrals: &'a Referrals,
    /// Contracts that were due.
    pub contracts: Option<&'a [Contract]>,
    /// Who brought each customer about.
    pub sources: &'a [Option<String>],
    /// When each customer first recommended, expanded or renewed.
    pub advocacy: &'a [Option<Millis>],
    /// Days within which a customer should do so.
    pub advocacy_days: u32,
}

/// The wheel of a period.
#[derive(Debug, Clone, PartialEq)]
pub struct Wheel {
    /// The period.
    pub period: String,
    /// From the start to the end.
    pub bridge: Figure<Bridge>,
    /// True where the bridge has money.
    pub has_amounts: bool,
    /// Customers at the end.
    pub size: Figure<u64>,
    /// Recurring amount at the end.
    pub recurring: Figure<Money>,
    /// Median days from lead to customer.
    pub lead_to_customer: Figure<f64>,
    /// Median days from customer to the first referral, expansion or renewal.
    pub customer_to_advocacy: Figure<f64>,
    /// New customers not from referral at the end, per customer at the start.
    pub push: Figure<f64>,
    /// New customers from referral at the end, per customer at the start.
    pub spin: Figure<f64>,
    /// Customers who came back, per customer at the start.
    pub reactivated: Figure<f64>,
    /// `customer_churn`.
    pub churn: Figure<Rate>,
    /// All cost of the period.
    pub cost: Figure<Money>,
    /// Customers whose first month lies in the period.
    pub new: Figure<u64>,
    /// Leads that became customers within the horizon.
    pub lead_to_customer_rate: Figure<Rate>,
    /// `nrr`.
    pub net_retention: Figure<bridge::Spread>,
    /// `grr`.
    pub gross_retention: Figure<bridge::Spread>,
    /// `renewal_rate`.
    pub renewal: Figure<Rate>,
    /// `referral_rate`.
    pub referral_rate: Figure<Rate>,
    /// `referred_share`.
    pub referred_share: Figure<Rate>,
    /// `k_factor`.
    pub k_factor: Figure<f64>,
    /// `referral_cycle`, in days.
    pub referral_cycle: Figure<f64>,
    /// Churn of a month.
    pub monthly_churn: Figure<f64>,
}

impl Wheel {
    /// `turn_time`, in days.
    ///
    /// # Errors
    /// Why one of its parts is undefined.
    pub fn turn_time(&self) -> Figure<f64> {
        Ok(self.lead_to_customer? + self.customer_to_advocacy?)
    }

    /// `speed`, in turns of a year.
    ///
    /// # Errors
    /// As [`Self::turn_time`].
    pub fn speed(&self) -> Figure<f64> {
        ratio(365.0, self.turn_time()?)
    }

    /// `growth`: exactly (end - start) / start.
    ///
    /// # Errors
    /// Why one of its parts is undefined.
    pub fn growth(&self) -> Figure<f64> {
        let churn = self.churn.as_ref().map_err(|reason| *reason)?.value();
        // Without knowing who refers, push and spin are one.
        let added = match &self.bridge {
            Ok(bridge) => bridge.per_start(bridge.new.customers)?,
            Err(reason) => return Err(*reason),
        };
        Ok(added + self.reactivated? - churn)
    }

    /// `coasting_rate`.
    ///
    /// # Errors
    /// Why one of its parts is undefined.
    pub fn coasting(&self) -> Figure<f64> {
        let churn = self.churn.as_ref().map_err(|reason| *reason)?.value();
        Ok(self.spin? - churn)
    }

    /// `coasting_half_life`, in periods.
    ///
    /// # Errors
    /// As [`Self::coasting`]; `not_reached` where the wheel carries itself or stops at once.
    pub fn half_life(&self) -> Figure<f64> {
        half_life(self.coasting()?)
    }

    /// `force_cost`.
    ///
    /// # Errors
    /// Why cost or new customers are undefined.
    pub fn force_cost(&self) -> Figure<Money> {
        super::money::per(self.cost?, self.new?)
    }

    /// `yield`: leads that become customers x what stays of what customers pay.
    ///
    /// # Errors
    /// Why one of its parts is undefined.
    pub fn yielded(&self) -> Figure<f64> {
        let rate = self
            .lead_to_customer_rate
            .as_ref()
            .map_err(|reason| *reason)?;
        Ok(rate.value() * self.gross_retention?.0)
    }

    /// `amplification`.
    ///
    /// # Errors
    /// As `k_factor`; `not_reached` where the referrals carry themselves.
    pub fn amplification(&self) -> Figure<f64> {
        let k = self.k_factor?;
        if k >= 1.0 {
            return Err(Undefined::NotReached);
        }
        Ok(1.0 / (1.0 - k))
    }

    /// `friction_index` against a base.
    ///
    /// # Errors
    /// Why one of the yields is undefined.
    pub fn friction(&self, base: &Self) -> Figure<f64> {
        Ok(100.0 * ratio(base.yielded()?, self.yielded()?)?)
    }

    /// `momentum_index` against a base.
    ///
    /// # Errors
    /// Why one of the sizes or speeds is undefined.
    pub fn momentum(&self, base: &Self) -> Figure<f64> {
        let (size, speed) = self.against(base)?;
        Ok(100.0 * size * speed)
    }

    /// `energy_index` against a base.
    ///
    /// # Errors
    /// As [`Self::momentum`].
    pub fn energy(&self, base: &Self) -> Figure<f64> {
        let (size, speed) = self.against(base)?;
        Ok(100.0 * size * speed * speed)
    }

    fn against(&self, base: &Self) -> Figure<(f64, f64)> {
        let size = ratio(self.size? as f64, base.size? as f64)?;
        Ok((size, ratio(self.speed()?, base.speed()?)?))
    }
}

/// Periods until half is left at this rate.
///
/// # Errors
/// `not_reached` outside of -1 < rate < 0.
pub fn half_life(rate: f64) -> Figure<f64> {
    if rate <= -1.0 || rate >= 0.0 {
        return Err(Undefined::NotReached);
    }
    Ok(libm::log(0.5) / libm::log1p(rate))
}

impl Sources<'_> {
    /// The wheel of the months of a period.
    ///
    /// # Errors
    /// What polars cannot do with the condition of the run.
    pub fn wheel(&self, span: Span, scope: &Scope) -> PolarsResult<Wheel> {
        let cost = self.spent(scope)?;
        let ends = Ends::of(span, scope, self.data);
        let bridge = self.bridge(span, scope);
        let known = bridge.as_ref().map_err(|reason| *reason);
        let has_amounts = self.ledger.is_some_and(Ledger::has_amounts);
        let money = || {
            if has_amounts {
                Ok(())
            } else {
                Err(Undefined::NoData)
            }
        };
        let leaving = || match self.ledger.is_some_and(Ledger::knows_ends) {
            true => Ok(()),
            false => Err(Undefined::NoData),
        };
        let (pushed, spun) = self.new_at_end(span);
        let told = || match self.rows.tells_referrals {
            true => Ok(()),
            false => Err(Undefined::NoData),
        };
        let seed = self.data.seed;
        Ok(Wheel {
            period: scope
                .period
                .as_ref()
                .map_or("all", |period| period.label.as_str())
                .into(),
            has_amounts,
            size: self
                .at_end(span, scope)
                .map(|ledger| ledger.size(span.last)),
            recurring: money().and_then(|()| {
                let ledger = self.at_end(span, scope)?;
                let micros = ledger
                    .customers
                    .iter()
                    .map(|one| one.amount(span.last))
                    .sum();
                Ok(Money::from_micros(micros))
            }),
            lead_to_customer: self.lead_to_customer(ends),
            customer_to_advocacy: self.customer_to_advocacy(ends),
            push: told().and_then(|()| known?.per_start(pushed)),
            spin: told().and_then(|()| known?.per_start(spun)),
            reactivated: known.and_then(|bridge| bridge.per_start(bridge.reactivated.customers)),
            churn: leaving().and_then(|()| known?.churn()),
            monthly_churn: leaving().and_then(|()| {
                let rate = known?.churn()?.value();
                Ok(super::money::monthly_churn(rate, span.months()))
            }),
            net_retention: money().and_then(|()| known?.net_retention(seed)),
            gross_retention: money().and_then(|()| known?.gross_retention(seed)),
            new: self
                .at_end(span, scope)
                .and_then(|ledger| new(ledger, span)),
            cost,
            lead_to_customer_rate: self.lead_to_customer_rate(ends),
            renewal: renewals::rate(self.contracts, (ends.start, ends.end), Some(ends.seen)),
            referral_rate: told().and_then(|()| self.referral_rate(span, scope)),
            referred_share: told().and_then(|()| self.referred_share(span, scope)),
            k_factor: told().and_then(|()| self.k_factor(span, scope, ends)),
            referral_cycle: told().and_then(|()| self.referral_cycle(ends)),
            bridge,
        })
    }

    fn over(&self, scope: &Scope) -> Figure<Month> {
        let seen = scope.seen_from.ok_or(Undefined::NoTimes)?;
        Ok(last_over(seen, self.data.zone))
    }

    fn bridge(&self, span: Span, scope: &Scope) -> Figure<Bridge> {
        let ledger = self.ledger.ok_or(Undefined::NoData)?;
        ledger.covers(span, self.over(scope)?)?;
        Ok(Bridge::over(ledger, span, |_| true))
    }

    /// The customers, where the last month of the span is told of; its start need not be.
    fn at_end(&self, span: Span, scope: &Scope) -> Figure<&Ledger> {
        let ledger = self.ledger.ok_or(Undefined::NoData)?;
        if span.last > self.over(scope)? {
            return Err(Undefined::NotMature);
        }
        if span.last > ledger.last || span.last < ledger.first {
            return Err(Undefined::NoData);
        }
        Ok(ledger)
    }

    fn is_referred(&self, position: usize) -> bool {
        self.sources
            .get(position)
            .is_some_and(|by| by.as_deref() == Some(REFERRAL))
    }

    /// New customers who are there at the end: not from referral, and from it.
    fn new_at_end(&self, span: Span) -> (u64, u64) {
        let (mut pushed, mut spun) = (0, 0);
        for (position, customer) in self.customers() {
            let is_new = customer.first().is_some_and(|first| span.contains(first));
            if is_new && customer.is_active(span.last) {
                let referred = self.is_referred(position);
                spun += u64::from(referred);
                pushed += u64::from(!referred);
            }
        }
        (pushed, spun)
    }

    fn customers(&self) -> impl Iterator<Item = (usize, &Customer)> {
        let customers = self.ledger.map_or(&[][..], |ledger| &ledger.customers);
        customers.iter().enumerate()
    }

    fn spent(&self, scope: &Scope) -> PolarsResult<Figure<Money>> {
        let question = Question {
            dimensions: &[],
            basis: Basis::Period,
            view: View::ToDate,
            credit: None,
        };
        let rows = channels::compute(self.data, scope, &question)?;
        let total = rows.into_iter().next();
        Ok(total.map_or(Err(Undefined::NoData), |total| total.cost))
    }

    /// True where the dates of the first and the last stage are known person by person.
    fn follows(&self) -> Figure<()> {
        let last = self.data.ladder.len() - 1;
        if [0, last]
            .iter()
            .any(|stage| self.data.known(*stage) == Known::Nowhere)
        {
            return Err(Undefined::StageNotFed);
        }
        if self.rows.leads.is_empty() {
            return Err(Undefined::NoData);
        }
        Ok(())
    }

    fn horizon(&self) -> i64 {
        let last = self.data.ladder.len() - 1;
        i64::from(self.data.horizons.days(0, last)) * DAY_MILLIS
    }

    /// Median days of the leads that were old enough at the end and converted in time.
    fn lead_to_customer(&self, ends: Ends) -> Figure<f64> {
        self.follows()?;
        let horizon = self.horizon();
        let mut days = Vec::new();
        let mut old_enough = false;
        for lead in &self.rows.leads {
            let Some(entered) = lead.entered.filter(|at| ends.trailing(horizon, *at)) else {
                continue;
            };
            old_enough = true;
            let took = lead.became.map(|at| at - entered);
            days.extend(took.filter(|took| (0..=horizon).contains(took)));
        }
        median_days(days, old_enough)
    }

    /// Median days of the customers who were old enough at the end.
    fn customer_to_advocacy(&self, ends: Ends) -> Figure<f64> {
        let ledger = self.ledger.ok_or(Undefined::NoData)?;
        if self.advocacy.iter().all(Option::is_none) {
            return Err(Undefined::NoData);
        }
        let within = i64::from(self.advocacy_days) * DAY_MILLIS;
        let mut days = Vec::new();
        let mut old_enough = false;
        for (position, customer) in self.customers() {
            let began = ledger.began(customer, self.data.zone);
            let Some(began) = began.filter(|at| ends.trailing(within, *at)) else {
                continue;
            };
            old_enough = true;
            let first = self.advocacy.get(position).copied().flatten();
            let took = first.map(|at| at - began);
            days.extend(took.filter(|took| (0..=within).contains(took)));
        }
        median_days(days, old_enough)
    }

    /// `l2c` of the leads that came in the period moved back by the horizon: the youngest
    /// that are old enough at its end.
    fn lead_to_customer_rate(&self, ends: Ends) -> Figure<Rate> {
        self.follows()?;
        let last = self.data.ladder.len() - 1;
        let days = self.data.horizons.days(0, last);
        self.step_rate(ends, (0, last), days)
    }

    /// A step of the leads that entered its first stage in the period moved back by the
    /// horizon of the step.
    ///
    /// # Errors
    /// `stage_not_fed`, `no_data`, or `zero_denominator` where nobody entered then.
    pub fn step_rate(&self, ends: Ends, (from, to): (usize, usize), days: u32) -> Figure<Rate> {
        if [from, to]
            .iter()
            .any(|stage| self.data.known(*stage) != Known::Followed)
        {
            return Err(Undefined::StageNotFed);
        }
        let horizon = i64::from(days) * DAY_MILLIS;
        let (start, end) = (ends.start.saturating_sub(horizon), ends.end - horizon);
        let (mut k, mut n) = (0, 0);
        for lead in &self.rows.leads {
            let at = |stage: usize| entered(lead, stage);
            let Some(began) = at(from).filter(|at| start <= *at && *at < end) else {
                continue;
            };
            n += 1;
            k += u64::from(at(to).is_some_and(|at| at - began <= horizon));
        }
        if n == 0 {
            return Err(Undefined::ZeroDenominator);
        }
        Ok(Rate {
            k,
            n,
            interval: wilson::interval(k, n),
            view: View::Cohort,
            policy: self.data.policy,
            horizon_days: Some(days),
            in_progress: None,
        })
    }

    fn referral_rate(&self, span: Span, scope: &Scope) -> Figure<Rate> {
        self.at_end(span, scope)?;
        let mut referring: Vec<usize> = self
            .referred_in(scope)
            .filter_map(|referral| referral.customer)
            .collect();
        referring.sort_unstable();
        referring.dedup();
        let active: Vec<usize> = self
            .customers()
            .filter(|(_, customer)| customer.is_active_in(span))
            .map(|(position, _)| position)
            .collect();
        let both = referring
            .iter()
            .filter(|one| active.binary_search(one).is_ok());
        bridge::rate(both.count() as u64, active.len() as u64)
    }

    fn referred_in<'s>(&'s self, scope: &'s Scope) -> impl Iterator<Item = &'s Referral> {
        let list = self.referrals.list.iter();
        list.filter(|referral| super::sourced::within(scope, referral.at))
    }

    fn referred_share(&self, span: Span, scope: &Scope) -> Figure<Rate> {
        let ledger = self.at_end(span, scope)?;
        let new = new(ledger, span)?;
        let is_new = |customer: &Customer| customer.first().is_some_and(|m| span.contains(m));
        let referred = self
            .customers()
            .filter(|(position, customer)| is_new(customer) && self.is_referred(*position));
        bridge::rate(referred.count() as u64, new)
    }

    /// Referrals of a customer in the period x share of referrals that become customers.
    fn k_factor(&self, span: Span, scope: &Scope, ends: Ends) -> Figure<f64> {
        self.at_end(span, scope)?;
        let active = self
            .customers()
            .filter(|(_, customer)| customer.is_active_in(span))
            .count();
        let by_customers = self
            .referred_in(scope)
            .filter(|one| one.customer.is_some())
            .count();
        let each = ratio(by_customers as f64, active as f64)?;
        let horizon = self.horizon();
        let (mut became, mut mature) = (0_u64, 0_u64);
        for referral in self
            .referrals
            .list
            .iter()
            .filter(|one| one.customer.is_some())
        {
            if let Some(at) = referral.at.filter(|at| ends.trailing(horizon, *at)) {
                mature += 1;
                became += u64::from(referral.became.is_some_and(|then| then - at <= horizon));
            }
        }
        if mature == 0 {
            return Err(Undefined::NotMature);
        }
        Ok(each * became as f64 / mature as f64)
    }

    /// Median days from a customer's start to that of the customers it brought.
    fn referral_cycle(&self, ends: Ends) -> Figure<f64> {
        let ledger = self.ledger.ok_or(Undefined::NoData)?;
        let took = |referral: &Referral| {
            let referrer = ledger.customers.get(referral.customer?)?;
            let began = ledger.began(referrer, self.data.zone)?;
            let became = referral.became.filter(|at| *at < ends.end)?;
            Some(became - began).filter(|took| *took >= 0)
        };
        median_days(self.referrals.list.iter().filter_map(took).collect(), true)
    }
}

/// Customers whose first month lies in the span.
fn new(ledger: &Ledger, span: Span) -> Figure<u64> {
    if ledger.has_amounts() && span.first <= ledger.first {
        return Err(Undefined::NoData);
    }
    let first = ledger.customers.iter().filter_map(Customer::first);
    Ok(first.filter(|first| span.contains(*first)).count() as u64)
}

fn entered(lead: &Lead, stage: usize) -> Option<Millis> {
    match stage {
        0 => lead.entered,
        _ => lead.stages.get(stage).copied().flatten(),
    }
}

/// Median of durations in days.
fn median_days(took: Vec<Millis>, old_enough: bool) -> Figure<f64> {
    if !old_enough {
        return Err(Undefined::NotMature);
    }
    let mut days: Vec<f64> = took
        .into_iter()
        .map(|took| took as f64 / DAY_MILLIS as f64)
        .collect();
    days.sort_unstable_by(f64::total_cmp);
    quantile(&days, 0.5).ok_or(Undefined::NoData)
}

/// Instants of a period, and the moment it is seen from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ends {
    /// First instant; for all data the first of all.
    pub start: Millis,
    /// Instant after it.
    pub end: Millis,
    /// The moment.
    pub seen: Millis,
}

impl Ends {
    /// Of the months of a period.
    #[must_use]
    pub fn of(span: Span, scope: &Scope, data: &Data) -> Self {
        let end = day_start(span.last.plus(1).first_day(), data.zone);
        let seen = scope.seen_from.unwrap_or(end - 1);
        let start = match scope.start {
            Some(start) => start,
            None => Millis::MIN / 2,
        };
        Self {
            start,
            end: scope.end.unwrap_or(end).min(seen.saturating_add(1)),
            seen,
        }
    }

    /// True for what began in the year before the last moment at which it was old enough.
    fn trailing(self, age: i64, began: Millis) -> bool {
        let cut = self.end.saturating_sub(age);
        cut.saturating_sub(TRAILING_DAYS * DAY_MILLIS) < began && began <= cut
    }
}

/// When each customer first referred somebody, paid more, or renewed.
#[must_use]
pub fn advocacy(
    sources: (&Ledger, &Rows, &Referrals),
    contracts: Option<&[Contract]>,
    data: &Data,
) -> Vec<Option<Millis>> {
    let (ledger, rows, referrals) = sources;
    let began: Vec<Option<Millis>> = ledger
        .customers
        .iter()
        .map(|customer| ledger.began(customer, data.zone))
        .collect();
    let mut first: Vec<Option<Millis>> = vec![None; ledger.customers.len()];
    let mut happened = |customer: usize, at: Millis| {
        let after = began[customer].is_some_and(|began| began <= at);
        if after && first[customer].is_none_or(|known| at < known) {
            first[customer] = Some(at);
        }
    };
    for referral in &referrals.list {
        if let Some((customer, at)) = referral.customer.zip(referral.at) {
            happened(customer, at);
        }
    }
    for deal in rows.deals.iter().filter(|deal| deal.kind != "new") {
        if let Some((customer, at)) = ledger.buyer(deal, rows).zip(deal.won_at) {
            happened(customer, at);
        }
    }
    for contract in contracts.unwrap_or_default() {
        if let (Some(customer), Some(true)) = (contract.customer, contract.renewed) {
            happened(customer, contract.decided.unwrap_or(contract.due));
        }
    }
    if ledger.has_amounts() {
        for (position, customer) in ledger.customers.iter().enumerate() {
            if let Some(month) = first_expansion(customer) {
                happened(position, day_start(month.first_day(), data.zone));
            }
        }
    }
    first
}

/// The first month in which a customer pays more than in the month before.
fn first_expansion(customer: &Customer) -> Option<Month> {
    let more = |(month, amount): (&Month, &i128)| {
        let before = customer.amount(month.plus(-1));
        (before > 0 && *amount > before).then_some(*month)
    };
    customer.months.iter().find_map(more)
}

#[cfg(test)]
pub mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    /// A wheel of which nothing is known.
    pub fn unknown() -> Wheel {
        let none = Undefined::NoData;
        Wheel {
            period: "2026-03".into(),
            bridge: Err(none),
            has_amounts: false,
            size: Err(none),
            recurring: Err(none),
            lead_to_customer: Err(none),
            customer_to_advocacy: Err(none),
            push: Err(none),
            spin: Err(none),
            reactivated: Err(none),
            churn: Err(none),
            cost: Err(none),
            new: Err(none),
            lead_to_customer_rate: Err(none),
            net_retention: Err(none),
            gross_retention: Err(none),
            renewal: Err(none),
            referral_rate: Err(none),
            referred_share: Err(none),
            k_factor: Err(none),
            referral_cycle: Err(none),
            monthly_churn: Err(none),
        }
    }

    /// Vector 12.12: 200 customers, 6 referral wins, 8 churned.
    #[test]
    fn coasting_of_the_dictionary() {
        let wheel = Wheel {
            spin: ratio(6.0, 200.0),
            churn: bridge::rate(8, 200),
            ..unknown()
        };
        assert!((wheel.coasting().unwrap() + 0.01).abs() < 1e-12);
        assert!((wheel.half_life().unwrap() - 68.97).abs() < 0.005);
        for rate in [-1.0, -1.5, 0.0, 0.02] {
            assert_eq!(half_life(rate), Err(Undefined::NotReached));
        }
    }

    #[test]
    fn indices_are_of_the_base() {
        let wheel = |size, days| Wheel {
            size: Ok(size),
            lead_to_customer: Ok(days),
            customer_to_advocacy: Ok(100.0),
            ..unknown()
        };
        let (now, base) = (wheel(120, 20.0), wheel(100, 50.0));
        assert_eq!(now.turn_time(), Ok(120.0));
        assert!((now.momentum(&base).unwrap() - 150.0).abs() < 1e-9);
        assert!((now.energy(&base).unwrap() - 187.5).abs() < 1e-9);
        assert!((base.energy(&base).unwrap() - 100.0).abs() < 1e-9);
        assert_eq!(now.friction(&base), Err(Undefined::NoData));
    }

    #[test]
    fn yield_falls_and_friction_rises() {
        let wheel = |k, retained| Wheel {
            lead_to_customer_rate: bridge::rate(k, 100),
            gross_retention: Ok((retained, None)),
            ..unknown()
        };
        let (now, base) = (wheel(8, 0.9), wheel(10, 0.96));
        assert!((now.yielded().unwrap() - 0.072).abs() < 1e-12);
        assert!((now.friction(&base).unwrap() - 100.0 * 0.096 / 0.072).abs() < 1e-9);
    }

    #[test]
    fn referrals_that_carry_themselves_have_no_amplification() {
        let wheel = |k| Wheel {
            k_factor: Ok(k),
            ..unknown()
        };
        assert_eq!(wheel(0.2).amplification(), Ok(1.25));
        assert_eq!(wheel(1.0).amplification(), Err(Undefined::NotReached));
    }
}
