//! What stands beside a deal: the next step, the rep's own forecast, delivery, payment.

use super::deal::{Deal, Kind};
use super::dice::{Dice, Purpose};
use super::history::{WON, open_stage};
use super::moment::{DAY, Moment};

/// What reps mean to do next, stage by stage.
const NEXT_STEPS: [&str; 5] = [
    "Find out who plans the shifts",
    "Send the questionnaire",
    "Present to the works council",
    "Send the offer",
    "Send the signed contract",
];
/// How often reps call a deal of a stage `Pipeline`, `Best case` or `Commit`.
const FORECAST_WEIGHTS: [[u64; 3]; 5] = [
    [88, 10, 2],
    [70, 25, 5],
    [45, 43, 12],
    [20, 45, 35],
    [8, 32, 60],
];
/// Days from win to delivery, in the middle.
const DELIVERY_DAYS: u64 = 24;
/// Days after which a bill is usually paid.
const PAYMENT_DAYS: i64 = 45;

/// The cells beside a deal on a day.
pub struct Handover {
    /// What the rep means to do next; open deals only, and not all.
    pub next_step: &'static str,
    /// The rep's own forecast.
    pub forecast: &'static str,
    /// When what was sold was delivered, if it was.
    pub delivered: Option<Moment>,
    /// What was paid, in hundredths; nothing before the win.
    pub collected: u64,
}

impl Handover {
    /// The cells at `cut` of a deal that stands in the stage with this label.
    #[must_use]
    pub fn draw(seed: u64, deal: &Deal, label: &str, amount: Option<u64>, cut: Moment) -> Self {
        let (stage, won) = (open_stage(label), label == WON);
        let dice = &mut Dice::new(seed, Purpose::Handover, deal.id);
        let (forgotten, confidence) = (dice.chance(230), dice.below(100));
        let days = DAY * dice.delay(DELIVERY_DAYS) as i64;
        let delivered = match deal.kind {
            Kind::New => deal.closes.plus(days).office(dice.below(1000)),
            Kind::Expansion => deal.closes.plus(days / 6).office(dice.below(1000)),
            Kind::Renewal => deal.closes,
        };
        let paid = [1000, 500, 0][dice.weighted(&[93, 5, 2])];
        let payable = cut.since(deal.closes) > PAYMENT_DAYS * DAY;
        Self {
            next_step: match stage {
                Some(stage) if !forgotten => NEXT_STEPS[stage],
                _ => "",
            },
            forecast: match stage {
                Some(stage) => category(stage, confidence),
                None if won => "Closed won",
                None => "Not forecasted",
            },
            delivered: Some(delivered).filter(|at| won && *at < cut),
            collected: amount
                .filter(|_| won && payable)
                .map_or(0, |amount| amount * paid / 1000),
        }
    }
}

fn category(stage: usize, confidence: u64) -> &'static str {
    let [pipeline, best, _] = FORECAST_WEIGHTS[stage];
    if confidence < pipeline {
        "Pipeline"
    } else if confidence < pipeline + best {
        "Best case"
    } else {
        "Commit"
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo::deal::{OPEN_STAGES, Terms};
    use crate::demo::history::LOST;

    fn deal(number: u64) -> Deal {
        let terms = Terms {
            lead: number,
            owner: 0,
            country: 0,
            contract: 700_000,
            win_rate: 0,
            role: None,
            end: Moment::midnight(2026, 11, 1),
        };
        let mut dice = Dice::new(1, Purpose::Lead, number);
        let created = Moment::midnight(2026, 1, 5).plus(600);
        let mut deal = terms.deal(Kind::New, created, true, 700_000, &mut dice);
        deal.id = number;
        deal
    }

    #[test]
    fn later_stages_are_forecast_with_more_confidence() {
        let cut = Moment::midnight(2026, 1, 20);
        let committed = |stage: &str| {
            let all = (0..1_000).map(|number| Handover::draw(1, &deal(number), stage, None, cut));
            all.filter(|it| it.forecast == "Commit").count()
        };
        let counts = OPEN_STAGES.map(committed);
        assert!(
            counts.is_sorted() && counts[4] > counts[0] + 400,
            "{counts:?}"
        );
    }

    #[test]
    fn money_and_delivery_come_after_the_win() {
        let late = Moment::midnight(2027, 1, 1);
        for number in 0..500 {
            let deal = deal(number);
            let lost = Handover::draw(1, &deal, LOST, deal.amount, late);
            assert_eq!((lost.delivered, lost.collected), (None, 0));
            let won = Handover::draw(1, &deal, WON, deal.amount, late);
            assert!(won.collected <= deal.amount.unwrap_or(0));
            assert!(won.delivered.is_none_or(|at| at > deal.closes));
            let soon = Handover::draw(1, &deal, WON, deal.amount, deal.closes.plus(DAY));
            assert_eq!(soon.collected, 0);
        }
    }
}
