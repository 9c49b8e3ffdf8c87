//! One look at one person: what every order of steps has at hand.

use std::ops::Range;

use super::plan::{Hit, Plan};
use super::record::Record;
use crate::domain::calendar::Millis;

/// One look at one person; `room` is what an order needs, kept from person to person.
pub struct Look<'a, Room> {
    /// The funnel.
    pub plan: &'a Plan,
    /// What the person did, by time and input row.
    pub hits: &'a [Hit],
    /// When attempts may start.
    pub range: Range<Millis>,
    /// Room to work in.
    pub room: &'a mut Room,
    /// What became of the person.
    pub record: &'a mut Record,
}
