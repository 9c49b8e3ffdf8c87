//! What can be typed for `leadflow leaks`.

use clap::Args;

use super::{Gates, Reading, What, Writing};

/// Where people and money are lost, ranked by money
#[derive(Debug, Clone, Default, Args)]
#[command(after_help = "\
Examples:
  leadflow leaks leads.csv deals.csv activities.csv
  leadflow leaks --period 2026-Q3
  leadflow leaks --ids --format csv               the record ids behind every line

Thresholds stand in leadflow.toml:
  [leaks]
  no_follow_up_days = 10
  attempts = 6")]
pub struct LeaksArgs {
    /// Exports of leads, deals and activities; without them the inputs of leadflow.toml
    #[arg(value_name = "FILES")]
    pub files: Vec<String>,
    /// The ids of the records behind every line, in place of the lines
    #[arg(long, help_heading = "What")]
    pub ids: bool,
    #[command(flatten)]
    pub what: What,
    #[command(flatten)]
    pub reading: Reading,
    #[command(flatten)]
    pub writing: Writing,
    #[command(flatten)]
    pub gates: Gates,
}
