//! The survey: how likely customers are to recommend the company, asked twice a year.

use std::io::{self, Write};

use super::customers::{Customer, Customers};
use super::dice::{Dice, Purpose};
use super::lead::Population;
use super::line::{Line, Quotes};
use super::moment::{DAY, Moment};

/// Columns of the export.
pub const HEADER: [&str; 3] = ["Customer ID", "Responded At", "NPS Score"];

/// Days between two questions.
const HALF_A_YEAR: i64 = 182;
/// Thousandths of those asked who answer.
const ANSWERS: u64 = 440;

/// Writes all answers, customer by customer.
///
/// # Errors
/// What the writer reports.
pub fn write(people: &Population, customers: &Customers, out: &mut dyn Write) -> io::Result<()> {
    let mut line = Line::new(Quotes::Needed, "\n");
    line.texts(&HEADER).end(out)?;
    for customer in &customers.all {
        for (at, score) in answers(people.plan.seed, customer, people.plan.end()) {
            line.plain(customer.id)
                .moment(Some(at))
                .plain(score)
                .end(out)?;
        }
    }
    Ok(())
}

/// When a customer answered, and what.
fn answers(seed: u64, customer: &Customer, end: Moment) -> Vec<(Moment, u64)> {
    let dice = &mut Dice::new(seed, Purpose::Feedback, customer.id);
    let mut asked = customer.since.plus(DAY * dice.between(40, 150) as i64);
    let last = customer.left.unwrap_or(end);
    let mut answers = Vec::new();
    while asked < last {
        let at = asked
            .plus(DAY * dice.below(6) as i64)
            .office(dice.below(1000));
        let score = customer.mood.answer(dice);
        if dice.chance(ANSWERS) && at < last {
            answers.push((at, score));
        }
        asked = asked.plus(HALF_A_YEAR * DAY);
    }
    answers
}
