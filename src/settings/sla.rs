//! `[[sla]]`, `[sla]` and `[leaks]`: what was promised, and from when on something leaks.
//!
//! The promises stand in `[[sla]]`; who also sets options of the command writes them as
//! `[[sla.rule]]` below `[sla]`, because a name cannot be a list and a table at once.

use chrono_tz::Tz;
use serde::Deserialize;

use super::calendars::{calendars, named};
use super::config::{Config, command_table, word};
use super::layers::Layers;
use crate::diagnostics::{Failure, codes};
use crate::domain::calendar::Millis;
use crate::domain::event_funnel::span;
use crate::domain::ladder::Ladder;
use crate::domain::names::near_or_all;
use crate::domain::service_level::{ClockStart, Moment, Promise, ServiceLevels, Thresholds};
use crate::domain::working_hours::WorkingHours;

command_table! {
    /// `[sla]`: the options of the command, and promises as `[[sla.rule]]`.
    SlaTable {
        first_response: Option<String>,
        handoff: Option<String>,
        calendar: Option<String>,
        clock: Option<ClockWord>,
        qualified: Option<String>,
        attempt_days: Option<u32>,
        attempts: Option<u32>,
        #[serde(default)]
        rule: Vec<SlaRuleTable>,
    }
}

/// `[[sla]]`: a promise.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SlaRuleTable {
    pub name: Option<String>,
    pub from: Option<String>,
    pub to: Option<String>,
    pub within: Option<String>,
    pub calendar: Option<String>,
}

/// `sla`, which is a list of promises or a table of options.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct SlaTables {
    pub options: SlaTable,
    list: Vec<SlaRuleTable>,
}

impl SlaTables {
    /// The promises with the paths of their keys.
    pub fn rules(&self) -> impl Iterator<Item = (&SlaRuleTable, String)> {
        let list = self.list.iter().zip(1..);
        let list = list.map(|(rule, number)| (rule, format!("sla[{number}]")));
        let below = self.options.rule.iter().zip(1..);
        list.chain(below.map(|(rule, number)| (rule, format!("sla.rule[{number}]"))))
    }
}

impl<'de> Deserialize<'de> for SlaTables {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(SlaVisitor)
    }
}

struct SlaVisitor;

impl<'de> serde::de::Visitor<'de> for SlaVisitor {
    type Value = SlaTables;

    fn expecting(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("promises as [[sla]], or options as [sla]")
    }

    fn visit_seq<A: serde::de::SeqAccess<'de>>(self, list: A) -> Result<SlaTables, A::Error> {
        let list = Vec::deserialize(serde::de::value::SeqAccessDeserializer::new(list))?;
        Ok(SlaTables {
            list,
            ..SlaTables::default()
        })
    }

    fn visit_map<A: serde::de::MapAccess<'de>>(self, map: A) -> Result<SlaTables, A::Error> {
        let options = SlaTable::deserialize(serde::de::value::MapAccessDeserializer::new(map))?;
        Ok(SlaTables {
            options,
            list: Vec::new(),
        })
    }
}

command_table! {
    /// `[leaks]`: from when on something is a leak, and the options of the command.
    LeaksTable {
        no_follow_up_days: Option<f64>,
        unclosed_days: Option<f64>,
        rot_days: Option<f64>,
        open_leads: Option<u32>,
        active_customers: Option<u32>,
        attempts: Option<u32>,
        outcome_days: Option<f64>,
    }
}

word!(/// `clock`
    ClockWord { Created "created", HandRaise "hand_raise" });

/// The first attempt on a lead, where nothing else is promised.
const FIRST_RESPONSE: &str = "5min";
/// From marketing's stage to that of sales.
const HANDOFF: &str = "30min";
/// The word for every minute in place of a calendar.
const ELAPSED: &str = "elapsed";
/// The stage that sales accepts, on ladders that have it.
const QUALIFIED: &str = "sql";

/// The service levels.
pub fn service_levels(
    config: &Config,
    layers: &Layers,
    ladder: &Ladder,
    zone: Tz,
) -> Result<ServiceLevels, Failure> {
    let calendars = calendars(config, layers, zone)?;
    let options = &config.sla.options;
    let of_responses = options.calendar.as_deref();
    let elapsed = of_responses == Some(ELAPSED);
    let calendar = of_responses
        .filter(|_| !elapsed)
        .map(|name| named(layers, "sla.calendar", name, &calendars))
        .transpose()?;
    let reader = Reader {
        layers,
        ladder,
        calendars: &calendars,
        calendar: calendar.as_ref(),
        elapsed,
    };
    let qualified = match &options.qualified {
        Some(name) => reader.stage("sla.qualified", name)?,
        None => ladder
            .index(QUALIFIED)
            .unwrap_or_else(|| ladder.len().saturating_sub(1).min(2)),
    };
    let rules = config.sla.rules();
    let mut promises = Vec::new();
    for (rule, path) in rules {
        let promise = reader.promise(rule, &path)?;
        if promises
            .iter()
            .any(|one: &Promise| one.name == promise.name)
        {
            let text = format!("the promise `{}` stands there twice", promise.name);
            let finding = layers.complaint(&path, &text);
            return Err(finding.hint("give one of them a name = \"...\"").into());
        }
        promises.push(promise);
    }
    if promises.is_empty() {
        promises = reader.defaults(options, qualified)?;
    }
    let only = match calendars.as_slice() {
        [only] => Some(only.clone()),
        _ => None,
    };
    Ok(ServiceLevels {
        promises,
        start: match options.clock {
            None | Some(ClockWord::Created) => ClockStart::Created,
            Some(ClockWord::HandRaise) => ClockStart::HandRaise,
        },
        working_days: calendar
            .clone()
            .or(only)
            .unwrap_or_else(|| WorkingHours::office("Monday to Friday", zone)),
        calendar,
        elapsed,
        calendars,
        qualified,
        attempt_days: days(layers, "sla.attempt_days", options.attempt_days, 7)?,
        attempts: options.attempts.unwrap_or(1),
    })
}

fn days(layers: &Layers, key: &str, value: Option<u32>, default: u32) -> Result<u32, Failure> {
    match value {
        Some(0) => Err(layers.complaint(key, "at least one day is needed").into()),
        Some(days) => Ok(days),
        None => Ok(default),
    }
}

struct Reader<'a> {
    layers: &'a Layers,
    ladder: &'a Ladder,
    calendars: &'a [WorkingHours],
    calendar: Option<&'a WorkingHours>,
    elapsed: bool,
}

impl Reader<'_> {
    fn promise(&self, rule: &SlaRuleTable, path: &str) -> Result<Promise, Failure> {
        let key = |field: &str| format!("{path}.{field}");
        let from = self.moment(&key("from"), rule.from.as_deref().unwrap_or_default())?;
        let to = self.moment(&key("to"), rule.to.as_deref().unwrap_or_default())?;
        if let (Moment::Stage(from), Moment::Stage(to)) = (from, to)
            && to <= from
        {
            let text = "a promise runs from a stage to a later one";
            return Err(self.layers.complaint(&key("to"), text).into());
        }
        if matches!(from, Moment::FirstAttempt | Moment::FirstContact) || to == Moment::Stage(0) {
            let text = "a promise runs from a stage or `assigned` to something later";
            return Err(self.layers.complaint(&key("from"), text).into());
        }
        let Some(within) = &rule.within else {
            let text = "a promise needs `within`, such as \"5min\"";
            return Err(self.layers.complaint(path, text).into());
        };
        let calendar = match rule.calendar.as_deref() {
            Some(ELAPSED) => None,
            Some(name) => Some(named(self.layers, &key("calendar"), name, self.calendars)?),
            None => self.calendar.cloned(),
        };
        Ok(Promise {
            name: rule.name.clone().unwrap_or_else(|| self.name(from, to)),
            from,
            to,
            within: self.within(&key("within"), within)?,
            elapsed: match rule.calendar.as_deref() {
                Some(name) => name == ELAPSED,
                None => self.elapsed,
            },
            calendar,
        })
    }

    fn defaults(&self, options: &SlaTable, qualified: usize) -> Result<Vec<Promise>, Failure> {
        let response = options.first_response.as_deref();
        let response = response.unwrap_or(FIRST_RESPONSE);
        let handoff = options.handoff.as_deref().unwrap_or(HANDOFF);
        let mut promises = vec![Promise {
            name: self.name(Moment::Stage(0), Moment::FirstAttempt),
            from: Moment::Stage(0),
            to: Moment::FirstAttempt,
            within: self.within("sla.first_response", response)?,
            calendar: self.calendar.cloned(),
            elapsed: self.elapsed,
        }];
        let within = self.within("sla.handoff", handoff)?;
        if qualified >= 2 {
            let (from, to) = (Moment::Stage(qualified - 1), Moment::Stage(qualified));
            promises.push(Promise {
                name: self.name(from, to),
                from,
                to,
                within,
                calendar: self.calendar.cloned(),
                elapsed: self.elapsed,
            });
        }
        Ok(promises)
    }

    /// From the first stage on the end alone names a promise.
    fn name(&self, from: Moment, to: Moment) -> String {
        match (from, to) {
            (Moment::Stage(0), to) => self.word(to).to_owned(),
            (from, to) => format!("{}_to_{}", self.word(from), self.word(to)),
        }
    }

    fn word(&self, moment: Moment) -> &str {
        match moment {
            Moment::Stage(stage) => self.ladder.name(stage),
            other => {
                let known = Moment::WORDS.iter().find(|(_, moment)| *moment == other);
                known.map_or("", |(word, _)| word)
            }
        }
    }

    fn moment(&self, key: &str, word: &str) -> Result<Moment, Failure> {
        let known = Moment::WORDS.iter().find(|(name, _)| *name == word);
        let stage = || self.ladder.index(word).map(Moment::Stage);
        let found = known.map(|(_, moment)| *moment).or_else(stage);
        found.ok_or_else(|| {
            let text = match word {
                "" => "a promise needs `from` and `to`".to_owned(),
                word => format!("`{word}` is no moment of a lead"),
            };
            self.unknown(key, &text, word, true)
        })
    }

    fn stage(&self, key: &str, name: &str) -> Result<usize, Failure> {
        let stage = self.ladder.index(name).filter(|stage| *stage > 0);
        stage.ok_or_else(|| {
            let text = format!("`{name}` is no stage beyond the first");
            self.unknown(key, &text, name, false)
        })
    }

    fn unknown(&self, key: &str, text: &str, word: &str, with_moments: bool) -> Failure {
        let mut names: Vec<&str> = self.ladder.iter().collect();
        if with_moments {
            names.extend(Moment::WORDS.iter().map(|(name, _)| *name));
        }
        let mut finding = self.layers.complaint(key, text);
        finding.code = &codes::UNKNOWN_NAME;
        finding.hint(near_or_all(word, names, "known are")).into()
    }

    fn within(&self, key: &str, text: &str) -> Result<Millis, Failure> {
        span(text).map_err(|error| self.layers.complaint(key, &error.to_string()).into())
    }
}

/// `[leaks]`.
pub fn thresholds(config: &Config, layers: &Layers) -> Result<Thresholds, Failure> {
    let LeaksTable {
        no_follow_up_days,
        unclosed_days,
        rot_days,
        open_leads,
        active_customers,
        attempts,
        outcome_days,
        ..
    } = &config.leaks;
    let default = Thresholds::default();
    let positive = |name: &str, value: Option<f64>| match value {
        Some(days) if !(days > 0.0 && days.is_finite()) => {
            let text = format!("`{days}` is no number of days");
            Err(Failure::from(
                layers.complaint(&format!("leaks.{name}"), &text),
            ))
        }
        value => Ok(value),
    };
    Ok(Thresholds {
        no_follow_up_days: positive("no_follow_up_days", *no_follow_up_days)?
            .unwrap_or(default.no_follow_up_days),
        unclosed_days: positive("unclosed_days", *unclosed_days)?.unwrap_or(default.unclosed_days),
        rot_days: positive("rot_days", *rot_days)?,
        open_leads: open_leads.map_or(default.open_leads, u64::from),
        active_customers: active_customers.map_or(default.active_customers, u64::from),
        attempts: attempts.unwrap_or(default.attempts),
        outcome_days: positive("outcome_days", *outcome_days)?.unwrap_or(default.outcome_days),
    })
}
