//! Touches dealt to parts by their person: taking them in, sorting, going through.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, mpsc};

use rustc_hash::FxHashMap;

use super::spill::{File, Segment};
use super::{Class, Given, Key, Person, Touch, Touches};
use crate::diagnostics::Failure;
use crate::domain::calendar::Millis;

/// Parts; their touches fit the cache up to some tens of millions of rows.
const PART_BITS: u32 = 8;
const PARTS: usize = 1 << PART_BITS;
/// Touches that a part takes memory for at a time.
const CHUNK: usize = 1024;
const TOUCH_BYTES: usize = size_of::<Touch>();

/// The touches of a part.
#[derive(Debug)]
pub(super) enum Part {
    /// In memory, in order, in pieces: a part in one piece would need its memory twice.
    Held(Vec<Vec<Touch>>),
    /// On disk, in no order; those that came to it later beside them.
    Spilled(Vec<(usize, Segment)>, Vec<Touch>),
}

fn part_of(print: u64) -> usize {
    (print >> (u64::BITS - PART_BITS)) as usize
}

/// Takes touches in, in the order of their rows.
#[derive(Debug)]
pub struct Collecting {
    open: Vec<Vec<Vec<Touch>>>,
    held: usize,
    most: Option<usize>,
    files: Vec<File>,
    segments: Vec<Vec<(usize, Segment)>>,
    amounts: Vec<(u32, i64)>,
    reach: Option<(Millis, Millis)>,
    rows: u64,
}

impl Collecting {
    /// Holds at most `most` bytes of touches in memory, where that is given.
    #[must_use]
    pub fn new(most: Option<u64>) -> Self {
        Self {
            open: (0..PARTS).map(|_| Vec::new()).collect(),
            held: 0,
            most: most.map(|most| usize::try_from(most).unwrap_or(usize::MAX)),
            files: Vec::new(),
            segments: vec![Vec::new(); PARTS],
            amounts: Vec::new(),
            reach: None,
            rows: 0,
        }
    }

    /// Touches so far.
    #[must_use]
    pub fn len(&self) -> u64 {
        self.rows
    }

    /// True before the first touch.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows == 0
    }

    /// Adds a touch; rows come in order.
    pub fn push(&mut self, touch: Touch) {
        let chunks = &mut self.open[part_of(touch.print)];
        match chunks.last_mut() {
            Some(chunk) if chunk.len() < CHUNK => chunk.push(touch),
            _ => {
                let mut chunk = Vec::with_capacity(CHUNK);
                chunk.push(touch);
                chunks.push(chunk);
                self.held += CHUNK * TOUCH_BYTES;
            }
        }
        self.rows += 1;
    }

    /// Notes that moments from `first` to `last` occur.
    pub fn reaches(&mut self, first: Millis, last: Millis) {
        let (a, b) = self.reach.unwrap_or((first, last));
        self.reach = Some((a.min(first), b.max(last)));
    }

    /// The amount of a row, in millionths; rows come in order.
    pub fn amount(&mut self, row: u32, micros: i64) {
        self.amounts.push((row, micros));
    }

    /// True where some row has an amount.
    #[must_use]
    pub fn has_amounts(&self) -> bool {
        !self.amounts.is_empty()
    }

    /// Writes what is held to disk where it is too much.
    ///
    /// # Errors
    /// Where the temporary file cannot be written.
    pub fn settle(&mut self) -> Result<(), Failure> {
        if self.most.is_none_or(|most| self.held <= most) {
            return Ok(());
        }
        self.spill()
    }

    fn spill(&mut self) -> Result<(), Failure> {
        if self.files.is_empty() {
            self.files.push(File::new()?);
        }
        let number = self.files.len() - 1;
        let file = &mut self.files[number];
        for (chunks, segments) in self.open.iter_mut().zip(&mut self.segments) {
            let chunks = std::mem::take(chunks);
            if !chunks.is_empty() {
                segments.push((number, file.write(chunks.iter().flatten())?));
            }
        }
        self.held = 0;
        file.flush()
    }

    /// Takes over what others collected behind these rows.
    ///
    /// # Errors
    /// Where the temporary file cannot be written.
    pub fn append(&mut self, other: Self) -> Result<(), Failure> {
        let files = self.files.len();
        self.files.extend(other.files);
        for (own, others) in self.segments.iter_mut().zip(other.segments) {
            own.extend(
                others
                    .into_iter()
                    .map(|(file, segment)| (file + files, segment)),
            );
        }
        for (own, others) in self.open.iter_mut().zip(other.open) {
            own.extend(others);
        }
        self.held += other.held;
        self.rows += other.rows;
        self.amounts.extend(other.amounts);
        if let Some((first, last)) = other.reach {
            self.reaches(first, last);
        }
        self.settle()
    }

    /// The touches in order; `threads` of them sort.
    ///
    /// # Errors
    /// Where the temporary file cannot be written.
    pub fn finish(
        mut self,
        classes: Vec<Class>,
        segments: Vec<String>,
        given: Given,
        threads: usize,
    ) -> Result<Touches, Failure> {
        if !self.files.is_empty() {
            // What is on disk already decides: all of it goes there.
            self.spill()?;
        }
        // Rows of several files may have come in another order than that of the inputs.
        self.amounts.sort_unstable_by_key(|(row, _)| *row);
        let parts = if self.files.is_empty() {
            sorted(self.open, threads)
        } else {
            let spilled = |segments| Part::Spilled(segments, Vec::new());
            self.segments.into_iter().map(spilled).collect()
        };
        Ok(Touches {
            parts,
            spilled: self.files,
            moved: FxHashMap::default(),
            classes,
            segments,
            amounts: self.amounts,
            rows: self.rows,
            given,
            reach: self.reach,
            until: None,
        })
    }
}

/// Every part in order, several at a time.
fn sorted(mut open: Vec<Vec<Vec<Touch>>>, threads: usize) -> Vec<Part> {
    let work = Mutex::new(open.iter_mut());
    std::thread::scope(|scope| {
        for _ in 0..threads.max(1) {
            scope.spawn(|| {
                let mut whole = Vec::new();
                // A poisoned lock means that another thread is unwinding: nothing to do.
                while let Some(chunks) = work.lock().ok().and_then(|mut work| work.next()) {
                    sort(chunks, &mut whole);
                }
            });
        }
    });
    open.into_iter().map(Part::Held).collect()
}

/// Puts touches in order: person, time, row.
fn in_order(touches: &mut [Touch]) {
    // One wide number is compared faster than two narrow ones.
    let person_and_time = |touch: &Touch| u128::from(touch.print) << 64 | u128::from(touch.stamp);
    touches.sort_unstable_by_key(|touch| (person_and_time(touch), touch.row));
}

/// Puts the touches of all pieces in order, in `whole` and back.
fn sort(chunks: &mut [Vec<Touch>], whole: &mut Vec<Touch>) {
    join(chunks, whole);
    in_order(whole);
    let mut rest = whole.as_slice();
    for chunk in chunks {
        let (own, others) = rest.split_at(chunk.len());
        chunk.copy_from_slice(own);
        rest = others;
    }
}

fn join(chunks: &[Vec<Touch>], whole: &mut Vec<Touch>) {
    whole.clear();
    whole.reserve(chunks.iter().map(Vec::len).sum());
    chunks
        .iter()
        .for_each(|chunk| whole.extend_from_slice(chunk));
}

impl Touches {
    /// Makes touches of some persons those of others: visitors become leads, leads accounts.
    /// Nobody may become a person who becomes somebody else at the same time.
    ///
    /// # Errors
    /// Where parts on disk cannot be read.
    pub fn regroup(&mut self, owners: FxHashMap<Key, Key>) -> Result<(), Failure> {
        if owners.is_empty() || self.is_empty() {
            return Ok(());
        }
        let mut came: Vec<Vec<Touch>> = vec![Vec::new(); self.parts.len()];
        let mut all = Vec::new();
        for number in 0..self.parts.len() {
            self.part(number, &mut all)?;
            let is_moved = |person: &[Touch]| owners.get(&person[0].person());
            for person in persons(&all) {
                if let Some(owner) = is_moved(person) {
                    let moved = person.iter().map(|touch| touch.moved(*owner));
                    came[part_of(owner.print)].extend(moved);
                }
            }
            if let Part::Held(chunks) = &mut self.parts[number] {
                for chunk in chunks {
                    chunk.retain(|touch| !owners.contains_key(&touch.person()));
                }
            }
        }
        for (part, came) in self.parts.iter_mut().zip(came) {
            match part {
                Part::Held(chunks) => {
                    chunks.push(came);
                    sort(chunks, &mut all);
                }
                Part::Spilled(_, beside) => {
                    beside.retain(|touch| !owners.contains_key(&touch.person()));
                    beside.extend(came);
                }
            }
        }
        self.moved.extend(owners);
        Ok(())
    }

    /// Puts the touches of a part into `whole`, in order.
    pub(super) fn part(&self, number: usize, whole: &mut Vec<Touch>) -> Result<(), Failure> {
        match &self.parts[number] {
            Part::Held(chunks) => join(chunks, whole),
            Part::Spilled(segments, beside) => {
                whole.clear();
                for (file, segment) in segments {
                    self.spilled[*file].read(*segment, whole)?;
                }
                if !self.moved.is_empty() {
                    whole.retain(|touch| !self.moved.contains_key(&touch.person()));
                }
                whole.extend_from_slice(beside);
                in_order(whole);
            }
        }
        Ok(())
    }

    /// One pass over all persons. Every part begins with `start`; `merge` is called once a
    /// part, in the order of the parts, whatever the number of threads.
    ///
    /// # Errors
    /// Where parts on disk cannot be read.
    pub fn fold<S: Send>(
        &self,
        threads: usize,
        start: impl Fn() -> S + Sync,
        visit: impl Fn(&mut S, Person<'_>) + Sync,
        mut merge: impl FnMut(S),
    ) -> Result<(), Failure> {
        let one = |number: usize, whole: &mut Vec<Touch>| -> Result<S, Failure> {
            let mut state = start();
            self.part(number, whole)?;
            for touches in persons(whole) {
                let until = self.until.unwrap_or(Millis::MAX);
                let past = touches.partition_point(|touch| touch.at() <= until);
                if let [first, ..] = touches[..past] {
                    let touches = &touches[..past];
                    visit(
                        &mut state,
                        Person {
                            key: first.person(),
                            touches,
                        },
                    );
                }
            }
            Ok(state)
        };
        if threads <= 1 {
            let mut whole = Vec::new();
            for number in 0..self.parts.len() {
                merge(one(number, &mut whole)?);
            }
            return Ok(());
        }
        let next = AtomicUsize::new(0);
        // A thread that is ahead waits until its result is wanted.
        let (sender, receiver) = mpsc::sync_channel(threads);
        std::thread::scope(|scope| {
            for _ in 0..threads {
                let (sender, next, one) = (sender.clone(), &next, &one);
                scope.spawn(move || {
                    let mut whole = Vec::new();
                    loop {
                        let number = next.fetch_add(1, Ordering::Relaxed);
                        if number >= self.parts.len() {
                            return;
                        }
                        if sender.send((number, one(number, &mut whole))).is_err() {
                            return;
                        }
                    }
                });
            }
            drop(sender);
            let mut waiting = BTreeMap::new();
            let mut wanted = 0;
            for (number, state) in receiver {
                waiting.insert(number, state?);
                while let Some(state) = waiting.remove(&wanted) {
                    merge(state);
                    wanted += 1;
                }
            }
            Ok(())
        })
    }
}

/// The touches of each person of a part.
fn persons(touches: &[Touch]) -> impl Iterator<Item = &[Touch]> {
    touches.chunk_by(|a, b| a.person() == b.person())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn made(most: Option<u64>) -> Touches {
        let mut collecting = Collecting::new(most);
        for row in 0..5000_u32 {
            let person = Key::of(&format!("p{}", row % 700));
            let at = i64::from((row * 7919) % 1000) * 1000;
            collecting.push(Touch::new(person, at, row, row % 3));
            collecting.reaches(at, at);
            collecting.settle().unwrap();
        }
        let classes = vec![Class::default(); 3];
        collecting
            .finish(classes, Vec::new(), Given::default(), 2)
            .unwrap()
    }

    fn told(touches: &Touches, threads: usize) -> Vec<(Key, Vec<(i64, u32)>)> {
        let mut all = Vec::new();
        let visit = |list: &mut Vec<_>, person: Person<'_>| {
            let touches = person.touches.iter().map(|touch| (touch.at(), touch.row()));
            list.push((person.key, touches.collect()));
        };
        touches
            .fold(threads, Vec::new, visit, |list| all.extend(list))
            .unwrap();
        all
    }

    #[test]
    fn persons_have_their_touches_in_order() {
        let all = told(&made(None), 1);
        assert_eq!(all.len(), 700);
        assert_eq!(
            all.iter().map(|(_, touches)| touches.len()).sum::<usize>(),
            5000
        );
        for (_, touches) in &all {
            assert!(touches.is_sorted());
        }
    }

    #[test]
    fn threads_and_disk_change_nothing() {
        let held = told(&made(None), 1);
        assert_eq!(held, told(&made(None), 3));
        assert_eq!(held, told(&made(Some(1 << 20)), 2));
        assert_eq!(held, told(&made(Some(0)), 1));
    }

    #[test]
    fn visitors_become_leads() {
        let owners: FxHashMap<Key, Key> = (0..100)
            .map(|number| (Key::of(&format!("p{number}")), Key::of("somebody")))
            .collect();
        for most in [None, Some(0)] {
            let mut touches = made(most);
            touches.regroup(owners.clone()).unwrap();
            let all = told(&touches, 2);
            assert_eq!(all.len(), 601);
            let somebody = all
                .iter()
                .find(|(key, _)| *key == Key::of("somebody"))
                .unwrap();
            // Rows 0..100 of every 700.
            assert_eq!(somebody.1.len(), 800);
            assert!(somebody.1.is_sorted());
        }
    }

    #[test]
    fn nothing_after_the_as_of_moment() {
        let mut touches = made(None);
        touches.cut(Some(499_999));
        let all = told(&touches, 1);
        let seen: usize = all.iter().map(|(_, touches)| touches.len()).sum();
        assert_eq!(seen as u64 + touches.after_as_of().unwrap(), 5000);
        assert!(
            all.iter()
                .flat_map(|(_, list)| list)
                .all(|(at, _)| *at <= 499_999)
        );
    }

    #[test]
    fn moments_far_away_come_back() {
        for at in [
            -62_000_000_000_i64,
            0,
            1_790_000_000_123,
            246_000_000_000_000,
        ] {
            assert_eq!(Touch::new(Key::of("x"), at, 1, 2).at(), at);
        }
    }
}
