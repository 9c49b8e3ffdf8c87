//! What was promised about speed, and from when on something is a leak.
//!
//! Plain values: `settings` fills them, `metrics` keeps to them.

use super::calendar::Millis;
use super::working_hours::WorkingHours;

/// A moment in the life of a lead that a promise runs from or to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moment {
    /// A stage of the ladder (index) was reached. The first one is the start of the clock.
    Stage(usize),
    /// An owner was given.
    Assigned,
    /// Somebody turned to the lead for the first time.
    FirstAttempt,
    /// Both spoke with each other for the first time.
    FirstContact,
}

impl Moment {
    /// Words for the moments that are no stages.
    pub const WORDS: &[(&'static str, Self)] = &[
        ("assigned", Self::Assigned),
        ("first_attempt", Self::FirstAttempt),
        ("first_contact", Self::FirstContact),
    ];
}

/// A promise: from one moment to another within a time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Promise {
    /// What it is called: `first_attempt`, `mql_to_sql`.
    pub name: String,
    /// Where the clock starts.
    pub from: Moment,
    /// What stops it.
    pub to: Moment,
    /// The time allowed; the end is included.
    pub within: Millis,
    /// Whose working time counts; absent: every minute does.
    pub calendar: Option<WorkingHours>,
    /// True where every minute was asked for: no calendar of an owner takes its place.
    pub elapsed: bool,
}

impl Promise {
    /// True where only activities can tell whether it was kept.
    #[must_use]
    pub fn needs_activities(&self) -> bool {
        matches!(self.to, Moment::FirstAttempt | Moment::FirstContact)
    }
}

/// Which moment starts the clock of a lead.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum ClockStart {
    /// Its creation.
    #[default]
    Created,
    /// The last time it entered the first stage: who comes back raises the hand again.
    HandRaise,
}

/// The service levels of a company.
#[derive(Debug, Clone, PartialEq)]
pub struct ServiceLevels {
    /// The promises, in order; never empty.
    pub promises: Vec<Promise>,
    /// Where the clock of a lead starts.
    pub start: ClockStart,
    /// The calendar of response times; absent: every minute counts.
    pub calendar: Option<WorkingHours>,
    /// True where every minute was asked for: no calendar of an owner takes its place.
    pub elapsed: bool,
    /// All calendars; owners name theirs.
    pub calendars: Vec<WorkingHours>,
    /// The calendar of working days, for load and pace.
    pub working_days: WorkingHours,
    /// The stage that counts as qualified (index).
    pub qualified: usize,
    /// Days after the assignment in which attempts are counted.
    pub attempt_days: u32,
    /// Attempts that sales promises within these days.
    pub attempts: u32,
}

impl ServiceLevels {
    /// The promise about the first attempt on a new lead, where there is one.
    #[must_use]
    pub fn first_attempt(&self) -> Option<&Promise> {
        let is = |promise: &&Promise| {
            promise.from == Moment::Stage(0) && promise.to == Moment::FirstAttempt
        };
        self.promises.iter().find(is)
    }

    /// The promise about the handoff to the qualified stage, where there is one.
    #[must_use]
    pub fn handoff(&self) -> Option<&Promise> {
        let is = |promise: &&Promise| {
            matches!(promise.from, Moment::Stage(stage) if stage > 0)
                && promise.to == Moment::Stage(self.qualified)
        };
        self.promises.iter().find(is)
    }
}

/// From when on something is a leak (metrics dictionary 5.4).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Thresholds {
    /// Days without human activity after which an open lead is left alone.
    pub no_follow_up_days: f64,
    /// Days after which an open deal should have ended.
    pub unclosed_days: f64,
    /// Days without activity after which an open deal rots, whatever its stage; absent:
    /// only where a pipeline says so.
    pub rot_days: Option<f64>,
    /// Open leads that one person can work.
    pub open_leads: u64,
    /// Active customers that one person can look after.
    pub active_customers: u64,
    /// Attempts before a lead may be given up.
    pub attempts: u32,
    /// Days in which a lead that was handed over should get an outcome.
    pub outcome_days: f64,
}

impl Default for Thresholds {
    fn default() -> Self {
        Self {
            no_follow_up_days: 10.0,
            unclosed_days: 35.0,
            rot_days: None,
            open_leads: 500,
            active_customers: 100,
            attempts: 6,
            outcome_days: 30.0,
        }
    }
}
