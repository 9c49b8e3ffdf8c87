//! The best split of a budget among concave returns.
//!
//! Section 3.9 of the what-if document. Where every return flattens, the best plan is where
//! the next unit of money earns the same everywhere, except at a bound; so a plan can be
//! checked by looking at the marginals. (S. Boyd, L. Vandenberghe, Convex Optimization
//! (2004), 5.5.3, "water-filling".)

/// Steps of every bisection: more than a double can tell apart.
const STEPS: usize = 200;

/// A return that rises and flattens.
pub trait Return {
    /// What an amount brings.
    fn at(&self, amount: f64) -> f64;
    /// What the next unit brings; never rises with the amount.
    fn slope(&self, amount: f64) -> f64;
}

/// A channel to be filled.
pub struct Place<'a> {
    /// What it returns.
    pub returns: &'a dyn Return,
    /// Money of a unit.
    pub price: f64,
    /// The least amount.
    pub least: f64,
    /// The most; may be infinite.
    pub most: f64,
}

/// A split.
#[derive(Debug, Clone, PartialEq)]
pub struct Split {
    /// Amounts, in the order of the places.
    pub amounts: Vec<f64>,
    /// What another unit of money would bring.
    pub shadow_price: f64,
}

/// A total that no split within the bounds has.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Infeasible {
    /// The least total.
    pub least: f64,
    /// The most.
    pub most: f64,
}

impl Place<'_> {
    /// Where the next unit of money brings `price`, within the bounds.
    fn filled_to(&self, shadow: f64, most: f64) -> f64 {
        let (mut low, mut high) = (self.least, most.max(self.least));
        let worth = |amount: f64| self.returns.slope(amount) / self.price > shadow;
        if !worth(low) {
            return low;
        }
        if worth(high) {
            return high;
        }
        for _ in 0..STEPS {
            let middle = 0.5 * (low + high);
            if worth(middle) {
                low = middle;
            } else {
                high = middle;
            }
        }
        0.5 * (low + high)
    }

    /// The most that could be given to it out of `budget`.
    fn reach(&self, budget: f64) -> f64 {
        self.most.min((budget / self.price).max(self.least))
    }
}

/// The split of `budget` with the largest sum of returns. Its money is exactly the budget.
///
/// # Errors
/// Where the bounds do not allow that total.
pub fn split(places: &[Place], budget: f64) -> Result<Split, Infeasible> {
    let least: f64 = places.iter().map(|place| place.least * place.price).sum();
    let most: f64 = places.iter().map(|place| place.most * place.price).sum();
    let slack = 1e-9 * budget.abs();
    if budget < least - slack || budget > most + slack {
        return Err(Infeasible { least, most });
    }
    let filled = |shadow: f64| -> Vec<f64> {
        places
            .iter()
            .map(|place| place.filled_to(shadow, place.reach(budget)))
            .collect()
    };
    let money = |amounts: &[f64]| -> f64 {
        let paid = amounts
            .iter()
            .zip(places)
            .map(|(amount, place)| amount * place.price);
        paid.sum()
    };
    // From a price at which all is bought to one at which nothing is.
    let (mut cheap, mut dear) = (0.0, 1.0);
    while money(&filled(dear)) > budget && dear < 1e300 {
        dear *= 4.0;
    }
    for _ in 0..STEPS {
        let middle = 0.5 * (cheap + dear);
        if money(&filled(middle)) > budget {
            cheap = middle;
        } else {
            dear = middle;
        }
    }
    // Where returns are straight lines the amount leaps at one price: what lies between is
    // worth the same everywhere, so any part of the leap is best.
    let (less, more) = (filled(dear), filled(cheap));
    let (paid, could) = (money(&less), money(&more));
    let part = if could > paid {
        (budget - paid) / (could - paid)
    } else {
        0.0
    };
    let part = part.clamp(0.0, 1.0);
    let between = |(less, more): (&f64, &f64)| less + part * (more - less);
    Ok(Split {
        amounts: less.iter().zip(&more).map(between).collect(),
        shadow_price: dear,
    })
}

/// The amounts at which the next unit of money brings `shadow` everywhere, within the
/// bounds and up to `most` of each.
#[must_use]
pub fn filled_to(places: &[Place], shadow: f64, most: &[f64]) -> Vec<f64> {
    places
        .iter()
        .zip(most)
        .map(|(place, most)| place.filled_to(shadow, most.min(place.most)))
        .collect()
}

/// The present amounts times `factor`, within the bounds.
#[must_use]
pub fn scaled(places: &[Place], now: &[f64], factor: f64) -> Vec<f64> {
    let held = |(place, now): (&Place, &f64)| (now * factor).max(place.least).min(place.most);
    places.iter().zip(now).map(held).collect()
}

/// The split of `budget` that keeps the present proportions as far as the bounds allow;
/// `None` where what is nothing now would have to grow.
#[must_use]
pub fn in_proportion(places: &[Place], now: &[f64], budget: f64) -> Option<Vec<f64>> {
    let money = |amounts: &[f64]| -> f64 {
        let paid = amounts.iter().zip(places);
        paid.map(|(amount, place)| amount * place.price).sum()
    };
    let (mut low, mut high) = (0.0, 1.0);
    while money(&scaled(places, now, high)) < budget && high < 1e12 {
        high *= 2.0;
    }
    for _ in 0..STEPS {
        let middle = 0.5 * (low + high);
        if money(&scaled(places, now, middle)) < budget {
            low = middle;
        } else {
            high = middle;
        }
    }
    let found = scaled(places, now, high);
    let is_exact = (money(&found) - budget).abs() <= 1e-9 * budget.abs();
    is_exact.then_some(found)
}

/// The split of whole units that sum to `units`: always the unit that brings most next,
/// which is exact where returns flatten.
///
/// # Errors
/// Where the bounds do not allow that total.
pub fn split_whole(places: &[Place], units: u64) -> Result<Split, Infeasible> {
    let mut amounts: Vec<f64> = places.iter().map(|place| place.least.ceil()).collect();
    let most: f64 = places.iter().map(|place| place.most.floor()).sum();
    let least: f64 = amounts.iter().sum();
    let wanted = units as f64;
    if wanted < least || wanted > most {
        return Err(Infeasible { least, most });
    }
    let next = |amounts: &[f64], place: usize| {
        let amount = amounts[place];
        let room = amount + 1.0 <= places[place].most;
        room.then(|| places[place].returns.at(amount + 1.0) - places[place].returns.at(amount))
    };
    let best = |amounts: &[f64]| {
        (0..places.len())
            .filter_map(|place| Some((place, next(amounts, place)?)))
            .reduce(|best, other| if other.1 > best.1 { other } else { best })
    };
    let mut total = least;
    while total < wanted {
        let Some((place, _)) = best(&amounts) else {
            return Err(Infeasible { least, most: total });
        };
        amounts[place] += 1.0;
        total += 1.0;
    }
    Ok(Split {
        shadow_price: best(&amounts).map_or(0.0, |(_, gain)| gain),
        amounts,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Root(f64);
    impl Return for Root {
        fn at(&self, x: f64) -> f64 {
            self.0 * x.sqrt()
        }
        fn slope(&self, x: f64) -> f64 {
            0.5 * self.0 / x.sqrt()
        }
    }

    struct Saturating(f64);
    impl Return for Saturating {
        fn at(&self, x: f64) -> f64 {
            100.0 * x / (x + self.0)
        }
        fn slope(&self, x: f64) -> f64 {
            100.0 * self.0 / ((x + self.0) * (x + self.0))
        }
    }

    /// The most, and where half of it is reached.
    struct Scaled(f64, f64);
    impl Return for Scaled {
        fn at(&self, x: f64) -> f64 {
            self.0 * x / (x + self.1)
        }
        fn slope(&self, x: f64) -> f64 {
            self.0 * self.1 / ((x + self.1) * (x + self.1))
        }
    }

    struct Line(f64);
    impl Return for Line {
        fn at(&self, x: f64) -> f64 {
            self.0 * x
        }
        fn slope(&self, _: f64) -> f64 {
            self.0
        }
    }

    fn place<'a>(returns: &'a dyn Return, least: f64, most: f64) -> Place<'a> {
        Place {
            returns,
            price: 1.0,
            least,
            most,
        }
    }

    fn close(found: &[f64], expected: &[f64]) {
        for (found, expected) in found.iter().zip(expected) {
            assert!((found - expected).abs() < 1e-6, "{found} {expected}");
        }
    }

    /// Golden case G9.
    #[test]
    fn two_roots() {
        let (three, four) = (Root(3.0), Root(4.0));
        let places = [
            place(&three, 0.0, f64::INFINITY),
            place(&four, 0.0, f64::INFINITY),
        ];
        let Ok(found) = split(&places, 100.0) else {
            panic!("feasible");
        };
        close(&found.amounts, &[36.0, 64.0]);
        assert!((found.shadow_price - 0.25).abs() < 1e-9);
        let value: f64 = found
            .amounts
            .iter()
            .zip(&places)
            .map(|(x, p)| p.returns.at(*x))
            .sum();
        assert!((value - 50.0).abs() < 1e-9);
        assert!((found.amounts.iter().sum::<f64>() - 100.0).abs() < 1e-9);
    }

    /// Golden case G10.
    #[test]
    fn two_saturating_ones_and_a_bound() {
        let (quick, slow) = (Saturating(10.0), Saturating(40.0));
        let of = |most| {
            let places = [place(&quick, 0.0, most), place(&slow, 0.0, f64::INFINITY)];
            split(&places, 50.0)
                .map(|split| split.amounts)
                .unwrap_or_default()
        };
        close(&of(f64::INFINITY), &[70.0 / 3.0, 80.0 / 3.0]);
        close(&of(20.0), &[20.0, 30.0]);
    }

    #[test]
    fn prices_count() {
        let (cheap, dear) = (Root(1.0), Root(1.0));
        let places = [
            place(&cheap, 0.0, f64::INFINITY),
            Place {
                price: 2.0,
                ..place(&dear, 0.0, f64::INFINITY)
            },
        ];
        let Ok(found) = split(&places, 30.0) else {
            panic!("feasible");
        };
        // Slopes per money are equal: 1/√x = 1/(2√y), x + 2y = 30.
        close(&found.amounts, &[20.0, 5.0]);
    }

    #[test]
    fn the_present_proportions_within_the_bounds() {
        let root = Root(1.0);
        let places = [
            place(&root, 5.0, 12.0),
            place(&root, 0.0, 100.0),
            place(&root, 7.0, 7.0),
        ];
        let found = in_proportion(&places, &[10.0, 20.0, 3.0], 55.0);
        close(&found.unwrap_or_default(), &[12.0, 36.0, 7.0]);
        assert_eq!(in_proportion(&places, &[10.0, 0.0, 3.0], 55.0), None);
        close(&scaled(&places, &[1.0, 2.0, 3.0], 1.0), &[5.0, 2.0, 7.0]);
    }

    #[test]
    fn straight_lines_fill_the_better_one_and_share_what_is_equal() {
        let (good, poor) = (Line(2.0), Line(1.0));
        let places = [place(&poor, 0.0, 50.0), place(&good, 0.0, 30.0)];
        let Ok(found) = split(&places, 40.0) else {
            panic!("feasible");
        };
        close(&found.amounts, &[10.0, 30.0]);
        let equal = [place(&good, 0.0, 50.0), place(&good, 0.0, 50.0)];
        let Ok(found) = split(&equal, 40.0) else {
            panic!("feasible");
        };
        assert!((found.amounts.iter().sum::<f64>() - 40.0).abs() < 1e-6);
    }

    #[test]
    fn impossible_totals_are_refused_with_the_range() {
        let root = Root(1.0);
        let places = [place(&root, 5.0, 10.0), place(&root, 0.0, 10.0)];
        let error = Infeasible {
            least: 5.0,
            most: 20.0,
        };
        assert_eq!(split(&places, 21.0), Err(error));
        assert_eq!(split(&places, 4.0), Err(error));
        assert_eq!(split_whole(&places, 21), Err(error));
    }

    /// Random curves against money handed out in tiny steps: within 0.01 % of the optimum,
    /// the money exact, the marginals of free channels equal.
    #[test]
    fn random_curves_are_filled_as_well_as_step_by_step() {
        let mut random = crate::stats::random::Random::seeded(9);
        for _ in 0..20 {
            let curves: Vec<Scaled> = (0..5)
                .map(|_| Scaled(20.0 + 200.0 * random.unit(), 2.0 + 60.0 * random.unit()))
                .collect();
            let places: Vec<Place> = curves
                .iter()
                .map(|curve| place(curve, 0.0, 30.0 + 40.0 * random.unit()))
                .collect();
            let Ok(found) = split(&places, 100.0) else {
                panic!("feasible");
            };
            let value = |amounts: &[f64]| -> f64 {
                amounts
                    .iter()
                    .zip(&places)
                    .map(|(x, place)| place.returns.at(*x))
                    .sum()
            };
            let step = 0.01;
            let mut slow = [0.0; 5];
            for _ in 0..10_000 {
                let gain = |at: usize| {
                    let next = slow[at] + step;
                    let room = next <= places[at].most;
                    if room {
                        places[at].returns.slope(slow[at])
                    } else {
                        -1.0
                    }
                };
                let best = (0..5).fold(0, |best, at| if gain(at) > gain(best) { at } else { best });
                slow[best] += step;
            }
            assert!(value(&found.amounts) >= value(&slow) * (1.0 - 1e-4));
            assert!((found.amounts.iter().sum::<f64>() - 100.0).abs() < 1e-9);
            for (amount, place) in found.amounts.iter().zip(&places) {
                if *amount > 1e-6 && *amount < place.most - 1e-6 {
                    assert!((place.returns.slope(*amount) - found.shadow_price).abs() < 1e-6);
                }
            }
        }
    }

    #[test]
    fn whole_units_are_as_good_as_any_other_whole_split() {
        let (quick, slow) = (Saturating(10.0), Saturating(40.0));
        let places = [place(&quick, 0.0, 100.0), place(&slow, 0.0, 100.0)];
        let Ok(found) = split_whole(&places, 50) else {
            panic!("feasible");
        };
        let value = |x: f64| quick.at(x) + slow.at(50.0 - x);
        let best = (0..=50).map(|x| value(f64::from(x))).fold(0.0, f64::max);
        assert!((value(found.amounts[0]) - best).abs() < 1e-12);
    }
}
