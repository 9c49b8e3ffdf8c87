//! What a CRM that keeps no history shows at the end of each month: contacts with today's
//! stage, deals with today's state. The differences are the history.

use std::io::{self, Write};

use crate::demo::company::{COUNTRIES, OWNERS};
use crate::demo::contacts::lifecycle;
use crate::demo::deals::{Sheet, each};
use crate::demo::line::{Line, Quotes};
use crate::demo::moment::Moment;
use crate::demo::snapshots::shown;
use crate::demo::{Demo, DemoFile};

/// Inputs of the shape.
pub const INPUTS: &str = r#"# --- exports ---------------------------------------------------------------

[[input]]                           # today's stage, month after month
path = "contacts-*.csv"
several = "snapshots"
[input.columns]
country = "Country/Region"

[[input]]
path = "deals-*.csv"
several = "snapshots"

"#;

const CONTACT: [&str; 10] = [
    "Record ID",
    "Email",
    "Create Date",
    "Lifecycle Stage",
    "Contact owner",
    "Original Source",
    "Original Source Drill-Down 1",
    "Country/Region",
    "Associated Company IDs",
    "Associated Deal IDs",
];

/// Two files for each month, named by its last day.
pub fn files(demo: &Demo) -> Vec<DemoFile<'_>> {
    let ends = (0..demo.plan.months).rev();
    let ends = ends.map(|months| demo.plan.end().month_start(-i64::from(months)));
    ends.flat_map(|cut| {
        let path = |what: &str| format!("{what}-{}.csv", cut.plus(-1).date_text("-"));
        [
            demo.file(path("contacts"), move |out| contacts(demo, cut, out)),
            demo.file(path("deals"), move |out| deals(demo, cut, out)),
        ]
    })
    .collect()
}

fn contacts(demo: &Demo, cut: Moment, out: &mut dyn Write) -> io::Result<()> {
    let mut line = Line::new(Quotes::Needed, "\n");
    line.texts(&CONTACT).end(out)?;
    let leads = demo.population();
    for lead in leads.leads(0, demo.plan.rows) {
        if lead.stages.lead >= cut {
            continue;
        }
        let owner = lead.owner.filter(|(_, at)| *at < cut);
        line.plain(lead.id())
            .text(&lead.email())
            .moment(Some(lead.stages.lead))
            .text(lifecycle(&lead.stages, cut))
            .text(owner.map_or("", |(rep, _)| OWNERS[rep].name));
        match &lead.origin {
            Some(origin) => line.text(origin.source()).text(origin.one),
            None => line.empty().empty(),
        };
        line.text(COUNTRIES[lead.country].name);
        match lead.company_id() {
            Some(id) => line.plain(id),
            None => line.empty(),
        };
        let deals = lead.deals.iter().filter(|deal| deal.created < cut);
        let ids: Vec<String> = deals.map(|deal| deal.id.to_string()).collect();
        line.plain(ids.join(";")).end(out)?;
    }
    Ok(())
}

fn deals(demo: &Demo, cut: Moment, out: &mut dyn Write) -> io::Result<()> {
    let (seed, end) = (demo.plan.seed, demo.plan.end());
    let mut sheet = Sheet::start(seed, cut, out)?;
    each(
        &demo.population(),
        demo.customers(),
        cut,
        |deal, party| match shown(seed, deal, cut, end) {
            Some(shown) => sheet.row(deal, party, &shown),
            None => Ok(()),
        },
    )
}
