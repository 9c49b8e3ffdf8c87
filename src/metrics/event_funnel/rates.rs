//! Rates of an event funnel, with their evidence.

use super::plan::Spec;
use super::tally::Pair;
use crate::domain::calendar::DAY_MILLIS;
use crate::domain::event_funnel::Order;
use crate::domain::figure::{Policy, Rate, View};
use crate::stats::wilson;

/// The rate of a pair; none of nobody. Seen with all starts (`to_date`), or with those that
/// have been observed for the window (`cohort`).
///
/// The policy of a rate says how steps count: `strict`, through every step in order, or
/// `explicit` where they have no order.
#[must_use]
pub fn rate(spec: &Spec, pair: Pair, view: View, in_progress: Option<u64>) -> Option<Rate> {
    let days = u32::try_from(spec.window / DAY_MILLIS).ok();
    let whole = spec.window % DAY_MILLIS == 0 && view == View::Cohort;
    (pair.n > 0).then(|| Rate {
        k: pair.k,
        n: pair.n,
        interval: wilson::interval(pair.k, pair.n),
        view,
        policy: match spec.order {
            Order::Any => Policy::Explicit,
            Order::Ordered | Order::Strict => Policy::Strict,
        },
        horizon_days: days.filter(|_| whole),
        in_progress,
    })
}
