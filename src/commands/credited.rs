//! Revenue as a model divides it, for the commands that set it against cost.

use super::Run;
use super::journeys::{self, Cohort, Question};
use super::prepare::Prepared;
use crate::attribution::bootstrap::Drawing;
use crate::attribution::compare::{self, ModelCredit};
use crate::attribution::from_touches::{Keep, Made};
use crate::diagnostics::{Diagnostic, Failure, codes};
use crate::domain::calendar::{DAY_MILLIS, Millis, day_of, instants};
use crate::domain::figure::Basis;
use crate::domain::money::Money;
use crate::domain::period::Period;
use crate::metrics::data::{Data, Scope, Source};
use crate::metrics::time_labels::{grain, is_time};
use crate::report::views;
use crate::tables::credit::{Credit, Credited, NO_TOUCH};

/// The credit of the model of `[channels] model`, by the dimensions asked for; nothing
/// where no model is set.
///
/// # Errors
/// No touches, a model that does not exist, a dimension that touches do not have.
pub fn credit(
    run: &Run,
    prepared: &mut Prepared,
    dimensions: &[String],
    scope: &Scope,
) -> Result<Option<Credit>, Failure> {
    let Some(word) = &run.settings.credit_model else {
        return Ok(None);
    };
    let model = journeys::model(run, word)?;
    let target = journeys::earning(run, prepared)?;
    let cohort = cohort(run, prepared, scope);
    let spans = match cohort {
        Some(_) => spans(prepared, dimensions, (Millis::MIN, Millis::MAX))?,
        None => spans(prepared, dimensions, scope.bounds())?,
    };
    let drawing = journeys::drawing(run);
    // Draws choose among paths.
    let keep = match model.by_last_touch() && drawing.draws == 0 {
        true => Keep::LastTouch,
        false => Keep::All,
    };
    let models = [model];
    let by = labels(dimensions);
    let question = Question {
        target: &target,
        by: &by,
        spans: &spans.bounds,
        only_new: false,
        cohort,
        keep,
    };
    let all = journeys::find(run, prepared, &question, &models)?;
    journeys::tell(prepared, &all);
    let new = match journeys::all_are_new(prepared, &target) {
        true => None,
        false => Some(journeys::find(
            run,
            prepared,
            &Question {
                only_new: true,
                ..question
            },
            &models,
        )?),
    };
    let mut credit = Credit {
        model: models[0].name(),
        target: journeys::name_of(prepared, &target),
        rules: all.rules.clone(),
        ..Credit::default()
    };
    for (span, made) in all.spans.iter().enumerate() {
        let group = |label: &str| spans.group(dimensions, span, label);
        let own = new.as_ref().map_or(made, |new| &new.spans[span]);
        let divided = compare::compute(&own.journeys, &models, &own.timed, drawing);
        add(&mut credit, &group, own, &divided, |row, given| {
            row.revenue_new = given.value;
            row.wins = given.conversions;
            row.interval = given.interval;
        });
        // Nobody reads intervals of the revenue of all kinds.
        let all = new.as_ref().map(|_| {
            let drawing = Drawing {
                draws: 0,
                ..drawing
            };
            compare::compute(&made.journeys, &models, &made.timed, drawing)
        });
        let divided = all.as_ref().unwrap_or(&divided);
        add(&mut credit, &group, made, divided, |row, given| {
            row.revenue = given.value;
        });
    }
    Ok(Some(credit))
}

/// The model for the view.
#[must_use]
pub fn named(credit: &Credit) -> views::channels::Model<'_> {
    views::channels::Model {
        name: &credit.model,
        target: &credit.target,
        rules: &credit.rules,
    }
}

/// The total row where touches alone tell of money; deals know their own total.
#[must_use]
pub fn whole(data: &Data, credit: Option<&Credit>) -> Option<Credit> {
    credit
        .filter(|_| !data.has(Source::Deals))
        .map(Credit::whole)
}

/// What a model gives to one label.
struct Given {
    conversions: f64,
    value: Money,
    interval: Option<(f64, f64)>,
}

/// Sets what each label gets, and what no touch lies before.
fn add(
    credit: &mut Credit,
    group: &dyn Fn(&str) -> Vec<String>,
    made: &Made,
    results: &[ModelCredit],
    set: impl Fn(&mut Credited, Given),
) {
    let Some(ModelCredit {
        credit: Ok(credited),
        intervals,
        ..
    }) = results.first()
    else {
        return;
    };
    let mut give = |label: &str, given: Given| {
        set(credit.rows.entry(group(label)).or_default(), given);
    };
    for (place, label) in made.journeys.channels.iter().enumerate() {
        let given = Given {
            conversions: credited.conversions[place],
            value: Money::from_units(credited.value[place]),
            interval: intervals.value.get(place).copied().flatten(),
        };
        give(label, given);
    }
    let untouched = made.journeys.untouched;
    if untouched.conversions > 0.0 {
        let given = Given {
            conversions: untouched.conversions,
            value: Money::from_units(untouched.value),
            interval: None,
        };
        give(NO_TOUCH, given);
    }
}

/// Dimensions of touches among those asked for.
fn labels(dimensions: &[String]) -> Vec<String> {
    dimensions
        .iter()
        .filter(|name| !is_time(name))
        .cloned()
        .collect()
}

/// The spans of time that the rows stand for.
struct Spans {
    bounds: Vec<(Millis, Millis)>,
    labels: Vec<String>,
}

impl Spans {
    /// The values of the dimensions in their order.
    fn group(&self, dimensions: &[String], span: usize, label: &str) -> Vec<String> {
        // Only one dimension of touches is asked for, so the label is its value.
        let value = |name: &String| match is_time(name) {
            true => self.labels[span].clone(),
            false => label.to_owned(),
        };
        dimensions.iter().map(value).collect()
    }
}

fn spans(
    prepared: &Prepared,
    dimensions: &[String],
    (from, to): (Millis, Millis),
) -> Result<Spans, Failure> {
    let times: Vec<&String> = dimensions.iter().filter(|name| is_time(name)).collect();
    if dimensions.len() - times.len() > 1 || times.len() > 1 {
        let text = format!("credit cannot be divided by {}", dimensions.join(", "));
        return Err(Diagnostic::new(&codes::USAGE, text)
            .hint("with a model: --by channel, campaign, kind or a segment of the touches, and one of month, week, quarter, year")
            .into());
    }
    let Some(time) = times.first() else {
        return Ok(Spans {
            bounds: vec![(from, to)],
            labels: vec![String::new()],
        });
    };
    let zone = prepared.data.zone;
    let day = |at: Millis| day_of(at, zone);
    let (first, last) = prepared.touches.reach().unwrap_or_default();
    let last = prepared
        .data
        .as_of
        .unwrap_or(last)
        .min(to.saturating_sub(1));
    let mut spans = Spans {
        bounds: Vec::new(),
        labels: Vec::new(),
    };
    let mut period = Period::of(grain(time), day(first.max(from)));
    while instants(&period, zone).0 <= last {
        let (start, end) = instants(&period, zone);
        spans.bounds.push((start.max(from), end.min(to)));
        spans.labels.push(period.label.clone());
        period = Period::of(grain(time), period.end);
    }
    Ok(spans)
}

/// On the cohort basis only what was won within the horizon of the lead counts.
fn cohort(run: &Run, prepared: &Prepared, scope: &Scope) -> Option<Cohort> {
    let days = prepared
        .data
        .horizons
        .days(0, prepared.data.ladder.len() - 1);
    (run.settings.basis == Basis::Cohort).then(|| Cohort {
        made: scope.bounds(),
        within: i64::from(days) * DAY_MILLIS,
    })
}
