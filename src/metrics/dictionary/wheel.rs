//! Customers over time, referrals and the flywheel.

use super::{Definition, metric};

/// In reading order.
pub const ALL: &[Definition] = &[
    metric(
        "size",
        "Size of the wheel",
        "customers active in the last month of the period: their recurring amount is above 0; without billing those of won deals until a renewal is lost",
        "customers",
        "A month that is not over: not_mature. Billing that ends before: no_data.",
    ),
    metric(
        "recurring",
        "Recurring amount",
        "sum of the recurring amounts of the last month of the period; rows of a customer add up, a span of several months counts in equal parts",
        "money of a month",
        "Without billing: no_data. Rows of kind service do not recur. A month that comes to less than 0 counts as none, and is counted.",
    ),
    metric(
        "mrr_bridge",
        "From the recurring amount at the start to that at the end",
        "end = start + new + reactivated + expansion - contraction - churned; start is the month before the period",
        "money of a month",
        "Exact. Who falls to 0 and returns within the period is retained at the end amount.",
    ),
    metric(
        "customer_churn",
        "Customers who left",
        "customers of the start with no recurring amount at the end / customers of the start",
        "share with k, n and a 95 % Wilson interval",
        "No customers at the start: zero_denominator. The month before the period unknown: no_data. Won deals without renewals: no_data.",
    ),
    metric(
        "churn_rate",
        "Churn of the wheel",
        "customer_churn: what friction takes",
        "share per period",
        "As customer_churn.",
    ),
    metric(
        "monthly_churn",
        "Churn of a month",
        "1 - (1 - customer_churn)^(1 / months of the period)",
        "share per month",
        "As customer_churn.",
    ),
    metric(
        "nrr",
        "Net revenue retention",
        "what the customers of the start pay at the end / what they paid at the start",
        "ratio, with a bootstrap interval over the customers",
        "New and returned customers are outside. Nobody at the start: zero_denominator.",
    ),
    metric(
        "grr",
        "Gross revenue retention",
        "the same, where no customer counts for more than at the start",
        "ratio of at most 1, with a bootstrap interval",
        "As nrr.",
    ),
    metric(
        "quick_ratio",
        "Quick ratio",
        "(new + reactivated + expansion) / (contraction + churned) of the bridge",
        "ratio",
        "Nothing lost: zero_denominator.",
    ),
    metric(
        "renewal_rate",
        "Contracts renewed",
        "contracts renewed / contracts due in the period and decided, from the columns renewal_due and renewed of billing, else from deals of kind renewal",
        "share with k, n and a 95 % Wilson interval",
        "Not decided: pending, outside, counted as in progress. Without the column renewed who pays in the month after has renewed.",
    ),
    metric(
        "upsell_rate",
        "Customers who pay more",
        "customers of the start who pay more at the end / customers of the start",
        "share with k, n and a 95 % Wilson interval",
        "As nrr.",
    ),
    metric(
        "retention_curve",
        "How long customers stay",
        "Kaplan-Meier over lifetimes in months; who is a customer in the last month that is known is censored",
        "share",
        "Who was there in the first known month began at an unknown time and stands outside, counted.",
    ),
    metric(
        "referral_rate",
        "Customers who refer",
        "customers active in the period with at least one referral in it / customers active in it",
        "share with k, n and a 95 % Wilson interval",
        "Nobody says who brings leads: no_data.",
    ),
    metric(
        "referred_share",
        "New customers by referral",
        "new customers with a referral source / new customers; referral records first, channel (sourced_by) second",
        "share with k, n and a 95 % Wilson interval",
        "Who was brought by a partner is no referral: partners are paid.",
    ),
    metric(
        "k_factor",
        "Customers that a customer brings",
        "referrals of customers in the period / customers active in it x share of the referrals old enough that became customers within the horizon; a cycle is the period",
        "customers per customer",
        "No referral old enough: not_mature.",
    ),
    metric(
        "amplification",
        "Amplification by referral",
        "1 / (1 - k_factor)",
        "ratio",
        "k_factor of 1 or more: not_reached, the referrals carry themselves.",
    ),
    metric(
        "referral_cycle",
        "Cycle of a referral",
        "median days from the start of a customer to the start of the customers it brought, among those that happened",
        "days",
        "None happened: no_data.",
    ),
    metric(
        "turn_time",
        "A turn of the wheel",
        "median days from lead to customer + median days from customer to the first referral, expansion or renewal, each among the cases of a year that had their time (horizon; [flywheel] advocacy_days) by the end of the period",
        "days",
        "None old enough: not_mature. None happened: no_data.",
    ),
    metric(
        "speed",
        "Speed of the wheel",
        "365 / turn_time",
        "turns per year",
        "As turn_time.",
    ),
    metric(
        "push_rate",
        "What effort adds",
        "new customers not from referral, active at the end / customers at the start",
        "share per period",
        "Customers won and lost inside the period are outside, counted as won_and_lost_inside.",
    ),
    metric(
        "spin_rate",
        "What the wheel adds by itself",
        "new customers from referral, active at the end / customers at the start",
        "share per period",
        "Nobody says who brings leads: no_data.",
    ),
    metric(
        "growth",
        "Growth of the wheel",
        "push_rate + spin_rate + reactivated_rate - churn_rate: exactly (end - start) / start",
        "share per period",
        "As its parts.",
    ),
    metric(
        "coasting_rate",
        "Growth without effort",
        "spin_rate - churn_rate",
        "share per period",
        "Above 0 the wheel carries itself.",
    ),
    metric(
        "coasting_half_life",
        "Half-life without effort",
        "ln 0.5 / ln(1 + coasting_rate)",
        "periods",
        "Only for -1 < coasting_rate < 0, else not_reached.",
    ),
    metric(
        "force_cost",
        "Cost of a push",
        "all cost of the period / customers whose first month lies in it",
        "money",
        "No cost known: no_data. No new customers: zero_denominator.",
    ),
    metric(
        "yield",
        "Yield of the wheel",
        "share of the leads that became customers within the horizon (of those that came in the period moved back by it) x grr",
        "share",
        "Either part undefined: undefined.",
    ),
    metric(
        "friction_index",
        "Friction",
        "100 x yield of the base period / yield",
        "index; 100 is the base",
        "[flywheel] base names the base period; the period before where none is named.",
    ),
    metric(
        "friction_points",
        "Where friction takes people",
        "n x (base rate - rate), those above 0, of: steps, retention, reasons of churn, renewals; promises kept of those due in the period (sla); meetings held of those held or not attended (no_show); open deals and leads at its end not older than nine in ten of those won in the year before the as-of moment (overaged); owners with open leads at its end who are within [leaks] open_leads (overload)",
        "leads, customers, contracts, meetings, deals or owners, as the line says",
        "Where the interval of the difference holds 0 it may be chance. Fewer than 30 won in that year: age is not judged.",
    ),
    metric(
        "momentum_index",
        "Momentum",
        "100 x (size / size of the base) x (speed / speed of the base)",
        "index; 100 is the base",
        "Means nothing without its base period.",
    ),
    metric(
        "energy_index",
        "Energy",
        "100 x (size / size of the base) x (speed / speed of the base) squared",
        "index; 100 is the base",
        "As momentum_index.",
    ),
    metric(
        "cac_blended",
        "Blended cost of a customer",
        "all cost of the period / new customers",
        "money",
        "No customers: zero_denominator.",
    ),
    metric(
        "ltv",
        "Lifetime value",
        "recurring amount of a customer and month x gross margin / monthly_churn, 60 months at most",
        "money",
        "Nobody left: zero_denominator. Without a configured margin it is revenue, not profit.",
    ),
    metric(
        "ltv_cac",
        "Lifetime value over cost",
        "ltv / cac_blended",
        "ratio",
        "As its parts.",
    ),
    metric(
        "payback_simple",
        "Payback",
        "cac_blended / (recurring amount of a customer and month x gross margin)",
        "months",
        "No margin: zero_denominator.",
    ),
    metric(
        "payback_churn",
        "Payback with churn",
        "first month n with m(1 - (1 - c)^n)/c >= cac_blended; m margin of a customer and month, c monthly_churn",
        "months",
        "Too many leave before: not_reached.",
    ),
    metric(
        "nps",
        "Net promoter score",
        "100 x (answers of 9 and 10 - answers of 0 to 6) / answers; of several answers of a customer the last in the period counts",
        "points from -100 to 100, with a bootstrap interval",
        "No answers in the period: zero_denominator.",
    ),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::figure::Undefined;
    use crate::metrics::flywheel::entries::entries;
    use crate::metrics::flywheel::wheel::Wheel;

    /// What stands in the table can be explained.
    #[test]
    fn every_figure_of_the_wheel_has_its_words() {
        const OF_PARTS: &[&str] = &[
            "lead_to_customer_days",
            "customer_to_advocacy_days",
            "reactivated_rate",
            "won_and_lost_inside",
            "new_customers",
            "lead_to_customer_rate",
        ];
        for entry in entries(&Wheel::unknown(), None) {
            assert_eq!(entry.value, Err(Undefined::NoData), "{}", entry.key);
            let told = ALL.iter().any(|definition| definition.key == entry.key);
            assert_ne!(told, OF_PARTS.contains(&entry.key), "{}", entry.key);
        }
    }

    #[test]
    fn keys_are_unique() {
        let mut keys: Vec<&str> = crate::metrics::dictionary::all().map(|d| d.key).collect();
        let count = keys.len();
        keys.sort_unstable();
        keys.dedup();
        assert_eq!(keys.len(), count);
    }
}
