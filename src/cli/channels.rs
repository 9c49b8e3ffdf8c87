//! What can be typed for `leadflow channels`.

use clap::Args;

use super::{Gates, Reading, What, Writing};

/// Per channel: visits, stages, cost, cost per stage, revenue, ROI with its interval
#[derive(Debug, Clone, Default, Args)]
#[command(after_help = "\
Examples:
  leadflow channels exports/*.csv --period 2026-Q3
  leadflow channels --by campaign --format csv -o campaigns.csv
  leadflow channels --basis cohort --period 2026-01..2026-06
  leadflow channels --model linear --period 2026-Q3    revenue by the touches before it
  leadflow channels --rows 'customer{channel=SEO}'   the lines behind that number")]
pub struct ChannelsArgs {
    /// Exports; without them the inputs of leadflow.toml
    #[arg(value_name = "FILES")]
    pub files: Vec<String>,
    /// What revenue is set against the cost of the period [default: period]
    ///
    /// period: deals won in it; cohort: deals won, within the horizon, by the leads
    /// created in it.
    #[arg(long, value_name = "BASIS", help_heading = "What", value_parser = ["period", "cohort"])]
    pub basis: Option<String>,
    /// Divide revenue among touches by a model of `attribution`, such as linear or markov:2
    /// [default: a deal counts for the channel of its lead]
    #[arg(long = "model", value_name = "MODEL", help_heading = "What")]
    pub revenue_model: Option<String>,
    /// Print the input lines behind a number, such as 'customer{channel=SEO}'
    #[arg(long, value_name = "KEY{DIM=VALUE}", help_heading = "What")]
    pub rows: Option<String>,
    #[command(flatten)]
    pub what: What,
    #[command(flatten)]
    pub reading: Reading,
    #[command(flatten)]
    pub writing: Writing,
    #[command(flatten)]
    pub gates: Gates,
}
