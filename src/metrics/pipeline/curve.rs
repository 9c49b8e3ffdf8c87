//! The win curve: the chance that a deal of some age has been won, and is still open.

use super::deals::{Deal, days};
use super::timeline::Standing;
use crate::domain::calendar::Millis;
use crate::stats::random::Random;
use crate::stats::survival::{Competing, CompetingCurve, Ending, aalen_johansen};

/// The curve as it was known at a moment.
#[derive(Debug, Clone)]
pub struct WinCurve {
    /// Won, lost and open by age in days.
    pub curve: CompetingCurve,
    members: Vec<Competing>,
    /// Deals behind it.
    pub n: usize,
    /// Wins behind it.
    pub wins: usize,
}

/// How long a deal was watched by a moment, and how it ended. One that was removed was
/// watched until then.
fn watched(deal: &Deal, moment: Millis) -> (Millis, Option<Ending>) {
    let kind = |won: bool| match won {
        true => Ending::Converted,
        false => Ending::Exited,
    };
    match deal.timeline.at(moment) {
        Some(point) if point.standing == Standing::Removed => (point.at, None),
        Some(_) => match deal.timeline.ended_by(moment) {
            Some((at, won)) => (at, Some(kind(won))),
            None => (moment, None),
        },
        // Ended before it was made: watched for no time.
        None => match deal.ended().filter(|ended| *ended <= moment) {
            Some(at) => (at, Some(kind(deal.won_at.is_some()))),
            None => (moment, None),
        },
    }
}

impl WinCurve {
    /// From the deals made by `moment`; what happened later is not known then. Deals that
    /// ended at an unknown time are left out.
    #[must_use]
    pub fn at(deals: &[Deal], moment: Millis) -> Self {
        let member = |deal: &Deal| {
            let created = deal.created.filter(|created| *created <= moment)?;
            if (deal.won || deal.lost) && deal.ended().is_none() {
                return None;
            }
            let (until, ending) = watched(deal, moment);
            let time = days(created, until).max(0.0);
            Some(Competing { time, ending })
        };
        let members: Vec<Competing> = deals.iter().filter_map(member).collect();
        Self {
            n: members.len(),
            wins: members
                .iter()
                .filter(|member| member.ending == Some(Ending::Converted))
                .count(),
            curve: aalen_johansen(&members),
            members,
        }
    }

    /// The curve of as many deals drawn from these with replacement (bootstrap).
    #[must_use]
    pub fn redrawn(&self, random: &mut Random) -> Self {
        let count = self.members.len() as u64;
        let draw = |_| self.members[random.below(count) as usize];
        let members: Vec<Competing> = (0..count).map(draw).collect();
        Self {
            curve: aalen_johansen(&members),
            members: Vec::new(),
            n: self.n,
            wins: self.wins,
        }
    }

    /// The chance that a deal open at `age` is won within `ahead` days:
    /// `(F(a + h) - F(a)) / S(a)`; 0 beyond the oldest deal watched.
    #[must_use]
    pub fn chance(&self, age: f64, ahead: f64) -> f64 {
        let open = self.curve.open_at(age);
        let watched = self.curve.last_time.unwrap_or(0.0);
        if open <= 0.0 || age >= watched {
            return 0.0;
        }
        let won = self.curve.converted_by(age + ahead) - self.curve.converted_by(age);
        (won / open).clamp(0.0, 1.0)
    }

    /// The chance that a deal is ever won, as far as was watched.
    #[must_use]
    pub fn ever(&self) -> f64 {
        self.curve
            .last_time
            .map_or(0.0, |last| self.curve.converted_by(last))
    }

    /// Expected wins per deal made evenly over `ahead` days: the mean of `F` over them.
    #[must_use]
    pub fn mean_until(&self, ahead: f64) -> f64 {
        const STEPS: u32 = 200;
        let step = ahead / f64::from(STEPS);
        let at = |index: u32| self.curve.converted_by((f64::from(index) + 0.5) * step);
        (0..STEPS).map(at).sum::<f64>() / f64::from(STEPS)
    }
}
