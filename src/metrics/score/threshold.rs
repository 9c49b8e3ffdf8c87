//! Where to cut a score: what the team can work, and what pays (metrics dictionary 7.4).

use super::audit::Case;
use super::bands::Band;
use crate::domain::calendar::DAY_MILLIS;
use crate::domain::figure::{Figure, Undefined, ratio};

/// What a lead costs and brings, and how many can be worked.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Economics {
    /// Leads a week.
    pub capacity: Option<f64>,
    /// Money to work a lead.
    pub cost: Option<f64>,
    /// Gross profit of a conversion.
    pub margin: Option<f64>,
}

/// A cut-off and what lies above it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Cut {
    /// Least score that is worked.
    pub score: f64,
    /// True where it is what the capacity advises.
    pub by_capacity: bool,
    /// True where it is what the value advises.
    pub by_value: bool,
    /// Leads of a week above it.
    pub per_week: Figure<f64>,
    /// Share of those above that convert.
    pub precision: Figure<f64>,
    /// Share of the converting that lie above.
    pub recall: Figure<f64>,
    /// Margin of those that convert less the cost of all above, in units of money.
    pub net_value: Figure<f64>,
    /// The same of a week.
    pub net_per_week: Figure<f64>,
}

/// The cut-offs, and which of them are advised.
#[derive(Debug, Clone, PartialEq)]
pub struct Threshold {
    /// Highest first: the lower ends of the bands, and those advised.
    pub cuts: Vec<Cut>,
    /// The score above which there are as many leads a week as can be worked.
    pub by_capacity: Option<Figure<f64>>,
    /// Cost over margin: the chance from which working a lead pays.
    pub p_star: Option<Figure<f64>>,
    /// The score from which working a lead pays.
    pub by_value: Option<Figure<f64>>,
}

/// The cut-offs of the cases; `is_chance` where scores are probabilities.
#[must_use]
pub fn of_cases(
    cases: &[Case],
    bands: &[Band],
    economics: &Economics,
    is_chance: bool,
) -> Threshold {
    let weeks = weeks(cases);
    let by_capacity = economics
        .capacity
        .map(|capacity| for_capacity(cases, weeks?, capacity));
    let p_star = p_star(economics);
    let by_value = p_star.map(|p_star| for_value(cases, bands, p_star?, is_chance));
    let mut scores: Vec<f64> = bands.iter().map(|band| band.from).collect();
    let advised = [by_capacity, by_value];
    scores.extend(advised.iter().flatten().filter_map(|figure| figure.ok()));
    scores.sort_unstable_by(|a, b| b.total_cmp(a));
    scores.dedup();
    let is = |figure: Option<Figure<f64>>, score: f64| figure == Some(Ok(score));
    let one = |score: f64| Cut {
        by_capacity: is(by_capacity, score),
        by_value: is(by_value, score),
        ..cut(cases, score, weeks, economics)
    };
    Threshold {
        cuts: scores.into_iter().map(one).collect(),
        by_capacity,
        p_star,
        by_value,
    }
}

/// Cost over margin; `None` where one of them is not given.
fn p_star(economics: &Economics) -> Option<Figure<f64>> {
    let (cost, margin) = economics.cost.zip(economics.margin)?;
    Some(match margin {
        margin if margin < 0.0 => Err(Undefined::NotReached),
        margin => ratio(cost, margin),
    })
}

/// Weeks from the first to the last entry.
fn weeks(cases: &[Case]) -> Figure<f64> {
    let times = || cases.iter().filter_map(|case| case.entered);
    let span = times().min().zip(times().max()).ok_or(Undefined::NoTimes)?;
    let weeks = (span.1 - span.0) as f64 / (7 * DAY_MILLIS) as f64;
    if weeks > 0.0 {
        Ok(weeks)
    } else {
        Err(Undefined::ZeroDenominator)
    }
}

/// The least score with no more leads a week above it than can be worked.
fn for_capacity(cases: &[Case], weeks: f64, capacity: f64) -> Figure<f64> {
    let mut scores: Vec<f64> = cases.iter().map(|case| case.score).collect();
    scores.sort_unstable_by(|a, b| b.total_cmp(a));
    let room = capacity * weeks;
    let (mut found, mut above) = (None, 0_usize);
    for group in scores.chunk_by(|a, b| a == b) {
        above += group.len();
        if above as f64 > room + 1e-9 {
            break;
        }
        found = group.first().copied();
    }
    found.ok_or(Undefined::NotReached)
}

/// A probability is cut where it pays; points at the last band, from the best on, of whose
/// leads enough converted.
fn for_value(cases: &[Case], bands: &[Band], p_star: f64, is_chance: bool) -> Figure<f64> {
    if is_chance {
        let paying = cases.iter().map(|case| case.score);
        let paying = paying.filter(|score| *score >= p_star);
        return paying.min_by(f64::total_cmp).ok_or(Undefined::NotReached);
    }
    let pays = |band: &&Band| band.bin.k as f64 / band.bin.n as f64 >= p_star;
    let last = bands.iter().take_while(pays).last();
    last.map(|band| band.from).ok_or(Undefined::NotReached)
}

fn cut(cases: &[Case], score: f64, weeks: Figure<f64>, economics: &Economics) -> Cut {
    let above = || cases.iter().filter(|case| case.score >= score);
    let (n, k) = (
        above().count() as f64,
        above().filter(|case| case.converted).count() as f64,
    );
    let all = cases.iter().filter(|case| case.converted).count() as f64;
    let net_value = economics
        .cost
        .zip(economics.margin)
        .map(|(cost, margin)| k * margin - n * cost)
        .ok_or(Undefined::NoData);
    Cut {
        score,
        by_capacity: false,
        by_value: false,
        per_week: weeks.and_then(|weeks| ratio(n, weeks)),
        precision: ratio(k, n),
        recall: ratio(k, all),
        net_value,
        net_per_week: net_value.and_then(|value| ratio(value, weeks?)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Ten leads, one a day from day 0; scores 1.0, 0.9, ... 0.1; the best four convert.
    fn cases() -> Vec<Case> {
        (0..10_i64)
            .map(|at| Case {
                score: (10 - at) as f64 / 10.0,
                converted: at < 4,
                entered: Some(at * DAY_MILLIS),
            })
            .collect()
    }

    fn advised(economics: Economics, is_chance: bool) -> Threshold {
        let cases = cases();
        of_cases(
            &cases,
            &super::super::bands::of_cases(&cases),
            &economics,
            is_chance,
        )
    }

    #[test]
    fn capacity_takes_as_many_as_can_be_worked() {
        // Nine days are 9/7 weeks; 3 a week leave room for 3.86.
        let capacity = |capacity| Economics {
            capacity: Some(capacity),
            ..Economics::default()
        };
        assert_eq!(advised(capacity(3.0), true).by_capacity, Some(Ok(0.8)));
        assert_eq!(advised(capacity(100.0), true).by_capacity, Some(Ok(0.1)));
        let none = advised(capacity(0.5), true);
        assert_eq!(none.by_capacity, Some(Err(Undefined::NotReached)));
        let mut undated = cases();
        undated.iter_mut().for_each(|case| case.entered = None);
        let found = of_cases(&undated, &[], &capacity(3.0), true);
        assert_eq!(found.by_capacity, Some(Err(Undefined::NoTimes)));
    }

    #[test]
    fn value_cuts_where_the_chance_times_the_margin_is_the_cost() {
        let value = |cost, margin| Economics {
            cost: Some(cost),
            margin: Some(margin),
            capacity: None,
        };
        let found = advised(value(25.0, 100.0), true);
        assert_eq!(
            (found.p_star, found.by_value),
            (Some(Ok(0.25)), Some(Ok(0.3)))
        );
        let cut = found.cuts.iter().find(|cut| cut.by_value);
        // Eight leads from 0.3 on, four convert: 4 x 100 - 8 x 25.
        assert!(cut.is_some_and(|cut| cut.net_value == Ok(200.0) && cut.precision == Ok(0.5)));
        // As points: the bands are single leads, and the first four of them convert.
        assert_eq!(advised(value(25.0, 100.0), false).by_value, Some(Ok(0.7)));
        let zero = advised(value(25.0, 0.0), true);
        assert_eq!(zero.p_star, Some(Err(Undefined::ZeroDenominator)));
        assert_eq!(zero.by_value, zero.p_star);
        let loss = advised(value(25.0, -5.0), true).p_star;
        assert_eq!(loss, Some(Err(Undefined::NotReached)));
        let dear = advised(value(300.0, 100.0), true).by_value;
        assert_eq!(dear, Some(Err(Undefined::NotReached)));
    }
}
