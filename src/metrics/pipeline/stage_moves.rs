//! Where the deals that were open at the beginning of a period stand at its end: the answer
//! to "how many advanced" (dictionary 3.2). The shares of a stage add up to 1.

use std::collections::BTreeMap;

use super::deals::Deal;
use super::timeline::Standing;
use super::waterfall::Between;

/// What became of a deal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Became {
    /// In a higher stage.
    Advanced,
    /// Won.
    Won,
    /// In the same stage.
    Stayed,
    /// In a lower stage.
    MovedBack,
    /// Lost.
    Lost,
    /// Missing from a later snapshot.
    Removed,
}

impl Became {
    /// Everything that a deal can become, in the order of the table.
    pub const ALL: &[Self] = &[
        Self::Advanced,
        Self::Won,
        Self::Stayed,
        Self::MovedBack,
        Self::Lost,
        Self::Removed,
    ];

    /// The name in the data formats.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Advanced => "advanced",
            Self::Won => "won",
            Self::Stayed => "stayed",
            Self::MovedBack => "moved_back",
            Self::Lost => "lost",
            Self::Removed => "removed",
        }
    }
}

/// A stage on the ladder of a pipeline: index of the ladder, index of the stage.
pub type Place = (usize, usize);

/// The deals that stood in a stage at the beginning.
#[derive(Debug, Clone, PartialEq)]
pub struct Moved {
    /// The stage; absent for deals whose stage of that time is not known.
    pub from: Option<Place>,
    /// Deals.
    pub deals: u64,
    /// How many became what.
    pub became: BTreeMap<Became, u64>,
    /// How many stand in each stage at the end.
    pub to: BTreeMap<usize, u64>,
}

/// By stage in the order of the ladders, unknown stages last.
#[must_use]
pub fn stage_moves(deals: &[Deal], span: Between) -> Vec<Moved> {
    let mut found: BTreeMap<(bool, Option<Place>), Moved> = BTreeMap::new();
    for deal in deals {
        let Some(before) = deal.timeline.open_at(span.before) else {
            continue;
        };
        let Some(after) = deal.timeline.at(span.after) else {
            continue;
        };
        let from = before.stage.map(|stage| (deal.ladder, stage));
        let became = match (after.standing, before.stage, after.stage) {
            (Standing::Won, _, _) => Became::Won,
            (Standing::Lost, _, _) => Became::Lost,
            (Standing::Removed, _, _) => Became::Removed,
            (Standing::Open, Some(old), Some(new)) if new > old => Became::Advanced,
            (Standing::Open, Some(old), Some(new)) if new < old => Became::MovedBack,
            (Standing::Open, _, _) => Became::Stayed,
        };
        let moved = found
            .entry((from.is_none(), from))
            .or_insert_with(|| Moved {
                from,
                deals: 0,
                became: BTreeMap::new(),
                to: BTreeMap::new(),
            });
        moved.deals += 1;
        *moved.became.entry(became).or_default() += 1;
        if let (Standing::Open, Some(stage)) = (after.standing, after.stage) {
            *moved.to.entry(stage).or_default() += 1;
        }
    }
    found.into_values().collect()
}

#[cfg(test)]
mod tests {
    use super::super::deals::tests::with_history;
    use super::super::timeline::{Row, tests::row};
    use super::*;
    use crate::domain::calendar::DAY_MILLIS;

    fn at(day: i64, stage: usize) -> Row {
        row(day, Some(stage), Standing::Open, 1.0)
    }

    #[test]
    fn every_deal_becomes_one_thing() {
        let all = vec![
            with_history(1, None, None, None, vec![at(1, 1), at(15, 2)]),
            with_history(1, None, None, None, vec![at(1, 1), at(12, 3), at(14, 0)]),
            with_history(1, Some(13), None, None, vec![at(1, 1)]),
            with_history(1, None, Some(13), None, vec![at(1, 1)]),
            with_history(1, None, None, None, vec![at(1, 1), at(25, 2)]),
            // Made in the period: not open at its beginning.
            with_history(11, None, None, None, vec![at(11, 1)]),
        ];
        let span = Between {
            before: 10 * DAY_MILLIS - 1,
            after: 20 * DAY_MILLIS - 1,
        };
        let found = stage_moves(&all, span);
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].from, found[0].deals), (Some((0, 1)), 5));
        let counts: Vec<u64> = Became::ALL
            .iter()
            .map(|kind| found[0].became.get(kind).copied().unwrap_or(0))
            .collect();
        assert_eq!(counts, [1, 1, 1, 1, 1, 0]);
        assert_eq!(counts.iter().sum::<u64>(), found[0].deals);
        assert_eq!(found[0].to, BTreeMap::from([(0, 1), (1, 1), (2, 1)]));
    }
}
