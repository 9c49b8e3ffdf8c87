//! Columns whose words mean something: channel, stage, outcome, kind, currency.

use std::collections::BTreeMap;

use polars::prelude::*;

use super::channels::Assigned;
use super::deal_words::DealWords;
use super::group::Group;
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
        "stage_events" => {
            columns.extend(vocabulary.column(group, "stage", col::STAGE, findings));
            columns.extend(deal_words.column(group, col::WORD));
            columns.extend(vocabulary.ends(group));
        }
        "deals" => {
            columns.extend(kinds(group));
            columns.extend(deal_words.column(group, "stage"));
            let words = group.words("outcome").or_else(|| group.words("stage"));
            let outcomes: Vec<Outcome> = match words {
                None => vec![Outcome::Open; group.height()],
                Some(words) => {
                    let known: Vec<Outcome> = words
                        .list
                        .iter()
                        .map(|word| vocabulary.outcome(word))
                        .collect();
                    let of = |code: &u32| {
                        (*code as usize)
                            .checked_sub(1)
                            .and_then(|i| known.get(i).copied())
                    };
                    words
                        .codes
                        .iter()
                        .map(|code| of(code).unwrap_or(Outcome::Open))
                        .collect()
                }
            };
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
