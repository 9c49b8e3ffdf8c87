//! Records of JSON, one per line or as a list, as warehouses and event tools export them.
//!
//! The columns are the keys in the order in which they first occur; keys of an object
//! within a record are joined by a point (`properties.plan`), and so are the keys of a list
//! of keys and values, the parameters of an event. A line of the text is a line of the file,
//! or the number of the record where a list has several in one line.

use rustc_hash::FxHashMap;
use serde_json::{Map, Value};

use super::DecodeError;
use super::cells::Written;

/// True where two or more lines begin as objects, or where the text is a list of objects: one
/// object alone is an answer of a service, often its error message.
#[must_use]
pub fn are(text: &str) -> bool {
    is_list(text) || are_lines(text)
}

/// What the form is called.
#[must_use]
pub fn form(text: &str) -> &'static str {
    match is_list(text) {
        true => "json",
        false => "ndjson",
    }
}

fn is_list(text: &str) -> bool {
    let inner = text.trim_start().strip_prefix('[');
    inner.is_some_and(|inner| inner.trim_start().starts_with('{'))
}

fn are_lines(text: &str) -> bool {
    let mut lines = text.lines().filter(|line| !line.trim().is_empty());
    let whole = |line: &str| {
        let line = line.trim();
        line.starts_with('{') && line.ends_with('}')
    };
    lines.next().is_some_and(whole) && lines.next().is_some_and(whole)
}

/// The text of the records.
///
/// # Errors
/// `Record` with the first line that is no object.
pub fn read(text: &str) -> Result<Written, DecodeError> {
    let mut table = Table::default();
    let rows = match is_list(text) {
        true => list(text, &mut table)?,
        false => lines(text, &mut table)?,
    };
    let mut written = Written::default();
    let width = table.names.len();
    let mut cells = vec![""; width];
    for row in &rows {
        cells.fill("");
        for (column, cell) in row {
            cells[*column] = cell;
        }
        written.push(cells.iter().copied());
    }
    written.header = Some(table.names);
    Ok(written)
}

/// The cells of a record, each with its column.
type Cells = Vec<(usize, String)>;

/// A record a line.
fn lines(text: &str, table: &mut Table) -> Result<Vec<Cells>, DecodeError> {
    let mut rows = Vec::new();
    for (number, line) in (1..).zip(text.lines()) {
        let mut row = Vec::new();
        if !line.trim().is_empty() {
            let object: Map<String, Value> = serde_json::from_str(line).map_err(|error| {
                let (line, column) = (number, error.column() as u64);
                DecodeError::Record { line, column }
            })?;
            table.flatten("", &object, &mut row);
        }
        rows.push(row);
    }
    Ok(rows)
}

/// One list of records. Each has the line in which it begins; where two begin in one line,
/// its number.
fn list(text: &str, table: &mut Table) -> Result<Vec<Cells>, DecodeError> {
    let newlines = |text: &str| text.bytes().filter(|byte| *byte == b'\n').count();
    let bad = |at: usize, line: usize, column: usize| {
        let before = text.get(..at).unwrap_or_default();
        let in_line = before.len() - before.rfind('\n').map_or(0, |newline| newline + 1);
        DecodeError::Record {
            line: (newlines(before) + line.max(1)) as u64,
            column: (column + if line > 1 { 0 } else { in_line }) as u64,
        }
    };
    let gap = |at: usize| {
        let rest = text.get(at..).unwrap_or_default();
        at + rest.len() - rest.trim_start().len()
    };
    let mut records: Vec<(usize, Cells)> = Vec::new();
    let mut at = gap(0) + 1;
    let mut line = newlines(text.get(..at).unwrap_or_default());
    loop {
        let begin = gap(at);
        line += newlines(text.get(at..begin).unwrap_or_default());
        let rest = text.get(begin..).unwrap_or_default();
        let mut values = serde_json::Deserializer::from_str(rest).into_iter::<Map<String, Value>>();
        let object = match values.next() {
            Some(Ok(object)) => object,
            Some(Err(error)) => return Err(bad(begin, error.line(), error.column())),
            None => return Err(bad(begin, 1, 1)),
        };
        let end = begin + values.byte_offset();
        let mut row = Vec::new();
        table.flatten("", &object, &mut row);
        records.push((line, row));
        line += newlines(text.get(begin..end).unwrap_or_default());
        at = gap(end);
        line += newlines(text.get(end..at).unwrap_or_default());
        match text.as_bytes().get(at) {
            Some(b',') => at += 1,
            Some(b']') if gap(at + 1) == text.len() => return Ok(placed(records)),
            _ => return Err(bad(at, 1, 1)),
        }
    }
}

fn placed(records: Vec<(usize, Cells)>) -> Vec<Cells> {
    let apart = records.windows(2).all(|pair| pair[0].0 < pair[1].0);
    let mut rows = Vec::with_capacity(records.len());
    for (line, row) in records {
        if apart {
            rows.resize_with(line, Vec::new);
        }
        rows.push(row);
    }
    rows
}

#[derive(Default)]
struct Table {
    names: Vec<String>,
    places: FxHashMap<String, usize>,
}

impl Table {
    fn place(&mut self, name: &str) -> usize {
        if let Some(place) = self.places.get(name) {
            return *place;
        }
        let place = self.names.len();
        self.names.push(name.to_owned());
        self.places.insert(name.to_owned(), place);
        place
    }

    fn flatten(&mut self, prefix: &str, object: &Map<String, Value>, row: &mut Cells) {
        for (key, value) in object {
            let name = match prefix {
                "" => key.clone(),
                prefix => format!("{prefix}.{key}"),
            };
            match value {
                Value::Object(inner) => self.flatten(&name, inner, row),
                Value::Array(list) if is_key_value(list) => self.pairs(&name, list, row),
                other => {
                    let place = self.place(&name);
                    row.push((place, cell(other)));
                }
            }
        }
    }
}

impl Table {
    /// A list of keys and values, the parameters of an event: a column for each key.
    fn pairs(&mut self, name: &str, list: &[Value], row: &mut Cells) {
        for pair in list {
            let key = pair.get("key").and_then(Value::as_str).unwrap_or_default();
            let place = self.place(&format!("{name}.{key}"));
            let text = match pair.get("value") {
                // One of string_value, int_value, double_value is filled.
                Some(Value::Object(kinds)) => kinds.values().find(|kind| !kind.is_null()).map(cell),
                plain => plain.map(cell),
            };
            row.push((place, text.unwrap_or_default()));
        }
    }
}

/// True for `[{"key": "source", "value": ...}, ...]`.
fn is_key_value(list: &[Value]) -> bool {
    let pair = |one: &Value| {
        one.as_object().is_some_and(|one| {
            one.get("key").is_some_and(Value::is_string)
                && one.len() == 1 + usize::from(one.contains_key("value"))
        })
    };
    !list.is_empty() && list.iter().all(pair)
}

/// A value as a cell; lists of plain values are joined by `;`, as lists of ids are read.
fn cell(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Array(list) if list.iter().all(|one| !one.is_array() && !one.is_object()) => {
            list.iter().map(cell).collect::<Vec<_>>().join(";")
        }
        Value::Number(number) => match number.as_f64() {
            // 1.5e3 is 1500 to everybody who reads it.
            Some(value) if !number.is_i64() && !number.is_u64() => format!("{value}"),
            _ => number.to_string(),
        },
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_become_columns_where_they_first_occur() {
        let text = "{\"id\":\"L-1\",\"at\":\"2026-01-02\",\"p\":{\"plan\":\"a\",\"n\":1.5e3}}\n\n\
                    {\"at\":null,\"id\":7,\"tags\":[\"x\",2],\"ok\":true}\n";
        let written = read(text).unwrap_or_default();
        let names = ["id", "at", "p.plan", "p.n", "tags", "ok"];
        assert_eq!(written.header, Some(names.map(str::to_owned).to_vec()));
        assert_eq!(written.text, "L-1,2026-01-02,a,1500,,\n\n7,,,,x;2,true\n");
    }

    #[test]
    fn a_list_of_records() {
        let pretty = "[\n  {\"id\": 1,\n   \"b\": \"x\"},\n  {\"id\": 2}\n]\n";
        assert_eq!(read(pretty).unwrap_or_default().text, "\n1,x\n\n2,\n");
        let dense = "[{\"id\":1},{\"id\":2}]";
        assert_eq!(read(dense).unwrap_or_default().text, "1\n2\n");
        for (text, place) in [
            ("[{\"id\":1},\n {\"id\":}]", (2, 8)),
            ("[{\"id\":1}\n{\"id\":2}]", (2, 1)),
            ("[{\"id\":1},\n7]", (2, 1)),
            ("[{\"id\":1}", (1, 10)),
            ("[{\"id\":1}] x", (1, 10)),
        ] {
            match read(text) {
                Err(DecodeError::Record { line, column }) => {
                    assert_eq!((line, column), place, "{text}");
                }
                other => assert!(other.is_err(), "{text}: {other:?}"),
            }
        }
    }

    #[test]
    fn parameters_become_columns() {
        let text = "{\"p\":[{\"key\":\"source\",\"value\":{\"string_value\":\"google\",\"int_value\":null}},\
                    {\"key\":\"n\",\"value\":{\"int_value\":\"7\"}}]}\n{\"p\":[]}\n";
        let written = read(text).unwrap_or_default();
        assert_eq!(
            written.header,
            Some(vec!["p.source".into(), "p.n".into(), "p".into()])
        );
        assert_eq!(written.text, "google,7,\n\n");
    }

    #[test]
    fn one_object_is_an_answer_and_no_table() {
        assert!(!are("{\"error\":\"rate limit\"}\n"));
        assert!(!are("{\n  \"id\": 1\n}\n"));
        assert!(are("{\"id\":1}\n{\"id\":2}\n"));
        assert!(are("[{\"id\":1}]") && !are("[]") && !are("[1,2]"));
        let broken = read("{\"id\":1}\n{\"id\":}\n");
        assert!(matches!(broken, Err(DecodeError::Record { line: 2, .. })));
    }
}
