//! A learned score: what it rests on, what it leaves out, how good it is.

use super::Shown;
use super::audit::{self, Subject};
use crate::domain::figure::Undefined;
use crate::metrics::score::audit::Shifted;
use crate::metrics::score::features::What;
use crate::metrics::score::leak::{Leak, Why};
use crate::metrics::score::learn::{Compared, Learned, Split};
use crate::metrics::score::model::Coefficient;
use crate::report::document::{Block, Cell, Kind, Table, Weight};
use crate::report::views::{Parts, columns, section, table};

/// Quality first, then what it rests on.
pub fn view(shown: &Shown, found: &Learned) -> Parts {
    let psi = found.drift.as_ref().map(|(psi, _)| *psi);
    let drift = psi.ok_or(Undefined::NoData);
    let mut parts = audit::view(shown, &found.audit, Subject::Learned(drift));
    let mut add = |id: &str, title: &str, table: Table| {
        let blocks = vec![Block::Table(id.into())];
        parts.append(section(id, title, blocks, vec![table]));
    };
    add(
        "coefficients",
        "What it rests on",
        coefficients(shown, found),
    );
    if !left_out(found).is_empty() {
        add(
            "refused",
            "Columns that were looked at twice",
            refused(found),
        );
    }
    if let Some(compared) = &found.compared {
        add(
            "comparison",
            "Beside the score of the export",
            comparison(compared),
        );
    }
    if let Some((_, bands)) = &found.drift {
        add("psi", "Drift since the training", drifted(bands));
    }
    parts.summary = summary(shown, found);
    parts
}

fn summary(shown: &Shown, found: &Learned) -> Vec<String> {
    let count = |count: u64| (shown.speak)(&count.into(), Kind::Count);
    let (leads, conversions) = found.training;
    let split = match found.split {
        Split::ByTime(moment) => format!(
            "those that entered before {}; it is judged on the {} that came later",
            (shown.day)(moment),
            count(found.audit.n)
        ),
        Split::Random => format!(
            "drawn with seed {} because the leads have no dates, which cannot show whether it holds \
             in the next month; it is judged on the other {}",
            shown.seed,
            count(found.audit.n)
        ),
    };
    let mut sentences = audit::summary(shown, &found.audit);
    sentences.insert(
        sentences.len().min(1),
        format!(
            "Learned from {} leads with {} conversions, {split}.",
            count(leads),
            count(conversions)
        ),
    );
    let names = |leaks: &[Leak]| {
        let names: Vec<&str> = leaks.iter().map(|leak| leak.column.as_str()).collect();
        names.join(", ")
    };
    if !found.refused.is_empty() {
        sentences.push(format!(
            "Left out because they seem to know the outcome: {}. --allow-leak COLUMN uses one all \
             the same.",
            names(&found.refused)
        ));
    }
    if !found.allowed.is_empty() {
        sentences.push(format!(
            "Used although they seem to know the outcome, so the quality is probably an illusion: {}.",
            names(&found.allowed)
        ));
    }
    if found.undated > 0 {
        let undated = count(found.undated);
        sentences.push(format!("{undated} leads have no date and are left out."));
    }
    sentences
}

fn coefficients(shown: &Shown, found: &Learned) -> Table {
    let row = |coefficient: &Coefficient| {
        let of = match &coefficient.what {
            What::Number(_) => format!(
                "{} more",
                (shown.speak)(&coefficient.unit.into(), Kind::Number)
            ),
            What::Missing => "missing".to_owned(),
            What::Level(level, _) => level.clone(),
        };
        vec![
            coefficient.feature.as_str().into(),
            of.into(),
            coefficient.unit.into(),
            coefficient.odds_ratio.into(),
            coefficient.interval.0.into(),
            coefficient.interval.1.into(),
            coefficient.n.into(),
            in_words(shown, coefficient).into(),
        ]
    };
    let mut table = table(
        "coefficients",
        "Odds of converting, strongest first",
        columns(&[
            ("feature", "Feature", Kind::Text, Weight::Key),
            ("level", "Level", Kind::Text, Weight::Key),
            ("unit", "Unit", Kind::Number, Weight::DataOnly),
            ("odds_ratio", "Odds ratio", Kind::Ratio, Weight::Key),
            ("low", "95 % from", Kind::Ratio, Weight::Normal),
            ("high", "to", Kind::Ratio, Weight::Normal),
            ("leads", "Leads", Kind::Count, Weight::Detail),
            ("says", "In words", Kind::Text, Weight::Normal),
        ]),
        found.coefficients.iter().map(row).collect(),
    );
    table.remarks = vec![format!(
        "Logistic regression with an L2 penalty of {} on inputs in standard deviations, chosen by \
         cross-validation inside the training part; the penalty draws odds ratios towards 1. They \
         say who converts more often, all else in the table being equal, not why.",
        (shown.speak)(&found.penalty.into(), Kind::Number)
    )];
    table
}

fn in_words(shown: &Shown, coefficient: &Coefficient) -> String {
    let number = |value: f64| (shown.speak)(&value.into(), Kind::Number);
    let times = |ratio: f64| (shown.speak)(&ratio.into(), Kind::Ratio);
    match &coefficient.what {
        What::Number(_) => format!(
            "{} more: odds times {}",
            number(coefficient.deviation),
            times(coefficient.per_deviation)
        ),
        What::Missing => format!("missing: odds times {}", times(coefficient.odds_ratio)),
        What::Level(_, reference) => format!(
            "against {reference}: odds times {}",
            times(coefficient.odds_ratio)
        ),
    }
}

/// What gives a column away, in words.
#[must_use]
pub fn reason(why: &Why) -> String {
    match why {
        Why::Name(word) => format!("its name says `{word}`: what became of a lead, or came last"),
        Why::Separates(auc) => format!("alone it ranks with AUC {auc:.3}"),
        Why::Level(level, k, n) => format!("{k} of {n} leads with `{level}` converted"),
    }
}

fn left_out(found: &Learned) -> Vec<(String, &'static str, String)> {
    let leak = |leak: &Leak, what: &'static str| (leak.column.clone(), what, reason(&leak.why));
    let refused = found.refused.iter().map(|one| leak(one, "refused"));
    let allowed = found.allowed.iter().map(|one| leak(one, "allowed"));
    let constant = found.constant.iter().map(|column| {
        let why = "every lead is the same, or no level has 30 leads";
        (column.clone(), "left out", why.to_owned())
    });
    let unasked = found.unasked.iter().map(|column| {
        let why = "often changed after the lead came; name it in [score] features to use it";
        (column.clone(), "left out", why.to_owned())
    });
    refused
        .chain(allowed)
        .chain(constant)
        .chain(unasked)
        .collect()
}

fn refused(found: &Learned) -> Table {
    let rows = left_out(found).into_iter();
    let rows = rows.map(|(column, what, why)| vec![column.into(), what.into(), why.into()]);
    let mut table = table(
        "refused",
        "Columns that are no features, or should be none",
        columns(&[
            ("column", "Column", Kind::Text, Weight::Key),
            ("what", "Measure", Kind::Text, Weight::Key),
            ("why", "Why", Kind::Text, Weight::Key),
        ]),
        rows.collect(),
    );
    table.remarks = vec![
        "An export shows what is known today; a column that was filled in after a lead converted \
         cannot foretell for the next one."
            .into(),
    ];
    table
}

fn comparison(compared: &Compared) -> Table {
    let row = |name: &str, at: usize| {
        let auc = compared.auc[at];
        let end = |end: Option<f64>| end.map_or(Cell::Blank, Cell::from);
        vec![
            name.into(),
            compared.n.into(),
            auc.value.into(),
            end(auc.interval.map(|ends| ends.0)),
            end(auc.interval.map(|ends| ends.1)),
            compared.gain[at].map_or_else(Cell::Undefined, Cell::Share),
        ]
    };
    table(
        "comparison",
        "Both scores on the same leads",
        columns(&[
            ("score", "Score", Kind::Text, Weight::Key),
            ("leads", "Leads", Kind::Count, Weight::Normal),
            ("auc", "AUC", Kind::Ratio, Weight::Key),
            ("low", "95 % from", Kind::Ratio, Weight::Normal),
            ("high", "to", Kind::Ratio, Weight::Normal),
            ("gain_20", "Best fifth holds", Kind::Share, Weight::Key),
        ]),
        vec![row("learned", 0), row("export", 1)],
    )
}

fn drifted(bands: &[Shifted]) -> Table {
    let row = |band: &Shifted| {
        vec![
            band.from.map_or(Cell::Blank, Cell::Share),
            Cell::Share(band.before),
            Cell::Share(band.now),
        ]
    };
    table(
        "psi",
        "Shares of the bands of the training part, lowest first",
        columns(&[
            ("score_from", "Probability from", Kind::Share, Weight::Key),
            ("training", "Training", Kind::Share, Weight::Key),
            ("now", "Now", Kind::Share, Weight::Key),
        ]),
        bands.iter().map(row).collect(),
    )
}
