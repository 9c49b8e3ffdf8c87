//! What can be typed for `leadflow score`.

use clap::Args;

use super::{Gates, Reading, What, Writing};

/// Whether a score column ranks leads, can be believed, drifts, and where to cut
#[derive(Debug, Clone, Default, Args)]
#[command(after_help = "\
Examples:
  leadflow score leads.csv deals.csv
  leadflow score --target mql --where \"channel = 'SEO'\"
  leadflow score --table bands --format csv

The column is mapped in [input.columns]: score = \"HubSpot Score\".")]
pub struct ScoreArgs {
    /// Exports; without them the inputs of leadflow.toml
    #[arg(value_name = "FILES")]
    pub files: Vec<String>,
    /// Stage that counts as conversion [default: the last one that is known]
    #[arg(long, value_name = "STAGE", help_heading = "What")]
    pub target: Option<String>,
    #[command(flatten)]
    pub what: What,
    #[command(flatten)]
    pub reading: Reading,
    #[command(flatten)]
    pub writing: Writing,
    #[command(flatten)]
    pub gates: Gates,
}
