//! A line over a numeric axis with its band: what comes out for what is put in, or what
//! adds up over the months.
//!
//! The line is whole where the data has seen such values and dashed beyond, so that a
//! promise is not taken for an observation; the shaded strip says the same a second time.
//! Zero is always on the vertical axis, and it is the darkest line where the curve passes
//! it. Named points carry their words beside them; `labels` finds the places, and words
//! that find none stand below the chart.

mod course;
mod labels;

use super::drawing::{Anchor, Drawing, Ink, Point, Style};
use super::page::{MOST_ROWS, Page, SMALL, widest};
use super::palette::{ACCENT, AXIS, GRID, INK, MUTED, PAPER};
use super::scale::{Axis, Domain, drawable, drawable_interval};
use super::text::{Face, clean};
use crate::render::number;
use crate::report::document::{Curve, CurveMark, CurvePoint, Fan, Kind};
use course::Spot;
use labels::{Area, Found, Obstacles, Wanted};

/// Draws the line.
#[must_use]
pub fn draw(curve: &Curve, page: Page, currency: Option<&str>) -> Drawing {
    draw_within(curve, Outer::default(), page, currency)
}

/// Draws the line with its band in a wider one.
#[must_use]
pub fn draw_fan(fan: &Fan, page: Page, currency: Option<&str>) -> Drawing {
    let points = fan.outer.iter().map(|(x, ends)| CurvePoint {
        x: *x,
        y: ends.0,
        interval: Some(*ends),
    });
    let outer = Outer {
        spots: course::spots(&points.collect::<Vec<_>>()),
        level: fan.outer_level,
    };
    draw_within(&fan.curve, outer, page, currency)
}

fn draw_within(curve: &Curve, outer: Outer, page: Page, currency: Option<&str>) -> Drawing {
    let spots = course::spots(&curve.points);
    let marks = curve.marks.iter().take(MOST_ROWS);
    let marks: Vec<Named> = marks
        .filter_map(|mark| Named::new(mark, curve.y.kind, page, currency))
        .collect();
    if marks.is_empty() && spots.iter().all(|spot| spot.y.is_none()) {
        return page.nothing();
    }
    let plot = CurvePlot::new(curve, (spots, outer), marks, page, currency);
    let (mut drawing, unnamed) = plot.draw();
    for note in plot.footnotes(&unnamed) {
        page.footnote(&mut drawing, &note);
    }
    drawing
}

const AXIS_TITLE: Style = Style::new(Face::bold(13.0), INK);
const MARK_NAME: Style = Style::new(Face::bold(13.0), INK);
const MARK_VALUE: Style = Style::new(Face::regular(12.0), INK);
/// Height of the title of the vertical axis, of the name of the strip, and of the words
/// below the plot: numbers, title.
const TITLE: f64 = 28.0;
const STRIP_NAME: f64 = 18.0;
const NUMBERS: f64 = 22.0;
const TITLE_BELOW: f64 = 20.0;
/// Height of a line of the words of a mark.
const LINE: f64 = 16.0;
/// Blank pixels before the first and behind the last point.
const INSET: f64 = 10.0;
const RADIUS: u32 = 5;
/// Half the width of the ends of a whisker.
const CAP: f64 = 4.0;
/// How far the band may stretch the scale, in spans of the line.
const STRETCH: f64 = 2.0;

/// A mark that has a place, and its words.
struct Named {
    x: f64,
    y: f64,
    interval: Option<(f64, f64)>,
    /// The name, and the value where it says something.
    name: String,
    value: Option<String>,
    /// Pixels for the name, at most.
    room: f64,
}

impl Named {
    fn new(mark: &CurveMark, kind: Kind, page: Page, currency: Option<&str>) -> Option<Self> {
        let (x, y) = (drawable(mark.x)?, drawable(mark.y)?);
        let interval = mark.interval.and_then(drawable_interval);
        // What is counted in whole things is foreseen in whole things.
        let shown = if kind == Kind::Count { y.round() } else { y };
        let value = number::value(shown, kind, currency);
        let value = match interval {
            Some((low, high)) => {
                let ends = number::interval(low, high, kind, currency);
                Some(format!("{value} ({ends})"))
            }
            // A point on the zero line is named for where it stands.
            None => (y != 0.0).then_some(value),
        };
        Some(Self {
            x,
            y,
            interval,
            name: clean(&mark.label),
            value,
            room: page.inner() * if page.is_narrow() { 0.65 } else { 0.45 },
        })
    }

    /// Its lines from top to bottom.
    fn lines(&self) -> Vec<(&str, Style)> {
        let name = (!self.name.is_empty()).then_some((self.name.as_str(), MARK_NAME));
        let value = self.value.as_deref().map(|value| (value, MARK_VALUE));
        name.into_iter().chain(value).collect()
    }

    fn wanted(&self, at: Point) -> Wanted {
        let name = MARK_NAME.face.width(&self.name).min(self.room);
        let value = self.value.as_deref().unwrap_or_default();
        Wanted {
            at,
            width: name.max(MARK_VALUE.face.width(value)),
            height: self.lines().len() as f64 * LINE,
        }
    }
}

/// The wider band of a fan; no spots where there is none.
#[derive(Default)]
struct Outer {
    spots: Vec<Spot>,
    level: f64,
}

struct CurvePlot<'a> {
    curve: &'a Curve,
    spots: Vec<Spot>,
    outer: Outer,
    marks: Vec<Named>,
    seen: Option<(f64, f64)>,
    page: Page,
    currency: Option<&'a str>,
    frame: Area,
    across: Domain,
    upwards: Domain,
    horizontal: Axis,
    vertical: Axis,
    /// Grid lines: value and label.
    levels: Vec<(f64, String)>,
}

impl<'a> CurvePlot<'a> {
    fn new(
        curve: &'a Curve,
        (spots, outer): (Vec<Spot>, Outer),
        marks: Vec<Named>,
        page: Page,
        currency: Option<&'a str>,
    ) -> Self {
        let seen = curve.seen.as_ref();
        let seen = seen.and_then(|(_, from, to)| drawable_interval((*from, *to)));
        let across = across(&spots, &marks, seen);
        let upwards = upwards(&spots, &outer.spots, &marks);
        let least = if curve.y.kind == Kind::Count {
            1.0
        } else {
            0.0
        };
        let step = upwards
            .step(if page.is_narrow() { 4 } else { 5 })
            .max(least);
        let upwards = widened(upwards, step);
        let level = |value: f64| (value, number::value(value, curve.y.kind, currency));
        let levels: Vec<(f64, String)> = upwards.ticks(step).into_iter().map(level).collect();
        let numbers = widest(SMALL.face, levels.iter().map(|(_, label)| label.as_str()));
        let top = TITLE + if seen.is_some() { STRIP_NAME } else { 0.0 };
        let height = if page.is_narrow() { 230.0 } else { 310.0 };
        let frame = Area {
            from: (page.left() + numbers + 8.0, top),
            to: (page.right(), top + height),
        };
        Self {
            horizontal: Axis::new(across, frame.from.0 + INSET, frame.to.0 - INSET),
            vertical: Axis::new(upwards, frame.to.1, frame.from.1),
            curve,
            spots,
            outer,
            marks,
            seen,
            page,
            currency,
            frame,
            across,
            upwards,
            levels,
        }
    }

    fn at(&self, x: f64, y: f64) -> Point {
        (self.horizontal.at(x), self.vertical.at(y))
    }

    fn along(&self, line: &[(f64, f64)]) -> Vec<Point> {
        line.iter().map(|(x, y)| self.at(*x, *y)).collect()
    }

    /// The picture, and the marks whose words found no place in it.
    fn draw(&self) -> (Drawing, Vec<&Named>) {
        let mut drawing = Drawing::new(self.page.width);
        self.draw_strip(&mut drawing);
        self.draw_levels(&mut drawing);
        self.draw_bands(&mut drawing);
        self.draw_zero(&mut drawing);
        self.draw_against(&mut drawing);
        self.draw_lines(&mut drawing);
        let unnamed = self.draw_words(&mut drawing);
        self.draw_marks(&mut drawing);
        let below = self.draw_across(&mut drawing);
        drawing.height = self.frame.to.1 + below;
        (drawing, unnamed)
    }

    /// What the data has seen, with its name above.
    fn draw_strip(&self, drawing: &mut Drawing) {
        let (Some((from, to)), Some((name, _, _))) = (self.seen, &self.curve.seen) else {
            return;
        };
        let (from, to) = (self.horizontal.at(from), self.horizontal.at(to));
        let (top, bottom) = (self.frame.from.1, self.frame.to.1);
        let shade = Ink {
            colour: MUTED,
            opacity: 0.1,
        };
        drawing.patch((from, top), (to.max(from + 2.0), bottom), shade);
        let room = self.page.inner();
        let half = SMALL.face.width(&clean(name)).min(room) / 2.0;
        let (left, right) = (self.page.left() + half, self.page.right() - half);
        let middle = ((from + to) / 2.0).max(left).min(right);
        let at = (middle, top - STRIP_NAME + 5.0);
        drawing.text_within(at, name, room, SMALL.anchored(Anchor::Middle));
    }

    /// The vertical axis: its title, its grid lines and their numbers.
    fn draw_levels(&self, drawing: &mut Drawing) {
        let title = (self.page.left(), 9.0);
        drawing.text_within(title, &self.curve.y.title, self.page.inner(), AXIS_TITLE);
        let (left, right) = (self.frame.from.0, self.frame.to.0);
        for (value, label) in &self.levels {
            let y = self.vertical.at(*value).round();
            drawing.line((left, y), (right, y), GRID, 1);
            drawing.text((left - 6.0, y), label, SMALL.anchored(Anchor::End));
        }
    }

    /// The darkest of the grid lines where something lies below it.
    fn draw_zero(&self, drawing: &mut Drawing) {
        let (from, to) = self.zero();
        let colour = if self.upwards.low < 0.0 { INK } else { AXIS };
        drawing.line(from, to, colour, 1);
    }

    fn zero(&self) -> (Point, Point) {
        let y = self.vertical.at(0.0).round();
        ((self.frame.from.0, y), (self.frame.to.0, y))
    }

    /// The straight line, and the intervals of the points that are measured against it.
    fn draw_against(&self, drawing: &mut Drawing) {
        let Some(against) = &self.curve.against else {
            return;
        };
        let line = course::inside(against.from, against.to, self.across, self.upwards);
        drawing.dashed_path(&self.along(&line), MUTED, 2);
        for spot in &self.spots {
            if let Some((low, high)) = spot.interval {
                self.draw_whisker(drawing, spot.x, (low, high));
            }
        }
    }

    fn draw_bands(&self, drawing: &mut Drawing) {
        if self.curve.against.is_some() {
            return;
        }
        let outer = course::bands(&self.outer.spots).into_iter();
        for [lower, upper] in outer.chain(course::bands(&self.spots)) {
            let upper = self.along(&course::held(&upper, self.upwards));
            let lower = self.along(&course::held(&lower, self.upwards));
            match (upper.as_slice(), lower.as_slice()) {
                ([top], [bottom]) => drawing.line(*top, *bottom, ACCENT, 1),
                _ => {
                    let outline = upper.into_iter().chain(lower.into_iter().rev());
                    drawing.area(outline.collect(), ACCENT.veil());
                }
            }
        }
    }

    fn draw_lines(&self, drawing: &mut Drawing) {
        let (from, to) = self.seen.unwrap_or((self.across.low, self.across.high));
        for line in course::lines(&self.spots) {
            if let [(x, y)] = line.as_slice() {
                drawing.dot(self.at(*x, *y), 2, ACCENT, ACCENT);
            }
            for beyond in [(self.across.low, from), (to, self.across.high)] {
                let part = self.along(&course::part(&line, beyond.0, beyond.1));
                drawing.dashed_path(&part, ACCENT, 3);
            }
            drawing.path(self.along(&course::part(&line, from, to)), ACCENT, 3);
            if self.curve.against.is_some() {
                for (x, y) in line {
                    drawing.dot(self.at(x, y), RADIUS - 1, ACCENT, ACCENT);
                }
            }
        }
    }

    /// The points with the ends of their intervals.
    fn draw_marks(&self, drawing: &mut Drawing) {
        for mark in &self.marks {
            if let Some((low, high)) = mark.interval {
                self.draw_whisker(drawing, mark.x, (low, high));
            }
        }
        for mark in &self.marks {
            let at = self.at(mark.x, mark.y);
            drawing.dot(at, RADIUS + 1, PAPER, PAPER);
            drawing.dot(at, RADIUS, INK, INK);
        }
    }

    fn draw_whisker(&self, drawing: &mut Drawing, x: f64, (low, high): (f64, f64)) {
        let (from, to) = (self.at(x, low), self.at(x, high));
        drawing.line(from, to, PAPER, 3);
        drawing.line(from, to, INK, 1);
        let ends = [
            (from, 1.0, low < self.upwards.low),
            (to, -1.0, high > self.upwards.high),
        ];
        for ((x, y), outwards, cut) in ends {
            if cut {
                let back = y - outwards * 7.0;
                drawing.area(vec![(x, y), (x - 4.0, back), (x + 4.0, back)], INK.into());
            } else {
                drawing.line((x - CAP, y), (x + CAP, y), INK, 1);
            }
        }
    }

    /// The words of the marks; returns those that found no place.
    fn draw_words(&self, drawing: &mut Drawing) -> Vec<&Named> {
        let named = self.marks.iter().filter(|mark| !mark.lines().is_empty());
        let named: Vec<&Named> = named.collect();
        let wanted: Vec<Wanted> = named
            .iter()
            .map(|mark| mark.wanted(self.at(mark.x, mark.y)))
            .collect();
        let bounds = Area {
            from: (self.frame.from.0 + 4.0, self.frame.from.1),
            to: (self.frame.to.0, self.frame.to.1 - 2.0),
        };
        let places = labels::place(&wanted, bounds, &self.obstacles());
        let mut unnamed = Vec::new();
        for (mark, place) in named.into_iter().zip(places) {
            match place {
                Some(place) => draw_lines_of(mark, place, drawing),
                None => unnamed.push(mark),
            }
        }
        unnamed
    }

    fn obstacles(&self) -> Obstacles {
        let pairs = |line: &[Point]| -> Vec<(Point, Point)> {
            let pair = |pair: &[Point]| Some((*pair.first()?, *pair.last()?));
            line.windows(2).filter_map(pair).collect()
        };
        let lines = course::lines(&self.spots).into_iter();
        let mut strokes: Vec<(Point, Point)> =
            lines.flat_map(|line| pairs(&self.along(&line))).collect();
        let whisker = |mark: &Named| {
            let (low, high) = mark.interval?;
            Some((self.at(mark.x, low), self.at(mark.x, high)))
        };
        strokes.extend(self.marks.iter().filter_map(whisker));
        let edge = |[lower, upper]: [Vec<(f64, f64)>; 2]| {
            let edges = [lower, upper].map(|line| self.along(&course::held(&line, self.upwards)));
            edges.map(|line| pairs(&line)).concat()
        };
        let mut thin: Vec<(Point, Point)> = course::bands(&self.spots)
            .into_iter()
            .flat_map(edge)
            .collect();
        thin.push(self.zero());
        Obstacles {
            dots: self
                .marks
                .iter()
                .map(|mark| self.at(mark.x, mark.y))
                .collect(),
            strokes,
            thin,
        }
    }

    /// The horizontal axis with its numbers or names and its title; returns its height.
    fn draw_across(&self, drawing: &mut Drawing) -> f64 {
        let bottom = self.frame.to.1;
        drawing.line(
            (self.frame.from.0, bottom),
            (self.frame.to.0, bottom),
            AXIS,
            1,
        );
        for (x, label, middle) in self.ticks() {
            drawing.line((x, bottom), (x, bottom + 4.0), AXIS, 1);
            let at = (middle, bottom + 14.0);
            drawing.text_within(at, &label, self.name_room(), SMALL.anchored(Anchor::Middle));
        }
        let middle = (self.frame.from.0 + self.frame.to.0) / 2.0;
        let room = self.frame.to.0 - self.frame.from.0;
        let at = (middle, bottom + NUMBERS + TITLE_BELOW / 2.0);
        if clean(&self.curve.x.title).is_empty() {
            return NUMBERS;
        }
        drawing.text_within(
            at,
            &self.curve.x.title,
            room,
            SMALL.anchored(Anchor::Middle),
        );
        NUMBERS + TITLE_BELOW
    }

    fn name_room(&self) -> f64 {
        self.page.inner() * 0.25
    }

    /// Where labels stand below the axis: place, label, middle of the label. As many as
    /// have room, the last of them among them.
    fn ticks(&self) -> Vec<(f64, String, f64)> {
        let place = |(value, label): (f64, String)| {
            let x = self.horizontal.at(value).round();
            let width = SMALL.face.width(&label).min(self.name_room());
            let ends = (
                self.page.left() + width / 2.0,
                self.page.right() - width / 2.0,
            );
            (x, label, x.max(ends.0).min(ends.1), width)
        };
        let all: Vec<(f64, String, f64, f64)> = self.labels().into_iter().map(place).collect();
        let room = |pair: &[&(f64, String, f64, f64)]| match pair {
            [one, two] => one.2 + one.3 / 2.0 + 10.0 <= two.2 - two.3 / 2.0,
            _ => true,
        };
        let spread = |every: usize| {
            let chosen = all.iter().rev().step_by(every);
            chosen.rev().collect::<Vec<_>>()
        };
        let mut every = 1;
        while every < all.len() && !spread(every).windows(2).all(room) {
            every = next_step(every);
        }
        let chosen = spread(every).into_iter();
        chosen
            .map(|(x, label, middle, _)| (*x, label.clone(), *middle))
            .collect()
    }

    /// Every label of the horizontal axis with its value, in order.
    fn labels(&self) -> Vec<(f64, String)> {
        let on_axis = |(x, name): &(f64, String)| {
            let x = drawable(*x)?;
            (self.across.clamp(x) == x).then(|| (x, clean(name)))
        };
        let mut names: Vec<(f64, String)> = self.curve.names.iter().filter_map(on_axis).collect();
        if !names.is_empty() {
            names.sort_by(|a, b| a.0.total_cmp(&b.0));
            return names;
        }
        let kind = self.curve.x.kind;
        let least = if kind == Kind::Count { 1.0 } else { 0.0 };
        let wanted = if self.page.is_narrow() { 5 } else { 8 };
        let ticks = self.across.ticks(self.across.step(wanted).max(least));
        let label = |tick: f64| (tick, number::value(tick, kind, self.currency));
        ticks.into_iter().map(label).collect()
    }

    fn footnotes(&self, unnamed: &[&Named]) -> Vec<String> {
        let about = [
            self.about_intervals(),
            self.about_strip(),
            self.about_line(),
        ];
        let about: Vec<String> = about.into_iter().flatten().collect();
        let mut notes = Vec::new();
        if !about.is_empty() {
            notes.push(about.join(" "));
        }
        if !unnamed.is_empty() {
            let words = unnamed.iter().map(|mark| {
                let lines = mark.lines();
                let words: Vec<&str> = lines.iter().map(|(words, _)| *words).collect();
                words.join(": ")
            });
            let words: Vec<String> = words.collect();
            notes.push(format!("Points without words: {}.", words.join("; ")));
        }
        let more = self.curve.marks.len().saturating_sub(MOST_ROWS);
        if more > 0 {
            notes.push(format!("{more} more points are in the table."));
        }
        notes
    }

    fn about_intervals(&self) -> Option<String> {
        let of_line = self.spots.iter().filter_map(|spot| spot.interval);
        let of_marks = self.marks.iter().filter_map(|mark| mark.interval);
        let intervals: Vec<(f64, f64)> = of_line.clone().chain(of_marks.clone()).collect();
        let what = match (of_line.count() > 0, of_marks.count() > 0) {
            (true, true) => "Light band and thin lines",
            (true, false) if self.curve.against.is_some() => "Thin lines",
            (true, false) => "Light band",
            (false, true) => "Thin line",
            (false, false) => return None,
        };
        let level = match drawable(self.curve.level) {
            Some(level) => format!("{} ", number::value(level, Kind::Share, None)),
            None => String::new(),
        };
        let cut = intervals
            .iter()
            .any(|(low, high)| *low < self.upwards.low || *high > self.upwards.high);
        let beyond = if cut {
            "; it goes on beyond the scale"
        } else {
            ""
        };
        if !self.outer.spots.is_empty() {
            let outer = number::value(self.outer.level, Kind::Share, None);
            return Some(format!("Bands: {level}and {outer} interval{beyond}."));
        }
        Some(format!("{what}: {level}interval{beyond}."))
    }

    fn about_line(&self) -> Option<String> {
        let against = self.curve.against.as_ref()?;
        Some(format!("Dashed line: {}.", clean(&against.label)))
    }

    fn about_strip(&self) -> Option<String> {
        let (from, to) = self.seen?;
        let beyond = self.spots.iter().any(|spot| spot.x < from || spot.x > to);
        let dashed = if beyond {
            "; the line is dashed beyond it"
        } else {
            ""
        };
        Some(format!("Grey strip: what the data has seen{dashed}."))
    }
}

/// One, two, three, six, twelve, and so on: months divide into these.
fn next_step(every: usize) -> usize {
    match every {
        1 => 2,
        2 => 3,
        _ => every * 2,
    }
}

fn draw_lines_of(mark: &Named, place: Found, drawing: &mut Drawing) {
    if let Some((from, to)) = place.leader {
        drawing.line(from, to, AXIS, 1);
    }
    let (from, to) = (place.area.from, place.area.to);
    let x = match place.anchor {
        Anchor::Start => from.0,
        Anchor::Middle => (from.0 + to.0) / 2.0,
        Anchor::End => to.0,
    };
    for (index, (words, style)) in mark.lines().into_iter().enumerate() {
        let y = from.1 + (index as f64 + 0.5) * LINE;
        let room = to.0 - from.0;
        drawing.text_within((x, y), words, room, style.anchored(place.anchor));
    }
}

fn across(spots: &[Spot], marks: &[Named], seen: Option<(f64, f64)>) -> Domain {
    let ends = seen.into_iter().flat_map(|(from, to)| [from, to]);
    let places = spots.iter().map(|spot| spot.x);
    let marked = marks.iter().map(|mark| mark.x);
    Domain::between(&places.chain(marked).chain(ends).collect::<Vec<f64>>())
}

/// Up to the next grid line; down to it only where it is near, since a loss that looks
/// small in a large field is misread.
fn widened(domain: Domain, step: f64) -> Domain {
    const NEAR: f64 = 0.08;
    let whole = domain.widened_to(step);
    let low = domain.low - NEAR * domain.span();
    Domain {
        low: if domain.low < 0.0 {
            whole.low.max(low)
        } else {
            whole.low
        },
        high: whole.high,
    }
}

fn upwards(spots: &[Spot], outer: &[Spot], marks: &[Named]) -> Domain {
    let values = spots.iter().filter_map(|spot| spot.y);
    let values: Vec<f64> = values.chain(marks.iter().map(|mark| mark.y)).collect();
    let spots = spots.iter().chain(outer);
    let intervals = spots.filter_map(|spot| spot.interval);
    let marked = marks.iter().filter_map(|mark| mark.interval);
    let intervals: Vec<(f64, f64)> = intervals.chain(marked).collect();
    Domain::around_within(&values, &intervals, STRETCH)
}

#[cfg(test)]
mod tests;
