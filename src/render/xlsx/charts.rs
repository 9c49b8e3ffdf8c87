//! Native charts beside the table that holds their numbers.
//!
//! A chart of a workbook refers to cells, so that it moves with them when somebody edits
//! the sheet. A plot fits where its names and its values stand in two columns of its table,
//! in whatever order: bars, histograms, the stages of a funnel and the panels of a trend.
//! What a spreadsheet cannot draw (intervals that differ by side, flows, heat, waterfalls)
//! stays with the drawings of the report.

use rust_xlsxwriter::{Chart as Native, ChartType, Worksheet, XlsxError};

use crate::render::flat::{self, Value};
use crate::report::document::{Chart, Table};
use crate::report::plots::Plot;

/// Rows that a chart covers.
const HEIGHT: u32 = 16;
/// Pixels of a chart.
const WIDTH: u32 = 640;

/// Draws the charts of a table to the right of its columns, one below the other.
///
/// # Errors
/// What the writer cannot do.
pub fn draw(
    charts: &[&Chart],
    table: &Table,
    name: &str,
    sheet: &mut Worksheet,
) -> Result<(), XlsxError> {
    let cells = Cells::of(table);
    let right = u16::try_from(cells.width + 1).unwrap_or(u16::MAX);
    let series = charts.iter().flat_map(|chart| series(chart));
    let placed = series.filter_map(|series| cells.place(&series).map(|place| (series, place)));
    for (number, (series, place)) in (0..).zip(placed) {
        let mut native = Native::new(series.sort);
        // A title that begins like a formula would be taken for a reference.
        let title = super::text(&series.title);
        native.title().set_name(title.trim_start_matches('='));
        native.legend().set_hidden();
        let (first, last) = (place.first, place.last);
        native
            .add_series()
            .set_categories((name, first, place.names, last, place.names))
            .set_values((name, first, place.values, last, place.values));
        if series.sort == ChartType::Bar {
            // The first row on top, as in the table.
            native.y_axis().set_reverse();
        }
        native.set_width(WIDTH).set_height(HEIGHT * 20);
        sheet.insert_chart(1 + number * (HEIGHT + 1), right, &native)?;
    }
    Ok(())
}

/// Names with a value each, as a plot draws them.
struct Series {
    title: String,
    sort: ChartType,
    points: Vec<(String, Option<f64>)>,
}

/// What a plot has of such series; nothing where a spreadsheet has no such chart.
fn series(chart: &Chart) -> Vec<Series> {
    let one = |sort, points| {
        vec![Series {
            title: chart.title.clone(),
            sort,
            points,
        }]
    };
    match &chart.plot {
        Plot::Bars(bars) | Plot::Histogram(bars) => {
            let points = bars.bars.iter();
            let points = points.map(|bar| (bar.label.clone(), bar.value.ok()));
            one(ChartType::Bar, points.collect())
        }
        Plot::Funnel(steps) => {
            let points = steps.iter();
            let points = points.map(|step| (step.label.clone(), Some(step.count as f64)));
            one(ChartType::Bar, points.collect())
        }
        Plot::Trend(trend) => {
            let panels = trend.panels.iter();
            let panel = panels.map(|panel| Series {
                title: panel.title.clone(),
                sort: ChartType::Line,
                points: trend
                    .periods
                    .iter()
                    .zip(&panel.points)
                    .map(|(period, point)| (period.clone(), point.value))
                    .collect(),
            });
            panel.collect()
        }
        _ => Vec::new(),
    }
}

/// A table as it stands on its sheet, without the heading.
struct Cells<'a> {
    rows: Vec<Vec<Value<'a>>>,
    width: usize,
}

/// The cells of a series: first and last row (below the heading), column of the names and
/// of the values.
#[derive(Debug, PartialEq, Eq)]
struct Place {
    first: u32,
    last: u32,
    names: u16,
    values: u16,
}

impl<'a> Cells<'a> {
    fn of(table: &'a Table) -> Self {
        let rows = table.rows.iter().map(|row| flat::values(table, row));
        Self {
            rows: rows.collect(),
            width: flat::columns(table).len(),
        }
    }

    /// The rows from the first to the last that the series has, in the order of the table.
    fn place(&self, series: &Series) -> Option<Place> {
        let columns = 0..self.width;
        let mut pairs = columns
            .clone()
            .flat_map(|names| columns.clone().map(move |values| (names, values)));
        pairs.find_map(|(names, values)| {
            let rows = self.rows_of(series, names, values)?;
            Some(Place {
                first: u32::try_from(rows.iter().min()? + 1).ok()?,
                last: u32::try_from(rows.iter().max()? + 1).ok()?,
                names: u16::try_from(names).ok()?,
                values: u16::try_from(values).ok()?,
            })
        })
    }

    /// The row of each point; nothing where one is missing.
    fn rows_of(&self, series: &Series, names: usize, values: usize) -> Option<Vec<usize>> {
        let points = &series.points;
        // All without a value, a column of empty cells would do as well.
        points.iter().find(|(_, value)| value.is_some())?;
        let row_of = |(name, value): &(String, Option<f64>)| {
            let mut rows = self.rows.iter();
            rows.position(|row| is_name(&row[names], name) && is_value(&row[values], *value))
        };
        points.iter().map(row_of).collect()
    }
}

/// Charts show names as people write them, tables as keys.
fn is_name(cell: &Value, name: &str) -> bool {
    let folded = |text: &str| text.to_lowercase().replace('_', " ");
    matches!(cell, Value::Text(text) if folded(text) == folded(name))
}

fn is_value(cell: &Value, value: Option<f64>) -> bool {
    let number = match cell {
        Value::Null => None,
        Value::Whole(count) => Some(*count as f64),
        Value::Number(number) => Some(*number),
        Value::Money(amount) => Some(amount.units()),
        Value::Text(_) | Value::Flag(_) => return false,
    };
    number == value
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::report::document::{Cell, Column, Kind};

    fn table() -> Table {
        let column = |id: &str, kind| Column::new(id, id, kind);
        let columns = vec![
            column("channel", Kind::Text),
            column("lead", Kind::Count),
            column("roi", Kind::Share),
        ];
        let row = |name: &str, lead: i64, roi: Option<f64>| {
            let roi = roi.map_or(Cell::Blank, Cell::Share);
            vec![Cell::Text(name.to_owned()), Cell::Count(lead), roi]
        };
        let rows = vec![
            row("Email", 3, None),
            row("paid_search", 5, Some(0.5)),
            row("SEO", 4, Some(-1.0)),
        ];
        Table {
            id: "channels".to_owned(),
            title: "Channels".to_owned(),
            columns,
            rows,
            remarks: Vec::new(),
        }
    }

    fn place(points: &[(&str, Option<f64>)]) -> Option<(u32, u32, u16, u16)> {
        let points = points.iter();
        let series = Series {
            title: String::new(),
            sort: ChartType::Bar,
            points: points
                .map(|(name, value)| ((*name).to_owned(), *value))
                .collect(),
        };
        let table = table();
        let place = Cells::of(&table).place(&series)?;
        Some((place.first, place.last, place.names, place.values))
    }

    #[test]
    fn a_series_is_found_where_its_names_and_values_stand() {
        // channel, lead, lead_undefined, roi, roi_undefined: the heading is row 0.
        assert_eq!(
            place(&[("SEO", Some(-1.0)), ("Paid search", Some(0.5))]),
            Some((2, 3, 0, 3))
        );
        assert_eq!(
            place(&[("Email", Some(3.0)), ("SEO", Some(4.0))]),
            Some((1, 3, 0, 1))
        );
        assert_eq!(
            place(&[("Email", None), ("SEO", Some(-1.0))]),
            Some((1, 3, 0, 3))
        );
        assert_eq!(place(&[("SEO", Some(0.25))]), None);
        assert_eq!(place(&[("Fair", Some(0.5))]), None);
        assert_eq!(place(&[("Email", None)]), None);
    }
}
