//! What can be typed for `leadflow export`.

use clap::Args;

use super::{Gates, Reading, What, Writing};

/// The canonical tables as Parquet or CSV: cleaned, joined, one row per lead and deal
#[derive(Debug, Clone, Default, Args)]
#[command(after_help = "\
Examples:
  leadflow export --out tables/                       every table as Parquet
  leadflow export exports/*.csv --out tables/ --format csv
  leadflow export --table leads > leads.csv           one table
  leadflow export --table deals -o deals.parquet
  leadflow funnel -c tables/leadflow.toml             the same figures from the exported tables

The folder also holds leadflow.toml, which reads the tables again, and manifest.json, which is
written last. Moments carry their offset, amounts are decimals in the report currency.
E-mail addresses and telephone numbers are replaced by pseudonyms, the same in every table;
--include-pii writes them as they are, --pii-key-file makes the pseudonyms the same in every run.
`leadflow query tables` shows which tables and columns there are.")]
pub struct ExportArgs {
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
