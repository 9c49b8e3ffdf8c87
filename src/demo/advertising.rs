//! The monthly reports of the two advertising platforms, in their own shapes.
//!
//! Google Ads writes a title, the period, campaigns, then totals; Meta writes its
//! totals first, without names. Neither has a column for the day.

use std::io::{self, Write};

use super::Plan;
use super::company::{CAMPAIGNS, Campaign, LEAD_RESULT, Platform};
use super::dice::{Dice, Purpose};
use super::line::{Line, Quotes, grouped, grouped_hundredths};
use super::market::Market;

/// Columns of the campaign report of Google Ads.
pub const GOOGLE_HEADER: [&str; 17] = [
    "Campaign status",
    "Campaign",
    "Budget",
    "Budget name",
    "Budget type",
    "Status",
    "Status reasons",
    "Campaign type",
    "Impr.",
    "CTR",
    "Currency code",
    "Cost",
    "Clicks",
    "Conv. rate",
    "Conversions",
    "Avg. CPC",
    "Cost / conv.",
];

/// Columns of Meta's report.
pub const META_HEADER: [&str; 15] = [
    "Reporting starts",
    "Reporting ends",
    "Campaign name",
    "Campaign delivery",
    "Ad set budget",
    "Ad set budget type",
    "Attribution setting",
    "Results",
    "Result indicator",
    "Reach",
    "Impressions",
    "Cost per results",
    "Amount spent (EUR)",
    "Link clicks",
    "Ends",
];

/// What Google Ads writes where it has no value.
const NOTHING: &str = " --";
/// Types of campaigns, in the order of the totals.
const TYPES: [&str; 3] = ["Search", "Performance Max", "Display"];

/// What a platform counted for a campaign in a month. Money and conversions in hundredths.
#[derive(Clone, Copy, Default)]
struct Counts {
    spend: u64,
    clicks: u64,
    impressions: u64,
    conversions: u64,
    reach: u64,
}

/// Writes the report of a platform for a month.
///
/// # Errors
/// What the writer reports.
pub fn write(
    platform: Platform,
    plan: &Plan,
    market: &Market,
    month: usize,
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut dice = Dice::new(plan.seed, Purpose::Advertising, month as u64);
    let mut rows: Vec<(&Campaign, Counts)> = Vec::new();
    for (campaign, flight) in CAMPAIGNS.iter().zip(&market.months[month].campaigns) {
        let Some(flight) = flight else { continue };
        let clicks = market.scaled(flight.clicks);
        let impressions = dice.wobble(clicks * campaign.impressions, 90);
        let counts = Counts {
            spend: market.scaled(flight.spend * 1000),
            clicks,
            impressions,
            conversions: dice.wobble(market.scaled(flight.leads * 100) * 105 / 100, 80),
            reach: impressions * dice.between(380, 560) / 1000,
        };
        if campaign.platform == platform {
            rows.push((campaign, counts));
        }
    }
    match platform {
        Platform::Google => google(&rows, market, month, out),
        Platform::Meta => meta(&rows, market, month, out),
    }
}

fn google(
    rows: &[(&Campaign, Counts)],
    market: &Market,
    month: usize,
    out: &mut dyn Write,
) -> io::Result<()> {
    let (start, next) = (
        market.months[month].start,
        market.months[month].start.month_start(1),
    );
    writeln!(
        out,
        "Campaign report\n\"{} - {}\"",
        start.words(),
        next.plus(-1).words()
    )?;
    let mut line = Line::new(Quotes::Needed, "\n");
    line.texts(&GOOGLE_HEADER).end(out)?;
    for (campaign, counts) in rows {
        let daily = daily_budget(campaign, counts, market, month);
        line.text("Enabled")
            .text(campaign.name)
            .text(&grouped_hundredths(daily));
        line.texts(&[NOTHING, "Daily", "Eligible", "", campaign.kind]);
        google_numbers(counts, &mut line);
        line.end(out)?;
    }
    line.texts(&["Paused", "Messe 2024", "15.00", NOTHING, "Daily", "Paused"]);
    line.texts(&["all ads paused; campaign ended", "Search"]);
    google_numbers(&Counts::default(), &mut line);
    line.end(out)?;
    google_totals(rows, &mut line, out)
}

/// Totals overlap: all campaigns, the account, and each type again.
fn google_totals(
    rows: &[(&Campaign, Counts)],
    line: &mut Line,
    out: &mut dyn Write,
) -> io::Result<()> {
    let all = sum(rows.iter());
    line.texts(&[
        "Total: Campaigns",
        NOTHING,
        NOTHING,
        NOTHING,
        NOTHING,
        NOTHING,
        "",
        NOTHING,
    ]);
    google_numbers(&all, line);
    line.end(out)?;
    line.texts(&["Total: Account", "", "", "", "", "", "", ""]);
    google_numbers(&all, line);
    line.end(out)?;
    for kind in TYPES {
        let of_kind = sum(rows.iter().filter(|(campaign, _)| campaign.kind == kind));
        if of_kind.spend > 0 {
            line.texts(&[&format!("Total: {kind}"), "", "", "", "", "", "", kind]);
            google_numbers(&of_kind, line);
            line.end(out)?;
        }
    }
    Ok(())
}

/// A tenth above what was spent or planned, for a day.
fn daily_budget(campaign: &Campaign, counts: &Counts, market: &Market, month: usize) -> u64 {
    let planned = market.scaled(campaign.budget * 1000).max(counts.spend);
    planned * 11 / 10 / market.months[month].days
}

/// From impressions to the cost of a conversion.
fn google_numbers(counts: &Counts, line: &mut Line) {
    let Counts {
        spend,
        clicks,
        impressions,
        conversions,
        ..
    } = *counts;
    line.text(&grouped(impressions))
        .text(&percent(clicks, impressions))
        .text("EUR")
        .text(&grouped_hundredths(spend))
        .text(&grouped(clicks))
        .text(&percent(conversions, clicks * 100))
        .text(&grouped_hundredths(conversions))
        .text(&ratio(spend, clicks))
        .text(&ratio(spend * 100, conversions));
}

fn meta(
    rows: &[(&Campaign, Counts)],
    market: &Market,
    month: usize,
    out: &mut dyn Write,
) -> io::Result<()> {
    let start = market.months[month].start;
    let (from, to) = (
        start.date_text("-"),
        start.month_start(1).plus(-1).date_text("-"),
    );
    let mut line = Line::new(Quotes::Always, "\n");
    line.texts(&META_HEADER).end(out)?;
    let all = sum(rows.iter());
    line.texts(&[&from, &to, "", "", "", "", "Multiple attribution settings"]);
    line.empty()
        .text("")
        .plain(all.reach)
        .plain(all.impressions)
        .empty();
    line.hundredths(all.spend)
        .plain(all.clicks)
        .text("")
        .end(out)?;
    for (campaign, counts) in rows {
        let daily = daily_budget(campaign, counts, market, month);
        line.texts(&[&from, &to, campaign.name, "active"])
            .hundredths(daily);
        line.texts(&["Daily", "7-day click or 1-day view"]);
        meta_numbers(campaign, counts, &mut line);
        line.text("Ongoing").end(out)?;
    }
    Ok(())
}

/// From the results to the clicks. Results of two campaigns are not the same thing.
fn meta_numbers(campaign: &Campaign, counts: &Counts, line: &mut Line) {
    let leads = (counts.conversions + 50) / 100;
    let results = if campaign.kind == LEAD_RESULT {
        leads
    } else {
        counts.clicks
    };
    line.plain(results)
        .text(campaign.kind)
        .plain(counts.reach)
        .plain(counts.impressions);
    match counts.spend.checked_div(results) {
        Some(cost) => line.hundredths(cost),
        None => line.empty(),
    };
    line.hundredths(counts.spend).plain(counts.clicks);
}

fn sum<'a>(rows: impl Iterator<Item = &'a (&'a Campaign, Counts)>) -> Counts {
    rows.fold(Counts::default(), |all, (_, row)| Counts {
        spend: all.spend + row.spend,
        clicks: all.clicks + row.clicks,
        impressions: all.impressions + row.impressions,
        conversions: all.conversions + row.conversions,
        reach: all.reach + row.reach,
    })
}

/// `part` of `whole` as `1.93%`.
fn percent(part: u64, whole: u64) -> String {
    match (part * 10_000 + whole / 2).checked_div(whole) {
        Some(hundredths) => format!("{}%", grouped_hundredths(hundredths)),
        None => NOTHING.to_owned(),
    }
}

/// `hundredths` for each of `count`.
fn ratio(hundredths: u64, count: u64) -> String {
    match (hundredths + count / 2).checked_div(count) {
        Some(each) => grouped_hundredths(each),
        None => NOTHING.to_owned(),
    }
}
