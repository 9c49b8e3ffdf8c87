//! Why values are missing, in words, for the line below a table.

use std::collections::BTreeMap;

use crate::domain::figure::Undefined;
use crate::report::document::Table;

use super::number;

/// Places without a value by reason; reasons in the order of the metrics dictionary,
/// places in the order in which they were noted, each once. The texts are not escaped.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reasons(BTreeMap<Undefined, Vec<String>>);

impl Reasons {
    /// The reasons in a table, with the headings of its columns; `shown` says which columns count.
    #[must_use]
    pub fn of_table(table: &Table, shown: impl Fn(usize) -> bool) -> Self {
        let mut reasons = Self::default();
        for (index, column) in table
            .columns
            .iter()
            .enumerate()
            .filter(|(index, _)| shown(*index))
        {
            let cells = table.rows.iter().filter_map(|row| row.get(index));
            for reason in cells.filter_map(number::reason) {
                reasons.note(reason, &column.title);
            }
        }
        reasons
    }

    /// Adds a place to a reason.
    pub fn note(&mut self, reason: Undefined, place: &str) {
        let places = self.0.entry(reason).or_default();
        if !places.iter().any(|known| known == place) {
            places.push(place.to_owned());
        }
    }

    /// `n/a: nothing to divide by (ROI, CAC); no data (Payback)`, or nothing where all is known.
    #[must_use]
    pub fn sentence(&self) -> Option<String> {
        if self.0.is_empty() {
            return None;
        }
        let parts = self
            .0
            .iter()
            .map(|(reason, places)| format!("{} ({})", reason.words(), places.join(", ")));
        Some(format!(
            "{}: {}",
            number::UNDEFINED,
            parts.collect::<Vec<_>>().join("; ")
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::sample;

    #[test]
    fn places_are_gathered_by_reason() {
        let report = sample::report();
        let reasons = report
            .table("channels")
            .map(|table| Reasons::of_table(table, |_| true).sentence());
        let text = "n/a: nothing to divide by (ROI); no data (ROAS); not observed long enough yet (Lead to MQL)";
        assert_eq!(reasons, Some(Some(text.to_owned())));
        let hidden = report
            .table("channels")
            .map(|table| Reasons::of_table(table, |index| index == 0));
        assert_eq!(hidden.and_then(|reasons| reasons.sentence()), None);
    }

    #[test]
    fn every_reason_has_its_words() {
        let report = sample::report();
        let sentence = report
            .table("reasons")
            .and_then(|table| Reasons::of_table(table, |_| true).sentence());
        let sentence = sentence.unwrap_or_default();
        assert!(
            Undefined::ALL
                .iter()
                .all(|reason| sentence.contains(reason.words()))
        );
    }
}
