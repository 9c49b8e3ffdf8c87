//! What can be typed for `leadflow flywheel`.

use clap::Args;

use super::{Gates, Reading, What, Writing};

/// Customers over time: retention, referrals, speed, friction
#[derive(Debug, Clone, Default, Args)]
#[command(after_help = "\
Examples:
  leadflow flywheel billing.csv leads.csv deals.csv
  leadflow flywheel --period 2026-Q3 --base year-before
  leadflow flywheel --by plan                    retention by a column of billing or deals
  leadflow flywheel --table cohorts --format csv

Periods are whole months: without --period the last complete one.")]
pub struct FlywheelArgs {
    /// Exports of billing, leads, deals, feedback, cost; without them the inputs of leadflow.toml
    #[arg(value_name = "FILES")]
    pub files: Vec<String>,
    /// What indices and friction are measured against: previous, year-before, or a period
    #[arg(long, value_name = "PERIOD", help_heading = "What")]
    pub base: Option<String>,
    #[command(flatten)]
    pub what: What,
    #[command(flatten)]
    pub reading: Reading,
    #[command(flatten)]
    pub writing: Writing,
    #[command(flatten)]
    pub gates: Gates,
}
