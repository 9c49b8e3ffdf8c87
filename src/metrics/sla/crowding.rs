//! Do leads convert worse where their owner has many others?
//!
//! Dictionary 6, `conversion_by_load`: the number of open leads that the owner had at the
//! moment a lead came to him, in thirds. An association: the best people often get the most.

use super::Question;
use super::handled::Handled;
use crate::domain::calendar::Millis;
use crate::domain::figure::{Figure, Rate};
use crate::metrics::worked::{Lead, Leads, cohort_rate};

/// Leads that a third needs.
const FEWEST: usize = 30;

/// Leads that came to somebody who had so many.
#[derive(Debug, Clone, PartialEq)]
pub struct Crowd {
    /// Least and most open leads of the owner at that moment, the lead itself left out.
    pub open: (u64, u64),
    /// Leads.
    pub leads: u64,
    /// Won within the horizon.
    pub won: Figure<Rate>,
}

/// When the leads of an owner came and went, each in order.
#[derive(Default)]
struct Desk {
    came: Vec<Millis>,
    went: Vec<Millis>,
}

impl Desk {
    /// Leads on it at a moment, one that comes at that moment left out.
    fn open_at(&self, at: Millis) -> u64 {
        let came = self.came.partition_point(|one| *one < at);
        let went = self.went.partition_point(|one| *one <= at);
        came.saturating_sub(went) as u64
    }
}

/// Thirds of the leads by what their owner had to do; nothing with few leads.
pub fn crowds(leads: &Leads, handled: &[Handled], question: &Question) -> Vec<Crowd> {
    let desks = desks(leads);
    let mut loaded: Vec<(u64, &Handled)> = handled
        .iter()
        .filter_map(|one| {
            let desk = desks.get(one.lead.owner?)?;
            Some((desk.open_at(arrival(one.lead)?), one))
        })
        .collect();
    if loaded.len() < 3 * FEWEST {
        return Vec::new();
    }
    loaded.sort_by_key(|(load, one)| (*load, one.lead.row));
    let mut crowds = Vec::new();
    let mut from = 0;
    for third in 1..=3 {
        // Equal loads stay together.
        let mut to = loaded.len() * third / 3;
        while to < loaded.len() && to > 0 && loaded[to].0 == loaded[to - 1].0 {
            to += 1;
        }
        if to > from {
            crowds.push(crowd(&loaded[from..to], question));
            from = to;
        }
    }
    crowds
}

fn crowd(members: &[(u64, &Handled)], question: &Question) -> Crowd {
    let loads = || members.iter().map(|(load, _)| *load);
    let last = question.data.ladder.len() - 1;
    let horizon = question.data.horizons.days(0, last);
    let outcomes = members.iter().map(|(_, one)| {
        one.lead
            .reached_within(last, one.start, horizon, question.as_of)
    });
    Crowd {
        open: (
            loads().min().unwrap_or_default(),
            loads().max().unwrap_or_default(),
        ),
        leads: members.len() as u64,
        won: cohort_rate(question.data, outcomes, horizon),
    }
}

/// When a lead came to its owner.
fn arrival(lead: &Lead) -> Option<Millis> {
    let start = lead.start?.at;
    Some(lead.assigned.map_or(start, |stamp| stamp.at.max(start)))
}

fn desks(leads: &Leads) -> Vec<Desk> {
    let mut desks: Vec<Desk> = Vec::new();
    desks.resize_with(leads.owners.len(), Desk::default);
    for lead in &leads.list {
        let (Some(owner), Some(came)) = (lead.owner, arrival(lead)) else {
            continue;
        };
        let Some(desk) = desks.get_mut(owner) else {
            continue;
        };
        desk.came.push(came);
        let went = lead.start.and_then(|start| lead.ended(start.at));
        desk.went.extend(went.map(|went| went.max(came)));
    }
    for desk in &mut desks {
        desk.came.sort_unstable();
        desk.went.sort_unstable();
    }
    desks
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_desk_counts_who_came_before_and_has_not_gone() {
        let desk = Desk {
            came: vec![1, 2, 2, 5, 9],
            went: vec![3, 5],
        };
        let open: Vec<u64> = [1, 2, 3, 5, 6, 9, 10].map(|at| desk.open_at(at)).to_vec();
        // At 2 the first is there; the second and third come at the same moment.
        assert_eq!(open, [0, 1, 2, 1, 2, 2, 3]);
    }
}
