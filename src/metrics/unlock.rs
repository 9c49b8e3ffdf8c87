//! What further exports would add: for each part of the report whose data is missing, the
//! one export that would bring it.
//!
//! A reader of a report without a pipeline cannot tell whether there are no deals or
//! whether nobody exported them. So a missing part is named, and never shown empty.

use super::data::{Data, Record, Source};
use crate::tables::col;

/// What decides which parts are there.
#[derive(Clone, Copy)]
pub struct Given<'a> {
    /// Everything that figures are computed from.
    pub data: &'a Data,
    /// True where there are touches or ready-made journeys.
    pub journeys: bool,
}

/// A part of the report and the export that brings it.
#[derive(Debug, Clone, Copy)]
pub struct Part {
    /// The section or figures that people would read.
    pub section: &'static str,
    /// The export.
    pub export: &'static str,
    /// Its canonical table, for `[[input]]`.
    pub table: &'static str,
    /// True where the data is there.
    is_there: fn(&Given) -> bool,
}

/// Every part that needs an export of its own, in the order of the report.
pub const PARTS: &[Part] = &[
    Part {
        section: "Visits",
        export: "web analytics by channel and month (GA4: Traffic acquisition)",
        table: "visits",
        is_there: |given| given.data.has(Source::Visits),
    },
    Part {
        section: "Cost and ROI",
        export: "ad costs and time sheets by channel and month",
        table: "spend",
        is_there: |given| given.data.has(Source::Spend),
    },
    Part {
        section: "Credit of touches",
        export: "touches: person, time, channel",
        table: "touches",
        is_there: |given| given.journeys,
    },
    Part {
        section: "Pipeline, forecast",
        export: "deals with amount, stage and dates",
        table: "deals",
        is_there: |given| given.data.has(Source::Deals),
    },
    Part {
        section: "Movement of deals",
        export: "the stage history of deals, or the deals export of several dates",
        table: "stage_events",
        is_there: |given| {
            !given.data.has(Source::Deals) || given.data.records(Record::Moves).height() > 0
        },
    },
    Part {
        section: "Service levels",
        export: "activities: calls, mails and meetings of leads",
        table: "activities",
        is_there: |given| given.data.records(Record::Activities).height() > 0,
    },
    // One date per stage cannot show that a lead went back, and an owner who changes is none
    // that sent it back.
    Part {
        section: "Leads sent back",
        export: "the stage history of leads: id, stage and time of every change",
        table: "stage_events",
        is_there: |given| {
            let data = given.data;
            !data.has(Source::Leads) || (data.noticed.has_history && !data.from_snapshots)
        },
    },
    Part {
        section: "Quotas, coverage",
        export: "owners with team and quota",
        table: "owners",
        is_there: |given| given.data.records(Record::Owners).height() > 0,
    },
    Part {
        section: "Score",
        export: "leads with their score",
        table: "leads",
        is_there: |given| given.data.has_values(Source::Leads, col::SCORE),
    },
    Part {
        section: "Retention, churn",
        export: "billing: customer, month, recurring amount",
        table: "billing",
        is_there: |given| given.data.records(Record::Billing).height() > 0,
    },
    Part {
        section: "Referrals",
        export: "leads with who referred them",
        table: "leads",
        is_there: |given| given.data.has_values(Source::Leads, col::REFERRED_BY),
    },
    Part {
        section: "Promoters",
        export: "feedback: customer, date, answer from 0 to 10",
        table: "feedback",
        is_there: |given| given.data.records(Record::Feedback).height() > 0,
    },
];

/// The parts whose data is missing.
#[must_use]
pub fn missing(given: &Given) -> Vec<&'static Part> {
    let is_missing = |part: &&Part| !(part.is_there)(given);
    PARTS.iter().filter(is_missing).collect()
}

#[cfg(test)]
mod tests {
    use super::PARTS;
    use crate::tables::schema::TableSpec;

    #[test]
    fn every_part_names_a_table() {
        for part in PARTS {
            assert!(TableSpec::by_name(part.table).is_some(), "{}", part.table);
        }
    }
}
