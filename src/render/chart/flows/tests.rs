#![allow(clippy::unwrap_used)]

use super::*;
use crate::render::chart::drawing::{Mark, Point, Text};
use crate::render::chart::palette::MUTED;
use crate::report::document::{FlowLink, Kind};

/// Flows of journeys: names of the touches, and a weight.
fn flows(journeys: &[(&[&str], f64)]) -> Flows {
    let longest = journeys.iter().map(|(path, _)| path.len()).max().unwrap();
    let headings = (1..=longest).map(|touch| format!("touch {touch}"));
    let mut flows = Flows {
        kind: Kind::Number,
        columns: headings.chain(["conversions".to_owned()]).collect(),
        nodes: Vec::new(),
        links: Vec::new(),
    };
    for (path, weight) in journeys {
        let stops = path.iter().copied().enumerate();
        let mut before: Option<usize> = None;
        for (column, label) in stops.chain([(longest, "(conversion)")]) {
            let to = node(&mut flows, column, label);
            flows.nodes[to].weight += weight;
            flows.links.extend(before.map(|from| FlowLink {
                from,
                to,
                weight: *weight,
            }));
            before = Some(to);
        }
    }
    flows
}

fn node(flows: &mut Flows, column: usize, label: &str) -> usize {
    let is_it = |node: &FlowNode| node.column == column && node.label == label;
    flows.nodes.iter().position(is_it).unwrap_or_else(|| {
        flows.nodes.push(FlowNode {
            column,
            label: label.to_owned(),
            is_channel: !label.starts_with('('),
            weight: 0.0,
        });
        flows.nodes.len() - 1
    })
}

const NAMES: [&str; 7] = [
    "Organic Search",
    "Email",
    "Direct",
    "Paid Search",
    "Display",
    "Referral",
    "Partner newsletter of the association of machine builders",
];

/// Ten journeys of six touches each, of very different weights, and all others.
fn many() -> Flows {
    let name = |place: usize| NAMES[place % NAMES.len()];
    let path =
        |journey: usize| (0..6).map(move |touch| name(journey * (touch + 2) + touch * touch));
    let paths: Vec<Vec<&str>> = (0..10).map(|journey| path(journey).collect()).collect();
    let journeys = paths.iter().enumerate();
    let mut journeys: Vec<(&[&str], f64)> = journeys
        .map(|(journey, path)| (path.as_slice(), 4000.0 / 3_f64.powi(journey as i32)))
        .collect();
    journeys.push((&["(other)"], 900.0));
    flows(&journeys)
}

fn one() -> Flows {
    flows(&[(&["Email"], 1.0)])
}

fn short_and_long() -> Flows {
    flows(&[
        (
            &["Email", "Direct", "Email", "Display", "Email", "Direct"],
            5.0,
        ),
        (&["Direct"], 400.0),
        (&["Email", "Direct"], 0.001),
        (&["(other)"], 3.0),
    ])
}

fn every_drawing() -> Vec<(Page, Flows, Drawing)> {
    crate::render::chart::text::register().unwrap();
    let pages = [Page::WIDE, Page::NARROW];
    let of_page = |page: Page| {
        [many(), one(), short_and_long()].map(|flows| {
            let drawing = draw(&flows, page);
            (page, flows, drawing)
        })
    };
    pages.into_iter().flat_map(of_page).collect()
}

/// Left, top, right and lower end.
type Place = (f64, f64, f64, f64);

fn place(text: &Text) -> Place {
    let width = text.face.width(&text.words.shown);
    let left = match text.anchor {
        Anchor::Start => text.at.0,
        Anchor::Middle => text.at.0 - width / 2.0,
        Anchor::End => text.at.0 - width,
    };
    // The letters without the room for the strokes above capitals.
    let half = text.face.size * 0.5;
    (left, text.at.1 - half, left + width, text.at.1 + half)
}

fn bars(drawing: &Drawing) -> Vec<Place> {
    let bar = |mark: &Mark| match mark {
        Mark::Box { from, to, .. } => Some((from.0, from.1, to.0, to.1)),
        _ => None,
    };
    drawing.marks.iter().filter_map(bar).collect()
}

fn overlap(a: Place, b: Place) -> bool {
    a.0 < b.2 && b.0 < a.2 && a.1 < b.3 && b.1 < a.3
}

#[test]
fn everything_is_on_the_page() {
    for (page, _, drawing) in every_drawing() {
        let bands = drawing.marks.iter().filter_map(|mark| match mark {
            Mark::Band { points, height, .. } => Some((points, height)),
            _ => None,
        });
        let ends = bands.flat_map(|(points, height)| {
            let ends = points.iter().copied();
            ends.map(move |(x, y)| (x, y, x, y + height))
        });
        let texts = drawing.texts().map(place);
        for (left, top, right, end) in ends.chain(texts).chain(bars(&drawing)) {
            assert!(left >= page.left() - 0.5 && right <= page.right() + 0.5);
            assert!(top >= 0.0 && end <= drawing.height, "{top} to {end}");
        }
    }
}

#[test]
fn nothing_lies_on_a_name() {
    for (page, _, drawing) in every_drawing() {
        let texts: Vec<&Text> = drawing.texts().collect();
        for (index, text) in texts.iter().enumerate() {
            for other in &texts[index + 1..] {
                assert!(
                    !overlap(place(text), place(other)),
                    "{} and {} on {}",
                    text.words.shown,
                    other.words.shown,
                    page.width
                );
            }
            for bar in bars(&drawing) {
                assert!(!overlap(place(text), bar), "{} on a bar", text.words.shown);
            }
        }
        let bars = bars(&drawing);
        for (index, bar) in bars.iter().enumerate() {
            assert!(bars[index + 1..].iter().all(|other| !overlap(*bar, *other)));
        }
    }
}

#[test]
fn every_bar_has_its_name() {
    for (_, flows, drawing) in every_drawing() {
        assert_eq!(bars(&drawing).len(), flows.nodes.len());
        for node in flows
            .nodes
            .iter()
            .filter(|node| node.label != "(conversion)")
        {
            let has_name = |text: &Text| {
                let whole = text.words.full.as_ref().unwrap_or(&text.words.shown);
                *whole == node.label
            };
            assert!(drawing.texts().any(has_name), "{}", node.label);
        }
        let all = flows.nodes.iter().find(|node| node.label == "(conversion)");
        let all = number::value(all.unwrap().weight, Kind::Number, None);
        assert!(drawing.texts().any(|text| text.words.shown.contains(&all)));
    }
}

#[test]
fn no_band_passes_behind_a_bar_of_others() {
    for (_, _, drawing) in every_drawing() {
        for mark in &drawing.marks {
            let Mark::Band { points, height, .. } = mark else {
                continue;
            };
            let passed = points.get(1..points.len() - 1).unwrap_or_default();
            for (x, y) in passed {
                let lane = (x - 1.0, *y, x + 1.0, y + height);
                assert!(bars(&drawing).iter().all(|bar| !overlap(lane, *bar)));
            }
        }
    }
}

/// One end of the upper edge of a band.
type End = fn(&[Point]) -> Option<&Point>;

#[test]
fn bands_fill_their_bars() {
    let flows = flows(&[
        (&["Email", "Direct"], 5.0),
        (&["Email"], 3.0),
        (&["Display", "Direct"], 2.0),
    ]);
    let drawing = draw(&flows, Page::WIDE);
    for bar in bars(&drawing) {
        let meets = |at: f64, end: End| {
            let height = |mark: &Mark| match mark {
                Mark::Band { points, height, .. } => {
                    let (x, y) = end(points)?;
                    (*x == at && *y > bar.1 - 0.1 && *y < bar.3).then_some(*height)
                }
                _ => None,
            };
            drawing.marks.iter().filter_map(height).sum::<f64>()
        };
        let height = bar.3 - bar.1;
        for met in [meets(bar.0, <[_]>::last), meets(bar.2, <[_]>::first)] {
            assert!(
                met == 0.0 || (met - height).abs() < 1e-6,
                "{met} of {height}"
            );
        }
    }
}

#[test]
fn letters_are_in_colours_that_a_dark_page_exchanges() {
    for (_, _, drawing) in every_drawing() {
        let mut texts = drawing.texts();
        assert!(texts.all(|text| [INK, MUTED].contains(&text.colour)));
    }
}

#[test]
fn a_channel_called_like_something_else_keeps_its_colour() {
    let node = |label: &str, is_channel| FlowNode {
        column: 0,
        label: label.to_owned(),
        is_channel,
        weight: 1.0,
    };
    assert_eq!(colour(&node("\u{2026}", false)), of_channel("(other)"));
    assert_eq!(colour(&node("Email", true)), of_channel("Email"));
    assert_ne!(colour(&node("Email", false)), of_channel("Email"));
}

#[test]
fn what_leads_nowhere_is_left_out() {
    let mut flows = one();
    let link = |from, to, weight| FlowLink { from, to, weight };
    flows.links.extend([
        link(1, 0, 5.0),
        link(0, 0, 5.0),
        link(0, 9, 5.0),
        link(9, 1, 5.0),
        link(0, 1, f64::NAN),
        link(0, 1, f64::INFINITY),
        link(0, 1, -1.0),
        link(0, 1, 0.0),
    ]);
    assert_eq!(draw(&flows, Page::WIDE), draw(&one(), Page::WIDE));
    flows.links.clear();
    let nothing = draw(&flows, Page::WIDE);
    assert_eq!(
        nothing.texts().next().unwrap().words.shown,
        "nothing to show"
    );
    flows.columns.clear();
    assert_eq!(draw(&flows, Page::WIDE), nothing);
}

#[test]
fn extreme_weights_are_drawn() {
    for weight in [f64::MIN_POSITIVE, 1e-300, 1e15, 1e300] {
        let drawing = draw(
            &flows(&[(&["Email", "Direct"], weight), (&["Email"], 1.0)]),
            Page::WIDE,
        );
        assert!(
            drawing.height.is_finite() && drawing.height < 2000.0,
            "{weight}"
        );
    }
}
