//! Touches of persons, compact.
//!
//! The one table that grows to hundreds of millions of rows, so it is no data frame: a
//! touch is 24 bytes, who touched is a fingerprint, and everything that words say of it
//! (channel, campaign, kind, event) is a class that it shares with others. Touches are
//! dealt to parts by their person; within a part they stand by person, time and input
//! row, so whatever needs the touches of a person is one pass over slices. Parts are
//! independent of each other: they are computed by several threads, and where memory is
//! limited they wait on disk.

mod amounts;
mod key;
mod parts;
mod spill;

pub use key::Key;
pub use parts::Collecting;

use crate::diagnostics::Failure;
use crate::domain::calendar::Millis;
use amounts::Amounts;
use parts::Part;
use polars::prelude::DataFrame;
use rustc_hash::FxHashMap;

/// Bits of the time, and what keeps times since the year 855 positive in them.
const TIME_BITS: u32 = 48;
const TIME_BIAS: i64 = 1 << 45;

/// One touch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Touch {
    print: u64,
    /// Check bits of the person above the time, so that the order is person, time, row.
    stamp: u64,
    row: u32,
    class: u32,
}

impl Touch {
    /// A touch of a person at a moment; `row` is its place among all rows of the input.
    #[must_use]
    pub fn new(person: Key, at: Millis, row: u32, class: u32) -> Self {
        let time = at.saturating_add(TIME_BIAS).clamp(0, (1 << TIME_BITS) - 1);
        Self {
            print: person.print,
            stamp: (u64::from(person.check) << TIME_BITS) | time.cast_unsigned(),
            row,
            class,
        }
    }

    /// Whose touch it is.
    #[must_use]
    pub fn person(&self) -> Key {
        Key {
            print: self.print,
            check: (self.stamp >> TIME_BITS) as u16,
        }
    }

    /// When it happened.
    #[must_use]
    pub fn at(&self) -> Millis {
        (self.stamp & ((1 << TIME_BITS) - 1)).cast_signed() - TIME_BIAS
    }

    /// Its class, an index into [`Touches::classes`].
    #[must_use]
    pub fn class(&self) -> usize {
        self.class as usize
    }

    /// Its place among all rows of the input, from 0.
    #[must_use]
    pub fn row(&self) -> u32 {
        self.row
    }

    /// The same touch as another person's.
    fn moved(self, to: Key) -> Self {
        Self::new(to, self.at(), self.row, self.class)
    }

    /// The same touch with its final place and class.
    #[must_use]
    pub fn placed(self, row: u32, class: u32) -> Self {
        Self { row, class, ..self }
    }
}

/// What touches have in common that words say.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Class {
    /// Channel, after the rules.
    pub channel: String,
    /// Campaign.
    pub campaign: Option<String>,
    /// Kind of touch: visit, webinar, call.
    pub kind: Option<String>,
    /// Name of a web or product event.
    pub event: Option<String>,
    /// True where the row says that it is a conversion itself.
    pub converts: bool,
    /// Values of the segment columns, in the order of [`Touches::segments`].
    pub segments: Vec<Option<String>>,
}

/// All touches of a person, by time and then input row; at least one.
#[derive(Debug, Clone, Copy)]
pub struct Person<'a> {
    /// Who.
    pub key: Key,
    /// The touches.
    pub touches: &'a [Touch],
}

/// What the inputs of touches have.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Given {
    /// Rows have amounts.
    pub value: bool,
    /// Some times are days without a time.
    pub date_only: bool,
}

/// Why touches on disk cannot be read.
pub type Unreadable = Failure;

/// The touches of all persons.
#[derive(Debug, Default)]
pub struct Touches {
    parts: Vec<Part>,
    spilled: Vec<spill::File>,
    /// Persons that became others after the parts were written to disk.
    moved: FxHashMap<Key, Key>,
    classes: Vec<Class>,
    segments: Vec<String>,
    amounts: Amounts,
    rows: u64,
    given: Given,
    reach: Option<(Millis, Millis)>,
    until: Option<Millis>,
}

impl Touches {
    /// True without any touch.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows == 0
    }

    /// How many touches there are, those after the as-of moment included.
    #[must_use]
    pub fn len(&self) -> u64 {
        self.rows
    }

    /// What touches of a class have in common; [`Touch::class`] points here.
    #[must_use]
    pub fn classes(&self) -> &[Class] {
        &self.classes
    }

    /// Names of the segment columns.
    #[must_use]
    pub fn segments(&self) -> &[String] {
        &self.segments
    }

    /// Which columns there are.
    #[must_use]
    pub fn given(&self) -> Given {
        self.given
    }

    /// First and last moment.
    #[must_use]
    pub fn reach(&self) -> Option<(Millis, Millis)> {
        self.reach
    }

    /// The amount of a touch in millionths of a unit, where its row has one.
    #[must_use]
    pub fn amount(&self, touch: &Touch) -> Option<i64> {
        self.amounts.of(touch.row)
    }

    /// Leaves out what happened after a moment.
    pub fn cut(&mut self, as_of: Option<Millis>) {
        self.until = as_of;
    }

    /// How many touches lie after the as-of moment.
    ///
    /// # Errors
    /// Where parts on disk cannot be read.
    pub fn after_as_of(&self) -> Result<u64, Failure> {
        let Some(until) = self
            .until
            .filter(|until| self.reach.is_some_and(|(_, last)| last > *until))
        else {
            return Ok(0);
        };
        let mut after = 0;
        let mut touches = Vec::new();
        for part in 0..self.parts.len() {
            self.part(part, &mut touches)?;
            after += touches.iter().filter(|touch| touch.at() > until).count() as u64;
        }
        Ok(after)
    }

    /// The classes as a table, one row each: what conditions on touches look at.
    #[must_use]
    pub fn described(&self) -> DataFrame {
        const OWN: &[&str] = &["channel", "campaign", "kind", "event"];
        let segments = self.segments.iter().map(String::as_str);
        let names = OWN.iter().copied().chain(segments);
        let columns = names.map(|name| {
            let words = self.words(name).unwrap_or_default();
            super::frame::text_column(name, &words)
        });
        super::frame::frame_of(self.classes.len(), columns.collect())
    }

    /// What each class says in a column of words, where there is such a column.
    #[must_use]
    pub fn words(&self, column: &str) -> Option<Vec<Option<&str>>> {
        let segment = self.segments.iter().position(|name| name == column);
        let of = |class| word_of(class, column, segment);
        self.classes.iter().map(of).collect()
    }
}

/// What a class says in a column; nothing where there is no such column.
fn word_of<'c>(class: &'c Class, column: &str, segment: Option<usize>) -> Option<Option<&'c str>> {
    match (column, segment) {
        (_, Some(place)) => Some(class.segments.get(place).and_then(Option::as_deref)),
        ("channel", None) => Some(Some(class.channel.as_str())),
        ("campaign", None) => Some(class.campaign.as_deref()),
        ("kind", None) => Some(class.kind.as_deref()),
        ("event", None) => Some(class.event.as_deref()),
        _ => None,
    }
}

/// Classes by what they say, so that equal ones are one.
#[derive(Debug, Default)]
pub struct Classes {
    list: Vec<Class>,
    index: FxHashMap<Class, u32>,
}

impl Classes {
    /// Begins with classes that have their numbers already, equal ones among them or not.
    #[must_use]
    pub fn new(numbered: impl Iterator<Item = Class>) -> Self {
        Self {
            list: numbered.collect(),
            index: FxHashMap::default(),
        }
    }

    /// The number of a class.
    pub fn number(&mut self, class: Class) -> u32 {
        if let Some(number) = self.index.get(&class) {
            return *number;
        }
        let number = u32::try_from(self.list.len()).unwrap_or(u32::MAX);
        self.list.push(class.clone());
        self.index.insert(class, number);
        number
    }

    /// All of them, in the order of their numbers.
    #[must_use]
    pub fn finish(self) -> Vec<Class> {
        self.list
    }
}
