//! The answer to a query, as a table.

use super::{Parts, section, table};
use crate::metrics::query::{Answer, Sort, Value};
use crate::report::document::{Block, Cell, Column, Kind, Weight};

/// Table `query`.
#[must_use]
pub fn view(answer: &Answer) -> Parts {
    let column = |(name, sort): &(String, Sort)| {
        let kind = match sort {
            Sort::Text => Kind::Text,
            Sort::Count => Kind::Count,
            Sort::Number => Kind::Number,
            Sort::Flag => Kind::Flag,
        };
        Column::new(name.as_str(), name.as_str(), kind)
            .weight(Weight::Key)
            .plain()
    };
    let cell = |value: &Value| match value {
        Value::Null => Cell::Blank,
        Value::Text(text) => Cell::Text(text.clone()),
        Value::Count(count) => Cell::Count(*count),
        Value::Number(number) => Cell::from(*number),
        Value::Flag(flag) => Cell::Flag(*flag),
    };
    let cells = |row: &Vec<Value>| row.iter().map(cell).collect();
    let found = table(
        "query",
        "Answer",
        answer.columns.iter().map(column).collect(),
        answer.rows.iter().map(cells).collect(),
    );
    section(
        "query",
        "Query",
        vec![Block::Table("query".into())],
        vec![found],
    )
}
