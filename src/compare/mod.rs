//! What changed between two reports.
//!
//! Two documents of the output contract go in, a typed list of differences comes out: which
//! figures read differently and by how much, which rows and inputs came and went, under
//! which other settings. Rows are matched by what they are called, never by their position.
//! Nothing else than the contract is known here, so that reports of any command and of any
//! month can be compared, also those of an older program. Whether a difference is more than
//! chance is said where both sides have their evidence and were seen at the same age, so long
//! after the end of their periods. Of one period a figure that reads differently was
//! restated, and chance has no part in it. Many figures are compared at once, so the chances
//! are adjusted together (dictionary 11.4).

mod contract;

use std::collections::{BTreeMap, BTreeSet};

pub use contract::{Report, Unreadable, read};
use contract::{Row, Table};

use crate::stats::{difference, multiple, normal};

/// What changed.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Comparison {
    /// Settings that are not the same.
    pub settings: Vec<Setting>,
    /// Inputs that are not the same.
    pub inputs: Vec<Input>,
    /// Figures that are not the same, those beyond chance first.
    pub figures: Vec<Figure>,
    /// Rows that only one of the two has.
    pub rows: Vec<Lone>,
    /// Figures that both have.
    pub compared: u64,
    /// True where both speak of one period: differences are restatements.
    pub same_period: bool,
    /// Days from the end of the period to the as-of moment, in the old and the new report,
    /// where they are not the same: what has had longer to convert has converted more.
    pub ages: Option<(i64, i64)>,
}

/// A setting on both sides; nothing where a side does not say it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setting {
    /// Its name: `as_of`, `time_zone`, ...
    pub name: &'static str,
    /// In the old report.
    pub old: Option<String>,
    /// In the new one.
    pub new: Option<String>,
}

/// An input file that is not the same in both.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Input {
    /// The file.
    pub file: String,
    /// Rows in the old report; nothing where it was not read.
    pub old: Option<u64>,
    /// Rows in the new one.
    pub new: Option<u64>,
}

/// A row that only one of the two reports has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lone {
    /// The table.
    pub table: String,
    /// What the row is called.
    pub row: String,
    /// True for a row of the new report.
    pub is_new: bool,
}

/// A figure that reads differently.
#[derive(Debug, Clone, PartialEq)]
pub struct Figure {
    /// The table.
    pub table: String,
    /// What its row is called; empty in a table of one row.
    pub row: String,
    /// The column.
    pub column: String,
    /// Kind of the column: `rate`, `money`, `count`, `text`, ...
    pub kind: String,
    /// In the old report.
    pub old: Side,
    /// In the new one.
    pub new: Side,
    /// New less old, where both are numbers of one unit.
    pub difference: Option<f64>,
    /// New over old less one; of rates and shares only the difference is given.
    pub change: Option<f64>,
    /// Whether the difference is more than chance, where that can be said: its adjusted p is
    /// at most [`multiple::FALSE_DISCOVERY`].
    pub beyond_chance: Option<bool>,
}

/// A cell of a report.
#[derive(Debug, Clone, PartialEq)]
pub enum Side {
    /// A number in the unit of the contract.
    Number(f64),
    /// A rate: hits and members.
    Rate {
        /// Hits.
        k: u64,
        /// Members, at least one.
        n: u64,
    },
    /// Words.
    Text(String),
    /// Yes or no.
    Flag(bool),
    /// Nothing, with the reason where there is one.
    Nothing(Option<String>),
}

impl Side {
    /// The number, also of a rate.
    #[must_use]
    pub fn number(&self) -> Option<f64> {
        match self {
            Self::Number(number) => Some(*number),
            Self::Rate { k, n } => Some(*k as f64 / *n as f64),
            _ => None,
        }
    }
}

/// Compares two reports.
#[must_use]
pub fn compare(old: &Report, new: &Report) -> Comparison {
    let mut found = Comparison {
        settings: settings(old, new),
        inputs: inputs(old, new),
        same_period: old.period() == new.period(),
        ages: old.age().zip(new.age()).filter(|(old, new)| old != new),
        ..Comparison::default()
    };
    let same_currency = old.setting("currency") == new.setting("currency");
    let mut order: Vec<&str> = new.tables().map(|table| table.id).collect();
    order.extend(
        old.tables()
            .map(|table| table.id)
            .filter(|id| new.table(id).is_none()),
    );
    for id in order {
        let (before, after) = (old.table(id), new.table(id));
        found.table(id, before.as_ref(), after.as_ref(), same_currency);
    }
    found.judge();
    // Stable: otherwise the order of the new report.
    found
        .figures
        .sort_by_key(|figure| figure.beyond_chance != Some(true));
    found
}

/// Compares one table, and the inputs.
#[must_use]
pub fn compare_table(old: &Report, new: &Report, id: &str) -> Comparison {
    let mut found = Comparison {
        inputs: inputs(old, new),
        same_period: true,
        ..Comparison::default()
    };
    let same_currency = old.setting("currency") == new.setting("currency");
    found.table(
        id,
        old.table(id).as_ref(),
        new.table(id).as_ref(),
        same_currency,
    );
    found
}

const SETTINGS: [&str; 10] = [
    "command",
    "period",
    "period_start",
    "period_end",
    "as_of",
    "time_zone",
    "currency",
    "seed",
    "version",
    "channel_rules",
];

fn settings(old: &Report, new: &Report) -> Vec<Setting> {
    let both = SETTINGS.into_iter().map(|name| Setting {
        name,
        old: old.setting(name),
        new: new.setting(name),
    });
    both.filter(|setting| setting.old != setting.new).collect()
}

fn inputs(old: &Report, new: &Report) -> Vec<Input> {
    let (before, after) = (old.inputs(), new.inputs());
    let names: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    let differs = |name: &&String| before.get(*name) != after.get(*name);
    let rows =
        |of: &BTreeMap<String, (u64, String)>, name: &String| of.get(name).map(|(rows, _)| *rows);
    names
        .into_iter()
        .filter(differs)
        .map(|name| Input {
            file: name.clone(),
            old: rows(&before, name),
            new: rows(&after, name),
        })
        .collect()
}

impl Comparison {
    /// True where nothing differs.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.settings.is_empty()
            && self.inputs.is_empty()
            && self.figures.is_empty()
            && self.rows.is_empty()
    }

    fn table(&mut self, id: &str, old: Option<&Table>, new: Option<&Table>, same_currency: bool) {
        let before = old.map(Table::named_rows).unwrap_or_default();
        let after = new.map(Table::named_rows).unwrap_or_default();
        let known: BTreeMap<&str, &Row> = before
            .iter()
            .map(|(name, row)| (name.as_str(), *row))
            .collect();
        for (name, row) in &after {
            match (known.get(name.as_str()), old, new) {
                (Some(earlier), Some(old), Some(new)) => {
                    let sides = Sides {
                        old,
                        new,
                        earlier,
                        row,
                    };
                    self.row(name, &sides, same_currency);
                }
                _ => self.lone(id, name, true),
            }
        }
        let present: BTreeSet<&str> = after.iter().map(|(name, _)| name.as_str()).collect();
        for (name, _) in &before {
            if !present.contains(name.as_str()) {
                self.lone(id, name, false);
            }
        }
    }

    fn lone(&mut self, table: &str, row: &str, is_new: bool) {
        self.rows.push(Lone {
            table: table.to_owned(),
            row: row.to_owned(),
            is_new,
        });
    }

    fn row(&mut self, name: &str, sides: &Sides, same_currency: bool) {
        for (column, kind) in sides.new.values() {
            // A column that the old report lacks was not known then; that is no change.
            if !sides.old.has(column) {
                continue;
            }
            let (old, new) = (
                Table::cell(sides.earlier, column),
                Table::cell(sides.row, column),
            );
            self.compared += u64::from(kind != "text");
            if old == new {
                continue;
            }
            let comparable = kind != "money" || same_currency;
            let numbers = old.number().zip(new.number()).filter(|_| comparable);
            let difference = numbers.map(|(old, new)| new - old);
            let is_share = ["rate", "share"].contains(&kind);
            let change = numbers
                .filter(|(old, _)| *old != 0.0 && !is_share)
                .map(|(old, new)| new / old - 1.0);
            self.figures.push(Figure {
                beyond_chance: None,
                table: sides.new.id.to_owned(),
                row: name.to_owned(),
                column: column.to_owned(),
                kind: kind.to_owned(),
                difference,
                change,
                old,
                new,
            });
        }
    }
}

/// Verdicts.
impl Comparison {
    /// Adjusts the chances of all figures that have one (Benjamini-Hochberg).
    fn judge(&mut self) {
        if self.same_period || self.ages.is_some() {
            return;
        }
        let chances = self.figures.iter().map(chance);
        let judged: Vec<(usize, f64)> = chances
            .enumerate()
            .filter_map(|(place, p)| Some((place, p?)))
            .collect();
        let p: Vec<f64> = judged.iter().map(|(_, p)| *p).collect();
        for ((place, _), adjusted) in judged.iter().zip(multiple::adjusted(&p)) {
            self.figures[*place].beyond_chance = Some(adjusted <= multiple::FALSE_DISCOVERY);
        }
    }
}

/// The tables of a row and the row in both.
struct Sides<'a> {
    old: &'a Table<'a>,
    new: &'a Table<'a>,
    earlier: &'a Row,
    row: &'a Row,
}

/// How often chance alone makes such a difference: of two rates (dictionary 11.2), of two
/// counts by their scatter. Of anything else nothing can be said.
fn chance(figure: &Figure) -> Option<f64> {
    match (&figure.old, &figure.new) {
        (Side::Rate { k: k1, n: n1 }, Side::Rate { k: k2, n: n2 }) => {
            difference::compare(*k2, *n2, *k1, *n1).map(|compared| compared.p)
        }
        (Side::Number(old), Side::Number(new)) if figure.kind == "count" => {
            let scatter = (old.max(0.0) + new.max(0.0)).sqrt();
            let z = (new - old) / scatter;
            z.is_finite().then(|| normal::two_sided_p(z))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests;
