//! The pieces of a section for the template, each chart together with its table.
//!
//! A chart is a figure that holds the table of its numbers; charts of one table that follow
//! each other share it. Where the section goes on with that very table, the figure takes
//! it, open; else it has it to be opened, and the table stands where the report put it.

use crate::render::{RenderError, chart};
use crate::report::document::{Block, Chart, Report, Section};

use super::grid::Sheet;
use super::tile::TileView;
use super::words::Words;

/// A piece of a section.
pub enum BlockView {
    /// A paragraph.
    Text(Words),
    /// Points.
    List(Vec<Words>),
    /// Key figures.
    Tiles(Vec<TileView>),
    /// A table.
    Table(Sheet),
    /// Charts with their table.
    Figure(FigureView),
}

/// Charts with their table.
pub struct FigureView {
    /// At least one.
    pub pictures: Vec<PictureView>,
    /// The numbers; absent where the report does not have the table.
    pub numbers: Option<Sheet>,
    /// True where the table is seen at once.
    pub open: bool,
}

/// A chart.
pub struct PictureView {
    /// Its name.
    pub title: Words,
    /// What it shows.
    pub description: Words,
    /// SVG of our own for wide screens and paper.
    pub wide: String,
    /// SVG of our own for telephones.
    pub narrow: String,
}

/// The pieces of a section, in order.
///
/// # Errors
/// [`RenderError::Chart`] where a chart cannot be drawn.
pub fn views(section: &Section, report: &Report) -> Result<Vec<BlockView>, RenderError> {
    let mut views = Vec::new();
    let mut rest = section.blocks.as_slice();
    while let Some((block, after)) = rest.split_first() {
        rest = after;
        if let Block::Chart(id) = block {
            let Some(first) = report.chart(id) else {
                continue;
            };
            let charts = sharing(first, &mut rest, report);
            let open = matches!(rest.first(), Some(Block::Table(id)) if *id == first.table);
            rest = &rest[usize::from(open)..];
            views.push(BlockView::Figure(figure(&charts, open, report)?));
        } else {
            views.extend(plain_view(block, report)?);
        }
    }
    Ok(views)
}

/// The chart and those right behind it that show the same table; they are taken from `rest`.
fn sharing<'a>(first: &'a Chart, rest: &mut &[Block], report: &'a Report) -> Vec<&'a Chart> {
    let mut charts = vec![first];
    while let Some((Block::Chart(id), after)) = rest.split_first() {
        match report.chart(id) {
            Some(chart) if chart.table == first.table => charts.push(chart),
            _ => break,
        }
        *rest = after;
    }
    charts
}

/// Anything but a chart; nothing where the report lacks the table.
fn plain_view(block: &Block, report: &Report) -> Result<Option<BlockView>, RenderError> {
    let currency = report.context.currency.as_deref();
    Ok(match block {
        Block::Text(text) => Some(BlockView::Text(Words::new(text))),
        Block::List(points) => Some(BlockView::List(
            points.iter().map(|point| Words::new(point)).collect(),
        )),
        Block::Tiles(tiles) => {
            let tiles = tiles.iter().map(|tile| TileView::new(tile, currency));
            Some(BlockView::Tiles(tiles.collect::<Result<_, _>>()?))
        }
        Block::Table(id) => report
            .table(id)
            .map(|table| BlockView::Table(Sheet::new(table, currency))),
        Block::Chart(_) => None,
    })
}

fn figure(charts: &[&Chart], open: bool, report: &Report) -> Result<FigureView, RenderError> {
    let currency = report.context.currency.as_deref();
    let pictures = charts.iter().map(|chart| picture(chart, currency));
    let table = charts.first().and_then(|chart| report.table(&chart.table));
    Ok(FigureView {
        pictures: pictures.collect::<Result<_, _>>()?,
        numbers: table.map(|table| Sheet::new(table, currency)),
        open,
    })
}

fn picture(chart: &Chart, currency: Option<&str>) -> Result<PictureView, RenderError> {
    Ok(PictureView {
        title: Words::new(&chart.title),
        description: Words::new(&chart.description),
        wide: chart::svg_inline(chart, currency)?,
        narrow: chart::svg_inline_narrow(chart, currency)?,
    })
}
