//! One table as Parquet, for warehouses and notebooks.
//!
//! Columns are nullable and carry the names and values of the flat table, unrounded.

use std::sync::Arc;

use parquet::basic::{LogicalType, Repetition, Type as Physical};
use parquet::column::writer::ColumnWriter;
use parquet::data_type::ByteArray;
use parquet::errors::{ParquetError, Result};
use parquet::file::properties::WriterProperties;
use parquet::file::writer::{SerializedFileWriter, SerializedRowGroupWriter};
use parquet::schema::types::{Type, TypePtr};

use super::flat::{self, FlatColumn, Sort, Value};
use super::{Options, RenderError};
use crate::report::document::{Report, Table};

/// The main table of the report.
///
/// # Errors
/// [`RenderError::NoTable`] where the report has none.
pub fn render(report: &Report, _: &Options) -> std::result::Result<Vec<u8>, RenderError> {
    let main = report.main_table().ok_or(RenderError::NoTable("parquet"))?;
    table(main)
}

/// One table.
///
/// # Errors
/// [`RenderError::Encode`] where the writer fails; writing to memory does not.
pub fn table(table: &Table) -> std::result::Result<Vec<u8>, RenderError> {
    written(table).map_err(|error| RenderError::Encode {
        format: "parquet",
        cause: error.to_string(),
    })
}

fn written(table: &Table) -> Result<Vec<u8>> {
    let columns = flat::columns(table);
    let fields = columns
        .iter()
        .map(field)
        .collect::<Result<Vec<TypePtr>>>()?;
    let schema = Type::group_type_builder("table")
        .with_fields(fields)
        .build()?;
    // Without the version of the writer: the same report is the same bytes.
    let properties = WriterProperties::builder()
        .set_created_by("leadflow".to_owned())
        .build();
    let mut writer = SerializedFileWriter::new(Vec::new(), Arc::new(schema), Arc::new(properties))?;
    let rows: Vec<Vec<Value>> = table
        .rows
        .iter()
        .map(|row| flat::values(table, row))
        .collect();
    let mut group = writer.next_row_group()?;
    for place in 0..columns.len() {
        column(&mut group, rows.iter().map(|row| &row[place]))?;
    }
    group.close()?;
    writer.into_inner()
}

fn field(column: &FlatColumn) -> Result<TypePtr> {
    let (physical, logical) = match column.sort {
        Sort::Text => (Physical::BYTE_ARRAY, Some(LogicalType::String)),
        Sort::Whole => (Physical::INT64, None),
        Sort::Number => (Physical::DOUBLE, None),
        Sort::Flag => (Physical::BOOLEAN, None),
    };
    let field = Type::primitive_type_builder(&column.name, physical)
        .with_repetition(Repetition::OPTIONAL)
        .with_logical_type(logical)
        .build()?;
    Ok(Arc::new(field))
}

/// Writes the next column of a group; a value of another sort than the column's is null.
fn column<'a>(
    group: &mut SerializedRowGroupWriter<'_, Vec<u8>>,
    cells: impl Iterator<Item = &'a Value<'a>>,
) -> Result<()> {
    let closed = || ParquetError::General("a column too many".into());
    let mut writer = group.next_column()?.ok_or_else(closed)?;
    match writer.untyped() {
        ColumnWriter::BoolColumnWriter(typed) => {
            let (values, levels) = present(cells, |value| match value {
                Value::Flag(flag) => Some(*flag),
                _ => None,
            });
            typed.write_batch(&values, Some(&levels), None)?;
        }
        ColumnWriter::Int64ColumnWriter(typed) => {
            let (values, levels) = present(cells, |value| match value {
                Value::Whole(count) => Some(*count),
                // A column of counts may hold an expected one.
                Value::Number(number) if number.fract() == 0.0 => Some(*number as i64),
                _ => None,
            });
            typed.write_batch(&values, Some(&levels), None)?;
        }
        ColumnWriter::DoubleColumnWriter(typed) => {
            let (values, levels) = present(cells, |value| match value {
                Value::Number(number) => Some(*number),
                Value::Money(amount) => Some(amount.units()),
                Value::Whole(count) => Some(*count as f64),
                _ => None,
            });
            typed.write_batch(&values, Some(&levels), None)?;
        }
        ColumnWriter::ByteArrayColumnWriter(typed) => {
            let (values, levels) = present(cells, |value| match value {
                Value::Text(words) => Some(ByteArray::from(words.as_bytes().to_vec())),
                Value::Whole(count) => Some(ByteArray::from(count.to_string().into_bytes())),
                Value::Number(number) => Some(ByteArray::from(number.to_string().into_bytes())),
                Value::Money(amount) => Some(ByteArray::from(amount.to_string().into_bytes())),
                Value::Flag(flag) => Some(ByteArray::from(flag.to_string().into_bytes())),
                Value::Null => None,
            });
            typed.write_batch(&values, Some(&levels), None)?;
        }
        _ => return Err(ParquetError::General("a column of another type".into())),
    }
    writer.close()
}

/// The values that are there, and for every row whether it has one.
fn present<'a, T>(
    cells: impl Iterator<Item = &'a Value<'a>>,
    of: impl Fn(&Value<'a>) -> Option<T>,
) -> (Vec<T>, Vec<i16>) {
    let (mut values, mut levels) = (Vec::new(), Vec::new());
    for cell in cells {
        let value = of(cell);
        levels.push(i16::from(value.is_some()));
        values.extend(value);
    }
    (values, levels)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::render::sample;
    use parquet::file::reader::{FileReader, SerializedFileReader};
    use parquet::record::Field;

    #[test]
    fn every_cell_reads_back_as_what_it_is() {
        for wanted in &sample::report().tables {
            let bytes = table(wanted).unwrap();
            let reader = SerializedFileReader::new(bytes::Bytes::from(bytes)).unwrap();
            let rows: Vec<_> = reader
                .get_row_iter(None)
                .unwrap()
                .map(Result::unwrap)
                .collect();
            assert_eq!(rows.len(), wanted.rows.len());
            let names: Vec<String> = flat::columns(wanted).into_iter().map(|c| c.name).collect();
            for (row, cells) in rows.iter().zip(&wanted.rows) {
                let fields: Vec<(&String, &Field)> = row.get_column_iter().collect();
                for ((name, field), (value, column)) in fields
                    .iter()
                    .zip(flat::values(wanted, cells).iter().zip(&names))
                {
                    assert_eq!(*name, column);
                    match (value, field) {
                        (Value::Null, Field::Null) => {}
                        (Value::Text(words), Field::Str(found)) => assert_eq!(words, found),
                        (Value::Whole(count), Field::Long(found)) => assert_eq!(count, found),
                        (Value::Number(number), Field::Double(found)) => assert_eq!(number, found),
                        (Value::Money(amount), Field::Double(found)) => {
                            assert_eq!(amount.units(), *found);
                        }
                        (Value::Flag(flag), Field::Bool(found)) => assert_eq!(flag, found),
                        (value, found) => panic!("{name}: {value:?} became {found:?}"),
                    }
                }
            }
        }
    }
}
