//! What a young cohort will have reached once it is old enough.
//!
//! A cohort that is younger than the horizon has conversions still to come. The history
//! of all cohorts tells how likely a member that has waited `a` days without converting
//! is to convert within the horizon; the sum of those chances is added to what has been
//! seen. The result is a projection and is labelled so.
//!
//! Two forms, by what is known of those that gave up:
//! with exit dates, `q = (F_won(H) - F_won(a)) / S(a)` of Aalen-Johansen for open
//! members and 0 for exited ones; without them, `q = (F(H) - F(a)) / (1 - F(a))` of a
//! Kaplan-Meier curve in which every unconverted member is censored at its age, for
//! every unconverted member. Mixing the two (that curve, but open members only) is
//! biased low. Source: metrics dictionary, 11.7; the curves are those of
//! [`survival`](super::survival).

use super::sum::Sum;
use super::survival::{Competing, Ending, aalen_johansen};

/// With fewer members at risk at the horizon nothing is projected.
pub const LEAST_AT_RISK: u64 = 10;

/// A member of a cohort, as known at the as-of instant. Times in days since its entry.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Member {
    /// From the entry to the as-of instant.
    pub age_days: f64,
    /// How and when it ended; `None` where it is open.
    pub ended: Option<Ended>,
}

/// The end of a member.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Ended {
    /// Which end.
    pub ending: Ending,
    /// From the entry to the end.
    pub after_days: f64,
}

/// What is known of members that gave up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exits {
    /// Every exit has its date.
    Dated,
    /// Exits have no dates; an exited member is treated like an open one, whatever it says.
    Undated,
}

/// A projected conversion rate. `value = observed_share + modelled_share`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Projection {
    /// Members of the cohort.
    pub n: u64,
    /// Members that have converted within the horizon so far.
    pub observed: u64,
    /// Projected share of members that convert within the horizon.
    pub value: f64,
    /// The part of `value` that has been seen.
    pub observed_share: f64,
    /// The part of `value` that is expected only.
    pub modelled_share: f64,
}

impl Projection {
    /// True where more than half of the value is expected rather than seen.
    #[must_use]
    pub fn mostly_modelled(&self) -> bool {
        self.modelled_share > self.observed_share
    }
}

/// Why there is no projection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoProjection {
    /// The cohort has no members.
    EmptyCohort,
    /// Fewer than [`LEAST_AT_RISK`] members have waited as long as the horizon.
    FewAtRisk {
        /// How many have.
        at_risk: u64,
    },
}

/// The history of all cohorts, ready to project any of them to one horizon.
#[derive(Debug, Clone)]
pub struct Projector {
    exits: Exits,
    horizon_days: f64,
    at_risk: u64,
    converted_by_horizon: f64,
    points: Vec<Point>,
}

/// Shares converted and at risk from a time on.
#[derive(Debug, Clone, Copy)]
struct Point {
    time: f64,
    converted: f64,
    unconverted: f64,
}

impl Projector {
    /// Learns the curve from `history`, the members of all cohorts, including those to
    /// be projected. Sorts once; members with times that are not finite are left out.
    #[must_use]
    pub fn new(history: &[Member], exits: Exits, horizon_days: f64) -> Self {
        let watched: Vec<Competing> = history
            .iter()
            .map(|member| watched(member, exits))
            .collect();
        let at_risk = watched
            .iter()
            .filter(|member| member.time.is_finite() && member.time >= horizon_days)
            .count();
        let curve = aalen_johansen(&watched);
        let points = curve.steps.iter().map(|step| Point {
            time: step.time,
            converted: step.converted,
            unconverted: step.open,
        });
        Self {
            exits,
            horizon_days,
            at_risk: at_risk as u64,
            converted_by_horizon: curve.converted_by(horizon_days),
            points: points.collect(),
        }
    }

    /// Members of the history that were watched at least until the horizon without an
    /// earlier end.
    #[must_use]
    pub fn at_risk(&self) -> u64 {
        self.at_risk
    }

    /// The share of `cohort` that will have converted within the horizon.
    ///
    /// Members past the horizon count as they are: converted within it, or not.
    ///
    /// # Errors
    /// [`NoProjection`], where the cohort is empty or the history is too short.
    pub fn project(&self, cohort: &[Member]) -> Result<Projection, NoProjection> {
        if cohort.is_empty() {
            return Err(NoProjection::EmptyCohort);
        }
        if self.at_risk < LEAST_AT_RISK {
            return Err(NoProjection::FewAtRisk {
                at_risk: self.at_risk,
            });
        }
        let observed = cohort
            .iter()
            .filter(|member| self.has_converted(member))
            .count() as u64;
        let mut expected = Sum::default();
        for member in cohort {
            expected.add(self.chance(member));
        }
        let n = cohort.len() as f64;
        let observed_share = observed as f64 / n;
        let modelled_share = expected.total() / n;
        Ok(Projection {
            n: cohort.len() as u64,
            observed,
            value: observed_share + modelled_share,
            observed_share,
            modelled_share,
        })
    }

    fn has_converted(&self, member: &Member) -> bool {
        member.ended.is_some_and(|ended| {
            ended.ending == Ending::Converted && ended.after_days <= self.horizon_days
        })
    }

    /// The chance `q` that a member is still going to convert within the horizon.
    fn chance(&self, member: &Member) -> f64 {
        let ending = member.ended.map(|ended| ended.ending);
        let settled = match self.exits {
            Exits::Dated => ending.is_some(),
            Exits::Undated => ending == Some(Ending::Converted),
        };
        if settled || member.age_days >= self.horizon_days {
            return 0.0;
        }
        let (converted, unconverted) = self.shares_at(member.age_days);
        if unconverted <= 0.0 {
            return 0.0;
        }
        ((self.converted_by_horizon - converted) / unconverted).clamp(0.0, 1.0)
    }

    /// Share converted and share still at risk after `days`.
    fn shares_at(&self, days: f64) -> (f64, f64) {
        let passed = self.points.partition_point(|point| point.time <= days);
        passed
            .checked_sub(1)
            .and_then(|index| self.points.get(index))
            .map_or((0.0, 1.0), |point| (point.converted, point.unconverted))
    }
}

/// How long and to which end the history watched a member.
fn watched(member: &Member, exits: Exits) -> Competing {
    match (member.ended, exits) {
        (
            Some(Ended {
                ending: Ending::Exited,
                ..
            }),
            Exits::Undated,
        )
        | (None, _) => Competing {
            time: member.age_days,
            ending: None,
        },
        (Some(ended), _) => Competing {
            time: ended.after_days,
            ending: Some(ended.ending),
        },
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::super::random::Random;
    use super::*;

    const HORIZON: f64 = 60.0;

    /// A life told in advance: ends after `end_days`, seen only up to the age.
    #[derive(Clone, Copy)]
    struct Life {
        ending: Ending,
        end_days: f64,
    }

    fn random_life(random: &mut Random) -> Life {
        let converts = random.unit() < 0.4;
        let mean = if converts { 30.0 } else { 80.0 };
        Life {
            ending: if converts {
                Ending::Converted
            } else {
                Ending::Exited
            },
            end_days: (-mean * random.unit().ln()).ceil(),
        }
    }

    fn seen(life: Life, age_days: f64) -> Member {
        let ended = Ended {
            ending: life.ending,
            after_days: life.end_days,
        };
        Member {
            age_days,
            ended: (life.end_days <= age_days).then_some(ended),
        }
    }

    fn near(found: f64, expected: f64, tolerance: f64) {
        assert!(
            (found - expected).abs() < tolerance,
            "{found} is not {expected}"
        );
    }

    /// Share that ended so by `time`, by the quadratic definition of Aalen-Johansen,
    /// and the share without any end.
    fn by_definition(watched: &[(f64, Option<Ending>)], time: f64) -> (f64, f64) {
        let mut times: Vec<f64> = watched.iter().map(|w| w.0).filter(|t| *t <= time).collect();
        times.sort_by(f64::total_cmp);
        times.dedup();
        let (mut converted, mut open) = (0.0, 1.0);
        for u in times {
            let at_risk = watched.iter().filter(|w| w.0 >= u).count() as f64;
            let won = watched
                .iter()
                .filter(|w| *w == &(u, Some(Ending::Converted)))
                .count() as f64;
            let any = watched.iter().filter(|w| w.0 == u && w.1.is_some()).count() as f64;
            converted += open * won / at_risk;
            open *= 1.0 - any / at_risk;
        }
        (converted, open)
    }

    fn naive(history: &[Member], cohort: &[Member], exits: Exits) -> f64 {
        let converted_within = |m: &Member| {
            m.ended
                .is_some_and(|e| e.ending == Ending::Converted && e.after_days <= HORIZON)
        };
        let watched: Vec<(f64, Option<Ending>)> = history
            .iter()
            .map(|m| match (m.ended, exits) {
                (Some(e), Exits::Dated) => (e.after_days, Some(e.ending)),
                (Some(e), Exits::Undated) if e.ending == Ending::Converted => {
                    (e.after_days, Some(Ending::Converted))
                }
                _ => (m.age_days, None),
            })
            .collect();
        let (by_horizon, _) = by_definition(&watched, HORIZON);
        let mut total = 0.0;
        for member in cohort {
            if converted_within(member) {
                total += 1.0;
                continue;
            }
            let ending = member.ended.map(|e| e.ending);
            let may_convert = match exits {
                Exits::Dated => ending.is_none(),
                Exits::Undated => ending != Some(Ending::Converted),
            };
            if may_convert && member.age_days < HORIZON {
                let (so_far, left) = by_definition(&watched, member.age_days);
                total += (by_horizon - so_far) / left;
            }
        }
        total / cohort.len() as f64
    }

    #[test]
    fn equals_the_definition() {
        let mut random = Random::seeded(5);
        for count in [40_u64, 150] {
            let history: Vec<Member> = (0..count)
                .map(|_| seen(random_life(&mut random), random.below(200) as f64))
                .collect();
            let cohort: Vec<Member> = history
                .iter()
                .copied()
                .filter(|m| m.age_days < HORIZON)
                .collect();
            for exits in [Exits::Dated, Exits::Undated] {
                let found = Projector::new(&history, exits, HORIZON)
                    .project(&cohort)
                    .unwrap();
                near(found.value, naive(&history, &cohort, exits), 1e-12);
                near(
                    found.value,
                    found.observed_share + found.modelled_share,
                    1e-15,
                );
            }
        }
    }

    #[test]
    fn comes_true_on_average() {
        let mut random = Random::seeded(9);
        let lives: Vec<(Life, f64)> = (0..200_000)
            .map(|_| (random_life(&mut random), random.below(180) as f64))
            .collect();
        let history: Vec<Member> = lives.iter().map(|(life, age)| seen(*life, *age)).collect();
        let young = |age: f64| (15.0..30.0).contains(&age);
        let cohort: Vec<Member> = history
            .iter()
            .copied()
            .filter(|m| young(m.age_days))
            .collect();
        let truth = lives
            .iter()
            .filter(|(life, age)| {
                young(*age) && life.ending == Ending::Converted && life.end_days <= HORIZON
            })
            .count() as f64
            / cohort.len() as f64;
        for exits in [Exits::Dated, Exits::Undated] {
            let found = Projector::new(&history, exits, HORIZON)
                .project(&cohort)
                .unwrap();
            near(found.value, truth, 0.008);
            assert!(
                found.observed_share < 0.75 * truth,
                "the raw share is far too low"
            );
        }
    }

    #[test]
    fn a_mature_cohort_is_its_own_projection() {
        let member = |age_days, after| Member {
            age_days,
            ended: Some(Ended {
                ending: Ending::Converted,
                after_days: after,
            }),
        };
        let open = Member {
            age_days: 100.0,
            ended: None,
        };
        // Exactly at the horizon is inside; late conversions are outside.
        let mut cohort = vec![member(100.0, 60.0), member(100.0, 61.0), member(70.0, 2.0)];
        cohort.extend([open; 17]);
        for exits in [Exits::Dated, Exits::Undated] {
            let found = Projector::new(&cohort, exits, HORIZON)
                .project(&cohort)
                .unwrap();
            assert_eq!((found.observed, found.n), (2, 20));
            assert_eq!((found.value, found.modelled_share), (0.1, 0.0));
            assert!(!found.mostly_modelled());
        }
    }

    #[test]
    fn exits_without_dates_are_not_closed_doors() {
        let exited = Member {
            age_days: 10.0,
            ended: Some(Ended {
                ending: Ending::Exited,
                after_days: 5.0,
            }),
        };
        let converted = |after_days| Member {
            age_days: 90.0,
            ended: Some(Ended {
                ending: Ending::Converted,
                after_days,
            }),
        };
        let mut history = vec![
            Member {
                age_days: 90.0,
                ended: None
            };
            10
        ];
        history.extend((0..10).map(|i| converted(20.0 + f64::from(i))));
        history.push(exited);
        let dated = Projector::new(&history, Exits::Dated, HORIZON)
            .project(&[exited])
            .unwrap();
        assert_eq!(dated.value, 0.0);
        let undated = Projector::new(&history, Exits::Undated, HORIZON)
            .project(&[exited])
            .unwrap();
        near(undated.value, 0.5, 1e-12);
        assert!(undated.mostly_modelled());
    }

    #[test]
    fn refuses_a_short_history() {
        let history = [Member {
            age_days: 59.0,
            ended: None,
        }; 50];
        let projector = Projector::new(&history, Exits::Dated, HORIZON);
        assert_eq!(
            projector.project(&history),
            Err(NoProjection::FewAtRisk { at_risk: 0 })
        );
        assert_eq!(projector.project(&[]), Err(NoProjection::EmptyCohort));
    }

    #[test]
    fn a_million_members_take_one_sort() {
        let mut random = Random::seeded(2);
        let history: Vec<Member> = (0..1_000_000)
            .map(|_| seen(random_life(&mut random), random.unit() * 400.0))
            .collect();
        let found = Projector::new(&history, Exits::Dated, HORIZON)
            .project(&history)
            .unwrap();
        assert!(found.value > found.observed_share && found.value < 0.4);
    }
}
