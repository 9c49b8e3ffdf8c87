//! The paths against test vector 12.6 and a slow second count.

use proptest::prelude::*;

use super::tally::{Share, Tally};
use super::walk::{Entry, Seen, in_order};
use crate::domain::calendar::DAY_MILLIS;
use crate::stats::survival::{Observation, kaplan_meier};

/// lead, mql, sql, opp, customer.
const STAGES: usize = 5;
const AS_OF: i64 = 40;

/// Days and stages; -1 is an exit.
type Moves = Vec<(i64, i32)>;

fn seen(moves: &[(i64, i32)]) -> Seen {
    let entries = moves.iter().map(|(day, stage)| Entry {
        at: day * DAY_MILLIS,
        stage: usize::try_from(*stage).ok(),
    });
    let first = (0..STAGES as i32).map(|stage| {
        let here = moves.iter().filter(|(_, other)| *other == stage);
        here.map(|(day, _)| day * DAY_MILLIS).min()
    });
    Seen {
        entries: in_order(entries.collect(), None),
        first: first.collect(),
        exit_at: None,
        as_of: AS_OF * DAY_MILLIS,
    }
}

fn tally(leads: &[Moves]) -> Tally {
    let mut tally = Tally::new(STAGES);
    leads.iter().for_each(|moves| tally.add(&seen(moves)));
    tally
}

fn share(k: u64, n: u64) -> Share {
    Share { k, n }
}

fn vector() -> Vec<Moves> {
    vec![
        vec![(0, 0), (2, 1), (5, 2), (9, 3), (20, 4)],
        vec![(0, 0), (4, 2), (10, 3), (30, -1)],
        vec![(0, 0), (1, 1), (3, 2), (6, 1), (8, 2), (15, -1)],
        vec![(0, 0), (7, 1)],
        vec![(0, 1), (12, 4)],
        vec![(0, 0), (3, -1)],
    ]
}

#[test]
fn the_vector() {
    let found = tally(&vector());
    assert_eq!(found.backward, share(1, 10));
    assert_eq!(found.regressed, share(1, 4));
    let reentered = [(0, 5), (1, 4), (1, 3), (0, 2), (0, 2)];
    assert_eq!(found.reentered, reentered.map(|(k, n)| share(k, n)));
    assert_eq!(found.reopened, share(0, 3));
    assert_eq!(found.start(0), share(5, 6));
    assert_eq!(found.start(1), share(1, 6));
    let mql: Vec<(f64, bool)> = found.stays[1]
        .iter()
        .map(|stay| (stay.time, stay.event))
        .collect();
    // E3 stays twice two days; E4 is still there after 33.
    assert_eq!(mql, [(3.0, true), (4.0, true), (33.0, false), (12.0, true)]);
    let curve = kaplan_meier(&found.stays[1]);
    assert_eq!(curve.median(), Some(4.0));
    assert_eq!(curve.time_of_share(0.9), None);
}

#[test]
fn repeated_rows_are_one_visit() {
    let found = tally(&[vec![(0, 0), (2, 0), (5, 1), (6, 1)]]);
    assert_eq!(found.visits, [1, 1, 0, 0, 0]);
    assert_eq!(found.backward, share(0, 1));
}

#[test]
fn moves_of_one_moment_go_up_and_out() {
    let found = tally(&[vec![(3, -1), (3, 1), (3, 0)]]);
    assert_eq!(found.backward, share(0, 1));
    assert_eq!(found.reopened, share(0, 1));
}

#[test]
fn coming_back_is_no_move_back() {
    let found = tally(&[vec![(0, 2), (4, -1), (9, 0)], vec![(0, 4), (3, 1)]]);
    assert_eq!(found.reopened, share(1, 1));
    // From an exit and from the last stage nobody moves between open stages.
    assert_eq!(
        (found.backward, found.regressed),
        (share(0, 0), share(0, 0))
    );
}

#[test]
fn a_lead_made_before_its_first_move_began_below() {
    let move_to = |day: i64| Entry {
        at: day,
        stage: Some(1),
    };
    let first = |made| in_order(vec![move_to(7)], made)[0].stage;
    assert_eq!(first(Some(3)), Some(0));
    // Made in the later stage.
    assert_eq!(first(Some(7)), Some(1));
    assert_eq!(first(None), Some(1));
}

#[test]
fn a_deal_ends_the_stay_and_is_no_move() {
    let mut lead = seen(&[(0, 0), (5, 2)]);
    lead.first[3] = Some(9 * DAY_MILLIS);
    lead.exit_at = Some(20 * DAY_MILLIS);
    let mut found = Tally::new(STAGES);
    found.add(&lead);
    let expected = Observation {
        time: 4.0,
        event: true,
    };
    assert_eq!(found.stays[2], [expected]);
    assert_eq!(found.backward, share(0, 1));
    assert!(found.stays[3].is_empty());
}

/// The state of a lead at the end of each day, by looking at all its moves anew.
fn states(moves: &[(i64, i32)]) -> Vec<i32> {
    let mut days: Vec<i64> = moves.iter().map(|(day, _)| *day).collect();
    days.sort_unstable();
    days.dedup();
    let mut states: Vec<i32> = Vec::new();
    for day in days {
        for stage in [0, 1, 2, 3, 4, -1] {
            if moves.contains(&(day, stage)) && states.last() != Some(&stage) {
                states.push(stage);
            }
        }
    }
    states
}

fn slow_backward(leads: &[Moves]) -> (u64, u64, u64, u64) {
    let (mut back, mut all, mut regressed, mut movers) = (0, 0, 0, 0);
    for moves in leads {
        let states = states(moves);
        let (mut own, mut own_back) = (0, 0);
        for place in 1..states.len() {
            let (from, to) = (states[place - 1], states[place]);
            if (0..4).contains(&from) && (0..4).contains(&to) {
                own += 1;
                own_back += u64::from(to < from);
            }
        }
        back += own_back;
        all += own;
        movers += u64::from(own > 0);
        regressed += u64::from(own_back > 0);
    }
    (back, all, regressed, movers)
}

/// Days in a stage, a day at a time; moves happen at the beginning of a day.
fn slow_days(moves: &[(i64, i32)], stage: i32) -> i64 {
    let state = |day: i64| {
        let last = moves
            .iter()
            .map(|(at, _)| *at)
            .filter(|at| *at <= day)
            .max();
        let here = moves.iter().filter(|(at, _)| Some(*at) == last);
        // An exit comes last, else the highest stage of the moment.
        here.map(|(_, stage)| if *stage < 0 { i32::MAX } else { *stage })
            .max()
    };
    (0..AS_OF).filter(|day| state(*day) == Some(stage)).count() as i64
}

fn lead() -> impl Strategy<Value = Moves> {
    proptest::collection::vec((0..AS_OF, -1..5_i32), 1..9)
}

proptest! {
    #[test]
    fn the_slow_count_agrees(leads in proptest::collection::vec(lead(), 0..12)) {
        let found = tally(&leads);
        let (back, all, regressed, movers) = slow_backward(&leads);
        prop_assert_eq!(found.backward, share(back, all));
        prop_assert_eq!(found.regressed, share(regressed, movers));
        let paths: Vec<Vec<i32>> = leads.iter().map(|moves| states(moves)).collect();
        for stage in 0..STAGES {
            let visits = |path: &Vec<i32>| path.iter().filter(|s| **s == stage as i32).count();
            let n = paths.iter().filter(|path| visits(path) > 0).count() as u64;
            let k = paths.iter().filter(|path| visits(path) > 1).count() as u64;
            prop_assert_eq!(found.reentered[stage], share(k, n));
            let starts = paths.iter().filter_map(|path| path.iter().find(|s| **s >= 0));
            let starts: Vec<&i32> = starts.collect();
            let here = starts.iter().filter(|s| ***s == stage as i32).count() as u64;
            prop_assert_eq!(found.start(stage), share(here, starts.len() as u64));
        }
        let left = paths.iter().filter(|path| path.contains(&-1));
        let back = left.clone().filter(|path| {
            path.iter().skip_while(|s| **s >= 0).any(|s| *s >= 0)
        });
        prop_assert_eq!(found.reopened, share(back.count() as u64, left.count() as u64));
    }

    #[test]
    fn days_add_up(moves in lead()) {
        let found = tally(std::slice::from_ref(&moves));
        let last = states(&moves).last().copied();
        for stage in 0..STAGES {
            let days = slow_days(&moves, stage as i32);
            match found.stays[stage].as_slice() {
                [] => prop_assert_eq!(days, 0),
                [stay] => {
                    prop_assert_eq!(stay.time, days as f64);
                    prop_assert_eq!(stay.event, last != Some(stage as i32));
                }
                more => prop_assert!(false, "{} stays of one lead", more.len()),
            }
        }
    }
}
