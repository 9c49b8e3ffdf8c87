//! Who brought whom, and what came of it (dictionary 9).
//!
//! A referral is a lead that names who brought it. The referrer is a customer, a person who
//! is none, or an id that nobody knows. Who brings their own company, and referrals that go
//! round in a circle, are no referrals and are counted apart.

use chrono_tz::Tz;
use rustc_hash::FxHashMap;

use super::ledger::Ledger;
use super::rows::{Lead, Rows};
use crate::domain::calendar::Millis;
use crate::stats::cycles::on_circles;

/// A referral.
#[derive(Debug, Clone, PartialEq)]
pub struct Referral {
    /// Position of the lead that was brought.
    pub lead: usize,
    /// When it came.
    pub at: Option<Millis>,
    /// What who brought it is: as the export says, else `customer`, `lead` or `(unknown)`.
    pub kind: String,
    /// The name of who brought it, to tell one from another; never shown.
    pub referrer: Option<String>,
    /// The customer who brought it.
    pub customer: Option<usize>,
    /// When the lead became a customer.
    pub became: Option<Millis>,
}

/// What was noticed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Noticed {
    /// Referrers that no customer and no lead is.
    pub unknown: u64,
    /// Leads brought by themselves or by their own company, ignored.
    pub own: u64,
    /// Referrals that go round in a circle, ignored.
    pub circular: u64,
    /// Referrals after the as-of moment, ignored.
    pub after_as_of: u64,
}

/// All referrals, in the order of the leads.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Referrals {
    /// The referrals.
    pub list: Vec<Referral>,
    /// What was noticed.
    pub noticed: Noticed,
    of_lead: FxHashMap<usize, usize>,
}

/// What a referrer is where no export says so.
const UNKNOWN: &str = "(unknown)";

impl Lead {
    /// True where who brought the lead should be a customer or lead of these inputs: a partner
    /// or an employee need not be.
    fn expects_record(&self) -> bool {
        let kind = self.referrer_kind.as_deref().map(str::to_lowercase);
        kind.is_none_or(|kind| {
            ["customer", "client", "lead", "contact"]
                .iter()
                .any(|record| kind.contains(record))
        })
    }
}

impl Referrals {
    /// The referral that brought a lead.
    #[must_use]
    pub fn of_lead(&self, lead: usize) -> Option<&Referral> {
        self.of_lead
            .get(&lead)
            .and_then(|index| self.list.get(*index))
    }

    /// Those that came in `[start, end)`.
    pub fn within(&self, start: Millis, end: Millis) -> impl Iterator<Item = &Referral> {
        let inside = move |at: Millis| start <= at && at < end;
        self.list
            .iter()
            .filter(move |referral| referral.at.is_none_or(inside))
            .filter(move |referral| referral.at.is_some() || start == Millis::MIN)
    }
}

/// Who is meant by a referral.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Node {
    Customer(usize),
    Lead(usize),
}

/// The people behind the rows: which customer a lead belongs to, and who has an id.
pub struct People<'a> {
    rows: &'a Rows,
    ledger: Option<&'a Ledger>,
    leads: FxHashMap<&'a str, usize>,
    of_lead: Vec<Option<usize>>,
    zone: Tz,
}

impl<'a> People<'a> {
    /// Makes out the customer of every lead: its account, itself, or who bought its deal.
    #[must_use]
    pub fn new(rows: &'a Rows, ledger: Option<&'a Ledger>, zone: Tz) -> Self {
        let position = |id: &str| ledger.and_then(|ledger| ledger.position(id));
        let own = |lead: &Lead| {
            let account = lead.account.as_deref().and_then(position);
            account.or_else(|| position(&lead.id))
        };
        let mut of_lead: Vec<Option<usize>> = rows.leads.iter().map(own).collect();
        for deal in rows.deals.iter().filter(|deal| deal.won) {
            let buyer = ledger.and_then(|ledger| ledger.buyer(deal, rows));
            if let Some(customer) = deal.lead.and_then(|lead| of_lead.get_mut(lead)) {
                *customer = customer.or(buyer);
            }
        }
        let ids = rows.leads.iter().enumerate().rev();
        Self {
            rows,
            ledger,
            leads: ids.map(|(row, lead)| (lead.id.as_str(), row)).collect(),
            of_lead,
            zone,
        }
    }

    /// The customer that a lead belongs to.
    #[must_use]
    pub fn customer_of(&self, lead: usize) -> Option<usize> {
        self.of_lead.get(lead).copied().flatten()
    }

    /// The customer that an id means: its own, or that of the person.
    #[must_use]
    pub fn customer(&self, id: &str) -> Option<usize> {
        match self.node(id)? {
            Node::Customer(customer) => Some(customer),
            Node::Lead(_) => None,
        }
    }

    fn node(&self, id: &str) -> Option<Node> {
        if let Some(customer) = self.ledger.and_then(|ledger| ledger.position(id)) {
            return Some(Node::Customer(customer));
        }
        self.leads.get(id).map(|lead| self.node_of(*lead))
    }

    fn node_of(&self, lead: usize) -> Node {
        self.customer_of(lead)
            .map_or(Node::Lead(lead), Node::Customer)
    }

    /// All referrals by the as-of moment.
    #[must_use]
    pub fn referrals(&self, as_of: Option<Millis>) -> Referrals {
        let mut found = Referrals::default();
        let mut ends: Vec<(Node, Option<Node>)> = Vec::new();
        for (row, lead) in self.rows.leads.iter().enumerate() {
            if lead.referred_by.is_none() && lead.referrer_kind.is_none() {
                continue;
            }
            if lead
                .entered
                .zip(as_of)
                .is_some_and(|(at, as_of)| at > as_of)
            {
                found.noticed.after_as_of += 1;
                continue;
            }
            let referrer = lead.referred_by.as_deref().and_then(|id| self.node(id));
            let own = self.node_of(row);
            if self.is_own(lead, own, referrer) {
                found.noticed.own += 1;
                continue;
            }
            let nobody = lead.referred_by.is_some() && referrer.is_none() && lead.expects_record();
            found.noticed.unknown += u64::from(nobody);
            ends.push((own, referrer));
            found.list.push(self.referral(row, lead, referrer));
        }
        let circles = self.circles(&ends);
        found.noticed.circular = circles.iter().filter(|on| **on).count() as u64;
        let mut on = circles.into_iter();
        found.list.retain(|_| !on.next().unwrap_or(false));
        let places = found.list.iter().enumerate();
        found.of_lead = places.map(|(at, referral)| (referral.lead, at)).collect();
        found
    }

    /// True where the referrer is the lead itself or of its own company.
    fn is_own(&self, lead: &Lead, own: Node, referrer: Option<Node>) -> bool {
        let account = match referrer {
            Some(Node::Lead(other)) => self.rows.leads[other].account.as_deref(),
            _ => None,
        };
        referrer == Some(own) || account.is_some() && account == lead.account.as_deref()
    }

    /// When a lead became a customer: as the funnel says, else when its customer began.
    fn became(&self, row: usize, lead: &Lead) -> Option<Millis> {
        let began = || {
            let ledger = self.ledger?;
            let customer = ledger.customers.get(self.customer_of(row)?)?;
            let began = ledger.began(customer, self.zone)?;
            lead.entered
                .is_none_or(|entered| entered <= began)
                .then_some(began)
        };
        lead.became.or_else(began)
    }

    fn referral(&self, row: usize, lead: &Lead, referrer: Option<Node>) -> Referral {
        let by_node = || match referrer {
            Some(Node::Customer(_)) => "customer",
            Some(Node::Lead(_)) => "lead",
            None => UNKNOWN,
        };
        Referral {
            lead: row,
            at: lead.entered,
            kind: lead
                .referrer_kind
                .clone()
                .unwrap_or_else(|| by_node().to_owned()),
            referrer: lead.referred_by.clone(),
            customer: match referrer {
                Some(Node::Customer(customer)) => Some(customer),
                _ => None,
            },
            became: self.became(row, lead),
        }
    }

    fn circles(&self, ends: &[(Node, Option<Node>)]) -> Vec<bool> {
        let customers = self.ledger.map_or(0, |ledger| ledger.customers.len());
        let number = |node: Node| match node {
            Node::Customer(customer) => customer,
            Node::Lead(lead) => customers + lead,
        };
        let nodes = customers + self.rows.leads.len();
        let known: Vec<(usize, usize)> = ends
            .iter()
            .filter_map(|(own, referrer)| Some((number(*own), number((*referrer)?))))
            .collect();
        let mut on = on_circles(nodes, &known).into_iter();
        ends.iter()
            .map(|(_, referrer)| referrer.is_some() && on.next().unwrap_or(false))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lead(id: &str, referred_by: Option<&str>) -> Lead {
        Lead {
            id: id.into(),
            account: None,
            entered: Some(10),
            became: None,
            stages: Vec::new(),
            referred_by: referred_by.map(str::to_owned),
            referrer_kind: None,
            sourced_by: None,
        }
    }

    fn found(leads: Vec<Lead>) -> Referrals {
        let rows = Rows {
            leads,
            ..Rows::default()
        };
        People::new(&rows, None, Tz::UTC).referrals(Some(100))
    }

    #[test]
    fn own_circular_and_unknown_referrers_are_counted() {
        let leads = vec![
            lead("a", None),
            lead("b", Some("a")),
            lead("c", Some("c")),
            lead("d", Some("e")),
            lead("e", Some("d")),
            lead("f", Some("nobody")),
        ];
        let partner = Lead {
            referrer_kind: Some("Partner".into()),
            ..lead("g", Some("agency"))
        };
        let leads: Vec<Lead> = leads.into_iter().chain([partner]).collect();
        let found = found(leads);
        let kinds: Vec<(usize, &str)> = found
            .list
            .iter()
            .map(|referral| (referral.lead, referral.kind.as_str()))
            .collect();
        assert_eq!(kinds[..2], [(1, "lead"), (5, "(unknown)")]);
        let noticed = found.noticed;
        assert_eq!((noticed.own, noticed.circular, noticed.unknown), (1, 2, 1));
        assert!(found.of_lead(1).is_some() && found.of_lead(3).is_none());
    }

    #[test]
    fn colleagues_do_not_refer_each_other() {
        let of = |account: &str, lead: Lead| Lead {
            account: Some(account.into()),
            ..lead
        };
        let rows = Rows {
            leads: vec![of("A", lead("a1", None)), of("A", lead("a2", Some("a1")))],
            deals: Vec::new(),
            ..Rows::default()
        };
        let ledger = Some(Ledger {
            basis: super::super::ledger::Basis::Billing,
            customers: vec![super::super::ledger::Customer {
                id: "A".into(),
                ..Default::default()
            }],
            first: super::super::months::Month::of(chrono::NaiveDate::default()),
            last: super::super::months::Month::of(chrono::NaiveDate::default()),
            noticed: Default::default(),
        });
        for ledger in [None, ledger.as_ref()] {
            let found = People::new(&rows, ledger, Tz::UTC).referrals(None);
            assert_eq!((found.list.len(), found.noticed.own), (0, 1));
        }
    }
}
