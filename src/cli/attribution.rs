//! What can be typed for `leadflow attribution`.

use clap::Args;

use super::{Gates, Journeys, Reading, What, Writing};

/// Credit per channel under each model, with intervals
#[derive(Debug, Clone, Default, Args)]
#[command(after_help = "\
Examples:
  leadflow attribution touches.csv deals.csv leads.csv --lookback 90
  leadflow attribution --target mql --by kind --model first,linear,w
  leadflow attribution touches.csv --target purchase --model markov:auto
  leadflow attribution paths.csv --model position:50/0/50 --table credit --format csv

touches.csv has a row per touch: who, when, a channel; a lead's touches are found by its
id. paths.csv holds ready-made journeys: path (`a > b > c`), conversions, value,
non-converting.
`leadflow explain markov` (or any model) tells its rule.")]
pub struct AttributionArgs {
    /// Tables of touches or of journeys; without them the inputs of leadflow.toml
    #[arg(value_name = "FILES")]
    pub files: Vec<String>,
    /// Models, such as linear or position:40/20/40,markov:2; all [default: all]
    #[arg(
        long,
        value_name = "MODELS",
        value_delimiter = ',',
        help_heading = "What"
    )]
    pub model: Vec<String>,
    #[command(flatten)]
    pub journeys: Journeys,
    /// Whose conversions stand against the cost of a period [default: period]
    ///
    /// period: those that happened in it; cohort: those of the people whose journey
    /// began in it, whenever they converted.
    #[arg(long, value_name = "WHICH", help_heading = "What", value_parser = ["period", "cohort"])]
    pub cost_by: Option<String>,
    /// Draws of the bootstrap behind the intervals; 0: no intervals [default: 500]
    #[arg(long, value_name = "N", help_heading = "What")]
    pub draws: Option<u32>,
    /// Results of holdout tests to set beside the credit: channel, lift, standard_error
    ///
    /// `lift` is the share of all conversions that the test found the channel to add
    /// (0.12), `standard_error` that of the lift.
    #[arg(long, value_name = "FILE", help_heading = "What")]
    pub experiment: Option<String>,
    #[command(flatten)]
    pub what: What,
    #[command(flatten)]
    pub reading: Reading,
    #[command(flatten)]
    pub writing: Writing,
    #[command(flatten)]
    pub gates: Gates,
}
