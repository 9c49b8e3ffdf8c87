//! What a change would bring: verdict, chain, payback, alternatives, what drives it, evidence.
//!
//! Every figure is a model's and so is printed with three significant digits; the data
//! formats have it whole.

mod charts;
mod evidence;
pub mod optimize;
pub mod plain;
pub mod rates;
mod sentences;

use super::words::Speak;
use super::{Parts, columns, section, table};
use crate::domain::figure::Undefined;
use crate::domain::money::Money;
use crate::report::document::{Block, Cell, Chart, Column, Kind, Section, Table, Weight};
use crate::whatif::Driver;
use crate::whatif::answer::{Answer, Class};
use crate::whatif::outcome::{DRAWS, Line, Spread};
use crate::whatif::waiting;

/// An answer with what is needed to word it.
#[derive(Clone, Copy)]
pub struct Shown<'a> {
    /// The channel.
    pub channel: &'a str,
    /// What is changed.
    pub driver: Driver,
    /// The answer.
    pub answer: &'a Answer,
    /// Price of a unit of effort.
    pub unit_cost: f64,
    /// True where a margin is known; else gross profit is revenue.
    pub has_margin: bool,
    /// True where the user knows something that the history does not.
    pub has_prior: bool,
    /// Labels of the months that were fitted, first and last.
    pub months: (&'a str, &'a str),
    /// A month that was not over.
    pub left_out: Option<&'a str>,
    /// Days after which a lead counts as decided.
    pub decided_after_days: f64,
    /// Seed of the draws.
    pub seed: u64,
    /// How many what-ifs this run answers.
    pub tried: usize,
    /// What was taken without knowing it.
    pub guess: Option<&'a str>,
    /// Formats figures in sentences.
    pub speak: Speak<'a>,
}

impl Shown<'_> {
    /// An amount of money in words.
    fn money(&self, amount: f64) -> String {
        (self.speak)(&money(amount), Kind::Estimate)
    }

    /// A number in words.
    fn number(&self, number: f64) -> String {
        (self.speak)(&Cell::from(number), Kind::Estimate)
    }

    /// Effort in words: `10 hours`, `$500`.
    fn effort(&self, amount: f64) -> String {
        match self.driver {
            Driver::Hours => format!("{} hours", self.number(amount)),
            Driver::Money => self.money(amount),
        }
    }

    /// A unit of effort.
    fn unit(&self) -> &'static str {
        match self.driver {
            Driver::Hours => "hour",
            Driver::Money => "unit of money",
        }
    }
}

/// `1 month`, `12 months`.
pub(super) fn months(count: usize) -> String {
    match count {
        1 => "1 month".to_owned(),
        count => format!("{count} months"),
    }
}

/// An amount as a cell.
pub(super) fn money(amount: f64) -> Cell {
    if amount.is_finite() {
        Cell::Money(Money::from_units(amount))
    } else {
        Cell::Undefined(Undefined::NoData)
    }
}

/// Tables `verdict`, `chain`, `payback`, `alternatives`, `drivers`, `waiting`, `evidence`,
/// `course`, `response`, and their charts.
#[must_use]
pub fn view(shown: &Shown) -> Parts {
    let mut parts = verdict(shown);
    parts.append(chain(shown));
    parts.append(payback(shown));
    parts.append(alternatives(shown));
    parts.append(drivers(shown));
    parts.append(waiting_for_more(shown));
    parts.append(evidence::view(shown));
    parts.charts = charts::charts(shown);
    parts
}

/// The answer in one sentence, and what it rests on.
fn verdict(shown: &Shown) -> Parts {
    let answer = shown.answer;
    let sentence = std::iter::once(sentences::verdict(shown))
        .chain(shown.guess.map(str::to_owned))
        .collect::<Vec<_>>()
        .join(" ");
    let columns = columns(&[
        ("channel", "Channel", Kind::Text, Weight::Key),
        ("class", "Class", Kind::Text, Weight::Key),
        ("p_pays", "Chance that it pays", Kind::Share, Weight::Key),
        (
            "information_share",
            "Information share",
            Kind::Ratio,
            Weight::Key,
        ),
        (
            "overridden",
            "Too little information",
            Kind::Flag,
            Weight::Normal,
        ),
        (
            "prior",
            "Rests on an assumption",
            Kind::Flag,
            Weight::Normal,
        ),
        ("margin_known", "Margin known", Kind::Flag, Weight::Normal),
        ("driver", "Driver", Kind::Text, Weight::Normal),
        (
            "usual",
            "Effort as usual, a month",
            Kind::Estimate,
            Weight::Normal,
        ),
        (
            "change",
            "Change, all months",
            Kind::Estimate,
            Weight::Normal,
        ),
        ("months", "Months of the plan", Kind::Count, Weight::Normal),
        ("horizon", "Months of visits", Kind::Count, Weight::Normal),
        ("tried", "What-ifs in this run", Kind::Count, Weight::Normal),
        ("draws", "Draws", Kind::Count, Weight::Normal),
        ("seed", "Seed", Kind::Count, Weight::Normal),
        ("sentence", "Verdict", Kind::Text, Weight::Key),
    ]);
    let driver = match shown.driver {
        Driver::Hours => "hours",
        Driver::Money => "money",
    };
    let row = vec![
        shown.channel.into(),
        answer.class.code().into(),
        answer.outcome.pays.into(),
        answer.evidence.information_share.into(),
        answer.overridden.into(),
        shown.has_prior.into(),
        shown.has_margin.into(),
        driver.into(),
        answer.plan.usual.into(),
        answer.plan.total().into(),
        (answer.plan.change.len() as u64).into(),
        (answer.plan.horizon as u64).into(),
        (shown.tried as u64).into(),
        (DRAWS as u64).into(),
        shown.seed.into(),
        sentence.clone().into(),
    ];
    let points = sentences::beside(shown);
    Parts {
        sections: vec![Section {
            id: "verdict".into(),
            title: format!("Does it pay: {}", sentences::change(shown)),
            blocks: vec![Block::List(points)],
        }],
        tables: vec![table("verdict", "Verdict", columns, vec![row])],
        summary: vec![sentence],
        ..Parts::default()
    }
}

/// What a report keeps of an answer, as one section: verdict, chain, payback, the same money
/// elsewhere. Ids begin with `whatif`; from the second answer on they end with its number.
#[must_use]
pub fn brief(parts: Parts, number: usize) -> Parts {
    const TABLES: &[&str] = &[
        "verdict",
        "chain",
        "payback",
        "alternatives",
        "steps",
        "course",
    ];
    const CHARTS: &[&str] = &["cumulative-net", "alternatives", "steps"];
    let table_id = |id: &str| format!("whatif_{id}");
    let chart_id = |id: &str| format!("whatif-{id}");
    let verdict = parts
        .sections
        .iter()
        .find(|section| section.id == "verdict");
    let title = verdict.map_or_else(|| "What if".into(), |section| section.title.clone());
    let mut blocks = vec![Block::List(parts.summary.clone())];
    for block in parts
        .sections
        .iter()
        .flat_map(|section| section.blocks.clone())
    {
        match block {
            Block::Table(id) if TABLES.contains(&id.as_str()) => {
                blocks.push(Block::Table(table_id(&id)));
            }
            Block::Chart(id) if CHARTS.contains(&id.as_str()) => {
                blocks.push(Block::Chart(chart_id(&id)));
            }
            Block::List(points) if !points.is_empty() && points != parts.summary => {
                blocks.push(Block::List(points));
            }
            _ => {}
        }
    }
    let kept = |mut table: Table| {
        TABLES.contains(&table.id.as_str()).then(|| {
            table.id = table_id(&table.id);
            table
        })
    };
    let drawn = |mut chart: Chart| {
        CHARTS.contains(&chart.id.as_str()).then(|| {
            chart.id = chart_id(&chart.id);
            chart.table = table_id(&chart.table);
            chart
        })
    };
    // Beside other sentences an answer needs its question.
    let question = title.clone();
    let asked = parts
        .summary
        .iter()
        .map(|answer| format!("{question}? {answer}"));
    let brief = Parts {
        next: Vec::new(),
        sections: vec![Section {
            id: "whatif".into(),
            title,
            blocks,
        }],
        tables: parts.tables.into_iter().filter_map(kept).collect(),
        charts: parts.charts.into_iter().filter_map(drawn).collect(),
        summary: asked.collect(),
    };
    if number > 1 {
        brief.numbered(number)
    } else {
        brief
    }
}

/// Puts the answer "not enough data" in front of the break-even.
pub fn not_enough(parts: &mut Parts, channel: &str, sentence: &str) {
    let columns = columns(&[
        ("channel", "Channel", Kind::Text, Weight::Key),
        ("class", "Class", Kind::Text, Weight::Key),
        ("p_pays", "Chance that it pays", Kind::Share, Weight::Key),
        (
            "information_share",
            "Information share",
            Kind::Ratio,
            Weight::Key,
        ),
        ("sentence", "Verdict", Kind::Text, Weight::Key),
    ]);
    let row = vec![
        channel.into(),
        Class::NotEnoughData.code().into(),
        Cell::Undefined(Undefined::NoData),
        Cell::Undefined(Undefined::NoData),
        sentence.into(),
    ];
    parts.tables.retain(|table| table.id != "verdict");
    parts
        .tables
        .insert(0, table("verdict", "Verdict", columns, vec![row]));
    parts.sections.retain(|section| section.id != "verdict");
    parts.sections.insert(
        0,
        Section {
            id: "verdict".into(),
            title: format!("Does it pay: {channel}"),
            blocks: Vec::new(),
        },
    );
    parts.summary = vec![sentence.to_owned()];
}

fn chain(shown: &Shown) -> Parts {
    let outcome = &shown.answer.outcome;
    let rows = outcome
        .chain
        .iter()
        .map(|line| chain_row(shown, line))
        .collect();
    let mut table = table(
        "chain",
        &format!("What it brings over {}", months(shown.answer.plan.horizon)),
        chain_columns(),
        rows,
    );
    table.remarks = sentences::of_chain(shown);
    let blocks = vec![
        Block::Chart("cumulative-net".into()),
        Block::Table("chain".into()),
        Block::Chart("response".into()),
    ];
    let mut parts = section("chain", "From visits to money", blocks, vec![table]);
    parts.tables.push(course(shown));
    parts.tables.push(response(shown));
    parts
}

/// The columns of a chain.
pub(super) fn chain_columns() -> Vec<Column> {
    columns(&[
        ("measure", "Figure", Kind::Text, Weight::Key),
        ("mean", "Expected", Kind::Estimate, Weight::Key),
        ("low80", "80 % from", Kind::Estimate, Weight::Normal),
        ("high80", "to", Kind::Estimate, Weight::Normal),
        ("low95", "95 % from", Kind::Estimate, Weight::DataOnly),
        ("high95", "95 % to", Kind::Estimate, Weight::DataOnly),
        (
            "seen_low80",
            "Seen, 80 % from",
            Kind::Estimate,
            Weight::Normal,
        ),
        ("seen_high80", "seen, to", Kind::Estimate, Weight::Normal),
        (
            "seen_low95",
            "Seen, 95 % from",
            Kind::Estimate,
            Weight::DataOnly,
        ),
        (
            "seen_high95",
            "seen, 95 % to",
            Kind::Estimate,
            Weight::DataOnly,
        ),
    ])
}

fn chain_row(shown: &Shown, line: &Line) -> Vec<Cell> {
    let measure = line.measure.as_str();
    let cell = |spread: Option<Spread>, of: fn(&Spread) -> f64| match spread {
        None if line.expected.is_none() => Cell::Undefined(Undefined::ZeroDenominator),
        None => Cell::Blank,
        Some(spread) => measured(measure, of(&spread)),
    };
    let (expected, seen) = (line.expected, line.seen);
    vec![
        name_of(shown, measure).into(),
        cell(expected, |spread| spread.mean),
        cell(expected, |spread| spread.low80),
        cell(expected, |spread| spread.high80),
        cell(expected, |spread| spread.low95),
        cell(expected, |spread| spread.high95),
        cell(seen, |spread| spread.low80),
        cell(seen, |spread| spread.high80),
        cell(seen, |spread| spread.low95),
        cell(seen, |spread| spread.high95),
    ]
}

/// A value of a line of a chain.
pub(super) fn measured(measure: &str, value: f64) -> Cell {
    match measure {
        "revenue" | "gross_profit" | "cost" | "net" => money(value),
        "roi" => Cell::Share(value),
        _ => Cell::from(value),
    }
}

/// The key of a line is its name in the data; people read it as it is.
fn name_of(_: &Shown, measure: &str) -> String {
    measure.to_owned()
}

fn payback(shown: &Shown) -> Parts {
    let answer = shown.answer;
    let outcome = &answer.outcome;
    let hour = match shown.driver {
        Driver::Hours => "hour",
        Driver::Money => "unit",
    };
    let plain =
        |measure: String, value: Cell| vec![measure.into(), value, Cell::Blank, Cell::Blank];
    let or_none = |value: Option<f64>, cell: fn(f64) -> Cell, reason: Undefined| {
        value.map_or(Cell::Undefined(reason), cell)
    };
    let number = |value: f64| Cell::from(value);
    let mut rows = Vec::new();
    if let Some(payback) = outcome.payback {
        let month = |value| or_none(value, number, Undefined::NotReached);
        rows.push(vec![
            "payback_month".into(),
            month(payback.median),
            month(payback.low80),
            month(payback.high80),
        ]);
        rows.push(plain(
            format!("never_within_{}_months", payback.window),
            Cell::Share(payback.never),
        ));
    }
    let value = outcome.value_per_visit;
    rows.push(vec![
        "value_per_visit".into(),
        money(value.mean),
        money(value.low80),
        money(value.high80),
    ]);
    let zero = Undefined::ZeroDenominator;
    rows.push(plain(
        format!("needed_visits_per_{hour}"),
        or_none(answer.needed_per_unit, number, zero),
    ));
    rows.push(plain(
        format!("marginal_visits_per_{hour}"),
        or_none(answer.marginal_per_unit, number, zero),
    ));
    rows.push(plain(
        format!("average_visits_per_{hour}"),
        number(answer.average_per_unit),
    ));
    let ratio = answer
        .marginal_per_unit
        .filter(|_| answer.average_per_unit > 0.0)
        .map(|marginal| marginal / answer.average_per_unit);
    rows.push(plain(
        "marginal_to_average".into(),
        or_none(ratio, number, zero),
    ));
    rows.push(plain(
        format!("break_even_{hour}_cost"),
        or_none(answer.break_even_unit_cost, money, zero),
    ));
    let columns = columns(&[
        ("measure", "Figure", Kind::Text, Weight::Key),
        ("value", "Value", Kind::Estimate, Weight::Key),
        ("low80", "80 % from", Kind::Estimate, Weight::Normal),
        ("high80", "to", Kind::Estimate, Weight::Normal),
    ]);
    let mut table = table("payback", "When and where it pays back", columns, rows);
    table.remarks = sentences::of_payback(shown);
    let blocks = vec![Block::Table("payback".into())];
    section("payback", "Payback and break-even", blocks, vec![table])
}

fn alternatives(shown: &Shown) -> Parts {
    let list = &shown.answer.elsewhere;
    if list.len() < 2 {
        return Parts::default();
    }
    let columns = columns(&[
        ("channel", "Channel", Kind::Text, Weight::Key),
        ("driver", "Driver", Kind::Text, Weight::Detail),
        ("amount", "More a month", Kind::Estimate, Weight::Normal),
        (
            "gross_profit",
            "Extra gross profit",
            Kind::Estimate,
            Weight::Key,
        ),
        ("low80", "80 % from", Kind::Estimate, Weight::Normal),
        ("high80", "to", Kind::Estimate, Weight::Normal),
        ("p_best", "Chance to be best", Kind::Share, Weight::Normal),
        (
            "outside_range_seen",
            "Outside the range seen",
            Kind::Flag,
            Weight::Detail,
        ),
    ]);
    let row = |other: &crate::whatif::elsewhere::Elsewhere| {
        let (driver, amount) = match other.driver {
            Driver::Hours => ("hours", Cell::from(other.amount)),
            Driver::Money => ("money", money(other.amount)),
        };
        vec![
            other.channel.as_str().into(),
            driver.into(),
            amount,
            money(other.profit),
            money(other.low),
            money(other.high),
            other.best.into(),
            other.outside.into(),
        ]
    };
    let rows = list.iter().map(row).collect();
    let mut table = table("alternatives", "The same money elsewhere", columns, rows);
    table.remarks = sentences::of_alternatives(shown);
    let blocks = vec![
        Block::Chart("alternatives".into()),
        Block::Table("alternatives".into()),
    ];
    section(
        "alternatives",
        "The same money elsewhere",
        blocks,
        vec![table],
    )
}

fn drivers(shown: &Shown) -> Parts {
    let drivers = &shown.answer.drivers;
    let columns = columns(&[
        ("input", "Input", Kind::Text, Weight::Key),
        ("low", "Low (10 %)", Kind::Estimate, Weight::Normal),
        ("high", "High (90 %)", Kind::Estimate, Weight::Normal),
        ("net_low", "Net if low", Kind::Estimate, Weight::Key),
        ("net_high", "Net if high", Kind::Estimate, Weight::Key),
        (
            "variance_share",
            "Share of variance",
            Kind::Share,
            Weight::Normal,
        ),
    ]);
    let row = |driver: &crate::whatif::drivers::Driver| {
        let value = |value| charts::input(&driver.key, value);
        vec![
            driver.key.as_str().into(),
            value(driver.low),
            value(driver.high),
            money(driver.net_low),
            money(driver.net_high),
            driver.share.map_or(Cell::Blank, Cell::Number),
        ]
    };
    let rows = drivers.list.iter().map(row).collect();
    let mut table = table("drivers", "What drives the answer", columns, rows);
    table.remarks = sentences::of_drivers(shown);
    let blocks = vec![
        Block::Chart("drivers".into()),
        Block::Table("drivers".into()),
    ];
    section("drivers", "What drives the answer", blocks, vec![table])
}

fn waiting_for_more(shown: &Shown) -> Parts {
    let tests = &shown.answer.tests;
    if tests.is_empty() {
        return Parts::default();
    }
    let recommended = waiting::recommended(tests).map(|test| test.kind);
    let columns = columns(&[
        ("test", "Test", Kind::Text, Weight::Key),
        ("months", "Months", Kind::Count, Weight::Normal),
        ("cost", "Costs", Kind::Estimate, Weight::Key),
        ("value", "Worth", Kind::Estimate, Weight::Key),
        ("recommended", "Recommended", Kind::Flag, Weight::Normal),
    ]);
    let row = |test: &waiting::Test| {
        vec![
            sentences::test(test.kind).into(),
            (test.change.len() as u64).into(),
            money(test.cost),
            money(test.value),
            (recommended == Some(test.kind)).into(),
        ]
    };
    let rows = tests.iter().map(row).collect();
    let mut table = table(
        "waiting",
        "What it would be worth to know more",
        columns,
        rows,
    );
    table.remarks = sentences::of_waiting(shown);
    let blocks = vec![Block::Table("waiting".into())];
    section(
        "waiting",
        "Wait and test, or decide now",
        blocks,
        vec![table],
    )
}

/// Net so far, month by month: the numbers of the chart.
fn course(shown: &Shown) -> Table {
    let columns = columns(&[
        ("month", "Month of the plan", Kind::Count, Weight::Key),
        ("net", "Net so far", Kind::Estimate, Weight::Key),
        ("median", "Median", Kind::Estimate, Weight::Normal),
        ("low80", "80 % from", Kind::Estimate, Weight::Normal),
        ("high80", "to", Kind::Estimate, Weight::Normal),
    ]);
    let rows = shown.answer.outcome.so_far.iter().map(|so_far| {
        vec![
            (so_far.month as u64).into(),
            money(so_far.net.mean),
            money(so_far.net.median),
            money(so_far.net.low80),
            money(so_far.net.high80),
        ]
    });
    table(
        "course",
        "Net so far by month of the plan",
        columns,
        rows.collect(),
    )
}

/// Visits by lasting effort: the numbers of the chart.
fn response(shown: &Shown) -> Table {
    let columns = columns(&[
        ("effort", "Effort a month", Kind::Estimate, Weight::Key),
        ("visits", "Visits a month", Kind::Estimate, Weight::Key),
        ("low80", "80 % from", Kind::Estimate, Weight::Normal),
        ("high80", "to", Kind::Estimate, Weight::Normal),
    ]);
    let rows = shown.answer.curve.iter().map(|point| {
        vec![
            point.effort.into(),
            point.visits.into(),
            point.low.into(),
            point.high.into(),
        ]
    });
    table(
        "response",
        "Visits by lasting effort",
        columns,
        rows.collect(),
    )
}
