//! Finding and reading configuration files.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use crate::cli::Cli;
use crate::diagnostics::{Diagnostic, Failure, Location, codes};

use super::document::Document;
use super::env::Environment;
use super::keys::CONFIG_VARIABLE;
use super::layers::Layer;
use super::origin::Origin;

/// The name that is looked for here and in the parents.
pub const PROJECT_FILE: &str = "leadflow.toml";

/// A configuration file that should be read.
#[derive(Debug, Clone)]
pub struct ConfigFile {
    /// Where it is.
    pub path: PathBuf,
    /// How people call it.
    pub shown: String,
}

impl ConfigFile {
    /// The folder that its paths are relative to.
    #[must_use]
    pub fn folder(&self) -> PathBuf {
        self.path.parent().unwrap_or(Path::new("")).to_owned()
    }

    /// Its values, as a layer.
    pub fn layer(&self, origin: fn(super::Place) -> Origin) -> Result<Layer, Failure> {
        let bytes = std::fs::read(&self.path)
            .map_err(|error| unreadable("configuration", &self.shown, &error))?;
        let text = String::from_utf8(bytes).map_err(|_| {
            Diagnostic::new(&codes::CONFIG, "the configuration is not UTF-8")
                .at(Location::file(&self.shown))
                .hint("save it again as UTF-8")
        })?;
        let document = Document::parse(&self.shown, &text)?;
        Ok(Layer::of_file(document, &self.folder(), origin))
    }
}

/// The project's file: the one that was named, else `leadflow.toml` in the working
/// directory or the nearest parent that has one.
pub fn project_file(cli: &Cli, environment: &Environment) -> Option<ConfigFile> {
    let named = cli
        .running
        .config
        .as_deref()
        .or_else(|| environment.variable(CONFIG_VARIABLE));
    if let Some(name) = named {
        let path = environment.working_directory.join(name);
        return Some(ConfigFile {
            path,
            shown: name.to_owned(),
        });
    }
    if !cli.command.reads_project() {
        return None;
    }
    let mut shown = PROJECT_FILE.to_owned();
    for folder in environment.working_directory.ancestors() {
        let path = folder.join(PROJECT_FILE);
        if path.is_file() {
            return Some(ConfigFile { path, shown });
        }
        shown.insert_str(0, "../");
    }
    None
}

/// The user's own file, where it exists.
pub fn user_file(environment: &Environment) -> Option<ConfigFile> {
    let path = environment.user_file().filter(|path| path.is_file())?;
    let home = environment.home();
    let below_home = home.and_then(|home| path.strip_prefix(home).ok().map(Path::to_owned));
    let shown = match below_home {
        Some(rest) => format!("~/{}", rest.display()),
        None => path.display().to_string(),
    };
    Some(ConfigFile { path, shown })
}

/// A file that settings need and that cannot be read.
pub fn unreadable(what: &str, shown: &str, error: &std::io::Error) -> Failure {
    let (code, text) = match error.kind() {
        ErrorKind::NotFound => (&codes::NOT_FOUND, "not found"),
        ErrorKind::IsADirectory => (&codes::UNREADABLE, "this is a directory, expected a file"),
        ErrorKind::PermissionDenied => (&codes::UNREADABLE, "permission denied"),
        _ => (&codes::UNREADABLE, "cannot be read"),
    };
    Diagnostic::new(code, format!("the {what} `{shown}`: {text}"))
        .at(Location::file(shown))
        .into()
}
