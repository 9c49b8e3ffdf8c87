//! The arithmetic that needs no history: what a visit is worth, where it breaks even.
//!
//! Section 1 of the what-if document. It says nothing about whether visits will come.

use crate::stats::poisson;

/// What a visit leads to, each a plain number.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct UnitChain {
    /// Leads per visit.
    pub visit_to_lead: f64,
    /// Customers per lead.
    pub lead_to_customer: f64,
    /// Value of a customer.
    pub deal_value: f64,
    /// Share of it that is gross profit.
    pub margin: f64,
}

/// What so many units of effort a month bring.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sums {
    /// Units of effort, all months.
    pub effort: f64,
    /// Visits.
    pub visits: f64,
    /// Leads.
    pub leads: f64,
    /// Customers.
    pub customers: f64,
    /// Revenue.
    pub revenue: f64,
    /// Gross profit.
    pub gross_profit: f64,
    /// Cost.
    pub cost: f64,
    /// What is left.
    pub net: f64,
    /// Net over cost; absent where nothing is paid.
    pub roi: Option<f64>,
}

impl UnitChain {
    /// Gross profit of a visit.
    #[must_use]
    pub fn value_per_visit(&self) -> f64 {
        self.visit_to_lead * self.lead_to_customer * self.deal_value * self.margin
    }

    /// Visits that a unit of effort of this price must bring; absent where a visit is worth
    /// nothing.
    #[must_use]
    pub fn break_even_visits(&self, unit_cost: f64) -> Option<f64> {
        let value = self.value_per_visit();
        (value > 0.0).then(|| unit_cost / value)
    }

    /// The price of a unit of effort at which nothing is left, where it brings so many visits.
    #[must_use]
    pub fn break_even_cost(&self, visits_per_unit: f64) -> f64 {
        visits_per_unit * self.value_per_visit()
    }

    /// `amount` units in each of `months`, each of which brings `visits_per_unit`.
    #[must_use]
    pub fn sums(
        &self,
        amount: f64,
        months: usize,
        visits_per_unit: f64,
        (unit_cost, fixed_cost): (f64, f64),
    ) -> Sums {
        let effort = amount * months as f64;
        let visits = effort * visits_per_unit;
        let leads = visits * self.visit_to_lead;
        let customers = leads * self.lead_to_customer;
        let revenue = customers * self.deal_value;
        let gross_profit = revenue * self.margin;
        let cost = effort * unit_cost + fixed_cost;
        let net = gross_profit - cost;
        Sums {
            effort,
            visits,
            leads,
            customers,
            revenue,
            gross_profit,
            cost,
            net,
            roi: (cost > 0.0).then(|| net / cost),
        }
    }
}

/// So many that will be seen at most, with the chance `q`, where `mean` are expected: the luck
/// of single people, which is Poisson.
#[must_use]
pub fn seen(mean: f64, q: f64) -> f64 {
    poisson::quantile(mean, q)
}

/// The chance of at most `count` where `mean` are expected.
#[must_use]
pub fn at_most(mean: f64, count: u64) -> f64 {
    poisson::at_most(mean, count)
}

/// The first month after which the sum stays at or above zero; absent where it never does.
#[must_use]
pub fn payback_month(net_so_far: &[f64]) -> Option<usize> {
    let below = net_so_far.iter().rposition(|net| *net < 0.0);
    match below {
        None => Some(1),
        Some(month) if month + 1 < net_so_far.len() => Some(month + 2),
        Some(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CHAIN: UnitChain = UnitChain {
        visit_to_lead: 0.02,
        lead_to_customer: 0.3,
        deal_value: 100.0,
        margin: 1.0,
    };

    fn near(found: f64, expected: f64) {
        assert!((found - expected).abs() < 1e-9, "{found} {expected}");
    }

    /// Golden case G1.
    #[test]
    fn sixty_cents_a_visitor() {
        near(CHAIN.value_per_visit(), 0.60);
        near(CHAIN.break_even_visits(60.0).unwrap_or_default(), 100.0);
        let cost = 10.0 * 12.0 * 60.0;
        near(cost, 7_200.0);
        near(cost / CHAIN.value_per_visit(), 12_000.0);
    }

    /// Golden case G2.
    #[test]
    fn twenty_visits_an_hour() {
        let sums = CHAIN.sums(10.0, 12, 20.0, (10.0, 0.0));
        near(sums.visits, 2_400.0);
        near(sums.leads, 48.0);
        near(sums.customers, 14.4);
        near(sums.revenue, 1_440.0);
        near(sums.cost, 1_200.0);
        near(sums.net, 240.0);
        near(sums.roi.unwrap_or_default(), 0.20);
        near(CHAIN.break_even_cost(20.0), 12.0);
    }

    /// Golden case G3: all of it three months late.
    #[test]
    fn three_months_late() {
        let so_far: Vec<f64> = (1..=18)
            .map(|month: i32| {
                let come = 120.0 * f64::from((month - 3).clamp(0, 12));
                come - 100.0 * f64::from(month.min(12))
            })
            .collect();
        near(so_far[11], -120.0);
        near(so_far[12], 0.0);
        near(so_far[14], 240.0);
        assert_eq!(payback_month(&so_far), Some(13));
        near(*so_far.last().unwrap_or(&0.0), 240.0);
    }

    /// With 2.7 customers expected, none at all happens 7 times in 100, at most one 25 times.
    #[test]
    fn luck_of_few_customers() {
        assert!((at_most(2.7, 0) - 0.067).abs() < 5e-4);
        assert!((at_most(2.7, 1) - 0.249).abs() < 5e-4);
        assert_eq!((seen(2.7, 0.1), seen(2.7, 0.9)), (1.0, 5.0));
        assert_eq!((seen(0.0, 0.9), at_most(0.0, 0)), (0.0, 1.0));
        assert_eq!(seen(2_000.0, 0.5), 2_000.0);
    }

    #[test]
    fn nothing_is_worth_nothing() {
        let free = UnitChain {
            deal_value: 0.0,
            ..CHAIN
        };
        assert_eq!(free.break_even_visits(60.0), None);
        assert_eq!(free.sums(10.0, 12, 20.0, (0.0, 0.0)).roi, None);
        assert_eq!(payback_month(&[-1.0, -2.0]), None);
        assert_eq!(payback_month(&[0.0, 1.0]), Some(1));
    }
}
