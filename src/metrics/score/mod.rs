//! Scores: that of the export, one from rules, one that is learned.
//!
//! Whom a score is judged on is decided once ([`population`]), and so is what a good score
//! is ([`audit`], metrics dictionary 7.3 and 7.4); the three kinds differ only in where the
//! number comes from. A score may only use what was known when the lead was scored: events
//! before that moment, and no column that gives the outcome away ([`leak`]).

pub mod audit;
pub mod bands;
pub mod call_list;
pub mod events;
pub mod features;
pub mod leak;
pub mod learn;
pub mod model;
pub mod population;
pub mod scorecard;
pub mod threshold;
