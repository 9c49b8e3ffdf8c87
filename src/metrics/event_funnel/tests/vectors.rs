//! Metrics dictionary, 12.7.

use super::*;

#[test]
fn vectors_of_the_dictionary() {
    let vectors = [
        ("A0 A30 B45 C75", 60, [2, 3, 3]),
        ("A0 B50 A55 C70", 60, [2, 2, 2]),
        ("A0 B5 A8 B20 C62", 60, [2, 3, 3]),
        ("A0 B0 C0", 60, [3, 3, 1]),
        ("B0 A5 B10", 60, [2, 2, 2]),
        ("A0 B60", 60, [2, 2, 2]),
        ("A0 B61", 60, [1, 1, 1]),
        ("A2 A3 B3", 3, [2, 2, 2]),
    ];
    for (events, window, expected) in vectors {
        let best = spec("ABC", window);
        let first = Spec {
            entry: EntryRule::First,
            ..best.clone()
        };
        let increasing = Spec {
            strict_increase: true,
            ..best.clone()
        };
        let hits = hits("ABC", events);
        let found = [first, best, increasing].map(|spec| depth(&spec, &hits));
        assert_eq!(found, expected, "{events}");
    }
}

#[test]
fn one_condition_twice_needs_two_events() {
    let twice = spec("AA", 60);
    assert_eq!(depth(&twice, &hits("AA", "A0")), 1);
    assert_eq!(depth(&twice, &hits("AA", "A0 A5")), 2);
    assert_eq!(depth(&twice, &hits("AA", "A0 A0")), 2);
}

#[test]
fn strict_order_lets_nothing_lie_between() {
    let strict = Spec {
        order: Order::Strict,
        ..spec("AB", 60)
    };
    assert_eq!(depth(&strict, &hits("AB", "A0 Z1 B2")), 1);
    assert_eq!(depth(&strict, &hits("AB", "A0 Z1 A2 B3")), 2);
}

#[test]
fn an_open_window_is_in_progress_and_no_drop_off() {
    for order in [Order::Ordered, Order::Strict, Order::Any] {
        let spec = Spec {
            order,
            ..spec("AB", 60)
        };
        let late = Hit {
            at: LATE - 10,
            ..hits("AB", "A0")[0]
        };
        let found = outcome(&spec, &[late]);
        assert_eq!((found.depth, found.in_progress), (1, true), "{order:?}");
        // The window includes its end, so it is over only after that.
        for (at, open) in [(LATE - 60, false), (LATE - 59, true)] {
            assert_eq!(outcome(&spec, &[Hit { at, ..late }]).in_progress, open);
        }
    }
}
