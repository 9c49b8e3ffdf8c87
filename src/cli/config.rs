//! What can be typed for `leadflow config`.

use clap::{Args, Subcommand};

use super::{Gates, Reading, What, Writing};

/// Show the settings in force
#[derive(Debug, Clone, Args)]
#[command(
    arg_required_else_help = true,
    after_help = "\
Examples:
  leadflow config show
  leadflow config show --origin             with the file and line, variable or flag"
)]
pub struct ConfigArgs {
    #[command(subcommand)]
    pub command: ConfigCommand,
}

/// What to do with the configuration.
#[derive(Debug, Clone, Subcommand)]
pub enum ConfigCommand {
    Show(Box<ShowArgs>),
}

/// Print every setting and its value
#[derive(Debug, Clone, Default, Args)]
#[command(after_help = "\
Examples:
  leadflow config show --origin
  LEADFLOW_TZ=Asia/Manila leadflow config show --origin
  leadflow config show --origin --set funnel.horizon_days=60")]
pub struct ShowArgs {
    /// Also where each value comes from
    #[arg(long)]
    pub origin: bool,
    #[command(flatten)]
    pub what: What,
    #[command(flatten)]
    pub reading: Reading,
    #[command(flatten)]
    pub writing: Writing,
    #[command(flatten)]
    pub gates: Gates,
}

impl ConfigArgs {
    /// The options of the one sub-command there is.
    #[must_use]
    pub fn show(&self) -> &ShowArgs {
        let ConfigCommand::Show(show) = &self.command;
        show
    }
}
