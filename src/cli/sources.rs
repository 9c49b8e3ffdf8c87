//! What can be typed for `leadflow sources`.

use clap::Args;

/// List the exports that are recognised
#[derive(Debug, Clone, Default, Args)]
#[command(after_help = "\
Examples:
  leadflow sources
  leadflow sources hubspot-contacts         how it is recognised and mapped")]
pub struct SourcesArgs {
    /// One of them, in full
    #[arg(value_name = "NAME")]
    pub name: Option<String>,
}
