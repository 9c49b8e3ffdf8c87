//! Fixed parts to the touches at which somebody became a lead, an opportunity, a customer.
//!
//! Every milestone belongs to one touch: the first touch of the journey to the first of
//! them, each other one to the latest touch not after it. The touches without a milestone
//! share the part of the middle. A milestone without a touch, or a journey without a
//! middle, leaves its part to the others in proportion (attribution document 2.1; shares
//! of the named variants as their vendors print them).

use super::{Kind, Known, Made, Model};
use crate::attribution::walk::{Timed, Walk};

/// Registry entry of HubSpot's U.
pub const U_HUBSPOT: Kind = Kind {
    name: "u_hubspot",
    parameter: "",
    doc: "40 % to the first touch, 40 % to the one that made the lead, 20 % to the others (HubSpot's U).",
    make: |_| u_hubspot(),
    beside: |known| beside(known, u_hubspot),
};

/// Registry entry of Marketo's U.
pub const U_MARKETO: Kind = Kind {
    name: "u_marketo",
    parameter: "",
    doc: "50 % to the first touch, 50 % to the one that made the lead (Marketo's U).",
    make: |_| u_marketo(),
    beside: |known| beside(known, u_marketo),
};

/// Registry entry of the W.
pub const W: Kind = Kind {
    name: "w",
    parameter: "",
    doc: "30 % each to the first touch, to the one that made the lead and to the one that made the \
          opportunity, 10 % to the others (Marketo, HubSpot).",
    make: |_| w(),
    beside: |known| beside(known, w),
};

/// Registry entry of the full path.
pub const FULL_PATH: Kind = Kind {
    name: "full_path",
    parameter: "",
    doc: "22.5 % each to the first touch, to the ones that made the lead and the opportunity, and to \
          the last one before the win, 10 % to the others (Marketo, HubSpot).",
    make: |_| full_path(),
    beside: |known| beside(known, full_path),
};

/// Registry entry of weights from the configuration.
pub const CUSTOM: Kind = Kind {
    name: "custom",
    parameter: "NAME",
    doc: "Parts of your own: [attribution.custom.NAME] with any of first, lead, opportunity, last and \
          middle, which sum to 100.",
    make: |_| Err("custom weights stand in [attribution.custom.NAME] of leadflow.toml".to_owned()),
    beside: |_| None,
};

/// Parts of the whole, in per cent.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Parts {
    /// Of the first touch.
    pub first: f64,
    /// Of the touch at which the lead was made.
    pub lead: f64,
    /// Of the touch at which the opportunity was made.
    pub opportunity: f64,
    /// Of the last touch before the win, or before the conversion.
    pub last: f64,
    /// Of all others together.
    pub middle: f64,
}

impl Parts {
    /// All of them together.
    #[must_use]
    pub fn sum(&self) -> f64 {
        self.first + self.lead + self.opportunity + self.last + self.middle
    }
}

/// A model with fixed parts to milestones.
#[derive(Debug, Clone, PartialEq)]
pub struct Milestones {
    /// As in `--model`.
    pub name: String,
    /// The parts.
    pub parts: Parts,
}

fn named(name: &str, parts: Parts) -> Made {
    Ok(Box::new(Milestones {
        name: name.to_owned(),
        parts,
    }))
}

fn u_hubspot() -> Made {
    let parts = Parts {
        first: 40.0,
        lead: 40.0,
        middle: 20.0,
        ..Parts::default()
    };
    named("u_hubspot", parts)
}

fn u_marketo() -> Made {
    let parts = Parts {
        first: 50.0,
        lead: 50.0,
        ..Parts::default()
    };
    named("u_marketo", parts)
}

fn w() -> Made {
    let parts = Parts {
        first: 30.0,
        lead: 30.0,
        opportunity: 30.0,
        middle: 10.0,
        ..Parts::default()
    };
    named("w", parts)
}

fn full_path() -> Made {
    let parts = Parts {
        first: 22.5,
        lead: 22.5,
        opportunity: 22.5,
        last: 22.5,
        middle: 10.0,
    };
    named("full_path", parts)
}

fn beside(known: Known, make: fn() -> Made) -> Option<Box<dyn Model>> {
    (known == Known::Stages).then(|| make().ok()).flatten()
}

impl Model for Milestones {
    fn name(&self) -> String {
        self.name.clone()
    }

    fn rule(&self) -> String {
        let parts = [
            (self.parts.first, "to the first touch"),
            (self.parts.lead, "to the touch that made the lead"),
            (
                self.parts.opportunity,
                "to the touch that made the opportunity",
            ),
            (self.parts.last, "to the last touch"),
            (self.parts.middle, "to all others together"),
        ];
        let given = parts.iter().filter(|(part, _)| *part > 0.0);
        let told: Vec<String> = given
            .map(|(part, whom)| format!("{part} % {whom}"))
            .collect();
        format!(
            "{}; a part that nobody takes goes to the others in proportion",
            told.join(", ")
        )
    }

    fn timed(&self) -> Option<&dyn Timed> {
        Some(self)
    }
}

impl Timed for Milestones {
    fn weigh(&self, walk: &Walk<'_>, weights: &mut [f64]) {
        let parts = self.parts;
        let last = walk.won.or(Some(walk.converted));
        let owners = [
            (parts.first, Some(0)),
            (parts.lead, walk.owner(walk.lead)),
            (parts.opportunity, walk.owner(walk.opportunity)),
            (parts.last, walk.owner(last)),
        ];
        let owned = owners.iter().filter(|(part, _)| *part > 0.0);
        for (part, owner) in owned {
            if let Some(owner) = owner {
                weights[*owner] += part;
            }
        }
        let others = weights.iter().filter(|weight| **weight == 0.0).count();
        if others > 0 {
            let each = parts.middle / others as f64;
            weights
                .iter_mut()
                .filter(|weight| **weight == 0.0)
                .for_each(|weight| *weight = each);
        }
        let given: f64 = weights.iter().sum();
        if given > 0.0 {
            weights.iter_mut().for_each(|weight| *weight /= given);
        } else {
            // Nothing that this model rewards happened: everybody alike.
            weights.fill(1.0 / weights.len() as f64);
        }
    }

    fn needs_stages(&self) -> bool {
        self.parts.lead > 0.0 || self.parts.opportunity > 0.0
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::attribution::walk::tests::on_days;

    fn weights(made: Made, at: &[i64], lead: Option<i64>, opportunity: Option<i64>) -> Vec<f64> {
        let model = made.unwrap();
        let path = vec![0; at.len()];
        let walk = Walk {
            lead,
            opportunity,
            ..on_days(&path, at, 100)
        };
        let mut weights = vec![0.0; at.len()];
        model.timed().unwrap().weigh(&walk, &mut weights);
        weights
            .iter()
            .map(|weight| (weight * 1e9).round() / 1e9)
            .collect()
    }

    #[test]
    fn owners_and_the_middle() {
        let at = [10, 20, 30, 40, 50];
        assert_eq!(
            weights(w(), &at, Some(25), Some(40)),
            [0.3, 0.3, 0.05, 0.3, 0.05]
        );
        assert_eq!(
            weights(full_path(), &at, Some(25), Some(40)),
            [0.225, 0.225, 0.1, 0.225, 0.225]
        );
        assert_eq!(
            weights(u_hubspot(), &at, Some(50), None),
            [0.4, 0.066_666_667, 0.066_666_667, 0.066_666_667, 0.4]
        );
        assert_eq!(
            weights(u_marketo(), &at, Some(20), None),
            [0.5, 0.5, 0.0, 0.0, 0.0]
        );
    }

    #[test]
    fn one_touch_may_own_several() {
        assert_eq!(weights(w(), &[10, 60], Some(10), Some(12)), [0.9, 0.1]);
        assert_eq!(weights(w(), &[10], Some(10), Some(12)), [1.0]);
    }

    #[test]
    fn what_nobody_takes_goes_to_the_others() {
        // The lead was made before the first touch.
        assert_eq!(
            weights(w(), &[10, 20, 30], Some(5), Some(30)),
            [0.428_571_429, 0.142_857_143, 0.428_571_429]
        );
        // No touch between.
        assert_eq!(weights(u_hubspot(), &[10, 20], Some(20), None), [0.5, 0.5]);
    }
}
