//! The open deals one by one: how old, what changed since a date, and why they stand out.

use super::curve::WinCurve;
use super::deals::{Deal, days};
use super::dwell::{StageDwell, stage_age};
use super::forecast;
use super::open::View;
use super::timeline::{Point, Standing};
use crate::domain::calendar::Millis;
use crate::domain::figure::{Figure, Undefined};
use crate::domain::money::Money;
use crate::tables::owners::Owners;

/// Age from which an open deal should have been closed (dictionary 5.4).
pub const UNCLOSED_DAYS: f64 = 35.0;
/// Times that a planned close may move later before the deal stands out.
const MANY_PUSHES: u64 = 3;

/// Why an open deal stands out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flag {
    /// The planned close has passed.
    Overdue,
    /// Older than nine in ten of the deals won.
    Overaged,
    /// Open for more than 35 days, where too few wins say what is old.
    Unclosed,
    /// Longer in its stage than nine in ten of the visits that ended.
    LongInStage,
    /// No activity for longer than the stage allows.
    Rotting,
    /// The planned close moved later three times or more.
    Pushed,
    /// No amount.
    NoAmount,
    /// No planned close.
    NoCloseDate,
    /// No owner.
    NoOwner,
}

impl Flag {
    /// The name in the data formats.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Overdue => "overdue",
            Self::Overaged => "overaged",
            Self::Unclosed => "unclosed",
            Self::LongInStage => "long_in_stage",
            Self::Rotting => "rotting",
            Self::Pushed => "pushed",
            Self::NoAmount => "no_amount",
            Self::NoCloseDate => "no_close_date",
            Self::NoOwner => "no_owner",
        }
    }
}

/// What changed about an open deal since a date.
#[derive(Debug, Clone, PartialEq)]
pub enum Change {
    /// It was made since.
    New,
    /// It had ended and is open again.
    Reopened,
    /// It was missing and is back.
    Restored,
    /// It stands in another stage: from which, and to which.
    Stage(String, String),
    /// Another amount: from, to.
    Amount(Option<Money>, Option<Money>),
    /// The planned close moved later: from, to.
    ClosePushed(Millis, Millis),
    /// It moved earlier.
    ClosePulled(Millis, Millis),
    /// A plan where there was none.
    ClosePlanned(Millis),
    /// Another owner: from, to.
    Owner(String, String),
}

/// An open deal of the list.
#[derive(Debug, Clone, PartialEq)]
pub struct Listed {
    /// The deal.
    pub deal: Deal,
    /// Days since it was made.
    pub age: Option<f64>,
    /// Days in its stage.
    pub in_stage: Figure<f64>,
    /// Days since its last activity.
    pub idle: Option<f64>,
    /// Chance to be won within 90 days, by its age.
    pub chance: Figure<f64>,
    /// Times that its planned close moved later; absent where nobody knows.
    pub pushes: Option<u64>,
    /// Times that it was opened again.
    pub reopened: u64,
    /// What changed since the date asked for.
    pub changes: Vec<Change>,
    /// Why it stands out.
    pub flags: Vec<Flag>,
}

/// What deals are listed with.
pub struct Lister<'a> {
    /// The deals, the moment, what is old.
    pub view: &'a View<'a>,
    /// Chance to be won by age.
    pub curve: &'a WinCurve,
    /// Stays in the stages.
    pub dwell: &'a [StageDwell],
    /// Days ahead of the chance.
    pub ahead: u32,
    /// The moment that changes are told since.
    pub since: Option<Millis>,
    /// What reps are called.
    pub owners: &'a Owners,
}

impl Lister<'_> {
    /// Open deals: those with most reasons first, then the largest.
    #[must_use]
    pub fn list(&self, open: &[&Deal]) -> Vec<Listed> {
        let mut listed: Vec<Listed> = open.iter().map(|deal| self.listed(deal)).collect();
        listed.sort_by(|a, b| {
            let order = b.flags.len().cmp(&a.flags.len());
            order
                .then(b.deal.amount.cmp(&a.deal.amount))
                .then_with(|| a.deal.id.cmp(&b.deal.id))
        });
        listed
    }

    fn listed(&self, deal: &Deal) -> Listed {
        let moment = self.view.moment;
        let age = deal.age_days(moment);
        let enough = self.curve.wins >= forecast::FEWEST_WINS;
        let mut listed = Listed {
            chance: age
                .filter(|_| enough)
                .map(|age| self.curve.chance(age, f64::from(self.ahead)))
                .ok_or(Undefined::NoData),
            age,
            in_stage: stage_age(deal, moment),
            idle: deal.last_activity.map(|at| days(at, moment)),
            pushes: deal
                .timeline
                .knows_closes
                .then(|| deal.timeline.pushes(moment).len() as u64),
            reopened: deal.timeline.reopened(moment),
            changes: self.changes(deal),
            deal: deal.clone(),
            flags: Vec::new(),
        };
        listed.flags = self.flags(&listed);
        listed
    }

    fn flags(&self, listed: &Listed) -> Vec<Flag> {
        let (deal, moment) = (&listed.deal, self.view.moment);
        let stage = deal.stage_at(moment);
        let ladder = self.view.deals.ladders.all.get(deal.ladder);
        let patience = ladder
            .zip(stage)
            .and_then(|(ladder, stage)| ladder.rot_days(stage));
        let place = stage.map(|stage| (deal.ladder, stage));
        let stays = self.dwell.iter().find(|stays| Some(stays.place) == place);
        let too_long = stays.and_then(|stays| stays.limit().ok());
        let beyond = |value: Option<f64>, limit: Option<f64>| {
            value.zip(limit).is_some_and(|(value, limit)| value > limit)
        };
        let (old, unclosed) = match self.view.old_age {
            Ok(old) => (beyond(listed.age, Some(old)), false),
            Err(_) => (false, beyond(listed.age, Some(UNCLOSED_DAYS))),
        };
        let raised = [
            (
                beyond(Some(0.0), deal.expected_close.map(|at| days(moment, at))),
                Flag::Overdue,
            ),
            (old, Flag::Overaged),
            (unclosed, Flag::Unclosed),
            (beyond(listed.in_stage.ok(), too_long), Flag::LongInStage),
            (beyond(listed.idle, patience), Flag::Rotting),
            (
                listed.pushes.is_some_and(|pushes| pushes >= MANY_PUSHES),
                Flag::Pushed,
            ),
            (deal.amount.is_none(), Flag::NoAmount),
            (deal.expected_close.is_none(), Flag::NoCloseDate),
            (deal.owner.is_none(), Flag::NoOwner),
        ];
        let raised = raised.into_iter().filter(|(raised, _)| *raised);
        raised.map(|(_, flag)| flag).collect()
    }

    /// What changed since the date; nothing without one.
    fn changes(&self, deal: &Deal) -> Vec<Change> {
        let (Some(since), Some(now)) = (self.since, deal.timeline.at(self.view.moment)) else {
            return Vec::new();
        };
        let Some(before) = deal.timeline.at(since) else {
            return vec![Change::New];
        };
        let mut found = Vec::new();
        found.extend(match before.standing {
            Standing::Open => None,
            Standing::Won | Standing::Lost => Some(Change::Reopened),
            Standing::Removed => Some(Change::Restored),
        });
        found.extend(self.stage_change(deal, before, now));
        if before.amount != now.amount {
            found.push(Change::Amount(before.amount, now.amount));
        }
        found.extend(match (before.close, now.close) {
            (Some(from), Some(to)) if to > from => Some(Change::ClosePushed(from, to)),
            (Some(from), Some(to)) if to < from => Some(Change::ClosePulled(from, to)),
            (None, Some(to)) => Some(Change::ClosePlanned(to)),
            _ => None,
        });
        if let (Some(from), Some(to)) = (&before.owner, &now.owner)
            && from != to
        {
            let shown = |owner: &str| self.owners.shown(owner).to_owned();
            found.push(Change::Owner(shown(from), shown(to)));
        }
        found
    }

    fn stage_change(&self, deal: &Deal, before: &Point, now: &Point) -> Option<Change> {
        let name = |point: &Point| {
            let name = self.view.deals.stage_name(deal, point.stage?)?;
            Some(name.to_owned())
        };
        let (from, to) = (name(before)?, name(now)?);
        (from != to).then_some(Change::Stage(from, to))
    }
}
