//! Companies whose truth is known.
//!
//! Nothing here is of the estimator's own families, so that it is not graded on its own
//! assumptions: returns diminish as `1 - exp(-x/k)` or `ln(1 + x/k)`; delays are negative
//! binomial, log-normal or in two steps; season and noise multiply the visits, the season
//! has a second harmonic and a hole in one month, the noise is heavy-tailed or forgets
//! after two months, the trend breaks; and the effort before the first month of the export
//! was another one. A company is drawn from its seed alone.

use std::f64::consts::TAU;

use leadflow::stats::random::Random;
use leadflow::stats::{binomial, poisson, variates};
use leadflow::whatif::Driver;
use leadflow::whatif::answer::{Question, usual};
use leadflow::whatif::history::{Channel, Company};

/// Months of effort before the first one of the export.
const BEFORE: usize = 36;
/// Months over which effort acts.
const LAGS: usize = 30;
/// Months from lead to customer at most.
const LATEST: usize = 5;
/// Months of a plan, and of visits looked at.
const PLAN: usize = 12;
const HORIZON: usize = 24;
/// Price of an hour as a share of what an hour seems to bring on average. Chosen so that
/// the plan pays in about half of the usual worlds.
const HOUR_SHARE: f64 = 0.145;
/// The same for money.
const MONEY_SHARE: f64 = 0.35;
/// Log deviation of what other channels cost against what they bring.
const PRICE_DEVIATION: f64 = 1.0;

/// What is the matter with the channel that is asked about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Hours vary.
    Usual,
    /// They do not.
    Flat,
    /// They grow while everything grows.
    Confounded,
    /// They bring nothing.
    Nothing,
    /// They bring as much each, however many.
    Linear,
    /// A search engine changed its mind, and nobody said so.
    Shift,
}

impl Kind {
    pub const ALL: [Self; 6] = [
        Self::Usual,
        Self::Flat,
        Self::Confounded,
        Self::Nothing,
        Self::Linear,
        Self::Shift,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Self::Usual => "default",
            Self::Flat => "flat",
            Self::Confounded => "confounded",
            Self::Nothing => "no effect",
            Self::Linear => "linear",
            Self::Shift => "level shock",
        }
    }
}

/// A company, a question, and what is true.
pub struct World {
    pub company: Company,
    pub question: Question,
    pub truth: Truth,
}

/// What no export says.
pub struct Truth {
    /// Extra visits of the plan.
    pub visits: f64,
    /// Gross profit of a visit.
    pub value: f64,
    pub net: f64,
    /// Gross profit of the same money, by channel.
    pub profits: Vec<(String, f64)>,
    /// The channel with the most gross profit per money spent so far.
    pub best_average: String,
}

/// Draws a company of so many months. `price_deviation`: how far, in logarithms, the price
/// of an hour lies from what an hour brings in companies like this one; the closer, the
/// harder the question.
pub fn draw(kind: Kind, months: usize, price_deviation: f64, seed: u64) -> World {
    let mut random = Random::seeded(seed);
    let company = Market::draw(&mut random);
    let count = 4 + random.below(3) as usize;
    let mut hidden = Vec::new();
    let mut hour_cost = HourCost::Open(price_deviation);
    for number in 0..count {
        // The first is asked about; the second also lives on hours, the others on money or,
        // now and then, on hours.
        let hours = number < 2 || (number > 3 && random.unit() < 0.3);
        let of = if number == 0 { kind } else { Kind::Usual };
        let drawn = Hidden::draw(&mut random, &company, hours, of, months, &mut hour_cost);
        hidden.push(drawn);
    }
    let HourCost::Known(hour_cost) = hour_cost else {
        unreachable!("the first channel lives on hours");
    };
    let margin = range(&mut random, 0.5, 1.0);
    let observed: Vec<Observed> = hidden
        .iter()
        .map(|hidden| hidden.observe(&mut random, &company, months))
        .collect();
    let present = usual(&hidden[0].effort);
    let amount = (present * range(&mut random, 0.2, 0.5)).round().max(1.0);
    let question = Question {
        margin,
        ..Question::steady(0, Driver::Hours, amount, hour_cost)
    };
    let cost = |hidden: &Hidden| if hidden.hours { hour_cost } else { 1.0 };
    let profit = |hidden: &Hidden| {
        let extra = amount * hour_cost / cost(hidden);
        hidden.extra(extra, months) * hidden.value(margin)
    };
    let visits = hidden[0].extra(amount, months);
    let value = hidden[0].value(margin);
    let spent = |hidden: &Hidden| hidden.effort.iter().sum::<f64>() * cost(hidden);
    let best_average = (0..count)
        .max_by(|a, b| {
            let of = |at: usize| observed[at].revenue() / spent(&hidden[at]);
            of(*a).total_cmp(&of(*b))
        })
        .map_or(String::new(), |at| name(&hidden[at], at));
    let truth = Truth {
        visits,
        value,
        net: visits * value - cost(&hidden[0]) * amount * PLAN as f64,
        profits: hidden
            .iter()
            .enumerate()
            .map(|(at, hidden)| (name(hidden, at), profit(hidden)))
            .collect(),
        best_average,
    };
    World {
        company: company.told(&hidden, observed, months),
        question,
        truth,
    }
}

fn name(hidden: &Hidden, at: usize) -> String {
    format!("{} {at}", if hidden.hours { "hours" } else { "money" })
}

fn range(random: &mut Random, from: f64, to: f64) -> f64 {
    from + (to - from) * random.unit()
}

fn spread(random: &mut Random, median: f64, log_deviation: f64) -> f64 {
    median * libm::exp(log_deviation * variates::normal(random))
}

/// The price of an hour is that of the company, and drawn with its first channel.
#[derive(Clone, Copy)]
enum HourCost {
    Open(f64),
    Known(f64),
}

/// What all channels of a company share.
struct Market {
    /// Visit to lead, and the steps from there.
    leads_per_visit: f64,
    steps: [f64; 3],
    deal: f64,
    deal_deviation: f64,
    /// Share of customers by months since the lead.
    lags: [f64; LATEST + 1],
}

impl Market {
    fn draw(random: &mut Random) -> Self {
        let mut lags = [0.0; LATEST + 1];
        let middle = range(random, 1.5, 3.5);
        for (lag, share) in lags.iter_mut().enumerate().skip(1) {
            let away = (lag as f64 - middle) / 1.2;
            *share = libm::exp(-0.5 * away * away);
        }
        let total: f64 = lags.iter().sum();
        Self {
            leads_per_visit: spread(random, 0.022, 0.35),
            steps: [
                range(random, 0.35, 0.65),
                range(random, 0.35, 0.65),
                range(random, 0.2, 0.4),
            ],
            deal: spread(random, 2_500.0, 0.7),
            deal_deviation: range(random, 0.5, 1.0),
            lags: lags.map(|share| share / total),
        }
    }

    /// Months after which 95 in 100 customers have come.
    fn decided(&self) -> usize {
        let mut sum = 0.0;
        self.lags
            .iter()
            .position(|share| {
                sum += share;
                sum >= 0.95
            })
            .unwrap_or(LATEST)
    }

    fn draw_lag(&self, random: &mut Random) -> usize {
        let at = random.unit();
        let mut sum = 0.0;
        self.lags
            .iter()
            .position(|share| {
                sum += share;
                sum > at
            })
            .unwrap_or(LATEST)
    }

    /// What the exports say.
    fn told(&self, hidden: &[Hidden], observed: Vec<Observed>, months: usize) -> Company {
        let mut lags = [0.0; LATEST + 1];
        for channel in &observed {
            for (sum, count) in lags.iter_mut().zip(channel.lags) {
                *sum += count;
            }
        }
        let customers: f64 = lags.iter().sum();
        let lags = if customers > 0.0 {
            lags.iter().map(|count| count / customers).collect()
        } else {
            Vec::new()
        };
        let channels = hidden.iter().zip(observed).enumerate();
        Company {
            months: (0..months).map(|month| format!("month {month}")).collect(),
            left_out_month: None,
            channels: channels
                .map(|(at, (hidden, observed))| observed.told(hidden, name(hidden, at)))
                .collect(),
            stages: ["lead", "mql", "sql", "customer"].map(String::from).into(),
            steps: ["lead_to_mql", "mql_to_sql", "sql_to_customer"]
                .map(String::from)
                .into(),
            lags,
            decided_after_days: 30.4 * self.decided() as f64,
        }
    }
}

/// Returns that diminish; effort in units of its usual level.
#[derive(Clone, Copy)]
enum Shape {
    Exponential(f64),
    Logarithm(f64),
    Straight,
}

impl Shape {
    fn draw(random: &mut Random) -> Self {
        if random.unit() < 0.5 {
            Self::Exponential(spread(random, 1.2, 0.6))
        } else {
            Self::Logarithm(spread(random, 1.0, 0.8))
        }
    }

    /// 1 at the usual level.
    fn at(self, x: f64) -> f64 {
        match self {
            Self::Exponential(k) => libm::expm1(-x / k) / libm::expm1(-1.0 / k),
            Self::Logarithm(k) => libm::log1p(x / k) / libm::log1p(1.0 / k),
            Self::Straight => x,
        }
    }
}

/// A channel as it is.
struct Hidden {
    hours: bool,
    /// Effort of the months of the export.
    effort: Vec<f64>,
    before: Vec<f64>,
    /// What is the usual level of it.
    level: f64,
    /// Visits of a month.
    size: f64,
    /// Part of them that the usual effort brings.
    share: f64,
    shape: Shape,
    delay: Vec<f64>,
    season: [f64; 12],
    /// Growth of the rest by month, before and after a month.
    growth: (f64, f64, usize),
    /// From a month on all visits are multiplied.
    shift: Option<(usize, f64)>,
    noise: Noise,
    leads_per_visit: f64,
    steps: [f64; 3],
    deal: f64,
    deal_deviation: f64,
}

impl Hidden {
    fn draw(
        random: &mut Random,
        market: &Market,
        hours: bool,
        kind: Kind,
        months: usize,
        hour_cost: &mut HourCost,
    ) -> Self {
        let logit = |random: &mut Random, rate: f64| {
            let odds = rate / (1.0 - rate) * libm::exp(0.35 * variates::normal(random));
            odds / (1.0 + odds)
        };
        let steps = market.steps.map(|step| logit(random, step));
        let leads_per_visit = spread(random, market.leads_per_visit, 0.35);
        let deal = spread(random, market.deal, 0.12);
        let deal_deviation = market.deal_deviation;
        let size = spread(random, 2_200.0, 0.6).max(300.0);
        let worth = leads_per_visit
            * steps.iter().product::<f64>()
            * deal
            * libm::exp(deal_deviation * deal_deviation / 2.0);
        // An hour costs what an hour costs, whatever it brings; money goes where it seemed
        // to be worth it.
        let level = match *hour_cost {
            _ if !hours => worth * size * spread(random, MONEY_SHARE, PRICE_DEVIATION),
            HourCost::Open(deviation) => {
                let level = range(random, 15.0, 60.0).round();
                let cost = worth * size / level * spread(random, HOUR_SHARE, deviation);
                *hour_cost = HourCost::Known(cost);
                level
            }
            HourCost::Known(cost) => {
                let level = worth * size / cost * spread(random, HOUR_SHARE, PRICE_DEVIATION);
                level.clamp(8.0, 240.0).round()
            }
        };
        let share = match kind {
            Kind::Nothing => 0.0,
            _ if hours => 0.05 + 0.85 * variates::beta(random, 2.0, 3.0),
            _ => 0.5 + 0.5 * variates::beta(random, 2.0, 1.5),
        };
        let shape = match kind {
            Kind::Linear => Shape::Straight,
            _ => Shape::draw(random),
        };
        let effort: Vec<f64> = effort(random, kind, months)
            .into_iter()
            .map(|x| (x * level).max(0.0))
            .map(|x| {
                if hours {
                    x.round()
                } else {
                    (x / 10.0).round() * 10.0
                }
            })
            .collect();
        let first = effort[..6].iter().sum::<f64>() / 6.0;
        let growth = |random: &mut Random| match kind {
            Kind::Confounded => 0.012 + 0.005 * variates::normal(random),
            _ => 0.009 * variates::normal(random),
        };
        Self {
            hours,
            before: before(random, first),
            effort,
            level,
            size,
            share,
            shape,
            delay: delay(random, hours),
            season: season(random),
            growth: (
                growth(random),
                growth(random),
                (range(random, 0.25, 0.75) * months as f64) as usize,
            ),
            shift: (kind == Kind::Shift).then(|| {
                let month = (range(random, 0.25, 0.8) * months as f64) as usize;
                let size = range(random, 0.15, 0.35);
                let up = random.unit() < 0.4;
                (month, if up { 1.0 + size } else { 1.0 - size })
            }),
            noise: Noise::draw(random),
            leads_per_visit,
            steps,
            deal,
            deal_deviation,
        }
    }

    /// Gross profit of a visit.
    fn value(&self, margin: f64) -> f64 {
        self.leads_per_visit
            * self.steps.iter().product::<f64>()
            * self.deal
            * libm::exp(self.deal_deviation * self.deal_deviation / 2.0)
            * margin
    }

    /// The response to effort of the months up to the last of `path`.
    fn response(&self, path: &[f64]) -> f64 {
        let late = path.iter().rev().zip(&self.delay);
        let acting: f64 = late.map(|(effort, share)| effort * share).sum();
        self.shape.at(acting / self.level)
    }

    /// What multiplies everything in a month.
    fn factor(&self, month: usize) -> f64 {
        let shift = self.shift.filter(|(first, _)| month >= *first);
        self.season[month % 12] * shift.map_or(1.0, |(_, factor)| factor)
    }

    /// Visits that so much more effort in each month of the plan brings.
    fn extra(&self, amount: f64, months: usize) -> f64 {
        let present = usual(&self.effort);
        let mut without: Vec<f64> = [self.before.as_slice(), &self.effort].concat();
        let mut with = without.clone();
        (0..HORIZON)
            .map(|month| {
                without.push(present);
                with.push(present + if month < PLAN { amount } else { 0.0 });
                let more = self.response(&with) - self.response(&without);
                self.size * self.share * more * self.factor(months + month)
            })
            .sum()
    }

    fn observe(&self, random: &mut Random, market: &Market, months: usize) -> Observed {
        let mut path = self.before.clone();
        let noise = self.noise.course(random, months);
        let mut observed = Observed {
            visits: Vec::new(),
            leads: Vec::new(),
            lags: [0.0; LATEST + 1],
            steps: vec![(0, 0); 3],
            deals: Vec::new(),
        };
        for (month, noise) in noise.into_iter().enumerate() {
            path.push(self.effort[month]);
            let (early, late, kink) = self.growth;
            let grown = early * month.min(kink) as f64 + late * month.saturating_sub(kink) as f64;
            let rest = (1.0 - self.share) * (1.0 + grown).max(0.1);
            let mean = self.size * (rest + self.share * self.response(&path));
            let visits = poisson::draw(random, mean * self.factor(month) * noise);
            let mut left = binomial::draw(random, visits, self.leads_per_visit);
            observed.visits.push(visits as f64);
            observed.leads.push(left as f64);
            let decided = month + market.decided() < months;
            for (step, rate) in self.steps.iter().enumerate() {
                let last = step + 1 == self.steps.len();
                let went = binomial::draw(random, left, *rate);
                let seen = if last {
                    self.win(
                        random,
                        market,
                        (went, month, months),
                        decided,
                        &mut observed,
                    )
                } else {
                    went
                };
                if decided {
                    let (sum, of) = &mut observed.steps[step];
                    (*sum, *of) = (*sum + seen, *of + left);
                }
                left = went;
            }
        }
        observed
    }

    /// Customers of a month's leads; returns those whose deal is in the export.
    fn win(
        &self,
        random: &mut Random,
        market: &Market,
        (customers, month, months): (u64, usize, usize),
        decided: bool,
        observed: &mut Observed,
    ) -> u64 {
        let mut seen = 0;
        for _ in 0..customers {
            let lag = market.draw_lag(random);
            let deal = spread(random, self.deal, self.deal_deviation);
            if month + lag < months {
                seen += 1;
                observed.deals.push(deal.round());
                if decided {
                    observed.lags[lag] += 1.0;
                }
            }
        }
        seen
    }
}

/// A channel as the exports have it.
struct Observed {
    visits: Vec<f64>,
    leads: Vec<f64>,
    lags: [f64; LATEST + 1],
    steps: Vec<(u64, u64)>,
    deals: Vec<f64>,
}

impl Observed {
    fn revenue(&self) -> f64 {
        self.deals.iter().sum()
    }

    fn told(self, hidden: &Hidden, name: String) -> Channel {
        let known: Vec<Option<f64>> = hidden.effort.iter().copied().map(Some).collect();
        let (hours, money) = if hidden.hours {
            (known, Vec::new())
        } else {
            (Vec::new(), known)
        };
        Channel {
            name,
            leads: self.leads.iter().sum::<f64>() as u64,
            visits_of_leads: self.visits.iter().sum::<f64>() as u64,
            visits: self.visits.into_iter().map(Some).collect(),
            hours,
            money,
            hour_cost: None,
            steps: self.steps,
            deals: self.deals,
            leads_by_month: self.leads,
        }
    }
}

/// Effort by month, in units of its usual level.
fn effort(random: &mut Random, kind: Kind, months: usize) -> Vec<f64> {
    match kind {
        Kind::Flat => {
            let jitter = if random.unit() < 0.5 { 0.0 } else { 0.02 };
            (0..months)
                .map(|_| 1.0 + jitter * variates::normal(random))
                .collect()
        }
        Kind::Confounded => {
            let yearly = range(random, 0.15, 0.45);
            let middle = months as f64 / 2.0;
            (0..months)
                .map(|month| {
                    let grown = libm::pow(1.0 + yearly, (month as f64 - middle) / 12.0);
                    grown * (1.0 + 0.04 * variates::normal(random))
                })
                .collect()
        }
        _ => match random.below(3) {
            0 => wandering(random, months),
            1 => blocks(random, months),
            _ => hired(random, months),
        },
    }
}

fn wandering(random: &mut Random, months: usize) -> Vec<f64> {
    let deviation = range(random, 0.2, 0.5);
    let mut at = variates::normal(random);
    (0..months)
        .map(|_| {
            at = 0.75 * at + 0.66 * variates::normal(random);
            libm::exp(deviation * at - deviation * deviation / 2.0)
        })
        .collect()
}

fn blocks(random: &mut Random, months: usize) -> Vec<f64> {
    let mut efforts = Vec::new();
    while efforts.len() < months {
        let level = range(random, 0.5, 1.5);
        for _ in 0..3 + random.below(6) {
            efforts.push(level * (1.0 + 0.08 * variates::normal(random)));
        }
    }
    efforts.truncate(months);
    efforts
}

/// Somebody new from a month on.
fn hired(random: &mut Random, months: usize) -> Vec<f64> {
    let month = (range(random, 0.25, 0.75) * months as f64) as usize;
    let (before, after) = (range(random, 0.5, 0.9), range(random, 1.1, 1.6));
    (0..months)
        .map(|at| {
            let level = if at < month { before } else { after };
            level * libm::exp(0.12 * variates::normal(random))
        })
        .collect()
}

/// Effort before the export: more or less than in its first months, for one in five only
/// just begun.
fn before(random: &mut Random, first: f64) -> Vec<f64> {
    let level = first * spread(random, 0.9, 0.35);
    let begun = if random.unit() < 0.2 { 6 } else { BEFORE };
    (0..BEFORE)
        .map(|month| {
            let level = level * libm::exp(0.15 * variates::normal(random));
            if BEFORE - month <= begun { level } else { 0.0 }
        })
        .collect()
}

/// Shares of the effect by months since the effort.
fn delay(random: &mut Random, hours: bool) -> Vec<f64> {
    let mean = if hours {
        spread(random, 3.2, 0.45).clamp(0.8, 8.0)
    } else {
        spread(random, 0.35, 0.5).min(1.5)
    };
    let kind = random.below(3);
    let mut shares = vec![0.0; LAGS];
    match kind {
        0 => {
            // Negative binomial: each probability from the one before.
            let size = range(random, 1.0, 4.0);
            let chance = size / (size + mean);
            let mut share = libm::pow(chance, size);
            for (lag, place) in shares.iter_mut().enumerate() {
                *place = share;
                share *= (lag as f64 + size) / (lag as f64 + 1.0) * (1.0 - chance);
            }
        }
        1 => {
            let deviation = range(random, 0.4, 0.8);
            let median = (mean + 0.5) * libm::exp(-deviation * deviation / 2.0);
            for (lag, place) in shares.iter_mut().enumerate() {
                let at = lag as f64 + 0.5;
                let z = libm::log(at / median) / deviation;
                *place = libm::exp(-0.5 * z * z) / at;
            }
        }
        _ => {
            // Some at once, the rest late.
            let (at_once, late) = if hours {
                let at_once = range(random, 0.2, 0.5);
                (at_once, (mean / (1.0 - at_once)).round().clamp(2.0, 12.0))
            } else {
                (range(random, 0.6, 0.9), 1.0 + random.below(3) as f64)
            };
            shares[0] = at_once;
            for (lag, part) in [(late as usize, 0.6), (late as usize + 1, 0.4)] {
                shares[lag] += (1.0 - at_once) * part;
            }
        }
    }
    let total: f64 = shares.iter().sum();
    shares.iter().map(|share| share / total).collect()
}

fn season(random: &mut Random) -> [f64; 12] {
    let waves = [1.0, 2.0].map(|wave| {
        let size = range(random, 0.0, 0.12) / wave;
        (wave, size, range(random, 0.0, TAU))
    });
    let (hole, depth) = (random.below(12) as usize, range(random, 0.0, 0.2));
    let mut season = [0.0; 12];
    for (month, factor) in season.iter_mut().enumerate() {
        let waves = waves
            .iter()
            .map(|(wave, size, phase)| size * libm::cos(TAU * wave * month as f64 / 12.0 + phase));
        *factor = 1.0 + waves.sum::<f64>() - if month == hole { depth } else { 0.0 };
    }
    let mean = season.iter().sum::<f64>() / 12.0;
    season.map(|factor| factor / mean)
}

/// What multiplies the visits of single months.
struct Noise {
    level: f64,
    heavy: bool,
    memory: Memory,
}

enum Memory {
    Fading(f64),
    /// Of the two months before.
    Short(f64, f64),
}

impl Noise {
    fn draw(random: &mut Random) -> Self {
        Self {
            level: range(random, 0.04, 0.12),
            heavy: random.unit() < 0.5,
            memory: if random.unit() < 0.5 {
                Memory::Fading(range(random, 0.0, 0.7))
            } else {
                Memory::Short(range(random, 0.0, 0.8), range(random, 0.0, 0.5))
            },
        }
    }

    fn course(&self, random: &mut Random, months: usize) -> Vec<f64> {
        const WARM: usize = 20;
        let shocks: Vec<f64> = (0..months + WARM)
            .map(|_| {
                let z = variates::normal(random);
                if self.heavy {
                    // Student's t of five degrees, of variance 1.
                    z * (3.0 / variates::chi_square(random, 5.0)).sqrt()
                } else {
                    z
                }
            })
            .collect();
        let mut course = Vec::new();
        let mut at = 0.0;
        for month in 2..shocks.len() {
            at = match self.memory {
                Memory::Fading(kept) => kept * at + (1.0 - kept * kept).sqrt() * shocks[month],
                Memory::Short(one, two) => {
                    let size = (1.0 + one * one + two * two).sqrt();
                    (shocks[month] + one * shocks[month - 1] + two * shocks[month - 2]) / size
                }
            };
            course.push(libm::exp(self.level * at - self.level * self.level / 2.0));
        }
        course.split_off(course.len() - months)
    }
}
