//! The exports that leadflow knows, each as one embedded text file.
//!
//! A source is data, not code: `*.toml` beside this file say in the vocabulary of
//! `[[input]]` how an export is recognised and where its columns are. To add one is
//! a new file and one line in [`SYSTEMS`]. The files in `generic/` do the same for
//! tables of no known system whose headers say plainly what they are; they are
//! asked only where no system fits. Nothing here reads files or looks at headers.

pub mod words;

use std::sync::LazyLock;

use super::spec::{ColumnRef, InputSpec, SourceSpec};
use crate::tables::schema::TableSpec;

/// Exports of known systems, in reading order.
const SYSTEMS: &[&str] = &[
    include_str!("hubspot_contacts.toml"),
    include_str!("hubspot_companies.toml"),
    include_str!("hubspot_deals.toml"),
    include_str!("hubspot_activities.toml"),
    include_str!("salesforce_leads.toml"),
    include_str!("salesforce_lead_history.toml"),
    include_str!("salesforce_opportunities.toml"),
    include_str!("salesforce_opportunity_history.toml"),
    include_str!("salesforce_activities.toml"),
    include_str!("salesforce_accounts.toml"),
    include_str!("salesforce_campaigns.toml"),
    include_str!("salesforce_campaign_members.toml"),
    include_str!("zoho_leads.toml"),
    include_str!("zoho_deals.toml"),
    include_str!("zoho_campaigns.toml"),
    include_str!("zoho_calls.toml"),
    include_str!("zoho_events.toml"),
    include_str!("pipedrive_deals.toml"),
    include_str!("pipedrive_persons.toml"),
    include_str!("pipedrive_organizations.toml"),
    include_str!("pipedrive_activities.toml"),
    include_str!("dynamics_leads.toml"),
    include_str!("dynamics_opportunities.toml"),
    include_str!("stripe_payments.toml"),
    include_str!("ga4_traffic_acquisition.toml"),
    include_str!("ga4_landing_page.toml"),
    include_str!("ga4_exploration.toml"),
    include_str!("ga4_events.toml"),
    include_str!("universal_analytics.toml"),
    include_str!("matomo_channels.toml"),
    include_str!("matomo_visits.toml"),
    include_str!("search_console.toml"),
    include_str!("plausible_visitors.toml"),
    include_str!("posthog_events.toml"),
    include_str!("mixpanel_events.toml"),
    include_str!("snowplow_events.toml"),
    include_str!("google_ads.toml"),
    include_str!("meta_ads.toml"),
    include_str!("meta_leads.toml"),
    include_str!("linkedin_ads.toml"),
    include_str!("microsoft_ads.toml"),
];

/// Tables with plain headers, in reading order.
const GENERIC: &[&str] = &[
    include_str!("generic/leads.toml"),
    include_str!("generic/stage_events.toml"),
    include_str!("generic/deals.toml"),
    include_str!("generic/visits.toml"),
    include_str!("generic/spend.toml"),
    include_str!("generic/time_sheet.toml"),
    include_str!("generic/touches.toml"),
    include_str!("generic/identities.toml"),
    include_str!("generic/paths.toml"),
    include_str!("generic/activities.toml"),
    include_str!("generic/owners.toml"),
    include_str!("generic/accounts.toml"),
    include_str!("generic/billing.toml"),
    include_str!("generic/feedback.toml"),
];

/// Exports of known systems.
#[must_use]
pub fn all() -> &'static [SourceSpec] {
    static PARSED: LazyLock<Vec<SourceSpec>> = LazyLock::new(|| parse(SYSTEMS));
    &PARSED
}

/// Tables of no known system, by what their headers say.
#[must_use]
pub fn generic() -> &'static [SourceSpec] {
    static PARSED: LazyLock<Vec<SourceSpec>> = LazyLock::new(|| {
        parse(GENERIC)
            .into_iter()
            .map(with_usual_spellings)
            .collect()
    });
    &PARSED
}

/// The source that `kind = "..."` names, of either sort.
#[must_use]
pub fn by_name(name: &str) -> Option<&'static SourceSpec> {
    all()
        .iter()
        .chain(generic())
        .find(|source| source.name == name)
}

/// Every name that `kind = "..."` accepts, in reading order.
pub fn names() -> impl Iterator<Item = &'static str> {
    all()
        .iter()
        .chain(generic())
        .map(|source| source.name.as_str())
}

/// True for a table that was known by its plain headers alone.
#[must_use]
pub fn is_generic(source: &SourceSpec) -> bool {
    generic().iter().any(|known| known.name == source.name)
}

/// A text that does not parse is left out; a test holds that none is.
fn parse(texts: &[&str]) -> Vec<SourceSpec> {
    texts
        .iter()
        .filter_map(|text| toml::from_str(text).ok())
        .collect()
}

/// People write `Lead ID`, `lead_id` and `leadId`; and the name of a canonical
/// column always says what it is, so that an exported table can be read back.
fn with_usual_spellings(mut source: SourceSpec) -> SourceSpec {
    add_canonical_names(&mut source.input);
    for reference in source.input.columns.values_mut() {
        if let ColumnRef::Any { any } = reference {
            *any = spellings(any);
        }
    }
    for alternatives in &mut source.recognise.headers {
        *alternatives = spellings(alternatives);
    }
    source.recognise.without = spellings(&source.recognise.without);
    source
}

fn add_canonical_names(input: &mut InputSpec) {
    let table = input.table.as_deref().and_then(TableSpec::by_name);
    for column in table.map_or(&[][..], |table| table.columns) {
        if column.name.ends_with(".*") {
            continue;
        }
        let entry = input.columns.entry(column.name.to_owned());
        let reference = entry.or_insert(ColumnRef::Any { any: Vec::new() });
        if let ColumnRef::Any { any } = reference {
            any.push(column.name.to_owned());
        }
    }
}

/// Each header as written, then with underscores, then run together.
fn spellings(headers: &[String]) -> Vec<String> {
    let blank = |header: &&String| header.contains(' ');
    let joined = |by: &str| -> Vec<String> {
        headers
            .iter()
            .filter(blank)
            .map(|header| header.replace(' ', by))
            .collect()
    };
    let mut all = headers.to_vec();
    all.extend(joined("_"));
    all.extend(joined(""));
    all
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn every_source_parses_and_none_is_lost() {
        for text in SYSTEMS.iter().chain(GENERIC) {
            let parsed: Result<SourceSpec, _> = toml::from_str(text);
            assert!(parsed.is_ok(), "{}\n{}", parsed.unwrap_err(), &text[..60]);
        }
        assert_eq!(all().len(), SYSTEMS.len());
        assert_eq!(generic().len(), GENERIC.len());
    }

    #[test]
    fn names_are_unique_and_found() {
        let mut known: Vec<&str> = names().collect();
        assert!(
            known
                .iter()
                .all(|name| by_name(name).is_some_and(|s| s.name == *name))
        );
        known.sort_unstable();
        known.dedup();
        assert_eq!(known.len(), SYSTEMS.len() + GENERIC.len());
    }

    #[test]
    fn every_source_says_what_it_is() {
        for source in all().iter().chain(generic()) {
            let table = source.input.table.as_deref().and_then(TableSpec::by_name);
            assert!(table.is_some(), "{} has no table", source.name);
            assert!(!source.recognise.headers.is_empty(), "{}", source.name);
            assert!(!source.doc.contains('\n'), "{}: one paragraph", source.name);
            assert!(source.doc.ends_with('.'), "{}", source.name);
        }
    }

    #[test]
    fn vocabularies_lead_to_words_that_exist() {
        let stages = [
            "",
            "lead",
            "mql",
            "sql",
            "opportunity",
            "customer",
            "won",
            "lost",
            "disqualified",
        ];
        let deals = ["new", "renewal", "expansion"];
        let activities = ["call", "mail", "meeting", "message", "note", "task"];
        for source in all().iter().chain(generic()) {
            let input = &source.input;
            for stage in input.stages.values() {
                assert!(stages.contains(&stage.as_str()), "{}: {stage}", source.name);
            }
            let kinds = match input.table.as_deref() {
                Some("activities") => &activities[..],
                _ => &deals[..],
            };
            for kind in input.kinds.values() {
                assert!(kinds.contains(&kind.as_str()), "{}: {kind}", source.name);
            }
            assert!(
                input.channels.values().all(|channel| !channel.is_empty()),
                "{}",
                source.name
            );
        }
    }

    #[test]
    fn plain_headers_have_several_spellings() {
        let leads = by_name("leads-table").unwrap();
        let Some(ColumnRef::Any { any }) = leads.input.columns.get("id") else {
            unreachable!("the id has alternatives")
        };
        for spelling in ["Lead ID", "Lead_ID", "LeadID", "id"] {
            assert!(any.iter().any(|known| known == spelling), "{spelling}");
        }
    }
}
