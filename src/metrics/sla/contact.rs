//! How much of the way to a purchase lay before the first person of the company.
//!
//! Twice: in days, and in touches, where the inputs have them. Of customers alone, since who
//! did not buy has no way whose whole length is known.

use rustc_hash::FxHashMap;

use super::handled::Handled;
use crate::domain::calendar::Millis;
use crate::domain::figure::{Figure, Undefined};
use crate::metrics::worked::activities::Found;
use crate::stats::quantile;

/// When leads (by row of the table of leads) were touched.
#[derive(Debug, Clone, Default)]
pub struct Touched {
    /// Moments in order, of each lead that has any.
    pub times: FxHashMap<usize, Vec<Millis>>,
    /// True where some of them are days without a time.
    pub date_only: bool,
}

/// Customers whose first contact lay on the way to the purchase: lead, contact, purchase.
fn ways<'a>(handled: &'a [Handled]) -> impl Iterator<Item = (&'a Handled<'a>, Millis, Millis)> {
    handled.iter().filter_map(|one| {
        let won = one.lead.stages.last()?.at?.at;
        let Found::At(contact) = one.contact else {
            return None;
        };
        let inside = one.start < won && contact <= won;
        inside.then_some((one, contact, won))
    })
}

/// Median share of the days from first sight to customer that lay before the first contact.
///
/// # Errors
/// `no_data` without such customers.
pub fn days_before(handled: &[Handled]) -> Figure<f64> {
    let share = |(one, contact, won): (&Handled, Millis, Millis)| {
        (contact - one.start) as f64 / (won - one.start) as f64
    };
    median(ways(handled).map(share).collect())
}

/// Median share of the touches up to the purchase that lay before the first contact, of
/// customers with touches.
///
/// # Errors
/// `no_data` without touches or such customers, `date_only` where touches have no times.
pub fn touches_before(handled: &[Handled], touched: Option<&Touched>) -> Figure<f64> {
    let touched = touched.ok_or(Undefined::NoData)?;
    if touched.date_only {
        return Err(Undefined::DateOnly);
    }
    let share = |(one, contact, won): (&Handled, Millis, Millis)| {
        let times = touched.times.get(&one.lead.row)?;
        let all = times.partition_point(|at| *at <= won);
        let before = times.partition_point(|at| *at < contact);
        (all > 0).then(|| before as f64 / all as f64)
    };
    median(ways(handled).filter_map(share).collect())
}

fn median(mut shares: Vec<f64>) -> Figure<f64> {
    shares.sort_unstable_by(f64::total_cmp);
    quantile::quantile(&shares, 0.5).ok_or(Undefined::NoData)
}
