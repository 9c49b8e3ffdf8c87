//! A drawing as a list of marks in reading order, before any format.
//!
//! Plots lay out marks in pixels of the drawing, top left is (0, 0); `paint` turns the
//! list into SVG. So a plot decides its own height while it is laid out, several
//! drawings stack into one sheet by shifting marks, and tests look at marks instead of
//! strings. Text enters here through [`clean`] only.

use super::palette::{Colour, PAPER};
use super::text::{Face, Fitted, clean};

/// A point: pixels to the right, pixels down.
pub type Point = (f64, f64);

/// A picture: marks on a sheet of paper.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Drawing {
    /// Pixels across.
    pub width: f64,
    /// Pixels down.
    pub height: f64,
    /// What is on it, in the order of painting.
    pub marks: Vec<Mark>,
}

/// Something on the paper.
#[derive(Debug, Clone, PartialEq)]
pub enum Mark {
    /// A filled rectangle.
    Box {
        /// Upper left corner.
        from: Point,
        /// Lower right corner.
        to: Point,
        /// Its colour.
        fill: Ink,
        /// Colour of the line around it.
        edge: Option<Colour>,
    },
    /// A line through points.
    Line {
        /// Corners in order.
        points: Vec<Point>,
        /// Its colour.
        colour: Colour,
        /// Pixels across.
        thickness: u32,
    },
    /// A filled shape.
    Area {
        /// Corners in order.
        points: Vec<Point>,
        /// Its colour.
        fill: Ink,
    },
    /// A filled shape between two equal curves that run level at each of their points.
    Band {
        /// Points of the upper curve, from left to right.
        points: Vec<Point>,
        /// How far down the lower curve is.
        height: f64,
        /// Its colour.
        fill: Ink,
    },
    /// A circle.
    Dot {
        /// Its middle.
        at: Point,
        /// Its radius in pixels.
        radius: u32,
        /// Inside.
        fill: Colour,
        /// Around.
        edge: Colour,
    },
    /// One line of text.
    Text(Text),
}

/// A colour and how much of what lies below it hides.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Ink {
    /// The colour.
    pub colour: Colour,
    /// 1 hides everything below, 0 nothing.
    pub opacity: f64,
}

impl From<Colour> for Ink {
    fn from(colour: Colour) -> Self {
        Self {
            colour,
            opacity: 1.0,
        }
    }
}

impl Colour {
    /// A thin layer of the colour.
    #[must_use]
    pub fn veil(self) -> Ink {
        Ink {
            colour: self,
            opacity: 0.16,
        }
    }
}

/// One line of text.
#[derive(Debug, Clone, PartialEq)]
pub struct Text {
    /// Where it stands: sideways by `anchor`, downwards by half its height.
    pub at: Point,
    /// What it says; the whole of it is a tooltip where it was cut.
    pub words: Fitted,
    /// Size and weight.
    pub face: Face,
    /// Its colour.
    pub colour: Colour,
    /// What of it stands at the point.
    pub anchor: Anchor,
    /// A font of its own, where the usual one lacks its letters.
    pub family: Option<String>,
}

/// Which end of a text its point means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Anchor {
    /// Its left end.
    Start,
    /// Its middle.
    Middle,
    /// Its right end.
    End,
}

/// How a text looks.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Style {
    /// Size and weight.
    pub face: Face,
    /// Its colour.
    pub colour: Colour,
    /// What of it stands at the point.
    pub anchor: Anchor,
}

impl Style {
    /// Text that starts at its point.
    #[must_use]
    pub const fn new(face: Face, colour: Colour) -> Self {
        Self {
            face,
            colour,
            anchor: Anchor::Start,
        }
    }

    /// The same with another end at the point.
    #[must_use]
    pub const fn anchored(self, anchor: Anchor) -> Self {
        Self { anchor, ..self }
    }
}

impl Drawing {
    /// An empty drawing of this width; its height grows with what is put on it.
    #[must_use]
    pub fn new(width: f64) -> Self {
        Self {
            width,
            ..Self::default()
        }
    }

    /// Writes words.
    pub fn text(&mut self, at: Point, words: &str, style: Style) {
        self.fitted(at, Fitted::whole(words), style);
    }

    /// Writes words, cut with an ellipsis where they need more than `room` pixels.
    pub fn text_within(&mut self, at: Point, words: &str, room: f64, style: Style) {
        let words = style.face.fit(&clean(words), room);
        self.fitted(at, words, style);
    }

    fn fitted(&mut self, at: Point, words: Fitted, style: Style) {
        let words = Fitted {
            shown: clean(&words.shown),
            full: words.full.map(|full| clean(&full)),
        };
        self.marks.push(Mark::Text(Text {
            at,
            words,
            face: style.face,
            colour: style.colour,
            anchor: style.anchor,
            family: None,
        }));
    }

    /// A line from one point to another.
    pub fn line(&mut self, from: Point, to: Point, colour: Colour, thickness: u32) {
        self.path(vec![from, to], colour, thickness);
    }

    /// A line through points; nothing where there are fewer than two.
    pub fn path(&mut self, points: Vec<Point>, colour: Colour, thickness: u32) {
        if points.len() > 1 {
            self.marks.push(Mark::Line {
                points,
                colour,
                thickness,
            });
        }
    }

    /// A dashed line from one point to another.
    pub fn dashes(&mut self, from: Point, to: Point, colour: Colour, thickness: u32) {
        const DASH: f64 = 5.0;
        const GAP: f64 = 4.0;
        let (dx, dy) = (to.0 - from.0, to.1 - from.1);
        let length = dx.hypot(dy);
        let at = |along: f64| {
            let part = (along / length).min(1.0);
            (from.0 + dx * part, from.1 + dy * part)
        };
        let mut start = 0.0;
        while start < length {
            self.line(at(start), at(start + DASH), colour, thickness);
            start += DASH + GAP;
        }
    }

    /// A dashed line through points; the dashes go round its corners.
    pub fn dashed_path(&mut self, points: &[Point], colour: Colour, thickness: u32) {
        const DASH: f64 = 7.0;
        const GAP: f64 = 5.0;
        let mut dash: Vec<Point> = points.first().copied().into_iter().collect();
        let (mut drawn, mut left) = (true, DASH);
        for pair in points.windows(2) {
            let [start, to] = pair else { continue };
            let mut from = *start;
            let mut length = (to.0 - from.0).hypot(to.1 - from.1);
            while length > left {
                let part = left / length;
                from = (
                    from.0 + (to.0 - from.0) * part,
                    from.1 + (to.1 - from.1) * part,
                );
                length -= left;
                dash.push(from);
                if drawn {
                    self.path(std::mem::take(&mut dash), colour, thickness);
                }
                drawn = !drawn;
                left = if drawn { DASH } else { GAP };
            }
            left -= length;
            if drawn {
                dash.push(*to);
            }
        }
        if drawn {
            self.path(dash, colour, thickness);
        }
    }

    /// A filled shape.
    pub fn area(&mut self, points: Vec<Point>, fill: Ink) {
        if points.len() > 2 {
            self.marks.push(Mark::Area { points, fill });
        }
    }

    /// A band of this height below a curve that runs level at each of the points.
    pub fn band(&mut self, points: Vec<Point>, height: f64, fill: Ink) {
        if points.len() > 1 {
            self.marks.push(Mark::Band {
                points,
                height,
                fill,
            });
        }
    }

    /// A filled rectangle without an edge.
    pub fn patch(&mut self, from: Point, to: Point, fill: impl Into<Ink>) {
        self.marks.push(Mark::Box {
            from,
            to,
            fill: fill.into(),
            edge: None,
        });
    }

    /// A bar: a filled rectangle with an edge of its own hue.
    pub fn bar(&mut self, from: Point, to: Point, fill: impl Into<Ink>) {
        let fill = fill.into();
        self.marks.push(Mark::Box {
            from,
            to,
            fill,
            edge: Some(fill.colour.edge()),
        });
    }

    /// Takes the grid away from behind a line of text, that its letters stand free.
    pub fn clear(&mut self, at: Point, width: f64) {
        const HALF_LINE: f64 = 9.0;
        let (from, to) = (
            (at.0 - 3.0, at.1 - HALF_LINE),
            (at.0 + width + 3.0, at.1 + HALF_LINE),
        );
        self.patch(from, to, PAPER);
    }

    /// A circle.
    pub fn dot(&mut self, at: Point, radius: u32, fill: Colour, edge: Colour) {
        self.marks.push(Mark::Dot {
            at,
            radius,
            fill,
            edge,
        });
    }

    /// Puts another drawing below what is there, `gap` pixels apart.
    pub fn append(&mut self, below: Self, gap: f64) {
        let offset = if self.height > 0.0 {
            self.height + gap
        } else {
            0.0
        };
        self.width = self.width.max(below.width);
        self.height = offset + below.height;
        self.marks
            .extend(below.marks.into_iter().map(|mark| mark.lowered(offset)));
    }

    /// Every text on it, in order.
    pub fn texts(&self) -> impl Iterator<Item = &Text> {
        self.marks.iter().filter_map(|mark| match mark {
            Mark::Text(text) => Some(text),
            _ => None,
        })
    }
}

impl Mark {
    fn lowered(mut self, by: f64) -> Self {
        match &mut self {
            Self::Box { from, to, .. } => {
                from.1 += by;
                to.1 += by;
            }
            Self::Line { points, .. } | Self::Area { points, .. } | Self::Band { points, .. } => {
                for point in points {
                    point.1 += by;
                }
            }
            Self::Dot { at, .. } | Self::Text(Text { at, .. }) => at.1 += by,
        }
        self
    }
}
