#![allow(clippy::unwrap_used, clippy::panic)]
mod adding;
mod exhaustive;
mod rules;
mod vectors;

use super::plan::{Hit, Spec};
use super::{Outcome, Runner};
use crate::domain::calendar::Millis;
use crate::domain::event_funnel::{Ends, EntryRule, Order};

/// Far enough in the future that every start is mature.
const LATE: Millis = 1_000_000;

/// `letters` are the steps, a `?` behind the optional ones.
fn spec(letters: &str, window: Millis) -> Spec {
    let letters: Vec<char> = letters.chars().collect();
    let next_is_mark = |index: usize| letters.get(index + 1) == Some(&'?');
    let steps = (0..letters.len()).filter(|index| letters[*index] != '?');
    Spec {
        optional: steps.map(next_is_mark).collect(),
        window,
        order: Order::Ordered,
        entry: EntryRule::Best,
        strict_increase: false,
        exclusions: Vec::new(),
        exclude_ends: Ends::Attempt,
        range: 0..LATE,
        as_of: LATE,
    }
}

/// `A0 B5 X7`: a letter and a time each. The bits of a letter are its places among the
/// steps; `X` is excluded by exclusion 0, `Y` by exclusion 1.
fn hits(letters: &str, events: &str) -> Vec<Hit> {
    let steps: Vec<char> = letters.chars().filter(|letter| *letter != '?').collect();
    let places = |letter: char| {
        let fits = steps
            .iter()
            .enumerate()
            .filter(|(_, step)| **step == letter);
        fits.fold(0, |bits, (place, _)| bits | 1 << place)
    };
    let hit = |(class, event): (usize, &str)| {
        let letter = event.chars().next().unwrap();
        Hit {
            at: event[1..].parse().unwrap(),
            steps: places(letter),
            excluded: match letter {
                'X' => 1,
                'Y' => 2,
                _ => 0,
            },
            class: class as u32,
        }
    };
    let mut hits: Vec<Hit> = events.split_whitespace().enumerate().map(hit).collect();
    hits.sort_by_key(|hit| hit.at);
    hits
}

fn outcome(spec: &Spec, hits: &[Hit]) -> Outcome {
    Runner::new(spec).run(hits).full.clone()
}

fn depth(spec: &Spec, hits: &[Hit]) -> usize {
    outcome(spec, hits).depth
}

fn mature(spec: &Spec, hits: &[Hit]) -> Option<Outcome> {
    Runner::new(spec).run(hits).mature.cloned()
}
