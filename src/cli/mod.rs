//! What can be typed.
//!
//! The command line as data: names, help, examples, and nothing of what they mean.
//! No file is opened here, no default is decided and no environment is read; that is
//! the work of `settings`. Words that a setting may also take from a file (a period,
//! a policy) arrive as text, so that one place understands them wherever they stand.

mod attribution;
mod channels;
mod check;
mod config;
mod demo;
mod diff;
mod event_funnel;
mod explain;
mod export;
mod flywheel;
mod funnel;
mod groups;
mod init;
mod inspect;
mod leaks;
mod manual;
mod paths;
mod pipeline;
mod query;
mod report;
mod score;
mod sla;
mod sources;
mod stop;
mod whatif;

use std::ffi::OsString;

use clap::{CommandFactory, Parser, Subcommand};

pub use attribution::AttributionArgs;
pub use channels::ChannelsArgs;
pub use check::CheckArgs;
pub use clap_complete::Shell as CompletionShell;
pub use config::{ConfigArgs, ConfigCommand, ShowArgs};
pub use demo::DemoArgs;
pub use diff::DiffArgs;
pub use event_funnel::EventArgs;
pub use explain::ExplainArgs;
pub use export::ExportArgs;
pub use flywheel::FlywheelArgs;
pub use funnel::FunnelArgs;
pub use groups::{Gates, Journeys, Reading, Running, What, Writing};
pub use init::InitArgs;
pub use inspect::InspectArgs;
pub use leaks::LeaksArgs;
pub use manual::manual;
pub use paths::PathsArgs;
pub use pipeline::PipelineArgs;
pub use query::QueryArgs;
pub use report::ReportArgs;
pub use score::ScoreArgs;
pub use sla::SlaArgs;
pub use sources::SourcesArgs;
pub use stop::Stop;
pub use whatif::{ChangeArgs, KnownArgs, OptimizeArgs, TermArgs, WhatIfArgs};

/// What a funnel does: stage conversion, lead-to-MQL ratios, ROI per channel, from plain exports.
///
/// FILES are the exports that a company already has, as they come (CRM, web analytics, ad platforms, time sheets);
/// known ones are recognised, others are described in `leadflow.toml`. `-` is standard
/// input. Nothing leaves the machine.
#[derive(Debug, Clone, Parser)]
#[command(
    name = "leadflow",
    bin_name = "leadflow",
    version,
    arg_required_else_help = true,
    subcommand_required = true,
    max_term_width = 100,
    after_help = "`leadflow COMMAND --help` explains a command and shows examples.",
    after_long_help = EXAMPLES
)]
pub struct Cli {
    /// Options that every command takes.
    #[command(flatten)]
    pub running: Running,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

const EXAMPLES: &str = "\
Examples:
  leadflow inspect exports/*.csv           what each file is and what is wrong with it
  leadflow funnel hubspot-contacts.csv     stage counts, conversions and times
  leadflow channels exports/*.csv --period 2026-Q3
  leadflow init exports/*.csv              write leadflow.toml for these exports
  leadflow report                          the month as a folder of tables and charts

For the shell:
  leadflow completions SHELL (bash, zsh, fish, elvish, powershell) and leadflow man

Settings:
  A flag wins over LEADFLOW_<OPTION> (LEADFLOW_TZ, LEADFLOW_PERIOD, ...), that over leadflow.toml
  in this directory or a parent, that over ~/.config/leadflow/config.toml.
  `leadflow config show --origin` prints every value and where it comes from.

Exit status: 0 done; 1 a gate was breached; 2 could not do it; 130, 143 stopped by a signal.";

/// The commands, in the order of the help.
#[derive(Debug, Clone, Subcommand)]
pub enum Command {
    Report(ReportArgs),
    Funnel(Box<FunnelArgs>),
    Channels(ChannelsArgs),
    Attribution(AttributionArgs),
    Paths(PathsArgs),
    Pipeline(PipelineArgs),
    Leaks(LeaksArgs),
    Sla(SlaArgs),
    Score(ScoreArgs),
    Flywheel(FlywheelArgs),
    #[command(name = "whatif")]
    WhatIf(Box<WhatIfArgs>),
    Optimize(Box<OptimizeArgs>),
    Check(CheckArgs),
    Diff(DiffArgs),
    Inspect(InspectArgs),
    Query(QueryArgs),
    Export(ExportArgs),
    Init(InitArgs),
    Sources(SourcesArgs),
    Explain(ExplainArgs),
    Demo(DemoArgs),
    Config(ConfigArgs),
    /// Print completions for a shell
    #[command(
        hide = true,
        after_help = "\
Examples:
  leadflow completions bash > ~/.local/share/bash-completion/completions/leadflow
  leadflow completions zsh > ~/.zfunc/_leadflow
  leadflow completions fish > ~/.config/fish/completions/leadflow.fish"
    )]
    Completions {
        /// Which shell
        #[arg(value_name = "SHELL")]
        shell: CompletionShell,
    },
    /// Print the manual page
    #[command(
        hide = true,
        after_help = "\
Examples:
  leadflow man > ~/.local/share/man/man1/leadflow.1
  leadflow man | man -l -"
    )]
    Man,
}

impl Cli {
    /// Reads the words of a command line, the name of the program first.
    ///
    /// # Errors
    /// A [`Stop`] where there is nothing to run: help and version were asked for, or
    /// the words make no sense.
    pub fn read<W>(words: impl IntoIterator<Item = W>) -> Result<Self, Stop>
    where
        W: Into<OsString> + Clone,
    {
        Self::try_parse_from(words).map_err(|error| Stop::from(&error))
    }
}

impl Command {
    /// The word that was typed: `report`, `funnel`, ...
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Report(_) => "report",
            Self::Funnel(_) => "funnel",
            Self::Channels(_) => "channels",
            Self::Attribution(_) => "attribution",
            Self::Paths(_) => "paths",
            Self::Pipeline(_) => "pipeline",
            Self::Leaks(_) => "leaks",
            Self::Sla(_) => "sla",
            Self::Score(_) => "score",
            Self::Flywheel(_) => "flywheel",
            Self::WhatIf(_) => "whatif",
            Self::Optimize(_) => "optimize",
            Self::Check(_) => "check",
            Self::Diff(_) => "diff",
            Self::Inspect(_) => "inspect",
            Self::Query(_) => "query",
            Self::Export(_) => "export",
            Self::Init(_) => "init",
            Self::Sources(_) => "sources",
            Self::Explain(_) => "explain",
            Self::Demo(_) => "demo",
            Self::Config(_) => "config",
            Self::Completions { .. } => "completions",
            Self::Man => "man",
        }
    }

    /// The FILES that were typed.
    #[must_use]
    pub fn files(&self) -> &[String] {
        match self {
            Self::Report(args) => &args.files,
            Self::Funnel(args) => &args.files,
            Self::Channels(args) => &args.files,
            Self::Attribution(args) => &args.files,
            Self::Paths(args) => &args.files,
            Self::Pipeline(args) => &args.files,
            Self::Leaks(args) => &args.files,
            Self::Sla(args) => &args.files,
            Self::Score(args) => &args.files,
            Self::Flywheel(args) => &args.files,
            Self::WhatIf(args) => args.files(),
            Self::Optimize(args) => &args.files,
            Self::Check(args) => &args.files,
            Self::Inspect(args) => &args.files,
            Self::Query(args) => &args.files,
            Self::Export(args) => &args.files,
            Self::Init(args) => &args.files,
            _ => &[],
        }
    }

    /// The options about what is computed, where the command has them.
    #[must_use]
    pub fn what(&self) -> Option<&What> {
        match self {
            Self::Report(args) => Some(&args.what),
            Self::Funnel(args) => Some(&args.what),
            Self::Channels(args) => Some(&args.what),
            Self::Attribution(args) => Some(&args.what),
            Self::Paths(args) => Some(&args.what),
            Self::Pipeline(args) => Some(&args.what),
            Self::Leaks(args) => Some(&args.what),
            Self::Sla(args) => Some(&args.what),
            Self::Score(args) => Some(&args.what),
            Self::Flywheel(args) => Some(&args.what),
            Self::WhatIf(args) => Some(&args.what),
            Self::Optimize(args) => Some(&args.what),
            Self::Check(args) => Some(&args.what),
            Self::Inspect(args) => Some(&args.what),
            Self::Query(args) => Some(&args.what),
            Self::Export(args) => Some(&args.what),
            Self::Config(args) => Some(&args.show().what),
            _ => None,
        }
    }

    /// The options about reading, where the command has them.
    #[must_use]
    pub fn reading(&self) -> Option<&Reading> {
        match self {
            Self::Report(args) => Some(&args.reading),
            Self::Funnel(args) => Some(&args.reading),
            Self::Channels(args) => Some(&args.reading),
            Self::Attribution(args) => Some(&args.reading),
            Self::Paths(args) => Some(&args.reading),
            Self::Pipeline(args) => Some(&args.reading),
            Self::Leaks(args) => Some(&args.reading),
            Self::Sla(args) => Some(&args.reading),
            Self::Score(args) => Some(&args.reading),
            Self::Flywheel(args) => Some(&args.reading),
            Self::WhatIf(args) => Some(&args.reading),
            Self::Optimize(args) => Some(&args.reading),
            Self::Check(args) => Some(&args.reading),
            Self::Inspect(args) => Some(&args.reading),
            Self::Query(args) => Some(&args.reading),
            Self::Export(args) => Some(&args.reading),
            Self::Init(args) => Some(&args.reading),
            Self::Config(args) => Some(&args.show().reading),
            _ => None,
        }
    }

    /// The options about writing, where the command has them.
    #[must_use]
    pub fn writing(&self) -> Option<&Writing> {
        match self {
            Self::Report(args) => Some(&args.writing),
            Self::Funnel(args) => Some(&args.writing),
            Self::Channels(args) => Some(&args.writing),
            Self::Attribution(args) => Some(&args.writing),
            Self::Paths(args) => Some(&args.writing),
            Self::Pipeline(args) => Some(&args.writing),
            Self::Leaks(args) => Some(&args.writing),
            Self::Sla(args) => Some(&args.writing),
            Self::Score(args) => Some(&args.writing),
            Self::Flywheel(args) => Some(&args.writing),
            Self::WhatIf(args) => Some(&args.writing),
            Self::Optimize(args) => Some(&args.writing),
            Self::Check(args) => Some(&args.writing),
            Self::Diff(args) => Some(&args.writing),
            Self::Inspect(args) => Some(&args.writing),
            Self::Query(args) => Some(&args.writing),
            Self::Export(args) => Some(&args.writing),
            Self::Explain(args) => Some(&args.writing),
            Self::Config(args) => Some(&args.show().writing),
            _ => None,
        }
    }

    /// The gates, where the command has them.
    #[must_use]
    pub fn gates(&self) -> Option<&Gates> {
        match self {
            Self::Report(args) => Some(&args.gates),
            Self::Funnel(args) => Some(&args.gates),
            Self::Channels(args) => Some(&args.gates),
            Self::Attribution(args) => Some(&args.gates),
            Self::Paths(args) => Some(&args.gates),
            Self::Pipeline(args) => Some(&args.gates),
            Self::Leaks(args) => Some(&args.gates),
            Self::Sla(args) => Some(&args.gates),
            Self::Score(args) => Some(&args.gates),
            Self::Flywheel(args) => Some(&args.gates),
            Self::WhatIf(args) => Some(&args.gates),
            Self::Optimize(args) => Some(&args.gates),
            Self::Check(args) => Some(&args.gates),
            Self::Inspect(args) => Some(&args.gates),
            Self::Query(args) => Some(&args.gates),
            Self::Export(args) => Some(&args.gates),
            Self::Config(args) => Some(&args.show().gates),
            _ => None,
        }
    }

    /// `--rows`, where the command has it.
    #[must_use]
    pub fn rows(&self) -> Option<&str> {
        match self {
            Self::Report(args) => args.rows.as_deref(),
            Self::Funnel(args) => args.rows.as_deref(),
            Self::Channels(args) => args.rows.as_deref(),
            _ => None,
        }
    }

    /// True where the answer depends on the project's configuration. `init` writes
    /// that file and so does not obey an older one.
    #[must_use]
    pub fn reads_project(&self) -> bool {
        match self {
            Self::Report(_) | Self::Funnel(_) | Self::Channels(_) => true,
            Self::Attribution(_) | Self::Paths(_) => true,
            Self::Pipeline(_) | Self::Score(_) | Self::Flywheel(_) => true,
            Self::Leaks(_) | Self::Sla(_) => true,
            Self::WhatIf(_) | Self::Optimize(_) | Self::Check(_) => true,
            Self::Export(_) => true,
            Self::Inspect(_) | Self::Query(_) | Self::Explain(_) | Self::Config(_) => true,
            Self::Init(_) | Self::Sources(_) | Self::Demo(_) | Self::Diff(_) => false,
            Self::Completions { .. } | Self::Man => false,
        }
    }
}

/// The names of the commands that print an answer in any format, in the order of the help;
/// `export` takes formats of its own.
#[must_use]
pub fn commands_with_an_answer() -> Vec<String> {
    let cli = Cli::command();
    let has_format = |command: &&clap::Command| {
        let mut names = command.get_arguments().map(clap::Arg::get_id);
        names.any(|name| name == "format") && command.get_name() != "export"
    };
    let answering = cli.get_subcommands().flat_map(|command| {
        // `config show` answers for `config`.
        let mut all = std::iter::once(command).chain(command.get_subcommands());
        all.any(|it| has_format(&it))
            .then(|| command.get_name().to_owned())
    });
    answering.collect()
}

/// The completion script for a shell.
#[must_use]
pub fn completions(shell: CompletionShell) -> Vec<u8> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "leadflow", &mut script);
    script
}

#[cfg(test)]
mod tests;
