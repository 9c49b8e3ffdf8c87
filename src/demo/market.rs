//! The months of the company: hours, budgets, visits and the leads they bring.
//!
//! This is the causal part. Hours of search engine work bring visits in the months
//! after them, budgets buy clicks with diminishing returns, visits become leads.
//! Everything is computed once per plan for a company of the usual size and scaled
//! to the plan's number of leads when it is written or used.

use super::Plan;
use super::company::{
    ASSISTANTS, CAMPAIGNS, CHANNELS, Campaign, Demand, ORGANIC_SEARCH, PAID_SEARCH, PAID_SOCIAL,
    PROJECTS, Platform, Project, SEASONS, SEO, VISITS_PER_HOUR, Visits,
};
use super::dice::{Dice, Purpose};
use super::moment::{DAY, Moment};

/// The month from which web analytics has a row of its own for assistants.
const ASSISTANT_ROW_SINCE: (i64, i64) = (2026, 6);
/// Months before the end of the data in which the social budget is raised.
const SOCIAL_PUSH_MONTHS: usize = 5;
/// Months before the end of the data in which assistants begin to send people.
const ASSISTANT_MONTHS: usize = 10;
/// How attractive the days of a week are, Monday first.
const WEEK: [u64; 7] = [11, 12, 12, 11, 9, 4, 4];

/// All months of a plan.
pub struct Market {
    /// Months in order.
    pub months: Vec<Month>,
    /// Leads of the plan.
    rows: u64,
    /// Leads of the unscaled company, in thousandths.
    natural_leads: u64,
}

/// One month of the unscaled company. Counts are in thousandths, money in hundredths.
pub struct Month {
    /// Midnight of its first day.
    pub start: Moment,
    /// How many days it has.
    pub days: u64,
    /// Expected leads per channel, in thousandths.
    pub demand: [u64; CHANNELS.len()],
    /// Sessions and key events per row of web analytics, in thousandths.
    pub traffic: Vec<Traffic>,
    /// What each campaign did; `None` before it began.
    pub campaigns: Vec<Option<Flight>>,
    /// Quarter hours per project.
    pub quarters: [u64; PROJECTS.len()],
    /// Number of the first lead of the month.
    pub first_lead: u64,
    /// Number of the first lead of each day, counted within the month.
    day_starts: Vec<u64>,
}

/// A row of web analytics, in thousandths.
pub struct Traffic {
    /// Default channel group.
    pub name: &'static str,
    /// Sessions.
    pub sessions: u64,
    /// Leads that these sessions bring.
    pub leads: u64,
}

/// A month of a campaign. Money in hundredths, counts in thousandths.
pub struct Flight {
    /// Amount spent.
    pub spend: u64,
    /// Clicks.
    pub clicks: u64,
    /// Leads.
    pub leads: u64,
}

impl Market {
    /// The months of `plan`.
    #[must_use]
    pub fn new(plan: &Plan) -> Self {
        let mut months: Vec<Month> = Vec::new();
        for index in 0..plan.months as usize {
            let month = Month::new(plan, index, &months);
            months.push(month);
        }
        let natural_leads = months.iter().map(Month::natural_leads).sum::<u64>().max(1);
        let mut market = Self {
            months,
            rows: plan.rows,
            natural_leads,
        };
        market.number_leads();
        market
    }

    /// Thousandths of the unscaled company as a whole number of the planned one.
    #[must_use]
    pub fn scaled(&self, thousandths: u64) -> u64 {
        let exact = u128::from(thousandths) * u128::from(self.rows);
        let natural = u128::from(self.natural_leads);
        ((exact + natural / 2) / natural) as u64
    }

    /// A round amount of the unscaled company, scaled and rounded to two digits.
    #[must_use]
    pub fn scaled_round(&self, amount: u64) -> u64 {
        let scaled = self.scaled(amount * 1000).max(1);
        let mut unit = 1;
        while scaled / unit >= 100 {
            unit *= 10;
        }
        (scaled + unit / 2) / unit * unit
    }

    /// The month of a lead and the day of its arrival.
    #[must_use]
    pub fn arrival(&self, lead: u64) -> (usize, Moment) {
        let after = self
            .months
            .partition_point(|month| month.first_lead <= lead);
        let index = after.saturating_sub(1);
        let month = &self.months[index];
        let place = lead - month.first_lead;
        let day = month
            .day_starts
            .partition_point(|first| *first <= place)
            .saturating_sub(1);
        (index, month.start.plus(day as i64 * DAY))
    }

    /// Spreads the plan's leads over months and days, by cumulative shares.
    fn number_leads(&mut self) {
        let (rows, natural) = (self.rows, self.natural_leads);
        let mut before = 0;
        for month in &mut self.months {
            month.first_lead = share(rows, before, natural);
            before += month.natural_leads();
            let count = share(rows, before, natural) - month.first_lead;
            month.day_starts = day_starts(month.start, month.days, count);
        }
    }
}

impl Month {
    fn new(plan: &Plan, index: usize, before: &[Self]) -> Self {
        let start = plan.first_month().month_start(index as i64);
        let days = start.month_start(1).since(start) / DAY;
        let mut dice = Dice::new(plan.seed, Purpose::Market, index as u64);
        let mut month = Self {
            start,
            days: days as u64,
            demand: [0; CHANNELS.len()],
            traffic: Vec::new(),
            campaigns: Vec::new(),
            quarters: PROJECTS
                .each_ref()
                .map(|project| quarters(project, index, start, &mut dice)),
            first_lead: 0,
            day_starts: Vec::new(),
        };
        let left = plan.months as usize - index;
        month.run_campaigns(index, left, &mut dice);
        month.receive_visits(index, left, before, &mut dice);
        month
    }

    /// Expected leads of all channels, in thousandths.
    fn natural_leads(&self) -> u64 {
        self.demand.iter().sum()
    }

    fn run_campaigns(&mut self, index: usize, left: usize, dice: &mut Dice) {
        for campaign in &CAMPAIGNS {
            if campaign.starts > index as u64 {
                self.campaigns.push(None);
                continue;
            }
            let flight = fly(campaign, index, left, dice);
            let channel = match campaign.platform {
                Platform::Google => PAID_SEARCH,
                Platform::Meta => PAID_SOCIAL,
            };
            self.demand[channel] += flight.leads;
            self.add_traffic(campaign.analytics, flight.clicks * 92 / 100, flight.leads);
            self.campaigns.push(Some(flight));
        }
    }

    fn receive_visits(&mut self, index: usize, left: usize, before: &[Self], dice: &mut Dice) {
        let season = self.season();
        for (channel, spec) in CHANNELS.iter().enumerate() {
            match &spec.demand {
                Demand::Campaigns(_) => {}
                Demand::Leads(leads) => {
                    self.demand[channel] = dice.wobble(leads * self.fair_season(), 120);
                }
                Demand::Visits(visits) => {
                    let own = sessions(channel, visits, index, left) * season;
                    let worked = worked_sessions(channel, index, before) * 1000;
                    let sessions = dice.wobble(own + worked, 50);
                    let leads = sessions * visits.leads / 10_000;
                    self.demand[channel] = leads;
                    self.add_traffic(self.row_name(channel, visits), sessions, leads);
                }
            }
        }
    }

    fn add_traffic(&mut self, name: &'static str, sessions: u64, leads: u64) {
        if let Some(row) = self.traffic.iter_mut().find(|row| row.name == name) {
            row.sessions += sessions;
            row.leads += leads;
        } else {
            self.traffic.push(Traffic {
                name,
                sessions,
                leads,
            });
        }
    }

    /// Before analytics knew assistants, their visits were referrals.
    fn row_name(&self, channel: usize, visits: &Visits) -> &'static str {
        let (year, month, _) = self.start.date();
        if channel == ASSISTANTS && (year, month) < ASSISTANT_ROW_SINCE {
            return "Referral";
        }
        visits.analytics
    }

    fn season(&self) -> u64 {
        SEASONS[(self.start.date().1 - 1) as usize]
    }

    /// Fairs are in March and September.
    fn fair_season(&self) -> u64 {
        match self.start.date().1 {
            3 | 9 => 2400,
            7 | 8 | 12 => 500,
            _ => 850,
        }
    }
}

/// `whole` times `part` / `of`, rounded down.
fn share(whole: u64, part: u64, of: u64) -> u64 {
    (u128::from(whole) * u128::from(part) / u128::from(of)) as u64
}

fn day_starts(start: Moment, days: u64, count: u64) -> Vec<u64> {
    let weight = |day: u64| WEEK[start.plus(day as i64 * DAY).weekday() as usize];
    let total = (0..days).map(weight).sum();
    let mut before = 0;
    let mut starts = Vec::with_capacity(days as usize);
    for day in 0..days {
        starts.push(share(count, before, total));
        before += weight(day);
    }
    starts
}

/// Quarter hours of a project in a month: growing, less in holidays.
fn quarters(project: &Project, index: usize, start: Moment, dice: &mut Dice) -> u64 {
    let grown = (project.quarters + project.growth * index as u64).min(project.most);
    let present = match start.date().1 {
        8 => 620,
        12 => 650,
        _ => 1000,
    };
    dice.wobble(grown * present / 1000, 110)
}

fn fly(campaign: &Campaign, index: usize, left: usize, dice: &mut Dice) -> Flight {
    let age = index as u64 - campaign.starts;
    let push = campaign.platform == Platform::Meta && left <= SOCIAL_PUSH_MONTHS;
    let budget = campaign.budget * (1000 + 8 * age) / 1000 * if push { 170 } else { 100 } / 100;
    let spend = dice.wobble(budget, 45);
    let clicks = dice.wobble(spend * 1000 / campaign.click, 60);
    let leads = clicks * campaign.leads / 10_000;
    let leads = match campaign.saturation * 1000 {
        0 => leads,
        half => share(leads, half, half + clicks),
    };
    Flight {
        spend,
        clicks,
        leads,
    }
}

/// Sessions that come by themselves, before the season.
fn sessions(channel: usize, visits: &Visits, index: usize, left: usize) -> u64 {
    if channel == ASSISTANTS {
        let age = (ASSISTANT_MONTHS + 1).saturating_sub(left) as u64;
        return visits.sessions * age * (age + 4) / 12;
    }
    let factor = (10_000 + visits.growth * index as i64).max(1_000);
    visits.sessions * factor as u64 / 10_000
}

/// Sessions that earlier hours of search engine work bring; before the first month
/// the work was that of the first month's plan.
fn worked_sessions(channel: usize, index: usize, before: &[Month]) -> u64 {
    if channel != ORGANIC_SEARCH {
        return 0;
    }
    let quarters = |delay: usize| match index.checked_sub(delay) {
        Some(month) if delay > 0 => before[month].quarters[SEO],
        _ => PROJECTS[SEO].quarters,
    };
    let visits = VISITS_PER_HOUR.iter().enumerate();
    visits
        .map(|(delay, visits)| visits * quarters(delay))
        .sum::<u64>()
        / 4
}

#[cfg(test)]
mod tests {
    use super::*;

    fn market(rows: u64) -> Market {
        Market::new(&Plan::new(rows, 1))
    }

    #[test]
    fn leads_fill_the_months_exactly() {
        let market = market(5_000);
        assert_eq!(market.months.len(), 18);
        assert_eq!(market.arrival(0).0, 0);
        assert_eq!(market.arrival(4_999).0, 17);
        let counts: Vec<u64> = market
            .months
            .windows(2)
            .map(|pair| pair[1].first_lead - pair[0].first_lead)
            .collect();
        assert!(
            counts.iter().all(|count| (150..450).contains(count)),
            "{counts:?}"
        );
    }

    #[test]
    fn the_usual_size_is_about_five_thousand() {
        let market = market(5_000);
        assert!(
            (4_500_000..5_500_000).contains(&market.natural_leads),
            "{}",
            market.natural_leads
        );
        assert_eq!(market.scaled_round(1_200), 1_200);
    }

    #[test]
    fn visits_follow_hours_with_a_delay() {
        let market = market(5_000);
        let quarters = |index: usize| market.months[index].quarters[SEO];
        let early = worked_sessions(ORGANIC_SEARCH, 1, &market.months);
        let late = worked_sessions(ORGANIC_SEARCH, 17, &market.months);
        assert!(quarters(16) > quarters(0));
        assert!(late > early * 2, "{early} {late}");
        assert_eq!(worked_sessions(PAID_SEARCH, 17, &market.months), 0);
    }

    #[test]
    fn display_costs_and_brings_nothing() {
        for month in &market(5_000).months {
            let display = CAMPAIGNS
                .iter()
                .zip(&month.campaigns)
                .find(|(c, _)| c.kind == "Display");
            let flight = display.and_then(|(_, flight)| flight.as_ref());
            assert!(flight.is_some_and(|flight| flight.spend > 0 && flight.leads == 0));
        }
    }
}
