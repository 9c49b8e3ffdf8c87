//! What surrounds a run: captured once in `main`, passed down, never asked again.

#![allow(
    clippy::disallowed_methods,
    reason = "the only reader of environment and clock"
)]

use std::collections::BTreeMap;
use std::io::IsTerminal;
use std::path::PathBuf;

use toml::Value;

use crate::diagnostics::{Diagnostic, Failure, codes};
use crate::domain::calendar::Millis;
use crate::domain::names::did_you_mean;

use super::keys::{CONFIG_VARIABLE, Form, KEYS, Key};
use super::layers::Layer;
use super::origin::Origin;

/// Set to `true` by GitHub's runner.
const ACTIONS: &str = "GITHUB_ACTIONS";

/// The surroundings of a run.
#[derive(Debug, Clone)]
pub struct Environment {
    /// The environment variables; names and values that are no Unicode are left out.
    pub variables: BTreeMap<String, String>,
    /// The working directory.
    pub working_directory: PathBuf,
    /// True where standard input is a terminal, so that nothing will come from it.
    pub stdin_is_terminal: bool,
    /// Reads the clock; called for `--as-of now` and for nothing else.
    pub clock: fn() -> Millis,
}

impl Environment {
    /// The surroundings of this process.
    #[must_use]
    pub fn capture() -> Self {
        let text = |(name, value): (std::ffi::OsString, std::ffi::OsString)| {
            Some((name.into_string().ok()?, value.into_string().ok()?))
        };
        Self {
            variables: std::env::vars_os().filter_map(text).collect(),
            working_directory: std::env::current_dir().unwrap_or_default(),
            stdin_is_terminal: std::io::stdin().is_terminal(),
            clock: || chrono::Utc::now().timestamp_millis(),
        }
    }

    /// A variable that is set to something.
    #[must_use]
    pub fn variable(&self, name: &str) -> Option<&str> {
        let value = self.variables.get(name).map(String::as_str);
        value.filter(|value| !value.is_empty())
    }

    /// The user's own configuration file, whether it exists or not.
    #[must_use]
    pub fn user_file(&self) -> Option<PathBuf> {
        let folder = match self.variable("XDG_CONFIG_HOME") {
            Some(folder) => PathBuf::from(folder),
            None => self.home()?.join(".config"),
        };
        let file = folder.join("leadflow").join("config.toml");
        file.is_absolute().then_some(file)
    }

    /// The user's home directory.
    #[must_use]
    pub fn home(&self) -> Option<PathBuf> {
        self.variable("HOME")
            .or_else(|| self.variable("USERPROFILE"))
            .map(PathBuf::from)
    }

    /// What the `LEADFLOW_` variables say, and where the program runs.
    pub(super) fn layer(&self) -> Result<Layer, Failure> {
        let mut layer = Layer::default();
        for key in KEYS {
            let Some(name) = key.variable() else { continue };
            let Some(text) = self.variable(&name) else {
                continue;
            };
            let value = value_of(key, &name, text)?;
            layer.set(key.path, value, &Origin::Environment(name))?;
        }
        let says_how = self.variable("LEADFLOW_ERROR_FORMAT").is_some();
        if self.variable(ACTIONS) == Some("true") && !says_how {
            let origin = Origin::Environment(ACTIONS.to_owned());
            layer.set("error_format", Value::String("github".into()), &origin)?;
        }
        Ok(layer)
    }

    /// A warning for every `LEADFLOW_` variable that means nothing.
    pub(super) fn unknown_variables(&self) -> Vec<Diagnostic> {
        let known: Vec<String> = KEYS.iter().filter_map(Key::variable).collect();
        let known = || known.iter().map(String::as_str).chain([CONFIG_VARIABLE]);
        let ours = self
            .variables
            .keys()
            .filter(|name| name.starts_with("LEADFLOW_"));
        ours.filter(|name| known().all(|known| known != name.as_str()))
            .map(|name| unknown_variable(name, did_you_mean(name, known())))
            .collect()
    }
}

fn unknown_variable(name: &str, hint: Option<String>) -> Diagnostic {
    let mut warning = Diagnostic::new(
        &codes::UNKNOWN_KEY,
        format!("the environment variable {name} means nothing to leadflow and is ignored"),
    );
    warning.severity = crate::diagnostics::Severity::Warning;
    warning.hint = hint;
    warning
}

fn value_of(key: &Key, name: &str, text: &str) -> Result<Value, Failure> {
    let wrong = |expected: &str| {
        let text = format!("`{text}` is not {expected}");
        Failure::from(Origin::Environment(name.to_owned()).complaint(key.path, &text))
    };
    match key.form {
        Form::Text => Ok(Value::String(text.to_owned())),
        Form::Whole => text
            .parse()
            .map(Value::Integer)
            .map_err(|_| wrong("a whole number")),
        Form::Number => text
            .parse()
            .map(Value::Float)
            .map_err(|_| wrong("a number")),
        Form::Flag => match text.to_ascii_lowercase().as_str() {
            "1" | "true" | "yes" => Ok(Value::Boolean(true)),
            "0" | "false" | "no" => Ok(Value::Boolean(false)),
            _ => Err(wrong("true or false")),
        },
    }
}
