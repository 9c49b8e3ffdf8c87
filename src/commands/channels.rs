//! `leadflow channels`.

use super::prepare::{By, Prepared, prepare_by};
use super::{Run, context, credited, emit, failures, origins};
use crate::diagnostics::Failure;
use crate::domain::figure::View;
use crate::domain::period::PeriodSpec;
use crate::metrics::channels::{self, ChannelRow, Question};
use crate::metrics::data::{Data, Scope};
use crate::report::views::{self, Parts};
use crate::shell::ExitStatus;
use crate::tables::credit::Credit;

/// Cost, value and return per channel.
///
/// # Errors
/// What stops the run.
pub fn run(run: &Run) -> Result<ExitStatus, Failure> {
    emit::check(run)?;
    let by = match run.settings.credit_model {
        Some(_) => By::Touches,
        None => By::Records,
    };
    let mut prepared = prepare_by(run, PeriodSpec::All, by)?;
    let scope = prepared.scope();
    let dimensions = dimensions(run);
    let credit = credited::credit(run, &mut prepared, &dimensions, &scope)?;
    let data = &prepared.data;
    let question = question(run, &dimensions, credit.as_ref());
    let whole = credited::whole(data, credit.as_ref());
    if let Some(query) = &run.settings.rows {
        let measures = channels::measures_of(data, &scope, &question, &query.key);
        return origins::run(run, &prepared, query, &measures, &known(&prepared));
    }
    let computed = computed(data, &scope, &question, whole.as_ref())?;
    let Some(total) = &computed.total else {
        return Ok(emit::emptiness(run, true));
    };
    let model = credit.as_ref().map(credited::named);
    let parts = computed.parts(run, data, &dimensions, model);
    let label = context::context(run, &prepared).period.label;
    let title = format!("{}, {label}", views::title_of(&dimensions.join(", ")));
    let report = context::report(run, &prepared, "channels", title, parts);
    let status = emit::emit(run, &prepared, &report)?;
    Ok(status.max(emit::emptiness(run, is_empty(total))))
}

/// The channels table and its total.
pub struct Computed {
    /// One row for each value of the dimensions; none where there are no dimensions.
    pub rows: Vec<ChannelRow>,
    /// All of them together.
    pub total: Option<ChannelRow>,
}

/// Computes what is asked, and the total of it; `whole` is the credit of the total.
///
/// # Errors
/// What polars cannot do with the filter.
pub fn computed(
    data: &Data,
    scope: &Scope,
    question: &Question,
    whole: Option<&Credit>,
) -> Result<Computed, Failure> {
    let error = |error| failures::compute_error(&error);
    let rows = match question.dimensions {
        [] => Vec::new(),
        _ => channels::compute(data, scope, question).map_err(error)?,
    };
    let of_all = Question {
        dimensions: &[],
        credit: whole,
        ..question.clone()
    };
    let total = channels::compute(data, scope, &of_all).map_err(error)?;
    Ok(Computed {
        rows,
        total: total.into_iter().next(),
    })
}

impl Computed {
    /// The tables of it; nothing where there is nothing at all.
    #[must_use]
    pub fn parts(
        &self,
        run: &Run,
        data: &Data,
        dimensions: &[String],
        model: Option<views::channels::Model>,
    ) -> Parts {
        let Some(total) = &self.total else {
            return Parts::default();
        };
        views::channels::view(&views::channels::Answer {
            rows: &self.rows,
            total,
            dimensions,
            ladder: &data.ladder,
            basis: run.settings.basis,
            has_margin: data.gross_margin.is_some(),
            model,
        })
    }
}

fn is_empty(total: &ChannelRow) -> bool {
    let nobody = total.entries.iter().all(|count| count.unwrap_or(0) == 0);
    nobody && total.visits.unwrap_or(0) == 0 && total.cost.is_err()
}

/// The dimensions asked for, else the channel.
#[must_use]
pub fn dimensions(run: &Run) -> Vec<String> {
    match run.settings.by.as_slice() {
        [] => vec!["channel".to_owned()],
        by => by.to_vec(),
    }
}

/// What is asked, with the conversions to date unless another view is set.
#[must_use]
pub fn question<'a>(
    run: &Run,
    dimensions: &'a [String],
    credit: Option<&'a Credit>,
) -> Question<'a> {
    Question {
        dimensions,
        basis: run.settings.basis,
        view: run.settings.view.unwrap_or(View::ToDate),
        credit,
    }
}

/// Keys that `--rows` accepts.
fn known(prepared: &Prepared) -> Vec<String> {
    let ladder = &prepared.data.ladder;
    let mut keys: Vec<String> = ladder.iter().map(str::to_owned).collect();
    keys.push(format!("visit_to_{}", ladder.first()));
    keys.extend(ladder.steps().map(|(from, to)| ladder.step_key(from, to)));
    let columns = [
        "visits",
        "impressions",
        "clicks",
        "ctr",
        "cpc",
        "spend",
        "hours",
        "cost",
        "customers",
        "cac",
        "wins",
        "revenue",
        "revenue_new",
        "gross_profit",
        "pipeline_created",
        "pipeline_value",
        "pipeline_to_spend",
        "roi",
        "roas",
        "visitor_value",
    ];
    keys.extend(ladder.iter().map(|stage| format!("cost_per_{stage}")));
    keys.extend(columns.map(str::to_owned));
    keys
}
