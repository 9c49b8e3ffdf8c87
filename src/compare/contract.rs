//! A report as the output contract writes it.
//!
//! The text comes from a file that anybody may have written: what does not fit the contract
//! is refused or passed over, and nothing in it is trusted.

use std::collections::BTreeMap;
use std::io::Read;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::NaiveDate;
use flate2::read::GzDecoder;
use serde_json::{Map, Value};

use super::Side;

/// The version of the contract that this program writes and reads.
const SCHEMA_VERSION: u64 = 1;

/// Bytes that a report may unpack to.
const MOST: u64 = 256 << 20;

/// How the HTML report marks its data.
const BLOCK: &str = "id=\"report-data\">";

/// A row of a table.
pub type Row = Map<String, Value>;

/// A report.
#[derive(Debug, Clone, PartialEq)]
pub struct Report(Value);

/// Why a text is no report that can be compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unreadable {
    /// Neither JSON nor a page with a report in it.
    NoReport,
    /// A page whose data is cut off or damaged.
    Damaged,
    /// A report of another version of the contract.
    Version(u64),
}

/// Reads the JSON of a report, or the page that carries it.
///
/// # Errors
/// As [`Unreadable`] says.
pub fn read(bytes: &[u8]) -> Result<Report, Unreadable> {
    let text = std::str::from_utf8(bytes).map_err(|_| Unreadable::NoReport)?;
    let text = text.trim_start_matches('\u{feff}').trim_start();
    let value = match text.starts_with('<') {
        true => of_page(text)?,
        false => serde_json::from_str(text).map_err(|_| Unreadable::NoReport)?,
    };
    let version = value["schema_version"].as_u64();
    let version = version.ok_or(Unreadable::NoReport)?;
    if version != SCHEMA_VERSION {
        return Err(Unreadable::Version(version));
    }
    if !value["tables"].is_object() || !value["columns"].is_object() {
        return Err(Unreadable::NoReport);
    }
    Ok(Report(value))
}

fn of_page(page: &str) -> Result<Value, Unreadable> {
    let (_, rest) = page.split_once(BLOCK).ok_or(Unreadable::NoReport)?;
    let (packed, _) = rest.split_once('<').ok_or(Unreadable::Damaged)?;
    let packed = STANDARD.decode(packed.trim());
    let packed = packed.map_err(|_| Unreadable::Damaged)?;
    let mut text = Vec::new();
    let mut unpacked = GzDecoder::new(packed.as_slice()).take(MOST);
    let read = unpacked.read_to_end(&mut text);
    read.map_err(|_| Unreadable::Damaged)?;
    serde_json::from_slice(&text).map_err(|_| Unreadable::Damaged)
}

/// A table with its rows.
#[derive(Debug, Clone)]
pub struct Table<'a> {
    /// Its id.
    pub id: &'a str,
    columns: Vec<(&'a str, &'a str)>,
    rows: Vec<&'a Row>,
}

impl Report {
    /// The JSON as it was read.
    #[must_use]
    pub fn into_json(self) -> Value {
        self.0
    }

    /// The tables in the order of the report.
    pub fn tables(&self) -> impl Iterator<Item = Table<'_>> {
        let tables = self.0["tables"].as_object().into_iter().flatten();
        tables.filter_map(|(id, _)| self.table(id))
    }

    /// The table with this id.
    #[must_use]
    pub fn table(&self, id: &str) -> Option<Table<'_>> {
        let (id, rows) = self.0["tables"].as_object()?.get_key_value(id)?;
        let columns = self.0["columns"][id].as_array()?.iter();
        let pair = |column| Some((text(column, "id")?, text(column, "kind")?));
        Some(Table {
            id,
            columns: columns.filter_map(pair).collect(),
            rows: rows
                .as_array()?
                .iter()
                .filter_map(Value::as_object)
                .collect(),
        })
    }

    /// A setting in words; nothing where the report does not say it.
    #[must_use]
    pub fn setting(&self, name: &str) -> Option<String> {
        let value = match name {
            "period" => &self.0["period"]["label"],
            "period_start" => &self.0["period"]["start"],
            "period_end" => &self.0["period"]["end"],
            "version" => &self.0["tool"]["version"],
            "channel_rules" => &self.0["tool"]["channel_rules"],
            name => &self.0[name],
        };
        match value {
            Value::String(text) => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        }
    }

    /// Start and end of the period.
    #[must_use]
    pub fn period(&self) -> (Option<String>, Option<String>) {
        (self.setting("period_start"), self.setting("period_end"))
    }

    /// Days from the end of the period to the as-of moment; nothing where one is not said.
    #[must_use]
    pub fn age(&self) -> Option<i64> {
        let day = |name: &str| -> Option<NaiveDate> {
            let text = self.setting(name)?;
            text.get(..10)?.parse().ok()
        };
        Some((day("as_of")? - day("period_end")?).num_days())
    }

    /// Input file -> rows and fingerprint.
    #[must_use]
    pub fn inputs(&self) -> BTreeMap<String, (u64, String)> {
        let inputs = self.0["inputs"].as_array().into_iter().flatten();
        let input = |input: &Value| {
            let hash = input["sha256"].as_str().unwrap_or_default();
            let rows = input["rows"].as_u64().unwrap_or_default();
            Some((input["file"].as_str()?.to_owned(), (rows, hash.to_owned())))
        };
        inputs.filter_map(input).collect()
    }
}

impl<'a> Table<'a> {
    /// The columns that say which row it is: the words at the beginning, up to a `key`.
    fn names(&self) -> Vec<&'a str> {
        let words = self.columns.iter().take_while(|(_, kind)| *kind == "text");
        let mut names: Vec<&str> = words.map(|(id, _)| *id).collect();
        if let Some(key) = names.iter().position(|name| *name == "key") {
            names.truncate(key + 1);
        }
        names
    }

    /// All other columns, with their kinds.
    pub fn values(&self) -> impl Iterator<Item = (&'a str, &'a str)> {
        let names = self.names();
        let columns = self.columns.iter().copied();
        columns.filter(move |(id, _)| !names.contains(id))
    }

    /// True where the table has the column.
    #[must_use]
    pub fn has(&self, column: &str) -> bool {
        self.columns.iter().any(|(id, _)| *id == column)
    }

    /// The rows with what they are called; of several of one name the later ones are numbered.
    #[must_use]
    pub fn named_rows(&self) -> Vec<(String, &'a Row)> {
        let names = self.names();
        let mut met: BTreeMap<String, u64> = BTreeMap::new();
        let name = |row: &&'a Row| {
            let words = names.iter().map(|name| match row.get(*name) {
                Some(Value::String(text)) => text.clone(),
                _ => String::new(),
            });
            let name = words.collect::<Vec<String>>().join(", ");
            let count = met.entry(name.clone()).or_default();
            *count += 1;
            match *count {
                1 => (name, *row),
                number => (format!("{name} ({number})"), *row),
            }
        };
        self.rows.iter().map(name).collect()
    }

    /// A cell.
    #[must_use]
    pub fn cell(row: &Row, column: &str) -> Side {
        let reason = || {
            let reason = row.get("undefined").and_then(|reasons| reasons.get(column));
            reason.and_then(Value::as_str).map(str::to_owned)
        };
        match row.get(column) {
            Some(Value::Number(number)) => number.as_f64().map(Side::Number),
            Some(Value::String(text)) => Some(Side::Text(text.clone())),
            Some(Value::Bool(flag)) => Some(Side::Flag(*flag)),
            Some(Value::Object(rate)) => rate_of(rate),
            _ => None,
        }
        .unwrap_or_else(|| Side::Nothing(reason()))
    }
}

/// A rate; one without members is none.
fn rate_of(rate: &Row) -> Option<Side> {
    let whole = |name: &str| rate.get(name).and_then(Value::as_u64);
    let (k, n) = whole("k").zip(whole("n"))?;
    (n > 0 && k <= n).then_some(Side::Rate { k, n })
}

fn text<'a>(value: &'a Value, name: &str) -> Option<&'a str> {
    value[name].as_str()
}
