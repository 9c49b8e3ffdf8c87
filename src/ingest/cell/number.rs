//! Columns of numbers and of money.
//!
//! A cell is kept exactly, as digits and a count of decimal places, so that money can be
//! summed without rounding. Whether `1.234` is one and a bit or more than a thousand is
//! decided by the whole column: `146536,25` makes the point beside it a separator of
//! thousands. Where nothing decides, the mark is read as separating thousands and the
//! assumption is said; where two rows contradict each other it is an error.

pub mod currency;
mod parse;
mod plain;
mod report;

use super::{Example, KEPT_EXAMPLES};
use crate::domain::money::Money;
use crate::ingest::spec::Decimal;
use currency::Currency;
use parse::{Figure, Marks, Parsed};

pub use parse::BadNumber;
pub use plain::plain_micros;

/// What was said about a column of numbers.
#[derive(Debug, Clone, Copy, Default)]
pub struct NumberOptions {
    /// The decimal sign, where it is declared.
    pub decimal: Option<Decimal>,
    /// True for money: amounts that millionths in 64 bits cannot hold are bad cells.
    pub money: bool,
}

/// What a column says about its decimal sign when its cells disagree or are silent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NumberProblem {
    /// Nothing decides; the mark was read as separating thousands.
    AssumedThousands(Example),
    /// Nothing in the column decides; the mark was read as the decimal sign of its neighbours.
    AssumedDecimal(Example),
    /// Two rows contradict each other.
    Mixed {
        /// A row whose decimal sign is the point.
        point: Example,
        /// A row whose decimal sign is the comma.
        comma: Example,
        /// True where every cell can be read in one way only all the same.
        harmless: bool,
    },
}

/// A number in sixteen bytes.
#[derive(Debug, Clone, Copy)]
struct Cell {
    mantissa: i64,
    scale: u8,
    state: State,
    /// Position in the list of currencies plus one.
    currency: u8,
    percent: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Missing,
    Bad,
    Silent,
    Point,
    Comma,
    UnclearPoint,
    UnclearComma,
}

impl Cell {
    const fn without_value(state: State) -> Self {
        Self {
            mantissa: 0,
            scale: 0,
            state,
            currency: 0,
            percent: false,
        }
    }

    fn has_value(&self) -> bool {
        !matches!(
            self.state,
            State::Missing | State::Bad | State::UnclearPoint | State::UnclearComma
        )
    }
}

/// Collects the cells of a column of numbers.
#[derive(Debug, Default)]
pub struct NumberColumn {
    options: NumberOptions,
    cells: Vec<Cell>,
    votes: Votes,
    currencies: Vec<(Currency, u64)>,
    percents: u64,
    bad: Vec<(usize, BadNumber)>,
    examples: Vec<Example>,
}

/// The first row of each kind.
#[derive(Debug, Default)]
struct Votes {
    weak: BySign,
    strong: BySign,
    unclear: BySign,
}

#[derive(Debug, Default)]
struct BySign {
    point: Option<Example>,
    comma: Option<Example>,
}

impl BySign {
    fn note(&mut self, sign: Decimal, row: usize, cell: &str) {
        let slot = match sign {
            Decimal::Point => &mut self.point,
            Decimal::Comma => &mut self.comma,
        };
        if slot.is_none() {
            *slot = Some(Example::new(row, cell));
        }
    }

    fn any(&self) -> bool {
        self.point.is_some() || self.comma.is_some()
    }
}

/// A column of numbers, read.
#[derive(Debug)]
pub struct Numbers {
    cells: Vec<Cell>,
    /// The decimal sign, where the column decides or was told.
    pub decimal: Option<Decimal>,
    /// Currencies that the cells carry, in order of appearance, with the number of cells.
    pub currencies: Vec<(Currency, u64)>,
    /// How many cells carry a percent sign; their values are divided by 100.
    pub percents: u64,
    /// Every cell that is no number, by row.
    pub bad: Vec<(usize, BadNumber)>,
    /// The first of the bad cells, for messages.
    pub examples: Vec<Example>,
    /// What the column says about its decimal sign, where that is not plain.
    pub problem: Option<NumberProblem>,
}

impl NumberColumn {
    /// An empty column.
    #[must_use]
    pub fn new(options: NumberOptions) -> Self {
        Self {
            options,
            ..Self::default()
        }
    }

    /// How many cells were pushed.
    #[must_use]
    pub fn len(&self) -> usize {
        self.cells.len()
    }

    /// True before the first cell.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.cells.is_empty()
    }

    /// How many cells so far are no number.
    #[must_use]
    pub fn rejected(&self) -> usize {
        self.bad.len()
    }

    /// Adds the next cell.
    pub fn push(&mut self, cell: &str) {
        let row = self.cells.len();
        let kept = match parse::parse(cell) {
            Parsed::Missing => Cell::without_value(State::Missing),
            Parsed::Bad(kind) => {
                self.reject(row, kind, cell);
                Cell::without_value(State::Bad)
            }
            Parsed::Number(figure) => self.accept(row, &figure, cell),
        };
        self.cells.push(kept);
    }

    /// Adds an empty row.
    pub fn push_missing(&mut self) {
        self.cells.push(Cell::without_value(State::Missing));
    }

    fn accept(&mut self, row: usize, figure: &Figure, cell: &str) -> Cell {
        let wrong = |sign| {
            self.options
                .decimal
                .is_some_and(|declared| declared != sign)
        };
        match figure.marks {
            Marks::Weak(sign) | Marks::Strong(sign) if wrong(sign) => {
                self.reject(row, BadNumber::WrongMark, cell);
                return Cell::without_value(State::Bad);
            }
            Marks::Weak(sign) => self.votes.weak.note(sign, row, cell),
            Marks::Strong(sign) => self.votes.strong.note(sign, row, cell),
            Marks::Unclear(sign) => self.votes.unclear.note(sign, row, cell),
            Marks::Silent => {}
        }
        self.percents += u64::from(figure.percent);
        Cell {
            mantissa: figure.mantissa,
            scale: figure.scale,
            state: state_of(figure.marks),
            currency: figure.currency.map_or(0, |currency| self.intern(currency)),
            percent: figure.percent,
        }
    }

    /// Position of the currency plus one; beyond 254 currencies the last one is shared.
    fn intern(&mut self, currency: Currency) -> u8 {
        let known = self
            .currencies
            .iter()
            .position(|(known, _)| *known == currency);
        let index = known.unwrap_or(self.currencies.len()).min(254);
        match self.currencies.get_mut(index) {
            Some((_, count)) => *count += 1,
            None => self.currencies.push((currency, 1)),
        }
        u8::try_from(index + 1).unwrap_or(u8::MAX)
    }

    fn reject(&mut self, row: usize, kind: BadNumber, cell: &str) {
        self.bad.push((row, kind));
        if self.examples.len() < KEPT_EXAMPLES {
            self.examples.push(Example::new(row, cell));
        }
    }

    /// The decimal sign that the cells so far decide, for the columns beside this one.
    #[must_use]
    pub fn decided(&self) -> Option<Decimal> {
        match self.votes.decide(None) {
            (decimal, None) => decimal,
            _ => None,
        }
    }

    /// Decides the column from all its cells.
    #[must_use]
    pub fn finish(self) -> Numbers {
        self.finish_beside(None)
    }

    /// Decides the column from all its cells; where they are silent, from the decimal sign on
    /// which the other columns of the same files agree (see [`NumberColumn::decided`]).
    #[must_use]
    pub fn finish_beside(mut self, neighbours: Option<Decimal>) -> Numbers {
        let (decimal, problem) = match self.options.decimal {
            Some(declared) => (Some(declared), None),
            None => self.votes.decide(neighbours),
        };
        let mut overflows = Vec::new();
        for (row, cell) in self.cells.iter_mut().enumerate() {
            settle(cell, decimal);
            if self.options.money && cell.has_value() && narrow(cell).is_none() {
                *cell = Cell::without_value(State::Bad);
                overflows.push((row, BadNumber::OutOfRange));
            }
        }
        self.bad.extend(overflows);
        self.bad.sort_unstable_by_key(|(row, _)| *row);
        Numbers {
            cells: self.cells,
            decimal,
            currencies: self.currencies,
            percents: self.percents,
            bad: self.bad,
            examples: self.examples,
            problem,
        }
    }
}

fn state_of(marks: Marks) -> State {
    match marks {
        Marks::Silent => State::Silent,
        Marks::Weak(Decimal::Point) | Marks::Strong(Decimal::Point) => State::Point,
        Marks::Weak(Decimal::Comma) | Marks::Strong(Decimal::Comma) => State::Comma,
        Marks::Unclear(Decimal::Point) => State::UnclearPoint,
        Marks::Unclear(Decimal::Comma) => State::UnclearComma,
    }
}

/// Reads an unclear cell with the column's decimal sign; without one it stays unclear.
fn settle(cell: &mut Cell, decimal: Option<Decimal>) {
    let mark = match cell.state {
        State::UnclearPoint => Decimal::Point,
        State::UnclearComma => Decimal::Comma,
        _ => return,
    };
    let Some(decimal) = decimal else {
        return;
    };
    if mark == decimal {
        cell.scale += 3;
    }
    cell.state = State::Silent;
}

/// Millionths, where 64 bits hold them.
fn narrow(cell: &Cell) -> Option<i64> {
    i64::try_from(micros(cell)).ok()
}

/// Millionths, half away from zero where there are more than six places.
fn micros(cell: &Cell) -> i128 {
    let mantissa = i128::from(cell.mantissa);
    match 6 - i32::from(cell.scale) {
        more @ 0.. => mantissa * 10_i128.pow(more.unsigned_abs()),
        less => {
            let divisor = 10_i128.pow(less.unsigned_abs());
            (mantissa + mantissa.signum() * divisor / 2) / divisor
        }
    }
}

impl Votes {
    fn decide(&self, neighbours: Option<Decimal>) -> (Option<Decimal>, Option<NumberProblem>) {
        let point = self.strong.point.as_ref().or(self.weak.point.as_ref());
        let comma = self.strong.comma.as_ref().or(self.weak.comma.as_ref());
        match (point, comma) {
            (Some(point), Some(comma)) => {
                let harmless = !self.strong.any() && !self.unclear.any();
                (None, Some(mixed(point, comma, harmless)))
            }
            (Some(_), None) => (Some(Decimal::Point), None),
            (None, Some(_)) => (Some(Decimal::Comma), None),
            (None, None) => match neighbours {
                Some(sign) => self.as_neighbours(sign),
                None => self.without_votes(),
            },
        }
    }

    /// Only cells like `1,234`: the mark is taken to separate thousands.
    fn without_votes(&self) -> (Option<Decimal>, Option<NumberProblem>) {
        let assumed = |example: &Example| Some(NumberProblem::AssumedThousands(example.clone()));
        match (&self.unclear.point, &self.unclear.comma) {
            (Some(point), Some(comma)) => (None, Some(mixed(point, comma, false))),
            (Some(point), None) => (Some(Decimal::Comma), assumed(point)),
            (None, Some(comma)) => (Some(Decimal::Point), assumed(comma)),
            (None, None) => (None, None),
        }
    }

    /// Only cells like `1,234` beside columns that have decided.
    fn as_neighbours(&self, sign: Decimal) -> (Option<Decimal>, Option<NumberProblem>) {
        let read_as_decimal = match sign {
            Decimal::Point => &self.unclear.point,
            Decimal::Comma => &self.unclear.comma,
        };
        let problem = read_as_decimal.clone().map(NumberProblem::AssumedDecimal);
        (self.unclear.any().then_some(sign), problem)
    }
}

fn mixed(point: &Example, comma: &Example, harmless: bool) -> NumberProblem {
    NumberProblem::Mixed {
        point: point.clone(),
        comma: comma.clone(),
        harmless,
    }
}

impl Numbers {
    /// How many rows the column has.
    #[must_use]
    pub fn len(&self) -> usize {
        self.cells.len()
    }

    /// True for a column without rows.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.cells.is_empty()
    }

    fn cell(&self, row: usize) -> Option<&Cell> {
        self.cells.get(row).filter(|cell| cell.has_value())
    }

    /// The value of a row; nothing where it is missing, bad or undecided. Percent signs divide by 100.
    #[must_use]
    pub fn value(&self, row: usize) -> Option<f64> {
        self.cell(row).map(float)
    }

    /// The value of a row in millionths.
    #[must_use]
    pub fn micros(&self, row: usize) -> Option<i128> {
        self.cell(row).map(micros)
    }

    /// The value of a row as an amount.
    #[must_use]
    pub fn money(&self, row: usize) -> Option<Money> {
        self.micros(row).map(Money::from_micros)
    }

    /// The currency that a row carries.
    #[must_use]
    pub fn currency(&self, row: usize) -> Option<Currency> {
        let index = usize::from(self.cells.get(row)?.currency).checked_sub(1)?;
        self.currencies.get(index).map(|(currency, _)| *currency)
    }

    /// True where a row carries a percent sign.
    #[must_use]
    pub fn is_percent(&self, row: usize) -> bool {
        self.cells.get(row).is_some_and(|cell| cell.percent)
    }

    /// True where a row says that it has no value.
    #[must_use]
    pub fn is_missing(&self, row: usize) -> bool {
        self.cells
            .get(row)
            .is_none_or(|cell| cell.state == State::Missing)
    }

    /// The values in row order.
    pub fn values(&self) -> impl Iterator<Item = Option<f64>> {
        self.cells
            .iter()
            .map(|cell| cell.has_value().then(|| float(cell)))
    }

    /// The exact sum in millionths.
    #[must_use]
    pub fn sum_micros(&self) -> i128 {
        self.cells
            .iter()
            .filter(|cell| cell.has_value())
            .map(micros)
            .sum()
    }

    /// How many rows have a value.
    #[must_use]
    pub fn filled(&self) -> usize {
        self.cells.iter().filter(|cell| cell.has_value()).count()
    }
}

/// The nearest float. Up to 2^53 and 22 places both parts are exact and one division rounds once.
fn float(cell: &Cell) -> f64 {
    let exact = cell.mantissa.unsigned_abs() <= 1 << 53 && cell.scale <= 22;
    if exact {
        return cell.mantissa as f64 / 10_f64.powi(cell.scale.into());
    }
    format!("{}e-{}", cell.mantissa, cell.scale)
        .parse()
        .unwrap_or(cell.mantissa as f64 / 10_f64.powi(cell.scale.into()))
}

/// True where the text alone has the form of a number.
pub(crate) fn is_number(cell: &str) -> bool {
    matches!(parse::parse(cell), Parsed::Number(_))
}

#[cfg(test)]
mod tests;
