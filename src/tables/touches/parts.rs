//! Touches dealt to parts by their person: taking them in, sorting, going through.

use std::collections::BTreeMap;
use std::panic::resume_unwind;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, mpsc};
use std::thread::ScopedJoinHandle;

use rustc_hash::FxHashMap;

use super::amounts::Amounts;
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
    /// Per part what is full, and what is being filled: beside each other, because every
    /// touch goes to another part than the one before it.
    full: Vec<Vec<Vec<Touch>>>,
    open: Vec<Vec<Touch>>,
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
            full: vec![Vec::new(); PARTS],
            open: vec![Vec::new(); PARTS],
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
    #[inline]
    pub fn push(&mut self, touch: Touch) {
        let part = part_of(touch.print);
        if self.open[part].len() == self.open[part].capacity() {
            self.make_room(part);
        }
        self.open[part].push(touch);
        self.rows += 1;
    }

    #[cold]
    fn make_room(&mut self, part: usize) {
        let full = std::mem::replace(&mut self.open[part], Vec::with_capacity(CHUNK));
        if !full.is_empty() {
            self.full[part].push(full);
        }
        self.held += CHUNK * TOUCH_BYTES;
    }

    /// Everything that is held, by part.
    fn take(&mut self) -> Vec<Vec<Vec<Touch>>> {
        for (full, open) in self.full.iter_mut().zip(&mut self.open) {
            if !open.is_empty() {
                full.push(std::mem::take(open));
            }
        }
        self.held = 0;
        std::mem::replace(&mut self.full, vec![Vec::new(); PARTS])
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
        let held = self.take();
        let number = self.files.len() - 1;
        let file = &mut self.files[number];
        for (chunks, segments) in held.into_iter().zip(&mut self.segments) {
            if !chunks.is_empty() {
                segments.push((number, file.write(chunks.iter().flatten())?));
            }
        }
        file.flush()
    }

    /// Takes over what others collected behind these rows.
    ///
    /// # Errors
    /// Where the temporary file cannot be written.
    pub fn append(&mut self, mut other: Self) -> Result<(), Failure> {
        self.held += other.held;
        for (own, others) in self.full.iter_mut().zip(other.take()) {
            own.extend(others);
        }
        let files = self.files.len();
        self.files.extend(other.files);
        for (own, others) in self.segments.iter_mut().zip(other.segments) {
            own.extend(
                others
                    .into_iter()
                    .map(|(file, segment)| (file + files, segment)),
            );
        }
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
        let parts = if self.files.is_empty() {
            sorted(self.take(), threads)
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
            amounts: Amounts::new(self.amounts),
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
                let mut sorter = Sorter::default();
                // A poisoned lock means that another thread is unwinding: nothing to do.
                while let Some(chunks) = work.lock().ok().and_then(|mut work| work.next()) {
                    sorter.sort(chunks);
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

/// Touches that share a bucket while a part is put in order, on average.
const BUCKET: usize = 8;

/// Puts parts in order, one after the other in the same room.
#[derive(Debug, Default)]
struct Sorter {
    whole: Vec<Touch>,
    /// Where the next touch of each bucket goes; in the end where the bucket ends.
    ends: Vec<usize>,
}

impl Sorter {
    /// Puts the touches of all pieces in order. Fingerprints are as good as random, so
    /// their next bits deal a part to buckets that are small enough to be sorted by hand.
    fn sort(&mut self, chunks: &mut [Vec<Touch>]) {
        let count: usize = chunks.iter().map(Vec::len).sum();
        let Some(first) = chunks.iter().find_map(|chunk| chunk.first()).copied() else {
            return;
        };
        let bits = (count / BUCKET).max(2).ilog2();
        let bucket = |touch: &Touch| (touch.print << PART_BITS >> (u64::BITS - bits)) as usize;
        self.ends.clear();
        self.ends.resize(1 << bits, 0);
        for touch in chunks.iter().flatten() {
            self.ends[bucket(touch)] += 1;
        }
        let mut before = 0;
        for end in &mut self.ends {
            before += std::mem::replace(end, before);
        }
        self.whole.resize(count, first);
        for touch in chunks.iter().flatten() {
            let place = &mut self.ends[bucket(touch)];
            self.whole[*place] = *touch;
            *place += 1;
        }
        let mut start = 0;
        for end in &self.ends {
            in_order(&mut self.whole[start..*end]);
            start = *end;
        }
        let mut rest = self.whole.as_slice();
        for chunk in chunks {
            let (own, others) = rest.split_at(chunk.len());
            chunk.copy_from_slice(own);
            rest = others;
        }
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
        let mut sorter = Sorter::default();
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
                    sorter.sort(chunks);
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

    /// One pass over all persons. A thread begins with `own` and keeps it from part to
    /// part: for what comes out the same in whatever way persons are dealt to threads. All
    /// of them are handed back. Every part begins with `start`; `merge` is called once a
    /// part, in the order of the parts, whatever the number of threads.
    ///
    /// # Errors
    /// Where parts on disk cannot be read.
    pub fn fold<T: Send, S: Send>(
        &self,
        threads: usize,
        own: impl Fn() -> T + Sync,
        start: impl Fn() -> S + Sync,
        visit: impl Fn(&mut T, &mut S, Person<'_>) + Sync,
        mut merge: impl FnMut(S),
    ) -> Result<Vec<T>, Failure> {
        let until = self.until.unwrap_or(Millis::MAX);
        let one = |number: usize, own: &mut T, room: &mut Vec<Touch>| -> Result<S, Failure> {
            let mut state = start();
            let mut seen = |touches: &[Touch]| {
                let past = touches.partition_point(|touch| touch.at() <= until);
                if let [first, ..] = touches[..past] {
                    let touches = &touches[..past];
                    let key = first.person();
                    visit(own, &mut state, Person { key, touches });
                }
            };
            match &self.parts[number] {
                Part::Held(chunks) => persons_of_pieces(chunks, room, &mut seen),
                Part::Spilled(..) => {
                    self.part(number, room)?;
                    persons(room).for_each(seen);
                }
            }
            Ok(state)
        };
        if threads <= 1 {
            let (mut own, mut room) = (own(), Vec::new());
            for number in 0..self.parts.len() {
                merge(one(number, &mut own, &mut room)?);
            }
            return Ok(vec![own]);
        }
        let next = AtomicUsize::new(0);
        // A thread that is ahead waits until its result is wanted.
        let (sender, receiver) = mpsc::sync_channel(threads);
        std::thread::scope(|scope| {
            let mut running = Vec::new();
            for _ in 0..threads {
                let (sender, next, own, one) = (sender.clone(), &next, &own, &one);
                running.push(scope.spawn(move || {
                    let (mut own, mut room) = (own(), Vec::new());
                    loop {
                        let number = next.fetch_add(1, Ordering::Relaxed);
                        if number >= self.parts.len() {
                            return own;
                        }
                        let state = one(number, &mut own, &mut room);
                        if sender.send((number, state)).is_err() {
                            return own;
                        }
                    }
                }));
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
            let ended = running.into_iter().map(ScopedJoinHandle::join);
            Ok(ended
                .map(|own| own.unwrap_or_else(|panic| resume_unwind(panic)))
                .collect())
        })
    }
}

/// Shows the touches of each person of a part in pieces; `room` is for those who have
/// touches in several.
fn persons_of_pieces(
    pieces: &[Vec<Touch>],
    room: &mut Vec<Touch>,
    seen: &mut impl FnMut(&[Touch]),
) {
    room.clear();
    for piece in pieces {
        let mut rest = piece.as_slice();
        if let Some(open) = room.first().map(Touch::person) {
            let goes_on = rest.iter().take_while(|touch| touch.person() == open);
            let (own, others) = rest.split_at(goes_on.count());
            room.extend_from_slice(own);
            rest = others;
        }
        let Some(last) = rest.last().map(Touch::person) else {
            continue;
        };
        if !room.is_empty() {
            seen(room);
        }
        // The last person may go on in the next piece.
        let before = rest.iter().rposition(|touch| touch.person() != last);
        let (whole, open) = rest.split_at(before.map_or(0, |place| place + 1));
        persons(whole).for_each(&mut *seen);
        room.clear();
        room.extend_from_slice(open);
    }
    if !room.is_empty() {
        seen(room);
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
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn pieces_are_sorted_and_shown_as_a_whole(
            rows in proptest::collection::vec((0_u64..40, 0_i64..9, 0_u64..3), 0..200),
            lengths in proptest::collection::vec(0_usize..30, 0..20),
        ) {
            // Fingerprints that differ in their first bits, in the last ones, or nowhere.
            let touch = |(row, (person, at, near)): (usize, &(u64, i64, u64))| {
                let print = (person % 7) << 50 | person << 8 | near;
                let person = Key { print, check: (person % 2) as u16 };
                Touch::new(person, *at, (rows.len() - row) as u32, 0)
            };
            let mut known: Vec<Touch> = rows.iter().enumerate().map(touch).collect();
            let mut rest = known.clone();
            let mut pieces = Vec::new();
            for length in lengths {
                let others = rest.split_off(length.min(rest.len()));
                pieces.push(std::mem::replace(&mut rest, others));
            }
            pieces.push(rest);
            Sorter::default().sort(&mut pieces);
            known.sort_unstable();
            prop_assert_eq!(pieces.concat(), known.clone());
            let mut shown: Vec<Vec<Touch>> = Vec::new();
            let mut seen = |person: &[Touch]| shown.push(person.to_vec());
            persons_of_pieces(&pieces, &mut Vec::new(), &mut seen);
            let whole: Vec<Vec<Touch>> = persons(&known).map(<[Touch]>::to_vec).collect();
            prop_assert_eq!(shown, whole);
        }
    }

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
        let visit = |seen: &mut usize, list: &mut Vec<_>, person: Person<'_>| {
            *seen += 1;
            let touches = person.touches.iter().map(|touch| (touch.at(), touch.row()));
            list.push((person.key, touches.collect()));
        };
        let seen = touches
            .fold(threads, || 0, Vec::new, visit, |list| all.extend(list))
            .unwrap();
        assert_eq!(seen.iter().sum::<usize>(), all.len());
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
