//! `leadflow optimize`.

use super::prepare::prepare;
use super::{Run, context, emit, whatif};
use crate::diagnostics::{Diagnostic, Failure, codes};
use crate::domain::period::PeriodSpec;
use crate::render::number;
use crate::report::document::{Cell, Kind};
use crate::report::views::whatif::optimize::{Shown, view};
use crate::settings::SplitTotal;
use crate::shell::ExitStatus;
use crate::whatif::optimize::{NoPlan, Request, Total, optimize};

/// The best split of money or hours.
///
/// # Errors
/// What stops the run.
pub fn run(run: &Run) -> Result<ExitStatus, Failure> {
    emit::check(run)?;
    whatif::refuse_splits(run)?;
    let asked = &run.settings.optimize;
    let prepared = prepare(run, PeriodSpec::All)?;
    let company = whatif::company(&prepared)?;
    let speak = |cell: &Cell, kind: Kind| number::cell(cell, kind, prepared.currency.as_deref());
    let mut fixed = Vec::new();
    for (name, amount) in &asked.fixed {
        let (index, _) = whatif::channel_of(run, &prepared, &company, name)?;
        if matches!(asked.total, Some(SplitTotal::Hours(_))) && amount.fract() != 0.0 {
            let text = format!("{name} cannot keep {amount} hours where whole hours are split");
            return Err(Diagnostic::new(&codes::USAGE, text)
                .hint("write a whole number, or split money: --budget")
                .into());
        }
        fixed.push((index, *amount));
    }
    let margin = asked.margin.or(run.settings.gross_margin);
    let request = Request {
        total: asked.total.map(|total| match total {
            SplitTotal::Money(money) => Total::Money(money),
            SplitTotal::Hours(hours) => Total::Hours(hours),
            SplitTotal::Return(target) => Total::Return(target),
        }),
        bounds: asked.bounds,
        fixed,
        careful: asked.cautious,
        // The rate of the configuration stands in the time sheets already.
        hour_cost: asked.hour_cost,
        margin: margin.unwrap_or(1.0),
        deal_value: asked.deal_value,
        seed: run.settings.seed,
    };
    let found = optimize(&company, &request)
        .map_err(|reason| Failure::from(no_plan(&request, &reason, &speak)))?;
    let parts = view(&Shown {
        optimum: &found,
        request: &request,
        has_margin: margin.is_some(),
        speak: &speak,
    });
    let report = context::report(run, &prepared, "optimize", "The best split".into(), parts);
    emit::emit(run, &prepared, &report)
}

fn no_plan(
    request: &Request,
    reason: &NoPlan,
    speak: &dyn Fn(&Cell, Kind) -> String,
) -> Diagnostic {
    match reason {
        NoPlan::NoChannel => Diagnostic::new(
            &codes::NO_HISTORY,
            "no channel has six complete months with visits and hours or spend",
        )
        .hint("give web analytics and time sheets or spend, by channel and month"),
        NoPlan::NoDealValue => Diagnostic::new(
            &codes::NO_HISTORY,
            "no deal was won, so a customer has no value",
        )
        .hint("say what one is worth: --deal-value 3000"),
        NoPlan::NothingToFix(channel) => {
            let what = match request.total {
                Some(Total::Hours(_)) => "hours",
                _ => "hours or spend",
            };
            let text = format!(
                "{channel} cannot keep an amount: it has no six complete months with visits and {what}"
            );
            Diagnostic::new(&codes::USAGE, text).hint("leave out its --fix")
        }
        NoPlan::NoHourCost(channel) => Diagnostic::new(
            &codes::USAGE,
            format!("{channel} takes hours and nobody said what one costs"),
        )
        .hint("--hour-cost 60, or [hours] rate = 60 in leadflow.toml"),
        NoPlan::Infeasible(range) => {
            let words = |amount: f64| match request.total {
                Some(Total::Hours(_)) => speak(&Cell::from(amount), Kind::Number),
                _ => speak(
                    &Cell::Money(crate::domain::money::Money::from_units(amount)),
                    Kind::Money,
                ),
            };
            let text = if range.most.is_finite() {
                format!(
                    "the bounds allow {} to {} a month, not this total",
                    words(range.least),
                    words(range.most)
                )
            } else {
                format!("what is fixed takes {} a month already", words(range.least))
            };
            let hint = match request.bounds {
                Some(_) => "widen --bounds, or ask for another total",
                None => {
                    "the bounds are the range seen, give or take a quarter; --bounds 0..3 sets others"
                }
            };
            Diagnostic::new(&codes::USAGE, text).hint(hint)
        }
    }
}
