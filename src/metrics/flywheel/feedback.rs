//! Who would recommend the company, how sure that is, and what their referrals become.

use std::collections::BTreeMap;

use super::bridge::rate;
use super::ledger::Ledger;
use super::referrals::{People, Referrals};
use super::rows::{Answer, Rows};
use super::sourced::within;
use crate::domain::calendar::Millis;
use crate::domain::figure::{Figure, Rate, Undefined};
use crate::domain::money::Money;
use crate::metrics::data::Scope;
use crate::stats::bootstrap;
use crate::stats::quantile::quantile;
use crate::stats::random::Random;

/// What an answer makes of who gave it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Voice {
    /// 9 or 10.
    Promoter,
    /// 7 or 8.
    Passive,
    /// 0 to 6.
    Detractor,
}

impl Voice {
    /// All of them, best first.
    pub const ALL: &[Self] = &[Self::Promoter, Self::Passive, Self::Detractor];

    /// The word in the table.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Promoter => "promoter",
            Self::Passive => "passive",
            Self::Detractor => "detractor",
        }
    }

    fn of(score: i64) -> Self {
        match score {
            9.. => Self::Promoter,
            7..=8 => Self::Passive,
            _ => Self::Detractor,
        }
    }
}

/// The last answers of a period.
#[derive(Debug, Clone, PartialEq)]
pub struct Promoters {
    /// Who answered; of several answers the last counts.
    pub n: u64,
    /// Earlier answers of the same customers, left out.
    pub repeated: u64,
    /// How many are promoters, passives, detractors.
    pub counts: [u64; 3],
    /// Promoters less detractors of 100, from -100 to 100.
    pub score: Figure<f64>,
    /// Its 95 % interval, by bootstrap over who answered.
    pub interval: Option<(f64, f64)>,
}

impl Promoters {
    /// The share of one of them.
    ///
    /// # Errors
    /// `zero_denominator` where nobody answered.
    pub fn share(&self, voice: Voice) -> Figure<Rate> {
        rate(self.counts[voice as usize], self.n)
    }
}

/// What the referrals of promoters, passives or detractors became.
#[derive(Debug, Clone, PartialEq)]
pub struct Brought {
    /// Which of them.
    pub voice: Voice,
    /// Who answered so.
    pub customers: u64,
    /// Of those, customers who brought somebody since their answer.
    pub referring: Figure<Rate>,
    /// Leads they brought since.
    pub referrals: u64,
    /// Of those leads, the ones that became customers.
    pub became: Figure<Rate>,
    /// Amount of the deals won with those leads.
    pub value: Figure<Money>,
}

fn last_answers<'a>(rows: &'a Rows, scope: &Scope) -> BTreeMap<&'a str, &'a Answer> {
    let mut last: BTreeMap<&str, &Answer> = BTreeMap::new();
    for answer in rows
        .answers
        .iter()
        .filter(|answer| within(scope, Some(answer.at)))
    {
        let kept = last.entry(&answer.customer).or_insert(answer);
        if kept.at <= answer.at {
            *kept = answer;
        }
    }
    last
}

/// The net promoter score of the answers of a period; nothing without any answer at all.
#[must_use]
pub fn promoters(rows: &Rows, scope: &Scope, seed: u64) -> Option<Promoters> {
    if rows.answers.is_empty() {
        return None;
    }
    let last = last_answers(rows, scope);
    let given = rows
        .answers
        .iter()
        .filter(|answer| within(scope, Some(answer.at)));
    let mut counts = [0_u64; 3];
    for answer in last.values() {
        counts[Voice::of(answer.score) as usize] += 1;
    }
    let n = last.len() as u64;
    Some(Promoters {
        n,
        repeated: given.count() as u64 - n,
        score: score(counts).ok_or(Undefined::ZeroDenominator),
        interval: interval(counts, seed),
        counts,
    })
}

fn score([promoters, passives, detractors]: [u64; 3]) -> Option<f64> {
    let n = promoters + passives + detractors;
    let net = promoters as f64 - detractors as f64;
    (n > 0).then(|| 100.0 * net / n as f64)
}

/// Percentile bootstrap over the answers; nothing for fewer than two.
fn interval(counts: [u64; 3], seed: u64) -> Option<(f64, f64)> {
    let n: u64 = counts.iter().sum();
    if n < 2 {
        return None;
    }
    let mut random = Random::seeded(seed);
    let mut draw = |_| {
        let mut drawn = [0_u64; 3];
        for _ in 0..n {
            let place = random.below(n);
            let voice = match place {
                place if place < counts[0] => 0,
                place if place < counts[0] + counts[1] => 1,
                _ => 2,
            };
            drawn[voice] += 1;
        }
        score(drawn).unwrap_or(0.0)
    };
    let mut scores: Vec<f64> = (0..bootstrap::DRAWS).map(&mut draw).collect();
    scores.sort_unstable_by(f64::total_cmp);
    quantile(&scores, 0.025).zip(quantile(&scores, 0.975))
}

/// What those who answered in the period brought since, by what they answered.
#[must_use]
pub fn brought(
    rows: &Rows,
    scope: &Scope,
    (ledger, people): (Option<&Ledger>, &People),
    referrals: &Referrals,
) -> Vec<Brought> {
    let mut found: Vec<Brought> = Vec::new();
    let last = last_answers(rows, scope);
    let won = won_by_lead(rows, scope.seen_from);
    for voice in Voice::ALL {
        let of_voice = last
            .values()
            .filter(|answer| Voice::of(answer.score) == *voice);
        let since: BTreeMap<usize, Millis> = of_voice
            .clone()
            .filter_map(|answer| Some((people.customer(&answer.customer)?, answer.at)))
            .collect();
        let theirs: Vec<_> = referrals
            .list
            .iter()
            .filter(|referral| {
                let answered = referral.customer.and_then(|customer| since.get(&customer));
                answered
                    .zip(referral.at)
                    .is_some_and(|(answered, at)| *answered <= at)
            })
            .collect();
        let mut referring: Vec<usize> = theirs
            .iter()
            .filter_map(|referral| referral.customer)
            .collect();
        referring.sort_unstable();
        referring.dedup();
        let seen = |at: Millis| scope.seen_from.is_none_or(|seen| at <= seen);
        let became = theirs
            .iter()
            .filter(|referral| referral.became.is_some_and(seen));
        found.push(Brought {
            voice: *voice,
            customers: of_voice.count() as u64,
            referring: match ledger {
                Some(_) => rate(referring.len() as u64, since.len() as u64),
                None => Err(Undefined::NoData),
            },
            referrals: theirs.len() as u64,
            became: rate(became.count() as u64, theirs.len() as u64),
            value: rows.won(
                theirs
                    .iter()
                    .filter_map(|referral| won.get(&referral.lead).copied())
                    .sum(),
            ),
        });
    }
    found
}

/// Amount of the deals won by lead, as far as they are seen.
#[must_use]
pub fn won_by_lead(rows: &Rows, seen: Option<Millis>) -> BTreeMap<usize, Money> {
    let mut won: BTreeMap<usize, Money> = BTreeMap::new();
    for deal in rows.deals.iter().filter(|deal| deal.won) {
        let is_seen = deal.won_at.zip(seen).is_none_or(|(at, seen)| at <= seen);
        if let (Some(lead), Some(amount), true) = (deal.lead, deal.amount, is_seen) {
            *won.entry(lead).or_default() += Money::from_micros(amount.into());
        }
    }
    won
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn answer(customer: &str, at: Millis, score: i64) -> Answer {
        Answer {
            customer: customer.into(),
            at,
            score,
        }
    }

    #[test]
    fn the_last_answer_counts_and_edges_fall_right() {
        let rows = Rows {
            answers: vec![
                answer("a", 1, 0),
                answer("a", 5, 9),
                answer("b", 2, 10),
                answer("c", 2, 8),
                answer("d", 2, 7),
                answer("e", 2, 6),
            ],
            ..Rows::default()
        };
        let scope = Scope {
            period: None,
            start: None,
            end: None,
            seen_from: Some(10),
        };
        let found = promoters(&rows, &scope, 1).unwrap();
        assert_eq!((found.n, found.repeated, found.counts), (5, 1, [2, 2, 1]));
        assert!((found.score.unwrap() - 20.0).abs() < 1e-12);
        let (low, high) = found.interval.unwrap();
        assert!(low < 20.0 && 20.0 < high);
        // Seen from an earlier moment the first answer of a is the last.
        let early = Scope {
            seen_from: Some(3),
            ..scope
        };
        assert_eq!(promoters(&rows, &early, 1).unwrap().counts, [1, 2, 2]);
        assert_eq!(promoters(&Rows::default(), &early, 1), None);
    }

    /// sd of the score is 100 sqrt((p + d - (p - d)^2) / n).
    #[test]
    fn the_interval_agrees_with_theory() {
        let counts = [500, 300, 200];
        let (low, high) = interval(counts, 3).unwrap();
        let deviation = 100.0 * ((0.7 - 0.09_f64) / 1000.0).sqrt();
        assert!((low - (30.0 - 1.96 * deviation)).abs() < 0.4, "{low}");
        assert!((high - (30.0 + 1.96 * deviation)).abs() < 0.4, "{high}");
    }
}
