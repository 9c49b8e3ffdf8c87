//! What sales did and what customers paid, counted again from the files of the example.
//!
//! Nothing of the program takes part: rows are read with a plain CSV reader, office minutes
//! are counted one by one. The figures are pinned, so that whoever computes response times,
//! the history of deals or recurring amounts has something to compare with; the laws hold
//! for every company of the generator.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Datelike, Duration, NaiveDate, NaiveDateTime, Timelike};

use crate::fixture::root;

type Row = BTreeMap<String, String>;

const ACTIVITIES: &str = "exports/hubspot-crm-exports-activities-2026-11-01.csv";
const CONTACTS: &str = "exports/hubspot-crm-exports-all-contacts-2026-11-01.csv";
const DEALS: &str = "exports/hubspot-crm-exports-all-deals-2026-11-01.csv";
const LOG: &str = "exports/hubspot-crm-exports-deal-stage-log-2026-11-01.csv";
const BILLING: &str = "exports/billing-mrr-2026-11-01.csv";
const SURVEY: &str = "exports/nps-survey-2026-11-01.csv";
const STAGES: [&str; 5] = [
    "Appointment Scheduled",
    "Qualified To Buy",
    "Presentation Scheduled",
    "Decision Maker Bought-In",
    "Contract Sent",
];

fn rows(file: &str) -> Vec<Row> {
    let path = root().join("examples/monthly-report").join(file);
    let mut reader = csv::Reader::from_path(&path).expect(file);
    reader.deserialize().map(|row| row.expect(file)).collect()
}

fn moment(cell: &str) -> NaiveDateTime {
    NaiveDateTime::parse_from_str(cell, "%Y-%m-%d %H:%M").expect(cell)
}

fn end() -> NaiveDateTime {
    moment("2026-11-01 00:00")
}

/// An amount in hundredths.
fn hundredths(cell: &str) -> i64 {
    cell.replace('.', "").parse().expect(cell)
}

/// Contacts that are no colleagues, by id.
fn leads() -> BTreeMap<String, Row> {
    let own = |row: &Row| row["Email"].ends_with("@fernau.example");
    let all = rows(CONTACTS).into_iter().filter(|row| !own(row));
    all.map(|row| (row["Record ID"].clone(), row)).collect()
}

/// Minutes between nine and five, Monday to Friday, counted one by one up to a limit.
fn office_minutes(from: NaiveDateTime, to: NaiveDateTime) -> u64 {
    let mut minutes = 0;
    let mut at = from;
    while at < to {
        let open = at.weekday().number_from_monday() < 6 && (9..17).contains(&at.hour());
        minutes += u64::from(open);
        at += Duration::minutes(1);
    }
    minutes
}

/// The first human attempt of the team on each lead since the moment in the column `clock`.
fn first_attempts(leads: &BTreeMap<String, Row>, clock: &str) -> BTreeMap<String, Row> {
    let mut first: BTreeMap<String, Row> = BTreeMap::new();
    for row in rows(ACTIVITIES) {
        let Some(lead) = leads.get(&row["Contact ID"]) else {
            continue;
        };
        let attempt = row["Direction"] == "Outbound" && row["Sent by"].is_empty();
        let at = moment(&row["Activity date"]);
        if !attempt || at < moment(&lead[clock]) || at >= end() {
            continue;
        }
        let known = first
            .entry(row["Contact ID"].clone())
            .or_insert(row.clone());
        if at < moment(&known["Activity date"]) {
            *known = row;
        }
    }
    first
}

/// Leads by elapsed minutes until the first attempt: up to 5, 15, 30, 60, a day, longer, never.
fn buckets(clock: &str) -> [u64; 7] {
    let leads = leads();
    let first = first_attempts(&leads, clock);
    let mut buckets = [0; 7];
    for (id, lead) in &leads {
        let elapsed = first.get(id).map(|row| {
            let waited = moment(&row["Activity date"]) - moment(&lead[clock]);
            waited.num_minutes()
        });
        let bucket = match elapsed {
            Some(..=5) => 0,
            Some(..=15) => 1,
            Some(..=30) => 2,
            Some(..=60) => 3,
            Some(..=1440) => 4,
            Some(_) => 5,
            None => 6,
        };
        buckets[bucket] += 1;
    }
    assert_eq!(buckets.iter().sum::<u64>(), 4_979);
    buckets
}

#[test]
fn response_times_in_buckets() {
    assert_eq!(buckets("Became a Lead Date"), SINCE_LEAD);
    // Some were subscribers before, and a few of them had been written to.
    assert_eq!(buckets("Create Date"), SINCE_CREATED);
}

const SINCE_LEAD: [u64; 7] = [345, 412, 385, 424, 2_180, 877, 356];
const SINCE_CREATED: [u64; 7] = [328, 389, 367, 400, 2_055, 1_088, 352];

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

/// The generator makes waits of leads that become sales qualified 1.3 times shorter, whoever
/// answers and whatever the score; see `src/demo/response.rs`.
#[test]
fn quick_answers_go_with_qualified_leads_as_much_as_they_were_made_to() {
    let leads = leads();
    let mut groups: BTreeMap<(String, bool), [Vec<f64>; 2]> = BTreeMap::new();
    for (id, attempt) in first_attempts(&leads, "Became a Lead Date") {
        let lead = &leads[&id];
        let start = moment(&lead["Became a Lead Date"]);
        let waited = office_minutes(start, moment(&attempt["Activity date"]));
        let qualified = [
            "Became a Sales Qualified Lead Date",
            "Became an Opportunity Date",
        ]
        .iter()
        .any(|column| !lead[*column].is_empty());
        let hot = lead["HubSpot Score"].parse::<u32>().expect("a score") >= 50;
        let group = (attempt["Activity assigned to"].clone(), hot);
        groups.entry(group).or_default()[usize::from(qualified)].push((waited as f64 + 0.5).ln());
    }
    let (mut sum, mut weights) = (0.0, 0.0);
    for [lost, taken] in groups
        .values()
        .filter(|it| it[0].len() > 5 && it[1].len() > 5)
    {
        let weight = 1.0 / (1.0 / lost.len() as f64 + 1.0 / taken.len() as f64);
        sum += weight * (mean(lost) - mean(taken));
        weights += weight;
    }
    let found = (sum / weights).exp();
    assert!(
        (1.1..1.55).contains(&found),
        "{found} times as long, not 1.3"
    );
}

#[test]
fn meetings_are_held_missed_and_planned_beyond_the_export() {
    let mut outcomes: BTreeMap<String, u64> = BTreeMap::new();
    let known = rows(CONTACTS);
    let known: BTreeSet<&String> = known.iter().map(|row| &row["Record ID"]).collect();
    let mut strays = 0;
    for row in rows(ACTIVITIES) {
        let planned = moment(&row["Activity date"]) >= end();
        assert_eq!(planned, row["Outcome"] == "Scheduled", "{row:?}");
        assert_eq!(
            row["Activity assigned to"].is_empty(),
            !row["Sent by"].is_empty()
        );
        strays += u64::from(!known.contains(&row["Contact ID"]));
        let what = match row["Activity type"].as_str() {
            "Email" if !row["Sent by"].is_empty() => "automated mail".to_owned(),
            kind => format!("{kind} {}{}", row["Direction"], row["Outcome"]),
        };
        *outcomes.entry(what).or_default() += 1;
    }
    for (what, count) in ENCOUNTERS {
        assert_eq!(outcomes.get(*what), Some(count), "{what} in {outcomes:?}");
    }
    assert_eq!(outcomes.len(), ENCOUNTERS.len(), "{outcomes:?}");
    assert_eq!(strays, 7);
}

/// Kind of activity, with direction and outcome, and how often it occurs.
const ENCOUNTERS: &[(&str, u64)] = &[
    ("Call OutboundBusy", 469),
    ("Call OutboundConnected", 2_473),
    ("Call OutboundLeft voicemail", 1_537),
    ("Call OutboundNo answer", 2_642),
    ("Email Inbound", 496),
    ("Email Outbound", 1_983),
    ("Meeting Canceled", 22),
    ("Meeting Completed", 959),
    ("Meeting No show", 206),
    ("Meeting Rescheduled", 5),
    ("Meeting Scheduled", 35),
    ("automated mail", 2_429),
];

/// Rows of the log by deal, in the order of the file.
fn log() -> BTreeMap<String, Vec<Row>> {
    let mut log: BTreeMap<String, Vec<Row>> = BTreeMap::new();
    for row in rows(LOG) {
        log.entry(row["Deal ID"].clone()).or_default().push(row);
    }
    log
}

/// The columns that the log and the exports share, by their names in both.
const SHARED: [(&str, &str); 4] = [
    ("Stage", "Deal Stage"),
    ("Amount", "Amount"),
    ("Close Date", "Close Date"),
    ("Owner", "Deal owner"),
];

#[test]
fn the_log_leads_from_creation_to_what_the_deals_export_shows() {
    let (log, deals) = (log(), rows(DEALS));
    assert_eq!(log.len(), deals.len());
    for deal in deals {
        let changes = &log[&deal["Record ID"]];
        assert_eq!(changes[0]["Changed At"], deal["Create Date"]);
        assert!(changes.is_sorted_by_key(|row| &row["Changed At"]));
        let last = &changes[changes.len() - 1];
        for (there, here) in SHARED {
            assert_eq!(last[there], deal[here], "{}", deal["Record ID"]);
        }
    }
}

#[test]
fn moves_of_deals() {
    let at = |stage: &str| STAGES.iter().position(|known| *known == stage);
    let (mut forward, mut skipped, mut back, mut reopened) = (0, 0, 0, 0);
    let (mut rows, mut repeats, mut pushed, mut handed_over) = (0, 0, 0, 0);
    for changes in log().values() {
        rows += changes.len();
        for pair in changes.windows(2) {
            let (from, to) = (at(&pair[0]["Stage"]), at(&pair[1]["Stage"]));
            match (from, to) {
                (Some(a), Some(b)) if b > a => {
                    forward += 1;
                    skipped += usize::from(b > a + 1);
                }
                (Some(a), Some(b)) if b < a => back += 1,
                (None, Some(_)) => reopened += 1,
                _ => {}
            }
            repeats += usize::from(pair[0]["Stage"] == pair[1]["Stage"]);
            let open = from.is_some() && to.is_some();
            pushed += usize::from(open && pair[0]["Close Date"] < pair[1]["Close Date"]);
            handed_over += usize::from(pair[0]["Owner"] != pair[1]["Owner"]);
        }
    }
    assert_eq!([forward, skipped, back, reopened], MOVES);
    assert_eq!([rows, repeats, pushed, handed_over], CHANGES);
}

/// Moves up, of these over a stage, moves down, out of a final stage.
const MOVES: [usize; 4] = [1_541, 53, 35, 13];
/// Rows, rows that repeat the stage, planned closes moved to later, changes of owner.
const CHANGES: [usize; 4] = [2_796, 397, 241, 30];

#[test]
fn earlier_exports_tell_the_story_of_the_log() {
    let log = log();
    let mut shown = Vec::new();
    for (month, wanted) in ["2026-08", "2026-09", "2026-10"]
        .iter()
        .zip(EARLIER_EXPORTS)
    {
        let cut = moment(&format!("{month}-01 00:00"));
        let export = rows(&format!(
            "snapshots/hubspot-crm-exports-all-deals-{month}-01.csv"
        ));
        let ids: BTreeSet<&String> = export.iter().map(|row| &row["Record ID"]).collect();
        let existing = |changes: &[Row]| moment(&changes[0]["Changed At"]) < cut;
        let lacking = log
            .iter()
            .filter(|(id, changes)| existing(changes) && !ids.contains(id));
        let (mut gone, missing) = (0, lacking.count());
        for row in &export {
            let Some(changes) = log.get(&row["Record ID"]) else {
                gone += 1;
                continue;
            };
            let seen = changes
                .iter()
                .rfind(|change| moment(&change["Changed At"]) < cut)
                .expect("a state");
            for (there, here) in SHARED {
                let reopened_later = row["Deal Stage"] == "Closed Lost" && here == "Close Date";
                assert!(reopened_later || seen[there] == row[here], "{row:?}");
            }
        }
        assert_eq!([export.len(), missing, gone], wanted, "{month}");
        shown.push(ids.len());
    }
    assert!(shown.is_sorted());
}

/// Rows, deals that the export lacks, deals that no later export has; month by month.
const EARLIER_EXPORTS: [[usize; 3]; 3] = [[339, 7, 5], [370, 4, 5], [391, 5, 0]];

/// Recurring amounts in hundredths of the report currency: customer, month of the plan, amount.
fn recurring() -> BTreeMap<String, [i64; 18]> {
    let mut all: BTreeMap<String, [i64; 18]> = BTreeMap::new();
    for row in rows(BILLING)
        .iter()
        .filter(|row| row["Type"] == "Recurring")
    {
        let (year, month) = row["Month"].split_once('-').expect("a month");
        let number = |text: &str| text.parse::<usize>().expect("a number");
        let index = number(year) * 12 + number(month) - (2025 * 12 + 5);
        let amount = hundredths(&row["MRR"]);
        let amount = match row["Currency"].as_str() {
            "USD" => amount * 92,
            _ => amount * 100,
        };
        let months = all.entry(row["Customer ID"].clone()).or_insert([0; 18]);
        assert_eq!(months[index], 0, "{row:?}");
        months[index] = amount;
    }
    all
}

/// Start, new, back again, more, less, gone, end, in ten-thousandths of a euro; and how many
/// customers were there, came, came back, and went.
fn bridge(from: usize, to: usize) -> ([i64; 7], [usize; 4]) {
    let (mut money, mut people) = ([0; 7], [0; 4]);
    for months in recurring().values() {
        let (before, after) = (months[from], months[to]);
        money[0] += before;
        money[6] += after;
        people[0] += usize::from(before > 0);
        match (before, after) {
            (0, 0) => {}
            (0, after) if months[..from].iter().any(|amount| *amount > 0) => {
                money[2] += after;
                people[2] += 1;
            }
            (0, after) => {
                money[1] += after;
                people[1] += 1;
            }
            (before, 0) => {
                money[5] += before;
                people[3] += 1;
            }
            (before, after) => {
                money[3] += (after - before).max(0);
                money[4] += (before - after).max(0);
            }
        }
    }
    (money, people)
}

#[test]
fn the_bridge_of_recurring_amounts() {
    for month in 1..18 {
        let (m, _) = bridge(month - 1, month);
        assert_eq!(
            m[0] + m[1] + m[2] + m[3] - m[4] - m[5],
            m[6],
            "month {month}"
        );
    }
    // June to September 2026: what the third quarter did to the customers of its start.
    let (money, people) = bridge(13, 16);
    assert_eq!(money, BRIDGE);
    assert_eq!(people, BRIDGE_CUSTOMERS);
}

/// In ten-thousandths of a euro: 99,716.17 at the start and 115,925.67 at the end.
const BRIDGE: [i64; 7] = [
    997_161_676,
    178_325_404,
    14_119_100,
    15_458_692,
    5_654_056,
    40_154_100,
    1_159_256_716,
];
/// Customers at the start, new, back again, gone.
const BRIDGE_CUSTOMERS: [usize; 4] = [151, 26, 3, 7];

#[test]
fn customers_pay_after_the_win_and_renewals_end_as_their_deals_did() {
    let mut deals = rows(DEALS);
    deals.sort_by_key(|deal| deal["Close Date"].clone());
    // Who has no company pays under the deal that was won first.
    let mut accounts: BTreeMap<String, String> = BTreeMap::new();
    let mut won: BTreeMap<String, NaiveDateTime> = BTreeMap::new();
    let mut decided: BTreeSet<(String, &str)> = BTreeSet::new();
    for deal in &deals {
        let (company, contacts) = (
            &deal["Associated Company IDs"],
            &deal["Associated Contact IDs"],
        );
        let own = if company.is_empty() {
            &deal["Record ID"]
        } else {
            company
        };
        if deal["Deal Stage"] == "Closed Won" && deal["Deal Type"] == "New Business" {
            let key = if contacts.is_empty() { own } else { contacts };
            let account = accounts.entry(key.clone()).or_insert(own.clone());
            let at = moment(&deal["Close Date"]);
            won.entry(account.clone()).or_insert(at);
        }
        if deal["Deal Type"] == "Renewal" && deal["Deal Stage"].starts_with("Closed") {
            let renewed = if deal["Deal Stage"] == "Closed Won" {
                "Yes"
            } else {
                "No"
            };
            decided.insert((accounts[contacts].clone(), renewed));
        }
    }
    let (mut customers, mut old, mut renewed, mut ended) = (BTreeSet::new(), BTreeSet::new(), 0, 0);
    for row in rows(BILLING) {
        let month = NaiveDate::parse_from_str(&format!("{}-01", row["Month"]), "%Y-%m-%d");
        let month = month.expect("a month").and_time(chrono::NaiveTime::MIN);
        let customer = row["Customer ID"].clone();
        match won.get(&customer) {
            Some(won) => assert!(month > *won, "{row:?}"),
            None => assert!(customer.starts_with("23"), "{row:?}"),
        }
        if !row["Renewed"].is_empty() && won.contains_key(&customer) {
            let told = (customer.clone(), row["Renewed"].as_str());
            assert!(decided.contains(&told), "{row:?}");
        }
        renewed += u64::from(row["Renewed"] == "Yes");
        ended += u64::from(row["Renewed"] == "No");
        let all = if won.contains_key(&customer) {
            &mut customers
        } else {
            &mut old
        };
        all.insert(customer);
    }
    assert_eq!(
        [customers.len() as u64, old.len() as u64, renewed, ended],
        RENEWALS
    );
}

/// Customers won in the data, customers from before, renewals won and lost.
const RENEWALS: [u64; 4] = [102, 100, 99, 7];

#[test]
fn promoters_stay_and_those_who_name_a_customer_name_one_of_the_time() {
    let recurring = recurring();
    let (mut counts, mut last) = ([0_u64; 3], BTreeMap::new());
    for row in rows(SURVEY) {
        assert!(recurring.contains_key(&row["Customer ID"]), "{row:?}");
        assert!(moment(&row["Responded At"]) < end());
        let score: u64 = row["NPS Score"].parse().expect("a score");
        last.insert(row["Customer ID"].clone(), score);
        counts[usize::from(score >= 7) + usize::from(score >= 9)] += 1;
    }
    assert_eq!(counts, ANSWERS);
    // By their last answer: six of seventeen detractors left, and six of 57 promoters.
    assert_eq!(
        [left_of(&last, 0..=6), left_of(&last, 9..=10)],
        [(6, 17), (6, 57)]
    );
    let (mut kinds, mut unknown): (BTreeMap<String, u64>, u64) = (BTreeMap::new(), 0);
    for lead in leads()
        .values()
        .filter(|lead| !lead["Referred By"].is_empty())
    {
        *kinds.entry(lead["Referrer Type"].clone()).or_default() += 1;
        let customer = lead["Referrer Type"] == "Customer";
        let itself = lead["Referred By"] == lead["Associated Company IDs"];
        match recurring.get(&lead["Referred By"]) {
            Some(_) => assert!(customer, "{lead:?}"),
            None => {
                assert_eq!(customer, itself, "{lead:?}");
                unknown += 1;
            }
        }
    }
    let kinds: Vec<u64> = ["Customer", "Employee", "Partner"]
        .iter()
        .map(|kind| kinds[*kind])
        .collect();
    assert_eq!(kinds, REFERRALS);
    assert_eq!(unknown, UNKNOWN_REFERRERS);
}

/// Of the customers whose last answer lies in a range those who ever left, and all.
fn left_of(last: &BTreeMap<String, u64>, range: std::ops::RangeInclusive<u64>) -> (usize, usize) {
    let bills = rows(BILLING);
    let ended = bills.iter().filter(|row| row["MRR"] == "0.00");
    let left: BTreeSet<&String> = ended.map(|row| &row["Customer ID"]).collect();
    let among = last.iter().filter(|(_, score)| range.contains(*score));
    let among: Vec<&String> = among.map(|(customer, _)| customer).collect();
    let gone = among.iter().filter(|customer| left.contains(**customer));
    (gone.count(), among.len())
}

/// Detractors, passives, promoters among the answers.
const ANSWERS: [u64; 3] = [24, 69, 86];
/// Leads brought by customers, employees, partners.
const REFERRALS: [u64; 3] = [97, 16, 35];
/// Leads whose referrer is in no bill.
const UNKNOWN_REFERRERS: u64 = 52;
