#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use resvg::usvg::roxmltree::{Document, NodeType};

use super::*;
use crate::domain::figure::Undefined;
use crate::render::sample;
use crate::report::document::{
    AreaBand, Areas, Bar, Bars, Curve, CurveAxis, CurveMark, CurvePoint, FlowLink, FlowNode, Flows,
    FunnelStep, Heat, Kind, Panel, Segment, SegmentRow, Segments, Span, Strip, Strips, Tone,
    Tornado, TornadoBar, Trend, TrendPoint,
};

/// Names that try to leave the text they stand in.
const HOSTILE: &[&str] = &[
    "</svg><script>alert(1)</script>",
    "\" onload=\"alert(1)",
    "' & < > ]]> <!-- &amp;",
    "line\nbreak\ttab\rreturn",
    "a\0b\u{8}c\u{1b}[31md\u{7f}\u{fffe}",
    "\u{202e}gnp.exe\u{2066}",
    "\u{81ea}\u{7136}\u{641c}\u{7d22} \u{628}\u{62d}\u{62b} \u{10d0}\u{10e0}\u{10ee}\u{10d8}",
    "",
];

fn chart_of(name: &str, plot: Plot) -> Chart {
    Chart {
        id: "chart".to_owned(),
        title: name.to_owned(),
        description: name.to_owned(),
        table: "table".to_owned(),
        plot,
    }
}

/// One chart of each kind, with the name wherever a name can stand.
fn every_kind(name: &str) -> Vec<Chart> {
    let bar = Bar {
        label: name.to_owned(),
        value: Ok(0.4),
        interval: Some((-0.2, 90.0)),
        remark: Some(name.to_owned()),
    };
    let step = |count| FunnelStep {
        label: name.to_owned(),
        count,
        conversion: Some(sample::rate(30, 120, Some((0.18, 0.33)))),
    };
    let point = |value| TrendPoint {
        value,
        interval: Some((0.1, 0.3)),
        settled: value != Some(0.3),
    };
    let panel = Panel {
        title: name.to_owned(),
        kind: Kind::Rate,
        points: vec![
            point(Some(0.2)),
            point(None),
            point(Some(0.2)),
            point(Some(0.3)),
        ],
    };
    let span = Span {
        label: name.to_owned(),
        median: Ok(3.0),
        p90: Err(Undefined::NotReached),
        n: 12,
    };
    let bars = Bars {
        kind: Kind::Ratio,
        bars: vec![bar],
    };
    let strip = Strip {
        label: name.to_owned(),
        values: vec![
            (name.to_owned(), 0.2),
            ("last".to_owned(), 0.4),
            ("none".to_owned(), f64::NAN),
        ],
    };
    let heat = Heat {
        rows: vec![name.to_owned(); 2],
        columns: vec![name.to_owned(); 3],
        values: vec![
            vec![Some(0.7), None, Some(0.001)],
            vec![Some(f64::INFINITY)],
        ],
    };
    let node = |column| FlowNode {
        column,
        label: name.to_owned(),
        is_channel: column < 2,
        weight: 3.0,
    };
    let link = |from, to, weight| FlowLink { from, to, weight };
    let flows = Flows {
        kind: Kind::Number,
        columns: vec![name.to_owned(); 3],
        nodes: (0..3).map(node).collect(),
        links: vec![
            link(0, 1, 2.0),
            link(1, 2, 2.0),
            link(0, 2, 1.0),
            link(0, 1, f64::NAN),
        ],
    };
    let trend = Trend {
        periods: vec![name.to_owned(); 4],
        panels: vec![panel],
    };
    vec![
        chart_of(name, Plot::Funnel(vec![step(120), step(30)])),
        chart_of(name, Plot::Bars(bars.clone())),
        chart_of(name, Plot::Histogram(bars)),
        chart_of(name, Plot::Trend(trend)),
        chart_of(name, Plot::Spans(vec![span])),
        chart_of(
            name,
            Plot::Strips(Strips {
                kind: Kind::Share,
                rows: vec![strip],
            }),
        ),
        chart_of(name, Plot::Heat(heat)),
        chart_of(name, Plot::Flows(flows)),
        chart_of(name, Plot::Curve(curve(name))),
        chart_of(name, Plot::Tornado(tornado(name))),
        chart_of(name, Plot::Segments(segments(name, true))),
        chart_of(name, Plot::Segments(segments(name, false))),
        chart_of(name, Plot::Areas(areas(name))),
    ]
}

fn segments(name: &str, is_linked: bool) -> Segments {
    let part = |from, to, tone| Segment { from, to, tone };
    let row = |parts: Vec<Segment>, value| SegmentRow {
        label: name.to_owned(),
        parts,
        value,
        remark: Some(name.to_owned()),
    };
    Segments {
        kind: Kind::Money,
        shades: if is_linked {
            Vec::new()
        } else {
            vec![name.to_owned(); 3]
        },
        is_linked,
        rows: vec![
            row(vec![part(0.0, 5.0, Tone::Total)], 5.0),
            row(
                vec![part(5.0, 7.0, Tone::Comes), part(7.0, 9.0, Tone::Shade(2))],
                4.0,
            ),
            row(vec![part(9.0, -2.0, Tone::Goes)], -11.0),
            row(vec![part(f64::NAN, 1.0, Tone::Goes)], f64::INFINITY),
        ],
    }
}

fn areas(name: &str) -> Areas {
    let band = |tone, shares: [f64; 3]| AreaBand {
        label: name.to_owned(),
        shares: shares.to_vec(),
        tone,
    };
    Areas {
        x: CurveAxis {
            title: name.to_owned(),
            kind: Kind::Count,
        },
        xs: vec![0.0, 10.0, 30.0],
        bands: vec![
            band(Tone::Comes, [0.0, 0.2, 0.3]),
            band(Tone::Total, [1.0, 0.7, 0.5]),
            band(Tone::Goes, [0.0, 0.1, 0.2]),
        ],
    }
}

fn curve(name: &str) -> Curve {
    let axis = |kind| CurveAxis {
        title: name.to_owned(),
        kind,
    };
    let point = |x, y| CurvePoint {
        x,
        y,
        interval: Some((y - 4.0, y + 90.0)),
    };
    let mark = |x, y| CurveMark {
        label: name.to_owned(),
        x,
        y,
        interval: Some((-1.0, 900.0)),
    };
    Curve {
        x: axis(Kind::Count),
        y: axis(Kind::Money),
        points: vec![
            point(0.0, -3.0),
            point(1.0, f64::NAN),
            point(2.0, 5.0),
            point(3.0, 7.0),
        ],
        marks: vec![mark(2.0, 5.0), mark(2.1, 5.0), mark(f64::NAN, 1.0)],
        seen: Some((name.to_owned(), 0.5, 2.5)),
        names: vec![(0.0, name.to_owned()), (3.0, name.to_owned())],
        level: 0.8,
        against: None,
    }
}

fn tornado(name: &str) -> Tornado {
    let bar = |low, high| TornadoBar {
        label: name.to_owned(),
        low: (low, name.to_owned()),
        high: (high, name.to_owned()),
    };
    Tornado {
        kind: Kind::Money,
        base: 2.0,
        bars: vec![bar(-3.0, 9.0), bar(4.0, 1.0), bar(f64::NAN, 1.0)],
    }
}

/// Every text is on the drawing, and no two lie on each other.
pub fn assert_texts_have_room(drawing: &Drawing) {
    let boxes: Vec<(f64, f64, &drawing::Text)> = drawing
        .texts()
        .filter(|text| !text.words.shown.is_empty())
        .map(|text| {
            let width = text.face.width(&text.words.shown);
            let left = match text.anchor {
                drawing::Anchor::Start => text.at.0,
                drawing::Anchor::Middle => text.at.0 - width / 2.0,
                drawing::Anchor::End => text.at.0 - width,
            };
            (left, left + width, text)
        })
        .collect();
    for (index, (left, right, text)) in boxes.iter().enumerate() {
        let words = &text.words.shown;
        assert!(
            *left >= -0.01 && *right <= drawing.width + 0.01,
            "{words:?} at {left}"
        );
        assert!(
            text.at.1 >= 6.0 && text.at.1 <= drawing.height - 6.0,
            "{words:?}"
        );
        for (from, to, other) in &boxes[index + 1..] {
            let size = f64::midpoint(text.face.size, other.face.size);
            let beside = *right <= *from + 0.01 || *to <= *left + 0.01;
            let apart = (text.at.1 - other.at.1).abs() >= size * 0.9;
            assert!(beside || apart, "{words:?} and {:?}", other.words.shown);
        }
    }
}

fn every_form(chart: &Chart) -> Vec<String> {
    vec![
        svg(chart, Some("EUR")).unwrap(),
        svg_inline(chart, Some("EUR")).unwrap(),
        svg_inline_narrow(chart, Some("EUR")).unwrap(),
    ]
}

fn element_names(svg: &str) -> Vec<String> {
    let document = Document::parse(svg).unwrap();
    let elements = document
        .descendants()
        .filter(|node| node.node_type() == NodeType::Element);
    let mut names: Vec<String> = elements
        .map(|node| node.tag_name().name().to_owned())
        .collect();
    names.sort();
    names.dedup();
    names
}

#[test]
fn hostile_names_stay_text() {
    let known = [
        "circle", "desc", "g", "line", "path", "polygon", "polyline", "rect", "svg", "text",
        "title",
    ];
    for name in HOSTILE {
        for svg in every_kind(name).iter().flat_map(every_form) {
            let strangers: Vec<String> = element_names(&svg)
                .into_iter()
                .filter(|name| !known.contains(&name.as_str()))
                .collect();
            assert!(strangers.is_empty(), "{name:?}: {strangers:?}");
            assert!(
                !svg.contains(['\0', '\u{1b}', '\u{202e}', '\u{2066}']),
                "{name:?}"
            );
            let document = Document::parse(&svg).unwrap();
            let attributes = document.descendants().flat_map(|node| node.attributes());
            assert!(
                attributes
                    .into_iter()
                    .all(|attribute| !attribute.name().starts_with("on"))
            );
        }
    }
}

#[test]
fn words_beside_points_and_bars_have_room_whatever_they_say() {
    let long = "A name that goes on and on and on until nobody reads it any more at all";
    for name in HOSTILE.iter().chain(sample::NAMES).chain(&[long]) {
        for page in [Page::WIDE, Page::NARROW] {
            assert_texts_have_room(&super::curve::draw(&curve(name), page, None));
            assert_texts_have_room(&super::tornado::draw(&tornado(name), page, None));
        }
    }
}

#[test]
fn names_are_shown_as_they_are() {
    let name = "</svg><script>";
    for chart in every_kind(name) {
        let svg = svg(&chart, None).unwrap();
        let document = Document::parse(&svg).unwrap();
        let shown = document
            .descendants()
            .any(|node| node.has_tag_name("text") || node.text() == Some(name));
        assert!(shown);
        let root = document.root_element();
        let title = root
            .children()
            .find(resvg::usvg::roxmltree::Node::is_element)
            .unwrap();
        assert_eq!(title.text(), Some(name), "the title of the picture");
    }
}

#[test]
fn a_picture_can_be_scaled_and_read_aloud() {
    for chart in every_kind("SEO") {
        for svg in every_form(&chart) {
            let document = Document::parse(&svg).unwrap();
            let root = document.root_element();
            assert_eq!(root.attribute("role"), Some("img"));
            assert!(root.attribute("viewBox").is_some());
            assert_eq!(
                (root.attribute("width"), root.attribute("height")),
                (None, None)
            );
            let first: Vec<&str> = root
                .children()
                .filter(resvg::usvg::roxmltree::Node::is_element)
                .map(|node| node.tag_name().name())
                .take(2)
                .collect();
            assert_eq!(first, ["title", "desc"]);
        }
    }
}

#[test]
fn a_chart_without_a_title_is_called_by_its_id() {
    let chart = chart_of(" ", Plot::Spans(Vec::new()));
    assert!(svg(&chart, None).unwrap().contains("<title>chart</title>"));
}

#[test]
fn the_same_numbers_give_the_same_bytes() {
    for chart in every_kind("Paid Search") {
        assert_eq!(
            svg(&chart, Some("EUR")).unwrap(),
            svg(&chart, Some("EUR")).unwrap()
        );
    }
    let chart = &every_kind("Paid Search")[1];
    let options = Options::default();
    assert_eq!(
        png(chart, None, &options).unwrap(),
        png(chart, None, &options).unwrap()
    );
}

#[test]
fn cut_names_are_whole_in_their_tooltip() {
    let name = "A campaign name that goes on and on and on until nobody reads it any more";
    let svg = svg(&every_kind(name)[1], None).unwrap();
    let document = Document::parse(&svg).unwrap();
    let cut = document
        .descendants()
        .find(|node| node.has_tag_name("g"))
        .unwrap();
    let parts: Vec<&str> = cut.children().filter_map(|node| node.text()).collect();
    assert_eq!(parts[0], name);
    assert!(parts[1].starts_with("A campaign") && parts[1].ends_with('\u{2026}'));
}

#[test]
fn undefined_bars_are_words() {
    let bars = Undefined::ALL.iter().map(|reason| Bar {
        label: "SEO".to_owned(),
        value: Err(*reason),
        interval: Some((0.0, 1.0)),
        remark: None,
    });
    let plot = Plot::Bars(Bars {
        kind: Kind::Ratio,
        bars: bars.collect(),
    });
    let svg = svg(&chart_of("ROI", plot), None).unwrap();
    for reason in Undefined::ALL {
        assert!(svg.contains(&format!("n/a: {}", reason.words())));
    }
    assert_eq!(
        svg.matches("fill=\"#009E73\"").count(),
        0,
        "no bar is drawn"
    );
}

#[test]
fn values_never_lie_on_their_whiskers() {
    let bar = |value, interval| Bar {
        label: "SEO".to_owned(),
        value: Ok(value),
        interval: Some(interval),
        remark: Some("3 wins".to_owned()),
    };
    let all = vec![
        bar(1.0, (0.5, 1.5)),
        bar(-0.5, (-0.9, 0.4)),
        bar(0.7, (-0.3, 80.0)),
        bar(-0.9, (-1.0, -0.8)),
    ];
    for page in [Page::WIDE, Page::NARROW] {
        let drawing = bars::draw(
            &Bars {
                kind: Kind::Ratio,
                bars: all.clone(),
            },
            page,
            None,
        );
        let lines = drawing.marks.iter().filter_map(|mark| match mark {
            drawing::Mark::Line { points, colour, .. } if *colour == palette::INK => Some(points),
            _ => None,
        });
        let lines: Vec<_> = lines.collect();
        let bold = drawing
            .texts()
            .filter(|text| text.face.weight == text::Weight::Bold);
        for value in bold {
            let beside = lines.iter().filter(|points| {
                points
                    .iter()
                    .all(|point| (point.1 - value.at.1).abs() < 12.0)
            });
            let reach = beside
                .flat_map(|points| points.iter())
                .map(|point| point.0)
                .fold(0.0, f64::max);
            assert!(
                value.at.0 > reach,
                "{} at {} behind {reach}",
                value.words.shown,
                value.at.0
            );
        }
        let right = |text: &drawing::Text| text.at.0 + text.face.width(&text.words.shown);
        let starting = drawing
            .texts()
            .filter(|text| text.anchor == drawing::Anchor::Start);
        assert!(
            starting.map(right).fold(0.0, f64::max) <= page.width,
            "everything is on the page"
        );
    }
}

#[test]
fn what_is_not_finite_counts_as_undefined() {
    for value in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        let bar = Bar {
            label: "SEO".to_owned(),
            value: Ok(value),
            interval: Some((value, 1.0)),
            remark: None,
        };
        let chart = chart_of(
            "ROI",
            Plot::Bars(Bars {
                kind: Kind::Ratio,
                bars: vec![bar],
            }),
        );
        let svg = svg(&chart, None).unwrap();
        assert!(svg.contains("n/a: no data"));
        assert!(!svg.contains("NaN") && !svg.contains("inf"));
    }
}

#[test]
fn extreme_values_are_drawn() {
    for value in [0.0, -0.0, 1e300, -1e300, f64::MIN_POSITIVE, 1e-12, 5e14] {
        let bar = Bar {
            label: "SEO".to_owned(),
            value: Ok(value),
            interval: Some((-value, value)),
            remark: None,
        };
        let plot = Plot::Bars(Bars {
            kind: Kind::Money,
            bars: vec![bar],
        });
        assert!(svg(&chart_of("x", plot), Some("EUR")).is_ok(), "{value}");
        let points = vec![TrendPoint {
            value: Some(value),
            interval: None,
            settled: true,
        }];
        let panels = vec![Panel {
            title: "x".to_owned(),
            kind: Kind::Count,
            points,
        }];
        let trend = Trend {
            periods: vec!["2026-01".to_owned()],
            panels,
        };
        assert!(
            svg(&chart_of("x", Plot::Trend(trend)), None).is_ok(),
            "{value}"
        );
    }
}

#[test]
fn a_picture_says_its_size_and_what_it_lacks() {
    // U+10FFFD is a private character that no font has.
    let chart = &every_kind("SEO \u{10fffd}")[1];
    let picture = png(chart, None, &Options::default()).unwrap();
    assert_eq!(
        picture.bytes.get(..8),
        Some(b"\x89PNG\r\n\x1a\n".as_slice())
    );
    assert_eq!(picture.bytes.get(37..41), Some(b"pHYs".as_slice()));
    assert_eq!(
        picture.bytes.get(41..45),
        Some(7559u32.to_be_bytes().as_slice()),
        "192 pixels per inch"
    );
    assert_eq!(picture.missing_glyphs, ["U+10FFFD (\u{10fffd})"]);
    let plain = png(&every_kind("SEO")[1], None, &Options::default()).unwrap();
    assert!(plain.missing_glyphs.is_empty());
}

#[test]
fn joined_scripts_do_not_break_the_picture() {
    for name in HOSTILE.iter().chain(sample::NAMES) {
        for chart in every_kind(name) {
            assert!(
                png(
                    &chart,
                    None,
                    &Options {
                        scale: 0.5,
                        ..Options::default()
                    }
                )
                .is_ok(),
                "{name:?}"
            );
        }
    }
}

#[test]
fn bands_are_curves_beside_polygons() {
    let ink = |opacity| drawing::Ink {
        colour: palette::ACCENT,
        opacity,
    };
    let mut drawing = Drawing::new(100.0);
    drawing.height = 100.0;
    let corners = vec![(0.0, 0.0), (9.0, 0.0), (9.0, 9.0)];
    // plotters leaves out what nobody sees.
    drawing.band(vec![(0.0, 1.0), (10.0, 2.0)], 3.0, ink(0.0));
    drawing.area(corners.clone(), ink(0.5));
    drawing.band(vec![(0.0, 1.0), (10.0, 2.25)], 3.0, ink(0.5));
    drawing.area(corners, ink(0.25));
    let caption = Caption {
        title: "M0,0",
        description: "",
    };
    let svg = paint::svg(&drawing, caption).unwrap();
    let shapes: Vec<&str> = svg
        .lines()
        .filter(|line| line.contains("opacity"))
        .collect();
    assert_eq!(
        shapes,
        [
            "<polygon opacity=\"0.5\" fill=\"#0072B2\" points=\"0,0 9,0 9,9\"/>",
            "<path opacity=\"0.5\" fill=\"#0072B2\" d=\"M0.0,1.0C5.0,1.0 5.0,2.2 10.0,2.2\
             L10.0,5.2C5.0,5.2 5.0,4.0 0.0,4.0Z\"/>",
            "<polygon opacity=\"0.25\" fill=\"#0072B2\" points=\"0,0 9,0 9,9\"/>",
        ]
    );
}

#[test]
fn a_sheet_holds_every_chart() {
    let report = sample::report();
    let sheet = String::from_utf8(render_svg(&report, &Options::default()).unwrap()).unwrap();
    assert!(Document::parse(&sheet).is_ok());
    assert_eq!(
        render_svg(&report, &Options::default()).unwrap(),
        sheet.into_bytes()
    );
    let none = Report {
        charts: Vec::new(),
        ..report
    };
    assert_eq!(
        render_svg(&none, &Options::default()),
        Err(RenderError::NoChart("svg"))
    );
    assert_eq!(
        render_png(&none, &Options::default()),
        Err(RenderError::NoChart("png"))
    );
}

#[test]
fn the_same_channel_has_the_same_colour_everywhere() {
    let green = "fill=\"#009E73\"";
    let with = |others: &[&str]| {
        let bars = others.iter().chain(&["Organic Search"]).map(|name| Bar {
            label: (*name).to_owned(),
            value: Ok(1.0),
            interval: None,
            remark: None,
        });
        let plot = Plot::Bars(Bars {
            kind: Kind::Count,
            bars: bars.collect(),
        });
        svg(&chart_of("Leads", plot), None).unwrap()
    };
    assert_eq!(with(&[]).matches(green).count(), 1);
    assert_eq!(
        with(&["Paid Search", "Email", "Direct"])
            .matches(green)
            .count(),
        1
    );
}
