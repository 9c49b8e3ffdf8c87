//! What can be typed for `leadflow score`.

use clap::Args;

use super::{Gates, Reading, What, Writing};

/// Whether a score is worth anything, a scorecard, a learned score, whom to call next
#[derive(Debug, Clone, Default, Args)]
#[command(after_help = "\
Examples:
  leadflow score leads.csv deals.csv              the score column of the export, against who converted
  leadflow score                                  the scorecard of [[score.rule]], where there is one
  leadflow score --learn                          a score learned from the columns of the leads
  leadflow score --learn --allow-leak tags
  leadflow score --capacity 40 --cost 25 --margin 1200
  leadflow score --list --top 50 --format csv     open leads, best first

The column is mapped in [input.columns]: score = \"HubSpot Score\". So are the columns that a
learned score uses: any name there that is none of the table's becomes a feature.")]
pub struct ScoreArgs {
    /// Exports; without them the inputs of leadflow.toml
    #[arg(value_name = "FILES")]
    pub files: Vec<String>,
    /// Stage that counts as conversion [default: the last one that is known]
    #[arg(long, value_name = "STAGE", help_heading = "What")]
    pub target: Option<String>,
    /// Which score: that of the export, of [[score.rule]], or a learned one [default: rules
    /// where there are any, else column]
    #[arg(
        long,
        value_name = "MODEL",
        help_heading = "What",
        value_parser = ["column", "rules", "logistic"]
    )]
    pub model: Option<String>,
    /// Short for --model logistic
    #[arg(long, help_heading = "What", conflicts_with = "model")]
    pub learn: bool,
    /// Learn from a column although it seems to know the outcome; may be repeated
    #[arg(
        long,
        value_name = "COLUMN",
        help_heading = "What",
        value_delimiter = ','
    )]
    pub allow_leak: Vec<String>,
    /// Open leads, best first: ids, score, age, and why
    #[arg(long, help_heading = "What")]
    pub list: bool,
    /// How many leads are listed [default: the capacity of a working day, else 20]
    #[arg(long, value_name = "N", help_heading = "What", requires = "list")]
    pub top: Option<u32>,
    /// Leads that the team can work in a week
    #[arg(long, value_name = "N", help_heading = "What")]
    pub capacity: Option<f64>,
    /// What working a lead costs
    #[arg(
        long,
        value_name = "MONEY",
        help_heading = "What",
        allow_negative_numbers = true
    )]
    pub cost: Option<f64>,
    /// Gross profit of a conversion
    #[arg(
        long,
        value_name = "MONEY",
        help_heading = "What",
        allow_negative_numbers = true
    )]
    pub margin: Option<f64>,
    #[command(flatten)]
    pub what: What,
    #[command(flatten)]
    pub reading: Reading,
    #[command(flatten)]
    pub writing: Writing,
    #[command(flatten)]
    pub gates: Gates,
}
