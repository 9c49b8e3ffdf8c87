//! Measures as data, and the one pass that computes them.
//!
//! A measure names a table, a condition on its rows and what to do with the rows
//! that meet it: count them, add up a column, take a quantile. All measures of a
//! table are computed in one grouped pass. Because the condition is data, the rows
//! behind any number can be listed with the same condition: the number of listed
//! rows *is* the count.
//!
//! Amounts, hours and visits are whole numbers of millionths, so sums are exact and
//! do not depend on their order.

use std::collections::{BTreeMap, BTreeSet};

use chrono_tz::Tz;
use polars::prelude::*;

use super::data::{Data, Source};
use super::time_labels::{self, Labels};
use crate::domain::figure::{Figure, Undefined};
use crate::tables::{self, col};

/// What is computed over the rows that meet the condition.
#[derive(Clone)]
pub enum Aggregate {
    /// How many rows.
    Rows,
    /// The sum of a whole-number expression.
    Sum(Expr),
    /// The sum of millionths, as whole units (what is left over is dropped once, after the sum).
    Units(Expr),
    /// A quantile (type 7) of an expression.
    Quantile(Expr, f64),
}

/// One number per group, as a definition.
#[derive(Clone)]
pub struct Measure {
    /// Name of the result.
    pub key: String,
    /// The table.
    pub source: Source,
    /// Rows that count.
    pub keep: Expr,
    /// What is done with them.
    pub aggregate: Aggregate,
    /// The column of times that dates a row, for the time dimensions.
    pub dated_by: Option<String>,
    /// A condition any row of which makes the number undefined, and the reason.
    pub broken: Option<(Expr, Undefined)>,
    /// Why there is no such number in any group, whatever the rows.
    pub undefined: Option<Undefined>,
}

impl Measure {
    /// Counts rows.
    #[must_use]
    pub fn rows(key: impl Into<String>, source: Source, keep: Expr) -> Self {
        Self {
            key: key.into(),
            source,
            keep,
            aggregate: Aggregate::Rows,
            dated_by: None,
            broken: None,
            undefined: None,
        }
    }

    /// A number that the inputs cannot tell, and why.
    #[must_use]
    pub fn undefined(key: impl Into<String>, reason: Undefined) -> Self {
        Self {
            undefined: Some(reason),
            ..Self::rows(key, Source::Leads, lit(false))
        }
    }

    /// Adds up a column of whole numbers; nulls are left out.
    #[must_use]
    pub fn sum(key: impl Into<String>, source: Source, keep: Expr, value: Expr) -> Self {
        Self {
            aggregate: Aggregate::Sum(value),
            ..Self::rows(key, source, keep)
        }
    }

    /// Adds up millionths and gives whole units.
    #[must_use]
    pub fn units(key: impl Into<String>, source: Source, keep: Expr, value: Expr) -> Self {
        Self {
            aggregate: Aggregate::Units(value),
            ..Self::rows(key, source, keep)
        }
    }

    /// A quantile of an expression.
    #[must_use]
    pub fn quantile(
        key: impl Into<String>,
        source: Source,
        keep: Expr,
        value: Expr,
        q: f64,
    ) -> Self {
        Self {
            aggregate: Aggregate::Quantile(value, q),
            ..Self::rows(key, source, keep)
        }
    }

    /// With the column that dates its rows.
    #[must_use]
    pub fn dated_by(mut self, column: impl Into<String>) -> Self {
        self.dated_by = Some(column.into());
        self
    }

    /// Why the number cannot be told by these dimensions; `None` where it can.
    fn refusal(&self, data: &Data, dimensions: &[String]) -> Option<Undefined> {
        self.undefined
            .or_else(|| data.refusal(self.source, dimensions, self.dated_by.as_deref()))
    }

    /// Undefined where any row of the group meets the condition.
    #[must_use]
    pub fn broken_by(mut self, condition: Expr, reason: Undefined) -> Self {
        self.broken = Some((condition, reason));
        self
    }
}

/// Values of the dimensions of a group, in the order asked for.
pub type Group = Vec<String>;

/// The results of a pass: group -> key -> figure. A group without rows in the table
/// of a measure has no entry for it; see [`Results::figure`].
#[derive(Debug, Clone, Default)]
pub struct Results {
    groups: BTreeMap<Group, BTreeMap<String, Figure<f64>>>,
    whole: BTreeMap<Group, BTreeMap<String, i64>>,
    undefined: BTreeMap<String, Undefined>,
    keys: BTreeSet<String>,
}

impl Results {
    /// True where a measure of this name was asked for.
    #[must_use]
    pub fn knows(&self, key: &str) -> bool {
        self.keys.contains(key)
    }

    /// All groups in which some table has rows, in order.
    pub fn groups(&self) -> impl Iterator<Item = &Group> {
        self.groups.keys()
    }

    /// The figure of a group. Rows and sums without rows are 0, quantiles `no_data`.
    pub fn figure(&self, group: &Group, key: &str) -> Figure<f64> {
        if let Some(reason) = self.undefined.get(key) {
            return Err(*reason);
        }
        let found = self.groups.get(group).and_then(|figures| figures.get(key));
        found.copied().unwrap_or(Ok(0.0))
    }

    /// A count or sum as a whole number (millionths for amounts).
    ///
    /// # Errors
    /// The reason for which the measure is undefined in this group.
    pub fn whole(&self, group: &Group, key: &str) -> Figure<i64> {
        self.figure(group, key)?;
        let found = self.whole.get(group).and_then(|figures| figures.get(key));
        Ok(found.copied().unwrap_or(0))
    }

    /// A count; never negative.
    ///
    /// # Errors
    /// As [`Self::whole`].
    pub fn count(&self, group: &Group, key: &str) -> Figure<u64> {
        self.whole(group, key)
            .map(|count| u64::try_from(count).unwrap_or(0))
    }
}

/// Computes all measures, grouped by the dimensions.
///
/// # Errors
/// What polars cannot do with a condition (a text compared with a number in `--where`).
pub fn evaluate(data: &Data, measures: &[Measure], dimensions: &[String]) -> PolarsResult<Results> {
    let mut results = Results::default();
    let mut batches: BTreeMap<(Source, Option<&str>), Vec<&Measure>> = BTreeMap::new();
    let with_time = dimensions.iter().any(|name| time_labels::is_time(name));
    for measure in measures {
        results.keys.insert(measure.key.clone());
        match measure.refusal(data, dimensions) {
            Some(reason) => {
                results.undefined.insert(measure.key.clone(), reason);
            }
            None => {
                let dated_by = measure.dated_by.as_deref().filter(|_| with_time);
                batches
                    .entry((measure.source, dated_by))
                    .or_default()
                    .push(measure);
            }
        }
    }
    for ((source, dated_by), batch) in batches {
        let frame = grouped_frame(data, source, dated_by, dimensions)?;
        collect(frame, &batch, dimensions, &mut results)?;
    }
    Ok(results)
}

fn grouped_frame(
    data: &Data,
    source: Source,
    dated_by: Option<&str>,
    dimensions: &[String],
) -> PolarsResult<LazyFrame> {
    let mut frame = data.frame(source).clone();
    if let Some(column) = dated_by {
        for name in dimensions.iter().filter(|name| time_labels::is_time(name)) {
            frame = match source {
                Source::Leads | Source::Deals => dated(frame, column, name, data.zone)?,
                Source::Counted | Source::Visits | Source::Spend => {
                    spanned(&frame, name, data.zone)?
                }
            };
        }
    }
    data.filtered(frame.lazy(), source)
}

/// Adds the label of the period in which a moment falls.
fn dated(mut frame: DataFrame, column: &str, name: &str, zone: Tz) -> PolarsResult<DataFrame> {
    let mut labels = Labels::new(time_labels::grain(name), zone);
    let times = frame.column(column)?.i64()?;
    // Number 0 is no time.
    let number = |at: Option<i64>| at.map_or(0, |at| labels.number(at) + 1);
    let numbers: Vec<IdxSize> = times.iter().map(number).collect();
    let known = labels.list().iter().map(|label| Some(label.as_str()));
    let words: Vec<Option<&str>> = std::iter::once(None).chain(known).collect();
    frame.with_column(tables::frame::coded_column(name, &words, &numbers))?;
    Ok(frame)
}

/// Adds the label of the period in which a span falls. A span that reaches over an edge
/// stands in every period that it touches and is marked, so that it counts in none of
/// them and makes the figure undefined in all of them.
fn spanned(frame: &DataFrame, name: &str, zone: Tz) -> PolarsResult<DataFrame> {
    let mut labels = Labels::new(time_labels::grain(name), zone);
    let starts = tables::frame::integers(frame, col::START);
    let ends = tables::frame::integers(frame, col::END);
    let (mut rows, mut names, mut over) = (Vec::new(), Vec::new(), Vec::new());
    for (row, span) in starts.iter().zip(&ends).enumerate() {
        let touched = match span {
            (Some(start), Some(end)) => labels.touched(*start, *end),
            _ => vec![tables::NONE.to_owned()],
        };
        let straddles = touched.len() > 1;
        for label in touched {
            rows.push(IdxSize::try_from(row).unwrap_or(IdxSize::MAX));
            names.push(label);
            over.push(straddles);
        }
    }
    let mut frame = frame.take(&IdxCa::from_vec("rows".into(), rows))?;
    frame.with_column(Column::new(name.into(), names))?;
    frame.with_column(Column::new(col::STRADDLES.into(), over))?;
    Ok(frame)
}

fn collect(
    frame: LazyFrame,
    batch: &[&Measure],
    dimensions: &[String],
    results: &mut Results,
) -> PolarsResult<()> {
    let (mut parts, mut aggregates) = (Parts::default(), Vec::new());
    for (index, measure) in batch.iter().enumerate() {
        let kept = parts.shared(&measure.keep);
        aggregates.push(expression(measure, kept).alias(format!("m{index}")));
        if let Some((condition, _)) = &measure.broken {
            let broken = parts.shared(condition).any(true);
            aggregates.push(broken.alias(format!("b{index}")));
        }
    }
    let frame = frame.with_columns(parts.columns());
    let keys: Vec<Expr> = dimensions
        .iter()
        .map(|name| polars::prelude::col(name.as_str()).fill_null(lit(tables::NONE)))
        .collect();
    let table = if keys.is_empty() {
        frame.select(aggregates).collect()?
    } else {
        frame.group_by(keys).agg(aggregates).collect()?
    };
    let groups = groups_of(&table, dimensions)?;
    for (index, measure) in batch.iter().enumerate() {
        store(&table, index, measure, &groups, results)?;
    }
    Ok(())
}

/// The parts that conditions are made of. The measures of a batch share most of them
/// (the same period, the same stage), so each is computed once, as a column.
#[derive(Default)]
struct Parts {
    list: Vec<Expr>,
}

impl Parts {
    /// The condition over the columns that hold its parts.
    fn shared(&mut self, condition: &Expr) -> Expr {
        if let Expr::BinaryExpr {
            left,
            op: Operator::And,
            right,
        } = condition
        {
            return self.shared(left).and(self.shared(right));
        }
        let known = self.list.iter().position(|part| part == condition);
        let place = known.unwrap_or(self.list.len());
        if known.is_none() {
            self.list.push(condition.clone());
        }
        polars::prelude::col(Self::name(place))
    }

    /// One column for each part; what is unknown is not met.
    fn columns(&self) -> Vec<Expr> {
        let parts = self.list.iter().enumerate();
        parts
            .map(|(place, part)| part.clone().fill_null(lit(false)).alias(Self::name(place)))
            .collect()
    }

    fn name(place: usize) -> String {
        format!("#part{place}")
    }
}

fn expression(measure: &Measure, kept: Expr) -> Expr {
    match &measure.aggregate {
        Aggregate::Rows => kept.sum(),
        Aggregate::Sum(value) => added_up(kept, value),
        Aggregate::Units(value) => added_up(kept, value).floor_div(lit(1_000_000_i64)),
        Aggregate::Quantile(value, q) => when(kept)
            .then(value.clone().cast(DataType::Float64))
            .otherwise(lit(NULL))
            .quantile(lit(*q), QuantileMethod::Linear),
    }
}

fn added_up(keep: Expr, value: &Expr) -> Expr {
    when(keep)
        .then(value.clone().cast(DataType::Int64))
        .otherwise(lit(NULL))
        .sum()
}

fn groups_of(table: &DataFrame, dimensions: &[String]) -> PolarsResult<Vec<Group>> {
    let mut groups = vec![Vec::with_capacity(dimensions.len()); table.height()];
    for name in dimensions {
        for (group, value) in groups.iter_mut().zip(table.column(name)?.str()?.iter()) {
            group.push(value.unwrap_or(tables::NONE).to_owned());
        }
    }
    Ok(groups)
}

fn store(
    table: &DataFrame,
    index: usize,
    measure: &Measure,
    groups: &[Group],
    results: &mut Results,
) -> PolarsResult<()> {
    let broken = match &measure.broken {
        Some(_) => table.column(&format!("b{index}"))?.bool()?.clone(),
        None => BooleanChunked::full("b".into(), false, groups.len()),
    };
    let column = table.column(&format!("m{index}"))?;
    let whole = column.cast(&DataType::Int64)?;
    let exact = column.cast(&DataType::Float64)?;
    let rows = groups
        .iter()
        .zip(whole.i64()?.iter())
        .zip(exact.f64()?.iter());
    for (((group, whole), exact), broken) in rows.zip(broken.iter()) {
        let reason = measure.broken.as_ref().map(|(_, reason)| *reason);
        let figure = match (reason.filter(|_| broken == Some(true)), exact) {
            (Some(reason), _) => Err(reason),
            (None, Some(value)) => Ok(value),
            (None, None) => Err(Undefined::NoData),
        };
        let key = measure.key.clone();
        results
            .groups
            .entry(group.clone())
            .or_default()
            .insert(key.clone(), figure);
        results
            .whole
            .entry(group.clone())
            .or_default()
            .insert(key, whole.unwrap_or(0));
    }
    Ok(())
}

/// A line of an input that stands behind a number.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Origin {
    /// Name of the file.
    pub file: String,
    /// Line, from 1.
    pub line: u32,
    /// Id of the record, where it has one.
    pub id: Option<String>,
}

/// The lines behind a measure, in the order of the files.
///
/// # Errors
/// The reason why the measure cannot be told apart by these dimensions.
pub fn origins(
    data: &Data,
    measure: &Measure,
    dimensions: &[(String, String)],
) -> PolarsResult<Result<Vec<Origin>, Undefined>> {
    let names: Vec<String> = dimensions.iter().map(|(name, _)| name.clone()).collect();
    if let Some(reason) = measure.refusal(data, &names) {
        return Ok(Err(reason));
    }
    let dated_by = measure.dated_by.as_deref();
    let mut frame = grouped_frame(data, measure.source, dated_by, &names)?;
    for (name, value) in dimensions {
        let key = polars::prelude::col(name.as_str()).fill_null(lit(tables::NONE));
        frame = frame.filter(key.eq(lit(value.as_str())));
    }
    let mut keep = measure.keep.clone().fill_null(lit(false));
    if let Aggregate::Sum(value) | Aggregate::Units(value) = &measure.aggregate {
        keep = keep.and(value.clone().is_not_null());
    }
    let table = frame.filter(keep).collect()?;
    let files = tables::frame::positions(&table, col::FILE);
    let lines = tables::frame::positions(&table, col::LINE);
    let ids = tables::frame::texts(&table, col::ID);
    let mut rows: Vec<(u32, u32, Option<&str>)> = files
        .into_iter()
        .zip(lines)
        .zip(ids)
        .map(|((file, line), id)| (file, line, id))
        .collect();
    rows.sort_unstable();
    Ok(Ok(rows
        .into_iter()
        .map(|(file, line, id)| Origin {
            file: data.files.get(file as usize).cloned().unwrap_or_default(),
            line,
            id: id.map(str::to_owned),
        })
        .collect()))
}

/// The single values of a sum measure per group (millionths), in row order.
///
/// # Errors
/// As [`evaluate`].
pub fn values(
    data: &Data,
    measure: &Measure,
    dimensions: &[String],
) -> PolarsResult<BTreeMap<Group, Vec<f64>>> {
    let mut lists: BTreeMap<Group, Vec<f64>> = BTreeMap::new();
    let Aggregate::Sum(value) = &measure.aggregate else {
        return Ok(lists);
    };
    if measure.refusal(data, dimensions).is_some() {
        return Ok(lists);
    }
    let frame = grouped_frame(
        data,
        measure.source,
        measure.dated_by.as_deref(),
        dimensions,
    )?;
    let mut columns: Vec<Expr> = dimensions
        .iter()
        .map(|name| polars::prelude::col(name.as_str()).fill_null(lit(tables::NONE)))
        .collect();
    columns.push(value.clone().cast(DataType::Float64).alias("#value"));
    let kept = frame.filter(measure.keep.clone().fill_null(lit(false)));
    let table = kept.select(columns).collect()?;
    let groups = groups_of(&table, dimensions)?;
    for (group, value) in groups
        .into_iter()
        .zip(table.column("#value")?.f64()?.iter())
    {
        lists.entry(group).or_default().push(value.unwrap_or(0.0));
    }
    Ok(lists)
}

/// All values that a dimension has anywhere in the data, in order.
#[must_use]
pub fn dimension_values(data: &Data, name: &str) -> BTreeSet<String> {
    Source::ALL
        .iter()
        .filter_map(|source| data.frame(*source).column(name).ok()?.str().ok())
        .flat_map(|column| {
            let distinct = column.unique().unwrap_or_default();
            distinct
                .iter()
                .map(|value| value.unwrap_or(tables::NONE).to_owned())
                .collect::<Vec<_>>()
        })
        .collect()
}
