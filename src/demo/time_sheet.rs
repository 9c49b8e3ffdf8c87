//! The time sheet: who worked how long on what, with the slips of real sheets.

use std::io::{self, Write};

use super::Plan;
use super::company::{PROJECTS, Project};
use super::dice::{Dice, Purpose};
use super::line::{Line, Quotes};
use super::market::{Market, Month};
use super::moment::{DAY, Moment};

/// Columns of the sheet.
pub const HEADER: [&str; 5] = ["Date", "Person", "Project", "Task", "Hours"];

/// Quarter hours that must be due before somebody sits down to a project.
const ENOUGH: u64 = 10;
/// Longest entry, in quarter hours.
const LONGEST: u64 = 16;

/// The sheet while it is written.
struct Sheet<'a> {
    line: Line,
    dice: Dice,
    /// Entries of each project so far, which decide where it is misspelt.
    entries: [u64; PROJECTS.len()],
    out: &'a mut dyn Write,
}

/// Writes all months, day by day.
///
/// # Errors
/// What the writer reports.
pub fn write(plan: &Plan, market: &Market, out: &mut dyn Write) -> io::Result<()> {
    let mut line = Line::new(Quotes::Needed, "\n");
    line.texts(&HEADER).end(out)?;
    let dice = Dice::new(plan.seed, Purpose::TimeSheet, 0);
    let mut sheet = Sheet {
        line,
        dice,
        entries: [0; PROJECTS.len()],
        out,
    };
    market
        .months
        .iter()
        .try_for_each(|month| sheet.month(market, month))
}

impl Sheet<'_> {
    fn month(&mut self, market: &Market, month: &Month) -> io::Result<()> {
        let all_days = (0..month.days).map(|day| month.start.plus(day as i64 * DAY));
        let days: Vec<Moment> = all_days.filter(|day| day.weekday() < 5).collect();
        let planned = month
            .quarters
            .map(|quarters| market.scaled(quarters * 1000).max(1));
        let mut worked = [0; PROJECTS.len()];
        for (index, day) in days.iter().enumerate() {
            for place in 0..PROJECTS.len() {
                let due = planned[place] * (index as u64 + 1) / days.len() as u64;
                worked[place] +=
                    self.day(place, *day, due - worked[place], index + 1 == days.len())?;
            }
        }
        Ok(())
    }

    /// Works off what is due on a project, unless it is too little to begin with.
    fn day(&mut self, place: usize, day: Moment, due: u64, last: bool) -> io::Result<u64> {
        let mut rest = due;
        while rest >= ENOUGH || (last && rest > 0) {
            let quarters = self.dice.between(5, LONGEST).min(rest);
            self.entry(place, day, quarters)?;
            rest -= quarters;
            if self.dice.chance(300) && !last && rest < 2 * LONGEST {
                break;
            }
        }
        Ok(due - rest)
    }

    fn entry(&mut self, place: usize, day: Moment, quarters: u64) -> io::Result<()> {
        let project = &PROJECTS[place];
        self.entries[place] += 1;
        self.line
            .date(day)
            .text(self.dice.pick(project.people))
            .text(spelling(project, self.entries[place]))
            .text(self.dice.pick(project.tasks))
            .hundredths(quarters * 25);
        self.line.end(self.out)
    }
}

/// The name of a project as it was typed into its entry with this number.
fn spelling(project: &Project, entry: u64) -> &'static str {
    let slip = project
        .slips
        .iter()
        .find(|(every, _)| entry.is_multiple_of(*every));
    slip.map_or(project.name, |(_, name)| name)
}
