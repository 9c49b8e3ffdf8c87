//! The models, one file each, in reading order.
//!
//! A model is named as in `--model`: a word, and behind a colon what can be set. It
//! prepares itself once on the journeys and then gives the credit for any counts of
//! their paths, so that the bootstrap asks for the counts of a draw only.

mod decay;
mod first;
mod last;
mod last_non_direct;
mod linear;
pub mod markov;
pub mod milestones;
mod participation;
mod position;
pub mod shapley;
mod shapley_rate;

use super::credit::{Credit, Shares};
use super::journeys::{Counts, Journeys, Totals};
use super::walk::Timed;

/// A model with its parameters.
pub trait Model {
    /// As in the output: `position:40/20/40`.
    fn name(&self) -> String;
    /// The rule in one sentence.
    fn rule(&self) -> String;
    /// The model itself where it divides a journey by its times.
    fn timed(&self) -> Option<&dyn Timed> {
        None
    }
    /// True where the touches must have times.
    fn needs_times(&self) -> bool {
        self.timed().is_some()
    }
    /// True where credit may sum to more than there is, by definition.
    fn overlaps(&self) -> bool {
        false
    }
    /// True where the last touch of a journey that converted is all that it looks at.
    fn by_last_touch(&self) -> bool {
        false
    }
    /// The most channels that it can take; absent for any number.
    fn most_channels(&self) -> Option<usize> {
        None
    }
    /// The model on these journeys, ready for any counts of their paths. One that needs
    /// times gives nothing here.
    fn prepare<'j>(&self, journeys: &'j Journeys) -> Box<dyn Prepared + 'j> {
        Box::new(Shares::new(journeys, |_, _| {}))
    }
}

/// A model that has seen the paths. All that it needs of the counts are sums to which
/// every path adds in proportion, so that a draw of the bootstrap is a sum of sums.
pub trait Prepared {
    /// How many sums there are.
    fn size(&self) -> usize;

    /// Adds what journeys over a path contribute.
    fn add(&self, path: usize, totals: Totals, sums: &mut [f64]);

    /// The credit under these sums.
    fn credit(&self, sums: &[f64]) -> Credit;

    /// The same for a draw, where some digits less will do.
    fn redrawn(&self, sums: &[f64]) -> Credit {
        self.credit(sums)
    }

    /// A model of few sums that gives nearly the same conversions for counts near these,
    /// where one has more sums than can be drawn five hundred times.
    fn linearised(&self, _counts: &Counts) -> Option<Box<dyn Prepared + '_>> {
        None
    }

    /// False where draws of the bootstrap would take too long; it then has no intervals.
    fn is_drawn(&self) -> bool {
        true
    }

    /// The sums of all paths.
    fn sums(&self, counts: &Counts) -> Vec<f64> {
        let mut sums = vec![0.0; self.size()];
        for path in 0..counts.len() {
            self.add(path, counts.of(path), &mut sums);
        }
        sums
    }

    /// The credit under these counts.
    fn credit_of(&self, counts: &Counts) -> Credit {
        self.credit(&self.sums(counts))
    }
}

/// A model, or what is wrong with its parameter.
pub type Made = Result<Box<dyn Model>, String>;

/// A kind of model.
pub struct Kind {
    /// Its word in `--model`.
    pub name: &'static str,
    /// What stands behind the colon; empty where nothing may.
    pub parameter: &'static str,
    /// What it does, for `explain`.
    pub doc: &'static str,
    /// The model with this parameter, or what is wrong with it.
    pub make: fn(Option<&str>) -> Made,
    /// The model as it stands beside the others, by what is known of the journeys; absent
    /// where that is not enough, and for one that is computed on request only.
    pub beside: fn(Known) -> Option<Box<dyn Model>>,
}

/// What is known of journeys.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Known {
    /// The order of the touches.
    Paths,
    /// When each touch happened.
    Times,
    /// Also when leads and opportunities were made.
    Stages,
}

/// Every kind of model, in reading order.
pub const ALL: &[Kind] = &[
    first::KIND,
    last::KIND,
    last_non_direct::KIND,
    linear::KIND,
    position::KIND,
    position::J,
    position::INVERSE_J,
    decay::KIND,
    milestones::U_HUBSPOT,
    milestones::U_MARKETO,
    milestones::W,
    milestones::FULL_PATH,
    participation::KIND,
    shapley::KIND,
    shapley::ORDERED,
    shapley_rate::KIND,
    markov::KIND,
    milestones::CUSTOM,
];

/// Why `--model` names no model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BadModel {
    /// No kind has this name.
    Unknown(String),
    /// The parameter makes no sense; what is wrong, in words.
    Parameter(String),
}

/// The model that a word names: `linear`, `position:40/20/40`, `markov:2`.
///
/// # Errors
/// [`BadModel`].
pub fn parse(text: &str) -> Result<Box<dyn Model>, BadModel> {
    let (name, parameter) = match text.split_once(':') {
        Some((name, parameter)) => (name, Some(parameter)),
        None => (text, None),
    };
    let kind = ALL
        .iter()
        .find(|kind| kind.name == name)
        .ok_or_else(|| BadModel::Unknown(name.to_owned()))?;
    if let Some(parameter) = parameter.filter(|_| kind.parameter.is_empty()) {
        let text = format!("`{name}` takes no parameter, so not `{parameter}`");
        return Err(BadModel::Parameter(text));
    }
    (kind.make)(parameter).map_err(BadModel::Parameter)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::attribution::journeys::tests::journeys;

    fn all() -> Vec<Box<dyn Model>> {
        // Custom weights have no meaning before somebody gives them.
        let kinds = ALL.iter().filter(|kind| kind.name != "custom");
        kinds.map(|kind| (kind.make)(None).unwrap()).collect()
    }

    fn credit(model: &dyn Model, rows: &[(&str, f64, f64, f64)]) -> Credit {
        let journeys = journeys(rows);
        model.prepare(&journeys).credit_of(&journeys.counts)
    }

    const ROWS: &[(&str, f64, f64, f64)] = &[
        ("a > b > a", 3.0, 30.0, 2.0),
        ("b", 1.0, 5.0, 4.0),
        ("a > d", 2.0, 8.0, 1.0),
        ("c > b > d > d", 1.5, -4.0, 0.0),
        ("d", 0.0, 0.0, 3.0),
        ("c > a", 0.0, 0.0, 2.0),
    ];

    #[test]
    fn names_are_unique_and_read_back() {
        for model in all().iter().filter(|model| !model.needs_times()) {
            let again = parse(&model.name()).map_err(|_| model.name());
            assert_eq!(again.map(|again| again.rule()), Ok(model.rule()));
        }
        let mut names: Vec<&str> = ALL.iter().map(|kind| kind.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), ALL.len());
        assert_eq!(parse("lst").err(), Some(BadModel::Unknown("lst".into())));
        assert!(matches!(parse("first:2"), Err(BadModel::Parameter(_))));
    }

    #[test]
    fn credit_sums_to_what_there_is() {
        for model in all()
            .iter()
            .filter(|model| !model.overlaps() && !model.needs_times())
        {
            let credit = credit(model.as_ref(), ROWS);
            let conversions: f64 = credit.conversions.iter().sum();
            let value: f64 = credit.value.iter().sum();
            let name = model.name();
            assert!((conversions - 7.5).abs() < 1e-9, "{name}: {conversions}");
            assert!((value - 39.0).abs() < 1e-9, "{name}: {value}");
        }
    }

    #[test]
    fn with_one_touch_all_models_agree() {
        let rows = [
            ("a", 3.0, 9.0, 1.0),
            ("b", 1.0, 2.0, 5.0),
            ("d", 2.0, 4.0, 4.0),
        ];
        let beside = ALL.iter().filter_map(|kind| (kind.beside)(Known::Paths));
        for model in beside {
            let credit = credit(model.as_ref(), &rows);
            for (found, wanted) in credit.conversions.iter().zip([3.0, 1.0, 2.0]) {
                assert!((found - wanted).abs() < 1e-9, "{}", model.name());
            }
        }
    }

    #[test]
    fn splitting_rows_and_names_change_nothing() {
        let halves: Vec<(&str, f64, f64, f64)> = ROWS
            .iter()
            .flat_map(|(path, c, v, z)| [(*path, c / 2.0, v / 2.0, z / 2.0); 2])
            .collect();
        let renamed: Vec<(String, f64, f64, f64)> = ROWS
            .iter()
            .map(|(path, c, v, z)| (path.replace('a', "z"), *c, *v, *z))
            .collect();
        let renamed: Vec<(&str, f64, f64, f64)> = renamed
            .iter()
            .map(|(path, c, v, z)| (path.as_str(), *c, *v, *z))
            .collect();
        for model in all().iter().filter(|model| !model.needs_times()) {
            let plain = credit(model.as_ref(), ROWS).conversions;
            let split = credit(model.as_ref(), &halves).conversions;
            let other = credit(model.as_ref(), &renamed).conversions;
            // a b c d against b c d z.
            let turned = [plain[1], plain[2], plain[3], plain[0]];
            for place in 0..4 {
                assert!(
                    (plain[place] - split[place]).abs() < 1e-9,
                    "{}",
                    model.name()
                );
                assert!(
                    (turned[place] - other[place]).abs() < 1e-9,
                    "{}",
                    model.name()
                );
            }
        }
    }
}
