//! Columns of leads as features: numbers or levels, and what they become as inputs.
//!
//! A column is one of numbers where every cell that is not missing is one (`12`, `-3.5`);
//! else its words are levels. A feature becomes inputs of the regression: a number in
//! standard deviations from its mean, and whether it is missing; each level but the most
//! frequent one as yes or no. What is known of the training part alone decides all of this.

use polars::prelude::DataFrame;
use rustc_hash::FxHashMap;

use crate::tables::{NONE, frame};

/// Leads of the training part that a level must have to stand alone.
pub const FEWEST_OF_A_LEVEL: usize = 30;
/// What rare levels are called together.
pub const OTHER: &str = "(other)";

/// A column of leads.
#[derive(Debug, Clone, PartialEq)]
pub struct Feature {
    /// Its name.
    pub name: String,
    /// Its cells.
    pub values: Values,
}

/// Cells of a feature, by row of the leads; nothing where missing.
#[derive(Debug, Clone, PartialEq)]
pub enum Values {
    /// Numbers.
    Numbers(Vec<Option<f64>>),
    /// Positions in the list of levels, which holds the missing one too.
    Levels(Vec<u32>, Vec<String>),
}

/// A column of words as numbers; nothing where a cell is none, or where all are missing.
#[must_use]
pub fn numbers(leads: &DataFrame, name: &str) -> Option<Vec<Option<f64>>> {
    let mut found = false;
    let cells = frame::texts(leads, name).into_iter().map(|cell| {
        let Some(cell) = cell.filter(|cell| *cell != NONE && !cell.trim().is_empty()) else {
            return Some(None);
        };
        found = true;
        number(cell).map(Some)
    });
    let cells: Option<Vec<Option<f64>>> = cells.collect();
    cells.filter(|_| found)
}

/// `12`, `-3.5`, `1e3`; no `inf`, no `1,5`.
fn number(cell: &str) -> Option<f64> {
    let cell = cell.trim();
    let plain = |c: char| c.is_ascii_digit() || matches!(c, '.' | '-' | '+' | 'e' | 'E');
    let is_plain = cell.chars().all(plain) && cell.contains(|c: char| c.is_ascii_digit());
    cell.parse()
        .ok()
        .filter(|number: &f64| is_plain && number.is_finite())
}

/// The feature of a column.
#[must_use]
pub fn of_column(leads: &DataFrame, name: &str) -> Feature {
    let values = match numbers(leads, name) {
        Some(numbers) => Values::Numbers(numbers),
        None => levels(leads, name),
    };
    Feature {
        name: name.to_owned(),
        values,
    }
}

fn levels(leads: &DataFrame, name: &str) -> Values {
    let mut known: FxHashMap<&str, u32> = FxHashMap::default();
    let mut names: Vec<String> = Vec::new();
    let codes = frame::texts(leads, name)
        .into_iter()
        .map(|cell| {
            let cell = cell.map_or(NONE, str::trim);
            *known.entry(cell).or_insert_with(|| {
                names.push(cell.to_owned());
                u32::try_from(names.len() - 1).unwrap_or(u32::MAX)
            })
        })
        .collect();
    Values::Levels(codes, names)
}

/// An input of the regression.
#[derive(Debug, Clone, PartialEq)]
pub struct Input {
    /// Position of the feature.
    pub feature: usize,
    /// What of it.
    pub what: What,
    /// Standard deviation in the training part.
    pub deviation: f64,
    /// Leads of the training part that have it (levels, missing) or have a number.
    pub n: u64,
}

/// What of a feature an input is.
#[derive(Debug, Clone, PartialEq)]
pub enum What {
    /// The number, from this mean on.
    Number(f64),
    /// That the number is missing.
    Missing,
    /// A level, against the most frequent one.
    Level(String, String),
}

/// How features become inputs.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Encoding {
    /// The inputs, by feature.
    pub inputs: Vec<Input>,
    /// By feature: what its cells become.
    of: Vec<Encoded>,
}

#[derive(Debug, Clone, PartialEq)]
enum Encoded {
    /// Nothing: every lead is the same.
    Nothing,
    /// Input of the number; of its absence.
    Number(u32, Option<u32>),
    /// Input by level; nothing for the most frequent.
    Levels(Vec<Option<u32>>),
}

impl Encoding {
    /// From the rows of the training part.
    #[must_use]
    pub fn of(features: &[Feature], training: &[usize]) -> Self {
        let mut encoding = Self::default();
        for (position, feature) in features.iter().enumerate() {
            let encoded = match &feature.values {
                Values::Numbers(cells) => encoding.add_number(position, cells, training),
                Values::Levels(codes, names) => {
                    encoding.add_levels(position, codes, names, training)
                }
            };
            encoding.of.push(encoded);
        }
        encoding
    }

    /// Features that are the same for every lead of the training part.
    pub fn constant(&self) -> impl Iterator<Item = usize> + '_ {
        let features = self.of.iter().enumerate();
        features
            .filter(|(_, encoded)| **encoded == Encoded::Nothing)
            .map(|(feature, _)| feature)
    }

    fn push(&mut self, input: Input) -> u32 {
        self.inputs.push(input);
        u32::try_from(self.inputs.len() - 1).unwrap_or(u32::MAX)
    }

    fn add_number(&mut self, feature: usize, cells: &[Option<f64>], training: &[usize]) -> Encoded {
        let present = || training.iter().filter_map(|row| cells[*row]);
        let n = present().count();
        let mean = present().sum::<f64>() / n.max(1) as f64;
        let squares: f64 = present().map(|x| (x - mean) * (x - mean)).sum();
        let deviation = (squares / n.max(1) as f64).sqrt();
        let missing = training.len() - n;
        let is_told = |count: usize| count >= FEWEST_OF_A_LEVEL;
        if n < 2 || deviation <= 1e-12 * mean.abs() {
            return Encoded::Nothing;
        }
        let own = self.push(Input {
            feature,
            what: What::Number(mean),
            deviation,
            n: n as u64,
        });
        let absent = (is_told(missing) && is_told(n)).then(|| {
            self.push(Input {
                feature,
                what: What::Missing,
                deviation: spread(missing, training.len()),
                n: missing as u64,
            })
        });
        Encoded::Number(own, absent)
    }

    fn add_levels(
        &mut self,
        feature: usize,
        codes: &[u32],
        names: &[String],
        training: &[usize],
    ) -> Encoded {
        let mut counts = vec![0_usize; names.len()];
        for row in training {
            counts[codes[*row] as usize] += 1;
        }
        let mut order: Vec<usize> = (0..names.len())
            .filter(|level| counts[*level] >= FEWEST_OF_A_LEVEL)
            .collect();
        order.sort_by(|a, b| counts[*b].cmp(&counts[*a]).then(names[*a].cmp(&names[*b])));
        let rare: usize = counts.iter().filter(|n| **n < FEWEST_OF_A_LEVEL).sum();
        let Some((first, others)) = order.split_first() else {
            return Encoded::Nothing;
        };
        let all = training.len();
        let level = |name: &str, n: usize| Input {
            feature,
            what: What::Level(name.to_owned(), names[*first].clone()),
            deviation: spread(n, all),
            n: n as u64,
        };
        let mut inputs = vec![None; names.len()];
        for other in others {
            inputs[*other] = Some(self.push(level(&names[*other], counts[*other])));
        }
        if rare >= FEWEST_OF_A_LEVEL {
            let pooled = self.push(level(OTHER, rare));
            let is_rare = |level: &usize| counts[*level] < FEWEST_OF_A_LEVEL;
            (0..names.len())
                .filter(is_rare)
                .for_each(|level| inputs[level] = Some(pooled));
        }
        if inputs.iter().all(Option::is_none) {
            return Encoded::Nothing;
        }
        Encoded::Levels(inputs)
    }

    /// What is not zero of a lead: (input, value in standard deviations). The mean of a yes
    /// or no is left to the constant.
    #[must_use]
    pub fn row(&self, features: &[Feature], row: usize) -> Vec<(u32, f64)> {
        let mut cells = Vec::new();
        for (feature, encoded) in features.iter().zip(&self.of) {
            match (encoded, &feature.values) {
                (Encoded::Number(own, absent), Values::Numbers(values)) => match values[row] {
                    Some(value) => cells.push((*own, self.standard(*own, value))),
                    None => cells.extend(absent.map(|input| (input, self.standard(input, 1.0)))),
                },
                (Encoded::Levels(inputs), Values::Levels(codes, _)) => {
                    let input = inputs.get(codes[row] as usize).copied().flatten();
                    cells.extend(input.map(|input| (input, self.standard(input, 1.0))));
                }
                _ => {}
            }
        }
        cells
    }

    fn standard(&self, input: u32, value: f64) -> f64 {
        let input = &self.inputs[input as usize];
        match input.what {
            What::Number(mean) => (value - mean) / input.deviation,
            _ => value / input.deviation,
        }
    }
}

/// Standard deviation of a yes or no that `n` of `all` have.
fn spread(n: usize, all: usize) -> f64 {
    let share = n as f64 / all.max(1) as f64;
    (share * (1.0 - share)).sqrt().max(1e-6)
}

#[cfg(test)]
mod tests {
    use super::*;
    use polars::prelude::Column;

    fn frame(cells: &[Option<&str>]) -> DataFrame {
        let column = Column::new("c".into(), cells);
        frame::frame_of(cells.len(), vec![column])
    }

    #[test]
    fn a_column_is_one_of_numbers_where_every_cell_is_one() {
        let found = numbers(&frame(&[Some("1"), None, Some(" -2.5 "), Some(NONE)]), "c");
        assert_eq!(found, Some(vec![Some(1.0), None, Some(-2.5), None]));
        for odd in ["n/a", "inf", "NaN", "1,5", "0x3", "e", "12 kg"] {
            assert_eq!(numbers(&frame(&[Some("1"), Some(odd)]), "c"), None, "{odd}");
        }
        assert_eq!(numbers(&frame(&[None, Some(NONE)]), "c"), None);
    }

    #[test]
    fn rare_levels_are_pooled_and_the_most_frequent_is_the_measure() {
        let mut cells = vec![Some("a"); 60];
        cells.extend([Some("b"); 30]);
        cells.extend([Some("c"); 16]);
        cells.extend([Some("d"); 15]);
        cells.extend([None; 31]);
        let feature = of_column(&frame(&cells), "c");
        let rows: Vec<usize> = (0..cells.len()).collect();
        let features = [feature];
        let encoding = Encoding::of(&features, &rows);
        let names: Vec<(&str, u64)> = encoding
            .inputs
            .iter()
            .map(|input| match &input.what {
                What::Level(name, _) => (name.as_str(), input.n),
                _ => ("", 0),
            })
            .collect();
        assert_eq!(names, [(NONE, 31), ("b", 30), (OTHER, 31)]);
        assert!(encoding.row(&features, 0).is_empty());
        assert_eq!(encoding.row(&features, 95)[0].0, 2);
    }

    #[test]
    fn numbers_are_centred_and_absence_is_an_input_of_its_own() {
        let mut cells: Vec<Option<&str>> = (0..40)
            .map(|at| Some(if at % 2 == 0 { "1" } else { "3" }))
            .collect();
        cells.extend([None; 40]);
        let features = [of_column(&frame(&cells), "c")];
        let rows: Vec<usize> = (0..80).collect();
        let encoding = Encoding::of(&features, &rows);
        assert_eq!(encoding.inputs.len(), 2);
        assert_eq!(encoding.row(&features, 0), [(0, -1.0)]);
        assert_eq!(encoding.row(&features, 79), [(1, 2.0)]);
        let same = [of_column(&frame(&[Some("7"); 50]), "c")];
        assert_eq!(Encoding::of(&same, &rows[..50]).constant().count(), 1);
    }
}
