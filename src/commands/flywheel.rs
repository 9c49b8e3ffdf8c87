//! `leadflow flywheel`.

use super::prepare::{Prepared, prepare};
use super::{Run, context, emit, failures, pipeline};
use crate::diagnostics::codes::Code;
use crate::diagnostics::{Diagnostic, Failure, Severity, codes};
use crate::domain::period::{Period, PeriodSpec};
use crate::metrics::data::Scope;
use crate::metrics::flywheel::friction::work::Agreed;
use crate::metrics::flywheel::months::Span;
use crate::metrics::flywheel::{self, Against, Flywheel, Missing, Question};
use crate::metrics::time_labels::is_time;
use crate::render::number;
use crate::report::document::{Cell, Kind};
use crate::report::views::Parts;
use crate::report::views::flywheel::{Shown, brief, view};
use crate::settings::Base;
use crate::shell::ExitStatus;

/// Customers over time, retention, referrals and the wheel they make.
///
/// # Errors
/// What stops the run.
pub fn run(run: &Run) -> Result<ExitStatus, Failure> {
    emit::check(run)?;
    if let Some(time) = run.settings.by.iter().find(|name| is_time(name)) {
        let text = format!("retention is that of a period and cannot be split by {time}");
        return Err(Diagnostic::new(&codes::USAGE, text)
            .hint("split by a column of billing or deals; `cac_trend` and `cohorts` go by month")
            .into());
    }
    check_base(run)?;
    let mut prepared = prepare(run, PeriodSpec::LastMonth)?;
    let scope = prepared.scope();
    let found = compute(run, &prepared, &scope, &run.settings.by)?;
    let found = found.map_err(|missing| said(missing, &scope))?;
    note(run, &mut prepared, &found);
    let parts = parts(&prepared, &run.settings.by, &found, view);
    let label = context::context(run, &prepared).period.label;
    let report = context::report(
        run,
        &prepared,
        "flywheel",
        format!("Flywheel, {label}"),
        parts,
    );
    let status = emit::emit(run, &prepared, &report)?;
    Ok(status.max(emit::emptiness(
        run,
        found.known.is_none() && found.referred.is_empty(),
    )))
}

/// The section of the monthly report; nothing without billing, referrals and answers.
///
/// # Errors
/// What the condition of the run does not fit.
pub fn of_report(
    run: &Run,
    prepared: &mut Prepared,
    period: &Period,
) -> Result<Option<Parts>, Failure> {
    if !flywheel::is_known(&prepared.data) {
        return Ok(None);
    }
    let scope = Scope::of(&prepared.data, period);
    match compute(run, prepared, &scope, &[])? {
        Ok(found) => {
            note(run, prepared, &found);
            Ok(Some(parts(prepared, &[], &found, brief)))
        }
        // A week has its funnel; the wheel is left out, and that is said.
        Err(missing) => {
            let mut finding = said(missing, &scope);
            finding.severity = Severity::Note;
            prepared.findings.push(finding);
            Ok(None)
        }
    }
}

fn compute(
    run: &Run,
    prepared: &Prepared,
    scope: &Scope,
    by: &[String],
) -> Result<Result<Flywheel, Missing>, Failure> {
    let setup = &run.settings.flywheel;
    let ladders = pipeline::ladders(run.settings);
    let question = Question {
        dimensions: by,
        against: match &setup.base {
            Base::Previous => Against::Previous,
            Base::YearBefore => Against::YearBefore,
            Base::Fixed(period) => Against::Fixed(period.clone()),
        },
        advocacy_days: setup.advocacy_days,
        agreed: Some(Agreed {
            levels: &run.settings.service_levels,
            thresholds: &run.settings.thresholds,
            ladders: &ladders,
        }),
    };
    flywheel::compute(&prepared.data, scope, &question)
        .map_err(|error| failures::compute_error(&error))
}

fn parts(prepared: &Prepared, by: &[String], found: &Flywheel, view: fn(&Shown) -> Parts) -> Parts {
    let speak = |cell: &Cell, kind: Kind| number::cell(cell, kind, prepared.currency.as_deref());
    view(&Shown {
        flywheel: found,
        dimensions: by,
        has_margin: prepared.data.gross_margin.is_some(),
        speak: &speak,
    })
}

fn check_base(run: &Run) -> Result<(), Failure> {
    match &run.settings.flywheel.base {
        Base::Fixed(period) if Span::of(period).is_none() => {
            Err(cuts_a_month(&period.label).into())
        }
        _ => Ok(()),
    }
}

fn cuts_a_month(label: &str) -> Diagnostic {
    let text = format!("customers are known by month, and {label} is no run of whole months");
    Diagnostic::new(&codes::USAGE, text)
        .hint("ask for months, quarters or years: 2026-10, 2026-Q3, 2026-01..2026-06")
}

fn said(missing: Missing, scope: &Scope) -> Diagnostic {
    match missing {
        Missing::Records => Diagnostic::new(&codes::NO_HISTORY, "no input tells of customers")
            .hint("give the recurring amounts by customer and month, or the export of the deals"),
        Missing::Times => Diagnostic::new(&codes::NO_TIMES, "the inputs have no dates")
            .hint("say as of which day they stand: --as-of 2026-10-31"),
        Missing::WholeMonths => {
            let label = scope
                .period
                .as_ref()
                .map_or("all", |period| period.label.as_str());
            cuts_a_month(label)
        }
        Missing::Filter => {
            let text = "neither billing nor the deals have every column that --where names";
            Diagnostic::new(&codes::NOT_FILTERABLE, text)
                .hint("name columns of one of these tables; `leadflow inspect` lists them")
        }
    }
}

/// What was noticed of the rows, for the notes; warnings to the terminal too.
fn note(run: &Run, prepared: &mut Prepared, found: &Flywheel) {
    let (of_billing, of_referrals) = (found.noticed, found.noticed_referrals);
    let mut add = |code: &'static Code, count: u64, text: String| {
        if count == 0 {
            return;
        }
        let finding = Diagnostic::new(code, text).times(count);
        if finding.severity > Severity::Note {
            run.shell.tell(&finding);
        }
        prepared.findings.push(finding);
    };
    let count = of_billing.after_as_of;
    add(
        &codes::AFTER_AS_OF,
        count,
        format!("{count} rows of billing begin after the as-of moment and are ignored"),
    );
    let count = of_billing.spread;
    add(
        &codes::ASSUMED,
        count,
        format!("{count} rows of billing stand for several months; each month gets an equal part"),
    );
    let count = of_billing.overlapping;
    add(
        &codes::ASSUMED,
        count,
        format!(
            "{count} rows of billing overlap one of another length of the same customer; they add up"
        ),
    );
    let count = of_billing.repeated;
    add(
        &codes::REPEATED_BILLING,
        count,
        format!(
            "{count} rows of billing equal another one of the same customer and month; they add up"
        ),
    );
    let count = of_billing.below_zero;
    add(
        &codes::NEGATIVE_AMOUNT,
        count,
        format!("{count} months of customers come to less than 0 and count as no recurring amount"),
    );
    let count = of_billing.incomplete;
    add(
        &codes::MISSING_AMOUNT,
        count,
        format!("{count} rows of billing have no period and are left out"),
    );
    let count = of_referrals.unknown;
    add(
        &codes::UNMATCHED,
        count,
        format!(
            "{count} leads name a referrer that is no customer and no lead; they count as referred"
        ),
    );
    let count = of_referrals.own;
    add(
        &codes::OWN_REFERRAL,
        count,
        format!(
            "{count} leads were referred by themselves or their own company; ignored as referrals"
        ),
    );
    let count = of_referrals.circular;
    add(
        &codes::CIRCULAR_REFERRAL,
        count,
        format!("{count} referrals go round in a circle; ignored as referrals"),
    );
    for table in &found.unfilterable {
        add(
            &codes::ASSUMED,
            1,
            format!("the {table} lack a column of --where; what only they tell is left out"),
        );
    }
}
