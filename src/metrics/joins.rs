//! How well the tables know each other, for `inspect`: joins that the derivation does not
//! count itself, and the nearest spelling of keys without a partner.
//!
//! `GTXPro` in one file and `GTX Pro` in another are two names to a computer. Nothing is
//! joined by likeness; the likeness is said, so that a person can mend the file.

use std::collections::{BTreeMap, BTreeSet};

use super::data::{Data, Record, Source};
use crate::domain::names::nearest;
use crate::domain::text::normal_form;
use crate::tables::links::Join;
use crate::tables::{col, frame};

/// Unmatched keys that are listed for a join.
const LISTED: usize = 5;

/// Names among which one that is alike but not equal is looked for.
const COMPARED: usize = 5_000;

/// Joins of activities, billing, feedback and accounts; keys count once, however many rows
/// have them. Only joins between tables that are both there.
#[must_use]
pub fn further(data: &Data) -> Vec<Join> {
    let leads = texts(data, "leads.id");
    let deals = texts(data, "deals.id");
    let of_leads = texts(data, "leads.account");
    let of_deals = texts(data, "deals.account");
    let accounts: BTreeSet<&str> = of_leads.union(&of_deals).copied().collect();
    let people: BTreeSet<&str> = leads.union(&deals).copied().collect();
    let answering: BTreeSet<&str> = accounts.union(&people).copied().collect();
    let joins = [
        ("activities.id", "leads, deals", &people),
        ("billing.customer", "accounts", &accounts),
        ("feedback.customer", "accounts, leads", &answering),
        ("deals.account", "leads.account", &of_leads),
    ];
    joins
        .into_iter()
        .filter_map(|(from, to, known)| joined(data, from, to, known))
        .collect()
}

fn joined(data: &Data, from: &str, to: &str, known: &BTreeSet<&str>) -> Option<Join> {
    let keys = texts(data, from);
    if keys.is_empty() || known.is_empty() {
        return None;
    }
    let lost: Vec<&str> = keys
        .iter()
        .filter(|key| !known.contains(**key))
        .copied()
        .collect();
    Some(Join {
        from: from.to_owned(),
        to: to.to_owned(),
        matched: (keys.len() - lost.len()) as u64,
        unmatched: lost.len() as u64,
        examples: examples(&lost, known),
    })
}

/// Those first whose spelling tells what they should have been.
fn examples(lost: &[&str], known: &BTreeSet<&str>) -> Vec<String> {
    let book = Book::of(known);
    let (mut near, mut far) = (Vec::new(), Vec::new());
    for key in lost {
        match book.same_letters(key) {
            Some(name) => near.push(said(key, name)),
            None => far.push(*key),
        }
        if near.len() == LISTED {
            return near;
        }
    }
    let rest = LISTED - near.len();
    near.extend(far.into_iter().take(rest).map(|key| book.said(key)));
    near
}

/// The nearest spelling beside each example of joins that were counted elsewhere.
pub fn add_spellings(data: &Data, joins: &mut [Join]) {
    for join in joins {
        let known = match join.to.as_str() {
            "leads" => texts(data, "leads.id"),
            "deals" => texts(data, "deals.id"),
            _ => continue,
        };
        let book = Book::of(&known);
        for example in &mut join.examples {
            *example = book.said(example);
        }
    }
}

/// Names by their letters and digits.
struct Book<'a> {
    names: &'a BTreeSet<&'a str>,
    letters: BTreeMap<String, &'a str>,
}

impl<'a> Book<'a> {
    fn of(names: &'a BTreeSet<&'a str>) -> Self {
        let letters = names.iter().map(|name| (letters(name), *name)).collect();
        Self { names, letters }
    }

    fn same_letters(&self, key: &str) -> Option<&'a str> {
        self.letters
            .get(&letters(key))
            .copied()
            .filter(|name| *name != key)
    }

    /// The key, and in brackets what it may have meant. Numbers are all alike.
    fn said(&self, key: &str) -> String {
        let alike = || {
            let can = self.names.len() <= COMPARED && key.chars().any(char::is_alphabetic);
            let near = can.then(|| nearest(key, self.names.iter().copied()));
            near?
                .first()
                .copied()
                .filter(|name| name.chars().any(char::is_alphabetic))
        };
        match self.same_letters(key).or_else(alike) {
            Some(name) => said(key, name),
            None => key.to_owned(),
        }
    }
}

fn said(key: &str, near: &str) -> String {
    format!("{key} ({near}?)")
}

fn letters(name: &str) -> String {
    normal_form(name)
        .chars()
        .filter(|c| c.is_alphanumeric())
        .collect()
}

/// The different texts of a column; of leads and deals the account that the tables keep.
fn texts<'d>(data: &'d Data, column: &str) -> BTreeSet<&'d str> {
    let (frame, name) = match column {
        "leads.id" => (data.frame(Source::Leads), col::ID),
        "deals.id" => (data.frame(Source::Deals), col::ID),
        "leads.account" => (data.frame(Source::Leads), col::ACCOUNT),
        "deals.account" => (data.frame(Source::Deals), col::ACCOUNT),
        "activities.id" => (data.records(Record::Activities), col::ID),
        "billing.customer" => (data.records(Record::Billing), "customer"),
        _ => (data.records(Record::Feedback), "customer"),
    };
    frame::texts(frame, name).into_iter().flatten().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_name_are_said() {
        let known = BTreeSet::from(["GTX Pro", "MG Special", "42", "Kan-code"]);
        let said = examples(&["43", "Acme", "GTXPro", "KANCODE", "MG Specail"], &known);
        assert_eq!(
            said,
            [
                "GTXPro (GTX Pro?)",
                "KANCODE (Kan-code?)",
                "43",
                "Acme",
                "MG Specail (MG Special?)"
            ]
        );
    }
}
