//! Who stays and what they pay: the bridge, lifetimes, cohorts, reasons.

use super::Shown;
use crate::domain::figure::{Figure, Undefined};
use crate::metrics::flywheel::bridge::{Bridge, Spread};
use crate::metrics::flywheel::ledger::Basis;
use crate::metrics::flywheel::lifetimes::{CohortAge, FEW_AT_RISK, LifePoint, Lifetimes};
use crate::metrics::flywheel::months::Month;
use crate::report::document::{
    Block, Cell, Chart, Column, Curve, CurveAxis, CurvePoint, Heat, Kind, Panel, Plot, Segments,
    Table, Tone, Trend, TrendPoint, Weight,
};
use crate::report::views::{Parts, columns, dimension_columns, section, table};

/// Cohorts and ages that the picture shows.
const MOST_COHORTS: usize = 18;
const MOST_AGES: usize = 19;

/// Tables `mrr_bridge`, `customers_by_month`, `flywheel_by`, `retention`, `cohorts`, `churn_reasons`.
pub fn view(shown: &Shown) -> Parts {
    let mut parts = bridge(shown);
    parts.append(by_month(shown));
    parts.append(by(shown));
    parts.append(lifetimes(shown));
    parts.append(cohorts(shown));
    parts.append(reasons(shown));
    parts
}

fn bridge(shown: &Shown) -> Parts {
    let now = &shown.flywheel.now;
    let Ok(bridge) = &now.bridge else {
        return Parts::default();
    };
    let columns = columns(&[
        ("step", "Step", Kind::Text, Weight::Key),
        ("customers", "Customers", Kind::Count, Weight::Key),
        ("amount", "A month", Kind::Money, Weight::Key),
    ]);
    let money = |amount| match now.has_amounts {
        true => Cell::Money(amount),
        false => Cell::Undefined(Undefined::NoData),
    };
    let rows = bridge.lines().map(|(step, part)| {
        let customers = match step {
            "churned" => left(shown, part.customers),
            "expansion" | "contraction" if !now.has_amounts => Cell::Undefined(Undefined::NoData),
            _ => part.customers.into(),
        };
        vec![step.into(), customers, money(part.amount)]
    });
    let mut bridged = table(
        "mrr_bridge",
        "Recurring amount from start to end",
        columns,
        rows.into(),
    );
    bridged.remarks = vec![
        "start + new + reactivated + expansion + contraction + churned = end; what left stands \
         below zero. Customers of expansion and contraction are among those of the start."
            .into(),
    ];
    let mut blocks = vec![Block::Table("mrr_bridge".into())];
    if now.has_amounts {
        blocks.insert(0, Block::Chart("mrr-bridge".into()));
    }
    let mut parts = section("bridge", "From start to end", blocks, vec![bridged]);
    if now.has_amounts {
        parts.charts.push(bridge_chart(bridge));
    }
    parts
}

/// Customers who left; unknown where nobody says who did.
fn left(shown: &Shown, count: u64) -> Cell {
    match shown.flywheel.basis {
        Some(Basis::Deals { ends: false }) => Cell::Undefined(Undefined::NoData),
        _ => count.into(),
    }
}

/// Floating bars, each from where the one before ended.
fn bridge_chart(bridge: &Bridge) -> Chart {
    let steps = bridge.lines().map(|(step, part)| {
        let tone = match step {
            "start" | "end" => Tone::Total,
            "contraction" | "churned" => Tone::Goes,
            _ => Tone::Comes,
        };
        let customers = match part.customers {
            1 => "1 customer".to_owned(),
            many => format!("{many} customers"),
        };
        (step.to_owned(), part.amount.units(), tone, customers)
    });
    Chart {
        id: "mrr-bridge".into(),
        title: "Recurring amount from start to end".into(),
        description: "The monthly amount at the start, what new and returned customers and \
                      expansion added, what contraction and churn took, and what is there at the \
                      end, each bar from where the one before ended."
            .into(),
        table: "mrr_bridge".into(),
        plot: Plot::Segments(Segments::waterfall(Kind::Money, steps)),
    }
}

fn by_month(shown: &Shown) -> Parts {
    let months = &shown.flywheel.months;
    if months.len() < 2 {
        return Parts::default();
    }
    let columns = columns(&[
        ("month", "Month", Kind::Text, Weight::Key),
        ("customers", "Customers", Kind::Count, Weight::Key),
        ("new", "New", Kind::Count, Weight::Normal),
        ("reactivated", "Returned", Kind::Count, Weight::Detail),
        ("churned", "Left", Kind::Count, Weight::Normal),
        ("recurring", "A month", Kind::Money, Weight::Key),
        ("new_amount", "New amount", Kind::Money, Weight::Normal),
        (
            "reactivated_amount",
            "Returned amount",
            Kind::Money,
            Weight::Detail,
        ),
        ("expansion_amount", "Expansion", Kind::Money, Weight::Normal),
        (
            "contraction_amount",
            "Contraction",
            Kind::Money,
            Weight::Detail,
        ),
        ("churned_amount", "Left amount", Kind::Money, Weight::Normal),
    ]);
    let now = &shown.flywheel.now;
    let money = |amount| match now.has_amounts {
        true => Cell::Money(amount),
        false => Cell::Undefined(Undefined::NoData),
    };
    let rows = months.iter().map(|(month, bridge)| {
        vec![
            month.label().into(),
            bridge.end.customers.into(),
            bridge.new.customers.into(),
            bridge.reactivated.customers.into(),
            left(shown, bridge.churned.customers),
            money(bridge.end.amount),
            money(bridge.new.amount),
            money(bridge.reactivated.amount),
            money(bridge.expansion.amount),
            money(-bridge.contraction.amount),
            money(-bridge.churned.amount),
        ]
    });
    let list = table(
        "customers_by_month",
        "Customers month by month",
        columns,
        rows.collect(),
    );
    let blocks = vec![
        Block::Chart("customers-by-month".into()),
        Block::Table("customers_by_month".into()),
    ];
    let mut parts = section(
        "customers-by-month",
        "Customers over time",
        blocks,
        vec![list],
    );
    parts.charts.push(month_chart(months, now.has_amounts));
    parts
}

fn month_chart(months: &[(Month, Bridge)], has_amounts: bool) -> Chart {
    let panel = |title: &str, kind: Kind, of: fn(&Bridge) -> f64| Panel {
        title: title.into(),
        kind,
        points: months
            .iter()
            .map(|(_, bridge)| TrendPoint {
                value: Some(of(bridge)),
                interval: None,
                settled: true,
            })
            .collect(),
    };
    let mut panels = vec![panel("Customers", Kind::Count, |bridge| {
        bridge.end.customers as f64
    })];
    if has_amounts {
        panels.push(panel("Recurring amount", Kind::Money, |bridge| {
            bridge.end.amount.units()
        }));
    }
    Chart {
        id: "customers-by-month".into(),
        title: "Customers over time".into(),
        description: "Customers at the end of each month, and what they pay a month.".into(),
        table: "customers_by_month".into(),
        plot: Plot::Trend(Trend {
            periods: months.iter().map(|(month, _)| month.label()).collect(),
            panels,
        }),
    }
}

fn by(shown: &Shown) -> Parts {
    if shown.dimensions.is_empty() || shown.flywheel.groups.is_empty() {
        return Parts::default();
    }
    let mut all: Vec<Column> = dimension_columns(shown.dimensions);
    all.extend(columns(&[
        (
            "start_customers",
            "At the start",
            Kind::Count,
            Weight::Normal,
        ),
        ("customer_churn", "Left", Kind::Rate, Weight::Key),
        ("new_customers", "New", Kind::Count, Weight::Normal),
        (
            "reactivated_customers",
            "Returned",
            Kind::Count,
            Weight::Detail,
        ),
        ("end_customers", "At the end", Kind::Count, Weight::Key),
        (
            "start_recurring",
            "Amount at the start",
            Kind::Money,
            Weight::Detail,
        ),
        (
            "end_recurring",
            "Amount at the end",
            Kind::Money,
            Weight::Normal,
        ),
        ("nrr", "Net retention", Kind::Share, Weight::Key),
        ("nrr_low", "95 % from", Kind::Share, Weight::DataOnly),
        ("nrr_high", "to", Kind::Share, Weight::DataOnly),
        ("grr", "Gross retention", Kind::Share, Weight::Normal),
    ]));
    let rows = shown.flywheel.groups.iter().map(|group| {
        let mut cells: Vec<Cell> = group
            .group
            .iter()
            .map(|value| value.as_str().into())
            .collect();
        match &group.bridge {
            Ok(bridge) => cells.extend(group_cells(shown, bridge, group)),
            Err(reason) => cells.extend(vec![Cell::Undefined(*reason); 11]),
        }
        cells
    });
    let title = format!("Retention by {}", shown.dimensions.join(", "));
    let mut split = table("flywheel_by", &title, all, rows.collect());
    split.remarks = vec![
        "The value of a customer is that of its first row of billing, else of its won deal.".into(),
    ];
    let blocks = vec![Block::Table("flywheel_by".into())];
    section("flywheel-by", "By group", blocks, vec![split])
}

fn group_cells(
    shown: &Shown,
    bridge: &Bridge,
    group: &crate::metrics::flywheel::GroupRow,
) -> Vec<Cell> {
    let paid = |cell: Cell| match shown.flywheel.now.has_amounts {
        true => cell,
        false => Cell::Undefined(Undefined::NoData),
    };
    let share = |figure: Figure<Spread>| figure.map_or_else(Cell::Undefined, |s| Cell::Share(s.0));
    let end = |of: fn((f64, f64)) -> f64| match group.net_retention {
        Ok((_, Some(interval))) => Cell::Share(of(interval)),
        Ok((_, None)) => Cell::Blank,
        Err(reason) => Cell::Undefined(reason),
    };
    vec![
        bridge.start.customers.into(),
        group.churn.clone().into(),
        bridge.new.customers.into(),
        bridge.reactivated.customers.into(),
        bridge.end.customers.into(),
        paid(bridge.start.amount.into()),
        paid(bridge.end.amount.into()),
        share(group.net_retention),
        end(|ends| ends.0),
        end(|ends| ends.1),
        share(group.gross_retention),
    ]
}

fn lifetimes(shown: &Shown) -> Parts {
    let Ok(found) = &shown.flywheel.lifetimes else {
        return Parts::default();
    };
    let columns = columns(&[
        ("month", "Months since start", Kind::Count, Weight::Key),
        ("at_risk", "Watched so long", Kind::Count, Weight::Normal),
        ("lost", "Left then", Kind::Count, Weight::Normal),
        ("survival", "Still customers", Kind::Share, Weight::Key),
        ("low", "95 % from", Kind::Share, Weight::Normal),
        ("high", "to", Kind::Share, Weight::Normal),
        ("few_at_risk", "Fewer than 10", Kind::Flag, Weight::Detail),
    ]);
    let end = |end: Option<f64>| end.map_or(Cell::Blank, Cell::Share);
    let row = |point: &LifePoint| {
        vec![
            point.month.into(),
            point.at_risk.into(),
            point.lost.into(),
            Cell::Share(point.share),
            end(point.interval.map(|(low, _)| low)),
            end(point.interval.map(|(_, high)| high)),
            (point.at_risk < FEW_AT_RISK).into(),
        ]
    };
    let rows = found.points.iter().map(row).collect();
    let mut curve = table("retention", "How long customers stay", columns, rows);
    curve.remarks = lifetime_remarks(shown, found);
    let blocks = vec![
        Block::Chart("retention".into()),
        Block::Table("retention".into()),
    ];
    let mut parts = section("retention", "How long customers stay", blocks, vec![curve]);
    parts.charts.push(lifetime_chart(found));
    parts
}

fn lifetime_remarks(shown: &Shown, found: &Lifetimes) -> Vec<String> {
    let count = |count: u64| (shown.speak)(&count.into(), Kind::Count);
    let mut remarks = vec![format!(
        "Kaplan-Meier over {} customers, {} of whom left; who still is a customer counts as not \
         decided. {}",
        count(found.n),
        count(found.lost),
        match found.median {
            Ok(median) => format!(
                "Half have left after {} months.",
                (shown.speak)(&median.into(), Kind::Number)
            ),
            Err(_) => "Fewer than half have left within the time watched.".to_owned(),
        }
    )];
    if found.older > 0 {
        remarks.push(format!(
            "{} customers were there in the first month that is known: nobody knows since when, so \
             they stand outside.",
            count(found.older)
        ));
    }
    remarks
}

fn lifetime_chart(found: &Lifetimes) -> Chart {
    let points = found.points.iter().map(|point| CurvePoint {
        x: point.month as f64,
        y: point.share,
        interval: point.interval,
    });
    Chart {
        id: "retention".into(),
        title: "Share of customers who stay".into(),
        description: "Kaplan-Meier estimate of the share still a customer by months since the \
                      start, with its 95 % interval."
            .into(),
        table: "retention".into(),
        plot: Plot::Curve(Curve {
            x: CurveAxis {
                title: "Months since the start".into(),
                kind: Kind::Number,
            },
            y: CurveAxis {
                title: "Still customers".into(),
                kind: Kind::Share,
            },
            points: points.collect(),
            marks: Vec::new(),
            seen: None,
            names: Vec::new(),
            level: 0.95,
            against: None,
        }),
    }
}

fn cohort_name(row: &CohortAge) -> String {
    let label = row.cohort.label();
    match row.or_earlier {
        true => format!("{label} or before"),
        false => label,
    }
}

fn cohorts(shown: &Shown) -> Parts {
    let list = &shown.flywheel.cohorts;
    if list.iter().all(|row| row.age == 0) {
        return Parts::default();
    }
    let columns = columns(&[
        ("cohort", "Started", Kind::Text, Weight::Key),
        ("age_months", "Months later", Kind::Count, Weight::Key),
        ("active", "Still customers", Kind::Rate, Weight::Key),
        (
            "amount",
            "Of their first amount",
            Kind::Share,
            Weight::Normal,
        ),
    ]);
    let row = |row: &CohortAge| {
        vec![
            cohort_name(row).into(),
            row.age.into(),
            row.active.clone().into(),
            row.amount.map_or_else(Cell::Undefined, Cell::Share),
        ]
    };
    let rows = list.iter().map(row).collect();
    let cohorts: Table = table(
        "cohorts",
        "Customers by the month of their start",
        columns,
        rows,
    );
    let blocks = vec![
        Block::Chart("cohorts".into()),
        Block::Table("cohorts".into()),
    ];
    let mut parts = section("cohorts", "Cohorts", blocks, vec![cohorts]);
    parts.charts.push(heat(list));
    parts
}

fn heat(list: &[CohortAge]) -> Chart {
    let mut starts: Vec<_> = list.iter().map(|row| row.cohort).collect();
    starts.dedup();
    let shown = starts.split_off(starts.len().saturating_sub(MOST_COHORTS));
    let of = |start| list.iter().filter(move |row| row.cohort == start);
    let name = |start| of(start).next().map(cohort_name).unwrap_or_default();
    let oldest = shown.first().map_or(0, |start| of(*start).count());
    let ages = oldest.min(MOST_AGES);
    let fields = |start| {
        let mut fields: Vec<Option<f64>> = of(start)
            .take(ages)
            .map(|row| Some(row.active.value()))
            .collect();
        fields.resize(ages, None);
        fields
    };
    Chart {
        id: "cohorts".into(),
        title: "Share of a cohort still there, by months since its start".into(),
        description: "One row per month in which customers started, one column per month since; \
                      the fuller the field, the more of them are still customers."
            .into(),
        table: "cohorts".into(),
        plot: Plot::Heat(Heat {
            rows: shown.iter().map(|start| name(*start)).collect(),
            columns: (0..ages).map(|age| age.to_string()).collect(),
            values: shown.iter().map(|start| fields(*start)).collect(),
        }),
    }
}

fn reasons(shown: &Shown) -> Parts {
    if shown.flywheel.reasons.is_empty() {
        return Parts::default();
    }
    let columns = columns(&[
        ("reason", "Reason", Kind::Text, Weight::Key),
        ("customers", "Customers", Kind::Count, Weight::Normal),
        ("share", "Of those who left", Kind::Rate, Weight::Key),
        ("amount", "They paid a month", Kind::Money, Weight::Key),
    ]);
    let rows = shown.flywheel.reasons.iter().map(|reason| {
        vec![
            reason.name.as_str().into(),
            reason.left.customers.into(),
            reason.share.clone().into(),
            match shown.flywheel.now.has_amounts {
                true => reason.left.amount.into(),
                false => Cell::Undefined(Undefined::NoData),
            },
        ]
    });
    let said = table(
        "churn_reasons",
        "Why customers left",
        columns,
        rows.collect(),
    );
    let blocks = vec![Block::Table("churn_reasons".into())];
    section("churn-reasons", "Why customers left", blocks, vec![said])
}
