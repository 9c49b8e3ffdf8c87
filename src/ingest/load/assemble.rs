//! Groups to canonical tables.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use chrono_tz::Tz;
use polars::prelude::*;
use rustc_hash::FxHashSet;

use super::again;
use super::channels::{self, Assigned};
use super::deal_words::DealWords;
use super::excluded;
use super::exported;
use super::feedback;
use super::files::ReadFile;
use super::frames::{Part, broken, split_events, stack, stacked};
use super::group::{ClassRow, Group};
use super::meanings::{CurrencyWords, meanings, sayable};
use super::reading::{Defect, Reading};
use super::rejects::without_bad;
use super::repeats::{self, Aside, Declared};
use super::request::{Loaded, Request};
use super::rules::Condition;
use super::touches::Gathered;
use super::typed::Typed;
use super::{amounts, refunds, rules, spend};
use super::{deal_snapshots, overlaps, snapshots};
use crate::diagnostics::{Diagnostic, Failure, codes};
use crate::domain::calendar::{DAY_MILLIS, Millis, day_end, day_start};
use crate::domain::names::near_or_all;
use crate::domain::period::Period;
use crate::ingest::spec::Several;
use crate::tables::accounts::Reason;
use crate::tables::col;
use crate::tables::frame::{filtered, flags, has_column, integers, positions};
use crate::tables::paths::Paths;
use crate::tables::schema::{BILLING, DEALS, LEADS, OWNERS, SPEND, TABLES, VISITS};

/// Types the groups and makes one table of all groups of a kind.
///
/// # Errors
/// As [`super::load`].
pub fn assemble(request: &Request, reading: Reading) -> Result<Loaded, Failure> {
    Assembly::new(request, reading).run()
}

pub struct Assembly<'a> {
    pub(super) request: &'a Request<'a>,
    pub(super) groups: Vec<Group>,
    pub(super) seen: Vec<ReadFile>,
    pub(super) export_days: BTreeMap<usize, NaiveDate>,
    pub(super) complete: BTreeMap<String, NaiveDate>,
    pub(super) defects: Vec<Defect>,
    pub(super) loaded: Loaded,
    pub(super) events_seen: Option<Millis>,
    /// Moves that differences of snapshots tell.
    pub(super) moves: Option<DataFrame>,
    /// The same of deals.
    pub(super) deal_moves: Option<DataFrame>,
    /// Ids of leads and deals that are left out.
    pub(super) excluded: FxHashSet<String>,
    pub(super) touches: Gathered,
    /// What the words of streamed files say, with the classes that the rows stand for.
    pub(super) classes: Vec<(Vec<ClassRow>, DataFrame)>,
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
            seen: reading.seen,
            export_days: reading.export_days,
            complete: reading.complete,
            defects: reading.defects,
            loaded,
            events_seen: reading.touches_seen,
            moves: None,
            deal_moves: None,
            excluded: FxHashSet::default(),
            touches: reading.touches,
            classes: Vec::new(),
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
            let tables = &mut self.loaded.tables;
            tables.sayable.extend(sayable(group, self.request));
            tables.given.insert(group.table.name);
        }
        let deal_words = DealWords::new(&self.groups, &self.request.pipelines);
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
                    &deal_words,
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
            let mut decided = group.finish(zone, input_zone, &mut self.loaded.findings);
            feedback::check(group, &mut decided);
            self.note_bad(group, &mut decided);
            typed.push(decided);
        }
        self.check_defects()?;
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
            let part = self.part(group, typed, words)?;
            match &group.classes {
                Some(classes) => self.classes.push((classes.clone(), part.frame)),
                None => parts.push(part),
            }
        }
        self.fail_on_errors()?;
        self.tables(parts)?;
        self.evidence();
        self.fail_on_errors()?;
        Ok(self.loaded)
    }

    /// Errors end the run, except where the question is what is wrong with the files.
    ///
    /// # Errors
    /// Every error so far.
    pub fn fail_on_errors(&self) -> Result<(), Failure> {
        if self.request.profile {
            return Ok(());
        }
        self.loaded.findings.fail_on_errors()
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
        if [VISITS, SPEND, BILLING, OWNERS]
            .iter()
            .any(|spanned| spanned.name == table)
        {
            spend::add_span(group, &mut typed, self.request.zone);
        }
        self.note_reach(&typed);
        let of_table = typed.date_only.iter().map(|name| format!("{table}.{name}"));
        self.loaded.tables.date_only.extend(of_table);
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
        if table == BILLING.name {
            refunds::take_off(&mut frame).map_err(|error| broken(&error))?;
        }
        frame = without_bad(&frame, &typed.bad)?;
        self.note_spans(&frame);
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
            frame = self.keep(frame, &condition, why, true)?;
        }
        frame = self.without_nobody(group, frame)?;
        if [VISITS.name, SPEND.name].contains(&table) {
            frame =
                spend::spread(group, frame, self.request.zone).map_err(|error| broken(&error))?;
        }
        // A column with the date of each row's snapshot says how the rows relate.
        let dated = has_column(&frame, col::EXPORTED).then_some(Several::Snapshots);
        let declared = Declared {
            several: group.spec.several.or(dated),
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
                account.reach(*first);
                account.reach(*last);
            }
            self.events_seen = self.events_seen.max(Some(*last));
        }
    }

    /// First and last moment of the spans, and of the ends of deals, file by file.
    fn note_spans(&mut self, frame: &DataFrame) {
        let files = positions(frame, col::FILE);
        let mut note = |name: &str, shift: Millis, happened: Option<Vec<bool>>| {
            for (row, at) in integers(frame, name).into_iter().enumerate() {
                let counts = happened.as_ref().is_none_or(|happened| happened[row]);
                let Some(at) = at.filter(|_| counts) else {
                    continue;
                };
                if let Some(account) = self.loaded.inputs.get_mut(files[row] as usize) {
                    account.reach(at - shift);
                }
            }
        };
        note(col::START, 0, None);
        note(col::END, 1, None);
        if has_column(frame, col::WON) {
            let (won, lost) = (flags(frame, col::WON), flags(frame, col::LOST));
            let ended = won.iter().zip(&lost).map(|(won, lost)| *won || *lost);
            note("closed", 0, Some(ended.collect()));
        }
    }

    /// Keeps (or drops) the rows that meet a condition and accounts for the others.
    fn keep(
        &mut self,
        frame: DataFrame,
        condition: &Condition,
        why: &str,
        meeting: bool,
    ) -> Result<DataFrame, Failure> {
        if frame.height() == 0 {
            return Ok(frame);
        }
        let met = condition
            .met_by(&frame)
            .map_err(|finding| Failure::from(*finding))?;
        let (files, lines) = (positions(&frame, col::FILE), positions(&frame, col::LINE));
        let keep = if meeting { met } else { !met };
        for (row, kept) in keep.iter().enumerate() {
            if kept != Some(true)
                && let Some(account) = self.loaded.inputs.get_mut(files[row] as usize)
            {
                account.set_row_aside(Reason::Excluded, why, u64::from(lines[row]));
            }
        }
        filtered(frame, &keep).map_err(|error| broken(&error).into())
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
            return Err(finding
                .hint(near_or_all(&rule.table, names(), "the tables are"))
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
        for table in TABLES {
            let parts = by_table.remove(table.name).unwrap_or_default();
            let declared: Vec<Declared> = parts.iter().map(|part| part.declared.clone()).collect();
            let frame = stacked(parts, table.name).map_err(|error| broken(&error))?;
            self.table(table.name, frame, &declared)?;
        }
        self.exclude_belongings()?;
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
        mut frame: DataFrame,
        declared: &[Declared],
    ) -> Result<(), Failure> {
        let files = self.loaded.tables.files.clone();
        if [LEADS.name, DEALS.name].contains(&table) {
            frame = self.compare_snapshots(table, frame, declared, &files)?;
        }
        let findings = &mut self.loaded.findings;
        let (mut frame, aside) = match table {
            "leads" | "deals" | "accounts" => {
                let unique = repeats::unique(frame, declared, &files, findings)
                    .map_err(|error| broken(&error))?;
                self.loaded.joins.extend(unique.joins);
                (exported::forgotten(unique.frame), unique.aside)
            }
            "visits" | "spend" | "billing" => overlaps::resolve(&frame, declared, &files, findings)
                .map_err(|error| broken(&error))?,
            "activities" | "feedback" => {
                again::once(frame, declared).map_err(|error| broken(&error))?
            }
            _ => (frame, Vec::new()),
        };
        self.set_aside(aside);
        let has_belongings = [LEADS.name, DEALS.name].contains(&table);
        let mut excluded = FxHashSet::default();
        if has_belongings && !self.request.exclusions.is_empty() {
            excluded = excluded::ids(&frame);
        }
        for rule in rules::of_table(&self.request.exclusions, table) {
            let condition = Condition {
                sql: &rule.filter,
                table,
                place: rule.place.as_ref(),
            };
            frame = self.keep(frame, &condition, &rule.why, false)?;
        }
        if !excluded.is_empty() {
            let kept = excluded::ids(&frame);
            excluded.retain(|id| !kept.contains(id));
            self.excluded.extend(excluded);
        }
        self.store(table, frame)
    }

    /// History from inputs whose rows are of snapshots: of leads, or of deals. Gives the rows
    /// in the order of their snapshots.
    fn compare_snapshots(
        &mut self,
        table: &str,
        frame: DataFrame,
        declared: &[Declared],
        files: &[String],
    ) -> Result<DataFrame, Failure> {
        let zone = self.request.zone;
        let of_file = |file: u32| self.export_days.get(&(file as usize)).copied();
        let (frame, dates) =
            exported::in_order(frame, &of_file, zone).map_err(|error| broken(&error))?;
        let failed = |finding: Box<Diagnostic>| Failure::from(*finding);
        if table == LEADS.name {
            let history = snapshots::history(&frame, declared, files, &dates).map_err(failed)?;
            self.note_removed(history.removed, history.ids);
            self.moves = history.moves;
        } else {
            let history =
                deal_snapshots::history(&frame, declared, files, &dates).map_err(failed)?;
            self.note_removed(history.removed, history.ids);
            self.deal_moves = history.moves;
        }
        Ok(frame)
    }

    fn note_removed(&mut self, removed: u64, ids: u64) {
        if removed == 0 {
            return;
        }
        let mut text = format!(
            "{removed} of {ids} ids are missing from the newest snapshot: removed, not lost"
        );
        // Few records are deleted in a month; many at once are a filtered list.
        if removed * 5 > ids {
            text.push_str("; so many at once mean that the list view was probably filtered");
        }
        let finding = Diagnostic::new(&codes::REMOVED, text).times(removed);
        self.loaded.findings.push(finding);
    }

    fn set_aside(&mut self, aside: Vec<Aside>) {
        let repeated = aside
            .iter()
            .filter(|row| row.reason == Reason::Duplicate)
            .count() as u64;
        if repeated > 0 {
            let text = match repeated {
                1 => "1 row repeats an earlier row exactly and is counted once".to_owned(),
                many => format!("{many} rows repeat an earlier row exactly and are counted once"),
            };
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
                if let Some(moves) = self.deal_moves.take() {
                    let known = std::mem::take(&mut self.loaded.tables.events);
                    let all = stack(vec![known, moves]).map_err(|error| broken(&error))?;
                    self.loaded.tables.events = all;
                }
            }
            "stage_events" => {
                let (followed, counted) = split_events(&frame).map_err(|error| broken(&error))?;
                let moves = self.moves.take();
                self.loaded.tables.from_snapshots = moves.is_some();
                let all = std::iter::once(followed).chain(moves).collect();
                self.loaded.tables.events = stack(all).map_err(|error| broken(&error))?;
                self.loaded.tables.counted = counted;
            }
            "visits" => {
                self.loaded.tables.visits = self.chosen_visits(frame)?;
                let visits = &self.loaded.tables.visits;
                let given = |name: &str| integers(visits, name).iter().any(Option::is_some);
                self.loaded.tables.visits_are_users = !given("sessions") && given("users");
            }
            "paths" => self.loaded.tables.paths = Paths::new(frame),
            "touches" => self.add_touches(&frame)?,
            "identities" => self.loaded.tables.identities = frame,
            "activities" => self.loaded.tables.activities = frame,
            "owners" => self.loaded.tables.owners = frame,
            "accounts" => self.loaded.tables.companies = frame,
            "billing" => self.loaded.tables.billing = frame,
            "feedback" => self.loaded.tables.feedback = frame,
            _ => self.loaded.tables.spend = frame,
        }
        Ok(())
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
        let billed = billed_through(&tables.billing, zone);
        let latest_event = aggregated
            .into_iter()
            .chain([billed, events, self.events_seen])
            .flatten()
            .max();
        // The day of the latest event is taken as complete.
        let end_of_day = |at: Millis| day_end(crate::domain::calendar::day_of(at, zone), zone) - 1;
        let exported = self
            .export_days
            .values()
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
        for (index, account) in self.loaded.inputs.iter_mut().enumerate() {
            let day = self.export_days.get(&index);
            let exported = day.map(|day| day_end(*day, zone) - 1);
            account.through = exported.or(account.through);
        }
    }
}

/// Longest span of billing that is evidence for its whole length: a quarter is told of when
/// it is over, a year is paid in advance.
const BILLED_AFTER: Millis = 93 * DAY_MILLIS;

/// The last moment that billing is evidence for. A single first day of a month stands for
/// the month; of a long span only the first day has surely come.
fn billed_through(frame: &DataFrame, zone: Tz) -> Option<Millis> {
    let spans = integers(frame, col::START)
        .into_iter()
        .zip(integers(frame, col::END));
    let through = |(start, end): (Millis, Millis)| {
        let day = crate::domain::calendar::day_of(start, zone);
        let is_day = end <= day_end(day, zone);
        let month = Period::month(day);
        if is_day && day == month.start {
            return day_start(month.end, zone) - 1;
        }
        match end - start <= BILLED_AFTER {
            true => end - 1,
            false => day_end(day, zone) - 1,
        }
    };
    let known = spans.filter_map(|(start, end)| start.zip(end));
    known.map(through).max()
}
