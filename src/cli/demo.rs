//! What can be typed for `leadflow demo`.

use clap::Args;

/// Write the exports of a made-up company of any size
///
/// Contacts, deals and activities as a CRM exports them, the log of the deals and their exports
/// of earlier months, the sales team, web analytics, advertising, a time sheet, bills and a
/// survey, and the leadflow.toml that reads them. The company has the dirt of real months and
/// effects that can be found: quick answers go with better leads, unhappy customers leave.
#[derive(Debug, Clone, Args)]
#[command(after_help = "\
Examples:
  leadflow demo --out acme/                 then: leadflow report -c acme/leadflow.toml
  leadflow demo --rows 100000 --out big/
  leadflow demo --months 36 --seed 7 --out long/
  leadflow demo --shape salesforce --out sf/    the CRM alone, as another system writes it")]
pub struct DemoArgs {
    /// How many leads
    #[arg(long, value_name = "N", default_value_t = 5_000)]
    pub rows: u64,
    /// How many months of history
    #[arg(long, value_name = "N", default_value_t = 18, value_parser = clap::value_parser!(u32).range(1..=600))]
    pub months: u32,
    /// Which files tell of the company
    ///
    /// whole: all of its exports. The others have its leads and deals alone, all with the same
    /// truth: hubspot and wide with one date per stage, salesforce and long with one row per
    /// change, snapshots with nothing but the state at the end of each month.
    #[arg(long, value_name = "SHAPE", default_value = "whole",
        value_parser = ["whole", "hubspot", "salesforce", "wide", "long", "snapshots"])]
    pub shape: String,
    /// Folder to write into
    #[arg(short, long, value_name = "DIR")]
    pub out: String,
    /// Another company: the same seed gives the same bytes
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub seed: u64,
    /// Fail where a file exists
    #[arg(long)]
    pub no_clobber: bool,
}
