//! What the made-up company is: its channels, campaigns, people and prices.
//!
//! Fernau sells shift planning software to workshops, clinics and shops. All rates
//! and volumes are chosen so that about 280 leads a month come in, two of a hundred buy,
//! and the channels differ: some pay, some do not. Figures are those of a company
//! with that many leads; `market` scales them to the plan.

/// Where a lead comes from, in the words of the CRM, and what becomes of such leads.
pub struct Channel {
    /// `Original Source` of the CRM export.
    pub crm: &'static str,
    /// How the channel's visits and leads come about.
    pub demand: Demand,
    /// Thousandths of leads that become MQL, of MQL that become SQL, of SQL that
    /// become an opportunity, of opportunities that are won.
    pub rates: [u64; 4],
    /// Change of the first rate, in ten-thousandths a month.
    pub drift: i64,
    /// Median contract of a year, in hundredths of the company's currency.
    pub contract: u64,
}

/// What makes the leads of a channel.
pub enum Demand {
    /// Visits that come by themselves.
    Visits(Visits),
    /// Clicks bought in [`CAMPAIGNS`] of a platform.
    Campaigns(Platform),
    /// Leads without visits: fairs, calls, imported lists. In a month, before seasons.
    Leads(u64),
}

/// Visits of a channel without advertising.
pub struct Visits {
    /// Name of the row in web analytics.
    pub analytics: &'static str,
    /// Sessions of the first month, before seasons.
    pub sessions: u64,
    /// Change of the sessions, in ten-thousandths a month.
    pub growth: i64,
    /// Leads out of 10 000 sessions.
    pub leads: u64,
}

/// Advertising platforms.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Platform {
    /// Google Ads.
    Google,
    /// Meta Ads Manager.
    Meta,
}

/// Position of organic search in [`CHANNELS`]: the channel that hours work on.
pub const ORGANIC_SEARCH: usize = 0;
/// Position of paid search.
pub const PAID_SEARCH: usize = 1;
/// Position of paid social.
pub const PAID_SOCIAL: usize = 2;
/// Position of visits without a referrer.
pub const DIRECT: usize = 3;
/// Position of referrals.
pub const REFERRALS: usize = 6;
/// Position of assistants, a channel that begins in the middle of the data.
pub const ASSISTANTS: usize = 9;

const fn visits(analytics: &'static str, sessions: u64, growth: i64, leads: u64) -> Demand {
    Demand::Visits(Visits {
        analytics,
        sessions,
        growth,
        leads,
    })
}

const fn channel(
    crm: &'static str,
    demand: Demand,
    rates: [u64; 4],
    drift: i64,
    contract: u64,
) -> Channel {
    Channel {
        crm,
        demand,
        rates,
        drift,
        contract,
    }
}

/// Every channel, in the order of the constants above.
pub const CHANNELS: [Channel; 10] = [
    channel(
        "Organic search",
        visits("Organic Search", 2_400, 0, 196),
        [330, 530, 540, 310],
        30,
        720_000,
    ),
    channel(
        "Paid search",
        Demand::Campaigns(Platform::Google),
        [300, 500, 510, 290],
        0,
        650_000,
    ),
    channel(
        "Paid social",
        Demand::Campaigns(Platform::Meta),
        [170, 360, 400, 170],
        -90,
        430_000,
    ),
    channel(
        "Direct traffic",
        visits("Direct", 2_800, 60, 126),
        [270, 520, 520, 290],
        0,
        700_000,
    ),
    channel(
        "Email marketing",
        visits("Email", 850, 80, 220),
        [300, 510, 480, 280],
        0,
        600_000,
    ),
    channel(
        "Other campaigns",
        visits("Unassigned", 650, 90, 240),
        [390, 480, 460, 250],
        0,
        680_000,
    ),
    channel(
        "Referrals",
        visits("Referral", 780, 40, 190),
        [400, 620, 600, 380],
        0,
        950_000,
    ),
    channel(
        "Organic social",
        visits("Organic Social", 1_050, -40, 105),
        [180, 420, 430, 210],
        0,
        500_000,
    ),
    channel(
        "Offline sources",
        Demand::Leads(8),
        [360, 600, 580, 330],
        0,
        1_150_000,
    ),
    channel(
        "AI referrals",
        visits("AI Assistant", 60, 0, 340),
        [360, 540, 510, 310],
        0,
        750_000,
    ),
];

/// A campaign of an advertising platform.
pub struct Campaign {
    /// Where it runs.
    pub platform: Platform,
    /// Its name.
    pub name: &'static str,
    /// Campaign type (Google) or result that it is optimised for (Meta).
    pub kind: &'static str,
    /// Row of web analytics that its visits fall into.
    pub analytics: &'static str,
    /// First month, counted from the first of the data.
    pub starts: u64,
    /// Budget of its first month, in hundredths.
    pub budget: u64,
    /// Price of a click, in hundredths.
    pub click: u64,
    /// Impressions for one click.
    pub impressions: u64,
    /// Leads out of 10 000 clicks, before saturation.
    pub leads: u64,
    /// Clicks a month at which half of the leads are lost to repetition; 0: none are.
    pub saturation: u64,
    /// Position in [`COUNTRIES`] of the country that it is aimed at, if it is one.
    pub country: Option<usize>,
}

/// The result of a campaign that asks for contact data on the site.
pub const LEAD_RESULT: &str = "actions:offsite_conversion.fb_pixel_lead";
/// The result of a campaign that is paid for visits.
pub const CLICK_RESULT: &str = "actions:link_click";

/// All campaigns. The display campaign costs money and brings no lead.
pub const CAMPAIGNS: [Campaign; 9] = [
    google("Brand DACH", "Search", [42_000, 95, 6, 420]),
    google("Schichtplanung DACH", "Search", [138_000, 380, 22, 310]),
    google("Shift planning US", "Search", [62_000, 520, 26, 210])
        .from(5)
        .aimed_at(UNITED_STATES),
    google(
        "Performance Max | Leads",
        "Performance Max",
        [66_000, 115, 60, 165],
    )
    .from(2),
    google("Remarketing DACH", "Display", [39_000, 46, 240, 0]),
    google(CHINESE_CAMPAIGN, "Search", [16_000, 140, 30, 150])
        .from(8)
        .aimed_at(SINGAPORE),
    meta("Lead form DACH", LEAD_RESULT, [88_000, 130, 70, 550]),
    meta("Retargeting demo", CLICK_RESULT, [38_000, 105, 90, 420]),
    meta(TAGALOG_CAMPAIGN, LEAD_RESULT, [15_000, 22, 40, 120])
        .from(6)
        .aimed_at(PHILIPPINES),
];

/// "Shift planning software, Asia-Pacific".
pub const CHINESE_CAMPAIGN: &str = "排班软件 亚太";
/// "Easier scheduling".
pub const TAGALOG_CAMPAIGN: &str = "Mas madaling iskedyul PH";

/// `numbers`: budget and price of a click in hundredths, impressions per click,
/// leads out of 10 000 clicks.
const fn google(name: &'static str, kind: &'static str, numbers: [u64; 4]) -> Campaign {
    let analytics = match kind.as_bytes() {
        b"Display" => "Display",
        b"Performance Max" => "Cross-network",
        _ => "Paid Search",
    };
    Campaign::new(Platform::Google, name, kind, analytics, numbers)
}

/// `numbers` as for Google.
const fn meta(name: &'static str, kind: &'static str, numbers: [u64; 4]) -> Campaign {
    let campaign = Campaign::new(Platform::Meta, name, kind, "Paid Social", numbers);
    Campaign {
        saturation: 900,
        ..campaign
    }
}

impl Campaign {
    const fn new(
        platform: Platform,
        name: &'static str,
        kind: &'static str,
        analytics: &'static str,
        numbers: [u64; 4],
    ) -> Self {
        let [budget, click, impressions, leads] = numbers;
        Self {
            platform,
            name,
            kind,
            analytics,
            starts: 0,
            budget,
            click,
            impressions,
            leads,
            saturation: 0,
            country: None,
        }
    }

    const fn from(self, month: u64) -> Self {
        Self {
            starts: month,
            ..self
        }
    }

    const fn aimed_at(self, country: usize) -> Self {
        Self {
            country: Some(country),
            ..self
        }
    }
}

/// Demand by month of the year, January first, in thousandths.
pub const SEASONS: [u64; 12] = [
    1060, 1040, 1090, 990, 1010, 985, 860, 800, 1100, 1130, 1110, 720,
];

/// How much extra visits an hour of search engine work brings in the months after it:
/// nothing in its own month, most after three.
pub const VISITS_PER_HOUR: [u64; 7] = [0, 4, 9, 13, 12, 8, 5];

/// A rep.
pub struct Owner {
    /// Name as the CRM shows it.
    pub name: &'static str,
    /// Share of the leads.
    pub share: u64,
    /// How many of a thousand deals that an average rep wins are won.
    pub skill: u64,
}

/// The sales team.
pub const OWNERS: [Owner; 6] = [
    Owner {
        name: "Katrin Sommerfeld",
        share: 24,
        skill: 1180,
    },
    Owner {
        name: "Tobias Lindqvist",
        share: 22,
        skill: 1020,
    },
    Owner {
        name: "Amara Diallo",
        share: 20,
        skill: 1090,
    },
    Owner {
        name: "Felix Brandstetter",
        share: 16,
        skill: 880,
    },
    Owner {
        name: "Ines Carvalho",
        share: 12,
        skill: 960,
    },
    Owner {
        name: "Ruben Haas",
        share: 6,
        skill: 720,
    },
];

/// A country in the spelling of a form or an import.
pub struct Country {
    /// What stands in the cell.
    pub name: &'static str,
    /// Share of the leads.
    pub share: u64,
    /// Currency of its contracts.
    pub currency: &'static str,
}

const fn country(name: &'static str, share: u64, currency: &'static str) -> Country {
    Country {
        name,
        share,
        currency,
    }
}

/// Position of the United States in [`COUNTRIES`].
pub const UNITED_STATES: usize = 7;
/// Position of Georgia.
pub const GEORGIA: usize = 10;
/// Position of the United Arab Emirates.
pub const EMIRATES: usize = 11;
/// Position of Singapore.
pub const SINGAPORE: usize = 12;
/// Position of the Philippines.
pub const PHILIPPINES: usize = 13;

/// Where leads are, two of them in two spellings, one of them left blank.
pub const COUNTRIES: [Country; 15] = [
    country("Germany", 410, "EUR"),
    country("Deutschland", 48, "EUR"),
    country("Austria", 132, "EUR"),
    country("Switzerland", 118, "EUR"),
    country("Netherlands", 62, "EUR"),
    country("France", 44, "EUR"),
    country("United Kingdom", 36, "EUR"),
    country("United States", 76, "USD"),
    country("USA", 12, "USD"),
    country("Sweden", 18, "EUR"),
    country("Georgia", 4, "EUR"),
    country("United Arab Emirates", 5, "USD"),
    country("Singapore", 6, "USD"),
    country("Philippines", 7, "USD"),
    country("", 22, "EUR"),
];

/// A project of the time sheet.
pub struct Project {
    /// Its usual spelling.
    pub name: &'static str,
    /// Quarter hours of the first month.
    pub quarters: u64,
    /// Quarter hours added each month.
    pub growth: u64,
    /// Quarter hours at which it stops growing.
    pub most: u64,
    /// Who works on it.
    pub people: &'static [&'static str],
    /// What they note.
    pub tasks: &'static [&'static str],
    /// A wrong spelling of the name in every so many entries.
    pub slips: &'static [(u64, &'static str)],
}

/// Position of search engine work in [`PROJECTS`].
pub const SEO: usize = 0;

/// Projects of the time sheet; the last two have nothing to do with marketing.
pub const PROJECTS: [Project; 5] = [
    Project {
        name: "SEO",
        quarters: 80,
        growth: 10,
        most: 220,
        people: &["Anna Behrens", "Anna Behrens", "Jonas Petersen"],
        tasks: &[
            "Keyword research",
            "Landing page workshops",
            "Technical audit",
            "Internal links",
            "Rewrite of the price page",
            "Search Console review",
            "Briefing agency",
        ],
        slips: &[(23, "S.E.O."), (37, "seo ")],
    },
    Project {
        name: "Content",
        quarters: 104,
        growth: 2,
        most: 150,
        people: &["Mira Okafor", "Jonas Petersen"],
        tasks: &[
            "White paper",
            "Webinar preparation",
            "Case study",
            "Webinar",
            "Video cut",
        ],
        slips: &[(19, "Contant")],
    },
    Project {
        name: "Newsletter",
        quarters: 34,
        growth: 0,
        most: 34,
        people: &["Luca Weber"],
        tasks: &[
            "Issue of the month",
            "List hygiene",
            "A/B test of subject lines",
        ],
        slips: &[],
    },
    Project {
        name: "Website relaunch",
        quarters: 60,
        growth: 0,
        most: 60,
        people: &["Luca Weber", "Jonas Petersen"],
        tasks: &["Templates", "Accessibility", "Consent banner"],
        slips: &[],
    },
    Project {
        name: "Internal",
        quarters: 48,
        growth: 0,
        most: 48,
        people: &[
            "Anna Behrens",
            "Mira Okafor",
            "Luca Weber",
            "Jonas Petersen",
        ],
        tasks: &["Weekly meeting", "Training"],
        slips: &[],
    },
];

/// Why deals are lost.
pub const LOST_REASONS: [&str; 6] = [
    "Price",
    "Went with competitor",
    "No decision",
    "No budget this year",
    "Missing feature",
    "Lost contact",
];
