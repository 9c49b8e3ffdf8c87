//! From what was read to what figures are computed from: the as-of moment, fixed
//! costs, the derived tables, the period.

use super::{Run, failures, request};
use crate::diagnostics::{Diagnostic, Diagnostics, Failure, Severity, codes};
use crate::domain::calendar::{Millis, day_of};
use crate::domain::channel::{Class, Rules, SourcedBy, UserRule};
use crate::domain::figure::Policy;
use crate::domain::ladder::DealMoment;
use crate::domain::names::near_or_all;
use crate::domain::period::{Grain, Period, PeriodSpec};
use crate::domain::persons::Persons;
use crate::ingest::load::{CostSpan, Loaded, Reject, add_costs};
use crate::metrics::data::{Data, Frame, Scope};
use crate::metrics::known::{self, Known};
use crate::metrics::measure::dimension_values;
use crate::metrics::monthly::{first_moment, first_record, last_complete};
use crate::metrics::quality::{Accounts, InputAccount};
use crate::metrics::staleness;
use crate::metrics::time_labels::is_time;
use crate::settings::{AsOf, Settings};
use crate::tables::conversions::{self, Conversions};
use crate::tables::followed;
use crate::tables::paths::Paths;
use crate::tables::touches::Touches;
use crate::tables::{Tables, addresses, col, companies, deals, frame};

/// Everything that a command computes with.
pub struct Prepared {
    /// The derived tables.
    pub data: Data,
    /// What became of the rows.
    pub accounts: Accounts,
    /// Findings so far.
    pub findings: Diagnostics,
    /// Rows set aside for a defect.
    pub rejects: Vec<Reject>,
    /// What becomes of persons in outputs.
    pub persons: Persons,
    /// Currency of the report.
    pub currency: Option<String>,
    /// True where the as-of moment was deduced.
    pub as_of_assumed: bool,
    /// The latest moment for which the aggregated inputs are complete.
    pub complete_through: Option<Millis>,
    /// The period; absent for all data.
    pub period: Option<Period>,
    /// Ready-made journeys.
    pub paths: Paths,
    /// Touches of persons, a visitor's among those of the lead.
    pub touches: Touches,
    /// What touches can be credited for; empty without touches.
    pub conversions: Conversions,
}

/// What the dimensions of `--by` are those of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    /// Leads, deals and aggregated rows.
    Records,
    /// Touches; whoever counts them checks.
    Touches,
}

impl Prepared {
    /// The period seen from the as-of moment.
    #[must_use]
    pub fn scope(&self) -> Scope {
        match &self.period {
            Some(period) => Scope::of(&self.data, period),
            None => Scope::all(&self.data),
        }
    }

    /// True where the inputs end before the period does.
    #[must_use]
    pub fn is_partial(&self) -> bool {
        let scope = self.scope();
        let ends_early = |through: Option<Millis>| {
            through
                .zip(scope.end)
                .is_some_and(|(through, end)| through.saturating_add(1) < end)
        };
        self.period.is_some() && (ends_early(self.data.as_of) || ends_early(self.complete_through))
    }
}

/// Reads and derives; `default` is the period where none is asked for.
///
/// # Errors
/// What stops the run.
pub fn prepare(run: &Run, default: PeriodSpec) -> Result<Prepared, Failure> {
    prepare_by(run, default, By::Records)
}

/// The same where `--by` may name dimensions of touches.
///
/// # Errors
/// What stops the run.
pub fn prepare_by(run: &Run, default: PeriodSpec, by: By) -> Result<Prepared, Failure> {
    let loaded = request::load(run, false)?;
    tell(run, &loaded);
    derive(run, loaded, default, by)
}

/// Warnings to the terminal; which mapping was chosen where files were typed.
fn tell(run: &Run, loaded: &Loaded) {
    for finding in loaded.findings.iter() {
        if finding.code.id == codes::RECOGNISED.id && run.settings.inputs_were_typed {
            let file = finding
                .location
                .as_ref()
                .map(|place| place.file.as_str())
                .unwrap_or_default();
            run.shell.say(&format!("{file}: {}", finding.text));
        } else {
            told(run, finding);
        }
    }
}

/// Notes are for those who ask for detail; a report carries them anyway.
fn told(run: &Run, finding: &Diagnostic) {
    if finding.severity > Severity::Note || run.shell.verbosity() > 0 {
        run.shell.tell(finding);
    }
}

/// The derived tables of what was read.
///
/// # Errors
/// What stops the run.
pub fn derive(run: &Run, loaded: Loaded, default: PeriodSpec, by: By) -> Result<Prepared, Failure> {
    let settings = run.settings;
    let bar = run.shell.progress("computing", 0);
    let as_of = match settings.as_of {
        // "Before this instant".
        AsOf::Instant(instant) => Some(instant - 1),
        AsOf::Evidence => loaded.evidence,
    };
    let mut tables = loaded.tables;
    let persons = persons(settings, &tables);
    let paths = std::mem::take(&mut tables.paths);
    let mut findings = loaded.findings;
    by_address(&mut tables, &mut findings)?;
    let of_companies =
        companies::give(&mut tables).map_err(|error| failures::compute_error(&error))?;
    with_costs(settings, &mut tables, as_of)?;
    entities(settings, &mut tables)?;
    let linked = deals::link(&tables, as_of);
    let rules = followed::Rules {
        ladder: &settings.ladder,
        policy: settings.policy,
        entry: settings.entry,
        from_deals: &settings.from_deals,
        as_of,
    };
    let followed = followed::derive(&mut tables, &linked, &rules);
    if settings.policy == Policy::Strict && !followed.noticed.timed && tables.leads.height() > 0 {
        let text = "the strict policy asks for an order, and the inputs have no dates of stages";
        return Err(Diagnostic::new(&codes::NO_TIMES, text)
            .hint("use --policy implied or explicit")
            .into());
    }
    let mut joins = loaded.joins;
    joins.extend(linked.joins.iter().cloned());
    joins.extend(of_companies);
    let mut touches = loaded.touches;
    let conversions = match touches.is_empty() {
        true => Conversions::default(),
        false => {
            joins.extend(conversions::identified(&tables, &followed.frame));
            let twice = conversions::given_twice(&tables);
            if twice > 0 {
                let text =
                    format!("{twice} visitors are given to several leads; the last row counts");
                findings.push(Diagnostic::new(&codes::CONFLICTING_ID, text).times(twice));
            }
            conversions::derive(conversions::Source {
                tables: &tables,
                followed: &followed.frame,
                fed: &followed.fed,
                deals: &linked,
                ladder: &settings.ladder,
                from_deals: &settings.from_deals,
            })
        }
    };
    touches.cut(as_of);
    touches.regroup(conversions.leads.clone())?;
    let late = touches.after_as_of()?;
    if late > 0 {
        let text = format!("{late} touches after the as-of moment are ignored");
        findings.push(Diagnostic::new(&codes::AFTER_AS_OF, text).times(late));
    }
    let frame = Frame {
        ladder: settings.ladder.clone(),
        policy: settings.policy,
        horizons: settings.horizons.clone(),
        zone: settings.zone,
        as_of,
        gross_margin: settings.gross_margin,
        seed: settings.seed,
        opportunity_stage: opportunity_stage(settings),
        from_deals: settings.from_deals.clone(),
    };
    let mut data = Data::new(tables, followed, &linked, frame);
    add_attributes(settings, &mut data)?;
    restrict(settings, &mut data)?;
    noticed(&data, &joins, &settings.from_deals, &mut findings);
    if settings.gross_margin.is_none() && data.has_returns() {
        let text = "no gross_margin is configured: returns are revenue, not profit";
        findings.push(Diagnostic::new(&codes::NO_MARGIN, text));
    }
    let assumed = settings.as_of == AsOf::Evidence;
    if let Some(as_of) = as_of.filter(|_| assumed) {
        let day = day_of(as_of, settings.zone);
        let text = format!("assumed as of the end of {day}, the latest evidence in the inputs");
        findings.push(Diagnostic::new(&codes::ASSUMED_AS_OF, text));
    }
    if by == By::Records {
        check_dimensions(settings, &data)?;
    }
    let first = first_moment(&data)
        .or(touches.reach().map(|(first, _)| first))
        .or_else(|| first_record(&data));
    let period = period(settings, default, as_of, first)?;
    bar.finish();
    Ok(Prepared {
        data,
        accounts: Accounts {
            inputs: loaded.inputs,
            joins,
            spellings: loaded.spellings,
            columns: loaded.columns,
        },
        findings,
        rejects: loaded.rejects,
        persons,
        currency: loaded.currency.or_else(|| settings.currency.clone()),
        as_of_assumed: assumed,
        complete_through: loaded.complete_through,
        period,
        paths,
        touches,
        conversions,
    })
}

/// Keys of other tables that are e-mail addresses become the ids of their leads.
fn by_address(tables: &mut Tables, findings: &mut Diagnostics) -> Result<(), Failure> {
    let resolved = addresses::resolve(tables).map_err(|error| failures::compute_error(&error))?;
    if resolved.cells > 0 {
        let text = format!(
            "{} keys are e-mail addresses and join by them",
            resolved.cells
        );
        findings.push(Diagnostic::new(&codes::JOINED_BY_ADDRESS, text).times(resolved.cells));
    }
    if resolved.shared > 0 {
        let text = format!(
            "{} e-mail addresses belong to several leads; keys join with the first row",
            resolved.shared
        );
        findings.push(Diagnostic::new(&codes::SHARED_ADDRESS, text).times(resolved.shared));
    }
    Ok(())
}

/// Pseudonyms under the key of the settings, else under one that follows from the addresses
/// of the inputs: the same input gives the same ones, and nobody else has that key.
#[must_use]
pub fn persons(settings: &Settings, tables: &Tables) -> Persons {
    if settings.output.include_pii {
        return Persons::shown();
    }
    match &settings.output.pii_key {
        Some(key) => Persons::hidden(key),
        None => Persons::hidden(&addresses::digest(tables)),
    }
}

/// Money without a file, from the first thing that is known to the as-of moment.
fn with_costs(
    settings: &Settings,
    tables: &mut Tables,
    as_of: Option<Millis>,
) -> Result<(), Failure> {
    let zone = settings.zone;
    let firsts = [
        (&tables.leads, col::CREATED),
        (&tables.deals, col::CREATED),
        (&tables.events, col::AT),
        (&tables.visits, col::START),
        (&tables.spend, col::START),
    ];
    let first = firsts
        .into_iter()
        .filter_map(|(table, column)| frame::earliest(table, column))
        .min();
    let (Some(first), Some(as_of)) = (first, as_of) else {
        return Ok(());
    };
    let (first, end) = (day_of(first, zone), day_of(as_of.saturating_add(1), zone));
    let mut spans = Vec::new();
    for cost in &settings.costs {
        let report = settings.currency.as_deref();
        let foreign = cost
            .currency
            .as_deref()
            .filter(|code| report.is_some_and(|report| report != *code));
        let mut money = cost.money;
        if let Some(code) = foreign {
            let rate = settings.fx.rate(code, cost.from).ok_or_else(|| {
                let text = format!("a [[cost]] is in {code} and there is no rate for it");
                Diagnostic::new(&codes::MIXED_CURRENCY, text)
                    .hint(format!("add to leadflow.toml: [fx] {code} = 0.92"))
            })?;
            money = crate::domain::money::Money::from_units(money.units() * rate);
        }
        let place = cost.place.as_ref();
        for (first, end) in cost.spans(first, end) {
            spans.push(CostSpan {
                channel: cost.channel.clone(),
                name: cost.name.clone().unwrap_or_else(|| "[[cost]]".into()),
                money,
                file: place.map_or("[[cost]]", |place| place.file.as_str()).into(),
                line: place.map_or(0, |place| u32::try_from(place.line).unwrap_or(0)),
                first,
                end,
            });
        }
    }
    add_costs(tables, &spans, zone).map_err(Failure::from)
}

/// Moves of ids that no leads table lists are leads of their own; without leads and
/// moves the deals are what is followed.
fn entities(settings: &Settings, tables: &mut Tables) -> Result<(), Failure> {
    let completed = crate::tables::entities::complete(tables).and_then(|()| {
        if settings.dimension_at_now {
            return Ok(());
        }
        crate::tables::entities::at_entry(tables)
    });
    completed.map_err(|error| {
        let text = error.to_string();
        Failure::from(Diagnostic::new(
            &codes::CONFIG,
            text.lines().next().unwrap_or_default().to_owned(),
        ))
    })
}

/// The stage that the creation of a deal means, else the one before the last.
fn opportunity_stage(settings: &Settings) -> usize {
    let made = settings
        .from_deals
        .iter()
        .find(|(_, moment)| *moment == DealMoment::Created);
    made.map_or_else(
        || settings.ladder.len().saturating_sub(2),
        |(stage, _)| *stage,
    )
}

/// What the configuration says of its channels, as dimensions.
fn add_attributes(settings: &Settings, data: &mut Data) -> Result<(), Failure> {
    let rules = Rules::new(settings.channel_rules.clone(), settings.extensions);
    let named = |has: fn(&UserRule) -> bool| settings.channel_rules.iter().any(has);
    let mut added = Ok(());
    if named(|rule| rule.class.is_some()) {
        added = data.add_by_channel("class", &|channel| rules.class(channel).map(Class::code));
    }
    if named(|rule| rule.sourced_by.is_some()) {
        let of = |channel: &str| rules.sourced_by(channel).map(SourcedBy::code);
        added = added.and_then(|()| data.add_by_channel("sourced_by", &of));
    }
    added.map_err(|error| failures::compute_error(&error))
}

fn restrict(settings: &Settings, data: &mut Data) -> Result<(), Failure> {
    let Some(condition) = &settings.filter else {
        return Ok(());
    };
    data.restrict(condition).map_err(|error| {
        let text = error.to_string();
        let text = text.lines().next().unwrap_or_default();
        Diagnostic::new(
            &codes::USAGE,
            format!("--where `{condition}` is no condition: {text}"),
        )
    })?;
    if let Some(column) = data.unknown_filter_columns().first() {
        return Err(unknown_dimension(column, data).into());
    }
    Ok(())
}

fn check_dimensions(settings: &Settings, data: &Data) -> Result<(), Failure> {
    let known = data.dimensions();
    let queried = settings
        .rows
        .iter()
        .flat_map(|query| query.dims.iter().map(|(name, _)| name));
    for name in settings
        .by
        .iter()
        .chain(queried.filter(|name| *name != "stage"))
    {
        if !known.contains(name) {
            return Err(unknown_dimension(name, data).into());
        }
    }
    for (name, value) in settings.rows.iter().flat_map(|query| &query.dims) {
        let known: Vec<String> = match name.as_str() {
            "stage" => data.ladder.iter().map(str::to_owned).collect(),
            // A month without a row is no mistake.
            time if is_time(time) => continue,
            other => dimension_values(data, other).into_iter().collect(),
        };
        if !known.contains(value) {
            let text = format!("`{value}` is no {name} of these inputs");
            let known = known.iter().map(String::as_str);
            return Err(Diagnostic::new(&codes::UNKNOWN_NAME, text)
                .hint(near_or_all(value, known, "known are"))
                .into());
        }
    }
    Ok(())
}

fn unknown_dimension(name: &str, data: &Data) -> Diagnostic {
    let known = data.dimensions();
    Diagnostic::new(
        &codes::UNKNOWN_NAME,
        format!("`{name}` is no dimension of these inputs"),
    )
    .hint(near_or_all(
        name,
        known.iter().map(String::as_str),
        "the dimensions are",
    ))
}

fn noticed(
    data: &Data,
    joins: &[crate::metrics::quality::Join],
    from_deals: &[(usize, DealMoment)],
    findings: &mut Diagnostics,
) {
    let mut add = |code, count: u64, text: String| {
        if count > 0 {
            findings.push(Diagnostic::new(code, text).times(count));
        }
    };
    let noticed = data.noticed;
    let late = noticed.after_as_of + data.deals_after_as_of;
    add(
        &codes::AFTER_AS_OF,
        late,
        format!("{late} events after the as-of moment are ignored"),
    );
    let disorder = noticed.out_of_order;
    add(
        &codes::OUT_OF_ORDER,
        disorder,
        format!("{disorder} leads have a later stage dated before a lower one"),
    );
    let odd = noticed.implausible;
    add(
        &codes::IMPLAUSIBLE_DATE,
        odd,
        format!("{odd} leads have a date before 1990 or after 2100"),
    );
    for join in joins.iter().filter(|join| join.unmatched > 0) {
        let text = format!(
            "{} of {} keys of {} are not in {}",
            join.unmatched,
            join.unmatched + join.matched,
            join.from,
            join.to
        );
        add(&codes::UNMATCHED, join.unmatched, text);
    }
    if let Some(last) = staleness::cut_off(data) {
        let text = format!(
            "the visits of {} are {:.0}, a usual day has {:.0}: the export may have been made before the day was over",
            last.day, last.visits, last.usual
        );
        add(&codes::LAST_DAY, 1, text);
    }
    let (others, rows) = data.cut_off_rows();
    add(
        &codes::OTHER_ROW,
        rows,
        format!("{rows} rows are called {others}: the analytics tool cut its table off"),
    );
    for stage in 0..data.ladder.len() {
        if known::is_known_twice(data, stage) {
            let text = format!(
                "`{}` is counted in aggregated rows too; the persons count",
                data.ladder.name(stage)
            );
            add(&codes::COUNTED_AND_FOLLOWED, 1, text);
        }
    }
    if let Some(finding) = not_fed(data, from_deals) {
        findings.push(finding);
    }
}

/// Stages that no input can tell of, and what would make it known.
fn not_fed(data: &Data, from_deals: &[(usize, DealMoment)]) -> Option<Diagnostic> {
    let (fed, unfed): (Vec<usize>, Vec<usize>) =
        (0..data.ladder.len()).partition(|stage| data.known(*stage) != Known::Nowhere);
    // Costs or visits alone are no funnel that lacks something.
    if unfed.is_empty() || fed.is_empty() {
        return None;
    }
    let named = |stages: &[usize], mark: &str| {
        let names = stages.iter().map(|stage| data.ladder.name(*stage));
        let names: Vec<String> = names.map(|name| format!("{mark}{name}{mark}")).collect();
        names.join(", ")
    };
    let carried = |stage: &usize| from_deals.iter().any(|(carried, _)| carried == stage);
    let (by_deals, by_columns): (Vec<usize>, Vec<usize>) = unfed.iter().partition(|s| carried(s));
    let mut hints = Vec::new();
    if !by_deals.is_empty() {
        let stages = named(&by_deals, "`");
        hints.push(format!("give the export of the deals too, for {stages}"));
    }
    if let Some(stage) = by_columns.first().map(|stage| data.ladder.name(*stage)) {
        hints.push(format!(
            "name the column, [input.columns] \"stage.{stage}\" = \"...\""
        ));
    }
    if fed.len() > 1 {
        let stages = named(&fed, "\"");
        hints.push(format!("leave them out, [funnel] stages = [{stages}]"));
    }
    let text = format!(
        "no input tells of {}; figures of such stages are undefined, not 0",
        named(&unfed, "`")
    );
    Some(Diagnostic::new(&codes::STAGE_NOT_FED, text).hint(hints.join("; or ")))
}

fn period(
    settings: &Settings,
    default: PeriodSpec,
    as_of: Option<Millis>,
    first: Option<Millis>,
) -> Result<Option<Period>, Failure> {
    let spec = settings.period.clone().unwrap_or(default);
    let last = |grain: Grain| {
        as_of
            .map(|as_of| Some(last_complete(grain, as_of, settings.zone)))
            .ok_or_else(|| {
                Failure::from(
                    Diagnostic::new(
                        &codes::NO_TIMES,
                        "the inputs have no dates, so there is no last complete period",
                    )
                    .hint("ask for all data: --period all"),
                )
            })
    };
    match spec {
        PeriodSpec::All => Ok(None),
        PeriodSpec::LastMonth => last(Grain::Month),
        PeriodSpec::LastWeek => last(Grain::Week),
        PeriodSpec::LastQuarter => last(Grain::Quarter),
        PeriodSpec::Fixed(period) => {
            if as_of.is_none() || first.is_none() {
                let text = format!(
                    "the inputs have no dates, so nothing can be said about {}",
                    period.label
                );
                return Err(Diagnostic::new(&codes::NO_TIMES, text)
                    .hint("ask for all data: --period all")
                    .into());
            }
            Ok(Some(period))
        }
    }
}

/// The files that are read, for the rule that none of them is written.
#[must_use]
pub fn input_paths(settings: &Settings, inputs: &[InputAccount]) -> Vec<std::path::PathBuf> {
    inputs
        .iter()
        .map(|input| settings.base.join(&input.file))
        .collect()
}
