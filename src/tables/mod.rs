//! The canonical tables, and the two derived ones that the metrics stand on.
//!
//! Every source becomes the tables of `schema`. `followed` derives one row per lead
//! with the first time each stage was reached; `deals` derives one row per deal with
//! its outcome, its customer and the channel its value goes to. `touches` is no data frame
//! but a compact store, and `conversions` says what touches can be credited for; `credit` is
//! revenue as a model divides it, from `attribution` to `metrics`. This folder is the
//! only place where column names are strings; everybody else uses [`col`].

pub mod accounts;
pub mod addresses;
pub mod companies;
pub mod conversions;
pub mod credit;
pub mod deals;
pub mod entities;
pub mod fed;
pub mod followed;
pub mod frame;
pub mod links;
pub mod owners;
pub mod paths;
pub mod schema;
pub mod touches;

use std::collections::BTreeSet;

use polars::prelude::{Column, DataFrame};

/// Names of the columns that the derived tables and the metrics share.
pub mod col {
    /// Index of the file in [`super::Tables::files`] (u32).
    pub const FILE: &str = "#file";
    /// Line of the file, from 1 (u32).
    pub const LINE: &str = "#line";
    /// Identifier (text).
    pub const ID: &str = "id";
    /// Creation (milliseconds).
    pub const CREATED: &str = "created";
    /// Channel, after the rules (text).
    pub const CHANNEL: &str = "channel";
    /// Today's stage: index on the ladder, or [`super::EXIT`] (i32).
    pub const TODAY: &str = "today";
    /// True where the row's input has a column for the first stage (boolean).
    pub const SPEAKS: &str = "#speaks";
    /// When an exit state was entered last without return (milliseconds).
    pub const EXIT_AT: &str = "exit_at";
    /// True where the entity is in an exit state at the as-of moment (boolean).
    pub const EXITED: &str = "exited";
    /// Index of the highest stage reached; null where none was (i32).
    pub const MARK: &str = "mark";
    /// Amount (millionths).
    pub const AMOUNT: &str = "amount";
    /// Stage of an event: index on the ladder, or [`super::EXIT`] (i32).
    pub const STAGE: &str = "stage";
    /// Moment of an event (milliseconds).
    pub const AT: &str = "at";
    /// The word for the stage of an event, as the pipeline writes it (text).
    pub const WORD: &str = "#word";
    /// True where the word of an event means won (boolean).
    pub const WAS_WON: &str = "#won";
    /// True where the word of an event means lost (boolean).
    pub const WAS_LOST: &str = "#lost";
    /// True where the id was missing from a snapshot (boolean).
    pub const REMOVED: &str = "#removed";
    /// When the snapshot was taken that a row stands in (milliseconds).
    pub const EXPORTED: &str = "exported_at";
    /// The moment after which an event happened, where no more is known (milliseconds).
    pub const SINCE: &str = "#since";
    /// How many a row stands for (f64).
    pub const COUNT: &str = "count";
    /// First instant of the span of an aggregated row (milliseconds).
    pub const START: &str = "start";
    /// Instant after the span of an aggregated row (milliseconds).
    pub const END: &str = "end";
    /// True where the span reaches over the edge of a time dimension (boolean).
    pub const STRADDLES: &str = "#straddles";
    /// When the deal was won (milliseconds).
    pub const WON_AT: &str = "won_at";
    /// When the deal was lost (milliseconds).
    pub const LOST_AT: &str = "lost_at";
    /// When the deal was gone from the exports for good: neither open nor lost (milliseconds).
    /// True where the deal is won, at whatever time (boolean).
    pub const WON: &str = "won";
    /// True where the deal is lost, at whatever time (boolean).
    pub const LOST: &str = "lost";
    /// True for deals of kind `new` (boolean).
    pub const IS_NEW: &str = "is_new";
    /// True on the deal with which a customer was won (boolean).
    pub const FIRST_WIN: &str = "first_win";
    /// When the lead of the deal entered the first stage (milliseconds).
    pub const ENTERED: &str = "entered";
    /// Position of the deal's primary lead in the followed table (u32).
    pub const LEAD_ROW: &str = "lead_row";
    /// Score that the system computed for a lead (millionths).
    pub const SCORE: &str = "score";
    /// Name of a deal, which is no dimension.
    pub const DEAL_NAME: &str = "#name";
    /// The word for the stage that a deal stands in today.
    pub const DEAL_STAGE: &str = "deal_stage";
    /// `new`, `renewal` or `expansion`, of a deal (text).
    pub const DEAL_KIND: &str = "#kind";
    /// What is to be done next about a deal (text).
    pub const NEXT_STEP: &str = "#next_step";
    /// The account of a deal or lead (text, null where unknown).
    pub const ACCOUNT: &str = "#account";
    /// E-mail address of a lead (text).
    pub const EMAIL: &str = "#email";
    /// When the owner of a lead was assigned (milliseconds).
    pub const ASSIGNED: &str = "assigned";
    /// Who brought a lead (text).
    pub const REFERRED_BY: &str = "#referred_by";
    /// What who brought a lead is: customer, partner, employee (text).
    pub const REFERRER_KIND: &str = "#referrer_kind";
    /// Why a lead was given up (text).
    pub const DISQUALIFIED_REASON: &str = "#disqualified_reason";
    /// When a deal is planned to close.
    pub const EXPECTED_CLOSE: &str = "expected_close";

    /// When the stage was first reached under the policy (milliseconds).
    #[must_use]
    pub fn at(stage: &str) -> String {
        format!("at.{stage}")
    }

    /// When exactly this stage was first entered, whatever the policy (milliseconds).
    #[must_use]
    pub fn raw(stage: &str) -> String {
        format!("raw.{stage}")
    }

    /// True where the stage was reached, at whatever time (boolean).
    #[must_use]
    pub fn has(stage: &str) -> String {
        format!("has.{stage}")
    }

    /// True where an entry into exactly this stage is recorded (boolean).
    #[must_use]
    pub fn recorded(stage: &str) -> String {
        format!("recorded.{stage}")
    }

    /// Date of a stage in a wide leads table (milliseconds).
    #[must_use]
    pub fn wide(stage: &str) -> String {
        format!("stage.{stage}")
    }

    /// Yes/no of a stage in a wide leads table (boolean).
    #[must_use]
    pub fn flag(stage: &str) -> String {
        format!("flag.{stage}")
    }

    /// True where a moment of this column is a date without a time (boolean).
    #[must_use]
    pub fn day(column: &str) -> String {
        format!("#day.{column}")
    }

    /// Ready-made count of a stage in an aggregated table (f64).
    #[must_use]
    pub fn count_of(stage: &str) -> String {
        format!("count.{stage}")
    }
}

/// The named columns of a frame that it has, under their other names.
fn kept<'a>(
    frame: &'a DataFrame,
    names: &'a [(&'a str, &'a str)],
) -> impl Iterator<Item = Column> + 'a {
    names.iter().filter_map(|(name, target)| {
        let mut column = frame.column(name).ok()?.clone();
        column.rename((*target).into());
        Some(column)
    })
}

/// The index that stands for an exit state in [`col::STAGE`] and [`col::TODAY`].
pub const EXIT: i32 = -1;

/// What a missing dimension value is called.
pub const NONE: &str = "(none)";

/// The row of won deals that no lead belongs to.
pub const NO_LEAD: &str = "(no lead)";

/// The dimensions that exist without any configuration.
pub const BUILT_IN_DIMENSIONS: &[&str] = &["channel", "source", "medium", "campaign", "owner"];

/// Time dimensions.
pub const TIME_DIMENSIONS: &[&str] = &["month", "week", "quarter", "year", "day"];

/// Everything that was read, typed. Every row keeps its file and line.
#[derive(Debug, Clone, Default)]
pub struct Tables {
    /// Names of the files, as the user wrote them; [`col::FILE`] points here.
    pub files: Vec<String>,
    /// Persons; one row per id.
    pub leads: DataFrame,
    /// Moves of leads or deals that have an id.
    pub events: DataFrame,
    /// Stage lists without an id: counted, not followed.
    pub counted: DataFrame,
    /// Opportunities; one row per id.
    pub deals: DataFrame,
    /// Aggregated web analytics.
    pub visits: DataFrame,
    /// Money and hours.
    pub spend: DataFrame,
    /// Ready-made journeys.
    pub paths: paths::Paths,
    /// Visitors who are leads.
    pub identities: DataFrame,
    /// Companies; one row per id.
    pub companies: DataFrame,
    /// Calls, mails and meetings.
    pub activities: DataFrame,
    /// Reps.
    pub owners: DataFrame,
    /// Recurring amounts of customers.
    pub billing: DataFrame,
    /// Reviews and NPS answers.
    pub feedback: DataFrame,
    /// Names of the segment dimensions that some table has.
    pub segments: BTreeSet<String>,
    /// Names of the tables for which there is an input, be it without rows.
    pub given: BTreeSet<&'static str>,
    /// Stages that a word of some input can name, whether or not a row says it.
    pub sayable: BTreeSet<String>,
    /// True where the deals themselves are followed, because nobody else is listed.
    pub deals_are_leads: bool,
    /// True where moves were told by snapshots, so that their moment is known to an interval only.
    pub from_snapshots: bool,
    /// Columns of moments, `table.column`, in which some cell is a date without a time.
    pub date_only: BTreeSet<String>,
    /// What the visits count: sessions, or users where nothing else is known.
    pub visits_are_users: bool,
}
