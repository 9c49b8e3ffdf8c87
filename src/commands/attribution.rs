//! `leadflow attribution`.

use super::prepare::{Prepared, prepare};
use super::{Run, context, emit};
use crate::attribution::compare::{self, SelfCheck, Tested};
use crate::attribution::journeys::Journeys;
use crate::attribution::models::{self, BadModel, Model, markov, shapley};
use crate::attribution::order::{self, Tried};
use crate::attribution::path_tables::{self, Noticed, Reading};
use crate::diagnostics::{Diagnostic, Failure, Location, codes};
use crate::domain::channel::{Rules, spelling};
use crate::domain::names::near_or_all;
use crate::domain::period::PeriodSpec;
use crate::render::number;
use crate::report::document::{Cell, Kind};
use crate::report::views::attribution::{Answer, view};
use crate::settings::Experiment;
use crate::shell::ExitStatus;

/// Credit per channel under each model.
///
/// # Errors
/// What stops the run: no journeys, an unknown model, counts below zero.
pub fn run(run: &Run) -> Result<ExitStatus, Failure> {
    emit::check(run)?;
    let mut asked = asked(run)?;
    let mut prepared = prepare(run, PeriodSpec::All)?;
    let journeys = journeys(run, &mut prepared)?;
    let tried = tried(run, &journeys, &mut asked)?;
    check_channels(&asked, &journeys)?;
    let results = compare::compute(&journeys, &asked, run.settings.seed);
    let orders = orders(&asked);
    let checks: Vec<(String, SelfCheck)> = orders
        .iter()
        .filter_map(|order| {
            let name = format!("markov:{order}");
            let result = results.iter().find(|result| result.name == name)?;
            let check = compare::self_check(&journeys, result.credit.as_ref().ok()?)?;
            Some((name, check))
        })
        .collect();
    let transitions = if orders.contains(&1) {
        compare::transitions(&journeys)
    } else {
        Vec::new()
    };
    let positions = if asked.iter().any(|model| model.name() == "shapley") {
        shapley::by_position(&journeys)
    } else {
        Vec::new()
    };
    let spread = compare::spread(&journeys, &results);
    let tested = tested(run, &journeys)?;
    let currency = prepared.currency.clone();
    let speak = move |cell: &Cell, kind: Kind| number::cell(cell, kind, currency.as_deref());
    let parts = view(&Answer {
        journeys: &journeys,
        results: &results,
        spread: &spread,
        order: &compare::by_weight(&journeys, &results),
        transitions: &transitions,
        checks: &checks,
        positions: &positions,
        tried: &tried,
        tested: &tested,
        has_value: prepared.paths.has("value"),
        speak: &speak,
    });
    let report = context::report(run, &prepared, "attribution", "Attribution".into(), parts);
    emit::emit(run, &prepared, &report)?;
    let totals = journeys.counts.totals();
    Ok(emit::emptiness(
        run,
        totals.conversions + journeys.untouched.conversions == 0.0,
    ))
}

/// The models asked for; without any, every kind that needs no times.
fn asked(run: &Run) -> Result<Vec<Box<dyn Model>>, Failure> {
    let words = &run.settings.attribution.models;
    if words.is_empty() {
        let all = models::ALL.iter().filter_map(|kind| kind.without_times);
        return Ok(all.map(|make| make()).collect());
    }
    words.iter().map(|word| model(word)).collect()
}

fn model(word: &str) -> Result<Box<dyn Model>, Failure> {
    models::parse(word).map_err(|bad| unknown(&bad).into())
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
    *open = model(&format!("markov:{}", taken.order))?;
    Ok(tried)
}

fn unknown(bad: &BadModel) -> Diagnostic {
    match bad {
        BadModel::Parameter(text) => Diagnostic::new(&codes::USAGE, text.clone())
            .hint("`leadflow explain NAME` tells what a model takes"),
        BadModel::Unknown(name) => {
            let names = models::ALL.iter().map(|kind| kind.name);
            Diagnostic::new(&codes::UNKNOWN_NAME, format!("`{name}` is no model"))
                .hint(near_or_all(name, names, "the models are"))
        }
    }
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

/// The journeys of the inputs; what was noticed joins the findings.
///
/// # Errors
/// No journeys, too many channels, counts below zero.
pub fn journeys(run: &Run, prepared: &mut Prepared) -> Result<Journeys, Failure> {
    if prepared.paths.is_empty() {
        let text = "no input has journeys";
        return Err(Diagnostic::new(&codes::NO_JOURNEYS, text)
            .hint("give a table with the columns path (`a > b > c`), conversions, value, non-converting")
            .into());
    }
    let settings = run.settings;
    let rules = Rules::new(settings.channel_rules.clone(), settings.extensions);
    let reading = Reading {
        rules: &rules,
        direct: &settings.attribution.direct,
        collapse_repeats: settings.attribution.collapse_repeats,
    };
    let (journeys, noticed) = path_tables::journeys(&prepared.paths, reading).map_err(|_| {
        let text = "the journeys have more than 65,536 different channels";
        Diagnostic::new(&codes::LIMIT, text)
            .hint("fold them with [[channel]] rules; are these single pages or ids?")
    })?;
    tell(prepared, &noticed)?;
    Ok(journeys)
}

fn tell(prepared: &mut Prepared, noticed: &Noticed) -> Result<(), Failure> {
    if let Some((file, line)) = noticed.below_zero {
        let name = prepared.data.files.get(file as usize);
        let place = Location::line(name.cloned().unwrap_or_default(), u64::from(line));
        return Err(
            Diagnostic::new(&codes::BAD_NUMBER, "a number of journeys is below zero")
                .at(place)
                .hint("a refund is a value below zero, not a conversion; correct the row")
                .into(),
        );
    }
    let missing = noticed.without_conversions;
    if missing > 0 {
        let text =
            format!("{missing} rows of journeys have no number of conversions and count as none");
        prepared
            .findings
            .push(Diagnostic::new(&codes::ASSUMED, text).times(missing));
    }
    Ok(())
}
