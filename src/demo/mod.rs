//! A made-up company of any size, written as the exports it would have.
//!
//! `demo` answers "show me" without anybody's data, feeds the benchmarks, and keeps
//! the dirt of real months in one place: overlapping re-exports, test leads, a deal
//! with four contacts, two currencies, hours under a misspelt project. The same plan
//! gives the same bytes on every machine. Rows are written as they are rolled; only the
//! few leads that have deals are remembered, by number ([`customers`]). What came to the
//! company later (answers, the way of deals, bills) has streams of chance of its own and
//! is drawn given the lives that were there before, so no older file changed by it; the
//! modules that do so say which effect is true. Nothing here reads a file, a clock or another
//! part of the crate; who calls it opens the files.

mod activities;
mod advertising;
mod analytics;
mod billing;
mod cast;
mod company;
mod config;
mod contacts;
mod contract;
mod customers;
mod deal;
mod deals;
mod dice;
mod encounters;
mod feedback;
mod handover;
mod history;
mod lead;
mod line;
mod market;
mod moment;
mod mood;
mod office;
mod origin;
mod people;
mod referral;
mod response;
mod shapes;
mod snapshots;
mod stage_log;
mod team;
mod time_sheet;

use std::io::{self, BufWriter, Write};
use std::sync::OnceLock;

use company::Platform;
use customers::Customers;
use lead::Population;
use market::Market;
use moment::Moment;
pub use shapes::Shape;

/// Fewest leads of a plan: enough for every kind of dirt.
pub const FEWEST_ROWS: u64 = 100;
/// Most leads of a plan.
pub const MOST_ROWS: u64 = 5_000_000;
/// Most months of a plan.
pub const MOST_MONTHS: u32 = 60;
/// The seed of the example in the repository, and of a command that names none.
pub const DEFAULT_SEED: u64 = 1;
/// How many rows the CRM puts into one file.
const ROWS_PER_FILE: u64 = 1_000_000;

/// What to make.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// Rows of the contacts export, test leads included.
    pub rows: u64,
    /// Decides every draw.
    pub seed: u64,
    /// How many months the data covers.
    pub months: u32,
    /// Year and month of the last one; the exports are dated the day after it.
    pub last_month: (i32, u32),
    /// Which files tell of it.
    pub shape: Shape,
}

/// Why a plan cannot be carried out.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PlanError {
    /// Too few or too many leads.
    #[error("cannot make {0} leads; --rows takes 100 to 5000000")]
    Rows(u64),
    /// No month, or more than five years.
    #[error("cannot make {0} months of data; 1 to 60 are possible")]
    Months(u32),
    /// A month 13.
    #[error("`{0}-{1}` is no month to end with; write for example 2026-10")]
    LastMonth(i32, u32),
}

/// A company, ready to be written.
pub struct Demo {
    plan: Plan,
    market: Market,
    /// Found when the first file asks for it.
    customers: OnceLock<Customers>,
}

/// One file of the company.
pub struct DemoFile<'a> {
    /// Where it belongs, relative to the folder of the company, with `/` between parts.
    pub path: String,
    content: Content<'a>,
}

type Content<'a> = Box<dyn Fn(&mut dyn Write) -> io::Result<()> + 'a>;

impl Plan {
    /// `rows` leads in the eighteen months up to October 2026.
    #[must_use]
    pub fn new(rows: u64, seed: u64) -> Self {
        Self {
            rows,
            seed,
            months: 18,
            last_month: (2026, 10),
            shape: Shape::Whole,
        }
    }

    /// Midnight of the first day of the data.
    fn first_month(&self) -> Moment {
        self.end().month_start(-i64::from(self.months))
    }

    /// Midnight after the last day of the data: the day of the exports.
    fn end(&self) -> Moment {
        let (year, month) = self.last_month;
        Moment::midnight(i64::from(year), i64::from(month), 1).month_start(1)
    }

    fn check(&self) -> Result<(), PlanError> {
        let (year, month) = self.last_month;
        if !(FEWEST_ROWS..=MOST_ROWS).contains(&self.rows) {
            return Err(PlanError::Rows(self.rows));
        }
        if !(1..=MOST_MONTHS).contains(&self.months) {
            return Err(PlanError::Months(self.months));
        }
        if !(2000..=2100).contains(&year) || !(1..=12).contains(&month) {
            return Err(PlanError::LastMonth(year, month));
        }
        Ok(())
    }
}

impl Demo {
    /// Works out the months of a company; its leads are rolled while they are written.
    ///
    /// # Errors
    /// [`PlanError`] where the plan asks for too much, too little, or no month.
    pub fn new(plan: Plan) -> Result<Self, PlanError> {
        plan.check()?;
        let market = Market::new(&plan);
        Ok(Self {
            plan,
            market,
            customers: OnceLock::new(),
        })
    }

    /// Every file, in the order in which they are best written.
    #[must_use]
    pub fn files(&self) -> Vec<DemoFile<'_>> {
        let mut files = vec![self.file("leadflow.toml".to_owned(), |out| {
            config::write(&self.plan, &self.market, out)
        })];
        match self.plan.shape {
            Shape::Whole => files.extend(self.company_files()),
            shape => files.extend(shapes::files(self, shape)),
        }
        files
    }

    fn company_files(&self) -> Vec<DemoFile<'_>> {
        let mut files = self.contact_files();
        files.extend(self.deal_files());
        files.extend(self.monthly_files());
        files.push(self.file("timesheet.csv".to_owned(), |out| {
            time_sheet::write(&self.plan, &self.market, out)
        }));
        files.push(self.file("sales-team.csv".to_owned(), |out| {
            team::write(&self.plan, &self.market, out)
        }));
        files.extend(self.customer_files());
        files
    }

    fn deal_files(&self) -> Vec<DemoFile<'_>> {
        let end = self.plan.end();
        let mut files = vec![self.file(self.crm_path("all-deals", end, None), |out| {
            deals::write(&self.population(), self.customers(), out)
        })];
        for months in (1..=snapshots::MONTHS.min(self.plan.months - 1)).rev() {
            let cut = end.month_start(-i64::from(months));
            let path = self.crm_path("all-deals", cut, None);
            let path = path.replace("exports/", "snapshots/");
            files.push(self.file(path, move |out| {
                snapshots::write(&self.population(), self.customers(), cut, out)
            }));
        }
        files.push(
            self.file(self.crm_path("deal-stage-log", end, None), |out| {
                stage_log::write(&self.population(), self.customers(), out)
            }),
        );
        files.push(self.file(self.crm_path("activities", end, None), |out| {
            activities::write(&self.population(), out)
        }));
        files
    }

    fn customer_files(&self) -> Vec<DemoFile<'_>> {
        let day = self.plan.end().date_text("-");
        vec![
            self.file(format!("exports/billing-mrr-{day}.csv"), |out| {
                billing::write(&self.population(), self.customers(), out)
            }),
            self.file(format!("exports/nps-survey-{day}.csv"), |out| {
                feedback::write(&self.population(), self.customers(), out)
            }),
        ]
    }

    fn contact_files(&self) -> Vec<DemoFile<'_>> {
        let (rows, end) = (self.plan.rows, self.plan.end());
        let parts = rows.div_ceil(ROWS_PER_FILE);
        let mut files = Vec::new();
        if self.plan.months > 1 {
            let path = self.crm_path("all-contacts", end.month_start(-1), None);
            files.push(self.file(path, |out| {
                contacts::write_earlier_export(&self.population(), self.customers(), out)
            }));
        }
        for part in 0..parts {
            let path = self.crm_path("all-contacts", end, (parts > 1).then_some(part + 1));
            let (from, to) = (part * ROWS_PER_FILE, ((part + 1) * ROWS_PER_FILE).min(rows));
            files.push(self.file(path, move |out| {
                contacts::write(&self.population(), self.customers(), from, to, out)
            }));
        }
        files
    }

    fn monthly_files(&self) -> Vec<DemoFile<'_>> {
        let mut files = Vec::new();
        for index in 0..self.market.months.len() {
            let month = self.market.months[index].start.month_text();
            let path = |name: &str| format!("exports/{name}-{month}.csv");
            files.push(self.file(path("ga4-traffic-acquisition"), move |out| {
                analytics::write(&self.plan, &self.market, index, out)
            }));
            files.push(self.file(path("google-ads"), move |out| {
                advertising::write(Platform::Google, &self.plan, &self.market, index, out)
            }));
            files.push(self.file(path("meta-ads"), move |out| {
                advertising::write(Platform::Meta, &self.plan, &self.market, index, out)
            }));
        }
        files
    }

    fn crm_path(&self, what: &str, day: Moment, part: Option<u64>) -> String {
        let part = part.map(|part| format!("-{part}")).unwrap_or_default();
        format!(
            "exports/hubspot-crm-exports-{what}-{}{part}.csv",
            day.date_text("-")
        )
    }

    /// Who sells and who pays; the first call rolls all leads once.
    fn customers(&self) -> &Customers {
        self.customers
            .get_or_init(|| Customers::find(&self.population()))
    }

    fn population(&self) -> Population<'_> {
        Population {
            plan: &self.plan,
            market: &self.market,
        }
    }

    fn file<'a>(
        &'a self,
        path: String,
        content: impl Fn(&mut dyn Write) -> io::Result<()> + 'a,
    ) -> DemoFile<'a> {
        DemoFile {
            path,
            content: Box::new(content),
        }
    }
}

impl DemoFile<'_> {
    /// Writes the whole file, row by row, through a buffer of its own.
    ///
    /// # Errors
    /// What the writer reports.
    pub fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        let mut buffered = BufWriter::with_capacity(1 << 16, out);
        (self.content)(&mut buffered)?;
        buffered.flush()
    }
}

#[cfg(test)]
mod tests;
