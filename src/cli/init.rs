//! What can be typed for `leadflow init`.

use clap::Args;

use super::Reading;

/// Recognise exports and write a commented leadflow.toml for them
#[derive(Debug, Clone, Default, Args)]
#[command(after_help = "\
Examples:
  leadflow init                             for the files of this directory
  leadflow init exports/*.csv --dry-run     print it, write nothing
  leadflow init exports/*.csv --tz Europe/Berlin --force")]
pub struct InitArgs {
    /// Exports; without them those in this directory
    #[arg(value_name = "FILES")]
    pub files: Vec<String>,
    /// Print the configuration and write nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Replace a leadflow.toml that exists
    #[arg(long)]
    pub force: bool,
    #[command(flatten)]
    pub reading: Reading,
}
