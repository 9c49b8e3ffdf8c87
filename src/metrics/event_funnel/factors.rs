//! What goes with conversion: what persons were like before it (metrics dictionary 1.7).
//!
//! A factor is a value that some event of the person said at or before the first step.
//! Later events are left out, or the table would find the consequences of converting.

use super::classes::{Unknown, Vocabulary};
use super::dimensions::{NO_VALUE, Values};
use super::plan::Spec;
use super::rates::rate;
use super::tally::{Pair, Tally};
use crate::domain::figure::{Rate, View};
use crate::stats::odds::{self, Odds};
use crate::stats::{difference, multiple};

/// Factors of fewer persons are left out, as are those of a smaller share of all.
const FEWEST: f64 = 25.0;
const SMALLEST_SHARE: f64 = 0.02;

/// The factors that occur, per class.
#[derive(Debug, Clone, Default)]
pub struct Factors {
    /// Dimension and value of each.
    names: Vec<(String, String)>,
    /// Per class the factors that its events say.
    of_class: Vec<Vec<u32>>,
}

impl Factors {
    /// The values of some columns.
    ///
    /// # Errors
    /// A column that does not exist.
    pub fn new(columns: &[String], vocabulary: &Vocabulary) -> Result<Self, Unknown> {
        let mut factors = Self {
            names: Vec::new(),
            of_class: vec![Vec::new(); vocabulary.classes],
        };
        for column in columns {
            let words = vocabulary.words(column).ok_or_else(|| Unknown::Column {
                name: column.clone(),
                known: vocabulary.column_names(),
            })?;
            factors.add(column, &Values::new(words));
        }
        Ok(factors)
    }

    fn add(&mut self, column: &str, values: &Values) {
        let first = self.names.len() as u32;
        for (class, of_class) in self.of_class.iter_mut().enumerate() {
            let number = values.number(class as u32);
            if number == NO_VALUE {
                continue;
            }
            // Values are numbered in the order in which classes first say them.
            if first + number == self.names.len() as u32 {
                let value = values.label(number).to_owned();
                self.names.push((column.to_owned(), value));
            }
            of_class.push(first + number);
        }
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.names.len()
    }

    /// True without any.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }

    /// What the events of a class say.
    #[must_use]
    pub fn of_class(&self, class: u32) -> &[u32] {
        self.of_class.get(class as usize).map_or(&[], Vec::as_slice)
    }
}

/// A factor and the conversion of those with it and without it.
#[derive(Debug, Clone, PartialEq)]
pub struct FactorRow {
    /// The column.
    pub dimension: String,
    /// The value.
    pub value: String,
    /// Those who had it.
    pub with: Rate,
    /// The others.
    pub without: Rate,
    /// How many times the odds of converting are with it what they are without it.
    pub odds: Odds,
    /// Adjusted for the number of factors in the table (Benjamini-Hochberg).
    pub p: f64,
    /// True where that is more than chance.
    pub beyond_chance: bool,
}

/// The factors that enough persons have, the least likely to be chance first.
#[must_use]
pub fn rows(factors: &Factors, tally: &Tally, spec: &Spec) -> Vec<FactorRow> {
    let everybody = tally.everybody;
    let fewest = FEWEST.min(SMALLEST_SHARE * everybody.n as f64);
    let mut rows = Vec::new();
    let mut p_values = Vec::new();
    for (name, with) in factors.names.iter().zip(&tally.factors) {
        let without = Pair {
            n: everybody.n - with.n,
            k: everybody.k - with.k,
        };
        if with.n == 0 || (with.n as f64) < fewest {
            continue;
        }
        let compared = difference::compare(with.k, with.n, without.k, without.n);
        let row = row(name, *with, without, spec);
        if let Some((compared, row)) = compared.zip(row) {
            p_values.push(compared.p);
            rows.push(row);
        }
    }
    for (row, p) in rows.iter_mut().zip(multiple::adjusted(&p_values)) {
        let enough = !row.with.low_sample() && !row.without.low_sample();
        row.p = p;
        row.beyond_chance = enough && p <= multiple::FALSE_DISCOVERY;
    }
    let strength = |row: &FactorRow| row.odds.ratio.ln().abs();
    rows.sort_by(|a, b| {
        let strongest = strength(b).total_cmp(&strength(a));
        let name = (&a.dimension, &a.value).cmp(&(&b.dimension, &b.value));
        a.p.total_cmp(&b.p).then(strongest).then(name)
    });
    rows
}

fn row(name: &(String, String), with: Pair, without: Pair, spec: &Spec) -> Option<FactorRow> {
    Some(FactorRow {
        dimension: name.0.clone(),
        value: name.1.clone(),
        odds: odds::ratio(with.k, with.n - with.k, without.k, without.n - without.k),
        with: rate(spec, with, View::Cohort, None)?,
        without: rate(spec, without, View::Cohort, None)?,
        p: 1.0,
        beyond_chance: false,
    })
}
