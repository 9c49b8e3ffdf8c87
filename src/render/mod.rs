//! The report as bytes: one file per format, all listed in [`ALL`].
//!
//! A renderer takes the finished document and prints it. It computes nothing, opens
//! nothing and writes nowhere; rounding is `number`'s business alone, escaping
//! `escape`'s. To add a format is one file and one line of the list; help, suffixes
//! and the shared tests pick it up from there.

pub mod bars;
pub mod chart;
pub mod columns;
pub mod csv;
pub mod decimal;
pub mod escape;
pub mod flat;
pub mod frame;
pub mod github;
pub mod grid;
pub mod html;
pub mod json;
pub mod junit;
pub mod legend;
pub mod markdown;
pub mod number;
pub mod parquet;
pub mod schema;
pub mod speech;
pub mod table;
pub mod tiles;
pub mod width;
pub mod xlsx;

#[cfg(test)]
pub mod sample;

use std::path::PathBuf;

use crate::report::document::Report;
use speech::Speech;

/// A way to print a report.
#[derive(Debug)]
pub struct Format {
    /// What `--format` takes.
    pub name: &'static str,
    /// File suffixes, lower case, without the dot; the first is the usual one.
    pub suffixes: &'static [&'static str],
    /// One line of help.
    pub doc: &'static str,
    /// The printer.
    pub render: fn(&Report, &Options) -> Result<Vec<u8>, RenderError>,
    /// True where the bytes are no text and do not belong on a terminal.
    pub binary: bool,
}

/// Every format, in reading order.
pub const ALL: &[Format] = &[
    Format {
        name: "table",
        suffixes: &["txt"],
        doc: "tables for the terminal",
        render: table::render,
        binary: false,
    },
    Format {
        name: "json",
        suffixes: &["json"],
        doc: "everything, unrounded: the contract of scripts",
        render: json::render,
        binary: false,
    },
    Format {
        name: "csv",
        suffixes: &["csv"],
        doc: "one table, unrounded: that of --table or --by, else the main one",
        render: csv::render,
        binary: false,
    },
    Format {
        name: "markdown",
        suffixes: &["md", "markdown"],
        doc: "for pull requests, wikis and chat",
        render: markdown::render,
        binary: false,
    },
    Format {
        name: "html",
        suffixes: &["html", "htm"],
        doc: "one file with tables and charts, no script, no request",
        render: html::render,
        binary: false,
    },
    Format {
        name: "xlsx",
        suffixes: &["xlsx"],
        doc: "a workbook, one sheet per table, unrounded with formats",
        render: xlsx::render,
        binary: true,
    },
    Format {
        name: "parquet",
        suffixes: &["parquet"],
        doc: "one table, unrounded, for warehouses and notebooks",
        render: parquet::render,
        binary: true,
    },
    Format {
        name: "svg",
        suffixes: &["svg"],
        doc: "the charts as one drawing",
        render: chart::render_svg,
        binary: false,
    },
    Format {
        name: "png",
        suffixes: &["png"],
        doc: "the charts as one picture",
        render: chart::render_png,
        binary: true,
    },
    Format {
        name: "github",
        suffixes: &[],
        doc: "what failed, as annotations of GitHub Actions",
        render: github::render,
        binary: false,
    },
];

/// The format that `--format` names.
#[must_use]
pub fn by_name(name: &str) -> Option<&'static Format> {
    ALL.iter().find(|format| format.name == name)
}

/// The format that writes files with this suffix (without the dot, in any case).
#[must_use]
pub fn by_suffix(suffix: &str) -> Option<&'static Format> {
    let suffix = suffix.to_ascii_lowercase();
    ALL.iter()
        .find(|format| format.suffixes.contains(&suffix.as_str()))
}

/// What the reader of an output wants or can show.
#[derive(Debug, Clone, PartialEq)]
pub struct Options {
    /// Columns of the terminal; `None` prints tables in full width.
    pub width: Option<usize>,
    /// Bold and dim text in the terminal table.
    pub colour: bool,
    /// CSV text as it is, formulas included (`--raw-csv`).
    pub raw_csv: bool,
    /// Pixels per unit of a PNG.
    pub scale: f64,
    /// A font to try for letters that the embedded one does not have (`[charts] font`).
    pub extra_font: Option<PathBuf>,
    /// True where `charts/<id>.svg` lies beside the file, so that Markdown may show it.
    pub assets: bool,
    /// In which language the formats for people speak.
    pub speech: Speech,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            width: None,
            colour: false,
            raw_csv: false,
            scale: 2.0,
            extra_font: None,
            assets: false,
            speech: Speech::default(),
        }
    }
}

/// Why a report cannot be printed in a format.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RenderError {
    /// A flat format and a report without tables.
    #[error(
        "this report has no table, so there is nothing to write as {0}; take --format json or table"
    )]
    NoTable(&'static str),
    /// A picture format and a report without charts.
    #[error(
        "this report has no chart, so there is nothing to draw as {0}; take --format json or table"
    )]
    NoChart(&'static str),
    /// A chart cannot be drawn.
    #[error("the chart `{id}` cannot be drawn: {cause}")]
    Chart {
        /// Id of the chart.
        id: String,
        /// What went wrong, in words.
        cause: String,
    },
    /// A writer of a format failed.
    #[error("the report cannot be written as {format}: {cause}")]
    Encode {
        /// Name of the format.
        format: &'static str,
        /// What went wrong, in words.
        cause: String,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_are_found_by_name_and_suffix() {
        for format in ALL {
            assert_eq!(
                by_name(format.name).map(|found| found.name),
                Some(format.name)
            );
            for suffix in format.suffixes {
                assert_eq!(by_suffix(suffix).map(|found| found.name), Some(format.name));
            }
        }
        assert_eq!(by_suffix("MD").map(|found| found.name), Some("markdown"));
        assert!(by_name("xml").is_none() && by_suffix("exe").is_none());
    }

    #[test]
    fn the_same_report_is_the_same_bytes() {
        let options = Options {
            width: Some(72),
            colour: true,
            ..Options::default()
        };
        for format in ALL {
            let first = (format.render)(&sample::report(), &options);
            assert_eq!(
                first,
                (format.render)(&sample::report(), &options),
                "{}",
                format.name
            );
        }
    }
}
