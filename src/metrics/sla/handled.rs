//! The leads whose clock can be read, and those for whom it cannot.

use super::Question;
use crate::domain::calendar::Millis;
use crate::metrics::worked::activities::{Found, first_attempt, first_contact, in_contact_before};
use crate::metrics::worked::{Lead, Leads};

/// A lead with its clock.
#[derive(Debug, Clone, Copy)]
pub struct Handled<'a> {
    /// The lead.
    pub lead: &'a Lead,
    /// Where its clock started.
    pub start: Millis,
    /// The first time somebody turned to it.
    pub attempt: Option<Millis>,
    /// The first time both spoke with each other.
    pub contact: Found,
}

/// Whom the figures stand on, and whom they leave out.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Coverage {
    /// Leads whose clock started in the period.
    pub started: u64,
    /// Of these: with a clock that can be read.
    pub with_clock: u64,
    /// Of these: the start or the first attempt is a date without a time.
    pub date_only: u64,
    /// Of these: given up as spam or duplicate before any attempt.
    pub invalid: u64,
    /// With a clock: a person had to do with the lead before it started; that is left out.
    pub already_in_contact: u64,
    /// Leads without a date at all.
    pub undated: u64,
    /// Activities in all.
    pub activities: u64,
    /// Activities of ids that are neither a lead's nor a deal's.
    pub unknown_ids: u64,
    /// Activities after the as-of moment.
    pub planned: u64,
    /// Activities whose kind is not known.
    pub unknown_kinds: u64,
    /// Activities by owners that the table of owners does not list.
    pub unknown_owners: u64,
}

/// The leads with a clock, in the order of the inputs.
pub fn handled<'a>(leads: &'a Leads, question: &Question) -> (Vec<Handled<'a>>, Coverage) {
    let mut coverage = Coverage {
        undated: leads
            .list
            .iter()
            .filter(|lead| lead.start.is_none())
            .count() as u64,
        activities: leads.log.rows,
        unknown_ids: leads.log.unknown_ids,
        planned: leads.log.after_as_of,
        unknown_kinds: leads.log.unknown_kinds,
        unknown_owners: leads.log.unknown_owners,
        ..Coverage::default()
    };
    let mut list = Vec::new();
    for (lead, start) in leads.started(question.scope) {
        coverage.started += 1;
        let activities = leads.activities(lead);
        let attempt = first_attempt(activities, start.at);
        if attempt == Found::Never && lead.is_invalid() {
            coverage.invalid += 1;
            continue;
        }
        if start.day || attempt == Found::Day {
            coverage.date_only += 1;
            continue;
        }
        coverage.already_in_contact += u64::from(in_contact_before(activities, start.at));
        list.push(Handled {
            lead,
            start: start.at,
            attempt: match attempt {
                Found::At(at) => Some(at),
                Found::Day | Found::Never => None,
            },
            contact: first_contact(activities, start.at),
        });
    }
    coverage.with_clock = list.len() as u64;
    (list, coverage)
}
