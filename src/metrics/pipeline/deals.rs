//! Deals as plain rows: what the pipeline is computed from.

use polars::prelude::*;

use crate::domain::calendar::{DAY_MILLIS, Millis};
use crate::domain::money::Money;
use crate::metrics::data::{Data, Source};
use crate::tables::{self, col as name, frame};

/// A deal.
#[derive(Debug, Clone, PartialEq)]
pub struct Deal {
    /// Its id.
    pub id: String,
    /// Its name; a deal's name is no person.
    pub name: Option<String>,
    /// The pipeline it stands in.
    pub pipeline: Option<String>,
    /// The word for today's stage.
    pub stage: Option<String>,
    /// Values of the dimensions asked for.
    pub group: Vec<String>,
    /// Who works it.
    pub owner: Option<String>,
    /// Its amount.
    pub amount: Option<Money>,
    /// When it was made.
    pub created: Option<Millis>,
    /// When it was won.
    pub won_at: Option<Millis>,
    /// When it was lost.
    pub lost_at: Option<Millis>,
    /// Won by the as-of moment, time known or not.
    pub won: bool,
    /// Lost by then.
    pub lost: bool,
    /// When it is planned to close.
    pub expected_close: Option<Millis>,
    /// Chance that the system states, as a share.
    pub probability: Option<f64>,
    /// Last activity.
    pub last_activity: Option<Millis>,
}

impl Deal {
    /// When it ended.
    #[must_use]
    pub fn ended(&self) -> Option<Millis> {
        self.won_at.or(self.lost_at)
    }

    /// True where it was open at a moment. A deal without a date of creation existed from the
    /// beginning; one that ended at an unknown time is never open.
    #[must_use]
    pub fn open_at(&self, moment: Millis) -> bool {
        let made = self.created.is_none_or(|created| created <= moment);
        let over = self.won || self.lost;
        made && (!over || self.ended().is_some_and(|ended| ended > moment))
    }

    /// True where it was won after `from` and by `to`.
    #[must_use]
    pub fn won_within(&self, from: Millis, to: Millis) -> bool {
        self.won_at.is_some_and(|at| from < at && at <= to)
    }

    /// Days since it was made.
    #[must_use]
    pub fn age_days(&self, moment: Millis) -> Option<f64> {
        self.created.map(|created| days(created, moment))
    }

    /// Its amount in units; 0 where it has none.
    #[must_use]
    pub fn units(&self) -> f64 {
        self.amount.map_or(0.0, Money::units)
    }
}

/// Days from one moment to another.
#[must_use]
pub fn days(from: Millis, to: Millis) -> f64 {
    (to - from) as f64 / DAY_MILLIS as f64
}

/// All deals that the filter keeps, in the order of the inputs.
///
/// # Errors
/// What polars cannot do with the filter.
pub fn deals(data: &Data, dimensions: &[String]) -> PolarsResult<Vec<Deal>> {
    let frame = data.frame(Source::Deals).clone();
    let frame = data.filtered(frame.lazy(), Source::Deals)?.collect()?;
    let text = |column: &str| frame::texts(&frame, column);
    let whole = |column: &str| frame::integers(&frame, column);
    let flag = |column: &str| frame::flags(&frame, column);
    let (ids, names, owners) = (text(name::ID), text(name::DEAL_NAME), text("owner"));
    let (pipelines, stages) = (text("pipeline"), text(name::DEAL_STAGE));
    let groups: Vec<Vec<Option<&str>>> = dimensions.iter().map(|name| text(name)).collect();
    let (amounts, created) = (whole(name::AMOUNT), whole(name::CREATED));
    let (won_at, lost_at) = (whole(name::WON_AT), whole(name::LOST_AT));
    let (won, lost, exists) = (flag(name::WON), flag(name::LOST), flag("exists"));
    let expected = whole(name::EXPECTED_CLOSE);
    let (stated, active) = (whole("probability"), whole("last_activity"));
    let owned = |cell: Option<&str>| cell.filter(|cell| *cell != tables::NONE).map(str::to_owned);
    let deal = |row: usize| Deal {
        id: ids[row].unwrap_or_default().to_owned(),
        name: owned(names[row]),
        pipeline: owned(pipelines[row]),
        stage: owned(stages[row]),
        group: groups
            .iter()
            .map(|column| column[row].unwrap_or(tables::NONE).to_owned())
            .collect(),
        owner: owned(owners[row]),
        amount: amounts[row].map(|micros| Money::from_micros(micros.into())),
        created: created[row],
        won_at: won_at[row],
        lost_at: lost_at[row],
        won: won[row],
        lost: lost[row],
        expected_close: expected[row],
        probability: stated[row].map(share),
        last_activity: active[row],
    };
    Ok((0..frame.height())
        .filter(|row| exists[*row])
        .map(deal)
        .collect())
}

/// Millionths of a share or of per cent: systems write 0.4 and 40.
fn share(micros: i64) -> f64 {
    let value = micros as f64 / Money::SCALE as f64;
    if value > 1.0 { value / 100.0 } else { value }
}
