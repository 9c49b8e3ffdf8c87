//! How credit is given.

use super::config::{Config, Words};
use super::layers::Layers;
use super::table::{self, Row};
use crate::diagnostics::{Diagnostic, Failure, Location, codes};

/// How credit is given.
#[derive(Debug, Clone, PartialEq)]
pub struct Attribution {
    /// Models as typed; the models know whether they exist. Empty: all of them.
    pub models: Vec<String>,
    /// Channels that are direct traffic.
    pub direct: Vec<String>,
    /// Touches of one channel that follow each other count as one.
    pub collapse_repeats: bool,
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
        direct: list(&table.direct).unwrap_or_else(|| vec![DIRECT.to_owned()]),
        collapse_repeats: table.collapse_repeats.unwrap_or(false),
        top: config.paths.top.map_or(TOP, |top| top as usize),
        experiments: match table.experiment.as_deref() {
            Some(file) => experiments(layers, file)?,
            None => Vec::new(),
        },
    })
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
