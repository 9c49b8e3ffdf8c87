//! `leadflow report`.

use super::attribution::Models;
use super::prepare::{Prepared, prepare};
use super::{
    Run, attribution, channels as channels_command, context, credited, emit, event_funnel,
    failures, flywheel, folder, gate, leaks, pipeline, restated, score, sla, whatif,
};
use crate::diagnostics::codes::Code;
use crate::diagnostics::{Diagnostic, Failure, Location, Severity, codes};
use crate::domain::figure::View;
use crate::domain::names::did_you_mean;
use crate::domain::period::{Period, PeriodSpec};
use crate::metrics::data::{Data, Scope};
use crate::metrics::measure::dimension_values;
use crate::metrics::path_quality::{self, PathQuality};
use crate::metrics::targets::{self, Goal};
use crate::metrics::time_labels::is_time;
use crate::metrics::{durations, funnel, monthly, quality, shift, unlock};
use crate::render::number;
use crate::report::document::{Block, Cell, Kind, Report, Section};
use crate::report::views::{self, Parts};
use crate::settings::{OutTarget, Settings};
use crate::shell::ExitStatus;
use crate::tables::credit::Credit;

/// How many periods the trend shows.
pub const TREND_LENGTH: usize = 18;

/// The month as a folder of tables and charts, or in one format.
///
/// # Errors
/// What stops the run.
pub fn run(run: &Run) -> Result<ExitStatus, Failure> {
    if run.settings.rows.is_some() {
        return channels_command::run(run);
    }
    let single = is_single(run);
    if single {
        emit::check(run)?;
    } else if run.settings.output.table.is_some() {
        let text = "--table picks one table, and a report folder holds all of them";
        return Err(Diagnostic::new(&codes::USAGE, text)
            .hint("add a format: --format csv")
            .into());
    }
    let (prepared, report) = assembled(run, Earlier::Compared)?;
    let target = (!single)
        .then(|| folder::target(run, &report.context.period.label))
        .transpose()?;
    let status = match target {
        None => emit::emit(run, &prepared, &report)?,
        Some(target) => {
            let passed = gate::passed(run, &prepared, &report)?;
            let (report, status) = match &passed {
                Some((checked, status)) => (checked, *status),
                None => (&report, ExitStatus::Done),
            };
            folder::write(run, &prepared, report, &target)?;
            emit::write_results(run, report, &[])?;
            status
        }
    };
    Ok(status.max(emit::emptiness(run, is_empty(&report))))
}

/// True where the period has neither a lead nor a journey.
#[must_use]
pub fn is_empty(report: &Report) -> bool {
    let nobody = report.table("stages").is_none_or(|table| {
        table
            .rows
            .iter()
            .all(|row| !matches!(row.get(1), Some(Cell::Count(count)) if *count > 0))
    });
    nobody && report.table("credit").is_none()
}

/// Whether the report says what an earlier one said otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Earlier {
    /// As the settings ask for it.
    Compared,
    /// Not looked for.
    Ignored,
}

/// Everything that the report of the period says, and what it was computed from.
///
/// # Errors
/// What stops the run.
pub fn assembled(run: &Run, earlier: Earlier) -> Result<(Prepared, Report), Failure> {
    let mut prepared = prepare(run, PeriodSpec::LastMonth)?;
    let steps = event_funnels(run, &prepared)?;
    let period = whole_period(&prepared);
    let dimensions = channels_command::dimensions(run);
    let scope = Scope::of(&prepared.data, &period);
    let credit = credited::credit(run, &mut prepared, &dimensions, &scope)?;
    let credited = credits(run, &mut prepared)?;
    let (deals, people) = both(
        run.settings.threads(),
        || pipeline::of_report(run, &prepared),
        || of_people(run, &prepared),
    );
    let (deals, people) = (deals?, people?);
    let wheel = flywheel::of_report(run, &mut prepared, &period)?;
    let what_ifs = what_ifs(run, &mut prepared)?;
    let currency = prepared.currency.clone();
    let speak = move |cell: &Cell, kind: Kind| number::cell(cell, kind, currency.as_deref());
    let restated = match earlier {
        Earlier::Compared => restated::of_report(run, &mut prepared, &period, &speak)?,
        Earlier::Ignored => None,
    };
    let more = steps
        .into_iter()
        .chain(credited)
        .chain(deals)
        .chain(people)
        .chain(wheel)
        .chain(what_ifs)
        .chain(restated)
        .collect();
    note_moves_back(&mut prepared)?;
    let report = build(run, &prepared, &period, credit.as_ref(), more)?;
    Ok((prepared, report))
}

/// What is said of leads one by one.
fn of_people(run: &Run, prepared: &Prepared) -> Result<Vec<Parts>, Failure> {
    let levels = sla::of_report(run, prepared)?;
    let leaks = leaks::of_report(run, prepared)?;
    let scored = score::of_report(run, prepared)?;
    Ok(levels.into_iter().chain(leaks).chain(scored).collect())
}

/// Both answers, one after the other where there is one thread only.
fn both<A: Send, B>(
    threads: usize,
    one: impl FnOnce() -> A + Send,
    other: impl FnOnce() -> B,
) -> (A, B) {
    if threads < 2 {
        return (one(), other());
    }
    std::thread::scope(|scope| {
        let first = scope.spawn(one);
        let second = other();
        match first.join() {
            Ok(first) => (first, second),
            Err(panic) => std::panic::resume_unwind(panic),
        }
    })
}

/// Says where many moves of all leads went back; the report has no table of the path.
fn note_moves_back(prepared: &mut Prepared) -> Result<(), Failure> {
    let data = &prepared.data;
    let found = path_quality::compute(data, &Scope::all(data), &[]);
    let found = found.map_err(|error| failures::compute_error(&error))?;
    if let Some(rate) = found.first().and_then(PathQuality::many_backward) {
        let text = views::path_quality::backward_note(rate);
        let finding = Diagnostic::new(&codes::MOVES_BACK, text)
            .hint("leadflow funnel shows them: table path_quality");
        prepared.findings.push(finding);
    }
    Ok(())
}

/// The funnels of `[[event_funnel]]`, where there are touches.
fn event_funnels(run: &Run, prepared: &Prepared) -> Result<Vec<Parts>, Failure> {
    if prepared.touches.is_empty() {
        return Ok(Vec::new());
    }
    let funnels = run.settings.event_funnels.iter().enumerate();
    funnels
        .map(|(number, funnel)| {
            let (parts, _) = event_funnel::parts(run, prepared, funnel)?;
            // Several of them have tables and charts of one name.
            Ok(match number {
                0 => parts,
                _ => parts.numbered(number + 1),
            })
        })
        .collect()
}

/// Credit and journeys of the period, where there are touches that led to something.
fn credits(run: &Run, prepared: &mut Prepared) -> Result<Vec<Parts>, Failure> {
    if prepared.touches.is_empty() {
        return Ok(Vec::new());
    }
    match attribution::answer(run, prepared, &[], Models::Few) {
        Ok(answered) => {
            // The rules stand with the credit.
            let paths = answered.paths.map(|paths| paths.without("rules"));
            Ok(std::iter::once(answered.credit).chain(paths).collect())
        }
        Err(failure) if is_only(&failure, &codes::NO_JOURNEYS) => {
            as_warnings(failure, prepared);
            Ok(Vec::new())
        }
        Err(failure) => Err(failure),
    }
}

/// The answers to `[[whatif]]`; one whose history is missing is said and left out.
fn what_ifs(run: &Run, prepared: &mut Prepared) -> Result<Vec<Parts>, Failure> {
    let asked = &run.settings.what_ifs;
    if asked.is_empty() {
        return Ok(Vec::new());
    }
    let company = whatif::company(prepared)?;
    let mut answers = Vec::new();
    for question in asked {
        let answer = whatif::parts(run, prepared, &company, question, asked.len());
        match answer.map_err(|failure| placed(failure, question.place.as_ref())) {
            Ok(parts) => answers.push(views::whatif::brief(parts, answers.len() + 1)),
            Err(failure) if is_only(&failure, &codes::NO_HISTORY) => {
                let said = prepared.findings.iter().count();
                as_warnings(failure, prepared);
                prepared
                    .findings
                    .iter()
                    .skip(said)
                    .for_each(|finding| run.shell.tell(finding));
            }
            Err(failure) => return Err(failure),
        }
    }
    Ok(answers)
}

/// The same failure, at the place of its question where it names none.
fn placed(failure: Failure, place: Option<&Location>) -> Failure {
    let at = |finding: Diagnostic| match (&finding.location, place) {
        (None, Some(place)) => finding.at(place.clone()),
        _ => finding,
    };
    Failure(failure.0.into_iter().map(at).collect())
}

fn is_only(failure: &Failure, code: &Code) -> bool {
    failure.0.iter().all(|one| one.code.id == code.id)
}

fn as_warnings(failure: Failure, prepared: &mut Prepared) {
    for mut finding in failure.0 {
        finding.severity = Severity::Warning;
        prepared.findings.push(finding);
    }
}

/// `--format` without a folder asks for that one format; so does an output with a known suffix.
fn is_single(run: &Run) -> bool {
    let output = &run.settings.output;
    match &output.out {
        Some(OutTarget::Stdout) => true,
        Some(OutTarget::Path(path)) => {
            let suffix = path
                .extension()
                .map(|suffix| suffix.to_string_lossy().into_owned());
            let known = suffix.is_some_and(|suffix| crate::render::by_suffix(&suffix).is_some());
            known && !path.is_dir()
        }
        None => output.format.is_some(),
    }
}

/// The period with its ends; for all data the days from the first to the as-of moment.
fn whole_period(prepared: &Prepared) -> Period {
    use crate::domain::calendar::day_of;
    let data = &prepared.data;
    prepared.period.clone().unwrap_or_else(|| {
        let day = |at: Option<i64>| at.map(|at| day_of(at, data.zone)).unwrap_or_default();
        let end = day(data.as_of.map(|at| at.saturating_add(1)));
        Period::custom("all", day(monthly::first_moment(data)), end)
    })
}

fn build(
    run: &Run,
    prepared: &Prepared,
    period: &Period,
    credit: Option<&Credit>,
    more: Vec<Parts>,
) -> Result<Report, Failure> {
    let data = &prepared.data;
    let scope = Scope::of(data, period);
    let error = |error| failures::compute_error(&error);
    let view = run.settings.view.unwrap_or(View::ToDate);
    let bar = run.shell.progress("computing", 5);
    let figures = monthly::key_figures(data, period).map_err(error)?;
    bar.inc(1);
    let trend = monthly::trend(data, period, TREND_LENGTH).map_err(error)?;
    bar.inc(1);
    let dimensions = channels_command::dimensions(run);
    let groups: Vec<String> = dimensions
        .iter()
        .filter(|name| !is_time(name))
        .cloned()
        .collect();
    // A month that is not over is not compared.
    let shifts = match prepared.is_partial() || groups.is_empty() {
        true => None,
        false => shift::compute(data, period, &figures, &groups).map_err(error)?,
    };
    let question = channels_command::question(run, &dimensions, credit);
    let whole = credited::whole(data, credit);
    let by_channel = channels_command::computed(data, &scope, &question, whole.as_ref())?;
    bar.inc(1);
    let funnels = funnel::compute(data, &scope, view, &[]).map_err(error)?;
    let all = Scope::all(data);
    let mature = funnel::compute(data, &all, View::Cohort, &[]).map_err(error)?;
    let recorded = durations::recorded(data, &scope).map_err(error)?;
    bar.inc(1);
    let goals = goals(run.settings);
    check_goals(run.settings, data, &goals)?;
    let standings = targets::standings(data, period, &goals).map_err(error)?;
    let shares = quality::shares(data, &scope, &prepared.accounts).map_err(error)?;
    bar.finish();

    let currency = prepared.currency.clone();
    let speak = move |cell: &Cell, kind: Kind| number::cell(cell, kind, currency.as_deref());
    let mut parts = views::monthly::view(&views::monthly::Answer {
        period: &period.label,
        partial: prepared.is_partial(),
        figures: &figures,
        trend: &trend,
        channels: &by_channel.rows,
        standings: &standings,
        ladder: &data.ladder,
        speak: &speak,
    });
    if let Some(shifts) = &shifts {
        parts.append(views::shift::view(&views::shift::Answer {
            shifts,
            dimensions: &groups,
            ladder: &data.ladder,
            speak: &speak,
        }));
    }
    if let Some(funnel) = funnels.first() {
        parts.append(views::funnel::stages(funnel, view));
    }
    let model = credit.map(credited::named);
    parts.append(by_channel.parts(run, data, &dimensions, model));
    if let Some(mature) = mature.first() {
        parts.append(views::funnel::durations(&views::funnel::Answer {
            total: mature,
            by: &[],
            dimensions: &[],
            recorded: &recorded,
            view,
        }));
    }
    more.into_iter().for_each(|more| parts.append(more));
    let zone = data.zone;
    let stamp = move |at: i64| crate::domain::calendar::rfc3339(at, zone);
    let problems = context::problems(&prepared.findings, context::is_for_readers);
    parts.append(views::quality::view(&views::quality::Answer {
        accounts: &prepared.accounts,
        shares: &shares,
        problems: &problems,
        locked: &unlock::missing(&unlock::Given {
            data,
            journeys: !prepared.touches.is_empty() || !prepared.paths.is_empty(),
        }),
        stamp: &stamp,
        speak: &speak,
    }));
    parts.append(method(run, prepared));
    parts.sections.splice(0..0, next_steps(&mut parts.next));
    let title = title(period);
    Ok(context::report(run, prepared, "report", title, parts))
}

/// What to do next, ahead of all figures.
fn next_steps(next: &mut Vec<String>) -> Option<Section> {
    let steps = std::mem::take(next);
    (!steps.is_empty()).then(|| Section {
        id: "next".into(),
        title: "What to do next".into(),
        blocks: vec![Block::List(steps)],
    })
}

fn title(period: &Period) -> String {
    format!("Funnel report {}", period.label)
}

/// The configured targets.
#[must_use]
pub fn goals(settings: &Settings) -> Vec<Goal> {
    settings
        .targets
        .iter()
        .map(|target| Goal {
            metric: target.metric.clone(),
            period: target.period.clone(),
            by: target
                .by
                .iter()
                .map(|(name, value)| (name.clone(), value.clone()))
                .collect(),
            value: target.value,
        })
        .collect()
}

/// A goal for something that does not exist would never be missed.
fn check_goals(settings: &Settings, data: &Data, goals: &[Goal]) -> Result<(), Failure> {
    let mut metrics: Vec<String> = data.ladder.iter().map(str::to_owned).collect();
    let steps = data.ladder.steps();
    metrics.extend(steps.map(|(from, to)| data.ladder.step_key(from, to)));
    metrics.extend(targets::KEYS.iter().map(ToString::to_string));
    for goal in goals {
        let known =
            metrics.contains(&goal.metric) || data.ladder.parse_step(&goal.metric).is_some();
        if !known {
            return Err(unknown(&goal.metric, "figure", &metrics).into());
        }
        for (name, value) in &goal.by {
            let dimensions = data.dimensions();
            if !dimensions.contains(name) {
                return Err(unknown(name, "dimension", &dimensions).into());
            }
            let mut values: Vec<String> = dimension_values(data, name).into_iter().collect();
            if name == "channel" {
                let rules = settings.channel_rules.iter();
                values.extend(rules.map(|rule| rule.name.clone()));
            }
            if !values.contains(value) {
                return Err(unknown(value, name, &values).into());
            }
        }
    }
    Ok(())
}

fn unknown(name: &str, what: &str, known: &[String]) -> Diagnostic {
    let near = did_you_mean(name, known.iter().map(String::as_str));
    Diagnostic::new(
        &codes::UNKNOWN_NAME,
        format!("`{name}` of a [[target]] is no {what} of these inputs"),
    )
    .hint(near.unwrap_or_else(|| format!("known are {}", known.join(", "))))
}

/// How the numbers are defined.
fn method(run: &Run, prepared: &Prepared) -> Parts {
    let settings = run.settings;
    let data = &prepared.data;
    let stages: Vec<&str> = data.ladder.iter().collect();
    let margin = match data.gross_margin {
        Some(margin) => format!("Gross margin {margin}; returns are profit."),
        None => "No gross margin is configured; returns are revenue, not profit.".into(),
    };
    let points = vec![
        format!("Stages: {}. Policy {}: {}.", stages.join(", "), data.policy.code(), policy_words(data.policy.code())),
        format!("Conversions stand as reached by the as-of moment, with those still in progress; the horizon of a mature cohort is {} days.", data.horizons.default_days),
        "Intervals of rates are 95 % Wilson intervals; differences of rates carry Newcombe intervals; the interval of ROI is a seeded percentile bootstrap over the leads of the channel with cost held fixed.".into(),
        "Comparisons cut the other period at the same age, so that a young month is not set against a ripe one.".into(),
        format!("ROI on the {} basis: (gross profit of new deals won - cost) / cost. {margin}", settings.basis.code()),
        "Cost is money paid plus hours times their rate. A customer is an account, else a deal, else a lead; only deals of kind new count for CAC and ROI.".into(),
        format!("A deal counts for the channel of its primary lead. Channel rules {}.", crate::domain::channel::RULES_VERSION),
        format!("Days and months are those of {}. Seed {}.", data.zone.name(), settings.seed),
    ];
    Parts {
        sections: vec![Section {
            id: "method".into(),
            title: "Method".into(),
            blocks: vec![Block::List(points)],
        }],
        ..Parts::default()
    }
}

fn policy_words(policy: &str) -> &'static str {
    match policy {
        "explicit" => "a stage is reached at an entry into exactly that stage",
        "strict" => "all stages in order",
        _ => "an entry into any later stage counts for the earlier ones",
    }
}
