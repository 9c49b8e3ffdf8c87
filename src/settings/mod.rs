//! What was meant: the settings of a run.
//!
//! Flags, environment, project file, user file and defaults meet here; only the
//! resolved [`Settings`] travels downward. This is the last place that knows of the
//! environment and the clock. Files are read (configuration, rates, targets), nothing
//! is written, and no text is said to anybody. SQL conditions and names of columns
//! pass through untouched: only the data can tell whether they make sense.

mod attribution;
mod calendars;
mod channels;
mod checks;
mod complaint;
mod config;
mod costs;
mod describe;
pub mod document;
mod env;
mod event_funnel;
mod files;
mod flags;
mod flywheel;
mod funnel;
mod fx;
mod inputs;
mod keys;
mod layers;
mod moments;
mod origin;
mod output;
mod pipeline;
mod reserved;
mod resolve;
mod rows;
mod score;
mod segments;
mod sla;
mod table;
mod targets;
mod whatif;

pub use attribution::{Attribution, Experiment};
pub use checks::CheckText;
pub use config::CustomWeights;
pub use costs::{Every, FixedCost, HourRates};
pub use describe::Described;
pub use env::Environment;
pub use flywheel::{Base, FlywheelSetup};
pub use fx::Fx;
pub use inputs::{Reading, RejectLimit};
pub use keys::{CONFIG_VARIABLE, Form, KEYS, Key};
pub use moments::AsOf;
pub use origin::{Origin, Place};
pub use output::{OutTarget, Output, PreviousReport};
pub use pipeline::PipelineSetup;
pub use resolve::{early_shell_options, resolve, shell_options};
pub use rows::RowsQuery;
pub use score::{Score, ScoreAxis, ScoreFrom, ScoreGrade, ScoreModel, ScoreRule};
pub use segments::{Exclusion, Segment};
pub use targets::Target;
pub use whatif::{DriverTest, Optimize, PlanFile, PlanMonth, SplitTotal, WhatIf, WhatIfQuestion};

use std::collections::BTreeMap;
use std::path::PathBuf;

use chrono_tz::Tz;

use crate::diagnostics::Diagnostic;
use crate::diagnostics::terminal::ShellOptions;
use crate::domain::channel::UserRule;
use crate::domain::event_funnel::EventFunnel;
use crate::domain::figure::{Basis, Policy, View};
use crate::domain::ladder::{DealMoment, Entry, Horizons, Ladder};
use crate::domain::period::PeriodSpec;
use crate::domain::service_level::{ServiceLevels, Thresholds};
use crate::ingest::spec::InputSpec;

/// Everything that a run obeys, resolved and checked.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The folder that the paths of [`Self::inputs`] are relative to: that of the
    /// configuration, or the working directory where FILES were typed.
    pub base: PathBuf,
    /// The project's configuration, where there is one.
    pub config_file: Option<PathBuf>,
    /// What is read, in order; each has a path or glob, or `-`. Options of the run
    /// (`--encoding`, `--date-format`, ...) have been written into each of them.
    pub inputs: Vec<InputSpec>,
    /// True where the inputs were typed and not configured.
    pub inputs_were_typed: bool,
    /// How inputs are read that do not say it themselves.
    pub reading: Reading,
    /// The report zone.
    pub zone: Tz,
    /// ISO code of the report's money.
    pub currency: Option<String>,
    /// What was known by then.
    pub as_of: AsOf,
    /// What the report is about; absent: the command's own default.
    pub period: Option<PeriodSpec>,
    /// The stages of leads.
    pub ladder: Ladder,
    /// Word in normal form -> stage of the ladder, exit (`lost`, `disqualified`) or `won`.
    pub stage_labels: BTreeMap<String, String>,
    /// Within how many days a step must happen.
    pub horizons: Horizons,
    /// When a stage counts as reached.
    pub policy: Policy,
    /// Which date makes a lead.
    pub entry: Entry,
    /// Whom a rate counts; absent: each table its own.
    pub view: Option<View>,
    /// Stage of the ladder (index) -> what of a deal carries its leads there; lowest first.
    pub from_deals: Vec<(usize, DealMoment)>,
    /// The funnel of events that is asked for; absent: the funnel of stages.
    pub event_funnel: Option<EventFunnel>,
    /// The funnels of events that are configured, in order.
    pub event_funnels: Vec<EventFunnel>,
    /// Share of revenue that is profit before the cost of acquisition.
    pub gross_margin: Option<f64>,
    /// The user's own channel rules, in order.
    pub channel_rules: Vec<UserRule>,
    /// Channel rules beyond those of GA4.
    pub extensions: bool,
    /// The kind or path of the input whose visits count.
    pub visits_from: Option<String>,
    /// What an hour costs.
    pub hours: HourRates,
    /// Money without a file.
    pub costs: Vec<FixedCost>,
    /// Rates of other currencies.
    pub fx: Fx,
    /// Derived columns, in order.
    pub segments: Vec<Segment>,
    /// Rows to leave out.
    pub exclusions: Vec<Exclusion>,
    /// What should be reached.
    pub targets: Vec<Target>,
    /// What must hold, in the words in which it was written.
    pub checks: Vec<CheckText>,
    /// True where warnings and skipped checks fail as well.
    pub strict: bool,
    /// Where the answer is appended as Markdown.
    pub summary: Option<std::path::PathBuf>,
    /// Where the results of the checks are written as JUnit XML.
    pub junit: Option<std::path::PathBuf>,
    /// Dimensions to split by.
    pub by: Vec<String>,
    /// SQL condition on what is counted, not parsed yet.
    pub filter: Option<String>,
    /// True: today's value of a dimension counts, not that at the entry into the stage.
    pub dimension_at_now: bool,
    /// The number whose input lines are asked for.
    pub rows: Option<RowsQuery>,
    /// Seed of everything drawn at random.
    pub seed: u64,
    /// What revenue is set against the cost of a period.
    pub basis: Basis,
    /// The model that divides revenue among touches; absent where a deal counts for the
    /// channel of its lead.
    pub credit_model: Option<String>,
    /// How credit is given.
    pub attribution: Attribution,
    /// The earlier report that `report` computes again.
    pub previous: PreviousReport,
    /// What the flywheel is measured against.
    pub flywheel: FlywheelSetup,
    /// The ladders of deals, in order.
    pub pipelines: Vec<PipelineSetup>,
    /// Scores: which one, its rules, what a lead may cost.
    pub score: Score,
    /// The what-if that is asked for.
    pub what_if: Option<WhatIf>,
    /// Those that the report carries, in order.
    pub what_ifs: Vec<WhatIf>,
    /// What was promised about speed.
    pub service_levels: ServiceLevels,
    /// From when on something is a leak.
    pub thresholds: Thresholds,
    /// How the best split is looked for.
    pub optimize: Optimize,
    /// What is written and where.
    pub output: Output,
    /// How the program talks.
    pub shell: ShellOptions,
    /// Threads to compute with; absent: all.
    pub threads: Option<usize>,
    /// Bytes of memory that the run should keep to.
    pub memory_limit: Option<u64>,
    /// Font for letters that the embedded one lacks.
    pub fonts: Option<PathBuf>,
    /// What is worth saying about the settings themselves.
    pub findings: Vec<Diagnostic>,
    shown: Vec<Described>,
}

impl Settings {
    /// Threads to work with: as many as asked for, else as the machine has.
    #[must_use]
    pub fn threads(&self) -> usize {
        let machine = || std::thread::available_parallelism().map_or(1, usize::from);
        self.threads.unwrap_or_else(machine)
    }
}
