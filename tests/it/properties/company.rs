//! Random companies as files.

use std::fmt;

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;

use crate::fixture::Run;

/// The ladder: the first three stages from the leads, the others through deals.
pub const STAGES: [&str; 5] = ["lead", "mql", "sql", "opportunity", "customer"];

/// The last day that is known, counted from 1 January 2026 (30 May).
pub const LAST_DAY: i64 = 149;

/// How many days a step may take.
pub const HORIZON: i64 = 45;

const CHANNELS: [&str; 3] = ["SEO", "Email", "Partner"];

/// A lead; days count from 1 January 2026.
#[derive(Debug, Clone)]
pub struct Lead {
    pub created: i64,
    pub channel: Option<usize>,
    pub mql: Option<i64>,
    pub sql: Option<i64>,
    pub left: Option<i64>,
}

/// A deal.
#[derive(Debug, Clone)]
pub struct Deal {
    /// Positions of leads; one beyond the list is an id that nobody has.
    pub leads: Vec<usize>,
    pub account: Option<usize>,
    pub created: i64,
    pub closed: Option<i64>,
    pub outcome: &'static str,
    pub amount: Option<u32>,
    pub kind: &'static str,
}

/// Money in a month.
#[derive(Debug, Clone)]
pub struct Spend {
    pub month: u32,
    pub channel: usize,
    pub cents: u32,
}

/// A company.
#[derive(Clone)]
pub struct Company {
    pub leads: Vec<Lead>,
    pub deals: Vec<Deal>,
    pub spend: Vec<Spend>,
}

pub fn channel(number: Option<usize>) -> &'static str {
    number.map_or("(none)", |number| CHANNELS[number])
}

fn lead() -> impl Strategy<Value = Lead> {
    // Edges are likelier than chance has them: leads that are just observed for the horizon,
    // or just not, and steps of exactly the horizon. A few mqls are dated before their lead.
    let edge = LAST_DAY - HORIZON;
    let created = prop_oneof![3 => 0..140_i64, 1 => edge - 1..edge + 2];
    let mql = prop_oneof![3 => -3..60_i64, 1 => HORIZON - 1..HORIZON + 2];
    let sql = prop_oneof![2 => 0..90_i64, 1 => HORIZON - 1..HORIZON + 2];
    (
        created,
        option::weighted(0.9, 0..3_usize),
        option::weighted(0.6, mql),
        option::weighted(0.4, sql),
        option::weighted(0.3, 0..60_i64),
    )
        .prop_map(|(created, channel, mql, sql, left)| Lead {
            created,
            channel,
            mql: mql.map(|days| (created + days).max(0)),
            sql: sql.map(|days| created + days),
            left: left.map(|days| created + days),
        })
}

fn deal() -> impl Strategy<Value = Deal> {
    let outcome = prop_oneof![Just("won"), Just("won"), Just("lost"), Just("open")];
    let kind = prop_oneof![Just("New"), Just("New"), Just("New"), Just("Renewal")];
    let amount = option::weighted(0.9, 1..100_000_u32);
    (
        vec(0..16_usize, 0..4),
        option::of(0..4_usize),
        10..140_i64,
        0..40_i64,
        outcome,
        amount,
        kind,
    )
        .prop_map(
            |(leads, account, created, days, outcome, amount, kind)| Deal {
                leads,
                account,
                created,
                closed: (outcome != "open").then_some(created + days),
                outcome,
                amount,
                kind,
            },
        )
}

fn spend() -> impl Strategy<Value = Spend> {
    (1..6_u32, 0..3_usize, 0..500_000_u32).prop_map(|(month, channel, cents)| Spend {
        month,
        channel,
        cents,
    })
}

/// Companies with up to fifteen leads and eight deals.
pub fn companies() -> impl Strategy<Value = Company> {
    (vec(lead(), 1..16), vec(deal(), 0..9), vec(spend(), 0..6)).prop_map(|(leads, deals, spend)| {
        Company {
            leads,
            deals,
            spend,
        }
    })
}

/// A day as people write it.
pub fn date(day: i64) -> String {
    let first = chrono::NaiveDate::from_ymd_opt(2026, 1, 1).expect("a date");
    (first + chrono::Duration::days(day)).to_string()
}

fn cell(day: Option<i64>) -> String {
    day.map_or_else(String::new, date)
}

impl Company {
    fn lead_rows(&self) -> Vec<String> {
        let row = |(number, lead): (usize, &Lead)| {
            let channel = lead.channel.map_or("", |number| CHANNELS[number]);
            format!(
                "L{number},{},{channel},{},{},{}\n",
                date(lead.created),
                cell(lead.mql),
                cell(lead.sql),
                cell(lead.left)
            )
        };
        self.leads.iter().enumerate().map(row).collect()
    }

    fn deal_rows(&self) -> String {
        let row = |(number, deal): (usize, &Deal)| {
            let leads: Vec<String> = deal.leads.iter().map(|lead| format!("L{lead}")).collect();
            let account = deal
                .account
                .map_or_else(String::new, |account| format!("A{account}"));
            let amount = deal.amount.map_or_else(String::new, |cents| {
                format!("{}.{:02}", cents / 100, cents % 100)
            });
            let (created, closed) = (date(deal.created), cell(deal.closed));
            format!(
                "D{number},{},{account},{created},{closed},{},{amount},{}\n",
                leads.join(";"),
                deal.outcome,
                deal.kind
            )
        };
        self.deals.iter().enumerate().map(row).collect()
    }

    fn spend_rows(&self) -> String {
        let row = |spend: &Spend| {
            format!(
                "2026-{:02},{},{}.{:02}\n",
                spend.month,
                CHANNELS[spend.channel],
                spend.cents / 100,
                spend.cents % 100
            )
        };
        self.spend.iter().map(row).collect()
    }

    /// The company with its leads and its spend in reverse order, under their own ids.
    pub fn turned(&self) -> Turned<'_> {
        Turned(self)
    }

    /// A folder with the files.
    pub fn folder(&self) -> Run {
        self.folder_of(
            &[("leads.csv", self.lead_rows().concat())],
            &self.spend_rows(),
        )
    }

    /// The same with the leads in two files.
    pub fn folder_with_leads_in_parts(&self) -> Run {
        let rows = self.lead_rows();
        let (first, second) = rows.split_at(rows.len() / 2);
        self.folder_of(
            &[
                ("leads-1.csv", first.concat()),
                ("leads-2.csv", second.concat()),
            ],
            &self.spend_rows(),
        )
    }

    fn folder_of(&self, leads: &[(&str, String)], spend: &str) -> Run {
        let run = Run::with(&[("leadflow.toml", CONFIGURATION)]);
        for (name, rows) in leads {
            run.file(name, format!("id,created,channel,mql,sql,left\n{rows}"));
        }
        run.file(
            "deals.csv",
            format!(
                "id,leads,account,created,closed,stage,amount,kind\n{}",
                self.deal_rows()
            ),
        );
        run.file("spend.csv", format!("month,channel,money\n{spend}"));
        run
    }
}

/// A company whose files are in another order.
pub struct Turned<'a>(&'a Company);

impl Turned<'_> {
    /// A folder with the files.
    pub fn folder(&self) -> Run {
        let mut leads = self.0.lead_rows();
        leads.reverse();
        let mut turned = self.0.clone();
        turned.spend.reverse();
        self.0
            .folder_of(&[("leads.csv", leads.concat())], &turned.spend_rows())
    }
}

impl fmt::Debug for Company {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "\n{}\n{}\n{}",
            self.lead_rows().concat(),
            self.deal_rows(),
            self.spend_rows()
        )
    }
}

const CONFIGURATION: &str = r#"
currency = "EUR"
as_of = 2026-05-30
gross_margin = 0.8

[funnel]
stages = ["lead", "mql", "sql", "opportunity", "customer"]
horizon_days = 45

[[input]]
path = "leads*.csv"
table = "leads"
several = "parts"
[input.columns]
id = "id"
created = "created"
channel = "channel"
"stage.mql" = "mql"
"stage.sql" = "sql"
"stage.disqualified" = "left"

[[input]]
path = "deals.csv"
table = "deals"
[input.columns]
id = "id"
lead = "leads"
account = "account"
created = "created"
closed = "closed"
stage = "stage"
amount = "amount"
kind = "kind"
[input.kinds]
"New" = "new"
"Renewal" = "renewal"

[[input]]
path = "spend.csv"
table = "spend"
[input.columns]
period = "month"
channel = "channel"
money = "money"
"#;
