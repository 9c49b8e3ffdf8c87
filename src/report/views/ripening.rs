//! How cohorts ripen: the triangle, what the young ones will come to, the picture.

use super::{Parts, columns, section, table, title_of};
use crate::domain::figure::{Figure, Rate};
use crate::domain::period::Grain;
use crate::metrics::ripening::{Cohort, Ripening};
use crate::report::document::{Block, Cell, Chart, Heat, Kind, Plot, Table, Weight};

/// Cohorts and ages that the picture shows.
const MOST_COHORTS: usize = 18;
const MOST_AGES: usize = 19;

/// Tables `ripening` and `ripening_cohorts`.
#[must_use]
pub fn view(found: &Ripening) -> Parts {
    let mut blocks = vec![
        Block::Table("ripening_cohorts".into()),
        Block::Table("ripening".into()),
    ];
    let chart = heat(found);
    if chart.is_some() {
        blocks.insert(0, Block::Chart("ripening".into()));
    }
    let tables = vec![cohorts(found), ages(found)];
    let mut parts = section("ripening", "How cohorts ripen", blocks, tables);
    parts.charts.extend(chart);
    parts
}

fn unit(grain: Grain) -> &'static str {
    match grain {
        Grain::Week => "weeks",
        Grain::Month => "months",
        Grain::Quarter => "quarters",
        Grain::Year => "years",
        Grain::Day | Grain::Custom => "days",
    }
}

fn cohorts(found: &Ripening) -> Table {
    let columns = columns(&[
        ("cohort", "Cohort", Kind::Text, Weight::Key),
        ("n", "Members", Kind::Count, Weight::Normal),
        ("reached", "Reached so far", Kind::Rate, Weight::Key),
        ("age", "Age", Kind::Count, Weight::Key),
        ("ultimate", "Will come to", Kind::Number, Weight::Key),
        ("rate", "Of members", Kind::Share, Weight::Key),
        ("ripe", "Ripe", Kind::Flag, Weight::Normal),
        (
            "chain_ladder",
            "Factors alone",
            Kind::Number,
            Weight::Detail,
        ),
        ("projected", "Projected", Kind::Share, Weight::Normal),
    ]);
    let share = |figure: Figure<f64>| figure.map_or_else(Cell::Undefined, Cell::Share);
    let row = |cohort: &Cohort| {
        vec![
            cohort.label.as_str().into(),
            cohort.n.into(),
            cohort.reached.clone().into(),
            cohort.age.into(),
            cohort.ultimate.into(),
            share(cohort.rate),
            cohort.ripe.map_or_else(Cell::Undefined, Cell::from),
            cohort.chain_ladder.into(),
            share(cohort.projected),
        ]
    };
    let rows = found.cohorts.iter().map(row).collect();
    let mut table = table(
        "ripening_cohorts",
        "What each cohort will come to",
        columns,
        rows,
    );
    table.remarks = remarks(found);
    table
}

fn remarks(found: &Ripening) -> Vec<String> {
    if let Some(reason) = found.refusal {
        return vec![format!("Nothing can be said: {}.", reason.words())];
    }
    let unit = unit(found.grain);
    let mut remarks = vec![format!(
        "Members entered the first stage in the period, whatever other dimension is asked for; \
         reached is {}. Age is in whole {unit} after the end of the period. Will come to: at the \
         greatest age that any cohort has, by the chain ladder. Projected: the share within {} \
         days, from the dates of single records.",
        found.target, found.horizon_days
    )];
    remarks.push(match found.ripe_age {
        Ok(age) => format!(
            "At least three quarters of what comes is there at age {age}; younger cohorts take the rate of \
             the ripe ones for what is to come."
        ),
        Err(_) => "Too few cohorts are old enough: it takes three at the age by which three \
                   quarters of what comes is there."
            .into(),
    });
    if found.undated > 0 {
        remarks.push(format!(
            "Left out, since when they reached {} is not known: {}.",
            found.target, found.undated
        ));
    }
    remarks
}

fn ages(found: &Ripening) -> Table {
    let columns = columns(&[
        ("cohort", "Cohort", Kind::Text, Weight::Key),
        ("age", "Age", Kind::Count, Weight::Key),
        ("reached", "Reached", Kind::Count, Weight::Key),
        ("share", "Of members", Kind::Rate, Weight::Key),
    ]);
    let rows = found.cohorts.iter().flat_map(|cohort| {
        let row = |(age, rate): (usize, &Figure<_>)| age_cells(cohort, age, rate);
        cohort.ages.iter().enumerate().map(row).collect::<Vec<_>>()
    });
    let mut table = table("ripening", "Reached by each age", columns, rows.collect());
    table.remarks = vec![format!(
        "Age 0 is the end of the cohort's own period, then whole {}; only ages that are complete.",
        unit(found.grain)
    )];
    table
}

fn age_cells(cohort: &Cohort, age: usize, rate: &Figure<Rate>) -> Vec<Cell> {
    let count = rate.as_ref().map(|rate| rate.k).map_err(|reason| *reason);
    vec![
        cohort.label.as_str().into(),
        (age as u64).into(),
        count.into(),
        rate.clone().into(),
    ]
}

/// Nothing where no age of any cohort is known.
fn heat(found: &Ripening) -> Option<Chart> {
    let known = |cohort: &&Cohort| cohort.ages.iter().any(Result::is_ok);
    let all: Vec<&Cohort> = found.cohorts.iter().filter(known).collect();
    let shown = &all[all.len().saturating_sub(MOST_COHORTS)..];
    let ages = shown.iter().map(|cohort| cohort.ages.len()).max()?;
    let ages = ages.min(MOST_AGES);
    let fields = |cohort: &&Cohort| {
        let value = |age: usize| Some(cohort.ages.get(age)?.as_ref().ok()?.value());
        (0..ages).map(value).collect()
    };
    let (unit, target) = (unit(found.grain), title_of(&found.target));
    Some(Chart {
        id: "ripening".into(),
        title: format!("Share of a cohort that reached {target}, by age in {unit}"),
        description: format!(
            "One row per cohort, one column per age in {unit} since the end of its own period; \
             the fuller the field, the more of its members have reached {target}."
        ),
        table: "ripening".into(),
        plot: Plot::Heat(Heat {
            rows: shown.iter().map(|cohort| cohort.label.clone()).collect(),
            columns: (0..ages).map(|age| age.to_string()).collect(),
            values: shown.iter().map(fields).collect(),
        }),
    })
}
