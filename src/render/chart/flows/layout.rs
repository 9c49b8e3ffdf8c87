//! Where the bars and bands of flows stand, downwards; across, only the columns are known.
//!
//! Every column is a pile of nodes and lanes. A lane is room that a band keeps free where
//! it passes a column, so that no band lies behind a bar that it has nothing to do with.
//! The columns are ordered so that few bands cross, then piled from left to right, each
//! entry as near as it can be to where its bands come from: most of them run level.

use crate::render::chart::scale::drawable;
use crate::report::document::{FlowLink, FlowNode, Flows};

/// All bars and bands; pixels down from the top of the pile.
pub struct Layout {
    /// The bars.
    pub nodes: Vec<Placed>,
    /// The bands, highest first.
    pub bands: Vec<Band>,
    /// Pixels down to the end of the highest pile.
    pub height: f64,
}

/// A bar.
pub struct Placed {
    /// Index of its node.
    pub node: usize,
    /// Its column.
    pub column: usize,
    /// Upper end.
    pub top: f64,
    /// From there to the lower end.
    pub height: f64,
}

/// A band.
pub struct Band {
    /// Index of the node where it starts.
    pub from: usize,
    /// The column of this node.
    pub column: usize,
    /// Upper edge where it starts, at every column that it passes, and where it ends.
    pub tops: Vec<f64>,
    /// Pixels from the upper to the lower edge.
    pub height: f64,
}

impl Layout {
    /// Piles up what can be drawn.
    #[must_use]
    pub fn new(flows: &Flows) -> Self {
        let mut pile = Pile::new(flows);
        pile.untangle();
        for column in 0..pile.columns.len() {
            pile.leave(column);
            pile.place(column);
        }
        pile.layout()
    }
}

/// Pixels that the amounts have: for each bar of the fullest column, at least, at most.
const EACH: f64 = 70.0;
const LOW: f64 = 120.0;
const HIGH: f64 = 300.0;
/// The thinnest band.
const THIN: f64 = 1.5;
/// Between two bars: even the lowest ones leave a line for each name.
const BETWEEN_NODES: f64 = 15.0;
/// Above and below a lane.
const BESIDE_LANE: f64 = 8.0;

/// How often the columns are sorted.
const SWEEPS: usize = 6;

/// A node, or the lane of a band.
#[derive(Default)]
struct Entry {
    column: usize,
    /// The node; none where it is a lane.
    node: Option<usize>,
    top: f64,
    height: f64,
    /// The hops that end and that start here.
    arriving: Vec<usize>,
    leaving: Vec<usize>,
}

/// A piece of a band, from an entry to one of the next column.
struct Hop {
    from: usize,
    to: usize,
    height: f64,
    /// Upper edge at both ends.
    leaves: f64,
    reaches: f64,
}

/// A side of a column.
#[derive(Clone, Copy)]
enum Side {
    Left,
    Right,
}

struct Pile {
    /// First the nodes, then the lanes.
    entries: Vec<Entry>,
    hops: Vec<Hop>,
    /// The hops of each band, from left to right.
    bands: Vec<Vec<usize>>,
    /// The entries of each column, top first.
    columns: Vec<Vec<usize>>,
    height: f64,
}

impl Pile {
    fn new(flows: &Flows) -> Self {
        let entry = |(index, node): (usize, &FlowNode)| Entry {
            column: node.column,
            node: Some(index),
            ..Entry::default()
        };
        let mut pile = Self {
            entries: flows.nodes.iter().enumerate().map(entry).collect(),
            hops: Vec::new(),
            bands: Vec::new(),
            columns: vec![Vec::new(); flows.columns.len()],
            height: 0.0,
        };
        let drawn: Vec<(&FlowLink, f64)> = flows
            .links
            .iter()
            .filter_map(|link| Some((link, weight(link, flows)?)))
            .collect();
        let (room, most) = (room(flows), heaviest(flows, &drawn));
        for (link, weight) in drawn {
            pile.add(link, (weight / most * room).max(THIN));
        }
        pile.fill();
        pile
    }

    /// Adds a band with a lane in every column that it passes.
    fn add(&mut self, link: &FlowLink, height: f64) {
        let columns = self.entries[link.from].column + 1..self.entries[link.to].column;
        let mut hops = Vec::new();
        let mut from = link.from;
        for column in columns {
            self.entries.push(Entry {
                column,
                ..Entry::default()
            });
            hops.push(self.hop(from, self.entries.len() - 1, height));
            from = self.entries.len() - 1;
        }
        hops.push(self.hop(from, link.to, height));
        self.bands.push(hops);
    }

    fn hop(&mut self, from: usize, to: usize, height: f64) -> usize {
        let hop = self.hops.len();
        self.hops.push(Hop {
            from,
            to,
            height,
            leaves: 0.0,
            reaches: 0.0,
        });
        self.entries[from].leaving.push(hop);
        self.entries[to].arriving.push(hop);
        hop
    }

    /// Makes every entry as high as what comes through; without anything it is left out.
    fn fill(&mut self) {
        for index in 0..self.entries.len() {
            let entry = &self.entries[index];
            let sum = |hops: &[usize]| hops.iter().map(|hop| self.hops[*hop].height).sum::<f64>();
            let height = sum(&entry.arriving).max(sum(&entry.leaving));
            if height > 0.0 {
                self.columns[entry.column].push(index);
                self.entries[index].height = height;
            }
        }
        let columns = 0..self.columns.len();
        let lengths = columns.map(|column| self.length(column));
        self.height = lengths.fold(0.0, f64::max);
    }

    fn entries_of(&self, column: usize) -> impl Iterator<Item = &Entry> {
        self.columns[column]
            .iter()
            .map(|index| &self.entries[*index])
    }

    /// Height of the column where it stands as close as it may, whatever the order.
    fn length(&self, column: usize) -> f64 {
        let nodes = self.entries_of(column).filter(|entry| entry.node.is_some());
        let nodes = nodes.count();
        let lanes = self.columns[column].len() - nodes;
        let heights: f64 = self.entries_of(column).map(|entry| entry.height).sum();
        heights + nodes.saturating_sub(1) as f64 * BETWEEN_NODES + lanes as f64 * BESIDE_LANE
    }

    /// Finds an order of every column in which few bands cross: sorts columns by turns
    /// after the one on their left and the one on their right, and keeps the best.
    fn untangle(&mut self) {
        let last = self.columns.len().saturating_sub(1);
        let mut best = (f64::INFINITY, self.columns.clone());
        self.stack(0);
        for _ in 0..SWEEPS {
            for column in 1..=last {
                self.sort(column, Side::Left);
            }
            let crossings = self.crossings();
            if crossings < best.0 {
                best = (crossings, self.columns.clone());
            }
            for column in (0..last).rev() {
                self.sort(column, Side::Right);
            }
        }
        self.columns = best.1;
    }

    /// Sorts the entries of a column by where their bands come from, or by where they go.
    fn sort(&mut self, column: usize, side: Side) {
        let key = |index: &usize| {
            let entry = &self.entries[*index];
            (self.pull(entry, side), entry.node.is_none())
        };
        let mut order = self.columns[column].clone();
        order.sort_by(|a, b| {
            let (a, b) = (key(a), key(b));
            a.0.total_cmp(&b.0).then(a.1.cmp(&b.1))
        });
        self.columns[column] = order;
        self.stack(column);
    }

    /// How far down the entry is drawn by its bands on one side.
    fn pull(&self, entry: &Entry, side: Side) -> f64 {
        let (hops, end): (_, fn(&Hop) -> usize) = match side {
            Side::Left => (&entry.arriving, |hop| hop.from),
            Side::Right => (&entry.leaving, |hop| hop.to),
        };
        let middles = hops.iter().map(|hop| {
            let hop = &self.hops[*hop];
            let other = &self.entries[end(hop)];
            (other.top + other.height / 2.0, hop.height)
        });
        // Millionths of a pixel: equals stay equal whatever they were weighed by.
        (mean(middles).unwrap_or(f64::MAX) * 1e6).round()
    }

    /// Puts the entries of a column close together in the middle.
    fn stack(&mut self, column: usize) {
        let Some(order) = self.columns.get(column).cloned() else {
            return;
        };
        let offsets = self.offsets(column);
        let above = (self.height - self.end(column, &offsets)) / 2.0;
        for (index, offset) in order.into_iter().zip(offsets) {
            self.entries[index].top = above + offset;
        }
    }

    /// How much lies across each other, in square pixels.
    fn crossings(&self) -> f64 {
        let mut crossings = 0.0;
        let top = |entry: usize| self.entries[entry].top;
        for (index, one) in self.hops.iter().enumerate() {
            for other in &self.hops[index + 1..] {
                let column = |hop: &Hop| self.entries[hop.from].column;
                let before = top(one.from).total_cmp(&top(other.from));
                let behind = top(other.to).total_cmp(&top(one.to));
                if column(one) == column(other) && before == behind && before.is_ne() {
                    crossings += one.height * other.height;
                }
            }
        }
        crossings
    }

    /// Lets the bands leave the column before in the order in which they are wanted here.
    fn leave(&mut self, column: usize) {
        let Some(before) = column.checked_sub(1) else {
            return;
        };
        let order = &self.columns[column];
        let rank = |hop: &Hop| order.iter().position(|entry| *entry == hop.to);
        for index in &self.columns[before] {
            let entry = &self.entries[*index];
            let mut leaving = entry.leaving.clone();
            leaving.sort_by_key(|hop| rank(&self.hops[*hop]));
            let mut top = entry.top;
            for hop in leaving {
                self.hops[hop].leaves = top;
                top += self.hops[hop].height;
            }
        }
    }

    /// Puts every entry as near as it can be to where its bands come from.
    fn place(&mut self, column: usize) {
        for index in self.columns[column].clone() {
            let hops = &self.hops;
            let leaves = |hop: &usize| hops[*hop].leaves;
            let arriving = &mut self.entries[index].arriving;
            arriving.sort_by(|a, b| leaves(a).total_cmp(&leaves(b)));
        }
        let offsets = self.offsets(column);
        let room = self.height - self.end(column, &offsets);
        let wanted = if column == 0 {
            spread(&offsets, room)
        } else {
            let entries = self.entries_of(column);
            entries.map(|entry| self.level_top(entry)).collect()
        };
        let heights: Vec<f64> = self.entries_of(column).map(|entry| entry.height).collect();
        let tops = settled(&wanted, &offsets, &heights, room);
        for (index, top) in self.columns[column].iter().zip(tops) {
            let entry = &mut self.entries[*index];
            entry.top = top;
            let mut reached = top;
            for hop in &entry.arriving {
                self.hops[*hop].reaches = reached;
                reached += self.hops[*hop].height;
            }
        }
    }

    /// The top at which what arrives would run level, taken together.
    fn level_top(&self, entry: &Entry) -> f64 {
        let mut offset = 0.0;
        let tops = entry.arriving.iter().map(|hop| {
            let hop = &self.hops[*hop];
            let top = hop.leaves - offset;
            offset += hop.height;
            (top, hop.height)
        });
        mean(tops).unwrap_or(0.0)
    }

    /// Tops where the entries stand as close together as they may.
    fn offsets(&self, column: usize) -> Vec<f64> {
        let mut free = 0.0;
        let mut above_is_node = None;
        let mut offsets = Vec::new();
        for entry in self.entries_of(column) {
            let is_node = entry.node.is_some();
            free += match above_is_node {
                None => 0.0,
                Some(true) if is_node => BETWEEN_NODES,
                Some(_) => BESIDE_LANE,
            };
            offsets.push(free);
            free += entry.height;
            above_is_node = Some(is_node);
        }
        offsets
    }

    /// Where the last entry ends that has these tops.
    fn end(&self, column: usize, tops: &[f64]) -> f64 {
        let ends = self.entries_of(column).zip(tops);
        ends.map(|(entry, top)| top + entry.height)
            .fold(0.0, f64::max)
    }

    fn layout(self) -> Layout {
        let placed = |index: &usize| {
            let entry = &self.entries[*index];
            Some(Placed {
                node: entry.node?,
                column: entry.column,
                top: entry.top,
                height: entry.height,
            })
        };
        let band = |hops: &Vec<usize>| {
            let hops = || hops.iter().map(|hop| &self.hops[*hop]);
            let (first, last) = (hops().next()?, hops().next_back()?);
            Some(Band {
                from: first.from,
                column: self.entries[first.from].column,
                tops: hops().map(|hop| hop.leaves).chain([last.reaches]).collect(),
                height: first.height,
            })
        };
        let mut bands: Vec<Band> = self.bands.iter().filter_map(band).collect();
        bands.sort_by(|a, b| b.height.total_cmp(&a.height));
        Layout {
            nodes: self.columns.iter().flatten().filter_map(placed).collect(),
            bands,
            height: self.height,
        }
    }
}

/// The weight of a link that leads to the right and has one that can be drawn.
fn weight(link: &FlowLink, flows: &Flows) -> Option<f64> {
    let (from, to) = (flows.nodes.get(link.from)?, flows.nodes.get(link.to)?);
    let leads_right = from.column < to.column && to.column < flows.columns.len();
    let weight = drawable(link.weight)?;
    (leads_right && weight > 0.0).then_some(weight)
}

/// Pixels for the amounts.
fn room(flows: &Flows) -> f64 {
    let nodes = |column: usize| {
        let nodes = flows.nodes.iter().filter(|node| node.column == column);
        nodes.count()
    };
    let most = (0..flows.columns.len()).map(nodes).max().unwrap_or(0);
    (most as f64 * EACH).clamp(LOW, HIGH)
}

/// What is on its way where most is.
fn heaviest(flows: &Flows, drawn: &[(&FlowLink, f64)]) -> f64 {
    let behind = |column: usize| -> f64 {
        let is_there = |(link, _): &&(&FlowLink, f64)| {
            flows.nodes[link.from].column <= column && column < flows.nodes[link.to].column
        };
        let there = drawn.iter().filter(is_there);
        there.map(|(_, weight)| weight).sum()
    };
    (0..flows.columns.len()).map(behind).fold(0.0, f64::max)
}

/// The mean of some values by their weights; none of none.
fn mean(values: impl Iterator<Item = (f64, f64)>) -> Option<f64> {
    let (sum, weights) = values.fold((0.0, 0.0), |(sum, weights), (value, weight)| {
        (sum + value * weight, weights + weight)
    });
    (weights > 0.0).then(|| sum / weights)
}

/// Tops with equal gaps over the whole height; a single entry stands in the middle.
fn spread(offsets: &[f64], room: f64) -> Vec<f64> {
    if let [offset] = offsets {
        return vec![offset + room / 2.0];
    }
    let gap = room / offsets.len().saturating_sub(1).max(1) as f64;
    let tops = offsets.iter().enumerate();
    tops.map(|(place, offset)| offset + place as f64 * gap)
        .collect()
}

/// Tops near the wanted ones, in their order, no closer than the offsets are to each other,
/// and none more than `room` below its offset.
///
/// Entries that want the same place become a block that stands where they want it together
/// (pooling of adjacent violators).
fn settled(wanted: &[f64], offsets: &[f64], heights: &[f64], room: f64) -> Vec<f64> {
    let mut blocks: Vec<(f64, f64, usize)> = Vec::new();
    for ((wanted, offset), height) in wanted.iter().zip(offsets).zip(heights) {
        let mut block = (wanted - offset, *height, 1);
        while let Some(above) = blocks.pop_if(|above| above.0 > block.0) {
            let both = [(above.0, above.1), (block.0, block.1)];
            let shift = mean(both.into_iter()).unwrap_or(block.0);
            block = (shift, above.1 + block.1, above.2 + block.2);
        }
        blocks.push(block);
    }
    let shifts = blocks
        .iter()
        .flat_map(|(shift, _, many)| std::iter::repeat_n(shift.clamp(0.0, room.max(0.0)), *many));
    shifts
        .zip(offsets)
        .map(|(shift, top)| top + shift)
        .collect()
}
