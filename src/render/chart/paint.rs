//! Marks to SVG, with plotters as the pen.
//!
//! plotters writes plain SVG elements into a string; a second pass makes the document
//! fit for a report: a root with `role`, `title`, `desc` and a `viewBox` instead of a
//! fixed size (so a page may scale it), one list of font families for all, tooltips for
//! names that were cut, curves where plotters has corners, slanting lines to a tenth of a
//! pixel, and no attribute that only repeats a default. The pass relies
//! on two properties of plotters' output, both tested: every tag stands on a line of
//! its own, and text is escaped, so a line that starts with `<` is never data.

use plotters::coord::Shift;
use plotters::prelude::{
    Circle, DrawingArea, IntoDrawingArea, IntoTextStyle, PathElement, Polygon, RGBColor, Rectangle,
    SVGBackend, ShapeStyle,
};
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{Color, FontDesc, FontFamily, TextStyle};

use super::ChartError;
use super::drawing::{Anchor, Drawing, Ink, Mark, Point, Text};
use super::palette::Colour;
use super::text::{FAMILIES, register};
use crate::render::escape;

/// What a picture says to those who do not see it.
#[derive(Debug, Clone, Copy)]
pub struct Caption<'a> {
    /// Its name.
    pub title: &'a str,
    /// What it shows.
    pub description: &'a str,
}

/// The drawing as one SVG document.
///
/// # Errors
/// [`ChartError`] where plotters refuses, which no input should cause.
pub fn svg(drawing: &Drawing, caption: Caption<'_>) -> Result<String, ChartError> {
    register()?;
    let mut written = String::new();
    draw(drawing, &mut written).map_err(ChartError::Pen)?;
    Ok(root(drawing, caption) + &finish(&written, drawing))
}

type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;

fn draw(drawing: &Drawing, into: &mut String) -> Result<(), String> {
    let size = (pixels(drawing.width), pixels(drawing.height));
    let area = SVGBackend::with_string(into, size).into_drawing_area();
    for mark in &drawing.marks {
        draw_mark(&area, mark)?;
    }
    area.present().map_err(|error| error.to_string())
}

fn draw_mark(area: &Area<'_>, mark: &Mark) -> Result<(), String> {
    match mark {
        Mark::Box {
            from,
            to,
            fill,
            edge,
        } => draw_box(area, (*from, *to), *fill, *edge),
        Mark::Line {
            points,
            colour,
            thickness,
        } => {
            let points: Vec<(i32, i32)> = points.iter().copied().map(whole).collect();
            pen(area.draw(&PathElement::new(points, stroke(*colour, *thickness))))
        }
        Mark::Area { points, fill } => {
            let points: Vec<(i32, i32)> = points.iter().copied().map(whole).collect();
            pen(area.draw(&Polygon::new(points, filled(*fill))))
        }
        Mark::Band {
            points,
            height,
            fill,
        } => {
            let (upper, lower) = edges(points, *height);
            let corners: Vec<(i32, i32)> = upper.into_iter().chain(lower).map(whole).collect();
            pen(area.draw(&Polygon::new(corners, filled(*fill))))
        }
        Mark::Dot {
            at,
            radius,
            fill,
            edge,
        } => {
            // A stroke of two pixels reaches one beyond the radius.
            if fill == edge {
                let dot = Circle::new(whole(*at), *radius + 1, filled((*fill).into()));
                return pen(area.draw(&dot));
            }
            pen(area.draw(&Circle::new(whole(*at), *radius, filled((*fill).into()))))?;
            pen(area.draw(&Circle::new(whole(*at), *radius, stroke(*edge, 2))))
        }
        Mark::Text(text) => draw_text(area, text),
    }
}

fn draw_box(
    area: &Area<'_>,
    corners: (Point, Point),
    fill: Ink,
    edge: Option<Colour>,
) -> Result<(), String> {
    let corners = [whole(corners.0), whole(corners.1)];
    pen(area.draw(&Rectangle::new(corners, filled(fill))))?;
    match edge {
        Some(edge) => pen(area.draw(&Rectangle::new(corners, stroke(edge, 1)))),
        None => Ok(()),
    }
}

fn draw_text(area: &Area<'_>, text: &Text) -> Result<(), String> {
    let size = text.face.size * PLOTTERS_SHRINKS_BY;
    let font = FontDesc::new(FontFamily::SansSerif, size, text.face.weight.style());
    let style: TextStyle<'_> = font.into_text_style(area);
    let colour = rgb(text.colour);
    let place = Pos::new(horizontal(text.anchor), VPos::Center);
    let style = style.color(&colour).pos(place);
    let baseline = text.at.1 + text.face.size * MIDDLE_TO_BASELINE;
    pen(area.draw_text(&text.words.shown, &style, whole((text.at.0, baseline))))
}

/// plotters writes sizes divided by this.
const PLOTTERS_SHRINKS_BY: f64 = 1.24;

/// From the middle of digits and capitals down to the line they stand on, in ems.
const MIDDLE_TO_BASELINE: f64 = 0.357;

fn pen<E: std::error::Error + Send + Sync>(
    result: Result<(), plotters::drawing::DrawingAreaErrorKind<E>>,
) -> Result<(), String> {
    result.map_err(|error| error.to_string())
}

fn filled(ink: Ink) -> ShapeStyle {
    rgb(ink.colour).mix(ink.opacity).filled()
}

fn stroke(colour: Colour, thickness: u32) -> ShapeStyle {
    rgb(colour).stroke_width(thickness)
}

fn rgb(colour: Colour) -> RGBColor {
    RGBColor(colour.0, colour.1, colour.2)
}

fn horizontal(anchor: Anchor) -> HPos {
    match anchor {
        Anchor::Start => HPos::Left,
        Anchor::Middle => HPos::Center,
        Anchor::End => HPos::Right,
    }
}

fn whole(point: Point) -> (i32, i32) {
    (point.0.round() as i32, point.1.round() as i32)
}

fn pixels(length: f64) -> u32 {
    length.max(1.0).ceil() as u32
}

/// The elements as a report wants them; see the head of this file.
fn finish(written: &str, drawing: &Drawing) -> String {
    let mut svg = String::with_capacity(written.len());
    let mut lines = written.lines().skip(1);
    let mut texts = drawing.texts();
    let mut shapes = drawing.marks.iter().filter(|mark| is_polygon(mark));
    let mut strokes = drawing.marks.iter().filter_map(|mark| match mark {
        Mark::Line { points, .. } => Some(points),
        _ => None,
    });
    while let Some(line) = lines.next() {
        if line.starts_with("<text ") {
            lines.by_ref().find(|line| line.starts_with("</text>"));
            if let Some(text) = texts.next() {
                push_text(&mut svg, &lean(line), text);
            }
        } else if line.starts_with("<polygon ") {
            svg.push_str(&with_curves(&lean(line), shapes.next()));
            svg.push('\n');
        } else if line.starts_with("<polyline ") {
            let points = strokes.next().map_or(&[][..], Vec::as_slice);
            svg.push_str(&exact(&lean(line), points));
            svg.push('\n');
        } else {
            svg.push_str(&lean(line));
            svg.push('\n');
        }
    }
    svg
}

/// True for what plotters writes as a polygon; it leaves out what nobody sees.
fn is_polygon(mark: &Mark) -> bool {
    match mark {
        Mark::Area { fill, .. } | Mark::Band { fill, .. } => fill.opacity > 0.0,
        _ => false,
    }
}

/// The upper edge of a band from left to right, and the lower one back.
fn edges(points: &[Point], height: f64) -> (Vec<Point>, Vec<Point>) {
    let lower = points.iter().rev().map(|(x, y)| (*x, y + height));
    (points.to_vec(), lower.collect())
}

/// The tag with its points to a tenth of a pixel, that curves run smoothly; what runs
/// straight across and down stays on whole pixels, that it is sharp.
fn exact(tag: &str, points: &[Point]) -> String {
    const NAME: &str = " points=\"";
    let slants = |pair: &[Point]| match pair {
        [(x, y), (next_x, next_y)] => x.round() != next_x.round() && y.round() != next_y.round(),
        _ => false,
    };
    let parts = tag
        .split_once(NAME)
        .and_then(|(before, rest)| Some((before, rest.split_once('"')?.1)));
    match parts {
        Some((before, after)) if points.windows(2).any(slants) => {
            let point = |(x, y): &Point| format!("{},{}", tenths(*x), tenths(*y));
            let points: Vec<String> = points.iter().map(point).collect();
            format!("{before}{NAME}{}\"{after}", points.join(" "))
        }
        _ => tag.to_owned(),
    }
}

/// Adding zero makes 0 of -0.
fn tenths(length: f64) -> f64 {
    (length * 10.0).round() / 10.0 + 0.0
}

/// The tag of a band as a path of curves, that of any other shape with its exact corners.
fn with_curves(tag: &str, mark: Option<&Mark>) -> String {
    if let Some(Mark::Area { points, .. }) = mark {
        return exact(tag, points);
    }
    let (Some(Mark::Band { points, height, .. }), Some((before, _))) =
        (mark, tag.split_once(" points=\""))
    else {
        return tag.to_owned();
    };
    let (upper, lower) = edges(points, *height);
    format!(
        "{} d=\"M{}L{}Z\"/>",
        before.replacen("<polygon", "<path", 1),
        curve(&upper),
        curve(&lower)
    )
}

/// A curve through points, level at each of them.
fn curve(points: &[Point]) -> String {
    let mut path = String::new();
    let mut before: Option<Point> = None;
    for (x, y) in points.iter().copied() {
        path += &before.map_or_else(
            || format!("{x:.1},{y:.1}"),
            |(left, level)| {
                let middle = f64::midpoint(left, x);
                format!("C{middle:.1},{level:.1} {middle:.1},{y:.1} {x:.1},{y:.1}")
            },
        );
        before = Some((x, y));
    }
    path
}

fn root(drawing: &Drawing, caption: Caption<'_>) -> String {
    let (width, height) = (pixels(drawing.width), pixels(drawing.height));
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" role=\"img\" \
         font-family=\"{FAMILIES}\">\n<title>{}</title>\n<desc>{}</desc>\n",
        escape::xml(caption.title),
        escape::xml(caption.description)
    )
}

fn push_text(svg: &mut String, tag: &str, text: &Text) {
    let tag = match &text.family {
        Some(family) => tag.replacen(
            "<text",
            &format!("<text font-family=\"{}\"", escape::xml(family)),
            1,
        ),
        None => tag.to_owned(),
    };
    let words = escape::xml(&text.words.shown);
    let element = match &text.words.full {
        Some(full) => format!(
            "<g><title>{}</title>{tag}{words}</text></g>\n",
            escape::xml(full)
        ),
        None => format!("{tag}{words}</text>\n"),
    };
    svg.push_str(&element);
}

/// A tag without what is the default anyway.
fn lean(tag: &str) -> String {
    const DEFAULTS: &[&str] = &[
        " opacity=\"1\"",
        " stroke=\"none\"",
        " dy=\"0.5ex\"",
        " text-anchor=\"start\"",
        " font-family=\"sans-serif\"",
        " stroke-width=\"1\"",
    ];
    let mut tag = tag.replace(" \"/>", "\"/>");
    for default in DEFAULTS {
        tag = tag.replace(default, "");
    }
    short_font_size(&tag)
}

/// `font-size="13.999999999999998"` becomes `font-size="14"`.
fn short_font_size(tag: &str) -> String {
    const NAME: &str = " font-size=\"";
    let Some((before, rest)) = tag.split_once(NAME) else {
        return tag.to_owned();
    };
    let Some((number, after)) = rest.split_once('"') else {
        return tag.to_owned();
    };
    let size = number.parse::<f64>().map_or_else(
        |_| number.to_owned(),
        |size| ((size * 100.0).round() / 100.0).to_string(),
    );
    format!("{before}{NAME}{size}\"{after}")
}
