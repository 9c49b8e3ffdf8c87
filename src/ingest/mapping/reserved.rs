//! Names that a stage or a segment may not have, because a column of the output has them.

use crate::tables::schema::TABLES;

/// Ids of output columns, beyond the names of canonical columns.
pub const RESERVED: &[&str] = &[
    "account",
    "advanced",
    "cac",
    "cac_blended",
    "cac_lagged",
    "cac_paid",
    "ci_high",
    "ci_level",
    "ci_low",
    "conversion",
    "conversion_to_date",
    "conversions",
    "cost",
    "cpc",
    "cpl",
    "ctr",
    "customers",
    "day",
    "deals",
    "drop_off",
    "exited",
    "gross_profit",
    "in_progress",
    "input",
    "k",
    "key",
    "leads",
    "low_sample",
    "median_days",
    "method",
    "model",
    "month",
    "n",
    "open",
    "overall",
    "p90_days",
    "period",
    "pipeline_created",
    "pipeline_to_spend",
    "pipeline_value",
    "policy",
    "quarter",
    "rate",
    "reached",
    "revenue",
    "revenue_per_lead",
    "roas",
    "roi",
    "roi_high",
    "roi_low",
    "sessions",
    "share",
    "skipped",
    "spend",
    "step",
    "step_days",
    "undefined",
    "users",
    "value",
    "view",
    "visitor_value",
    "visitors",
    "visits",
    "week",
    "year",
];

/// Beginnings and ends that output columns are built with.
const PREFIXES: &[&str] = &["cost_per_"];
const SUFFIXES: &[&str] = &["_k", "_n", "_ci_low", "_ci_high", "_undefined"];

/// True where `name` would collide with a column of the output for a ladder of `stages`.
///
/// Names are compared as written in lower case: `Revenue` collides like `revenue`.
#[must_use]
pub fn is_reserved(name: &str, stages: &[String]) -> bool {
    let name = name.to_lowercase();
    let canonical = || {
        TABLES
            .iter()
            .any(|table| table.columns.iter().any(|c| c.name == name))
    };
    RESERVED.contains(&name.as_str())
        || PREFIXES.iter().any(|prefix| name.starts_with(prefix))
        || SUFFIXES.iter().any(|suffix| name.ends_with(suffix))
        || stages.contains(&name)
        || is_step(&name, stages)
        || canonical()
}

/// `lead_to_mql`, for any two stages of the ladder.
fn is_step(name: &str, stages: &[String]) -> bool {
    let is_stage = |word: &str| stages.iter().any(|stage| stage == word);
    name.match_indices("_to_")
        .any(|(at, mark)| is_stage(&name[..at]) && is_stage(&name[at + mark.len()..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_of_the_output_are_reserved() {
        let ladder = ["lead", "mql"].map(str::to_owned);
        for name in [
            "roi",
            "Revenue",
            "mql",
            "lead_to_mql",
            "cost_per_demo",
            "x_ci_low",
            "owner",
        ] {
            assert!(is_reserved(name, &ladder), "{name}");
        }
        for name in ["region", "product", "sql", "road_to_market", "device"] {
            assert!(!is_reserved(name, &ladder), "{name}");
        }
    }
}
