//! Leads, opportunities and the history of opportunities, as the data export of
//! Salesforce writes them: API names, every cell quoted.

use std::io::{self, Write};

use super::channel;
use crate::demo::company::{COUNTRIES, OWNERS};
use crate::demo::deal::{Deal, Kind};
use crate::demo::deals::{Shown, each, loose_deals, name, pipeline};
use crate::demo::history::{self, LOST, WON};
use crate::demo::lead::Lead;
use crate::demo::line::{Line, Quotes};
use crate::demo::moment::Moment;
use crate::demo::{Demo, DemoFile};

/// Inputs of the shape.
pub const INPUTS: &str = r#"# --- exports ---------------------------------------------------------------

[[input]]
path = "Lead.csv"
[input.columns]
country = "Country"

[[input]]
path = "Opportunity.csv"
[input.columns]
lead = "Originating_Lead__c"        # a field of our own: the lead that it was made for
pipeline = "Pipeline__c"
[input.kinds]
"Existing Customer - Replacement" = "renewal"

[[input]]
path = "OpportunityHistory.csv"

"#;

const LEAD: [&str; 14] = [
    "Id",
    "IsDeleted",
    "Email",
    "LeadSource",
    "Status",
    "Country",
    "Lead Owner",
    "IsConverted",
    "ConvertedDate",
    "ConvertedAccountId",
    "ConvertedOpportunityId",
    "CreatedDate",
    "MQL_Date__c",
    "Campaign Name",
];

const OPPORTUNITY: [&str; 16] = [
    "Id",
    "IsDeleted",
    "AccountId",
    "Name",
    "StageName",
    "Amount",
    "CloseDate",
    "Type",
    "IsClosed",
    "IsWon",
    "CurrencyIsoCode",
    "Opportunity Owner",
    "CreatedDate",
    "Originating_Lead__c",
    "Pipeline__c",
    "Loss_Reason__c",
];

const HISTORY: [&str; 7] = [
    "Id",
    "OpportunityId",
    "CreatedDate",
    "StageName",
    "Amount",
    "CloseDate",
    "CurrencyIsoCode",
];

/// Three files.
pub fn files(demo: &Demo) -> Vec<DemoFile<'_>> {
    vec![
        demo.file("Lead.csv".to_owned(), |out| leads(demo, out)),
        demo.file("Opportunity.csv".to_owned(), |out| opportunities(demo, out)),
        demo.file("OpportunityHistory.csv".to_owned(), |out| {
            changes(demo, out)
        }),
    ]
}

/// An id of eighteen characters: the kind of record, the number, a check.
fn id(kind: &str, number: u64) -> String {
    format!("{kind}{number:012}AAA")
}

/// The id of another record; the export writes zeros where there is none.
fn reference(kind: &str, number: Option<u64>) -> String {
    number.map_or_else(|| id("000", 0), |number| id(kind, number))
}

fn leads(demo: &Demo, out: &mut dyn Write) -> io::Result<()> {
    let end = demo.plan.end();
    let mut line = Line::new(Quotes::Always, "\r\n");
    line.texts(&LEAD).end(out)?;
    for lead in demo.population().leads(0, demo.plan.rows) {
        row(&mut line, &lead, end);
        line.end(out)?;
    }
    Ok(())
}

fn row(line: &mut Line, lead: &Lead, end: Moment) {
    let seen = |at: Option<Moment>| at.filter(|at| *at < end);
    let converted = seen(lead.stages.sql);
    let (origin, owner) = (lead.origin.as_ref(), lead.owner.filter(|(_, at)| *at < end));
    let deal = lead.deals.iter().find(|deal| deal.created < end);
    line.text(&id("00Q", lead.id()))
        .text("0")
        .text(&lead.email())
        .text(channel(origin))
        .text(status(lead, end))
        .text(COUNTRIES[lead.country].name)
        .text(owner.map_or("", |(rep, _)| OWNERS[rep].name))
        .text(if converted.is_some() { "1" } else { "0" })
        .text(&time(converted))
        .text(&reference("001", lead.company_id()))
        .text(&reference("006", deal.map(|deal| deal.id)))
        .text(&time(Some(lead.stages.lead)))
        .text(&time(seen(lead.stages.mql)))
        .text(origin.map_or("", |origin| origin.one));
}

fn status(lead: &Lead, end: Moment) -> &'static str {
    if lead.stages.sql.is_some_and(|at| at < end) {
        "Closed - Converted"
    } else {
        "Working - Contacted"
    }
}

fn time(at: Option<Moment>) -> String {
    at.map_or_else(String::new, Moment::text)
}

fn opportunities(demo: &Demo, out: &mut dyn Write) -> io::Result<()> {
    let cut = demo.plan.end();
    let mut line = Line::new(Quotes::Always, "\r\n");
    line.texts(&OPPORTUNITY).end(out)?;
    each(&demo.population(), demo.customers(), cut, |deal, party| {
        let shown = Shown::today(deal, cut);
        let is = |stages: &[&str]| {
            if stages.contains(&shown.stage) {
                "1"
            } else {
                "0"
            }
        };
        let first = party.contacts.first();
        line.text(&id("006", deal.id))
            .text("0")
            .text(&reference("001", party.company_id))
            .text(&name(deal, party.company))
            .text(shown.stage)
            .text(&amount(shown.amount))
            .text(&time(Some(shown.closes)))
            .text(kind(deal.kind))
            .text(is(&[WON, LOST]))
            .text(is(&[WON]))
            .text(deal.currency)
            .text(OWNERS[shown.owner].name)
            .text(&time(Some(deal.created)))
            .text(&first.map_or_else(String::new, |lead| id("00Q", *lead)))
            .text(pipeline(deal.kind))
            .text(if shown.stage == LOST { deal.reason } else { "" })
            .end(out)
    })
}

fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::New => "New Customer",
        Kind::Expansion => "Existing Customer - Upgrade",
        Kind::Renewal => "Existing Customer - Replacement",
    }
}

fn amount(hundredths: Option<u64>) -> String {
    hundredths.map_or_else(String::new, |it| format!("{}.{:02}", it / 100, it % 100))
}

fn changes(demo: &Demo, out: &mut dyn Write) -> io::Result<()> {
    let (seed, end) = (demo.plan.seed, demo.plan.end());
    let people = demo.population();
    let mut line = Line::new(Quotes::Always, "\r\n");
    line.texts(&HISTORY).end(out)?;
    let mut number = 0;
    let mut write = |deal: &Deal, out: &mut dyn Write| {
        for state in history::of(seed, deal, end) {
            number += 1;
            line.text(&id("008", number))
                .text(&id("006", deal.id))
                .text(&time(Some(state.at)))
                .text(state.stage)
                .text(&amount(state.amount))
                .text(&time(Some(state.closes)))
                .text(deal.currency)
                .end(out)?;
        }
        Ok::<(), io::Error>(())
    };
    for seller in &demo.customers().sellers {
        let lead = people.leader(*seller);
        for deal in lead.deals.iter().filter(|deal| deal.created < end) {
            write(deal, out)?;
        }
    }
    for (deal, _) in loose_deals(&people) {
        write(&deal, out)?;
    }
    Ok(())
}
