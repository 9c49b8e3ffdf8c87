//! The contacts export of the CRM: one row per contact, one date column per stage.

use std::io::{self, Write};

use super::company::{COUNTRIES, OWNERS};
use super::customers::Customers;
use super::dice::{Dice, Purpose};
use super::lead::{Lead, Population, Stages};
use super::line::{Line, Quotes};
use super::moment::Moment;
use super::referral::Referral;

/// Columns, in the words and the order of the export.
pub const HEADER: [&str; 27] = [
    "Record ID",
    "First Name",
    "Last Name",
    "Email",
    "Job Title",
    "Company Name",
    "Country/Region",
    "Contact owner",
    "Owner Assigned Date",
    "Create Date",
    "Lifecycle Stage",
    "Lead Status",
    "HubSpot Score",
    "Number of Sessions",
    "Original Source",
    "Original Source Drill-Down 1",
    "Original Source Drill-Down 2",
    "Became a Lead Date",
    "Became a Marketing Qualified Lead Date",
    "Became a Sales Qualified Lead Date",
    "Became an Opportunity Date",
    "Became a Customer Date",
    "Associated Company IDs",
    "Associated Deal IDs",
    "Referred By",
    "Referrer Type",
    "Unqualified Reason",
];

/// Why leads are given up, and how often.
const UNQUALIFIED_REASONS: [(&str, u64); 7] = [
    ("No budget", 26),
    ("Too small", 24),
    ("Not reachable", 18),
    ("Student or research", 12),
    ("Spam", 9),
    ("Duplicate", 6),
    ("Competitor", 5),
];

/// How many months before its day the list view of the earlier export reaches.
const EARLIER_MONTHS: i64 = 2;

/// Writes contacts `from` to below `to` as they stand at the end of the data.
///
/// # Errors
/// What the writer reports.
pub fn write(
    people: &Population,
    customers: &Customers,
    from: u64,
    to: u64,
    out: &mut dyn Write,
) -> io::Result<()> {
    let (seed, end) = (people.plan.seed, people.plan.end());
    let mut sheet = Sheet::start(seed, customers, end, out)?;
    people.leads(from, to).try_for_each(|lead| sheet.row(&lead))
}

/// Writes the export of a month before: the contacts of the two months up to it, as
/// they stood then. Every one of them is in the newer export too, further on.
///
/// # Errors
/// What the writer reports.
pub fn write_earlier_export(
    people: &Population,
    customers: &Customers,
    out: &mut dyn Write,
) -> io::Result<()> {
    let cut = people.plan.end().month_start(-1);
    let start = cut.month_start(-EARLIER_MONTHS);
    let starts_before = |day: Moment| {
        let months = &people.market.months;
        months
            .iter()
            .rev()
            .find(|month| month.start <= day)
            .map_or(0, |month| month.first_lead)
    };
    let mut sheet = Sheet::start(people.plan.seed, customers, cut, out)?;
    people
        .leads(starts_before(start), starts_before(cut))
        .filter(|lead| start <= lead.stages.lead && lead.stages.lead < cut)
        .try_for_each(|lead| sheet.row(&lead))
}

/// An export as of a day.
struct Sheet<'a> {
    line: Line,
    seed: u64,
    customers: &'a Customers,
    cut: Moment,
    out: &'a mut dyn Write,
}

impl<'a> Sheet<'a> {
    fn start(
        seed: u64,
        customers: &'a Customers,
        cut: Moment,
        out: &'a mut dyn Write,
    ) -> io::Result<Self> {
        let mut line = Line::new(Quotes::Needed, "\n");
        line.texts(&HEADER).end(out)?;
        Ok(Self {
            line,
            seed,
            customers,
            cut,
            out,
        })
    }

    fn row(&mut self, lead: &Lead) -> io::Result<()> {
        self.person(lead);
        self.work(lead);
        self.source(lead);
        self.stages(&lead.stages);
        self.links(lead);
        self.remarks(lead);
        self.line.end(self.out)
    }

    fn person(&mut self, lead: &Lead) {
        let company = lead.company.as_ref().map_or("", |company| &company.name);
        self.line
            .plain(lead.id())
            .text(lead.person.first)
            .text(lead.person.last)
            .text(&lead.email())
            .text(lead.title)
            .text(company)
            .text(COUNTRIES[lead.country].name);
    }

    fn work(&mut self, lead: &Lead) {
        let owner = lead.owner.filter(|(_, at)| *at < self.cut);
        let (lifecycle, status) = (lifecycle(&lead.stages, self.cut), self.status(lead));
        self.line
            .text(owner.map_or("", |(rep, _)| OWNERS[rep].name))
            .moment(owner.map(|(_, at)| at))
            .moment(Some(lead.created))
            .text(lifecycle)
            .text(status)
            .plain(lead.score)
            .plain(lead.sessions);
    }

    fn source(&mut self, lead: &Lead) {
        match &lead.origin {
            Some(origin) => self
                .line
                .text(origin.source())
                .text(origin.one)
                .text(origin.two),
            None => self.line.empty().empty().empty(),
        };
    }

    fn stages(&mut self, stages: &Stages) {
        let cut = self.cut;
        let seen = |at: Option<Moment>| at.filter(|at| *at < cut);
        self.line
            .moment(Some(stages.lead))
            .moment(seen(stages.mql))
            .moment(seen(stages.sql))
            .moment(seen(stages.opportunity))
            .moment(seen(stages.customer));
    }

    fn links(&mut self, lead: &Lead) {
        match lead.company_id() {
            Some(id) => self.line.plain(id),
            None => self.line.empty(),
        };
        let deals = lead.deals.iter().filter(|deal| deal.created < self.cut);
        let ids: Vec<String> = deals.map(|deal| deal.id.to_string()).collect();
        self.line.plain(ids.join(";"));
    }

    /// What people wrote into fields of their own.
    fn remarks(&mut self, lead: &Lead) {
        let referral = Referral::draw(self.seed, lead, self.customers);
        let (by, kind) = referral
            .as_ref()
            .map_or(("", ""), |it| (it.by.as_str(), it.kind));
        let unqualified = self.status(lead) == "Unqualified" && !lead.test;
        let reason = if unqualified {
            let mut dice = Dice::new(self.seed, Purpose::Disqualified, lead.number);
            UNQUALIFIED_REASONS[dice.weighted(&UNQUALIFIED_REASONS.map(|it| it.1))].0
        } else {
            ""
        };
        self.line.text(by).text(kind).text(reason);
    }

    fn status(&self, lead: &Lead) -> &'static str {
        let age = self.cut.since(lead.stages.lead) / super::moment::DAY;
        if lead.stages.opportunity.is_some_and(|at| at < self.cut) {
            return "Open Deal";
        }
        match (lead.given_up, age) {
            (_, 0..=1) => "New",
            (true, 21..) => "Unqualified",
            (_, 2..=9) => "Attempted to Contact",
            (false, 120..) => "Bad Timing",
            _ => "In Progress",
        }
    }
}

/// The lifecycle stage that the CRM showed just before `cut`.
#[must_use]
pub fn lifecycle(stages: &Stages, cut: Moment) -> &'static str {
    let seen = |at: Option<Moment>| at.is_some_and(|at| at < cut);
    if seen(stages.customer) {
        "Customer"
    } else if seen(stages.opportunity) {
        "Opportunity"
    } else if seen(stages.sql) {
        "Sales Qualified Lead"
    } else if seen(stages.mql) {
        "Marketing Qualified Lead"
    } else {
        "Lead"
    }
}
