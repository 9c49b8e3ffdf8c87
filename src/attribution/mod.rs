//! Who gets the credit.
//!
//! `journeys` holds what people met before they converted (or did not), identical paths
//! folded with their counts; `models` says how the conversions of a path are divided
//! among its touches, one file per model; `credit` is what comes out of any of them;
//! `bootstrap` says how far it could have come out otherwise. Definitions and sources:
//! the attribution document. Nothing here reads a file or knows a format, and credit is
//! not cause: a model divides what was observed.

pub mod bootstrap;
pub mod compare;
pub mod credit;
pub mod folded;
pub mod from_touches;
pub mod journeys;
pub mod models;
pub mod order;
pub mod path_tables;
pub mod paths;
pub mod walk;
