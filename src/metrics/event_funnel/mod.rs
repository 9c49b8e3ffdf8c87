//! Funnels of web and product events (metrics dictionary, section 1).
//!
//! One person at a time: `person` takes the hits of one person in the order of time
//! and says how deep the person came, by the rules of `ordered`, `strict` or `any`.
//! `tally` adds persons up, in integers, so that parts computed side by side can be
//! merged; `answer` turns the sums into rates and quantiles. Nothing here knows where
//! events are stored: `classes` decides what a kind of event means once, and a hit
//! carries the answer as bits.

mod any;
mod ordered;
mod person;
mod plan;
mod record;
mod strict;

pub use person::{Runner, Seen};
pub use plan::{Hit, Spec};
pub use record::{Done, Outcome, Taken};

#[cfg(test)]
mod tests;
