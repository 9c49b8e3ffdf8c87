//! Deals as plain rows with their histories: what the pipeline is computed from.

use polars::prelude::*;

use super::history::{Counts, Moves};
use super::ladder::{Ladder, LadderSetup, Ladders, Meaning, Seen};
use super::timeline::{Facts, Origin, Standing, Timeline};
use crate::domain::calendar::{DAY_MILLIS, Millis};
use crate::domain::money::Money;
use crate::metrics::data::{Data, Record, Source};
use crate::tables::{self, col as name, frame};

/// A deal.
#[derive(Debug, Clone, PartialEq)]
pub struct Deal {
    /// Its id.
    pub id: String,
    /// Its name; a deal's name is no person.
    pub name: Option<String>,
    /// The pipeline it stands in.
    pub pipeline: Option<String>,
    /// Index of its ladder.
    pub ladder: usize,
    /// The word for today's stage.
    pub stage: Option<String>,
    /// Values of the dimensions asked for.
    pub group: Vec<String>,
    /// Who works it.
    pub owner: Option<String>,
    /// Its amount.
    pub amount: Option<Money>,
    /// When it was made.
    pub created: Option<Millis>,
    /// When it was won.
    pub won_at: Option<Millis>,
    /// When it was lost.
    pub lost_at: Option<Millis>,
    /// Won by the as-of moment, time known or not.
    pub won: bool,
    /// Lost by then.
    pub lost: bool,
    /// Lost because nobody decided, where the pipeline has words for that.
    pub no_decision: bool,
    /// True where it came to the stage from which on deals count in win rates.
    pub qualified: bool,
    /// When it is planned to close.
    pub expected_close: Option<Millis>,
    /// Chance that the system states, as a share.
    pub probability: Option<f64>,
    /// Last activity.
    pub last_activity: Option<Millis>,
    /// The rep's own category of the forecast.
    pub category: Option<String>,
    /// What is to be done next, in words.
    pub next_step: Option<String>,
    /// Its life.
    pub timeline: Timeline,
}

impl Deal {
    /// When it ended.
    #[must_use]
    pub fn ended(&self) -> Option<Millis> {
        self.won_at.or(self.lost_at)
    }

    /// True where it was open at a moment. A deal without a date of creation existed from the
    /// beginning; one that ended at an unknown time, or before it was made, is never open.
    #[must_use]
    pub fn open_at(&self, moment: Millis) -> bool {
        self.timeline.open_at(moment).is_some()
    }

    /// True where it was won after `from` and by `to`.
    #[must_use]
    pub fn won_within(&self, from: Millis, to: Millis) -> bool {
        self.won_at.is_some_and(|at| from < at && at <= to)
    }

    /// Days since it was made.
    #[must_use]
    pub fn age_days(&self, moment: Millis) -> Option<f64> {
        self.created.map(|created| days(created, moment))
    }

    /// Its amount in units; 0 where it has none.
    #[must_use]
    pub fn units(&self) -> f64 {
        self.amount.map_or(0.0, Money::units)
    }

    /// Its amount at a moment in units; 0 where it had none.
    #[must_use]
    pub fn units_at(&self, moment: Millis) -> f64 {
        let then = self.timeline.at(moment).and_then(|point| point.amount);
        then.map_or(0.0, Money::units)
    }

    /// Index of the stage it stands in at a moment, where it is open and that is known.
    #[must_use]
    pub fn stage_at(&self, moment: Millis) -> Option<usize> {
        self.timeline.open_at(moment)?.stage
    }
}

/// Days from one moment to another.
#[must_use]
pub fn days(from: Millis, to: Millis) -> f64 {
    (to - from) as f64 / DAY_MILLIS as f64
}

/// All deals with the ladders they stand on.
#[derive(Debug, Clone)]
pub struct Deals {
    /// The deals, in the order of the inputs.
    pub all: Vec<Deal>,
    /// The ladders.
    pub ladders: Ladders,
    /// What was left out of the histories.
    pub counts: Counts,
}

impl Deals {
    /// Where most of what is known of the past comes from.
    #[must_use]
    pub fn origin(&self) -> Origin {
        let origins = self.all.iter().map(|deal| deal.timeline.origin);
        origins.max().unwrap_or(Origin::Today)
    }

    /// Deals whose amounts of the past are today's.
    #[must_use]
    pub fn without_old_amounts(&self) -> u64 {
        let unknown = |deal: &&Deal| deal.amount.is_some() && !deal.timeline.knows_amounts;
        self.all.iter().filter(unknown).count() as u64
    }

    /// Rows that say of a deal that it was open after its closing date.
    #[must_use]
    pub fn after_end(&self) -> u64 {
        self.all.iter().map(|deal| deal.timeline.after_end).sum()
    }

    /// The name of the stage with this index on the ladder of a deal.
    #[must_use]
    pub fn stage_name(&self, deal: &Deal, stage: usize) -> Option<&str> {
        let ladder = self.ladders.all.get(deal.ladder)?;
        ladder.stages.get(stage).map(String::as_str)
    }
}

/// All deals that the filter keeps.
///
/// # Errors
/// What polars cannot do with the filter.
pub fn deals(
    data: &Data,
    dimensions: &[String],
    setups: &[LadderSetup],
    moment: Millis,
) -> PolarsResult<Deals> {
    let frame = data.frame(Source::Deals).clone();
    let frame = data.filtered(frame.lazy(), Source::Deals)?.collect()?;
    let moves = Moves::of(data.records(Record::Moves), &frame);
    let raw = Raw::of(&frame, dimensions);
    let seen: Vec<Seen> = raw.rows().map(|row| raw.seen(row)).collect();
    let paths: Vec<Vec<&str>> = raw.rows().map(|row| moves.path(raw.id(row))).collect();
    let (ladders, on) = Ladders::of(setups, &seen, &paths);
    let ids = raw.rows().map(|row| raw.id(row));
    // What exports say of today is what was known at the moment, unless they know more.
    let fresh = data.deals_after_as_of == 0 && !moves.any_after(ids, moment);
    let mut counts = Counts::default();
    let mut all = Vec::new();
    for (row, number) in raw.rows().zip(on) {
        let ladder = &ladders.all[number];
        let history = moves.of_deal(raw.id(row), ladder, moment, &mut counts);
        let stage = match raw.stages[row].map(|word| ladder.read(word)) {
            Some(Meaning::Stage(stage)) => Some(stage),
            _ => None,
        };
        let today = fresh || history.is_empty();
        let mut facts = raw.facts(row);
        facts.stage = stage;
        facts.as_of = today.then_some(moment);
        let mut deal = raw.deal(row, number);
        deal.timeline = Timeline::new(history, &facts);
        settle(&mut deal, ladder, moment);
        all.push(deal);
    }
    Ok(Deals {
        all,
        ladders,
        counts,
    })
}

/// How the deal stands at the moment is what its history says of it.
fn settle(deal: &mut Deal, ladder: &Ladder, moment: Millis) {
    let undecided = deal
        .stage
        .as_deref()
        .is_some_and(|word| ladder.is_no_decision(word));
    deal.no_decision = deal.lost && undecided;
    let Some(last) = deal.timeline.at(moment).cloned() else {
        return;
    };
    let ended = deal.timeline.ended_by(moment);
    deal.won = last.standing == Standing::Won;
    deal.lost = last.standing == Standing::Lost;
    deal.no_decision &= deal.lost;
    // Where the stages of its past are not known, a deal counts.
    let known = deal
        .timeline
        .points()
        .iter()
        .filter_map(|point| point.stage);
    let highest = known.max();
    deal.qualified = deal.won
        || ladder
            .qualified_from()
            .zip(highest)
            .is_none_or(|(from, highest)| highest >= from);
    if last.standing == Standing::Open
        && let Some(stage) = last.stage.and_then(|stage| ladder.stages.get(stage))
    {
        deal.stage = Some(stage.clone());
    }
    deal.won_at = ended.filter(|(_, won)| *won).map(|(at, _)| at);
    deal.lost_at = ended.filter(|(_, won)| !*won).map(|(at, _)| at);
    deal.amount = last.amount;
    deal.expected_close = last.close;
    deal.owner = last.owner;
}

/// Columns of the deals table.
struct Raw<'a> {
    ids: Vec<Option<&'a str>>,
    names: Vec<Option<&'a str>>,
    owners: Vec<Option<&'a str>>,
    pipelines: Vec<Option<&'a str>>,
    stages: Vec<Option<&'a str>>,
    categories: Vec<Option<&'a str>>,
    steps: Vec<Option<&'a str>>,
    groups: Vec<Vec<Option<&'a str>>>,
    amounts: Vec<Option<i64>>,
    created: Vec<Option<i64>>,
    won_at: Vec<Option<i64>>,
    lost_at: Vec<Option<i64>>,
    won: Vec<bool>,
    lost: Vec<bool>,
    exists: Vec<bool>,
    expected: Vec<Option<i64>>,
    stated: Vec<Option<i64>>,
    active: Vec<Option<i64>>,
}

impl<'a> Raw<'a> {
    fn of(deals: &'a DataFrame, dimensions: &[String]) -> Self {
        let text = |column: &str| -> Vec<Option<&'a str>> {
            let words = frame::texts(deals, column).into_iter();
            words
                .map(|word| word.filter(|word| *word != tables::NONE))
                .collect()
        };
        let whole = |column: &str| frame::integers(deals, column);
        Self {
            ids: frame::texts(deals, name::ID),
            names: text(name::DEAL_NAME),
            owners: text("owner"),
            pipelines: text("pipeline"),
            stages: text(name::DEAL_STAGE),
            categories: text("forecast_category"),
            steps: text(name::NEXT_STEP),
            groups: dimensions
                .iter()
                .map(|name| frame::texts(deals, name))
                .collect(),
            amounts: whole(name::AMOUNT),
            created: whole(name::CREATED),
            won_at: whole(name::WON_AT),
            lost_at: whole(name::LOST_AT),
            won: frame::flags(deals, name::WON),
            lost: frame::flags(deals, name::LOST),
            exists: frame::flags(deals, "exists"),
            expected: whole(name::EXPECTED_CLOSE),
            stated: whole("probability"),
            active: whole("last_activity"),
        }
    }

    fn rows(&self) -> impl Iterator<Item = usize> + '_ {
        (0..self.ids.len()).filter(|row| self.exists[*row])
    }

    fn id(&self, row: usize) -> &'a str {
        self.ids[row].unwrap_or_default()
    }

    fn seen(&self, row: usize) -> Seen<'a> {
        Seen {
            pipeline: self.pipelines[row],
            word: self.stages[row],
            open: !self.won[row] && !self.lost[row],
            stated: self.stated[row].map(share),
        }
    }

    fn amount(&self, row: usize) -> Option<Money> {
        self.amounts[row].map(|micros| Money::from_micros(micros.into()))
    }

    fn facts(&self, row: usize) -> Facts {
        let (won, lost) = (self.won[row], self.lost[row]);
        Facts {
            created: self.created[row],
            outcome: (won || lost).then_some(won),
            ended: self.won_at[row].or(self.lost_at[row]),
            amount: self.amount(row),
            close: self.expected[row],
            owner: self.owners[row].map(str::to_owned),
            ..Facts::default()
        }
    }

    /// The deal as today's row has it, without its life.
    fn deal(&self, row: usize, ladder: usize) -> Deal {
        let owned = |cell: Option<&str>| cell.map(str::to_owned);
        let value = |column: &Vec<Option<&'a str>>| column[row].unwrap_or(tables::NONE).to_owned();
        Deal {
            id: self.id(row).to_owned(),
            name: owned(self.names[row]),
            pipeline: owned(self.pipelines[row]),
            ladder,
            stage: owned(self.stages[row]),
            group: self.groups.iter().map(value).collect(),
            owner: owned(self.owners[row]),
            amount: self.amount(row),
            created: self.created[row],
            won_at: self.won_at[row],
            lost_at: self.lost_at[row],
            won: self.won[row],
            lost: self.lost[row],
            no_decision: false,
            qualified: true,
            expected_close: self.expected[row],
            probability: self.stated[row].map(share),
            last_activity: self.active[row],
            category: owned(self.categories[row]),
            next_step: owned(self.steps[row]),
            timeline: Timeline::new(Vec::new(), &Facts::default()),
        }
    }
}

/// Millionths of a share or of per cent: systems write 0.4 and 40.
fn share(micros: i64) -> f64 {
    let value = micros as f64 / Money::SCALE as f64;
    if value > 1.0 { value / 100.0 } else { value }
}

#[cfg(test)]
pub mod tests {
    use super::*;
    use crate::metrics::pipeline::timeline::Row;

    /// A deal by days: made, won, lost, amount.
    pub fn deal(
        created: i64,
        won_at: Option<i64>,
        lost_at: Option<i64>,
        amount: Option<f64>,
    ) -> Deal {
        with_history(created, won_at, lost_at, amount, Vec::new())
    }

    /// The same with a history.
    pub fn with_history(
        created: i64,
        won_at: Option<i64>,
        lost_at: Option<i64>,
        amount: Option<f64>,
        rows: Vec<Row>,
    ) -> Deal {
        let at = |day: i64| day * DAY_MILLIS;
        let facts = Facts {
            created: Some(at(created)),
            outcome: won_at.or(lost_at).map(|_| won_at.is_some()),
            ended: won_at.or(lost_at).map(at),
            amount: amount.map(Money::from_units),
            ..Facts::default()
        };
        let timeline = Timeline::new(rows, &facts);
        let mut deal = Deal {
            id: format!("{created}"),
            name: None,
            pipeline: None,
            ladder: 0,
            stage: None,
            group: Vec::new(),
            owner: None,
            amount: facts.amount,
            created: facts.created,
            won_at: won_at.map(at),
            lost_at: lost_at.map(at),
            won: won_at.is_some(),
            lost: lost_at.is_some(),
            no_decision: false,
            qualified: true,
            expected_close: None,
            probability: None,
            last_activity: None,
            category: None,
            next_step: None,
            timeline,
        };
        settle(&mut deal, &Ladder::default(), Millis::MAX);
        deal
    }
}
