//! Whom to call next.

use super::Shown;
use crate::metrics::score::call_list::{CallList, Listed, Why};
use crate::metrics::score::model::{Cell as FeatureCell, Reason};
use crate::report::document::{Block, Cell, Kind, Weight};
use crate::report::views::{Parts, columns, section, table};

/// Table `list`: ids, and nothing else of a person.
pub fn view(shown: &Shown, found: &CallList) -> Parts {
    let text = |text: Option<&str>| text.map_or(Cell::Blank, Cell::from);
    let number = |value: Option<f64>| value.map_or(Cell::Blank, Cell::from);
    let row = |listed: &Listed| {
        let why: Vec<String> = listed.why.iter().map(|why| in_words(shown, why)).collect();
        vec![
            listed.id.as_str().into(),
            listed.score.into(),
            number(listed.points.map(|points| points.0)),
            number(listed.points.map(|points| points.1)),
            text(listed.cell),
            text(listed.grade),
            listed.chance.map_or(Cell::Blank, Cell::Share),
            number(listed.age),
            number(listed.idle),
            if why.is_empty() {
                Cell::Blank
            } else {
                why.join("; ").into()
            },
        ]
    };
    let is_learned = found
        .listed
        .iter()
        .all(|listed| listed.chance == Some(listed.score));
    let (score, kind) = match is_learned {
        true => (Weight::DataOnly, Kind::Share),
        false => (Weight::Key, Kind::Ratio),
    };
    let list = columns(&[
        ("id", "Lead", Kind::Text, Weight::Key),
        ("score", "Score", kind, score),
        ("fit", "Fit", Kind::Ratio, Weight::DataOnly),
        ("interest", "Interest", Kind::Ratio, Weight::DataOnly),
        ("cell", "Cell", Kind::Text, Weight::Key),
        ("grade", "Grade", Kind::Text, Weight::Normal),
        ("probability", "Chance", Kind::Share, Weight::Key),
        ("age_days", "Age", Kind::Days, Weight::Normal),
        ("idle_days", "Since activity", Kind::Days, Weight::Detail),
        ("why", "Why", Kind::Text, Weight::Normal),
    ]);
    let mut table = table(
        "list",
        "Open leads, best first",
        list,
        found.listed.iter().map(row).collect(),
    );
    table.remarks = vec![match is_learned {
        true => {
            "Chance: of converting within the horizon from the scoring on. Why: what moves the \
                 odds of this lead against those of the average one."
                .into()
        }
        false => {
            "Chance: the share that converted of at least 30 past leads in the same cell, without a grid in \
                  the same band; none for leads whose horizon is over. Of equal scores the youngest lead \
                  comes first."
                .into()
        }
    }];
    let blocks = vec![Block::Table("list".into())];
    let mut parts = section("list", "Whom to call next", blocks, vec![table]);
    parts.summary = summary(shown, found);
    parts
}

fn summary(shown: &Shown, found: &CallList) -> Vec<String> {
    let count = |count: u64| (shown.speak)(&count.into(), Kind::Count);
    let mut sentence = format!(
        "{} of {} open leads, best first",
        count(found.listed.len() as u64),
        count(found.open)
    );
    if found.unscored > 0 {
        sentence.push_str(&format!("; {} have no score", count(found.unscored)));
    }
    if found.expired > 0 {
        sentence.push_str(&format!(
            "; {} are left out, because the horizon of the chance is over for them",
            count(found.expired)
        ));
    }
    sentence.push('.');
    vec![sentence]
}

fn in_words(shown: &Shown, why: &Why) -> String {
    match why {
        Why::Rule(name, points) => {
            let sign = if *points > 0.0 { "+" } else { "" };
            let points = (shown.speak)(&(*points).into(), Kind::Number);
            format!("{name} {sign}{points}")
        }
        Why::Feature(reason) => of_feature(shown, reason),
    }
}

fn of_feature(shown: &Shown, reason: &Reason) -> String {
    let value = match &reason.value {
        FeatureCell::Number(value) => (shown.speak)(&(*value).into(), Kind::Number),
        FeatureCell::Level(level) => level.clone(),
        FeatureCell::Missing => "missing".into(),
    };
    let odds = (shown.speak)(&reason.odds.into(), Kind::Ratio);
    format!("{} {value} (x{odds})", reason.feature)
}
