//! The tables as a workbook: a sheet each, real numbers, formats, frozen headings.
//!
//! Numbers are unrounded and only shown rounded; text is always text, so that nothing of
//! a file can run as a formula. The first sheet says what the workbook is about; charts stand
//! beside the table that holds their numbers.

mod charts;

use rust_xlsxwriter::{
    DocProperties, ExcelDateTime, Format, FormatAlign, Workbook, Worksheet, XlsxError,
};

use super::flat::{self, FlatColumn, Value};
use super::speech::Speech;
use super::{Options, RenderError, escape};
use crate::report::document::{Chart, Kind, Report, Table};

/// Letters that a cell can hold.
const LONGEST: usize = 32_767;
/// Letters that the name of a sheet can have.
const LONGEST_NAME: usize = 31;

/// Every table that people read, a sheet each.
///
/// # Errors
/// [`RenderError::NoTable`] where the report has none; [`RenderError::Encode`] where a table
/// has more rows than a sheet.
pub fn render(report: &Report, options: &Options) -> Result<Vec<u8>, RenderError> {
    if report.tables.is_empty() {
        return Err(RenderError::NoTable("xlsx"));
    }
    let spoken = options.speech.report(report);
    written(&spoken, &options.speech).map_err(|error| RenderError::Encode {
        format: "xlsx",
        cause: error.to_string(),
    })
}

fn written(report: &Report, speech: &Speech) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    // The same report is the same bytes, whatever the day.
    let made = ExcelDateTime::from_ymd(2000, 1, 1)?;
    let about = DocProperties::new()
        .set_title(text(&report.title))
        .set_author("leadflow")
        .set_creation_datetime(&made);
    book.set_properties(&about);
    about_sheet(report, speech, book.add_worksheet())?;
    let mut names = vec!["About".to_owned()];
    for table in report.tables.iter().filter(|table| !table.rows.is_empty()) {
        let name = sheet_name(&table.id, &names);
        let sheet = book.add_worksheet();
        sheet.set_right_to_left(speech.language().right_to_left);
        sheet.set_name(&name)?;
        table_sheet(table, report.context.currency.as_deref(), sheet)?;
        let own: Vec<&Chart> = report
            .charts
            .iter()
            .filter(|chart| chart.table == table.id)
            .collect();
        charts::draw(&own, table, &name, sheet)?;
        names.push(name);
    }
    book.save_to_buffer()
}

/// The id, cut to what a sheet allows, and never twice.
fn sheet_name(id: &str, taken: &[String]) -> String {
    let plain = |c: char| !matches!(c, '[' | ']' | ':' | '*' | '?' | '/' | '\\' | '\'');
    let cut = |length: usize| -> String { id.chars().filter(|c| plain(*c)).take(length).collect() };
    let is_free = |name: &String| {
        let name = name.to_lowercase();
        !name.is_empty() && taken.iter().all(|taken| taken.to_lowercase() != name)
    };
    let numbered = (2..).map(|number| format!("{}_{number}", cut(LONGEST_NAME - 4)));
    std::iter::once(cut(LONGEST_NAME))
        .chain(numbered)
        .find(is_free)
        .unwrap_or_default()
}

fn about_sheet(report: &Report, speech: &Speech, sheet: &mut Worksheet) -> Result<(), XlsxError> {
    sheet.set_name("About")?;
    sheet.set_right_to_left(speech.language().right_to_left);
    let bold = Format::new().set_bold();
    let wrapped = Format::new().set_text_wrap().set_align(FormatAlign::Top);
    sheet.set_column_width(0, 22)?;
    sheet.set_column_width(1, 90)?;
    let context = &report.context;
    let known = [
        ("Report", Some(report.title.clone())),
        ("Period", Some(context.period.label.clone())),
        ("As of", context.as_of.clone()),
        ("Time zone", Some(context.time_zone.clone())),
        ("Currency", context.currency.clone()),
    ];
    let known = known
        .into_iter()
        .filter_map(|(name, value)| Some((name, value?)));
    let summary = report.summary.iter().map(|line| ("Summary", line.clone()));
    let notes = report.notes.iter().map(|note| ("Note", note.text.clone()));
    for (row, (name, value)) in (0..).zip(known.chain(summary).chain(notes)) {
        sheet.write_string_with_format(row, 0, speech.say(name), &bold)?;
        sheet.write_string_with_format(row, 1, text(&value), &wrapped)?;
    }
    Ok(())
}

fn table_sheet(
    table: &Table,
    currency: Option<&str>,
    sheet: &mut Worksheet,
) -> Result<(), XlsxError> {
    let columns = flat::columns(table);
    let head = Format::new().set_bold().set_text_wrap();
    let formats: Vec<Format> = columns
        .iter()
        .map(|column| format(column, currency))
        .collect();
    let rows: Vec<Vec<Value>> = table
        .rows
        .iter()
        .map(|row| flat::values(table, row))
        .collect();
    for (place, (column, format)) in (0..).zip(columns.iter().zip(&formats)) {
        sheet.write_string_with_format(0, place, text(&column.name), &head)?;
        sheet.set_column_format(place, format)?;
        sheet.set_column_width(place, width(&rows, place, column))?;
    }
    for (row, values) in (1..).zip(&rows) {
        for (place, (value, format)) in (0..).zip(values.iter().zip(&formats)) {
            match value {
                Value::Null => continue,
                Value::Text(words) => sheet.write_string(row, place, text(words))?,
                Value::Whole(count) => {
                    sheet.write_number_with_format(row, place, *count as f64, format)?
                }
                Value::Number(number) => {
                    sheet.write_number_with_format(row, place, *number, format)?
                }
                Value::Money(amount) => {
                    sheet.write_number_with_format(row, place, amount.units(), format)?
                }
                Value::Flag(flag) => sheet.write_boolean(row, place, *flag)?,
            };
        }
    }
    sheet.set_freeze_panes(1, 1)?;
    if let (Ok(rows), Ok(last)) = (
        u32::try_from(table.rows.len()),
        u16::try_from(columns.len().saturating_sub(1)),
    ) {
        sheet.autofilter(0, 0, rows, last)?;
    }
    Ok(())
}

/// How a number is shown; the cell keeps all its digits.
fn format(column: &FlatColumn, currency: Option<&str>) -> Format {
    let pattern = match column.kind {
        Kind::Text | Kind::Flag => return Format::new(),
        Kind::Count => "#,##0".to_owned(),
        Kind::Share | Kind::Rate => "0.0%".to_owned(),
        Kind::Money => match currency.filter(|code| code.chars().all(char::is_alphanumeric)) {
            Some(code) => format!("#,##0.00 \"{code}\""),
            None => "#,##0.00".to_owned(),
        },
        Kind::Days | Kind::Seconds => "#,##0.0".to_owned(),
        Kind::Number | Kind::Ratio | Kind::Estimate => "#,##0.00".to_owned(),
    };
    Format::new().set_num_format(pattern)
}

/// As wide as the heading, or as the words below it, within reason.
fn width(rows: &[Vec<Value>], place: u16, column: &FlatColumn) -> f64 {
    let cells = rows.iter().take(200);
    let longest = cells
        .filter_map(|row| match row.get(usize::from(place)) {
            Some(Value::Text(words)) => Some(words.chars().count()),
            _ => None,
        })
        .max();
    let letters = longest.unwrap_or(9).max(column.name.chars().count()) + 2;
    letters.clamp(8, 48) as f64
}

/// Words as a cell may hold them: without letters that XML forbids, cut where they are too long.
fn text(words: &str) -> String {
    escape::xml_letters(words).chars().take(LONGEST).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::render::sample;
    use calamine::{Data, Reader, Xlsx};
    use std::io::Cursor;

    fn sheets() -> Vec<(String, calamine::Range<Data>)> {
        let bytes = render(&sample::report(), &Options::default()).unwrap();
        let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).unwrap();
        book.worksheets()
    }

    #[test]
    fn every_cell_reads_back_as_what_it_is() {
        let report = sample::report();
        let sheets = sheets();
        for table in report.tables.iter().filter(|table| !table.rows.is_empty()) {
            let (_, range) = sheets.iter().find(|(name, _)| *name == table.id).unwrap();
            let columns = flat::columns(table);
            assert_eq!(range.get_size(), (table.rows.len() + 1, columns.len()));
            for (row, cells) in table.rows.iter().enumerate() {
                for (place, value) in flat::values(table, cells).iter().enumerate() {
                    let found = &range[(row + 1, place)];
                    match (value, found) {
                        (Value::Null, Data::Empty) => {}
                        (Value::Text(words), Data::String(found)) => {
                            assert_eq!(*found, text(words));
                        }
                        (Value::Text(words), Data::Empty) => assert!(words.is_empty()),
                        (Value::Whole(count), Data::Float(found)) => {
                            assert_eq!(*found, *count as f64);
                        }
                        (Value::Number(number), Data::Float(found)) => assert_eq!(found, number),
                        (Value::Money(amount), Data::Float(found)) => {
                            assert_eq!(*found, amount.units());
                        }
                        (Value::Flag(flag), Data::Bool(found)) => assert_eq!(found, flag),
                        (value, found) => panic!("{value:?} became {found:?}"),
                    }
                }
            }
        }
    }

    #[test]
    fn names_of_sheets_are_short_and_differ() {
        let long = "a_table_with_a_name_beyond_all_reason";
        let first = sheet_name(long, &[]);
        assert_eq!(first.len(), 31);
        let second = sheet_name(long, std::slice::from_ref(&first));
        assert!(second != first && second.len() <= 31);
        assert_eq!(sheet_name("a/b:c", &[]), "abc");
        assert_eq!(sheet_name("ABOUT", &["About".into()]), "ABOUT_2");
    }
}
