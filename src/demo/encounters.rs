//! What was said and done with a lead: mails, calls, meetings, from both sides.
//!
//! The first answer is that of [`Response`]; the rest follows from what becomes of the
//! lead. Workflows write within minutes and answer nobody. Meetings are missed, moved and
//! planned beyond the export. An open deal has nothing after its `Last Activity Date` but
//! what workflows send and what is planned.

use super::deal::{Deal, Kind};
use super::dice::{Dice, Purpose};
use super::lead::Lead;
use super::moment::{DAY, Moment};
use super::office::work;
use super::response::{Response, accepted};

/// A call, a mail, a meeting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Encounter {
    /// When it happened or is planned.
    pub at: Moment,
    /// `Call`, `Email` or `Meeting`.
    pub kind: &'static str,
    /// `Inbound` or `Outbound`; meetings have neither.
    pub direction: &'static str,
    /// Of calls and meetings, in the words of the CRM.
    pub outcome: &'static str,
    /// Position of the rep; nobody where a workflow sent it.
    pub rep: Option<usize>,
    /// Name of the automation.
    pub automation: &'static str,
}

/// Outcomes of calls.
const CALLS: [&str; 4] = ["Connected", "No answer", "Left voicemail", "Busy"];
/// How calls end with leads that come to something, and with the others.
const CALL_WEIGHTS: [[u64; 4]; 2] = [[27, 42, 24, 7], [62, 22, 12, 4]];
/// How often somebody tries again, from never to five times.
const FURTHER_TRIES: [u64; 6] = [40, 28, 16, 9, 5, 2];
/// Days within which meetings are planned ahead.
const PLANNED_DAYS: u64 = 14;

/// Everything about a lead that the CRM knows at `end`, in order of time.
#[must_use]
pub fn of(seed: u64, lead: &Lead, end: Moment) -> Vec<Encounter> {
    if lead.test {
        return Vec::new();
    }
    let response = Response::draw(seed, lead);
    let mut story = Story {
        lead,
        accepted: accepted(lead),
        rep: response.rep,
        dice: Dice::new(seed, Purpose::Encounters, lead.number),
        told: Vec::new(),
    };
    story.automations();
    story.before_the_form();
    if let Some(at) = response.at {
        story.approach(at);
        story.hand_over(at);
        story.qualify(at);
    }
    story.sell();
    story.trim(end);
    story.plan_ahead(end);
    story.told.sort_by_key(|told| told.at);
    story.told
}

/// A lead's encounters while they are made up.
struct Story<'a> {
    lead: &'a Lead,
    /// When sales takes the lead, if ever.
    accepted: Option<Moment>,
    /// Who works it.
    rep: usize,
    dice: Dice,
    told: Vec<Encounter>,
}

impl Story<'_> {
    fn automations(&mut self) {
        let (welcome, nurture) = (self.dice.chance(400), self.dice.chance(80));
        let soon = self.lead.stages.lead.plus(self.dice.between(1, 3) as i64);
        let later = self.later(self.lead.stages.lead, 5, 9);
        if welcome {
            self.automated(soon, "Workflow");
        }
        if nurture {
            self.automated(later, "Sequence");
        }
    }

    /// Some subscribers had been written to before they asked for anything.
    fn before_the_form(&mut self) {
        let at = self.later(self.lead.created, 1, 3);
        if self.dice.chance(350) && at < self.lead.stages.lead {
            self.mail(at, "Outbound");
        }
    }

    /// The first answer, and further tries until somebody is reached or the rep gives up.
    fn approach(&mut self, first: Moment) {
        let promising = self.accepted.is_some();
        let mut reached = if self.dice.chance(620) {
            self.call(first, promising)
        } else {
            self.mail(first, "Outbound");
            self.reply(first, if promising { 600 } else { 220 })
        };
        let tries = self
            .dice
            .weighted(&FURTHER_TRIES)
            .max(usize::from(promising));
        let mut at = first;
        for _ in 0..tries {
            at = self.later(at, 1, 4);
            if reached || self.accepted.is_some_and(|end| at >= end) {
                return;
            }
            reached = self.call(at, promising);
        }
    }

    /// The call that a marketing qualified lead is due, where it is not the first answer itself.
    fn hand_over(&mut self, first: Moment) {
        let due = self
            .dice
            .chance(if self.accepted.is_some() { 850 } else { 700 });
        let minutes = self.dice.wide_delay(90) as i64;
        let Some(mql) = self.lead.stages.mql.filter(|_| due) else {
            return;
        };
        let at = work(mql, minutes);
        if at > first && self.accepted.is_none_or(|end| at < end) {
            self.call(at, self.accepted.is_some());
        }
    }

    /// The meeting in which it turns out whether there is a case.
    fn qualify(&mut self, first: Moment) {
        let missed = self.dice.chance(160);
        let fate = self.dice.weighted(&[15, 55, 20, 10]);
        match (self.accepted, self.lead.stages.mql) {
            (Some(end), _) if self.dice.chance(750) => {
                let before = end.plus(-DAY * self.dice.between(2, 5) as i64);
                let missed_at = before.office(self.dice.below(1000));
                if missed && missed_at > first && missed_at < end.plus(-60) {
                    self.meeting(missed_at, "No show");
                }
                self.meeting(end.plus(-45).max(first.plus(5)), "Completed");
            }
            (None, Some(mql)) if self.dice.chance(180) => {
                let at = self.later(mql.max(first), 2, 6);
                self.meeting(
                    at,
                    ["Completed", "No show", "Canceled", "Rescheduled"][fate],
                );
            }
            _ => {}
        }
    }

    /// What belongs to the deals of who leads them: a presentation, and the last word.
    fn sell(&mut self) {
        let lead = self.lead;
        if lead.leader != lead.number {
            return;
        }
        for deal in &lead.deals {
            if deal.kind == Kind::New {
                self.present(deal);
            }
            if self.dice.chance(600) {
                self.call(deal.closes, true);
            } else {
                self.mail(deal.closes, "Outbound");
            }
        }
    }

    fn present(&mut self, deal: &Deal) {
        let days = (deal.closes.since(deal.created) / DAY) as u64;
        let at = self.later(deal.created, days / 4, days / 2);
        let again = self.later(at, 2, 5);
        let missed = self.dice.chance(130);
        if at < deal.closes {
            self.meeting(at, if missed { "No show" } else { "Completed" });
        }
        if missed && again < deal.closes {
            self.meeting(again, "Completed");
        }
    }

    /// Leaves out what the export cannot know, and what an open deal's last activity denies.
    fn trim(&mut self, end: Moment) {
        let lead = self.lead;
        let open: Vec<&Deal> = lead
            .deals
            .iter()
            .filter(|deal| deal.created < end && !deal.is_closed(end))
            .collect();
        let last = open.iter().map(|deal| deal.last_activity(end)).max();
        self.told.retain(|told| {
            told.at < end && (told.rep.is_none() || last.is_none_or(|last| told.at <= last))
        });
        for deal in open.iter().filter(|_| lead.leader == lead.number) {
            let at = deal.last_activity(end);
            if self.dice.chance(550) {
                self.mail(at, "Outbound");
            } else {
                self.call(at, true);
            }
        }
    }

    /// Meetings that are in the calendar at the day of the export.
    fn plan_ahead(&mut self, end: Moment) {
        let stages = &self.lead.stages;
        let fresh = stages
            .mql
            .is_some_and(|at| at < end && end.since(at) < 40 * DAY);
        let selling = self.lead.leader == self.lead.number
            && self
                .lead
                .deals
                .iter()
                .any(|deal| deal.created < end && !deal.is_closed(end));
        let day = end.plus(DAY * self.dice.below(PLANNED_DAYS) as i64);
        let at = day.office(self.dice.below(1000));
        let planned = (selling && self.dice.chance(330)) || (fresh && self.dice.chance(120));
        if planned {
            self.meeting(at, "Scheduled");
        }
    }

    /// True where somebody picked up.
    fn call(&mut self, at: Moment, promising: bool) -> bool {
        let outcome = CALLS[self.dice.weighted(&CALL_WEIGHTS[usize::from(promising)])];
        self.tell(at, "Call", "Outbound", outcome);
        outcome == CALLS[0]
    }

    fn mail(&mut self, at: Moment, direction: &'static str) {
        self.tell(at, "Email", direction, "");
    }

    /// True where the mail is answered.
    fn reply(&mut self, mail: Moment, per_mille: u64) -> bool {
        let at = mail.plus(8 + self.dice.delay(300) as i64).awake();
        let answered = self.dice.chance(per_mille) && self.accepted.is_none_or(|end| at < end);
        if answered {
            self.mail(at, "Inbound");
        }
        answered
    }

    fn meeting(&mut self, at: Moment, outcome: &'static str) {
        self.tell(at, "Meeting", "", outcome);
    }

    fn automated(&mut self, at: Moment, automation: &'static str) {
        self.told.push(Encounter {
            at,
            kind: "Email",
            direction: "Outbound",
            outcome: "",
            rep: None,
            automation,
        });
    }

    fn tell(
        &mut self,
        at: Moment,
        kind: &'static str,
        direction: &'static str,
        outcome: &'static str,
    ) {
        self.told.push(Encounter {
            at,
            kind,
            direction,
            outcome,
            rep: Some(self.rep),
            automation: "",
        });
    }

    /// Some minute of an office day so many days later.
    fn later(&mut self, from: Moment, least: u64, most: u64) -> Moment {
        let days = self.dice.between(least, most.max(least)) as i64;
        from.plus(days * DAY).office(self.dice.below(1000))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo::Plan;
    use crate::demo::lead::Population;
    use crate::demo::market::Market;

    fn look(mut at: impl FnMut(&Lead, &[Encounter], &Plan)) {
        let plan = Plan::new(4_000, 2);
        let market = Market::new(&plan);
        let people = Population {
            plan: &plan,
            market: &market,
        };
        for lead in people.leads(0, plan.rows) {
            at(&lead, &of(plan.seed, &lead, plan.end()), &plan);
        }
    }

    #[test]
    fn the_first_human_word_of_the_team_is_the_response() {
        look(|lead, told, plan| {
            let first = told.iter().find(|it| {
                it.rep.is_some()
                    && it.direction == "Outbound"
                    && it.at >= lead.stages.lead
                    && it.at < plan.end()
            });
            let response = Response::draw(plan.seed, lead).at;
            let response = response.filter(|at| *at < plan.end());
            if lead.deals.is_empty() {
                assert_eq!(first.map(|it| it.at), response, "{}", lead.number);
            }
        });
    }

    #[test]
    fn nothing_lies_after_the_export_but_plans_and_everything_is_in_order() {
        let (mut planned, mut missed, mut inbound) = (0, 0, 0);
        look(|lead, told, plan| {
            assert!(told.is_sorted_by_key(|it| it.at), "{}", lead.number);
            for it in told {
                assert_eq!(it.at >= plan.end(), it.outcome == "Scheduled", "{it:?}");
                assert_eq!(it.rep.is_none(), !it.automation.is_empty());
                planned += u32::from(it.outcome == "Scheduled");
                missed += u32::from(it.outcome == "No show");
                inbound += u32::from(it.direction == "Inbound");
            }
        });
        assert!(
            planned > 10 && missed > 50 && inbound > 100,
            "{planned} {missed} {inbound}"
        );
    }

    #[test]
    fn open_deals_rest_since_their_last_activity() {
        look(|lead, told, plan| {
            let open = lead
                .deals
                .iter()
                .filter(|deal| deal.created < plan.end() && !deal.is_closed(plan.end()));
            let Some(last) = open.map(|deal| deal.last_activity(plan.end())).max() else {
                return;
            };
            let by_people = told
                .iter()
                .filter(|it| it.rep.is_some() && it.at < plan.end());
            if lead.leader == lead.number {
                assert_eq!(
                    by_people.map(|it| it.at).max(),
                    Some(last),
                    "{}",
                    lead.number
                );
            }
        });
    }
}
