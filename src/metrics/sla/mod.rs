//! Service levels: how fast leads are answered, whether promises are kept, who has how much
//! to work.
//!
//! Definitions: metrics dictionary sections 5.1 to 5.3 and 6. Everything goes lead by lead
//! over [`worked`](crate::metrics::worked); what cannot be read is counted in [`Coverage`].

pub mod agreement;
pub mod attempts;
pub mod clock;
pub mod compliance;
pub mod contact;
pub mod crowding;
pub mod follow;
pub mod handled;
pub mod load;
pub mod response;

use polars::prelude::PolarsResult;

use crate::domain::calendar::Millis;
use crate::domain::service_level::{Promise, ServiceLevels};
use crate::domain::working_hours::WorkingHours;
use crate::metrics::data::{Data, Scope};
use crate::metrics::targets::Goal;
use crate::metrics::worked::pace::{Measure, Paces};
use crate::metrics::worked::{self, Leads};

use agreement::Delivery;
use attempts::{Attempts, Week};
use clock::ClockRow;
use compliance::Kept;
use contact::Touched;
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

impl Question<'_> {
    /// How the time of a promise is measured, from the first moment looked at.
    fn paces(&self, leads: &Leads, promise: &Promise, first: Option<Millis>) -> Paces {
        self.measured(leads, promise.calendar.as_ref(), promise.elapsed, first)
    }

    /// How response times are measured.
    fn response_paces(&self, leads: &Leads, first: Option<Millis>) -> Paces {
        let levels = self.levels;
        self.measured(leads, levels.calendar.as_ref(), levels.elapsed, first)
    }

    fn measured(
        &self,
        leads: &Leads,
        calendar: Option<&WorkingHours>,
        elapsed: bool,
        first: Option<Millis>,
    ) -> Paces {
        let measure = Measure {
            calendar,
            elapsed,
            calendars: &self.levels.calendars,
        };
        Paces::new(leads, measure, first.unwrap_or(self.as_of), self.as_of)
    }
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
    /// True where some owner has working hours of his own.
    pub own_calendars: bool,
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

/// What is asked of the command.
#[derive(Clone, Copy)]
pub struct Asked<'a> {
    /// Dimensions that promises are split by.
    pub dimensions: &'a [String],
    /// What was promised.
    pub levels: &'a ServiceLevels,
    /// Days in which a lead that was handed over should get an outcome.
    pub outcome_days: f64,
    /// Marketing's commitments, among other goals.
    pub goals: &'a [Goal],
    /// When leads were touched; absent where nothing tells.
    pub touched: Option<&'a Touched>,
}

/// Everything about service levels. `Ok(None)` where nothing has a date.
///
/// # Errors
/// What polars cannot do with the filter.
pub fn compute(data: &Data, scope: &Scope, asked: Asked) -> PolarsResult<Option<Sla>> {
    let (dimensions, levels) = (asked.dimensions, asked.levels);
    let Some(leads) = worked::leads(data, dimensions, levels.start)? else {
        return Ok(None);
    };
    let question = Question {
        data,
        scope,
        dimensions,
        levels,
        outcome_days: asked.outcome_days,
        as_of: leads.as_of,
    };
    let (handled, coverage) = handled::handled(&leads, &question);
    Ok(Some(Sla {
        response: response::buckets(&leads, &handled, &coverage, &question),
        by_score: response::by_score(&leads, &handled, &coverage, &question),
        kept: compliance::kept(&leads, &handled, &question),
        clock: clock::rows(&leads, &handled, &question),
        attempts: attempts::classes(&leads, &handled, &question),
        cadence: attempts::weeks(&leads, &handled, &question),
        load: load::load(&leads, &handled, &question),
        crowds: crowding::crowds(&leads, &handled, &question),
        deliveries: agreement::deliveries(&leads, &question, asked.goals)?,
        own_calendars: leads.owner_calendars.iter().any(Option::is_some),
        follow: follow::rows(&leads, &handled, asked.touched, &question),
        coverage,
    }))
}
