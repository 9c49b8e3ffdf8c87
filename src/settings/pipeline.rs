//! `[[pipeline]]`: the ladder of deals, apart from the funnel of leads.

use std::collections::BTreeMap;

use super::config::{Config, PipelineTable};
use super::layers::Layers;
use crate::diagnostics::Failure;
use crate::domain::names::near_or_all;
use crate::domain::text::normal_form;

/// A ladder of deals.
#[derive(Debug, Clone, PartialEq)]
pub struct PipelineSetup {
    /// Its name, as the column `pipeline` of the deals has it; absent for all deals.
    pub name: Option<String>,
    /// Stages, lowest first, as the export writes them.
    pub stages: Vec<String>,
    /// Words that mean won.
    pub won: Vec<String>,
    /// Words that mean lost.
    pub lost: Vec<String>,
    /// Words for an end without a decision; they mean lost as well.
    pub no_decision: Vec<String>,
    /// The stage from which on a deal counts in win rates.
    pub qualified_from: Option<String>,
    /// Chance of a stage to be won, by stage in normal form.
    pub probability: BTreeMap<String, f64>,
    /// Days without activity after which a deal is left lying, by stage in normal form.
    pub rot_days: BTreeMap<String, f64>,
}

/// Every `[[pipeline]]`, in order.
pub fn pipelines(config: &Config, layers: &Layers) -> Result<Vec<PipelineSetup>, Failure> {
    let one = |(table, number): (&PipelineTable, usize)| {
        let key = format!("pipeline[{number}]");
        Ok(PipelineSetup {
            name: table.name.clone().filter(|_| config.pipeline.len() > 1),
            stages: table.stages.clone(),
            won: table.won.clone(),
            lost: table.lost.clone(),
            no_decision: table.no_decision.clone(),
            qualified_from: qualified_from(layers, &key, table)?,
            probability: by_stage(layers, &key, "probability", table, &table.probability, 1.0)?,
            rot_days: by_stage(layers, &key, "rot_days", table, &table.rot_days, f64::MAX)?,
        })
    };
    config.pipeline.iter().zip(1..).map(one).collect()
}

/// A stage that the pipeline has.
fn qualified_from(
    layers: &Layers,
    key: &str,
    table: &PipelineTable,
) -> Result<Option<String>, Failure> {
    let Some(stage) = &table.qualified_from else {
        return Ok(None);
    };
    let folded = normal_form(stage);
    if table
        .stages
        .iter()
        .any(|known| normal_form(known) == folded)
    {
        return Ok(Some(stage.clone()));
    }
    let path = format!("{key}.qualified_from");
    let names = table.stages.iter().map(String::as_str);
    let finding = layers.complaint(&path, &format!("`{stage}` is no stage of this pipeline"));
    Err(finding
        .hint(near_or_all(stage, names, "its stages are"))
        .into())
}

/// Values of stages that the pipeline has.
fn by_stage(
    layers: &Layers,
    key: &str,
    name: &str,
    table: &PipelineTable,
    values: &BTreeMap<String, f64>,
    most: f64,
) -> Result<BTreeMap<String, f64>, Failure> {
    let known: Vec<String> = table
        .stages
        .iter()
        .map(|stage| normal_form(stage))
        .collect();
    let mut found = BTreeMap::new();
    for (stage, value) in values {
        let path = format!("{key}.{name}.{stage}");
        if !(0.0..=most).contains(value) {
            let text = format!(
                "`{value}` is no {}",
                if most > 1.0 {
                    "number of days"
                } else {
                    "share from 0 to 1"
                }
            );
            return Err(layers.complaint(&path, &text).into());
        }
        let folded = normal_form(stage);
        if !known.is_empty() && !known.contains(&folded) {
            let names = table.stages.iter().map(String::as_str);
            let finding =
                layers.complaint(&path, &format!("`{stage}` is no stage of this pipeline"));
            return Err(finding
                .hint(near_or_all(stage, names, "its stages are"))
                .into());
        }
        found.insert(folded, *value);
    }
    Ok(found)
}

/// The words of the pipelines for won and lost, as stage words.
pub fn outcome_words(config: &Config) -> impl Iterator<Item = (String, &'static str)> + '_ {
    config.pipeline.iter().flat_map(|table| {
        let meaning = |words: &[String], meaning: &'static str| -> Vec<(String, &'static str)> {
            words
                .iter()
                .map(|word| (normal_form(word), meaning))
                .collect()
        };
        let mut all = meaning(&table.won, "won");
        all.extend(meaning(&table.lost, "lost"));
        all.extend(meaning(&table.no_decision, "lost"));
        all
    })
}
