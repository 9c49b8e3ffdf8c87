//! The traffic acquisition report of web analytics, one export a month.

use std::io::{self, Write};

use super::Plan;
use super::dice::{Dice, Purpose};
use super::line::{Line, Quotes};
use super::market::Market;
use super::moment::Moment;

/// Columns, in the words and the order of the export.
pub const HEADER: [&str; 12] = [
    "Session primary channel group (Default Channel Group)",
    "Sessions",
    "Engaged sessions",
    "Engagement rate",
    "Average engagement time per session",
    "Events per session",
    "Event count",
    "Key events",
    "Session key event rate",
    "Total revenue",
    "Active users",
    "Total users",
];

/// A row, counted.
struct Row {
    name: &'static str,
    sessions: u64,
    engaged: u64,
    seconds: u64,
    events: u64,
    key_events: u64,
    active_users: u64,
    users: u64,
}

/// Writes the report of a month: the busiest channel first, as the site shows it.
///
/// # Errors
/// What the writer reports.
pub fn write(plan: &Plan, market: &Market, month: usize, out: &mut dyn Write) -> io::Result<()> {
    let mut dice = Dice::new(plan.seed, Purpose::Analytics, month as u64);
    let (start, next) = (
        market.months[month].start,
        market.months[month].start.month_start(1),
    );
    out.write_all(preamble(start, next.plus(-1)).as_bytes())?;
    let mut line = Line::new(Quotes::Needed, "\r\n");
    line.texts(&HEADER).end(out)?;
    let mut rows: Vec<Row> = Vec::new();
    for traffic in &market.months[month].traffic {
        let (sessions, leads) = (
            market.scaled(traffic.sessions),
            market.scaled(traffic.leads),
        );
        rows.push(measure(traffic.name, sessions, leads, &mut dice));
    }
    rows.sort_by(|a, b| b.sessions.cmp(&a.sessions).then(a.name.cmp(b.name)));
    for row in rows.iter().filter(|row| row.sessions > 0) {
        row.write(&mut line);
        line.end(out)?;
    }
    Ok(())
}

fn preamble(first: Moment, last: Moment) -> String {
    let rule = "# ----------------------------------------";
    let (first, last) = (first.date_text(""), last.date_text(""));
    [
        rule,
        "# Traffic acquisition: Session primary channel group (Default Channel Group)",
        "# Account: Fernau Software",
        "# Property: fernau.example - GA4",
        rule,
        "# ",
        "# All Users",
        &format!("# Start date: {first}"),
        &format!("# End date: {last}"),
        "",
    ]
    .join("\r\n")
}

/// What a script on the pages sees: not every lead, since some visitors block it.
fn measure(name: &'static str, sessions: u64, leads: u64, dice: &mut Dice) -> Row {
    let engaged = sessions * dice.between(500, 660) / 1000;
    let active_users = (sessions * dice.between(740, 820) / 1000).max(1);
    Row {
        name,
        sessions,
        engaged,
        seconds: sessions * dice.between(28_000, 74_000) / 1000,
        events: sessions * dice.between(58, 92) / 10,
        key_events: dice.wobble(leads * 88 / 100, 60).min(engaged),
        active_users,
        users: active_users + active_users * dice.between(4, 14) / 1000,
    }
}

impl Row {
    fn write(&self, line: &mut Line) {
        // Quotients of two whole numbers are the same on every machine.
        let per_session = |count: u64| count as f64 / self.sessions as f64;
        line.text(self.name)
            .plain(self.sessions)
            .plain(self.engaged)
            .plain(per_session(self.engaged))
            .plain(per_session(self.seconds))
            .plain(per_session(self.events))
            .plain(self.events)
            .plain(self.key_events)
            .plain(per_session(self.key_events))
            .plain(0)
            .plain(self.active_users)
            .plain(self.users);
    }
}
