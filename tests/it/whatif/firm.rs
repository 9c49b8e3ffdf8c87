//! A small company whose effects are known, as the exports that it would give.

use std::fmt::Write as _;

use chrono::{Datelike, Days, NaiveDate};

use crate::fixture::{Dice, Run};

/// Everything that the exports hold, row by row, so that a test can bend any of it.
#[derive(Clone)]
pub struct Firm {
    /// Last day of the exports.
    pub as_of: NaiveDate,
    /// Stages of the funnel.
    pub stages: Vec<&'static str>,
    /// Lines of the configuration before its tables.
    pub keys: String,
    /// Tables of the configuration beside the inputs.
    pub tables: String,
    /// Month, channel, visits.
    pub visits: Vec<(NaiveDate, String, u64)>,
    /// Day, channel, hours.
    pub hours: Vec<(NaiveDate, String, f64)>,
    /// Month, channel, money.
    pub spend: Vec<(NaiveDate, String, f64)>,
    /// Leads in the order in which they came.
    pub leads: Vec<Lead>,
}

/// A lead and what became of it.
#[derive(Clone)]
pub struct Lead {
    pub channel: String,
    pub created: NaiveDate,
    pub mql: Option<NaiveDate>,
    /// Day of the win and its amount.
    pub won: Option<(NaiveDate, f64)>,
}

/// Months of the company.
pub const MONTHS: u32 = 30;
/// Leads per visit.
const LEADS_PER_VISIT: f64 = 0.03;

/// The first day of a month, counted from January 2024.
pub fn month(number: u32) -> NaiveDate {
    let (year, month) = (2024 + number / 12, number % 12 + 1);
    NaiveDate::from_ymd_opt(year as i32, month, 1).unwrap()
}

/// `2024-03`.
pub fn label(day: NaiveDate) -> String {
    format!("{}-{:02}", day.year(), day.month())
}

impl Firm {
    /// Thirty months; hours in SEO and Email, money in Paid Search, nothing in Direct.
    ///
    /// An hour of SEO works one to four months later and brings about 16 visits at the
    /// usual effort; a visit is worth about 9.
    pub fn new() -> Self {
        let seo: Vec<f64> = (0..MONTHS).map(|at| blocks(at, 12.0, 30.0, 4)).collect();
        Self::with_seo_hours(&seo)
    }

    /// The same hours every month: nothing can be learned from them.
    pub fn with_flat_hours() -> Self {
        Self::with_seo_hours(&[25.0; MONTHS as usize])
    }

    fn with_seo_hours(seo: &[f64]) -> Self {
        let mut dice = Dice::new(7);
        let mut firm = Self {
            as_of: month(MONTHS) - Days::new(1),
            stages: vec!["lead", "mql", "customer"],
            keys: "gross_margin = 0.8\n".into(),
            tables: "[hours]\nrate = 60\n".into(),
            visits: Vec::new(),
            hours: Vec::new(),
            spend: Vec::new(),
            leads: Vec::new(),
        };
        for at in 0..MONTHS {
            let email = blocks(at, 6.0, 10.0, 3);
            let paid = blocks(at, 800.0, 1_500.0, 5);
            let late = |lag: u32| seo[at.saturating_sub(lag) as usize];
            let delayed = 0.2 * late(1) + 0.3 * late(2) + 0.3 * late(3) + 0.2 * late(4);
            let means = [
                ("SEO", 500.0 + 1_400.0 * delayed / (delayed + 30.0)),
                ("Email", 150.0 + 60.0 * email.sqrt()),
                ("Paid Search", 80.0 + 18.0 * paid.sqrt()),
                ("Direct", 400.0),
            ];
            for (channel, mean) in means {
                let noise = 0.95 + dice.below(1_000) as f64 / 10_000.0;
                let visits = (mean * noise).round();
                firm.visits.push((month(at), channel.into(), visits as u64));
                firm.leads_of(channel, month(at), visits, &mut dice);
            }
            for (channel, hours) in [("SEO", seo[at as usize]), ("Email", email)] {
                let mid = month(at) + Days::new(14);
                firm.hours.push((month(at), channel.into(), hours / 2.0));
                firm.hours.push((mid, channel.into(), hours / 2.0));
            }
            firm.spend.push((month(at), "Paid Search".into(), paid));
        }
        firm
    }

    /// Half of the leads become MQLs within three weeks, three in ten of them customers
    /// within six weeks more.
    fn leads_of(&mut self, channel: &str, start: NaiveDate, visits: f64, dice: &mut Dice) {
        for _ in 0..(visits * LEADS_PER_VISIT).round() as u64 {
            let created = start + Days::new(dice.below(28));
            let seen = |day: &NaiveDate| *day <= self.as_of;
            let mql = (dice.below(100) < 50).then(|| created + Days::new(2 + dice.below(20)));
            let mql = mql.filter(seen);
            let amount = [900.0, 1_400.0, 1_900.0, 2_600.0, 4_200.0][dice.below(5) as usize];
            let later = Days::new(5 + dice.below(40));
            let wins = dice.below(100) < 30;
            let won = mql.filter(|_| wins).map(|day| day + later).filter(seen);
            self.leads.push(Lead {
                channel: channel.into(),
                created,
                mql,
                won: won.map(|day| (day, amount)),
            });
        }
    }

    /// Only the last so many months.
    pub fn last_months(mut self, count: u32) -> Self {
        let first = month(MONTHS - count);
        self.visits.retain(|row| row.0 >= first);
        self.hours.retain(|row| row.0 >= first);
        self.spend.retain(|row| row.0 >= first);
        self.leads.retain(|lead| lead.created >= first);
        self
    }

    /// Every row of every export at another place.
    pub fn shuffled(mut self) -> Self {
        let mut dice = Dice::new(99);
        shuffle(&mut self.visits, &mut dice);
        shuffle(&mut self.hours, &mut dice);
        shuffle(&mut self.spend, &mut dice);
        shuffle(&mut self.leads, &mut dice);
        self
    }

    /// Every channel under another name.
    pub fn renamed(mut self, name: impl Fn(&str) -> String) -> Self {
        let visits = self.visits.iter_mut().map(|row| &mut row.1);
        let hours = self.hours.iter_mut().map(|row| &mut row.1);
        let spend = self.spend.iter_mut().map(|row| &mut row.1);
        let leads = self.leads.iter_mut().map(|lead| &mut lead.channel);
        for channel in visits.chain(hours).chain(spend).chain(leads) {
            *channel = name(channel);
        }
        self
    }

    /// The exports and their configuration in a folder.
    pub fn run(&self) -> Run {
        let run = Run::new();
        self.write(&run);
        run
    }

    /// Writes the exports and their configuration.
    pub fn write(&self, run: &Run) {
        let mut visits = "month,channel,sessions\n".to_owned();
        for (month, channel, count) in &self.visits {
            writeln!(visits, "{},{channel},{count}", label(*month)).unwrap();
        }
        let mut hours = "date,person,project,hours\n".to_owned();
        for (day, channel, amount) in &self.hours {
            writeln!(hours, "{day},Anna,{channel},{amount}").unwrap();
        }
        let mut spend = "month,channel,money\n".to_owned();
        for (month, channel, amount) in &self.spend {
            writeln!(spend, "{},{channel},{amount}", label(*month)).unwrap();
        }
        let mut leads = "id,created,mql,channel\n".to_owned();
        let mut deals = "id,lead,created,closed,stage,amount\n".to_owned();
        for (number, lead) in self.leads.iter().enumerate() {
            let mql = lead.mql.map_or(String::new(), |day| day.to_string());
            let (created, channel) = (lead.created, &lead.channel);
            writeln!(leads, "L{number},{created},{mql},{channel}").unwrap();
            if let Some((day, amount)) = lead.won {
                let row = format!("D{number},L{number},{created},{day},won,{amount:.2}");
                writeln!(deals, "{row}").unwrap();
            }
        }
        for (name, text) in [
            ("visits.csv", visits),
            ("hours.csv", hours),
            ("spend.csv", spend),
            ("leads.csv", leads),
            ("deals.csv", deals),
            ("leadflow.toml", self.config()),
        ] {
            run.file(name, text);
        }
    }

    fn config(&self) -> String {
        let input = |file: &str, table: &str, columns: &str| {
            format!(
                "\n[[input]]\npath = \"{file}.csv\"\ntable = \"{table}\"\n[input.columns]\n{columns}\n"
            )
        };
        let mut text = format!("currency = \"EUR\"\nas_of = {}\n{}", self.as_of, self.keys);
        writeln!(text, "\n[funnel]\nstages = {:?}\n", self.stages).unwrap();
        text.push_str(&self.tables);
        for (file, table, columns) in [
            (
                "visits",
                "visits",
                "period = \"month\"\nchannel = \"channel\"\nsessions = \"sessions\"",
            ),
            (
                "hours",
                "spend",
                "period = \"date\"\nchannel = \"project\"\nworker = \"person\"\nhours = \"hours\"",
            ),
            (
                "spend",
                "spend",
                "period = \"month\"\nchannel = \"channel\"\nmoney = \"money\"",
            ),
            (
                "leads",
                "leads",
                "id = \"id\"\ncreated = \"created\"\nchannel = \"channel\"\n\"stage.mql\" = \"mql\"",
            ),
            (
                "deals",
                "deals",
                "id = \"id\"\nlead = \"lead\"\ncreated = \"created\"\nclosed = \"closed\"\nstage = \"stage\"\namount = \"amount\"",
            ),
        ] {
            text.push_str(&input(file, table, columns));
        }
        text
    }
}

/// Effort that rises and falls in blocks of `length` months.
fn blocks(at: u32, least: f64, more: f64, length: u32) -> f64 {
    let block = at / length % 3;
    least + more * f64::from(block) / 2.0 + f64::from(at % 3)
}

fn shuffle<T>(rows: &mut [T], dice: &mut Dice) {
    for end in (1..rows.len()).rev() {
        rows.swap(end, dice.below(end as u64 + 1) as usize);
    }
}
