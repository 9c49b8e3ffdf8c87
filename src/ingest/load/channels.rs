//! Which channel each row belongs to.
//!
//! Each distinct combination of channel, source, medium and campaign is put through
//! the rules once. Spellings of one channel that differ only in case, blanks or
//! Unicode form are merged over all inputs; the most frequent one is shown.

use std::collections::BTreeMap;

use polars::prelude::*;
use rustc_hash::FxHashMap;

use super::group::Group;
use crate::diagnostics::{Diagnostic, Diagnostics, codes};
use crate::domain::channel::{Evidence, Row, RuleRef, Rules, by_form, most_used, spelling};
use crate::ingest::sources::words;
use crate::tables::accounts::Spelling;
use crate::tables::frame::coded_column;
use crate::tables::schema::{DEALS, VISITS};

/// Channels of the rows of a group, by number of a local list; 0 is none.
#[derive(Debug, Default)]
pub struct Assigned {
    codes: Vec<u32>,
    list: Vec<Local>,
}

/// A combination that occurred.
#[derive(Debug, Clone)]
struct Local {
    channel: String,
    spelling: String,
    /// True where a column names the channel.
    named: bool,
    rule: String,
    rows: u64,
}

/// The columns that decide.
const EVIDENCE: [&str; 4] = ["channel", "source", "medium", "campaign"];

/// Assigns a channel to every row of a group.
#[must_use]
pub fn assign(group: &Group, rules: &Rules) -> Assigned {
    let words = EVIDENCE.map(|name| group.words(name));
    let click_ids = ["gclid", "msclkid"].map(|name| group.words(name));
    let mut known: FxHashMap<[u32; 6], u32> = FxHashMap::default();
    let mut assigned = Assigned::default();
    if words.iter().all(Option::is_none) {
        return assigned;
    }
    for row in 0..group.height() {
        let mut key = [0_u32; 6];
        for (slot, words) in key.iter_mut().zip(&words) {
            *slot = words.map_or(0, |words| words.codes.get(row).copied().unwrap_or(0));
        }
        for (slot, words) in key[4..].iter_mut().zip(&click_ids) {
            let has = words.is_some_and(|words| words.codes.get(row).is_some_and(|code| *code > 0));
            *slot = u32::from(has);
        }
        let code = *known.entry(key).or_insert_with(|| {
            let texts = [0, 1, 2, 3].map(|i| words[i].and_then(|words| words.word(key[i])));
            assigned
                .list
                .push(local(group, rules, texts, key[4] > 0, key[5] > 0));
            u32::try_from(assigned.list.len()).unwrap_or(u32::MAX)
        });
        assigned.list[code as usize - 1].rows += group.weight(row);
        assigned.codes.push(code);
    }
    assigned
}

fn local(
    group: &Group,
    rules: &Rules,
    texts: [Option<&str>; 4],
    gclid: bool,
    msclkid: bool,
) -> Local {
    let [channel, source, medium, campaign] = texts;
    let evidence = Evidence {
        channel,
        source,
        medium,
        campaign,
        gclid,
        msclkid,
        input: Some(&group.kind),
        kind_of_row: if group.table.name == VISITS.name {
            Row::Web
        } else {
            Row::Crm
        },
    };
    let translated = channel.and_then(|word| vocabulary(group, word));
    // The user's rules see the file's own words first; the vocabulary of the export comes next.
    let own = rules.assign(&evidence);
    let by_user = own.rule.is_user();
    let assignment = match translated {
        Some(word) if !by_user => {
            let with_word = Evidence {
                channel: Some(word),
                ..evidence
            };
            rules
                .by_spelling(word)
                .unwrap_or_else(|| rules.assign(&with_word))
        }
        _ => own,
    };
    let parts: Vec<&str> = match channel {
        Some(channel) => vec![channel],
        None => [source, medium, campaign].into_iter().flatten().collect(),
    };
    Local {
        channel: assignment.channel,
        spelling: parts.join(" / "),
        named: channel.is_some(),
        rule: match (translated, assignment.rule) {
            (Some(word), RuleRef::ChannelColumn) if !by_user => {
                format!("channel column, the word of this export for `{word}`")
            }
            (_, rule) => rule.to_string(),
        },
        rows: 0,
    }
}

fn vocabulary<'a>(group: &'a Group, word: &str) -> Option<&'a str> {
    let wanted = crate::domain::text::normal_form(word);
    let mut words = group.spec.channels.iter();
    words
        .find(|(known, _)| crate::domain::text::normal_form(known) == wanted)
        .map(|(_, channel)| channel.as_str())
}

/// Two names of one channel have the same form: two spellings, or its name in two languages.
fn form(channel: &str) -> String {
    spelling(words::channel(channel).unwrap_or(channel))
}

/// The one name under which each channel is shown: of several spellings, and of its names in
/// several languages, the one that most rows have.
#[must_use]
pub fn shown(all: &[Assigned], findings: &mut Diagnostics) -> BTreeMap<String, String> {
    let locals = all.iter().flat_map(|assigned| &assigned.list);
    let mut forms: BTreeMap<String, BTreeMap<&str, u64>> = BTreeMap::new();
    for local in locals {
        let names = forms.entry(form(&local.channel)).or_default();
        *names.entry(&local.channel).or_default() += local.rows;
    }
    let mut chosen = BTreeMap::new();
    for (key, spellings) in forms {
        let Some(best) = most_used(&spellings) else {
            continue;
        };
        if spellings.len() > 1 {
            let others: Vec<&str> = spellings
                .keys()
                .copied()
                .filter(|name| *name != best)
                .collect();
            let text = format!("`{}` was merged into `{best}`", others.join("`, `"));
            findings.push(Diagnostic::new(&codes::MERGED_SPELLINGS, text));
        }
        chosen.insert(key, best.to_owned());
    }
    note_evidence(all, findings);
    chosen
}

/// Sources, mediums and campaigns that differ only in form count as one; said once each.
fn note_evidence(all: &[Assigned], findings: &mut Diagnostics) {
    let locals = all.iter().flat_map(|assigned| &assigned.list);
    let worded = locals.filter(|local| !local.named && !local.spelling.is_empty());
    for spellings in by_form(worded.map(|local| (local.spelling.as_str(), local.rows))).values() {
        let Some(best) = most_used(spellings).filter(|_| spellings.len() > 1) else {
            continue;
        };
        let others: Vec<&str> = spellings
            .keys()
            .copied()
            .filter(|name| *name != best)
            .collect();
        let text = format!(
            "`{best}` is also written `{}`: only case or blanks differ",
            others.join("`, `")
        );
        findings.push(Diagnostic::new(&codes::MERGED_SPELLINGS, text));
    }
}

impl Assigned {
    /// The channel column; nothing for a table without evidence. Deals without any stay
    /// empty, so that their lead decides.
    #[must_use]
    pub fn column<'n>(
        &'n self,
        group: &Group,
        shown: &'n BTreeMap<String, String>,
    ) -> Option<Column> {
        if self.codes.is_empty() && group.height() > 0 {
            return None;
        }
        let is_deals = group.table.name == DEALS.name;
        let name = |local: &'n Local| {
            let nothing = is_deals && local.spelling.is_empty();
            let name = shown.get(&form(&local.channel)).unwrap_or(&local.channel);
            (!nothing).then_some(name.as_str())
        };
        // Number 0 is no channel.
        let names: Vec<Option<&str>> = std::iter::once(None)
            .chain(self.list.iter().map(name))
            .collect();
        Some(coded_column("channel", &names, &self.codes))
    }

    /// The spellings with the channel that each went to.
    #[must_use]
    pub fn spellings(&self, kind: &str, shown: &BTreeMap<String, String>) -> Vec<Spelling> {
        let mut merged: BTreeMap<(String, String, String), u64> = BTreeMap::new();
        for local in &self.list {
            let channel = shown.get(&form(&local.channel)).unwrap_or(&local.channel);
            let key = (channel.clone(), local.spelling.clone(), local.rule.clone());
            *merged.entry(key).or_default() += local.rows;
        }
        merged
            .into_iter()
            .map(|((channel, spelling, rule), rows)| Spelling {
                channel,
                spelling,
                input: kind.to_owned(),
                rows,
                rule,
            })
            .collect()
    }
}
