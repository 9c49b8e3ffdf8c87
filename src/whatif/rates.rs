//! From a visit to money: stage rates, deal values, and what is not known of them.
//!
//! Only decided leads count for the rates beyond the first (young ones would look like
//! losses). Each channel's rates lean on those of all channels, as far as channels differ
//! little; see section 3.4 of the what-if document.

use super::history::{Channel, Company};
use crate::stats::beta::Beta;
use crate::stats::random::Random;
use crate::stats::{quantile, variates};

/// Visits that the prior of the first rate is worth, and its mean.
const PRIOR_VISITS: f64 = 50.0;
const PRIOR_LEADS_PER_VISIT: f64 = 0.02;
/// Of what the other channels count as.
const LEAST_CONCENTRATION: f64 = 2.0;
const MOST_CONCENTRATION: f64 = 60.0;
const LEAST_VARIANCE: f64 = 1e-4;
/// Own deals from which on the channel's own values count.
const FEWEST_DEALS: usize = 5;
/// Log deviation of mean deal values between channels.
const DEAL_SPREAD: f64 = 0.1;

/// A rate, known or given.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Rate {
    /// Stated by the user.
    Given(f64),
    /// Learned.
    Learned(Beta),
}

impl Rate {
    /// Its mean.
    #[must_use]
    pub fn mean(&self) -> f64 {
        match self {
            Self::Given(rate) => *rate,
            Self::Learned(beta) => beta.mean(),
        }
    }

    /// Its variance.
    #[must_use]
    pub fn variance(&self) -> f64 {
        match self {
            Self::Given(_) => 0.0,
            Self::Learned(beta) => beta.variance(),
        }
    }

    /// The rate below which a share `q` of the chances lies.
    #[must_use]
    pub fn quantile(&self, q: f64) -> f64 {
        match self {
            Self::Given(rate) => *rate,
            Self::Learned(beta) => beta.quantile(q),
        }
    }

    /// One possible rate.
    pub fn draw(&self, random: &mut Random) -> f64 {
        match self {
            Self::Given(rate) => *rate,
            Self::Learned(beta) => variates::beta(random, beta.a, beta.b),
        }
    }
}

/// The value of a deal.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum DealValue {
    /// Stated by the user.
    Given(f64),
    /// Learned from the logarithms of deals won.
    Learned {
        /// How many deals.
        n: usize,
        /// Mean of the logarithms.
        mean: f64,
        /// Their variance.
        variance: f64,
        /// True where the deals are those of all channels, for want of own ones.
        borrowed: bool,
    },
}

/// One possible world of deals.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DealWorld {
    /// Mean value of a deal.
    pub mean: f64,
    /// Deviation of the logarithm of one deal.
    pub log_deviation: f64,
}

impl DealValue {
    /// What the deals say; `None` without a deal of positive value.
    #[must_use]
    pub fn learned(own: &[f64], all: &[f64]) -> Option<Self> {
        let logs = |deals: &[f64]| -> Vec<f64> {
            let mut logs: Vec<f64> = deals
                .iter()
                .filter(|deal| **deal > 0.0)
                .map(|deal| libm::log(*deal))
                .collect();
            // The order of rows must not matter, not even in the last digit.
            logs.sort_by(f64::total_cmp);
            logs
        };
        let own = logs(own);
        let borrowed = own.len() < FEWEST_DEALS;
        let logs = if borrowed { logs(all) } else { own };
        let mean = quantile::mean(&logs)?;
        let n = logs.len();
        let squares: f64 = logs.iter().map(|log| (log - mean) * (log - mean)).sum();
        Some(Self::Learned {
            n,
            mean,
            // A single deal says nothing of the spread.
            variance: if n > 1 { squares / (n - 1) as f64 } else { 1.0 },
            borrowed,
        })
    }

    /// The expected value of a deal: `exp(m + s²/2)` of the logarithms.
    #[must_use]
    pub fn expected(&self) -> f64 {
        match *self {
            Self::Given(value) => value,
            Self::Learned { mean, variance, .. } => libm::exp(mean + variance / 2.0),
        }
    }

    /// One possible mean of deals and their spread. Under the usual prior the variance is
    /// scaled inverse chi-square, the mean normal. Deals of other channels may differ from
    /// one's own by [`DEAL_SPREAD`]; one's own already are what they are: with the spread on
    /// top an interval of 80 % holds 92 (`benches/whatif_worlds`), without it 79.
    pub fn draw(&self, random: &mut Random) -> DealWorld {
        match *self {
            Self::Given(value) => DealWorld {
                mean: value,
                log_deviation: 0.0,
            },
            Self::Learned {
                n,
                mean,
                variance,
                borrowed,
            } => {
                let freedom = (n as f64 - 1.0).max(1.0);
                let drawn = variance * freedom / variates::chi_square(random, freedom);
                // Few deals allow absurd variances; a spread of e³ is wide for any price list.
                let drawn = drawn.min(4.0);
                let centre = mean + (drawn / n as f64).sqrt() * variates::normal(random);
                let apart = if borrowed { DEAL_SPREAD } else { 0.0 };
                let channel = apart * variates::normal(random);
                DealWorld {
                    mean: libm::exp(centre + drawn / 2.0 + channel),
                    log_deviation: drawn.sqrt(),
                }
            }
        }
    }
}

/// Everything between a visit and its revenue.
#[derive(Debug, Clone, PartialEq)]
pub struct Rates {
    /// Keys of the steps, first the one from the visit: `visit_to_lead`.
    pub keys: Vec<String>,
    /// Their rates.
    pub steps: Vec<Rate>,
    /// Value of a customer.
    pub deal: Option<DealValue>,
}

/// What the user states instead of learning it.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Given {
    /// Leads per visit.
    pub visit_to_lead: Option<f64>,
    /// Customers per lead, in place of all steps between.
    pub lead_to_customer: Option<f64>,
    /// Value of a customer.
    pub deal_value: Option<f64>,
}

/// The rates of a channel.
#[must_use]
pub fn rates(company: &Company, channel: &Channel, given: &Given) -> Rates {
    let first = company.stages.first().map_or("lead", String::as_str);
    let last = company.stages.last().map_or("customer", String::as_str);
    let visit_to_lead = given.visit_to_lead.map_or_else(
        || {
            let (leads, visits) = (channel.leads as f64, channel.visits_of_leads as f64);
            let prior = PRIOR_VISITS * PRIOR_LEADS_PER_VISIT;
            Rate::Learned(Beta {
                a: leads + prior,
                // More leads than visits: the visits are not all of them.
                b: (visits - leads).max(0.0) + PRIOR_VISITS - prior,
            })
        },
        Rate::Given,
    );
    let mut keys = vec![format!("visit_to_{first}")];
    let mut steps = vec![visit_to_lead];
    if let Some(rate) = given.lead_to_customer {
        keys.push(format!("{first}_to_{last}"));
        steps.push(Rate::Given(rate));
    } else {
        for (index, key) in company.steps.iter().enumerate() {
            keys.push(key.clone());
            steps.push(Rate::Learned(pooled(company, channel, index)));
        }
    }
    let all: Vec<f64> = company
        .channels
        .iter()
        .flat_map(|channel| channel.deals.iter().copied())
        .collect();
    let deal = match given.deal_value {
        Some(value) => Some(DealValue::Given(value)),
        None => DealValue::learned(&channel.deals, &all),
    };
    Rates { keys, steps, deal }
}

/// A step of a channel that leans on all channels: `Beta(k + M P, n - k + M (1 - P))`.
///
/// `P` is the rate of all; `M` falls with the variance between channels, which is measured
/// as the squared distance of this channel from all others together, so that it does not
/// matter how finely the others are divided; it is never more than the others have shown.
/// Without others nothing is leant on: `Beta(k + 1, n - k + 1)`.
fn pooled(company: &Company, channel: &Channel, step: usize) -> Beta {
    let of = |channel: &Channel| channel.steps.get(step).copied().unwrap_or((0, 0));
    let sum = |(k, n): (u64, u64), (more_k, more_n): (u64, u64)| (k + more_k, n + more_n);
    let all = company.channels.iter().map(of).fold((0, 0), sum);
    let own = of(channel);
    let others = (all.0 - own.0, all.1 - own.1);
    let (went, stayed) = (own.0 as f64, (own.1 - own.0) as f64);
    if others.1 == 0 {
        return Beta {
            a: went + 1.0,
            b: stayed + 1.0,
        };
    }
    let rate = |(k, n): (u64, u64)| (k as f64 + 0.5) / (n as f64 + 1.0);
    let pool = rate(all);
    let apart = if own.1 == 0 {
        0.0
    } else {
        rate(own) - rate(others)
    };
    let between = (apart * apart).max(LEAST_VARIANCE);
    let concentration = (pool * (1.0 - pool) / between - 1.0)
        .min(others.1 as f64)
        .clamp(LEAST_CONCENTRATION, MOST_CONCENTRATION);
    Beta {
        a: went + concentration * pool,
        b: stayed + concentration * (1.0 - pool),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn channel(name: &str, step: (u64, u64), deals: &[f64]) -> Channel {
        Channel {
            name: name.into(),
            steps: vec![step],
            deals: deals.to_vec(),
            leads: 20,
            visits_of_leads: 1_000,
            ..Channel::default()
        }
    }

    fn company(channels: Vec<Channel>) -> Company {
        Company {
            channels,
            stages: vec!["lead".into(), "customer".into()],
            steps: vec!["lead_to_customer".into()],
            ..Company::default()
        }
    }

    #[test]
    fn a_small_channel_leans_on_the_others() {
        let all = company(vec![
            channel("A", (2, 4), &[]),
            channel("B", (200, 2_000), &[]),
        ]);
        let found = rates(&all, &all.channels[0], &Given::default());
        let mean = found.steps[1].mean();
        assert!(mean > 0.1 && mean < 0.5, "{mean}");
        assert_eq!(found.keys, ["visit_to_lead", "lead_to_customer"]);
        // 21 of 1050, worth 50 visits at 2 %.
        assert!((found.steps[0].mean() - 0.02).abs() < 1e-12);
    }

    #[test]
    fn it_does_not_matter_how_the_others_are_divided() {
        let whole = company(vec![
            channel("A", (5, 40), &[]),
            channel("B", (60, 300), &[]),
        ]);
        let parts = company(vec![
            channel("A", (5, 40), &[]),
            channel("B1", (25, 100), &[]),
            channel("B2", (35, 200), &[]),
        ]);
        let of = |company: &Company| rates(company, &company.channels[0], &Given::default()).steps;
        assert_eq!(of(&whole), of(&parts));
    }

    /// Golden case G12: a log-normal with median 3000 and log deviation 0.8.
    #[test]
    fn the_mean_of_deals_lies_above_their_median() {
        let logs: Vec<f64> = (0..4_000)
            .map(|i| {
                3_000_f64.ln()
                    + 0.8 * crate::stats::normal::quantile((f64::from(i) + 0.5) / 4_000.0)
            })
            .collect();
        let deals: Vec<f64> = logs.iter().map(|log| log.exp()).collect();
        let Some(learned) = DealValue::learned(&deals, &[]) else {
            panic!("deals");
        };
        let DealValue::Learned { mean, variance, .. } = learned else {
            panic!("learned");
        };
        assert!(((mean + variance / 2.0).exp() / 4_131.38 - 1.0).abs() < 2e-3);
        let mut random = Random::seeded(1);
        let drawn: Vec<f64> = (0..20_000)
            .map(|_| learned.draw(&mut random).mean)
            .collect();
        let average = drawn.iter().sum::<f64>() / 20_000.0;
        assert!((average / 4_131.38 - 1.0).abs() < 0.01, "{average}");
    }

    #[test]
    fn few_deals_of_its_own() {
        let all: Vec<f64> = (1..50).map(|i| f64::from(i) * 100.0).collect();
        let own = DealValue::learned(&[10.0], &all);
        assert_eq!(own, DealValue::learned(&[], &all));
        assert!(matches!(
            own,
            Some(DealValue::Learned { borrowed: true, .. })
        ));
        let enough = DealValue::learned(&all[..5], &all);
        assert!(matches!(
            enough,
            Some(DealValue::Learned {
                n: 5,
                borrowed: false,
                ..
            })
        ));
        assert_eq!(DealValue::learned(&[], &[0.0, -5.0]), None);
        assert!(DealValue::learned(&[100.0], &[100.0]).is_some());
    }

    #[test]
    fn nothing_known_stays_wide() {
        let nobody = company(vec![channel("A", (0, 0), &[])]);
        let found = rates(&nobody, &nobody.channels[0], &Given::default());
        let wide = found.steps[1].quantile(0.9) - found.steps[1].quantile(0.1);
        assert!(wide > 0.5, "{wide}");
    }
}
