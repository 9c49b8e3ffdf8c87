//! Columns of single values, on their way from the tables into a file.
//!
//! Values keep what they are: an amount is millionths, a moment an instant, so that a
//! file can say it exactly. Nothing is rounded and no text is escaped here.

use chrono::NaiveDate;

use super::calendar::Millis;

/// A table of such columns; all have the same length.
#[derive(Debug, Clone, PartialEq)]
pub struct Columns {
    /// Its name, also that of its file.
    pub name: &'static str,
    /// The columns.
    pub columns: Vec<NamedColumn>,
}

/// A column.
#[derive(Debug, Clone, PartialEq)]
pub struct NamedColumn {
    /// Its header.
    pub name: String,
    /// Its cells.
    pub values: Values,
}

/// The cells of a column; an absent one is nothing, never 0 or an empty text.
#[derive(Debug, Clone, PartialEq)]
pub enum Values {
    /// Words.
    Text(Vec<Option<String>>),
    /// Whole numbers.
    Whole(Vec<Option<i64>>),
    /// Amounts and exact numbers, in millionths.
    Decimal(Vec<Option<i64>>),
    /// Numbers.
    Number(Vec<Option<f64>>),
    /// Instants.
    Time(Vec<Option<Millis>>),
    /// Days.
    Day(Vec<Option<NaiveDate>>),
    /// Yes or no.
    Flag(Vec<Option<bool>>),
}

impl Values {
    /// How many cells there are.
    #[must_use]
    pub fn len(&self) -> usize {
        match self {
            Self::Text(cells) => cells.len(),
            Self::Whole(cells) | Self::Decimal(cells) | Self::Time(cells) => cells.len(),
            Self::Number(cells) => cells.len(),
            Self::Day(cells) => cells.len(),
            Self::Flag(cells) => cells.len(),
        }
    }

    /// True where there is no cell.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// True where some cell says something.
    #[must_use]
    pub fn has_any(&self) -> bool {
        match self {
            Self::Text(cells) => cells.iter().any(Option::is_some),
            Self::Whole(cells) | Self::Decimal(cells) | Self::Time(cells) => {
                cells.iter().any(Option::is_some)
            }
            Self::Number(cells) => cells.iter().any(Option::is_some),
            Self::Day(cells) => cells.iter().any(Option::is_some),
            Self::Flag(cells) => cells.iter().any(Option::is_some),
        }
    }
}

impl Columns {
    /// How many rows there are.
    #[must_use]
    pub fn height(&self) -> usize {
        self.columns.first().map_or(0, |column| column.values.len())
    }

    /// The column with this name.
    #[must_use]
    pub fn column(&self, name: &str) -> Option<&NamedColumn> {
        self.columns.iter().find(|column| column.name == name)
    }

    /// True where the table has the column and some cell of it says something.
    #[must_use]
    pub fn says(&self, name: &str) -> bool {
        self.column(name)
            .is_some_and(|column| column.values.has_any())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_column_of_absent_cells_says_nothing() {
        let column = |name: &str, values| NamedColumn {
            name: name.to_owned(),
            values,
        };
        let table = Columns {
            name: "leads",
            columns: vec![
                column("id", Values::Text(vec![Some("a".into()), None])),
                column("at", Values::Time(vec![None, None])),
            ],
        };
        assert_eq!(table.height(), 2);
        assert!(table.says("id") && !table.says("at") && !table.says("owner"));
        assert!(Values::Flag(Vec::new()).is_empty());
    }
}
