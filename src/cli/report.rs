//! What can be typed for `leadflow report`.

use clap::Args;

use super::{Gates, Reading, What, Writing};

/// Write the report of a month: tables, charts and a summary in one folder
///
/// Without --period it is the last month that is complete at the as-of moment. The
/// folder is `report-<period>` here unless --out names another. With --format and
/// without --out that one format is printed instead.
#[derive(Debug, Clone, Default, Args)]
#[command(after_help = "\
Examples:
  leadflow report                                    the last complete month, into report-2026-10/
  leadflow report -c acme/leadflow.toml --period 2026-Q3 --out q3/
  leadflow report exports/*.csv --format markdown    print it
  leadflow report --period last-month --as-of 2026-11-01 --quiet")]
pub struct ReportArgs {
    /// Exports; without them the inputs of leadflow.toml
    #[arg(value_name = "FILES")]
    pub files: Vec<String>,
    /// Divide revenue among touches by a model of `attribution`, such as linear or markov:2
    /// [default: a deal counts for the channel of its lead]
    #[arg(long = "model", value_name = "MODEL", help_heading = "What")]
    pub revenue_model: Option<String>,
    /// Earlier report (folder, JSON or page) whose figures are computed again from today's data:
    /// what reads differently is said [default: the period before, beside this one; none]
    #[arg(long, value_name = "REPORT", help_heading = "What")]
    pub previous: Option<String>,
    /// Print the input lines behind a number, such as 'mql{channel="SEO"}'
    #[arg(long, value_name = "KEY{DIM=VALUE}", help_heading = "What")]
    pub rows: Option<String>,
    #[command(flatten)]
    pub what: What,
    #[command(flatten)]
    pub reading: Reading,
    #[command(flatten)]
    pub writing: Writing,
    #[command(flatten)]
    pub gates: Gates,
}
