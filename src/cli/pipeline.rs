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
  leadflow pipeline --list --where \"owner = 'Anna'\" --format csv")]
pub struct PipelineArgs {
    /// Exports of deals; without them the inputs of leadflow.toml
    #[arg(value_name = "FILES")]
    pub files: Vec<String>,
    /// Every open deal: owner, stage, age, amount, planned close, and why it stands out
    #[arg(long, help_heading = "What")]
    pub list: bool,
    #[command(flatten)]
    pub what: What,
    #[command(flatten)]
    pub reading: Reading,
    #[command(flatten)]
    pub writing: Writing,
    #[command(flatten)]
    pub gates: Gates,
}
