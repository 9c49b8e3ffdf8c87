//! Billing, deals, leads and answers as plain rows: what the flywheel is computed from.
//!
//! Rows that the condition of the run does not keep are not here. What has happened after
//! the moment seen from is cut by those who use the rows, since each period has its own.

use polars::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};

use crate::domain::calendar::Millis;
use crate::domain::figure::{Figure, Undefined};
use crate::domain::money::Money;
use crate::metrics::data::{Data, Record, Source};
use crate::tables::{self, col as name, frame};

/// A row of billing.
#[derive(Debug, Clone, PartialEq)]
pub struct Billed {
    /// The account that pays.
    pub customer: String,
    /// First instant of what is paid for.
    pub start: Option<Millis>,
    /// Instant after it.
    pub end: Option<Millis>,
    /// Millionths.
    pub amount: Option<i64>,
    /// True for what does not recur.
    pub is_service: bool,
    /// Why the amount changed or ended.
    pub reason: Option<String>,
    /// When the contract is due.
    pub renewal_due: Option<Millis>,
    /// Whether it was renewed, where somebody said so.
    pub renewed: Option<bool>,
    /// Values of the dimensions asked for; absent where billing has no such column.
    pub group: Vec<Option<String>>,
}

/// A person.
#[derive(Debug, Clone, PartialEq)]
pub struct Lead {
    /// Its id.
    pub id: String,
    /// The company it belongs to.
    pub account: Option<String>,
    /// When it entered the first stage.
    pub entered: Option<Millis>,
    /// When it reached the last stage.
    pub became: Option<Millis>,
    /// Times at which it reached each stage; absent where it did not, or the time is unknown.
    pub stages: Vec<Option<Millis>>,
    /// Who brought it.
    pub referred_by: Option<String>,
    /// What who brought it is.
    pub referrer_kind: Option<String>,
    /// Whose work its channel is.
    pub sourced_by: Option<String>,
}

/// A deal.
#[derive(Debug, Clone, PartialEq)]
pub struct Deal {
    /// Its id.
    pub id: String,
    /// Who buys.
    pub account: Option<String>,
    /// Position of its primary lead in the leads.
    pub lead: Option<usize>,
    /// When it was made.
    pub created: Option<Millis>,
    /// When it was won.
    pub won_at: Option<Millis>,
    /// When it was lost.
    pub lost_at: Option<Millis>,
    /// Won by the as-of moment, time known or not.
    pub won: bool,
    /// Lost by then.
    pub lost: bool,
    /// Millionths.
    pub amount: Option<i64>,
    /// `new`, `renewal`, `expansion`.
    pub kind: String,
    /// Whose work its channel is.
    pub sourced_by: Option<String>,
    /// When it is planned to close.
    pub expected_close: Option<Millis>,
    /// When what was sold was delivered.
    pub delivered: Option<Millis>,
    /// What was paid, in millionths.
    pub collected: Option<i64>,
    /// Why it was lost.
    pub lost_reason: Option<String>,
    /// Values of the dimensions asked for.
    pub group: Vec<Option<String>>,
}

/// An answer to "how likely are you to recommend us".
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// The account or person.
    pub customer: String,
    /// When.
    pub at: Millis,
    /// 0 to 10.
    pub score: i64,
}

/// All of them.
#[derive(Debug, Clone, Default)]
pub struct Rows {
    /// Rows of billing.
    pub billed: Vec<Billed>,
    /// First instants and ends of what recurs in billing, whatever the condition: a group
    /// that nobody is left of is still told of.
    pub reach: Vec<(Millis, Millis)>,
    /// Persons.
    pub leads: Vec<Lead>,
    /// Deals.
    pub deals: Vec<Deal>,
    /// Answers.
    pub answers: Vec<Answer>,
    /// True where some lead can say who brought it, or a rule says whose work a channel is.
    pub tells_referrals: bool,
    /// True where deals are known, so that amounts won are not merely missing.
    pub has_deals: bool,
    /// Tables that lack a column of the condition: they are left out as a whole.
    pub unfilterable: Vec<&'static str>,
}

/// Reads the rows that the condition of the run keeps.
///
/// # Errors
/// What polars cannot do with the condition.
pub fn read(data: &Data, dimensions: &[String]) -> PolarsResult<Rows> {
    let mut unfilterable = Vec::new();
    let leads = of_source(data, Source::Leads, "leads", &mut unfilterable)?;
    let deals = of_source(data, Source::Deals, "deals", &mut unfilterable)?;
    let billed = of_records(data, Record::Billing, "billing", &mut unfilterable)?;
    let answers = of_records(data, Record::Feedback, "feedback", &mut unfilterable)?;
    let positions: FxHashMap<u32, usize> = frame::positions(&leads, ROW)
        .into_iter()
        .zip(0..leads.height())
        .collect();
    let leads_rows = self::leads(data, &leads);
    let named = |frame: &DataFrame, column: &str| {
        frame::texts(frame, column)
            .iter()
            .any(|cell| cell.is_some_and(|cell| cell != tables::NONE))
    };
    let of_work = |frame: &DataFrame| {
        let works = frame::texts(frame, "sourced_by");
        works.contains(&Some("referral"))
    };
    let all = self::billed(data.records(Record::Billing), &[]);
    let recurring = all
        .iter()
        .filter(|row| !row.is_service && row.amount.is_some());
    Ok(Rows {
        reach: recurring.filter_map(|row| row.start.zip(row.end)).collect(),
        tells_referrals: named(&leads, name::REFERRED_BY)
            || named(&leads, name::REFERRER_KIND)
            || of_work(&leads)
            || of_work(&deals),
        has_deals: data.has(Source::Deals) && data.can_filter(data.frame(Source::Deals)),
        billed: self::billed(&billed, dimensions),
        leads: leads_rows,
        deals: self::deals(&deals, &positions, dimensions),
        answers: self::answers(&answers),
        unfilterable,
    })
}

impl Rows {
    /// An amount of won deals; `no_data` where no deals are known.
    ///
    /// # Errors
    /// As said.
    pub fn won(&self, amount: Money) -> Figure<Money> {
        match self.has_deals {
            true => Ok(amount),
            false => Err(Undefined::NoData),
        }
    }
}

/// All billing of the customers who bought one of the deals, whatever the condition.
#[must_use]
pub fn of_customers(
    data: &Data,
    deals: &[Deal],
    leads: &[Lead],
    dimensions: &[String],
) -> Vec<Billed> {
    let mut buyers: FxHashSet<&str> = FxHashSet::default();
    for deal in deals.iter().filter(|deal| deal.won) {
        let lead = deal.lead.and_then(|lead| leads.get(lead));
        buyers.extend(deal.account.as_deref());
        buyers.extend(lead.and_then(|lead| lead.account.as_deref()));
        buyers.extend(lead.map(|lead| lead.id.as_str()));
        buyers.insert(&deal.id);
    }
    let mut all = billed(data.records(Record::Billing), dimensions);
    all.retain(|row| buyers.contains(row.customer.as_str()));
    all
}

/// Position of a row before the condition.
const ROW: &str = "#row";

fn of_source(
    data: &Data,
    source: Source,
    table: &'static str,
    unfilterable: &mut Vec<&'static str>,
) -> PolarsResult<DataFrame> {
    let frame = data.frame(source);
    if !data.can_filter(frame) {
        unfilterable.extend((frame.height() > 0).then_some(table));
        return Ok(DataFrame::default());
    }
    let numbered = frame.with_row_index(ROW.into(), None)?;
    data.filtered(numbered.lazy(), source)?.collect()
}

fn of_records(
    data: &Data,
    record: Record,
    table: &'static str,
    unfilterable: &mut Vec<&'static str>,
) -> PolarsResult<DataFrame> {
    if !data.can_filter(data.records(record)) {
        unfilterable.extend((data.records(record).height() > 0).then_some(table));
        return Ok(DataFrame::default());
    }
    data.filtered_records(record)
}

fn owned(cell: Option<&str>) -> Option<String> {
    let cell = cell.map(str::trim);
    cell.filter(|cell| !cell.is_empty() && *cell != tables::NONE)
        .map(str::to_owned)
}

fn groups(frame: &DataFrame, dimensions: &[String]) -> Vec<Vec<Option<String>>> {
    let columns: Vec<Vec<Option<&str>>> = dimensions
        .iter()
        .map(|name| frame::texts(frame, name))
        .collect();
    (0..frame.height())
        .map(|row| columns.iter().map(|column| owned(column[row])).collect())
        .collect()
}

/// Words of the column `kind` of billing for what does not recur.
const NOT_RECURRING: &[&str] = &[
    "service",
    "services",
    "one-time",
    "one time",
    "one-off",
    "non-recurring",
    "setup",
];

fn billed(table: &DataFrame, dimensions: &[String]) -> Vec<Billed> {
    let text = |column: &str| frame::texts(table, column);
    let whole = |column: &str| frame::integers(table, column);
    let (customers, reasons, kinds) = (text("customer"), text("reason"), text("kind"));
    let (starts, ends) = (whole(name::START), whole(name::END));
    let (amounts, due) = (whole(name::AMOUNT), whole("renewal_due"));
    let renewed: Vec<Option<bool>> = match table.column("renewed").and_then(|column| column.bool())
    {
        Ok(column) => column.iter().collect(),
        Err(_) => vec![None; table.height()],
    };
    let group = groups(table, dimensions);
    let row = |(row, group): (usize, Vec<Option<String>>)| {
        Some(Billed {
            customer: owned(customers[row])?,
            start: starts[row],
            end: ends[row],
            amount: amounts[row],
            is_service: kinds[row]
                .is_some_and(|kind| NOT_RECURRING.contains(&kind.trim().to_lowercase().as_str())),
            reason: owned(reasons[row]),
            renewal_due: due[row],
            renewed: renewed[row],
            group,
        })
    };
    group.into_iter().enumerate().filter_map(row).collect()
}

fn leads(data: &Data, table: &DataFrame) -> Vec<Lead> {
    let text = |column: &str| frame::texts(table, column);
    let (ids, accounts) = (text(name::ID), text(name::ACCOUNT));
    let (referrers, kinds) = (text(name::REFERRED_BY), text(name::REFERRER_KIND));
    let works = text("sourced_by");
    let created = frame::integers(table, name::CREATED);
    let stages: Vec<Vec<Option<Millis>>> = data
        .ladder
        .iter()
        .map(|stage| frame::integers(table, &name::at(stage)))
        .collect();
    let lead = |row: usize| {
        let stages: Vec<Option<Millis>> = stages.iter().map(|column| column[row]).collect();
        Lead {
            id: owned(ids[row]).unwrap_or_default(),
            account: owned(accounts[row]),
            entered: stages.first().copied().flatten().or(created[row]),
            became: stages.last().copied().flatten(),
            stages,
            referred_by: owned(referrers[row]),
            referrer_kind: owned(kinds[row]).map(|kind| kind.to_lowercase()),
            sourced_by: owned(works[row]),
        }
    };
    (0..table.height()).map(lead).collect()
}

fn deals(table: &DataFrame, leads: &FxHashMap<u32, usize>, dimensions: &[String]) -> Vec<Deal> {
    let text = |column: &str| frame::texts(table, column);
    let whole = |column: &str| frame::integers(table, column);
    let flag = |column: &str| frame::flags(table, column);
    let (ids, accounts, kinds) = (text(name::ID), text(name::ACCOUNT), text(name::DEAL_KIND));
    let (works, reasons) = (text("sourced_by"), text("lost_reason"));
    let (created, won_at) = (whole(name::CREATED), whole(name::WON_AT));
    let (lost_at, expected) = (whole(name::LOST_AT), whole(name::EXPECTED_CLOSE));
    let (amounts, collected) = (whole(name::AMOUNT), whole("collected"));
    let delivered = whole("delivered");
    let (won, lost, exists) = (flag(name::WON), flag(name::LOST), flag("exists"));
    let lead_rows: Vec<Option<u32>> =
        match table.column(name::LEAD_ROW).and_then(|column| column.u32()) {
            Ok(column) => column.iter().collect(),
            Err(_) => vec![None; table.height()],
        };
    let group = groups(table, dimensions);
    let deal = |(row, group): (usize, Vec<Option<String>>)| Deal {
        id: owned(ids[row]).unwrap_or_default(),
        account: owned(accounts[row]),
        lead: lead_rows[row].and_then(|lead| leads.get(&lead).copied()),
        created: created[row],
        won_at: won_at[row],
        lost_at: lost_at[row],
        won: won[row],
        lost: lost[row],
        amount: amounts[row],
        kind: kinds[row].unwrap_or("new").to_owned(),
        sourced_by: owned(works[row]),
        expected_close: expected[row],
        delivered: delivered[row],
        collected: collected[row],
        lost_reason: owned(reasons[row]),
        group,
    };
    let rows = group.into_iter().enumerate();
    rows.filter(|(row, _)| exists[*row]).map(deal).collect()
}

fn answers(table: &DataFrame) -> Vec<Answer> {
    let customers = frame::texts(table, "customer");
    let (times, scores) = (
        frame::integers(table, name::AT),
        frame::integers(table, name::SCORE),
    );
    let answer = |row: usize| {
        Some(Answer {
            customer: owned(customers[row])?,
            at: times[row]?,
            score: scores[row]? / Money::SCALE,
        })
    };
    (0..table.height()).filter_map(answer).collect()
}
