//! What a column that nobody mapped seems to hold, for `inspect` and `init`.
//!
//! A guess is only shown, never used to read a column: the mapping says what a column is.

use std::hash::{DefaultHasher, Hash, Hasher};

use rustc_hash::FxHashSet;

use super::date::DateColumn;
use super::number::currency::Currency;
use super::number::{NumberColumn, NumberOptions, NumberProblem, Numbers};
use super::{flag, is_missing, trimmed};

/// What a column seems to hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Guess {
    /// Nothing: every cell is empty.
    Empty,
    /// Dates or times, in this format.
    Date {
        /// In words: `ISO date`, `day/month/year`.
        format: String,
    },
    /// Numbers.
    Number,
    /// Numbers with a percent sign.
    Percent,
    /// Amounts; the currency where all cells agree.
    Money {
        /// The only currency of the column.
        currency: Option<Currency>,
    },
    /// Yes and no.
    Flag,
    /// Identifiers.
    Id,
    /// Words.
    Text,
}

impl Guess {
    /// The type in one word.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::Date { .. } => "date",
            Self::Number => "number",
            Self::Percent => "percent",
            Self::Money { .. } => "money",
            Self::Flag => "flag",
            Self::Id => "id",
            Self::Text => "text",
        }
    }
}

/// How many different values a column has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Distinct {
    /// This many.
    Exactly(u64),
    /// More than are counted.
    MoreThan(u64),
}

/// Sum and spread of the numbers of a column.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Spread {
    /// Exact sum in millionths.
    pub sum_micros: i128,
    /// The smallest value.
    pub min: f64,
    /// The middle value; the mean of the two middle ones where their count is even.
    pub median: f64,
    /// The largest value.
    pub max: f64,
}

/// What is known of a column.
#[derive(Debug, Clone, PartialEq)]
pub struct Profile {
    /// What it seems to hold.
    pub guess: Guess,
    /// Cells.
    pub rows: u64,
    /// Cells with a value.
    pub filled: u64,
    /// Different values.
    pub distinct: Distinct,
    /// Sum and spread, where it holds numbers or money of one kind.
    pub spread: Option<Spread>,
    /// What stands in the way of a plain reading of its numbers.
    pub doubts: Doubts,
}

/// What is not plain about the numbers of a column.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Doubts {
    /// The decimal sign was assumed, or two rows contradict each other about it.
    pub sign: Option<NumberProblem>,
    /// Several currencies with their cells; empty where there is one or none.
    pub currencies: Vec<(&'static str, u64)>,
    /// Cells with a per cent sign beside cells without, zeros aside: how many each.
    pub percents: Option<(u64, u64)>,
}

impl Doubts {
    fn of(numbers: &Numbers) -> Self {
        let plain = (0..numbers.len())
            .filter(|row| numbers.value(*row).is_some_and(|value| value != 0.0))
            .filter(|row| !numbers.is_percent(*row))
            .count() as u64;
        let mixed = |(currency, _): &(Currency, u64)| {
            let apart =
                |other: &Currency| !other.may_be(currency.code()) && !currency.may_be(other.code());
            numbers.currencies.iter().any(|(other, _)| apart(other))
        };
        let several = numbers.currencies.iter().any(mixed);
        let counted = numbers.currencies.iter().filter(|_| several);
        Self {
            sign: numbers.problem.clone(),
            currencies: counted
                .map(|(currency, count)| (currency.label, *count))
                .collect(),
            percents: (numbers.percents > 0 && plain > 0).then_some((numbers.percents, plain)),
        }
    }
}

/// Different values that are counted.
const MOST_DISTINCT: usize = 100_000;
/// Cells after which a type that hardly fits is given up.
const TRIAL: u64 = 200;

/// Collects the cells of a column to guess what it is.
#[derive(Debug)]
pub struct ProfileColumn {
    header: String,
    rows: u64,
    filled: u64,
    flags: u64,
    zeros_in_front: bool,
    blanks_inside: bool,
    with_digits: u64,
    longest: usize,
    /// Fingerprints of the values; only their count is ever seen.
    seen: FxHashSet<u64>,
    more: bool,
    dates: Option<DateColumn>,
    numbers: Option<NumberColumn>,
    bad_dates: u64,
    bad_numbers: u64,
}

impl ProfileColumn {
    /// A column below this header, which helps to tell ids and dates from other numbers.
    #[must_use]
    pub fn new(header: &str) -> Self {
        Self {
            header: header.to_lowercase(),
            rows: 0,
            filled: 0,
            flags: 0,
            zeros_in_front: false,
            blanks_inside: false,
            with_digits: 0,
            longest: 0,
            seen: FxHashSet::default(),
            more: false,
            dates: Some(DateColumn::new()),
            numbers: Some(NumberColumn::new(NumberOptions::default())),
            bad_dates: 0,
            bad_numbers: 0,
        }
    }

    /// Adds the next cell.
    pub fn push(&mut self, cell: &str) {
        self.rows += 1;
        let cell = trimmed(cell);
        if is_missing(cell) {
            return;
        }
        self.filled += 1;
        // The first word that is neither yes nor no settles that the column is no flag.
        if self.flags + 1 == self.filled {
            self.flags += u64::from(flag::parse(cell).is_some());
        }
        self.look(cell);
        self.count(cell);
        self.try_types(cell);
    }

    fn look(&mut self, cell: &str) {
        let digits = cell.bytes().filter(u8::is_ascii_digit).count();
        self.with_digits += u64::from(digits > 0);
        self.zeros_in_front |= cell.len() > 1 && digits == cell.len() && cell.starts_with('0');
        self.blanks_inside |= cell.contains(' ');
        self.longest = self.longest.max(cell.len());
    }

    fn count(&mut self, cell: &str) {
        if self.more {
            return;
        }
        let mut hasher = DefaultHasher::new();
        cell.hash(&mut hasher);
        self.seen.insert(hasher.finish());
        if self.seen.len() > MOST_DISTINCT {
            self.more = true;
            self.seen = FxHashSet::default();
        }
    }

    fn try_types(&mut self, cell: &str) {
        if let Some(dates) = &mut self.dates {
            dates.push(cell);
            self.bad_dates = dates.rejected() as u64;
            if self.filled >= TRIAL && self.bad_dates * 2 > self.filled {
                self.dates = None;
            }
        }
        if let Some(numbers) = &mut self.numbers {
            numbers.push(cell);
            self.bad_numbers = numbers.rejected() as u64;
            if self.filled >= TRIAL && self.bad_numbers * 2 > self.filled {
                self.numbers = None;
            }
        }
    }

    /// The guess, with the counts it rests on.
    #[must_use]
    pub fn finish(mut self) -> Profile {
        let distinct = if self.more {
            Distinct::MoreThan(MOST_DISTINCT as u64)
        } else {
            Distinct::Exactly(self.seen.len() as u64)
        };
        let numbers = self
            .numbers
            .take()
            .filter(|_| self.mostly(self.bad_numbers))
            .map(NumberColumn::finish);
        let guess = self.decide(numbers.as_ref());
        let numeric = matches!(guess, Guess::Number | Guess::Percent | Guess::Money { .. });
        let numbers = numbers.filter(|_| numeric);
        let doubts = numbers.as_ref().map(Doubts::of).unwrap_or_default();
        let one_kind = doubts.currencies.is_empty() && doubts.percents.is_none();
        Profile {
            spread: numbers.as_ref().filter(|_| one_kind).and_then(spread),
            doubts,
            guess,
            rows: self.rows,
            filled: self.filled,
            distinct,
        }
    }

    /// Nine of ten cells fit.
    fn mostly(&self, bad: u64) -> bool {
        bad * 10 <= self.filled
    }

    fn decide(&mut self, numbers: Option<&Numbers>) -> Guess {
        if self.filled == 0 {
            return Guess::Empty;
        }
        if self.flags == self.filled
            && self.seen.len() <= 2
            && (numbers.is_none() || self.seen.len() == 2)
        {
            return Guess::Flag;
        }
        if let Some(format) = self.date_format() {
            return Guess::Date { format };
        }
        if self.is_id(numbers.is_some()) {
            return Guess::Id;
        }
        match numbers {
            Some(numbers) => of_numbers(numbers),
            None => Guess::Text,
        }
    }

    fn date_format(&mut self) -> Option<String> {
        let worded = [
            "date",
            "time",
            "day",
            "created",
            "modified",
            "updated",
            "_at",
            "month",
            "timestamp",
            "datum",
            "fecha",
        ]
        .iter()
        .any(|word| self.header.contains(word));
        let fits = self.mostly(self.bad_dates) || worded;
        let dates = self.dates.take().filter(|_| fits)?.finish();
        let bare = dates.forms.iter().all(|(form, _)| form.is_bare_number());
        let tolerated = if worded { 2 } else { 10 };
        let good = dates.bad.len() as u64 * tolerated <= self.filled;
        (good && !dates.forms.is_empty() && (worded || !bare)).then(|| dates.format.clone())
    }

    /// Values without blanks that are named ids, or that look like keys and never repeat.
    fn is_id(&self, numeric: bool) -> bool {
        if self.blanks_inside {
            return false;
        }
        let named = self
            .header
            .split(|c: char| !c.is_alphanumeric())
            .any(names_an_id);
        let unique = self.more || self.seen.len() as u64 == self.filled;
        let common = self.filled > 1 && self.filled * 2 >= self.rows;
        let keys = unique && common && self.with_digits == self.filled && self.longest >= 4;
        named || self.zeros_in_front || keys && !numeric
    }
}

/// `id`, `uuid`, `leadid`, but not `paid`.
fn names_an_id(word: &str) -> bool {
    const OTHERS: &[&str] = &[
        "paid", "valid", "bid", "grid", "void", "aid", "liquid", "solid", "rapid",
    ];
    matches!(word, "ids" | "guid")
        || word.ends_with("id") && !OTHERS.iter().any(|other| word.ends_with(other))
}

fn of_numbers(numbers: &Numbers) -> Guess {
    let filled = numbers.filled() as u64;
    let with_currency: u64 = numbers.currencies.iter().map(|(_, count)| count).sum();
    if with_currency * 2 > filled {
        let currency = match numbers.currencies.as_slice() {
            [(currency, _)] => Some(*currency),
            _ => None,
        };
        return Guess::Money { currency };
    }
    if numbers.percents * 2 > filled {
        Guess::Percent
    } else {
        Guess::Number
    }
}

fn spread(numbers: &Numbers) -> Option<Spread> {
    let mut values: Vec<f64> = numbers.values().flatten().collect();
    values.sort_unstable_by(f64::total_cmp);
    let middle = values.len() / 2;
    let upper = *values.get(middle)?;
    let median = if values.len() % 2 == 1 {
        upper
    } else {
        f64::midpoint(*values.get(middle.checked_sub(1)?)?, upper)
    };
    Some(Spread {
        sum_micros: numbers.sum_micros(),
        min: *values.first()?,
        median,
        max: *values.last()?,
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
    use super::*;

    fn profile(header: &str, cells: &[&str]) -> Profile {
        let mut column = ProfileColumn::new(header);
        cells.iter().for_each(|cell| column.push(cell));
        column.finish()
    }

    #[test]
    fn columns_are_what_they_look_like() {
        for (header, cells, word) in [
            ("Created", &["2026-01-05", "", "2026-02-01"][..], "date"),
            ("Day", &["20260105", "20260106"], "date"),
            ("Day", &["13/01/2026", "02/01/2026"], "date"),
            ("Phone", &["1767830400", "1767830500"], "number"),
            ("Cost", &["$1,200.50", "$3.00"], "money"),
            ("CTR", &["1.93%", "0%"], "percent"),
            ("Clicks", &["12", "31,193", "0"], "number"),
            ("Converted", &["Yes", "No", "No"], "flag"),
            ("Converted", &["1", "0", "0"], "flag"),
            ("Record ID", &["12", "13"], "id"),
            ("Key events", &["1000", "2000", "3000"], "number"),
            ("Total paid", &["1000", "2000", "3000"], "number"),
            (
                "Create Date",
                &["2026-01-05", "2026-02-30", "2026-01-07"],
                "date",
            ),
            ("zip", &["01234", "56789"], "id"),
            ("lead", &["L-001", "L-002", "L-003"], "id"),
            ("Channel", &["Paid Search", "Direct", "Direct"], "text"),
            ("Amount", &["", " --"], "empty"),
        ] {
            assert_eq!(
                profile(header, cells).guess.word(),
                word,
                "{header} {cells:?}"
            );
        }
    }

    #[test]
    fn numbers_are_summed_up() {
        let found = profile("Cost", &["1.5", "2", "", "10"]);
        assert_eq!(
            (found.rows, found.filled, found.distinct),
            (4, 3, Distinct::Exactly(3))
        );
        let spread = found.spread.unwrap();
        assert_eq!(
            (spread.sum_micros, spread.min, spread.median, spread.max),
            (13_500_000, 1.5, 2.0, 10.0)
        );
    }

    #[test]
    fn the_count_of_values_stops_somewhere() {
        let mut column = ProfileColumn::new("name");
        for index in 0..=MOST_DISTINCT {
            column.push(&format!("name{index} x"));
        }
        assert_eq!(
            column.finish().distinct,
            Distinct::MoreThan(MOST_DISTINCT as u64)
        );
    }
}
