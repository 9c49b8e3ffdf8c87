//! A report in another language.
//!
//! One pass over the finished document gives every text that the program itself wrote to a
//! translator. Words of the user's files stand in the same places; they fit no message and
//! stay. Ids, numbers and the contract of scripts are never touched.

use super::document::{Block, Cell, Chart, Report, Section, Table};

/// Gives the texts of a report to `say`, each to be replaced by what it is in another language.
pub fn speak(report: &mut Report, say: &dyn Fn(&str) -> String) {
    let put = |text: &mut String| *text = say(text);
    put(&mut report.title);
    report.summary.iter_mut().for_each(put);
    for section in &mut report.sections {
        speak_section(section, say);
    }
    for table in &mut report.tables {
        speak_table(table, say);
    }
    for chart in &mut report.charts {
        speak_chart(chart, say);
    }
    for note in &mut report.notes {
        put(&mut note.text);
        put(&mut note.severity);
        note.hint.iter_mut().for_each(put);
    }
    for check in &mut report.checks {
        check.reason.iter_mut().for_each(put);
    }
}

fn speak_section(section: &mut Section, say: &dyn Fn(&str) -> String) {
    let put = |text: &mut String| *text = say(text);
    put(&mut section.title);
    for block in &mut section.blocks {
        match block {
            Block::Text(text) => put(text),
            Block::List(points) => points.iter_mut().for_each(put),
            Block::Tiles(tiles) => {
                for tile in tiles {
                    put(&mut tile.label);
                    tile.comparisons
                        .iter_mut()
                        .for_each(|other| put(&mut other.label));
                }
            }
            Block::Table(_) | Block::Chart(_) => {}
        }
    }
}

fn speak_table(table: &mut Table, say: &dyn Fn(&str) -> String) {
    let put = |text: &mut String| *text = say(text);
    put(&mut table.title);
    table.remarks.iter_mut().for_each(put);
    table
        .columns
        .iter_mut()
        .for_each(|column| put(&mut column.title));
    let own: Vec<bool> = table
        .columns
        .iter()
        .map(|column| is_own(&column.id))
        .collect();
    for row in &mut table.rows {
        for (cell, own) in row.iter_mut().zip(&own) {
            if let (Cell::Text(text), true) = (cell, own) {
                put(text);
            }
        }
    }
}

/// Columns whose words are the program's own, whatever the table.
fn is_own(column: &str) -> bool {
    const OWN: &[&str] = &[
        "figure",
        "what",
        "leak",
        "advice",
        "line",
        "severity",
        "text",
        "hint",
        "why",
        "reason",
        "reference",
        "promise",
        "bucket",
        "step",
        "kind",
        "unit",
        "export",
        "way_out",
        "metric",
        "index",
        "measure",
        "method",
        "part",
        "move",
        "rate",
        "win_rate",
        "name",
        "finding",
        "status",
        "window",
        "clock",
        "share_of",
        "factor",
        "key",
        "figures",
        "basis",
    ];
    OWN.contains(&column)
}

fn speak_chart(chart: &mut Chart, say: &dyn Fn(&str) -> String) {
    let put = |text: &mut String| *text = say(text);
    put(&mut chart.title);
    put(&mut chart.description);
    chart.plot.labels_mut().into_iter().for_each(put);
}
