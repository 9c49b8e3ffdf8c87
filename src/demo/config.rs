//! The configuration that reads the company's exports.

use std::io::{self, Write};

use super::Plan;
use super::market::Market;
use super::people::OWN_DOMAIN;
use super::shapes::Shape;

/// Fixed costs of a month for a company of the usual size.
const AGENCY: u64 = 1_200;
const RANK_TRACKER: u64 = 190;
const MAIL_TOOL: u64 = 150;
/// Targets of a quarter for a company of the usual size.
const MQL_TARGET: u64 = 280;
const SEO_LEAD_TARGET: u64 = 300;

/// Writes `leadflow.toml`.
///
/// # Errors
/// What the writer reports.
pub fn write(plan: &Plan, market: &Market, out: &mut dyn Write) -> io::Result<()> {
    let last_day = plan.end().plus(-1);
    let (year, month, _) = last_day.date();
    let agency_from = plan
        .end()
        .month_start(-10)
        .max(plan.first_month())
        .month_text();
    let text = template(plan.shape)
        .replace("{last_day}", &last_day.date_text("-"))
        .replace("{first_month}", &plan.first_month().month_text())
        .replace("{quarter}", &format!("{year}-Q{}", (month - 1) / 3 + 1))
        .replace("{agency_from}", &agency_from)
        .replace("{agency}", &market.scaled_round(AGENCY).to_string())
        .replace(
            "{rank_tracker}",
            &market.scaled_round(RANK_TRACKER).to_string(),
        )
        .replace("{mail_tool}", &market.scaled_round(MAIL_TOOL).to_string())
        .replace("{mql_target}", &market.scaled_round(MQL_TARGET).to_string())
        .replace(
            "{seo_target}",
            &market.scaled_round(SEO_LEAD_TARGET).to_string(),
        )
        .replace("{own_domain}", OWN_DOMAIN);
    out.write_all(text.as_bytes())
}

/// The whole company has everything; the other shapes are a CRM alone.
fn template(shape: Shape) -> String {
    match shape.inputs() {
        None => [
            SETTINGS, EXPORTS, PIPELINES, PROMISES, CHANNELS, COSTS, RATES, SEGMENTS, EXCLUSIONS,
            TARGETS,
        ]
        .concat(),
        Some(inputs) => [SETTINGS, inputs, PIPELINES, CHANNELS, RATES, EXCLUSIONS].concat(),
    }
}

/// What every shape needs.
const SETTINGS: &str = r##"# The exports of Fernau Software, a company that does not exist.
# Try: leadflow report, leadflow funnel --by channel, leadflow channels

currency = "EUR"
time_zone = "Europe/Berlin"
as_of = "{last_day}"               # exported on the morning after: the month is complete
gross_margin = 0.8

[funnel]
stages = ["lead", "mql", "sql", "opportunity", "customer"]
horizon_days = 90

[funnel.horizon]
lead_to_customer = 180

"##;

/// The whole company.
const EXPORTS: &str = r##"# --- exports ---------------------------------------------------------------

[[input]]                           # two exports that overlap: the newer row of a contact wins
path = "exports/hubspot-crm-exports-all-contacts-*.csv"
several = "latest"
[input.columns]
country = "Country/Region"
# disqualified_reason = "Unqualified Reason"   # then who was given up is no lead in progress

[[input]]                           # without a log: path = "*/hubspot-crm-exports-all-deals-*.csv", several = "snapshots"
path = "exports/hubspot-crm-exports-all-deals-*.csv"

[[input]]                           # every change of a deal: stage, amount, closing date, owner
path = "exports/hubspot-crm-exports-deal-stage-log-*.csv"

[[input]]                           # calls, mails and meetings, planned ones too
path = "exports/hubspot-crm-exports-activities-*.csv"

[[input]]                           # teams and quotas
path = "sales-team.csv"

[[input]]                           # what customers pay, month by month
path = "exports/billing-mrr-*.csv"

[[input]]
path = "exports/nps-survey-*.csv"

[[input]]
path = "exports/ga4-traffic-acquisition-*.csv"
several = "parts"

[[input]]
path = "exports/google-ads-*.csv"
several = "parts"

[[input]]
path = "exports/meta-ads-*.csv"
several = "parts"

[[input]]
path = "timesheet.csv"
table = "spend"
where = "channel not in ('Website relaunch', 'Internal')"   # not marketing
[input.columns]
period = "Date"
channel = "Project"
worker = "Person"
hours = "Hours"

"##;

/// How deals go.
const PIPELINES: &str = r##"# --- deals: the ladder of each pipeline ---------------------------------------

[[pipeline]]
name = "Sales Pipeline"
stages = ["Appointment Scheduled", "Qualified To Buy", "Presentation Scheduled", "Decision Maker Bought-In", "Contract Sent"]
won = ["Closed Won"]
lost = ["Closed Lost"]

[[pipeline]]
name = "Renewals"
stages = ["Appointment Scheduled", "Qualified To Buy", "Presentation Scheduled", "Decision Maker Bought-In", "Contract Sent"]
won = ["Closed Won"]
lost = ["Closed Lost"]

"##;

/// What marketing and sales promised each other.
const PROMISES: &str = r##"# --- promises ---------------------------------------------------------------------

[calendar.office]
zone = "Europe/Berlin"
hours = "09:00-17:00"
days = ["mon", "tue", "wed", "thu", "fri"]

[[sla]]                             # every lead is called or written to within an hour of office time
from = "lead"
to = "first_attempt"
within = "60min"
calendar = "office"

[[sla]]                             # a marketing qualified lead within half a day
from = "mql"
to = "first_attempt"
within = "4h"
calendar = "office"

"##;

/// One name for every spelling.
const CHANNELS: &str = r##"# --- channels: one name for every spelling in every file ---------------------

[[channel]]
name = "SEO"
match = ["Organic Search", "SEO*", "S.E.O."]
class = "inbound"
sourced_by = "marketing"

[[channel]]                         # the CRM files leads of Performance Max under paid search
name = "Paid Search"
match = ["Paid Search", "Cross-network", "Performance Max"]
class = "inbound"
sourced_by = "marketing"

[[channel]]                         # webinars and white papers
name = "Content"
match = ["Content", "Contant", "Other campaigns"]
class = "inbound"
sourced_by = "marketing"

[[channel]]
name = "Email"
match = ["Email*", "Newsletter"]
class = "outbound"
sourced_by = "marketing"

[[channel]]
name = "Referral"
match = ["Referral*"]
sourced_by = "referral"

[[channel]]
name = "AI Assistant"
match = ["AI Assistant*", "AI referrals"]
class = "inbound"

[[channel]]
name = "Offline"
match = ["Offline*"]
class = "outbound"
sourced_by = "sales"

"##;

/// What no file says.
const COSTS: &str = r##"# --- cost that is in no file ---------------------------------------------------

[hours]
rate = 60
rates = { "Anna Behrens" = 85 }

[[cost]]                            # retainer of the agency
channel = "SEO"
money = {agency}
every = "month"
from = "{agency_from}"

[[cost]]                            # rank tracker
channel = "SEO"
money = {rank_tracker}
every = "month"
from = "{first_month}"

[[cost]]                            # mailing tool
channel = "Email"
money = {mail_tool}
every = "month"
from = "{first_month}"

"##;

/// Exchange rates.
const RATES: &str = r##"[fx]
USD = 0.92                          # euros for a dollar

"##;

/// Groups of countries.
const SEGMENTS: &str = r##"# --- segments, exclusions, targets ------------------------------------------------

[[segment]]
name = "region"
from = "country"
map = { "Germany" = "DACH", "Deutschland" = "DACH", "Austria" = "DACH", "Switzerland" = "DACH", "United States" = "Americas", "USA" = "Americas", "Singapore" = "Asia", "Philippines" = "Asia", "United Arab Emirates" = "Asia", "*" = "Other Europe" }

"##;

/// Our own tests.
const EXCLUSIONS: &str = r##"[[exclude]]
table = "leads"
where = "email like '%@{own_domain}'"
why = "our own tests"

[[exclude]]
table = "deals"
where = "name like 'TEST%'"
why = "our own tests"

"##;

/// Goals of the quarter.
const TARGETS: &str = r##"[[target]]
metric = "mql"
period = "{quarter}"
value = {mql_target}

[[target]]
metric = "lead"
period = "{quarter}"
by = { channel = "SEO" }
value = {seo_target}
"##;
