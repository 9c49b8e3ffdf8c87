//! Where a lead came from, as the CRM records it: a source and two details.

use super::company::{
    ASSISTANTS, CAMPAIGNS, CHANNELS, DIRECT, ORGANIC_SEARCH, PAID_SEARCH, PAID_SOCIAL,
};
use super::dice::Dice;

/// Source and details.
#[derive(Clone)]
pub struct Origin {
    /// Position of the channel.
    pub channel: usize,
    /// Drill-down 1.
    pub one: &'static str,
    /// Drill-down 2.
    pub two: &'static str,
}

const KEYWORDS: [&str; 6] = [
    "schichtplan software",
    "dienstplan programm",
    "shift planning tool",
    "personaleinsatzplanung",
    "dienstplan klinik",
    "schichtmodelle vorlage",
];

/// Details of a channel whose leads carry fixed words.
const FIXED: [(&str, &[(&str, &str)]); 5] = [
    (
        "Email marketing",
        &[
            ("Newsletter", ""),
            ("Onboarding series", ""),
            ("Product news", ""),
            ("Newsletter", ""),
        ],
    ),
    (
        "Other campaigns",
        &[
            ("Webinar Dienstplanrecht", "webinar / registration"),
            ("White paper Schichtmodelle", "whitepaper / download"),
            ("Webinar Ausfallplanung", "webinar / registration"),
        ],
    ),
    (
        "Referrals",
        &[
            ("software-vergleich.example", "/personalplanung"),
            ("handwerk-magazin.example", "/digital/dienstplan"),
            ("lohnbuero-partner.example", "/empfehlungen"),
        ],
    ),
    (
        "Organic social",
        &[
            ("LinkedIn", ""),
            ("LinkedIn", ""),
            ("Facebook", ""),
            ("YouTube", ""),
        ],
    ),
    (
        "Offline sources",
        &[
            ("IMPORT", "Fair Zukunft Personal"),
            ("IMPORT", "Fair PflegePlus"),
            ("CRM_UI", "Phone call"),
        ],
    ),
];

impl Origin {
    /// An origin in the given channel; of a campaign where one is given.
    #[must_use]
    pub fn draw(channel: usize, campaign: Option<usize>, dice: &mut Dice) -> Self {
        let name = campaign.map_or("", |index| CAMPAIGNS[index].name);
        let (one, two) = match channel {
            ORGANIC_SEARCH => search(dice),
            PAID_SEARCH => (name, dice.pick(&KEYWORDS)),
            PAID_SOCIAL => (dice.pick(&["Facebook", "Facebook", "Instagram"]), name),
            DIRECT => (dice.pick(&["fernau.example/", "fernau.example/preise"]), ""),
            ASSISTANTS => (
                dice.pick(&["chatgpt.com", "chatgpt.com", "perplexity.ai"]),
                "",
            ),
            _ => fixed(CHANNELS[channel].crm, dice),
        };
        Self { channel, one, two }
    }

    /// The source in the words of the CRM.
    #[must_use]
    pub fn source(&self) -> &'static str {
        CHANNELS[self.channel].crm
    }
}

fn search(dice: &mut Dice) -> (&'static str, &'static str) {
    let engine = dice.pick(&["Google", "Google", "Google", "Google", "Bing", "DuckDuckGo"]);
    if dice.chance(880) {
        return ("Unknown keywords (SSL)", engine);
    }
    (dice.pick(&KEYWORDS), engine)
}

fn fixed(source: &str, dice: &mut Dice) -> (&'static str, &'static str) {
    let details = FIXED.iter().find(|(name, _)| *name == source);
    details.map_or(("", ""), |(_, details)| dice.pick(details))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo::dice::Purpose;

    #[test]
    fn every_channel_says_something() {
        let mut dice = Dice::new(1, Purpose::Lead, 0);
        for channel in 0..CHANNELS.len() {
            let origin = Origin::draw(channel, Some(0), &mut dice);
            assert!(!origin.one.is_empty(), "{}", origin.source());
        }
    }
}
