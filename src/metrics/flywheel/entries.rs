//! The figures of a wheel under their keys, parts first and indices last.

use super::wheel::Wheel;
use crate::domain::figure::{Figure, Rate, Undefined};
use crate::domain::money::Money;

/// A value of a figure.
#[derive(Debug, Clone, PartialEq)]
pub enum Reading {
    /// A number of customers.
    Count(u64),
    /// An amount.
    Money(Money),
    /// Customers of customers.
    Rate(Rate),
    /// A fraction of the customers at the start, or of what they paid.
    Share(f64),
    /// Anything else: days, turns, periods, points of an index, ratios.
    Number(f64),
}

/// A figure of a wheel.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// Its key in the metrics dictionary.
    pub key: &'static str,
    /// Its unit.
    pub unit: &'static str,
    /// Its value.
    pub value: Figure<Reading>,
    /// Ends of the 95 % interval, where it has one that is no rate's.
    pub interval: Option<(f64, f64)>,
}

fn entry(key: &'static str, unit: &'static str, value: Figure<Reading>) -> Entry {
    Entry {
        key,
        unit,
        value,
        interval: None,
    }
}

fn share(key: &'static str, unit: &'static str, value: Figure<f64>) -> Entry {
    entry(key, unit, value.map(Reading::Share))
}

fn number(key: &'static str, unit: &'static str, value: Figure<f64>) -> Entry {
    entry(key, unit, value.map(Reading::Number))
}

fn rate(key: &'static str, unit: &'static str, value: &Figure<Rate>) -> Entry {
    entry(key, unit, value.clone().map(Reading::Rate))
}

const PER_PERIOD: &str = "share per period";
const OF_CUSTOMERS: &str = "share of customers";
const INDEX: &str = "index, base 100";

/// Every figure, in the order of the table; indices are undefined without a base.
#[must_use]
pub fn entries(wheel: &Wheel, base: Option<&Wheel>) -> Vec<Entry> {
    let mut all = parts(wheel);
    all.extend(retention(wheel));
    all.extend(referral(wheel));
    let against = |index: fn(&Wheel, &Wheel) -> Figure<f64>| {
        base.map_or(Err(Undefined::NoData), |base| index(wheel, base))
    };
    all.extend([
        number("friction_index", INDEX, against(Wheel::friction)),
        number("momentum_index", INDEX, against(Wheel::momentum)),
        number("energy_index", INDEX, against(Wheel::energy)),
    ]);
    all
}

fn parts(wheel: &Wheel) -> Vec<Entry> {
    let bridge = wheel.bridge.as_ref().map_err(|reason| *reason);
    vec![
        entry("size", "customers", wheel.size.map(Reading::Count)),
        entry(
            "recurring",
            "money per month",
            wheel.recurring.map(Reading::Money),
        ),
        number("lead_to_customer_days", "days", wheel.lead_to_customer),
        number(
            "customer_to_advocacy_days",
            "days",
            wheel.customer_to_advocacy,
        ),
        number("turn_time", "days", wheel.turn_time()),
        number("speed", "turns per year", wheel.speed()),
        share("push_rate", PER_PERIOD, wheel.push),
        share("spin_rate", PER_PERIOD, wheel.spin),
        share("reactivated_rate", PER_PERIOD, wheel.reactivated),
        rate("churn_rate", PER_PERIOD, &wheel.churn),
        share("growth", PER_PERIOD, wheel.growth()),
        share("coasting_rate", PER_PERIOD, wheel.coasting()),
        number("coasting_half_life", "periods", wheel.half_life()),
        entry(
            "won_and_lost_inside",
            "customers",
            bridge.map(|bridge| Reading::Count(bridge.inside)),
        ),
        entry("new_customers", "customers", wheel.new.map(Reading::Count)),
        entry(
            "force_cost",
            "money per new customer",
            wheel.force_cost().map(Reading::Money),
        ),
        rate(
            "lead_to_customer_rate",
            "share of leads",
            &wheel.lead_to_customer_rate,
        ),
        share("yield", "share", wheel.yielded()),
    ]
}

fn retention(wheel: &Wheel) -> Vec<Entry> {
    let bridge = wheel.bridge.as_ref().map_err(|reason| *reason);
    let spread = |key, value: &Figure<super::bridge::Spread>| Entry {
        interval: value.as_ref().ok().and_then(|(_, interval)| *interval),
        ..share(key, "share of the amount", value.map(|(value, _)| value))
    };
    let paid = bridge.and_then(|bridge| match wheel.has_amounts {
        true => Ok(bridge),
        false => Err(Undefined::NoData),
    });
    vec![
        rate("customer_churn", OF_CUSTOMERS, &wheel.churn),
        share("monthly_churn", "share per month", wheel.monthly_churn),
        spread("nrr", &wheel.net_retention),
        spread("grr", &wheel.gross_retention),
        number(
            "quick_ratio",
            "ratio",
            paid.and_then(super::bridge::Bridge::quick_ratio),
        ),
        rate("renewal_rate", "share of contracts", &wheel.renewal),
        rate(
            "upsell_rate",
            OF_CUSTOMERS,
            &paid.and_then(super::bridge::Bridge::upsell),
        ),
    ]
}

fn referral(wheel: &Wheel) -> Vec<Entry> {
    vec![
        rate("referral_rate", OF_CUSTOMERS, &wheel.referral_rate),
        rate(
            "referred_share",
            "share of new customers",
            &wheel.referred_share,
        ),
        number("k_factor", "customers per customer", wheel.k_factor),
        number("amplification", "ratio", wheel.amplification()),
        number("referral_cycle", "days", wheel.referral_cycle),
    ]
}
