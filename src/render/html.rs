//! The report as one HTML file.
//!
//! It holds everything it needs: no script, no request to anywhere (a content security
//! policy forbids both), charts as inline SVG, the report itself as a JSON data block
//! that `diff` reads back. Every chart is a figure with the table of its numbers. Light
//! and dark, screen and paper, telephone and desk are matters of the style sheet alone.
//!
//! The template is checked and escapes at compile time. What it may print raw is written
//! by us: SVG of `chart` and JSON of `json`. All other text comes as [`Words`].

mod block;
mod grid;
mod spoken;
mod tile;
mod words;

use std::io::Write;

use askama::Template;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use flate2::Compression;
use flate2::write::GzEncoder;

use crate::report::document::{Note, Report, Section};

use super::{Options, RenderError, escape, frame, json};
use block::BlockView;
use grid::Sheet;
use spoken::Frame;
use words::Words;

/// The report as one file.
///
/// # Errors
/// [`RenderError::Chart`] where a chart cannot be drawn, which no input should cause.
pub fn render(report: &Report, options: &Options) -> Result<Vec<u8>, RenderError> {
    let spoken = options.speech.report(report);
    let mut page = Page::new(&spoken, options, data_block(report, options)?)?;
    page.speak(&options.speech);
    let html = page.render().map_err(|error| RenderError::Encode {
        format: "html",
        cause: error.to_string(),
    })?;
    Ok(html.into_bytes())
}

/// Notes shown of each severity.
const NOTES_SHOWN: usize = 20;

/// What the template prints.
#[derive(Template)]
#[template(path = "report.html")]
struct Page {
    title: Words,
    context: Vec<Words>,
    partial: bool,
    summary: Vec<Words>,
    sections: Vec<SectionView>,
    checks: Option<Sheet>,
    notes: Vec<NoteView>,
    more_notes: Option<Words>,
    json: String,
    own: Frame,
    version: &'static str,
}

/// A heading with what stands under it.
struct SectionView {
    id: String,
    title: Words,
    blocks: Vec<BlockView>,
}

/// A note in words.
struct NoteView {
    severity: &'static str,
    severity_said: String,
    text: Words,
    hint: Option<Words>,
}

impl Page {
    /// `json` is the report in the program's own language, for scripts.
    fn new(report: &Report, options: &Options, json: String) -> Result<Self, RenderError> {
        let (notes, rest) = frame::notes(&report.notes, NOTES_SHOWN);
        Ok(Self {
            title: title(report),
            context: frame::context(&report.context)
                .iter()
                .map(|part| Words::new(part))
                .collect(),
            partial: report.context.period.partial,
            summary: report
                .summary
                .iter()
                .map(|sentence| Words::new(sentence))
                .collect(),
            sections: sections(report)?,
            checks: (!report.checks.is_empty()).then(|| Sheet::of_checks(&report.checks)),
            notes: notes.into_iter().map(NoteView::new).collect(),
            more_notes: frame::more_notes(&rest).map(|text| Words::new(&text)),
            json,
            own: Frame::new(&options.speech),
            version: env!("CARGO_PKG_VERSION"),
        })
    }
}

impl NoteView {
    fn new(note: &Note) -> Self {
        Self {
            severity: frame::severity_of(note),
            severity_said: frame::severity_of(note).to_owned(),
            text: Words::new(&frame::note_text(note)),
            hint: note.hint.as_deref().map(Words::new),
        }
    }
}

fn title(report: &Report) -> Words {
    let titled = !report.title.trim().is_empty();
    Words::new(if titled {
        &report.title
    } else {
        &report.command
    })
}

/// The sections with anchors of their own; a report without sections shows its tables.
fn sections(report: &Report) -> Result<Vec<SectionView>, RenderError> {
    if report.sections.is_empty() {
        return Ok(all_tables(report).into_iter().collect());
    }
    let anchors = escape::slugs(report.sections.iter().map(|section| section.id.as_str()));
    let section = |(section, anchor): (&Section, String)| {
        Ok(SectionView {
            id: anchor,
            title: Words::new(&section.title),
            blocks: block::views(section, report)?,
        })
    };
    report.sections.iter().zip(anchors).map(section).collect()
}

fn all_tables(report: &Report) -> Option<SectionView> {
    let currency = report.context.currency.as_deref();
    let sheets = report
        .tables
        .iter()
        .map(|table| BlockView::Table(Sheet::new(table, currency)));
    let blocks: Vec<BlockView> = sheets.collect();
    (!blocks.is_empty()).then(|| SectionView {
        id: "tables".to_owned(),
        title: Words::new("Tables"),
        blocks,
    })
}

/// The report as JSON, packed with gzip and written in base64: a sixth of its size, and
/// nothing in it can end its element. A level of its own keeps the bytes the same.
fn data_block(report: &Report, options: &Options) -> Result<String, RenderError> {
    let failure = |error: std::io::Error| RenderError::Encode {
        format: "html",
        cause: error.to_string(),
    };
    let mut packed = GzEncoder::new(Vec::new(), Compression::new(9));
    packed
        .write_all(&json::render(report, options)?)
        .map_err(failure)?;
    Ok(STANDARD.encode(packed.finish().map_err(failure)?))
}

#[cfg(test)]
mod tests;
