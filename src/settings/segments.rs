//! Derived columns, and rows to leave out.

use toml::Value;

use crate::diagnostics::{Failure, Location};
use crate::domain::ladder::Ladder;
use crate::domain::text::normal_form;

use super::config::{Config, SegmentTable};
use super::funnel::placed;
use super::layers::Layers;
use super::origin::Place;
use super::reserved;

/// A column that is made from another one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Segment {
    /// Its name, as in `--by`.
    pub name: String,
    /// The column it is made from.
    pub from: String,
    /// Pattern (`*` stands for any text) -> value; the first that fits wins. Empty:
    /// the values are kept as they are.
    pub rules: Vec<(String, String)>,
}

/// Rows that do not count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exclusion {
    /// The canonical table.
    pub table: String,
    /// SQL condition on its columns, not parsed yet.
    pub filter: String,
    /// The reason shown beside the count.
    pub why: Option<String>,
    /// Where it stands, for complaints about its condition.
    pub location: Option<Location>,
}

/// The segments.
pub fn segments(
    config: &Config,
    layers: &Layers,
    ladder: &Ladder,
) -> Result<Vec<Segment>, Failure> {
    let mut segments: Vec<Segment> = Vec::new();
    for (table, number) in config.segment.iter().zip(1..) {
        let key = format!("segment[{number}]");
        check_name(
            layers,
            &format!("{key}.name"),
            &table.name,
            ladder,
            &segments,
        )?;
        segments.push(Segment {
            name: table.name.clone(),
            from: table.from.clone(),
            rules: rules(layers, &format!("{key}.map"), table)?,
        });
    }
    Ok(segments)
}

fn check_name(
    layers: &Layers,
    key: &str,
    name: &str,
    ladder: &Ladder,
    before: &[Segment],
) -> Result<(), Failure> {
    if let Some(finding) = reserved::refuse("segment", name) {
        return Err(placed(finding, &layers.origin(key)).into());
    }
    let folded = normal_form(name);
    if folded.is_empty() {
        return Err(layers.complaint(key, "a segment needs a name").into());
    }
    if ladder.iter().any(|stage| normal_form(stage) == folded) {
        return Err(layers
            .complaint(key, &format!("`{name}` is the name of a stage already"))
            .into());
    }
    if before
        .iter()
        .any(|segment| normal_form(&segment.name) == folded)
    {
        return Err(layers
            .complaint(key, &format!("the segment `{name}` stands there twice"))
            .into());
    }
    Ok(())
}

fn rules(
    layers: &Layers,
    key: &str,
    table: &SegmentTable,
) -> Result<Vec<(String, String)>, Failure> {
    let mut rules = Vec::new();
    for (pattern, value) in &table.map {
        let Value::String(value) = value else {
            let text = format!("`{value}` is no text; write the value in quotes");
            return Err(layers.complaint(&format!("{key}.{pattern}"), &text).into());
        };
        rules.push((pattern.clone(), value.clone()));
    }
    Ok(rules)
}

/// The exclusions.
pub fn exclusions(config: &Config, layers: &Layers) -> Vec<Exclusion> {
    let location = |number: usize| {
        let origin = layers.origin(&format!("exclude[{number}].where"));
        origin.place().map(Place::location)
    };
    let numbered = config.exclude.iter().zip(1..);
    numbered
        .map(|(table, number)| Exclusion {
            table: table.table.clone(),
            filter: table.filter.clone(),
            why: table.why.clone(),
            location: location(number),
        })
        .collect()
}
