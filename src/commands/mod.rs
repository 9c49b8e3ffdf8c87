//! The commands: load, compute, view, emit. Wiring only.

mod attribution;
mod channels;
mod check;
mod config;
mod context;
mod credited;
mod demo;
mod diff;
mod earlier;
mod emit;
mod event_funnel;
mod explain;
mod export;
mod failures;
mod flywheel;
mod folder;
mod funnel;
mod gate;
mod init;
mod inspect;
mod journeys;
mod leaks;
mod optimize;
mod origins;
mod paths;
mod pipeline;
pub mod prepare;
mod query;
mod report;
pub mod request;
mod restated;
mod score;
mod sla;
mod sources;
mod whatif;

use crate::cli::{self, Cli, Command};
use crate::diagnostics::Failure;
use crate::settings::{self, Environment, Settings};
use crate::shell::{ExitStatus, Shell};
use gate::Asked;

/// Runs the command of a command line.
///
/// # Errors
/// What stopped it.
pub fn run(cli: &Cli, environment: &Environment, shell: &Shell) -> Result<ExitStatus, Failure> {
    let settings = settings::resolve(cli, environment)?;
    for finding in &settings.findings {
        shell.tell(finding);
    }
    let run = Run {
        settings: &settings,
        checks: gate::asked(&settings)?,
        environment,
        shell,
    };
    match &cli.command {
        Command::Report(_) => report::run(&run),
        Command::Funnel(_) => funnel::run(&run),
        Command::Channels(_) => channels::run(&run),
        Command::Attribution(_) => attribution::run(&run),
        Command::Paths(_) => paths::run(&run),
        Command::Pipeline(args) => pipeline::run(&run, args),
        Command::Leaks(args) => leaks::run(&run, args),
        Command::Sla(_) => sla::run(&run),
        Command::Score(args) => score::run(&run, args),
        Command::Flywheel(_) => flywheel::run(&run),
        Command::WhatIf(_) => whatif::run(&run),
        Command::Optimize(_) => optimize::run(&run),
        Command::Check(args) => check::run(&run, args),
        Command::Diff(args) => diff::run(&run, args),
        Command::Query(args) => query::run(&run, args),
        Command::Export(_) => export::run(&run),
        Command::Inspect(_) => inspect::run(&run),
        Command::Init(args) => init::run(&run, args),
        Command::Sources(args) => sources::run(&run, args),
        Command::Explain(args) => explain::run(&run, args),
        Command::Demo(args) => demo::run(&run, args),
        Command::Config(args) => config::run(&run, args),
        Command::Completions { shell: kind } => {
            shell.data(&cli::completions(*kind))?;
            Ok(ExitStatus::Done)
        }
        Command::Man => {
            let page = cli::manual()
                .map_err(|error| failures::output_error("the manual page", &error.to_string()))?;
            shell.data(&page)?;
            Ok(ExitStatus::Done)
        }
    }
}

/// What every command works with.
pub struct Run<'a> {
    /// What was asked.
    pub settings: &'a Settings,
    /// The checks, understood; before anything is read.
    pub checks: Vec<Asked>,
    /// The surroundings of the process.
    pub environment: &'a Environment,
    /// The only writer.
    pub shell: &'a Shell,
}
