//! A figure and its evidence.
//!
//! A figure is either defined or says why it is not; nothing in leadflow turns a
//! missing value into 0, 100 %, NaN or infinity. A rate never travels without the
//! two integers it came from.

/// A value, or the reason why there is none.
pub type Figure<T> = Result<T, Undefined>;

/// Why a figure has no value. The text form is part of the output contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Undefined {
    /// A ratio whose denominator is 0.
    ZeroDenominator,
    /// Nothing was recorded from which the figure could be computed.
    NoData,
    /// One date column per stage cannot show moves back, re-entry or repeated visits.
    WideInput,
    /// No column, word, deal or count of any input can tell of the stage.
    StageNotFed,
    /// The input has no dates.
    NoTimes,
    /// The lists have no id in common, so nobody can be followed through them.
    NoSharedId,
    /// A date without a time has no minutes.
    DateOnly,
    /// The cohort has not been observed long enough.
    NotMature,
    /// The amounts are missing.
    MissingAmount,
    /// Hours were worked but nobody said what an hour costs.
    NoHourlyCost,
    /// An aggregated row reaches over the edge of the period.
    PeriodStraddles,
    /// The table does not carry the dimension that was asked for.
    NotFilterable,
    /// Snapshots know the moment only to the interval between two of them.
    SnapshotResolution,
    /// The target has been met already.
    TargetMet,
    /// The quantity never reaches the value that is looked for.
    NotReached,
    /// The last stage has no next one.
    LastStage,
}

impl Undefined {
    /// Every reason, in the order of the metrics dictionary.
    pub const ALL: &[Self] = &[
        Self::ZeroDenominator,
        Self::NoData,
        Self::WideInput,
        Self::StageNotFed,
        Self::NoTimes,
        Self::NoSharedId,
        Self::DateOnly,
        Self::NotMature,
        Self::MissingAmount,
        Self::NoHourlyCost,
        Self::PeriodStraddles,
        Self::NotFilterable,
        Self::SnapshotResolution,
        Self::TargetMet,
        Self::NotReached,
        Self::LastStage,
    ];

    /// The word used in JSON, CSV and checks.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::ZeroDenominator => "zero_denominator",
            Self::NoData => "no_data",
            Self::WideInput => "wide_input",
            Self::StageNotFed => "stage_not_fed",
            Self::NoTimes => "no_times",
            Self::NoSharedId => "no_shared_id",
            Self::DateOnly => "date_only",
            Self::NotMature => "not_mature",
            Self::MissingAmount => "missing_amount",
            Self::NoHourlyCost => "no_hourly_cost",
            Self::PeriodStraddles => "period_straddles",
            Self::NotFilterable => "not_filterable",
            Self::SnapshotResolution => "snapshot_resolution",
            Self::TargetMet => "target_met",
            Self::NotReached => "not_reached",
            Self::LastStage => "last_stage",
        }
    }

    /// The reason in words, for people.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::ZeroDenominator => "nothing to divide by",
            Self::NoData => "no data",
            Self::WideInput => "one date per stage cannot show it",
            Self::StageNotFed => "no input feeds the stage",
            Self::NoTimes => "the input has no dates",
            Self::NoSharedId => "the lists share no id",
            Self::DateOnly => "dates without a time have no minutes",
            Self::NotMature => "not observed long enough yet",
            Self::MissingAmount => "the amounts are missing",
            Self::NoHourlyCost => "no cost per hour is set ([hours] rate)",
            Self::PeriodStraddles => "a row reaches over the edge of the period",
            Self::NotFilterable => "the table does not carry this dimension",
            Self::SnapshotResolution => "snapshots are too far apart",
            Self::TargetMet => "the target is met",
            Self::NotReached => "never reached",
            Self::LastStage => "the last stage has no next one",
        }
    }
}

/// Which members and which time a conversion rate counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum View {
    /// Reached the next stage within the horizon; members observed that long only.
    Cohort,
    /// Reached the next stage by the as-of instant; all members.
    ToDate,
    /// Entries into the next stage in the period over entries into this one.
    Period,
}

impl View {
    /// Every view, in the order of the metrics dictionary.
    pub const ALL: &[Self] = &[Self::Cohort, Self::ToDate, Self::Period];

    /// The word used in JSON and on the command line (`to-date` is also accepted there).
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Cohort => "cohort",
            Self::ToDate => "to_date",
            Self::Period => "period",
        }
    }
}

/// How a stage counts as reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Policy {
    /// At the first entry into this or any later stage.
    Implied,
    /// At the first entry into exactly this stage.
    Explicit,
    /// Through every earlier stage, in order.
    Strict,
}

impl Policy {
    /// Every policy, in the order of the metrics dictionary.
    pub const ALL: &[Self] = &[Self::Implied, Self::Explicit, Self::Strict];

    /// The word used in JSON, the configuration and on the command line.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Implied => "implied",
            Self::Explicit => "explicit",
            Self::Strict => "strict",
        }
    }
}

/// Which return is computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Basis {
    /// Cost of the period against deals won in the period.
    Period,
    /// Cost of the period against the deals that its leads won within the horizon.
    Cohort,
}

impl Basis {
    /// The word used in JSON and on the command line.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Period => "period",
            Self::Cohort => "cohort",
        }
    }
}

/// A conversion rate with everything needed to judge it.
#[derive(Debug, Clone, PartialEq)]
pub struct Rate {
    /// Members that converted.
    pub k: u64,
    /// Members in all; never 0 (a rate without members is [`Undefined`]).
    pub n: u64,
    /// Ends of the 95 % Wilson interval; absent for a `period` ratio, which has none.
    pub interval: Option<(f64, f64)>,
    /// Which members and which time were counted.
    pub view: View,
    /// How stages count as reached.
    pub policy: Policy,
    /// Horizon in days; absent outside the cohort view.
    pub horizon_days: Option<u32>,
    /// Members that may still convert, where the view has such.
    pub in_progress: Option<u64>,
}

/// Rows with fewer members carry `low_sample`; no claim of significance is made on them.
pub const LOW_SAMPLE: u64 = 30;

impl Rate {
    /// The rate as a fraction. Above 1 only in the `period` view.
    #[must_use]
    pub fn value(&self) -> f64 {
        self.k as f64 / self.n as f64
    }

    /// True where so few members stand behind the rate that no claim is made on it.
    #[must_use]
    pub fn low_sample(&self) -> bool {
        self.n < LOW_SAMPLE
    }
}

/// Divides only where that means something.
///
/// # Errors
/// [`Undefined::ZeroDenominator`] where `denominator` is 0.
pub fn ratio(numerator: f64, denominator: f64) -> Figure<f64> {
    if denominator == 0.0 {
        return Err(Undefined::ZeroDenominator);
    }
    Ok(numerator / denominator)
}
