//! The registry of metrics: what each number is, in words.
//!
//! `explain` prints it, and the documentation of a column is its entry here. `STAGE`
//! stands for any stage of the configured ladder.

use crate::domain::ladder::Ladder;

/// A metric in words.
#[derive(Debug)]
pub struct Definition {
    /// Its key; a part in capitals stands for a stage.
    pub key: &'static str,
    /// Its name.
    pub title: &'static str,
    /// How it is computed.
    pub formula: &'static str,
    /// Its unit.
    pub unit: &'static str,
    /// When it is undefined, and other edges.
    pub edges: &'static str,
}

/// A definition of these words.
#[must_use]
pub const fn metric(
    key: &'static str,
    title: &'static str,
    formula: &'static str,
    unit: &'static str,
    edges: &'static str,
) -> Definition {
    Definition {
        key,
        title,
        formula,
        unit,
        edges,
    }
}

/// The metrics of leads, channels, deals, scores and what-ifs.
pub const ALL: &[Definition] = &[
    metric(
        "STAGE",
        "Entries into a stage",
        "records that first entered the stage during the period, under the policy",
        "records",
        "No column, stage word, deal or count of any input can tell of the stage: stage_not_fed, not 0. Stage lists without an id are counted, not followed.",
    ),
    metric(
        "FROM_to_TO",
        "Conversion between two stages",
        "of the records that entered FROM in the period, those that reached TO: within the horizon (cohort; only records observed that long), or by the as-of moment (to_date); or entries into TO over entries into FROM (period)",
        "share with k, n and a 95 % Wilson interval",
        "No members: zero_denominator. None observed for the horizon: not_mature. No dates: no_times. One of the stages told of by no input: stage_not_fed. A period ratio has no interval and may exceed 100 %.",
    ),
    metric(
        "reached",
        "Cohort members that reached a stage",
        "records that entered the first stage in the period and reached this one by the as-of moment",
        "records",
        "advanced + exited + open = reached under the implied policy.",
    ),
    metric(
        "skipped",
        "Cohort members that skipped a stage",
        "members beyond the stage without a recorded entry into it",
        "records",
        "Records created beyond the stage count as having skipped it.",
    ),
    metric(
        "advanced",
        "Cohort members beyond a stage",
        "members whose highest stage is above this one",
        "records",
        "Not given for the last stage.",
    ),
    metric(
        "exited",
        "Cohort members that left at a stage",
        "members in an exit state whose highest stage is this one",
        "records",
        "Not given for the last stage.",
    ),
    metric(
        "open",
        "Cohort members still at a stage",
        "members on the path whose highest stage is this one",
        "records",
        "Not given for the last stage.",
    ),
    metric(
        "overall",
        "Conversion from the first stage",
        "as a conversion, from the first stage into this one",
        "share",
        "Not the product of the steps unless nobody skips or returns.",
    ),
    metric(
        "median_days",
        "Median days of a step",
        "50 % quantile (type 7) of the days from the stage before, of records observed for the horizon that went on within it",
        "days",
        "Steps of no length are left out and counted.",
    ),
    metric(
        "p90_days",
        "90th percentile of a step",
        "90 % quantile of the same days",
        "days",
        "As median_days.",
    ),
    metric(
        "people",
        "Persons that did a step of an event funnel",
        "persons with an attempt that did all mandatory steps up to this one, in order, within the window; the attempt starts in the period",
        "persons",
        "Never more than at the step before. An optional step counts when done between its neighbours.",
    ),
    metric(
        "drop_off",
        "Persons that dropped off before a step",
        "persons whose deepest attempt ended at the step before: its window has passed, or an exclusion ended it",
        "persons",
        "people + drop_off + in_progress of a step = people of the mandatory step before. Optional steps have none.",
    ),
    metric(
        "in_progress",
        "Persons that may still do a step",
        "persons at the step before whose latest attempt there has time left at the as-of moment",
        "persons",
        "As drop_off.",
    ),
    metric(
        "conversion_mature",
        "Conversion of mature attempts",
        "conversion of the event funnel with the period cut so that every attempt could be observed for the whole window",
        "share with k, n and a 95 % Wilson interval",
        "No attempt is that old: not_mature. This is the number to compare between periods.",
    ),
    metric(
        "time_to_convert",
        "Time from the first step",
        "time between the first step and this one, in the attempt that was first to complete it, of mature attempts; from its latest possible first step (anchor latest), or the person's first one (anchor first)",
        "seconds",
        "Among converters: who has not converted has no time. Dates without a time and a window below a day: date_only.",
    ),
    metric(
        "odds_ratio",
        "What goes with conversion",
        "(a+0.5)(d+0.5) / ((b+0.5)(c+0.5)) of a table of converted and not, with the factor (a, b) and without it (c, d); factors are values of events at or before the first step",
        "ratio with a 95 % interval",
        "Association, not cause. Factors of fewer than min(25, 2 % of the persons) are left out; p is adjusted by Benjamini-Hochberg.",
    ),
    metric(
        "visits",
        "Visits",
        "sessions of the period (users where nothing else is known)",
        "sessions",
        "Rows whose span reaches over the edge of the period: period_straddles.",
    ),
    metric(
        "visit_to_STAGE",
        "Leads per visit",
        "entries into the first stage / visits",
        "ratio",
        "A ratio of two counts of the period, without an interval.",
    ),
    metric(
        "impressions",
        "Ad impressions",
        "sum over the rows of the period",
        "impressions",
        "",
    ),
    metric(
        "clicks",
        "Ad clicks",
        "sum over the rows of the period",
        "clicks",
        "",
    ),
    metric(
        "ctr",
        "Click rate",
        "clicks / impressions, a ratio of sums",
        "share",
        "No impressions: zero_denominator.",
    ),
    metric(
        "cpc",
        "Cost per click",
        "spend / clicks, a ratio of sums",
        "money",
        "No clicks: zero_denominator.",
    ),
    metric(
        "spend",
        "Spend",
        "money paid for the channel in the period",
        "money",
        "A channel without any row of spend has none: no_data, not 0.",
    ),
    metric(
        "hours",
        "Hours",
        "hours worked for the channel in the period",
        "hours",
        "",
    ),
    metric(
        "cost",
        "Cost",
        "spend + hours x hourly cost",
        "money",
        "Hours without a rate: no_hourly_cost. Neither spend nor hours: no_data.",
    ),
    metric(
        "cost_per_STAGE",
        "Cost per entry into a stage",
        "cost in the period / first entries into the stage in the period",
        "money",
        "No entries: zero_denominator; the cost is shown all the same.",
    ),
    metric(
        "customers",
        "New customers",
        "accounts whose first deal of kind new was won in the period; without accounts the deals, without deals the records that reached the last stage",
        "customers",
        "Four contacts of one won deal are one customer.",
    ),
    metric(
        "cac",
        "Customer acquisition cost",
        "cost of the channel / customers of the channel; of the total: all cost / all customers",
        "money",
        "No customers: zero_denominator.",
    ),
    metric(
        "pipeline_created",
        "Pipeline created",
        "amount of the deals (in stage lists: entries into the opportunity stage) made in the period",
        "money",
        "Missing amounts are left out and counted.",
    ),
    metric(
        "pipeline_value",
        "Open pipeline",
        "amount of the deals open at the end of the period",
        "money",
        "Stage lists without an id: no_data.",
    ),
    metric(
        "pipeline_to_spend",
        "Pipeline per spend",
        "pipeline_created / spend",
        "ratio",
        "No spend: zero_denominator.",
    ),
    metric(
        "revenue",
        "Revenue",
        "final amount of the deals won in the period, of every kind",
        "money",
        "Deals without an amount are left out and counted (missing_amounts).",
    ),
    metric(
        "revenue_new",
        "New revenue",
        "the part of revenue from deals of kind new; on the cohort basis: won within the horizon by the records of the period",
        "money",
        "Cohort basis of a young period: not_mature.",
    ),
    metric(
        "gross_profit",
        "Gross profit",
        "revenue_new x gross margin (1 where none is configured)",
        "money",
        "",
    ),
    metric(
        "roi",
        "Return on investment",
        "(gross_profit - cost) / cost; roi_low and roi_high: percentile bootstrap over the leads of the channel with cost held fixed",
        "share",
        "Cost 0: zero_denominator. Fewer than ten wins: low_sample. Without a configured margin it is revenue, not profit.",
    ),
    metric(
        "roas",
        "Return on ad spend",
        "revenue_new / spend",
        "ratio",
        "No spend: zero_denominator.",
    ),
    metric(
        "visitor_value",
        "Value of a visitor",
        "revenue_new / visits",
        "money",
        "Before margin; visits are sessions unless only users are known.",
    ),
    metric(
        "unassigned_share",
        "Share of Unassigned",
        "leads of the period whose channel is Unassigned / leads of the period (visits where there are no leads)",
        "share",
        "",
    ),
    metric(
        "direct_share",
        "Share of Direct",
        "leads of the period whose channel is Direct / leads of the period",
        "share",
        "",
    ),
    metric(
        "none_share",
        "Share without a channel",
        "leads of the period whose channel is (none) / leads of the period",
        "share",
        "",
    ),
    metric(
        "rejected_share",
        "Share of rejected rows",
        "rows set aside for a defect / rows read",
        "share",
        "",
    ),
    metric(
        "unmatched_share",
        "Share of unmatched keys",
        "keys of joins without a partner / keys",
        "share",
        "",
    ),
    metric(
        "win_rate_horizon",
        "Win rate within the horizon",
        "deals made in the period and old enough, won within the horizon of their creation / those deals",
        "share with k, n and a 95 % Wilson interval",
        "None old enough: not_mature.",
    ),
    metric(
        "win_rate_closed",
        "Win rate of closed deals",
        "won / (won + lost), ended in the period",
        "share with k, n and a 95 % Wilson interval",
        "Too high where lost deals stay open.",
    ),
    metric(
        "win_rate_closed_value",
        "Win rate by value",
        "won amount / (won + lost amount), ended in the period",
        "share with a bootstrap interval",
        "Large deals dominate; deals without an amount are left out.",
    ),
    metric(
        "win_rate_created",
        "Win rate of made deals",
        "won so far / made in the period",
        "share with k, n and a 95 % Wilson interval",
        "Too low for a recent period.",
    ),
    metric(
        "win_curve",
        "Chance to be won by an age",
        "Aalen-Johansen estimate over all deals: won and lost compete, open deals are not decided yet",
        "share",
        "Deals that ended at an unknown time are left out.",
    ),
    metric(
        "weighted_pipeline",
        "Weighted pipeline",
        "sum of amount x chance over open deals; the chance is that of [[pipeline]], else of the export, else the share of ended deals that were won",
        "money",
        "Deals without an amount add nothing and are counted beside it.",
    ),
    metric(
        "pipeline_velocity",
        "Velocity of the pipeline",
        "open deals x win rate x mean won amount / mean days to win, the last three over 365 days",
        "money of a day",
        "Any part undefined: undefined.",
    ),
    metric(
        "throughput",
        "Throughput",
        "amount won in the last 365 days / days",
        "money of a day",
        "",
    ),
    metric(
        "forecast_age",
        "Forecast of open deals",
        "sum over open deals of amount x (F(a + h) - F(a)) / S(a): a their age, F the share won by an age, S the share still open",
        "money",
        "Fewer than ten wins: no_data. Older than every deal watched: 0.",
    ),
    metric(
        "forecast_new",
        "Forecast of deals to come",
        "deals made a day in the last 180 days x days x mean share won by then x mean won amount",
        "money",
        "",
    ),
    metric(
        "wape",
        "How far a forecast was off",
        "sum of absolute errors / sum of what came, over past moments with what was known then",
        "share",
        "",
    ),
    metric(
        "p_pays",
        "Chance that a what-if pays",
        "share of the seeded draws with net > 0",
        "probability",
        "Classes: pays from 0.90, probably_pays from 0.70, cannot_tell, probably_not to 0.30, does_not_pay to 0.10; cannot_tell whenever the information share is too small.",
    ),
    metric(
        "information_share",
        "Information share of a what-if",
        "1 - variance of the effort share after / before looking at the history, averaged over what is not known of delay, curve and noise",
        "0 to 1",
        "Below 0.25 (0.35 where effort went with the calendar) the history cannot tell; above 0.5 it says much.",
    ),
    metric(
        "value_per_visit",
        "Value of a visit",
        "leads per visit x stage rates x value of a deal x margin",
        "money",
        "Rates beyond the first come from decided leads alone and lean on those of all channels.",
    ),
    metric(
        "marginal_visits_per_hour",
        "Visits of a further hour",
        "expected extra visits of the plan / its extra hours",
        "visits per hour",
        "Not the average: most visits come without the next hour.",
    ),
    metric(
        "average_visits_per_hour",
        "Average visits per hour",
        "all visits / all hours of the months fitted",
        "visits per hour",
        "Overstates what the next hour brings.",
    ),
    metric(
        "needed_visits_per_hour",
        "Break-even visits per hour",
        "price of an hour / value of a visit",
        "visits per hour",
        "A visit worth nothing: zero_denominator.",
    ),
    metric(
        "break_even_hour_cost",
        "Break-even price of an hour",
        "extra gross profit / extra hours",
        "money",
        "No extra hours: zero_denominator.",
    ),
    metric(
        "payback_month",
        "Payback",
        "first month after which profit so far stays at or above cost so far; median of the draws",
        "month of the plan",
        "Half of the draws never: not_reached.",
    ),
    metric(
        "auc",
        "How well a score ranks",
        "pairs of one that converted and one that did not in which the first has the better score, ties counting half / all such pairs",
        "0 to 1",
        "One kind only: undefined. Above 0.97 the score probably saw the outcome.",
    ),
    metric(
        "psi",
        "Drift of a score",
        "sum of (now - before) ln(now / before) over bands of the score, shares floored at 0.0001",
        "0 and more",
        "Above 0.1 watch, above 0.25 act.",
    ),
];

/// Every list of metrics, in reading order: what no file of their own defines, then the
/// flywheel.
pub const LISTS: &[&[Definition]] = &[ALL, super::flywheel::definitions::ALL];

/// Every metric, in reading order.
pub fn all() -> impl Iterator<Item = &'static Definition> {
    LISTS.iter().copied().flatten()
}

/// The definition behind a key in the words of the ladder.
#[must_use]
pub fn find(key: &str, ladder: &Ladder) -> Option<&'static Definition> {
    let exact = all().find(|definition| definition.key == key);
    exact.or_else(|| {
        let family = match key {
            key if ladder.index(key).is_some() => "STAGE",
            key if ladder.parse_step(key).is_some() => "FROM_to_TO",
            key if key
                .strip_prefix("cost_per_")
                .is_some_and(|stage| ladder.index(stage).is_some()) =>
            {
                "cost_per_STAGE"
            }
            key if key.strip_prefix("visit_to_") == Some(ladder.first()) => "visit_to_STAGE",
            _ => return None,
        };
        all().find(|definition| definition.key == family)
    })
}

impl Definition {
    /// The definition in sentences, under the name that was asked for.
    #[must_use]
    pub fn points(&self, name: &str) -> Vec<String> {
        let mut points = vec![
            format!("{name}: {}", self.title),
            format!("Formula: {}", self.formula),
            format!("Unit: {}", self.unit),
        ];
        if !self.edges.is_empty() {
            points.push(format!("Edges: {}", self.edges));
        }
        points
    }
}
