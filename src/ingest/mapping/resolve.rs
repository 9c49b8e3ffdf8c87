//! From a specification and a header row to a [`Mapping`], or to all that is wrong with it.

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
            if *reference == ColumnRef::Header(String::new()) {
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
            Found::Cells(cells) => self.add_cells(slot, cells),
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
            let captured = pattern.capture(self.headers.normal(cell)).unwrap_or("");
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
                ),
                Some(_) if lenient => {}
                Some(other) => {
                    let error = findings::duplicate(&canonical, &self.headers, &[other, cell]);
                    self.errors.push(error);
                }
            }
        }
    }

    fn add_cells(&mut self, slot: Slot, cells: Vec<usize>) {
        if self
            .columns
            .iter()
            .any(|column| column.canonical == slot.canonical)
        {
            self.errors.push(findings::mapped_twice(&slot.canonical));
            return;
        }
        let written: Vec<&str> = cells
            .iter()
            .map(|cell| self.headers.written(*cell))
            .collect();
        let header = written.join(" + ");
        self.columns.push(MappedColumn {
            currency_from_header: (slot.kind == CellKind::Money)
                .then(|| currency_in(&header))
                .flatten(),
            grain: (slot.kind == CellKind::Span)
                .then(|| grain_in(&header))
                .flatten(),
            source: Source::Cells(cells),
            header,
            default: None,
            part: None,
            canonical: slot.canonical,
            kind: slot.kind,
            segment: slot.segment,
        });
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
        self.columns.push(MappedColumn {
            canonical: slot.canonical,
            kind: slot.kind,
            source: Source::Constant(text),
            header: String::new(),
            default: None,
            currency_from_header: None,
            part: None,
            grain: None,
            segment: slot.segment,
        });
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
        let cells: &[usize] = match &self.source {
            Source::Cells(cells) => cells,
            Source::Constant(_) => &[],
        };
        cells.iter().copied()
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
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::ingest::detect::spec_for;
    use crate::ingest::mapping::merge_input;
    use crate::ingest::sources;

    const LADDER: [&str; 5] = ["lead", "mql", "sql", "opportunity", "customer"];

    fn owned(names: &[&str]) -> Vec<String> {
        names.iter().map(ToString::to_string).collect()
    }

    fn mapped(spec: &str, table: &str, header: &[&str]) -> Result<Mapping, Vec<Diagnostic>> {
        let spec: InputSpec = toml::from_str(spec).unwrap();
        let table = TableSpec::by_name(table).unwrap();
        resolve(&spec, table, &owned(header), &owned(&LADDER), None)
    }

    /// The finding's code, text and hint, of a mapping that must fail with one finding.
    fn finding(spec: &str, table: &str, header: &[&str]) -> (String, String) {
        let errors = mapped(spec, table, header).unwrap_err();
        assert_eq!(errors.len(), 1, "{errors:?}");
        let hint = errors[0].hint.clone().unwrap();
        (
            errors[0].code.id.to_owned(),
            format!("{} | {hint}", errors[0].text),
        )
    }

    fn builtin(source: &str, user: &str, header: &[&str]) -> Result<Mapping, Vec<Diagnostic>> {
        let source = sources::by_name(source).unwrap();
        let user: InputSpec = toml::from_str(user).unwrap();
        let base = spec_for(source, &owned(header));
        let spec = merge_input(&base, &user);
        let table = TableSpec::by_name(spec.table.as_deref().unwrap()).unwrap();
        resolve(&spec, table, &owned(header), &owned(&LADDER), Some(&base))
    }

    fn names(mapping: &Mapping) -> Vec<&str> {
        mapping
            .columns
            .iter()
            .map(|column| column.canonical.as_str())
            .collect()
    }

    #[test]
    fn columns_come_in_the_order_of_table_and_ladder() {
        let spec = r#"
            [columns]
            "stage.customer" = "Won on"
            "stage.mql" = "MQL since"
            region = "Area"
            created = "Since"
            id = ["Shop", "Number"]
            channel = ["Kanal", "Channel"]
            [set]
            owner = "Anna"
            channel = "Other"
        "#;
        let header = [
            "Number",
            "Shop",
            "SINCE",
            "Channel",
            "mql  since",
            "Won on",
            "Area",
            "x",
            "",
        ];
        let mapping = mapped(spec, "leads", &header).unwrap();
        assert_eq!(
            names(&mapping),
            [
                "id",
                "created",
                "channel",
                "owner",
                "stage.mql",
                "stage.customer",
                "region"
            ]
        );
        let id = mapping.column("id").unwrap();
        assert_eq!(
            (&id.source, id.header.as_str()),
            (&Source::Cells(vec![1, 0]), "Shop + Number")
        );
        assert_eq!(
            mapping.column("channel").unwrap().default.as_deref(),
            Some("Other")
        );
        assert_eq!(
            mapping.column("owner").unwrap().source,
            Source::Constant("Anna".into())
        );
        assert!(mapping.column("region").unwrap().segment);
        assert_eq!(mapping.unmapped, [7]);
        assert!(mapping.notes.is_empty() && mapping.absent.is_empty());
    }

    #[test]
    fn a_header_that_is_not_there_is_named_with_its_neighbours() {
        let (code, text) = finding(
            "columns = { id = 'mql_id', channel = 'origin' }",
            "leads",
            &["mql_ids", "Origin", "origin_page"],
        );
        assert_eq!(code, "missing_column");
        assert_eq!(
            text,
            "`id` is mapped to `mql_id`, which the file does not have | did you mean `mql_ids`?"
        );
    }

    #[test]
    fn a_required_column_must_be_mapped() {
        let (code, text) = finding(
            "columns = { created = 'Day' }",
            "leads",
            &["Day", "Identifier"],
        );
        assert_eq!(code, "missing_column");
        assert!(
            text.starts_with("a table of leads needs `id` (identifier of the person)"),
            "{text}"
        );
        assert!(text.contains("table = \"stage_events\""), "{text}");
        let (_, text) = finding("columns = { channel = 'C' }", "spend", &["C"]);
        assert!(text.contains("`money`"), "{text}");
    }

    #[test]
    fn a_header_that_stands_twice_is_refused_where_it_is_read() {
        let header = ["Deal", "Amount", "amount ", "Note", "Note"];
        let (code, text) = finding(
            "columns = { id = 'Deal', amount = 'Amount' }",
            "deals",
            &header,
        );
        assert_eq!(code, "duplicate_header");
        assert!(
            text.contains("`Amount` (column 2) or `amount` (column 3)"),
            "{text}"
        );
        assert!(mapped("columns = { id = 'Deal' }", "deals", &header).is_ok());
    }

    #[test]
    fn stages_must_exist() {
        let header = ["Id", "A", "B"];
        let (code, text) = finding(
            "columns = { id = 'Id', 'stage.mlq' = 'A' }",
            "leads",
            &header,
        );
        assert_eq!(code, "unknown_name");
        assert!(text.ends_with("did you mean `mql`?"), "{text}");
        let (code, _) = finding(
            "set = { stage = 'demo' }\n[columns]\nid = 'Id'",
            "stage_events",
            &header,
        );
        assert_eq!(code, "unknown_name");
        let exits = mapped(
            "stages = { demo = 'sql' }\ncolumns = { id = 'Id', 'stage.lost' = 'A', 'stage.demo' = 'B' }",
            "leads",
            &header,
        );
        assert_eq!(names(&exits.unwrap()), ["id", "stage.sql", "stage.lost"]);
    }

    #[test]
    fn deals_have_no_stage_columns_and_words_of_their_own() {
        let (code, text) = finding(
            "columns = { id = 'Id', 'stage.mql' = 'A' }",
            "deals",
            &["Id", "A"],
        );
        assert_eq!(code, "unknown_name");
        assert!(
            text.starts_with("a table of deals has no column `stage.mql`"),
            "{text}"
        );
        assert!(mapped("set = { stage = 'Proposal' }", "deals", &["Id"]).is_ok());
    }

    #[test]
    fn a_star_maps_one_column_per_stage() {
        let header = [
            "Id",
            "Date entered \"MQL\"",
            "Date entered \"Demo\"",
            "Date entered \"customer\"",
        ];
        let spec = "columns = { id = 'Id', 'stage.*' = 'Date entered \"*\"' }";
        let mapping = mapped(spec, "leads", &header).unwrap();
        assert_eq!(names(&mapping), ["id", "stage.mql", "stage.customer"]);
        assert_eq!(mapping.unmapped, [2]);
        let (code, _) = finding(spec, "leads", &["Id", "Date entered \"Demo\""]);
        assert_eq!(code, "missing_column");
        let twice = [
            "Id",
            "Date entered \"MQL\"",
            "Date entered \"Marketing Qualified Lead\"",
        ];
        assert_eq!(finding(spec, "leads", &twice).0, "duplicate_header");
    }

    #[test]
    fn segments_may_not_be_called_like_the_output() {
        let (code, text) = finding("columns = { id = 'Id', roi = 'A' }", "leads", &["Id", "A"]);
        assert_eq!(code, "reserved_name");
        assert!(text.ends_with("for example `leads_roi`"), "{text}");
        let slip = mapped(
            "columns = { id = 'Id', chanel = 'A' }",
            "leads",
            &["Id", "A"],
        )
        .unwrap();
        assert_eq!(
            slip.notes[0].hint.as_deref(),
            Some("did you mean `channel`?")
        );
    }

    #[test]
    fn money_and_spans_learn_from_their_headers() {
        let spec = "columns = { money = 'Amount spent (*)', period = 'Month' }";
        let mapping = mapped(spec, "spend", &["Month", "Amount spent (UAH)"]).unwrap();
        assert_eq!(mapping.column("period").unwrap().grain, Some(Grain::Month));
        let money = mapping.column("money").unwrap();
        assert_eq!(money.currency_from_header.as_deref(), Some("UAH"));
        let two = finding(
            spec,
            "spend",
            &["Month", "Amount spent (UAH)", "Amount spent (USD)"],
        );
        assert_eq!(two.0, "duplicate_header");
    }

    #[test]
    fn the_date_of_a_row_beats_the_span_of_the_report() {
        let spec = "columns = { money = 'Cost', period = 'Day', from = 'Starts', to = 'Ends' }";
        let mapping = mapped(spec, "spend", &["Day", "Starts", "Ends", "Cost"]).unwrap();
        assert_eq!(names(&mapping), ["period", "money"]);
        let spec = "columns = { money = 'Cost', from = 'Starts', to = 'Ends' }\nset = { period = '2026-10' }";
        let mapping = mapped(spec, "spend", &["Starts", "Ends", "Cost"]).unwrap();
        assert_eq!(names(&mapping), ["from", "to", "money"]);
        let (code, _) = finding(
            "columns = { money = 'Cost', from = 'Starts' }",
            "spend",
            &["Starts", "Cost"],
        );
        assert_eq!(code, "missing_column");
    }

    #[test]
    fn an_empty_header_unmaps() {
        let header = ["Campaign", "Campaign type", "Cost", "Impr."];
        let mapping = builtin("google-ads", "columns = { channel = '' }", &header).unwrap();
        let channel = mapping.column("channel").unwrap();
        assert_eq!(channel.source, Source::Constant("Paid Search".into()));
        let plain = builtin("google-ads", "", &header).unwrap();
        assert_eq!(
            plain.column("channel").unwrap().source,
            Source::Cells(vec![1])
        );
        assert_eq!(
            plain.column("channel").unwrap().default.as_deref(),
            Some("Paid Search")
        );
    }

    #[test]
    fn built_in_sources_forgive_what_users_must_get_right() {
        let header = ["Record ID", "Lifecycle Stage", "Create Date"];
        let mapping = builtin("hubspot-contacts", "", &header).unwrap();
        assert_eq!(names(&mapping), ["id", "created", "stage"]);
        assert!(mapping.absent.iter().any(|name| name == "stage.mql"));
        let errors =
            builtin("hubspot-contacts", "columns = { owner = 'Rep' }", &header).unwrap_err();
        assert_eq!(errors[0].code.id, "missing_column");
    }

    #[test]
    fn a_source_reads_on_a_ladder_without_its_stages() {
        let source = sources::by_name("hubspot-contacts").unwrap();
        let header = owned(&["Record ID", "Became a Lead Date", "Became a Customer Date"]);
        let ladder = owned(&["visitor", "customer"]);
        let table = TableSpec::by_name("leads").unwrap();
        let mapping = resolve(&source.input, table, &header, &ladder, Some(&source.input)).unwrap();
        assert_eq!(names(&mapping), ["id", "stage.customer"]);
    }

    #[test]
    fn source_and_medium_in_one_cell() {
        let header = ["Session source / medium", "Sessions", "Year month"];
        let mapping = builtin("ga4-traffic-acquisition", "", &header).unwrap();
        assert_eq!(names(&mapping), ["period", "source", "medium", "sessions"]);
        assert_eq!(mapping.column("medium").unwrap().part, Some(Part::Medium));
        assert_eq!(mapping.column("period").unwrap().grain, Some(Grain::Month));
        assert!(mapping.unmapped.is_empty());
    }

    #[test]
    fn plain_tables_are_described_in_a_sentence() {
        let header = ["Lead ID", "Created", "Source", "Stage", "Amount"];
        let mapping = builtin("leads-table", "", &header).unwrap();
        assert_eq!(
            mapping.sentence(&owned(&header)),
            "leads (id: `Lead ID`, created: `Created`, channel: `Source`, source: `Source`, \
             stage: `Stage`); not read: `Amount`"
        );
        assert!(!mapping.id_is_email());
        let mapping = builtin("leads-table", "", &["Email", "First Name", "Stage"]).unwrap();
        assert!(mapping.id_is_email());
    }

    #[test]
    fn dated_stages_of_plain_tables() {
        let header = [
            "lead_id",
            "Lead Date",
            "mql_date",
            "SQL Date",
            "Customer Date",
            "Close Date",
        ];
        let mapping = builtin("leads-table", "", &header).unwrap();
        let stages = [
            "id",
            "stage.lead",
            "stage.mql",
            "stage.sql",
            "stage.customer",
        ];
        assert_eq!(names(&mapping), stages);
        let counts = builtin(
            "visits-table",
            "",
            &["Channel", "Leads", "MQLs", "Opportunities"],
        )
        .unwrap();
        assert_eq!(
            names(&counts),
            ["channel", "count.lead", "count.mql", "count.opportunity"]
        );
    }

    /// A built-in source may not use a segment name that a user may not use, nor a
    /// column or stage that does not exist.
    #[test]
    fn built_in_sources_obey_the_rules_for_users() {
        for source in sources::all().iter().chain(sources::generic()) {
            let header: Vec<String> = source
                .input
                .columns
                .values()
                .filter_map(|reference| reference.headers().next())
                .map(|header| header.replace('*', "EUR"))
                .collect::<BTreeSet<String>>()
                .into_iter()
                .collect();
            let table = TableSpec::by_name(source.input.table.as_deref().unwrap()).unwrap();
            let ladder = owned(&LADDER);
            let result = resolve(&source.input, table, &header, &ladder, Some(&source.input));
            let mapping =
                result.unwrap_or_else(|errors| unreachable!("{}: {errors:?}", source.name));
            assert!(
                mapping.notes.is_empty(),
                "{}: {:?}",
                source.name,
                mapping.notes
            );
        }
    }
}
