//! The one-pass rules against search through every choice of events.

use proptest::prelude::*;

use super::*;

/// Some hits of one person in the order of time: time, steps, excluded.
fn persons(steps: u32, most_at: Millis, one_step: bool) -> impl Strategy<Value = Vec<Hit>> {
    let bits = if one_step {
        (0..=steps)
            .prop_map(|step| if step == 0 { 0 } else { 1 << (step - 1) })
            .boxed()
    } else {
        (0..1_u64 << steps).boxed()
    };
    let excluded = prop_oneof![9 => Just(0_u64), 1 => Just(1)];
    let hit = (0..most_at, bits, excluded);
    prop::collection::vec(hit, 0..9).prop_map(|list| {
        let mut hits: Vec<Hit> = list
            .into_iter()
            .map(|(at, steps, excluded)| Hit {
                at,
                steps,
                excluded,
                class: 0,
            })
            .collect();
        hits.sort_by_key(|hit| hit.at);
        hits
    })
}

fn apart(mut hits: Vec<Hit>) -> Vec<Hit> {
    hits.dedup_by_key(|hit| hit.at);
    hits
}

fn fits(hit: &Hit, step: usize) -> bool {
    hit.steps >> step & 1 == 1
}

/// Every way to go on from what has been taken, by trying each later event.
fn deepest(spec: &Spec, hits: &[Hit], taken: &mut Vec<usize>) -> usize {
    let step = taken.len();
    let mut best = step;
    for index in 0..hits.len() {
        let hit = &hits[index];
        if step == spec.optional.len() || !fits(hit, step) || taken.contains(&index) {
            continue;
        }
        let allowed = match (taken.first(), taken.last()) {
            (Some(first), Some(last)) => {
                let after = if spec.strict_increase {
                    hit.at > hits[*last].at
                } else {
                    hit.at >= hits[*last].at
                };
                after && hit.at - hits[*first].at <= spec.window
            }
            _ => spec.range.contains(&hit.at),
        };
        if allowed {
            taken.push(index);
            best = best.max(deepest(spec, hits, taken));
            taken.pop();
        }
    }
    best
}

fn by_search(spec: &Spec, hits: &[Hit]) -> usize {
    let seen: Vec<Hit> = hits
        .iter()
        .filter(|hit| hit.at <= spec.as_of)
        .copied()
        .collect();
    if spec.entry == EntryRule::Best {
        return deepest(spec, &seen, &mut Vec::new());
    }
    let first = seen
        .iter()
        .position(|hit| fits(hit, 0) && spec.range.contains(&hit.at));
    first.map_or(0, |first| deepest(spec, &seen, &mut vec![first]))
}

/// The longest run of neighbouring events that are one step after the other.
fn by_runs(spec: &Spec, hits: &[Hit]) -> usize {
    let run = |start: usize| {
        if !spec.range.contains(&hits[start].at) {
            return 0;
        }
        let within = |offset: &usize| {
            let hit = hits.get(start + offset);
            hit.is_some_and(|hit| {
                fits(hit, *offset) && hit.at - hits[start].at <= spec.window && hit.at <= spec.as_of
            })
        };
        (0..spec.optional.len()).take_while(within).count()
    };
    (0..hits.len()).map(run).max().unwrap_or(0)
}

/// The largest matching of events and steps, by trying everything.
fn matching(hits: &[Hit], free: u64) -> usize {
    let Some((hit, others)) = hits.split_first() else {
        return 0;
    };
    let choices = (0..64).filter(|step| free >> step & 1 == 1 && fits(hit, *step));
    let with = choices.map(|step| 1 + matching(others, free & !(1 << step)));
    with.max().unwrap_or(0).max(matching(others, free))
}

fn by_windows(spec: &Spec, hits: &[Hit]) -> usize {
    let all = (1 << spec.optional.len()) - 1;
    let starts = hits
        .iter()
        .filter(|hit| hit.steps != 0 && spec.range.contains(&hit.at) && hit.at <= spec.as_of);
    let window = |start: &Hit| {
        let end = (start.at + spec.window).min(spec.as_of);
        let inside: Vec<Hit> = hits
            .iter()
            .filter(|hit| start.at <= hit.at && hit.at <= end)
            .copied()
            .collect();
        matching(&inside, all)
    };
    match spec.entry {
        EntryRule::Best => starts.map(window).max().unwrap_or(0),
        EntryRule::First => starts.take(1).map(window).max().unwrap_or(0),
    }
}

/// Each attempt on its own: it takes every step at its first chance until an exclusion
/// ends it. Depth of the deepest, and whether any was ended.
fn one_by_one(spec: &Spec, hits: &[Hit]) -> (usize, bool) {
    let (from, to) = spec.exclusions[0];
    let (mut best, mut ended) = (0, false);
    for start in hits {
        let may_start = fits(start, 0) && spec.range.contains(&start.at);
        if !may_start || start.at > spec.as_of {
            continue;
        }
        let (mut depth, mut last) = (1, start.at);
        let later = hits.iter().filter(|hit| {
            start.at < hit.at && hit.at <= spec.as_of && hit.at - start.at <= spec.window
        });
        for hit in later {
            if depth < spec.optional.len() && fits(hit, depth) {
                (depth, last) = (depth + 1, hit.at);
            }
            let before = if last == hit.at { depth - 1 } else { depth };
            if hit.excluded != 0 && before > from && depth <= to {
                ended = true;
                break;
            }
        }
        best = best.max(depth);
    }
    (best, ended)
}

fn ranged(letters: &str, window: Millis) -> Spec {
    Spec {
        range: 3..22,
        as_of: 27,
        ..spec(letters, window)
    }
}

fn without_exclusions(hits: Vec<Hit>) -> Vec<Hit> {
    let plain = |hit: Hit| Hit { excluded: 0, ..hit };
    hits.into_iter().map(plain).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn ordered_equals_search_where_events_are_apart(hits in persons(3, 30, false), window in 1..20_i64) {
        let hits = apart(without_exclusions(hits));
        let spec = ranged("ABC", window);
        prop_assert_eq!(depth(&spec, &hits), by_search(&spec, &hits));
        let first = Spec { entry: EntryRule::First, ..spec };
        prop_assert_eq!(depth(&first, &hits), by_search(&first, &hits));
    }

    #[test]
    fn ordered_equals_search_where_events_fit_one_step(hits in persons(3, 8, true), window in 1..8_i64) {
        let hits = without_exclusions(hits);
        let spec = Spec { range: 1..6, as_of: 7, ..spec("ABC", window) };
        prop_assert_eq!(depth(&spec, &hits), by_search(&spec, &hits));
    }

    #[test]
    fn ordered_is_never_above_search(hits in persons(3, 5, false), window in 1..5_i64) {
        let hits = without_exclusions(hits);
        let spec = spec("ABC", window);
        let found = outcome(&spec, &hits);
        let exact = by_search(&spec, &hits);
        prop_assert!(found.depth <= exact);
        prop_assert!(found.depth == exact || found.ambiguous > 0);
    }

    #[test]
    fn increasing_times_equal_search(hits in persons(3, 8, false), window in 1..8_i64) {
        let hits = without_exclusions(hits);
        let spec = Spec { strict_increase: true, range: 1..6, as_of: 7, ..spec("ABC", window) };
        prop_assert_eq!(depth(&spec, &hits), by_search(&spec, &hits));
    }

    #[test]
    fn strict_equals_the_longest_run(hits in persons(3, 30, false), window in 1..20_i64) {
        let hits = apart(without_exclusions(hits));
        let spec = Spec { order: Order::Strict, ..ranged("ABC", window) };
        prop_assert_eq!(depth(&spec, &hits), by_runs(&spec, &hits));
    }

    #[test]
    fn any_equals_the_largest_matching(hits in persons(4, 30, false), window in 1..20_i64) {
        let hits = without_exclusions(hits);
        let spec = Spec { order: Order::Any, ..ranged("ABCD", window) };
        prop_assert_eq!(depth(&spec, &hits), by_windows(&spec, &hits));
        let first = Spec { entry: EntryRule::First, ..spec };
        prop_assert_eq!(depth(&first, &hits), by_windows(&first, &hits));
    }

    #[test]
    fn exclusions_equal_attempts_looked_at_one_by_one(
        hits in persons(4, 40, true),
        window in 1..30_i64,
        between in prop_oneof![Just((0, 3)), Just((0, 1)), Just((1, 2)), Just((1, 3)), Just((2, 3))],
    ) {
        let hits = apart(hits);
        let spec = Spec { exclusions: vec![between], ..ranged("ABCD", window) };
        let (deepest, ended) = one_by_one(&spec, &hits);
        prop_assert_eq!(depth(&spec, &hits), deepest);
        let entity = Spec { exclude_ends: Ends::Entity, ..spec };
        prop_assert_eq!(outcome(&entity, &hits).removed, ended);
    }

    #[test]
    fn mature_is_the_funnel_of_a_shorter_range(hits in persons(3, 40, false), window in 1..20_i64) {
        for order in [Order::Ordered, Order::Strict, Order::Any] {
            let spec = Spec { order, as_of: 27, range: 3..22, ..spec("ABC", window) };
            let hits = without_exclusions(hits.clone());
            let cut = Spec { range: 3..22.min(27 - window + 1), ..spec.clone() };
            let expected = outcome(&cut, &hits);
            let found = mature(&spec, &hits).unwrap_or_default();
            prop_assert_eq!(found.depth, expected.depth);
            prop_assert_eq!(found.reached, expected.reached);
        }
    }

    #[test]
    fn what_is_done_is_done_in_order_and_inside_the_window(hits in persons(3, 20, false), window in 1..20_i64) {
        let spec = ranged("ABC", window);
        let found = outcome(&spec, &without_exclusions(hits.clone()));
        prop_assert_eq!(found.attempt.len(), found.depth);
        prop_assert_eq!(found.reached, (1 << found.depth) - 1);
        for pair in found.attempt.windows(2) {
            prop_assert!(hits[pair[0].hit].at <= hits[pair[1].hit].at);
            prop_assert!(pair[0].hit != pair[1].hit);
        }
        for (step, taken) in found.attempt.iter().enumerate() {
            prop_assert!(fits(&hits[taken.hit], step));
            let done = found.done(step).unwrap();
            prop_assert!((0..=window).contains(&(done.at - done.start)));
        }
    }
}
