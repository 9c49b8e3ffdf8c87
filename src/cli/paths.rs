//! What can be typed for `leadflow paths`.

use clap::Args;

use super::{Gates, Journeys, Reading, What, Writing};

/// The most frequent journeys, how long they are, which channels are met together
#[derive(Debug, Clone, Default, Args)]
#[command(after_help = "\
Examples:
  leadflow paths touches.csv deals.csv leads.csv --lookback 90
  leadflow paths paths.csv
  leadflow paths paths.csv --top 50 --collapse-repeats
  leadflow paths paths.csv --table overlap --format csv")]
pub struct PathsArgs {
    /// Tables of touches or of journeys; without them the inputs of leadflow.toml
    #[arg(value_name = "FILES")]
    pub files: Vec<String>,
    /// How many journeys are listed; the others stand together [default: 20]
    #[arg(long, value_name = "N", help_heading = "What")]
    pub top: Option<u32>,
    #[command(flatten)]
    pub journeys: Journeys,
    #[command(flatten)]
    pub what: What,
    #[command(flatten)]
    pub reading: Reading,
    #[command(flatten)]
    pub writing: Writing,
    #[command(flatten)]
    pub gates: Gates,
}
