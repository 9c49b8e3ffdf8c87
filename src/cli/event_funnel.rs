//! The options of `leadflow funnel --steps`.

use clap::Args;

/// A funnel of web or product events instead of stages.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Event funnel")]
pub struct EventArgs {
    /// Steps of a funnel of events, such as 'view, cart?, purchase', or the name of an [[event_funnel]]
    ///
    /// A step is the name of an event, or column=value: kind=webinar, channel=Paid Search,
    /// campaign=..., a segment. `|` separates alternatives (purchase|kind=order), a `?`
    /// behind a step makes it optional: counted when done between its neighbours, never in
    /// the way. Names with a comma, `|`, `=` or `?` of their own stand in double quotes.
    #[arg(long, value_name = "STEPS", conflicts_with_all = ["policy", "view", "horizon", "rows"])]
    pub steps: Option<String>,
    /// How long an attempt may take: 90s, 30min, 2h, 7d, 1w [default: 30d]
    ///
    /// From the first step; the end of the window is inside.
    #[arg(long, value_name = "SPAN", requires = "steps")]
    pub window: Option<String>,
    /// In which order steps count [default: ordered]
    ///
    /// ordered: other events may lie between; strict: the next event must be the next step;
    /// any: how many different steps were done inside one window.
    #[arg(
        long,
        value_name = "ORDER",
        requires = "steps",
        hide_short_help = true,
        value_parser = ["ordered", "strict", "any"]
    )]
    pub order: Option<String>,
    /// Which first step counts: that of the best attempt, or the very first one [default: best]
    #[arg(
        long,
        value_name = "RULE",
        requires = "steps",
        hide_short_help = true,
        value_parser = ["best", "first"]
    )]
    pub entry: Option<String>,
    /// Steps at the same instant do not follow each other
    #[arg(long, requires = "steps", hide_short_help = true)]
    pub strict_increase: bool,
    /// Event that ends an attempt, such as refund, or 'call between 2 and 3'; may be repeated
    ///
    /// Written like a step. Without `between` it counts from the first step to the last; the
    /// numbers are those of the steps, from 1.
    #[arg(long, value_name = "EVENT", requires = "steps", hide_short_help = true)]
    pub exclude: Vec<String>,
    /// What an excluded event ends: the attempt, or the person's part in the funnel [default: attempt]
    #[arg(
        long,
        value_name = "WHAT",
        requires = "exclude",
        hide_short_help = true,
        value_parser = ["attempt", "entity"]
    )]
    pub exclude_ends: Option<String>,
    /// First step from which times are measured: the latest possible, or the very first [default: latest]
    #[arg(
        long,
        value_name = "WHICH",
        requires = "steps",
        hide_short_help = true,
        value_parser = ["latest", "first"]
    )]
    pub anchor: Option<String>,
    /// Step from which --by takes its value: first, last or step:K [default: first]
    ///
    /// first and last: the first and the last step of the attempt that has a value.
    #[arg(long, value_name = "STEP", requires = "steps", hide_short_help = true)]
    pub value_from: Option<String>,
}
