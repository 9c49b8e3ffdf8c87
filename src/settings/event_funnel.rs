//! Funnels of events as configured: `[[event_funnel]]`, `--steps`.
//!
//! An option of the run wins over the table of a named funnel, that over
//! `[funnel.events]`. Whether an event occurs can only the data tell.

use serde::Deserialize;

use crate::diagnostics::{Diagnostic, Failure, codes};
use crate::domain::event_funnel::{
    Anchor, DEFAULT_WINDOW, Ends, EntryRule, EventFunnel, Exclusion, MOST_EXCLUSIONS, MOST_STEPS,
    Order, Step, Unreadable, ValueFrom, exclusion, span, split, step, value_from,
};
use crate::domain::names::near_or_all;
use crate::domain::text::normal_form;

use super::config::{Config, Words, word};
use super::layers::Layers;

/// `[[event_funnel]]`, and `[funnel.events]` for the options of the command.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct EventFunnelTable {
    pub name: Option<String>,
    pub steps: Option<Words>,
    pub window: Option<String>,
    pub order: Option<OrderWord>,
    pub entry: Option<EntryRuleWord>,
    pub strict_increase: Option<bool>,
    pub exclude: Option<Words>,
    pub exclude_ends: Option<EndsWord>,
    pub anchor: Option<AnchorWord>,
    pub value_from: Option<String>,
}

word!(/// `order` of an event funnel
    OrderWord { Ordered "ordered", Strict "strict", Any "any" });

word!(/// `entry` of an event funnel
    EntryRuleWord { Best "best", First "first" });

word!(/// `exclude_ends`
    EndsWord { Attempt "attempt", Entity "entity" });

word!(/// `anchor`
    AnchorWord { Latest "latest", First "first" });

/// Where the options of the command stand.
const OPTIONS: &str = "funnel.events";

/// A table with the path of its keys.
#[derive(Clone, Copy)]
struct Section<'a> {
    table: &'a EventFunnelTable,
    path: &'a str,
}

/// A value and the path of its key, for complaints.
struct Said<T> {
    value: Option<T>,
    path: String,
}

/// The tables that say what a funnel is.
#[derive(Clone, Copy)]
struct Tables<'a> {
    layers: &'a Layers,
    /// `[[event_funnel]]`, where one is meant.
    named: Option<Section<'a>>,
    /// `[funnel.events]` with the options of the run.
    options: Section<'a>,
}

/// Every `[[event_funnel]]`, in order.
pub fn configured(config: &Config, layers: &Layers) -> Result<Vec<EventFunnel>, Failure> {
    let none = EventFunnelTable::default();
    if config.funnel.events.name.is_some() {
        let path = format!("{OPTIONS}.name");
        let text = "the name of a funnel stands in [[event_funnel]]";
        return Err(layers.complaint(&path, text).into());
    }
    let mut funnels: Vec<EventFunnel> = Vec::new();
    for (table, number) in config.event_funnel.iter().zip(1..) {
        let path = format!("event_funnel[{number}]");
        let name = check_name(layers, &path, table, &funnels)?;
        let tables = Tables {
            layers,
            named: Some(Section { table, path: &path }),
            options: Section {
                table: &none,
                path: OPTIONS,
            },
        };
        funnels.push(tables.funnel(Some(name))?);
    }
    Ok(funnels)
}

fn check_name(
    layers: &Layers,
    path: &str,
    table: &EventFunnelTable,
    before: &[EventFunnel],
) -> Result<String, Failure> {
    let name = table.name.clone().unwrap_or_default();
    let key = format!("{path}.name");
    let folded = normal_form(&name);
    if folded.is_empty() || name.contains(',') {
        let text = "a funnel of events needs a name, without commas";
        return Err(layers.complaint(&key, text).into());
    }
    let same = |other: &EventFunnel| other.name.as_deref().map(normal_form) == Some(folded.clone());
    if before.iter().any(same) {
        let text = format!("the funnel `{name}` stands there twice");
        return Err(layers.complaint(&key, &text).into());
    }
    Ok(name)
}

/// The funnel that `--steps` asks for: the one of that name, or of these steps.
pub fn asked(config: &Config, layers: &Layers) -> Result<Option<EventFunnel>, Failure> {
    let options = Section {
        table: &config.funnel.events,
        path: OPTIONS,
    };
    let Some(steps) = &options.table.steps else {
        return Ok(None);
    };
    let numbered = config.event_funnel.iter().zip(1..);
    let wanted = match steps {
        Words::Text(text) => normal_form(text),
        Words::List(_) => String::new(),
    };
    for (table, number) in numbered {
        if table.name.as_deref().map(normal_form).as_ref() == Some(&wanted) {
            let path = format!("event_funnel[{number}]");
            let tables = Tables {
                layers,
                named: Some(Section { table, path: &path }),
                options,
            };
            return tables.funnel(table.name.clone()).map(Some);
        }
    }
    let tables = Tables {
        layers,
        named: None,
        options,
    };
    if written(steps).len() < 2 {
        return Err(one_step(config, layers, steps).into());
    }
    tables.funnel(None).map(Some)
}

fn one_step(config: &Config, layers: &Layers, steps: &Words) -> Diagnostic {
    let names = config.event_funnel.iter();
    let names: Vec<&str> = names.filter_map(|table| table.name.as_deref()).collect();
    let word = written(steps).join("");
    let text = format!("`{word}` is one step, and a funnel has at least two");
    let finding = layers.complaint(&format!("{OPTIONS}.steps"), &text);
    if names.is_empty() {
        return finding.hint("write them with commas: --steps 'view, cart, purchase'");
    }
    let mut finding = finding.hint(near_or_all(&word, names, "the configured funnels are"));
    finding.code = &codes::UNKNOWN_NAME;
    finding
}

/// The texts of a list, or of one text with commas.
fn written(words: &Words) -> Vec<String> {
    let texts: Vec<&str> = match words {
        Words::Text(text) => split(text),
        Words::List(list) => list.iter().map(String::as_str).collect(),
    };
    texts.into_iter().map(str::to_owned).collect()
}

impl Tables<'_> {
    fn funnel(&self, name: Option<String>) -> Result<EventFunnel, Failure> {
        let steps = self.steps()?;
        let funnel = EventFunnel {
            name,
            window: self.window()?,
            order: self.order(),
            entry: self.entry(),
            strict_increase: self
                .said(|table| table.strict_increase, "strict_increase")
                .value
                == Some(true),
            exclusions: self.exclusions(steps.len())?,
            exclude_ends: self.ends(),
            anchor: self.anchor(),
            value_from: self.value_from(steps.len())?,
            steps,
        };
        self.check(&funnel)?;
        Ok(funnel)
    }

    /// What is said of a key: by an option of the run, else by the named funnel, else by
    /// the file for all of them.
    fn said<T>(&self, of: impl Fn(&EventFunnelTable) -> Option<T>, key: &str) -> Said<T> {
        let path = |section: &Section| format!("{}.{key}", section.path);
        let for_all = path(&self.options);
        let typed = self.layers.origin(&for_all).is_for_this_run();
        let named = self.named.filter(|_| !typed || key == "steps");
        if let Some(section) = named.filter(|section| of(section.table).is_some() || key == "steps")
        {
            return Said {
                value: of(section.table),
                path: path(&section),
            };
        }
        Said {
            value: of(self.options.table),
            path: for_all,
        }
    }

    fn complain(&self, path: &str, problem: &Unreadable) -> Failure {
        self.layers.complaint(path, &problem.0).into()
    }

    fn steps(&self) -> Result<Vec<Step>, Failure> {
        let said = self.said(|table| table.steps.clone(), "steps");
        let texts = said.value.as_ref().map(written).unwrap_or_default();
        let complain = |path: &str, text: &str| Err(self.layers.complaint(path, text).into());
        if !(2..=MOST_STEPS).contains(&texts.len()) {
            let text = format!("a funnel has 2 to {MOST_STEPS} steps");
            return complain(&said.path, &text);
        }
        let mut steps = Vec::new();
        for (text, number) in texts.iter().zip(1..) {
            let path = format!("{}[{number}]", said.path);
            let step = step(text).map_err(|problem| self.complain(&path, &problem))?;
            if number == 1 && step.optional {
                return complain(&path, "the first step of a funnel cannot be optional");
            }
            steps.push(step);
        }
        if steps.iter().filter(|step| !step.optional).count() < 2 {
            return complain(
                &said.path,
                "a funnel has at least two steps that are not optional",
            );
        }
        Ok(steps)
    }

    fn window(&self) -> Result<i64, Failure> {
        let said = self.said(|table| table.window.clone(), "window");
        said.value.as_deref().map_or(Ok(DEFAULT_WINDOW), |text| {
            span(text).map_err(|problem| self.complain(&said.path, &problem))
        })
    }

    fn exclusions(&self, steps: usize) -> Result<Vec<Exclusion>, Failure> {
        let said = self.said(|table| table.exclude.clone(), "exclude");
        let texts = said.value.as_ref().map(written).unwrap_or_default();
        if texts.len() > MOST_EXCLUSIONS {
            let text = format!("a funnel has at most {MOST_EXCLUSIONS} exclusions");
            return Err(self.layers.complaint(&said.path, &text).into());
        }
        let numbered = texts.iter().zip(1..);
        let one = |(text, number): (&String, usize)| {
            let path = format!("{}[{number}]", said.path);
            exclusion(text, steps).map_err(|problem| self.complain(&path, &problem))
        };
        numbered.map(one).collect()
    }

    fn value_from(&self, steps: usize) -> Result<ValueFrom, Failure> {
        let said = self.said(|table| table.value_from.clone(), "value_from");
        said.value.as_deref().map_or(Ok(ValueFrom::First), |text| {
            value_from(text, steps).map_err(|problem| self.complain(&said.path, &problem))
        })
    }

    fn order(&self) -> Order {
        match self.said(|table| table.order, "order").value {
            None | Some(OrderWord::Ordered) => Order::Ordered,
            Some(OrderWord::Strict) => Order::Strict,
            Some(OrderWord::Any) => Order::Any,
        }
    }

    fn entry(&self) -> EntryRule {
        match self.said(|table| table.entry, "entry").value {
            None | Some(EntryRuleWord::Best) => EntryRule::Best,
            Some(EntryRuleWord::First) => EntryRule::First,
        }
    }

    fn ends(&self) -> Ends {
        match self.said(|table| table.exclude_ends, "exclude_ends").value {
            None | Some(EndsWord::Attempt) => Ends::Attempt,
            Some(EndsWord::Entity) => Ends::Entity,
        }
    }

    fn anchor(&self) -> Anchor {
        match self.said(|table| table.anchor, "anchor").value {
            None | Some(AnchorWord::Latest) => Anchor::Latest,
            Some(AnchorWord::First) => Anchor::First,
        }
    }

    /// What does not go together.
    fn check(&self, funnel: &EventFunnel) -> Result<(), Failure> {
        let optional = |step: usize| funnel.steps.get(step).is_some_and(|step| step.optional);
        let last = funnel.steps.len() - 1;
        let partial = |exclusion: &Exclusion| (exclusion.from, exclusion.to) != (0, last);
        let beside = |exclusion: &Exclusion| {
            partial(exclusion) && (optional(exclusion.from) || optional(exclusion.to))
        };
        let any = funnel.order == Order::Any;
        let (key, text) = if any && funnel.steps.iter().any(|step| step.optional) {
            ("steps", "in any order no step is optional")
        } else if any && funnel.strict_increase {
            (
                "strict_increase",
                "in any order times cannot have to increase",
            )
        } else if any && funnel.exclusions.iter().any(partial) {
            (
                "exclude",
                "in any order an exclusion has no steps to lie between",
            )
        } else if funnel.exclusions.iter().any(beside) {
            (
                "exclude",
                "an exclusion lies between steps that are not optional",
            )
        } else if matches!(funnel.value_from, ValueFrom::Step(step) if optional(step)) {
            (
                "value_from",
                "values are taken from a step that is not optional",
            )
        } else {
            return Ok(());
        };
        let path = self.said(|_| Some(()), key).path;
        Err(self.layers.complaint(&path, text).into())
    }
}
