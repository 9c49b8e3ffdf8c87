//! The nouns of the funnel: money, rates, periods, stages, channels.
//!
//! Everything here is plain data with its own arithmetic. It knows nothing of
//! files, data frames, terminals or the clock, so that each rule (how a month is
//! parsed, when a figure is undefined, which channel a source belongs to) can be
//! read and tested alone. Nothing in this folder imports another part of the crate.

pub mod activity;
pub mod calendar;
pub mod channel;
pub mod columns;
pub mod event_funnel;
pub mod figure;
pub mod guarded;
pub mod ladder;
pub mod money;
pub mod names;
pub mod period;
pub mod persons;
pub mod prints;
pub mod reserved;
pub mod service_level;
pub mod text;
pub mod workflow;
pub mod working_hours;
