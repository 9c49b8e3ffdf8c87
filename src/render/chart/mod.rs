//! Charts: from numbers to pictures that stand on a slide.
//!
//! A chart is laid out once as a list of marks (`drawing`), written as SVG by plotters
//! (`paint`), and that same SVG is rasterised for PNG (`picture`), so all formats show
//! one picture. There is one file per kind of plot. What they share: names and numbers
//! stand beside the marks instead of in a legend, margins come from measured text,
//! zero is always shown on an axis of lengths, an interval is a thin line that no number
//! covers, and what is undefined is said in words where the mark would be. An infinity or
//! NaN counts as undefined, as in every other format, and never reaches the arithmetic of
//! a scale.
//!
//! Nothing here computes a figure, reads a clock or looks at the machine; only a PNG
//! with letters that the embedded font lacks asks for the fonts of the system.

mod areas;
mod bars;
mod curve;
mod drawing;
mod flows;
mod fonts;
mod funnel;
mod heat;
mod page;
mod paint;
pub mod palette;
mod picture;
mod scale;
mod segments;
mod spans;
mod spark;
mod strips;
mod text;
mod tornado;
mod trend;
mod typeset;

use crate::render::{Options, RenderError};
use crate::report::document::{Chart, Plot, Report};

use drawing::Drawing;
use page::Page;
use paint::Caption;
pub use picture::Png;
pub use spark::sparkline;
pub use text::clean;

/// The chart as an SVG document of the usual width.
///
/// # Errors
/// [`RenderError::Chart`] where plotters refuses, which no input should cause.
pub fn svg(chart: &Chart, currency: Option<&str>) -> Result<String, RenderError> {
    lay_out(Page::WIDE, chart, currency)
        .and_then(|drawing| paint::svg(&on_paper(drawing), caption(chart)))
        .map_err(|error| error.of_chart(&chart.id))
}

/// The chart without its heading, for a page that prints the title itself.
///
/// # Errors
/// As [`svg`].
pub fn svg_inline(chart: &Chart, currency: Option<&str>) -> Result<String, RenderError> {
    svg_inline_on(Page::WIDE, chart, currency)
}

/// The same laid out for a telephone, with letters of the same size.
///
/// # Errors
/// As [`svg`].
pub fn svg_inline_narrow(chart: &Chart, currency: Option<&str>) -> Result<String, RenderError> {
    svg_inline_on(Page::NARROW, chart, currency)
}

/// The chart as a PNG of `options.scale` pixels per unit.
///
/// # Errors
/// [`RenderError::Chart`] where the scale is no size, or the font of
/// `options.extra_font` cannot be read.
pub fn png(chart: &Chart, currency: Option<&str>, options: &Options) -> Result<Png, RenderError> {
    let fault = |error: ChartError| error.of_chart(&chart.id);
    let drawing = on_paper(lay_out(Page::WIDE, chart, currency).map_err(fault)?);
    picture::png(&drawing, caption(chart), options).map_err(fault)
}

/// Every chart of the report, one below the other, as one SVG document.
///
/// # Errors
/// [`RenderError::NoChart`] where the report has none; else as [`svg`].
pub fn render_svg(report: &Report, options: &Options) -> Result<Vec<u8>, RenderError> {
    let report = &*options.speech.report(report);
    let sheet = sheet(report, "svg")?;
    let svg = paint::svg(&sheet, sheet_caption(report)).map_err(|error| error.of_sheet("svg"))?;
    Ok(svg.into_bytes())
}

/// Every chart of the report, one below the other, as one PNG.
///
/// # Errors
/// [`RenderError::NoChart`] where the report has none; else as [`png`].
pub fn render_png(report: &Report, options: &Options) -> Result<Vec<u8>, RenderError> {
    Ok(sheet_png(report, options)?.bytes)
}

/// As [`render_png`], with the letters that no font has.
///
/// # Errors
/// As [`render_png`].
pub fn sheet_png(report: &Report, options: &Options) -> Result<Png, RenderError> {
    let report = &*options.speech.report(report);
    let sheet = sheet(report, "png")?;
    picture::png(&sheet, sheet_caption(report), options).map_err(|error| error.of_sheet("png"))
}

fn svg_inline_on(page: Page, chart: &Chart, currency: Option<&str>) -> Result<String, RenderError> {
    text::register()
        .and_then(|()| paint::svg(&plot(page, chart, currency), caption(chart)))
        .map_err(|error| error.of_chart(&chart.id))
}

/// The whole chart without its paper: heading, plot, margins.
fn lay_out(page: Page, chart: &Chart, currency: Option<&str>) -> Result<Drawing, ChartError> {
    text::register()?;
    let mut drawing = page.heading(&chart.title);
    drawing.append(plot(page, chart, currency), page::GAP);
    drawing.height += page::MARGIN;
    Ok(drawing)
}

fn plot(page: Page, chart: &Chart, currency: Option<&str>) -> Drawing {
    match &chart.plot {
        Plot::Funnel(steps) => funnel::draw(steps, page),
        Plot::Bars(bars) => bars::draw(bars, page, currency),
        Plot::Histogram(bars) => bars::draw_histogram(bars, page, currency),
        Plot::Trend(trend) => trend::draw(trend, page, currency),
        Plot::Spans(spans) => spans::draw(spans, page),
        Plot::Strips(strips) => strips::draw(strips, page),
        Plot::Heat(heat) => heat::draw(heat, page),
        Plot::Flows(flows) => flows::draw(flows, page),
        Plot::Curve(curve) => curve::draw(curve, page, currency),
        Plot::Fan(fan) => curve::draw_fan(fan, page, currency),
        Plot::Tornado(tornado) => tornado::draw(tornado, page, currency),
        Plot::Segments(parts) => segments::draw(parts, page, currency),
        Plot::Areas(shares) => areas::draw(shares, page),
    }
}

fn on_paper(mut drawing: Drawing) -> Drawing {
    let mut paper = Drawing::new(drawing.width);
    paper.patch((0.0, 0.0), (drawing.width, drawing.height), palette::PAPER);
    drawing.marks.splice(0..0, paper.marks);
    drawing
}

fn sheet(report: &Report, format: &'static str) -> Result<Drawing, RenderError> {
    if report.charts.is_empty() {
        return Err(RenderError::NoChart(format));
    }
    let currency = report.context.currency.as_deref();
    let mut sheet = Drawing::new(Page::WIDE.width);
    for chart in &report.charts {
        let drawing =
            lay_out(Page::WIDE, chart, currency).map_err(|error| error.of_chart(&chart.id))?;
        sheet.append(drawing, page::GAP);
    }
    Ok(on_paper(sheet))
}

/// A chart without a title is at least called by its id.
fn caption(chart: &Chart) -> Caption<'_> {
    let titled = !chart.title.trim().is_empty();
    Caption {
        title: if titled { &chart.title } else { &chart.id },
        description: &chart.description,
    }
}

fn sheet_caption(report: &Report) -> Caption<'_> {
    let titled = !report.title.trim().is_empty();
    Caption {
        title: if titled {
            &report.title
        } else {
            &report.command
        },
        description: "The charts of the report, one below the other.",
    }
}

/// Why a chart cannot be drawn.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ChartError {
    /// The embedded font is damaged.
    #[error("the embedded font cannot be read")]
    EmbeddedFont,
    /// plotters refused.
    #[error("drawing failed: {0}")]
    Pen(String),
    /// The picture cannot be rasterised.
    #[error("the picture cannot be made: {0}")]
    Picture(String),
    /// The font of the configuration cannot be used.
    #[error(
        "the font `{path}` cannot be used ({cause}); give [charts] font a TrueType or OpenType file"
    )]
    ExtraFont {
        /// The file as named in the configuration.
        path: String,
        /// What is wrong with it.
        cause: String,
    },
}

impl ChartError {
    fn of_chart(self, id: &str) -> RenderError {
        RenderError::Chart {
            id: id.to_owned(),
            cause: self.to_string(),
        }
    }

    fn of_sheet(self, format: &'static str) -> RenderError {
        RenderError::Encode {
            format,
            cause: self.to_string(),
        }
    }
}

#[cfg(test)]
mod tests;
