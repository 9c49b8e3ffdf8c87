//! All credit to the first touch.

use super::{Kind, Model, Prepared, Shares};
use crate::attribution::journeys::Journeys;

/// Registry entry.
pub const KIND: Kind = Kind {
    name: "first",
    parameter: "",
    doc: "All credit to the first touch of the journey.",
    make: |_| Ok(Box::new(First)),
    beside: |_| Some(Box::new(First)),
};

struct First;

impl Model for First {
    fn name(&self) -> String {
        "first".into()
    }

    fn rule(&self) -> String {
        "all credit to the first touch".into()
    }

    fn prepare<'j>(&self, journeys: &'j Journeys) -> Box<dyn Prepared + 'j> {
        Box::new(Shares::new(journeys, |_, weights| weights[0] = 1.0))
    }
}
