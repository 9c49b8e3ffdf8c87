//! One company, told by different systems.
//!
//! The same leads and deals as CRMs and spreadsheets hand them out: stages as columns of
//! dates, as rows of changes, or as nothing but today's state, month by month. What is
//! computed from one shape must come out of every other one where it is defined at all.
//! Nothing but contacts, stages and deals is in them.

mod monthly;
mod plain;
mod salesforce;

use super::company::CHANNELS;
use super::contacts;
use super::deals;
use super::origin::Origin;
use super::{Demo, DemoFile};

/// Which files tell of the company.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// Everything that a company has.
    Whole,
    /// Contacts and deals of HubSpot, one date column per stage.
    HubSpot,
    /// Leads, opportunities and their history of Salesforce.
    Salesforce,
    /// Tables of one's own with one date column per stage.
    Wide,
    /// Tables of one's own with one row per change of stage.
    Long,
    /// What a CRM shows at the end of each month.
    Snapshots,
}

impl Shape {
    /// Every shape by its name.
    pub const ALL: &[(&str, Self)] = &[
        ("whole", Self::Whole),
        ("hubspot", Self::HubSpot),
        ("salesforce", Self::Salesforce),
        ("wide", Self::Wide),
        ("long", Self::Long),
        ("snapshots", Self::Snapshots),
    ];

    /// The shape of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        let found = Self::ALL.iter().find(|(known, _)| *known == name);
        found.map(|(_, shape)| *shape)
    }

    /// The inputs of its configuration; `None` for the whole company, which has its own.
    pub(super) fn inputs(self) -> Option<&'static str> {
        match self {
            Self::Whole => None,
            Self::HubSpot => Some(HUBSPOT),
            Self::Salesforce => Some(salesforce::INPUTS),
            Self::Wide => Some(plain::WIDE),
            Self::Long => Some(plain::LONG),
            Self::Snapshots => Some(monthly::INPUTS),
        }
    }
}

const HUBSPOT: &str = r#"# --- exports ---------------------------------------------------------------

[[input]]
path = "contacts.csv"
[input.columns]
country = "Country/Region"

[[input]]
path = "deals.csv"

"#;

/// The files of a shape.
pub(super) fn files(demo: &Demo, shape: Shape) -> Vec<DemoFile<'_>> {
    match shape {
        Shape::Whole | Shape::HubSpot => hubspot(demo),
        Shape::Salesforce => salesforce::files(demo),
        Shape::Wide => plain::wide(demo),
        Shape::Long => plain::long(demo),
        Shape::Snapshots => monthly::files(demo),
    }
}

/// The channel in the words of web analytics, which are everybody's.
fn channel(origin: Option<&Origin>) -> &'static str {
    match origin.map_or("", |origin| CHANNELS[origin.channel].crm) {
        "Paid social" => "Paid Social",
        "Organic social" => "Organic Social",
        "Direct traffic" => "Direct",
        other => other,
    }
}

fn hubspot(demo: &Demo) -> Vec<DemoFile<'_>> {
    let rows = demo.plan.rows;
    vec![
        demo.file("contacts.csv".to_owned(), move |out| {
            contacts::write(&demo.population(), demo.customers(), 0, rows, out)
        }),
        demo.file("deals.csv".to_owned(), move |out| {
            deals::write(&demo.population(), demo.customers(), out)
        }),
    ]
}
