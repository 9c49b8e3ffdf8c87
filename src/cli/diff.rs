//! What can be typed for `leadflow diff`.

use clap::Args;

use super::Writing;

/// What changed between two reports
///
/// Both are JSON or HTML files that leadflow wrote, or folders of a report. Rows are matched
/// by name. Tables by dimensions (`..._by`) are left out without --all.
#[derive(Debug, Clone, Default, Args)]
#[command(after_help = "\
Examples:
  leadflow diff report-2026-09 report-2026-10
  leadflow diff old.json report-2026-10/report.html --format markdown
  leadflow diff old.json new.json --all --table figures --format csv -o changes.csv

A change is more than chance where the 95 % interval of the difference of two rates leaves 0 out,
or where two counts differ by more than their scatter. Two reports of one period are not judged so:
what differs there was restated.")]
pub struct DiffArgs {
    /// The older report: a JSON or HTML file, or a folder
    #[arg(value_name = "OLD")]
    pub old: String,
    /// The newer one
    #[arg(value_name = "NEW")]
    pub new: String,
    /// Tables by dimensions too
    #[arg(long)]
    pub all: bool,
    #[command(flatten)]
    pub writing: Writing,
}
