//! What can be typed for `leadflow attribution`.

use clap::Args;

use super::{Gates, Reading, What, Writing};

/// Credit per channel under each model, with intervals
#[derive(Debug, Clone, Default, Args)]
#[command(after_help = "\
Examples:
  leadflow attribution paths.csv                      every model side by side
  leadflow attribution paths.csv --model linear,markov:2
  leadflow attribution paths.csv --model position:50/0/50 --table credit --format csv
  leadflow attribution paths.csv --direct 'Direct,(none)' --collapse-repeats

paths.csv holds ready-made journeys: path (`a > b > c`), conversions, value, non-converting.
`leadflow explain markov` (or any model) tells its rule.")]
pub struct AttributionArgs {
    /// Tables of journeys; without them the inputs of leadflow.toml
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
    /// Channels that are direct traffic [default: Direct]
    #[arg(
        long,
        value_name = "NAMES",
        value_delimiter = ',',
        help_heading = "What"
    )]
    pub direct: Vec<String>,
    /// Count touches of one channel that follow each other as one
    #[arg(long, help_heading = "What")]
    pub collapse_repeats: bool,
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
