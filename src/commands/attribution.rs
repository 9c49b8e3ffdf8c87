//! `leadflow attribution`.

use super::journeys::{self, Question, Target};
use super::prepare::{By, Prepared, prepare_by};
use super::{Run, context, emit, failures};
use crate::attribution::bootstrap::Drawing;
use crate::attribution::compare::{self, Return, SelfCheck, Tested};
use crate::attribution::from_touches::Keep;
use crate::attribution::journeys::Journeys;
use crate::attribution::models::{Known, Model, markov, shapley};
use crate::attribution::order::{self, Tried};
use crate::attribution::paths;
use crate::attribution::walk::Timed;
use crate::diagnostics::{Diagnostic, Failure, codes};
use crate::domain::channel::spelling;
use crate::domain::figure::{Figure, Undefined, View};
use crate::domain::money::Money;
use crate::domain::names::near_or_all;
use crate::domain::period::PeriodSpec;
use crate::metrics::channels;
use crate::render::number;
use crate::report::document::{Cell, Kind};
use crate::report::views::Parts;
use crate::report::views::attribution::{Answer, Stage, Unit, view};
use crate::settings::Experiment;
use crate::shell::ExitStatus;

/// Credit per channel under each model.
///
/// # Errors
/// What stops the run: no journeys, an unknown model, counts below zero.
pub fn run(run: &Run) -> Result<ExitStatus, Failure> {
    emit::check(run)?;
    let mut prepared = prepare_by(run, PeriodSpec::All, By::Touches)?;
    let answered = answer(run, &mut prepared, &run.settings.by, Models::All)?;
    let title = "Attribution".to_owned();
    let report = context::report(run, &prepared, "attribution", title, answered.credit);
    let status = emit::emit(run, &prepared, &report)?;
    Ok(status.max(emit::emptiness(run, answered.is_empty)))
}

/// Which models stand beside each other where none is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Models {
    /// All that the journeys allow.
    All,
    /// The few between which the others lie, for a report of many things.
    Few,
}

/// The few, in the order in which they stand.
const FEW: [&str; 5] = ["first", "last", "linear", "position", "markov:1"];

/// Credit, and the journeys behind it.
pub struct Answered {
    /// The models side by side.
    pub credit: Parts,
    /// Top journeys, lengths, overlap; for a report of many things only.
    pub paths: Option<Parts>,
    /// True where nothing converted.
    pub is_empty: bool,
}

/// Credit by dimensions of touches. The touches are given up afterwards.
///
/// # Errors
/// What stops the run.
pub fn answer(
    run: &Run,
    prepared: &mut Prepared,
    by: &[String],
    models: Models,
) -> Result<Answered, Failure> {
    let (target, known) = journeys::known(run, prepared)?;
    let mut asked = match models {
        Models::Few if run.settings.attribution.models.is_empty() => few(run)?,
        _ => journeys::asked(run, known)?,
    };
    check_stages(&asked, known)?;
    let question = Question {
        target: &target,
        by,
        spans: &[prepared.scope().bounds()],
        only_new: false,
        cohort: None,
        keep: Keep::All,
    };
    let found = journeys::find(run, prepared, &question, &asked)?;
    journeys::tell(prepared, &found);
    let made = &found.spans[0];
    let journeys = &made.journeys;
    let costs = costs(run, prepared, by, journeys)?;
    let tried = tried(run, journeys, &mut asked)?;
    check_channels(&asked, journeys)?;
    let stages = match models {
        Models::All => stages(run, prepared, &question, &asked)?,
        Models::Few => Vec::new(),
    };
    // The models need memory of their own.
    drop(std::mem::take(&mut prepared.touches));
    let results = compare::compute(journeys, &asked, &made.timed, journeys::drawing(run));
    let orders = orders(&asked);
    let checks: Vec<(String, SelfCheck)> = orders
        .iter()
        .filter_map(|order| {
            let name = format!("markov:{order}");
            let result = results.iter().find(|result| result.name == name)?;
            let check = compare::self_check(journeys, result.credit.as_ref().ok()?)?;
            Some((name, check))
        })
        .collect();
    let transitions = if orders.contains(&1) {
        compare::transitions(journeys)
    } else {
        Vec::new()
    };
    let positions = if asked.iter().any(|model| shapley::is_shapley(&model.name())) {
        shapley::by_position(journeys)
    } else {
        Vec::new()
    };
    let margin = prepared.data.gross_margin.unwrap_or(1.0);
    let returned = results.iter().filter(|_| !costs.is_empty());
    let returns: Vec<Vec<Return>> = returned
        .map(|result| compare::returns(result, &costs, margin))
        .collect();
    let spread = compare::spread(journeys, &results);
    let tested = tested(run, journeys)?;
    let currency = prepared.currency.clone();
    let speak = move |cell: &Cell, kind: Kind| number::cell(cell, kind, currency.as_deref());
    let credit = view(&Answer {
        journeys,
        unit: &Unit::of(by),
        results: &results,
        spread: &spread,
        order: &compare::by_weight(journeys, &results),
        transitions: &transitions,
        checks: &checks,
        positions: &positions,
        tried: &tried,
        tested: &tested,
        returns: &returns,
        stages: &stages,
        has_value: found.has_value,
        rules: &found.rules,
        has_times: found.has_times,
        speak: &speak,
    });
    let totals = journeys.counts.totals();
    Ok(Answered {
        credit,
        paths: (models == Models::Few).then(|| {
            let lag = paths::lag(&made.lags);
            let lags = found
                .has_times
                .then(|| (journeys::name_of(prepared, &target), lag));
            super::paths::parts(run, journeys, &found, lags.as_slice())
        }),
        is_empty: totals.conversions + journeys.untouched.conversions == 0.0,
    })
}

/// What each channel (or campaign) cost in the period; empty where nothing was paid, and
/// for dimensions that costs do not have.
fn costs(
    run: &Run,
    prepared: &Prepared,
    by: &[String],
    journeys: &Journeys,
) -> Result<Vec<Figure<Money>>, Failure> {
    let dimension = match by {
        [] => "channel",
        [one] if ["channel", "campaign"].contains(&one.as_str()) => one,
        _ => return Ok(Vec::new()),
    };
    let dimensions = [dimension.to_owned()];
    let question = channels::Question {
        dimensions: &dimensions,
        basis: run.settings.basis,
        view: View::ToDate,
        credit: None,
    };
    let rows = channels::compute(&prepared.data, &prepared.scope(), &question)
        .map_err(|error| failures::compute_error(&error))?;
    if rows.iter().all(|row| row.cost.is_err()) {
        return Ok(Vec::new());
    }
    let of = |channel: &String| {
        let row = rows.iter().find(|row| row.group.first() == Some(channel));
        row.map_or(Err(Undefined::NoData), |row| row.cost)
    };
    Ok(journeys.channels.iter().map(of).collect())
}

/// Credit for every stage that is reached, where stages are what is credited.
fn stages(
    run: &Run,
    prepared: &Prepared,
    question: &Question,
    asked: &[Box<dyn Model>],
) -> Result<Vec<Stage>, Failure> {
    if !matches!(question.target, Target::Stage(_)) {
        return Ok(Vec::new());
    }
    let mut list = Vec::new();
    for stage in 0..prepared.data.ladder.len() {
        if prepared.conversions.stages[stage].list.is_empty() {
            continue;
        }
        let target = Target::Stage(stage);
        let own = Question {
            target: &target,
            ..*question
        };
        let found = journeys::find(run, prepared, &own, asked)?;
        let made = &found.spans[0];
        let drawing = Drawing {
            draws: 0,
            ..journeys::drawing(run)
        };
        list.push(Stage {
            name: prepared.data.ladder.name(stage).to_owned(),
            channels: made.journeys.channels.clone(),
            results: compare::compute(&made.journeys, asked, &made.timed, drawing),
            has_value: found.has_value,
        });
    }
    Ok(list)
}

/// The few models, and the one that divides revenue.
fn few(run: &Run) -> Result<Vec<Box<dyn Model>>, Failure> {
    let own = run.settings.credit_model.as_deref();
    let own = own.filter(|own| !FEW.contains(own));
    let words = FEW.into_iter().chain(own);
    words.map(|word| journeys::model(run, word)).collect()
}

/// Milestones are known where leads or deals say when they were reached.
fn check_stages(asked: &[Box<dyn Model>], known: Known) -> Result<(), Failure> {
    let needs = |model: &&dyn Model| model.timed().is_some_and(Timed::needs_stages);
    match asked.iter().map(AsRef::as_ref).find(needs) {
        Some(model) if known == Known::Times => {
            let text = format!(
                "{} asks when leads and opportunities were made, and the inputs have touches alone",
                model.name()
            );
            Err(Diagnostic::new(&codes::NO_TIMES, text)
                .hint("give the leads or deals too, or leave the model out")
                .into())
        }
        _ => Ok(()),
    }
}

/// Orders tried for `markov:auto`, which becomes the one that was taken.
///
/// # Errors
/// Where nothing can be foretold.
fn tried(
    run: &Run,
    journeys: &Journeys,
    asked: &mut [Box<dyn Model>],
) -> Result<Vec<Tried>, Failure> {
    let Some(open) = asked.iter_mut().find(|model| model.name() == markov::AUTO) else {
        return Ok(Vec::new());
    };
    let tried = order::choose(journeys, run.settings.seed);
    let taken = tried.iter().find(|tried| tried.taken).ok_or_else(|| {
        let text = "the order of the chain cannot be chosen: that needs journeys that converted and journeys that did not";
        Diagnostic::new(&codes::NO_JOURNEYS, text).hint("name an order: --model markov:1")
    })?;
    *open = journeys::model(run, &format!("markov:{}", taken.order))?;
    Ok(tried)
}

/// A model that cannot take so many channels is refused.
fn check_channels(asked: &[Box<dyn Model>], journeys: &Journeys) -> Result<(), Failure> {
    let channels = journeys.channels.len();
    for model in asked {
        if let Some(most) = model.most_channels().filter(|most| channels > *most) {
            let text = format!(
                "{} takes at most {most} channels, the journeys have {channels}",
                model.name()
            );
            return Err(Diagnostic::new(&codes::LIMIT, text)
                .hint("fold them with [[channel]] rules, or leave the model out")
                .into());
        }
    }
    Ok(())
}

/// What holdout tests found, by channel of the journeys.
///
/// # Errors
/// Where a test names a channel that no journey met.
fn tested(run: &Run, journeys: &Journeys) -> Result<Vec<Tested>, Failure> {
    let names = || journeys.channels.iter().map(String::as_str);
    let found = |experiment: &Experiment| {
        let wanted = spelling(&experiment.channel);
        let channel = names().position(|name| spelling(name) == wanted);
        let channel = channel.ok_or_else(|| {
            let text = format!("no journey met `{}`", experiment.channel);
            Diagnostic::new(&codes::UNKNOWN_NAME, text)
                .at(experiment.place.clone())
                .hint(near_or_all(
                    &experiment.channel,
                    names(),
                    "the channels are",
                ))
        })?;
        Ok(Tested::new(channel, experiment.lift, experiment.error))
    };
    let experiments = run.settings.attribution.experiments.iter();
    experiments.map(found).collect()
}

/// Orders of the Markov models, lowest first.
fn orders(asked: &[Box<dyn Model>]) -> Vec<usize> {
    let names = asked.iter().map(|model| model.name());
    let order = |name: String| name.strip_prefix("markov:")?.parse().ok();
    let mut orders: Vec<usize> = names.filter_map(order).collect();
    orders.sort_unstable();
    orders.dedup();
    orders
}
