//! What is known about the terminal: captured once, decided by rules that tests can see.

use std::collections::BTreeMap;
use std::io::{IsTerminal, stderr, stdout};

use crate::diagnostics::terminal::ColourChoice;

/// What is known about the terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct TerminalFacts {
    /// Data goes to a terminal.
    pub stdout_is_terminal: bool,
    /// Messages go to a terminal.
    pub stderr_is_terminal: bool,
    /// Columns of a line of data: `COLUMNS`, else the terminal's; absent in a pipe.
    pub columns: Option<usize>,
    /// `NO_COLOR` is set to something.
    pub no_color: bool,
    /// `CLICOLOR_FORCE` is set to something but 0.
    pub force_colour: bool,
    /// `TERM` is `dumb`.
    pub is_dumb: bool,
}

impl TerminalFacts {
    /// The terminal of this process, with its environment variables.
    #[must_use]
    pub fn capture(variables: &BTreeMap<String, String>) -> Self {
        let size = terminal_size::terminal_size_of(stdout());
        Self {
            stdout_is_terminal: stdout().is_terminal(),
            stderr_is_terminal: stderr().is_terminal(),
            ..Self::of_variables(variables, size.map(|(width, _)| usize::from(width.0)))
        }
    }

    fn of_variables(variables: &BTreeMap<String, String>, measured: Option<usize>) -> Self {
        let set = |name: &str| {
            variables
                .get(name)
                .map(String::as_str)
                .filter(|value| !value.is_empty())
        };
        let asked = set("COLUMNS")
            .and_then(|text| text.parse().ok())
            .filter(|columns| *columns > 0);
        Self {
            columns: asked.or(measured),
            no_color: set("NO_COLOR").is_some(),
            force_colour: set("CLICOLOR_FORCE").is_some_and(|value| value != "0"),
            is_dumb: set("TERM") == Some("dumb"),
            ..Self::default()
        }
    }

    /// Whether to colour what goes to a stream. The option wins over `NO_COLOR`
    /// (no-color.org), that over `CLICOLOR_FORCE` (bixense.com/clicolors), that over
    /// what kind of stream it is.
    #[must_use]
    pub fn colours(&self, choice: ColourChoice, is_terminal: bool) -> bool {
        match choice {
            ColourChoice::Always => true,
            ColourChoice::Never => false,
            ColourChoice::Auto if self.no_color => false,
            ColourChoice::Auto if self.force_colour => true,
            ColourChoice::Auto => is_terminal && !self.is_dumb,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts(variables: &[(&str, &str)], measured: Option<usize>) -> TerminalFacts {
        let owned = variables
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        TerminalFacts::of_variables(&owned.collect(), measured)
    }

    #[test]
    fn colour_rules() {
        let auto = |variables: &[(&str, &str)], terminal| {
            facts(variables, None).colours(ColourChoice::Auto, terminal)
        };
        assert!(auto(&[], true));
        assert!(!auto(&[], false));
        assert!(!auto(&[("NO_COLOR", "1")], true));
        assert!(auto(&[("NO_COLOR", "")], true));
        assert!(!auto(&[("TERM", "dumb")], true));
        assert!(auto(&[("CLICOLOR_FORCE", "1")], false));
        assert!(!auto(&[("CLICOLOR_FORCE", "0")], false));
        assert!(!auto(&[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")], true));
        let no = facts(&[("NO_COLOR", "1")], None);
        assert!(no.colours(ColourChoice::Always, false));
        assert!(!facts(&[("CLICOLOR_FORCE", "1")], None).colours(ColourChoice::Never, true));
    }

    #[test]
    fn columns_of_the_environment_win() {
        assert_eq!(facts(&[("COLUMNS", "60")], Some(80)).columns, Some(60));
        assert_eq!(facts(&[("COLUMNS", "0")], Some(80)).columns, Some(80));
        assert_eq!(facts(&[("COLUMNS", "wide")], None).columns, None);
    }
}
