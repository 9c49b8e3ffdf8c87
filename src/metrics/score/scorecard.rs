//! A score from rules: fit is what a lead is, interest what it does (metrics dictionary 7.1).
//!
//! Points of an event count half after each half-life. Caps hold in this order: the rule,
//! its topic, the group (fit or interest), both together; what a rule contributes is cut in
//! proportion, so that the contributions still add up to the score.

use std::collections::BTreeMap;

use polars::prelude::DataFrame;

use super::audit::{self, Audit};
use super::bands::{self, Named};
use super::events::{self, Event, Events};
use super::population::Population;
use super::threshold::Economics;
use crate::domain::calendar::{DAY_MILLIS, Millis};
use crate::domain::figure::Figure;
use crate::stats::wilson;
use crate::tables::touches::{Touches, Unreadable};

/// Which leads or events a rule means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Met {
    /// By row of the leads.
    Leads(Vec<bool>),
    /// By class of touches.
    Touches(Vec<bool>),
    /// By row of the activities.
    Activities(Vec<bool>),
}

/// A rule that gives points.
#[derive(Debug, Clone, PartialEq)]
pub struct Rule {
    /// What it is called.
    pub name: String,
    /// True where it speaks of interest.
    pub is_interest: bool,
    /// Points of the lead, or of each event.
    pub points: f64,
    /// Most points that it gives or takes.
    pub cap: Option<f64>,
    /// Rules of one topic share a cap.
    pub topic: Option<String>,
    /// Days after which an event counts half.
    pub half_life_days: Option<f64>,
    /// Most events that count in a window.
    pub at_most: Option<u32>,
    /// Days of a window; absent: there is one.
    pub window_days: Option<f64>,
    /// Which leads or events.
    pub met: Met,
}

/// Fit or interest.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Axis {
    /// Most points.
    pub cap: Option<f64>,
    /// Lower bounds of high and of medium.
    pub bounds: Option<(f64, f64)>,
}

impl Axis {
    /// 0 for high, 1 for medium, 2 for low.
    fn level(&self, points: f64) -> Option<usize> {
        let (high, medium) = self.bounds?;
        Some(if points >= high {
            0
        } else if points >= medium {
            1
        } else {
            2
        })
    }
}

/// A criterion of the grade: which leads, and how many thirds of a letter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Criterion {
    /// By row of the leads.
    pub met: Vec<bool>,
    /// Up or down.
    pub thirds: i32,
}

/// The rules of a scorecard.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Card {
    /// In order.
    pub rules: Vec<Rule>,
    /// Of the grade.
    pub criteria: Vec<Criterion>,
    /// Letters.
    pub fit: Axis,
    /// Digits.
    pub interest: Axis,
    /// Caps of topics.
    pub topics: BTreeMap<String, f64>,
    /// Most points of both.
    pub cap: Option<f64>,
}

/// The points of a lead at a moment.
#[derive(Debug, Clone, PartialEq)]
pub struct Points {
    /// What it is.
    pub fit: f64,
    /// What it did.
    pub interest: f64,
    /// Both.
    pub total: f64,
    /// What each rule contributes, after all caps but that of both.
    pub by_rule: Vec<f64>,
    /// Index into [`CELLS`], where there are thresholds of both.
    pub cell: Option<usize>,
    /// Index into [`GRADES`], where there are criteria.
    pub grade: Option<usize>,
}

/// Cells of the grid, best first within a letter.
pub const CELLS: [&str; 9] = ["A1", "A2", "A3", "B1", "B2", "B3", "C1", "C2", "C3"];

/// Grades, worst first.
pub const GRADES: [&str; 13] = [
    "F", "D-", "D", "D+", "C-", "C", "C+", "B-", "B", "B+", "A-", "A", "A+",
];
const FIRST_GRADE: i32 = 2;

/// The events that the rules look at; labels are the numbers of the rules.
///
/// # Errors
/// Where touches on disk cannot be read.
pub fn events(
    card: &Card,
    leads: &DataFrame,
    touches: &Touches,
    activities: &DataFrame,
) -> Result<Events, Unreadable> {
    let labels = |count: usize, of: fn(&Met) -> Option<&Vec<bool>>| {
        let mut labels = vec![Vec::new(); count];
        for (number, rule) in (0_u32..).zip(&card.rules) {
            for (at, met) in of(&rule.met).into_iter().flatten().enumerate() {
                if *met && at < count {
                    labels[at].push(number);
                }
            }
        }
        labels
    };
    let touched = labels(touches.classes().len(), |met| match met {
        Met::Touches(met) => Some(met),
        _ => None,
    });
    let acted = labels(activities.height(), |met| match met {
        Met::Activities(met) => Some(met),
        _ => None,
    });
    let of_touches = events::of_touches(leads, touches, &touched)?;
    Ok(of_touches.and(events::of_activities(leads, activities, &acted)))
}

impl Card {
    /// True where some rule looks at events.
    #[must_use]
    pub fn looks_at_events(&self) -> bool {
        let rules = self.rules.iter();
        rules.clone().any(|rule| !matches!(rule.met, Met::Leads(_)))
    }

    /// The points of the lead in a row. Without a moment only what it is counts.
    #[must_use]
    pub fn points(&self, row: usize, events: &Events, moment: Option<Millis>) -> Points {
        let seen = moment.map_or(&[][..], |moment| events.until(row, moment));
        let mut by_rule: Vec<f64> = (0_u32..)
            .zip(&self.rules)
            .map(|(number, rule)| rule.points(row, number, seen, moment))
            .collect();
        self.cap_topics(&mut by_rule);
        let fit = self.cap_axis(&mut by_rule, false);
        let interest = self.cap_axis(&mut by_rule, true);
        let total = self
            .cap
            .map_or(fit + interest, |cap| (fit + interest).min(cap));
        let levels = self.fit.level(fit).zip(self.interest.level(interest));
        Points {
            fit,
            interest,
            total,
            by_rule,
            cell: levels.map(|(letter, digit)| 3 * letter + digit),
            grade: self.grade(row),
        }
    }

    fn cap_topics(&self, by_rule: &mut [f64]) {
        for (topic, cap) in &self.topics {
            let is_own = |rule: &Rule| rule.topic.as_ref() == Some(topic);
            capped(&self.rules, by_rule, is_own, *cap);
        }
    }

    fn cap_axis(&self, by_rule: &mut [f64], interest: bool) -> f64 {
        let axis = if interest { self.interest } else { self.fit };
        let cap = axis.cap.unwrap_or(f64::INFINITY);
        capped(
            &self.rules,
            by_rule,
            |rule| rule.is_interest == interest,
            cap,
        )
    }

    fn grade(&self, row: usize) -> Option<usize> {
        if self.criteria.is_empty() {
            return None;
        }
        let met = self
            .criteria
            .iter()
            .filter(|one| one.met.get(row) == Some(&true));
        let thirds: i32 = met.map(|one| one.thirds).sum();
        let highest = GRADES.len() as i32 - 1;
        usize::try_from((FIRST_GRADE + thirds).clamp(0, highest)).ok()
    }
}

/// Cuts the contributions of some rules in proportion where their sum is above the cap, and
/// gives the sum.
fn capped(rules: &[Rule], by_rule: &mut [f64], is_own: impl Fn(&Rule) -> bool, cap: f64) -> f64 {
    let own = |rules: &[Rule], at: usize| rules.get(at).is_some_and(&is_own);
    let sum: f64 = (0..by_rule.len())
        .filter(|at| own(rules, *at))
        .map(|at| by_rule[at])
        .sum();
    if sum <= cap {
        return sum;
    }
    for at in (0..by_rule.len()).filter(|at| own(rules, *at)) {
        by_rule[at] *= cap / sum;
    }
    cap
}

impl Rule {
    fn points(&self, row: usize, number: u32, seen: &[Event], moment: Option<Millis>) -> f64 {
        let points = match (&self.met, moment) {
            (Met::Leads(met), _) if met.get(row) == Some(&true) => self.points,
            (Met::Leads(_), _) | (_, None) => 0.0,
            (_, Some(moment)) => self.points * self.weight(number, seen, moment),
        };
        match self.cap {
            Some(cap) => points.clamp(-cap, cap),
            None => points,
        }
    }

    /// Events that count, each by its age; of a window the newest ones. Windows are counted
    /// back from the moment of scoring.
    fn weight(&self, number: u32, seen: &[Event], moment: Millis) -> f64 {
        let window = self.window_days.map(|days| days * DAY_MILLIS as f64);
        let (mut weight, mut current, mut counted) = (0.0, 0, 0);
        for (at, _) in seen.iter().rev().filter(|(_, label)| *label == number) {
            let age = (moment - at) as f64;
            let own = window.map_or(0, |window| (age / window) as u64);
            if own != current {
                (current, counted) = (own, 0);
            }
            counted += 1;
            if self.at_most.is_some_and(|most| counted > most) {
                continue;
            }
            let half_lives = self
                .half_life_days
                .map(|days| age / DAY_MILLIS as f64 / days);
            weight += half_lives.map_or(1.0, |count| libm::exp2(-count));
        }
        weight
    }
}

/// What became of the leads that a rule means.
#[derive(Debug, Clone, PartialEq)]
pub struct RuleRow {
    /// What it is called.
    pub name: String,
    /// True where it speaks of interest.
    pub is_interest: bool,
    /// Points of the lead, or of each event.
    pub points: f64,
    /// Leads that it gave points when they were scored.
    pub n: u64,
    /// Those that converted.
    pub k: u64,
    /// Wilson interval of the rate; absent without leads.
    pub interval: Option<(f64, f64)>,
    /// Rate over that of all.
    pub lift: Figure<f64>,
    /// True where it means no lead at all, old or young.
    pub is_idle: bool,
}

/// A scorecard and how good it is.
#[derive(Debug, Clone, PartialEq)]
pub struct Scorecard {
    /// The points of all leads together as a score.
    pub audit: Audit,
    /// The grid, where there are thresholds.
    pub grid: Vec<Named>,
    /// The grades, best first, where there are criteria.
    pub grades: Vec<Named>,
    /// The rules.
    pub rules: Vec<RuleRow>,
    /// Days after its entry at which a lead was scored.
    pub after_days: u32,
    /// Leads without a date, left out because rules look at events.
    pub undated: u64,
    /// The score of the export on the same leads, where there is one.
    pub exported: Option<Audit>,
}

/// Scores the leads at their own moment and judges what came of it.
#[must_use]
pub fn judge(
    population: &Population,
    card: &Card,
    events: &Events,
    economics: &Economics,
) -> Scorecard {
    let needs_dates = card.looks_at_events();
    let (with_date, undated): (Vec<_>, Vec<_>) = population
        .leads
        .iter()
        .partition(|lead| !needs_dates || lead.scored_at.is_some());
    let mut dated = population.clone();
    dated.leads = with_date.into_iter().copied().collect();
    let scored: Vec<(Points, bool)> = dated
        .judged()
        .map(|(lead, converted)| (card.points(lead.row, events, lead.scored_at), converted))
        .collect();
    let mut scores = vec![None; population.frame.height()];
    for lead in &dated.leads {
        scores[lead.row] = Some(card.points(lead.row, events, lead.scored_at).total);
    }
    let audit = audit::audit(&dated, &scores, economics)
        .unwrap_or_else(|| audit::of_cases(&dated, &[], economics));
    Scorecard {
        grid: grid(card, &scored),
        grades: grades(card, &scored),
        rules: rules(population, card, events, &scored),
        after_days: population.after_days,
        undated: undated.len() as u64,
        exported: audit::audit(&dated, &population.exported(), &Economics::default()),
        audit,
    }
}

fn grid(card: &Card, scored: &[(Points, bool)]) -> Vec<Named> {
    if card.fit.bounds.is_none() || card.interest.bounds.is_none() {
        return Vec::new();
    }
    let members = scored.iter();
    let members = members.filter_map(|(points, converted)| Some((points.cell?, *converted)));
    // A better letter with a better digit, or one of both with the same other.
    let is_better = |a: usize, b: usize| a != b && a / 3 <= b / 3 && a % 3 <= b % 3;
    bands::named(&CELLS, members, is_better)
}

fn grades(card: &Card, scored: &[(Points, bool)]) -> Vec<Named> {
    if card.criteria.is_empty() {
        return Vec::new();
    }
    let members = scored.iter();
    let members = members.filter_map(|(points, converted)| Some((points.grade?, *converted)));
    let mut found = bands::named(&GRADES, members, |a, b| a > b);
    found.retain(|grade| grade.n > 0);
    found.reverse();
    found
}

fn rules(
    population: &Population,
    card: &Card,
    events: &Events,
    scored: &[(Points, bool)],
) -> Vec<RuleRow> {
    let all = (
        scored.iter().filter(|(_, converted)| *converted).count() as u64,
        scored.len() as u64,
    );
    let last = population.as_of.unwrap_or(Millis::MAX);
    let one = |(number, rule): (usize, &Rule)| {
        let given = || {
            scored
                .iter()
                .filter(|(points, _)| points.by_rule[number] != 0.0)
        };
        let (k, n) = (
            given().filter(|(_, converted)| *converted).count() as u64,
            given().count() as u64,
        );
        let label = u32::try_from(number).unwrap_or(u32::MAX);
        let means = |row: usize| match &rule.met {
            Met::Leads(met) => met.get(row) == Some(&true),
            _ => events.until(row, last).iter().any(|(_, own)| *own == label),
        };
        RuleRow {
            name: rule.name.clone(),
            is_interest: rule.is_interest,
            points: rule.points,
            n,
            k,
            interval: wilson::interval(k, n),
            lift: bands::lift((k, n), all),
            is_idle: n == 0 && !population.leads.iter().any(|lead| means(lead.row)),
        }
    };
    card.rules.iter().enumerate().map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(points: f64, met: Met) -> Rule {
        Rule {
            name: "rule".into(),
            is_interest: !matches!(met, Met::Leads(_)),
            points,
            cap: None,
            topic: None,
            half_life_days: None,
            at_most: None,
            window_days: None,
            met,
        }
    }

    /// One event per day given, all of rule 0.
    fn days(days: &[i64]) -> Vec<Event> {
        let mut events: Vec<Event> = days.iter().map(|day| (day * DAY_MILLIS, 0)).collect();
        events.sort_unstable();
        events
    }

    fn interest(rule: &Rule, at: &[i64], moment: i64) -> f64 {
        rule.points(0, 0, &days(at), Some(moment * DAY_MILLIS))
    }

    #[test]
    fn events_fade_by_half_lives() {
        let mut fading = rule(8.0, Met::Touches(Vec::new()));
        fading.half_life_days = Some(7.0);
        // Ages 0, 7 and 14 days: 8 + 4 + 2.
        assert!((interest(&fading, &[30, 23, 16], 30) - 14.0).abs() < 1e-12);
        fading.half_life_days = None;
        assert!((interest(&fading, &[30, 23, 16], 30) - 24.0).abs() < 1e-12);
    }

    #[test]
    fn of_a_window_the_newest_events_count() {
        let mut limited = rule(10.0, Met::Touches(Vec::new()));
        limited.at_most = Some(2);
        limited.window_days = Some(7.0);
        // Ages 0, 1, 2 are of the first window, 7 and 8 of the second: 2 + 2.
        assert!((interest(&limited, &[30, 29, 28, 23, 22], 30) - 40.0).abs() < 1e-12);
        limited.window_days = None;
        assert!((interest(&limited, &[30, 29, 28, 23, 22], 30) - 20.0).abs() < 1e-12);
        limited.cap = Some(15.0);
        assert!((interest(&limited, &[30, 29], 30) - 15.0).abs() < 1e-12);
    }

    #[test]
    fn caps_hold_from_the_rule_to_the_whole() {
        let mut card = Card::default();
        for (points, topic) in [(30.0, Some("role")), (20.0, Some("role")), (25.0, None)] {
            let mut rule = rule(points, Met::Leads(vec![true]));
            rule.topic = topic.map(str::to_owned);
            card.rules.push(rule);
        }
        let points = |card: &Card| card.points(0, &Events::none(1), None);
        assert!((points(&card).fit - 75.0).abs() < 1e-12);
        card.topics.insert("role".into(), 40.0);
        let found = points(&card);
        assert!((found.fit - 65.0).abs() < 1e-12);
        // 30 and 20 become 24 and 16.
        assert!((found.by_rule[0] - 24.0).abs() < 1e-12);
        card.fit.cap = Some(50.0);
        let found = points(&card);
        assert!((found.fit - 50.0).abs() < 1e-12);
        assert!((found.by_rule.iter().sum::<f64>() - 50.0).abs() < 1e-12);
        card.cap = Some(45.0);
        assert!((points(&card).total - 45.0).abs() < 1e-12);
    }

    #[test]
    fn lower_bounds_are_inclusive() {
        let axis = Axis {
            cap: None,
            bounds: Some((60.0, 30.0)),
        };
        let levels = [60.0, 59.9, 30.0, 29.9, -5.0].map(|points| axis.level(points));
        assert_eq!(levels, [Some(0), Some(1), Some(1), Some(2), Some(2)]);
    }

    #[test]
    fn grades_go_by_thirds_between_floor_and_ceiling() {
        let graded = |thirds: &[i32]| {
            let card = Card {
                criteria: thirds
                    .iter()
                    .map(|thirds| Criterion {
                        met: vec![true],
                        thirds: *thirds,
                    })
                    .collect(),
                ..Card::default()
            };
            card.points(0, &Events::none(1), None)
                .grade
                .map(|grade| GRADES[grade])
        };
        assert_eq!(graded(&[]), None);
        assert_eq!(graded(&[1]), Some("D+"));
        assert_eq!(graded(&[3, 3, 2]), Some("A-"));
        assert_eq!(graded(&[3, 3, 3, 3]), Some("A+"));
        assert_eq!(graded(&[-1]), Some("D-"));
        assert_eq!(graded(&[-3, -3]), Some("F"));
        assert_eq!(graded(&[3, -3]), Some("D"));
    }
}
