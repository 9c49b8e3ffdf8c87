//! Who gets the credit.
//!
//! `from_touches` makes journeys in one pass over the touches of each person, `path_tables`
//! takes ready-made ones; `journeys` holds what people met before they converted (or did
//! not), identical paths folded with their counts (`folded` while they are counted).
//! `models` says how the conversions of a path are divided among its touches, one file per
//! kind of model; those that need times are given each journey as it is made (`walk`).
//! `credit` is what comes out of any of them; `bootstrap` says how far it could have come
//! out otherwise. Definitions and sources:
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
