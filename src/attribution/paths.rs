//! What journeys look like: the most frequent ones, where they lead, how long they are,
//! who meets whom.

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;

use super::journeys::{Channel, Journeys, Totals};
use crate::domain::calendar::{DAY_MILLIS, Millis};
use crate::domain::figure::{Policy, Rate, View};
use crate::stats::quantile::quantile;
use crate::stats::wilson;

/// A path and what came of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Top<'j> {
    /// Its touches; nothing for all paths beyond the top together.
    pub path: Option<&'j [Channel]>,
    /// Its counts.
    pub totals: Totals,
}

/// The paths with the most conversions, then the most journeys, and all others together.
#[must_use]
pub fn top(journeys: &Journeys, most: usize) -> Vec<Top<'_>> {
    let rank = |index: usize| {
        let totals = journeys.counts.of(index);
        (totals.conversions, totals.lost, index)
    };
    let mut order: Vec<(f64, f64, usize)> = (0..journeys.len()).map(rank).collect();
    order.sort_unstable_by(|(converted, lost, a), (other, other_lost, b)| {
        let by_conversions = other.total_cmp(converted);
        by_conversions
            .then(other_lost.total_cmp(lost))
            .then(a.cmp(b))
    });
    let order: Vec<usize> = order.into_iter().map(|(_, _, index)| index).collect();
    let (first, rest) = order.split_at(most.min(order.len()));
    let mut list: Vec<Top> = first
        .iter()
        .map(|index| Top {
            path: Some(journeys.path(*index)),
            totals: journeys.counts.of(*index),
        })
        .collect();
    if !rest.is_empty() {
        list.push(Top {
            path: None,
            totals: added(rest.iter().map(|index| journeys.counts.of(*index))),
        });
    }
    list
}

/// Journeys that are followed touch by touch; all others flow together.
pub const FOLLOWED: usize = 10;

/// Touches of the longest journey that is followed whole.
pub const FOLLOWED_TOUCHES: usize = 6;

/// Conversions on their way: from touch to touch, and to the conversion in the last column.
///
/// At every node but those of the first and the last column as much arrives as leaves.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Flows {
    /// Columns of touches; the conversion is the column behind them.
    pub touches: usize,
    /// True where some journey has touches between its shown ones.
    pub shortened: bool,
    /// How many journeys are followed, without the others.
    pub followed: usize,
    /// By column, then by the rank of the first journey there, the others last.
    pub nodes: Vec<Node>,
    /// By the node they start from, then by the one they lead to.
    pub links: Vec<Link>,
}

/// All followed journeys that are at the same stop in the same column.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Node {
    /// The column, from 0.
    pub column: usize,
    /// Where they are.
    pub stop: Stop,
    /// Their conversions.
    pub conversions: f64,
}

/// What a node stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stop {
    /// A touch of this channel.
    Touch(Channel),
    /// The touches between the first ones and the last one of a long journey.
    Between,
    /// All journeys that are not followed, from their first touch to the conversion.
    Others,
    /// The conversion.
    Conversion,
}

/// Conversions that go from one node to another further right, perhaps past columns.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Link {
    /// Index of the node where they are before.
    pub from: usize,
    /// Index of the node where they are next.
    pub to: usize,
    /// How many.
    pub conversions: f64,
}

/// The paths with the most conversions from touch to touch, all others as one.
///
/// Of a path with more than `longest` touches the first `longest - 1`, a stop for those
/// between, and the last one are shown.
#[must_use]
pub fn flows(journeys: &Journeys, most: usize, longest: usize) -> Flows {
    let list = top(journeys, most).into_iter();
    let list: Vec<Top> = list.filter(|top| top.totals.conversions > 0.0).collect();
    let walks: Vec<Walk> = list.iter().map(|top| Walk::new(top, longest)).collect();
    let paths = || list.iter().filter_map(|top| top.path);
    let touches = walks.iter().map(|walk| walk.stops.len()).max();
    let mut flows = Flows {
        touches: touches.unwrap_or(0),
        shortened: paths().any(|path| path.len() > longest),
        followed: paths().count(),
        ..Flows::default()
    };
    for column in 0..=flows.touches {
        walks.iter().for_each(|walk| flows.count(column, walk));
    }
    walks.iter().for_each(|walk| flows.lead(walk));
    flows.links.sort_by_key(|link| (link.from, link.to));
    flows
}

/// The stops before the conversion.
struct Walk {
    stops: Vec<Stop>,
    conversions: f64,
}

impl Walk {
    fn new(top: &Top, longest: usize) -> Self {
        let touches = |part: &[Channel]| part.iter().copied().map(Stop::Touch).collect();
        let stops: Vec<Stop> = match top.path {
            None => vec![Stop::Others],
            Some(path) if path.len() <= longest => touches(path),
            Some(path) => {
                let mut stops: Vec<Stop> = touches(&path[..longest.saturating_sub(1)]);
                stops.push(Stop::Between);
                stops.extend(path.last().copied().map(Stop::Touch));
                stops
            }
        };
        Self {
            stops,
            conversions: top.totals.conversions,
        }
    }
}

impl Flows {
    /// Where the walk is in the column: nowhere between its last touch and the conversion.
    fn stop(&self, column: usize, walk: &Walk) -> Option<Stop> {
        let conversion = (column == self.touches).then_some(Stop::Conversion);
        walk.stops.get(column).copied().or(conversion)
    }

    fn find(&self, column: usize, walk: &Walk) -> Option<usize> {
        let stop = self.stop(column, walk)?;
        let is_it = |node: &Node| (node.column, node.stop) == (column, stop);
        self.nodes.iter().position(is_it)
    }

    fn count(&mut self, column: usize, walk: &Walk) {
        if let Some(index) = self.find(column, walk) {
            self.nodes[index].conversions += walk.conversions;
        } else if let Some(stop) = self.stop(column, walk) {
            self.nodes.push(Node {
                column,
                stop,
                conversions: walk.conversions,
            });
        }
    }

    fn lead(&mut self, walk: &Walk) {
        let columns = 0..=self.touches;
        let met: Vec<usize> = columns
            .filter_map(|column| self.find(column, walk))
            .collect();
        for (from, to) in met.iter().copied().zip(met.iter().copied().skip(1)) {
            let is_it = |link: &&mut Link| (link.from, link.to) == (from, to);
            match self.links.iter_mut().find(is_it) {
                Some(link) => link.conversions += walk.conversions,
                None => self.links.push(Link {
                    from,
                    to,
                    conversions: walk.conversions,
                }),
            }
        }
    }
}

/// Journeys by their number of touches; those without any under 0.
#[must_use]
pub fn by_length(journeys: &Journeys) -> BTreeMap<usize, Totals> {
    let mut lengths: BTreeMap<usize, Totals> = BTreeMap::new();
    let mut add = |touches: usize, totals: Totals| {
        let entry = lengths.entry(touches).or_default();
        *entry = added([*entry, totals]);
    };
    for (index, path) in journeys.paths().enumerate() {
        add(path.len(), journeys.counts.of(index));
    }
    if journeys.untouched != Totals::default() {
        add(0, journeys.untouched);
    }
    lengths
}

/// Conversions by the number of touches before them; from `most` touches on together.
#[must_use]
pub fn conversions_by_length(
    lengths: &BTreeMap<usize, Totals>,
    most: usize,
) -> BTreeMap<usize, f64> {
    let mut sums: BTreeMap<usize, f64> = BTreeMap::new();
    for (touches, totals) in lengths {
        *sums.entry((*touches).min(most)).or_default() += totals.conversions;
    }
    sums
}

/// Journeys that met both channels; with itself, journeys that met it.
#[must_use]
pub fn overlap(journeys: &Journeys) -> BTreeMap<(Channel, Channel), Totals> {
    let mut pairs: FxHashMap<(Channel, Channel), Totals> = FxHashMap::default();
    let mut met: Vec<Channel> = Vec::new();
    for (index, path) in journeys.paths().enumerate() {
        met.clear();
        met.extend_from_slice(path);
        met.sort_unstable();
        met.dedup();
        for (place, one) in met.iter().enumerate() {
            for other in &met[place..] {
                let entry = pairs.entry((*one, *other)).or_default();
                *entry = added([*entry, journeys.counts.of(index)]);
            }
        }
    }
    pairs.into_iter().collect()
}

/// How long journeys took, from the first touch to the conversion.
#[derive(Debug, Clone, PartialEq)]
pub struct Lag {
    /// Journeys that converted.
    pub journeys: u64,
    /// Days within which half, three quarters and nine of ten converted; nothing without
    /// journeys.
    pub days: Option<[f64; 3]>,
    /// Journeys that took at most [`LAG_DAYS`] each; empty without journeys.
    pub within: Vec<Rate>,
}

/// Days that journeys are counted up to.
pub const LAG_DAYS: [i64; 5] = [0, 1, 7, 30, 90];

/// The lags of journeys, shortest first, in milliseconds. Zero days means the first touch
/// itself converted.
#[must_use]
pub fn lag(sorted: &[Millis]) -> Lag {
    let days: Vec<f64> = sorted
        .iter()
        .map(|lag| *lag as f64 / DAY_MILLIS as f64)
        .collect();
    let at = |share: f64| quantile(&days, share);
    let most = |days: i64| sorted.partition_point(|lag| *lag <= days * DAY_MILLIS) as u64;
    let journeys = sorted.len() as u64;
    let rate = |days: &i64| Rate {
        k: most(*days),
        n: journeys,
        interval: wilson::interval(most(*days), journeys),
        view: View::ToDate,
        policy: Policy::Explicit,
        horizon_days: None,
        in_progress: None,
    };
    Lag {
        journeys,
        days: at(0.5)
            .zip(at(0.75))
            .zip(at(0.9))
            .map(|((half, most), nearly)| [half, most, nearly]),
        within: LAG_DAYS.iter().filter(|_| journeys > 0).map(rate).collect(),
    }
}

fn added(list: impl IntoIterator<Item = Totals>) -> Totals {
    list.into_iter().fold(Totals::default(), |sum, one| Totals {
        conversions: sum.conversions + one.conversions,
        value: sum.value + one.value,
        lost: sum.lost + one.lost,
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::attribution::journeys::tests::journeys;

    #[test]
    fn the_rest_stands_together() {
        let journeys = journeys(&[
            ("a", 1.0, 5.0, 9.0),
            ("b > a", 3.0, 1.0, 0.0),
            ("c", 1.0, 2.0, 1.0),
            ("a > c", 0.0, 0.0, 4.0),
        ]);
        let list = top(&journeys, 2);
        let told: Vec<(Option<&[Channel]>, f64, f64)> = list
            .iter()
            .map(|top| (top.path, top.totals.conversions, top.totals.journeys()))
            .collect();
        assert_eq!(
            told,
            [
                (Some(&[1, 0][..]), 3.0, 3.0),
                (Some(&[0][..]), 1.0, 10.0),
                (None, 1.0, 6.0)
            ]
        );
        assert_eq!(top(&journeys, 9).len(), 4);
    }

    /// `column stop conversions` of each node, `from > to conversions` of each link.
    fn told(journeys: &Journeys, flows: &Flows) -> (Vec<String>, Vec<String>) {
        let name = |node: &Node| match node.stop {
            Stop::Touch(channel) => journeys.channels[usize::from(channel)].clone(),
            Stop::Between => "...".into(),
            Stop::Others => "(other)".into(),
            Stop::Conversion => "(conversion)".into(),
        };
        let node = |node: &Node| format!("{} {} {}", node.column, name(node), node.conversions);
        let place = |index: usize| {
            let node = &flows.nodes[index];
            format!("{} {}", node.column, name(node))
        };
        let link = |link: &Link| {
            format!(
                "{} > {} {}",
                place(link.from),
                place(link.to),
                link.conversions
            )
        };
        (
            flows.nodes.iter().map(node).collect(),
            flows.links.iter().map(link).collect(),
        )
    }

    #[test]
    fn journeys_flow_from_touch_to_touch() {
        let journeys = journeys(&[
            ("a > b", 4.0, 0.0, 9.0),
            ("a", 3.0, 0.0, 0.0),
            ("b > b", 2.0, 0.0, 0.0),
            ("c", 1.0, 0.0, 0.0),
            ("c > a", 1.0, 0.0, 0.0),
            ("b > c", 0.0, 0.0, 7.0),
            ("", 5.0, 0.0, 0.0),
        ]);
        let flows = flows(&journeys, 3, 6);
        let (nodes, links) = told(&journeys, &flows);
        assert_eq!(
            nodes,
            [
                "0 a 7",
                "0 b 2",
                "0 (other) 2",
                "1 b 6",
                "2 (conversion) 11"
            ]
        );
        assert_eq!(
            links,
            [
                "0 a > 1 b 4",
                "0 a > 2 (conversion) 3",
                "0 b > 1 b 2",
                "0 (other) > 2 (conversion) 2",
                "1 b > 2 (conversion) 6"
            ]
        );
        assert_eq!(
            (flows.touches, flows.followed, flows.shortened),
            (2, 3, false)
        );
    }

    #[test]
    fn long_journeys_are_shown_by_their_ends() {
        let journeys = journeys(&[
            ("a > b > c > d", 2.0, 0.0, 0.0),
            ("a > b > c", 1.0, 0.0, 0.0),
            ("a > b > d > d > d > c", 1.0, 0.0, 0.0),
        ]);
        let flows = flows(&journeys, 10, 3);
        let (nodes, _) = told(&journeys, &flows);
        assert_eq!(
            nodes,
            [
                "0 a 4",
                "1 b 4",
                "2 ... 3",
                "2 c 1",
                "3 d 2",
                "3 c 1",
                "4 (conversion) 4"
            ]
        );
        assert!(flows.shortened);
    }

    #[test]
    fn nothing_flows_without_conversions() {
        let lost = journeys(&[("a > b", 0.0, 0.0, 3.0)]);
        assert_eq!(flows(&lost, 10, 6), Flows::default());
        assert_eq!(flows(&journeys(&[]), 10, 6), Flows::default());
    }

    proptest! {
        #[test]
        fn what_arrives_leaves(
            rows in proptest::collection::vec(("[a-e]( > [a-e]){0,9}", 0_u32..40), 0..30),
            most in 0_usize..12,
            longest in 1_usize..8,
        ) {
            let rows: Vec<(&str, f64, f64, f64)> = rows
                .iter()
                .map(|(path, conversions)| (path.as_str(), f64::from(*conversions) / 4.0, 0.0, 1.0))
                .collect();
            let journeys = journeys(&rows);
            let flows = flows(&journeys, most, longest);
            let sum = |links: &mut dyn Iterator<Item = &Link>| -> f64 {
                links.map(|link| link.conversions).sum()
            };
            for (index, node) in flows.nodes.iter().enumerate() {
                let arrives = sum(&mut flows.links.iter().filter(|link| link.to == index));
                let leaves = sum(&mut flows.links.iter().filter(|link| link.from == index));
                if node.column > 0 {
                    prop_assert_eq!(arrives, node.conversions);
                }
                if node.column < flows.touches {
                    prop_assert_eq!(leaves, node.conversions);
                }
            }
            for link in &flows.links {
                prop_assert!(flows.nodes[link.from].column < flows.nodes[link.to].column);
            }
            let at = |column: usize| -> f64 {
                let nodes = flows.nodes.iter().filter(|node| node.column == column);
                nodes.map(|node| node.conversions).sum()
            };
            let all = journeys.counts.totals().conversions;
            prop_assert_eq!(at(0), all);
            prop_assert_eq!(at(flows.touches), all);
            prop_assert!(flows.followed <= most && flows.touches <= longest + 1);
        }
    }

    #[test]
    fn lags_in_days() {
        let lags = [0, 0, 1, 7, 8].map(|days| days * DAY_MILLIS);
        let lag = lag(&lags);
        let within: Vec<u64> = lag.within.iter().map(|rate| rate.k).collect();
        assert_eq!(within, [2, 3, 4, 5, 5]);
        assert_eq!((lag.journeys, lag.days.map(|days| days[0])), (5, Some(1.0)));
        assert_eq!(super::lag(&[]).days, None);
    }

    #[test]
    fn lengths_and_pairs() {
        let journeys = journeys(&[
            ("a > b > a", 2.0, 8.0, 1.0),
            ("b", 1.0, 1.0, 0.0),
            ("", 4.0, 2.0, 0.0),
        ]);
        let lengths = by_length(&journeys);
        let told: Vec<(usize, f64)> = lengths.iter().map(|(n, t)| (*n, t.conversions)).collect();
        assert_eq!(told, [(0, 4.0), (1, 1.0), (3, 2.0)]);
        let pairs = overlap(&journeys);
        let told: Vec<((u16, u16), f64)> = pairs
            .iter()
            .map(|(pair, t)| (*pair, t.journeys()))
            .collect();
        assert_eq!(told, [((0, 0), 3.0), ((0, 1), 3.0), ((1, 1), 4.0)]);
    }
}
