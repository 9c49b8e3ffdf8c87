//! The whole conversion to every channel that took part.

use super::{Kind, Model, Prepared, Shares};
use crate::attribution::journeys::{Journeys, first_touches};

/// Registry entry.
pub const KIND: Kind = Kind {
    name: "participation",
    parameter: "",
    doc: "The whole conversion to every channel of the journey, once: what a channel had a part \
          in. The sum exceeds the total by design.",
    make: |_| Ok(Box::new(Participation)),
    beside: |_| Some(Box::new(Participation)),
};

struct Participation;

impl Model for Participation {
    fn name(&self) -> String {
        "participation".into()
    }

    fn rule(&self) -> String {
        "the whole conversion to each channel of the journey, so that the sum exceeds the total"
            .into()
    }

    fn overlaps(&self) -> bool {
        true
    }

    fn prepare<'j>(&self, journeys: &'j Journeys) -> Box<dyn Prepared + 'j> {
        Box::new(Shares::new(journeys, |path, weights| {
            first_touches(path).for_each(|place| weights[place] = 1.0);
        }))
    }
}
