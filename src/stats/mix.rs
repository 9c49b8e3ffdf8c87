//! Why did a total rate move: because the rates of its segments did, or because the mix
//! of the segments did?
//!
//! With weights w (share of the members) and rates r of the segments before and after,
//! and R = sum of w r, the effect of a segment's rate is (w0 + w1)/2 x (r1 - r0), that of
//! its weight (w1 - w0) x ((r0 + r1)/2 - (R0 + R1)/2). All effects add up to R1 - R0
//! exactly. Source: metrics dictionary 11.5; E. M. Kitagawa, "Components of a difference
//! between two rates", Journal of the American Statistical Association 50 (1955).

use super::sum::compensated;

/// A segment before and after: hits and members.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counts {
    /// Hits and members before.
    pub before: (u64, u64),
    /// Hits and members after.
    pub after: (u64, u64),
}

/// What a segment contributes to the move of the total, as shares (0.01 is a point).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Effects {
    /// Its share of the members before.
    pub weight_before: f64,
    /// Its share of the members after.
    pub weight_after: f64,
    /// By its own rate.
    pub rate: f64,
    /// By its share of the members.
    pub mix: f64,
}

/// The move of a total, taken apart.
#[derive(Debug, Clone, PartialEq)]
pub struct Split {
    /// The total rate before.
    pub before: f64,
    /// The total rate after.
    pub after: f64,
    /// All effects of rates.
    pub rate: f64,
    /// All effects of weights.
    pub mix: f64,
    /// True where the total moved one way and the rates within the segments the other
    /// (Simpson's paradox).
    pub reversal: bool,
    /// In the order of the segments.
    pub segments: Vec<Effects>,
}

/// Takes the move apart; `None` where nobody was there before or after.
///
/// A segment without members on one side has no rate there and takes that of the other
/// side, so that it counts as mix alone.
#[must_use]
pub fn split(segments: &[Counts]) -> Option<Split> {
    let total = |side: fn(&Counts) -> (u64, u64)| {
        let hits: u64 = segments.iter().map(|segment| side(segment).0).sum();
        let members: u64 = segments.iter().map(|segment| side(segment).1).sum();
        (members > 0).then(|| (hits as f64 / members as f64, members as f64))
    };
    let (before, members_before) = total(|segment| segment.before)?;
    let (after, members_after) = total(|segment| segment.after)?;
    let middle = (before + after) / 2.0;
    let effects: Vec<Effects> = segments
        .iter()
        .map(|segment| {
            let weight_before = segment.before.1 as f64 / members_before;
            let weight_after = segment.after.1 as f64 / members_after;
            let (r0, r1) = rates(segment);
            Effects {
                weight_before,
                weight_after,
                rate: (weight_before + weight_after) / 2.0 * (r1 - r0),
                mix: (weight_after - weight_before) * ((r0 + r1) / 2.0 - middle),
            }
        })
        .collect();
    let rate = compensated(effects.iter().map(|effect| effect.rate));
    let mix = compensated(effects.iter().map(|effect| effect.mix));
    Some(Split {
        before,
        after,
        rate,
        mix,
        reversal: (after - before) * rate < 0.0,
        segments: effects,
    })
}

/// The rates of a segment; one without members on a side has that of the other.
fn rates(segment: &Counts) -> (f64, f64) {
    let rate = |(hits, members): (u64, u64)| (members > 0).then(|| hits as f64 / members as f64);
    let (before, after) = (rate(segment.before), rate(segment.after));
    let either = before.or(after).unwrap_or(0.0);
    (before.unwrap_or(either), after.unwrap_or(either))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn near(found: f64, wanted: f64) {
        assert!((found - wanted).abs() < 1e-12, "{found} is not {wanted}");
    }

    #[test]
    fn vector_of_the_dictionary() {
        // Metrics dictionary, 12.8: paid, then direct.
        let found = split(&[
            Counts {
                before: (200, 4000),
                after: (30, 1000),
            },
            Counts {
                before: (200, 1000),
                after: (720, 4000),
            },
        ])
        .unwrap();
        near(found.before, 0.08);
        near(found.after, 0.15);
        near(found.rate, -0.02);
        near(found.mix, 0.09);
        assert!(found.reversal);
        for segment in &found.segments {
            near(segment.rate, -0.01);
            near(segment.mix, 0.045);
        }
    }

    #[test]
    fn a_segment_that_is_new_is_mix_alone() {
        let found = split(&[
            Counts {
                before: (10, 100),
                after: (10, 100),
            },
            Counts {
                before: (0, 0),
                after: (50, 100),
            },
        ])
        .unwrap();
        near(found.rate, 0.0);
        near(found.mix, 0.2);
        assert!(!found.reversal);
        near(found.segments[1].rate, 0.0);
    }

    #[test]
    fn nobody_on_a_side_cannot_be_taken_apart() {
        let gone = Counts {
            before: (1, 2),
            after: (0, 0),
        };
        assert_eq!(split(&[gone]), None);
        assert_eq!(split(&[]), None);
    }

    fn counts() -> impl Strategy<Value = (u64, u64)> {
        (0_u64..500).prop_flat_map(|members| (0..=members, Just(members)))
    }

    proptest! {
        #[test]
        fn effects_add_up_and_mirror(
            list in proptest::collection::vec((counts(), counts()), 1..8),
        ) {
            let segments: Vec<Counts> = list
                .iter()
                .map(|(before, after)| Counts { before: *before, after: *after })
                .collect();
            if let Some(found) = split(&segments) {
                prop_assert!((found.rate + found.mix - (found.after - found.before)).abs() < 1e-12);
                let mirrored: Vec<Counts> = list
                    .iter()
                    .map(|(before, after)| Counts { before: *after, after: *before })
                    .collect();
                let back = split(&mirrored).unwrap();
                prop_assert!((found.rate + back.rate).abs() < 1e-12);
                prop_assert!((found.mix + back.mix).abs() < 1e-12);
            }
        }
    }
}
