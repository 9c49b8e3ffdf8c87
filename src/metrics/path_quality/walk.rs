//! The path of one lead: its entries in order, and the visits between them (dictionary 0.6).

use crate::domain::calendar::Millis;

/// An entry of a lead into a stage, or into an exit state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry {
    /// When.
    pub at: Millis,
    /// Index of the path stage; absent for an exit state.
    pub stage: Option<usize>,
}

/// What is known of a lead.
#[derive(Debug, Clone)]
pub struct Seen {
    /// Its own entries as [`in_order`] leaves them.
    pub entries: Vec<Entry>,
    /// First recorded entry into each stage, from whatever input: deals among them.
    pub first: Vec<Option<Millis>>,
    /// When it left the path for good.
    pub exit_at: Option<Millis>,
    /// The moment seen from.
    pub as_of: Millis,
}

/// A stay in a path stage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Visit {
    /// Index of the stage.
    pub stage: usize,
    /// When it began.
    pub start: Millis,
    /// When it ended; absent where the lead is still there.
    pub end: Option<Millis>,
}

/// Entries by time, those of one moment by stage with exits last; repeated rows of one state
/// are one entry. A lead that was made before its first move was in the first stage until then.
pub fn in_order(mut entries: Vec<Entry>, made: Option<Millis>) -> Vec<Entry> {
    let earliest = entries.iter().map(|entry| entry.at).min();
    if let Some(at) = made.filter(|made| earliest.is_none_or(|earliest| *made < earliest)) {
        entries.push(Entry { at, stage: Some(0) });
    }
    entries.sort_unstable_by_key(|entry| (entry.at, entry.stage.is_none(), entry.stage));
    entries.dedup_by_key(|entry| entry.stage);
    entries
}

impl Seen {
    /// Its visits to path stages. A visit ends with the next entry, or where a deal carried
    /// the lead to a higher stage or the lead left before that.
    pub fn visits(&self) -> impl Iterator<Item = Visit> {
        self.entries
            .iter()
            .enumerate()
            .filter_map(|(place, entry)| {
                let stage = entry.stage?;
                let next = self.entries.get(place + 1).map(|next| next.at);
                let higher = self.first.iter().skip(stage + 1).flatten().copied();
                let elsewhere = higher.chain(self.exit_at).filter(|at| *at >= entry.at);
                Some(Visit {
                    stage,
                    start: entry.at,
                    end: next.into_iter().chain(elsewhere).min(),
                })
            })
    }

    /// Its moves between open stages, from and to: the last stage and exits are none.
    pub fn transitions(&self) -> impl Iterator<Item = (usize, usize)> {
        let last = self.first.len().saturating_sub(1);
        let open = move |entry: &Entry| entry.stage.filter(|stage| *stage < last);
        let pairs = self.entries.windows(2);
        pairs.filter_map(move |pair| Some((open(&pair[0])?, open(&pair[1])?)))
    }
}
