//! Parse, run, exit code. Nothing else.

use std::process::ExitCode;

use leadflow::cli::{Cli, Stop};
use leadflow::commands;
use leadflow::diagnostics::{Diagnostic, Failure, codes};
use leadflow::settings::{Environment, early_shell_options, shell_options};
use leadflow::shell::{ExitStatus, Shell, TerminalFacts};

fn main() -> ExitCode {
    let environment = Environment::capture();
    let facts = TerminalFacts::capture(&environment.variables);
    let words: Vec<std::ffi::OsString> = std::env::args_os().collect();
    let status = match Cli::read(&words) {
        Ok(cli) => {
            let shell = Shell::new(&shell_options(&cli, &environment), facts);
            let watched = shell.watch_signals();
            let result = watched.and_then(|()| commands::run(&cli, &environment, &shell));
            shell.finish(result)
        }
        Err(stop) => {
            let shell = Shell::new(&early_shell_options(&words, &environment), facts);
            stopped(&shell, &stop)
        }
    };
    ExitCode::from(status.code())
}

/// A command line that leads to no run.
fn stopped(shell: &Shell, stop: &Stop) -> ExitStatus {
    match stop {
        Stop::Answer { plain, coloured } => {
            let text = if shell.colours_data() {
                coloured
            } else {
                plain
            };
            shell.finish(shell.data(text.as_bytes()).map(|()| ExitStatus::Done))
        }
        Stop::NoCommand { plain, coloured } => {
            shell.usage(plain, coloured);
            ExitStatus::Failed
        }
        Stop::Mistake { message, hint } => {
            let mut finding = Diagnostic::new(&codes::USAGE, message.as_str());
            finding.hint.clone_from(hint);
            shell.finish(Err(Failure::from(finding)))
        }
    }
}
