//! The funnel as configured: its stages, the words for them, horizons, and how deals
//! carry leads along.

use std::collections::BTreeMap;

use crate::diagnostics::{Diagnostic, Failure, Location, codes};
use crate::domain::figure::{Policy, View};
use crate::domain::ladder::{DealMoment, EXITS, Entry, Horizons, Ladder, STANDARD};
use crate::domain::names::did_you_mean;
use crate::domain::text::normal_form;

use super::config::{Config, DealWord, EntryWord, PolicyWord, StageTable, ViewWord};
use super::layers::Layers;
use super::origin::Origin;
use super::reserved;

/// The outcome of a deal that everybody hopes for; a stage word besides those of the ladder.
const WON: &str = "won";

/// Days of the cohort view where nobody names another number (metrics dictionary 0.8).
const DEFAULT_HORIZON_DAYS: u32 = 90;

/// The usual long forms: word in normal form, what it means. A meaning that the
/// ladder does not have is left out.
const LONG_FORMS: &[(&str, &str)] = &[
    ("marketing qualified lead", "mql"),
    ("marketing-qualified lead", "mql"),
    ("marketingqualifiedlead", "mql"),
    ("marketing qualified", "mql"),
    ("sales accepted lead", "sal"),
    ("sales-accepted lead", "sal"),
    ("sales qualified lead", "sql"),
    ("sales-qualified lead", "sql"),
    ("salesqualifiedlead", "sql"),
    ("sales qualified", "sql"),
    ("product qualified lead", "pql"),
    ("product-qualified lead", "pql"),
    ("closed won", WON),
    ("closed-won", WON),
    ("closed - won", WON),
    ("closedwon", WON),
    ("closed lost", "lost"),
    ("closed-lost", "lost"),
    ("closed - lost", "lost"),
    ("closedlost", "lost"),
    ("unqualified", "disqualified"),
];

/// How deals carry leads where the configuration does not say it: those of these
/// stages that the ladder has.
const FROM_DEALS: &[(&str, DealMoment)] = &[
    ("opportunity", DealMoment::Created),
    ("customer", DealMoment::Won),
    (WON, DealMoment::Won),
];

/// The ladder.
pub fn ladder(config: &Config, layers: &Layers) -> Result<Ladder, Failure> {
    let standard = || STANDARD.iter().map(ToString::to_string).collect();
    let stages: Vec<String> = config.funnel.stages.clone().unwrap_or_else(standard);
    if stages.is_empty() {
        return Err(layers
            .complaint("funnel.stages", "a funnel has at least one stage")
            .into());
    }
    for (index, stage) in stages.iter().enumerate() {
        let key = format!("funnel.stages[{}]", index + 1);
        check_stage(layers, &key, stage, &stages[..index])?;
    }
    let mut ladder = Ladder::new(stages);
    for stage in config.stage.iter().filter(|stage| stage.optional) {
        ladder = ladder.with_optional(&stage.name);
    }
    Ok(ladder)
}

fn check_stage(layers: &Layers, key: &str, stage: &str, before: &[String]) -> Result<(), Failure> {
    let complain = |text: &str| Err(layers.complaint(key, text).into());
    if stage.trim().is_empty() || stage.trim() != stage {
        return complain(&format!(
            "`{stage}` is no name of a stage (empty, or with blanks around it)"
        ));
    }
    if stage
        .chars()
        .any(|c| c.is_control() || "{}=,\"".contains(c))
    {
        return complain(&format!("`{stage}` has a character that no stage can have"));
    }
    let folded = normal_form(stage);
    if before.iter().any(|other| normal_form(other) == folded) {
        return complain(&format!("the stage `{stage}` stands there twice"));
    }
    if EXITS.contains(&folded.as_str()) {
        return complain(&format!(
            "`{stage}` is an end without a win and no stage of the ladder"
        ));
    }
    match reserved::refuse("stage", stage) {
        Some(finding) => Err(placed(finding, &layers.origin(key)).into()),
        None => Ok(()),
    }
}

/// Word in normal form -> stage of the ladder, exit or `won`.
pub fn stage_labels(
    config: &Config,
    layers: &Layers,
    ladder: &Ladder,
) -> Result<BTreeMap<String, String>, Failure> {
    let mut labels = built_in_labels(ladder);
    let mut said: BTreeMap<String, &str> = BTreeMap::new();
    for (table, number) in config.stage.iter().zip(1..) {
        let key = format!("stage[{number}]");
        check_known(layers, &format!("{key}.name"), table, ladder)?;
        for (label, position) in table.labels.iter().zip(1..) {
            let folded = normal_form(label);
            let taken = said
                .get(&folded)
                .copied()
                .or_else(|| ladder.index(label).map(|_| label.as_str()));
            if let Some(other) = taken.filter(|other| *other != table.name) {
                let text = format!("the word `{label}` means `{other}` already");
                return Err(layers
                    .complaint(&format!("{key}.labels[{position}]"), &text)
                    .into());
            }
            said.insert(folded.clone(), &table.name);
            labels.insert(folded, table.name.clone());
        }
    }
    for (word, meaning) in super::pipeline::outcome_words(config) {
        labels.insert(word, meaning.to_owned());
    }
    Ok(labels)
}

fn built_in_labels(ladder: &Ladder) -> BTreeMap<String, String> {
    let mut labels = BTreeMap::new();
    for (word, meaning) in LONG_FORMS {
        if let Some(meaning) = known_stage(meaning, ladder) {
            labels.insert((*word).to_owned(), meaning.to_owned());
        }
    }
    for name in EXITS.iter().copied().chain([WON]).chain(ladder.iter()) {
        labels.insert(normal_form(name), name.to_owned());
    }
    labels
}

/// The stage, exit or outcome with this name, as the ladder writes it.
fn known_stage<'a>(name: &str, ladder: &'a Ladder) -> Option<&'a str> {
    let folded = normal_form(name);
    let outcomes = EXITS.iter().copied().chain([WON]);
    ladder
        .iter()
        .find(|stage| normal_form(stage) == folded)
        .or_else(|| outcomes.into_iter().find(|outcome| *outcome == folded))
}

fn check_known(
    layers: &Layers,
    key: &str,
    table: &StageTable,
    ladder: &Ladder,
) -> Result<(), Failure> {
    if known_stage(&table.name, ladder) == Some(table.name.as_str()) {
        return Ok(());
    }
    Err(unknown_stage(layers, key, &table.name, ladder).into())
}

fn unknown_stage(layers: &Layers, key: &str, name: &str, ladder: &Ladder) -> Diagnostic {
    let mut finding = layers.complaint(key, &format!("`{name}` is no stage of the funnel"));
    finding.code = &codes::UNKNOWN_NAME;
    let stages: Vec<&str> = ladder.iter().collect();
    finding.hint = did_you_mean(name, ladder.iter()).or_else(|| {
        Some(format!(
            "the stages are {}; add it to [funnel] stages",
            stages.join(", ")
        ))
    });
    finding
}

/// The horizons.
pub fn horizons(config: &Config, layers: &Layers, ladder: &Ladder) -> Result<Horizons, Failure> {
    let default_days = config.funnel.horizon_days.unwrap_or(DEFAULT_HORIZON_DAYS);
    check_days(layers, "funnel.horizon_days", default_days)?;
    let mut spans = BTreeMap::new();
    for (span, days) in &config.funnel.horizon {
        let key = format!("funnel.horizon.{span}");
        check_days(layers, &key, *days)?;
        let Some(stages) = ladder.parse_step(span) else {
            return Err(unknown_span(layers, &key, span, ladder).into());
        };
        spans.insert(stages, *days);
    }
    Ok(Horizons {
        default_days,
        spans,
    })
}

fn check_days(layers: &Layers, key: &str, days: u32) -> Result<(), Failure> {
    if (1..=36_500).contains(&days) {
        return Ok(());
    }
    let text = format!("{days} is no number of days for a horizon (1 to 36500)");
    Err(layers.complaint(key, &text).into())
}

fn unknown_span(layers: &Layers, key: &str, span: &str, ladder: &Ladder) -> Diagnostic {
    let mut finding = layers.complaint(key, &format!("`{span}` is no span of the funnel"));
    finding.code = &codes::UNKNOWN_NAME;
    let starts = 0..ladder.len();
    let spans: Vec<String> = starts
        .flat_map(|from| (from + 1..ladder.len()).map(move |to| ladder.step_key(from, to)))
        .collect();
    finding.hint = did_you_mean(span, spans.iter().map(String::as_str)).or_else(|| {
        spans
            .first()
            .map(|first| format!("write two stages, such as {first}"))
    });
    finding
}

/// How deals carry leads: what the configuration says, else [`FROM_DEALS`].
pub fn from_deals(
    config: &Config,
    layers: &Layers,
    ladder: &Ladder,
) -> Result<Vec<(usize, DealMoment)>, Failure> {
    let mut moments = Vec::new();
    let Some(said) = &config.funnel.from_deals else {
        let found = FROM_DEALS
            .iter()
            .filter_map(|(stage, moment)| Some((ladder.index(stage)?, *moment)));
        moments.extend(found);
        moments.sort_by_key(|(index, _)| *index);
        return Ok(moments);
    };
    for (stage, word) in said {
        let Some(index) = ladder.index(stage) else {
            let key = format!("funnel.from_deals.{stage}");
            return Err(unknown_stage(layers, &key, stage, ladder).into());
        };
        let moment = match word {
            DealWord::Created => DealMoment::Created,
            DealWord::Won => DealMoment::Won,
        };
        moments.push((index, moment));
    }
    moments.sort_by_key(|(index, _)| *index);
    Ok(moments)
}

/// When a stage counts as reached.
pub fn policy(config: &Config) -> Policy {
    match config.funnel.policy {
        None | Some(PolicyWord::Implied) => Policy::Implied,
        Some(PolicyWord::Explicit) => Policy::Explicit,
        Some(PolicyWord::Strict) => Policy::Strict,
    }
}

/// Which date makes a lead.
pub fn entry(config: &Config) -> Entry {
    match config.funnel.entry {
        None | Some(EntryWord::FirstStage) => Entry::FirstStage,
        Some(EntryWord::Created) => Entry::Created,
    }
}

/// Whom a rate counts.
pub fn view(config: &Config) -> Option<View> {
    config.funnel.view.map(|word| match word {
        ViewWord::Cohort => View::Cohort,
        ViewWord::ToDate => View::ToDate,
        ViewWord::Period => View::Period,
    })
}

/// A finding at the place of its origin.
pub(super) fn placed(mut finding: Diagnostic, origin: &Origin) -> Diagnostic {
    let place: Option<Location> = match origin {
        Origin::UserFile(place) | Origin::ProjectFile(place) => Some(place.location()),
        _ => None,
    };
    finding.location = place;
    finding
}
