//! The rows of one input while they are read.
//!
//! Files of one kind in one input form a group: the format of each column is decided
//! from all rows of all its files. `push` takes rows as text; `typed` decides the columns.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use csv::StringRecord;

use super::buffer::{Buffer, Hints, Words};
use super::stated::{Stated, adds_up};
use crate::diagnostics::{Diagnostic, Location};
use crate::domain::period::Grain;
use crate::ingest::mapping::{MappedColumn, Mapping, Part, Source};
use crate::ingest::spec::InputSpec;
use crate::tables::col;
use crate::tables::schema::{CellKind, TableSpec};

/// A file as its group knows it.
#[derive(Debug, Clone)]
pub struct FileFacts {
    /// Index among all files.
    pub index: u32,
    /// Name as the user wrote it.
    pub name: String,
    /// First and last day that the preamble states.
    pub period: Option<(NaiveDate, NaiveDate)>,
    /// The mapping of its header.
    pub mapping: Mapping,
}

/// Where a row stands.
#[derive(Debug, Clone, Copy)]
pub struct Row {
    /// Position in [`Group::files`].
    pub(super) file: u32,
    line: u32,
}

/// Files of one kind in one input.
pub struct Group {
    /// Source name or table name.
    pub kind: String,
    /// What it is called in messages: the path as written.
    pub label: String,
    /// The specification, built-in and user's merged.
    pub spec: InputSpec,
    /// The canonical table.
    pub table: &'static TableSpec,
    /// Its files, in the order in which later ones win.
    pub files: Vec<FileFacts>,
    pub(super) rows: Vec<Row>,
    pub(super) slots: BTreeMap<String, Slot>,
    /// What totals rows state, by canonical column.
    pub(super) stated: BTreeMap<String, Vec<Stated>>,
    /// For touches read as a stream: what each row stands for.
    pub(super) classes: Option<Vec<ClassRow>>,
}

/// What a row of a streamed group stands for.
#[derive(Debug, Clone, Copy)]
pub struct ClassRow {
    /// So many rows of the file.
    pub(super) rows: u64,
    /// The class of their touches.
    pub(super) class: u32,
    /// True where their value says that they are conversions.
    pub(super) converts: bool,
}

/// A canonical column of the group.
pub struct Slot {
    pub(super) kind: CellKind,
    pub(super) segment: bool,
    pub(super) grain: Option<Grain>,
    /// ISO code from the header, by file.
    pub(super) currency: BTreeMap<u32, String>,
    pub(super) buffer: Buffer,
}

/// How the cells of one file reach the slots.
pub struct Plan {
    file: u32,
    /// For each row that a row of the file becomes.
    variants: Vec<Steps>,
    /// The cells of each of them; empty where a row stays one.
    across: Vec<Vec<usize>>,
    missing: Vec<String>,
    fold_id: bool,
}

/// How each slot is filled, in the order of the slots.
type Steps = Vec<(String, Step)>;

enum Step {
    Cells {
        cells: Vec<usize>,
        choice: bool,
        default: Option<String>,
        part: Option<Part>,
    },
    Constant(String),
    Missing,
}

impl Group {
    /// An empty group.
    #[must_use]
    pub fn new(kind: String, label: String, spec: InputSpec, table: &'static TableSpec) -> Self {
        Self {
            kind,
            label,
            spec,
            table,
            files: Vec::new(),
            rows: Vec::new(),
            slots: BTreeMap::new(),
            stated: BTreeMap::new(),
            classes: None,
        }
    }

    /// How many rows of its file a row stands for.
    #[must_use]
    pub fn weight(&self, row: usize) -> u64 {
        let classes = self.classes.as_ref();
        classes.map_or(1, |classes| classes.get(row).map_or(0, |class| class.rows))
    }

    /// Takes a file in and says how its rows are to be pushed.
    ///
    /// # Errors
    /// A date format that is none.
    pub fn open(&mut self, facts: FileFacts) -> Result<Plan, Diagnostic> {
        let file = u32::try_from(self.files.len()).unwrap_or(u32::MAX);
        for column in &facts.mapping.columns {
            self.ensure(column, file)?;
        }
        let mapped: BTreeMap<&str, &MappedColumn> = facts
            .mapping
            .columns
            .iter()
            .map(|column| (column.canonical.as_str(), column))
            .collect();
        let steps = |variant: usize| -> Steps {
            let step = |name: &String| step(mapped.get(name.as_str()).copied(), variant);
            let named = self.slots.keys().map(|name| (name.clone(), step(name)));
            named.collect()
        };
        let plan = Plan {
            file,
            variants: (0..facts.mapping.variants()).map(steps).collect(),
            across: facts.mapping.across(),
            missing: facts.mapping.missing.clone(),
            fold_id: facts.mapping.id_is_email(),
        };
        self.files.push(facts);
        Ok(plan)
    }

    fn ensure(&mut self, column: &MappedColumn, file: u32) -> Result<(), Diagnostic> {
        if !self.slots.contains_key(&column.canonical) {
            let hints = Hints {
                date_format: self
                    .spec
                    .date_format
                    .as_ref()
                    .and_then(|formats| formats.get(&column.canonical))
                    .map(str::to_owned),
                decimal: self.spec.decimal,
            };
            let buffer = Buffer::new(&column.canonical, column.kind, &hints, self.rows.len())?;
            let slot = Slot {
                kind: column.kind,
                segment: column.segment,
                grain: column.grain,
                currency: BTreeMap::new(),
                buffer,
            };
            self.slots.insert(column.canonical.clone(), slot);
        }
        if let (Some(slot), Some(code)) = (
            self.slots.get_mut(&column.canonical),
            &column.currency_from_header,
        ) {
            slot.currency.insert(file, code.clone());
        }
        Ok(())
    }

    /// Adds a row of the file and says how many rows that makes: one, unless its values stand
    /// across; then one for each that has a value, and one where none has.
    pub fn push(&mut self, plan: &Plan, line: u64, record: &StringRecord) -> u64 {
        let filled = |variant: &usize| {
            let cells = plan.across.get(*variant);
            let mut cells = cells.into_iter().flatten();
            let says =
                |cell: &usize| !crate::ingest::cell::is_missing(record.get(*cell).unwrap_or(""));
            plan.across.is_empty() || cells.any(says)
        };
        let mut variants: Vec<usize> = Vec::new();
        if plan.variants.len() > 1 {
            variants = (0..plan.variants.len()).filter(filled).collect();
        }
        if variants.is_empty() {
            variants.push(0);
        }
        for variant in &variants {
            if let Some(steps) = plan.variants.get(*variant) {
                self.push_one(plan, steps, line, record);
            }
        }
        variants.len() as u64
    }

    fn push_one(&mut self, plan: &Plan, steps: &Steps, line: u64, record: &StringRecord) {
        let line = u32::try_from(line).unwrap_or(u32::MAX);
        self.rows.push(Row {
            file: plan.file,
            line,
        });
        let mut joined = String::new();
        // Slots and steps have the same keys in the same order.
        for ((_, slot), (name, step)) in self.slots.iter_mut().zip(steps) {
            match step {
                Step::Missing => slot.buffer.push_missing(),
                Step::Constant(text) => slot.buffer.push(text),
                Step::Cells {
                    cells,
                    choice,
                    default,
                    part,
                } => {
                    let is_missing = |cell: &str| {
                        crate::ingest::cell::is_missing(cell)
                            || plan.missing.iter().any(|word| word == cell.trim())
                    };
                    let cell = match choice {
                        true => first_filled(cells, record, is_missing),
                        false => gather(cells, record, &mut joined),
                    };
                    let cell = part.map_or(cell, |part| part.of(cell));
                    let missing = is_missing(cell);
                    match (missing, default) {
                        (true, Some(default)) => slot.buffer.push(default),
                        (true, None) => slot.buffer.push_missing(),
                        (false, _) if plan.fold_id && name == col::ID => {
                            slot.buffer.push(&cell.trim().to_lowercase());
                        }
                        (false, _) => slot.buffer.push(cell),
                    }
                }
            }
        }
    }

    /// Remembers what a row states as the total of columns whose rows add up.
    pub fn state_total(&mut self, plan: &Plan, line: u64, record: &StringRecord) {
        let Some(facts) = self.files.get(plan.file as usize) else {
            return;
        };
        for column in &facts.mapping.columns {
            let (Source::Cells(cells), true) =
                (&column.source, adds_up(&column.canonical, column.kind))
            else {
                continue;
            };
            let [cell] = cells[..] else { continue };
            let text = record.get(cell).unwrap_or("");
            if crate::ingest::cell::is_missing(text) {
                continue;
            }
            let place = Location {
                column: Some(cell as u64 + 1),
                header: Some(column.header.clone()),
                ..Location::line(facts.name.clone(), line)
            };
            let stated = self.stated.entry(column.canonical.clone()).or_default();
            stated.push(Stated {
                file: plan.file,
                place,
                text: text.to_owned(),
            });
        }
    }

    /// The rows of one of its files.
    pub(super) fn rows_of(&self, file: u32) -> Vec<usize> {
        let rows = self.rows.iter().enumerate();
        rows.filter(|(_, row)| row.file == file)
            .map(|(number, _)| number)
            .collect()
    }

    /// How many rows were pushed.
    #[must_use]
    pub fn height(&self) -> usize {
        self.rows.len()
    }

    /// The words of a column, where it has words.
    #[must_use]
    pub fn words(&self, column: &str) -> Option<&Words> {
        match self.slots.get(column).map(|slot| &slot.buffer) {
            Some(Buffer::Words(words)) => Some(words),
            _ => None,
        }
    }

    /// True for each row in which the column has a value.
    #[must_use]
    pub fn has_column(&self, column: &str) -> bool {
        self.slots.contains_key(column)
    }

    /// Index among all files, and line, of a row.
    #[must_use]
    pub fn origin(&self, row: usize) -> (u32, u32) {
        let Some(place) = self.rows.get(row) else {
            return (0, 0);
        };
        let file = self
            .files
            .get(place.file as usize)
            .map_or(0, |file| file.index);
        (file, place.line)
    }

    pub(super) fn place(&self, row: usize, header: &str) -> Location {
        let Some(place) = self.rows.get(row) else {
            return Location::default();
        };
        let file = self.files.get(place.file as usize);
        let name = file.map(|file| file.name.clone()).unwrap_or_default();
        let column = file.and_then(|file| {
            let mapped = file
                .mapping
                .columns
                .iter()
                .find(|column| column.header == header)?;
            let cell = mapped.source.cells().next();
            cell.map(|cell| cell as u64 + 1)
        });
        Location {
            column,
            header: Some(header.to_owned()),
            ..Location::line(name, u64::from(place.line))
        }
    }

    pub(super) fn header_of(&self, canonical: &str) -> String {
        let mapped = self
            .files
            .iter()
            .find_map(|file| file.mapping.column(canonical));
        let header = mapped
            .map(|column| column.header.clone())
            .unwrap_or_default();
        if header.is_empty() {
            canonical.to_owned()
        } else {
            header
        }
    }
}

fn step(column: Option<&MappedColumn>, variant: usize) -> Step {
    let Some(column) = column else {
        return Step::Missing;
    };
    match &column.source {
        Source::Constant(text) => Step::Constant(text.clone()),
        Source::Captured(texts) => texts
            .get(variant)
            .map_or(Step::Missing, |text| Step::Constant(text.clone())),
        Source::Across(cells) => match cells.get(variant) {
            Some(Some(cell)) => cells_of(column, vec![*cell]),
            _ => Step::Missing,
        },
        Source::Cells(cells) => cells_of(column, cells.clone()),
    }
}

fn cells_of(column: &MappedColumn, cells: Vec<usize>) -> Step {
    Step::Cells {
        cells,
        choice: column.choice,
        default: column.default.clone(),
        part: column.part,
    }
}

/// The first of several cells that says something.
fn first_filled<'a>(
    cells: &[usize],
    record: &'a StringRecord,
    is_missing: impl Fn(&str) -> bool,
) -> &'a str {
    let mut texts = cells.iter().map(|cell| record.get(*cell).unwrap_or(""));
    texts.find(|text| !is_missing(text)).unwrap_or("")
}

/// The text of a cell, or of several joined into a composite id.
fn gather<'a>(cells: &[usize], record: &'a StringRecord, joined: &'a mut String) -> &'a str {
    if let [only] = cells {
        return record.get(*only).unwrap_or("");
    }
    joined.clear();
    for (number, cell) in cells.iter().enumerate() {
        if number > 0 {
            joined.push('|');
        }
        joined.push_str(record.get(*cell).unwrap_or("").trim());
    }
    // All parts empty: no id.
    if joined.bytes().all(|byte| byte == b'|') {
        ""
    } else {
        joined
    }
}
