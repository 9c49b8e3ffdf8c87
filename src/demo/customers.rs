//! Who sells and who pays, found once.
//!
//! One lead in twelve has a deal and one in sixty becomes a customer. Files about them need
//! not roll all leads again, and who brings a lead must be known to be a customer at that
//! time. So one pass keeps a few bytes of those few; everything else is still rolled while
//! it is written.

use super::contract::Contract;
use super::lead::Population;
use super::moment::Moment;
use super::mood::Mood;

/// One customer from before the first month for so many leads.
const ROWS_PER_OLD_CUSTOMER: u64 = 50;

/// The short list of leads with deals and of customers.
pub struct Customers {
    /// Numbers of the leads that deals belong to.
    pub sellers: Vec<u64>,
    /// Customers, by their first month.
    pub all: Vec<Customer>,
}

/// A customer in short.
#[derive(Debug, Clone, Copy)]
pub struct Customer {
    /// The account.
    pub id: u64,
    /// First month that is paid for.
    pub since: Moment,
    /// The month after the last one, where the customer has left.
    pub left: Option<Moment>,
    /// What the customer thinks.
    pub mood: Mood,
}

impl Customers {
    /// One pass over all leads.
    #[must_use]
    pub fn find(people: &Population) -> Self {
        let (seed, end) = (people.plan.seed, people.plan.end());
        let mut all: Vec<Customer> = old_contracts(people).filter_map(|it| short(&it)).collect();
        let mut sellers = Vec::new();
        for lead in people.leads(0, people.plan.rows) {
            if lead.leader != lead.number || lead.deals.is_empty() {
                continue;
            }
            sellers.push(lead.number);
            let contract = Contract::of_lead(seed, &lead, end);
            all.extend(contract.as_ref().and_then(short));
        }
        all.sort_by_key(|customer| (customer.since, customer.id));
        Self { sellers, all }
    }

    /// Those who are customers or were before `at`.
    #[must_use]
    pub fn before(&self, at: Moment) -> &[Customer] {
        let count = self.all.partition_point(|customer| customer.since <= at);
        &self.all[..count]
    }
}

/// The contracts from before the first month.
pub fn old_contracts<'a>(people: &'a Population) -> impl Iterator<Item = Contract> + 'a {
    let (plan, count) = (
        people.plan,
        (people.plan.rows / ROWS_PER_OLD_CUSTOMER).max(1),
    );
    (0..count).map(move |number| {
        Contract::of_old_customer(plan.seed, number, plan.first_month(), plan.end())
    })
}

fn short(contract: &Contract) -> Option<Customer> {
    Some(Customer {
        id: contract.customer,
        since: contract.bills.first()?.month,
        left: contract.left(),
        mood: contract.mood,
    })
}
