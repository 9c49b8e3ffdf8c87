//! From the inputs of a run to the canonical tables.
//!
//! Files of one kind in one input form a group (`group`); `reading` fills the groups
//! row by row and keeps the account of every row; `assemble` types them and makes one
//! table of all groups of a kind. Nothing is dropped, guessed or summed twice in
//! silence: what is not used stands in an account with its reason.

mod activities;
mod again;
mod amounts;
mod assemble;
mod buffer;
mod channels;
mod clock;
mod deal_snapshots;
mod deal_words;
mod excluded;
mod exported;
mod feedback;
mod files;
mod frames;
mod group;
mod meanings;
mod nobody;
mod overlaps;
mod owners;
mod profile;
mod reading;
mod refunds;
mod rejects;
mod repeats;
mod request;
mod rules;
mod snapshots;
mod spend;
mod stages;
mod stated;
mod stream;
mod totals;
mod touches;
mod typed;
mod visits;

pub use files::{Found, date_in_name, expand, look, unreadable};
pub use request::{
    CostSpan, ExclusionRule, Loaded, PipelineWords, Reject, Request, RowLimit, SegmentRule,
};
pub use rules::Condition;
pub use spend::add_costs;

use crate::diagnostics::Failure;

/// Reads everything.
///
/// # Errors
/// The findings that stop the run: files that cannot be read or are not known, columns
/// that cannot be decided, currencies without a rate, rows that would count twice, and
/// more rejected rows than allowed.
pub fn load(request: &Request) -> Result<Loaded, Failure> {
    let reading = reading::read(request)?;
    assemble::assemble(request, reading)
}
