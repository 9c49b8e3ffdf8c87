//! Reading the files of a run into groups, row by row.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use csv::StringRecord;

use super::files::{self, Content, Found, ReadFile};
use super::group::{FileFacts, Group, Plan};
use super::profile;
use super::request::{Reject, Request};
use super::totals::Totals;
use super::touches::Gathered;
use crate::diagnostics::{Diagnostic, Diagnostics, Failure, Location, Severity, codes};
use crate::domain::calendar::Millis;
use crate::ingest::decode::DecodeOptions;
use crate::ingest::detect::{Recognition, contradiction, recognise, spec_for};
use crate::ingest::dialect::{Dialect, DialectOptions, find};
use crate::ingest::mapping::{Mapping, merge_input, resolve};
use crate::ingest::reader::{RowKind, Rows, ragged_finding};
use crate::ingest::sources;
use crate::ingest::spec::{Decimal, InputSpec, SourceSpec};
use crate::tables::accounts::{ColumnAccount, InputAccount, Reason};
use crate::tables::schema::{SPEND, TABLES, TOUCHES, TableSpec, VISITS};

/// What was read, before it is typed.
#[derive(Default)]
pub struct Reading {
    /// Groups in the order of the inputs.
    pub groups: Vec<Group>,
    /// The account of each file.
    pub accounts: Vec<InputAccount>,
    /// Each file and how it was read, to look at a row again.
    pub seen: Vec<ReadFile>,
    /// Columns of the files, where they were asked for.
    pub columns: Vec<ColumnAccount>,
    /// Findings.
    pub findings: Diagnostics,
    /// Rows with a defect.
    pub defects: Vec<Defect>,
    /// Export dates that the configuration, files or their names state, by file.
    pub export_days: BTreeMap<usize, NaiveDate>,
    /// Last days that the preambles of aggregated files state, by group label.
    pub complete: BTreeMap<String, NaiveDate>,
    /// Touches.
    pub touches: Gathered,
    /// The latest moment of a streamed file.
    pub touches_seen: Option<Millis>,
}

/// Why rows of the wrong width are set aside.
const RAGGED: &str = "more or fewer cells than the header";

/// A row with a defect.
pub struct Defect {
    /// What is wrong, with the place.
    pub finding: Diagnostic,
    /// The row for the rejects list.
    pub reject: Reject,
}

/// Reads all files.
///
/// # Errors
/// The first file that cannot be read or mapped, unless the run is to keep going.
pub fn read(request: &Request) -> Result<Reading, Failure> {
    let mut reading = Reading::default();
    let list = list_files(request, &mut reading)?;
    let count = list.len();
    for (number, (index, found)) in list.into_iter().enumerate() {
        (request.progress)(&found.name, number, count);
        let Some(spec) = request.inputs.get(index) else {
            continue;
        };
        if let Err(failure) = reading.file(request, index, spec, &found) {
            reading.give_up(request, &found, failure)?;
        }
    }
    Ok(reading)
}

/// Every file with the number of its input; files of one input by the date in their name.
fn list_files(request: &Request, reading: &mut Reading) -> Result<Vec<(usize, Found)>, Failure> {
    let mut list = Vec::new();
    let mut stdin = 0;
    for (index, spec) in request.inputs.iter().enumerate() {
        let path = spec.path.as_deref().unwrap_or_default();
        match files::expand(path, &request.base) {
            Ok(found) => {
                let members = found.into_iter().map(Found::members);
                let members: Result<Vec<Vec<Found>>, Diagnostic> = members.collect();
                let mut found = match members {
                    Ok(members) => members.concat(),
                    Err(finding) if request.keep_going => {
                        reading.findings.push(warned(finding));
                        continue;
                    }
                    Err(finding) => return Err(finding.into()),
                };
                found.sort_by_key(|found| (files::date_in_name(&found.name), found.name.clone()));
                stdin += found.iter().filter(|found| found.path.is_none()).count();
                list.extend(found.into_iter().map(|found| (index, found)));
            }
            Err(finding) if request.keep_going => reading.findings.push(warned(finding)),
            Err(finding) => return Err(finding.into()),
        }
    }
    if stdin > 1 {
        let text = "standard input (`-`) can be read once only";
        return Err(Diagnostic::new(&codes::USAGE, text).into());
    }
    Ok(list)
}

fn warned(mut finding: Diagnostic) -> Diagnostic {
    finding.severity = Severity::Warning;
    finding
}

/// A file that was opened and understood.
pub struct Opened<'a> {
    pub(super) found: &'a Found,
    pub(super) text: &'a str,
    pub(super) dialect: &'a Dialect,
}

impl Reading {
    /// A file that cannot be read ends the run, or is reported and left out.
    fn give_up(
        &mut self,
        request: &Request,
        found: &Found,
        failure: Failure,
    ) -> Result<(), Failure> {
        if !(request.keep_going || request.profile && is_unknown(&failure)) {
            return Err(failure);
        }
        failure
            .0
            .into_iter()
            .map(warned)
            .for_each(|finding| self.findings.push(finding));
        if self
            .accounts
            .iter()
            .all(|account| account.file != found.name)
        {
            self.seen.push(ReadFile::unread(found));
            self.accounts.push(InputAccount {
                file: found.name.clone(),
                kind: "unreadable".into(),
                ..InputAccount::default()
            });
        }
        Ok(())
    }

    fn file(
        &mut self,
        request: &Request,
        input: usize,
        spec: &InputSpec,
        found: &Found,
    ) -> Result<(), Failure> {
        if self.streamed(request, input, spec, found)? {
            return Ok(());
        }
        let options = DecodeOptions {
            encoding: spec.encoding.clone(),
            sheet: spec.sheet.clone(),
            ..DecodeOptions::default()
        };
        let Content { decoded, sha256 } = files::read(found, &options, &mut self.findings)?;
        if let Some(sheet) = spec.sheet.as_deref().filter(|_| !decoded.is_workbook()) {
            return Err(no_sheets(sheet, &found.name).into());
        }
        let layout = dialect_options(request, spec);
        let dialect = find(&decoded.text, &files::dialect_of(&decoded, layout.clone()))
            .map_err(|error| error.diagnostic(&found.name))?;
        dialect
            .findings(&found.name)
            .into_iter()
            .for_each(|finding| self.findings.push(finding));
        let opened = Opened {
            found,
            text: &decoded.text,
            dialect: &dialect,
        };
        let index = self.accounts.len();
        self.seen.push(ReadFile::new(found, &options, &layout));
        self.accounts.push(InputAccount {
            file: found.name.clone(),
            kind: "unknown".into(),
            encoding: decoded.encoding.to_owned(),
            delimiter: dialect.delimiter_name(),
            sha256,
            ..InputAccount::default()
        });
        let mut chosen = choose(spec, &dialect, &found.name);
        if let Some(finding) = chosen.as_ref().ok().and_then(|chosen| {
            contradiction(chosen.recognised?, &decoded.text, &dialect, &found.name)
        }) {
            chosen = Err(finding.into());
        }
        if let (true, Ok(chosen)) = (decoded.typed, chosen.as_mut()) {
            chosen.spec.decimal = chosen.spec.decimal.or(Some(Decimal::Point));
        }
        if request.profile {
            self.profile(request, chosen.as_ref().ok(), &opened, index)?;
        }
        let chosen = chosen?;
        let mapping = chosen
            .mapping(request, &dialect)
            .map_err(|list| located(list, &found.name))?;
        self.describe(&chosen, &mapping, &dialect, index);
        if self.is_repeated(&chosen, index) {
            return self.set_file_aside(&opened, index);
        }
        self.note_dates(spec, &opened, index)?;
        self.rows(request, input, chosen, mapping, &opened, index)?;
        self.seen[index].keep(decoded);
        Ok(())
    }

    /// Describes every column of a file, whether it is understood or not.
    fn profile(
        &mut self,
        request: &Request,
        chosen: Option<&Chosen>,
        opened: &Opened,
        index: usize,
    ) -> Result<(), Failure> {
        let mapping = chosen.and_then(|chosen| chosen.mapping(request, opened.dialect).ok());
        let totals = match &mapping {
            Some(mapping) => {
                let rule = chosen.and_then(|chosen| chosen.spec.totals);
                Some(Totals::find(opened, mapping, rule)?)
            }
            None => None,
        };
        let name = &opened.found.name;
        let columns = profile::columns(
            name,
            opened.text,
            opened.dialect,
            mapping.as_ref(),
            totals.as_ref(),
        )
        .map_err(|error| Failure::from(error.diagnostic(name)))?;
        self.accounts[index].rows = columns.rows;
        self.columns.extend(columns.columns);
        columns
            .findings
            .into_iter()
            .for_each(|finding| self.findings.push(finding));
        if mapping.is_none() {
            self.note_ragged(&columns.ragged, opened, index);
        }
        Ok(())
    }

    /// Rows of the wrong width in a file that nobody knows: nothing is made of it, so they
    /// are said and counted and no reason to refuse it.
    fn note_ragged(&mut self, ragged: &[(u64, usize)], opened: &Opened, index: usize) {
        let account = &mut self.accounts[index];
        for (line, found) in ragged {
            account.rows += 1;
            account.set_row_aside(Reason::Rejected, RAGGED, *line);
            let expected = opened.dialect.header.len();
            let finding = ragged_finding(&opened.found.name, *line, *found, expected);
            self.findings.push(warned(finding));
        }
    }

    pub(super) fn describe(
        &mut self,
        chosen: &Chosen,
        mapping: &Mapping,
        dialect: &Dialect,
        index: usize,
    ) {
        let account = &mut self.accounts[index];
        account.kind.clone_from(&chosen.kind);
        account.table = chosen.table.name.to_owned();
        let place = Location::file(account.file.clone());
        let text = format!(
            "taken for {}: {}",
            chosen.title,
            mapping.sentence(&dialect.header)
        );
        self.findings
            .push(Diagnostic::new(&codes::RECOGNISED, text).at(place.clone()));
        for note in &mapping.notes {
            self.findings.push(note.clone().at(place.clone()));
        }
        if dialect.header_looks_like_data() {
            let text = "the first row looks like data, not like a header";
            let hint = "if the file has no header: --no-header --columns A,B,C, or header = false in its [[input]]";
            self.findings
                .push(Diagnostic::new(&codes::ASSUMED, text).at(place).hint(hint));
        }
    }

    /// The same bytes a second time in one kind of input.
    fn is_repeated(&self, chosen: &Chosen, index: usize) -> bool {
        let (earlier, this) = self.accounts.split_at(index);
        let Some(this) = this.first() else {
            return false;
        };
        earlier.iter().any(|other| {
            other.sha256 == this.sha256 && other.kind == chosen.kind && other.table == this.table
        }) && chosen.spec.set.is_empty()
    }

    fn set_file_aside(&mut self, opened: &Opened, index: usize) -> Result<(), Failure> {
        let mut rows = Rows::new(opened.text, opened.dialect);
        let account = &mut self.accounts[index];
        while let Some(row) = rows
            .next_row()
            .map_err(|error| error.diagnostic(&opened.found.name))?
        {
            account.rows += 1;
            account.set_row_aside(
                Reason::Duplicate,
                "the whole file repeats another one",
                row.line,
            );
        }
        let text = "has the same bytes as another file of its kind and is counted once";
        let place = Location::file(opened.found.name.clone());
        self.findings
            .push(Diagnostic::new(&codes::DUPLICATE_ROW, text).at(place));
        Ok(())
    }

    /// Export date (declared, in the preamble, in the name) and stated period.
    ///
    /// # Errors
    /// A declared date that is none.
    fn note_dates(
        &mut self,
        spec: &InputSpec,
        opened: &Opened,
        index: usize,
    ) -> Result<(), Failure> {
        let declared = spec.exported_at.as_deref().map(export_day).transpose()?;
        let stated = opened.dialect.preamble_period(None).map(|(_, last)| last);
        let named = declared.or_else(|| files::date_in_name(&opened.found.name));
        if let Some(day) = named.or(stated) {
            self.export_days.insert(index, day);
        }
        let account = &self.accounts[index];
        let is_aggregated = [VISITS.name, SPEND.name].contains(&account.table.as_str());
        if let Some(last) = stated.filter(|_| is_aggregated) {
            let end = self.complete.entry(account.kind.clone()).or_insert(last);
            *end = last.max(*end);
        }
        Ok(())
    }

    fn rows(
        &mut self,
        request: &Request,
        input: usize,
        chosen: Chosen,
        mapping: Mapping,
        opened: &Opened,
        index: usize,
    ) -> Result<(), Failure> {
        let totals = Totals::find(opened, &mapping, chosen.spec.totals)?;
        let group = self.group(request, input, chosen);
        let facts = FileFacts {
            index: u32::try_from(index).unwrap_or(u32::MAX),
            name: opened.found.name.clone(),
            period: opened.dialect.preamble_period(None),
            mapping,
        };
        let id = id_to_print(&facts.mapping);
        let plan = self.groups[group].open(facts).map_err(Failure::from)?;
        let mut rows = Rows::new(opened.text, opened.dialect);
        let mut account = std::mem::take(&mut self.accounts[index]);
        account.rows = 0;
        let result = loop {
            match rows.next_row() {
                Err(error) => break Err(error.diagnostic(&opened.found.name)),
                Ok(None) => break Ok(()),
                Ok(Some(row)) => {
                    if request.prints && row.kind == RowKind::Data {
                        let id = id.and_then(|cell| row.cells.get(cell));
                        account.prints.push(id, row.raw);
                    }
                    let pushed = Pushed {
                        line: row.line,
                        kind: row.kind,
                        cells: row.cells,
                        raw: row.raw,
                    };
                    self.row(group, &plan, &pushed, opened, &totals, &mut account);
                }
            }
        };
        if account.rows == 0 {
            let place = Location::file(account.file.clone());
            self.findings
                .push(Diagnostic::new(&codes::NO_ROWS, "has a header and no rows").at(place));
        }
        if self.groups[group].table.name == TOUCHES.name {
            let number = u32::try_from(index).unwrap_or(u32::MAX);
            self.touches.reserve(number, account.rows)?;
        }
        let totals_rows = account.aside_for(Reason::Totals);
        if totals_rows > 0 {
            let text = format!("{totals_rows} rows state a total and are left out of every sum");
            let place = Location::file(account.file.clone());
            self.findings.push(
                Diagnostic::new(&codes::TOTALS_ROW, text)
                    .at(place)
                    .times(totals_rows),
            );
        }
        self.accounts[index] = account;
        result.map_err(Failure::from)
    }

    fn row(
        &mut self,
        group: usize,
        plan: &Plan,
        row: &Pushed,
        opened: &Opened,
        totals: &Totals,
        account: &mut InputAccount,
    ) {
        match row.kind {
            RowKind::NoData => {}
            RowKind::GrandTotal => {
                account.rows += 1;
                account.set_row_aside(Reason::Totals, "states a total", row.line);
            }
            RowKind::Data if totals.has(row.line, row.cells) => {
                account.rows += 1;
                self.groups[group].state_total(plan, row.line, row.cells);
                account.set_row_aside(Reason::Totals, "states a total", row.line);
            }
            RowKind::Ragged { .. } if totals.is_labelled(row.cells) => {
                account.rows += 1;
                account.set_row_aside(Reason::Totals, "states a total", row.line);
            }
            RowKind::Ragged { found } => {
                account.rows += 1;
                let expected = opened.dialect.header.len();
                let finding = ragged_finding(&opened.found.name, row.line, found, expected);
                account.set_row_aside(Reason::Rejected, RAGGED, row.line);
                self.defects.push(Defect {
                    reject: Reject {
                        file: opened.found.name.clone(),
                        line: row.line,
                        reason: finding.text.clone(),
                        raw: row.raw.to_owned(),
                    },
                    finding,
                });
            }
            RowKind::Data => {
                account.rows += self.groups[group].push(plan, row.line, row.cells);
            }
        }
    }

    /// The group of the input and kind; typed files of one kind form one.
    fn group(&mut self, request: &Request, input: usize, chosen: Chosen) -> usize {
        let label = request
            .inputs
            .get(input)
            .and_then(|spec| spec.path.clone())
            .unwrap_or_default();
        let fits = |group: &Group| {
            let same_input = group.label == label || request.typed;
            group.classes.is_none()
                && group.kind == chosen.kind
                && group.table.name == chosen.table.name
                && same_input
                && group.spec.set == chosen.spec.set
        };
        if let Some(place) = self.groups.iter().position(fits) {
            return place;
        }
        self.groups
            .push(Group::new(chosen.kind, label, chosen.spec, chosen.table));
        self.groups.len() - 1
    }
}

/// The cell of the id; an address stands for nobody in a fingerprint.
fn id_to_print(mapping: &Mapping) -> Option<usize> {
    let id = mapping.column("id").filter(|_| !mapping.id_is_email())?;
    id.source.cells().next()
}

struct Pushed<'a> {
    line: u64,
    kind: RowKind,
    cells: &'a StringRecord,
    raw: &'a str,
}

fn is_unknown(failure: &Failure) -> bool {
    failure
        .0
        .iter()
        .all(|finding| finding.code.id == codes::UNRECOGNISED.id)
}

fn located(list: Vec<Diagnostic>, file: &str) -> Failure {
    let at = |finding: Diagnostic| {
        if finding.location.is_some() {
            finding
        } else {
            finding.at(Location::file(file))
        }
    };
    Failure(list.into_iter().map(at).collect())
}

pub(super) fn dialect_options(request: &Request, spec: &InputSpec) -> DialectOptions {
    let delimiter = spec.delimiter.as_deref().and_then(|word| match word {
        "tab" | "\\t" | "\t" => Some(b'\t'),
        other => other.bytes().next(),
    });
    let header = spec.header.or(request.header);
    DialectOptions {
        delimiter,
        header,
        header_row: spec.header_row,
        header_rows: spec.header_rows,
        columns: match header {
            Some(false) => request.header_names.clone().unwrap_or_default(),
            _ => Vec::new(),
        },
    }
}

fn no_sheets(sheet: &str, file: &str) -> Diagnostic {
    let text = format!("`sheet = \"{sheet}\"` names a sheet, and this is no workbook");
    Diagnostic::new(&codes::CONFIG, text)
        .at(Location::file(file))
        .hint("remove `sheet` from its [[input]]")
}

/// What a file was taken for.
pub(super) struct Chosen {
    pub(super) kind: String,
    title: String,
    pub(super) table: &'static TableSpec,
    pub(super) spec: InputSpec,
    builtin: Option<InputSpec>,
    /// The system, where the headers alone said it.
    recognised: Option<&'static SourceSpec>,
}

impl Chosen {
    pub(super) fn mapping(
        &self,
        request: &Request,
        dialect: &Dialect,
    ) -> Result<Mapping, Vec<Diagnostic>> {
        resolve(
            &self.spec,
            self.table,
            &dialect.header,
            &request.stages,
            self.builtin.as_ref(),
        )
    }
}

/// The source or table of a file: what the user says, else what its header says.
pub(super) fn choose(spec: &InputSpec, dialect: &Dialect, file: &str) -> Result<Chosen, Failure> {
    let header = &dialect.header;
    if let Some(kind) = &spec.kind {
        let source = sources::by_name(kind).ok_or_else(|| unknown_kind(kind, file))?;
        return chosen(
            &source.name,
            &source.title,
            Some(spec_for(source, header)),
            spec,
            file,
        );
    }
    if let Some(table) = &spec.table {
        return chosen(table, &format!("table {table}"), None, spec, file);
    }
    match recognise(header) {
        Recognition::Known(source) => {
            let input = Some(spec_for(source, header));
            let mut chosen = chosen(&source.name, &source.title, input, spec, file)?;
            chosen.recognised = Some(source);
            Ok(chosen)
        }
        Recognition::Generic {
            source,
            spec: fitted,
        } if spec.columns.is_empty() => {
            chosen(&source.name, &source.title, Some(*fitted), spec, file)
        }
        Recognition::Ambiguous(several) => Err(ambiguous(&several, file).into()),
        Recognition::Generic { .. } | Recognition::Unknown { .. } => {
            Err(unrecognised(header, file).into())
        }
    }
}

fn chosen(
    kind: &str,
    title: &str,
    builtin: Option<InputSpec>,
    spec: &InputSpec,
    file: &str,
) -> Result<Chosen, Failure> {
    let merged = match &builtin {
        Some(base) => merge_input(base, spec),
        None => spec.clone(),
    };
    let name = merged.table.as_deref().unwrap_or_default();
    let table = TableSpec::by_name(name).ok_or_else(|| unknown_table(name, file))?;
    Ok(Chosen {
        kind: kind.to_owned(),
        title: title.to_owned(),
        table,
        spec: merged,
        builtin,
        recognised: None,
    })
}

fn unknown_kind(kind: &str, file: &str) -> Diagnostic {
    let text = format!("`{kind}` is no known source");
    let near = crate::domain::names::did_you_mean(kind, sources::names());
    Diagnostic::new(&codes::UNKNOWN_NAME, text)
        .at(Location::file(file))
        .hint(near.unwrap_or_else(|| "`leadflow sources` lists them".into()))
}

fn unknown_table(table: &str, file: &str) -> Diagnostic {
    let names: Vec<&str> = TABLES.iter().map(|table| table.name).collect();
    let text = format!("`{table}` is no table");
    Diagnostic::new(&codes::UNKNOWN_NAME, text)
        .at(Location::file(file))
        .hint(format!("the tables are {}", names.join(", ")))
}

fn ambiguous(several: &[&SourceSpec], file: &str) -> Diagnostic {
    let names: Vec<&str> = several.iter().map(|source| source.name.as_str()).collect();
    Diagnostic::new(
        &codes::UNRECOGNISED,
        format!("could be any of {}", names.join(", ")),
    )
    .at(Location::file(file))
    .hint(format!(
        "say which with kind = \"{}\" in its [[input]]",
        names.first().copied().unwrap_or_default()
    ))
}

fn unrecognised(header: &[String], file: &str) -> Diagnostic {
    let near = match recognise(header) {
        Recognition::Unknown {
            nearest: Some((source, missing)),
        } => {
            format!(
                "; nearest is {}, which also has {}",
                source.title,
                missing.join(", ")
            )
        }
        _ => String::new(),
    };
    Diagnostic::new(&codes::UNRECOGNISED, format!("is no known export{near}"))
        .at(Location::file(file))
        .hint("say in leadflow.toml which table it is and where its columns are: [[input]] path, table, [input.columns]")
}

fn export_day(declared: &str) -> Result<NaiveDate, Failure> {
    declared.parse().map_err(|_| {
        let text = format!("`exported_at = \"{declared}\"` of an [[input]] is no date");
        let hint = "write the day of the export, such as exported_at = \"2026-08-31\"; a column of dates goes into [input.columns]";
        Diagnostic::new(&codes::CONFIG, text).hint(hint).into()
    })
}
