//! The life of one deal: what it was at any past moment, and its visits to stages.
//!
//! A timeline is a list of points, each the whole state from then on. Rows that change
//! nothing are dropped, so that a stage that an export repeats is one visit (dictionary 0.6).
//! A moment that is known to an interval only carries the beginning of it (`since`): such a
//! point says what changed, but no duration is made of it.

use crate::domain::calendar::{DAY_MILLIS, Millis};
use crate::domain::money::Money;

/// How a deal stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// On the ladder.
    Open,
    /// Won.
    Won,
    /// Lost.
    Lost,
    /// Missing from a snapshot: deleted, merged or filtered away, never lost.
    Removed,
}

/// What a deal is from a moment on.
#[derive(Debug, Clone, PartialEq)]
pub struct Point {
    /// The moment, or the end of the interval in which it lies.
    pub at: Millis,
    /// The beginning of that interval; absent where the moment is known.
    pub since: Option<Millis>,
    /// How it stands.
    pub standing: Standing,
    /// Index on its ladder; absent where the stage of that time is not known.
    pub stage: Option<usize>,
    /// Its amount.
    pub amount: Option<Money>,
    /// When it is planned to close.
    pub close: Option<Millis>,
    /// Who works it.
    pub owner: Option<String>,
}

/// Where a timeline comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Origin {
    /// Today's row alone.
    Today,
    /// Differences of dated exports.
    Snapshots,
    /// Rows of a history.
    Events,
}

/// A row of the history of a deal; what it does not say stays as it was.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// When.
    pub at: Millis,
    /// The beginning of the interval, where no more is known.
    pub since: Option<Millis>,
    /// What it became; absent where the row says nothing of that.
    pub standing: Option<Standing>,
    /// The stage entered.
    pub stage: Option<usize>,
    /// Amount at that moment.
    pub amount: Option<Money>,
    /// Planned close at that moment.
    pub close: Option<Millis>,
    /// Owner at that moment.
    pub owner: Option<String>,
}

/// What today's row says of a deal.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Facts {
    /// When it was made.
    pub created: Option<Millis>,
    /// `Some(true)`: won; `Some(false)`: lost; absent: open.
    pub outcome: Option<bool>,
    /// When it ended.
    pub ended: Option<Millis>,
    /// Its stage.
    pub stage: Option<usize>,
    /// Its amount.
    pub amount: Option<Money>,
    /// When it is planned to close.
    pub close: Option<Millis>,
    /// Who works it.
    pub owner: Option<String>,
    /// The moment that the row tells of; absent where it tells of a later one than the
    /// as-of moment, so that the history alone says how the deal stands.
    pub as_of: Option<Millis>,
}

/// The life of a deal.
#[derive(Debug, Clone, PartialEq)]
pub struct Timeline {
    points: Vec<Point>,
    /// Where it comes from.
    pub origin: Origin,
    /// True where amounts of the past are known, else today's stands for all of them.
    pub knows_amounts: bool,
    /// The same of planned closes.
    pub knows_closes: bool,
    /// Rows that say of the deal that it went on after it had ended.
    pub after_end: u64,
}

/// What came after a visit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// Another stage.
    Stage(usize),
    /// A win.
    Won,
    /// A loss.
    Lost,
    /// Nothing that can be counted: it was removed, or the stage is not known.
    Unknown,
    /// Nothing yet.
    Open,
}

/// A stay in a stage.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Visit {
    /// The stage.
    pub stage: usize,
    /// When it began.
    pub start: Millis,
    /// When it ended; absent where it lasts.
    pub end: Option<Millis>,
    /// True where the moments are known, not only intervals.
    pub exact: bool,
    /// What came after it.
    pub next: Next,
}

impl Timeline {
    /// Puts the rows of a history and today's row together.
    #[must_use]
    pub fn new(mut rows: Vec<Row>, facts: &Facts) -> Self {
        rows.sort_by_key(|row| (row.at, order(row)));
        let told = |of: fn(&Row) -> bool| rows.iter().any(of);
        let mut line = Self {
            origin: match rows.iter().any(|row| row.since.is_some()) {
                _ if rows.is_empty() => Origin::Today,
                true => Origin::Snapshots,
                false => Origin::Events,
            },
            knows_amounts: told(|row| row.amount.is_some()),
            knows_closes: told(|row| row.close.is_some()),
            points: Vec::new(),
            after_end: 0,
        };
        let first = line.beginning(&rows, facts);
        line.follow(rows, first, facts.created);
        match facts.outcome {
            Some(won) => line.end(won, facts),
            None => line.bring_up_to_date(facts),
        }
        line
    }

    /// The state before the first row: what is known first stands for what was before it.
    fn beginning(&self, rows: &[Row], facts: &Facts) -> Point {
        let amount = rows.iter().find_map(|row| row.amount);
        let close = rows.iter().find_map(|row| row.close);
        let owner = rows.iter().find_map(|row| row.owner.clone());
        Point {
            at: facts.created.unwrap_or(Millis::MIN),
            since: None,
            standing: Standing::Open,
            stage: None,
            amount: amount.or(facts.amount),
            close: close.or(facts.close),
            owner: owner.or_else(|| facts.owner.clone()),
        }
    }

    fn follow(&mut self, rows: Vec<Row>, mut state: Point, created: Option<Millis>) {
        let first = rows.first().map(|row| row.at);
        let starts = match (created, first) {
            (_, None) => true,
            (Some(created), Some(first)) => created < first,
            (None, Some(_)) => false,
        };
        if starts {
            self.points.push(state.clone());
        }
        for row in rows {
            state.at = row.at;
            state.since = row.since;
            state.standing = row.standing.unwrap_or(state.standing);
            state.stage = row.stage.or(state.stage);
            state.amount = row.amount.or(state.amount);
            state.close = row.close.or(state.close);
            state.owner = row.owner.or(state.owner);
            self.push(state.clone());
        }
    }

    /// Adds a point, unless it repeats the last one.
    fn push(&mut self, point: Point) {
        let same = |last: &Point| {
            last.standing == point.standing
                && last.stage == point.stage
                && last.amount == point.amount
                && last.close == point.close
                && last.owner == point.owner
        };
        if !self.points.last().is_some_and(same) {
            self.points.push(point);
        }
    }

    /// The end that today's row tells of: its date comes before that of the history, so that
    /// what was won is what was booked; its amount is the final one.
    fn end(&mut self, won: bool, facts: &Facts) {
        let standing = if won { Standing::Won } else { Standing::Lost };
        let told = self.points.iter().rfind(|point| point.standing == standing);
        let Some(ended) = facts.ended.or(told.map(|point| point.at)) else {
            // Ended at an unknown time: nobody knows when it was open.
            self.points.clear();
            return;
        };
        // A date without a time is the beginning of its day.
        let (made, over) = (
            facts.created.unwrap_or(Millis::MIN),
            ended.saturating_add(DAY_MILLIS),
        );
        if over <= made {
            self.points.clear();
            return;
        }
        while let Some(last) = self.points.last() {
            let same = last.standing == standing || last.standing == Standing::Removed;
            let late = last.at >= over;
            if !same && !late {
                break;
            }
            self.after_end += u64::from(late && last.standing == Standing::Open);
            self.points.pop();
        }
        let last = self.points.last();
        let state = Point {
            at: last.map_or(ended, |last| last.at.max(ended)),
            since: None,
            standing,
            stage: last.and_then(|last| last.stage),
            amount: facts.amount.or(last.and_then(|last| last.amount)),
            close: last.and_then(|last| last.close).or(facts.close),
            owner: facts
                .owner
                .clone()
                .or(last.and_then(|last| last.owner.clone())),
        };
        self.points.push(state);
    }

    /// What today's row says otherwise than the last row of the history has changed since.
    fn bring_up_to_date(&mut self, facts: &Facts) {
        let (Some(as_of), Some(last)) = (facts.as_of, self.points.last().cloned()) else {
            return;
        };
        if last.standing != Standing::Open || last.at > as_of {
            return;
        }
        self.push(Point {
            at: as_of,
            since: Some(last.at),
            standing: Standing::Open,
            stage: facts.stage.or(last.stage),
            amount: facts.amount.or(last.amount),
            close: facts.close.or(last.close),
            owner: facts.owner.clone().or(last.owner),
        });
    }

    /// All states, oldest first.
    #[must_use]
    pub fn points(&self) -> &[Point] {
        &self.points
    }

    /// What it was at a moment; nothing before it was made.
    #[must_use]
    pub fn at(&self, moment: Millis) -> Option<&Point> {
        let passed = self.points.partition_point(|point| point.at <= moment);
        passed.checked_sub(1).and_then(|last| self.points.get(last))
    }

    /// The same where it was open.
    #[must_use]
    pub fn open_at(&self, moment: Millis) -> Option<&Point> {
        self.at(moment)
            .filter(|point| point.standing == Standing::Open)
    }

    /// When it ended, of what was known at a moment, and whether it was won. A deal that was
    /// opened again is open.
    #[must_use]
    pub fn ended_by(&self, moment: Millis) -> Option<(Millis, bool)> {
        let last = self.at(moment)?;
        let won = match last.standing {
            Standing::Won => true,
            Standing::Lost => false,
            Standing::Open | Standing::Removed => return None,
        };
        // Later points of the same end change an amount, not the date.
        let known = &self.points[..self.points.partition_point(|point| point.at <= moment)];
        let same = known
            .iter()
            .rev()
            .take_while(|point| point.standing == last.standing);
        same.last().map(|first| (first.at, won))
    }

    /// How often it was opened again after an end, up to a moment.
    #[must_use]
    pub fn reopened(&self, moment: Millis) -> u64 {
        let again = |pair: &&[Point]| {
            matches!(pair[0].standing, Standing::Won | Standing::Lost)
                && pair[1].standing == Standing::Open
                && pair[1].at <= moment
        };
        self.points.windows(2).filter(again).count() as u64
    }

    /// Every stay in a stage up to a moment, oldest first.
    #[must_use]
    pub fn visits(&self, moment: Millis) -> Vec<Visit> {
        let mut visits: Vec<Visit> = Vec::new();
        let known = self.points.partition_point(|point| point.at <= moment);
        let mut lasts = false;
        for point in &self.points[..known] {
            let open = point.standing == Standing::Open;
            if let Some(visit) = visits.last_mut().filter(|_| lasts) {
                if open && point.stage == Some(visit.stage) {
                    continue;
                }
                visit.end = Some(point.at);
                visit.exact &= point.since.is_none();
                visit.next = match (point.standing, point.stage) {
                    (Standing::Open, Some(stage)) => Next::Stage(stage),
                    (Standing::Won, _) => Next::Won,
                    (Standing::Lost, _) => Next::Lost,
                    (Standing::Open | Standing::Removed, _) => Next::Unknown,
                };
            }
            lasts = open && point.stage.is_some();
            if let Some(stage) = point.stage.filter(|_| lasts) {
                visits.push(Visit {
                    stage,
                    start: point.at,
                    end: None,
                    exact: point.since.is_none(),
                    next: Next::Open,
                });
            }
        }
        visits
    }

    /// When the planned close moved later up to a moment: from which day to which, and when.
    #[must_use]
    pub fn pushes(&self, moment: Millis) -> Vec<Push> {
        let known = self.points.partition_point(|point| point.at <= moment);
        let moved = |pair: &[Point]| {
            let (from, to) = (pair[0].close?, pair[1].close?);
            let open = pair[1].standing == Standing::Open;
            (open && to > from).then_some(Push {
                at: pair[1].at,
                from,
                to,
            })
        };
        self.points[..known].windows(2).filter_map(moved).collect()
    }
}

/// A planned close that moved later.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Push {
    /// When it moved.
    pub at: Millis,
    /// The plan before.
    pub from: Millis,
    /// The plan after.
    pub to: Millis,
}

/// Rows of one moment: in the order of the ladder, ends last.
fn order(row: &Row) -> (u8, usize) {
    let end = match row.standing {
        None | Some(Standing::Open) => 0,
        Some(Standing::Lost) => 1,
        Some(Standing::Won) => 2,
        Some(Standing::Removed) => 3,
    };
    (end, row.stage.unwrap_or(0))
}

#[cfg(test)]
pub mod tests {
    use super::*;

    /// A row of a day: stage, or an end.
    pub fn row(day: i64, stage: Option<usize>, standing: Standing, amount: f64) -> Row {
        Row {
            at: day * DAY_MILLIS,
            since: None,
            standing: Some(standing),
            stage,
            amount: Some(Money::from_units(amount)),
            close: None,
            owner: None,
        }
    }

    fn open(day: i64, stage: usize) -> Row {
        row(day, Some(stage), Standing::Open, 1.0)
    }

    fn facts(created: i64) -> Facts {
        Facts {
            created: Some(created * DAY_MILLIS),
            ..Facts::default()
        }
    }

    fn days(visits: &[Visit]) -> Vec<(usize, i64, Option<i64>, Next)> {
        let day = |at: Millis| at / DAY_MILLIS;
        let one = |visit: &Visit| {
            (
                visit.stage,
                day(visit.start),
                visit.end.map(day),
                visit.next,
            )
        };
        visits.iter().map(one).collect()
    }

    /// E3 and E4 of vector 12.6: lead 0, mql 1, sql 2, opp 3.
    #[test]
    fn visits_of_the_vector() {
        let rows = vec![open(8, 2), open(0, 0), open(1, 1), open(3, 2), open(6, 1)];
        let ended = Facts {
            outcome: Some(false),
            ended: Some(15 * DAY_MILLIS),
            ..facts(0)
        };
        let line = Timeline::new(rows, &ended);
        let expected = [
            (0, 0, Some(1), Next::Stage(1)),
            (1, 1, Some(3), Next::Stage(2)),
            (2, 3, Some(6), Next::Stage(1)),
            (1, 6, Some(8), Next::Stage(2)),
            (2, 8, Some(15), Next::Lost),
        ];
        assert_eq!(days(&line.visits(40 * DAY_MILLIS)), expected);
        let in_mql: i64 = expected
            .iter()
            .filter(|v| v.0 == 1)
            .map(|v| v.2.unwrap_or(0) - v.1)
            .sum();
        assert_eq!(in_mql, 4);
        let waiting = Timeline::new(vec![open(0, 0), open(7, 1)], &facts(0));
        let visits = waiting.visits(40 * DAY_MILLIS);
        assert_eq!((visits[1].start, visits[1].end), (7 * DAY_MILLIS, None));
        assert_eq!(40 - visits[1].start / DAY_MILLIS, 33);
    }

    #[test]
    fn rows_that_repeat_a_stage_are_one_visit_and_a_change_of_amount() {
        let mut rows = vec![open(0, 0), open(2, 1), open(5, 1), open(6, 1)];
        for row in &mut rows[2..] {
            row.amount = Some(Money::from_units(9.0));
        }
        let line = Timeline::new(rows, &facts(0));
        assert_eq!(line.points().len(), 3);
        assert_eq!(line.visits(9 * DAY_MILLIS).len(), 2);
        let amount = |day: i64| line.at(day * DAY_MILLIS).and_then(|point| point.amount);
        assert_eq!(amount(4), Some(Money::from_units(1.0)));
        assert_eq!(amount(5), Some(Money::from_units(9.0)));
        assert_eq!(line.at(-1), None);
    }

    #[test]
    fn lost_reopened_and_won_is_won() {
        let rows = vec![
            open(0, 0),
            row(3, None, Standing::Lost, 1.0),
            open(5, 1),
            row(8, None, Standing::Won, 1.0),
        ];
        let line = Timeline::new(rows, &facts(0));
        let day = |day: i64| day * DAY_MILLIS;
        assert_eq!(line.ended_by(day(4)), Some((day(3), false)));
        assert_eq!(line.ended_by(day(6)), None);
        assert!(line.open_at(day(6)).is_some());
        assert_eq!(line.ended_by(day(9)), Some((day(8), true)));
        assert_eq!((line.reopened(day(9)), line.reopened(day(4))), (1, 0));
    }

    #[test]
    fn the_date_and_the_amount_of_the_row_win_over_the_history() {
        let rows = vec![open(0, 0), open(4, 1), row(9, None, Standing::Won, 5.0)];
        let won = Facts {
            outcome: Some(true),
            ended: Some(7 * DAY_MILLIS),
            amount: Some(Money::from_units(4.0)),
            ..facts(0)
        };
        let line = Timeline::new(rows, &won);
        assert_eq!(line.ended_by(20 * DAY_MILLIS), Some((7 * DAY_MILLIS, true)));
        let last = line.points().last();
        assert_eq!(
            last.and_then(|point| point.amount),
            Some(Money::from_units(4.0))
        );
    }

    #[test]
    fn an_end_before_the_beginning_was_never_open() {
        let wrong = Facts {
            outcome: Some(true),
            ended: Some(5 * DAY_MILLIS),
            ..facts(9)
        };
        assert!(Timeline::new(Vec::new(), &wrong).points().is_empty());
        let untimed = Facts {
            outcome: Some(false),
            ..facts(0)
        };
        assert!(Timeline::new(Vec::new(), &untimed).points().is_empty());
    }

    #[test]
    fn without_history_the_stage_of_today_is_of_today() {
        let today = Facts {
            stage: Some(2),
            as_of: Some(30 * DAY_MILLIS),
            ..facts(10)
        };
        let line = Timeline::new(Vec::new(), &today);
        assert_eq!(line.at(20 * DAY_MILLIS).and_then(|point| point.stage), None);
        let last = line.points().last();
        assert_eq!(last.and_then(|p| p.stage), Some(2));
        let visits = line.visits(30 * DAY_MILLIS);
        assert_eq!((visits.len(), visits[0].exact), (1, false));
    }

    #[test]
    fn several_rows_of_one_moment_go_up_the_ladder() {
        let rows = vec![row(2, None, Standing::Lost, 1.0), open(2, 1), open(2, 0)];
        let line = Timeline::new(rows, &facts(2));
        let stages: Vec<Option<usize>> = line.points().iter().map(|p| p.stage).collect();
        assert_eq!(stages, [Some(0), Some(1), Some(1)]);
        assert_eq!(line.ended_by(3 * DAY_MILLIS), Some((2 * DAY_MILLIS, false)));
    }

    #[test]
    fn a_plan_that_moves_later_is_a_push() {
        let mut rows = vec![open(0, 0), open(3, 0), open(6, 0)];
        for (row, close) in rows.iter_mut().zip([30, 60, 45]) {
            row.close = Some(close * DAY_MILLIS);
        }
        let line = Timeline::new(rows, &facts(0));
        let found = line.pushes(10 * DAY_MILLIS);
        let push = Push {
            at: 3 * DAY_MILLIS,
            from: 30 * DAY_MILLIS,
            to: 60 * DAY_MILLIS,
        };
        assert_eq!(found, [push]);
    }
}
