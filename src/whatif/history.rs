//! What a company's exports say, as the model reads it: plain numbers by month.
//!
//! Filled by `metrics::what_if`. Months are complete ones, oldest first, the same for all
//! channels. Stages are those that some input feeds, in the order of the ladder, the first
//! being what a visit becomes and the last the customer.

use super::Driver;
use super::model::Series;

/// Months of visits and effort from which on anything is said at all.
pub const FEWEST_MONTHS: usize = 6;

/// A company.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Company {
    /// Labels of the complete months: `2026-01`.
    pub months: Vec<String>,
    /// True where a month that was not over was left out.
    pub left_out_month: Option<String>,
    /// Channels, by name.
    pub channels: Vec<Channel>,
    /// Names of the stages that are known, first to last.
    pub stages: Vec<String>,
    /// Keys of the steps between them: `lead_to_mql`.
    pub steps: Vec<String>,
    /// Share of customers by whole months from the first stage to the last; sums to 1, or
    /// empty where no lead has times.
    pub lags: Vec<f64>,
    /// Days after which a lead counts as decided.
    pub decided_after_days: f64,
}

/// A channel.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Channel {
    /// Its name.
    pub name: String,
    /// Visits by month; absent where the export has none.
    pub visits: Vec<Option<f64>>,
    /// Hours by month; absent outside the months that the time sheets cover.
    pub hours: Vec<Option<f64>>,
    /// Money spent by month, without the hours; absent outside the months covered.
    pub money: Vec<Option<f64>>,
    /// Price of an hour, where the export says it.
    pub hour_cost: Option<f64>,
    /// Leads made, by month.
    pub leads_by_month: Vec<f64>,
    /// Leads of the months with visits.
    pub leads: u64,
    /// Visits of the months for which leads are known.
    pub visits_of_leads: u64,
    /// For each step: how many of how many decided ones went on.
    pub steps: Vec<(u64, u64)>,
    /// Amounts of the deals won, in units of the currency.
    pub deals: Vec<f64>,
}

impl Channel {
    /// Effort by month; `None` where there was never any.
    #[must_use]
    pub fn effort(&self, driver: Driver) -> Option<&[Option<f64>]> {
        let effort = match driver {
            Driver::Hours => &self.hours,
            Driver::Money => &self.money,
        };
        let any = effort.iter().flatten().any(|x| *x > 0.0);
        any.then_some(effort.as_slice())
    }

    /// What moves the channel: the only effort it has, else the one that costs more.
    #[must_use]
    pub fn main_driver(&self, hour_cost: Option<f64>) -> Option<Driver> {
        let total = |driver| Some(self.effort(driver)?.iter().flatten().sum::<f64>());
        let price = hour_cost.or(self.hour_cost).unwrap_or(0.0);
        match (total(Driver::Hours), total(Driver::Money)) {
            (Some(hours), Some(money)) if hours * price >= money => Some(Driver::Hours),
            (_, Some(_)) => Some(Driver::Money),
            (Some(_), None) => Some(Driver::Hours),
            (None, None) => None,
        }
    }

    /// Visits and effort together, from the first month that has both to the last.
    #[must_use]
    pub fn series(&self, driver: Driver, shift: Option<usize>) -> Option<Series> {
        let effort = self.effort(driver)?;
        let (first, last) = self.span(driver)?;
        Some(Series {
            visits: self.visits[first..=last].to_vec(),
            effort: effort[first..=last]
                .iter()
                .map(|x| x.unwrap_or(0.0))
                .collect(),
            driver,
            shift: shift.and_then(|month| month.checked_sub(first)),
        })
    }

    /// The first and the last month that has both visits and this effort.
    #[must_use]
    pub fn span(&self, driver: Driver) -> Option<(usize, usize)> {
        let effort = self.effort(driver)?;
        let both = |month: &usize| self.visits[*month].is_some() && effort[*month].is_some();
        let months = 0..self.visits.len().min(effort.len());
        Some((months.clone().find(both)?, months.rev().find(both)?))
    }
}
