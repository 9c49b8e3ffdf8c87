//! Journeys of the inputs, whichever way they came: touches of persons, or ready-made
//! paths. What was asked of them is resolved here once, for every command that credits.

use super::Run;
use super::prepare::Prepared;
use crate::attribution::bootstrap::{DRAWS, Drawing};
use crate::attribution::from_touches::{self, Asked, Crowd, Keep, Made, Stop, Wanted};
use crate::attribution::models::milestones::{Milestones, Parts};
use crate::attribution::models::{self, BadModel, Known, Model};
use crate::attribution::path_tables::{self, Noticed, Reading};
use crate::attribution::walk::Timed;
use crate::diagnostics::{Diagnostic, Failure, Location, codes};
use crate::domain::calendar::{DAY_MILLIS, Millis};
use crate::domain::channel::{Rules, spelling};
use crate::domain::names::near_or_all;
use crate::settings::Settings;
use crate::tables::NONE;
use crate::tables::conversions::Conversion;

/// What touches are credited for.
#[derive(Debug, Clone)]
pub enum Target {
    /// A stage of the ladder.
    Stage(usize),
    /// Touches of these classes; what they are called.
    Touches(Vec<bool>, String),
    /// Whatever the ready-made paths counted.
    Paths,
}

/// Journeys and what they rest on.
pub struct Found {
    /// One for each span that was asked for.
    pub spans: Vec<Made>,
    /// Setting and value, for people.
    pub rules: Vec<(&'static str, String)>,
    /// False where nothing tells a value.
    pub has_value: bool,
    /// True where journeys have times.
    pub has_times: bool,
    /// What is missing in the inputs, for whoever shows these journeys.
    pub findings: Vec<Diagnostic>,
}

/// What is known of the journeys, which decides over the models beside each other.
///
/// # Errors
/// No journeys, or a target that does not exist.
pub fn known(run: &Run, prepared: &mut Prepared) -> Result<(Target, Known), Failure> {
    roll_up(prepared)?;
    let target = target(run, prepared, run.settings.attribution.target.as_deref())?;
    let known = match &target {
        Target::Paths => Known::Paths,
        Target::Touches(..) => Known::Times,
        Target::Stage(_) => Known::Stages,
    };
    Ok((target, known))
}

/// Touches of all contacts of an account become those of the account.
fn roll_up(prepared: &mut Prepared) -> Result<(), Failure> {
    let owners = std::mem::take(&mut prepared.conversions.owners);
    prepared.touches.regroup(owners)
}

/// Which journeys are wanted.
#[derive(Debug, Clone, Copy)]
pub struct Question<'a> {
    /// What touches are credited for.
    pub target: &'a Target,
    /// Dimensions of touches that are credited; the channel where there are none.
    pub by: &'a [String],
    /// Spans of time, which get journeys each.
    pub spans: &'a [(Millis, Millis)],
    /// Only deals of kind `new`.
    pub only_new: bool,
    /// Only what leads made in a span of time bought within a horizon.
    pub cohort: Option<Cohort>,
    /// What is asked of each journey.
    pub keep: Keep,
}

/// Leads of a span of time, seen for a while.
#[derive(Debug, Clone, Copy)]
pub struct Cohort {
    /// When they were made.
    pub made: (Millis, Millis),
    /// How long after that a conversion counts.
    pub within: Millis,
}

impl Cohort {
    fn has(&self, conversion: &Conversion) -> bool {
        let (Some(made), Some(at)) = (conversion.lead_at, conversion.at) else {
            return false;
        };
        (self.made.0..self.made.1).contains(&made) && at - made <= self.within
    }
}

/// How intervals are drawn.
#[must_use]
pub fn drawing(run: &Run) -> Drawing {
    Drawing {
        seed: run.settings.seed,
        draws: run.settings.attribution.draws.unwrap_or(DRAWS),
    }
}

/// The journeys of spans of time.
///
/// # Errors
/// What stops the run.
pub fn find(
    run: &Run,
    prepared: &Prepared,
    question: &Question,
    asked: &[Box<dyn Model>],
) -> Result<Found, Failure> {
    let target = question.target;
    if matches!(target, Target::Paths) {
        return from_paths(run, prepared);
    }
    let settings = run.settings;
    let labels = labels(question.by, prepared)?;
    let timed: Vec<&dyn Timed> = asked.iter().filter_map(|model| model.timed()).collect();
    let counts = |conversion: &Conversion| {
        (conversion.is_new || !question.only_new)
            && question.cohort.is_none_or(|cohort| cohort.has(conversion))
    };
    let chosen: Vec<Conversion> = match target {
        Target::Stage(stage) => {
            let list = prepared.conversions.stages[*stage].list.iter();
            list.filter(|one| counts(one)).copied().collect()
        }
        _ => Vec::new(),
    };
    let wanted = match target {
        Target::Stage(stage) => Wanted::Listed {
            list: &chosen,
            won: *stage + 1 == prepared.data.ladder.len(),
        },
        Target::Touches(classes, _) => Wanted::Touches(classes),
        Target::Paths => Wanted::Touches(&[]),
    };
    let direct: Vec<String> = settings
        .attribution
        .direct
        .iter()
        .map(|name| spelling(name))
        .collect();
    let rules = Asked {
        wanted,
        labels: &labels,
        lookback: settings.attribution.lookback,
        first_only: settings.attribution.first_only,
        by_cohort: settings.attribution.by_cohort,
        collapse_repeats: settings.attribution.collapse_repeats,
        spans: question.spans,
        timed: &timed,
        keep: question.keep,
        threads: settings.threads(),
    };
    let is_direct = |name: &str| direct.contains(&spelling(name));
    let spans =
        from_touches::journeys(&prepared.touches, rules, is_direct).map_err(|stop| match stop {
            Stop::TooManyChannels => too_many().into(),
            Stop::Failed(failure) => failure,
            Stop::NoPerson(crowd) => no_person(crowd).into(),
        })?;
    let has_value = match target {
        Target::Stage(stage) => prepared.conversions.stages[*stage].is_deals,
        _ => prepared.touches.given().value,
    };
    let undated = spans.iter().map(|made| made.undated).sum::<u64>();
    let without = spans.iter().map(|made| made.without_value).sum::<u64>();
    let missing = [
        (
            "without a date",
            "no touch can lie before such a one",
            undated,
        ),
        (
            "without an amount",
            "such a one counts and adds no value",
            without,
        ),
    ];
    let said = missing.into_iter().take(if has_value { 2 } else { 1 });
    let findings = said.filter(|(_, _, count)| *count > 0).map(lacking);
    let told = told(settings, prepared, target);
    Ok(Found {
        spans,
        rules: told,
        has_value,
        has_times: true,
        findings: findings.collect(),
    })
}

/// Says what is missing behind journeys that are shown.
pub fn tell(prepared: &mut Prepared, found: &Found) {
    let findings = found.findings.iter().cloned();
    findings.for_each(|finding| prepared.findings.push(finding));
}

fn lacking((lack, so, count): (&str, &str, u64)) -> Diagnostic {
    let text = format!("conversions {lack}: {count}; {so}");
    Diagnostic::new(&codes::MISSING_AMOUNT, text).times(count)
}

fn no_person(crowd: Crowd) -> Diagnostic {
    let text = format!(
        "one id has {} touches, and the journeys before all its conversions are too many to count: that is no person (row {} of the touches is its first)",
        crowd.touches,
        u64::from(crowd.row) + 1
    );
    Diagnostic::new(&codes::LIMIT, text)
        .hint("leave the id out with `where` of the [[input]], or shorten journeys with --lookback")
}

fn too_many() -> Diagnostic {
    let text = "the journeys have more than 65,536 different channels";
    Diagnostic::new(&codes::LIMIT, text)
        .hint("fold them with [[channel]] rules; are these single pages or ids?")
}

/// What a touch of each class is called: its channel, or the values of `--by`.
fn labels(by: &[String], prepared: &Prepared) -> Result<Vec<String>, Failure> {
    let touches = &prepared.touches;
    let names: Vec<&str> = match by {
        [] => vec!["channel"],
        by => by.iter().map(String::as_str).collect(),
    };
    let mut columns = Vec::new();
    for name in names {
        let words = touches.words(name).ok_or_else(|| {
            let text = format!("`{name}` is no dimension of touches");
            let known = ["channel", "campaign", "kind", "event"].into_iter();
            let segments = touches.segments().iter().map(String::as_str);
            Diagnostic::new(&codes::UNKNOWN_NAME, text).hint(near_or_all(
                name,
                known.chain(segments),
                "the dimensions are",
            ))
        })?;
        columns.push(words);
    }
    let label = |class: usize| {
        let words = columns.iter().map(|column| column[class].unwrap_or(NONE));
        words.collect::<Vec<_>>().join(" / ")
    };
    Ok((0..touches.classes().len()).map(label).collect())
}

/// The rules that the journeys were made by.
fn told(settings: &Settings, prepared: &Prepared, target: &Target) -> Vec<(&'static str, String)> {
    let rules = &settings.attribution;
    let said = |word: &str| word.to_owned();
    let target = match target {
        Target::Stage(stage) if prepared.conversions.stages[*stage].is_deals => {
            format!(
                "{} (each deal, with its amount)",
                prepared.data.ladder.name(*stage)
            )
        }
        Target::Stage(stage) => format!(
            "{} (the first time a lead reaches it)",
            prepared.data.ladder.name(*stage)
        ),
        Target::Touches(_, name) => format!("{name} (a touch itself)"),
        Target::Paths => said("as the table counts"),
    };
    let lookback = match rules.lookback {
        None => said("none: every touch before the conversion"),
        Some(lookback) => format!(
            "{} days, both ends included",
            lookback as f64 / DAY_MILLIS as f64
        ),
    };
    let mut list = vec![("target", target)];
    list.push(("lookback", lookback));
    list.push((
        "touches",
        said("at or before the conversion; of one moment in the order of the rows"),
    ));
    list.push((
        "conversions",
        match rules.first_only {
            true => said("the first of each lead or account"),
            false => said("every one, each looking back on its own"),
        },
    ));
    list.push((
        "repeats",
        match rules.collapse_repeats {
            true => said("neighbouring touches of one channel count as one"),
            false => said("every touch counts"),
        },
    ));
    list.push(("direct", rules.direct.join(", ")));
    list.push((
        "period",
        match rules.by_cohort {
            true => said("journeys that began in it"),
            false => said("conversions dated in it; journeys without one by their last touch"),
        },
    ));
    list
}

/// What gets the credit.
fn target(run: &Run, prepared: &Prepared, asked: Option<&str>) -> Result<Target, Failure> {
    match (prepared.touches.is_empty(), prepared.paths.is_empty()) {
        (true, true) => {
            let text = "no input has journeys";
            return Err(Diagnostic::new(&codes::NO_JOURNEYS, text)
                .hint("give touches (visitor or lead id, time, channel) with leads or deals, or a table with the columns path (`a > b > c`), conversions, value, non-converting")
                .into());
        }
        (false, false) => {
            let text = "touches and ready-made journeys were given together, and would count twice";
            return Err(Diagnostic::new(&codes::USAGE, text)
                .hint("give one of the two")
                .into());
        }
        (true, false) => return Ok(Target::Paths),
        (false, true) => {}
    }
    if run.settings.filter.is_some() {
        let text = "--where cannot be asked of touches";
        return Err(Diagnostic::new(&codes::USAGE, text)
            .hint("use --by, or leave rows out with `where` of their [[input]]")
            .into());
    }
    match asked {
        Some(name) => named(prepared, name),
        None => usual(prepared),
    }
}

/// What brings in money: wins, or touches that are conversions themselves.
///
/// # Errors
/// No touches, or nothing that they led to.
pub fn earning(run: &Run, prepared: &mut Prepared) -> Result<Target, Failure> {
    roll_up(prepared)?;
    // An event may stand for the sale; a stage before the last one earns nothing.
    let event = run.settings.attribution.target.as_deref();
    let event = event.filter(|name| !prepared.data.ladder.iter().any(|stage| stage == *name));
    let target = target(run, prepared, event)?;
    let has_value = match &target {
        Target::Stage(stage) => prepared.conversions.stages[*stage].is_deals,
        Target::Touches(..) => prepared.touches.given().value,
        Target::Paths => false,
    };
    if has_value {
        return Ok(target);
    }
    let text = "a model divides revenue among touches, and the inputs have no wins with amounts and touches before them";
    Err(Diagnostic::new(&codes::NO_JOURNEYS, text)
        .hint("give touches and deals, or leave --model out")
        .into())
}

/// What is credited, in a word.
#[must_use]
pub fn name_of(prepared: &Prepared, target: &Target) -> String {
    match target {
        Target::Stage(stage) => prepared.data.ladder.name(*stage).to_owned(),
        Target::Touches(_, name) => name.clone(),
        Target::Paths => "conversion".to_owned(),
    }
}

/// True where no deal is of a customer who buys again.
#[must_use]
pub fn all_are_new(prepared: &Prepared, target: &Target) -> bool {
    match target {
        Target::Stage(stage) => prepared.conversions.stages[*stage]
            .list
            .iter()
            .all(|one| one.is_new),
        _ => true,
    }
}

/// The word for touches that say themselves that they convert.
const CONVERSION: &str = "conversion";

fn named(prepared: &Prepared, name: &str) -> Result<Target, Failure> {
    let ladder = &prepared.data.ladder;
    let classes = prepared.touches.classes();
    if let Some(stage) = ladder.iter().position(|stage| stage == name) {
        if prepared.conversions.stages[stage].list.is_empty() {
            let text = format!("nothing in the inputs reaches `{name}`");
            return Err(Diagnostic::new(&codes::NO_JOURNEYS, text)
                .hint("give the leads or deals that do, or name another --target")
                .into());
        }
        return Ok(Target::Stage(stage));
    }
    let wanted = spelling(name);
    let is_event = |event: &Option<String>| {
        event
            .as_deref()
            .is_some_and(|event| spelling(event) == wanted)
    };
    let events: Vec<bool> = classes.iter().map(|class| is_event(&class.event)).collect();
    if events.contains(&true) {
        return Ok(Target::Touches(events, name.to_owned()));
    }
    if let Some(target) = (name == CONVERSION).then(|| themselves(prepared)).flatten() {
        return Ok(target);
    }
    let known = ladder
        .iter()
        .chain(classes.iter().filter_map(|class| class.event.as_deref()));
    let known: std::collections::BTreeSet<&str> = known.collect();
    let text = format!("`{name}` is neither a stage nor an event of the touches");
    Err(Diagnostic::new(&codes::UNKNOWN_NAME, text)
        .hint(near_or_all(name, known, "known are"))
        .into())
}

/// Touches that are conversions themselves.
fn themselves(prepared: &Prepared) -> Option<Target> {
    let classes: Vec<bool> = prepared
        .touches
        .classes()
        .iter()
        .map(|class| class.converts)
        .collect();
    classes
        .contains(&true)
        .then(|| Target::Touches(classes, CONVERSION.to_owned()))
}

/// The last stage, where anything reaches it; else touches that are conversions themselves.
fn usual(prepared: &Prepared) -> Result<Target, Failure> {
    let last = prepared.data.ladder.len() - 1;
    let reached = |stage: &usize| !prepared.conversions.stages[*stage].list.is_empty();
    if reached(&last) {
        return Ok(Target::Stage(last));
    }
    if let Some(target) = themselves(prepared) {
        return Ok(target);
    }
    let stages = (0..=last).rev().find(reached);
    let hint = match stages {
        Some(stage) => format!(
            "name one that is reached: --target {}",
            prepared.data.ladder.name(stage)
        ),
        None => {
            "give the leads or deals of these persons, or name an event: --target EVENT".to_owned()
        }
    };
    let text = format!(
        "nothing in the inputs reaches `{}`, so there is nothing to credit",
        prepared.data.ladder.name(last)
    );
    Err(Diagnostic::new(&codes::NO_JOURNEYS, text).hint(hint).into())
}

/// The models that are asked for; without any, all that what is known allows.
///
/// # Errors
/// A model that does not exist.
pub fn asked(run: &Run, known: Known) -> Result<Vec<Box<dyn Model>>, Failure> {
    let attribution = &run.settings.attribution;
    if attribution.models.is_empty() {
        let own = attribution.custom.iter().filter(|_| known != Known::Paths);
        let own = own.map(|(name, _)| model(run, &format!("custom:{name}")));
        let all = models::ALL
            .iter()
            .filter_map(|kind| (kind.beside)(known))
            .map(Ok);
        return all.chain(own).collect();
    }
    attribution
        .models
        .iter()
        .map(|word| model(run, word))
        .collect()
}

/// The model that a word names.
///
/// # Errors
/// Where there is none.
pub fn model(run: &Run, word: &str) -> Result<Box<dyn Model>, Failure> {
    let Some(name) = word.strip_prefix("custom:") else {
        return models::parse(word).map_err(|bad| unknown(&bad).into());
    };
    let custom = &run.settings.attribution.custom;
    let (_, weights) = custom
        .iter()
        .find(|(known, _)| known == name)
        .ok_or_else(|| {
            let text = format!("no [attribution.custom.{name}] gives weights");
            Diagnostic::new(&codes::UNKNOWN_NAME, text).hint(near_or_all(
                name,
                custom.iter().map(|(name, _)| name.as_str()),
                "weights are given for",
            ))
        })?;
    Ok(Box::new(Milestones {
        name: word.to_owned(),
        parts: Parts {
            first: weights.first,
            lead: weights.lead,
            opportunity: weights.opportunity,
            last: weights.last,
            middle: weights.middle,
        },
    }))
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

fn from_paths(run: &Run, prepared: &Prepared) -> Result<Found, Failure> {
    let settings = run.settings;
    let rules = Rules::new(settings.channel_rules.clone(), settings.extensions);
    let reading = Reading {
        rules: &rules,
        direct: &settings.attribution.direct,
        collapse_repeats: settings.attribution.collapse_repeats,
    };
    let (journeys, noticed) =
        path_tables::journeys(&prepared.paths, reading).map_err(|_| Failure::from(too_many()))?;
    let findings = noticed_findings(prepared, &noticed)?;
    let made = Made {
        journeys,
        ..Made::default()
    };
    let has_value = prepared.paths.has("value");
    let rules = told(settings, prepared, &Target::Paths);
    let kept = ["target", "repeats", "direct"];
    Ok(Found {
        spans: vec![made],
        rules: rules
            .into_iter()
            .filter(|(key, _)| kept.contains(key))
            .collect(),
        has_value,
        has_times: false,
        findings,
    })
}

fn noticed_findings(prepared: &Prepared, noticed: &Noticed) -> Result<Vec<Diagnostic>, Failure> {
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
    let text =
        format!("{missing} rows of journeys have no number of conversions and count as none");
    let finding = (missing > 0).then(|| Diagnostic::new(&codes::ASSUMED, text).times(missing));
    Ok(finding.into_iter().collect())
}
