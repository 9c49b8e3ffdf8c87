//! What customers cost and bring, what revenue is made of, what became of won deals.

use super::Shown;
use crate::domain::figure::Figure;
use crate::domain::money::Money;
use crate::metrics::flywheel::delivery::{Delivery, MixPart};
use crate::metrics::flywheel::money::Economics;
use crate::report::document::{Block, Cell, Chart, Kind, Panel, Plot, Trend, TrendPoint, Weight};
use crate::report::views::{Parts, columns, section, table};

/// Tables `cac_trend`, `revenue_mix`, `delivery`.
pub fn view(shown: &Shown) -> Parts {
    let mut parts = trend(shown);
    parts.append(mix(&shown.flywheel.mix));
    if let Some(found) = &shown.flywheel.delivery {
        parts.append(delivery(found));
    }
    parts
}

fn money(figure: Figure<f64>) -> Cell {
    figure.map(Money::from_units).into()
}

fn trend(shown: &Shown) -> Parts {
    let rows = &shown.flywheel.economics;
    let is_known = |row: &Economics| row.cac.is_ok() || row.monthly.is_ok();
    if !rows.iter().any(is_known) {
        return Parts::default();
    }
    let columns = columns(&[
        ("period", "Period", Kind::Text, Weight::Key),
        ("cost", "Cost", Kind::Money, Weight::Detail),
        ("customers", "New customers", Kind::Count, Weight::Normal),
        ("cac_blended", "CAC", Kind::Money, Weight::Key),
        (
            "monthly_per_customer",
            "A month each",
            Kind::Money,
            Weight::Normal,
        ),
        (
            "monthly_churn",
            "Churn a month",
            Kind::Share,
            Weight::Detail,
        ),
        ("ltv", "Lifetime value", Kind::Money, Weight::Normal),
        ("ltv_cac", "Over CAC", Kind::Ratio, Weight::Key),
        (
            "payback_simple",
            "Payback, months",
            Kind::Number,
            Weight::Detail,
        ),
        ("payback_churn", "With churn", Kind::Number, Weight::Normal),
    ]);
    let row = |row: &Economics| {
        vec![
            row.period.as_str().into(),
            row.cost.into(),
            row.customers.into(),
            row.cac.into(),
            money(row.monthly),
            row.churn.map_or_else(Cell::Undefined, Cell::Share),
            money(row.ltv),
            row.ltv_cac.into(),
            row.payback_simple.into(),
            row.payback_churn.into(),
        ]
    };
    let mut list = table(
        "cac_trend",
        "What a customer costs and brings",
        columns,
        rows.iter().map(row).collect(),
    );
    list.remarks = vec![
        "Lifetime value: amount a month x margin / churn of a month, 60 months at most. A month \
         in which nobody left has none."
            .into(),
    ];
    if !shown.has_margin {
        list.remarks
            .push("No gross margin is configured: value is revenue, not profit.".into());
    }
    let mut blocks = vec![Block::Table("cac_trend".into())];
    let is_drawn = rows.len() > 1 && rows.iter().any(|row| row.cac.is_ok());
    if is_drawn {
        blocks.insert(0, Block::Chart("cac-trend".into()));
    }
    let mut parts = section(
        "cac-trend",
        "Cost and value of a customer",
        blocks,
        vec![list],
    );
    if is_drawn {
        parts.charts.push(chart(rows));
    }
    parts
}

fn chart(rows: &[Economics]) -> Chart {
    let panel = |title: &str, kind: Kind, of: &dyn Fn(&Economics) -> Option<f64>| Panel {
        title: title.into(),
        kind,
        points: rows
            .iter()
            .map(|row| TrendPoint {
                value: of(row),
                interval: None,
                settled: true,
            })
            .collect(),
    };
    Chart {
        id: "cac-trend".into(),
        title: "What a new customer costs and brings".into(),
        description: "Blended cost of a new customer and lifetime value over that cost, period by \
                      period."
            .into(),
        table: "cac_trend".into(),
        plot: Plot::Trend(Trend {
            periods: rows.iter().map(|row| row.period.clone()).collect(),
            panels: vec![
                panel("CAC", Kind::Money, &|row| row.cac.ok().map(Money::units)),
                panel("Lifetime value over CAC", Kind::Ratio, &|row| {
                    row.ltv_cac.ok()
                }),
            ],
        }),
    }
}

fn mix(rows: &[MixPart]) -> Parts {
    if rows.is_empty() {
        return Parts::default();
    }
    let columns = columns(&[
        ("of", "Of", Kind::Text, Weight::Key),
        ("kind", "Kind", Kind::Text, Weight::Key),
        ("count", "Rows", Kind::Count, Weight::Normal),
        ("amount", "Amount", Kind::Money, Weight::Key),
        ("share", "Share", Kind::Share, Weight::Key),
        (
            "missing_amounts",
            "Without amount",
            Kind::Count,
            Weight::DataOnly,
        ),
    ]);
    let row = |row: &MixPart| {
        vec![
            row.of.into(),
            row.kind.as_str().into(),
            row.count.into(),
            row.amount.into(),
            row.share.map_or_else(Cell::Undefined, Cell::Share),
            row.missing_amounts.into(),
        ]
    };
    let mut list = table(
        "revenue_mix",
        "What revenue is made of",
        columns,
        rows.iter().map(row).collect(),
    );
    list.remarks = vec![
        "deals: won in the period, by kind. billing: rows that begin in the period. The two say \
         the same money twice and are not added up."
            .into(),
    ];
    let blocks = vec![Block::Table("revenue_mix".into())];
    section("revenue-mix", "What revenue is made of", blocks, vec![list])
}

fn delivery(found: &Delivery) -> Parts {
    let columns = columns(&[
        ("key", "Figure", Kind::Text, Weight::Key),
        ("value", "Value", Kind::Number, Weight::Key),
        ("says", "What it says", Kind::Text, Weight::Normal),
    ]);
    let row = |key: &str, value: Cell, says: &str| vec![key.into(), value, says.into()];
    let part = |of: fn((Money, Money)) -> Money| match found.known {
        Some(known) => of(known).into(),
        None => Cell::Undefined(crate::domain::figure::Undefined::NoData),
    };
    let rows = vec![
        row(
            "won",
            found.won.into(),
            "deals of the year up to the end of the period",
        ),
        row("delivered", found.delivered.into(), "of them"),
        row(
            "delivered_before_won",
            found.negative.into(),
            "left out of the days",
        ),
        row(
            "won_to_delivered_median_days",
            found.median_days.into(),
            "half are delivered by then; those that are not yet count as open",
        ),
        row(
            "won_to_delivered_p90_days",
            found.p90_days.into(),
            "nine in ten",
        ),
        row(
            "booked",
            found.booked.into(),
            "amount of the deals won in the period",
        ),
        row(
            "booked_without_amount",
            found.missing_amounts.into(),
            "deals left out of it",
        ),
        row(
            "booked_known",
            part(|known| known.0),
            "of the deals whose collected amount is known",
        ),
        row("collected", part(|known| known.1), "what was paid of these"),
        row(
            "collected_share",
            found
                .collected_share
                .map_or_else(Cell::Undefined, Cell::Share),
            "collected of booked_known",
        ),
        row(
            "collected_unknown",
            found.missing_collected.into(),
            "deals won in the period",
        ),
    ];
    let list = table("delivery", "What became of won deals", columns, rows);
    let blocks = vec![Block::Table("delivery".into())];
    section("delivery", "Delivered and collected", blocks, vec![list])
}
