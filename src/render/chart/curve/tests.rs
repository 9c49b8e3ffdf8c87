#![allow(clippy::unwrap_used)]

use super::*;
use crate::render::chart::drawing::Mark;
use crate::render::chart::tests::assert_texts_have_room;
use crate::report::document::{Against, CurveAxis, CurvePoint};

fn axis(title: &str, kind: Kind) -> CurveAxis {
    CurveAxis {
        title: title.to_owned(),
        kind,
    }
}

fn mark(label: &str, x: f64, y: f64, interval: Option<(f64, f64)>) -> CurveMark {
    CurveMark {
        label: label.to_owned(),
        x,
        y,
        interval,
    }
}

/// Visits against hours, with two points close together.
fn response() -> Curve {
    let visits = |hours: f64| 2_600.0 * hours.powf(0.6);
    let unsure = |hours: f64| {
        let beyond = (12.0 - hours).max(hours - 38.0).max(0.0);
        0.06 + 0.008 * beyond
    };
    let ends = |hours: f64| {
        let value = visits(hours);
        Some((value * (1.0 - unsure(hours)), value * (1.0 + unsure(hours))))
    };
    let point = |step: i32| {
        let x = f64::from(step);
        CurvePoint {
            x,
            y: visits(x),
            interval: ends(x),
        }
    };
    let named = |label: &str, x: f64| mark(label, x, visits(x), ends(x));
    Curve {
        x: axis("Hours a month", Kind::Number),
        y: axis("Visits a month", Kind::Count),
        points: (0..=60).map(point).collect(),
        marks: vec![
            named("now: 26 hours", 26.0),
            named("+10 hours", 36.0),
            named("last month: 28 hours", 28.0),
        ],
        seen: Some(("seen so far: 12 to 38 hours".to_owned(), 12.0, 38.0)),
        names: Vec::new(),
        level: 0.8,
        against: None,
    }
}

/// What adds up over 36 months: down to -9,000, paid back in month 19.
fn net() -> Curve {
    let value = |month: f64| {
        let later = ((month - 6.0).max(0.0) / 13.0).powf(1.5);
        -1_500.0 * month.min(6.0) + 9_000.0 * later
    };
    let point = |month: i32| {
        let x = f64::from(month);
        CurvePoint {
            x,
            y: value(x),
            interval: Some((value(x) - 350.0 * x, value(x) + 420.0 * x)),
        }
    };
    let name = |month: i32| {
        let place = 6 + month;
        let label = format!(
            "{}-{:02}",
            2026 + place.div_euclid(12),
            place.rem_euclid(12) + 1
        );
        (f64::from(month), label)
    };
    Curve {
        x: axis("", Kind::Text),
        y: axis("Net so far", Kind::Money),
        points: (0..=36).map(point).collect(),
        marks: vec![mark("paid back after 19 months", 19.0, 0.0, None)],
        seen: None,
        names: (0..=36).map(name).collect(),
        level: 0.8,
        against: None,
    }
}

/// The middle of every point, in order.
fn dots(drawing: &Drawing) -> Vec<Point> {
    let dots = drawing.marks.iter().filter_map(|mark| match mark {
        Mark::Dot { at, fill, .. } if *fill == INK => Some(*at),
        _ => None,
    });
    dots.collect()
}

fn words(drawing: &Drawing) -> Vec<String> {
    let texts = drawing.texts();
    texts.map(|text| text.words.shown.clone()).collect()
}

fn on_both(curve: &Curve) -> [Drawing; 2] {
    [Page::WIDE, Page::NARROW].map(|page| draw(curve, page, Some("EUR")))
}

/// As many points as that, one pixel from the next.
fn crowd(points: usize) -> Curve {
    let marks = (0..points).map(|index| {
        let x = 60.0 - index as f64 * 0.08;
        mark(&format!("point {index}"), x, 30_000.0, None)
    });
    Curve {
        marks: marks.collect(),
        ..response()
    }
}

#[test]
fn words_have_room() {
    for curve in [response(), net(), crowd(3), crowd(60)] {
        for drawing in on_both(&curve) {
            assert_texts_have_room(&drawing);
        }
    }
}

#[test]
fn what_points_are_measured_against_is_drawn_and_said() {
    let measured = Curve {
        marks: Vec::new(),
        seen: None,
        against: Some(Against {
            label: "as foretold".into(),
            from: (0.0, 0.0),
            to: (60.0, 60_000.0),
        }),
        ..response()
    };
    let plain = Curve {
        against: None,
        ..measured.clone()
    };
    for (measured, plain) in on_both(&measured).into_iter().zip(on_both(&plain)) {
        assert!(inside(&measured));
        let said = words(&measured).join(" ");
        assert!(said.contains("Dashed line: as foretold."), "{said}");
        assert!(said.contains("Thin lines: 80 % interval."), "{said}");
        assert!(words(&plain).join(" ").contains("Light band: 80 %"));
    }
}

#[test]
fn points_close_together_all_have_their_words() {
    for drawing in on_both(&response()) {
        let words = words(&drawing);
        for name in ["now: 26 hours", "last month: 28 hours", "+10 hours"] {
            assert!(words.iter().any(|text| text == name), "{words:?}");
        }
        assert!(
            words
                .iter()
                .any(|text| text == "18,364 (17,262\u{2013}19,465)")
        );
        assert_eq!(dots(&drawing).len(), 3);
    }
}

#[test]
fn words_without_a_place_stand_below() {
    for drawing in on_both(&crowd(60)) {
        let words = words(&drawing).join(" ");
        assert!(words.contains("Points without words: "), "{words}");
        assert!(
            words.contains("20 more points are in the table."),
            "{words}"
        );
        assert_eq!(dots(&drawing).len(), 40);
    }
}

#[test]
fn the_zero_line_is_dark_where_the_curve_passes_it() {
    let across = |drawing: &Drawing, colour| {
        drawing.marks.iter().find_map(|mark| match mark {
            Mark::Line {
                points, colour: of, ..
            } if *of == colour && points.len() == 2 => {
                let (from, to) = (*points.first()?, *points.last()?);
                (from.1 == to.1 && to.0 - from.0 > 200.0).then_some(from.1)
            }
            _ => None,
        })
    };
    for drawing in on_both(&net()) {
        let zero = across(&drawing, INK).unwrap();
        assert!(
            (dots(&drawing)[0].1 - zero).abs() <= 0.5,
            "paid back at zero"
        );
        assert!(words(&drawing).iter().any(|text| text == "\u{20ac}0"));
    }
    for drawing in on_both(&response()) {
        assert_eq!(across(&drawing, INK), None);
    }
}

#[test]
fn only_what_was_seen_is_a_whole_line() {
    let longest = |drawing: &Drawing| {
        let lines = drawing.marks.iter().filter_map(|mark| match mark {
            Mark::Line { points, colour, .. } if *colour == ACCENT => Some(points),
            _ => None,
        });
        let span = |points: &Vec<Point>| points.last().unwrap().0 - points[0].0;
        lines.map(span).fold(0.0, f64::max)
    };
    let part = |curve: &Curve| {
        let [drawing, _] = on_both(curve);
        let ends = drawing.width - 2.0 * (16.0 + INSET);
        longest(&drawing) / ends
    };
    let seen = response();
    let all = Curve {
        seen: None,
        ..seen.clone()
    };
    assert!(part(&seen) < 0.45 && part(&all) > 0.9);
    let said = |curve: &Curve| words(&on_both(curve)[0]).join(" ");
    assert!(said(&seen).contains("Light band and thin lines: 80 % interval. Grey strip: what"));
    assert!(!said(&all).contains("Grey strip"));
}

#[test]
fn a_band_beyond_the_scale_is_said() {
    let mut curve = net();
    for point in &mut curve.points {
        point.interval = Some((-1e9, 1e9));
    }
    let [drawing, _] = on_both(&curve);
    let said = words(&drawing).join(" ");
    assert!(!said.contains("beyond"), "most are that wide: {said}");
    for point in curve.points.iter_mut().take(30) {
        point.interval = Some((point.y, point.y));
    }
    for drawing in on_both(&curve) {
        let said = words(&drawing).join(" ");
        assert!(
            said.contains("80 % interval; it goes on beyond the scale."),
            "{said}"
        );
        assert!(inside(&drawing));
    }
}

/// True where every line and area lies on the page.
fn inside(drawing: &Drawing) -> bool {
    let is_on =
        |(x, y): &Point| (0.0..=drawing.width).contains(x) && (0.0..=drawing.height).contains(y);
    drawing.marks.iter().all(|mark| match mark {
        Mark::Line { points, .. } | Mark::Area { points, .. } => points.iter().all(is_on),
        Mark::Dot { at, .. } => is_on(at),
        _ => true,
    })
}

#[test]
fn names_stand_in_the_place_of_numbers() {
    for drawing in on_both(&net()) {
        let words = words(&drawing);
        assert!(
            words.iter().any(|text| text == "2029-07"),
            "the last month: {words:?}"
        );
        assert!(words.iter().any(|text| text == "2028-07"), "{words:?}");
    }
}

#[test]
fn values_of_any_size_are_drawn() {
    let sizes = [
        0.0,
        -0.0,
        1e300,
        -1e300,
        1e-12,
        f64::MIN_POSITIVE,
        5e14,
        f64::NAN,
    ];
    for size in sizes {
        for kind in [Kind::Count, Kind::Money, Kind::Share, Kind::Text] {
            let curve = Curve {
                x: axis("", kind),
                y: axis("", kind),
                points: [0.0, 1.0, 1.0 + 1e-15]
                    .map(|part| CurvePoint {
                        x: size * part,
                        y: size * part,
                        interval: Some((-size, size)),
                    })
                    .into(),
                marks: vec![mark("here", size, -size, Some((size, f64::INFINITY)))],
                seen: Some((String::new(), size, -size)),
                names: Vec::new(),
                level: size,
                against: (kind == Kind::Count).then(|| Against {
                    label: String::new(),
                    from: (0.0, -size),
                    to: (size, size),
                }),
            };
            for drawing in on_both(&curve) {
                assert_texts_have_room(&drawing);
                assert!(inside(&drawing), "{size} {kind:?}");
            }
        }
    }
}

#[test]
fn nothing_is_said_where_nothing_can_be_drawn() {
    let nothing = |points: Vec<CurvePoint>, marks: Vec<CurveMark>| {
        let curve = Curve {
            points,
            marks,
            ..net()
        };
        words(&draw(&curve, Page::WIDE, None))
    };
    assert_eq!(nothing(Vec::new(), Vec::new()), ["nothing to show"]);
    let point = CurvePoint {
        x: 1.0,
        y: f64::NAN,
        interval: Some((0.0, 1.0)),
    };
    let marks = vec![mark("now", f64::INFINITY, 1.0, None)];
    assert_eq!(nothing(vec![point], marks), ["nothing to show"]);
}
