//! Which way is good: more of it, or less.
//!
//! What is in neither list has no good side of its own: a count of open deals, a share of a
//! mix, hours worked.

use super::find;
use crate::domain::ladder::Ladder;

/// Which way a figure should go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Good {
    /// More is better.
    Up,
    /// Less is better.
    Down,
}

impl Good {
    /// The word for it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Up => "up",
            Self::Down => "down",
        }
    }
}

const UP: &[&str] = &[
    // Funnel
    "STAGE",
    "FROM_to_TO",
    "reached",
    "advanced",
    "overall",
    "conversion_mature",
    "ultimate",
    // Channels
    "visits",
    "visit_to_STAGE",
    "clicks",
    "ctr",
    "customers",
    "pipeline_created",
    "pipeline_value",
    "pipeline_to_spend",
    "revenue",
    "revenue_new",
    "gross_profit",
    "roi",
    "roas",
    "visitor_value",
    // Deals
    "win_rate_horizon",
    "win_rate_closed",
    "win_rate_closed_value",
    "win_rate_created",
    "win_rate_broad",
    "win_rate_stale_adjusted",
    "win_curve",
    "weighted_pipeline",
    "pipeline_velocity",
    "throughput",
    "pipeline_coverage",
    "average_deal_size",
    "forecast_weighted",
    "forecast_age",
    "forecast_new",
    // Scores
    "auc",
    "gain",
    "lift",
    "ks",
    "brier_skill",
    // Service
    "sla_compliance",
    "qualified_rate",
    "valid_lead_rate",
    "sales_sla",
    "marketing_sla",
    "marketing_sla_value",
    "no_shows_recovered",
    "agreed_attempts",
    // Flywheel
    "size",
    "recurring",
    "nrr",
    "grr",
    "quick_ratio",
    "renewal_rate",
    "upsell_rate",
    "retention_curve",
    "referral_rate",
    "referred_share",
    "k_factor",
    "amplification",
    "speed",
    "spin_rate",
    "growth",
    "yield",
    "momentum_index",
    "energy_index",
    "ltv",
    "ltv_cac",
    "nps",
];

const DOWN: &[&str] = &[
    // Funnel
    "skipped",
    "exited",
    "median_days",
    "p90_days",
    "skip_rate",
    "backward_rate",
    "regressed_share",
    "reentry_rate",
    "drop_off",
    "time_to_convert",
    "dwell_total",
    // Channels
    "cpc",
    "cost_per_STAGE",
    "cac",
    "unassigned_share",
    "none_share",
    "rejected_share",
    "unmatched_share",
    // Deals
    "overdue_close",
    "close_date_pushes",
    "slip_rate",
    "dwell",
    "stage_age",
    "wape",
    // Scores
    "brier",
    "log_loss",
    "ece",
    "psi",
    // Service
    "time_to_first_attempt",
    "time_to_first_contact",
    "routing_delay",
    "rep_delay",
    "handoff_time",
    "median_of_responders",
    "load_ratio",
    "no_show_rate",
    "handed_over_without_outcome",
    "first_human_contact",
    "lost_value",
    "lost_customers",
    // Flywheel
    "customer_churn",
    "churn_rate",
    "monthly_churn",
    "referral_cycle",
    "turn_time",
    "force_cost",
    "friction_index",
    "cac_blended",
    "payback_simple",
    "payback_churn",
];

/// Which way the figure behind a key should go; absent where neither way is good by itself.
#[must_use]
pub fn good(key: &str, ladder: &Ladder) -> Option<Good> {
    good_of(find(key, ladder)?.key)
}

/// The same for a key as the dictionary has it.
#[must_use]
pub fn good_of(key: &str) -> Option<Good> {
    match (UP.contains(&key), DOWN.contains(&key)) {
        (true, _) => Some(Good::Up),
        (_, true) => Some(Good::Down),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::all;
    use super::*;

    #[test]
    fn every_name_is_in_the_dictionary_and_in_one_list() {
        let names: Vec<&str> = UP.iter().chain(DOWN).copied().collect();
        for (place, name) in names.iter().enumerate() {
            assert!(all().any(|it| it.key == *name), "{name}");
            assert!(!names[..place].contains(name), "{name} twice");
        }
        let stages = crate::domain::ladder::STANDARD.iter();
        let ladder = Ladder::new(stages.map(ToString::to_string).collect());
        assert_eq!(good("l2m", &ladder).map(Good::word), Some("up"));
        assert_eq!(good("cost_per_mql", &ladder), Some(Good::Down));
        assert_eq!(good("hours", &ladder), None);
        assert_eq!(good("nothing", &ladder), None);
    }
}
