//! Leads per visit (dictionary 2.2, `v2l`).
//!
//! Visits are counted by the analytics tool, leads by the CRM: nobody is followed from
//! one to the other, so this is a ratio of two counts of the period, without an
//! interval. Leads of channels that have no visits at all (a fair, a phone call) are
//! outside.

use polars::prelude::*;

use super::data::{Data, Scope, Source};
use super::measure::{Group, Measure, Results};
use super::stages::{self, inside, straddles};
use crate::domain::figure::{Figure, Rate, Undefined, View};
use crate::tables::{self, col as name};

/// The measure of visits: sessions, or users where nothing else is known.
#[must_use]
pub fn visits(data: &Data, scope: &Scope, key: &str) -> Measure {
    let column = visit_column(data);
    let broken = col(column).is_not_null().and(straddles(scope));
    Measure::units(key, Source::Visits, inside(scope), col(column))
        .dated_by(name::START)
        .broken_by(broken, Undefined::PeriodStraddles)
}

/// The column that counts visits.
#[must_use]
pub fn visit_column(data: &Data) -> &'static str {
    if data.visits_are_users {
        "users"
    } else {
        "sessions"
    }
}

/// The two measures behind the ratio: `<key>/visits` and `<key>/leads`.
#[must_use]
pub fn measures(data: &Data, scope: &Scope, key: &str) -> [Measure; 2] {
    let mut leads = stages::entries(data, scope, 0, format!("{key}/leads"));
    let visited = tables::frame::texts(data.frame(Source::Visits), name::CHANNEL);
    let visited: std::collections::BTreeSet<&str> = visited.into_iter().flatten().collect();
    let has_channels =
        tables::frame::has_column(data.frame(leads.source), name::CHANNEL) && !visited.is_empty();
    if has_channels {
        let list: Vec<&str> = visited.into_iter().collect();
        let list = Series::new("visited".into(), list).implode();
        let of_visits = list.map(|list| col(name::CHANNEL).is_in(lit(list.into_series()), false));
        if let Ok(of_visits) = of_visits {
            leads.keep = leads.keep.and(of_visits);
        }
    }
    [visits(data, scope, &format!("{key}/visits")), leads]
}

/// True for `visit_to_<first stage>`.
#[must_use]
pub fn is_key(data: &Data, key: &str) -> bool {
    key.strip_prefix("visit_to_") == Some(data.ladder.first())
}

/// The leads that the ratio counts, for listing their rows.
#[must_use]
pub fn numerator(data: &Data, scope: &Scope, key: &str) -> Measure {
    let [_, mut leads] = measures(data, scope, key);
    key.clone_into(&mut leads.key);
    leads
}

/// The ratio of a group, from the evaluated measures.
///
/// # Errors
/// `no_data` without visits, `zero_denominator` where there were none in the period, and
/// what makes either count undefined.
pub fn read(data: &Data, results: &Results, group: &Group, key: &str) -> Figure<Rate> {
    if !data.has(Source::Visits) {
        return Err(Undefined::NoData);
    }
    let n = results.count(group, &format!("{key}/visits"))?;
    let k = results.count(group, &format!("{key}/leads"))?;
    if n == 0 {
        return Err(Undefined::ZeroDenominator);
    }
    Ok(Rate {
        k,
        n,
        interval: None,
        view: View::Period,
        policy: data.policy,
        horizon_days: None,
        in_progress: None,
    })
}
