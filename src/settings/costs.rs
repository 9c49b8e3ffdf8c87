//! What hours cost, and money that no file tells of: retainers, tools, salaries.

use std::collections::BTreeMap;

use chrono::{Days, Months, NaiveDate};
use serde::Deserialize;

use crate::diagnostics::Failure;
use crate::domain::money::Money;
use crate::domain::period::{Grain, Period};

use super::config::{Config, Word, word};
use super::layers::Layers;
use super::origin::Place;

/// `[hours]`
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct HoursTable {
    pub rate: Option<f64>,
    pub rates: BTreeMap<String, f64>,
}

/// `[[cost]]`
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CostTable {
    pub channel: String,
    pub money: f64,
    pub currency: Option<String>,
    pub every: Option<EveryWord>,
    pub from: Option<Word>,
    pub to: Option<Word>,
    pub name: Option<String>,
}

word!(/// `every`
    EveryWord { Week "week", Month "month", Quarter "quarter", Year "year", Once "once" });

/// What an hour costs, in the report's currency.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct HourRates {
    /// For everybody who has no rate of their own.
    pub rate: Option<Money>,
    /// By worker, as written.
    pub rates: BTreeMap<String, Money>,
}

/// How often a fixed cost comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Every {
    /// Each ISO week.
    Week,
    /// Each calendar month.
    Month,
    /// Each calendar quarter.
    Quarter,
    /// Each calendar year.
    Year,
    /// One time, on its first day.
    Once,
}

/// Money without a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FixedCost {
    /// What it is for, as written.
    pub channel: String,
    /// The amount of one time, in `currency`.
    pub money: Money,
    /// ISO code; absent: the report's.
    pub currency: Option<String>,
    /// How often.
    pub every: Every,
    /// First day; absent: always. Never absent on [`Every::Once`].
    pub from: Option<NaiveDate>,
    /// The day after the last; absent: no end.
    pub end: Option<NaiveDate>,
    /// What it is called in lists.
    pub name: Option<String>,
    /// Where it is configured.
    pub place: Option<Place>,
}

impl FixedCost {
    /// Each time the cost comes, as the span of days it is for, where that span touches
    /// the days from `first` to before `end`. Spans count from [`Self::from`] on; where
    /// that is absent they are the calendar's. A span that begins before the cost ends
    /// costs the whole amount.
    #[must_use]
    pub fn spans(&self, first: NaiveDate, end: NaiveDate) -> Vec<(NaiveDate, NaiveDate)> {
        let start = self
            .from
            .unwrap_or_else(|| Period::of(self.every.grain(), first).start);
        let last = self.end.map_or(end, |own| own.min(end));
        let times = if self.every == Every::Once {
            1
        } else {
            u32::MAX
        };
        (0..times)
            .map_while(|number| {
                let begin = self.every.after(start, number)?;
                Some((begin, self.every.after(start, number + 1)?))
            })
            .take_while(|(begin, _)| *begin < last)
            .filter(|(_, next)| *next > first)
            .collect()
    }
}

impl Every {
    fn grain(self) -> Grain {
        match self {
            Self::Week => Grain::Week,
            Self::Month => Grain::Month,
            Self::Quarter => Grain::Quarter,
            Self::Year => Grain::Year,
            Self::Once => Grain::Day,
        }
    }

    /// The day `number` times later; absent beyond the calendar.
    fn after(self, start: NaiveDate, number: u32) -> Option<NaiveDate> {
        let months = |each: u32| start.checked_add_months(Months::new(number.checked_mul(each)?));
        match self {
            Self::Week => start.checked_add_days(Days::new(u64::from(number) * 7)),
            Self::Month => months(1),
            Self::Quarter => months(3),
            Self::Year => months(12),
            Self::Once => start.checked_add_days(Days::new(u64::from(number))),
        }
    }
}

/// The rates of hours.
pub fn hours(config: &Config, layers: &Layers) -> Result<HourRates, Failure> {
    let rate = config
        .hours
        .rate
        .map(|rate| amount(layers, "hours.rate", rate))
        .transpose()?;
    let mut rates = BTreeMap::new();
    for (worker, rate) in &config.hours.rates {
        let key = format!("hours.rates.{worker}");
        rates.insert(worker.clone(), amount(layers, &key, *rate)?);
    }
    Ok(HourRates { rate, rates })
}

/// The fixed costs.
pub fn costs(config: &Config, layers: &Layers) -> Result<Vec<FixedCost>, Failure> {
    let numbered = config.cost.iter().zip(1..);
    numbered
        .map(|(table, number)| cost(layers, table, &format!("cost[{number}]")))
        .collect()
}

fn cost(layers: &Layers, table: &CostTable, key: &str) -> Result<FixedCost, Failure> {
    let first = span(layers, &format!("{key}.from"), table.from.as_ref())?;
    let last = span(layers, &format!("{key}.to"), table.to.as_ref())?;
    let every = every(table.every);
    if every == Every::Once && first.is_none() {
        let text = "a cost that comes once needs the day it comes on (`from`)";
        return Err(layers.complaint(key, text).into());
    }
    let (from, end) = (first.map(|span| span.start), last.map(|span| span.end));
    if from.zip(end).is_some_and(|(from, end)| end <= from) {
        return Err(layers
            .complaint(&format!("{key}.to"), "it ends before it starts")
            .into());
    }
    Ok(FixedCost {
        channel: table.channel.clone(),
        money: amount(layers, &format!("{key}.money"), table.money)?,
        currency: currency(
            layers,
            &format!("{key}.currency"),
            table.currency.as_deref(),
        )?,
        every,
        from,
        end,
        name: table.name.clone(),
        place: layers.origin(&format!("{key}.money")).place().cloned(),
    })
}

fn every(word: Option<EveryWord>) -> Every {
    match word {
        None | Some(EveryWord::Once) => Every::Once,
        Some(EveryWord::Week) => Every::Week,
        Some(EveryWord::Month) => Every::Month,
        Some(EveryWord::Quarter) => Every::Quarter,
        Some(EveryWord::Year) => Every::Year,
    }
}

/// A day, month, quarter or year as a span of days.
fn span(layers: &Layers, key: &str, word: Option<&Word>) -> Result<Option<Period>, Failure> {
    let parse = |word: &Word| {
        Period::parse(&word.text())
            .map_err(|error| Failure::from(layers.complaint(key, &error.to_string())))
    };
    word.map(parse).transpose()
}

/// An amount in units as written.
fn amount(layers: &Layers, key: &str, units: f64) -> Result<Money, Failure> {
    if units.is_finite() && units.abs() < 1e15 {
        return Ok(Money::from_units(units));
    }
    Err(layers
        .complaint(key, &format!("`{units}` is no amount of money"))
        .into())
}

/// An ISO code of three letters, in capitals.
pub fn currency(layers: &Layers, key: &str, code: Option<&str>) -> Result<Option<String>, Failure> {
    let Some(code) = code else { return Ok(None) };
    if code.len() == 3 && code.bytes().all(|byte| byte.is_ascii_alphabetic()) {
        return Ok(Some(code.to_ascii_uppercase()));
    }
    let finding = layers.complaint(key, &format!("`{code}` is no currency"));
    Err(finding.hint("write the ISO code: EUR, USD, GBP").into())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn spans(
        every: Every,
        from: Option<&str>,
        end: Option<&str>,
        range: (&str, &str),
    ) -> Vec<String> {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        let cost = FixedCost {
            channel: "SEO".into(),
            money: Money::ZERO,
            currency: None,
            every,
            from: from.map(day),
            end: end.map(day),
            name: None,
            place: None,
        };
        let spans = cost.spans(day(range.0), day(range.1));
        spans
            .iter()
            .map(|(begin, end)| format!("{begin}..{end}"))
            .collect()
    }

    #[test]
    fn a_retainer_comes_each_month() {
        let range = ("2026-02-10", "2026-04-02");
        assert_eq!(
            spans(Every::Month, Some("2026-01-01"), None, range),
            [
                "2026-02-01..2026-03-01",
                "2026-03-01..2026-04-01",
                "2026-04-01..2026-05-01"
            ]
        );
        assert_eq!(
            spans(Every::Month, None, Some("2026-03-01"), range),
            ["2026-02-01..2026-03-01"]
        );
        assert_eq!(
            spans(
                Every::Month,
                Some("2026-03-31"),
                None,
                ("2026-01-01", "2026-05-01")
            ),
            ["2026-03-31..2026-04-30", "2026-04-30..2026-05-31"]
        );
    }

    #[test]
    fn other_rhythms() {
        let year = ("2026-01-01", "2027-01-01");
        assert_eq!(spans(Every::Quarter, None, None, year).len(), 4);
        assert_eq!(spans(Every::Year, Some("2025-07-01"), None, year).len(), 2);
        assert_eq!(
            spans(Every::Week, None, None, ("2026-10-21", "2026-10-27")),
            ["2026-10-19..2026-10-26", "2026-10-26..2026-11-02"]
        );
        assert_eq!(
            spans(Every::Once, Some("2026-05-02"), None, year),
            ["2026-05-02..2026-05-03"]
        );
        assert!(spans(Every::Once, Some("2025-05-02"), None, year).is_empty());
    }
}
