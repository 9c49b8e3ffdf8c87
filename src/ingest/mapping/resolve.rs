//! From a specification and a header row to a [`Mapping`], or to all that is wrong with it.

mod unpivot;

use std::collections::BTreeSet;

use super::currency::currency_in;
use super::findings;
use super::headers::{Found, Headers};
use super::stage_words::{Meaning, StageWords};
use super::{HeaderPattern, MappedColumn, Mapping, Part, Source, is_reserved};
use crate::diagnostics::Diagnostic;
use crate::domain::ladder::EXITS;
use crate::domain::period::Grain;
use crate::ingest::spec::{ColumnRef, InputSpec};
use crate::tables::schema::{CellKind, ColumnSpec, TableSpec};

/// Finds the cells of every canonical column.
///
/// `stages` is the ladder (with the stages of pipelines where moves of deals may be
/// read). `builtin` is the specification of the built-in source that is merged into
/// `spec`, if any: columns that still read as it says may be absent from the file,
/// and its stages absent from the ladder.
///
/// # Errors
/// `missing_column` where a header that the user named, or a required column, is not
/// there; `duplicate_header` where a header that is read stands twice;
/// `unknown_name` for a stage or a column that does not exist; `reserved_name` for
/// a segment named like a column of the output. All findings are given at once.
pub fn resolve(
    spec: &InputSpec,
    table: &'static TableSpec,
    header: &[String],
    stages: &[String],
    builtin: Option<&InputSpec>,
) -> Result<Mapping, Vec<Diagnostic>> {
    let mut resolver = Resolver {
        spec,
        table,
        stages,
        builtin,
        words: StageWords::new(&spec.stages, stages),
        headers: Headers::new(header),
        columns: Vec::new(),
        absent: Vec::new(),
        errors: Vec::new(),
        notes: Vec::new(),
    };
    resolver.map_columns();
    resolver.unpivot();
    resolver.set_constants();
    resolver.prefer_period();
    resolver.split_source_and_medium();
    resolver.require_columns();
    resolver.finish()
}

/// What the left side of a line in `[input.columns]` or `[input.set]` means.
enum Target {
    /// A column of the table, the member of a family (`stage.mql`), or a segment.
    Column(Slot),
    /// A whole family: `stage.*`.
    Family(&'static ColumnSpec),
}

/// A canonical column before its cells are known.
struct Slot {
    canonical: String,
    kind: CellKind,
    segment: bool,
}

struct Resolver<'a> {
    spec: &'a InputSpec,
    table: &'static TableSpec,
    stages: &'a [String],
    builtin: Option<&'a InputSpec>,
    words: StageWords,
    headers: Headers<'a>,
    columns: Vec<MappedColumn>,
    absent: Vec<String>,
    errors: Vec<Diagnostic>,
    notes: Vec<Diagnostic>,
}

impl<'a> Resolver<'a> {
    /// Single columns first, so that a family does not take what is named.
    fn map_columns(&mut self) {
        let spec = self.spec;
        let is_family = |(name, _): &(&String, &ColumnRef)| name.ends_with(".*");
        let (families, single): (Vec<_>, Vec<_>) = spec.columns.iter().partition(is_family);
        for (name, reference) in single.into_iter().chain(families) {
            if *reference == ColumnRef::Header(String::new()) || self.stands_across(reference) {
                continue;
            }
            let lenient = self.builtin.and_then(|b| b.columns.get(name)) == Some(reference);
            match self.target(name, lenient) {
                Some(Target::Column(slot)) => self.map_one(slot, reference, lenient),
                Some(Target::Family(family)) => self.map_family(family, reference, lenient),
                None => {}
            }
        }
    }

    /// What the left side of a line means; nothing where that is an error, or a stage
    /// that a built-in source knows and the ladder does not.
    fn target(&mut self, name: &str, lenient: bool) -> Option<Target> {
        let (column, parts) = (self.table.column(name), name.split_once('.'));
        match (column, parts) {
            (Some(family), Some((_, "*"))) => Some(Target::Family(family)),
            (Some(family), Some((head, word))) => self.member(family, head, word, lenient),
            (Some(column), None) => Some(Target::Column(Slot {
                canonical: name.to_owned(),
                kind: column.kind,
                segment: false,
            })),
            (None, None) if self.table.segments => self.segment(name),
            (None, _) => {
                let error = findings::unknown_column(name, self.table);
                self.errors.push(error);
                None
            }
        }
    }

    fn member(
        &mut self,
        family: &ColumnSpec,
        head: &str,
        word: &str,
        lenient: bool,
    ) -> Option<Target> {
        let Some(stage) = self.stage_of(word) else {
            if !lenient {
                let name = format!("{head}.{word}");
                let error = findings::unknown_stage(&name, word, self.stages);
                self.errors.push(error);
            }
            return None;
        };
        Some(Target::Column(Slot {
            canonical: format!("{head}.{stage}"),
            kind: family.kind,
            segment: false,
        }))
    }

    fn segment(&mut self, name: &str) -> Option<Target> {
        if is_reserved(name, self.stages) {
            let error = findings::reserved(name, self.table);
            self.errors.push(error);
            return None;
        }
        let slip = findings::looks_misspelt(name, self.table);
        self.notes.extend(slip);
        Some(Target::Column(Slot {
            canonical: name.to_owned(),
            kind: CellKind::Text,
            segment: true,
        }))
    }

    /// A stage of the ladder or an exit, in the ladder's own spelling.
    fn stage_of(&self, word: &str) -> Option<String> {
        let Meaning::Stage(stage) = self.words.meaning(word) else {
            return None;
        };
        let stands = self.stages.iter().any(|name| name == stage) || EXITS.contains(&stage);
        stands.then(|| stage.to_owned())
    }

    fn map_one(&mut self, slot: Slot, reference: &ColumnRef, lenient: bool) {
        match self.headers.locate(reference, slot.kind) {
            Found::Cells(cells) => {
                let choice = matches!(reference, ColumnRef::First { .. });
                self.add_cells(slot, cells, choice);
            }
            Found::Twice(index, also) => {
                let error = findings::duplicate(&slot.canonical, &self.headers, &[index, also]);
                self.errors.push(error);
            }
            Found::Nowhere(_) if lenient => self.absent.push(slot.canonical),
            Found::Nowhere(wanted) => {
                self.errors
                    .push(findings::no_header(&slot.canonical, &wanted, &self.headers));
            }
        }
    }

    fn map_family(&mut self, family: &'static ColumnSpec, reference: &ColumnRef, lenient: bool) {
        let prefix = family.name.trim_end_matches('*');
        let before = self.columns.len();
        for pattern in reference.headers().map(HeaderPattern::new) {
            self.expand(prefix, family.kind, &pattern, lenient);
        }
        if self.columns.len() > before || lenient {
            return;
        }
        let wanted: Vec<&str> = reference.headers().collect();
        self.errors
            .push(findings::empty_family(family.name, &wanted, self.stages));
    }

    /// One column for each header whose captured text names a stage that has none yet.
    fn expand(&mut self, prefix: &str, kind: CellKind, pattern: &HeaderPattern, lenient: bool) {
        let taken: BTreeSet<String> = self.columns.iter().map(|c| c.canonical.clone()).collect();
        for cell in self.headers.find(pattern) {
            let captured = self.headers.capture(pattern, cell).unwrap_or("");
            let Some(stage) = self.stage_of(captured) else {
                continue;
            };
            let canonical = format!("{prefix}{stage}");
            if taken.contains(&canonical) {
                continue;
            }
            let first = self
                .columns
                .iter()
                .find(|column| column.canonical == canonical);
            match first.and_then(MappedColumn::first_cell) {
                None => self.add_cells(
                    Slot {
                        canonical,
                        kind,
                        segment: false,
                    },
                    vec![cell],
                    false,
                ),
                Some(_) if lenient => {}
                Some(other) => {
                    let error = findings::duplicate(&canonical, &self.headers, &[other, cell]);
                    self.errors.push(error);
                }
            }
        }
    }

    fn add_cells(&mut self, slot: Slot, cells: Vec<usize>, choice: bool) {
        let written: Vec<&str> = cells
            .iter()
            .map(|cell| self.headers.written(*cell))
            .collect();
        let header = written.join(if choice { " or " } else { " + " });
        let grain = (slot.kind == CellKind::Span)
            .then(|| self.grain(&cells, &header))
            .flatten();
        self.add(slot, Source::Cells(cells), header);
        if let Some(column) = self.columns.last_mut() {
            (column.choice, column.grain) = (choice, grain);
        }
    }

    fn add(&mut self, slot: Slot, source: Source, header: String) {
        let taken = |column: &MappedColumn| column.canonical == slot.canonical;
        if self.columns.iter().any(taken) {
            self.errors.push(findings::mapped_twice(&slot.canonical));
            return;
        }
        self.columns.push(MappedColumn {
            currency_from_header: (slot.kind == CellKind::Money)
                .then(|| currency_in(&header))
                .flatten(),
            source,
            header,
            choice: false,
            default: None,
            part: None,
            grain: None,
            canonical: slot.canonical,
            kind: slot.kind,
            segment: slot.segment,
        });
    }

    /// What a date below these cells stands for, in any language.
    fn grain(&self, cells: &[usize], header: &str) -> Option<Grain> {
        let english = cells.iter().find_map(|cell| self.headers.english(*cell));
        grain_in(english.unwrap_or(header))
    }

    fn set_constants(&mut self) {
        let spec = self.spec;
        for (name, constant) in &spec.set {
            let lenient = self.builtin.and_then(|b| b.set.get(name)) == Some(constant);
            let text = constant.text();
            match self.target(name, lenient) {
                Some(Target::Column(slot)) => self.set_one(slot, text),
                Some(Target::Family(_)) => {
                    let error = findings::unknown_column(name, self.table);
                    self.errors.push(error);
                }
                None => {}
            }
        }
    }

    fn set_one(&mut self, slot: Slot, text: String) {
        let follows_ladder = slot.canonical == "stage" && self.table.name != "deals";
        if follows_ladder && self.words.meaning(&text) == Meaning::Unknown {
            self.errors
                .push(findings::unknown_stage("stage", &text, self.stages));
            return;
        }
        let mapped = self
            .columns
            .iter_mut()
            .find(|c| c.canonical == slot.canonical);
        if let Some(column) = mapped {
            column.default = Some(text);
            return;
        }
        self.add(slot, Source::Constant(text), String::new());
    }

    /// A row's own date is finer than the span of the report it stands in; and both
    /// are better than a constant.
    fn prefer_period(&mut self) {
        let has = |columns: &[MappedColumn], name: &str| {
            columns.iter().any(|column| column.canonical == name)
        };
        let (from, to) = (has(&self.columns, "from"), has(&self.columns, "to"));
        let period = self
            .columns
            .iter()
            .find(|column| column.canonical == "period");
        let in_cells = period.is_some_and(|column| column.first_cell().is_some());
        if in_cells {
            self.drop_columns(&["from", "to"]);
        } else if from && to {
            self.drop_columns(&["period"]);
        } else if from || to {
            self.half_a_span(if from { "from" } else { "to" });
        }
    }

    fn half_a_span(&mut self, half: &str) {
        let Some(column) = self.columns.iter().find(|column| column.canonical == half) else {
            return;
        };
        if self
            .builtin
            .is_some_and(|builtin| builtin.columns.contains_key(half))
        {
            self.drop_columns(&["from", "to"]);
            return;
        }
        self.errors
            .push(findings::half_a_span(half, &column.header));
    }

    fn drop_columns(&mut self, names: &[&str]) {
        self.columns
            .retain(|column| !names.contains(&column.canonical.as_str()));
    }

    /// `google / cpc` in one cell gives two columns, unless they have cells of their own.
    fn split_source_and_medium(&mut self) {
        let both = self
            .columns
            .iter()
            .position(|c| c.canonical == "source_medium");
        let Some(both) = both.map(|index| self.columns.remove(index)) else {
            return;
        };
        for (name, part) in [("source", Part::Source), ("medium", Part::Medium)] {
            if self.columns.iter().all(|column| column.canonical != name) {
                self.columns.push(MappedColumn {
                    canonical: name.to_owned(),
                    part: Some(part),
                    ..both.clone()
                });
            }
        }
    }

    fn require_columns(&mut self) {
        if !self.errors.is_empty() {
            return;
        }
        let has = |name: &str| self.columns.iter().any(|column| column.canonical == name);
        for column in self
            .table
            .columns
            .iter()
            .filter(|c| c.required && !has(c.name))
        {
            self.errors
                .push(findings::required(self.table, column, &self.headers));
        }
        let measures = measures_of(self.table);
        let measured = |column: &MappedColumn| {
            measures.contains(&column.canonical.as_str()) || column.canonical.starts_with("count.")
        };
        if !measures.is_empty() && !self.columns.iter().any(measured) {
            self.errors
                .push(findings::nothing_to_add_up(self.table, measures));
        }
    }

    fn finish(mut self) -> Result<Mapping, Vec<Diagnostic>> {
        if !self.errors.is_empty() {
            return Err(self.errors);
        }
        let (table, stages) = (self.table, self.stages);
        self.columns
            .sort_by_key(|column| place(column, table, stages));
        let read: BTreeSet<usize> = self.columns.iter().flat_map(MappedColumn::cells).collect();
        let unmapped = (0..self.headers.len())
            .filter(|cell| !read.contains(cell) && !self.headers.written(*cell).is_empty())
            .collect();
        Ok(Mapping {
            table,
            columns: self.columns,
            unmapped,
            absent: self.absent,
            missing: self.spec.missing.clone(),
            notes: self.notes,
        })
    }
}

impl MappedColumn {
    fn cells(&self) -> impl Iterator<Item = usize> {
        self.source.cells()
    }

    fn first_cell(&self) -> Option<usize> {
        self.cells().next()
    }
}

/// Order of the table, then of the ladder, then of the alphabet; segments last.
fn place(column: &MappedColumn, table: &TableSpec, stages: &[String]) -> (usize, usize, String) {
    let name = column.canonical.as_str();
    let member = name.split_once('.').map_or("", |(_, stage)| stage);
    let family = (!column.segment).then(|| table.column(name)).flatten();
    let index = family.and_then(|spec| table.columns.iter().position(|c| c.name == spec.name));
    let step = stages.iter().position(|stage| stage == member);
    let last = usize::MAX;
    (index.unwrap_or(last), step.unwrap_or(last), name.to_owned())
}

/// Of these an aggregated row must have at least one, or a `count.<stage>`.
fn measures_of(table: &TableSpec) -> &'static [&'static str] {
    match table.name {
        "spend" => &["money", "hours", "minutes", "impressions", "clicks"],
        "visits" => &["sessions", "users"],
        _ => &[],
    }
}

/// What a date below a header such as `Month` stands for.
fn grain_in(header: &str) -> Option<Grain> {
    let header = header.to_lowercase();
    let grains = [
        ("month", Grain::Month),
        ("week", Grain::Week),
        ("quarter", Grain::Quarter),
        ("year", Grain::Year),
    ];
    grains
        .iter()
        .find(|(word, _)| header.contains(word))
        .map(|(_, grain)| *grain)
}

#[cfg(test)]
mod tests;
