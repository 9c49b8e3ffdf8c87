//! The rules of section 1 of the metrics dictionary, by hand.

use super::*;
use crate::metrics::event_funnel::{Done, Taken};

#[test]
fn only_starts_in_the_range_count_and_later_steps_may_lie_after_it() {
    let spec = Spec {
        range: 10..20,
        ..spec("AB", 60)
    };
    for (events, expected) in [
        ("A9 B12", 0),
        ("A10 B12", 2),
        ("A19 B70", 2),
        ("A20 B21", 0),
        ("A19 A20 B80", 1),
    ] {
        assert_eq!(depth(&spec, &hits("AB", events)), expected, "{events}");
    }
}

#[test]
fn what_lies_after_the_as_of_moment_does_not_exist() {
    let spec = Spec {
        as_of: 50,
        ..spec("AB", 60)
    };
    assert_eq!(depth(&spec, &hits("AB", "A0 B50")), 2);
    assert_eq!(depth(&spec, &hits("AB", "A0 B51")), 1);
    assert_eq!(depth(&spec, &hits("AB", "A51")), 0);
}

#[test]
fn steps_of_one_instant_count_in_their_order() {
    let spec = spec("ABC", 60);
    assert_eq!(depth(&spec, &hits("ABC", "C0 B0 A0")), 3);
    assert_eq!(depth(&spec, &hits("ABC", "A0 C5 B5")), 3);
    assert_eq!(depth(&spec, &hits("ABC", "B0 C5 A5")), 1);
}

#[test]
fn times_are_those_of_the_attempt_that_is_first_to_complete_a_step() {
    let spec = spec("ABC", 60);
    let found = outcome(&spec, &hits("ABC", "A0 A30 B45 C75 A80 B81 C82"));
    assert_eq!(found.done(0), Some(Done { at: 0, start: 0 }));
    assert_eq!(found.done(1), Some(Done { at: 45, start: 30 }));
    assert_eq!(found.done(2), Some(Done { at: 75, start: 30 }));
    assert_eq!(found.first_start, Some(0));
    let taken = [(0, 1), (1, 2), (2, 3)];
    assert_eq!(found.attempt, taken.map(|(step, hit)| Taken { step, hit }));
    let found = outcome(&spec, &hits("ABC", "A0 B5"));
    assert_eq!(found.done(2), None);
}

#[test]
fn the_latest_attempt_at_a_depth_decides_whether_it_may_go_on() {
    let spec = Spec {
        as_of: 100,
        ..spec("ABC", 60)
    };
    let open = |events: &str| outcome(&spec, &hits("ABC", events)).in_progress;
    assert!(open("A0 B5 A50 B60"));
    assert!(!open("A0 B5 A50"));
    assert!(!open("A50 B60 C70"));
}

#[test]
fn an_optional_step_is_counted_between_its_neighbours_and_never_blocks() {
    let spec = spec("AB?C", 60);
    for (events, depth, optional) in [
        ("A0 C5", 3, false),
        ("A0 B2 C5", 3, true),
        ("A0 B2", 1, true),
        ("A0 C5 B7", 3, false),
        ("B0 A1 C5", 3, false),
        ("A0 C5 A6 B7", 3, true),
        ("A0 B61", 1, false),
        ("B0 C1", 0, false),
    ] {
        let found = outcome(&spec, &hits("ABC", events));
        assert_eq!(found.depth, depth, "{events}");
        assert_eq!(found.reached >> 1 & 1 == 1, optional, "{events}");
    }
}

#[test]
fn an_optional_last_step_does_not_decide_the_conversion() {
    let spec = Spec {
        as_of: 20,
        ..spec("ABC?", 60)
    };
    let found = outcome(&spec, &hits("ABC", "A0 B5"));
    assert_eq!((found.depth, found.in_progress), (2, false));
    assert_eq!(outcome(&spec, &hits("ABC", "A0 B5 C6")).reached, 0b111);
    assert_eq!(outcome(&spec, &hits("ABC", "A0 C5")).reached, 0b001);
}

#[test]
fn strict_steps_may_leave_out_optional_ones() {
    let spec = Spec {
        order: Order::Strict,
        ..spec("AB?C", 60)
    };
    for (events, reached) in [
        ("A0 C1", 0b101),
        ("A0 B1 C2", 0b111),
        ("A0 B1 Z2 C3", 0b011),
        ("A0 B1 B2 C3", 0b011),
    ] {
        let found = outcome(&spec, &hits("ABC", events));
        assert_eq!(found.reached, reached, "{events}");
    }
    let open = Spec {
        as_of: 5,
        ..spec.clone()
    };
    assert!(outcome(&open, &hits("ABC", "A0 B1")).in_progress);
    assert!(!outcome(&open, &hits("ABC", "A0 B1 Z2")).in_progress);
}

#[test]
fn strict_attempts_start_anew_and_respect_the_window() {
    let spec = Spec {
        order: Order::Strict,
        ..spec("ABC", 10)
    };
    for (events, expected) in [
        ("A0 A1 B2 C3", 3),
        ("A0 B1 A2 C3", 2),
        ("A0 B5 C11", 2),
        ("A0 B5 C10", 3),
        ("C0 B1 A2", 1),
    ] {
        assert_eq!(depth(&spec, &hits("ABC", events)), expected, "{events}");
    }
    let once = Spec {
        entry: EntryRule::First,
        ..spec
    };
    assert_eq!(depth(&once, &hits("ABC", "A0 A1 B2 C3")), 1);
}

#[test]
fn any_order_counts_different_steps_inside_a_window() {
    let spec = Spec {
        order: Order::Any,
        ..spec("ABC", 10)
    };
    for (events, expected) in [
        ("C0 A1 B2", 3),
        ("A0 A1 A2", 1),
        ("A0 B5 C11", 2),
        ("A0 B5 C11 A12", 3),
        ("C0 B10", 2),
        ("C0 B11", 1),
    ] {
        assert_eq!(depth(&spec, &hits("ABC", events)), expected, "{events}");
    }
    let found = outcome(&spec, &hits("ABC", "A0 B5 C11 A12"));
    assert_eq!(found.done(1), Some(Done { at: 5, start: 0 }));
    assert_eq!(found.done(2), Some(Done { at: 12, start: 5 }));
    let once = Spec {
        entry: EntryRule::First,
        ..spec
    };
    assert_eq!(depth(&once, &hits("ABC", "A0 B5 C11 A12")), 2);
}

#[test]
fn any_order_starts_in_the_range() {
    let spec = Spec {
        order: Order::Any,
        range: 10..20,
        ..spec("AB", 10)
    };
    for (events, expected) in [
        ("A9 B11", 1),
        ("A19 B29", 2),
        ("A20 B21", 0),
        ("B19 A20 B21", 2),
    ] {
        assert_eq!(depth(&spec, &hits("AB", events)), expected, "{events}");
    }
}

/// Attempts end between the first and the last step.
fn excluding(letters: &str, between: (usize, usize)) -> Spec {
    Spec {
        exclusions: vec![between],
        ..spec(letters, 60)
    }
}

#[test]
fn an_exclusion_ends_the_attempt_and_another_may_start() {
    let spec = excluding("ABC", (0, 2));
    for (events, expected) in [
        ("A0 X1 B2 C3", 1),
        ("A0 B1 X2 C3", 2),
        ("A0 X1 A2 B3 C4", 3),
        ("X0 A1 B2 C3 X4", 3),
        ("A0 B1 A2 X3 B4 C5", 2),
    ] {
        assert_eq!(depth(&spec, &hits("ABC", events)), expected, "{events}");
    }
    let first = Spec {
        entry: EntryRule::First,
        ..spec
    };
    assert_eq!(depth(&first, &hits("ABC", "A0 X1 A2 B3 C4")), 1);
}

#[test]
fn an_exclusion_counts_between_its_steps_alone() {
    let spec = excluding("ABC", (1, 2));
    for (events, expected) in [
        ("A0 X1 B2 C3", 3),
        ("A0 B1 X2 C3", 2),
        // The attempt is over: a second B does not revive it.
        ("A0 B1 X2 B3 C4", 2),
        // The second attempt had not come to B, so it goes on.
        ("A0 B1 A2 X3 B4 C5", 3),
    ] {
        assert_eq!(depth(&spec, &hits("ABC", events)), expected, "{events}");
    }
    let early = excluding("ABC", (0, 1));
    assert_eq!(depth(&early, &hits("ABC", "A0 B1 X2 C3")), 3);
    assert_eq!(depth(&early, &hits("ABC", "A0 X1 B2 C3")), 1);
}

#[test]
fn an_exclusion_lies_between_only_where_its_time_does() {
    let spec = excluding("AB", (0, 1));
    assert_eq!(depth(&spec, &hits("AB", "A0 X0 B5")), 2);
    assert_eq!(depth(&spec, &hits("AB", "A0 X5 B5")), 2);
    assert_eq!(depth(&spec, &hits("AB", "A0 X4 B5")), 1);
}

#[test]
fn an_ended_attempt_is_a_drop_off() {
    for order in [Order::Ordered, Order::Strict, Order::Any] {
        let spec = Spec {
            as_of: 20,
            order,
            ..excluding("ABC", (0, 2))
        };
        let open = |events: &str| outcome(&spec, &hits("ABC", events)).in_progress;
        assert!(open("A0 B1"), "{order:?}");
        assert!(!open("A0 B1 X2"), "{order:?}");
    }
}

#[test]
fn an_exclusion_may_remove_the_person() {
    for order in [Order::Ordered, Order::Strict, Order::Any] {
        let spec = Spec {
            order,
            exclude_ends: Ends::Entity,
            ..excluding("AB", (0, 1))
        };
        let removed = |events: &str| outcome(&spec, &hits("AB", events)).removed;
        assert!(removed("A0 X1 B2"), "{order:?}");
        assert!(removed("A0 X1 A2 B3"), "{order:?}");
        assert!(!removed("X0 A1 B2 X3"), "{order:?}");
        assert!(!removed("A0 X61"), "{order:?}");
        assert!(!removed("A0"), "{order:?}");
    }
}

#[test]
fn two_exclusions_have_their_own_steps() {
    let spec = Spec {
        exclusions: vec![(0, 1), (1, 2)],
        ..spec("ABC", 60)
    };
    assert_eq!(depth(&spec, &hits("ABC", "A0 Y1 B2 X3 C4")), 3);
    assert_eq!(depth(&spec, &hits("ABC", "A0 B2 Y3 C4")), 2);
    assert_eq!(depth(&spec, &hits("ABC", "A0 X1 B2 C4")), 1);
}

#[test]
fn doubtful_instants_are_counted() {
    let spec = spec("AA", 60);
    assert_eq!(outcome(&spec, &hits("AA", "A0 A0")).ambiguous, 1);
    assert_eq!(outcome(&spec, &hits("AA", "A0 A1")).ambiguous, 0);
    let plain = super::spec("AB", 60);
    assert_eq!(outcome(&plain, &hits("AB", "A0 B0")).ambiguous, 0);
}

#[test]
fn mature_starts_are_looked_at_again_without_the_young_ones() {
    let spec = Spec {
        as_of: 100,
        ..spec("AB", 60)
    };
    let found = |events: &str| mature(&spec, &hits("AB", events)).map(|outcome| outcome.depth);
    assert_eq!(found("A40 B100"), Some(2));
    assert_eq!(found("A41 B100"), None);
    assert_eq!(found("A30 A50 B100"), Some(1));
    assert_eq!(found("A30 A50 B60"), Some(2));
    let both = mature(&spec, &hits("AB", "A30 A50 B60")).unwrap();
    assert_eq!(both.done(1), Some(Done { at: 60, start: 30 }));
    let first = Spec {
        entry: EntryRule::First,
        ..spec.clone()
    };
    let runner = mature(&first, &hits("AB", "A30 A50 B60")).unwrap();
    assert_eq!(runner.depth, 2);
}

#[test]
fn a_runner_forgets_the_person_before() {
    let spec = spec("AB", 60);
    let mut runner = Runner::new(&spec);
    assert_eq!(runner.run(&hits("AB", "A0 B1")).full.depth, 2);
    let next = runner.run(&hits("AB", "B0")).full;
    assert_eq!((next.depth, next.reached, next.done(1)), (0, 0, None));
    assert!(next.attempt.is_empty());
}
