//! Gates: sentences about figures that a run must fulfil.
//!
//! `mql_to_sql{channel=SEO} >= 20%` is read by [`expression`], its figure is looked up in
//! the JSON of a report by [`lookup`], and [`verdict`] compares the two. Only the output
//! contract is known here, so a check can be about whatever a report says, and about the
//! report of another month as well. What is not there is never passed in silence: an
//! unknown name stops the run, a figure that has no value is skipped and said.
//! Source: the conduct of checks, behaviour section 2.

pub mod expression;
pub mod listing;
pub mod lookup;
pub mod verdict;

pub use expression::{Check, Complaint, Level, Metric, Versus};
pub use listing::Checkable;
pub use lookup::{Document, Found, Unknown};
pub use verdict::{Against, Status, Verdict};
