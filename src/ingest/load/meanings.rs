//! Columns whose words mean something: channel, stage, outcome, kind, currency.

use std::collections::BTreeMap;

use polars::prelude::*;

use super::activities;
use super::channels::Assigned;
use super::deal_words::DealWords;
use super::group::Group;
use super::owners;
use super::request::Request;
use super::stages::{Outcome, Vocabulary, kinds};
use crate::diagnostics::Diagnostics;
use crate::tables::col;

/// Columns whose words mean something: channel, stage, outcome, kind.
pub fn meanings(
    group: &Group,
    assigned: &Assigned,
    shown: &BTreeMap<String, String>,
    request: &Request,
    deal_words: &DealWords,
    findings: &mut Diagnostics,
) -> Vec<Column> {
    let vocabulary =
        Vocabulary::new(group, &request.stage_labels, &request.stages).beside(deal_words);
    let mut columns: Vec<Column> = assigned.column(group, shown).into_iter().collect();
    match group.table.name {
        "leads" => {
            columns.extend(vocabulary.column(group, "stage", col::TODAY, findings));
            let first = request
                .stages
                .first()
                .map(|stage| col::wide(stage))
                .unwrap_or_default();
            let speaks = group.has_column(&first);
            columns.push(Column::new(
                col::SPEAKS.into(),
                vec![speaks; group.height()],
            ));
            if let Some(words) = group.words("disqualified_reason") {
                let given: Vec<bool> = words.codes.iter().map(|code| *code > 0).collect();
                columns.push(Column::new(col::flag("disqualified").into(), given));
            }
        }
        "activities" => {
            activities::check(group, findings);
            columns.extend(activities::columns(group, findings));
        }
        "owners" => columns.extend(owners::calendars(group, &request.calendars, findings)),
        "stage_events" => {
            columns.extend(vocabulary.column(group, "stage", col::STAGE, findings));
            columns.extend(deal_words.column(group, col::WORD));
            columns.extend(vocabulary.ends(group));
        }
        "deals" => {
            columns.extend(kinds(group));
            columns.extend(deal_words.column(group, "stage"));
            let outcomes = outcomes(group, &vocabulary, deal_words);
            let is = |wanted: Outcome| {
                outcomes
                    .iter()
                    .map(|outcome| *outcome == wanted)
                    .collect::<Vec<bool>>()
            };
            columns.push(Column::new(col::WON.into(), is(Outcome::Won)));
            columns.push(Column::new(col::LOST.into(), is(Outcome::Lost)));
        }
        _ => {}
    }
    columns
}

/// How each deal stands by its words: those of its own pipeline before those of all.
fn outcomes(group: &Group, vocabulary: &Vocabulary, deal_words: &DealWords) -> Vec<Outcome> {
    let words = group.words("outcome").or_else(|| group.words("stage"));
    let Some(words) = words else {
        return vec![Outcome::Open; group.height()];
    };
    let pipelines = group.words("pipeline");
    let known: Vec<Outcome> = words
        .list
        .iter()
        .map(|word| vocabulary.outcome(word))
        .collect();
    let mut own: BTreeMap<(u32, u32), Option<Outcome>> = BTreeMap::new();
    let of = |(row, code): (usize, &u32)| {
        let place = (*code as usize).checked_sub(1)?;
        let pipeline = pipelines.and_then(|words| words.codes.get(row).copied());
        let pipeline = pipeline.unwrap_or(0);
        let said = *own.entry((pipeline, *code)).or_insert_with(|| {
            let name = pipelines.and_then(|words| words.word(pipeline));
            deal_words.outcome(name, words.list.get(place)?)
        });
        said.or_else(|| known.get(place).copied())
    };
    let rows = words.codes.iter().enumerate().map(of);
    rows.map(|outcome| outcome.unwrap_or(Outcome::Open))
        .collect()
}

/// Stages that the words of a group can name, where its rows are followed.
#[must_use]
pub fn sayable(group: &Group, request: &Request) -> Vec<String> {
    let follows = match group.table.name {
        "leads" => true,
        "stage_events" => group.has_column(col::ID),
        _ => false,
    };
    if !follows || group.words("stage").is_none() {
        return Vec::new();
    }
    let vocabulary = Vocabulary::new(group, &request.stage_labels, &request.stages);
    vocabulary.sayable().map(str::to_owned).collect()
}

/// The currency column of a group, row by row.
pub struct CurrencyWords(pub Vec<Option<String>>);

impl CurrencyWords {
    /// The words of a group that has such a column.
    #[must_use]
    pub fn of(group: &Group) -> Option<Self> {
        let words = group.words("currency")?;
        Some(Self(
            (0..group.height())
                .map(|row| words.get(row).map(str::to_uppercase))
                .collect(),
        ))
    }
}
