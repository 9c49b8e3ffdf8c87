//! What moved between two moments, exact to the cent (dictionary 3.2).
//!
//! Every deal comes in at most once and goes out at most once: it was there at the opening,
//! or came new, reopened, restored or pulled in; it is there at the closing, or was won,
//! lost, removed or pushed out. What lies between its amount on coming and on going is its
//! increase or decrease, so that each deal alone adds up, and with it the whole.

use super::deals::Deal;
use super::timeline::{Point, Standing};
use crate::domain::calendar::Millis;
use crate::domain::money::Money;

/// A line of the waterfall.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    /// Open before the period.
    Opening,
    /// Made in the period.
    New,
    /// Ended before, open again.
    Reopened,
    /// Missing before, back again.
    Restored,
    /// Planned to close outside the window before, inside it now.
    PulledIn,
    /// Amounts that grew.
    Increased,
    /// Amounts that shrank.
    Decreased,
    /// Won.
    Won,
    /// Lost.
    Lost,
    /// Missing from a later snapshot.
    Removed,
    /// Planned to close inside the window before, outside it now.
    PushedOut,
    /// Open at the end.
    Closing,
}

impl Step {
    /// Every step, in the order of the sum.
    pub const ALL: &[Self] = &[
        Self::Opening,
        Self::New,
        Self::Reopened,
        Self::Restored,
        Self::PulledIn,
        Self::Increased,
        Self::Decreased,
        Self::Won,
        Self::Lost,
        Self::Removed,
        Self::PushedOut,
        Self::Closing,
    ];

    /// The name in the data formats.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Opening => "opening",
            Self::New => "new",
            Self::Reopened => "reopened",
            Self::Restored => "restored",
            Self::PulledIn => "pulled_in",
            Self::Increased => "increased",
            Self::Decreased => "decreased",
            Self::Won => "won",
            Self::Lost => "lost",
            Self::Removed => "removed",
            Self::PushedOut => "pushed_out",
            Self::Closing => "closing",
        }
    }

    /// True for what leaves the pipeline and stands below zero.
    #[must_use]
    pub fn leaves(self) -> bool {
        matches!(
            self,
            Self::Decreased | Self::Won | Self::Lost | Self::Removed | Self::PushedOut
        )
    }

    /// True for the two ends of the sum.
    #[must_use]
    pub fn is_total(self) -> bool {
        matches!(self, Self::Opening | Self::Closing)
    }
}

/// A line of the waterfall with its deals.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Movement {
    /// The line.
    pub step: Step,
    /// Deals.
    pub deals: u64,
    /// Their amounts; what left stands below zero.
    pub value: Money,
}

/// A span of time: after `before`, up to and with `after`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Between {
    /// The moment of the opening.
    pub before: Millis,
    /// The moment of the closing.
    pub after: Millis,
}

impl Between {
    /// True where a moment lies in the span.
    #[must_use]
    pub fn holds(self, at: Millis) -> bool {
        self.before < at && at <= self.after
    }
}

/// Planned closes that the pipeline is limited to: from, up to but without.
pub type Window = (Millis, Millis);

/// All lines, those without a deal too.
#[must_use]
pub fn waterfall(deals: &[Deal], span: Between, window: Option<Window>) -> Vec<Movement> {
    let mut lines: Vec<Movement> = Step::ALL
        .iter()
        .map(|step| Movement {
            step: *step,
            deals: 0,
            value: Money::ZERO,
        })
        .collect();
    for deal in deals {
        for (step, amount) in steps(deal, span, window) {
            let place = Step::ALL.iter().position(|known| *known == step);
            if let Some(line) = place.and_then(|place| lines.get_mut(place)) {
                let signed = if step.leaves() { -amount } else { amount };
                line.deals += 1;
                line.value += signed;
            }
        }
    }
    lines
}

/// The lines that a deal stands in, with its amounts.
fn steps(deal: &Deal, span: Between, window: Option<Window>) -> Vec<(Step, Money)> {
    let Some((came, first)) = coming(deal, span) else {
        return Vec::new();
    };
    let (went, last) = going(deal, span);
    let Some(last) = last else { return Vec::new() };
    let inside = |point: &Point| {
        window.is_none_or(|(from, to)| {
            let planned = point.close.is_some_and(|close| from <= close && close < to);
            let ended =
                matches!(point.standing, Standing::Won) && from <= point.at && point.at < to;
            planned || ended
        })
    };
    let (was_in, is_in) = (inside(first), inside(last));
    let amount = |point: &Point| point.amount.unwrap_or(Money::ZERO);
    let (from, to) = (amount(first), amount(last));
    match (came, was_in, is_in) {
        (_, false, false) => Vec::new(),
        // Planned for another time before: it comes with the amount that it goes with.
        (Step::Opening, false, true) => vec![(Step::PulledIn, to), (went, to)],
        // Lost or removed while planned for the window: it leaves as what it is.
        (_, true, false) if went == Step::Closing => vec![(came, from), (Step::PushedOut, from)],
        _ => with_change(came, from, went, to),
    }
}

fn with_change(came: Step, from: Money, went: Step, to: Money) -> Vec<(Step, Money)> {
    let mut lines = vec![(came, from)];
    if to > from {
        lines.push((Step::Increased, to - from));
    }
    if to < from {
        lines.push((Step::Decreased, from - to));
    }
    lines.push((went, to));
    lines
}

/// How a deal came into the pipeline of the span, and what it was then.
fn coming(deal: &Deal, span: Between) -> Option<(Step, &Point)> {
    let before = deal.timeline.at(span.before);
    if let Some(point) = before.filter(|point| point.standing == Standing::Open) {
        return Some((Step::Opening, point));
    }
    let opened = |point: &&Point| point.standing == Standing::Open && span.holds(point.at);
    let first = deal.timeline.points().iter().find(opened)?;
    let step = match before.map(|point| point.standing) {
        None | Some(Standing::Open) => Step::New,
        Some(Standing::Won | Standing::Lost) => Step::Reopened,
        Some(Standing::Removed) => Step::Restored,
    };
    Some((step, first))
}

/// How it left, or that it is still there.
fn going(deal: &Deal, span: Between) -> (Step, Option<&Point>) {
    let last = deal.timeline.at(span.after);
    let step = match last.map(|point| point.standing) {
        Some(Standing::Won) => Step::Won,
        Some(Standing::Lost) => Step::Lost,
        Some(Standing::Removed) => Step::Removed,
        Some(Standing::Open) | None => Step::Closing,
    };
    (step, last)
}

#[cfg(test)]
mod tests {
    use super::super::deals::tests::{deal, with_history};
    use super::super::timeline::{Row, tests::row};
    use super::*;
    use crate::domain::calendar::DAY_MILLIS;
    use crate::stats::random::Random;

    const SPAN: Between = Between {
        before: 10 * DAY_MILLIS - 1,
        after: 20 * DAY_MILLIS - 1,
    };

    fn of(lines: &[Movement], step: Step) -> (u64, f64) {
        let line = lines.iter().find(|line| line.step == step);
        line.map_or((0, 0.0), |line| (line.deals, line.value.units()))
    }

    fn adds_up(lines: &[Movement]) -> bool {
        let parts = lines.iter().filter(|line| line.step != Step::Closing);
        let sum: Money = parts.map(|line| line.value).sum();
        lines.last().is_some_and(|closing| closing.value == sum)
    }

    fn planned(day: i64, amount: f64, close: i64) -> Row {
        Row {
            close: Some(close * DAY_MILLIS),
            ..row(day, Some(0), Standing::Open, amount)
        }
    }

    /// Vector 12.9 of the metrics dictionary.
    #[test]
    fn the_vector() {
        let window = Some((10 * DAY_MILLIS, 40 * DAY_MILLIS));
        let opening = |amount, more: Vec<Row>, won, lost, last| {
            let mut rows = vec![planned(1, amount, 30)];
            rows.extend(more);
            with_history(1, won, lost, Some(last), rows)
        };
        let deals = [
            opening(
                10_000.0,
                vec![planned(12, 12_000.0, 30)],
                None,
                None,
                12_000.0,
            ),
            opening(5_000.0, Vec::new(), Some(15), None, 4_000.0),
            opening(8_000.0, Vec::new(), None, Some(16), 8_000.0),
            opening(7_000.0, vec![planned(13, 7_500.0, 50)], None, None, 7_500.0),
            with_history(
                11,
                None,
                None,
                Some(6_000.0),
                vec![planned(11, 6_000.0, 35)],
            ),
            with_history(
                12,
                Some(18),
                None,
                Some(3_000.0),
                vec![planned(12, 3_000.0, 20)],
            ),
            with_history(
                2,
                None,
                None,
                Some(9_000.0),
                vec![planned(2, 8_500.0, 60), planned(14, 9_000.0, 38)],
            ),
        ];
        let lines = waterfall(&deals, SPAN, window);
        let expected = [
            (Step::Opening, 30_000.0),
            (Step::New, 9_000.0),
            (Step::Reopened, 0.0),
            (Step::Restored, 0.0),
            (Step::PulledIn, 9_000.0),
            (Step::Increased, 2_000.0),
            (Step::Decreased, -1_000.0),
            (Step::Won, -7_000.0),
            (Step::Lost, -8_000.0),
            (Step::Removed, 0.0),
            (Step::PushedOut, -7_000.0),
            (Step::Closing, 27_000.0),
        ];
        for (step, value) in expected {
            assert_eq!(of(&lines, step).1, value, "{step:?}");
        }
        assert!(adds_up(&lines));
        // Without a window nothing is pulled in or pushed out.
        let whole = waterfall(&deals, SPAN, None);
        assert_eq!(of(&whole, Step::PulledIn), (0, 0.0));
        assert_eq!(of(&whole, Step::PushedOut), (0, 0.0));
        assert_eq!(of(&whole, Step::Opening), (5, 38_500.0));
        assert!(adds_up(&whole));
    }

    #[test]
    fn what_came_back_is_not_new() {
        let gone = |standing| row(4, None, standing, 5.0);
        let again = row(12, Some(1), Standing::Open, 7.0);
        let of_kind = |standing| {
            let rows = vec![
                row(1, Some(0), Standing::Open, 5.0),
                gone(standing),
                again.clone(),
            ];
            waterfall(&[with_history(1, None, None, Some(7.0), rows)], SPAN, None)
        };
        assert_eq!(of(&of_kind(Standing::Lost), Step::Reopened), (1, 7.0));
        assert_eq!(of(&of_kind(Standing::Removed), Step::Restored), (1, 7.0));
        let removed = vec![
            row(1, Some(0), Standing::Open, 5.0),
            row(12, None, Standing::Removed, 5.0),
        ];
        let lines = waterfall(
            &[with_history(1, None, None, Some(5.0), removed)],
            SPAN,
            None,
        );
        assert_eq!(of(&lines, Step::Removed), (1, -5.0));
        assert_eq!(of(&lines, Step::Closing), (0, 0.0));
    }

    #[test]
    fn today_s_rows_alone_add_up() {
        let deals = [
            deal(0, None, None, Some(10.0)),
            deal(1, Some(15), None, Some(4.0)),
            deal(2, None, Some(12), Some(8.0)),
            deal(11, Some(13), None, Some(3.0)),
            deal(14, None, None, None),
            // Made after it ended, and ended before the period: never in the pipeline.
            deal(16, Some(12), None, Some(100.0)),
            deal(0, Some(5), None, Some(50.0)),
        ];
        let lines = waterfall(&deals, SPAN, None);
        assert_eq!(of(&lines, Step::Opening), (3, 22.0));
        assert_eq!(of(&lines, Step::New), (2, 3.0));
        assert_eq!(of(&lines, Step::Won), (2, -7.0));
        assert_eq!(of(&lines, Step::Lost), (1, -8.0));
        assert_eq!(of(&lines, Step::Closing), (2, 10.0));
        assert!(adds_up(&lines));
    }

    /// Whatever happens to deals, the lines add up to the cent, with and without a window.
    #[test]
    fn random_lives_add_up() {
        let mut random = Random::seeded(3);
        let standings = [
            Standing::Open,
            Standing::Open,
            Standing::Won,
            Standing::Lost,
            Standing::Removed,
        ];
        let deals: Vec<Deal> = (0..400)
            .map(|_| {
                let rows = (0..random.below(7))
                    .map(|_| Row {
                        close: Some(random.below(60) as i64 * DAY_MILLIS),
                        ..row(
                            random.below(30) as i64,
                            Some(random.below(3) as usize),
                            standings[random.below(5) as usize],
                            random.below(10_000) as f64 / 100.0,
                        )
                    })
                    .collect();
                with_history(random.below(25) as i64, None, None, Some(1.0), rows)
            })
            .collect();
        for window in [None, Some((5 * DAY_MILLIS, 30 * DAY_MILLIS))] {
            let lines = waterfall(&deals, SPAN, window);
            assert!(adds_up(&lines), "{lines:?}");
            let net: i64 = lines
                .iter()
                .filter(|line| {
                    !matches!(line.step, Step::Increased | Step::Decreased | Step::Closing)
                })
                .map(|line| {
                    if line.step.leaves() {
                        -(line.deals as i64)
                    } else {
                        line.deals as i64
                    }
                })
                .sum();
            assert_eq!(lines.last().map(|line| line.deals as i64), Some(net));
        }
    }
}
