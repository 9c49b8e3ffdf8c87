//! Where those who work leads and deals lose time: promises, meetings, age, load.
//!
//! Every point is a share of those who went well, so that it ranks beside steps and churn.
//! Each is asked of a span of time and seen from its own moment, as the base is: what came
//! later has not happened yet. The limit of age is that of the as-of moment for both sides;
//! with a limit of its own each a business that slows down as a whole would show nothing.

use polars::prelude::PolarsResult;

use super::super::bridge::rate;
use super::super::sources::{Ends, TRAILING_DAYS};
use super::Point;
use crate::domain::calendar::{DAY_MILLIS, Millis};
use crate::domain::figure::{Figure, Rate, Undefined};
use crate::domain::service_level::{Promise, ServiceLevels, Thresholds};
use crate::metrics::data::{Data, Scope, Source};
use crate::metrics::pipeline::deals::{Deal, deals};
use crate::metrics::pipeline::ladder::LadderSetup;
use crate::metrics::pipeline::speed::old_age;
use crate::metrics::sla::Question;
use crate::metrics::sla::compliance::{Standing, standings};
use crate::metrics::sla::handled::handled;
use crate::metrics::worked::{self, Lead, Leads};
use crate::stats::quantile;

/// Customers from which on the 90th percentile of their days says which lead is too old.
const FEWEST: usize = 30;

/// What was promised, and from when on something is a leak.
#[derive(Clone, Copy)]
pub struct Agreed<'a> {
    /// The promises.
    pub levels: &'a ServiceLevels,
    /// Caps of persons.
    pub thresholds: &'a Thresholds,
    /// The ladders of deals.
    pub ladders: &'a [LadderSetup],
}

/// Leads and deals as they are worked, of all periods.
pub struct Work<'a> {
    data: &'a Data,
    agreed: Agreed<'a>,
    leads: Option<Leads>,
    deals: Vec<Deal>,
    /// Days that nine in ten of the won deals did not need.
    old_deal: Figure<f64>,
    /// Days that nine in ten of the leads that became customers did not need.
    old_lead: Figure<f64>,
}

impl<'a> Work<'a> {
    /// Looks at the data; what the condition of the run does not fit is left out.
    ///
    /// # Errors
    /// What polars cannot do with the condition.
    pub fn new(data: &'a Data, agreed: Agreed<'a>) -> PolarsResult<Self> {
        let fits = |source: Source| data.refusal(source, &[], None).is_none();
        let leads = match fits(Source::Leads) {
            true => worked::leads(data, &[], agreed.levels.start)?,
            false => None,
        };
        let moment = data.as_of.filter(|_| fits(Source::Deals));
        let deals = match moment {
            Some(moment) => deals(data, &[], agreed.ladders, moment)?.all,
            None => Vec::new(),
        };
        let none = Err(Undefined::NoData);
        Ok(Self {
            old_deal: moment.map_or(none, |moment| old_age(&deals, moment)),
            old_lead: leads.as_ref().map_or(none, old_lead),
            data,
            agreed,
            leads,
            deals,
        })
    }

    /// The points of a period beside those of the base.
    #[must_use]
    pub fn points(&self, now: Ends, base: Ends) -> Vec<Point> {
        let both = |kind, unit, name: &str, of: &dyn Fn(Ends) -> Figure<Rate>| Point {
            kind,
            unit,
            name: name.to_owned(),
            rate: of(now),
            base: of(base),
        };
        let promises = self.agreed.levels.promises.iter();
        let mut points: Vec<Point> = promises
            .map(|promise| {
                both("sla", "leads", &promise.name, &|ends| {
                    self.kept(promise, ends)
                })
            })
            .collect();
        points.push(both("no_show", "meetings", "no_show_rate", &|ends| {
            self.attended(ends)
        }));
        points.push(both("overaged", "deals", "open_deals", &|ends| {
            self.young_deals(ends)
        }));
        points.push(both("overaged", "leads", "open_leads", &|ends| {
            self.young_leads(ends)
        }));
        points.push(both("overload", "owners", "overloaded_rep", &|ends| {
            self.with_room(ends)
        }));
        points
    }

    fn leads(&self) -> Figure<&Leads> {
        self.leads.as_ref().ok_or(Undefined::NoData)
    }

    /// Of the promises due in the span those that were kept (dictionary 5.2).
    fn kept(&self, promise: &Promise, ends: Ends) -> Figure<Rate> {
        let leads = self.leads()?;
        if promise.needs_activities() && leads.log.rows == 0 {
            return Err(Undefined::NoData);
        }
        let scope = scope(ends);
        let question = Question {
            data: self.data,
            scope: &scope,
            dimensions: &[],
            levels: self.agreed.levels,
            outcome_days: self.agreed.thresholds.outcome_days,
            as_of: ends.seen,
        };
        let (handled, _) = handled(leads, &question);
        let due = standings(leads, &handled, promise, &question);
        let count = |wanted: Standing| due.iter().filter(|(_, _, one)| *one == wanted).count();
        let (met, breached) = (count(Standing::Met), count(Standing::Breached));
        rate(met as u64, (met + breached) as u64)
    }

    /// Of the meetings of the span, held or not attended, those that were held.
    fn attended(&self, ends: Ends) -> Figure<Rate> {
        let leads = self.leads()?;
        let inside = |at: Millis| ends.start <= at && at < ends.end;
        let all = leads.list.iter().flat_map(|lead| leads.activities(lead));
        let (mut held, mut missed) = (0, 0);
        for one in all.filter(|one| inside(one.at)) {
            held += u64::from(one.is_held());
            missed += u64::from(one.is_no_show());
        }
        rate(held, held + missed)
    }

    /// Of the deals open at the end those that are not too old (dictionary 5.4, `overaged`).
    fn young_deals(&self, ends: Ends) -> Figure<Rate> {
        let (limit, moment) = (self.old_deal?, ends.end - 1);
        let open = self.deals.iter().filter(|deal| deal.open_at(moment));
        young(open.filter_map(|deal| deal.age_days(moment)), limit)
    }

    /// Of the leads open at the end those that are not older than nine in ten of the leads
    /// that became customers.
    fn young_leads(&self, ends: Ends) -> Figure<Rate> {
        let (limit, moment) = (self.old_lead?, ends.end - 1);
        let open = self.leads()?.list.iter().filter_map(|lead| {
            let start = lead.start?.at;
            lead.is_open_at(moment).then_some(start)
        });
        young(open.map(|start| days(start, moment)), limit)
    }

    /// Of those who have open leads at the end, the owners within the cap (dictionary 5.4,
    /// `overloaded_rep`).
    fn with_room(&self, ends: Ends) -> Figure<Rate> {
        let (leads, moment) = (self.leads()?, ends.end - 1);
        let mut open = vec![0_u64; leads.owners.len()];
        for lead in leads.list.iter().filter(|lead| lead.is_open_at(moment)) {
            if let Some(count) = lead.owner.and_then(|owner| open.get_mut(owner)) {
                *count += 1;
            }
        }
        let cap = self.agreed.thresholds.open_leads;
        let busy = open.iter().filter(|count| **count > 0);
        let within = busy.clone().filter(|count| **count <= cap).count();
        rate(within as u64, busy.count() as u64)
    }
}

fn scope(ends: Ends) -> Scope {
    Scope {
        period: None,
        start: Some(ends.start),
        end: Some(ends.end),
        seen_from: Some(ends.seen),
    }
}

fn days(from: Millis, to: Millis) -> f64 {
    (to - from) as f64 / DAY_MILLIS as f64
}

fn young(ages: impl Iterator<Item = f64>, limit: f64) -> Figure<Rate> {
    let (young, all) = ages.fold((0, 0), |(young, all), age| {
        (young + u64::from(age <= limit), all + 1)
    });
    rate(young, all)
}

/// The 90th percentile of the days from lead to customer, of the year before the as-of moment.
fn old_lead(leads: &Leads) -> Figure<f64> {
    let from = leads.as_of - TRAILING_DAYS * DAY_MILLIS;
    let took = |lead: &Lead| {
        let (start, won) = (lead.start?.at, lead.stages.last()?.at?.at);
        (won > from && won > start).then(|| days(start, won))
    };
    let mut took: Vec<f64> = leads.list.iter().filter_map(took).collect();
    if took.len() < FEWEST {
        return Err(Undefined::NoData);
    }
    took.sort_unstable_by(f64::total_cmp);
    quantile::quantile(&took, 0.9).ok_or(Undefined::NoData)
}
