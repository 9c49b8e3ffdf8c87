//! Times to an event, when not everybody has had it yet.
//!
//! Members whose event has not come are censored: known only to have waited so long.
//! Leaving them out makes conversion look small and quick, so each counts as at risk
//! until its time. Where two ends compete (won and lost), treating one as censoring
//! overstates the other; the Aalen-Johansen estimate counts both.
//! All times are finite numbers in one unit; other members are left out. Events come
//! before censorings of the same time. Each function sorts once.
//! Sources: E. L. Kaplan and P. Meier, JASA 53 (1958), 457-481; M. Greenwood (1926)
//! for the variance; O. Aalen and S. Johansen, Scandinavian Journal of Statistics 5
//! (1978), 141-150; N. Mantel, Cancer Chemotherapy Reports 50 (1966), 163-170.

use super::normal::{self, Z95};

/// Shares that differ by less are the same share after rounding.
const SHARE_TOLERANCE: f64 = 1e-9;

/// A member for [`kaplan_meier`] and [`log_rank`].
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Observation {
    /// How long the member was watched: until its event, or until the watching ended.
    pub time: f64,
    /// True where the event came at that time, false where the member is censored.
    pub event: bool,
}

/// Which of two competing ends came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// The end that is looked for: converted, won.
    Converted,
    /// The other end: lost, disqualified.
    Exited,
}

/// A member for [`aalen_johansen`].
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Competing {
    /// How long the member was watched: until its end, or until the watching ended.
    pub time: f64,
    /// The end that came at that time; `None` where the member is still open.
    pub ending: Option<Ending>,
}

/// A time at which something happened, with those at risk just before it.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Moment {
    time: f64,
    at_risk: u64,
    converted: u64,
    exited: u64,
}

/// One step of a Kaplan-Meier curve, from this time on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Step {
    /// When the events came.
    pub time: f64,
    /// Members watched for at least that long. Under 10 the point is marked.
    pub at_risk: u64,
    /// Events at that time.
    pub events: u64,
    /// Share without the event after that time.
    pub survival: f64,
    /// Greenwood's standard error; absent where everybody at risk had the event.
    pub standard_error: Option<f64>,
    /// 95 % interval on the log(-log) scale; absent where everybody at risk had the event.
    pub interval: Option<(f64, f64)>,
}

/// A Kaplan-Meier curve.
#[derive(Debug, Clone, PartialEq)]
pub struct Curve {
    /// The steps, by time; none where nothing happened.
    pub steps: Vec<Step>,
    /// The longest time anybody was watched; `None` without members.
    pub last_time: Option<f64>,
}

impl Curve {
    /// Share still without the event after `time`.
    #[must_use]
    pub fn survival_at(&self, time: f64) -> f64 {
        let passed = self.steps.partition_point(|step| step.time <= time);
        passed
            .checked_sub(1)
            .and_then(|index| self.steps.get(index))
            .map_or(1.0, |step| step.survival)
    }

    /// The first time by which a share of at least `share` has had the event.
    ///
    /// `None` where that never happens within the time watched (`not_reached`).
    #[must_use]
    pub fn time_of_share(&self, share: f64) -> Option<f64> {
        self.steps
            .iter()
            .find(|step| step.survival <= 1.0 - share + SHARE_TOLERANCE)
            .map(|step| step.time)
    }

    /// The first time by which half have had the event; `None` if never.
    #[must_use]
    pub fn median(&self) -> Option<f64> {
        self.time_of_share(0.5)
    }
}

/// The share without the event by time, with its uncertainty.
#[must_use]
pub fn kaplan_meier(observations: &[Observation]) -> Curve {
    let mut members: Vec<Competing> = observations.iter().map(Competing::from).collect();
    let moments = moments(&mut members);
    let mut survival = 1.0;
    let mut hazard_variance = 0.0;
    let steps = moments
        .into_iter()
        .map(|moment| {
            let (at_risk, events) = (moment.at_risk as f64, moment.converted as f64);
            survival *= (at_risk - events) / at_risk;
            hazard_variance += events / (at_risk * (at_risk - events));
            step(&moment, survival, hazard_variance)
        })
        .collect();
    Curve {
        steps,
        last_time: members.last().map(|member| member.time),
    }
}

fn step(moment: &Moment, survival: f64, hazard_variance: f64) -> Step {
    let known = survival > 0.0;
    Step {
        time: moment.time,
        at_risk: moment.at_risk,
        events: moment.converted,
        survival,
        standard_error: known.then(|| survival * hazard_variance.sqrt()),
        interval: known.then(|| log_log_interval(survival, hazard_variance)),
    }
}

/// J. D. Kalbfleisch and R. L. Prentice, The Statistical Analysis of Failure Time Data
/// (1980), 1.3: the interval of `log(-log S)`, turned back.
fn log_log_interval(survival: f64, hazard_variance: f64) -> (f64, f64) {
    let width = Z95 * hazard_variance.sqrt() / survival.ln().abs();
    (survival.powf(width.exp()), survival.powf((-width).exp()))
}

/// One step of an Aalen-Johansen estimate, from this time on. The three shares add up to 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CompetingStep {
    /// When the ends came.
    pub time: f64,
    /// Members watched for at least that long.
    pub at_risk: u64,
    /// Share converted by that time (`F_won`).
    pub converted: f64,
    /// Share exited by that time (`F_lost`).
    pub exited: f64,
    /// Share still open after that time (`S`).
    pub open: f64,
}

/// An Aalen-Johansen estimate.
#[derive(Debug, Clone, PartialEq)]
pub struct CompetingCurve {
    /// The steps, by time; none where nothing ended.
    pub steps: Vec<CompetingStep>,
    /// The longest time anybody was watched; `None` without members.
    pub last_time: Option<f64>,
}

impl CompetingCurve {
    /// The step in force at `time`; `None` before the first end.
    #[must_use]
    pub fn at(&self, time: f64) -> Option<&CompetingStep> {
        let passed = self.steps.partition_point(|step| step.time <= time);
        passed
            .checked_sub(1)
            .and_then(|index| self.steps.get(index))
    }

    /// Share converted by `time`.
    #[must_use]
    pub fn converted_by(&self, time: f64) -> f64 {
        self.at(time).map_or(0.0, |step| step.converted)
    }

    /// Share still open after `time`.
    #[must_use]
    pub fn open_at(&self, time: f64) -> f64 {
        self.at(time).map_or(1.0, |step| step.open)
    }

    /// The time by which half of those that convert within the time watched have
    /// converted; `None` where nobody does.
    #[must_use]
    pub fn median_time_to_convert(&self) -> Option<f64> {
        let last = self.steps.last()?.converted;
        if last <= 0.0 {
            return None;
        }
        self.steps
            .iter()
            .find(|step| step.converted >= last / 2.0 - SHARE_TOLERANCE)
            .map(|step| step.time)
    }
}

/// The shares converted, exited and open by time, when the two ends compete.
#[must_use]
pub fn aalen_johansen(members: &[Competing]) -> CompetingCurve {
    let mut members = members.to_vec();
    let moments = moments(&mut members);
    let (mut converted, mut exited, mut open) = (0.0, 0.0, 1.0);
    let steps = moments
        .into_iter()
        .map(|moment| {
            let at_risk = moment.at_risk as f64;
            converted += open * moment.converted as f64 / at_risk;
            exited += open * moment.exited as f64 / at_risk;
            open *= (moment.at_risk - moment.converted - moment.exited) as f64 / at_risk;
            CompetingStep {
                time: moment.time,
                at_risk: moment.at_risk,
                converted,
                exited,
                open,
            }
        })
        .collect();
    CompetingCurve {
        steps,
        last_time: members.last().map(|member| member.time),
    }
}

/// The comparison of two time-to-event curves.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LogRank {
    /// Chi-square with one degree of freedom.
    pub statistic: f64,
    /// Chance of a statistic at least as large if both groups were alike.
    pub p: f64,
}

/// Do events come at different times in two independent groups?
///
/// `None` where nothing can be compared: no event while both groups are at risk.
#[must_use]
pub fn log_rank(first: &[Observation], second: &[Observation]) -> Option<LogRank> {
    let (mut first, mut second) = (sorted(first), sorted(second));
    let (mut observed, mut expected, mut variance) = (0.0, 0.0, 0.0);
    let mut times: Vec<f64> = first
        .iter()
        .chain(&second)
        .filter(|o| o.event)
        .map(|o| o.time)
        .collect();
    times.sort_by(f64::total_cmp);
    times.dedup();
    for time in times {
        let (at_risk_first, events_first) = at_risk_and_events(&mut first, time);
        let (at_risk_second, events_second) = at_risk_and_events(&mut second, time);
        let (at_risk, events) = (at_risk_first + at_risk_second, events_first + events_second);
        let share = at_risk_first / at_risk;
        observed += events_first;
        expected += events * share;
        if at_risk > 1.0 {
            variance += events * share * (1.0 - share) * (at_risk - events) / (at_risk - 1.0);
        }
    }
    let statistic = (observed - expected).powi(2) / variance;
    (variance > 0.0).then(|| LogRank {
        statistic,
        p: normal::chi_square_p(statistic),
    })
}

/// Finite observations, the longest first, so that those past can be taken off the end.
fn sorted(observations: &[Observation]) -> Vec<Observation> {
    let mut sorted: Vec<Observation> = observations
        .iter()
        .copied()
        .filter(|o| o.time.is_finite())
        .collect();
    sorted.sort_by(|a, b| b.time.total_cmp(&a.time));
    sorted
}

/// Members at risk just before `time` and events at it; members up to `time` are removed.
fn at_risk_and_events(longest_first: &mut Vec<Observation>, time: f64) -> (f64, f64) {
    while longest_first.last().is_some_and(|o| o.time < time) {
        longest_first.pop();
    }
    let at_risk = longest_first.len();
    let mut events = 0_u64;
    while let Some(o) = longest_first.pop_if(|o| o.time <= time) {
        events += u64::from(o.event);
    }
    (at_risk as f64, events as f64)
}

impl From<&Observation> for Competing {
    fn from(observation: &Observation) -> Self {
        Self {
            time: observation.time,
            ending: observation.event.then_some(Ending::Converted),
        }
    }
}

/// Sorts the members by time, drops those whose time is not finite, and counts each
/// time at which something ended.
fn moments(members: &mut Vec<Competing>) -> Vec<Moment> {
    members.retain(|member| member.time.is_finite());
    members.sort_unstable_by(|a, b| a.time.total_cmp(&b.time));
    let mut at_risk = members.len() as u64;
    let mut moments = Vec::new();
    for group in members.chunk_by(|a, b| a.time == b.time) {
        let count = |ending| group.iter().filter(|m| m.ending == Some(ending)).count() as u64;
        let moment = Moment {
            time: group[0].time,
            at_risk,
            converted: count(Ending::Converted),
            exited: count(Ending::Exited),
        };
        if moment.converted + moment.exited > 0 {
            moments.push(moment);
        }
        at_risk -= group.len() as u64;
    }
    moments
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::super::random::Random;
    use super::*;

    const TIMES: [f64; 10] = [3.0, 5.0, 5.0, 8.0, 10.0, 12.0, 12.0, 15.0, 20.0, 30.0];

    fn observed(times: &[f64], events: &[u8]) -> Vec<Observation> {
        let pairs = times.iter().zip(events);
        pairs
            .map(|(time, event)| Observation {
                time: *time,
                event: *event == 1,
            })
            .collect()
    }

    fn competing(times: &[f64], codes: &[u8]) -> Vec<Competing> {
        let ending = |code: u8| match code {
            1 => Some(Ending::Converted),
            2 => Some(Ending::Exited),
            _ => None,
        };
        let pairs = times.iter().zip(codes);
        pairs
            .map(|(time, code)| Competing {
                time: *time,
                ending: ending(*code),
            })
            .collect()
    }

    fn near(found: f64, expected: f64, tolerance: f64) {
        assert!(
            (found - expected).abs() < tolerance,
            "{found} is not {expected}"
        );
    }

    #[test]
    fn kaplan_meier_vector() {
        // Metrics dictionary, 12.3.
        let curve = kaplan_meier(&observed(&TIMES, &[1, 1, 0, 1, 0, 1, 0, 0, 1, 0]));
        let expected = [
            (3.0, 0.9, 0.094868),
            (5.0, 0.8, 0.126491),
            (8.0, 0.685714, 0.151494),
            (12.0, 0.548571, 0.172438),
            (20.0, 0.274286, 0.212250),
        ];
        assert_eq!(curve.steps.len(), expected.len());
        for (step, (time, survival, error)) in curve.steps.iter().zip(expected) {
            assert_eq!(step.time, time);
            near(step.survival, survival, 5e-7);
            near(step.standard_error.unwrap(), error, 5e-7);
        }
        let (low, high) = curve.steps[3].interval.unwrap();
        near(low, 0.187256, 5e-7);
        near(high, 0.806377, 5e-7);
        assert_eq!(curve.median(), Some(20.0));
        assert_eq!(curve.last_time, Some(30.0));
        near(curve.survival_at(11.9), 0.685714, 5e-7);
        assert_eq!(curve.survival_at(2.9), 1.0);
    }

    #[test]
    fn aalen_johansen_vector() {
        // Metrics dictionary, 12.4.
        let members = competing(&TIMES, &[1, 2, 1, 2, 0, 1, 2, 0, 1, 0]);
        let curve = aalen_johansen(&members);
        let expected = [
            (3.0, 0.1, 0.9),
            (5.0, 0.2, 0.7),
            (8.0, 0.2, 0.6),
            (12.0, 0.32, 0.36),
            (20.0, 0.5, 0.18),
        ];
        assert_eq!(curve.steps.len(), expected.len());
        for (step, (time, converted, open)) in curve.steps.iter().zip(expected) {
            assert_eq!(step.time, time);
            near(step.converted, converted, 1e-12);
            near(step.open, open, 1e-12);
            near(step.converted + step.exited + step.open, 1.0, 1e-12);
        }
        near(curve.steps[4].exited, 0.32, 1e-12);
        // Half of 0.5 is passed at 12.
        assert_eq!(curve.median_time_to_convert(), Some(12.0));
        near(curve.converted_by(19.0), 0.32, 1e-12);
        near(curve.open_at(0.0), 1.0, 0.0_f64.max(1e-15));
        // The same data by Kaplan-Meier with the lost as censored: 68 %.
        let wrong = kaplan_meier(&observed(&TIMES, &[1, 0, 1, 0, 0, 1, 0, 0, 1, 0]));
        near(1.0 - wrong.survival_at(20.0), 0.68, 0.005);
    }

    #[test]
    fn log_rank_vector() {
        // Metrics dictionary, 12.2.
        let first = observed(&[3.0, 5.0, 8.0, 12.0, 20.0], &[1, 1, 1, 0, 1]);
        let second = observed(&[6.0, 9.0, 15.0, 25.0, 30.0, 30.0], &[1, 0, 1, 1, 0, 0]);
        let found = log_rank(&first, &second).unwrap();
        near(found.statistic, 3.056158, 5e-7);
        near(found.p, 0.080432, 5e-7);
        let swapped = log_rank(&second, &first).unwrap();
        near(swapped.statistic, found.statistic, 1e-12);
        assert_eq!(log_rank(&first, &[]), None);
        assert_eq!(log_rank(&[], &[]), None);
    }

    #[test]
    fn edges() {
        let nobody = kaplan_meier(&[]);
        assert!(nobody.steps.is_empty() && nobody.last_time.is_none());
        let waiting = kaplan_meier(&observed(&[4.0, f64::NAN], &[0, 1]));
        assert_eq!((waiting.median(), waiting.last_time), (None, Some(4.0)));
        // Everybody has had the event: no variance is left to speak of.
        let done = kaplan_meier(&observed(&[1.0, 2.0], &[1, 1]));
        assert_eq!(done.median(), Some(1.0));
        assert_eq!(done.steps[1].survival, 0.0);
        assert_eq!(
            (done.steps[1].standard_error, done.steps[1].interval),
            (None, None)
        );
        // One half reached by rounding only: 9/10 · 8/9 · ... · 5/6.
        let half = kaplan_meier(&observed(&TIMES_APART, &[1, 1, 1, 1, 1, 0, 0, 0, 0, 0]));
        assert_eq!(half.median(), Some(5.0));
        assert_eq!(aalen_johansen(&[]).median_time_to_convert(), None);
        let lost = aalen_johansen(&competing(&[1.0, 2.0], &[2, 2]));
        assert_eq!(lost.median_time_to_convert(), None);
        assert_eq!(lost.steps[1].open, 0.0);
    }

    const TIMES_APART: [f64; 10] = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 10.0];

    /// S and F at `time` by the definitions, quadratic and obvious.
    fn by_definition(members: &[Competing], time: f64) -> (f64, f64, f64) {
        let mut times: Vec<f64> = members
            .iter()
            .map(|m| m.time)
            .filter(|t| *t <= time)
            .collect();
        times.sort_by(f64::total_cmp);
        times.dedup();
        let (mut converted, mut exited, mut open) = (0.0, 0.0, 1.0);
        for u in times {
            let at_risk = members.iter().filter(|m| m.time >= u).count() as f64;
            let ended = |ending| {
                members
                    .iter()
                    .filter(|m| m.time == u && m.ending == Some(ending))
                    .count() as f64
            };
            let (won, lost) = (ended(Ending::Converted), ended(Ending::Exited));
            converted += open * won / at_risk;
            exited += open * lost / at_risk;
            open *= 1.0 - (won + lost) / at_risk;
        }
        (converted, exited, open)
    }

    fn random_members(random: &mut Random, count: u64) -> Vec<Competing> {
        let mut member = || Competing {
            time: random.below(30) as f64 / 2.0,
            ending: [None, Some(Ending::Converted), Some(Ending::Exited)][random.below(3) as usize],
        };
        (0..count).map(|_| member()).collect()
    }

    #[test]
    fn curves_equal_their_definitions() {
        let mut random = Random::seeded(11);
        for count in [1, 2, 5, 30, 200] {
            let members = random_members(&mut random, count);
            let curve = aalen_johansen(&members);
            let wins: Vec<Observation> = members
                .iter()
                .map(|m| Observation {
                    time: m.time,
                    event: m.ending == Some(Ending::Converted),
                })
                .collect();
            let wins_only: Vec<Competing> = wins.iter().map(Competing::from).collect();
            let kaplan_meier = kaplan_meier(&wins);
            for half_days in 0..32 {
                let time = f64::from(half_days) / 2.0;
                let (converted, exited, open) = by_definition(&members, time);
                near(curve.converted_by(time), converted, 1e-12);
                near(curve.open_at(time), open, 1e-12);
                near(curve.at(time).map_or(0.0, |s| s.exited), exited, 1e-12);
                let (_, _, survival) = by_definition(&wins_only, time);
                near(kaplan_meier.survival_at(time), survival, 1e-12);
            }
        }
    }

    #[test]
    fn without_censoring_the_curve_is_the_plain_share() {
        let curve = kaplan_meier(&observed(&TIMES, &[1; 10]));
        near(curve.survival_at(12.0), 0.3, 1e-12);
        // Greenwood without censoring is the binomial variance.
        let error = curve
            .steps
            .iter()
            .find(|s| s.time == 12.0)
            .unwrap()
            .standard_error;
        near(error.unwrap(), (0.3 * 0.7 / 10.0_f64).sqrt(), 1e-12);
    }
}
