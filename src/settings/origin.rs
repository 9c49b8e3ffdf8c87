//! Where a value comes from.

use std::fmt;

use crate::diagnostics::{Diagnostic, Location, codes};

/// Where a value comes from; the later ones win over the earlier ones.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// Nobody said anything.
    Default,
    /// The user's own file.
    UserFile(Place),
    /// The project's file.
    ProjectFile(Place),
    /// An environment variable, by name.
    Environment(String),
    /// An option of the command line, as typed: `--tz`, `--set`.
    Flag(String),
}

/// A key in a configuration file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The file as people would name it.
    pub file: String,
    /// Line, from 1.
    pub line: u64,
    /// Character of the line, from 1.
    pub column: u64,
}

impl Origin {
    /// Where it stands in a file, if it does.
    #[must_use]
    pub fn place(&self) -> Option<&Place> {
        match self {
            Self::UserFile(place) | Self::ProjectFile(place) => Some(place),
            Self::Default | Self::Environment(_) | Self::Flag(_) => None,
        }
    }

    /// The order of precedence: a higher rank wins.
    #[must_use]
    pub fn rank(&self) -> u8 {
        match self {
            Self::Default => 0,
            Self::UserFile(_) => 1,
            Self::ProjectFile(_) => 2,
            Self::Environment(_) => 3,
            Self::Flag(_) => 4,
        }
    }

    /// True where it was said for this run, not written in a file.
    #[must_use]
    pub fn is_for_this_run(&self) -> bool {
        matches!(self, Self::Environment(_) | Self::Flag(_))
    }

    /// A complaint about the value of `key` that came from here.
    #[must_use]
    pub fn complaint(&self, key: &str, text: &str) -> Diagnostic {
        match self {
            Self::Default => Diagnostic::new(&codes::CONFIG, format!("`{key}`: {text}")),
            Self::UserFile(place) | Self::ProjectFile(place) => {
                Diagnostic::new(&codes::CONFIG, format!("`{key}`: {text}")).at(place.location())
            }
            Self::Environment(name) => Diagnostic::new(&codes::USAGE, format!("{name}: {text}")),
            Self::Flag(flag) if flag == "--set" => {
                Diagnostic::new(&codes::USAGE, format!("--set {key}: {text}"))
            }
            Self::Flag(flag) => Diagnostic::new(&codes::USAGE, format!("{flag}: {text}")),
        }
    }
}

impl Place {
    /// As the place of a finding.
    #[must_use]
    pub fn location(&self) -> Location {
        Location {
            column: Some(self.column),
            ..Location::line(&self.file, self.line)
        }
    }
}

/// `leadflow.toml:3`, `LEADFLOW_TZ`, `--tz`, `default`
impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => write!(f, "default"),
            Self::UserFile(place) | Self::ProjectFile(place) => {
                write!(f, "{}:{}", place.file, place.line)
            }
            Self::Environment(name) => write!(f, "{name}"),
            Self::Flag(flag) => write!(f, "{flag}"),
        }
    }
}
