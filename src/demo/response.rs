//! How soon a lead is answered, and what that has to do with its coming to anything.
//!
//! Lives are rolled before anybody answers, so the effect is put in backwards: the wait is
//! drawn given what becomes of the lead. Its logarithm is normal with sigma 1.6; the median
//! is the rep's own, and 1.3 times shorter for leads that become sales qualified. By Bayes'
//! rule that is the same as a rep who answers blindly and leads whose odds fall with the wait:
//! **each doubling of the wait multiplies the odds of becoming sales qualified by 0.93**
//! (`2^-(ln 1.3 / 1.6^2)`), whoever the rep and whatever the score. That is the truth that an
//! analysis by rep and score band has to come near. On top of it leads with a high score are
//! answered in 0.7 of the time: they are better leads anyway, so who ignores the score finds
//! more than the truth. Waits are in office minutes from the moment of becoming a lead;
//! leads that came to something are never answered after it. A table of 33 knots stands for
//! the normal distribution, cut at 2.5 sigma.
//!
//! A lead that comes to nothing is never answered at the rep's own rate; without an owner
//! seven in ten are forgotten.

use super::company::OWNERS;
use super::dice::{Dice, Purpose};
use super::lead::Lead;
use super::moment::Moment;
use super::office::work;
use super::team::HABITS;

/// How many times faster leads are answered that become sales qualified, in tenths.
pub const FASTER: u64 = 13;
/// Score from which a lead counts as hot.
pub const HOT_SCORE: u64 = 50;
/// Share of the wait that a hot lead has, in hundredths.
const HOT_WAIT: u64 = 70;
/// Leads of a thousand that came to something though nobody wrote down an answer.
const NOT_LOGGED: u64 = 30;
/// Leads of a thousand without an owner that nobody answers.
const FORGOTTEN: u64 = 700;
/// Leads of a thousand whose first answer comes from a colleague.
const BY_COLLEAGUE: u64 = 60;

/// The first answer to a lead.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Response {
    /// When, if ever; it may lie after the end of the data.
    pub at: Option<Moment>,
    /// Who: not always the owner.
    pub rep: usize,
    /// The office minutes that were drawn, before the stages of the lead cut them short.
    pub minutes: u64,
}

impl Response {
    /// How `lead` was answered in the company of this seed.
    #[must_use]
    pub fn draw(seed: u64, lead: &Lead) -> Self {
        let dice = &mut Dice::new(seed, Purpose::Response, lead.number);
        let shares = OWNERS.each_ref().map(|owner| owner.share);
        let colleague = dice.weighted(&shares);
        let owner = lead.owner.map(|(rep, _)| rep);
        let rep = owner
            .filter(|_| !dice.chance(BY_COLLEAGUE))
            .unwrap_or(colleague);
        let accepted = accepted(lead);
        let untouched = match (accepted, owner) {
            (Some(_), _) => NOT_LOGGED,
            (None, None) => FORGOTTEN,
            (None, Some(_)) => HABITS[rep].untouched,
        };
        let answered = !dice.chance(untouched) && !lead.test;
        let minutes = dice.wide_delay(median(rep, lead.score, accepted.is_some()));
        let drawn = work(lead.stages.lead, minutes as i64);
        let at = accepted.map_or(drawn, |end| drawn.min(end.plus(-20)).max(lead.stages.lead));
        Self {
            at: answered.then_some(at),
            rep,
            minutes,
        }
    }
}

/// When sales took the lead, if it ever does.
#[must_use]
pub fn accepted(lead: &Lead) -> Option<Moment> {
    let stages = &lead.stages;
    [stages.sql, stages.opportunity].into_iter().flatten().min()
}

/// Median wait in office minutes.
fn median(rep: usize, score: u64, accepted: bool) -> u64 {
    let own = HABITS[rep].response * 100;
    let by_score = if score >= HOT_SCORE {
        own * HOT_WAIT / 100
    } else {
        own
    };
    let wait = if accepted {
        by_score * 10 / FASTER
    } else {
        by_score
    };
    (wait + 50) / 100
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::demo::Plan;
    use crate::demo::lead::Population;
    use crate::demo::market::Market;

    /// Logarithms of the drawn waits by rep, heat of the score, and outcome.
    fn logarithms() -> Vec<[Vec<f64>; 2]> {
        let plan = Plan::new(40_000, 3);
        let market = Market::new(&plan);
        let people = Population {
            plan: &plan,
            market: &market,
        };
        let mut groups: Vec<[Vec<f64>; 2]> =
            (0..2 * OWNERS.len()).map(|_| Default::default()).collect();
        for lead in people.leads(0, plan.rows).filter(|lead| !lead.test) {
            let response = Response::draw(plan.seed, &lead);
            let group = response.rep * 2 + usize::from(lead.score >= HOT_SCORE);
            let outcome = usize::from(accepted(&lead).is_some());
            groups[group][outcome].push((response.minutes as f64 + 0.5).ln());
        }
        groups
    }

    fn mean(values: &[f64]) -> f64 {
        values.iter().sum::<f64>() / values.len() as f64
    }

    #[test]
    fn within_rep_and_score_the_effect_is_the_stated_one() {
        let (mut weighted, mut weights, mut squares) = (0.0, 0.0, 0.0);
        for [lost, taken] in logarithms() {
            let weight = 1.0 / (1.0 / lost.len() as f64 + 1.0 / taken.len() as f64);
            weighted += weight * (mean(&lost) - mean(&taken));
            weights += weight;
            let center = mean(&lost);
            squares +=
                weight * lost.iter().map(|x| (x - center).powi(2)).sum::<f64>() / lost.len() as f64;
        }
        let (difference, variance) = (weighted / weights, squares / weights);
        assert!((difference - 1.3_f64.ln()).abs() < 0.08, "{difference}");
        assert!((variance.sqrt() - 1.6).abs() < 0.12, "{}", variance.sqrt());
        let doubling = 2_f64.powf(-difference / variance);
        assert!((doubling - 0.93).abs() < 0.02, "{doubling}");
    }

    #[test]
    fn who_ignores_the_score_finds_too_much() {
        let groups = logarithms();
        let all = |outcome: usize| -> Vec<f64> {
            groups
                .iter()
                .flat_map(|group| group[outcome].clone())
                .collect()
        };
        assert!(mean(&all(0)) - mean(&all(1)) > 1.3_f64.ln() + 0.1);
    }

    #[test]
    fn nobody_is_answered_before_asking_or_after_being_taken() {
        let plan = Plan::new(4_000, 1);
        let market = Market::new(&plan);
        let people = Population {
            plan: &plan,
            market: &market,
        };
        let mut never = 0;
        for lead in people.leads(0, plan.rows) {
            let response = Response::draw(plan.seed, &lead);
            never += u64::from(response.at.is_none());
            if let Some(at) = response.at {
                assert!(at >= lead.stages.lead, "{}", lead.number);
                assert!(
                    accepted(&lead).is_none_or(|end| at < end),
                    "{}",
                    lead.number
                );
            }
        }
        assert!((200..500).contains(&never), "{never}");
    }
}
