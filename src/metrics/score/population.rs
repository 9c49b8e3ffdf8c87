//! Whom a score is judged on: leads old enough, each scored at one moment of its life.
//!
//! A lead is scored `after_days` after its entry; it converts where it reaches the target
//! within the horizon from there. One that had come or gone before it would have been
//! scored is nobody whom a score could have helped with.

use polars::prelude::*;

use crate::domain::calendar::{DAY_MILLIS, Millis};
use crate::metrics::data::{Data, Scope, Source};
use crate::tables::{NONE, col as name, frame};

/// What is asked of a score.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Question {
    /// Index of the stage that counts as conversion.
    pub target: usize,
    /// Days after its entry at which a lead is scored.
    pub after_days: u32,
}

/// What became of a lead.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Watched for the whole horizon: converted or not.
    Judged(bool),
    /// Not watched for the horizon yet.
    Young,
    /// Converted or gone before it was scored.
    Over,
}

/// A lead.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lead {
    /// Its row in [`Population::frame`].
    pub row: usize,
    /// When it entered the first stage.
    pub entered: Option<Millis>,
    /// When it is scored; absent without dates.
    pub scored_at: Option<Millis>,
    /// What became of it.
    pub standing: Standing,
    /// True where it has neither converted nor gone by the as-of moment.
    pub is_open: bool,
}

/// The leads, and what is asked of their score.
#[derive(Debug, Clone)]
pub struct Population {
    /// The leads table, as far as the filter keeps it.
    pub frame: DataFrame,
    /// Those that entered the first stage, in its order.
    pub leads: Vec<Lead>,
    /// Name of the target.
    pub target: String,
    /// Days within which it must be reached.
    pub horizon_days: u32,
    /// Days after the entry at which a lead is scored.
    pub after_days: u32,
    /// The last moment that exists.
    pub as_of: Option<Millis>,
    /// Seed of what is drawn.
    pub seed: u64,
}

impl Population {
    /// The leads under the filter.
    ///
    /// # Errors
    /// What polars cannot do with the filter.
    pub fn of(data: &Data, question: Question) -> PolarsResult<Self> {
        let leads = data.frame(Source::Leads).clone();
        let frame = data.filtered(leads.lazy(), Source::Leads)?.collect()?;
        let horizon_days = data.horizons.days(0, question.target);
        let target = data.ladder.name(question.target);
        let first = data.ladder.first();
        let entered = frame::integers(&frame, &name::at(first));
        let is_lead = frame::flags(&frame, &name::has(first));
        let (has, at) = (
            frame::flags(&frame, &name::has(target)),
            frame::integers(&frame, &name::at(target)),
        );
        let (exited, exit_at) = (
            frame::flags(&frame, name::EXITED),
            frame::integers(&frame, name::EXIT_AT),
        );
        let wait = i64::from(question.after_days) * DAY_MILLIS;
        let span = i64::from(horizon_days) * DAY_MILLIS;
        let one = |row: usize| {
            let scored_at = entered[row].map(|at| at + wait);
            let before = |moment: Option<Millis>| {
                scored_at
                    .zip(moment)
                    .is_some_and(|(scored, at)| at < scored)
            };
            let watched = scored_at.zip(data.as_of).map(|(from, to)| to - from);
            let took = scored_at.zip(at[row]).map(|(from, to)| to - from);
            let standing = if before(at[row]) || before(exit_at[row]) {
                Standing::Over
            } else if watched.is_some_and(|watched| watched < span) {
                // Without dates everybody is taken as observed.
                Standing::Young
            } else {
                Standing::Judged(has[row] && took.is_none_or(|took| took <= span))
            };
            Lead {
                row,
                entered: entered[row],
                scored_at,
                standing,
                is_open: !has[row] && !exited[row],
            }
        };
        let leads = (0..frame.height()).filter(|row| is_lead[*row]).map(one);
        let leads = leads.collect();
        Ok(Self {
            leads,
            target: target.to_owned(),
            horizon_days,
            after_days: question.after_days,
            as_of: data.as_of,
            seed: data.seed,
            frame,
        })
    }

    /// Only the leads that entered in the period of the scope; all where it has none.
    #[must_use]
    pub fn within(mut self, scope: &Scope) -> Self {
        if scope.period.is_some() {
            let (start, end) = scope.bounds();
            let is_inside = |at: Millis| (start..end).contains(&at);
            self.leads
                .retain(|lead| lead.entered.is_some_and(is_inside));
        }
        self
    }

    /// The leads that are judged, with what became of them.
    pub fn judged(&self) -> impl Iterator<Item = (&Lead, bool)> {
        self.leads.iter().filter_map(|lead| match lead.standing {
            Standing::Judged(converted) => Some((lead, converted)),
            _ => None,
        })
    }

    /// How many have this standing.
    #[must_use]
    pub fn count(&self, standing: Standing) -> u64 {
        let same = |lead: &&Lead| lead.standing == standing;
        self.leads.iter().filter(same).count() as u64
    }

    /// True where some lead has a date.
    #[must_use]
    pub fn is_dated(&self) -> bool {
        self.leads.iter().any(|lead| lead.entered.is_some())
    }

    /// The score of the export by row of the frame, in units.
    #[must_use]
    pub fn exported(&self) -> Vec<Option<f64>> {
        use crate::domain::money::Money;
        frame::integers(&self.frame, name::SCORE)
            .into_iter()
            .map(|score| Some(score? as f64 / Money::SCALE as f64))
            .collect()
    }

    /// What rules may look at: words, the creation, the assignment and the score of a lead,
    /// none of what became of it. With `numbers` a column of words that are all numbers is
    /// one of numbers.
    #[must_use]
    pub fn described(&self, numbers: bool) -> DataFrame {
        const BESIDE: &[&str] = &[name::CREATED, name::SCORE, name::ASSIGNED];
        let columns = self.frame.columns().iter().filter_map(|column| {
            let name = column.name().as_str();
            if BESIDE.contains(&name) {
                return Some(column.clone());
            }
            if !is_described(column) {
                return None;
            }
            let values = numbers.then(|| super::features::numbers(&self.frame, name));
            Some(match values.flatten() {
                Some(values) => Column::new(name.into(), values),
                None => column.clone(),
            })
        });
        frame::frame_of(self.frame.height(), columns.collect())
    }

    /// True where some lead has a value in a column of words.
    #[must_use]
    pub fn has_values(&self, column: &str) -> bool {
        let cells = frame::texts(&self.frame, column);
        cells.iter().flatten().any(|cell| *cell != NONE)
    }

    /// Names of the columns of words.
    #[must_use]
    pub fn columns(&self) -> Vec<String> {
        let columns = self.frame.columns().iter();
        columns
            .filter(|column| is_described(column))
            .map(|column| column.name().to_string())
            .collect()
    }
}

fn is_described(column: &Column) -> bool {
    let own = column.name().as_str();
    column.dtype() == &DataType::String && own != name::ID && !own.starts_with('#')
}
