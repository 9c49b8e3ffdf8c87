//! The channel rules as the rules' own type.

use crate::diagnostics::Failure;
use crate::domain::channel::{Class, Condition, SourcedBy, UserRule};

use super::config::{ChannelTable, ClassWord, ConditionTable, Config, SourcedByWord};
use super::layers::Layers;

/// The user's channel rules, in order.
pub fn rules(config: &Config, layers: &Layers) -> Result<Vec<UserRule>, Failure> {
    let numbered = config.channel.iter().zip(1..);
    numbered
        .map(|(table, number)| rule(layers, table, &format!("channel[{number}]")))
        .collect()
}

fn rule(layers: &Layers, table: &ChannelTable, key: &str) -> Result<UserRule, Failure> {
    if table.name.trim().is_empty() {
        let text = "a channel needs a name";
        return Err(layers.complaint(&format!("{key}.name"), text).into());
    }
    let empty = table
        .when
        .iter()
        .position(|condition| *condition == ConditionTable::default());
    if let Some(index) = empty {
        let key = format!("{key}.when[{}]", index + 1);
        let finding = layers.complaint(&key, "a condition that names no column fits nothing");
        return Err(finding.hint("write { medium = \"organic\" }").into());
    }
    Ok(UserRule {
        name: table.name.clone(),
        matches: table.matches.clone(),
        when: table.when.iter().map(condition).collect(),
        class: table.class.map(class),
        sourced_by: table.sourced_by.map(sourced_by),
    })
}

fn condition(table: &ConditionTable) -> Condition {
    Condition {
        source: table.source.clone(),
        medium: table.medium.clone(),
        campaign: table.campaign.clone(),
        input: table.input.clone(),
    }
}

fn class(word: ClassWord) -> Class {
    match word {
        ClassWord::Inbound => Class::Inbound,
        ClassWord::Outbound => Class::Outbound,
    }
}

fn sourced_by(word: SourcedByWord) -> SourcedBy {
    match word {
        SourcedByWord::Marketing => SourcedBy::Marketing,
        SourcedByWord::Sales => SourcedBy::Sales,
        SourcedByWord::Referral => SourcedBy::Referral,
        SourcedByWord::Partner => SourcedBy::Partner,
    }
}
