//! Service levels: how fast leads are answered, whether promises are kept, who has how much
//! to work.
//!
//! Definitions: metrics dictionary sections 5.1 to 5.3 and 6. Everything goes lead by lead
//! over [`worked`](crate::metrics::worked); what cannot be read is counted in [`Coverage`].

pub mod agreement;
pub mod attempts;
pub mod clock;
pub mod compliance;
pub mod crowding;
pub mod follow;
pub mod handled;
pub mod load;
pub mod response;

use polars::prelude::PolarsResult;

use crate::domain::calendar::Millis;
use crate::domain::service_level::ServiceLevels;
use crate::metrics::data::{Data, Scope};
use crate::metrics::targets::Goal;
use crate::metrics::worked;

use agreement::Delivery;
use attempts::{Attempts, Week};
use clock::ClockRow;
use compliance::Kept;
use crowding::Crowd;
use follow::FollowThrough;
use handled::Coverage;
use load::Load;
use response::{Band, Bucket};

/// What is asked.
#[derive(Clone, Copy)]
pub struct Question<'a> {
    /// The tables.
    pub data: &'a Data,
    /// The period: leads count where their clock started.
    pub scope: &'a Scope,
    /// Dimensions that promises are split by.
    pub dimensions: &'a [String],
    /// What was promised.
    pub levels: &'a ServiceLevels,
    /// Days in which a lead that was handed over should get an outcome.
    pub outcome_days: f64,
    /// The as-of moment.
    pub as_of: Millis,
}

/// The answer.
#[derive(Debug, Clone)]
pub struct Sla {
    /// Whom the figures stand on.
    pub coverage: Coverage,
    /// Leads by response time.
    pub response: Vec<Bucket>,
    /// The same within bands of the score.
    pub by_score: Vec<Band>,
    /// How the promises stand.
    pub kept: Kept,
    /// Durations.
    pub clock: Vec<ClockRow>,
    /// Leads by attempts in their first days.
    pub attempts: Vec<Attempts>,
    /// Attempts week by week.
    pub cadence: Vec<Week>,
    /// Persons and their leads.
    pub load: Vec<Load>,
    /// Conversion by what the owner had to do.
    pub crowds: Vec<Crowd>,
    /// Marketing's commitments.
    pub deliveries: Vec<Delivery>,
    /// What was followed through.
    pub follow: Vec<FollowThrough>,
}

/// Everything about service levels. `Ok(None)` where nothing has a date.
///
/// # Errors
/// What polars cannot do with the filter.
pub fn compute(
    data: &Data,
    scope: &Scope,
    dimensions: &[String],
    levels: &ServiceLevels,
    outcome_days: f64,
    goals: &[Goal],
) -> PolarsResult<Option<Sla>> {
    let Some(leads) = worked::leads(data, dimensions, levels.start)? else {
        return Ok(None);
    };
    let question = Question {
        data,
        scope,
        dimensions,
        levels,
        outcome_days,
        as_of: leads.as_of,
    };
    let (handled, coverage) = handled::handled(&leads, &question);
    Ok(Some(Sla {
        response: response::buckets(&handled, &coverage, &question),
        by_score: response::by_score(&handled, &coverage, &question),
        kept: compliance::kept(&leads, &handled, &question),
        clock: clock::rows(&leads, &handled, &question),
        attempts: attempts::classes(&leads, &handled, &question),
        cadence: attempts::weeks(&leads, &handled, &question),
        load: load::load(&leads, &handled, &question),
        crowds: crowding::crowds(&leads, &handled, &question),
        deliveries: agreement::deliveries(&question, goals)?,
        follow: follow::rows(&leads, &handled, &question),
        coverage,
    }))
}
