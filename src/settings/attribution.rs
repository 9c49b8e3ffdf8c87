//! How credit is given.

use super::config::{Config, Words};

/// How credit is given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attribution {
    /// Models as typed; the models know whether they exist. Empty: all of them.
    pub models: Vec<String>,
    /// Channels that are direct traffic.
    pub direct: Vec<String>,
    /// Touches of one channel that follow each other count as one.
    pub collapse_repeats: bool,
    /// How many journeys are listed.
    pub top: usize,
}

const DIRECT: &str = "Direct";
const TOP: usize = 20;
const ALL: &str = "all";

/// The settings of attribution.
pub fn attribution(config: &Config) -> Attribution {
    let table = &config.attribution;
    let list = |words: &Option<Words>| words.as_ref().map(Words::list);
    let models = list(&table.model).unwrap_or_default();
    Attribution {
        models: if models.iter().any(|model| model == ALL) {
            Vec::new()
        } else {
            models
        },
        direct: list(&table.direct).unwrap_or_else(|| vec![DIRECT.to_owned()]),
        collapse_repeats: table.collapse_repeats.unwrap_or(false),
        top: config.paths.top.map_or(TOP, |top| top as usize),
    }
}
