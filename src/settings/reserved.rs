//! Names that the output needs for itself.

use crate::diagnostics::{Diagnostic, codes};
use crate::domain::text::normal_form;

/// Column ids and built-in dimensions: no stage and no segment may be called so.
pub const RESERVED_NAMES: &[&str] = &[
    // Dimensions
    "channel",
    "source",
    "medium",
    "campaign",
    "owner",
    "account",
    "input",
    "day",
    "week",
    "month",
    "quarter",
    "year",
    // The stage table
    "stage",
    "reached",
    "skipped",
    "advanced",
    "exited",
    "open",
    "conversion",
    "conversion_to_date",
    "overall",
    "median_days",
    "p90_days",
    "step_days",
    "in_progress",
    // Ratios
    "key",
    "from",
    "to",
    "value",
    "k",
    "n",
    "rate",
    "ci_low",
    "ci_high",
    "undefined",
    "period",
    // The channel table
    "visits",
    "impressions",
    "clicks",
    "ctr",
    "cpc",
    "spend",
    "hours",
    "cost",
    "customers",
    "cac",
    "pipeline_created",
    "pipeline_value",
    "revenue",
    "gross_profit",
    "roi",
    "roi_low",
    "roi_high",
    "roas",
    "visitor_value",
    "visitors",
    "users",
    "sessions",
    "leads",
    "deals",
    "conversions",
];

/// A complaint where `name`, the name of a `thing` (stage, segment), is taken.
pub fn refuse(thing: &str, name: &str) -> Option<Diagnostic> {
    let folded = normal_form(name);
    let taken = RESERVED_NAMES.contains(&folded.as_str())
        || folded.starts_with("cost_per_")
        || (thing == "stage" && folded.contains("_to_"));
    taken.then(|| {
        let text = format!("`{name}` is a name of the output and cannot name a {thing}");
        let other = format!("{thing}_{}", folded.replace("_to_", "_"));
        Diagnostic::new(&codes::RESERVED_NAME, text)
            .hint(format!("choose another one, such as `{other}`"))
    })
}
