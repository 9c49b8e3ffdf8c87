//! The file model: what may stand in `leadflow.toml`, word for word.
//!
//! Only shapes are described here. A key that is not listed is refused by serde with
//! the list of those that are, so a misspelling cannot pass in silence. What a value
//! means, and which one wins, is decided elsewhere; every field is optional because a
//! file is one layer among several. Tables that one module of settings reads stand there.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::calendars::CalendarTable;
use super::costs::{CostTable, HoursTable};
use super::event_funnel::EventFunnelTable;
use super::score::ScoreTable;
use super::sla::{LeaksTable, SlaTables};
use super::whatif::OptimizeTable;
use crate::ingest::spec::{Decimal, InputSpec};

/// A configuration file, or all layers on top of each other.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    pub currency: Option<String>,
    pub time_zone: Option<String>,
    pub as_of: Option<Word>,
    pub gross_margin: Option<f64>,

    pub funnel: FunnelTable,
    pub stage: Vec<StageTable>,
    pub event_funnel: Vec<EventFunnelTable>,
    pub pipeline: Vec<PipelineTable>,
    pub input: Vec<InputSpec>,
    pub channel: Vec<ChannelTable>,
    pub channels: ChannelsTable,
    pub attribution: AttributionTable,
    pub paths: PathsTable,
    pub flywheel: FlywheelTable,
    pub visits: VisitsTable,
    pub hours: HoursTable,
    pub cost: Vec<CostTable>,
    pub fx: BTreeMap<String, FxValue>,
    pub segment: Vec<SegmentTable>,
    pub exclude: Vec<ExcludeTable>,
    pub target: Vec<TargetTable>,
    pub check: Vec<CheckTable>,
    pub whatif: Vec<WhatIfTable>,
    pub optimize: OptimizeTable,
    pub calendar: BTreeMap<String, CalendarTable>,
    pub sla: SlaTables,
    pub leaks: LeaksTable,
    pub score: ScoreTable,
    pub charts: ChartsTable,
    pub report: ReportTable,
    pub inspect: CommandTable,

    // Options of the command line, for every command.
    pub period: Option<Word>,
    pub by: Option<Words>,
    #[serde(rename = "where")]
    pub filter: Option<String>,
    pub dimension_at: Option<DimensionAt>,
    pub seed: Option<u64>,
    pub input_time_zone: Option<String>,
    pub encoding: Option<String>,
    pub delimiter: Option<String>,
    pub date_format: Option<String>,
    pub decimal: Option<Decimal>,
    pub max_rejects: Option<Word>,
    pub rejects: Option<String>,
    pub keep_going: Option<bool>,
    pub format: Option<String>,
    pub table: Option<String>,
    pub out: Option<String>,
    pub no_clobber: Option<bool>,
    pub include_pii: Option<bool>,
    pub pii_key_file: Option<String>,
    pub lang: Option<String>,
    pub raw_csv: Option<bool>,
    pub scale: Option<f64>,
    pub fail_on_empty: Option<bool>,
    pub error_format: Option<ErrorFormat>,
    pub color: Option<ColourWord>,
    pub quiet: Option<bool>,
    pub verbose: Option<u8>,
    pub threads: Option<u32>,
    pub memory_limit: Option<String>,
}

/// A table of options of one command. The shared options come first; a command adds
/// its own.
macro_rules! command_table {
    ($(#[$doc:meta])* $name:ident { $($(#[$attribute:meta])* $field:ident: $type:ty,)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Default, PartialEq, serde::Deserialize)]
        #[serde(deny_unknown_fields, default)]
        pub struct $name {
            pub period: Option<$crate::settings::config::Word>,
            pub by: Option<$crate::settings::config::Words>,
            #[serde(rename = "where")]
            pub filter: Option<String>,
            pub dimension_at: Option<$crate::settings::config::DimensionAt>,
            pub format: Option<String>,
            pub table: Option<String>,
            pub out: Option<String>,
            pub no_clobber: Option<bool>,
            pub include_pii: Option<bool>,
            pub lang: Option<String>,
            pub raw_csv: Option<bool>,
            pub scale: Option<f64>,
            pub fail_on_empty: Option<bool>,
            $($(#[$attribute])* pub $field: $type,)*
        }
    };
}

pub(super) use command_table;

/// The options that may stand in the table of a command, by their names in the file.
pub const COMMAND_OPTIONS: &[&str] = &[
    "period",
    "by",
    "where",
    "dimension_at",
    "format",
    "table",
    "out",
    "no_clobber",
    "include_pii",
    "lang",
    "raw_csv",
    "scale",
    "fail_on_empty",
];

command_table! {
    /// `[inspect]`: the options of the command line.
    CommandTable {}
}

command_table! {
    /// `[report]`: the report it is set against, and the options of the command.
    ReportTable {
        /// Folder or file of an earlier report, or `none`.
        previous: Option<String>,
    }
}

command_table! {
    /// `[funnel]`: the stages, how they are counted, and the options of the command.
    FunnelTable {
        stages: Option<Vec<String>>,
        horizon_days: Option<u32>,
        horizon: BTreeMap<String, u32>,
        policy: Option<PolicyWord>,
        entry: Option<EntryWord>,
        view: Option<ViewWord>,
        from_deals: Option<BTreeMap<String, DealWord>>,
        events: EventFunnelTable,
    }
}

command_table! {
    /// `[channels]`: how channels are decided, and the options of the command.
    ChannelsTable {
        extensions: Option<bool>,
        basis: Option<BasisWord>,
        model: Option<String>,
    }
}

command_table! {
    /// `[attribution]`: how credit is given, and the options of the command.
    AttributionTable {
        model: Option<Words>,
        target: Option<String>,
        lookback: Option<Word>,
        conversions: Option<String>,
        cost_by: Option<String>,
        draws: Option<u32>,
        direct: Option<Words>,
        collapse_repeats: Option<bool>,
        experiment: Option<String>,
        #[serde(default)]
        custom: BTreeMap<String, CustomWeights>,
    }
}

/// `[attribution.custom.NAME]`: per cent to each milestone.
#[derive(Debug, Clone, Copy, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CustomWeights {
    #[serde(default)]
    pub first: f64,
    #[serde(default)]
    pub lead: f64,
    #[serde(default)]
    pub opportunity: f64,
    #[serde(default)]
    pub last: f64,
    #[serde(default)]
    pub middle: f64,
}

command_table! {
    /// `[paths]`: how journeys are listed, and the options of the command.
    PathsTable {
        top: Option<u32>,
    }
}

command_table! {
    /// `[flywheel]`: what it is measured against, and the options of the command.
    FlywheelTable {
        base: Option<String>,
        advocacy_days: Option<u32>,
    }
}

/// `[[stage]]`
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StageTable {
    pub name: String,
    #[serde(default)]
    pub labels: Vec<String>,
    #[serde(default)]
    pub optional: bool,
}

/// `[[pipeline]]`: the ladder of deals.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PipelineTable {
    pub name: Option<String>,
    pub stages: Vec<String>,
    pub won: Vec<String>,
    pub lost: Vec<String>,
    pub no_decision: Vec<String>,
    pub qualified_from: Option<String>,
    pub probability: BTreeMap<String, f64>,
    pub rot_days: BTreeMap<String, f64>,
}

/// `[[channel]]`
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChannelTable {
    pub name: String,
    #[serde(default, rename = "match")]
    pub matches: Vec<String>,
    #[serde(default)]
    pub when: Vec<ConditionTable>,
    pub class: Option<ClassWord>,
    pub sourced_by: Option<SourcedByWord>,
}

/// One element of `when`: all that is named must hold.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ConditionTable {
    pub source: Option<String>,
    pub medium: Option<String>,
    pub campaign: Option<String>,
    pub input: Option<String>,
}

/// `[visits]`
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct VisitsTable {
    pub from: Option<String>,
}

/// A value of `[fx]`: a rate, or the name of a file under the key `file`.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(untagged, expecting = "a rate such as 0.92, or the name of a file")]
pub enum FxValue {
    Rate(f64),
    File(String),
}

/// `[[segment]]`
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SegmentTable {
    pub name: String,
    pub from: String,
    /// Pattern -> value, in the order of the file.
    #[serde(default)]
    pub map: toml::Table,
}

/// `[[exclude]]`
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExcludeTable {
    pub table: String,
    #[serde(rename = "where")]
    pub filter: String,
    pub why: Option<String>,
}

/// `[[target]]`: one value, or a file of them.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TargetTable {
    pub metric: Option<String>,
    pub period: Option<Word>,
    pub by: BTreeMap<String, String>,
    pub value: Option<f64>,
    pub file: Option<String>,
}

/// `[[check]]`: what must hold.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CheckTable {
    pub that: String,
}

/// `[[whatif]]`: a question that the report answers; the options of the command.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct WhatIfTable {
    pub channel: Option<String>,
    pub add_hours: Option<f64>,
    pub remove_hours: Option<f64>,
    pub add_spend: Option<f64>,
    pub from_file: Option<String>,
    pub rate: Option<String>,
    pub break_even: Option<bool>,
    pub visitors_per_hour: Option<f64>,
    pub months: Option<i64>,
    pub horizon: Option<i64>,
    pub hour_cost: Option<f64>,
    pub margin: Option<ShareWord>,
    pub discount: Option<ShareWord>,
    pub fixed_cost: Option<f64>,
    pub visit_to_lead: Option<ShareWord>,
    pub lead_to_customer: Option<ShareWord>,
    pub deal_value: Option<f64>,
    pub prior_visits_per_hour: Option<f64>,
    pub prior_sd: Option<f64>,
    pub experiment: Option<String>,
    #[serde(rename = "break")]
    pub shift: Option<Word>,
    pub halo: Option<ShareWord>,
}

/// A share: 0.02, or "2%".
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(untagged, expecting = "a share such as 0.02 or \"2%\"")]
pub enum ShareWord {
    Number(f64),
    Text(String),
}

/// `[charts]`
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ChartsTable {
    pub font: Option<String>,
}

/// A text that looks like a date or a number and so is often written without quotes.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(untagged, expecting = "a text, a date or a whole number")]
pub enum Word {
    Text(String),
    Whole(i64),
    Date(toml::value::Datetime),
}

impl Word {
    /// The text as it would be written in quotes.
    #[must_use]
    pub fn text(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Whole(number) => number.to_string(),
            Self::Date(date) => date.to_string(),
        }
    }
}

/// A list of words, or one text with commas.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(untagged, expecting = "a list of texts, or one text with commas")]
pub enum Words {
    Text(String),
    List(Vec<String>),
}

impl Words {
    /// The words: trimmed, none empty, none twice.
    #[must_use]
    pub fn list(&self) -> Vec<String> {
        let parts: Vec<&str> = match self {
            Self::Text(text) => text.split(',').collect(),
            Self::List(list) => list.iter().map(String::as_str).collect(),
        };
        let mut words: Vec<String> = Vec::new();
        for part in parts
            .into_iter()
            .map(str::trim)
            .filter(|part| !part.is_empty())
        {
            if !words.iter().any(|word| word == part) {
                words.push(part.to_owned());
            }
        }
        words
    }
}

/// A closed set of words; serde lists them where another one is written.
macro_rules! word {
    ($(#[$doc:meta])* $name:ident { $($variant:ident $text:literal $(| $alias:literal)*),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Deserialize)]
        pub enum $name {
            $(#[serde(rename = $text $(, alias = $alias)*)] $variant,)*
        }
    };
}

pub(super) use word;

word!(/// `policy`
    PolicyWord { Implied "implied", Explicit "explicit", Strict "strict" });
word!(/// `entry`
    EntryWord { FirstStage "first_stage", Created "created" });
word!(/// `view`
    ViewWord { Cohort "cohort", ToDate "to-date" | "to_date", Period "period" });
word!(/// The right side of `[funnel.from_deals]`
    DealWord { Created "created", Won "won" });
word!(/// `basis`
    BasisWord { Period "period", Cohort "cohort" });
word!(/// `class`
    ClassWord { Inbound "inbound", Outbound "outbound" });
word!(/// `sourced_by`
    SourcedByWord { Marketing "marketing", Sales "sales", Referral "referral", Partner "partner" });
word!(/// `dimension_at`
    DimensionAt { Entry "entry", Now "now" });
word!(/// `error_format`
    ErrorFormat { Text "text", Json "json", Github "github" });
word!(/// `color`
    ColourWord { Auto "auto", Always "always", Never "never" });

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn command_tables_take_the_listed_options_and_no_others() {
        for option in COMMAND_OPTIONS {
            let value = match *option {
                "no_clobber" | "include_pii" | "raw_csv" | "fail_on_empty" => "true",
                "scale" => "2",
                "dimension_at" => "'now'",
                _ => "'x'",
            };
            for table in [
                "report",
                "inspect",
                "funnel",
                "channels",
                "attribution",
                "paths",
                "score",
            ] {
                let text = format!("[{table}]\n{option} = {value}");
                toml::from_str::<Config>(&text).unwrap();
                toml::from_str::<Config>(&format!("{option} = {value}")).unwrap();
            }
        }
        assert!(toml::from_str::<Config>("[report]\npolicy = 'implied'").is_err());
    }

    #[test]
    fn dates_and_years_need_no_quotes() {
        let config: Config = toml::from_str("as_of = 2026-11-01\nperiod = 2026").unwrap();
        assert_eq!(config.as_of.unwrap().text(), "2026-11-01");
        assert_eq!(config.period.unwrap().text(), "2026");
    }

    #[test]
    fn lists_may_be_one_text() {
        let words = Words::Text("channel, month,,channel".into());
        assert_eq!(words.list(), ["channel", "month"]);
    }

    #[test]
    fn segment_patterns_keep_their_order() {
        let text = "[[segment]]\nname='r'\nfrom='t'\nmap={ 'Z*'='z', 'A*'='a', '*'='o' }";
        let config: Config = toml::from_str(text).unwrap();
        let keys: Vec<&String> = config.segment[0].map.keys().collect();
        assert_eq!(keys, ["Z*", "A*", "*"]);
    }
}
