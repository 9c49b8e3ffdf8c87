//! The nearer to the conversion, the more.

use super::{Kind, Known, Model, Prepared, Shares};
use crate::attribution::journeys::Journeys;
use crate::attribution::walk::{Timed, Walk};
use crate::domain::calendar::{DAY_MILLIS, Millis};

/// Registry entry.
pub const KIND: Kind = Kind {
    name: "decay",
    parameter: "HALF-LIFE",
    doc: "A touch counts half as much for each half-life between it and the conversion: `7d` \
          (the default) in days, `1step` in touches, which needs no times.",
    make: |parameter| Ok(Box::new(Decay::parse(parameter)?)),
    beside: |known| {
        Some(Box::new(match known {
            Known::Paths => Decay {
                half_life: 1.0,
                by_step: true,
            },
            Known::Times | Known::Stages => Decay {
                half_life: 7.0,
                by_step: false,
            },
        }))
    },
};

#[derive(Debug, PartialEq)]
struct Decay {
    half_life: f64,
    by_step: bool,
}

impl Decay {
    fn parse(parameter: Option<&str>) -> Result<Self, String> {
        let text = parameter.unwrap_or("7d");
        let (number, by_step) = match (text.strip_suffix("step"), text.strip_suffix('d')) {
            (Some(number), _) => (number, true),
            (None, Some(number)) => (number, false),
            (None, None) => ("", false),
        };
        match number.parse::<f64>() {
            Ok(half_life) if half_life.is_finite() && half_life > 0.0 => {
                Ok(Self { half_life, by_step })
            }
            _ => Err(format!("`{text}` is no half-life such as 7d or 1step")),
        }
    }
}

impl Model for Decay {
    fn name(&self) -> String {
        let unit = if self.by_step { "step" } else { "d" };
        format!("decay:{}{unit}", self.half_life)
    }

    fn rule(&self) -> String {
        let unit = if self.by_step { "touches" } else { "days" };
        format!(
            "a touch counts half as much for every {} {unit} before the conversion",
            self.half_life
        )
    }

    fn timed(&self) -> Option<&dyn Timed> {
        (!self.by_step).then_some(self)
    }

    fn prepare<'j>(&self, journeys: &'j Journeys) -> Box<dyn Prepared + 'j> {
        let half_life = self.half_life;
        Box::new(Shares::new(journeys, move |path, weights| {
            let steps = |place: usize| (path.len() - 1 - place) as f64;
            for (place, weight) in weights.iter_mut().enumerate() {
                *weight = (-steps(place) / half_life).exp2();
            }
            let sum: f64 = weights.iter().sum();
            weights.iter_mut().for_each(|weight| *weight /= sum);
        }))
    }
}

impl Timed for Decay {
    fn weigh(&self, walk: &Walk<'_>, weights: &mut [f64]) {
        let days = |at: Millis| (walk.converted - at) as f64 / DAY_MILLIS as f64;
        // Measured from the last touch, so that nothing vanishes however long ago it was.
        let least = walk.at.last().map_or(0.0, |at| days(*at));
        for (weight, at) in weights.iter_mut().zip(walk.at) {
            *weight = ((least - days(*at)) / self.half_life).exp2();
        }
        let sum: f64 = weights.iter().sum();
        weights.iter_mut().for_each(|weight| *weight /= sum);
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::attribution::journeys::tests::journeys;
    use crate::attribution::walk::tests::on_days;

    #[test]
    fn by_step() {
        let journeys = journeys(&[("a > b > c", 7.0, 14.0, 0.0)]);
        let model = Decay::parse(Some("1step")).unwrap();
        let credit = model.prepare(&journeys).credit_of(&journeys.counts);
        for (found, wanted) in credit.conversions.iter().zip([1.0, 2.0, 4.0]) {
            assert!((found - wanted).abs() < 1e-12);
        }
    }

    #[test]
    fn by_days() {
        let model = Decay::parse(Some("7d")).unwrap();
        let at = [0, 7, 14].map(|day| day * DAY_MILLIS);
        let walk = on_days(&[0, 1, 2], &at, 21 * DAY_MILLIS);
        let mut weights = [0.0; 3];
        model.weigh(&walk, &mut weights);
        for (found, wanted) in weights.iter().zip([1.0, 2.0, 4.0]) {
            assert!((found - wanted / 7.0).abs() < 1e-12);
        }
        // Thousands of half-lives ago, all the same something.
        let walk = on_days(&[0, 1], &at[..2], 90_000 * DAY_MILLIS);
        model.weigh(&walk, &mut weights[..2]);
        assert!((weights[0] - 1.0 / 3.0).abs() < 1e-12);
    }

    #[test]
    fn half_lives() {
        let half_life = |text| Decay::parse(Some(text)).map(|decay| decay.name());
        assert_eq!(half_life("7d").unwrap(), "decay:7d");
        assert_eq!(half_life("1.5step").unwrap(), "decay:1.5step");
        assert!(Decay::parse(None).unwrap().needs_times());
        for text in ["7", "0d", "-1step", "d", "NaNd", "seven"] {
            assert!(half_life(text).is_err(), "{text}");
        }
    }
}
