#![allow(
    clippy::disallowed_methods,
    reason = "tests write the files that they read"
)]
#![allow(clippy::unwrap_used, clippy::expect_used)]
mod event_funnel;
mod funnel;
mod inputs;
mod layers;
mod money;
mod output;
mod rules;
mod whole;

use std::fs;
use std::path::Path;

use tempfile::TempDir;

use super::*;
use crate::cli::Cli;
use crate::diagnostics::codes;
use crate::diagnostics::terminal::ColourChoice;
use crate::domain::channel::Class;
use crate::domain::money::Money;

/// A project folder of its own, with nothing around it.
struct Project {
    folder: TempDir,
    variables: BTreeMap<String, String>,
    stdin_is_terminal: bool,
}

impl Project {
    fn new(config: &str) -> Self {
        let project = Self::empty();
        project.write("leadflow.toml", config);
        project
    }

    fn empty() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
            variables: BTreeMap::new(),
            stdin_is_terminal: false,
        }
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join("work").join(name)
    }

    fn set(mut self, name: &str, value: &str) -> Self {
        self.variables.insert(name.to_owned(), value.to_owned());
        self
    }

    fn run(&self, words: &str) -> Result<Settings, Failure> {
        self.run_words(&words.split_whitespace().collect::<Vec<_>>())
    }

    fn run_words(&self, words: &[&str]) -> Result<Settings, Failure> {
        fs::create_dir_all(self.path("")).unwrap();
        let cli = Cli::read(std::iter::once("leadflow").chain(words.iter().copied())).unwrap();
        let environment = Environment {
            variables: self.variables.clone(),
            working_directory: self.path(""),
            stdin_is_terminal: self.stdin_is_terminal,
            clock: || 1_772_000_000_000,
        };
        resolve(&cli, &environment)
    }

    fn refused(&self, words: &str) -> (String, String, String) {
        let failure = self.run(words).unwrap_err();
        let finding = &failure.0[0];
        let place = finding.location.as_ref().map(ToString::to_string);
        (
            finding.code.id.to_owned(),
            finding.text.clone(),
            place.unwrap_or_default(),
        )
    }
}

use crate::diagnostics::Failure;

fn settings(config: &str) -> Settings {
    Project::new(config).run("funnel").unwrap()
}

fn refused(config: &str) -> (String, String, String) {
    Project::new(config).refused("funnel")
}

fn shown(settings: &Settings, key: &str) -> (String, String) {
    let found = settings
        .describe()
        .iter()
        .find(|shown| shown.key == key)
        .unwrap();
    (found.value.clone(), found.origin.to_string())
}
