//! Tables of one's own, with headers that say what they are: stages as columns of dates
//! (wide) or as rows of changes (long).

use std::io::{self, Write};

use super::channel;
use crate::demo::company::{COUNTRIES, OWNERS};
use crate::demo::deals::{Party, Shown, each, kind, name, pipeline};
use crate::demo::history::LOST;
use crate::demo::lead::{Lead, Stages};
use crate::demo::line::{Line, Quotes};
use crate::demo::moment::Moment;
use crate::demo::{Demo, DemoFile, stage_log};

/// Inputs of the wide shape.
pub const WIDE: &str = r#"# --- exports ---------------------------------------------------------------

[[input]]                           # MQL Date, SQL Date, ...: one column per stage
path = "leads.csv"

[[input]]
path = "deals.csv"

"#;

/// Inputs of the long shape.
pub const LONG: &str = r#"# --- exports ---------------------------------------------------------------

[[input]]
path = "leads.csv"

[[input]]                           # one row per change of stage
path = "stage-changes.csv"

[[input]]
path = "deals.csv"

[[input]]
path = "deal-changes.csv"

"#;

const LEAD: [&str; 8] = [
    "Lead ID",
    "Email",
    "Created",
    "Channel",
    "Campaign",
    "Lead Owner",
    "Country",
    "Account ID",
];

const STAGE_DATES: [&str; 4] = ["MQL Date", "SQL Date", "Opportunity Date", "Customer Date"];

const CHANGE: [&str; 3] = ["Lead ID", "Stage", "Entered At"];

const DEAL: [&str; 13] = [
    "Deal ID",
    "Deal Name",
    "Lead IDs",
    "Account ID",
    "Pipeline",
    "Stage",
    "Amount",
    "Currency",
    "Owner",
    "Created",
    "Close Date",
    "Deal Type",
    "Lost Reason",
];

/// Two files.
pub fn wide(demo: &Demo) -> Vec<DemoFile<'_>> {
    vec![
        demo.file("leads.csv".to_owned(), |out| leads(demo, true, out)),
        demo.file("deals.csv".to_owned(), |out| deals(demo, out)),
    ]
}

/// Four files.
pub fn long(demo: &Demo) -> Vec<DemoFile<'_>> {
    vec![
        demo.file("leads.csv".to_owned(), |out| leads(demo, false, out)),
        demo.file("stage-changes.csv".to_owned(), |out| changes(demo, out)),
        demo.file("deals.csv".to_owned(), |out| deals(demo, out)),
        demo.file("deal-changes.csv".to_owned(), |out| {
            stage_log::write(&demo.population(), demo.customers(), out)
        }),
    ]
}

fn leads(demo: &Demo, with_dates: bool, out: &mut dyn Write) -> io::Result<()> {
    let end = demo.plan.end();
    let mut line = Line::new(Quotes::Needed, "\n");
    line.texts(&LEAD);
    if with_dates {
        line.texts(&STAGE_DATES);
    }
    line.end(out)?;
    for lead in demo.population().leads(0, demo.plan.rows) {
        person(&mut line, &lead, end);
        if with_dates {
            for (_, at) in entered(&lead.stages, end).into_iter().skip(1) {
                line.moment(at);
            }
        }
        line.end(out)?;
    }
    Ok(())
}

fn person(line: &mut Line, lead: &Lead, end: Moment) {
    let origin = lead.origin.as_ref();
    let owner = lead.owner.filter(|(_, at)| *at < end);
    line.plain(lead.id())
        .text(&lead.email())
        .moment(Some(lead.stages.lead))
        .text(channel(origin))
        .text(origin.map_or("", |origin| origin.one))
        .text(owner.map_or("", |(rep, _)| OWNERS[rep].name))
        .text(COUNTRIES[lead.country].name);
    match lead.company_id() {
        Some(id) => line.plain(id),
        None => line.empty(),
    };
}

/// The stages in words of a spreadsheet, with when they were entered before `end`.
fn entered(stages: &Stages, end: Moment) -> [(&'static str, Option<Moment>); 5] {
    let seen = |at: Option<Moment>| at.filter(|at| *at < end);
    [
        ("Lead", Some(stages.lead)),
        ("MQL", seen(stages.mql)),
        ("SQL", seen(stages.sql)),
        ("Opportunity", seen(stages.opportunity)),
        ("Customer", seen(stages.customer)),
    ]
}

fn changes(demo: &Demo, out: &mut dyn Write) -> io::Result<()> {
    let end = demo.plan.end();
    let mut line = Line::new(Quotes::Needed, "\n");
    line.texts(&CHANGE).end(out)?;
    for lead in demo.population().leads(0, demo.plan.rows) {
        let mut moves = entered(&lead.stages, end);
        moves.sort_by_key(|(_, at)| *at);
        for (stage, at) in moves.into_iter().filter(|(_, at)| at.is_some()) {
            line.plain(lead.id()).text(stage).moment(at).end(out)?;
        }
    }
    Ok(())
}

fn deals(demo: &Demo, out: &mut dyn Write) -> io::Result<()> {
    let cut = demo.plan.end();
    let mut line = Line::new(Quotes::Needed, "\n");
    line.texts(&DEAL).end(out)?;
    each(&demo.population(), demo.customers(), cut, |deal, party| {
        let shown = Shown::today(deal, cut);
        line.plain(deal.id)
            .text(&name(deal, party.company))
            .plain(contacts(party));
        match party.company_id {
            Some(id) => line.plain(id),
            None => line.empty(),
        };
        line.text(pipeline(deal.kind)).text(shown.stage);
        match shown.amount {
            Some(amount) => line.hundredths(amount),
            None => line.empty(),
        };
        line.text(deal.currency)
            .text(OWNERS[shown.owner].name)
            .moment(Some(deal.created))
            .moment(Some(shown.closes))
            .text(kind(deal.kind))
            .text(if shown.stage == LOST { deal.reason } else { "" })
            .end(out)
    })
}

fn contacts(party: &Party) -> String {
    let ids: Vec<String> = party.contacts.iter().map(u64::to_string).collect();
    ids.join(";")
}
