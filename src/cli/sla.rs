//! What can be typed for `leadflow sla`.

use clap::Args;

use super::{Gates, Reading, What, Writing};

/// How fast leads are answered, which promises are kept, who has how much to work
#[derive(Debug, Clone, Default, Args)]
#[command(after_help = "\
Examples:
  leadflow sla leads.csv activities.csv
  leadflow sla --period 2026-10 --by owner        promises kept by each owner
  leadflow sla --by month --table compliance_by --format csv

Promises stand in leadflow.toml:
  [[sla]]
  from = \"lead\"
  to = \"first_attempt\"
  within = \"5min\"
  calendar = \"office\"       # [calendar.office] hours = \"09:00-17:00\"")]
pub struct SlaArgs {
    /// Exports of leads and activities; without them the inputs of leadflow.toml
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
