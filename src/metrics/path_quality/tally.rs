//! The paths of many leads, added up.

use super::walk::{Seen, Visit};
use crate::domain::calendar::{DAY_MILLIS, Millis};
use crate::stats::survival::Observation;

/// k of n.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Share {
    /// Those meant.
    pub k: u64,
    /// Those that could be.
    pub n: u64,
}

impl Share {
    fn add(&mut self, counts: bool, meant: bool) {
        self.n += u64::from(counts);
        self.k += u64::from(counts && meant);
    }
}

/// Counts over the paths of leads, by stage where a list.
#[derive(Debug, Clone, PartialEq)]
pub struct Tally {
    /// Moves between open stages, those to a lower one.
    pub backward: Share,
    /// Leads with such a move, those that ever went back.
    pub regressed: Share,
    /// Leads with a visit, those with more than one.
    pub reentered: Vec<Share>,
    /// Leads that ever left the path, those that came back.
    pub reopened: Share,
    /// Leads that began in the stage.
    started: Vec<u64>,
    /// Visits.
    pub visits: Vec<u64>,
    /// Days of each lead in the stage, all its visits together; censored where it is there.
    pub stays: Vec<Vec<Observation>>,
}

impl Tally {
    /// Nobody yet.
    pub fn new(stages: usize) -> Self {
        Self {
            backward: Share::default(),
            regressed: Share::default(),
            reentered: vec![Share::default(); stages],
            reopened: Share::default(),
            started: vec![0; stages],
            visits: vec![0; stages],
            stays: vec![Vec::new(); stages],
        }
    }

    /// Leads that began in the stage, of all that began in any.
    pub fn start(&self, stage: usize) -> Share {
        Share {
            k: self.started[stage],
            n: self.started.iter().sum(),
        }
    }

    /// Adds a lead.
    pub fn add(&mut self, lead: &Seen) {
        self.add_moves(lead);
        let path: Vec<Option<usize>> = lead.entries.iter().map(|entry| entry.stage).collect();
        let left = path.iter().position(Option::is_none);
        let back = left.is_some_and(|left| path[left..].iter().any(Option::is_some));
        self.reopened.add(left.is_some(), back);
        if let Some(first) = path.iter().flatten().next() {
            self.started[*first] += 1;
        }
        let visits: Vec<Visit> = lead.visits().collect();
        for stage in 0..self.visits.len() {
            let here: Vec<&Visit> = visits.iter().filter(|visit| visit.stage == stage).collect();
            self.add_stay(stage, &here, lead.as_of);
        }
    }

    fn add_moves(&mut self, lead: &Seen) {
        let mut own = Share::default();
        for (from, to) in lead.transitions() {
            own.add(true, to < from);
        }
        self.backward.k += own.k;
        self.backward.n += own.n;
        self.regressed.add(own.n > 0, own.k > 0);
    }

    fn add_stay(&mut self, stage: usize, visits: &[&Visit], as_of: Millis) {
        self.reentered[stage].add(!visits.is_empty(), visits.len() > 1);
        self.visits[stage] += visits.len() as u64;
        if visits.is_empty() {
            return;
        }
        let length = |visit: &&Visit| visit.end.unwrap_or(as_of) - visit.start;
        let total: Millis = visits.iter().map(length).sum();
        self.stays[stage].push(Observation {
            time: total as f64 / DAY_MILLIS as f64,
            event: visits.iter().all(|visit| visit.end.is_some()),
        });
    }
}
