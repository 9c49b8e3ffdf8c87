//! Cost, value and return per channel (or campaign, owner, segment, month).
//!
//! Definitions: metrics dictionary section 8. Everything is what happened in the
//! period, unless the basis is `cohort`: then the return is that of the leads made in
//! the period, within the horizon. Every value of the dimension that appears anywhere
//! keeps its row: spend without leads, leads without spend.

use std::collections::{BTreeMap, BTreeSet};

use polars::prelude::*;

use super::data::{Data, Scope, Source};
use super::known::Known;
use super::measure::{self, Group, Measure, Results, evaluate};
use super::stages::{self, Step, inside, straddles};
use super::visits;
use crate::domain::calendar::DAY_MILLIS;
use crate::domain::figure::{Basis, Figure, Rate, Undefined, View, ratio};
use crate::domain::money::Money;
use crate::stats::bootstrap;
use crate::tables::col as name;
use crate::tables::credit::{Credit, Credited};

/// One row: a channel, or the values of the dimensions asked for, or the total.
#[derive(Debug, Clone, PartialEq)]
pub struct ChannelRow {
    /// Dimension values; empty for the total.
    pub group: Group,
    /// Visits (sessions, or users where nothing else is known).
    pub visits: Figure<u64>,
    /// First entries into each stage during the period, in ladder order.
    pub entries: Vec<Figure<u64>>,
    /// Conversions between neighbouring stages, then first to last where that is another one.
    pub conversions: Vec<(String, Figure<Rate>)>,
    /// Leads per visit.
    pub visit_to_first: Figure<Rate>,
    /// Ad impressions.
    pub impressions: Figure<u64>,
    /// Ad clicks.
    pub clicks: Figure<u64>,
    /// Clicks per impression.
    pub click_rate: Figure<f64>,
    /// Money paid.
    pub spend: Figure<Money>,
    /// Hours worked.
    pub hours: Figure<f64>,
    /// Money paid and hours times their rate.
    pub cost: Figure<Money>,
    /// Spend per click.
    pub cost_per_click: Figure<Money>,
    /// Cost per entry into each stage, in ladder order.
    pub cost_per_stage: Vec<Figure<Money>>,
    /// New customers.
    pub customers: Figure<u64>,
    /// Cost per new customer.
    pub acquisition_cost: Figure<Money>,
    /// Amount of the deals made in the period.
    pub pipeline_created: Figure<Money>,
    /// Amount of the deals open at the end of the period.
    pub pipeline_value: Figure<Money>,
    /// Pipeline made per unit of spend.
    pub pipeline_to_spend: Figure<f64>,
    /// Amount of the deals won.
    pub revenue: Figure<Money>,
    /// The part of it from deals of kind `new`.
    pub revenue_new: Figure<Money>,
    /// Won deals without an amount, left out of the sums.
    pub missing_amounts: Figure<u64>,
    /// Won deals of kind `new` behind the return; undefined where a model divides them.
    pub wins: Figure<u64>,
    /// The same where a model divides them.
    pub credited_wins: Option<f64>,
    /// New revenue times gross margin.
    pub gross_profit: Figure<Money>,
    /// (gross profit - cost) / cost.
    pub roi: Figure<f64>,
    /// Ends of its 95 % interval.
    pub roi_interval: Figure<(f64, f64)>,
    /// True where fewer than ten wins stand behind the return.
    pub low_sample: bool,
    /// New revenue per unit of spend.
    pub roas: Figure<f64>,
    /// New revenue per visit.
    pub visitor_value: Figure<Money>,
}

/// What is asked for.
#[derive(Debug, Clone)]
pub struct Question<'a> {
    /// Dimensions that replace the channel; empty for the total.
    pub dimensions: &'a [String],
    /// Which return.
    pub basis: Basis,
    /// View of the conversions beside the counts.
    pub view: View,
    /// Revenue as a model divides it; absent where a deal counts for the channel of its lead.
    pub credit: Option<&'a Credit>,
}

/// Fewer wins than this, and a return may be chance.
pub const FEW_WINS: u64 = 10;

const DRAWS: u32 = 2_000;

/// Prefix of the measures of leads per visit.
const PER_VISIT: &str = "per_visit";

/// Computes the rows, in the order of the dimension values; one row for the total.
///
/// # Errors
/// What polars cannot do with the filter.
pub fn compute(data: &Data, scope: &Scope, question: &Question) -> PolarsResult<Vec<ChannelRow>> {
    let plan = Plan::new(data, scope, question);
    let dimensions = question.dimensions;
    let results = evaluate(data, &plan.measures(data), dimensions)?;
    let wins = match plan.new_revenue(data) {
        Some(measure) => measure::values(data, &measure, dimensions)?,
        None => BTreeMap::new(),
    };
    let mut groups = groups(data, &results, dimensions);
    groups.extend(credited(question.credit));
    Ok(groups
        .into_iter()
        .map(|group| plan.row(data, &results, &wins, group))
        .collect())
}

/// The measures behind a column, for listing their rows: one for what is counted or added
/// up, the numerator of a conversion, both parts of any other ratio. Empty for an unknown key.
#[must_use]
pub fn measures_of(data: &Data, scope: &Scope, question: &Question, key: &str) -> Vec<Measure> {
    let parts = parts_of(data, key);
    let parts = if parts.is_empty() {
        vec![key.to_owned()]
    } else {
        parts
    };
    parts
        .iter()
        .filter_map(|part| measure_of(data, scope, question, part))
        .collect()
}

/// What a ratio of money is made of.
fn parts_of(data: &Data, key: &str) -> Vec<String> {
    let own = |parts: &[&str]| parts.iter().map(ToString::to_string).collect();
    let stage = key.strip_prefix("cost_per_");
    if let Some(stage) = stage.filter(|stage| data.ladder.index(stage).is_some()) {
        return own(&["cost", stage]);
    }
    match key {
        "ctr" => own(&["clicks", "impressions"]),
        "cpc" => own(&["spend", "clicks"]),
        "cac" => own(&["cost", customers_key(data)]),
        "pipeline_to_spend" => own(&["spend", "pipeline_created"]),
        "gross_profit" => own(&["revenue_new"]),
        "roi" | "roi_low" | "roi_high" => own(&["cost", "revenue_new"]),
        "roas" => own(&["spend", "revenue_new"]),
        "visitor_value" => own(&["visits", "revenue_new"]),
        "customers" => own(&[customers_key(data)]),
        "missing_amounts" => own(&["missing_amount"]),
        _ => Vec::new(),
    }
}

/// Customers are deals, or the records that reached the last stage.
fn customers_key(data: &Data) -> &str {
    if data.has(Source::Deals) {
        "customers"
    } else {
        data.ladder.last()
    }
}

fn measure_of(data: &Data, scope: &Scope, question: &Question, key: &str) -> Option<Measure> {
    let plan = Plan::new(data, scope, question);
    if key == "cost" {
        return Some(Measure::rows(key, Source::Spend, inside(scope)));
    }
    if visits::is_key(data, key) {
        return Some(visits::numerator(data, scope, key));
    }
    if let Some(pair) = data.ladder.parse_step(key) {
        return Some(Step::own_cohort(data, scope, pair, question.view).numerator(data));
    }
    plan.measures(data)
        .into_iter()
        .find(|measure| measure.key == key)
}

fn groups(data: &Data, results: &Results, dimensions: &[String]) -> BTreeSet<Group> {
    let mut groups: BTreeSet<Group> = results.groups().cloned().collect();
    if let [only] = dimensions
        && !super::time_labels::is_time(only)
    {
        groups.extend(
            measure::dimension_values(data, only)
                .into_iter()
                .map(|value| vec![value]),
        );
    }
    if dimensions.is_empty() {
        groups.insert(Group::new());
    }
    groups
}

/// Values that only the credit knows keep their row too.
fn credited(credit: Option<&Credit>) -> impl Iterator<Item = Group> {
    credit
        .into_iter()
        .flat_map(|credit| credit.rows.keys().cloned())
}

struct Plan<'a> {
    scope: &'a Scope,
    basis: Basis,
    credit: Option<&'a Credit>,
    steps: Vec<Step<'a>>,
}

impl<'a> Plan<'a> {
    fn new(data: &Data, scope: &'a Scope, question: &Question<'a>) -> Self {
        let last = data.ladder.len() - 1;
        let mut spans: Vec<(usize, usize)> = data.ladder.steps().collect();
        if last > 1 {
            spans.push((0, last));
        }
        let step = |span| Step::own_cohort(data, scope, span, question.view);
        Self {
            scope,
            basis: question.basis,
            credit: question.credit,
            steps: spans.into_iter().map(step).collect(),
        }
    }

    fn measures(&self, data: &Data) -> Vec<Measure> {
        let mut measures = self.traffic(data);
        for stage in 0..data.ladder.len() {
            measures.push(stages::entries(
                data,
                self.scope,
                stage,
                data.ladder.name(stage),
            ));
        }
        for step in &self.steps {
            measures.extend(step.measures(data));
        }
        measures.extend(self.money(data));
        measures
    }

    fn traffic(&self, data: &Data) -> Vec<Measure> {
        let mut measures = vec![visits::visits(data, self.scope, "visits")];
        measures.push(rows_ever(
            "visits/ever",
            Source::Visits,
            visits::visit_column(data),
        ));
        measures.extend(visits::measures(data, self.scope, PER_VISIT));
        for column in ["impressions", "clicks"] {
            measures.push(self.within(column, Source::Spend, column, true));
            measures.push(rows_ever(&format!("{column}/ever"), Source::Spend, column));
        }
        for (key, column) in [
            ("spend", "money"),
            ("hours", "hours"),
            ("hour_cost", "hour_cost"),
        ] {
            measures.push(self.within(key, Source::Spend, column, false));
            measures.push(rows_ever(&format!("{key}/ever"), Source::Spend, column));
        }
        let unpriced = column_given("hours").and(column_given("hour_cost").not());
        let unpriced = unpriced.and(inside(self.scope));
        measures
            .push(Measure::rows("hours/unpriced", Source::Spend, unpriced).dated_by(name::START));
        measures
    }

    /// The sum of a column over the rows whose span lies in the period.
    fn within(&self, key: &str, source: Source, column: &str, whole_units: bool) -> Measure {
        let value = col(column);
        let measure = if whole_units {
            Measure::units(key, source, inside(self.scope), value)
        } else {
            Measure::sum(key, source, inside(self.scope), value)
        };
        let broken = column_given(column).and(straddles(self.scope));
        measure
            .dated_by(name::START)
            .broken_by(broken, Undefined::PeriodStraddles)
    }

    fn money(&self, data: &Data) -> Vec<Measure> {
        if data.has(Source::Deals) {
            return self.money_of_deals(data);
        }
        let Some(last) = data.ladder.len().checked_sub(1) else {
            return Vec::new();
        };
        if data.known(last) != Known::Listed {
            return Vec::new();
        }
        let amount = |key: &str, stage: usize| {
            let keep = stages::is_stage(stage).and(inside(self.scope));
            Measure::sum(key, Source::Counted, keep, col(name::AMOUNT))
                .dated_by(name::START)
                .broken_by(
                    stages::is_stage(stage).and(straddles(self.scope)),
                    Undefined::PeriodStraddles,
                )
        };
        let missing = stages::is_stage(last)
            .and(inside(self.scope))
            .and(col(name::AMOUNT).is_null());
        let mut measures = vec![
            amount("revenue", last),
            amount("revenue_new", last),
            Measure::rows("missing_amount", Source::Counted, missing).dated_by(name::START),
            stages::entries(data, self.scope, last, "wins"),
        ];
        if data.opportunity_stage != last {
            measures.push(amount("pipeline_created", data.opportunity_stage));
        }
        measures
    }

    fn money_of_deals(&self, data: &Data) -> Vec<Measure> {
        let won = col(name::WON).and(self.scope.contains(name::WON_AT));
        let new = won.clone().and(col(name::IS_NEW));
        let made = col("exists").and(self.scope.contains(name::CREATED));
        let amount = || col(name::AMOUNT);
        let dated = |measure: Measure, by: &str| measure.dated_by(by);
        vec![
            dated(
                Measure::sum("revenue", Source::Deals, won.clone(), amount()),
                name::WON_AT,
            ),
            dated(
                Measure::sum("revenue_new", Source::Deals, new.clone(), amount()),
                name::WON_AT,
            ),
            dated(
                Measure::rows(
                    "missing_amount",
                    Source::Deals,
                    won.clone().and(amount().is_null()),
                ),
                name::WON_AT,
            ),
            dated(Measure::rows("wins", Source::Deals, new), name::WON_AT),
            dated(
                Measure::rows("customers", Source::Deals, won.and(col(name::FIRST_WIN))),
                name::WON_AT,
            ),
            dated(
                Measure::sum("pipeline_created", Source::Deals, made, amount()),
                name::CREATED,
            ),
            Measure::sum(
                "pipeline_value",
                Source::Deals,
                stages::open_deals(data, self.scope),
                amount(),
            ),
        ]
    }

    /// The amounts behind the return: of the period, or of the cohort.
    fn new_revenue(&self, data: &Data) -> Option<Measure> {
        if !data.has(Source::Deals) {
            return None;
        }
        let keep = match self.basis {
            Basis::Period => col(name::WON).and(self.scope.contains(name::WON_AT)),
            Basis::Cohort => {
                let horizon = self.horizon_millis(data);
                let within = (col(name::WON_AT) - col(name::ENTERED)).lt_eq(lit(horizon));
                col(name::WON)
                    .and(self.scope.contains(name::ENTERED))
                    .and(within)
            }
        };
        let keep = keep.and(col(name::IS_NEW));
        let dated_by = match self.basis {
            Basis::Period => name::WON_AT,
            Basis::Cohort => name::ENTERED,
        };
        Some(
            Measure::sum(
                "revenue_new",
                Source::Deals,
                keep,
                col(name::AMOUNT).fill_null(lit(0_i64)),
            )
            .dated_by(dated_by),
        )
    }

    fn horizon_millis(&self, data: &Data) -> i64 {
        i64::from(data.horizons.days(0, data.ladder.len() - 1)) * DAY_MILLIS
    }

    /// True where every lead of the period has been observed for the horizon.
    fn is_mature(&self, data: &Data) -> bool {
        let needed = self.scope.end.map(|end| end + self.horizon_millis(data));
        match (needed, self.scope.seen_from) {
            (Some(needed), Some(seen)) => needed <= seen.saturating_add(1),
            _ => false,
        }
    }

    fn row(
        &self,
        data: &Data,
        results: &Results,
        wins: &BTreeMap<Group, Vec<f64>>,
        group: Group,
    ) -> ChannelRow {
        let read = Reader {
            data,
            results,
            group: &group,
        };
        let spend = read.money("spend");
        let hours = read
            .ever("hours")
            .map(|micros| micros as f64 / Money::SCALE as f64);
        let cost = read.cost();
        let entries: Vec<Figure<u64>> = data
            .ladder
            .iter()
            .map(|stage| read.entries(stage))
            .collect();
        let visits = read.ever_count("visits");
        let clicks = read.ever_count("clicks");
        let impressions = read.ever_count("impressions");
        let customers = read.customers();
        let amounts = wins.get(&group).map_or(&[][..], Vec::as_slice);
        let credited = self.credited(&group);
        let revenue_new = match credited {
            Some(_) if self.basis == Basis::Cohort && !self.is_mature(data) => {
                Err(Undefined::NotMature)
            }
            Some(credited) => Ok(credited.revenue_new),
            None => self.returned(data, &read, amounts),
        };
        let gross_profit = revenue_new.map(|money| scaled(money, data.gross_margin.unwrap_or(1.0)));
        let n_wins = match credited {
            Some(_) => Err(Undefined::NotFilterable),
            None => self.wins(data, &read, amounts),
        };
        let roi = gross_profit.and_then(|profit| returned_on(profit, cost?));
        let roi_interval = roi.and_then(|_| match credited {
            Some(credited) => credited_interval(data, credited, cost?),
            None => self.roi_interval(data, &read, amounts, cost?),
        });
        let pipeline_created = read.money_if("pipeline_created");
        ChannelRow {
            conversions: self
                .steps
                .iter()
                .map(|step| {
                    (
                        data.ladder.step_key(step.from, step.to),
                        step.rate(data, results, &group),
                    )
                })
                .collect(),
            visit_to_first: visits.and_then(|_| visits::read(data, results, &group, PER_VISIT)),
            click_rate: clicks.and_then(|clicks| ratio(clicks as f64, impressions? as f64)),
            cost_per_click: spend.and_then(|spend| per(spend, clicks?)),
            cost_per_stage: entries
                .iter()
                .map(|count| cost.and_then(|cost| per(cost, (*count)?)))
                .collect(),
            acquisition_cost: cost.and_then(|cost| per(cost, customers?)),
            pipeline_value: read.money_if("pipeline_value"),
            pipeline_to_spend: pipeline_created
                .and_then(|pipeline| ratio(pipeline.units(), spend?.units())),
            pipeline_created,
            revenue: match credited {
                Some(credited) => Ok(credited.revenue),
                None => read.money_if("revenue"),
            },
            missing_amounts: read.count_if("missing_amount"),
            low_sample: roi.is_ok()
                && credited.map_or_else(
                    || n_wins.is_ok_and(|wins| wins < FEW_WINS),
                    |credited| credited.wins < FEW_WINS as f64,
                ),
            roas: revenue_new.and_then(|revenue| ratio(revenue.units(), spend?.units())),
            visitor_value: revenue_new.and_then(|revenue| per(revenue, visits?)),
            wins: n_wins,
            credited_wins: credited.map(|credited| credited.wins),
            visits,
            entries,
            impressions,
            clicks,
            spend,
            hours,
            cost,
            customers,
            revenue_new,
            gross_profit,
            roi,
            roi_interval,
            group,
        }
    }

    /// What a model gives to the group; nothing for one that met nobody who bought.
    fn credited(&self, group: &Group) -> Option<Credited> {
        let credit = self.credit?;
        Some(credit.rows.get(group).copied().unwrap_or_default())
    }

    /// New revenue on the basis asked for.
    fn returned(&self, data: &Data, read: &Reader, amounts: &[f64]) -> Figure<Money> {
        if !data.has(Source::Deals) {
            return read.money_if("revenue_new");
        }
        if self.basis == Basis::Cohort && !self.is_mature(data) {
            return Err(Undefined::NotMature);
        }
        read.money_if("revenue_new")?;
        Ok(amounts
            .iter()
            .map(|micros| Money::from_micros(*micros as i128))
            .sum())
    }

    fn wins(&self, data: &Data, read: &Reader, amounts: &[f64]) -> Figure<u64> {
        if data.has(Source::Deals) {
            return Ok(amounts.len() as u64);
        }
        read.count_if("wins")
    }

    /// Percentile bootstrap over the leads of the channel with cost held fixed
    /// (dictionary 8 and 11.3).
    fn roi_interval(
        &self,
        data: &Data,
        read: &Reader,
        amounts: &[f64],
        cost: Money,
    ) -> Figure<(f64, f64)> {
        if !data.has(Source::Deals) {
            return Err(Undefined::NoSharedId);
        }
        let wins = amounts.len() as u64;
        let leads = read.entries(data.ladder.first()).unwrap_or(0).max(wins);
        let seed = data.seed;
        let (low, high) =
            bootstrap::interval_of_sum(leads, amounts, DRAWS, seed).ok_or(Undefined::NoData)?;
        let margin = data.gross_margin.unwrap_or(1.0);
        let roi = |sum: f64| {
            ratio(
                sum / Money::SCALE as f64 * margin - cost.units(),
                cost.units(),
            )
        };
        Ok((roi(low)?, roi(high)?))
    }
}

/// The interval of credited revenue with cost held fixed.
fn credited_interval(data: &Data, credited: Credited, cost: Money) -> Figure<(f64, f64)> {
    let (low, high) = credited.interval.ok_or(Undefined::NoData)?;
    let margin = data.gross_margin.unwrap_or(1.0);
    let roi = |revenue: f64| ratio(revenue * margin - cost.units(), cost.units());
    Ok((roi(low)?, roi(high)?))
}

struct Reader<'a> {
    data: &'a Data,
    results: &'a Results,
    group: &'a Group,
}

impl Reader<'_> {
    /// A sum that is only defined where the group has rows of its kind at some time.
    fn ever(&self, key: &str) -> Figure<i64> {
        let rows = self.results.count(self.group, &format!("{key}/ever"))?;
        if rows == 0 {
            return Err(Undefined::NoData);
        }
        self.results.whole(self.group, key)
    }

    fn ever_count(&self, key: &str) -> Figure<u64> {
        self.ever(key)
            .map(|count| u64::try_from(count).unwrap_or(0))
    }

    fn money(&self, key: &str) -> Figure<Money> {
        self.ever(key)
            .map(|micros| Money::from_micros(micros.into()))
    }

    /// A sum of deals; `no_data` where no measure of that name exists.
    fn money_if(&self, key: &str) -> Figure<Money> {
        if !self.results.knows(key) {
            return Err(Undefined::NoData);
        }
        self.results
            .whole(self.group, key)
            .map(|micros| Money::from_micros(micros.into()))
    }

    /// A count of deals; `no_data` where no measure of that name exists.
    fn count_if(&self, key: &str) -> Figure<u64> {
        if !self.results.knows(key) {
            return Err(Undefined::NoData);
        }
        self.results.count(self.group, key)
    }

    fn entries(&self, stage: &str) -> Figure<u64> {
        self.results.count(self.group, stage)
    }

    /// Accounts won, else deals, else the leads that reached the last stage.
    fn customers(&self) -> Figure<u64> {
        if self.results.knows("customers") {
            return self.results.count(self.group, "customers");
        }
        self.entries(self.data.ladder.last())
    }

    /// Spend and priced hours; undefined where hours have no price or nothing was ever paid.
    fn cost(&self) -> Figure<Money> {
        let (money, hours) = (self.money("spend"), self.ever("hours"));
        let spend = match money {
            Err(Undefined::NoData) => None,
            other => Some(other?),
        };
        let labour = match hours {
            Err(Undefined::NoData) => None,
            Err(reason) => return Err(reason),
            Ok(_) => {
                if self.results.count(self.group, "hours/unpriced")? > 0 {
                    return Err(Undefined::NoHourlyCost);
                }
                Some(Money::from_micros(
                    self.results.whole(self.group, "hour_cost")?.into(),
                ))
            }
        };
        match (spend, labour) {
            (None, None) => Err(Undefined::NoData),
            (spend, labour) => Ok(spend.unwrap_or_default() + labour.unwrap_or_default()),
        }
    }
}

fn rows_ever(key: &str, source: Source, column: &str) -> Measure {
    Measure::rows(key, source, column_given(column)).dated_by(name::START)
}

fn column_given(column: &str) -> Expr {
    col(column).is_not_null()
}

fn scaled(money: Money, factor: f64) -> Money {
    Money::from_micros((money.micros() as f64 * factor).round() as i128)
}

fn per(money: Money, count: u64) -> Figure<Money> {
    let micros = ratio(money.micros() as f64, count as f64)?;
    Ok(Money::from_micros(micros.round() as i128))
}

fn returned_on(profit: Money, cost: Money) -> Figure<f64> {
    ratio((profit - cost).units(), cost.units())
}
