//! What a learned score is: features, how they become inputs, and the fitted odds.

use super::features::{self, Encoding, Feature, Values, What};
use crate::stats::logistic::Fit;
use crate::stats::normal::Z95;

/// An input and what it does to the odds.
#[derive(Debug, Clone, PartialEq)]
pub struct Coefficient {
    /// The feature.
    pub feature: String,
    /// What of it.
    pub what: What,
    /// What the odds are per: so much of a number (a power of ten near its deviation); 1 for
    /// a level, against the most frequent one.
    pub unit: f64,
    /// Odds per unit.
    pub odds_ratio: f64,
    /// Ends of its 95 % interval.
    pub interval: (f64, f64),
    /// Odds per standard deviation.
    pub per_deviation: f64,
    /// Standard deviation in the training part.
    pub deviation: f64,
    /// Leads of the training part that have it.
    pub n: u64,
}

/// What scores leads.
#[derive(Debug, Clone, PartialEq)]
pub struct Model {
    features: Vec<Feature>,
    encoding: Encoding,
    fit: Fit,
    /// Mean of each input in the training part, in standard deviations.
    means: Vec<f64>,
}

/// What moves the odds of a lead away from those of the average lead.
#[derive(Debug, Clone, PartialEq)]
pub struct Reason {
    /// The feature.
    pub feature: String,
    /// Its cell: a number, a level, or nothing.
    pub value: Cell,
    /// Times the odds of the average lead.
    pub odds: f64,
}

/// A cell of a feature.
#[derive(Debug, Clone, PartialEq)]
pub enum Cell {
    /// A number.
    Number(f64),
    /// A level, rare ones together.
    Level(String),
    /// Missing.
    Missing,
}

impl Model {
    /// What was fitted on the rows of the training part.
    #[must_use]
    pub fn new(features: Vec<Feature>, encoding: Encoding, fit: Fit, training: &[usize]) -> Self {
        Self {
            means: means(&encoding, &features, training),
            features,
            encoding,
            fit,
        }
    }

    /// Chance of the lead in a row of the frame.
    #[must_use]
    pub fn chance(&self, row: usize) -> f64 {
        self.fit.chance(&self.encoding.row(&self.features, row))
    }

    /// The features that move the odds of a lead most, at most `most` of them.
    #[must_use]
    pub fn reasons(&self, row: usize, most: usize) -> Vec<Reason> {
        let mut moved = vec![0.0; self.features.len()];
        for (input, (mean, coefficient)) in
            self.means.iter().zip(&self.fit.coefficients).enumerate()
        {
            moved[self.encoding.inputs[input].feature] -= mean * coefficient;
        }
        for (input, value) in self.encoding.row(&self.features, row) {
            let input = input as usize;
            moved[self.encoding.inputs[input].feature] += value * self.fit.coefficients[input];
        }
        let mut order: Vec<usize> = (0..moved.len()).filter(|at| moved[*at] != 0.0).collect();
        order.sort_by(|a, b| moved[*b].abs().total_cmp(&moved[*a].abs()).then(a.cmp(b)));
        let reason = |at: usize| Reason {
            feature: self.features[at].name.clone(),
            value: self.cell(at, row),
            odds: libm::exp(moved[at]),
        };
        order.into_iter().take(most).map(reason).collect()
    }

    fn cell(&self, feature: usize, row: usize) -> Cell {
        match &self.features[feature].values {
            Values::Numbers(values) => values[row].map_or(Cell::Missing, Cell::Number),
            Values::Levels(codes, names) => {
                let name = &names[codes[row] as usize];
                let is_told = self.encoding.inputs.iter().any(|input| {
                    input.feature == feature
                        && matches!(&input.what, What::Level(own, most) if own == name || most == name)
                });
                Cell::Level(if is_told { name } else { features::OTHER }.to_owned())
            }
        }
    }

    /// The inputs and what they do to the odds, strongest first.
    #[must_use]
    pub fn coefficients(&self) -> Vec<Coefficient> {
        let inputs = self.encoding.inputs.iter();
        let fits = self.fit.coefficients.iter().zip(&self.fit.errors);
        let mut list: Vec<(f64, Coefficient)> = inputs
            .zip(fits)
            .map(|(input, (own, error))| {
                let unit = match input.what {
                    What::Number(_) => libm::exp10(libm::floor(libm::log10(input.deviation))),
                    _ => 1.0,
                };
                let ratio = |of_deviation: f64| libm::exp(of_deviation * unit / input.deviation);
                let coefficient = Coefficient {
                    feature: self.features[input.feature].name.clone(),
                    what: input.what.clone(),
                    unit,
                    odds_ratio: ratio(*own),
                    interval: (ratio(own - Z95 * error), ratio(own + Z95 * error)),
                    per_deviation: libm::exp(*own),
                    deviation: input.deviation,
                    n: input.n,
                };
                (own.abs(), coefficient)
            })
            .collect();
        // A stable sort: what is alike stays in the order of the columns.
        list.sort_by(|a, b| b.0.total_cmp(&a.0));
        list.into_iter()
            .map(|(_, coefficient)| coefficient)
            .collect()
    }
}

fn means(encoding: &Encoding, features: &[Feature], training: &[usize]) -> Vec<f64> {
    let mut sums = vec![0.0; encoding.inputs.len()];
    for row in training {
        for (input, value) in encoding.row(features, *row) {
            sums[input as usize] += value;
        }
    }
    let all = training.len().max(1) as f64;
    sums.into_iter().map(|sum| sum / all).collect()
}
