//! What can be typed for `leadflow inspect`.

use clap::Args;

use super::{Gates, Reading, What, Writing};

/// What each file is, what is wrong with it, and how well the files join
#[derive(Debug, Clone, Default, Args)]
#[command(after_help = "\
Examples:
  leadflow inspect exports/*.csv
  leadflow inspect                          the inputs of leadflow.toml
  leadflow inspect leads.csv --lax --rejects bad-rows.csv
  leadflow inspect --format json | jq '.tables.problems'")]
pub struct InspectArgs {
    /// Files to look at; without them the inputs of leadflow.toml
    #[arg(value_name = "FILES")]
    pub files: Vec<String>,
    #[command(flatten)]
    pub what: What,
    #[command(flatten)]
    pub reading: Reading,
    #[command(flatten)]
    pub writing: Writing,
    #[command(flatten)]
    pub gates: Gates,
}
