//! The scorecard: grid, grades, rules, and how good the points are.

use super::audit::{self, Subject, rate};
use super::{Shown, charts};
use crate::metrics::score::audit::Audit;
use crate::metrics::score::bands::Named;
use crate::metrics::score::scorecard::{RuleRow, Scorecard};
use crate::report::document::{Block, Cell, Kind, Table, Weight};
use crate::report::views::{Parts, columns, section, table};

/// Grid, grades and rules, then the audit of the points.
pub fn view(shown: &Shown, found: &Scorecard) -> Parts {
    let audit = &found.audit;
    let mut parts = Parts::default();
    if !found.grid.is_empty() {
        let grid = named(
            audit,
            "grid",
            "Fit (letter) and interest (digit)",
            &found.grid,
        );
        let blocks = vec![Block::Chart("grid".into()), Block::Table("grid".into())];
        parts.append(section("grid", "Fit and interest", blocks, vec![grid]));
        parts.charts.push(charts::grid(audit, &found.grid));
    }
    if !found.grades.is_empty() {
        let grades = named(audit, "grades", "Grades, best first", &found.grades);
        let blocks = vec![Block::Table("grades".into())];
        parts.append(section("grades", "Grades", blocks, vec![grades]));
    }
    let blocks = vec![Block::Table("rules".into())];
    parts.append(section("rules", "Rules", blocks, vec![rules(shown, found)]));
    parts.append(audit::view(shown, audit, Subject::Points));
    parts.summary = summary(shown, found);
    parts
}

fn summary(shown: &Shown, found: &Scorecard) -> Vec<String> {
    let mut sentences = audit::summary(shown, &found.audit);
    let idle: Vec<String> = found
        .rules
        .iter()
        .filter(|rule| rule.is_idle)
        .map(|rule| format!("`{}`", rule.name))
        .collect();
    if !idle.is_empty() {
        sentences.push(format!(
            "Rules that mean no lead at all: {}.",
            idle.join(", ")
        ));
    }
    let inverted: Vec<&str> = found
        .grid
        .iter()
        .chain(&found.grades)
        .filter(|group| group.inverted)
        .map(|group| group.label.as_str())
        .collect();
    if !inverted.is_empty() {
        sentences.push(format!(
            "Upside down by more than chance, a worse group converts better: {}.",
            inverted.join(", ")
        ));
    }
    if found.grid.is_empty() {
        sentences.push(
            "There is no grid without thresholds: [score.fit] letters = [high, medium] and \
             [score.interest] digits = [high, medium]."
                .into(),
        );
    }
    if found.undated > 0 {
        sentences.push(format!(
            "{} leads have no date and are left out: rules look at events before the scoring.",
            (shown.speak)(&found.undated.into(), Kind::Count)
        ));
    }
    if let Some(exported) = &found.exported
        && let (Ok(own), Ok(other)) = (found.audit.auc.value, exported.auc.value)
    {
        let auc = |auc: f64| (shown.speak)(&auc.into(), Kind::Ratio);
        sentences.push(format!(
            "The score of the export ranks {} leads with AUC {}, the rules theirs with {}.",
            (shown.speak)(&exported.n.into(), Kind::Count),
            auc(other),
            auc(own)
        ));
    }
    sentences
}

fn named(audit: &Audit, id: &str, title: &str, groups: &[Named]) -> Table {
    let row = |group: &Named| {
        let rate = match group.interval {
            None => Cell::Undefined(crate::domain::figure::Undefined::ZeroDenominator),
            interval => rate(audit, group.k, group.n, interval).into(),
        };
        vec![
            group.label.as_str().into(),
            rate,
            group.lift.into(),
            group.shrunk.map_or_else(Cell::Undefined, Cell::Share),
            group.inverted.into(),
        ]
    };
    let first = if id == "grid" { "cell" } else { "grade" };
    table(
        id,
        title,
        columns(&[
            (
                first,
                &super::super::title_of(first),
                Kind::Text,
                Weight::Key,
            ),
            ("rate", "Converted", Kind::Rate, Weight::Key),
            ("lift", "Lift", Kind::Ratio, Weight::Normal),
            ("shrunk", "Drawn to all", Kind::Share, Weight::Detail),
            (
                "inversion",
                "Worse than a lower one",
                Kind::Flag,
                Weight::Normal,
            ),
        ]),
        groups.iter().map(row).collect(),
    )
}

fn rules(shown: &Shown, found: &Scorecard) -> Table {
    let row = |rule: &RuleRow| {
        let rate = match rule.interval {
            None => Cell::Undefined(crate::domain::figure::Undefined::ZeroDenominator),
            interval => rate(&found.audit, rule.k, rule.n, interval).into(),
        };
        vec![
            rule.name.as_str().into(),
            if rule.is_interest { "interest" } else { "fit" }.into(),
            rule.points.into(),
            rule.n.into(),
            rate,
            rule.lift.into(),
            rule.is_idle.into(),
        ]
    };
    let mut table = table(
        "rules",
        "Rules, and what became of the leads they give points",
        columns(&[
            ("rule", "Rule", Kind::Text, Weight::Key),
            ("group", "Group", Kind::Text, Weight::Normal),
            ("points", "Points", Kind::Number, Weight::Key),
            ("leads", "Leads", Kind::Count, Weight::DataOnly),
            ("rate", "Converted", Kind::Rate, Weight::Key),
            ("lift", "Lift", Kind::Ratio, Weight::Normal),
            ("idle", "Means nobody", Kind::Flag, Weight::Detail),
        ]),
        found.rules.iter().map(row).collect(),
    );
    let moment = match found.after_days {
        0 => "at its entry".to_owned(),
        days => format!(
            "{} after its entry",
            (shown.speak)(&f64::from(days).into(), Kind::Days)
        ),
    };
    table.remarks = vec![format!(
        "Each lead is scored at one moment, {moment}; only events before it count. Converting more \
         often is no proof that a rule is the cause."
    )];
    table
}
