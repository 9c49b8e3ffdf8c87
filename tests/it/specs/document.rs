//! Specifications as text: blocks in, blocks out.

use std::collections::BTreeSet;

use serde_json::Value;

use super::cell::{Expected, written};

/// A block and where it stands.
pub struct Piece {
    /// Line of the file, from 1.
    pub line: usize,
    /// The block.
    pub block: Block,
    /// The lines of the file, for writing it back.
    source: Vec<String>,
}

/// What a specification consists of.
pub enum Block {
    /// Prose.
    Text(()),
    /// A `##` heading: from here on a fresh folder with the files of the beginning.
    Heading,
    /// An input file.
    File { file: String, text: String },
    /// A command, how it must end and what it must say.
    Command {
        line: String,
        status: i32,
        says: Vec<String>,
        env: Vec<(String, String)>,
    },
    /// A table that must come out.
    Table(Table),
}

/// An expected table.
pub struct Table {
    /// Its id in the JSON.
    pub id: String,
    /// True: other rows may be there, and rows are found by their first columns.
    pub partial: bool,
    /// Column ids, `rate.part` for a part of a rate.
    pub columns: Vec<String>,
    /// Cells as they are written.
    pub rows: Vec<Vec<String>>,
}

impl Table {
    /// The row of the answer that an expected row speaks of: found by the columns that name it,
    /// so that the order in which people like to see rows is no matter here.
    pub fn find<'a>(&self, rows: &'a [Value], index: usize) -> Option<&'a Value> {
        if let ([row], false) = (rows, self.partial) {
            return Some(row);
        }
        let cells = &self.rows[index];
        let named = |row: &&Value| {
            let mut keys = self.columns.iter().zip(cells).take(self.keys());
            keys.all(|(column, cell)| written(row, column, "") == *cell)
        };
        let fits = |row: &&Value| {
            let mut all = self.columns.iter().zip(cells);
            all.all(|(column, cell)| Expected::read(cell).fits(row, column).is_ok())
        };
        let candidates = || rows.iter().filter(named);
        candidates().find(fits).or_else(|| candidates().next())
    }

    /// How many columns name a row: as many as are needed to tell the expected rows apart.
    pub fn keys(&self) -> usize {
        let distinct = |keys: &usize| {
            let names: BTreeSet<&[String]> = self
                .rows
                .iter()
                .map(|row| &row[..(*keys).min(row.len())])
                .collect();
            names.len() == self.rows.len()
        };
        (1..self.columns.len())
            .find(distinct)
            .unwrap_or(self.columns.len())
    }
}

/// The blocks of a specification.
pub fn read(text: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut lines = text.lines().enumerate();
    while let Some((index, line)) = lines.next() {
        let mut source = vec![line.to_owned()];
        let Some(fence) = line.strip_prefix("```") else {
            let block = if line.starts_with("## ") {
                Block::Heading
            } else {
                Block::Text(())
            };
            pieces.push(Piece {
                line: index + 1,
                block,
                source,
            });
            continue;
        };
        let mut body = Vec::new();
        for (_, line) in lines.by_ref() {
            source.push(line.to_owned());
            if line == "```" {
                break;
            }
            body.push(line.to_owned());
        }
        let block = fenced(fence, &body);
        pieces.push(Piece {
            line: index + 1,
            block,
            source,
        });
    }
    pieces
}

fn fenced(fence: &str, body: &[String]) -> Block {
    let mut words = fence.split_whitespace();
    let kind = words.next().unwrap_or_default();
    let attributes: Vec<(&str, &str)> = words
        .map(|word| word.split_once('=').unwrap_or((word, "")))
        .collect();
    let attribute = |name: &str| {
        let found = attributes.iter().find(|(key, _)| *key == name);
        found.map(|(_, value)| (*value).to_owned())
    };
    match (kind, attribute("file"), attribute("id")) {
        ("console", _, _) => command(body, attribute("exit"), &attributes),
        ("table", _, Some(id)) => Block::Table(table(id, attribute("partial").is_some(), body)),
        (_, Some(file), _) => {
            let text: Vec<String> = body.iter().flat_map(|line| repeated(line)).collect();
            Block::File {
                file,
                text: text.join("\n") + "\n",
            }
        }
        _ => panic!("```{fence} is no block of a specification"),
    }
}

fn command(body: &[String], exit: Option<String>, attributes: &[(&str, &str)]) -> Block {
    let mut body = body.iter();
    let line = body
        .next()
        .and_then(|line| line.strip_prefix("$ leadflow "));
    Block::Command {
        line: line.expect("`$ leadflow ...`").to_owned(),
        status: exit.map_or(0, |exit| exit.parse().expect("an exit status")),
        says: body.cloned().collect(),
        env: attributes
            .iter()
            .filter(|(key, _)| key.starts_with("LEADFLOW_"))
            .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()))
            .collect(),
    }
}

fn table(id: String, partial: bool, body: &[String]) -> Table {
    let mut rows = body.iter().map(|line| cells(line));
    let columns = rows.next().expect("a heading");
    Table {
        id,
        partial,
        columns,
        rows: rows.skip(1).collect(),
    }
}

fn cells(line: &str) -> Vec<String> {
    let inner = line
        .trim()
        .strip_prefix('|')
        .and_then(|line| line.strip_suffix('|'));
    let inner = inner.unwrap_or_else(|| panic!("no row of a table: {line}"));
    inner
        .split('|')
        .map(|cell| cell.trim().to_owned())
        .collect()
}

/// `a{1..3},b{1..3}` stands for three lines: a1,b1 to a3,b3.
fn repeated(line: &str) -> Vec<String> {
    let range = || {
        let (_, rest) = line.split_once('{')?;
        let (range, _) = rest.split_once('}')?;
        let (first, last) = range.split_once("..")?;
        Some((
            range,
            first.parse::<u32>().ok()?..=last.parse::<u32>().ok()?,
        ))
    };
    match range() {
        Some((range, numbers)) => {
            let pattern = format!("{{{range}}}");
            numbers
                .map(|number| line.replace(&pattern, &number.to_string()))
                .collect()
        }
        None => vec![line.to_owned()],
    }
}

/// The specification with the tables as they are now.
pub fn write(pieces: &[Piece]) -> String {
    let mut lines: Vec<String> = Vec::new();
    for piece in pieces {
        match &piece.block {
            Block::Table(table) => {
                lines.extend(piece.source.first().cloned());
                lines.extend(table_lines(table));
                lines.push("```".into());
            }
            _ => lines.extend(piece.source.iter().cloned()),
        }
    }
    lines.join("\n") + "\n"
}

fn table_lines(table: &Table) -> Vec<String> {
    let line = |cells: &[String]| format!("| {} |", cells.join(" | "));
    let mut lines = vec![
        line(&table.columns),
        format!("|{}", "---|".repeat(table.columns.len())),
    ];
    lines.extend(table.rows.iter().map(|cells| line(cells)));
    lines
}

#[test]
fn numbers_in_braces_repeat_a_line() {
    assert_eq!(repeated("a{8..10},x{8..10}"), ["a8,x8", "a9,x9", "a10,x10"]);
    assert_eq!(repeated("{a},b"), ["{a},b"]);
}
