//! What the rules look at: leads with their groups and values, deals with their activity.

use polars::prelude::*;
use rustc_hash::FxHashMap;

use super::Asked;
use super::cost::Member;
use crate::domain::calendar::Millis;
use crate::domain::figure::{Figure, Undefined};
use crate::domain::money::Money;
use crate::domain::service_level::{ServiceLevels, Thresholds};
use crate::metrics::data::{Data, Scope, Source};
use crate::metrics::pipeline;
use crate::metrics::pipeline::ladder::{Ladder, LadderSetup};
use crate::metrics::sla::Question;
use crate::metrics::sla::handled::{Handled, handled};
use crate::metrics::worked::activities::primary_leads;
use crate::metrics::worked::{Lead, Leads};
use crate::tables::{self, col as name, frame};

/// A deal as the pipeline has it, with what only rules ask for.
#[derive(Debug, Clone)]
pub struct Deal {
    /// Its facts at the as-of moment.
    pub facts: pipeline::deals::Deal,
    /// Its row in the table of deals.
    pub row: usize,
    /// Why it was lost.
    pub lost_reason: Option<String>,
    /// True where a customer was won with it.
    pub first_win: bool,
    /// Last activity: of people about the deal, or as the export states it.
    pub last_activity: Option<Millis>,
}

impl Deal {
    /// True where it has not ended.
    #[must_use]
    pub fn is_open(&self) -> bool {
        !self.facts.won && !self.facts.lost
    }
}

/// Everything that rules look at.
pub struct World<'a> {
    /// The tables.
    pub data: &'a Data,
    /// The period.
    pub scope: &'a Scope,
    /// What was promised.
    pub levels: &'a ServiceLevels,
    /// From when on something is a leak.
    pub thresholds: &'a Thresholds,
    /// The leads.
    pub leads: &'a Leads,
    /// All leads whose clock can be read, of whatever period.
    pub handled: Vec<Handled<'a>>,
    /// All of time.
    everything: Scope,
    /// The deals.
    pub deals: Vec<Deal>,
    /// The ladders that they stand on.
    pub ladders: Vec<Ladder>,
    /// Days beyond which an open deal is older than nine in ten of those won.
    pub old_age: Figure<f64>,
    /// The as-of moment.
    pub as_of: Millis,
    /// Lead (row) -> what its won deals are worth, in units.
    values: FxHashMap<usize, f64>,
    /// Scores from which the second and the third band begin.
    bands: Option<(f64, f64)>,
}

/// The ids of the records of a table, by row.
pub struct Ids<'a>(Vec<Option<&'a str>>);

impl Ids<'_> {
    /// The id of a row.
    #[must_use]
    pub fn of(&self, row: usize) -> String {
        let id = self.0.get(row).copied().flatten();
        id.unwrap_or_default().to_owned()
    }
}

impl<'a> World<'a> {
    /// Looks at the data.
    ///
    /// # Errors
    /// What polars cannot do with the filter.
    pub fn new(
        data: &'a Data,
        scope: &'a Scope,
        leads: &'a Leads,
        asked: Asked<'a>,
    ) -> PolarsResult<Self> {
        let known = deals(data, leads, asked.ladders)?;
        let mut world = Self {
            data,
            scope,
            levels: asked.levels,
            thresholds: asked.thresholds,
            leads,
            handled: Vec::new(),
            everything: Scope::all(data),
            deals: known.deals,
            ladders: known.ladders,
            old_age: known.old_age,
            as_of: leads.as_of,
            values: values(data),
            bands: bands(leads),
        };
        world.handled = handled(leads, &world.of_all_time()).0;
        Ok(world)
    }

    /// The question of service levels over the same leads.
    #[must_use]
    pub fn question(&self) -> Question<'a> {
        Question {
            data: self.data,
            scope: self.scope,
            dimensions: &[],
            levels: self.levels,
            outcome_days: self.thresholds.outcome_days,
            as_of: self.leads.as_of,
        }
    }

    /// The same over all of time.
    #[must_use]
    pub fn of_all_time(&self) -> Question<'_> {
        Question {
            scope: &self.everything,
            ..self.question()
        }
    }

    /// True where a moment lies in the period.
    #[must_use]
    pub fn is_inside(&self, at: Millis) -> bool {
        let (first, end) = self.scope.bounds();
        first <= at && at < end
    }

    /// True where there are activities.
    #[must_use]
    pub fn has_activities(&self) -> bool {
        self.leads.log.rows > 0
    }

    /// The leads that can still be worked.
    pub fn open_leads(&self) -> impl Iterator<Item = &'a Lead> {
        self.leads.list.iter().filter(|lead| lead.is_open())
    }

    /// Ids of the leads.
    #[must_use]
    pub fn lead_ids(&self) -> Ids<'a> {
        Ids(frame::texts(self.data.frame(Source::Leads), name::ID))
    }

    /// Ids of the deals.
    #[must_use]
    pub fn deal_ids(&self) -> Ids<'a> {
        Ids(frame::texts(self.data.frame(Source::Deals), name::ID))
    }

    /// Days within which a lead must become a customer.
    #[must_use]
    pub fn horizon(&self) -> u32 {
        self.data.horizons.days(0, self.last())
    }

    /// The last stage.
    #[must_use]
    pub fn last(&self) -> usize {
        self.data.ladder.len() - 1
    }

    /// A lead as a member of the comparison behind the cost; nothing without a date.
    #[must_use]
    pub fn member(&self, lead: &Lead, breached: bool, counts: bool) -> Option<Member> {
        let start = lead.start?;
        let won = lead.reached_within(self.last(), start.at, self.horizon(), self.as_of);
        Some(Member {
            stratum: lead.channel * 4 + self.band(lead),
            breached,
            counts,
            won,
            value: self.values.get(&lead.row).copied(),
        })
    }

    /// What a lead was worth as a customer, in units.
    #[must_use]
    pub fn value(&self, lead: &Lead) -> Option<f64> {
        self.values.get(&lead.row).copied()
    }

    fn band(&self, lead: &Lead) -> usize {
        let known = lead.score.zip(self.bands);
        known.map_or(0, |(score, (second, third))| {
            1 + usize::from(score >= second) + usize::from(score >= third)
        })
    }
}

/// Thirds of the scores.
fn bands(leads: &Leads) -> Option<(f64, f64)> {
    let mut scores: Vec<f64> = leads.list.iter().filter_map(|lead| lead.score).collect();
    scores.sort_unstable_by(f64::total_cmp);
    let at = |share: usize| scores.get(scores.len() * share / 3).copied();
    at(1).zip(at(2))
}

/// Amounts of the won deals of kind new, by the row of their primary lead.
fn values(data: &Data) -> FxHashMap<usize, f64> {
    let deals = data.frame(Source::Deals);
    let won = frame::flags(deals, name::WON);
    let is_new = frame::flags(deals, name::IS_NEW);
    let amounts = frame::integers(deals, name::AMOUNT);
    let mut sums: FxHashMap<usize, i128> = FxHashMap::default();
    for (deal, lead) in primary_leads(data).into_iter().enumerate() {
        let amount = amounts[deal].filter(|_| won[deal] && is_new[deal]);
        if let (Some(lead), Some(amount)) = (lead, amount) {
            *sums.entry(lead).or_default() += i128::from(amount);
        }
    }
    let units = |micros: i128| Money::from_micros(micros).units();
    sums.into_iter()
        .map(|(lead, micros)| (lead, units(micros)))
        .collect()
}

/// True where there are deals and the filter means something to them.
fn can_tell_deals(data: &Data) -> bool {
    data.refusal(Source::Deals, &[], None).is_none()
}

/// Deals, the ladders they stand on, and the age that is too much for one.
struct Known {
    deals: Vec<Deal>,
    ladders: Vec<Ladder>,
    old_age: Figure<f64>,
}

/// The deals of the pipeline with their activities.
fn deals(data: &Data, leads: &Leads, setups: &[LadderSetup]) -> PolarsResult<Known> {
    if !can_tell_deals(data) {
        return Ok(Known {
            deals: Vec::new(),
            ladders: Vec::new(),
            old_age: Err(Undefined::NoData),
        });
    }
    let found = pipeline::deals::deals(data, &[], setups, leads.as_of)?;
    let old_age = pipeline::speed::old_age(&found.all, leads.as_of);
    let table = data.frame(Source::Deals);
    let ids = frame::texts(table, name::ID).into_iter().zip(0..);
    let rows: FxHashMap<&str, usize> = ids.filter_map(|(id, row)| Some((id?, row))).collect();
    let reasons = frame::texts(table, "lost_reason");
    let first = frame::flags(table, name::FIRST_WIN);
    let primary = primary_leads(data);
    let deal = |facts: pipeline::deals::Deal| {
        let row = *rows.get(facts.id.as_str())?;
        // What was done about the lead of a deal was done about the deal.
        let about = leads.log.of_deal(row).iter();
        let lead = primary.get(row).copied().flatten();
        let of_lead = lead.map(|lead| leads.log.of_lead(lead));
        let logged = about.chain(of_lead.unwrap_or_default());
        let logged = logged.filter(|one| one.is_human()).map(|one| one.at);
        let stated = facts.last_activity.filter(|at| *at <= leads.as_of);
        let reason = reasons[row].filter(|reason| *reason != tables::NONE);
        Some(Deal {
            row,
            lost_reason: reason.map(str::to_owned),
            first_win: first[row],
            last_activity: logged.chain(stated).max(),
            facts,
        })
    };
    Ok(Known {
        deals: found.all.into_iter().filter_map(deal).collect(),
        ladders: found.ladders.all,
        old_age,
    })
}
