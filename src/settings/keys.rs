//! The single settings: one line each, with its option, its default and its meaning.
//!
//! The environment variables, the names of options in complaints and `config show` are
//! derived from [`KEYS`]; a test holds it against the file model. Lists of things (`[[input]]`, `[[channel]]`, ...) have no
//! default and so no line here; `config` knows their shape.

/// One setting.
#[derive(Debug)]
pub struct Key {
    /// Its path in the file: `funnel.horizon_days`.
    pub path: &'static str,
    /// The long option that sets it, without dashes; absent where only a file can.
    pub option: Option<&'static str>,
    /// What form a text of the environment takes.
    pub form: Form,
    /// What holds where nobody says anything, in words.
    pub default: &'static str,
    /// One sentence for people.
    pub doc: &'static str,
}

/// The form of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// Any text.
    Text,
    /// A whole number.
    Whole,
    /// A number.
    Number,
    /// Yes or no.
    Flag,
}

const fn key(
    path: &'static str,
    option: &'static str,
    form: Form,
    default: &'static str,
    doc: &'static str,
) -> Key {
    let option = if option.is_empty() {
        None
    } else {
        Some(option)
    };
    Key {
        path,
        option,
        form,
        default,
        doc,
    }
}

use Form::{Flag, Number, Text, Whole};

/// The variable that names the configuration file, like `--config`.
pub const CONFIG_VARIABLE: &str = "LEADFLOW_CONFIG";

/// Every single setting, in reading order.
#[rustfmt::skip]
pub const KEYS: &[Key] = &[
    key("currency", "", Text, "none", "ISO code of the report's money"),
    key("time_zone", "tz", Text, "UTC", "the report zone"),
    key("as_of", "as-of", Text, "latest evidence", "what was known by then"),
    key("gross_margin", "", Number, "none (1.0)", "share of revenue that is profit before acquisition"),
    key("period", "period", Text, "all (report: last-month)", "what the report is about"),
    key("by", "by", Text, "none", "dimensions to split by"),
    key("where", "where", Text, "none", "SQL condition on what is counted"),
    key("dimension_at", "dimension-at", Text, "entry", "whose value of a dimension counts"),
    key("seed", "seed", Whole, "20260101", "seed of everything drawn at random"),
    key("funnel.stages", "", Text, "lead, mql, sql, opportunity, customer", "the ladder, lowest first"),
    key("funnel.policy", "policy", Text, "implied", "when a stage counts as reached"),
    key("funnel.entry", "", Text, "first_stage", "which date makes a lead"),
    key("funnel.view", "view", Text, "each table its own", "whom a rate counts"),
    key("funnel.horizon_days", "horizon", Whole, "90", "days within which a step must happen"),
    key("funnel.events.steps", "steps", Text, "none (the stages)", "steps of an event funnel, or the name of an [[event_funnel]]"),
    key("funnel.events.window", "window", Text, "30d", "how long an attempt may take"),
    key("funnel.events.order", "order", Text, "ordered", "in which order steps count"),
    key("funnel.events.entry", "entry", Text, "best", "which event starts an attempt"),
    key("funnel.events.strict_increase", "strict-increase", Flag, "false", "times of steps must increase"),
    key("funnel.events.exclude", "exclude", Text, "none", "events that end an attempt"),
    key("funnel.events.exclude_ends", "exclude-ends", Text, "attempt", "what an exclusion ends"),
    key("funnel.events.anchor", "anchor", Text, "latest", "first step from which times are measured"),
    key("funnel.events.value_from", "value-from", Text, "first", "step from which dimensions take their value"),
    key("channels.extensions", "", Flag, "true", "rules beyond those of GA4"),
    key("channels.basis", "basis", Text, "period", "what revenue is set against the cost"),
    key("channels.model", "", Text, "none", "the model that divides revenue among touches"),
    key("attribution.model", "model", Text, "all", "which models give credit"),
    key("attribution.target", "target", Text, "the last stage", "what gets the credit"),
    key("attribution.lookback", "lookback", Text, "none", "days before a conversion in which touches count"),
    key("attribution.conversions", "conversions", Text, "every", "every conversion or the first"),
    key("attribution.cost_by", "cost-by", Text, "period", "which conversions stand against the cost of a period"),
    key("attribution.draws", "draws", Whole, "500", "draws of the bootstrap behind the intervals"),
    key("attribution.direct", "direct", Text, "Direct", "channels that are direct traffic"),
    key("attribution.collapse_repeats", "collapse-repeats", Flag, "false", "neighbouring touches of a channel are one"),
    key("attribution.experiment", "experiment", Text, "none", "results of holdout tests, a file"),
    key("paths.top", "top", Whole, "20", "how many journeys are listed"),
    key("report.previous", "previous", Text, "the folder of the period before beside this one", "earlier report whose figures are computed again; none: no comparison"),
    key("flywheel.base", "base", Text, "previous", "period that indices and friction are measured against"),
    key("flywheel.advocacy_days", "", Whole, "365", "days within which a customer should refer, expand or renew"),
    key("optimize.budget", "budget", Number, "none", "money of a month that is split among channels"),
    key("optimize.hours", "hours", Whole, "none", "whole hours of a month that are split"),
    key("optimize.target_roi", "target-roi", Text, "none", "return of the last unit of money"),
    key("optimize.bounds", "bounds", Text, "none", "least and most, as multiples of the present amounts"),
    key("optimize.fix", "fix", Text, "none", "channels that keep an amount"),
    key("optimize.risk", "risk", Text, "mean", "best on average or in bad luck"),
    key("optimize.hour_cost", "hour-cost", Number, "that of the time sheets", "what an hour costs"),
    key("optimize.margin", "margin", Text, "gross_margin", "share of revenue that is gross profit"),
    key("optimize.deal_value", "deal-value", Number, "that of the deals", "value of a customer"),
    key("sla.first_response", "", Text, "5min", "time to the first attempt on a lead"),
    key("sla.handoff", "", Text, "30min", "time from marketing's stage to that of sales"),
    key("sla.calendar", "", Text, "none (every minute counts)", "whose working time counts; elapsed: every minute, for owners with a calendar too"),
    key("sla.clock", "", Text, "created", "where the clock of a lead starts: created or hand_raise"),
    key("sla.qualified", "", Text, "sql", "the stage that counts as qualified"),
    key("sla.attempt_days", "", Whole, "7", "days after the assignment in which attempts are counted"),
    key("sla.attempts", "", Whole, "1", "attempts that sales promises in these days"),
    key("leaks.no_follow_up_days", "", Number, "10", "days after which an open lead is left alone"),
    key("leaks.unclosed_days", "", Number, "35", "days after which an open deal should have ended"),
    key("leaks.rot_days", "", Number, "none (those of the pipeline)", "days without activity after which an open deal rots"),
    key("leaks.open_leads", "", Whole, "500", "open leads that one person can work"),
    key("leaks.active_customers", "", Whole, "100", "customers that one person can look after"),
    key("leaks.attempts", "", Whole, "6", "attempts before a lead may be given up"),
    key("leaks.outcome_days", "", Number, "30", "days in which a lead handed over should get an outcome"),
    key("score.model", "", Text, "rules where there are any, else column", "which score: column, rules or logistic"),
    key("score.target", "", Text, "the last known stage", "stage that counts as conversion"),
    key("score.features", "", Text, "all columns of the leads", "columns that a learned score uses"),
    key("score.allow_leak", "", Text, "none", "columns it may use although they seem to know the outcome"),
    key("score.after_days", "", Whole, "0", "days after its entry at which a past lead is scored"),
    key("score.capacity", "", Number, "none", "leads that the team can work in a week"),
    key("score.cost", "", Number, "none", "what working a lead costs"),
    key("score.margin", "", Number, "none", "gross profit of a conversion"),
    key("score.top", "", Whole, "a fifth of the capacity, else 20", "how many leads are listed"),
    key("score.cap", "", Number, "none", "most points of fit and interest together"),
    key("visits.from", "", Text, "none", "which input's visits count"),
    key("hours.rate", "", Number, "none", "what an hour costs"),
    key("charts.font", "", Text, "none", "font file for letters that the embedded font lacks"),
    key("input_time_zone", "input-tz", Text, "the report zone", "zone of times without an offset"),
    key("encoding", "encoding", Text, "detected", "encoding of the inputs"),
    key("delimiter", "delimiter", Text, "detected", "what separates cells"),
    key("date_format", "date-format", Text, "decided per column", "strftime pattern of dates"),
    key("decimal", "decimal", Text, "decided per column", "decimal sign"),
    key("max_rejects", "max-rejects", Text, "0", "how many bad rows may be set aside"),
    key("rejects", "rejects", Text, "none", "file for the rows set aside"),
    key("keep_going", "keep-going", Flag, "false", "leave out files that cannot be read"),
    key("format", "format", Text, "by the suffix of --out, else table", "form of the output"),
    key("table", "table", Text, "all", "one table alone"),
    key("out", "out", Text, "-", "where the output goes"),
    key("no_clobber", "no-clobber", Flag, "false", "never replace a file"),
    key("include_pii", "include-pii", Flag, "false", "print personal data"),
    key("pii_key_file", "pii-key-file", Text, "derived from the inputs", "file with the key of the pseudonyms of persons"),
    key("lang", "lang", Text, "en", "language of the formats for people"),
    key("raw_csv", "raw-csv", Flag, "false", "no guard against formulas in CSV"),
    key("scale", "scale", Number, "2", "pixels per unit in PNG"),
    key("fail_on_empty", "fail-on-empty", Flag, "false", "exit 1 without records"),
    key("error_format", "error-format", Text, "text", "how errors are written"),
    key("color", "color", Text, "auto", "when to colour"),
    key("quiet", "quiet", Flag, "false", "say nothing but errors"),
    key("verbose", "verbose", Whole, "0", "how much to say"),
    key("threads", "threads", Whole, "all", "threads to compute with"),
    key(
        "memory_limit",
        "memory-limit",
        Text,
        "none",
        "memory to keep to, such as 1GiB",
    ),
];

impl Key {
    /// The environment variable that sets it: `LEADFLOW_HORIZON` for `--horizon`.
    #[must_use]
    pub fn variable(&self) -> Option<String> {
        let option = self.option?;
        Some(format!(
            "LEADFLOW_{}",
            option.to_uppercase().replace('-', "_")
        ))
    }

    /// The setting that this long option sets.
    #[must_use]
    pub fn by_option(option: &str) -> Option<&'static Self> {
        KEYS.iter().find(|key| key.option == Some(option))
    }

    /// The setting with this path.
    #[must_use]
    pub fn by_path(path: &str) -> Option<&'static Self> {
        KEYS.iter().find(|key| key.path == path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_and_options_are_unique() {
        for (index, key) in KEYS.iter().enumerate() {
            let later = &KEYS[index + 1..];
            assert!(
                later.iter().all(|other| other.path != key.path),
                "{}",
                key.path
            );
            let same = |other: &Key| key.option.is_some() && other.option == key.option;
            assert!(!later.iter().any(same), "{}", key.path);
        }
    }

    #[test]
    fn variables_are_named_after_options() {
        let zone = Key::by_path("time_zone").and_then(Key::variable);
        assert_eq!(zone.as_deref(), Some("LEADFLOW_TZ"));
        assert_eq!(Key::by_path("currency").and_then(Key::variable), None);
    }
}
