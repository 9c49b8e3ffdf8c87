//! Groups to canonical tables.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use chrono_tz::Tz;
use polars::prelude::*;

use super::channels::{self, Assigned};
use super::files::{self, Found};
use super::group::{Group, Typed};
use super::overlaps;
use super::reading::{Defect, Reading};
use super::repeats::{self, Aside, Declared, INPUT};
use super::request::{Loaded, Reject, Request};
use super::stages::{Outcome, Vocabulary, kinds};
use super::rules::Condition;
use super::{amounts, rules, spend};
use crate::diagnostics::{Diagnostic, Diagnostics, Failure, Location, Severity, codes};
use crate::domain::names::did_you_mean;
use crate::domain::calendar::{DAY_MILLIS, Millis, day_end};
use crate::ingest::decode::{DecodeOptions, decode};
use crate::ingest::dialect::{DialectOptions, find};
use crate::ingest::reader::Rows;
use crate::tables::accounts::Reason;
use crate::tables::col;
use crate::tables::frame::{has_column, integers, positions, texts};
use crate::tables::schema::{DEALS, LEADS, SPEND, STAGE_EVENTS, TABLES, VISITS};

/// Types the groups and makes one table of all groups of a kind.
///
/// # Errors
/// As [`super::load`].
pub fn assemble(request: &Request, reading: Reading) -> Result<Loaded, Failure> {
    Assembly::new(request, reading).run()
}

struct Assembly<'a> {
    request: &'a Request<'a>,
    groups: Vec<Group>,
    found: Vec<Found>,
    export_days: Vec<NaiveDate>,
    complete: BTreeMap<String, NaiveDate>,
    defects: Vec<Defect>,
    loaded: Loaded,
    events_seen: Option<Millis>,
}

/// A group in its final form.
struct Part {
    frame: DataFrame,
    declared: Declared,
    table: &'static str,
}

impl<'a> Assembly<'a> {
    fn new(request: &'a Request<'a>, reading: Reading) -> Self {
        let loaded = Loaded {
            inputs: reading.accounts,
            columns: reading.columns,
            findings: reading.findings,
            ..Loaded::default()
        };
        Self {
            request,
            groups: reading.groups,
            found: reading.found,
            export_days: reading.export_days,
            complete: reading.complete,
            defects: reading.defects,
            loaded,
            events_seen: None,
        }
    }

    fn run(mut self) -> Result<Loaded, Failure> {
        let assigned: Vec<Assigned> = self
            .groups
            .iter()
            .map(|group| channels::assign(group, self.request.rules))
            .collect();
        let shown = channels::shown(&assigned, &mut self.loaded.findings);
        for (group, assigned) in self.groups.iter().zip(&assigned) {
            self.loaded
                .spellings
                .extend(assigned.spellings(&group.kind, &shown));
        }
        let words: Vec<Vec<Column>> = self
            .groups
            .iter()
            .zip(&assigned)
            .map(|(group, assigned)| {
                meanings(
                    group,
                    assigned,
                    &shown,
                    self.request,
                    &mut self.loaded.findings,
                )
            })
            .collect();
        let mut typed = Vec::new();
        let mut groups = std::mem::take(&mut self.groups);
        let currencies: Vec<Option<CurrencyWords>> = groups.iter().map(CurrencyWords::of).collect();
        for group in &mut groups {
            let input_zone = self.input_zone(group)?;
            let zone = self.request.zone;
            typed.push(group.finish(zone, input_zone, &mut self.loaded.findings));
        }
        self.loaded.findings.fail_on_errors()?;
        let report = amounts::report_currency(self.request, &typed, &currencies);
        self.loaded.currency.clone_from(&report);
        let mut parts = Vec::new();
        for (((group, mut typed), words), own) in
            groups.iter().zip(typed).zip(words).zip(&currencies)
        {
            amounts::convert(
                self.request,
                group,
                &mut typed,
                own.as_ref(),
                report.as_deref(),
                &mut self.loaded.findings,
            );
            parts.push(self.part(group, typed, words)?);
        }
        self.check_defects()?;
        self.loaded.findings.fail_on_errors()?;
        self.tables(parts)?;
        self.evidence();
        self.loaded.findings.fail_on_errors()?;
        Ok(self.loaded)
    }

    /// The zone of times without an offset: the input's own, else that of the run.
    fn input_zone(&self, group: &Group) -> Result<Tz, Failure> {
        let Some(name) = &group.spec.time_zone else {
            return Ok(self.request.input_zone);
        };
        name.parse().map_err(|_| {
            let text = format!("`{name}` of the [[input]] {} is no time zone", group.label);
            Diagnostic::new(&codes::UNKNOWN_NAME, text)
                .hint("write an IANA name such as Europe/Berlin or UTC")
                .into()
        })
    }

    /// One data frame per group, without its rejected rows.
    fn part(
        &mut self,
        group: &Group,
        mut typed: Typed,
        words: Vec<Column>,
    ) -> Result<Part, Failure> {
        let table = group.table.name;
        if [VISITS.name, SPEND.name].contains(&table) {
            spend::add_span(group, &mut typed, self.request.zone);
        }
        self.note_reach(&typed);
        self.loaded
            .tables
            .segments
            .extend(typed.segments.iter().cloned());
        let replaced: BTreeSet<String> = words
            .iter()
            .map(|column| column.name().to_string())
            .collect();
        typed
            .columns
            .retain(|column| !replaced.contains(column.name().as_str()));
        typed.columns.extend(words);
        let mut frame =
            DataFrame::new(group.height(), typed.columns).map_err(|error| broken(&error))?;
        if table == LEADS.name {
            missing_ids(group, &frame, &mut typed.bad);
        }
        frame = self.without_bad(group, frame, &typed.bad)?;
        if table == SPEND.name {
            spend::price_hours(self.request, &mut frame).map_err(|error| broken(&error))?;
        }
        rules::add_segments(&mut frame, &self.request.segments).map_err(|error| broken(&error))?;
        if let Some(condition) = &group.spec.filter {
            let condition = Condition {
                sql: condition,
                table,
                place: None,
            };
            let why = "does not meet the `where` of its input";
            frame = self.keep(&frame, &condition, why, true)?;
        }
        if [VISITS.name, SPEND.name].contains(&table) {
            frame =
                spend::spread(group, frame, self.request.zone).map_err(|error| broken(&error))?;
        }
        let declared = Declared {
            several: group.spec.several,
            label: group.label.clone(),
        };
        Ok(Part {
            frame,
            declared,
            table,
        })
    }

    fn note_reach(&mut self, typed: &Typed) {
        for (file, (first, last)) in &typed.reach {
            if let Some(account) = self.loaded.inputs.get_mut(*file as usize) {
                account.first = Some(*first);
                account.last = Some(*last);
            }
            self.events_seen = self.events_seen.max(Some(*last));
        }
    }

    fn without_bad(
        &mut self,
        group: &Group,
        frame: DataFrame,
        bad: &BTreeMap<usize, String>,
    ) -> Result<DataFrame, Failure> {
        if bad.is_empty() {
            return Ok(frame);
        }
        let mut by_file: BTreeMap<u32, Vec<(u32, String)>> = BTreeMap::new();
        for (row, reason) in bad {
            let (file, line) = group.origin(*row);
            by_file
                .entry(file)
                .or_default()
                .push((line, reason.clone()));
        }
        for (file, rows) in by_file {
            self.reject(file, &rows);
        }
        let keep: BooleanChunked = (0..frame.height())
            .map(|row| Some(!bad.contains_key(&row)))
            .collect();
        frame.filter(&keep).map_err(|error| broken(&error).into())
    }

    fn reject(&mut self, file: u32, rows: &[(u32, String)]) {
        let lines: BTreeSet<u64> = rows.iter().map(|(line, _)| u64::from(*line)).collect();
        let raw = self
            .found
            .get(file as usize)
            .map(|found| raw_rows(found, &lines))
            .unwrap_or_default();
        let Some(account) = self.loaded.inputs.get_mut(file as usize) else {
            return;
        };
        for (line, reason) in rows {
            let line = u64::from(*line);
            account.set_row_aside(Reason::Rejected, "a cell cannot be read", line);
            let finding = Diagnostic::new(code_of(reason), reason.clone())
                .at(Location::line(account.file.clone(), line))
                .hint("mend the cell, or set bad rows aside with --max-rejects or --lax");
            self.defects.push(Defect {
                reject: Reject {
                    file: account.file.clone(),
                    line,
                    reason: reason.clone(),
                    raw: raw.get(&line).cloned().unwrap_or_default(),
                },
                finding,
            });
        }
    }

    /// Too many rejected rows end the run; those that are allowed become warnings.
    fn check_defects(&mut self) -> Result<(), Failure> {
        let defects = std::mem::take(&mut self.defects);
        let rows: u64 = self.loaded.inputs.iter().map(|input| input.rows).sum();
        let too_many = self.request.limit.exceeded_by(defects.len() as u64, rows);
        let mut list = Diagnostics::default();
        for defect in defects {
            let mut finding = defect.finding;
            if !too_many {
                finding.severity = Severity::Warning;
            }
            list.push(finding);
            self.loaded.rejects.push(defect.reject);
        }
        if too_many {
            return list.fail_on_errors();
        }
        self.loaded.findings.extend(list);
        Ok(())
    }

    /// Keeps (or drops) the rows that meet a condition and accounts for the others.
    fn keep(
        &mut self,
        frame: &DataFrame,
        condition: &Condition,
        why: &str,
        meeting: bool,
    ) -> Result<DataFrame, Failure> {
        if frame.height() == 0 {
            return Ok(frame.clone());
        }
        let met = condition
            .met_by(frame)
            .map_err(|finding| Failure::from(*finding))?;
        let (files, lines) = (positions(frame, col::FILE), positions(frame, col::LINE));
        let keep: BooleanChunked = met
            .iter()
            .map(|met| Some(met.unwrap_or(false) == meeting))
            .collect();
        for (row, kept) in keep.iter().enumerate() {
            if kept != Some(true)
                && let Some(account) = self.loaded.inputs.get_mut(files[row] as usize)
            {
                account.set_row_aside(Reason::Excluded, why, u64::from(lines[row]));
            }
        }
        frame.filter(&keep).map_err(|error| broken(&error).into())
    }

    /// An exclusion of a table that does not exist would exclude nothing in silence.
    fn check_exclusions(&self) -> Result<(), Failure> {
        let names = || TABLES.iter().map(|table| table.name);
        for rule in &self.request.exclusions {
            if names().any(|name| name == rule.table) {
                continue;
            }
            let mut finding = Diagnostic::new(
                &codes::UNKNOWN_NAME,
                format!("`{}` of an [[exclude]] is no table", rule.table),
            );
            finding.location.clone_from(&rule.place);
            let all: Vec<&str> = names().collect();
            let near = did_you_mean(&rule.table, names());
            return Err(finding
                .hint(near.unwrap_or_else(|| format!("the tables are {}", all.join(", "))))
                .into());
        }
        Ok(())
    }

    fn tables(&mut self, parts: Vec<Part>) -> Result<(), Failure> {
        self.check_exclusions()?;
        self.loaded.tables.files = self
            .loaded
            .inputs
            .iter()
            .map(|input| input.file.clone())
            .collect();
        let mut by_table: BTreeMap<&str, Vec<Part>> = BTreeMap::new();
        for part in parts {
            by_table.entry(part.table).or_default().push(part);
        }
        for table in [&LEADS, &DEALS, &STAGE_EVENTS, &VISITS, &SPEND] {
            let parts = by_table.remove(table.name).unwrap_or_default();
            let declared: Vec<Declared> = parts.iter().map(|part| part.declared.clone()).collect();
            let frame = stacked(parts, table.name).map_err(|error| broken(&error))?;
            self.table(table.name, frame, &declared)?;
        }
        let made: Vec<String> = self
            .request
            .segments
            .iter()
            .map(|rule| rule.name.clone())
            .collect();
        self.loaded.tables.segments.extend(made);
        Ok(())
    }

    fn table(
        &mut self,
        table: &str,
        frame: DataFrame,
        declared: &[Declared],
    ) -> Result<(), Failure> {
        let files = self.loaded.tables.files.clone();
        let findings = &mut self.loaded.findings;
        let (mut frame, aside) = match table {
            "leads" | "deals" => {
                let unique = repeats::unique(frame, declared, &files, findings)
                    .map_err(|error| broken(&error))?;
                self.loaded.joins.extend(unique.joins);
                (unique.frame, unique.aside)
            }
            "visits" | "spend" => overlaps::resolve(&frame, declared, &files, findings)
                .map_err(|error| broken(&error))?,
            _ => (frame, Vec::new()),
        };
        self.set_aside(aside);
        for rule in rules::of_table(&self.request.exclusions, table) {
            let condition = Condition {
                sql: &rule.filter,
                table,
                place: rule.place.as_ref(),
            };
            frame = self.keep(&frame, &condition, &rule.why, false)?;
        }
        self.store(table, frame)
    }

    fn set_aside(&mut self, aside: Vec<Aside>) {
        let repeated = aside.iter().filter(|row| row.reason == Reason::Duplicate).count() as u64;
        if repeated > 0 {
            let text = format!("{repeated} rows repeat an earlier row exactly and are counted once");
            let finding = Diagnostic::new(&codes::DUPLICATE_ROW, text).times(repeated);
            self.loaded.findings.push(finding);
        }
        for row in aside {
            if let Some(account) = self.loaded.inputs.get_mut(row.file as usize) {
                account.set_row_aside(row.reason, row.why, u64::from(row.line));
            }
        }
    }

    fn store(&mut self, table: &str, frame: DataFrame) -> Result<(), Failure> {
        match table {
            "leads" => self.loaded.tables.leads = frame,
            "deals" => {
                let ends = [col::WON_AT, col::LOST_AT]
                    .map(|name| integers(&frame, name).into_iter().flatten().max());
                self.events_seen = ends.into_iter().fold(self.events_seen, Ord::max);
                self.loaded.tables.deals = frame;
            }
            "stage_events" => {
                let (followed, counted) = split_events(&frame).map_err(|error| broken(&error))?;
                self.loaded.tables.events = followed;
                self.loaded.tables.counted = counted;
            }
            "visits" => {
                self.loaded.tables.visits = self.chosen_visits(frame)?;
                let visits = &self.loaded.tables.visits;
                let given = |name: &str| integers(visits, name).iter().any(Option::is_some);
                self.loaded.tables.visits_are_users = !given("sessions") && given("users");
            }
            _ => self.loaded.tables.spend = frame,
        }
        Ok(())
    }

    /// The visits of one input; two that overlap need a choice.
    fn chosen_visits(&mut self, frame: DataFrame) -> Result<DataFrame, Failure> {
        let inputs = positions(&frame, INPUT);
        let kinds: Vec<(String, String)> = positions(&frame, col::FILE)
            .iter()
            .map(|file| {
                self.loaded
                    .inputs
                    .get(*file as usize)
                    .map(|input| (input.kind.clone(), input.file.clone()))
                    .unwrap_or_default()
            })
            .collect();
        if let Some(wanted) = &self.request.visits_from {
            let is_wanted = |row: usize| {
                let (kind, file) = &kinds[row];
                kind == wanted
                    || file == wanted
                    || kind.starts_with(wanted.as_str())
                    || glob_fits(wanted, file)
            };
            let keep: BooleanChunked = (0..frame.height())
                .map(|row| Some(is_wanted(row)))
                .collect();
            if frame.height() > 0 && !keep.any() {
                let text = format!("`{wanted}` of [visits] from is none of the inputs with visits");
                return Err(Diagnostic::new(&codes::UNKNOWN_NAME, text).into());
            }
            let (files, lines) = (positions(&frame, col::FILE), positions(&frame, col::LINE));
            for row in (0..frame.height()).filter(|row| !is_wanted(*row)) {
                if let Some(account) = self.loaded.inputs.get_mut(files[row] as usize) {
                    account.set_row_aside(
                        Reason::NotChosen,
                        "[visits] from names another input",
                        u64::from(lines[row]),
                    );
                }
            }
            return frame.filter(&keep).map_err(|error| broken(&error).into());
        }
        if let Some((a, b)) = overlapping_inputs(&frame, &inputs) {
            let text = format!(
                "{} and {} measure visits of the same days",
                kinds[a].1, kinds[b].1
            );
            let hint = format!("say which one counts: [visits] from = \"{}\"", kinds[a].0);
            return Err(Diagnostic::new(&codes::TWO_SOURCES, text).hint(hint).into());
        }
        Ok(frame)
    }

    /// The latest thing known to have happened, and how far the aggregated inputs reach.
    fn evidence(&mut self) {
        let zone = self.request.zone;
        let tables = &self.loaded.tables;
        let short = |frame: &DataFrame| {
            let spans = integers(frame, col::START)
                .into_iter()
                .zip(integers(frame, col::END));
            spans
                .filter_map(|(start, end)| Some((start?, end?)))
                .filter(|(start, end)| end - start <= 32 * DAY_MILLIS)
                .map(|(_, end)| end - 1)
                .max()
        };
        let aggregated = [&tables.visits, &tables.spend, &tables.counted].map(short);
        let events = integers(&tables.events, col::AT)
            .into_iter()
            .flatten()
            .max();
        let latest_event = aggregated
            .into_iter()
            .chain([events, self.events_seen])
            .flatten()
            .max();
        // The day of the latest event is taken as complete.
        let end_of_day = |at: Millis| day_end(crate::domain::calendar::day_of(at, zone), zone) - 1;
        let exported = self
            .export_days
            .iter()
            .max()
            .map(|day| day_end(*day, zone) - 1);
        self.loaded.evidence = [latest_event.map(end_of_day), exported]
            .into_iter()
            .flatten()
            .max();
        self.loaded.complete_through = self
            .complete
            .values()
            .min()
            .map(|day| day_end(*day, zone) - 1);
        for account in &mut self.loaded.inputs {
            let named = files::date_in_name(&account.file).map(|day| day_end(day, zone) - 1);
            account.through = named.or(account.through);
        }
    }
}

/// The currency column of a group, row by row.
pub struct CurrencyWords(pub Vec<Option<String>>);

impl CurrencyWords {
    fn of(group: &Group) -> Option<Self> {
        let words = group.words("currency")?;
        Some(Self(
            (0..group.height())
                .map(|row| words.get(row).map(str::to_uppercase))
                .collect(),
        ))
    }
}

/// Columns whose words mean something: channel, stage, outcome, kind.
fn meanings(
    group: &Group,
    assigned: &Assigned,
    shown: &BTreeMap<String, String>,
    request: &Request,
    findings: &mut Diagnostics,
) -> Vec<Column> {
    let vocabulary = Vocabulary::new(group, &request.stage_labels, &request.stages);
    let mut columns: Vec<Column> = assigned.column(group, shown).into_iter().collect();
    match group.table.name {
        "leads" => {
            columns.extend(vocabulary.column(group, "stage", col::TODAY, findings));
            let first = request
                .stages
                .first()
                .map(|stage| col::wide(stage))
                .unwrap_or_default();
            let speaks = group.has_column(&first);
            columns.push(Column::new(
                col::SPEAKS.into(),
                vec![speaks; group.height()],
            ));
            if let Some(words) = group.words("disqualified_reason") {
                let given: Vec<bool> = words.codes.iter().map(|code| *code > 0).collect();
                columns.push(Column::new(col::flag("disqualified").into(), given));
            }
        }
        "stage_events" => columns.extend(vocabulary.column(group, "stage", col::STAGE, findings)),
        "deals" => {
            columns.extend(kinds(group));
            let words = group.words("outcome").or_else(|| group.words("stage"));
            let outcomes: Vec<Outcome> = match words {
                None => vec![Outcome::Open; group.height()],
                Some(words) => {
                    let known: Vec<Outcome> = words
                        .list
                        .iter()
                        .map(|word| vocabulary.outcome(word))
                        .collect();
                    let of = |code: &u32| {
                        (*code as usize)
                            .checked_sub(1)
                            .and_then(|i| known.get(i).copied())
                    };
                    words
                        .codes
                        .iter()
                        .map(|code| of(code).unwrap_or(Outcome::Open))
                        .collect()
                }
            };
            let is = |wanted: Outcome| {
                outcomes
                    .iter()
                    .map(|outcome| *outcome == wanted)
                    .collect::<Vec<bool>>()
            };
            columns.push(Column::new(col::WON.into(), is(Outcome::Won)));
            columns.push(Column::new(col::LOST.into(), is(Outcome::Lost)));
        }
        _ => {}
    }
    columns
}

/// A lead without an id cannot be joined to anything.
fn missing_ids(group: &Group, frame: &DataFrame, bad: &mut BTreeMap<usize, String>) {
    for (row, id) in texts(frame, col::ID).into_iter().enumerate() {
        if id.is_none() && row < group.height() {
            bad.entry(row).or_insert_with(|| "the row has no id".into());
        }
    }
}

fn code_of(reason: &str) -> &'static crate::diagnostics::Code {
    match () {
        () if reason.contains("no id") => &codes::MISSING_ID,
        () if reason.contains("number") || reason.contains("amount") => &codes::BAD_NUMBER,
        () => &codes::BAD_DATE,
    }
}

/// The text of rows, read again from their file.
fn raw_rows(found: &Found, lines: &BTreeSet<u64>) -> BTreeMap<u64, String> {
    let mut raw = BTreeMap::new();
    let bytes = found
        .path
        .as_ref()
        .and_then(|path| std::fs::read(path).ok())
        .unwrap_or_default();
    let Ok(decoded) = decode(bytes, &DecodeOptions::default()) else {
        return raw;
    };
    let Ok(dialect) = find(&decoded.text, &DialectOptions::default()) else {
        return raw;
    };
    let mut rows = Rows::new(&decoded.text, &dialect);
    while let Ok(Some(row)) = rows.next_row() {
        if lines.contains(&row.line) {
            raw.insert(row.line, row.raw.to_owned());
        }
    }
    raw
}

pub fn broken(error: &PolarsError) -> Diagnostic {
    let text = error.to_string();
    Diagnostic::new(
        &codes::CONFIG,
        text.lines().next().unwrap_or_default().to_owned(),
    )
}

/// Columns that every table of a kind has, whatever its files say.
fn standard(table: &str) -> Vec<(&'static str, DataType)> {
    use DataType::{Boolean, Int32, Int64, String};
    match table {
        "leads" => vec![
            (col::ID, String),
            (col::CREATED, Int64),
            (col::CHANNEL, String),
            (col::TODAY, Int32),
            (col::SPEAKS, Boolean),
        ],
        "deals" => vec![
            (col::ID, String),
            (col::CREATED, Int64),
            (col::AMOUNT, Int64),
            (col::WON, Boolean),
            (col::LOST, Boolean),
            ("closed", Int64),
            ("kind", String),
        ],
        "stage_events" => vec![
            (col::ID, String),
            (col::AT, Int64),
            (col::STAGE, Int32),
            (col::AMOUNT, Int64),
            (col::COUNT, Int64),
            (col::CHANNEL, String),
        ],
        "visits" => vec![
            (col::START, Int64),
            (col::END, Int64),
            (col::CHANNEL, String),
            ("sessions", Int64),
            ("users", Int64),
            (col::ID, String),
        ],
        _ => vec![
            (col::START, Int64),
            (col::END, Int64),
            (col::CHANNEL, String),
            ("campaign", String),
            ("money", Int64),
            ("hours", Int64),
            ("hour_cost", Int64),
            ("impressions", Int64),
            ("clicks", Int64),
            (col::ID, String),
        ],
    }
}

/// All parts of a table one below the other, with the number of their input.
fn stacked(parts: Vec<Part>, table: &str) -> PolarsResult<DataFrame> {
    let mut frames = Vec::new();
    for (number, part) in parts.into_iter().enumerate() {
        let mut frame = part.frame;
        let number = u32::try_from(number).unwrap_or(u32::MAX);
        frame.with_column(Column::new(INPUT.into(), vec![number; frame.height()]))?;
        frames.push(frame);
    }
    let mut frame = if frames.is_empty() {
        DataFrame::default()
    } else {
        stack(frames)?
    };
    let height = frame.height();
    let mut ensured = standard(table);
    ensured.extend([
        (col::FILE, DataType::UInt32),
        (col::LINE, DataType::UInt32),
        (INPUT, DataType::UInt32),
    ]);
    if height == 0 {
        let columns = ensured
            .iter()
            .map(|(name, kind)| Column::full_null((*name).into(), 0, kind));
        return DataFrame::new(0, columns.collect());
    }
    for (name, kind) in ensured {
        if !has_column(&frame, name) {
            frame.with_column(Column::full_null(name.into(), height, &kind))?;
        }
    }
    if table == "deals" {
        add_ends(&mut frame)?;
    }
    if ["visits", "spend"].contains(&table) {
        frame.with_column(Column::new(col::STRADDLES.into(), vec![false; height]))?;
    }
    Ok(frame)
}

pub fn stack(frames: Vec<DataFrame>) -> PolarsResult<DataFrame> {
    let lazy: Vec<LazyFrame> = frames.into_iter().map(IntoLazy::lazy).collect();
    let options = UnionArgs {
        diagonal: true,
        rechunk: true,
        maintain_order: true,
        parallel: false,
        ..UnionArgs::default()
    };
    concat(lazy, options)?.collect()
}

/// When deals were won and lost: the closing date of those that ended.
fn add_ends(frame: &mut DataFrame) -> PolarsResult<()> {
    let closed = integers(frame, "closed");
    for (flag, at) in [(col::WON, col::WON_AT), (col::LOST, col::LOST_AT)] {
        let flags = crate::tables::frame::flags(frame, flag);
        let times: Vec<Option<i64>> = closed
            .iter()
            .zip(flags)
            .map(|(at, is)| at.filter(|_| is))
            .collect();
        frame.with_column(Column::new(at.into(), times))?;
    }
    Ok(())
}

/// Rows with an id are followed; rows without one are counted over the moment they name.
fn split_events(frame: &DataFrame) -> PolarsResult<(DataFrame, DataFrame)> {
    let has_id: BooleanChunked = texts(frame, col::ID)
        .into_iter()
        .map(|id| Some(id.is_some()))
        .collect();
    let followed = frame.filter(&has_id)?;
    let mut counted = frame.filter(&!&has_id)?;
    let height = counted.height();
    let at = integers(&counted, col::AT);
    let counts: Vec<Option<i64>> = integers(&counted, col::COUNT)
        .into_iter()
        .map(|count| Some(count.unwrap_or(1_000_000)))
        .collect();
    counted.with_column(Column::new(col::COUNT.into(), counts))?;
    counted.with_column(Column::new(col::START.into(), at.clone()))?;
    counted.with_column(Column::new(
        col::END.into(),
        at.iter().map(|at| at.map(|at| at + 1)).collect::<Vec<_>>(),
    ))?;
    counted.with_column(Column::new(col::STRADDLES.into(), vec![false; height]))?;
    Ok((followed, counted))
}

/// Rows of two inputs whose spans overlap.
fn overlapping_inputs(frame: &DataFrame, inputs: &[u32]) -> Option<(usize, usize)> {
    let (starts, ends) = (integers(frame, col::START), integers(frame, col::END));
    let mut reach: BTreeMap<u32, (usize, Millis, Millis)> = BTreeMap::new();
    for row in 0..frame.height() {
        let (Some(start), Some(end)) = (starts[row], ends[row]) else {
            continue;
        };
        let span = reach.entry(inputs[row]).or_insert((row, start, end));
        *span = (span.0, span.1.min(start), span.2.max(end));
    }
    let spans: Vec<(usize, Millis, Millis)> = reach.into_values().collect();
    for (number, a) in spans.iter().enumerate() {
        for b in spans.iter().skip(number + 1) {
            if a.1 < b.2 && b.1 < a.2 {
                return Some((a.0, b.0));
            }
        }
    }
    None
}

fn glob_fits(pattern: &str, file: &str) -> bool {
    glob::Pattern::new(pattern).is_ok_and(|pattern| pattern.matches(file))
}
