//! Persons one after another, from their events to the sums.

use super::classes::Classes;
use super::dimensions::{Dimension, NO_VALUE, Periods, Values};
use super::factors::Factors;
use super::person::Runner;
use super::plan::{Hit, Plan, Spec};
use super::record::{Outcome, Taken};
use super::tally::Tally;
use crate::domain::calendar::Millis;
use crate::domain::event_funnel::{Anchor, EventFunnel, Order, ValueFrom};

/// Everything that is the same for all persons.
#[derive(Debug, Clone)]
pub struct Question {
    /// The rules.
    pub spec: Spec,
    /// From which first step times are measured.
    pub anchor: Anchor,
    /// From which step the values of dimensions are taken.
    pub value_from: ValueFrom,
    /// What the classes of events mean.
    pub classes: Classes,
    /// The dimensions of the groups.
    pub dimensions: Vec<Dimension>,
    /// What may go with conversion.
    pub factors: Factors,
}

impl Question {
    /// The question of a funnel.
    #[must_use]
    pub fn new(
        funnel: &EventFunnel,
        spec: Spec,
        classes: Classes,
        dimensions: Vec<Dimension>,
        factors: Factors,
    ) -> Self {
        Self {
            spec,
            anchor: funnel.anchor,
            value_from: funnel.value_from,
            classes,
            dimensions,
            factors,
        }
    }
}

/// Takes persons and adds them up.
pub struct Worker<'q> {
    question: &'q Question,
    runner: Runner,
    tally: Tally,
    room: Room,
}

/// Room to work in, kept from person to person.
#[derive(Default)]
struct Room {
    hits: Vec<Hit>,
    groups: GroupRoom,
    factors: FactorRoom,
}

/// Room for the values of the dimensions of a person.
#[derive(Default)]
struct GroupRoom {
    group: Vec<u32>,
    /// Per dimension the periods met so far.
    periods: Vec<Periods>,
}

/// Room for the factors of a person.
#[derive(Default)]
struct FactorRoom {
    said: Vec<u32>,
    /// Per class and per factor the number of the person that it was last seen with.
    class_seen: Vec<u64>,
    factor_seen: Vec<u64>,
    person: u64,
}

impl<'q> Worker<'q> {
    /// Gets ready.
    #[must_use]
    pub fn new(question: &'q Question) -> Self {
        let factors = FactorRoom {
            class_seen: vec![0; question.classes.steps.len()],
            factor_seen: vec![0; question.factors.len()],
            ..FactorRoom::default()
        };
        let room = Room {
            factors,
            ..Room::default()
        };
        Self {
            question,
            runner: Runner::new(&question.spec),
            tally: Tally::new(question.factors.len()),
            room,
        }
    }

    /// Adds a person: time and class of each event, in the order of time, then of the input.
    pub fn person(&mut self, events: impl Iterator<Item = (Millis, usize)> + Clone) {
        let question = self.question;
        if !self.room.take_hits(question, events.clone()) {
            return;
        }
        let seen = self.runner.run(&self.room.hits);
        let group = self.room.groups.of(question, &self.room.hits, seen.full);
        let place = self.tally.add(group, seen.full, seen.plan);
        let Some(mature) = seen.mature.filter(|outcome| !outcome.removed) else {
            return;
        };
        // Nearly always both are the same attempts.
        let place = match place.filter(|_| std::ptr::eq(mature, seen.full)) {
            Some(place) => place,
            None => {
                let group = self.room.groups.of(question, &self.room.hits, mature);
                self.tally.group(group, seen.plan)
            }
        };
        self.tally
            .add_mature(place, mature, seen.plan, question.anchor);
        let first = mature
            .attempt
            .first()
            .map(|taken| self.room.hits[taken.hit].at);
        let until = first.unwrap_or(Millis::MIN);
        let before = events.take_while(|(at, _)| *at <= until);
        let factors = self.room.factors.said(question, before);
        self.tally
            .add_factors(factors, has_converted(mature, seen.plan));
    }

    /// The sums.
    #[must_use]
    pub fn finish(self) -> Tally {
        self.tally
    }
}

fn has_converted(outcome: &Outcome, plan: &Plan) -> bool {
    outcome.reached >> plan.last & 1 == 1
}

impl Room {
    /// The events that matter to the funnel; false where no attempt can start among them.
    fn take_hits(
        &mut self,
        question: &Question,
        events: impl Iterator<Item = (Millis, usize)>,
    ) -> bool {
        let Classes { steps, excluded } = &question.classes;
        let all = question.spec.order == Order::Strict;
        let mut met = 0;
        self.hits.clear();
        for (at, class) in events {
            let (steps, excluded) = (steps[class], excluded[class]);
            met |= steps;
            if all || steps | excluded != 0 {
                self.hits.push(Hit {
                    at,
                    steps,
                    excluded,
                    class: class as u32,
                });
            }
        }
        match question.spec.order {
            Order::Any => met != 0,
            Order::Ordered | Order::Strict => met & 1 == 1,
        }
    }
}

impl GroupRoom {
    /// The values of the dimensions of the attempt of a person.
    fn of(&mut self, question: &Question, hits: &[Hit], outcome: &Outcome) -> &[u32] {
        let attempt = &outcome.attempt;
        self.group.clear();
        self.periods
            .resize_with(question.dimensions.len(), Periods::default);
        for (dimension, periods) in question.dimensions.iter().zip(&mut self.periods) {
            let number = match (dimension, attempt.first()) {
                (Dimension::Words(values), _) => along(question, hits, attempt, values),
                (Dimension::Time(grain, zone), Some(first)) => {
                    periods.number(*grain, *zone, hits[first.hit].at)
                }
                (Dimension::Time(..), None) => NO_VALUE,
            };
            self.group.push(number);
        }
        &self.group
    }
}

/// The value that an attempt takes from the step that was asked for.
fn along(question: &Question, hits: &[Hit], attempt: &[Taken], values: &Values) -> u32 {
    let value = |taken: &Taken| {
        let number = values.number(hits[taken.hit].class);
        (number != NO_VALUE).then_some(number)
    };
    let mut steps = attempt.iter();
    let found = match question.value_from {
        ValueFrom::First => steps.find_map(value),
        ValueFrom::Last => steps.rev().find_map(value),
        ValueFrom::Step(step) => steps.find(|taken| taken.step == step).and_then(value),
    };
    found.unwrap_or(NO_VALUE)
}

impl FactorRoom {
    /// What some events of a person say, each factor once.
    fn said(
        &mut self,
        question: &Question,
        events: impl Iterator<Item = (Millis, usize)>,
    ) -> &[u32] {
        self.said.clear();
        self.person += 1;
        for (_, class) in events {
            if std::mem::replace(&mut self.class_seen[class], self.person) == self.person {
                continue;
            }
            for factor in question.factors.of_class(class as u32) {
                let seen = &mut self.factor_seen[*factor as usize];
                if std::mem::replace(seen, self.person) != self.person {
                    self.said.push(*factor);
                }
            }
        }
        &self.said
    }
}
