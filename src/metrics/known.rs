//! How the stages of the funnel are known.
//!
//! A stage is known in one of three ways: person by person, from stage lists without
//! an id, or as ready-made counts beside spend or visits. Persons are preferred;
//! a stage is never added up from two of them. A stage that no input can tell of is
//! known in none, and its figures are undefined.

use super::data::{Data, Source};
use crate::tables::col as name;

/// How a stage is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Known {
    /// Person by person.
    Followed,
    /// From stage lists without an id.
    Listed,
    /// As a count beside spend or visits.
    Counted(Source),
    /// Not at all: no input feeds it.
    Nowhere,
}

/// How the stage with this index is known; `fed` says whether anything that is followed
/// can tell of it.
#[must_use]
pub fn of_stage(data: &Data, stage: usize, fed: bool) -> Known {
    let stage_name = data.ladder.name(stage);
    let has_anybody = || {
        let recorded = data
            .frame(Source::Leads)
            .column(&name::recorded(stage_name));
        recorded.is_ok_and(|c| c.bool().is_ok_and(polars::prelude::ChunkedArray::any))
    };
    if fed && has_anybody() {
        return Known::Followed;
    }
    if listed(data, stage) {
        return Known::Listed;
    }
    match counted(data, stage_name) {
        Some(source) => Known::Counted(source),
        None if fed => Known::Followed,
        None => Known::Nowhere,
    }
}

fn listed(data: &Data, stage: usize) -> bool {
    let column = data.frame(Source::Counted).column(name::STAGE);
    let stage = i32::try_from(stage).unwrap_or(i32::MAX);
    column.is_ok_and(|c| {
        c.i32()
            .is_ok_and(|c| c.iter().any(|value| value == Some(stage)))
    })
}

fn counted(data: &Data, stage: &str) -> Option<Source> {
    let count = name::count_of(stage);
    [Source::Spend, Source::Visits]
        .into_iter()
        .find(|source| data.has_values(*source, &count))
}

/// True where the stage is also counted somewhere although persons are followed.
#[must_use]
pub fn is_known_twice(data: &Data, stage: usize) -> bool {
    data.known(stage) == Known::Followed
        && (listed(data, stage) || counted(data, data.ladder.name(stage)).is_some())
}
