#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::io::Read;

use resvg::usvg::roxmltree::Document;

use super::*;
use crate::render::chart::palette;
use crate::render::sample;
use crate::report::document::{Block, Cell};

fn page(report: &Report) -> String {
    String::from_utf8(render(report, &Options::default()).unwrap()).unwrap()
}

fn body(html: &str) -> String {
    let start = html.find("<body>").unwrap();
    let end = html.find("</body>").unwrap() + "</body>".len();
    html[start..end].to_owned()
}

/// Every tag of the page without its attributes, in order. The page quotes all attributes
/// and escapes `<` in all text, so a tag starts at each `<` and ends at the next `>`.
fn tags(html: &str) -> Vec<String> {
    let tags = html.split('<').skip(1);
    tags.map(|tag| {
        tag.split([' ', '>', '\n'])
            .next()
            .unwrap_or_default()
            .to_owned()
    })
    .collect()
}

fn harmless(mut report: Report) -> Report {
    for table in &mut report.tables {
        for cell in table.rows.iter_mut().flatten() {
            // A cell without a name heads no row, whatever the others are called.
            if let Cell::Text(text) = cell
                && !text.is_empty()
            {
                *text = "name".to_owned();
            }
        }
    }
    report.title = "title".to_owned();
    report
}

#[test]
fn hostile_names_make_no_elements() {
    let report = sample::report();
    let (mut wild, mut tame) = (tags(&page(&report)), tags(&page(&harmless(report))));
    wild.sort();
    tame.sort();
    assert_eq!(wild, tame);
}

#[test]
fn nothing_is_fetched_and_nothing_runs() {
    let html = page(&sample::report());
    let (head, data) = html
        .split_once("<script type=\"application/gzip;base64\"")
        .unwrap();
    assert_eq!(html.matches("<script").count(), 1, "the data block alone");
    assert!(
        data.split_once("</script>")
            .is_some_and(|(json, _)| !json.contains('<'))
    );
    let style = &head[..head.find("</style>").unwrap()];
    for forbidden in ["http:", "https:", "@import", "url("] {
        assert!(!style.contains(forbidden), "{forbidden}");
    }
    let body = body(&html);
    let document = Document::parse(&body).unwrap();
    for attribute in document.descendants().flat_map(|node| node.attributes()) {
        let (name, value) = (attribute.name(), attribute.value());
        assert!(
            !name.starts_with("on") && name != "src" && name != "style",
            "{name}"
        );
        assert!(name != "href" || value.starts_with('#'), "{value}");
    }
    assert!(head.contains("default-src 'none'; style-src 'unsafe-inline'; img-src data:;"));
}

#[test]
fn the_page_is_well_built() {
    let html = page(&sample::report());
    assert!(html.starts_with("<!DOCTYPE html>\n<html lang=\"en\">"));
    assert_eq!(html.matches("<h1>").count(), 1);
    let tables = html.matches("<table").count();
    assert_eq!(html.matches("<caption>").count(), tables);
    assert_eq!(
        html.matches("<svg ").count(),
        html.matches("role=\"img\"").count()
    );
    assert!(!html.contains("<title></title>"));
    for landmark in ["<header", "<main>", "<footer>", "<nav "] {
        assert!(html.contains(landmark), "{landmark}");
    }
    assert!(!html.contains(['\0', '\u{1b}', '\u{202e}', '\u{fffe}']));
}

/// The body is written so that an XML parser can read it too: all elements are closed.
#[test]
fn every_element_is_closed() {
    let body = body(&page(&sample::report()));
    let document = Document::parse(&body).unwrap();
    let figures: Vec<_> = document
        .descendants()
        .filter(|node| node.has_tag_name("figure"))
        .collect();
    assert!(!figures.is_empty());
    for figure in figures {
        let has = |name: &str| {
            figure
                .descendants()
                .any(|node| node.tag_name().name() == name)
        };
        assert!(has("svg") && has("table") && has("figcaption"));
    }
}

#[test]
fn the_data_block_is_the_report() {
    let report = sample::report();
    let html = page(&report);
    let (_, data) = html.split_once("id=\"report-data\">").unwrap();
    let (data, _) = data.split_once("</script>").unwrap();
    let packed = STANDARD.decode(data).unwrap();
    let mut embedded = Vec::new();
    flate2::read::GzDecoder::new(packed.as_slice())
        .read_to_end(&mut embedded)
        .unwrap();
    assert_eq!(
        embedded,
        json::render(&report, &Options::default()).unwrap()
    );
}

#[test]
fn missing_values_say_why() {
    let html = page(&sample::report());
    assert!(html.contains("title=\"nothing to divide by\">n/a<sup>"));
    assert!(html.contains("</sup> nothing to divide by"));
}

#[test]
fn a_table_behind_its_chart_is_shown_once() {
    let mut report = sample::report();
    let chart = report.charts[0].clone();
    let section = |blocks| Section {
        id: "one".to_owned(),
        title: "One".to_owned(),
        blocks,
    };
    let (drawn, listed) = (
        Block::Chart(chart.id.clone()),
        Block::Table(chart.table.clone()),
    );
    report.sections = vec![section(vec![drawn.clone(), listed.clone()])];
    let caption = format!(
        "<caption>{}</caption>",
        Words::new(&report.table(&chart.table).unwrap().title)
    );
    let plain_caption = caption.replace('<', "&lt;");
    assert_ne!(caption, plain_caption);
    assert_eq!(page(&report).matches(&caption).count(), 1);
    assert!(!page(&report).contains("Numbers of this chart"));
    report.sections = vec![section(vec![listed, drawn])];
    assert_eq!(page(&report).matches(&caption).count(), 2);
    assert!(page(&report).contains("Numbers of this chart"));
}

#[test]
fn a_report_without_sections_shows_its_tables() {
    let report = Report {
        sections: Vec::new(),
        ..sample::report()
    };
    assert!(page(&report).matches("<table").count() >= report.tables.len());
}

#[test]
fn bytes_are_the_same() {
    let report = sample::report();
    assert_eq!(page(&report), page(&report));
}

/// The style sheet turns the neutral colours of the drawings around in the dark.
#[test]
fn the_style_sheet_knows_the_colours_of_the_drawings() {
    let style = include_str!("../../../templates/report.css");
    for colour in [
        palette::PAPER,
        palette::INK,
        palette::MUTED,
        palette::AXIS,
        palette::GRID,
        palette::ACCENT,
    ] {
        let code = format!("\"#{:02X}{:02X}{:02X}\"", colour.0, colour.1, colour.2);
        assert!(style.contains(&code), "{code}");
    }
}
