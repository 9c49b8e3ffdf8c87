//! A table of single values as CSV or Parquet, exactly: for warehouses, and for reading again.
//!
//! Unlike the tables of a report these have no reasons, rates or intervals. Amounts are
//! decimals, moments are instants: in Parquet as types of its own, in CSV as `1200.5` and
//! `2026-10-31T14:05:00+01:00`.

use std::sync::Arc;

use chrono::{Datelike, NaiveDate};
use chrono_tz::Tz;
use parquet::basic::{LogicalType, Repetition, TimeUnit, Type as Physical};
use parquet::column::writer::ColumnWriter;
use parquet::data_type::ByteArray;
use parquet::errors::{ParquetError, Result as Written};
use parquet::file::properties::WriterProperties;
use parquet::file::writer::{SerializedFileWriter, SerializedRowGroupWriter};
use parquet::schema::types::{Type, TypePtr};

use super::{RenderError, escape};
use crate::domain::calendar::rfc3339;
use crate::domain::columns::{Columns, NamedColumn, Values};
use crate::domain::money::Money;

/// Digits of a decimal in Parquet, and how many of them stand behind the point.
const PRECISION: i32 = 18;
const SCALE: i32 = 6;

/// Days of the common era before 1970, where Parquet begins to count.
const DAYS_TO_1970: i32 = 719_163;

/// As CSV; moments carry the offset of `zone`. `raw` leaves text as it is, formulas included.
///
/// # Errors
/// [`RenderError::Encode`] where the writer fails; writing to memory does not.
pub fn csv(table: &Columns, zone: Tz, raw: bool) -> Result<Vec<u8>, RenderError> {
    let failure = |cause: &dyn ToString| RenderError::Encode {
        format: "csv",
        cause: cause.to_string(),
    };
    let mut writer = csv::Writer::from_writer(Vec::new());
    let header = table.columns.iter().map(|column| text(&column.name, raw));
    writer
        .write_record(header)
        .map_err(|error| failure(&error))?;
    for row in 0..table.height() {
        let cells = table.columns.iter();
        let record = cells.map(|column| cell(&column.values, row, zone, raw));
        writer
            .write_record(record)
            .map_err(|error| failure(&error))?;
    }
    writer.into_inner().map_err(|error| failure(error.error()))
}

fn cell(values: &Values, row: usize, zone: Tz, raw: bool) -> String {
    let said = match values {
        Values::Text(cells) => cells[row].as_deref().map(|words| text(words, raw)),
        Values::Whole(cells) => cells[row].map(|count| count.to_string()),
        Values::Decimal(cells) => {
            cells[row].map(|micros| Money::from_micros(micros.into()).to_string())
        }
        Values::Number(cells) => cells[row].map(|number| number.to_string()),
        Values::Time(cells) => cells[row].map(|at| rfc3339(at, zone)),
        Values::Day(cells) => cells[row].map(|day| day.to_string()),
        Values::Flag(cells) => cells[row].map(|is| is.to_string()),
    };
    said.unwrap_or_default()
}

fn text(words: &str, raw: bool) -> String {
    if raw {
        words.to_owned()
    } else {
        escape::csv_text(words).into_owned()
    }
}

/// As Parquet.
///
/// # Errors
/// [`RenderError::Encode`] where the writer fails; writing to memory does not.
pub fn parquet(table: &Columns) -> Result<Vec<u8>, RenderError> {
    written(table).map_err(|error| RenderError::Encode {
        format: "parquet",
        cause: error.to_string(),
    })
}

fn written(table: &Columns) -> Written<Vec<u8>> {
    let fields: Written<Vec<TypePtr>> = table.columns.iter().map(field).collect();
    let schema = Type::group_type_builder(table.name)
        .with_fields(fields?)
        .build()?;
    // Without the version of the writer: the same table is the same bytes.
    let properties = WriterProperties::builder()
        .set_created_by("leadflow".to_owned())
        .build();
    let mut writer = SerializedFileWriter::new(Vec::new(), Arc::new(schema), Arc::new(properties))?;
    let mut group = writer.next_row_group()?;
    for column in &table.columns {
        fill(&mut group, &column.values)?;
    }
    group.close()?;
    writer.into_inner()
}

fn field(column: &NamedColumn) -> Written<TypePtr> {
    let (physical, logical) = match column.values {
        Values::Text(_) => (Physical::BYTE_ARRAY, Some(LogicalType::String)),
        Values::Whole(_) => (Physical::INT64, None),
        Values::Decimal(_) => (
            Physical::INT64,
            Some(LogicalType::decimal(SCALE, PRECISION)),
        ),
        Values::Number(_) => (Physical::DOUBLE, None),
        Values::Time(_) => (
            Physical::INT64,
            Some(LogicalType::timestamp(true, TimeUnit::MILLIS)),
        ),
        Values::Day(_) => (Physical::INT32, Some(LogicalType::Date)),
        Values::Flag(_) => (Physical::BOOLEAN, None),
    };
    let mut builder = Type::primitive_type_builder(&column.name, physical)
        .with_repetition(Repetition::OPTIONAL)
        .with_logical_type(logical);
    if matches!(column.values, Values::Decimal(_)) {
        builder = builder.with_precision(PRECISION).with_scale(SCALE);
    }
    Ok(Arc::new(builder.build()?))
}

fn fill(group: &mut SerializedRowGroupWriter<'_, Vec<u8>>, values: &Values) -> Written<()> {
    let broken = |what: &str| ParquetError::General(what.to_owned());
    let mut writer = group
        .next_column()?
        .ok_or_else(|| broken("a column too many"))?;
    match (writer.untyped(), values) {
        (ColumnWriter::ByteArrayColumnWriter(typed), Values::Text(cells)) => {
            let bytes = |text: &String| ByteArray::from(text.as_bytes().to_vec());
            let present: Vec<ByteArray> = cells.iter().flatten().map(bytes).collect();
            typed.write_batch(&present, Some(&levels(cells)), None)?;
        }
        (
            ColumnWriter::Int64ColumnWriter(typed),
            Values::Whole(cells) | Values::Decimal(cells) | Values::Time(cells),
        ) => {
            let present: Vec<i64> = cells.iter().copied().flatten().collect();
            typed.write_batch(&present, Some(&levels(cells)), None)?;
        }
        (ColumnWriter::Int32ColumnWriter(typed), Values::Day(cells)) => {
            let days = |day: &NaiveDate| day.num_days_from_ce() - DAYS_TO_1970;
            let present: Vec<i32> = cells.iter().flatten().map(days).collect();
            typed.write_batch(&present, Some(&levels(cells)), None)?;
        }
        (ColumnWriter::DoubleColumnWriter(typed), Values::Number(cells)) => {
            let present: Vec<f64> = cells.iter().copied().flatten().collect();
            typed.write_batch(&present, Some(&levels(cells)), None)?;
        }
        (ColumnWriter::BoolColumnWriter(typed), Values::Flag(cells)) => {
            let present: Vec<bool> = cells.iter().copied().flatten().collect();
            typed.write_batch(&present, Some(&levels(cells)), None)?;
        }
        _ => return Err(broken("a column of another type")),
    }
    writer.close()
}

/// For every row whether it has a value.
fn levels<T>(cells: &[Option<T>]) -> Vec<i16> {
    cells.iter().map(|cell| i16::from(cell.is_some())).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use ::parquet::file::reader::{FileReader, SerializedFileReader};
    use ::parquet::record::Field;

    fn table() -> Columns {
        let column = |name: &str, values| NamedColumn {
            name: name.to_owned(),
            values,
        };
        Columns {
            name: "deals",
            columns: vec![
                column("id", Values::Text(vec![Some("=1+1".into()), None])),
                column("amount", Values::Decimal(vec![Some(-1_200_500_000), None])),
                column("at", Values::Time(vec![Some(1_774_778_400_000), None])),
                column("n", Values::Whole(vec![Some(-3), None])),
                column("share", Values::Number(vec![Some(0.5), None])),
                column("won", Values::Flag(vec![Some(true), None])),
                column(
                    "day",
                    Values::Day(vec![NaiveDate::from_ymd_opt(2026, 3, 1), None]),
                ),
            ],
        }
    }

    #[test]
    fn csv_says_exactly_what_is_meant() {
        let said =
            |raw| String::from_utf8(csv(&table(), Tz::Europe__Berlin, raw).unwrap()).unwrap();
        let expected = "id,amount,at,n,share,won,day\n\
                        '=1+1,-1200.5,2026-03-29T12:00:00+02:00,-3,0.5,true,2026-03-01\n,,,,,,\n";
        assert_eq!(said(false), expected);
        assert!(said(true).contains("\n=1+1,"));
    }

    #[test]
    fn parquet_keeps_the_types() {
        let bytes = parquet(&table()).unwrap();
        assert_eq!(bytes, parquet(&table()).unwrap());
        let reader = SerializedFileReader::new(bytes::Bytes::from(bytes)).unwrap();
        let rows: Vec<_> = reader
            .get_row_iter(None)
            .unwrap()
            .map(Result::unwrap)
            .collect();
        let fields: Vec<&Field> = rows[0].get_column_iter().map(|(_, field)| field).collect();
        assert_eq!(fields[0], &Field::Str("=1+1".into()));
        assert_eq!(fields[1].to_string(), "-1200.500000");
        assert_eq!(fields[2], &Field::TimestampMillis(1_774_778_400_000));
        assert_eq!(fields[3], &Field::Long(-3));
        assert_eq!(fields[4], &Field::Double(0.5));
        assert_eq!(fields[5], &Field::Bool(true));
        assert_eq!(fields[6], &Field::Date(20_513));
        assert!(
            rows[1]
                .get_column_iter()
                .all(|(_, field)| *field == Field::Null)
        );
    }
}
