//! A line and its band as numbers, before they have a place: what of it can be drawn,
//! where it is broken, what of it lies in a part of the axis or inside the scale.

use crate::render::chart::scale::{Domain, drawable, drawable_interval};
use crate::render::chart::trend::runs;
use crate::report::document::CurvePoint;

/// A point as it can be drawn.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Spot {
    pub x: f64,
    /// None where the line is broken.
    pub y: Option<f64>,
    pub interval: Option<(f64, f64)>,
}

/// Points in the order of the axis. What has no place on it is left out.
#[must_use]
pub fn spots(points: &[CurvePoint]) -> Vec<Spot> {
    let spot = |point: &CurvePoint| {
        let y = drawable(point.y);
        Some(Spot {
            x: drawable(point.x)?,
            y,
            interval: point
                .interval
                .filter(|_| y.is_some())
                .and_then(drawable_interval),
        })
    };
    let mut spots: Vec<Spot> = points.iter().filter_map(spot).collect();
    spots.sort_by(|a, b| a.x.total_cmp(&b.x));
    spots
}

/// The unbroken pieces of the line.
#[must_use]
pub fn lines(spots: &[Spot]) -> Vec<Vec<(f64, f64)>> {
    pieces(spots, |spot| Some((spot.x, spot.y?)))
}

/// The unbroken pieces of the band: its lower and its upper edge.
#[must_use]
pub fn bands(spots: &[Spot]) -> Vec<[Vec<(f64, f64)>; 2]> {
    let runs = pieces(spots, |spot| Some((spot.x, spot.interval?)));
    let edges = |run: Vec<(f64, (f64, f64))>| {
        let edge =
            |end: fn((f64, f64)) -> f64| run.iter().map(|(x, ends)| (*x, end(*ends))).collect();
        [edge(|ends| ends.0), edge(|ends| ends.1)]
    };
    runs.into_iter().map(edges).collect()
}

fn pieces<T: Copy>(spots: &[Spot], of: impl Fn(&Spot) -> Option<T>) -> Vec<Vec<T>> {
    let known: Vec<Option<T>> = spots.iter().map(of).collect();
    let runs = runs(&known).into_iter();
    runs.map(|run| run.into_iter().map(|(_, value)| value).collect())
        .collect()
}

/// What of a line lies between two places on the horizontal axis.
#[must_use]
pub fn part(line: &[(f64, f64)], from: f64, to: f64) -> Vec<(f64, f64)> {
    cut(line, [from, to], |point| point.0)
        .into_iter()
        .filter(|(x, _)| (from..=to).contains(x))
        .collect()
}

/// What of a straight line lies inside both scales; nothing where it passes them by.
#[must_use]
pub fn inside(
    from: (f64, f64),
    to: (f64, f64),
    across: Domain,
    upwards: Domain,
) -> Vec<(f64, f64)> {
    let within = part(&[from, to], across.low, across.high);
    cut(&within, [upwards.low, upwards.high], |point| point.1)
        .into_iter()
        .filter(|(_, y)| (upwards.low..=upwards.high).contains(y))
        .collect()
}

/// A line that runs along the edge of the scale where it is beyond it.
#[must_use]
pub fn held(line: &[(f64, f64)], domain: Domain) -> Vec<(f64, f64)> {
    cut(line, [domain.low, domain.high], |point| point.1)
        .into_iter()
        .map(|(x, y)| (x, domain.clamp(y)))
        .collect()
}

/// The line with further corners where one of its coordinates passes a limit.
fn cut(line: &[(f64, f64)], limits: [f64; 2], along: fn((f64, f64)) -> f64) -> Vec<(f64, f64)> {
    let mut corners: Vec<(f64, f64)> = line.first().copied().into_iter().collect();
    for pair in line.windows(2) {
        let [from, to] = pair else { continue };
        let (start, end) = (along(*from), along(*to));
        let mut passed: Vec<(f64, f64)> = limits
            .iter()
            .filter(|limit| start.min(end) < **limit && **limit < start.max(end))
            .map(|limit| ((limit - start) / (end - start), *limit))
            .collect();
        passed.sort_by(|a, b| a.0.total_cmp(&b.0));
        for (share, limit) in passed {
            corners.push(corner(*from, *to, share, limit, along));
        }
        corners.push(*to);
    }
    corners
}

/// The point at a share of the way; the coordinate that is limited is the limit itself.
fn corner(
    from: (f64, f64),
    to: (f64, f64),
    share: f64,
    limit: f64,
    along: fn((f64, f64)) -> f64,
) -> (f64, f64) {
    let at = (
        from.0 + (to.0 - from.0) * share,
        from.1 + (to.1 - from.1) * share,
    );
    if along((0.0, 1.0)) == 0.0 {
        (limit, at.1)
    } else {
        (at.0, limit)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn point(x: f64, y: f64, interval: Option<(f64, f64)>) -> CurvePoint {
        CurvePoint { x, y, interval }
    }

    #[test]
    fn what_is_not_finite_breaks_the_line_and_the_band() {
        let spots = spots(&[
            point(4.0, 5.0, Some((f64::NAN, 6.0))),
            point(1.0, 2.0, Some((1.0, 3.0))),
            point(2.0, f64::NAN, Some((1.0, 3.0))),
            point(f64::INFINITY, 2.0, None),
            point(3.0, 4.0, Some((5.0, 3.0))),
        ]);
        assert_eq!(
            lines(&spots),
            [vec![(1.0, 2.0)], vec![(3.0, 4.0), (4.0, 5.0)]]
        );
        assert_eq!(
            bands(&spots),
            [
                [vec![(1.0, 1.0)], vec![(1.0, 3.0)]],
                [vec![(3.0, 3.0)], vec![(3.0, 5.0)]]
            ]
        );
    }

    #[test]
    fn a_line_is_cut_between_its_points() {
        let line = [(0.0, 0.0), (10.0, 20.0), (20.0, 0.0)];
        assert_eq!(
            part(&line, 5.0, 15.0),
            [(5.0, 10.0), (10.0, 20.0), (15.0, 10.0)]
        );
        assert_eq!(part(&line, 10.0, 20.0), [(10.0, 20.0), (20.0, 0.0)]);
        assert_eq!(part(&line, 2.0, 4.0), [(2.0, 4.0), (4.0, 8.0)]);
        assert_eq!(part(&line, 30.0, 40.0), []);
        let domain = Domain {
            low: -1.0,
            high: 10.0,
        };
        let whole = Domain {
            low: 0.0,
            high: 20.0,
        };
        let straight = |to| inside((0.0, 0.0), to, whole, domain);
        assert_eq!(straight((5.0, 5.0)), [(0.0, 0.0), (5.0, 5.0)]);
        assert_eq!(straight((40.0, 80.0)), [(0.0, 0.0), (5.0, 10.0)]);
        assert_eq!(inside((30.0, 0.0), (40.0, 5.0), whole, domain), []);
        assert_eq!(
            held(&line, domain),
            [
                (0.0, 0.0),
                (5.0, 10.0),
                (10.0, 10.0),
                (15.0, 10.0),
                (20.0, 0.0)
            ]
        );
    }
}
