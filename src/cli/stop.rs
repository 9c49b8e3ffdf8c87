//! A command line that leads to no run: help, version, or words without sense.

use clap::error::ErrorKind;

/// What to print instead of running, and how to end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stop {
    /// Asked for: goes to standard output, exit 0.
    Answer {
        /// Without control characters.
        plain: String,
        /// With colours.
        coloured: String,
    },
    /// Nothing was asked: short help on standard error, exit 2.
    NoCommand {
        /// Without control characters.
        plain: String,
        /// With colours.
        coloured: String,
    },
    /// A mistake, exit 2.
    Mistake {
        /// One sentence: what was found.
        message: String,
        /// What would be right.
        hint: Option<String>,
    },
}

impl From<&clap::Error> for Stop {
    fn from(error: &clap::Error) -> Self {
        let styled = error.render();
        let (plain, coloured) = (styled.to_string(), styled.ansi().to_string());
        match error.kind() {
            ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => Self::Answer { plain, coloured },
            ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
                Self::NoCommand { plain, coloured }
            }
            _ => mistake(&plain),
        }
    }
}

/// The first paragraph is what was found, `tip:` lines are the way out; the usage
/// line and the pointer to --help follow in one short hint.
fn mistake(rendered: &str) -> Stop {
    let mut found = Vec::new();
    let mut hints = Vec::new();
    for line in rendered
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty())
    {
        if line.starts_with("Usage:") {
            break;
        }
        if let Some(tip) = line.strip_prefix("tip: ") {
            hints.push(tip.to_owned());
        } else if !line.starts_with("For more information") {
            found.push(line.strip_prefix("error: ").unwrap_or(line).to_owned());
        }
    }
    hints.push("`--help` shows what can be typed".to_owned());
    Stop::Mistake {
        message: found.join(" "),
        hint: Some(hints.join("; ")),
    }
}
