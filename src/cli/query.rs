//! What can be typed for `leadflow query`.

use clap::Args;

use super::{Gates, Reading, What, Writing};

/// SQL over the tables that figures are computed from
#[derive(Debug, Clone, Default, Args)]
#[command(after_help = "\
Examples:
  leadflow query \"select channel, count(*) as leads from leads group by channel\"
  leadflow query \"select id, amount, won_at from deals where won order by amount desc limit 10\"
  leadflow query \"select strftime(created, '%Y-%m') as month, count(*) as n from leads group by month\"
  leadflow query tables                    which tables and columns there are
  leadflow query \"select * from leads\" leads.csv --format csv -o clean.csv

Tables: leads, deals, stage_events, stage_counts, visits, spend, activities, owners, billing,
feedback. Times are local times of the report zone, amounts are in units of the report currency,
`source_file` and `source_line` say where a row stands. Touches are no table: see attribution and
funnel --steps.")]
pub struct QueryArgs {
    /// SELECT ..., or the word `tables`
    #[arg(value_name = "SQL")]
    pub sql: String,
    /// Exports; without them the inputs of leadflow.toml
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
