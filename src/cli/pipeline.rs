//! What can be typed for `leadflow pipeline`.

use clap::Args;

use super::{Gates, Reading, What, Writing};

/// Open deals by stage, what moved, win rates, velocity, forecast
#[derive(Debug, Clone, Default, Args)]
#[command(after_help = "\
Examples:
  leadflow pipeline deals.csv
  leadflow pipeline --period 2026-Q3 --by owner
  leadflow pipeline --list                       every open deal, and why it stands out
  leadflow pipeline --list --since 2026-09-30    and what changed after that day
  leadflow pipeline --period 2026-Q3 --closing 2026-Q3
  leadflow pipeline --list --where \"owner = 'Anna'\" --format csv")]
pub struct PipelineArgs {
    /// Exports of deals; without them the inputs of leadflow.toml
    #[arg(value_name = "FILES")]
    pub files: Vec<String>,
    /// Every open deal: owner, stage, age, amount, planned close, and why it stands out
    #[arg(long, help_heading = "What")]
    pub list: bool,
    /// With --list: what changed after this day: stage, amount, planned close, owner
    #[arg(long, value_name = "DAY", requires = "list", help_heading = "What")]
    pub since: Option<String>,
    /// Movement of the deals planned to close in this period alone: what was pulled in and
    /// pushed out of it
    #[arg(long, value_name = "PERIOD", help_heading = "What")]
    pub closing: Option<String>,
    #[command(flatten)]
    pub what: What,
    #[command(flatten)]
    pub reading: Reading,
    #[command(flatten)]
    pub writing: Writing,
    #[command(flatten)]
    pub gates: Gates,
}
