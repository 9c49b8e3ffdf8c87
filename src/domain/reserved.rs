//! Names that a stage or a segment may not have, because the output has them.
//!
//! Scripts tell columns by their names; a user's stage called `cost` would answer for
//! another number.

/// Ids of output columns and of dimensions that exist without configuration.
pub const NAMES: &[&str] = &[
    "account",
    "advanced",
    "cac",
    "cac_blended",
    "cac_lagged",
    "cac_paid",
    "campaign",
    "channel",
    "ci_high",
    "ci_level",
    "ci_low",
    "class",
    "clicks",
    "conversion",
    "conversion_mature",
    "conversion_to_date",
    "conversions",
    "cost",
    "cpc",
    "cpl",
    "ctr",
    "customer_churn",
    "customers",
    "day",
    "days_n",
    "deals",
    "drop_off",
    "exited",
    "from",
    "gross_profit",
    "grr",
    "hours",
    "impressions",
    "in_progress",
    "input",
    "k",
    "key",
    "leads",
    "low_sample",
    "median",
    "median_days",
    "medium",
    "method",
    "missing_amounts",
    "model",
    "month",
    "n",
    "nrr",
    "open",
    "optional",
    "overall",
    "owner",
    "p90",
    "p90_days",
    "people",
    "period",
    "pipeline_created",
    "pipeline_to_spend",
    "pipeline_value",
    "policy",
    "quarter",
    "rate",
    "reached",
    "revenue",
    "revenue_new",
    "revenue_per_lead",
    "roas",
    "roi",
    "roi_high",
    "roi_low",
    "sessions",
    "share",
    "skipped",
    "source",
    "sourced_by",
    "spend",
    "stage",
    "step",
    "step_days",
    "to",
    "undefined",
    "users",
    "value",
    "view",
    "visitor_value",
    "visitors",
    "visits",
    "week",
    "wins",
    "year",
    "zero_length",
];

/// Beginnings and ends that output columns are built with.
const PREFIXES: &[&str] = &["cost_per_", "visit_to_"];
const SUFFIXES: &[&str] = &["_k", "_n", "_ci_low", "_ci_high", "_undefined"];

/// True where a name is, or is built like, a column of the output. Names are compared in
/// lower case: `Revenue` collides like `revenue`.
#[must_use]
pub fn is_reserved(name: &str) -> bool {
    let name = name.to_lowercase();
    NAMES.contains(&name.as_str())
        || PREFIXES.iter().any(|prefix| name.starts_with(prefix))
        || SUFFIXES.iter().any(|suffix| name.ends_with(suffix))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_of_the_output_are_reserved() {
        for name in ["channel", "Revenue", "cost_per_lead", "roi_ci_low", "month"] {
            assert!(is_reserved(name), "{name}");
        }
        for name in ["lead", "region", "demo", "trial"] {
            assert!(!is_reserved(name), "{name}");
        }
    }
}
