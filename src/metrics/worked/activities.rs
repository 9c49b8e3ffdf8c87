//! Activities as typed rows, by lead and by deal.
//!
//! What happened after the as-of moment is no activity: a planned meeting is neither an
//! attempt nor a contact. What is known of a deal is known of its primary lead too.

use std::collections::BTreeSet;

use rustc_hash::FxHashMap;

use crate::domain::activity::{By, Direction, Kind, Outcome};
use crate::domain::calendar::{DAY_MILLIS, Millis};
use crate::domain::text::normal_form;
use crate::metrics::data::{Data, Record, Source};
use crate::tables::links::{self, split_ids};
use crate::tables::{col as name, frame};

/// A call, a mail, a meeting.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Activity {
    /// When.
    pub at: Millis,
    /// True where only the day is known.
    pub day: bool,
    /// What; absent where the word is not known.
    pub kind: Option<Kind>,
    /// Who turned to whom; absent: the company to the lead.
    pub direction: Option<Direction>,
    /// Who did it.
    pub by: By,
    /// What came of it, where it is said.
    pub outcome: Option<Outcome>,
}

impl Activity {
    /// True for what took place between people or machines: no note, no task, nothing that
    /// was called off.
    fn took_place(&self) -> bool {
        let off = matches!(
            self.outcome,
            Some(Outcome::Cancelled | Outcome::Rescheduled | Outcome::Planned)
        );
        self.kind.is_some_and(Kind::reaches) && !off
    }

    /// True where a person did something that took place, in either direction.
    #[must_use]
    pub fn is_human(&self) -> bool {
        self.by == By::Human && self.took_place()
    }

    /// True where a person turned to the lead (dictionary 5.1: human, outbound).
    #[must_use]
    pub fn is_attempt(&self) -> bool {
        self.is_human() && self.direction != Some(Direction::In)
    }

    /// True where a message of the lead came in.
    fn is_answer(&self) -> bool {
        let written = matches!(self.kind, Some(Kind::Mail | Kind::Message | Kind::Call));
        self.is_human() && written && self.direction == Some(Direction::In)
    }

    /// True where both sides spoke with each other, whatever came before.
    fn is_conversation(&self) -> bool {
        let spoke = matches!(
            self.outcome,
            Some(Outcome::Connected | Outcome::Replied | Outcome::Held)
        );
        self.is_human() && spoke
    }

    /// True for a meeting that somebody stayed away from.
    #[must_use]
    pub fn is_no_show(&self) -> bool {
        self.kind == Some(Kind::Meeting) && self.outcome == Some(Outcome::NoShow)
    }

    /// True for a meeting that was held.
    #[must_use]
    pub fn is_held(&self) -> bool {
        self.kind == Some(Kind::Meeting) && self.outcome == Some(Outcome::Held)
    }

    /// True where it may have come at or after a moment: of a date all times of the day.
    fn may_be_from(&self, start: Millis) -> bool {
        self.at >= start || (self.day && self.at + DAY_MILLIS > start)
    }
}

/// What is known of a moment that was looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Found {
    /// It came then.
    At(Millis),
    /// It came, and only its day is known.
    Day,
    /// It has not come.
    Never,
}

/// The first time somebody turned to the lead, from a moment on.
#[must_use]
pub fn first_attempt(activities: &[Activity], start: Millis) -> Found {
    let mut later = activities.iter().filter(|one| one.may_be_from(start));
    found(later.find(|one| one.is_attempt()))
}

/// The first time both spoke with each other: a conversation, or an answer to something that
/// was sent before. Machines may have sent it; the answer is a person's.
#[must_use]
pub fn first_contact(activities: &[Activity], start: Millis) -> Found {
    let mut asked = false;
    for activity in activities.iter().filter(|one| one.may_be_from(start)) {
        if activity.is_conversation() || (asked && activity.is_answer()) {
            return found(Some(activity));
        }
        asked |= activity.took_place() && activity.direction != Some(Direction::In);
    }
    Found::Never
}

fn found(activity: Option<&Activity>) -> Found {
    match activity {
        None => Found::Never,
        Some(activity) if activity.day => Found::Day,
        Some(activity) => Found::At(activity.at),
    }
}

/// True where a person of the company had to do with the lead before a moment.
#[must_use]
pub fn in_contact_before(activities: &[Activity], start: Millis) -> bool {
    let before = |one: &&Activity| !one.may_be_from(start);
    activities.iter().filter(before).any(Activity::is_human)
}

/// Rows of many, by the position of whom they are about.
#[derive(Debug, Clone, Default)]
struct Index {
    rows: Vec<Activity>,
    /// Position of the first row of each; one more than there are.
    starts: Vec<usize>,
}

impl Index {
    fn new(mut pairs: Vec<(usize, Activity)>, count: usize) -> Self {
        // Stable: what happened at one instant keeps the order of the file.
        pairs.sort_by_key(|(whose, activity)| (*whose, activity.at));
        let mut starts = vec![0; count + 1];
        for (whose, _) in &pairs {
            starts[whose + 1] += 1;
        }
        for place in 0..count {
            starts[place + 1] += starts[place];
        }
        Self {
            rows: pairs.into_iter().map(|(_, activity)| activity).collect(),
            starts,
        }
    }

    fn of(&self, whose: usize) -> &[Activity] {
        let ends = self.starts.get(whose).zip(self.starts.get(whose + 1));
        ends.and_then(|(from, to)| self.rows.get(*from..*to))
            .unwrap_or_default()
    }
}

/// All activities up to the as-of moment.
#[derive(Debug, Clone, Default)]
pub struct Log {
    leads: Index,
    deals: Index,
    /// Rows of the inputs.
    pub rows: u64,
    /// Rows about ids that are neither a lead's nor a deal's.
    pub unknown_ids: u64,
    /// Rows after the as-of moment, planned meetings above all.
    pub after_as_of: u64,
    /// Rows without a kind that is known.
    pub unknown_kinds: u64,
    /// Rows by owners that no table of owners lists, where there is one.
    pub unknown_owners: u64,
}

impl Log {
    /// Reads the activities of the data.
    #[must_use]
    pub fn read(data: &Data) -> Self {
        let frame = data.records(Record::Activities);
        let texts = |column: &str| frame::texts(frame, column);
        let (ids, kinds, directions) = (texts(name::ID), texts("kind"), texts("direction"));
        let (by, outcomes, owners) = (texts("by"), texts("outcome"), texts("owner"));
        let times = frame::integers(frame, name::AT);
        let days = frame::flags(frame, &name::day(name::AT));
        let mut strangers = Strangers::new(data);
        let whose = Whose::of(data, &ids);
        let mut log = Self {
            rows: frame.height() as u64,
            ..Self::default()
        };
        let (mut of_leads, mut of_deals) = (Vec::new(), Vec::new());
        for row in 0..frame.height() {
            let Some(at) = times[row] else { continue };
            if data.as_of.is_some_and(|as_of| at > as_of) {
                log.after_as_of += 1;
                continue;
            }
            let activity = Activity {
                at,
                day: days[row],
                kind: kinds[row].and_then(Kind::by_code),
                direction: directions[row].and_then(Direction::by_code),
                by: match by[row] {
                    Some(by) if by == By::Automation.code() => By::Automation,
                    _ => By::Human,
                },
                outcome: outcomes[row].and_then(Outcome::by_code),
            };
            log.unknown_kinds += u64::from(activity.kind.is_none());
            log.unknown_owners += u64::from(owners[row].is_some_and(|owner| strangers.has(owner)));
            let (leads, deals) = whose.about(row);
            log.unknown_ids += u64::from(leads.is_empty() && deals.is_empty());
            of_leads.extend(leads.iter().map(|lead| (*lead, activity)));
            of_deals.extend(deals.iter().map(|deal| (*deal, activity)));
        }
        log.leads = Index::new(of_leads, data.frame(Source::Leads).height());
        log.deals = Index::new(of_deals, data.frame(Source::Deals).height());
        log
    }

    /// Activities about the lead in this row of the leads, by time.
    #[must_use]
    pub fn of_lead(&self, row: usize) -> &[Activity] {
        self.leads.of(row)
    }

    /// Activities about the deal in this row of the deals, by time.
    #[must_use]
    pub fn of_deal(&self, row: usize) -> &[Activity] {
        self.deals.of(row)
    }
}

/// Owners that no table of owners lists, where there is one.
struct Strangers<'a> {
    /// Ids and names of the owners that are listed, in normal form.
    listed: BTreeSet<String>,
    /// What is known of the spellings met so far.
    met: FxHashMap<&'a str, bool>,
}

impl<'a> Strangers<'a> {
    fn new(data: &Data) -> Self {
        let owners = data.records(Record::Owners);
        let columns = [name::ID, "name"].into_iter();
        let listed = columns.flat_map(|column| frame::texts(owners, column));
        Self {
            listed: listed.flatten().map(normal_form).collect(),
            met: FxHashMap::default(),
        }
    }

    fn has(&mut self, owner: &'a str) -> bool {
        let listed = &self.listed;
        let is_stranger = || !listed.is_empty() && !listed.contains(&normal_form(owner));
        *self.met.entry(owner).or_insert_with(is_stranger)
    }
}

/// Leads and deals of each row of the activities.
struct Whose {
    about: Vec<(Vec<usize>, Vec<usize>)>,
}

impl Whose {
    fn of(data: &Data, ids: &[Option<&str>]) -> Self {
        let (leads, deals) = (data.frame(Source::Leads), data.frame(Source::Deals));
        let keys: Vec<(usize, &str)> = ids
            .iter()
            .enumerate()
            .filter_map(|(row, cell)| cell.map(|cell| (row, cell)))
            .flat_map(|(row, cell)| split_ids(cell).map(move |id| (row, id)))
            .collect();
        let wanted: Vec<&str> = keys.iter().map(|(_, key)| *key).collect();
        let of_leads = links::find(&wanted, frame::texts(leads, name::ID).into_iter());
        let of_deals = links::find(&wanted, frame::texts(deals, name::ID).into_iter());
        let primary = primary_leads(data);
        let mut about = vec![(Vec::new(), Vec::new()); ids.len()];
        for ((row, _), (lead, deal)) in keys.iter().zip(of_leads.iter().zip(&of_deals)) {
            let (leads, deals): &mut (Vec<usize>, Vec<usize>) = &mut about[*row];
            let deal = deal.map(|deal| deal as usize);
            deals.extend(deal.filter(|deal| !deals.contains(deal)));
            let lead = lead.map(|lead| lead as usize);
            let lead = lead.or_else(|| primary.get(deal?).copied().flatten());
            leads.extend(lead.filter(|lead| !leads.contains(lead)));
        }
        Self { about }
    }

    fn about(&self, row: usize) -> (&[usize], &[usize]) {
        let (leads, deals) = &self.about[row];
        (leads, deals)
    }
}

/// The row of the primary lead of each deal, where it has one.
#[must_use]
pub fn primary_leads(data: &Data) -> Vec<Option<usize>> {
    let deals = data.frame(Source::Deals);
    match deals.column(name::LEAD_ROW).and_then(|column| column.u32()) {
        Ok(rows) => rows.iter().map(|lead| Some(lead? as usize)).collect(),
        Err(_) => vec![None; deals.height()],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn activity(at: Millis, kind: Kind) -> Activity {
        Activity {
            at,
            day: false,
            kind: Some(kind),
            direction: None,
            by: By::Human,
            outcome: None,
        }
    }

    #[test]
    fn machines_notes_and_what_was_called_off_are_no_attempt() {
        let machine = Activity {
            by: By::Automation,
            ..activity(10, Kind::Mail)
        };
        let off = Activity {
            outcome: Some(Outcome::Cancelled),
            ..activity(12, Kind::Meeting)
        };
        let inward = Activity {
            direction: Some(Direction::In),
            ..activity(13, Kind::Mail)
        };
        let list = [
            machine,
            activity(11, Kind::Note),
            off,
            inward,
            activity(14, Kind::Call),
        ];
        assert_eq!(first_attempt(&list, 0), Found::At(14));
        assert_eq!(first_attempt(&list, 15), Found::Never);
        // The lead answered the machine.
        assert_eq!(first_contact(&list, 0), Found::At(13));
    }

    #[test]
    fn contact_needs_both_sides() {
        let rings = Activity {
            outcome: Some(Outcome::NoAnswer),
            ..activity(1, Kind::Call)
        };
        let speaks = Activity {
            outcome: Some(Outcome::Connected),
            ..activity(2, Kind::Call)
        };
        let held = Activity {
            outcome: Some(Outcome::Held),
            ..activity(3, Kind::Meeting)
        };
        assert_eq!(first_contact(&[rings], 0), Found::Never);
        assert_eq!(first_contact(&[rings, speaks, held], 0), Found::At(2));
        assert_eq!(first_contact(&[held], 0), Found::At(3));
        // Nobody had written yet: the mail of the lead is the enquiry.
        let enquiry = Activity {
            direction: Some(Direction::In),
            ..activity(1, Kind::Mail)
        };
        assert_eq!(first_contact(&[enquiry], 0), Found::Never);
    }

    #[test]
    fn a_date_may_be_any_time_of_its_day() {
        let day = Activity {
            day: true,
            ..activity(0, Kind::Call)
        };
        assert_eq!(first_attempt(&[day], DAY_MILLIS - 1), Found::Day);
        assert_eq!(first_attempt(&[day], DAY_MILLIS), Found::Never);
        assert!(in_contact_before(&[day], DAY_MILLIS));
        assert!(!in_contact_before(&[day], 5));
    }
}
