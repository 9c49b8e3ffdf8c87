//! All credit to the last touch.

use super::{Kind, Model, Prepared, Shares};
use crate::attribution::journeys::Journeys;

/// Registry entry.
pub const KIND: Kind = Kind {
    name: "last",
    parameter: "",
    doc: "All credit to the last touch of the journey, direct ones included.",
    make: |_| Ok(Box::new(Last)),
    beside: |_| Some(Box::new(Last)),
};

struct Last;

impl Model for Last {
    fn name(&self) -> String {
        "last".into()
    }

    fn rule(&self) -> String {
        "all credit to the last touch".into()
    }

    fn by_last_touch(&self) -> bool {
        true
    }

    fn prepare<'j>(&self, journeys: &'j Journeys) -> Box<dyn Prepared + 'j> {
        Box::new(Shares::new(journeys, |_, weights| {
            if let Some(last) = weights.last_mut() {
                *last = 1.0;
            }
        }))
    }
}
