//! The pipeline: open deals, what moved, how often deals are won, how fast, what will come.
//!
//! Definitions: metrics dictionary sections 3 and 4. Deals are few, so they are taken out
//! of the table as rows once, each with its life ([`timeline`]), and everything is plain sums
//! over them. Past moments are rebuilt from rows of a history or from dated exports; where
//! there is neither, from the dates of today's row, and an amount is then today's.

pub mod coverage;
pub mod curve;
pub mod deals;
pub mod dwell;
pub mod fan;
pub mod forecast;
pub mod history;
pub mod ladder;
pub mod listed;
pub mod open;
pub mod slips;
pub mod speed;
pub mod stage_moves;
pub mod timeline;
pub mod transitions;
pub mod waterfall;
pub mod win_rate;

use std::collections::BTreeMap;

use polars::prelude::PolarsResult;

use crate::domain::calendar::{Millis, instants};
use crate::domain::period::Period;
use crate::metrics::data::{Data, Record, Scope};
use crate::metrics::measure::Group;
use crate::stats::incidence;
use crate::tables::owners::Owners;

use coverage::{Category, Coverage, Rep};
use curve::WinCurve;
use deals::{Deal, Deals};
use dwell::StageDwell;
use fan::FanPoint;
use forecast::{BackTest, Forecast, Skill};
use ladder::LadderSetup;
use listed::{Listed, Lister, UNCLOSED_DAYS};
use open::{StageRow, View};
use slips::Slips;
use speed::{Cycle, DealSize, Velocity};
use stage_moves::Moved;
use transitions::Matrix;
use waterfall::{Between, Movement, waterfall};
use win_rate::{Terms, WinRate, win_rates};

/// Days ahead of the forecasts.
pub const AHEAD: [u32; 3] = [30, 60, 90];
/// Days ahead of the back-test.
const BACK_TEST_DAYS: u32 = 90;

/// What a company says of its deals, and what is asked of them.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Setup {
    /// Its pipelines, in order.
    pub ladders: Vec<LadderSetup>,
    /// What is to be won: period, units.
    pub goals: Vec<(Period, f64)>,
    /// Only deals planned to close in this period.
    pub closing: Option<Period>,
    /// The moment since which changes are told.
    pub since: Option<Millis>,
}

/// Everything about the pipeline at a moment.
#[derive(Debug, Clone)]
pub struct Pipeline {
    /// The deals with their lives and ladders.
    pub deals: Deals,
    /// Open deals by stage, in order.
    pub stages: Vec<StageRow>,
    /// All of them.
    pub total: StageRow,
    /// By the dimensions asked for.
    pub groups: Vec<(Group, StageRow)>,
    /// What moved in the period; absent where it has no ends.
    pub movement: Option<Vec<Movement>>,
    /// The same by the dimensions asked for.
    pub movement_by: Vec<(Group, Vec<Movement>)>,
    /// Planned closes that the pipeline of the movement is limited to.
    pub closing: Option<Period>,
    /// Where the deals of each stage went in the period; absent where it has no ends.
    pub stage_moves: Option<Vec<Moved>>,
    /// The same by the dimensions asked for.
    pub stage_moves_by: Vec<(Group, Vec<Moved>)>,
    /// Stays in the stages.
    pub dwell: Vec<StageDwell>,
    /// The same by the dimensions asked for, without stages that no deal of a group came to.
    pub dwell_by: Vec<(Group, Vec<StageDwell>)>,
    /// Departures from the stages, by ladder.
    pub matrices: Vec<Matrix>,
    /// Planned closes that moved.
    pub slips: Slips,
    /// Win rates of the period.
    pub win_rates: Vec<WinRate>,
    /// By the dimensions asked for.
    pub win_rates_by: Vec<(Group, Vec<WinRate>)>,
    /// True where ends without a decision are told apart.
    pub tells_no_decision: bool,
    /// How fast money comes.
    pub velocity: Velocity,
    /// How long deals take.
    pub cycle: Cycle,
    /// How large the deals won in the period are.
    pub size: DealSize,
    /// How fast, how long and how large by the dimensions asked for.
    pub speeds_by: Vec<(Group, Speed)>,
    /// Targets beside the pipeline.
    pub coverage: Vec<Coverage>,
    /// Reps beside their quotas.
    pub reps: Vec<Rep>,
    /// The reps' own categories.
    pub categories: Vec<Category>,
    /// Wins to come.
    pub forecasts: Vec<Forecast>,
    /// What was won and what is to come, on one axis.
    pub fan: Vec<FanPoint>,
    /// How the method would have done.
    pub back_tests: Vec<BackTest>,
    /// Beside the naive ones.
    pub skills: Vec<Skill>,
    /// Share won, lost and open by age in days, for the picture.
    pub curve: Vec<AgeStep>,
    /// Days for which the longest watched deal was watched.
    pub watched: f64,
    /// Every open deal, what stands out first.
    pub list: Vec<Listed>,
    /// The moment since which changes are told.
    pub since: Option<Millis>,
    /// Deals that ended at an unknown time: in counts, not in curves.
    pub untimed_ends: u64,
}

/// How fast money comes from some deals, how long they take, how large they are.
#[derive(Debug, Clone, PartialEq)]
pub struct Speed {
    /// How fast money comes.
    pub velocity: Velocity,
    /// How long deals take.
    pub cycle: Cycle,
    /// How large the deals won in the period are.
    pub size: DealSize,
}

/// Shares of all deals from an age on; they add up to 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct AgeStep {
    /// Age in days.
    pub age: f64,
    /// Won by then.
    pub won: f64,
    /// Ends of the pointwise 95 % interval of the share won; absent where nothing or
    /// everything is won.
    pub interval: Option<(f64, f64)>,
    /// Lost by then.
    pub lost: f64,
    /// Still open.
    pub open: f64,
}

/// The pipeline as it is at the as-of moment, movement and win rates over the period.
///
/// # Errors
/// What polars cannot do with the filter.
pub fn compute(
    data: &Data,
    scope: &Scope,
    dimensions: &[String],
    setup: &Setup,
) -> PolarsResult<Option<Pipeline>> {
    let Some(moment) = data.as_of else {
        return Ok(None);
    };
    let owners = Owners::of(data.records(Record::Owners));
    let mut found = deals::deals(data, dimensions, &setup.ladders, moment)?;
    if found.all.is_empty() {
        return Ok(None);
    }
    name_owners(&mut found, &owners, dimensions);
    Ok(Some(of_deals(
        data,
        scope,
        dimensions,
        setup,
        (found, &owners, moment),
    )))
}

/// Reps under the names to show.
fn name_owners(deals: &mut Deals, owners: &Owners, dimensions: &[String]) {
    let by_owner = dimensions.iter().position(|name| name == "owner");
    for deal in &mut deals.all {
        let shown = deal
            .owner
            .as_deref()
            .map(|owner| owners.shown(owner).to_owned());
        deal.owner = shown;
        if let Some(group) = by_owner.and_then(|place| deal.group.get_mut(place)) {
            *group = owners.shown(group).to_owned();
        }
    }
}

fn of_deals(
    data: &Data,
    scope: &Scope,
    dimensions: &[String],
    setup: &Setup,
    (deals, owners, moment): (Deals, &Owners, Millis),
) -> Pipeline {
    let all = &deals.all;
    let matrices = transitions::matrices(&deals, moment);
    let dwell = dwell::dwell(&deals, moment);
    let curve = WinCurve::at(all, moment);
    let view = View {
        deals: &deals,
        moment,
        matrices: &matrices,
        old_age: speed::old_age(all, moment),
        overall: open::overall(all),
    };
    let last = data.ladder.len().saturating_sub(1);
    let terms = Terms {
        policy: data.policy,
        horizon: data.horizons.days(data.opportunity_stage.min(last), last),
        seed: data.seed,
        stale_days: view.old_age.unwrap_or(UNCLOSED_DAYS),
    };
    let open: Vec<&Deal> = all.iter().filter(|deal| deal.open_at(moment)).collect();
    let everything: Vec<&Deal> = all.iter().collect();
    let span = span(scope, moment);
    let limited = setup
        .closing
        .as_ref()
        .map(|period| instants(period, data.zone));
    let moved = |deals: &[Deal]| span.map(|span| waterfall(deals, span, limited));
    let lister = Lister {
        view: &view,
        curve: &curve,
        dwell: &dwell,
        ahead: BACK_TEST_DAYS,
        since: setup.since,
        owners,
    };
    let chance = |deal: &Deal| Some(view.chance(deal).0);
    let back_tests = forecast::back_tests(all, moment, BACK_TEST_DAYS, data.seed);
    let whole = Between {
        before: Millis::MIN,
        after: moment,
    };
    let has_groups = !dimensions.is_empty();
    let grouped = |deals: &[&Deal]| match has_groups {
        true => by_group(deals),
        false => BTreeMap::new(),
    };
    let forecasts: Vec<Forecast> = AHEAD
        .iter()
        .map(|ahead| forecast::forecast(all, moment, *ahead, &chance, data.seed))
        .collect();
    Pipeline {
        stages: view.by_stage(&open),
        total: view.row("", &open),
        groups: grouped(&open)
            .into_iter()
            .map(|(group, deals)| {
                let row = view.row("", &deals.iter().collect::<Vec<_>>());
                (group, row)
            })
            .collect(),
        movement: moved(all),
        movement_by: grouped(&everything)
            .into_iter()
            .filter_map(|(group, deals)| Some((group, moved(&deals)?)))
            .collect(),
        closing: setup.closing.clone(),
        stage_moves: span.map(|span| stage_moves::stage_moves(all, span)),
        stage_moves_by: grouped(&everything)
            .into_iter()
            .filter_map(|(group, deals)| Some((group, stage_moves::stage_moves(&deals, span?))))
            .collect(),
        dwell_by: grouped(&everything)
            .into_iter()
            .map(|(group, group_deals)| (group, dwell::dwell_of(&group_deals, &deals, moment)))
            .collect(),
        slips: slips::slips(
            all,
            span.unwrap_or(whole),
            scope.start.zip(scope.end),
            data.zone,
            data.policy,
        ),
        win_rates: win_rates(&everything, scope, terms),
        win_rates_by: grouped(&everything)
            .into_iter()
            .map(|(group, deals)| {
                let rates = win_rates(&deals.iter().collect::<Vec<_>>(), scope, terms);
                (group, rates)
            })
            .collect(),
        tells_no_decision: deals
            .ladders
            .all
            .iter()
            .any(ladder::Ladder::tells_no_decision),
        velocity: speed::velocity(all, moment),
        cycle: speed::cycle(all, moment),
        size: speed::deal_size(&everything, scope),
        speeds_by: grouped(&everything)
            .into_iter()
            .map(|(group, deals)| {
                let speed = Speed {
                    velocity: speed::velocity(&deals, moment),
                    cycle: speed::cycle(&deals, moment),
                    size: speed::deal_size(&deals.iter().collect::<Vec<_>>(), scope),
                };
                (group, speed)
            })
            .collect(),
        coverage: coverage::coverage(&deals, owners, &setup.goals, moment, data.zone),
        reps: coverage::reps(&deals, owners, moment, data.zone),
        categories: coverage::categories(&open),
        fan: fan::fan(all, moment, &forecasts),
        forecasts,
        skills: forecast::skills(&back_tests),
        back_tests,
        curve: steps(&curve),
        watched: curve.curve.last_time.unwrap_or(0.0),
        list: lister.list(&open),
        since: setup.since,
        untimed_ends: all
            .iter()
            .filter(|deal| (deal.won || deal.lost) && deal.ended().is_none())
            .count() as u64,
        dwell,
        matrices,
        deals,
    }
}

/// Ends of the 95 % interval of a share of deals.
#[must_use]
pub fn share_interval(k: u64, n: u64) -> Option<(f64, f64)> {
    crate::stats::wilson::interval(k, n)
}

/// The moments before the period and at its end, or at the as-of moment if that is earlier.
fn span(scope: &Scope, moment: Millis) -> Option<Between> {
    let (start, end) = (scope.start?, scope.end?);
    let seen = scope.seen_from.unwrap_or(moment);
    Some(Between {
        before: start - 1,
        after: (end - 1).min(seen),
    })
}

fn by_group(deals: &[&Deal]) -> BTreeMap<Group, Vec<Deal>> {
    let mut groups: BTreeMap<Group, Vec<Deal>> = BTreeMap::new();
    for deal in deals {
        groups
            .entry(deal.group.clone())
            .or_default()
            .push((*deal).clone());
    }
    groups
}

fn steps(curve: &WinCurve) -> Vec<AgeStep> {
    let spreads = incidence::spreads(&curve.curve);
    let steps = curve.curve.steps.iter().zip(spreads);
    steps
        .map(|(step, spread)| AgeStep {
            age: step.time,
            won: step.converted,
            interval: spread.interval,
            lost: step.exited,
            open: step.open,
        })
        .collect()
}

#[cfg(test)]
mod tests;
