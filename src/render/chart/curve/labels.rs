//! Where the words of named points stand: near their point, inside the plot, on no other
//! words and on no point; off the line where there is room.
//!
//! Points are served in their order. Each tries places around itself, from near to far,
//! and takes the one that covers least; words that stand far from their point are joined
//! to it by a thin line. Who finds no place is told so, and the chart says it elsewhere.

use crate::render::chart::drawing::{Anchor, Point};

/// A rectangle: upper left and lower right corner.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Area {
    pub from: Point,
    pub to: Point,
}

/// Words that look for a place.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Wanted {
    /// The point that they name.
    pub at: Point,
    pub width: f64,
    pub height: f64,
}

/// Where words stand.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Found {
    pub area: Area,
    /// The side at which their lines begin.
    pub anchor: Anchor,
    /// From the point to the words, where they stand apart from it.
    pub leader: Option<(Point, Point)>,
}

/// What words should not cover.
#[derive(Debug, Clone, Default)]
pub struct Obstacles {
    /// Never.
    pub dots: Vec<Point>,
    /// Only where there is no other place.
    pub strokes: Vec<(Point, Point)>,
    /// Rather not: the zero line, edges.
    pub thin: Vec<(Point, Point)>,
}

/// From a point to its words: beside it, and farther and farther away.
const DISTANCES: [f64; 6] = [9.0, 22.0, 40.0, 62.0, 90.0, 130.0];
/// From this distance on a line joins words and point.
const APART: f64 = 20.0;
/// Right or left, below or above, best first.
const DIRECTIONS: [(f64, f64); 8] = [
    (1.0, -1.0),
    (-1.0, -1.0),
    (1.0, 1.0),
    (-1.0, 1.0),
    (0.0, -1.0),
    (0.0, 1.0),
    (1.0, 0.0),
    (-1.0, 0.0),
];
/// Around a point, and between words.
const DOT: f64 = 7.0;
const BETWEEN: f64 = 4.0;

/// What it costs to cover things, in pixels of distance.
const STROKE: f64 = 120.0;
const THIN: f64 = 25.0;
const LEADER_OVER_DOT: f64 = 60.0;
const LATER_DIRECTION: f64 = 1.0;

/// A place for each, where there is one inside `bounds`.
#[must_use]
pub fn place(wanted: &[Wanted], bounds: Area, obstacles: &Obstacles) -> Vec<Option<Found>> {
    let mut placed: Vec<Found> = Vec::new();
    let mut answers = Vec::new();
    for words in wanted {
        let best = best_of(*words, bounds, obstacles, &placed);
        placed.extend(best);
        answers.push(best);
    }
    answers
}

fn best_of(words: Wanted, bounds: Area, obstacles: &Obstacles, placed: &[Found]) -> Option<Found> {
    let mut best: Option<(f64, Found)> = None;
    for distance in DISTANCES {
        for (index, direction) in DIRECTIONS.iter().enumerate() {
            let Some(found) = words.beside(*direction, distance, bounds) else {
                continue;
            };
            let Some(cost) = cost(&found, words.at, obstacles, placed) else {
                continue;
            };
            let cost = cost + distance + index as f64 * LATER_DIRECTION;
            if best.is_none_or(|(least, _)| cost < least) {
                best = Some((cost, found));
            }
        }
    }
    best.map(|(_, found)| found)
}

impl Wanted {
    /// The place in this direction, moved into the bounds; none where they are too small.
    fn beside(self, (dx, dy): (f64, f64), distance: f64, bounds: Area) -> Option<Found> {
        let room = (
            bounds.to.0 - bounds.from.0 - self.width,
            bounds.to.1 - bounds.from.1 - self.height,
        );
        if room.0 < 0.0 || room.1 < 0.0 {
            return None;
        }
        let near = if dx != 0.0 && dy != 0.0 { 0.7 } else { 1.0 };
        let start = |at: f64, size: f64, towards: f64| {
            at + towards * distance * near + (towards - 1.0) * size / 2.0
        };
        let wanted = (
            start(self.at.0, self.width, dx),
            start(self.at.1, self.height, dy),
        );
        let from = (
            wanted.0.clamp(bounds.from.0, bounds.from.0 + room.0),
            wanted.1.clamp(bounds.from.1, bounds.from.1 + room.1),
        );
        let area = Area {
            from,
            to: (from.0 + self.width, from.1 + self.height),
        };
        Some(Found {
            area,
            anchor: match dx {
                dx if dx > 0.0 => Anchor::Start,
                dx if dx < 0.0 => Anchor::End,
                _ => Anchor::Middle,
            },
            leader: (area.distance_to(self.at) > APART).then(|| (self.at, area.nearest(self.at))),
        })
    }
}

/// What a place covers; none where it is out of the question.
fn cost(found: &Found, own: Point, obstacles: &Obstacles, placed: &[Found]) -> Option<f64> {
    let around = found.area.grown(BETWEEN);
    let hits_words = placed.iter().any(|other| {
        let over_leader = |leader: Option<(Point, Point)>, area: Area| {
            leader.is_some_and(|(from, to)| area.meets(from, to))
        };
        around.overlaps(other.area)
            || over_leader(other.leader, around)
            || over_leader(found.leader, other.area)
    });
    let on_dot = |dot: &&Point| found.area.grown(DOT).holds(**dot);
    if hits_words || obstacles.dots.iter().any(|dot| on_dot(&dot)) {
        return None;
    }
    let crossed = |lines: &[(Point, Point)]| {
        let area = found.area.grown(2.0);
        lines.iter().any(|(from, to)| area.meets(*from, *to))
    };
    let beside_leader = found.leader.is_some_and(|(from, to)| {
        let others = obstacles.dots.iter().filter(|dot| **dot != own);
        let mut boxes = others.map(|dot| {
            Area {
                from: *dot,
                to: *dot,
            }
            .grown(DOT)
        });
        boxes.any(|dot| dot.meets(from, to))
    });
    let parts = [
        (crossed(&obstacles.strokes), STROKE),
        (crossed(&obstacles.thin), THIN),
        (beside_leader, LEADER_OVER_DOT),
    ];
    Some(
        parts
            .iter()
            .filter(|(hit, _)| *hit)
            .map(|(_, cost)| cost)
            .sum(),
    )
}

impl Area {
    fn grown(self, by: f64) -> Self {
        Self {
            from: (self.from.0 - by, self.from.1 - by),
            to: (self.to.0 + by, self.to.1 + by),
        }
    }

    fn holds(self, point: Point) -> bool {
        self.nearest(point) == point
    }

    fn overlaps(self, other: Self) -> bool {
        self.from.0 < other.to.0
            && other.from.0 < self.to.0
            && self.from.1 < other.to.1
            && other.from.1 < self.to.1
    }

    fn nearest(self, point: Point) -> Point {
        (
            point.0.clamp(self.from.0, self.to.0),
            point.1.clamp(self.from.1, self.to.1),
        )
    }

    fn distance_to(self, point: Point) -> f64 {
        let near = self.nearest(point);
        (near.0 - point.0).hypot(near.1 - point.1)
    }

    /// True where the straight line between two points touches it (Liang and Barsky, 1984).
    fn meets(self, from: Point, to: Point) -> bool {
        let (dx, dy) = (to.0 - from.0, to.1 - from.1);
        let edges = [
            (-dx, from.0 - self.from.0),
            (dx, self.to.0 - from.0),
            (-dy, from.1 - self.from.1),
            (dy, self.to.1 - from.1),
        ];
        let (mut enters, mut leaves) = (0.0_f64, 1.0_f64);
        for (speed, room) in edges {
            if speed == 0.0 {
                if room < 0.0 {
                    return false;
                }
            } else if speed < 0.0 {
                enters = enters.max(room / speed);
            } else {
                leaves = leaves.min(room / speed);
            }
        }
        enters <= leaves
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    const BOUNDS: Area = Area {
        from: (0.0, 0.0),
        to: (400.0, 300.0),
    };

    fn wanted(x: f64, y: f64) -> Wanted {
        Wanted {
            at: (x, y),
            width: 90.0,
            height: 30.0,
        }
    }

    #[test]
    fn words_stand_beside_their_point() {
        let found = place(&[wanted(200.0, 150.0)], BOUNDS, &Obstacles::default());
        let found = found[0].unwrap();
        assert!(found.area.distance_to((200.0, 150.0)) < APART);
        assert_eq!((found.anchor, found.leader), (Anchor::Start, None));
    }

    #[test]
    fn words_keep_off_the_line_where_they_can() {
        let rising = ((0.0, 300.0), (400.0, 0.0));
        let obstacles = Obstacles {
            dots: vec![(200.0, 150.0)],
            strokes: vec![rising],
            thin: Vec::new(),
        };
        let found = place(&[wanted(200.0, 150.0)], BOUNDS, &obstacles)[0].unwrap();
        assert!(!found.area.meets(rising.0, rising.1));
    }

    #[test]
    fn many_words_never_overlap_nor_leave() {
        let all: Vec<Wanted> = (0..30)
            .map(|index| wanted(390.0 - f64::from(index) * 2.0, 290.0))
            .collect();
        let obstacles = Obstacles {
            dots: all.iter().map(|words| words.at).collect(),
            ..Obstacles::default()
        };
        let found: Vec<Found> = place(&all, BOUNDS, &obstacles)
            .into_iter()
            .flatten()
            .collect();
        assert!((2..30).contains(&found.len()), "{}", found.len());
        for (index, one) in found.iter().enumerate() {
            assert!(one.area.from.0 >= 0.0 && one.area.to.0 <= 400.0);
            assert!(one.area.from.1 >= 0.0 && one.area.to.1 <= 300.0);
            let others = found.iter().skip(index + 1);
            assert!(
                others
                    .into_iter()
                    .all(|other| !one.area.overlaps(other.area))
            );
        }
    }

    #[test]
    fn words_without_room_have_no_place() {
        let wide = Wanted {
            width: 500.0,
            ..wanted(10.0, 10.0)
        };
        assert_eq!(place(&[wide], BOUNDS, &Obstacles::default()), [None]);
    }

    #[test]
    fn lines_meet_areas() {
        let area = Area {
            from: (10.0, 10.0),
            to: (20.0, 20.0),
        };
        assert!(area.meets((0.0, 15.0), (30.0, 15.0)));
        assert!(area.meets((0.0, 0.0), (30.0, 30.0)));
        assert!(!area.meets((0.0, 25.0), (30.0, 25.0)));
        assert!(!area.meets((0.0, 0.0), (5.0, 5.0)));
    }
}
