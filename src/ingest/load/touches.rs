//! Touches: streamed where the file is plain, else from the rows of a group.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use chrono_tz::Tz;
use csv::StringRecord;
use polars::prelude::DataFrame;

use super::assemble::Assembly;
use super::files::{Found, ReadFile};
use super::group::{ClassRow, FileFacts, Group};
use super::reading::{Chosen, Reading, choose, dialect_options};
use super::request::Request;
use super::stream::{self, Layout, Plan, Streamed, too_many};
use crate::diagnostics::{Diagnostic, Failure, codes};
use crate::domain::calendar::{day_of, day_start};
use crate::ingest::cell::{flag, is_missing};
use crate::ingest::dialect::{Dialect, find};
use crate::ingest::mapping::{Mapping, Source};
use crate::ingest::spec::InputSpec;
use crate::tables::accounts::InputAccount;
use crate::tables::col;
use crate::tables::frame::{flags, has_column, integers, positions, texts};
use crate::tables::schema::{CellKind, TOUCHES};
use crate::tables::touches::{Class, Classes, Collecting, Given, Key, Touch};

/// Columns of a touch that its class does not hold.
const OWN: [&str; 3] = [col::ID, col::AT, "value"];

/// Touches while files are read.
#[derive(Default)]
pub struct Gathered {
    /// Those of streamed files.
    pub collecting: Option<Collecting>,
    /// Rows of all files of touches so far, so that each has its number.
    pub rows: u64,
    /// Classes so far.
    pub classes: u32,
    /// Number of the first row, by index of the file.
    pub bases: BTreeMap<u32, u32>,
    /// True where some time is a day.
    pub date_only: bool,
}

impl Gathered {
    /// Numbers the rows of a file.
    ///
    /// # Errors
    /// More rows than can be numbered.
    pub fn reserve(&mut self, file: u32, rows: u64) -> Result<(), Failure> {
        let base = u32::try_from(self.rows).map_err(|_| too_many())?;
        self.bases.insert(file, base);
        self.rows += rows;
        u32::try_from(self.rows).map_err(|_| too_many()).map(|_| ())
    }
}

/// A file that may be streamed.
struct Plain {
    chosen: Chosen,
    mapping: Mapping,
    dialect: Dialect,
    layout: Layout,
    skip: usize,
}

impl Reading {
    /// Streams a file of touches; false where it must be read the other way.
    ///
    /// # Errors
    /// More rows than can be numbered, or a temporary file that cannot be written.
    pub fn streamed(
        &mut self,
        request: &Request,
        input: usize,
        spec: &InputSpec,
        found: &Found,
    ) -> Result<bool, Failure> {
        let Some(path) = found.path.as_deref().filter(|_| !request.profile) else {
            return Ok(false);
        };
        let Some(plain) = plain(request, spec, found, path) else {
            return Ok(false);
        };
        if self.may_repeat(found, path) {
            return Ok(false);
        }
        let zone = match &plain.chosen.spec.time_zone {
            Some(name) => match name.parse() {
                Ok(zone) => zone,
                Err(_) => return Ok(false),
            },
            None => request.input_zone,
        };
        let plan = Plan {
            layout: plain.layout.clone(),
            skip: plain.skip,
            line: plain.dialect.data_line,
            zone,
            row: u32::try_from(self.touches.rows).map_err(|_| too_many())?,
            class: self.touches.classes,
            block: stream::BLOCK,
            threads: request.threads,
            memory: request.memory,
        };
        let Some(streamed) = stream::read(path, &plan)? else {
            return Ok(false);
        };
        if !self.says_whether(&plain, &streamed) || streamed.touches.is_empty() {
            return Ok(false);
        }
        self.keep(request, input, found, plain, streamed)?;
        Ok(true)
    }

    /// A file of touches with as many bytes may be the same file.
    fn may_repeat(&self, found: &Found, path: &Path) -> bool {
        let length = |path: &Path| std::fs::metadata(path).map(|file| file.len()).ok();
        let own = length(path);
        self.seen
            .iter()
            .filter_map(|other| other.found.path.as_deref())
            .any(|other| other == path || length(other) == own && found.path.is_some())
    }

    /// True where every word of the column `conversion` says yes or no.
    fn says_whether(&self, plain: &Plain, streamed: &Streamed) -> bool {
        let column = plain.mapping.column("conversion");
        let Some(Source::Cells(cells)) = column.map(|column| &column.source) else {
            return true;
        };
        let places = cells
            .iter()
            .filter_map(|cell| plain.layout.words.iter().position(|word| word == cell));
        places.into_iter().all(|place| {
            streamed.words.iter().all(|words| {
                let cell = words.cells[place].as_str();
                flag::parse(cell).is_some() || is_missing(cell)
            })
        })
    }

    fn keep(
        &mut self,
        request: &Request,
        input: usize,
        found: &Found,
        plain: Plain,
        streamed: Streamed,
    ) -> Result<(), Failure> {
        let index = self.accounts.len();
        let rows = streamed.touches.len();
        self.seen.push(ReadFile::unread(found));
        self.accounts.push(InputAccount {
            file: found.name.clone(),
            encoding: "UTF-8".to_owned(),
            delimiter: plain.dialect.delimiter_name(),
            sha256: streamed.sha256,
            rows,
            ..InputAccount::default()
        });
        for finding in plain.dialect.findings(&found.name) {
            self.findings.push(finding);
        }
        self.describe(&plain.chosen, &plain.mapping, &plain.dialect, index);
        let account = &mut self.accounts[index];
        if let Some((first, last)) = streamed.reach {
            account.reach(first);
            account.reach(last);
            self.touches_seen = self.touches_seen.max(Some(last));
        }
        if streamed.doubtful > 0 {
            let text = format!(
                "{} local times of {} exist twice or not at all because the clocks changed; the first occurrence, or the time after the gap, was taken",
                streamed.doubtful, found.name
            );
            self.findings
                .push(Diagnostic::new(&codes::LOCAL_TIME, text).times(streamed.doubtful));
        }
        let number = u32::try_from(index).unwrap_or(u32::MAX);
        self.touches.reserve(number, rows)?;
        self.touches.date_only |= streamed.date_only;
        let first_class = self.touches.classes;
        self.touches.classes += u32::try_from(streamed.words.len()).unwrap_or(u32::MAX);
        let touches = streamed.touches;
        match &mut self.touches.collecting {
            None => self.touches.collecting = Some(touches),
            Some(collecting) => collecting.append(touches)?,
        }
        // What the words of rows say goes the way of all words: one row for each.
        let mut mapping = plain.mapping;
        mapping
            .columns
            .retain(|column| !OWN.contains(&column.canonical.as_str()));
        let facts = FileFacts {
            index: number,
            name: found.name.clone(),
            period: None,
            mapping,
        };
        let group = self.streamed_group(request, input, plain.chosen);
        let plan = group.open(facts).map_err(Failure::from)?;
        let mut cells = vec![String::new(); plain.layout.width];
        for (place, words) in streamed.words.iter().enumerate() {
            for (cell, word) in plain.layout.words.iter().zip(&words.cells) {
                cells[*cell].clone_from(word);
            }
            group.push(&plan, words.line, &StringRecord::from(cells.clone()));
            let class = first_class + u32::try_from(place).unwrap_or(u32::MAX);
            let classes = group.classes.get_or_insert_default();
            classes.push(ClassRow {
                rows: streamed.counts[place],
                class,
                converts: words.converts,
            });
        }
        Ok(())
    }

    /// A group for the words of a streamed file.
    fn streamed_group(&mut self, request: &Request, input: usize, chosen: Chosen) -> &mut Group {
        let label = request.inputs.get(input).and_then(|spec| spec.path.clone());
        let mut group = Group::new(
            chosen.kind,
            label.unwrap_or_default(),
            chosen.spec,
            chosen.table,
        );
        group.classes = Some(Vec::new());
        self.groups.push(group);
        let last = self.groups.len() - 1;
        &mut self.groups[last]
    }
}

/// What a file is, where it can be streamed.
fn plain(request: &Request, spec: &InputSpec, found: &Found, path: &Path) -> Option<Plain> {
    if spec.encoding.is_some() || spec.sheet.is_some() || found.member.is_some() {
        return None;
    }
    let (text, mark) = stream::head(path)?;
    let dialect = find(&text, &dialect_options(request, spec)).ok()?;
    let ends_early = dialect.footer.is_some() || dialect.second_table_line.is_some();
    let chosen = choose(spec, &dialect, &found.name).ok()?;
    if chosen.table.name != TOUCHES.name || ends_early || dialect.dropped_empty_columns > 0 {
        return None;
    }
    let own = &chosen.spec;
    let excluded = request
        .exclusions
        .iter()
        .any(|rule| rule.table == TOUCHES.name);
    if own.filter.is_some() || own.date_format.is_some() || own.decimal.is_some() || excluded {
        return None;
    }
    let mapping = chosen.mapping(request, &dialect).ok()?;
    let layout = layout(&mapping, &dialect, request, own)?;
    let skip = mark + dialect.data.start;
    Some(Plain {
        chosen,
        mapping,
        dialect,
        layout,
        skip,
    })
}

/// The cells that are read; nothing where one of them needs more than a look.
fn layout(
    mapping: &Mapping,
    dialect: &Dialect,
    request: &Request,
    spec: &InputSpec,
) -> Option<Layout> {
    let one = |name: &str| {
        let column = mapping.column(name)?;
        match &column.source {
            Source::Cells(cells) if cells.len() == 1 && column.default.is_none() => Some(cells[0]),
            _ => None,
        }
    };
    if mapping.id_is_email() || mapping.column("currency").is_some() {
        return None;
    }
    let value = match mapping.column("value") {
        None => None,
        Some(column) => {
            // Amounts of another currency need the rate of their day.
            let named = column
                .currency_from_header
                .as_ref()
                .or(spec.currency.as_ref());
            if named.is_some_and(|code| request.currency.as_ref() != Some(code)) {
                return None;
            }
            Some(one("value")?)
        }
    };
    let mut words: Vec<usize> = Vec::new();
    for column in mapping
        .columns
        .iter()
        .filter(|column| !OWN.contains(&column.canonical.as_str()))
    {
        if let Source::Cells(cells) = &column.source {
            words.extend(cells);
            if column.choice && cells.len() > 1 {
                return None;
            }
        }
        if !matches!(column.kind, CellKind::Text | CellKind::Flag) {
            return None;
        }
    }
    words.sort_unstable();
    words.dedup();
    Some(Layout {
        delimiter: dialect.delimiter,
        width: dialect.header.len(),
        id: one(col::ID)?,
        at: one(col::AT)?,
        value,
        stretch: stretch(&words),
        words,
        value_converts: mapping.column("conversion").is_none(),
        missing: mapping.missing.clone(),
    })
}

/// First and last of cells that stand beside each other.
fn stretch(cells: &[usize]) -> Option<(usize, usize)> {
    let (first, last) = (*cells.first()?, *cells.last()?);
    (last - first + 1 == cells.len()).then_some((first, last))
}

impl Assembly<'_> {
    /// Adds the rows of touches that were read like any other table, and finishes them.
    ///
    /// # Errors
    /// Where a temporary file cannot be written.
    pub fn add_touches(&mut self, frame: &DataFrame) -> Result<(), Failure> {
        let mut gathered = std::mem::take(&mut self.touches);
        let collecting = gathered.collecting.take();
        let mut collecting = collecting.unwrap_or_else(|| Collecting::new(self.request.memory));
        let streamed = std::mem::take(&mut self.classes);
        let has = |name: &str| {
            has_column(frame, name) || streamed.iter().any(|(_, frame)| has_column(frame, name))
        };
        let segments: Vec<String> = self
            .segment_names()
            .into_iter()
            .filter(|name| has(name))
            .collect();
        let mut given = Given {
            value: has("value"),
            date_only: gathered.date_only || are_days(frame, self.request.zone),
        };
        let mut known: BTreeMap<u32, Class> = BTreeMap::new();
        for (numbers, frame) in &streamed {
            let made = classes_of(frame, &segments);
            for (row, class) in numbers.iter().zip(made) {
                let converts = class.converts || row.converts;
                known.insert(row.class, Class { converts, ..class });
            }
        }
        let mut classes = Classes::new(known.into_values());
        if frame.height() > 0 {
            let numbers: Vec<u32> = classes_of(frame, &segments)
                .into_iter()
                .map(|class| classes.number(class))
                .collect();
            let ids = texts(frame, col::ID);
            let times = integers(frame, col::AT);
            let values = integers(frame, "value");
            let files = positions(frame, col::FILE);
            let mut next: BTreeMap<u32, u32> = gathered.bases;
            for row in 0..frame.height() {
                let number = next.entry(files[row]).or_default();
                if let (Some(id), Some(at)) = (ids[row], times[row]) {
                    collecting.push(Touch::new(Key::of(id), at, *number, numbers[row]));
                    collecting.reaches(at, at);
                    if let Some(value) = values.get(row).copied().flatten() {
                        collecting.amount(*number, value);
                    }
                }
                *number += 1;
            }
            collecting.settle()?;
        }
        given.value |= collecting.has_amounts();
        let touches = collecting.finish(classes.finish(), segments, given, self.request.threads)?;
        self.loaded.touches = touches;
        Ok(())
    }

    /// Names of the dimensions that some table has or that rules make.
    fn segment_names(&self) -> BTreeSet<String> {
        let made = self.request.segments.iter().map(|rule| rule.name.clone());
        self.loaded
            .tables
            .segments
            .iter()
            .cloned()
            .chain(made)
            .collect()
    }
}

/// True where every moment is the beginning of a day.
fn are_days(frame: &DataFrame, zone: Tz) -> bool {
    let mut times = integers(frame, col::AT).into_iter().flatten().peekable();
    times.peek().is_some() && times.all(|at| day_start(day_of(at, zone), zone) == at)
}

/// What each row says in words. A row with a value is a conversion where no column says so.
fn classes_of(frame: &DataFrame, segments: &[String]) -> Vec<Class> {
    let column = |name: &str| texts(frame, name);
    let (channels, campaigns) = (column(col::CHANNEL), column("campaign"));
    let (kinds, events) = (column("kind"), column("event"));
    let converts: Vec<bool> = match has_column(frame, "conversion") {
        true => flags(frame, "conversion"),
        false => integers(frame, "value")
            .iter()
            .map(Option::is_some)
            .collect(),
    };
    let values: Vec<Vec<Option<&str>>> = segments.iter().map(|name| column(name)).collect();
    let owned = |word: Option<&str>| word.map(str::to_owned);
    (0..frame.height())
        .map(|row| Class {
            channel: channels[row].unwrap_or(crate::tables::NONE).to_owned(),
            campaign: owned(campaigns[row]),
            kind: owned(kinds[row]),
            event: owned(events[row]),
            converts: converts[row],
            segments: values.iter().map(|list| owned(list[row])).collect(),
        })
        .collect()
}
