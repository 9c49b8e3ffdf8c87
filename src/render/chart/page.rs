//! The sheet a chart is drawn on: its width, its type sizes, its heading and footnotes.

use super::drawing::{Drawing, Style};
use super::palette::{INK, MUTED};
use super::text::Face;

/// Blank pixels at every edge.
pub const MARGIN: f64 = 16.0;

/// Blank pixels between the parts of a chart.
pub const GAP: f64 = 12.0;

/// Names of bars, stages and steps.
pub const NAME: Style = Style::new(Face::regular(14.0), INK);
/// Values.
pub const VALUE: Style = Style::new(Face::bold(14.0), INK);
/// Remarks behind values, and words in the place of a mark.
pub const REMARK: Style = Style::new(Face::regular(13.0), MUTED);
/// Labels of axes, and footnotes.
pub const SMALL: Style = Style::new(Face::regular(12.0), MUTED);

/// How much room a chart has.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Page {
    /// Pixels across.
    pub width: f64,
}

impl Page {
    /// For slides, documents and screens.
    pub const WIDE: Self = Self { width: 880.0 };

    /// For telephones.
    pub const NARROW: Self = Self { width: 400.0 };

    /// True where names stand above their marks instead of beside them.
    #[must_use]
    pub fn is_narrow(self) -> bool {
        self.width < 560.0
    }

    /// The leftmost pixel in use.
    #[must_use]
    pub fn left(self) -> f64 {
        MARGIN
    }

    /// The rightmost pixel in use.
    #[must_use]
    pub fn right(self) -> f64 {
        self.width - MARGIN
    }

    /// Pixels between the margins.
    #[must_use]
    pub fn inner(self) -> f64 {
        self.right() - self.left()
    }

    /// A drawing with nothing but the title, in at most two lines.
    #[must_use]
    pub fn heading(self, title: &str) -> Drawing {
        let size = if self.is_narrow() { 16.0 } else { 18.0 };
        let style = Style::new(Face::bold(size), INK);
        let mut drawing = Drawing::new(self.width);
        drawing.height = MARGIN;
        for line in style.face.wrap(&super::text::clean(title), self.inner(), 2) {
            let middle = drawing.height + size * 0.6;
            drawing.text((self.left(), middle), &line, style);
            drawing.height += size * 1.25;
        }
        drawing
    }

    /// Writes a footnote below the drawing, in as many lines as it needs.
    pub fn footnote(self, drawing: &mut Drawing, words: &str) {
        const LINE: f64 = 16.0;
        drawing.height += 6.0;
        for line in SMALL.face.wrap(words, self.inner(), 4) {
            drawing.text((self.left(), drawing.height + LINE / 2.0), &line, SMALL);
            drawing.height += LINE;
        }
    }

    /// The drawing of a chart that has nothing to show.
    #[must_use]
    pub fn nothing(self) -> Drawing {
        let mut drawing = Drawing::new(self.width);
        drawing.text((self.left(), 12.0), "nothing to show", REMARK);
        drawing.height = 24.0;
        drawing
    }
}

/// Widest of some texts in one face.
#[must_use]
pub fn widest<'a>(face: Face, texts: impl IntoIterator<Item = &'a str>) -> f64 {
    let widths = texts
        .into_iter()
        .map(|text| face.width(&super::text::clean(text)));
    widths.fold(0.0, f64::max)
}

/// How many entries a chart draws at most; the table beside it has them all.
pub const MOST_ROWS: usize = 40;

/// "and 12 more in the table", where something was left out.
#[must_use]
pub fn left_out(entries: usize) -> Option<String> {
    let more = entries.saturating_sub(MOST_ROWS);
    (more > 0).then(|| format!("The first {MOST_ROWS}; {more} more are in the table."))
}
