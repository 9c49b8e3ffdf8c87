//! What can be typed for `leadflow explain`.

use clap::Args;

use super::Writing;

/// Explain a metric, a finding or a channel: definition, formula, what is counted
#[derive(Debug, Clone, Default, Args)]
#[command(
    arg_required_else_help = true,
    after_help = "\
Examples:
  leadflow explain roi
  leadflow explain lead_to_mql
  leadflow explain conflicting_id
  leadflow explain --list
  leadflow explain checks
  leadflow explain --schema -o report.schema.json"
)]
pub struct ExplainArgs {
    /// A metric, a code of a message, a channel, a source
    #[arg(value_name = "TOPIC", required_unless_present_any = ["list", "schema"])]
    pub topic: Option<String>,
    /// List all topics
    #[arg(long, conflicts_with = "topic")]
    pub list: bool,
    /// Print the JSON Schema of `--format json`
    #[arg(long, conflicts_with_all = ["topic", "list"])]
    pub schema: bool,
    #[command(flatten)]
    pub writing: Writing,
}
