//! The funnel: one cohort followed down the ladder, and the named ratios.
//!
//! Definitions: metrics dictionary 0.8, 2.1, 2.2, 4.1. The stage table follows the
//! leads that entered the first stage in the period all the way down; a ratio takes
//! those that entered its own first stage in the period.

use polars::prelude::*;

use super::data::{Data, Scope, Source};
use super::durations::{self, Durations};
use super::known::Known;
use super::measure::{Group, Measure, Results, evaluate};
use super::stages::{self, Step};
use super::visits;
use crate::domain::figure::{Figure, Policy, Rate, Undefined, View};
use crate::tables::col as name;

/// One stage of the cohort.
#[derive(Debug, Clone, PartialEq)]
pub struct StageRow {
    /// The stage.
    pub stage: String,
    /// Members that reached it.
    pub reached: Figure<u64>,
    /// Members beyond it without a recorded entry into it; absent for an optional stage,
    /// whose skipping is no flaw.
    pub skipped: Option<Figure<u64>>,
    /// Members whose highest stage is above it.
    pub advanced: Figure<u64>,
    /// Members that left with it as their highest stage.
    pub exited: Figure<u64>,
    /// Members still on the path with it as their highest stage.
    pub open: Figure<u64>,
    /// From the stage before, in the view asked for; the first stage has none.
    pub conversion: Option<Figure<Rate>>,
    /// From the stage before, by the moment seen from.
    pub conversion_to_date: Option<Figure<Rate>>,
    /// From the first stage, in the view asked for.
    pub overall: Option<Figure<Rate>>,
    /// Days of the step into the stage.
    pub days: Option<Durations>,
}

/// A named conversion.
#[derive(Debug, Clone, PartialEq)]
pub struct Ratio {
    /// `lead_to_mql`.
    pub key: String,
    /// Stage left.
    pub from: String,
    /// Stage reached.
    pub to: String,
    /// In the view asked for.
    pub value: Figure<Rate>,
    /// Of all members, by the moment seen from.
    pub to_date: Figure<Rate>,
    /// Entries over entries during the period.
    pub throughput: Figure<Rate>,
}

/// A funnel of one group.
#[derive(Debug, Clone, PartialEq)]
pub struct Funnel {
    /// Dimension values, empty for the total.
    pub group: Group,
    /// The cohort, stage by stage.
    pub stages: Vec<StageRow>,
    /// The named conversions.
    pub ratios: Vec<Ratio>,
}

/// Computes the funnel of every group; without dimensions there is one, the total.
///
/// # Errors
/// What polars cannot do with the filter.
pub fn compute(
    data: &Data,
    scope: &Scope,
    view: View,
    dimensions: &[String],
) -> PolarsResult<Vec<Funnel>> {
    let plan = Plan::new(data, scope, view);
    let results = evaluate(data, &plan.measures(data), dimensions)?;
    let groups: Vec<Group> = if dimensions.is_empty() {
        vec![Group::new()]
    } else {
        results.groups().cloned().collect()
    };
    Ok(groups
        .into_iter()
        .map(|group| plan.read(data, &results, group))
        .filter(|funnel| dimensions.is_empty() || funnel.has_anybody())
        .collect())
}

/// The measure behind a cell of the funnel: `mql`, `lead_to_mql`, `reached` with a
/// stage, `exited` with a stage, ...; `None` where the key names none.
#[must_use]
pub fn measure_of(
    data: &Data,
    scope: &Scope,
    view: View,
    key: &str,
    stage: Option<&str>,
) -> Option<Measure> {
    let plan = Plan::new(data, scope, view);
    if let Some(index) = stage.and_then(|stage| data.ladder.index(stage)) {
        let column = plan.stage_columns(data, index).into_iter();
        let wanted = format!("{key}.{}", data.ladder.name(index));
        let plain = column.into_iter().find(|measure| measure.key == wanted);
        let step = |steps: &[Step]| {
            steps
                .iter()
                .find(|step| step.to == index)
                .map(|step| step.numerator(data))
        };
        return plain.or_else(|| match key {
            "conversion" => step(&plan.conversions),
            "conversion_to_date" => step(&plan.to_date),
            "overall" => step(&plan.overall),
            "median_days" | "p90_days" | "days_n" => {
                let into = plan.conversions.iter().find(|step| step.to == index)?;
                durations::measures(data, into).into_iter().next()
            }
            _ => None,
        });
    }
    if let Some(index) = data.ladder.index(key) {
        return Some(stages::entries(data, scope, index, key));
    }
    if visits::is_key(data, key) {
        return Some(visits::numerator(data, scope, key));
    }
    let pair = data.ladder.parse_step(key)?;
    Some(Step::own_cohort(data, scope, pair, view).numerator(data))
}

/// Who is followed down the ladder: those that entered the first stage in the period.
/// Without a period the explicit policy follows everybody, because there a record of a
/// later stage says nothing of the first.
pub(super) fn cohort(data: &Data, scope: &Scope) -> Expr {
    if scope.period.is_none() && data.policy == Policy::Explicit {
        return lit(true);
    }
    stages::entered(scope, data.ladder.first())
}

/// Prefix of the measures of leads per visit.
const PER_VISIT: &str = "per_visit";

struct Plan<'a> {
    scope: &'a Scope,
    conversions: Vec<Step<'a>>,
    to_date: Vec<Step<'a>>,
    overall: Vec<Step<'a>>,
    ratios: Vec<[Step<'a>; 3]>,
}

impl<'a> Plan<'a> {
    fn new(data: &Data, scope: &'a Scope, view: View) -> Self {
        let cohort = || cohort(data, scope);
        let step = |from: usize, to: usize, view: View, label: &str| Step {
            from,
            to,
            members: cohort().and(stages::reached(scope, data.ladder.name(from))),
            scope,
            view,
            key: format!("{label}.{}", data.ladder.step_key(from, to)),
        };
        let neighbours = || data.ladder.steps();
        let last = data.ladder.len() - 1;
        let mut spans: Vec<(usize, usize)> = neighbours().collect();
        if last > 1 {
            spans.push((0, last));
        }
        Self {
            scope,
            conversions: neighbours()
                .map(|(f, t)| step(f, t, view, "conversion"))
                .collect(),
            to_date: neighbours()
                .map(|(f, t)| step(f, t, View::ToDate, "to_date"))
                .collect(),
            overall: (1..=last).map(|to| step(0, to, view, "overall")).collect(),
            ratios: spans
                .into_iter()
                .map(|span| {
                    let with = |view, label: &str| {
                        let mut step = Step::own_cohort(data, scope, span, view);
                        step.key = format!("{label}.{}", step.key);
                        step
                    };
                    [
                        with(view, "value"),
                        with(View::ToDate, "all"),
                        with(View::Period, "flow"),
                    ]
                })
                .collect(),
        }
    }

    fn measures(&self, data: &Data) -> Vec<Measure> {
        let mut measures: Vec<Measure> = (0..data.ladder.len())
            .flat_map(|stage| self.stage_columns(data, stage))
            .collect();
        let steps = self
            .conversions
            .iter()
            .chain(&self.to_date)
            .chain(&self.overall);
        for step in steps.chain(self.ratios.iter().flatten()) {
            measures.extend(step.measures(data));
        }
        for step in &self.conversions {
            measures.extend(durations::measures(data, step));
        }
        measures.extend(visits::measures(data, self.scope, PER_VISIT));
        measures
    }

    /// `reached.<stage>`, `skipped.<stage>`, `advanced.<stage>`, `exited.<stage>`, `open.<stage>`.
    fn stage_columns(&self, data: &Data, stage: usize) -> Vec<Measure> {
        let stage_name = data.ladder.name(stage);
        let key = |column: &str| format!("{column}.{stage_name}");
        if data.known(stage) != Known::Followed {
            return vec![stages::entries(data, self.scope, stage, key("reached"))];
        }
        let scope = self.scope;
        let cohort = cohort(data, scope);
        let here = cohort.clone().and(stages::reached(scope, stage_name));
        let above = (stage + 1..data.ladder.len())
            .map(|higher| stages::reached(scope, data.ladder.name(higher)))
            .fold(lit(false), Expr::or);
        let stopped = here.clone().and(above.clone().not());
        let unrecorded = col(name::recorded(stage_name).as_str()).not();
        let first_at = name::at(data.ladder.first());
        [
            ("reached", here.clone()),
            ("skipped", cohort.and(above.clone()).and(unrecorded)),
            ("advanced", here.and(above)),
            ("exited", stopped.clone().and(stages::exited(scope))),
            ("open", stopped.and(stages::exited(scope).not())),
        ]
        .map(|(column, keep)| {
            Measure::rows(key(column), Source::Leads, keep).dated_by(first_at.clone())
        })
        .into()
    }

    fn read(&self, data: &Data, results: &Results, group: Group) -> Funnel {
        let stages = (0..data.ladder.len())
            .map(|stage| self.stage_row(data, results, &group, stage))
            .collect();
        let ratio = |[value, to_date, throughput]: &[Step; 3]| Ratio {
            key: data.ladder.step_key(value.from, value.to),
            from: data.ladder.name(value.from).to_owned(),
            to: data.ladder.name(value.to).to_owned(),
            value: value.rate(data, results, &group),
            to_date: to_date.rate(data, results, &group),
            throughput: throughput.rate(data, results, &group),
        };
        let per_visit = self.per_visit(data, results, &group);
        let ratios = per_visit
            .into_iter()
            .chain(self.ratios.iter().map(ratio))
            .collect();
        Funnel {
            group,
            stages,
            ratios,
        }
    }

    /// Leads per visit, where there are visits; a ratio of counts in every view.
    fn per_visit(&self, data: &Data, results: &Results, group: &Group) -> Option<Ratio> {
        if !data.has(Source::Visits) {
            return None;
        }
        let first = data.ladder.first();
        let ratio = visits::read(data, results, group, PER_VISIT);
        Some(Ratio {
            key: format!("visit_to_{first}"),
            from: "visit".to_owned(),
            to: first.to_owned(),
            value: ratio.clone(),
            to_date: Err(Undefined::NoSharedId),
            throughput: ratio,
        })
    }

    fn stage_row(&self, data: &Data, results: &Results, group: &Group, stage: usize) -> StageRow {
        let stage_name = data.ladder.name(stage);
        let is_last = stage + 1 == data.ladder.len();
        let count = |column: &str| -> Figure<u64> {
            let fate = matches!(column, "advanced" | "exited" | "open");
            if fate && is_last {
                return Err(Undefined::LastStage);
            }
            if column != "reached" {
                match data.known(stage) {
                    Known::Nowhere => return Err(Undefined::StageNotFed),
                    Known::Listed | Known::Counted(_) => return Err(Undefined::NoSharedId),
                    // Who went on cannot be seen where no higher stage is.
                    Known::Followed if !is_last && !data.sees_beyond(stage) => {
                        return Err(Undefined::StageNotFed);
                    }
                    Known::Followed => {}
                }
            }
            // What lies between two snapshots is not seen: nobody can be said to have skipped it.
            if column == "skipped" && data.from_snapshots {
                return Err(Undefined::SnapshotResolution);
            }
            results.count(group, &format!("{column}.{stage_name}"))
        };
        let rate = |steps: &[Step]| {
            let step = steps.iter().find(|step| step.to == stage)?;
            Some(step.rate(data, results, group))
        };
        let into = self.conversions.iter().find(|step| step.to == stage);
        StageRow {
            stage: stage_name.to_owned(),
            reached: count("reached"),
            skipped: (!data.ladder.is_optional(stage)).then(|| count("skipped")),
            advanced: count("advanced"),
            exited: count("exited"),
            open: count("open"),
            conversion: rate(&self.conversions),
            conversion_to_date: rate(&self.to_date),
            overall: rate(&self.overall),
            days: into.map(|step| durations::read(data, step, results, group)),
        }
    }
}

impl Funnel {
    fn has_anybody(&self) -> bool {
        let reached = self
            .stages
            .iter()
            .any(|row| row.reached.is_ok_and(|count| count > 0));
        let moved = self
            .ratios
            .iter()
            .any(|ratio| ratio.to_date.is_ok() || ratio.throughput.is_ok());
        reached || moved
    }
}
