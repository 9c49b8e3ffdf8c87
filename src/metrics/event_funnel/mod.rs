//! Funnels of web and product events (metrics dictionary, section 1).
//!
//! One person at a time: `person` takes the hits of one person in the order of time
//! and says how deep the person came, by the rules of `ordered`, `strict` or `any`.
//! `tally` adds persons up, in integers, so that parts computed side by side can be
//! merged; `answer` turns the sums into rates and quantiles. Nothing here knows where
//! events are stored: `classes` decides what a kind of event means once, and a hit
//! carries the answer as bits.

mod answer;
mod any;
mod classes;
mod dimensions;
mod factors;
mod lengths;
mod look;
mod ordered;
mod person;
mod plan;
mod rates;
mod record;
mod strict;
mod tally;
mod worker;

pub use answer::{Answer, Group, StepRow, TimeRow, answer};
pub use classes::{Classes, Unknown, Vocabulary};
pub use dimensions::{Dimension, dimensions};
pub use factors::{FactorRow, Factors};
pub use lengths::{Bin, Lengths};
pub use person::{Runner, Seen};
pub use plan::{Hit, Spec};
pub use record::{Done, Outcome, Taken};
pub use tally::{Pair, Tally};
pub use worker::{Question, Worker};

#[cfg(test)]
mod tests;
