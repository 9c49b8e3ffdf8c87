//! What wheels are made of, and how one is measured for a period.
//!
//! Everything is seen from the end of the period, so that periods compare. Where a figure
//! needs cases that had time to happen, they are those old enough at that end.

use polars::prelude::PolarsResult;

use super::bridge::{self, Bridge};
use super::friction::work::Work;
use super::ledger::{Customer, Ledger, last_over};
use super::months::{Month, Span};
use super::referrals::{Referral, Referrals};
use super::renewals::{self, Contract};
use super::rows::{Lead, Rows};
use super::sourced::REFERRAL;
use super::wheel::Wheel;
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
    /// How leads and deals were worked; absent where nothing was agreed on.
    pub work: Option<&'a Work<'a>>,
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
            period: match &scope.period {
                Some(period) => period.label.clone(),
                None => span.period().label,
            },
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
