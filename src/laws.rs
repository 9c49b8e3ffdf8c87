//! What must hold for any input whatever, as functions that panic where it does not.
//!
//! One text for two uses: the tests below try each law on random inputs, the targets in
//! `fuzz/` let a fuzzer look for the input that breaks it. Nothing here is part of the
//! program; the module exists in tests and with the feature `laws`.

#![allow(
    clippy::panic,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::missing_panics_doc,
    reason = "a law that does not hold ends the test"
)]

use csv::{QuoteStyle, StringRecord, WriterBuilder};

use crate::checks::Check;
use crate::checks::expression::Threshold;
use crate::diagnostics::Diagnostic;
use crate::ingest::cell::date::DateColumn;
use crate::ingest::cell::number::{NumberColumn, NumberOptions};
use crate::ingest::cell::plain;
use crate::ingest::decode::{DecodeOptions, decode};
use crate::ingest::detect::{Recognition, recognise, spec_for};
use crate::ingest::dialect::{Dialect, DialectOptions, find};
use crate::ingest::mapping::resolve;
use crate::ingest::reader::{ReadError, RowKind, Rows};
use crate::ingest::spec::InputSpec;
use crate::render::escape;
use crate::settings::document::Document;
use crate::tables::schema::TABLES;

/// A finding says something; what moves a cursor is made visible where it is printed.
fn is_for_people(finding: &Diagnostic) {
    for text in std::iter::once(finding.text.as_str()).chain(finding.hint.as_deref()) {
        assert!(!text.trim().is_empty());
        assert!(
            !escape::terminal(text).chars().any(char::is_control),
            "{text:?}"
        );
    }
}

/// Bytes become text without NUL, or are refused in a sentence; plain UTF-8 is not touched.
pub fn decoder(bytes: &[u8]) {
    let options = DecodeOptions {
        max_decompressed_bytes: 16 << 20,
        ..DecodeOptions::default()
    };
    match decode(bytes.to_vec(), &options) {
        Err(error) => is_for_people(&error.diagnostic("file")),
        Ok(decoded) => {
            assert!(!decoded.text.contains('\0'));
            let untouched = decoded.encoding == "UTF-8" && !decoded.compressed && !decoded.typed;
            let plain = std::str::from_utf8(bytes)
                .ok()
                .filter(|text| untouched && !text.starts_with('\u{feff}') && !text.contains('\r'));
            if let Some(text) = plain {
                assert_eq!(decoded.text, text);
            }
            if let Some(finding) = decoded.finding("file") {
                is_for_people(&finding);
            }
        }
    }
}

/// Quotes are the only thing that reading takes out of a cell.
fn unquoted(text: &str) -> String {
    text.chars().filter(|c| *c != '"').collect()
}

/// Whatever the table is taken to be, its rows stand in the text, in its order, and every
/// cell in its row.
pub fn dialect(text: &str) {
    match find(text, &DialectOptions::default()) {
        Err(error) => is_for_people(&error.diagnostic("file")),
        Ok(dialect) => {
            dialect.findings("file").iter().for_each(is_for_people);
            rows_stand_in(text, &dialect);
        }
    }
}

fn rows_stand_in(text: &str, dialect: &Dialect) {
    let lines = text.matches('\n').count() as u64 + 1;
    let mut rows = Rows::new(text, dialect);
    let mut before = dialect.header_line.unwrap_or(0);
    let mut rest = text;
    loop {
        match rows.next_row() {
            Ok(None) => break,
            Ok(Some(row)) => {
                assert!(row.line <= lines, "line {} of {lines}", row.line);
                assert!(row.line >= before, "line {} behind {before}", row.line);
                before = row.line;
                let at = rest
                    .find(row.raw)
                    .unwrap_or_else(|| panic!("{:?}", row.raw));
                rest = &rest[at + row.raw.len()..];
                let raw = unquoted(row.raw);
                for cell in row.cells {
                    assert!(raw.contains(&unquoted(cell)), "{cell:?} is not in {raw:?}");
                }
                let fits = row.cells.len() == dialect.header.len();
                assert!(!fits || row.kind == RowKind::Data, "{:?}", row.raw);
            }
            Err(error) => {
                is_for_people(&error.diagnostic("file"));
                assert!(!matches!(error, ReadError::Broken { .. }), "{error:?}");
                break;
            }
        }
    }
}

/// What is written as CSV is read back cell by cell. Rows of nothing are no rows.
pub fn round_trip(cells: &[Vec<String>], delimiter: u8) {
    let Some(width) = cells.first().map(Vec::len).filter(|width| *width > 0) else {
        return;
    };
    // A row of nothing is none, and `# ...` is a comment.
    let fits = |row: &&Vec<String>| {
        let said = |cell: &String| cell.chars().any(char::is_alphanumeric);
        let rest = row.first().and_then(|cell| cell.trim().strip_prefix('#'));
        let comment = rest.is_some_and(|rest| {
            rest.is_empty() || rest.starts_with([' ', '-', '=', '#', '*', '\u{a0}'])
        });
        row.len() == width && row.iter().any(said) && !comment
    };
    let wanted: Vec<&Vec<String>> = cells.iter().filter(fits).collect();
    let mut writer = WriterBuilder::new()
        .delimiter(delimiter)
        .quote_style(QuoteStyle::Always)
        .from_writer(Vec::new());
    let header: Vec<String> = (0..width)
        .map(|column| format!("column {column}"))
        .collect();
    writer.write_record(&header).unwrap();
    wanted
        .iter()
        .for_each(|row| writer.write_record(*row).unwrap());
    let text = String::from_utf8(writer.into_inner().unwrap()).unwrap();
    let options = DialectOptions {
        delimiter: Some(delimiter),
        header_row: Some(1),
        ..DialectOptions::default()
    };
    let dialect = find(&text, &options).unwrap();
    assert_eq!(dialect.header, header);
    let mut rows = Rows::new(&text, &dialect);
    for row in wanted {
        let read = rows
            .next_row()
            .unwrap()
            .unwrap_or_else(|| panic!("{row:?} is lost in {text:?}"));
        assert_eq!(read.cells, &StringRecord::from(row.clone()), "in {text:?}");
    }
    assert!(
        rows.next_row().unwrap().is_none(),
        "a row too many in {text:?}"
    );
}

/// Cells, one a line, as a column of numbers: every value is finite and consists of digits
/// that its cell has.
pub fn number(text: &str) {
    for money in [false, true] {
        let mut column = NumberColumn::new(NumberOptions {
            decimal: None,
            money,
        });
        text.lines().for_each(|cell| column.push(cell));
        let numbers = column.finish();
        for (row, cell) in text.lines().enumerate() {
            let Some(value) = numbers.value(row) else {
                continue;
            };
            assert!(value.is_finite(), "{cell:?}");
            let micros = numbers.micros(row).unwrap();
            let exact = micros.abs() < 1 << 53 && (micros as f64 / 1e6) == value;
            if exact && cell.len() < 18 {
                let digits = significant(&micros.to_string());
                let written: String = plain(cell).chars().filter(char::is_ascii_digit).collect();
                assert!(written.contains(&digits), "{micros} of {cell:?}");
            }
        }
        let place = |_: usize| crate::diagnostics::Location::file("file");
        numbers
            .findings("column", &place)
            .iter()
            .for_each(is_for_people);
    }
}

/// Digits without zeros at either end.
fn significant(number: &str) -> String {
    number.trim_matches(['0', '-']).to_owned()
}

/// Cells, one a line, as a column of dates: every date is one of the calendar, and its ISO
/// form is read as the same moment.
pub fn date(text: &str) {
    let mut column = DateColumn::new();
    text.lines().for_each(|cell| column.push(cell));
    let dates = column.finish();
    let mut again = DateColumn::new();
    let mut wanted = Vec::new();
    for stamp in dates.iter().flatten() {
        let zone = if stamp.zoned { "Z" } else { "" };
        let naive = stamp.naive();
        let written = match stamp.date_only {
            true => naive.format("%Y-%m-%d").to_string(),
            false => format!("{}{zone}", naive.format("%Y-%m-%dT%H:%M:%S%.3f")),
        };
        // Years before the first and beyond the ninth thousand have another form.
        if (1..=9999).contains(&chrono::Datelike::year(&naive)) {
            again.push(&written);
            wanted.push((stamp, written));
        }
    }
    let again = again.finish();
    for (row, (stamp, written)) in wanted.iter().enumerate() {
        assert_eq!(again.get(row), Some(*stamp), "{written}");
    }
    let place = |_: usize| crate::diagnostics::Location::file("file");
    dates
        .findings("column", &place)
        .iter()
        .for_each(is_for_people);
}

/// Headers, one a line: whatever they are taken for, columns are read from cells that are
/// there, and none twice under one name.
pub fn mapping(text: &str) {
    let header: Vec<String> = text.lines().map(str::to_owned).collect();
    let stages = ["lead", "mql", "customer"].map(str::to_owned);
    let spec = match recognise(&header) {
        Recognition::Known(source) => Some(spec_for(source, &header)),
        Recognition::Generic { spec, .. } => Some(*spec),
        _ => None,
    };
    for table in TABLES {
        let result = resolve(
            &InputSpec::default(),
            table,
            &header,
            &stages,
            spec.as_ref(),
        );
        let mapping = match result {
            Ok(mapping) => mapping,
            Err(findings) => {
                findings.iter().for_each(is_for_people);
                continue;
            }
        };
        let mut names: Vec<&str> = mapping
            .columns
            .iter()
            .map(|column| column.canonical.as_str())
            .collect();
        names.sort_unstable();
        names
            .windows(2)
            .for_each(|pair| assert_ne!(pair[0], pair[1]));
        for column in &mapping.columns {
            let mut cells = column.source.cells();
            assert!(cells.all(|cell| cell < header.len()), "{column:?}");
        }
        assert!(mapping.unmapped.iter().all(|cell| *cell < header.len()));
        mapping.notes.iter().for_each(is_for_people);
        let _ = mapping.sentence(&header);
    }
}

/// A configuration has its keys at places of the text, or a complaint with a line of it.
pub fn configuration(text: &str) {
    let lines = text.lines().count() as u64 + 1;
    match Document::parse("leadflow.toml", text) {
        Ok(document) => {
            for (path, place) in &document.places {
                assert!(place.line >= 1 && place.line <= lines, "{path}");
            }
        }
        Err(failure) => {
            assert!(!failure.0.is_empty());
            for finding in &failure.0 {
                is_for_people(finding);
                let line = finding.location.as_ref().and_then(|place| place.line);
                assert!(
                    line.is_none_or(|line| (1..=lines).contains(&line)),
                    "{line:?}"
                );
            }
        }
    }
}

/// A check is understood as what it says again when it is read once more, or the caret of
/// its complaint stands below it.
pub fn check(text: &str) {
    match Check::parse(text) {
        Ok(check) => {
            assert_eq!(Check::parse(&check.text).as_ref(), Ok(&check), "{text:?}");
            assert!(text.contains(&check.metric.key) && !check.metric.key.is_empty());
            if let Threshold::Number(number, _) = check.threshold {
                assert!(number.is_finite(), "{text:?}");
            }
        }
        Err(complaint) => {
            let length = complaint.check.chars().count();
            assert!(complaint.at <= length, "{} of {text:?}", complaint.at);
            assert!(!complaint.text.is_empty() && !complaint.hint.is_empty());
        }
    }
}

/// Escaped text cannot leave its place, and says the same where its form can say it.
pub fn escapers(text: &str) {
    xml(text);
    csv(text);
    json(text);
    let command = |line: &str| line.trim_start().starts_with("::");
    for line in [
        escape::terminal(text).into_owned(),
        escape::workflow(text),
        escape::workflow_property(text),
    ] {
        assert!(!line.chars().any(char::is_control), "{line:?}");
    }
    assert!(!command(&escape::terminal(text)), "{text:?}");
    let slug = escape::slug(text);
    let safe = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    assert!(
        !slug.is_empty() && slug.len() <= 80 && slug.chars().all(safe),
        "{slug:?}"
    );
    bars(&escape::markdown(text));
}

/// Between tags and in attributes: no mark of its own, every reference known, the text back.
fn xml(text: &str) {
    let escaped = escape::xml(text);
    assert!(!escaped.contains(['<', '>', '"', '\'']), "{escaped:?}");
    let mut back = String::new();
    let mut rest = escaped.as_ref();
    while let Some(at) = rest.find('&') {
        back.push_str(&rest[..at]);
        let (reference, after) = rest[at..].split_once(';').expect("a reference ends");
        back.push(match reference {
            "&lt" => '<',
            "&gt" => '>',
            "&amp" => '&',
            "&quot" => '"',
            "&#39" => '\'',
            "&#9" => '\t',
            "&#10" => '\n',
            "&#13" => '\r',
            _ => panic!("{reference:?} in {escaped:?}"),
        });
        rest = after;
    }
    back.push_str(rest);
    let same = back
        .chars()
        .zip(text.chars())
        .all(|(back, c)| back == c || back == '\u{FFFD}');
    assert!(
        same && back.chars().count() == text.chars().count(),
        "{text:?}"
    );
}

/// A cell is no formula, and after the file was read it is the text, or the text behind `'`.
fn csv(text: &str) {
    let cell = escape::csv_text(text);
    assert!(cell == text || cell.strip_prefix('\'') == Some(text));
    let first = cell.trim_start().chars().next();
    assert!(!matches!(first, Some('=' | '+' | '-' | '@')), "{cell:?}");
    let mut writer = WriterBuilder::new().from_writer(Vec::new());
    // The first letter of a file may be a mark of its order of bytes, which is no text.
    writer.write_record(["cell", "end"]).unwrap();
    writer.write_record([cell.as_ref(), "end"]).unwrap();
    let bytes = writer.into_inner().unwrap();
    let mut reader = csv::Reader::from_reader(bytes.as_slice());
    let record = reader.records().next().unwrap().unwrap();
    assert_eq!(record.get(0), Some(cell.as_ref()));
}

/// A JSON text that is escaped further is the same text.
fn json(text: &str) {
    let plain = serde_json::to_string(text).unwrap();
    let escaped = escape::json_fragment(&plain);
    let back: String = serde_json::from_str(&escaped).unwrap();
    assert_eq!(back, text);
    assert!(!escaped.chars().any(char::is_control), "{escaped:?}");
}

/// Every bar of a table's cell stands behind an odd number of backslashes.
fn bars(cell: &str) {
    let mut escaped = false;
    for c in cell.chars() {
        assert!(c != '|' || escaped, "{cell:?}");
        assert!(c != '\n' && c != '\r', "{cell:?}");
        escaped = c == '\\' && !escaped;
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::disallowed_methods)]
    use std::fs;
    use std::path::Path;

    use super::*;
    use proptest::prelude::*;

    /// Letters that decide something somewhere, among others.
    const LETTERS: &str = "[a-z0-9\"',;|\t\n\r .:/%()$\u{20ac}\u{a0}\u{5e74}\u{6708}=+@#&<>\u{202e}\u{fffe}\u{1b}-]{0,120}";
    /// Words of dates and numbers in any order.
    const CELLS: &str = "((20[0-3][0-9]|[0-9]{1,3}|1[0-9]{9}|Jan|m\u{e4}rz|PM|T|Z|UTC|Uhr|\u{e0}|de|[-/.,:' %()e+$\n]|EUR|Mio|lakh|--){1,9}\n?){0,5}";
    const HEADERS: &str = "((Lead |Record |Create |Close )?(ID|Id|Date|Stage|Source|Amount|Cost|Channel|Owner|MQL|[a-z]{0,4})( \\(EUR\\)|: [a-z]{1,5})?\n){0,12}";
    const TOML: &str = "((currency|as_of|\\[funnel\\]|\\[\\[input\\]\\]|path|stages|\\[input.columns\\]|\"[a-z.]{0,6}\"|[a-z_]{1,8})?( = )?('[a-z]{0,5}'|[0-9-]{1,10}|\\[('lead'|'mql'|,){0,4}\\]|true|\\{|\\})?\n){0,8}";

    const CHECKS: &str = "(warn |error )?[a-z_.]{0,9}(@mature|@m)?(\\{[a-z]{0,4}=?[\"*a-z ]{0,6},?\\}?)?( vs (prev|yoy|\"?[a-z.]{1,5}\"?))? ?(>=|<|==|!=|=>)? ?(-?[0-9]{1,4}[.]?[0-9]{0,3}|[0-9]{300,330}|target)?(%|pp|d|EUR|x)?( min_n=[0-9]{0,3}| confident|[ a-z]{0,4}){0,3}";

    /// Whole files gone wrong, where the collection lies beside the repository.
    #[test]
    fn of_every_file_of_the_collections() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
        let mut open = vec![root.join("shared/data/nasty-csv")];
        while let Some(folder) = open.pop() {
            for entry in fs::read_dir(folder).into_iter().flatten() {
                let path = entry.unwrap().path();
                match path.is_dir() {
                    true => open.push(path),
                    false => of_file(&fs::read(&path).unwrap()),
                }
            }
        }
    }

    fn of_file(bytes: &[u8]) {
        decoder(bytes);
        let options = DecodeOptions {
            max_decompressed_bytes: 1 << 20,
            ..DecodeOptions::default()
        };
        let Ok(decoded) = decode(bytes.to_vec(), &options) else {
            return;
        };
        dialect(&decoded.text);
        let cells = decoded.text.replace([',', ';', '\t', '|', '"'], "\n");
        number(&cells);
        date(&cells);
        let first = decoded.text.lines().next().unwrap_or_default();
        mapping(&first.replace([',', ';', '\t', '|', '"'], "\n"));
        decoded.text.lines().take(50).for_each(escapers);
    }

    proptest! {
        #[test]
        fn of_the_decoder(bytes in prop::collection::vec(any::<u8>(), 0..400), text in "\\PC{0,80}") {
            decoder(&bytes);
            decoder(text.as_bytes());
            for head in [&b"\x1f\x8b\x08\x00"[..], b"PK\x03\x04", b"\xff\xfe", b"\xfe\xff", b"\x28\xb5\x2f\xfd", b"PAR1", b"{\"a\":", b"\xd0\xcf\x11\xe0"] {
                decoder(&[head, &bytes].concat());
            }
        }

        #[test]
        fn of_the_dialect(text in LETTERS, other in "\\PC{0,60}\n\\PC{0,60}") {
            dialect(&text);
            dialect(&other);
        }

        #[test]
        fn of_writing_and_reading(
            cells in (1_usize..5).prop_flat_map(|width| prop::collection::vec(prop::collection::vec("[a-z0-9\"',;|\t\n\r .:=-]{0,9}|\\PC{0,9}", width), 0..8)),
            delimiter in prop::sample::select(b",;\t|".as_slice()),
        ) {
            round_trip(&cells, delimiter);
        }

        #[test]
        fn of_numbers(text in CELLS, other in LETTERS, any in "\\PC{0,30}") {
            number(&text);
            number(&other);
            number(&any);
        }

        #[test]
        fn of_dates(text in CELLS, other in LETTERS, any in "\\PC{0,30}") {
            date(&text);
            date(&other);
            date(&any);
        }

        #[test]
        fn of_mapping(text in HEADERS, other in LETTERS) {
            mapping(&text);
            mapping(&other);
        }

        #[test]
        fn of_the_configuration(text in TOML, other in LETTERS) {
            configuration(&text);
            configuration(&other);
        }

        #[test]
        fn of_checks(text in CHECKS, other in LETTERS, any in "\\PC{0,40}") {
            check(&text);
            check(&other);
            check(&any);
        }

        #[test]
        fn of_escapers(text in LETTERS, other in "\\PC{0,80}") {
            escapers(&text);
            escapers(&other);
        }
    }
}
