//! The flywheel: customers over time, retention, referrals, and what they make of the wheel.
//!
//! Definitions: metrics dictionary 9 and 10. `rows` reads, `ledger` says who was a customer
//! in which month, and everything else is a function of these and a period: `bridge`,
//! `lifetimes`, `renewals`, `referrals`, `wheel`, `friction`, which `sources` measures. Beside them stand who brought
//! leads about (`sourced`), what customers cost and bring (`money`), who would recommend
//! (`feedback`), and what became of won deals (`delivery`).

mod advocacy;
pub mod bridge;
pub mod delivery;
pub mod entries;
pub mod feedback;
pub mod friction;
pub mod ledger;
pub mod lifetimes;
pub mod money;
pub mod months;
pub mod referrals;
mod renewals;
mod rows;
pub mod sourced;
pub mod sources;
pub mod wheel;

use std::collections::{BTreeMap, BTreeSet};

use polars::prelude::PolarsResult;

use self::bridge::{Bridge, Spread};
use self::delivery::{Delivery, MixPart};
use self::feedback::{Brought, Promoters};
use self::friction::work::{Agreed, Work};
use self::friction::{Point, Reason};
use self::ledger::{Basis, Customer, Ledger, last_over};
use self::lifetimes::{CohortAge, Lifetimes};
use self::money::Economics;
use self::months::{Month, Span};
use self::referrals::{People, Referrals};
use self::rows::Rows;
use self::sourced::Sourced;
use self::sources::{Ends, Sources};
use self::wheel::Wheel;
use super::data::{Data, Record, Scope, Source};
use crate::domain::figure::{Figure, Rate, Undefined};
use crate::domain::money::Money;
use crate::domain::period::Period;

/// What indices and friction are measured against.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Against {
    /// The period before.
    #[default]
    Previous,
    /// The same months a year before.
    YearBefore,
    /// A period by name.
    Fixed(Period),
}

/// What is asked for.
#[derive(Clone, Default)]
pub struct Question<'a> {
    /// Dimensions that split retention.
    pub dimensions: &'a [String],
    /// The base period.
    pub against: Against,
    /// Days within which a customer should refer, expand or renew.
    pub advocacy_days: u32,
    /// What was agreed on about leads and deals; friction at work is not looked for without.
    pub agreed: Option<Agreed<'a>>,
}

/// The flywheel of a period.
#[derive(Debug, Clone, PartialEq)]
pub struct Flywheel {
    /// What says who is a customer; absent where nothing does.
    pub basis: Option<Basis>,
    /// The months.
    pub span: Span,
    /// The first and last month in which customers are known.
    pub known: Option<Span>,
    /// The period.
    pub now: Wheel,
    /// The period before.
    pub previous: Option<Wheel>,
    /// The same months a year before.
    pub year_before: Option<Wheel>,
    /// What indices and friction are measured against.
    pub base: Option<Wheel>,
    /// Each of the last months up to the end, with what moved in it.
    pub months: Vec<(Month, Bridge)>,
    /// The bridge of each group of customers.
    pub groups: Vec<GroupRow>,
    /// Where friction takes people.
    pub friction: Vec<Point>,
    /// Why customers left.
    pub reasons: Vec<Reason>,
    /// How long customers stay.
    pub lifetimes: Figure<Lifetimes>,
    /// By start month.
    pub cohorts: Vec<CohortAge>,
    /// Referrals by what the referrer is.
    pub referred: Vec<Referred>,
    /// Who brought leads and revenue about.
    pub sourced: Figure<Vec<Sourced>>,
    /// What a customer costs and brings, period by period.
    pub economics: Vec<Economics>,
    /// What revenue is made of.
    pub mix: Vec<MixPart>,
    /// What became of won deals.
    pub delivery: Option<Delivery>,
    /// Who would recommend.
    pub promoters: Option<Promoters>,
    /// What they brought.
    pub brought: Vec<Brought>,
    /// What was noticed of billing.
    pub noticed: ledger::Noticed,
    /// What was noticed of referrals.
    pub noticed_referrals: referrals::Noticed,
    /// Tables that could not be filtered and are left out.
    pub unfilterable: Vec<&'static str>,
}

/// Retention of one group of customers.
#[derive(Debug, Clone, PartialEq)]
pub struct GroupRow {
    /// Values of the dimensions.
    pub group: Vec<String>,
    /// Its bridge.
    pub bridge: Figure<Bridge>,
    /// `customer_churn`.
    pub churn: Figure<Rate>,
    /// `nrr`.
    pub net_retention: Figure<Spread>,
    /// `grr`.
    pub gross_retention: Figure<Spread>,
}

/// Referrals of one kind of referrer.
#[derive(Debug, Clone, PartialEq)]
pub struct Referred {
    /// `customer`, `partner`, ...; `(all)` last.
    pub kind: String,
    /// Leads that were brought in the period.
    pub referrals: u64,
    /// By how many.
    pub referrers: u64,
    /// Of those leads the ones that are customers by now.
    pub became: Figure<Rate>,
    /// Amount of the deals won with them.
    pub value: Figure<Money>,
}

/// True where something of a flywheel is known: billing, referrals or answers.
#[must_use]
pub fn is_known(data: &Data) -> bool {
    let has = |record: Record| data.records(record).height() > 0;
    has(Record::Billing)
        || has(Record::Feedback)
        || data.has_values(Source::Leads, crate::tables::col::REFERRED_BY)
        || data.has_values(Source::Leads, crate::tables::col::REFERRER_KIND)
}

/// Why there is no flywheel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Missing {
    /// Neither billing nor deals nor referrals nor answers.
    Records,
    /// Nothing has a date.
    Times,
    /// The period cuts a month.
    WholeMonths,
    /// The condition fits neither billing nor the deals.
    Filter,
}

/// The flywheel of a period; for all data, of the months from the second one on.
///
/// # Errors
/// What polars cannot do with the condition; the inner one says what is missing.
pub fn compute(
    data: &Data,
    scope: &Scope,
    question: &Question,
) -> PolarsResult<Result<Flywheel, Missing>> {
    let Some(as_of) = data.as_of else {
        return Ok(Err(Missing::Times));
    };
    if !is_known(data) && !data.has(Source::Deals) && !data.has(Source::Leads) {
        return Ok(Err(Missing::Records));
    }
    let mut rows = rows::read(data, question.dimensions)?;
    if rows.unfilterable.contains(&"billing")
        && !restricted_by_deals(&mut rows, data, question.dimensions)
    {
        return Ok(Err(Missing::Filter));
    }
    let ledger = Ledger::new(&rows, data.zone, Some(as_of));
    let Some(span) = span_of(scope, ledger.as_ref(), as_of, data) else {
        return Ok(Err(Missing::WholeMonths));
    };
    let answer = Answering {
        data,
        rows: &rows,
        ledger: ledger.as_ref(),
        question,
    };
    answer.flywheel(span, scope).map(Ok)
}

/// Keeps the billing of the customers who bought a deal that meets the condition; false
/// where the deals cannot say either.
fn restricted_by_deals(rows: &mut Rows, data: &Data, dimensions: &[String]) -> bool {
    if rows.unfilterable.contains(&"deals") || rows.deals.is_empty() {
        return false;
    }
    rows.billed = rows::of_customers(data, &rows.deals, &rows.leads, dimensions);
    true
}

fn span_of(scope: &Scope, ledger: Option<&Ledger>, as_of: i64, data: &Data) -> Option<Span> {
    if let Some(period) = &scope.period {
        return Span::of(period);
    }
    let over = last_over(as_of, data.zone);
    let last = ledger.map_or(over, |ledger| ledger.last);
    // The first month is the start.
    let first = ledger.map_or(last, |ledger| ledger.first.plus(1).min(last));
    Some(Span { first, last })
}

/// How many months are shown one by one.
const MONTHS_SHOWN: i32 = 24;

/// The bridge of each month whose month before is known, oldest first.
fn by_month(ledger: &Ledger, last: Month) -> Vec<(Month, Bridge)> {
    let last = last.min(ledger.last);
    let known = match ledger.has_amounts() {
        true => ledger.first.plus(1),
        false => ledger.first,
    };
    let first = known.max(last.plus(1 - MONTHS_SHOWN));
    let month = |index: i32| {
        let month = first.plus(index);
        let span = Span {
            first: month,
            last: month,
        };
        (month, Bridge::over(ledger, span, |_| true))
    };
    (0..=last.since(first)).map(month).collect()
}

struct Answering<'a> {
    data: &'a Data,
    rows: &'a Rows,
    ledger: Option<&'a Ledger>,
    question: &'a Question<'a>,
}

impl Answering<'_> {
    fn flywheel(&self, span: Span, scope: &Scope) -> PolarsResult<Flywheel> {
        let (data, rows, ledger) = (self.data, self.rows, self.ledger);
        let people = People::new(rows, ledger, data.zone);
        let referrals = people.referrals(data.as_of);
        let contracts = renewals::contracts(rows, ledger, data.zone);
        let by = ledger.map(|ledger| sourced::of_customers(ledger, rows, &people, &referrals));
        let contracts = contracts.as_deref();
        // Friction is measured against a base, which all data does not have.
        let agreed = self.question.agreed.filter(|_| scope.period.is_some());
        let work = agreed.map(|agreed| Work::new(data, agreed)).transpose()?;
        let advocacy =
            ledger.map(|ledger| advocacy::advocacy((ledger, rows, &referrals), contracts, data));
        let sources = Sources {
            data,
            rows,
            ledger,
            referrals: &referrals,
            contracts,
            sources: by.as_deref().unwrap_or_default(),
            advocacy: advocacy.as_deref().unwrap_or_default(),
            advocacy_days: self.question.advocacy_days,
            work: work.as_ref(),
        };
        let now = sources.wheel(span, scope)?;
        let others = self.others(&sources, scope)?;
        let known = |until: Month| ledger.map(|ledger| until.min(ledger.last));
        let until = known(span.last);
        let period = scope.period.clone().unwrap_or_else(|| span.period());
        let base_point = others
            .base
            .as_ref()
            .map(|(wheel, span, ends)| (wheel, *span, *ends));
        let ends = Ends::of(span, scope, data);
        Ok(Flywheel {
            basis: ledger.map(|ledger| ledger.basis),
            span,
            known: ledger.map(|ledger| Span {
                first: ledger.first,
                last: ledger.last,
            }),
            friction: base_point.map_or_else(Vec::new, |base| {
                friction::ranked(friction::points(&sources, (&now, span, ends), base))
            }),
            reasons: match (ledger, &now.churn) {
                (Some(ledger), Ok(_)) => friction::reasons(ledger, span),
                _ => Vec::new(),
            },
            months: ledger.map_or_else(Vec::new, |ledger| by_month(ledger, span.last)),
            groups: self.groups(span, &now),
            lifetimes: match ledger.zip(until) {
                Some((ledger, until)) => lifetimes::lifetimes(ledger, until),
                None => Err(Undefined::NoData),
            },
            cohorts: ledger.zip(until).map_or_else(Vec::new, |(ledger, until)| {
                lifetimes::cohorts(ledger, until)
            }),
            referred: self.referred(&referrals, scope),
            sourced: sourced::sourced(rows, &referrals, scope),
            economics: match ledger {
                Some(ledger) => money::trend(data, ledger, &period)?,
                None => Vec::new(),
            },
            mix: delivery::mix(rows, scope),
            delivery: delivery::delivery(rows, scope),
            promoters: feedback::promoters(rows, scope, data.seed),
            brought: match rows.answers.is_empty() || !rows.tells_referrals {
                true => Vec::new(),
                false => feedback::brought(rows, scope, (ledger, &people), &referrals),
            },
            noticed: ledger.map_or_else(ledger::Noticed::default, |ledger| ledger.noticed),
            noticed_referrals: referrals.noticed,
            unfilterable: rows.unfilterable.clone(),
            now,
            previous: others.previous,
            year_before: others.year_before,
            base: others.base.map(|(wheel, _, _)| wheel),
        })
    }

    /// The wheels of other periods, each seen at the age that this one has.
    fn others(&self, sources: &Sources, scope: &Scope) -> PolarsResult<Others> {
        let Some(period) = &scope.period else {
            return Ok(Others::default());
        };
        let wheel = |period: &Period| -> PolarsResult<Option<(Wheel, Span, Ends)>> {
            let Some(span) = Span::of(period) else {
                return Ok(None);
            };
            let scope = scope.at_equal_age(self.data, period);
            let ends = Ends::of(span, &scope, self.data);
            Ok(Some((sources.wheel(span, &scope)?, span, ends)))
        };
        let previous = wheel(&months::previous(period))?;
        let year_before = wheel(&months::year_before(period))?;
        let base = match &self.question.against {
            Against::Previous => previous.clone(),
            Against::YearBefore => year_before.clone(),
            Against::Fixed(period) => wheel(period)?,
        };
        Ok(Others {
            previous: previous.map(|(wheel, _, _)| wheel),
            year_before: year_before.map(|(wheel, _, _)| wheel),
            base,
        })
    }

    /// The bridge of each value of the dimensions.
    fn groups(&self, span: Span, now: &Wheel) -> Vec<GroupRow> {
        let Some(ledger) = self.ledger.filter(|_| !self.question.dimensions.is_empty()) else {
            return Vec::new();
        };
        let groups: BTreeSet<&[String]> = ledger
            .customers
            .iter()
            .map(|customer| customer.group.as_slice())
            .collect();
        groups
            .into_iter()
            .map(|group| self.group(ledger, span, now, group))
            .collect()
    }

    fn group(&self, ledger: &Ledger, span: Span, now: &Wheel, group: &[String]) -> GroupRow {
        let covered = now.bridge.as_ref().map_err(|reason| *reason);
        let own = |customer: &Customer| customer.group == group;
        let bridge = covered.map(|_| Bridge::over(ledger, span, own));
        let known = bridge.as_ref().map_err(|reason| *reason);
        let when = |yes: bool| {
            if yes {
                known
            } else {
                known.and(Err(Undefined::NoData))
            }
        };
        let (paid, leaving) = (when(ledger.has_amounts()), when(ledger.knows_ends()));
        GroupRow {
            group: group.to_vec(),
            churn: leaving.and_then(Bridge::churn),
            net_retention: paid.and_then(|bridge| bridge.net_retention(self.data.seed)),
            gross_retention: paid.and_then(|bridge| bridge.gross_retention(self.data.seed)),
            bridge,
        }
    }

    fn referred(&self, referrals: &Referrals, scope: &Scope) -> Vec<Referred> {
        let won = feedback::won_by_lead(self.rows, scope.seen_from);
        let seen = |at: i64| scope.seen_from.is_none_or(|seen| at <= seen);
        let mut kinds: BTreeMap<&str, Vec<&referrals::Referral>> = BTreeMap::new();
        let mut all = Vec::new();
        for referral in &referrals.list {
            if sourced::within(scope, referral.at) {
                kinds.entry(&referral.kind).or_default().push(referral);
                all.push(referral);
            }
        }
        let row = |kind: &str, list: &[&referrals::Referral]| {
            let mut names: Vec<_> = list
                .iter()
                .map(|one| (&one.customer, &one.referrer))
                .collect();
            names.sort_unstable();
            names.dedup_by(|a, b| a.0.is_some() && a.0 == b.0 || a == b);
            let named = names.iter().filter(|(_, referrer)| referrer.is_some());
            let became = list
                .iter()
                .filter(|one| one.became.is_some_and(seen))
                .count();
            let value = list
                .iter()
                .filter_map(|one| won.get(&one.lead).copied())
                .sum();
            let value = self.rows.won(value);
            Referred {
                kind: kind.to_owned(),
                referrals: list.len() as u64,
                referrers: named.count() as u64,
                became: bridge::rate(became as u64, list.len() as u64),
                value,
            }
        };
        let mut rows: Vec<Referred> = kinds.iter().map(|(kind, list)| row(kind, list)).collect();
        rows.sort_by(|a, b| {
            b.referrals
                .cmp(&a.referrals)
                .then_with(|| a.kind.cmp(&b.kind))
        });
        if !rows.is_empty() {
            rows.push(row("(all)", &all));
        }
        rows
    }
}

#[derive(Default)]
struct Others {
    previous: Option<Wheel>,
    year_before: Option<Wheel>,
    base: Option<(Wheel, Span, Ends)>,
}
