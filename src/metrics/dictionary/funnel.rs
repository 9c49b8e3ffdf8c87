//! Funnels: entries into stages, conversions between them, events.

use super::{Definition, metric};

/// In reading order.
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
        "(a+0.5)(d+0.5) / ((b+0.5)(c+0.5)) of a table of converted and not, with the factor (a, b) and without it (c, d); factors are values of events at or before the first step. In a learned score: exp(coefficient) of a logistic regression with an L2 penalty on inputs in standard deviations, of a level against the most frequent one, of a number per a power of ten near its deviation",
        "ratio with a 95 % interval",
        "Association, not cause. Factors of fewer than min(25, 2 % of the persons) are left out; p is adjusted by Benjamini-Hochberg. The penalty of a learned score, chosen by cross-validation in the training part, draws its ratios towards 1.",
    ),
];
