//! The pieces of a section for the template, each chart together with its table.
//!
//! A chart is a figure that holds the table of its numbers. Where the section goes on
//! with that very table, the figure takes it, open; else it has it to be opened, and the
//! table stands where the report put it.

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
    /// A chart with its table.
    Figure(Box<FigureView>),
}

/// A chart with its table.
pub struct FigureView {
    /// Its name.
    pub title: Words,
    /// What it shows.
    pub description: Words,
    /// SVG of our own for wide screens and paper.
    pub wide: String,
    /// SVG of our own for telephones.
    pub narrow: String,
    /// The numbers; absent where the report does not have the table.
    pub numbers: Option<Sheet>,
    /// True where the table is seen at once.
    pub open: bool,
}

/// The pieces of a section, in order.
///
/// # Errors
/// [`RenderError::Chart`] where a chart cannot be drawn.
pub fn views(section: &Section, report: &Report) -> Result<Vec<BlockView>, RenderError> {
    let mut views = Vec::new();
    let mut taken: Option<&str> = None;
    for (index, block) in section.blocks.iter().enumerate() {
        match block {
            Block::Chart(id) => {
                if let Some(chart) = report.chart(id) {
                    let next = section.blocks.get(index + 1);
                    let open = matches!(next, Some(Block::Table(id)) if *id == chart.table);
                    taken = open.then_some(chart.table.as_str());
                    views.push(BlockView::Figure(Box::new(figure(chart, open, report)?)));
                }
            }
            Block::Table(id) if taken == Some(id.as_str()) => taken = None,
            other => views.extend(plain_view(other, report)?),
        }
    }
    Ok(views)
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

fn figure(chart: &Chart, open: bool, report: &Report) -> Result<FigureView, RenderError> {
    let currency = report.context.currency.as_deref();
    Ok(FigureView {
        title: Words::new(&chart.title),
        description: Words::new(&chart.description),
        wide: chart::svg_inline(chart, currency)?,
        narrow: chart::svg_inline_narrow(chart, currency)?,
        numbers: report
            .table(&chart.table)
            .map(|table| Sheet::new(table, currency)),
        open,
    })
}
