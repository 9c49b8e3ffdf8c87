//! What a better stage step would bring.

use super::history::{Channel, Company};
use super::outcome::{DRAWS, Spread, stream};
use super::rates::{DealValue, Given, Rate, Rates, rates};
use crate::stats::beta::Beta;
use crate::stats::poisson;

/// A tenth of improvement, in points.
pub const TENTH: f64 = 0.10;
/// Months whose leads stand for what comes.
const YEAR: usize = 12;

/// A step as it is.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// Its key: `lead_to_mql`.
    pub key: String,
    /// Decided ones that went on.
    pub k: u64,
    /// Decided ones.
    pub n: u64,
    /// Mean and 80 % interval of the rate.
    pub rate: (f64, f64, f64),
}

/// What another rate of a step would bring.
#[derive(Debug, Clone, PartialEq)]
pub struct Better {
    /// The step as it is.
    pub step: Step,
    /// The rate in its place.
    pub rate: f64,
    /// Leads of the months looked at.
    pub leads: f64,
    /// Extra customers, expected.
    pub customers: Spread,
    /// Extra customers as they will be seen.
    pub seen: Spread,
    /// Extra revenue; absent without a deal value.
    pub revenue: Option<Spread>,
}

/// The leads and the rates that a question is about.
pub struct Basis {
    /// Leads of a month.
    pub leads_per_month: f64,
    /// Months behind it.
    pub months: usize,
    steps: Vec<Step>,
    rates: Vec<Rate>,
    deal: Option<DealValue>,
    seed: u64,
}

impl Basis {
    /// Of one channel, or of all together.
    #[must_use]
    pub fn new(company: &Company, channel: Option<&Channel>, given: &Given, seed: u64) -> Self {
        let chosen: Vec<&Channel> = match channel {
            Some(channel) => vec![channel],
            None => company.channels.iter().collect(),
        };
        let months = company.months.len();
        let last = months.min(YEAR);
        let leads: f64 = chosen
            .iter()
            .flat_map(|channel| channel.leads_by_month.iter().rev().take(last))
            .sum();
        let counts = |step: usize| {
            let of = |channel: &&Channel| channel.steps.get(step).copied().unwrap_or((0, 0));
            chosen
                .iter()
                .map(of)
                .fold((0, 0), |(k, n), (more_k, more_n)| (k + more_k, n + more_n))
        };
        let Rates { steps, deal, .. } = match channel {
            Some(channel) => rates(company, channel, given),
            None => rates(company, &Channel::default(), given),
        };
        let learned = |step: usize| {
            let (k, n) = counts(step);
            match channel {
                Some(_) => steps.get(step + 1).copied().unwrap_or(Rate::Given(0.0)),
                None => Rate::Learned(Beta {
                    a: k as f64 + 1.0,
                    b: (n - k) as f64 + 1.0,
                }),
            }
        };
        let rates: Vec<Rate> = (0..company.steps.len()).map(learned).collect();
        let step = |(index, key): (usize, &String)| {
            let (k, n) = counts(index);
            let rate = rates[index];
            Step {
                key: key.clone(),
                k,
                n,
                rate: (rate.mean(), rate.quantile(0.1), rate.quantile(0.9)),
            }
        };
        Self {
            leads_per_month: if last > 0 { leads / last as f64 } else { 0.0 },
            months: last,
            steps: company.steps.iter().enumerate().map(step).collect(),
            rates,
            deal,
            seed,
        }
    }

    /// Keys of the steps.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.steps.iter().map(|step| step.key.as_str())
    }

    /// What `rate` in place of a step would bring over `months`; `None` where there is no
    /// such step.
    #[must_use]
    pub fn with(&self, key: &str, rate: f64, months: usize) -> Option<Better> {
        let index = self.steps.iter().position(|step| step.key == key)?;
        let rise = |own: f64| rate - own;
        Some(self.compute(index, rate, &rise, months))
    }

    /// What ten points more of each step would bring (less where fewer are left), the step
    /// that wins most customers first.
    #[must_use]
    pub fn ranked(&self, months: usize) -> Vec<Better> {
        let rise = |own: f64| TENTH.min(1.0 - own);
        let mut list: Vec<Better> = (0..self.steps.len())
            .map(|index| {
                let rate = (self.steps[index].rate.0 + TENTH).min(1.0);
                self.compute(index, rate, &rise, months)
            })
            .collect();
        list.sort_by(|a, b| {
            let order = b.customers.mean.total_cmp(&a.customers.mean);
            order.then_with(|| a.step.key.cmp(&b.step.key))
        });
        list
    }

    fn compute(&self, index: usize, rate: f64, rise: &dyn Fn(f64) -> f64, months: usize) -> Better {
        let leads = self.leads_per_month * months as f64;
        let mut extra = vec![leads; DRAWS];
        for (step, known) in self.rates.iter().enumerate() {
            let mut random = stream(self.seed, &format!("rate/{}", self.steps[step].key));
            for customers in &mut extra {
                let own = known.draw(&mut random);
                *customers *= if step == index { rise(own) } else { own };
            }
        }
        let mut luck = stream(self.seed, "rate/luck");
        let seen = |mean: &f64| {
            let count = poisson::draw(&mut luck, mean.abs()) as f64;
            if *mean < 0.0 { -count } else { count }
        };
        let seen: Vec<f64> = extra.iter().map(seen).collect();
        let revenue = self.deal.map(|deal| {
            let mut random = stream(self.seed, "rate/deal");
            let worth = |customers: &f64| customers * deal.draw(&mut random).mean;
            Spread::of(extra.iter().map(worth).collect())
        });
        Better {
            step: self.steps[index].clone(),
            rate,
            leads,
            customers: Spread::of(extra),
            seen: Spread::of(seen),
            revenue,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn company() -> Company {
        Company {
            months: (0..24).map(|month| format!("m{month}")).collect(),
            stages: ["lead", "mql", "customer"].map(String::from).into(),
            steps: ["lead_to_mql", "mql_to_customer"].map(String::from).into(),
            channels: vec![Channel {
                name: "SEO".into(),
                leads_by_month: vec![100.0; 24],
                steps: vec![(20_000, 100_000), (10_000, 20_000)],
                deals: vec![1_000.0; 50],
                ..Channel::default()
            }],
            ..Company::default()
        }
    }

    #[test]
    fn a_better_step_brings_its_share_of_customers() {
        let company = company();
        let basis = Basis::new(&company, None, &Given::default(), 1);
        assert_eq!((basis.leads_per_month, basis.months), (100.0, 12));
        let Some(found) = basis.with("lead_to_mql", 0.25, 12) else {
            panic!("a step");
        };
        // 1,200 leads, five points more, half of which become customers.
        assert!(
            (found.customers.mean - 30.0).abs() < 0.3,
            "{:?}",
            found.customers
        );
        assert!(
            found.seen.high80 - found.seen.low80 > found.customers.high80 - found.customers.low80
        );
        assert!(
            found
                .revenue
                .is_some_and(|revenue| (revenue.mean / 30_000.0 - 1.0).abs() < 0.03)
        );
        assert!(basis.with("mql_to_sql", 0.25, 12).is_none());
        let worse = basis.with("lead_to_mql", 0.15, 12);
        assert!(worse.is_some_and(|found| found.customers.mean < 0.0));
    }

    #[test]
    fn the_narrowest_step_comes_first() {
        let company = company();
        let ranked =
            Basis::new(&company, company.channels.first(), &Given::default(), 1).ranked(12);
        let keys: Vec<&str> = ranked.iter().map(|found| found.step.key.as_str()).collect();
        // Ten points of 1,200 leads: 120 × 0.5 against 1,200 × 0.2 × 0.1.
        assert_eq!(keys, ["lead_to_mql", "mql_to_customer"]);
        assert!((ranked[1].customers.mean - 24.0).abs() < 0.3);
    }
}
