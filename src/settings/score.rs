//! `[score]` and `[[score.rule]]`: which score, what it is made of, what a lead may cost.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use super::config::{Config, Words, command_table, word};
use super::layers::Layers;
use super::origin::Place;
use crate::diagnostics::{Diagnostic, Failure, Location};
use crate::domain::names::near_or_all;

command_table! {
    /// `[score]`: which score, what it is made of, and the options of the command.
    ScoreTable {
        model: Option<ScoreModelWord>,
        target: Option<String>,
        features: Option<Words>,
        allow_leak: Option<Words>,
        after_days: Option<u32>,
        capacity: Option<f64>,
        cost: Option<f64>,
        margin: Option<f64>,
        top: Option<u32>,
        cap: Option<f64>,
        fit: ScoreAxisTable,
        interest: ScoreAxisTable,
        topic_caps: BTreeMap<String, f64>,
        rule: Vec<ScoreRuleTable>,
        grade: Vec<ScoreGradeTable>,
    }
}

/// `[score.fit]` and `[score.interest]`
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ScoreAxisTable {
    pub cap: Option<f64>,
    pub letters: Option<Vec<f64>>,
    pub digits: Option<Vec<f64>>,
}

/// `[[score.rule]]`
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScoreRuleTable {
    pub group: ScoreGroupWord,
    pub points: f64,
    pub name: Option<String>,
    pub from: Option<ScoreFromWord>,
    pub when: Option<String>,
    pub cap: Option<f64>,
    pub topic: Option<String>,
    pub half_life_days: Option<f64>,
    pub at_most: Option<u32>,
    pub window_days: Option<f64>,
}

/// `[[score.grade]]`
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ScoreGradeTable {
    pub when: String,
    pub thirds: i32,
}

word!(/// `model` of a score
    ScoreModelWord { Column "column", Rules "rules", Logistic "logistic" });

word!(/// `group` of a rule
    ScoreGroupWord { Fit "fit", Interest "interest" });

word!(/// `from` of a rule
    ScoreFromWord { Leads "leads", Touches "touches", Activities "activities" });

/// Which score.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ScoreModel {
    /// That of the export.
    Column,
    /// The scorecard of the rules.
    Rules,
    /// A learned one.
    Logistic,
}

/// What a rule looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ScoreFrom {
    /// Columns of the lead.
    Leads,
    /// Its touches.
    Touches,
    /// Its activities.
    Activities,
}

/// A rule that gives points.
#[derive(Debug, Clone, PartialEq)]
pub struct ScoreRule {
    /// What it is called: its `name`, else its condition.
    pub name: String,
    /// True where it speaks of interest, not of fit.
    pub is_interest: bool,
    /// What it looks at.
    pub from: ScoreFrom,
    /// SQL condition, not parsed yet; absent: every event.
    pub when: Option<String>,
    /// Points of the lead, or of each event.
    pub points: f64,
    /// Most points that the rule gives (or takes).
    pub cap: Option<f64>,
    /// The topic, whose rules share a cap.
    pub topic: Option<String>,
    /// Days after which an event counts half; absent: no decay.
    pub half_life_days: Option<f64>,
    /// Most events that count, in each window or in all.
    pub at_most: Option<u32>,
    /// Days of a window, counted back from the moment of scoring.
    pub window_days: Option<f64>,
    /// Where its condition stands.
    pub place: Option<Location>,
}

/// A criterion of the grade.
#[derive(Debug, Clone, PartialEq)]
pub struct ScoreGrade {
    /// SQL condition on columns of the lead.
    pub when: String,
    /// Thirds of a letter, up or down.
    pub thirds: i32,
    /// Where the condition stands.
    pub place: Option<Location>,
}

/// Fit or interest.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct ScoreAxis {
    /// Most points in total.
    pub cap: Option<f64>,
    /// Lower bounds of high and of medium, the higher first.
    pub bounds: Option<(f64, f64)>,
}

/// Everything about scores.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Score {
    /// Which one; absent: rules where there are any, else the column.
    pub model: Option<ScoreModel>,
    /// Stage that counts as conversion.
    pub target: Option<String>,
    /// Columns that a learned score uses; absent: all segment columns and dimensions.
    pub features: Option<Vec<String>>,
    /// Columns that it may use although they seem to know the outcome.
    pub allow_leak: Vec<String>,
    /// Days after the entry of a lead at which past leads are scored.
    pub after_days: u32,
    /// Leads that the team can work in a week.
    pub capacity: Option<f64>,
    /// What working a lead costs.
    pub cost: Option<f64>,
    /// Gross profit of a conversion; may be 0 or less, and then nothing pays.
    pub margin: Option<f64>,
    /// Leads that are listed.
    pub top: Option<usize>,
    /// Most points of fit and interest together.
    pub cap: Option<f64>,
    /// Fit: letters.
    pub fit: ScoreAxis,
    /// Interest: digits.
    pub interest: ScoreAxis,
    /// Most points of a topic.
    pub topics: BTreeMap<String, f64>,
    /// The rules, in order.
    pub rules: Vec<ScoreRule>,
    /// Criteria of the grade, in order.
    pub grades: Vec<ScoreGrade>,
}

/// The settings of `score`.
pub fn score(config: &Config, layers: &Layers) -> Result<Score, Failure> {
    let table = &config.score;
    let list = |words: &Option<Words>| words.as_ref().map(Words::list);
    let amount = |key: &str, value: Option<f64>| positive(layers, &format!("score.{key}"), value);
    let rules: Result<Vec<ScoreRule>, Failure> = table
        .rule
        .iter()
        .zip(1..)
        .map(|(rule, number)| one_rule(layers, &format!("score.rule[{number}]"), rule))
        .collect();
    let rules = rules?;
    if let Some(cost) = table
        .cost
        .filter(|cost| !(*cost >= 0.0 && cost.is_finite()))
    {
        let text = format!("`{cost}` is no cost of working a lead; write 0 or more");
        return Err(layers.complaint("score.cost", &text).into());
    }
    if let Some(margin) = table.margin.filter(|margin| !margin.is_finite()) {
        let text = format!("`{margin}` is no margin of a conversion");
        return Err(layers.complaint("score.margin", &text).into());
    }
    Ok(Score {
        model: table.model.map(|word| match word {
            ScoreModelWord::Column => ScoreModel::Column,
            ScoreModelWord::Rules => ScoreModel::Rules,
            ScoreModelWord::Logistic => ScoreModel::Logistic,
        }),
        target: table.target.clone(),
        features: list(&table.features),
        allow_leak: list(&table.allow_leak).unwrap_or_default(),
        after_days: table.after_days.unwrap_or(0),
        capacity: amount("capacity", table.capacity)?,
        cost: table.cost,
        margin: table.margin,
        top: top(layers, table.top)?,
        cap: amount("cap", table.cap)?,
        fit: axis(layers, "score.fit", "letters", &table.fit)?,
        interest: axis(layers, "score.interest", "digits", &table.interest)?,
        topics: topics(layers, &table.topic_caps, &rules)?,
        rules,
        grades: grades(layers, &table.grade)?,
    })
}

fn top(layers: &Layers, top: Option<u32>) -> Result<Option<usize>, Failure> {
    match top {
        Some(0) => Err(layers
            .complaint("score.top", "at least one lead is listed")
            .into()),
        top => Ok(top.map(|top| top as usize)),
    }
}

fn positive(layers: &Layers, key: &str, value: Option<f64>) -> Result<Option<f64>, Failure> {
    match value {
        Some(value) if !(value > 0.0 && value.is_finite()) => {
            let text = format!("`{value}` is not above 0");
            Err(layers.complaint(key, &text).into())
        }
        value => Ok(value),
    }
}

fn axis(
    layers: &Layers,
    key: &str,
    name: &str,
    table: &ScoreAxisTable,
) -> Result<ScoreAxis, Failure> {
    let other = if name == "letters" {
        &table.digits
    } else {
        &table.letters
    };
    if other.is_some() {
        let text = format!("fit has `letters` and interest has `digits`; `{key}` takes `{name}`");
        return Err(layers.complaint(key, &text).into());
    }
    let written = if name == "letters" {
        &table.letters
    } else {
        &table.digits
    };
    let bounds = match written.as_deref() {
        None => None,
        Some([high, medium]) if high > medium => Some((*high, *medium)),
        Some(_) => {
            let text = format!(
                "`{name}` holds two lower bounds, the higher first: {name} = [60, 30] is high from 60 \
                 and medium from 30"
            );
            return Err(layers.complaint(&format!("{key}.{name}"), &text).into());
        }
    };
    Ok(ScoreAxis {
        cap: positive(layers, &format!("{key}.cap"), table.cap)?,
        bounds,
    })
}

fn topics(
    layers: &Layers,
    caps: &BTreeMap<String, f64>,
    rules: &[ScoreRule],
) -> Result<BTreeMap<String, f64>, Failure> {
    let known: BTreeSet<&str> = rules
        .iter()
        .filter_map(|rule| rule.topic.as_deref())
        .collect();
    for (topic, cap) in caps {
        let key = format!("score.topic_caps.{topic}");
        positive(layers, &key, Some(*cap))?;
        if !known.contains(topic.as_str()) {
            let finding = layers.complaint(&key, &format!("no rule has the topic `{topic}`"));
            let hint = match known.is_empty() {
                true => "give rules a topic: [[score.rule]] topic = \"role\"".to_owned(),
                false => near_or_all(topic, known.iter().copied(), "their topics are"),
            };
            return Err(finding.hint(hint).into());
        }
    }
    Ok(caps.clone())
}

fn one_rule(layers: &Layers, key: &str, table: &ScoreRuleTable) -> Result<ScoreRule, Failure> {
    let from = match table.from {
        None | Some(ScoreFromWord::Leads) => ScoreFrom::Leads,
        Some(ScoreFromWord::Touches) => ScoreFrom::Touches,
        Some(ScoreFromWord::Activities) => ScoreFrom::Activities,
    };
    let complain = |name: &str, text: &str| -> Failure {
        layers.complaint(&format!("{key}.{name}"), text).into()
    };
    let is_interest = table.group == ScoreGroupWord::Interest;
    if from == ScoreFrom::Leads {
        let of_events = [
            ("half_life_days", table.half_life_days.is_some()),
            ("at_most", table.at_most.is_some()),
            ("window_days", table.window_days.is_some()),
        ];
        if let Some((name, _)) = of_events.iter().find(|(_, given)| *given) {
            let text =
                format!("`{name}` is for events: add from = \"touches\" or from = \"activities\"");
            return Err(complain(name, &text));
        }
        if table.when.is_none() {
            return Err(layers
                .complaint(key, "a rule on leads needs `when`")
                .hint("write an SQL condition: when = \"job_title like '%marketing%'\"")
                .into());
        }
    } else if !is_interest {
        let text = "fit is what a lead is; rules on events have group = \"interest\"";
        return Err(complain("group", text));
    }
    if table.window_days.is_some() && table.at_most.is_none() {
        let text = "`window_days` says how often `at_most` events count; name `at_most` too";
        return Err(complain("window_days", text));
    }
    if !(table.points.is_finite() && table.points != 0.0) {
        let text = format!(
            "`{}` are no points; write a number other than 0",
            table.points
        );
        return Err(complain("points", &text));
    }
    if table.at_most == Some(0) {
        return Err(complain("at_most", "at least one event counts"));
    }
    let amount = |name: &str, value| positive(layers, &format!("{key}.{name}"), value);
    Ok(ScoreRule {
        name: rule_name(table, from),
        is_interest,
        from,
        when: table.when.clone(),
        points: table.points,
        cap: amount("cap", table.cap)?,
        topic: table.topic.clone(),
        half_life_days: amount("half_life_days", table.half_life_days)?,
        at_most: table.at_most,
        window_days: amount("window_days", table.window_days)?,
        place: place(layers, key, table.when.is_some()),
    })
}

fn rule_name(table: &ScoreRuleTable, from: ScoreFrom) -> String {
    let all = match from {
        ScoreFrom::Leads => "every lead",
        ScoreFrom::Touches => "every touch",
        ScoreFrom::Activities => "every activity",
    };
    let name = table.name.as_ref().or(table.when.as_ref());
    name.map_or_else(|| all.to_owned(), Clone::clone)
}

fn place(layers: &Layers, key: &str, has_condition: bool) -> Option<Location> {
    let key = match has_condition {
        true => format!("{key}.when"),
        false => key.to_owned(),
    };
    layers.origin(&key).place().map(Place::location)
}

fn grades(layers: &Layers, tables: &[ScoreGradeTable]) -> Result<Vec<ScoreGrade>, Failure> {
    let one = |(table, number): (&ScoreGradeTable, usize)| {
        let key = format!("score.grade[{number}]");
        if table.thirds == 0 || !(-3..=3).contains(&table.thirds) {
            let text = format!(
                "`{}` are no thirds of a letter; write 1, 2 or 3, or -1, -2 or -3",
                table.thirds
            );
            let finding: Diagnostic = layers.complaint(&format!("{key}.thirds"), &text);
            return Err(finding.into());
        }
        Ok(ScoreGrade {
            when: table.when.clone(),
            thirds: table.thirds,
            place: place(layers, &key, true),
        })
    };
    tables.iter().zip(1..).map(one).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::path::Path;

    use super::super::document::Document;
    use super::super::layers::{Layer, Layers};
    use super::super::origin::Origin;
    use super::*;

    fn read(text: &str) -> Result<Score, Failure> {
        let document = Document::parse("leadflow.toml", text)?;
        let mut layers = Layers::default();
        layers.add(Layer::of_file(
            document,
            Path::new("."),
            Origin::ProjectFile,
        ));
        score(&layers.config()?, &layers)
    }

    fn complaint(text: &str) -> String {
        let failure = read(text).unwrap_err();
        let finding = &failure.0[0];
        let place = finding.location.as_ref().map(ToString::to_string);
        format!("{} @ {}", finding.text, place.unwrap_or_default())
    }

    #[test]
    fn a_scorecard_is_read_with_its_places() {
        let text = "[score]\ncapacity = 40\ncost = 25\nmargin = -1\n[score.fit]\nletters = [60, 30]\n\
            [[score.rule]]\ngroup = 'fit'\nwhen = \"a = 'b'\"\npoints = 20\ntopic = 'role'\n\
            [[score.rule]]\ngroup = 'interest'\nfrom = 'touches'\npoints = 5\nhalf_life_days = 7\nat_most = 3\nwindow_days = 7\n\
            [score.topic_caps]\nrole = 30";
        let found = read(text).unwrap();
        assert_eq!((found.capacity, found.margin), (Some(40.0), Some(-1.0)));
        assert_eq!(found.fit.bounds, Some((60.0, 30.0)));
        let [first, second] = &found.rules[..] else {
            panic!("two rules");
        };
        assert_eq!(first.name, "a = 'b'");
        assert_eq!(first.place.as_ref().unwrap().line, Some(9));
        assert!(second.is_interest && second.name == "every touch");
    }

    #[test]
    fn what_makes_no_sense_is_refused_with_its_place() {
        let rule = "[[score.rule]]\ngroup = 'fit'\n";
        for (text, part) in [
            (format!("{rule}points = 2"), "needs `when`"),
            (
                format!("{rule}points = 2\nfrom = 'touches'"),
                "group = \"interest\"",
            ),
            (format!("{rule}points = 0\nwhen = 'a = 1'"), "are no points"),
            (
                format!("{rule}points = 1\nwhen = 'a = 1'\nhalf_life_days = 3"),
                "is for events",
            ),
            (
                "[score.fit]\nletters = [30, 60]".to_owned(),
                "the higher first",
            ),
            (
                "[score.fit]\ndigits = [60, 30]".to_owned(),
                "takes `letters`",
            ),
            ("[score]\ncapacity = 0".to_owned(), "not above 0"),
            ("[score]\ncost = -1".to_owned(), "0 or more"),
            (
                "[[score.grade]]\nwhen = 'a = 1'\nthirds = 4".to_owned(),
                "no thirds",
            ),
            (
                "[score.topic_caps]\nrole = 3".to_owned(),
                "no rule has the topic",
            ),
        ] {
            let said = complaint(&text);
            assert!(said.contains(part), "{said}");
            assert!(said.contains("leadflow.toml:"), "{said}");
        }
    }
}
