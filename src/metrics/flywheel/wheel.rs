//! The wheel of a period (dictionary 9 and 10): size, speed, what pushes it, what it adds by
//! itself, what friction takes.
//!
//! Everything is seen from the end of the period, so that periods compare. Where a figure
//! needs cases that had time to happen, they are those old enough at that end.

use super::bridge::{Bridge, Spread};
use crate::domain::figure::{Figure, Rate, Undefined, ratio};
use crate::domain::money::Money;

/// The wheel of a period.
#[derive(Debug, Clone, PartialEq)]
pub struct Wheel {
    /// The period.
    pub period: String,
    /// From the start to the end.
    pub bridge: Figure<Bridge>,
    /// True where the bridge has money.
    pub has_amounts: bool,
    /// Customers at the end.
    pub size: Figure<u64>,
    /// Recurring amount at the end.
    pub recurring: Figure<Money>,
    /// Median days from lead to customer.
    pub lead_to_customer: Figure<f64>,
    /// Median days from customer to the first referral, expansion or renewal.
    pub customer_to_advocacy: Figure<f64>,
    /// New customers not from referral at the end, per customer at the start.
    pub push: Figure<f64>,
    /// New customers from referral at the end, per customer at the start.
    pub spin: Figure<f64>,
    /// Customers who came back, per customer at the start.
    pub reactivated: Figure<f64>,
    /// `customer_churn`.
    pub churn: Figure<Rate>,
    /// All cost of the period.
    pub cost: Figure<Money>,
    /// Customers whose first month lies in the period.
    pub new: Figure<u64>,
    /// Leads that became customers within the horizon.
    pub lead_to_customer_rate: Figure<Rate>,
    /// `nrr`.
    pub net_retention: Figure<Spread>,
    /// `grr`.
    pub gross_retention: Figure<Spread>,
    /// `renewal_rate`.
    pub renewal: Figure<Rate>,
    /// `referral_rate`.
    pub referral_rate: Figure<Rate>,
    /// `referred_share`.
    pub referred_share: Figure<Rate>,
    /// `k_factor`.
    pub k_factor: Figure<f64>,
    /// `referral_cycle`, in days.
    pub referral_cycle: Figure<f64>,
    /// Churn of a month.
    pub monthly_churn: Figure<f64>,
}

impl Wheel {
    /// `turn_time`, in days.
    ///
    /// # Errors
    /// Why one of its parts is undefined.
    pub fn turn_time(&self) -> Figure<f64> {
        Ok(self.lead_to_customer? + self.customer_to_advocacy?)
    }

    /// `speed`, in turns of a year.
    ///
    /// # Errors
    /// As [`Self::turn_time`].
    pub fn speed(&self) -> Figure<f64> {
        ratio(365.0, self.turn_time()?)
    }

    /// `growth`: exactly (end - start) / start.
    ///
    /// # Errors
    /// Why one of its parts is undefined.
    pub fn growth(&self) -> Figure<f64> {
        let churn = self.churn.as_ref().map_err(|reason| *reason)?.value();
        // Without knowing who refers, push and spin are one.
        let added = match &self.bridge {
            Ok(bridge) => bridge.per_start(bridge.new.customers)?,
            Err(reason) => return Err(*reason),
        };
        Ok(added + self.reactivated? - churn)
    }

    /// `coasting_rate`.
    ///
    /// # Errors
    /// Why one of its parts is undefined.
    pub fn coasting(&self) -> Figure<f64> {
        let churn = self.churn.as_ref().map_err(|reason| *reason)?.value();
        Ok(self.spin? - churn)
    }

    /// `coasting_half_life`, in periods.
    ///
    /// # Errors
    /// As [`Self::coasting`]; `not_reached` where the wheel carries itself or stops at once.
    pub fn half_life(&self) -> Figure<f64> {
        half_life(self.coasting()?)
    }

    /// `force_cost`.
    ///
    /// # Errors
    /// Why cost or new customers are undefined.
    pub fn force_cost(&self) -> Figure<Money> {
        super::money::per(self.cost?, self.new?)
    }

    /// `yield`: leads that become customers x what stays of what customers pay.
    ///
    /// # Errors
    /// Why one of its parts is undefined.
    pub fn yielded(&self) -> Figure<f64> {
        let rate = self
            .lead_to_customer_rate
            .as_ref()
            .map_err(|reason| *reason)?;
        Ok(rate.value() * self.gross_retention?.0)
    }

    /// `amplification`.
    ///
    /// # Errors
    /// As `k_factor`; `not_reached` where the referrals carry themselves.
    pub fn amplification(&self) -> Figure<f64> {
        let k = self.k_factor?;
        if k >= 1.0 {
            return Err(Undefined::NotReached);
        }
        Ok(1.0 / (1.0 - k))
    }

    /// `friction_index` against a base.
    ///
    /// # Errors
    /// Why one of the yields is undefined.
    pub fn friction(&self, base: &Self) -> Figure<f64> {
        Ok(100.0 * ratio(base.yielded()?, self.yielded()?)?)
    }

    /// `momentum_index` against a base.
    ///
    /// # Errors
    /// Why one of the sizes or speeds is undefined.
    pub fn momentum(&self, base: &Self) -> Figure<f64> {
        let (size, speed) = self.against(base)?;
        Ok(100.0 * size * speed)
    }

    /// `energy_index` against a base.
    ///
    /// # Errors
    /// As [`Self::momentum`].
    pub fn energy(&self, base: &Self) -> Figure<f64> {
        let (size, speed) = self.against(base)?;
        Ok(100.0 * size * speed * speed)
    }

    fn against(&self, base: &Self) -> Figure<(f64, f64)> {
        let size = ratio(self.size? as f64, base.size? as f64)?;
        Ok((size, ratio(self.speed()?, base.speed()?)?))
    }
}

/// Periods until half is left at this rate.
///
/// # Errors
/// `not_reached` outside of -1 < rate < 0.
pub fn half_life(rate: f64) -> Figure<f64> {
    if rate <= -1.0 || rate >= 0.0 {
        return Err(Undefined::NotReached);
    }
    Ok(libm::log(0.5) / libm::log1p(rate))
}

#[cfg(test)]
impl Wheel {
    /// A wheel of which nothing is known.
    pub fn unknown() -> Self {
        let none = Undefined::NoData;
        Self {
            period: "2026-03".into(),
            bridge: Err(none),
            has_amounts: false,
            size: Err(none),
            recurring: Err(none),
            lead_to_customer: Err(none),
            customer_to_advocacy: Err(none),
            push: Err(none),
            spin: Err(none),
            reactivated: Err(none),
            churn: Err(none),
            cost: Err(none),
            new: Err(none),
            lead_to_customer_rate: Err(none),
            net_retention: Err(none),
            gross_retention: Err(none),
            renewal: Err(none),
            referral_rate: Err(none),
            referred_share: Err(none),
            k_factor: Err(none),
            referral_cycle: Err(none),
            monthly_churn: Err(none),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::super::bridge;
    use super::*;

    /// Vector 12.12: 200 customers, 6 referral wins, 8 churned.
    #[test]
    fn coasting_of_the_dictionary() {
        let wheel = Wheel {
            spin: ratio(6.0, 200.0),
            churn: bridge::rate(8, 200),
            ..Wheel::unknown()
        };
        assert!((wheel.coasting().unwrap() + 0.01).abs() < 1e-12);
        assert!((wheel.half_life().unwrap() - 68.97).abs() < 0.005);
        for rate in [-1.0, -1.5, 0.0, 0.02] {
            assert_eq!(half_life(rate), Err(Undefined::NotReached));
        }
    }

    #[test]
    fn indices_are_of_the_base() {
        let wheel = |size, days| Wheel {
            size: Ok(size),
            lead_to_customer: Ok(days),
            customer_to_advocacy: Ok(100.0),
            ..Wheel::unknown()
        };
        let (now, base) = (wheel(120, 20.0), wheel(100, 50.0));
        assert_eq!(now.turn_time(), Ok(120.0));
        assert!((now.momentum(&base).unwrap() - 150.0).abs() < 1e-9);
        assert!((now.energy(&base).unwrap() - 187.5).abs() < 1e-9);
        assert!((base.energy(&base).unwrap() - 100.0).abs() < 1e-9);
        assert_eq!(now.friction(&base), Err(Undefined::NoData));
    }

    #[test]
    fn yield_falls_and_friction_rises() {
        let wheel = |k, retained| Wheel {
            lead_to_customer_rate: bridge::rate(k, 100),
            gross_retention: Ok((retained, None)),
            ..Wheel::unknown()
        };
        let (now, base) = (wheel(8, 0.9), wheel(10, 0.96));
        assert!((now.yielded().unwrap() - 0.072).abs() < 1e-12);
        assert!((now.friction(&base).unwrap() - 100.0 * 0.096 / 0.072).abs() < 1e-9);
    }

    #[test]
    fn referrals_that_carry_themselves_have_no_amplification() {
        let wheel = |k| Wheel {
            k_factor: Ok(k),
            ..Wheel::unknown()
        };
        assert_eq!(wheel(0.2).amplification(), Ok(1.25));
        assert_eq!(wheel(1.0).amplification(), Err(Undefined::NotReached));
    }
}
