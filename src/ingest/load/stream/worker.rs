//! One block to touches.

use std::sync::Arc;

use rustc_hash::FxHashMap;
use xxhash_rust::xxh3::xxh3_128;

use super::cells::{Odd, Spans, Splitter};
use super::pool::Pool;
use crate::domain::calendar::Millis;
use crate::ingest::cell::date::plain_stamp;
use crate::ingest::cell::number::plain_micros;
use crate::ingest::cell::{is_missing, trimmed};
use crate::ingest::load::clock::Clock;
use crate::tables::touches::{Key, Touch};

/// Which cells of a row are read.
#[derive(Debug, Clone)]
pub struct Layout {
    /// The byte between cells.
    pub delimiter: u8,
    /// Cells of every row.
    pub width: usize,
    /// Who.
    pub id: usize,
    /// When.
    pub at: usize,
    /// What it is worth.
    pub value: Option<usize>,
    /// Everything that is a word.
    pub words: Vec<usize>,
    /// First and last of `words` where nothing stands between them.
    pub stretch: Option<(usize, usize)>,
    /// True where a value makes a row a conversion, because no column says which rows are.
    pub value_converts: bool,
    /// Cells that mean nothing in this file, beyond the usual ones.
    pub missing: Vec<String>,
}

/// What words of a row say together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Words {
    /// Cells in the order of [`Layout::words`].
    pub cells: Vec<String>,
    /// True where a value says that such rows are conversions.
    pub converts: bool,
    /// Line ends in the block before its first row.
    pub line: u64,
}

/// What a block holds.
#[derive(Debug, Default)]
pub struct Parsed {
    /// Touches; rows counted from the first of the block, classes numbered by this reader.
    pub touches: Vec<Touch>,
    /// Words that this reader meets for the first time, in order.
    pub new_words: Vec<Words>,
    /// Amounts by row of the block, in millionths.
    pub amounts: Vec<(u32, i64)>,
    /// Line ends.
    pub lines: u64,
    /// First and last moment.
    pub reach: Option<(Millis, Millis)>,
    /// Local times that exist twice or not at all.
    pub doubtful: u64,
    /// True where a time is a day.
    pub date_only: bool,
    /// True where a blank line stands behind the last row.
    pub ends_blank: bool,
}

/// Reads blocks one after the other.
pub struct Worker {
    layout: Arc<Layout>,
    clock: Clock,
    /// Numbers of words by 128 bits of XXH3, as persons are known by eighty; of rows that
    /// are conversions apart.
    known: [FxHashMap<u128, u32>; 2],
    classes: u32,
    spans: Spans,
    joined: String,
    pools: Pools,
}

/// Buffers of blocks and of their touches.
#[derive(Debug, Clone)]
pub struct Pools {
    /// Bytes.
    pub bytes: Pool<u8>,
    /// Touches.
    pub touches: Pool<Touch>,
}

impl Worker {
    /// A reader of blocks with this layout; `clock` reads local times.
    pub fn new(layout: Arc<Layout>, clock: Clock, pools: Pools) -> Self {
        Self {
            layout,
            clock,
            known: Default::default(),
            classes: 0,
            spans: Vec::new(),
            joined: String::new(),
            pools,
        }
    }

    /// The touches of a block, whose buffer is used again.
    pub fn parse(&mut self, block: Vec<u8>) -> Result<Parsed, Odd> {
        let parsed = self.touches_of(&block);
        self.pools.bytes.give(block);
        parsed
    }

    fn touches_of(&mut self, block: &[u8]) -> Result<Parsed, Odd> {
        let block = std::str::from_utf8(block).map_err(|_| Odd)?;
        if memchr::memchr(0, block.as_bytes()).is_some() {
            return Err(Odd);
        }
        let layout = Arc::clone(&self.layout);
        let mut parsed = Parsed {
            touches: self.pools.touches.take(block.len() / 64),
            ..Parsed::default()
        };
        let mut splitter = Splitter::new(block, layout.delimiter);
        let mut spans = std::mem::take(&mut self.spans);
        let doubtful = self.clock.doubtful;
        loop {
            let line = splitter.lines;
            if !splitter.next_record(&mut spans)? {
                break;
            }
            if spans.len() != layout.width {
                if matches!(spans[..], [(from, to)] if from == to) {
                    parsed.ends_blank = true;
                    continue;
                }
                return Err(Odd);
            }
            // A row behind a blank line may begin another table.
            let comment = block.as_bytes().get(spans[0].0 as usize) == Some(&b'#');
            if splitter.escaped || parsed.ends_blank || comment {
                return Err(Odd);
            }
            let record = Record {
                block,
                spans: &spans,
            };
            self.row(&layout, record, line, &mut parsed)?;
        }
        self.spans = spans;
        parsed.lines = splitter.lines;
        parsed.doubtful = self.clock.doubtful - doubtful;
        Ok(parsed)
    }

    fn row(
        &mut self,
        layout: &Layout,
        record: Record<'_>,
        line: u64,
        parsed: &mut Parsed,
    ) -> Result<(), Odd> {
        let cell = |place| record.cell(place);
        let id = trimmed(cell(layout.id));
        if is_missing(id) || layout.missing.iter().any(|word| word == id) {
            return Err(Odd);
        }
        let stamp = plain_stamp(cell(layout.at)).ok_or(Odd)?;
        parsed.date_only |= stamp.date_only;
        let at = self.clock.instant(stamp);
        let row = parsed.touches.len() as u32;
        let mut converts = false;
        if let Some(value) = layout.value {
            let text = trimmed(cell(value));
            if !is_missing(text) {
                parsed.amounts.push((row, plain_micros(text).ok_or(Odd)?));
                converts = layout.value_converts;
            }
        }
        let class = self.class(layout, record, converts, line, parsed);
        let (first, last) = parsed.reach.unwrap_or((at, at));
        parsed.reach = Some((first.min(at), last.max(at)));
        parsed.touches.push(Touch::new(Key::of(id), at, row, class));
        Ok(())
    }

    /// The number of what the words of a row say.
    fn class(
        &mut self,
        layout: &Layout,
        record: Record<'_>,
        converts: bool,
        line: u64,
        parsed: &mut Parsed,
    ) -> u32 {
        let key = match layout.stretch {
            // Cells beside each other are looked up as they stand.
            Some((first, last)) => record.stretch(first, last),
            None => {
                self.joined.clear();
                for place in &layout.words {
                    self.joined.push_str(record.cell(*place));
                    self.joined.push('\0');
                }
                &self.joined
            }
        };
        let key = xxh3_128(key.as_bytes());
        let known = &mut self.known[usize::from(converts)];
        if let Some(class) = known.get(&key) {
            return *class;
        }
        known.insert(key, self.classes);
        self.classes += 1;
        let cells = layout.words.iter();
        parsed.new_words.push(Words {
            cells: cells.map(|place| record.cell(*place).to_owned()).collect(),
            converts,
            line,
        });
        self.classes - 1
    }
}

/// A record in its block.
#[derive(Clone, Copy)]
struct Record<'b> {
    block: &'b str,
    spans: &'b [(u32, u32)],
}

impl<'b> Record<'b> {
    fn cell(self, place: usize) -> &'b str {
        let (from, to) = self.spans[place];
        &self.block[from as usize..to as usize]
    }

    /// From the first cell to the last, with all that stands between.
    fn stretch(self, first: usize, last: usize) -> &'b str {
        &self.block[self.spans[first].0 as usize..self.spans[last].1 as usize]
    }
}
