//! What can be typed for `leadflow whatif`.

use clap::Args;

use super::{Gates, Reading, What, Writing};

/// Whether a change pays: more hours or money in a channel, a better stage step
#[derive(Debug, Clone, Default, Args)]
#[command(after_help = "\
Examples:
  leadflow whatif seo --add-hours 10 --hour-cost 60
  leadflow whatif 'Paid Search' --add-spend 500 --months 6 --horizon 12
  leadflow whatif seo --from-file plan.csv       any path of hours, month by month
  leadflow whatif --rate lead_to_mql=25%         what a better step would bring
  leadflow whatif --rate                         which step is worth most
  leadflow whatif seo --break-even --visit-to-lead 2% --lead-to-customer 30% \\
      --deal-value 100 --hour-cost 60            arithmetic, without any data

The answer comes from the channel's own history: visits, hours or spend by month, leads with
stages, deals. `the data cannot tell` is an answer too; it says how to find out.")]
pub struct WhatIfArgs {
    /// The channel, in any of its spellings; then exports, without which the inputs of
    /// leadflow.toml are read. With --rate the channel may be left out
    #[arg(value_name = "CHANNEL [FILES]")]
    pub words: Vec<String>,
    #[command(flatten)]
    pub change: ChangeArgs,
    #[command(flatten)]
    pub terms: TermArgs,
    #[command(flatten)]
    pub known: KnownArgs,
    #[command(flatten)]
    pub what: What,
    #[command(flatten)]
    pub reading: Reading,
    #[command(flatten)]
    pub writing: Writing,
    #[command(flatten)]
    pub gates: Gates,
}

/// What is changed.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Change")]
pub struct ChangeArgs {
    /// Hours more in each month of the plan
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    pub add_hours: Option<f64>,
    /// Hours less in each month of the plan
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    pub remove_hours: Option<f64>,
    /// Money more in each month of the plan
    #[arg(long, value_name = "M", allow_negative_numbers = true)]
    pub add_spend: Option<f64>,
    /// A plan month by month: a file with the columns month and hours (or money)
    #[arg(long, value_name = "FILE")]
    pub from_file: Option<String>,
    /// Another rate of a stage step, such as lead_to_mql=25%; without a value: which step is worth most
    #[arg(long, value_name = "STEP=RATE", num_args = 0..=1, default_missing_value = "")]
    pub rate: Option<String>,
    /// Only what an hour must bring, and what it may cost
    #[arg(long)]
    pub break_even: bool,
    /// Suppose that each hour brings so many visits, and only calculate
    #[arg(long, value_name = "X", allow_negative_numbers = true)]
    pub visitors_per_hour: Option<f64>,
}

/// Over which time, at which price.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Plan")]
pub struct TermArgs {
    /// Months of the plan [default: 12]
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    pub months: Option<i64>,
    /// Months of visits that count, from the first month of the plan [default: 24, at least 12 beyond the plan]
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    pub horizon: Option<i64>,
    /// What an hour costs [default: that of the time sheets, [hours] rate]
    #[arg(long, value_name = "M", allow_negative_numbers = true)]
    pub hour_cost: Option<f64>,
    /// Share of revenue that is gross profit [default: gross_margin, else 1]
    #[arg(long, value_name = "SHARE", allow_negative_numbers = true)]
    pub margin: Option<String>,
    /// Discount rate of a year [default: 0]
    #[arg(long, value_name = "SHARE", allow_negative_numbers = true)]
    pub discount: Option<String>,
    /// Money paid once, in the first month [default: 0]
    #[arg(long, value_name = "M", allow_negative_numbers = true)]
    pub fixed_cost: Option<f64>,
}

/// What is known besides the history.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Prior knowledge")]
pub struct KnownArgs {
    /// Leads per visit, in place of what the data say
    #[arg(long, value_name = "RATE", allow_negative_numbers = true)]
    pub visit_to_lead: Option<String>,
    /// Customers per lead, in place of what the data say
    #[arg(long, value_name = "RATE", allow_negative_numbers = true)]
    pub lead_to_customer: Option<String>,
    /// Value of a customer, in place of what the data say
    #[arg(long, value_name = "M", allow_negative_numbers = true)]
    pub deal_value: Option<f64>,
    /// Visits that another hour (or unit of money) is believed to bring
    #[arg(
        long,
        value_name = "X",
        requires = "prior_sd",
        allow_negative_numbers = true
    )]
    pub prior_visits_per_hour: Option<f64>,
    /// How far off that belief may be, one standard deviation
    #[arg(
        long,
        value_name = "X",
        requires = "prior_visits_per_hour",
        allow_negative_numbers = true
    )]
    pub prior_sd: Option<f64>,
    /// Results of tests: a file with channel, start, end, extra_driver, extra_sessions, se
    #[arg(long, value_name = "FILE")]
    pub experiment: Option<String>,
    /// Month from which visits are at another level for good (tracking, algorithm)
    #[arg(long = "break", value_name = "MONTH")]
    pub shift: Option<String>,
    /// Extra direct visits per extra visit [default: 0]
    #[arg(long, value_name = "SHARE", allow_negative_numbers = true)]
    pub halo: Option<String>,
}

impl WhatIfArgs {
    /// The channel, where one is named. With `--rate` the first word may be a file.
    #[must_use]
    pub fn channel(&self) -> Option<&str> {
        let first = self.words.first()?;
        let is_file = self.change.rate.is_some() && first.contains(['.', '/', '\\', '*', '-']);
        (!is_file).then_some(first.as_str())
    }

    /// The files.
    #[must_use]
    pub fn files(&self) -> &[String] {
        match self.channel() {
            Some(_) => &self.words[1..],
            None => &self.words,
        }
    }
}

/// The best split of a budget, or of hours, among the channels
#[derive(Debug, Clone, Default, Args)]
#[command(after_help = "\
Examples:
  leadflow optimize --budget 8000
  leadflow optimize --hours 40 --bounds 0.5..1.5
  leadflow optimize --budget 8000 --fix Email=700 --hour-cost 60
  leadflow optimize --target-roi 100%            how much, until the next unit earns no more

The plan carries its own proof: where no bound binds, the next unit of money earns the same
in every channel.")]
pub struct OptimizeArgs {
    /// Exports; without them the inputs of leadflow.toml
    #[arg(value_name = "FILES")]
    pub files: Vec<String>,
    /// Money of a month, hours at their price included
    #[arg(
        long,
        value_name = "M",
        help_heading = "What",
        conflicts_with = "hours",
        allow_negative_numbers = true
    )]
    pub budget: Option<f64>,
    /// Whole hours of a month, among the channels that take hours
    #[arg(
        long,
        value_name = "N",
        help_heading = "What",
        allow_negative_numbers = true
    )]
    pub hours: Option<i64>,
    /// Least and most of each channel, as multiples of the present amount, such as 0.5..1.5
    #[arg(long, value_name = "LOW..HIGH", help_heading = "What")]
    pub bounds: Option<String>,
    /// A channel that keeps an amount, such as Email=700; may be repeated
    #[arg(long, value_name = "CHANNEL=AMOUNT", help_heading = "What")]
    pub fix: Vec<String>,
    /// Spend until the next unit of money returns so much more than itself
    #[arg(long, value_name = "SHARE", help_heading = "What", conflicts_with_all = ["budget", "hours"], allow_negative_numbers = true)]
    pub target_roi: Option<String>,
    /// Whether the plan is to be best on average or in bad luck [default: mean]
    #[arg(long, value_name = "WHICH", help_heading = "What", value_parser = ["mean", "p20"])]
    pub risk: Option<String>,
    /// What an hour costs [default: that of the time sheets, [hours] rate]
    #[arg(
        long,
        value_name = "M",
        help_heading = "What",
        allow_negative_numbers = true
    )]
    pub hour_cost: Option<f64>,
    /// Share of revenue that is gross profit [default: gross_margin, else 1]
    #[arg(
        long,
        value_name = "SHARE",
        help_heading = "What",
        allow_negative_numbers = true
    )]
    pub margin: Option<String>,
    /// Value of a customer, in place of what the data say
    #[arg(
        long,
        value_name = "M",
        help_heading = "What",
        allow_negative_numbers = true
    )]
    pub deal_value: Option<f64>,
    #[command(flatten)]
    pub what: What,
    #[command(flatten)]
    pub reading: Reading,
    #[command(flatten)]
    pub writing: Writing,
    #[command(flatten)]
    pub gates: Gates,
}
