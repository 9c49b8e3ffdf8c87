//! All credit to the last touch that is not direct.

use super::{Kind, Model, Prepared, Shares};
use crate::attribution::journeys::Journeys;

/// Registry entry.
pub const KIND: Kind = Kind {
    name: "last_non_direct",
    parameter: "",
    doc: "All credit to the last touch that is not direct; where all are direct, to the last touch.",
    make: |_| Ok(Box::new(LastNonDirect)),
    beside: |_| Some(Box::new(LastNonDirect)),
};

struct LastNonDirect;

impl Model for LastNonDirect {
    fn name(&self) -> String {
        "last_non_direct".into()
    }

    fn rule(&self) -> String {
        "all credit to the last touch that is not direct, else to the last touch".into()
    }

    fn prepare<'j>(&self, journeys: &'j Journeys) -> Box<dyn Prepared + 'j> {
        let is_direct = |channel: &u16| journeys.direct[usize::from(*channel)];
        Box::new(Shares::new(journeys, move |path, weights| {
            let last = path.iter().rposition(|channel| !is_direct(channel));
            weights[last.unwrap_or(path.len() - 1)] = 1.0;
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::attribution::journeys::tests::journeys;

    #[test]
    fn direct_gets_credit_only_where_all_is_direct() {
        let journeys = journeys(&[("a > b > d > d", 1.0, 0.0, 0.0), ("d > d", 2.0, 0.0, 0.0)]);
        let credit = LastNonDirect.prepare(&journeys).credit_of(&journeys.counts);
        assert_eq!(credit.conversions, [0.0, 1.0, 2.0]);
    }
}
