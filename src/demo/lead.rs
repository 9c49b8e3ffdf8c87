//! One lead's life, from the first form to the renewal of the contract.
//!
//! A life is rolled whole, beyond the end of the data; an export shows what had
//! happened by its day. Lives are independent but for one thing: the first lead of a
//! block of four may bring the next ones along into its deal.

use super::Plan;
use super::cast::{BLOCK, Role, is_test};
use super::company::{
    CAMPAIGNS, CHANNELS, CHINESE_CAMPAIGN, COUNTRIES, DIRECT, EMIRATES, GEORGIA, OWNERS,
    PAID_SEARCH, PAID_SOCIAL, TAGALOG_CAMPAIGN,
};
use super::deal::{Deal, Terms, number};
use super::dice::{Dice, Purpose};
use super::market::Market;
use super::moment::{DAY, Moment};
use super::origin::Origin;
use super::people::{Company, Person, TITLES};

/// Share of the hours from six to midnight among arrivals.
const HOURS: [u64; 18] = [2, 5, 9, 13, 14, 13, 9, 11, 12, 11, 9, 7, 6, 6, 7, 6, 4, 2];

/// A contact of the CRM.
#[derive(Clone)]
pub struct Lead {
    /// Its place among all leads, in order of arrival.
    pub number: u64,
    /// Who it is.
    pub person: Person,
    /// Where the person works, if known.
    pub company: Option<Company>,
    /// Job title.
    pub title: &'static str,
    /// Position of the country.
    pub country: usize,
    /// True for a colleague who tried a form.
    pub test: bool,
    /// Where it came from, if known.
    pub origin: Option<Origin>,
    /// Position of the rep, if there is one, and since when.
    pub owner: Option<(usize, Moment)>,
    /// When the record was made; a subscriber's before it became a lead.
    pub created: Moment,
    /// When each stage was entered.
    pub stages: Stages,
    /// Score that the system shows.
    pub score: u64,
    /// Visits of the site.
    pub sessions: u64,
    /// True where somebody called and found nothing.
    pub given_up: bool,
    /// Its deals, oldest first; a companion shares those of its leader.
    pub deals: Vec<Deal>,
    /// Number of the lead that the company and the deals belong to: itself or the leader.
    pub leader: u64,
    /// Numbers of those that came along.
    pub companions: Vec<u64>,
}

/// Dates of the lifecycle stages.
#[derive(Clone)]
pub struct Stages {
    /// Became a lead.
    pub lead: Moment,
    /// Became marketing qualified.
    pub mql: Option<Moment>,
    /// Became sales qualified.
    pub sql: Option<Moment>,
    /// Became an opportunity.
    pub opportunity: Option<Moment>,
    /// Became a customer.
    pub customer: Option<Moment>,
}

/// All leads of a plan.
pub struct Population<'a> {
    /// The plan.
    pub plan: &'a Plan,
    /// Its months.
    pub market: &'a Market,
}

impl Population<'_> {
    /// Leads `from` to below `to`, in order.
    pub fn leads(&self, from: u64, to: u64) -> impl Iterator<Item = Lead> + '_ {
        let mut leader: Option<Lead> = None;
        (from..to).map(move |number| {
            let first = number - number % BLOCK;
            if number == first {
                let lead = self.roll(number);
                leader = (!lead.companions.is_empty()).then(|| lead.clone());
                return lead;
            }
            if number == from {
                leader = Some(self.roll(first));
            }
            let mut lead = self.roll(number);
            if let Some(leader) = leader.as_ref().filter(|it| it.companions.contains(&number)) {
                lead.accompany(leader);
            }
            lead
        })
    }

    /// A lead that is known to be nobody's companion.
    #[must_use]
    pub fn leader(&self, number: u64) -> Lead {
        self.roll(number)
    }

    /// The life of a lead, as if it were alone.
    fn roll(&self, number: u64) -> Lead {
        let dice = &mut Dice::new(self.plan.seed, Purpose::Lead, number);
        let role = Role::of(self.plan.rows, number);
        let test = is_test(self.plan.rows, number);
        let (month, day) = self.market.arrival(number);
        let entered = day.plus((6 + dice.weighted(&HOURS) as i64) * 60 + dice.below(60) as i64);
        let (origin, country) = self.origin(month, role, test, dice);
        let channel = origin.as_ref().map_or(DIRECT, |origin| origin.channel);
        let rep = dice.weighted(&OWNERS.each_ref().map(|owner| owner.share));
        let stages = self.climb(entered, month, channel, role, dice);
        let mut lead = Lead {
            number,
            person: Person::draw(dice),
            company: None,
            title: dice.pick(&TITLES),
            country,
            test,
            origin,
            owner: assign(entered, rep, dice),
            created: self.first_seen(entered, dice),
            score: score(&stages, dice),
            stages,
            sessions: 1 + dice.delay(2),
            given_up: dice.chance(360),
            deals: Vec::new(),
            leader: number,
            companions: Vec::new(),
        };
        lead.join_company(role, dice);
        self.sell(&mut lead, channel, rep, role, dice);
        lead
    }

    fn origin(
        &self,
        month: usize,
        role: Option<Role>,
        test: bool,
        dice: &mut Dice,
    ) -> (Option<Origin>, usize) {
        let drawn = dice.weighted(&self.market.months[month].demand);
        let known = !dice.chance(12) || role.is_some();
        let channel = match role {
            Some(Role::ChineseCampaign) => PAID_SEARCH,
            Some(Role::TagalogCampaign) => PAID_SOCIAL,
            _ if test => DIRECT,
            _ => drawn,
        };
        let campaign = match role {
            Some(Role::ChineseCampaign) => campaign_named(CHINESE_CAMPAIGN),
            Some(Role::TagalogCampaign) => campaign_named(TAGALOG_CAMPAIGN),
            _ => self.campaign(month, channel, dice),
        };
        let anywhere = dice.weighted(&COUNTRIES.each_ref().map(|country| country.share));
        let country = match role {
            Some(Role::Quartet) => GEORGIA,
            Some(Role::TwoDeals) => EMIRATES,
            _ => campaign
                .and_then(|index| CAMPAIGNS[index].country)
                .unwrap_or(anywhere),
        };
        let origin = Origin::draw(channel, campaign, dice);
        (known.then_some(origin), country)
    }

    /// Which campaign of the month brought a lead of a paid channel.
    fn campaign(&self, month: usize, channel: usize, dice: &mut Dice) -> Option<usize> {
        let super::company::Demand::Campaigns(platform) = CHANNELS[channel].demand else {
            return None;
        };
        let flights = CAMPAIGNS.iter().zip(&self.market.months[month].campaigns);
        let leads = flights.map(|(campaign, flight)| match flight {
            Some(flight) if campaign.platform == platform => flight.leads,
            _ => 0,
        });
        Some(dice.weighted(&leads.collect::<Vec<u64>>()))
    }

    /// How far the lead gets, and when.
    fn climb(
        &self,
        entered: Moment,
        month: usize,
        channel: usize,
        role: Option<Role>,
        dice: &mut Dice,
    ) -> Stages {
        let scripted = matches!(
            role,
            Some(Role::Quartet | Role::TwoDeals | Role::OutOfOrder | Role::TestDeal)
        );
        let [qualified, accepted, offered, _] = CHANNELS[channel].rates;
        let middle = i64::from(self.plan.months / 2);
        let drift = CHANNELS[channel].drift * (month as i64 - middle);
        let qualified = (qualified as i64 * 10 + drift).clamp(200, 9_000) as u64;
        let mut reached = |per_10_000: u64| dice.below(10_000) < per_10_000 || scripted;
        let mql = reached(qualified);
        let sql = mql && reached(accepted * 10);
        let opportunity = sql && reached(offered * 10);
        let mut stages = Stages::enter(entered);
        if mql {
            let waited = 25 + wait(3 * DAY, scripted, dice);
            stages.mql = Some(entered.plus(waited).awake());
        }
        if let Some(mql) = stages.mql.filter(|_| sql) {
            let day = mql.plus(wait(4 * DAY, scripted, dice));
            stages.sql = Some(day.office(dice.below(1000)).max(mql.plus(45).awake()));
        }
        if let Some(sql) = stages.sql.filter(|_| opportunity) {
            let day = sql.plus(wait(7 * DAY, scripted, dice));
            stages.opportunity = Some(day.office(dice.below(1000)).max(sql.plus(30).awake()));
        }
        stages.stain(role, dice);
        stages
    }

    /// Some were on the newsletter before they asked for anything.
    fn first_seen(&self, entered: Moment, dice: &mut Dice) -> Moment {
        let before = dice.delay(20 * DAY as u64) as i64;
        let created = entered.plus(-before).awake();
        if dice.chance(60) && created >= self.plan.first_month() && created < entered {
            return created;
        }
        entered
    }

    /// Makes the deals of a lead that became an opportunity.
    fn sell(
        &self,
        lead: &mut Lead,
        channel: usize,
        rep: usize,
        role: Option<Role>,
        dice: &mut Dice,
    ) {
        let end = self.plan.end();
        let Some(opportunity) = lead.stages.opportunity else {
            return;
        };
        if lead.test && role.is_none() {
            lead.stages.opportunity = None;
            return;
        }
        let terms = Terms {
            lead: lead.number,
            owner: rep,
            country: lead.country,
            contract: CHANNELS[channel].contract,
            win_rate: CHANNELS[channel].rates[3],
            role,
            end,
        };
        lead.deals = terms.deals(opportunity, dice);
        number(&mut lead.deals, lead.number);
        let forgotten = dice.chance(60) && role.is_none();
        let won = lead
            .deals
            .iter()
            .filter(|deal| deal.won)
            .map(|deal| deal.closes)
            .min();
        lead.stages.customer = won.filter(|_| !forgotten);
        let brings = match role {
            Some(Role::Quartet) => BLOCK - 1,
            Some(_) => 0,
            None if dice.chance(400) => dice.between(1, BLOCK - 1),
            None => 0,
        };
        if opportunity < end && lead.company.is_some() && lead.number.is_multiple_of(BLOCK) {
            let numbers = lead.number + 1..=lead.number + brings;
            let rows = self.plan.rows;
            lead.companions = numbers
                .filter(|n| *n < rows && !is_test(rows, *n))
                .collect();
        }
    }
}

impl Lead {
    /// Record id of the contact.
    #[must_use]
    pub fn id(&self) -> u64 {
        contact_id(self.number)
    }

    /// Record id of the company, if there is one.
    #[must_use]
    pub fn company_id(&self) -> Option<u64> {
        self.company
            .as_ref()
            .map(|_| 24_000_000_000 + self.leader * 11)
    }

    /// The address.
    #[must_use]
    pub fn email(&self) -> String {
        let domain = self
            .company
            .as_ref()
            .map_or("postfach.example", |company| &company.domain);
        self.person.email(self.number, domain)
    }

    fn join_company(&mut self, role: Option<Role>, dice: &mut Dice) {
        let company = Company::draw(dice, self.country);
        let private = dice.chance(110) && role.is_none();
        self.company = if self.test {
            Some(Company::own())
        } else {
            (!private).then_some(company)
        };
    }

    /// Becomes a colleague of `leader` in the same deals.
    fn accompany(&mut self, leader: &Self) {
        let Some(opportunity) = leader.stages.opportunity else {
            return;
        };
        let place = (self.number - leader.number) as i64;
        let span = opportunity.since(leader.stages.lead).min(8 * DAY);
        let entered = leader
            .stages
            .lead
            .plus(span * place / (BLOCK as i64 + 1))
            .awake();
        let before = |stage: Option<Moment>| stage.filter(|at| *at > entered && *at < opportunity);
        self.created = entered;
        self.stages.lead = entered;
        self.stages.mql = before(self.stages.mql);
        self.stages.sql = before(self.stages.sql);
        self.stages.opportunity = Some(opportunity);
        self.stages.customer = leader.stages.customer;
        self.owner = leader.owner.map(|(rep, at)| (rep, at.max(entered)));
        self.company.clone_from(&leader.company);
        self.country = leader.country;
        self.deals.clone_from(&leader.deals);
        self.leader = leader.number;
    }
}

impl Stages {
    fn enter(lead: Moment) -> Self {
        Self {
            lead,
            mql: None,
            sql: None,
            opportunity: None,
            customer: None,
        }
    }

    /// What hands do to dates: a stage ticked off late, a stage never ticked off.
    fn stain(&mut self, role: Option<Role>, dice: &mut Dice) {
        if self.sql.is_none() {
            return;
        }
        let (swapped, skipped) = (dice.chance(12), dice.chance(25));
        if swapped || role == Some(Role::OutOfOrder) {
            std::mem::swap(&mut self.mql, &mut self.sql);
        } else if skipped && role.is_none() {
            self.mql = None;
        }
    }
}

/// Record id of the contact with this number.
#[must_use]
pub fn contact_id(number: u64) -> u64 {
    52_000_000_000 + number * 17
}

fn campaign_named(name: &str) -> Option<usize> {
    CAMPAIGNS.iter().position(|campaign| campaign.name == name)
}

/// Minutes around a median; exactly half of it for those with a part to play.
fn wait(median: i64, scripted: bool, dice: &mut Dice) -> i64 {
    let drawn = dice.delay(median as u64) as i64;
    if scripted { median / 2 } else { drawn }
}

fn assign(entered: Moment, rep: usize, dice: &mut Dice) -> Option<(usize, Moment)> {
    let at = entered.plus(3 + dice.delay(150) as i64).awake();
    (!dice.chance(30)).then_some((rep, at))
}

fn score(stages: &Stages, dice: &mut Dice) -> u64 {
    let reached = u64::from(stages.mql.is_some()) * 28 + u64::from(stages.sql.is_some()) * 14;
    (5 + dice.below(45) + reached).min(100)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn population<T>(rows: u64, look: impl FnOnce(&Population) -> T) -> T {
        let plan = Plan::new(rows, 7);
        let market = Market::new(&plan);
        look(&Population {
            plan: &plan,
            market: &market,
        })
    }

    #[test]
    fn every_lead_has_its_stages_in_a_life_that_makes_sense() {
        population(4_000, |people| {
            let (first, end) = (people.plan.first_month(), people.plan.end());
            for lead in people.leads(0, 4_000) {
                let stages = &lead.stages;
                assert!(
                    first <= lead.created && lead.created <= stages.lead,
                    "{}",
                    lead.number
                );
                assert!(stages.lead < end);
                let qualified = [stages.mql, stages.sql];
                assert!(
                    qualified.iter().flatten().all(|at| *at > stages.lead),
                    "{}",
                    lead.number
                );
                if let (Some(sql), Some(offer)) = (stages.sql, stages.opportunity) {
                    assert!(sql < offer);
                }
                if let Some(customer) = stages.customer {
                    assert!(stages.opportunity.is_some_and(|offer| offer < customer));
                }
                assert_eq!(
                    stages.opportunity,
                    lead.deals.first().map(|deal| deal.created)
                );
            }
        });
    }

    #[test]
    fn a_part_of_the_leads_is_the_same_part() {
        population(1_000, |people| {
            let whole: Vec<Lead> = people.leads(0, 1_000).collect();
            for lead in people.leads(101, 117) {
                let other = &whole[lead.number as usize];
                assert_eq!(lead.email(), other.email());
                assert_eq!(lead.stages.lead, other.stages.lead);
                assert_eq!(lead.leader, other.leader);
            }
        });
    }

    #[test]
    fn four_contacts_share_a_won_deal() {
        population(5_000, |people| {
            let four: Vec<Lead> = people.leads(500, 504).collect();
            assert_eq!(four[0].companions, [501, 502, 503]);
            assert!(four[0].deals[0].won && four[0].stages.customer.unwrap() < people.plan.end());
            assert!(
                four.iter()
                    .all(|lead| lead.deals[0].id == four[0].deals[0].id)
            );
            assert!(
                four.iter()
                    .all(|lead| lead.company_id() == four[0].company_id())
            );
            assert!(!four[0].company.as_ref().unwrap().name.is_ascii());
        });
    }

    #[test]
    fn conversion_is_believable() {
        population(20_000, |people| {
            let mut counts = [0_u64; 5];
            for lead in people.leads(0, 20_000) {
                let stages = &lead.stages;
                let reached = [
                    true,
                    stages.mql.or(stages.sql).or(stages.opportunity).is_some(),
                    stages.sql.or(stages.opportunity).is_some(),
                    stages.opportunity.is_some(),
                    lead.deals.iter().any(|deal| deal.won),
                ];
                for (count, reached) in counts.iter_mut().zip(reached) {
                    *count += u64::from(reached);
                }
            }
            let per_mille: Vec<u64> = counts
                .windows(2)
                .map(|pair| pair[1] * 1000 / pair[0])
                .collect();
            let believable = [250..320, 450..560, 450..640, 240..360];
            for (rate, range) in per_mille.iter().zip(&believable) {
                assert!(range.contains(rate), "{per_mille:?}");
            }
        });
    }
}
