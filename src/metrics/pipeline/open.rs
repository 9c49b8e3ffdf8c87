//! Open deals by stage: number, value, weighted value, age (dictionary 3.1).

use std::collections::BTreeMap;

use super::deals::{Deal, Deals, days};
use super::transitions::Matrix;
use crate::domain::calendar::Millis;
use crate::domain::figure::{Figure, Undefined};
use crate::domain::money::Money;
use crate::stats::quantile;
use crate::tables::NONE;

/// Ends of the bands of age in days; the last band is open.
pub const AGE_BANDS: [f64; 3] = [30.0, 60.0, 90.0];

/// Where the chance of a deal comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Weights {
    /// `[[pipeline]] probability`.
    Configured,
    /// The company's own departures from the stage.
    Empirical,
    /// The system's own column.
    Stated,
    /// The share of ended deals that were won.
    Overall,
}

impl Weights {
    /// The name in the data formats.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Configured => "configured",
            Self::Empirical => "empirical",
            Self::Stated => "stated",
            Self::Overall => "overall",
        }
    }
}

/// Open deals of one stage (or of one group).
#[derive(Debug, Clone, PartialEq)]
pub struct StageRow {
    /// The pipeline; absent where there is only one, and for all together.
    pub pipeline: Option<String>,
    /// The stage; `(none)` where the export has none.
    pub stage: String,
    /// Open deals.
    pub deals: u64,
    /// Sum of their amounts.
    pub value: Money,
    /// Amounts times their chances.
    pub weighted: Figure<Money>,
    /// Deviation of the weighted sum, deals taken as independent.
    pub deviation: Figure<f64>,
    /// Mean of their chances.
    pub chance: Figure<f64>,
    /// Where the chances come from: how many deals have which.
    pub weights: BTreeMap<Weights, u64>,
    /// Deals without an amount.
    pub missing_amount: u64,
    /// Median age in days.
    pub median_age: Figure<f64>,
    /// Amounts by band of age, then those of unknown age.
    pub by_age: Vec<Money>,
    /// Deals whose planned close lies in the past, and their amounts.
    pub overdue: (u64, Money),
    /// Deals older than nine in ten of those won.
    pub overaged: Figure<u64>,
}

/// What open deals are looked at with.
pub struct View<'a> {
    /// The deals and their ladders.
    pub deals: &'a Deals,
    /// The moment.
    pub moment: Millis,
    /// Departures of each ladder.
    pub matrices: &'a [Matrix],
    /// Age that nine in ten of the wins did not reach.
    pub old_age: Figure<f64>,
    /// Share of ended deals that were won.
    pub overall: f64,
}

impl View<'_> {
    /// The chance of a deal by the convention, and where it comes from.
    #[must_use]
    pub fn chance(&self, deal: &Deal) -> (f64, Weights) {
        let stage = deal.stage_at(self.moment);
        let ladder = self.deals.ladders.all.get(deal.ladder);
        let configured = || ladder?.probability(stage?);
        let empirical = || self.matrices.get(deal.ladder)?.weight(stage?);
        if let Some(chance) = configured() {
            return (chance, Weights::Configured);
        }
        if let Some(chance) = empirical() {
            return (chance, Weights::Empirical);
        }
        match deal.probability {
            Some(chance) => (chance, Weights::Stated),
            None => (self.overall, Weights::Overall),
        }
    }

    /// Stages in the order of the ladders, unknown ones last.
    #[must_use]
    pub fn by_stage(&self, open: &[&Deal]) -> Vec<StageRow> {
        let mut stages: BTreeMap<(usize, usize), Vec<&Deal>> = BTreeMap::new();
        for deal in open {
            let stage = deal.stage_at(self.moment).unwrap_or(usize::MAX);
            stages.entry((deal.ladder, stage)).or_default().push(deal);
        }
        stages
            .into_iter()
            .map(|((ladder, stage), deals)| {
                let ladder = self.deals.ladders.all.get(ladder);
                let name = ladder.and_then(|ladder| ladder.stages.get(stage));
                let mut row = self.row(name.map_or(NONE, String::as_str), &deals);
                let several = self.deals.ladders.are_several();
                row.pipeline = ladder
                    .filter(|_| several)
                    .map(|ladder| ladder.name.clone().unwrap_or_else(|| NONE.to_owned()));
                row
            })
            .collect()
    }

    /// The sums of some deals.
    #[must_use]
    pub fn row(&self, stage: &str, deals: &[&Deal]) -> StageRow {
        let overdue = |deal: &&&Deal| deal.expected_close.is_some_and(|close| close < self.moment);
        let late: Vec<&&Deal> = deals.iter().filter(overdue).collect();
        let mut ages: Vec<f64> = deals
            .iter()
            .filter_map(|deal| deal.age_days(self.moment))
            .collect();
        ages.sort_unstable_by(f64::total_cmp);
        let chances: Vec<(f64, Weights)> = deals.iter().map(|deal| self.chance(deal)).collect();
        let amounts = || {
            deals
                .iter()
                .zip(&chances)
                .map(|(deal, (p, _))| (deal.units(), *p))
        };
        let weighted: f64 = amounts().map(|(amount, p)| amount * p).sum();
        let variance: f64 = amounts()
            .map(|(amount, p)| amount * amount * p * (1.0 - p))
            .sum();
        let mut weights = BTreeMap::new();
        for (_, from) in &chances {
            *weights.entry(*from).or_default() += 1;
        }
        let all: Vec<f64> = chances.iter().map(|(chance, _)| *chance).collect();
        StageRow {
            pipeline: None,
            stage: stage.to_owned(),
            deals: deals.len() as u64,
            value: deals.iter().filter_map(|deal| deal.amount).sum(),
            weighted: Ok(Money::from_units(weighted)),
            deviation: Ok(variance.sqrt()),
            chance: quantile::mean(&all).ok_or(Undefined::NoData),
            weights,
            missing_amount: deals.iter().filter(|deal| deal.amount.is_none()).count() as u64,
            median_age: quantile::quantile(&ages, 0.5).ok_or(Undefined::NoData),
            by_age: self.by_age(deals),
            overdue: (
                late.len() as u64,
                late.iter().filter_map(|deal| deal.amount).sum(),
            ),
            overaged: self
                .old_age
                .map(|old| ages.iter().filter(|age| **age > old).count() as u64),
        }
    }

    fn by_age(&self, deals: &[&Deal]) -> Vec<Money> {
        let mut sums = vec![Money::ZERO; AGE_BANDS.len() + 2];
        for deal in deals {
            let band = match deal.created {
                None => AGE_BANDS.len() + 1,
                Some(created) => {
                    let age = days(created, self.moment);
                    AGE_BANDS.partition_point(|end| *end < age)
                }
            };
            sums[band] += deal.amount.unwrap_or(Money::ZERO);
        }
        sums
    }
}

/// Share of ended deals that were won.
#[must_use]
pub fn overall(deals: &[Deal]) -> f64 {
    let won = deals.iter().filter(|deal| deal.won).count() as f64;
    let ended = deals.iter().filter(|deal| deal.won || deal.lost).count() as f64;
    if ended > 0.0 { won / ended } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::super::deals::tests::deal;
    use super::super::history::Counts;
    use super::super::ladder::Ladders;
    use super::*;
    use crate::domain::calendar::DAY_MILLIS;

    /// The second half of vector 12.9 of the metrics dictionary.
    #[test]
    fn weighted_sum_and_its_deviation() {
        let stated = |amount, chance| Deal {
            probability: Some(chance),
            ..deal(0, None, None, amount)
        };
        let deals = Deals {
            all: vec![
                stated(Some(10_000.0), 0.2),
                stated(Some(5_000.0), 0.5),
                stated(Some(20_000.0), 0.8),
                stated(None, 0.5),
            ],
            ladders: Ladders::default(),
            counts: Counts::default(),
        };
        let view = View {
            deals: &deals,
            moment: 45 * DAY_MILLIS,
            matrices: &[],
            old_age: Err(Undefined::NoData),
            overall: 0.0,
        };
        let row = view.row("", &deals.all.iter().collect::<Vec<_>>());
        assert_eq!(row.value, Money::from_units(35_000.0));
        assert_eq!(row.weighted, Ok(Money::from_units(20_500.0)));
        assert!(row.deviation.is_ok_and(|sd| (sd - 9_287.09).abs() < 0.005));
        assert_eq!((row.missing_amount, row.deals), (1, 4));
        assert_eq!(row.weights, BTreeMap::from([(Weights::Stated, 4)]));
        assert_eq!(row.by_age[1], row.value);
    }
}
