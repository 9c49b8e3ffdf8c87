//! How credit is given.

use super::config::{Config, CustomWeights, Word, Words};
use super::layers::Layers;
use super::table::{self, Row};
use crate::diagnostics::{Diagnostic, Failure, Location, codes};
use crate::domain::calendar::{DAY_MILLIS, Millis};

/// How credit is given.
#[derive(Debug, Clone, PartialEq)]
pub struct Attribution {
    /// Models as typed; the models know whether they exist. Empty: all of them.
    pub models: Vec<String>,
    /// What gets the credit, as typed; the inputs know whether it exists.
    pub target: Option<String>,
    /// How long before a conversion touches count.
    pub lookback: Option<Millis>,
    /// Only the first conversion of each owner counts.
    pub first_only: bool,
    /// A period holds the journeys that began in it, not those that converted in it.
    pub by_cohort: bool,
    /// Weights of the user's own, by name.
    pub custom: Vec<(String, CustomWeights)>,
    /// Channels that are direct traffic.
    pub direct: Vec<String>,
    /// Touches of one channel that follow each other count as one.
    pub collapse_repeats: bool,
    /// Draws of the bootstrap, 0 for no intervals; absent for the usual number.
    pub draws: Option<u64>,
    /// How many journeys are listed.
    pub top: usize,
    /// What holdout tests found.
    pub experiments: Vec<Experiment>,
}

/// What a holdout test found.
#[derive(Debug, Clone, PartialEq)]
pub struct Experiment {
    /// The channel that was left out.
    pub channel: String,
    /// Share of all conversions that it adds.
    pub lift: f64,
    /// Standard error of the lift, at least 0.
    pub error: f64,
    /// Where it stands.
    pub place: Location,
}

const DIRECT: &str = "Direct";
const TOP: usize = 20;
const ALL: &str = "all";

/// The settings of attribution.
pub fn attribution(config: &Config, layers: &Layers) -> Result<Attribution, Failure> {
    let table = &config.attribution;
    let list = |words: &Option<Words>| words.as_ref().map(Words::list);
    let models = list(&table.model).unwrap_or_default();
    Ok(Attribution {
        models: if models.iter().any(|model| model == ALL) {
            Vec::new()
        } else {
            models
        },
        target: table.target.clone(),
        lookback: lookback(config, layers)?,
        first_only: one_of(
            layers,
            "conversions",
            table.conversions.as_deref(),
            ["every", "first"],
        )? == 1,
        by_cohort: one_of(
            layers,
            "cost_by",
            table.cost_by.as_deref(),
            ["period", "cohort"],
        )? == 1,
        custom: custom(config, layers)?,
        direct: list(&table.direct).unwrap_or_else(|| vec![DIRECT.to_owned()]),
        collapse_repeats: table.collapse_repeats.unwrap_or(false),
        draws: table.draws.map(u64::from),
        top: config.paths.top.map_or(TOP, |top| top as usize),
        experiments: match table.experiment.as_deref() {
            Some(file) => experiments(layers, file)?,
            None => Vec::new(),
        },
    })
}

/// Which of the words it is; the first where none is given.
fn one_of(
    layers: &Layers,
    key: &str,
    word: Option<&str>,
    words: [&str; 2],
) -> Result<usize, Failure> {
    let place = word.map_or(Some(0), |word| {
        words.iter().position(|known| *known == word)
    });
    place.ok_or_else(|| {
        let text = format!(
            "`{}` is neither {} nor {}",
            word.unwrap_or_default(),
            words[0],
            words[1]
        );
        layers
            .complaint(&format!("attribution.{key}"), &text)
            .into()
    })
}

fn lookback(config: &Config, layers: &Layers) -> Result<Option<Millis>, Failure> {
    let Some(word) = config.attribution.lookback.as_ref().map(Word::text) else {
        return Ok(None);
    };
    let days = word.strip_suffix('d').unwrap_or(&word);
    match days.parse::<f64>() {
        _ if word == "none" => Ok(None),
        Ok(days) if days.is_finite() && days >= 0.0 => {
            Ok(Some((days * DAY_MILLIS as f64) as Millis))
        }
        _ => {
            let text = format!("`{word}` is no number of days and not `none`");
            Err(layers.complaint("attribution.lookback", &text).into())
        }
    }
}

/// Weights of the user's own; they sum to 100, up to what a hand rounds.
fn custom(config: &Config, layers: &Layers) -> Result<Vec<(String, CustomWeights)>, Failure> {
    let list = config.attribution.custom.iter();
    list.map(|(name, weights)| {
        let all = [
            weights.first,
            weights.lead,
            weights.opportunity,
            weights.last,
            weights.middle,
        ];
        let sum: f64 = all.iter().sum();
        if all.iter().any(|part| !part.is_finite() || *part < 0.0) || (sum - 100.0).abs() > 0.01 {
            let text = format!(
                "the parts of `{name}` are not five numbers from 0 that sum to 100, but {sum}"
            );
            return Err(layers
                .complaint(&format!("attribution.custom.{name}"), &text)
                .into());
        }
        Ok((name.clone(), *weights))
    })
    .collect()
}

/// The rows of a file with the columns `channel`, `lift`, `standard_error`.
fn experiments(layers: &Layers, file: &str) -> Result<Vec<Experiment>, Failure> {
    let rows = table::rows(&layers.located("attribution.experiment", file), file)?;
    let experiment = |row: &Row| {
        let place = Location::line(file, row.line);
        let (lift, error) = (
            row.number("lift", file)?,
            row.number("standard_error", file)?,
        );
        if lift.abs() > 1.0 || error < 0.0 {
            let text =
                format!("lift {lift} with standard error {error} is no share of the conversions");
            return Err(Diagnostic::new(&codes::BAD_NUMBER, text)
                .at(place)
                .hint("write fractions: 0.12 for 12 %")
                .into());
        }
        Ok(Experiment {
            channel: row.cell("channel", file)?.to_owned(),
            lift,
            error,
            place,
        })
    };
    rows.iter().map(experiment).collect()
}
