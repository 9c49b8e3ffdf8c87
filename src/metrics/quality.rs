//! How far the data can be trusted: accounts of rows, joins, and the shares of the
//! unknown (dictionary 0.10).

use polars::prelude::PolarsResult;

pub use crate::tables::accounts::{ColumnAccount, InputAccount, Reason, Spelling};
pub use crate::tables::links::Join;

use super::data::{Data, Scope, Source};
use super::measure::{Group, Measure, evaluate};
use super::stages;
use crate::domain::figure::{Figure, Undefined, ratio};
use polars::prelude::{col, lit};

/// What was read and what became of it.
#[derive(Debug, Clone, Default)]
pub struct Accounts {
    /// One per file.
    pub inputs: Vec<InputAccount>,
    /// Joins between tables.
    pub joins: Vec<Join>,
    /// Spellings of channels by input.
    pub spellings: Vec<Spelling>,
    /// Columns of the files.
    pub columns: Vec<ColumnAccount>,
}

/// A share of the unknown.
#[derive(Debug, Clone, PartialEq)]
pub struct Share {
    /// `unassigned_share`, ...
    pub key: &'static str,
    /// Rows of the kind.
    pub k: u64,
    /// Rows in all.
    pub n: u64,
    /// k / n.
    pub value: Figure<f64>,
}

/// The shares of the period: of its leads, or of its visits where there are no leads.
///
/// # Errors
/// What polars cannot do with the filter.
pub fn shares(data: &Data, scope: &Scope, accounts: &Accounts) -> PolarsResult<Vec<Share>> {
    let mut list = channel_shares(data, scope)?;
    let rows: u64 = accounts.inputs.iter().map(|input| input.rows).sum();
    let rejected = accounts
        .inputs
        .iter()
        .map(|input| input.aside_for(Reason::Rejected))
        .sum();
    list.push(share("rejected_share", Ok(rejected), Ok(rows)));
    let unmatched: u64 = accounts.joins.iter().map(|join| join.unmatched).sum();
    let matched: u64 = accounts.joins.iter().map(|join| join.matched).sum();
    list.push(share(
        "unmatched_share",
        Ok(unmatched),
        Ok(unmatched + matched),
    ));
    Ok(list)
}

fn channel_shares(data: &Data, scope: &Scope) -> PolarsResult<Vec<Share>> {
    const KEYS: [(&str, &str); 3] = [
        ("unassigned_share", "Unassigned"),
        ("direct_share", "Direct"),
        ("none_share", crate::tables::NONE),
    ];
    let base = if data.has(Source::Leads) {
        stages::entries(data, scope, 0, "all")
    } else {
        let column = if data.visits_are_users {
            "users"
        } else {
            "sessions"
        };
        Measure::units("all", Source::Visits, stages::inside(scope), col(column))
    };
    let mut measures = vec![base.clone()];
    for (key, channel) in KEYS {
        let mut measure = base.clone();
        measure.key = key.into();
        measure.keep = base.keep.clone().and(col("channel").eq(lit(channel)));
        measures.push(measure);
    }
    if !data
        .frame(base.source)
        .get_column_names()
        .iter()
        .any(|name| name.as_str() == "channel")
    {
        return Ok(KEYS
            .map(|(key, _)| share(key, Err(Undefined::NoData), Err(Undefined::NoData)))
            .into());
    }
    let results = evaluate(data, &measures, &[])?;
    let total = Group::new();
    let read = |key: &str| results.count(&total, key);
    Ok(KEYS
        .map(|(key, _)| share(key, read(key), read("all")))
        .into())
}

fn share(key: &'static str, k: Figure<u64>, n: Figure<u64>) -> Share {
    let value = k.and_then(|k| ratio(k as f64, n? as f64));
    Share {
        key,
        k: k.unwrap_or(0),
        n: n.unwrap_or(0),
        value,
    }
}
