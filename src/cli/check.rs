//! What can be typed for `leadflow check`.

use clap::Args;

use super::{Gates, Reading, What, Writing};

/// Check figures against thresholds, and write nothing else
///
/// Runs the `[[check]]` list of leadflow.toml and every --check, as `report` does. Without
/// --period it is the last month that is complete at the as-of moment.
#[derive(Debug, Clone, Default, Args)]
#[command(after_help = "\
Examples:
  leadflow check                                      the [[check]] list of leadflow.toml
  leadflow check --list                               what can be checked
  leadflow check --check 'mql_to_sql >= 20% confident' --check 'warn lead vs prev >= -15%'
  leadflow check leads.csv --period 2026-10 --check 'lead{channel=*} >= 10'

In leadflow.toml:
  [[check]]
  that = \"roi{channel=SEO} >= 0 min_n=10\"

Exit status: 0 all hold; 1 one does not; 2 a check cannot be understood.")]
pub struct CheckArgs {
    /// Exports; without them the inputs of leadflow.toml
    #[arg(value_name = "FILES")]
    pub files: Vec<String>,
    /// List what can be checked: figures, dimensions, units, what they are now
    #[arg(long, conflicts_with = "checks")]
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
