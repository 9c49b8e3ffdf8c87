//! Layers of settings on top of each other, each value with its origin.
//!
//! A layer is what one place said: a file, the environment, the command line. Tables
//! are laid over each other key by key; lists and single values are replaced whole,
//! so a project that lists its inputs does not inherit half of the user's.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use toml::{Table, Value};

use crate::diagnostics::{Diagnostic, Failure};

use super::complaint;
use super::config::{COMMAND_OPTIONS, Config};
use super::document::{Document, join};
use super::origin::{Origin, Place};

/// What one place said. Its values have the right shape.
#[derive(Debug, Clone, Default)]
pub struct Layer {
    values: Table,
    sources: BTreeMap<String, Source>,
}

/// Where a value comes from, and what its relative paths start from.
#[derive(Debug, Clone)]
struct Source {
    origin: Origin,
    base: PathBuf,
}

impl Layer {
    /// A file, whose relative paths start from `base`.
    pub fn of_file(document: Document, base: &Path, origin: impl Fn(Place) -> Origin) -> Self {
        let source = |place| Source {
            origin: origin(place),
            base: base.to_owned(),
        };
        let sources = document.places.into_iter();
        Self {
            values: document.values,
            sources: sources.map(|(path, place)| (path, source(place))).collect(),
        }
    }

    /// Adds a value said for this run; its relative paths stay as typed.
    ///
    /// # Errors
    /// Where no such key exists or the value has the wrong form.
    pub fn set(&mut self, path: &str, value: Value, origin: &Origin) -> Result<(), Failure> {
        let single = nested(path, value.clone());
        if let Err(error) = Config::deserialize(single) {
            return Err(misfit(path, &value, origin, &error).into());
        }
        insert(&mut self.values, path, value);
        let source = Source {
            origin: origin.clone(),
            base: PathBuf::new(),
        };
        self.sources.insert(path.to_owned(), source);
        Ok(())
    }
}

fn misfit(path: &str, value: &Value, origin: &Origin, error: &toml::de::Error) -> Diagnostic {
    let finding = complaint::wrong_shape(path, &value.to_string(), error);
    let mut told = origin.complaint(path, &finding.text);
    told.code = finding.code;
    told.hint = finding.hint;
    told
}

/// `a.b` and 1 make the table `{ a = { b = 1 } }`.
fn nested(path: &str, value: Value) -> Table {
    let mut table = Table::new();
    insert(&mut table, path, value);
    table
}

fn insert(table: &mut Table, path: &str, value: Value) {
    let Some((head, rest)) = path.split_once('.') else {
        table.insert(path.to_owned(), value);
        return;
    };
    let inner = table
        .entry(head.to_owned())
        .or_insert_with(|| Value::Table(Table::new()));
    if let Value::Table(inner) = inner {
        insert(inner, rest, value);
    }
}

/// All layers, the later ones on top.
#[derive(Debug, Clone, Default)]
pub struct Layers {
    values: Table,
    sources: BTreeMap<String, Source>,
}

impl Layers {
    /// Lays a layer over those that are there.
    pub fn add(&mut self, layer: Layer) {
        overlay(
            &mut self.values,
            layer.values,
            "",
            &mut self.sources,
            &layer.sources,
        );
    }

    /// Makes the options in the table of a command those of the run, except where the
    /// option was said for every command in a place that wins.
    pub fn prefer_table_of(&mut self, command: &str) {
        for option in COMMAND_OPTIONS {
            let path = join(command, option);
            let rank = |path: &str| self.sources.get(path).map(|source| source.origin.rank());
            if rank(&path).is_none() || rank(&path) < rank(option) {
                continue;
            }
            let own = self
                .values
                .get(command)
                .and_then(|table| table.get(*option))
                .cloned();
            let source = self.sources.get(&path).cloned();
            if let (Some(value), Some(source)) = (own, source) {
                self.values.insert((*option).to_owned(), value);
                self.sources.insert((*option).to_owned(), source);
            }
        }
    }

    /// Everything as the file model.
    ///
    /// # Errors
    /// Where two layers contradict each other in form.
    pub fn config(&self) -> Result<Config, Failure> {
        let config = Config::deserialize(self.values.clone());
        config.map_err(|error| complaint::wrong_shape("", "", &error).into())
    }

    /// Where the value of a key comes from; an element of a list or table comes from
    /// where that does.
    #[must_use]
    pub fn origin(&self, path: &str) -> Origin {
        self.source(path)
            .map_or(Origin::Default, |source| source.origin.clone())
    }

    /// A path of the file system that stands at `key`, made relative to what it was
    /// written for: the configuration's folder, or the working directory.
    #[must_use]
    pub fn located(&self, key: &str, path: &str) -> PathBuf {
        self.source(key)
            .map_or_else(|| path.into(), |source| source.base.join(path))
    }

    /// A complaint about the value of `key`, with its place.
    #[must_use]
    pub fn complaint(&self, key: &str, text: &str) -> Diagnostic {
        self.origin(key).complaint(key, text)
    }

    /// Every single value as text, with its path, in the order of the layers.
    #[must_use]
    pub fn leaves(&self) -> Vec<(String, String)> {
        let mut leaves = Vec::new();
        collect_table(&self.values, "", &mut leaves);
        leaves
    }

    fn source(&self, path: &str) -> Option<&Source> {
        let mut path = path;
        loop {
            if let Some(source) = self.sources.get(path) {
                return Some(source);
            }
            path = &path[..path.rfind(['.', '['])?];
        }
    }
}

fn overlay(
    below: &mut Table,
    above: Table,
    path: &str,
    sources: &mut BTreeMap<String, Source>,
    news: &BTreeMap<String, Source>,
) {
    for (key, value) in above {
        let path = join(path, &key);
        match (below.get_mut(&key), value) {
            (Some(Value::Table(old)), Value::Table(new)) => overlay(old, new, &path, sources, news),
            (_, value) => {
                sources.retain(|known, _| !is_within(known, &path));
                let fresh = news.iter().filter(|(known, _)| is_within(known, &path));
                sources.extend(fresh.map(|(known, source)| (known.clone(), source.clone())));
                below.insert(key, value);
            }
        }
    }
}

/// True for the path itself and everything below it.
fn is_within(path: &str, above: &str) -> bool {
    path.strip_prefix(above)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
}

fn collect_table(table: &Table, path: &str, leaves: &mut Vec<(String, String)>) {
    for (key, value) in table {
        collect(value, &join(path, key), leaves);
    }
}

fn collect(value: &Value, path: &str, leaves: &mut Vec<(String, String)>) {
    match value {
        Value::Table(table) => collect_table(table, path, leaves),
        Value::Array(list) if list.iter().any(Value::is_table) => {
            for (element, number) in list.iter().zip(1..) {
                collect(element, &format!("{path}[{number}]"), leaves);
            }
        }
        other => leaves.push((path.to_owned(), as_written(other))),
    }
}

/// A value as people read it: texts without quotes, lists with commas.
fn as_written(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(list) => list.iter().map(as_written).collect::<Vec<_>>().join(", "),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn file(text: &str, origin: impl Fn(Place) -> Origin) -> Layer {
        Layer::of_file(
            Document::parse("f.toml", text).unwrap(),
            Path::new("base"),
            origin,
        )
    }

    #[test]
    fn tables_merge_and_lists_are_replaced() {
        let mut layers = Layers::default();
        layers.add(file(
            "currency='EUR'\n[fx]\nUSD=0.9\nGBP=1.2\n[[input]]\npath='a'\n[[input]]\npath='b'",
            Origin::UserFile,
        ));
        layers.add(file(
            "[fx]\nUSD=0.8\n[[input]]\npath='c'",
            Origin::ProjectFile,
        ));
        let config = layers.config().unwrap();
        assert_eq!(config.input.len(), 1);
        assert_eq!(config.fx.len(), 2);
        assert_eq!(layers.origin("fx.GBP").to_string(), "f.toml:4");
        assert!(matches!(layers.origin("fx.USD"), Origin::ProjectFile(_)));
        assert!(matches!(
            layers.origin("input[1].path"),
            Origin::ProjectFile(_)
        ));
        assert_eq!(layers.origin("seed"), Origin::Default);
        assert_eq!(layers.located("input[1].path", "c"), Path::new("base/c"));
    }

    #[test]
    fn a_command_prefers_its_own_table_unless_a_higher_place_speaks() {
        let text = "by='owner'\nformat='csv'\n[funnel]\nby='month'\nformat='json'";
        let mut layers = Layers::default();
        layers.add(file(text, Origin::ProjectFile));
        let mut flags = Layer::default();
        let origin = Origin::Flag("--format".into());
        flags
            .set("format", Value::String("table".into()), &origin)
            .unwrap();
        layers.add(flags);
        layers.prefer_table_of("funnel");
        let config = layers.config().unwrap();
        assert_eq!(config.by.unwrap().list(), ["month"]);
        assert_eq!(config.format.as_deref(), Some("table"));
        assert_eq!(layers.origin("by").to_string(), "f.toml:4");
    }

    #[test]
    fn values_said_for_the_run_are_checked() {
        let mut layer = Layer::default();
        let origin = Origin::Environment("LEADFLOW_POLICY".into());
        let failure = layer
            .set("funnel.policy", Value::String("implid".into()), &origin)
            .unwrap_err();
        let finding = &failure.0[0];
        assert!(
            finding
                .text
                .starts_with("LEADFLOW_POLICY: `funnel.policy` is `implid`")
        );
        assert_eq!(finding.hint.as_deref(), Some("did you mean `implied`?"));
    }
}
