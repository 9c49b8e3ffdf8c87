//! `leadflow score`.

use super::prepare::{Prepared, prepare};
use super::{Run, context, emit, failures};
use crate::cli::ScoreArgs;
use crate::diagnostics::{Diagnostic, Failure, Location, codes};
use crate::domain::calendar::day_of;
use crate::domain::names::near_or_all;
use crate::domain::period::PeriodSpec;
use crate::ingest::load::Condition;
use crate::metrics::data::{Data, Record};
use crate::metrics::known::Known;
use crate::metrics::score::audit::{self, Audit};
use crate::metrics::score::call_list::{self, By};
use crate::metrics::score::events::{self, Events};
use crate::metrics::score::leak::Leak;
use crate::metrics::score::learn::{self, Learned, Lesson, Refusal};
use crate::metrics::score::population::{Population, Question};
use crate::metrics::score::scorecard::{self, Axis, Card, Criterion, Met, Rule, Scorecard};
use crate::metrics::score::threshold::Economics;
use crate::render::number;
use crate::report::document::{Cell, Kind};
use crate::report::views::Parts;
use crate::report::views::score::{self as views, Shown};
use crate::settings::{Score, ScoreAxis, ScoreFrom, ScoreModel, ScoreRule};
use crate::shell::ExitStatus;

/// Leads that are listed where nobody says how many.
const LISTED: usize = 20;
/// Working days of a week.
const WORKING_DAYS: f64 = 5.0;

/// The audit of a score column, the scorecard of rules, a learned score; or whom to call.
///
/// # Errors
/// What stops the run.
pub fn run(run: &Run, args: &ScoreArgs) -> Result<ExitStatus, Failure> {
    emit::check(run)?;
    if !run.settings.by.is_empty() {
        let text = "score has no --by: choose whom to look at with --where";
        return Err(Diagnostic::new(&codes::USAGE, text).into());
    }
    let prepared = prepare(run, PeriodSpec::All)?;
    let setup = &run.settings.score;
    let population = population(run, &prepared)?.within(&prepared.scope());
    let found = match model(setup) {
        ScoreModel::Column => Found::Column(Box::new(of_column(&population, setup)?)),
        ScoreModel::Rules => of_rules(run, &prepared, &population)?,
        ScoreModel::Logistic => {
            let learned = of_learning(run, &prepared, &population)?;
            Found::Learned(Box::new(learned))
        }
    };
    let parts = worded(run, &prepared, |shown| match args.list {
        true => listed(run, &prepared, &population, &found, shown),
        false => found.view(shown),
    });
    let title = match args.list {
        true => "Whom to call next".to_owned(),
        false => format!("{} against {}", found.title(), population.target),
    };
    let report = context::report(run, &prepared, "score", title, parts);
    let status = emit::emit(run, &prepared, &report)?;
    Ok(status.max(emit::emptiness(run, population.leads.is_empty())))
}

/// The section of the monthly report, where there are rules or a score column; what is
/// learned is asked for on its own.
///
/// # Errors
/// A condition that does not fit the data.
pub fn of_report(run: &Run, prepared: &Prepared) -> Result<Option<Parts>, Failure> {
    let setup = &run.settings.score;
    let rules = !setup.rules.is_empty();
    if target(&prepared.data, setup.target.as_deref()).is_err() {
        return Ok(None);
    }
    let population = population(run, prepared)?;
    let found = match rules {
        true => of_rules(run, prepared, &population)?,
        false => {
            let scores = population.exported();
            match audit::audit(&population, &scores, &economics(setup)) {
                Some(found) => Found::Column(Box::new(found)),
                None => return Ok(None),
            }
        }
    };
    if found.judged() == 0 {
        return Ok(None);
    }
    let parts = worded(run, prepared, |shown| found.view(shown));
    Ok(Some(views::brief(parts)))
}

/// What was found about which score.
enum Found {
    Column(Box<Audit>),
    Rules(Box<(Card, Events, Scorecard)>),
    Learned(Box<Learned>),
}

impl Found {
    fn view(&self, shown: &Shown) -> Parts {
        match self {
            Self::Column(audit) => views::exported(shown, audit),
            Self::Rules(found) => views::rules(shown, &found.2),
            Self::Learned(learned) => views::learned(shown, learned),
        }
    }

    fn title(&self) -> &'static str {
        match self {
            Self::Column(_) => "Score",
            Self::Rules(_) => "Scorecard",
            Self::Learned(_) => "Learned score",
        }
    }

    fn judged(&self) -> u64 {
        match self {
            Self::Column(audit) => audit.n,
            Self::Rules(found) => found.2.audit.n,
            Self::Learned(learned) => learned.audit.n,
        }
    }
}

fn model(setup: &Score) -> ScoreModel {
    setup.model.unwrap_or(match setup.rules.is_empty() {
        true => ScoreModel::Column,
        false => ScoreModel::Rules,
    })
}

fn economics(setup: &Score) -> Economics {
    Economics {
        capacity: setup.capacity,
        cost: setup.cost,
        margin: setup.margin,
    }
}

fn population(run: &Run, prepared: &Prepared) -> Result<Population, Failure> {
    let setup = &run.settings.score;
    let question = Question {
        target: target(&prepared.data, setup.target.as_deref())?,
        after_days: setup.after_days,
    };
    Population::of(&prepared.data, question).map_err(|error| failures::compute_error(&error))
}

fn worded(run: &Run, prepared: &Prepared, view: impl FnOnce(&Shown) -> Parts) -> Parts {
    let speak = |cell: &Cell, kind: Kind| number::cell(cell, kind, prepared.currency.as_deref());
    let zone = prepared.data.zone;
    let day = move |at: i64| day_of(at, zone).to_string();
    view(&Shown {
        speak: &speak,
        day: &day,
        seed: run.settings.seed,
    })
}

fn of_column(population: &Population, setup: &Score) -> Result<Audit, Failure> {
    let found = audit::audit(population, &population.exported(), &economics(setup));
    found.ok_or_else(|| {
        Diagnostic::new(&codes::NO_HISTORY, "no lead has a score")
            .hint(
                "name the column: [input.columns] score = \"HubSpot Score\"; or write [[score.rule]]; or \
                 learn one: --learn",
            )
            .into()
    })
}

fn of_rules(run: &Run, prepared: &Prepared, population: &Population) -> Result<Found, Failure> {
    let setup = &run.settings.score;
    if setup.rules.is_empty() {
        return Err(Diagnostic::new(&codes::USAGE, "there are no rules to score by")
            .hint(
                "write them in leadflow.toml: [[score.rule]] group = \"fit\", when = \"country = 'DE'\", \
                 points = 20",
            )
            .into());
    }
    let card = card(prepared, population, setup)?;
    let activities = prepared.data.records(Record::Activities);
    let events = scorecard::events(&card, &population.frame, &prepared.touches, activities)?;
    let judged = scorecard::judge(population, &card, &events, &economics(setup));
    Ok(Found::Rules(Box::new((card, events, judged))))
}

fn card(prepared: &Prepared, population: &Population, setup: &Score) -> Result<Card, Failure> {
    let (words, numbers) = (population.described(false), population.described(true));
    let on_leads = |sql: &str, place: Option<&Location>| {
        let condition = Condition {
            sql,
            table: "leads",
            place,
        };
        let met = condition.by_row_of(&words, &numbers);
        met.map_err(|error| Failure::from(*error))
    };
    let rules = setup.rules.iter().map(|rule| {
        Ok(Rule {
            name: rule.name.clone(),
            is_interest: rule.is_interest,
            points: rule.points,
            cap: rule.cap,
            topic: rule.topic.clone(),
            half_life_days: rule.half_life_days,
            at_most: rule.at_most,
            window_days: rule.window_days,
            met: met(prepared, &on_leads, rule)?,
        })
    });
    let criteria = setup.grades.iter().map(|grade| {
        Ok(Criterion {
            met: on_leads(&grade.when, grade.place.as_ref())?,
            thirds: grade.thirds,
        })
    });
    let axis = |axis: ScoreAxis| Axis {
        cap: axis.cap,
        bounds: axis.bounds,
    };
    Ok(Card {
        rules: rules.collect::<Result<_, Failure>>()?,
        criteria: criteria.collect::<Result<_, Failure>>()?,
        fit: axis(setup.fit),
        interest: axis(setup.interest),
        topics: setup.topics.clone(),
        cap: setup.cap,
    })
}

/// Row by row, whether a lead meets a condition, which stands somewhere.
type OnLeads<'a> = &'a dyn Fn(&str, Option<&Location>) -> Result<Vec<bool>, Failure>;

/// Which leads or events a rule means.
fn met(prepared: &Prepared, on_leads: OnLeads<'_>, rule: &ScoreRule) -> Result<Met, Failure> {
    let sql = rule.when.as_deref().unwrap_or("1 = 1");
    let of = |table: &'static str| Condition {
        sql,
        table,
        place: rule.place.as_ref(),
    };
    let met = match rule.from {
        ScoreFrom::Leads => return Ok(Met::Leads(on_leads(sql, rule.place.as_ref())?)),
        ScoreFrom::Touches => {
            let classes = prepared.touches.described();
            of("touches").by_row(&classes).map(Met::Touches)
        }
        ScoreFrom::Activities => {
            let activities = prepared.data.records(Record::Activities);
            of("activities").by_row(activities).map(Met::Activities)
        }
    };
    met.map_err(|error| Failure::from(*error))
}

fn of_learning(
    run: &Run,
    prepared: &Prepared,
    population: &Population,
) -> Result<Learned, Failure> {
    let setup = &run.settings.score;
    let activities = prepared.data.records(Record::Activities);
    let every = |count: usize| vec![vec![0]; count];
    let classes = every(prepared.touches.classes().len());
    let touches = events::of_touches(&population.frame, &prepared.touches, &classes)?;
    let acted = every(activities.height());
    let lesson = Lesson {
        features: setup.features.as_deref(),
        allowed: &setup.allow_leak,
        touches: &touches,
        activities: &events::of_activities(&population.frame, activities, &acted),
        economics: &economics(setup),
    };
    learn::learn(population, &lesson).map_err(|refusal| refused(&refusal).into())
}

fn refused(refusal: &Refusal) -> Diagnostic {
    let list = |leaks: &[Leak]| {
        let one = |leak: &Leak| format!("`{}` ({})", leak.column, views::why_refused(&leak.why));
        leaks.iter().map(one).collect::<Vec<_>>().join(", ")
    };
    match refusal {
        Refusal::Unknown(name, known) => {
            let text = format!("`{name}` is no column of the leads");
            let known = known.iter().map(String::as_str);
            Diagnostic::new(&codes::UNKNOWN_NAME, text).hint(near_or_all(
                name,
                known,
                "its columns, those of [input.columns] included, are",
            ))
        }
        Refusal::Leaks(leaks) => {
            let text = format!("features that seem to know the outcome: {}", list(leaks));
            Diagnostic::new(&codes::KNOWS_OUTCOME, text)
                .hint("take them out of [score] features, or insist: --allow-leak COLUMN")
        }
        Refusal::NoFeatures(leaks) => {
            let text = match leaks.is_empty() {
                true => "the leads have no column to learn from".to_owned(),
                false => format!("no column is left to learn from; refused: {}", list(leaks)),
            };
            Diagnostic::new(&codes::NO_HISTORY, text)
                .hint("map more columns of the export: [input.columns] job_title = \"Job Title\"")
        }
        Refusal::TooFew {
            leads,
            conversions,
            inputs,
            needed,
        } => {
            let others = leads - conversions;
            let text = format!(
                "too few to learn from: the training part has {leads} leads, {conversions} that \
                 converted and {others} that did not; {inputs} inputs need {needed} of either"
            );
            Diagnostic::new(&codes::TOO_FEW_CONVERSIONS, text).hint(
                "name fewer columns, [score] features = [\"source\"]; or take an earlier stage, --target; \
                 or write rules, [[score.rule]]",
            )
        }
        Refusal::NoFit => Diagnostic::new(
            &codes::NO_HISTORY,
            "the regression found no minimum on these leads",
        )
        .hint("name fewer columns, [score] features = [\"source\"]"),
    }
}

fn listed(
    run: &Run,
    prepared: &Prepared,
    population: &Population,
    found: &Found,
    shown: &Shown,
) -> Parts {
    let setup = &run.settings.score;
    let daily = setup
        .capacity
        .map(|capacity| (capacity / WORKING_DAYS).ceil().max(1.0) as usize);
    let top = setup.top.or(daily).unwrap_or(LISTED);
    let by = match found {
        Found::Column(audit) => By::Column(audit),
        Found::Rules(found) => By::Rules(&found.0, &found.1, &found.2),
        Found::Learned(learned) => By::Learned(learned),
    };
    let activities = prepared.data.records(Record::Activities);
    views::call_list(shown, &call_list::of(population, activities, by, top))
}

/// The stage named, else the last one whose persons are known.
fn target(data: &Data, named: Option<&str>) -> Result<usize, Failure> {
    let followed = |stage: &usize| data.known(*stage) == Known::Followed;
    if let Some(name) = named {
        return data.ladder.index(name).filter(followed).ok_or_else(|| {
            let text = format!("`{name}` is no stage whose persons are known");
            Diagnostic::new(&codes::UNKNOWN_NAME, text)
                .hint(near_or_all(name, data.ladder.iter(), "the stages are"))
                .into()
        });
    }
    let last = (1..data.ladder.len()).rev().find(followed);
    last.ok_or_else(|| {
        Diagnostic::new(&codes::NO_HISTORY, "no stage beyond the first is known")
            .hint("give the export that says who converted")
            .into()
    })
}
