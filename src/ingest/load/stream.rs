//! Files of touches, read as a stream.
//!
//! Touches are the one table too large to be held as text. A file is read in blocks that
//! end where records end; several readers take the mapped cells of a block and nothing
//! else; what words say is kept once and numbered; persons become fingerprints. Rows,
//! words and moments come out in the order of the file, whatever the number of readers.
//!
//! This way is for plain files: UTF-8, every row as wide as the header, dates and amounts
//! that say by themselves what they are. Anything else (a row that is cut off, a date
//! whose day and month the column must decide) makes the file odd: nothing of it is kept,
//! and it is read as all other tables are, held as a whole, with every defect named.

mod blocks;
mod cells;
mod marks;
mod pool;
mod worker;

use std::collections::BTreeMap;
use std::io::{self, Read};
use std::path::Path;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex};

use chrono_tz::Tz;
use flate2::read::MultiGzDecoder;
use rustc_hash::FxHashMap;

use super::clock::Clock;
use crate::diagnostics::{Diagnostic, Failure, codes};
use crate::domain::calendar::Millis;
use crate::tables::touches::Collecting;
use blocks::Blocks;
use cells::Odd;
use pool::Pool;
use worker::{Parsed, Pools, Worker};

pub use blocks::BLOCK;
pub use worker::{Layout, Words};

/// Bytes at the start of a file that show what it is.
const HEAD: usize = 1 << 18;

/// How a file is read.
pub struct Plan {
    /// Its cells.
    pub layout: Layout,
    /// Bytes before the first row.
    pub skip: usize,
    /// Line of the first row, from 1.
    pub line: u64,
    /// Zone of local times.
    pub zone: Tz,
    /// Number of the first row among all touches.
    pub row: u32,
    /// Number of its first class.
    pub class: u32,
    /// Bytes of a block.
    pub block: usize,
    /// Readers.
    pub threads: usize,
    /// Most bytes of touches in memory.
    pub memory: Option<u64>,
}

/// What a file holds.
pub struct Streamed {
    /// Touches; their classes are the places in `words`, counted from the first class.
    pub touches: Collecting,
    /// What words of rows say together, in the order of their first rows; lines from 1.
    pub words: Vec<Words>,
    /// Rows of each of `words`.
    pub counts: Vec<u64>,
    /// First and last moment.
    pub reach: Option<(Millis, Millis)>,
    /// Local times that exist twice or not at all.
    pub doubtful: u64,
    /// True where a time is a day.
    pub date_only: bool,
    /// SHA-256 of the bytes on disk, hexadecimal.
    pub sha256: String,
}

/// The start of a file as text, cut behind a line end, and the bytes of a mark before it;
/// nothing for a file that is not plainly UTF-8.
#[must_use]
pub fn head(path: &Path) -> Option<(String, usize)> {
    let mut bytes = Vec::new();
    // What is read from a pipe is gone.
    if !std::fs::metadata(path).is_ok_and(|found| found.is_file()) {
        return None;
    }
    let file = || std::fs::File::open(path).ok();
    file()?.take(HEAD as u64).read_to_end(&mut bytes).ok()?;
    if bytes.starts_with(&[0x1f, 0x8b]) {
        bytes.clear();
        let decoder = MultiGzDecoder::new(file()?);
        decoder.take(HEAD as u64).read_to_end(&mut bytes).ok()?;
    }
    if bytes.len() >= HEAD {
        let end = memchr::memrchr(b'\n', &bytes)?;
        bytes.truncate(end + 1);
    }
    let mark = if bytes.starts_with(b"\xEF\xBB\xBF") {
        3
    } else {
        0
    };
    let text = String::from_utf8(bytes.split_off(mark)).ok()?;
    // Bare carriage returns end lines in some old exports.
    (text.contains('\n') && !text.contains('\0')).then_some((text, mark))
}

/// Reads a file; nothing where it is odd.
///
/// # Errors
/// More rows than can be numbered, or a temporary file that cannot be written.
pub fn read(path: &Path, plan: &Plan) -> Result<Option<Streamed>, Failure> {
    let mut gathering = Gathering::new(plan);
    let layout = Arc::new(plan.layout.clone());
    let pools = gathering.pools.clone();
    let worker = || Worker::new(Arc::clone(&layout), Clock::new(plan.zone), pools.clone());
    let outcome = match plan.threads {
        0 | 1 => alone(path, plan, worker(), &mut gathering),
        threads => together(path, plan, threads, &worker, &mut gathering),
    };
    match outcome {
        Ok(sha256) => Ok(Some(gathering.finish(sha256))),
        Err(Stop::Odd) => Ok(None),
        Err(Stop::Failed(failure)) => Err(failure),
    }
}

/// Why reading ends early.
enum Stop {
    Odd,
    Failed(Failure),
}

impl From<Odd> for Stop {
    fn from(_: Odd) -> Self {
        Self::Odd
    }
}

impl From<io::Error> for Stop {
    fn from(_: io::Error) -> Self {
        // Reading the file the other way will meet the same error, and name it.
        Self::Odd
    }
}

fn first_block(blocks: &mut Blocks, skip: usize) -> Result<Option<Vec<u8>>, Stop> {
    let Some(mut block) = blocks.next_block()? else {
        return Ok(None);
    };
    if block.len() < skip {
        return Err(Stop::Odd);
    }
    block.drain(..skip);
    Ok(Some(block))
}

fn alone(
    path: &Path,
    plan: &Plan,
    mut worker: Worker,
    gathering: &mut Gathering,
) -> Result<String, Stop> {
    let mut blocks = Blocks::open(path, plan.block, gathering.pools.bytes.clone())?;
    let mut block = first_block(&mut blocks, plan.skip)?;
    while let Some(bytes) = block {
        gathering.take(0, worker.parse(bytes)?)?;
        block = blocks.next_block()?;
    }
    Ok(blocks.sha256()?)
}

/// A block with its number.
type Numbered = (usize, Vec<u8>);
/// The number of a block, of the reader, and what it found.
type Answer = (usize, usize, Result<Parsed, Odd>);

fn together(
    path: &Path,
    plan: &Plan,
    threads: usize,
    worker: &dyn Fn() -> Worker,
    gathering: &mut Gathering,
) -> Result<String, Stop> {
    let mut blocks = Blocks::open(path, plan.block, gathering.pools.bytes.clone())?;
    let first = first_block(&mut blocks, plan.skip)?;
    let (give, blocks_to_read) = sync_channel::<Numbered>(threads);
    let blocks_to_read = Arc::new(Mutex::new(blocks_to_read));
    let (answer, answers) = sync_channel::<Answer>(2 * threads);
    std::thread::scope(|scope| {
        let feeding = scope.spawn(move || feed(blocks, first, &give));
        for number in 0..threads {
            let (answer, blocks, mut worker) =
                (answer.clone(), Arc::clone(&blocks_to_read), worker());
            scope.spawn(move || {
                while let Some((block, bytes)) = received(&blocks) {
                    if answer.send((block, number, worker.parse(bytes))).is_err() {
                        return;
                    }
                }
            });
        }
        // Readers whose answers nobody takes end; so does the thread whose blocks nobody takes.
        drop((answer, blocks_to_read));
        let gathered = gather(answers, gathering);
        let fed = feeding.join().unwrap_or(Err(Stop::Odd));
        gathered?;
        fed
    })
}

fn received(blocks: &Mutex<Receiver<Numbered>>) -> Option<Numbered> {
    blocks.lock().ok()?.recv().ok()
}

fn feed(
    mut blocks: Blocks,
    first: Option<Vec<u8>>,
    give: &SyncSender<Numbered>,
) -> Result<String, Stop> {
    let mut block = first;
    let mut number = 0;
    while let Some(bytes) = block {
        if give.send((number, bytes)).is_err() {
            return Err(Stop::Odd);
        }
        number += 1;
        block = blocks.next_block()?;
    }
    Ok(blocks.sha256()?)
}

/// Takes the answers in the order of the blocks.
fn gather(answers: Receiver<Answer>, gathering: &mut Gathering) -> Result<(), Stop> {
    let mut waiting = BTreeMap::new();
    let mut wanted = 0;
    for (block, reader, parsed) in answers {
        waiting.insert(block, (reader, parsed?));
        while let Some((reader, parsed)) = waiting.remove(&wanted) {
            gathering.take(reader, parsed)?;
            wanted += 1;
        }
    }
    Ok(())
}

/// Puts blocks together.
struct Gathering {
    touches: Collecting,
    pools: Pools,
    class: u32,
    row: u64,
    line: u64,
    words: Vec<Words>,
    counts: Vec<u64>,
    index: FxHashMap<(Vec<String>, bool), u32>,
    /// For each reader the numbers of its words.
    of_reader: Vec<Vec<u32>>,
    reach: Option<(Millis, Millis)>,
    doubtful: u64,
    date_only: bool,
    ends_blank: bool,
}

impl Gathering {
    fn new(plan: &Plan) -> Self {
        Self {
            touches: Collecting::new(plan.memory),
            pools: Pools {
                bytes: Pool::new(),
                touches: Pool::new(),
            },
            class: plan.class,
            row: u64::from(plan.row),
            line: plan.line,
            words: Vec::new(),
            counts: Vec::new(),
            index: FxHashMap::default(),
            of_reader: vec![Vec::new(); plan.threads.max(1)],
            reach: None,
            doubtful: 0,
            date_only: false,
            ends_blank: false,
        }
    }

    fn take(&mut self, reader: usize, parsed: Parsed) -> Result<(), Stop> {
        if self.ends_blank && !parsed.touches.is_empty() {
            return Err(Stop::Odd);
        }
        self.ends_blank |= parsed.ends_blank;
        let end = self.row + parsed.touches.len() as u64;
        let Ok(_) = u32::try_from(end) else {
            return Err(Stop::Failed(too_many()));
        };
        for words in parsed.new_words {
            let number = self.number(words);
            self.of_reader[reader].push(number);
        }
        let base = self.row as u32;
        let numbers = &self.of_reader[reader];
        for touch in &parsed.touches {
            let class = numbers[touch.class()];
            self.counts[class as usize] += 1;
            self.touches
                .push(touch.placed(base + touch.row(), self.class + class));
        }
        self.pools.touches.give(parsed.touches);
        for (row, micros) in parsed.amounts {
            self.touches.amount(base + row, micros);
        }
        if let Some((first, last)) = parsed.reach {
            self.touches.reaches(first, last);
            let (a, b) = self.reach.unwrap_or((first, last));
            self.reach = Some((a.min(first), b.max(last)));
        }
        self.row = end;
        self.line += parsed.lines;
        self.doubtful += parsed.doubtful;
        self.date_only |= parsed.date_only;
        self.touches.settle().map_err(Stop::Failed)
    }

    fn number(&mut self, mut words: Words) -> u32 {
        let key = (words.cells.clone(), words.converts);
        if let Some(number) = self.index.get(&key) {
            return *number;
        }
        let number = u32::try_from(self.words.len()).unwrap_or(u32::MAX);
        words.line += self.line;
        self.index.insert(key, number);
        self.words.push(words);
        self.counts.push(0);
        number
    }

    fn finish(self, sha256: String) -> Streamed {
        Streamed {
            touches: self.touches,
            words: self.words,
            counts: self.counts,
            reach: self.reach,
            doubtful: self.doubtful,
            date_only: self.date_only,
            sha256,
        }
    }
}

/// Rows of touches are numbered in 32 bits.
pub fn too_many() -> Failure {
    Diagnostic::new(&codes::LIMIT, "there are more than 4,294,967,295 touches")
        .hint("give a shorter time, or several runs of a part of the persons each")
        .into()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::io::Write;

    use super::*;
    use crate::tables::touches::{Class, Given, Person};

    /// Rows with line ends and delimiters in cells, quoted cells and plain ones.
    fn text() -> String {
        let mut text = "id,at,channel,note\n".to_owned();
        for row in 0..900 {
            let channel = ["Email", "\"Fair, \nBasel\"", "\"Paid\"", "Direct"][row % 4];
            let note = ["", "x", "\"a\nb\""][row % 3];
            text += &format!(
                "p{},2026-01-{:02}T00:00:0{}Z,{channel},{note}\n",
                row % 70,
                1 + row % 28,
                row % 10
            );
        }
        text
    }

    type Told = (
        Vec<(Vec<(i64, u32, usize)>, u32)>,
        Vec<Words>,
        Vec<u64>,
        String,
    );

    fn told(block: usize, threads: usize, packed: bool) -> Told {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        if packed {
            let mut packer = flate2::write::GzEncoder::new(&mut file, flate2::Compression::fast());
            packer.write_all(text().as_bytes()).unwrap();
            packer.finish().unwrap();
        } else {
            file.write_all(text().as_bytes()).unwrap();
        }
        let plan = Plan {
            layout: Layout {
                delimiter: b',',
                width: 4,
                id: 0,
                at: 1,
                value: None,
                words: vec![2],
                stretch: Some((2, 2)),
                value_converts: false,
                missing: Vec::new(),
            },
            skip: text().find('\n').unwrap() + 1,
            line: 2,
            zone: Tz::UTC,
            row: 0,
            class: 0,
            block,
            threads,
            memory: None,
        };
        let streamed = read(file.path(), &plan).ok().flatten().unwrap();
        let classes = vec![Class::default(); streamed.words.len()];
        let touches = streamed
            .touches
            .finish(classes, Vec::new(), Given::default(), 1);
        let touches = touches.ok().unwrap();
        let mut all = Vec::new();
        let visit = |(): &mut (), list: &mut Vec<_>, person: Person<'_>| {
            let one =
                |touch: &crate::tables::touches::Touch| (touch.at(), touch.row(), touch.class());
            let first = person.touches[0].row();
            list.push((person.touches.iter().map(one).collect::<Vec<_>>(), first));
        };
        touches
            .fold(1, || (), Vec::new, visit, |list| all.extend(list))
            .ok()
            .unwrap();
        (all, streamed.words, streamed.counts, streamed.sha256)
    }

    #[test]
    fn blocks_and_readers_change_nothing() {
        let whole = told(BLOCK, 1, false);
        assert_eq!(
            whole
                .0
                .iter()
                .map(|(touches, _)| touches.len())
                .sum::<usize>(),
            900
        );
        assert_eq!(whole.1.len(), 4);
        assert_eq!(whole.2, [225; 4]);
        // The first row with a line end in its channel is the third line of the file.
        assert_eq!((whole.1[1].line, whole.1[2].line), (3, 5));
        for (block, threads) in [(64, 1), (64, 3), (333, 2), (5000, 4)] {
            assert_eq!(told(block, threads, false), whole, "{block} {threads}");
        }
        let (touches, words, counts, _) = told(100, 2, true);
        assert_eq!((touches, words, counts), (whole.0, whole.1, whole.2));
    }
}
