//! Workbooks of spreadsheets: XLSX, XLSB, XLS, ODS.
//!
//! One sheet is read: the one that was named, else the first visible one that holds a
//! table. Which one, and which others there are, is said. Rows keep their numbers.

use std::io::Cursor;

use calamine::{Data, Range, Reader, SheetType, SheetVisible, Sheets, open_workbook_auto_from_rs};

use super::DecodeError;
use super::cells::{Written, number};
use crate::domain::guarded::guarded;

type Book = Sheets<Cursor<Vec<u8>>>;

/// The text of a sheet.
///
/// # Errors
/// `Damaged` where it is no readable workbook; `UnknownSheet` for a sheet that is not
/// there; `Empty` where no sheet has a cell.
pub fn read(bytes: Vec<u8>, sheet: Option<&str>) -> Result<Written, DecodeError> {
    let broken = || DecodeError::Workbook("its parts do not fit together".to_owned());
    guarded(|| read_book(bytes, sheet)).ok_or_else(broken)?
}

fn read_book(bytes: Vec<u8>, sheet: Option<&str>) -> Result<Written, DecodeError> {
    let mut book = open_workbook_auto_from_rs(Cursor::new(bytes))
        .map_err(|error| DecodeError::Workbook(shown(&error)))?;
    let names = visible(&book);
    let Some(wanted) = sheet else {
        return first_table(&mut book, &names);
    };
    let all = book.sheet_names();
    let found = all
        .iter()
        .find(|name| name.to_lowercase() == wanted.to_lowercase());
    let Some(name) = found else {
        return Err(DecodeError::UnknownSheet {
            wanted: wanted.to_owned(),
            names: all,
        });
    };
    written(&range(&mut book, name)?)
}

fn shown(error: &calamine::Error) -> String {
    let text = error.to_string();
    text.lines()
        .next()
        .unwrap_or_default()
        .chars()
        .take(120)
        .collect()
}

fn visible(book: &Book) -> Vec<String> {
    book.sheets_metadata()
        .iter()
        .filter(|sheet| sheet.typ == SheetType::WorkSheet && sheet.visible == SheetVisible::Visible)
        .map(|sheet| sheet.name.clone())
        .collect()
}

fn range(book: &mut Book, name: &str) -> Result<Range<Data>, DecodeError> {
    book.worksheet_range(name)
        .map_err(|error| DecodeError::Workbook(shown(&error)))
}

/// The first sheet with a table: two rows and two columns, else anything at all.
fn first_table(book: &mut Book, names: &[String]) -> Result<Written, DecodeError> {
    let mut some: Option<(&String, Range<Data>)> = None;
    let mut tables = 0;
    for name in names {
        let range = range(book, name)?;
        let is_table = range.height() > 1 && range.width() > 1;
        let held = some.as_ref().map_or((0, 0), |(_, range)| range.get_size());
        let has_table = held.0 > 1 && held.1 > 1;
        tables += usize::from(is_table);
        if !range.is_empty() && (some.is_none() || is_table && !has_table) {
            some = Some((name, range));
        }
    }
    let Some((name, range)) = some else {
        return Err(DecodeError::Empty);
    };
    let mut written = written(&range)?;
    if tables > 1 {
        let others: Vec<&str> = names
            .iter()
            .filter(|other| *other != name)
            .map(String::as_str)
            .collect();
        written.chosen = Some(format!(
            "the sheet `{name}` is read; others are {}",
            others.join(", ")
        ));
    }
    Ok(written)
}

fn written(range: &Range<Data>) -> Result<Written, DecodeError> {
    let mut written = Written::default();
    let Some((first, _)) = range.start() else {
        return Err(DecodeError::Empty);
    };
    (0..first).for_each(|_| written.push(std::iter::empty()));
    let mut cells: Vec<String> = Vec::new();
    for row in range.rows() {
        cells.clear();
        cells.extend(row.iter().map(text));
        written.push(cells.iter().map(String::as_str));
    }
    Ok(written)
}

/// A cell as text; dates are ISO dates, durations hours, an error is its own word.
fn text(cell: &Data) -> String {
    match cell {
        Data::Empty => String::new(),
        Data::String(text) | Data::DateTimeIso(text) | Data::DurationIso(text) => text.clone(),
        Data::Int(value) => value.to_string(),
        Data::Float(value) => number(*value),
        Data::Bool(value) => value.to_string(),
        Data::Error(error) => error.to_string(),
        Data::DateTime(at) if at.is_duration() => duration(at.as_f64()),
        Data::DateTime(at) => {
            let (year, month, day, hour, minute, second, _) = at.to_ymd_hms_milli();
            let date = format!("{year:04}-{month:02}-{day:02}");
            match (hour, minute, second) {
                (0, 0, 0) => date,
                _ => format!("{date} {hour:02}:{minute:02}:{second:02}"),
            }
        }
    }
}

/// Days as `hours:minutes:seconds`.
fn duration(days: f64) -> String {
    let seconds = (days * 86_400.0).round();
    let sign = if seconds < 0.0 { "-" } else { "" };
    let seconds = seconds.abs() as u64;
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    format!("{sign}{hours}:{minutes:02}:{seconds:02}")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Found by the fuzzer: a chain of sectors that ends behind the file.
    #[test]
    fn a_file_that_ends_within_a_chain_is_refused() {
        let mut bytes = vec![0; 4200];
        bytes[..8].copy_from_slice(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1");
        let header = [
            (24, 59),
            (26, 3),
            (28, 254),
            (29, 255),
            (30, 9),
            (32, 6),
            (48, 8),
        ];
        let chain = [(64, 1), (68, 254), (69, 255), (70, 255), (71, 255)];
        for (place, byte) in header.into_iter().chain(chain) {
            bytes[place] = byte;
        }
        assert!(matches!(read(bytes, None), Err(DecodeError::Workbook(_))));
    }
}
