//! Parquet: tables stored by column, as warehouses export them.
//!
//! Records are read one after the other and written as lines. Times keep what the file
//! knows of them: those of UTC end with `Z`, local ones have no offset.

use bytes::Bytes;
use chrono::{DateTime, NaiveDate, TimeDelta};
use parquet::basic::{ConvertedType, LogicalType, TimeUnit, Type as Physical};
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::Field;
use parquet::schema::types::{ColumnDescriptor, SchemaDescriptor};

use super::DecodeError;
use super::cells::{Written, number};
use crate::domain::guarded::guarded;

/// The text of a table; a line is a record.
///
/// # Errors
/// `Columns` with what is wrong: a damaged file, or a column of a type that no cell can be.
pub fn read(bytes: Vec<u8>) -> Result<Written, DecodeError> {
    let broken = || DecodeError::Columns("its parts do not fit together".to_owned());
    guarded(|| read_table(bytes)).ok_or_else(broken)?
}

fn read_table(bytes: Vec<u8>) -> Result<Written, DecodeError> {
    let broken = |error: parquet::errors::ParquetError| DecodeError::Columns(shown(&error));
    let reader = SerializedFileReader::new(Bytes::from(bytes)).map_err(broken)?;
    let schema = reader.metadata().file_metadata().schema_descr();
    check(schema)?;
    let fields = schema.root_schema().get_fields();
    let stamps: Vec<Stamp> = fields
        .iter()
        .map(|field| Stamp::of(field.get_basic_info().logical_type_ref()))
        .collect();
    let mut written = Written {
        header: Some(fields.iter().map(|field| field.name().to_owned()).collect()),
        ..Written::default()
    };
    let mut cells: Vec<String> = Vec::with_capacity(fields.len());
    for row in reader.get_row_iter(None).map_err(broken)? {
        let row = row.map_err(broken)?;
        cells.clear();
        let values = row.get_column_iter().map(|(_, value)| value);
        cells.extend(
            values
                .zip(&stamps)
                .map(|(value, stamp)| cell(value, *stamp)),
        );
        written.push(cells.iter().map(String::as_str));
    }
    Ok(written)
}

fn shown(error: &parquet::errors::ParquetError) -> String {
    let text = error.to_string();
    text.lines()
        .next()
        .unwrap_or_default()
        .chars()
        .take(120)
        .collect()
}

/// The reader gives up on types that no version of it knows; they are refused before.
fn check(schema: &SchemaDescriptor) -> Result<(), DecodeError> {
    match schema.columns().iter().find(|column| !is_known(column)) {
        None => Ok(()),
        Some(column) => Err(DecodeError::Columns(format!(
            "the column `{}` holds {}, which no cell can be",
            column.path().string(),
            column.converted_type()
        ))),
    }
}

fn is_known(column: &ColumnDescriptor) -> bool {
    use ConvertedType as Kind;
    let kind = column.converted_type();
    match column.physical_type() {
        Physical::INT32 => matches!(
            kind,
            Kind::NONE
                | Kind::INT_8
                | Kind::INT_16
                | Kind::INT_32
                | Kind::UINT_8
                | Kind::UINT_16
                | Kind::UINT_32
                | Kind::DATE
                | Kind::TIME_MILLIS
                | Kind::DECIMAL
        ),
        Physical::INT64 => matches!(
            kind,
            Kind::NONE
                | Kind::INT_64
                | Kind::UINT_64
                | Kind::TIME_MICROS
                | Kind::TIMESTAMP_MILLIS
                | Kind::TIMESTAMP_MICROS
                | Kind::DECIMAL
        ),
        Physical::BYTE_ARRAY => matches!(
            kind,
            Kind::NONE | Kind::UTF8 | Kind::ENUM | Kind::JSON | Kind::BSON | Kind::DECIMAL
        ),
        Physical::FIXED_LEN_BYTE_ARRAY => matches!(kind, Kind::NONE | Kind::DECIMAL),
        _ => true,
    }
}

/// What is known of the moments of a column.
#[derive(Debug, Clone, Copy)]
struct Stamp {
    /// They are those of UTC.
    utc: bool,
    /// They are numbers of nanoseconds, which the reader does not know as moments.
    nanoseconds: bool,
}

impl Stamp {
    fn of(kind: Option<&LogicalType>) -> Self {
        let Some(LogicalType::Timestamp(stamp)) = kind else {
            return Self {
                utc: false,
                nanoseconds: false,
            };
        };
        Self {
            utc: stamp.is_adjusted_to_u_t_c,
            nanoseconds: matches!(stamp.unit, TimeUnit::NANOS),
        }
    }

    fn written(self, micros: i64) -> String {
        let Some(at) = DateTime::from_timestamp_micros(micros) else {
            return micros.to_string();
        };
        let format = match (at.timestamp_subsec_micros(), self.utc) {
            (0, true) => "%Y-%m-%dT%H:%M:%SZ",
            (0, false) => "%Y-%m-%d %H:%M:%S",
            (_, true) => "%Y-%m-%dT%H:%M:%S%.fZ",
            (_, false) => "%Y-%m-%d %H:%M:%S%.f",
        };
        at.format(format).to_string()
    }
}

fn cell(value: &Field, stamp: Stamp) -> String {
    match value {
        Field::Null => String::new(),
        Field::Str(text) => text.clone(),
        Field::Bytes(bytes) => match std::str::from_utf8(bytes.data()) {
            Ok(text) => text.to_owned(),
            Err(_) => bytes
                .data()
                .iter()
                .map(|byte| format!("{byte:02x}"))
                .collect(),
        },
        Field::Float(value) => value.to_string(),
        Field::Double(value) => number(*value),
        Field::Long(value) if stamp.nanoseconds => stamp.written(value.div_euclid(1000)),
        Field::TimestampMillis(value) => stamp.written(value.saturating_mul(1000)),
        Field::TimestampMicros(value) => stamp.written(*value),
        Field::Date(days) => NaiveDate::from_ymd_opt(1970, 1, 1)
            .and_then(|first| first.checked_add_signed(TimeDelta::days((*days).into())))
            .map_or_else(|| days.to_string(), |day| day.to_string()),
        Field::ListInternal(list) => {
            let items: Vec<String> = list
                .elements()
                .iter()
                .map(|item| cell(item, stamp))
                .collect();
            items.join(";")
        }
        other => other.to_string(),
    }
}
