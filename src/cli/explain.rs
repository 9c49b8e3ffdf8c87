//! What can be typed for `leadflow explain`.

use clap::Args;

/// Explain a metric, a finding or a channel: definition, formula, what is counted
#[derive(Debug, Clone, Default, Args)]
#[command(
    arg_required_else_help = true,
    after_help = "\
Examples:
  leadflow explain roi
  leadflow explain lead_to_mql
  leadflow explain conflicting_id
  leadflow explain --list"
)]
pub struct ExplainArgs {
    /// A metric, a code of a message, a channel, a source
    #[arg(value_name = "TOPIC", required_unless_present = "list")]
    pub topic: Option<String>,
    /// List all topics
    #[arg(long, conflicts_with = "topic")]
    pub list: bool,
}
