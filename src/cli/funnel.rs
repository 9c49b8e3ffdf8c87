//! What can be typed for `leadflow funnel`.

use clap::Args;

use super::{EventArgs, Gates, Reading, What, Writing};

/// How many reach each stage, at what rate, how fast
#[derive(Debug, Clone, Default, Args)]
#[command(after_help = "\
Examples:
  leadflow funnel hubspot-contacts.csv
  leadflow funnel --by channel,month --period 2026
  leadflow funnel --view cohort --horizon 60 --policy explicit
  leadflow funnel --rows 'mql{channel=\"Paid Search\"}'   the lines behind that number
  leadflow funnel events.csv --steps 'view, cart?, purchase' --window 30min --by channel
  leadflow funnel --steps checkout           the [[event_funnel]] of that name")]
pub struct FunnelArgs {
    /// Exports; without them the inputs of leadflow.toml
    #[arg(value_name = "FILES")]
    pub files: Vec<String>,
    /// When a stage counts as reached [default: implied]
    ///
    /// implied: at the first entry into it or any later stage; explicit: at the first
    /// entry into exactly this stage; strict: through every earlier stage, in order.
    #[arg(
        long,
        value_name = "POLICY",
        help_heading = "What",
        value_parser = ["implied", "explicit", "strict"]
    )]
    pub policy: Option<String>,
    /// Whom a rate counts: cohort, to-date or period [default: each table its own]
    ///
    /// cohort: reached the next stage within the horizon, of those observed that long;
    /// to-date: by the as-of moment, of all; period: entries over entries.
    #[arg(long, value_name = "VIEW", help_heading = "What", value_parser = views())]
    pub view: Option<String>,
    /// Days within which a step must happen in the cohort view [default: 90]
    #[arg(long, value_name = "DAYS", help_heading = "What")]
    pub horizon: Option<u32>,
    /// Print the input lines behind a number, such as 'mql{channel="SEO"}'
    #[arg(long, value_name = "KEY{DIM=VALUE}", help_heading = "What")]
    pub rows: Option<String>,
    #[command(flatten)]
    pub events: EventArgs,
    #[command(flatten)]
    pub what: What,
    #[command(flatten)]
    pub reading: Reading,
    #[command(flatten)]
    pub writing: Writing,
    #[command(flatten)]
    pub gates: Gates,
}

fn views() -> clap::builder::PossibleValuesParser {
    use clap::builder::PossibleValue;
    let to_date = PossibleValue::new("to-date").alias("to_date");
    [
        PossibleValue::new("cohort"),
        to_date,
        PossibleValue::new("period"),
    ]
    .into()
}
