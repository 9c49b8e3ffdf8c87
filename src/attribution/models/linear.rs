//! Equal parts to all touches.

use super::{Kind, Model, Prepared, Shares};
use crate::attribution::journeys::Journeys;

/// Registry entry.
pub const KIND: Kind = Kind {
    name: "linear",
    parameter: "",
    doc: "Equal parts to all touches; a channel that was met twice gets two of them.",
    make: |_| Ok(Box::new(Linear)),
    beside: |_| Some(Box::new(Linear)),
};

struct Linear;

impl Model for Linear {
    fn name(&self) -> String {
        "linear".into()
    }

    fn rule(&self) -> String {
        "equal parts to all touches".into()
    }

    fn prepare<'j>(&self, journeys: &'j Journeys) -> Box<dyn Prepared + 'j> {
        Box::new(Shares::new(journeys, |path, weights| {
            weights.fill(1.0 / path.len() as f64);
        }))
    }
}
