//! The reps: how they work, what they shall win, and the sheet that says so.

use std::io::{self, Write};

use super::Plan;
use super::company::OWNERS;
use super::line::{Line, Quotes};
use super::market::Market;
use super::moment::Moment;

/// Columns of the sheet.
pub const HEADER: [&str; 6] = ["Owner", "Team", "Active", "Quota", "Currency", "Quarter"];

/// How a rep of [`OWNERS`] works.
pub struct Habit {
    /// The team.
    pub team: &'static str,
    /// False for who has left by the day of the exports.
    pub active: bool,
    /// Median of office minutes until a lead that comes to nothing is answered.
    pub response: u64,
    /// How many of a thousand such leads are never answered.
    pub untouched: u64,
    /// What is to be won in the first quarter, in units of the usual size.
    quota: u64,
}

const fn habit(team: &'static str, active: bool, numbers: [u64; 3]) -> Habit {
    let [response, untouched, quota] = numbers;
    Habit {
        team,
        active,
        response,
        untouched,
        quota,
    }
}

/// The habits of the reps, in the order of [`OWNERS`].
pub const HABITS: [Habit; OWNERS.len()] = [
    habit("DACH", true, [28, 40, 24_000]),
    habit("DACH", true, [45, 60, 21_000]),
    habit("International", true, [22, 35, 21_000]),
    habit("DACH", true, [90, 90, 16_000]),
    habit("International", true, [60, 75, 11_000]),
    habit("International", false, [240, 180, 6_500]),
];

/// Growth of the quota from quarter to quarter, in hundredths of the first one.
const QUOTA_GROWTH: u64 = 25;

/// Writes the sheet of the sales lead: a row for each rep and quarter.
///
/// # Errors
/// What the writer reports.
pub fn write(plan: &Plan, market: &Market, out: &mut dyn Write) -> io::Result<()> {
    let mut line = Line::new(Quotes::Needed, "\n");
    line.texts(&HEADER).end(out)?;
    for (index, quarter) in quarters(plan).iter().enumerate() {
        for (owner, habit) in OWNERS.iter().zip(&HABITS) {
            let quota = habit.quota * (100 + QUOTA_GROWTH * index as u64) / 100;
            line.text(owner.name)
                .text(habit.team)
                .text(if habit.active { "Yes" } else { "No" })
                .plain(market.scaled_round(quota))
                .text("EUR")
                .text(quarter)
                .end(out)?;
        }
    }
    Ok(())
}

/// Every quarter that a month of the plan lies in, as `2026-Q3`.
fn quarters(plan: &Plan) -> Vec<String> {
    let months = (0..i64::from(plan.months)).map(|month| plan.first_month().month_start(month));
    let mut labels: Vec<String> = months.map(quarter).collect();
    labels.dedup();
    labels
}

fn quarter(month: Moment) -> String {
    let (year, month, _) = month.date();
    format!("{year}-Q{}", (month - 1) / 3 + 1)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn every_rep_has_a_quota_in_every_quarter() {
        let plan = Plan::new(5_000, 1);
        let mut bytes = Vec::new();
        write(&plan, &Market::new(&plan), &mut bytes).unwrap();
        let text = String::from_utf8(bytes).unwrap();
        assert_eq!(text.lines().count(), 1 + 7 * OWNERS.len());
        assert!(text.contains("Katrin Sommerfeld,DACH,Yes,24000,EUR,2025-Q2\n"));
        assert!(text.contains("Ruben Haas,International,No,"));
        assert_eq!(
            quarters(&plan),
            [
                "2025-Q2", "2025-Q3", "2025-Q4", "2026-Q1", "2026-Q2", "2026-Q3", "2026-Q4"
            ]
        );
    }
}
